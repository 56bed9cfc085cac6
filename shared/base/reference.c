#include "base/reference.h"

#include "base/text.h"

#include <string.h>

/* What a character is worth in both standards: 0-9, then A-Z. */
static const char values[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
enum { VALUES = 36, VALUE_I = 18, VALUE_O = 24, NO_VALUE = -1 };

static int value_of(uint32_t point)
{
    if (point >= '0' && point <= '9')
        return (int)(point - '0');
    if (point >= 'A' && point <= 'Z')
        return (int)(point - 'A') + 10;
    if (point >= 'a' && point <= 'z')
        return (int)(point - 'a') + 10;
    return NO_VALUE;
}

/* ---- ISO 7064 MOD 37,36 ---- */

enum { MOD_BEGIN = VALUES, MOD = VALUES + 1 };

static int mod_step(int product, int value)
{
    int sum = (product + value) % VALUES;
    return (sum == 0 ? VALUES : sum) * 2 % MOD;
}

/* Together with it the product is 1. */
static int mod_check(int product)
{
    return (MOD - product) % VALUES;
}

/* ---- short references ---- */

enum { LETTERS = REFERENCE_SIZE - 1, SIX = 6, SEVENTHS = 32 };
static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
enum { ALPHABET = sizeof alphabet - 1 };

static bool in_alphabet(int value)
{
    return value != VALUE_I && value != VALUE_O;
}

/* Of a seventh letter behind six with that product: does its check stay in the alphabet? */
static bool seventh_used(int product, int value)
{
    return in_alphabet(value) && in_alphabet(mod_check(mod_step(product, value)));
}

bool reference_of_serial(uint64_t serial, char out[REFERENCE_SIZE])
{
    int product = MOD_BEGIN;
    int seventh = 0;
    if (serial >= REFERENCE_SERIALS)
        return false;
    uint64_t six = serial / SEVENTHS;
    for (int i = SIX - 1; i >= 0; i--) {
        out[i] = alphabet[six % ALPHABET];
        six /= ALPHABET;
    }
    for (int i = 0; i < SIX; i++)
        product = mod_step(product, value_of((unsigned char)out[i]));
    for (int left = (int)(serial % SEVENTHS);; seventh++) {
        if (seventh_used(product, seventh) && left-- == 0)
            break;
    }
    out[SIX] = values[seventh];
    out[SIX + 1] = values[mod_check(mod_step(product, seventh))];
    out[LETTERS] = '\0';
    return true;
}

void reference_show(const char reference[REFERENCE_SIZE], char out[REFERENCE_SHOWN_SIZE])
{
    memcpy(out, reference, LETTERS / 2);
    out[LETTERS / 2] = ' ';
    memcpy(out + LETTERS / 2 + 1, reference + LETTERS / 2, LETTERS / 2 + 1);
}

/* The place of a value in the alphabet. */
static uint64_t place_of(int value)
{
    return (uint64_t)(value - (value > VALUE_I ? 1 : 0) - (value > VALUE_O ? 1 : 0));
}

/* Eight values of the alphabet: the serial they are, if they are one. */
static bool serial_of(const int letters[LETTERS], uint64_t *ret_serial)
{
    int product = MOD_BEGIN;
    uint64_t six = 0, seventh = 0;
    for (int i = 0; i < SIX; i++) {
        product = mod_step(product, letters[i]);
        six = six * ALPHABET + place_of(letters[i]);
    }
    if (mod_check(mod_step(product, letters[SIX])) != letters[SIX + 1])
        return false;
    for (int value = 0; value < letters[SIX]; value++)
        seventh += seventh_used(product, value) ? 1 : 0;
    *ret_serial = six * SEVENTHS + seventh;
    return seventh < SEVENTHS;
}

/* ---- as people write them ---- */

enum { BLANK_OR_DASH = -2 };

/* Digits and letters of full width and digits of Persian and Arabic as those of ASCII. */
static uint32_t plain_of(uint32_t point)
{
    if (point >= 0xFF01 && point <= 0xFF5E)
        return point - 0xFF01 + '!';
    if (point >= 0x0660 && point <= 0x0669)
        return point - 0x0660 + '0';
    if (point >= 0x06F0 && point <= 0x06F9)
        return point - 0x06F0 + '0';
    return point;
}

static bool is_blank_or_dash(uint32_t point)
{
    return point == ' ' || point == '-' || point == '\t' || point == '\n' || point == '\r' ||
           point == 0xA0 || (point >= 0x2000 && point <= 0x2015) || point == 0x202F ||
           point == 0x2212 || point == 0x3000;
}

/* The value of the letter at `at`, O and I as 0 and 1; NO_VALUE for what is in no reference. Goes
 * on to behind it; there must be one. */
static int next_letter(const char *text, size_t size, size_t *at)
{
    uint32_t point = 0;
    size_t step = text_decode(text + *at, size - *at, &point);
    *at += step > 0 ? step : 1;
    if (step == 0)
        return NO_VALUE;
    point = plain_of(point);
    if (is_blank_or_dash(point))
        return BLANK_OR_DASH;
    int value = value_of(point);
    if (value == VALUE_O)
        return 0;
    return value == VALUE_I ? 1 : value;
}

bool reference_read(const char *text, size_t size, uint64_t *ret_serial)
{
    int letters[LETTERS];
    size_t count = 0;
    uint64_t serial = 0;
    for (size_t at = 0; at < size;) {
        int letter = next_letter(text, size, &at);
        if (letter == BLANK_OR_DASH)
            continue;
        if (letter == NO_VALUE || count == LETTERS)
            return false;
        letters[count++] = letter;
    }
    if (count != LETTERS || !serial_of(letters, &serial))
        return false;
    *ret_serial = serial;
    return true;
}

/* The last eight letters of a text as it goes by, blanks and dashes between them passed over. */
struct window {
    int letters[LETTERS];
    bool begins[LETTERS]; /* nothing stands directly before that letter */
    size_t count;
};

static void window_put(struct window *window, int letter, bool begins)
{
    if (window->count == LETTERS) {
        memmove(window->letters, window->letters + 1, sizeof window->letters[0] * (LETTERS - 1));
        memmove(window->begins, window->begins + 1, sizeof window->begins[0] * (LETTERS - 1));
        window->count--;
    }
    window->letters[window->count] = letter;
    window->begins[window->count++] = begins;
}

struct finding {
    uint64_t below;
    uint64_t *serials;
    size_t count;
};

static void finding_put(struct finding *finding, uint64_t serial)
{
    if (serial >= finding->below || finding->count == REFERENCES_FOUND_MAX)
        return;
    for (size_t i = 0; i < finding->count; i++)
        if (finding->serials[i] == serial)
            return;
    finding->serials[finding->count++] = serial;
}

/* Either those that stand by themselves, or the others. */
static void find(const char *text, size_t size, bool alone, struct finding *finding)
{
    struct window window = {.count = 0};
    int before = NO_VALUE;
    for (size_t at = 0; at < size;) {
        int letter = next_letter(text, size, &at);
        if (letter == NO_VALUE)
            window.count = 0;
        if (letter >= 0) {
            uint64_t serial = 0;
            size_t peek = at;
            bool ends = at == size || next_letter(text, size, &peek) < 0;
            window_put(&window, letter, before < 0);
            if (window.count == LETTERS && (window.begins[0] && ends) == alone &&
                serial_of(window.letters, &serial))
                finding_put(finding, serial);
        }
        before = letter;
    }
}

size_t reference_find(const char *text, size_t size, uint64_t below,
                      uint64_t ret_serials[REFERENCES_FOUND_MAX])
{
    struct finding finding = {.below = below, .serials = ret_serials};
    find(text, size, true, &finding);
    find(text, size, false, &finding);
    return finding.count;
}

/* ---- creditor references ---- */

enum { RF_HEAD = 4 };

unsigned mod97(unsigned before, const char *text)
{
    for (; *text != '\0'; text++) {
        int value = value_of((unsigned char)*text);
        before = (before * (value < 10 ? 10 : 100) + (unsigned)value) % 97;
    }
    return before;
}

/* Letters and digits, the letters large, without blanks: at most `most`. 0: there is something else
 * in it, or too much. */
static size_t rf_letters(const char *text, size_t size, size_t most, char *out)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        int value = value_of((unsigned char)text[i]);
        if (text[i] == ' ')
            continue;
        if (value == NO_VALUE || count == most)
            return 0;
        out[count++] = values[value];
    }
    out[count] = '\0';
    return count;
}

bool rf_write(const char *body, size_t size, char out[RF_SIZE])
{
    char letters[RF_BODY_MAX + 1];
    size_t count = rf_letters(body, size, RF_BODY_MAX, letters);
    if (count == 0)
        return false;
    unsigned check = 98 - mod97(mod97(0, letters), "RF00");
    memcpy(out, "RF", 2);
    out[2] = (char)('0' + check / 10);
    out[3] = (char)('0' + check % 10);
    memcpy(out + RF_HEAD, letters, count + 1);
    return true;
}

bool rf_read(const char *text, size_t size, char out[RF_SIZE])
{
    char typed[RF_SIZE];
    char right[RF_SIZE];
    size_t count = rf_letters(text, size, RF_SIZE - 1, typed);
    if (count <= RF_HEAD || !rf_write(typed + RF_HEAD, count - RF_HEAD, right) ||
        memcmp(typed, right, RF_HEAD) != 0)
        return false;
    memcpy(out, right, RF_SIZE);
    return true;
}

void rf_show(const char rf[RF_SIZE], char out[RF_SHOWN_SIZE])
{
    size_t used = 0;
    for (size_t i = 0; rf[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            out[used++] = ' ';
        out[used++] = rf[i];
    }
    out[used] = '\0';
}
