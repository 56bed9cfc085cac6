/* A statement: every document of a customer, or of who pays and of all their sites, and what is
 * owed after it. Of a family one list for each, or one for all in order of dates. */
#include "base/limits.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <stdlib.h>

/* ---- reading ---- */

struct part {
    const Tefter__CustomerEntry *who;
    const Tefter__HistoryAnswer *last; /* page: what is owed */
};

struct line {
    const struct part *part;
    Tefter__HistoryRow *row;
};

struct statement {
    struct run *run;
    struct part *parts;
    size_t part_count;
    struct line *lines; /* of the parts, one behind the other */
    size_t line_count;
    size_t line_room;
};

static void keep_page(struct statement *statement, struct part *part,
                      const Tefter__HistoryAnswer *page)
{
    for (size_t i = 0; i < page->n_rows; i++) {
        need(ARENA_GROW(&statement->run->arena, statement->lines, statement->line_room,
                        statement->line_count + 1));
        statement->lines[statement->line_count++] = (struct line){part, page->rows[i]};
    }
    part->last = page;
}

/* All pages, oldest first. */
static bool read_part(struct statement *statement, struct part *part)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerHistory history = TEFTER__CUSTOMER_HISTORY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_HISTORY;
    query.history = &history;
    history.has_customer = true;
    history.customer = part->who->who->customer;
    history.has_oldest_first = true;
    history.oldest_first = true;
    history.has_rows = true;
    history.rows = PAGE_ROWS_MAX;
    do {
        const Tefter__Answer *answer = run_ask(statement->run, &query);
        if (answer == NULL)
            return false;
        if (statement->run->json)
            run_json(statement->run, &answer->history->base);
        keep_page(statement, part, answer->history);
        history.has_page = answer->history->has_next;
        history.page = answer->history->next;
    } while (history.has_page);
    return true;
}

static bool read_all(struct statement *statement, Tefter__CustomerEntry *const *who, size_t count)
{
    statement->parts = arena_take(&statement->run->arena, count * sizeof *statement->parts);
    need(statement->parts != NULL);
    statement->part_count = count;
    for (size_t i = 0; i < count; i++) {
        statement->parts[i] = (struct part){.who = who[i]};
        if (!read_part(statement, &statement->parts[i]))
            return false;
    }
    return true;
}

/* ---- printing ---- */

static struct table *table_begin(struct run *run, bool together)
{
    struct table *table = table_create(run);
    table_column(table, N_("DATE"), false);
    if (together)
        table_column(table, N_("CUSTOMER"), false);
    table_column(table, N_("KIND"), false);
    table_column(table, N_("NUMBER"), false);
    table_column(table, N_("DUE"), false);
    table_column(table, N_("AMOUNT"), true);
    table_column(table, N_("OPEN"), true);
    table_column(table, N_("BALANCE"), true);
    return table;
}

static void put_line(struct run *run, struct table *table, const struct line *line,
                     int64_t balance_minor, bool together)
{
    char cell[CELL_MAX];
    const Tefter__HistoryRow *row = line->row;
    table_cell(table, date_text(row->date, cell));
    if (together)
        table_cell(table, line->part->who->who->code);
    table_cell(table, enum_said(run, &tefter__document_kind__descriptor, (int)row->kind, cell));
    table_cell(table, row->number);
    table_cell(table, row->has_due ? date_text(row->due, cell) : "");
    table_cell(table, money_text(run, row->amount_minor, cell));
    table_cell(table, row->has_open_minor ? money_text(run, row->open_minor, cell) : "");
    table_cell(table, money_text(run, balance_minor, cell));
}

/* What a payer's money paid of a site's bills stands on the payer's documents. */
static void put_moved(struct run *run, const struct part *part)
{
    char amount[CELL_MAX];
    int64_t moved_minor = part->last->moved_minor;
    if (moved_minor < 0)
        run_tell(run, N_("Paid by who pays for them: {amount}"), "amount",
                 money_text(run, -moved_minor, amount), NULL);
    else if (moved_minor > 0)
        run_tell(run, N_("Paid for those for whom they pay: {amount}"), "amount",
                 money_text(run, moved_minor, amount), NULL);
}

static void put_part(const struct statement *statement, const struct part *part)
{
    char balance[CELL_MAX];
    struct run *run = statement->run;
    struct table *table = table_begin(run, false);
    tell(stdout, "%s  %s\n", part->who->who->code, text_of(part->who->who->name));
    for (size_t i = 0; i < statement->line_count; i++)
        if (statement->lines[i].part == part)
            put_line(run, table, &statement->lines[i], statement->lines[i].row->running_minor,
                     false);
    table_print(table, stdout);
    put_moved(run, part);
    tell(stdout, "%s\n\n", balance_text(run, part->last->balance_minor, balance));
}

static int by_date(const void *a, const void *b)
{
    const Tefter__HistoryRow *x = ((const struct line *)a)->row;
    const Tefter__HistoryRow *y = ((const struct line *)b)->row;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    if (x->recorded_ms != y->recorded_ms)
        return x->recorded_ms < y->recorded_ms ? -1 : 1;
    return x->document < y->document ? -1 : x->document > y->document;
}

static void put_together(const struct statement *statement)
{
    struct run *run = statement->run;
    struct table *table = table_begin(run, true);
    int64_t running_minor = 0;
    qsort(statement->lines, statement->line_count, sizeof *statement->lines, by_date);
    for (size_t i = 0; i < statement->line_count; i++) {
        running_minor += statement->lines[i].row->amount_minor;
        put_line(run, table, &statement->lines[i], running_minor, true);
    }
    table_print(table, stdout);
}

static void put_sum(const struct statement *statement)
{
    char balance[CELL_MAX];
    int64_t sum_minor = 0;
    for (size_t i = 0; i < statement->part_count; i++)
        sum_minor += statement->parts[i].last->balance_minor;
    run_tell(statement->run, N_("Together: {balance}"), "balance",
             balance_text(statement->run, sum_minor, balance), NULL);
}

static void put_statement(const struct statement *statement, bool together)
{
    if (together)
        put_together(statement);
    for (size_t i = 0; !together && i < statement->part_count; i++)
        put_part(statement, &statement->parts[i]);
    if (statement->part_count > 1)
        put_sum(statement);
}

int customer_statement(struct run *run)
{
    struct statement statement = {.run = run};
    bool with_sites = arg_flag(&run->args, "--with-sites");
    bool together = arg_flag(&run->args, "--together");
    const char *pdf = arg_text(&run->args, "--pdf");
    if (together && !with_sites)
        return run_say(run, EXIT_USE, N_("--together is said with --with-sites"), NULL);
    if (pdf != NULL && with_sites)
        return run_say(run, EXIT_USE, N_("--pdf is of one customer: without --with-sites"), NULL);
    if (pdf != NULL)
        return paper_statement(run, arg_text(&run->args, "CUSTOMER"), pdf);
    if (!run_open(run, true) || !run_need_person(run))
        return run->exit_code;
    const Tefter__CustomerCardAnswer *card = customer_find(run, arg_text(&run->args, "CUSTOMER"));
    if (card == NULL)
        return run->exit_code;
    Tefter__CustomerEntry alone = TEFTER__CUSTOMER_ENTRY__INIT;
    Tefter__CustomerEntry *one = &alone;
    alone.who = card->row;
    alone.account = card->account;
    const Tefter__CustomersAnswer *family =
        with_sites ? customer_family(run, card->row->customer) : NULL;
    if (with_sites && family == NULL)
        return run->exit_code;
    if (!read_all(&statement, with_sites ? family->rows : &one, with_sites ? family->n_rows : 1))
        return run->exit_code;
    if (!run->json)
        put_statement(&statement, together);
    return EXIT_DONE;
}
