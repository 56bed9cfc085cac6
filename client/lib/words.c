#include "lib/tefter.h"

#include <strings.h>

#include "words/words.h"

const char *role_word(Tefter__Role role)
{
    switch (role) {
#define ROLE(name, words)                                                                          \
    case TEFTER__ROLE__##name:                                                                     \
        return words;
#include "words/refusals.def"
    case _TEFTER__ROLE_IS_INT_SIZE:
        break;
    }
    return "another role"; /* that a later version has */
}

/* Fits behind "you may not" and "who may". */
const char *right_words(Tefter__Right right)
{
    switch (right) {
#define RIGHT(name, words)                                                                         \
    case TEFTER__RIGHT__##name:                                                                    \
        return words;
#include "words/refusals.def"
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
#define THRESHOLD(name, words)                                                                     \
    case TEFTER__THRESHOLD__##name:                                                                \
        return words;
#include "words/refusals.def"
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

const char *printed_words(const Tefter__Printed *printed)
{
    switch (printed->outcome) {
    case TEFTER__PRINT_OUTCOME__PRINT_DONE:
        if (printed->has_silent && printed->silent)
            return N_("Sent to the printer, which does not say whether it printed.");
        return printed->has_copy && printed->copy ? N_("Printed, as a copy.") : N_("Printed.");
    case TEFTER__PRINT_OUTCOME__PRINT_NO_PRINTER:
        return N_("No printer is connected in this branch.");
    case TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER:
        return N_("The printer has no paper. Nothing was printed.");
    case TEFTER__PRINT_OUTCOME__PRINT_COVER_OPEN:
        return N_("The printer's cover is open. Nothing was printed.");
    case TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE:
        return N_("The printer cannot be reached: is it switched on? Nothing was printed.");
    case TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN:
        return N_("Nobody knows whether it was printed: look at the printer.");
    case TEFTER__PRINT_OUTCOME__PRINT_TOO_MANY:
        return N_("The printer has too much to do: try again in a moment.");
    case TEFTER__PRINT_OUTCOME__PRINT_OTHER_BRANCH:
        return N_("This was written in another branch: its printer is there.");
    case TEFTER__PRINT_OUTCOME__PRINT_TOO_BIG:
        return N_("This is too long for a slip.");
    case TEFTER__PRINT_OUTCOME__PRINT_FAILED:
    case _TEFTER__PRINT_OUTCOME_IS_INT_SIZE:
        break;
    }
    return N_("It could not be printed.");
}
