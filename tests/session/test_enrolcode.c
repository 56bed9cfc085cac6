#include "base/check.h"

#include <ctype.h>
#include <string.h>

#include "base/enrolcode.h"
#include "base/prng.h"

static void make(struct prng *prng, uint8_t secret[ENROL_SECRET_SIZE], struct hash *root)
{
    for (int i = 0; i < ENROL_SECRET_SIZE; i++)
        secret[i] = (uint8_t)prng_next(prng);
    for (int i = 0; i < HASH_SIZE; i++)
        root->bytes[i] = (uint8_t)prng_next(prng);
}

static bool reads(const char *text, const uint8_t secret[ENROL_SECRET_SIZE],
                  const struct hash *root)
{
    uint8_t read_secret[ENROL_SECRET_SIZE];
    uint8_t read_root[ENROL_ROOT_SIZE];
    return enrol_code_read(text, strlen(text), read_secret, read_root) &&
           memcmp(secret, read_secret, ENROL_SECRET_SIZE) == 0 &&
           enrol_root_matches(read_root, root);
}

static void there_and_back(void **state)
{
    (void)state;
    struct prng prng = {5};
    for (int i = 0; i < 2000; i++) {
        uint8_t secret[ENROL_SECRET_SIZE];
        struct hash root;
        char code[ENROL_CODE_TEXT_SIZE];
        make(&prng, secret, &root);
        enrol_code_write(secret, &root, code);
        assert_int_equal(strlen(code), ENROL_CODE_TEXT_SIZE - 1);
        assert_true(reads(code, secret, &root));
        root.bytes[0] ^= 1;
        assert_false(reads(code, secret, &root));
    }
}

/* As people type: other case, other spaces, I L O for 1 1 0. */
static void typed_by_hand(void **state)
{
    (void)state;
    const uint8_t secret[ENROL_SECRET_SIZE] = {0};
    struct hash root = {{0x08, 0x42}};
    char code[ENROL_CODE_TEXT_SIZE];
    char typed[3 * ENROL_CODE_TEXT_SIZE] = " ";
    enrol_code_write(secret, &root, code);
    size_t size = 1;
    for (const char *at = code; *at != '\0'; at++) {
        char letter = *at == '0' ? 'o' : *at == '1' ? 'l' : (char)tolower((unsigned char)*at);
        if (*at != '-')
            typed[size++] = letter;
        typed[size++] = ' ';
    }
    typed[size] = '\0';
    assert_true(reads(typed, secret, &root));
}

static void no_codes(void **state)
{
    (void)state;
    struct prng prng = {6};
    uint8_t secret[ENROL_SECRET_SIZE];
    uint8_t root_part[ENROL_ROOT_SIZE];
    struct hash root;
    char code[ENROL_CODE_TEXT_SIZE];
    make(&prng, secret, &root);
    enrol_code_write(secret, &root, code);
    assert_false(enrol_code_read(code, strlen(code) - 1, secret, root_part));
    assert_false(enrol_code_read("", 0, secret, root_part));
    code[3] = 'U'; /* not a letter of codes */
    assert_false(enrol_code_read(code, strlen(code), secret, root_part));
    code[3] = '\0';
    assert_false(enrol_code_read(code, ENROL_CODE_TEXT_SIZE - 1, secret, root_part));
    enrol_code_write(secret, &root, code);
    code[ENROL_CODE_TEXT_SIZE - 2] = 'Z'; /* its two spare bits are not zero */
    assert_false(enrol_code_read(code, strlen(code), secret, root_part));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(typed_by_hand),
        cmocka_unit_test(no_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
