/*
 * Who may what: the one table of role x right. Access asks it before a request goes anywhere, staff
 * asks it again for each command.
 *
 * 1. It is pure, and complete: a role or a right that is not in it does not compile.
 */
#include "domain/org/org.h"

/* ---- rules ---- */

/* A new role wants a case here, so a column, so a parameter of MAY, so an entry in every row. */
enum column { SALES, CONTROLLER, ACCOUNTANT, MANAGER, OWNER, COLUMNS, NO_COLUMN = 31 };

#define MAY(sales, controller, accountant, manager, owner)                                         \
    (UINT32_C(sales) << SALES | UINT32_C(controller) << CONTROLLER |                               \
     UINT32_C(accountant) << ACCOUNTANT | UINT32_C(manager) << MANAGER | UINT32_C(owner) << OWNER)
_Static_assert(COLUMNS == 5, "MAY has a parameter for each column");
_Static_assert((int)COLUMNS <= (int)RIGHTS_ROLES_MAX, "all roles can be named");

static enum column column_of(Tefter__Role role)
{
    switch (role) {
    case TEFTER__ROLE__ROLE_SALES:
        return SALES;
    case TEFTER__ROLE__ROLE_CONTROLLER:
        return CONTROLLER;
    case TEFTER__ROLE__ROLE_ACCOUNTANT:
        return ACCOUNTANT;
    case TEFTER__ROLE__ROLE_MANAGER:
        return MANAGER;
    case TEFTER__ROLE__ROLE_OWNER:
        return OWNER;
    case _TEFTER__ROLE_IS_INT_SIZE:
        break;
    }
    return NO_COLUMN;
}

/* A manager is kept from changing owners by an invariant of staff, not by this table. */
static uint32_t roles_of(Tefter__Right right)
{
    switch (right) {
        /*                  sales  controller  accountant  manager  owner */
        /* clang-format off */
    case TEFTER__RIGHT__RIGHT_NONE:             return MAY(1, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_SELL:             return MAY(1, 1, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_TAKE_MONEY:       return MAY(1, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_MATCH:            return MAY(1, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_CREDIT_NOTE:      return MAY(0, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_REVERSE:          return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER:    return MAY(1, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_LOCK:             return MAY(0, 1, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_SET_LIMIT:        return MAY(0, 1, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_APPROVE:          return MAY(0, 1, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE:   return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_CUSTOM_LINE:        return MAY(0, 0, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_BACKDATE:         return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_BACKFILL: return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_CONFIRM_MONEY:    return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_GROUPS:      return MAY(0, 1, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_STAFF:       return MAY(0, 0, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_BRANCHES:    return MAY(0, 0, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_EDIT_TERMINALS:   return MAY(0, 0, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_SEE:              return MAY(1, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE:        return MAY(0, 0, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_SEE_ALARMS:       return MAY(0, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_SEE_AUDIT:        return MAY(0, 0, 0, 1, 1);
    case TEFTER__RIGHT__RIGHT_REFUND:           return MAY(0, 1, 1, 1, 1);
    case TEFTER__RIGHT__RIGHT_SEE_COST:         return MAY(0, 0, 1, 0, 1);
    case TEFTER__RIGHT__RIGHT_SERVER:           return MAY(0, 0, 0, 0, 0);
    case _TEFTER__RIGHT_IS_INT_SIZE:            break;
        /* clang-format on */
    }
    return 0;
}

/* ---- services ---- */

bool rights_role_may(Tefter__Role role, Tefter__Right right)
{
    return (roles_of(right) >> column_of(role) & 1) != 0;
}

size_t rights_roles_with(Tefter__Right right, Tefter__Role ret_roles[RIGHTS_ROLES_MAX])
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    size_t count = 0;
    for (unsigned i = 0; i < roles->n_values; i++) {
        Tefter__Role role = (Tefter__Role)roles->values[i].value;
        if (rights_role_may(role, right))
            ret_roles[count++] = role;
    }
    return count;
}
