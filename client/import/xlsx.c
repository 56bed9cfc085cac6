/*
 * Workbooks (XLSX): one sheet as text, each of its rows in the line of its number. libzip opens it,
 * expat reads its parts. What unpacks to more than a real workbook does, or says what parts mean
 * by a DOCTYPE, is refused. A number is written as spreadsheets show it, with 15 digits at most; a
 * day as year, month and day; a part of a hundred as a percentage, when it is shown so. What the
 * eye does not see is said: formulas, decimals that are not shown, rows, columns and sheets that
 * are hidden.
 */
#include "import/format.h"

#include <expat.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zip.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/grow.h"
#include "import/reader.h"

enum {
    PIECE_BYTES = 64 * 1024,
    PART_BYTES_MAX = 1 << 30, /* of one part, unpacked */
    PACKED_TIMES_MAX = 400,   /* a part unpacks to at most this many times what it was, */
    PACKED_FREE = 1 << 20,    /* beyond what is small anyhow */
    MEMORY_MAX = 768 * 1024 * 1024,
    SHEETS_MAX = 256,
    STYLES_MAX = 65536,
    ROWS_MAX = 1048576,
    CELL_BYTES_MAX = 32768 * 4, /* what a cell holds */
    SERIAL_1904 = 1462,
    SERIAL_1970 = 25569,
    DIGITS = 15,
    NUMBER_ROOM = 400,
    SHOWS_ALL = -1,
    CELL_NAME_MAX = 16,
    FORMAT_DECIMALS_MAX = 30,
};

struct sheet {
    const char *name;
    const char *id;   /* of its relation */
    const char *path; /* NULL: not found */
    bool hidden;
};

/* How a format shows a number. */
struct shown {
    uint32_t number; /* of the format */
    bool day;
    bool percent;
    bool scaled;  /* in thousands: 1234 for 1234000 */
    int decimals; /* SHOWS_ALL: as many as there are */
};

/* What is told of the cells that were read: how many, and which is the first. */
struct note {
    uint64_t count;
    char first[CELL_NAME_MAX];
};

struct book {
    zip_t *zip;
    struct arena arena;
    struct failure *failure;
    struct sheet sheets[SHEETS_MAX];
    size_t sheet_count;
    bool from_1904;
    struct shown *styles; /* of each style */
    size_t style_count;
    size_t style_room;
    struct shown *formats; /* of its own */
    size_t format_count;
    size_t format_room;
    bool read_hidden;
    struct note formulas;
    struct note not_shown; /* numbers that hold more than they show */
    struct note hidden_rows;
    struct note hidden_columns;
    bool in_styles; /* within cellXfs */
    struct slice *strings;
    size_t string_count;
    size_t string_room;
};

/* One part that is being read. */
struct part {
    struct book *book;
    XML_Parser parser;
    struct buffer text; /* of the element that is open */
    bool keeps;         /* text is wanted */
    bool phonetic;      /* within a reading aid, which is no text */
    struct format_out *out;
    /* of a sheet */
    size_t columns; /* that have something; in the second reading all rows get so many */
    uint64_t row;
    uint64_t lines; /* written */
    size_t at;      /* the column of the cell, from 0 */
    size_t filled;  /* cells of the row that are written */
    char type; /* of the cell: 's' shared, 't' text, 'b' true or false, 'e' fault, 'n' number */
    uint32_t style;
    bool has_value;
    bool has_formula;
    bool row_hidden;
    bool hidden[ROW_FIELDS_MAX]; /* columns */
    bool noted[ROW_FIELDS_MAX];  /* of these, those that have something */
    bool row_noted;
};

static void stop(struct part *part, const char *why)
{
    (void)fail(part->book->failure, FAULT_USE, 0, "the workbook %s", why);
    (void)XML_StopParser(part->parser, XML_FALSE);
}

/* ---- XML ---- */

/* Without what stands before the colon. */
static bool is_called(const char *name, const char *local)
{
    const char *colon = strrchr(name, ':');
    return strcmp(colon != NULL ? colon + 1 : name, local) == 0;
}

static const char *attribute(const char **attributes, const char *local)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (is_called(attributes[i], local))
            return attributes[i + 1];
    return NULL;
}

static const char *keep(struct book *book, const char *text)
{
    return text != NULL ? arena_text(&book->arena, text, strlen(text)) : NULL;
}

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    stop(context, "holds a DOCTYPE, which none has");
}

static void on_text(void *context, const char *text, int size)
{
    struct part *part = context;
    if (!part->keeps || part->phonetic || size <= 0)
        return;
    if (part->text.size + (size_t)size > CELL_BYTES_MAX ||
        !buffer_put(&part->text, text, (size_t)size))
        stop(part, "has a cell that is longer than a cell may be");
}

static bool too_much(const zip_stat_t *about)
{
    return about->size > PART_BYTES_MAX ||
           (about->size > PACKED_FREE && about->size / PACKED_TIMES_MAX > about->comp_size);
}

static bool parse_pieces(struct part *part, zip_file_t *file)
{
    uint64_t read = 0;
    for (;;) {
        void *piece = XML_GetBuffer(part->parser, PIECE_BYTES);
        zip_int64_t got = piece != NULL ? zip_fread(file, piece, PIECE_BYTES) : -1;
        read += got > 0 ? (uint64_t)got : 0;
        if (got < 0 || read > PART_BYTES_MAX)
            return fail(part->book->failure, FAULT_USE, 0, "the workbook is damaged: save it anew");
        if (XML_ParseBuffer(part->parser, (int)got, got == 0) != XML_STATUS_OK) {
            if (part->book->failure->fault == FAULT_NONE)
                (void)fail(part->book->failure, FAULT_USE, 0, "the workbook is damaged: %s",
                           XML_ErrorString(XML_GetErrorCode(part->parser)));
            return false;
        }
        if (got == 0)
            return true;
    }
}

/* Reads a part; one that is not there is empty when it may be. */
static bool parse(struct part *part, const char *path, bool needed, XML_StartElementHandler begin,
                  XML_EndElementHandler end)
{
    struct book *book = part->book;
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat(book->zip, path, 0, &about) != 0)
        return !needed || fail(book->failure, FAULT_USE, 0, "the workbook has no part %s", path);
    if (too_much(&about))
        return fail(book->failure, FAULT_USE, 0,
                    "the workbook unpacks to more than any real one: save it as CSV");
    zip_file_t *file = zip_fopen_index(book->zip, about.index, 0);
    part->parser = XML_ParserCreate(NULL);
    bool good = file != NULL && part->parser != NULL;
    if (good) {
        XML_SetUserData(part->parser, part);
        XML_SetElementHandler(part->parser, begin, end);
        XML_SetCharacterDataHandler(part->parser, on_text);
        XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
        buffer_init(&part->text, CELL_BYTES_MAX);
        good = parse_pieces(part, file);
        buffer_fini(&part->text);
    } else {
        (void)fail(book->failure, FAULT_USE, 0, "the workbook is damaged, or locked by a password");
    }
    XML_ParserFree(part->parser);
    if (file != NULL)
        (void)zip_fclose(file);
    return good;
}

/* ---- the book: its sheets and where they are ---- */

static void on_book(void *context, const char *name, const char **attributes)
{
    struct part *part = context;
    struct book *book = part->book;
    if (is_called(name, "workbookPr")) {
        const char *since = attribute(attributes, "date1904");
        book->from_1904 = since != NULL && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
    }
    if (!is_called(name, "sheet"))
        return;
    const char *state = attribute(attributes, "state");
    if (book->sheet_count == SHEETS_MAX) {
        stop(part, "has more sheets than can be looked at");
        return;
    }
    struct sheet *sheet = &book->sheets[book->sheet_count++];
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], "name") == 0)
            sheet->name = keep(book, attributes[i + 1]);
        else if (is_called(attributes[i], "id") && strchr(attributes[i], ':') != NULL)
            sheet->id = keep(book, attributes[i + 1]);
    sheet->hidden = state != NULL && strcmp(state, "visible") != 0;
}

static void on_relation(void *context, const char *name, const char **attributes)
{
    struct part *part = context;
    struct book *book = part->book;
    const char *id = attribute(attributes, "Id");
    const char *target = attribute(attributes, "Target");
    char path[512];
    if (!is_called(name, "Relationship") || id == NULL || target == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s%s", target[0] == '/' ? "" : "xl/",
                   target[0] == '/' ? target + 1 : target);
    for (size_t i = 0; i < book->sheet_count; i++)
        if (book->sheets[i].id != NULL && strcmp(book->sheets[i].id, id) == 0)
            book->sheets[i].path = keep(book, path);
}

static void on_end_nothing(void *context, const char *name)
{
    (void)context;
    (void)name;
}

/* ---- styles: what they show ---- */

/* The next sign of a format that is no text in quotes, no filler and nothing in brackets, from *at
 * on; NUL at the end of the first section. */
static char next_sign(const char *format, size_t *at)
{
    for (;; (*at)++) {
        char sign = format[*at];
        if (sign == '\0' || sign == ';')
            return '\0';
        if (sign == '"')
            *at += 1 + strcspn(format + *at + 1, "\"");
        else if (sign == '[')
            *at += strcspn(format + *at, "]");
        else if ((sign == '\\' || sign == '_' || sign == '*') && format[*at + 1] != '\0')
            (*at)++;
        else
            return sign;
        if (format[*at] == '\0')
            return '\0';
    }
}

static bool is_place(char sign)
{
    return sign == '0' || sign == '#' || sign == '?';
}

/* "dd/mm/yyyy", "[$-fa-IR]d mmmm", "0.0%", "#,##0,": a year or a day makes it a day. */
static struct shown shown_by(const char *format, uint32_t number)
{
    struct shown shown = {.number = number, .decimals = SHOWS_ALL};
    bool exact = true; /* no power of ten, no fraction */
    bool point = false;
    char before = '\0';
    int decimals = 0;
    bool places = false;
    for (size_t at = 0; next_sign(format, &at) != '\0'; at++) {
        char sign = format[at];
        shown.day = shown.day || strchr("yYdD", sign) != NULL;
        exact = exact && strchr("eE/@", sign) == NULL;
        shown.percent = shown.percent || sign == '%';
        decimals += point && is_place(sign);
        point = point || sign == '.';
        places = places || is_place(sign);
        size_t next = at + 1;
        shown.scaled = shown.scaled ||
                       (sign == ',' && is_place(before) && !is_place(next_sign(format, &next)));
        before = sign;
    }
    if (strpbrk(format, "eE") != NULL && !places && strncasecmp(format, "General", 7) != 0)
        shown.day = true; /* a year of another calendar */
    if (exact && places && !shown.day)
        shown.decimals = decimals < FORMAT_DECIMALS_MAX ? decimals : SHOWS_ALL;
    return shown;
}

/* Formats that every workbook knows, and its own. */
static struct shown shown_of(const struct book *book, uint32_t number)
{
    struct shown shown = {.number = number, .decimals = SHOWS_ALL};
    for (size_t i = 0; i < book->format_count; i++)
        if (book->formats[i].number == number)
            return book->formats[i];
    shown.day = (number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 31) ||
                number == 36 || (number >= 50 && number <= 54) || number == 57 || number == 58;
    shown.percent = number == 9 || number == 10;
    if (number == 1 || number == 3 || number == 9 || number == 37 || number == 38)
        shown.decimals = 0;
    else if (number == 2 || number == 4 || number == 10 || number == 39 || number == 40)
        shown.decimals = 2;
    return shown;
}

static uint32_t number_of(const char *text)
{
    return text != NULL ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static void on_style(void *context, const char *name, const char **attributes)
{
    struct part *part = context;
    struct book *book = part->book;
    if (is_called(name, "numFmt")) {
        const char *code = attribute(attributes, "formatCode");
        if (code != NULL && book->format_count < STYLES_MAX &&
            GROW(book->formats, book->format_room, book->format_count + 1))
            book->formats[book->format_count++] =
                shown_by(code, number_of(attribute(attributes, "numFmtId")));
    } else if (is_called(name, "cellXfs")) {
        book->in_styles = true;
    } else if (book->in_styles && is_called(name, "xf")) {
        if (book->style_count < STYLES_MAX &&
            GROW(book->styles, book->style_room, book->style_count + 1))
            book->styles[book->style_count++] =
                shown_of(book, number_of(attribute(attributes, "numFmtId")));
    }
}

static void on_style_end(void *context, const char *name)
{
    struct part *part = context;
    if (is_called(name, "cellXfs"))
        part->book->in_styles = false;
}

/* ---- strings that cells share ---- */

static void on_string(void *context, const char *name, const char **attributes)
{
    struct part *part = context;
    (void)attributes;
    if (is_called(name, "si"))
        buffer_clear(&part->text);
    part->phonetic = part->phonetic || is_called(name, "rPh");
    part->keeps = is_called(name, "t");
}

static void on_string_end(void *context, const char *name)
{
    struct part *part = context;
    struct book *book = part->book;
    part->keeps = false;
    if (is_called(name, "rPh"))
        part->phonetic = false;
    if (!is_called(name, "si"))
        return;
    const char *copy =
        part->text.size > 0 ? arena_text(&book->arena, part->text.data, part->text.size) : "";
    if (copy == NULL || book->string_count >= INT32_MAX ||
        !GROW(book->strings, book->string_room, book->string_count + 1)) {
        stop(part, "holds more text than can be kept");
        return;
    }
    book->strings[book->string_count++] = slice_of(copy, part->text.size);
}

/* ---- cells ---- */

/* "BC12": the column from 0; before it, when it says none. */
static size_t column_of(const char *place, size_t before)
{
    size_t column = 0;
    if (place == NULL)
        return before;
    for (; *place >= 'A' && *place <= 'Z' && column <= ROW_FIELDS_MAX; place++)
        column = column * 26 + (size_t)(*place - 'A' + 1);
    return column > 0 ? column - 1 : before;
}

static void on_cell(struct part *part, const char **attributes)
{
    const char *type = attribute(attributes, "t");
    part->at = column_of(attribute(attributes, "r"), part->at);
    part->style = number_of(attribute(attributes, "s"));
    part->type = 'n';
    if (type != NULL && strcmp(type, "s") == 0)
        part->type = 's';
    else if (type != NULL && (strcmp(type, "str") == 0 || strcmp(type, "inlineStr") == 0))
        part->type = 't';
    else if (type != NULL)
        part->type = type[0];
    part->has_value = false;
    part->has_formula = false;
    buffer_clear(&part->text);
}

/* "1" or "true"; or nothing is left of its height or width. */
static bool is_hidden(const char **attributes, const char *size)
{
    const char *hidden = attribute(attributes, "hidden");
    const char *left = attribute(attributes, size);
    return (hidden != NULL && (strcmp(hidden, "1") == 0 || strcmp(hidden, "true") == 0)) ||
           (left != NULL && strtod(left, NULL) <= 0);
}

static void on_columns(struct part *part, const char **attributes)
{
    uint32_t first = number_of(attribute(attributes, "min"));
    uint32_t last = number_of(attribute(attributes, "max"));
    for (uint32_t i = first > 0 ? first - 1 : 0; i < last && i < ROW_FIELDS_MAX; i++)
        part->hidden[i] = is_hidden(attributes, "width");
}

static void on_sheet(void *context, const char *name, const char **attributes)
{
    struct part *part = context;
    if (is_called(name, "row")) {
        const char *number = attribute(attributes, "r");
        part->row = number != NULL ? number_of(number) : part->row + 1;
        part->at = 0;
        part->filled = 0;
        part->row_hidden = is_hidden(attributes, "ht");
        part->row_noted = false;
    } else if (is_called(name, "col")) {
        on_columns(part, attributes);
    } else if (is_called(name, "f")) {
        part->has_formula = true;
    } else if (is_called(name, "c")) {
        on_cell(part, attributes);
    } else if (is_called(name, "v") || is_called(name, "t")) {
        part->keeps = true;
        part->has_value = true;
    } else if (is_called(name, "rPh")) {
        part->phonetic = true;
    }
}

/* "1234.50" of what a spreadsheet keeps as 1234.5, 1.2345E3 or 1234.4999999999999. What may as well
 * be thousands, as 1.234, gets one zero more. */
static size_t write_number(const char *text, char out[NUMBER_ROOM])
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || value > 1e15 || value < -1e15)
        return (size_t)snprintf(out, NUMBER_ROOM, "%.60s", text);
    char shortest[64];
    (void)snprintf(shortest, sizeof shortest, "%.*e", DIGITS - 1, value);
    long power = strtol(strchr(shortest, 'e') + 1, NULL, 10);
    int decimals = power < DIGITS ? (int)(DIGITS - 1 - power) : 0;
    size_t size = (size_t)snprintf(out, NUMBER_ROOM, "%.*f", decimals < 60 ? decimals : 60, value);
    if (memchr(out, '.', size) == NULL)
        return size;
    while (out[size - 1] == '0')
        size--;
    size_t point = (size_t)((char *)memchr(out, '.', size) - out);
    if (point + 1 == size)
        return point;
    if (size - point == 4)
        out[size++] = '0';
    return size;
}

static size_t write_day(const struct book *book, const char *text, char out[NUMBER_ROOM])
{
    char *end;
    double serial = strtod(text, &end);
    if (end == text || serial < 1 || serial > SERIAL_1970 + DATE_MAX)
        return 0;
    int64_t day = (int64_t)serial + (book->from_1904 ? SERIAL_1904 : 0) - SERIAL_1970;
    char date[DATE_TEXT_SIZE];
    if (day < DATE_MIN || day > DATE_MAX)
        return 0;
    date_write((uint32_t)day, date);
    return (size_t)snprintf(out, NUMBER_ROOM, "%s", date);
}

/* "D7" */
static void name_cell(const struct part *part, char out[CELL_NAME_MAX])
{
    char letters[CELL_NAME_MAX];
    size_t count = 0;
    for (size_t left = part->at + 1; left > 0 && count < 4; left = (left - 1) / 26)
        letters[count++] = (char)('A' + (left - 1) % 26);
    size_t used = 0;
    while (count > 0)
        out[used++] = letters[--count];
    (void)snprintf(out + used, CELL_NAME_MAX - used, "%" PRIu64, part->row);
}

/* Of the first reading, which sees all of it. */
static void note_cell(const struct part *part, struct note *note)
{
    if (part->out == NULL && note->count++ == 0)
        name_cell(part, note->first);
}

static struct slice no_value(const struct part *part, const char *why, char room[NUMBER_ROOM])
{
    char name[CELL_NAME_MAX];
    name_cell(part, name);
    int size = snprintf(room, NUMBER_ROOM, "%ccell %s %.100s", FORMAT_NO_VALUE, name, why);
    return slice_of(room, (size_t)size);
}

/* "12.5" of 0.125 */
static size_t write_percent(const char *text, char out[NUMBER_ROOM])
{
    char hundredfold[64];
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || value > 1e12 || value < -1e12)
        return 0;
    (void)snprintf(hundredfold, sizeof hundredfold, "%.*g", DIGITS, value * 100);
    size_t size = write_number(hundredfold, out);
    out[size] = '%';
    return size + 1;
}

/* Digits that the format leaves out. */
static bool shows_less(const struct shown *shown, struct slice number)
{
    const uint8_t *point = memchr(number.data, '.', number.size);
    int decimals = 0;
    for (size_t i = 0; point != NULL && point + 1 + i < number.data + number.size; i++)
        if (point[1 + i] >= '1' && point[1 + i] <= '9')
            decimals = (int)i + 1;
    return shown->scaled || (shown->decimals != SHOWS_ALL && decimals > shown->decimals);
}

static struct slice number_shown(struct part *part, const char *text, char room[NUMBER_ROOM])
{
    static const struct shown plain = {.decimals = SHOWS_ALL};
    struct book *book = part->book;
    const struct shown *shown =
        part->style < book->style_count ? &book->styles[part->style] : &plain;
    size_t size = shown->day ? write_day(book, text, room) : 0;
    if (size > 0)
        return slice_of(room, size);
    size = shown->percent ? write_percent(text, room) : 0;
    if (size == 0)
        size = write_number(text, room);
    struct slice number = slice_of(room, size);
    if (shows_less(shown, number))
        note_cell(part, &book->not_shown);
    return number;
}

/* What the cell shows; empty when it has nothing. */
static struct slice value_of(struct part *part, char room[NUMBER_ROOM])
{
    const struct book *book = part->book;
    if (part->has_formula && (!part->has_value || (part->text.size == 0 && part->type != 't')))
        return no_value(part, "is a formula without a saved value: open the workbook and save it",
                        room);
    if (!part->has_value || !buffer_put(&part->text, "", 1))
        return slice_of("", 0);
    if (part->has_formula && part->type != 'e')
        note_cell(part, &part->book->formulas);
    const char *text = (const char *)part->text.data;
    if (part->type == 's') {
        uint32_t at = number_of(text);
        return at < book->string_count ? book->strings[at] : slice_of("", 0);
    }
    if (part->type == 'b')
        return slice_text(text[0] == '1' ? "TRUE" : "FALSE");
    if (part->type == 'e')
        return no_value(part, text, room);
    if (part->type != 'n' || part->text.size == 1)
        return slice_of(text, part->text.size - 1);
    return number_shown(part, text, room);
}

/* Rows and columns that are not shown and have something, each once. True: it is left out. */
static bool left_out(struct part *part)
{
    struct book *book = part->book;
    bool column = part->at < ROW_FIELDS_MAX && part->hidden[part->at];
    if (!part->row_hidden && !column)
        return false;
    if (part->row_hidden && !part->row_noted)
        note_cell(part, &book->hidden_rows);
    else if (!part->row_hidden && !part->noted[part->at])
        note_cell(part, &book->hidden_columns);
    part->row_noted = part->row_noted || part->row_hidden;
    if (column && !part->row_hidden)
        part->noted[part->at] = true;
    return !book->read_hidden;
}

/* Lines up to the row, and cells up to the column. */
static void reach(struct part *part)
{
    while (part->lines + 1 < part->row && part->lines < ROWS_MAX) {
        format_out_put(part->out, "\n", 1);
        part->lines++;
    }
    for (; part->filled < part->at; part->filled++)
        format_out_cell(part->out, slice_of("", 0), part->filled == 0);
}

static void on_cell_end(struct part *part)
{
    char room[NUMBER_ROOM];
    bool out = (part->has_value || part->has_formula) && left_out(part);
    struct slice value = out ? slice_of("", 0) : value_of(part, room);
    if (value.size > 0 && part->at >= ROW_FIELDS_MAX) {
        stop(part, "has more columns than can be held");
    } else if (value.size > 0 && part->out == NULL) {
        part->columns = part->at + 1 > part->columns ? part->at + 1 : part->columns;
    } else if (value.size > 0 && part->at >= part->filled) {
        reach(part);
        format_out_cell(part->out, value, part->filled == 0);
        part->filled++;
    }
    part->at++;
}

static void on_sheet_end(void *context, const char *name)
{
    struct part *part = context;
    if (is_called(name, "v") || is_called(name, "t")) {
        part->keeps = false;
    } else if (is_called(name, "rPh")) {
        part->phonetic = false;
    } else if (is_called(name, "c")) {
        on_cell_end(part);
    } else if (is_called(name, "row") && part->out != NULL && part->filled > 0) {
        part->at = part->columns;
        reach(part);
        format_out_put(part->out, "\n", 1);
        part->lines++;
    }
}

/* ---- the whole ---- */

static const struct sheet *choose(struct book *book, const char *wanted)
{
    const struct sheet *first = NULL;
    char names[160] = "";
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct sheet *sheet = &book->sheets[i];
        if (sheet->name == NULL || sheet->path == NULL)
            continue;
        if (wanted != NULL && strcasecmp(sheet->name, wanted) == 0)
            return sheet;
        first = first == NULL && !sheet->hidden ? sheet : first;
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%.40s", used > 0 ? ", " : "",
                       sheet->name);
    }
    if (wanted != NULL)
        (void)fail(book->failure, FAULT_USE, 0, "the workbook has no sheet \"%.40s\"; it has %s",
                   wanted, names);
    else if (first == NULL && names[0] != '\0')
        (void)fail(book->failure, FAULT_USE, 0,
                   "the workbook shows no sheet: --sheet says which is meant of %s", names);
    else if (first == NULL)
        (void)fail(book->failure, FAULT_USE, 0, "the workbook has no sheet");
    return wanted == NULL ? first : NULL;
}

static bool write_sheet(struct book *book, const struct sheet *sheet, int fd)
{
    struct format_out out;
    struct part first = {.book = book};
    if (!parse(&first, sheet->path, true, on_sheet, on_sheet_end))
        return false;
    struct part second = {.book = book, .columns = first.columns, .out = &out};
    format_out_begin(&out, fd);
    bool good = parse(&second, sheet->path, true, on_sheet, on_sheet_end);
    return format_out_end(&out, good ? book->failure : NULL) && good;
}

static void put(char *out, size_t capacity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put(char *out, size_t capacity, const char *format, ...)
{
    va_list list;
    size_t used = strlen(out);
    va_start(list, format);
    (void)vsnprintf(out + used, capacity - used, format, list);
    va_end(list);
}

/* "row 7" of the cell D7, "column D". */
static void tell_hidden(const struct book *book, struct format_job *job)
{
    const struct note *rows = &book->hidden_rows;
    const struct note *columns = &book->hidden_columns;
    size_t letters = strcspn(columns->first, "0123456789");
    if (rows->count > 0)
        put(job->hidden, sizeof job->hidden, "%" PRIu64 " rows (first: %s)", rows->count,
            rows->first + strcspn(rows->first, "0123456789"));
    if (columns->count > 0)
        put(job->hidden, sizeof job->hidden, "%s%" PRIu64 " columns (first: %.*s)",
            rows->count > 0 ? " and " : "", columns->count, (int)letters, columns->first);
    if (job->hidden[0] != '\0')
        put(job->said, sizeof job->said, "; hidden, and %s: %s",
            book->read_hidden ? "read too" : "left out", job->hidden);
}

static void tell_unseen(const struct book *book, const struct sheet *sheet, struct format_job *job)
{
    bool told = false;
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct sheet *other = &book->sheets[i];
        if (!other->hidden || other == sheet || other->name == NULL)
            continue;
        put(job->said, sizeof job->said, "%s%.40s",
            told ? ", " : "; hidden sheets, not read: ", other->name);
        told = true;
    }
    if (sheet->hidden)
        put(job->said, sizeof job->said, "; this sheet is hidden");
    if (book->formulas.count > 0)
        put(job->said, sizeof job->said,
            "; %" PRIu64 " formulas (first: %s): their saved values are read", book->formulas.count,
            book->formulas.first);
    if (book->not_shown.count > 0)
        put(job->said, sizeof job->said,
            "; %" PRIu64 " numbers hold more than they show (first: %s): what they hold is read",
            book->not_shown.count, book->not_shown.first);
    tell_hidden(book, job);
}

static void name_sheets(const struct book *book, const struct sheet *read, struct format_job *job)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct sheet *sheet = &book->sheets[i];
        size_t used = strlen(job->sheets);
        if (sheet->name == NULL || sheet->path == NULL || (sheet->hidden && sheet != read) ||
            used + strlen(sheet->name) + 2 > sizeof job->sheets)
            continue;
        (void)snprintf(job->sheets + used, sizeof job->sheets - used, "%s%s", used > 0 ? "\n" : "",
                       sheet->name);
    }
    (void)snprintf(job->read_sheet, sizeof job->read_sheet, "%s", read->name);
}

static bool read_book(struct book *book, struct format_job *job)
{
    struct part parts[4];
    for (size_t i = 0; i < 4; i++)
        parts[i] = (struct part){.book = book};
    if (!parse(&parts[0], "xl/workbook.xml", true, on_book, on_end_nothing) ||
        !parse(&parts[1], "xl/_rels/workbook.xml.rels", true, on_relation, on_end_nothing))
        return false;
    const struct sheet *sheet = choose(book, job->sheet);
    book->read_hidden = job->read_hidden;
    if (sheet == NULL || !parse(&parts[2], "xl/styles.xml", false, on_style, on_style_end) ||
        !parse(&parts[3], "xl/sharedStrings.xml", false, on_string, on_string_end))
        return false;
    if (book->sheet_count > 1)
        (void)snprintf(job->said, sizeof job->said, "sheet %.80s of %zu: --sheet says another",
                       sheet->name, book->sheet_count);
    else
        (void)snprintf(job->said, sizeof job->said, "sheet %.80s", sheet->name);
    name_sheets(book, sheet, job);
    bool good = write_sheet(book, sheet, job->to);
    tell_unseen(book, sheet, job);
    return good;
}

bool xlsx_make(struct format_job *job, struct failure *failure)
{
    struct book *book = calloc(1, sizeof *book);
    int error = 0;
    if (book == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory to read the workbook");
    book->failure = failure;
    arena_init(&book->arena, MEMORY_MAX);
    (void)lseek(job->from, 0, SEEK_SET);
    int fd = dup(job->from);
    book->zip = fd >= 0 ? zip_fdopen(fd, 0, &error) : NULL;
    bool good = book->zip != NULL
                    ? read_book(book, job)
                    : fail(failure, FAULT_USE, 0, "this is a zip file and no whole workbook");
    if (book->zip != NULL)
        zip_discard(book->zip);
    else if (fd >= 0)
        (void)close(fd);
    arena_fini(&book->arena);
    free(book->styles);
    free(book->formats);
    free(book->strings);
    free(book);
    return good;
}
