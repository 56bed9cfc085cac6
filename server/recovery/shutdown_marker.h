#pragma once
/*
 * The mark: may the LMDB that lies in state/ be trusted? It runs without syncs, so after a power
 * cut its pages are what the disk happened to hold. One line in the file `mark`:
 *
 *   CLEAN version seq digest    written after the LMDB was synced, at an orderly end; a digest of
 *                               another version says nothing
 *   DIRTY boot device mount     synced before the first commit of a run
 *
 *   (none) ──distrust──▶ rebuilt ──▶ DIRTY ──orderly end──▶ CLEAN ──next start──▶ DIRTY …
 *   DIRTY of this boot and this mount: the process died, the page cache did not: trusted.
 *   DIRTY of another: distrust.
 */
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum mark_kind { MARK_NONE, MARK_CLEAN, MARK_DIRTY };
enum { MARK_BOOT_SIZE = 40 };

/* This boot of the machine, this mount of the file system. */
struct mark_place {
    char boot[MARK_BOOT_SIZE];
    uint64_t device;
    uint64_t mount;
};

struct mark {
    enum mark_kind kind;
    uint64_t seq;            /* CLEAN */
    struct hash outcome;     /* CLEAN */
    struct mark_place place; /* DIRTY */
};

/* Where a path lies now. */
bool mark_place_of(const char *path, struct mark_place *ret_place, struct failure *failure);

/* An absent or unreadable mark is MARK_NONE. */
void mark_read(const char *path, struct mark *ret_mark);
bool mark_write(const char *path, const struct mark *mark, struct failure *failure);

/* NULL: the state may be opened (a CLEAN one is then compared with mark_matches); else why not, in
 * words. `here` NULL: the place is not known. */
const char *mark_distrust(const struct mark *mark, const struct mark_place *here);
/* Is the opened state the one that was marked CLEAN? A DIRTY mark says nothing about it. */
bool mark_matches(const struct mark *mark, uint64_t seq, const struct hash *outcome);
