#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/limits.h"
#include "import/value.h"

static const struct style point = {.number = {'.', ','}};
static const struct style comma = {.number = {',', '.'}};
static const struct style spaces = {.number = {',', ' '}};
static const struct currency dong = {
    .code = "VND", .exponent = 0, .sign = "₫", .habit = HABIT_VIETNAMESE};
static const struct currency yuan = {
    .code = "CNY", .exponent = 2, .sign = "¥", .habit = HABIT_CHINESE};
static const struct style vietnamese = {.currency = &dong, .number = {',', '.'}};
static const struct style chinese = {.currency = &yuan, .number = {'.', ','}};
static const struct style whole = {.number = {'.', ','}, .whole_only = true};

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct style *style;
        int exponent;
        bool good;
        int64_t value;
    } table[] = {
        {"2.55", &point, 2, true, 255},
        {"0.001", &point, 5, true, 100},
        {"1,234.5", &point, 2, true, 123450},
        {"-12", &point, 3, true, -12000},
        {"1.234,5", &comma, 2, true, 123450},
        {"1 234,50", &spaces, 2, true, 123450},
        {"1\xC2\xA0"
         "234,50",
         &spaces, 2, true, 123450},
        {"(12.50)", &point, 2, true, -1250},
        {"12.50-", &point, 2, true, -1250},
        {"£12.50", &point, 2, true, 1250},
        {"12.50 GBP", &point, 2, true, 1250},
        {"€ 1.234,50", &comma, 2, true, 123450},
        {"USD -3", &point, 2, true, -300},
        {"۱۲۳", &point, 0, true, 123},
        {"1.50", &point, 1, true, 15}, /* a zero too many is no digit too many */
        {"1.55", &point, 1, false, 0},
        {"0.0000001", &point, 5, false, 0},
        {"", &point, 2, false, 0},
        {"abc", &point, 2, false, 0},
        {"12x", &point, 2, false, 0},
        {"1e3", &point, 2, false, 0},
        {"1,5", &point, 2, false, 0}, /* not grouped in threes */
        {"1.234.5", &comma, 2, false, 0},
        {"1,2,3", &point, 2, false, 0},
        {"--3", &point, 2, false, 0},
        {"NaN", &point, 2, false, 0},
        {"99999999999999999999", &point, 2, false, 0},
        {"5tr", &vietnamese, 0, true, 5000000},
        {"1tr5", &vietnamese, 0, true, 1500000},
        {"1,5tr", &vietnamese, 0, true, 1500000},
        {"-2 tỷ", &vietnamese, 0, true, -2000000000},
        {"3.5万", &chinese, 2, true, 3500000},
        {"3.5万元", &chinese, 2, true, 3500000},
        {"1500k", &chinese, 5, true, INT64_C(150000000000)}, /* a price */
        {"3.5x", &chinese, 2, false, 0},
        {"10%", &point, 2, false, 0},
        {"12", &whole, 2, true, 1200},
        {"1.500", &whole, 2, false, 0}, /* the sample did not say what the point is */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t value = 0;
        const char *why = NULL;
        bool good = value_number(slice_text(table[i].text), table[i].exponent, table[i].style,
                                 &value, &why);
        if (good != table[i].good || value != table[i].value)
            fail_msg("\"%s\" is read as %lld (%s)", table[i].text, (long long)value,
                     why != NULL ? why : "good");
        assert_true(good || why != NULL);
    }
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum import_dates order;
        const char *date; /* "" none */
    } table[] = {
        {"2010-12-01", DATES_YMD, "2010-12-01"},
        {"2010-12-01 08:26:00", DATES_YMD, "2010-12-01"},
        {"2010-12-01T08:26:00Z", DATES_YMD, "2010-12-01"},
        {"2010/12/1", DATES_DMY, "2010-12-01"}, /* the year cannot be missed */
        {"20101201", DATES_DMY, "2010-12-01"},
        {"1/12/2010", DATES_DMY, "2010-12-01"},
        {"1/12/2010", DATES_MDY, "2010-01-12"},
        {"1/12/2010 8:26", DATES_MDY, "2010-01-12"},
        {"01.12.10", DATES_DMY, "2010-12-01"},
        {"1.12.69", DATES_DMY, "2069-12-01"},
        {"1.12.70", DATES_DMY, "1970-12-01"},
        {"10-12-01", DATES_YMD, "2010-12-01"},
        {"1-Dec-2010", DATES_MDY, "2010-12-01"},
        {"1 December 2010", DATES_YMD, "2010-12-01"},
        {"Dec 1 2010", DATES_DMY, "2010-12-01"},
        {"29.2.2012", DATES_DMY, "2012-02-29"},
        {"29.2.2011", DATES_DMY, ""},
        {"13/25/2011", DATES_DMY, ""},
        {"25/3/2011", DATES_MDY, ""},
        {"1969-12-31", DATES_YMD, ""},
        {"2200-01-01", DATES_YMD, ""},
        {"2010-12", DATES_YMD, ""},
        {"2010-12-01x", DATES_YMD, ""},
        {"2010-12-011", DATES_YMD, ""},
        {"yesterday", DATES_YMD, ""},
        {"", DATES_YMD, ""},
        {"40513", DATES_YMD, "2010-12-01"}, /* as spreadsheets count */
        {"40513.354", DATES_YMD, "2010-12-01"},
        {"4051", DATES_YMD, ""},
        {"99999", DATES_YMD, ""},
        {"Jan 28, 2021", DATES_YMD, "2021-01-28"},
        {"January 28th, 2021", DATES_YMD, "2021-01-28"},
        {"28. Jan. 2021", DATES_YMD, "2021-01-28"},
        {"28 janv. 2021", DATES_YMD, "2021-01-28"},
        {"1er août 2021", DATES_YMD, "2021-08-01"},
        {"28. März 2021", DATES_YMD, "2021-03-28"},
        {"28 de enero de 2021", DATES_YMD, "2021-01-28"},
        {"28 Ιανουαρίου 2021", DATES_YMD, "2021-01-28"},
        {"5 Μαΐου 2021", DATES_YMD, "2021-05-05"},
        {"Thu, 28 Jan 2021", DATES_YMD, "2021-01-28"},
        {"01JAN2021", DATES_YMD, "2021-01-01"},
        {"2021年1月28日", DATES_YMD, "2021-01-28"},
        {"2021年1月28日 08:30", DATES_YMD, "2021-01-28"},
        {"ngày 28 tháng 1 năm 2021", DATES_DMY, "2021-01-28"},
        {"31.12.2026", DATES_DMY, "2026-12-31"},
        {"۲۸/۰۱/۲۰۲۱", DATES_DMY, "2021-01-28"},
        {"1405/01/01", DATES_YMD, "2026-03-21"}, /* the Persian calendar */
        {"۱۴۰۴/۱۲/۲۹", DATES_YMD, "2026-03-20"},
        {"1403/12/30", DATES_YMD, "2025-03-20"}, /* a leap year */
        {"1404/12/30", DATES_YMD, ""},           /* and none */
        {"1/1/1404", DATES_DMY, "2025-03-21"},
        {"1399/10/12", DATES_YMD, "2021-01-01"},
        {"28 آذر 1399", DATES_YMD, "2020-12-18"},
        {"1403/13/01", DATES_YMD, ""},
        {"28 Foo 2021", DATES_YMD, ""},
        {"12:30", DATES_YMD, ""},
        {"Jan Feb 2021", DATES_YMD, ""},
        {"999999999-1-1", DATES_YMD, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char written[DATE_TEXT_SIZE] = "";
        uint32_t date = DATE_NONE;
        const char *why = NULL;
        if (value_date(slice_text(table[i].text), table[i].order, &date, &why))
            date_write(date, written);
        else
            assert_non_null(why);
        if (strcmp(written, table[i].date) != 0)
            fail_msg("\"%s\" is read as \"%s\"", table[i].text, written);
    }
}

static void codes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        {"85123A", true},
        {"C536379", true},
        {"a-b_c.d/e", true},
        {"王小明", true},
        {"BANK CHARGES", false},
        {"", false},
        {"a,b", false},
        {"a\"b", false},
        {"a\nb", false},
        {"a\xC2\xA0"
         "b",
         false},
        {"a#1", false},
        {"\xFF", false},
        {"1234567890123456789012345678901234567890", true},
        {"12345678901234567890123456789012345678901", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(value_is_code(slice_text(table[i].text)), table[i].good);
}

static void safe_codes(void **state)
{
    (void)state;
    static const char *const names[] = {"ACME Ltd",
                                        "ACME-Ltd",
                                        "ACME  Ltd",
                                        "acme ltd",
                                        "a\nb\x01",
                                        " ",
                                        "Công ty Bình Minh & con",
                                        "a very long name that does not fit into forty bytes, no"};
    char made[8][CODE_MAX_BYTES + 1];
    assert_true(hash_setup());
    for (size_t i = 0; i < 8; i++) {
        struct slice code = value_safe_code(slice_text(names[i]), made[i]);
        assert_true(value_is_code(code));
        assert_true(code.size <= CODE_MAX_BYTES);
        made[i][code.size] = '\0';
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(made[i], made[k]);
    }
    assert_memory_equal(made[0], "ACME-Ltd-", 9);
}

static void point_zero(void **state)
{
    (void)state;
    assert_true(value_has_point_zero(slice_text("17850.0")));
    assert_false(value_has_point_zero(slice_text("17850")));
    assert_false(value_has_point_zero(slice_text("A.0")));
    assert_false(value_has_point_zero(slice_text(".0")));
    assert_int_equal(value_code(slice_text("17850.0"), true).size, 5);
    assert_int_equal(value_code(slice_text("17850.0"), false).size, 7);
    assert_int_equal(value_code(slice_text("0000611365"), true).size, 10);
}

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t room;
        const char *line; /* NULL: refused */
    } table[] = {
        {"plain", 20, "plain"},
        {"two\r\nlines\tand", 20, "two lines and"},
        {"\n\nx", 20, "x"},
        {"caf\xC3\xA9", 4, "caf"},
        {"a\x01"
         "b",
         20, NULL},
        {"a\xE2\x80\xAE"
         "b",
         20, NULL},
        {"", 20, ""},
        {"\u200F Ali\u200E Reza\u200F ", 20, "Ali Reza"},
        {"\u200Fعلی\u061C", 6, "علی"},
        {"\u00A0 Lan\u3000", 20, "Lan"},
        {"An\u200B", 20, NULL},
        {"\u0301", 20, NULL},
        {"می\u200Cخواهم", 20, "می\u200Cخواهم"},
        {"می\u200Cخواهم", 7, "می"}, /* not cut behind what joins */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char out[32] = "";
        size_t size = 0;
        bool cut = false;
        char why[SIGHT_SAID_MAX] = "";
        bool good = value_line(slice_text(table[i].text), SIGHT_OF_A_LINE, out, table[i].room,
                               &size, &cut, why);
        assert_int_equal(good, table[i].line != NULL);
        assert_int_equal(good, why[0] == '\0');
        if (good)
            assert_true(slice_equal(slice_of(out, size), slice_text(table[i].line)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),    cmocka_unit_test(dates),      cmocka_unit_test(codes),
        cmocka_unit_test(safe_codes), cmocka_unit_test(point_zero), cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
