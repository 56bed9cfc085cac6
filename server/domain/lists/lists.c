/*
 * Lists of customers: filters, order, pages. Rules only; see lists.h.
 */
#include "domain/lists/lists.h"

#include "base/date.h"
#include "domain/entity/entity.h"

#include <string.h>

/* In an order of their own, or in that of numbers but from any place of it, backwards or counted:
 * all are looked at. */
bool list_by_rank(const Tefter__CustomerList *query)
{
    return (query->has_sort && query->sort != TEFTER__CUSTOMER_SORT__SORT_CODE) ||
           query->has_skip || query->reverse || query->count;
}

uint32_t list_looks_at(const Tefter__CustomerList *query)
{
    uint32_t facts = LIST_LOOKS_AT_RECORD; /* whether they were merged */
    if (query->has_locked || query->has_owing || query->has_over_limit || query->has_overdue ||
        query->has_in_credit || query->has_unmatched || query->has_calls || query->has_owner ||
        list_by_rank(query))
        facts |= LIST_LOOKS_AT_FIGURES;
    return facts;
}

/* ---- who is meant ---- */

static bool over_limit(const struct list_facts *facts)
{
    return !facts->unlimited && facts->available_minor < 0;
}

static bool overdue(const struct list_facts *facts)
{
    return facts->overdue_minor > 0;
}

/* Their day has come. */
static bool comes_back(const struct list_facts *facts, uint32_t today)
{
    return facts->again != DATE_NONE && facts->again <= today;
}

static bool to_call(const struct list_facts *facts, uint32_t today)
{
    return comes_back(facts, today) || (overdue(facts) && facts->again == DATE_NONE);
}

static bool on_the_list(const struct list_facts *facts)
{
    return overdue(facts) || facts->again != DATE_NONE;
}

/* A record that was merged is a row of its own only to who looks for its words. */
static bool in_scope(const Tefter__CustomerList *query, const struct list_facts *facts)
{
    if ((query->has_group || query->n_groups > 0) && !facts->in_groups)
        return false;
    if (query->has_branch && facts->branch != query->branch)
        return false;
    return !facts->merged || query->text != NULL;
}

static bool asked_for(const Tefter__CustomerList *query, const struct list_facts *facts,
                      uint32_t today)
{
    if (query->has_locked && facts->locked != query->locked)
        return false;
    if (query->has_owing && (facts->balance_minor > 0) != query->owing)
        return false;
    if (query->has_in_credit && (facts->balance_minor < 0) != query->in_credit)
        return false;
    if (query->has_unmatched && facts->unmatched != query->unmatched)
        return false;
    if (query->has_over_limit && over_limit(facts) != query->over_limit)
        return false;
    if (query->has_overdue && overdue(facts) != query->overdue)
        return false;
    if (query->has_owner && (facts->again == DATE_NONE || facts->again_owner != query->owner))
        return false;
    if (!query->has_calls)
        return true;
    return query->calls == TEFTER__LIST_CALLS__CALLS_NOW ? to_call(facts, today)
                                                         : on_the_list(facts);
}

static bool passes(const Tefter__CustomerList *query, const struct list_facts *facts,
                   uint32_t today)
{
    return in_scope(query, facts) && asked_for(query, facts, today);
}

static void count(Tefter__ListCounts *counts, const struct list_facts *facts, uint32_t today,
                  bool listed)
{
    counts->all++;
    counts->over_limit += over_limit(facts);
    counts->overdue += overdue(facts);
    counts->locked += facts->locked;
    counts->in_credit += facts->balance_minor < 0;
    counts->unmatched += facts->unmatched;
    counts->calls_now += to_call(facts, today);
    counts->calls_all += on_the_list(facts);
    if (!listed)
        return;
    counts->listed++;
    counts->balance_minor += facts->balance_minor;
    counts->overdue_minor += facts->overdue_minor;
}

uint32_t list_rows(bool has_rows, uint32_t rows)
{
    return page_rows(has_rows, rows);
}

bool list_token(const Tefter__CustomerList *query, uint64_t *ret_token)
{
    if (query->has_skip && query->skip > LIST_SKIP_MAX)
        return false;
    return page_read(query->has_page, query->page, ret_token, 1);
}

/* ---- where customers come from ---- */

struct walk {
    const struct list_source *source;
    size_t at; /* in found, or the last number */
};

static uint32_t walk_next(struct walk *walk)
{
    const struct list_source *source = walk->source;
    if (!source->by_words)
        return walk->at < source->customers ? (uint32_t)++walk->at : 0;
    return walk->at < source->found_count ? source->found[walk->at++] : 0;
}

/* ---- by number ---- */

static bool page_in_order(const Tefter__CustomerList *query, const struct list_source *source,
                          uint64_t token, struct list_page *page)
{
    struct walk walk = {source, token < SIZE_MAX ? (size_t)token : SIZE_MAX};
    uint32_t customer = 0;
    for (int looked = 0; looked < LIST_LOOKED_AT_MAX && page->count < page->rows; looked++) {
        struct list_facts facts = {.branch = 0};
        customer = walk_next(&walk);
        if (customer == 0)
            break;
        enum list_answer answer = source->facts(source->context, customer, &facts);
        if (answer == LIST_NOT_NOW)
            return false;
        if (answer == LIST_FACTS && passes(query, &facts, source->today))
            page->customers[page->count++] = customer;
    }
    page->has_next = customer != 0;
    page->next = walk.at;
    return true;
}

/* ---- by rank: the first so many of all, in a heap whose top is the last of them ---- */

struct ranked {
    int64_t by;
    uint32_t customer;
};

struct heap {
    struct ranked *members;
    const struct list_source *source; /* gives memory */
    size_t count;
    size_t room;
    uint64_t most;
    bool more; /* than the heap keeps */
};

static bool ranks_before(const struct ranked *x, const struct ranked *y)
{
    return x->by != y->by ? x->by < y->by : x->customer < y->customer;
}

static void swap(struct ranked *x, struct ranked *y)
{
    struct ranked kept = *x;
    *x = *y;
    *y = kept;
}

static void sift_down(struct ranked *members, size_t count, size_t at)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && ranks_before(&members[child], &members[child + 1]))
            child++;
        if (!ranks_before(&members[at], &members[child]))
            return;
        swap(&members[at], &members[child]);
        at = child;
    }
}

/* Twice as large; what it leaves behind goes with the page. */
static bool heap_room(struct heap *heap)
{
    enum { ROOM_FIRST = 64 };
    if (heap->count < heap->room)
        return true;
    size_t room = heap->room == 0 ? ROOM_FIRST : 2 * heap->room;
    struct ranked *members = heap->source->take(heap->source->context, room * sizeof *members);
    if (members == NULL)
        return false;
    if (heap->count > 0)
        memcpy(members, heap->members, heap->count * sizeof *members);
    heap->members = members;
    heap->room = room;
    return true;
}

static bool heap_take(struct heap *heap, struct ranked one)
{
    if (heap->count == heap->most) {
        heap->more = true;
        if (heap->count > 0 && ranks_before(&one, &heap->members[0])) {
            heap->members[0] = one;
            sift_down(heap->members, heap->count, 0);
        }
        return true;
    }
    if (!heap_room(heap))
        return false;
    size_t at = heap->count++;
    heap->members[at] = one;
    for (; at > 0 && ranks_before(&heap->members[(at - 1) / 2], &heap->members[at]);
         at = (at - 1) / 2)
        swap(&heap->members[(at - 1) / 2], &heap->members[at]);
    return true;
}

static void heap_sort(struct heap *heap)
{
    for (size_t count = heap->count; count > 1; count--) {
        swap(&heap->members[0], &heap->members[count - 1]);
        sift_down(heap->members, count - 1, 0);
    }
}

/* Notes whose day has come stand before all else, the oldest first; then what is overdue, times the
 * days it is. */
static int64_t rank_of_call(const struct list_facts *facts, uint32_t today)
{
    int64_t weight;
    if (comes_back(facts, today))
        return INT64_MIN / 2 + facts->again;
    int64_t days = overdue(facts) ? (int64_t)today - facts->oldest_due : 0;
    if (__builtin_mul_overflow(facts->overdue_minor, days, &weight) || weight > INT64_MAX / 4)
        weight = INT64_MAX / 4;
    return -weight;
}

/* The smaller stands first. */
static int64_t place_by(const Tefter__CustomerList *query, const struct list_facts *facts,
                        uint32_t customer, uint32_t today)
{
    switch (query->has_sort ? query->sort : TEFTER__CUSTOMER_SORT__SORT_CODE) {
    case TEFTER__CUSTOMER_SORT__SORT_CODE:
        return customer;
    case TEFTER__CUSTOMER_SORT__SORT_BALANCE:
        return -facts->balance_minor;
    case TEFTER__CUSTOMER_SORT__SORT_AVAILABLE:
        return facts->unlimited ? INT64_MAX : facts->available_minor;
    case TEFTER__CUSTOMER_SORT__SORT_OVERDUE:
        return -facts->overdue_minor;
    case TEFTER__CUSTOMER_SORT__SORT_OLDEST:
        return facts->oldest_due;
    case TEFTER__CUSTOMER_SORT__SORT_CHANGE:
        return -facts->changed_ms;
    case TEFTER__CUSTOMER_SORT__SORT_BRANCH:
        return facts->branch;
    case TEFTER__CUSTOMER_SORT__SORT_CALLS:
        return rank_of_call(facts, today);
    case _TEFTER__CUSTOMER_SORT_IS_INT_SIZE:
        break;
    }
    return 0;
}

/* Who is not overdue stands behind those who are, whichever way round these are. */
static int64_t rank_by(const Tefter__CustomerList *query, const struct list_facts *facts,
                       uint32_t customer, uint32_t today)
{
    if (query->has_sort && query->sort == TEFTER__CUSTOMER_SORT__SORT_OLDEST && !overdue(facts))
        return INT64_MAX;
    int64_t place = place_by(query, facts, customer, today);
    return query->reverse ? -place : place;
}

static bool rank_all(const Tefter__CustomerList *query, const struct list_source *source,
                     struct heap *heap, Tefter__ListCounts *counts)
{
    struct walk walk = {source, 0};
    uint32_t customer;
    while ((customer = walk_next(&walk)) != 0) {
        struct list_facts facts = {.branch = 0};
        enum list_answer answer = source->facts(source->context, customer, &facts);
        if (answer == LIST_NOT_NOW)
            return false;
        if (answer != LIST_FACTS || !in_scope(query, &facts))
            continue;
        bool listed = asked_for(query, &facts, source->today);
        if (query->count)
            count(counts, &facts, source->today, listed);
        if (listed &&
            !heap_take(heap,
                       (struct ranked){rank_by(query, &facts, customer, source->today), customer}))
            return false;
    }
    return true;
}

/* The token is an offset into the order. */
static bool page_by_rank(const Tefter__CustomerList *query, const struct list_source *source,
                         uint64_t token, struct list_page *page)
{
    uint64_t begin = query->has_skip ? query->skip : token;
    uint64_t offset = begin < UINT32_MAX ? begin : UINT32_MAX;
    struct heap heap = {.source = source, .most = offset + page->rows};
    bool ranked = rank_all(query, source, &heap, &page->counts);
    if (ranked) {
        heap_sort(&heap);
        for (size_t at = (size_t)offset; at < heap.count; at++)
            page->customers[page->count++] = heap.members[at].customer;
        page->has_next = heap.more;
        page->next = offset + page->rows;
    }
    return ranked;
}

bool list_page(const Tefter__CustomerList *query, const struct list_source *source, uint64_t token,
               struct list_page *page)
{
    page->count = 0;
    page->has_next = false;
    page->counts = (Tefter__ListCounts)TEFTER__LIST_COUNTS__INIT;
    return list_by_rank(query) ? page_by_rank(query, source, token, page)
                               : page_in_order(query, source, token, page);
}

/* Where the walk stood when it took this one. */
static uint64_t place_of(const struct list_source *source, uint64_t token, uint32_t customer)
{
    size_t at = (size_t)token;
    if (!source->by_words)
        return customer;
    while (at < source->found_count && source->found[at] != customer)
        at++;
    return at + 1;
}

void list_cut(const Tefter__CustomerList *query, const struct list_source *source, uint64_t token,
              uint32_t count, struct list_page *page)
{
    page->count = count;
    page->has_next = true;
    if (list_by_rank(query))
        page->next = (query->has_skip ? query->skip : token) + count;
    else
        page->next = place_of(source, token, page->customers[count - 1]);
}
