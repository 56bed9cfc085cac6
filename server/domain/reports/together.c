/*
 * Rows of several customers walked as those of one: of the records that were merged. Read only.
 */
#include "domain/reports/inside.h"

#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

/* ---- order ---- */

/* A document's day and place in it, which stand below whose it is. */
static uint64_t within(uint64_t document)
{
    return document & ((UINT64_C(1) << 36) - 1);
}

/* Papers by day, open items by the day of their key; then whose it is. */
static bool before(const struct together *walk, size_t a, size_t b)
{
    const struct tx_walk *of_a = &walk->walks[a], *of_b = &walk->walks[b];
    if (walk->table == TABLE_DOCUMENT) {
        uint64_t paper_a = within(tx_walk_u64(of_a, KEY_CUSTOMER_HEAD));
        uint64_t paper_b = within(tx_walk_u64(of_b, KEY_CUSTOMER_HEAD));
        return paper_a != paper_b ? paper_a < paper_b : walk->records[a] < walk->records[b];
    }
    uint32_t day_a = tx_walk_u32(of_a, KEY_CUSTOMER_HEAD);
    uint32_t day_b = tx_walk_u32(of_b, KEY_CUSTOMER_HEAD);
    return day_a != day_b ? day_a < day_b : walk->records[a] < walk->records[b];
}

static bool stand(struct together *walk)
{
    size_t at = walk->count;
    for (size_t i = 0; i < walk->count; i++)
        if (walk->on[i] &&
            (at == walk->count || before(walk, walk->backwards ? at : i, walk->backwards ? i : at)))
            at = i;
    walk->at = at;
    return at < walk->count;
}

/* Behind a paper, or before it, on one record's list. */
static struct key paper_edge(uint32_t record, uint64_t paper, bool backwards)
{
    uint64_t place = (uint64_t)record << 36 | within(paper);
    bool passed =
        backwards ? record < document_customer(paper) : record <= document_customer(paper);
    return document_key(passed ? place + 1 : place);
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

bool together_papers(struct tx *scratch, struct together *walk, uint64_t last, uint32_t day)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct key edge = last != 0 ? paper_edge(walk->records[i], last, walk->backwards)
                                    : document_key(document_id(walk->records[i], day, 0));
        bool whole = last == 0 && day == 0;
        walk->on[i] = begin_one(scratch, walk, i, whole ? NULL : &edge);
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
