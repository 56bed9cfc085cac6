#pragma once
/*
 * Customers: who they are, their groups, their lock. Reading and saving the record of one is
 * customer_record.h's, the history of every field story.h's, who may buy on their account
 * person.h's; what they owe is account.h's. FoundCompany is here too: it makes the cash customer,
 * and the customer stands rightmost of what is founded.
 *
 *   open ──lock (reason, until)──▶ locked ──unlock──▶ open
 *   Locked: no new credit sales; taking money stays possible. A lock ends by itself after `until`.
 */
#include "domain/party/customer_record.h"
#include "tx/tx.h"
#include "view.pb-c.h"

enum { CUSTOMER_MAX = (1 << 28) - 1 };

Tefter__CustomerRecord *customer_by_code(struct tx *tx, const char *code);

/* By number or code as a command gives them (0 and NULL: absent). *ret_customer is NULL when both
 * are absent and `optional`. Refuses, all about field "customer": FIELD_MISSING, NOT_FOUND (also
 * when both are given and name different customers). */
Tefter__Refusal *customer_resolve(struct tx *tx, uint32_t customer, const char *code, bool optional,
                                  Tefter__CustomerRecord **ret_customer);

/* Is he locked on that business date? */
bool customer_locked(const Tefter__CustomerRecord *customer, uint32_t date);

/* The row terminals hold, the same for all: dates are looked at from the head office. Persons that
 * are revoked or past their date are left out. */
Tefter__CustomerRow *customer_row(struct tx *tx, const Tefter__CustomerRecord *customer);

/* The next customer number that exists after this one, 0 at the end. */
uint32_t customer_next(struct tx *tx, uint32_t after);

Tefter__Refusal *apply_found_company(struct tx *tx, const Tefter__FoundCompany *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_open_customer(struct tx *tx, const Tefter__OpenCustomer *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_change_customer(struct tx *tx, const Tefter__ChangeCustomer *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_lock_customer(struct tx *tx, const Tefter__LockCustomer *command,
                                     Tefter__Done *done);
Tefter__Refusal *apply_unlock_customer(struct tx *tx, const Tefter__UnlockCustomer *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_join_group(struct tx *tx, const Tefter__JoinGroup *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_leave_group(struct tx *tx, const Tefter__LeaveGroup *command,
                                   Tefter__Done *done);
