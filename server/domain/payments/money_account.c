/*
 * Money accounts: the places money lies in.
 *
 *   added ──▶ used ──RetireMoneyAccount──▶ retired ──▶ used again
 *
 * 1. Of the tills and devices of a branch no two have one name; no two bank accounts have one
 *    number, spaces aside. Retired ones count: money may still lie there.
 * 2. A device is tied to a bank account, for ever.
 * 3. None is retired while it holds money, or some is on its way there.
 * 4. What lies in a till is counted blindly. Who may not see it does not learn it by trying either:
 *    what they take beyond it is posted, the till stands below nothing, and those who see are
 *    alarmed. To who sees it is refused.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "base/text.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

static struct key money_account_key(uint32_t account)
{
    struct key key = key_book(TABLE_PLACE);
    key_u32(&key, account);
    return key;
}

const Tefter__MoneyAccountRecord *money_account_get(struct tx *tx, uint32_t account)
{
    struct key key = money_account_key(account);
    return tx_cached(tx, &key, &tefter__money_account_record__descriptor);
}

Tefter__MoneyAccountRecord *money_account_shared(struct tx *tx, uint32_t account)
{
    struct key key = money_account_key(account);
    return tx_shared(tx, &key, &tefter__money_account_record__descriptor);
}

void money_account_save(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    struct key key = money_account_key(account->money_account);
    tx_put(tx, &key, &account->base);
}

/* ---- rules ---- */

static bool is_bank(const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
}

/* Would these two be taken for one another? */
static bool collide(const struct tx *tx, const Tefter__MoneyAccountRecord *a,
                    const Tefter__MoneyAccountRecord *b)
{
    if (is_bank(a) != is_bank(b))
        return false;
    if (is_bank(a))
        return text_same_but(a->number, b->number, " ") || word_same(tx, a->number, b->number);
    return a->branch == b->branch && word_same(tx, a->name, b->name);
}

/* The account that is there already, 0 for none. Reads all: they are few and seldom made. */
static uint32_t existing_account(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    struct key prefix = key_book(TABLE_PLACE);
    struct tx_walk walk;
    uint32_t existing = 0;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && existing == 0;
         on = tx_walk_next(&walk)) {
        const Tefter__MoneyAccountRecord *other =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        existing = collide(tx, account, other) ? other->money_account : 0;
    }
    tx_walk_end(&walk);
    return existing;
}

static Tefter__MoneyAccountRecord *money_account_new(struct tx *tx, Tefter__MoneyAccountKind kind,
                                                     char *name)
{
    Tefter__MoneyAccountRecord *account = tx_new(tx, &tefter__money_account_record__descriptor);
    account->kind = kind;
    account->name = name;
    return account;
}

/* ---- changes ---- */

/* The end of all three: looks whether it is there already and whether there is room (TOO_MANY
 * money_account), numbers and saves it. */
static Tefter__Refusal *add_account(struct tx *tx, Tefter__MoneyAccountRecord *account,
                                    Tefter__Done *done)
{
    uint32_t existing = existing_account(tx, account);
    if (existing != 0)
        return refuse_existing(tx, is_bank(account) ? "number" : "name", existing);
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__Refusal *refusal =
        company_check_room(tx, "money_account", COUNTS_MONEY_ACCOUNTS, COMPANY_MONEY_ACCOUNTS_MAX);
    if (refusal != NULL)
        return refusal;
    account->money_account = company_take(tx, company, COUNTS_MONEY_ACCOUNTS);

    tx_decided(tx);
    money_account_save(tx, account);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__MONEY_ACCOUNT_CHANGED, account->money_account, done);
    return NULL;
}

/* Refuses, in this order: name (field_line); NOT_FOUND branch; BOUND_TO_BRANCH branch;
 * ALREADY_EXISTS name (a till or device of this branch). */
Tefter__Refusal *apply_add_till(struct tx *tx, const Tefter__AddTill *command, Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal != NULL)
        return refusal;
    Tefter__MoneyAccountRecord *till =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL, command->name);
    FIELD_SET(till, branch, command->branch);
    return add_account(tx, till, done);
}

/* Refuses, in this order: name (field_line), number (field_line, CODE_MAX_BYTES), bank
 * (field_line_or_none); BOUND_TO_BRANCH bank_account (it is of no branch); ALREADY_EXISTS number
 * (spaces aside). */
Tefter__Refusal *apply_add_bank_account(struct tx *tx, const Tefter__AddBankAccount *command,
                                        Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line(tx, "number", command->number, CODE_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "bank", command->bank, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = staff_check_office(tx, "bank_account", 0);
    if (refusal != NULL)
        return refusal;
    Tefter__MoneyAccountRecord *account =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT, command->name);
    account->number = command->number;
    field_move_line(&account->bank, command->bank);
    return add_account(tx, account, done);
}

/* Refuses, in this order: name (field_line); NOT_FOUND branch; BOUND_TO_BRANCH branch; NOT_FOUND
 * bank_account (absent or another kind of account), RETIRED bank_account; ALREADY_EXISTS name (a
 * till or device of this branch). */
Tefter__Refusal *apply_add_pos_device(struct tx *tx, const Tefter__AddPosDevice *command,
                                      Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal != NULL)
        return refusal;
    if (branch_get(tx, command->branch) == NULL)
        return refuse_not_found(tx, "branch");
    refusal = staff_check_office(tx, "branch", command->branch);
    if (refusal != NULL)
        return refusal;
    const Tefter__MoneyAccountRecord *account = money_account_get(tx, command->bank_account);
    if (account == NULL || !is_bank(account))
        return refuse_not_found(tx, "bank_account");
    if (account->retired)
        return refuse(tx, TEFTER__REFUSAL_CODE__RETIRED, "bank_account");
    Tefter__MoneyAccountRecord *device =
        money_account_new(tx, TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE, command->name);
    FIELD_SET(device, branch, command->branch);
    FIELD_SET(device, bank_account, command->bank_account);
    return add_account(tx, device, done);
}

static Tefter__Refusal *check_empty(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    if (!tx_rule(tx, RULE_MONEY_IS_NOT_RETIRED) || tx_recalled(tx))
        return NULL;
    if (account->has_open_since)
        return refuse(tx, TEFTER__REFUSAL_CODE__TILL_OPEN, "money_account");
    int64_t holds = money_holds(tx, account);
    int64_t left = holds != 0 ? holds : money_coming(tx, account);
    if (left == 0)
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__MONEY_LEFT, "money_account");
    FIELD_SET(refusal, available_minor, left);
    return refusal;
}

/* Refuses, in this order: NOT_FOUND account; BOUND_TO_BRANCH money_account (a bank account is of no
 * branch); NOTHING_TO_CHANGE; to retire it TILL_OPEN (its day),
 * MONEY_LEFT with available_minor (what it holds, or what is on its way there). */
Tefter__Refusal *apply_retire_money_account(struct tx *tx,
                                            const Tefter__RetireMoneyAccount *command,
                                            Tefter__Done *done)
{
    Tefter__MoneyAccountRecord *account = money_account_shared(tx, command->money_account);
    if (account == NULL)
        return refuse_not_found(tx, "money_account");
    Tefter__Refusal *refusal = staff_check_office(tx, "money_account", account->branch);
    if (refusal != NULL)
        return refusal;
    if (!field_move_int(true, command->retired, NULL, &account->retired))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    refusal = account->retired ? check_empty(tx, account) : NULL;
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    money_account_save(tx, account);
    event_done(tx, TEFTER__EVENT_KIND__MONEY_ACCOUNT_CHANGED, account->money_account, done);
    return NULL;
}

/* ---- services: what lies there ---- */

/* No default: a kind of account without an account in the books does not compile. */
Tefter__PostingAccount money_gl(const Tefter__MoneyAccountRecord *account)
{
    switch (account->kind) {
    case TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL:
        return TEFTER__POSTING_ACCOUNT__GL_CASH;
    case TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE:
        return TEFTER__POSTING_ACCOUNT__GL_POS_CLEARING;
    case TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT:
    case _TEFTER__MONEY_ACCOUNT_KIND_IS_INT_SIZE:
        break;
    }
    return TEFTER__POSTING_ACCOUNT__GL_BANK;
}

uint32_t money_branch(struct tx *tx, uint32_t account)
{
    const Tefter__MoneyAccountRecord *place = account != 0 ? money_account_get(tx, account) : NULL;
    return place != NULL && place->has_branch ? place->branch : 0;
}

int64_t money_holds(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    return posting_total(tx, money_gl(account), account->money_account);
}

int64_t money_coming(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    return tx_sum(
        tx, posting_total(tx, TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT, account->money_account),
        posting_total(tx, TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY, account->money_account));
}

/* ---- services: days ---- */

static struct key money_day_key(uint32_t account, uint32_t date)
{
    struct key key = key_book(TABLE_MONEY_DAY);
    key_u32(&key, account);
    key_u32(&key, date);
    return key;
}

Tefter__MoneyDayRecord *money_day(struct tx *tx, uint32_t account, uint32_t date)
{
    struct key key = money_day_key(account, date);
    Tefter__MoneyDayRecord *day = tx_get(tx, &key, &tefter__money_day_record__descriptor);
    if (day == NULL) {
        day = tx_new(tx, &tefter__money_day_record__descriptor);
        day->money_account = account;
        day->date = date;
    }
    return day;
}

#define DAY_ADD(day, field, amount_minor) FIELD_SET(day, field, (day)->field + (amount_minor))

/* What moves belong to which line of a day; a reversal is one of its own. */
static void day_add(Tefter__MoneyDayRecord *day, const Tefter__DocumentRecord *record,
                    int64_t amount_minor)
{
    switch (record->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        DAY_ADD(day, taken_minor, amount_minor);
        DAY_ADD(day, taken, 1);
        return;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        DAY_ADD(day, refunded_minor, -amount_minor);
        return;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        DAY_ADD(day, reversed_minor, amount_minor);
        return;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
        if (record->move == TEFTER__MONEY_MOVE_KIND__MOVE_DIFFERENCE)
            DAY_ADD(day, difference_minor, amount_minor);
        else if (record->move == TEFTER__MONEY_MOVE_KIND__MOVE_CASH_IN)
            DAY_ADD(day, in_minor, amount_minor);
        else if (record->move == TEFTER__MONEY_MOVE_KIND__MOVE_CASH_OUT)
            DAY_ADD(day, out_minor, -amount_minor);
        else if (amount_minor > 0)
            DAY_ADD(day, received_minor, amount_minor);
        else
            DAY_ADD(day, sent_minor, -amount_minor);
        return;
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
}

void money_note_posting(struct tx *tx, const Tefter__DocumentRecord *record, uint32_t account,
                        int64_t amount_minor)
{
    const Tefter__MoneyAccountRecord *place = money_account_get(tx, account);
    if (place == NULL || is_bank(place) ||
        !(tx_rule(tx, RULE_MONEY_HAS_DAYS) || place->has_till_days))
        return;
    uint32_t date = branch_get(tx, place->branch)->date;
    Tefter__MoneyDayRecord *day = money_day(tx, account, date);
    struct key key = money_day_key(account, date);
    day_add(day, record, amount_minor);
    tx_put(tx, &key, &day->base);
}

void money_note(struct tx *tx, const Tefter__DocumentRecord *record)
{
    for (size_t i = 0; i < record->n_postings; i++) {
        const Tefter__Posting *posting = record->postings[i];
        if (posting->sub != 0 && (posting->account == TEFTER__POSTING_ACCOUNT__GL_CASH ||
                                  posting->account == TEFTER__POSTING_ACCOUNT__GL_POS_CLEARING))
            money_note_posting(tx, record, posting->sub, posting->amount_minor);
    }
}

static void sum_up(struct tx *tx, Tefter__MoneyDayRecord *sum, const Tefter__MoneyDayRecord *day,
                   int sign)
{
#define SUM(field)                                                                                 \
    FIELD_SET_IF(sum, field, sum->has_##field || day->has_##field,                                 \
                 tx_sum(tx, sum->field, sign * day->field))
    SUM(taken_minor);
    SUM(refunded_minor);
    SUM(in_minor);
    SUM(out_minor);
    SUM(received_minor);
    SUM(sent_minor);
    SUM(reversed_minor);
    SUM(difference_minor);
#undef SUM
    uint32_t taken = sign > 0 ? sum->taken + day->taken : sum->taken - day->taken;
    FIELD_SET_IF(sum, taken, sum->has_taken || day->has_taken, taken);
}

Tefter__MoneyDayRecord *money_days(struct tx *tx, uint32_t account, uint32_t from, uint32_t until,
                                   const Tefter__MoneyDayRecord *before)
{
    struct key prefix = key_book(TABLE_MONEY_DAY);
    key_u32(&prefix, account);
    struct key first = money_day_key(account, from);
    Tefter__MoneyDayRecord *sum = tx_new(tx, &tefter__money_day_record__descriptor);
    sum->money_account = account;
    sum->date = from;
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, &first, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__MoneyDayRecord *day =
            tx_walk_record(&walk, &tefter__money_day_record__descriptor);
        if (day->date > until)
            break;
        sum_up(tx, sum, day, 1);
    }
    tx_walk_end(&walk);
    if (before != NULL)
        sum_up(tx, sum, before, -1);
    return sum;
}

/* ---- services: may it be used ---- */

Tefter__Refusal *money_check_till_open(struct tx *tx, const Tefter__MoneyAccountRecord *account,
                                       const char *field)
{
    bool closed = account->has_till_days && !account->has_open_since && !tx_recalled(tx);
    return closed ? refuse(tx, TEFTER__REFUSAL_CODE__TILL_CLOSED, field) : NULL;
}

Tefter__Refusal *money_refuse_elsewhere(struct tx *tx, const char *field, uint32_t branch)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__TILL_OTHER_BRANCH, field);
    const Tefter__BranchRecord *there = branch_get(tx, branch);
    if (there != NULL && tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED))
        refusal->branch = there->code;
    return refusal;
}

Tefter__Refusal *money_find(struct tx *tx, uint32_t number, const Tefter__BranchRecord *branch,
                            const char *field, const Tefter__MoneyAccountRecord **ret_account)
{
    const Tefter__MoneyAccountRecord *account = money_account_get(tx, number);
    *ret_account = account;
    if (account == NULL)
        return refuse_not_found(tx, field);
    if (account->retired && !tx_recalled(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__RETIRED, field);
    bool elsewhere = branch != NULL && account->has_branch && account->branch != branch->branch;
    return elsewhere ? money_refuse_elsewhere(tx, field, account->branch) : NULL;
}

/* A bank account is of no branch: who sees one branch's money sees that it is there. */
static bool sees_money(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    uint32_t only = staff_branch(tx);
    return staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE) &&
           (only == 0 || !account->has_branch || account->branch == only);
}

static bool is_blind(struct tx *tx, const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL &&
           tx_rule(tx, RULE_TILLS_STAY_BLIND) && !sees_money(tx, account);
}

/* A bank account may hold more than is in these books. */
Tefter__Refusal *money_check_holds(struct tx *tx, const Tefter__MoneyAccountRecord *account,
                                   int64_t amount_minor, const char *field)
{
    bool short_of_it = !is_bank(account) && money_holds(tx, account) < amount_minor;
    if (!short_of_it || tx_recalled(tx) || is_blind(tx, account))
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__MONEY_NOT_THERE, field);
    refusal->existing_number = account->name;
    return refusal;
}

/* What a document moves of a till's cash. */
static int64_t cash_moved(struct tx *tx, const Tefter__DocumentRecord *document, uint32_t till)
{
    int64_t sum = 0;
    for (size_t i = 0; document != NULL && i < document->n_postings; i++) {
        const Tefter__Posting *posting = document->postings[i];
        if (posting->account == TEFTER__POSTING_ACCOUNT__GL_CASH && posting->sub == till)
            sum = tx_sum(tx, sum, posting->amount_minor);
    }
    return sum;
}

Tefter__Refusal *money_check_taken_back(struct tx *tx, const Tefter__DocumentRecord *gone,
                                        const Tefter__DocumentRecord *again, const char *field)
{
    if (!tx_rule(tx, RULE_TILLS_GIVE_BACK_WHAT_THEY_HOLD) || !gone->has_money_account)
        return NULL;
    uint32_t number = gone->money_account;
    int64_t out_minor =
        tx_difference(tx, cash_moved(tx, gone, number), cash_moved(tx, again, number));
    const Tefter__MoneyAccountRecord *till = out_minor != 0 ? money_account_get(tx, number) : NULL;
    if (till == NULL)
        return NULL;
    Tefter__Refusal *refusal = money_check_till_open(tx, till, field);
    return refusal == NULL && out_minor > 0 ? money_check_holds(tx, till, out_minor, field)
                                            : refusal;
}

void money_alarm_short(struct tx *tx, const Tefter__DocumentRecord *gone,
                       const Tefter__DocumentRecord *again)
{
    for (size_t i = 0; i < gone->n_postings; i++) {
        const Tefter__Posting *posting = gone->postings[i];
        if (posting->account != TEFTER__POSTING_ACCOUNT__GL_CASH || posting->sub == 0)
            continue;
        const Tefter__MoneyAccountRecord *till = money_account_get(tx, posting->sub);
        int64_t left_minor = till != NULL ? money_holds(tx, till) : 0;
        if (left_minor >= 0 || !is_blind(tx, till))
            continue;
        if (tx_sum(tx, cash_moved(tx, gone, posting->sub), cash_moved(tx, again, posting->sub)) >=
            0)
            continue;
        credit_alarm_short(tx, gone, -left_minor);
        return;
    }
}

/* ---- views ---- */

Tefter__Refusal *view_money_accounts(struct tx *tx, const Tefter__MoneyAccountList *query,
                                     Tefter__MoneyAccountsAnswer *answer)
{
    uint64_t last;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    struct key prefix = key_book(TABLE_PLACE);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->money_accounts = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->money_accounts);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        Tefter__MoneyAccountRecord *account =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        if (sees_money(tx, account)) {
            FIELD_SET(account, holds_minor, money_holds(tx, account));
            FIELD_SET(account, coming_minor, money_coming(tx, account));
        }
        if (!page_takes(&page, &account->base))
            break;
        answer->money_accounts[answer->n_money_accounts++] = account;
        last = account->money_account;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}

/* Refuses FIELD_INVALID page, then as staff_wanted_branch does. */
Tefter__Refusal *view_money_days(struct tx *tx, const Tefter__MoneyDays *query,
                                 Tefter__MoneyDaysAnswer *answer)
{
    uint64_t last;
    uint32_t branch;
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    Tefter__Refusal *refusal = staff_wanted_branch(tx, query->has_branch, query->branch, &branch);
    if (refusal != NULL)
        return refusal;
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    struct key prefix = key_book(TABLE_PLACE);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    bool sees = staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_TRIAL_BALANCE);
    answer->days = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->days);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page_looks(&page); on = tx_walk_next(&walk)) {
        const Tefter__MoneyAccountRecord *account =
            tx_walk_record(&walk, &tefter__money_account_record__descriptor);
        bool device = account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE;
        last = account->money_account;
        if (is_bank(account) || !(device || sees) || (branch != 0 && account->branch != branch))
            continue;
        uint32_t date = query->has_date ? query->date : branch_get(tx, account->branch)->date;
        Tefter__MoneyDayRecord *day = money_day(tx, account->money_account, date);
        day->name = account->name;
        if (!page_takes(&page, &day->base)) {
            last--;
            break;
        }
        answer->days[answer->n_days++] = day;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}
