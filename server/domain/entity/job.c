/*
 * Jobs. Invariants: 1 a step touches at most STEP_CUSTOMERS customers. 2 a customer is told at
 * least once after the change that started the job.
 */
#include "domain/entity/job.h"

#include "domain/credit/credit.h"
#include "domain/org/company.h"
#include "domain/party/customer.h"
#include "domain/party/group.h"

enum { STEP_CUSTOMERS = 200 };

/* ---- record ---- */

static struct key job_key(uint64_t job)
{
    struct key key = key_book(TABLE_JOB);
    key_u64(&key, job);
    return key;
}

static uint64_t job_start(struct tx *tx, Tefter__CompanyRecord *company, Tefter__JobKind kind,
                          uint32_t group)
{
    Tefter__JobRecord *job = tx_new(tx, &tefter__job_record__descriptor);
    job->job = company->next_job++;
    job->kind = kind;
    job->has_group = group != 0;
    job->group = group;
    struct key key = job_key(job->job);
    tx_put(tx, &key, &job->base);
    return job->job;
}

/* ---- rules ---- */

static uint32_t next_customer(struct tx *tx, const Tefter__JobRecord *job)
{
    switch (job->kind) {
    case TEFTER__JOB_KIND__JOB_REFRESH_GROUP:
        return group_next_member(tx, job->group, job->cursor);
    case TEFTER__JOB_KIND__JOB_REFRESH_ALL:
        return customer_next(tx, job->cursor);
    case _TEFTER__JOB_KIND_IS_INT_SIZE:
        break;
    }
    return 0;
}

/* ---- changes ---- */

/* Refuses: a job that is not there (done before). */
Tefter__Refusal *apply_step_job(struct tx *tx, const Tefter__StepJob *command, Tefter__Done *done)
{
    struct key key = job_key(command->job);
    Tefter__JobRecord *job = tx_get(tx, &key, &tefter__job_record__descriptor);
    if (job == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "job");

    tx_decided(tx);
    uint32_t customer = 0;
    for (int i = 0; i < STEP_CUSTOMERS && (customer = next_customer(tx, job)) != 0; i++) {
        tx_touch(tx, ROW_ACCOUNT, customer);
        job->cursor = customer;
        job->done++;
    }
    if (customer == 0)
        tx_delete(tx, &key);
    else
        tx_put(tx, &key, &job->base);
    done->has_id = true;
    done->id = command->job;
    return NULL;
}

/* Refuses as group_plan_change does. */
Tefter__Refusal *apply_change_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                    Tefter__Done *done)
{
    Tefter__GroupRecord *group;
    Tefter__Refusal *refusal = group_plan_change(tx, command, &group);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__CompanyRecord *company = company_hold(tx);
    group_save(tx, group);
    done->has_job = true;
    done->job = job_start(tx, company, TEFTER__JOB_KIND__JOB_REFRESH_GROUP, group->group);
    company_save(tx, company);
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__GROUP_CHANGED;
    event.has_about = true;
    event.about = group->group;
    tx_emit(tx, &event);
    done->has_id = true;
    done->id = group->group;
    return NULL;
}

/* Refuses as credit_plan_policy does. */
Tefter__Refusal *apply_set_credit_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                         Tefter__Done *done)
{
    Tefter__CompanyRecord *company;
    Tefter__Refusal *refusal = credit_plan_policy(tx, command, &company);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    done->has_job = true;
    done->job = job_start(tx, company, TEFTER__JOB_KIND__JOB_REFRESH_ALL, 0);
    company_save(tx, company);
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__POLICY_CHANGED;
    event.has_about = true;
    event.about = company->policy_version;
    tx_emit(tx, &event);
    done->has_id = true;
    done->id = company->policy_version;
    return NULL;
}

/* ---- services ---- */

size_t job_list(struct tx *tx, uint64_t *ret_jobs, size_t most)
{
    struct key prefix = key_book(TABLE_JOB);
    size_t count = 0;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && count < most;
         on = tx_walk_next(&walk))
        ret_jobs[count++] = key_read_u64(tx_walk_key(&walk), KEY_BOOK_HEAD);
    tx_walk_end(&walk);
    return count;
}
