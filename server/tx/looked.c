#include "tx/looked.h"

#include <string.h>

#include "tx/tx.h"

void tx_looked_init(struct tx_looked *looked)
{
    memset(looked, 0, sizeof *looked);
    arena_init(&looked->arena, 4 * (size_t)LOOKED_BYTES_MAX);
}

void tx_looked_fini(struct tx_looked *looked)
{
    arena_fini(&looked->arena);
}

void tx_looked_clear(struct tx_looked *looked)
{
    arena_reset(&looked->arena);
    memset(looked->slots, 0, sizeof looked->slots);
    looked->count = 0;
}

void tx_looked_turn(struct tx_looked *looked)
{
    if (looked->count >= LOOKED_MAX || looked->arena.taken > LOOKED_BYTES_MAX)
        tx_looked_clear(looked);
}

static bool slot_is(const struct tx_looked_slot *slot, const struct key *key)
{
    return slot->size == key->size && slot->tree == key->tree &&
           memcmp(slot->bytes, key->bytes, key->size) == 0;
}

struct tx_looked_slot *tx_looked_slot(struct tx_looked *looked, const struct key *key, bool make)
{
    if (key->size > LOOKED_KEY_MAX || key->overlong)
        return NULL;
    for (size_t i = tx_key_hash(key);; i++) {
        struct tx_looked_slot *slot = &looked->slots[i % LOOKED_SLOTS];
        if (slot_is(slot, key))
            return slot;
        if (slot->size != 0)
            continue;
        if (!make || looked->count >= LOOKED_MAX)
            return NULL;
        looked->count++;
        slot->tree = key->tree;
        slot->size = key->size;
        memcpy(slot->bytes, key->bytes, key->size);
        return slot;
    }
}
