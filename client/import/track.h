#pragma once
/*
 * How far the file is done: the furthest place such that everything before it is resolved and no
 * document stands on both sides of it. From there an import can go on.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct track_place {
    uint64_t offset;
    uint64_t line;
};

struct track_item {
    struct track_place first;
    struct track_place end;
    bool done;
};

struct track {
    struct track_item *items; /* a ring, in the order of first rows */
    size_t capacity;
    size_t head;
    size_t count;
    uint64_t turn;            /* of the item at the head */
    struct track_place reach; /* the furthest end of what went */
    struct track_place cut;   /* the answer */
};

void track_init(struct track *track, struct track_place start);
void track_fini(struct track *track); /* zeroed memory is welcome */

/* A document begins here; its turn is for track_done. False without memory. */
bool track_begin(struct track *track, struct track_place first, uint64_t *ret_turn);
/* It is resolved; behind its last row is `end`. Moves the cut on when it can. */
void track_done(struct track *track, uint64_t turn, struct track_place end);
