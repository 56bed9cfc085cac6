/*
 * Cards and lists of customers, unpaid bills, money not yet matched. Read only.
 */
#include "domain/reports/inside.h"

#include "base/limits.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/lists/lists.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

/* ---- the card ---- */

static Tefter__LimitTerms *terms_message(struct tx *tx, const struct credit_terms *terms)
{
    Tefter__LimitTerms *message = tx_new(tx, &tefter__limit_terms__descriptor);
    FIELD_SET_IF(message, unlimited, terms->unlimited, terms->unlimited);
    FIELD_SET_IF(message, limit_minor, !terms->unlimited, terms->limit_minor);
    FIELD_SET(message, policy, terms->policy);
    FIELD_COPY(message, overdue_days, terms);
    FIELD_COPY(message, overdue_minor, terms);
    FIELD_SET_IF(message, document_max_minor, terms->document_max_minor > 0,
                 terms->document_max_minor);
    FIELD_SET_IF(message, unpaid_max, terms->unpaid_max > 0, terms->unpaid_max);
    FIELD_SET_IF(message, slip_weight, terms->slip_weight < WEIGHT_WHOLE, terms->slip_weight);
    return message;
}

Tefter__Refusal *view_customer_card(struct tx *tx, const Tefter__CustomerCard *query,
                                    Tefter__CustomerCardAnswer *answer)
{
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal = customer_resolve(tx, query->customer, query->code, false, &customer);
    if (refusal != NULL)
        return refusal;
    uint32_t today = branch_of_actor(tx)->date;
    struct credit_terms terms;
    credit_terms_of(tx, customer, today, &terms);
    answer->record = customer;
    answer->row = customer_row(tx, customer);
    answer->account = credit_account_row(tx, customer->customer, today);
    answer->terms = terms_message(tx, &terms);
    FIELD_SET(answer, terms_of, terms.source);
    FIELD_SET(answer, overdue_minor, answer->account->overdue_minor);
    FIELD_SET(answer, today, today);
    answer->groups = tx_take(tx, customer->n_groups * sizeof(Tefter__GroupRecord *));
    for (size_t i = 0; i < customer->n_groups; i++) {
        Tefter__GroupRecord *group = group_shared(tx, customer->groups[i]);
        if (group != NULL)
            answer->groups[answer->n_groups++] = group;
    }
    return NULL;
}

/* ---- the list ---- */

/* A payer, then their sites; NULL: there is no such customer. */
static uint32_t *family_members(struct tx *tx, uint32_t payer, size_t *ret_count)
{
    const Tefter__CustomerRecord *customer = customer_get(tx, payer);
    if (customer == NULL)
        return NULL;
    uint32_t *members = tx_take(tx, (customer->n_sites + 1) * sizeof *members);
    members[0] = payer;
    for (size_t i = 0; i < customer->n_sites; i++)
        members[i + 1] = customer->sites[i];
    *ret_count = customer->n_sites + 1;
    return members;
}

/* Those of `these` that the words found too. */
static void keep_found(const struct report_hits *found, uint32_t *these, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        for (size_t k = 0; k < found->count; k++)
            if (found->customers[k] == these[i]) {
                these[kept++] = these[i];
                break;
            }
    *count = kept;
}

/* A row of a list: without the authorised buyers, so that a page stays small. */
static Tefter__CustomerEntry *lean_entry(struct tx *tx, uint32_t customer)
{
    const Tefter__CustomerRecord *record = customer_get(tx, customer);
    if (record == NULL)
        return NULL;
    Tefter__CustomerEntry *entry = tx_new(tx, &tefter__customer_entry__descriptor);
    entry->who = customer_row(tx, record);
    entry->who->n_buyers = 0;
    entry->account = credit_account_row(tx, customer, branch_of_actor(tx)->date);
    return entry;
}

static bool in_group(const Tefter__CustomerRecord *customer, uint32_t group)
{
    for (size_t i = 0; i < customer->n_groups; i++)
        if (customer->groups[i] == group)
            return true;
    return false;
}

static bool in_groups(const Tefter__CustomerRecord *customer, const Tefter__CustomerList *query)
{
    bool in = !query->has_group || in_group(customer, query->group);
    for (size_t i = 0; i < query->n_groups && in; i++)
        in = in_group(customer, query->groups[i]);
    return in;
}

/* Facts from the state; made only when the query looks at them. */
struct list_reading {
    struct tx *tx;
    struct tx *scratch;
    const Tefter__CustomerList *query;
    uint32_t looks_at;
    uint32_t today;
    uint32_t looked;
};

static void read_figures(const struct list_reading *reading, uint32_t customer,
                         struct list_facts *facts)
{
    const Tefter__AccountRow *row = credit_account_row(reading->scratch, customer, reading->today);
    facts->balance_minor = row->balance_minor;
    facts->available_minor = row->available_minor;
    facts->unlimited = row->unlimited;
    facts->locked = row->locked;
    facts->overdue_minor = row->has_overdue_minor ? row->overdue_minor : 0;
    facts->oldest_due = row->has_oldest_due ? row->oldest_due : DATE_NONE;
    facts->unmatched = row->unmatched_minor > 0;
    facts->changed_ms = row->last != NULL ? row->last->at_ms : 0;
}

/* What all rows need (company, branch, groups) is read once for some of them. */
static enum list_answer read_facts(void *context, uint32_t customer, struct list_facts *ret_facts)
{
    enum { FORGET_EACH = 32 };
    struct list_reading *reading = context;
    if (reading->looked++ % FORGET_EACH == 0)
        tx_scratch_next(reading->scratch);
    const Tefter__CustomerRecord *record = customer_get(reading->scratch, customer);
    if (record == NULL)
        return LIST_NOBODY;
    ret_facts->branch = record->branch;
    ret_facts->in_groups = in_groups(record, reading->query);
    ret_facts->merged = record->merge != NULL;
    const Tefter__AgainRecord *again = customer_again(reading->scratch, record);
    ret_facts->again = again != NULL ? again->day : DATE_NONE;
    ret_facts->again_owner = again != NULL ? again->owner : 0;
    if (reading->looks_at & LIST_LOOKS_AT_FIGURES)
        read_figures(reading, customer, ret_facts);
    return LIST_FACTS;
}

static void *take_memory(void *context, size_t size)
{
    const struct list_reading *reading = context;
    return tx_take(reading->tx, size);
}

static bool read_page(struct tx *tx, const Tefter__CustomerList *query, struct list_source *source,
                      uint64_t token, struct list_page *page)
{
    struct list_reading reading = {
        tx, tx_scratch_begin(tx), query, list_looks_at(query), branch_of_actor(tx)->date, 0};
    source->facts = read_facts;
    source->take = take_memory;
    source->context = &reading;
    bool read = list_page(query, source, token, page);
    tx_scratch_end(reading.scratch);
    return read;
}

/* As many as fit an answer. */
static void add_entries(struct tx *tx, const struct list_page *list,
                        Tefter__CustomersAnswer *answer, uint32_t *ret_looked)
{
    struct page page = {.rows_most = list->rows};
    for (*ret_looked = 0; *ret_looked < list->count; (*ret_looked)++) {
        Tefter__CustomerEntry *entry = lean_entry(tx, list->customers[*ret_looked]);
        if (entry == NULL)
            continue;
        if (!page_takes(&page, &entry->base))
            return;
        answer->rows[answer->n_rows++] = entry;
    }
}

Tefter__Refusal *view_customers(struct tx *tx, const Tefter__CustomerList *query,
                                const struct report_hits *found, Tefter__CustomersAnswer *answer)
{
    uint64_t token;
    if (!list_token(query, &token))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, query->has_skip ? "skip" : "page");
    uint32_t rows = list_rows(query->has_rows, query->rows);
    struct list_page page = {.customers = tx_take(tx, rows * sizeof(uint32_t)), .rows = rows};
    bool by_text = query->text != NULL && found != NULL;
    struct list_source source = {
        .by_words = by_text,
        .found = by_text ? found->customers : NULL,
        .found_count = by_text ? found->count : 0,
        .customers = company_customers(tx),
        .today = branch_of_actor(tx)->date,
    };
    if (query->has_payer) {
        uint32_t *members = family_members(tx, query->payer, &source.found_count);
        if (members == NULL)
            return refuse_not_found(tx, "payer");
        if (by_text)
            keep_found(found, members, &source.found_count);
        source.by_words = true;
        source.found = members;
    }
    if (!read_page(tx, query, &source, token, &page))
        return refuse(tx, TEFTER__REFUSAL_CODE__BUSY, NULL);
    answer->rows = tx_take(tx, rows * sizeof(Tefter__CustomerEntry *));
    uint32_t looked;
    add_entries(tx, &page, answer, &looked);
    if (looked < page.count)
        list_cut(query, &source, token, looked, &page);
    if (page.has_next)
        FIELD_SET(answer, next, page_write(tx, &page.next, 1));
    if (query->count)
        answer->counts = tx_copy(tx, &page.counts.base);
    return NULL;
}

Tefter__Refusal *view_likely_doubles(struct tx *tx, const Tefter__LikelyDoubles *query,
                                     const struct report_hits *found,
                                     Tefter__LikelyDoublesAnswer *answer)
{
    enum { DOUBLES_MAX = 20 };
    if (query->name == NULL && query->phone == NULL && query->tax_code == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "name");
    answer->rows = tx_take(tx, DOUBLES_MAX * sizeof(Tefter__CustomerEntry *));
    for (size_t i = 0; found != NULL && i < found->count && answer->n_rows < DOUBLES_MAX; i++) {
        Tefter__CustomerEntry *entry = lean_entry(tx, found->customers[i]);
        if (entry != NULL)
            answer->rows[answer->n_rows++] = entry;
    }
    return NULL;
}

/* ---- unpaid bills ---- */

static Tefter__Bill *bill_of(struct tx *tx, const Tefter__ItemRecord *item, uint32_t today)
{
    Tefter__Bill *bill = tx_new(tx, &tefter__bill__descriptor);
    bill->document = item->document;
    bill->number = tx_text(tx, item->number);
    bill->date = document_date(item->document);
    bill->due = item->due;
    bill->total_minor = item->amount_minor;
    bill->open_minor = item->open_minor;
    bill->days_late = (int32_t)today - (int32_t)item->due;
    bill->payments = item_matches(item);
    return bill;
}

/* One side of a customer's open items, from a place on. */
struct open_side {
    enum customer_table table;
    uint64_t *place; /* day and document it begins at; ALL_SHOWN: there are no more */
    Tefter__Bill **list;
    size_t *count;
};

#define ALL_SHOWN UINT64_MAX

static void list_open(struct tx *tx, uint32_t customer, uint32_t today, struct open_side *side)
{
    struct together walk;
    if (side->place[0] == ALL_SHOWN)
        return;
    together_begin(tx, customer, side->table, false, &walk);
    struct tx *scratch = tx_scratch_begin(tx);
    bool on = together_items(scratch, &walk, (uint32_t)side->place[0], side->place[1]);
    for (; on && *side->count < PAGE_ROWS_MAX; on = together_next(&walk)) {
        side->list[(*side->count)++] = bill_of(
            tx, tx_walk_record(together_at(&walk), &tefter__item_record__descriptor), today);
        tx_scratch_next(scratch);
    }
    side->place[0] = on ? tx_walk_u32(together_at(&walk), KEY_CUSTOMER_HEAD) : ALL_SHOWN;
    side->place[1] = on ? tx_walk_u64(together_at(&walk), KEY_CUSTOMER_HEAD + 4) : 0;
    together_end(&walk);
    tx_scratch_end(scratch);
}

/* The token is a place among the bills and one among the credits. */
Tefter__Refusal *view_unpaid_bills(struct tx *tx, const Tefter__UnpaidBills *query,
                                   Tefter__BillsAnswer *answer)
{
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal = customer_resolve(tx, query->customer, query->code, false, &customer);
    if (refusal != NULL)
        return refusal;
    uint64_t places[4];
    if (!page_read(query->has_page, query->page, places, 4))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    const Tefter__AccountRecord *account = account_together(tx, customer);
    uint32_t today = branch_of_actor(tx)->date;
    answer->customer = customer->customer;
    answer->bills_minor = account->bills_minor;
    answer->credits_minor = tx_sum(tx, account->unmatched_minor, account->waiting_minor);
    answer->bills = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__Bill *));
    answer->credits = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__Bill *));
    struct open_side bills = {TABLE_OPEN_DEBIT, places, answer->bills, &answer->n_bills};
    struct open_side credits = {TABLE_OPEN_CREDIT, places + 2, answer->credits, &answer->n_credits};
    list_open(tx, customer->customer, today, &bills);
    list_open(tx, customer->customer, today, &credits);
    if (places[0] != ALL_SHOWN || places[2] != ALL_SHOWN)
        FIELD_SET(answer, next, page_write(tx, places, 4));
    return NULL;
}

/* ---- money not yet matched ---- */

Tefter__UnmatchedRow *report_unmatched_row(struct tx *tx, struct tx *scratch, uint64_t document)
{
    struct account *account = account_open(scratch, document_customer(document));
    const struct item *item = account_item(scratch, account, document);
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    const Tefter__CustomerRecord *customer =
        customer_get(scratch, customer_leads_to(scratch, account->customer));
    if (item == NULL || record == NULL || customer == NULL)
        return NULL;
    Tefter__UnmatchedRow *row = tx_new(tx, &tefter__unmatched_row__descriptor);
    row->customer = customer->customer;
    row->code = tx_text(tx, customer->code);
    row->name = tx_copy(tx, &customer->name->base);
    row->document = document;
    row->number = tx_text(tx, record->number);
    row->open_minor = item->record->open_minor;
    row->final = item->record->final;
    row->date = record->date;
    row->recorded_ms = record->recorded_ms;
    row->payer = record->payer != NULL ? tx_copy(tx, &record->payer->base) : NULL;
    FIELD_COPY(row, payment_kind, record);
    FIELD_COPY(row, money_account, record);
    row->reference = tx_text(tx, record->reference);
    FIELD_SET(row, branch, record->branch);
    return row;
}

Tefter__Refusal *view_unmatched_money(struct tx *tx, const Tefter__UnmatchedMoney *query,
                                      Tefter__UnmatchedMoneyAnswer *answer)
{
    uint64_t from[2];
    if (!page_read(query->has_page, query->page, from, 2))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = group_filter_check(tx, GROUPS_FILTER(query));
    if (refusal != NULL)
        return refusal;
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    uint32_t only = staff_branch(tx);
    answer->rows = tx_take(tx, page.rows_most * sizeof(Tefter__UnmatchedRow *));
    struct key prefix = key_book(TABLE_UNMATCHED);
    struct key start = prefix;
    key_u64(&start, from[0]);
    key_u64(&start, from[1]);
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    bool on = tx_walk_first(scratch, &prefix, &start, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        uint64_t document = tx_walk_u64(&walk, KEY_BOOK_HEAD + 8);
        tx_scratch_next(scratch);
        if (!group_filter_takes(scratch, GROUPS_FILTER(query), document_customer(document)))
            continue;
        if (only != 0 && document_get(scratch, document)->branch != only)
            continue;
        Tefter__UnmatchedRow *row = report_unmatched_row(tx, scratch, document);
        if (row != NULL && !page_takes(&page, &row->base))
            break;
        if (row != NULL)
            answer->rows[answer->n_rows++] = row;
    }
    if (on) {
        uint64_t next[2] = {tx_walk_u64(&walk, KEY_BOOK_HEAD),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 8)};
        FIELD_SET(answer, next, page_write(tx, next, 2));
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return NULL;
}
