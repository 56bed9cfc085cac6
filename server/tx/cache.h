#pragma once
/*
 * Records that many commands look at and few change (the company, staff, terminals, groups,
 * products), decoded once for all of them. The writer's alone; inside of tx, and created by the
 * machine.
 *
 * A record stays until it is put or deleted, or until there are too many: then, between two
 * commands, all are forgotten. So what is handed out lives as long as the command.
 */
#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key;

enum { CACHE_SLOTS = 8192, CACHE_MAX = CACHE_SLOTS / 2 };
enum { CACHE_BYTES_MAX = 16 * 1024 * 1024 };

/* A key of at most HELD_KEY_MAX bytes as it is looked for: its tree, its size and its bytes, zeros
 * behind them. All zeros: none. */
enum { HELD_KEY_MAX = 22 };
struct held_key {
    uint64_t words[3];
};

/* false: the key is too long to be held. */
bool held_key_of(const struct key *key, struct held_key *ret_held);

static inline bool held_key_none(const struct held_key *held)
{
    return held->words[0] == 0;
}

static inline bool held_key_equal(const struct held_key *a, const struct held_key *b)
{
    return a->words[0] == b->words[0] && a->words[1] == b->words[1] && a->words[2] == b->words[2];
}

static inline uint32_t held_key_hash(const struct held_key *held)
{
    uint64_t mixed = held->words[0] * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 32 ^ held->words[1]) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 32 ^ held->words[2]) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(mixed >> 32);
}

struct tx_cache_slot {
    const void *record;  /* NULL: changed since, or never looked at */
    struct held_key key; /* none: free */
};

struct tx_cache {
    struct arena arena;
    size_t count;
    struct tx_cache_slot slots[CACHE_SLOTS];
};

void tx_cache_init(struct tx_cache *cache);
void tx_cache_fini(struct tx_cache *cache);
void tx_cache_clear(struct tx_cache *cache);
/* Between two commands: makes room when it is full. */
void tx_cache_turn(struct tx_cache *cache);

/* Its slot, whether or not it holds a record; NULL: (with `make`) there is no room, or (without)
 * nobody looked at it. */
struct tx_cache_slot *tx_cache_slot(struct tx_cache *cache, const struct held_key *key, bool make);
