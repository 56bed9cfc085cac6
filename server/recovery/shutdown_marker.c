#include "recovery/shutdown_marker.h"

#include "datadir/files.h"
#include "datadir/hex.h"

#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* A mount's number that is never given again (Linux 6.8); older kernels answer with one that may
 * be. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif

static bool boot_read(char out[MARK_BOOT_SIZE], struct failure *failure)
{
    size_t size;
    if (!files_read("/proc/sys/kernel/random/boot_id", out, MARK_BOOT_SIZE, &size, failure))
        return false;
    out[strcspn(out, "\n ")] = '\0';
    return true;
}

bool mark_place_of(const char *path, struct mark_place *ret_place, struct failure *failure)
{
    *ret_place = (struct mark_place){0};
    struct statx facts;
    if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &facts))
        return fail(failure, FAULT_IO, errno, "cannot look at %s", path);
    if (!(facts.stx_mask & (STATX_MNT_ID | STATX_MNT_ID_UNIQUE)))
        return fail(failure, FAULT_IO, 0, "the system does not tell the mount of %s", path);
    ret_place->device = makedev(facts.stx_dev_major, facts.stx_dev_minor);
    ret_place->mount = facts.stx_mnt_id;
    return boot_read(ret_place->boot, failure);
}

void mark_read(const char *path, struct mark *ret_mark)
{
    *ret_mark = (struct mark){.kind = MARK_NONE};
    char text[256], digest[HASH_TEXT_SIZE];
    size_t size;
    int version;
    if (!files_read(path, text, sizeof text, &size, NULL) || size == 0 || text[size - 1] != '\n')
        return;
    struct mark_place *place = &ret_mark->place;
    if (sscanf(text, "CLEAN %d %" SCNu64 " %64[0-9a-f]\n", &version, &ret_mark->seq, digest) == 3 &&
        version == STATE_DIGEST_VERSION && strlen(digest) == HASH_TEXT_SIZE - 1 &&
        hex_read(digest, ret_mark->outcome.bytes, HASH_SIZE))
        ret_mark->kind = MARK_CLEAN;
    else if (sscanf(text, "DIRTY %39[0-9a-f-] %" SCNu64 " %" SCNu64 "\n", place->boot,
                    &place->device, &place->mount) == 3)
        ret_mark->kind = MARK_DIRTY;
}

bool mark_write(const char *path, const struct mark *mark, struct failure *failure)
{
    char text[256], digest[HASH_TEXT_SIZE];
    hash_text(&mark->outcome, digest);
    int size = mark->kind == MARK_CLEAN
                   ? snprintf(text, sizeof text, "CLEAN %d %" PRIu64 " %s\n", STATE_DIGEST_VERSION,
                              mark->seq, digest)
                   : snprintf(text, sizeof text, "DIRTY %s %" PRIu64 " %" PRIu64 "\n",
                              mark->place.boot, mark->place.device, mark->place.mount);
    return files_write(path, slice_of(text, (size_t)size), 0600, failure);
}

static bool place_equal(const struct mark_place *a, const struct mark_place *b)
{
    return a->boot[0] != '\0' && strcmp(a->boot, b->boot) == 0 && a->device == b->device &&
           a->mount == b->mount;
}

const char *mark_distrust(const struct mark *mark, const struct mark_place *here)
{
    switch (mark->kind) {
    case MARK_NONE:
        return "it has no mark";
    case MARK_CLEAN:
        return NULL;
    case MARK_DIRTY:
        if (here && place_equal(&mark->place, here))
            return NULL;
        return "it was not closed before the machine or its disk went down";
    }
    return "its mark is of no known kind";
}

bool mark_matches(const struct mark *mark, uint64_t seq, const struct hash *outcome)
{
    return mark->kind != MARK_CLEAN || (mark->seq == seq && hash_equal(&mark->outcome, outcome));
}
