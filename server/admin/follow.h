#pragma once
/*
 * tefterd backup --follow PLACE: a second place that is kept up to date while the ledger is served:
 * each batch of the journal as it becomes durable, the words it speaks of before it. PLACE is laid
 * out like a backup, without a state, and `restore --from PLACE` makes a ledger of it: at most
 * what had not yet been shipped is missing.
 */
#include "settings/settings.h"

/* Until TERM or INT, or a fault. */
int follow_run(const struct settings *settings);
