/*
 * Jobs: the record. A job has a cursor and is moved on by StepJob commands, between which sales go
 * on; what a step of each kind does is its entity's (domain/jobs.def).
 *
 *   started ──StepJob──▶ … ──StepJob──▶ done (the record is gone)
 *
 * 1. Numbers are given out once, in order: the oldest job comes first.
 * 2. Of one kind and group at most one has not begun: who starts it again gets that one.
 */
#include "domain/entity/entity.h"

/* ---- records ---- */

static struct key job_key(uint64_t job)
{
    struct key key = key_book(TABLE_JOB);
    key_u64(&key, job);
    return key;
}

Tefter__JobRecord *job_get(struct tx *tx, uint64_t job)
{
    struct key key = job_key(job);
    return tx_get(tx, &key, &tefter__job_record__descriptor);
}

void job_save(struct tx *tx, const Tefter__JobRecord *job, bool done)
{
    struct key key = job_key(job->job);
    tx->root->jobs_changed = true;
    if (done)
        tx_delete(tx, &key);
    else
        tx_put(tx, &key, &job->base);
}

/* ---- services ---- */

/* The one that will do this work, and has not begun; 0: none. */
static uint64_t job_waiting(struct tx *tx, Tefter__JobKind kind, uint32_t group)
{
    struct key prefix = key_book(TABLE_JOB);
    uint64_t waiting = 0;
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on && waiting == 0;
         on = tx_walk_next(&walk)) {
        tx_scratch_next(scratch);
        const Tefter__JobRecord *job = tx_walk_record(&walk, &tefter__job_record__descriptor);
        if (job->kind == kind && job->group == group && job->cursor == 0 && !job->alone)
            waiting = job->job;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return waiting;
}

static Tefter__JobRecord *job_new(struct tx *tx, Tefter__CompanyRecord *company,
                                  Tefter__JobKind kind)
{
    Tefter__JobRecord *job = tx_new(tx, &tefter__job_record__descriptor);
    job->job = company->next_job++;
    job->kind = kind;
    return job;
}

uint64_t job_start(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                   uint32_t group)
{
    uint64_t waiting = tx_rule(tx, RULE_BOUNDS_AGREE) ? job_waiting(tx, kind, group) : 0;
    if (waiting != 0)
        return waiting;
    Tefter__JobRecord *job = job_new(tx, company, kind);
    FIELD_SET_IF(job, group, group != 0, group);
    job_save(tx, job, false);
    return job->job;
}

uint64_t job_start_of_day(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                          uint32_t date)
{
    Tefter__JobRecord *job = job_new(tx, company, kind);
    FIELD_SET(job, date, date);
    job_save(tx, job, false);
    return job->job;
}

uint64_t job_start_of_customer(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                               uint32_t customer)
{
    Tefter__JobRecord *job = job_new(tx, company, kind);
    job->cursor = customer;
    job_save(tx, job, false);
    return job->job;
}

uint64_t job_start_of_statement(struct tx *tx, Tefter__CompanyRecord *company, uint32_t statement)
{
    Tefter__JobRecord *job = job_new(tx, company, TEFTER__JOB_KIND__JOB_MAKE_STATEMENTS);
    FIELD_SET(job, statement, statement);
    FIELD_SET(job, alone, true);
    job_save(tx, job, false);
    return job->job;
}

size_t job_list(struct tx *tx, uint64_t *ret_jobs, size_t most)
{
    struct key prefix = key_book(TABLE_JOB);
    size_t count = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && count < most;
         on = tx_walk_next(&walk))
        ret_jobs[count++] = tx_walk_u64(&walk, KEY_BOOK_HEAD);
    tx_walk_end(&walk);
    return count;
}
