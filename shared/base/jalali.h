#pragma once
/*
 * The Persian (Jalali) calendar over the day numbers of date.h: six months of 31 days, five of 30,
 * the last one of 29 or 30. Its years begin at the equinox of March. Used where people of Iran read
 * and type dates, and by settlement cycles of its months.
 */
#include "base/date.h"

/* Leap years are those of Borkowski's table, which from 1178 to 1633 is eight in each 33 years; the
 * dates of date.h are those from 1348-10-12 to 1528-03-16. */
enum { JALALI_FIRST = 1210, JALALI_LAST = 1633 };

/* A year as it is written, in either calendar: a Persian one, from 1300 to 1499? No year of a
 * Gregorian date of ours is one of these. */
static inline bool jalali_meant(int year)
{
    return year >= 1300 && year <= 1499;
}

bool jalali_leap(int year);
/* 29..31; the month is one of 1..12. 0: a year outside JALALI_FIRST..JALALI_LAST. */
int jalali_month_days(int year, int month);
/* false for dates that do not exist or are outside DATE_MIN..DATE_MAX. */
bool date_of_jalali(struct civil jalali, uint32_t *ret_date);
/* All zeros for a date outside DATE_MIN..DATE_MAX. */
struct civil jalali_of_date(uint32_t date);
