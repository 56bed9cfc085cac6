/*
 * The promises of vault.h.
 */
#include "vault/vault.h"

#include "base/check.h"
#include "base/limits.h"
#include "store/folder.h"

#include <fcntl.h>

enum { MAP = 64 * 1024 * 1024 };

static char folder[FOLDER_PATH_MAX];
static struct vault *vault;
static struct failure failure;

static struct vault *open_in(const char *path)
{
    struct vault *opened = NULL;
    failure = (struct failure){0};
    if (!vault_open(path, MAP, &opened, &failure))
        fail_msg("%s", failure.text);
    return opened;
}

static int setup(void **state)
{
    (void)state;
    vault = open_in(folder_new(folder));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vault_close(vault);
    folder_remove(folder);
    return 0;
}

static struct vault_id id_of(uint8_t number)
{
    return (struct vault_id){{1, 2, 3, [VAULT_ID_SIZE - 1] = number}};
}

static struct vault_ref put(uint8_t number, const char *text)
{
    struct vault_ref ref;
    struct vault_id id = id_of(number);
    struct vault_txn *txn = vault_begin(vault, &failure);
    vault_put(txn, &id, slice_text(text), &ref);
    if (!vault_commit(txn, &failure))
        fail_msg("%s", failure.text);
    assert_memory_equal(&ref.id, &id, sizeof id);
    assert_int_equal(ref.size, strlen(text));
    return ref;
}

static void erase(uint8_t number)
{
    struct vault_id id = id_of(number);
    struct vault_txn *txn = vault_begin(vault, &failure);
    vault_erase(txn, &id);
    assert_true(vault_commit(txn, &failure));
}

/* NULL: not there. */
static void assert_text(uint8_t number, const char *text)
{
    struct slice found;
    struct vault_ref ref;
    struct vault_id id = id_of(number);
    struct vault_txn *txn = vault_begin(vault, &failure);
    vault_put(txn, &id, slice_text(text ? text : "?"), &ref);
    vault_abort(txn);
    txn = vault_read(vault, &failure);
    assert_int_equal(vault_get(txn, &ref, &found) == VAULT_FOUND, text != NULL);
    if (text)
        assert_true(slice_equal(found, slice_text(text)));
    vault_abort(txn);
}

static enum vault_found found_of(const struct vault_ref *ref)
{
    struct slice text;
    struct vault_txn *txn = vault_read(vault, &failure);
    enum vault_found found = vault_get(txn, ref, &text);
    vault_abort(txn);
    return found;
}

static bool same_digest(struct vault_ref a, struct vault_ref b)
{
    return hash_equal(&a.digest, &b.digest);
}

static void test_put_get_reopen(void **state)
{
    (void)state;
    put(1, "Nguyễn Thị Hoa");
    put(2, "");
    assert_text(1, "Nguyễn Thị Hoa");
    assert_text(2, "");
    assert_text(3, NULL);
    vault_close(vault);
    vault = open_in(folder);
    assert_text(1, "Nguyễn Thị Hoa");
    assert_text(2, "");
}

static void test_again_is_the_same(void **state)
{
    (void)state;
    struct vault_ref first = put(1, "note");
    assert_true(same_digest(first, put(1, "note")));
    assert_false(same_digest(first, put(2, "note"))); /* another salt */
    assert_false(same_digest(first, put(1, "changed")));
    assert_text(1, "note");
    assert_true(same_digest(first, put(1, "note")));
}

static void test_aborted_is_gone(void **state)
{
    (void)state;
    struct vault_ref ref;
    struct vault_id id = id_of(1);
    struct slice found;
    struct vault_txn *txn = vault_begin(vault, &failure);
    vault_put(txn, &id, slice_text("x"), &ref);
    assert_int_equal(vault_get(txn, &ref, &found), VAULT_FOUND);
    vault_abort(txn);
    assert_text(1, NULL);
}

static void test_erased_stays_taken(void **state)
{
    (void)state;
    struct vault_ref first = put(1, "secret"), none = {0};
    erase(1);
    erase(9); /* never there */
    assert_text(1, NULL);
    struct vault_ref again = put(1, "secret");
    assert_false(same_digest(first, again));
    assert_true(same_digest(none, again));
    assert_text(1, NULL);
    erase(1);
    assert_text(1, NULL);
    put(9, "new");
    assert_text(9, "new");
}

static void test_bounds(void **state)
{
    (void)state;
    static uint8_t bytes[VAULT_FILE_MAX + 1];
    struct vault_ref ref;
    struct vault_id id = id_of(1);
    struct slice found;
    struct vault_txn *txn = vault_begin(vault, &failure);
    vault_put(txn, &id, slice_of(bytes, VAULT_FILE_MAX), &ref);
    assert_true(vault_commit(txn, &failure));
    txn = vault_read(vault, &failure);
    assert_int_equal(vault_get(txn, &ref, &found), VAULT_FOUND);
    assert_int_equal(found.size, VAULT_FILE_MAX);
    vault_abort(txn);
    txn = vault_begin(vault, &failure);
    id = id_of(2);
    vault_put(txn, &id, slice_of(bytes, sizeof bytes), &ref);
    assert_false(vault_commit(txn, &failure));
    assert_int_equal(failure.fault, FAULT_BUG);
}

/* Whatever is not what the ledger refers to is not handed out. */
static void test_another_text_is_not_given(void **state)
{
    (void)state;
    struct vault_ref first = put(1, "Hoa"), other = put(2, "Lan"), changed;
    assert_int_equal(found_of(&first), VAULT_FOUND);
    changed = first;
    changed.id = other.id;
    assert_int_equal(found_of(&changed), VAULT_WRONG);
    changed = first;
    changed.digest.bytes[7] ^= 1;
    assert_int_equal(found_of(&changed), VAULT_WRONG);
    changed = first;
    changed.size--;
    assert_int_equal(found_of(&changed), VAULT_WRONG);
    changed = first;
    changed.id = id_of(3);
    assert_int_equal(found_of(&changed), VAULT_LOST);
    erase(1);
    assert_int_equal(found_of(&first), VAULT_ERASED);
}

/* A copy has the salt too, and what was erased on either side stays so. */
static void test_rows_are_copied_whole(void **state)
{
    (void)state;
    char other[FOLDER_PATH_MAX];
    struct vault_ref kept = put(1, "kept"), gone = put(2, "gone"), late = put(3, "late");
    folder_new(other);
    struct vault *first = vault, *copy = open_in(other);
    struct vault_txn *from = vault_read(first, &failure), *to = vault_begin(copy, &failure);
    assert_true(vault_copy_row(to, from, &kept.id));
    assert_true(vault_copy_row(to, from, &gone.id));
    assert_false(vault_copy_row(to, from, &(struct vault_id){{9}}));
    vault_abort(from);
    assert_true(vault_commit(to, &failure));
    vault = copy;
    assert_int_equal(found_of(&kept), VAULT_FOUND);
    assert_int_equal(found_of(&gone), VAULT_FOUND);
    assert_int_equal(found_of(&late), VAULT_LOST);
    erase(1);
    vault = first;
    erase(2);
    from = vault_read(first, &failure);
    to = vault_begin(copy, &failure);
    vault_merge(to, from);
    vault_abort(from);
    assert_true(vault_commit(to, &failure));
    vault = copy;
    assert_int_equal(found_of(&kept), VAULT_ERASED);
    assert_int_equal(found_of(&gone), VAULT_ERASED);
    assert_int_equal(found_of(&late), VAULT_FOUND);
    uint64_t rows;
    assert_true(vault_walk(copy, &rows, &failure));
    assert_int_equal(rows, 3);
    vault_close(copy);
    vault = first;
    folder_remove(other);
}

static void test_copy(void **state)
{
    (void)state;
    char copy[FOLDER_PATH_MAX], file[FOLDER_PATH_MAX + 16];
    folder_new(copy);
    snprintf(file, sizeof file, "%s/data.mdb", copy);
    put(1, "kept");
    put(2, "erased");
    erase(2);
    int fd = open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(vault_copy(vault, fd, &failure));
    close(fd);
    vault_close(vault);
    vault = open_in(copy);
    assert_text(1, "kept");
    assert_text(2, NULL);
    folder_remove(copy);
}

static bool holds(const char *path, const char *words)
{
    static char bytes[1024 * 1024];
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_in_range(size, 1, sizeof bytes - 1);
    return memmem(bytes, (size_t)size, words, strlen(words)) != NULL;
}

/* Short texts share a page with others, long ones have pages of their own. */
static void test_copy_holds_nothing_erased(void **state)
{
    (void)state;
    char file[FOLDER_PATH_MAX + 16], text[6000];
    snprintf(file, sizeof file, "%s/copy", folder);
    for (int i = 0; i < 60; i++) {
        memset(text, '.', sizeof text);
        memcpy(text, i % 3 ? "kept words" : "secret words", i % 3 ? 10 : 12);
        text[i % 10 == 0 ? 5000 : 20 + i] = 0;
        put((uint8_t)i, text);
    }
    for (int pass = 0; pass < 2; pass++) {
        int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
        assert_true(vault_copy(vault, fd, &failure));
        close(fd);
        assert_true(holds(file, "kept words"));
        assert_int_equal(holds(file, "secret words"), pass == 0);
        for (int i = 0; i < 60; i += 3)
            erase((uint8_t)i);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_put_get_reopen),
        TEST(test_again_is_the_same),
        TEST(test_aborted_is_gone),
        TEST(test_erased_stays_taken),
        TEST(test_bounds),
        TEST(test_another_text_is_not_given),
        TEST(test_rows_are_copied_whole),
        TEST(test_copy),
        TEST(test_copy_holds_nothing_erased),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
