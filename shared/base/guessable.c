#include "base/guessable.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

/* ---- PINs ---- */

/* Beside those that a rule below finds. */
static const char *const common_pins[] = {"1004", "1122", "2000", "2001",   "2580",   "0852",
                                          "1230", "1984", "5683", "112233", "147258", "159753"};

static bool one_of(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(list[i], text) == 0)
            return true;
    return false;
}

/* 0 follows 9, and 9 comes before 0. */
static bool runs(const char *pin, size_t size, int step)
{
    for (size_t i = 1; i < size; i++)
        if ((pin[i] - '0') != (pin[i - 1] - '0' + step + 10) % 10)
            return false;
    return true;
}

static bool repeats(const char *pin, size_t size)
{
    for (size_t part = 1; part <= size / 2; part++)
        if (size % part == 0 && memcmp(pin, pin + part, size - part) == 0)
            return true;
    return false;
}

bool pin_guessable(const char *pin)
{
    size_t size = strlen(pin);
    return runs(pin, size, 1) || runs(pin, size, -1) || repeats(pin, size) ||
           one_of(common_pins, sizeof common_pins / sizeof common_pins[0], pin);
}

/* ---- passwords ---- */

/* Beside those that a rule below finds. */
static const char *const common_passwords[] = {"1q2w3e4r", "1qaz2wsx", "a1b2c3d4", "5201314520"};

/* With digits and marks behind them, or for letters (p4ssw0rd!), they are no better. */
static const char *const common_words[] = {
    "password", "passwort", "matkhau",  "woaini",     "qwerty",    "qwertz",   "azerty",
    "asdf",     "zxcvbnm",  "iloveyou", "letmein",    "welcome",   "admin",    "administrator",
    "dragon",   "monkey",   "sunshine", "football",   "baseball",  "princess", "superman",
    "changeme", "trustno",  "abc",      "abcd",       "abcde",     "abcdef",   "master",
    "login",    "hello",    "secret",   "qwertyuiop", "asdfghjkl", "default",  "guest"};

enum { WORD_MIN_BYTES = 4 }; /* of a name: a shorter one is too much like a syllable */

/* Letters as they are, small where they are ASCII; no blanks. */
static size_t squeeze(const char *text, size_t size, char *out, size_t room)
{
    size_t length = 0;
    for (size_t i = 0; i < size && length + 1 < room; i++)
        if (text[i] != ' ')
            out[length++] =
                (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    out[length] = '\0';
    return length;
}

/* Without the digits and marks at its end. */
static size_t stem_size(const char *typed, size_t size)
{
    static const char tail[] = "0123456789!@#$%&*?.,-_";
    while (size > 0 && strchr(tail, typed[size - 1]) != NULL)
        size--;
    return size;
}

static char letter_of(char sign)
{
    static const char signs[] = "013457@$!";
    static const char letters[] = "oieastasi";
    const char *at = sign != '\0' ? strchr(signs, sign) : NULL;
    return at != NULL ? letters[at - signs] : sign;
}

static bool is_common(const char *stem, size_t size)
{
    char plain[PASSWORD_MAX_BYTES + 1];
    for (size_t i = 0; i < size; i++)
        plain[i] = letter_of(stem[i]);
    plain[size] = '\0';
    return one_of(common_words, sizeof common_words / sizeof common_words[0], plain);
}

/* The word with digits and marks behind it; `typed` and its stem are squeezed. */
static bool is_word(const char *typed, size_t size, const char *word, size_t word_size)
{
    char plain[PASSWORD_MAX_BYTES + 1];
    size_t length = squeeze(word, word_size, plain, sizeof plain);
    return length > 0 && size >= length && memcmp(typed, plain, length) == 0 &&
           stem_size(typed + length, size - length) == 0;
}

/* All of it, or one of its words. */
static bool is_name(const char *typed, size_t size, const char *name)
{
    if (is_word(typed, size, name, strlen(name)))
        return true;
    while (*name != '\0') {
        size_t length = strcspn(name, " ");
        if (length >= WORD_MIN_BYTES && is_word(typed, size, name, length))
            return true;
        name += length + strspn(name + length, " ");
    }
    return false;
}

static bool is_row_of_digits(const char *typed, size_t size)
{
    return strspn(typed, "0123456789") == size && (runs(typed, size, 1) || runs(typed, size, -1));
}

bool password_guessable(const char *password, const char *const *words, size_t count)
{
    char typed[PASSWORD_MAX_BYTES + 1];
    size_t size = squeeze(password, strlen(password), typed, sizeof typed);
    if (size == 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (words[i] != NULL && is_name(typed, size, words[i]))
            return true;
    return repeats(typed, size) || is_row_of_digits(typed, size) ||
           is_common(typed, stem_size(typed, size)) ||
           one_of(common_passwords, sizeof common_passwords / sizeof common_passwords[0], typed);
}
