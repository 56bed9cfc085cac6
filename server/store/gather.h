#pragma once
/*
 * Rows that a writing transaction of a gathering store has written. Used by txn.c and cursor.c.
 * Memory is one arena, given back when the transaction ends.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "store/store.h"

/* Bytes behind each value that who takes it may write to. */
enum { GATHER_SPARE = 8 };

struct gathered_row {
    uint64_t hash;
    struct gathered_row *next; /* in the list of its tree, while it waits */
    struct slice value;
    uint8_t *bytes; /* of `room`, and GATHER_SPARE behind it */
    size_t room;
    int tree;
    bool there;  /* false: it was deleted */
    bool rising; /* put with store_append */
    bool waits;  /* LMDB does not have it as it is here */
    size_t key_size;
    uint8_t key[];
};

struct gathered_list {
    struct gathered_row *first;
    struct gathered_row *last;
};

struct gather {
    struct arena arena;
    struct gathered_row **slots; /* open addressing, a power of two, at most half full */
    uint32_t *tags;              /* beside each slot, of the same memory; 0: it is free */
    size_t slot_count;
    size_t count;
    struct gathered_list waiting[STORE_TREES_MAX];
};

void gather_init(struct gather *gather);
void gather_fini(struct gather *gather);
void gather_clear(struct gather *gather);

/* NULL: LMDB knows. Its value is valid until the next write of this key. */
const struct gathered_row *gather_find(const struct gather *gather, int tree, struct slice key);
/* false: no memory */
bool gather_put(struct gather *gather, int tree, struct slice key, struct slice value, bool rising);
bool gather_delete(struct gather *gather, int tree, struct slice key);
/* The next row of a tree that LMDB has to be told, in the order of writing; NULL: all are. */
struct gathered_row *gather_take(struct gather *gather, int tree);
