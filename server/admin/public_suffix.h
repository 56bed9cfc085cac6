#pragma once
/*
 * Names below which anybody may have one: co.uk, com.vn, github.io. A root of one's own that
 * counted for such a name would count for strangers' pages too.
 */
#include <stdbool.h>

/* A name of small letters. By the list that Debian keeps (package publicsuffix), where it is there;
 * else by a rule about the second levels that registries of countries use. */
bool public_suffix(const char *name);
/* The same by that list; path NULL, or no list there: by the rule. */
bool public_suffix_by(const char *path, const char *name);
