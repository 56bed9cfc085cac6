#pragma once
/*
 * What the files of this room share: the seam between the doors of journal.h and its two kinds.
 */
#include "batch.h"

#include <pthread.h>

/* What a kind of journal can do; the rest is the same for all. */
struct journal_kind {
    /* Makes one encoded batch durable; when it is, sets journal->head to `after` and counts it,
     * under the lock. */
    enum journal_answer (*write)(struct journal *journal, struct slice bytes,
                                 const struct journal_head *after, struct failure *failure);
    bool (*read)(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                 struct failure *failure);
    void (*destroy)(struct journal *journal);
};

struct journal {
    const struct journal_kind *kind;
    bool reading;
    bool unknown;         /* an UNKNOWN was answered; the proposing thread's */
    struct buffer out;    /* the batch being written; the proposing thread's */
    pthread_mutex_t lock; /* of all below, and of what the kind keeps about its end */
    struct journal_head head;
    struct journal_figures figures;
};

void journal_init(struct journal *journal, const struct journal_kind *kind,
                  const struct ledger_id *ledger, const struct incarnation *incarnation);
void journal_fini(struct journal *journal);
