#pragma once
/*
 * The judge of an overload: pure, so that it can be fed forged figures. It names every fault it
 * finds, so that a server with one known fault can be asked for that one.
 */
#include <stdbool.h>
#include <stdint.h>

enum { OVERLOAD_FAULT_MAX = 200 };

struct overload {
    /* commands a second that were done: closed loop before and after, and under the storm */
    uint64_t before_rate, after_rate, storm_rate, offered_rate;
    uint64_t sent, done, busy,
        other;                       /* answers under the storm; other: refused for anything else */
    uint64_t early;                  /* told to come back in less than the least time */
    uint64_t same_ms;                /* the most of 1,000 in a row that were told the same time */
    uint64_t unanswered;             /* commands without any answer */
    uint64_t untold;                 /* pings and queries without an answer */
    uint64_t twins, other_twins;     /* sent again when done; told something else */
    int64_t lost, doubled;           /* customers' sums against what was told done */
    uint64_t busy_us[2], done_us[2]; /* p50, p99 from sending to the answer */
    uint64_t ask_us[2];              /* pings and queries */
    uint64_t calm_us[2];             /* p99 of single commands before and right after */
    uint64_t robbed_percent;         /* of the storm: the server waited for a processor */
    uint64_t drained_ms;             /* from the last one sent to the last answer */
    uint64_t grown_kib;
};

enum overload_fault {
    OVERLOAD_GOOD = 0,
    OVERLOAD_NEVER_BUSY = 1,
    OVERLOAD_LATE = 2, /* answers, of either kind */
    OVERLOAD_SLOW = 4, /* less is done than could be */
    OVERLOAD_LOST = 8,
    OVERLOAD_DOUBLED = 16,
    OVERLOAD_UNANSWERED = 32,
    OVERLOAD_GROWS = 64,
    OVERLOAD_STAYS = 128,   /* slow when it is over */
    OVERLOAD_IN_STEP = 256, /* all are to come back at once, or at once again */
    OVERLOAD_OTHER = 512,
};

/* What a machine that others use too must keep; a percentage of the capacity that is to be done. */
struct overload_bounds {
    uint64_t goodput_percent;
    uint64_t busy_us, done_us, ask_us, calm_us, drained_ms;
    uint64_t grown_kib;
    uint64_t robbed_percent; /* above it nothing is said about time: others had the machine */
};

/* Bits of enum overload_fault; the first one in words. */
unsigned overload_judge(const struct overload *seen, const struct overload_bounds *bounds,
                        char ret_fault[OVERLOAD_FAULT_MAX]);
/* Shows that each kind is found out; false: one was not, and it is told. */
bool overload_judge_fails(void);
