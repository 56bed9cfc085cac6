#include "base/check.h"

#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/password.h"

static bool verify(const char *hash, const char *password)
{
    return password_verify(hash, strlen(hash), password, strlen(password));
}

static void right_and_wrong(void **state)
{
    (void)state;
    char hash[PASSWORD_HASH_SIZE];
    char again[PASSWORD_HASH_SIZE];
    assert_true(password_hash("correct horse", 13, hash));
    assert_true(password_hash("correct horse", 13, again));
    assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_string_not_equal(hash, again);
    assert_true(verify(hash, "correct horse"));
    assert_false(verify(hash, "correct horsf"));
    assert_false(verify(hash, ""));
    assert_false(verify("", "correct horse"));
    assert_false(verify("not a hash", "correct horse"));
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Somebody unknown takes as long: the stand-in hash is parsed and worked on like a real one. */
static void nobody_takes_as_long(void **state)
{
    (void)state;
    enum { TRIES = 5 };
    char hash[PASSWORD_HASH_SIZE];
    double known = 1e9;
    double unknown = 1e9;
    assert_true(password_hash("a", 1, hash));
    for (int i = 0; i < TRIES; i++) {
        double start = seconds();
        assert_false(verify(hash, "b"));
        double middle = seconds();
        assert_false(password_verify_nobody("b", 1));
        double end = seconds();
        known = middle - start < known ? middle - start : known;
        unknown = end - middle < unknown ? end - middle : unknown;
    }
    print_message("known %.1f ms, unknown %.1f ms\n", known * 1e3, unknown * 1e3);
    assert_true(unknown > known * 0.7 && unknown < known * 1.4);
}

static int setup(void **state)
{
    (void)state;
    return hash_setup() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_and_wrong),
        cmocka_unit_test(nobody_takes_as_long),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
