#pragma once
/*
 * The judge of a crowd: pure, so that it can be fed forged figures. It names every fault it finds,
 * so that a server with one known fault can be asked for that one.
 */
#include <stdbool.h>
#include <stdint.h>

enum { CONNS_FAULT_MAX = 200, CONNS_STEPS = 2 };

/* So many terminals are there. */
struct conns_step {
    uint64_t terminals, exact; /* wanted; with a whole replica */
    uint64_t arrive_ms, arrive_cpu_ms;
    uint64_t kib_each;
    uint64_t arriving_us[2]; /* p50, p99 of sales while they arrive */
    uint64_t selling_us[2];  /* and when they are there */
    uint64_t probes, unseen; /* changes, and how often a terminal did not see one */
    uint64_t probe_ms[2];    /* p50, p99 from commit to arrival */
    uint64_t late_ms;        /* the loop, the worst of the last minute */
};

/* More come than there are descriptors. */
struct conns_outside {
    uint64_t places, inside; /* allowed; got in */
    uint64_t cpu_percent;    /* of what it could have of one processor, while some are outside */
    uint64_t kept;           /* descriptors left for files */
    uint64_t turned_away;
    uint64_t selling_us[2];
    uint64_t wanted, let_in, let_in_ms; /* when descriptors are free again */
    bool told;                          /* in the log */
};

struct conns {
    uint64_t alone_us[2]; /* sales without a crowd */
    unsigned steps;
    struct conns_step step[CONNS_STEPS];
    uint64_t gone, back, back_ms, resumed;
    struct conns_outside few, none; /* not enough descriptors; not one */
    uint64_t lost;                  /* terminals that were connected */
    uint64_t unsold;                /* sales without an answer or refused */
    bool crowd_failed;              /* a terminal saw what may not be */
    bool ended;                     /* the server did, by itself */
};

enum conns_fault {
    CONNS_GOOD = 0,
    CONNS_ABSENT = 1,   /* not all get in */
    CONNS_UNSEEN = 2,   /* a change does not reach all */
    CONNS_SLOW = 4,     /* sales wait */
    CONNS_LARGE = 8,    /* a terminal costs too much */
    CONNS_SPINS = 16,   /* without descriptors */
    CONNS_SHUT = 32,    /* nobody gets in when there are some again */
    CONNS_LOST = 64,    /* somebody is cut who did nothing */
    CONNS_SILENT = 128, /* not a word in log or status */
    CONNS_GREEDY = 256, /* files may find no descriptor */
};

struct conns_bounds {
    uint64_t kib_each;
    uint64_t arriving_us, selling_us, outside_us;
    uint64_t probe_ms;
    uint64_t cpu_percent;
    uint64_t let_in_ms;
    uint64_t kept;
};

/* Bits of enum conns_fault; the first one in words. */
unsigned conns_judge(const struct conns *seen, const struct conns_bounds *bounds,
                     char ret_fault[CONNS_FAULT_MAX]);
/* Shows that each kind is found out; false: one was not, and it is told. */
bool conns_judge_fails(void);
