#pragma once
/*
 * Checkpoints: whole verified copies of the state, so that a rebuild does not begin at nothing.
 * Folders named by their seq under checkpoints/; the two newest are kept. Made on a pool thread
 * while the ledger goes on; one at a time. The file `sum` in each is that of its data.mdb when it
 * was verified: as long as it is right, nothing needs to be computed anew.
 */
#include "datadir/datadir.h"
#include "ledger/ledger.h"
#include "recovery/subprocess.h"

enum { CHECKPOINTS_KEPT = 2, CHECKPOINTS_LIST_MAX = 64 };

/* A copy of the state as a folder that can be opened, synced. `to` is made. */
bool checkpoint_copy(struct ledger *ledger, const char *to, struct failure *failure);

/* Copies, has a child verify every figure, names it by its seq, removes older ones. */
bool checkpoint_make(const struct datadir *folder, struct ledger *ledger, uint64_t *ret_seq,
                     struct failure *failure);

/* What a checkpoint holds, if all of it is as it was verified. false: damaged; FAULT_STALE: of
 * another layout. */
bool checkpoint_look(const char *path, struct state_report *ret_report, struct failure *failure);

/* Seqs of what is there, oldest first. */
size_t checkpoint_list(const struct datadir *folder, uint64_t ret_seqs[CHECKPOINTS_LIST_MAX]);
bool checkpoint_path(const struct datadir *folder, uint64_t seq, char out[FILES_PATH_MAX],
                     struct failure *failure);
