#include "engine/admission.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_room_is_what_is_done_in_time(void **state)
{
    struct admission admission;
    (void)state;
    admission_init(&admission);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 500, 50 * 1000); /* 0.1 ms each */
    assert_in_range(admission_room(&admission), 1400, 1600);
    assert_true(admission_admits(&admission, 1399));
    assert_false(admission_admits(&admission, 1600));
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 500, 5); /* faster than there are places */
    assert_int_equal(admission_room(&admission), WRITER_QUEUE_MAX);
}

/* On a slow disk a few in a group take as long as many. */
static void a_slow_disk_has_room_for_a_group(void **state)
{
    struct admission admission;
    (void)state;
    admission_init(&admission);
    uint32_t before = admission_room(&admission);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 3, 300 * 1000);
    assert_int_equal(admission_room(&admission), before);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 20, 10 * 1000 * 1000);
    assert_int_equal(admission_room(&admission), ADMISSION_ROOM_LEAST);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 500, 50 * 1000);
    assert_in_range(admission_room(&admission), 1400, 1600);
}

static void each_comes_back_in_his_turn(void **state)
{
    struct admission admission;
    (void)state;
    admission_init(&admission);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 500, 500 * 1000); /* 1 ms each */
    uint32_t last = 0;
    for (int i = 0; i < 500; i++) {
        uint32_t retry = admission_retry_ms(&admission, 1000000, 256);
        assert_true(retry > last || i == 0);
        last = retry;
    }
    assert_in_range(last, 256 + 490, 256 + 510);
    /* later the row has moved on */
    assert_in_range(admission_retry_ms(&admission, 1000000 + 700 * 1000, 0),
                    ADMISSION_RETRY_LEAST_MS, 70);
}

static void a_row_too_long_is_scattered(void **state)
{
    struct admission admission;
    uint32_t parts[4] = {0};
    (void)state;
    admission_init(&admission);
    for (int i = 0; i < 50; i++)
        admission_took(&admission, 500, 500 * 1000);
    for (int i = 0; i < 2000; i++)
        (void)admission_retry_ms(&admission, 1000000, 256);
    for (int i = 0; i < 1000; i++) {
        uint32_t retry = admission_retry_ms(&admission, 1000000, 256);
        assert_in_range(retry, ADMISSION_RETRY_MOST_MS / 2, ADMISSION_RETRY_MOST_MS - 1);
        parts[(retry - ADMISSION_RETRY_MOST_MS / 2) / (ADMISSION_RETRY_MOST_MS / 8)]++;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(parts[i], 200, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_room_is_what_is_done_in_time),
        cmocka_unit_test(a_slow_disk_has_room_for_a_group),
        cmocka_unit_test(each_comes_back_in_his_turn),
        cmocka_unit_test(a_row_too_long_is_scattered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
