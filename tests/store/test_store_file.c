/*
 * A store's file that is no longer what was written: whatever became of it, either it is found, or
 * nothing that is read differs.
 */
#include "store/store.h"

#include "base/check.h"
#include "folder.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char *const trees[] = {"red", "green", NULL};

enum { RED, GREEN, MAP = 64 * 1024 * 1024, PAGE = 4096, SUM = 8 };

static char folder[FOLDER_PATH_MAX];

static int setup(void **state)
{
    (void)state;
    folder_new(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static struct store_options options_of(bool summed)
{
    return (struct store_options){
        .path = folder, .trees = trees, .map_bytes = MAP, .gathering = true, .summed = summed};
}

static struct store *open_store(bool summed)
{
    struct store *store = NULL;
    struct failure failure = {0};
    struct store_options options = options_of(summed);
    if (!store_open(&options, &store, &failure))
        fail_msg("%s", failure.text);
    return store;
}

static struct store_txn *begin(struct store *store, bool writing)
{
    struct failure failure = {0};
    struct store_txn *txn = store_begin(store, writing, &failure);
    if (!txn)
        fail_msg("%s", failure.text);
    return txn;
}

static void commit(struct store_txn *txn)
{
    struct failure failure = {0};
    if (!store_commit(txn, &failure))
        fail_msg("%s", failure.text);
}

static bool whole(bool summed, struct failure *failure)
{
    struct store_options options = options_of(summed);
    *failure = (struct failure){0};
    return store_check_file(&options, failure);
}

static void assert_whole(bool summed)
{
    struct failure failure;
    if (!whole(summed, &failure))
        fail_msg("%s", failure.text);
}

static void assert_found(void)
{
    struct failure failure;
    assert_false(whole(true, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    assert_non_null(strstr(failure.text, "data.mdb"));
}

/* ---- the file ---- */

static uint8_t *bytes;
static size_t byte_count;

static char *file_name(void)
{
    static char name[FOLDER_PATH_MAX + 16];
    snprintf(name, sizeof name, "%s/data.mdb", folder);
    return name;
}

static void load(void)
{
    struct stat facts;
    int fd = open(file_name(), O_RDONLY);
    assert_int_equal(fstat(fd, &facts), 0);
    byte_count = (size_t)facts.st_size;
    bytes = realloc(bytes, byte_count);
    assert_int_equal(read(fd, bytes, byte_count), (ssize_t)byte_count);
    close(fd);
}

static void save(void)
{
    int fd = open(file_name(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, byte_count), (ssize_t)byte_count);
    close(fd);
}

/* One byte of it. */
static void save_byte(size_t at)
{
    int fd = open(file_name(), O_WRONLY);
    assert_int_equal(pwrite(fd, bytes + at, 1, (off_t)at), 1);
    close(fd);
}

static uint16_t u16_at(size_t at)
{
    uint16_t number;
    memcpy(&number, bytes + at, sizeof number);
    return number;
}

static void u16_set(size_t at, uint16_t number)
{
    memcpy(bytes + at, &number, sizeof number);
}

/* Of a page in use: it names itself, and what it is. A page of an older state may look so too, so
 * who wants one in use has a look at what it holds. */
static bool page_is(size_t page, unsigned kind)
{
    uint64_t number;
    memcpy(&number, bytes + page * PAGE, sizeof number);
    return number == page && (u16_at(page * PAGE + 10) & 0x4f) == kind;
}

/* The newest bytes like these, so that only one place has them. */
static size_t place_of(const void *wanted, size_t size)
{
    size_t found = 0;
    for (size_t at = 0; at + size <= byte_count; at++)
        if (memcmp(bytes + at, wanted, size) == 0) {
            assert_int_equal(found, 0);
            found = at;
        }
    assert_int_not_equal(found, 0);
    return found;
}

/* ---- rows ---- */

enum { ROWS = 900, BIG = 9000 };

static struct slice row_key(uint32_t i, uint8_t key[16])
{
    return slice_of(key, (size_t)snprintf((char *)key, 16, "row %08u", i * 7919 % 1000003));
}

/* Rows of all sizes, some of which have gone: pages of every kind, and free ones. */
static void fill(bool summed)
{
    static uint8_t value[BIG];
    uint8_t key[16];
    struct prng prng = prng_seeded("fill");
    struct store *store = open_store(summed);
    for (uint32_t round = 0; round < 6; round++) {
        struct store_txn *txn = begin(store, true);
        for (uint32_t i = 0; i < ROWS; i++) {
            size_t size = i % 97 == 0 ? BIG - i : i % 11 ? 20 + pick(&prng, 60) : 0;
            memset(value, (int)(round + i), size);
            if (round == 0 || pick(&prng, 4) == 0)
                store_put(txn, (int)(i % 2), row_key(i, key), slice_of(value, size));
        }
        for (uint32_t i = round; i < ROWS; i += 40)
            store_delete(txn, (int)(i % 2), row_key(i, key));
        commit(txn);
        assert_whole(summed);
    }
    store_close(store);
    load();
}

/* All rows of both trees in both directions, and each by its key; false: a fault. */
static bool read_all(uint64_t *ret_mixed)
{
    struct failure failure = {0};
    struct store *store;
    struct store_cursor c;
    struct store_options options = options_of(true);
    uint64_t mixed = 0;
    if (!store_open(&options, &store, &failure))
        return false;
    struct store_txn *txn = begin(store, false);
    for (int tree = RED; tree <= GREEN; tree++) {
        for (bool on = store_seek(txn, tree, (struct slice){0}, &c); on; on = store_next(&c)) {
            struct slice again = {0};
            store_get(txn, tree, c.key, &again);
            assert_true(again.data == c.value.data && again.size == c.value.size);
            for (size_t i = 0; i < c.key.size + c.value.size; i++)
                mixed =
                    mixed * 31 + (i < c.key.size ? c.key.data[i] : c.value.data[i - c.key.size]);
        }
        store_leave(&c);
        mixed = mixed * 31 + store_count(txn, tree);
    }
    bool good = store_failure(txn)->fault == FAULT_NONE;
    store_abort(txn);
    store_close(store);
    *ret_mixed = mixed;
    return good;
}

static void test_no_flipped_bit_is_read(void **state)
{
    (void)state;
    enum { TRIES = 3000 };
    struct prng prng = prng_seeded("flips");
    uint64_t wanted, mixed;
    int found = 0;
    fill(true);
    assert_true(read_all(&wanted));
    for (int i = 0; i < TRIES; i++) {
        size_t at = pick(&prng, 3) ? pick(&prng, (uint32_t)byte_count) : /* heads of pages */
                        pick(&prng, (uint32_t)(byte_count / PAGE)) * PAGE + pick(&prng, 32);
        uint8_t bit = (uint8_t)(1u << pick(&prng, 8));
        bytes[at] ^= bit;
        save_byte(at);
        struct failure failure;
        bool good = whole(true, &failure);
        if (good && (!read_all(&mixed) || mixed != wanted))
            fail_msg("bit %u of byte %zu of page %zu", bit, at % PAGE, at / PAGE);
        found += !good;
        bytes[at] ^= bit;
        save_byte(at);
    }
    printf("%d of %d were in what is used\n", found, TRIES);
    assert_in_range(found, TRIES / 20, TRIES);
    assert_whole(true);
}

static void test_pages_exchanged_emptied_or_cut_off(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("pages");
    uint64_t wanted, mixed;
    uint8_t a[PAGE];
    fill(true);
    assert_true(read_all(&wanted));
    for (int i = 0; i < 300; i++) {
        size_t page = pick(&prng, (uint32_t)(byte_count / PAGE));
        size_t other = pick(&prng, (uint32_t)(byte_count / PAGE));
        struct failure failure;
        memcpy(a, bytes + page * PAGE, PAGE);
        if (i % 3 == 0)
            memcpy(bytes + page * PAGE, bytes + other * PAGE, PAGE);
        else if (i % 3 == 1)
            memset(bytes + page * PAGE, 0, PAGE);
        size_t size = byte_count;
        if (i % 3 == 2)
            byte_count = page * PAGE + pick(&prng, PAGE);
        save();
        if (whole(true, &failure) && (!read_all(&mixed) || mixed != wanted))
            fail_msg("page %zu, way %d", page, i % 3);
        byte_count = size;
        memcpy(bytes + page * PAGE, a, PAGE);
    }
    for (int page = 0; page < 2; page++) { /* the heads */
        memcpy(a, bytes + page * PAGE, PAGE);
        memset(bytes + page * PAGE, 0, PAGE);
        save();
        assert_found();
        memcpy(bytes + page * PAGE, a, PAGE);
    }
}

/* ---- one row ---- */

static size_t unique_row(void)
{
    static const char value[] = "the one and only value";
    struct store *store = open_store(true);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, slice_text("the only key"), slice_of(value, sizeof value));
    store_put(txn, RED, slice_text("the other key"), slice_text("next to it"));
    commit(txn);
    store_close(store);
    load();
    return place_of(value, sizeof value);
}

static void test_a_row_that_was_changed(void **state)
{
    (void)state;
    size_t at = unique_row();
    bytes[at] ^= 1;
    save();
    assert_found();
    struct store *store = open_store(true);
    struct store_txn *txn = begin(store, false);
    struct slice value;
    assert_false(store_get(txn, RED, slice_text("the only key"), &value));
    assert_int_equal(store_failure(txn)->fault, FAULT_DAMAGED);
    assert_true(store_row_damaged(txn));
    assert_false(store_get(txn, RED, slice_text("the other key"), &value));
    store_pass_row(txn); /* the rest is as it was */
    assert_true(store_get(txn, RED, slice_text("the other key"), &value));
    assert_int_equal(value.size, strlen("next to it"));
    store_fail(txn, FAULT_IO, "something else");
    assert_false(store_row_damaged(txn));
    store_pass_row(txn);
    assert_int_equal(store_failure(txn)->fault, FAULT_IO);
    store_abort(txn);
    struct store_cursor c;
    txn = begin(store, false);
    assert_false(store_row_damaged(txn));
    assert_false(store_seek(txn, RED, (struct slice){0}, &c));
    assert_true(slice_equal(c.key, slice_text("the only key")));
    assert_true(store_row_damaged(txn));
    store_leave(&c);
    store_abort(txn);
    txn = begin(store, true); /* who writes keeps nothing of it */
    store_put(txn, RED, slice_text("more"), slice_text("1"));
    assert_false(store_get(txn, RED, slice_text("the only key"), &value));
    struct failure failure = {0};
    assert_false(store_commit(txn, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    store_close(store);
}

static void test_a_key_that_was_changed(void **state)
{
    (void)state;
    unique_row();
    bytes[place_of("the only key", 12) + 11] ^= 1; /* still in its place */
    save();
    assert_found();
}

static size_t leaf_of(size_t at)
{
    size_t page = at / PAGE;
    assert_true(page_is(page, 2));
    return page * PAGE;
}

static void test_a_row_that_is_gone(void **state)
{
    (void)state;
    size_t page = leaf_of(unique_row());
    u16_set(page + 12, (uint16_t)(u16_at(page + 12) - 2));
    save();
    assert_found();
}

static void test_a_row_that_is_there_twice(void **state)
{
    (void)state;
    size_t page = leaf_of(unique_row());
    u16_set(page + 18, u16_at(page + 16));
    save();
    assert_found();
}

/* A page as it was before, which a disk did not write: all its sums are right. */
static void test_a_row_as_it_was_before(void **state)
{
    (void)state;
    static const char before[] = "worth 100", after[] = "worth 250";
    uint8_t old[sizeof before + SUM];
    for (int i = 0; i < 2; i++) {
        struct store *store = open_store(true);
        struct store_txn *txn = begin(store, true);
        store_put(txn, GREEN, slice_text("account"), i ? slice_text(after) : slice_text(before));
        commit(txn);
        store_close(store);
        load();
        if (i == 0)
            memcpy(old, bytes + place_of(before, strlen(before)), strlen(before) + SUM);
    }
    memcpy(bytes + place_of(after, strlen(after)), old, strlen(before) + SUM);
    save();
    assert_found();
}

/* ---- what no walk over rows meets ---- */

static size_t page_in_use(unsigned kind)
{
    struct failure failure;
    for (size_t page = 2; page < byte_count / PAGE; page++) {
        if (!page_is(page, kind))
            continue;
        bytes[page * PAGE] ^= 1; /* its number */
        save_byte(page * PAGE);
        bool found = !whole(true, &failure);
        bytes[page * PAGE] ^= 1;
        save_byte(page * PAGE);
        if (found)
            return page * PAGE;
    }
    fail_msg("there is no such page");
    return 0;
}

static void test_a_branch_page(void **state)
{
    (void)state;
    fill(true);
    size_t page = page_in_use(1);
    size_t first = page + u16_at(page + 16), second = page + u16_at(page + 18);
    uint8_t child[6];
    memcpy(child, bytes + first, 6); /* one child twice, the other never */
    memcpy(bytes + first, bytes + second, 6);
    save();
    assert_found();
    memcpy(bytes + first, child, 6);
    uint8_t *key = bytes + second + 8; /* where the second child begins: too far on */
    key[u16_at(second + 6) - 1]++;
    save();
    assert_found();
}

/* The pages that may be written to next: one that is in use among them. */
static void test_the_list_of_free_pages(void **state)
{
    (void)state;
    fill(true);
    size_t used = page_in_use(2) / PAGE;
    uint64_t root, free_page;
    size_t head = 0;
    for (size_t page = 0; page < 2; page++) { /* the newer head */
        uint64_t newest, other;
        memcpy(&newest, bytes + page * PAGE + 16 + 128, 8);
        memcpy(&other, bytes + (1 - page) * PAGE + 16 + 128, 8);
        head = newest > other ? page * PAGE : head;
    }
    memcpy(&root, bytes + head + 16 + 24 + 40, 8);
    size_t row = root * PAGE + u16_at(root * PAGE + 16);
    assert_int_equal(u16_at(root * PAGE + 10) & 0x4f, 2);
    size_t numbers = row + 16 + 8; /* behind head, key and count */
    memcpy(&free_page, bytes + numbers, 8);
    for (uint64_t wrong = used;; wrong = byte_count * 2) {
        memcpy(bytes + numbers, &wrong, 8);
        save();
        assert_found();
        if (wrong != used)
            break;
    }
    memcpy(bytes + numbers, &free_page, 8);
    save();
    assert_whole(true);
}

static void test_no_plain_file(void **state)
{
    (void)state;
    struct failure failure;
    assert_false(whole(true, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(i ? mkdir(file_name(), 0700) : mkfifo(file_name(), 0600), 0);
        assert_false(whole(true, &failure));
        assert_int_equal(failure.fault, FAULT_IO);
        assert_non_null(strstr(failure.text, "data.mdb is no plain file"));
        assert_int_equal(remove(file_name()), 0);
    }
}

/* As a program that knew no sums has left it. */
static void test_a_store_without_sums_is_another_layout(void **state)
{
    (void)state;
    struct store *store;
    struct failure failure = {0};
    struct store_options options = options_of(true);
    fill(false);
    assert_whole(false);
    assert_false(whole(true, &failure));
    assert_int_equal(failure.fault, FAULT_STALE);
    for (int reading = 0; reading < 2; reading++) {
        options.reading = reading;
        failure = (struct failure){0};
        assert_false(store_open(&options, &store, &failure));
        assert_int_equal(failure.fault, FAULT_STALE);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_no_flipped_bit_is_read),
        TEST(test_pages_exchanged_emptied_or_cut_off),
        TEST(test_a_row_that_was_changed),
        TEST(test_a_key_that_was_changed),
        TEST(test_a_row_that_is_gone),
        TEST(test_a_row_that_is_there_twice),
        TEST(test_a_row_as_it_was_before),
        TEST(test_a_branch_page),
        TEST(test_the_list_of_free_pages),
        TEST(test_no_plain_file),
        TEST(test_a_store_without_sums_is_another_layout),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(bytes);
    return failed;
}
