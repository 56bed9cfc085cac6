/*
 * Confirming, reversing, correcting. See correction.h.
 *
 * Invariants: 1 a document is reversed at most once, and a reversal never. 2 after a reversal the
 * books and the balance are as if the document had not been; its matches are undone, the other
 * sides are open again with their own due dates. 3 an invoice with a credit note on it is reversed
 * after the credit note.
 */
#include "domain/corrections/correction.h"

#include "domain/credit/credit.h"
#include "domain/documents/document.h"
#include "domain/entity/field.h"
#include "domain/org/branch.h"
#include "domain/org/staff.h"
#include "domain/payments/payment.h"
#include "domain/receivables/account.h"
#include "domain/receivables/match.h"
#include "domain/receivables/posting.h"

struct reversal {
    Tefter__DocumentRecord *original;
    Tefter__DocumentTailRecord *tail;
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__BranchRecord *branch;
    struct item *item;                        /* of the original; NULL when it moved no money */
    Tefter__DocumentTailRecord *invoice_tail; /* of a credit note's invoice */
};

/* ---- rules ---- */

static uint64_t find_number(struct tx *tx, const char *number)
{
    static const Tefter__DocumentKind kinds[] = {
        TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE, TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE,
        TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT, TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL};
    uint64_t document = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && document == 0; i++)
        document = document_by_number(tx, kinds[i], number);
    return document;
}

/* One's own document of the open day is reversed freely; any other by right and reason. */
static Tefter__Refusal *check_right(struct tx *tx, const struct reversal *reversal,
                                    const Tefter__Text *reason)
{
    const Tefter__DocumentRecord *original = reversal->original;
    bool own = original->actor->staff == tx_actor(tx)->staff && original->actor->has_staff;
    if (own && original->date == reversal->branch->date &&
        original->branch == reversal->branch->branch)
        return NULL;
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_REVERSE);
    if (refusal == NULL && reason == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    return refusal;
}

static Tefter__Refusal *check_reversible(struct tx *tx, const struct reversal *reversal)
{
    if (reversal->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    if (reversal->tail->has_reversed_by) {
        Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "document");
        refusal->has_existing = true;
        refusal->existing = reversal->tail->reversed_by;
        return refusal;
    }
    if (reversal->tail->n_credit_notes > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "credit_notes");
    return NULL;
}

/* Today; never before what it reverses, which a branch that is ahead may have written. */
static uint32_t reversal_date(const struct reversal *reversal)
{
    uint32_t today = reversal->branch->date;
    return today > reversal->original->date ? today : reversal->original->date;
}

/* The opposite postings; a confirmed slip's money has gone to the bank meanwhile. */
static void opposite_postings(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    bool arrived = reversal->tail->has_confirmed && reversal->tail->confirmed;
    struct postings postings = {.count = 0};
    for (size_t i = 0; i < original->n_postings; i++) {
        const Tefter__Posting *posting = original->postings[i];
        Tefter__PostingAccount account = posting->account;
        if (arrived && account == TEFTER__POSTING_ACCOUNT__BOOK_MONEY_ON_ITS_WAY)
            account = TEFTER__POSTING_ACCOUNT__BOOK_BANK;
        posting_add(tx, &postings, account, posting->sub, -posting->amount_minor, posting->branch);
    }
    posting_set(tx, &postings, reversal->record);
}

/* A credit note that is reversed gives its quantities back to its invoice. */
static void uncredit_invoice(struct tx *tx, struct reversal *reversal)
{
    const Tefter__DocumentRecord *note = reversal->original;
    if (note->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE || !note->has_about)
        return;
    Tefter__DocumentTailRecord *tail = document_tail(tx, note->about);
    for (size_t i = 0; i < note->n_credited; i++)
        for (size_t k = 0; k < tail->n_credited; k++)
            if (tail->credited[k]->line == note->credited[i]->line &&
                tail->credited[k]->quantity == note->credited[i]->quantity) {
                tail->credited[k] = tail->credited[--tail->n_credited];
                break;
            }
    for (size_t k = 0; k < tail->n_credit_notes; k++)
        if (tail->credit_notes[k] == note->document)
            tail->credit_notes[k] = tail->credit_notes[--tail->n_credit_notes];
    tail->credited_minor -= note->total_minor;
    reversal->invoice_tail = tail;
}

static void reverse_item(struct tx *tx, struct reversal *reversal)
{
    reversal->item = account_item(tx, reversal->account, reversal->original->document);
    if (reversal->item != NULL)
        account_reverse_item(tx, reversal->account, reversal->item, reversal_date(reversal));
    else
        need(reversal->original->total_minor == 0);
}

static Tefter__Refusal *find(struct tx *tx, uint64_t document, struct reversal *reversal)
{
    reversal->original = document != 0 ? document_get(tx, document) : NULL;
    if (reversal->original == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "document");
    reversal->tail = document_tail(tx, document);
    reversal->branch = branch_of_actor(tx);
    return NULL;
}

/* Makes the reversal ready in memory: the account is as it will be. */
static Tefter__Refusal *plan_reversal(struct tx *tx, const Tefter__Text *reason,
                                      struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    reversal->account = account_open(tx, original->customer);
    Tefter__Refusal *refusal = document_begin(tx, reversal->branch, reversal->account,
                                              TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL, NULL,
                                              reversal_date(reversal), &reversal->record);
    if (refusal != NULL)
        return refusal;
    Tefter__DocumentRecord *record = reversal->record;
    record->total_minor = original->total_minor;
    record->balance_minor = -original->balance_minor;
    record->has_about = true;
    record->about = original->document;
    record->note = (Tefter__Text *)reason;
    opposite_postings(tx, reversal);
    refusal = posting_check(tx, record);
    if (refusal != NULL)
        return refusal;
    reverse_item(tx, reversal);
    uncredit_invoice(tx, reversal);
    return NULL;
}

/* ---- changes ---- */

static void post_reversal(struct tx *tx, struct reversal *reversal, Tefter__Event *ret_event)
{
    const Tefter__DocumentRecord *original = reversal->original;
    document_write(tx, reversal->record);
    document_serials(tx, original, false);
    if (original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        payment_forget_reference(tx, original);
    reversal->tail->has_reversed_by = true;
    reversal->tail->reversed_by = reversal->record->document;
    document_tail_save(tx, original->document, reversal->tail);
    if (reversal->invoice_tail != NULL)
        document_tail_save(tx, original->about, reversal->invoice_tail);
    branch_save(tx, reversal->branch);
    *ret_event = (Tefter__Event)TEFTER__EVENT__INIT;
    ret_event->kind = TEFTER__EVENT_KIND__DOCUMENT_REVERSED_EVENT;
    ret_event->has_customer = true;
    ret_event->customer = original->customer;
    ret_event->has_document = true;
    ret_event->document = original->document;
    ret_event->has_about = true;
    ret_event->about = reversal->record->document;
    ret_event->number = original->number;
    ret_event->has_amount_minor = true;
    ret_event->amount_minor = reversal->record->balance_minor;
    tx_emit(tx, ret_event);
}

/* Taking money or a credit note back may leave a customer over his limit: it is posted all the
 * same, and an alarm is raised. */
static void alarm_over_limit(struct tx *tx, const struct reversal *reversal)
{
    if (reversal->record->balance_minor <= 0)
        return;
    const Tefter__AccountRow *row = credit_account_row(tx, reversal->original->customer);
    if (row == NULL || row->unlimited || row->available_minor >= 0)
        return;
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__POSTED_OVER_LIMIT;
    event.has_customer = true;
    event.customer = row->customer;
    event.has_document = true;
    event.document = reversal->record->document;
    event.has_amount_minor = true;
    event.amount_minor = -row->available_minor;
    tx_emit(tx, &event);
}

static void reversal_done(const struct reversal *reversal, Tefter__Done *done)
{
    done->has_reversal = true;
    done->reversal = reversal->record->document;
    done->reversal_number = reversal->record->number;
}

static void reverse_now(struct tx *tx, struct reversal *reversal, Tefter__Done *done)
{
    Tefter__Event event;
    post_reversal(tx, reversal, &event);
    account_save(tx, reversal->account, &event);
    alarm_over_limit(tx, reversal);
    done->has_id = true;
    done->id = reversal->original->document;
    done->number = reversal->original->number;
    reversal_done(reversal, done);
}

/* Refuses, in this order: reason (field_text), FIELD_MISSING document (neither id nor number),
 * NOT_FOUND document; unless it is his own of this branch's open day: RIGHT_MISSING [REVERSE],
 * FIELD_MISSING reason; NOT_REVERSIBLE document (a reversal), ALREADY_REVERSED document with the
 * reversal, NOT_REVERSIBLE credit_notes (an invoice with live ones). A number is looked for among
 * invoices, credit notes, payments, reversals, in this order. */
Tefter__Refusal *apply_reverse_document(struct tx *tx, const Tefter__ReverseDocument *command,
                                        Tefter__Done *done)
{
    struct reversal reversal = {0};
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL && !command->has_document && command->number == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "document");
    if (refusal != NULL)
        return refusal;
    uint64_t document =
        command->has_document ? command->document : find_number(tx, command->number);
    refusal = find(tx, document, &reversal);
    if (refusal == NULL)
        refusal = check_right(tx, &reversal, command->reason);
    if (refusal == NULL)
        refusal = check_reversible(tx, &reversal);
    if (refusal == NULL)
        refusal = plan_reversal(tx, command->reason, &reversal);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    reverse_now(tx, &reversal, done);
    return NULL;
}

/* ---- changes: a slip ---- */

static bool awaits_confirmation(const struct reversal *slip)
{
    return slip->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT &&
           slip->original->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_SLIP &&
           !slip->tail->has_reversed_by && !slip->tail->has_confirmed;
}

static void confirm(struct tx *tx, struct reversal *slip, uint32_t date, Tefter__Done *done)
{
    const Tefter__DocumentRecord *record = slip->original;
    struct account *account = account_open(tx, record->customer);
    struct item *money = account_item(tx, account, record->document);
    need(money != NULL);
    account_finalise(account, money);
    slip->tail->has_confirmed = true;
    slip->tail->confirmed = true;
    slip->tail->has_confirmed_date = true;
    slip->tail->confirmed_date = date;
    document_tail_save(tx, record->document, slip->tail);
    posting_move(tx, TEFTER__POSTING_ACCOUNT__BOOK_MONEY_ON_ITS_WAY,
                 TEFTER__POSTING_ACCOUNT__BOOK_BANK, record->place, record->branch,
                 record->total_minor);
    Tefter__Event event = TEFTER__EVENT__INIT;
    event.kind = TEFTER__EVENT_KIND__PAYMENT_CONFIRMED;
    event.has_customer = true;
    event.customer = record->customer;
    event.has_document = true;
    event.document = record->document;
    event.number = record->number;
    tx_emit(tx, &event);
    account_save(tx, account, &event);
    done->has_id = true;
    done->id = record->document;
    done->number = record->number;
}

/* Refuses, in this order: reason (field_text), date (field_date), FIELD_MISSING reason when it
 * never came; NOT_FOUND document, NOT_CONFIRMABLE payment (not a slip that waits), DATE_IN_FUTURE
 * date. */
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
        refusal = find(tx, command->payment, &slip);
    if (refusal != NULL)
        return refusal;
    if (!awaits_confirmation(&slip))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_CONFIRMABLE, "payment");
    refusal = document_date_of(tx, slip.branch, command->has_date, command->date, true, &date);
    if (refusal == NULL && !command->confirmed)
        refusal = plan_reversal(tx, command->reason, &slip);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    if (command->confirmed)
        confirm(tx, &slip, date, done);
    else
        reverse_now(tx, &slip, done);
    return NULL;
}

/* ---- changes: corrections ---- */

/* The matches of the old item that this reversal undid, made again with the new one, as far as it
 * goes; what does not fit stays unmatched. */
static void matches_follow(struct tx *tx, const struct item *old, struct item *fresh,
                           struct match_plan *match)
{
    if (old == NULL || fresh == NULL)
        return;
    for (size_t i = 0; i < old->record->n_matches; i++) {
        const Tefter__Match *edge = old->record->matches[i];
        if (!edge->has_undone_seq || edge->undone_seq != tx_seq(tx))
            continue;
        struct item *other = account_item(tx, match->account, edge->other);
        if (other == NULL || !account_matchable(tx, other) || !account_matchable(tx, fresh))
            continue;
        struct item *debit = fresh->record->debit ? fresh : other;
        struct item *credit = fresh->record->debit ? other : fresh;
        int64_t amount = edge->amount_minor;
        if (amount > fresh->record->open_minor)
            amount = fresh->record->open_minor;
        need(match_pair(tx, match, debit, credit, amount, "match") == NULL);
    }
}

static Tefter__Refusal *begin_correction(struct tx *tx, uint64_t document,
                                         Tefter__DocumentKind kind, const Tefter__Text *reason,
                                         struct reversal *reversal)
{
    Tefter__Refusal *refusal = field_text(tx, "reason", reason);
    if (refusal == NULL)
        refusal = find(tx, document, reversal);
    if (refusal != NULL)
        return refusal;
    if (reversal->original->kind != kind)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    refusal = check_right(tx, reversal, reason);
    if (refusal == NULL)
        refusal = check_reversible(tx, reversal);
    return refusal == NULL ? plan_reversal(tx, reason, reversal) : refusal;
}

/* The old document knows the new one; both documents' numbers came from one branch record. */
static void link_correction(struct reversal *reversal, Tefter__BranchRecord *branch,
                            uint64_t corrected_by)
{
    reversal->tail->has_corrected_by = true;
    reversal->tail->corrected_by = corrected_by;
    branch->next_reversal = reversal->branch->next_reversal;
}

static void save_both(struct tx *tx, struct reversal *reversal, struct account *account,
                      const Tefter__Event *reversed, const Tefter__Event *issued)
{
    if (reversal->account != account)
        account_save(tx, reversal->account, reversed);
    account_save(tx, account, issued);
}

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
        refusal =
            document_plan_invoice(tx, command->invoice, reversal.account, command->document, &plan);
    if (refusal != NULL)
        return refusal;
    match_begin(tx, plan->account, plan->branch->date, &match);
    if (plan->account == reversal.account)
        matches_follow(tx, reversal.item, plan->item, &match);

    tx_decided(tx);
    Tefter__Event reversed;
    Tefter__Event issued;
    link_correction(&reversal, plan->branch, plan->record->document);
    post_reversal(tx, &reversal, &reversed);
    document_post_invoice(tx, plan, &issued);
    match_write(tx, &match);
    save_both(tx, &reversal, plan->account, &reversed, &issued);
    document_done(tx, plan, done);
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
    Tefter__Event reversed;
    Tefter__Event taken;
    link_correction(&reversal, plan->branch, plan->record->document);
    post_reversal(tx, &reversal, &reversed);
    payment_post(tx, plan, &taken);
    save_both(tx, &reversal, plan->account, &reversed, &taken);
    alarm_over_limit(tx, &reversal);
    payment_done(plan, done);
    reversal_done(&reversal, done);
    return NULL;
}
