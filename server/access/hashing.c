/*
 * argon2id, one at a time, on the pool: a core for 60 ms each. What waits is bounded, in all and of
 * one device; the rest is told to come again. A guess whose name has to wait by then is not tried.
 */
#include <stdlib.h>

#include "access/inside.h"

enum { HASH_MS = 70 };

static uint32_t waiting_of(const struct access *access, uint32_t device)
{
    uint32_t count = 0;
    for (const struct hash_job *job = access->hashes_first; job != NULL; job = job->next)
        count += job->device == device;
    return count;
}

struct hash_job *hashing_job(struct access *access, const struct access_asker *asker)
{
    struct hash_job *job = NULL;
    const struct principal *who = asker_principal(asker);
    uint32_t device = who == NULL ? 0 : who->device;
    if (access->hashes_waiting < HASHES_WAITING_MAX && waiting_of(access, device) < HASHES_EACH_MAX)
        job = calloc(1, sizeof *job);
    if (job == NULL) {
        asker_refuse_wait(asker, TEFTER__REFUSAL_CODE__BUSY, HASHES_WAITING_MAX * HASH_MS);
        return NULL;
    }
    job->access = access;
    job->asker = *asker;
    job->device = device;
    return job;
}

void hashing_drop(struct hash_job *job)
{
    free(job->carried);
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
    if (who != NULL) {
        job->done(access, who, job);
    } else if (job->verify && !job->right) {
        const struct principal gone = {.device = job->device};
        guess_charge(access, &gone, job->kind, job->login);
    }
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

static struct hash_job *take_job(struct access *access)
{
    struct hash_job *job = access->hashes_first;
    if (job == NULL)
        return NULL;
    access->hashes_first = job->next;
    if (job->next == NULL)
        access->hashes_last = NULL;
    access->hashes_waiting--;
    return job;
}

/* Nobody waits for it any more, or those before it were wrong so often that it has to wait. */
static bool given_up(struct access *access, struct hash_job *job)
{
    const struct principal *who = asker_principal(&job->asker);
    uint32_t wait_ms =
        who == NULL || !job->verify ? 0 : guess_wait(access, who, job->kind, job->login);
    if (who != NULL && wait_ms == 0)
        return false;
    if (who != NULL)
        asker_refuse_wait(&job->asker, guess_waits(job->kind), wait_ms);
    hashing_drop(job);
    return true;
}

static void next_job(struct access *access)
{
    struct hash_job *job = NULL;
    if (access->hashing)
        return;
    do
        job = take_job(access);
    while (job != NULL && given_up(access, job));
    access->hashing = job != NULL;
    if (job != NULL)
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
