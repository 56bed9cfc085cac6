#include "base/check.h"

#include "access/throttle.h"
#include "base/hash.h"

static struct throttle *throttle;

static int setup(void **state)
{
    (void)state;
    static const uint8_t secret[32] = {1};
    throttle = throttle_create(secret);
    return hash_setup() && throttle != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    throttle_destroy(throttle);
    return 0;
}

static uint64_t key_of(enum throttle_kind kind, const char *about)
{
    return throttle_key(throttle, kind, slice_text(about));
}

/* Guesses as fast as allowed; how many in that time. */
static int guesses_in(enum throttle_kind kind, uint64_t key, int64_t from_ms, int64_t for_ms)
{
    int guesses = 0;
    for (int64_t now = from_ms; now < from_ms + for_ms; now += 50) {
        if (throttle_wait(throttle, kind, key, now) > 0)
            continue;
        throttle_charge(throttle, kind, key, now);
        guesses++;
    }
    return guesses;
}

/* At one terminal, and from all of them together. */
static void few_guesses_in_a_minute_and_in_a_day(void **state)
{
    (void)state;
    static const struct {
        enum throttle_kind kind;
        int minute;
        int day;
    } rows[] = {{THROTTLE_HERE, 10, 120},
                {THROTTLE_PIN_HERE, 10, 120},
                {THROTTLE_LOGIN, 25, 24 * 60 + 10},
                {THROTTLE_PIN, 20, 24 * 12 + 10}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum throttle_kind kind = rows[i].kind;
        uint64_t key = key_of(kind, "anh");
        int first = guesses_in(kind, key, 1000, 60 * 1000);
        assert_true(first >= 3 && first <= rows[i].minute);
        int day = guesses_in(kind, key, 61 * 1000, INT64_C(24) * 3600 * 1000);
        assert_true(day < rows[i].day);
        assert_int_equal(throttle_wait(throttle, kind, key_of(kind, "binh"), 1000), 0);
    }
}

/* Who guesses at one terminal for days, as fast as it lets them, slows the name down there alone.
 */
static void one_terminal_closes_a_name_nowhere_else(void **state)
{
    (void)state;
    static const enum throttle_kind kinds[][2] = {{THROTTLE_HERE, THROTTLE_LOGIN},
                                                  {THROTTLE_PIN_HERE, THROTTLE_PIN}};
    for (int i = 0; i < 2; i++) {
        uint64_t here = key_of(kinds[i][0], "anh at till 1");
        uint64_t name = key_of(kinds[i][1], "anh");
        for (int64_t now = 1000; now < INT64_C(3) * 24 * 3600 * 1000; now += 500) {
            assert_int_equal(throttle_wait(throttle, kinds[i][1], name, now), 0);
            if (throttle_wait(throttle, kinds[i][0], here, now) > 0)
                continue;
            throttle_charge(throttle, kinds[i][0], here, now);
            throttle_charge(throttle, kinds[i][1], name, now);
        }
    }
}

/* A day of honest mistakes all over the company keeps nobody waiting. */
static void many_terminals_together(void **state)
{
    (void)state;
    uint64_t key = key_of(THROTTLE_ALL, "");
    int64_t now_ms = 0;
    for (int i = 0; i < 5000; i++, now_ms += 5000) {
        assert_int_equal(throttle_wait(throttle, THROTTLE_ALL, key, now_ms), 0);
        throttle_charge(throttle, THROTTLE_ALL, key, now_ms);
    }
    for (int i = 0; i < 400; i++)
        throttle_charge(throttle, THROTTLE_ALL, key, now_ms);
    assert_int_equal(throttle_wait(throttle, THROTTLE_ALL, key, now_ms), 1000);
}

static void a_right_guess_forgives(void **state)
{
    (void)state;
    uint64_t key = key_of(THROTTLE_PIN_HERE, "anh");
    for (int i = 0; i < 8; i++)
        throttle_charge(throttle, THROTTLE_PIN_HERE, key, 1000);
    assert_true(throttle_wait(throttle, THROTTLE_PIN_HERE, key, 1000) > 10 * 1000);
    throttle_forgive(throttle, key, true);
    assert_int_equal(throttle_wait(throttle, THROTTLE_PIN_HERE, key, 1000), 0);
    throttle_forgive(throttle, key_of(THROTTLE_PIN_HERE, "nobody"), true);
}

static void forgotten_in_the_end(void **state)
{
    (void)state;
    uint64_t key = key_of(THROTTLE_HERE, "anh");
    for (int i = 0; i < 40; i++)
        throttle_charge(throttle, THROTTLE_HERE, key, 0);
    uint32_t wait = throttle_wait(throttle, THROTTLE_HERE, key, 0);
    assert_int_equal(wait, 15 * 60 * 1000);
    throttle_charge(throttle, THROTTLE_HERE, key, wait + 1);
    assert_int_equal(throttle_wait(throttle, THROTTLE_HERE, key, wait + 1), 0);
}

static void a_clock_put_right_leaves_nobody_waiting(void **state)
{
    (void)state;
    uint64_t key = key_of(THROTTLE_RENEWAL, "till 2");
    int64_t year_ms = INT64_C(365) * 24 * 3600 * 1000;
    throttle_charge(throttle, THROTTLE_RENEWAL, key, year_ms);
    assert_true(throttle_wait(throttle, THROTTLE_RENEWAL, key, year_ms) > 0);
    assert_int_equal(throttle_wait(throttle, THROTTLE_RENEWAL, key, 0), 0);
    throttle_charge(throttle, THROTTLE_RENEWAL, key, 0);
    assert_true(throttle_wait(throttle, THROTTLE_RENEWAL, key, 1) > 0);
}

static void bounded(void **state)
{
    (void)state;
    for (uint64_t i = 1; i < 100000; i++)
        throttle_charge(throttle, THROTTLE_LOGIN,
                        throttle_key(throttle, THROTTLE_LOGIN, slice_of(&i, 8)), (int64_t)i);
    uint64_t key = key_of(THROTTLE_LOGIN, "anh");
    for (int i = 0; i < 30; i++)
        throttle_charge(throttle, THROTTLE_LOGIN, key, 200000);
    assert_true(throttle_wait(throttle, THROTTLE_LOGIN, key, 200000) > 0);
}

static void kinds_do_not_mix(void **state)
{
    (void)state;
    static const uint8_t other[32] = {2};
    assert_int_not_equal(key_of(THROTTLE_LOGIN, "anh"), key_of(THROTTLE_PIN, "anh"));
    struct throttle *elsewhere = throttle_create(other);
    assert_int_not_equal(key_of(THROTTLE_LOGIN, "anh"),
                         throttle_key(elsewhere, THROTTLE_LOGIN, slice_text("anh")));
    throttle_destroy(elsewhere);
}

#define throttle_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        throttle_test(few_guesses_in_a_minute_and_in_a_day),
        throttle_test(one_terminal_closes_a_name_nowhere_else),
        throttle_test(many_terminals_together),
        throttle_test(a_right_guess_forgives),
        throttle_test(forgotten_in_the_end),
        throttle_test(a_clock_put_right_leaves_nobody_waiting),
        throttle_test(bounded),
        throttle_test(kinds_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
