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

static bool boot_read(char out[MARKER_BOOT_SIZE], struct failure *failure)
{
    size_t size;
    if (!files_read("/proc/sys/kernel/random/boot_id", out, MARKER_BOOT_SIZE, &size, failure))
        return false;
    out[strcspn(out, "\n ")] = '\0';
    return true;
}

bool marker_place_of(const char *path, struct marker_place *ret_place, struct failure *failure)
{
    *ret_place = (struct marker_place){0};
    struct statx facts;
    if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &facts))
        return fail(failure, FAULT_IO, errno, "cannot look at %s", path);
    if (!(facts.stx_mask & (STATX_MNT_ID | STATX_MNT_ID_UNIQUE)))
        return fail(failure, FAULT_IO, 0, "the system does not tell the mount of %s", path);
    ret_place->device = makedev(facts.stx_dev_major, facts.stx_dev_minor);
    ret_place->mount = facts.stx_mnt_id;
    return boot_read(ret_place->boot, failure);
}

static bool hash_read(const char *text, struct hash *ret_hash)
{
    return strlen(text) == HASH_TEXT_SIZE - 1 && hex_read(text, ret_hash->bytes, HASH_SIZE);
}

void marker_read(const char *path, struct marker *ret_mark)
{
    *ret_mark = (struct marker){.kind = MARKER_NONE};
    char text[512], digest[HASH_TEXT_SIZE], state[HASH_TEXT_SIZE], vault[HASH_TEXT_SIZE];
    size_t size;
    int version;
    if (!files_read(path, text, sizeof text, &size, NULL) || size == 0 || text[size - 1] != '\n')
        return;
    struct marker_place *place = &ret_mark->place;
    if (sscanf(text, "CLEAN %d %" SCNu64 " %64[0-9a-f] state=%64[0-9a-f] vault=%64[0-9a-f]\n",
               &version, &ret_mark->seq, digest, state, vault) == 5 &&
        version == STATE_DIGEST_VERSION && hash_read(digest, &ret_mark->state_digest) &&
        hash_read(state, &ret_mark->state_sum) && hash_read(vault, &ret_mark->vault_sum))
        ret_mark->kind = MARKER_CLEAN;
    else if (sscanf(text, "DIRTY %39[0-9a-f-] %" SCNu64 " %" SCNu64 "\n", place->boot,
                    &place->device, &place->mount) == 3)
        ret_mark->kind = MARKER_DIRTY;
}

bool marker_write(const char *path, const struct marker *marker, struct failure *failure)
{
    char text[512], digest[HASH_TEXT_SIZE], state[HASH_TEXT_SIZE], vault[HASH_TEXT_SIZE];
    hash_text(&marker->state_digest, digest);
    hash_text(&marker->state_sum, state);
    hash_text(&marker->vault_sum, vault);
    int size = marker->kind == MARKER_CLEAN
                   ? snprintf(text, sizeof text, "CLEAN %d %" PRIu64 " %s state=%s vault=%s\n",
                              STATE_DIGEST_VERSION, marker->seq, digest, state, vault)
                   : snprintf(text, sizeof text, "DIRTY %s %" PRIu64 " %" PRIu64 "\n",
                              marker->place.boot, marker->place.device, marker->place.mount);
    return files_write(path, slice_of(text, (size_t)size), 0600, failure);
}

static bool place_equal(const struct marker_place *a, const struct marker_place *b)
{
    return a->boot[0] != '\0' && strcmp(a->boot, b->boot) == 0 && a->device == b->device &&
           a->mount == b->mount;
}

const char *marker_distrust(const struct marker *marker, const struct marker_place *here)
{
    switch (marker->kind) {
    case MARKER_NONE:
        return "it has no marker";
    case MARKER_CLEAN:
        return NULL;
    case MARKER_DIRTY:
        if (here && place_equal(&marker->place, here))
            return NULL;
        return "it was not closed before the machine or its disk went down";
    }
    return "its marker is of no known kind";
}

bool marker_matches(const struct marker *marker, uint64_t seq, const struct hash *state_digest)
{
    return marker->kind != MARKER_CLEAN ||
           (marker->seq == seq && hash_equal(&marker->state_digest, state_digest));
}

static bool data_sum(const char *folder, struct hash *ret_sum, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    return files_join(path, folder, "data.mdb", failure) && files_sum(path, ret_sum, failure);
}

bool marker_close(const struct datadir *folder, uint64_t seq, const struct hash *state_digest,
                  struct failure *failure)
{
    struct marker marker = {.kind = MARKER_CLEAN, .seq = seq, .state_digest = *state_digest};
    return data_sum(folder->state, &marker.state_sum, failure) &&
           data_sum(folder->vault, &marker.vault_sum, failure) &&
           marker_write(folder->marker, &marker, failure);
}

bool marker_sum_fits(const struct marker *marker, const char *state)
{
    struct hash sum;
    return marker->kind != MARKER_CLEAN ||
           (data_sum(state, &sum, NULL) && hash_equal(&sum, &marker->state_sum));
}
