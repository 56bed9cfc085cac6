#include "import/look.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "base/tell.h"
#include "base/text.h"
#include "import/form.h"

enum { PIECES = 16, PIECE_BYTES = 64 * 1024, LOOK_ARENA_MAX = 1 << 20, HEADER_ROWS_MAX = 30 };

/* ---- evidence ---- */

static void keep(char example[EXAMPLE_MAX], struct slice cell)
{
    int size = (int)(cell.size < EXAMPLE_MAX ? cell.size : EXAMPLE_MAX - 1);
    (void)snprintf(example, EXAMPLE_MAX, "%.*s", size, (const char *)cell.data);
}

/* "0", "0,00": the same whatever it is. */
static bool is_nothing(struct slice number)
{
    for (size_t i = 0; i < number.size; i++)
        if (strchr("0.,-+ ", number.data[i]) == NULL)
            return false;
    return true;
}

/* The digits before the last sign, nothing in front of them counted: 0,24 has none. */
static size_t digits_before(struct slice number)
{
    size_t digits = 0;
    size_t before = 0;
    bool sign = false;
    for (size_t i = 0; i < number.size; i++) {
        if (number.data[i] == '.' || number.data[i] == ',') {
            before = digits;
            sign = true;
        } else if (number.data[i] >= (digits > 0 ? '0' : '1') && number.data[i] <= '9') {
            digits++;
        } else if (number.data[i] >= 0x80) {
            digits++; /* a digit of another script, in bytes: large enough to be looked at */
        }
    }
    return sign ? before : digits;
}

static void look_at_rate(struct rate_evidence *rates, struct slice cell)
{
    bool percent;
    struct slice number;
    (void)value_percent(cell, &percent);
    if (percent && rates->percents++ == 0)
        keep(rates->percent, cell);
    if (!value_is_plain_rate(cell, &number) || is_nothing(number))
        return;
    size_t digits = digits_before(number);
    if (rates->plain++ == 0)
        keep(rates->example, cell);
    if (digits == 0 && rates->below++ == 0)
        keep(rates->small, cell);
    if (digits >= rates->largest_digits) {
        rates->largest_digits = digits;
        keep(rates->largest, cell);
    }
}

static void look_at_cell(struct look *look, enum import_field field, struct slice cell)
{
    bool percent;
    if (field == FIELD_DISCOUNT || field == FIELD_TAX) {
        look_at_rate(field == FIELD_TAX ? &look->taxes : &look->discounts, cell);
        cell = value_percent(cell, &percent);
    }
    if (cell.size == 0)
        return;
    switch (field_about(field)->form) {
    case FORM_NUMBER:
        number_look(
            field_is_amount(field) || field_is_price(field) ? &look->amounts : &look->others, cell);
        break;
    case FORM_DATE:
        date_look(&look->dates, cell);
        break;
    case FORM_CODE:
        look->codes[field]++;
        look->point_zero[field] += value_has_point_zero(cell);
        break;
    case FORM_LINE:
    case FORM_WHOLE:
        break;
    }
}

static void keep_first(struct look *look, const struct row *row)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        keep(look->first[i], mapping_text(&look->mapping, row, i));
    }
}

/* "Discount" alone is an amount or a percentage: its cells say which, or people do. */
static void look_at_rates(struct look *look, const struct row *row)
{
    for (size_t i = 0; i < look->mapping.columns && i < row->count; i++)
        if (row->text[i].size > 0 && mapping_unused(&look->mapping, i))
            look->rates[i] += field_of_rate(look->mapping.header[i]) != FIELD_NONE;
}

/* Beside a price. Of what an amount is without, nobody knows: the column is asked about. */
static bool map_rates(struct look *look)
{
    struct mapping *mapping = &look->mapping;
    bool mapped = false;
    if (kind_has_lines(mapping->kind) && !mapping_has(mapping, FIELD_PRICE))
        return false;
    for (size_t i = 0; i < mapping->columns; i++) {
        enum import_field field = field_of_rate(mapping->header[i]);
        if (look->rates[i] == 0 || field == FIELD_NONE || !field_taken(field, mapping->kind) ||
            mapping_has(mapping, field))
            continue;
        mapping->column[field] = (int)i;
        mapping->guessed[field] = mapped = true;
    }
    return mapped;
}

/* What nobody took may be money all the same. */
static void look_at_unused(struct look *look, const struct row *row)
{
    for (size_t i = 0; i < look->mapping.columns && i < row->count; i++) {
        if (row->text[i].size == 0 || !mapping_unused(&look->mapping, i))
            continue;
        look->filled[i]++;
        look->grouped[i] += number_has_groups(row->text[i]);
        look->priced[i] += number_is_money(row->text[i]);
    }
}

static void look_at_row(struct look *look, const struct row *row)
{
    if (form_total_word(&look->mapping, row).size > 0)
        return;
    look->sampled++;
    char why[ROW_FAULT_MAX];
    if (!mapping_good(&look->mapping, row, why)) {
        look->broken++;
        memcpy(look->broken_why, why, sizeof why);
        return;
    }
    if (look->sampled == look->broken + 1)
        keep_first(look, row);
    look_at_rates(look, row);
    look_at_unused(look, row);
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (look->mapping.column[i] != COLUMN_NONE)
            look_at_cell(look, i, mapping_text(&look->mapping, row, i));
}

static void look_at_rows(struct look *look, struct reader *reader)
{
    struct row row;
    while (reader_next(reader, &row, NULL))
        look_at_row(look, &row);
}

/* ---- the head ---- */

/* Without the last line when it may be cut. */
static struct slice whole_lines(const struct source *source)
{
    struct slice head =
        slice_of(source->head + source->text_at, source->head_size - source->text_at);
    if (source->head_size < SOURCE_HEAD_MAX)
        return head;
    const uint8_t *end = memrchr(head.data, guess_ending(head), head.size);
    if (end != NULL)
        head.size = (size_t)(end - head.data) + 1;
    return head;
}

static bool is_rejects_header(const struct row *row)
{
    return row->count > 2 && slice_equal(row->text[0], slice_text("line")) &&
           slice_equal(row->text[1], slice_text("reason"));
}

/* Does this row name the columns? The failure is of the first one that was tried. */
static bool try_header(struct look *look, const struct row *row,
                       const struct import_settings *settings, struct failure *failure)
{
    struct failure why = {FAULT_NONE, 0, ""};
    bool good = row->fault == NULL ? mapping_make(settings, row, &look->arena, &look->mapping, &why)
                                   : fail(&why, FAULT_USE, 0, "the header line: %s", row->fault);
    if (good) {
        look->begin = (struct track_place){row->end, row->next_line};
        look->header_line = row->line;
    } else if (failure != NULL && failure->fault == FAULT_NONE) {
        *failure = why;
    }
    return good;
}

/* A line of its own above a table: no header, though it be a word for a field ("Groups"). */
static bool is_title(const struct row *row, size_t columns)
{
    size_t filled = 0;
    for (size_t i = 0; i < row->count; i++)
        filled += row->text[i].size > 0;
    return filled == 1 && columns > 1;
}

/* How many of its cells are words for fields of this kind; more than one of a field count once. */
static size_t words_known(const struct row *row, enum import_kind kind)
{
    bool seen[FIELD_COUNT + 1] = {false};
    size_t known = 0;
    for (size_t i = 0; i < row->count && row->fault == NULL; i++) {
        uint32_t rank;
        enum import_field field = field_guess(row->text[i], kind, &rank);
        known += field != FIELD_NONE && !seen[field];
        seen[field] = true;
    }
    return known;
}

/* Which row names the columns best, when any may: the one with most words that are known, and of
 * those the first. Titles of two or three cells, an address, a date may stand above it. 0: none is
 * better than the first. */
static uint64_t best_header(const struct look *look, struct slice head, uint64_t first_line,
                            enum import_kind kind)
{
    struct memory memory = {head};
    struct row row;
    size_t best = 0;
    uint64_t line = 0;
    struct reader *reader = reader_create(&look->rows, memory_read, &memory, 0, first_line, NULL);
    for (int i = 0; reader != NULL && i < HEADER_ROWS_MAX && reader_next(reader, &row, NULL); i++) {
        size_t known = words_known(&row, kind);
        if (known > best) {
            best = known;
            line = row.line;
        }
    }
    reader_destroy(reader);
    return best > 1 ? line : 0;
}

/* The header is the first row that names what is needed; titles may stand above it. With --skip it
 * is the row behind those lines. */
static bool read_header(struct look *look, struct reader *reader, size_t columns, uint64_t best,
                        const struct import_settings *settings, struct failure *failure)
{
    struct row row;
    struct failure first = {FAULT_NONE, 0, ""};
    for (int tried = 0; tried < HEADER_ROWS_MAX && reader_next(reader, &row, failure); tried++) {
        bool ours = tried == 0 && is_rejects_header(&row);
        if (settings->skip_said && !ours && row.line <= settings->skip)
            continue;
        if (!settings->skip_said && (is_title(&row, columns) || row.line < best))
            continue;
        if (try_header(look, &row, settings, &first))
            return true;
        if (settings->skip_said || ours)
            break;
    }
    if (failure->fault != FAULT_NONE)
        return false;
    if (first.fault == FAULT_NONE)
        return fail(failure, FAULT_USE, 0, "the file is empty");
    return fail(failure, first.fault, 0, "%s", first.text);
}

/* The rows of the head once more, now that all columns are known. */
static void look_again(struct look *look, struct slice head, uint64_t first_line)
{
    struct memory memory = {head};
    struct row row;
    look->amounts = look->others = (struct number_evidence){.numbers = 0};
    look->dates = (struct date_evidence){.dates = 0};
    look->discounts = look->taxes = (struct rate_evidence){.percents = 0};
    memset(look->filled, 0, sizeof look->filled);
    memset(look->grouped, 0, sizeof look->grouped);
    memset(look->priced, 0, sizeof look->priced);
    memset(look->codes, 0, sizeof look->codes);
    memset(look->point_zero, 0, sizeof look->point_zero);
    look->sampled = look->broken = 0;
    struct reader *reader = reader_create(&look->rows, memory_read, &memory, 0, first_line, NULL);
    bool on = reader != NULL;
    do
        on = on && reader_next(reader, &row, NULL);
    while (on && row.line < look->header_line);
    if (on)
        look_at_rows(look, reader);
    reader_destroy(reader);
}

static bool look_at_head(struct look *look, struct slice head, uint64_t from,
                         const struct import_settings *settings, struct failure *failure)
{
    struct memory memory = {head};
    struct reader *reader =
        reader_create(&look->rows, memory_read, &memory, from, look->header_line, failure);
    uint64_t first_line = look->header_line;
    uint64_t best = settings->loose && !settings->skip_said
                        ? best_header(look, head, first_line, settings->kind)
                        : 0;
    bool good =
        reader != NULL && read_header(look, reader, guess_columns(head, look->rows.delimiter), best,
                                      settings, failure);
    if (good)
        look_at_rows(look, reader);
    reader_destroy(reader);
    if (good && settings->columns == NULL && map_rates(look))
        look_again(look, head, first_line);
    return good;
}

/* ---- how the bytes are letters ---- */

static bool is_utf8(struct slice text)
{
    for (size_t at = 0; at < text.size;) {
        uint32_t point;
        size_t step = text_decode(text.data + at, text.size - at, &point);
        if (step == 0)
            return text.size - at < 4; /* the sample may end within a letter */
        at += step;
    }
    return true;
}

/* Not UTF-8 with some damage, nor something that is no text at all. */
static bool is_mostly_other(struct slice text)
{
    size_t good = 0;
    size_t wrong = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t point;
        size_t step = text_decode(text.data + at, text.size - at, &point);
        good += step > 1;
        wrong += step == 0;
        at += step == 0 ? 1 : step;
    }
    return wrong > good && memchr(text.data, '\0', text.size) == NULL;
}

/* How many columns of a header in this encoding are fields. */
static size_t fields_known(const struct look *look, struct slice head,
                           const struct import_settings *settings, const char *encoding)
{
    struct reader_style style = look->rows;
    struct memory memory = {head};
    struct row row;
    size_t best = 0;
    style.encoding = encoding;
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    for (int i = 0; reader != NULL && i < HEADER_ROWS_MAX && reader_next(reader, &row, NULL); i++) {
        size_t known = words_known(&row, settings->kind);
        best = known > best ? known : best;
    }
    reader_destroy(reader);
    return best;
}

/* Text that is no UTF-8: the encoding in which most of the header are words we know; where all know
 * as many, the one whose letters its bytes mostly are. */
static void guess_encoding(struct look *look, struct slice head,
                           const struct import_settings *settings)
{
    static const char *const encodings[] = {"windows-1252", "windows-1253", "windows-1258",
                                            "windows-1256", "windows-1251", "gb18030",
                                            "big5"};
    const char *likely = settings->by_letters && is_mostly_other(head) ? guess_letters(head) : NULL;
    size_t best = fields_known(look, head, settings, likely);
    look->rows.encoding = likely;
    look->encoding_guessed = likely != NULL;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        size_t known = fields_known(look, head, settings, encodings[i]);
        if (known <= best)
            continue;
        best = known;
        look->rows.encoding = encodings[i];
        look->encoding_guessed = true;
    }
}

/* ---- pieces of the rest ---- */

/* From the first whole line to the last; a line within quotes may be broken, and is passed over. */
static void look_at_piece(struct look *look, struct slice piece)
{
    const uint8_t *begin = memchr(piece.data, look->rows.ending, piece.size);
    const uint8_t *end = memrchr(piece.data, look->rows.ending, piece.size);
    if (begin == NULL || end == begin)
        return;
    uint64_t broken = look->broken;
    struct memory memory = {slice_of(begin + 1, (size_t)(end - begin))};
    struct reader *reader = reader_create(&look->rows, memory_read, &memory, 0, 1, NULL);
    if (reader != NULL)
        look_at_rows(look, reader);
    reader_destroy(reader);
    look->broken = broken;
}

static void look_at_rest(struct look *look, const struct source *source)
{
    if (source->size <= SOURCE_HEAD_MAX)
        return;
    uint8_t *piece = malloc(PIECE_BYTES);
    uint64_t step = (source->size - SOURCE_HEAD_MAX) / PIECES;
    for (uint64_t i = 0; piece != NULL && i < PIECES; i++) {
        size_t got = source_peek(source, SOURCE_HEAD_MAX + i * step, piece, PIECE_BYTES);
        if (got > 0)
            look_at_piece(look, slice_of(piece, got));
    }
    free(piece);
}

/* "sep=;" in the first line is for spreadsheets; false when there is none. */
static bool says_delimiter(struct slice head, char *ret_delimiter, size_t *ret_size)
{
    const uint8_t *end = memchr(head.data, guess_ending(head), head.size);
    if (head.size < 5 || end == NULL || strncasecmp((const char *)head.data, "sep=", 4) != 0 ||
        end - head.data > 6)
        return false;
    *ret_delimiter = (char)head.data[4];
    *ret_size = (size_t)(end - head.data) + 1;
    return true;
}

bool look_at(struct look *look, struct source *source, const struct import_settings *settings,
             struct failure *failure)
{
    *look = (struct look){.header_line = 1};
    arena_init(&look->arena, LOOK_ARENA_MAX);
    struct slice head = whole_lines(source);
    char said = 0;
    size_t taken = 0;
    if (head.size > 0 && says_delimiter(head, &said, &taken)) {
        head = slice_of(head.data + taken, head.size - taken);
        look->header_line = 2;
    }
    look->rows = (struct reader_style){
        .delimiter = settings->delimiter != 0 ? settings->delimiter
                     : said != 0              ? said
                                              : guess_delimiter(head),
        .ending = guess_ending(head),
        .encoding = source->format == NULL ? settings->encoding : NULL,
    };
    if (source->format != NULL)
        (void)snprintf(look->made_of, sizeof look->made_of, "%s%s%s", source->format,
                       source->said[0] != '\0' ? ", " : "", source->said);
    if (settings->encoding == NULL && !is_utf8(head))
        guess_encoding(look, head, settings);
    if (!look_at_head(look, head, source->text_at + taken, settings, failure))
        return false;
    look->in_cells = source->cells;
    look->mapping.marks = source->format != NULL;
    look_at_rest(look, source);
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        look->style.point_zero[i] = look->codes[i] > 0 && look->codes[i] == look->point_zero[i];
    return true;
}

void look_fini(struct look *look)
{
    arena_fini(&look->arena);
}

/* ---- what is unclear ---- */

static void set_decimal(struct look *look, char decimal, char group)
{
    char usual = decimal == '.' ? ',' : '.';
    look->style.whole_only = false;
    look->style.number.decimal = decimal;
    look->style.number.group = group == 'n' ? 0 : group != 0 ? group : usual;
}

/* Money without decimals says by itself what it is; how quantities are written it says too, where
 * all of it is written in one way. */
static void join_numbers(struct look *look)
{
    const struct currency *currency = look->style.currency;
    struct number_evidence amounts = look->amounts;
    struct style style = look->style;
    look->numbers = (struct number_evidence){.numbers = 0};
    if (currency != NULL && currency->exponent == 0)
        number_make_whole(&amounts);
    if (currency == NULL || currency->exponent > 0 ||
        number_judge(&amounts, &style) != VERDICT_MIXED)
        number_join(&look->numbers, &amounts);
    number_join(&look->numbers, &look->others);
}

static bool decide_numbers(struct look *look, const struct import_settings *settings,
                           struct console *console, struct failure *failure)
{
    static const char *const words[] = {"decimals", "thousands", NULL};
    static const char *const signs[] = {"point", "comma", NULL};
    char question[240];
    join_numbers(look);
    enum verdict verdict = number_judge(&look->numbers, &look->style);
    look->style.mixed = verdict == VERDICT_MIXED;
    if (settings->decimal != 0) {
        set_decimal(look, settings->decimal, settings->group);
        return true;
    }
    if (settings->group != 0)
        look->style.number.group = settings->group == 'n' ? 0 : settings->group;
    if (verdict == VERDICT_CLEAR || verdict == VERDICT_NONE)
        return true;
    bool unclear = verdict == VERDICT_UNCLEAR;
    const char *example = look->numbers.example;
    char sign = strchr(example, '.') != NULL ? '.' : ',';
    int before = (int)strcspn(example, ".,");
    if (unclear)
        (void)snprintf(question, sizeof question,
                       "\"%s\" is %.*s.%s if the %s begins decimals, and %.*s%s if it parts "
                       "thousands: which?",
                       example, before, example, example + before + 1,
                       sign == '.' ? "point" : "comma", before, example, example + before + 1);
    else
        (void)snprintf(question, sizeof question,
                       "Some numbers are like %s and some like %s: which sign begins decimals?",
                       look->numbers.point, look->numbers.comma);
    int answer = console_ask(console, unclear ? ASK_DECIMAL : ASK_DECIMAL_MIXED, question,
                             unclear ? words : signs);
    if (answer < 0)
        return fail(failure, FAULT_USE, 0, "%s Say --decimal . or --decimal ,", question);
    char other = sign == '.' ? ',' : '.';
    set_decimal(look, unclear ? (answer == 0 ? sign : other) : (answer == 0 ? '.' : ','),
                settings->group);
    return true;
}

static void both_readings(const char *example, char *out, size_t capacity)
{
    char texts[2][DATE_TEXT_SIZE] = {"", ""};
    const char *why;
    uint32_t date;
    if (value_date(slice_text(example), DATES_DMY, &date, &why))
        date_write(date, texts[0]);
    if (value_date(slice_text(example), DATES_MDY, &date, &why))
        date_write(date, texts[1]);
    (void)snprintf(out, capacity,
                   "\"%s\" is %s if the day comes first, and %s if the month does: which?", example,
                   texts[0], texts[1]);
}

/* Can the unclear ones be read with the year first? */
static bool could_be_year_first(const struct look *look)
{
    uint32_t date;
    const char *why;
    return look->dates.example[0] != '\0' &&
           value_date(slice_text(look->dates.example), DATES_YMD, &date, &why);
}

static bool decide_dates(struct look *look, const struct import_settings *settings,
                         struct console *console, struct failure *failure)
{
    static const char *const all[] = {"dmy", "mdy", "ymd", NULL};
    static const char *const later[] = {"dmy", "mdy", NULL};
    static const enum import_dates orders[] = {DATES_DMY, DATES_MDY, DATES_YMD};
    char question[160];
    look->style.dates = settings->dates;
    if (settings->dates != DATES_GUESS)
        return true;
    enum verdict verdict = date_judge(&look->dates, &look->style.dates);
    if (verdict == VERDICT_CLEAR || verdict == VERDICT_NONE)
        return true;
    if (verdict == VERDICT_UNCLEAR)
        both_readings(look->dates.example, question, sizeof question);
    else
        (void)snprintf(question, sizeof question,
                       "%" PRIu64 " dates can only have the day first, %" PRIu64
                       " only the month: which is right?",
                       look->dates.day_first, look->dates.month_first);
    bool year_first = could_be_year_first(look);
    int answer = console_ask(console, verdict == VERDICT_UNCLEAR ? ASK_DATES : ASK_DATES_MIXED,
                             question, year_first ? all : later);
    if (answer < 0)
        return fail(failure, FAULT_USE, 0, "%s Say --dates dmy%s", question,
                    year_first ? ", --dates mdy or --dates ymd" : " or --dates mdy");
    look->style.dates = orders[answer];
    return true;
}

bool look_is_money(const struct look *look, size_t column)
{
    uint64_t like =
        look->grouped[column] > look->priced[column] ? look->grouped[column] : look->priced[column];
    return header_of_amount(look->mapping.header[column]) || like * 2 > look->filled[column];
}

/* What is left out is named: what changes money, only one by one. */
static bool confirm_unused(const struct look *look, struct failure *failure)
{
    char names[MAPPING_NAMES_MAX];
    bool like[ROW_FIELDS_MAX] = {false};
    const struct mapping *mapping = &look->mapping;
    (void)mapping_unused_names(mapping, true, names);
    if (names[0] != '\0')
        return fail(failure, FAULT_USE, 0,
                    "these columns change what is owed and would be left out: %s. Say which field "
                    "they are by --map, or --ignore \"%s\"",
                    names, names);
    for (size_t i = 0; i < mapping->columns; i++)
        like[i] = mapping_unused(mapping, i) && look->filled[i] > 0 && look_is_money(look, i);
    if (mapping_names(mapping, like, names)[0] == '\0')
        return true;
    return fail(failure, FAULT_USE, 0,
                "these columns look like money and would be left out: %s. Say which field they are "
                "by --map, or --ignore \"%s\"",
                names, names);
}

bool look_confirm(const struct look *look, const struct import_settings *settings,
                  struct console *console, struct failure *failure)
{
    static const char *const words[] = {"yes", "no", NULL};
    char names[MAPPING_NAMES_MAX];
    char question[MAPPING_NAMES_MAX + 80];
    if (settings->loose)
        return true;
    if (!confirm_unused(look, failure))
        return false;
    if (settings->dry_run)
        return true;
    (void)mapping_unused_names(&look->mapping, false, names);
    bool guessed = mapping_guessed(&look->mapping);
    if ((!guessed && names[0] == '\0') || settings->yes)
        return true;
    (void)snprintf(question, sizeof question, "Import with these columns%s%s?",
                   names[0] != '\0' ? ", without " : "", names);
    int answer = console_ask(console, ASK_OTHER, question, words);
    if (answer == 0)
        return true;
    if (answer > 0)
        return fail(failure, FAULT_USE, 0, "nothing was imported: name the columns by --map");
    if (names[0] != '\0')
        return fail(failure, FAULT_USE, 0,
                    "these columns would be left out: %s. Say --ignore \"%s\", or --yes to import "
                    "so, or which field they are by --map",
                    names, names);
    return fail(failure, FAULT_USE, 0,
                "the columns are guessed: say --yes to import so, or name them by --map");
}

/* "Discount %", "VAT rate": what stands there is no amount. */
static bool says_percent(const struct mapping *mapping, enum import_field field)
{
    static const char *const signs[] = {"%", "\u066A", "\uFF05", "\uFE6A"};
    int column = mapping->column[field];
    if (column == COLUMN_NONE)
        return false;
    struct slice header = mapping->header[column];
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (memmem(header.data, header.size, signs[i], strlen(signs[i])) != NULL)
            return true;
    return word_among(header, field_about(field)->headers) >= 0;
}

/* The largest in thousandths, as the file writes numbers; -1: it is none. */
static int64_t largest_of(const struct look *look, const struct rate_evidence *rates)
{
    enum { THOUSANDTHS = 3 };
    int64_t value;
    const char *why;
    return value_number(slice_text(rates->largest), THOUSANDTHS, &look->style, &value, &why) ? value
                                                                                             : -1;
}

/* Each as it would be read; false: it cannot be read so. */
static bool show_rate(const struct look *look, enum import_field field, const char *example,
                      enum import_rates is, char out[RATE_SHOWN_MAX])
{
    char text[MONEY_TEXT_MAX];
    const char *why;
    struct value_rate rate;
    const struct currency *currency = look->style.currency;
    struct style style = look->style;
    *(field == FIELD_TAX ? &style.tax_is : &style.discount_is) = is;
    style.tax_said = style.discount_said = true;
    if (!value_rate(slice_text(example), field, &style, &rate, &why))
        return false;
    (void)decimal_write(rate.value, rate.is_amount ? currency->exponent : 2, text);
    (void)snprintf(out, RATE_SHOWN_MAX, "%.30s %.4s", text, rate.is_amount ? currency->code : "%");
    return true;
}

size_t look_rate_readings(const struct look *look, enum import_field field,
                          const char **ret_example,
                          struct rate_reading ret_readings[RATE_READINGS_MAX])
{
    static const enum import_rates all[] = {RATES_PERCENT, RATES_SHARE, RATES_AMOUNT};
    static const char *const words[] = {"percent", "share", "amount"};
    enum { ONE = 1000, MOST_PERCENT = 100 * ONE };
    const struct rate_evidence *rates = field == FIELD_TAX ? &look->taxes : &look->discounts;
    const struct mapping *mapping = &look->mapping;
    int64_t largest = largest_of(look, rates);
    bool says = says_percent(mapping, field);
    const bool may[] = {says || !kind_has_lines(mapping->kind) || largest <= MOST_PERCENT,
                        rates->below > 0 || (largest >= 0 && largest <= ONE),
                        kind_has_lines(mapping->kind) && !says};
    size_t count = 0;
    *ret_example = rates->below > 0 ? rates->small : rates->example;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct rate_reading *reading = &ret_readings[count];
        if (!may[i] || !show_rate(look, field, *ret_example, all[i], reading->shown))
            continue;
        reading->is = all[i];
        reading->word = words[i];
        count++;
    }
    return count;
}

/* A plain number in a column of discounts or taxes is read in one way, or asked about. */
static bool decide_rates(struct look *look, enum import_field field, enum import_rates said,
                         struct console *console, struct failure *failure)
{
    const struct rate_evidence *rates = field == FIELD_TAX ? &look->taxes : &look->discounts;
    enum import_rates *is = field == FIELD_TAX ? &look->style.tax_is : &look->style.discount_is;
    bool *is_said = field == FIELD_TAX ? &look->style.tax_said : &look->style.discount_said;
    const char *flag = field == FIELD_TAX ? "--tax-is" : "--discount-is";
    struct rate_reading readings[RATE_READINGS_MAX];
    const char *words[RATE_READINGS_MAX + 1] = {NULL};
    const char *example;
    char question[400] = "";
    char either[RATE_READINGS_MAX * RATE_SHOWN_MAX] = "";
    char flags[120] = "";
    int column = look->mapping.column[field];
    bool set = look->mapping.constant[field] != NULL; /* a person wrote it: a percentage */
    *is = set ? RATES_PERCENT : said;
    *is_said = set || said != RATES_UNSAID;
    if (*is_said || rates->plain == 0 || column == COLUMN_NONE || look->style.currency == NULL)
        return true;
    size_t count = look_rate_readings(look, field, &example, readings);
    if (count == 1 && rates->percents == 0)
        *is = readings[0].is;
    if (count == 0 || *is != RATES_UNSAID)
        return true; /* what is none is named row by row */
    for (size_t i = 0; i < count; i++) {
        const char *sign = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        words[i] = readings[i].word;
        size_t used = strlen(either);
        (void)snprintf(either + used, sizeof either - used, "%s%s", sign, readings[i].shown);
        used = strlen(flags);
        (void)snprintf(flags + used, sizeof flags - used, "%s%s %s", sign, flag, words[i]);
    }
    struct slice header = look->mapping.header[column];
    (void)snprintf(
        question, sizeof question, "In the column %.*s \"%s\" has no sign%s%s: is it %s?",
        (int)(header.size < EXAMPLE_MAX ? header.size : EXAMPLE_MAX), (const char *)header.data,
        example, rates->percents > 0 ? ", as others have: " : "",
        rates->percents > 0 ? rates->percent : "", either);
    int answer =
        console_ask(console, field == FIELD_TAX ? ASK_TAX_IS : ASK_DISCOUNT_IS, question, words);
    if (answer < 0)
        return fail(failure, FAULT_USE, 0, "%s Say %s", question, flags);
    *is = readings[answer].is;
    *is_said = true;
    return true;
}

bool look_decide(struct look *look, const struct import_settings *settings, struct console *console,
                 struct failure *failure)
{
    return decide_numbers(look, settings, console, failure) &&
           decide_dates(look, settings, console, failure) &&
           decide_rates(look, FIELD_DISCOUNT, settings->discount_is, console, failure) &&
           decide_rates(look, FIELD_TAX, settings->tax_is, console, failure);
}

/* ---- telling ---- */

/* What a cell is read as, when that is not plain to see. */
static const char *read_as(const struct look *look, enum import_field field, char out[EXAMPLE_MAX])
{
    struct slice cell = slice_text(look->first[field]);
    const char *why;
    uint32_t date;
    out[0] = '\0';
    if (field_about(field)->form == FORM_DATE && value_date(cell, look->style.dates, &date, &why))
        date_write(date, out);
    else if (look->style.point_zero[field] && value_has_point_zero(cell))
        (void)snprintf(out, EXAMPLE_MAX, "%.*s", (int)cell.size - 2, (const char *)cell.data);
    return strcmp(out, look->first[field]) == 0 ? "" : out;
}

static void tell_field(const struct look *look, enum import_field field, struct console *console)
{
    char as[EXAMPLE_MAX];
    const char *read = read_as(look, field, as);
    int column = look->mapping.column[field];
    if (column == COLUMN_NONE && look->mapping.constant[field] == NULL)
        return;
    struct slice header =
        column != COLUMN_NONE ? look->mapping.header[column] : slice_text("(set)");
    console_say(console, "  %-10s %-20.*s %s%s%s%s", field_about(field)->name, (int)header.size,
                (const char *)header.data, look->first[field], read[0] != '\0' ? "  read as " : "",
                read, look->mapping.guessed[field] ? "  (guessed)" : "");
}

static void tell_unused(const struct look *look, struct console *console)
{
    char names[MAPPING_NAMES_MAX];
    if (mapping_unused_names(&look->mapping, false, names)[0] != '\0')
        console_say(console, "  not used:  %s", names);
}

static const char *group_words(char group)
{
    switch (group) {
    case ',':
        return "thousands by comma";
    case '.':
        return "thousands by point";
    case ' ':
        return "thousands by space";
    case '\'':
        return "thousands by '";
    default:
        return "no sign for thousands";
    }
}

static void tell_style(const struct look *look, struct console *console)
{
    if (look->numbers.numbers > 0 && look->style.whole_only)
        console_say(console, "  numbers:   whole");
    else if (look->numbers.numbers > 0)
        console_say(console, "  numbers:   decimals by %s, %s",
                    look->style.number.decimal == '.' ? "point" : "comma",
                    group_words(look->style.number.group));
    if (look->dates.serial > 0 && look->dates.serial == look->dates.dates)
        console_say(console, "  dates:     days as spreadsheets count");
    else if (look->dates.dates > 0)
        console_say(console, "  dates:     %s", dates_word(look->style.dates));
    if (look->broken > 0)
        console_say(console, "  broken:    %" PRIu64 " of the first %" PRIu64 " rows (%s)",
                    look->broken, look->sampled, look->broken_why);
}

void look_tell(const struct look *look, const struct import_settings *settings,
               struct console *console)
{
    console_say(console, "%s: %zu columns%s%s%s", settings->file, look->mapping.columns,
                look->in_cells ? "" : " by ",
                look->in_cells ? "" : delimiter_word(look->rows.delimiter),
                mapping_guessed(&look->mapping) ? ", some guessed from their headers:" : "");
    if (look->made_of[0] != '\0')
        console_say(console, "  made of:   %s", look->made_of);
    if (look->header_line > 1)
        console_say(console, "  header:    line %" PRIu64, look->header_line);
    if (look->encoding_guessed)
        console_say(console, "  encoding:  %s, guessed: --encoding says another",
                    look->rows.encoding);
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        tell_field(look, i, console);
    tell_unused(look, console);
    tell_style(look, console);
}
