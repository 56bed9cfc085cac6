#pragma once
/* The catalogues, as tools/words compiles them from *.po. */
#include "words/words.h"

enum { WORDS_FORMS = 2 };

struct words_row {
    const char *message;
    /* without English; forms[1] is NULL when the language has one form, or the message has */
    const char *forms[LANGUAGES - 1][WORDS_FORMS];
};
extern const struct words_row words_rows[]; /* by message, in the order of strcmp */
extern const size_t words_row_count;
