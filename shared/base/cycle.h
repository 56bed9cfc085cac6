#pragma once
/*
 * Settlement cycles: on which days a customer settles. Days are the day numbers of date.h; nothing
 * here asks a clock, so the ledger and every program come to the same days.
 */
#include <stdbool.h>
#include <stdint.h>

enum cycle_kind { CYCLE_WEEK = 1, CYCLE_MONTH = 2, CYCLE_JALALI_MONTH = 3, CYCLE_EVERY = 4 };

enum { CYCLE_EVERY_MAX = 366 };

/* What is of other kinds is not looked at. */
struct cycle {
    enum cycle_kind kind;
    uint32_t weekdays; /* WEEK: bit 0 Monday .. 6 Sunday */
    uint32_t days;     /* months: bit d-1 for day d, 1..31; one that a month has not is its last
                          day, so 31 is the month's end */
    uint32_t every;
    uint32_t from; /* EVERY: each `every` days (1..366) from the day `from` on */
};

/* Is it of a known kind, with at least one day and none that there is not? */
bool cycle_valid(const struct cycle *cycle);

/* The first settlement day after `after`; DATE_NONE when there is none within DATE_MAX, or the
 * cycle is not valid. */
uint32_t cycle_next(const struct cycle *cycle, uint32_t after);
/* The last one at or before `day`; DATE_NONE when none, or the cycle is not valid. */
uint32_t cycle_last(const struct cycle *cycle, uint32_t day);
