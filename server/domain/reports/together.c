/*
 * Rows of several customers walked as those of one: of the records that were merged. Read only.
 */
#include "domain/reports/inside.h"

#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

/* ---- order ---- */

enum { FIELD_SEQ = 8 }; /* of a document's record */

/* Where a row stands among those of all records: papers by day, then as they were recorded; open
 * items by the day of their key. Then whose it is. */
struct rank {
    uint32_t day;
    uint64_t seq;
    uint32_t record;
};

static struct rank rank_of(const struct together *walk, size_t i)
{
    const struct tx_walk *one = &walk->walks[i];
    if (walk->table != TABLE_DOCUMENT)
        return (struct rank){tx_walk_u32(one, KEY_CUSTOMER_HEAD), 0, walk->records[i]};
    return (struct rank){document_date(tx_walk_u64(one, KEY_CUSTOMER_HEAD)),
                         tx_walk_field(one, FIELD_SEQ), walk->records[i]};
}

static bool before(struct rank a, struct rank b)
{
    if (a.day != b.day)
        return a.day < b.day;
    return a.seq != b.seq ? a.seq < b.seq : a.record < b.record;
}

/* Does row a come first, as it is walked? */
static bool comes_first(const struct together *walk, struct rank a, struct rank b)
{
    return walk->backwards ? before(b, a) : before(a, b);
}

static bool stand(struct together *walk)
{
    size_t at = walk->count;
    for (size_t i = 0; i < walk->count; i++)
        if (walk->on[i] &&
            (at == walk->count || comes_first(walk, rank_of(walk, i), rank_of(walk, at))))
            at = i;
    walk->at = at;
    return at < walk->count;
}

/* ---- services ---- */

void together_begin(struct tx *tx, uint32_t customer, enum customer_table table, bool backwards,
                    struct together *ret_walk)
{
    const Tefter__CustomerRecord *record = customer_get(tx, customer);
    *ret_walk = (struct together){.table = table, .backwards = backwards};
    ret_walk->records = customer_records(tx, record, &ret_walk->count);
    ret_walk->walks = tx_take(tx, ret_walk->count * sizeof *ret_walk->walks);
    ret_walk->on = tx_take(tx, ret_walk->count * sizeof *ret_walk->on);
}

static bool begin_one(struct tx *scratch, struct together *walk, size_t i, const struct key *edge)
{
    struct key prefix = key_customer(walk->records[i], walk->table);
    return walk->backwards ? tx_walk_last(scratch, &prefix, edge, &walk->walks[i])
                           : tx_walk_first(scratch, &prefix, edge, &walk->walks[i]);
}

/* Behind a paper, or before it, on its own record's list; on another's at the edge of its day. */
static struct key paper_edge(const struct together *walk, uint32_t record, uint64_t last)
{
    bool own = record == document_customer(last);
    if (own)
        return document_key(walk->backwards ? last : last + 1);
    return document_key(
        document_id(record, document_date(last), walk->backwards ? DOCUMENT_ORDINAL_MAX : 0));
}

/* Behind all that were walked before `last` was, and behind it. */
static void skip_walked(struct together *walk, size_t i, struct rank last)
{
    struct tx_walk *one = &walk->walks[i];
    while (walk->on[i] && !comes_first(walk, last, rank_of(walk, i)))
        walk->on[i] = walk->backwards ? tx_walk_previous(one) : tx_walk_next(one);
}

bool together_papers(struct tx *scratch, struct together *walk, uint64_t last, uint32_t day)
{
    struct key key = document_key(last);
    struct rank rank = {document_date(last), last != 0 ? tx_field(scratch, &key, FIELD_SEQ) : 0,
                        document_customer(last)};
    for (size_t i = 0; i < walk->count; i++) {
        struct key edge = last != 0 ? paper_edge(walk, walk->records[i], last)
                                    : document_key(document_id(walk->records[i], day, 0));
        bool whole = last == 0 && day == 0;
        walk->on[i] = begin_one(scratch, walk, i, whole ? NULL : &edge);
        if (last != 0 && walk->records[i] != rank.record)
            skip_walked(walk, i, rank);
    }
    return stand(walk);
}

bool together_items(struct tx *scratch, struct together *walk, uint32_t day, uint64_t document)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct key edge = key_customer(walk->records[i], walk->table);
        key_u32(&edge, day);
        key_u64(&edge, document);
        walk->on[i] = begin_one(scratch, walk, i, &edge);
    }
    return stand(walk);
}

bool together_next(struct together *walk)
{
    struct tx_walk *one = &walk->walks[walk->at];
    walk->on[walk->at] = walk->backwards ? tx_walk_previous(one) : tx_walk_next(one);
    return stand(walk);
}

const struct tx_walk *together_at(const struct together *walk)
{
    return &walk->walks[walk->at];
}

void together_end(struct together *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        tx_walk_end(&walk->walks[i]);
}
