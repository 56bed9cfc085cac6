#pragma once
/*
 * The judge of what those who do not read cost the others and the server: pure, so that it can be
 * fed forged figures.
 */
#include <stdbool.h>
#include <stdint.h>

enum { SLOW_FAULT_MAX = 200 };

/* [0]: while all read; [1]: while some do not. */
struct slow_figures {
    uint64_t reply_p99_us[2]; /* of the healthy */
    uint64_t news_p99_us[2];  /* from commit to arrival, at the healthy; measured in whole ms */
    uint64_t kib_each;        /* the server's memory for one that does not read; 0: not known */
    uint32_t slow;            /* did not read */
    uint32_t held;            /* of them, those that then heard of it in fewer steps */
    uint32_t uncut;           /* of them, those that the server never let go of */
    uint64_t resync_ms;       /* from reading again until all are exact */
    bool waited;              /* until the server should have cut them */
    bool measured;            /* a run to be quoted; else other work may run beside it */
};

/* The healthy wait longer than they should. */
bool slow_delays_worse(const struct slow_figures *figures);
/* The first thing that is wrong; false: it is told. */
bool slow_judge(const struct slow_figures *figures, char ret_fault[SLOW_FAULT_MAX]);
/* Every kind of forged figures is found out. */
bool slow_judge_fails(void);
