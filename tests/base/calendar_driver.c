/*
 * Cycles and working calendars as a filter, for the model beside it: one line in, the answers for
 * each day from 0 to DATE_MAX + 1 out, as two arrays of 32 bits.
 *
 *   cycle KIND WEEKDAYS DAYS EVERY FROM           cycle_next, then cycle_last
 *   workdays WEEKEND HOLIDAY HOLIDAY …            workdays_move to the next, then to the previous
 *
 * Anything else ends it with 2.
 */
#include "base/cycle.h"
#include "base/date.h"
#include "base/workdays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = DATE_MAX + 2, NUMBERS_MAX = 5000, LINE_MAX_BYTES = 8 * NUMBERS_MAX };

static size_t numbers_of(char *text, uint32_t out[NUMBERS_MAX])
{
    size_t count = 0;
    char *rest = NULL;
    for (char *part = strtok_r(text, " \n", &rest); part != NULL && count < NUMBERS_MAX;
         part = strtok_r(NULL, " \n", &rest))
        out[count++] = (uint32_t)strtoul(part, NULL, 10);
    return count;
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    static uint32_t numbers[NUMBERS_MAX], forward[DAYS], back[DAYS];
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t word = strcspn(line, " ");
        size_t count = numbers_of(line + word, numbers);
        if (strncmp(line, "cycle ", word + 1) == 0 && count == 5) {
            const struct cycle cycle = {(enum cycle_kind)numbers[0], numbers[1], numbers[2],
                                        numbers[3], numbers[4]};
            for (uint32_t day = 0; day < DAYS; day++) {
                forward[day] = cycle_next(&cycle, day);
                back[day] = cycle_last(&cycle, day);
            }
        } else if (strncmp(line, "workdays ", word + 1) == 0 && count >= 1) {
            const struct workdays workdays = {numbers[0], numbers + 1, count - 1};
            for (uint32_t day = 0; day < DAYS; day++) {
                forward[day] = workdays_move(&workdays, WORKDAY_NEXT, day);
                back[day] = workdays_move(&workdays, WORKDAY_PREVIOUS, day);
            }
        } else {
            return 2;
        }
        (void)fwrite(forward, sizeof forward, 1, stdout);
        (void)fwrite(back, sizeof back, 1, stdout);
        if (fflush(stdout) != 0)
            return 2;
    }
    return 0;
}
