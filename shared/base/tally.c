#include "base/tally.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/hash.h"

bool tally_init(struct tally *tally, uint32_t most)
{
    uint32_t slots = 16;
    while (slots < 2 * most)
        slots *= 2;
    *tally = (struct tally){.slots = calloc(slots, sizeof *tally->slots), .mask = slots - 1};
    random_bytes(&tally->seed, sizeof tally->seed);
    return tally->slots != NULL;
}

void tally_fini(struct tally *tally)
{
    free(tally->slots);
    *tally = (struct tally){.slots = NULL};
}

/* Where a key belongs when nobody is in its way. */
static uint32_t home_of(const struct tally *tally, uint64_t key)
{
    uint64_t mixed = (key ^ tally->seed) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29 ^ tally->seed >> 7) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(mixed >> 32) & tally->mask;
}

/* Its slot, or the free one where it would stand. */
static uint32_t place_of(const struct tally *tally, uint64_t key)
{
    uint32_t at = home_of(tally, key);
    while (tally->slots[at].count != 0 && tally->slots[at].key != key)
        at = (at + 1) & tally->mask;
    return at;
}

uint32_t tally_count(const struct tally *tally, uint64_t key)
{
    return tally->slots[place_of(tally, key)].count;
}

void tally_add(struct tally *tally, uint64_t key)
{
    struct tally_slot *slot = &tally->slots[place_of(tally, key)];
    slot->key = key;
    need(++slot->count != 0);
}

/* Those behind a free slot that only passed by it move up. */
static void close_gap(struct tally *tally, uint32_t gap)
{
    for (uint32_t at = (gap + 1) & tally->mask; tally->slots[at].count != 0;
         at = (at + 1) & tally->mask) {
        uint32_t home = home_of(tally, tally->slots[at].key);
        if (((at - home) & tally->mask) < ((at - gap) & tally->mask))
            continue;
        tally->slots[gap] = tally->slots[at];
        tally->slots[at].count = 0;
        gap = at;
    }
}

void tally_take(struct tally *tally, uint64_t key)
{
    uint32_t at = place_of(tally, key);
    need(tally->slots[at].count > 0);
    if (--tally->slots[at].count == 0)
        close_gap(tally, at);
}
