/*
 * Lists of documents, newest first unless asked otherwise: one customer's by their own table, all
 * by TABLE_DATED. Read only.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/payments/payments.h"
#include "domain/receivables/receivables.h"

#include <string.h>

/* ---- rows ---- */

static int64_t cash_of(const Tefter__DocumentRecord *record)
{
    int64_t sum_minor = 0;
    for (size_t i = 0; i < record->n_postings; i++)
        if (record->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_CASH)
            sum_minor += record->postings[i]->amount_minor;
    return sum_minor;
}

/* Which way the money went. */
static void row_places(const Tefter__DocumentRecord *record, Tefter__DocumentRow *row)
{
    bool move = record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
    bool between = move && record->has_to_account;
    bool gave = record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND || between ||
                (move && cash_of(record) < 0);
    if (!record->has_money_account)
        return;
    FIELD_SET_IF(row, from_account, gave, record->money_account);
    FIELD_SET_IF(row, into_account, !gave || between,
                 between ? record->to_account : record->money_account);
}

static void row_people(struct tx *tx, struct tx *scratch, const Tefter__DocumentRecord *record,
                       Tefter__DocumentRow *row)
{
    const Tefter__CustomerRecord *customer = customer_get(scratch, record->customer);
    const Tefter__StaffRecord *author = staff_get(scratch, record->actor->staff);
    row->code = customer != NULL ? tx_text(tx, customer->code) : NULL;
    row->name = customer != NULL ? tx_copy(tx, &customer->name->base) : NULL;
    row->author = author != NULL ? tx_text(tx, author->login) : NULL;
    row->salesperson = tx_text(tx, record->salesperson);
    row->payer = record->payer != NULL ? tx_copy(tx, &record->payer->base) : NULL;
    FIELD_COPY(row, money_account, record);
    row_places(record, row);
}

/* What it did to tills: between two of one branch nothing, and it has no sign. */
static void row_cash(const Tefter__DocumentRecord *record, Tefter__DocumentRow *row)
{
    int64_t sum_minor = cash_of(record);
    if (record->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE &&
        record->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return;
    FIELD_COPY(row, move, record);
    FIELD_SET_IF(row, cash_minor, sum_minor != 0, sum_minor);
}

static Tefter__DocumentRow *row_of(struct tx *tx, struct tx *scratch,
                                   const Tefter__DocumentRecord *record)
{
    struct account *account = account_open(scratch, record->customer);
    const struct item *item = account_item(scratch, account, record->document);
    Tefter__DocumentRow *row = tx_new(tx, &tefter__document_row__descriptor);
    row->document = record->document;
    row->kind = record->kind;
    row->number = tx_text(tx, record->number);
    row->customer = record->customer;
    row->date = record->date;
    FIELD_COPY(row, due, record);
    row->total_minor = record->total_minor;
    row->open_minor = item != NULL ? item->record->open_minor : 0;
    row->state = document_state(record, document_tail(scratch, record->document),
                                item != NULL ? item->record : NULL);
    row->branch = record->branch;
    FIELD_COPY(row, payment_kind, record);
    row->reference = tx_text(tx, record->reference);
    FIELD_SET(row, recorded_ms, record->recorded_ms);
    bool on_its_way = item != NULL && !item->record->debit && !item->record->final &&
                      row->state != TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED;
    FIELD_SET_IF(row, on_its_way, on_its_way, on_its_way);
    FIELD_SET_IF(row, money_minor,
                 record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
                     record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND,
                 paper_money(record));
    row_cash(record, row);
    return row;
}

bool report_document_seen(struct tx *tx, const Tefter__DocumentRecord *record)
{
    uint32_t only = staff_branch(tx);
    return only == 0 || record->branch == only || record->customer != company_cash_customer(tx) ||
           money_branch(tx, record->to_account) == only; /* it comes to them */
}

Tefter__DocumentRow *report_document_row(struct tx *tx, struct tx *scratch,
                                         const Tefter__DocumentRecord *record)
{
    Tefter__DocumentRow *row = row_of(tx, scratch, record);
    row_people(tx, scratch, record, row);
    return row;
}

/* ---- what is asked for ---- */

static bool in_range(int64_t total_minor, const Tefter__DocumentList *query)
{
    return (!query->has_amount_minor || total_minor == query->amount_minor) &&
           (!query->has_from_minor || total_minor >= query->from_minor) &&
           (!query->has_to_minor || total_minor <= query->to_minor);
}

static bool of_kinds(const Tefter__DocumentList *query, uint64_t kind)
{
    for (size_t i = 0; i < query->n_kinds; i++)
        if ((uint64_t)query->kinds[i] == kind)
            return true;
    return query->n_kinds == 0;
}

/* What can be said without unpacking the document: numbers near its start. */
static bool may_pass(struct tx *tx, uint64_t document, const Tefter__DocumentList *query)
{
    enum { FIELD_KIND = 2, FIELD_BRANCH = 5, FIELD_TOTAL = 12 };
    bool amounts = query->has_amount_minor || query->has_from_minor || query->has_to_minor;
    struct key key = document_key(document);
    return group_filter_takes(tx, GROUP_FILTER(query), document_customer(document)) &&
           (!query->has_kind || tx_field(tx, &key, FIELD_KIND) == (uint64_t)query->kind) &&
           (query->n_kinds == 0 || of_kinds(query, tx_field(tx, &key, FIELD_KIND))) &&
           (!query->has_branch || tx_field(tx, &key, FIELD_BRANCH) == query->branch) &&
           (!amounts || in_range((int64_t)tx_field(tx, &key, FIELD_TOTAL), query));
}

static bool same_text(const char *wanted, const char *text)
{
    return wanted == NULL || (text != NULL && strcmp(wanted, text) == 0);
}

static bool passes(const Tefter__DocumentRecord *record, const Tefter__DocumentList *query)
{
    return same_text(query->source, record->source) &&
           same_text(query->salesperson, record->salesperson) &&
           (!query->has_staff || record->actor->staff == query->staff) &&
           (!query->has_money_account ||
            (record->has_money_account && record->money_account == query->money_account) ||
            (record->has_to_account && record->to_account == query->money_account)) &&
           (!query->has_payment_kind ||
            (record->has_payment_kind && record->payment_kind == query->payment_kind));
}

/* Does it hold what was typed, as people search for words? */
static bool has_words(const char *text, const char *words)
{
    char folded[TEXT_MAX + 1];
    if (text == NULL)
        return false;
    folded[text_fold(text, strlen(text), folded, TEXT_MAX)] = '\0';
    return strstr(folded, words) != NULL;
}

static bool people_have(struct tx *tx, const Tefter__DocumentRecord *record, const char *words)
{
    const Tefter__CustomerRecord *customer = customer_get(tx, record->customer);
    return customer != NULL &&
           (has_words(customer->code, words) || has_words(customer->name->value, words));
}

static bool has_text(struct tx *tx, const Tefter__DocumentRecord *record, const char *words)
{
    return words[0] == '\0' || has_words(record->number, words) ||
           has_words(record->reference, words) ||
           (record->note != NULL && has_words(record->note->value, words)) ||
           (record->payer != NULL && has_words(record->payer->value, words)) ||
           people_have(tx, record, words);
}

/* ---- the walk ---- */

/* Where it stands: a document of one customer, or one among all. */
struct place {
    uint64_t date;
    uint64_t seq;
    uint64_t document; /* 0: nowhere yet */
};

struct list {
    const Tefter__DocumentList *query;
    Tefter__DocumentsAnswer *answer;
    struct tx *tx;
    struct tx *scratch;
    struct page page;
    uint32_t looked;
    struct place last; /* the last one looked at */
    struct tills_waiting waiting;
    uint32_t today;           /* where who asks works */
    char words[TEXT_MAX + 1]; /* folded; empty: any */
};

/* A customer's papers, or those of all by their day. */
struct papers {
    bool of_customer;
    bool backwards;
    struct together theirs;
    struct tx_walk all;
};

static bool all_begin(const struct list *list, struct papers *papers)
{
    const Tefter__DocumentList *query = list->query;
    struct key prefix = key_book(TABLE_DATED);
    bool begun = list->last.document != 0;
    const struct place *last = &list->last;
    struct key edge = document_dated_key((uint32_t)last->date, last->seq, last->document);
    if (query->oldest_first) {
        if (begun)
            key_u8(&edge, 0); /* just behind it */
        else
            edge = document_dated_key(query->has_from ? query->from : 0, 0, 0);
        return tx_walk_first(list->scratch, &prefix, &edge, &papers->all);
    }
    bool bounded = query->has_to && query->to < DATE_MAX;
    if (!begun)
        edge = document_dated_key(bounded ? query->to + 1 : 0, 0, 0);
    return tx_walk_last(list->scratch, &prefix, begun || bounded ? &edge : NULL, &papers->all);
}

/* The day that it begins at, or backwards before; 0: anywhere. */
static uint32_t first_day(const Tefter__DocumentList *query)
{
    if (query->oldest_first)
        return query->has_from ? query->from : 0;
    return query->has_to && query->to < DATE_MAX ? query->to + 1 : 0;
}

static bool papers_begin(struct list *list, struct papers *papers)
{
    const Tefter__DocumentList *query = list->query;
    papers->of_customer = query->has_customer;
    papers->backwards = !query->oldest_first;
    if (!papers->of_customer)
        return all_begin(list, papers);
    together_begin(list->tx, query->customer, TABLE_DOCUMENT, papers->backwards, &papers->theirs);
    return together_papers(list->scratch, &papers->theirs, list->last.document, first_day(query));
}

static bool papers_next(struct papers *papers)
{
    if (papers->of_customer)
        return together_next(&papers->theirs);
    return papers->backwards ? tx_walk_previous(&papers->all) : tx_walk_next(&papers->all);
}

static struct place place_of(const struct papers *papers)
{
    if (papers->of_customer) {
        uint64_t document = tx_walk_u64(together_at(&papers->theirs), KEY_CUSTOMER_HEAD);
        return (struct place){document_date(document), 0, document};
    }
    return (struct place){tx_walk_u32(&papers->all, KEY_BOOK_HEAD),
                          tx_walk_u64(&papers->all, KEY_BOOK_HEAD + sizeof(uint32_t)),
                          tx_walk_number(&papers->all)};
}

static void papers_end(struct papers *papers)
{
    if (papers->of_customer)
        together_end(&papers->theirs);
    else
        tx_walk_end(&papers->all);
}

static bool past_end(const Tefter__DocumentList *query, const struct place *place)
{
    if (query->oldest_first)
        return query->has_to && place->date > query->to;
    return query->has_from && place->date < query->from;
}

static void add_amount(protobuf_c_boolean *known, int64_t *sum_minor, int64_t amount_minor)
{
    *known = *known && !__builtin_add_overflow(*sum_minor, amount_minor, sum_minor);
}

/* What it counts under; false: it has none of these. */
static bool part_of(const Tefter__DocumentList *query, const Tefter__DocumentRecord *record,
                    uint32_t *ret_part)
{
    switch (query->by) {
    case TEFTER__DOCUMENTS_BY__DOCUMENTS_BY_DAY:
        *ret_part = record->date;
        return true;
    case TEFTER__DOCUMENTS_BY__DOCUMENTS_BY_BRANCH:
        *ret_part = record->branch;
        return true;
    case TEFTER__DOCUMENTS_BY__DOCUMENTS_BY_PAYMENT_KIND:
        *ret_part = (uint32_t)record->payment_kind;
        return record->has_payment_kind;
    case TEFTER__DOCUMENTS_BY__DOCUMENTS_BY_PLACE:
        *ret_part = record->money_account;
        return record->has_money_account;
    case TEFTER__DOCUMENTS_BY__DOCUMENTS_BY_STAFF:
        *ret_part = record->actor->staff;
        return record->actor->has_staff;
    case _TEFTER__DOCUMENTS_BY_IS_INT_SIZE:
    default:
        return false;
    }
}

static size_t totals_most(const Tefter__DocumentList *query)
{
    return query->has_by ? DOCUMENT_TOTALS_MAX : tefter__document_kind__descriptor.n_values;
}

/* The newest first: days come one after the other. NULL: there is no room for another one. */
static Tefter__DocumentTotal *total_of(const struct list *list,
                                       const Tefter__DocumentRecord *record)
{
    Tefter__DocumentsAnswer *answer = list->answer;
    uint32_t part = 0;
    bool has = list->query->has_by && part_of(list->query, record, &part);
    for (size_t i = answer->n_totals; i-- > 0;) {
        Tefter__DocumentTotal *total = answer->totals[i];
        if (total->kind == record->kind && total->has_of == has && total->of == part)
            return total;
    }
    if (answer->n_totals == totals_most(list->query))
        return NULL;
    Tefter__DocumentTotal *total = tx_new(list->tx, &tefter__document_total__descriptor);
    total->kind = record->kind;
    FIELD_SET_IF(total, of, has, part);
    FIELD_SET(total, total_minor, 0);
    FIELD_SET(total, open_minor, 0);
    answer->totals[answer->n_totals++] = total;
    return total;
}

static bool moves_cash(const Tefter__DocumentRow *row)
{
    return row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE ||
           (row->has_payment_kind && row->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH);
}

/* Paid bills, less what came by card, are the till's cash: as they were written, or later. */
bool report_paid_in_cash(struct tx *scratch, const struct tills_waiting *waiting, uint32_t customer,
                         uint64_t document)
{
    enum { FIELD_BRANCH = 5, FIELD_PAYMENT_KIND = 30 };
    const struct item *item = waiting->count > 0
                                  ? account_item(scratch, account_open(scratch, customer), document)
                                  : NULL;
    for (size_t i = 0; item != NULL && i < item->record->n_matches; i++) {
        uint64_t other = item->record->matches[i]->other;
        struct key key = document_key(other);
        if (tx_field(scratch, &key, FIELD_PAYMENT_KIND) == TEFTER__PAYMENT_KIND__PAYMENT_CASH &&
            tills_hide(waiting, (uint32_t)tx_field(scratch, &key, FIELD_BRANCH),
                       document_date(other)))
            return true;
    }
    return false;
}

static bool paid_in_cash(const struct list *list, const Tefter__DocumentRow *row)
{
    return row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE &&
           report_paid_in_cash(list->scratch, &list->waiting, row->customer, row->document);
}

/* Nobody counts what they have seen, nor what another branch sent them. */
static bool tells_cash(const struct list *list, const Tefter__DocumentRecord *record,
                       const Tefter__DocumentRow *row)
{
    uint32_t comes_to = money_branch(list->scratch, record->to_account);
    bool waits = tills_hide(&list->waiting, row->branch, row->date) ||
                 (comes_to != 0 && tills_hide(&list->waiting, comes_to, row->date));
    return waits && (moves_cash(row) || paid_in_cash(list, row));
}

/* What came and what went are not added up together either. */
static void count_money(const Tefter__DocumentRow *row, Tefter__DocumentTotal *total)
{
    bool move = row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
    if (!total->has_total_minor)
        total->has_in_minor = total->has_out_minor = total->has_money_minor = false;
    else if (move && row->cash_minor > 0)
        FIELD_SET(total, in_minor, total->in_minor + row->cash_minor);
    else if (move)
        FIELD_SET(total, out_minor, total->out_minor - row->cash_minor);
    else if (row->has_money_minor)
        FIELD_SET(total, money_minor, total->money_minor + row->money_minor);
}

/* Bills and money are not added up together; what was reversed counts as nothing. */
static void count_row(const struct list *list, const Tefter__DocumentRecord *record,
                      const Tefter__DocumentRow *row, Tefter__DocumentTotal *total)
{
    if (row->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED) {
        FIELD_SET(total, reversed, total->reversed + 1);
        return;
    }
    total->count++;
    if (tells_cash(list, record, row))
        total->has_total_minor = total->has_open_minor = false;
    count_money(row, total);
    add_amount(&total->has_total_minor, &total->total_minor, row->total_minor);
    add_amount(&total->has_open_minor, &total->open_minor, row->open_minor);
}

static bool is_overdue(const struct list *list, const Tefter__DocumentRow *row)
{
    return row->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE && row->open_minor > 0 &&
           row->has_due && row->due < list->today;
}

static bool in_state(const struct list *list, const Tefter__DocumentRow *row)
{
    const Tefter__DocumentList *query = list->query;
    return document_is_in(row->state, query->has_state, query->state) &&
           (!query->has_overdue || is_overdue(list, row) == (bool)query->overdue) &&
           (!query->has_on_its_way || (bool)row->on_its_way == (bool)query->on_its_way);
}

/* Nothing of the row is kept. false: there is no room for what it counts under. */
static bool count(const struct list *list, const Tefter__DocumentRecord *record)
{
    if (record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return true;
    const Tefter__DocumentRow *row = row_of(list->scratch, list->scratch, record);
    if (!in_state(list, row))
        return true;
    Tefter__DocumentTotal *total = total_of(list, record);
    if (total != NULL)
        count_row(list, record, row, total);
    return total != NULL;
}

/* Takes it, if it is asked for; false: it does not fit any more. */
static bool take(struct list *list, uint64_t document)
{
    if (!may_pass(list->scratch, document, list->query))
        return true;
    const Tefter__DocumentRecord *record = document_get(list->scratch, document);
    if (record == NULL || !passes(record, list->query) ||
        !has_text(list->scratch, record, list->words))
        return true;
    if (list->query->totals)
        return count(list, record);
    Tefter__DocumentRow *row = report_document_row(list->tx, list->scratch, record);
    if (!in_state(list, row))
        return true;
    if (!page_takes(&list->page, &row->base))
        return false;
    list->answer->rows[list->answer->n_rows++] = row;
    return true;
}

enum { DOCUMENTS_LOOKED_AT = 50000 };

/* true: all of them were looked at. */
static bool walk_all(struct list *list)
{
    struct papers papers;
    bool on = papers_begin(list, &papers);
    while (on && list->page.rows < list->page.rows_most && list->looked < DOCUMENTS_LOOKED_AT) {
        struct place place = place_of(&papers);
        tx_scratch_next(list->scratch);
        if (past_end(list->query, &place)) {
            on = false;
            break;
        }
        if (!take(list, place.document))
            break;
        list->looked++;
        list->last = place;
        on = papers_next(&papers);
    }
    papers_end(&papers);
    return !on;
}

/* ---- the view ---- */

static Tefter__Refusal *check(struct tx *tx, const Tefter__DocumentList *query,
                              struct place *ret_place)
{
    uint64_t token[3];
    if (!page_read(query->has_page, query->page, token, 3) || token[0] > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    *ret_place = (struct place){token[0], token[1], token[2]};
    bool theirs = !query->has_customer || document_customer(token[2]) == query->customer ||
                  customer_leads_to(tx, document_customer(token[2])) == query->customer;
    if (token[2] != 0 && !theirs)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (query->has_from && query->from > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "from");
    if (query->has_customer && customer_get(tx, query->customer) == NULL)
        return refuse_not_found(tx, "customer");
    return group_filter_check(tx, GROUP_FILTER(query));
}

/* A customer's papers are for whoever serves them; lists of all, and of those of no customer, are
 * of what its person may see: of their own branch. */
static Tefter__Refusal *check_branch(struct tx *tx, Tefter__DocumentList *query)
{
    uint32_t branch = query->branch;
    bool theirs = query->has_customer && query->customer != company_cash_customer(tx);
    Tefter__Refusal *refusal =
        theirs ? NULL : staff_wanted_branch(tx, query->has_branch, branch, &branch);
    FIELD_SET_IF(query, branch, branch != 0, branch);
    return refusal;
}

/* Sums are without cash that is still to be counted. */
static void begin_totals(struct list *list)
{
    list->answer->totals =
        tx_take(list->tx, totals_most(list->query) * sizeof(Tefter__DocumentTotal *));
    tills_waiting(list->tx, &list->waiting);
}

/* Refuses, in this order: FIELD_INVALID page, DATE_INVALID from, NOT_FOUND customer, group; unless
 * they are of one customer as staff_wanted_branch does. */
Tefter__Refusal *view_documents(struct tx *tx, const Tefter__DocumentList *query,
                                Tefter__DocumentsAnswer *answer)
{
    Tefter__DocumentList asked = *query;
    struct list list = {.query = &asked,
                        .answer = answer,
                        .tx = tx,
                        .page = {.rows_most = page_rows(query->has_rows, query->rows)}};
    Tefter__Refusal *refusal = check(tx, query, &list.last);
    if (refusal == NULL)
        refusal = check_branch(tx, &asked);
    if (refusal != NULL)
        return refusal;
    list.today = branch_of_actor(tx)->date;
    if (query->text != NULL)
        list.words[text_fold(query->text, strlen(query->text), list.words, TEXT_MAX)] = '\0';
    if (query->totals)
        begin_totals(&list);
    else
        answer->rows = tx_take(tx, list.page.rows_most * sizeof(Tefter__DocumentRow *));
    list.scratch = tx_scratch_begin(tx);
    bool whole = walk_all(&list);
    tx_scratch_end(list.scratch);
    uint64_t next[3] = {list.last.date, list.last.seq, list.last.document};
    if (!whole)
        FIELD_SET(answer, next, page_write(tx, next, 3));
    return NULL;
}
