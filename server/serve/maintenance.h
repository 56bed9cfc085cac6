#pragma once
/*
 * Maintenance: work that goes on beside the sales, one piece at a time on a pool thread.
 * Checkpoints, when enough journal has come since the last one or a day has passed; backups by a
 * child, when the settings name a place and an interval.
 */
#include "datadir/datadir.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "net/loop.h"
#include "settings/settings.h"

struct maintenance;

struct maintenance_options {
    struct loop *loop;
    const struct datadir *folder;
    const struct settings *settings;
    struct journal *journal;
    struct ledger *ledger;
};

struct maintenance *maintenance_create(const struct maintenance_options *options,
                                       struct failure *failure);
/* Starts nothing more, and ends the child that runs. Free it by maintenance_destroy after the loop
 * is gone: a piece on the pool still holds it. */
void maintenance_stop(struct maintenance *maintenance);
void maintenance_destroy(struct maintenance *maintenance);

/* When the last good backup was made, 0: never. */
int64_t maintenance_last_backup_ms(const struct datadir *folder);
