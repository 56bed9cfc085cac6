/*
 * What the owner typed, looked at before anything is made.
 */
#include "founding/inside.h"

#include "base/country.h"
#include "base/guessable.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/sight.h"

#include <string.h>

enum {
    BRANCH_CODE_MAX = 8,
    OFFSET_LEAST = -12 * 60,
    OFFSET_MOST = 14 * 60,
};

static bool line_good(const char *text, size_t most)
{
    struct sight_fault found;
    size_t size = strlen(text);
    return size > 0 && size <= most && sight_clear(text, size, SIGHT_OF_A_LINE, &found);
}

/* As the ledger takes codes of branches: it stands before the numbers of papers. */
static bool code_good(const char *code)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t size = strlen(code);
    return size > 0 && size <= BRANCH_CODE_MAX && code[strspn(code, letters)] == '\0';
}

static bool pin_good(const char *pin)
{
    size_t size = strlen(pin);
    return size >= PIN_MIN_DIGITS && size <= PIN_MAX_DIGITS &&
           pin[strspn(pin, "0123456789")] == '\0' && !pin_guessable(pin);
}

static bool language_good(const char *language)
{
    static const char *const known[] = {"en", "vi", "zh", "fa", "el"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], language) == 0)
            return true;
    return false;
}

const char *wish_fault(const Tefter__FoundCompany *found)
{
    if (!line_good(found->company, NAME_MAX_BYTES))
        return "company";
    if (country_find(found->country) == NULL)
        return "country";
    if (currency_find(found->currency) == NULL)
        return "currency";
    if (found->tax_bp > BASIS_POINTS)
        return "tax_bp";
    if (!language_good(found->paper_language))
        return "paper_language";
    if (found->utc_offset_minutes < OFFSET_LEAST || found->utc_offset_minutes > OFFSET_MOST)
        return "utc_offset_minutes";
    if (!code_good(found->branch_code))
        return "branch_code";
    if (!line_good(found->branch_name, NAME_MAX_BYTES))
        return "branch_name";
    if (!line_good(found->owner, NAME_MAX_BYTES))
        return "owner";
    return pin_good(found->pin) ? NULL : "pin";
}
