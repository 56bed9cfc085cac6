#pragma once
/*
 * The company: its name, currency, credit policy, and the next number of everything. One record.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* Of the state; needed: a ledger without a company takes no command but FoundCompany. */
const Tefter__CompanyRecord *company_get(struct tx *tx);
/* The command's own, to change and save: the same message for all who ask in a command. */
Tefter__CompanyRecord *company_hold(struct tx *tx);
bool company_exists(struct tx *tx);
/* Of the record, without reading all of it; 0 before there is a company. */
uint32_t company_cash_customer(struct tx *tx);
uint32_t company_customers(struct tx *tx); /* how many: their numbers are 1 to this */
void company_save(struct tx *tx, const Tefter__CompanyRecord *company);

/* FoundCompany makes the first of several nouns and is customer.h's, the rightmost of them; here
 * is what of it is the company's own. AdoptEpoch is the machine's; TurnDay is the branch's.
 * Refuses, in this order: name (field_line), currency (FIELD_INVALID). */
Tefter__Refusal *company_check_founding(struct tx *tx, const Tefter__FoundCompany *command);
/* A record with nothing given out yet; the caller takes the first numbers and saves it. */
Tefter__CompanyRecord *company_found(struct tx *tx, const Tefter__FoundCompany *command);

/* All but owed_minor and unmatched_minor, which come from nouns to the right and stay 0 here. */
Tefter__Refusal *view_company(struct tx *tx, const Tefter__CompanyView *query,
                              Tefter__CompanyAnswer *answer);
