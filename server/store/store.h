#pragma once
/*
 * The store: LMDB behind one header. Used by tx (the ledger's state) and by vault. Trees are named
 * once at open; keys are bytes (big-endian numbers sort as they count), values are bytes.
 *
 * A transaction keeps its first fault: after it every get finds nothing and every put does
 * nothing, and the commit fails. So callers write straight lines and ask once, at the end.
 *
 * Values point into the map: valid until the transaction ends or the next write in it. One writing
 * transaction at a time, on one thread; reading transactions from any thread, never across a turn
 * of the loop.
 */
#include "base/bytes.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct store_txn;

enum { STORE_TREES_MAX = 7, STORE_KEY_MAX = 511 };

struct store_options {
    const char *path;         /* a folder; made when missing, mode 0700 */
    const char *const *trees; /* names, NULL-terminated; a tree's number is its place */
    size_t map_bytes;
    bool synced;  /* every commit is synced (vault); else only store_sync is (ledger) */
    bool reading; /* open what is there, never write */
    /* What a transaction writes is gathered in memory and reaches LMDB at its end (or before a walk
     * of that tree): a row written a hundred times is written once. A full map shows then only. */
    bool gathering;
    /* Each row ends with a sum (not seen from outside) that is looked at whenever the row is read,
     * and each tree has the total of its rows' sums. Wants `gathering`. One that was written
     * without sums is FAULT_STALE. */
    bool summed;
};

bool store_open(const struct store_options *options, struct store **ret_store,
                struct failure *failure);
void store_close(struct store *store); /* does not sync; NULL welcome */

/* Looks at a store that nobody has open, without LMDB, which trusts what it reads: every page lies
 * in one tree or is free, every tree has its rows in order and as many as it says; of a summed
 * store also every row's sum and the trees' totals. Reads the file once; a damaged one harms
 * nobody. FAULT_DAMAGED says where. */
bool store_check_file(const struct store_options *options, struct failure *failure);

/* Makes all commits so far durable. After a failed sync or commit (but a full map) the store takes
 * no more writing transactions and no more syncs: LMDB itself would go on as if nothing had been.
 */
bool store_sync(struct store *store, struct failure *failure);

/* A compact copy of the whole store to an open descriptor; a long reader, for the pool. The caller
 * syncs it; it opens as `data.mdb` in a folder of its own. */
bool store_copy(struct store *store, int fd, struct failure *failure);

struct store_metrics {
    uint64_t map_bytes;
    uint64_t used_bytes;           /* of the map, without the pages that wait to be used again */
    uint64_t reader_lag;           /* transactions the oldest reader is behind */
    uint64_t damaged;              /* so often damage was met since it was opened */
    char damage[FAILURE_TEXT_MAX]; /* where last */
};
/* Walks the list of free pages: for once a second, not for each batch. */
void store_metrics(struct store *store, struct store_metrics *ret_metrics);

/* So many bytes can still be written. Cheap until the end of the map is near. */
bool store_has_room(struct store *store, uint64_t bytes);

/* Clears slots of readers that died. */
void store_sweep_readers(struct store *store);

/* NULL with *failure set when it cannot begin. Reading transactions are kept and used again. */
struct store_txn *store_begin(struct store *store, bool writing, struct failure *failure);
bool store_commit(struct store_txn *txn, struct failure *failure); /* ends it either way */
void store_abort(struct store_txn *txn);                           /* NULL welcome */

/* The transaction's first fault, FAULT_NONE while sound. */
const struct failure *store_failure(const struct store_txn *txn);
/* Puts a fault of the caller's on the transaction (a record that does not parse). */
void store_fail(struct store_txn *txn, enum fault fault, const char *what);
/* Is the fault no more than one row whose sum is wrong? Then a reader may go on without that row:
 * store_pass_row takes the fault away, and leaves any other. */
bool store_row_damaged(const struct store_txn *txn);
void store_pass_row(struct store_txn *txn);
/* Counts damage that was met, for store_metrics; the transaction goes on. */
void store_note_damage(struct store_txn *txn, const char *where);

/* Keys have 1 to STORE_KEY_MAX bytes; any other is a fault (FAULT_BUG). A full map is FAULT_FULL.
 */
bool store_get(struct store_txn *txn, int tree, struct slice key, struct slice *ret_value);
void store_put(struct store_txn *txn, int tree, struct slice key, struct slice value);
/* As store_put for keys that mostly rise: cheaper at the end of a tree, right anywhere. */
void store_append(struct store_txn *txn, int tree, struct slice key, struct slice value);
bool store_delete(struct store_txn *txn, int tree, struct slice key); /* false: was not there */
uint64_t store_count(struct store_txn *txn, int tree);
void store_empty(struct store_txn *txn, int tree); /* drops all rows of a tree */

/*
 * Walks. A cursor stands on a row or is past the end; it must not outlive its transaction, and in
 * a writing transaction rows other than the one it stands on may be changed only after it is
 * closed. Changing the row it stands on ends the life of c.key and c.value: copy the key first. At
 * most 16 are open at once in one transaction.
 *
 *   struct store_cursor c;
 *   for (bool on = store_seek(txn, tree, from, &c); on; on = store_next(&c))
 *       ... c.key, c.value ...
 *   store_leave(&c);
 */
struct store_cursor {
    struct slice key;
    struct slice value;
    struct store_txn *txn;
    void *handle;
};

/* First row with key >= from; and the last row with key < before (or the last of all when before
 * is empty). */
bool store_seek(struct store_txn *txn, int tree, struct slice from,
                struct store_cursor *ret_cursor);
bool store_seek_before(struct store_txn *txn, int tree, struct slice before,
                       struct store_cursor *ret_cursor);
bool store_next(struct store_cursor *cursor);
bool store_previous(struct store_cursor *cursor);
void store_leave(struct store_cursor *cursor);
/* All that are open in a transaction, for a caller who is not there any more to leave them. */
void store_leave_all(struct store_txn *txn);
