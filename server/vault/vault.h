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

/* The folder is made when it is missing. */
/* Looks at the file of a vault that nobody has open, page by page: what LMDB would map and trust. A
 * cut or damaged one harms nobody. FAULT_DAMAGED says where. */
bool vault_check_file(const char *path, struct failure *failure);
bool vault_open(const char *path, size_t map_bytes, struct vault **ret_vault,
                struct failure *failure);
/* What is there already, to read, in whatever process: nothing is made. */
bool vault_open_reading(const char *path, size_t map_bytes, struct vault **ret_vault,
                        struct failure *failure);
/* Its map has room for the texts of the largest group. */
bool vault_has_room(struct vault *vault);
void vault_close(struct vault *vault);

/* Writing: one transaction a batch. A row that is there keeps its salt; when its text differs a
 * ref with another digest is returned and nothing is written (the ledger then refuses the command
 * as another request under the same id). */
struct vault_txn *vault_begin(struct vault *vault, struct failure *failure);
void vault_put(struct vault_txn *txn, const struct vault_id *id, struct slice text,
               struct vault_ref *ret_ref);
bool vault_commit(struct vault_txn *txn, struct failure *failure); /* synced */
void vault_abort(struct vault_txn *txn);

enum vault_found {
    VAULT_FOUND,
    VAULT_ERASED, /* on purpose: there is nothing to read */
    VAULT_LOST,   /* no such row: the vault is not the one that the ref was written to */
    VAULT_WRONG,  /* the row is not what the ref says: damaged */
};

/* Reading: a short transaction for many gets. */
struct vault_txn *vault_read(struct vault *vault, struct failure *failure);
/* The text is given only when size and digest are those of the ref. Valid until the transaction
 * ends (vault_abort). */
enum vault_found vault_get(struct vault_txn *txn, const struct vault_ref *ref,
                           struct slice *ret_text);

/* Empties a row: its text and salt are gone, the id stays taken: putting the text again returns a
 * digest of zeros and writes nothing. In a writing transaction. The page the text stood on is free
 * then and overwritten when it is used again; a copy (vault_copy) holds nothing of it. */
void vault_erase(struct vault_txn *txn, const struct vault_id *id);

bool vault_copy(struct vault *vault, int fd, struct failure *failure);

/* ---- whole rows, for copies of a vault ---- */

/* Puts the row as it is in another vault, with its salt. A row that was erased on either side is
 * erased in the copy, and nothing brings it back. false: `from` has no such row. */
bool vault_copy_row(struct vault_txn *to, struct vault_txn *from, const struct vault_id *id);
/* All rows of `from`: as vault_copy_row, but a row that `to` has stays unless it was erased. */
void vault_merge(struct vault_txn *to, struct vault_txn *from);
/* Reads every row, by its place and not by its digest. A damaged file may kill the process. false:
 * a row that no program of ours writes. */
bool vault_walk(struct vault *vault, uint64_t *ret_rows, struct failure *failure);
