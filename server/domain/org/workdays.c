/*
 * The days on which a branch does not work: its weekend, and holidays by name.
 *
 *   every day is worked ──SetWorkdays──▶ as it says ──SetWorkdays──▶ as that says
 *
 * 1. Holidays are in order, and each day stands once.
 */
#include "domain/org/org.h"

#include "base/limits.h"

/* ---- records ---- */

static struct key workdays_key(uint32_t branch)
{
    struct key key = key_book(TABLE_WORKDAYS);
    key_u32(&key, branch);
    return key;
}

/* ---- rules ---- */

static Tefter__Refusal *check_holidays(struct tx *tx, const Tefter__SetWorkdays *command)
{
    if (command->n_holidays > BRANCH_HOLIDAYS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "holidays", BRANCH_HOLIDAYS_MAX);
    for (size_t i = 0; i < command->n_holidays; i++) {
        const Tefter__Holiday *holiday = command->holidays[i];
        Tefter__Refusal *refusal =
            field_date(tx, tx_format(tx, "holidays[%zu].date", i), holiday->date);
        if (refusal == NULL && i > 0 && holiday->date <= command->holidays[i - 1]->date)
            refusal = refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "holidays[%zu].date", i);
        if (refusal == NULL)
            refusal = field_line(tx, tx_format(tx, "holidays[%zu].name", i), holiday->name,
                                 BRANCH_HOLIDAY_NAME_MAX);
        if (refusal != NULL)
            return refusal;
    }
    return NULL;
}

/* ---- changes ---- */

/* Refuses, in this order: RULES_TOO_OLD set_workdays; weekend (FIELD_INVALID: no such days, or all
 * seven); holidays: TOO_MANY, then of each day (field_date; FIELD_INVALID when it does not follow
 * the one before), name (field_line); NOT_FOUND branch; BOUND_TO_BRANCH branch. */
Tefter__Refusal *apply_set_workdays(struct tx *tx, const Tefter__SetWorkdays *command,
                                    Tefter__Done *done)
{
    enum { ALL_DAYS = (1 << 7) - 1 };
    if (!tx_rule(tx, RULE_STATEMENTS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_workdays");
    if (command->weekend >= ALL_DAYS)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "weekend");
    Tefter__Refusal *refusal = check_holidays(tx, command);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct key key = workdays_key(command->branch);
    Tefter__WorkdaysRecord *record = tx_new(tx, &tefter__workdays_record__descriptor);
    record->branch = command->branch;
    record->weekend = command->weekend;
    record->n_holidays = command->n_holidays;
    record->holidays = command->holidays;
    tx_put(tx, &key, &record->base);
    event_done(tx, TEFTER__EVENT_KIND__BRANCH_CHANGED, command->branch, done);
    return NULL;
}

/* ---- services ---- */

struct workdays branch_workdays(struct tx *tx, uint32_t branch)
{
    struct key key = workdays_key(branch);
    struct workdays workdays = {.weekend = 0};
    const Tefter__WorkdaysRecord *record =
        tx_cached(tx, &key, &tefter__workdays_record__descriptor);
    if (record == NULL)
        return workdays;
    uint32_t *days = tx_take(tx, (record->n_holidays + 1) * sizeof *days);
    for (size_t i = 0; i < record->n_holidays; i++)
        days[i] = record->holidays[i]->date;
    workdays.weekend = record->weekend;
    workdays.holidays = days;
    workdays.count = record->n_holidays;
    return workdays;
}
