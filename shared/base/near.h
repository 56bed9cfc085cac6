#pragma once
/*
 * How near two words are, for "did you mean".
 */
#include <stddef.h>

enum { NEAR_ENOUGH = 3 }; /* a word that differs in so many letters is another one */

/* Letters (bytes) that differ: inserted, left out or changed. Long words are far from all. */
size_t near_distance(const char *a, const char *b);
