#include "engine/writer.h"

#include "engine/admission.h"
#include "engine/clock.h"
#include "engine/slow.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The arena's bound is a backstop: a group is bounded by the bytes of its commands. */
#define GROUP_ARENA_MAX ((size_t)1024 * 1024 * 1024)
#define GROUP_ARENA_KEPT ((size_t)16 * 1024 * 1024)

enum { DONE_MAX = 2 }; /* groups applied and not told */
enum {
    STATE_COMMIT_COMMANDS = 256, /* so many are committed at the latest */
    STATE_COMMIT_IDLE_MS = 2,    /* without work for so long, what there is is committed */
    STATE_COMMIT_GROUPS =
        64, /* after somebody has looked, so many are committed before they are told */
};

enum {
    BUSY_FIRST_MS = 5, /* doubled with each try, up to the most */
    BUSY_MOST_MS = 250,
    RESUME_MS = 1000,
    FINISH_MS = 3000, /* so long it goes on trying when it has been asked to finish */
    SLOW_MS = 1000,   /* so long for one group, and nobody new is let in behind it */
};

struct group {
    struct submission items[COMMIT_GROUP_MAX];
    size_t offsets[COMMIT_GROUP_MAX]; /* of their commands in bytes */
    struct commit_answer answers[COMMIT_GROUP_MAX];
    size_t count;
    uint64_t came_us[COMMIT_GROUP_MAX];
    struct commit_times times;
    uint64_t handed_us; /* over to the loop */
    struct buffer bytes;
    struct arena arena;
    struct published_group published;
    struct group *next;
};

struct group_list {
    struct group *first;
    struct group *last;
    uint32_t count;
};

struct writer {
    struct writer_options options;
    struct loop_wake *wake;
    pthread_t thread;
    pthread_mutex_t lock; /* of all lists and the flags below */
    pthread_cond_t work;
    pthread_cond_t visible;
    struct group_list waiting;
    struct group_list done;
    struct group_list free;
    bool finishing;
    bool leaving; /* nobody is told any more */
    bool ended;   /* the thread has nothing more to do */
    loop_fn finished;
    void *finished_context;
    struct writer_metrics metrics;
    struct admission admission;
    uint64_t handed;     /* groups handed over */
    uint64_t visible_to; /* of them, those that views see */
    bool visible_wanted; /* somebody waits for it */
    uint32_t readers;    /* groups that are committed before they are told */
    uint32_t inside;     /* commands that wait or are being written */
    uint64_t ended_us;   /* the group before */
    uint64_t finish_us;  /* when it was asked to finish */
    uint64_t began_us;   /* the group that is being written; 0: none */
    _Atomic bool read_only;
    _Atomic enum writer_state state;
    uint64_t resume_us;   /* when to ask again; the thread's */
    bool lost_notified;   /* the loop's */
    struct slow_log slow; /* the loop's */
    struct writer_times times;
    struct group groups[WRITER_GROUPS];
};

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

/* ---- lists ---- */

static void list_put(struct group_list *list, struct group *group)
{
    group->next = NULL;
    if (list->last)
        list->last->next = group;
    else
        list->first = group;
    list->last = group;
    list->count++;
}

static struct group *list_take(struct group_list *list)
{
    struct group *group = list->first;
    if (!group)
        return NULL;
    list->first = group->next;
    if (!list->first)
        list->last = NULL;
    list->count--;
    return group;
}

/* The one used last comes first: its memory is warm. */
static void list_push(struct group_list *list, struct group *group)
{
    group->next = list->first;
    list->first = group;
    if (!list->last)
        list->last = group;
    list->count++;
}

static void group_clear(struct group *group)
{
    group->count = 0;
    buffer_clear(&group->bytes);
    if (group->bytes.capacity > COMMIT_BYTES_MAX)
        buffer_fini(&group->bytes);
    if (group->arena.taken > GROUP_ARENA_KEPT)
        arena_fini(&group->arena);
    arena_reset(&group->arena);
}

/* ---- the writer's thread ---- */

__attribute__((noreturn)) static void give_up(const struct failure *failure)
{
    bool map = failure->fault == FAULT_FULL && failure->os_error == 0;
    log_line(LOG_ERROR, "stopped", "fault", fault_word(failure->fault), "reason", failure->text,
             "advice",
             map ? "start again with a larger --map: what was answered is durable"
                 : "start again: what was answered is durable, and what is durable is kept",
             NULL);
    _exit(1);
}

static bool behind(const struct writer *writer)
{
    return commit_behind(writer->options.commit) > 0;
}

/* Views see what is applied from here on. */
static void commit_now(struct writer *writer)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!behind(writer))
        return;
    uint64_t began_us = clock_us();
    if (!commit_state(writer->options.commit, &failure))
        give_up(&failure);
    histogram_add(&writer->times.commit, clock_us() - began_us);
}

static void notify_visible(struct writer *writer)
{
    writer->visible_to = writer->handed;
    writer->visible_wanted = false;
    pthread_cond_broadcast(&writer->visible);
}

/* ---- what the journal is like ---- */

static const char *state_word(enum writer_state state)
{
    switch (state) {
    case WRITER_WELL:
        return "well";
    case WRITER_BUSY:
        return "busy";
    case WRITER_NOT_WRITER:
        return "not_writer";
    case WRITER_UNKNOWN:
        return "unknown";
    case WRITER_LOST:
        return "lost";
    }
    return "";
}

static void enter(struct writer *writer, enum writer_state state, const struct failure *failure)
{
    if (atomic_exchange(&writer->state, state) == state)
        return;
    if (state == WRITER_WELL)
        log_line(LOG_NOTICE, "journal", "state", state_word(state), NULL);
    else
        log_line(state == WRITER_BUSY ? LOG_WARNING : LOG_ERROR, "journal", "state",
                 state_word(state), "reason", failure->text, NULL);
}

enum writer_state writer_state(const struct writer *writer)
{
    return atomic_load(&writer->state);
}

/* Only a fresh start can go on: the loop says goodbye first, and what is waiting stays unanswered.
 */
static void get_lost(struct writer *writer, const struct failure *failure)
{
    if (!writer->options.lost)
        give_up(failure);
    enter(writer, WRITER_LOST, failure);
    loop_wake(writer->wake);
}

/* It has to end: at once, or some time after it was asked to. */
static bool hurried(const struct writer *writer)
{
    return writer->leaving ||
           (writer->finishing && clock_us() - writer->finish_us > (uint64_t)FINISH_MS * 1000);
}

/* False: there is no more time. */
static bool pause_for(struct writer *writer, uint32_t ms)
{
    struct timespec until = later(ms);
    int error = 0;
    commit_now(writer);
    pthread_mutex_lock(&writer->lock);
    while (!hurried(writer) && error != ETIMEDOUT) {
        notify_visible(writer);
        error = pthread_cond_timedwait(&writer->work, &writer->lock, &until);
    }
    bool more = !hurried(writer);
    pthread_mutex_unlock(&writer->lock);
    return more;
}

/* The loop is behind with telling: what comes meanwhile joins the group that waits. */
static bool held_up(const struct writer *writer)
{
    return writer->done.count >= DONE_MAX && !writer->leaving;
}

static bool step_due(const struct writer *writer)
{
    return commit_wants_step(writer->options.commit) && !writer->finishing &&
           writer->free.count > 0 && !atomic_load(&writer->read_only) &&
           writer_state(writer) == WRITER_WELL;
}

static bool nothing_to_do(const struct writer *writer)
{
    return held_up(writer) || (!writer->waiting.first && !writer->finishing && !step_due(writer));
}

static bool commit_due(const struct writer *writer)
{
    return writer->visible_wanted ||
           (behind(writer) && (commit_behind(writer->options.commit) >= STATE_COMMIT_COMMANDS ||
                               (writer->finishing && !writer->waiting.first)));
}

/* False: it waited in vain, and what is behind may be committed. */
static bool wait_for_work(struct writer *writer)
{
    bool timed = behind(writer) || writer_state(writer) == WRITER_NOT_WRITER;
    if (!timed)
        return pthread_cond_wait(&writer->work, &writer->lock) == 0;
    struct timespec until = later(behind(writer) ? STATE_COMMIT_IDLE_MS : RESUME_MS / 4);
    return pthread_cond_timedwait(&writer->work, &writer->lock, &until) != ETIMEDOUT;
}

static void commit_unlocked(struct writer *writer)
{
    pthread_mutex_unlock(&writer->lock);
    commit_now(writer);
    pthread_mutex_lock(&writer->lock);
    notify_visible(writer);
}

static bool resume_due(const struct writer *writer)
{
    return writer_state(writer) == WRITER_NOT_WRITER && clock_us() >= writer->resume_us;
}

/* May it write again? Nothing is on its way meanwhile. */
static void resume_unlocked(struct writer *writer)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct published_group none;
    pthread_mutex_unlock(&writer->lock);
    enum commit_end end = commit_resume(writer->options.commit, NULL, NULL, &none, &failure);
    writer->resume_us = clock_us() + (uint64_t)RESUME_MS * 1000;
    if (end == COMMIT_BUSY)
        enter(writer, WRITER_WELL, NULL);
    else if (end == COMMIT_LOST)
        get_lost(writer, &failure);
    pthread_mutex_lock(&writer->lock);
}

/* Commits what is due, and waits until there is something to do. */
static void wait_committing(struct writer *writer)
{
    while (writer_state(writer) != WRITER_LOST) {
        bool due = commit_due(writer);
        if (!due && !nothing_to_do(writer))
            return;
        if (due || !wait_for_work(writer))
            commit_unlocked(writer);
        if (resume_due(writer))
            resume_unlocked(writer);
    }
}

/* The oldest group that waits; an empty one when only a job does; NULL at the end. *ret_read:
 * somebody is looking these days, and what they are told they shall see without waiting. */
static struct group *next_group(struct writer *writer, bool *ret_read)
{
    pthread_mutex_lock(&writer->lock);
    wait_committing(writer);
    bool lost = writer_state(writer) == WRITER_LOST;
    struct group *group = lost ? NULL : list_take(&writer->waiting);
    if (!group && !lost && !writer->finishing)
        group = list_take(&writer->free);
    *ret_read = writer->readers > 0;
    writer->readers -= *ret_read;
    writer->began_us = group ? clock_us() : 0;
    pthread_mutex_unlock(&writer->lock);
    return group;
}

/* The kept group: what has become of it? UNKNOWN: there is no time to find out. */
static enum commit_end find_out(struct writer *writer, struct group *group)
{
    for (;;) {
        struct failure failure = {.fault = FAULT_NONE};
        enum commit_end end = commit_resume(writer->options.commit, &group->arena, group->answers,
                                            &group->published, &failure);
        if (end == COMMIT_FAULT)
            give_up(&failure);
        if (end == COMMIT_LOST)
            get_lost(writer, &failure);
        if (end != COMMIT_UNKNOWN || !pause_for(writer, BUSY_MOST_MS))
            return end;
    }
}

static void note_times(struct writer *writer, struct group *group)
{
    struct writer_times *times = &writer->times;
    struct commit_times *at = &group->times;
    commit_times(writer->options.commit, at);
    for (size_t i = 0; i < group->count; i++)
        histogram_add(&times->queue, at->began_us - group->came_us[i]);
    if (group->count == 0 && group->published.seq == 0)
        return;
    histogram_add(&times->prepare, at->prepared_us - at->began_us);
    if (group->published.seq == 0)
        return;
    histogram_add(&times->sync, at->synced_us - at->prepared_us);
    histogram_add(&times->apply, at->applied_us - at->synced_us);
}

/* False: the thread ends and tells nobody of this group: only a start finds out what became of it,
 * or nothing did and there is no more time. */
static bool commit_it(struct writer *writer, struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        group->items[i].command.data = group->bytes.data + group->offsets[i];
    for (uint32_t pause_ms = BUSY_FIRST_MS;; pause_ms = 2 * pause_ms) {
        struct failure failure = {.fault = FAULT_NONE};
        enum commit_end end =
            commit_group(writer->options.commit, group->items, group->count, &group->arena,
                         group->answers, &group->published, &failure);
        if (end == COMMIT_UNKNOWN) {
            enter(writer, WRITER_UNKNOWN, &failure);
            end = find_out(writer, group);
        }
        if (end == COMMIT_UNKNOWN || end == COMMIT_LOST)
            return false;
        if (end == COMMIT_FAULT)
            give_up(&failure);
        if (end == COMMIT_NOT_WRITER) {
            enter(writer, WRITER_NOT_WRITER, &failure);
            writer->resume_us = clock_us() + (uint64_t)RESUME_MS * 1000;
            return true;
        }
        if (end == COMMIT_DONE)
            note_times(writer, group);
        if (end == COMMIT_DONE) { /* without a batch the journal was not asked */
            if (group->published.seq || writer_state(writer) != WRITER_NOT_WRITER)
                enter(writer, WRITER_WELL, NULL);
            return true;
        }
        if (pause_ms > BUSY_MOST_MS)
            pause_ms = BUSY_MOST_MS;
        enter(writer, WRITER_BUSY, &failure);
        arena_reset(&group->arena);
        if (!pause_for(writer, pause_ms))
            return false;
    }
}

/* From when it could have begun: while the loop is behind, the writer waits with it. */
static void note_admission(struct writer *writer, struct group *group)
{
    uint64_t ended_us = group->handed_us = clock_us();
    uint64_t came_us = group->count > 0 ? group->came_us[0] : 0;
    uint64_t began_us = came_us > writer->ended_us ? came_us : writer->ended_us;
    admission_took(&writer->admission, (uint32_t)group->count, ended_us - began_us);
    writer->ended_us = ended_us;
    writer->inside -= (uint32_t)group->count;
}

static void hand_over(struct writer *writer, struct group *group)
{
    pthread_mutex_lock(&writer->lock);
    writer->handed++;
    if (!behind(writer))
        notify_visible(writer);
    note_admission(writer, group);
    writer->began_us = 0;
    writer->metrics.not_writer += writer_state(writer) == WRITER_NOT_WRITER;
    list_put(&writer->done, group);
    for (size_t i = 0; i < group->count; i++) {
        const struct commit_answer *answer = &group->answers[i];
        writer->metrics.commands += answer->journalled;
        writer->metrics.refused += answer->journalled && !answer->done;
        writer->metrics.too_late += answer->refused != NULL &&
                                    answer->refused->code == TEFTER__REFUSAL_CODE__DEADLINE_PASSED;
    }
    if (group->published.seq) {
        writer->metrics.batches++;
        writer->metrics.seq = group->published.seq;
    }
    pthread_mutex_unlock(&writer->lock);
    loop_wake(writer->wake);
}

static void *write_groups(void *context)
{
    struct writer *writer = context;
    bool read;
    for (struct group *group; (group = next_group(writer, &read));) {
        if (!commit_it(writer, group))
            break;
        if (read)
            commit_now(writer);
        hand_over(writer, group);
    }
    commit_now(writer);
    pthread_mutex_lock(&writer->lock);
    notify_visible(writer);
    writer->began_us = 0;
    writer->ended = true;
    pthread_mutex_unlock(&writer->lock);
    loop_wake(writer->wake);
    return NULL;
}

/* ---- the loop's thread ---- */

static void tell(const struct writer *writer, const struct group *group)
{
    const struct writer_options *options = &writer->options;
    struct turn turn = turn_begin(options->loop_turns);
    for (size_t i = 0; i < group->count; i++)
        if (group->items[i].reply_token != WRITER_NO_TOKEN)
            options->replied(options->owner, group->items[i].reply_token, group->answers[i].reply,
                             group->answers[i].refused);
    if (group->published.seq)
        options->published(options->owner, &group->published);
    turn_end(options->loop_turns, turn, TURN_GROUP, TURN_GROUP_HANDED_OVER);
}

static void note_slow(struct writer *writer, const struct group *group, size_t item,
                      uint64_t replied_us)
{
    const struct commit_times *at = &group->times;
    uint64_t came_us = group->came_us[item];
    struct slow_times times = {.waited_us = at->began_us - came_us,
                               .prepare_us = at->prepared_us - at->began_us,
                               .sync_us = at->synced_us - at->prepared_us,
                               .apply_us = at->applied_us - at->synced_us,
                               .commit_us = group->handed_us - at->applied_us,
                               .publish_us = replied_us - group->handed_us,
                               .total_us = replied_us - came_us};
    slow_tell(&writer->slow, &group->items[item], (uint32_t)group->count, &times, replied_us);
}

static void note_replied(struct writer *writer, const struct group *group)
{
    uint64_t replied_us = clock_us();
    if (group->count > 0 || group->published.seq != 0)
        histogram_add(&writer->times.publish, replied_us - group->handed_us);
    for (size_t i = 0; i < group->count; i++) {
        uint64_t total_us = replied_us - group->came_us[i];
        histogram_add(&writer->times.whole, total_us);
        if (slow_is(&writer->slow, total_us))
            note_slow(writer, group, i, replied_us);
    }
}

static void woken(void *context)
{
    struct writer *writer = context;
    if (writer_state(writer) == WRITER_LOST && !writer->lost_notified) {
        writer->lost_notified = true;
        writer->options.lost(writer->options.owner);
    }
    pthread_mutex_lock(&writer->lock);
    for (struct group *group; (group = list_take(&writer->done));) {
        pthread_mutex_unlock(&writer->lock);
        tell(writer, group);
        note_replied(writer, group);
        group_clear(group);
        pthread_mutex_lock(&writer->lock);
        list_push(&writer->free, group);
        pthread_cond_signal(&writer->work);
    }
    loop_fn finished = writer->ended ? writer->finished : NULL;
    writer->finished = finished ? NULL : writer->finished;
    pthread_mutex_unlock(&writer->lock);
    if (finished)
        finished(writer->finished_context);
}

static bool group_put(struct group *group, const struct submission *submission)
{
    group->came_us[group->count] = clock_us();
    group->items[group->count] = *submission;
    group->offsets[group->count] = group->bytes.size;
    if (!buffer_put(&group->bytes, submission->command.data, submission->command.size)) {
        group->bytes.overflow = false;
        return false;
    }
    group->count++;
    return true;
}

/* The last waiting group, or a fresh one when it is full. */
static bool queue_put(struct writer *writer, const struct submission *submission)
{
    struct group *last = writer->waiting.last;
    if (last && last->count < COMMIT_GROUP_MAX &&
        last->bytes.size + submission->command.size <= COMMIT_BYTES_MAX)
        return group_put(last, submission);
    struct group *fresh = list_take(&writer->free);
    if (!fresh)
        return false;
    bool put = group_put(fresh, submission);
    if (put)
        list_put(&writer->waiting, fresh);
    else
        list_push(&writer->free, fresh);
    return put;
}

/* Asked for each submission: by the coarse clock, which costs next to nothing. */
static uint32_t slow_ms(const struct writer *writer)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &at);
    uint64_t now = (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
    uint64_t began = writer->began_us;
    return began && now > began ? (uint32_t)((now - began) / 1000) : 0;
}

static bool journal_takes(const struct writer *writer)
{
    enum writer_state state = writer_state(writer);
    return (state == WRITER_WELL || state == WRITER_NOT_WRITER) && slow_ms(writer) < SLOW_MS;
}

static bool room_for_more(const struct writer *writer)
{
    return admission_admits(&writer->admission, writer->inside) && journal_takes(writer);
}

/* What the server does of itself (days turn) does not stand behind a crowd. */
static bool admits(const struct writer *writer, const struct submission *submission)
{
    return !writer->finishing &&
           (submission->reply_token == WRITER_NO_TOKEN || room_for_more(writer));
}

static bool takes_nothing(const struct writer *writer)
{
    return atomic_load(&writer->read_only) || writer_state(writer) == WRITER_NOT_WRITER;
}

enum submit_answer writer_submit(struct writer *writer, const struct submission *submission)
{
    bool read_only = takes_nothing(writer);
    pthread_mutex_lock(&writer->lock);
    writer->metrics.read_only += read_only;
    if (read_only) {
        pthread_mutex_unlock(&writer->lock);
        return SUBMIT_READ_ONLY;
    }
    bool taken = admits(writer, submission) && queue_put(writer, submission);
    writer->inside += taken;
    writer->metrics.busy += !taken;
    pthread_cond_signal(&writer->work);
    pthread_mutex_unlock(&writer->lock);
    return taken ? SUBMIT_TAKEN : SUBMIT_BUSY;
}

bool writer_busy(struct writer *writer)
{
    if (takes_nothing(writer))
        return false;
    pthread_mutex_lock(&writer->lock);
    bool busy = writer->finishing || !room_for_more(writer);
    writer->metrics.busy += busy;
    pthread_mutex_unlock(&writer->lock);
    return busy;
}

void writer_make_visible(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    uint64_t wanted = writer->handed;
    writer->readers = STATE_COMMIT_GROUPS;
    while (writer->visible_to < wanted) {
        writer->visible_wanted = true;
        pthread_cond_signal(&writer->work);
        pthread_cond_wait(&writer->visible, &writer->lock);
    }
    pthread_mutex_unlock(&writer->lock);
}

uint32_t writer_retry_ms(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    uint32_t retry_ms = admission_retry_ms(&writer->admission, clock_us(), writer->inside);
    pthread_mutex_unlock(&writer->lock);
    return retry_ms;
}

void writer_read_only(struct writer *writer, bool read_only)
{
    atomic_store(&writer->read_only, read_only);
    pthread_mutex_lock(&writer->lock);
    pthread_cond_signal(&writer->work);
    pthread_mutex_unlock(&writer->lock);
}

void writer_finish(struct writer *writer, loop_fn finished, void *context)
{
    pthread_mutex_lock(&writer->lock);
    writer->finish_us = writer->finishing ? writer->finish_us : clock_us();
    writer->finishing = true;
    writer->finished = finished;
    writer->finished_context = context;
    pthread_cond_signal(&writer->work);
    bool ended = writer->ended;
    pthread_mutex_unlock(&writer->lock);
    if (ended)
        loop_wake(writer->wake);
}

void writer_metrics(struct writer *writer, struct writer_metrics *ret_metrics)
{
    pthread_mutex_lock(&writer->lock);
    *ret_metrics = writer->metrics;
    ret_metrics->slow = writer->slow.count;
    ret_metrics->inside = writer->inside;
    ret_metrics->waiting = writer->waiting.count;
    ret_metrics->room = admission_room(&writer->admission);
    ret_metrics->slow_ms = slow_ms(writer);
    pthread_mutex_unlock(&writer->lock);
}

const struct writer_times *writer_times(const struct writer *writer)
{
    return &writer->times;
}

/* ---- life ---- */

/* Signals are the loop's: the new thread starts with all of them blocked. */
static int thread_start(struct writer *writer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&writer->thread, NULL, write_groups, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

bool writer_create(const struct writer_options *options, struct writer **ret_writer,
                   struct failure *failure)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the writer");
    writer->options = *options;
    writer->slow.threshold_us = options->slow_us;
    atomic_init(&writer->read_only, options->read_only);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_condattr_t by_monotonic;
    pthread_condattr_init(&by_monotonic);
    pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->work, &by_monotonic);
    pthread_condattr_destroy(&by_monotonic);
    pthread_cond_init(&writer->visible, NULL);
    admission_init(&writer->admission);
    for (size_t i = 0; i < WRITER_GROUPS; i++) {
        buffer_init(&writer->groups[i].bytes, BATCH_BYTES_MAX / 2);
        arena_init(&writer->groups[i].arena, GROUP_ARENA_MAX);
        list_put(&writer->free, &writer->groups[i]);
    }
    writer->wake = loop_wake_create(options->loop, woken, writer);
    int error = writer->wake ? thread_start(writer) : 0;
    if (!writer->wake || error) {
        loop_wake_destroy(writer->wake);
        free(writer);
        return fail(failure, FAULT_MEMORY, error, "cannot start the writer's thread");
    }
    *ret_writer = writer;
    return true;
}

void writer_destroy(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->leaving = true;
    pthread_mutex_unlock(&writer->lock);
    writer_finish(writer, NULL, NULL);
    pthread_join(writer->thread, NULL);
    loop_wake_destroy(writer->wake);
    for (size_t i = 0; i < WRITER_GROUPS; i++) {
        buffer_fini(&writer->groups[i].bytes);
        arena_fini(&writer->groups[i].arena);
    }
    pthread_cond_destroy(&writer->work);
    pthread_cond_destroy(&writer->visible);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}
