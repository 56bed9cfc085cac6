#pragma once
/*
 * Inside wire: a fault and where it is. It is named at its place; on the way back up each level
 * puts its own step before the path, so that nothing is paid for a path while all is well.
 */
#include "wire/message.h"

/* Both return false, for `return`. */
bool path_fault(struct message_fault *fault, const char *what);
/* Puts "name[index]" before the path so far; index < 0: none. A path too long loses its end. */
bool path_within(struct message_fault *fault, const char *name, int64_t index);
