#pragma once
/*
 * Persons: who may take goods on a customer's account, until when, and for how much. They are in
 * the customer's record, numbered from 1 within it.
 *
 *   allowed ──RevokePerson──▶ revoked
 *      └──── `valid_until` passed ──▶ may not buy, but counts as not revoked
 *
 * Caps are in minor units, of one sale and of one business date; without one there is no bound.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* May this person take goods for this amount on that date? NULL, or PERSON_NOT_ALLOWED person
 * (unknown, revoked, past his date), PERSON_CAP_EXCEEDED person with over_by_minor and
 * available_minor (cap of a sale first, then of the day). Branches turn their days one by one: a
 * date before the one last spent on counts with it, so that no cap is had twice.
 * person_spend notes it and saves the customer, after the decided line. */
Tefter__Refusal *person_check(struct tx *tx, const Tefter__CustomerRecord *customer,
                              uint32_t person, int64_t amount_minor, uint32_t date);
void person_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t person,
                  int64_t amount_minor, uint32_t date);
/* How many persons may buy on that date. */
uint32_t person_count(const Tefter__CustomerRecord *customer, uint32_t date);
/* Gives the customer's row those who may buy on that date. */
void person_rows(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date,
                 Tefter__CustomerRow *row);

Tefter__Refusal *apply_allow_person(struct tx *tx, const Tefter__AllowPerson *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_revoke_person(struct tx *tx, const Tefter__RevokePerson *command,
                                     Tefter__Done *done);
