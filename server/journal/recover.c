/*
 * Opening: every segment is read and its chain followed. What is wrong is damage, but for one
 * thing: the last write of a process that was cut off, a torn tail. It is told from damage by
 * three signs, all of them needed: it is in the last segment, no header of a later batch stands
 * behind it (a later batch is only written when this one is durable), and nobody has seen its seq.
 *
 * The last segment is then written anew from the very bytes that were judged: after a failed sync
 * they may exist in the page cache alone and look clean there.
 */
#include "local.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WINDOW_BYTES = 1024 * 1024 };

struct recovery {
    struct local *local;
    const struct journal_known *known;
    struct position position;
    struct window window;
    struct batch_read read;
    struct failure *failure;
};

static bool damaged(struct recovery *recovery, const char *why)
{
    char whole[FAILURE_TEXT_MAX];
    (void)snprintf(whole, sizeof whole,
                   "%s. Nothing was changed; restore a backup into a new folder: tefterd restore",
                   why);
    return position_fail(recovery->local, &recovery->position, FAULT_DAMAGED, 0, whole,
                         recovery->failure);
}

static bool at_last_segment(const struct recovery *recovery)
{
    return recovery->position.segment + 1 == recovery->local->segment_count;
}

/* File systems may leave a tail of zeros behind the bytes of the one write that was under way. */
static bool tail_too_long(struct slice tail)
{
    if (tail.size <= BATCH_BYTES_MAX)
        return false;
    while (tail.size > BATCH_BYTES_MAX && tail.data[tail.size - 1] == 0)
        tail.size--;
    return tail.size > BATCH_BYTES_MAX;
}

/* NULL when what stands at the position may be cut off. */
static const char *torn_tail_misfit(struct recovery *recovery, const char *why)
{
    const struct position *position = &recovery->position;
    uint64_t rest = recovery->window.limit - position->offset;
    struct slice tail = window_at(&recovery->window, position->offset, (size_t)rest);
    if (!at_last_segment(recovery) || recovery->window.error)
        return why;
    if (tail_too_long(tail))
        return "more follows than one batch that was cut off";
    if (batch_later_header(slice_of(tail.data + 1, tail.size - 1), &position->head))
        return "it is not whole, and a later batch follows";
    if (position->head.next_seq <= recovery->known->seq)
        return "it is not whole, and its seq was already seen";
    return NULL;
}

static bool judge(struct recovery *recovery, enum batch_state state, const char *why)
{
    if (recovery->window.error)
        return position_fail(recovery->local, &recovery->position, FAULT_IO, recovery->window.error,
                             "cannot read it", recovery->failure);
    if (state == BATCH_NEWER || state == BATCH_OLDER)
        return position_fail(recovery->local, &recovery->position, fault_of_batch(state), 0, why,
                             recovery->failure);
    if (state == BATCH_BAD)
        why = torn_tail_misfit(recovery, why);
    return why ? damaged(recovery, why) : true;
}

/* Follows the segment to its end or to the torn tail. */
static bool segment_follow(struct recovery *recovery)
{
    const char *why;
    while (recovery->position.offset < recovery->window.limit) {
        enum batch_state state =
            window_batch(&recovery->window, &recovery->position, &recovery->read, &why);
        if (state != BATCH_WHOLE)
            return judge(recovery, state, why);
        marks_note(&recovery->local->marks, &recovery->position);
        position_advance(&recovery->position, &recovery->read);
    }
    if (recovery->position.offset == 0 && !at_last_segment(recovery))
        return damaged(recovery, "the segment is empty, and another follows");
    return true;
}

static bool segment_renew(struct recovery *recovery)
{
    struct local *local = recovery->local;
    struct segment *segment = &local->segments[recovery->position.segment];
    segment->size = recovery->position.offset;
    if (local->journal.reading)
        return true;
    struct slice good = window_at(&recovery->window, 0, (size_t)recovery->position.offset);
    if (good.size != recovery->position.offset)
        return position_fail(local, &recovery->position, FAULT_IO, recovery->window.error,
                             "cannot read the segment", recovery->failure);
    local->reach = segment->size;
    return segment_rewrite(local->folder, segment->first_batch, good, &local->file,
                           recovery->failure);
}

static bool segment_recover(struct recovery *recovery)
{
    struct local *local = recovery->local;
    const struct segment *segment = &local->segments[recovery->position.segment];
    bool last = at_last_segment(recovery);
    recovery->position.offset = 0;
    if (segment->first_batch != recovery->position.head.batch + 1)
        return damaged(recovery, "the segment does not begin with the batch that follows");
    bool whole = last || segment->size < WINDOW_BYTES;
    size_t capacity = whole ? (size_t)segment->size + 1 : WINDOW_BYTES;
    if (!window_open(&recovery->window, local->folder, segment, capacity, recovery->failure))
        return false;
    bool recovered = segment_follow(recovery) && (!last || segment_renew(recovery));
    window_close(&recovery->window);
    local->journal.metrics.bytes += segment->size;
    return recovered;
}

/* Acknowledged entries are gone: whole batches are missing from the end. */
static bool reaches_known(struct recovery *recovery)
{
    char why[128];
    if (recovery->position.head.next_seq > recovery->known->seq)
        return true;
    snprintf(why, sizeof why,
             "the journal ends at seq %" PRIu64 ", but seq %" PRIu64 " was already seen",
             recovery->position.head.next_seq - 1, recovery->known->seq);
    return damaged(recovery, why);
}

/* Takes a proven segment when it follows on from here. */
static bool proof_join(struct recovery *recovery, const struct proof *proof)
{
    struct local *local = recovery->local;
    const struct journal_head *head = &recovery->position.head;
    const struct segment *segment = &local->segments[recovery->position.segment];
    if (!proof->whole || segment->first_batch != head->batch + 1 ||
        proof->from.batch != head->batch || proof->from.next_seq != head->next_seq ||
        !incarnation_follows(&head->incarnation, &proof->from.incarnation) ||
        !hash_equal(&proof->from.chain, &head->chain))
        return false;
    for (size_t i = 0; i < proof->marks.count; i++)
        marks_note(&local->marks, &proof->marks.positions[i]);
    local->journal.metrics.bytes += segment->size;
    recovery->position.head = proof->to;
    return true;
}

static bool segments_recover(struct recovery *recovery)
{
    struct local *local = recovery->local;
    size_t proven = local->segment_count - 1;
    struct proof *proofs = prove(local, proven);
    bool recovered = true;
    for (size_t i = 0; recovered && i < local->segment_count; i++) {
        recovery->position.segment = i;
        recovered =
            (proofs && i < proven && proof_join(recovery, &proofs[i])) || segment_recover(recovery);
    }
    proofs_free(proofs, proven);
    local->journal.head = recovery->position.head;
    local->journal.metrics.segments = (uint32_t)local->segment_count;
    local->journal.metrics.batches = recovery->position.head.batch;
    return recovered;
}

bool recover(struct local *local, const struct journal_known *known, struct failure *failure)
{
    if (local->segment_count == 0)
        return fail(failure, FAULT_DAMAGED, 0, "the journal in %s has no segment", local->path);
    struct recovery *recovery = calloc(1, sizeof *recovery);
    if (!recovery)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to open the journal");
    *recovery = (struct recovery){
        .local = local, .known = known, .position.head = local->journal.head, .failure = failure};
    bool recovered = segments_recover(recovery) && reaches_known(recovery);
    free(recovery);
    return recovered;
}
