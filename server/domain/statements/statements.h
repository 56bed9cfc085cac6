#pragma once
/*
 * Statements of account: what a customer is told before they settle, and the proof that nobody was
 * left out. Life cycles and invariants stand at the head of each file.
 */
#include "domain/entity/entity.h"
#include "view.pb-c.h"

Tefter__Refusal *apply_make_statement(struct tx *tx, const Tefter__MakeStatement *command,
                                      Tefter__Done *done);
/* A step of the job that looks who settles soon (jobs.def). */
bool statements_step(struct tx *tx, Tefter__JobRecord *job);

Tefter__Refusal *view_statement(struct tx *tx, const Tefter__StatementView *query,
                                Tefter__StatementAnswer *answer);
Tefter__Refusal *view_statements(struct tx *tx, const Tefter__StatementList *query,
                                 Tefter__StatementsAnswer *answer);
Tefter__Refusal *view_statement_days(struct tx *tx, const Tefter__StatementDays *query,
                                     Tefter__StatementDaysAnswer *answer);
