#pragma once
/*
 * A program's last words: where it ends against its will (a need() that does not hold, a fatal
 * signal), and what the thread that dies of it was doing. One listener a process, called once for
 * each thread that dies, in the middle of anything and perhaps on a small stack: it may store to
 * memory, and nothing else. Then the program ends as it would have ended without.
 *
 * A signal that another process sent is no death of what this thread does: nobody is told.
 */
#include <stdint.h>

/* What a thread may be doing, with its number. */
enum death_task {
    DEATH_IDLE,
    DEATH_ENTRY,  /* seq */
    DEATH_QUERY,  /* kind of query */
    DEATH_TOPIC,  /* of a subscription */
    DEATH_JOB,    /* job */
    DEATH_DAY,    /* branch << 32 | date */
    DEATH_RECALL, /* old seq, 0: not known: what terminals bring back after a restore */
};

struct death {
    enum death_task task; /* never DEATH_IDLE */
    uint64_t number;
    const char *where; /* "server/tx/tx.c:12: condition", "signal SEGV" */
};

typedef void (*death_fn)(const struct death *death);
/* NULL: nobody listens any more. From the first call on fatal signals are heard too. */
void death_listen(death_fn told);

/* What this thread does from here on, until it says something else. */
void death_doing(enum death_task task, uint64_t number);
static inline void death_idle(void)
{
    death_doing(DEATH_IDLE, 0);
}

/* This thread dies here: what need() says before it ends the program. */
void death_here(const char *where);
