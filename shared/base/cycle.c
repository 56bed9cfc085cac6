#include "base/cycle.h"

#include "base/date.h"
#include "base/jalali.h"

enum { WEEK = 7, MONTH_DAYS_MAX = 31 };

bool cycle_valid(const struct cycle *cycle)
{
    switch (cycle->kind) {
    case CYCLE_WEEK:
        return cycle->weekdays != 0 && cycle->weekdays >> WEEK == 0;
    case CYCLE_MONTH:
    case CYCLE_JALALI_MONTH:
        return cycle->days != 0 && cycle->days >> MONTH_DAYS_MAX == 0;
    case CYCLE_EVERY:
        return cycle->every >= 1 && cycle->every <= CYCLE_EVERY_MAX && cycle->from >= DATE_MIN &&
               cycle->from <= DATE_MAX;
    }
    return false;
}

/* ---- weeks ---- */

static bool settles_on_weekday(const struct cycle *cycle, uint32_t day)
{
    return (cycle->weekdays >> date_weekday(day) & 1U) != 0;
}

static uint32_t week_next(const struct cycle *cycle, uint32_t day)
{
    while (!settles_on_weekday(cycle, day))
        day++;
    return day;
}

static uint32_t week_last(const struct cycle *cycle, uint32_t day)
{
    while (day > DATE_NONE && !settles_on_weekday(cycle, day))
        day--;
    return day;
}

/* ---- months ---- */

/* Where a day is in its month. */
struct place {
    uint32_t day; /* from 1 */
    uint32_t days;
};

static struct place place_of(const struct cycle *cycle, uint32_t date)
{
    bool jalali = cycle->kind == CYCLE_JALALI_MONTH;
    struct civil civil = jalali ? jalali_of_date(date) : civil_of_date(date);
    int days = jalali ? jalali_month_days(civil.year, civil.month)
                      : civil_month_days(civil.year, civil.month);
    return (struct place){(uint32_t)civil.day, (uint32_t)days};
}

/* Bit d-1 for each settlement day d of a month of so many days. */
static uint32_t days_of_month(const struct cycle *cycle, uint32_t days)
{
    uint32_t there = (UINT32_C(1) << days) - 1;
    bool beyond = (cycle->days & ~there) != 0;
    return (cycle->days & there) | (beyond ? UINT32_C(1) << (days - 1) : 0);
}

/* Every month has a settlement day, so it is found in this one or the next. */
static uint32_t month_next(const struct cycle *cycle, uint32_t day)
{
    while (day <= DATE_MAX) {
        struct place place = place_of(cycle, day);
        uint32_t from_here = days_of_month(cycle, place.days) >> (place.day - 1);
        if (from_here != 0)
            return day + (uint32_t)__builtin_ctz(from_here);
        day += place.days - place.day + 1;
    }
    return DATE_NONE;
}

static uint32_t month_last(const struct cycle *cycle, uint32_t day)
{
    while (day >= DATE_MIN) {
        struct place place = place_of(cycle, day);
        uint32_t until_here = days_of_month(cycle, place.days) & ((UINT32_C(1) << place.day) - 1);
        uint32_t found = until_here == 0 ? 0 : 32 - (uint32_t)__builtin_clz(until_here);
        uint32_t back = place.day - found;
        if (back >= day)
            return DATE_NONE;
        day -= back;
        if (found != 0)
            return day;
    }
    return DATE_NONE;
}

/* ---- both ---- */

/* The first one at or after `day`; it may be past DATE_MAX. */
static uint32_t first_from(const struct cycle *cycle, uint32_t day)
{
    switch (cycle->kind) {
    case CYCLE_WEEK:
        return week_next(cycle, day);
    case CYCLE_MONTH:
    case CYCLE_JALALI_MONTH:
        return month_next(cycle, day);
    case CYCLE_EVERY:
        if (day <= cycle->from)
            return cycle->from;
        return day + cycle->every - 1 - (day - cycle->from - 1) % cycle->every;
    }
    return DATE_NONE;
}

uint32_t cycle_next(const struct cycle *cycle, uint32_t after)
{
    if (!cycle_valid(cycle) || after >= DATE_MAX)
        return DATE_NONE;
    uint32_t found = first_from(cycle, after + 1);
    return found <= DATE_MAX ? found : DATE_NONE;
}

uint32_t cycle_last(const struct cycle *cycle, uint32_t day)
{
    if (!cycle_valid(cycle))
        return DATE_NONE;
    if (day > DATE_MAX)
        day = DATE_MAX;
    switch (cycle->kind) {
    case CYCLE_WEEK:
        return week_last(cycle, day);
    case CYCLE_MONTH:
    case CYCLE_JALALI_MONTH:
        return month_last(cycle, day);
    case CYCLE_EVERY:
        return day < cycle->from ? DATE_NONE : day - (day - cycle->from) % cycle->every;
    }
    return DATE_NONE;
}
