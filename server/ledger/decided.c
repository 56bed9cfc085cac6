/*
 * Decisions that are kept: the newest, so that whoever begins to look on sees them, after a restart
 * too. Of the state, and no fact of it: a refusal changes nothing, so no digest covers them, and a
 * replay makes them again.
 *
 *   tree `decision`:  'r' number                      a packed Row
 *                     's' customer, staff, branch     number of the sale that was refused there
 * last 'c' customer, number            a refused sale of theirs 't' terminal, number            a
 * refused sale at it 'n'                             how many rows there are
 *
 * 1. At most DECISIONS_KEPT_MAX rows; the oldest goes first.
 * 2. A sale that the same person tries again within a minute, and what one import brings or takes
 *    back, is one row, which keeps its number.
 * 3. Of refused sales a customer has REFUSED_OF_CUSTOMER_MAX and a terminal
 * REFUSED_OF_TERMINAL_MAX, so that no one source pushes out what others did.
 */
#include "domain/domain.h"
#include "ledger/inside.h"

#include "base/limits.h"

enum {
    AGAIN_MS = 60 * 1000,
    DECIDED_KEY_MAX = 16,
    ROW_KEY_SIZE = 1 + 8,
};

struct decided_key {
    uint8_t bytes[DECIDED_KEY_MAX];
    size_t size;
};

static struct decided_key key_of(char what)
{
    return (struct decided_key){{(uint8_t)what}, 1};
}

static struct slice key_bytes(const struct decided_key *key)
{
    return slice_of(key->bytes, key->size);
}

static void add_u32(struct decided_key *key, uint32_t value)
{
    be32_put(key->bytes + key->size, value);
    key->size += 4;
}

static void add_u64(struct decided_key *key, uint64_t value)
{
    be64_put(key->bytes + key->size, value);
    key->size += 8;
}

static struct decided_key row_key(uint64_t number)
{
    struct decided_key key = key_of('r');
    add_u64(&key, number);
    return key;
}

/* ---- rows ---- */

static struct slice get(struct tx *tx, const struct decided_key *key)
{
    struct slice value;
    return store_get(tx->txn, TREE_DECISION, key_bytes(key), &value) ? value : slice_of(NULL, 0);
}

static uint64_t get_u64(struct tx *tx, const struct decided_key *key)
{
    struct slice value = get(tx, key);
    return value.size == 8 ? be64_get(value.data) : 0;
}

static void put_u64(struct tx *tx, const struct decided_key *key, uint64_t number)
{
    uint8_t bytes[8];
    be64_put(bytes, number);
    store_put(tx->txn, TREE_DECISION, key_bytes(key), slice_of(bytes, sizeof bytes));
}

static Tefter__DecisionRow *row_get(struct tx *tx, uint64_t number)
{
    struct decided_key key = row_key(number);
    struct slice bytes = get(tx, &key);
    Tefter__Row *row = bytes.size > 0 ? tx_unpack(tx, &tefter__row__descriptor, bytes) : NULL;
    return row != NULL && row->kind_case == TEFTER__ROW__KIND_DECISION ? row->decision : NULL;
}

static uint32_t staff_of(const Tefter__DecisionRow *row)
{
    return row->actor != NULL ? row->actor->staff : 0;
}

/* Their terminal; who acts at none is a source of their own. */
static uint32_t terminal_of(const Tefter__DecisionRow *row)
{
    enum { AT_NONE = 1U << 30 };
    bool at_one = row->actor != NULL && row->actor->terminal != 0;
    return at_one ? row->actor->terminal : AT_NONE | staff_of(row);
}

static bool is_refused(const Tefter__DecisionRow *row)
{
    return row->kind == TEFTER__DECISION_KIND__DECISION_SALE_REFUSED;
}

static struct decided_key same_key(const Tefter__DecisionRow *row)
{
    struct decided_key key = key_of('s');
    add_u32(&key, row->customer);
    add_u32(&key, staff_of(row));
    add_u32(&key, row->branch);
    return key;
}

static struct decided_key source_key(char what, uint32_t source, uint64_t number)
{
    struct decided_key key = key_of(what);
    add_u32(&key, source);
    add_u64(&key, number);
    return key;
}

/* ---- what goes ---- */

static void tell(struct ledger_decisions *told, uint64_t number, uint32_t branch, struct slice row)
{
    if (told->count < DECISIONS_TOLD_MAX)
        told->list[told->count++] = (struct ledger_decision){number, branch, row};
}

static void drop(struct tx *tx, uint64_t number, struct ledger_decisions *told)
{
    struct decided_key key = row_key(number);
    struct decided_key count = key_of('n');
    const Tefter__DecisionRow *row = row_get(tx, number);
    if (row != NULL && is_refused(row)) {
        struct decided_key same = same_key(row);
        struct decided_key customer = source_key('c', row->customer, number);
        struct decided_key terminal = source_key('t', terminal_of(row), number);
        if (get_u64(tx, &same) == number)
            store_delete(tx->txn, TREE_DECISION, key_bytes(&same));
        store_delete(tx->txn, TREE_DECISION, key_bytes(&customer));
        store_delete(tx->txn, TREE_DECISION, key_bytes(&terminal));
    }
    if (store_delete(tx->txn, TREE_DECISION, key_bytes(&key)))
        put_u64(tx, &count, get_u64(tx, &count) - 1);
    tell(told, number, 0, slice_of(NULL, 0));
}

/* The first of those whose keys begin so, when there are more than `most`; 0: there are not. */
static uint64_t first_beyond(struct tx *tx, const struct decided_key *prefix, uint32_t most)
{
    struct store_cursor cursor;
    uint64_t first = 0;
    uint32_t count = 0;
    bool on = store_seek(tx->txn, TREE_DECISION, key_bytes(prefix), &cursor);
    for (; on && count <= most && cursor.key.size == prefix->size + 8 &&
           memcmp(cursor.key.data, prefix->bytes, prefix->size) == 0;
         on = store_next(&cursor)) {
        if (count++ == 0)
            first = be64_get(cursor.key.data + prefix->size);
    }
    store_leave(&cursor);
    return count > most ? first : 0;
}

static void keep_source(struct tx *tx, char what, uint32_t source, uint64_t number, uint32_t most,
                        struct ledger_decisions *told)
{
    struct decided_key prefix = key_of(what);
    struct decided_key key = source_key(what, source, number);
    add_u32(&prefix, source);
    if (source == 0)
        return;
    put_u64(tx, &key, number);
    uint64_t beyond = first_beyond(tx, &prefix, most);
    if (beyond != 0)
        drop(tx, beyond, told);
}

/* ---- what it is the same as ---- */

/* Of an import one row stands for all that the same person brings or undoes in a row. */
static Tefter__DecisionRow *same_import(struct tx *tx, const Tefter__DecisionRow *row)
{
    struct decided_key end = key_of('r' + 1);
    struct store_cursor cursor;
    bool there = store_seek_before(tx->txn, TREE_DECISION, key_bytes(&end), &cursor) &&
                 cursor.key.size == ROW_KEY_SIZE && cursor.key.data[0] == 'r';
    uint64_t number = there ? be64_get(cursor.key.data + 1) : 0;
    store_leave(&cursor);
    Tefter__DecisionRow *newest = number != 0 ? row_get(tx, number) : NULL;
    bool same = newest != NULL && newest->has_papers && newest->kind == row->kind &&
                staff_of(newest) == staff_of(row) && newest->branch == row->branch;
    return same ? newest : NULL;
}

/* Whoever tries one sale over and over pushes nothing else out of what is kept. */
static Tefter__DecisionRow *same_refused(struct tx *tx, const Tefter__DecisionRow *row)
{
    struct decided_key key = same_key(row);
    uint64_t number = is_refused(row) ? get_u64(tx, &key) : 0;
    Tefter__DecisionRow *kept = number != 0 ? row_get(tx, number) : NULL;
    return kept != NULL && row->at_ms - kept->at_ms < AGAIN_MS ? kept : NULL;
}

static void join(const Tefter__DecisionRow *kept, Tefter__DecisionRow *row)
{
    row->decision = kept->decision;
    if (row->has_papers) {
        uint64_t sum = (uint64_t)kept->amount_minor + (uint64_t)row->amount_minor;
        FIELD_SET(row, amount_minor, (int64_t)sum);
        FIELD_SET(row, papers, kept->papers + 1);
    } else {
        FIELD_SET(row, times, (kept->has_times ? kept->times : 1) + 1);
    }
}

/* ---- services ---- */

void decided_keep(struct tx *tx, Tefter__DecisionRow *row, struct ledger_decisions *told)
{
    Tefter__Row whole = TEFTER__ROW__INIT;
    const Tefter__DecisionRow *kept =
        row->has_papers ? same_import(tx, row) : same_refused(tx, row);
    whole.kind_case = TEFTER__ROW__KIND_DECISION;
    whole.decision = row;
    if (kept != NULL)
        join(kept, row);
    struct decided_key key = row_key(row->decision);
    struct decided_key same = same_key(row);
    struct decided_key count = key_of('n');
    struct slice bytes = tx_pack_out(tx, &whole.base);
    store_put(tx->txn, TREE_DECISION, key_bytes(&key), bytes);
    tell(told, row->decision, row->branch, bytes);
    if (kept != NULL)
        return;
    put_u64(tx, &count, get_u64(tx, &count) + 1);
    if (is_refused(row)) {
        put_u64(tx, &same, row->decision);
        keep_source(tx, 'c', row->customer, row->decision, REFUSED_OF_CUSTOMER_MAX, told);
        keep_source(tx, 't', terminal_of(row), row->decision, REFUSED_OF_TERMINAL_MAX, told);
    }
    if (get_u64(tx, &count) > DECISIONS_KEPT_MAX) {
        struct decided_key rows = key_of('r');
        drop(tx, first_beyond(tx, &rows, 0), told);
    }
}

size_t decided_list(struct tx *tx, struct ledger_decision *ret_list)
{
    struct decided_key rows = key_of('r');
    struct store_cursor cursor;
    size_t count = 0;
    bool on = store_seek(tx->txn, TREE_DECISION, key_bytes(&rows), &cursor);
    for (; on && count < DECISIONS_KEPT_MAX && cursor.key.size == ROW_KEY_SIZE &&
           cursor.key.data[0] == 'r';
         on = store_next(&cursor)) {
        const Tefter__Row *row = tx_unpack(tx, &tefter__row__descriptor, cursor.value);
        if (row->kind_case == TEFTER__ROW__KIND_DECISION)
            ret_list[count++] = (struct ledger_decision){
                be64_get(cursor.key.data + 1), row->decision->branch, tx_pack_out(tx, &row->base)};
    }
    store_leave(&cursor);
    return count;
}
