/*
 * When the system refuses: the nth write, sync or rename fails. The journal must answer UNKNOWN and
 * keep to it, and what was answered OK must be there after a new start.
 */
#include "kit.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

enum { SEGMENT = 1500, BATCHES = 12 };

/* The calls counted, the one that fails, and how. */
static struct {
    long calls;
    long fails_at; /* 0: never */
    bool for_ever;
    bool half;          /* a write writes half before it fails */
    bool no_room_ahead; /* the disk takes batches, and not all of the zeros behind them */
    int error;
    int syncs;
} plan;

static bool planned(void)
{
    plan.calls++;
    if (plan.fails_at == 0 || plan.calls < plan.fails_at ||
        (plan.calls > plan.fails_at && !plan.for_ever))
        return false;
    errno = plan.error;
    return true;
}

ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t offset);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_renameat(int from, const char *old, int to, const char *new);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t offset);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __wrap_renameat(int from, const char *old, int to, const char *new);

static bool all_zero(const uint8_t *data, size_t size)
{
    return size > 0 && data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t offset)
{
    if (plan.no_room_ahead && all_zero(data, size))
        return __real_pwrite(fd, data, size / 2, offset);
    if (!planned())
        return __real_pwrite(fd, data, size, offset);
    if (!plan.half)
        return -1;
    if (!plan.for_ever)
        plan.fails_at++; /* the rest of it fails, too */
    plan.half = false;
    return __real_pwrite(fd, data, size / 2, offset);
}

int __wrap_fdatasync(int fd)
{
    plan.syncs++;
    return planned() ? -1 : __real_fdatasync(fd);
}

int __wrap_fsync(int fd)
{
    plan.syncs++;
    return planned() ? -1 : __real_fsync(fd);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    return planned() ? -1 : __real_renameat(from, old, to, new);
}

static char folder[FOLDER_PATH_MAX];

static int setup(void **state)
{
    (void)state;
    memset(&plan, 0, sizeof plan);
    kit_folder(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memset(&plan, 0, sizeof plan);
    folder_remove(folder);
    return 0;
}

static void plan_set(long fails_at, int error, bool for_ever, bool half)
{
    memset(&plan, 0, sizeof plan);
    plan.fails_at = fails_at;
    plan.error = error;
    plan.for_ever = for_ever;
    plan.half = half;
}

static void plan_clear(void)
{
    plan.fails_at = 0;
}

/* Once UNKNOWN, always UNKNOWN, though the system is well again; nothing reaches the files. */
static void assert_sticks(struct journal *journal)
{
    struct failure failure;
    plan_clear();
    long calls = plan.calls;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kit_propose(journal, &failure), JOURNAL_UNKNOWN);
        assert_int_not_equal(failure.fault, FAULT_NONE);
    }
    assert_int_equal(plan.calls, calls);
}

/* Proposes until the fault; what was acknowledged is then there, and at most one batch more. */
static bool run_into_fault(enum fault wanted)
{
    struct failure failure = {0};
    struct journal *journal = kit_try(folder, SEGMENT, 0, false, &failure);
    uint64_t acked = 0;
    if (journal) {
        enum journal_answer answer = JOURNAL_OK;
        for (int i = 0; i < BATCHES && answer == JOURNAL_OK; i++) {
            answer = kit_propose(journal, &failure);
            if (answer == JOURNAL_OK)
                acked++;
        }
        assert_int_equal(kit_head(journal).batch, acked);
        if (answer != JOURNAL_OK) {
            assert_int_equal(answer, JOURNAL_UNKNOWN);
            assert_int_equal(failure.fault, wanted);
            assert_sticks(journal);
        }
        kit_check(journal, 1);
        journal_close(journal);
    }
    bool faulted = failure.fault != FAULT_NONE;
    plan_clear();
    journal = kit_open(folder, SEGMENT);
    assert_in_range(kit_head(journal).batch, acked, acked + 1);
    kit_check(journal, 1);
    kit_fill(journal, 3);
    journal_close(journal);
    return faulted;
}

static void fail_each(int error, bool for_ever, bool half, enum fault wanted)
{
    long n = 1;
    for (bool faulted = true; faulted; n++) {
        kit_create(folder);
        plan_set(n, error, for_ever, half);
        faulted = run_into_fault(wanted);
        folder_remove(folder);
    }
    assert_in_range(n, 30, 200); /* the script has that many calls */
}

static void test_each_call_fails_once(void **state)
{
    (void)state;
    fail_each(EIO, false, false, FAULT_IO);
}

static void test_each_call_fails_for_ever(void **state)
{
    (void)state;
    fail_each(EIO, true, false, FAULT_IO);
}

static void test_each_call_finds_no_space(void **state)
{
    (void)state;
    fail_each(ENOSPC, true, false, FAULT_FULL);
}

static void test_each_write_stops_half_way(void **state)
{
    (void)state;
    fail_each(EIO, false, true, FAULT_IO);
}

/* A write that is only interrupted is done again, one that is short is gone on with. */
static void test_interrupted_write(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    plan_set(1, EINTR, false, false);
    kit_fill(journal, 1);
    plan_set(1, EINTR, false, true); /* half, then interrupted, then the rest */
    kit_fill(journal, 1);
    kit_check(journal, 1);
    journal_close(journal);
}

/* Zeros that found only half their room are no part of a segment that another follows. */
static void test_no_room_ahead(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, SEGMENT);
    plan.no_room_ahead = true;
    kit_fill(journal, BATCHES);
    kit_check(journal, 1);
    journal_close(journal);
    plan.no_room_ahead = false;
    journal = kit_open(folder, SEGMENT);
    assert_int_equal(kit_head(journal).batch, BATCHES);
    kit_check(journal, 1);
    journal_close(journal);
}

static void test_one_sync_a_batch(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    memset(&plan, 0, sizeof plan);
    kit_fill(journal, 50);
    assert_int_equal(plan.syncs, 50);
    assert_int_equal(plan.calls, 101); /* and one write; once zeros for the next MiB */
    journal_close(journal);
}

static void test_create_fails_anywhere(void **state)
{
    (void)state;
    struct failure failure;
    long n = 0;
    do {
        plan_set(++n, EIO, false, false);
        failure = (struct failure){0};
        bool made = journal_create(&(struct journal_options){.path = folder}, &kit_ledger,
                                   &kit_incarnation, &failure);
        bool faulted = !made;
        plan_clear();
        struct journal *journal = kit_try(folder, 0, 0, true, &failure);
        if (!journal) { /* then it can be made again */
            assert_true(faulted);
            failure = (struct failure){0};
            kit_create(folder);
        } else {
            journal_close(journal);
        }
        folder_remove(folder);
    } while (n < 9);
    assert_int_equal(failure.fault, FAULT_NONE); /* the last plan lay behind the end */
}

/* A real full disk: a tmpfs of one MiB that nobody else sees. */
static void test_full_disk(void **state)
{
    (void)state;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", folder, "tmpfs", 0, "size=1m")) {
        printf("skipped: mounting a small file system needs root\n");
        skip();
    }
    kit_create(folder);
    struct journal *journal = kit_open(folder, 200 * 1024);
    struct failure failure;
    while (kit_propose(journal, &failure) == JOURNAL_OK)
        ;
    assert_int_equal(failure.fault, FAULT_FULL);
    assert_sticks(journal);
    uint64_t acked = kit_head(journal).batch;
    assert_in_range(acked, 1000, 4000);
    journal_close(journal);
    /* while the disk is full it can be read, but not opened for writing */
    assert_null(kit_try(folder, 0, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_FULL);
    journal = kit_try(folder, 0, 0, true, &failure);
    assert_non_null(journal);
    assert_in_range(kit_head(journal).batch, acked, acked + 1);
    kit_check(journal, 1);
    journal_close(journal);
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=4m"), 0);
    journal = kit_open(folder, 200 * 1024);
    assert_in_range(kit_head(journal).batch, acked, acked + 1);
    kit_fill(journal, 5);
    kit_check(journal, 1);
    journal_close(journal);
    umount(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_each_call_fails_once),
        TEST(test_each_call_fails_for_ever),
        TEST(test_each_call_finds_no_space),
        TEST(test_each_write_stops_half_way),
        TEST(test_interrupted_write),
        TEST(test_no_room_ahead),
        TEST(test_one_sync_a_batch),
        TEST(test_create_fails_anywhere),
        TEST(test_full_disk),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
