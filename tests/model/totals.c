#include "totals.h"

#include "totals/totals.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

struct beside {
    struct totals *moved;
    char what[4096];
};

struct beside *beside_create(void)
{
    struct beside *beside = calloc(1, sizeof *beside);
    beside->moved = totals_create();
    totals_filled_all(beside->moved);
    return beside;
}

void beside_destroy(struct beside *beside)
{
    totals_destroy(beside->moved);
    free(beside);
}

void beside_move(struct beside *beside, const struct ledger_result *result)
{
    const struct totals_command command = {.seq = result->seq,
                                           .at_ms = result->at_ms,
                                           .staff = result->author.staff,
                                           .login = result->author.login,
                                           .events = result->events,
                                           .event_count = result->event_count};
    for (size_t i = 0; i < result->row_count; i++)
        if (result->rows[i].account != NULL)
            totals_account(beside->moved, result->rows[i].account);
    for (size_t i = 0; i < result->figure_count; i++)
        totals_figure(beside->moved, &result->figures[i]);
    totals_command(beside->moved, &command);
}

/* ---- as at a start ---- */

static void say(void *context, const struct figure *figure)
{
    totals_figure(context, figure);
}

static struct totals *filled(struct ledger_view *view)
{
    struct totals *totals = totals_create();
    uint32_t customers = ledger_view_customers(view);
    bool good = ledger_view_day_figures(view, say, totals);
    for (uint32_t customer = 1; good && customer <= customers; customer++) {
        struct ledger_customer_figures figures;
        good = ledger_view_customer_figures(view, customer, &figures);
        if (!good)
            break;
        totals_fill(totals, customer, figures.account);
        for (size_t i = 0; i < figures.count; i++)
            totals_figure(totals, &figures.figures[i]);
    }
    totals_filled_all(totals);
    if (good)
        return totals;
    totals_destroy(totals);
    return NULL;
}

/* ---- comparing ---- */

static const char *text_of(const Tefter__TotalsRow *row, struct buffer *out)
{
    buffer_clear(out);
    if (row == NULL || !message_to_json(&row->base, out))
        return "none";
    (void)buffer_put(out, "", 1);
    return (const char *)out->data;
}

/* What changed a figure last is told to people; nobody counts it anew. */
static void leave_lasts(Tefter__TotalsRow *row)
{
    row->last_owed = row->last_overdue = row->last_unmatched = NULL;
    row->last_sold = row->last_collected = NULL;
}

/* behind: terms or the day have changed, and some customers are not told yet. Who is over their
 * limit follows their rows. */
static bool same(struct beside *beside, const char *what, const struct totals *totals,
                 const Tefter__TotalsRow *counted, bool behind, struct arena *arena)
{
    Tefter__TotalsRow *row = totals_row(totals, counted->branch, counted->seq, arena);
    struct slice right = message_pack(&counted->base, arena);
    if (row != NULL)
        leave_lasts(row);
    if (row != NULL && behind) {
        row->over_limit = counted->over_limit;
        row->over_limit_minor = counted->over_limit_minor;
    }
    if (row != NULL && slice_equal(message_pack(&row->base, arena), right))
        return true;
    struct buffer one, other;
    buffer_init(&one, 1 << 20);
    buffer_init(&other, 1 << 20);
    snprintf(beside->what, sizeof beside->what, "totals %s: %s\n  counted anew: %s", what,
             text_of(row, &one), text_of(counted, &other));
    buffer_fini(&one);
    buffer_fini(&other);
    return false;
}

const char *beside_compare(struct beside *beside, struct ledger_view *view, bool behind,
                           struct arena *arena)
{
    Tefter__TotalsView wish = TEFTER__TOTALS_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TOTALS;
    query.totals = &wish;
    if (ledger_view_company(view) == NULL)
        return NULL;
    const Tefter__Answer *answer = ledger_view_answer(view, &query, NULL, NULL, LEDGER_WORK_ANY);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_TOTALS)
        return "the totals cannot be counted";
    struct totals *anew = filled(view);
    bool good = anew != NULL;
    for (size_t i = 0; good && i < answer->totals->n_rows; i++)
        good = same(beside, "as they were moved", beside->moved, answer->totals->rows[i], behind,
                    arena) &&
               same(beside, "as a start fills them", anew, answer->totals->rows[i], false, arena);
    if (anew == NULL)
        snprintf(beside->what, sizeof beside->what, "the totals cannot be filled");
    totals_destroy(anew);
    return good ? NULL : beside->what;
}
