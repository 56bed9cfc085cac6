#pragma once
/*
 * What the files of this module share: the seam between the functions of journal.h and its engines.
 */
#include "batch.h"

#include <pthread.h>

/* An engine: what differs from one to another. */
struct journal_kind {
    const char *name; /* of journal_options.engine */
    bool (*create)(const struct journal_options *options, const struct ledger_id *ledger,
                   const struct incarnation *incarnation, struct failure *failure);
    bool (*open)(const struct journal_options *options, struct journal **ret_journal,
                 struct failure *failure);
    /* Makes one encoded batch durable; when it is, calls journal_advance. */
    enum journal_answer (*write)(struct journal *journal, struct slice bytes,
                                 const struct journal_head *after, struct failure *failure);
    /* NULL: a fresh start alone finds out what is durable. */
    enum journal_answer (*resume)(struct journal *journal, struct failure *failure);
    bool (*read)(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                 struct failure *failure);
    /* Moves the head of a journal that is open for reading to what is durable by now. */
    bool (*refresh)(struct journal *journal, struct failure *failure);
    /* NULL: batch by batch. */
    bool (*export)(const struct journal_options *from, const char *to, const char *earlier,
                   struct failure *failure);
    bool (*import)(const struct journal_options *to, const char *from, struct failure *failure);
    bool (*size)(const struct journal_options *options, uint64_t *ret_bytes,
                 struct failure *failure);
    void (*destroy)(struct journal *journal);
};

struct journal {
    const struct journal_kind *kind;
    bool reading;
    enum journal_answer
        standing;      /* NOT_WRITER or UNKNOWN until it resumes; the proposing thread's */
    struct buffer out; /* the batch being written; the proposing thread's */
    struct journal_head proposed; /* when that one is durable; the proposing thread's */
    pthread_mutex_t lock;         /* of all below, and of what the engine keeps about its end */
    pthread_cond_t grown;
    struct journal_head head;
    struct journal_metrics metrics;
};

/* engines.c: NULL when there is none of this name. */
const struct journal_kind *journal_engine(const char *name);

void journal_init(struct journal *journal, const struct journal_kind *kind,
                  const struct ledger_id *ledger, const struct incarnation *incarnation);
void journal_fini(struct journal *journal);
/* A batch of so many bytes is durable; the lock is held. */
void journal_advance(struct journal *journal, uint64_t bytes, const struct journal_head *after);

/* export.c */
bool export_batches(const struct journal_kind *kind, const struct journal_options *from,
                    const char *to, struct failure *failure);
bool import_batches(const struct journal_kind *kind, const struct journal_options *to,
                    const char *from, struct failure *failure);
