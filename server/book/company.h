#pragma once
/*
 * The company: its name, currency, credit policy, and the next number of everything. One record.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* Of the state; needed: a ledger without a company takes no command but FoundCompany. */
Tefter__CompanyRecord *company_need(struct tx *tx);
bool company_exists(struct tx *tx);
void company_save(struct tx *tx, const Tefter__CompanyRecord *company);

Tefter__Refusal *apply_found_company(struct tx *tx, const Tefter__FoundCompany *command,
                                     Tefter__Done *done);
/* AdoptEpoch is the machine's own; TurnDay is the branch's. */

Tefter__Refusal *view_company(struct tx *tx, const Tefter__CompanyView *query,
                              Tefter__CompanyAnswer *answer);
