#include "base/check.h"

#include <string.h>

#include "base/date.h"
#include "base/prng.h"
#include "base/workdays.h"

enum { SATURDAY_SUNDAY = 0x60, THURSDAY_FRIDAY = 0x18, WHOLE_WEEK = 0x7f };
enum { SEED = 5785 };

static uint32_t day(const char *text)
{
    uint32_t date = 0;
    assert_true(date_read(text, strlen(text), &date));
    return date;
}

static void expect_day(uint32_t date, const char *expected)
{
    char text[DATE_TEXT_SIZE];
    date_write(date, text);
    assert_string_equal(text, expected);
}

static void a_closed_day_moves_past_weekend_and_holidays(void **state)
{
    (void)state;
    /* 2026-12-25 is a Friday */
    const uint32_t holidays[] = {day("2026-12-25"), day("2026-12-28"), day("2027-01-01")};
    const struct workdays west = {SATURDAY_SUNDAY, holidays, 3};
    const struct workdays iran = {THURSDAY_FRIDAY, NULL, 0};
    static const struct {
        const char *day;
        const char *next;
        const char *previous;
    } rows[] = {
        {"2026-12-24", "2026-12-24", "2026-12-24"}, {"2026-12-25", "2026-12-29", "2026-12-24"},
        {"2026-12-26", "2026-12-29", "2026-12-24"}, {"2026-12-28", "2026-12-29", "2026-12-24"},
        {"2026-12-31", "2026-12-31", "2026-12-31"}, {"2027-01-01", "2027-01-04", "2026-12-31"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t date = day(rows[i].day);
        expect_day(workdays_move(&west, WORKDAY_NEXT, date), rows[i].next);
        expect_day(workdays_move(&west, WORKDAY_PREVIOUS, date), rows[i].previous);
        expect_day(workdays_move(&west, WORKDAY_STAY, date), rows[i].day);
        assert_int_equal(workdays_open(&west, date), strcmp(rows[i].day, rows[i].next) == 0);
    }
    assert_false(workdays_open(&iran, day("2026-12-24")));
    expect_day(workdays_move(&iran, WORKDAY_NEXT, day("2026-12-24")), "2026-12-26");
    assert_true(workdays_open(&iran, day("2026-12-26")));
}

static void a_day_stays_where_no_other_is_open(void **state)
{
    (void)state;
    static uint32_t every[DATE_MAX];
    for (uint32_t date = DATE_MIN; date <= DATE_MAX; date++)
        every[date - 1] = date;
    const struct workdays closed = {WHOLE_WEEK, NULL, 0};
    const struct workdays holidays = {0, every, DATE_MAX};
    const struct workdays begin = {0, every, 10};
    const struct workdays end = {0, every + DATE_MAX - 10, 10};
    for (int move = WORKDAY_STAY; move <= WORKDAY_PREVIOUS; move++) {
        assert_int_equal(workdays_move(&closed, (enum workday_move)move, 20000), 20000);
        assert_int_equal(workdays_move(&holidays, (enum workday_move)move, 20000), 20000);
    }
    assert_int_equal(workdays_move(&begin, WORKDAY_PREVIOUS, 5), 5);
    assert_int_equal(workdays_move(&begin, WORKDAY_NEXT, 5), 11);
    assert_int_equal(workdays_move(&end, WORKDAY_NEXT, DATE_MAX - 3), DATE_MAX - 3);
    assert_int_equal(workdays_move(&end, WORKDAY_PREVIOUS, DATE_MAX - 3), DATE_MAX - 10);
}

static void what_is_no_day_is_not_open_and_does_not_move(void **state)
{
    (void)state;
    const struct workdays always = {0, NULL, 0};
    static const uint32_t none[] = {DATE_NONE, DATE_MAX + 1, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        assert_false(workdays_open(&always, none[i]));
        assert_int_equal(workdays_move(&always, WORKDAY_NEXT, none[i]), none[i]);
        assert_int_equal(workdays_move(&always, WORKDAY_PREVIOUS, none[i]), none[i]);
    }
    assert_true(workdays_open(&always, DATE_MIN));
    assert_true(workdays_open(&always, DATE_MAX));
}

/* What it moves to is open, and nothing between is. */
static void nothing_open_is_passed_over(void **state)
{
    (void)state;
    struct prng prng = {SEED};
    print_message("seed %d\n", SEED);
    for (int i = 0; i < 5000; i++) {
        uint32_t holidays[60];
        uint32_t first = (uint32_t)(1 + prng_below(&prng, DATE_MAX - 200));
        size_t count = 0;
        for (uint32_t date = first; count < 60 && date < first + 100; date++)
            if (prng_below(&prng, 3) != 0)
                holidays[count++] = date;
        const struct workdays workdays = {(uint32_t)prng_below(&prng, WHOLE_WEEK), holidays,
                                          prng_below(&prng, count + 1)};
        uint32_t date = first + (uint32_t)prng_below(&prng, 100);
        uint32_t next = workdays_move(&workdays, WORKDAY_NEXT, date);
        uint32_t previous = workdays_move(&workdays, WORKDAY_PREVIOUS, date);
        assert_true(workdays_open(&workdays, next) && next >= date && previous <= date);
        assert_true(workdays_open(&workdays, previous) || previous == date);
        for (uint32_t between = date; between < next; between++)
            assert_false(workdays_open(&workdays, between));
        for (uint32_t between = date; between > previous; between--)
            assert_false(workdays_open(&workdays, between));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_day_moves_past_weekend_and_holidays),
        cmocka_unit_test(a_day_stays_where_no_other_is_open),
        cmocka_unit_test(what_is_no_day_is_not_open_and_does_not_move),
        cmocka_unit_test(nothing_open_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
