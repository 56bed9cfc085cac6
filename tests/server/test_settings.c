#include "base/check.h"

#include "datadir/files.h"
#include "settings/config.h"
#include "settings/settings.h"

#include <stdio.h>
#include <unistd.h>

static int nothing(const struct settings *settings)
{
    (void)settings;
    return 0;
}

static const struct command serve = {
    "serve", nothing, "ledger listen config map min-free distrust metrics slow-ms", NULL, "serve"};
static const struct command all = {"all", nothing,
                                   "ledger config map row-cache min-free checkpoint segment every "
                                   "keep",
                                   NULL, "all"};
static const struct command skip = {"skip", nothing, "ledger reason host", "SEQ", "skip"};

static int read_words(const struct command *command, struct settings *settings,
                      const char *const *words)
{
    char *argv[16] = {(char *)(uintptr_t) "tefterd"};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    return settings_read(settings, command, argc, argv);
}

#define READ(command, settings, ...)                                                               \
    read_words(&(command), settings, (const char *const[]){__VA_ARGS__, NULL})

static void numbers_with_units(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(settings_bytes("4096", &value) && value == 4096);
    assert_true(settings_bytes("64G", &value) && value == UINT64_C(64) << 30);
    assert_true(settings_span("1h", &value) && value == 3600);
    assert_true(settings_span("90", &value) && value == 90);
    const char *const wrong[] = {
        "", "G", "-1", "1GB", "1x", " 1", "99999999999999999999", "18446744073709551615T"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(settings_bytes(wrong[i], &value));
}

static void good_words(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--map=1G", "--distrust"), 0);
    assert_string_equal(settings.ledger, "/l");
    assert_int_equal(settings.map_bytes, 1 << 30);
    assert_true(settings.distrust);
    assert_string_equal(settings.listen, "127.0.0.1:7420");
    assert_int_equal(READ(skip, &settings, "--ledger", "/l", "17", "--host", "a", "--host", "b"),
                     0);
    assert_string_equal(settings.word, "17");
    assert_int_equal(settings.host_count, 2);
    assert_int_equal(READ(skip, &settings, "--help"), 0);
    assert_true(settings.help);
}

static void wrong_words_are_two(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(READ(serve, &settings, "--ledger"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--listen", "x"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--company", "x"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--map", "big"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "word"), EXIT_USE);
    assert_int_equal(READ(skip, &settings, "--ledger", "/l"), EXIT_USE);
    assert_int_equal(READ(skip, &settings, "--ledger", "/l", "1", "2"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger", ""), EXIT_USE);
}

static int read_file(struct settings *settings, const char *text)
{
    static char path[] = "/tmp/tefter-settings-test.conf";
    assert_true(files_write(path, slice_text(text), 0600, NULL));
    int code = READ(serve, settings, "-c", path, "--listen", "1.2.3.4:5");
    unlink(path);
    return code;
}

static void a_file_fills_what_is_open(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(read_file(&settings, "# ours\nledger = \"/f\"\nlisten = \"9.9.9.9:9\"\n"
                                          "map = \"2G\"\nbackup_to = /b\nbackup_every = 1h\n"
                                          "backup_keep = 7\n"),
                     0);
    assert_string_equal(settings.ledger, "/f");
    assert_string_equal(settings.listen, "1.2.3.4:5");
    assert_int_equal(settings.map_bytes, UINT64_C(2) << 30);
    assert_string_equal(settings.to, "/b");
    assert_int_equal(settings.every_s, 3600);
    assert_int_equal(settings.keep, 7);
    assert_null(settings.metrics);
}

/* 0 is a word of its own: the usual is taken only when nothing is said. */
static void slow_is_at_most_a_day_or_the_usual(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(READ(serve, &settings, "--ledger", "/l"), 0);
    assert_int_equal(settings.slow_ms, 500);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--slow-ms", "0"), 0);
    assert_int_equal(settings.slow_ms, 0);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--slow-ms", "9999999999999999999"),
                     EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger", "/l", "--slow-ms", "1s"), EXIT_USE);
    const char *file = "ledger = \"/f\"\nslow_ms = 20\nmetrics = \"127.0.0.1:9464\"\n";
    assert_int_equal(read_file(&settings, file), 0);
    assert_int_equal(settings.slow_ms, 20);
    assert_string_equal(settings.metrics, "127.0.0.1:9464");
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\nslow_ms = 0\n"), 0);
    assert_int_equal(settings.slow_ms, 0);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\nslow_ms = soon\n"), EXIT_USE);
}

/* Every number, typed and in a file: a 0 means what it says, or is refused with the bounds. */
static void a_zero_means_what_it_says_or_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"map", "checkpoint", "segment", "every", "keep"};
    static const char *const keys[] = {"map", "checkpoint", "segment", "backup_every",
                                       "backup_keep"};
    struct settings settings;
    char option[40], line[80];
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        snprintf(option, sizeof option, "--%s", refused[i]);
        assert_int_equal(READ(all, &settings, "--ledger", "/l", option, "0"), EXIT_USE);
        assert_int_equal(READ(all, &settings, "--ledger", "/l", option, "0s"), EXIT_USE);
        snprintf(line, sizeof line, "ledger = \"/f\"\n%s = \"0\"\n", keys[i]);
        assert_int_equal(read_file(&settings, line), EXIT_USE);
    }
    assert_int_equal(READ(all, &settings, "--ledger", "/l"), 0);
    assert_true(settings.min_free_bytes == SETTINGS_UNSET);
    assert_int_equal(settings.every_s, 0);
    assert_int_equal(READ(all, &settings, "--ledger", "/l", "--min-free", "0", "--row-cache", "0"),
                     0);
    assert_int_equal(settings.min_free_bytes, 0);
    assert_int_equal(settings.row_cache_bytes, 0);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\nmin_free = 0\nrow_cache = 0\n"), 0);
    assert_int_equal(settings.min_free_bytes, 0);
    assert_int_equal(settings.row_cache_bytes, 0);
    assert_int_equal(READ(all, &settings, "--ledger", "/l", "--map", "1K"), EXIT_USE);
    assert_int_equal(READ(all, &settings, "--ledger", "/l", "--map", "65T"), EXIT_USE);
}

static void an_option_is_no_value(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(READ(serve, &settings, "--ledger", "--listen", "1.2.3.4:5"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--listen", "-c", "--ledger", "/l"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "-l", "--distrust"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "--ledger=--listen"), 0); /* who means it says so */
    assert_string_equal(settings.ledger, "--listen");
    assert_int_equal(READ(skip, &settings, "--ledger", "/l", "--host", "-05:00", "17"), 0);
}

static void a_wrong_file_is_two(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\ncolour = red\n"), EXIT_USE);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\nmap = huge\n"), EXIT_USE);
    assert_int_equal(read_file(&settings, "ledger = {\n"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "-c", "/nowhere/x.conf"), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "-c", "."), EXIT_USE);
    assert_int_equal(READ(serve, &settings, "-c", "/dev/zero"), EXIT_USE);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\n/* old\nmap = 2G\n"), EXIT_USE);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\nmap = 2G /*"), EXIT_USE);
    assert_int_equal(read_file(&settings, "ledger = \"/f\"\n/* old */ map = 2G # /*"), 0);
    assert_int_equal(settings.map_bytes, UINT64_C(2) << 30);
}

/* Reads a file of that text as a whole. */
static const struct config_faults *faults_of(const char *text)
{
    static struct config_faults faults;
    static char path[] = "/tmp/tefter-settings-faults.conf";
    struct settings settings;
    assert_int_equal(READ(serve, &settings, "--help"), 0); /* nothing is said, nor usual yet */
    assert_true(files_write(path, slice_text(text), 0600, NULL));
    (void)config_read(path, &settings, &faults);
    unlink(path);
    return &faults;
}

static void assert_fault(const struct config_faults *faults, size_t i, int line, const char *words)
{
    assert_true(i < faults->count);
    assert_int_equal(faults->list[i].line, line);
    if (!strstr(faults->list[i].text, words))
        fail_msg("'%s' is not in: %s", words, faults->list[i].text);
}

/* Whoever mends a file by hand wants all of it at once: line, key, what is wrong, what is right. */
static void every_fault_of_a_file_is_named_with_its_line(void **state)
{
    (void)state;
    const struct config_faults *faults =
        faults_of("# ours\nlisen = \"0.0.0.0:7420\"\nmap = \"huge\"\n\ndistrust = maybe\n"
                  "backup-to = /b\nsegment = \"1K\"\n");
    assert_fault(faults, 0, 2, "there is no setting lisen. Did you mean listen?");
    assert_fault(faults, 1, 3, "map cannot be 'huge': it wants BYTES from 64M to 64T, as 64G");
    assert_fault(faults, 2, 5, "distrust cannot be 'maybe': it wants true or false");
    assert_fault(faults, 3, 6, "there is no setting backup-to. Did you mean backup_to?");
    assert_fault(faults, 4, 7, "segment cannot be '1K'");
    assert_int_equal(faults->count, 5);
    faults = faults_of("lege = /f\nbackup_tu = /b\ncolour = red\nsegment = \"1K\"\n");
    assert_fault(faults, 0, 1, "no setting lege");
    assert_fault(faults, 1, 2, "Did you mean backup_to?");
    assert_fault(faults, 2, 3, "no setting colour. tefterd --example prints all there are");
    assert_fault(faults, 3, 4, "segment cannot be '1K': it wants BYTES from 16K to 1T");
    assert_int_equal(faults->count, 4);
    assert_fault(faults_of("ledger = \"/f\"\nlisten \"x\"\n"), 0, 2, "key = \"value\"");
    assert_fault(faults_of("backup_keep = \"-1\"\n"), 0, 1, "it wants N from 1, as 30");
    assert_fault(faults_of("map = \"1G\"\nbackup_keep = none\n"), 0, 2, "cannot be 'none'");
    assert_fault(faults_of("backup_keep = \"5\"\nbackup_keep = 6\n"), 0, 2, "stands in line 1");
    assert_int_equal(faults_of("ledger = \"/f\" # all that is needed\n")->count, 0);
    assert_int_equal(settings_line("ledger"), 1);
    assert_int_equal(settings_line("map"), 0);
    /* Remarks of every form, and what only looks like one. */
    faults = faults_of("# a\n\n// b\n/* c\n d */ map = \"1G\" # e\nledger = \"/f#//\" # f\n"
                       "backup_to = /b//c#g\n#\nlisen = 1\n");
    assert_fault(faults, 0, 9, "lisen");
    assert_int_equal(faults->count, 1);
    assert_int_equal(settings_line("map"), 5);
    assert_int_equal(settings_line("backup_to"), 7);
    /* More than are kept: the first ones. */
    char many[600];
    for (size_t i = 0; i < 20; i++)
        snprintf(many + 27 * i, sizeof many - 27 * i, "nothing_of_the_name_%c = 1\n\n",
                 (char)('a' + i));
    assert_in_range(faults_of(many)->count, 1, CONFIG_FAULTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_with_units),
        cmocka_unit_test(good_words),
        cmocka_unit_test(wrong_words_are_two),
        cmocka_unit_test(a_file_fills_what_is_open),
        cmocka_unit_test(a_zero_means_what_it_says_or_is_refused),
        cmocka_unit_test(an_option_is_no_value),
        cmocka_unit_test(slow_is_at_most_a_day_or_the_usual),
        cmocka_unit_test(a_wrong_file_is_two),
        cmocka_unit_test(every_fault_of_a_file_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
