/*
 * Export and import batch by batch, for engines that have no quicker way. An export is a local
 * journal, whatever it was made from: its batches are the same bytes.
 */
#include "inside.h"

#include <errno.h>
#include <stdlib.h>

/* A journal and the copy that is made of it. */
struct copying {
    struct journal *from;
    const struct journal_kind *kind; /* of the copy */
    struct journal_options to;
    struct journal *copy; /* NULL: not begun */
};

bool journal_append(struct journal *journal, const struct journal_batch *batch,
                    struct failure *failure)
{
    struct journal_head head;
    struct journal_batch same = *batch;
    journal_head(journal, &head);
    head.incarnation = batch->incarnation;
    if (!batch_write(&journal->out, &head, &same))
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for a batch");
    if (!hash_equal(&same.chain, &batch->chain))
        return fail(failure, FAULT_DAMAGED, 0, "the batches copied do not follow on");
    batch_advance(&head, &same);
    return journal->kind->write(journal, buffer_slice(&journal->out), &head, failure) == JOURNAL_OK;
}

static bool begin(struct copying *copying, const struct incarnation *first, struct failure *failure)
{
    struct journal_head head;
    journal_head(copying->from, &head);
    return copying->kind->create(&copying->to, &head.ledger, first, failure) &&
           copying->kind->open(&copying->to, &copying->copy, failure);
}

static bool each(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct copying *copying = context;
    return (copying->copy || begin(copying, &batch->incarnation, failure)) &&
           journal_append(copying->copy, batch, failure);
}

static bool copy_batches(struct copying *copying, struct failure *failure)
{
    struct journal_head head;
    bool good = journal_read(copying->from, 1, each, copying, failure);
    journal_head(copying->from, &head);
    if (good && !copying->copy) /* an empty one */
        good = begin(copying, &head.incarnation, failure);
    journal_close(copying->copy);
    journal_close(copying->from);
    return good;
}

bool export_batches(const struct journal_kind *kind, const struct journal_options *from,
                    const char *to, struct failure *failure)
{
    struct journal_options reading = *from;
    struct copying copying = {.kind = journal_engine(NULL), .to = {.path = to}};
    reading.reading = true;
    return kind->open(&reading, &copying.from, failure) && copy_batches(&copying, failure);
}

bool import_batches(const struct journal_kind *kind, const struct journal_options *to,
                    const char *from, struct failure *failure)
{
    struct journal_options reading = {.path = from, .reading = true};
    struct copying copying = {.kind = kind, .to = *to};
    return journal_open(&reading, &copying.from, failure) && copy_batches(&copying, failure);
}
