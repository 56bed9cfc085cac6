/*
 * What the board shows beside the totals: money by day, what falls due by week, who has used most
 * of their limit. Read only. Who belongs to one branch is answered for that one.
 */
#include "domain/reports/reports.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/payments/payments.h"
#include "domain/receivables/receivables.h"

/* ---- money by day ---- */

enum { MONEY_DAYS_USUAL = 30, MONEY_DAYS_MAX = 366, MONEY_LOOKED_MAX = 20000, MONEY_KINDS = 8 };

struct money_days {
    struct tx *tx;
    struct tx *scratch;
    uint32_t branch; /* 0: any */
    Tefter__MoneyInByDayAnswer *answer;
    size_t room;
    size_t day_begins; /* rows of the day at hand begin there */
};

static Tefter__MoneyInDay *money_row(struct money_days *days, uint32_t date, uint32_t branch)
{
    Tefter__MoneyInByDayAnswer *answer = days->answer;
    for (size_t i = days->day_begins; i < answer->n_days; i++)
        if (answer->days[i]->branch == branch)
            return answer->days[i];
    if (answer->n_days == days->room) {
        size_t room = 2 * days->room + 64;
        Tefter__MoneyInDay **list = tx_take(days->tx, room * sizeof *list);
        if (answer->n_days > 0)
            memcpy(list, answer->days, answer->n_days * sizeof *list);
        answer->days = list;
        days->room = room;
    }
    Tefter__MoneyInDay *row = tx_new(days->tx, &tefter__money_in_day__descriptor);
    row->date = date;
    row->branch = branch;
    row->kinds = tx_take(days->tx, MONEY_KINDS * sizeof *row->kinds);
    answer->days[answer->n_days++] = row;
    return row;
}

/* NULL: of a kind that is not known. */
static Tefter__MoneyOfKind *kind_in(struct tx *tx, Tefter__MoneyOfKind **kinds, size_t *count,
                                    Tefter__PaymentKind kind)
{
    for (size_t i = 0; i < *count; i++)
        if (kinds[i]->kind == kind)
            return kinds[i];
    if (*count == MONEY_KINDS)
        return NULL;
    Tefter__MoneyOfKind *money = tx_new(tx, &tefter__money_of_kind__descriptor);
    money->kind = kind;
    FIELD_SET(money, amount_minor, 0);
    kinds[(*count)++] = money;
    return money;
}

static void add_payment(struct money_days *days, uint64_t document)
{
    enum { FIELD_KIND = 2, FIELD_BRANCH = 5, FIELD_TOTAL = 12, FIELD_PAYMENT_KIND = 30 };
    struct key key = document_key(document);
    if (tx_field(days->scratch, &key, FIELD_KIND) != TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        return;
    uint32_t branch = (uint32_t)tx_field(days->scratch, &key, FIELD_BRANCH);
    if ((days->branch != 0 && branch != days->branch) ||
        document_tail(days->scratch, document)->has_reversed_by)
        return;
    Tefter__MoneyInDay *row = money_row(days, document_date(document), branch);
    Tefter__MoneyOfKind *money =
        kind_in(days->tx, row->kinds, &row->n_kinds,
                (Tefter__PaymentKind)tx_field(days->scratch, &key, FIELD_PAYMENT_KIND));
    if (money == NULL)
        return;
    money->amount_minor =
        tx_sum(days->tx, money->amount_minor, (int64_t)tx_field(days->scratch, &key, FIELD_TOTAL));
    money->count++;
}

/* Nobody counts what they have seen. */
static void hide_cash(struct tx *tx, const Tefter__MoneyInByDayAnswer *answer)
{
    struct tills_waiting waiting;
    tills_waiting(tx, &waiting);
    for (size_t i = 0; i < answer->n_days; i++) {
        const Tefter__MoneyInDay *day = answer->days[i];
        for (size_t k = 0; k < day->n_kinds; k++)
            if (day->kinds[k]->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH &&
                tills_hide(&waiting, day->branch, day->date))
                day->kinds[k]->has_amount_minor = false;
    }
}

static Tefter__Refusal *money_span(struct tx *tx, const Tefter__MoneyInByDay *query,
                                   Tefter__MoneyInByDayAnswer *answer)
{
    uint32_t days = query->has_days ? query->days : MONEY_DAYS_USUAL;
    answer->until = query->has_until ? query->until : branch_latest_date(tx);
    if (answer->until < DATE_MIN || answer->until > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "until");
    if (days == 0 || days > MONEY_DAYS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "days", MONEY_DAYS_MAX);
    answer->from = answer->until >= days ? answer->until - days + 1 : DATE_MIN;
    return NULL;
}

/* Refuses, in this order: FIELD_INVALID page; DATE_INVALID until; TOO_MANY days; as
 * staff_wanted_branch does. The token is where the walk over all papers goes on. */
Tefter__Refusal *view_money_in_by_day(struct tx *tx, const Tefter__MoneyInByDay *query,
                                      Tefter__MoneyInByDayAnswer *answer)
{
    uint64_t place[3];
    struct money_days days = {.tx = tx, .answer = answer};
    if (!page_read(query->has_page, query->page, place, 3))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = money_span(tx, query, answer);
    if (refusal == NULL)
        refusal = staff_wanted_branch(tx, query->has_branch, query->branch, &days.branch);
    if (refusal != NULL)
        return refusal;
    if (place[0] < answer->from)
        place[0] = answer->from;
    struct key prefix = key_book(TABLE_DATED);
    struct key from = document_dated_key((uint32_t)place[0], place[1], place[2]);
    uint32_t day = DATE_NONE;
    uint32_t looked = 0;
    struct tx_walk walk;
    days.scratch = tx_scratch_begin(tx);
    bool on = tx_walk_first(days.scratch, &prefix, &from, &walk);
    for (; on && looked < MONEY_LOOKED_MAX; on = tx_walk_next(&walk), looked++) {
        uint32_t date = tx_walk_u32(&walk, KEY_BOOK_HEAD);
        if (date > answer->until)
            break;
        if (date != day)
            days.day_begins = answer->n_days;
        day = date;
        tx_scratch_next(days.scratch);
        add_payment(&days, tx_walk_number(&walk));
    }
    if (on && tx_walk_u32(&walk, KEY_BOOK_HEAD) <= answer->until) {
        uint64_t next[3] = {tx_walk_u32(&walk, KEY_BOOK_HEAD),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 4),
                            tx_walk_u64(&walk, KEY_BOOK_HEAD + 12)};
        FIELD_SET(answer, next, page_write(tx, next, 3));
    }
    tx_walk_end(&walk);
    tx_scratch_end(days.scratch);
    hide_cash(tx, answer);
    return NULL;
}

/* ---- due by week ---- */

enum { WEEKS_USUAL = 8, WEEKS_MAX = 53, WEEK_DAYS = 7, CUSTOMERS_LOOKED_MAX = 20000 };

static void add_due(struct tx *tx, Tefter__DueByWeekAnswer *answer, uint32_t due, int64_t open)
{
    if (due < answer->from) {
        answer->overdue_minor = tx_sum(tx, answer->overdue_minor, open);
        answer->overdue_bills++;
        return;
    }
    size_t week = (due - answer->from) / WEEK_DAYS;
    if (week >= answer->n_weeks) {
        answer->later_minor = tx_sum(tx, answer->later_minor, open);
        answer->later_bills++;
        return;
    }
    answer->weeks[week]->amount_minor = tx_sum(tx, answer->weeks[week]->amount_minor, open);
    answer->weeks[week]->bills++;
}

static void add_dues(struct tx *tx, struct tx *scratch, uint32_t customer,
                     Tefter__DueByWeekAnswer *answer)
{
    enum { FIELD_OPEN = 4 };
    struct key prefix = key_customer(customer, TABLE_OPEN_DEBIT);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk))
        add_due(tx, answer, tx_walk_u32(&walk, KEY_CUSTOMER_HEAD),
                (int64_t)tx_walk_field(&walk, FIELD_OPEN));
    tx_walk_end(&walk);
}

/* A record that was merged is of where whom it was merged into was opened. */
static bool opened_at(struct tx *tx, uint32_t customer, uint32_t branch)
{
    const Tefter__CustomerRecord *record =
        branch != 0 ? customer_get(tx, customer_leads_to(tx, customer)) : NULL;
    return branch == 0 || (record != NULL && record->branch == branch);
}

static Tefter__Refusal *begin_weeks(struct tx *tx, const Tefter__DueByWeek *query,
                                    Tefter__DueByWeekAnswer *answer)
{
    uint32_t weeks = query->has_weeks ? query->weeks : WEEKS_USUAL;
    answer->from = query->has_from ? query->from : branch_of_actor(tx)->date;
    if (answer->from < DATE_MIN || answer->from > DATE_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "from");
    if (weeks == 0 || weeks > WEEKS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "weeks", WEEKS_MAX);
    answer->weeks = tx_take(tx, weeks * sizeof *answer->weeks);
    for (uint32_t i = 0; i < weeks; i++) {
        Tefter__DueWeek *week = tx_new(tx, &tefter__due_week__descriptor);
        week->from = answer->from + i * WEEK_DAYS;
        answer->weeks[answer->n_weeks++] = week;
    }
    return NULL;
}

/* Refuses, in this order: FIELD_INVALID page; DATE_INVALID from; TOO_MANY weeks; as
 * staff_wanted_branch does. */
Tefter__Refusal *view_due_by_week(struct tx *tx, const Tefter__DueByWeek *query,
                                  Tefter__DueByWeekAnswer *answer)
{
    uint64_t after;
    uint32_t branch;
    if (!page_read(query->has_page, query->page, &after, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = begin_weeks(tx, query, answer);
    if (refusal == NULL)
        refusal = staff_wanted_branch(tx, query->has_branch, query->branch, &branch);
    if (refusal != NULL)
        return refusal;
    struct tx *scratch = tx_scratch_begin(tx);
    uint32_t customer = customer_next(scratch, (uint32_t)after);
    for (uint32_t looked = 0; customer != 0 && looked < CUSTOMERS_LOOKED_MAX; looked++) {
        tx_scratch_next(scratch);
        if (opened_at(scratch, customer, branch))
            add_dues(tx, scratch, customer, answer);
        after = customer;
        customer = customer_next(scratch, customer);
    }
    tx_scratch_end(scratch);
    if (customer != 0)
        FIELD_SET(answer, next, page_write(tx, &after, 1));
    return NULL;
}

/* ---- who has used most of their limit ---- */

enum { EXPOSURES_USUAL = 10, EXPOSURES_MAX = 100 };

struct exposure {
    uint32_t customer;
    uint32_t share_bp;
};

/* 0: nothing is used, or there is no limit. */
static uint32_t share_of(const Tefter__AccountRow *row)
{
    if (row->unlimited || row->used_minor <= 0)
        return 0;
    int64_t limit = row->limit_minor > 0 ? row->limit_minor : 1;
    int64_t whole = row->used_minor / limit;
    if (whole >= UINT32_MAX / BASIS_POINTS)
        return UINT32_MAX;
    int64_t rest = row->used_minor % limit;
    int64_t step = limit / BASIS_POINTS + 1; /* rest * 10000 / limit, if that fits */
    int64_t share = rest <= INT64_MAX / BASIS_POINTS ? rest * BASIS_POINTS / limit : rest / step;
    return (uint32_t)(whole * BASIS_POINTS + share);
}

/* Highest first; of those alike the customer who was there first. */
static void rank(struct exposure *list, uint32_t *count, uint32_t most,
                 const struct exposure *exposure)
{
    uint32_t at = *count;
    while (at > 0 && list[at - 1].share_bp < exposure->share_bp)
        at--;
    if (at == most)
        return;
    uint32_t kept = *count < most ? *count : most - 1;
    memmove(&list[at + 1], &list[at], (kept - at) * sizeof *list);
    list[at] = *exposure;
    *count = kept + 1;
}

static uint32_t share_of_customer(struct tx *scratch, uint32_t customer, uint32_t today)
{
    const Tefter__AccountRow *row = credit_account_row(scratch, customer, today);
    return row == NULL || row->has_payer ? 0 : share_of(row);
}

/* Refuses, in this order: TOO_MANY rows; as staff_wanted_branch does. */
Tefter__Refusal *view_top_exposures(struct tx *tx, const Tefter__TopExposures *query,
                                    Tefter__TopExposuresAnswer *answer)
{
    uint32_t most = query->has_rows ? query->rows : EXPOSURES_USUAL;
    uint32_t today = branch_of_actor(tx)->date;
    uint32_t branch;
    uint32_t count = 0;
    struct exposure list[EXPOSURES_MAX];
    if (most == 0 || most > EXPOSURES_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "rows", EXPOSURES_MAX);
    Tefter__Refusal *refusal = staff_wanted_branch(tx, query->has_branch, query->branch, &branch);
    if (refusal != NULL)
        return refusal;
    struct tx *scratch = tx_scratch_begin(tx);
    uint32_t customer = customer_next(scratch, 0);
    for (; customer != 0; customer = customer_next(scratch, customer)) {
        tx_scratch_next(scratch);
        struct exposure exposure = {customer, 0};
        if (opened_at(scratch, customer, branch))
            exposure.share_bp = share_of_customer(scratch, customer, today);
        if (exposure.share_bp > 0)
            rank(list, &count, most, &exposure);
    }
    tx_scratch_end(scratch);
    answer->rows = tx_take(tx, count * sizeof *answer->rows);
    for (uint32_t i = 0; i < count; i++) {
        Tefter__ExposureRow *row = tx_new(tx, &tefter__exposure_row__descriptor);
        row->who = customer_row(tx, customer_read(tx, list[i].customer));
        row->account = credit_account_row(tx, list[i].customer, today);
        row->share_bp = list[i].share_bp;
        answer->rows[answer->n_rows++] = row;
    }
    return NULL;
}
