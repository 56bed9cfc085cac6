#include "tx/cache.h"

#include <string.h>

#include "tx/tx.h"

void tx_cache_init(struct tx_cache *cache)
{
    memset(cache, 0, sizeof *cache);
    arena_init(&cache->arena, 4 * (size_t)CACHE_BYTES_MAX);
}

void tx_cache_fini(struct tx_cache *cache)
{
    arena_fini(&cache->arena);
}

void tx_cache_clear(struct tx_cache *cache)
{
    arena_reset(&cache->arena);
    memset(cache->slots, 0, sizeof cache->slots);
    cache->count = 0;
}

void tx_cache_turn(struct tx_cache *cache)
{
    if (cache->count >= CACHE_MAX || cache->arena.taken > CACHE_BYTES_MAX)
        tx_cache_clear(cache);
}

/* Eight bytes of the key, first the first; zeros behind its size. */
static inline uint64_t key_eight(const struct key *key, size_t at)
{
    if (at >= key->size)
        return 0;
    size_t left = key->size - at;
    uint64_t word = be64_get(key->bytes + at);
    return left < 8 ? word & ~(UINT64_MAX >> 8 * left) : word;
}

/* Two bytes and 22 of the key. */
bool held_key_of(const struct key *key, struct held_key *ret_held)
{
    if (key->size > HELD_KEY_MAX || key->overlong)
        return false;
    uint64_t head = (uint64_t)(key->tree + 1) << 56 | (uint64_t)key->size << 48;
    ret_held->words[0] = head | key_eight(key, 0) >> 16;
    ret_held->words[1] = key_eight(key, 6);
    ret_held->words[2] = key_eight(key, 14);
    return true;
}

struct tx_cache_slot *tx_cache_slot(struct tx_cache *cache, const struct held_key *key, bool make)
{
    for (size_t i = held_key_hash(key);; i++) {
        struct tx_cache_slot *slot = &cache->slots[i % CACHE_SLOTS];
        if (held_key_equal(&slot->key, key))
            return slot;
        if (!held_key_none(&slot->key))
            continue;
        if (!make || cache->count >= CACHE_MAX)
            return NULL;
        cache->count++;
        slot->key = *key;
        return slot;
    }
}
