#pragma once
/*
 * A histogram of durations: buckets of powers of two, from 16 µs to 16.8 s. One thread adds, any
 * thread reads: no lock, and no instruction that another processor has to wait for. What is read
 * may lack the additions of this moment, but counts never go back.
 *
 * Used by what measures (writer, monitor) and what shows it (metrics).
 */
#include <stdatomic.h>
#include <stdint.h>

enum {
    HISTOGRAM_FIRST_BITS = 4, /* the first bucket holds all up to 2^4 µs */
    HISTOGRAM_BOUNDS = 21,    /* the last bound is 2^24 µs; behind it one bucket for all above */
};

struct histogram {
    _Atomic uint64_t buckets[HISTOGRAM_BOUNDS + 1];
    _Atomic uint64_t sum_us;
};

/* The first bucket whose bound is not below it. */
static inline unsigned histogram_bucket(uint64_t us)
{
    unsigned bits = us <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(us - 1);
    unsigned bucket = bits <= HISTOGRAM_FIRST_BITS ? 0 : bits - HISTOGRAM_FIRST_BITS;
    return bucket < HISTOGRAM_BOUNDS ? bucket : HISTOGRAM_BOUNDS;
}

static inline void histogram_grow(_Atomic uint64_t *number, uint64_t by)
{
    uint64_t before = atomic_load_explicit(number, memory_order_relaxed);
    atomic_store_explicit(number, before + by, memory_order_relaxed);
}

static inline void histogram_add(struct histogram *histogram, uint64_t us)
{
    histogram_grow(&histogram->buckets[histogram_bucket(us)], 1);
    histogram_grow(&histogram->sum_us, us);
}

static inline uint64_t histogram_bound_us(unsigned bucket)
{
    return UINT64_C(1) << (bucket + HISTOGRAM_FIRST_BITS);
}
