#include "base/check.h"

#include <string.h>

#include "base/arena.h"
#include "base/prng.h"

static void pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    enum { PIECES = 2000 };
    struct prng prng = {3};
    struct arena arena;
    static uint8_t *pieces[PIECES];
    static size_t sizes[PIECES];
    arena_init(&arena, 1 << 20);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PIECES; i++) {
            sizes[i] = prng_below(&prng, 300);
            pieces[i] = arena_take(&arena, sizes[i]);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % 16, 0);
            memset(pieces[i], i & 0xFF, sizes[i]);
        }
        for (int i = 0; i < PIECES; i++) {
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(pieces[i][k], i & 0xFF);
        }
        arena_reset(&arena);
        assert_int_equal(arena.taken, 0);
    }
    arena_fini(&arena);
}

static void the_bound_is_kept(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100); /* 112, rounded up */
    assert_non_null(arena_take(&arena, 100));
    assert_null(arena_take(&arena, 1));
    assert_null(arena_take(&arena, 0));
    arena_reset(&arena);
    for (int i = 0; i < 7; i++)
        assert_non_null(arena_take(&arena, 1));
    assert_null(arena_take(&arena, 1));
    arena_reset(&arena);
    assert_null(arena_take(&arena, 113));
    assert_null(arena_take(&arena, SIZE_MAX));
    assert_null(arena_take(&arena, SIZE_MAX - 15));
    assert_null(arena_text(&arena, "", SIZE_MAX));
    assert_non_null(arena_take(&arena, 112)); /* a refused piece takes nothing */
    arena_fini(&arena);
    struct arena nothing;
    arena_init(&nothing, 0);
    assert_null(arena_take(&nothing, 17));
    arena_fini(&nothing);
}

static void an_arena_without_a_bound_is_possible(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    for (size_t size = 1; size < 1 << 22; size *= 3)
        assert_non_null(arena_zero(&arena, size));
    assert_null(arena_take(&arena, SIZE_MAX - 4096));
    arena_fini(&arena);
}

static void a_piece_larger_than_a_block_fits(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    uint8_t *small = arena_zero(&arena, 10);
    uint8_t *large = arena_zero(&arena, 900000);
    assert_non_null(small);
    assert_non_null(large);
    assert_int_equal(large[899999], 0);
    assert_null(arena_take(&arena, 200000));
    arena_fini(&arena);
}

static void zeroed_pieces_are_zero_after_a_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    memset(arena_take(&arena, 5000), 0xAA, 5000);
    arena_reset(&arena);
    const uint8_t *zero = arena_zero(&arena, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(zero[i], 0);
    arena_fini(&arena);
}

static void copies_are_whole(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    char source[] = "Nguyễn";
    char *text = arena_text(&arena, source, strlen(source));
    char *copy = arena_copy(&arena, source, sizeof source);
    memset(source, 0, sizeof source);
    assert_string_equal(text, "Nguyễn");
    assert_string_equal(copy, "Nguyễn");
    assert_string_equal(arena_text(&arena, NULL, 0), "");
    assert_non_null(arena_copy(&arena, NULL, 0));
    arena_fini(&arena);
    arena_fini(&arena); /* twice is harmless */
}

static void lists_grow_within_the_bound(void **state)
{
    (void)state;
    struct arena arena;
    uint64_t *numbers = NULL;
    size_t room = 0;
    size_t count = 0;
    arena_init(&arena, 64 * 1024);
    while (ARENA_GROW(&arena, numbers, room, count + 1)) {
        numbers[count] = count * count;
        count++;
    }
    assert_true(count >= 1024); /* the list and those before it fill half at least */
    assert_int_equal(room, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(numbers[i], i * i);
    assert_false(ARENA_GROW(&arena, numbers, room, SIZE_MAX));
    assert_int_equal(room, count);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(the_bound_is_kept),
        cmocka_unit_test(an_arena_without_a_bound_is_possible),
        cmocka_unit_test(a_piece_larger_than_a_block_fits),
        cmocka_unit_test(zeroed_pieces_are_zero_after_a_reset),
        cmocka_unit_test(copies_are_whole),
        cmocka_unit_test(lists_grow_within_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
