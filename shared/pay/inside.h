#pragma once
/*
 * What the writers of this folder share.
 */
#include "base/sight.h"
#include "base/text.h"

#include <string.h>

/* NULL is nothing. */
static inline const char *text_of(const char *text)
{
    return text == NULL ? "" : text;
}

/* Is it one line that people see as it is, of so many characters? A line feed in it would begin the
 * next element. */
static inline bool text_fits(const char *text, size_t least, size_t most)
{
    struct sight_fault fault;
    size_t size = strlen(text);
    size_t length = 0;
    if (!sight_clear(text, size, SIGHT_OF_A_LINE, &fault))
        return false;
    length = text_length(text, size);
    return length >= least && length <= most;
}

static inline bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static inline bool is_large(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}
