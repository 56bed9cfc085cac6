#include "import/reader.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { READ_BYTES = 64 * 1024, PARSER_OPTIONS = CSV_STRICT | CSV_STRICT_FINI };

struct reader {
    reader_read_fn read;
    void *context;
    struct reader_style style;
    struct csv_parser csv;
    iconv_t convert; /* (iconv_t)-1: nothing to convert */
    bool ended;      /* nothing more to read */

    struct buffer bytes; /* read, from some byte before the row on */
    size_t start;        /* of the row, in bytes */
    size_t fed;          /* to the parser, from bytes.data */
    uint64_t offset;     /* in the file, of the row */
    uint64_t line;       /* of the row */
    uint32_t lines;      /* that the row has so far */

    struct buffer cells; /* what the parser made of the row, fields end to end */
    size_t ends[ROW_FIELDS_MAX];
    size_t count;
    bool whole;    /* the parser has seen the row's end */
    bool too_many; /* more fields than we hold */

    struct buffer converted;
    struct slice raw[ROW_FIELDS_MAX];
    struct slice text[ROW_FIELDS_MAX];
    char fault[ROW_FAULT_MAX];
};

/* ---- what libcsv calls ---- */

static void on_field(void *data, size_t size, void *context)
{
    struct reader *reader = context;
    if (reader->count == ROW_FIELDS_MAX || !buffer_put(&reader->cells, data, size))
        reader->too_many = true;
    else
        reader->ends[reader->count++] = reader->cells.size;
}

static void on_row(int terminator, void *context)
{
    (void)terminator;
    ((struct reader *)context)->whole = true;
}

static bool parser_begin(struct reader *reader)
{
    if (csv_init(&reader->csv, PARSER_OPTIONS) != 0)
        return false;
    csv_set_delim(&reader->csv, (unsigned char)reader->style.delimiter);
    return true;
}

static void forget_cells(struct reader *reader)
{
    buffer_clear(&reader->cells);
    reader->count = 0;
    reader->whole = false;
    reader->too_many = false;
}

/* ---- a life ---- */

static bool conversion_open(struct reader *reader, struct failure *failure)
{
    reader->convert = (iconv_t)-1;
    if (reader->style.encoding == NULL)
        return true;
    reader->convert = iconv_open("UTF-8", reader->style.encoding);
    if (reader->convert != (iconv_t)-1)
        return true;
    return fail(failure, FAULT_USE, 0, "no encoding is called \"%s\": try latin1 or windows-1252",
                reader->style.encoding);
}

struct reader *reader_create(const struct reader_style *style, reader_read_fn read, void *context,
                             uint64_t offset, uint64_t line, struct failure *failure)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL || (reader->style = *style, !parser_begin(reader))) {
        (void)fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
        free(reader);
        return NULL;
    }
    reader->read = read;
    reader->context = context;
    reader->offset = offset;
    reader->line = line;
    buffer_init(&reader->bytes, ROW_BYTES_MAX + READ_BYTES);
    buffer_init(&reader->cells, ROW_BYTES_MAX + READ_BYTES);
    buffer_init(&reader->converted, (size_t)6 * (ROW_BYTES_MAX + READ_BYTES));
    if (buffer_reserve(&reader->cells, 1) && conversion_open(reader, failure))
        return reader;
    reader_destroy(reader);
    return NULL;
}

void reader_destroy(struct reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(&reader->csv);
    if (reader->convert != (iconv_t)-1)
        (void)iconv_close(reader->convert);
    buffer_fini(&reader->bytes);
    buffer_fini(&reader->cells);
    buffer_fini(&reader->converted);
    free(reader);
}

bool reader_again(struct reader *reader, uint64_t offset, uint64_t line, struct failure *failure)
{
    csv_free(&reader->csv);
    if (!parser_begin(reader))
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
    forget_cells(reader);
    buffer_clear(&reader->bytes);
    reader->start = 0;
    reader->fed = 0;
    reader->lines = 0;
    reader->ended = false;
    reader->offset = offset;
    reader->line = line;
    return true;
}

/* ---- lines ---- */

/* Reads on; the bytes before the row are forgotten first. */
static bool fill(struct reader *reader, struct failure *failure)
{
    buffer_drop(&reader->bytes, reader->start);
    reader->fed -= reader->start;
    reader->start = 0;
    if (!buffer_reserve(&reader->bytes, READ_BYTES))
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
    ssize_t got =
        reader->read(reader->context, reader->bytes.data + reader->bytes.size, READ_BYTES, failure);
    if (got < 0)
        return false;
    reader->bytes.size += (size_t)got;
    reader->ended = got == 0;
    return true;
}

/* The end of the line that begins at `from`; 0 when it is not all there. */
static size_t line_end(const struct reader *reader, size_t from)
{
    if (from == reader->bytes.size)
        return 0;
    const uint8_t *data = reader->bytes.data;
    const uint8_t *end = memchr(data + from, reader->style.ending, reader->bytes.size - from);
    if (end != NULL)
        return (size_t)(end - data) + 1;
    return reader->ended ? reader->bytes.size : 0;
}

static bool is_blank(const struct reader *reader, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        if (strchr(" \t\r\n", reader->bytes.data[i]) == NULL || reader->bytes.data[i] == '\0' ||
            reader->bytes.data[i] == (uint8_t)reader->style.delimiter)
            return false;
    return true;
}

/* Puts the row's bytes behind us. */
static void pass(struct reader *reader, size_t end, uint32_t lines)
{
    reader->offset += end - reader->start;
    reader->line += lines;
    reader->start = end;
    reader->fed = end;
    reader->lines = 0;
}

/* ---- rows ---- */

static void row_begin(const struct reader *reader, struct row *row)
{
    *row = (struct row){.line = reader->line,
                        .offset = reader->offset,
                        .count = reader->count,
                        .raw = reader->raw,
                        .text = reader->text};
}

/* The rest of a line that is longer than we hold. */
static bool skip_line(struct reader *reader, struct failure *failure)
{
    size_t end;
    while ((end = line_end(reader, reader->start)) == 0 && !reader->ended) {
        pass(reader, reader->bytes.size, 0);
        if (!fill(reader, failure))
            return false;
    }
    pass(reader, end == 0 ? reader->bytes.size : end, 1);
    return true;
}

/* Gives the row's first line as a row with a fault, and takes up behind it. The line is kept in
 * `cells`, for the bytes may go. */
static bool give_broken(struct reader *reader, const char *why, struct row *row,
                        struct failure *failure)
{
    csv_free(&reader->csv);
    if (!parser_begin(reader))
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
    forget_cells(reader);
    size_t end = line_end(reader, reader->start);
    size_t size = (end == 0 ? reader->bytes.size : end) - reader->start;
    while (size > 0 && strchr("\r\n", reader->bytes.data[reader->start + size - 1]) != NULL &&
           reader->bytes.data[reader->start + size - 1] != '\0')
        size--;
    if (size > ROW_BROKEN_SHOWN)
        size = ROW_BROKEN_SHOWN;
    (void)buffer_put(&reader->cells, reader->bytes.data + reader->start, size);
    reader->raw[0] = reader->text[0] = buffer_slice(&reader->cells);
    reader->count = 1;
    row_begin(reader, row);
    row->fault = why;
    if (!skip_line(reader, failure))
        return false;
    row->end = reader->offset;
    row->next_line = reader->line;
    return true;
}

/* The first byte that is no UTF-8 or a NUL; size when there is none. */
static size_t first_bad(struct slice text)
{
    size_t at = 0;
    while (at < text.size) {
        uint32_t point = 0;
        size_t step =
            text.data[at] < 0x80 ? 1 : text_decode(text.data + at, text.size - at, &point);
        if (step == 0 || text.data[at] == '\0')
            break;
        at += step;
    }
    return at;
}

static const char *check_field(struct reader *reader, size_t i)
{
    struct slice text = reader->text[i];
    size_t bad = first_bad(text);
    if (bad == text.size)
        return NULL;
    if (text.data[bad] == '\0')
        (void)snprintf(reader->fault, sizeof reader->fault, "column %zu has a NUL byte", i + 1);
    else
        (void)snprintf(reader->fault, sizeof reader->fault,
                       "column %zu is not UTF-8 (byte %02X): --encoding says what it is", i + 1,
                       text.data[bad]);
    return reader->fault;
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

/* Converts one field behind what is in `converted`, whose memory does not move: it was reserved. */
static const char *convert_field(struct reader *reader, size_t i)
{
    struct slice raw = reader->raw[i];
    if (is_ascii(raw))
        return NULL;
    char *in = (char *)(uintptr_t)raw.data;
    char *out = (char *)reader->converted.data + reader->converted.size;
    size_t in_left = raw.size;
    size_t out_left = reader->converted.capacity - reader->converted.size;
    struct slice text = {(uint8_t *)out, 0};
    (void)iconv(reader->convert, NULL, NULL, NULL, NULL);
    if (iconv(reader->convert, &in, &in_left, &out, &out_left) == (size_t)-1) {
        (void)snprintf(reader->fault, sizeof reader->fault, "column %zu is not %s", i + 1,
                       reader->style.encoding);
        return reader->fault;
    }
    text.size = (size_t)((uint8_t *)out - text.data);
    reader->converted.size += text.size;
    reader->text[i] = text;
    return NULL;
}

static const char *convert(struct reader *reader)
{
    if (reader->convert == (iconv_t)-1)
        return NULL;
    buffer_clear(&reader->converted);
    if (!buffer_reserve(&reader->converted, 4 * reader->cells.size + 1))
        return "is too long to convert";
    const char *fault = NULL;
    for (size_t i = 0; i < reader->count && fault == NULL; i++)
        fault = convert_field(reader, i);
    return fault;
}

static void cut_fields(struct reader *reader)
{
    size_t from = 0;
    for (size_t i = 0; i < reader->count; i++) {
        reader->raw[i] = slice_of(reader->cells.data + from, reader->ends[i] - from);
        reader->text[i] = reader->raw[i];
        from = reader->ends[i];
    }
}

static const char *check_fields(struct reader *reader)
{
    if (reader->too_many)
        return "has more columns than can be held";
    const char *fault = convert(reader);
    for (size_t i = 0; i < reader->count && fault == NULL; i++)
        fault = check_field(reader, i);
    return fault;
}

static void give_row(struct reader *reader, struct row *row)
{
    cut_fields(reader);
    row_begin(reader, row);
    row->fault = check_fields(reader);
    if (row->fault != NULL)
        memcpy(reader->text, reader->raw, reader->count * sizeof reader->raw[0]);
    pass(reader, reader->fed, reader->lines);
    row->end = reader->offset;
    row->next_line = reader->line;
}

/* Nothing but what parts cells, as spreadsheets write a row of a table that is empty. */
static bool is_empty(const struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        for (size_t k = 0; k < row->text[i].size; k++)
            if (strchr(" \t\r\n", row->text[i].data[k]) == NULL || row->text[i].data[k] == '\0')
                return false;
    return row->fault == NULL;
}

/* ---- feeding ---- */

enum step { STEP_GO_ON, STEP_ROW, STEP_END, STEP_FAULT };

static enum step broken(struct reader *reader, const char *why, struct row *row,
                        struct failure *failure)
{
    return give_broken(reader, why, row, failure) ? STEP_ROW : STEP_FAULT;
}

static const char never_closed[] = "a quote is opened and never closed";
static const char misplaced[] =
    "a quote stands where none may: within a field it is doubled, and the field quoted";

/* The last row of a file need not end its line. */
static bool finish_row(struct reader *reader)
{
    return reader->whole || csv_fini(&reader->csv, on_field, on_row, reader) == 0;
}

static enum step feed(struct reader *reader, size_t end, struct row *row, struct failure *failure)
{
    size_t size = end - reader->fed;
    size_t took =
        csv_parse(&reader->csv, reader->bytes.data + reader->fed, size, on_field, on_row, reader);
    if (took != size)
        return broken(reader, misplaced, row, failure);
    reader->fed = end;
    reader->lines++;
    if (reader->ended && end == reader->bytes.size && !finish_row(reader))
        return broken(reader, never_closed, row, failure);
    if (reader->whole) {
        give_row(reader, row);
        if (!is_empty(row))
            return STEP_ROW;
        forget_cells(reader);
        return STEP_GO_ON;
    }
    if (reader->lines == ROW_LINES_MAX)
        return broken(reader, never_closed, row, failure);
    return STEP_GO_ON;
}

static enum step step(struct reader *reader, struct row *row, struct failure *failure)
{
    size_t end = line_end(reader, reader->fed);
    if (end == 0 && reader->ended)
        return reader->lines == 0 ? STEP_END : broken(reader, never_closed, row, failure);
    if (end == 0 && reader->bytes.size - reader->start >= ROW_BYTES_MAX)
        return broken(reader, "is longer than a row may be", row, failure);
    if (end == 0)
        return fill(reader, failure) ? STEP_GO_ON : STEP_FAULT;
    if (reader->lines == 0 && is_blank(reader, reader->fed, end)) {
        pass(reader, end, 1);
        return STEP_GO_ON;
    }
    return feed(reader, end, row, failure);
}

bool reader_next(struct reader *reader, struct row *ret_row, struct failure *failure)
{
    forget_cells(reader);
    enum step next;
    while ((next = step(reader, ret_row, failure)) == STEP_GO_ON)
        ;
    return next == STEP_ROW;
}

ssize_t memory_read(void *self, void *out, size_t size, struct failure *failure)
{
    (void)failure;
    struct memory *memory = self;
    size_t got = memory->text.size < size ? memory->text.size : size;
    if (got > 0)
        memcpy(out, memory->text.data, got);
    memory->text.data += got;
    memory->text.size -= got;
    return (ssize_t)got;
}
