#pragma once
/*
 * A set of names, bounded: each as 128 bits of its hash, with a value beside it. When it is full it
 * remembers no more and says so; nobody may depend on its memory for being right.
 */
#include "base/bytes.h"
#include "base/fold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NAMES_MAX = 1 << 21 };

struct name {
    uint64_t key[2]; /* both 0: an empty place */
    uint64_t value;
};

struct names {
    struct name *table;
    size_t capacity; /* a power of two */
    size_t count;
};

void names_fini(struct names *names); /* zeroed memory is an empty set */

/* False when it is not there. */
bool names_get(const struct names *names, struct slice name, uint64_t *ret_value);
/* False when the set is full. */
bool names_put(struct names *names, struct slice name, uint64_t value);

/* A code or a number as the ledger tells it apart: two that fold alike have one key. */
struct slice names_key(struct slice code, char out[FOLD_KEY_MAX + 1]);

/* 64 bits of a text, as a value. */
uint64_t names_digest(struct slice text);
