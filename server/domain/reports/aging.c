/*
 * Aging: what is owed, by how late it is, as of any date. Read only.
 *
 * As of D an item counts if its document is dated on or before D and not reversed by then; open is
 * its amount less matches dated on or before D and not undone by then. "As we knew it" leaves out
 * what was recorded after a seq. Sum of buckets - unmatched = balance, always.
 */
#include "domain/reports/reports.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

enum { BOUNDS_MAX = 12 };

struct aging {
    const Tefter__Aging *query;
    uint32_t branch; /* that opened the account; 0: any */
    uint32_t as_of;
    bool live; /* as of today or later, as known now: what is open now */
    uint64_t known_seq;
    int32_t bounds[BOUNDS_MAX];
    size_t bound_count;
    int64_t sums[BOUNDS_MAX + 2];
    uint64_t items[BOUNDS_MAX + 2];
    int64_t credits;
    /* of one customer */
    uint32_t records[SITES_PER_PAYER_MAX + 1];
    size_t record_count;
    int64_t customer_sums[BOUNDS_MAX + 2];
    uint64_t customer_items[BOUNDS_MAX + 2];
    int64_t customer_credits;
};

/* Not due is bucket 0; then up to each bound; the last has no end. */
static size_t bucket_of(const struct aging *aging, int32_t days_late)
{
    if (days_late <= 0)
        return 0;
    for (size_t i = 0; i < aging->bound_count; i++)
        if (days_late <= aging->bounds[i])
            return i + 1;
    return aging->bound_count + 1;
}

static bool known(const struct aging *aging, uint64_t seq)
{
    return seq <= aging->known_seq;
}

static bool undone_by_then(const struct aging *aging, const Tefter__Match *match)
{
    return match->has_undone_seq && known(aging, match->undone_seq) &&
           match->undone_date <= aging->as_of;
}

/* What was open of an item as of that date. */
static int64_t open_then(struct tx *tx, const struct aging *aging, const Tefter__ItemRecord *item)
{
    if (document_date(item->document) > aging->as_of || !known(aging, item->seq))
        return 0;
    if (item->has_reversed_seq && known(aging, item->reversed_seq) &&
        item->reversed_date <= aging->as_of)
        return 0;
    int64_t open = item->amount_minor;
    for (size_t i = 0; i < item->n_matches; i++) {
        const Tefter__Match *match = item->matches[i];
        if (match->date <= aging->as_of && known(aging, match->match) &&
            !undone_by_then(aging, match))
            open = tx_difference(tx, open, match->amount_minor);
    }
    return open;
}

static void count_item(struct tx *tx, struct aging *aging, bool debit, int64_t open, uint32_t day)
{
    if (!debit) {
        aging->customer_credits = tx_sum(tx, aging->customer_credits, open);
        return;
    }
    size_t bucket = bucket_of(aging, (int32_t)aging->as_of - (int32_t)day);
    aging->customer_sums[bucket] = tx_sum(tx, aging->customer_sums[bucket], open);
    aging->customer_items[bucket]++;
}

/* What is open now lies in two tables and needs no unpacking. */
static void age_live(struct tx *scratch, struct aging *aging, uint32_t customer, bool debit)
{
    enum { FIELD_OPEN = 4 };
    struct key prefix = key_customer(customer, debit ? TABLE_OPEN_DEBIT : TABLE_OPEN_CREDIT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        int64_t open = (int64_t)tx_walk_field(&walk, FIELD_OPEN);
        uint32_t day = tx_walk_u32(&walk, KEY_CUSTOMER_HEAD);
        if (aging->query->by_document_date)
            day = document_date(tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4));
        count_item(scratch, aging, debit, open, day);
    }
    tx_walk_end(&walk);
}

static void age_then(struct tx *scratch, struct aging *aging, uint32_t customer,
                     enum customer_table table)
{
    struct key prefix = key_customer(customer, table);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__ItemRecord *item = tx_walk_record(&walk, &tefter__item_record__descriptor);
        int64_t open = open_then(scratch, aging, item);
        uint32_t day = aging->query->by_document_date ? document_date(item->document) : item->due;
        if (open != 0)
            count_item(scratch, aging, item->debit, open, day);
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
}

static void age_none(struct aging *aging)
{
    memset(aging->customer_sums, 0, sizeof aging->customer_sums);
    memset(aging->customer_items, 0, sizeof aging->customer_items);
    aging->customer_credits = 0;
}

/* One record more of the customer at hand. */
static void age_record(struct tx *scratch, struct aging *aging, uint32_t customer)
{
    if (aging->live) {
        age_live(scratch, aging, customer, true);
        age_live(scratch, aging, customer, false);
    } else {
        age_then(scratch, aging, customer, TABLE_OPEN_DEBIT);
        age_then(scratch, aging, customer, TABLE_OPEN_CREDIT);
        age_then(scratch, aging, customer, TABLE_CLOSED_ITEM);
    }
}

/* Adds this customer to the sums of all. */
static void add_customer(struct tx *tx, struct aging *aging)
{
    for (size_t i = 0; i < aging->bound_count + 2; i++) {
        aging->sums[i] = tx_sum(tx, aging->sums[i], aging->customer_sums[i]);
        aging->items[i] += aging->customer_items[i];
    }
    aging->credits = tx_sum(tx, aging->credits, aging->customer_credits);
}

/* ---- which customers ---- */

static uint32_t next_customer(struct tx *scratch, const Tefter__Aging *query, uint32_t after)
{
    if (query->has_customer)
        return after < query->customer ? query->customer : 0;
    if (query->has_group || query->n_groups > 0)
        return group_next_member(scratch, query->has_group ? query->group : query->groups[0],
                                 after);
    return customer_next(scratch, after);
}

static bool wanted(struct tx *scratch, const struct aging *aging, uint32_t customer)
{
    if (!group_filter_takes(scratch, GROUP_FILTER(aging->query), customer))
        return false;
    if (aging->branch == 0)
        return true;
    const Tefter__CustomerRecord *record = customer_get(scratch, customer);
    return record != NULL && record->branch == aging->branch;
}

/* Sums of all are the same without it. */
static bool joins_records(const struct aging *aging)
{
    const Tefter__Aging *query = aging->query;
    return query->by_customer || query->has_customer || query->has_group || query->n_groups > 0 ||
           aging->branch != 0;
}

/* Is it to be counted by itself: wanted, and not with whom it was merged into? Those who are wanted
 * bring the records that were merged into theirs. */
static bool counts_alone(struct tx *scratch, const struct aging *aging, uint32_t customer)
{
    if (!joins_records(aging))
        return true;
    return (aging->query->has_customer || customer_leads_to(scratch, customer) == customer) &&
           wanted(scratch, aging, customer);
}

/* Where records are counted one by one, those that were merged are no customers more. */
static bool is_customer(struct tx *scratch, const struct aging *aging, uint32_t customer)
{
    return joins_records(aging) || customer_leads_to(scratch, customer) == customer;
}

/* The records that are theirs: what is at hand of a scratch does not last. */
static void find_records(struct tx *scratch, struct aging *aging, uint32_t customer)
{
    size_t count = 1;
    const uint32_t *records = &customer;
    if (joins_records(aging))
        records = customer_records(scratch, customer_get(scratch, customer), &count);
    memcpy(aging->records, records, count * sizeof *records);
    aging->record_count = count;
}

/* With all records that are theirs. */
static void age_customer(struct tx *scratch, struct aging *aging, uint32_t customer)
{
    find_records(scratch, aging, customer);
    age_none(aging);
    for (size_t i = 0; i < aging->record_count; i++)
        age_record(scratch, aging, aging->records[i]);
}

/* ---- the answer ---- */

/* NULL: they owe nothing, and nothing is theirs. */
static Tefter__AgingRow *row_of(struct tx *tx, struct tx *scratch, const struct aging *aging,
                                uint32_t customer)
{
    int64_t balance = tx_difference(tx, 0, aging->customer_credits);
    for (size_t i = 0; i < aging->bound_count + 2; i++)
        balance = tx_sum(tx, balance, aging->customer_sums[i]);
    if (balance == 0 && aging->customer_credits == 0)
        return NULL;
    const Tefter__CustomerRecord *record =
        customer_get(scratch, customer_leads_to(scratch, customer));
    if (record == NULL)
        tx_fault(scratch, "CustomerRecord");
    Tefter__AgingRow *row = tx_new(tx, &tefter__aging_row__descriptor);
    row->customer = record->customer;
    row->code = tx_text(tx, record->code);
    row->name = tx_copy(tx, &record->name->base);
    row->n_buckets_minor = aging->bound_count + 2;
    row->buckets_minor = tx_take(tx, row->n_buckets_minor * sizeof(int64_t));
    memcpy(row->buckets_minor, aging->customer_sums, row->n_buckets_minor * sizeof(int64_t));
    row->unmatched_minor = aging->customer_credits;
    row->balance_minor = balance;
    return row;
}

static void show_buckets(struct tx *tx, const struct aging *aging, Tefter__AgingAnswer *answer)
{
    size_t count = aging->bound_count + 2;
    answer->buckets = tx_take(tx, count * sizeof(Tefter__AgingBucket *));
    for (size_t i = 0; i < count; i++) {
        Tefter__AgingBucket *bucket = tx_new(tx, &tefter__aging_bucket__descriptor);
        bucket->from_days = i == 0 ? INT32_MIN : i == 1 ? 1 : aging->bounds[i - 2] + 1;
        FIELD_SET_IF(bucket, to_days, i < count - 1,
                     i == 0          ? 0
                     : i < count - 1 ? aging->bounds[i - 1]
                                     : 0);
        bucket->amount_minor = aging->sums[i];
        bucket->items = aging->items[i];
        answer->buckets[answer->n_buckets++] = bucket;
        answer->balance_minor = tx_sum(tx, answer->balance_minor, bucket->amount_minor);
    }
    answer->as_of = aging->as_of;
    answer->unmatched_minor = aging->credits;
    answer->balance_minor = tx_difference(tx, answer->balance_minor, aging->credits);
}

/* The latest date that any document bears: a few may be dated ahead. */
static uint32_t latest_dated(struct tx *tx)
{
    struct key prefix = key_book(TABLE_DATED);
    struct tx_walk walk;
    bool any = tx_walk_last(tx, &prefix, NULL, &walk);
    uint32_t date = any ? tx_walk_u32(&walk, KEY_BOOK_HEAD) : 0;
    tx_walk_end(&walk);
    return date;
}

static Tefter__Refusal *prepare(struct tx *tx, const Tefter__Aging *query, struct aging *aging)
{
    static const int32_t usual[] = {30, 60, 90, 120};
    aging->query = query;
    aging->as_of = query->has_as_of ? query->as_of : branch_of_actor(tx)->date;
    aging->known_seq = query->has_known_seq ? query->known_seq : UINT64_MAX;
    aging->live = !query->has_known_seq && aging->as_of >= branch_latest_date(tx) &&
                  aging->as_of >= latest_dated(tx);
    if (aging->as_of < DATE_MIN || aging->as_of > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "as_of");
    if (query->n_bounds > BOUNDS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "bounds", BOUNDS_MAX);
    aging->bound_count = query->n_bounds > 0 ? query->n_bounds : 4;
    for (size_t i = 0; i < aging->bound_count; i++) {
        aging->bounds[i] = query->n_bounds > 0 ? (int32_t)query->bounds[i] : usual[i];
        if (aging->bounds[i] < 1 || aging->bounds[i] > DATE_MAX ||
            (i > 0 && aging->bounds[i] <= aging->bounds[i - 1]))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "bounds[%zu]", i);
    }
    if (query->has_customer && customer_get(tx, query->customer) == NULL)
        return refuse_not_found(tx, "customer");
    Tefter__Refusal *refusal = group_filter_check(tx, GROUP_FILTER(query));
    aging->branch = query->has_branch ? query->branch : 0;
    return refusal != NULL || query->has_customer
               ? refusal
               : staff_wanted_branch(tx, query->has_branch, query->branch, &aging->branch);
}

Tefter__Refusal *view_aging(struct tx *tx, const Tefter__Aging *query, Tefter__AgingAnswer *answer)
{
    struct aging aging = {0};
    uint64_t after;
    if (!page_read(query->has_page, query->page, &after, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = prepare(tx, query, &aging);
    if (refusal != NULL)
        return refusal;
    if (query->by_customer)
        answer->rows = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__AgingRow *));
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct tx *scratch = tx_scratch_begin(tx);
    uint32_t customer = next_customer(scratch, query, (uint32_t)after);
    for (; customer != 0 && page.rows < page.rows_most;
         customer = next_customer(scratch, query, customer)) {
        tx_scratch_next(scratch);
        if (counts_alone(scratch, &aging, customer)) {
            age_customer(scratch, &aging, customer);
            Tefter__AgingRow *row =
                query->by_customer ? row_of(tx, scratch, &aging, customer) : NULL;
            if (row != NULL && !page_takes(&page, &row->base))
                break;
            if (row != NULL)
                answer->rows[answer->n_rows++] = row;
            add_customer(tx, &aging);
            answer->customers += is_customer(scratch, &aging, customer);
        }
        after = customer;
    }
    tx_scratch_end(scratch);
    show_buckets(tx, &aging, answer);
    if (customer != 0)
        FIELD_SET(answer, next, page_write(tx, &after, 1));
    return NULL;
}
