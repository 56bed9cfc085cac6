#pragma once
/*
 * Civil dates as day numbers (days since 1970-01-01, Gregorian), and instants as milliseconds
 * since 1970 UTC. Pure: nothing here asks a clock; see server/clock for that.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Documents carry their date in 16 bits: 1970-01-02 to 2149-06-06. Day 0 means "no date". */
enum { DATE_NONE = 0, DATE_MIN = 1, DATE_MAX = 65535, DATE_TEXT_SIZE = 11, INSTANT_TEXT_SIZE = 25 };

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

bool civil_valid(struct civil civil);
/* 28..31; the month is one of 1..12. */
int civil_month_days(int year, int month);
/* Of a valid one, be it outside DATE_MIN..DATE_MAX too. */
int64_t days_of_civil(struct civil civil);
/* false for dates that do not exist or are outside DATE_MIN..DATE_MAX. */
bool date_of_civil(struct civil civil, uint32_t *ret_date);
/* All zeros for a date outside DATE_MIN..DATE_MAX. */
struct civil civil_of_date(uint32_t date);

/* "2026-11-23" exactly. Writing a date outside DATE_MIN..DATE_MAX writes "". */
bool date_read(const char *text, size_t size, uint32_t *ret_date);
void date_write(uint32_t date, char out[DATE_TEXT_SIZE]);

/* 0 Monday .. 6 Sunday. */
int date_weekday(uint32_t date);

/* "2026-11-23T09:41:07.123Z"; what is before year 0 or after 9999 is written as the nearest. */
void instant_write(int64_t instant_ms, char out[INSTANT_TEXT_SIZE]);

/* The UTC date of an instant moved by a fixed offset; DATE_NONE outside the range. */
uint32_t date_of_instant(int64_t instant_ms, int32_t offset_s);

/* A time zone by its distance from UTC: "+07:00", "-03:30", whole hours as "+07" or "+7". false:
 * none that there is (from -12:00 to +14:00), or without a sign, which may be hours or minutes. */
enum { UTC_OFFSET_TEXT_SIZE = 7, UTC_OFFSET_MIN = -12 * 60, UTC_OFFSET_MAX = 14 * 60 };
bool utc_offset_read(const char *text, int32_t *ret_minutes);
/* "+07:00" */
void utc_offset_write(int32_t minutes, char out[UTC_OFFSET_TEXT_SIZE]);
/* "2026-11-23 09:41:07", by a clock that is so far from UTC. */
enum { CLOCK_TEXT_SIZE = 20 };
void clock_write(int64_t instant_ms, int32_t utc_offset_minutes, char out[CLOCK_TEXT_SIZE]);
/* "UTC+02:00"; just "UTC" where nothing is added. */
enum { ZONE_TEXT_SIZE = 10 };
void zone_write(int32_t utc_offset_minutes, char out[ZONE_TEXT_SIZE]);

/* Days from `from` to `until`, both in it. */
struct date_span {
    uint32_t from;
    uint32_t until;
};
/* Every day there is. */
#define DATE_SPAN_ALL ((struct date_span){DATE_NONE, DATE_MAX})
