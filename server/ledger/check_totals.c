/*
 * The totals, as a start fills them from the figures that the records say (server/totals), against
 * the same counted from the records without that. Both of one state: a figure that is said wrong,
 * or summed up wrong, is named with its branch.
 */
#include "domain/domain.h"
#include "ledger/inside.h"

#include "totals/totals.h"

#include <stddef.h>
#include <stdio.h>

enum { TOTALS_ROW_MEMORY = 1 << 20 };

struct compared {
    const char *what;
    size_t at;
    bool wide; /* 64 bits */
};

#define WIDE(field, words)                                                                         \
    {                                                                                              \
        words, offsetof(Tefter__TotalsRow, field), true                                            \
    }
#define COUNT(field, words)                                                                        \
    {                                                                                              \
        words, offsetof(Tefter__TotalsRow, field), false                                           \
    }

/* All but what changed a figure last, which nobody counts. */
static const struct compared figures[] = {
    COUNT(date, "business date"),
    WIDE(owed_minor, "owed"),
    WIDE(in_credit_minor, "in credit"),
    COUNT(owing, "how many owe"),
    WIDE(bills_minor, "unpaid bills"),
    COUNT(bills, "how many unpaid bills"),
    WIDE(overdue_minor, "overdue"),
    COUNT(overdue_bills, "how many bills are overdue"),
    WIDE(unmatched_minor, "not yet matched"),
    COUNT(unmatched, "how many are not yet matched"),
    WIDE(unmatched_since_ms, "the oldest that is not yet matched"),
    COUNT(over_limit, "how many are over their limit"),
    WIDE(over_limit_minor, "over the limit"),
    WIDE(sold_minor, "sold"),
    COUNT(sold, "how many sales"),
    WIDE(on_credit_minor, "sold on credit"),
    WIDE(collected_minor, "collected"),
    COUNT(collected, "how many payments"),
    WIDE(credited_minor, "credited"),
    COUNT(credited, "how many credit notes"),
    WIDE(refunded_minor, "refunded"),
    COUNT(refunded, "how many refunds"),
    WIDE(reversed_minor, "reversed"),
    COUNT(reversed, "how many reversals"),
};

static int64_t value_of(const Tefter__TotalsRow *row, const struct compared *figure)
{
    const uint8_t *at = (const uint8_t *)row + figure->at;
    return figure->wide ? *(const int64_t *)(const void *)at
                        : (int64_t) * (const uint32_t *)(const void *)at;
}

static bool wrong(struct ledger_check *result, uint32_t branch, const char *what, int64_t kept,
                  int64_t counted)
{
    snprintf(result->what, sizeof result->what,
             "totals of branch %u, %s: %lld by the figures, %lld is counted", branch, what,
             (long long)kept, (long long)counted);
    return false;
}

static const Tefter__MoneyOfKind *money_of(const Tefter__TotalsRow *row, Tefter__PaymentKind kind)
{
    for (size_t i = 0; i < row->n_collected_by_kind; i++)
        if (row->collected_by_kind[i]->kind == kind)
            return row->collected_by_kind[i];
    return NULL;
}

static bool same_kinds(const Tefter__TotalsRow *row, const Tefter__TotalsRow *counted,
                       struct ledger_check *result)
{
    for (size_t i = 0; i < counted->n_collected_by_kind; i++) {
        const Tefter__MoneyOfKind *right = counted->collected_by_kind[i];
        const Tefter__MoneyOfKind *kept = money_of(row, right->kind);
        if (kept == NULL || kept->count != right->count ||
            kept->amount_minor != right->amount_minor)
            return wrong(result, row->branch, "collected of a kind",
                         kept != NULL ? kept->amount_minor : 0, right->amount_minor);
    }
    return row->n_collected_by_kind == counted->n_collected_by_kind ||
           wrong(result, row->branch, "kinds of money", (int64_t)row->n_collected_by_kind,
                 (int64_t)counted->n_collected_by_kind);
}

static bool same_row(const Tefter__TotalsRow *row, const Tefter__TotalsRow *counted,
                     struct ledger_check *result)
{
    if (row == NULL)
        return wrong(result, counted->branch, "its row", 0, 1);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (value_of(row, &figures[i]) != value_of(counted, &figures[i]))
            return wrong(result, row->branch, figures[i].what, value_of(row, &figures[i]),
                         value_of(counted, &figures[i]));
    return same_kinds(row, counted, result);
}

/* ---- as a start fills them ---- */

static void say(void *context, const struct figure *figure)
{
    totals_figure(context, figure);
}

static void fill_customer(struct tx *scratch, struct totals *totals, uint32_t customer)
{
    struct figure_account account;
    const struct figure *list;
    size_t count;
    if (!row_account_figure(scratch, customer, &account)) {
        totals_fill(totals, customer, NULL);
        return;
    }
    totals_fill(totals, customer, &account);
    report_customer_figures(scratch, customer, &list, &count);
    for (size_t i = 0; i < count; i++)
        totals_figure(totals, &list[i]);
}

static void fill(struct tx *tx, struct totals *totals)
{
    const struct report_listener listener = {say, totals};
    uint32_t customers = company_customers(tx);
    report_day_figures(tx, &listener);
    struct tx *scratch = tx_scratch_begin(tx);
    for (uint32_t customer = 1; customer <= customers && !totals_lost(totals); customer++) {
        tx_scratch_next(scratch);
        fill_customer(scratch, totals, customer);
    }
    tx_scratch_end(scratch);
    totals_filled_all(totals);
}

/* ---- both ---- */

static bool compare(const struct totals *totals, const Tefter__TotalsAnswer *counted,
                    struct ledger_check *result)
{
    bool right = true;
    struct arena arena;
    arena_init(&arena, TOTALS_ROW_MEMORY);
    for (size_t i = 0; i < counted->n_rows && right; i++) {
        arena_reset(&arena);
        right = same_row(totals_row(totals, counted->rows[i]->branch, 0, &arena), counted->rows[i],
                         result);
    }
    arena_fini(&arena);
    return right;
}

bool check_totals(struct tx *tx, struct totals *totals, struct ledger_check *result)
{
    const Tefter__TotalsView all = TEFTER__TOTALS_VIEW__INIT;
    Tefter__TotalsAnswer *counted = tx_new(tx, &tefter__totals_answer__descriptor);
    if (!company_exists(tx))
        return true;
    fill(tx, totals);
    (void)view_totals(tx, &all, counted);
    result->totals = (uint32_t)counted->n_rows;
    return !totals_lost(totals) && compare(totals, counted, result);
}
