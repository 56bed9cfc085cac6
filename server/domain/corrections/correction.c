/*
 * Correcting an invoice or a payment: a reversal and a new document in one command, so that the
 * credit check sees the net and matching follows.
 *
 * 1. Both are posted, or neither is.
 * 2. The old document names the new one, and the new one the old.
 */
#include "domain/corrections/inside.h"

#include "domain/payments/payments.h"

/* ---- rules ---- */

/* The matches of the old item that this reversal undid, made again with the new one, as far as it
 * goes. What a bound keeps apart stays unmatched, and the reply says so. */
static void matches_follow(struct tx *tx, const struct item *old, struct item *fresh,
                           struct match_plan *match)
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
        if (fresh->record->debit)
            match_again(tx, match, fresh, other, edge->amount_minor);
        else
            match_again(tx, match, other, fresh, edge->amount_minor);
    }
}

static Tefter__Refusal *begin_correction(struct tx *tx, uint64_t document,
                                         Tefter__DocumentKind kind, const Tefter__Text *reason,
                                         struct reversal *reversal)
{
    Tefter__Refusal *refusal = field_text(tx, "reason", reason);
    if (refusal == NULL)
        refusal = reversal_find(tx, document, reversal);
    if (refusal != NULL)
        return refusal;
    if (reversal->original->kind != kind)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    refusal = reversal_check(tx, reversal, reason);
    return refusal == NULL ? reversal_plan(tx, reason, reversal) : refusal;
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

/* ---- changes ---- */

/* Refuses, in this order: reason's form, NOT_FOUND document, NOT_REVERSIBLE document (not an
 * invoice), right and reason, reversible; then as the new invoice does (its fields under "invoice"
 * are named as in IssueInvoice). */
Tefter__Refusal *apply_correct_invoice(struct tx *tx, const Tefter__CorrectInvoice *command,
                                       Tefter__Done *done)
{
    struct reversal reversal = {0};
    struct document_plan *plan;
    struct match_plan match;
    Tefter__Refusal *refusal = begin_correction(
        tx, command->document, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE, command->reason, &reversal);
    if (refusal == NULL)
        refusal = invoice_plan(tx, command->invoice, reversal.account, command->document, &plan);
    if (refusal != NULL)
        return refusal;
    match_begin(tx, plan->account, plan->branch->date, &match);
    if (plan->account == reversal.account)
        matches_follow(tx, reversal.item, plan->item, &match);

    tx_decided(tx);
    link_correction(&reversal, plan->branch, plan->record->document);
    struct event reversed = reversal_post(tx, &reversal);
    struct event issued = invoice_post(tx, plan);
    match_write(tx, &match);
    save_both(tx, &reversal, plan->account, &reversed, &issued);
    document_done(tx, plan, done);
    match_warn_left(tx, match.left_minor, done);
    reversal_done(&reversal, done);
    return NULL;
}

/* Refuses, in this order: reason's form, NOT_FOUND document, NOT_REVERSIBLE document (not a
 * payment), right and reason, reversible; then as the new payment does. Unless it says itself what
 * it pays, the matches of the old payment follow. */
Tefter__Refusal *apply_correct_payment(struct tx *tx, const Tefter__CorrectPayment *command,
                                       Tefter__Done *done)
{
    struct reversal reversal = {0};
    struct payment_plan *plan;
    Tefter__Refusal *refusal = begin_correction(
        tx, command->document, TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT, command->reason, &reversal);
    if (refusal == NULL)
        refusal = payment_plan(tx, command->payment, reversal.account, command->document, &plan);
    if (refusal != NULL)
        return refusal;
    bool says_how = command->payment->has_match || command->payment->n_bills > 0;
    if (plan->account == reversal.account && !says_how)
        matches_follow(tx, reversal.item, plan->item, &plan->match);

    tx_decided(tx);
    link_correction(&reversal, plan->branch, plan->record->document);
    struct event reversed = reversal_post(tx, &reversal);
    struct event taken = payment_post(tx, plan);
    save_both(tx, &reversal, plan->account, &reversed, &taken);
    reversal_alarm(tx, &reversal);
    payment_done(tx, plan, done);
    reversal_done(&reversal, done);
    return NULL;
}
