#pragma once
/*
 * tefter-importer: one step of one import, in a process of its own that tefterd starts. A file
 * comes from anywhere, so whatever reads it holds nothing: no folder, no key, no socket but the two
 * it was given. What it does to the ledger it asks of tefterd, as the person who asked, at their
 * terminal.
 *
 *   3  the task, then what is said of it    4  a connection to the ledger, lent
 *   5  the file                             6  gets rejected rows
 */
#include "sandbox/sandbox.h"

enum { IMPORTD_CONTROL = 3, IMPORTD_LEDGER, IMPORTD_FILE, IMPORTD_REJECTS };

/* The whole of it; an exit code. */
int importd_run(void);

/* What it keeps while it reads: no file, no socket; a workbook is taken apart in a process of its
 * own. */
extern const struct sandbox_options importd_rights;
