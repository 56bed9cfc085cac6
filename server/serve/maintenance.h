#pragma once
/*
 * Upkeep: work that goes on beside the sales, one piece at a time on a pool thread. Checkpoints,
 * when enough journal has come since the last one or a day has passed; backups by a child, when the
 * settings name a place and an interval.
 */
#include "datadir/datadir.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "net/loop.h"
#include "settings/settings.h"

struct upkeep;

struct upkeep_options {
    struct loop *loop;
    const struct folder *folder;
    const struct settings *settings;
    struct journal *journal;
    struct ledger *ledger;
};

struct upkeep *upkeep_create(const struct upkeep_options *options, struct failure *failure);
/* Starts nothing more, and ends the child that runs. Free it by upkeep_destroy after the loop is
 * gone: a piece on the pool still holds it. */
void upkeep_stop(struct upkeep *upkeep);
void upkeep_destroy(struct upkeep *upkeep);

/* When the last good backup was made, 0: never. */
int64_t upkeep_last_backup_ms(const struct folder *folder);
