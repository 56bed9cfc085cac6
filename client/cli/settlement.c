/* Statements of account: when customers settle, the statements that are made before they do, and
 * the settlement days with who was due. */
#include "base/date.h"
#include "base/limits.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- words typed ---- */

static const struct param cycle_params[] = {
    OPTIONAL("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER; none: see --group"),
    OPTION("--group", GROUP, "group", "of a group, for its members without a cycle of their own"),
    OPTION("--company", FLAG, NULL, "of the company, for who has none otherwise"),
    OPTIONS("--week", TEXT, NULL, "they settle on this weekday: mon, tue, wed, thu, fri, sat, sun"),
    OPTIONS("--month", NUMBER, NULL, "on this day of the month; 31: on its last day"),
    OPTIONS("--jalali", NUMBER, NULL, "on this day of the Persian month; 31: on its last day"),
    OPTION("--every", NUMBER, "cycle.every",
           "each so many days, 1 to 366; --from says one of them"),
    OPTION("--from", DATE, "cycle.from_date", "a day from which --every counts"),
    OPTION("--none", FLAG, NULL, "no statement comes by itself, whatever their group has"),
    OPTION("--clear", FLAG, NULL, "take the cycle away again"),
    OPTION("--ready", NUMBER, "cycle.ready_days",
           "days before they settle that it is ready, 1 to 28 (1)"),
    OPTION("--move", ENUM, "cycle.move", "where a day goes that is not worked"),
    END,
};

static const struct param workdays_params[] = {
    OPERAND("BRANCH", BRANCH, "branch", "code or number"),
    OPTIONS("--weekend", TEXT, NULL, "a weekday without work: mon, tue, wed, thu, fri, sat, sun"),
    OPTION("--holidays", TEXT, NULL,
           "file of days without work: a calendar (.ics), or a day a line"),
    END,
};

static const struct param make_params[] = {
    OPERAND("CUSTOMER", CUSTOMER, "customer", "code, or #NUMBER"),
    OPTION("--until", DATE, "until", "its last day (yesterday)"),
    END,
};

static const struct param show_params[] = {
    OPTIONAL("STATEMENT", TEXT, "number", "its number: ST-00017"),
    OPTION("--of", CUSTOMER, "customer", "the newest of this customer"),
    END,
};

static const struct param list_params[] = {
    OPTION("--of", CUSTOMER, "customer", "of this customer"),
    OPTION("--day", DATE, "settle_date", "of who settled on this day, also those who have none"),
    END,
};

static const struct param no_params[] = {END};

/* ---- days of the week and the month ---- */

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* Bits of all that were said; false: it is told what is none. */
static bool read_weekdays(struct run *run, const char *option, uint32_t *ret_bits)
{
    size_t at = 0;
    *ret_bits = 0;
    for (const char *text = arg_next(&run->args, option, &at); text != NULL;
         text = arg_next(&run->args, option, &at)) {
        size_t day = 0;
        while (day < 7 && strncasecmp(text, weekdays[day], 3) != 0)
            day++;
        if (day == 7) {
            (void)run_say(run, EXIT_USE,
                          N_("{day} is no day of the week: mon, tue, wed, thu, fri, sat, sun"),
                          "day", text, NULL);
            return false;
        }
        *ret_bits |= UINT32_C(1) << day;
    }
    return true;
}

static bool read_days(struct run *run, const char *option, uint32_t *ret_bits)
{
    size_t at = 0;
    *ret_bits = 0;
    for (const char *text = arg_next(&run->args, option, &at); text != NULL;
         text = arg_next(&run->args, option, &at)) {
        char *end;
        unsigned long day = strtoul(text, &end, 10);
        if (*end != '\0' || day < 1 || day > 31) {
            (void)run_say(run, EXIT_USE, N_("{day} is no day of a month: 1 to 31"), "day", text,
                          NULL);
            return false;
        }
        *ret_bits |= UINT32_C(1) << (day - 1);
    }
    return true;
}

/* ---- cycles ---- */

static int cycle_wrong(struct run *run)
{
    return run_say(run, EXIT_USE,
                   N_("say one of --week, --month, --jalali, --every with --from, --none, --clear"),
                   NULL);
}

/* What the options say of the kind; false: told. */
static bool read_cycle(struct run *run, Tefter__SetCycle *set, Tefter__Cycle *none)
{
    uint32_t week;
    uint32_t month;
    uint32_t jalali;
    bool nothing = arg_flag(&run->args, "--none");
    bool clear = arg_flag(&run->args, "--clear");
    if (!read_weekdays(run, "--week", &week) || !read_days(run, "--month", &month) ||
        !read_days(run, "--jalali", &jalali))
        return false;
    if (set->cycle == NULL)
        set->cycle = none;
    Tefter__Cycle *cycle = set->cycle;
    int said = (week != 0) + (month != 0) + (jalali != 0) + cycle->has_every + nothing + clear;
    if (said != 1 || cycle->has_every != cycle->has_from_date) {
        (void)cycle_wrong(run);
        return false;
    }
    cycle->kind = week != 0     ? TEFTER__CYCLE_KIND__CYCLE_WEEK
                  : month != 0  ? TEFTER__CYCLE_KIND__CYCLE_MONTH
                  : jalali != 0 ? TEFTER__CYCLE_KIND__CYCLE_JALALI_MONTH
                  : nothing     ? TEFTER__CYCLE_KIND__CYCLE_NONE
                                : TEFTER__CYCLE_KIND__CYCLE_EVERY;
    cycle->has_weekdays = week != 0;
    cycle->weekdays = week;
    cycle->has_days = (month | jalali) != 0;
    cycle->days = month | jalali;
    if (clear)
        set->cycle = NULL;
    return true;
}

static int cycle_run(struct run *run)
{
    Tefter__Cycle none = TEFTER__CYCLE__INIT;
    ProtobufCMessage *built = run_build(run, &tefter__command__descriptor, "set_cycle");
    if (built == NULL)
        return run->exit_code;
    Tefter__Command *command = (Tefter__Command *)built;
    Tefter__SetCycle *set = command->set_cycle;
    bool company = arg_flag(&run->args, "--company");
    if (set->has_customer + set->has_group + company != 1)
        return run_say(run, EXIT_USE, N_("say whose: CUSTOMER, --group or --company"), NULL);
    if (!read_cycle(run, set, &none))
        return run->exit_code;
    return run_submit(run, command,
                      set->cycle == NULL
                          ? N_("The cycle is taken away.")
                          : N_("The cycle is set. Statements come by themselves before the days "
                               "of settlement."));
}

/* ---- working days ---- */

static int holidays_wrong(struct run *run, const char *path)
{
    return run_say(run, EXIT_USE, N_("{file} cannot be read, or is too large"), "file", path, NULL);
}

static void tell_faults(struct run *run, const struct holidays *holidays)
{
    for (size_t i = 0; i < holidays->fault_count && i < HOLIDAY_FAULTS_MAX; i++)
        run_note(run, N_("line {line}: {why}"), "line", NUMBER(holidays->faults[i].line), "why",
                 run_word(run, holidays->faults[i].why), NULL);
}

/* Of this year and the two behind it: others are no longer, or not yet, of use. */
static bool read_holidays(struct run *run, const char *path, struct holidays *ret_holidays)
{
    uint32_t today = run_today(run);
    struct date_span span = {today > 366 ? today - 366 : DATE_MIN, today + 2 * 366};
    char *text = malloc(HOLIDAYS_FILE_MAX + 1);
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL && text != NULL ? fread(text, 1, HOLIDAYS_FILE_MAX + 1, file) : 0;
    bool good = file != NULL && text != NULL && ferror(file) == 0 &&
                holidays_read(text, size, span, ret_holidays);
    if (file != NULL)
        (void)fclose(file);
    free(text);
    if (!good)
        (void)holidays_wrong(run, path);
    return good;
}

static void set_holidays(struct run *run, Tefter__SetWorkdays *set, const struct holidays *holidays)
{
    set->holidays = arena_take(&run->arena, (holidays->count + 1) * sizeof *set->holidays);
    need(set->holidays != NULL);
    for (size_t i = 0; i < holidays->count; i++) {
        Tefter__Holiday *holiday = arena_take(&run->arena, sizeof *holiday);
        need(holiday != NULL);
        tefter__holiday__init(holiday);
        holiday->date = holidays->days[i].date;
        holiday->name = holidays->days[i].name[0] != '\0' ? holidays->days[i].name : NULL;
        set->holidays[set->n_holidays++] = holiday;
    }
}

static int workdays_run(struct run *run)
{
    struct holidays holidays = {.days = NULL};
    const char *path = arg_text(&run->args, "--holidays");
    ProtobufCMessage *built = run_build(run, &tefter__command__descriptor, "set_workdays");
    if (built == NULL)
        return run->exit_code;
    Tefter__Command *command = (Tefter__Command *)built;
    if (!read_weekdays(run, "--weekend", &command->set_workdays->weekend))
        return run->exit_code;
    if (path != NULL && !read_holidays(run, path, &holidays))
        return run->exit_code;
    tell_faults(run, &holidays);
    set_holidays(run, command->set_workdays, &holidays);
    int code = run_submit(run, command, N_("The working days of {BRANCH} are set."));
    if (code == EXIT_DONE && path != NULL && !run->json)
        run_tell(run, N_("Days without work: {count}"), "count", NUMBER(holidays.count), NULL);
    holidays_fini(&holidays);
    return code;
}

/* ---- one statement ---- */

static const struct column row_columns[] = {
    {N_("DATE"), "date", COLUMN_DATE},
    {N_("KIND"), "kind", COLUMN_ENUM},
    {N_("NUMBER"), "number", COLUMN_TEXT},
    {N_("DUE"), "due", COLUMN_DATE},
    {N_("AMOUNT"), "amount_minor", COLUMN_MONEY},
    {N_("BALANCE"), "running_minor", COLUMN_MONEY},
    {N_("late"), "late", COLUMN_FLAG},
    END_COLUMNS,
};

static void tell_amount(const struct run *run, const char *label, int64_t amount_minor)
{
    run_tell_fact(run, run_word(run, label), money_text(run, amount_minor, CELL));
}

static void tell_head(struct run *run, const Tefter__StatementAnswer *answer)
{
    char from[CELL_MAX];
    char until[CELL_MAX];
    const Tefter__StatementRecord *statement = answer->statement;
    run_tell(run, N_("Statement {number} of {customer}, {from} to {until}|, to be settled {day}|"),
             "number", statement->number, "customer", customer_name(run, statement->customer),
             "from", date_text(statement->from_date, from), "until",
             date_text(statement->until, until), "day",
             statement->has_settle_date ? date_text(statement->settle_date, CELL) : NULL, NULL);
    tell_amount(run, N_("Opening"), statement->opening_minor);
}

static void tell_foot(struct run *run, const Tefter__StatementAnswer *answer)
{
    const Tefter__StatementRecord *statement = answer->statement;
    if (statement->has_moved_minor)
        tell_amount(run, N_("Moved with who pays"), statement->moved_minor);
    if (statement->has_joined_minor)
        tell_amount(run, N_("Joined, less left"), statement->joined_minor);
    tell_amount(run, N_("Closing"), statement->closing_minor);
    if (statement->has_unmatched_minor)
        tell_amount(run, N_("Not yet matched"), statement->unmatched_minor);
    if (statement->has_uncleared_minor)
        tell_amount(run, N_("Not cleared"), statement->uncleared_minor);
    if (answer->has_same && !answer->same)
        run_note(run, N_("▲ The papers of these days are not those that were told."), NULL);
    if (answer->since > 0)
        run_note(run, N_("Written under these days since: {count}, {amount} together."), "count",
                 NUMBER(answer->since), "amount", money_text(run, answer->since_minor, CELL), NULL);
}

static int show_run(struct run *run)
{
    ProtobufCMessage *built = run_build(run, &tefter__query__descriptor, "statement");
    if (built == NULL)
        return run->exit_code;
    Tefter__Query *query = (Tefter__Query *)built;
    Tefter__StatementView *view = query->statement;
    if ((view->number != NULL) + view->has_customer != 1)
        return run_say(run, EXIT_USE, N_("say a STATEMENT, or --of CUSTOMER"), NULL);
    view->has_rows = true;
    view->rows = PAGE_ROWS_MAX;
    const Tefter__StatementAnswer *first = NULL;
    do {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return run->exit_code;
        const Tefter__StatementAnswer *page = answer->statement;
        if (run->json)
            run_json(run, &page->base);
        else if (first == NULL)
            tell_head(run, page);
        if (!run->json && page->n_rows > 0)
            table_rows(run, row_columns, (ProtobufCMessage *const *)page->rows, page->n_rows);
        first = first == NULL ? page : first;
        view->has_page = page->has_next;
        view->page = page->next;
    } while (view->has_page);
    if (!run->json)
        tell_foot(run, first);
    return EXIT_DONE;
}

/* ---- the table ---- */

static const struct column list_columns[] = {
    {N_("NUMBER"), "statement.number", COLUMN_TEXT},
    {N_("CODE"), "customer.code", COLUMN_TEXT},
    {N_("NAME"), "customer.name.value", COLUMN_TEXT},
    {N_("UNTIL"), "statement.until", COLUMN_DATE},
    {N_("SETTLES"), "statement.settle_date", COLUMN_DATE},
    {N_("OPENING"), "statement.opening_minor", COLUMN_MONEY},
    {N_("CLOSING"), "statement.closing_minor", COLUMN_MONEY},
    {N_("NONE, BECAUSE"), "none", COLUMN_ENUM},
    END_COLUMNS,
};

static const struct column day_columns[] = {
    {N_("DAY"), "settle_date", COLUMN_DATE},
    {N_("SETTLE"), "customers", COLUMN_NUMBER},
    {N_("STATEMENTS"), "statements", COLUMN_NUMBER},
    {N_("SEALED AT"), "sealed", COLUMN_NUMBER},
    END_COLUMNS,
};

const struct verb settlement_verbs[] = {
    {.entity = "statement",
     .verb = "cycle",
     .summary = "say on which days a customer, a group's members or all settle",
     .params = cycle_params,
     .command = "set_cycle",
     .run = cycle_run},
    {.entity = "statement",
     .verb = "make",
     .summary = "make a customer's statement now",
     .params = make_params,
     .command = "make_statement",
     .done = N_("{number} is made for {CUSTOMER}.")},
    {.entity = "statement",
     .verb = "show",
     .summary = "show a statement as it was told, and what was written since",
     .params = show_params,
     .query = "statement",
     .run = show_run},
    {.entity = "statement",
     .verb = "list",
     .summary = "list statements, newest first, or who settled on a day",
     .params = list_params,
     .query = "statements",
     .rows = "rows",
     .columns = list_columns,
     .paged = true,
     .empty = N_("No statements.")},
    {.entity = "statement",
     .verb = "days",
     .summary = "list settlement days: who was due, and what was made",
     .params = no_params,
     .query = "statement_days",
     .rows = "rows",
     .columns = day_columns,
     .paged = true,
     .empty = N_("Nobody has settled yet. tefter statement cycle says when they do.")},
    {.entity = "branch",
     .verb = "workdays",
     .summary = "say on which days a branch does not work",
     .params = workdays_params,
     .command = "set_workdays",
     .run = workdays_run},
    END_VERBS,
};
