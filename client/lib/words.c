#include "lib/tefter.h"

const char *role_word(Tefter__Role role)
{
    switch (role) {
    case TEFTER__ROLE__ROLE_SALES:
        return "sales";
    case TEFTER__ROLE__ROLE_CONTROLLER:
        return "controller";
    case TEFTER__ROLE__ROLE_ACCOUNTANT:
        return "accountant";
    case TEFTER__ROLE__ROLE_MANAGER:
        return "manager";
    case TEFTER__ROLE__ROLE_OWNER:
        return "owner";
    case _TEFTER__ROLE_IS_INT_SIZE:
        break;
    }
    return "another role"; /* that a later version has */
}

/* Fits behind "you may not" and "who may". */
static const char *const rights[] = {
    [TEFTER__RIGHT__RIGHT_NONE] = "do this",
    [TEFTER__RIGHT__RIGHT_SELL] = "sell",
    [TEFTER__RIGHT__RIGHT_TAKE_MONEY] = "take money",
    [TEFTER__RIGHT__RIGHT_MATCH] = "match money to bills",
    [TEFTER__RIGHT__RIGHT_CREDIT_NOTE] = "write a credit note",
    [TEFTER__RIGHT__RIGHT_REVERSE] = "reverse documents of earlier days or of other people",
    [TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER] = "change customers",
    [TEFTER__RIGHT__RIGHT_LOCK] = "lock or unlock customers",
    [TEFTER__RIGHT__RIGHT_SET_LIMIT] = "set limits",
    [TEFTER__RIGHT__RIGHT_APPROVE] = "approve sales over the limit",
    [TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE] = "change the catalogue",
    [TEFTER__RIGHT__RIGHT_FREE_LINE] = "sell what is not in the catalogue",
    [TEFTER__RIGHT__RIGHT_BACKDATE] = "date documents before today",
    [TEFTER__RIGHT__RIGHT_ALREADY_HAPPENED] = "enter what already happened",
    [TEFTER__RIGHT__RIGHT_CONFIRM_MONEY] = "confirm money",
    [TEFTER__RIGHT__RIGHT_EDIT_GROUPS] = "change groups",
    [TEFTER__RIGHT__RIGHT_EDIT_STAFF] = "change staff",
    [TEFTER__RIGHT__RIGHT_EDIT_BRANCHES] = "change branches, tills and accounts",
    [TEFTER__RIGHT__RIGHT_EDIT_TERMINALS] = "change terminals",
    [TEFTER__RIGHT__RIGHT_SEE] = "see customers, balances and documents",
    [TEFTER__RIGHT__RIGHT_SEE_BOOKS] = "see the company's books",
    [TEFTER__RIGHT__RIGHT_SERVER] = "do what only the server itself does",
};

const char *right_words(Tefter__Right right)
{
    size_t at = (size_t)right;
    bool known = at < sizeof(rights) / sizeof(rights[0]) && rights[at] != NULL;
    return known ? rights[at] : "do this";
}
