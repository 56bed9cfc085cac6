#pragma once
/*
 * Numbers that look random and are the same on every run (splitmix64), for tests that try many
 * cases. A test names its seed, so a failure can be repeated.
 */
#include <stdint.h>

struct prng {
    uint64_t state;
};

static inline uint64_t prng_next(struct prng *prng)
{
    uint64_t mixed = prng->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

/* 0 .. below - 1. */
static inline uint64_t prng_below(struct prng *prng, uint64_t below)
{
    return prng_next(prng) % below;
}

/* Any int64, small ones and the ends of the range as likely as large ones. */
static inline int64_t prng_int64(struct prng *prng)
{
    return (int64_t)prng_next(prng) >> prng_below(prng, 64);
}
