/*
 * Rows of a report: found by their key, made with their words, and what papers, lines and customers
 * add to them. Read only.
 *
 * 1. A paper that was reversed adds to `written` alone: on the day of the reversal, that counts.
 * 2. What was owed before an import is no sale.
 * 3. What an import brought is nobody's work: by person it has a row of its own, of person 0.
 * 4. Costs are what products cost now: documents hold none.
 */
#include "domain/reports/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/catalogue/catalogue.h"
#include "domain/credit/credit.h"
#include "domain/documents/documents.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/receivables/receivables.h"

#include <string.h>

enum {
    ROWS_MOST = 4000, /* fewer than an answer may have */
    PLACES = 8192,    /* a power of two, twice as many */
    ROW_SUMS = 320,   /* bytes of a row without its words */
    ROW_WORDS = NAME_MAX_BYTES + 4 * CODE_MAX_BYTES,
};

static bool is_by(const struct tally *tally, Tefter__ReportBy by)
{
    for (size_t i = 0; i < tally->what->n_by; i++)
        if (tally->what->by[i] == by)
            return true;
    return false;
}

#define BY(name) is_by(tally, TEFTER__REPORT_BY__BY_##name)

/* ---- keys ---- */

static uint32_t first_of_month(uint32_t date)
{
    return date - (uint32_t)civil_of_date(date).day + 1;
}

static uint32_t branch_at_hand(const struct tally *tally)
{
    if (tally->paper != NULL)
        return tally->paper->branch;
    const Tefter__CustomerRecord *customer = customer_get(tally->scratch, tally->customer);
    return customer != NULL ? customer->branch : 0;
}

/* A row that has the key of what is at hand and nothing else. */
static void key_of(const struct tally *tally, Tefter__ReportRow *key)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    tefter__report_row__init(key);
    FIELD_SET_IF(key, branch, BY(BRANCH), BY(BRANCH) ? branch_at_hand(tally) : 0);
    FIELD_SET_IF(key, customer, BY(CUSTOMER), BY(CUSTOMER) ? tally->customer : 0);
    FIELD_SET_IF(key, product, BY(PRODUCT), BY(PRODUCT) ? tally->product : 0);
    if (paper == NULL)
        return;
    bool dated = BY(DAY) || BY(MONTH);
    uint32_t date = BY(DAY) || !dated ? paper->date : first_of_month(paper->date);
    FIELD_SET_IF(key, date, dated || BY(DOCUMENT), dated || BY(DOCUMENT) ? date : 0);
    FIELD_SET_IF(key, staff, BY(STAFF), BY(STAFF) ? paper_hand(paper) : 0);
    FIELD_SET_IF(key, kind, BY(KIND) || BY(DOCUMENT), paper->kind);
    bool paid = BY(PAYMENT_KIND) && paper->has_payment_kind;
    FIELD_SET_IF(key, payment_kind, paid, paper->payment_kind);
    FIELD_SET_IF(key, document, BY(DOCUMENT), BY(DOCUMENT) ? paper->document : 0);
}

static bool same_key(const Tefter__ReportRow *a, const Tefter__ReportRow *b)
{
    return a->date == b->date && a->branch == b->branch && a->staff == b->staff &&
           a->customer == b->customer && a->has_kind == b->has_kind &&
           (!a->has_kind || a->kind == b->kind) && a->product == b->product &&
           a->has_payment_kind == b->has_payment_kind &&
           (!a->has_payment_kind || a->payment_kind == b->payment_kind) &&
           a->document == b->document;
}

static size_t first_place(const Tefter__ReportRow *key)
{
    const uint64_t parts[] = {key->date,
                              key->branch,
                              key->staff,
                              key->customer,
                              key->has_kind ? (uint64_t)key->kind : 0,
                              key->product,
                              key->has_payment_kind ? (uint64_t)key->payment_kind : 0,
                              key->document};
    uint64_t mixed = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mixed = (mixed ^ parts[i]) * UINT64_C(0x9E3779B97F4A7C15) ^ mixed >> 29;
    return (mixed >> 32) % PLACES;
}

/* ---- words ---- */

static void put_customer(struct tally *tally, Tefter__ReportRow *row)
{
    const Tefter__CustomerRecord *customer = customer_get(tally->scratch, tally->customer);
    if (customer == NULL)
        return;
    FIELD_SET(row, customer, tally->customer);
    row->code = tx_text(tally->tx, customer->code);
    row->name = tx_copy(tally->tx, &customer->name->base);
}

static void put_staff(struct tally *tally, Tefter__ReportRow *row)
{
    uint32_t number = BY(STAFF) ? paper_hand(tally->paper) : tally->paper->actor->staff;
    const Tefter__StaffRecord *staff = staff_get(tally->scratch, number);
    row->login = staff != NULL ? tx_text(tally->tx, staff->login) : NULL;
}

static void put_product(struct tally *tally, Tefter__ReportRow *row)
{
    const Tefter__ProductRecord *product =
        tally->product != 0 ? product_get(tally->scratch, tally->product) : NULL;
    if (product == NULL)
        return;
    row->product_code = tx_text(tally->tx, product->code);
    row->product_name = tx_text(tally->tx, product->name);
}

static void put_words(struct tally *tally, Tefter__ReportRow *row)
{
    if (BY(CUSTOMER) || BY(DOCUMENT))
        put_customer(tally, row);
    if (tally->paper != NULL && (BY(STAFF) || BY(DOCUMENT)))
        put_staff(tally, row);
    if (BY(PRODUCT))
        put_product(tally, row);
    if (!BY(DOCUMENT) || tally->paper == NULL)
        return;
    row->number = tx_text(tally->tx, tally->paper->number);
    FIELD_SET(row, branch, tally->paper->branch);
}

/* ---- rows ---- */

void report_rows_begin(struct tally *tally)
{
    tally->places = tx_take(tally->tx, PLACES * sizeof *tally->places);
    tally->hidden = tx_take(tally->tx, ROWS_MOST * sizeof *tally->hidden);
    tally->answer->rows = tx_take(tally->tx, ROWS_MOST * sizeof(Tefter__ReportRow *));
}

bool report_rows_fit(const struct tally *tally, size_t count)
{
    const Tefter__CustomerRecord *customer = customer_get(tally->scratch, tally->customer);
    size_t name = customer != NULL && BY(CUSTOMER) ? customer->name->size : 0;
    return tally->answer->n_rows + count <= ROWS_MOST &&
           tally->bytes + count * (ROW_SUMS + ROW_WORDS + name) <= PAGE_BYTES_MAX;
}

static Tefter__ReportRow *new_row(struct tally *tally, const Tefter__ReportRow *key)
{
    Tefter__ReportRow *row = tx_new(tally->tx, &tefter__report_row__descriptor);
    *row = *key;
    put_words(tally, row);
    tally->bytes += tx_size(&row->base) + ROW_SUMS;
    return row;
}

Tefter__ReportRow *report_row(struct tally *tally)
{
    Tefter__ReportAnswer *answer = tally->answer;
    Tefter__ReportRow key;
    key_of(tally, &key);
    size_t place = first_place(&key);
    for (;; place = (place + 1) % PLACES) {
        uint16_t at = tally->places[place];
        if (at == 0)
            break;
        Tefter__ReportRow *row = answer->rows[at - 1];
        Tefter__ReportRow plain = *row;
        /* words that stand beside the key of a paper's row */
        if (BY(DOCUMENT)) {
            plain.branch = BY(BRANCH) ? plain.branch : 0;
            plain.customer = BY(CUSTOMER) ? plain.customer : 0;
        }
        if (!same_key(&plain, &key))
            continue;
        tally->at = at - 1U;
        return row;
    }
    Tefter__ReportRow *row = new_row(tally, &key);
    need(answer->n_rows < ROWS_MOST);
    answer->rows[answer->n_rows++] = row;
    tally->places[place] = (uint16_t)answer->n_rows;
    tally->at = answer->n_rows - 1;
    return row;
}

/* ---- sums ---- */

#define ADD(row, field, amount)                                                                    \
    ((row)->has_##field = 1, (row)->field = tx_sum(tally->tx, (row)->field, (amount)))
#define COUNT(row, field, some) ((row)->has_##field = 1, (row)->field += (some))

static void add_bill(struct tally *tally, Tefter__ReportRow *row)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    struct account *account = account_open(tally->scratch, paper->customer);
    const struct item *item = account_item(tally->scratch, account, paper->document);
    int64_t open = item != NULL ? item->record->open_minor : 0;
    bool late = paper->has_due && paper->due < tally->today;
    ADD(row, open_minor, open);
    ADD(row, overdue_minor, late ? open : 0);
    if (paper_opens_balance(paper))
        return;
    ADD(row, sold_minor, paper->total_minor);
    ADD(row, on_credit_minor, item != NULL ? item_on_credit(item->record) : 0);
}

static void add_unmatched(struct tally *tally, Tefter__ReportRow *row)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    struct account *account = account_open(tally->scratch, paper->customer);
    const struct item *item = account_item(tally->scratch, account, paper->document);
    ADD(row, unmatched_minor, item != NULL ? item->record->open_minor : 0);
}

static int64_t line_discounts(struct tally *tally)
{
    int64_t sum = 0;
    for (size_t i = 0; i < tally->paper->n_lines; i++)
        sum = tx_sum(tally->tx, sum, tally->paper->lines[i]->discount_minor);
    return sum;
}

/* Net, tax and discount of bills, less those of credit notes. */
static void add_goods(struct tally *tally, Tefter__ReportRow *row, int sign)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    ADD(row, net_minor, sign * (paper->has_net_minor ? paper->net_minor : paper->total_minor));
    ADD(row, tax_minor, sign * paper->tax_minor);
    if (sign > 0)
        ADD(row, discount_minor, line_discounts(tally));
}

static void add_kind(struct tally *tally, Tefter__ReportRow *row)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    switch (paper->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        add_bill(tally, row);
        if (!paper_opens_balance(paper))
            add_goods(tally, row, 1);
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        add_unmatched(tally, row);
        if (paper_opens_balance(paper))
            break;
        ADD(row, credited_minor, paper->total_minor);
        add_goods(tally, row, -1);
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        ADD(row, collected_minor, paper_money(paper));
        add_unmatched(tally, row);
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        ADD(row, refunded_minor, paper_money(paper));
        break;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
}

/* ---- what somebody may want to look at again ---- */

static bool over_limit(const Tefter__DocumentRecord *paper)
{
    return paper->decision != NULL && paper->decision->over_by_minor > 0;
}

/* What an import brings is of its day whenever it comes. */
static bool backdated(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    const Tefter__BranchRecord *branch = branch_get(tally->scratch, paper->branch);
    if (paper->backfill || branch == NULL)
        return false;
    return date_of_instant(paper->recorded_ms, branch->utc_offset_minutes * 60) > paper->date;
}

static bool discounted(struct tally *tally)
{
    enum { PARTS = 10 };
    const Tefter__DocumentRecord *paper = tally->paper;
    int64_t discount = line_discounts(tally);
    return discount > 0 && tx_sum(tally->tx, paper->net_minor, discount) / PARTS <= discount;
}

static bool jumped(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    const Tefter__AccountRow *account =
        credit_account_row(tally->scratch, tally->customer, tally->today);
    int64_t moved = paper->balance_minor < 0 ? -paper->balance_minor : paper->balance_minor;
    return account != NULL && !account->unlimited && account->limit_minor > 0 &&
           moved >= account->limit_minor;
}

/* What was taken back, and not to be written anew: that is told by the paper that corrects it. */
static bool only_reversed(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    return paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL &&
           !document_tail(tally->scratch, paper->about)->has_corrected_by;
}

static bool is_odd(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    if (!tally->what->has_odd)
        return true;
    switch (tally->what->odd) {
    case TEFTER__REPORT_ODD__ODD_BACKDATED:
        return backdated(tally);
    case TEFTER__REPORT_ODD__ODD_DISCOUNT:
        return discounted(tally);
    case TEFTER__REPORT_ODD__ODD_REVERSED:
        return only_reversed(tally);
    case TEFTER__REPORT_ODD__ODD_CORRECTED:
        return paper->has_corrects;
    case TEFTER__REPORT_ODD__ODD_OVER_LIMIT:
        return over_limit(paper);
    case TEFTER__REPORT_ODD__ODD_JUMP:
        return jumped(tally);
    case _TEFTER__REPORT_ODD_IS_INT_SIZE:
        break;
    }
    return false;
}

/* ---- what is at hand ---- */

static bool in_cash(const Tefter__DocumentRecord *paper)
{
    return paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE ||
           paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND ||
           (paper->has_payment_kind && paper->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH);
}

enum { HIDES_MONEY = 1, HIDES_SALES = 2 };

/* Nobody counts what they have seen, nor what the bills come to that it paid. */
static void hide(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    if (!tills_hide(&tally->waiting, paper->branch, paper->date))
        return;
    if (in_cash(paper))
        tally->hidden[tally->at] |= HIDES_MONEY;
    if (paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE &&
        report_paid_in_cash(tally->scratch, &tally->waiting, paper->customer, paper->document))
        tally->hidden[tally->at] |= HIDES_SALES;
}

void report_rows_hide(struct tally *tally)
{
    for (size_t i = 0; i < tally->answer->n_rows; i++) {
        Tefter__ReportRow *row = tally->answer->rows[i];
        bool money = tally->hidden[i] & HIDES_MONEY;
        bool sales = tally->hidden[i] & HIDES_SALES;
        FIELD_SET_IF(row, money_hidden, money, money);
        FIELD_SET_IF(row, sold_hidden, sales, sales);
        if (money)
            row->has_collected_minor = row->has_refunded_minor = row->has_balance_minor =
                row->has_unmatched_minor = false;
        if (sales)
            row->has_sold_minor = row->has_net_minor = row->has_tax_minor =
                row->has_discount_minor = row->has_open_minor = row->has_overdue_minor =
                    row->has_balance_minor = false;
    }
}

/* Of what is unusual papers that stand are told; reversals and corrections that were reversed since
 * when they are asked for. */
static bool is_told(struct tally *tally, bool gone)
{
    bool tells_gone = !tally->what->has_odd ||
                      tally->what->odd == TEFTER__REPORT_ODD__ODD_REVERSED ||
                      tally->what->odd == TEFTER__REPORT_ODD__ODD_CORRECTED;
    return is_odd(tally) && (!gone || tells_gone);
}

void report_add_paper(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    bool reversal = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL;
    bool gone = reversal || document_tail(tally->scratch, paper->document)->has_reversed_by;
    if (!is_told(tally, gone))
        return;
    Tefter__ReportRow *row = report_row(tally);
    COUNT(row, reversed, only_reversed(tally) ? 1 : 0);
    ADD(row, reversed_minor, only_reversed(tally) ? paper->total_minor : 0);
    COUNT(row, corrected, paper->has_corrects ? 1 : 0);
    COUNT(row, written, reversal ? 0 : 1);
    row->count += !gone || tally->what->has_odd;
    if (gone)
        return;
    COUNT(row, over_limit, over_limit(paper) ? 1 : 0);
    COUNT(row, backdated, backdated(tally) ? 1 : 0);
    ADD(row, balance_minor, paper->balance_minor);
    add_kind(tally, row);
    hide(tally);
}

static void add_cost(struct tally *tally, Tefter__ReportRow *row, int64_t quantity,
                     int64_t net_minor)
{
    const Tefter__ProductRecord *product =
        tally->product != 0 ? product_get(tally->scratch, tally->product) : NULL;
    int64_t cost_minor;
    if (!tally->sees_cost || product == NULL || !product->has_cost ||
        !money_line(quantity < 0 ? -quantity : quantity, product->cost, &cost_minor))
        return;
    cost_minor = quantity < 0 ? -cost_minor : cost_minor;
    ADD(row, cost_minor, cost_minor);
    ADD(row, margin_minor, tx_difference(tally->tx, net_minor, cost_minor));
}

static void add_line(struct tally *tally, const Tefter__DocumentLine *line, int sign)
{
    int64_t quantity = sign * (line->has_base_quantity ? line->base_quantity : line->quantity);
    tally->product = line->has_product ? line->product : 0;
    if (tally->what->has_product && tally->what->product != tally->product)
        return;
    Tefter__ReportRow *row = report_row(tally);
    row->count++;
    ADD(row, quantity, quantity);
    ADD(row, net_minor, sign * line->net_minor);
    ADD(row, tax_minor, sign * line->tax_minor);
    ADD(row, discount_minor, sign * line->discount_minor);
    add_cost(tally, row, quantity, sign * line->net_minor);
    hide(tally);
}

void report_add_lines(struct tally *tally)
{
    const Tefter__DocumentRecord *paper = tally->paper;
    bool bill = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    bool note = paper->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    if ((!bill && !note) || document_tail(tally->scratch, paper->document)->has_reversed_by ||
        !is_odd(tally))
        return;
    for (size_t i = 0; i < paper->n_lines; i++)
        add_line(tally, paper->lines[i], bill ? 1 : -1);
}

void report_add_customer(struct tally *tally)
{
    uint32_t record = tally->customer;
    const Tefter__AccountRecord *account = account_field(tally->scratch, record);
    struct overdue overdue;
    account_overdue_on(tally->scratch, record, tally->today, &overdue);
    tally->customer = customer_leads_to(tally->scratch, record);
    Tefter__ReportRow *row = report_row(tally);
    row->count += record == tally->customer;
    ADD(row, balance_minor, account->balance_minor);
    ADD(row, open_minor, account->bills_minor);
    ADD(row, overdue_minor, overdue.minor);
    ADD(row, unmatched_minor, tx_sum(tally->tx, account->unmatched_minor, account->waiting_minor));
}
