#pragma once
/*
 * What is tried first by whoever guesses: the one place that says which passwords and PINs are too
 * easy. The page says the same while it is typed (client/web/kit/guessable.ts; tests/base compares
 * the lists). Form and length are not looked at here (limits.h).
 */
#include <stdbool.h>
#include <stddef.h>

/* The PINs that are chosen most; digits that are all the same, go up or down by one, or repeat
 * their beginning (1212, 123123). */
bool pin_guessable(const char *pin);

/* In any case, with or without blanks: a common word, one of these names (NULLs welcome: login,
 * name, company) or a word of four letters in one, with nothing but digits and marks behind it or
 * for letters; what repeats its beginning (markmark); a row of digits. */
bool password_guessable(const char *password, const char *const *words, size_t count);
