/*
 * Aligned columns, and how single values are shown.
 */
#include "base/date.h"
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS_MAX = 24 };

/* ---- a table ---- */

struct table {
    struct run *run;
    struct {
        const char *title;
        bool right;
        bool whole; /* never cut */
        size_t width;
    } columns[COLUMNS_MAX];
    size_t column_count;
    const char **cells; /* row by row, in the run's arena; NULL: a rule */
    size_t cell_count;
    size_t capacity;
};

struct table *table_create(struct run *run)
{
    struct table *table = arena_zero(&run->arena, sizeof(*table));
    need(table != NULL);
    table->run = run;
    return table;
}

void table_column(struct table *table, const char *title, bool right)
{
    need(table->column_count < COLUMNS_MAX);
    size_t at = table->column_count++;
    table->columns[at].title = run_word(table->run, title);
    table->columns[at].right = right;
    table->columns[at].width =
        tell_columns(table->columns[at].title, strlen(table->columns[at].title));
}

static void push_cell(struct table *table, const char *text)
{
    need(ARENA_GROW(&table->run->arena, table->cells, table->capacity, table->cell_count + 1));
    table->cells[table->cell_count++] = text;
}

void table_cell(struct table *table, const char *text)
{
    size_t at = table->cell_count % table->column_count;
    size_t width = tell_columns(text, strlen(text));
    const char *copy = arena_text(&table->run->arena, text, strlen(text));
    need(copy != NULL);
    if (width > table->columns[at].width)
        table->columns[at].width = width;
    push_cell(table, copy);
}

void table_rule(struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        push_cell(table, NULL);
}

/* ---- printing, as wide as there is room ---- */

enum { NAME_COLUMNS_LEAST = 14, GAP = 2 };

/* What is printed: which columns, in which width, and how many of them stand in one line. */
struct layout {
    size_t columns[COLUMNS_MAX];
    size_t count;
    size_t widths[COLUMNS_MAX];
    size_t in_line; /* the rest goes on a line of its own below, each behind its title */
};

static size_t row_width(const struct layout *layout, size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width += layout->widths[i] + (i == 0 ? 0 : GAP);
    return width;
}

static bool has_values(const struct table *table, size_t column)
{
    for (size_t i = column; i < table->cell_count; i += table->column_count)
        if (table->cells[i] != NULL && table->cells[i][0] != '\0')
            return true;
    return false;
}

static void take_columns(const struct table *table, bool all, struct layout *layout)
{
    layout->count = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (!all && !has_values(table, i))
            continue;
        layout->widths[layout->count] = table->columns[i].width;
        layout->columns[layout->count++] = i;
    }
    layout->in_line = layout->count;
}

/* Takes from the widest column of words, until all stand in the line or none can give more. */
static void narrow(const struct table *table, size_t width, struct layout *layout)
{
    while (row_width(layout, layout->count) > width) {
        size_t widest = layout->count;
        for (size_t i = 0; i < layout->count; i++) {
            bool words = !table->columns[layout->columns[i]].right &&
                         !table->columns[layout->columns[i]].whole;
            if (words && layout->widths[i] > NAME_COLUMNS_LEAST &&
                (widest == layout->count || layout->widths[i] > layout->widths[widest]))
                widest = i;
        }
        if (widest == layout->count)
            return;
        layout->widths[widest]--;
    }
}

static void lay_out(const struct table *table, struct layout *layout)
{
    size_t width = table->run->width;
    take_columns(table, true, layout);
    if (width == 0 || row_width(layout, layout->count) <= width)
        return;
    if (table->cell_count > 0)
        take_columns(table, false, layout);
    narrow(table, width, layout);
    while (layout->in_line > 1 && row_width(layout, layout->in_line) > width)
        layout->in_line--;
}

/* The text, or as much of it as has room, with a sign that it goes on. */
static const char *fitted(const struct run *run, const char *text, size_t width, char out[CELL_MAX])
{
    const char *sign = run->unicode ? "…" : "~";
    size_t size = strlen(text);
    if (tell_columns(text, size) <= width)
        return text;
    while (size > 0 && (size >= CELL_MAX - 4 || tell_columns(text, size) > width - 1))
        while (--size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            continue;
    (void)snprintf(out, CELL_MAX, "%.*s%s", (int)size, text, sign);
    return out;
}

static void put_cell(const struct table *table, const struct layout *layout, size_t place,
                     const char *text, FILE *out)
{
    char cut[CELL_MAX];
    int width = (int)layout->widths[place];
    bool last = place + 1 == layout->in_line;
    if (text == NULL) {
        for (int i = 0; i < width; i++)
            fputc('-', out);
    } else if (table->columns[layout->columns[place]].right) {
        tell(out, "%*s", width, text);
    } else {
        tell(out, "%-*s", last ? 0 : width, fitted(table->run, text, (size_t)width, cut));
    }
    fputs(last ? "\n" : "  ", out);
}

/* A text that no line has room for, in lines of its own: broken where a word ends. */
static void put_long(const struct table *table, const char *title, const char *text, FILE *out)
{
    enum { INDENT = 4, LEAST = 20 };
    size_t room = table->run->width > INDENT + LEAST ? table->run->width - INDENT : LEAST;
    size_t used = tell_columns(title, strlen(title));
    tell(out, "    %s", title);
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        size_t width = tell_columns(text, size);
        if (used > 0 && used + 1 + width > room) {
            tell(out, "\n    %.*s", (int)size, text);
            used = width;
        } else {
            tell(out, " %.*s", (int)size, text);
            used += 1 + width;
        }
        text += size + strspn(text + size, " ");
    }
    fputc('\n', out);
}

/* What did not stand in the line: "    DUE 2026-12-29  BY ann". */
static void put_rest(const struct table *table, const struct layout *layout,
                     const char *const *cells, FILE *out)
{
    size_t used = 0;
    for (size_t i = layout->in_line; i < layout->count; i++) {
        const char *text = cells[layout->columns[i]];
        const char *title = table->columns[layout->columns[i]].title;
        if (text == NULL || text[0] == '\0')
            continue;
        size_t size = tell_columns(title, strlen(title)) + 1 + tell_columns(text, strlen(text));
        bool fits = used > 0 && used + GAP + size <= table->run->width;
        if (used > 0 && !fits)
            fputc('\n', out);
        if (4 + size > table->run->width) {
            put_long(table, title, text, out);
            used = 0;
            continue;
        }
        tell(out, "%s%s %s", fits ? "  " : "    ", title, text);
        used = fits ? used + GAP + size : 4 + size;
    }
    if (used > 0)
        fputc('\n', out);
}

void table_print(struct table *table, FILE *out)
{
    struct layout layout;
    need(table->column_count > 0);
    lay_out(table, &layout);
    for (size_t i = 0; i < layout.in_line; i++)
        put_cell(table, &layout, i, table->columns[layout.columns[i]].title, out);
    for (size_t row = 0; row < table->cell_count; row += table->column_count) {
        for (size_t i = 0; i < layout.in_line; i++)
            put_cell(table, &layout, i, table->cells[row + layout.columns[i]], out);
        put_rest(table, &layout, table->cells + row, out);
    }
}

/* ---- single values ---- */

const char *money_text(const struct run *run, int64_t amount_minor, char out[CELL_MAX])
{
    (void)amount_write(amount_minor, run_currency(run), out);
    return out;
}

const char *balance_text(const struct run *run, int64_t balance_minor, char out[CELL_MAX])
{
    char amount[CELL_MAX];
    bool credit = balance_minor < 0;
    (void)money_sentence(credit ? -balance_minor : balance_minor, run_currency(run), amount,
                         sizeof(amount));
    (void)words_say(out, CELL_MAX, run->language,
                    credit ? N_("In credit {amount}") : N_("Owes {amount}"), "amount", amount,
                    NULL);
    return out;
}

const char *date_text(uint32_t date, char out[CELL_MAX])
{
    date_write(date, out);
    return out;
}

struct speech run_speech(const struct run *run)
{
    return (struct speech){run_currency(run), run_utc_offset(run), run->language, false};
}

int32_t run_utc_offset(const struct run *run)
{
    const Tefter__Welcome *welcome = run->client == NULL ? NULL : tefter_welcome(run->client);
    if (welcome != NULL && welcome->has_utc_offset_minutes)
        return welcome->utc_offset_minutes;
    time_t now = time(NULL);
    struct tm local;
    return localtime_r(&now, &local) == NULL ? 0 : (int32_t)(local.tm_gmtoff / 60);
}

const char *time_of_day(const struct run *run, int64_t instant_ms, char out[CELL_MAX])
{
    clock_write(instant_ms, run_utc_offset(run), out);
    return out + sizeof("2026-11-23");
}

static const char *time_cell(const struct run *run, int64_t instant_ms, char out[CELL_MAX])
{
    clock_write(instant_ms, run_utc_offset(run), out);
    return out;
}

const char *time_text(struct run *run, int64_t instant_ms, char out[CELL_MAX])
{
    char zone[ZONE_TEXT_SIZE];
    (void)time_cell(run, instant_ms, out);
    zone_write(run_utc_offset(run), zone);
    if (!run->zone_told)
        (void)snprintf(out + strlen(out), CELL_MAX - strlen(out), " %s", zone);
    run->zone_told = true;
    return out;
}

void table_time(struct table *table, int64_t instant_ms)
{
    char cell[CELL_MAX];
    table_cell(table, time_cell(table->run, instant_ms, cell));
}

void table_time_column(struct table *table, const char *title)
{
    char zone[ZONE_TEXT_SIZE];
    char words[CELL_MAX];
    struct run *run = table->run;
    zone_write(run_utc_offset(run), zone);
    (void)snprintf(words, sizeof(words), "%s (%s)", run_word(run, title), zone);
    table_column(table, run->zone_told ? title : arena_text(&run->arena, words, strlen(words)),
                 false);
    table->columns[table->column_count - 1].whole = true;
    run->zone_told = true;
}

const char *price_text(const struct run *run, int64_t price, char out[CELL_MAX])
{
    const struct currency *currency = run_currency(run);
    bool toman = strcmp(currency->code, TOMAN_CODE) == 0;
    (void)habit_write(price, currency->exponent + 3, currency->exponent - (toman ? 1 : 0),
                      currency->habit, out);
    return out;
}

const char *quantity_text(const struct run *run, int64_t quantity, char out[CELL_MAX])
{
    (void)habit_write(quantity, 3, 0, run_currency(run)->habit, out);
    return out;
}

const char *sign_over(const struct run *run)
{
    return run->unicode ? "▲" : "^";
}

const char *sign_locked(const struct run *run)
{
    return run->unicode ? "⊘" : "#";
}

const char *sign_minus(const struct run *run)
{
    return run->unicode ? "−" : "-";
}

const char *free_text(const struct run *run, const Tefter__AccountRow *account, char out[CELL_MAX])
{
    char amount[CELL_MAX];
    if (account->unlimited)
        (void)snprintf(out, CELL_MAX, "%s", run_word(run, N_("no limit")));
    else if (account->available_minor >= 0)
        (void)snprintf(out, CELL_MAX, "%.200s", money_text(run, account->available_minor, amount));
    else
        (void)words_say(out, CELL_MAX, run->language, N_("{sign} over {amount}"), "sign",
                        sign_over(run), "amount",
                        money_text(run, -account->available_minor, amount), NULL);
    return out;
}

const char *available_text(const struct run *run, const Tefter__AccountRow *account,
                           char out[CELL_MAX])
{
    char amount[CELL_MAX];
    if (account->unlimited || account->available_minor < 0)
        return free_text(run, account, out);
    (void)words_say(out, CELL_MAX, run->language, N_("available {amount}"), "amount",
                    money_text(run, account->available_minor, amount), NULL);
    return out;
}

/* ---- cells of a message ---- */

static void write_text(const struct path_at *at, char out[CELL_MAX])
{
    const char *text = "";
    if (at->field->type == PROTOBUF_C_TYPE_STRING)
        text = *(const char *const *)at->value;
    else if (at->field->type == PROTOBUF_C_TYPE_MESSAGE &&
             at->field->descriptor == &tefter__text__descriptor)
        text = text_of(*(const Tefter__Text *const *)at->value);
    size_t size = strlen(text);
    if (size >= CELL_MAX) { /* cut at a whole character */
        for (size = CELL_MAX - 1; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80; size--) {
        }
    }
    memcpy(out, text, size);
    out[size] = '\0';
}

const char *state_said(const struct run *run, Tefter__DocumentState state, bool on_its_way,
                       char out[CELL_MAX])
{
    if (!on_its_way)
        return enum_said(run, &tefter__document_state__descriptor, (int)state, out);
    (void)snprintf(out, CELL_MAX, "%s", run_word(run, N_("not confirmed")));
    return out;
}

static void write_state(const struct run *run, const ProtobufCMessage *row,
                        const struct path_at *state, char out[CELL_MAX])
{
    struct path_at at;
    bool on_its_way = path_find(row, "on_its_way", &at) && path_integer(&at) != 0;
    (void)state_said(run, (Tefter__DocumentState)path_integer(state), on_its_way, out);
}

static void write_account(struct run *run, const struct path_at *at, bool limit, char out[CELL_MAX])
{
    if (at->field->type != PROTOBUF_C_TYPE_MESSAGE ||
        at->field->descriptor != &tefter__account_row__descriptor)
        return;
    const Tefter__AccountRow *account = *(const Tefter__AccountRow *const *)at->value;
    if (limit && !account->unlimited)
        (void)money_text(run, account->limit_minor, out);
    else
        (void)free_text(run, account, out);
}

const char *percent_text(int64_t bp, char out[CELL_MAX])
{
    (void)habit_write(bp, 2, 0, HABIT_ENGLISH, out);
    (void)strncat(out, "%", 2);
    return out;
}

static void write_integer(struct run *run, const struct column *column, const struct path_at *at,
                          char out[CELL_MAX])
{
    int64_t value = path_integer(at);
    switch (column->kind) {
    case COLUMN_MONEY:
        (void)money_text(run, value, out);
        break;
    case COLUMN_DATE:
        (void)date_text((uint32_t)value, out);
        break;
    case COLUMN_TIME:
        (void)time_cell(run, value, out);
        break;
    case COLUMN_PRICE:
        (void)price_text(run, value, out);
        break;
    case COLUMN_QUANTITY:
        (void)quantity_text(run, value, out);
        break;
    case COLUMN_PERCENT:
        (void)percent_text(value, out);
        break;
    case COLUMN_FLAG:
        (void)snprintf(out, CELL_MAX, "%s", value != 0 ? run_word(run, N_("yes")) : "");
        break;
    case COLUMN_ENUM:
        (void)enum_said(run, at->field->descriptor, (int)value, out);
        break;
    case COLUMN_LATE:
        if (value > 0)
            (void)snprintf(out, CELL_MAX, "%" PRId64, value);
        break;
    case COLUMN_CUSTOMER:
        (void)snprintf(out, CELL_MAX, "%s", customer_name(run, (uint32_t)value));
        break;
    case COLUMN_BRANCH:
        (void)snprintf(out, CELL_MAX, "%s", branch_code(run, (uint32_t)value));
        break;
    case COLUMN_STAFF:
        (void)snprintf(out, CELL_MAX, "%s", staff_login(run, (uint32_t)value));
        break;
    case COLUMN_PLACE:
        (void)snprintf(out, CELL_MAX, "%s", place_name(run, (uint32_t)value));
        break;
    case COLUMN_OFFSET:
        utc_offset_write((int32_t)value, out);
        break;
    case COLUMN_NUMBER:
    case COLUMN_TEXT:
    case COLUMN_SELDOM:
    case COLUMN_STATE:
    case COLUMN_LIMIT:
    case COLUMN_AVAILABLE:
        (void)snprintf(out, CELL_MAX, "%" PRId64, value);
        break;
    }
}

void cell_write(struct run *run, const ProtobufCMessage *row, const struct column *column,
                char out[CELL_MAX])
{
    struct path_at at;
    out[0] = '\0';
    if (!path_find(row, column->path, &at))
        return;
    if (column->kind == COLUMN_TEXT || column->kind == COLUMN_SELDOM)
        write_text(&at, out);
    else if (column->kind == COLUMN_STATE)
        write_state(run, row, &at, out);
    else if (column->kind == COLUMN_LIMIT || column->kind == COLUMN_AVAILABLE)
        write_account(run, &at, column->kind == COLUMN_LIMIT, out);
    else
        write_integer(run, column, &at, out);
}

static bool is_right(enum column_kind kind)
{
    return kind == COLUMN_MONEY || kind == COLUMN_NUMBER || kind == COLUMN_PRICE ||
           kind == COLUMN_QUANTITY || kind == COLUMN_PERCENT || kind == COLUMN_LIMIT ||
           kind == COLUMN_AVAILABLE || kind == COLUMN_LATE;
}

static bool is_left_out(struct run *run, const struct column *column, ProtobufCMessage *const *rows,
                        size_t count)
{
    char cell[CELL_MAX];
    bool empty = column->kind == COLUMN_SELDOM;
    for (size_t i = 0; i < count && empty; i++) {
        cell_write(run, rows[i], column, cell);
        empty = cell[0] == '\0';
    }
    return empty;
}

void table_rows(struct run *run, const struct column *columns, ProtobufCMessage *const *rows,
                size_t count)
{
    char cell[CELL_MAX];
    struct table *table = table_create(run);
    for (const struct column *column = columns; column->title != NULL; column++) {
        if (is_left_out(run, column, rows, count))
            continue;
        if (column->kind == COLUMN_TIME)
            table_time_column(table, column->title);
        else
            table_column(table, column->title, is_right(column->kind));
    }
    for (size_t i = 0; i < count; i++) {
        for (const struct column *column = columns; column->title != NULL; column++) {
            if (is_left_out(run, column, rows, count))
                continue;
            cell_write(run, rows[i], column, cell);
            table_cell(table, cell);
        }
    }
    table_print(table, stdout);
}
