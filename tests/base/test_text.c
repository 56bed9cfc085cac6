#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/text.h"

/* The UTF-8 of a code point by the domain, surrogates and all. */
static size_t encoded(uint32_t point, uint8_t *out)
{
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size; i-- > 1; point >>= 6)
        out[i] = (uint8_t)(0x80 | (point & 0x3F));
    out[0] = (uint8_t)(leads[size] | point);
    return size;
}

static bool surrogate(uint32_t point)
{
    return point >= 0xD800 && point <= 0xDFFF;
}

/* ---- valid ---- */

static void every_code_point_decodes_to_itself(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        uint8_t bytes[4];
        uint32_t again = 0;
        size_t size = encoded(point, bytes);
        if (text_decode(bytes, size, &again) != (surrogate(point) ? 0 : size) ||
            again != (surrogate(point) ? 0 : point))
            fail_msg("U+%04X", point);
        if (text_decode(bytes, size - 1, &again) != 0) /* a part of it is not UTF-8 */
            fail_msg("part of U+%04X", point);
    }
}

/* There are just so many code points of each length, and the test above found them all: no other
 * bytes may decode. */
static void nothing_else_decodes(void **state)
{
    (void)state;
    uint32_t point;
    uint32_t found[5] = {0};
    for (uint32_t all = 0; all < 1 << 24; all++) {
        const uint8_t bytes[3] = {(uint8_t)(all >> 16), (uint8_t)(all >> 8), (uint8_t)all};
        found[text_decode(bytes, 3, &point)]++;
    }
    assert_int_equal(found[1], 128 << 16);
    assert_int_equal(found[2], (0x800 - 0x80) << 8);
    assert_int_equal(found[3], 0x10000 - 0x800 - 0x800);
    assert_int_equal(found[4], 0);
}

static void four_bytes_decode_up_to_the_last_plane(void **state)
{
    (void)state;
    uint32_t point;
    uint32_t found = 0;
    for (uint32_t lead = 0xF0; lead <= 0xFF; lead++)
        for (uint32_t rest = 0; rest < 1 << 16; rest++) {
            const uint8_t bytes[4] = {(uint8_t)lead, (uint8_t)(rest >> 8), (uint8_t)rest, 0x80};
            found += text_decode(bytes, 4, &point) == 4 ? 1 : 0;
        }
    assert_int_equal(found, 0x100000 >> 6); /* one in 64, their last byte being fixed */
    assert_int_equal(text_decode("\xF0\x90\x80", 4, &point), 0);
}

static bool allowed(uint32_t point)
{
    bool control = point < 0x20 || (point > 0x7E && point < 0xA0);
    bool bidi = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
                point == 0x200E || point == 0x200F || point == 0x061C;
    return point == '\t' || point == '\n' || (!control && !bidi && !surrogate(point));
}

static void only_readable_code_points_are_valid(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        uint8_t bytes[6] = "a";
        size_t size = 1 + encoded(point, bytes + 1);
        bytes[size++] = 'b';
        bool breaks = point == '\t' || point == '\n' || point == 0x2028 || point == 0x2029;
        if (text_valid(bytes, size) != allowed(point) ||
            text_line_valid(bytes, size) != (allowed(point) && !breaks))
            fail_msg("U+%04X", point);
    }
}

static void bytes_that_are_not_utf8_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",             /* nothing to continue */
        "a\xC3",            /* cut */
        "\xE1\xBA",         /* cut */
        "\xF0\x9F\x98",     /* cut */
        "\xC3(",            /* continued by something else */
        "\xC0\xAF",         /* overlong '/' */
        "\xE0\x80\xAF",     /* overlong '/' */
        "\xF0\x80\x80\xAF", /* overlong '/' */
        "\xED\xA0\x80",     /* a surrogate */
        "\xED\xBF\xBF",     /* a surrogate */
        "\xF4\x90\x80\x80", /* past U+10FFFF */
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(text_valid(wrong[i], strlen(wrong[i])));
    assert_false(text_valid("a\0b", 3));
    assert_true(text_valid("", 0));
    assert_true(text_valid(NULL, 0));
    assert_true(text_line_valid("می‌خواهم",
                                strlen("می‌خواهم"))); /* with its non-joiner */
}

static void lengths_count_code_points(void **state)
{
    (void)state;
    assert_int_equal(text_length("", 0), 0);
    assert_int_equal(text_length("Nguyễn", strlen("Nguyễn")), 6);
    assert_int_equal(text_length("😀€ا", strlen("😀€ا")), 3);
}

/* ---- fold ---- */

enum { KEY_MAX = 4096 };

static void expect_fold(const char *text, const char *expected)
{
    char key[KEY_MAX];
    size_t size = text_fold(text, strlen(text), key, sizeof key - 1);
    key[size] = '\0';
    assert_string_equal(key, expected);
}

static void folded_names_are_found_however_they_are_typed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *key;
    } rows[] = {
        {"Nguyễn Văn Đức", "nguyen van duc"},
        {"NGUYỄN VĂN ĐỨC", "nguyen van duc"},
        {"nguye\u0302\u0303n va\u0306n đu\u031B\u0301c", "nguyen van duc"},
        {"Trần Thị Ngọc Ánh", "tran thi ngoc anh"},
        {"Ðặng", "dang"}, /* eth typed for D with stroke */
        {"Αθήνα", "αθηνα"},
        {"ΑΘΗΝΑΣ", "αθηνασ"},
        {"Αθήνας", "αθηνασ"},
        {"Łódź", "lodz"},
        {"Øresund", "oresund"},
        {"Çağrı İŞLER Iğdır", "cagri isler igdir"},
        {"Straße STRASSE STRAẞE", "strasse strasse strasse"},
        {"Œuvre Æble", "oeuvre aeble"},
        {"Ёлка Йод", "елка иод"},
        {"علي", "علی"},
        {"على", "علی"},
        {"كريم", "کریم"},
        {"مدرسة", "مدرسه"},
        {"أحمد إبراهيم آدم ٱ", "احمد ابراهیم ادم ا"},
        {"مُحَمَّد", "محمد"},
        {"محمـــد", "محمد"},
        {"می‌خواهم", "میخواهم"},
        {"خانۀ", "خانه"},
        {"ﻣﺤﻤﺪ", "محمد"}, /* presentation forms */
        {"ﷺ", "صلی الله علیه وسلم"},
        {"۰۹۱۲ ٠٩١٢ ０９１２ ०९१२ ๐๙๑๒", "0912 0912 0912 0912 0912"},
        {"ＡＢＣ　Ｃｏ．", "abc co."},
        {"ﬁne №5 ²", "fine no5 2"},
        {"  many\t\n  spaces\u00A0\u2003here ", "many spaces here"},
        {"soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth"},
        {"ガス", "カス"},
        {"한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"},
        {"中文", "中文"},
        {"", ""},
        {" \t\n ", ""},
        {"\u0301", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_fold(rows[i].text, rows[i].key);
}

static void expect_idempotent(const void *text, size_t size)
{
    char once[KEY_MAX];
    char twice[KEY_MAX];
    size_t once_size = text_fold(text, size, once, sizeof once);
    size_t twice_size = text_fold(once, once_size, twice, sizeof twice);
    if (once_size != twice_size || memcmp(once, twice, once_size) != 0)
        fail_msg("\"%.*s\" folds to \"%.*s\", then to \"%.*s\"", (int)size, (const char *)text,
                 (int)once_size, once, (int)twice_size, twice);
}

static void folding_a_key_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t point = 1; point <= 0x10FFFF; point++) {
        uint8_t bytes[4];
        size_t size = encoded(point, bytes);
        if (!surrogate(point))
            expect_idempotent(bytes, size);
    }
}

/* A text of code points from everywhere, most of them from scripts people write here. */
static size_t random_text(struct prng *prng, uint8_t *out, size_t points)
{
    static const uint32_t starts[] = {0x20,   0x61,   0xC0,   0x0300, 0x0370, 0x0400,
                                      0x0620, 0x06A0, 0x0E00, 0x1E00, 0x1F00, 0x2000,
                                      0x3040, 0xAC00, 0xFB50, 0xFE70, 0xFF00, 0x1D400};
    size_t size = 0;
    for (size_t i = 0; i < points; i++) {
        uint32_t start = starts[prng_below(prng, sizeof starts / sizeof starts[0])];
        size += encoded(start + (uint32_t)prng_below(prng, 0x80), out + size);
    }
    return size;
}

static void keys_of_texts_are_keys(void **state)
{
    (void)state;
    struct prng prng = {13};
    for (int i = 0; i < 30000; i++) {
        uint8_t text[4 * 40];
        expect_idempotent(text, random_text(&prng, text, prng_below(&prng, 41)));
    }
}

static void a_key_never_passes_its_capacity(void **state)
{
    (void)state;
    struct prng prng = {14};
    for (int i = 0; i < 2000; i++) {
        uint8_t text[4 * 12];
        char whole[KEY_MAX];
        size_t size = random_text(&prng, text, prng_below(&prng, 13));
        size_t whole_size = text_fold(text, size, whole, sizeof whole);
        for (size_t capacity = 0; capacity <= whole_size; capacity++) {
            char cut[KEY_MAX];
            memset(cut, '#', sizeof cut);
            size_t cut_size = text_fold(text, size, cut, capacity);
            assert_true(cut_size <= capacity);
            assert_true(capacity < whole_size || cut_size == whole_size);
            assert_memory_equal(cut, whole, cut_size);
            for (size_t k = cut_size; k < whole_size + 8; k++)
                assert_int_equal(cut[k], '#');
            uint32_t point; /* what follows in the whole key starts a character */
            assert_true(cut_size == whole_size ||
                        text_decode(whole + cut_size, whole_size - cut_size, &point) > 0);
            assert_true(cut_size == 0 || cut[cut_size - 1] != ' ');
        }
    }
    assert_int_equal(text_fold("abc", 3, NULL, 0), 0);
}

static void bytes_that_are_no_text_are_passed_over(void **state)
{
    (void)state;
    struct prng prng = {15};
    expect_fold("a\xFF\xC3"
                "b\xED\xA0\x80",
                "ab");
    for (int i = 0; i < 100000; i++) {
        uint8_t bytes[24];
        char key[KEY_MAX];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)prng_next(&prng);
        size_t size = text_fold(bytes, sizeof bytes, key, sizeof key);
        uint32_t point;
        for (size_t at = 0, length; at < size; at += length) {
            length = text_decode(key + at, size - at, &point);
            assert_true(length > 0);
        }
    }
}

/* ---- digits and columns ---- */

static void digits_of_every_script_are_read(void **state)
{
    (void)state;
    static const uint32_t zeros[] = {
        0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66, 0x0AE6,  0x0B66,  0x0BE6,
        0x0C66,  0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20, 0x1040,  0x1090,  0x17E0,
        0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0, 0x1C40,  0x1C50,  0xA620,
        0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10, 0x104A0, 0x11066, 0x110F0,
        0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E950,
    };
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        uint8_t bytes[4 * 10];
        char digits[16] = {0};
        size_t size = 0;
        for (uint32_t digit = 0; digit < 10; digit++)
            size += encoded(zeros[i] + digit, bytes + size);
        assert_int_equal(text_digits(bytes, size, digits, sizeof digits), 10);
        assert_string_equal(digits, "0123456789");
        memset(digits, 0, sizeof digits);
        assert_int_equal(text_fold(bytes, size, digits, sizeof digits), 10);
        assert_string_equal(digits, "0123456789");
    }
}

static void a_phone_number_is_its_digits(void **state)
{
    (void)state;
    char digits[16] = {0};
    const char *phone = "+84 (0)912-345.678 nhà";
    assert_int_equal(text_digits(phone, strlen(phone), digits, sizeof digits), 12);
    assert_string_equal(digits, "840912345678");
    memset(digits, '#', sizeof digits);
    assert_int_equal(text_digits(phone, strlen(phone), digits, 5), 5);
    assert_memory_equal(digits, "84091#", 6);
    assert_int_equal(text_digits("no ½ ② number", strlen("no ½ ② number"), digits, 5), 0);
}

static size_t columns(const char *text)
{
    return text_columns(text, strlen(text));
}

static void columns_are_what_a_terminal_needs(void **state)
{
    (void)state;
    assert_int_equal(columns(""), 0);
    assert_int_equal(columns("tefter"), 6);
    assert_int_equal(columns("Nguyễn"), 6);
    assert_int_equal(columns("Nguye\u0302\u0303n"), 6);
    assert_int_equal(columns("中文"), 4);
    assert_int_equal(columns("ＡＢ"), 4);
    assert_int_equal(columns("محمد"), 4);
    assert_int_equal(columns("می‌خواهم"), 7);
    assert_int_equal(columns("€"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_decodes_to_itself),
        cmocka_unit_test(nothing_else_decodes),
        cmocka_unit_test(four_bytes_decode_up_to_the_last_plane),
        cmocka_unit_test(only_readable_code_points_are_valid),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(lengths_count_code_points),
        cmocka_unit_test(folded_names_are_found_however_they_are_typed),
        cmocka_unit_test(folding_a_key_changes_nothing),
        cmocka_unit_test(keys_of_texts_are_keys),
        cmocka_unit_test(a_key_never_passes_its_capacity),
        cmocka_unit_test(bytes_that_are_no_text_are_passed_over),
        cmocka_unit_test(digits_of_every_script_are_read),
        cmocka_unit_test(a_phone_number_is_its_digits),
        cmocka_unit_test(columns_are_what_a_terminal_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
