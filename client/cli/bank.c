/* `tefter bank look`: what a bank's file holds, and what is odd in it. Asks no server. */
#include "bank/bank.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- words of the line ---- */

static const struct param look_params[] = {
    OPERAND("FILE", FILE, NULL,
            "camt.053 (052, 054), MT940, OFX, CSV or XLSX; a ZIP of them; -: standard input"),
    OPTION("--account", TEXT, NULL, "whose file it should be: statements of others are told"),
    OPTION("--currency", TEXT, NULL, "of a file that does not say it: EUR"),
    OPTION("--columns", TEXT, NULL,
           "columns of a table by number or heading: date=1,amount=Betrag; and value, debit, "
           "credit, side, balance, currency, text, name, account, reference, end-to-end, cheque, "
           "own"),
    CHOICE("--dates", NULL, "ymd dmy mdy", "how a table writes days"),
    OPTION("--decimal", TEXT, NULL, "sign of decimals in a table: , or ."),
    OPTION("--sheet", TEXT, NULL, "sheet of a workbook (default: the first)"),
    OPTION("--encoding", TEXT, NULL, "of a file that is no UTF-8 (default: guessed)"),
    OPTION("--rows", NUMBER, NULL, "show at most N entries of a statement (default: 100)"),
    OPTION("--all", FLAG, NULL, "show all entries"),
    END,
};

static bool read_dates(struct run *run, enum import_dates *ret_dates)
{
    static const char *const words[] = {"ymd", "dmy", "mdy"};
    const char *said = arg_text(&run->args, "--dates");
    *ret_dates = DATES_GUESS;
    for (size_t i = 0; said != NULL && i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], said) == 0)
            *ret_dates = (enum import_dates)(DATES_YMD + i);
    return true;
}

/* False: told. */
static bool read_options(struct run *run, struct bank_options *ret_options)
{
    const char *decimal = arg_text(&run->args, "--decimal");
    *ret_options = (struct bank_options){
        .account = arg_text(&run->args, "--account"),
        .currency = arg_text(&run->args, "--currency"),
        .columns = arg_text(&run->args, "--columns"),
        .sheet = arg_text(&run->args, "--sheet"),
        .encoding = arg_text(&run->args, "--encoding"),
    };
    if (decimal != NULL && strcmp(decimal, ",") != 0 && strcmp(decimal, ".") != 0) {
        (void)run_say(run, EXIT_USE, N_("\"{typed}\": the sign of decimals is , or ."), "typed",
                      decimal, NULL);
        return false;
    }
    ret_options->decimal = decimal == NULL ? '\0' : decimal[0];
    return read_dates(run, &ret_options->dates);
}

static size_t rows_wanted(const struct run *run)
{
    const char *rows = arg_text(&run->args, "--rows");
    if (arg_flag(&run->args, "--all"))
        return SIZE_MAX;
    return rows == NULL ? ROWS_DEFAULT : strtoul(rows, NULL, 10);
}

/* ---- for people ---- */

static const char *amount_text(int64_t minor, const struct bank_money *money, char out[CELL_MAX])
{
    char amount[MONEY_TEXT_MAX];
    (void)money_write(minor, money->exponent, amount);
    (void)snprintf(out, CELL_MAX, "%s%s%s", amount, money->code[0] == '\0' ? "" : " ", money->code);
    return out;
}

static const char *first_of(const char *a, const char *b)
{
    return a[0] != '\0' ? a : b;
}

/* What is true of an entry and not of others. */
static const char *marks_of(const struct run *run, const struct bank_entry *entry,
                            char out[CELL_MAX])
{
    const struct {
        bool is;
        const char *word;
    } marks[] = {{entry->pending, N_("entry::announced")},
                 {entry->reversal, N_("entry::reversal")},
                 {entry->returned, N_("entry::returned")},
                 {entry->duplicate, N_("entry::twice")}};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (marks[i].is)
            used += (size_t)snprintf(out + used, CELL_MAX - used, "%s%.40s", used == 0 ? "" : " ",
                                     run_word(run, marks[i].word));
    if (entry->returned && entry->reason[0] != '\0')
        (void)snprintf(out + used, CELL_MAX - used, " %.40s", entry->reason);
    return out;
}

static void put_entry(struct run *run, struct table *table, const struct bank_entry *entry,
                      const struct bank_money *money)
{
    char cell[CELL_MAX];
    struct bank_money shown = entry->money;
    if (strcmp(entry->money.code, money->code) == 0)
        shown.code[0] = '\0';
    table_cell(table, NUMBER(entry->line));
    table_cell(table, date_text(entry->booked, cell));
    table_cell(table, entry->value == entry->booked ? "" : date_text(entry->value, cell));
    table_cell(table, amount_text(entry->minor, &shown, cell));
    table_cell(table, first_of(entry->name, entry->account));
    table_cell(table,
               first_of(entry->creditor_reference,
                        first_of(entry->end_to_end, first_of(entry->cheque, entry->reference))));
    table_cell(table, entry->text);
    table_cell(table, marks_of(run, entry, cell));
}

static void show_entries(struct run *run, const struct bank_statement *statement)
{
    size_t wanted = rows_wanted(run);
    size_t count = statement->count < wanted ? statement->count : wanted;
    struct table *table = table_create(run);
    table_column(table, N_("LINE"), true);
    table_column(table, N_("BOOKED"), false);
    table_column(table, N_("VALUE DATE"), false);
    table_column(table, N_("AMOUNT"), true);
    table_column(table, N_("bank::NAME"), false);
    table_column(table, N_("REFERENCE"), false);
    table_column(table, N_("TEXT"), false);
    table_column(table, N_("entry::IS"), false);
    for (size_t i = 0; i < count; i++)
        put_entry(run, table, &statement->entries[i], &statement->money);
    if (count > 0)
        table_print(table, stdout);
    if (count < statement->count)
        run_note(run, N_("More entries, which --all shows: {count}."), "count",
                 NUMBER(statement->count - count), NULL);
}

static const char *balance_said(const struct run *run, const struct bank_balance *balance,
                                const struct bank_money *money, char out[CELL_MAX])
{
    char amount[CELL_MAX];
    char day[CELL_MAX];
    if (balance->kind == BANK_BALANCE_NONE)
        return run_word(run, N_("balance::not said"));
    (void)snprintf(out, CELL_MAX, "%.100s%s%.20s", amount_text(balance->minor, money, amount),
                   balance->day == DATE_NONE ? "" : "  ", date_text(balance->day, day));
    return out;
}

static void show_title(const struct run *run, const struct bank_statement *statement)
{
    char days[CELL_MAX] = "";
    char from[CELL_MAX];
    char until[CELL_MAX];
    if (statement->from != DATE_NONE || statement->until != DATE_NONE)
        (void)snprintf(days, sizeof(days), "%.20s – %.20s", date_text(statement->from, from),
                       date_text(statement->until, until));
    run_tell(run, N_("Account {account}|, {days}|, statement {number}"), "account",
             first_of(statement->account, "?"), "days", if_any(days), "number",
             if_any(first_of(statement->number, statement->id)), NULL);
}

static void show_statement(struct run *run, const struct bank_statement *statement)
{
    char cell[CELL_MAX];
    const struct bank_money *money = &statement->money;
    show_title(run, statement);
    run_tell_fact(run, N_("opening"), balance_said(run, &statement->opening, money, cell));
    run_tell_fact(run, N_("money::in"), amount_text(statement->credits_minor, money, cell));
    run_tell_fact(run, N_("money::out"), amount_text(statement->debits_minor, money, cell));
    run_tell_fact(run, N_("closing"), balance_said(run, &statement->closing, money, cell));
    if (statement->checked)
        run_tell_fact(run, N_("balanced"),
                      statement->off_minor == 0
                          ? run_word(run, N_("balanced::yes"))
                          : run_sentence(run, (char[LINE_MAX_BYTES]){""}, N_("no, off by {amount}"),
                                         "amount", amount_text(statement->off_minor, money, cell),
                                         NULL));
    run_tell_fact(run, N_("entries"),
                  run_sentence(run, (char[LINE_MAX_BYTES]){""},
                               N_("{count}|, {pending} announced|, {left} left out"), "count",
                               NUMBER(statement->numbered), "pending",
                               statement->pending == 0 ? NULL : NUMBER(statement->pending), "left",
                               statement->left_out == 0 ? NULL : NUMBER(statement->left_out),
                               NULL));
    show_entries(run, statement);
}

static void show_findings(struct run *run, const struct bank_file *file)
{
    char said[BANK_SAID_MAX];
    for (size_t i = 0; i < file->finding_count; i++)
        tell(stdout, "%s %s\n", bank_finding_grave(file->findings[i].kind) ? "!" : "-",
             bank_finding_say(&file->findings[i], run->language, said));
    if (file->findings_more > 0)
        run_tell(run, N_("More of such: {count}."), "count", NUMBER(file->findings_more), NULL);
}

static void show(struct run *run, const struct bank_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        if (i > 0)
            tell(stdout, "\n");
        show_statement(run, &file->statements[i]);
    }
    if (file->count > 0 && file->finding_count > 0)
        tell(stdout, "\n");
    show_findings(run, file);
}

/* ---- for programs: an object a line ---- */

static void put_text(const char *name, const char *text)
{
    char shown[TELL_JSON_MAX];
    tell(stdout, ",\"%s\":\"", name);
    for (size_t left = strlen(text); left > 0;) {
        size_t taken = tell_json(text, left, shown);
        (void)fputs(shown, stdout);
        text += taken;
        left -= taken;
    }
    (void)fputc('"', stdout);
}

static void put_some(const char *name, const char *text)
{
    if (text[0] != '\0')
        put_text(name, text);
}

static void put_number(const char *name, int64_t number)
{
    tell(stdout, ",\"%s\":%" PRId64, name, number);
}

static void put_day(const char *name, uint32_t day)
{
    char text[DATE_TEXT_SIZE];
    date_write(day, text);
    put_some(name, text);
}

static void put_flag(const char *name, bool is)
{
    if (is)
        tell(stdout, ",\"%s\":true", name);
}

static void put_money(const struct bank_money *money)
{
    put_text("currency", money->code);
    put_number("exponent", money->exponent);
}

static void put_balance(const char *name, const char *day, const struct bank_balance *balance)
{
    if (balance->kind == BANK_BALANCE_NONE)
        return;
    put_number(name, balance->minor);
    put_day(day, balance->day);
}

static void json_statement(const struct bank_statement *statement, size_t number)
{
    tell(stdout, "{\"statement\":%zu", number);
    put_number("line", (int64_t)statement->line);
    put_text("account", statement->account);
    put_some("id", statement->id);
    put_some("number", statement->number);
    put_money(&statement->money);
    put_day("from", statement->from);
    put_day("until", statement->until);
    put_balance("opening_minor", "opening_day", &statement->opening);
    put_balance("closing_minor", "closing_day", &statement->closing);
    put_number("credits_minor", statement->credits_minor);
    put_number("debits_minor", statement->debits_minor);
    put_number("entries", statement->numbered);
    put_number("pending", statement->pending);
    put_number("left_out", statement->left_out);
    put_flag("complete", statement->complete);
    if (statement->checked)
        put_number("off_minor", statement->off_minor);
    tell(stdout, "}\n");
}

static void json_entry(const struct bank_entry *entry, size_t statement)
{
    tell(stdout, "{\"entry\":%" PRIu32 ",\"statement\":%zu", entry->number, statement);
    put_number("line", (int64_t)entry->line);
    if (entry->parts > 0) {
        put_number("part", entry->part);
        put_number("parts", entry->parts);
    }
    put_day("booked", entry->booked);
    put_day("value", entry->value);
    put_number("amount_minor", entry->minor);
    put_money(&entry->money);
    put_flag("pending", entry->pending);
    put_flag("reversal", entry->reversal);
    put_flag("returned", entry->returned);
    put_flag("duplicate", entry->duplicate);
    put_some("code", entry->code);
    put_some("reference", entry->reference);
    put_some("end_to_end", entry->end_to_end);
    put_some("instruction", entry->instruction);
    put_some("mandate", entry->mandate);
    put_some("cheque", entry->cheque);
    put_some("creditor_reference", entry->creditor_reference);
    put_some("text", entry->text);
    put_some("name", entry->name);
    put_some("account", entry->account);
    put_some("reason", entry->reason);
    tell(stdout, "}\n");
}

static void json_finding(const struct run *run, const struct bank_finding *finding)
{
    char said[BANK_SAID_MAX];
    tell(stdout, "{\"finding\":\"%s\"", bank_finding_word(finding->kind));
    put_flag("grave", bank_finding_grave(finding->kind));
    if (finding->line > 0)
        put_number("line", (int64_t)finding->line);
    if (finding->statement != BANK_NOWHERE)
        put_number("statement", (int64_t)finding->statement + 1);
    put_text("said", bank_finding_say(finding, run->language, said));
    tell(stdout, "}\n");
}

static void json(const struct run *run, const struct bank_file *file)
{
    tell(stdout, "{\"form\":\"%s\"", bank_form_word(file->form));
    put_text("version", file->version);
    put_number("statements", (int64_t)file->count);
    put_number("findings", (int64_t)(file->finding_count + file->findings_more));
    tell(stdout, "}\n");
    for (size_t i = 0; i < file->count; i++) {
        json_statement(&file->statements[i], i + 1);
        for (size_t k = 0; k < file->statements[i].count; k++)
            json_entry(&file->statements[i].entries[k], i + 1);
    }
    for (size_t i = 0; i < file->finding_count; i++)
        json_finding(run, &file->findings[i]);
}

/* ---- the verb ---- */

static int look(struct run *run, struct bank_reader *reader)
{
    char said[BANK_SAID_MAX];
    const struct bank_file *file =
        bank_reader_file(reader, arg_text(&run->args, "FILE"), &run->failure);
    if (file == NULL)
        return run_failed(run, EXIT_USE);
    if (file->refused)
        return run_say_text(run, EXIT_USE,
                            bank_finding_say(&file->findings[0], run->language, said));
    if (run->json)
        json(run, file);
    else
        show(run, file);
    return file->grave ? EXIT_REFUSED : EXIT_DONE;
}

static int look_run(struct run *run)
{
    struct bank_options options;
    if (!read_options(run, &options))
        return EXIT_USE;
    struct bank_reader *reader = bank_reader_create(&options, &run->failure);
    if (reader == NULL)
        return run_failed(run, EXIT_USE);
    int code = look(run, reader);
    bank_reader_destroy(reader);
    return code;
}

const struct verb bank_verbs[] = {
    {.entity = "bank",
     .verb = "look",
     .summary = "show what a bank's file holds: statements, entries, and what is odd in it",
     .params = look_params,
     .run = look_run,
     .offline = true,
     .more = "Nothing is booked, and no server is asked. Each oddity is a line behind the\n"
             "statements; those with a ! should be cleared first, and make the exit code 1."},
    END_VERBS,
};
