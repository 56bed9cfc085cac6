#include "base/check.h"

#include "base/hash.h"
#include "base/tally.h"

enum { MOST = 300, KEYS = 40, STEPS = 200000 };

static void counts_like_a_list(void **state)
{
    (void)state;
    struct tally tally;
    uint32_t counts[KEYS] = {0};
    uint32_t all = 0;
    uint64_t chance = 88172645463325252U;
    assert_true(tally_init(&tally, MOST));
    for (int step = 0; step < STEPS; step++) {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        uint32_t key = (uint32_t)(chance % KEYS);
        if ((chance >> 32) % 2 == 0 && all < MOST) {
            tally_add(&tally, key);
            counts[key]++;
            all++;
        } else if (counts[key] > 0) {
            tally_take(&tally, key);
            counts[key]--;
            all--;
        }
        uint32_t other = (uint32_t)((chance >> 16) % KEYS);
        assert_int_equal(tally_count(&tally, other), counts[other]);
    }
    tally_fini(&tally);
}

/* As many keys as there may be things, all different; then none is left. */
static void full_and_empty_again(void **state)
{
    (void)state;
    struct tally tally;
    assert_true(tally_init(&tally, MOST));
    for (uint64_t key = 0; key < MOST; key++)
        tally_add(&tally, key << 40);
    for (uint64_t key = 0; key < MOST; key++)
        assert_int_equal(tally_count(&tally, key << 40), 1);
    for (uint64_t key = 0; key < MOST; key += 2)
        tally_take(&tally, key << 40);
    for (uint64_t key = 0; key < MOST; key++)
        assert_int_equal(tally_count(&tally, key << 40), key % 2);
    for (uint64_t key = 1; key < MOST; key += 2)
        tally_take(&tally, key << 40);
    for (uint32_t i = 0; i <= tally.mask; i++)
        assert_int_equal(tally.slots[i].count, 0);
    tally_fini(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_like_a_list),
        cmocka_unit_test(full_and_empty_again),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
