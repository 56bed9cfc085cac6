#include "totals/order.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_ENTRIES = 256 };

struct order_block {
    size_t count;
    struct order_entry entries[BLOCK_ENTRIES];
};

static int compare(const struct order_entry *a, const struct order_entry *b)
{
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return (a->document > b->document) - (a->document < b->document);
}

/* The last block that begins at or before the entry; the first one, if all begin behind it. */
static size_t block_of(const struct order *order, const struct order_entry *entry)
{
    size_t low = 0;
    size_t high = order->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&order->blocks[middle]->entries[0], entry) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? low - 1 : 0;
}

/* The first place in a block that is not before the entry. */
static size_t place_of(const struct order_block *block, const struct order_entry *entry)
{
    size_t low = 0;
    size_t high = block->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&block->entries[middle], entry) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool block_insert(struct order *order, size_t at)
{
    struct order_block *block = malloc(sizeof *block);
    if (block == NULL || !GROW(order->blocks, order->room, order->count + 1)) {
        free(block);
        return false;
    }
    block->count = 0;
    memmove(&order->blocks[at + 1], &order->blocks[at], (order->count - at) * sizeof(void *));
    order->blocks[at] = block;
    order->count++;
    return true;
}

/* Its upper half goes into a block of its own behind it. */
static bool block_split(struct order *order, size_t at)
{
    if (!block_insert(order, at + 1))
        return false;
    struct order_block *from = order->blocks[at];
    struct order_block *to = order->blocks[at + 1];
    to->count = from->count / 2;
    from->count -= to->count;
    memcpy(to->entries, &from->entries[from->count], to->count * sizeof to->entries[0]);
    return true;
}

bool order_put(struct order *order, const struct order_entry *entry)
{
    if (order->count == 0 && !block_insert(order, 0))
        return false;
    size_t at = block_of(order, entry);
    if (order->blocks[at]->count == BLOCK_ENTRIES) {
        if (!block_split(order, at))
            return false;
        at = block_of(order, entry);
    }
    struct order_block *block = order->blocks[at];
    size_t place = place_of(block, entry);
    if (place < block->count && compare(&block->entries[place], entry) == 0)
        return true;
    memmove(&block->entries[place + 1], &block->entries[place],
            (block->count - place) * sizeof block->entries[0]);
    block->entries[place] = *entry;
    block->count++;
    return true;
}

static void block_remove(struct order *order, size_t at)
{
    free(order->blocks[at]);
    order->count--;
    memmove(&order->blocks[at], &order->blocks[at + 1], (order->count - at) * sizeof(void *));
}

void order_take(struct order *order, uint64_t seq, uint64_t document)
{
    const struct order_entry entry = {.seq = seq, .document = document};
    if (order->count == 0)
        return;
    size_t at = block_of(order, &entry);
    struct order_block *block = order->blocks[at];
    size_t place = place_of(block, &entry);
    if (place == block->count || compare(&block->entries[place], &entry) != 0)
        return;
    block->count--;
    memmove(&block->entries[place], &block->entries[place + 1],
            (block->count - place) * sizeof block->entries[0]);
    if (block->count == 0)
        block_remove(order, at);
}

const struct order_entry *order_first(const struct order *order)
{
    return order->count > 0 ? &order->blocks[0]->entries[0] : NULL;
}

void order_fini(struct order *order)
{
    for (size_t i = 0; i < order->count; i++)
        free(order->blocks[i]);
    free(order->blocks);
    *order = (struct order){0};
}
