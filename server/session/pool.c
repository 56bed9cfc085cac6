/*
 * What takes long, on the pool: those of tills before those of browsers, in turn, of one session
 * one at a time and only while it reads, so that what waits for it to read is never more than one
 * long answer.
 */
#include "session/inside.h"

static void ended(struct session *session)
{
    session->queries--;
    session_request_ended(session);
}

static void work(void *context)
{
    struct pool_job *job = context;
    job->kind->work(job);
}

static void done(void *context)
{
    struct pool_job *job = context;
    struct sessions *home = job->home;
    struct session *session = session_find(home, job->session);
    home->queries_running--;
    if (job->browser)
        home->browser_queries_running--;
    if (session != NULL && !home->destroyed) {
        struct turn turn = turn_begin(home->options.turns);
        arena_reset(&home->arena);
        session->answering = false;
        ended(session);
        job->kind->done(session, job);
        turn_end(home->options.turns, turn, job->kind->turn, job->number);
    }
    job->kind->free(job);
    if (!home->destroyed)
        pool_go_on(home);
    sessions_job_ended(home);
}

static bool may_run(const struct pool_job *job, bool browsers)
{
    struct session *session = session_find(job->home, job->session);
    if (session != NULL && job->browser &&
        (!browsers || job->home->browser_queries_running >= BROWSER_QUERIES_RUNNING_MAX))
        return false;
    return session == NULL || (!session->answering && !session_slow(session));
}

static bool too_late(const struct pool_job *job)
{
    return job->deadline_ms != 0 && loop_now_ms(job->home->options.loop) > job->deadline_ms;
}

/* The first that may run, or that is too late; NULL: none. Of browsers too, when they are asked
 * for. */
static struct pool_job *take_first(struct sessions *home, bool browsers)
{
    struct pool_job *before = NULL;
    struct pool_job *job = home->queries_first;
    while (job != NULL && !too_late(job) && !may_run(job, browsers)) {
        before = job;
        job = job->next;
    }
    if (job == NULL)
        return NULL;
    *(before == NULL ? &home->queries_first : &before->next) = job->next;
    if (job->next == NULL)
        home->queries_last = before;
    home->queries_waiting--;
    if (job->browser)
        home->browser_queries_waiting--;
    return job;
}

static struct pool_job *take_next(struct sessions *home)
{
    struct pool_job *job = take_first(home, false);
    return job != NULL || home->browser_queries_waiting == 0 ? job : take_first(home, true);
}

/* It waited longer than the terminal does, or for a terminal that is gone. */
static bool given_up(struct sessions *home, struct pool_job *job)
{
    struct session *session = session_find(home, job->session);
    if (session != NULL && !too_late(job))
        return false;
    if (session != NULL) {
        ended(session);
        job->kind->late(session, job);
    }
    job->kind->free(job);
    return true;
}

static void run(struct sessions *home, struct pool_job *job)
{
    session_find(home, job->session)->answering = true;
    home->queries_running++;
    if (job->browser)
        home->browser_queries_running++;
    home->jobs++;
    sessions_make_visible(home);
    need(loop_work(home->options.loop, work, done, job));
}

void pool_go_on(struct sessions *home)
{
    uint32_t threads = QUERIES_RUNNING_MAX - (access_hashing(home->access) ? 1 : 0);
    while (home->queries_running < threads) {
        struct pool_job *job = take_next(home);
        if (job == NULL)
            return;
        if (!given_up(home, job))
            run(home, job);
    }
}

bool pool_has_place(const struct session *session)
{
    const struct sessions *home = session->home;
    if (session->browser)
        return home->browser_queries_waiting < BROWSER_QUERIES_WAITING_MAX;
    return home->queries_waiting - home->browser_queries_waiting < QUERIES_WAITING_MAX;
}

void pool_job_init(struct pool_job *job, const struct pool_kind *kind, struct session *session,
                   const Tefter__FromTerminal *request)
{
    *job = (struct pool_job){.kind = kind,
                             .home = session->home,
                             .session = session_ref_of(session),
                             .request = request->request,
                             .browser = session->browser};
    if (request->has_deadline_ms)
        job->deadline_ms = loop_now_ms(job->home->options.loop) + request->deadline_ms;
}

void pool_put(struct session *session, struct pool_job *job)
{
    struct sessions *home = session->home;
    if (home->queries_last == NULL)
        home->queries_first = job;
    else
        home->queries_last->next = job;
    home->queries_last = job;
    home->queries_waiting++;
    if (job->browser)
        home->browser_queries_waiting++;
    session->queries++;
    session_request_begun(session);
    pool_go_on(home);
}

void pool_fini(struct sessions *home)
{
    while (home->queries_first != NULL) {
        struct pool_job *job = home->queries_first;
        home->queries_first = job->next;
        job->kind->free(job);
    }
}
