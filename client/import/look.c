#include "import/look.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/tell.h"

enum { PIECES = 16, PIECE_BYTES = 64 * 1024, LOOK_ARENA_MAX = 1 << 20 };

/* ---- evidence ---- */

static void look_at_cell(struct look *look, enum import_field field, struct slice cell)
{
    if (cell.size == 0)
        return;
    switch (field_about(field)->form) {
    case FORM_NUMBER:
        number_look(&look->numbers, cell);
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
        struct slice cell = mapping_text(&look->mapping, row, i);
        int size = (int)(cell.size < EXAMPLE_MAX ? cell.size : EXAMPLE_MAX - 1);
        (void)snprintf(look->first[i], EXAMPLE_MAX, "%.*s", size, (const char *)cell.data);
    }
}

static void look_at_row(struct look *look, const struct row *row)
{
    look->sampled++;
    if (row->fault != NULL || row->count != look->mapping.columns) {
        look->broken++;
        (void)snprintf(look->broken_why, sizeof look->broken_why, "%s",
                       row->fault != NULL ? row->fault : "another number of columns");
        return;
    }
    if (look->sampled == look->broken + 1)
        keep_first(look, row);
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

static bool read_header(struct look *look, struct reader *reader,
                        const struct import_settings *settings, struct failure *failure)
{
    struct row header;
    if (!reader_next(reader, &header, failure))
        return fail(failure, FAULT_USE, 0, "the file is empty");
    if (header.fault != NULL)
        return fail(failure, FAULT_USE, 0, "the header line: %s", header.fault);
    return mapping_make(settings, &header, &look->arena, &look->mapping, failure);
}

static bool look_at_head(struct look *look, struct slice head,
                         const struct import_settings *settings, struct failure *failure)
{
    struct memory memory = {head};
    struct reader *reader = reader_create(&look->rows, memory_read, &memory, 0, 1, failure);
    bool good = reader != NULL && read_header(look, reader, settings, failure);
    if (good)
        look_at_rows(look, reader);
    reader_destroy(reader);
    return good;
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
    if (!source->file || source->size <= SOURCE_HEAD_MAX)
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

bool look_at(struct look *look, struct source *source, const struct import_settings *settings,
             struct failure *failure)
{
    *look = (struct look){.sampled = 0};
    arena_init(&look->arena, LOOK_ARENA_MAX);
    struct slice head = whole_lines(source);
    look->rows = (struct reader_style){
        .delimiter = settings->delimiter != 0 ? settings->delimiter : guess_delimiter(head),
        .ending = guess_ending(head),
        .encoding = settings->encoding,
    };
    if (!look_at_head(look, head, settings, failure))
        return false;
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

static bool decide_numbers(struct look *look, const struct import_settings *settings,
                           struct console *console, struct failure *failure)
{
    static const char *const words[] = {"decimals", "thousands", NULL};
    static const char *const signs[] = {"point", "comma", NULL};
    char question[160];
    if (settings->decimal != 0) {
        set_decimal(look, settings->decimal, settings->group);
        return true;
    }
    enum verdict verdict = number_judge(&look->numbers, &look->style);
    if (settings->group != 0)
        look->style.number.group = settings->group == 'n' ? 0 : settings->group;
    if (verdict == VERDICT_CLEAR || verdict == VERDICT_NONE)
        return true;
    bool unclear = verdict == VERDICT_UNCLEAR;
    const char *example = look->numbers.example;
    char sign = strchr(example, '.') != NULL ? '.' : ',';
    if (unclear)
        (void)snprintf(question, sizeof question,
                       "\"%s\": does the %s begin decimals or part thousands?", example,
                       sign == '.' ? "point" : "comma");
    else
        (void)snprintf(
            question, sizeof question,
            "Some numbers are like 2.55 and some like 2,55: which sign begins decimals?");
    int answer = console_ask(console, question, unclear ? words : signs);
    if (answer < 0)
        return fail(failure, FAULT_USE, 0, "%s Say --decimal . or --decimal ,", question);
    char other = sign == '.' ? ',' : '.';
    set_decimal(look, unclear ? (answer == 0 ? sign : other) : (answer == 0 ? '.' : ','),
                settings->group);
    return true;
}

static bool decide_dates(struct look *look, const struct import_settings *settings,
                         struct console *console, struct failure *failure)
{
    static const char *const words[] = {"dmy", "mdy", "ymd", NULL};
    static const enum import_dates orders[] = {DATES_DMY, DATES_MDY, DATES_YMD};
    char question[160];
    look->style.dates = settings->dates;
    if (settings->dates != DATES_GUESS)
        return true;
    enum verdict verdict = date_judge(&look->dates, &look->style.dates);
    if (verdict == VERDICT_CLEAR || verdict == VERDICT_NONE)
        return true;
    if (verdict == VERDICT_UNCLEAR)
        (void)snprintf(question, sizeof question, "\"%s\": is the day first, or the month?",
                       look->dates.example);
    else
        (void)snprintf(question, sizeof question,
                       "%" PRIu64 " dates can only have the day first, %" PRIu64
                       " only the month: which is right?",
                       look->dates.day_first, look->dates.month_first);
    int answer = console_ask(console, question, words);
    if (answer < 0)
        return fail(failure, FAULT_USE, 0, "%s Say --dates dmy, --dates mdy or --dates ymd",
                    question);
    look->style.dates = orders[answer];
    return true;
}

bool look_confirm(const struct look *look, const struct import_settings *settings,
                  struct console *console, struct failure *failure)
{
    static const char *const words[] = {"yes", "no", NULL};
    if (!look->mapping.guessed || settings->yes || settings->dry_run)
        return true;
    int answer = console_ask(console, "Import with these columns?", words);
    if (answer == 0)
        return true;
    return fail(failure, FAULT_USE, 0,
                answer < 0
                    ? "the columns are guessed: say --yes to import so, or name them by --map"
                    : "nothing was imported: name the columns by --map");
}

bool look_decide(struct look *look, const struct import_settings *settings, struct console *console,
                 struct failure *failure)
{
    return decide_numbers(look, settings, console, failure) &&
           decide_dates(look, settings, console, failure);
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
    console_say(console, "  %-10s %-20.*s %s%s%s", field_about(field)->name, (int)header.size,
                (const char *)header.data, look->first[field], read[0] != '\0' ? "  read as " : "",
                read);
}

static void tell_unused(const struct look *look, struct console *console)
{
    bool any = false;
    for (size_t i = 0; i < look->mapping.columns; i++) {
        bool used = false;
        for (enum import_field k = 0; k < FIELD_COUNT; k++)
            used = used || look->mapping.column[k] == (int)i;
        if (used)
            continue;
        tell(console->err, "%s%.*s",
             any ? ", " : "  not used:  ", (int)look->mapping.header[i].size,
             (const char *)look->mapping.header[i].data);
        any = true;
    }
    if (any)
        (void)fputc('\n', console->err);
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
    if (look->dates.dates > 0)
        console_say(console, "  dates:     %s", dates_word(look->style.dates));
    if (look->broken > 0)
        console_say(console, "  broken:    %" PRIu64 " of the first %" PRIu64 " rows (%s)",
                    look->broken, look->sampled, look->broken_why);
}

void look_tell(const struct look *look, const struct import_settings *settings,
               struct console *console)
{
    console_say(console, "%s: %zu columns by %s%s", settings->file, look->mapping.columns,
                delimiter_word(look->rows.delimiter),
                look->mapping.guessed ? ", guessed from their headers:" : "");
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        tell_field(look, i, console);
    tell_unused(look, console);
    tell_style(look, console);
}
