#pragma once
/*
 * What the files of this module share. Nobody else includes it, nor <lmdb.h>.
 */
#include "store/gather.h"
#include "store/store.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    READERS_KEPT = 16, /* reading transactions kept for the next store_begin */
    WALKS_MAX = 16,    /* cursors open at once in one transaction */
    GATHERED_BYTES_MAX = 8 * 1024 * 1024,
};

/* In a summed store, a tree that no caller sees: one row with the totals of all others. */
#define SUMS_TREE "sums"
#define SUMS_KEY "totals"

struct sum_totals {
    uint64_t of[STORE_TREES_MAX];
};

/* One LMDB cursor. In a reading transaction it outlives the round and is renewed on first use. */
struct walk {
    MDB_cursor *cursor;
    int tree;
    unsigned round;
    bool busy;
};

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    bool writing;
    unsigned round; /* counts the uses of a kept transaction */
    struct walk walks[WALKS_MAX];
    MDB_cursor *getters[STORE_TREES_MAX]; /* a writer's; see store_get */
    struct sum_totals totals;             /* a writer's, with what it has given to LMDB */
    bool row_damaged;                     /* the failure is one row whose sum is wrong */
    struct failure failure;
};

struct store {
    MDB_env *env;
    MDB_dbi trees[STORE_TREES_MAX];
    MDB_dbi sums;
    int tree_count;
    bool reading;
    bool gathering;
    bool summed;
    struct sum_totals totals; /* of what is committed */
    struct gather gather;     /* of the writing transaction */
    atomic_bool broken;       /* a commit or a sync failed: nothing is written any more */
    atomic_bool writer_taken; /* the one writing transaction is open */
    struct store_txn writer;
    pthread_mutex_t lock; /* of all below */
    struct store_txn *kept[READERS_KEPT];
    int kept_count;
    uint64_t damaged;
    char damage[FAILURE_TEXT_MAX];
};

/* Says what LMDB said, as a fault of ours; returns false. */
bool store_fail_lmdb(struct failure *failure, int rc, const char *what);

/* True when rc is MDB_SUCCESS; MDB_NOTFOUND is false and no fault; all else sticks to txn. */
bool store_found(struct store_txn *txn, int rc, const char *what);

static inline bool store_sound(const struct store_txn *txn)
{
    return txn->failure.fault == FAULT_NONE;
}

static inline MDB_val store_val(struct slice slice)
{
    return (MDB_val){slice.size, (void *)(uintptr_t)slice.data};
}

static inline struct slice store_slice(MDB_val val)
{
    return slice_of(val.mv_data, val.mv_size);
}

/* Gives LMDB what was gathered of one tree; of all, and forgets it. */
void store_settle_tree(struct store_txn *txn, int tree);
void store_settle_all(struct store_txn *txn);

/* A row as LMDB has it becomes the value that was put; false: its sum is wrong. */
bool store_unseal(struct store_txn *txn, int tree, struct slice key, struct slice *value);

/* The totals as they lie in a store; false: they are damaged. */
bool store_totals(struct slice row, int tree_count, struct sum_totals *ret_totals);

/* store_get of a reading transaction. */
bool store_read(struct store_txn *txn, int tree, struct slice key, struct slice *ret_value);

/* Ends and frees a reading transaction for good. */
void store_reader_destroy(struct store_txn *txn);
