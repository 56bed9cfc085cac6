#include "base/check.h"

#include <ctype.h>
#include <stdio.h>
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

/* One wrong letter anywhere in the secret is found, by its group; another one is never blamed. */
static void a_wrong_letter_is_found(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (void)state;
    struct prng prng = {7};
    for (int i = 0; i < 500; i++) {
        uint8_t secret[ENROL_SECRET_SIZE];
        struct hash root;
        char code[ENROL_CODE_TEXT_SIZE], hint[ENROL_HINT_SIZE], wanted[40];
        make(&prng, secret, &root);
        enrol_secret_seal(secret);
        enrol_code_write(secret, &root, code);
        assert_false(enrol_code_doubt(code, strlen(code), hint));
        size_t place = (size_t)(prng_next(&prng) % 16);
        char *letter = &code[place + place / 5];
        char before = *letter;
        while (*letter == before)
            *letter = alphabet[prng_next(&prng) % 32];
        assert_true(enrol_code_doubt(code, strlen(code), hint));
        snprintf(wanted, sizeof wanted, "in group %zu (%.5s)", place / 5 + 1,
                 code + 6 * (place / 5));
        if (!strstr(hint, wanted))
            fail_msg("'%s' is not in '%s'", wanted, hint);
    }
}

static void two_letters_in_each_other_s_place_are_seen(void **state)
{
    (void)state;
    struct prng prng = {8};
    for (int i = 0; i < 500; i++) {
        uint8_t secret[ENROL_SECRET_SIZE];
        struct hash root;
        char code[ENROL_CODE_TEXT_SIZE], hint[ENROL_HINT_SIZE];
        make(&prng, secret, &root);
        enrol_secret_seal(secret);
        enrol_code_write(secret, &root, code);
        char first = code[7];
        code[7] = code[8];
        code[8] = first;
        assert_int_equal(enrol_code_doubt(code, strlen(code), hint), code[7] != code[8]);
    }
}

/* The second half is compared with the root that the server shows. */
static void a_wrong_letter_of_the_root_is_found(void **state)
{
    (void)state;
    struct prng prng = {9};
    uint8_t secret[ENROL_SECRET_SIZE];
    struct hash root, other;
    char code[ENROL_CODE_TEXT_SIZE], hint[ENROL_HINT_SIZE];
    make(&prng, secret, &root);
    enrol_code_write(secret, &root, code);
    assert_false(enrol_code_near_root(code, strlen(code), &root, hint));
    code[25] = code[25] == 'A' ? 'B' : 'A';
    assert_true(enrol_code_near_root(code, strlen(code), &root, hint));
    assert_non_null(strstr(hint, "in group 5 ("));
    make(&prng, secret, &other);
    assert_false(enrol_code_near_root(code, strlen(code), &other, hint)); /* another company's */
}

static void what_is_no_code_is_explained(void **state)
{
    static const char good[] = "9XDPC-XEHB1-MTEA2-GG5K0-ZYSDV-AAYQN-5KMSB-4RJ6J-PC";
    static const struct {
        const char *typed, *told;
    } cases[] = {
        {"9XDPC-XEHB1-MTUA2-GG5K0-ZYSDV-AAYQN-5KMSB-4RJ6J-PC", "in group 3: U is in no code"},
        {"9XDPC-XEHB1-MTEA2-GG5K0-ZYSDV-AAYQN-5KM?B-4RJ6J-PC", "in group 7: ? is in no code"},
        {"9XDPC-XEHB1-MTEA2-GG5-ZYSDV-AAYQN-5KMSB-4RJ6J-PC",
         "40 letters and digits, and a whole one 42: group 4 has 3"},
        {"9XDPC XEHB1 MTEA2 GG5K00 ZYSDV AAYQN 5KMSB 4RJ6J PC",
         "43 letters and digits, and a whole one 42: group 4 has 6"},
        {"9XDPC-XEHB1-MTEA2-GG5K0-ZYSDV-AAYQN-5KMSB-4RJ6J-P", "41 letters and digits"},
        {"9XDPC\xc3\x84", "in group 2: one of its letters is in no code"},
        {"not a code", "8 letters and digits"},
        {"", "0 letters and digits"},
        {"9XDPC-XEHB1-MTEA2-GG5K0-ZYSDV-AAYQN-5KMSB-4RJ6J-PZ", "in its last group"},
    };
    char hint[ENROL_HINT_SIZE];
    uint8_t secret[ENROL_SECRET_SIZE], root[ENROL_ROOT_SIZE];
    (void)state;
    assert_true(enrol_code_read(good, strlen(good), secret, root));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *typed = cases[i].typed;
        assert_false(enrol_code_read(typed, strlen(typed), secret, root));
        enrol_code_explain(typed, strlen(typed), hint);
        if (!strstr(hint, cases[i].told))
            fail_msg("'%s': '%s' is not in '%s'", typed, cases[i].told, hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(typed_by_hand),
        cmocka_unit_test(no_codes),
        cmocka_unit_test(a_wrong_letter_is_found),
        cmocka_unit_test(two_letters_in_each_other_s_place_are_seen),
        cmocka_unit_test(a_wrong_letter_of_the_root_is_found),
        cmocka_unit_test(what_is_no_code_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
