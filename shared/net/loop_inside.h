#pragma once
/*
 * Inside net: what the loop keeps for its streams, and the parts that live on it.
 *
 * One turn of the loop:  timers -> prepare -> poll (reads, wakes, connections) -> check -> closing
 *
 * In prepare and check, streams that wait for it read on, then all that wrote something flush:
 * what was queued in one turn leaves in one write. Nothing is left behind when poll blocks: while
 * a list is not empty an idle handle keeps the loop turning.
 */
#include <uv.h>

#include "base/container.h"
#include "net/loop.h"

enum { LOOP_BUFFER_SIZE = 64 * 1024 };

/* A thing that lives on the loop and is ended with it when nobody has done so before. */
struct loop_part {
    struct loop_part *next;
    struct loop_part **link; /* what points here; NULL when it is on no list */
    void (*end)(struct loop_part *part);
};

/* A queue through pieces of the things that stand in it. */
struct loop_link {
    struct loop_link *next;
    struct loop_link *before; /* NULL when it stands in no queue */
};

struct loop {
    uv_loop_t uv;
    uv_async_t alive; /* so that loop_run waits for loop_stop, whatever else there is */
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    struct loop_part *parts;
    struct loop_link to_begin; /* listeners that may begin more handshakes */
    struct loop_link to_read;  /* streams that have more to read */
    struct loop_link to_flush; /* streams that have something to write */
    struct loop_link mark;     /* behind the last one of this round */
    uint64_t turn;
    char *encrypted; /* shared by all streams: what a read fills */
    char *plain;     /* and what it is decrypted into */
};

void loop_part_add(struct loop *loop, struct loop_part *part, void (*end)(struct loop_part *part));
void loop_part_remove(struct loop_part *part);

void loop_link_init(struct loop_link *queue);
bool loop_link_waits(const struct loop_link *link);
void loop_link_push(struct loop_link *queue, struct loop_link *link); /* once, at the end */
void loop_link_remove(struct loop_link *link);            /* no harm when it waits not */
struct loop_link *loop_link_pop(struct loop_link *queue); /* NULL when empty */

/* What the turn does with those that stand in a queue of the loop: listener.c, stream.c. */
void listener_turn(struct loop_link *link);
void stream_turn_read(struct loop_link *link);
void stream_turn_flush(struct loop_link *link);
