#include "import/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct entry *entry_create(const struct row *row)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    arena_init(&entry->arena, ENTRY_BYTES_MAX);
    entry->line = row->line;
    entry->why_field = FIELD_NONE;
    entry->end = (struct track_place){row->end, row->next_line};
    return entry;
}

void entry_destroy(struct entry *entry)
{
    if (entry == NULL)
        return;
    arena_fini(&entry->arena);
    free(entry);
}

/* The cells of a row, end to end in one piece. */
static bool copy_cells(struct entry *entry, const struct row *row, struct entry_row *kept)
{
    size_t size = 0;
    for (size_t i = 0; i < row->count; i++)
        size += row->raw[i].size;
    uint8_t *bytes = arena_take(&entry->arena, size);
    if (bytes == NULL)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        size_t cell = row->raw[i].size;
        if (cell > 0)
            memcpy(bytes, row->raw[i].data, cell);
        kept->cells[i] = slice_of(bytes, cell);
        bytes += cell;
    }
    return true;
}

/* FNV-1a over the cells, each with its size. */
static uint64_t digest_of(const struct row *row)
{
    uint64_t digest = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < row->count; i++) {
        for (size_t k = 0; k < row->raw[i].size; k++)
            digest = (digest ^ row->raw[i].data[k]) * UINT64_C(1099511628211);
        digest = (digest ^ row->raw[i].size) * UINT64_C(1099511628211);
    }
    return digest;
}

static bool same_row(const struct entry_row *a, const struct entry_row *b)
{
    if (a->digest != b->digest || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!slice_equal(a->cells[i], b->cells[i]))
            return false;
    return true;
}

/* Counts it when it is just like an earlier one. */
static void look_for_repeat(struct entry *entry, const struct entry_row *kept)
{
    uint64_t looked = 0;
    for (const struct entry_row *row = entry->rows; row != kept && looked < DOCUMENT_LINES_MAX;
         row = row->next, looked++) {
        if (!same_row(row, kept))
            continue;
        if (entry->repeats++ == 0) {
            entry->repeat_line = kept->line;
            entry->repeat_of = row->line;
        }
        return;
    }
}

bool entry_keep_row(struct entry *entry, const struct row *row)
{
    struct entry_row *kept =
        arena_take(&entry->arena, sizeof *kept + row->count * sizeof kept->cells[0]);
    if (kept == NULL || !copy_cells(entry, row, kept))
        return false;
    kept->next = NULL;
    kept->line = row->line;
    kept->count = row->count;
    kept->digest = digest_of(row);
    if (entry->last_row != NULL)
        entry->last_row->next = kept;
    else
        entry->rows = kept;
    entry->last_row = kept;
    entry->row_count++;
    look_for_repeat(entry, kept);
    if (row->end > entry->end.offset)
        entry->end = (struct track_place){row->end, row->next_line};
    return true;
}

struct entry_line *entry_add_line(struct entry *entry)
{
    if (entry->line_count == DOCUMENT_LINES_MAX)
        return NULL;
    if (!ARENA_GROW(&entry->arena, entry->lines, entry->line_room, entry->line_count + 1))
        return NULL;
    struct entry_line *line = &entry->lines[entry->line_count++];
    *line = (struct entry_line){.line = 0};
    return line;
}

bool entry_add_bill(struct entry *entry, struct entry_bill bill)
{
    if (!ARENA_GROW(&entry->arena, entry->bills, entry->bill_room, entry->bill_count + 1))
        return false;
    entry->bills[entry->bill_count++] = bill;
    return true;
}

void entry_reject(struct entry *entry, uint64_t line, const char *format, ...)
{
    if (entry_rejected(entry))
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(entry->why, sizeof entry->why, format, arguments);
    va_end(arguments);
    entry->why_line = line;
}

static bool is_told(const struct entry *entry, enum import_field field)
{
    bool told = entry->why_field == field;
    for (size_t i = 0; i < entry->more_count && !told; i++)
        told = entry->more[i].field == field;
    return told;
}

void entry_reject_cell(struct entry *entry, uint64_t line, enum import_field field,
                       const char *format, ...)
{
    char why[WHY_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    if (!entry_rejected(entry)) {
        entry->why_field = field;
        entry_reject(entry, line, "%s", why);
        return;
    }
    if (entry->why_line != line || entry->why_field == FIELD_NONE ||
        entry->more_count == MORE_FAULTS_MAX || is_told(entry, field))
        return;
    const char *kept = arena_text(&entry->arena, why, strlen(why));
    if (kept != NULL)
        entry->more[entry->more_count++] = (struct cell_fault){field, kept};
}

const char *entry_text(struct entry *entry, struct slice text)
{
    if (text.size == 0)
        return NULL;
    const char *copy = arena_text(&entry->arena, text.data, text.size);
    if (copy == NULL)
        entry_reject(entry, 0, "the document is too large");
    return copy;
}

void entry_add_difference(struct entry *entry, struct difference one)
{
    struct differences *differs = &entry->differs;
    one.there = one.there != NULL ? arena_text(&entry->arena, one.there, strlen(one.there)) : "";
    one.here = arena_text(&entry->arena, one.here, strlen(one.here));
    if (differs->count < DIFFERENCES_MAX && one.there != NULL && one.here != NULL)
        differs->rows[differs->count++] = one;
}
