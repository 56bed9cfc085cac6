/*
 * A journal that is open for reading, moved on to what another process has written since.
 *
 * Its last batch may still be under way: what is not whole there is not an end but a moment, unless
 * a later batch or another segment follows. And it may be written and not synced, so that a power
 * cut would take it away again: whoever reads here syncs the file first and then believes it.
 */
#include "local.h"

#include "base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 512 * 1024 };

struct refreshing {
    struct local *local;
    struct position position;
    uint64_t began; /* offset in the segment */
    struct window window;
    struct batch_read read;
};

static bool later_follows(struct refreshing *refreshing)
{
    uint64_t offset = refreshing->position.offset;
    struct slice rest =
        window_at(&refreshing->window, offset, (size_t)(refreshing->window.limit - offset));
    return rest.size > 1 &&
           batch_later_header(slice_of(rest.data + 1, rest.size - 1), &refreshing->position.head);
}

static bool follow_window(struct refreshing *refreshing, bool sealed, struct failure *failure)
{
    const char *why;
    struct position *position = &refreshing->position;
    while (position->offset < refreshing->window.limit) {
        enum batch_state state =
            window_batch(&refreshing->window, position, &refreshing->read, &why);
        if (refreshing->window.error)
            return position_fail(refreshing->local, position, FAULT_IO, refreshing->window.error,
                                 "cannot read it", failure);
        if (state == BATCH_BAD && !sealed && !later_follows(refreshing))
            return true;
        if (state != BATCH_WHOLE)
            return position_fail(refreshing->local, position, fault_of_batch(state), 0, why,
                                 failure);
        position_advance(position, &refreshing->read);
    }
    return true;
}

/* The zeros that stand ready behind the last batch. */
static bool nothing_begun(const struct refreshing *refreshing, const char *name)
{
    uint8_t magic[4] = {0};
    static const uint8_t zeros[sizeof magic];
    int file = plain_open(refreshing->local->folder, name, O_RDONLY, 0, NULL);
    if (file < 0)
        return false; /* opening it again will say why */
    bool read = pread(file, magic, sizeof magic, (off_t)refreshing->began) == (ssize_t)sizeof magic;
    close(file);
    return read && memcmp(magic, zeros, sizeof magic) == 0;
}

/* Follows the last segment that is known, as far as it has batches. */
static bool follow_segment(struct refreshing *refreshing, bool sealed, struct failure *failure)
{
    struct local *local = refreshing->local;
    struct segment segment = segment_at(local, local->segment_count - 1);
    char name[SEGMENT_NAME_SIZE];
    struct stat facts;
    refreshing->position = (struct position){
        .head = local->journal.head, .segment = local->segment_count - 1, .offset = segment.size};
    refreshing->began = segment.size;
    segment_name(segment.first_batch, name);
    if (fstatat(local->folder, name, &facts, 0))
        return fail(failure, FAULT_IO, errno, "cannot look at segment %s", name);
    if ((uint64_t)facts.st_size <= segment.size || (!sealed && nothing_begun(refreshing, name)))
        return true;
    segment.size = (uint64_t)facts.st_size;
    if (!window_open(&refreshing->window, local->folder, &segment, READ_BYTES, failure))
        return false;
    bool good = follow_window(refreshing, sealed, failure);
    if (good && refreshing->position.offset > refreshing->began)
        good = fdatasync(refreshing->window.file) == 0 ||
               fail(failure, fault_of_os(errno), errno, "cannot sync segment %s", name);
    window_close(&refreshing->window);
    if (good && refreshing->position.offset > refreshing->began)
        local_advance(local, (size_t)(refreshing->position.offset - refreshing->began),
                      &refreshing->position.head);
    return good;
}

/* What was read while it was being written may be half old and half new, and a segment that is
 * sealed meanwhile loses the zeros behind its last batch: only what is read again and is not right
 * either is damage, or a disk that cannot be read. */
static bool follow_surely(struct refreshing *refreshing, bool sealed, struct failure *failure)
{
    struct failure first = {.fault = FAULT_NONE};
    if (follow_segment(refreshing, sealed, &first))
        return true;
    if (first.fault == FAULT_DAMAGED || first.fault == FAULT_IO)
        return follow_segment(refreshing, sealed, failure);
    return fail(failure, first.fault, 0, "%s", first.text);
}

/* The segment that begins with the next batch, if it is there. */
static bool next_exists(const struct local *local)
{
    char name[SEGMENT_NAME_SIZE];
    uint64_t next = local->journal.head.batch + 1;
    if (local->segments[local->segment_count - 1].first_batch == next)
        return false; /* the last one, and empty */
    segment_name(next, name);
    return faccessat(local->folder, name, F_OK, 0) == 0;
}

static bool next_note(struct local *local, struct failure *failure)
{
    pthread_mutex_lock(&local->journal.lock);
    bool noted =
        segment_note(local, (struct segment){.first_batch = local->journal.head.batch + 1});
    local->journal.metrics.segments += noted;
    pthread_mutex_unlock(&local->journal.lock);
    return noted || fail(failure, FAULT_MEMORY, ENOMEM, "no memory for another segment");
}

/* A segment is sealed before the next one is made: then it has no more than its batches. */
static bool follow_all(struct refreshing *refreshing, struct failure *failure)
{
    struct local *local = refreshing->local;
    while (follow_surely(refreshing, false, failure)) {
        if (!next_exists(local))
            return true;
        if (!follow_surely(refreshing, true, failure) || !next_note(local, failure))
            return false;
    }
    return false;
}

bool refresh(struct local *local, struct failure *failure)
{
    struct refreshing *refreshing = calloc(1, sizeof *refreshing);
    if (!refreshing)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to follow the journal");
    refreshing->local = local;
    bool good = follow_all(refreshing, failure);
    free(refreshing);
    return good;
}
