#pragma once
/*
 * Bytes as lower-case hexadecimal, in the small files and lines of serve.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void hex_write(const uint8_t *bytes, size_t size, char *out); /* 2 * size + 1 */
/* Exactly 2 * size digits at the start of the text. */
bool hex_read(const char *text, uint8_t *out, size_t size);
