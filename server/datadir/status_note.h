#pragma once
/*
 * The file `status` of a ledger's folder: what the server that runs says of itself, or the one that
 * ran said last. Written in place, not synced; a torn one is none.
 *
 *   size 4 │ written at, ms 8 │ hash of the message 32 │ a packed StatusAnswer
 */
#include "base/arena.h"
#include "datadir/datadir.h"

enum { STATUS_NOTE_MAX = 64 * 1024 };

/* What cannot be written is left as it is. */
void status_note_write(const struct datadir *folder, struct slice message, int64_t now_ms);
/* The message, in the arena; size 0: there is none. */
struct slice status_note_read(const struct datadir *folder, struct arena *arena,
                              int64_t *ret_written_ms);
