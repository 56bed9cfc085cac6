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

/* What of a hash stands beside a slot, so that a row is touched only when it is the one. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1; /* 0: free */
}

static bool is_row(const struct gathered_row *row, uint64_t hash, int tree, struct slice key)
{
    return row->hash == hash && row->tree == tree && row->key_size == key.size &&
           memcmp(row->key, key.data, key.size) == 0;
}

/* Its slot, or the free one where it belongs. */
static size_t slot_of(const struct gather *gather, uint64_t hash, int tree, struct slice key)
{
    uint32_t tag = tag_of(hash);
    for (size_t i = (size_t)hash;; i++) {
        size_t slot = i & (gather->slot_count - 1);
        if (gather->tags[slot] == 0 ||
            (gather->tags[slot] == tag && is_row(gather->slots[slot], hash, tree, key)))
            return slot;
    }
}

static void occupy(struct gather *gather, size_t slot, struct gathered_row *row)
{
    gather->tags[slot] = tag_of(row->hash);
    gather->slots[slot] = row;
}

static bool grow(struct gather *gather)
{
    struct gather old = *gather;
    size_t count = old.slot_count ? old.slot_count * 2 : SLOTS_FIRST;
    struct gathered_row **slots = calloc(count, sizeof(struct gathered_row *) + sizeof(uint32_t));
    if (!slots)
        return false;
    gather->slots = slots;
    gather->tags = (uint32_t *)(slots + count);
    gather->slot_count = count;
    for (size_t i = 0; i < old.slot_count; i++) {
        struct gathered_row *row = old.tags[i] ? old.slots[i] : NULL;
        if (row)
            occupy(gather, slot_of(gather, row->hash, row->tree, slice_of(row->key, row->key_size)),
                   row);
    }
    free(old.slots);
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
        memset(gather->tags, 0, gather->slot_count * sizeof gather->tags[0]);
    gather->count = 0;
    memset(gather->waiting, 0, sizeof gather->waiting);
    arena_reset(&gather->arena);
}

static struct gathered_row *row_in(const struct gather *gather, size_t slot)
{
    return gather->tags[slot] ? gather->slots[slot] : NULL;
}

const struct gathered_row *gather_find(const struct gather *gather, int tree, struct slice key)
{
    if (!gather->count)
        return NULL;
    return row_in(gather, slot_of(gather, hash_key(tree, key), tree, key));
}

static struct gathered_row *row_add(struct gather *gather, size_t slot, uint64_t hash, int tree,
                                    struct slice key)
{
    struct gathered_row *row = arena_take(&gather->arena, sizeof *row + key.size);
    if (!row)
        return NULL;
    *row = (struct gathered_row){.hash = hash, .tree = tree, .key_size = key.size};
    memcpy(row->key, key.data, key.size);
    occupy(gather, slot, row);
    gather->count++;
    return row;
}

static struct gathered_row *row_of(struct gather *gather, int tree, struct slice key)
{
    if (gather->count * 2 >= gather->slot_count && !grow(gather))
        return NULL;
    uint64_t hash = hash_key(tree, key);
    size_t slot = slot_of(gather, hash, tree, key);
    struct gathered_row *row = row_in(gather, slot);
    return row ? row : row_add(gather, slot, hash, tree, key);
}

static void wait(struct gather *gather, struct gathered_row *row)
{
    struct gathered_list *list = &gather->waiting[row->tree];
    if (row->waits)
        return;
    row->waits = true;
    row->next = NULL;
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
