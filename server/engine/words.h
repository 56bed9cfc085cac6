#pragma once
/*
 * Words: is what the journal's commands refer to in the vault, as it was written? The vault cannot
 * be made anew from the journal. So one that is gone, or of another ledger, stops a start, with a
 * way on; single texts that are lost or damaged do not: they are shown as not readable.
 */
#include "datadir/datadir.h"
#include "recovery/shutdown_marker.h"
#include "settings/settings.h"
#include "vault/vault.h"

struct words {
    uint64_t texts;  /* references */
    uint64_t lost;   /* no such row in the vault */
    uint64_t wrong;  /* the row is not what was written */
    char first[120]; /* the first that is lost or wrong */
};

/* Every reference in the journal from `from_seq` on. True says nothing about what was found. */
bool words_check(struct journal *journal, struct vault *vault, uint64_t from_seq,
                 struct words *ret_words, struct failure *failure);

/* The words of entries up to this seq were given up by a person; 0: none were. `root`: the folder
 * of a ledger or a backup, whose file lost-words says so. */
uint64_t words_given_up(const char *root);
/* Gives up what the journal, which ends there, refers to so far. */
bool words_give_up(const char *root, uint64_t seq, struct failure *failure);

/* Copies the rows that a batch speaks of, synced; those that are not there are passed over. */
bool words_copy(const struct journal_batch *batch, struct vault *to, struct vault *from,
                struct failure *failure);

/* Opens the vault of a ledger whose journal is open. A vault that is not as the marker says it was
 * closed is walked in a subprocess first. FAULT_DAMAGED: it cannot be read, or it has none of the
 * words that the journal refers to; then nothing was changed. With settings->accept_lost_words it
 * is moved aside if it must be, and noted that the words up to here are given up. `reading`:
 * nothing is written. */
bool words_open(const struct datadir *folder, const struct settings *settings,
                const struct marker *marker, struct journal *journal, bool reading,
                struct vault **ret_vault, struct failure *failure);
