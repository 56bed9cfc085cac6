#pragma once
/*
 * Customers: who they are, their groups, their lock, who may buy on their account, and the history
 * of every field. What they owe is account.h's. FoundCompany is here too: it makes the cash
 * customer, and the customer stands rightmost of what is founded.
 *
 *   open ──lock (reason, until)──▶ locked ──unlock──▶ open
 *   Locked: no new credit sales; taking money stays possible. A lock ends by itself after `until`.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

enum { CUSTOMER_MAX = (1 << 28) - 1 };

Tefter__CustomerRecord *customer_get(struct tx *tx, uint32_t customer);
Tefter__CustomerRecord *customer_by_code(struct tx *tx, const char *code);
void customer_save(struct tx *tx, const Tefter__CustomerRecord *customer);

/* By number or code as a command gives them (0 and NULL: absent). *ret_customer is NULL when both
 * are absent and `optional`. Refuses, all about field "customer": FIELD_MISSING, NOT_FOUND (also
 * when both are given and name different customers). */
Tefter__Refusal *customer_resolve(struct tx *tx, uint32_t customer, const char *code, bool optional,
                                  Tefter__CustomerRecord **ret_customer);

/* Is he locked on that business date? */
bool customer_locked(const Tefter__CustomerRecord *customer, uint32_t date);

/* May this person take goods for this amount on that date? NULL, or PERSON_NOT_ALLOWED person
 * (unknown, revoked, past his date), PERSON_CAP_EXCEEDED person with over_by_minor and
 * available_minor (cap of a sale first, then of the day). Branches turn their days one by one: a
 * date before the one last spent on counts with it, so that no cap is had twice.
 * person_spend notes it and saves, after the decided line. */
Tefter__Refusal *customer_check_person(struct tx *tx, const Tefter__CustomerRecord *customer,
                                       uint32_t person, int64_t amount_minor, uint32_t date);
void customer_person_spend(struct tx *tx, Tefter__CustomerRecord *customer, uint32_t person,
                           int64_t amount_minor, uint32_t date);
/* How many persons may buy on that date. */
uint32_t customer_person_count(const Tefter__CustomerRecord *customer, uint32_t date);

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
Tefter__Refusal *apply_allow_person(struct tx *tx, const Tefter__AllowPerson *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_revoke_person(struct tx *tx, const Tefter__RevokePerson *command,
                                     Tefter__Done *done);

/* Newest first. */
Tefter__Refusal *view_customer_changes(struct tx *tx, const Tefter__CustomerChanges *query,
                                       Tefter__CustomerChangesAnswer *answer);
