/*
 * early: a batch is said to be durable and lies in memory for a while. Whoever kills the server
 * takes answered commands away, and the seqs they had go to others. The state is rebuilt from the
 * journal at each start, or the server would see by itself that it knows more than its journal.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "fault_injection/faulty.h"
#include "journal/journal.h"
#include "recovery/recovery.h"

enum { LATE_MS = 100 };

struct held {
    struct held *next;
    int64_t since_ms;
    int64_t wall_ms;
    struct journal_digest digest; /* seq 0: none */
    uint32_t count;
    struct slice entries[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct held *oldest;

enum journal_answer __real_journal_propose(struct journal *journal, const struct slice *entries,
                                           uint32_t count, int64_t wall_ms,
                                           const struct journal_digest *digest,
                                           struct failure *failure);
enum journal_answer __wrap_journal_propose(struct journal *journal, const struct slice *entries,
                                           uint32_t count, int64_t wall_ms,
                                           const struct journal_digest *digest,
                                           struct failure *failure);
void __real_journal_head(const struct journal *journal, struct journal_head *ret_head);
void __wrap_journal_head(const struct journal *journal, struct journal_head *ret_head);
void __real_journal_close(struct journal *journal);
void __wrap_journal_close(struct journal *journal);
bool __real_recovery_run(const struct datadir *folder, const struct recovery_options *options,
                         struct recovered *ret_recovered, struct failure *failure);
bool __wrap_recovery_run(const struct datadir *folder, const struct recovery_options *options,
                         struct recovered *ret_recovered, struct failure *failure);

static int64_t clock_ms(void)
{
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static bool hold(const struct slice *entries, uint32_t count, int64_t wall_ms,
                 const struct journal_digest *digest)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += entries[i].size;
    struct held *held = malloc(sizeof *held + count * sizeof *entries + size);
    if (held == NULL)
        return false;
    *held = (struct held){.since_ms = clock_ms(), .wall_ms = wall_ms, .count = count};
    if (digest != NULL)
        held->digest = *digest;
    uint8_t *bytes = (uint8_t *)&held->entries[count];
    for (uint32_t i = 0; i < count; bytes += entries[i++].size) {
        memcpy(bytes, entries[i].data, entries[i].size);
        held->entries[i] = slice_of(bytes, entries[i].size);
    }
    struct held **last = &oldest;
    while (*last != NULL)
        last = &(*last)->next;
    *last = held;
    return true;
}

static enum journal_answer write_until(struct journal *journal, int64_t since_ms,
                                       struct failure *failure)
{
    while (oldest != NULL && oldest->since_ms <= since_ms) {
        struct held *held = oldest;
        enum journal_answer answer =
            __real_journal_propose(journal, held->entries, held->count, held->wall_ms,
                                   held->digest.seq != 0 ? &held->digest : NULL, failure);
        if (answer != JOURNAL_OK)
            return answer;
        oldest = held->next;
        free(held);
    }
    return JOURNAL_OK;
}

enum journal_answer __wrap_journal_propose(struct journal *journal, const struct slice *entries,
                                           uint32_t count, int64_t wall_ms,
                                           const struct journal_digest *digest,
                                           struct failure *failure)
{
    if (faulty != FAULTY_EARLY)
        return __real_journal_propose(journal, entries, count, wall_ms, digest, failure);
    pthread_mutex_lock(&lock);
    enum journal_answer answer = write_until(journal, clock_ms() - LATE_MS, failure);
    if (answer == JOURNAL_OK && !hold(entries, count, wall_ms, digest))
        answer = JOURNAL_BUSY;
    pthread_mutex_unlock(&lock);
    return answer;
}

void __wrap_journal_head(const struct journal *journal, struct journal_head *ret_head)
{
    pthread_mutex_lock(&lock);
    __real_journal_head(journal, ret_head);
    for (const struct held *held = oldest; held != NULL; held = held->next) {
        ret_head->batch++;
        ret_head->next_seq += held->count;
    }
    pthread_mutex_unlock(&lock);
}

void __wrap_journal_close(struct journal *journal)
{
    struct failure failure = {.fault = FAULT_NONE};
    pthread_mutex_lock(&lock);
    (void)write_until(journal, INT64_MAX, &failure);
    pthread_mutex_unlock(&lock);
    __real_journal_close(journal);
}

bool __wrap_recovery_run(const struct datadir *folder, const struct recovery_options *options,
                         struct recovered *ret_recovered, struct failure *failure)
{
    struct recovery_options own = *options;
    own.distrust = own.distrust || faulty == FAULTY_EARLY;
    return __real_recovery_run(folder, &own, ret_recovered, failure);
}
