#pragma once
/*
 * An arena: memory that is taken piece by piece and given back all at once. One command, one
 * frame or one query lives in one arena; nothing in it is freed by itself.
 */
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *block; /* newest block, holding the one before */
    size_t taken;              /* bytes since the last reset, each piece rounded up to 16 */
    size_t bound;              /* rounded up to 16 too; arena_take returns NULL past it */
    bool spent;                /* it has, since the last reset */
};

void arena_init(struct arena *arena, size_t bound);
void arena_fini(struct arena *arena);

/* Forgets everything; keeps one block for the next round. */
void arena_reset(struct arena *arena);
/* And overwrites what was in it, of rounds before too. Blocks that are given back always are: they
 * may have held words of people. */
void arena_wipe(struct arena *arena);

/* `size` bytes aligned for anything, not zeroed; NULL past the bound or without memory.
 * Never NULL for 0 bytes within the bound. */
void *arena_take(struct arena *arena, size_t size);

/* As arena_take, zeroed. */
void *arena_zero(struct arena *arena, size_t size);

/* A copy with a NUL behind it. */
char *arena_text(struct arena *arena, const void *text, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size);

/* Room for at least `count` members in a list of the arena (NULL with room 0 at first), doubled as
 * needed; the old one stays in the arena. false: past the bound, nothing changed. */
#define ARENA_GROW(arena, items, room, count)                                                      \
    arena_grow((arena), (void **)&(items), &(room), (count), sizeof *(items))
bool arena_grow(struct arena *arena, void **items, size_t *room, size_t count, size_t member);
