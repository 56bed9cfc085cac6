#pragma once
/*
 * An import taken back as one: every document of a source that still stands is reversed, payments
 * first, as if it had never been: it is in no figures of any day, and its numbers are free. Bounded
 * in memory by what the ledger has of it; broken off, the same command goes on.
 */
#include "import/console.h"
#include "import/import.h"

#include <signal.h>

/* Returns IMPORT_…; the failure says why when it ended early. stop: by Ctrl-C. */
int undo_run(struct tefter *client, const struct import_settings *settings, struct console *console,
             const volatile sig_atomic_t *stop, struct failure *failure);
