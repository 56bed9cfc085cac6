#include "base/workdays.h"

#include "base/date.h"

enum { WHOLE_WEEK = 0x7f };

/* How many holidays are before `day`. */
static size_t holidays_before(const struct workdays *workdays, uint32_t day)
{
    size_t low = 0, high = workdays->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (workdays->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool workdays_open(const struct workdays *workdays, uint32_t day)
{
    if (day < DATE_MIN || day > DATE_MAX || (workdays->weekend >> date_weekday(day) & 1U) != 0)
        return false;
    size_t at = holidays_before(workdays, day);
    return at == workdays->count || workdays->holidays[at] != day;
}

uint32_t workdays_move(const struct workdays *workdays, enum workday_move move, uint32_t day)
{
    uint32_t moved = day;
    if (move == WORKDAY_STAY || (workdays->weekend & WHOLE_WEEK) == WHOLE_WEEK)
        return day;
    while (moved >= DATE_MIN && moved <= DATE_MAX && !workdays_open(workdays, moved))
        moved += move == WORKDAY_NEXT ? 1 : UINT32_MAX;
    return moved >= DATE_MIN && moved <= DATE_MAX ? moved : day;
}
