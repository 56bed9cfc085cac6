#pragma once
/*
 * Opening files that may have become something else: a pipe in a file's place would keep who opens
 * it waiting for ever, a device might never end.
 */
#include "base/fault.h"

#include <fcntl.h>
#include <sys/types.h>

/* As openat(2), never inherited and never waiting, and of a plain file alone (or a link to one).
 * -1: errno says why, and *failure (may be NULL) too when something else is in its place; the words
 * for the rest are the caller's. */
int plain_open(int folder, const char *name, int flags, mode_t mode, struct failure *failure);
/* False with *failure when something else is there: for those who open it by other means. */
bool plain_or_absent(const char *path, struct failure *failure);
