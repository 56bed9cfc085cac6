#pragma once
/*
 * Who may what: the one table of role × right. Access asks it before a request goes anywhere, staff
 * asks it again for each command. Pure, and complete: a role or a right that is not in it does not
 * compile.
 */
#include "common.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

enum { RIGHTS_ROLES_MAX = 8 };

/* Has this role the right? RIGHT_SERVER belongs to nobody; unknown roles have none. */
bool rights_role_may(Tefter__Role role, Tefter__Right right);
/* Those that have it, in the order of the roles' numbers; how many. */
size_t rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[RIGHTS_ROLES_MAX]);
