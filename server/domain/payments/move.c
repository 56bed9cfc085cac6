/*
 * Moves of money: from one money account to another, into a till or out of it. Each is a document
 * of no customer; it lies with the cash customer and changes nothing that they owe.
 *
 *   moved ──▶ there                              within a branch, or seen at the bank
 *     └─────▶ on its way ──ConfirmMove──▶ there  what another place has to receive
 *                 └──ReverseDocument──▶ back
 *
 * 1. No till or device gives more than it holds, as far as who takes it may see that: what others
 *    take beyond it is posted and alarms (money_account.c).
 * 2. Money of a card device goes to its own bank account.
 * 3. What is on its way is in neither account, and stands in an account of the books of its own.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"

/* ---- rules: up to so much ---- */

/* Rounded up: what is over a threshold by less than a hundredth of a percent is over it. */
static int64_t fee_bp(const Tefter__MoveMoney *command)
{
    return (int64_t)(((__int128)command->fee_minor * BASIS_POINTS + command->amount_minor - 1) /
                     command->amount_minor);
}

static Tefter__Refusal *check_fee(struct tx *tx, const Tefter__MoveMoney *command)
{
    return command->fee_minor > 0 ? threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE,
                                                    "fee_minor", fee_bp(command))
                                  : NULL;
}

static struct key put_key(struct tx *tx, bool out)
{
    struct key key = key_book(out ? TABLE_CASH_OUT : TABLE_CASH_IN);
    key_u32(&key, tx_actor(tx)->staff);
    return key;
}

/* Counts what they took or put that day before. */
static Tefter__Refusal *check_put(struct tx *tx, bool out, const char *field, int64_t amount_minor,
                                  uint32_t date)
{
    struct key key = put_key(tx, out);
    Tefter__Threshold threshold =
        out ? TEFTER__THRESHOLD__THRESHOLD_CASH_OUT : TEFTER__THRESHOLD__THRESHOLD_CASH_IN;
    if (threshold_most(tx, threshold) == THRESHOLD_ANY)
        return NULL;
    return threshold_check(tx, threshold, field, tx_sum(tx, day_sum(tx, &key, date), amount_minor));
}

/* After the decided line. What one person takes out of tills beyond what they pay out alone is for
 * others to see. */
static void count_put(struct tx *tx, bool out, const Tefter__DocumentRecord *record,
                      int64_t amount_minor, uint32_t date)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    struct key key = put_key(tx, out);
    if (!tx_rule(tx, RULE_TWO_PERSONS))
        return;
    day_sum_add(tx, &key, date, amount_minor);
    int64_t over = day_sum(tx, &key, date) - company->refund_alone_minor;
    if (out && company->has_refund_alone_minor && over > 0)
        credit_alarm_cash(tx, record, over, 0);
}

/* What one person may take out in a day before others see it. */
static int64_t unseen_most(struct tx *tx)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    int64_t most = threshold_most(tx, TEFTER__THRESHOLD__THRESHOLD_CASH_OUT);
    return company->has_refund_alone_minor && company->refund_alone_minor < most
               ? company->refund_alone_minor
               : most;
}

void move_count_difference(struct tx *tx, const Tefter__DocumentRecord *record, bool opening,
                           int64_t difference_minor)
{
    struct key key = put_key(tx, true);
    int64_t taken = difference_minor;
    if (!tx_rule(tx, RULE_TWO_PERSONS))
        return;
    int64_t most = unseen_most(tx);
    bool seen = opening && difference_minor < 0 && tx_rule(tx, RULE_SHORT_OPENINGS_ALARM);
    if (difference_minor < 0) {
        day_sum_add(tx, &key, record->date, -difference_minor);
        taken = day_sum(tx, &key, record->date);
    }
    if (taken > most)
        credit_alarm_cash(tx, record, taken - most, difference_minor);
    else if (seen)
        credit_alarm_cash(tx, record, -difference_minor, difference_minor);
}

/* ---- rules: the route ---- */

static bool is_till(const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_TILL;
}

static bool is_device(const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_POS_DEVICE;
}

static bool is_bank(const Tefter__MoneyAccountRecord *account)
{
    return account->kind == TEFTER__MONEY_ACCOUNT_KIND__MONEY_BANK_ACCOUNT;
}

struct route {
    const Tefter__MoneyAccountRecord *from;
    const Tefter__MoneyAccountRecord *to;
    bool on_its_way;
    bool seen_at_bank; /* somebody says what the bank has */
};

static bool leads(const struct route *route)
{
    if (route->from == route->to || route->from->money_account == route->to->money_account)
        return false;
    if (is_device(route->from))
        return route->to->money_account == route->from->bank_account;
    return !is_device(route->to);
}

static void find_way(const Tefter__MoveMoney *command, uint32_t branch, struct route *route)
{
    bool to_bank = is_till(route->from) && is_bank(route->to);
    bool elsewhere = is_till(route->to) && route->to->branch != branch;
    route->on_its_way = (to_bank && !command->arrived) || elsewhere;
    route->seen_at_bank = !is_till(route->from) || (to_bank && command->arrived);
}

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__MoveMoney *command)
{
    Tefter__Refusal *refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = field_amount_or_zero(tx, "fee_minor", command->fee_minor);
    if (refusal == NULL && command->fee_minor >= command->amount_minor)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "fee_minor");
    if (refusal == NULL && command->has_date)
        refusal = field_date(tx, "date", command->date);
    if (refusal == NULL && command->reference != NULL)
        refusal = field_line(tx, "reference", command->reference, CODE_MAX_BYTES);
    return refusal == NULL ? field_text(tx, "note", command->note) : refusal;
}

static Tefter__Refusal *check_route(struct tx *tx, const Tefter__MoveMoney *command,
                                    const Tefter__BranchRecord *branch, struct route *route)
{
    Tefter__Refusal *refusal = money_find(tx, command->from, NULL, "from", &route->from);
    if (refusal == NULL && is_till(route->from))
        refusal = money_find(tx, command->from, branch, "from", &route->from);
    if (refusal == NULL)
        refusal = money_find(tx, command->to, NULL, "to", &route->to);
    if (refusal != NULL)
        return refusal;
    if (!leads(route))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "to");
    if (is_till(route->from) && command->fee_minor > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "fee_minor");
    find_way(command, branch->branch, route);
    if (command->arrived && is_till(route->to) && route->on_its_way && !tx_recalled(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "arrived");
    refusal =
        route->seen_at_bank ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_CONFIRM_MONEY) : NULL;
    if (refusal == NULL && is_device(route->from))
        refusal = staff_check_paper(tx, "from", route->from->branch);
    if (refusal == NULL)
        refusal = check_fee(tx, command);
    if (refusal == NULL && is_till(route->from) && route->seen_at_bank)
        refusal =
            confirm_check_own(tx, tx_actor(tx), branch->date, command->amount_minor, "arrived");
    if (refusal == NULL)
        refusal = money_check_till_open(tx, route->from, "from");
    if (refusal == NULL && !route->on_its_way)
        refusal = money_check_till_open(tx, route->to, "to");
    if (refusal == NULL && (is_till(route->from) || is_till(route->to)))
        refusal = money_check_all_coins(tx, command->fee_minor > 0 ? "fee_minor" : "amount_minor",
                                        command->amount_minor - command->fee_minor);
    return refusal == NULL ? money_check_holds(tx, route->from, command->amount_minor, "from")
                           : refusal;
}

static void fill(struct tx *tx, const Tefter__MoveMoney *command, const struct route *route,
                 const Tefter__BranchRecord *branch, Tefter__DocumentRecord *record)
{
    const Tefter__MoneyAccountRecord *to = route->to;
    uint32_t leaves = route->from->has_branch ? route->from->branch : branch->branch;
    uint32_t comes = to->has_branch ? to->branch : leaves;
    Tefter__PostingAccount there = money_gl(to);
    record->total_minor = command->amount_minor;
    FIELD_SET(record, money_account, command->from);
    FIELD_SET(record, to_account, command->to);
    FIELD_SET_IF(record, fee_minor, command->fee_minor > 0, command->fee_minor);
    FIELD_SET_IF(record, arrives, route->on_its_way, there);
    record->reference = command->reference;
    record->note = command->note;
    struct postings postings = {.count = 0};
    postings_add(tx, &postings, money_gl(route->from), command->from, -command->amount_minor,
                 leaves);
    postings_add(tx, &postings,
                 route->on_its_way ? TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT : there,
                 command->to, command->amount_minor - command->fee_minor, comes);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_BANK_FEES, command->from,
                 command->fee_minor, leaves);
    postings_set(tx, &postings, record);
}

/* ---- rules: the way back ---- */

/* An account that a reversal takes so much from; nothing: it gets some back. */
static Tefter__Refusal *check_end(struct tx *tx, uint32_t number, int64_t gives_minor)
{
    const Tefter__MoneyAccountRecord *account = money_account_get(tx, number);
    if (account == NULL || account->retired)
        return refuse(tx, TEFTER__REFUSAL_CODE__RETIRED, "document");
    bool elsewhere = is_till(account) && account->branch != branch_of_actor(tx)->branch;
    Tefter__Refusal *refusal =
        elsewhere ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_REVERSE) : NULL;
    if (refusal == NULL)
        refusal = money_check_till_open(tx, account, "document");
    bool gets = gives_minor == 0 && tx_rule(tx, RULE_TILLS_TAKE_BACK);
    return refusal == NULL && !gets ? money_check_holds(tx, account, gives_minor, "document")
                                    : refusal;
}

static bool is_put_in(const Tefter__DocumentRecord *move)
{
    return move->move == TEFTER__MONEY_MOVE_KIND__MOVE_CASH_IN;
}

Tefter__Refusal *move_check_reversible(struct tx *tx, const Tefter__DocumentRecord *move,
                                       const Tefter__DocumentTailRecord *tail, uint32_t date)
{
    if (tx_recalled(tx))
        return NULL;
    if (move->move == TEFTER__MONEY_MOVE_KIND__MOVE_DIFFERENCE)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    Tefter__Refusal *refusal =
        check_end(tx, move->money_account, is_put_in(move) ? move->total_minor : 0);
    if (refusal == NULL && is_put_in(move) && tx_rule(tx, RULE_CASH_PUT_IN_GOES_OUT))
        refusal = money_check_cash_out(tx, "document", move->total_minor, date);
    bool is_there = move->has_to_account && (!move->has_arrives || tail->has_confirmed);
    if (refusal != NULL || !is_there)
        return refusal;
    return check_end(tx, move->to_account, move->total_minor - move->fee_minor);
}

/* ---- services ---- */

Tefter__Refusal *money_check_cash_out(struct tx *tx, const char *field, int64_t amount_minor,
                                      uint32_t date)
{
    return amount_minor > 0 ? check_put(tx, true, field, amount_minor, date) : NULL;
}

void money_count_cash_out(struct tx *tx, const Tefter__DocumentRecord *record, int64_t amount_minor,
                          uint32_t date)
{
    if (amount_minor > 0)
        count_put(tx, true, record, amount_minor, date);
}

void move_count_reversed(struct tx *tx, const Tefter__DocumentRecord *move,
                         const Tefter__DocumentRecord *reversal, uint32_t date)
{
    if (is_put_in(move) && tx_rule(tx, RULE_CASH_PUT_IN_GOES_OUT))
        money_count_cash_out(tx, reversal, move->total_minor, date);
}

Tefter__Refusal *move_begin(struct tx *tx, Tefter__MoneyMoveKind kind, uint32_t date,
                            struct account *beside, struct move_plan *ret_plan)
{
    ret_plan->branch = branch_of_actor(tx);
    ret_plan->account = account_open_beside(tx, beside, company_cash_customer(tx));
    Tefter__Refusal *refusal =
        document_begin(tx, ret_plan->branch, ret_plan->account,
                       TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE, NULL, date, &ret_plan->record);
    if (refusal == NULL)
        FIELD_SET(ret_plan->record, move, kind);
    return refusal;
}

Tefter__Refusal *move_cash(struct tx *tx, struct move_plan *plan,
                           const Tefter__MoneyAccountRecord *till, Tefter__PostingAccount against,
                           int64_t amount_minor)
{
    Tefter__DocumentRecord *record = plan->record;
    record->total_minor = amount_minor < 0 ? -amount_minor : amount_minor;
    FIELD_SET(record, money_account, till->money_account);
    struct postings postings = {.count = 0};
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_CASH, till->money_account, amount_minor,
                 till->branch);
    postings_add(tx, &postings, against, till->money_account, -amount_minor, till->branch);
    postings_set(tx, &postings, record);
    return postings_check(tx, record);
}

Tefter__Refusal *move_to_bank(struct tx *tx, const struct till_to_bank *sent,
                              struct account *beside, struct move_plan *ret_plan)
{
    const struct route route = {.from = sent->till, .to = sent->bank, .on_its_way = true};
    Tefter__MoveMoney move = TEFTER__MOVE_MONEY__INIT;
    move.from = sent->till->money_account;
    move.to = sent->bank->money_account;
    move.amount_minor = sent->amount_minor;
    Tefter__BranchRecord *branch = branch_of_actor(tx);
    Tefter__Refusal *refusal =
        move_begin(tx, TEFTER__MONEY_MOVE_KIND__MOVE_BETWEEN, branch->date, beside, ret_plan);
    if (refusal != NULL)
        return refusal;
    fill(tx, &move, &route, branch, ret_plan->record);
    return postings_check(tx, ret_plan->record);
}

Tefter__Refusal *move_find_bank(struct tx *tx, uint32_t number, const char *field,
                                const Tefter__MoneyAccountRecord **ret_bank)
{
    Tefter__Refusal *refusal = money_find(tx, number, NULL, field, ret_bank);
    return refusal == NULL && !is_bank(*ret_bank)
               ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field)
               : refusal;
}

void move_post(struct tx *tx, struct move_plan *plan)
{
    document_write(tx, plan->record);
    branch_save(tx, plan->branch);
    money_note(tx, plan->record);
    struct event event = document_event(TEFTER__EVENT_KIND__MONEY_MOVED, plan->record);
    event.about = plan->record->money_account;
    event_emit(tx, &event);
    account_save(tx, plan->account, &event);
}

/* ---- changes ---- */

static void move_done(const Tefter__DocumentRecord *record, Tefter__Done *done)
{
    FIELD_SET(done, id, record->document);
    done->number = record->number;
    FIELD_SET(done, total_minor, record->total_minor);
    FIELD_SET_IF(done, on_its_way, record->has_arrives, true);
}

/* Refuses, in this order: amount_minor (field_amount), fee_minor (field_amount_or_zero,
 * FIELD_INVALID when nothing is left), date (field_date), reference (field_line), note (field_text)
 * · date (posting_date), from and to (money_find), FIELD_INVALID to (no way leads there),
 * FIELD_INVALID fee_minor (of a till), arrived (in another branch) · the right CONFIRM_MONEY, for
 * what the bank has · STAFF_OF_OTHER_BRANCH from (a device; staff_check_paper) · MORE_THAN_YOU_MAY
 * fee_minor · SECOND_PERSON_NEEDED arrived (of a till; confirm_check_own) · TILL_CLOSED from, to ·
 * NOT_IN_COINS amount_minor or fee_minor, of a till (money_check_all_coins) · MONEY_NOT_THERE from
 * · as document_begin and postings_check do. */
Tefter__Refusal *apply_move_money(struct tx *tx, const Tefter__MoveMoney *command,
                                  Tefter__Done *done)
{
    struct move_plan plan;
    struct route route;
    uint32_t date;
    Tefter__BranchRecord *branch = branch_of_actor(tx);
    Tefter__Refusal *refusal = check_form(tx, command);
    if (refusal == NULL)
        refusal = posting_date(tx, branch, command->has_date, command->date, false, &date);
    if (refusal == NULL)
        refusal = check_route(tx, command, branch, &route);
    if (refusal == NULL)
        refusal = move_begin(tx, TEFTER__MONEY_MOVE_KIND__MOVE_BETWEEN, date, NULL, &plan);
    if (refusal != NULL)
        return refusal;
    fill(tx, command, &route, branch, plan.record);
    refusal = postings_check(tx, plan.record);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    move_post(tx, &plan);
    if (is_till(route.from) && route.seen_at_bank)
        confirm_count_own(tx, tx_actor(tx), branch->date, command->amount_minor);
    money_alarm_short(tx, plan.record, NULL);
    move_done(plan.record, done);
    return NULL;
}

/* Refuses, in this order: reason (field_text_wanted), amount_minor (field_amount); money_account
 * (money_find), FIELD_INVALID money_account (no till); TILL_CLOSED; NOT_IN_COINS amount_minor
 * (money_check_all_coins); MORE_THAN_YOU_MAY amount_minor (with what they put or took that day);
 * MONEY_NOT_THERE; as document_begin and postings_check do. */
Tefter__Refusal *apply_put_cash(struct tx *tx, const Tefter__PutCash *command, Tefter__Done *done)
{
    struct move_plan plan;
    const Tefter__MoneyAccountRecord *till;
    Tefter__BranchRecord *branch = branch_of_actor(tx);
    Tefter__Refusal *refusal = field_text_wanted(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = money_find(tx, command->money_account, branch, "money_account", &till);
    if (refusal == NULL && !is_till(till))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "money_account");
    if (refusal == NULL)
        refusal = money_check_till_open(tx, till, "money_account");
    if (refusal == NULL)
        refusal = money_check_all_coins(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = check_put(tx, command->out, "amount_minor", command->amount_minor, branch->date);
    if (refusal == NULL && command->out)
        refusal = money_check_holds(tx, till, command->amount_minor, "money_account");
    if (refusal == NULL)
        refusal = move_begin(tx,
                             command->out ? TEFTER__MONEY_MOVE_KIND__MOVE_CASH_OUT
                                          : TEFTER__MONEY_MOVE_KIND__MOVE_CASH_IN,
                             branch->date, NULL, &plan);
    if (refusal != NULL)
        return refusal;
    plan.record->note = command->reason;
    refusal = move_cash(tx, &plan, till, TEFTER__POSTING_ACCOUNT__GL_CASH_IN_OUT,
                        command->out ? -command->amount_minor : command->amount_minor);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    move_post(tx, &plan);
    count_put(tx, command->out, plan.record, command->amount_minor, branch->date);
    money_alarm_short(tx, plan.record, NULL);
    move_done(plan.record, done);
    return NULL;
}

/* What of a move is on its way; NULL: nothing. */
static const Tefter__Posting *on_its_way(const Tefter__DocumentRecord *record,
                                         const Tefter__DocumentTailRecord *tail)
{
    if (record->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE || !record->has_arrives ||
        tail->has_confirmed || tail->has_reversed_by)
        return NULL;
    for (size_t i = 0; i < record->n_postings; i++)
        if (record->postings[i]->account == TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT)
            return record->postings[i];
    return NULL;
}

/* At the bank by who confirms money, and for their branch; at a till by its branch. */
static Tefter__Refusal *check_receiver(struct tx *tx, const Tefter__DocumentRecord *record,
                                       const Tefter__MoneyAccountRecord *to)
{
    if (is_bank(to)) {
        Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_CONFIRM_MONEY);
        return refusal == NULL ? staff_check_paper(tx, "move", record->branch) : refusal;
    }
    if (to->branch != branch_of_actor(tx)->branch)
        return money_refuse_elsewhere(tx, "move", to->branch);
    return money_check_till_open(tx, to, "move");
}

static void confirm(struct tx *tx, const Tefter__DocumentRecord *record,
                    Tefter__DocumentTailRecord *tail, const struct postings_transfer *transfer)
{
    FIELD_SET(tail, confirmed, true);
    FIELD_SET(tail, confirmed_date, branch_of_actor(tx)->date);
    document_tail_save(tx, record->document, tail);
    postings_move(tx, transfer);
    money_note_posting(tx, record, transfer->sub, transfer->amount_minor);
    struct event event = document_event(TEFTER__EVENT_KIND__MONEY_MOVED, record);
    event.about = transfer->sub;
    event_emit(tx, &event);
}

/* Refuses, in this order: FIELD_MISSING move (neither id nor number), NOT_FOUND move,
 * NOT_CONFIRMABLE move (not on its way); for a bank account the right CONFIRM_MONEY,
 * STAFF_OF_OTHER_BRANCH move (staff_check_paper), for a till TILL_OTHER_BRANCH move, TILL_CLOSED
 * move; SECOND_PERSON_NEEDED move (confirm_check_own); AMOUNT_TOO_BIG (postings_check_move). */
Tefter__Refusal *apply_confirm_move(struct tx *tx, const Tefter__ConfirmMove *command,
                                    Tefter__Done *done)
{
    if (!command->has_move && command->number == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "move");
    uint64_t document =
        command->has_move
            ? command->move
            : document_by_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE, command->number);
    const Tefter__DocumentRecord *record = document != 0 ? document_get(tx, document) : NULL;
    if (record == NULL)
        return refuse_not_found(tx, "move");
    Tefter__DocumentTailRecord *tail = document_tail(tx, document);
    const Tefter__Posting *way = on_its_way(record, tail);
    if (way == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_CONFIRMABLE, "move");
    struct postings_transfer transfer = {
        .from = way->account,
        .to = record->arrives,
        .sub = way->sub,
        .branch = way->branch,
        .amount_minor = way->amount_minor,
    };
    uint32_t date = branch_of_actor(tx)->date;
    Tefter__Refusal *refusal =
        check_receiver(tx, record, money_account_get(tx, record->to_account));
    if (refusal == NULL)
        refusal = confirm_check_own(tx, record->actor, date, way->amount_minor, "move");
    if (refusal == NULL)
        refusal = postings_check_move(tx, &transfer);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    confirm(tx, record, tail, &transfer);
    confirm_count_own(tx, record->actor, date, way->amount_minor);
    credit_alarm_maker(tx, record->actor, record);
    FIELD_SET(done, id, document);
    done->number = record->number;
    FIELD_SET(done, total_minor, way->amount_minor);
    return NULL;
}
