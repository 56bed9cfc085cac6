/*
 * What the totals are made of, said anew from the state (server/totals): of a customer what is open
 * of theirs, and the papers of the days that totals keep. And the totals themselves, counted
 * without that: each row summed up from the records, for whoever compares. Read only.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/payments/payments.h"
#include "domain/receivables/receivables.h"

#include <stdlib.h>

enum { FIELD_ITEM_OPEN = 4, FIELD_ITEM_SEQ = 10, FIELD_DOCUMENT_RECORDED_MS = 9 };

/* ---- of a customer ---- */

struct open_items {
    struct tx *tx;
    uint32_t customer;
    struct figure *figures;
    size_t count;
};

static int64_t recorded_ms(struct tx *tx, uint64_t document)
{
    struct key key = document_key(document);
    return (int64_t)tx_field(tx, &key, FIELD_DOCUMENT_RECORDED_MS);
}

static void add_items(struct open_items *items, bool debit, size_t most)
{
    struct key prefix = key_customer(items->customer, debit ? TABLE_OPEN_DEBIT : TABLE_OPEN_CREDIT);
    struct tx_walk walk;
    bool on = tx_walk_first(items->tx, &prefix, NULL, &walk);
    for (; on && items->count < most; on = tx_walk_next(&walk)) {
        uint64_t document = tx_walk_u64(&walk, KEY_CUSTOMER_HEAD + 4);
        items->figures[items->count++] = (struct figure){
            .kind = debit ? FIGURE_BILL : FIGURE_CREDIT,
            .date = tx_walk_u32(&walk, KEY_CUSTOMER_HEAD),
            .document = document,
            .seq = tx_walk_field(&walk, FIELD_ITEM_SEQ),
            .after = (int64_t)tx_walk_field(&walk, FIELD_ITEM_OPEN),
            .at_ms = debit ? 0 : recorded_ms(items->tx, document),
        };
    }
    tx_walk_end(&walk);
}

void report_customer_figures(struct tx *tx, uint32_t customer, const struct figure **ret_figures,
                             size_t *ret_count)
{
    const Tefter__AccountRecord *account = account_field(tx, customer);
    size_t most = (size_t)account->open_bills + account->open_credits;
    struct open_items items = {tx, customer, tx_take(tx, most * sizeof(struct figure)), 0};
    add_items(&items, true, most);
    add_items(&items, false, most);
    *ret_figures = items.figures;
    *ret_count = items.count;
}

/* ---- papers of a day ---- */

static void say_paper(struct tx *scratch, uint64_t document, const struct report_listener *listener)
{
    const Tefter__DocumentRecord *record = document_get(scratch, document);
    if (record == NULL || document_tail(scratch, document)->has_reversed_by ||
        paper_opens_balance(record))
        return;
    struct figure figure = {.kind = FIGURE_PAPER,
                            .branch = record->branch,
                            .date = record->date,
                            .paper = (uint8_t)record->kind,
                            .money = (uint8_t)record->payment_kind,
                            .sign = 1,
                            .document = document,
                            .after = paper_money(record)};
    listener->say(listener->context, &figure);
    const struct item *item =
        record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE
            ? account_item(scratch, account_open(scratch, record->customer), document)
            : NULL;
    figure.kind = FIGURE_ON_CREDIT;
    figure.after = item != NULL ? item_on_credit(item->record) : 0;
    if (item != NULL)
        listener->say(listener->context, &figure);
}

static void say_day(struct tx *tx, uint32_t date, const struct report_listener *listener)
{
    struct key prefix = key_book(TABLE_DATED);
    key_u32(&prefix, date);
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        say_paper(scratch, tx_walk_number(&walk), listener);
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
}

struct dates {
    uint32_t *list;
    size_t count;
    size_t room;
};

static void date_add(struct tx *tx, struct dates *dates, uint32_t date)
{
    if (dates->count == dates->room) {
        uint32_t *list = tx_take(tx, (2 * dates->room + 64) * sizeof *list);
        if (dates->count > 0)
            memcpy(list, dates->list, dates->count * sizeof *list);
        dates->list = list;
        dates->room = 2 * dates->room + 64;
    }
    dates->list[dates->count++] = date;
}

static int compare_dates(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Each of them once. */
static void say_days(struct tx *tx, struct dates *dates, const struct report_listener *listener)
{
    if (dates->count > 1)
        qsort(dates->list, dates->count, sizeof dates->list[0], compare_dates);
    for (size_t i = 0; i < dates->count; i++)
        if (i == 0 || dates->list[i] != dates->list[i - 1])
            say_day(tx, dates->list[i], listener);
}

void report_day_figures(struct tx *tx, const struct report_listener *listener)
{
    const Tefter__BranchRecord **branches;
    size_t count = branch_list(tx, &branches);
    struct dates dates = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++) {
        uint32_t branch = branches[i]->branch;
        listener->say(
            listener->context,
            &(struct figure){.kind = FIGURE_DAY, .branch = branch, .date = branches[i]->date});
        uint32_t date = document_day_until(tx, branch, branches[i]->date);
        if (date == DATE_NONE)
            date = document_day_after(tx, branch, branches[i]->date);
        for (; date != DATE_NONE; date = document_day_after(tx, branch, date))
            date_add(tx, &dates, date);
    }
    say_days(tx, &dates, listener);
}

/* ---- the totals, counted ---- */

enum { MONEY_KINDS = 8 };

struct counted {
    Tefter__TotalsRow *row;
    int64_t by_kind[MONEY_KINDS];
    uint32_t kind_count[MONEY_KINDS];
};

struct counting {
    struct tx *tx;
    uint32_t group;           /* of its customers alone; 0: of all */
    struct counted *branches; /* by number */
    bool has_since;
    int64_t since_ms; /* when the oldest that is not matched was recorded */
    uint32_t count;   /* numbers are below this */
};

/* What is of no branch counts at the head office. */
static struct counted *counted_of(struct counting *counting, uint32_t branch)
{
    struct counted *counted = branch < counting->count ? &counting->branches[branch] : NULL;
    return counted != NULL && counted->row != NULL ? counted : &counting->branches[HEAD_OFFICE];
}

static void add(struct tx *tx, int64_t *sum, int64_t amount)
{
    *sum = tx_sum(tx, *sum, amount);
}

static void count_overdue(struct tx *scratch, struct tx *tx, uint32_t customer,
                          Tefter__TotalsRow *row)
{
    struct key prefix = key_customer(customer, TABLE_OPEN_DEBIT);
    struct tx_walk walk;
    bool on = tx_walk_first(scratch, &prefix, NULL, &walk);
    for (; on && tx_walk_u32(&walk, KEY_CUSTOMER_HEAD) < row->date; on = tx_walk_next(&walk)) {
        add(tx, &row->overdue_minor, (int64_t)tx_walk_field(&walk, FIELD_ITEM_OPEN));
        row->overdue_bills++;
    }
    tx_walk_end(&walk);
}

static void count_customer(struct counting *counting, struct tx *scratch, uint32_t customer)
{
    struct tx *tx = counting->tx;
    const Tefter__AccountRecord *account = account_field(scratch, customer);
    const Tefter__AccountRow *shown =
        credit_account_row(scratch, customer, branch_head_date(scratch));
    if (shown == NULL)
        tx_fault(scratch, "CustomerRecord");
    Tefter__TotalsRow *row = counted_of(counting, customer_get(scratch, customer)->branch)->row;
    if (shown->balance_minor > 0)
        add(tx, &row->owed_minor, shown->balance_minor);
    else
        add(tx, &row->in_credit_minor, -shown->balance_minor);
    row->owing += shown->balance_minor > 0;
    add(tx, &row->bills_minor, account->bills_minor);
    row->bills += account->open_bills;
    add(tx, &row->unmatched_minor, tx_sum(tx, account->unmatched_minor, account->waiting_minor));
    row->unmatched += account->open_credits;
    if (account->open_bills > 0)
        count_overdue(scratch, tx, customer, row);
    if (shown->unlimited || shown->available_minor >= 0)
        return;
    row->over_limit++;
    if (!shown->has_payer || shown->site_binds)
        add(tx, &row->over_limit_minor, -shown->available_minor);
}

static bool counts(const struct counting *counting, struct tx *scratch, uint32_t customer)
{
    return counting->group == 0 ||
           group_has(scratch, counting->group, customer_leads_to(scratch, customer));
}

/* Members with the records that were merged into theirs. */
static void count_members(struct counting *counting, struct tx *scratch)
{
    uint32_t customer = group_next_member(scratch, counting->group, 0);
    for (; customer != 0; customer = group_next_member(scratch, counting->group, customer)) {
        uint32_t records[SITES_PER_PAYER_MAX + 1];
        size_t count = 0;
        tx_scratch_next(scratch);
        if (customer_leads_to(scratch, customer) != customer)
            continue;
        const uint32_t *theirs = customer_records(scratch, customer_get(scratch, customer), &count);
        memcpy(records, theirs, count * sizeof *records);
        for (size_t i = 0; i < count; i++) {
            tx_scratch_next(scratch);
            count_customer(counting, scratch, records[i]);
        }
    }
}

static void count_customers(struct counting *counting, struct tx *scratch)
{
    uint32_t customer = customer_next(scratch, 0);
    for (; customer != 0; customer = customer_next(scratch, customer)) {
        tx_scratch_next(scratch);
        count_customer(counting, scratch, customer);
    }
}

/* The oldest of each branch comes first. */
static void count_unmatched(struct counting *counting, struct tx *scratch)
{
    struct key prefix = key_book(TABLE_UNMATCHED);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        uint64_t document = tx_walk_u64(&walk, KEY_BOOK_HEAD + 8);
        tx_scratch_next(scratch);
        if (!counts(counting, scratch, document_customer(document)))
            continue;
        const Tefter__CustomerRecord *customer = customer_get(scratch, document_customer(document));
        if (customer == NULL)
            tx_fault(scratch, "CustomerRecord");
        Tefter__TotalsRow *row = counted_of(counting, customer->branch)->row;
        if (row->has_unmatched_since_ms)
            continue;
        FIELD_SET(row, unmatched_since_ms, recorded_ms(scratch, document));
        /* the oldest of all comes first, too; by time it need not be, if a clock was ahead once */
        if (!counting->has_since)
            counting->since_ms = row->unmatched_since_ms;
        counting->has_since = true;
    }
    tx_walk_end(&walk);
}

static void count_paper(struct counting *counting, struct counted *counted,
                        const struct figure *figure)
{
    struct tx *tx = counting->tx;
    Tefter__TotalsRow *row = counted->row;
    switch ((Tefter__DocumentKind)figure->paper) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        add(tx, &row->sold_minor, figure->after);
        row->sold++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        add(tx, &row->collected_minor, figure->after);
        add(tx, &counted->by_kind[figure->money % MONEY_KINDS], figure->after);
        counted->kind_count[figure->money % MONEY_KINDS]++;
        row->collected++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        add(tx, &row->credited_minor, figure->after);
        row->credited++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        add(tx, &row->refunded_minor, figure->after);
        row->refunded++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        add(tx, &row->reversed_minor, figure->after);
        row->reversed++;
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
}

static void count_figure(void *context, const struct figure *figure)
{
    struct counting *counting = context;
    struct counted *counted = counted_of(counting, figure->branch);
    if (figure->date != counted->row->date ||
        !counts(counting, counting->tx, document_customer(figure->document)))
        return;
    if (figure->kind == FIGURE_ON_CREDIT)
        add(counting->tx, &counted->row->on_credit_minor, figure->after);
    else
        count_paper(counting, counted, figure);
}

/* Each business date that any branch stands on. */
static void count_papers(struct counting *counting)
{
    const struct report_listener listener = {count_figure, counting};
    struct dates dates = {NULL, 0, 0};
    for (uint32_t i = 0; i < counting->count; i++)
        if (counting->branches[i].row != NULL)
            date_add(counting->tx, &dates, counting->branches[i].row->date);
    say_days(counting->tx, &dates, &listener);
}

static void begin_rows(struct counting *counting)
{
    struct tx *tx = counting->tx;
    const Tefter__BranchRecord **branches;
    size_t count = branch_list(tx, &branches);
    counting->count = HEAD_OFFICE + 1;
    for (size_t i = 0; i < count; i++)
        if (branches[i]->branch >= counting->count)
            counting->count = branches[i]->branch + 1;
    counting->branches = tx_take(tx, (size_t)counting->count * sizeof *counting->branches);
    for (size_t i = 0; i < count; i++) {
        Tefter__TotalsRow *row = tx_new(tx, &tefter__totals_row__descriptor);
        row->branch = branches[i]->branch;
        row->date = branches[i]->date;
        FIELD_SET(row, seq, tx_seq(tx));
        counting->branches[row->branch].row = row;
    }
    if (counting->branches[HEAD_OFFICE].row == NULL)
        tx_fault(tx, "BranchRecord");
}

static void end_kinds(struct tx *tx, struct counted *counted)
{
    Tefter__TotalsRow *row = counted->row;
    row->collected_by_kind = tx_take(tx, MONEY_KINDS * sizeof *row->collected_by_kind);
    for (int kind = 0; kind < MONEY_KINDS; kind++) {
        if (counted->kind_count[kind] == 0)
            continue;
        Tefter__MoneyOfKind *money = tx_new(tx, &tefter__money_of_kind__descriptor);
        money->kind = (Tefter__PaymentKind)kind;
        FIELD_SET(money, amount_minor, counted->by_kind[kind]);
        money->count = counted->kind_count[kind];
        row->collected_by_kind[row->n_collected_by_kind++] = money;
    }
}

static void add_row(struct tx *tx, Tefter__TotalsRow *into, const Tefter__TotalsRow *row)
{
    add(tx, &into->owed_minor, row->owed_minor);
    add(tx, &into->in_credit_minor, row->in_credit_minor);
    add(tx, &into->bills_minor, row->bills_minor);
    add(tx, &into->overdue_minor, row->overdue_minor);
    add(tx, &into->unmatched_minor, row->unmatched_minor);
    add(tx, &into->over_limit_minor, row->over_limit_minor);
    add(tx, &into->sold_minor, row->sold_minor);
    add(tx, &into->on_credit_minor, row->on_credit_minor);
    add(tx, &into->collected_minor, row->collected_minor);
    add(tx, &into->credited_minor, row->credited_minor);
    add(tx, &into->refunded_minor, row->refunded_minor);
    add(tx, &into->reversed_minor, row->reversed_minor);
    into->owing += row->owing;
    into->bills += row->bills;
    into->overdue_bills += row->overdue_bills;
    into->unmatched += row->unmatched;
    into->over_limit += row->over_limit;
    into->sold += row->sold;
    into->collected += row->collected;
    into->credited += row->credited;
    into->refunded += row->refunded;
    into->reversed += row->reversed;
}

/* The company: what all branches come to. */
static void sum_company(struct counting *counting, struct counted *company)
{
    struct tx *tx = counting->tx;
    company->row = tx_new(tx, &tefter__totals_row__descriptor);
    company->row->date = branch_head_date(tx);
    FIELD_SET(company->row, seq, tx_seq(tx));
    FIELD_SET_IF(company->row, unmatched_since_ms, counting->has_since, counting->since_ms);
    for (uint32_t i = 1; i < counting->count; i++) {
        const struct counted *counted = &counting->branches[i];
        if (counted->row == NULL)
            continue;
        add_row(tx, company->row, counted->row);
        for (int kind = 0; kind < MONEY_KINDS; kind++) {
            add(tx, &company->by_kind[kind], counted->by_kind[kind]);
            company->kind_count[kind] += counted->kind_count[kind];
        }
    }
}

/* What was sold and not on credit was paid, and that in cash or by what is told. What was reversed
 * may have been either. */
void report_hide_cash(Tefter__TotalsRow *row)
{
    for (size_t i = 0; i < row->n_collected_by_kind; i++) {
        Tefter__MoneyOfKind *money = row->collected_by_kind[i];
        if (money->kind != TEFTER__PAYMENT_KIND__PAYMENT_CASH)
            continue;
        row->collected_minor -= money->amount_minor;
        money->has_amount_minor = false;
        money->amount_minor = 0;
    }
    FIELD_SET(row, sold_hidden, true);
    row->sold_minor = row->on_credit_minor;
    row->reversed_minor = 0;
}

/* Of a group's customers at all branches, or at the one that who asks belongs to. */
static void answer_group(struct counting *counting, uint32_t only,
                         const struct tills_waiting *waiting, Tefter__TotalsAnswer *answer)
{
    struct counted *counted = &counting->branches[only];
    bool hidden = false;
    if (counted->row == NULL)
        return;
    for (uint32_t i = 1; i < counting->count; i++)
        if ((only == 0 || only == i) && counting->branches[i].row != NULL)
            hidden |= tills_hide(waiting, i, counting->branches[i].row->date);
    counted->row->branch = only;
    FIELD_SET(counted->row, group, counting->group);
    end_kinds(counting->tx, counted);
    if (hidden)
        report_hide_cash(counted->row);
    answer->rows = tx_take(counting->tx, sizeof *answer->rows);
    answer->rows[answer->n_rows++] = counted->row;
}

/* Of all branches; who belongs to one sees that one's row alone. Refuses NOT_FOUND group. */
Tefter__Refusal *view_totals(struct tx *tx, const Tefter__TotalsView *query,
                             Tefter__TotalsAnswer *answer)
{
    struct counting counting = {.tx = tx, .group = query->has_group ? query->group : 0};
    uint32_t only = staff_branch(tx);
    if (query->has_group && group_get(tx, query->group) == NULL)
        return refuse_not_found(tx, "group");
    begin_rows(&counting);
    struct tx *scratch = tx_scratch_begin(tx);
    if (counting.group != 0)
        count_members(&counting, scratch);
    else
        count_customers(&counting, scratch);
    count_unmatched(&counting, scratch);
    tx_scratch_end(scratch);
    count_papers(&counting);
    sum_company(&counting, &counting.branches[0]);
    struct tills_waiting waiting;
    tills_waiting(tx, &waiting);
    if (query->has_group) {
        answer_group(&counting, only, &waiting, answer);
        return NULL;
    }
    answer->rows = tx_take(tx, counting.count * sizeof *answer->rows);
    for (uint32_t i = 0; i < counting.count; i++) {
        struct counted *counted = &counting.branches[i];
        if (counted->row == NULL || (only != 0 && only != i))
            continue;
        end_kinds(tx, counted);
        if (tills_hide(&waiting, i, counted->row->date))
            report_hide_cash(counted->row);
        answer->rows[answer->n_rows++] = counted->row;
    }
    return NULL;
}
