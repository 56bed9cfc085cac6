/*
 * Hashing is nearly all the work of opening, and each segment can be hashed for itself: several
 * threads follow the segments from the head their first batch claims. Whoever joins the proofs
 * checks those claims; a segment without a proof is followed again, one batch after the other.
 */
#include "local.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { HELPERS_MAX = 7, HELPER_BYTES = 1024 * 1024, WINDOW_BYTES = 1024 * 1024 };

struct work {
    struct local *local;
    struct proof *proofs;
    size_t count;
    atomic_size_t next;
};

/* The head before a batch, as the batch itself tells it; the ledger has to be ours. */
static struct journal_head head_before(const struct ledger_id *ledger,
                                       const struct batch_read *read)
{
    return (struct journal_head){.ledger = *ledger,
                                 .incarnation = read->batch.incarnation,
                                 .batch = read->batch.batch - 1,
                                 .next_seq = read->batch.first_seq,
                                 .chain = read->batch.previous};
}

static bool first_read(struct work *work, struct window *window, struct batch_read *read)
{
    const char *why;
    size_t length = batch_length(window_at(window, 0, BATCH_HEADER_SIZE));
    return batch_read(window_at(window, 0, length), &work->local->journal.head.ledger, read,
                      &why) == BATCH_WHOLE;
}

static void segment_follow(struct work *work, size_t number, struct window *window,
                           struct batch_read *read)
{
    const char *why;
    struct proof *proof = &work->proofs[number];
    if (!first_read(work, window, read))
        return;
    struct position position = {.head = head_before(&work->local->journal.head.ledger, read),
                                .segment = number};
    proof->from = position.head;
    while (position.offset < window->limit) {
        if (window_batch(window, &position, read, &why) != BATCH_WHOLE)
            return;
        marks_note(&proof->marks, &position);
        position_advance(&position, read);
    }
    proof->to = position.head;
    proof->whole = true;
}

static void *work_on(void *context)
{
    struct work *work = context;
    struct batch_read *read = malloc(sizeof *read);
    size_t number;
    while (read && (number = atomic_fetch_add(&work->next, 1)) < work->count) {
        struct window window;
        const struct segment *segment = &work->local->segments[number];
        size_t capacity = segment->size < WINDOW_BYTES ? (size_t)segment->size + 1 : WINDOW_BYTES;
        if (!window_open(&window, work->local->folder, segment, capacity, &(struct failure){0}))
            continue;
        segment_follow(work, number, &window, read);
        window_close(&window);
    }
    free(read);
    return NULL;
}

/* Beside the one that asks: a thread is worth its start for a MiB or more. */
static size_t helpers_wanted(const struct local *local, size_t segments)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < segments; i++)
        bytes += local->segments[i].size;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t helpers = processors > 1 ? (size_t)processors - 1 : 0;
    if (helpers > HELPERS_MAX)
        helpers = HELPERS_MAX;
    if (helpers > segments - 1)
        helpers = segments - 1;
    return helpers < bytes / HELPER_BYTES ? helpers : (size_t)(bytes / HELPER_BYTES);
}

struct proof *prove(struct local *local, size_t count)
{
    pthread_t helpers[HELPERS_MAX];
    struct work work = {.local = local, .count = count};
    work.proofs = count ? calloc(count, sizeof *work.proofs) : NULL;
    if (!work.proofs)
        return NULL;
    size_t started = 0, wanted = helpers_wanted(local, count);
    while (started < wanted && pthread_create(&helpers[started], NULL, work_on, &work) == 0)
        started++;
    work_on(&work);
    for (size_t i = 0; i < started; i++)
        pthread_join(helpers[i], NULL);
    return work.proofs;
}

void proofs_free(struct proof *proofs, size_t count)
{
    for (size_t i = 0; proofs && i < count; i++)
        free(proofs[i].marks.positions);
    free(proofs);
}
