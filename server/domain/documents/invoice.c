/*
 * Invoices. A plan is a document made ready in memory; posting writes it. A correction plans a
 * reversal and a new document over the same account, so that the credit check sees the net.
 *
 *   issued ──▶ open ──▶ part ──▶ closed, or reversed (document.c)
 *
 * 1. The stored decision is the one the invoice was posted with.
 * 2. The due date is not before the date, but of a backfill.
 * 3. A correction of an approved bill to other goods or prices is judged as a new sale.
 * 4. A bill of the cash customer is paid when it is written, unless a right says so.
 */
#include "domain/documents/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

/* ---- rules: what is paid at once ---- */

int64_t cash_in_coins(int64_t amount_minor, int64_t unit_minor)
{
    if (unit_minor <= 1)
        return amount_minor;
    int64_t units = amount_minor / unit_minor;
    if (amount_minor % unit_minor * 2 >= unit_minor)
        units++;
    return units * unit_minor;
}

int64_t cash_due(int64_t amount_minor, int64_t unit_minor)
{
    int64_t due = cash_in_coins(amount_minor, unit_minor);
    return due > 0 ? due : amount_minor;
}

Tefter__Refusal *cash_refuse_coins(struct tx *tx, const char *field, int64_t amount_minor,
                                   int64_t unit_minor)
{
    Tefter__Refusal *refusal =
        refuse_most(tx, TEFTER__REFUSAL_CODE__NOT_IN_COINS, field, unit_minor);
    FIELD_SET_IF(refusal, available_minor, amount_minor > unit_minor,
                 amount_minor - amount_minor % unit_minor);
    FIELD_SET_IF(refusal, over_by_minor, amount_minor > unit_minor, unit_minor);
    FIELD_SET_IF(refusal, above_minor, tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED),
                 amount_minor - amount_minor % unit_minor + unit_minor);
    return refusal;
}

static Tefter__Refusal *refuse_paid(struct tx *tx, int64_t over_minor)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__PAID_TOO_MUCH, "payments");
    FIELD_SET(refusal, over_by_minor, over_minor);
    return refusal;
}

/* Nothing is left to pay for, and nothing is said beside what is handed over for a free item. */
static bool comes_to_nothing(const struct tx *tx, int64_t total_minor, const struct paid *paid)
{
    return total_minor == paid->other_minor && (total_minor == 0 || paid->tendered_minor == 0) &&
           tx_rule(tx, RULE_NOTHING_PAYS_NOTHING);
}

/* So much cash is left to pay. */
static int64_t left_in_cash(const struct paid *paid, int64_t left_minor)
{
    if (paid->other_is_rest)
        return left_minor;
    return paid->all_coins ? cash_in_coins(left_minor, paid->unit_minor)
                           : cash_due(left_minor, paid->unit_minor);
}

/* Who says the sum of the bill means the bill; any other is what was handed over. */
static Tefter__Refusal *tender_coins(struct tx *tx, int64_t left_minor, struct paid *paid)
{
    if (!paid->all_coins || paid->tendered_minor % paid->unit_minor == 0)
        return NULL;
    if (paid->tendered_minor != left_minor || paid->other_is_rest)
        return cash_refuse_coins(tx, tx_format(tx, "payments[%zu].amount_minor", paid->cash_at),
                                 paid->tendered_minor, paid->unit_minor);
    paid->tendered_minor = cash_in_coins(left_minor, paid->unit_minor);
    return NULL;
}

static Tefter__Refusal *split_paid(struct tx *tx, int64_t total_minor, struct paid *paid)
{
    int64_t left = total_minor - paid->other_minor;
    if (comes_to_nothing(tx, total_minor, paid)) {
        paid->change_minor = paid->tendered_minor;
        paid->owed_minor = paid->waiting_minor;
        return NULL;
    }
    if (left < 0 || (left == 0 && (paid->tendered_minor > 0 || paid->cash_is_rest)))
        return refuse_paid(tx, left < 0 ? -left : paid->tendered_minor);
    Tefter__Refusal *refusal = tender_coins(tx, left, paid);
    if (refusal != NULL)
        return refusal;
    if (paid->other_is_rest) {
        paid->rest_minor = left - paid->tendered_minor;
        if (paid->rest_minor < 0 ||
            (paid->rest_minor == 0 && !tx_rule(tx, RULE_NOTHING_PAYS_NOTHING)))
            return refuse_paid(tx, -paid->rest_minor);
        left = paid->tendered_minor;
    }
    int64_t due = left_in_cash(paid, left);
    if (paid->cash_is_rest)
        paid->tendered_minor = due;
    bool whole = paid->tendered_minor >= due && left > 0 && (paid->has_cash || due > 0);
    paid->cash_minor = whole ? due : paid->tendered_minor < left ? paid->tendered_minor : left;
    paid->rounding_minor = whole ? left - due : 0;
    paid->change_minor = paid->tendered_minor - paid->cash_minor;
    paid->owed_minor = left - paid->cash_minor - paid->rounding_minor + paid->waiting_minor;
    if (paid->waiting_is_rest)
        paid->owed_minor += paid->rest_minor;
    if (paid->unsure_is_rest)
        paid->unsure_minor += paid->rest_minor;
    return NULL;
}

/* ---- rules ---- */

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__IssueInvoice *command,
                                   const struct line_rules *rules)
{
    struct document_header header = {
        .number = command->number,
        .source = command->source,
        .has_date = command->has_date,
        .date = command->date,
        .note = command->note,
        .note_field = "note",
        .currency = command->currency,
    };
    Tefter__Refusal *refusal = document_check_header(tx, &header);
    if (refusal == NULL && command->has_due)
        refusal = field_date(tx, "due", command->due);
    if (refusal == NULL && command->salesperson != NULL)
        refusal = field_login(tx, "salesperson", command->salesperson);
    if (refusal == NULL && command->reference != NULL)
        refusal = field_line(tx, "reference", command->reference, CODE_MAX_BYTES);
    if (refusal == NULL && command->n_lines + command->n_charges == 0)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "lines");
    if (refusal == NULL)
        refusal = line_check_form(tx, rules, command->lines, command->n_lines);
    if (refusal == NULL)
        refusal = line_check_charges(tx, command->charges, command->n_charges);
    return refusal;
}

static Tefter__Refusal *find_customer(struct tx *tx, const Tefter__IssueInvoice *command,
                                      Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, true, ret_customer);
    if (refusal == NULL && *ret_customer == NULL)
        *ret_customer = customer_get(tx, company_get(tx)->cash_customer);
    return refusal;
}

static uint32_t due_by_terms(struct tx *tx, const Tefter__CustomerRecord *customer, uint32_t date)
{
    uint32_t due =
        date + (uint32_t)tx_settle(tx, SETTLED_TERM, 0, customer_term_days(tx, customer));
    return due < DATE_MAX ? due : DATE_MAX;
}

/* What the document says, beside what it sums to. */
static void fill(struct tx *tx, const Tefter__IssueInvoice *command,
                 const Tefter__CustomerRecord *customer, Tefter__DocumentRecord *record)
{
    FIELD_SET(record, due,
              command->has_due ? command->due : due_by_terms(tx, customer, record->date));
    record->note = command->note;
    record->salesperson = command->salesperson;
    FIELD_COPY(record, buyer, command);
    record->source = command->source;
    record->reference = command->reference;
    FIELD_COPY(record, backfill, command);
}

/* Of a correction for the same customer, what the bill that it replaces was for. */
static bool sees_net(const struct tx *tx, const struct document_plan *plan)
{
    return plan->replaced != NULL && tx_rule(tx, RULE_CORRECTIONS_SEE_THE_NET) &&
           plan->replaced->customer == plan->record->customer;
}

static int64_t replaces_minor(const struct tx *tx, const struct document_plan *plan)
{
    return sees_net(tx, plan) ? plan->replaced->total_minor : 0;
}

static bool was_approved(const Tefter__DocumentRecord *bill)
{
    return bill->approved ||
           (bill->decision != NULL && bill->decision->verdict == TEFTER__VERDICT__VERDICT_APPROVED);
}

/* An approval was for the goods and prices of then: other ones are a new sale. */
static bool leaves_approved(struct tx *tx, const struct document_plan *plan)
{
    return tx_rule(tx, RULE_APPROVED_STAYS_AS_APPROVED) && was_approved(plan->replaced) &&
           !goods_within(tx, plan->replaced, plan->record);
}

static struct credit_request credit_request(struct tx *tx, const Tefter__IssueInvoice *command,
                                            int64_t owed_minor, const struct document_plan *plan)
{
    bool net = sees_net(tx, plan) && !leaves_approved(tx, plan);
    int64_t replaces = net ? plan->replaced->total_minor : 0;
    return (struct credit_request){
        .customer = plan->customer,
        .account = plan->account,
        .amount_minor = owed_minor - replaces,
        .paid = owed_minor == 0 && plan->record->total_minor > 0,
        .today = plan->branch->date,
        .approval = command->has_approval ? command->approval : 0,
        .branch = plan->branch->branch,
        .goods =
            plan->parked != NULL ? parked_compare(tx, plan->parked, plan->record) : GOODS_OTHER,
        .backfill = command->backfill,
        .corrects = net,
        .replaces_minor = replaces,
    };
}

/* Who took the goods before may have been struck off since: only what is more is asked about. */
static bool same_buyer(const struct tx *tx, const struct document_plan *plan, uint32_t buyer)
{
    return sees_net(tx, plan) && plan->replaced->has_buyer && plan->replaced->buyer == buyer;
}

/* Goods of who says so go to authorised buyers alone; what happened already has gone. A correction
 * keeps what was. */
static Tefter__Refusal *check_named(struct tx *tx, const Tefter__IssueInvoice *command,
                                    const struct document_plan *plan)
{
    bool kept = plan->replaced != NULL && !plan->replaced->has_buyer;
    if (!plan->customer->buyers_only || command->backfill || kept || tx_recalled(tx))
        return NULL;
    return refuse(tx, TEFTER__REFUSAL_CODE__BUYER_NEEDED, "buyer");
}

static Tefter__Refusal *check_buyer(struct tx *tx, const Tefter__IssueInvoice *command,
                                    const struct document_plan *plan)
{
    int64_t total = plan->record->total_minor;
    if (!command->has_buyer)
        return check_named(tx, command, plan);
    int64_t before = same_buyer(tx, plan, command->buyer) ? plan->replaced->total_minor : 0;
    if (same_buyer(tx, plan, command->buyer) && total <= before)
        return NULL;
    return buyer_check(tx, plan->customer, command->buyer, total, before, plan->branch->date);
}

/* The cap of who takes the goods, then the walls; a cap that is passed is told with them. */
static Tefter__Refusal *check_credit(struct tx *tx, const Tefter__IssueInvoice *command,
                                     int64_t owed_minor, struct document_plan *plan)
{
    struct credit_request request = credit_request(tx, command, owed_minor, plan);
    FIELD_SET_IF(plan->record, approved,
                 request.corrects && tx_rule(tx, RULE_APPROVED_STAYS_AS_APPROVED) &&
                     was_approved(plan->replaced),
                 true);
    Tefter__Refusal *refusal = check_buyer(tx, command, plan);
    if (refusal == NULL)
        return credit_decide(tx, &request, &plan->record->decision);
    if (refusal->code == TEFTER__REFUSAL_CODE__BUYER_CAP_EXCEEDED && !sees_net(tx, plan))
        credit_explain_cap(tx, &request, refusal);
    return refusal;
}

/* The PIN of who takes the goods, if they have one: the last that is asked, so that nobody types it
 * for a sale that is refused. What is asked or tried for, and what happened already, needs none;
 * what is put right and takes nothing more keeps what was typed then. */
static Tefter__Refusal *check_pin(struct tx *tx, const Tefter__IssueInvoice *command,
                                  const struct document_plan *plan)
{
    Tefter__Refusal *refusal = NULL;
    bool typed = false;
    if (!command->has_buyer || plan->draft || command->backfill || tx_reading(tx))
        return NULL;
    if (same_buyer(tx, plan, command->buyer) &&
        plan->record->total_minor <= plan->replaced->total_minor)
        typed = plan->replaced->with_pin;
    else
        refusal = buyer_check_pin(tx, plan->customer, command->buyer, &typed);
    FIELD_SET_IF(plan->record, with_pin, typed, true);
    return refusal;
}

/* After the decided line. */
static void spend_of_buyer(struct tx *tx, const struct document_plan *plan)
{
    const Tefter__DocumentRecord *record = plan->record;
    if (!record->has_buyer)
        return;
    int64_t before = same_buyer(tx, plan, record->buyer) ? plan->replaced->total_minor : 0;
    if (before == 0 || record->total_minor > before)
        buyer_spend(tx, plan->customer, record->buyer, record->total_minor - before,
                    plan->branch->date);
}

/* A blocked branch sells nothing more; what it sold is put right all the same. */
static Tefter__Refusal *check_branch(struct tx *tx, const struct document_plan *plan)
{
    bool adds = plan->record->total_minor > replaces_minor(tx, plan);
    return plan->branch->blocked && adds && !tx_recalled(tx)
               ? refuse(tx, TEFTER__REFUSAL_CODE__BRANCH_BLOCKED, NULL)
               : NULL;
}

/* Real files have bills that are due before their date: what already happened is taken as it is,
 * and stays so when it is corrected. */
static bool due_as_it_was(const struct tx *tx, const Tefter__IssueInvoice *command,
                          const Tefter__DocumentRecord *replaced, uint32_t date)
{
    bool kept = replaced != NULL && replaced->has_due && replaced->due == command->due &&
                replaced->date == date;
    return kept || (command->backfill && tx_rule(tx, RULE_EARLY_DATES_ARE_NAMED));
}

static Tefter__Refusal *find_branch(struct tx *tx, uint64_t corrects, struct document_plan *plan)
{
    if (corrects == 0 || !tx_rule(tx, RULE_CORRECTIONS_STAY_IN_BRANCH))
        return document_branch(tx, &plan->branch);
    plan->branch = document_branch_replaced(tx, corrects);
    return NULL;
}

/* An approval that is named serves this sale, whatever it will come to; what is parked with it.
 * What is recalled was sold, with it or without. */
static Tefter__Refusal *find_approval(struct tx *tx, const Tefter__IssueInvoice *command,
                                      struct document_plan *plan)
{
    if (!command->has_approval || !tx_rule(tx, RULE_APPROVALS_BIND))
        return NULL;
    plan->parked = approval_draft(tx, command->approval);
    if (tx_recalled(tx))
        return NULL;
    return approval_serves(tx, command->approval, plan->customer->customer, plan->branch->branch);
}

/* The part of planning that may know today's state but not its own total yet. */
static Tefter__Refusal *begin(struct tx *tx, const Tefter__IssueInvoice *command,
                              struct account *account, uint64_t corrects,
                              struct document_plan *plan)
{
    Tefter__Refusal *refusal = find_customer(tx, command, &plan->customer);
    if (refusal == NULL && corrects == 0)
        refusal = customer_check_stands(tx, plan->customer, "customer");
    if (refusal == NULL)
        refusal = find_branch(tx, corrects, plan);
    if (refusal == NULL)
        refusal = find_approval(tx, command, plan);
    uint32_t date;
    if (refusal == NULL)
        refusal = document_date_of(tx, plan->branch, plan->replaced, command->has_date,
                                   command->date, command->backfill, &date);
    if (refusal != NULL)
        return refusal;
    if (command->has_due && command->due < date &&
        !due_as_it_was(tx, command, plan->replaced, date))
        return refuse_early(tx, "due", date);
    plan->account = account_open_beside(tx, account, plan->customer->customer);
    if (plan->draft)
        return document_draft(tx, plan->branch, plan->account, command->number, date,
                              &plan->record);
    return document_begin(tx, plan->branch, plan->account, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,
                          command->number, date, &plan->record);
}

/* An approval says who lets it stay open; a correction sees what follows it first; and who only
 * asks what it would come to may. */
static Tefter__Refusal *check_open(struct tx *tx, const Tefter__IssueInvoice *command,
                                   int64_t owed_minor, const struct document_plan *plan)
{
    bool asked =
        tx_reading(tx) || command->backfill || command->has_approval || plan->record->has_corrects;
    return asked ? NULL : account_check_paid(tx, plan->customer->customer, owed_minor);
}

/* The decision is on what stays open; a part of the sale is that, and what is paid. */
static void tell_paid(Tefter__Refusal *refusal, int64_t paid_minor)
{
    if (refusal->decision == NULL || paid_minor <= 0)
        return;
    FIELD_SET(refusal, paid_minor, paid_minor);
    for (size_t i = 0; i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == TEFTER__WAY_OUT_KIND__WAY_PART_NOW)
            refusal->ways[i]->amount_minor += paid_minor;
}

/* What credit decides over. A transfer that waits is as good as owed; a cash sale it pays, and who
 * confirms money sees that it waits. */
static int64_t on_credit(struct tx *tx, const struct document_plan *plan, const struct paid *paid)
{
    if (paid == NULL)
        return plan->record->total_minor;
    bool cash = plan->customer->customer == company_cash_customer(tx);
    return paid->owed_minor + (cash ? 0 : paid->unsure_minor);
}

static Tefter__Refusal *finish(struct tx *tx, const Tefter__IssueInvoice *command,
                               struct paid *paid, struct document_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    bool opening = command->opening && paid == NULL; /* what was paid at once was not owed */
    document_set_opening(tx, record, command->has_opening || paid != NULL ? &opening : NULL,
                         plan->replaced);
    Tefter__Refusal *refusal = document_total(tx, record, 1);
    if (refusal != NULL)
        return refusal;
    if (command->has_total_minor && command->total_minor != record->total_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "total_minor");
    if (!account_fits(tx, plan->account, record->total_minor))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    refusal = check_branch(tx, plan);
    if (refusal == NULL && paid != NULL)
        refusal = split_paid(tx, record->total_minor, paid);
    int64_t owed_minor = on_credit(tx, plan, paid);
    if (refusal == NULL && !plan->draft)
        refusal = check_open(tx, command, owed_minor, plan);
    if (refusal == NULL)
        refusal = check_credit(tx, command, owed_minor, plan);
    if (refusal != NULL)
        tell_paid(refusal, record->total_minor - owed_minor);
    if (refusal == NULL && plan->draft) /* no approval would lift that */
        refusal = check_open(tx, command, owed_minor, plan);
    if (refusal == NULL)
        refusal = check_pin(tx, command, plan);
    if (refusal == NULL && record->total_minor > 0)
        plan->item = account_add_item(tx, plan->account, record, true, true);
    return refusal;
}

/* ---- changes ---- */

Tefter__Refusal *apply_issue_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                     Tefter__Done *done)
{
    struct document_plan *plan;
    Tefter__Refusal *refusal = invoice_plan(tx, command, NULL, 0, &plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    struct event event = invoice_post(tx, plan);
    account_save(tx, plan->account, &event);
    document_done(tx, plan, done);
    return NULL;
}

/* ---- services ---- */

static Tefter__Refusal *plan_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                     struct account *account, uint64_t corrects, struct paid *paid,
                                     struct document_plan *plan)
{
    plan->replaced = document_replaced(tx, corrects);
    struct line_rules rules = {.field = "lines",
                               .backfill = command->backfill,
                               .corrects = corrects,
                               .replaced = plan->replaced,
                               .thresholds = tx_rule(tx, RULE_THRESHOLDS)};
    bool imported = command->backfill && command->source != NULL && paid == NULL;
    Tefter__Refusal *refusal = check_form(tx, command, &rules);
    if (refusal == NULL)
        refusal = document_check_opening(tx, command->opening, imported);
    if (refusal == NULL)
        refusal = document_check_backfill(tx, command->backfill);
    if (refusal == NULL)
        refusal = document_check_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,
                                        command->number, command->backfill);
    if (refusal == NULL)
        refusal = begin(tx, command, account, corrects, plan);
    if (refusal != NULL)
        return refusal;
    fill(tx, command, plan->customer, plan->record);
    FIELD_SET_IF(plan->record, corrects, corrects != 0, corrects);
    plan->prices = price_lists_for(tx, plan->customer->groups, plan->customer->n_groups,
                                   plan->branch->branch, plan->record->date);
    rules.prices = plan->prices;
    rules.parked = plan->parked != NULL && parked_holds(tx, plan->parked, command);
    refusal = line_fill(tx, &rules, command->lines, command->n_lines, plan->record);
    if (refusal == NULL)
        refusal = line_fill_charges(tx, command->charges, command->n_charges, plan->record);
    if (refusal == NULL)
        refusal = sale_check_thresholds(tx, plan, corrects, rules.parked);
    return refusal != NULL ? refusal : finish(tx, command, paid, plan);
}

/* Refuses, in this order: number, source (field_code), date (field_date), note (field_text),
 * currency, due (field_date), salesperson (field_login), reference (field_line), FIELD_MISSING
 * lines (neither lines nor charges), each line's form, each charge's form, opening
 * (document_check_opening) · the right BACKFILL ·
 * customer (customer_resolve), CUSTOMER_MERGED, BRANCH_BLOCKED, approval (approval_serves), date
 * (posting_date), DATE_TOO_EARLY due (before the date; a backfill may), NUMBER_TAKEN number · each
 * line against the catalogue (fill_line) · AMOUNT_TOO_BIG or TOTAL_NEGATIVE lines, FIELD_INVALID
 * total_minor (not what was shown), AMOUNT_TOO_BIG · paid at once: PAID_TOO_MUCH payments ·
 * CASH_SALE_UNPAID (account_check_paid; of a draft after the credit) · person (BUYER_NEEDED buyer;
 * buyer_check, by the branch's business date) · credit (credit_decide) · buyer (buyer_check_pin). A
 * correction stands in the old one's branch, and BRANCH_BLOCKED comes before what is paid, if it
 * adds something. */
Tefter__Refusal *invoice_plan(struct tx *tx, const Tefter__IssueInvoice *command,
                              struct account *account, uint64_t corrects,
                              struct document_plan **ret_plan)
{
    *ret_plan = tx_take(tx, sizeof **ret_plan);
    return plan_invoice(tx, command, account, corrects, NULL, *ret_plan);
}

Tefter__Refusal *invoice_plan_paid(struct tx *tx, const Tefter__IssueInvoice *command,
                                   struct paid *paid, struct document_plan **ret_plan)
{
    *ret_plan = tx_take(tx, sizeof **ret_plan);
    return plan_invoice(tx, command, NULL, 0, paid, *ret_plan);
}

Tefter__Refusal *invoice_plan_draft(struct tx *tx, const Tefter__IssueInvoice *command,
                                    struct document_plan **ret_plan)
{
    *ret_plan = tx_take(tx, sizeof **ret_plan);
    (*ret_plan)->draft = true;
    return plan_invoice(tx, command, NULL, 0, NULL, *ret_plan);
}

/* In basis points of what the line would come to. */
static uint32_t line_discount(const Tefter__DocumentLine *line)
{
    int64_t whole = line->net_minor + line->discount_minor;
    if (line->has_discount_bp || line->discount_minor <= 0 || whole <= 0)
        return line->discount_bp;
    return (uint32_t)(line->discount_minor * BASIS_POINTS / whole);
}

/* Those who look on hear of a discount that a salesperson usually may not give. */
static void tell_discount(struct tx *tx, const Tefter__DocumentRecord *record)
{
    uint32_t most = 0;
    for (size_t i = 0; i < record->n_lines; i++) {
        uint32_t discount = line_discount(record->lines[i]);
        most = discount > most ? discount : most;
    }
    if (most > threshold_usual(TEFTER__THRESHOLD__THRESHOLD_DISCOUNT, TEFTER__ROLE__ROLE_SALES))
        tx_figure(tx, &(struct figure){
                          .kind = FIGURE_DISCOUNT, .document = record->document, .after = most});
}

struct event invoice_post(struct tx *tx, struct document_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    document_write(tx, record);
    tell_discount(tx, record);
    line_serials(tx, record, true);
    branch_save(tx, plan->branch);
    spend_of_buyer(tx, plan);
    struct event event = document_event(TEFTER__EVENT_KIND__INVOICE_ISSUED, record);
    event_emit(tx, &event);
    credit_decided(tx, record);
    return event;
}

/* ---- views ---- */

static Tefter__Refusal *what_if_amount(struct tx *tx, const Tefter__WhatIf *query,
                                       Tefter__CustomerRecord *customer,
                                       Tefter__WhatIfAnswer *answer)
{
    Tefter__Refusal *refusal = field_amount_or_zero(tx, "amount_minor", query->amount_minor);
    if (refusal != NULL)
        return refusal;
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, customer->customer),
        .amount_minor = query->amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    answer->refusal = credit_decide(tx, &request, &answer->decision);
    Tefter__Refusal *gone =
        tx_rule(tx, RULE_ERASED_ARE_GONE) ? customer_check_stands(tx, customer, "customer") : NULL;
    if (gone != NULL) /* as the sale itself is refused */
        answer->refusal = gone;
    if (gone != NULL ||
        (answer->refusal != NULL && answer->refusal->code == TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED))
        answer->decision->verdict = TEFTER__VERDICT__VERDICT_BLOCKED;
    return NULL;
}

Tefter__Refusal *view_what_if(struct tx *tx, const Tefter__WhatIf *query,
                              Tefter__WhatIfAnswer *answer)
{
    Tefter__CustomerRecord *customer = customer_get(tx, query->customer);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    if (query->draft == NULL)
        return what_if_amount(tx, query, customer, answer);
    struct document_plan *plan;
    Tefter__IssueInvoice *draft = query->draft;
    FIELD_SET(draft, customer, query->customer);
    answer->refusal = invoice_plan(tx, draft, NULL, 0, &plan);
    if (plan->record == NULL || plan->record->decision == NULL)
        return answer->refusal; /* the draft itself is wrong */
    answer->decision = plan->record->decision;
    FIELD_SET(answer, total_minor, plan->record->total_minor);
    answer->lines = plan->record->lines;
    answer->n_lines = plan->record->n_lines;
    return NULL;
}
