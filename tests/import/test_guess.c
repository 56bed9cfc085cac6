#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "import/guess.h"

enum { CELLS = 5 };

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *cells[CELLS];
        enum verdict verdict;
        char decimal;
        char group;
    } table[] = {
        {{"2.55"}, VERDICT_CLEAR, '.', ','},
        {{"2,55"}, VERDICT_CLEAR, ',', '.'},
        {{"1,234.50"}, VERDICT_CLEAR, '.', ','},
        {{"1.234,50"}, VERDICT_CLEAR, ',', '.'},
        {{"1,234,567"}, VERDICT_CLEAR, '.', ','},
        {{"1.234.567"}, VERDICT_CLEAR, ',', '.'},
        {{"0.001"}, VERDICT_CLEAR, '.', ','},
        {{"1234.567"}, VERDICT_CLEAR, '.', ','},
        {{"1 234,50"}, VERDICT_CLEAR, ',', ' '},
        {{"1'234.50"}, VERDICT_CLEAR, '.', '\''},
        {{"1.500"}, VERDICT_UNCLEAR, 0, 0},
        {{"1,500"}, VERDICT_UNCLEAR, 0, 0},
        {{"12", "1.500", "7"}, VERDICT_UNCLEAR, 0, 0},
        {{"1.500", "2.55"}, VERDICT_CLEAR, '.', ','}, /* the second says what the first is */
        {{"1.500", "2,55"}, VERDICT_CLEAR, ',', '.'},
        {{"2.55", "2,55"}, VERDICT_MIXED, 0, 0},
        {{"12", "-3"}, VERDICT_NONE, '.', ','},
        {{"", "abc", "n/a"}, VERDICT_NONE, '.', ','},
        {{"£1.50", "(2.00)"}, VERDICT_CLEAR, '.', ','},
        {{"۱۲۳"}, VERDICT_NONE, '.', ','},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct number_evidence evidence = {.numbers = 0};
        struct style style = {.whole_only = false};
        for (size_t k = 0; k < CELLS && table[i].cells[k] != NULL; k++)
            number_look(&evidence, slice_text(table[i].cells[k]));
        enum verdict verdict = number_judge(&evidence, &style);
        if (verdict != table[i].verdict)
            fail_msg("\"%s\"...: verdict %d", table[i].cells[0], (int)verdict);
        assert_int_equal(style.number.decimal, table[i].decimal);
        assert_int_equal(style.number.group, table[i].group);
        assert_int_equal(style.whole_only, verdict == VERDICT_NONE);
        assert_int_equal(verdict == VERDICT_UNCLEAR,
                         verdict == VERDICT_UNCLEAR && evidence.example[0] != '\0');
    }
}

/* Money without decimals: each cell says by its own signs what it is. */
static void whole_money(void **state)
{
    (void)state;
    static const struct {
        const char *cell;
        bool good;
        int64_t amount; /* -1: not read as an amount */
        int64_t price;  /* in thousandths, -1 likewise */
    } table[] = {
        {"89.000", true, 89000, 89000000},
        {"1,250", true, 1250, 1250000},
        {"5.000.000", true, 5000000, 5000000000},
        {"50,000,000", true, 50000000, 50000000000},
        {"500,000", true, 500000, 500000000},
        {"12.400.000 đ", true, 12400000, 12400000000},
        {"12,5", true, -1, 12500},
        {"0.125", true, -1, 125},
        {"1.234,00", true, 1234, 1234000},
        {"1 250 000", true, 1250000, 1250000000},
        {"5.000,000", false, -1, -1}, /* a slip, or three decimals */
        {"5tr", true, 5000000, 5000000000},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct style style = {
            .currency = currency_find("VND"), .whole_only = true, .number = {'.', ','}};
        struct number_style number = {'.', ','};
        struct slice cell = slice_text(table[i].cell);
        const char *why;
        int64_t value = -1;
        assert_int_equal(number_of_whole(cell, &number), table[i].good);
        if (!value_field(cell, FIELD_AMOUNT, &style, &value, &why))
            value = -1;
        if (value != table[i].amount)
            fail_msg("\"%s\" is %ld", table[i].cell, (long)value);
        if (!value_field(cell, FIELD_PRICE, &style, &value, &why))
            value = -1;
        if (value != table[i].price)
            fail_msg("\"%s\" costs %ld", table[i].cell, (long)value);
    }
}

/* Where money has decimals and the file both ways, what could be either is refused. */
static void mixed_money(void **state)
{
    (void)state;
    struct style style = {.currency = currency_find("EUR"), .mixed = true, .number = {',', '.'}};
    const char *why;
    int64_t value;
    assert_false(value_field(slice_text("500,000"), FIELD_AMOUNT, &style, &value, &why));
    assert_true(value_field(slice_text("2,55"), FIELD_AMOUNT, &style, &value, &why));
    assert_int_equal(value, 255);
    style.mixed = false;
    assert_true(value_field(slice_text("500,000"), FIELD_AMOUNT, &style, &value, &why));
    assert_int_equal(value, 50000);
}

static void samples(void **state)
{
    (void)state;
    struct number_evidence money = {.numbers = 0};
    struct number_evidence all = {.numbers = 0};
    struct style style = {.whole_only = false};
    number_look(&money, slice_text("89.000"));
    number_look(&money, slice_text("50,000,000"));
    assert_string_equal(money.point, "50,000,000"); /* commas part its thousands */
    number_look(&money, slice_text("7,5"));
    assert_string_equal(money.comma, "7,5");
    assert_int_equal(number_judge(&money, &style), VERDICT_MIXED);
    number_join(&all, &money);
    assert_string_equal(all.point, "50,000,000");
    assert_string_equal(all.example, "89.000");
    number_make_whole(&all);
    assert_string_equal(all.example, "");
    assert_int_equal(all.point_group, 1);
    assert_true(number_has_groups(slice_text("2.500.000")));
    assert_true(number_has_groups(slice_text("89.000")));
    assert_false(number_has_groups(slice_text("0981590830")));
    assert_false(number_has_groups(slice_text("2.55")));
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *cells[CELLS];
        enum verdict verdict;
        enum import_dates order;
    } table[] = {
        {{"2010-12-01 08:26:00"}, VERDICT_CLEAR, DATES_YMD},
        {{"20101201"}, VERDICT_CLEAR, DATES_YMD},
        {{"25/3/2011"}, VERDICT_CLEAR, DATES_DMY},
        {{"3/25/2011"}, VERDICT_CLEAR, DATES_MDY},
        {{"3/4/2011", "3/25/2011"}, VERDICT_CLEAR, DATES_MDY},
        {{"3/4/2011"}, VERDICT_UNCLEAR, DATES_YMD},
        {{"3.4.2011"}, VERDICT_CLEAR, DATES_DMY}, /* nobody writes months first with points */
        {{"3.4.2011", "3.25.2011"}, VERDICT_MIXED, DATES_GUESS},
        {{"3/4/2011", "5/6/2011"}, VERDICT_UNCLEAR, DATES_YMD},
        {{"25/3/2011", "3/25/2011"}, VERDICT_MIXED, DATES_GUESS},
        {{"1-Dec-2010"}, VERDICT_CLEAR, DATES_YMD},
        {{"", "n/a"}, VERDICT_NONE, DATES_YMD},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct date_evidence evidence = {.dates = 0};
        enum import_dates order = DATES_GUESS;
        for (size_t k = 0; k < CELLS && table[i].cells[k] != NULL; k++)
            date_look(&evidence, slice_text(table[i].cells[k]));
        assert_int_equal(date_judge(&evidence, &order), table[i].verdict);
        assert_int_equal(order, table[i].order);
    }
}

static void delimiters(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        char delimiter;
    } table[] = {
        {"a,b,c\n1,2,3\n", ','},
        {"a;b;c\n1,5;2,5;3,5\n", ';'},
        {"a\tb\n1,000\t2\n", '\t'},
        {"a|b|c\n1|2|3\n", '|'},
        {"name;amount, GBP\nx;1\ny;2\n", ';'},
        {"\"a;b\",c\n\"d;e\",f\n", ','},
        {"a,b\r1,2\r", ','},
        {"one\ntwo\n", ','},
        {"", ','},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(guess_delimiter(slice_text(table[i].head)), table[i].delimiter);
}

static void letters(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        const char *encoding;
    } table[] = {
        {"M\xfcller & S\xf6hne;Caf\xe9", "windows-1252"},
        {"\xd0\xe1\xf0\xe1\xe4\xfc\xf0\xef\xf5\xeb\xef\xf2;\xc3\xe5\xf9\xf1\xe3\xdf\xef\xf5",
         "windows-1253"},
        {"S\xe3\xect th\xe9p Ph\xfa M\xf5;Nguy\xea\xden V\xe3n \xd0\xf4\xec", "windows-1258"},
        {"\xc8\xe2\xe0\xed\xee\xe2;\xd1\xf2\xf0\xee\xe8\xf2\xe5\xeb\xfc", "windows-1251"},
        {"\xd4\xd1\xdf\xca \xd3\xc7\xd2\xe5;\xe3\xcd\xe3\xcf", "windows-1256"},
        {"\xcd\xf5\xd0\xa1\xc3\xf7\xbd\xa8\xb2\xc4;\xc9\xcf\xba\xa3\xb9\xab\xcb\xbe", "gb18030"},
        {"\xa4\xfd\xa4p\xa9\xfa\xab\xd8\xa7\xf7;\xbbO\xc6W\xab\xd8\xbfv", "big5"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(guess_letters(slice_text(table[i].head)), table[i].encoding);
}

static void endings(void **state)
{
    (void)state;
    assert_int_equal(guess_ending(slice_text("a\nb")), '\n');
    assert_int_equal(guess_ending(slice_text("a\r\nb")), '\n');
    assert_int_equal(guess_ending(slice_text("a\rb")), '\r');
    assert_int_equal(guess_ending(slice_text("")), '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(whole_money), cmocka_unit_test(mixed_money),
        cmocka_unit_test(samples), cmocka_unit_test(dates),       cmocka_unit_test(delimiters),
        cmocka_unit_test(letters), cmocka_unit_test(endings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
