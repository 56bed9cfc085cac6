#pragma once
/*
 * Open credits in the order in which they were recorded: which is the oldest? Sorted blocks, so
 * that one of a hundred thousand comes and goes for a few hundred bytes moved.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_entry {
    uint64_t seq;
    uint64_t document;
    int64_t at_ms;
};

struct order_block;

struct order {
    struct order_block **blocks; /* none of them empty */
    size_t count;
    size_t room;
};

void order_fini(struct order *order);
/* false: no memory. One that is there stays. */
bool order_put(struct order *order, const struct order_entry *entry);
/* One that is not there is nothing. */
void order_take(struct order *order, uint64_t seq, uint64_t document);
/* NULL: there is none. */
const struct order_entry *order_first(const struct order *order);
