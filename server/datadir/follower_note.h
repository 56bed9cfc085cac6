#pragma once
/*
 * The note of the second place that is kept up to date (backup --follow), in the ledger's folder:
 * written by the follower once a second, read by status and by the running server.
 */
#include "datadir/datadir.h"

struct follower_note {
    uint64_t seq;         /* what it holds, up to this */
    int64_t caught_up_ms; /* when it last had all there was */
    char place[FILES_PATH_MAX];
};

/* Not synced: after a power cut it is written again within a second. */
bool follower_note_write(const struct datadir *folder, const struct follower_note *note,
                         struct failure *failure);
/* false: nothing follows this ledger. */
bool follower_note_read(const struct datadir *folder, struct follower_note *ret_note);
