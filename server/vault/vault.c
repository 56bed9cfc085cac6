#include "vault/vault.h"

#include "base/limits.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>

/*
 * A row is salt and text; an empty row is an erased one. A vault transaction is the store's under
 * another name.
 */
enum { TREE_TEXTS, SALT_SIZE = 16, ROOM_KEPT = 16 * 1024 * 1024 };

struct vault {
    struct store *store;
};

static struct store_txn *store_of(struct vault_txn *txn)
{
    return (struct store_txn *)txn;
}

static struct slice key_of(const struct vault_id *id)
{
    return slice_of(id->bytes, sizeof id->bytes);
}

static const char *const trees[] = {"texts", NULL};

bool vault_check_file(const char *path, struct failure *failure)
{
    struct store_options options = {.path = path, .trees = trees};
    return store_check_file(&options, failure);
}

static bool open_vault(const char *path, size_t map_bytes, bool reading, struct vault **ret_vault,
                       struct failure *failure)
{
    struct vault *vault = calloc(1, sizeof *vault);
    if (!vault)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for the vault");
    struct store_options options = {
        .path = path, .trees = trees, .map_bytes = map_bytes, .synced = true, .reading = reading};
    if (!store_open(&options, &vault->store, failure)) {
        free(vault);
        return false;
    }
    *ret_vault = vault;
    return true;
}

bool vault_open(const char *path, size_t map_bytes, struct vault **ret_vault,
                struct failure *failure)
{
    return open_vault(path, map_bytes, false, ret_vault, failure);
}

bool vault_open_reading(const char *path, size_t map_bytes, struct vault **ret_vault,
                        struct failure *failure)
{
    return open_vault(path, map_bytes, true, ret_vault, failure);
}

void vault_close(struct vault *vault)
{
    if (!vault)
        return;
    store_close(vault->store);
    free(vault);
}

bool vault_has_room(struct vault *vault)
{
    return store_has_room(vault->store, ROOM_KEPT);
}

struct vault_txn *vault_begin(struct vault *vault, struct failure *failure)
{
    return (struct vault_txn *)store_begin(vault->store, true, failure);
}

struct vault_txn *vault_read(struct vault *vault, struct failure *failure)
{
    return (struct vault_txn *)store_begin(vault->store, false, failure);
}

bool vault_commit(struct vault_txn *txn, struct failure *failure)
{
    return store_commit(store_of(txn), failure);
}

void vault_abort(struct vault_txn *txn)
{
    store_abort(store_of(txn));
}

static void digest_of(const uint8_t *salt, struct slice text, struct hash *ret_digest)
{
    struct hash_state state;
    hash_begin(&state);
    hash_add(&state, salt, SALT_SIZE);
    hash_add(&state, text.data, text.size);
    hash_end(&state, ret_digest);
}

static void put_new(struct vault_txn *txn, const struct vault_id *id, struct slice text,
                    struct vault_ref *ret_ref)
{
    uint8_t *row = malloc(SALT_SIZE + text.size);
    if (!row) {
        store_fail(store_of(txn), FAULT_MEMORY, "no memory for a text");
        return;
    }
    random_bytes(row, SALT_SIZE);
    if (text.size)
        memcpy(row + SALT_SIZE, text.data, text.size);
    digest_of(row, text, &ret_ref->digest);
    store_put(store_of(txn), TREE_TEXTS, key_of(id), slice_of(row, SALT_SIZE + text.size));
    free(row);
}

void vault_put(struct vault_txn *txn, const struct vault_id *id, struct slice text,
               struct vault_ref *ret_ref)
{
    *ret_ref = (struct vault_ref){.id = *id, .size = (uint32_t)text.size};
    if (text.size > VAULT_FILE_MAX) {
        store_fail(store_of(txn), FAULT_BUG, "a text is larger than the vault takes");
        return;
    }
    struct slice row;
    if (!store_get(store_of(txn), TREE_TEXTS, key_of(id), &row))
        put_new(txn, id, text, ret_ref);
    else if (row.size >= SALT_SIZE)
        digest_of(row.data, text, &ret_ref->digest);
}

static bool as_written(struct slice row, const struct vault_ref *ref)
{
    struct hash digest;
    if (row.size != SALT_SIZE + (size_t)ref->size)
        return false;
    digest_of(row.data, slice_of(row.data + SALT_SIZE, ref->size), &digest);
    return hash_equal(&digest, &ref->digest);
}

enum vault_found vault_get(struct vault_txn *txn, const struct vault_ref *ref,
                           struct slice *ret_text)
{
    struct slice row;
    if (!store_get(store_of(txn), TREE_TEXTS, key_of(&ref->id), &row))
        return store_failure(store_of(txn))->fault ? VAULT_WRONG : VAULT_LOST;
    if (row.size == 0)
        return VAULT_ERASED;
    if (!as_written(row, ref))
        return VAULT_WRONG;
    *ret_text = slice_of(row.data + SALT_SIZE, row.size - SALT_SIZE);
    return VAULT_FOUND;
}

/* Overwritten in place first: what a row leaves on its page when it shrinks are zeros. */
void vault_erase(struct vault_txn *txn, const struct vault_id *id)
{
    static const uint8_t zeros[SALT_SIZE + VAULT_FILE_MAX];
    struct slice row;
    if (!store_get(store_of(txn), TREE_TEXTS, key_of(id), &row) || row.size == 0)
        return;
    store_put(store_of(txn), TREE_TEXTS, key_of(id), slice_of(zeros, row.size));
    store_put(store_of(txn), TREE_TEXTS, key_of(id), (struct slice){0});
}

bool vault_copy(struct vault *vault, int fd, struct failure *failure)
{
    return store_copy(vault->store, fd, failure);
}

/* ---- whole rows ---- */

static bool has(struct vault_txn *txn, struct slice key, bool *ret_erased)
{
    struct slice row;
    bool there = store_get(store_of(txn), TREE_TEXTS, key, &row);
    *ret_erased = there && row.size == 0;
    return there;
}

bool vault_copy_row(struct vault_txn *to, struct vault_txn *from, const struct vault_id *id)
{
    struct slice row;
    bool erased;
    if (!store_get(store_of(from), TREE_TEXTS, key_of(id), &row))
        return false;
    if (row.size == 0)
        vault_erase(to, id);
    if (!has(to, key_of(id), &erased) || !erased)
        store_put(store_of(to), TREE_TEXTS, key_of(id), row);
    return true;
}

static void merge_row(struct vault_txn *to, struct slice key, struct slice row)
{
    struct vault_id id;
    bool erased;
    if (key.size != sizeof id.bytes)
        return;
    memcpy(id.bytes, key.data, sizeof id.bytes);
    if (!has(to, key, &erased))
        store_put(store_of(to), TREE_TEXTS, key, row);
    else if (row.size == 0 && !erased)
        vault_erase(to, &id);
}

void vault_merge(struct vault_txn *to, struct vault_txn *from)
{
    struct store_cursor cursor;
    for (bool on = store_seek(store_of(from), TREE_TEXTS, (struct slice){0}, &cursor); on;
         on = store_next(&cursor))
        merge_row(to, cursor.key, cursor.value);
    store_leave(&cursor);
}

static bool row_sound(const struct store_cursor *row)
{
    return row->key.size == VAULT_ID_SIZE &&
           (row->value.size == 0 ||
            (row->value.size >= SALT_SIZE && row->value.size <= SALT_SIZE + VAULT_FILE_MAX));
}

/* Each row is looked for once more by its key: a key out of order is not found so. */
static void walk_rows(struct store_txn *txn, uint64_t *ret_rows)
{
    struct store_cursor cursor;
    struct slice row;
    struct hash sum;
    *ret_rows = 0;
    for (bool on = store_seek(txn, TREE_TEXTS, (struct slice){0}, &cursor); on;
         on = store_next(&cursor), (*ret_rows)++) {
        if (!row_sound(&cursor) || !store_get(txn, TREE_TEXTS, cursor.key, &row) ||
            row.data != cursor.value.data)
            store_fail(txn, FAULT_DAMAGED, "a row of the vault is not where it belongs");
        else
            hash_of(row.data, row.size, &sum); /* all its pages are read */
    }
    store_leave(&cursor);
    if (*ret_rows != store_count(txn, TREE_TEXTS))
        store_fail(txn, FAULT_DAMAGED, "rows of the vault are missing");
}

bool vault_walk(struct vault *vault, uint64_t *ret_rows, struct failure *failure)
{
    struct store_txn *txn = store_begin(vault->store, false, failure);
    if (!txn)
        return false;
    walk_rows(txn, ret_rows);
    return store_commit(txn, failure);
}
