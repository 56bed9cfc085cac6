#pragma once
/*
 * Branches: code, business date, and the series of document numbers.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

Tefter__BranchRecord *branch_get(struct tx *tx, uint32_t branch);
/* The actor's branch; the head office (1) when he has none. */
Tefter__BranchRecord *branch_of_actor(struct tx *tx);
void branch_save(struct tx *tx, const Tefter__BranchRecord *branch);

/* The next number of its series, "TD-00017", "TD-CN-00002", "TD-R-00005" (receipts),
 * "TD-X-00001" (reversals). Raises the counter in the record; the caller saves it. A number taken
 * by an import is passed over by the caller asking again. */
char *branch_number(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind);

Tefter__Refusal *apply_add_branch(struct tx *tx, const Tefter__AddBranch *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_change_branch(struct tx *tx, const Tefter__ChangeBranch *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_turn_day(struct tx *tx, const Tefter__TurnDay *command, Tefter__Done *done);

Tefter__Refusal *view_branches(struct tx *tx, const Tefter__BranchList *query,
                               Tefter__BranchesAnswer *answer);
