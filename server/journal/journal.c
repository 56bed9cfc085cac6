/*
 * The doors: what is the same for every kind of journal.
 */
#include "inside.h"

#include <stdlib.h>

void journal_init(struct journal *journal, const struct journal_kind *kind,
                  const struct ledger_id *ledger, const struct incarnation *incarnation)
{
    journal->kind = kind;
    buffer_init(&journal->out, BATCH_BYTES_MAX);
    pthread_mutex_init(&journal->lock, NULL);
    journal->head.ledger = *ledger;
    journal->head.incarnation = *incarnation;
    journal->head.next_seq = 1;
}

void journal_fini(struct journal *journal)
{
    buffer_fini(&journal->out);
    pthread_mutex_destroy(&journal->lock);
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

void journal_figures(const struct journal *journal, struct journal_figures *ret_figures)
{
    pthread_mutex_lock(lock_of(journal));
    *ret_figures = journal->figures;
    pthread_mutex_unlock(lock_of(journal));
}

void journal_set_incarnation(struct journal *journal, const struct incarnation *incarnation)
{
    pthread_mutex_lock(&journal->lock);
    need(incarnation_follows(&journal->head.incarnation, incarnation));
    journal->head.incarnation = *incarnation;
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
    if (journal->unknown) {
        fail(failure, FAULT_IO, 0, "the journal failed before; start anew");
        return JOURNAL_UNKNOWN;
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
    answer = journal->kind->write(journal, buffer_slice(&journal->out), &head, failure);
    journal->unknown = answer == JOURNAL_UNKNOWN;
    return answer;
}

bool journal_read(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                  struct failure *failure)
{
    return journal->kind->read(journal, from_seq, each, context, failure);
}

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
