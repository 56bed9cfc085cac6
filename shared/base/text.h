#pragma once
/*
 * Text from people: UTF-8 that is checked before it is believed, and folded keys to search it in
 * any script (nguyen finds Nguyễn, αθηνα finds Αθήνα, Persian yeh and kaf are one, 陳 is 陈, full
 * width is ASCII, every script's digits are 0-9). Keys that are compared fold by fold.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first code point and the bytes it takes (1..4); 0 when they are not valid UTF-8. */
size_t text_decode(const void *text, size_t size, uint32_t *ret_point);

/* Valid UTF-8 without NUL, other control characters (but tab and line feed) and bidi controls. */
bool text_valid(const void *text, size_t size);

/* As text_valid, one line: no tab, line feed or line separator either. */
bool text_line_valid(const void *text, size_t size);

/* Number of code points of valid UTF-8. */
size_t text_length(const void *text, size_t size);

/* The search key of valid UTF-8: decomposed, marks dropped, lower case, letters, quotes and
 * dashes folded, runs of spaces one. Writes at most `capacity` bytes (cut at a whole character) and
 * returns the length. Changing the rule changes TEXT_FOLD_VERSION, and the derived index is
 * rebuilt. */
enum { TEXT_FOLD_VERSION = 2 };
size_t text_fold(const void *text, size_t size, char *out, size_t capacity);

/* Only the digits of a text, folded to 0-9: the key of a phone number. */
size_t text_digits(const void *text, size_t size, char *out, size_t capacity);

/* Byte by byte, whatever of `aside` stands in either. */
bool text_same_but(const char *a, const char *b, const char *aside);

/* Columns a terminal needs for it (wide characters count 2, marks 0). */
size_t text_columns(const void *text, size_t size);
