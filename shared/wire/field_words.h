#pragma once
/*
 * What people call a field of a message. Programs say "lines[3].product_code", people "product of
 * line 4": they count from one, and know no units or abbreviations of the schema. One table for
 * client and server, shared/words/fields.def; a test goes through every field that a request has.
 */
#include "words/words.h"

#include <stdbool.h>
#include <stddef.h>

/* Cut where it does not fit. False, and empty: no path. */
bool field_words(const char *path, char *out, size_t capacity);
bool field_words_in(const char *path, enum language language, char *out, size_t capacity);
/* Has the name itself words? One word stands for itself; "amount_minor" needs a row. */
bool field_is_named(const char *name);
/* What a right value looks like, as an English sentence, for FIELD_INVALID; NULL: nothing more is
 * known. */
const char *field_form(const char *path);
