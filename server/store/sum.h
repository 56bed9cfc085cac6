#pragma once
/*
 * The sum at the end of each row of a summed store: over its tree, its key and its value. It finds
 * damage, it keeps nobody out. The one place that includes xxhash.
 */
#include "base/bytes.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { SUM_SIZE = 8 };

static inline uint64_t sum_of(int tree, struct slice key, struct slice value)
{
    uint64_t seed = XXH3_64bits(value.data, value.size) + (uint64_t)tree;
    return XXH3_64bits_withSeed(key.data, key.size, seed);
}

/* The sum that a row as it lies in LMDB ends with; 0: it has none. */
static inline uint64_t sum_at_end(struct slice row)
{
    return row.size < SUM_SIZE ? 0 : be64_get(row.data + row.size - SUM_SIZE);
}

/* Cuts the sum off a row as it lies in LMDB. false: it is not what was written. */
static inline bool sum_fits(int tree, struct slice key, struct slice *row)
{
    uint64_t kept = sum_at_end(*row);
    if (row->size < SUM_SIZE)
        return false;
    row->size -= SUM_SIZE;
    return kept == sum_of(tree, key, *row);
}
