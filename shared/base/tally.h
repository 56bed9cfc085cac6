#pragma once
/*
 * Counts by key, of a bounded number of things: each stands for one, so there are never more keys
 * than things. Open addressing with a seed of its own: whoever chooses keys cannot make it slow.
 */
#include <stdbool.h>
#include <stdint.h>

struct tally_slot {
    uint64_t key;
    uint32_t count; /* 0: free */
};

struct tally {
    struct tally_slot *slots;
    uint32_t mask;
    uint64_t seed;
};

/* false: no memory. For at most `most` things at a time. */
bool tally_init(struct tally *tally, uint32_t most);
void tally_fini(struct tally *tally);
uint32_t tally_count(const struct tally *tally, uint64_t key);
void tally_add(struct tally *tally, uint64_t key);
void tally_take(struct tally *tally, uint64_t key); /* one that was added */
