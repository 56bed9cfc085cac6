#include "lib/tefter.h"

#include <strings.h>

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
const char *right_words(Tefter__Right right)
{
    switch (right) {
    case TEFTER__RIGHT__RIGHT_SELL:
        return "sell";
    case TEFTER__RIGHT__RIGHT_TAKE_MONEY:
        return "take money";
    case TEFTER__RIGHT__RIGHT_MATCH:
        return "match money to bills";
    case TEFTER__RIGHT__RIGHT_CREDIT_NOTE:
        return "write a credit note";
    case TEFTER__RIGHT__RIGHT_REVERSE:
        return "reverse documents of earlier days or of other people";
    case TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER:
        return "change customers";
    case TEFTER__RIGHT__RIGHT_LOCK:
        return "lock or unlock customers";
    case TEFTER__RIGHT__RIGHT_SET_LIMIT:
        return "set limits";
    case TEFTER__RIGHT__RIGHT_APPROVE:
        return "approve sales over the limit";
    case TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE:
        return "change the catalogue";
    case TEFTER__RIGHT__RIGHT_CUSTOM_LINE:
        return "sell what is not in the catalogue";
    case TEFTER__RIGHT__RIGHT_BACKDATE:
        return "date documents before today";
    case TEFTER__RIGHT__RIGHT_BACKFILL:
        return "enter what already happened";
    case TEFTER__RIGHT__RIGHT_CONFIRM_MONEY:
        return "confirm money";
    case TEFTER__RIGHT__RIGHT_EDIT_GROUPS:
        return "change groups";
    case TEFTER__RIGHT__RIGHT_EDIT_STAFF:
        return "change staff";
    case TEFTER__RIGHT__RIGHT_EDIT_BRANCHES:
        return "change branches, tills and accounts";
    case TEFTER__RIGHT__RIGHT_EDIT_TERMINALS:
        return "change terminals";
    case TEFTER__RIGHT__RIGHT_SEE:
        return "see customers, balances and documents";
    case TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE:
        return "see the company's books";
    case TEFTER__RIGHT__RIGHT_SEE_ALARMS:
        return "see what was posted over a limit";
    case TEFTER__RIGHT__RIGHT_SEE_AUDIT:
        return "see who logged in and tried to";
    case TEFTER__RIGHT__RIGHT_REFUND:
        return "pay money out";
    case TEFTER__RIGHT__RIGHT_SEE_COST:
        return "see or set what products cost";
    case TEFTER__RIGHT__RIGHT_SERVER:
        return "do what only the server itself does";
    case TEFTER__RIGHT__RIGHT_NONE:
    case _TEFTER__RIGHT_IS_INT_SIZE:
        break;
    }
    return "do this"; /* also a right that a later version has */
}

/* ---- thresholds ---- */

enum threshold_unit threshold_unit(Tefter__Threshold threshold)
{
    switch (threshold) {
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:
        return THRESHOLD_IN_PERCENT;
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:
        return THRESHOLD_IN_DAYS;
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:
        return THRESHOLD_IN_MONEY;
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return THRESHOLD_YES_OR_NO; /* also one that a later version has */
}

/* Heads a row of what roles may up to so much. */
const char *threshold_words(Tefter__Threshold threshold)
{
    switch (threshold) {
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:
        return "discount on a line";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:
        return "price below the one that applies";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:
        return "below a product's floor";
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:
        return "below what a product costs";
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT:
        return "custom lines and charges of a bill";
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:
        return "or so much of the bill's goods";
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:
        return "another tax than the product's";
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:
        return "due later than the customer's term";
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:
        return "longest term given to a customer";
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:
        return "a document number of their choice";
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:
        return "taken back by one reversal";
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT:
        return "limit of whom they add, at first";
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:
        return "taken out of tills in a day";
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:
        return "put into tills in a day";
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:
        return "what a bank kept of a move";
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return "something of a later version";
}

/* ---- how money comes in ---- */

const char *payment_kind_word(Tefter__PaymentKind kind)
{
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return "cash";
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return "pos";
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
        return "transfer";
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
        return "slip";
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL;
}

/* What files say too. */
static const struct {
    const char *word;
    Tefter__PaymentKind kind;
} other_words[] = {
    {"card", TEFTER__PAYMENT_KIND__PAYMENT_POS},
    {"bank", TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER},
};

bool payment_kind_of(const char *word, Tefter__PaymentKind *ret_kind)
{
    const ProtobufCEnumDescriptor *kinds = &tefter__payment_kind__descriptor;
    for (unsigned i = 0; i < kinds->n_values; i++) {
        *ret_kind = (Tefter__PaymentKind)kinds->values[i].value;
        if (strcasecmp(word, payment_kind_word(*ret_kind)) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof(other_words) / sizeof(other_words[0]); i++) {
        *ret_kind = other_words[i].kind;
        if (strcasecmp(word, other_words[i].word) == 0)
            return true;
    }
    return false;
}
