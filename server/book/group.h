#pragma once
/*
 * Groups of customers, in dimensions (tier, area, controller): a customer is in at most one group
 * of each dimension. A group may bring a default limit and term.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

Tefter__GroupRecord *group_get(struct tx *tx, uint32_t group);
void group_save(struct tx *tx, const Tefter__GroupRecord *group);
/* The next member after this customer, 0 at the end. */
uint32_t group_next_member(struct tx *tx, uint32_t group, uint32_t after);
void group_put_member(struct tx *tx, Tefter__GroupRecord *group, uint32_t customer, bool member);

/* Of the terms themselves: amounts, dates, rates. */
Tefter__Refusal *group_check_terms(struct tx *tx, const char *field,
                                   const Tefter__LimitTerms *terms);

Tefter__Refusal *apply_add_group(struct tx *tx, const Tefter__AddGroup *command,
                                 Tefter__Done *done);
/* Changing a group's limit is told to every member by a job (job.h starts it: see job_start). */
Tefter__Refusal *apply_change_group(struct tx *tx, const Tefter__ChangeGroup *command,
                                    Tefter__Done *done);

Tefter__Refusal *view_groups(struct tx *tx, const Tefter__GroupList *query,
                             Tefter__GroupsAnswer *answer);
