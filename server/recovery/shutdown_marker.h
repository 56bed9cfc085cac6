#pragma once
/*
 * The clean-shutdown marker: may the LMDB that lies in state/ be trusted? It runs without syncs, so
 * after a power cut its pages are what the disk happened to hold. One line in the file
 * `shutdown-marker`:
 *
 *   CLEAN version seq digest state=SUM vault=SUM
 *                               written after the LMDB was synced, at an orderly end; a digest of
 *                               another version says nothing
 *   DIRTY boot device mount     synced before the first commit of a run
 *
 *   (none) ──distrust──▶ rebuilt ──▶ DIRTY ──orderly end──▶ CLEAN ──next start──▶ DIRTY …
 *   DIRTY of this boot and this mount: the process died, the page cache did not: trusted.
 *   DIRTY of another: distrust.
 *
 * LMDB has no checksums. The sums are of the two files as they were closed: a byte that changed
 * since is found before anything is served from it.
 */
#include "datadir/datadir.h"

#include <stdbool.h>
#include <stdint.h>

enum marker_kind { MARKER_NONE, MARKER_CLEAN, MARKER_DIRTY };
enum { MARKER_BOOT_SIZE = 40 };

/* This boot of the machine, this mount of the file system. */
struct marker_place {
    char boot[MARKER_BOOT_SIZE];
    uint64_t device;
    uint64_t mount;
};

struct marker {
    enum marker_kind kind;
    uint64_t seq;              /* CLEAN */
    struct hash state_digest;  /* CLEAN */
    struct hash state_sum;     /* CLEAN: of state/data.mdb */
    struct hash vault_sum;     /* CLEAN: of vault/data.mdb */
    struct marker_place place; /* DIRTY */
};

/* Where a path lies now. */
bool marker_place_of(const char *path, struct marker_place *ret_place, struct failure *failure);

/* An absent or unreadable marker is MARKER_NONE. */
void marker_read(const char *path, struct marker *ret_mark);
bool marker_write(const char *path, const struct marker *marker, struct failure *failure);

/* NULL: the state may be opened (a CLEAN one is then compared with marker_matches); else why not,
 * in words. `here` NULL: the place is not known. */
const char *marker_distrust(const struct marker *marker, const struct marker_place *here);
/* Is the opened state the one that was marked CLEAN? A DIRTY marker says nothing about it. */
bool marker_matches(const struct marker *marker, uint64_t seq, const struct hash *state_digest);

/* A CLEAN one for the files as they lie in the folder now: nobody may have them open for writing.
 */
bool marker_close(const struct datadir *folder, uint64_t seq, const struct hash *state_digest,
                  struct failure *failure);
/* Is the file of a state (a folder) the one that was closed? A DIRTY marker says nothing about it.
 */
bool marker_sum_fits(const struct marker *marker, const char *state);
