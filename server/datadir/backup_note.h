#pragma once
/*
 * The note of the last good backup, in the ledger's folder: written by backup, read by status and
 * by the running server.
 */
#include "datadir/datadir.h"

struct backup_note {
    int64_t made_ms;
    uint64_t seq; /* what it holds, up to this */
    char place[FILES_PATH_MAX];
};

bool backup_note_write(const struct datadir *folder, const struct backup_note *note,
                       struct failure *failure);
/* false: there is none. */
bool backup_note_read(const struct datadir *folder, struct backup_note *ret_note);
