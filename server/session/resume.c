/*
 * What changed while a terminal was away, as one set: every changed row as it is now, exact at one
 * seq. Little is gathered on the loop. Much is gathered on the pool: meanwhile the hub keeps what
 * is published for it (feed.c says that it is slow), and that follows.
 */
#include <stdlib.h>

#include "base/container.h"
#include "session/inside.h"

enum { SHORT_SEQS = 512, SHORT_ROWS = 200 }; /* about two milliseconds */

/* A terminal that tells no nonce knows incarnations by their number alone. */
static bool same_ledger(const struct sessions *home, const Tefter__Resume *resume)
{
    struct incarnation from =
        incarnation_of(resume->incarnation,
                       slice_of(resume->incarnation_nonce.data, resume->incarnation_nonce.len));
    return resume->ledger.len == sizeof home->ledger_id &&
           memcmp(resume->ledger.data, home->ledger_id, sizeof home->ledger_id) == 0 &&
           incarnation_same(&from, &home->incarnation);
}

/* In how far it can be told as one set. */
static enum resumed gather_changed(struct gathering *gathering, uint64_t from, size_t rows_most)
{
    const uint64_t *keys = NULL;
    size_t count = 0;
    if (from > ledger_view_seq(gathering->view) ||
        !ledger_view_changed(gathering->view, from, &keys, &count) || count > HUB_PENDING_ROWS_MAX)
        return RESUMED_NOT;
    if (count > rows_most)
        return RESUMED_LATER;
    if (!gather_room(gathering, count))
        return RESUMED_NOT;
    for (size_t i = 0; i < count && gathering->bytes <= HUB_DELTA_BYTES_MAX; i++)
        gather(gathering, keys[i]);
    bool whole = !gathering->failed && hub_fits(gathering->rows, gathering->count);
    return whole ? RESUMED_NOW : RESUMED_NOT;
}

/* ---- on the loop ---- */

static enum resumed resume_now(struct session *session, struct hub_subscription *subscription,
                               const Tefter__FromTerminal *request, uint64_t from)
{
    struct gathering gathering;
    bool begun = gather_begin(&gathering, session->home, hub_filter(subscription));
    enum resumed resumed = begun ? gather_changed(&gathering, from, SHORT_ROWS) : RESUMED_NOT;
    if (resumed == RESUMED_NOW) {
        feed_send_subscribed(session, subscription, request->request, true, from);
        hub_resume(subscription, from, ledger_view_seq(gathering.view), gathering.rows,
                   gathering.count);
    }
    gather_end(&gathering);
    return resumed;
}

/* ---- on the pool ---- */

struct resume {
    struct pool_job job;
    struct feed *feed; /* NULL: it was dropped meanwhile */
    struct arena arena;
    struct hub_filter filter; /* in the arena, like what is gathered */
    struct gathering gathering;
    uint64_t from;
    uint64_t seq;
    bool gathered;
};

static void work(struct pool_job *job)
{
    struct resume *resume = CONTAINER(job, struct resume, job);
    struct gathering *gathering = &resume->gathering;
    death_doing(DEATH_TOPIC, job->number);
    bool begun = gather_begin_apart(gathering, job->home, &resume->filter, &resume->arena);
    if (begun) {
        resume->seq = ledger_view_seq(gathering->view);
        resume->gathered =
            gather_changed(gathering, resume->from, HUB_PENDING_ROWS_MAX) == RESUMED_NOW;
    }
    gather_end(gathering);
    death_idle();
}

static void done(struct session *session, struct pool_job *job)
{
    struct resume *resume = CONTAINER(job, struct resume, job);
    struct feed *feed = resume->feed;
    if (feed == NULL) {
        Tefter__Refusal gone = TEFTER__REFUSAL__INIT;
        gone.code = TEFTER__REFUSAL_CODE__NOT_FOUND;
        gone.field = (char *)(uintptr_t) "subscription";
        session_refuse_number(session, job->request, &gone);
        return;
    }
    resume->feed = NULL;
    const struct resume_set set = {resume->from, resume->seq, resume->gathering.rows,
                                   resume->gathering.count};
    feed_resumed(feed, job->request, resume->gathered ? &set : NULL);
}

/* No terminal waits so long for nothing: it gets its rows in pages. */
static void late(struct session *session, struct pool_job *job)
{
    done(session, job);
}

static void free_resume(struct pool_job *job)
{
    struct resume *resume = CONTAINER(job, struct resume, job);
    arena_fini(&resume->arena);
    free(resume);
}

void resume_drop(struct resume *resume)
{
    if (resume != NULL)
        resume->feed = NULL;
}

static bool copy_filter(struct resume *resume, const struct hub_filter *filter)
{
    resume->filter = *filter;
    if (filter->customer_count > 0)
        resume->filter.customers = arena_copy(&resume->arena, filter->customers,
                                              filter->customer_count * sizeof *filter->customers);
    return filter->customer_count == 0 || resume->filter.customers != NULL;
}

static struct resume *resume_later(struct session *session, struct feed *feed, uint16_t topic,
                                   const struct hub_subscription *subscription,
                                   const Tefter__FromTerminal *request)
{
    static const struct pool_kind kind = {work, done, late, free_resume, TURN_TOPIC};
    struct resume *resume = pool_has_place(session) ? calloc(1, sizeof *resume) : NULL;
    if (resume == NULL)
        return NULL;
    pool_job_init(&resume->job, &kind, session, request);
    resume->job.number = topic;
    resume->feed = feed;
    resume->from = request->subscribe->resume->seq;
    arena_init(&resume->arena, ANSWER_MEMORY_MAX);
    if (copy_filter(resume, hub_filter(subscription)))
        return resume;
    free_resume(&resume->job);
    return NULL;
}

enum resumed resume_begin(struct session *session, struct feed *feed, uint16_t topic,
                          struct hub_subscription *subscription,
                          const Tefter__FromTerminal *request, struct resume **ret_later)
{
    const struct sessions *home = session->home;
    const Tefter__Resume *wanted = request->subscribe->resume;
    *ret_later = NULL;
    if (wanted == NULL || !same_ledger(home, wanted) || totals_topic(topic))
        return RESUMED_NOT;
    uint64_t seq = hub_seq(home->hub);
    enum resumed resumed = RESUMED_LATER;
    if (seq < wanted->seq || seq - wanted->seq <= SHORT_SEQS)
        resumed = resume_now(session, subscription, request, wanted->seq);
    if (resumed == RESUMED_LATER)
        *ret_later = resume_later(session, feed, topic, subscription, request);
    return resumed == RESUMED_LATER && *ret_later == NULL ? RESUMED_NOT : resumed;
}

void resume_put(struct session *session, struct resume *resume)
{
    pool_put(session, &resume->job);
}
