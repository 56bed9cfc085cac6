/*
 * A slip of a bank, or a transfer that waits as one: confirmed when its money is there, reversed
 * when it never came.
 *
 *   taken ──ConfirmPayment──▶ confirmed, final
 *     └─────never came──────▶ reversed
 *
 * 1. A slip is confirmed at most once, and only while it is not reversed.
 * 2. Confirming changes no balance: it moves the money to the bank and frees the credit.
 * 3. Who took it does not confirm it alone, but up to what the company lets them.
 */
#include "domain/corrections/inside.h"

#include "domain/credit/credit.h"
#include "domain/org/org.h"
#include "domain/payments/payments.h"

/* ---- rules ---- */

static bool awaits_confirmation(const struct reversal *slip)
{
    return slip->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT &&
           (slip->original->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP ||
            slip->original->has_waits) &&
           !slip->tail->has_reversed_by && !slip->tail->has_confirmed;
}

/* ---- changes ---- */

static struct postings_transfer arrival(const Tefter__DocumentRecord *slip)
{
    return (struct postings_transfer){
        .from = TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY,
        .to = TEFTER__POSTING_ACCOUNT__GL_BANK,
        .sub = slip->money_account,
        .branch = slip->branch,
        .amount_minor = payment_money(slip),
    };
}

static void confirm(struct tx *tx, struct reversal *slip, uint32_t date, Tefter__Done *done)
{
    const Tefter__DocumentRecord *record = slip->original;
    struct account *account = account_open(tx, record->customer);
    struct item *money = account_item(tx, account, record->document);
    need(money != NULL);
    account_finalise(money);
    FIELD_SET(slip->tail, confirmed, true);
    FIELD_SET(slip->tail, confirmed_date, date);
    document_tail_save(tx, record->document, slip->tail);
    struct postings_transfer transfer = arrival(record);
    postings_move(tx, &transfer);
    struct event event = {.kind = TEFTER__EVENT_KIND__PAYMENT_CONFIRMED,
                          .customer = record->customer,
                          .document = record->document,
                          .number = record->number};
    event_emit(tx, &event);
    account_save(tx, account, &event);
    FIELD_SET(done, id, record->document);
    done->number = record->number;
}

/* Refuses, in this order: reason (field_text), date (field_date), FIELD_MISSING reason when it
 * never came; NOT_FOUND document, NOT_CONFIRMABLE payment (not a slip that waits),
 * STAFF_OF_OTHER_BRANCH payment (staff_check_paper), SECOND_PERSON_NEEDED payment when it came
 * (confirm_check_own), DATE_IN_FUTURE date, DATE_TOO_EARLY date (posting_check_early; the slip's
 * own is free); when it never came as reversal_check_alone does; AMOUNT_TOO_BIG
 * (postings_check_move), or as reversal_plan does. */
Tefter__Refusal *apply_confirm_payment(struct tx *tx, const Tefter__ConfirmPayment *command,
                                       Tefter__Done *done)
{
    struct reversal slip = {0};
    uint32_t date;
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL && command->has_date)
        refusal = field_date(tx, "date", command->date);
    if (refusal == NULL && !command->confirmed && command->reason == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    if (refusal == NULL)
        refusal = reversal_find(tx, command->payment, false, &slip);
    if (refusal != NULL)
        return refusal;
    if (!awaits_confirmation(&slip))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_CONFIRMABLE, "payment");
    refusal = staff_check_paper(tx, "payment", slip.original->branch);
    if (refusal == NULL && command->confirmed)
        refusal = confirm_check_own(tx, slip.original->actor, slip.branch->date,
                                    slip.original->total_minor, "payment");
    if (refusal == NULL)
        refusal = posting_date(tx, slip.branch, command->has_date, command->date, true, &date);
    if (refusal == NULL)
        refusal = posting_check_early(tx, slip.branch, date, slip.original->date);
    if (refusal == NULL && !command->confirmed)
        refusal = reversal_check_alone(tx, &slip);
    if (refusal == NULL && !command->confirmed)
        refusal = reversal_plan(tx, command->reason, &slip);
    struct postings_transfer transfer = arrival(slip.original);
    if (refusal == NULL && command->confirmed)
        refusal = postings_check_move(tx, &transfer);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    if (command->confirmed) {
        confirm(tx, &slip, date, done);
        confirm_count_own(tx, slip.original->actor, slip.branch->date, slip.original->total_minor);
        credit_alarm_maker(tx, slip.original->actor, slip.original);
    } else {
        reversal_complete(tx, &slip, done);
    }
    return NULL;
}
