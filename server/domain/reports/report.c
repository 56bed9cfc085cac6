/*
 * Reports that people choose: papers, lines or customers, counted by what they choose. Read only.
 *
 * 1. A page looks at PAPERS_LOOKED papers or customers and tells what those come to: rows of the
 *    same key on several pages are added up. So no report is too long, and none holds a thread of
 *    the pool for long.
 * 2. Papers of other branches are not counted for who belongs to one, nor what cash is still to be
 *    counted.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/catalogue/catalogue.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

enum { PAPERS_LOOKED = 5000, BY_MOST = 3, COLUMNS_MOST = 12, WEEK_DAYS = 7 };

#define SOURCE(name) TEFTER__REPORT_SOURCE__REPORT_##name
#define BIT(name) (UINT32_C(1) << TEFTER__REPORT_BY__BY_##name)

/* ---- what is asked for ---- */

/* By what each can be counted. */
static uint32_t bys_of(Tefter__ReportSource source)
{
    uint32_t of_all = BIT(BRANCH) | BIT(CUSTOMER);
    uint32_t of_papers = of_all | BIT(DAY) | BIT(MONTH) | BIT(STAFF) | BIT(KIND) | BIT(DOCUMENT);
    switch (source) {
    case SOURCE(DOCUMENTS):
    case SOURCE(PAYMENTS):
        return of_papers | BIT(PAYMENT_KIND);
    case SOURCE(LINES):
        return of_papers | BIT(PRODUCT);
    case SOURCE(CUSTOMERS):
        return of_all;
    case _TEFTER__REPORT_SOURCE_IS_INT_SIZE:
        break;
    }
    return 0;
}

static Tefter__Refusal *check_bys(struct tx *tx, const Tefter__ReportDefinition *what)
{
    uint32_t left = bys_of(what->source);
    if (left == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "what.source");
    if (what->n_by > BY_MOST)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "what.by", BY_MOST);
    for (size_t i = 0; i < what->n_by; i++) {
        uint32_t bit = UINT32_C(1) << what->by[i];
        if ((left & bit) == 0) /* said twice, too */
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "what.by[%zu]", i);
        left &= ~bit;
    }
    return NULL;
}

static Tefter__Refusal *check_columns(struct tx *tx, const Tefter__ReportDefinition *what)
{
    Tefter__Refusal *refusal = NULL;
    if (what->n_columns > COLUMNS_MOST)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "what.columns", COLUMNS_MOST);
    for (size_t i = 0; i < what->n_columns && refusal == NULL; i++)
        refusal = field_code(tx, "what.columns", what->columns[i]);
    return refusal;
}

Tefter__Refusal *report_check_definition(struct tx *tx, const Tefter__ReportDefinition *what)
{
    Tefter__Refusal *refusal = check_bys(tx, what);
    if (refusal == NULL)
        refusal = check_columns(tx, what);
    if (refusal == NULL && what->has_from)
        refusal = field_date(tx, "what.from", what->from);
    if (refusal == NULL && what->has_until)
        refusal = field_date(tx, "what.until", what->until);
    if (refusal == NULL && what->has_from && what->has_until && what->until < what->from)
        refusal = refuse_early(tx, "what.until", what->from);
    if (refusal == NULL && what->has_overdue && what->source != SOURCE(CUSTOMERS))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "what.overdue");
    if (refusal == NULL && what->has_span && (what->has_from || what->has_until))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "what.span");
    return refusal;
}

static uint32_t first_day(uint32_t date, bool of_year)
{
    struct civil civil = civil_of_date(date);
    civil.day = 1;
    civil.month = of_year ? 1 : civil.month;
    uint32_t first = date;
    (void)date_of_civil(civil, &first);
    return first;
}

static void set_days(const struct tally *tally)
{
    const Tefter__ReportDefinition *what = tally->what;
    Tefter__ReportAnswer *answer = tally->answer;
    uint32_t today = tally->today;
    answer->from = what->has_from ? what->from : DATE_NONE;
    answer->until = what->has_until ? what->until : branch_latest_date(tally->tx);
    if (!what->has_span)
        return;
    answer->until = today;
    answer->from = today;
    if (what->span == TEFTER__REPORT_SPAN__SPAN_WEEK)
        answer->from = today >= DATE_MIN + WEEK_DAYS ? today - WEEK_DAYS + 1 : DATE_MIN;
    else if (what->span == TEFTER__REPORT_SPAN__SPAN_MONTH)
        answer->from = first_day(today, false);
    else if (what->span == TEFTER__REPORT_SPAN__SPAN_YEAR)
        answer->from = first_day(today, true);
    else if (what->span == TEFTER__REPORT_SPAN__SPAN_LAST_MONTH) {
        answer->until = first_day(today, false) - 1;
        answer->from = first_day(answer->until, false);
    }
}

/* Of another person: by who sees the trial balance, as a day of theirs is. */
static Tefter__Refusal *check_staff(const struct tally *tally)
{
    const Tefter__ReportDefinition *what = tally->what;
    struct tx *tx = tally->tx;
    bool of_staff = what->has_staff && what->staff != tx_actor(tx)->staff;
    for (size_t i = 0; i < what->n_by; i++)
        of_staff = of_staff || (what->by[i] == TEFTER__REPORT_BY__BY_STAFF &&
                                !(what->has_staff && what->staff == tx_actor(tx)->staff));
    Tefter__Refusal *refusal =
        of_staff ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE) : NULL;
    /* 0: what an import brought */
    if (refusal == NULL && what->has_staff && what->staff != 0 &&
        staff_get(tx, what->staff) == NULL)
        refusal = refuse_not_found(tx, "what.staff");
    return refusal;
}

static Tefter__Refusal *check_whose(struct tally *tally)
{
    const Tefter__ReportDefinition *what = tally->what;
    struct tx *tx = tally->tx;
    Tefter__Refusal *refusal =
        staff_wanted_branch(tx, what->has_branch, what->branch, &tally->branch);
    if (refusal == NULL)
        refusal = check_staff(tally);
    if (refusal == NULL && what->has_group && group_get(tx, what->group) == NULL)
        refusal = refuse_not_found(tx, "what.group");
    if (refusal == NULL && what->has_customer && customer_get(tx, what->customer) == NULL)
        refusal = refuse_not_found(tx, "what.customer");
    if (refusal == NULL && what->has_product && product_get(tx, what->product) == NULL)
        refusal = refuse_not_found(tx, "what.product");
    return refusal;
}

/* ---- papers ---- */

/* The customer that is asked for, or a record that was merged into theirs. */
static bool is_theirs(const struct tally *tally, uint32_t customer)
{
    uint32_t wanted = tally->what->customer;
    return customer == wanted || customer_leads_to(tally->scratch, customer) == wanted;
}

/* Merged records are one customer: in the groups of whom they were merged into. */
static bool in_group(const struct tally *tally, uint32_t customer)
{
    return group_has(tally->scratch, tally->what->group,
                     customer_leads_to(tally->scratch, customer));
}

/* What can be said without unpacking the paper: numbers near its start. */
static bool may_pass(const struct tally *tally, uint64_t document)
{
    enum { FIELD_KIND = 2, FIELD_BRANCH = 5, FIELD_PAYMENT_KIND = 30 };
    const Tefter__ReportDefinition *what = tally->what;
    struct tx *tx = tally->scratch;
    struct key key = document_key(document);
    uint64_t kind = tx_field(tx, &key, FIELD_KIND);
    if ((what->has_group && !in_group(tally, document_customer(document))) ||
        (what->has_customer && !is_theirs(tally, document_customer(document))) ||
        (tally->branch != 0 && tx_field(tx, &key, FIELD_BRANCH) != tally->branch) ||
        (what->has_kind && kind != (uint64_t)what->kind) ||
        (what->source == SOURCE(PAYMENTS) && kind != TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT))
        return false;
    return !what->has_payment_kind ||
           tx_field(tx, &key, FIELD_PAYMENT_KIND) == (uint64_t)what->payment_kind;
}

/* Adds it, if it is asked for; false: its rows do not fit any more. */
static bool take(struct tally *tally, uint64_t document)
{
    const Tefter__ReportDefinition *what = tally->what;
    if (!may_pass(tally, document))
        return true;
    tally->paper = document_get(tally->scratch, document);
    if (tally->paper == NULL)
        tx_fault(tally->scratch, "document");
    if (what->has_staff && paper_hand(tally->paper) != what->staff)
        return true;
    tally->customer = customer_leads_to(tally->scratch, document_customer(document));
    bool lines = what->source == SOURCE(LINES);
    if (!report_rows_fit(tally, lines ? tally->paper->n_lines : 1))
        return false;
    if (lines)
        report_add_lines(tally);
    else
        report_add_paper(tally);
    return true;
}

/* The token is the place of the first paper of the page. */
static void count_papers(struct tally *tally, const uint64_t place[3])
{
    Tefter__ReportAnswer *answer = tally->answer;
    struct key prefix = key_book(TABLE_DATED);
    bool begun = place[0] >= answer->from && place[0] != 0;
    struct key from = begun ? document_dated_key((uint32_t)place[0], place[1], place[2])
                            : document_dated_key(answer->from, 0, 0);
    struct tx_walk walk;
    bool on = tx_walk_first(tally->scratch, &prefix, &from, &walk);
    for (; on && answer->looked < PAPERS_LOOKED; on = tx_walk_next(&walk)) {
        if (tx_walk_u32(&walk, KEY_BOOK_HEAD) > answer->until)
            break;
        tx_scratch_next(tally->scratch);
        if (!take(tally, tx_walk_number(&walk)))
            break;
        answer->looked++;
    }
    if (on && tx_walk_u32(&walk, KEY_BOOK_HEAD) <= answer->until) {
        uint64_t next[3] = {tx_walk_u32(&walk, KEY_BOOK_HEAD),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 4),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 12)};
        FIELD_SET(answer, next, page_write(tally->tx, next, 3));
    }
    tx_walk_end(&walk);
}

/* ---- customers ---- */

/* Is something overdue of any of the records that are theirs? */
static bool is_overdue(const struct tally *tally, uint32_t customer)
{
    struct tx *tx = tally->scratch;
    size_t count = 0;
    const Tefter__CustomerRecord *record = customer_get(tx, customer_leads_to(tx, customer));
    const uint32_t *records = record != NULL ? customer_records(tx, record, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct overdue overdue;
        account_overdue_on(tx, records[i], tally->today, &overdue);
        if (overdue.minor > 0)
            return true;
    }
    return false;
}

static bool is_asked(const struct tally *tally, uint32_t customer)
{
    const Tefter__ReportDefinition *what = tally->what;
    if (customer == company_cash_customer(tally->scratch) ||
        (what->has_customer && !is_theirs(tally, customer)) ||
        (what->has_group && !in_group(tally, customer)) ||
        (what->has_overdue && is_overdue(tally, customer) != (bool)what->overdue))
        return false;
    const Tefter__CustomerRecord *record =
        tally->branch != 0
            ? customer_get(tally->scratch, customer_leads_to(tally->scratch, customer))
            : NULL;
    return tally->branch == 0 || (record != NULL && record->branch == tally->branch);
}

static void count_customers(struct tally *tally, uint64_t after)
{
    Tefter__ReportAnswer *answer = tally->answer;
    uint32_t customer = customer_next(tally->scratch, (uint32_t)after);
    for (; customer != 0 && answer->looked < PAPERS_LOOKED; answer->looked++) {
        tx_scratch_next(tally->scratch);
        tally->customer = customer;
        if (is_asked(tally, customer)) {
            if (!report_rows_fit(tally, 1))
                break;
            report_add_customer(tally);
        }
        after = customer;
        customer = customer_next(tally->scratch, customer);
    }
    uint64_t next[3] = {after, 0, 0};
    if (customer != 0)
        FIELD_SET(answer, next, page_write(tally->tx, next, 3));
}

/* ---- the view ---- */

/* Refuses, in this order: FIELD_INVALID page; as report_check_definition does; as
 * staff_wanted_branch does; RIGHT_MISSING [SEE_TRIAL_BALANCE] (of other people), NOT_FOUND
 * what.staff, what.group, what.customer, what.product; QUESTION_TOO_BIG what.by (one paper alone
 * has more rows than an answer). */
Tefter__Refusal *view_report(struct tx *tx, const Tefter__Report *query,
                             Tefter__ReportAnswer *answer)
{
    uint64_t place[3];
    struct tally tally = {.tx = tx, .what = query->what, .answer = answer};
    if (!page_read(query->has_page, query->page, place, 3) || place[0] > UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = report_check_definition(tx, query->what);
    if (refusal == NULL)
        refusal = check_whose(&tally);
    if (refusal != NULL)
        return refusal;
    tally.today = branch_of_actor(tx)->date;
    tally.sees_cost = staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_COST);
    tills_waiting(tx, &tally.waiting);
    set_days(&tally);
    report_rows_begin(&tally);
    tally.scratch = tx_scratch_begin(tx);
    if (query->what->source == SOURCE(CUSTOMERS))
        count_customers(&tally, place[0]);
    else
        count_papers(&tally, place);
    tx_scratch_end(tally.scratch);
    report_rows_hide(&tally);
    if (answer->has_next && answer->looked == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG, "what.by");
    return NULL;
}
