/* Web Push: the example of RFC 8291, appendix A, byte by byte; tokens of RFC 8292 by their own key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "net/browser_key.h"
#include "net/web_push.h"

#include <string.h>

/* ---- base64 ---- */

static size_t unbase(const char *text, uint8_t *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    int held = 0;
    size_t size = 0;
    for (; *text != '\0'; text++) {
        const char *found = strchr(digits, *text);
        assert_non_null(found);
        bits = bits << 6 | (uint32_t)(found - digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[size++] = (uint8_t)(bits >> held);
        }
    }
    return size;
}

static void base64_has_no_padding(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } pairs[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char out[16];
        size_t size = base64_url(slice_text(pairs[i].bytes), out);
        assert_string_equal(out, pairs[i].text);
        assert_int_equal(size, strlen(pairs[i].text));
    }
}

/* ---- RFC 8291, appendix A ---- */

#define PLAIN "When I grow up, I want to be a watermelon"
#define OWN_SECRET "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define OWN_POINT                                                                                  \
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
#define READER_POINT                                                                               \
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define READER_AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define SEALED                                                                                     \
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS" \
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu" \
    "lcy4a-fN"

static struct push_reader reader_of_the_example(void)
{
    struct push_reader reader;
    assert_int_equal(unbase(READER_POINT, reader.point), PUSH_POINT_SIZE);
    assert_int_equal(unbase(READER_AUTH, reader.auth), PUSH_AUTH_SIZE);
    return reader;
}

static void the_example_of_rfc_8291(void **state)
{
    (void)state;
    struct push_reader reader = reader_of_the_example();
    struct push_key own;
    uint8_t secret[PUSH_SECRET_SIZE], salt[PUSH_SALT_SIZE], point[PUSH_POINT_SIZE];
    uint8_t sealed[PUSH_SEALED_MAX];
    char text[2 * sizeof SEALED];
    size_t size = 0;
    assert_int_equal(unbase(OWN_SECRET, secret), PUSH_SECRET_SIZE);
    assert_int_equal(unbase(SALT, salt), PUSH_SALT_SIZE);
    assert_int_equal(unbase(OWN_POINT, point), PUSH_POINT_SIZE);
    assert_true(push_key_of(secret, &own));
    assert_memory_equal(own.point, point, PUSH_POINT_SIZE);
    assert_true(push_seal_with(&reader, slice_text(PLAIN), salt, &own, sealed, &size));
    base64_url(slice_of(sealed, size), text);
    assert_string_equal(text, SEALED);
}

static void each_sealing_is_another(void **state)
{
    (void)state;
    struct push_reader reader = reader_of_the_example();
    uint8_t first[PUSH_SEALED_MAX], second[PUSH_SEALED_MAX];
    size_t size, other;
    assert_true(push_seal(&reader, slice_text(PLAIN), first, &size));
    assert_true(push_seal(&reader, slice_text(PLAIN), second, &other));
    assert_int_equal(size, other);
    assert_memory_not_equal(first, second, PUSH_SALT_SIZE);
    assert_memory_not_equal(first + PUSH_SALT_SIZE + 5, second + PUSH_SALT_SIZE + 5,
                            PUSH_POINT_SIZE);
}

static void as_much_as_one_record_takes(void **state)
{
    (void)state;
    struct push_reader reader = reader_of_the_example();
    static uint8_t plain[PUSH_PLAIN_MAX + 1];
    uint8_t sealed[PUSH_SEALED_MAX];
    size_t size = 0;
    assert_true(push_seal(&reader, slice_of(plain, PUSH_PLAIN_MAX), sealed, &size));
    assert_int_equal(size, PUSH_SEALED_MAX);
    assert_false(push_seal(&reader, slice_of(plain, PUSH_PLAIN_MAX + 1), sealed, &size));
}

static void what_is_no_point_is_refused(void **state)
{
    (void)state;
    uint8_t point[PUSH_POINT_SIZE], sealed[PUSH_SEALED_MAX];
    size_t size;
    struct push_reader reader = reader_of_the_example();
    unbase(READER_POINT, point);
    assert_true(push_point_good(slice_of(point, sizeof point)));
    assert_false(push_point_good(slice_of(point, sizeof point - 1)));
    point[64] ^= 1; /* beside the curve */
    assert_false(push_point_good(slice_of(point, sizeof point)));
    memcpy(reader.point, point, sizeof point);
    assert_false(push_seal(&reader, slice_text(PLAIN), sealed, &size));
    point[64] ^= 1;
    point[0] = 2; /* as if compressed */
    assert_false(push_point_good(slice_of(point, sizeof point)));
    memset(point, 0, sizeof point);
    assert_false(push_point_good(slice_of(point, sizeof point)));
}

static void a_secret_is_a_number_below_the_order(void **state)
{
    (void)state;
    uint8_t secret[PUSH_SECRET_SIZE] = {0};
    struct push_key key;
    assert_false(push_key_of(secret, &key));
    secret[31] = 1;
    assert_true(push_key_of(secret, &key));
    memset(secret, 0xff, sizeof secret);
    assert_false(push_key_of(secret, &key));
    assert_true(push_key_make(&key));
    assert_true(push_point_good(slice_of(key.point, sizeof key.point)));
}

/* ---- RFC 8292 ---- */

/* As the browser gives its key: SubjectPublicKeyInfo of P-256. */
static void info_of(const struct push_key *key, uint8_t out[BROWSER_KEY_SIZE])
{
    static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, key->point, PUSH_POINT_SIZE);
}

static void a_token_says_for_whom_until_when_and_by_whom(void **state)
{
    (void)state;
    struct push_key key;
    char token[PUSH_TOKEN_MAX], claims[PUSH_TOKEN_MAX];
    uint8_t info[BROWSER_KEY_SIZE], signature[128];
    assert_true(push_key_make(&key));
    assert_true(
        push_token(&key, "https://push.example.net", "mailto:push@example.com", 1453523768, token));
    char *second = strchr(token, '.') + 1;
    char *third = strchr(second, '.') + 1;
    size_t signed_size = (size_t)(third - 1 - token);
    info_of(&key, info);
    assert_int_equal(unbase(third, signature), BROWSER_SIGNATURE_SIZE);
    assert_true(browser_key_signed(slice_of(info, sizeof info), slice_of(token, signed_size),
                                   slice_of(signature, BROWSER_SIGNATURE_SIZE)));
    third[-1] = '\0';
    claims[unbase(second, (uint8_t *)claims)] = '\0';
    assert_string_equal(claims, "{\"aud\":\"https://push.example.net\",\"exp\":1453523768,"
                                "\"sub\":\"mailto:push@example.com\"}");
    second[-1] = '\0';
    claims[unbase(token, (uint8_t *)claims)] = '\0';
    assert_string_equal(claims, "{\"typ\":\"JWT\",\"alg\":\"ES256\"}");
}

static void a_token_cannot_be_made_to_say_more(void **state)
{
    (void)state;
    struct push_key key;
    char token[PUSH_TOKEN_MAX], longest[700];
    assert_true(push_key_make(&key));
    assert_false(push_token(&key, "https://a\",\"x\":\"", "mailto:a@b", 1, token));
    assert_false(push_token(&key, "https://a", "mailto:\\", 1, token));
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(push_token(&key, longest, "mailto:a@b", 1, token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_has_no_padding),
        cmocka_unit_test(the_example_of_rfc_8291),
        cmocka_unit_test(each_sealing_is_another),
        cmocka_unit_test(as_much_as_one_record_takes),
        cmocka_unit_test(what_is_no_point_is_refused),
        cmocka_unit_test(a_secret_is_a_number_below_the_order),
        cmocka_unit_test(a_token_says_for_whom_until_when_and_by_whom),
        cmocka_unit_test(a_token_cannot_be_made_to_say_more),
    };
    assert_true(hash_setup());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
