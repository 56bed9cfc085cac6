#pragma once
/*
 * The state file: where an import that was broken off goes on. Bound to the ledger, the mapping and
 * the head of the file; anything else there, and it is not believed.
 */
#include "base/fault.h"
#include "base/hash.h"
#include "import/track.h"

enum { STATE_PATH_MAX = 4096 };

struct state {
    char path[STATE_PATH_MAX]; /* "": none is kept */
    struct hash key;           /* of all that must be the same */
    struct track_place place;  /* line 0: from the beginning */
};

/* Fills in the place when a file is there and has this key. *ret_other: one is there for something
 * else. */
bool state_load(struct state *state, bool *ret_other, struct failure *failure);
bool state_save(const struct state *state, struct failure *failure);
void state_remove(const struct state *state);
