/* What people type for a date, and which day it must mean. Today is Sunday, 2026-11-29. */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/jalali.h"
#include "lib/tefter.h"

enum {
    EN = HABIT_ENGLISH,
    VI = HABIT_VIETNAMESE,
    ZH = HABIT_CHINESE,
    FA = HABIT_PERSIAN,
    EL = HABIT_GREEK
};

static uint32_t day(const char *text)
{
    uint32_t date = 0;
    assert_true(date_read(text, strlen(text), &date));
    return date;
}

static const struct {
    const char *text;
    int habit;
    const char *day;
} clear[] = {
    {"2026-11-23", EN, "2026-11-23"},   {"2026-1-5", EN, "2026-01-05"},
    {"2026/12/31", ZH, "2026-12-31"},   {"31.12.2026", EN, "2026-12-31"},
    {"3.4.2026", EN, "2026-04-03"},     {"31/12/2026", EN, "2026-12-31"},
    {"12/31/2026", EN, "2026-12-31"},   {"5/5/2026", EN, "2026-05-05"},
    {"3/4/2026", VI, "2026-04-03"},     {"03-04-2026", EL, "2026-04-03"},
    {"31/12/26", VI, "2026-12-31"},     {"31.12.26", EN, "2026-12-31"},
    {"31.12", EN, "2026-12-31"},        {"31/12", EN, "2026-12-31"},
    {"12/31", EN, "2026-12-31"},        {"31/12", VI, "2026-12-31"},
    {"5/1", VI, "2027-01-05"}, /* the nearest */
    {"12/31", ZH, "2026-12-31"},        {"5/1", ZH, "2027-05-01"},
    {"12月31日", ZH, "2026-12-31"},     {"2026年12月31日", EN, "2026-12-31"},
    {"30", EN, "2026-11-30"},           {"1", EN, "2026-11-01"},
    {"۳۰", EN, "2026-11-30"},           {"３０", ZH, "2026-11-30"},
    {"30", FA, "2026-12-21"}, /* of Azar */
    {"1405/09/08", EN, "2026-11-29"},   {"۱۴۰۵/۰۹/۰۸", FA, "2026-11-29"},
    {"1405-9-8", FA, "2026-11-29"},     {"8/9/1405", FA, "2026-11-29"},
    {"09/08", FA, "2026-11-29"},        {"05/09/08", FA, "2026-11-29"},
    {"1405/01/01", EN, "2026-03-21"},   {"1403/12/30", EN, "2025-03-20"},
    {"1399/12/30", EN, "2021-03-20"},   {"today", EN, "2026-11-29"},
    {"TODAY", EN, "2026-11-29"},        {"+0", EN, "2026-11-29"},
    {"+30", EN, "2026-12-29"},          {"-7", EN, "2026-11-22"},
    {"+۳۰", FA, "2026-12-29"},          {"tomorrow", EN, "2026-11-30"},
    {"ngày mai", VI, "2026-11-30"},     {"hôm nay", VI, "2026-11-29"},
    {"hôm qua", VI, "2026-11-28"},      {"明天", ZH, "2026-11-30"},
    {"后天", ZH, "2026-12-01"},         {"後天", ZH, "2026-12-01"},
    {"فردا", FA, "2026-11-30"},         {"امروز", FA, "2026-11-29"},
    {"پس\u200Cفردا", FA, "2026-12-01"}, {"αύριο", EL, "2026-11-30"},
    {"Σήμερα", EL, "2026-11-29"},       {"χθες", EL, "2026-11-28"},
    {"yesterday", EN, "2026-11-28"},
};

static void dates_mean_the_day_that_people_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        char read[DATE_TEXT_SIZE] = "";
        uint32_t date = 0;
        const char *wrong =
            date_typed(clear[i].text, day("2026-11-29"), (enum number_habit)clear[i].habit,
                       LANGUAGE_ENGLISH, &date, why);
        date_write(date, read);
        if (wrong != NULL || strcmp(read, clear[i].day) != 0)
            fail_msg("%s: %s %s", clear[i].text, read, wrong == NULL ? "" : wrong);
    }
}

static const struct {
    const char *text;
    int habit;
    const char *says;
} unclear[] = {
    {"03/04/2026", EN, "This can be 2026-04-03 or 2026-03-04: write it so."},
    {"3/4/2026", ZH, "2026-04-03 or 2026-03-04"},
    {"3/4", EN, "2027-04-03 or 2027-03-04"},
    {"26-11-23", EN, "Which of these is the year?"},
    {"11/12/26", EN, "Which of these is the year?"},
    {"31", EN, "that month has 30"},
    {"2026-02-31", EN, "that month has 28"},
    {"2028-02-30", EN, "that month has 29"},
    {"31/4", VI, "that month has 30"},
    {"1404/12/30", FA, "that month has 29"},
    {"1405/07/31", FA, "that month has 30"},
    {"31", FA, "that month has 30"},
    {"0", EN, "has 30"},
    {"2026-13-01", EN, "no date"},
    {"31.13.2026", EN, "no date"},
    {"2026-11", EN, "no date"},
    {"11/2026", EN, "no date"},
    {"20261231", EN, "no date"},
    {"31.12-2026", EN, "no date"},
    {"31.12.2026.", EN, "no date"},
    {"1.2.3.4", EN, "no date"},
    {"+", EN, "no date"},
    {"+1x", EN, "no date"},
    {"+9999999", EN, "no date"},
    {"-99999", EN, "no date"},
    {"1969-12-31", EN, "no date"},
    {"2149-06-07", EN, "no date"},
    {"9999-12-31", EN, "no date"},
    {"1300/01/01", EN, "no date"},
    {"someday", EN, "no date"},
    {"", EN, "no date"},
};

static void what_is_no_day_or_two_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unclear / sizeof unclear[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        uint32_t date = 77;
        const char *wrong =
            date_typed(unclear[i].text, day("2026-11-29"), (enum number_habit)unclear[i].habit,
                       LANGUAGE_ENGLISH, &date, why);
        if (wrong == NULL || strstr(wrong, unclear[i].says) == NULL || date != 77)
            fail_msg("%s: %u %s", unclear[i].text, date, wrong == NULL ? "read" : wrong);
    }
}

/* Every day there is, by the Persian calendar and back. */
static void persian_dates_go_both_ways(void **state)
{
    (void)state;
    for (uint32_t date = day("1970-03-21"); date < day("2121-03-21"); date++) {
        char text[32];
        char why[AMOUNT_WHY_MAX];
        uint32_t again = 0;
        struct civil civil = jalali_of_date(date);
        (void)snprintf(text, sizeof text, "%04d/%02d/%02d", civil.year, civil.month, civil.day);
        if (date_typed(text, date, HABIT_ENGLISH, LANGUAGE_ENGLISH, &again, why) != NULL ||
            again != date)
            fail_msg("%u is %s is %u", date, text, again);
    }
    /* as the calendar was kept: the first days of years, two of them after leap years */
    assert_int_equal(jalali_of_date(day("2024-03-20")).month, 1);
    assert_int_equal(jalali_of_date(day("2025-03-20")).month, 12);
    assert_int_equal(jalali_of_date(day("2025-03-21")).year, 1404);
    assert_int_equal(jalali_of_date(day("1979-02-11")).day, 22);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_mean_the_day_that_people_mean),
        cmocka_unit_test(what_is_no_day_or_two_is_said),
        cmocka_unit_test(persian_dates_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
