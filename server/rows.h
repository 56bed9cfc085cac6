#pragma once
/*
 * Every row of a state, as one digest: two states that stand at the same seq hold the same rows,
 * whatever the groups they were written in. Used by verify. Nobody in this process may have the
 * state open; a damaged one may kill the process that reads it.
 */
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

bool rows_digest(const char *path, uint64_t map_bytes, struct hash *ret_digest,
                 struct failure *failure);
