/*
 * Payments: cash at a till, card at a device, bank transfer, bank slip.
 *
 *   taken ──▶ open ──matched──▶ part ──▶ closed          final: cash, card, transfer
 *   slip:  taken, not final ──confirmed──▶ final          (corrections: confirmed, or reversed)
 *
 * 1. A slip's number stands once per bank account; what a provider gives (of a card, a transfer)
 *    once in all; and of one bank account no slip and transfer have the same.
 * 2. Money lies in a money account of its kind: cash in a till of the branch, card on a device of
 *    the branch, bank money on a bank account.
 * 3. What is matched with it at once is dated no earlier than it.
 * 4. What a payment settles is its money and what was rounded: cash by the company's unit, and what
 *    is short of the bills by no more than the company lets be rounded off, by a person in a day.
 * 5. Money frees credit when it is final, matched or not. A slip lowers the balance, not the
 *    exposure, until it is confirmed; so does a transfer that is entered by who may not confirm it.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

/* ---- records ---- */

static struct key references_key(Tefter__PaymentKind kind)
{
    struct key key = key_book(TABLE_REFERENCE);
    key_u8(&key, (uint8_t)kind);
    return key;
}

/* The place stands last: one reference at all places lies side by side. */
static struct key reference_key(uint32_t account, Tefter__PaymentKind kind, const char *reference)
{
    struct key references = references_key(kind);
    struct key key = key_word(&references, reference);
    key_u32(&key, account);
    return key;
}

/* The live payment of that kind with a reference, or with one that folds like it: of a provider's
 * at any place (once), of a slip's at that one; 0: none. */
static uint64_t reference_at(struct tx *tx, uint32_t account, Tefter__PaymentKind kind,
                             const char *reference, uint64_t corrects, bool once)
{
    uint64_t existing = 0;
    struct key key = reference_key(account, kind, reference);
    if (!tx_rule(tx, RULE_KEYS_FOLD))
        return tx_get_u64(tx, &key, &existing) && existing != corrects ? existing : 0;
    struct key references = references_key(kind);
    struct key prefix = key_folded(&references, reference);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && existing == 0;
         on = tx_walk_next(&walk)) {
        struct slice found = tx_walk_key(&walk);
        bool here = once || key_read_u32(found, found.size - sizeof(uint32_t)) == account;
        if (here && tx_walk_number(&walk) != corrects)
            existing = tx_walk_number(&walk);
    }
    tx_walk_end(&walk);
    return existing;
}

static uint64_t reference_owner(struct tx *tx, uint32_t account, Tefter__PaymentKind kind,
                                const char *reference, uint64_t corrects)
{
    bool slip = kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP;
    bool transfer = kind == TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER;
    uint64_t existing = reference_at(tx, account, kind, reference, corrects,
                                     !slip && tx_rule(tx, RULE_REFERENCES_COUNT_ONCE));
    if (existing != 0 || !(slip || transfer) || !tx_rule(tx, RULE_SLIPS_AND_TRANSFERS_ARE_ONE))
        return existing;
    return reference_at(tx, account,
                        slip ? TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER
                             : TEFTER__PAYMENT_KIND__PAYMENT_SLIP,
                        reference, corrects, false);
}

/* ---- rules ---- */

struct money_kind {
    Tefter__MoneyAccountKind account;
    Tefter__PostingAccount gl;
    bool of_branch; /* its account belongs to a branch */
    bool final;
};

/* No default: a kind of payment without a row does not compile. */
static struct money_kind money_kind(Tefter__PaymentKind kind)
{
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return (struct money_kind){TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL,
                                   TEFTER__POSTING_ACCOUNT__GL_CASH, true, true};
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return (struct money_kind){TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE,
                                   TEFTER__POSTING_ACCOUNT__GL_POS_CLEARING, true, true};
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
        return (struct money_kind){TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT,
                                   TEFTER__POSTING_ACCOUNT__GL_BANK, false, true};
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
        return (struct money_kind){TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT,
                                   TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY, false, false};
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    fault_need(__FILE__, __LINE__, "a payment of no kind");
}

bool payment_waits(struct tx *tx, Tefter__PaymentKind kind, bool backfill)
{
    if (!money_kind(kind).final)
        return true;
    return kind == TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER && !backfill &&
           tx_rule(tx, RULE_TRANSFERS_ARE_CONFIRMED) &&
           !staff_role_may(tx, TEFTER__RIGHT__RIGHT_CONFIRM_MONEY);
}

/* Where its money is. */
static Tefter__PostingAccount gl_of_money(const Tefter__DocumentRecord *record)
{
    return record->has_waits ? TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY
                             : money_kind(record->payment_kind).gl;
}

static bool by_oldest_due(const Tefter__TakePayment *command)
{
    return command->has_match && command->match == TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
}

static Tefter__Refusal *check_bills_form(struct tx *tx, const Tefter__TakePayment *command)
{
    if (by_oldest_due(command) && command->n_bills > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "bills");
    for (size_t i = 0; i < command->n_bills; i++) {
        const Tefter__BillAmount *bill = command->bills[i];
        if (!bill->has_bill && bill->bill_number == NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "bills[%zu].bill", i);
        if (!bill->has_amount_minor)
            continue;
        Tefter__Refusal *refusal =
            field_amount(tx, tx_format(tx, "bills[%zu].amount_minor", i), bill->amount_minor);
        if (refusal != NULL)
            return refusal;
    }
    return NULL;
}

/* What a slip must say; imports may know less. */
static Tefter__Refusal *check_slip(struct tx *tx, const Tefter__TakePayment *command)
{
    bool slip = command->kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP;
    if (!slip || command->backfill)
        return NULL;
    if (command->reference == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reference");
    return command->payer == NULL ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "payer") : NULL;
}

/* rounding_minor: cash that was rounded to nothing settles it all the same. */
static Tefter__Refusal *check_form(struct tx *tx, const Tefter__TakePayment *command,
                                   int64_t rounding_minor)
{
    bool nothing = command->amount_minor == 0 && rounding_minor > 0;
    Tefter__Refusal *refusal =
        nothing ? NULL : field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL && command->has_date)
        refusal = field_date(tx, "date", command->date);
    if (refusal == NULL && command->number != NULL)
        refusal = field_code(tx, "number", command->number);
    if (refusal == NULL && command->source != NULL)
        refusal = field_code(tx, "source", command->source);
    if (refusal == NULL && command->reference != NULL)
        refusal = field_line(tx, "reference", command->reference, CODE_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_text(tx, "payer", command->payer);
    if (refusal == NULL)
        refusal = field_text(tx, "note", command->note);
    if (refusal == NULL)
        refusal = company_check_currency(tx, "currency", command->currency);
    if (refusal == NULL)
        refusal = check_slip(tx, command);
    if (refusal == NULL && command->round_off && !money_kind(command->kind).final)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "round_off");
    return refusal == NULL ? check_bills_form(tx, command) : refusal;
}

/* Where the payment that is corrected lay, that stays possible. */
static bool lay_there(const Tefter__DocumentRecord *replaced, const Tefter__TakePayment *command)
{
    return replaced != NULL && replaced->has_money_account &&
           replaced->money_account == command->money_account;
}

/* Imports may not know where the money lies: money account 0. */
static Tefter__Refusal *check_account(struct tx *tx, const Tefter__TakePayment *command,
                                      const Tefter__BranchRecord *branch,
                                      const Tefter__DocumentRecord *replaced)
{
    const struct money_kind kind = money_kind(command->kind);
    bool nowhere = replaced != NULL && !replaced->has_money_account;
    if (!command->has_money_account)
        return command->backfill || nowhere
                   ? NULL
                   : refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "money_account");
    const Tefter__MoneyAccountRecord *account = money_account_get(tx, command->money_account);
    if (account == NULL)
        return refuse_not_found(tx, "money_account");
    if (account->kind != kind.account)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "money_account");
    if (account->retired && !command->backfill && !tx_recalled(tx) && !lay_there(replaced, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__RETIRED, "money_account");
    if (kind.of_branch && account->branch != branch->branch && !command->backfill &&
        !lay_there(replaced, command))
        return money_refuse_elsewhere(tx, "money_account", account->branch);
    return command->backfill || lay_there(replaced, command)
               ? NULL
               : money_check_till_open(tx, account, "money_account");
}

/* What a card device or a bank gives with it. Imports may know less, and what had none may stay
 * so. */
static bool wants_reference(const struct tx *tx, const Tefter__TakePayment *command,
                            const Tefter__DocumentRecord *replaced)
{
    bool had_none =
        replaced != NULL && replaced->payment_kind == command->kind && replaced->reference == NULL;
    return command->kind != TEFTER__PAYMENT_KIND__PAYMENT_CASH && !command->backfill && !had_none &&
           !tx_recalled(tx) && tx_rule(tx, RULE_REFERENCES_ARE_SAID);
}

static Tefter__Refusal *check_reference(struct tx *tx, const Tefter__TakePayment *command,
                                        const Tefter__DocumentRecord *replaced, uint64_t corrects)
{
    if (command->reference == NULL)
        return wants_reference(tx, command, replaced)
                   ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reference")
                   : NULL;
    uint64_t existing = reference_owner(tx, command->has_money_account ? command->money_account : 0,
                                        command->kind, command->reference, corrects);
    if (existing == 0)
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "reference");
    const Tefter__DocumentRecord *document = document_get(tx, existing);
    FIELD_SET(refusal, existing, existing);
    refusal->existing_number = document != NULL ? document->number : NULL;
    return refusal;
}

static void fill(const Tefter__TakePayment *command, Tefter__DocumentRecord *record)
{
    uint32_t account = command->has_money_account ? command->money_account : 0;
    FIELD_SET(record, payment_kind, command->kind);
    FIELD_SET_IF(record, money_account, command->has_money_account, account);
    record->reference = command->reference;
    record->payer = command->payer;
    record->note = command->note;
    record->source = command->source;
    FIELD_COPY(record, backfill, command);
}

int64_t payment_money(const Tefter__DocumentRecord *payment)
{
    return payment->total_minor - payment->rounding_minor - payment->discount_minor;
}

/* The same money in a correction that does not say what it pays settles what it settled before. */
static void keep_rounded(struct tx *tx, const Tefter__TakePayment *command,
                         struct payment_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    const Tefter__DocumentRecord *was = document_replaced(tx, record->corrects);
    bool says = command->round_off || command->has_match || command->n_bills > 0;
    if (was == NULL || says || was->customer != record->customer ||
        was->payment_kind != command->kind || payment_money(was) != command->amount_minor)
        return;
    const struct item *old = account_item(tx, plan->account, was->document);
    int64_t discount = was->discount_minor - (old != NULL ? item_rounded_off(old) : 0);
    FIELD_COPY(record, rounding_minor, was);
    FIELD_SET_IF(record, discount_minor, discount != 0, discount);
}

/* What it comes to, with what was rounded of it. */
static Tefter__Refusal *sum_up(struct tx *tx, int64_t amount_minor, Tefter__DocumentRecord *record)
{
    int64_t total = amount_minor + record->rounding_minor + record->discount_minor;
    record->total_minor = total;
    record->balance_minor = -total;
    struct postings postings = {.count = 0};
    postings_add(tx, &postings, gl_of_money(record), record->money_account, amount_minor,
                 record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE, record->customer, -total,
                 record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_CASH_ROUNDING, 0,
                 record->rounding_minor, record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_SETTLEMENT_DISCOUNT, 0,
                 record->discount_minor, record->branch);
    postings_set(tx, &postings, record);
    return postings_check(tx, record);
}

static Tefter__Refusal *match_bills(struct tx *tx, const Tefter__TakePayment *command,
                                    struct payment_plan *plan)
{
    for (size_t i = 0; i < command->n_bills; i++) {
        const Tefter__BillAmount *bill = command->bills[i];
        uint64_t document = bill->has_bill
                                ? bill->bill
                                : document_by_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,
                                                     bill->bill_number);
        struct item *debit;
        Tefter__Refusal *refusal = match_find(tx, &plan->match, document, true,
                                              tx_format(tx, "bills[%zu].bill", i), &debit);
        if (refusal == NULL)
            refusal = match_pair(tx, &plan->match, debit, plan->item,
                                 bill->has_amount_minor ? bill->amount_minor : 0,
                                 tx_format(tx, "bills[%zu].amount_minor", i));
        if (refusal != NULL)
            return refusal;
    }
    if (by_oldest_due(command))
        match_oldest_due(tx, &plan->match, plan->item);
    return NULL;
}

/* ---- rules: rounding off ---- */

static struct key rounded_key(struct tx *tx)
{
    struct key key = key_book(TABLE_ROUNDED_OFF);
    key_u32(&key, tx_actor(tx)->staff);
    return key;
}

/* What the actor may still round off on a bill. */
static int64_t allowance(struct tx *tx, const struct payment_plan *plan)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    struct key key = rounded_key(tx);
    int64_t most = company->round_off_minor;
    if (!company->has_round_off_day_minor)
        return most;
    int64_t left = company->round_off_day_minor - day_sum(tx, &key, plan->branch->date);
    left = left > 0 ? left : 0;
    return left < most ? left : most;
}

/* A bill may be named by several pairs, and is counted once. */
static int64_t rest_of_bills(struct tx *tx, struct payment_plan *plan)
{
    const Tefter__MatchRecord *match = plan->match.record;
    int64_t rest = 0;
    for (size_t i = 0; i < match->n_pairs; i++) {
        bool again = false;
        for (size_t j = 0; j < i && !again; j++)
            again = match->pairs[j]->debit == match->pairs[i]->debit;
        if (!again)
            rest =
                tx_sum(tx, rest,
                       account_item(tx, plan->account, match->pairs[i]->debit)->record->open_minor);
    }
    return rest;
}

/* So much more is wanted: of cash, so much that it is in coins. */
static int64_t more_wanted(struct tx *tx, const Tefter__TakePayment *command, int64_t more_minor)
{
    int64_t unit = payment_cash_unit(tx);
    bool coins = command->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && unit > 1 &&
                 tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED);
    int64_t beyond = coins ? (command->amount_minor + more_minor) % unit : 0;
    return beyond > 0 ? more_minor + unit - beyond : more_minor;
}

static Tefter__Refusal *refuse_rounding(struct tx *tx, const Tefter__TakePayment *command,
                                        int64_t rest_minor, int64_t most_minor)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    Tefter__Refusal *refusal =
        refuse_most(tx, TEFTER__REFUSAL_CODE__ROUNDING_TOO_MUCH, "round_off", most_minor);
    FIELD_SET(refusal, over_by_minor, more_wanted(tx, command, rest_minor - most_minor));
    FIELD_SET(refusal, available_minor, rest_minor);
    if (most_minor < company->round_off_minor && tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED))
        FIELD_SET(refusal, day_minor, company->round_off_day_minor);
    return refusal;
}

/* The money is of whole units, and this is no more than half of one. */
static bool by_unit(struct tx *tx, const Tefter__TakePayment *command, int64_t difference_minor)
{
    int64_t unit = payment_cash_unit(tx);
    return command->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && unit > 1 &&
           command->amount_minor % unit == 0 && difference_minor * 2 <= unit;
}

/* What is left of the bills is settled too. */
static void match_rest(struct tx *tx, struct payment_plan *plan)
{
    size_t count = plan->match.record->n_pairs;
    for (size_t i = 0; i < count; i++) {
        struct item *bill = account_item(tx, plan->account, plan->match.record->pairs[i]->debit);
        int64_t rest = bill->record->open_minor;
        if (rest > 0 && plan->record->discount_minor > 0)
            match_rounded_off(tx, &plan->match, bill, plan->item, rest);
        else if (rest > 0)
            match_again(tx, &plan->match, bill, plan->item, rest);
    }
}

/* The bills that it was matched with, and nothing else, are settled by this payment. */
static Tefter__Refusal *round_off(struct tx *tx, const Tefter__TakePayment *command,
                                  struct payment_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    int64_t over = plan->item->record->open_minor;
    int64_t rest = rest_of_bills(tx, plan);
    int64_t change = rest > 0 ? rest : -over;
    if (plan->match.record->n_pairs == 0 || change == 0)
        return NULL;
    if (rest > 0 && over > 0)
        return NULL; /* a bill was named with an amount: it is not meant to be closed */
    int64_t most = allowance(tx, plan);
    bool unit = by_unit(tx, command, rest > 0 ? rest : over);
    if (!unit && rest == 0)
        return NULL; /* more than was owed stays theirs */
    if (!unit && rest > most && !tx_recalled(tx))
        return refuse_rounding(tx, command, rest, most);
    if (unit)
        FIELD_SET(record, rounding_minor, change);
    else
        FIELD_SET(record, discount_minor, change);
    plan->rounded_off_minor = unit ? 0 : change;
    account_resize_item(plan->item, change);
    if (rest > 0)
        match_rest(tx, plan);
    return sum_up(tx, command->amount_minor, record);
}

static Tefter__Refusal *begin(struct tx *tx, const Tefter__TakePayment *command,
                              struct account *account, uint64_t corrects, struct payment_plan *plan)
{
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, true, &plan->customer);
    if (refusal != NULL)
        return refusal;
    if (plan->customer == NULL)
        plan->customer = customer_get(tx, company_get(tx)->cash_customer);
    if (corrects == 0)
        refusal = customer_check_stands(tx, plan->customer, "customer");
    if (refusal != NULL)
        return refusal;
    const Tefter__DocumentRecord *replaced = document_replaced(tx, corrects);
    bool at_home = replaced != NULL && tx_rule(tx, RULE_CORRECTIONS_STAY_IN_BRANCH);
    plan->branch = at_home ? branch_of_paper(tx, replaced->branch) : branch_of_actor(tx);
    uint32_t date;
    refusal = document_date_of(tx, plan->branch, replaced, command->has_date, command->date,
                               command->backfill, &date);
    if (refusal == NULL)
        refusal = check_account(tx, command, plan->branch, replaced);
    if (refusal == NULL)
        refusal = check_reference(tx, command, replaced, corrects);
    if (refusal != NULL)
        return refusal;
    plan->account = account_open_beside(tx, account, plan->customer->customer);
    return document_begin(tx, plan->branch, plan->account, TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT,
                          command->number, date, &plan->record);
}

int64_t payment_cash_unit(struct tx *tx)
{
    int64_t unit = company_get(tx)->cash_unit_minor;
    return (int64_t)tx_settle(tx, SETTLED_CASH_UNIT, 0, (uint64_t)unit);
}

bool payment_all_coins(struct tx *tx)
{
    if (!tx_rule(tx, RULE_ALL_CASH_IS_COINS) || payment_cash_unit(tx) <= 1)
        return false;
    return tx_settle(tx, SETTLED_ALL_COINS, 0, tx_recalled(tx) ? 0 : 1) != 0;
}

Tefter__Refusal *money_check_coins(struct tx *tx, const char *field, int64_t amount_minor)
{
    int64_t unit = company_get(tx)->cash_unit_minor;
    if (tx_recalled(tx) || unit <= 1 || amount_minor % unit == 0)
        return NULL;
    return cash_refuse_coins(tx, field, amount_minor, unit);
}

Tefter__Refusal *money_check_all_coins(struct tx *tx, const char *field, int64_t amount_minor)
{
    return tx_rule(tx, RULE_ALL_CASH_IS_COINS) ? money_check_coins(tx, field, amount_minor) : NULL;
}

/* What cannot be handed over is not taken: by hand nobody counts out half a unit. */
static Tefter__Refusal *check_coins(struct tx *tx, const Tefter__TakePayment *command)
{
    bool cash = command->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && !command->backfill;
    if (!cash || !tx_rule(tx, RULE_CASH_IS_COINS) || tx_rule(tx, RULE_ALL_CASH_IS_COINS))
        return NULL;
    return money_check_coins(tx, "amount_minor", command->amount_minor);
}

/* It settles whole bills, and nothing else. */
static bool settles_whole(struct tx *tx, struct payment_plan *plan)
{
    const Tefter__DocumentRecord *record = plan->record;
    return plan->match.record->n_pairs > 0 && plan->item->record->open_minor == 0 &&
           rest_of_bills(tx, plan) == 0 && record->rounding_minor == 0 &&
           record->discount_minor == 0;
}

/* The same cash in a correction stays as it was. */
static bool same_cash(const Tefter__DocumentRecord *was, const Tefter__TakePayment *command)
{
    return was != NULL && was->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH &&
           payment_money(was) == command->amount_minor;
}

/* Whole bills are settled by what there are coins for, as a sale is; any other sum is refused. */
static Tefter__Refusal *in_coins(struct tx *tx, const Tefter__TakePayment *command,
                                 struct payment_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    bool cash = command->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH && !command->backfill;
    if (!cash || !payment_all_coins(tx) || command->amount_minor % payment_cash_unit(tx) == 0 ||
        same_cash(document_replaced(tx, record->corrects), command))
        return NULL;
    if (!tx_recalled(tx) && !settles_whole(tx, plan))
        return money_check_coins(tx, "amount_minor", command->amount_minor);
    int64_t due = cash_in_coins(command->amount_minor, payment_cash_unit(tx));
    FIELD_SET(record, rounding_minor, command->amount_minor - due);
    return sum_up(tx, due, record);
}

/* ---- changes ---- */

/* Refuses as payment_plan does, then NOT_IN_COINS amount_minor. */
Tefter__Refusal *apply_take_payment(struct tx *tx, const Tefter__TakePayment *command,
                                    Tefter__Done *done)
{
    struct payment_plan *plan;
    Tefter__Refusal *refusal = payment_plan(tx, command, NULL, 0, &plan);
    if (refusal == NULL)
        refusal = check_coins(tx, command);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct event event = payment_post(tx, plan);
    account_save(tx, plan->account, &event);
    payment_done(tx, plan, done);
    return NULL;
}

/* ---- services ---- */

/* Refuses, in this order: amount_minor (field_amount), date (field_date), number, source
 * (field_code), reference (field_line), payer, note (field_text), currency; of a slip FIELD_MISSING
 * reference, payer; FIELD_INVALID round_off (of a slip); FIELD_INVALID bills (beside "oldest due"),
 * of each bill FIELD_MISSING bill, amount_minor · the right BACKFILL, number
 * (document_check_number) · customer (customer_resolve), CUSTOMER_MERGED, date (posting_date),
 * place (FIELD_MISSING, NOT_FOUND, FIELD_INVALID for another kind of money, RETIRED,
 * TILL_OTHER_BRANCH; a backfill may lie nowhere, or in any of its kind, and a correction where the
 * old one lay; TILL_CLOSED), FIELD_MISSING reference (of what is no cash and no backfill),
 * NUMBER_TAKEN reference, NUMBER_TAKEN number · AMOUNT_TOO_BIG · of each bill match_find,
 * match_pair · ROUNDING_TOO_MUCH round_off with over_by_minor, available_minor (what is left of the
 * bills) and most (what may be rounded off) · since RULE_ALL_CASH_IS_COINS NOT_IN_COINS
 * amount_minor, of cash that does not settle whole bills. */
Tefter__Refusal *payment_plan(struct tx *tx, const Tefter__TakePayment *command,
                              struct account *account, uint64_t corrects,
                              struct payment_plan **ret_plan)
{
    return payment_plan_rounded(tx, command, account, corrects, 0, ret_plan);
}

Tefter__Refusal *payment_plan_rounded(struct tx *tx, const Tefter__TakePayment *command,
                                      struct account *account, uint64_t corrects,
                                      int64_t rounding_minor, struct payment_plan **ret_plan)
{
    struct payment_plan *plan = tx_take(tx, sizeof *plan);
    *ret_plan = plan;
    Tefter__Refusal *refusal = check_form(tx, command, rounding_minor);
    if (refusal == NULL)
        refusal = document_check_backfill(tx, command->backfill);
    if (refusal == NULL)
        refusal = document_check_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT,
                                        command->number, command->backfill);
    if (refusal == NULL)
        refusal = begin(tx, command, account, corrects, plan);
    if (refusal != NULL)
        return refusal;
    bool waits = payment_waits(tx, command->kind, command->backfill);
    fill(command, plan->record);
    FIELD_SET_IF(plan->record, waits, waits && money_kind(command->kind).final, true);
    FIELD_SET_IF(plan->record, corrects, corrects != 0, corrects);
    FIELD_SET_IF(plan->record, rounding_minor, rounding_minor != 0, rounding_minor);
    keep_rounded(tx, command, plan);
    refusal = sum_up(tx, command->amount_minor, plan->record);
    if (refusal == NULL && !account_fits(tx, plan->account, plan->record->balance_minor))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "amount_minor");
    if (refusal != NULL)
        return refusal;
    plan->item = account_add_item(tx, plan->account, plan->record, false, !waits);
    match_begin(tx, plan->account, plan->record->date, &plan->match);
    refusal = match_bills(tx, command, plan);
    if (refusal == NULL && command->round_off)
        refusal = round_off(tx, command, plan);
    return refusal == NULL ? in_coins(tx, command, plan) : refusal;
}

struct event payment_post(struct tx *tx, struct payment_plan *plan)
{
    const Tefter__DocumentRecord *record = plan->record;
    document_write(tx, record);
    if (record->reference != NULL) {
        struct key key =
            reference_key(record->money_account, record->payment_kind, record->reference);
        tx_put_u64(tx, &key, record->document);
    }
    if (plan->rounded_off_minor > 0) {
        struct key key = rounded_key(tx);
        day_sum_add(tx, &key, plan->branch->date, plan->rounded_off_minor);
    }
    branch_save(tx, plan->branch);
    money_note(tx, record);
    match_write(tx, &plan->match);
    struct event event = document_event(TEFTER__EVENT_KIND__PAYMENT_TAKEN, record);
    event_emit(tx, &event);
    return event;
}

void payment_done(struct tx *tx, const struct payment_plan *plan, Tefter__Done *done)
{
    FIELD_SET(done, id, plan->record->document);
    done->number = plan->record->number;
    FIELD_SET(done, total_minor, plan->record->total_minor);
    FIELD_SET(done, matched_minor, plan->match.matched_minor);
    FIELD_SET_IF(done, match, plan->match.record->n_pairs > 0, plan->match.record->match);
    FIELD_COPY(done, rounding_minor, plan->record);
    FIELD_COPY(done, discount_minor, plan->record);
    FIELD_SET_IF(done, on_its_way, plan->record->has_waits, true);
    match_warn_left(tx, plan->match.left_minor, done);
}

/* Is what is to be cleared said beside it, or not a payment's? */
static bool clears_wrongly(const Tefter__TakePayment *payment, Tefter__PaperField field)
{
    switch (field) {
    case TEFTER__PAPER_FIELD__PAPER_NOTE:
        return payment->note != NULL;
    case TEFTER__PAPER_FIELD__PAPER_REFERENCE:
        return payment->reference != NULL;
    case TEFTER__PAPER_FIELD__PAPER_PAYER:
        return payment->payer != NULL;
    case TEFTER__PAPER_FIELD__PAPER_CHARGES:
    case TEFTER__PAPER_FIELD__PAPER_SALESPERSON:
    case TEFTER__PAPER_FIELD__PAPER_BUYER:
    case _TEFTER__PAPER_FIELD_IS_INT_SIZE:
        break;
    }
    return true;
}

static bool stays(const Tefter__PaperField *clear, size_t count, Tefter__PaperField field)
{
    for (size_t i = 0; i < count; i++)
        if (clear[i] == field)
            return false;
    return true;
}

Tefter__Refusal *payment_keep(struct tx *tx, const Tefter__TakePayment *command,
                              const Tefter__DocumentRecord *was, const Tefter__PaperField *clear,
                              size_t clear_count, Tefter__TakePayment **ret_whole)
{
    Tefter__TakePayment *payment = tx_copy(tx, &command->base);
    *ret_whole = payment;
    for (size_t i = 0; i < clear_count; i++)
        if (clears_wrongly(payment, clear[i]))
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    if (!payment->has_customer && payment->customer_code == NULL)
        FIELD_SET(payment, customer, was->customer);
    if (!payment->has_date)
        FIELD_SET(payment, date, was->date);
    if (payment->note == NULL && stays(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_NOTE))
        payment->note = was->note;
    if (payment->payer == NULL && stays(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_PAYER))
        payment->payer = was->payer;
    if (payment->kind != was->payment_kind)
        return NULL; /* a till is no bank account, and its references are not the bank's */
    if (!payment->has_money_account)
        FIELD_COPY(payment, money_account, was);
    if (payment->reference == NULL &&
        stays(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_REFERENCE))
        payment->reference = was->reference;
    return NULL;
}

void payment_forget_reference(struct tx *tx, const Tefter__DocumentRecord *record)
{
    if (record->reference == NULL)
        return;
    struct key key = reference_key(record->money_account, record->payment_kind, record->reference);
    tx_delete(tx, &key);
}
