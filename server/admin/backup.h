#pragma once
/*
 * Backup and restore. A backup is a folder PLACE/NAME-TIME laid out like a ledger: state (a
 * checkpoint), journal, vault, keys, format, audit log, and `manifest` with what it holds. Taken
 * beside a running server: the state first, then the journal (so that it is ahead), then the vault
 * (so that it has the texts of both). It is written under NAME-TIME.tmp, synced, verified, and
 * renamed: what has no .tmp is whole. What the backup before has of the journal is linked, not
 * copied. To be encrypted it is made and verified in the ledger's folder, and sealed part by part
 * to its place.
 *
 * A restore makes a new incarnation of the ledger: terminals see that time was turned back, take a
 * fresh picture and offer again what they had been told since.
 */
#include "datadir/datadir.h"
#include "engine/words.h"
#include "journal/journal.h"
#include "recovery/subprocess.h"
#include "settings/settings.h"

/* A restore leaves out so many seqs: what terminals may bring back was done under them. */
enum { RESTORE_SEQS_AHEAD = 1000000000 };

/* The newest backup of any ledger in a place, or the place itself when it is one. FAULT_DAMAGED: it
 * has no manifest. */
bool backup_find(const char *place, char out[FILES_PATH_MAX], struct failure *failure);

/* A journal parses whole, and holds the chain and digest that a state stands on. */
bool backup_journal_fits(const struct journal_options *journal, const struct state_report *state,
                         struct journal_head *ret_head, struct failure *failure);

/* What the vault of a plain backup has of the words that its journal refers to. */
bool backup_words(const char *path, const struct settings *settings, struct words *ret_words,
                  struct failure *failure);

/* All keys, but the root key when the settings say so. `keys` is made. */
bool backup_copy_keys(const struct datadir *folder, const struct settings *settings,
                      const char *keys, struct failure *failure);
