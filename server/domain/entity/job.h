#pragma once
/*
 * Jobs: work that touches more records than one command may. A job is a record with a cursor, moved
 * on by StepJob commands, between which sales go on.
 *
 *   started ──StepJob──▶ … ──StepJob──▶ done (the record is gone)
 *
 * Today's jobs tell terminals the new limit of many customers: of a group, of all.
 */
#include "tx/tx.h"

Tefter__Refusal *apply_step_job(struct tx *tx, const Tefter__StepJob *command, Tefter__Done *done);
/* They start a job, so they live here: the changes themselves are planned by group and credit. */
Tefter__Refusal *apply_change_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_set_credit_policy(struct tx *tx, const Tefter__SetCreditPolicy *command,
                                         Tefter__Done *done);

/* Unfinished jobs, oldest first. */
size_t job_list(struct tx *tx, uint64_t *ret_jobs, size_t most);
