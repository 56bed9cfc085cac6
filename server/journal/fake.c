/*
 * The fake: a journal in memory that answers what a test tells it to. Journals of one name share
 * what is written; one of them is the writer.
 */
#include "base/grow.h"
#include "inside.h"

#include <errno.h>
#include <stdlib.h>

enum { NAME_SIZE = 64 };

struct fake_batch {
    uint8_t *data;
    size_t size;
};

struct fake;

struct shelf {
    struct shelf *next;
    char name[NAME_SIZE]; /* "": of the one that is open alone */
    struct journal_head head;
    const struct fake *writer;
    struct fake_batch *batches;
    size_t count;
    size_t capacity;
    uint64_t bytes;
};

struct fake {
    struct journal journal; /* first: a fake is a journal */
    struct shelf *shelf;
    enum journal_answer answer;
    bool written;
    enum journal_answer stall; /* OK: none */
    bool stuck;                /* only a fresh start helps */
};

extern const struct journal_kind journal_fake;

/* Of all shelves, and of what fakes are told. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shelf *shelves;

static struct fake *fake_of(struct journal *journal)
{
    return (struct fake *)journal;
}

/* ---- shelves ---- */

static struct shelf **shelf_at(const char *name)
{
    struct shelf **at = &shelves;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

static struct shelf *shelf_new(const struct ledger_id *ledger,
                               const struct incarnation *incarnation)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    need(shelf);
    shelf->head.ledger = *ledger;
    shelf->head.incarnation = *incarnation;
    shelf->head.next_seq = 1;
    return shelf;
}

static void shelf_free(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        free(shelf->batches[i].data);
    free(shelf->batches);
    free(shelf);
}

static bool shelf_put(struct shelf *shelf, struct slice bytes, const struct journal_head *after)
{
    if (!GROW(shelf->batches, shelf->capacity, shelf->count + 1))
        return false;
    uint8_t *data = malloc(bytes.size);
    if (!data)
        return false;
    memcpy(data, bytes.data, bytes.size);
    shelf->batches[shelf->count++] = (struct fake_batch){data, bytes.size};
    shelf->head = *after;
    shelf->bytes += bytes.size;
    return true;
}

/* The journal's own head moves to the shelf's; the lock is held. */
static void catch_up(struct fake *fake)
{
    struct journal *journal = &fake->journal;
    pthread_mutex_lock(&journal->lock);
    journal_advance(journal, fake->shelf->bytes - journal->metrics.bytes, &fake->shelf->head);
    pthread_mutex_unlock(&journal->lock);
}

/* ---- an engine's functions ---- */

static struct fake *fake_new(struct shelf *shelf, bool reading)
{
    struct fake *fake = calloc(1, sizeof *fake);
    need(fake);
    journal_init(&fake->journal, &journal_fake, &shelf->head.ledger, &shelf->head.incarnation);
    fake->journal.reading = reading;
    fake->shelf = shelf;
    fake->written = true;
    if (!reading)
        shelf->writer = fake;
    catch_up(fake);
    return fake;
}

static bool fake_create(const struct journal_options *options, const struct ledger_id *ledger,
                        const struct incarnation *incarnation, struct failure *failure)
{
    need(options->path && strlen(options->path) < NAME_SIZE);
    pthread_mutex_lock(&lock);
    struct shelf **at = shelf_at(options->path);
    bool free_name = !*at;
    if (free_name) {
        *at = shelf_new(ledger, incarnation);
        memcpy((*at)->name, options->path, strlen(options->path) + 1);
    }
    pthread_mutex_unlock(&lock);
    return free_name ||
           fail(failure, FAULT_USE, 0, "there is a fake journal '%s' already", options->path);
}

static bool fake_open(const struct journal_options *options, struct journal **ret_journal,
                      struct failure *failure)
{
    pthread_mutex_lock(&lock);
    struct shelf *shelf = *shelf_at(options->path);
    bool whole = shelf && shelf->head.next_seq > options->known.seq;
    if (whole)
        *ret_journal = &fake_new(shelf, options->reading)->journal;
    pthread_mutex_unlock(&lock);
    if (!shelf)
        return fail(failure, FAULT_USE, 0, "there is no fake journal '%s'", options->path);
    return whole || fail(failure, FAULT_DAMAGED, 0, "the fake journal ends before what is known");
}

static enum journal_answer write_locked(struct fake *fake, struct slice bytes,
                                        const struct journal_head *after)
{
    enum journal_answer answer = fake->answer;
    bool written = fake->written;
    if (fake->stall != JOURNAL_OK)
        return fake->stall;
    fake->answer = JOURNAL_OK;
    fake->written = true;
    if (fake->shelf->writer != fake)
        return JOURNAL_NOT_WRITER;
    if (written && !shelf_put(fake->shelf, bytes, after))
        return JOURNAL_UNKNOWN;
    if (answer == JOURNAL_OK) {
        catch_up(fake);
        fake->journal.metrics.syncs++;
    }
    return answer;
}

static enum journal_answer fake_write(struct journal *journal, struct slice bytes,
                                      const struct journal_head *after, struct failure *failure)
{
    pthread_mutex_lock(&lock);
    enum journal_answer answer = write_locked(fake_of(journal), bytes, after);
    pthread_mutex_unlock(&lock);
    if (answer != JOURNAL_OK)
        fail(failure, FAULT_IO, 0, "the fake journal answers %d", (int)answer);
    return answer;
}

static enum journal_answer resume_locked(struct fake *fake)
{
    enum journal_answer answer = fake->answer;
    fake->answer = JOURNAL_OK;
    fake->written = true;
    if (fake->stuck)
        return JOURNAL_UNKNOWN;
    if (fake->stall != JOURNAL_OK)
        return fake->stall;
    if (answer != JOURNAL_OK)
        return answer;
    if (fake->shelf->writer && fake->shelf->writer != fake)
        return JOURNAL_NOT_WRITER;
    fake->shelf->writer = fake;
    catch_up(fake);
    return JOURNAL_OK;
}

static enum journal_answer fake_resume(struct journal *journal, struct failure *failure)
{
    pthread_mutex_lock(&lock);
    enum journal_answer answer = resume_locked(fake_of(journal));
    pthread_mutex_unlock(&lock);
    if (answer != JOURNAL_OK)
        fail(failure, FAULT_IO, 0, "the fake journal answers %d", (int)answer);
    return answer;
}

static bool batch_at(struct fake *fake, size_t number, struct fake_batch *ret_batch)
{
    struct journal_head head;
    journal_head(&fake->journal, &head);
    pthread_mutex_lock(&lock);
    bool there = number < fake->shelf->count && number < head.batch;
    if (there)
        *ret_batch = fake->shelf->batches[number];
    pthread_mutex_unlock(&lock);
    return there;
}

static bool fake_read(struct journal *journal, uint64_t from_seq, journal_each_fn each,
                      void *context, struct failure *failure)
{
    struct fake_batch kept;
    struct batch_read *read = calloc(1, sizeof *read);
    const char *why;
    bool good = true;
    if (!read)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the fake journal");
    for (size_t i = 0; good && batch_at(fake_of(journal), i, &kept); i++) {
        if (batch_read(slice_of(kept.data, kept.size), &journal->head.ledger, read, &why) !=
            BATCH_WHOLE)
            good = fail(failure, FAULT_BUG, 0, "the fake journal: %s", why);
        else if (read->batch.first_seq + read->batch.count > from_seq)
            good = each(context, &read->batch, failure);
    }
    free(read);
    return good;
}

static bool fake_refresh(struct journal *journal, struct failure *failure)
{
    (void)failure;
    pthread_mutex_lock(&lock);
    catch_up(fake_of(journal));
    pthread_mutex_unlock(&lock);
    return true;
}

static bool fake_size(const struct journal_options *options, uint64_t *ret_bytes,
                      struct failure *failure)
{
    pthread_mutex_lock(&lock);
    const struct shelf *shelf = *shelf_at(options->path);
    *ret_bytes = shelf ? shelf->bytes : 0;
    pthread_mutex_unlock(&lock);
    return shelf || fail(failure, FAULT_USE, 0, "there is no fake journal '%s'", options->path);
}

static void fake_destroy(struct journal *journal)
{
    struct fake *fake = fake_of(journal);
    pthread_mutex_lock(&lock);
    if (fake->shelf->writer == fake)
        fake->shelf->writer = NULL;
    if (fake->shelf->name[0] == '\0')
        shelf_free(fake->shelf);
    pthread_mutex_unlock(&lock);
    journal_fini(journal);
    free(fake);
}

const struct journal_kind journal_fake = {.name = "fake",
                                          .create = fake_create,
                                          .open = fake_open,
                                          .write = fake_write,
                                          .resume = fake_resume,
                                          .read = fake_read,
                                          .refresh = fake_refresh,
                                          .size = fake_size,
                                          .destroy = fake_destroy};

/* ---- what tests tell it ---- */

struct journal *journal_fake_create(const struct ledger_id *ledger)
{
    pthread_mutex_lock(&lock);
    struct fake *fake = fake_new(shelf_new(ledger, &(struct incarnation){1, "fake"}), false);
    pthread_mutex_unlock(&lock);
    return &fake->journal;
}

void journal_fake_answer(struct journal *journal, enum journal_answer answer, bool written)
{
    need(journal->kind == &journal_fake);
    pthread_mutex_lock(&lock);
    fake_of(journal)->answer = answer;
    fake_of(journal)->written = written;
    pthread_mutex_unlock(&lock);
}

void journal_fake_stall(struct journal *journal, enum journal_answer answer)
{
    need(journal->kind == &journal_fake);
    pthread_mutex_lock(&lock);
    fake_of(journal)->stall = answer;
    pthread_mutex_unlock(&lock);
}

void journal_fake_resumes(struct journal *journal, bool resumes)
{
    need(journal->kind == &journal_fake);
    pthread_mutex_lock(&lock);
    fake_of(journal)->stuck = !resumes;
    pthread_mutex_unlock(&lock);
}

void journal_fake_forget(const char *name)
{
    pthread_mutex_lock(&lock);
    struct shelf **at = shelf_at(name);
    struct shelf *shelf = *at;
    if (shelf) {
        *at = shelf->next;
        shelf_free(shelf);
    }
    pthread_mutex_unlock(&lock);
}
