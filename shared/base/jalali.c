#include "base/jalali.h"

/* Counted from 1210 on, each first of four years is a leap year, and the last of 33 is none. */
enum { CYCLE_YEARS = 33, CYCLE_LEAPS = 8 };
enum { DAYS_TO_1210 = -50690 }; /* 1210-01-01 was the 21st of March 1831 */
enum { LONG_MONTHS = 6, LONG_DAYS = 31, SHORT_DAYS = 30 };

static bool year_known(int year)
{
    return year >= JALALI_FIRST && year <= JALALI_LAST;
}

static int64_t new_year(int year)
{
    int64_t years = year - JALALI_FIRST;
    int64_t leaps = years / CYCLE_YEARS * CYCLE_LEAPS + (years % CYCLE_YEARS + 3) / 4;
    return DAYS_TO_1210 + 365 * years + leaps;
}

bool jalali_leap(int year)
{
    int of_cycle = (year - JALALI_FIRST) % CYCLE_YEARS;
    return year_known(year) && of_cycle % 4 == 0 && of_cycle != CYCLE_YEARS - 1;
}

int jalali_month_days(int year, int month)
{
    if (!year_known(year))
        return 0;
    if (month <= LONG_MONTHS)
        return LONG_DAYS;
    return month < 12 || jalali_leap(year) ? SHORT_DAYS : SHORT_DAYS - 1;
}

bool date_of_jalali(struct civil jalali, uint32_t *ret_date)
{
    if (jalali.month < 1 || jalali.month > 12 || jalali.day < 1 ||
        jalali.day > jalali_month_days(jalali.year, jalali.month))
        return false;
    int before = jalali.month - 1;
    int longer = before < LONG_MONTHS ? before : LONG_MONTHS;
    int64_t days = new_year(jalali.year) + before * SHORT_DAYS + longer + jalali.day - 1;
    if (days < DATE_MIN || days > DATE_MAX)
        return false;
    *ret_date = (uint32_t)days;
    return true;
}

struct civil jalali_of_date(uint32_t date)
{
    struct civil civil = civil_of_date(date);
    if (civil.month == 0)
        return (struct civil){0};
    int year = civil.year - 621;
    if (new_year(year) > (int64_t)date)
        year--;
    int day = (int)((int64_t)date - new_year(year));
    if (day < LONG_MONTHS * LONG_DAYS)
        return (struct civil){year, day / LONG_DAYS + 1, day % LONG_DAYS + 1};
    day -= LONG_MONTHS * LONG_DAYS;
    return (struct civil){year, LONG_MONTHS + day / SHORT_DAYS + 1, day % SHORT_DAYS + 1};
}
