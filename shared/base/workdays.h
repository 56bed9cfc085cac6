#pragma once
/*
 * Working calendars: which days a place is open, and where a due date, a deposit or a reminder goes
 * that falls on another. Days are the day numbers of date.h; nothing here asks a clock. Who moves a
 * day keeps the original too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum workday_move { WORKDAY_STAY = 1, WORKDAY_NEXT = 2, WORKDAY_PREVIOUS = 3 };

struct workdays {
    uint32_t weekend;         /* bit 0 Monday .. 6 Sunday */
    const uint32_t *holidays; /* the caller's */
    size_t count;             /* ascending */
};

/* false for what is no day (date.h), too. */
bool workdays_open(const struct workdays *workdays, uint32_t day);
/* The nearest open day from `day` on in that direction, `day` included; the day itself when all
 * days are closed or none is within the range. */
uint32_t workdays_move(const struct workdays *workdays, enum workday_move move, uint32_t day);
