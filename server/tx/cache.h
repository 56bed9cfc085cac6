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

enum { CACHE_SLOTS = 8192, CACHE_MAX = CACHE_SLOTS / 2, CACHE_KEY_MAX = 22 };
enum { CACHE_BYTES_MAX = 16 * 1024 * 1024 };

struct tx_cache_slot {
    const void *record; /* NULL: changed since, or never looked at */
    uint8_t tree;
    uint8_t size; /* of the key; 0: free */
    uint8_t bytes[CACHE_KEY_MAX];
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

/* Its slot, whether or not it holds a record; NULL: the key is too long, or (with `make`) there is
 * no room, or (without) nobody looked at it. */
struct tx_cache_slot *tx_cache_slot(struct tx_cache *cache, const struct key *key, bool make);
