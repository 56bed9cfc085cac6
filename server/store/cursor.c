/*
 * Walks over the rows of a tree.
 */
#include "inside.h"

/* A free walk, best one that already has a cursor in this tree. */
static struct walk *walk_take(struct store_txn *txn, int tree)
{
    struct walk *found = NULL;
    for (int i = 0; i < WALKS_MAX; i++) {
        struct walk *walk = &txn->walks[i];
        if (walk->busy)
            continue;
        if (walk->cursor && walk->tree == tree)
            return walk;
        if (!found || (found->cursor && !walk->cursor))
            found = walk;
    }
    if (found && found->cursor) {
        mdb_cursor_close(found->cursor);
        found->cursor = NULL;
    }
    return found;
}

/* Its cursor is opened, or renewed for this round; false with a sticky fault. */
static bool walk_open(struct store_txn *txn, struct walk *walk, int tree)
{
    int rc = 0;
    if (!walk->cursor)
        rc = mdb_cursor_open(txn->txn, txn->store->trees[tree], &walk->cursor);
    else if (walk->round != txn->round)
        rc = mdb_cursor_renew(txn->txn, walk->cursor);
    walk->tree = tree;
    walk->round = txn->round;
    return store_found(txn, rc, "cannot open a cursor");
}

/* LMDB looks at the page where the cursor stands before it goes down the tree: records that lie
 * side by side are found without. */
bool store_read(struct store_txn *txn, int tree, struct slice key, struct slice *ret_value)
{
    struct walk *walk = walk_take(txn, tree);
    MDB_val k = store_val(key), v;
    if (walk && !walk_open(txn, walk, tree))
        return false;
    int rc = walk ? mdb_cursor_get(walk->cursor, &k, &v, MDB_SET)
                  : mdb_get(txn->txn, txn->store->trees[tree], &k, &v);
    if (!store_found(txn, rc, "cannot get a row"))
        return false;
    *ret_value = store_slice(v);
    return store_unseal(txn, tree, key, ret_value);
}

static bool walk_begin(struct store_txn *txn, int tree, struct store_cursor *cursor)
{
    *cursor = (struct store_cursor){.txn = txn};
    need(tree >= 0 && tree < txn->store->tree_count);
    if (txn->writing)
        store_settle_tree(txn, tree);
    if (!store_sound(txn))
        return false;
    struct walk *walk = walk_take(txn, tree);
    if (!walk) {
        store_fail(txn, FAULT_BUG, "too many walks open at once");
        return false;
    }
    if (!walk_open(txn, walk, tree))
        return false;
    walk->busy = true;
    cursor->handle = walk;
    return true;
}

static bool step(struct store_cursor *cursor, MDB_val key, MDB_cursor_op op)
{
    const struct walk *walk = cursor->handle;
    if (!walk || !store_sound(cursor->txn))
        return false;
    MDB_val value;
    int rc = mdb_cursor_get(walk->cursor, &key, &value, op);
    if (!store_found(cursor->txn, rc, "cannot walk"))
        return false;
    cursor->key = store_slice(key);
    cursor->value = store_slice(value);
    return true;
}

static bool walk_to(struct store_cursor *cursor, MDB_val key, MDB_cursor_op op)
{
    if (!step(cursor, key, op))
        return false;
    const struct walk *walk = cursor->handle;
    return store_unseal(cursor->txn, walk->tree, cursor->key, &cursor->value);
}

bool store_seek(struct store_txn *txn, int tree, struct slice from, struct store_cursor *ret_cursor)
{
    return walk_begin(txn, tree, ret_cursor) &&
           walk_to(ret_cursor, store_val(from), from.size ? MDB_SET_RANGE : MDB_FIRST);
}

bool store_seek_before(struct store_txn *txn, int tree, struct slice before,
                       struct store_cursor *ret_cursor)
{
    if (!walk_begin(txn, tree, ret_cursor))
        return false;
    if (before.size && step(ret_cursor, store_val(before), MDB_SET_RANGE))
        return walk_to(ret_cursor, (MDB_val){0}, MDB_PREV);
    return walk_to(ret_cursor, (MDB_val){0}, MDB_LAST);
}

bool store_next(struct store_cursor *cursor)
{
    return walk_to(cursor, (MDB_val){0}, MDB_NEXT);
}

bool store_previous(struct store_cursor *cursor)
{
    return walk_to(cursor, (MDB_val){0}, MDB_PREV);
}

void store_leave(struct store_cursor *cursor)
{
    struct walk *walk = cursor->handle;
    if (walk)
        walk->busy = false;
    cursor->handle = NULL;
}

void store_leave_all(struct store_txn *txn)
{
    for (int i = 0; i < WALKS_MAX; i++)
        txn->walks[i].busy = false;
}
