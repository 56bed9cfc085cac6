#include "base/check.h"

#include <string.h>

#include "base/bytes.h"
#include "base/prng.h"

static void slices_compare_by_their_bytes(void **state)
{
    (void)state;
    struct slice empty = {0};
    assert_true(slice_equal(empty, slice_text("")));
    assert_true(slice_equal(slice_text("till"), slice_of("tills", 4)));
    assert_false(slice_equal(slice_text("till"), slice_text("tilt")));
    assert_true(slice_starts(slice_text("till"), slice_text("ti")));
    assert_true(slice_starts(slice_text("till"), empty));
    assert_false(slice_starts(slice_text("ti"), slice_text("till")));
}

static void big_endian_integers_sort_as_bytes(void **state)
{
    (void)state;
    struct prng prng = {1};
    uint8_t a[8];
    uint8_t b[8];
    for (int i = 0; i < 100000; i++) {
        uint64_t x = (uint64_t)prng_int64(&prng);
        uint64_t y = (uint64_t)prng_int64(&prng);
        be64_put(a, x);
        be64_put(b, y);
        assert_true(be64_get(a) == x);
        assert_int_equal(memcmp(a, b, 8) < 0, x < y);
        assert_int_equal(be32_get(a), x >> 32);
        assert_int_equal(be16_get(a + 6), x & 0xFFFF);
    }
    be64_put(a, UINT64_C(0x0102030405060708));
    assert_memory_equal(a, "\1\2\3\4\5\6\7\10", 8);
}

static void a_buffer_grows_up_to_its_bound(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(buffer_put(&buffer, &(char){(char)i}, 1));
    assert_int_equal(buffer.size, 1000);
    assert_true(buffer.capacity <= 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buffer.data[i], i & 0xFF);
    buffer_fini(&buffer);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 8);
    assert_true(buffer_put(&buffer, "abcde", 5));
    assert_false(buffer_put(&buffer, "fghi", 4));
    assert_true(buffer.overflow);
    assert_true(slice_equal(buffer_slice(&buffer), slice_text("abcde")));
    assert_true(buffer_put(&buffer, "fgh", 3));
    assert_true(buffer.overflow); /* stays: one part of the whole is missing */
    buffer_clear(&buffer);
    assert_false(buffer.overflow);
    assert_int_equal(buffer.size, 0);
    assert_false(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.overflow);
    buffer_fini(&buffer);
}

static void zeroed_memory_is_an_empty_buffer(void **state)
{
    (void)state;
    struct buffer buffer = {.bound = 4};
    assert_true(buffer_put(&buffer, NULL, 0));
    buffer_drop(&buffer, 0);
    assert_true(buffer_put(&buffer, "abcd", 4));
    buffer_fini(&buffer);
    assert_true(buffer_put(&buffer, "abcd", 4)); /* usable again, same bound */
    assert_false(buffer_put(&buffer, "e", 1));
    buffer_fini(&buffer);
    struct buffer nothing = {0};
    assert_false(buffer_put(&nothing, "a", 1));
}

static void a_buffer_is_a_queue_of_bytes(void **state)
{
    (void)state;
    struct prng prng = {2};
    struct buffer buffer;
    uint8_t in = 0;
    uint8_t out = 0;
    buffer_init(&buffer, 5000);
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[64];
        size_t size = prng_below(&prng, sizeof bytes + 1);
        for (size_t k = 0; k < size; k++)
            bytes[k] = (uint8_t)(in + k);
        size_t before = buffer.size;
        bool fits = before + size <= 5000;
        assert_int_equal(buffer_put(&buffer, bytes, size), fits);
        assert_int_equal(buffer.size, before + (fits ? size : 0));
        in = (uint8_t)(in + (fits ? size : 0));
        size_t dropped = prng_below(&prng, buffer.size < 60 ? buffer.size + 1 : 60);
        for (size_t k = 0; k < dropped; k++)
            assert_int_equal(buffer.data[k], (uint8_t)(out + k));
        buffer_drop(&buffer, dropped);
        out = (uint8_t)(out + dropped);
    }
    buffer_fini(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare_by_their_bytes),
        cmocka_unit_test(big_endian_integers_sort_as_bytes),
        cmocka_unit_test(a_buffer_grows_up_to_its_bound),
        cmocka_unit_test(what_does_not_fit_changes_nothing),
        cmocka_unit_test(zeroed_memory_is_an_empty_buffer),
        cmocka_unit_test(a_buffer_is_a_queue_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
