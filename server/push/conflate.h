#pragma once
/*
 * Inside push: rows shared by many pending tables, and a pending table: the newest value of each
 * row a slow terminal has not been told yet.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row's value, encoded as a member of Delta.rows. Counted references; one thread. */
struct shared_row {
    uint64_t key;
    uint64_t seq; /* of the group it came with; whoever knows it writes it there */
    uint32_t references;
    uint32_t size;
    uint8_t bytes[];
};

/* One reference, the caller's. NULL without memory. */
struct shared_row *shared_row_create(uint64_t key, struct slice row);
struct shared_row *shared_row_retain(struct shared_row *row);
void shared_row_release(struct shared_row *row); /* NULL welcome */

/* Rows in the order they first came; an index over them finds a key's place. Zeroed memory is an
 * empty table; an empty table holds no memory. */
struct conflate {
    struct shared_row **rows;
    uint32_t *index; /* place + 1, 0: free; twice as many slots as rooms for rows */
    uint32_t count;
    uint32_t room;
    size_t bytes; /* of all rows */
};

void conflate_clear(struct conflate *table);
/* Takes a reference of its own. *ret_replaced: an older value was dropped. false: no memory, the
 * table is as it was. */
bool conflate_put(struct conflate *table, struct shared_row *row, bool *ret_replaced);
/* Drops rows of groups up to this one. */
void conflate_forget(struct conflate *table, uint64_t seq);
/* Appends all rows' bytes. */
bool conflate_write(const struct conflate *table, struct buffer *out);
