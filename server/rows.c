#include "rows.h"

#include "store/store.h"

/* The ledger's own trees; tests/power/ledger_rows.c does not compile when one has come or gone. */
static const char *const trees[] = {"book", "customer", "command", "event", "meta", NULL};

static void slice_add(struct hash_state *state, struct slice bytes)
{
    hash_add_u64(state, bytes.size);
    hash_add(state, bytes.data, bytes.size);
}

static void tree_add(struct hash_state *state, struct store_txn *txn, int tree)
{
    struct store_cursor cursor;
    uint64_t count = 0;
    for (bool on = store_seek(txn, tree, slice_of(NULL, 0), &cursor); on;
         on = store_next(&cursor), count++) {
        slice_add(state, cursor.key);
        slice_add(state, cursor.value);
    }
    store_leave(&cursor);
    hash_add_u64(state, count);
}

bool rows_digest(const char *path, uint64_t map_bytes, struct hash *ret_digest,
                 struct failure *failure)
{
    struct store *store;
    struct hash_state state;
    struct store_options options = {
        .path = path, .trees = trees, .map_bytes = map_bytes, .reading = true};
    if (!store_open(&options, &store, failure))
        return false;
    struct store_txn *txn = store_begin(store, false, failure);
    hash_begin(&state);
    for (int tree = 0; txn && trees[tree]; tree++)
        tree_add(&state, txn, tree);
    hash_end(&state, ret_digest);
    bool good = txn && store_failure(txn)->fault == FAULT_NONE;
    if (txn && !good)
        *failure = *store_failure(txn);
    store_abort(txn);
    store_close(store);
    return good;
}
