/*
 * What is left of a process's rights once it is shut in. The importer reads what it was given, and
 * makes memory; files, sockets and other programs are refused, or end it. The page and the notifier
 * keep what they say, and nothing else.
 */
#include "importd/importd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* In a process of its own: the exit code, or 1000 and the signal. */
static int shut_in(const struct sandbox_options *rights, int (*act)(void))
{
    int status = 0;
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (strstr(sandbox_enter(rights), "seccomp") == NULL)
            _exit(99);
        _exit(act());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int is_refused(int made)
{
    return made < 0 && (errno == EPERM || errno == EACCES) ? 0 : 1;
}

static int open_file(void)
{
    return is_refused(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int make_file(void)
{
    return is_refused(open("/tmp/tefter-importer-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void *none(void *context)
{
    return context;
}

static int look_at_path(void)
{
    struct stat about;
    return is_refused(stat("/etc/passwd", &about));
}

static int open_local_socket(void)
{
    return is_refused(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int open_socket(void)
{
    return is_refused(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int fork_once(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return is_refused((int)child);
}

static int make_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, none, NULL) == 0 ? pthread_join(thread, NULL) : 2;
}

static int take_memory_to_run(void)
{
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? 0 : 1;
}

static int run_program(void)
{
    char *const words[] = {"true", NULL};
    (void)execv("/bin/true", words);
    return 1;
}

/* What it lives by. */
static int work(void)
{
    char letter = 'a';
    int ends[2];
    int file = memfd_create("test", MFD_CLOEXEC);
    if (file < 0 || pwrite(file, &letter, 1, 0) != 1 || pipe2(ends, O_CLOEXEC) != 0)
        return 1;
    pid_t child = fork(); /* a workbook is read in a process of its own */
    if (child == 0)
        _exit(write(ends[1], &letter, 1) == 1 && open_file() == 0 ? 0 : 1);
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 &&
                   read(ends[0], &letter, 1) == 1
               ? 0
               : 1;
}

static void test_it_does_its_work(void **state)
{
    (void)state;
    assert_int_equal(shut_in(&importd_rights, work), 0);
}

static void test_no_file(void **state)
{
    (void)state;
    assert_int_equal(shut_in(&importd_rights, open_file), 0);
    assert_int_equal(shut_in(&importd_rights, make_file), 0);
    assert_int_equal(shut_in(&importd_rights, look_at_path), 0);
}

static void test_no_socket(void **state)
{
    (void)state;
    assert_int_equal(shut_in(&importd_rights, open_socket), 0);
    assert_int_equal(shut_in(&importd_rights, open_local_socket), 0);
}

static void test_no_program(void **state)
{
    (void)state;
    assert_int_equal(shut_in(&importd_rights, take_memory_to_run), 0);
    assert_int_equal(shut_in(&importd_rights, run_program), 1000 + SIGSYS);
}

enum { DONE = 1 }; /* what an act that was not refused comes to */

static void test_nothing_is_kept_that_is_not_named(void **state)
{
    static const struct sandbox_options nothing = {.forks = false};
    (void)state;
    assert_int_equal(shut_in(&nothing, open_file), 0);
    assert_int_equal(shut_in(&nothing, look_at_path), 0);
    assert_int_equal(shut_in(&nothing, open_socket), 0);
    assert_int_equal(shut_in(&nothing, open_local_socket), 0);
    assert_int_equal(shut_in(&nothing, fork_once), 0);
    assert_int_equal(shut_in(&nothing, make_thread), 2);
    assert_int_equal(shut_in(&nothing, run_program), 1000 + SIGSYS);
}

static void test_the_page_keeps_its_certificate_and_local_sockets(void **state)
{
    static const struct sandbox_options page = {.files = {"/etc/passwd"}, .local_sockets = true};
    (void)state;
    assert_int_equal(shut_in(&page, open_file), DONE);
    assert_int_equal(shut_in(&page, make_file), 0);
    assert_int_equal(shut_in(&page, open_local_socket), DONE);
    assert_int_equal(shut_in(&page, open_socket), 0);
    assert_int_equal(shut_in(&page, fork_once), 0);
    assert_int_equal(shut_in(&page, take_memory_to_run), 0);
    assert_int_equal(shut_in(&page, run_program), 1000 + SIGSYS);
}

static void test_the_notifier_calls_out(void **state)
{
    static const struct sandbox_options notifier = {
        .files = {"/etc/passwd"}, .local_sockets = true, .calls_out = true};
    (void)state;
    assert_int_equal(shut_in(&notifier, open_socket), DONE);
    assert_int_equal(shut_in(&notifier, make_thread), 0);
    assert_int_equal(shut_in(&notifier, make_file), 0);
    assert_int_equal(shut_in(&notifier, fork_once), 0);
    assert_int_equal(shut_in(&notifier, run_program), 1000 + SIGSYS);
}

static void test_rights_add_up(void **state)
{
    static const struct sandbox_options all = {
        .files = {"/etc/passwd"}, .local_sockets = true, .calls_out = true, .forks = true};
    (void)state;
    assert_int_equal(shut_in(&all, open_file), DONE);
    assert_int_equal(shut_in(&all, open_socket), DONE);
    assert_int_equal(shut_in(&all, open_local_socket), DONE);
    assert_int_equal(shut_in(&all, fork_once), DONE);
    assert_int_equal(shut_in(&all, make_thread), 0);
    assert_int_equal(shut_in(&all, make_file), 0);
    assert_int_equal(shut_in(&all, run_program), 1000 + SIGSYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_does_its_work),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_no_socket),
        cmocka_unit_test(test_no_program),
        cmocka_unit_test(test_nothing_is_kept_that_is_not_named),
        cmocka_unit_test(test_the_page_keeps_its_certificate_and_local_sockets),
        cmocka_unit_test(test_the_notifier_calls_out),
        cmocka_unit_test(test_rights_add_up),
    };
    return SANITIZED ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
