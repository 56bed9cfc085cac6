/*
 * Names as shops have them are taken, and no two that look alike or like nothing.
 */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/sight.h"
#include "base/tell.h"
#include "base/text.h"

static struct sight_fault look(const char *text, enum sight_form form)
{
    struct sight_fault fault;
    bool clear = sight_clear(text, strlen(text), form, &fault);
    assert_int_equal(clear, fault.flaw == SIGHT_CLEAR);
    return fault;
}

static void names_of_five_languages_and_more_are_taken(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Anh Tuấn",
        "Nguyễn Thị Bích Ngọc",
        "Nguye\u0302\u0303n Thi\u0323", /* decomposed */
        "Cửa hàng Đồng Tháp (chi nhánh 2)",
        "王小明",
        "上海永辉超市有限公司·浦东店",
        "𠮷野家", /* beyond the first plane */
        "ﾃﾞﾊﾟｰﾄ",
        "Ανδρέας Παπαδόπουλος",
        "Μαρία-Ελένη Τ.",
        "رضا محمدی",
        "می\u200Cخواهم",
        "کتاب\u200Cفروشی نور",
        "خانهٔ\u200Cما", /* hamza above, then the non-joiner */
        "نیم\u200Cفاصله\u200Cها",
        "مُحَمَّد",
        "آژانسِ ۱۲",
        "אַבְרָהָם כהן",
        "श्री राम",
        "क्\u200Dष",
        "ক্\u200Cষ",
        "র\u200D্যাব", /* a joiner before the mark */
        "ന്\u200D",    /* a half letter at the end */
        "ශ්\u200Dරී ලංකා",
        "กำปั่น",
        "မြန်မာ",
        "ភ្នំពេញ",
        "ᠮᠣᠩᠭᠣᠯ\u180E\u1820",
        "O'Brien & Søns, Ltd.",
        "Café №7 – “Ülo” €",
        "👩🏽\u200D🌾 Farm",
        "🏳\uFE0F\u200D🌈 Bar",
        "❤\uFE0F",
        "1\uFE0F\u20E3 First",
        "🇻🇳 Phở",
        "a\u0301\u0328\u0323",
        "\u0600\u0661\u0662", /* a sign that is drawn, though of format */
        "x",
        "",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sight_fault fault = look(names[i], SIGHT_OF_A_LINE);
        if (fault.flaw != SIGHT_CLEAR)
            fail_msg("%s: %d at %u, U+%04X", names[i], (int)fault.flaw, fault.at, fault.point);
    }
}

static const struct {
    const char *text;
    enum sight_flaw flaw;
    uint32_t at;
} unseen[] = {
    {"\u200B", SIGHT_UNSEEN, 1},
    {"An\u200BBinh", SIGHT_UNSEEN, 3},
    {"An\u200C", SIGHT_UNSEEN, 3},
    {"An\u200CBinh", SIGHT_UNSEEN, 3},
    {"An\u200DBinh", SIGHT_UNSEEN, 3},
    {"\u200Cمی", SIGHT_UNSEEN, 1},
    {"می\u200C", SIGHT_UNSEEN, 3},
    {"می\u200C\u200Cخواهم", SIGHT_UNSEEN, 3},
    {"می\u200C خواهم", SIGHT_UNSEEN, 3},
    {"王\u200D明", SIGHT_UNSEEN, 2},
    {"👩\u200D", SIGHT_UNSEEN, 2},
    {"\u200D👩", SIGHT_UNSEEN, 1},
    {"An\u200E", SIGHT_UNSEEN, 3},
    {"رضا\u200F", SIGHT_UNSEEN, 4},
    {"\u061Cرضا", SIGHT_UNSEEN, 1},
    {"\u202Atel", SIGHT_UNSEEN, 1},
    {"in\u202Evoice", SIGHT_UNSEEN, 3},
    {"\u2066An\u2069", SIGHT_UNSEEN, 1},
    {"An\u2069", SIGHT_UNSEEN, 3},
    {"A\u2060n", SIGHT_UNSEEN, 2},
    {"A\u2063n", SIGHT_UNSEEN, 2},
    {"A\u206An", SIGHT_UNSEEN, 2},
    {"\uFEFFAn", SIGHT_UNSEEN, 1},
    {"A\u00ADn", SIGHT_UNSEEN, 2},
    {"A\u034Fn", SIGHT_UNSEEN, 2},
    {"A\u180En", SIGHT_UNSEEN, 2},
    {"A\u180Bn", SIGHT_UNSEEN, 2},
    {"\u115F", SIGHT_UNSEEN, 1},
    {"\u1160", SIGHT_UNSEEN, 1},
    {"\u3164", SIGHT_UNSEEN, 1},
    {"An\uFFA0", SIGHT_UNSEEN, 3},
    {"\u17B4", SIGHT_UNSEEN, 1},
    {"\uFE0F", SIGHT_UNSEEN, 1},
    {"A\uFE0F", SIGHT_UNSEEN, 2},
    {"1\uFE0F", SIGHT_UNSEEN, 2},
    {"王\uFE00", SIGHT_UNSEEN, 2},
    {"葛\U000E0100", SIGHT_UNSEEN, 2},
    {"❤\uFE0F\uFE0F", SIGHT_UNSEEN, 3},
    {"\U000E0041\U000E0042", SIGHT_UNSEEN, 1},
    {"An\U000E0001", SIGHT_UNSEEN, 3},
    {"A\uFFF9n\uFFFB", SIGHT_UNSEEN, 2},
    {"\uE000", SIGHT_UNSEEN, 1},
    {"A\U000F0000", SIGHT_UNSEEN, 2},
    {"A\U0010FFFD", SIGHT_UNSEEN, 2},
    {"A\u0378", SIGHT_UNSEEN, 2},
    {"A\uFDD0", SIGHT_UNSEEN, 2},
    {"A\uFFFE", SIGHT_UNSEEN, 2},
    {"A\u2065", SIGHT_UNSEEN, 2},
    {"\uFFFC", SIGHT_UNSEEN, 1},
    {"\U0001D173", SIGHT_UNSEEN, 1},
    {"A\x01", SIGHT_UNSEEN, 2},
    {"A\x7F", SIGHT_UNSEEN, 2},
    {"A\xC2\x85", SIGHT_UNSEEN, 2},
    {"A\xC2\x9B"
     "2J",
     SIGHT_UNSEEN, 2},
    {"\x1b[2J", SIGHT_UNSEEN, 1},
    {"A\rB", SIGHT_UNSEEN, 2},
    {"A\u2028B", SIGHT_UNSEEN, 2},
    {"A\u2029B", SIGHT_UNSEEN, 2},
    {" ", SIGHT_BLANK, 1},
    {"\u00A0\u2003\u3000", SIGHT_BLANK, 1},
    {"\u2800", SIGHT_UNSEEN, 1},
    {"An\u2800Binh", SIGHT_UNSEEN, 3},
    {"An\U00016FE4", SIGHT_UNSEEN, 3},
    {"An\U0001D159Binh", SIGHT_UNSEEN, 3},
    {"\U00013441", SIGHT_UNSEEN, 1},
    {"An\u2D7FBinh", SIGHT_UNSEEN, 3},
    {"\u1680 \u205F", SIGHT_BLANK, 1},
    {" An", SIGHT_EDGE, 1},
    {"An ", SIGHT_EDGE, 3},
    {"An\u00A0", SIGHT_EDGE, 3},
    {"\u3000王", SIGHT_EDGE, 1},
    {"王\u2800", SIGHT_UNSEEN, 2},
    {"\u0301", SIGHT_MARK, 1},
    {"\u0301\u0302\u0303", SIGHT_MARK, 1},
    {"\u064E", SIGHT_MARK, 1},
    {"An \u0301B", SIGHT_MARK, 4},
    {"\u20DD", SIGHT_MARK, 1},
    {"\u0903", SIGHT_MARK, 1},
    {"Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308", SIGHT_MARK, 10},
    {"An\nBinh", SIGHT_BREAK, 3},
    {"An\tBinh", SIGHT_BREAK, 3},
    {"An\xff", SIGHT_NOT_UTF8, 3},
    {"An\xed\xa0\x80", SIGHT_NOT_UTF8, 3},
};

static void what_nobody_sees_is_named_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        struct sight_fault fault = look(unseen[i].text, SIGHT_OF_A_LINE);
        char said[SIGHT_SAID_MAX];
        if (fault.flaw != unseen[i].flaw || fault.at != unseen[i].at)
            fail_msg("row %zu: %d at %u, U+%04X", i, (int)fault.flaw, fault.at, fault.point);
        assert_true(strlen(sight_say(&fault, said)) > 10);
    }
    struct sight_fault fault = look("An\u202E", SIGHT_OF_A_LINE);
    char said[SIGHT_SAID_MAX];
    assert_string_equal(sight_say(&fault, said),
                        "has U+202E (direction control) as character 3, which nobody sees");
}

static void a_key_has_no_joiners_and_a_note_has_lines(void **state)
{
    (void)state;
    assert_int_equal(look("می\u200Cخ", SIGHT_OF_A_KEY).flaw, SIGHT_UNSEEN);
    assert_int_equal(look("❤\uFE0F", SIGHT_OF_A_KEY).flaw, SIGHT_UNSEEN);
    assert_int_equal(look("قم-۱۲", SIGHT_OF_A_KEY).flaw, SIGHT_CLEAR);
    assert_int_equal(look("SL 77", SIGHT_OF_A_KEY).flaw, SIGHT_CLEAR);
    assert_int_equal(look(" two\n\tlines \n", SIGHT_OF_LINES).flaw, SIGHT_CLEAR);
    assert_int_equal(look(" \n\t", SIGHT_OF_LINES).flaw, SIGHT_BLANK);
    assert_int_equal(look("\n\u0301", SIGHT_OF_LINES).flaw, SIGHT_MARK);
    assert_int_equal(look("x\n\u200B", SIGHT_OF_LINES).flaw, SIGHT_UNSEEN);
    assert_int_equal(look("x\r\ny", SIGHT_OF_LINES).flaw, SIGHT_UNSEEN);
}

/* Whatever stands between two letters: it is seen, or refused. */
static void no_character_at_all_hides_between_letters(void **state)
{
    (void)state;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    unsigned taken = 0;
    for (uint32_t point = 1; point <= 0x10FFFF; point++) {
        char text[8] = "a";
        size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        uint32_t rest = point;
        for (size_t i = size; i-- > 1; rest >>= 6)
            text[1 + i] = (char)(0x80 | (rest & 0x3F));
        text[1] = (char)(leads[size] | rest);
        text[1 + size] = 'b';
        struct sight_fault fault;
        if (!sight_clear(text, size + 2, SIGHT_OF_A_LINE, &fault))
            continue;
        taken++;
        if (sight_hides(point) || !text_line_valid(text, size + 2))
            fail_msg("U+%04X", point);
    }
    assert_in_range(taken, 140000, 200000); /* what Unicode has, without what is private */
}

/* What is taken is told as it is; what is told otherwise is not taken. */
static void what_is_taken_is_shown_as_it_is(void **state)
{
    (void)state;
    static const uint32_t points[] = {'a',    ' ',    0x0301, 0x200B,  0x200C, 0x200D, 0x202E,
                                      0x0645, 0x06CC, 0x094D, 0x0915,  0xFE0F, 0x2764, 0x1F469,
                                      0x3164, 0x738B, 0x00A0, 0xE0041, 0x20E3, '1',    0x180B,
                                      0x1820, 0xE000, 0x0378, 0x1F3FD};
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    struct prng prng = {11};
    unsigned clear = 0;
    for (int round = 0; round < 200000; round++) {
        char text[40];
        char told[200] = "";
        size_t used = 0;
        for (uint64_t count = 1 + prng_below(&prng, 5); count > 0; count--) {
            uint32_t point = points[prng_below(&prng, sizeof points / sizeof points[0])];
            size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            for (size_t i = size; i-- > 1; point >>= 6)
                text[used + i] = (char)(0x80 | (point & 0x3F));
            text[used] = (char)(leads[size] | point);
            used += size;
        }
        text[used] = '\0';
        FILE *out = fmemopen(told, sizeof told, "w");
        tell(out, "%s", text);
        assert_int_equal(fclose(out), 0);
        enum sight_flaw flaw = look(text, SIGHT_OF_LINES).flaw;
        bool as_it_is = strcmp(text, told) == 0;
        clear += flaw == SIGHT_CLEAR;
        if (as_it_is != (flaw == SIGHT_CLEAR || flaw == SIGHT_BLANK))
            fail_msg("%s: %d", told, (int)flaw);
    }
    assert_true(clear > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_five_languages_and_more_are_taken),
        cmocka_unit_test(what_nobody_sees_is_named_with_its_place),
        cmocka_unit_test(a_key_has_no_joiners_and_a_note_has_lines),
        cmocka_unit_test(no_character_at_all_hides_between_letters),
        cmocka_unit_test(what_is_taken_is_shown_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
