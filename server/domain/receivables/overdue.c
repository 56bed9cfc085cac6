/*
 * What of an account is overdue. Since RULE_ACCOUNTS_KNOW_WHAT_IS_OVERDUE its record says so, for
 * the days between the last bill that is overdue and the next one that will be: a row is made
 * without a look at the bills, and only a due day that passes, or what meets an overdue bill, moves
 * it. Older accounts are counted.
 *
 *   due ──── oldest_due ═══ overdue_minor ═══ overdue_from ──── no open bill ──── next_due ────▶
 *
 * 1. Without open bills the record says nothing, and nothing is overdue.
 * 2. No open bill is due in the gap. Its ends may lie nearer to each other than bills do: what was
 *    paid widens it only when it is counted anew.
 * 3. It is counted anew when the head office's day has left the gap.
 */
#include "domain/receivables/inside.h"

#include "base/date.h"
#include "domain/org/org.h"

/* ---- rules ---- */

bool overdue_known(const Tefter__AccountRecord *record)
{
    return record->open_bills == 0 || record->has_overdue_minor || record->has_next_due;
}

static bool is_late(const Tefter__AccountRecord *record, uint32_t due)
{
    return record->has_overdue_minor && due < record->overdue_from;
}

static bool is_ahead(const Tefter__AccountRecord *record, uint32_t due)
{
    return record->has_next_due && due >= record->next_due;
}

/* Does what the record says hold on that day? */
static bool holds_on(const Tefter__AccountRecord *record, uint32_t day)
{
    return overdue_known(record) && !(record->has_overdue_minor && day < record->overdue_from) &&
           !(record->has_next_due && day > record->next_due);
}

static void overdue_clear(Tefter__AccountRecord *record)
{
    record->has_overdue_minor = record->has_oldest_due = record->has_overdue_from = false;
    record->overdue_minor = 0;
    record->oldest_due = record->overdue_from = 0;
}

static void overdue_add(Tefter__AccountRecord *record, const struct overdue *more)
{
    if (more->minor == 0)
        return;
    bool first = !record->has_overdue_minor || record->overdue_minor == 0;
    FIELD_SET(record, overdue_minor, record->overdue_minor + more->minor);
    if (first || more->oldest_due < record->oldest_due)
        FIELD_SET(record, oldest_due, more->oldest_due);
    if (!record->has_overdue_from || more->days.from > record->overdue_from)
        FIELD_SET(record, overdue_from, more->days.from);
}

/* ---- counting ---- */

/* Bills that are due from `from` on and before `day`. */
static void count(struct tx *tx, uint32_t customer, uint32_t from, uint32_t day,
                  struct overdue *ret_overdue)
{
    enum { FIELD_OPEN = 4 };
    struct key prefix = key_customer(customer, TABLE_OPEN_DEBIT);
    struct key start = prefix;
    struct tx_walk walk;
    key_u32(&start, from);
    *ret_overdue = (struct overdue){.days = DATE_SPAN_ALL};
    for (bool on = tx_walk_first(tx, &prefix, &start, &walk); on; on = tx_walk_next(&walk)) {
        uint32_t due = tx_walk_u32(&walk, KEY_CUSTOMER_HEAD);
        if (due >= day) {
            ret_overdue->days.until = due;
            break;
        }
        ret_overdue->minor =
            tx_sum(tx, ret_overdue->minor, (int64_t)tx_walk_field(&walk, FIELD_OPEN));
        if (ret_overdue->oldest_due == DATE_NONE)
            ret_overdue->oldest_due = due;
        ret_overdue->days.from = due + 1;
    }
    tx_walk_end(&walk);
}

static uint32_t first_due(struct tx *tx, uint32_t customer)
{
    struct key prefix = key_customer(customer, TABLE_OPEN_DEBIT);
    struct tx_walk walk;
    bool found = tx_walk_first(tx, &prefix, NULL, &walk);
    uint32_t due = found ? tx_walk_u32(&walk, KEY_CUSTOMER_HEAD) : DATE_NONE;
    tx_walk_end(&walk);
    return due;
}

/* To a day that the record does not speak of: from where it ends, or from the first bill on. */
static void count_until(struct tx *tx, uint32_t customer, uint32_t day,
                        Tefter__AccountRecord *record)
{
    bool goes_on = overdue_known(record) && record->has_next_due && day > record->next_due;
    struct overdue more;
    count(tx, customer, goes_on ? record->next_due : DATE_NONE, day, &more);
    if (!goes_on)
        overdue_clear(record);
    overdue_add(record, &more);
    record->has_next_due = more.days.until != DATE_MAX;
    record->next_due = record->has_next_due ? more.days.until : 0;
}

/* ---- services ---- */

void account_count_overdue(struct tx *tx, uint32_t customer, uint32_t day,
                           struct overdue *ret_overdue)
{
    count(tx, customer, DATE_NONE, day, ret_overdue);
}

void account_overdue_on(struct tx *tx, uint32_t customer, uint32_t day, struct overdue *ret_overdue)
{
    const Tefter__AccountRecord *record = account_field(tx, customer);
    if (!holds_on(record, day)) {
        count(tx, customer, DATE_NONE, day, ret_overdue);
        return;
    }
    *ret_overdue = (struct overdue){.days = DATE_SPAN_ALL};
    if (record->has_next_due)
        ret_overdue->days.until = record->next_due;
    if (!record->has_overdue_minor)
        return;
    ret_overdue->minor = record->overdue_minor;
    ret_overdue->oldest_due = record->oldest_due;
    ret_overdue->days.from = record->overdue_from;
}

void overdue_move(struct tx *tx, struct account *account, const Tefter__ItemRecord *bill,
                  int64_t before)
{
    Tefter__AccountRecord *record = account->record;
    const struct overdue more = {
        .minor = bill->open_minor - before,
        .oldest_due = bill->due,
        .days = {bill->due + 1, DATE_MAX},
    };
    if (!account->overdue_known || !tx_rule(tx, RULE_ACCOUNTS_KNOW_WHAT_IS_OVERDUE))
        return;
    if (is_late(record, bill->due) ||
        (!is_ahead(record, bill->due) && more.minor > 0 && bill->due < branch_head_date(tx))) {
        overdue_add(record, &more);
        account->oldest_gone |= bill->open_minor == 0 && bill->due == record->oldest_due;
    } else if (!is_ahead(record, bill->due)) {
        FIELD_SET(record, next_due, bill->due);
    }
}

void overdue_keep(struct tx *tx, struct account *account)
{
    Tefter__AccountRecord *record = account->record;
    if (!tx_rule(tx, RULE_ACCOUNTS_KNOW_WHAT_IS_OVERDUE))
        return;
    if (record->overdue_minor == 0)
        overdue_clear(record);
    uint32_t today = branch_head_date(tx);
    if (record->open_bills == 0)
        record->has_next_due = false;
    else if (!account->overdue_known || !holds_on(record, today))
        count_until(tx, account->customer, today, record);
    if (account->oldest_gone && record->has_overdue_minor)
        record->oldest_due = first_due(tx, account->customer);
    account->overdue_known = true;
    account->oldest_gone = false;
}

/* ---- a day that turned ---- */

bool account_turn_day(struct tx *tx, struct tx *scratch, uint32_t customer, uint32_t before,
                      uint32_t today)
{
    const Tefter__AccountRecord *record = account_field(scratch, customer);
    if (record->open_bills == 0 || (holds_on(record, before) && holds_on(record, today)))
        return false;
    struct overdue between;
    count(scratch, customer, before < today ? before : today, before < today ? today : before,
          &between);
    if (!holds_on(record, today) && tx_rule(tx, RULE_ACCOUNTS_KNOW_WHAT_IS_OVERDUE)) {
        struct account *account = account_open(tx, customer);
        count_until(tx, customer, today, account->record);
        account_put(tx, account);
    }
    return between.minor > 0;
}
