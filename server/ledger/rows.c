/*
 * Every row of a state, as one digest. What is kept for those who ask again is left out where
 * another program may word it otherwise: of a command its id, seq and request count, not the reply,
 * and of events and decisions nothing.
 */
#include "base/limits.h"
#include "ledger/inside.h"
#include "wire/message.h"

static void slice_add(struct hash_state *state, struct slice bytes)
{
    hash_add_u64(state, bytes.size);
    hash_add(state, bytes.data, bytes.size);
}

static void command_add(struct hash_state *state, struct slice value, struct store_txn *txn,
                        struct arena *arena)
{
    arena_reset(arena);
    const Tefter__CommandRecord *record =
        (Tefter__CommandRecord *)message_unpack(&tefter__command_record__descriptor, value, arena);
    if (record == NULL) {
        store_fail(txn, FAULT_DAMAGED, "what is kept of a command does not parse");
        return;
    }
    hash_add_u64(state, record->seq);
    slice_add(state, slice_of(record->digest.data, record->digest.len));
}

static void tree_add(struct hash_state *state, struct store_txn *txn, enum state_tree tree,
                     struct arena *arena)
{
    struct store_cursor cursor;
    uint64_t count = 0;
    for (bool on = store_seek(txn, (int)tree, slice_of(NULL, 0), &cursor); on;
         on = store_next(&cursor), count++) {
        slice_add(state, cursor.key);
        if (tree == TREE_COMMAND)
            command_add(state, cursor.value, txn, arena);
        else
            slice_add(state, cursor.value);
    }
    store_leave(&cursor);
    hash_add_u64(state, count);
}

bool ledger_rows(struct ledger *ledger, struct hash *ret_digest, struct failure *failure)
{
    struct arena arena;
    struct hash_state state;
    struct store_txn *txn = store_begin(ledger->store, false, failure);
    if (txn == NULL)
        return false;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    hash_begin(&state);
    for (enum state_tree tree = 0; tree < TREE_COUNT; tree++)
        if (tree != TREE_EVENT && tree != TREE_DECISION && tree != TREE_MASTER)
            tree_add(&state, txn, tree, &arena);
    hash_end(&state, ret_digest);
    bool good = store_failure(txn)->fault == FAULT_NONE;
    if (!good && failure != NULL)
        *failure = *store_failure(txn);
    store_abort(txn);
    arena_fini(&arena);
    return good;
}
