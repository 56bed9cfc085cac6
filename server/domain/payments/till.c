/*
 * A till's day, from opening to closing.
 *
 *   OpenTill ──▶ open ──CountTill──▶ counted ──CloseTill──▶ closed
 *                         ▲             │
 *                         └──CountTill──┘         (each count is kept; the last one counts)
 *
 * 1. A till has one day open at most. One that has had a day takes and gives cash only while one is
 *    open.
 * 2. Who counts or opens says what is there before they are told what should be. A count stands.
 * 3. What was counted and is not in the books, or the other way round, is posted with its reason,
 *    when it is opened and when it is closed. A shortage is cash that went: it counts as taken out,
 *    and what is beyond the threshold for that raises an alarm.
 * 4. Of two who count it at once, the second hears of the first.
 * 5. A count stands for what was in the books then: once they say something else, it is counted
 *    again before it is closed, as blindly as the first time.
 * 6. The float of a till whose books are empty and that never had a day was there before them.
 * 7. Of what was counted, some may be on its way to the bank as it is closed; the rest is left.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key till_days(uint32_t till)
{
    struct key key = key_book(TABLE_TILL_DAY);
    key_u32(&key, till);
    return key;
}

static struct key day_key(uint32_t till, uint32_t day)
{
    struct key key = till_days(till);
    key_u32(&key, day);
    return key;
}

static Tefter__TillDayRecord *day_get(struct tx *tx, uint32_t till, uint32_t day)
{
    struct key key = day_key(till, day);
    return tx_get(tx, &key, &tefter__till_day_record__descriptor);
}

static void day_save(struct tx *tx, const Tefter__TillDayRecord *day)
{
    struct key key = day_key(day->money_account, day->day);
    tx_put(tx, &key, &day->base);
}

/* ---- rules ---- */

struct till {
    Tefter__MoneyAccountRecord *account;
    Tefter__BranchRecord *branch;
    Tefter__TillDayRecord *day;
    struct move_plan difference;
    bool differs; /* `difference` is to be posted: a difference, or a first float */
    bool first;   /* a first float */
    struct move_plan banked;
    bool banks;
};

static Tefter__Refusal *find_till(struct tx *tx, uint32_t number, struct till *till)
{
    const Tefter__MoneyAccountRecord *account;
    till->branch = branch_of_actor(tx);
    Tefter__Refusal *refusal = money_find(tx, number, till->branch, "money_account", &account);
    if (refusal != NULL)
        return refusal;
    if (account->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "money_account");
    till->account = money_account_shared(tx, number);
    return NULL;
}

static Tefter__Refusal *find_open(struct tx *tx, uint32_t number, struct till *till)
{
    Tefter__Refusal *refusal = find_till(tx, number, till);
    if (refusal != NULL)
        return refusal;
    if (!till->account->has_open_since)
        return refuse(tx, TEFTER__REFUSAL_CODE__TILL_CLOSED, "money_account");
    till->day = day_get(tx, number, till->account->till_days);
    if (till->day == NULL)
        tx_fault(tx, "a till's open day is not there");
    return NULL;
}

/* The last count, while the books still say what they said then; NULL: there is none. */
static const Tefter__TillCount *standing_count(struct tx *tx,
                                               const Tefter__MoneyAccountRecord *account,
                                               const Tefter__TillDayRecord *day)
{
    const Tefter__TillCount *last = day->n_counts > 0 ? day->counts[day->n_counts - 1] : NULL;
    return last != NULL && last->expected_minor == money_holds(tx, account) ? last : NULL;
}

/* What is not in the books is booked, and somebody says why; of a first float nobody asks. */
static Tefter__Refusal *plan_difference(struct tx *tx, struct till *till, const char *field,
                                        Tefter__Text *reason, int64_t difference_minor)
{
    till->differs = difference_minor != 0;
    if (!till->differs)
        return NULL;
    Tefter__Refusal *refusal = till->first ? NULL : field_text_wanted(tx, field, reason);
    if (refusal != NULL)
        return refusal;
    refusal = move_begin(tx,
                         till->first ? TEFTER__MONEY_MOVE_KIND__MOVE_CASH_IN
                                     : TEFTER__MONEY_MOVE_KIND__MOVE_DIFFERENCE,
                         till->branch->date, NULL, &till->difference);
    if (refusal != NULL)
        return refusal;
    till->difference.record->note = reason;
    return move_cash(tx, &till->difference, till->account,
                     till->first ? TEFTER__POSTING_ACCOUNT__GL_OPENING
                                 : TEFTER__POSTING_ACCOUNT__GL_CASH_DIFFERENCE,
                     difference_minor);
}

/* Some of what was counted, to the bank. */
static Tefter__Refusal *plan_banked(struct tx *tx, struct till *till,
                                    const Tefter__CloseTill *command, int64_t counted_minor)
{
    struct till_to_bank sent = {.till = till->account, .amount_minor = command->to_bank_minor};
    till->banks = command->has_to_bank_minor;
    if (!till->banks)
        return NULL;
    Tefter__Refusal *refusal =
        move_find_bank(tx, command->bank_account, "bank_account", &sent.bank);
    if (refusal == NULL && command->to_bank_minor > counted_minor && !tx_recalled(tx)) {
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__MONEY_NOT_THERE, "to_bank_minor");
        refusal->existing_number = till->account->name;
    }
    return refusal != NULL
               ? refusal
               : move_to_bank(tx, &sent, till->differs ? till->difference.account : NULL,
                              &till->banked);
}

static Tefter__Refusal *check_banked(struct tx *tx, const Tefter__CloseTill *command)
{
    if (!command->has_to_bank_minor)
        return NULL;
    if (!tx_rule(tx, RULE_CLOSING_BANKS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "to_bank_minor");
    Tefter__Refusal *refusal = field_amount(tx, "to_bank_minor", command->to_bank_minor);
    return refusal == NULL && !command->has_bank_account
               ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "bank_account")
               : refusal;
}

static void post_difference(struct tx *tx, struct till *till, bool opening,
                            int64_t difference_minor, Tefter__Done *done)
{
    if (!till->differs)
        return;
    move_post(tx, &till->difference);
    if (!till->first)
        move_count_difference(tx, till->difference.record, opening, difference_minor);
    done->number = till->difference.record->number;
}

static void post_banked(struct tx *tx, struct till *till, Tefter__Done *done)
{
    if (!till->banks)
        return;
    move_post(tx, &till->banked);
    FIELD_SET(till->day, banked_minor, till->banked.record->total_minor);
    done->banked_number = till->banked.record->number;
}

static void till_done(struct tx *tx, const struct till *till, int64_t difference_minor,
                      Tefter__Done *done)
{
    uint32_t number = till->account->money_account;
    event_done(tx, TEFTER__EVENT_KIND__TILL_CHANGED, number, done);
    FIELD_SET(done, difference_minor, difference_minor);
}

/* ---- changes ---- */

static void begin_day(struct tx *tx, const Tefter__OpenTill *command, struct till *till,
                      int64_t difference_minor)
{
    Tefter__MoneyAccountRecord *account = till->account;
    uint32_t next = account->till_days + 1;
    uint32_t number = (uint32_t)tx_settle(tx, SETTLED_TILL_DAY, account->money_account, next);
    Tefter__TillDayRecord *day = tx_new(tx, &tefter__till_day_record__descriptor);
    day->money_account = account->money_account;
    day->day = number > account->till_days ? number : next;
    day->opened_date = till->branch->date;
    day->opened_by = tx_actor_copy(tx);
    day->opened_ms = tx_now_ms(tx);
    day->float_minor = command->float_minor;
    FIELD_SET_IF(day, opening_difference_minor, difference_minor != 0, difference_minor);
    day->opening_reason = difference_minor != 0 ? command->reason : NULL;
    till->day = day;
    FIELD_SET(account, till_days, day->day);
    FIELD_SET(account, open_since, day->opened_date);
}

/* What lay in a till before its first day. */
static bool is_first_float(struct tx *tx, const Tefter__MoneyAccountRecord *account, int64_t held,
                           int64_t difference)
{
    bool more = difference > 0 && tx_rule(tx, RULE_FIRST_FLOATS_COME_LATER);
    return !account->has_till_days && (held == 0 || more) &&
           tx_rule(tx, RULE_FIRST_FLOATS_ARE_PUT_IN);
}

/* Refuses, in this order: float_minor (field_amount_or_zero), reason (field_text); money_account
 * (money_find; FIELD_INVALID for what is no till), TILL_OPEN with `date` (since when); NOT_IN_COINS
 * float_minor (money_check_all_coins); when the books say something else, and not that it is a
 * first float, FIELD_MISSING opening_reason, which does not tell what they say: nothing is counted
 * yet. */
Tefter__Refusal *apply_open_till(struct tx *tx, const Tefter__OpenTill *command, Tefter__Done *done)
{
    struct till till = {0};
    Tefter__Refusal *refusal = field_amount_or_zero(tx, "float_minor", command->float_minor);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = find_till(tx, command->money_account, &till);
    if (refusal != NULL)
        return refusal;
    if (till.account->has_open_since) {
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__TILL_OPEN, "money_account");
        FIELD_SET(refusal, date, till.account->open_since);
        return refusal;
    }
    refusal = money_check_all_coins(tx, "float_minor", command->float_minor);
    if (refusal != NULL)
        return refusal;
    int64_t held = money_holds(tx, till.account);
    int64_t difference = tx_difference(tx, command->float_minor, held);
    till.first = is_first_float(tx, till.account, held, difference);
    refusal = plan_difference(tx, &till, "opening_reason", command->reason, difference);
    if (refusal != NULL)
        return refusal;
    if (till.first)
        difference = 0;

    tx_decided(tx);
    begin_day(tx, command, &till, difference);
    money_account_save(tx, till.account);
    post_difference(tx, &till, true, difference, done);
    till.day->before = money_day(tx, till.account->money_account, till.day->opened_date);
    day_save(tx, till.day);
    till_done(tx, &till, difference, done);
    return NULL;
}

/* Refuses, in this order: counted_minor (field_amount_or_zero); money_account (money_find;
 * FIELD_INVALID for what is no till), TILL_CLOSED; NOT_IN_COINS counted_minor
 * (money_check_all_coins); TILL_COUNTED with `most` (how often by now),
 * TOO_MANY with TILL_COUNTS_MAX. */
Tefter__Refusal *apply_count_till(struct tx *tx, const Tefter__CountTill *command,
                                  Tefter__Done *done)
{
    struct till till = {0};
    Tefter__Refusal *refusal = field_amount_or_zero(tx, "counted_minor", command->counted_minor);
    if (refusal == NULL)
        refusal = find_open(tx, command->money_account, &till);
    if (refusal == NULL)
        refusal = money_check_all_coins(tx, "counted_minor", command->counted_minor);
    if (refusal != NULL)
        return refusal;
    Tefter__TillDayRecord *day = till.day;
    if (command->counts != day->n_counts && !tx_recalled(tx))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TILL_COUNTED, "money_account",
                           (int64_t)day->n_counts);
    if (day->n_counts >= TILL_COUNTS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "counts", TILL_COUNTS_MAX);
    Tefter__TillCount *count = tx_new(tx, &tefter__till_count__descriptor);
    count->counted_minor = command->counted_minor;
    count->expected_minor = money_holds(tx, till.account);
    count->actor = tx_actor_copy(tx);
    count->at_ms = tx_now_ms(tx);
    int64_t difference = tx_difference(tx, count->counted_minor, count->expected_minor);
    Tefter__TillCount **counts = tx_take(tx, (day->n_counts + 1) * sizeof(Tefter__TillCount *));
    for (size_t i = 0; i < day->n_counts; i++)
        counts[i] = day->counts[i];
    counts[day->n_counts] = count;

    tx_decided(tx);
    day->counts = counts;
    day->n_counts++;
    day_save(tx, day);
    FIELD_SET(done, total_minor, count->counted_minor);
    FIELD_SET(done, expected_minor, count->expected_minor);
    till_done(tx, &till, difference, done);
    return NULL;
}

static void end_day(struct tx *tx, const Tefter__CloseTill *command, struct till *till,
                    int64_t difference_minor)
{
    Tefter__TillDayRecord *day = till->day;
    Tefter__MoneyAccountRecord *account = till->account;
    FIELD_SET(day, closed_date, till->branch->date);
    day->closed_by = tx_actor_copy(tx);
    FIELD_SET(day, closed_ms, tx_now_ms(tx));
    FIELD_SET(day, difference_minor, difference_minor);
    day->reason = till->differs ? command->reason : NULL;
    day->moved =
        money_days(tx, account->money_account, day->opened_date, till->branch->date, day->before);
    day->before = NULL;
    FIELD_SET_IF(account, open_since, false, 0);
}

/* Refuses, in this order: reason (field_text); RULES_TOO_OLD to_bank_minor, to_bank_minor
 * (field_amount), FIELD_MISSING bank_account; money_account (money_find; FIELD_INVALID for what is
 * no till), TILL_CLOSED, TILL_NOT_COUNTED money_account (never) or counts (money went through it
 * since the last time); when the last count is not what the books said then
 * FIELD_MISSING reason with over_by_minor (more was counted) and available_minor (less);
 * bank_account (move_find_bank), MONEY_NOT_THERE to_bank_minor (more than was counted). */
Tefter__Refusal *apply_close_till(struct tx *tx, const Tefter__CloseTill *command,
                                  Tefter__Done *done)
{
    struct till till = {0};
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = check_banked(tx, command);
    if (refusal == NULL)
        refusal = find_open(tx, command->money_account, &till);
    if (refusal == NULL && till.day->n_counts == 0)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__TILL_NOT_COUNTED, "money_account");
    if (refusal == NULL && !tx_recalled(tx) && standing_count(tx, till.account, till.day) == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__TILL_NOT_COUNTED, "counts");
    if (refusal != NULL)
        return refusal;
    const Tefter__TillCount *last = till.day->counts[till.day->n_counts - 1];
    int64_t difference = tx_difference(tx, last->counted_minor, last->expected_minor);
    refusal = plan_difference(tx, &till, "reason", command->reason, difference);
    if (refusal != NULL) {
        FIELD_SET(refusal, over_by_minor, difference > 0 ? difference : 0);
        FIELD_SET(refusal, available_minor, difference < 0 ? -difference : 0);
        return refusal;
    }
    refusal = plan_banked(tx, &till, command, last->counted_minor);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    post_difference(tx, &till, false, difference, done);
    end_day(tx, command, &till, difference);
    post_banked(tx, &till, done);
    money_account_save(tx, till.account);
    day_save(tx, till.day);
    FIELD_SET(done, total_minor, last->counted_minor);
    FIELD_SET(done, expected_minor, last->expected_minor);
    till_done(tx, &till, difference, done);
    return NULL;
}

/* ---- views ---- */

/* The card devices of the till's branch, on its dates. */
static void device_sums(struct tx *tx, const Tefter__MoneyAccountRecord *till,
                        const Tefter__TillDayRecord *day, Tefter__TillDayAnswer *answer)
{
    struct key prefix = key_book(TABLE_PLACE);
    uint32_t until = day->has_closed_date ? day->closed_date : branch_get(tx, till->branch)->date;
    struct tx_walk walk;
    answer->devices = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->devices);
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && answer->n_devices < PAGE_ROWS_MAX;
         on = tx_walk_next(&walk)) {
        const Tefter__MoneyAccountRecord *device =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        if (device->kind != TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE ||
            device->branch != till->branch)
            continue;
        answer->devices[answer->n_devices++] =
            money_days(tx, device->money_account, day->opened_date, until, NULL);
        answer->devices[answer->n_devices - 1]->name = device->name;
    }
    tx_walk_end(&walk);
}

static bool shows_books(struct tx *tx, const Tefter__MoneyAccountRecord *till,
                        const Tefter__TillDayRecord *day)
{
    return day->has_closed_date || standing_count(tx, till, day) != NULL ||
           staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE);
}

/* What the books said as it was opened, too. */
static void show_day(struct tx *tx, const Tefter__MoneyAccountRecord *till,
                     Tefter__TillDayRecord *day)
{
    day->before = NULL;
    if (!shows_books(tx, till, day))
        FIELD_SET_IF(day, opening_difference_minor, false, 0);
}

/* Nobody counts what they have seen: what should be there, and all that tells it, comes after the
 * count. */
static void show_expected(struct tx *tx, const Tefter__MoneyAccountRecord *till,
                          Tefter__TillDayAnswer *answer)
{
    Tefter__TillDayRecord *day = answer->day;
    if (!day->has_closed_date && shows_books(tx, till, day)) {
        day->moved = money_days(tx, till->money_account, day->opened_date,
                                branch_get(tx, till->branch)->date, day->before);
        FIELD_SET(answer, expected_minor, money_holds(tx, till));
    } else if (day->n_counts > 0) {
        FIELD_SET(answer, expected_minor, day->counts[day->n_counts - 1]->expected_minor);
    }
    show_day(tx, till, day);
}

bool till_counted(struct tx *tx, const Tefter__MoneyAccountRecord *till)
{
    const Tefter__TillDayRecord *day =
        till->has_open_since ? day_get(tx, till->money_account, till->till_days) : NULL;
    return day != NULL && standing_count(tx, till, day) != NULL;
}

bool till_counted_since(struct tx *tx, const Tefter__MoneyAccountRecord *till, int64_t at_ms)
{
    uint32_t closed = till->till_days - (till->has_open_since ? 1 : 0);
    const Tefter__TillDayRecord *day = closed > 0 ? day_get(tx, till->money_account, closed) : NULL;
    return till_counted(tx, till) || (day != NULL && at_ms <= day->closed_ms);
}

Tefter__Refusal *view_till_day(struct tx *tx, const Tefter__TillDay *query,
                               Tefter__TillDayAnswer *answer)
{
    const Tefter__MoneyAccountRecord *till = money_account_get(tx, query->money_account);
    if (till == NULL)
        return refuse_not_found(tx, "money_account");
    Tefter__Refusal *refusal = staff_check_paper(tx, "money_account", till->branch);
    if (refusal != NULL)
        return refusal;
    answer->day = day_get(tx, query->money_account, query->has_day ? query->day : till->till_days);
    if (answer->day == NULL)
        return refuse_not_found(tx, "day");
    device_sums(tx, till, answer->day, answer);
    show_expected(tx, till, answer);
    return NULL;
}

Tefter__Refusal *view_till_days(struct tx *tx, const Tefter__TillDays *query,
                                Tefter__TillDaysAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    const Tefter__MoneyAccountRecord *till = money_account_get(tx, query->money_account);
    if (till == NULL)
        return refuse_not_found(tx, "money_account");
    Tefter__Refusal *refusal = staff_check_paper(tx, "money_account", till->branch);
    if (refusal != NULL)
        return refusal;
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    struct key prefix = till_days(query->money_account);
    struct key before = day_key(query->money_account, (uint32_t)last);
    struct tx_walk walk;
    answer->days = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->days);
    bool on = tx_walk_last(tx, &prefix, last != 0 ? &before : NULL, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        Tefter__TillDayRecord *day = tx_walk_record(&walk, &tefter__till_day_record__descriptor);
        show_day(tx, till, day);
        if (!page_takes(&page, &day->base))
            break;
        answer->days[answer->n_days++] = day;
        last = day->day;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}
