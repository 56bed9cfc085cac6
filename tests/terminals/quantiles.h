#pragma once
/*
 * How long things took: counted in buckets of 100 us up to a minute. All zeros is empty.
 */
#include <stdint.h>

enum { QUANTILES_US = 100, QUANTILES_BUCKETS = 600000 };

struct quantiles {
    uint32_t buckets[QUANTILES_BUCKETS];
    uint64_t count;
};

void quantiles_note(struct quantiles *quantiles, uint64_t us);
/* So many percent took no longer; 0: nothing was noted. */
uint64_t quantiles_us(const struct quantiles *quantiles, unsigned percent);
