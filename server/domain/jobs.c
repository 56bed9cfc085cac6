/*
 * A step of a job: whose it is (jobs.def), and what becomes of its record.
 */
#include "domain/domain.h"

/* No default: a kind without a row in jobs.def does not compile. */
static bool step(struct tx *tx, Tefter__JobRecord *job)
{
    switch (job->kind) {
#define JOB(KIND, step)                                                                            \
    case TEFTER__JOB_KIND__##KIND:                                                                 \
        return step(tx, job);
#include "domain/jobs.def"
#undef JOB
    case _TEFTER__JOB_KIND_IS_INT_SIZE:
        break;
    }
    return true;
}

/* Refuses: a job that is not there (done before). */
Tefter__Refusal *apply_step_job(struct tx *tx, const Tefter__StepJob *command, Tefter__Done *done)
{
    Tefter__JobRecord *job = job_get(tx, command->job);
    if (job == NULL)
        return refuse_not_found(tx, "job");

    tx_decided(tx);
    job_save(tx, job, step(tx, job));
    FIELD_SET(done, id, job->job);
    return NULL;
}
