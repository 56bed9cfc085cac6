#pragma once
/*
 * Groups of customers, in dimensions (tier, area, controller): a customer is in at most one group
 * of each dimension. A group may bring a default limit and term.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

const Tefter__GroupRecord *group_get(struct tx *tx, uint32_t group);
/* The command's own, to change and save: the same message for all who ask in a command. */
Tefter__GroupRecord *group_hold(struct tx *tx, uint32_t group);
/* Writes the record, and its name anew when it is another. */
void group_save(struct tx *tx, const Tefter__GroupRecord *group);
/* The next member after this customer, 0 at the end. */
uint32_t group_next_member(struct tx *tx, uint32_t group, uint32_t after);
/* Puts or takes out a member, counts, and saves the record. */
void group_put_member(struct tx *tx, Tefter__GroupRecord *group, uint32_t customer, bool member);

/* Of the terms themselves: amounts, dates, rates. NULL terms pass, and so do terms that say nothing
 * of a limit: others of the customer say it. `field` names the terms; fields are
 * "field.limit_minor" and so on. Refuses, in this order: limit_minor (FIELD_INVALID beside
 * unlimited; field_amount_or_zero); valid_from, valid_until (field_date), valid_until DATE_INVALID
 * (before valid_from); overdue_days (field_days); overdue_minor, document_max_minor
 * (field_amount_or_zero); currency (field_currency). */
Tefter__Refusal *group_check_terms(struct tx *tx, const char *field,
                                   const Tefter__LimitTerms *terms);

Tefter__Refusal *apply_add_group(struct tx *tx, const Tefter__AddGroup *command,
                                 Tefter__Done *done);
/* Changing a group's limit is told to every member by a job, so the change itself is job.h's. Here
 * is its looking: *ret_group is the record as it would be, not saved yet. Terms without any field
 * take the group's limit away.
 * Refuses, in this order: name (field_line), term_days (field_days), limit (group_check_terms);
 * NOT_FOUND group; NOTHING_TO_CHANGE; ALREADY_EXISTS name. */
Tefter__Refusal *group_plan_change(struct tx *tx, const Tefter__ChangeGroup *command,
                                   Tefter__GroupRecord **ret_group);

Tefter__Refusal *view_groups(struct tx *tx, const Tefter__GroupList *query,
                             Tefter__GroupsAnswer *answer);
