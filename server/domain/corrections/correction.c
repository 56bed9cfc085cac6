/*
 * Correcting an invoice or a payment: a reversal and a new document in one command, so that the
 * credit check sees the net and matching follows.
 *
 * 1. Both are posted, or neither is.
 * 2. The old document names the new one, and the new one the old.
 * 3. Both are of the old one's branch: its series, its business date, its tills.
 * 4. What the correction does not say stays.
 */
#include "domain/corrections/inside.h"

#include "domain/payments/payments.h"

/* ---- rules ---- */

/* The matches of the old item that this reversal undid, made again with the new one, as far as it
 * goes. What a bound keeps apart stays unmatched, and the reply says so. rounds_off: what was
 * rounded off is so again. */
static void matches_follow(struct tx *tx, const struct item *old, struct item *fresh,
                           bool rounds_off, struct match_plan *match)
{
    if (old == NULL || fresh == NULL)
        return;
    for (size_t i = 0; i < old->record->n_matches; i++) {
        const Tefter__Match *edge = old->record->matches[i];
        if (!edge->has_undone_seq || edge->undone_seq != tx_done_seq(tx))
            continue;
        struct item *other = account_item(tx, match->account, edge->other);
        if (other == NULL)
            continue;
        struct item *debit = fresh->record->debit ? fresh : other;
        struct item *credit = fresh->record->debit ? other : fresh;
        if (edge->rounded_off && rounds_off)
            match_rounded_off(tx, match, debit, credit, edge->amount_minor);
        else
            match_again(tx, match, debit, credit, edge->amount_minor);
    }
}

static Tefter__Refusal *find_original(struct tx *tx, uint64_t document, Tefter__DocumentKind kind,
                                      const Tefter__Text *reason, struct reversal *reversal)
{
    Tefter__Refusal *refusal = field_text(tx, "reason", reason);
    if (refusal == NULL)
        refusal = reversal_find(tx, document, true, reversal);
    if (refusal != NULL)
        return refusal;
    if (reversal->original->kind != kind)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    return NULL;
}

static Tefter__Refusal *begin_correction(struct tx *tx, const Tefter__Text *reason,
                                         struct reversal *reversal)
{
    Tefter__Refusal *refusal = reversal_check(tx, reversal, reason);
    return refusal == NULL ? reversal_plan(tx, reason, reversal) : refusal;
}

/* Under older rules there was nothing to clear: what was not said was not there. */
static bool keeps_rest(const struct tx *tx)
{
    return tx_rule(tx, RULE_CORRECTIONS_KEEP_THE_REST);
}

static Tefter__Refusal *keep_invoice(struct tx *tx, const Tefter__CorrectInvoice *command,
                                     const Tefter__DocumentRecord *was,
                                     Tefter__IssueInvoice **ret_invoice)
{
    *ret_invoice = command->invoice;
    if (keeps_rest(tx))
        return invoice_keep(tx, command->invoice, was, command->clear, command->n_clear,
                            ret_invoice);
    return command->n_clear > 0 ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear") : NULL;
}

static Tefter__Refusal *keep_payment(struct tx *tx, const Tefter__CorrectPayment *command,
                                     const Tefter__DocumentRecord *was,
                                     Tefter__TakePayment **ret_payment)
{
    *ret_payment = command->payment;
    if (keeps_rest(tx))
        return payment_keep(tx, command->payment, was, command->clear, command->n_clear,
                            ret_payment);
    return command->n_clear > 0 ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear") : NULL;
}

/* Does the money stay this customer's, in the same place? */
static bool stays_there(const Tefter__DocumentRecord *was, const Tefter__TakePayment *payment)
{
    return payment->customer_code == NULL && payment->customer == was->customer &&
           payment->kind == was->payment_kind &&
           payment->has_money_account == was->has_money_account &&
           payment->money_account == was->money_account;
}

/* Of one's own money no more is taken back than the correction makes less. */
static void see_net(struct tx *tx, const Tefter__TakePayment *payment, struct reversal *reversal)
{
    int64_t less_minor = payment_money(reversal->original) - payment->amount_minor;
    if (tx_rule(tx, RULE_CORRECTIONS_SEE_THE_NET) && payment->amount_minor > 0 &&
        stays_there(reversal->original, payment))
        reversal->taken_back_minor = less_minor > 0 ? less_minor : 0;
}

/* Money that was there, and in its place a slip whose money has still to come. */
static bool waits_again(const struct tx *tx, const struct reversal *reversal,
                        const struct payment_plan *plan)
{
    return tx_rule(tx, RULE_TILLS_GIVE_BACK_WHAT_THEY_HOLD) && reversal->item->record->final &&
           !plan->item->record->final;
}

/* Cash of a till that by the correction was none. */
static int64_t cash_out(const struct tx *tx, const struct reversal *reversal,
                        const struct payment_plan *plan)
{
    const Tefter__DocumentRecord *was = reversal->original;
    bool leaves = was->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH &&
                  plan->record->payment_kind != TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    return leaves && was->has_money_account && tx_rule(tx, RULE_TILLS_GIVE_BACK_WHAT_THEY_HOLD)
               ? payment_money(was)
               : 0;
}

/* Money that is no less than before, and there, makes nobody owe more. */
static bool owes_more(const struct tx *tx, const struct reversal *reversal,
                      const struct payment_plan *plan)
{
    return !tx_rule(tx, RULE_CORRECTIONS_SEE_THE_NET) || plan->account != reversal->account ||
           waits_again(tx, reversal, plan) ||
           plan->record->total_minor < reversal->original->total_minor;
}

/* A bill that comes to less; of another customer's, to nothing. */
static Tefter__Refusal *check_less(struct tx *tx, struct reversal *reversal,
                                   const struct document_plan *plan, const Tefter__Text *reason)
{
    int64_t again_minor = plan->account == reversal->account ? plan->record->total_minor : 0;
    return taken_back_check(tx, reversal, true, reversal->original->total_minor - again_minor,
                            reason);
}

/* Of another customer's, nothing is there again. */
static Tefter__Refusal *check_amount(struct tx *tx, const struct reversal *reversal,
                                     const struct account *account,
                                     const Tefter__DocumentRecord *record)
{
    return reversal_check_amount(tx, reversal,
                                 account == reversal->account ? record->total_minor : 0);
}

/* The old document knows the new one; both documents' numbers came from one branch record. */
static void link_correction(struct reversal *reversal, Tefter__BranchRecord *branch,
                            uint64_t corrected_by)
{
    FIELD_SET(reversal->tail, corrected_by, corrected_by);
    branch->next_reversal = reversal->branch->next_reversal;
    if (branch->marked != NULL && reversal->branch->marked != NULL)
        branch->marked->next_reversal = reversal->branch->marked->next_reversal;
}

static void save_both(struct tx *tx, struct reversal *reversal, struct account *account,
                      const struct event *reversed, const struct event *issued)
{
    if (reversal->account != account)
        account_save(tx, reversal->account, reversed);
    account_save(tx, account, issued);
}

/* A bill of the cash customer that the old payment paid is paid by the new one, or by right not: a
 * slip is no money yet; a transfer is, though it may wait. */
static Tefter__Refusal *check_bills_stay_paid(struct tx *tx, const struct reversal *reversal,
                                              const struct payment_plan *plan)
{
    bool waits = waits_again(tx, reversal, plan) && !plan->record->has_waits &&
                 plan->account == reversal->account;
    int64_t open = waits ? plan->match.matched_minor : 0;
    for (size_t i = 0; i < reversal->item->record->n_matches; i++) {
        const Tefter__Match *edge = reversal->item->record->matches[i];
        const struct item *bill = account_item(tx, reversal->account, edge->other);
        if (edge->has_undone_seq && edge->undone_seq == tx_done_seq(tx) && bill != NULL)
            open = tx_sum(tx, open, bill->record->open_minor);
    }
    return account_check_paid(tx, reversal->original->customer, open);
}

/* ---- changes ---- */

/* Refuses, in this order: reason's form, NOT_FOUND document, NOT_REVERSIBLE document (not an
 * invoice), right and reason, reversible; clear and lines as invoice_keep does; then as the new
 * invoice does (its fields under "invoice" are named as in IssueInvoice); as taken_back_check and
 * reversal_check_amount do; CASH_SALE_UNPAID (account_check_paid) of what stays open. */
Tefter__Refusal *apply_correct_invoice(struct tx *tx, const Tefter__CorrectInvoice *command,
                                       Tefter__Done *done)
{
    struct reversal reversal = {0};
    struct document_plan *plan;
    struct match_plan match;
    Tefter__IssueInvoice *invoice;
    Tefter__Refusal *refusal = find_original(
        tx, command->document, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE, command->reason, &reversal);
    if (refusal == NULL)
        refusal = begin_correction(tx, command->reason, &reversal);
    if (refusal == NULL)
        refusal = keep_invoice(tx, command, reversal.original, &invoice);
    if (refusal == NULL)
        refusal = invoice_plan(tx, invoice, reversal.account, command->document, &plan);
    if (refusal == NULL)
        refusal = check_less(tx, &reversal, plan, command->reason);
    if (refusal == NULL)
        refusal = check_amount(tx, &reversal, plan->account, plan->record);
    if (refusal != NULL)
        return refusal;
    match_begin(tx, plan->account, plan->branch->date, &match);
    if (plan->account != reversal.account ||
        plan->record->total_minor < reversal.original->total_minor)
        reversal_round_off(tx, &reversal);
    if (plan->account == reversal.account)
        matches_follow(tx, reversal.item, plan->item, true, &match);
    if (plan->item != NULL && !plan->record->backfill)
        refusal = account_check_paid(tx, plan->account->customer, plan->item->record->open_minor);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    link_correction(&reversal, plan->branch, plan->record->document);
    struct event reversed = reversal_post(tx, &reversal);
    struct event issued = invoice_post(tx, plan);
    match_write(tx, &match);
    save_both(tx, &reversal, plan->account, &reversed, &issued);
    document_done(tx, plan, done);
    match_warn_left(tx, match.left_minor, done);
    reversal_done(tx, &reversal, plan->account == reversal.account ? plan->item : NULL, done);
    return NULL;
}

/* Refuses, in this order: reason's form, NOT_FOUND document, NOT_REVERSIBLE document (not a
 * payment), clear (payment_keep), right and reason, reversible; then as the new payment does; as
 * reversal_check_amount does; MORE_THAN_YOU_MAY document of cash that it makes other money
 * (money_check_cash_out); as money_check_taken_back does; CASH_SALE_UNPAID (account_check_paid)
 * when bills of the cash customer that it paid stay open, or wait for a slip. Unless it says itself
 * what it pays, the matches of the old payment follow. */
Tefter__Refusal *apply_correct_payment(struct tx *tx, const Tefter__CorrectPayment *command,
                                       Tefter__Done *done)
{
    struct reversal reversal = {0};
    struct payment_plan *plan;
    Tefter__TakePayment *payment;
    Tefter__Refusal *refusal = find_original(
        tx, command->document, TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT, command->reason, &reversal);
    if (refusal == NULL)
        refusal = keep_payment(tx, command, reversal.original, &payment);
    if (refusal != NULL)
        return refusal;
    see_net(tx, payment, &reversal);
    refusal = begin_correction(tx, command->reason, &reversal);
    if (refusal == NULL)
        refusal = payment_plan(tx, payment, reversal.account, command->document, &plan);
    if (refusal == NULL)
        refusal = check_amount(tx, &reversal, plan->account, plan->record);
    if (refusal == NULL)
        refusal = money_check_cash_out(tx, "document", cash_out(tx, &reversal, plan),
                                       reversal.branch->date);
    if (refusal == NULL)
        refusal = money_check_taken_back(tx, reversal.original, plan->record, "document");
    if (refusal != NULL)
        return refusal;
    bool says_how = command->payment->has_match || command->payment->n_bills > 0;
    if (plan->account == reversal.account && !says_how)
        matches_follow(tx, reversal.item, plan->item, plan->record->discount_minor > 0,
                       &plan->match);
    refusal = check_bills_stay_paid(tx, &reversal, plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    link_correction(&reversal, plan->branch, plan->record->document);
    struct event reversed = reversal_post(tx, &reversal);
    struct event taken = payment_post(tx, plan);
    save_both(tx, &reversal, plan->account, &reversed, &taken);
    /* of both alarms the second stays: a command raises one */
    money_count_cash_out(tx, reversal.record, cash_out(tx, &reversal, plan), reversal.branch->date);
    if (owes_more(tx, &reversal, plan))
        reversal_alarm(tx, &reversal);
    reversal_own_alarm(tx, &reversal);
    reversal_maker_alarm(tx, &reversal);
    money_alarm_short(tx, reversal.record, plan->record);
    payment_done(tx, plan, done);
    reversal_done(tx, &reversal, plan->account == reversal.account ? plan->item : NULL, done);
    return NULL;
}
