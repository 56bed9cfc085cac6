/*
 * Four eyes: who booked money that is on its way does not say alone that it came. So much of it in
 * a day they may, as the company says: nothing at first, any sum where one person does all.
 */
#include "domain/payments/payments.h"

#include "domain/org/org.h"

/* ---- records ---- */

static struct key confirmed_key(struct tx *tx)
{
    struct key key = key_book(TABLE_OWN_CONFIRMED);
    key_u32(&key, tx_actor(tx)->staff);
    return key;
}

/* ---- rules ---- */

/* Their own, and the company wants to know how much of it. */
static bool counts(struct tx *tx, const Tefter__Actor *booked_by)
{
    bool own = booked_by->has_staff && booked_by->staff == tx_actor(tx)->staff;
    return own && tx_rule(tx, RULE_TWO_PERSONS) && !company_get(tx)->own_confirm_any;
}

/* ---- services ---- */

Tefter__Refusal *confirm_check_own(struct tx *tx, const Tefter__Actor *booked_by, uint32_t date,
                                   int64_t amount_minor, const char *field)
{
    if (!counts(tx, booked_by) || tx_recalled(tx))
        return NULL;
    struct key key = confirmed_key(tx);
    int64_t left_minor = company_get(tx)->own_confirm_minor - day_sum(tx, &key, date);
    if (amount_minor <= left_minor)
        return NULL;
    Tefter__Refusal *refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, field,
                                           left_minor > 0 ? left_minor : 0);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_CONFIRM_MONEY, refusal->roles);
    return refusal;
}

void confirm_count_own(struct tx *tx, const Tefter__Actor *booked_by, uint32_t date,
                       int64_t amount_minor)
{
    struct key key = confirmed_key(tx);
    if (counts(tx, booked_by))
        day_sum_add(tx, &key, date, amount_minor);
}
