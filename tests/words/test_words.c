#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "words/words.h"

enum { FIELDS = 4, LINE_MAX_SIZE = 1024 };

/* ---- the table that screens read too ---- */

/* "a=1;b=2" */
static bool fact(void *context, const char *name, char *out, size_t capacity)
{
    size_t size = strlen(name);
    for (const char *at = context; at != NULL && *at != '\0'; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, name, size) != 0 || at[size] != '=')
            continue;
        (void)snprintf(out, capacity, "%.*s", (int)strcspn(at + size + 1, ";"), at + size + 1);
        return true;
    }
    return false;
}

static const char *pattern_of(enum language language, char *message, const char *facts)
{
    char *many = strstr(message, " /// ");
    if (many == NULL)
        return words_in(language, message);
    *many = '\0';
    return words_many(language, message, many + 5, strtoull(strchr(facts, '=') + 1, NULL, 10));
}

static void the_table_is_written_as_on_screens(void **state)
{
    (void)state;
    char line[LINE_MAX_SIZE];
    unsigned count = 0;
    FILE *file = fopen(TEFTER_CASES, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *field[FIELDS] = {line};
        char out[LINE_MAX_SIZE];
        enum language language;
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 1; i < FIELDS; i++) {
            field[i] = strchr(field[i - 1], '\t');
            assert_non_null(field[i]);
            *field[i]++ = '\0';
        }
        assert_true(language_of(field[0], &language));
        const char *pattern = pattern_of(language, field[1], field[2]);
        size_t size = words_write(pattern, fact, field[2], out, sizeof(out));
        assert_string_equal(out, field[3]);
        assert_int_equal(size, strlen(out));
        count++;
    }
    (void)fclose(file);
    assert_true(count > 15);
}

/* ---- languages ---- */

static void a_language_is_known_by_its_code(void **state)
{
    (void)state;
    enum language language = LANGUAGE_ENGLISH;
    assert_true(language_of("vi", &language) && language == LANGUAGE_VIETNAMESE);
    assert_true(language_of("el_GR.UTF-8", &language) && language == LANGUAGE_GREEK);
    assert_true(language_of("FA-ir", &language) && language == LANGUAGE_PERSIAN);
    static const char *const wrong[] = {"", "v", "vie", "de", "C", "english"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(language_of(wrong[i], &language));
    for (int i = 0; i < LANGUAGES; i++) {
        assert_true(language_of(language_code((enum language)i), &language));
        assert_int_equal(language, i);
    }
}

static void every_language_has_words_of_its_own(void **state)
{
    (void)state;
    for (int i = LANGUAGE_VIETNAMESE; i < LANGUAGES; i++) {
        assert_string_not_equal(words_in((enum language)i, "manager"), "manager");
        assert_string_not_equal(words_many((enum language)i, "{count} day", "{count} days", 3),
                                "{count} days");
    }
    assert_string_equal(words_in(LANGUAGE_ENGLISH, "manager"), "manager");
}

/* ---- sentences ---- */

static void facts_are_told_one_by_one(void **state)
{
    (void)state;
    char out[64];
    (void)words_say(out, sizeof(out), LANGUAGE_GREEK, "{list} or {last}", "list", "α", "last", "β",
                    NULL);
    assert_string_equal(out, "α ή β");
    (void)words_say(out, sizeof(out), LANGUAGE_ENGLISH, "a|, {b}|", "b", NULL, NULL);
    assert_string_equal(out, "a");
}

static void a_sentence_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    char out[40];
    for (size_t capacity = 1; capacity < sizeof(out); capacity++) {
        memset(out, 'x', sizeof(out));
        size_t size = words_say(out, capacity, LANGUAGE_PERSIAN, "this sale is {amount}", "amount",
                                "中中", NULL);
        assert_true(size < capacity);
        assert_int_equal(strlen(out), size);
        assert_true(text_valid(out, size));
    }
    assert_int_equal(words_say(out, 0, LANGUAGE_ENGLISH, "a", NULL), 0);
}

static void a_broken_pattern_is_only_left_out(void **state)
{
    (void)state;
    char out[64];
    char name[400] = "a|{";
    memset(name + 3, 'n', sizeof(name) - 4);
    (void)words_say(out, sizeof(out), LANGUAGE_ENGLISH, name, NULL);
    assert_string_equal(out, "a");
    (void)words_say(out, sizeof(out), LANGUAGE_ENGLISH, "a|{b|c", "b", "1", NULL);
    assert_string_equal(out, "ac");
}

static void a_sentence_begins_with_a_large_letter(void **state)
{
    (void)state;
    static const char *const known[][2] = {{"pay", "Pay"},
                                           {"έγκριση", "Έγκριση"},
                                           {"ζητήστε", "Ζητήστε"},
                                           {"đảo", "Đảo"},
                                           {"账", "账"},
                                           {"پول", "پول"},
                                           {"", ""},
                                           {"7", "7"}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%s", known[i][0]);
        assert_int_equal(words_begin(text), strlen(known[i][1]));
        assert_string_equal(text, known[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_written_as_on_screens),
        cmocka_unit_test(a_language_is_known_by_its_code),
        cmocka_unit_test(every_language_has_words_of_its_own),
        cmocka_unit_test(facts_are_told_one_by_one),
        cmocka_unit_test(a_sentence_is_cut_at_a_whole_character),
        cmocka_unit_test(a_broken_pattern_is_only_left_out),
        cmocka_unit_test(a_sentence_begins_with_a_large_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
