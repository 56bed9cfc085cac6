#include "base/check.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/grow.h"

static void members_keep_their_values(void **state)
{
    (void)state;
    uint64_t *numbers = NULL;
    size_t room = 0;
    size_t moves = 0;
    for (size_t i = 0; i < 100000; i++) {
        size_t before = room;
        assert_true(GROW(numbers, room, i + 1));
        assert_true(room > i);
        moves += room != before;
        numbers[i] = i * i;
    }
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(numbers[i], i * i);
    assert_true(moves <= 12); /* doubled, not stretched one by one */
    free(numbers);
}

static void what_cannot_be_had_changes_nothing(void **state)
{
    (void)state;
    uint64_t *numbers = NULL;
    size_t room = 0;
    assert_true(GROW(numbers, room, 3));
    const uint64_t *before = numbers;
    size_t had = room;
    assert_false(GROW(numbers, room, SIZE_MAX));
    assert_false(GROW(numbers, room, SIZE_MAX / sizeof *numbers));
    assert_ptr_equal(numbers, before);
    assert_int_equal(room, had);
    free(numbers);
}

static void what_is_new_is_zero(void **state)
{
    (void)state;
    uint64_t *numbers = NULL;
    size_t room = 0;
    for (size_t wanted = 1; wanted < 100000; wanted *= 3) {
        size_t before = room;
        assert_true(GROW_ZEROED(numbers, room, wanted));
        assert_true(room >= wanted);
        for (size_t i = 0; i < room; i++)
            assert_int_equal(numbers[i], i < before ? i + 1 : 0);
        for (size_t i = 0; i < room; i++)
            numbers[i] = i + 1;
    }
    free(numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_keep_their_values),
        cmocka_unit_test(what_cannot_be_had_changes_nothing),
        cmocka_unit_test(what_is_new_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
