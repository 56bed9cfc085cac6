#pragma once
/*
 * Staff and their rights. A right belongs to a role; the table is here.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

Tefter__StaffRecord *staff_get(struct tx *tx, uint32_t staff);
Tefter__StaffRecord *staff_by_login(struct tx *tx, const char *login);

/* Has this role the right? RIGHT_SERVER belongs to nobody. */
bool staff_role_may(Tefter__Role role, Tefter__Right right);
size_t staff_roles_with(Tefter__Right right, Tefter__Role ret_roles[8]);
/* NULL when the actor may; else RIGHT_MISSING, STAFF_BLOCKED, NOT_LOGGED_IN with who may. An actor
 * without staff and without terminal is the server itself and may everything. */
Tefter__Refusal *staff_actor_needs(struct tx *tx, Tefter__Right right);
bool staff_actor_may(struct tx *tx, Tefter__Right right);

Tefter__Refusal *apply_add_staff(struct tx *tx, const Tefter__AddStaff *command,
                                 Tefter__Done *done);
Tefter__Refusal *apply_change_staff(struct tx *tx, const Tefter__ChangeStaff *command,
                                    Tefter__Done *done);
Tefter__Refusal *apply_set_secret(struct tx *tx, const Tefter__SetSecret *command,
                                  Tefter__Done *done);
Tefter__Refusal *apply_sign_out(struct tx *tx, const Tefter__SignOut *command, Tefter__Done *done);

Tefter__Refusal *view_staff(struct tx *tx, const Tefter__StaffList *query,
                            Tefter__StaffAnswer *answer);
