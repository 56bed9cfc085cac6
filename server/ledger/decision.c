/*
 * What of a command those who look on shall hear: a refused sale, one that was parked, approved, or
 * posted over the limit, a paper taken back. Told as it happens, and the newest are kept
 * (decided.c): no digest covers them, and replays say them to nobody.
 */
#include "domain/domain.h"
#include "ledger/inside.h"

#include <string.h>

struct telling {
    struct tx *tx;
    const Tefter__Command *command;
    const Tefter__Done *done;
    const Tefter__Refusal *refusal;
    struct ledger_decisions told;
    uint32_t count; /* numbers are seq * DECISIONS_EACH and on */
};

/* ---- one row ---- */

static Tefter__DecisionRow *row_begin(const struct telling *telling, Tefter__DecisionKind kind)
{
    struct tx *tx = telling->tx;
    const Tefter__StaffRecord *staff =
        tx->actor->has_staff ? staff_get(tx, tx->actor->staff) : NULL;
    Tefter__DecisionRow *row = tx_new(tx, &tefter__decision_row__descriptor);
    row->kind = kind;
    row->seq = tx->seq;
    row->at_ms = tx->now_ms;
    row->actor = tx_actor_copy(tx);
    row->login = staff != NULL ? staff->login : NULL;
    return row;
}

static void row_customer(const struct telling *telling, Tefter__DecisionRow *row, uint32_t customer)
{
    const Tefter__CustomerRecord *record = customer_get(telling->tx, customer);
    if (record == NULL)
        return;
    FIELD_SET(row, customer, customer);
    row->customer_code = record->code;
    row->customer_name = record->name;
}

/* of_import: one of many alike. */
static void row_end(struct telling *telling, Tefter__DecisionRow *row, uint32_t branch,
                    bool of_import)
{
    struct tx *tx = telling->tx;
    struct ledger_decisions *told = &telling->told;
    if (telling->count == DECISIONS_EACH)
        return;
    const Tefter__BranchRecord *record = branch_get(tx, branch);
    row->decision = tx->seq * DECISIONS_EACH + telling->count++;
    if (record != NULL) {
        FIELD_SET(row, branch, branch);
        row->branch_code = record->code;
    }
    FIELD_SET_IF(row, papers, of_import, 1);
    if (told->list == NULL)
        told->list = tx_take_out(tx, DECISIONS_TOLD_MAX * sizeof *told->list);
    decided_keep(tx, row, told);
}

static uint32_t branch_here(const struct telling *telling)
{
    return branch_of_actor(telling->tx)->branch;
}

static void row_walls(Tefter__DecisionRow *row, const Tefter__Decision *decision)
{
    int64_t over = credit_over(decision);
    row->walls = decision->walls;
    row->n_walls = decision->n_walls;
    FIELD_SET_IF(row, over_by_minor, over > 0, over);
}

/* ---- a sale that was refused ---- */

static const Tefter__IssueInvoice *sale_of(const Tefter__Command *command)
{
    if (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        return command->issue_invoice;
    if (command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID)
        return command->sell_paid->invoice;
    return command->kind_case == TEFTER__COMMAND__KIND_CORRECT_INVOICE
               ? command->correct_invoice->invoice
               : NULL;
}

/* By a rule about people and money; what was mistyped is nobody's decision. */
static bool is_wall(const Tefter__Refusal *refusal)
{
    static const Tefter__RefusalCode walls[] = {
        TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED,       TEFTER__REFUSAL_CODE__PAYER_LOCKED,
        TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED,  TEFTER__REFUSAL_CODE__BUYER_CAP_EXCEEDED,
        TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY,     TEFTER__REFUSAL_CODE__CASH_SALE_UNPAID,
        TEFTER__REFUSAL_CODE__APPROVAL_DENIED,       TEFTER__REFUSAL_CODE__APPROVAL_LAPSED,
        TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS,     TEFTER__REFUSAL_CODE__APPROVAL_OTHER_GOODS,
        TEFTER__REFUSAL_CODE__APPROVAL_USED_ALREADY, TEFTER__REFUSAL_CODE__BUYER_NEEDED,
    };
    for (size_t i = 0; i < sizeof walls / sizeof walls[0]; i++)
        if (walls[i] == refusal->code)
            return true;
    return refusal->decision != NULL;
}

static void tell_refused(struct telling *telling, const Tefter__IssueInvoice *sale)
{
    const Tefter__Refusal *refusal = telling->refusal;
    Tefter__CustomerRecord *customer = NULL;
    if (sale == NULL || !is_wall(refusal))
        return;
    Tefter__DecisionRow *row = row_begin(telling, TEFTER__DECISION_KIND__DECISION_SALE_REFUSED);
    (void)customer_resolve(telling->tx, sale->customer, sale->customer_code, true, &customer);
    if (customer != NULL)
        row_customer(telling, row, customer->customer);
    FIELD_SET(row, refusal, refusal->code);
    FIELD_COPY(row, approval, refusal);
    FIELD_SET_IF(row, amount_minor, sale->has_total_minor, sale->total_minor);
    if (refusal->decision != NULL) {
        FIELD_SET(row, amount_minor, refusal->decision->amount_minor);
        row_walls(row, refusal->decision);
    }
    row_end(telling, row, branch_here(telling), false);
}

/* ---- approvals ---- */

static void tell_approval(struct telling *telling, Tefter__DecisionKind kind, uint64_t approval)
{
    const Tefter__ApprovalRow *asked = credit_approval_row(telling->tx, approval);
    if (asked == NULL)
        return;
    Tefter__DecisionRow *row = row_begin(telling, kind);
    bool granted = asked->has_approved_minor && kind != TEFTER__DECISION_KIND__DECISION_PARKED;
    row_customer(telling, row, asked->customer);
    FIELD_SET(row, amount_minor, granted ? asked->approved_minor : asked->amount_minor);
    FIELD_COPY(row, over_by_minor, asked);
    FIELD_SET(row, approval, approval);
    FIELD_COPY(row, document, asked);
    row->number = asked->number;
    row->asked_login = asked->asked_login;
    row->goods = asked->goods;
    if (asked->decision != NULL)
        row_walls(row, asked->decision);
    uint32_t asked_at = asked->asked_by != NULL ? asked->asked_by->branch : 0;
    row_end(telling, row, asked_at != 0 ? asked_at : branch_here(telling), false);
}

static void tell_decided(struct telling *telling)
{
    const Tefter__DecideApproval *command = telling->command->decide_approval;
    tell_approval(telling,
                  command->approved ? TEFTER__DECISION_KIND__DECISION_APPROVED
                                    : TEFTER__DECISION_KIND__DECISION_DENIED,
                  command->approval);
}

/* ---- papers ---- */

static uint32_t branch_of_document(const struct telling *telling, uint64_t document)
{
    enum { FIELD_BRANCH = 5 };
    struct key key = document_key(document);
    return (uint32_t)tx_field(telling->tx, &key, FIELD_BRANCH);
}

static Tefter__DecisionRow *paper_begin(const struct telling *telling, Tefter__DecisionKind kind,
                                        uint64_t document, char *number)
{
    Tefter__DecisionRow *row = row_begin(telling, kind);
    row_customer(telling, row, document_customer(document));
    FIELD_SET(row, document, document);
    row->number = number;
    FIELD_SET(row, date, document_date(document));
    return row;
}

/* Of what the command made: an invoice, mostly. */
static Tefter__DecisionRow *own_paper(const struct telling *telling, Tefter__DecisionKind kind)
{
    Tefter__DecisionRow *row = paper_begin(telling, kind, telling->done->id, telling->done->number);
    FIELD_SET_IF(row, amount_minor, telling->done->has_total_minor, telling->done->total_minor);
    return row;
}

static void own_paper_end(struct telling *telling, Tefter__DecisionRow *row, bool of_import)
{
    row_end(telling, row, branch_of_document(telling, telling->done->id), of_import);
}

static void tell_reversed(struct telling *telling, const Tefter__Event *event)
{
    bool undone = telling->command->kind_case == TEFTER__COMMAND__KIND_REVERSE_DOCUMENT &&
                  telling->command->reverse_document->undo_import;
    Tefter__DecisionRow *row = paper_begin(telling,
                                           undone ? TEFTER__DECISION_KIND__DECISION_IMPORT_UNDONE
                                                  : TEFTER__DECISION_KIND__DECISION_REVERSED,
                                           event->document, event->number);
    FIELD_SET(row, amount_minor,
              event->amount_minor < 0 ? -event->amount_minor : event->amount_minor);
    row_end(telling, row, branch_of_document(telling, event->document), undone);
}

/* Posted all the same: the policy only warns, or it already happened. */
static bool passed_over(const Tefter__Decision *decision)
{
    return decision != NULL && decision->n_walls > 0 &&
           (decision->verdict == TEFTER__VERDICT__VERDICT_WARNED ||
            decision->verdict == TEFTER__VERDICT__VERDICT_POSTED);
}

static bool was_backdated(const Tefter__Done *done)
{
    for (size_t i = 0; i < done->n_warnings; i++)
        if (done->warnings[i]->kind == TEFTER__WARNING_KIND__WARNING_BACKDATED)
            return true;
    return false;
}

static void tell_discount(struct telling *telling)
{
    const struct tx *tx = telling->tx;
    for (size_t i = 0; i < tx->figure_count; i++) {
        if (tx->figures[i].kind != FIGURE_DISCOUNT)
            continue;
        Tefter__DecisionRow *row = own_paper(telling, TEFTER__DECISION_KIND__DECISION_DISCOUNT);
        FIELD_SET(row, discount_bp, (uint32_t)tx->figures[i].after);
        own_paper_end(telling, row, false);
        return;
    }
}

/* What all of them have in common; a correction's own row says the rest. */
static void tell_paper(struct telling *telling)
{
    const Tefter__Done *done = telling->done;
    const Tefter__IssueInvoice *sale = sale_of(telling->command);
    if (passed_over(done->decision)) {
        Tefter__DecisionRow *row = own_paper(telling, TEFTER__DECISION_KIND__DECISION_OVER_LIMIT);
        row_walls(row, done->decision);
        own_paper_end(telling, row, sale != NULL && sale->source != NULL);
    }
    if (was_backdated(done))
        own_paper_end(telling, own_paper(telling, TEFTER__DECISION_KIND__DECISION_BACKDATED),
                      false);
    tell_discount(telling);
}

static void tell_used(struct telling *telling)
{
    const struct tx *tx = telling->tx;
    for (size_t i = 0; i < tx->event_count; i++)
        if (tx->events[i]->kind == TEFTER__EVENT_KIND__APPROVAL_USED)
            tell_approval(telling, TEFTER__DECISION_KIND__DECISION_APPROVAL_USED,
                          tx->events[i]->about);
}

static void tell_events(struct telling *telling)
{
    const struct tx *tx = telling->tx;
    for (size_t i = 0; i < tx->event_count; i++)
        if (tx->events[i]->kind == TEFTER__EVENT_KIND__DOCUMENT_REVERSED_EVENT)
            tell_reversed(telling, tx->events[i]);
}

static bool corrects(const Tefter__Command *command)
{
    return command->kind_case == TEFTER__COMMAND__KIND_CORRECT_INVOICE ||
           command->kind_case == TEFTER__COMMAND__KIND_CORRECT_PAYMENT;
}

static bool makes_paper(const Tefter__Command *command)
{
    return sale_of(command) != NULL || corrects(command) ||
           command->kind_case == TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE ||
           command->kind_case == TEFTER__COMMAND__KIND_TAKE_PAYMENT;
}

static void tell_done(struct telling *telling)
{
    const Tefter__Command *command = telling->command;
    if (command->kind_case == TEFTER__COMMAND__KIND_ASK_APPROVAL)
        tell_approval(telling, TEFTER__DECISION_KIND__DECISION_PARKED, telling->done->id);
    else if (command->kind_case == TEFTER__COMMAND__KIND_DECIDE_APPROVAL)
        tell_decided(telling);
    else if (command->kind_case == TEFTER__COMMAND__KIND_REVERSE_DOCUMENT)
        tell_events(telling);
    if (corrects(command))
        own_paper_end(telling, own_paper(telling, TEFTER__DECISION_KIND__DECISION_CORRECTED),
                      false);
    if (sale_of(command) != NULL)
        tell_used(telling);
    if (makes_paper(command))
        tell_paper(telling);
}

void decisions_collect(struct tx *tx, const Tefter__Command *command, const Tefter__Done *done,
                       const Tefter__Refusal *refusal, struct ledger_result *result)
{
    struct telling telling = {.tx = tx, .command = command, .done = done, .refusal = refusal};
    if (command == NULL)
        return;
    if (refusal != NULL)
        tell_refused(&telling, sale_of(command));
    else
        tell_done(&telling);
    result->decisions = telling.told.list;
    result->decision_count = telling.told.count;
}
