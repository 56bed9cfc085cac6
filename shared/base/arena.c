#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(data, size) ((void)(data), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(data, size) ((void)(data), (void)(size))
#endif

enum { ARENA_ALIGNMENT = 16, ARENA_FIRST_SIZE = 4096 };

struct arena_block {
    struct arena_block *before;
    size_t capacity;
    size_t used;
    _Alignas(ARENA_ALIGNMENT) uint8_t data[];
};

/* 0 when the size is too large to round up. */
static size_t rounded_up(size_t size)
{
    if (size > SIZE_MAX - ARENA_ALIGNMENT)
        return 0;
    size_t whole = size == 0 ? 1 : size;
    return (whole + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

void arena_init(struct arena *arena, size_t bound)
{
    size_t whole = rounded_up(bound);
    *arena = (struct arena){.bound = whole == 0 ? bound : whole};
}

static void free_chain(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *before = block->before;
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->capacity);
        secret_wipe(block->data, block->used);
        free(block);
        block = before;
    }
}

void arena_fini(struct arena *arena)
{
    free_chain(arena->block);
    arena->block = NULL;
    arena->taken = 0;
    arena->spent = false;
}

void arena_reset(struct arena *arena)
{
    arena->taken = 0;
    arena->spent = false;
    struct arena_block *kept = arena->block;
    if (kept == NULL)
        return;
    free_chain(kept->before);
    kept->before = NULL;
    kept->used = 0;
    ASAN_POISON_MEMORY_REGION(kept->data, kept->capacity);
}

void arena_wipe(struct arena *arena)
{
    arena_reset(arena);
    struct arena_block *kept = arena->block;
    if (kept == NULL)
        return;
    ASAN_UNPOISON_MEMORY_REGION(kept->data, kept->capacity);
    secret_wipe(kept->data, kept->capacity);
    ASAN_POISON_MEMORY_REGION(kept->data, kept->capacity);
}

/* Each block is twice the one before, so the newest is the largest: the one a reset keeps. */
static size_t next_capacity(const struct arena *arena, size_t size)
{
    size_t bound = arena->bound;
    size_t capacity = arena->block == NULL ? ARENA_FIRST_SIZE : arena->block->capacity;
    if (arena->block != NULL)
        capacity = capacity > bound / 2 ? bound : capacity * 2;
    if (capacity > bound)
        capacity = bound;
    return capacity > size ? capacity : size;
}

static bool add_block(struct arena *arena, size_t size)
{
    size_t capacity = next_capacity(arena, size);
    if (capacity > SIZE_MAX - sizeof(struct arena_block))
        return false;
    struct arena_block *block = malloc(sizeof *block + capacity);
    if (block == NULL)
        return false;
    block->before = arena->block;
    block->capacity = capacity;
    block->used = 0;
    ASAN_POISON_MEMORY_REGION(block->data, capacity);
    arena->block = block;
    return true;
}

static inline bool has_room(const struct arena *arena, const struct arena_block *block,
                            size_t whole)
{
    return block != NULL && whole <= block->capacity - block->used &&
           whole <= arena->bound - arena->taken;
}

static inline void *cut(struct arena *arena, struct arena_block *block, size_t size, size_t whole)
{
    void *taken = block->data + block->used;
    block->used += whole;
    arena->taken += whole;
    ASAN_UNPOISON_MEMORY_REGION(taken, size);
    return taken;
}

/* Apart, so that whoever finds room saves nothing for it. NULL: past the bound, or without memory.
 */
__attribute__((noinline)) static void *take_more(struct arena *arena, size_t size, size_t whole)
{
    bool within = whole != 0 && whole <= arena->bound - arena->taken;
    if (within && add_block(arena, whole))
        return cut(arena, arena->block, size, whole);
    arena->spent = true;
    return NULL;
}

void *arena_take(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->block;
    size_t whole = rounded_up(size);
    return whole != 0 && has_room(arena, block, whole) ? cut(arena, block, size, whole)
                                                       : take_more(arena, size, whole);
}

void *arena_zero(struct arena *arena, size_t size)
{
    void *taken = arena_take(arena, size);
    if (taken != NULL)
        memset(taken, 0, size);
    return taken;
}

char *arena_text(struct arena *arena, const void *text, size_t size)
{
    char *copy = size < SIZE_MAX ? arena_take(arena, size + 1) : NULL;
    if (copy == NULL)
        return NULL;
    if (size > 0)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_take(arena, size);
    if (copy != NULL && size > 0)
        memcpy(copy, data, size);
    return copy;
}

bool arena_grow(struct arena *arena, void **items, size_t *room, size_t count, size_t member)
{
    if (count <= *room)
        return true;
    size_t wanted = *room == 0 ? 8 : *room;
    while (wanted < count && wanted <= SIZE_MAX / 2)
        wanted *= 2;
    if (wanted < count || wanted > SIZE_MAX / member)
        return false;
    void *moved = arena_take(arena, wanted * member);
    if (moved == NULL)
        return false;
    if (*room > 0)
        memcpy(moved, *items, *room * member);
    *items = moved;
    *room = wanted;
    return true;
}
