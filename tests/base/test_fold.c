#include "base/check.h"

#include <string.h>

#include "base/fold.h"
#include "base/han.h"
#include "base/prng.h"
#include "base/text.h"

/* ---- keys ---- */

static const struct {
    const char *a;
    const char *b;
} one[] = {
    {"SL-77", "sl-77"},
    {"SL-77", "SL 77"},
    {"SL-77", "SL – 77"},
    {"SL-77", "ＳＬ－７７"},
    {"SL-77", " sl\u00A0\u00A077 "},
    {"SL-77", "sl\u201177"},
    {"O'Brien", "O’Brien"},
    {"O'Brien", "Oʼbrien"},
    {"O'Brien", "O`BRIEN"},
    {"\"A\"", "“a”"},
    {"café", "cafe\u0301"},
    {"CAFÉ", "cafe\u0301"},
    {"Nguyễn", "nguye\u0302\u0303n"},
    {"Nguyễn", "NGUYÊ\u0303N"},
    {"ẹ\u0302", "ệ"},
    {"e\u0302\u0323", "e\u0323\u0302"}, /* marks in another order */
    {"Đ1", "đ1"},
    {"۱۲۳-۴", "123-4"},
    {"١٢٣", "123"},
    {"१२३", "123"},
    {"１２３", "123"},
    {"كتاب", "کتاب"},
    {"علي", "علی"},
    {"علــی", "علی"},
    {"می\u200Cخرم", "میخرم"},
    {"ΑΘΗΝΑΣ", "αθηνας"},
    {"STRASSE", "straße"},
    {"№ 7", "no 7"},
    {"ｶﾞ", "ガ"},
    {"한", "\u1112\u1161\u11AB"},
    {"Ж", "ж"},
};

static const struct {
    const char *a;
    const char *b;
} apart[] = {
    {"1-11", "11-1"},
    {"A1", "A-1"},
    {"cafe", "café"},
    {"2026/11", "2026-11"},
    {"A.1", "A-1"},
    {"A_1", "A-1"},
    {"00005", "5"},
    {"O'Brien", "OBrien"},
    {"d1", "đ1"},
    {"ma", "má"},
    {"陳", "陈"},
    {"A", "А" /* Cyrillic */},
    {"٫5", "5"},
    {"-", "--"},
    {"C-000123", "C-000124"},
};

static void keys_that_people_take_for_one_are_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
        if (!fold_same(one[i].a, one[i].b))
            fail_msg("%s and %s", one[i].a, one[i].b);
    }
}

static void keys_that_mean_two_stay_two(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        if (fold_same(apart[i].a, apart[i].b))
            fail_msg("%s and %s", apart[i].a, apart[i].b);
    }
}

static void a_key_says_how_it_folds(void **state)
{
    (void)state;
    char key[FOLD_KEY_MAX + 1];
    assert_int_equal(fold_key("  SL — ٧٧ ", key), 5);
    assert_string_equal(key, "sl-77");
    assert_int_equal(fold_key("", key), 0);
    assert_int_equal(fold_key("---", key), 3); /* nothing else is in it */
    assert_string_equal(key, "---");
    assert_true(fold_key("\xff\xfe", key) > 0); /* no UTF-8 */
}

/* What folds folds no further; a key is never longer than it may be. */
static void folding_twice_is_folding_once(void **state)
{
    (void)state;
    struct prng prng = {5};
    static const char *const pieces[] = {"A", "é",  "e\u0301", "-", " ", "–",     "۷",
                                         "ي", "한", "’",       "ﷺ", "đ", "\u0323"};
    for (int round = 0; round < 20000; round++) {
        char text[160] = "";
        char key[FOLD_KEY_MAX + 1];
        char again[FOLD_KEY_MAX + 1];
        for (uint64_t n = prng_below(&prng, 24) + 1; n > 0; n--)
            (void)strncat(text, pieces[prng_below(&prng, sizeof pieces / sizeof pieces[0])],
                          sizeof text - strlen(text) - 1);
        size_t size = fold_key(text, key);
        assert_true(size > 0 && size <= FOLD_KEY_MAX);
        assert_int_equal(size, strlen(key));
        (void)fold_key(key, again);
        if (strcmp(key, again) != 0 && strspn(text, "- –’\u0323") != strlen(text))
            fail_msg("%s: %s, then %s", text, key, again);
    }
}

static void long_keys_differ_where_they_are_cut(void **state)
{
    (void)state;
    char a[121];
    char b[121];
    char key[FOLD_KEY_MAX + 1];
    memset(a, 'X', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof a);
    b[119] = 'Y';
    assert_false(fold_same(a, b));
    b[119] = 'x';
    assert_true(fold_same(a, b));
    assert_int_equal(fold_key(a, key), FOLD_KEY_MAX);
    assert_int_equal(fold_key_begin("xxxxx", key), 5);
}

static void every_character_folds_to_something_valid(void **state)
{
    (void)state;
    char text[8];
    char key[FOLD_KEY_MAX + 1];
    for (uint32_t point = 1; point <= 0x10FFFF; point++) {
        size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        uint32_t rest = point;
        for (size_t i = size; i-- > 1; rest >>= 6)
            text[i] = (char)(0x80 | (rest & 0x3F));
        text[0] = (char)((size == 1 ? 0 : size == 2 ? 0xC0 : size == 3 ? 0xE0 : 0xF0) | rest);
        text[size] = '\0';
        if (!text_valid(text, size))
            continue;
        size_t length = fold_key(text, key);
        if (length == 0 || !text_valid(key, length))
            fail_msg("U+%04X", point);
    }
}

/* ---- phones ---- */

static const struct {
    const char *typed;
    const char *key;
} phones[] = {
    {"0912 345 6789", "9123456789"},
    {"+98-912-345-6789", "9123456789"},
    {"0098 912 345 6789", "9123456789"},
    {"۰۹۱۲۳۴۵۶۷۸۹", "9123456789"},
    {"+98 (0) 912 345 6789", "9123456789"},
    {"+84 90 123 4567", "901234567"},
    {"090.123.4567", "901234567"},
    {"+44 20 7946 0001", "2079460001"},
    {"020 7946 0001", "2079460001"},
    {"+30 210 123 4567", "2101234567"},
    {"210 123 4567", "2101234567"},
    {"+86 138 0013 8000", "13800138000"},
    {"138 0013 8000", "13800138000"},
    {"＋８６ 10 6552 9988", "1065529988"},
    {"010-65529988", "1065529988"},
    {"+353 1 234 5678", "12345678"},
    {"01 234 5678", "12345678"},
    {"+1 212 555 1234", "2125551234"},
    {"+98-912", "912"}, /* a part, as one types it */
    {"+98", ""},
    {"no phone", ""},
    {"", ""},
};

static void a_phone_is_one_however_it_is_dialled(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof phones / sizeof phones[0]; i++) {
        char key[FOLD_PHONE_MAX + 1];
        size_t size = fold_phone(phones[i].typed, strlen(phones[i].typed), key);
        if (size != strlen(phones[i].key) || strcmp(key, phones[i].key) != 0)
            fail_msg("%s: %s", phones[i].typed, key);
    }
}

static void letters_that_are_drawn_alike_look_alike(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"ACME", "АСМЕ"}, {"acme", "асме"},     {"ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"},
        {"HOBT", "НОВТ"}, {"café-1", "сafé–1"}, {"ＡＢ", "ΑВ"},
    };
    static const char *const unlike[][2] = {{"A0", "AO"}, {"A1", "AI"}, {"AB", "AG"}, {"Γ", "G"}};
    char a[FOLD_KEY_MAX + 1];
    char b[FOLD_KEY_MAX + 1];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        (void)fold_look(same[i][0], a);
        (void)fold_look(same[i][1], b);
        assert_string_equal(a, b);
        assert_int_equal(fold_look(a, b), strlen(a)); /* once is enough */
        assert_string_equal(a, b);
    }
    for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++) {
        (void)fold_look(unlike[i][0], a);
        (void)fold_look(unlike[i][1], b);
        assert_string_not_equal(a, b);
    }
}

/* ---- words ---- */

static const char *words_of(const char *text, char *out, size_t capacity)
{
    out[text_fold(text, strlen(text), out, capacity - 1)] = '\0';
    return out;
}

static void words_are_searched_by_their_simple_forms(void **state)
{
    (void)state;
    char out[128];
    assert_string_equal(words_of("陳記建材", out, sizeof out), "陈记建材");
    assert_string_equal(words_of("廣東東莞", out, sizeof out), "广东东莞");
    assert_string_equal(words_of("O’Brien", out, sizeof out), "o'brien");
    assert_string_equal(words_of("A–B—C", out, sizeof out), "a-b-c");
    assert_string_equal(words_of("`x´", out, sizeof out), "'x'");
    assert_int_equal(han_simplified(0x9673), 0x9648); /* 陳 */
    assert_int_equal(han_simplified('A'), 'A');
    assert_int_equal(han_simplified(0x10FFFF), 0x10FFFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_people_take_for_one_are_one),
        cmocka_unit_test(keys_that_mean_two_stay_two),
        cmocka_unit_test(a_key_says_how_it_folds),
        cmocka_unit_test(folding_twice_is_folding_once),
        cmocka_unit_test(long_keys_differ_where_they_are_cut),
        cmocka_unit_test(every_character_folds_to_something_valid),
        cmocka_unit_test(a_phone_is_one_however_it_is_dialled),
        cmocka_unit_test(letters_that_are_drawn_alike_look_alike),
        cmocka_unit_test(words_are_searched_by_their_simple_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
