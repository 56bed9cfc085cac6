#include "base/check.h"

#include "base/hash.h"
#include "base/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BYTES_MAX = 3 * 65536 + 1 };

static struct seal_pair pair, other;
static uint8_t plain[BYTES_MAX];

/* A file without a name that holds these bytes, to be read from its start. */
static int file_of(const uint8_t *bytes, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int fd = dup(fileno(file));
    fclose(file);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static size_t all_of(int fd, uint8_t *out, size_t capacity)
{
    ssize_t size = pread(fd, out, capacity, 0);
    assert_in_range(size, 0, capacity);
    return (size_t)size;
}

static size_t seal(size_t size, uint8_t *out, size_t capacity)
{
    struct failure failure = {.fault = FAULT_NONE};
    int from = file_of(plain, size), to = file_of(NULL, 0);
    assert_true(seal_file(from, to, &pair.open, "part", &failure));
    size_t sealed = all_of(to, out, capacity);
    close(from);
    close(to);
    return sealed;
}

static bool opens(const uint8_t *sealed, size_t size, const struct seal_pair *with,
                  const char *name, size_t wanted)
{
    static uint8_t out[BYTES_MAX];
    struct failure failure = {.fault = FAULT_NONE};
    int from = file_of(sealed, size), to = file_of(NULL, 0);
    bool good = unseal_file(from, to, with, name, &failure);
    if (good) {
        assert_int_equal(all_of(to, out, sizeof out), wanted);
        assert_memory_equal(out, plain, wanted);
    } else {
        assert_int_equal(failure.fault, FAULT_DAMAGED);
    }
    close(from);
    close(to);
    return good;
}

static uint8_t sealed[2 * BYTES_MAX];

static void what_is_sealed_opens(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 2 * 65536, BYTES_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = seal(sizes[i], sealed, sizeof sealed);
        assert_true(size > sizes[i]);
        assert_true(opens(sealed, size, &pair, "part", sizes[i]));
    }
}

static void nothing_else_opens(void **state)
{
    (void)state;
    size_t size = seal(70000, sealed, sizeof sealed);
    assert_false(opens(sealed, size, &other, "part", 70000));
    assert_false(opens(sealed, size, &pair, "another part", 70000));
    for (size_t at = 0; at < size; at += at < 200 ? 1 : 997) {
        sealed[at] ^= 0x20;
        assert_false(opens(sealed, size, &pair, "part", 70000));
        sealed[at] ^= 0x20;
    }
    static const size_t cuts[] = {0, 5, 109, 110, 126, 127, 65536 + 127, 65536 + 128};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
        assert_false(opens(sealed, cuts[i], &pair, "part", 70000));
    sealed[size] = 0;
    assert_false(opens(sealed, size + 1, &pair, "part", 70000));
    assert_true(opens(sealed, size, &pair, "part", 70000));
}

static void two_seals_of_one_file_differ(void **state)
{
    (void)state;
    static uint8_t again[1000];
    size_t size = seal(100, sealed, sizeof sealed);
    assert_int_equal(seal(100, again, sizeof again), size);
    assert_memory_not_equal(sealed + 6, again + 6, 32);
    assert_null(memmem(sealed, size, plain, 16));
}

static void the_secret_half_wants_its_passphrase(void **state)
{
    (void)state;
    uint8_t locked[SEAL_LOCKED_SIZE];
    struct seal_pair back;
    assert_true(seal_lock(&pair, "a long word", 11, locked));
    assert_null(memmem(locked, sizeof locked, pair.secret, 8));
    assert_false(seal_unlock(locked, "a long worm", 11, &back));
    assert_true(seal_unlock(locked, "a long word", 11, &back));
    assert_memory_equal(&back, &pair, sizeof pair);
    locked[60] ^= 1;
    assert_false(seal_unlock(locked, "a long word", 11, &back));
}

static int setup(void **state)
{
    (void)state;
    if (!hash_setup())
        return 1;
    seal_pair_new(&pair);
    seal_pair_new(&other);
    random_bytes(plain, sizeof plain);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(nothing_else_opens),
        cmocka_unit_test(two_seals_of_one_file_differ),
        cmocka_unit_test(the_secret_half_wants_its_passphrase),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
