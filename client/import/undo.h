#pragma once
/*
 * An import taken back as one: every document of a source that still stands is reversed, payments
 * first. Bounded in memory by what the ledger has of it; broken off, the same command goes on.
 */
#include "import/console.h"
#include "import/import.h"

/* Returns IMPORT_…; the failure says why when it ended early. */
int undo_run(struct tefter *client, const struct import_settings *settings, struct console *console,
             struct failure *failure);
