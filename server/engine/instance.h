#pragma once
/*
 * What every command needs that changes a ledger, opened: its folder (locked), journal, ledger,
 * vault, clock, commit. Built in this order, torn down in reverse. The server adds loop, writer and
 * sessions on top.
 */
#include "engine/clock.h"
#include "engine/commit.h"
#include "recovery/recovery.h"
#include "settings/settings.h"

struct instance {
    struct datadir folder;
    struct recovered recovered;
    struct journal *journal;
    struct ledger *ledger;
    struct vault *vault;
    struct clock clock;
    struct commit *commit;
};

enum instance_how {
    INSTANCE_USUAL,
    INSTANCE_FRESH, /* init: the folder is not finished yet */
    INSTANCE_STAY,  /* quarantine: nothing is replayed */
    INSTANCE_SHOWN, /* serve: when recovered.behind says so, nothing may be written */
};

/* On false everything is closed again. */
bool instance_open(struct instance *instance, const struct settings *settings,
                   enum instance_how how, struct failure *failure);
/* Syncs the state and marks it CLEAN; what fails here costs a rebuild at the next start. */
void instance_close(struct instance *instance);
/* Was there a state that had to be made anew? recovered.distrust says why. */
bool instance_rebuilt(const struct instance *instance);
/* How far a replay is: a line on standard error each two seconds, and a word to the service
 * manager. */
void instance_progress(uint64_t seq, uint64_t last_seq);
