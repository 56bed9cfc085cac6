/*
 * The real tefterd with a journal engine that can be out of order: the local one, but that it
 * answers what TEFTER_OUTAGE says, "ANSWER FIRST COUNT [MARK]": COUNT times from the FIRST batch of
 * this process on. A file MARK is made when it begins.
 *
 *   busy        nothing is written
 *   not_writer  nothing is written, and COUNT times it is still somebody else who writes
 *   foreign     the same, and that other has written a batch
 *   kept, lost  UNKNOWN, and the batch is durable, or not; it can be found out
 *   kept_start, lost_start   the same, and only a fresh start finds out
 *   slow        it is written after SLOW_MS
 *   early       OK, and nothing is written: a control, which has to be found out
 *
 * The linker puts this in the place of the table of engines; the server's own files know nothing of
 * it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "journal/inside.h"
#include "record.pb-c.h"

enum { SLOW_MS = 2300 };

enum answer { NONE, BUSY, NOT_WRITER, FOREIGN, KEPT, LOST, KEPT_START, LOST_START, SLOW, EARLY };

static const char *const words[] = {"none", "busy",       "not_writer", "foreign", "kept",
                                    "lost", "kept_start", "lost_start", "slow",    "early"};

const struct journal_kind *__real_journal_engine(const char *name);
const struct journal_kind *__wrap_journal_engine(const char *name);

static struct {
    const struct journal_kind *local;
    struct journal_kind kind; /* the local one's, and ours */
    enum answer answer;
    unsigned first;
    unsigned count;
    char marker[512];
    unsigned batches; /* proposed so far */
    struct journal_head durable;
    bool moved; /* durable is where the journal really ends */
    bool start; /* only a fresh start finds out */
} outage;

static void plan_read(void)
{
    char word[32] = "";
    const char *plan = getenv("TEFTER_OUTAGE");
    if (!plan ||
        sscanf(plan, "%31s %u %u %511s", word, &outage.first, &outage.count, outage.marker) < 3)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            outage.answer = (enum answer)i;
}

static void mark_begun(void)
{
    int file = outage.marker[0] ? open(outage.marker, O_WRONLY | O_CREAT, 0600) : -1;
    if (file >= 0)
        close(file);
}

/* Writes it, and does not say so: the head stays where it was until it is asked for. */
static void keep(struct journal *journal, struct slice bytes, const struct journal_head *after)
{
    struct journal_head before;
    struct failure failure = {.fault = FAULT_NONE};
    journal_head(journal, &before);
    need(outage.local->write(journal, bytes, after, &failure) == JOURNAL_OK);
    pthread_mutex_lock(&journal->lock);
    journal->head = before;
    pthread_mutex_unlock(&journal->lock);
    outage.durable = *after;
    outage.moved = true;
}

/* An entry without a command, as a restore writes it: every program can apply it. */
static void write_foreign(struct journal *journal)
{
    uint8_t id[16] = "somebody else's";
    uint8_t packed[128];
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    struct journal_head head;
    struct buffer out;
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = (int64_t)time(NULL) * 1000;
    entry.actor = &actor;
    struct slice bytes = slice_of(packed, tefter__entry__pack(&entry, packed));
    struct journal_batch batch = {.count = 1, .wall_ms = 1, .entries = &bytes};
    journal_head(journal, &head);
    buffer_init(&out, BATCH_BYTES_MAX);
    need(batch_write(&out, &head, &batch));
    batch_advance(&head, &batch);
    keep(journal, buffer_slice(&out), &head);
    buffer_fini(&out);
}

static enum journal_answer answer_with(struct journal *journal, struct slice bytes,
                                       const struct journal_head *after, struct failure *failure)
{
    switch (outage.answer) {
    case BUSY:
        return JOURNAL_BUSY;
    case FOREIGN:
        write_foreign(journal);
        outage.count = 0;
        return JOURNAL_NOT_WRITER;
    case NOT_WRITER:
        return JOURNAL_NOT_WRITER;
    case KEPT_START:
    case LOST_START:
    case KEPT:
    case LOST:
        outage.start = outage.answer == KEPT_START || outage.answer == LOST_START;
        if (outage.answer == KEPT || outage.answer == KEPT_START)
            keep(journal, bytes, after);
        return JOURNAL_UNKNOWN;
    case SLOW:
        nanosleep(&(struct timespec){SLOW_MS / 1000, SLOW_MS % 1000 * 1000000L}, NULL);
        break;
    case EARLY:
        pthread_mutex_lock(&journal->lock);
        journal_advance(journal, 0, after);
        pthread_mutex_unlock(&journal->lock);
        return JOURNAL_OK;
    case NONE:
        break;
    }
    return outage.local->write(journal, bytes, after, failure);
}

static enum journal_answer outage_write(struct journal *journal, struct slice bytes,
                                        const struct journal_head *after, struct failure *failure)
{
    outage.batches++;
    if (outage.answer == NONE || outage.batches < outage.first || outage.count == 0)
        return outage.local->write(journal, bytes, after, failure);
    mark_begun();
    outage.count--;
    enum journal_answer answer = answer_with(journal, bytes, after, failure);
    if (answer != JOURNAL_OK)
        fail(failure, FAULT_IO, 0, "the journal is told to be out of order (%s)",
             words[outage.answer]);
    return answer;
}

static enum journal_answer outage_resume(struct journal *journal, struct failure *failure)
{
    if (outage.start) {
        fail(failure, FAULT_IO, 0, "only a fresh start finds out");
        return JOURNAL_UNKNOWN;
    }
    if (outage.answer == NOT_WRITER && outage.count > 0) {
        outage.count--;
        fail(failure, FAULT_BUSY, 0, "somebody else writes");
        return JOURNAL_NOT_WRITER;
    }
    pthread_mutex_lock(&journal->lock);
    if (outage.moved)
        journal->head = outage.durable;
    outage.moved = false;
    pthread_mutex_unlock(&journal->lock);
    return JOURNAL_OK;
}

static bool outage_open(const struct journal_options *options, struct journal **ret_journal,
                        struct failure *failure)
{
    if (!outage.local->open(options, ret_journal, failure))
        return false;
    if (!options->reading)
        (*ret_journal)->kind = &outage.kind;
    return true;
}

const struct journal_kind *__wrap_journal_engine(const char *name)
{
    const struct journal_kind *kind = __real_journal_engine(name);
    if (!kind || strcmp(kind->name, "local") != 0)
        return kind;
    if (!outage.local) {
        outage.local = kind;
        outage.kind = *kind;
        outage.kind.open = outage_open;
        outage.kind.write = outage_write;
        outage.kind.resume = outage_resume;
        plan_read();
    }
    return &outage.kind;
}
