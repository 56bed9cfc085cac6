#include "base/enrolcode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    RAW_SIZE = ENROL_SECRET_SIZE + ENROL_ROOT_SIZE,
    LETTERS = (RAW_SIZE * 8 + 4) / 5,
    GROUP = 5,
    SECRET_LETTERS = ENROL_SECRET_SIZE * 8 / 5,
    TYPING_ERRORS_MAX = 3, /* a root that differs in more letters is another one */
};
static_assert(SECRET_LETTERS * 5 == ENROL_SECRET_SIZE * 8, "the secret ends with a letter");
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

/* ---- finding a wrong letter ---- */

/* Letters are numbers of the field of 32: added by ^, multiplied by their logarithms. */
struct field {
    unsigned power[31];
    unsigned log[32];
};

static void field_make(struct field *field)
{
    unsigned value = 1;
    for (unsigned i = 0; i < 31; i++) {
        field->power[i] = value;
        field->log[value] = i;
        value <<= 1;
        if (value & 32U)
            value ^= 0x25U;
    }
    field->log[0] = 0;
}

static unsigned times(const struct field *field, unsigned a, unsigned power)
{
    return a == 0 ? 0 : field->power[(field->log[a] + power) % 31];
}

/* The sum of the letters, and of each times the power of its place. Both are 0 in a sealed one. */
static void sums(const struct field *field, const uint8_t secret[ENROL_SECRET_SIZE], unsigned count,
                 unsigned *ret_plain, unsigned *ret_placed)
{
    uint8_t raw[RAW_SIZE] = {0};
    memcpy(raw, secret, ENROL_SECRET_SIZE);
    *ret_plain = 0;
    *ret_placed = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned letter = bits_at(raw, (size_t)i * 5);
        *ret_plain ^= letter;
        *ret_placed ^= times(field, letter, i);
    }
    secret_wipe(raw, sizeof raw);
}

void enrol_secret_seal(uint8_t secret[ENROL_SECRET_SIZE])
{
    enum { SECOND = SECRET_LETTERS - 1, FIRST = SECRET_LETTERS - 2 };
    struct field field;
    unsigned plain, placed;
    field_make(&field);
    sums(&field, secret, FIRST, &plain, &placed);
    /* first + second = plain, first α^FIRST + second α^SECOND = placed */
    unsigned above = placed ^ times(&field, plain, FIRST);
    unsigned below = field.power[FIRST] ^ field.power[SECOND];
    unsigned second = times(&field, above, 31 - field.log[below]);
    unsigned letters = (plain ^ second) << 5 | second;
    secret[ENROL_SECRET_SIZE - 2] =
        (uint8_t)((secret[ENROL_SECRET_SIZE - 2] & 0xfcU) | letters >> 8);
    secret[ENROL_SECRET_SIZE - 1] = (uint8_t)letters;
}

/* The typed letters of a group, from 0; what is passed over is left out. */
static void group_of(const char *text, size_t size, size_t group, char out[GROUP + 1])
{
    size_t letters = 0, used = 0;
    for (size_t i = 0; i < size && used < GROUP; i++) {
        if (letter_value(text[i]) == -1)
            continue;
        if (letters / GROUP == group)
            out[used++] = text[i];
        letters++;
    }
    out[used] = '\0';
}

bool enrol_code_doubt(const char *text, size_t size, char out[ENROL_HINT_SIZE])
{
    uint8_t secret[ENROL_SECRET_SIZE], root[ENROL_ROOT_SIZE];
    struct field field;
    unsigned plain, placed;
    char typed[GROUP + 1];
    field_make(&field);
    if (!enrol_code_read(text, size, secret, root))
        return false;
    sums(&field, secret, SECRET_LETTERS, &plain, &placed);
    secret_wipe(secret, sizeof secret);
    if (plain == 0 && placed == 0)
        return false;
    unsigned place = (field.log[placed] + 31 - field.log[plain]) % 31;
    if (plain == 0 || placed == 0 || place >= SECRET_LETTERS) {
        snprintf(out, ENROL_HINT_SIZE,
                 "the code seems to have more than one typing error in its first %d groups",
                 (SECRET_LETTERS + GROUP - 1) / GROUP);
        return true;
    }
    group_of(text, size, place / GROUP, typed);
    snprintf(out, ENROL_HINT_SIZE, "the code seems to have a typing error in group %u (%s)",
             place / GROUP + 1, typed);
    return true;
}

bool enrol_code_near_root(const char *text, size_t size, const struct hash *root,
                          char out[ENROL_HINT_SIZE])
{
    uint8_t typed[RAW_SIZE], real[RAW_SIZE];
    char group[GROUP + 1];
    size_t wrong = 0, first = 0;
    if (!enrol_code_read(text, size, typed, typed + ENROL_SECRET_SIZE))
        return false;
    memcpy(real, typed, ENROL_SECRET_SIZE);
    memcpy(real + ENROL_SECRET_SIZE, root->bytes, ENROL_ROOT_SIZE);
    for (size_t i = 0; i < LETTERS; i++) {
        if (bits_at(typed, i * 5) != bits_at(real, i * 5) && wrong++ == 0)
            first = i;
    }
    secret_wipe(typed, sizeof typed);
    secret_wipe(real, sizeof real);
    if (wrong == 0 || wrong > TYPING_ERRORS_MAX)
        return false;
    group_of(text, size, first / GROUP, group);
    snprintf(out, ENROL_HINT_SIZE, "the code has a typing error in group %zu (%s)",
             first / GROUP + 1, group);
    return true;
}

/* Of groups as they were typed, with dashes or blanks between: the first that is too short or too
 * long; 0: none, or they are not apart. */
static size_t uneven_group(const char *text, size_t size, size_t *ret_letters)
{
    size_t group = 1, letters = 0;
    for (size_t i = 0; i <= size; i++) {
        bool apart = i == size || letter_value(text[i]) == -1;
        if (!apart) {
            letters++;
            continue;
        }
        if (letters == 0)
            continue;
        *ret_letters = letters;
        if (letters != GROUP && (i < size || group <= LETTERS / GROUP || letters > LETTERS % GROUP))
            return group;
        group++;
        letters = 0;
    }
    return 0;
}

void enrol_code_explain(const char *text, size_t size, char out[ENROL_HINT_SIZE])
{
    size_t letters = 0, in_group = 0;
    for (size_t i = 0; i < size; i++) {
        if (letter_value(text[i]) == -2) {
            bool shown = text[i] > ' ' && text[i] < 0x7f;
            char sign[2] = {shown ? text[i] : '\0', '\0'};
            snprintf(out, ENROL_HINT_SIZE,
                     "the code has a typing error in group %zu: %s%s is in no code",
                     letters / GROUP + 1, shown ? "" : "one of its letters", sign);
            return;
        }
        letters += letter_value(text[i]) >= 0;
    }
    if (letters == LETTERS) {
        snprintf(out, ENROL_HINT_SIZE, "the code has a typing error in its last group");
        return;
    }
    size_t group = uneven_group(text, size, &in_group);
    int used =
        snprintf(out, ENROL_HINT_SIZE, "the code has %zu letters and digits, and a whole one %d",
                 letters, LETTERS);
    if (group > 0 && group <= (LETTERS + GROUP - 1) / GROUP && letters + GROUP > LETTERS)
        snprintf(out + used, ENROL_HINT_SIZE - (size_t)used, ": group %zu has %zu", group,
                 in_group);
}
