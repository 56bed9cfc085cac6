#include "vault/vault.h"

#include "base/limits.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>

/*
 * A row is salt and text; an empty row is an erased one. A vault transaction is the store's under
 * another name.
 */
enum { TREE_TEXTS, SALT_SIZE = 16 };

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

bool vault_open(const char *path, size_t map_bytes, struct vault **ret_vault,
                struct failure *failure)
{
    static const char *const trees[] = {"texts", NULL};
    struct vault *vault = calloc(1, sizeof *vault);
    if (!vault)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for the vault");
    struct store_options options = {
        .path = path, .trees = trees, .map_bytes = map_bytes, .synced = true};
    if (!store_open(&options, &vault->store, failure)) {
        free(vault);
        return false;
    }
    *ret_vault = vault;
    return true;
}

void vault_close(struct vault *vault)
{
    if (!vault)
        return;
    store_close(vault->store);
    free(vault);
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

bool vault_get(struct vault_txn *txn, const struct vault_id *id, struct slice *ret_text)
{
    struct slice row;
    if (!store_get(store_of(txn), TREE_TEXTS, key_of(id), &row) || row.size < SALT_SIZE)
        return false;
    *ret_text = slice_of(row.data + SALT_SIZE, row.size - SALT_SIZE);
    return true;
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
