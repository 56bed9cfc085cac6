#pragma once
/*
 * The judge of one race for the last units of a limit: pure, so that it can be fed forged
 * histories. All sales are of one unit. Orders what was answered by seq and plays it again with
 * nothing but a sum.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RACE_ENTRIES_MAX = 1024, RACE_FAULT_MAX = 200 };

enum race_kind { RACE_SOLD, RACE_REFUSED, RACE_PAID };

struct race_entry {
    enum race_kind kind;
    bool told_twice; /* the same id was sent twice */
    bool told_same;  /* and both replies are the same bytes */
    bool of_limit;   /* refused: CREDIT_LIMIT_EXCEEDED, nothing else */
    bool may_raise;  /* refused: a way is RAISE_LIMIT, with roles that may */
    uint64_t seq;
    int64_t amount_minor;    /* paid */
    int64_t available_minor; /* sold, paid: after it; refused: as it met it */
    int64_t over_by_minor;   /* refused */
    int64_t pay_now_minor;   /* refused: the way out, 0: not told */
    int64_t part_now_minor;  /* refused: the way out, 0: not told */
};

struct race {
    int64_t unit_minor;
    int64_t limit_minor;
    int64_t used_minor; /* before it */
    struct race_entry entries[RACE_ENTRIES_MAX];
    size_t count;
    int64_t last_used_minor; /* what the customer's card says at the end */
    int64_t last_available_minor;
    uint64_t last_seq; /* of its newest change */
    size_t sold;       /* set by race_judge */
};

/* Sorts the entries. On false ret_fault says what is wrong. */
bool race_judge(struct race *race, char ret_fault[RACE_FAULT_MAX]);
/* Shows that each kind of wrong history is found out; false: one was not, and it is told. */
bool race_judge_fails(void);
