/*
 * Reversing: a reversal is a document of its own with the opposite postings, and both know each
 * other's number.
 *
 *   posted ──ReverseDocument──▶ reversed, for ever
 *
 * 1. A document is reversed at most once, and a reversal never.
 * 2. After a reversal the general ledger and the balance are as if the document had not been; its
 *    matches are undone, the other sides are open again with their own due dates.
 * 3. An invoice with a credit note on it is reversed after the credit note.
 * 4. What an import brought can be undone: its reversal is dated as it was, so it is on no day, and
 * its number is free. Where a match of it counted for some days, the reversal waits behind these,
 * for the other side's figures of those days stand.
 * 5. It is a paper of the old one's branch, whoever reverses it and where: that branch's day has
 * it.
 */
#include "domain/corrections/inside.h"

#include "base/date.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"
#include "domain/party/party.h"
#include "domain/payments/payments.h"

/* ---- rules ---- */

static bool is_own(struct tx *tx, const Tefter__DocumentRecord *original)
{
    return original->actor->has_staff && original->actor->staff == tx_actor(tx)->staff;
}

static bool is_own_money(struct tx *tx, const Tefter__DocumentRecord *original)
{
    return tx_rule(tx, RULE_OWN_MONEY_BACK) && is_own(tx, original) &&
           original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
}

/* What moved money goes back with a reason, also one's own. */
static bool moved_money(struct tx *tx, const Tefter__DocumentRecord *original)
{
    return is_own_money(tx, original) || original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND ||
           original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE;
}

/* A bank was said to have it. */
static bool arrived(struct tx *tx, const struct reversal *reversal)
{
    return tx_rule(tx, RULE_ARRIVED_MONEY_STAYS) && reversal->tail->has_confirmed &&
           reversal->original->has_arrives &&
           reversal->original->arrives == TEFTER__POSTING_ACCOUNT__GL_BANK;
}

bool reversal_is_free(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    const Tefter__BranchRecord *here = branch_of_actor(tx);
    return is_own(tx, original) && original->date == here->date &&
           original->branch == here->branch && !arrived(tx, reversal);
}

/* One's own document of the open day is reversed freely, if it is no money; any other by right and
 * reason. */
static Tefter__Refusal *check_right(struct tx *tx, const struct reversal *reversal,
                                    const Tefter__Text *reason)
{
    const Tefter__DocumentRecord *original = reversal->original;
    bool free = reversal_is_free(tx, reversal);
    if (free && !moved_money(tx, original))
        return NULL;
    Tefter__Refusal *refusal = free ? NULL : staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_REVERSE);
    if (refusal == NULL && reason == NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    else if (refusal == NULL && tx_rule(tx, RULE_OWN_MONEY_BACK))
        refusal = field_text_filled(tx, "reason", reason);
    return refusal;
}

/* What was rounded off by it of bills that are reversed. */
static int64_t gone_with_bills(struct tx *tx, const struct item *payment)
{
    int64_t sum = 0;
    for (size_t i = 0; i < payment->record->n_matches; i++) {
        const Tefter__Match *match = payment->record->matches[i];
        if (match->rounded_off && !match->has_undone_seq &&
            document_tail(tx, match->other)->has_reversed_by)
            sum += match->amount_minor;
    }
    return sum;
}

/* It was paid out; NULL: it was not. */
static const Tefter__DocumentRecord *refund_of(struct tx *tx, const struct item *credit)
{
    for (size_t i = 0; i < credit->record->n_matches; i++) {
        const Tefter__Match *match = credit->record->matches[i];
        const Tefter__DocumentRecord *other =
            match->has_undone_seq ? NULL : document_get(tx, match->other);
        if (other != NULL && other->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND)
            return other;
    }
    return NULL;
}

/* What was matched with it would be open again, of the cash customer. */
static Tefter__Refusal *check_cash_bills(struct tx *tx, const struct reversal *reversal)
{
    const struct item *item = account_item(tx, account_open(tx, reversal->original->customer),
                                           reversal->original->document);
    int64_t matched =
        item != NULL && !item->record->debit
            ? item->record->amount_minor - item->record->open_minor - gone_with_bills(tx, item)
            : 0;
    Tefter__Refusal *refusal = account_check_paid(tx, reversal->original->customer, matched);
    const Tefter__DocumentRecord *refund =
        refusal != NULL && tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED) ? refund_of(tx, item) : NULL;
    if (refund == NULL)
        return refusal;
    refusal = refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "refund");
    FIELD_SET(refusal, existing, refund->document);
    refusal->existing_number = refund->number;
    return refusal;
}

static struct key taken_back_key(struct tx *tx)
{
    struct key key = key_book(TABLE_TAKEN_BACK);
    key_u32(&key, tx_actor(tx)->staff);
    return key;
}

static Tefter__Refusal *refuse_alone(struct tx *tx, int64_t left_minor)
{
    Tefter__Refusal *refusal =
        refuse_most(tx, TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document", left_minor);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_REVERSE, refusal->roles);
    return refusal;
}

Tefter__Refusal *reversal_check_alone(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    if (!company->has_own_reversal_minor || !is_own_money(tx, reversal->original))
        return NULL;
    if (tx_recalled(tx))
        return NULL;
    struct key key = taken_back_key(tx);
    int64_t before_minor = day_sum(tx, &key, reversal->branch->date);
    int64_t left_minor = company->own_reversal_minor - before_minor;
    if (reversal->taken_back_minor > 0 && reversal->taken_back_minor > left_minor)
        return refuse_alone(tx, left_minor > 0 ? left_minor : 0);
    return NULL;
}

/* After the decided line. */
static void count_taken_back(struct tx *tx, const struct reversal *reversal)
{
    struct key key = taken_back_key(tx);
    if (company_get(tx)->has_own_reversal_minor && is_own_money(tx, reversal->original))
        day_sum_add(tx, &key, reversal->branch->date, reversal->taken_back_minor);
}

/* The newest of its credit notes is the first to go. */
static Tefter__Refusal *refuse_credited(struct tx *tx, const Tefter__DocumentTailRecord *tail)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "credit_notes");
    uint64_t newest = tail->credit_notes[tail->n_credit_notes - 1];
    const Tefter__DocumentRecord *note = document_get(tx, newest);
    FIELD_SET(refusal, existing, newest);
    refusal->existing_number = note != NULL ? note->number : NULL;
    return refusal;
}

/* What was rounded off of a bill, and a credit note has taken back, is not taken back again. */
static Tefter__Refusal *check_bills_credited(struct tx *tx, const Tefter__DocumentRecord *payment)
{
    const struct item *item =
        account_item(tx, account_open(tx, payment->customer), payment->document);
    for (size_t i = 0; item != NULL && i < item->record->n_matches; i++) {
        const Tefter__Match *match = item->record->matches[i];
        if (!match->rounded_off || match->has_undone_seq)
            continue;
        const Tefter__DocumentTailRecord *tail = document_tail(tx, match->other);
        for (size_t k = 0; k < tail->n_credit_notes; k++)
            if (document_get(tx, tail->credit_notes[k])->discount_minor > 0)
                return refuse_credited(tx, tail);
    }
    return NULL;
}

static Tefter__Refusal *check_reversible(struct tx *tx, const struct reversal *reversal)
{
    if (reversal->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    if (reversal->tail->has_reversed_by)
        return document_refuse_reversed(tx, "document", reversal->tail);
    if (reversal->tail->n_credit_notes > 0)
        return refuse_credited(tx, reversal->tail);
    if (reversal->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        return move_check_reversible(tx, reversal->original, reversal->tail,
                                     reversal->branch->date);
    if (reversal->original->discount_minor > 0)
        return check_bills_credited(tx, reversal->original);
    return NULL;
}

/* What an import brought and is undone was on no day of a till. */
static Tefter__Refusal *check_till(struct tx *tx, const struct reversal *reversal)
{
    return reversal->undo ? NULL : money_check_taken_back(tx, reversal->original, NULL, "document");
}

static uint32_t later(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Today, or as its paper says; never before what it reverses and what was undone of that, which a
 * branch that is ahead may have done, nor before what was rounded off of it, which stays. */
static uint32_t reversal_date(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__Settled *then =
        tx_was_settled(tx, SETTLED_DOCUMENT, TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL);
    if (then != NULL)
        return document_date(then->number);
    if (reversal->undo)
        return later(reversal->original->date,
                     reversal->item != NULL ? item_counted_until(reversal->item) : DATE_NONE);
    uint32_t undone = reversal->item != NULL ? item_undone_until(tx, reversal->item) : DATE_NONE;
    if (reversal->item != NULL && tx_rule(tx, RULE_ROUNDED_OFF_KEEPS_ITS_DAY))
        undone = later(undone, item_rounded_until(reversal->item));
    return later(reversal->branch->date, later(reversal->original->date, undone));
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
        if (arrived && account == TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY)
            account = TEFTER__POSTING_ACCOUNT__GL_BANK;
        if (arrived && account == TEFTER__POSTING_ACCOUNT__GL_MONEY_IN_TRANSIT)
            account = original->arrives;
        postings_add(tx, &postings, account, posting->sub, -posting->amount_minor, posting->branch);
    }
    postings_set(tx, &postings, reversal->record);
}

/* A credit note that is reversed gives its quantities back to its invoice. */
static void uncredit_invoice(struct tx *tx, struct reversal *reversal)
{
    if (reversal->original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE)
        reversal->invoice_tail = credit_note_uncredit(tx, reversal->original);
}

/* So much less is taken back: it was rounded off of a bill, and went with that. */
static void take_less(struct tx *tx, struct reversal *reversal, int64_t amount_minor,
                      uint32_t branch)
{
    Tefter__DocumentRecord *record = reversal->record;
    int64_t change = reversal->item->record->debit ? amount_minor : -amount_minor;
    struct postings postings = {.count = 0};
    if (amount_minor == 0)
        return;
    for (size_t i = 0; i < record->n_postings; i++)
        postings.items[postings.count++] = record->postings[i];
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE, record->customer, change,
                 branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_SETTLEMENT_DISCOUNT, 0, -change,
                 branch);
    postings_set(tx, &postings, record);
    record->balance_minor += change;
    FIELD_SET(record, discount_minor, amount_minor);
    reversal->rounded_off_minor = amount_minor;
}

static void reverse_item(struct tx *tx, struct reversal *reversal)
{
    if (reversal->item != NULL)
        take_less(tx, reversal, account_reverse_item(tx, reversal->item, reversal->record->date),
                  reversal->original->branch);
    else
        need(reversal->original->balance_minor == 0);
}

static Tefter__Refusal *check_undo(struct tx *tx, const struct reversal *reversal)
{
    if (!reversal->undo)
        return NULL;
    if (!tx_rule(tx, RULE_IMPORTS_ARE_UNDONE))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "undo_import");
    bool posted_then = reversal->original->backfill || !tx_rule(tx, RULE_SALES_ARE_NO_IMPORT);
    if (reversal->original->source == NULL || !posted_then)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_IMPORTED, "document");
    return staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_BACKFILL);
}

/* ---- changes ---- */

static void tell_reversed(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    document_tell(tx, original, -1);
    if (reversal->item != NULL && original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        paper_on_credit(tx, original, reversal->item->record, -1);
}

/* What a correction took of a cap was only what it added, and stays. */
static void free_cap(struct tx *tx, const Tefter__DocumentRecord *sale)
{
    if (sale->has_buyer && !sale->has_corrects && tx_rule(tx, RULE_REVERSED_SALES_FREE_CAPS))
        buyer_give_back(tx, sale->customer, sale->buyer, sale->total_minor, sale->date);
}

/* Refuses, in this order: reason (field_text), FIELD_MISSING document (neither id nor number),
 * NOT_FOUND document; of undo_import RULES_TOO_OLD undo_import, NOT_IMPORTED document and
 * RIGHT_MISSING [BACKFILL]; then as reversal_check does; of money of the cash customer
 * CASH_SALE_UNPAID (account_check_paid) of what it was matched with; what it takes away
 * (credit_note_check_bill, taken_back_check, reversal_check_amount); unless it is undone, as
 * money_check_taken_back does. A number is looked for among invoices, credit notes, payments,
 * reversals, in this order. */
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
        command->has_document ? command->document : document_by_any_number(tx, command->number);
    bool counts = false;
    refusal = reversal_find(tx, document, false, &reversal);
    reversal.undo = command->undo_import;
    if (refusal == NULL)
        refusal = check_undo(tx, &reversal);
    if (refusal == NULL)
        refusal = reversal_check(tx, &reversal, command->reason);
    if (refusal == NULL)
        refusal = check_cash_bills(tx, &reversal);
    if (refusal == NULL && !reversal_is_free(tx, &reversal))
        refusal = credit_note_check_bill(tx, reversal.original, reversal.branch->date, &counts);
    if (refusal == NULL)
        refusal =
            taken_back_check(tx, &reversal, false, reversal.original->total_minor, command->reason);
    if (refusal == NULL)
        refusal = reversal_check_amount(tx, &reversal, 0);
    if (refusal == NULL)
        refusal = check_till(tx, &reversal);
    if (refusal == NULL)
        refusal = reversal_plan(tx, command->reason, &reversal);
    if (refusal != NULL)
        return refusal;
    reversal_round_off(tx, &reversal);

    tx_decided(tx);
    if (counts)
        credit_note_count_bill(tx, reversal.original, reversal.branch->date);
    free_cap(tx, reversal.original);
    reversal_complete(tx, &reversal, done);
    return NULL;
}

/* ---- services ---- */

bool reversal_moves_cash(struct tx *tx, const Tefter__ReverseDocument *command)
{
    uint64_t document = command->has_document     ? command->document
                        : command->number != NULL ? document_by_any_number(tx, command->number)
                                                  : 0;
    const Tefter__DocumentRecord *record = document != 0 ? document_get(tx, document) : NULL;
    return record != NULL && (record->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE ||
                              (record->has_payment_kind &&
                               record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH));
}

Tefter__Refusal *reversal_find(struct tx *tx, uint64_t document, bool corrects,
                               struct reversal *ret_reversal)
{
    ret_reversal->original = document != 0 ? document_get(tx, document) : NULL;
    if (ret_reversal->original == NULL)
        return refuse_not_found(tx, "document");
    ret_reversal->tail = document_tail(tx, document);
    ret_reversal->taken_back_minor = ret_reversal->original->total_minor;
    bool at_home =
        tx_rule(tx, corrects ? RULE_CORRECTIONS_STAY_IN_BRANCH : RULE_REVERSALS_STAY_IN_BRANCH);
    ret_reversal->branch =
        at_home ? branch_of_paper(tx, ret_reversal->original->branch) : branch_of_actor(tx);
    return NULL;
}

Tefter__Refusal *reversal_check(struct tx *tx, const struct reversal *reversal,
                                const Tefter__Text *reason)
{
    Tefter__Refusal *refusal = staff_check_paper(tx, "document", reversal->original->branch);
    if (refusal == NULL)
        refusal = check_right(tx, reversal, reason);
    if (refusal == NULL)
        refusal = check_reversible(tx, reversal);
    return refusal != NULL ? refusal : reversal_check_alone(tx, reversal);
}

Tefter__Refusal *reversal_check_amount(struct tx *tx, const struct reversal *reversal,
                                       int64_t again_minor)
{
    return threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_REVERSAL, "document",
                           reversal->original->total_minor - again_minor);
}

Tefter__Refusal *reversal_plan(struct tx *tx, const Tefter__Text *reason, struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    reversal->account = account_open(tx, original->customer);
    reversal->item = account_item(tx, reversal->account, original->document);
    Tefter__Refusal *refusal = document_begin(tx, reversal->branch, reversal->account,
                                              TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL, NULL,
                                              reversal_date(tx, reversal), &reversal->record);
    if (refusal != NULL)
        return refusal;
    Tefter__DocumentRecord *record = reversal->record;
    record->total_minor = original->total_minor;
    record->balance_minor = -original->balance_minor;
    FIELD_SET(record, about, original->document);
    record->note = (Tefter__Text *)reason;
    opposite_postings(tx, reversal);
    refusal = postings_check(tx, record);
    if (refusal != NULL)
        return refusal;
    reverse_item(tx, reversal);
    if (tx_rule(tx, RULE_BOUNDS_AGREE) && !account_fits(tx, reversal->account, 0))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "total_minor");
    uncredit_invoice(tx, reversal);
    return NULL;
}

void reversal_round_off(struct tx *tx, struct reversal *reversal)
{
    uint64_t payment = 0;
    if (reversal->item == NULL || !reversal->item->record->debit)
        return;
    int64_t amount = account_keep_rounded_off(tx, reversal->item, &payment);
    if (amount > 0)
        take_less(tx, reversal, amount, document_get(tx, payment)->branch);
}

struct event reversal_post(struct tx *tx, struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    document_write(tx, reversal->record);
    tell_reversed(tx, reversal);
    line_serials(tx, original, false);
    credit_note_uncount(tx, original);
    count_taken_back(tx, reversal);
    taken_back_count(tx, reversal);
    if (original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        payment_forget_reference(tx, original);
    if (original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE)
        move_count_reversed(tx, original, reversal->record, reversal->branch->date);
    FIELD_SET(reversal->tail, reversed_by, reversal->record->document);
    if (reversal->undo) {
        FIELD_SET(reversal->tail, undone, true);
        document_free_number(tx, original);
        credit_alarm_undone(tx, original);
    }
    document_tail_save(tx, original->document, reversal->tail);
    if (reversal->invoice_tail != NULL)
        document_tail_save(tx, original->about, reversal->invoice_tail);
    branch_save(tx, reversal->branch);
    money_note(tx, reversal->record);
    struct event event = document_event(TEFTER__EVENT_KIND__DOCUMENT_REVERSED_EVENT, original);
    event.about = reversal->record->document;
    event.amount_minor = reversal->record->balance_minor;
    event_emit(tx, &event);
    return event;
}

void reversal_alarm(struct tx *tx, const struct reversal *reversal)
{
    if (reversal->record->balance_minor <= 0)
        return;
    const Tefter__AccountRow *row =
        credit_record_row(tx, reversal->original->customer, branch_of_actor(tx)->date);
    if (row == NULL || row->unlimited || row->available_minor >= 0)
        return;
    credit_alarm(tx, reversal->record, reversal->original->source, -row->available_minor);
}

void reversal_own_alarm(struct tx *tx, const struct reversal *reversal)
{
    if (tx_rule(tx, RULE_OWN_MONEY_BACK_ALARMS) && !company_get(tx)->has_own_reversal_minor &&
        is_own_money(tx, reversal->original) && reversal->taken_back_minor > 0 && !reversal->undo)
        credit_alarm_own_back(tx, reversal->record, reversal->taken_back_minor);
}

void reversal_maker_alarm(struct tx *tx, const struct reversal *reversal)
{
    const Tefter__DocumentRecord *original = reversal->original;
    if (company_get(tx)->has_own_reversal_minor && !reversal->undo &&
        original->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        credit_alarm_maker(tx, original->actor, reversal->record);
}

/* Of what this command undid with the other side, what the new item is matched with it again. */
static int64_t matched_again(struct tx *tx, const struct item *fresh, uint64_t other)
{
    int64_t sum = 0;
    for (size_t i = 0; fresh != NULL && i < fresh->record->n_matches; i++)
        if (fresh->record->matches[i]->other == other)
            sum = tx_sum(tx, sum, fresh->record->matches[i]->amount_minor);
    return sum;
}

static Tefter__DocumentKind kind_of(struct tx *tx, uint64_t document)
{
    enum { FIELD_KIND = 2 };
    struct key key = document_key(document);
    return (Tefter__DocumentKind)tx_field(tx, &key, FIELD_KIND);
}

static void tell_freed(struct tx *tx, const struct reversal *reversal, uint64_t other,
                       int64_t amount_minor, Tefter__Done *done)
{
    enum { TOLD_MAX = 20 };
    FIELD_SET(done, freed_minor, tx_sum(tx, done->freed_minor, amount_minor));
    FIELD_SET(done, freed_count, done->freed_count + 1);
    if (done->freed == NULL)
        done->freed = tx_take(tx, TOLD_MAX * sizeof *done->freed);
    const struct item *item =
        done->n_freed < TOLD_MAX ? account_item(tx, reversal->account, other) : NULL;
    if (item == NULL)
        return;
    Tefter__FreedMatch *freed = tx_new(tx, &tefter__freed_match__descriptor);
    freed->document = other;
    freed->number = item->record->number;
    freed->kind = kind_of(tx, other);
    freed->amount_minor = amount_minor;
    freed->open_minor = item->record->open_minor;
    done->freed[done->n_freed++] = freed;
}

static bool undone_now(const struct tx *tx, const Tefter__Match *match)
{
    return match->has_undone_seq && match->undone_seq == tx_done_seq(tx);
}

/* What was matched in several parts with the same other side is one. */
static int64_t undone_with(struct tx *tx, const Tefter__ItemRecord *item, size_t first)
{
    int64_t sum = 0;
    uint64_t other = item->matches[first]->other;
    for (size_t i = 0; undone_now(tx, item->matches[first]) && i < item->n_matches; i++) {
        const Tefter__Match *match = item->matches[i];
        if (match->other != other || !undone_now(tx, match))
            continue;
        if (i < first)
            return 0; /* told with the first */
        sum = tx_sum(tx, sum, match->amount_minor);
    }
    return sum;
}

void reversal_done(struct tx *tx, const struct reversal *reversal, const struct item *fresh,
                   Tefter__Done *done)
{
    if (reversal->rounded_off_minor > 0 && !done->has_discount_minor)
        FIELD_SET(done, discount_minor, reversal->rounded_off_minor);
    FIELD_SET(done, reversal, reversal->record->document);
    done->reversal_number = reversal->record->number;
    const Tefter__ItemRecord *item = reversal->item != NULL ? reversal->item->record : NULL;
    for (size_t i = 0; item != NULL && i < item->n_matches; i++) {
        uint64_t other = item->matches[i]->other;
        int64_t undone = undone_with(tx, item, i);
        int64_t freed = undone > 0 ? undone - matched_again(tx, fresh, other) : 0;
        if (freed > 0)
            tell_freed(tx, reversal, other, freed, done);
    }
}

void reversal_complete(struct tx *tx, struct reversal *reversal, Tefter__Done *done)
{
    struct event event = reversal_post(tx, reversal);
    account_save(tx, reversal->account, &event);
    reversal_alarm(tx, reversal);
    taken_back_alarm(tx, reversal);
    reversal_own_alarm(tx, reversal);
    reversal_maker_alarm(tx, reversal);
    if (!reversal->undo)
        money_alarm_short(tx, reversal->record, NULL);
    FIELD_SET(done, id, reversal->original->document);
    done->number = reversal->original->number;
    reversal_done(tx, reversal, NULL, done);
}
