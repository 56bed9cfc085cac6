/*
 * Keys of browsers: what WebCrypto makes is taken, whatever is not quite that is not.
 */
#include "base/check.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "net/browser_key.h"

static const char text[] = "what is signed";

struct pair {
    EVP_PKEY *key;
    uint8_t public[256];
    size_t size;
};

static struct pair pair_make(const char *curve)
{
    struct pair pair = {.key = EVP_EC_gen(curve)};
    unsigned char *out = pair.public;
    assert_non_null(pair.key);
    pair.size = (size_t)i2d_PUBKEY(pair.key, &out);
    return pair;
}

static struct slice public_of(const struct pair *pair)
{
    return slice_of(pair->public, pair->size);
}

/* As WebCrypto gives it: r and s, each of 32 bytes. */
static void sign_text(const struct pair *pair, const char *words,
                      uint8_t out[BROWSER_SIGNATURE_SIZE])
{
    uint8_t der[128];
    size_t size = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair->key), 1);
    assert_int_equal(EVP_DigestSign(context, der, &size, (const uint8_t *)words, strlen(words)), 1);
    EVP_MD_CTX_free(context);
    const unsigned char *at = der;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)size);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), out, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), out + 32, 32), 32);
    ECDSA_SIG_free(numbers);
}

static bool is_signed(struct slice key, const char *words, const uint8_t *signature, size_t size)
{
    return browser_key_signed(key, slice_text(words), slice_of(signature, size));
}

static void a_browsers_key_signs(void **state)
{
    (void)state;
    uint8_t signature[BROWSER_SIGNATURE_SIZE];
    for (int i = 0; i < 300; i++) { /* numbers with a leading zero among them */
        struct pair pair = pair_make("P-256");
        assert_int_equal(pair.size, BROWSER_KEY_SIZE);
        assert_true(browser_key_good(public_of(&pair)));
        sign_text(&pair, text, signature);
        assert_true(is_signed(public_of(&pair), text, signature, sizeof signature));
        EVP_PKEY_free(pair.key);
    }
}

static void what_was_not_signed_is_told_from_what_was(void **state)
{
    (void)state;
    uint8_t signature[BROWSER_SIGNATURE_SIZE];
    struct pair pair = pair_make("P-256");
    struct pair other = pair_make("P-256");
    sign_text(&pair, text, signature);
    assert_false(is_signed(public_of(&pair), "what is signee", signature, sizeof signature));
    assert_false(is_signed(public_of(&pair), "", signature, sizeof signature));
    assert_false(is_signed(public_of(&other), text, signature, sizeof signature));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 1;
        assert_false(is_signed(public_of(&pair), text, signature, sizeof signature));
        signature[i] ^= 1;
    }
    EVP_PKEY_free(pair.key);
    EVP_PKEY_free(other.key);
}

static void a_signature_has_its_size(void **state)
{
    (void)state;
    uint8_t signature[BROWSER_SIGNATURE_SIZE + 8] = {0};
    struct pair pair = pair_make("P-256");
    assert_false(is_signed(public_of(&pair), text, signature, BROWSER_SIGNATURE_SIZE)); /* zeros */
    memset(signature, 0xff, sizeof signature);
    assert_false(is_signed(public_of(&pair), text, signature, BROWSER_SIGNATURE_SIZE));
    sign_text(&pair, text, signature);
    assert_true(is_signed(public_of(&pair), text, signature, BROWSER_SIGNATURE_SIZE));
    assert_false(is_signed(public_of(&pair), text, signature, 0));
    assert_false(is_signed(public_of(&pair), text, signature, BROWSER_SIGNATURE_SIZE - 1));
    assert_false(is_signed(public_of(&pair), text, signature, BROWSER_SIGNATURE_SIZE + 1));
    EVP_PKEY_free(pair.key);
}

static void other_keys_are_none(void **state)
{
    (void)state;
    static const char *const curves[] = {"P-384", "P-521", "secp256k1", "brainpoolP256r1"};
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        struct pair pair = pair_make(curves[i]);
        assert_false(browser_key_good(public_of(&pair)));
        EVP_PKEY_free(pair.key);
    }
    EVP_PKEY *edwards = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    uint8_t bytes[256];
    unsigned char *out = bytes;
    size_t size = (size_t)i2d_PUBKEY(edwards, &out);
    assert_false(browser_key_good(slice_of(bytes, size)));
    EVP_PKEY_free(edwards);
    assert_false(browser_key_good(slice_of("", 0)));
}

static void a_key_is_a_point_in_its_one_form(void **state)
{
    (void)state;
    struct pair pair = pair_make("P-256");
    uint8_t bytes[BROWSER_KEY_SIZE + 1];
    memcpy(bytes, pair.public, BROWSER_KEY_SIZE);
    assert_false(browser_key_good(slice_of(bytes, BROWSER_KEY_SIZE - 1)));
    assert_false(browser_key_good(slice_of(bytes, BROWSER_KEY_SIZE + 1)));
    for (size_t i = 0; i < BROWSER_KEY_SIZE; i++) { /* off the curve, or another head */
        bytes[i] ^= 1;
        assert_false(browser_key_good(slice_of(bytes, BROWSER_KEY_SIZE)));
        bytes[i] ^= 1;
    }
    memset(bytes + 27, 0, BROWSER_KEY_SIZE - 27); /* 0, 0 */
    assert_false(browser_key_good(slice_of(bytes, BROWSER_KEY_SIZE)));
    EVP_PKEY_set_utf8_string_param(pair.key, "point-format", "compressed");
    unsigned char *out = pair.public;
    pair.size = (size_t)i2d_PUBKEY(pair.key, &out);
    assert_int_not_equal(pair.size, BROWSER_KEY_SIZE);
    assert_false(browser_key_good(public_of(&pair)));
    EVP_PKEY_free(pair.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browsers_key_signs),
        cmocka_unit_test(what_was_not_signed_is_told_from_what_was),
        cmocka_unit_test(a_signature_has_its_size),
        cmocka_unit_test(other_keys_are_none),
        cmocka_unit_test(a_key_is_a_point_in_its_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
