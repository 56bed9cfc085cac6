#pragma once
/*
 * How far restores got: the number of the newest incarnation that was made from a backup of a
 * place, noted in that place. Two restores of one backup know nothing of each other; with the note
 * the later one takes another number, and so other seqs, ids and series of papers.
 */
#include "datadir/datadir.h"
#include "journal/journal.h"

/* *ret_number 0: there is none, or it is of another ledger. FAULT_DAMAGED: it is there and says
 * nothing. */
bool restored_note_read(const char *place, const struct ledger_id *ledger, uint32_t *ret_number,
                        struct failure *failure);
bool restored_note_write(const char *place, const struct ledger_id *ledger, uint32_t number,
                         struct failure *failure);
