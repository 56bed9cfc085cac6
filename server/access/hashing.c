/*
 * argon2id, one at a time, on the pool: a core for 60 ms each. What waits is bounded; the rest is
 * told to come again.
 */
#include <stdlib.h>

#include "access/inside.h"

enum { HASH_MS = 70 };

struct hash_job *hashing_job(struct access *access, const struct access_asker *asker)
{
    struct hash_job *job = NULL;
    if (access->hashes_waiting < HASHES_WAITING_MAX)
        job = calloc(1, sizeof *job);
    if (job == NULL) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, HASHES_WAITING_MAX * HASH_MS);
        return NULL;
    }
    job->access = access;
    job->asker = *asker;
    return job;
}

void hashing_drop(struct hash_job *job)
{
    secret_wipe(job, sizeof *job);
    free(job);
}

bool access_hashing(const struct access *access)
{
    return access->hashing;
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

static void next_job(struct access *access);

static void finish(struct access *access, struct hash_job *job)
{
    struct principal *who = asker_principal(&job->asker);
    arena_reset(&access->arena);
    if (who != NULL)
        job->done(access, who, job);
    next_job(access);
    if (access->options.hashed != NULL)
        access->options.hashed(access->options.owner);
}

static void done(void *context)
{
    struct hash_job *job = context;
    struct access *access = job->access;
    access->hashing = false;
    if (access->destroyed)
        access_free(access);
    else
        finish(access, job);
    hashing_drop(job);
}

static void next_job(struct access *access)
{
    struct hash_job *job = access->hashes_first;
    if (job == NULL || access->hashing)
        return;
    access->hashes_first = job->next;
    if (job->next == NULL)
        access->hashes_last = NULL;
    access->hashes_waiting--;
    access->hashing = true;
    need(loop_work(access->options.loop, work, done, job));
}

void hashing_queue(struct access *access, struct hash_job *job)
{
    if (access->hashes_last == NULL)
        access->hashes_first = job;
    else
        access->hashes_last->next = job;
    access->hashes_last = job;
    access->hashes_waiting++;
    next_job(access);
}

void hashing_fini(struct access *access)
{
    for (struct hash_job *job = access->hashes_first; job != NULL;) {
        struct hash_job *next = job->next;
        hashing_drop(job);
        job = next;
    }
    access->hashes_first = access->hashes_last = NULL;
}
