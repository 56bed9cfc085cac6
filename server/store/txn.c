/*
 * Transactions: begin and end, get, put, delete. In a gathering store a write stays in memory
 * (gather.h) until the transaction ends or a walk wants the tree whole.
 */
#include "inside.h"
#include "sum.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool store_found(struct store_txn *txn, int rc, const char *what)
{
    if (rc == 0)
        return true;
    if (rc != MDB_NOTFOUND)
        store_fail_lmdb(&txn->failure, rc, what);
    return false;
}

void store_reader_destroy(struct store_txn *txn)
{
    for (int i = 0; i < WALKS_MAX; i++)
        if (txn->walks[i].cursor)
            mdb_cursor_close(txn->walks[i].cursor);
    mdb_txn_abort(txn->txn);
    free(txn);
}

static struct store_txn *reader_create(struct store *store, struct failure *failure)
{
    struct store_txn *txn = calloc(1, sizeof *txn);
    if (!txn) {
        fail(failure, FAULT_MEMORY, ENOMEM, "no memory for a transaction");
        return NULL;
    }
    txn->store = store;
    int rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn->txn);
    if (rc == 0)
        return txn;
    store_fail_lmdb(failure, rc, "cannot begin to read");
    free(txn);
    return NULL;
}

static struct store_txn *kept_take(struct store *store)
{
    struct store_txn *txn = NULL;
    pthread_mutex_lock(&store->lock);
    if (store->kept_count > 0)
        txn = store->kept[--store->kept_count];
    pthread_mutex_unlock(&store->lock);
    return txn;
}

static bool kept_give(struct store *store, struct store_txn *txn)
{
    pthread_mutex_lock(&store->lock);
    bool kept = store->kept_count < READERS_KEPT;
    if (kept)
        store->kept[store->kept_count++] = txn;
    pthread_mutex_unlock(&store->lock);
    return kept;
}

static struct store_txn *begin_reading(struct store *store, struct failure *failure)
{
    struct store_txn *txn = kept_take(store);
    if (!txn)
        return reader_create(store, failure);
    int rc = mdb_txn_renew(txn->txn);
    if (rc) {
        store_fail_lmdb(failure, rc, "cannot begin to read");
        store_reader_destroy(txn);
        return NULL;
    }
    txn->round++;
    txn->row_damaged = false;
    txn->failure.fault = FAULT_NONE;
    txn->failure.text[0] = 0;
    return txn;
}

static struct store_txn *begin_writing(struct store *store, struct failure *failure)
{
    if (store->reading || atomic_load(&store->broken)) {
        fail(failure, FAULT_IO, 0,
             store->reading ? "the store was opened for reading"
                            : "the store failed before; start anew");
        return NULL;
    }
    need(!atomic_exchange(&store->writer_taken, true));
    struct store_txn *txn = &store->writer;
    memset(txn, 0, offsetof(struct store_txn, failure));
    txn->failure.fault = FAULT_NONE;
    txn->failure.text[0] = 0;
    txn->store = store;
    txn->writing = true;
    txn->totals = store->totals;
    int rc = mdb_txn_begin(store->env, NULL, 0, &txn->txn);
    if (rc == 0)
        return txn;
    atomic_store(&store->writer_taken, false);
    store_fail_lmdb(failure, rc, "cannot begin to write");
    return NULL;
}

struct store_txn *store_begin(struct store *store, bool writing, struct failure *failure)
{
    return writing ? begin_writing(store, failure) : begin_reading(store, failure);
}

void store_abort(struct store_txn *txn)
{
    if (!txn)
        return;
    if (txn->writing) {
        gather_clear(&txn->store->gather);
        mdb_txn_abort(txn->txn); /* and its cursors */
        atomic_store(&txn->store->writer_taken, false);
        return;
    }
    store_leave_all(txn);
    mdb_txn_reset(txn->txn);
    if (!kept_give(txn->store, txn))
        store_reader_destroy(txn);
}

const struct failure *store_failure(const struct store_txn *txn)
{
    return &txn->failure;
}

void store_fail(struct store_txn *txn, enum fault fault, const char *what)
{
    fail(&txn->failure, fault, 0, "%s", what);
}

bool store_row_damaged(const struct store_txn *txn)
{
    return txn->row_damaged;
}

void store_pass_row(struct store_txn *txn)
{
    if (!txn->row_damaged)
        return;
    txn->row_damaged = false;
    txn->failure = (struct failure){.fault = FAULT_NONE};
}

bool store_unseal(struct store_txn *txn, int tree, struct slice key, struct slice *value)
{
    if (!txn->store->summed || sum_fits(tree, key, value))
        return true;
    store_fail(txn, FAULT_DAMAGED, "a row is not what was written");
    txn->row_damaged = true;
    return false;
}

void store_note_damage(struct store_txn *txn, const char *where)
{
    struct store *store = txn->store;
    pthread_mutex_lock(&store->lock);
    store->damaged++;
    snprintf(store->damage, sizeof store->damage, "%s", where);
    pthread_mutex_unlock(&store->lock);
}

static MDB_dbi tree_of(const struct store_txn *txn, int tree)
{
    need(tree >= 0 && tree < txn->store->tree_count);
    return txn->store->trees[tree];
}

/* A gathering writer reads much and writes at the end: its gets keep a cursor in each tree, for
 * rows that lie side by side are found in the page where it stands. It does not outlive a write to
 * its tree, so nothing rests on how LMDB mends cursors. */
static void getter_leave(struct store_txn *txn, int tree)
{
    if (txn->getters[tree])
        mdb_cursor_close(txn->getters[tree]);
    txn->getters[tree] = NULL;
}

static int get_now(struct store_txn *txn, int tree, MDB_val *key, MDB_val *ret_value)
{
    MDB_cursor **getter = &txn->getters[tree];
    if (!txn->store->gathering)
        return mdb_get(txn->txn, tree_of(txn, tree), key, ret_value);
    int rc = *getter ? 0 : mdb_cursor_open(txn->txn, tree_of(txn, tree), getter);
    return rc ? rc : mdb_cursor_get(*getter, key, ret_value, MDB_SET);
}

bool store_get(struct store_txn *txn, int tree, struct slice key, struct slice *ret_value)
{
    MDB_val k = store_val(key), v;
    need(tree >= 0 && tree < txn->store->tree_count);
    if (!store_sound(txn))
        return false;
    if (!txn->writing)
        return store_read(txn, tree, key, ret_value);
    const struct gathered_row *row = gather_find(&txn->store->gather, tree, key);
    if (row) {
        *ret_value = row->value;
        return row->there;
    }
    if (!store_found(txn, get_now(txn, tree, &k, &v), "cannot get a row"))
        return false;
    *ret_value = store_slice(v);
    return store_unseal(txn, tree, key, ret_value);
}

/* ---- writing ---- */

static int put_now(struct store_txn *txn, int tree, struct slice key, struct slice value,
                   unsigned flags)
{
    MDB_val k = store_val(key), v = store_val(value);
    return mdb_put(txn->txn, tree_of(txn, tree), &k, &v, flags);
}

/* LMDB compares with the last row itself and says MDB_KEYEXIST when the key does not rise. */
static void write_now(struct store_txn *txn, int tree, struct slice key, struct slice value,
                      bool rising)
{
    int rc = put_now(txn, tree, key, value, rising ? MDB_APPEND : 0);
    if (rising && rc == MDB_KEYEXIST)
        rc = put_now(txn, tree, key, value, 0);
    store_found(txn, rc, "cannot put a row");
}

static bool delete_now(struct store_txn *txn, int tree, struct slice key)
{
    MDB_val k = store_val(key);
    return store_found(txn, mdb_del(txn->txn, tree_of(txn, tree), &k, NULL), "cannot delete a row");
}

/* ---- what was gathered ---- */

static MDB_cursor *settling_cursor(struct store_txn *txn, int tree)
{
    MDB_cursor *cursor = NULL;
    if (store_sound(txn))
        store_found(txn, mdb_cursor_open(txn->txn, tree_of(txn, tree), &cursor),
                    "cannot open a cursor");
    return cursor;
}

/* Takes the sum of a row that goes off its tree's total. */
static void sum_leaves(struct store_txn *txn, int tree, MDB_val row)
{
    if (txn->store->summed)
        txn->totals.of[tree] -= sum_at_end(store_slice(row));
}

/* The row as LMDB gets it: in a summed store its sum is behind the value. */
static struct slice seal(const struct store_txn *txn, const struct gathered_row *row,
                         struct slice key, uint64_t *ret_sum)
{
    *ret_sum = 0;
    if (!txn->store->summed || !row->there)
        return row->value;
    *ret_sum = sum_of(row->tree, key, row->value);
    be64_put(row->bytes + row->value.size, *ret_sum);
    return slice_of(row->bytes, row->value.size + SUM_SIZE);
}

/* false: it lies before the last row, or in its place; LMDB says so before it writes. */
static bool appended(struct store_txn *txn, int tree, struct slice key, struct slice value)
{
    int rc = put_now(txn, tree, key, value, MDB_APPEND);
    return rc != MDB_KEYEXIST && (store_found(txn, rc, "cannot put a row"), true);
}

/* One descent, whether there is such a row or not: LMDB says what is there, and the cursor then
 * stands on it. */
static void replace(struct store_txn *txn, int tree, MDB_cursor *cursor, struct slice key,
                    struct slice value)
{
    MDB_val k = store_val(key), v = store_val(value);
    int rc = mdb_cursor_put(cursor, &k, &v, MDB_NOOVERWRITE);
    if (rc == MDB_KEYEXIST) {
        sum_leaves(txn, tree, v);
        v = store_val(value);
        rc = mdb_cursor_put(cursor, &k, &v, MDB_CURRENT);
    }
    store_found(txn, rc, "cannot put a row");
}

static void take_away(struct store_txn *txn, int tree, MDB_cursor *cursor, struct slice key)
{
    MDB_val k = store_val(key), v;
    if (!store_found(txn, mdb_cursor_get(cursor, &k, &v, MDB_SET), "cannot get a row"))
        return;
    sum_leaves(txn, tree, v);
    store_found(txn, mdb_cursor_del(cursor, 0), "cannot delete a row");
}

/* The total of its tree changes by its sum, and the sum of the row it takes the place of. The rows
 * of one customer lie side by side: `*cursor`, which mostly stands there, need not come down the
 * tree again. It does not outlive a row that was appended: LMDB 0.9 trusts a cursor's "stands at
 * the end" longer than it may. */
static void settle_row(struct store_txn *txn, const struct gathered_row *row, MDB_cursor **cursor)
{
    uint64_t sum;
    struct slice key = slice_of(row->key, row->key_size);
    struct slice value = seal(txn, row, key, &sum);
    txn->totals.of[row->tree] += sum;
    if (row->there && row->rising && appended(txn, row->tree, key, value))
        return;
    if (*cursor == NULL)
        *cursor = settling_cursor(txn, row->tree);
    if (*cursor == NULL)
        return;
    if (row->there)
        replace(txn, row->tree, *cursor, key, value);
    else
        take_away(txn, row->tree, *cursor, key);
}

void store_settle_tree(struct store_txn *txn, int tree)
{
    const struct gathered_row *row;
    MDB_cursor *cursor = NULL;
    getter_leave(txn, tree);
    while (store_sound(txn) && (row = gather_take(&txn->store->gather, tree)) != NULL) {
        if (cursor && row->rising) {
            mdb_cursor_close(cursor);
            cursor = NULL;
        }
        settle_row(txn, row, &cursor);
    }
    if (cursor)
        mdb_cursor_close(cursor);
}

void store_settle_all(struct store_txn *txn)
{
    for (int tree = 0; tree < txn->store->tree_count; tree++)
        store_settle_tree(txn, tree);
    gather_clear(&txn->store->gather);
}

/* The row of the totals: one after another, and its own sum. */
static void totals_write(struct store_txn *txn)
{
    const struct store *store = txn->store;
    uint8_t bytes[sizeof(struct sum_totals) + SUM_SIZE];
    struct slice row = slice_of(bytes, 8 * (size_t)store->tree_count);
    struct slice key = slice_text(SUMS_KEY);
    for (int tree = 0; tree < store->tree_count; tree++)
        be64_put(bytes + 8 * tree, txn->totals.of[tree]);
    be64_put(bytes + row.size, sum_of(store->tree_count, key, row));
    row.size += SUM_SIZE;
    MDB_val k = store_val(key), v = store_val(row);
    store_found(txn, mdb_put(txn->txn, store->sums, &k, &v, 0), "cannot put the totals");
}

bool store_totals(struct slice row, int tree_count, struct sum_totals *ret_totals)
{
    *ret_totals = (struct sum_totals){{0}};
    if (!sum_fits(tree_count, slice_text(SUMS_KEY), &row) || row.size != 8 * (size_t)tree_count)
        return false;
    for (int tree = 0; tree < tree_count; tree++)
        ret_totals->of[tree] = be64_get(row.data + 8 * tree);
    return true;
}

static void settle_end(struct store_txn *txn)
{
    store_settle_all(txn);
    if (store_sound(txn) && txn->store->summed)
        totals_write(txn);
}

static bool key_fits(struct store_txn *txn, struct slice key)
{
    if (key.size < 1 || key.size > STORE_KEY_MAX)
        store_fail(txn, FAULT_BUG, "a key is empty or too long");
    return store_sound(txn);
}

/* Memory is bounded: a transaction may write more than is kept. */
static void gathered(struct store_txn *txn, bool put)
{
    if (!put)
        store_fail(txn, FAULT_MEMORY, "no memory for a row");
    else if (txn->store->gather.arena.taken > GATHERED_BYTES_MAX)
        store_settle_all(txn);
}

static void write_row(struct store_txn *txn, int tree, struct slice key, struct slice value,
                      bool rising)
{
    need(tree >= 0 && tree < txn->store->tree_count);
    if (!store_sound(txn) || !key_fits(txn, key))
        return;
    if (txn->store->gathering)
        gathered(txn, gather_put(&txn->store->gather, tree, key, value, rising));
    else
        write_now(txn, tree, key, value, rising);
}

void store_put(struct store_txn *txn, int tree, struct slice key, struct slice value)
{
    write_row(txn, tree, key, value, false);
}

void store_append(struct store_txn *txn, int tree, struct slice key, struct slice value)
{
    write_row(txn, tree, key, value, true);
}

bool store_delete(struct store_txn *txn, int tree, struct slice key)
{
    struct slice value;
    if (!store_sound(txn) || !key_fits(txn, key))
        return false;
    if (!txn->store->gathering)
        return delete_now(txn, tree, key);
    if (!store_get(txn, tree, key, &value))
        return false;
    gathered(txn, gather_delete(&txn->store->gather, tree, key));
    return store_sound(txn);
}

uint64_t store_count(struct store_txn *txn, int tree)
{
    MDB_dbi dbi = tree_of(txn, tree);
    MDB_stat stat;
    if (txn->writing)
        store_settle_tree(txn, tree);
    if (!store_sound(txn) || !store_found(txn, mdb_stat(txn->txn, dbi, &stat), "cannot count"))
        return 0;
    return stat.ms_entries;
}

void store_empty(struct store_txn *txn, int tree)
{
    MDB_dbi dbi = tree_of(txn, tree);
    store_settle_all(txn); /* no getter is left */
    if (store_sound(txn))
        store_found(txn, mdb_drop(txn->txn, dbi, 0), "cannot empty a tree");
    txn->totals.of[tree] = 0;
}

/* ---- committing ---- */

/* LMDB calls a short write of a full disk EIO, and goes on after it as if nothing had been. */
static bool commit_failed(struct store *store, int rc, struct failure *failure)
{
    if (rc != MDB_MAP_FULL)
        atomic_store(&store->broken, true);
    return store_fail_lmdb(failure, rc, "cannot commit");
}

static bool commit_writing(struct store_txn *txn, struct failure *failure)
{
    struct store *store = txn->store;
    int rc = mdb_txn_commit(txn->txn);
    if (rc == 0)
        store->totals = txn->totals;
    atomic_store(&store->writer_taken, false);
    return rc == 0 || commit_failed(store, rc, failure);
}

bool store_commit(struct store_txn *txn, struct failure *failure)
{
    if (txn->writing)
        settle_end(txn);
    bool sound = store_sound(txn);
    if (sound && txn->writing)
        return commit_writing(txn, failure);
    if (!sound)
        fail(failure, txn->failure.fault, txn->failure.os_error, "%s", txn->failure.text);
    store_abort(txn);
    return sound;
}
