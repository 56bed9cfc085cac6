/*
 * Tables as banks export them, CSV and XLSX: the import reads their rows and finds out how they
 * are written; here their columns are found by their headings. What could be read in two ways is
 * a question, and not guessed: the reading ends with it.
 */
#include "bank/build.h"
#include "bank/columns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "import/guess.h"
#include "import/reader.h"
#include "import/source.h"
#include "import/words.h"

enum { NOWHERE = -1, NAMES_MAX = 200, TEXTS_MAX = 8 };

/* How the balances beside the rows go, if the newest row is the last one, and if it is the first.
 */
struct runs {
    uint64_t off; /* rows that do not go on from the one before */
    uint64_t line;
    int64_t minor;
};

struct table {
    struct build *build;
    struct source source;
    struct reader_style rows;
    struct style style;
    struct reader *reader;
    struct failure failure; /* of the disk: an end that is none */
    uint64_t header;        /* its line; 0: none */
    uint64_t begin;         /* the first byte behind it */
    uint64_t begin_line;
    int at[COLUMNS]; /* which column each is */
    int texts[TEXTS_MAX];
    size_t text_count;
    struct number_evidence numbers;
    struct date_evidence dates;
    uint64_t debits_below; /* cells of the debit column that are below zero, */
    uint64_t debits_above;
    char opening[NAMES_MAX]; /* as they stand above or below the rows */
    char closing[NAMES_MAX];
    char account[NAMES_MAX];
    uint64_t opening_line;
    uint64_t closing_line;
    bool some; /* a row with a balance was read */
    int64_t first_balance;
    int64_t first_minor;
    int64_t last_balance;
    int64_t last_minor;
    struct runs down;
    struct runs up;
};

static struct slice nothing(void)
{
    return slice_of("", 0);
}

/* "'579,68": so a spreadsheet keeps a number as text. */
static struct slice cell_at(const struct row *row, int at)
{
    if (at < 0 || (size_t)at >= row->count)
        return nothing();
    struct slice cell = slice_trimmed(row->text[at]);
    if (cell.size > 1 && cell.data[0] == '\'')
        cell = slice_of(cell.data + 1, cell.size - 1);
    return cell;
}

static struct slice cell_of(const struct table *table, const struct row *row, enum column column)
{
    return cell_at(row, table->at[column]);
}

/* The first one that is not empty. */
static struct slice first_cell(const struct row *row)
{
    size_t at = 0;
    while (at < row->count && cell_at(row, (int)at).size == 0)
        at++;
    return cell_at(row, (int)at);
}

/* ---- reading rows ---- */

/* From this byte on. False: no memory or disk. */
static bool rows_begin(struct table *table, uint64_t offset, uint64_t line)
{
    if (!source_seek(&table->source, offset, NULL))
        return false;
    if (table->reader != NULL)
        return reader_again(table->reader, offset, line, NULL);
    table->reader = reader_create(&table->rows, source_read, &table->source, offset, line, NULL);
    return table->reader != NULL;
}

static bool next_row(struct table *table, struct row *ret_row)
{
    bool more = reader_next(table->reader, ret_row, &table->failure);
    if (table->failure.fault != FAULT_NONE)
        table->build->failed = true;
    return more && !table->build->stopped && !table->build->failed;
}

/* ---- which column is what ---- */

static void place_column(struct table *table, enum column column, size_t at)
{
    if (column == COLUMN_TEXT && table->text_count < TEXTS_MAX)
        table->texts[table->text_count++] = (int)at;
    if (table->at[column] == NOWHERE)
        table->at[column] = (int)at;
}

static void forget_columns(struct table *table)
{
    for (enum column i = 0; i < COLUMNS; i++)
        table->at[i] = NOWHERE;
    table->text_count = 0;
}

static bool has_amount(const struct table *table)
{
    return table->at[COLUMN_AMOUNT] != NOWHERE || table->at[COLUMN_DEBIT] != NOWHERE ||
           table->at[COLUMN_CREDIT] != NOWHERE;
}

static bool is_heading(struct table *table, const struct row *row)
{
    forget_columns(table);
    for (size_t i = 0; i < row->count && i < BANK_COLUMNS_MAX; i++) {
        enum column column = column_of_heading(slice_trimmed(row->text[i]));
        if (column < COLUMNS)
            place_column(table, column, i);
    }
    return table->at[COLUMN_DATE] != NOWHERE && has_amount(table);
}

/* "date=1" or "amount=Betrag" against a row; number: it is a column by its number. */
static int column_said(struct slice value, const struct row *row, bool *ret_number)
{
    int number = 0;
    *ret_number = value.size > 0 && value.size <= 3;
    for (size_t i = 0; i < value.size && *ret_number; i++) {
        *ret_number = isdigit(value.data[i]) != 0;
        number = number * 10 + (value.data[i] - '0');
    }
    if (*ret_number)
        return number > 0 && number <= BANK_COLUMNS_MAX ? number - 1 : NOWHERE;
    for (size_t i = 0; row != NULL && i < row->count; i++)
        if (header_alike(row->text[i], value))
            return (int)i;
    return NOWHERE;
}

/* The columns that were said, by this row's headings. False: one is not there; *ret_wrong is it. */
static bool place_said(struct table *table, const struct row *row, bool *ret_by_number,
                       struct slice *ret_wrong)
{
    struct slice rest = slice_text(table->build->options->columns);
    forget_columns(table);
    *ret_by_number = true;
    while (rest.size > 0) {
        const uint8_t *comma = memchr(rest.data, ',', rest.size);
        size_t size = comma != NULL ? (size_t)(comma - rest.data) : rest.size;
        struct slice one = slice_trimmed(slice_of(rest.data, size));
        const uint8_t *equals = one.size > 0 ? memchr(one.data, '=', one.size) : NULL;
        rest = slice_of(rest.data + size + (comma != NULL), rest.size - size - (comma != NULL));
        *ret_wrong = one;
        if (equals == NULL)
            return false;
        size_t name = (size_t)(equals - one.data);
        enum column column = column_of_name(slice_of(one.data, name));
        bool number;
        int at = column_said(slice_of(equals + 1, one.size - name - 1), row, &number);
        if (column == COLUMNS || at == NOWHERE)
            return false;
        *ret_by_number = *ret_by_number && number;
        place_column(table, column, (size_t)at);
    }
    return true;
}

/* ---- above and below the rows ---- */

static void keep(char out[NAMES_MAX], struct slice text)
{
    if (out[0] == '\0' && text.size < NAMES_MAX)
        (void)snprintf(out, NAMES_MAX, "%.*s", (int)text.size, (const char *)text.data);
}

static struct slice last_cell(const struct row *row, size_t behind)
{
    for (size_t i = row->count; i > behind + 1; i--)
        if (cell_at(row, (int)i - 1).size > 0)
            return cell_at(row, (int)i - 1);
    return nothing();
}

static void take_caption(struct table *table, enum caption caption, struct slice value,
                         uint64_t line)
{
    if (value.size == 0)
        return;
    if (caption == CAPTION_ACCOUNT) {
        keep(table->account, value);
    } else if (caption == CAPTION_OPENING) {
        keep(table->opening, value);
        table->opening_line = line;
    } else {
        keep(table->closing, value);
        table->closing_line = line;
    }
}

/* "Account Number : 0808", or its value in the next cell; of a balance the last one. */
static bool look_at_captions(struct table *table, const struct row *row)
{
    bool found = false;
    for (size_t i = 0; i < row->count; i++) {
        struct slice cell = cell_at(row, (int)i);
        const uint8_t *colon = cell.size > 0 ? memchr(cell.data, ':', cell.size) : NULL;
        size_t size = colon != NULL ? (size_t)(colon - cell.data) : cell.size;
        enum caption caption = caption_of(slice_trimmed(slice_of(cell.data, size)));
        if (caption == CAPTION_NONE)
            continue;
        struct slice value =
            colon != NULL ? slice_trimmed(slice_of(colon + 1, cell.size - size - 1)) : nothing();
        if (value.size == 0)
            value = caption == CAPTION_ACCOUNT ? cell_at(row, (int)i + 1) : last_cell(row, i);
        take_caption(table, caption, value, row->line);
        found = true;
    }
    return found;
}

/* ---- the header ---- */

enum found { FOUND, FOUND_NOT, FOUND_FAILED };

/* Looks for it among the first rows; what stands above it may be captions. */
static enum found find_header(struct table *table)
{
    const char *said = table->build->options->columns;
    struct slice wrong = nothing();
    struct row row;
    bool by_number = false;
    if (!rows_begin(table, table->source.text_at, 1))
        return FOUND_FAILED;
    for (int i = 0; i < BANK_HEADER_ROWS_MAX && next_row(table, &row); i++) {
        if (row.fault != NULL)
            continue;
        bool good =
            said == NULL ? is_heading(table, &row) : place_said(table, &row, &by_number, &wrong);
        if (good) {
            table->header = said != NULL && by_number ? 0 : row.line;
            table->begin = table->header == 0 ? row.offset : row.end;
            table->begin_line = table->header == 0 ? row.line : row.next_line;
            return FOUND;
        }
        (void)look_at_captions(table, &row);
    }
    if (said != NULL)
        build_refuse(table->build, BANK_COLUMN_UNKNOWN, 0, wrong);
    return FOUND_NOT;
}

/* What is missing, and the headings that are there: those of the first row of several columns. */
static void ask_for_columns(struct table *table)
{
    char names[BANK_FIELD_MAX] = "";
    struct row row;
    size_t used = 0;
    if (!rows_begin(table, table->source.text_at, 1))
        return;
    for (int i = 0; used == 0 && i < BANK_HEADER_ROWS_MAX; i++) {
        if (!next_row(table, &row))
            break;
        for (size_t k = 0; row.fault == NULL && row.count > 1 && k < row.count; k++) {
            struct slice cell = cell_at(&row, (int)k);
            if (used + cell.size + 3 < sizeof names)
                used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s",
                                         used == 0 ? "" : ", ", (int)cell.size,
                                         (const char *)cell.data);
        }
    }
    build_refuse(table->build, used > 0 ? BANK_COLUMN_WANTED : BANK_NO_BANK_FILE, 0,
                 slice_of(names, used));
}

/* ---- how it is written ---- */

static void look_at_row(struct table *table, const struct row *row)
{
    static const enum column amounts[] = {COLUMN_AMOUNT, COLUMN_DEBIT, COLUMN_CREDIT,
                                          COLUMN_BALANCE};
    struct slice debit = cell_of(table, row, COLUMN_DEBIT);
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        bool negative;
        bool foreign;
        struct slice cell = cell_of(table, row, amounts[i]);
        if (cell.size > 0)
            number_look(&table->numbers, value_bare_number(cell, NULL, &negative, &foreign));
    }
    date_look(&table->dates, cell_of(table, row, COLUMN_DATE));
    date_look(&table->dates, cell_of(table, row, COLUMN_VALUE));
    bool below =
        debit.size > 0 && (memchr(debit.data, '-', debit.size) != NULL || debit.data[0] == '(');
    bool some = false;
    for (size_t i = 0; i < debit.size; i++)
        some = some || (debit.data[i] >= '1' && debit.data[i] <= '9') || debit.data[i] >= 0x80;
    table->debits_below += some && below;
    table->debits_above += some && !below;
}

static bool judge(struct table *table)
{
    const struct bank_options *options = table->build->options;
    enum verdict numbers = number_judge(&table->numbers, &table->style);
    enum verdict dates = date_judge(&table->dates, &table->style.dates);
    const struct currency *currency =
        options->currency != NULL ? currency_find(options->currency) : NULL;
    bool whole = currency != NULL && currency->exponent == 0;
    if (options->decimal != 0) {
        table->style.number =
            (struct number_style){options->decimal, options->decimal == ',' ? '.' : ','};
        table->style.whole_only = false;
    } else if (!whole && (numbers == VERDICT_UNCLEAR || numbers == VERDICT_MIXED)) {
        char both[2 * EXAMPLE_MAX + 4];
        (void)snprintf(both, sizeof both, "%s / %s", table->numbers.point, table->numbers.comma);
        build_refuse(table->build, BANK_NUMBERS_UNCLEAR, 0,
                     slice_text(numbers == VERDICT_MIXED ? both : table->numbers.example));
        return false;
    }
    if (options->dates != DATES_GUESS) {
        table->style.dates = options->dates;
    } else if (dates == VERDICT_UNCLEAR || dates == VERDICT_MIXED) {
        build_refuse(table->build, BANK_DATES_UNCLEAR, 0, slice_text(table->dates.example));
        return false;
    }
    return true;
}

/* Reads all of it once. */
static bool look_at_rows(struct table *table)
{
    struct row row;
    if (!rows_begin(table, table->begin, table->begin_line)) {
        table->build->failed = true;
        return false;
    }
    while (next_row(table, &row))
        if (row.fault == NULL && cell_of(table, &row, COLUMN_DATE).size > 0)
            look_at_row(table, &row);
    return !table->build->failed && judge(table);
}

/* ---- cells ---- */

static bool read_number(struct table *table, struct slice cell, struct bank_money money,
                        int64_t *ret_minor)
{
    const char *why;
    table->style.currency = money.code[0] == '\0' ? NULL : currency_find(money.code);
    bool good = table->style.currency != NULL
                    ? value_field(cell, FIELD_AMOUNT, &table->style, ret_minor, &why)
                    : value_number(cell, money.exponent, &table->style, ret_minor, &why);
    return good && *ret_minor <= MONEY_MAX && *ret_minor >= -MONEY_MAX;
}

/* One cell says how much, another which way. */
static bool read_sided(struct table *table, struct slice cell, struct slice side,
                       struct bank_entry *entry)
{
    enum side_word word = side_of_word(side);
    if (!read_number(table, cell, entry->money, &entry->minor))
        build_left_out(table->build, BANK_AMOUNT_WRONG, entry->line, cell);
    else if (word == SIDE_WORD_NONE)
        build_left_out(table->build, BANK_SIDE_MISSING, entry->line, side);
    else if (word == SIDE_WORD_CREDIT && entry->minor < 0)
        build_left_out(table->build, BANK_AMOUNT_NEGATIVE, entry->line, cell);
    else {
        if (word == SIDE_WORD_DEBIT && entry->minor > 0)
            entry->minor = -entry->minor;
        return true;
    }
    return false;
}

/* A column for each way. Where all debits have a minus that is their sign; else a minus takes a
 * debit back. */
static bool read_two(struct table *table, struct slice debit, struct slice credit,
                     struct bank_entry *entry)
{
    int64_t out = 0;
    int64_t in = 0;
    if (debit.size > 0 && !read_number(table, debit, entry->money, &out)) {
        build_left_out(table->build, BANK_AMOUNT_WRONG, entry->line, debit);
        return false;
    }
    if (credit.size > 0 && !read_number(table, credit, entry->money, &in)) {
        build_left_out(table->build, BANK_AMOUNT_WRONG, entry->line, credit);
        return false;
    }
    if (out != 0 && in != 0) {
        build_left_out(table->build, BANK_SIDE_MISSING, entry->line, debit);
        return false;
    }
    bool signs = table->debits_below > 0 && table->debits_above == 0;
    entry->minor = in + (signs ? out : -out);
    entry->reversal = in < 0 || (!signs && out < 0);
    return true;
}

static bool read_amount(struct table *table, const struct row *row, struct bank_entry *entry)
{
    struct slice amount = cell_of(table, row, COLUMN_AMOUNT);
    struct slice debit = cell_of(table, row, COLUMN_DEBIT);
    struct slice credit = cell_of(table, row, COLUMN_CREDIT);
    if (amount.size > 0 && table->at[COLUMN_SIDE] != NOWHERE)
        return read_sided(table, amount, cell_of(table, row, COLUMN_SIDE), entry);
    if (debit.size > 0 || credit.size > 0)
        return read_two(table, debit, credit, entry);
    if (amount.size == 0)
        build_left_out(table->build, BANK_AMOUNT_MISSING, entry->line, nothing());
    else if (!read_number(table, amount, entry->money, &entry->minor))
        build_left_out(table->build, BANK_AMOUNT_WRONG, entry->line, amount);
    else
        return true;
    return false;
}

static bool read_day(struct table *table, const struct row *row, enum column column,
                     uint32_t *ret_day)
{
    const char *why;
    struct slice cell = cell_of(table, row, column);
    if (value_date(cell, table->style.dates, ret_day, &why))
        return true;
    build_left_out(table->build, cell.size == 0 ? BANK_DAY_MISSING : BANK_DAY_WRONG, row->line,
                   cell);
    return false;
}

/* Where it is not said, the day of booking. */
static bool read_value(struct table *table, const struct row *row, struct bank_entry *entry)
{
    entry->value = entry->booked;
    return cell_of(table, row, COLUMN_VALUE).size == 0 ||
           read_day(table, row, COLUMN_VALUE, &entry->value);
}

static const char *text_at(struct table *table, const struct row *row, enum column column)
{
    return build_text(table->build, cell_of(table, row, column), BANK_FIELD_MAX);
}

static const char *texts_of(struct table *table, const struct row *row)
{
    struct buffer all = {.bound = ROW_BYTES_MAX};
    for (size_t i = 0; i < table->text_count; i++) {
        struct slice cell = cell_at(row, table->texts[i]);
        if (cell.size > 0 && all.size > 0)
            (void)buffer_put(&all, " ", 1);
        if (cell.size > 0)
            (void)buffer_put(&all, cell.data, cell.size);
    }
    const char *text =
        all.size == 0 ? "" : build_text(table->build, buffer_slice(&all), BANK_TEXT_MAX);
    buffer_fini(&all);
    return text;
}

/* ---- rows ---- */

/* Does this balance go on from the one before, when the newest row is the last, or the first? */
static void look_at_balance(struct table *table, const struct row *row,
                            const struct bank_entry *entry)
{
    struct slice cell = cell_of(table, row, COLUMN_BALANCE);
    int64_t balance;
    if (cell.size == 0 || !read_number(table, cell, entry->money, &balance))
        return;
    if (table->some) {
        int64_t down = balance - table->last_balance - entry->minor; /* all within MONEY_MAX */
        int64_t up = table->last_balance - balance - table->last_minor;
        struct runs *const each[] = {&table->down, &table->up};
        const int64_t off[] = {down, up};
        for (size_t i = 0; i < 2; i++) {
            if (off[i] != 0 && each[i]->off++ == 0) {
                each[i]->line = row->line;
                each[i]->minor = off[i];
            }
        }
    } else {
        table->first_balance = balance;
        table->first_minor = entry->minor;
    }
    table->some = true;
    table->last_balance = balance;
    table->last_minor = entry->minor;
}

static void read_entry(struct table *table, const struct row *row)
{
    struct build *build = table->build;
    struct bank_entry entry;
    struct bank_statement *statement = build_open(build);
    (void)build_number(build);
    build_entry_init(&entry, row->line);
    if (table->at[COLUMN_CURRENCY] != NOWHERE)
        entry.money = build_money(build, cell_of(table, row, COLUMN_CURRENCY), row->line);
    if (entry.money.code[0] == '\0')
        entry.money = statement->money;
    if (!read_day(table, row, COLUMN_DATE, &entry.booked) || !read_amount(table, row, &entry) ||
        !read_value(table, row, &entry)) {
        entry.minor = 0; /* left out: the balance beside it shows that it is missing */
        look_at_balance(table, row, &entry);
        return;
    }
    entry.text = texts_of(table, row);
    entry.name = text_at(table, row, COLUMN_NAME);
    entry.account = build_account(build, cell_of(table, row, COLUMN_ACCOUNT));
    entry.reference = text_at(table, row, COLUMN_REFERENCE);
    entry.end_to_end = text_at(table, row, COLUMN_END_TO_END);
    entry.cheque = text_at(table, row, COLUMN_CHEQUE);
    look_at_balance(table, row, &entry);
    build_entry(build, &entry);
}

/* The row's own account; another one than before begins another statement. */
static void balances_end(struct table *table);
static bool open_statement(struct table *table, const struct row *row)
{
    struct bank_statement *statement = build_open(table->build);
    struct slice own = cell_of(table, row, COLUMN_OWN);
    if (statement != NULL && own.size == 0)
        return true;
    if (own.size == 0)
        own = slice_text(table->account);
    const char *account = build_account(table->build, own);
    if (statement != NULL && strcmp(statement->account, account) == 0)
        return true;
    if (statement != NULL) {
        balances_end(table);
        build_statement_end(table->build, row->line, true);
    }
    statement = build_statement(table->build, row->line);
    if (statement != NULL)
        statement->account = account;
    return statement != NULL;
}

static void read_row(struct table *table, const struct row *row)
{
    uint32_t day;
    const char *why;
    struct slice date = cell_of(table, row, COLUMN_DATE);
    bool is_day = value_date(date, table->style.dates, &day, &why);
    bool dated =
        is_day || (date.size > 0 && caption_of(date) == CAPTION_NONE && !words_total(date));
    bool amount = cell_of(table, row, COLUMN_AMOUNT).size > 0 ||
                  cell_of(table, row, COLUMN_DEBIT).size > 0 ||
                  cell_of(table, row, COLUMN_CREDIT).size > 0;
    if (row->fault == NULL && !dated &&
        (look_at_captions(table, row) || !amount || words_total(first_cell(row))))
        return;
    if (table->header == 0 && build_open(table->build) == NULL && !is_day)
        return; /* headings, above rows whose columns were said by number */
    if (!open_statement(table, row))
        return;
    if (row->fault != NULL) {
        (void)build_number(table->build);
        build_left_out(table->build, BANK_LINE_WRONG, row->line, slice_text(row->fault));
        return;
    }
    read_entry(table, row);
}

/* ---- balances ---- */

static bool read_caption(struct table *table, const char *text, uint64_t line,
                         struct bank_balance *balance)
{
    struct bank_statement *statement = build_open(table->build);
    struct slice cell = slice_text(text);
    balance->kind = BANK_BALANCE_BOOKED;
    if (read_number(table, cell, statement->money, &balance->minor))
        return true;
    balance->kind = BANK_BALANCE_NONE;
    build_find(table->build, BANK_BALANCE_WRONG, line, cell);
    return false;
}

/* What stands above or below the rows; else what the balances beside them begin and end with. */
static void balances_end(struct table *table)
{
    struct bank_statement *statement = build_open(table->build);
    bool up = table->up.off < table->down.off;
    const struct runs *runs = up ? &table->up : &table->down;
    if (statement == NULL)
        return;
    if (table->some && runs->off > 0)
        build_find_amount(table->build, BANK_BALANCE_RUNS, runs->line, runs->minor);
    if (table->some) {
        int64_t oldest = up ? table->last_balance - table->last_minor
                            : table->first_balance - table->first_minor;
        int64_t newest = up ? table->first_balance : table->last_balance;
        statement->opening = (struct bank_balance){BANK_BALANCE_BOOKED, oldest, DATE_NONE};
        statement->closing = (struct bank_balance){BANK_BALANCE_BOOKED, newest, DATE_NONE};
    }
    if (table->opening[0] != '\0')
        (void)read_caption(table, table->opening, table->opening_line, &statement->opening);
    if (table->closing[0] != '\0')
        (void)read_caption(table, table->closing, table->closing_line, &statement->closing);
    table->some = false;
    table->up = table->down = (struct runs){0};
}

/* ---- the file ---- */

static bool is_utf8(struct slice head)
{
    for (size_t at = 0; at < head.size;) {
        uint32_t point;
        size_t step = text_decode(head.data + at, head.size - at, &point);
        if (step == 0)
            return head.size - at < 4 && head.size == SOURCE_HEAD_MAX; /* cut within a letter */
        at += step;
    }
    return true;
}

static void guess_rows(struct table *table)
{
    const struct bank_options *options = table->build->options;
    struct slice head = slice_of(table->source.head + table->source.text_at,
                                 table->source.head_size - table->source.text_at);
    table->rows.delimiter = table->source.cells ? ',' : guess_delimiter(head);
    table->rows.ending = guess_ending(head);
    if (!is_utf8(head)) {
        table->rows.encoding = options->encoding != NULL ? options->encoding : guess_letters(head);
        build_find(table->build, BANK_LETTERS, 0, slice_text(table->rows.encoding));
    }
    if (table->source.hidden[0] != '\0')
        build_find(table->build, BANK_NOT_SHOWN, 0, slice_text(table->source.hidden));
    table->build->file.version = table->source.format != NULL ? table->source.format : "CSV";
}

static void read_rows(struct table *table)
{
    struct row row;
    if (!rows_begin(table, table->begin, table->begin_line)) {
        table->build->failed = true;
        return;
    }
    while (next_row(table, &row))
        read_row(table, &row);
    if (table->build->stopped || table->build->failed)
        return;
    if (build_open(table->build) == NULL) {
        struct bank_statement *empty = build_statement(table->build, table->begin_line);
        if (empty != NULL)
            empty->account = build_account(table->build, slice_text(table->account));
    }
    balances_end(table);
    build_statement_end(table->build, 0, true);
}

static void read_all(struct table *table)
{
    guess_rows(table);
    switch (find_header(table)) {
    case FOUND_FAILED:
        table->build->failed = true;
        break;
    case FOUND_NOT:
        ask_for_columns(table);
        break;
    case FOUND:
        if (look_at_rows(table))
            read_rows(table);
        break;
    }
}

void table_read(struct build *build, int file)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        build->failed = true;
        return;
    }
    table->build = build;
    if (!source_open_file(&table->source, file, "it", build->options->sheet, false, &failure)) {
        build->failed = failure.fault == FAULT_MEMORY || failure.fault == FAULT_IO;
        build_refuse(build, BANK_NO_BANK_FILE, 0, slice_text(failure.text));
    } else {
        read_all(table);
        reader_destroy(table->reader);
        source_close(&table->source);
    }
    free(table);
}
