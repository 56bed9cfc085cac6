#pragma once
/*
 * Staff, and what an actor may, which is their role's (rights.h). Stands right of terminal: it
 * depends on the terminal they stand at too.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

const Tefter__StaffRecord *staff_get(struct tx *tx, uint32_t staff);
const Tefter__StaffRecord *staff_by_login(struct tx *tx, const char *login);

/* NULL when the actor may. An actor without staff and without terminal is the server itself and
 * may everything. Refuses, in this order: NOT_LOGGED_IN (no staff, or unknown), STAFF_BLOCKED,
 * TERMINAL_UNKNOWN, TERMINAL_BLOCKED, RIGHT_MISSING with the right and the roles that have it. */
Tefter__Refusal *staff_actor_needs(struct tx *tx, Tefter__Right right);
bool staff_actor_may(struct tx *tx, Tefter__Right right);

/* Makes the owner, after the decided line of the founding. */
void staff_found(struct tx *tx, uint32_t staff, char *login, Tefter__Text *name);

Tefter__Refusal *apply_add_staff(struct tx *tx, const Tefter__AddStaff *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_change_staff(struct tx *tx, const Tefter__ChangeStaff *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_set_secret(struct tx *tx, const Tefter__SetSecret *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_sign_out(struct tx *tx, const Tefter__SignOut *command, Tefter__Done *done);

Tefter__Refusal *view_staff(struct tx *tx, const Tefter__StaffList *query,
                            Tefter__StaffAnswer *answer);
