#include "base/check.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"

static void a_failure_says_what_happened(void **state)
{
    (void)state;
    struct failure failure = {0};
    assert_false(fail(&failure, FAULT_USE, 0, "no such branch: %d", 7));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_int_equal(failure.os_error, 0);
    assert_string_equal(failure.text, "no such branch: 7");
}

static void the_systems_words_are_added(void **state)
{
    (void)state;
    struct failure failure = {0};
    fail(&failure, FAULT_IO, ENOENT, "cannot open %s", "ledger");
    assert_int_equal(failure.os_error, ENOENT);
    assert_string_equal(failure.text, "cannot open ledger: No such file or directory");
    struct failure again = {0};
    fail(&again, FAULT_IO, ENOENT, "open: %s", strerror(ENOENT));
    assert_string_equal(again.text, "open: No such file or directory"); /* once is enough */
}

static void the_first_failure_is_kept(void **state)
{
    (void)state;
    struct failure failure = {0};
    fail(&failure, FAULT_FULL, 0, "first");
    assert_false(fail(&failure, FAULT_BUG, EIO, "second"));
    assert_int_equal(failure.fault, FAULT_FULL);
    assert_int_equal(failure.os_error, 0);
    assert_string_equal(failure.text, "first");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    assert_false(fail(NULL, FAULT_IO, EIO, "nobody listens"));
}

static void a_long_text_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    char name[2 * FAILURE_TEXT_MAX];
    for (size_t shift = 0; shift < 4; shift++) {
        size_t size = shift;
        memset(name, 'x', shift);
        for (; size + 4 < sizeof name; size += 3)
            memcpy(name + size, "ế", 3);
        name[size] = '\0';
        struct failure failure = {0};
        fail(&failure, FAULT_IO, EIO, "%s", name);
        size_t length = strlen(failure.text);
        assert_in_range(length, FAILURE_TEXT_MAX - 5, FAILURE_TEXT_MAX - 1);
        assert_true(text_line_valid(failure.text, length));
    }
}

static void every_fault_has_its_word(void **state)
{
    (void)state;
    for (int a = FAULT_NONE; a <= FAULT_BUG; a++) {
        assert_string_not_equal(fault_word((enum fault)a), "unknown");
        for (int b = FAULT_NONE; b < a; b++)
            assert_string_not_equal(fault_word((enum fault)a), fault_word((enum fault)b));
    }
    assert_string_equal(fault_word(FAULT_IO), "io");
    assert_string_equal(fault_word(FAULT_DAMAGED), "damaged");
}

/* Runs `need(balance == 0)` in a child; returns what it said and how it ended. */
static int ended_by_need(int balance, char *said, size_t capacity)
{
    int ends[2];
    int status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        need(balance == 0);
        _exit(0);
    }
    close(ends[1]);
    ssize_t size = read(ends[0], said, capacity - 1);
    said[size > 0 ? size : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void what_must_hold_stops_the_program(void **state)
{
    (void)state;
    char said[512];
    int status = ended_by_need(1, said, sizeof said);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "test_fault.c:"));
    assert_non_null(strstr(said, "balance == 0"));
    status = ended_by_need(0, said, sizeof said);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_says_what_happened),
        cmocka_unit_test(the_systems_words_are_added),
        cmocka_unit_test(the_first_failure_is_kept),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
        cmocka_unit_test(every_fault_has_its_word),
        cmocka_unit_test(what_must_hold_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
