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

static const char *const common_passwords[] = {
    "password",  "password1",  "password12", "password123", "passw0rd",   "12345678",
    "123456789", "1234567890", "87654321",   "qwertyuiop",  "qwerty123",  "qwerty12",
    "1q2w3e4r",  "1qaz2wsx",   "iloveyou",   "sunshine",    "football",   "baseball",
    "princess",  "superman",   "welcome1",   "admin123",    "adminadmin", "administrator",
    "letmein1",  "matkhau123", "abcd1234",   "abc12345",    "asdfghjkl",  "asdf1234",
    "11111111",  "00000000",   "88888888",   "66666666",    "99999999",   "changeme",
    "trustno1",  "dragon123",  "monkey123",  "a1b2c3d4",    "5201314520", "woaini1314"};

/* Letters as they are, small where they are ASCII; no blanks. */
static size_t squeeze(const char *text, char *out, size_t room)
{
    size_t size = 0;
    for (; *text != '\0' && size + 1 < room; text++)
        if (*text != ' ')
            out[size++] = (char)(*text >= 'A' && *text <= 'Z' ? *text + ('a' - 'A') : *text);
    out[size] = '\0';
    return size;
}

static bool is_word(const char *password, const char *word)
{
    static const char tail[] = "0123456789!@#$%&*?.,-_";
    char typed[PASSWORD_MAX_BYTES + 1];
    char plain[PASSWORD_MAX_BYTES + 1];
    size_t size = squeeze(word, plain, sizeof plain);
    return size > 0 && squeeze(password, typed, sizeof typed) >= size &&
           strncmp(typed, plain, size) == 0 && typed[size + strspn(typed + size, tail)] == '\0';
}

bool password_guessable(const char *password, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i] != NULL && is_word(password, words[i]))
            return true;
    return one_of(common_passwords, sizeof common_passwords / sizeof common_passwords[0], password);
}
