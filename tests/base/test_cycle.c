#include "base/check.h"

#include <string.h>

#include "base/cycle.h"
#include "base/date.h"
#include "base/jalali.h"
#include "base/prng.h"

enum { MONDAY = 1, WEDNESDAY = 4, FRIDAY = 16, SUNDAY = 64 };
enum { SEED = 1404, CHANCES = 3000 };

static uint32_t day(const char *text)
{
    uint32_t date = 0;
    assert_true(date_read(text, strlen(text), &date));
    return date;
}

static uint32_t on(int of_month)
{
    return UINT32_C(1) << (of_month - 1);
}

static void expect_day(uint32_t date, const char *expected)
{
    char text[DATE_TEXT_SIZE];
    date_write(date, text);
    assert_string_equal(text, expected);
}

/* ---- the Persian calendar ---- */

static void persian_dates_are_those_of_the_calendar(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        struct civil jalali;
    } rows[] = {
        {"2016-04-11", {1395, 1, 23}},  {"2017-03-20", {1395, 12, 30}},
        {"1970-01-02", {1348, 10, 12}}, {"1979-02-11", {1357, 11, 22}},
        {"2024-03-20", {1403, 1, 1}},   {"2025-03-20", {1403, 12, 30}},
        {"2025-03-21", {1404, 1, 1}},   {"2025-09-22", {1404, 6, 31}},
        {"2025-09-23", {1404, 7, 1}},   {"2026-03-20", {1404, 12, 29}},
        {"2149-06-06", {1528, 3, 16}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct civil jalali = jalali_of_date(day(rows[i].date));
        uint32_t again = 0;
        assert_memory_equal(&jalali, &rows[i].jalali, sizeof jalali);
        assert_true(date_of_jalali(jalali, &again));
        expect_day(again, rows[i].date);
    }
}

static void persian_days_that_do_not_exist_are_no_dates(void **state)
{
    (void)state;
    static const struct civil none[] = {
        {1394, 12, 30}, {1404, 12, 30}, {1404, 7, 31},  {1404, 13, 1}, {1404, 0, 1},
        {1404, 1, 0},   {1404, 1, 32},  {1348, 10, 11}, {1528, 3, 17}, {1209, 1, 1},
        {1634, 1, 1},   {-4, 1, 1},     {0, 0, 0},
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        uint32_t date = 77;
        assert_false(date_of_jalali(none[i], &date));
        assert_int_equal(date, 77);
    }
    assert_int_equal(jalali_of_date(DATE_NONE).month, 0);
    assert_int_equal(jalali_of_date(DATE_MAX + 1).month, 0);
    assert_true(jalali_leap(1395) && !jalali_leap(1394) && jalali_leap(1403) && !jalali_leap(1404));
    assert_int_equal(jalali_month_days(JALALI_FIRST - 1, 1), 0);
    assert_int_equal(jalali_month_days(JALALI_LAST + 1, 12), 0);
}

/* One day after the other, by the lengths of months alone. */
static void every_persian_date_is_the_day_after_the_one_before(void **state)
{
    (void)state;
    struct civil expected = {1348, 10, 11};
    for (uint32_t date = DATE_MIN; date <= DATE_MAX; date++) {
        uint32_t again = 0;
        if (++expected.day > jalali_month_days(expected.year, expected.month)) {
            expected.day = 1;
            expected.month = expected.month % 12 + 1;
            expected.year += expected.month == 1 ? 1 : 0;
        }
        struct civil jalali = jalali_of_date(date);
        assert_memory_equal(&jalali, &expected, sizeof jalali);
        assert_true(date_of_jalali(jalali, &again));
        assert_int_equal(again, date);
    }
}

/* ---- cycles ---- */

static void a_cycle_gives_its_days(void **state)
{
    (void)state;
    static const struct {
        struct cycle cycle;
        const char *day;
        const char *next;
        const char *last;
    } rows[] = {
        /* 2026-12-01 is a Tuesday */
        {{CYCLE_WEEK, FRIDAY, 0, 0, 0}, "2026-12-01", "2026-12-04", "2026-11-27"},
        {{CYCLE_WEEK, FRIDAY, 0, 0, 0}, "2026-12-04", "2026-12-11", "2026-12-04"},
        {{CYCLE_WEEK, MONDAY | WEDNESDAY, 0, 0, 0}, "2026-12-01", "2026-12-02", "2026-11-30"},
        {{CYCLE_WEEK, SUNDAY, 0, 0, 0}, "2026-12-06", "2026-12-13", "2026-12-06"},
        {{CYCLE_MONTH, 0, 1U << 30, 0, 0}, "2026-02-10", "2026-02-28", "2026-01-31"},
        {{CYCLE_MONTH, 0, 1U << 30, 0, 0}, "2028-02-10", "2028-02-29", "2028-01-31"},
        {{CYCLE_MONTH, 0, 1U << 30, 0, 0}, "2026-02-28", "2026-03-31", "2026-02-28"},
        {{CYCLE_MONTH, 0, 1U << 29 | 1U << 30, 0, 0}, "2026-04-29", "2026-04-30", "2026-03-31"},
        {{CYCLE_MONTH, 0, 1U << 29 | 1U << 30, 0, 0}, "2026-05-30", "2026-05-31", "2026-05-30"},
        {{CYCLE_MONTH, 0, 1U | 1U << 14, 0, 0}, "2026-12-15", "2027-01-01", "2026-12-15"},
        {{CYCLE_MONTH, 0, 1U << 14, 0, 0}, "2026-12-14", "2026-12-15", "2026-11-15"},
        /* the last of Mehr 1405, of Esfand in a common year and in a leap year */
        {{CYCLE_JALALI_MONTH, 0, 1U << 30, 0, 0}, "2026-10-01", "2026-10-22", "2026-09-22"},
        {{CYCLE_JALALI_MONTH, 0, 1U << 30, 0, 0}, "2026-03-01", "2026-03-20", "2026-02-19"},
        {{CYCLE_JALALI_MONTH, 0, 1U << 29, 0, 0}, "2025-03-19", "2025-03-20", "2025-02-18"},
        {{CYCLE_JALALI_MONTH, 0, 1U, 0, 0}, "2026-03-20", "2026-03-21", "2026-02-20"},
        {{CYCLE_EVERY, 0, 0, 14, 20787}, "2026-11-29", "2026-11-30", ""},
        {{CYCLE_EVERY, 0, 0, 14, 20787}, "2026-11-30", "2026-12-14", "2026-11-30"},
        {{CYCLE_EVERY, 0, 0, 14, 20787}, "2026-12-13", "2026-12-14", "2026-11-30"},
        {{CYCLE_EVERY, 0, 0, 1, 20787}, "2030-01-01", "2030-01-02", "2030-01-01"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_day(cycle_next(&rows[i].cycle, day(rows[i].day)), rows[i].next);
        expect_day(cycle_last(&rows[i].cycle, day(rows[i].day)), rows[i].last);
    }
}

static void there_are_no_days_outside_the_range(void **state)
{
    (void)state;
    const struct cycle fridays = {.kind = CYCLE_WEEK, .weekdays = FRIDAY};
    const struct cycle month_ends = {.kind = CYCLE_MONTH, .days = on(31)};
    const struct cycle persian = {.kind = CYCLE_JALALI_MONTH, .days = on(5) | on(20)};
    const struct cycle late = {.kind = CYCLE_EVERY, .every = 366, .from = DATE_MAX};
    /* 2149-06-06, the last there is, is a Friday; 1970-01-02, the first, too */
    assert_int_equal(cycle_next(&fridays, DATE_NONE), DATE_MIN);
    assert_int_equal(cycle_next(&fridays, DATE_MAX - 1), DATE_MAX);
    assert_int_equal(cycle_next(&fridays, DATE_MAX), DATE_NONE);
    assert_int_equal(cycle_last(&fridays, DATE_MAX + 8), DATE_MAX);
    assert_int_equal(cycle_last(&fridays, DATE_NONE), DATE_NONE);
    assert_int_equal(cycle_last(&fridays, DATE_MIN + 6), DATE_MIN);
    expect_day(cycle_next(&month_ends, DATE_NONE), "1970-01-31");
    assert_int_equal(cycle_last(&month_ends, day("1970-01-30")), DATE_NONE);
    assert_int_equal(cycle_next(&month_ends, day("2149-05-31")), DATE_NONE);
    assert_int_equal(cycle_last(&persian, day("1970-01-09")), DATE_NONE); /* the 19th of Dey */
    expect_day(cycle_last(&persian, day("1970-01-10")), "1970-01-10");
    expect_day(cycle_last(&persian, UINT32_MAX), "2149-05-26");
    assert_int_equal(cycle_next(&persian, UINT32_MAX), DATE_NONE);
    assert_int_equal(cycle_next(&late, DATE_MAX - 1), DATE_MAX);
    assert_int_equal(cycle_last(&late, DATE_MAX - 1), DATE_NONE);
    assert_int_equal(cycle_last(&late, UINT32_MAX), DATE_MAX);
}

static void a_cycle_has_days_and_none_that_there_are_not(void **state)
{
    (void)state;
    static const struct {
        struct cycle cycle;
        bool valid;
    } rows[] = {
        {{CYCLE_WEEK, 1, 0, 0, 0}, true},
        {{CYCLE_WEEK, 127, 0, 0, 0}, true},
        {{CYCLE_WEEK, 0, 1, 1, 1}, false},
        {{CYCLE_WEEK, 128, 0, 0, 0}, false},
        {{CYCLE_MONTH, 0, UINT32_C(0x7fffffff), 0, 0}, true},
        {{CYCLE_MONTH, 1, 0, 1, 1}, false},
        {{CYCLE_MONTH, 0, UINT32_C(0x80000000), 0, 0}, false},
        {{CYCLE_JALALI_MONTH, 0, 1, 0, 0}, true},
        {{CYCLE_JALALI_MONTH, 0, 0, 0, 0}, false},
        {{CYCLE_JALALI_MONTH, 0, UINT32_C(0x80000001), 0, 0}, false},
        {{CYCLE_EVERY, 0, 0, 1, DATE_MIN}, true},
        {{CYCLE_EVERY, 0, 0, 366, DATE_MAX}, true},
        {{CYCLE_EVERY, 0, 0, 0, DATE_MIN}, false},
        {{CYCLE_EVERY, 0, 0, 367, DATE_MIN}, false},
        {{CYCLE_EVERY, 0, 0, 1, DATE_NONE}, false},
        {{CYCLE_EVERY, 0, 0, 1, DATE_MAX + 1}, false},
        {{(enum cycle_kind)0, 1, 1, 1, 1}, false},
        {{(enum cycle_kind)5, 1, 1, 1, 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(cycle_valid(&rows[i].cycle), rows[i].valid);
        if (!rows[i].valid) {
            assert_int_equal(cycle_next(&rows[i].cycle, 1000), DATE_NONE);
            assert_int_equal(cycle_last(&rows[i].cycle, 1000), DATE_NONE);
        }
    }
}

static struct cycle cycle_by_chance(struct prng *prng)
{
    struct cycle cycle = {.kind = (enum cycle_kind)(1 + prng_below(prng, 4))};
    cycle.weekdays = (uint32_t)(1 + prng_below(prng, 127));
    cycle.days = on((int)(1 + prng_below(prng, 31)));
    cycle.days |= prng_below(prng, 2) == 0 ? (uint32_t)prng_below(prng, 1U << 31) : 0;
    cycle.every = (uint32_t)(1 + prng_below(prng, CYCLE_EVERY_MAX));
    cycle.from = (uint32_t)(1 + prng_below(prng, DATE_MAX));
    return cycle;
}

/* Between a day and the next settlement day there is no other, so the last one before that is the
 * last one of the day. */
static void next_and_last_agree(void **state)
{
    (void)state;
    struct prng prng = {SEED};
    print_message("seed %d\n", SEED);
    for (int i = 0; i < CHANCES; i++) {
        struct cycle cycle = cycle_by_chance(&prng);
        assert_true(cycle_valid(&cycle));
        for (int k = 0; k < 50; k++) {
            uint32_t from = (uint32_t)prng_below(&prng, DATE_MAX + 1);
            uint32_t next = cycle_next(&cycle, from);
            uint32_t last = cycle_last(&cycle, from);
            assert_true(last <= from);
            if (last != DATE_NONE)
                assert_int_equal(cycle_next(&cycle, last - 1), last);
            if (next == DATE_NONE) {
                assert_int_equal(cycle_last(&cycle, DATE_MAX), last);
                continue;
            }
            assert_true(next > from && next <= DATE_MAX);
            assert_int_equal(cycle_last(&cycle, next), next);
            assert_int_equal(cycle_last(&cycle, next - 1), last);
            assert_int_equal(cycle_next(&cycle, next - 1), next);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(persian_dates_are_those_of_the_calendar),
        cmocka_unit_test(persian_days_that_do_not_exist_are_no_dates),
        cmocka_unit_test(every_persian_date_is_the_day_after_the_one_before),
        cmocka_unit_test(a_cycle_gives_its_days),
        cmocka_unit_test(there_are_no_days_outside_the_range),
        cmocka_unit_test(a_cycle_has_days_and_none_that_there_are_not),
        cmocka_unit_test(next_and_last_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
