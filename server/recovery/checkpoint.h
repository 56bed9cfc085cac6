#pragma once
/*
 * Checkpoints: whole verified copies of the state, so that a rebuild does not begin at nothing.
 * Folders named by their seq under checkpoints/; the two newest are kept. Made on a pool thread
 * while the ledger goes on; one at a time.
 */
#include "datadir/datadir.h"
#include "ledger/ledger.h"

enum { CHECKPOINTS_KEPT = 2, CHECKPOINTS_LIST_MAX = 64 };

/* A copy of the state as a folder that can be opened, synced. `to` is made. */
bool checkpoint_copy(struct ledger *ledger, const char *to, struct failure *failure);

/* Copies, has a child verify every figure, names it by its seq, removes older ones. */
bool checkpoint_make(const struct datadir *folder, struct ledger *ledger, uint64_t *ret_seq,
                     struct failure *failure);

/* Seqs of what is there, oldest first. */
size_t checkpoint_list(const struct datadir *folder, uint64_t ret_seqs[CHECKPOINTS_LIST_MAX]);
bool checkpoint_path(const struct datadir *folder, uint64_t seq, char out[FILES_PATH_MAX],
                     struct failure *failure);
