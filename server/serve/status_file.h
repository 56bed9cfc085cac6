#pragma once
/*
 * What the running server says of itself, in a file of the ledger's folder: for `tefterd status`,
 * which asks no server and works when there is none any more. Written every two seconds and at the
 * end (datadir/status_note.h).
 */
#include "datadir/datadir.h"
#include "net/loop.h"
#include "session/sessions.h"

struct status_file;

struct status_file_options {
    struct loop *loop;
    const struct datadir *folder;
    struct sessions *sessions;
};
/* What the options name must live as long. */
struct status_file *status_file_create(const struct status_file_options *options,
                                       struct failure *failure);
/* Writes it once more. NULL welcome. */
void status_file_destroy(struct status_file *file);
