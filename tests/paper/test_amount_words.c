/* Amounts in words: the table amounts.tsv, written by hand; and what is asked wrongly. */
#include "base/check.h"

#include "paper/amount_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 40 };

static void test_table(void **state)
{
    static const char *const languages[] = {"en", "vi", "zh", "fa", "el"};
    size_t seen[5] = {0};
    char line[2048];
    char language[8];
    char code[8];
    char wanted[2048];
    char words[AMOUNT_WORDS_MAX];
    int64_t minor = 0;
    int exponent = 0;
    FILE *file = fopen(TEFTER_AMOUNTS, "r");
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%7s\t%" SCNd64 "\t%7s\t%d\t%2047[^\n]", language, &minor,
                                code, &exponent, wanted),
                         5);
        assert_true(amount_words(language, minor, code, exponent, words));
        assert_string_equal(words, wanted);
        for (size_t i = 0; i < 5; i++)
            seen[i] += strcmp(language, languages[i]) == 0;
    }
    (void)fclose(file);
    for (size_t i = 0; i < 5; i++)
        assert_true(seen[i] >= LEAST);
}

static void test_asked_wrongly(void **state)
{
    char words[AMOUNT_WORDS_MAX] = "x";
    (void)state;
    assert_false(amount_words("de", 1, "EUR", 2, words));
    assert_string_equal(words, "");
    assert_false(amount_words("en", 1, "EUR", 5, words));
    assert_false(amount_words("en", 1, "EUR", -1, words));
    /* other decimals than the currency has are told as they are */
    assert_true(amount_words("en", 1250, "VND", 2, words));
    assert_string_equal(words, "twelve dong and 50/100");
}

/* The longest there is has room. */
static void test_room(void **state)
{
    static const char *const languages[] = {"en", "vi", "zh", "fa", "el"};
    char words[AMOUNT_WORDS_MAX];
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(amount_words(languages[i], INT64_MIN, "GBP", 2, words));
        assert_true(strlen(words) < AMOUNT_WORDS_MAX / 2);
        assert_true(amount_words(languages[i], -7777777777777777777, "USD", 2, words));
        assert_true(strlen(words) < AMOUNT_WORDS_MAX / 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_asked_wrongly),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
