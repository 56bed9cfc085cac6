#include "base/check.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

enum { SAID_MAX = 1 << 20, TIME_SIZE = 29, THREADS = 4, LINES_EACH = 500 };

static char said[SAID_MAX];
static FILE *heard;
static int real_stderr;

static void listen_begin(void)
{
    heard = tmpfile();
    assert_non_null(heard);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(heard), STDERR_FILENO);
}

/* What was written to standard error since listen_begin. */
static const char *listen_end(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    (void)fseek(heard, 0, SEEK_SET);
    size_t size = fread(said, 1, SAID_MAX - 1, heard);
    said[size] = '\0';
    (void)fclose(heard);
    return said;
}

static bool time_like(const char *text)
{
    static const char shape[] = "time=0000-00-00T00:00:00.000Z";
    for (size_t i = 0; i < TIME_SIZE; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i])
            return false;
    }
    return true;
}

/* One line with one value; returns what stands behind the time. */
static const char *said_of(const char *value)
{
    listen_begin();
    log_line(LOG_INFO, "read", "v", value, NULL);
    const char *line = listen_end();
    assert_true(time_like(line));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    return line + TIME_SIZE;
}

static void a_line_has_time_level_event_and_pairs(void **state)
{
    (void)state;
    listen_begin();
    log_line(LOG_NOTICE, "listening", "address", "0.0.0.0:7400", "terminals", log_value("%d", 12),
             NULL);
    const char *line = listen_end();
    assert_true(time_like(line));
    assert_string_equal(line + TIME_SIZE, " level=notice program=tefterd event=listening "
                                          "address=0.0.0.0:7400 terminals=12\n");
}

static void values_are_quoted_when_needed(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        const char *written;
    } rows[] = {
        {"plain-1.2:3/4", "plain-1.2:3/4"},
        {"", "\"\""},
        {NULL, "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"yes\"", "\"say \\\"yes\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"Nguyễn", "\"Nguyễn\""},
        {"x\nlevel=error event=forged", "\"x\\nlevel=error event=forged\""},
        {"tab\there", "\"tab\\there\""},
        {"bell\a", "\"bell\\x07\""},
        {"\x1b[2J", "\"\\x1b[2J\""},
        {"\xff\xc3", "\"\\xff\\xc3\""},
        {"a\xE2\x80\xAE"
         "b",
         "\"a\\xe2\\x80\\xaeb\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof expected, " level=info program=tefterd event=read v=%s\n",
                       rows[i].written);
        assert_string_equal(said_of(rows[i].value), expected);
    }
}

static void a_quiet_program_says_less(void **state)
{
    (void)state;
    log_setup("tefterd", LOG_WARNING);
    listen_begin();
    log_line(LOG_NOTICE, "notice", NULL);
    log_line(LOG_WARNING, "warning", NULL);
    log_line(LOG_ERROR, "error", NULL);
    const char *lines = listen_end();
    assert_null(strstr(lines, "event=notice"));
    assert_non_null(strstr(lines, "level=warning program=tefterd event=warning\n"));
    assert_non_null(strstr(lines, "level=error program=tefterd event=error\n"));
    log_setup("tefterd", LOG_INFO);
}

static void the_journal_gets_priorities(void **state)
{
    (void)state;
    static const char *const prefixes[] = {
        "<3>time=", "<4>time=", "<5>time=", "<6>time=", "<7>time="};
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_setup("tefterd", LOG_DEBUG);
    for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        listen_begin();
        log_line((enum log_level)level, "x", NULL);
        assert_memory_equal(listen_end(), prefixes[level], strlen(prefixes[level]));
    }
    unsetenv("JOURNAL_STREAM");
    log_setup("tefterd", LOG_INFO);
}

static void a_long_line_is_cut_and_says_so(void **state)
{
    (void)state;
    static char value[6000];
    for (size_t size = 1; size<sizeof value - 2; size += size> 3900 && size < 4100 ? 1 : 97) {
        memset(value, 'y', size);
        memcpy(value + size, " z", 3);
        const char *line = said_of(value);
        size_t length = strlen(said);
        assert_true(length <= 4096);
        assert_true(text_valid(said, length));
        bool whole = strstr(line, " z\"\n") != NULL;
        assert_true(whole || strstr(line, "\" cut=yes\n") != NULL);
        assert_true(whole || length > 4000);
    }
    listen_begin();
    log_line(LOG_INFO, "read", "a", value, "b", value, "c", "last", NULL);
    assert_null(strstr(listen_end(), "last"));
}

/* A line whose quoted values end just at the edge stays inside its memory. */
static void quotes_at_the_edge_fit(void **state)
{
    (void)state;
    static char value[5000];
    for (size_t size = 3500; size < 4200; size++) {
        memset(value, ' ', size);
        value[size] = '\0';
        listen_begin();
        log_line(LOG_INFO, "read", "a", value, "b", " ", "c", "", "d", "d", NULL);
        assert_true(strlen(listen_end()) <= 4096);
    }
}

static void errno_is_left_alone(void **state)
{
    (void)state;
    listen_begin();
    errno = ENOSPC;
    log_line(LOG_INFO, "x", NULL);
    assert_int_equal(errno, ENOSPC);
    listen_end();
}

static void *talk(void *name)
{
    for (int i = 0; i < LINES_EACH; i++)
        log_line(LOG_INFO, "said", "who", name, "text", "one two three", "n", log_value("%d", i),
                 NULL);
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    static char names[THREADS][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS];
    int next[THREADS] = {0};
    listen_begin();
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk, names[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    char *rest = NULL;
    listen_end();
    for (char *line = strtok_r(said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char who = 0;
        int n = -1;
        assert_true(time_like(line));
        assert_int_equal(sscanf(line + TIME_SIZE,
                                " level=info program=tefterd event=said who=%c "
                                "text=\"one two three\" n=%d",
                                &who, &n),
                         2);
        assert_int_equal(n, next[who - 'a']++);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES_EACH);
}

static void eight_values_live_at_once(void **state)
{
    (void)state;
    const char *values[8];
    for (int i = 0; i < 8; i++)
        values[i] = log_value("value %d", i);
    for (int i = 0; i < 8; i++) {
        char expected[16];
        (void)snprintf(expected, sizeof expected, "value %d", i);
        assert_string_equal(values[i], expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_event_and_pairs),
        cmocka_unit_test(values_are_quoted_when_needed),
        cmocka_unit_test(a_quiet_program_says_less),
        cmocka_unit_test(the_journal_gets_priorities),
        cmocka_unit_test(a_long_line_is_cut_and_says_so),
        cmocka_unit_test(quotes_at_the_edge_fit),
        cmocka_unit_test(errno_is_left_alone),
        cmocka_unit_test(lines_of_threads_do_not_mix),
        cmocka_unit_test(eight_values_live_at_once),
    };
    unsetenv("JOURNAL_STREAM");
    log_setup("tefterd", LOG_INFO);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
