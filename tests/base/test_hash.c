#include "base/check.h"

#include <string.h>

#include "base/hash.h"
#include "base/prng.h"

static void expect_text(const struct hash *hash, const char *expected)
{
    char text[HASH_TEXT_SIZE];
    hash_text(hash, text);
    assert_string_equal(text, expected);
}

static void hashes_are_blake2b_256(void **state)
{
    (void)state;
    struct hash hash;
    hash_of(NULL, 0, &hash);
    expect_text(&hash, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    hash_of("abc", 3, &hash);
    expect_text(&hash, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void keyed(const void *key, size_t key_size, const void *data, size_t size,
                  struct hash *ret_hash)
{
    struct hash_state state;
    hash_begin_keyed(&state, key, key_size);
    hash_add(&state, data, size);
    hash_end(&state, ret_hash);
}

static void a_key_gives_another_hash(void **state)
{
    (void)state;
    struct hash hash;
    uint8_t key[64];
    uint8_t data[1000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    keyed("salt of this ledger", 19, "0912345678", 10, &hash);
    expect_text(&hash, "ab7c745b43494c5bef91d6e3dcd87470027afb4a37091adc350e571e1b5ca026");
    keyed("k", 1, "x", 1, &hash);
    expect_text(&hash, "a9ff2f15e1028829b8d3c81e4746f1376bc0db6d60298e1fe3b53ba9b65f084b");
    keyed(key, sizeof key, data, sizeof data, &hash);
    expect_text(&hash, "218c8e20fa50de8a5271b3fa7495d0cfa08f38bea3b54cfe869300a7eac4ece5");
}

static void pieces_hash_as_the_whole(void **state)
{
    (void)state;
    struct prng prng = {5};
    uint8_t data[4096];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)prng_next(&prng);
    for (int i = 0; i < 500; i++) {
        struct hash_state pieces;
        struct hash whole;
        struct hash hash;
        size_t size = prng_below(&prng, sizeof data + 1);
        hash_begin(&pieces);
        for (size_t at = 0, piece; at < size; at += piece) {
            piece = 1 + prng_below(&prng, size - at);
            hash_add(&pieces, data + at, piece);
            hash_add(&pieces, NULL, 0);
        }
        hash_end(&pieces, &hash);
        hash_of(data, size, &whole);
        assert_true(hash_equal(&hash, &whole));
    }
}

static void integers_are_hashed_big_endian(void **state)
{
    (void)state;
    struct hash_state one;
    struct hash hash;
    hash_begin(&one);
    hash_add_u64(&one, UINT64_C(0x0102030405060708));
    hash_end(&one, &hash);
    expect_text(&hash, "ea2d4bc21f5319fc5c97b2266e5023b94396cd2d1af901bacd2be5962a70b4e5");
}

static void every_bit_counts_when_comparing(void **state)
{
    (void)state;
    struct hash a;
    hash_of("a", 1, &a);
    struct hash b = a;
    assert_true(hash_equal(&a, &b));
    for (size_t bit = 0; bit < 8 * HASH_SIZE; bit++) {
        b.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(hash_equal(&a, &b));
        b = a;
    }
}

static void random_bytes_differ_and_wiped_ones_are_zero(void **state)
{
    (void)state;
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    const uint8_t zero[32] = {0};
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, zero, sizeof a);
    secret_wipe(a, sizeof a);
    assert_memory_equal(a, zero, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_blake2b_256),
        cmocka_unit_test(a_key_gives_another_hash),
        cmocka_unit_test(pieces_hash_as_the_whole),
        cmocka_unit_test(integers_are_hashed_big_endian),
        cmocka_unit_test(every_bit_counts_when_comparing),
        cmocka_unit_test(random_bytes_differ_and_wiped_ones_are_zero),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
