#include "push/conflate.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/hash.h"
#include "push/encode.h"

enum { ROOM_FIRST = 16, SLOTS_PER_ROOM = 2 };

/* ---- shared rows ---- */

struct shared_row *shared_row_create(uint64_t key, struct slice row)
{
    size_t size = encode_row_size(row);
    struct shared_row *shared = malloc(sizeof *shared + size);
    if (shared == NULL)
        return NULL;
    *shared = (struct shared_row){.key = key, .references = 1, .size = (uint32_t)size};
    encode_row(shared->bytes, row);
    return shared;
}

struct shared_row *shared_row_retain(struct shared_row *row)
{
    row->references++;
    return row;
}

void shared_row_release(struct shared_row *row)
{
    if (row == NULL)
        return;
    need(row->references > 0);
    if (--row->references > 0)
        return;
    secret_wipe(row->bytes, row->size); /* words of people */
    free(row);
}

/* ---- the table ---- */

void conflate_clear(struct conflate *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        shared_row_release(table->rows[i]);
    free(table->rows);
    free(table->index);
    *table = (struct conflate){0};
}

static uint32_t slots_of(const struct conflate *table)
{
    return table->room * SLOTS_PER_ROOM;
}

/* The key's slot, or the free one where it belongs. */
static uint32_t *slot_of(const struct conflate *table, uint64_t key)
{
    uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t mask = slots_of(table) - 1;
    for (uint32_t at = (uint32_t)(mixed >> 32) & mask;; at = (at + 1) & mask) {
        uint32_t place = table->index[at];
        if (place == 0 || table->rows[place - 1]->key == key)
            return &table->index[at];
    }
}

static bool grow(struct conflate *table)
{
    uint32_t room = table->room == 0 ? ROOM_FIRST : table->room * 2;
    struct shared_row **rows = realloc(table->rows, room * sizeof(struct shared_row *));
    if (rows == NULL)
        return false;
    table->rows = rows;
    uint32_t *index = calloc((size_t)room * SLOTS_PER_ROOM, sizeof *index);
    if (index == NULL)
        return false;
    free(table->index);
    table->index = index;
    table->room = room;
    for (uint32_t i = 0; i < table->count; i++)
        *slot_of(table, table->rows[i]->key) = i + 1;
    return true;
}

bool conflate_put(struct conflate *table, struct shared_row *row, bool *ret_replaced)
{
    *ret_replaced = false;
    if (table->count == table->room && !grow(table))
        return false;
    uint32_t *slot = slot_of(table, row->key);
    if (*slot == 0) {
        table->rows[table->count] = NULL;
        *slot = ++table->count;
    }
    struct shared_row **place = &table->rows[*slot - 1];
    *ret_replaced = *place != NULL;
    table->bytes += row->size;
    table->bytes -= *place == NULL ? 0 : (*place)->size;
    shared_row_release(*place);
    *place = shared_row_retain(row);
    return true;
}

void conflate_forget(struct conflate *table, uint64_t seq)
{
    uint32_t count = table->count;
    table->count = 0;
    table->bytes = 0;
    if (count > 0)
        memset(table->index, 0, slots_of(table) * sizeof *table->index);
    for (uint32_t i = 0; i < count; i++) {
        struct shared_row *row = table->rows[i];
        if (row->seq <= seq) {
            shared_row_release(row);
            continue;
        }
        table->rows[table->count++] = row;
        table->bytes += row->size;
        *slot_of(table, row->key) = table->count;
    }
    if (table->count == 0)
        conflate_clear(table);
}

bool conflate_write(const struct conflate *table, struct buffer *out)
{
    if (!buffer_reserve(out, table->bytes))
        return false;
    for (uint32_t i = 0; i < table->count; i++) {
        if (!buffer_put(out, table->rows[i]->bytes, table->rows[i]->size))
            return false;
    }
    return true;
}
