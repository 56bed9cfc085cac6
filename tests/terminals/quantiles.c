#include "terminals/quantiles.h"

void quantiles_note(struct quantiles *quantiles, uint64_t us)
{
    uint64_t bucket = us / QUANTILES_US;
    quantiles->buckets[bucket < QUANTILES_BUCKETS ? bucket : QUANTILES_BUCKETS - 1]++;
    quantiles->count++;
}

uint64_t quantiles_us(const struct quantiles *quantiles, unsigned percent)
{
    uint64_t seen = 0;
    for (uint64_t i = 0; quantiles->count > 0 && i < QUANTILES_BUCKETS; i++) {
        seen += quantiles->buckets[i];
        if (seen * 100 >= quantiles->count * percent)
            return (i + 1) * QUANTILES_US;
    }
    return 0;
}
