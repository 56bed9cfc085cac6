/*
 * Questions answered from the row cache: lists, likely doubles, and in cards.c cards. What is
 * missing is put there from a view, if that stands at the seq that was published last; else, and
 * whenever there is more to do than fits a slice of the loop, the question goes the way of all
 * others (query.c). Also what a published group means for the cache. Why what is kept stays exact:
 * push/row_cache.h.
 */
#include <stdlib.h>

#include "base/grow.h"
#include "domain/lists/lists.h"
#include "session/reading.h"
#include "wire/varint.h"

enum {
    FILLS_MAX = 128,      /* customers read for one question; about a millisecond */
    RANKED_MAX = 250000,  /* customers looked at in one go; some six milliseconds */
    BRANCHES_MAX = 65536, /* whose dates are remembered */
    ENVELOPE_MAX = 64,    /* what is around an answer in its frame */
};

/* ---- who asks, and what is known of the company ---- */

static uint32_t date_of(const struct sessions *home, uint32_t branch)
{
    return branch < home->date_count ? home->dates[branch] : DATE_NONE;
}

static bool keep_date(struct sessions *home, uint32_t branch, uint32_t date)
{
    if (!GROW_ZEROED(home->dates, home->date_count, (size_t)branch + 1))
        return false;
    home->dates[branch] = date;
    return date != DATE_NONE;
}

/* A view that stands where the cache does; NULL: not now. */
static struct ledger_view *exact_view(struct sessions *home)
{
    struct ledger_view *view = sessions_view(home, &home->arena);
    if (view == NULL || ledger_view_seq(view) == hub_seq(home->hub))
        return view;
    sessions_view_end(view);
    return NULL;
}

/* Dates and the number of customers change seldom; they are read after the events that say so. */
static bool know_company(struct sessions *home, uint32_t branch)
{
    if (date_of(home, branch) != DATE_NONE && date_of(home, 0) != DATE_NONE && home->customers > 0)
        return true;
    struct ledger_view *view = branch < BRANCHES_MAX ? exact_view(home) : NULL;
    if (view == NULL)
        return false;
    home->customers = ledger_view_customers(view);
    home->gaps = ledger_view_recovery(view) != NULL;
    bool known = keep_date(home, 0, ledger_view_date(view, 0)) &&
                 keep_date(home, branch, ledger_view_date(view, branch)) && home->customers > 0;
    sessions_view_end(view);
    return known;
}

bool rows_asker(struct sessions *home, uint32_t branch, struct row_asker *ret_asker)
{
    if (home->cache == NULL || home->answered_seq > hub_seq(home->hub) ||
        !know_company(home, branch))
        return false;
    *ret_asker = (struct row_asker){
        .seq = hub_seq(home->hub),
        .date = date_of(home, branch),
        .head_date = date_of(home, 0),
    };
    return true;
}

/* ---- putting rows ---- */

/* The message in a packed Row. */
static struct slice body_of(struct slice row)
{
    struct wire_field field = {0};
    return wire_next(&row, &field) ? field.bytes : (struct slice){0};
}

bool rows_fill(struct sessions *home, struct ledger_view *view, struct texts *texts,
               uint32_t branch, uint64_t key)
{
    struct ledger_row row;
    if (!ledger_view_row_of(view, branch, key, &row))
        return false;
    if (row_key_kind(key) == ROW_ACCOUNT) {
        row_cache_put_account(home->cache, row.customer, body_of(row.row), row.days);
        return true;
    }
    struct slice worded = texts_row(texts, row.row);
    if (texts->failed || texts->spent)
        return false;
    row_cache_put_customer(home->cache, row.customer, body_of(worded), row.days);
    return true;
}

/* ---- one question ---- */

bool reading_begin(struct reading *reading, struct sessions *home, uint32_t branch, int fills)
{
    *reading = (struct reading){.home = home, .fills_left = fills};
    texts_begin(&reading->texts, home->options.vault, &home->arena);
    return rows_asker(home, branch, &reading->asker);
}

/* What a session asks. */
static bool reading_of(struct reading *reading, struct session *session)
{
    bool begun = reading_begin(reading, session->home, session->who.branch, FILLS_MAX);
    reading->session = session;
    return begun;
}

void reading_end(struct reading *reading)
{
    texts_end(&reading->texts);
    sessions_view_end(reading->view);
}

/* What one question reads stays in memory until it is answered. */
static bool memory_left(const struct reading *reading)
{
    return reading->texts.arena->taken < ANSWER_MEMORY_MAX / 2;
}

bool reading_may_fill(struct reading *reading)
{
    if (!reading->given_up && reading->view == NULL)
        reading->view = exact_view(reading->home);
    reading->given_up = reading->given_up || reading->view == NULL || !memory_left(reading) ||
                        reading->fills_left-- == 0;
    return !reading->given_up;
}

/* Both rows of a customer; false: not now, or nobody. */
static bool fill(struct reading *reading, uint32_t customer)
{
    struct sessions *home = reading->home;
    if (!reading_may_fill(reading))
        return false;
    uint32_t branch = reading->session->who.branch;
    return rows_fill(home, reading->view, &reading->texts, branch,
                     row_key_of(ROW_ACCOUNT, customer)) &&
           rows_fill(home, reading->view, &reading->texts, branch,
                     row_key_of(ROW_CUSTOMER, customer));
}

/* ---- the frame of an answer ---- */

enum { TAG_REQUEST = WIRE_TAG(1, WIRE_VARINT), TAG_SEQ = WIRE_TAG(1, WIRE_VARINT) };

uint8_t *reading_frame(const struct reading *reading, uint64_t request, uint32_t kind,
                       size_t body_size)
{
    struct buffer *out = &reading->home->out;
    uint32_t tag_answer = WIRE_TAG(TEFTER__TO_TERMINAL__BODY_ANSWER, WIRE_BYTES);
    uint32_t tag_kind = WIRE_TAG(kind, WIRE_BYTES);
    uint64_t seq = reading->asker.seq;
    size_t answer_size = number_size(TAG_SEQ, seq) + number_size(tag_kind, body_size) + body_size;
    size_t size = (request == 0 ? 0 : number_size(TAG_REQUEST, request)) +
                  number_size(tag_answer, answer_size) + answer_size;
    buffer_clear(out);
    if (answer_size + ENVELOPE_MAX > FRAME_TO_CLIENT_MAX ||
        !buffer_reserve(out, FRAME_HEAD_SIZE + size))
        return NULL;
    be32_put(out->data, (uint32_t)size);
    out->size = FRAME_HEAD_SIZE + size;
    uint8_t *at = out->data + FRAME_HEAD_SIZE;
    if (request != 0)
        at = number_write(at, TAG_REQUEST, request);
    at = number_write(at, tag_answer, answer_size);
    at = number_write(at, TAG_SEQ, seq);
    return number_write(at, tag_kind, body_size);
}

void reading_send(const struct reading *reading, const uint8_t *end)
{
    const struct buffer *out = &reading->home->out;
    need(end == out->data + out->size);
    (void)stream_write(reading->session->stream, buffer_slice(out));
}

/* ---- numbers that are nobody's ---- */

static bool is_nobody(const struct sessions *home, uint32_t customer)
{
    size_t at = customer / 8;
    return home->gaps && at < home->nobody_size && (home->nobody[at] & 1U << customer % 8) != 0;
}

static void note_nobody(struct reading *reading, uint32_t customer)
{
    struct sessions *home = reading->home;
    size_t at = customer / 8;
    if (home->gaps && reading->view != NULL && !reading->given_up &&
        ledger_view_customer(reading->view, customer) == NULL &&
        GROW_ZEROED(home->nobody, home->nobody_size, at + 1))
        home->nobody[at] |= (uint8_t)(1U << customer % 8);
}

/* They came back. */
static void forget_nobody(struct sessions *home, uint32_t customer)
{
    size_t at = customer / 8;
    if (at < home->nobody_size)
        home->nobody[at] &= (uint8_t) ~(1U << customer % 8);
}

/* ---- lists ---- */

static bool facts_here(struct reading *reading, uint32_t customer, struct row_facts *ret_facts)
{
    const struct row_cache *cache = reading->home->cache;
    return row_cache_facts(cache, customer, &reading->asker, ret_facts) ||
           (fill(reading, customer) &&
            row_cache_facts(cache, customer, &reading->asker, ret_facts));
}

static bool in_groups(const struct row_cache *cache, uint32_t customer,
                      const Tefter__CustomerList *list)
{
    bool in = !list->has_group || row_cache_in_group(cache, customer, list->group);
    for (size_t i = 0; i < list->n_groups && in; i++)
        in = row_cache_in_group(cache, customer, list->groups[i]);
    return in;
}

static enum list_answer facts_of(void *context, uint32_t customer, struct list_facts *ret_facts)
{
    struct reading *reading = context;
    const Tefter__CustomerList *list = reading->list;
    struct row_facts facts;
    if (is_nobody(reading->home, customer))
        return LIST_NOBODY;
    if (!facts_here(reading, customer, &facts)) {
        note_nobody(reading, customer);
        return is_nobody(reading->home, customer) ? LIST_NOBODY : LIST_NOT_NOW;
    }
    *ret_facts = (struct list_facts){
        .balance_minor = facts.balance_minor,
        .available_minor = facts.available_minor,
        .overdue_minor = facts.overdue_minor,
        .changed_ms = facts.changed_ms,
        .branch = facts.branch,
        .oldest_due = facts.oldest_due,
        .again = facts.again,
        .again_owner = facts.again_owner,
        .unmatched = facts.unmatched,
        .merged = facts.merged,
        .unlimited = facts.unlimited,
        .locked = facts.locked,
        .in_groups = in_groups(reading->home->cache, customer, list),
    };
    return LIST_FACTS;
}

static void *take_memory(void *context, size_t size)
{
    const struct reading *reading = context;
    return arena_take(reading->texts.arena, size);
}

/* Of all their entries together. What is missing is filled if asked to. 0 and *ret_missing: some
 * were not there, or are not. */
static size_t entries_add(struct reading *reading, const uint32_t *customers, size_t count,
                          bool filling, bool *ret_missing)
{
    struct row_cache *cache = reading->home->cache;
    size_t all = 0;
    *ret_missing = false;
    for (size_t i = 0; i < count; i++) {
        size_t size = row_cache_entry_size(cache, customers[i], &reading->asker);
        *ret_missing = *ret_missing || size == 0;
        all += size;
        if (size == 0 && filling)
            (void)fill(reading, customers[i]);
    }
    return all;
}

/* false: not all can be had now. What is filled may push out what was there: after filling, all are
 * looked at once more. */
static bool entries_size(struct reading *reading, const uint32_t *customers, size_t count,
                         size_t *ret_size)
{
    bool missing;
    *ret_size = entries_add(reading, customers, count, true, &missing);
    if (missing)
        *ret_size = entries_add(reading, customers, count, false, &missing);
    return !missing;
}

static uint8_t *entries_write(const struct reading *reading, const uint32_t *customers,
                              size_t count, uint8_t *out)
{
    for (size_t i = 0; i < count; i++)
        out = row_cache_entry_write(reading->home->cache, customers[i], &reading->asker, out);
    return out;
}

enum {
    TOKEN_SIZE_OF_LIST = 8,
    TAG_LIST_NEXT = WIRE_TAG(2, WIRE_BYTES),
    TAG_LIST_COUNTS = WIRE_TAG(660, WIRE_BYTES),
};

static bool send_list(struct reading *reading, uint64_t request, const struct list_page *page)
{
    size_t size;
    if (!entries_size(reading, page->customers, page->count, &size))
        return false;
    if (page->has_next)
        size += number_size(TAG_LIST_NEXT, TOKEN_SIZE_OF_LIST) + TOKEN_SIZE_OF_LIST;
    size_t counts = reading->list->count ? tefter__list_counts__get_packed_size(&page->counts) : 0;
    if (counts > 0)
        size += number_size(TAG_LIST_COUNTS, counts) + counts;
    uint8_t *at = reading_frame(reading, request, TEFTER__ANSWER__KIND_CUSTOMERS, size);
    if (at == NULL)
        return false;
    at = entries_write(reading, page->customers, page->count, at);
    if (page->has_next) {
        at = number_write(at, TAG_LIST_NEXT, TOKEN_SIZE_OF_LIST);
        be64_put(at, page->next);
        at += TOKEN_SIZE_OF_LIST;
    }
    if (counts > 0) {
        at = number_write(at, TAG_LIST_COUNTS, counts);
        at += tefter__list_counts__pack(&page->counts, at);
    }
    reading_send(reading, at);
    return true;
}

static bool answer_list(struct reading *reading, uint64_t request,
                        const Tefter__CustomerList *query, const struct ledger_hits *found)
{
    const struct sessions *home = reading->home;
    uint32_t customers[PAGE_ROWS_MAX];
    uint64_t token;
    bool by_words = query->text != NULL && found != NULL;
    struct list_page page = {.customers = customers,
                             .rows = list_rows(query->has_rows, query->rows)};
    struct list_source source = {
        .by_words = by_words,
        .found = by_words ? found->customers : NULL,
        .found_count = by_words ? found->count : 0,
        .customers = home->customers,
        .today = reading->asker.date,
        .facts = facts_of,
        .take = take_memory,
        .context = reading,
    };
    if (list_by_rank(query) && !by_words && home->customers > RANKED_MAX)
        return false;
    if (query->has_payer)
        return false; /* whose sites they are is the state's */
    reading->list = query;
    reading->looks_at = list_looks_at(query);
    return list_token(query, &token) && list_page(query, &source, token, &page) &&
           send_list(reading, request, &page);
}

/* ---- likely doubles ---- */

static bool answer_doubles(struct reading *reading, uint64_t request,
                           const Tefter__LikelyDoubles *query, const struct ledger_hits *found)
{
    size_t size;
    if (found == NULL || (query->name == NULL && query->phone == NULL && query->tax_code == NULL) ||
        !entries_size(reading, found->customers, found->count, &size))
        return false;
    uint8_t *at = reading_frame(reading, request, TEFTER__ANSWER__KIND_LIKELY_DOUBLES, size);
    if (at != NULL)
        reading_send(reading, entries_write(reading, found->customers, found->count, at));
    return at != NULL;
}

/* ---- search hits ---- */

enum { TAG_HIT = WIRE_TAG(1, WIRE_BYTES) };

/* A hit holds its entry as field 1, as a list does. */
static uint8_t *hits_write(const struct reading *reading, const struct ledger_hits *found,
                           uint8_t *out)
{
    for (size_t i = 0; i < found->count; i++) {
        struct row_cache *cache = reading->home->cache;
        uint32_t customer = found->customers[i];
        out = number_write(out, TAG_HIT, row_cache_entry_size(cache, customer, &reading->asker));
        out = row_cache_entry_write(cache, customer, &reading->asker, out);
    }
    return out;
}

static bool hits_size(struct reading *reading, const struct ledger_hits *found, size_t *ret_size)
{
    if (!entries_size(reading, found->customers, found->count, ret_size))
        return false;
    for (size_t i = 0; i < found->count; i++)
        *ret_size +=
            number_size(TAG_HIT, row_cache_entry_size(reading->home->cache, found->customers[i],
                                                      &reading->asker));
    return true;
}

void rows_hits(struct session *session, const struct ledger_hits *found, struct row_hits *ret_hits)
{
    struct reading reading;
    struct buffer *out = &session->home->rows;
    size_t size;
    *ret_hits = (struct row_hits){.count = 0};
    buffer_clear(out);
    if (reading_of(&reading, session) && hits_size(&reading, found, &size) &&
        buffer_reserve(out, size)) {
        out->size = (size_t)(hits_write(&reading, found, out->data + out->size) - out->data);
        *ret_hits = (struct row_hits){reading.asker.seq, (uint32_t)found->count, buffer_slice(out)};
        session->home->cache_answers++;
    }
    reading_end(&reading);
}

/* ---- asking ---- */

bool rows_answer(struct session *session, const Tefter__FromTerminal *request,
                 const Tefter__Query *query, const struct ledger_hits *found)
{
    struct reading reading;
    bool list = query->kind_case == TEFTER__QUERY__KIND_CUSTOMERS;
    bool doubles = query->kind_case == TEFTER__QUERY__KIND_LIKELY_DOUBLES;
    bool card = query->kind_case == TEFTER__QUERY__KIND_CUSTOMER_CARD;
    if (!list && !doubles && !card)
        return false;
    /* long ones of a session are answered in turn, and while it reads */
    if (list && (session->queries > 0 || session_slow(session)))
        return false;
    bool answered = reading_of(&reading, session);
    if (answered && list)
        answered = answer_list(&reading, request->request, query->customers, found);
    else if (answered && doubles)
        answered = answer_doubles(&reading, request->request, query->likely_doubles, found);
    else if (answered)
        answered = card_answer(&reading, request->request, query);
    reading_end(&reading);
    session->home->cache_answers += answered;
    return answered;
}

/* ---- what was published ---- */

static void row_published(struct sessions *home, const struct ledger_row *row, struct slice worded,
                          bool words_lost)
{
    struct slice body = words_lost ? (struct slice){0} : body_of(worded);
    switch (row_key_kind(row->key)) {
    case ROW_ACCOUNT:
        row_cache_account_changed(home->cache, row->customer, body_of(worded), row->days);
        break;
    case ROW_CUSTOMER:
        row_cache_customer_changed(home->cache, row->customer, body, row->days);
        break;
    case ROW_APPROVAL:
    case ROW_ALARM:
    case ROW_TOTALS:
    case ROW_DECISION:
    case ROW_TOTALS_BLIND:
        break; /* not kept */
    }
}

/* No default: what a new kind of event means for rows is decided here. */
static void event_published(struct sessions *home, const Tefter__Event *event)
{
    switch (event->kind) {
    case TEFTER__EVENT_KIND__COMPANY_CREATED:
    case TEFTER__EVENT_KIND__RULES_VERSION_ADOPTED:
        row_cache_clear(home->cache);
        home->customers = 0;
        cards_again(home);
        break;
    case TEFTER__EVENT_KIND__DAY_TURNED:
    case TEFTER__EVENT_KIND__DAY_TURNED_BACK:
    case TEFTER__EVENT_KIND__BRANCH_CHANGED:
        if (event->about < home->date_count)
            home->dates[event->about] = DATE_NONE;
        if (home->date_count > 0)
            home->dates[0] = DATE_NONE;
        cards_again(home);
        break;
    case TEFTER__EVENT_KIND__GROUP_CHANGED:
        row_cache_turn(home->cache);
        row_cache_turn_groups(home->cache);
        cards_again(home);
        break;
    case TEFTER__EVENT_KIND__CUSTOMER_GROUPED:
        row_cache_turn_groups(home->cache);
        break;
    case TEFTER__EVENT_KIND__POLICY_CHANGED:
        row_cache_turn(home->cache);
        cards_again(home);
        break;
    case TEFTER__EVENT_KIND__CUSTOMER_OPENED:
        home->customers = 0;
        home->cards_whole = false; /* it goes on with them */
        forget_nobody(home, event->customer);
        break;
    case TEFTER__EVENT_KIND__CUSTOMER_CHANGED:
    case TEFTER__EVENT_KIND__BUYER_CHANGED:
    case TEFTER__EVENT_KIND__CUSTOMER_ERASED_EVENT:
        home->words_changed = true;
        break;
    case TEFTER__EVENT_KIND__STAFF_CHANGED:
    case TEFTER__EVENT_KIND__STAFF_SIGNED_OUT:
    case TEFTER__EVENT_KIND__TERMINAL_CHANGED:
    case TEFTER__EVENT_KIND__CUSTOMER_LOCKED_EVENT:
    case TEFTER__EVENT_KIND__PAYER_CHANGED:
    case TEFTER__EVENT_KIND__CUSTOMER_UNLOCKED:
    case TEFTER__EVENT_KIND__PRODUCT_CHANGED:
    case TEFTER__EVENT_KIND__PRICES_CHANGED:
    case TEFTER__EVENT_KIND__MONEY_ACCOUNT_CHANGED:
    case TEFTER__EVENT_KIND__LIMIT_CHANGED:
    case TEFTER__EVENT_KIND__APPROVAL_ASKED:
    case TEFTER__EVENT_KIND__APPROVAL_DECIDED:
    case TEFTER__EVENT_KIND__APPROVAL_USED:
    case TEFTER__EVENT_KIND__INVOICE_ISSUED:
    case TEFTER__EVENT_KIND__CREDIT_NOTE_ISSUED:
    case TEFTER__EVENT_KIND__ITEMS_MATCHED:
    case TEFTER__EVENT_KIND__MATCH_UNDONE_EVENT:
    case TEFTER__EVENT_KIND__PAYMENT_TAKEN:
    case TEFTER__EVENT_KIND__PAYMENT_CONFIRMED:
    case TEFTER__EVENT_KIND__DOCUMENT_REVERSED_EVENT:
    case TEFTER__EVENT_KIND__POSTED_OVER_LIMIT:
    case TEFTER__EVENT_KIND__RECOVERY_BEGUN: /* of a restore: before any row was kept */
    case TEFTER__EVENT_KIND__OFFER_STAGED:
    case TEFTER__EVENT_KIND__OFFER_BACK_EVENT:
    case TEFTER__EVENT_KIND__OFFER_NOT_BACK:
    case TEFTER__EVENT_KIND__OFFER_DECLINED_EVENT:
    case TEFTER__EVENT_KIND__RECOVERY_CHANGED:
    case TEFTER__EVENT_KIND__TERMINAL_ALARMED:
    case TEFTER__EVENT_KIND__THRESHOLDS_CHANGED:
    case TEFTER__EVENT_KIND__CASH_POLICY_CHANGED:
    case TEFTER__EVENT_KIND__MONEY_REFUNDED:
    case TEFTER__EVENT_KIND__MONEY_MOVED:
    case TEFTER__EVENT_KIND__TILL_CHANGED:
    case TEFTER__EVENT_KIND__REPORT_CHANGED:
    case TEFTER__EVENT_KIND__STATEMENT_MADE:
    case TEFTER__EVENT_KIND__NOTE_CHANGED:
    case TEFTER__EVENT_KIND__CUSTOMER_MERGED_EVENT:
    case TEFTER__EVENT_KIND__CUSTOMER_UNMERGED:
    case _TEFTER__EVENT_KIND_IS_INT_SIZE:
        break; /* their rows are told, or it is not about rows */
    }
}

void rows_published(struct sessions *home, const struct published_group *group,
                    const struct hub_row *rows, bool words_lost)
{
    if (home->cache == NULL)
        return;
    if (rows == NULL)
        row_cache_clear(home->cache); /* no memory to hear of it */
    for (size_t i = 0; rows != NULL && i < group->row_count; i++)
        row_published(home, &group->rows[i], rows[i].row, words_lost);
    for (size_t i = 0; i < group->event_count; i++)
        event_published(home, group->events[i]);
}
