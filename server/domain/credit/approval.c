/*
 * Approvals: one sale of one amount is parked, and those who may decide are asked.
 *
 *   waiting ──granted──▶ granted ──its sale──▶ spent
 *      │  └──refused──▶ refused       │
 *      └────── expires_ms passes ─────┴──▶ expired
 *
 * 1. An approval is spent by at most one document, of at most its amount.
 * 2. Expiry is seen, not written: one that nobody came for is read as expired.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

static struct key approval_key(uint64_t approval)
{
    struct key key = key_book(TABLE_APPROVAL);
    key_u64(&key, approval);
    return key;
}

static Tefter__ApprovalRecord *approval_get(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    return tx_get(tx, &key, &tefter__approval_record__descriptor);
}

static void approval_save(struct tx *tx, Tefter__ApprovalRecord *record)
{
    struct key key = approval_key(record->row->approval);
    FIELD_SET(record->row, seq, tx_seq(tx));
    tx_put(tx, &key, &record->base);
    tx_touch(tx, ROW_APPROVAL, record->row->approval);
}

/* ---- rules ---- */

/* One that was asked for after now was so while a clock was ahead: it does not wait for that day.
 */
static bool approval_lives(const struct tx *tx, const Tefter__ApprovalRow *row)
{
    bool ahead =
        tx_rule(tx, RULE_TIME_FOLLOWS_THE_CLOCK) && row->asked_ms > tx_now_ms(tx) + CLOCK_JUMP_MS;
    return row->expires_ms > tx_now_ms(tx) && !ahead;
}

static bool approval_open(const struct tx *tx, const Tefter__ApprovalRecord *record)
{
    return record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING &&
           approval_lives(tx, record->row);
}

static bool approval_covers(const struct tx *tx, const Tefter__ApprovalRecord *record,
                            const struct credit_request *request)
{
    return record->row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED &&
           approval_lives(tx, record->row) &&
           record->row->customer == request->customer->customer &&
           request->amount_minor <= record->row->approved_minor;
}

/* Waiting and granted ones that nobody came for are seen as expired; nothing is written for it. */
static void approval_age(const struct tx *tx, Tefter__ApprovalRow *row)
{
    bool open = row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
                row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED;
    if (open && !approval_lives(tx, row))
        row->state = TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED;
}

/* ---- changes ---- */

static Tefter__ApprovalRecord *approval_new(struct tx *tx, const Tefter__AskApproval *command,
                                            Tefter__Decision *decision, uint64_t number)
{
    enum { MINUTES = 15 };
    Tefter__ApprovalRecord *record = tx_new(tx, &tefter__approval_record__descriptor);
    Tefter__ApprovalRow *row = tx_new(tx, &tefter__approval_row__descriptor);
    uint32_t minutes = command->has_minutes ? command->minutes : MINUTES;
    row->approval = number;
    row->customer = command->customer;
    row->amount_minor = command->amount_minor;
    row->state = TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
    row->asked_ms = tx_now_ms(tx);
    row->expires_ms = tx_now_ms(tx) + (int64_t)minutes * 60000;
    row->asked_by = tx_actor_copy(tx);
    row->decision = decision;
    row->note = command->note;
    record->row = row;
    record->draft = command->draft;
    return record;
}

static void approval_emit(struct tx *tx, Tefter__EventKind kind, const Tefter__ApprovalRow *row)
{
    event_emit(tx, &(struct event){.kind = kind,
                                   .customer = row->customer,
                                   .about = row->approval,
                                   .has_amount = true,
                                   .amount_minor = row->amount_minor});
}

/* Refuses, in this order: amount_minor (field_amount), minutes (FIELD_INVALID outside
 * 1..APPROVAL_MINUTES_MAX), note (field_text); NOT_FOUND customer; what the sale would be refused
 * with but for APPROVAL_NEEDED (credit_decide); NOTHING_TO_CHANGE amount_minor (it would pass). */
Tefter__Refusal *apply_ask_approval(struct tx *tx, const Tefter__AskApproval *command,
                                    Tefter__Done *done)
{
    Tefter__Refusal *refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal != NULL)
        return refusal;
    if (command->has_minutes && (command->minutes < 1 || command->minutes > APPROVAL_MINUTES_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "minutes");
    refusal = field_text(tx, "note", command->note);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer = customer_get(tx, command->customer);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, customer->customer),
        .amount_minor = command->amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    Tefter__Decision *decision;
    refusal = credit_decide(tx, &request, &decision);
    if (refusal == NULL && !tx_recalled(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "amount_minor");
    if (refusal != NULL && refusal->code != TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        return refusal;
    if (tx_recalled(tx)) /* who asks posts nothing */
        decision->verdict = TEFTER__VERDICT__VERDICT_NEEDS_APPROVAL;

    tx_decided(tx);
    Tefter__CompanyRecord *company = company_shared(tx);
    uint64_t number = company_take_approval(tx, company);
    Tefter__ApprovalRecord *record = approval_new(tx, command, decision, number);
    company_save(tx, company);
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_ASKED, record->row);
    FIELD_SET(done, id, record->row->approval);
    done->decision = decision;
    return NULL;
}

/* Refuses, in this order: amount_minor (field_amount), reason (field_text), FIELD_MISSING reason
 * when not approved; NOT_FOUND approval, APPROVAL_NOT_OPEN approval (decided or expired),
 * FIELD_INVALID amount_minor (more than was asked). */
Tefter__Refusal *apply_decide_approval(struct tx *tx, const Tefter__DecideApproval *command,
                                       Tefter__Done *done)
{
    Tefter__Refusal *refusal = NULL;
    if (command->has_amount_minor)
        refusal = field_amount(tx, "amount_minor", command->amount_minor);
    if (refusal == NULL)
        refusal = field_text(tx, "reason", command->reason);
    if (refusal != NULL)
        return refusal;
    if (!command->approved && command->reason == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    Tefter__ApprovalRecord *record = approval_get(tx, command->approval);
    if (record == NULL)
        return refuse_not_found(tx, "approval");
    if (!approval_open(tx, record))
        return refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
    if (command->has_amount_minor && command->amount_minor > record->row->amount_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "amount_minor");

    tx_decided(tx);
    Tefter__ApprovalRow *row = record->row;
    row->state = command->approved ? TEFTER__APPROVAL_STATE__APPROVAL_GRANTED
                                   : TEFTER__APPROVAL_STATE__APPROVAL_REFUSED;
    row->decided_by = tx_actor_copy(tx);
    row->reason = command->reason;
    FIELD_SET_IF(row, approved_minor, command->approved,
                 command->has_amount_minor ? command->amount_minor : row->amount_minor);
    approval_save(tx, record);
    approval_emit(tx, TEFTER__EVENT_KIND__APPROVAL_DECIDED, row);
    FIELD_SET(done, id, row->approval);
    return NULL;
}

/* ---- services ---- */

Tefter__Refusal *approval_check(struct tx *tx, const struct credit_request *request)
{
    const Tefter__ApprovalRecord *approval = approval_get(tx, request->approval);
    if (approval == NULL)
        return refuse_not_found(tx, "approval");
    if (!approval_covers(tx, approval, request))
        return refuse(tx, TEFTER__REFUSAL_CODE__APPROVAL_NOT_OPEN, "approval");
    return NULL;
}

void approval_spend(struct tx *tx, uint64_t approval, uint64_t document)
{
    Tefter__ApprovalRecord *record = approval_get(tx, approval);
    need(record != NULL);
    record->row->state = TEFTER__APPROVAL_STATE__APPROVAL_SPENT;
    FIELD_SET(record, document, document);
    approval_save(tx, record);
    event_emit(tx, &(struct event){.kind = TEFTER__EVENT_KIND__APPROVAL_USED,
                                   .customer = record->row->customer,
                                   .about = approval,
                                   .document = document});
}

/* The draft beside it, which may have two thousand lines, is not read. */
enum { FIELD_ROW = 1 };

Tefter__ApprovalRow *credit_approval_row(struct tx *tx, uint64_t approval)
{
    struct key key = approval_key(approval);
    Tefter__ApprovalRow *row = tx_part(tx, &key, FIELD_ROW, &tefter__approval_row__descriptor);
    if (row != NULL)
        approval_age(tx, row);
    return row;
}

/* ---- services: newest first ---- */

static bool walk_back(struct tx *tx, uint64_t before, struct tx_walk *walk)
{
    struct key prefix = key_book(TABLE_APPROVAL);
    struct key end = approval_key(before);
    return tx_walk_last(tx, &prefix, before != 0 ? &end : NULL, walk);
}

static Tefter__ApprovalRow *walk_row(const struct tx_walk *walk)
{
    Tefter__ApprovalRow *row = tx_walk_part(walk, FIELD_ROW, &tefter__approval_row__descriptor);
    if (row == NULL)
        tx_fault(walk->tx, "ApprovalRow");
    approval_age(walk->tx, row);
    return row;
}

/* None is open longer than APPROVAL_MINUTES_MAX: whatever was asked before that is over, and so is
 * what was asked before it. */
static bool all_over(const struct tx *tx, const Tefter__ApprovalRow *row)
{
    return row->asked_ms + (int64_t)APPROVAL_MINUTES_MAX * 60000 <= tx_now_ms(tx);
}

void credit_open_approvals(struct tx *tx, uint64_t *cursor, uint64_t *ret_approvals, size_t most,
                           size_t *ret_count, bool *ret_more)
{
    struct page page = {.rows_most = (uint32_t)most};
    struct tx *scratch = tx_scratch_begin(tx);
    struct tx_walk walk;
    *ret_count = 0;
    *ret_more = true;
    bool on = walk_back(scratch, *cursor, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        tx_scratch_next(scratch);
        *cursor = tx_walk_u64(&walk, KEY_BOOK_HEAD);
        const Tefter__ApprovalRow *row = walk_row(&walk);
        if (all_over(tx, row)) {
            on = false;
            break;
        }
        if (row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING ||
            row->state == TEFTER__APPROVAL_STATE__APPROVAL_GRANTED)
            ret_approvals[(*ret_count)++] = row->approval;
        page.rows = (uint32_t)*ret_count;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    *ret_more = on;
}

/* ---- views ---- */

Tefter__Refusal *view_approvals(struct tx *tx, const Tefter__ApprovalList *query,
                                Tefter__ApprovalsAnswer *answer)
{
    uint64_t last; /* the oldest of the page before */
    if (!page_read(query->has_page, query->page, &last, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    answer->approvals = tx_take(tx, PAGE_ROWS_MAX * sizeof(Tefter__ApprovalRow *));
    struct tx_walk walk;
    bool on = walk_back(tx, last, &walk);
    for (; on && page_looks(&page); on = tx_walk_previous(&walk)) {
        Tefter__ApprovalRow *row = walk_row(&walk);
        bool wanted =
            !query->waiting_only || row->state == TEFTER__APPROVAL_STATE__APPROVAL_WAITING;
        if (query->waiting_only && all_over(tx, row)) {
            on = false;
            break;
        }
        if (wanted && !page_takes(&page, &row->base))
            break;
        if (wanted)
            answer->approvals[answer->n_approvals++] = row;
        last = row->approval;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
    return NULL;
}
