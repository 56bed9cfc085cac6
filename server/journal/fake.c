/*
 * The fake: a journal in memory that answers what a test tells it to.
 */
#include "inside.h"

#include <errno.h>
#include <stdlib.h>

struct fake_batch {
    uint8_t *data;
    size_t size;
};

struct fake {
    struct journal journal; /* first: a fake is a journal */
    enum journal_answer answer;
    bool written;
    struct fake_batch *batches; /* under journal.lock, as is their count */
    size_t count;
    size_t capacity;
};

static struct fake *fake_of(struct journal *journal)
{
    return (struct fake *)journal;
}

static bool fake_keep(struct fake *fake, struct slice bytes)
{
    if (fake->count == fake->capacity) {
        size_t capacity = fake->capacity ? 2 * fake->capacity : 64;
        struct fake_batch *more = realloc(fake->batches, capacity * sizeof *more);
        if (!more)
            return false;
        fake->batches = more;
        fake->capacity = capacity;
    }
    uint8_t *data = malloc(bytes.size);
    if (!data)
        return false;
    memcpy(data, bytes.data, bytes.size);
    fake->batches[fake->count++] = (struct fake_batch){data, bytes.size};
    return true;
}

static bool fake_append(struct fake *fake, struct slice bytes, const struct journal_head *after)
{
    struct journal *journal = &fake->journal;
    pthread_mutex_lock(&journal->lock);
    bool kept = fake_keep(fake, bytes);
    if (kept) {
        journal->head = *after;
        journal->figures.bytes += bytes.size;
        journal->figures.batches++;
        journal->figures.syncs++;
    }
    pthread_mutex_unlock(&journal->lock);
    return kept;
}

static enum journal_answer fake_write(struct journal *journal, struct slice bytes,
                                      const struct journal_head *after, struct failure *failure)
{
    struct fake *fake = fake_of(journal);
    enum journal_answer answer = fake->answer;
    bool written = fake->written;
    fake->answer = JOURNAL_OK;
    fake->written = true;
    if (written && !fake_append(fake, bytes, after)) {
        fail(failure, FAULT_MEMORY, ENOMEM, "no memory for the fake journal");
        return JOURNAL_UNKNOWN;
    }
    if (answer != JOURNAL_OK)
        fail(failure, FAULT_IO, 0, "the fake journal was told to answer %d", (int)answer);
    return answer;
}

static bool fake_read(struct journal *journal, uint64_t from_seq, journal_each_fn each,
                      void *context, struct failure *failure)
{
    struct fake *fake = fake_of(journal);
    struct batch_read read;
    const char *why;
    bool more = true;
    for (size_t i = 0; more; i++) {
        pthread_mutex_lock(&journal->lock);
        more = i < fake->count;
        struct fake_batch kept = more ? fake->batches[i] : (struct fake_batch){0};
        pthread_mutex_unlock(&journal->lock);
        if (!more)
            break;
        if (batch_read(slice_of(kept.data, kept.size), &journal->head.ledger, &read, &why) !=
            BATCH_WHOLE)
            return fail(failure, FAULT_BUG, 0, "the fake journal: %s", why);
        if (read.batch.first_seq + read.batch.count > from_seq &&
            !each(context, &read.batch, failure))
            return false;
    }
    return true;
}

static void fake_destroy(struct journal *journal)
{
    struct fake *fake = fake_of(journal);
    for (size_t i = 0; i < fake->count; i++)
        free(fake->batches[i].data);
    free(fake->batches);
    journal_fini(journal);
    free(fake);
}

static const struct journal_kind fake_kind = {
    .write = fake_write, .read = fake_read, .destroy = fake_destroy};

struct journal *journal_fake_create(const struct ledger_id *ledger)
{
    struct fake *fake = calloc(1, sizeof *fake);
    need(fake);
    journal_init(&fake->journal, &fake_kind, ledger, &(struct incarnation){.number = 1});
    fake->written = true;
    return &fake->journal;
}

void journal_fake_answer(struct journal *journal, enum journal_answer answer, bool written)
{
    need(journal->kind == &fake_kind);
    fake_of(journal)->answer = answer;
    fake_of(journal)->written = written;
    journal->unknown = false;
}
