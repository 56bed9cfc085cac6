#pragma once
/*
 * Lines for people, on a terminal or in a file. What a format is given comes from files, names and
 * peers, and none of it may steer the terminal or write lines of its own: in every %s and %c
 * whatever people do not see (sight.h) and bytes that are not UTF-8 are shown as escapes ("\x1b",
 * "\n", "\u202e"). Only the format itself breaks lines. The joiners of Persian and Indic spelling
 * stay where they join letters.
 *
 * On a terminal, text with letters that run from right to left is put between isolates, so that it
 * does not reorder what stands beside it.
 *
 * Formats know %s %c %d %i %u %x with - 0, width, precision, * and the lengths h l ll z j t.
 * Widths of %s are columns; its precision is bytes that are looked at.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A failed write shows as an error of `out`. */
__attribute__((format(printf, 2, 3))) void tell(FILE *out, const char *format, ...);
__attribute__((format(printf, 2, 0))) void tell_list(FILE *out, const char *format,
                                                     va_list arguments);

/* Columns that a text takes when it is told. */
size_t tell_columns(const void *text, size_t size);

/* The first character of a text as it stands in a string of JSON: quotes, backslashes and all that
 * sight_hides are escaped, bytes that are not UTF-8 become U+FFFD. Returns the bytes taken. */
enum { TELL_JSON_MAX = 16 };
size_t tell_json(const void *text, size_t size, char out[TELL_JSON_MAX]);
