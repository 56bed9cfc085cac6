/*
 * Sales that are paid at once, whole or in part: an invoice and the money for it in one command.
 *
 *   SellPaid ──▶ invoice, payments, and a match of them          (each a document like any other)
 *
 * 1. All of it is posted, or nothing.
 * 2. Each payment is matched with the invoice, whole; cash beyond it is given back and never
 * booked.
 * 3. Cash that pays the rest of the bill is rounded by the company's unit.
 */
#include "domain/payments/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- rules ---- */

static bool is_cash(const Tefter__PaidPart *part)
{
    return part->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
}

static bool waits(const Tefter__PaidPart *part)
{
    return part->kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP;
}

static bool same_reference(const struct tx *tx, const Tefter__PaidPart *a,
                           const Tefter__PaidPart *b)
{
    return a->kind == b->kind && a->reference != NULL && b->reference != NULL &&
           word_same(tx, a->reference, b->reference);
}

static Tefter__Refusal *check_part(struct tx *tx, const Tefter__SellPaid *command, size_t at)
{
    const Tefter__PaidPart *part = command->payments[at];
    for (size_t i = 0; i < at; i++) {
        const Tefter__PaidPart *other = command->payments[i];
        if (is_cash(part) && is_cash(other))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "payments[%zu].kind", at);
        if (!part->has_amount_minor && !other->has_amount_minor)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "payments[%zu].amount_minor",
                             at);
        if (same_reference(tx, part, other))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "payments[%zu].reference", at);
    }
    return part->has_amount_minor
               ? field_amount(tx, tx_format(tx, "payments[%zu].amount_minor", at),
                              part->amount_minor)
               : NULL;
}

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__SellPaid *command)
{
    if (command->n_payments == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "payments");
    if (command->n_payments > SALE_PAYMENTS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "payments", SALE_PAYMENTS_MAX);
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; i < command->n_payments && refusal == NULL; i++)
        refusal = check_part(tx, command, i);
    return refusal;
}

static void add_part(const Tefter__PaidPart *part, size_t at, struct paid *paid)
{
    paid->has_cash |= is_cash(part);
    paid->cash_at = is_cash(part) ? at : paid->cash_at;
    if (!part->has_amount_minor) {
        paid->cash_is_rest |= is_cash(part);
        paid->other_is_rest |= !is_cash(part);
        paid->waiting_is_rest |= waits(part);
    } else if (is_cash(part)) {
        paid->tendered_minor = part->amount_minor;
    } else {
        paid->other_minor += part->amount_minor;
        paid->waiting_minor += waits(part) ? part->amount_minor : 0;
    }
}

struct sale {
    struct document_plan *invoice;
    struct payment_plan *payments[SALE_PAYMENTS_MAX];
    size_t count;
    struct paid paid;
    struct match_plan match;
};

/* A receipt like any other, of the sale's customer and date. */
static Tefter__TakePayment *payment_of(struct tx *tx, const Tefter__SellPaid *command,
                                       const Tefter__PaidPart *part, const struct sale *sale)
{
    const Tefter__IssueInvoice *invoice = command->invoice;
    Tefter__TakePayment *payment = tx_new(tx, &tefter__take_payment__descriptor);
    FIELD_SET(payment, customer, sale->invoice->customer->customer);
    payment->kind = part->kind;
    payment->amount_minor = is_cash(part)            ? sale->paid.cash_minor
                            : part->has_amount_minor ? part->amount_minor
                                                     : sale->paid.rest_minor;
    FIELD_COPY(payment, money_account, part);
    payment->reference = part->reference;
    payment->payer = part->payer;
    FIELD_COPY(payment, date, invoice);
    payment->source = invoice->source;
    FIELD_COPY(payment, backfill, invoice);
    return payment;
}

/* What is wrong with a payment is said of its part. */
static Tefter__Refusal *of_part(struct tx *tx, Tefter__Refusal *refusal, size_t at)
{
    if (refusal != NULL && refusal->field != NULL)
        refusal->field = tx_format(tx, "payments[%zu].%s", at, refusal->field);
    return refusal;
}

static Tefter__Refusal *plan_part(struct tx *tx, const Tefter__SellPaid *command, size_t at,
                                  struct sale *sale)
{
    const Tefter__PaidPart *part = command->payments[at];
    const Tefter__TakePayment *take = payment_of(tx, command, part, sale);
    int64_t rounding = is_cash(part) ? sale->paid.rounding_minor : 0;
    struct payment_plan *plan;
    if (take->amount_minor + rounding == 0)
        return NULL; /* nothing was left for it */
    Tefter__Refusal *refusal =
        payment_plan_rounded(tx, take, sale->invoice->account, 0, rounding, &plan);
    if (refusal == NULL)
        refusal = match_pair(tx, &sale->match, sale->invoice->item, plan->item, 0, "amount_minor");
    if (refusal == NULL && is_cash(part))
        FIELD_SET_IF(plan->record, change_minor, sale->paid.change_minor > 0,
                     sale->paid.change_minor);
    sale->payments[sale->count++] = plan;
    return of_part(tx, refusal, at);
}

/* Of the cash customer a slip is no money yet. */
static Tefter__Refusal *plan_sale(struct tx *tx, const Tefter__SellPaid *command, struct sale *sale)
{
    sale->paid.unit_minor = payment_cash_unit(tx);
    for (size_t i = 0; i < command->n_payments; i++)
        add_part(command->payments[i], i, &sale->paid);
    sale->paid.all_coins =
        sale->paid.has_cash && !command->invoice->backfill && payment_all_coins(tx);
    Tefter__Refusal *refusal = invoice_plan_paid(tx, command->invoice, &sale->paid, &sale->invoice);
    if (refusal != NULL)
        return refusal;
    match_begin(tx, sale->invoice->account, sale->invoice->record->date, &sale->match);
    for (size_t i = 0; i < command->n_payments && refusal == NULL; i++)
        refusal = plan_part(tx, command, i, sale);
    return refusal;
}

static void sale_done(struct tx *tx, const struct sale *sale, Tefter__Done *done)
{
    size_t count = sale->count;
    document_done(tx, sale->invoice, done);
    FIELD_SET_IF(done, match, count > 0, sale->match.record->match);
    FIELD_SET(done, matched_minor, sale->match.matched_minor);
    FIELD_SET(done, paid_minor, sale->match.matched_minor - sale->paid.rounding_minor);
    FIELD_SET(done, change_minor, sale->paid.change_minor);
    FIELD_SET_IF(done, rounding_minor, sale->paid.rounding_minor != 0, sale->paid.rounding_minor);
    done->payments = tx_take(tx, count * sizeof *done->payments);
    for (size_t i = 0; i < count; i++) {
        const Tefter__DocumentRecord *record = sale->payments[i]->record;
        Tefter__PaidDone *payment = tx_new(tx, &tefter__paid_done__descriptor);
        payment->kind = record->payment_kind;
        payment->payment = record->document;
        payment->number = record->number;
        payment->amount_minor = payment_money(record);
        done->payments[done->n_payments++] = payment;
    }
}

/* ---- changes ---- */

/* Refuses, in this order: the right TAKE_MONEY; FIELD_MISSING payments, TOO_MANY payments; of each
 * FIELD_INVALID kind (cash a second time), FIELD_MISSING amount_minor (another is the rest too),
 * NUMBER_TAKEN reference (of another one), amount_minor (field_amount); as the invoice does; of
 * each payment as TakePayment does, its fields under "payments[n]". */
Tefter__Refusal *apply_sell_paid(struct tx *tx, const Tefter__SellPaid *command, Tefter__Done *done)
{
    struct sale *sale = tx_take(tx, sizeof *sale);
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_TAKE_MONEY);
    if (refusal == NULL)
        refusal = check_form(tx, command);
    if (refusal == NULL)
        refusal = plan_sale(tx, command, sale);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct event issued = invoice_post(tx, sale->invoice);
    for (size_t i = 0; i < sale->count; i++)
        (void)payment_post(tx, sale->payments[i]);
    match_write(tx, &sale->match);
    account_save(tx, sale->invoice->account, &issued);
    sale_done(tx, sale, done);
    return NULL;
}

static bool change_own_confirm(Tefter__CompanyRecord *company, const Tefter__SetCashPolicy *command)
{
    bool to_any = command->has_own_confirm_any && command->own_confirm_any;
    bool changed = to_any && !company->own_confirm_any;
    if (to_any) {
        FIELD_SET_IF(company, own_confirm_minor, false, 0);
        FIELD_SET(company, own_confirm_any, true);
    } else if (command->has_own_confirm_minor) {
        changed =
            company->own_confirm_any || company->own_confirm_minor != command->own_confirm_minor;
        FIELD_SET_IF(company, own_confirm_any, false, false);
        FIELD_SET(company, own_confirm_minor, command->own_confirm_minor);
    }
    return changed;
}

static bool change_policy(Tefter__CompanyRecord *company, const Tefter__SetCashPolicy *command)
{
    bool changed = field_move_i64(command->has_unit_minor, command->unit_minor,
                                  &company->has_cash_unit_minor, &company->cash_unit_minor);
    changed |= field_move_i64(command->has_round_off_minor, command->round_off_minor,
                              &company->has_round_off_minor, &company->round_off_minor);
    changed |= field_move_i64(command->has_round_off_day_minor, command->round_off_day_minor,
                              &company->has_round_off_day_minor, &company->round_off_day_minor);
    changed |= field_move_i64(command->has_refund_alone_minor, command->refund_alone_minor,
                              &company->has_refund_alone_minor, &company->refund_alone_minor);
    changed |= command->refund_any && company->has_refund_alone_minor;
    if (command->refund_any)
        FIELD_SET_IF(company, refund_alone_minor, false, 0);
    return changed | change_own_confirm(company, command);
}

/* Who books money and confirms it could else free themselves from needing a second person. */
static Tefter__Refusal *check_own_confirm(struct tx *tx, const Tefter__SetCashPolicy *command)
{
    bool any = command->has_own_confirm_any && command->own_confirm_any;
    if (!any && !command->has_own_confirm_minor)
        return NULL;
    if (!tx_rule(tx, RULE_TWO_PERSONS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "own_confirm_minor");
    Tefter__Refusal *refusal =
        field_amount_or_zero(tx, "own_confirm_minor", command->own_confirm_minor);
    if (refusal == NULL && any && command->has_own_confirm_minor)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "own_confirm_any");
    return refusal == NULL ? staff_needs_owner(tx) : refusal;
}

/* What one pays out alone is made less by who sets it, and more by an owner. */
static Tefter__Refusal *check_refund_alone(struct tx *tx, const Tefter__SetCashPolicy *command)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    bool more = command->has_refund_alone_minor &&
                command->refund_alone_minor > company->refund_alone_minor;
    bool loosens = company->has_refund_alone_minor && (command->refund_any || more);
    return loosens && tx_rule(tx, RULE_NOBODY_FREES_THEMSELVES) ? staff_needs_owner(tx) : NULL;
}

/* Refuses, in this order: unit_minor, round_off_minor, round_off_day_minor, refund_alone_minor
 * (field_amount_or_zero), FIELD_INVALID refund_any (beside it), RIGHT_MISSING
 * [OWNER] when one may pay out more alone than before; of own_confirm_minor and own_confirm_any
 * RULES_TOO_OLD, own_confirm_minor (field_amount_or_zero), FIELD_INVALID
 * own_confirm_any (beside it), RIGHT_MISSING [OWNER]; NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_set_cash_policy(struct tx *tx, const Tefter__SetCashPolicy *command,
                                       Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_amount_or_zero(tx, "unit_minor", command->unit_minor);
    if (refusal == NULL)
        refusal = field_amount_or_zero(tx, "round_off_minor", command->round_off_minor);
    if (refusal == NULL)
        refusal = field_amount_or_zero(tx, "round_off_day_minor", command->round_off_day_minor);
    if (refusal == NULL)
        refusal = field_amount_or_zero(tx, "refund_alone_minor", command->refund_alone_minor);
    if (refusal == NULL && command->refund_any && command->has_refund_alone_minor)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "refund_any");
    if (refusal == NULL)
        refusal = check_refund_alone(tx, command);
    if (refusal == NULL)
        refusal = check_own_confirm(tx, command);
    if (refusal == NULL)
        refusal = staff_check_office(tx, "policy", 0);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    if (!change_policy(company, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__CASH_POLICY_CHANGED, 0, done);
    return NULL;
}
