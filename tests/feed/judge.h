#pragma once
/*
 * The judge of what subscribers saw: pure. The truth is every change of a customer's figures with
 * its seq, as those who made it were told. A replica that is exact at a seq must equal the truth at
 * that seq, row by row; between, rows come in any number of steps. That the chain of sets has no
 * gap and no step back, `sight` looks after as they come (sight_fails shows it).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FEED_CUSTOMERS = 48, FEED_FAULT_MAX = 200 };

/* A row's content; `print` is of all its figures. */
struct change {
    uint64_t seq;
    uint32_t customer; /* from 0 */
    uint64_t print;
};

enum glance_kind { GLANCE_ROW, GLANCE_EXACT, GLANCE_ANEW };

/* What a subscriber saw, in its order. */
struct glance {
    enum glance_kind kind;
    uint32_t customer;
    uint64_t seq; /* of the row; exact at */
    uint64_t print;
};

struct watcher {
    uint64_t wish; /* bit: customer */
    struct glance *glances;
    size_t count, capacity;
    uint64_t replica[FEED_CUSTOMERS]; /* prints; kept from one round to the next */
    uint64_t newest[FEED_CUSTOMERS];  /* seq of that row */
};

struct truth {
    uint64_t before[FEED_CUSTOMERS]; /* prints at the beginning */
    struct change *changes;          /* by seq */
    size_t count;
};

/* The changes of one round; sorts them. false: two have one seq. */
bool truth_sort(struct truth *truth, char ret_fault[FEED_FAULT_MAX]);
/* One watcher against the truth; at the end its replica must be whole. */
bool feed_judge(const struct truth *truth, struct watcher *watcher, char ret_fault[FEED_FAULT_MAX]);
bool watcher_add(struct watcher *watcher, struct glance glance);
/* Every kind of forged history is found out. */
bool feed_judge_fails(void);
bool sight_fails(void);
