/*
 * Rows that a transaction has written and LMDB does not have yet. A table by key for who asks, a
 * list a tree in the order of writing for LMDB. A row that is given to LMDB stays in the table
 * until the transaction ends: who asks for it again need not descend the tree.
 */
#include "gather.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 4096 };

static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_key(int tree, struct slice key)
{
    uint64_t hash = mixed((uint64_t)tree + 1, key.size);
    for (; key.size >= 8; key.data += 8, key.size -= 8) {
        uint64_t word;
        memcpy(&word, key.data, 8);
        hash = mixed(hash, word);
    }
    uint64_t rest = 0;
    if (key.size)
        memcpy(&rest, key.data, key.size);
    return mixed(hash, rest);
}

/* Its slot, or the free one where it belongs. */
static struct gathered_row **slot_of(const struct gather *gather, uint64_t hash, int tree,
                                     struct slice key)
{
    for (size_t i = (size_t)hash;; i++) {
        struct gathered_row **slot = &gather->slots[i & (gather->slot_count - 1)];
        const struct gathered_row *row = *slot;
        if (!row || (row->hash == hash && row->tree == tree && row->key_size == key.size &&
                     memcmp(row->key, key.data, key.size) == 0))
            return slot;
    }
}

static bool grow(struct gather *gather)
{
    size_t count = gather->slot_count ? gather->slot_count * 2 : SLOTS_FIRST;
    struct gathered_row **slots = calloc(count, sizeof(struct gathered_row *));
    if (!slots)
        return false;
    struct gathered_row **old = gather->slots;
    size_t old_count = gather->slot_count;
    gather->slots = slots;
    gather->slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            *slot_of(gather, old[i]->hash, old[i]->tree, slice_of(old[i]->key, old[i]->key_size)) =
                old[i];
    free(old);
    return true;
}

void gather_init(struct gather *gather)
{
    *gather = (struct gather){.slots = NULL};
    arena_init(&gather->arena, SIZE_MAX / 2);
}

void gather_fini(struct gather *gather)
{
    free(gather->slots);
    arena_fini(&gather->arena);
    *gather = (struct gather){.slots = NULL};
}

void gather_clear(struct gather *gather)
{
    if (gather->count)
        memset(gather->slots, 0, gather->slot_count * sizeof(struct gathered_row *));
    gather->count = 0;
    memset(gather->waiting, 0, sizeof gather->waiting);
    arena_reset(&gather->arena);
}

const struct gathered_row *gather_find(const struct gather *gather, int tree, struct slice key)
{
    return gather->count ? *slot_of(gather, hash_key(tree, key), tree, key) : NULL;
}

static struct gathered_row *row_add(struct gather *gather, struct gathered_row **slot,
                                    uint64_t hash, int tree, struct slice key)
{
    struct gathered_row *row = arena_take(&gather->arena, sizeof *row + key.size);
    if (!row)
        return NULL;
    *row = (struct gathered_row){.hash = hash, .tree = tree, .key_size = key.size};
    memcpy(row->key, key.data, key.size);
    *slot = row;
    gather->count++;
    return row;
}

static struct gathered_row *row_of(struct gather *gather, int tree, struct slice key)
{
    if (gather->count * 2 >= gather->slot_count && !grow(gather))
        return NULL;
    uint64_t hash = hash_key(tree, key);
    struct gathered_row **slot = slot_of(gather, hash, tree, key);
    return *slot ? *slot : row_add(gather, slot, hash, tree, key);
}

static void wait(struct gather *gather, struct gathered_row *row)
{
    struct gathered_list *list = &gather->waiting[row->tree];
    if (row->waits)
        return;
    row->waits = true;
    row->next = NULL;
    list->rising = list->rising || row->rising;
    if (list->last)
        list->last->next = row;
    else
        list->first = row;
    list->last = row;
}

bool gather_put(struct gather *gather, int tree, struct slice key, struct slice value, bool rising)
{
    struct gathered_row *row = row_of(gather, tree, key);
    if (!row)
        return false;
    if (!row->bytes || value.size > row->room) {
        uint8_t *bytes = arena_take(&gather->arena, value.size + GATHER_SPARE);
        if (!bytes)
            return false;
        row->bytes = bytes;
        row->room = value.size;
    }
    if (value.size)
        memmove(row->bytes, value.data, value.size);
    row->value = slice_of(row->bytes, value.size);
    row->there = true;
    row->rising = rising && !row->waits;
    wait(gather, row);
    return true;
}

bool gather_delete(struct gather *gather, int tree, struct slice key)
{
    struct gathered_row *row = row_of(gather, tree, key);
    if (!row)
        return false;
    row->there = false;
    row->value = slice_of(NULL, 0);
    wait(gather, row);
    return true;
}

struct gathered_row *gather_take(struct gather *gather, int tree)
{
    struct gathered_list *list = &gather->waiting[tree];
    struct gathered_row *row = list->first;
    if (!row)
        return NULL;
    list->first = row->next;
    if (!list->first)
        *list = (struct gathered_list){.first = NULL};
    row->waits = false;
    return row;
}
