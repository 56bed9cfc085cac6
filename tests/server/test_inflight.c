/*
 * What is on record of an entry when a process ends in the middle of it, whichever way. Each life
 * is a process of its own.
 */
#include "base/check.h"

#include "datadir/files.h"
#include "datadir/inflight.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char folder[64];
    char page[80];
};

static int setup(void **state)
{
    static struct place place;
    snprintf(place.folder, sizeof place.folder, "/tmp/tefter-inflight-XXXXXX");
    if (!mkdtemp(place.folder))
        return 1;
    snprintf(place.page, sizeof place.page, "%s/inflight", place.folder);
    *state = &place;
    return 0;
}

static int teardown(void **state)
{
    return !files_remove_tree(((struct place *)*state)->folder, NULL);
}

/* Opens the page in a process and does there what is wanted; how that ended. */
static int life(const struct place *place, void (*does)(struct inflight *inflight))
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct inflight *inflight;
        signal(SIGSEGV, SIG_DFL); /* cmocka's are the test's own */
        signal(SIGBUS, SIG_DFL);
        signal(SIGFPE, SIG_DFL);
        signal(SIGILL, SIG_DFL);
        if (!inflight_open(place->page, &inflight, NULL))
            _exit(2);
        does(inflight);
        inflight_close(inflight);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void nothing(struct inflight *inflight)
{
    (void)inflight;
}

/* What the next start finds. */
static struct inflight_notes next_start(const struct place *place)
{
    struct inflight_notes notes;
    assert_int_equal(life(place, nothing), 0);
    assert_true(inflight_read(place->page, &notes));
    assert_int_equal(notes.applying, 0);
    return notes;
}

static void may_not_try_7(struct inflight *inflight)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!inflight_fatal(inflight, 7, &failure) || failure.text[0] == '\0' ||
        inflight_fatal(inflight, 8, NULL))
        _exit(1);
}

static void may_try_7(struct inflight *inflight)
{
    if (inflight_fatal(inflight, 7, NULL))
        _exit(1);
}

/* ---- ends ---- */

static void applies_7(struct inflight *inflight)
{
    inflight_begin(inflight, 7);
    inflight_end(inflight, 7, NULL);
}

static void asserts_in_7(struct inflight *inflight)
{
    inflight_begin(inflight, 7);
    need(inflight == NULL);
}

static void overflows_in_7(struct inflight *inflight)
{
    inflight_begin(inflight, 7);
    (void)raise(SIGFPE);
    _exit(1);
}

static void killed_in_7(struct inflight *inflight)
{
    inflight_begin(inflight, 7);
    (void)kill(getpid(), SIGKILL);
    _exit(1);
}

/* As a watchdog does. */
static void aborted_from_outside_in_7(struct inflight *inflight)
{
    pid_t self = getpid();
    inflight_begin(inflight, 7);
    if (fork() == 0) {
        (void)kill(self, SIGABRT);
        _exit(0);
    }
    for (;;)
        (void)pause();
}

static void *asserts(void *context)
{
    need(context == NULL);
    return NULL;
}

static void another_thread_asserts_in_7(struct inflight *inflight)
{
    pthread_t thread;
    inflight_begin(inflight, 7);
    if (pthread_create(&thread, NULL, asserts, inflight) == 0)
        (void)pthread_join(thread, NULL);
    _exit(1);
}

static void meets_a_fault_in_7(struct inflight *inflight)
{
    struct failure failure = {.fault = FAULT_DAMAGED, .text = "a record is damaged"};
    inflight_begin(inflight, 7);
    inflight_end(inflight, 7, &failure);
}

static void finds_the_disk_full_in_7(struct inflight *inflight)
{
    struct failure failure = {.fault = FAULT_FULL, .text = "the disk is full"};
    inflight_begin(inflight, 7);
    inflight_end(inflight, 7, &failure);
}

static void an_entry_that_was_applied_leaves_nothing(void **state)
{
    struct place *place = *state;
    assert_int_equal(life(place, applies_7), 0);
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
}

static void an_assertion_is_on_record_with_its_place(void **state)
{
    struct place *place = *state;
    assert_int_equal(WTERMSIG(life(place, asserts_in_7)), SIGABRT);
    for (int i = 0; i < 2; i++) {
        struct inflight_notes notes = next_start(place);
        assert_int_equal(notes.entry.number, 7);
        assert_int_equal(notes.entry.end, INFLIGHT_DIED);
        assert_non_null(strstr(notes.entry.where, "test_inflight.c:"));
        assert_non_null(strstr(notes.entry.where, "inflight == NULL"));
        assert_int_equal(life(place, may_not_try_7), 0);
    }
    assert_int_equal(life(place, applies_7), 0); /* who was told to try it anew */
    assert_int_equal(life(place, may_try_7), 0);
}

static void a_fatal_signal_is_on_record(void **state)
{
    struct place *place = *state;
    assert_int_equal(WTERMSIG(life(place, overflows_in_7)), SIGFPE);
    struct inflight_notes notes = next_start(place);
    assert_int_equal(notes.entry.end, INFLIGHT_DIED);
    assert_string_equal(notes.entry.where, "signal FPE");
}

static void one_end_without_a_word_is_no_verdict_two_are(void **state)
{
    struct place *place = *state;
    void (*const ends[])(struct inflight *) = {killed_in_7, aborted_from_outside_in_7,
                                               another_thread_asserts_in_7};
    for (size_t i = 0; i < 3; i++) {
        assert_int_not_equal(life(place, ends[i]), 0);
        struct inflight_notes notes = next_start(place);
        assert_int_equal(notes.entry.end, INFLIGHT_LEFT);
        assert_int_equal(notes.entry.times, 1);
        assert_int_equal(life(place, may_try_7), 0);
        assert_int_not_equal(life(place, ends[i]), 0);
        assert_int_equal(next_start(place).entry.times, 2);
        assert_int_equal(life(place, may_not_try_7), 0);
        assert_int_equal(life(place, applies_7), 0);
        assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
    }
}

static void killed_in_8(struct inflight *inflight)
{
    inflight_begin(inflight, 8);
    (void)kill(getpid(), SIGKILL);
}

static void two_ends_at_two_entries_are_no_verdict(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(WTERMSIG(life(place, killed_in_7)), SIGKILL);
        assert_int_equal(WTERMSIG(life(place, killed_in_8)), SIGKILL);
    }
    assert_int_equal(next_start(place).entry.times, 1);
    assert_int_equal(life(place, may_try_7), 0);
}

static void a_fault_is_noted_and_may_be_tried_again(void **state)
{
    struct place *place = *state;
    assert_int_equal(life(place, meets_a_fault_in_7), 0);
    struct inflight_notes notes = next_start(place);
    assert_int_equal(notes.entry.end, INFLIGHT_FAULTED);
    assert_string_equal(notes.entry.where, "a record is damaged");
    assert_int_equal(life(place, may_try_7), 0);
}

static void a_fault_of_the_disk_is_not_the_entrys(void **state)
{
    struct place *place = *state;
    assert_int_equal(life(place, finds_the_disk_full_in_7), 0);
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
}

/* ---- whose record it is ---- */

/* The boot stands behind the format and what is applied; the program within the note. */
enum { BOOT_AT = 16, PROGRAM_AT = 256 + 24 };

static void overwrite(const struct place *place, off_t at, const void *bytes, size_t size)
{
    int fd = open(place->page, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, at), size);
    close(fd);
}

static void another_program_begins_with_no_record(void **state)
{
    struct place *place = *state;
    assert_int_not_equal(life(place, asserts_in_7), 0);
    overwrite(place, PROGRAM_AT, "older", 5);
    assert_int_equal(life(place, may_try_7), 0);
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
}

static void a_power_cut_is_no_verdict(void **state)
{
    struct place *place = *state;
    assert_int_not_equal(life(place, killed_in_7), 0);
    assert_int_not_equal(life(place, killed_in_7), 0);
    overwrite(place, BOOT_AT, "another boot", 12);
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
    assert_int_not_equal(life(place, asserts_in_7), 0);
    overwrite(place, BOOT_AT, "another boot", 12);
    assert_int_equal(next_start(place).entry.end, INFLIGHT_DIED); /* told before it */
}

static void a_page_of_garbage_begins_anew(void **state)
{
    struct place *place = *state;
    struct inflight_notes notes;
    char garbage[4096];
    memset(garbage, 0xa5, sizeof garbage);
    assert_false(inflight_read(place->page, &notes));
    assert_int_equal(life(place, nothing), 0);
    overwrite(place, 0, garbage, sizeof garbage);
    assert_false(inflight_read(place->page, &notes));
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
    assert_int_equal(truncate(place->page, 100), 0);
    assert_false(inflight_read(place->page, &notes));
    assert_int_equal(next_start(place).entry.end, INFLIGHT_NONE);
}

/* ---- what is asked ---- */

static uint64_t asked;

static void asserts_in_a_query(struct inflight *inflight)
{
    death_doing(DEATH_QUERY, asked);
    need(inflight == NULL);
}

static void asserts_in_nothing(struct inflight *inflight)
{
    death_doing(DEATH_QUERY, 5);
    death_idle();
    need(inflight == NULL);
}

static void avoids_the_query(struct inflight *inflight)
{
    if (!inflight_avoids(inflight, DEATH_QUERY, asked) ||
        inflight_avoids(inflight, DEATH_TOPIC, asked))
        _exit(1);
}

static void queries_that_ended_the_program_are_avoided(void **state)
{
    struct place *place = *state;
    char what[INFLIGHT_TASK_MAX];
    assert_int_not_equal(life(place, asserts_in_nothing), 0);
    assert_int_equal(next_start(place).avoided[0].end, INFLIGHT_NONE);
    for (asked = 1; asked <= INFLIGHT_AVOIDED_MAX + 3; asked++) {
        for (int i = 0; i < 2; i++)
            assert_int_not_equal(life(place, asserts_in_a_query), 0);
        assert_int_equal(life(place, avoids_the_query), 0);
    }
    asked = INFLIGHT_AVOIDED_MAX;
    assert_int_equal(life(place, avoids_the_query), 0);
    struct inflight_notes notes = next_start(place);
    assert_int_equal(notes.entry.end, INFLIGHT_NONE);
    inflight_task(&notes.avoided[1], what);
    assert_string_equal(what, "query branches");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_that_was_applied_leaves_nothing),
        TEST(an_assertion_is_on_record_with_its_place),
        TEST(a_fatal_signal_is_on_record),
        TEST(one_end_without_a_word_is_no_verdict_two_are),
        TEST(two_ends_at_two_entries_are_no_verdict),
        TEST(a_fault_is_noted_and_may_be_tried_again),
        TEST(a_fault_of_the_disk_is_not_the_entrys),
        TEST(another_program_begins_with_no_record),
        TEST(a_power_cut_is_no_verdict),
        TEST(a_page_of_garbage_begins_anew),
        TEST(queries_that_ended_the_program_are_avoided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
