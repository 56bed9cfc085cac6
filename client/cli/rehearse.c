/* A change of policy, of bounds or of a role, rehearsed: what would be otherwise if it came now. */
#include "base/money.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

struct sums {
    uint32_t customers;
    uint32_t stopped;
    uint32_t freed;
    uint32_t raised;
    uint32_t lowered;
    uint32_t unbounded;
    int64_t raised_minor;
    int64_t lowered_minor;
    int64_t at_ms; /* of the newest page */
};

/* By how much: over the limit, without the sale that they were judged with; or what is overdue for
 * too long or too much. */
static int64_t over_of(const Tefter__Decision *decision)
{
    if (decision->over_by_minor > 0)
        return decision->over_by_minor - decision->amount_minor;
    return decision->has_too_old_minor ? decision->too_old_minor : decision->overdue_minor;
}

static void put_customer(struct run *run, struct table *table, const Tefter__RehearsedCustomer *row)
{
    char cell[CELL_MAX];
    char limit[CELL_MAX];
    const Tefter__Decision *after = row->after;
    table_cell(table, row->who->code);
    table_cell(table, row->who->name != NULL ? row->who->name->value : "");
    (void)enum_said(run, &tefter__refusal_code__descriptor, (int)row->code, cell);
    table_cell(table, row->stopped ? cell : run_word(run, N_("sells again")));
    table_cell(table, money_text(run, after->exposure_minor, cell));
    table_cell(table, after->unlimited ? run_word(run, N_("unlimited"))
                                       : money_text(run, after->limit_minor, limit));
    table_cell(table, row->stopped ? money_text(run, over_of(after), cell) : "");
}

static void show_customers(struct run *run, const Tefter__RehearseAnswer *answer)
{
    struct table *table = table_create(run);
    table_column(table, N_("CODE"), false);
    table_column(table, N_("NAME"), false);
    table_column(table, N_("WHY"), false);
    table_column(table, N_("USED"), true);
    table_column(table, N_("LIMIT THEN"), true);
    table_column(table, N_("amount::BY"), true);
    for (size_t i = 0; i < answer->n_rows; i++)
        put_customer(run, table, answer->rows[i]);
    if (answer->n_rows > 0)
        table_print(table, stdout);
}

static void show_person(struct run *run, const Tefter__RehearsedPerson *person)
{
    char before[CELL_MAX];
    char after[CELL_MAX];
    tell(stdout, "%s (%s)\n", person->login, run_word(run, role_word(person->role)));
    for (size_t i = 0; i < person->n_rights; i++) {
        const Tefter__RehearsedRight *right = person->rights[i];
        run_tell(run,
                 !right->lost         ? N_("  may: {right}")
                 : right->others == 0 ? N_("  no longer may: {right}; nobody else may")
                                      : N_("  no longer may: {right}"),
                 "right", run_word(run, right_words(right->right)), NULL);
    }
    for (size_t i = 0; i < person->n_thresholds; i++) {
        const Tefter__RehearsedThreshold *one = person->thresholds[i];
        run_tell(run, N_("  {what}: {before}, then {after}"), "what",
                 run_word(run, threshold_words(one->threshold)), "before",
                 threshold_most_text(run, one->threshold, one->has_before, one->before, before),
                 "after",
                 threshold_most_text(run, one->threshold, one->has_after, one->after, after), NULL);
    }
}

/* At the most what 64 bits hold. */
static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    return money_add(a, b, &sum) ? sum : INT64_MAX;
}

static void add_page(const Tefter__RehearseAnswer *answer, struct sums *sums)
{
    sums->customers += answer->customers;
    sums->stopped += answer->stopped;
    sums->freed += answer->freed;
    sums->raised += answer->raised;
    sums->lowered += answer->lowered;
    sums->unbounded += answer->unbounded;
    sums->raised_minor = sum_of(sums->raised_minor, answer->raised_minor);
    sums->lowered_minor = sum_of(sums->lowered_minor, answer->lowered_minor);
    sums->at_ms = answer->has_at_ms ? answer->at_ms : 0;
}

static const char *customers(const struct run *run, uint64_t count, char out[CELL_MAX])
{
    return run_count(run, MANY_("{count} customer", "{count} customers"), count, out);
}

/* How much credit it gives and takes. */
static void tell_credit(struct run *run, const struct sums *sums)
{
    char sum[CELL_MAX];
    uint32_t bounded = sums->raised - sums->unbounded;
    if (bounded > 0)
        run_tell(run, N_("Raises the limits of {who}, by {sum} together."), "who",
                 customers(run, bounded, CELL), "sum", money_text(run, sums->raised_minor, sum),
                 NULL);
    if (sums->unbounded > 0)
        run_tell(run, N_("Leaves {who} without a limit."), "who",
                 customers(run, sums->unbounded, CELL), NULL);
    if (sums->lowered > 0)
        run_tell(run, N_("Lowers the limits of {who}, by {sum} together."), "who",
                 customers(run, sums->lowered, CELL), "sum",
                 money_text(run, sums->lowered_minor, sum), NULL);
}

static void tell_customers(struct run *run, const struct sums *sums)
{
    char at[CELL_MAX];
    if (sums->customers == 0)
        return;
    tell_credit(run, sums);
    run_tell(run,
             N_("Would stop {stopped} now and free {freed}, of {all}|, as of {time}|. Nothing was "
                "changed."),
             "stopped", customers(run, sums->stopped, CELL), "freed",
             customers(run, sums->freed, CELL), "all", customers(run, sums->customers, CELL),
             "time", sums->at_ms != 0 ? time_text(run, sums->at_ms, at) : NULL, NULL);
}

static void tell_people(struct run *run, const Tefter__RehearseAnswer *answer)
{
    for (size_t i = 0; i < answer->n_people; i++)
        show_person(run, answer->people[i]);
    if (answer->has_people_less)
        run_tell(run, N_("{less} of the staff could do less, {more} more. Nothing was changed."),
                 "less", NUMBER(answer->people_less), "more", NUMBER(answer->people_more), NULL);
}

int rehearse_run(struct run *run, Tefter__Command *command)
{
    enum { ROWS = 500 };
    struct sums sums = {.customers = 0};
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Rehearse rehearse = TEFTER__REHEARSE__INIT;
    query.kind_case = TEFTER__QUERY__KIND_REHEARSE;
    query.rehearse = &rehearse;
    rehearse.command = command;
    rehearse.has_rows = true;
    rehearse.rows = ROWS;
    for (;;) {
        const Tefter__Answer *answer = run_ask(run, &query);
        if (answer == NULL)
            return run->exit_code;
        const Tefter__RehearseAnswer *page = answer->rehearse;
        if (run->json)
            run_json(run, &page->base);
        if (page->refusal != NULL)
            return run->json ? refusal_exit(page->refusal->code) : run_refused(run, page->refusal);
        if (!run->json) {
            show_customers(run, page);
            tell_people(run, page);
        }
        add_page(page, &sums);
        if (!page->has_next)
            break;
        rehearse.has_page = true;
        rehearse.page = page->next;
    }
    if (!run->json)
        tell_customers(run, &sums);
    return EXIT_DONE;
}
