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

static bool slot_is(const struct tx_cache_slot *slot, const struct key *key)
{
    return slot->size == key->size && slot->tree == key->tree &&
           memcmp(slot->bytes, key->bytes, key->size) == 0;
}

struct tx_cache_slot *tx_cache_slot(struct tx_cache *cache, const struct key *key, bool make)
{
    if (key->size > CACHE_KEY_MAX || key->overlong)
        return NULL;
    for (size_t i = tx_key_hash(key);; i++) {
        struct tx_cache_slot *slot = &cache->slots[i % CACHE_SLOTS];
        if (slot_is(slot, key))
            return slot;
        if (slot->size != 0)
            continue;
        if (!make || cache->count >= CACHE_MAX)
            return NULL;
        cache->count++;
        slot->tree = key->tree;
        slot->size = key->size;
        memcpy(slot->bytes, key->bytes, key->size);
        return slot;
    }
}
