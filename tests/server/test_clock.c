#include "base/check.h"

#include "engine/clock.h"

#include "base/limits.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };
#define DAY (INT64_C(24) * HOUR)
static const int64_t START = INT64_C(1800000000000);

static struct clock_reading at(int64_t steady, int64_t strayed)
{
    return (struct clock_reading){START + steady + strayed, steady, false};
}

static void small_steps_are_followed(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, at(0, 0));
    int64_t strayed = 0;
    for (int64_t i = 1; i <= 100; i++) {
        strayed += 4 * MINUTE;
        assert_int_equal(clock_look(&clock, at(i * 1000, strayed)), CLOCK_SAME);
        assert_true(clock_believed(&clock));
        assert_int_equal(clock_at(&clock, at(i * 1000, 0)), START + i * 1000 + strayed);
    }
}

static void a_jump_alarms_and_time_goes_on(void **state)
{
    (void)state;
    const int64_t jumps[] = {3 * DAY, -3 * DAY, 5 * MINUTE + 1, -(5 * MINUTE + 1), -START};
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        struct clock clock;
        clock_init(&clock, at(0, 0));
        assert_int_equal(clock_look(&clock, at(1000, jumps[i])), CLOCK_JUMPED);
        assert_false(clock_believed(&clock));
        assert_int_equal(clock_at(&clock, at(1000, jumps[i])), START + 1000);
        assert_int_equal(atomic_load(&clock.strayed_ms), jumps[i]);
        assert_int_equal(clock_look(&clock, at(2000, jumps[i])), CLOCK_SAME);
        assert_int_equal(clock_at(&clock, at(2000, jumps[i])), START + 2000);
    }
}

static void five_minutes_are_no_jump(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, at(0, 0));
    assert_int_equal(clock_look(&clock, at(1000, CLOCK_JUMP_MS)), CLOCK_SAME);
    assert_int_equal(clock_look(&clock, at(2000, 0)), CLOCK_SAME);
    assert_true(clock_believed(&clock));
}

static void back_again_ends_the_alarm(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, at(0, 0));
    clock_look(&clock, at(1000, 3 * DAY));
    assert_int_equal(clock_look(&clock, at(2000, 100)), CLOCK_BACK);
    assert_true(clock_believed(&clock));
    assert_int_equal(clock_at(&clock, at(2000, 0)), START + 2100);
}

static void no_lapse_of_time_ends_the_alarm_but_a_person_does(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, at(0, 0));
    clock_look(&clock, at(1000, 45 * DAY));
    assert_int_equal(clock_look(&clock, at(HOUR, 45 * DAY)), CLOCK_SAME);
    assert_int_equal(clock_look(&clock, at(400 * DAY, 45 * DAY)), CLOCK_SAME);
    assert_false(clock_believed(&clock));
    assert_int_equal(clock_at(&clock, at(400 * DAY, 45 * DAY)), START + 400 * DAY);
    clock_accept(&clock, at(400 * DAY, 45 * DAY));
    assert_true(clock_believed(&clock));
    assert_int_equal(clock_at(&clock, at(400 * DAY, 0)), START + 445 * DAY);
}

static void a_time_server_ends_the_alarm(void **state)
{
    (void)state;
    struct clock clock;
    struct clock_reading vouched = at(2000, -45 * DAY);
    vouched.vouched = true;
    clock_init(&clock, at(0, 0));
    assert_int_equal(clock_look(&clock, at(1000, -45 * DAY)), CLOCK_JUMPED);
    assert_int_equal(clock_look(&clock, vouched), CLOCK_ACCEPTED);
    assert_true(clock_believed(&clock));
    assert_int_equal(clock_at(&clock, vouched), vouched.wall_ms);
}

/* At the start: against the ledger's newest command. */
static void a_start_believes_what_may_follow_on_the_ledger(void **state)
{
    (void)state;
    static const struct {
        int64_t ahead_ms;
        bool believed;
    } starts[] = {{0, true},          {MINUTE, true},       {DAY, true},
                  {3 * DAY, true},    {3 * DAY + 1, false}, {45 * DAY, false},
                  {365 * DAY, false}, {-MINUTE, true},      {-HOUR, false},
                  {-DAY, false},      {-365 * DAY, false}};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        struct clock clock;
        struct clock_reading reading = at(0, starts[i].ahead_ms);
        clock_follow(&clock, reading, START);
        assert_int_equal(clock_believed(&clock), starts[i].believed);
        int64_t now_ms = starts[i].believed ? reading.wall_ms : START;
        assert_int_equal(clock_at(&clock, reading), now_ms);
        reading.vouched = true;
        clock_follow(&clock, reading, START);
        assert_true(clock_believed(&clock));
    }
}

static void a_second_jump_is_one_alarm(void **state)
{
    (void)state;
    struct clock clock;
    clock_init(&clock, at(0, 0));
    assert_int_equal(clock_look(&clock, at(1000, 3 * DAY)), CLOCK_JUMPED);
    assert_int_equal(clock_look(&clock, at(2000, -3 * DAY)), CLOCK_SAME);
    assert_false(clock_believed(&clock));
}

static void ids_are_ours_and_all_different(void **state)
{
    (void)state;
    struct clock clock;
    uint8_t first[COMMAND_ID_SIZE], second[COMMAND_ID_SIZE], word[8] = {0};
    clock_init(&clock, clock_read());
    clock_new_id(&clock, first);
    clock_new_id(&clock, second);
    assert_memory_not_equal(first, second, COMMAND_ID_SIZE);
    assert_int_equal(be32_get(first + 6), 0);
    memcpy(word + 2, first, 6);
    int64_t strayed = clock_now_ms(&clock) - (int64_t)be64_get(word);
    assert_in_range(strayed, 0, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_steps_are_followed),
        cmocka_unit_test(a_jump_alarms_and_time_goes_on),
        cmocka_unit_test(five_minutes_are_no_jump),
        cmocka_unit_test(back_again_ends_the_alarm),
        cmocka_unit_test(no_lapse_of_time_ends_the_alarm_but_a_person_does),
        cmocka_unit_test(a_time_server_ends_the_alarm),
        cmocka_unit_test(a_start_believes_what_may_follow_on_the_ledger),
        cmocka_unit_test(a_second_jump_is_one_alarm),
        cmocka_unit_test(ids_are_ours_and_all_different),
    };
    assert_true(hash_setup());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
