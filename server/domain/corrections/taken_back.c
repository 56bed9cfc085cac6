/*
 * What takes a bill back: a reversal, and what a correction makes less. Who may not approve takes
 * back no more in a day than they credit, of one customer together with the credit notes, and in
 * all of their own.
 *
 *   own bill, at once, nothing rests on it ──▶ undone: counted, an alarm beyond the bound
 *   any other                              ──▶ with a reason, up to the bound
 */
#include "domain/corrections/inside.h"

#include "domain/credit/credit.h"
#include "domain/org/org.h"

/* ---- records ---- */

enum how { TAKEN_BACK_BOUNDED = 1, TAKEN_BACK_AT_ONCE = 2 };

static struct key taken_key(struct tx *tx, enum how how)
{
    struct key key = key_book(TABLE_TAKEN_AWAY);
    key_u32(&key, tx_actor(tx)->staff);
    key_u8(&key, (uint8_t)how);
    return key;
}

/* ---- rules ---- */

static bool bounds(struct tx *tx, const struct reversal *reversal, int64_t less_minor)
{
    return tx_rule(tx, RULE_BILLS_TAKEN_BACK_ARE_BOUNDED) &&
           company_get(tx)->has_credit_note_approve_minor &&
           reversal->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE && less_minor > 0 &&
           !tx_recalled(tx);
}

/* Whatever is matched with it came with it: a sale that was paid at once. */
static bool only_with_its_money(struct tx *tx, const Tefter__DocumentRecord *bill)
{
    const struct item *item = account_item(tx, account_open(tx, bill->customer), bill->document);
    for (size_t i = 0; item != NULL && i < item->record->n_matches; i++) {
        const Tefter__Match *match = item->record->matches[i];
        const Tefter__DocumentRecord *other = document_get(tx, match->other);
        if (!match->has_undone_seq && (other == NULL || other->seq != bill->seq))
            return false;
    }
    return true;
}

/* A slip of the finger at the till. What took the place of another bill is none. */
static bool at_once(struct tx *tx, const struct reversal *reversal)
{
    enum { AT_ONCE_MS = 10 * 60 * 1000 };
    const Tefter__DocumentRecord *bill = reversal->original;
    int64_t age_ms = tx_now_ms(tx) - bill->recorded_ms;
    return reversal_is_free(tx, reversal) && !bill->backfill && !bill->has_corrects &&
           age_ms >= 0 && age_ms <= AT_ONCE_MS && only_with_its_money(tx, bill);
}

/* What is left of the customer's day, or of their own. */
static int64_t left_of(struct tx *tx, const struct reversal *reversal)
{
    struct key own = taken_key(tx, TAKEN_BACK_BOUNDED);
    int64_t most_minor = company_get(tx)->credit_note_approve_minor;
    int64_t taken_minor = day_sum(tx, &own, reversal->branch->date);
    int64_t credited_minor =
        credit_note_credited(tx, reversal->original->customer, reversal->branch->date);
    if (credited_minor > taken_minor)
        taken_minor = credited_minor;
    return taken_minor < most_minor ? most_minor - taken_minor : 0;
}

Tefter__Refusal *taken_back_check(struct tx *tx, struct reversal *reversal, bool corrects,
                                  int64_t less_minor, const Tefter__Text *reason)
{
    if (!bounds(tx, reversal, less_minor))
        return NULL;
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_APPROVE);
    if (refusal == NULL)
        return NULL;
    reversal->less_minor = less_minor;
    reversal->at_once = !corrects && at_once(tx, reversal);
    if (reversal->at_once)
        return NULL;
    Tefter__Refusal *unsaid = field_text_wanted(tx, "reason", reason);
    if (unsaid != NULL)
        return unsaid;
    int64_t left_minor = left_of(tx, reversal);
    FIELD_SET(refusal, available_minor, left_minor);
    return less_minor <= left_minor ? NULL : refusal;
}

/* ---- changes ---- */

void taken_back_count(struct tx *tx, const struct reversal *reversal)
{
    struct key key = taken_key(tx, reversal->at_once ? TAKEN_BACK_AT_ONCE : TAKEN_BACK_BOUNDED);
    if (reversal->less_minor == 0)
        return;
    day_sum_add(tx, &key, reversal->branch->date, reversal->less_minor);
    if (!reversal->at_once)
        credit_note_count(tx, reversal->original->customer, reversal->branch->date,
                          reversal->less_minor);
}

void taken_back_alarm(struct tx *tx, const struct reversal *reversal)
{
    struct key key = taken_key(tx, TAKEN_BACK_AT_ONCE);
    if (!reversal->at_once)
        return;
    int64_t beyond_minor =
        day_sum(tx, &key, reversal->branch->date) - company_get(tx)->credit_note_approve_minor;
    if (beyond_minor > 0)
        credit_alarm_undone_bills(tx, reversal->record, beyond_minor);
}
