#pragma once
/*
 * Recovery: from a folder to a journal that may be written and a ledger that stands at its end.
 *
 *   marker ─▶ trusted? ─▶ sum of CLEAN? ─▶ open ─▶ seq, digest of CLEAN? ─▶ those of the journal? ┐
 *              └─no──▶ newest checkpoint whose sum is right, or nothing ◀─any no─┘          │
 *                                       └──────────────▶ DIRTY ─▶ replay the journal's rest ◀───┘
 *
 * A state of another layout (FAULT_STALE) is one of the noes: it is rebuilt, and one line says so.
 * The replay must come to every digest of the journal, and to that of the marker when the state it
 * belongs to can no longer be read; else this program decides otherwise than the one that wrote
 * them.
 *
 * A state that is ahead of the journal is a stop: entries that were answered are gone, and only a
 * person can know why. So is an entry that cannot be applied, or that this program has died of
 * before (datadir/inflight.h); but who only wants to show the ledger may have it as it stood before
 * that batch (may_lie_behind). So may who finds the
 * state's map too small for the rest of the journal. Who distrusts the state has that entry tried
 * once more.
 */
#include "datadir/datadir.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "recovery/shutdown_marker.h"

struct recovery_options {
    size_t map_bytes;
    uint64_t segment_bytes;
    bool distrust; /* rebuild in any case */
    bool stay;     /* do not replay: the caller wants to see where it stands */
    bool may_lie_behind;
    void (*progress)(uint64_t seq, uint64_t last_seq);
};

struct recovered {
    struct journal *journal;
    struct ledger *ledger;
    uint64_t replayed;
    uint64_t from_seq;    /* where the replay began */
    const char *distrust; /* NULL, or why the state was rebuilt */
    struct marker marker; /* as it was found */
    /* Or why the ledger lies behind the journal: nothing may be written then. */
    char behind[FAILURE_TEXT_MAX];
    bool shown; /* by recovery_show */
    /* Words that what was replayed says are erased: the vault may not have heard of it. free() */
    struct text_id *erased;
    size_t erased_count;
};

/* The folder's lock is held. On false everything is closed again. */
bool recovery_run(const struct datadir *folder, const struct recovery_options *options,
                  struct recovered *ret_recovered, struct failure *failure);

/* For a disk without room: state and journal are opened for reading, as they lie, and nothing at
 * all is written. FAULT_FULL: the state would have to be made anew. What the journal has beyond the
 * state is not shown, and behind says so. */
bool recovery_show(const struct datadir *folder, const struct recovery_options *options,
                   struct recovered *ret_recovered, struct failure *failure);
