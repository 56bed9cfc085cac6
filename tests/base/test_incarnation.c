#include "base/check.h"

#include "base/hash.h"
#include "base/incarnation.h"

static const struct incarnation one = {2, "one"}, two = {2, "two"}, later = {3, "one"};
static const struct incarnation untold = {.number = 2};

static void the_nonce_tells_two_apart(void **state)
{
    (void)state;
    assert_true(incarnation_same(&one, &one));
    assert_false(incarnation_same(&one, &two));
    assert_false(incarnation_same(&one, &later));
    struct incarnation a = incarnation_new(2), b = incarnation_new(2);
    assert_false(incarnation_same(&a, &b));
}

static void without_a_nonce_the_number_decides(void **state)
{
    (void)state;
    assert_true(incarnation_same(&one, &untold));
    assert_true(incarnation_same(&untold, &two));
    assert_false(incarnation_same(&untold, &later));
    assert_false(incarnation_equal(&one, &untold));
    struct incarnation of = incarnation_of(2, slice_of("12345", 5)); /* not eight bytes */
    assert_true(incarnation_equal(&of, &untold));
    of = incarnation_of(2, incarnation_nonce(&two));
    assert_true(incarnation_equal(&of, &two));
}

static void one_follows_by_its_number(void **state)
{
    (void)state;
    assert_true(incarnation_follows(&one, &one));
    assert_true(incarnation_follows(&one, &later));
    assert_false(incarnation_follows(&one, &two));
    assert_false(incarnation_follows(&later, &one));
}

static void its_text_is_read_back(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "2",
                                        "2-",
                                        "2-6f6e",
                                        "2-6F6e650000000000",
                                        "02-6f6e650000000000",
                                        "2-6f6e6500000000001",
                                        "2-6f6e650000000000 ",
                                        "99999999999-6f6e650000000000"};
    struct incarnation again, most = {UINT32_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff"};
    char text[INCARNATION_TEXT_SIZE];
    incarnation_write(&one, text);
    assert_string_equal(text, "2-6f6e650000000000");
    assert_true(incarnation_read(text, &again));
    assert_true(incarnation_equal(&again, &one));
    incarnation_write(&most, text);
    assert_true(incarnation_read(text, &again));
    assert_true(incarnation_equal(&again, &most));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(incarnation_read(wrong[i], &again));
}

int main(void)
{
    assert_true(hash_setup());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nonce_tells_two_apart),
        cmocka_unit_test(without_a_nonce_the_number_decides),
        cmocka_unit_test(one_follows_by_its_number),
        cmocka_unit_test(its_text_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
