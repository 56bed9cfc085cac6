#include "base/check.h"

#include "base/prng.h"
#include "push/conflate.h"

static struct shared_row *row_of(uint64_t key, const char *text)
{
    struct shared_row *row = shared_row_create(key, slice_text(text));
    assert_non_null(row);
    return row;
}

/* Puts and gives its own reference away. */
static bool put(struct conflate *table, uint64_t key, const char *text)
{
    bool replaced = false;
    struct shared_row *row = row_of(key, text);
    assert_true(conflate_put(table, row, &replaced));
    shared_row_release(row);
    return replaced;
}

static void newest_value_of_each_key(void **state)
{
    (void)state;
    struct conflate table = {0};
    struct buffer out;
    buffer_init(&out, 1024);
    assert_false(put(&table, 1, "a"));
    assert_false(put(&table, 2, "b"));
    assert_true(put(&table, 1, "newer"));
    assert_int_equal(table.count, 2);
    assert_true(conflate_write(&table, &out));
    assert_int_equal(out.size, table.bytes);
    assert_memory_equal(out.data,
                        "\x22\x05newer\x22\x01"
                        "b",
                        out.size);
    conflate_clear(&table);
    assert_int_equal(table.count, 0);
    assert_null(table.rows);
    buffer_fini(&out);
}

static void rows_are_shared(void **state)
{
    (void)state;
    struct conflate a = {0};
    struct conflate b = {0};
    bool replaced = false;
    struct shared_row *row = row_of(7, "x");
    assert_true(conflate_put(&a, row, &replaced));
    assert_true(conflate_put(&b, row, &replaced));
    assert_int_equal(row->references, 3);
    assert_ptr_equal(a.rows[0], b.rows[0]);
    conflate_clear(&a);
    assert_int_equal(row->references, 2);
    conflate_clear(&b);
    shared_row_release(row);
}

static void rows_of_earlier_groups_are_forgotten(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    struct conflate table = {0};
    for (uint64_t key = 1; key <= ROWS; key++) {
        bool replaced = false;
        struct shared_row *row = row_of(key, "abc");
        row->seq = key % 10;
        assert_true(conflate_put(&table, row, &replaced));
        shared_row_release(row);
    }
    size_t each = table.bytes / ROWS;
    conflate_forget(&table, 4);
    assert_int_equal(table.count, ROWS / 2);
    assert_int_equal(table.bytes, each * ROWS / 2);
    assert_true(put(&table, 5, "abc")); /* still there */
    assert_false(put(&table, 4, "abc"));
    conflate_forget(&table, UINT64_MAX);
    assert_int_equal(table.count, 0);
    assert_null(table.rows);
    conflate_forget(&table, 1); /* of an empty one */
}

static void many_keys(void **state)
{
    (void)state;
    enum { KEYS = 5000 };
    static uint32_t count_of[KEYS];
    struct prng prng = {11};
    struct conflate table = {0};
    uint32_t known = 0;
    for (int i = 0; i < 4 * KEYS; i++) {
        uint64_t id = prng_below(&prng, KEYS);
        uint64_t key = id | (id % 3) << 56;
        assert_int_equal(put(&table, key, "row"), count_of[id] > 0);
        known += count_of[id]++ == 0 ? 1 : 0;
        assert_int_equal(table.count, known);
    }
    for (uint32_t i = 0; i < table.count; i++)
        assert_true(count_of[table.rows[i]->key & 0xFFFFFF] > 0);
    conflate_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_value_of_each_key),
        cmocka_unit_test(rows_are_shared),
        cmocka_unit_test(rows_of_earlier_groups_are_forgotten),
        cmocka_unit_test(many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
