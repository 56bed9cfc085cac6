/*
 * What journal.h promises when nothing goes wrong, for both kinds.
 */
#include "kit.h"

#include <pthread.h>

static char folder[FOLDER_PATH_MAX];

static int setup(void **state)
{
    (void)state;
    kit_folder(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void test_empty(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    struct journal_head head = kit_head(journal);
    struct hash chain, zero = {0};
    assert_memory_equal(&head.ledger, &kit_ledger, sizeof kit_ledger);
    assert_true(incarnation_equal(&head.incarnation, &kit_incarnation));
    assert_int_equal(head.batch, 0);
    assert_int_equal(head.next_seq, 1);
    assert_true(journal_chain_at(journal, 0, &chain));
    assert_memory_equal(&chain, &zero, sizeof zero);
    assert_false(journal_chain_at(journal, 1, &chain));
    kit_check(journal, 0);
    journal_close(journal);
    journal_close(NULL);
}

/* Reads from every seq, and asks for the chain at every seq. */
static void check_all(struct journal *journal)
{
    struct journal_head head = kit_head(journal);
    struct hash chain;
    uint64_t ends = 0;
    for (uint64_t seq = 0; seq <= head.next_seq + 1; seq++) {
        kit_check(journal, seq);
        if (seq > 0)
            ends += journal_chain_at(journal, seq, &chain);
    }
    assert_int_equal(ends, head.batch);
    assert_true(journal_chain_at(journal, head.next_seq - 1, &chain));
    assert_memory_equal(&chain, &head.chain, sizeof chain);
}

static void test_fill_and_reopen(void **state)
{
    (void)state;
    kit_create(folder);
    for (int round = 0; round < 6; round++) {
        struct journal *journal = kit_open(folder, 3000);
        struct journal_metrics metrics;
        assert_int_equal(kit_head(journal).batch, round * 9);
        kit_check(journal, 1);
        kit_fill(journal, 9);
        check_all(journal);
        journal_metrics(journal, &metrics);
        assert_int_equal(metrics.batches, round * 9 + 9);
        assert_int_equal(metrics.syncs, 9);
        assert_in_range(metrics.segments, 1 + metrics.bytes / 3000, 2 + metrics.bytes / 2000);
        journal_close(journal);
    }
}

static void test_late_reading_is_indexed(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 1024 * 1024);
    kit_fill(journal, 6000); /* about 2.7 MB: some marks in each of the segments */
    uint64_t last = kit_head(journal).next_seq - 1;
    for (uint64_t seq = 1; seq <= last; seq += 501)
        kit_check(journal, seq);
    journal_close(journal);
    journal = kit_open(folder, 1024 * 1024);
    for (uint64_t seq = last; seq > 501; seq -= 501)
        kit_check(journal, seq);
    journal_close(journal);
}

static bool stop_at_third(void *context, const struct journal_batch *batch, struct failure *failure)
{
    (void)batch;
    int *count = context;
    return ++*count < 3 || fail(failure, FAULT_USE, 0, "enough");
}

static void test_each_may_stop(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    kit_fill(journal, 9);
    struct failure failure = {0};
    int count = 0;
    assert_false(journal_read(journal, 1, stop_at_third, &count, &failure));
    assert_int_equal(count, 3);
    assert_string_equal(failure.text, "enough");
    journal_close(journal);
}

static void test_too_big(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    struct failure failure = {0};
    static struct slice many[BATCH_ENTRIES_MAX + 1];
    static uint8_t bytes[BATCH_BYTES_MAX];
    struct slice big = slice_of(bytes, sizeof bytes - 142 - 4 - HASH_SIZE);
    assert_int_equal(journal_propose(journal, many, BATCH_ENTRIES_MAX + 1, 0, NULL, &failure),
                     JOURNAL_TOO_BIG);
    assert_int_equal(failure.fault, FAULT_FULL);
    assert_int_equal(journal_propose(journal, many, BATCH_ENTRIES_MAX, 0, NULL, &failure),
                     JOURNAL_OK);
    assert_int_equal(journal_propose(journal, &big, 1, 0, NULL, &failure), JOURNAL_OK);
    big.size++;
    assert_int_equal(journal_propose(journal, &big, 1, 0, NULL, &failure), JOURNAL_TOO_BIG);
    assert_int_equal(kit_head(journal).batch, 2);
    journal_close(journal);
    journal = kit_open(folder, 0);
    assert_int_equal(kit_head(journal).next_seq, BATCH_ENTRIES_MAX + 2);
    journal_close(journal);
}

static void test_incarnation(void **state)
{
    (void)state;
    kit_create(folder);
    struct incarnation later = incarnation_new(7);
    struct journal *journal = kit_open(folder, 0);
    kit_fill(journal, 2);
    journal_set_incarnation(journal, &later);
    kit_fill(journal, 2);
    journal_close(journal);
    journal = kit_open(folder, 0);
    struct journal_head head = kit_head(journal);
    assert_true(incarnation_equal(&head.incarnation, &later));
    journal_close(journal);
}

static void test_create_refuses(void **state)
{
    (void)state;
    struct failure failure = {0};
    kit_create(folder);
    assert_false(journal_create(&(struct journal_options){.path = folder}, &kit_ledger,
                                &kit_incarnation, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_null(kit_try("/proc", 0, 0, true, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_null(kit_try("/nowhere/at/all", 0, 0, true, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
}

/* A create that was cut off before its identity may be done again. */
static void test_create_again(void **state)
{
    (void)state;
    file_store(folder, "00000000000000000001.segment", "", 0);
    file_store(folder, "identity.new", "half", 4);
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    kit_fill(journal, 1);
    journal_close(journal);
}

static void test_one_writer(void **state)
{
    (void)state;
    struct failure failure;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 0);
    kit_fill(journal, 3);
    assert_null(kit_try(folder, 0, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_BUSY);
    struct journal *reader = kit_try(folder, 0, 0, true, &failure);
    assert_non_null(reader);
    kit_check(reader, 1);
    assert_int_equal(kit_propose(reader, &failure), JOURNAL_NOT_WRITER);
    assert_int_equal(failure.fault, FAULT_USE);
    journal_close(reader);
    journal_close(journal);
}

static void test_supported_folders(void **state)
{
    (void)state;
    struct failure failure = {0};
    assert_true(journal_folder_supported(folder, &failure));
    assert_true(journal_folder_supported(".", &failure));
    assert_false(journal_folder_supported("/nowhere/at/all", &failure));
    assert_int_equal(failure.fault, FAULT_IO);
}

struct beside {
    struct journal *journal;
    bool stop;
};

static void *read_beside(void *context)
{
    struct beside *beside = context;
    struct prng prng = {7};
    while (!__atomic_load_n(&beside->stop, __ATOMIC_RELAXED)) {
        struct kit_walk walk = {0};
        struct failure failure = {0};
        struct hash chain;
        uint64_t next = kit_head(beside->journal).next_seq;
        uint64_t from = 1 + prng_below(&prng, next);
        if (!journal_read(beside->journal, from, kit_each, &walk, &failure) ||
            (from < next && walk.next_seq < next))
            abort();
        journal_chain_at(beside->journal, from, &chain);
    }
    return NULL;
}

static void test_reading_beside_writing(void **state)
{
    (void)state;
    kit_create(folder);
    struct beside beside = {kit_open(folder, 64 * 1024), false};
    pthread_t thread;
    pthread_create(&thread, NULL, read_beside, &beside);
    kit_fill(beside.journal, 3000);
    __atomic_store_n(&beside.stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    kit_check(beside.journal, 1);
    journal_close(beside.journal);
}

/* Another process looks (status, verify) while the server writes. */
static void test_opening_beside_writing(void **state)
{
    (void)state;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 20 * 1024);
    struct failure failure;
    for (int i = 0; i < 200; i++) {
        kit_fill(journal, 3);
        uint64_t known = kit_head(journal).next_seq - 1;
        struct journal *reader = kit_try(folder, 20 * 1024, known, true, &failure);
        if (!reader)
            fail_msg("%s", failure.text);
        journal_close(reader);
    }
    journal_close(journal);
}

static void test_fake(void **state)
{
    (void)state;
    struct journal *journal = journal_fake_create(&kit_ledger);
    struct failure failure;
    kit_fill(journal, 40);
    check_all(journal);
    static const enum journal_answer harmless[] = {JOURNAL_NOT_WRITER, JOURNAL_BUSY,
                                                   JOURNAL_TOO_BIG};
    for (int i = 0; i < 3; i++) {
        journal_fake_answer(journal, harmless[i], false);
        assert_int_equal(kit_propose(journal, &failure), harmless[i]);
        assert_int_not_equal(failure.fault, FAULT_NONE);
        if (harmless[i] == JOURNAL_NOT_WRITER) { /* it may be again: who proposes has to ask */
            assert_int_equal(kit_propose(journal, &failure), JOURNAL_NOT_WRITER);
            assert_int_equal(journal_resume(journal, &failure), JOURNAL_OK);
        }
        kit_fill(journal, 1);
    }
    assert_int_equal(kit_head(journal).batch, 43);
    for (int written = 0; written < 2; written++) {
        uint64_t before = kit_head(journal).batch;
        journal_fake_answer(journal, JOURNAL_UNKNOWN, written);
        assert_int_equal(kit_propose(journal, &failure), JOURNAL_UNKNOWN);
        assert_int_equal(kit_propose(journal, &failure), JOURNAL_UNKNOWN);
        assert_int_equal(kit_head(journal).batch, before);
        assert_int_equal(journal_resume(journal, &failure), JOURNAL_OK);
        assert_int_equal(kit_head(journal).batch, before + (uint64_t)written);
        kit_fill(journal, 1);
    }
    check_all(journal);
    journal_close(journal);
}

static uint64_t bytes_of_segments(size_t *ret_segments, uint64_t *ret_zeros)
{
    DIR *list = opendir(folder);
    uint64_t bytes = *ret_segments = *ret_zeros = 0;
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
        char path[2 * FOLDER_PATH_MAX];
        uint8_t *data;
        size_t size;
        if (!strstr(entry->d_name, ".segment"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file_load(path, &data, &size);
        bytes += size;
        ++*ret_segments;
        for (; size > 0 && data[size - 1] == 0; size--)
            ++*ret_zeros;
        free(data);
    }
    closedir(list);
    return bytes;
}

/* Zeros behind the last batch make syncs cheap. Nobody takes them for anything: not who reads
 * beside the writer, not the next segment, not who opens it after a kill; a closed journal has
 * none. */
static void test_zeros_stand_ready(void **state)
{
    (void)state;
    struct failure failure;
    struct journal_metrics metrics;
    size_t segments;
    uint64_t zeros;
    kit_create(folder);
    struct journal *journal = kit_open(folder, 4096);
    kit_fill(journal, 40);
    struct journal_head head = kit_head(journal);
    journal_metrics(journal, &metrics);
    uint64_t bytes = bytes_of_segments(&segments, &zeros);
    assert_true(segments > 2 && zeros > 0);
    assert_in_range(bytes - metrics.bytes, 1, zeros);
    struct journal *beside = kit_try(folder, 4096, head.next_seq - 1, true, &failure);
    assert_non_null(beside);
    assert_int_equal(kit_head(beside).batch, head.batch);
    kit_check(beside, 1);
    journal_close(beside);
    journal_close(journal);
    assert_int_equal(bytes_of_segments(&segments, &zeros), metrics.bytes);
    journal = kit_open(folder, 0);
    kit_fill(journal, 1);
    assert_in_range(bytes_of_segments(&segments, &zeros) - metrics.bytes, 1024 * 1024, 1025 * 1024);
    kit_check(journal, 1);
    journal_close(journal);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_empty),
        TEST(test_fill_and_reopen),
        TEST(test_late_reading_is_indexed),
        TEST(test_each_may_stop),
        TEST(test_too_big),
        TEST(test_incarnation),
        TEST(test_create_refuses),
        TEST(test_create_again),
        TEST(test_one_writer),
        TEST(test_supported_folders),
        TEST(test_reading_beside_writing),
        TEST(test_opening_beside_writing),
        TEST(test_zeros_stand_ready),
        TEST(test_fake),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
