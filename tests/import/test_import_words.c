#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "import/field.h"
#include "import/import.h"

enum { WORDS_MAX = 32 };

/* Words parted by bars, for values hold spaces. */
static bool read_words(const char *words, struct import_settings *settings, struct failure *failure)
{
    static char text[512];
    char *argv[WORDS_MAX + 1] = {(char *)(uintptr_t) "import"};
    int argc = 1;
    (void)snprintf(text, sizeof text, "%s", words);
    for (char *at = text, *word; argc < WORDS_MAX && (word = strsep(&at, "|")) != NULL;)
        argv[argc++] = word;
    *failure = (struct failure){FAULT_NONE, 0, ""};
    return import_settings_read(argc, argv, settings, failure);
}

static void good_words(void **state)
{
    (void)state;
    struct import_settings settings;
    struct failure failure;
    assert_true(read_words("invoices|f.csv", &settings, &failure));
    assert_int_equal(settings.kind, IMPORT_INVOICES);
    assert_string_equal(settings.file, "f.csv");
    assert_int_equal(settings.term_days, IMPORT_TERM_NONE);
    assert_false(settings.dry_run || settings.no_create || settings.yes);
    assert_true(read_words("--term-days|30|payments|--set|kind=cash|-|--match=oldest|--dates|dmy|"
                           "--decimal|comma|--group|none|--delimiter|tab|--no-create|--source|x|"
                           "--dry-run|--set|a=b|--currency=VND",
                           &settings, &failure));
    assert_int_equal(settings.kind, IMPORT_PAYMENTS);
    assert_string_equal(settings.file, "-");
    assert_int_equal(settings.term_days, 30);
    assert_int_equal(settings.set_count, 2);
    assert_true(settings.match_oldest && settings.no_create && settings.dry_run);
    assert_int_equal(settings.dates, DATES_DMY);
    assert_int_equal(settings.decimal, ',');
    assert_int_equal(settings.group, 'n');
    assert_int_equal(settings.delimiter, '\t');
    assert_string_equal(settings.currency, "VND");
    assert_string_equal(settings.source, "x");
    assert_true(read_words("invoices|f|--no-create|--create-missing", &settings, &failure));
    assert_false(settings.no_create);
}

static void bad_words(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        const char *wrong;
    } table[] = {
        {"invoices", "say what to import and the file"},
        {"invoices|a|b", "say what to import and the file"},
        {"cheques|f", "not \"cheques\""},
        {"invoices|f|--dates|ydm", "--dates is ymd, dmy or mdy"},
        {"invoices|f|--decimal|;", "--decimal cannot be \";\""},
        {"invoices|f|--delimiter|x", "--delimiter cannot be \"x\""},
        {"invoices|f|--group|abc", "--group cannot be \"abc\""},
        {"invoices|f|--term-days|thirty", "--term-days is 0 to 3650"},
        {"invoices|f|--term-days|-1", "--term-days is 0 to 3650"},
        {"invoices|f|--match|newest", "--match is oldest"},
        {"invoices|f|--wipe", "no flag is called --wipe"},
        {"invoices|f|--map", "--map wants a value"},
        {"invoices|f|-x", "no flag is called"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct import_settings settings;
        struct failure failure;
        assert_false(read_words(table[i].words, &settings, &failure));
        assert_int_equal(failure.fault, FAULT_USE);
        if (strstr(failure.text, table[i].wrong) == NULL)
            fail_msg("%s: %s", table[i].words, failure.text);
    }
}

/* What --map may name stands in the help. */
static void the_help_names_every_field(void **state)
{
    (void)state;
    assert_string_equal(import_options[0].name, "--map");
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        char word[40];
        (void)snprintf(word, sizeof word, " %s", field_about(i)->name);
        const char *at = strstr(import_options[0].help, word);
        while (at != NULL && at[strlen(word)] != '\0' && strchr(" ;", at[strlen(word)]) == NULL)
            at = strstr(at + 1, word);
        if (at == NULL)
            fail_msg("the help of --map does not name %s", field_about(i)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_help_names_every_field),
        cmocka_unit_test(good_words),
        cmocka_unit_test(bad_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
