/*
 * The environment: open, close, sync, copy, figures.
 */
#include "inside.h"

#include "base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READERS_MAX = 126, LOCK_BYTES = 8192 }; /* so many readers fit into two pages */

static enum fault fault_of_lmdb(int rc)
{
    switch (rc) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
        return FAULT_FULL;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
        return FAULT_DAMAGED;
    case MDB_VERSION_MISMATCH:
        return FAULT_NEWER;
    case MDB_READERS_FULL:
    case EAGAIN:
        return FAULT_BUSY;
    case ENOMEM:
        return FAULT_MEMORY;
    case MDB_BAD_VALSIZE:
    case MDB_BAD_TXN:
    case MDB_BAD_DBI:
    case MDB_INCOMPATIBLE:
    case EINVAL:
        return FAULT_BUG;
    default:
        return FAULT_IO;
    }
}

bool store_fail_lmdb(struct failure *failure, int rc, const char *what)
{
    if (rc == MDB_MAP_FULL)
        return fail(failure, FAULT_FULL, 0, "%s: the map is full; take a larger --map", what);
    return fail(failure, fault_of_lmdb(rc), rc > 0 ? rc : 0, "%s: %s", what, mdb_strerror(rc));
}

static bool folder_sync(const char *path, struct failure *failure)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open the folder %s", path);
    bool synced = fsync(fd) == 0;
    if (!synced)
        fail(failure, FAULT_IO, errno, "cannot sync the folder %s", path);
    close(fd);
    return synced;
}

static bool folder_make(const char *path, struct failure *failure)
{
    char above[PATH_MAX];
    if (mkdir(path, 0700) && errno != EEXIST)
        return fail(failure, FAULT_IO, errno, "cannot make the folder %s", path);
    if (snprintf(above, sizeof above, "%s/..", path) >= (int)sizeof above)
        return fail(failure, FAULT_USE, ENAMETOOLONG, "the path is too long: %s", path);
    return folder_sync(above, failure);
}

/* LMDB would wait for ever for what a pipe in its place says. */
static bool data_plain(const char *path, struct failure *failure)
{
    char name[PATH_MAX];
    return snprintf(name, sizeof name, "%s/data.mdb", path) >= (int)sizeof name ||
           plain_or_absent(name, failure);
}

/* All of LMDB's lock file, before LMDB maps it: touching a page of it that the disk has no room for
 * would end the process. What can be opened on a full disk later was allocated now. */
static bool lock_allocate(const char *path, struct failure *failure)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s/lock.mdb", path) >= (int)sizeof name)
        return fail(failure, FAULT_USE, ENAMETOOLONG, "the path is too long: %s", path);
    int fd = plain_open(AT_FDCWD, name, O_RDWR | O_CREAT, 0600, failure);
    if (fd < 0) /* LMDB knows what may not be written to */
        return plain_or_absent(name, failure);
    bool full = fallocate(fd, 0, 0, LOCK_BYTES) != 0 && (errno == ENOSPC || errno == EDQUOT);
    close(fd);
    return !full || fail(failure, FAULT_FULL, ENOSPC, "there is no room for %s", name);
}

static bool env_open(struct store *store, const struct store_options *options,
                     struct failure *failure)
{
    unsigned flags = MDB_NOTLS | (options->synced ? 0u : MDB_NOSYNC);
    int rc = mdb_env_create(&store->env);
    if (rc == 0)
        rc = mdb_env_set_maxdbs(store->env, STORE_TREES_MAX + 1);
    if (rc == 0)
        rc = mdb_env_set_maxreaders(store->env, READERS_MAX);
    if (rc == 0)
        rc = mdb_env_set_mapsize(store->env, options->map_bytes);
    if (rc == 0)
        rc = mdb_env_open(store->env, options->path, flags | (options->reading ? MDB_RDONLY : 0u),
                          0600);
    if (rc == 0)
        return true;
    store_fail_lmdb(failure, rc, options->path);
    return false;
}

static inline int words_compare(const uint8_t *left, const uint8_t *right)
{
    uint64_t word = be64_get(left), other = be64_get(right);
    return (word > other) - (word < other);
}

/* The order that LMDB has anyhow, so whoever opens a store without this finds the same. A descent
 * asks for it some thirty times: here eight bytes are compared at once, and nothing is called. */
static int keys_compare(const MDB_val *a, const MDB_val *b)
{
    enum { WORD = sizeof(uint64_t) };
    const uint8_t *left = a->mv_data, *right = b->mv_data;
    size_t size = a->mv_size < b->mv_size ? a->mv_size : b->mv_size;
    size_t at = 0;
    int order = 0;
    for (; order == 0 && at + WORD <= size; at += WORD)
        order = words_compare(left + at, right + at);
    if (order == 0 && at < size && size > WORD) /* what stands before the rest is the same */
        order = words_compare(left + size - WORD, right + size - WORD);
    else
        for (; order == 0 && at < size; at++)
            order = (left[at] > right[at]) - (left[at] < right[at]);
    return order != 0 ? order : (a->mv_size > b->mv_size) - (a->mv_size < b->mv_size);
}

static bool names_open(struct store *store, MDB_txn *txn, const char *const *names,
                       struct failure *failure)
{
    for (int i = 0; names[i]; i++) {
        need(i < STORE_TREES_MAX);
        int rc = mdb_dbi_open(txn, names[i], store->reading ? 0 : MDB_CREATE, &store->trees[i]);
        store->tree_count = i + 1;
        if (rc == MDB_NOTFOUND)
            return fail(failure, FAULT_DAMAGED, 0, "a tree is missing: %s", names[i]);
        if (rc == 0)
            rc = mdb_set_compare(txn, store->trees[i], keys_compare);
        if (rc)
            return store_fail_lmdb(failure, rc, "cannot open the trees");
    }
    return true;
}

/* Before the other trees: only an empty store may have none yet. */
static bool sums_open(struct store *store, MDB_txn *txn, struct failure *failure)
{
    MDB_dbi all;
    MDB_stat stat = {0};
    int rc = mdb_dbi_open(txn, SUMS_TREE, 0, &store->sums);
    if (rc == MDB_NOTFOUND && mdb_dbi_open(txn, NULL, 0, &all) == 0 &&
        mdb_stat(txn, all, &stat) == 0 && (stat.ms_entries > 0 || store->reading))
        return fail(failure, FAULT_STALE, 0, "its rows were written without sums");
    if (rc == MDB_NOTFOUND)
        rc = mdb_dbi_open(txn, SUMS_TREE, MDB_CREATE, &store->sums);
    return rc == 0 || store_fail_lmdb(failure, rc, "cannot open the trees");
}

static bool totals_read(struct store *store, MDB_txn *txn, struct failure *failure)
{
    MDB_val k = store_val(slice_text(SUMS_KEY)), v;
    int rc = mdb_get(txn, store->sums, &k, &v);
    if (rc == MDB_NOTFOUND) /* nothing was written yet */
        return true;
    if (rc)
        return store_fail_lmdb(failure, rc, "cannot get the totals");
    return store_totals(store_slice(v), store->tree_count, &store->totals) ||
           fail(failure, FAULT_DAMAGED, 0, "the totals of the trees are damaged");
}

static bool trees_open(struct store *store, const char *const *names, struct failure *failure)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->env, NULL, store->reading ? MDB_RDONLY : 0, &txn);
    if (rc)
        return store_fail_lmdb(failure, rc, "cannot open the trees");
    if ((store->summed && !sums_open(store, txn, failure)) ||
        !names_open(store, txn, names, failure) ||
        (store->summed && !totals_read(store, txn, failure))) {
        mdb_txn_abort(txn);
        return false;
    }
    rc = mdb_txn_commit(txn);
    return rc == 0 || store_fail_lmdb(failure, rc, "cannot open the trees");
}

bool store_open(const struct store_options *options, struct store **ret_store,
                struct failure *failure)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for a store");
    store->reading = options->reading;
    store->gathering = options->gathering;
    store->summed = options->summed;
    need(store->gathering || !store->summed);
    gather_init(&store->gather);
    pthread_mutex_init(&store->lock, NULL);
    bool opened = (options->reading || folder_make(options->path, failure)) &&
                  data_plain(options->path, failure) && lock_allocate(options->path, failure) &&
                  env_open(store, options, failure) && trees_open(store, options->trees, failure) &&
                  (options->reading || folder_sync(options->path, failure));
    if (!opened) {
        store_close(store);
        return false;
    }
    *ret_store = store;
    return true;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    need(!atomic_load(&store->writer_taken));
    for (int i = 0; i < store->kept_count; i++)
        store_reader_destroy(store->kept[i]);
    if (store->env)
        mdb_env_close(store->env);
    gather_fini(&store->gather);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

bool store_sync(struct store *store, struct failure *failure)
{
    if (atomic_load(&store->broken))
        return fail(failure, FAULT_IO, 0, "the store failed before; start anew");
    int rc = mdb_env_sync(store->env, 1);
    if (rc == 0)
        return true;
    atomic_store(&store->broken, true);
    return store_fail_lmdb(failure, rc, "cannot sync the store");
}

bool store_copy(struct store *store, int fd, struct failure *failure)
{
    int rc = mdb_env_copyfd2(store->env, fd, MDB_CP_COMPACT);
    return rc == 0 || store_fail_lmdb(failure, rc, "cannot copy the store");
}

/* Pages that wait in LMDB's list of free ones (tree 0): each row starts with their number. */
static uint64_t free_pages(MDB_txn *txn)
{
    uint64_t pages = 0;
    MDB_cursor *cursor;
    if (mdb_cursor_open(txn, 0, &cursor))
        return 0;
    MDB_val key, value;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        size_t count;
        memcpy(&count, value.mv_data, sizeof count);
        pages += count;
    }
    mdb_cursor_close(cursor);
    return pages;
}

/* LMDB tells its readers as text: a heading, then "pid thread txnid" a line. */
static int oldest_reader(const char *line, void *context)
{
    uint64_t *oldest = context;
    unsigned long long txn;
    if (sscanf(line, "%*s %*s %llu", &txn) == 1 && txn < *oldest)
        *oldest = txn;
    return 0;
}

void store_metrics(struct store *store, struct store_metrics *ret_metrics)
{
    *ret_metrics = (struct store_metrics){0};
    pthread_mutex_lock(&store->lock);
    ret_metrics->damaged = store->damaged;
    memcpy(ret_metrics->damage, store->damage, sizeof store->damage);
    pthread_mutex_unlock(&store->lock);
    MDB_envinfo info;
    MDB_stat stat;
    uint64_t oldest = UINT64_MAX;
    mdb_reader_list(store->env, oldest_reader, &oldest);
    if (mdb_env_info(store->env, &info) || mdb_env_stat(store->env, &stat))
        return;
    ret_metrics->map_bytes = info.me_mapsize;
    if (oldest < info.me_last_txnid)
        ret_metrics->reader_lag = info.me_last_txnid - oldest;
    struct store_txn *txn = store_begin(store, false, &(struct failure){0});
    uint64_t free = txn ? free_pages(txn->txn) : 0;
    store_abort(txn);
    uint64_t pages = (uint64_t)info.me_last_pgno + 1;
    ret_metrics->used_bytes = (pages > free ? pages - free : 0) * stat.ms_psize;
}

bool store_has_room(struct store *store, uint64_t bytes)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct store_metrics metrics;
    if (mdb_env_info(store->env, &info) || mdb_env_stat(store->env, &stat))
        return false;
    if (((uint64_t)info.me_last_pgno + 1) * stat.ms_psize + bytes <= info.me_mapsize)
        return true;
    store_metrics(store, &metrics); /* pages that wait to be used again are room too */
    return metrics.map_bytes > 0 && metrics.used_bytes + bytes <= metrics.map_bytes;
}

void store_sweep_readers(struct store *store)
{
    int dead;
    mdb_reader_check(store->env, &dead);
}
