/*
 * Jobs that tell terminals the new figures of many customers: of a group, of all.
 *
 * 1. A step touches at most STEP_CUSTOMERS customers, and the sites of the last. Of a group it
 * tells the sites of its members too: a payer's terms are theirs.
 * 2. A customer is told at least once after the change that started the job.
 */
#include "domain/party/party.h"

enum { STEP_CUSTOMERS = 200 };

/* ---- rules ---- */

static uint32_t next_of_group(struct tx *tx, const Tefter__JobRecord *job)
{
    return group_next_member(tx, job->group, job->cursor);
}

static uint32_t next_of_all(struct tx *tx, const Tefter__JobRecord *job)
{
    return customer_next(tx, job->cursor);
}

/* ---- services ---- */

static size_t touch_sites(struct tx *tx, uint32_t customer)
{
    size_t sites = customer_read(tx, customer)->n_sites;
    if (sites > 0)
        customer_touch_family(tx, customer);
    return sites;
}

static bool refresh(struct tx *tx, Tefter__JobRecord *job,
                    uint32_t (*next)(struct tx *tx, const Tefter__JobRecord *job))
{
    for (size_t i = 0; i < STEP_CUSTOMERS; i++) {
        uint32_t customer = next(tx, job);
        if (customer == 0)
            return true;
        tx_touch(tx, ROW_ACCOUNT, customer);
        if (job->has_group)
            i += touch_sites(tx, customer);
        job->cursor = customer;
        job->done++;
    }
    return false;
}

bool group_refresh_step(struct tx *tx, Tefter__JobRecord *job)
{
    return refresh(tx, job, next_of_group);
}

bool customer_refresh_step(struct tx *tx, Tefter__JobRecord *job)
{
    return refresh(tx, job, next_of_all);
}
