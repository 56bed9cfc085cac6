/*
 * argon2id, one at a time, on the pool: a core for 60 ms each. What waits is bounded; the rest is
 * told to come again.
 */
#include <stdlib.h>

#include "session/inside.h"

enum { HASH_MS = 70 };

struct hash_job *hashing_job(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    struct hash_job *job = NULL;
    if (home->hashes_waiting < HASHES_WAITING_MAX)
        job = calloc(1, sizeof *job);
    if (job == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY,
                            HASHES_WAITING_MAX * HASH_MS);
        return NULL;
    }
    job->home = home;
    job->session = session_ref_of(session);
    job->request = request->request;
    return job;
}

static void job_free(struct hash_job *job)
{
    secret_wipe(job, sizeof *job);
    free(job);
}

/* ---- on the pool ---- */

static bool make(const char *text, char hash[PASSWORD_HASH_SIZE])
{
    return text[0] == '\0' || password_hash(text, strlen(text), hash);
}

static void work(void *context)
{
    struct hash_job *job = context;
    size_t given = strlen(job->given);
    job->right = !job->verify ||
                 (job->stored[0] == '\0'
                      ? password_verify_nobody(job->given, given)
                      : password_verify(job->stored, strlen(job->stored), job->given, given));
    if (job->right)
        job->made =
            make(job->new_password, job->password_hash) && make(job->new_pin, job->pin_hash);
}

/* ---- on the loop ---- */

static void next_job(struct sessions *home);

static void done(void *context)
{
    struct hash_job *job = context;
    struct sessions *home = job->home;
    struct session *session = session_find(home, job->session);
    home->hashing = false;
    if (session != NULL)
        session_request_ended(session);
    if (!home->destroyed) {
        arena_reset(&home->arena);
        job->done(session, job);
        next_job(home);
        queries_go_on(home);
    }
    job_free(job);
    sessions_job_ended(home);
}

static void next_job(struct sessions *home)
{
    struct hash_job *job = home->hashes_first;
    if (job == NULL || home->hashing)
        return;
    home->hashes_first = job->next;
    if (job->next == NULL)
        home->hashes_last = NULL;
    home->hashes_waiting--;
    home->hashing = true;
    home->jobs++;
    need(loop_work(home->options.loop, work, done, job));
}

void hashing_queue(struct session *session, struct hash_job *job)
{
    struct sessions *home = session->home;
    if (home->hashes_last == NULL)
        home->hashes_first = job;
    else
        home->hashes_last->next = job;
    home->hashes_last = job;
    home->hashes_waiting++;
    session_request_begun(session);
    next_job(home);
}

void hashing_fini(struct sessions *home)
{
    for (struct hash_job *job = home->hashes_first; job != NULL;) {
        struct hash_job *next = job->next;
        job_free(job);
        job = next;
    }
    home->hashes_first = home->hashes_last = NULL;
}
