#pragma once
/*
 * Branches: code, business date, and the series of document numbers.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* A branch's business date moves on by at most this much at once. */
enum { TURN_DAYS_MAX = 400 };

Tefter__BranchRecord *branch_get(struct tx *tx, uint32_t branch);
/* The actor's branch; the head office (1) when he has none. */
Tefter__BranchRecord *branch_of_actor(struct tx *tx);
void branch_save(struct tx *tx, const Tefter__BranchRecord *branch);
/* Business date of the head office: for what must not depend on who looks. */
uint32_t branch_head_date(struct tx *tx);

/* The next number of its series, "TD-00017", "TD-CN-00002", "TD-R-00005" (receipts),
 * "TD-X-00001" (reversals). Raises the counter in the record; the caller saves it. A number taken
 * by an import is passed over by the caller asking again. */
char *branch_number(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind);

/* 1 to 8 capital letters A-Z and digits. Refuses FIELD_INVALID. */
Tefter__Refusal *branch_check_code(struct tx *tx, const char *field, const char *code);
/* Makes the head office, after the decided line of the founding. */
void branch_found(struct tx *tx, uint32_t branch, char *code, uint32_t date);

Tefter__Refusal *apply_add_branch(struct tx *tx, const Tefter__AddBranch *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_change_branch(struct tx *tx, const Tefter__ChangeBranch *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_turn_day(struct tx *tx, const Tefter__TurnDay *command, Tefter__Done *done);

Tefter__Refusal *view_branches(struct tx *tx, const Tefter__BranchList *query,
                               Tefter__BranchesAnswer *answer);
