#pragma once
/*
 * What each kind of request cost a thread that everybody shares: for each kind its longest turn,
 * and a line in the log for one that held the thread longer than it may.
 *
 * A turn is counted in processor time, so that a machine with other things to do does not lie. To
 * ask for that costs a system call: it is read once a millisecond, and again where a turn was long
 * by the steady clock. So a long turn is exact to a millisecond, and a short one is counted by the
 * steady clock, which is never less.
 *
 * One thread counts, any thread reads. Used by session, commit and writer; shown by metrics.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum turn_kind {
    TURN_REQUEST, /* number: a body of FromTerminal */
    TURN_QUERY,   /* a kind of query */
    TURN_COMMAND, /* a kind of command */
    TURN_TOPIC,   /* of a subscription: a page of it, or what it resumes with */
    TURN_FILL,    /* a kind of query: what it will be answered from is put in memory */
    TURN_GROUP,   /* enum turn_group */
    TURN_KINDS,
};

enum turn_group {
    TURN_GROUP_PREPARED,   /* looked at, texts into the vault */
    TURN_GROUP_COMMITTED,  /* the state of one or several */
    TURN_GROUP_HANDED_OVER /* replies and news queued to all */
};

enum { TURN_NUMBERS = 256, TURN_NAME_SIZE = 64 };

struct turns {
    const char *thread;
    uint64_t bound_us;
    uint64_t steady_ns; /* the last reading of both clocks */
    uint64_t cpu_ns;
    uint64_t second; /* of the last line in the log */
    uint32_t lines;  /* in it */
    _Atomic uint64_t slow;
    _Atomic uint64_t longest_us[TURN_KINDS][TURN_NUMBERS];
};

struct turn {
    uint64_t steady_ns;
    uint64_t cpu_ns;
};

/* A turn of more than bound_ms is told in the log. The name of the thread stays the caller's. */
void turns_init(struct turns *turns, const char *thread, uint32_t bound_ms);

/* turns may be NULL: then nothing is counted. Turns may lie in one another. */
struct turn turn_begin(struct turns *turns);
void turn_end(struct turns *turns, struct turn turn, enum turn_kind kind, uint32_t number);

/* The kinds that have had a turn, one after the other: *place is 0 at first. false: no more. */
struct turn_longest {
    char name[TURN_NAME_SIZE]; /* "query customer_card" */
    uint64_t us;
};
bool turns_next(const struct turns *turns, size_t *place, struct turn_longest *ret_longest);
