#pragma once
/*
 * Inside datadir: root acts as who owns the ledger's folder.
 */
#include "base/fault.h"

#include <stdbool.h>

/* Nothing when the process is not root's, or the folder is. */
bool owner_act(const char *path, struct failure *failure);
