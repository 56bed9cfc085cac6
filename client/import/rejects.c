#include "import/rejects.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "import/source.h"

enum { NUMBER_SIZE = 24, REJECTS_MARK = '\'' };

static const char line_header[] = "line";
static const char reason_header[] = "reason";

/* ---- writing ---- */

/* A sheet runs what begins so. */
static bool begins_formula(uint8_t byte)
{
    return byte == '=' || byte == '+' || byte == '-' || byte == '@';
}

/* "-1,234.50": an amount stays one. */
static bool is_signed_number(struct slice cell)
{
    bool digits = false;
    for (size_t i = 1; i < cell.size; i++) {
        if (strchr("0123456789., '", cell.data[i]) == NULL || cell.data[i] == '\0')
            return false;
        digits = digits || isdigit(cell.data[i]);
    }
    return digits && (cell.data[0] == '-' || cell.data[0] == '+');
}

static bool is_turning(uint32_t point)
{
    return point == 0x200E || point == 0x200F || point == 0x061C ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/* Without what a terminal runs or what turns the order of letters round; out is as large. */
static size_t without_controls(struct slice cell, uint8_t *out)
{
    size_t used = 0;
    for (size_t at = 0; at < cell.size;) {
        uint32_t point = 0;
        size_t step = text_decode(cell.data + at, cell.size - at, &point);
        bool letter = step > 1;
        step = step == 0 ? 1 : step;
        if (letter && (is_turning(point) || (point >= 0x80 && point < 0xA0))) {
            at += step;
            continue;
        }
        bool control = step == 1 && (cell.data[at] < 0x20 || cell.data[at] == 0x7F);
        bool line = cell.data[at] == '\n' && used > 0;
        for (size_t i = 0; i < step; i++, at++)
            out[used++] = control && !line ? ' ' : cell.data[at];
    }
    return used;
}

static size_t leading_blanks(struct slice cell)
{
    size_t at = 0;
    while (at < cell.size && cell.data[at] == ' ')
        at++;
    return at;
}

/* What a sheet would run is given back as text, behind a sign that the next import takes off. */
static void put_cell(FILE *file, struct slice cell)
{
    uint8_t *out = malloc(cell.size + 1);
    if (out == NULL) {
        (void)csv_fwrite(file, "", 0);
        return;
    }
    struct slice text = slice_of(out + 1, without_controls(cell, out + 1));
    size_t blanks = leading_blanks(text);
    struct slice bare = slice_of(text.data + blanks, text.size - blanks);
    bool marked = bare.size > 0 && begins_formula(bare.data[0]) && !is_signed_number(bare);
    out[0] = REJECTS_MARK;
    (void)csv_fwrite(file, marked ? out : out + 1, text.size + marked);
    free(out);
}

struct slice rejects_unmarked(struct slice cell)
{
    struct slice bare = cell.size > 1 ? slice_of(cell.data + 1, cell.size - 1) : cell;
    size_t blanks = leading_blanks(bare);
    bool marked = cell.size > 1 && cell.data[0] == REJECTS_MARK && blanks < bare.size &&
                  begins_formula(bare.data[blanks]);
    return marked ? bare : cell;
}

static void put_row(FILE *file, char delimiter, const char *line, const char *why,
                    const struct slice *cells, size_t count)
{
    put_cell(file, slice_text(line));
    (void)fputc(delimiter, file);
    put_cell(file, slice_text(why));
    for (size_t i = 0; i < count; i++) {
        (void)fputc(delimiter, file);
        put_cell(file, cells[i]);
    }
    (void)fputc('\n', file);
}

static void put_header(const struct rejects *rejects, FILE *file)
{
    put_row(file, rejects->delimiter, line_header, reason_header, rejects->mapping->header,
            rejects->mapping->columns);
}

static bool begin_file(struct rejects *rejects)
{
    if (rejects->file != NULL || rejects->failed || rejects->path[0] == '\0')
        return rejects->file != NULL;
    rejects->file = fopen(rejects->path, "we");
    rejects->failed = rejects->file == NULL;
    if (!rejects->failed)
        put_header(rejects, rejects->file);
    return !rejects->failed;
}

/* With what is wrong with other cells of the row, as far as there is room. */
static const char *all_of(const struct entry *entry, uint64_t line, const char *why,
                          char out[WHY_MAX])
{
    if (entry == NULL || entry->more_count == 0 || entry->why_line != line)
        return why;
    size_t used = strlen(why);
    (void)snprintf(out, WHY_MAX, "%s", why);
    for (size_t i = 0; i < entry->more_count; i++) {
        size_t size = strlen(entry->more[i].why);
        if (used + 2 + size >= WHY_MAX)
            break;
        used += (size_t)snprintf(out + used, WHY_MAX - used, "; %s", entry->more[i].why);
    }
    return out;
}

static void write_row(struct rejects *rejects, uint64_t line, const char *why,
                      const struct entry *entry, const struct slice *cells, size_t count)
{
    rejects->rows++;
    if (rejects->taker != NULL)
        rejects->taker->take(rejects->taker->context, line, why, entry, cells, count);
    if (!begin_file(rejects))
        return;
    char number[NUMBER_SIZE];
    (void)snprintf(number, sizeof number, "%" PRIu64, line);
    char all[WHY_MAX];
    put_row(rejects->file, rejects->delimiter, number, all_of(entry, line, why, all), cells, count);
}

void rejects_row(struct rejects *rejects, uint64_t line, const char *why, const struct slice *cells,
                 size_t count)
{
    write_row(rejects, line, why, NULL, cells, count);
}

/* The reason is what stays without quoted words, digits and names that hold digits. */
static void reason_of(const char *why, char out[WHY_MAX])
{
    size_t size = 0;
    bool quoted = false;
    for (const char *at = why; *at != '\0' && size + 1 < WHY_MAX; at++) {
        if (*at == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        if (isdigit((unsigned char)*at)) {
            while (size > 0 && out[size - 1] != ' ' && out[size - 1] != '(')
                size--;
            while (at[1] != '\0' && at[1] != ' ' && at[1] != ')')
                at++;
            continue;
        }
        out[size++] = *at;
    }
    out[size] = '\0';
}

void rejects_note(struct rejects *rejects, uint64_t line, const char *why)
{
    char mine[WHY_MAX];
    char other[WHY_MAX];
    reason_of(why, mine);
    for (uint32_t i = 0; i < rejects->reason_count; i++) {
        reason_of(rejects->reasons[i].why, other);
        if (strcmp(mine, other) != 0)
            continue;
        rejects->reasons[i].count++;
        return;
    }
    if (rejects->reason_count == REJECTS_REASONS) {
        rejects->other++;
        return;
    }
    struct reject *reject = &rejects->reasons[rejects->reason_count++];
    reject->line = line;
    reject->count = 1;
    (void)snprintf(reject->why, sizeof reject->why, "%s", why);
}

void rejects_entry(struct rejects *rejects, const struct entry *entry, const char *why)
{
    char other[WHY_MAX];
    rejects_note(rejects, entry->why_line != 0 ? entry->why_line : entry->line, why);
    (void)snprintf(other, sizeof other, "line %" PRIu64 " of the same document is wrong",
                   entry->why_line);
    for (const struct entry_row *row = entry->rows; row != NULL; row = row->next) {
        bool wrong = entry->why_line == 0 || entry->why_line == row->line;
        write_row(rejects, row->line, wrong ? why : other, entry, row->cells, row->count);
    }
}

bool rejects_flush(struct rejects *rejects)
{
    if (rejects->file != NULL && fflush(rejects->file) != 0)
        rejects->failed = true;
    return !rejects->failed;
}

bool rejects_close(struct rejects *rejects, struct failure *failure)
{
    bool good = rejects_flush(rejects);
    if (rejects->file != NULL && fclose(rejects->file) != 0)
        good = false;
    rejects->file = NULL;
    return good || fail(failure, FAULT_IO, 0, "cannot write the rejects file %s", rejects->path);
}

/* ---- a file that is there ---- */

static bool is_rejects(const struct row *row)
{
    return row->count >= 2 && slice_equal(row->raw[0], slice_text(line_header)) &&
           slice_equal(row->raw[1], slice_text(reason_header));
}

static void keep_rows(struct rejects *rejects, struct reader *reader, uint64_t from_line, FILE *out)
{
    struct row row;
    while (reader_next(reader, &row, NULL)) {
        char number[NUMBER_SIZE] = "";
        if (row.count < 2 || row.raw[0].size >= sizeof number)
            continue;
        memcpy(number, row.raw[0].data, row.raw[0].size);
        if (strtoull(number, NULL, 10) >= from_line)
            continue;
        char why[WHY_MAX];
        (void)snprintf(why, sizeof why, "%.*s", (int)row.raw[1].size,
                       (const char *)row.raw[1].data);
        put_row(out, rejects->delimiter, number, why, row.raw + 2, row.count - 2);
    }
}

/* Writes anew what stays, beside the old one, and takes its place. */
static bool rewrite(struct rejects *rejects, struct reader *reader, uint64_t from_line,
                    struct failure *failure)
{
    char path[REJECTS_PATH_MAX + 8];
    (void)snprintf(path, sizeof path, "%s.new", rejects->path);
    FILE *out = fopen(path, "we");
    if (out == NULL)
        return fail(failure, FAULT_IO, errno, "cannot write %s", path);
    put_header(rejects, out);
    keep_rows(rejects, reader, from_line, out);
    rejects->file = out;
    if (fflush(out) == 0 && rename(path, rejects->path) == 0)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot write %s", path);
}

static bool take_over(struct rejects *rejects, struct source *source, uint64_t from_line,
                      struct failure *failure)
{
    struct reader_style style = {.delimiter = rejects->delimiter, .ending = '\n'};
    struct reader *reader = reader_create(&style, source_read, source, 0, 1, failure);
    struct row row;
    bool good = reader != NULL;
    if (good && !(reader_next(reader, &row, NULL) && is_rejects(&row)))
        good = fail(failure, FAULT_USE, 0, "%s is there and is no rejects file: say --rejects FILE",
                    rejects->path);
    else if (good && from_line > 0)
        good = rewrite(rejects, reader, from_line, failure);
    else if (good && unlink(rejects->path) != 0)
        good = fail(failure, FAULT_IO, errno, "cannot remove %s", rejects->path);
    reader_destroy(reader);
    return good;
}

void rejects_none(struct rejects *rejects)
{
    *rejects = (struct rejects){.file = NULL};
}

bool rejects_open_file(struct rejects *rejects, int file, char delimiter,
                       const struct mapping *mapping, struct failure *failure)
{
    *rejects = (struct rejects){.delimiter = delimiter, .mapping = mapping};
    rejects->file = fdopen(file, "w");
    if (rejects->file == NULL)
        return fail(failure, FAULT_IO, errno, "cannot write rejected rows");
    if (lseek(file, 0, SEEK_CUR) == 0)
        put_header(rejects, rejects->file);
    return true;
}

bool rejects_open(struct rejects *rejects, const char *path, char delimiter,
                  const struct mapping *mapping, uint64_t from_line, struct failure *failure)
{
    *rejects = (struct rejects){.delimiter = delimiter, .mapping = mapping};
    (void)snprintf(rejects->path, sizeof rejects->path, "%s", path);
    if (access(path, F_OK) != 0)
        return true;
    struct source source;
    if (!source_open(&source, path, failure))
        return false;
    bool good = source.head_size == 0 || take_over(rejects, &source, from_line, failure);
    source_close(&source);
    return good;
}
