#include "base/enrolcode.h"

#include <assert.h>
#include <string.h>

enum {
    RAW_SIZE = ENROL_SECRET_SIZE + ENROL_ROOT_SIZE,
    LETTERS = (RAW_SIZE * 8 + 4) / 5,
    GROUP = 5,
};
static_assert(ENROL_CODE_TEXT_SIZE == LETTERS + (LETTERS - 1) / GROUP + 1, "text and dashes fit");

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Five bits from bit `at` on; bits past the end are zero. */
static unsigned bits_at(const uint8_t raw[RAW_SIZE], size_t at)
{
    unsigned pair = (unsigned)raw[at / 8] << 8;
    if (at / 8 + 1 < RAW_SIZE)
        pair |= raw[at / 8 + 1];
    return pair >> (11 - at % 8) & 31U;
}

void enrol_code_write(const uint8_t secret[ENROL_SECRET_SIZE], const struct hash *root,
                      char out[ENROL_CODE_TEXT_SIZE])
{
    uint8_t raw[RAW_SIZE];
    memcpy(raw, secret, ENROL_SECRET_SIZE);
    memcpy(raw + ENROL_SECRET_SIZE, root->bytes, ENROL_ROOT_SIZE);
    char *at = out;
    for (size_t i = 0; i < LETTERS; i++) {
        if (i > 0 && i % GROUP == 0)
            *at++ = '-';
        *at++ = alphabet[bits_at(raw, i * 5)];
    }
    *at = '\0';
    secret_wipe(raw, sizeof raw);
}

/* 0..31, -1 for what is passed over, -2 for what no code holds. */
static int letter_value(char letter)
{
    if (letter == ' ' || letter == '-' || letter == '\t' || letter == '\n' || letter == '\r')
        return -1;
    char upper = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    if (upper == 'I' || upper == 'L')
        upper = '1';
    if (upper == 'O')
        upper = '0';
    const char *found = upper == '\0' ? NULL : strchr(alphabet, upper);
    return found == NULL ? -2 : (int)(found - alphabet);
}

/* Puts five bits at bit `at`; false when bits past the end are not zero. */
static bool put_bits(uint8_t raw[RAW_SIZE], size_t at, unsigned value)
{
    unsigned pair = value << (11 - at % 8);
    raw[at / 8] = (uint8_t)(raw[at / 8] | pair >> 8);
    if (at / 8 + 1 < RAW_SIZE)
        raw[at / 8 + 1] = (uint8_t)(raw[at / 8 + 1] | (pair & 255U));
    return at / 8 + 1 < RAW_SIZE || (pair & 255U) == 0;
}

bool enrol_code_read(const char *text, size_t size, uint8_t ret_secret[ENROL_SECRET_SIZE],
                     uint8_t ret_root[ENROL_ROOT_SIZE])
{
    uint8_t raw[RAW_SIZE] = {0};
    size_t letters = 0;
    for (size_t i = 0; i < size; i++) {
        int value = letter_value(text[i]);
        if (value == -1)
            continue;
        if (value < 0 || letters == LETTERS || !put_bits(raw, letters * 5, (unsigned)value))
            return false;
        letters++;
    }
    if (letters != LETTERS)
        return false;
    memcpy(ret_secret, raw, ENROL_SECRET_SIZE);
    memcpy(ret_root, raw + ENROL_SECRET_SIZE, ENROL_ROOT_SIZE);
    secret_wipe(raw, sizeof raw);
    return true;
}

bool enrol_root_matches(const uint8_t code_root[ENROL_ROOT_SIZE], const struct hash *root)
{
    return memcmp(code_root, root->bytes, ENROL_ROOT_SIZE) == 0;
}

void enrol_code_digest(const uint8_t secret[ENROL_SECRET_SIZE], struct hash *ret_digest)
{
    hash_of(secret, ENROL_SECRET_SIZE, ret_digest);
}
