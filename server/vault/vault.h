#pragma once
/*
 * The vault: personal text and files by id, outside the chain. A command carries the id, size and
 * salted digest of a text; the words themselves are only here, so erasing a person empties rows
 * here while chain and sums stay whole. Its own LMDB, every commit synced, written by the writer
 * thread before the batch that speaks of the texts is journalled; read by the loop and the pool.
 *
 * An id is the id of the command that brought the text plus its place in the command: a command
 * that is sent again finds its own rows, salt included, so its bytes come out the same.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

struct vault;
struct vault_txn;

enum { VAULT_ID_SIZE = 18, VAULT_DIGEST_SIZE = 32 }; /* command id 16, place 2 */

struct vault_id {
    uint8_t bytes[VAULT_ID_SIZE];
};

struct vault_ref {
    struct vault_id id;
    uint32_t size;
    struct hash digest; /* BLAKE2b of salt and text */
};

bool vault_open(const char *path, size_t map_bytes, struct vault **ret_vault,
                struct failure *failure);
void vault_close(struct vault *vault);

/* Writing: one transaction a batch. A row that is there keeps its salt; when its text differs a
 * ref with another digest is returned and nothing is written (the ledger then refuses the command
 * as another request under the same id). */
struct vault_txn *vault_begin(struct vault *vault, struct failure *failure);
void vault_put(struct vault_txn *txn, const struct vault_id *id, struct slice text,
               struct vault_ref *ret_ref);
bool vault_commit(struct vault_txn *txn, struct failure *failure); /* synced */
void vault_abort(struct vault_txn *txn);

/* Reading: a short transaction for many gets. */
struct vault_txn *vault_read(struct vault *vault, struct failure *failure);
/* false: erased or never there. Valid until the transaction ends (vault_abort). */
bool vault_get(struct vault_txn *txn, const struct vault_id *id, struct slice *ret_text);

/* Empties a row: its text and salt are gone, the id stays taken: putting the text again returns a
 * digest of zeros and writes nothing. In a writing transaction. The page the text stood on is free
 * then and overwritten when it is used again; a copy (vault_copy) holds nothing of it. */
void vault_erase(struct vault_txn *txn, const struct vault_id *id);

bool vault_copy(struct vault *vault, int fd, struct failure *failure);
