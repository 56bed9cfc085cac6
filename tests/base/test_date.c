#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/prng.h"

/* A slow counter of its own: one day after the other. */
static bool long_year(int year)
{
    if (year % 400 == 0)
        return true;
    return year % 100 != 0 && year % 4 == 0;
}

static struct civil day_after(struct civil civil)
{
    static const int lengths[2][13] = {{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
                                       {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};
    if (++civil.day <= lengths[long_year(civil.year)][civil.month])
        return civil;
    civil.day = 1;
    if (++civil.month <= 12)
        return civil;
    return (struct civil){civil.year + 1, 1, 1};
}

static void every_date_is_the_day_after_the_one_before(void **state)
{
    (void)state;
    struct civil expected = {1970, 1, 1};
    int weekday = 3; /* a Thursday */
    for (uint32_t date = DATE_MIN; date <= DATE_MAX; date++) {
        uint32_t again = 0;
        expected = day_after(expected);
        weekday = (weekday + 1) % 7;
        struct civil civil = civil_of_date(date);
        assert_memory_equal(&civil, &expected, sizeof civil);
        assert_true(civil_valid(expected));
        assert_true(date_of_civil(expected, &again));
        assert_int_equal(again, date);
        assert_int_equal(date_weekday(date), weekday);
    }
    assert_memory_equal(&expected, &((struct civil){2149, 6, 6}), sizeof expected);
}

static void every_date_is_read_as_it_was_written(void **state)
{
    (void)state;
    char text[DATE_TEXT_SIZE];
    char expected[64];
    for (uint32_t date = DATE_MIN; date <= DATE_MAX; date++) {
        uint32_t again = 0;
        struct civil civil = civil_of_date(date);
        (void)snprintf(expected, sizeof expected, "%04d-%02d-%02d", civil.year, civil.month,
                       civil.day);
        date_write(date, text);
        assert_string_equal(text, expected);
        assert_true(date_read(text, strlen(text), &again));
        assert_int_equal(again, date);
    }
}

static void only_days_that_exist_are_dates(void **state)
{
    (void)state;
    uint32_t dates = 0;
    for (int year = 1968; year <= 2151; year++)
        for (int month = -1; month <= 14; month++)
            for (int day = -1; day <= 33; day++) {
                uint32_t date;
                dates += date_of_civil((struct civil){year, month, day}, &date) ? 1 : 0;
            }
    assert_int_equal(dates, DATE_MAX); /* each was found above, so there is no other */
    assert_true(civil_valid((struct civil){2000, 2, 29}));
    assert_false(civil_valid((struct civil){1900, 2, 29}));
    assert_false(civil_valid((struct civil){2023, 2, 29}));
    assert_false(civil_valid((struct civil){0, 1, 1}));
    assert_false(civil_valid((struct civil){10000, 1, 1}));
}

static void other_text_is_no_date(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "2026-11-2",  "2026-11-023", "2026-11-23 ", " 2026-11-23",
        "2026/11/23", "2026-1-123", "2026-02-30",  "2026-13-01",  "2026-00-10",
        "2026-10-00", "1969-12-31", "1970-01-01",  "2149-06-07",  "9999-12-31",
        "0000-00-00", "2026-11-2x", "2026-11--1",  "+026-11-23",  "٢٠٢٦-١١-٢٣",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint32_t date = 77;
        assert_false(date_read(wrong[i], strlen(wrong[i]), &date));
        assert_int_equal(date, 77);
    }
}

static void no_date_is_written_as_nothing(void **state)
{
    (void)state;
    static const uint32_t outside[] = {DATE_NONE, DATE_MAX + 1, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        char text[DATE_TEXT_SIZE] = "xxxxxxxxxx";
        date_write(outside[i], text);
        assert_string_equal(text, "");
        assert_int_equal(civil_of_date(outside[i]).month, 0);
    }
}

static void expect_instant(int64_t instant_ms, const char *expected)
{
    char text[INSTANT_TEXT_SIZE];
    instant_write(instant_ms, text);
    assert_string_equal(text, expected);
}

enum { NONE = 9999 };

static void a_time_zone_is_never_taken_for_minutes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t minutes; /* NONE: it is not taken */
    } cases[] = {
        {"+07:00", 420},  {"-03:30", -210}, {"+7", 420},      {"+07", 420},      {"-3", -180},
        {"+00:00", 0},    {"+14:00", 840},  {"-12:00", -720}, {"+05:45", 345},   {"+14:01", NONE},
        {"-12:01", NONE}, {"+15", NONE},    {"7", NONE},      {"420", NONE},     {"07:00", NONE},
        {"+420", NONE},   {"+5:30", NONE},  {"+07:60", NONE}, {"+07:0", NONE},   {"+", NONE},
        {"", NONE},       {"Z", NONE},      {"UTC+7", NONE},  {"+07:00 ", NONE}, {"+-7", NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t minutes = NONE;
        bool taken = utc_offset_read(cases[i].text, &minutes);
        assert_int_equal(taken, cases[i].minutes != NONE);
        if (taken)
            assert_int_equal(minutes, cases[i].minutes);
    }
}

static void instants_are_written_in_utc(void **state)
{
    (void)state;
    expect_instant(0, "1970-01-01T00:00:00.000Z");
    expect_instant(-1, "1969-12-31T23:59:59.999Z");
    expect_instant(INT64_C(1795426867123), "2026-11-23T09:41:07.123Z");
    expect_instant(INT64_MAX, "9999-12-31T23:59:59.999Z");
    expect_instant(INT64_MIN, "0000-01-01T00:00:00.000Z");
    struct prng prng = {4};
    for (int i = 0; i < 200000; i++) {
        int64_t seconds = (int64_t)prng_below(&prng, UINT64_C(315569520000)) - INT64_C(62167219200);
        time_t whole = (time_t)seconds;
        struct tm tm;
        char expected[160];
        gmtime_r(&whole, &tm);
        (void)snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                       tm.tm_sec, i % 1000);
        expect_instant(seconds * 1000 + i % 1000, expected);
    }
}

static void a_clock_shows_an_instant_in_its_zone(void **state)
{
    (void)state;
    static const struct {
        int32_t minutes;
        const char *clock;
        const char *zone;
    } cases[] = {{0, "2026-11-23 09:41:07", "UTC"},
                 {330, "2026-11-23 15:11:07", "UTC+05:30"},
                 {-600, "2026-11-22 23:41:07", "UTC-10:00"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char clock[CLOCK_TEXT_SIZE];
        char zone[ZONE_TEXT_SIZE];
        clock_write(INT64_C(1795426867123), cases[i].minutes, clock);
        zone_write(cases[i].minutes, zone);
        assert_string_equal(clock, cases[i].clock);
        assert_string_equal(zone, cases[i].zone);
    }
}

static void an_instant_has_a_date_at_each_place(void **state)
{
    (void)state;
    const int64_t day_ms = INT64_C(86400000);
    const int64_t noon_ms = 20000 * day_ms + day_ms / 2;
    assert_int_equal(date_of_instant(noon_ms, 0), 20000);
    assert_int_equal(date_of_instant(noon_ms, 7 * 3600), 20000);
    assert_int_equal(date_of_instant(noon_ms, 12 * 3600), 20001);
    assert_int_equal(date_of_instant(noon_ms, 12 * 3600 - 1), 20000);
    assert_int_equal(date_of_instant(noon_ms, -12 * 3600), 20000);
    assert_int_equal(date_of_instant(noon_ms, -12 * 3600 - 1), 19999);
    assert_int_equal(date_of_instant(-1, 0), DATE_NONE);
    assert_int_equal(date_of_instant(-1, 86401), DATE_MIN);
    assert_int_equal(date_of_instant((DATE_MAX + 1) * day_ms - 1, 0), DATE_MAX);
    assert_int_equal(date_of_instant((DATE_MAX + 1) * day_ms, 0), DATE_NONE);
    assert_int_equal(date_of_instant(INT64_MAX, INT32_MAX), DATE_NONE);
    assert_int_equal(date_of_instant(INT64_MIN, INT32_MIN), DATE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_date_is_the_day_after_the_one_before),
        cmocka_unit_test(every_date_is_read_as_it_was_written),
        cmocka_unit_test(only_days_that_exist_are_dates),
        cmocka_unit_test(other_text_is_no_date),
        cmocka_unit_test(no_date_is_written_as_nothing),
        cmocka_unit_test(a_time_zone_is_never_taken_for_minutes),
        cmocka_unit_test(instants_are_written_in_utc),
        cmocka_unit_test(a_clock_shows_an_instant_in_its_zone),
        cmocka_unit_test(an_instant_has_a_date_at_each_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
