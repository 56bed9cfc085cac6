#include "wire/field_words.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 8, PART_MAX_SIZE = 64, WORDS_MAX_SIZE = 96 };

/* ---- the table ---- */

static const struct {
    const char *name;
    const char *words; /* one of them: "line", for lines[3] */
    const char *form;  /* what is right, when the value itself is not; NULL: the words say it */
} names[] = {
    {"admin_login", "login of the owner",
     "A login has small letters, digits, '-', '_' and '.' only."},
    {"admin_name", "name of the owner", NULL},
    {"all_branches", "at all branches", NULL},
    {"all_customers", "for all customers", NULL},
    {"amount_minor", "amount", NULL},
    {"amounts_minor", "amount", NULL},
    {"approved_minor", "approved amount", NULL},
    {"as_of", "day of the report", NULL},
    {"bank_account", "bank account", NULL},
    {"barcodes", "barcode", NULL},
    {"bill_number", "number of the bill", NULL},
    {"bills", "bill", NULL},
    {"bounds", "border of an age", "The borders of the ages rise, and none is below zero."},
    {"branch_code", "code of the branch", NULL},
    {"branches", "branch", NULL},
    {"buyer_pin", "PIN", NULL},
    {"by_document_date", "age by document date", NULL},
    {"by_customer", "a row for each customer", NULL},
    {"cap_day_minor", "highest total of a day", NULL},
    {"cap_sale_minor", "highest total of one sale", NULL},
    {"cash_customer", "customer who pays at once", NULL},
    {"charges", "charge", NULL},
    {"clear", "what to take away", "It is said too, or cannot be taken away here."},
    {"code", "code",
     "A branch's code is at most 8 capital letters and digits; others have letters, digits and "
     "-_./ only."},
    {"code_digest", "one-time code", NULL},
    {"credit", "line to credit", NULL},
    {"credit_note_approve_minor", "highest total of credit notes", NULL},
    {"credits", "payment or credit note", NULL},
    {"currency", "currency", "A currency is its three letters: EUR, VND."},
    {"customer_code", "code of the customer", NULL},
    {"customers", "customer", NULL},
    {"deadline_ms", "time that it may take", NULL},
    {"discount_bp", "discount", NULL},
    {"discount_minor", "discount", NULL},
    {"document_max_minor", "highest total of one invoice", NULL},
    {"ended", "entry", NULL},
    {"expires_ms", "last moment", NULL},
    {"factor", "how much of the product's own unit it is",
     "It is more than 0, and at most a million."},
    {"from_minor", "lowest total", NULL},
    {"from_quantity", "quantity from which on it counts", NULL},
    {"groups", "group", NULL},
    {"head_office", "code of the head office",
     "A branch's code is at most 8 capital letters and digits: TD."},
    {"incarnation_nonce", "state of the ledger", NULL},
    {"invoice_number", "number of the invoice", NULL},
    {"known_seq", "place in the ledger", NULL},
    {"language", "language", "It is one of en, vi, zh, fa and el."},
    {"last_seq", "place in the ledger", NULL},
    {"leave_papers", "papers that are dated later", NULL},
    {"limit_minor", "limit", NULL},
    {"lines", "line", NULL},
    {"list", "price list", NULL},
    {"login", "login", "A login has small letters, digits, '-', '_' and '.' only."},
    {"met_nonce", "state of the ledger", NULL},
    {"minutes", "minutes", "An approval may be asked for 1 to 1440 minutes."},
    {"money_account", "till, account or device", NULL},
    {"no_cost", "without a cost", NULL},
    {"no_price", "without a price of its own", NULL},
    {"not_after_ms", "last moment", NULL},
    {"old_password", "old password", NULL},
    {"no_floor", "no lowest price", NULL},
    {"floor", "lowest price", NULL},
    {"oldest_first", "order", NULL},
    {"over_limit", "over the limit", NULL},
    {"overdue_days", "days overdue", NULL},
    {"overdue_minor", "amount overdue", NULL},
    {"own_confirm_any", "no bound for confirming one's own", NULL},
    {"own_confirm_minor", "what one may confirm of their own", NULL},
    {"own_approval", "who grants what they asked for themselves", NULL},
    {"own_reversal_minor", "money that one may take back alone", NULL},
    {"page", "page of the list", NULL},
    {"parts", "part of the match", NULL},
    {"payment_kind", "kind of payment", NULL},
    {"person", "buyer", NULL},
    {"password_hash", "password", NULL},
    {"pin", "PIN", NULL},
    {"pin_hash", "PIN", NULL},
    {"price_lists", "price list", NULL},
    {"prices", "price", NULL},
    {"product_code", "product", NULL},
    {"float_minor", "what lies in it", NULL},
    {"counted_minor", "what was counted", NULL},
    {"fee_minor", "fee", "It is less than what is moved, and a till pays none."},
    {"refund_alone_minor", "what one may pay out alone", NULL},
    {"refund_any", "no bound for refunds", NULL},
    {"round_off", "rounding off", "Only money that is final is rounded off."},
    {"round_off_day_minor", "what one may round off in a day", NULL},
    {"round_off_minor", "what may be rounded off", NULL},
    {"root_hash", "certificate of the server", NULL},
    {"rules_version", "version of the rules", NULL},
    {"serials", "serial number", NULL},
    {"set_aside", "set aside", NULL},
    {"step_job", "step of a job", NULL},
    {"tax_bp", "tax", NULL},
    {"tax_code", "tax number", NULL},
    {"term_days", "days until a bill is due", NULL},
    {"terminal_name", "name of the terminal", NULL},
    {"to_minor", "highest total", NULL},
    {"thresholds", "threshold", NULL},
    {"topics", "topic", NULL},
    {"total_minor", "total", NULL},
    {"units", "unit", NULL},
    {"undo_import", "taking back of its import", NULL},
    {"unpaid_max", "number of unpaid bills", NULL},
    {"base_price", "price of the own unit", "It is not the price of that unit."},
    {"unit_factor", "factor of the unit", NULL},
    {"slip_weight", "weight of slips", NULL},
    {"payer_code", "payer", NULL},
    {"unit_minor", "unit of cash", NULL},
    {"utc_offset_minutes", "time zone", "It lies between -720 and 840 minutes from UTC."},
    {"valid_from", "first day", NULL},
    {"valid_until", "last day", NULL},
    {"waiting_only", "only what waits", NULL},
    {"with_minor", "amount to match", NULL},
};

static size_t find(const char *name)
{
    size_t count = sizeof(names) / sizeof(names[0]);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

bool field_is_named(const char *name)
{
    return find(name) != SIZE_MAX || strchr(name, '_') == NULL;
}

/* ---- a path ---- */

struct part {
    char name[PART_MAX_SIZE];
    bool listed; /* "lines[3]" */
    unsigned long index;
};

static bool is_number(const char *name)
{
    return name[0] != '\0' && name[strspn(name, "0123456789")] == '\0';
}

/* The last ones, when it has more than fit. */
static size_t split(const char *path, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    while (*path != '\0') {
        size_t size = strcspn(path, ".");
        size_t name = strcspn(path, ".[");
        if (count == PARTS_MAX)
            memmove(parts, parts + 1, --count * sizeof(*parts));
        struct part *part = &parts[count++];
        (void)snprintf(part->name, sizeof(part->name), "%.*s", (int)name, path);
        if (count > 1 && is_number(part->name)) { /* "person.1": counted from one already */
            part[-1].listed = true;
            part[-1].index = strtoul(part->name, NULL, 10) - 1;
            count--;
        }
        part->listed = name < size;
        part->index = part->listed ? strtoul(path + name + 1, NULL, 10) : 0;
        path += path[size] == '.' ? size + 1 : size;
    }
    return count;
}

static void part_words(const struct part *part, char out[WORDS_MAX_SIZE])
{
    size_t at = find(part->name);
    int size = snprintf(out, WORDS_MAX_SIZE, "%s", at == SIZE_MAX ? part->name : names[at].words);
    for (char *space = out; *space != '\0'; space++)
        *space = *space == '_' ? ' ' : *space;
    if (part->listed && size > 0 && size < WORDS_MAX_SIZE)
        (void)snprintf(out + size, WORDS_MAX_SIZE - (size_t)size, " %lu", part->index + 1);
}

/* Of what holds it, people are told the places in lists only. */
bool field_words(const char *path, char *out, size_t capacity)
{
    struct part parts[PARTS_MAX];
    size_t count = path == NULL ? 0 : split(path, parts);
    size_t used = 0;
    if (capacity > 0)
        out[0] = '\0';
    for (size_t i = count; i > 0 && used < capacity; i--) {
        char words[WORDS_MAX_SIZE];
        if (i < count && !parts[i - 1].listed)
            continue;
        part_words(&parts[i - 1], words);
        used +=
            (size_t)snprintf(out + used, capacity - used, "%s%s", i < count ? " of " : "", words);
    }
    return used > 0;
}

const char *field_form(const char *path)
{
    struct part parts[PARTS_MAX];
    size_t count = path == NULL ? 0 : split(path, parts);
    size_t at = count == 0 ? SIZE_MAX : find(parts[count - 1].name);
    return at == SIZE_MAX ? NULL : names[at].form;
}
