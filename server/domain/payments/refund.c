/*
 * Refunds: money that is paid out to a customer, in cash from a till or from a bank account.
 *
 *   paid out ──▶ closed: it is matched whole with the money or credit that it gives back
 *
 * 1. No more is paid out than is free: final money and credit that is not matched, less what they
 *    owe, of all records that are one customer. So a refund never makes anybody owe more than
 * before, and passes no limit. The cash customer is many people: of them it is said which credit is
 * paid out, and no more than that.
 * 2. A payment that is given back whole pays out the money that was taken, whatever it settled by
 *    rounding; other cash is rounded by the company's unit.
 * 3. Who paid out what, to whom and why stands on it.
 * 4. More than the company lets one person pay out in a day, or to one customer, takes two: who may
 *    approve, and has set none of it free. Not only what is paid out counts as theirs: any money or
 *    credit that they booked for the customer of late sets free what others took.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

/* ---- rules ---- */

struct refund {
    Tefter__CustomerRecord *customer;
    Tefter__BranchRecord *branch;
    const Tefter__MoneyAccountRecord *from;
    struct account *account;
    Tefter__DocumentRecord *record;
    struct item *item;
    struct match_plan match;
    struct item *credits[MATCH_PARTS_MAX]; /* those that are said */
    size_t credit_count;
    int64_t amount_minor;   /* of what is free */
    int64_t money_minor;    /* that is paid out for it */
    int64_t discount_minor; /* that was rounded off and is taken back */
    bool in_part;           /* more is free, and this much of it was named */
    bool alone;             /* counts against what one person may */
};

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__RefundMoney *command)
{
    Tefter__Refusal *refusal = field_text_wanted(tx, "reason", command->reason);
    if (refusal == NULL && command->has_amount_minor)
        refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = field_text(tx, "payee", command->payee);
    if (refusal == NULL && command->reference != NULL)
        refusal = field_line(tx, "reference", command->reference, CODE_MAX_BYTES);
    if (refusal == NULL && command->has_date)
        refusal = field_date(tx, "date", command->date);
    if (refusal == NULL && command->n_credits > MATCH_PARTS_MAX)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "credits", MATCH_PARTS_MAX);
    return refusal;
}

static Tefter__Refusal *check_from(struct tx *tx, const Tefter__RefundMoney *command,
                                   struct refund *refund)
{
    bool cash = command->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    if (!cash && command->kind != TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "kind");
    Tefter__Refusal *refusal =
        money_find(tx, command->money_account, refund->branch, "money_account", &refund->from);
    if (refusal != NULL)
        return refusal;
    Tefter__MoneyAccountKind wanted = cash ? TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL
                                           : TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
    if (refund->from->kind != wanted)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "money_account");
    return money_check_till_open(tx, refund->from, "money_account");
}

/* Those that are said; their open sum. A credit that is said twice is one too many. */
static Tefter__Refusal *find_credits(struct tx *tx, const Tefter__RefundMoney *command,
                                     struct refund *refund, int64_t *ret_open_minor)
{
    *ret_open_minor = 0;
    for (size_t i = 0; i < command->n_credits; i++) {
        const char *field = tx_format(tx, "credits[%zu]", i);
        struct item *credit;
        Tefter__Refusal *refusal =
            match_find(tx, &refund->match, command->credits[i], false, field, &credit);
        if (refusal != NULL)
            return refusal;
        bool twice = false;
        for (size_t j = 0; j < i && !twice; j++)
            twice = refund->credits[j] == credit;
        if (twice || !credit->record->final)
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
        refund->credits[refund->credit_count++] = credit;
        *ret_open_minor = tx_sum(tx, *ret_open_minor, credit->record->open_minor);
    }
    return NULL;
}

static bool is_payment(const Tefter__DocumentRecord *credit)
{
    return credit->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
}

/* Nothing of it is matched, and all of it is given back. */
static bool is_whole(const Tefter__DocumentRecord *credit, int64_t amount_minor)
{
    return is_payment(credit) && credit->total_minor == amount_minor;
}

/* The money of the payments that are said, so said, is all of them. */
static bool says_all(struct tx *tx, const Tefter__RefundMoney *command, const struct refund *refund)
{
    int64_t money = 0;
    for (size_t i = 0; i < refund->credit_count; i++) {
        const Tefter__ItemRecord *item = refund->credits[i]->record;
        const Tefter__DocumentRecord *credit = document_get(tx, item->document);
        if (!is_whole(credit, item->open_minor))
            return false;
        money = tx_sum(tx, money, payment_money(credit));
    }
    return refund->credit_count > 0 && command->amount_minor == money;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What is free: the amount when it is not said, and the most. */
static Tefter__Refusal *find_amount(struct tx *tx, const Tefter__RefundMoney *command,
                                    struct refund *refund)
{
    bool nobody = refund->customer->customer == company_cash_customer(tx);
    int64_t said;
    if (nobody && command->n_credits == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "credits");
    Tefter__Refusal *refusal = find_credits(tx, command, refund, &said);
    if (refusal != NULL)
        return refusal;
    const Tefter__AccountRecord *record = account_with_merged(tx, refund->account);
    int64_t free = record->unmatched_minor;
    if (!nobody)
        free = smaller(free, -account_exposure(tx, record));
    if (refund->account->payer != 0) /* and what the family owes is owed */
        free = smaller(free, -account_exposure(tx, account_standing(tx, refund->account)));
    if (command->n_credits > 0)
        free = smaller(free, said);
    free = free > 0 ? free : 0;
    bool all = !command->has_amount_minor || (free == said && says_all(tx, command, refund));
    refund->amount_minor = all ? free : command->amount_minor;
    refund->in_part = refund->amount_minor < free;
    if (refund->amount_minor > 0 && (refund->amount_minor <= free || tx_recalled(tx)))
        return NULL;
    refusal = refuse(tx, TEFTER__REFUSAL_CODE__REFUND_TOO_MUCH, "amount_minor");
    FIELD_SET(refusal, available_minor, free);
    return refusal;
}

static void fill(const Tefter__RefundMoney *command, struct refund *refund)
{
    Tefter__DocumentRecord *record = refund->record;
    record->total_minor = refund->amount_minor;
    record->balance_minor = refund->amount_minor;
    FIELD_SET(record, due, record->date); /* when what it gave back is gone, it is owed at once */
    FIELD_SET(record, payment_kind, command->kind);
    FIELD_SET(record, money_account, command->money_account);
    record->payer = command->payee;
    record->reference = command->reference;
    record->note = command->reason;
}

/* It gives back these, and nothing of it stays open. */
static Tefter__Refusal *match_all(struct tx *tx, struct refund *refund)
{
    for (size_t i = 0; i < refund->credit_count && refund->item->record->open_minor > 0; i++) {
        Tefter__Refusal *refusal =
            refund->credits[i]->record->open_minor > 0
                ? match_pair(tx, &refund->match, refund->item, refund->credits[i], 0, "credits")
                : NULL;
        if (refusal != NULL)
            return refusal;
    }
    if (refund->credit_count == 0)
        match_oldest_credits(tx, &refund->match, refund->item);
    return refund->item->record->open_minor == 0 || tx_recalled(tx)
               ? NULL
               : refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "credits", refund->match.full);
}

/* What of a payment was rounded off, is in credit all the same and comes to nothing now: it goes
 * last. */
static int64_t rounded_off_in(struct tx *tx, const struct refund *refund,
                              const Tefter__MatchedPair *pair)
{
    const Tefter__DocumentRecord *credit = document_get(tx, pair->credit);
    const struct item *item = account_item(tx, refund->account, pair->credit);
    if (!is_payment(credit) || credit->discount_minor == 0)
        return 0;
    int64_t rounded = credit->discount_minor - item_rounded_off(item) - item->record->open_minor;
    return rounded > 0 ? smaller(rounded, pair->amount_minor) : 0;
}

/* Since RULE_ALL_CASH_IS_COINS all that leaves a till is rounded. */
static void find_coins(struct tx *tx, struct refund *refund)
{
    const Tefter__MatchRecord *match = refund->match.record;
    bool cash = refund->record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    refund->money_minor = refund->item->record->open_minor; /* nothing, but of what is recalled */
    for (size_t i = 0; i < match->n_pairs; i++) {
        const Tefter__MatchedPair *pair = match->pairs[i];
        const Tefter__DocumentRecord *credit = document_get(tx, pair->credit);
        int64_t rounded = rounded_off_in(tx, refund, pair);
        int64_t money = pair->amount_minor - rounded;
        if (is_whole(credit, pair->amount_minor))
            money -= credit->rounding_minor;
        refund->money_minor = tx_sum(tx, refund->money_minor, money);
        refund->discount_minor = tx_sum(tx, refund->discount_minor, rounded);
    }
    if (cash && payment_all_coins(tx))
        refund->money_minor = cash_in_coins(refund->money_minor, payment_cash_unit(tx));
}

/* A part that somebody names is paid out as it is, or not. */
static Tefter__Refusal *check_part(struct tx *tx, const struct refund *refund)
{
    bool cash = refund->record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    return cash && refund->in_part ? money_check_all_coins(tx, "amount_minor", refund->amount_minor)
                                   : NULL;
}

/* What the match gives back, in money. */
static void find_money(struct tx *tx, struct refund *refund)
{
    const Tefter__MatchRecord *match = refund->match.record;
    bool cash = refund->record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    int64_t rest = refund->item->record->open_minor; /* nothing, but of what is recalled */
    for (size_t i = 0; i < match->n_pairs; i++) {
        const Tefter__DocumentRecord *credit = document_get(tx, match->pairs[i]->credit);
        if (!is_whole(credit, match->pairs[i]->amount_minor)) {
            rest = tx_sum(tx, rest, match->pairs[i]->amount_minor);
            continue;
        }
        bool as_taken = !cash || credit->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
        int64_t *sum = as_taken ? &refund->money_minor : &rest;
        *sum = tx_sum(tx, *sum, payment_money(credit));
        refund->discount_minor = tx_sum(tx, refund->discount_minor, credit->discount_minor);
    }
    int64_t due = cash && rest > 0 ? cash_due(rest, payment_cash_unit(tx)) : rest;
    refund->money_minor = tx_sum(tx, refund->money_minor, due);
}

static Tefter__Refusal *post_money(struct tx *tx, struct refund *refund)
{
    Tefter__DocumentRecord *record = refund->record;
    int64_t discount = refund->discount_minor;
    int64_t rounding =
        tx_difference(tx, refund->amount_minor, tx_sum(tx, refund->money_minor, discount));
    FIELD_SET_IF(record, rounding_minor, rounding != 0, rounding);
    FIELD_SET_IF(record, discount_minor, discount != 0, discount);
    struct postings postings = {.count = 0};
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE, record->customer,
                 refund->amount_minor, record->branch);
    postings_add(tx, &postings, money_gl(refund->from), record->money_account, -refund->money_minor,
                 record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_CASH_ROUNDING, 0, -rounding,
                 record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_SETTLEMENT_DISCOUNT, 0, -discount,
                 record->branch);
    postings_set(tx, &postings, record);
    return postings_check(tx, record);
}

/* ---- rules: two persons ---- */

static struct key refunded_key(struct tx *tx)
{
    struct key key = key_book(TABLE_REFUNDED);
    key_u32(&key, tx_actor(tx)->staff);
    return key;
}

static struct key paid_out_key(uint32_t customer)
{
    return key_customer(customer, TABLE_PAID_OUT);
}

static bool booked(struct tx *tx, const Tefter__DocumentRecord *document)
{
    return document != NULL && document->actor->has_staff &&
           document->actor->staff == tx_actor(tx)->staff;
}

/* The match is the one side's or, between a payer and those they pay for, the other's. */
static bool took_apart(struct tx *tx, const struct item *credit, const Tefter__Match *edge)
{
    uint64_t sides[] = {credit->record->document, edge->other};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (match_undone_by(tx, document_customer(sides[i]), edge->match) == tx_actor(tx)->staff)
            return true;
    return false;
}

/* They took a match of it apart, or reversed or credited what it was matched with: that set it
 * free.
 */
static bool freed_it(struct tx *tx, const struct item *credit)
{
    for (size_t i = 0; credit != NULL && i < credit->record->n_matches; i++) {
        const Tefter__Match *edge = credit->record->matches[i];
        const Tefter__DocumentTailRecord *tail =
            edge->has_undone_seq ? document_tail(tx, edge->other) : NULL;
        if (tail == NULL)
            continue;
        if (took_apart(tx, credit, edge))
            return true;
        if (tail->has_reversed_by && booked(tx, document_get(tx, tail->reversed_by)))
            return true;
        for (size_t k = 0; k < tail->n_credit_notes; k++)
            if (booked(tx, document_get(tx, tail->credit_notes[k])))
                return true;
    }
    return false;
}

static bool booked_it(struct tx *tx, struct refund *refund)
{
    const Tefter__MatchRecord *match = refund->match.record;
    for (size_t i = 0; i < match->n_pairs; i++) {
        uint64_t credit = match->pairs[i]->credit;
        if (booked(tx, document_get(tx, credit)))
            return true;
        if (tx_rule(tx, RULE_TWO_PERSONS) &&
            freed_it(tx, account_item(tx, refund->account, credit)))
            return true;
    }
    return false;
}

/* Did they book money or credit on that record of late? */
static bool booked_on(struct tx *tx, uint32_t customer)
{
    enum { LOOKED_AT_MAX = 1000 };
    const int64_t while_ms = INT64_C(30) * 24 * 60 * 60 * 1000;
    int64_t since_ms = tx_now_ms(tx) - while_ms;
    struct key prefix = key_customer(customer, TABLE_DOCUMENT);
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    size_t looked = 0;
    bool found = false;
    bool on = tx_walk_last(scratch, &prefix, NULL, &walk);
    for (; on && !found && looked < LOOKED_AT_MAX; on = tx_walk_previous(&walk), looked++) {
        tx_scratch_next(scratch);
        const Tefter__DocumentRecord *document =
            tx_walk_record(&walk, &tefter__document_record__descriptor);
        found = document->balance_minor < 0 && document->recorded_ms >= since_ms &&
                booked(scratch, document);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return found;
}

/* The records that are the customer: theirs first. */
static const uint32_t *records_of(struct tx *tx, const struct refund *refund, size_t *ret_count)
{
    if (tx_rule(tx, RULE_MERGED_ARE_ONE))
        return customer_records(tx, refund->customer, ret_count);
    *ret_count = 1;
    return &refund->customer->customer;
}

/* Whatever is paid out may be free because of what they booked for the customer. The cash customer
 * is many people: there only what is paid out tells. */
static bool booked_of_late(struct tx *tx, const struct refund *refund)
{
    if (!tx_rule(tx, RULE_TWO_PERSONS) || refund->customer->customer == company_cash_customer(tx))
        return false;
    size_t count;
    const uint32_t *records = records_of(tx, refund, &count);
    bool found = false;
    for (size_t i = 0; i < count && !found; i++)
        found = booked_on(tx, records[i]);
    return found;
}

static int64_t paid_out_to(struct tx *tx, const struct refund *refund, uint32_t date)
{
    size_t count;
    const uint32_t *records = records_of(tx, refund, &count);
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        struct key key = paid_out_key(records[i]);
        sum = tx_sum(tx, sum, day_sum(tx, &key, date));
    }
    return sum;
}

/* What is left of the day, of who pays it out and of who gets it. */
static int64_t left_alone(struct tx *tx, const struct refund *refund)
{
    struct key key = refunded_key(tx);
    uint32_t date = refund->branch->date;
    bool nobody = refund->customer->customer == company_cash_customer(tx);
    int64_t paid_out = day_sum(tx, &key, date);
    int64_t to_them =
        !nobody && tx_rule(tx, RULE_TWO_PERSONS) ? paid_out_to(tx, refund, date) : paid_out;
    return company_get(tx)->refund_alone_minor - (to_them > paid_out ? to_them : paid_out);
}

static Tefter__Refusal *check_alone(struct tx *tx, struct refund *refund)
{
    if (!company_get(tx)->has_refund_alone_minor)
        return NULL;
    refund->alone = !staff_actor_may(tx, TEFTER__RIGHT__RIGHT_APPROVE) || booked_it(tx, refund) ||
                    booked_of_late(tx, refund);
    if (!refund->alone || tx_recalled(tx))
        return NULL;
    int64_t left = left_alone(tx, refund);
    if (refund->amount_minor <= left)
        return NULL;
    Tefter__Refusal *refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED,
                                           "amount_minor", left > 0 ? left : 0);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_APPROVE, refusal->roles);
    return refusal;
}

/* After the decided line. */
static void count_alone(struct tx *tx, const struct refund *refund)
{
    struct key key = refunded_key(tx);
    struct key of_customer = paid_out_key(refund->customer->customer);
    if (!refund->alone)
        return;
    day_sum_add(tx, &key, refund->branch->date, refund->amount_minor);
    if (tx_rule(tx, RULE_TWO_PERSONS))
        day_sum_add(tx, &of_customer, refund->branch->date, refund->amount_minor);
}

/* Money goes out for papers of their own branch alone. */
static Tefter__Refusal *check_papers(struct tx *tx, const struct refund *refund)
{
    const Tefter__MatchRecord *match = refund->match.record;
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; i < match->n_pairs && refusal == NULL; i++)
        refusal = document_check_branch(tx, "credits", match->pairs[i]->credit);
    return refusal;
}

/* ---- changes ---- */

static Tefter__Refusal *plan_refund(struct tx *tx, const Tefter__RefundMoney *command,
                                    struct refund *refund)
{
    uint32_t date;
    refund->branch = branch_of_actor(tx);
    Tefter__Refusal *refusal =
        posting_date(tx, refund->branch, command->has_date, command->date, false, &date);
    if (refusal == NULL)
        refusal = check_from(tx, command, refund);
    if (refusal != NULL)
        return refusal;
    refund->account = account_open(tx, refund->customer->customer);
    match_begin(tx, refund->account, date, &refund->match);
    refusal = find_amount(tx, command, refund);
    if (refusal == NULL)
        refusal =
            document_begin(tx, refund->branch, refund->account,
                           TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND, NULL, date, &refund->record);
    if (refusal != NULL)
        return refusal;
    fill(command, refund);
    if (!account_fits(tx, refund->account, refund->amount_minor))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "amount_minor");
    refund->item = account_add_item(tx, refund->account, refund->record, true, true);
    refusal = match_all(tx, refund);
    if (refusal == NULL)
        refusal = check_papers(tx, refund);
    if (refusal != NULL)
        return refusal;
    refusal = check_part(tx, refund);
    if (refusal != NULL)
        return refusal;
    if (tx_rule(tx, RULE_ALL_CASH_IS_COINS) && (!tx_recalled(tx) || payment_all_coins(tx)))
        find_coins(tx, refund);
    else
        find_money(tx, refund);
    bool person_first = tx_rule(tx, RULE_TILLS_KEEP_THEIR_COUNSEL);
    if (person_first)
        refusal = check_alone(tx, refund);
    if (refusal == NULL)
        refusal = money_check_holds(tx, refund->from, refund->money_minor, "money_account");
    if (refusal == NULL)
        refusal = post_money(tx, refund);
    return refusal == NULL && !person_first ? check_alone(tx, refund) : refusal;
}

static void post_refund(struct tx *tx, struct refund *refund)
{
    document_write(tx, refund->record);
    count_alone(tx, refund);
    branch_save(tx, refund->branch);
    money_note(tx, refund->record);
    match_write(tx, &refund->match);
    struct event event = document_event(TEFTER__EVENT_KIND__MONEY_REFUNDED, refund->record);
    event_emit(tx, &event);
    account_save(tx, refund->account, &event);
    money_alarm_short(tx, refund->record, NULL);
}

/* Refuses, in this order: reason (field_text_wanted), amount_minor (field_amount), payee
 * (field_text), reference (field_line), date (field_date), TOO_MANY credits · customer
 * (customer_resolve; FIELD_MISSING when none is said), date (posting_date), FIELD_INVALID kind
 * (neither cash nor transfer), money_account (money_find; FIELD_INVALID for another kind of money;
 * TILL_CLOSED) · FIELD_MISSING credits (of the cash customer), of each match_find, FIELD_INVALID
 * (twice, or not final) · REFUND_TOO_MUCH amount_minor with available_minor · AMOUNT_TOO_BIG ·
 * TOO_MANY credits (a bound of matching), STAFF_OF_OTHER_BRANCH credits · NOT_IN_COINS amount_minor
 * (of a part; money_check_all_coins) · SECOND_PERSON_NEEDED amount_minor with `most` and roles ·
 * MONEY_NOT_THERE money_account. Under rules before RULE_TILLS_KEEP_THEIR_COUNSEL these two the
 * other way round. */
Tefter__Refusal *apply_refund_money(struct tx *tx, const Tefter__RefundMoney *command,
                                    Tefter__Done *done)
{
    struct refund *refund = tx_take(tx, sizeof *refund);
    Tefter__Refusal *refusal = check_form(tx, command);
    if (refusal == NULL)
        refusal = customer_resolve(tx, command->customer, command->customer_code, true,
                                   &refund->customer);
    if (refusal == NULL && refund->customer == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "customer");
    else if (refusal == NULL && tx_rule(tx, RULE_MERGED_ARE_ONE))
        refund->customer = customer_get(tx, customer_leads_to(tx, refund->customer->customer));
    if (refusal == NULL)
        refusal = plan_refund(tx, command, refund);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    post_refund(tx, refund);
    FIELD_SET(done, id, refund->record->document);
    done->number = refund->record->number;
    FIELD_SET(done, total_minor, refund->amount_minor);
    FIELD_COPY(done, rounding_minor, refund->record);
    FIELD_COPY(done, discount_minor, refund->record);
    FIELD_SET(done, match, refund->match.record->match);
    FIELD_SET(done, matched_minor, refund->match.matched_minor);
    return NULL;
}
