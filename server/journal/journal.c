/*
 * What is the same for every engine.
 */
#include "inside.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 20 }; /* at what another process has written */

void journal_init(struct journal *journal, const struct journal_kind *kind,
                  const struct ledger_id *ledger, const struct incarnation *incarnation)
{
    journal->kind = kind;
    buffer_init(&journal->out, BATCH_BYTES_MAX);
    pthread_mutex_init(&journal->lock, NULL);
    pthread_condattr_t by_monotonic;
    pthread_condattr_init(&by_monotonic);
    pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&journal->grown, &by_monotonic);
    pthread_condattr_destroy(&by_monotonic);
    journal->head.ledger = *ledger;
    journal->head.incarnation = *incarnation;
    journal->head.next_seq = 1;
}

void journal_fini(struct journal *journal)
{
    buffer_fini(&journal->out);
    pthread_cond_destroy(&journal->grown);
    pthread_mutex_destroy(&journal->lock);
}

static const struct journal_kind *engine_of(const struct journal_options *options,
                                            struct failure *failure)
{
    const struct journal_kind *kind = journal_engine(options->engine);
    if (!kind)
        fail(failure, FAULT_USE, 0, "there is no journal engine '%s'", options->engine);
    return kind;
}

bool journal_create(const struct journal_options *options, const struct ledger_id *ledger,
                    const struct incarnation *incarnation, struct failure *failure)
{
    const struct journal_kind *kind = engine_of(options, failure);
    return kind && kind->create(options, ledger, incarnation, failure);
}

bool journal_open(const struct journal_options *options, struct journal **ret_journal,
                  struct failure *failure)
{
    const struct journal_kind *kind = engine_of(options, failure);
    return kind && kind->open(options, ret_journal, failure);
}

bool journal_export(const struct journal_options *from, const char *to, const char *earlier,
                    struct failure *failure)
{
    const struct journal_kind *kind = engine_of(from, failure);
    if (!kind)
        return false;
    return kind->export ? kind->export(from, to, earlier, failure)
                        : export_batches(kind, from, to, failure);
}

bool journal_import(const struct journal_options *to, const char *from, struct failure *failure)
{
    const struct journal_kind *kind = engine_of(to, failure);
    if (!kind)
        return false;
    return kind->import ? kind->import(to, from, failure) : import_batches(kind, to, from, failure);
}

bool journal_size(const struct journal_options *options, uint64_t *ret_bytes,
                  struct failure *failure)
{
    const struct journal_kind *kind = engine_of(options, failure);
    return kind && kind->size(options, ret_bytes, failure);
}

void journal_advance(struct journal *journal, uint64_t bytes, const struct journal_head *after)
{
    journal->head = *after;
    journal->metrics.bytes += bytes;
    journal->metrics.batches = after->batch;
    pthread_cond_broadcast(&journal->grown);
}

void journal_close(struct journal *journal)
{
    if (journal)
        journal->kind->destroy(journal);
}

static pthread_mutex_t *lock_of(const struct journal *journal)
{
    return (pthread_mutex_t *)(uintptr_t)&journal->lock;
}

void journal_head(const struct journal *journal, struct journal_head *ret_head)
{
    pthread_mutex_lock(lock_of(journal));
    *ret_head = journal->head;
    pthread_mutex_unlock(lock_of(journal));
}

void journal_metrics(const struct journal *journal, struct journal_metrics *ret_metrics)
{
    pthread_mutex_lock(lock_of(journal));
    *ret_metrics = journal->metrics;
    pthread_mutex_unlock(lock_of(journal));
}

void journal_set_incarnation(struct journal *journal, const struct incarnation *incarnation)
{
    pthread_mutex_lock(&journal->lock);
    need(incarnation_follows(&journal->head.incarnation, incarnation));
    journal->head.incarnation = *incarnation;
    pthread_mutex_unlock(&journal->lock);
}

void journal_leave_out(struct journal *journal, uint64_t last_seq)
{
    pthread_mutex_lock(&journal->lock);
    need(last_seq >= journal->head.next_seq);
    journal->head.next_seq = last_seq + 1;
    pthread_mutex_unlock(&journal->lock);
}

/* JOURNAL_OK: it may be written. */
static enum journal_answer propose_refused(const struct journal *journal,
                                           const struct slice *entries, uint32_t count,
                                           struct failure *failure)
{
    if (journal->reading) {
        fail(failure, FAULT_USE, 0, "the journal was opened for reading");
        return JOURNAL_NOT_WRITER;
    }
    if (journal->standing != JOURNAL_OK) {
        fail(failure, FAULT_IO, 0, "the journal has not resumed since it failed");
        return journal->standing;
    }
    if (count > BATCH_ENTRIES_MAX || batch_size_of(entries, count) > BATCH_BYTES_MAX) {
        fail(failure, FAULT_FULL, 0, "the batch is too big: %u entries", (unsigned)count);
        return JOURNAL_TOO_BIG;
    }
    return JOURNAL_OK;
}

enum journal_answer journal_propose(struct journal *journal, const struct slice *entries,
                                    uint32_t count, int64_t wall_ms,
                                    const struct journal_digest *digest, struct failure *failure)
{
    need(count > 0);
    enum journal_answer answer = propose_refused(journal, entries, count, failure);
    if (answer != JOURNAL_OK)
        return answer;
    struct journal_batch batch = {.count = count, .wall_ms = wall_ms, .entries = entries};
    if (digest)
        batch.digest = *digest;
    struct journal_head head;
    journal_head(journal, &head);
    if (!batch_write(&journal->out, &head, &batch)) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a batch");
        return JOURNAL_BUSY;
    }
    batch_advance(&head, &batch);
    journal->proposed = head;
    answer = journal->kind->write(journal, buffer_slice(&journal->out), &head, failure);
    if (answer == JOURNAL_NOT_WRITER || answer == JOURNAL_UNKNOWN)
        journal->standing = answer;
    return answer;
}

void journal_proposed(const struct journal *journal, struct journal_head *ret_head)
{
    *ret_head = journal->proposed;
}

enum journal_answer journal_resume(struct journal *journal, struct failure *failure)
{
    if (!journal->kind->resume) {
        fail(failure, FAULT_IO, 0, "only a fresh start finds out what is durable");
        return JOURNAL_UNKNOWN;
    }
    enum journal_answer answer = journal->kind->resume(journal, failure);
    if (answer == JOURNAL_OK)
        journal->standing = JOURNAL_OK;
    return answer;
}

bool journal_read(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                  struct failure *failure)
{
    return journal->kind->read(journal, from_seq, each, context, failure);
}

/* ---- following ---- */

static struct timespec later(uint32_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static bool wait_written(struct journal *journal, uint64_t from_seq, struct timespec until)
{
    pthread_mutex_lock(&journal->lock);
    int error = 0;
    while (journal->head.next_seq <= from_seq && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&journal->grown, &journal->lock, &until);
    bool written = journal->head.next_seq > from_seq;
    pthread_mutex_unlock(&journal->lock);
    return written;
}

/* Somebody else writes: looked at now and then. */
static bool look_written(struct journal *journal, uint64_t from_seq, uint32_t wait_ms,
                         bool *ret_written, struct failure *failure)
{
    struct journal_head head;
    for (uint32_t waited = 0;; waited += LOOK_MS) {
        if (!journal->kind->refresh(journal, failure))
            return false;
        journal_head(journal, &head);
        *ret_written = head.next_seq > from_seq;
        if (*ret_written || waited >= wait_ms)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

bool journal_follow(struct journal *journal, uint64_t from_seq, uint32_t wait_ms,
                    journal_each_fn each, void *context, struct failure *failure)
{
    bool written;
    if (!journal->reading)
        written = wait_written(journal, from_seq, later(wait_ms));
    else if (!look_written(journal, from_seq, wait_ms, &written, failure))
        return false;
    return !written || journal_read(journal, from_seq, each, context, failure);
}

/* ---- the chain ---- */

struct chain_wanted {
    uint64_t seq;
    bool found;
    struct hash *ret_chain;
};

static bool chain_each(void *context, const struct journal_batch *batch, struct failure *failure)
{
    (void)failure;
    struct chain_wanted *wanted = context;
    wanted->found = batch->first_seq + batch->count == wanted->seq + 1;
    if (wanted->found)
        *wanted->ret_chain = batch->chain;
    return false;
}

bool journal_chain_at(struct journal *journal, uint64_t seq, struct hash *ret_chain)
{
    struct journal_head head;
    journal_head(journal, &head);
    if (seq == 0 || seq + 1 == head.next_seq) {
        *ret_chain = seq ? head.chain : (struct hash){0};
        return true;
    }
    struct chain_wanted wanted = {.seq = seq, .ret_chain = ret_chain};
    if (seq < head.next_seq)
        journal_read(journal, seq, chain_each, &wanted, &(struct failure){0});
    return wanted.found;
}
