/*
 * Credit notes: goods that came back, or a price that was too high; of an invoice, or on their own.
 *
 *   issued ──▶ open ──▶ part ──▶ closed, or reversed (document.c)
 *
 * 1. Of no line of an invoice more is credited than was sold, and parts add up to the line exactly.
 * 2. An invoice's tail names its credit notes that stand, and what they credit.
 * 3. Lines of a note stand in the order of its `credited`.
 */
#include "domain/documents/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

/* Stands for an invoice's charges in lists of what is credited. */
#define CHARGES_LINE UINT32_MAX

/* ---- rules: what has been credited before ---- */

static bool charges_credited(const Tefter__DocumentTailRecord *tail)
{
    for (size_t i = 0; i < tail->n_credited; i++)
        if (tail->credited[i]->line == CHARGES_LINE)
            return true;
    return false;
}

/* What of a line has gone back with the credit notes that stand. */
struct credited {
    int64_t quantity;
    int64_t net_minor;
    int64_t tax_minor;
    int64_t discount_minor;
};

/* Lines of a note stand in the order of its `credited`. */
static void add_credited(const Tefter__DocumentRecord *note, struct credited *sums)
{
    for (size_t i = 0; i < note->n_lines; i++) {
        struct credited *sum = &sums[note->credited[i]->line];
        sum->quantity += note->lines[i]->quantity;
        sum->net_minor += note->lines[i]->net_minor;
        sum->tax_minor += note->lines[i]->tax_minor;
        sum->discount_minor += note->lines[i]->discount_minor;
    }
}

/* Of each line of an invoice. There may be many notes: each is forgotten when it is counted. */
static struct credited *credited_before(struct tx *tx, const Tefter__DocumentRecord *invoice,
                                        const Tefter__DocumentTailRecord *tail)
{
    struct credited *sums = tx_take(tx, (invoice->n_lines + 1) * sizeof *sums);
    struct tx *scratch = tx_scratch_begin(tx);
    for (size_t i = 0; i < tail->n_credit_notes; i++) {
        const Tefter__DocumentRecord *note = document_get(scratch, tail->credit_notes[i]);
        need(note != NULL);
        add_credited(note, sums);
        tx_scratch_next(scratch);
    }
    tx_scratch_end(scratch);
    return sums;
}

/* ---- rules: what is credited now ---- */

static void note_credited(struct tx *tx, Tefter__DocumentRecord *record, uint32_t line,
                          int64_t quantity)
{
    Tefter__CreditNoteLine *credited = tx_new(tx, &tefter__credit_note_line__descriptor);
    credited->line = line;
    credited->quantity = quantity;
    record->credited[record->n_credited++] = credited;
}

/* Its share of what is left of the line, so that parts add up to the line exactly, whatever was
 * credited and taken back before. Counts it. Refuses UNIT_NOT_EXACT. */
static Tefter__Refusal *credit_line(struct tx *tx, const Tefter__DocumentRecord *invoice,
                                    uint32_t i, struct credited *before, int64_t quantity,
                                    Tefter__DocumentRecord *record)
{
    const Tefter__DocumentLine *sold = invoice->lines[i];
    int64_t left = sold->quantity - before->quantity;
    Tefter__DocumentLine *line = tx_copy(tx, &sold->base);
    line->quantity = quantity;
    if (line->has_unit_factor &&
        !unit_base_quantity(quantity, line->unit_factor, &line->base_quantity))
        return refuse(tx, TEFTER__REFUSAL_CODE__UNIT_NOT_EXACT, NULL);
    line->net_minor = line_share(sold->net_minor - before->net_minor, quantity, left);
    line->tax_minor = line_share(sold->tax_minor - before->tax_minor, quantity, left);
    line->discount_minor =
        line_share(sold->discount_minor - before->discount_minor, quantity, left);
    line->n_serials = 0;
    before->quantity += quantity;
    before->net_minor += line->net_minor;
    before->tax_minor += line->tax_minor;
    before->discount_minor += line->discount_minor;
    record->lines[record->n_lines++] = line;
    note_credited(tx, record, i, quantity);
    return NULL;
}

static Tefter__Refusal *credit_named_lines(struct tx *tx, const Tefter__IssueCreditNote *command,
                                           const Tefter__DocumentRecord *invoice,
                                           const Tefter__DocumentTailRecord *tail,
                                           Tefter__DocumentRecord *record)
{
    struct credited *before = credited_before(tx, invoice, tail);
    for (size_t i = 0; i < command->n_credit; i++) {
        uint32_t line = command->credit[i]->line;
        int64_t quantity = command->credit[i]->quantity;
        if (line >= invoice->n_lines)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "credit[%zu].line", i);
        int64_t left = invoice->lines[line]->quantity - before[line].quantity;
        if (quantity > left) {
            Tefter__Refusal *refusal =
                refuse_at(tx, TEFTER__REFUSAL_CODE__MORE_THAN_SOLD, "credit[%zu].quantity", i);
            FIELD_SET(refusal, most, left);
            return refusal;
        }
        Tefter__Refusal *refusal = credit_line(tx, invoice, line, &before[line], quantity, record);
        if (refusal != NULL) {
            refusal->field = tx_format(tx, "credit[%zu].quantity", i);
            return refusal;
        }
    }
    return NULL;
}

static void credit_charges(struct tx *tx, const Tefter__DocumentRecord *invoice,
                           Tefter__DocumentRecord *record)
{
    if (invoice->n_charges == 0)
        return;
    record->n_charges = invoice->n_charges;
    record->charges = invoice->charges;
    note_credited(tx, record, CHARGES_LINE, 1);
}

static Tefter__Refusal *credit_all_left(struct tx *tx, const Tefter__DocumentRecord *invoice,
                                        const Tefter__DocumentTailRecord *tail,
                                        Tefter__DocumentRecord *record)
{
    struct credited *before = credited_before(tx, invoice, tail);
    for (uint32_t i = 0; i < invoice->n_lines; i++) {
        int64_t left = invoice->lines[i]->quantity - before[i].quantity;
        if (left != 0) /* what was sold and what was credited are whole, and so is what is left */
            need(credit_line(tx, invoice, i, &before[i], left, record) == NULL);
    }
    if (!charges_credited(tail))
        credit_charges(tx, invoice, record);
    return record->n_credited > 0 ? NULL
                                  : refuse(tx, TEFTER__REFUSAL_CODE__MORE_THAN_SOLD, "invoice");
}

static Tefter__Refusal *credit_invoice(struct tx *tx, const Tefter__IssueCreditNote *command,
                                       const Tefter__DocumentRecord *invoice,
                                       const Tefter__DocumentTailRecord *tail,
                                       Tefter__DocumentRecord *record)
{
    size_t room = invoice->n_lines + command->n_credit + 1;
    record->lines = tx_take(tx, room * sizeof(Tefter__DocumentLine *));
    record->credited = tx_take(tx, room * sizeof(Tefter__CreditNoteLine *));
    if (command->n_credit > 0)
        return credit_named_lines(tx, command, invoice, tail, record);
    return credit_all_left(tx, invoice, tail, record);
}

/* ---- rules: the plan ---- */

static Tefter__Refusal *check_form(struct tx *tx, const Tefter__IssueCreditNote *command,
                                   const struct line_rules *rules)
{
    struct document_header header = {
        .number = command->number,
        .source = command->source,
        .has_date = command->has_date,
        .date = command->date,
        .note = command->reason,
        .note_field = "reason",
        .currency = command->currency,
    };
    Tefter__Refusal *refusal = document_check_header(tx, &header);
    if (refusal != NULL)
        return refusal;
    bool of_invoice = command->has_invoice || command->invoice_number != NULL;
    if (of_invoice && command->n_lines + command->n_charges > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "lines");
    if (!of_invoice && command->n_credit > 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "invoice");
    if (!of_invoice && command->n_lines + command->n_charges == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "lines");
    for (size_t i = 0; i < command->n_credit; i++)
        if (command->credit[i]->quantity <= 0)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__QUANTITY_NOT_POSITIVE,
                             "credit[%zu].quantity", i);
    refusal = line_check_form(tx, rules, command->lines, command->n_lines);
    if (refusal == NULL)
        refusal = line_check_charges(tx, command->charges, command->n_charges);
    return refusal;
}

/* The invoice that is credited, by id or number; NULL without one. */
static Tefter__Refusal *find_invoice(struct tx *tx, const Tefter__IssueCreditNote *command,
                                     Tefter__DocumentRecord **ret_invoice)
{
    *ret_invoice = NULL;
    uint64_t invoice = command->has_invoice ? command->invoice : 0;
    if (!command->has_invoice && command->invoice_number == NULL)
        return NULL;
    if (!command->has_invoice)
        invoice = document_by_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,
                                     command->invoice_number);
    *ret_invoice = invoice != 0 ? document_get(tx, invoice) : NULL;
    if (*ret_invoice == NULL || (*ret_invoice)->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE)
        return refuse_not_found(tx, "invoice");
    const Tefter__DocumentTailRecord *tail = document_tail(tx, invoice);
    return tail->has_reversed_by ? document_refuse_reversed(tx, "invoice", tail) : NULL;
}

/* Theirs, also on a record that was merged into theirs. */
static bool is_of(struct tx *tx, const Tefter__DocumentRecord *invoice, uint32_t customer)
{
    return invoice->customer == customer ||
           (tx_rule(tx, RULE_MERGED_ARE_ONE) &&
            customer_leads_to(tx, invoice->customer) == customer_leads_to(tx, customer));
}

static Tefter__Refusal *find_customer(struct tx *tx, const Tefter__IssueCreditNote *command,
                                      const Tefter__DocumentRecord *invoice,
                                      Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, true, ret_customer);
    if (refusal != NULL)
        return refusal;
    if (invoice != NULL && *ret_customer != NULL && !is_of(tx, invoice, (*ret_customer)->customer))
        return refuse(tx, TEFTER__REFUSAL_CODE__MATCH_OTHER_CUSTOMER, "invoice");
    if (invoice != NULL)
        *ret_customer = customer_get(tx, invoice->customer);
    if (*ret_customer == NULL)
        *ret_customer = customer_get(tx, company_get(tx)->cash_customer);
    return invoice == NULL && tx_rule(tx, RULE_ERASED_ARE_GONE)
               ? customer_check_stands(tx, *ret_customer, "customer")
               : NULL;
}

static Tefter__Refusal *begin(struct tx *tx, const Tefter__IssueCreditNote *command,
                              Tefter__DocumentRecord **ret_invoice, struct document_plan *plan)
{
    Tefter__Refusal *refusal = find_invoice(tx, command, ret_invoice);
    if (refusal == NULL && *ret_invoice != NULL)
        refusal = staff_check_paper(tx, "invoice", (*ret_invoice)->branch);
    if (refusal == NULL)
        refusal = find_customer(tx, command, *ret_invoice, &plan->customer);
    if (refusal == NULL)
        refusal = document_branch(tx, &plan->branch);
    uint32_t date;
    if (refusal == NULL)
        refusal = posting_date(tx, plan->branch, command->has_date, command->date,
                               command->backfill, &date);
    if (refusal != NULL)
        return refusal;
    if (*ret_invoice != NULL && date < (*ret_invoice)->date)
        return refuse_early(tx, "date", (*ret_invoice)->date);
    plan->account = account_open(tx, plan->customer->customer);
    return document_begin(tx, plan->branch, plan->account,
                          TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE, command->number, date,
                          &plan->record);
}

/* The tail of an invoice is read whole with each note of it. */
static Tefter__Refusal *check_room(struct tx *tx, const Tefter__DocumentTailRecord *tail,
                                   const Tefter__DocumentRecord *record)
{
    if (!tx_rule(tx, RULE_BOUNDS_AGREE))
        return NULL;
    if (tail->n_credit_notes >= CREDIT_NOTES_PER_INVOICE_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "invoice",
                           CREDIT_NOTES_PER_INVOICE_MAX);
    if (tail->n_credited + record->n_credited > CREDITED_LINES_PER_INVOICE_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "credit",
                           CREDITED_LINES_PER_INVOICE_MAX);
    return NULL;
}

static struct key credited_key(uint32_t customer)
{
    return key_customer(customer, TABLE_CREDITED);
}

/* How much more one who may not approve may credit: of the customer's day, and of the bill. */
static int64_t left_alone(struct tx *tx, const struct document_plan *plan, int64_t most_minor)
{
    struct key key = credited_key(plan->customer->customer);
    int64_t credited = day_sum(tx, &key, plan->branch->date);
    if (plan->about_tail != NULL && plan->about_tail->unapproved_minor > credited)
        credited = plan->about_tail->unapproved_minor;
    return credited < most_minor ? most_minor - credited : 0;
}

/* More of them than the company allows wants who may approve; what is issued without is counted. */
static Tefter__Refusal *check_amount_right(struct tx *tx, const struct document_plan *plan,
                                           bool backfill)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    int64_t most_minor = company->credit_note_approve_minor;
    Tefter__DocumentRecord *record = plan->record;
    if (!company->has_credit_note_approve_minor)
        return NULL;
    if (!tx_rule(tx, RULE_CREDIT_NOTES_ADD_UP))
        return backfill || record->total_minor <= most_minor
                   ? NULL
                   : staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_APPROVE);
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_APPROVE);
    if (refusal == NULL)
        return NULL;
    int64_t left_minor = left_alone(tx, plan, most_minor);
    if (record->total_minor > left_minor) {
        FIELD_SET(refusal, available_minor, left_minor);
        return refusal;
    }
    FIELD_SET(record, counted_day, plan->branch->date);
    return NULL;
}

Tefter__Refusal *credit_note_check_bill(struct tx *tx, const Tefter__DocumentRecord *bill,
                                        uint32_t today, bool *ret_counts)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    *ret_counts = false;
    if (!company->has_credit_note_approve_minor || !tx_rule(tx, RULE_REVERSED_BILLS_COUNT) ||
        tx_rule(tx, RULE_BILLS_TAKEN_BACK_ARE_BOUNDED) ||
        bill->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE || tx_recalled(tx))
        return NULL;
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_APPROVE);
    if (refusal == NULL)
        return NULL;
    struct key key = credited_key(bill->customer);
    int64_t left_minor = company->credit_note_approve_minor - day_sum(tx, &key, today);
    *ret_counts = bill->total_minor <= left_minor;
    FIELD_SET(refusal, available_minor, left_minor > 0 ? left_minor : 0);
    return *ret_counts ? NULL : refusal;
}

void credit_note_count_bill(struct tx *tx, const Tefter__DocumentRecord *bill, uint32_t today)
{
    credit_note_count(tx, bill->customer, today, bill->total_minor);
}

int64_t credit_note_credited(struct tx *tx, uint32_t customer, uint32_t today)
{
    struct key key = credited_key(customer);
    return day_sum(tx, &key, today);
}

void credit_note_count(struct tx *tx, uint32_t customer, uint32_t today, int64_t amount_minor)
{
    struct key key = credited_key(customer);
    day_sum_add(tx, &key, today, amount_minor);
}

/* After the decided line. */
static void count_alone(struct tx *tx, const Tefter__DocumentRecord *note)
{
    struct key key = credited_key(note->customer);
    if (note->has_counted_day)
        day_sum_add(tx, &key, note->counted_day, note->total_minor);
}

/* With its own invoice it is matched at once, as far as that is still open; if the invoice holds no
 * more matches, the reply says so. */
static void match_with_invoice(struct tx *tx, struct document_plan *plan,
                               const Tefter__DocumentRecord *invoice)
{
    struct item *bill = account_item(tx, plan->account, invoice->document);
    if (bill == NULL || plan->item == NULL || bill->record->open_minor == 0)
        return;
    int64_t open = bill->record->open_minor;
    int64_t credit = plan->item->record->open_minor;
    int64_t amount = open < credit ? open : credit;
    if (item_full(tx, bill) == 0)
        account_match(tx, bill, plan->item, amount, plan->record->date);
    else
        plan->left_minor = amount;
}

static void note_on_invoice(struct tx *tx, struct document_plan *plan)
{
    Tefter__DocumentTailRecord *tail = plan->about_tail;
    const Tefter__DocumentRecord *record = plan->record;
    size_t count = tail->n_credited + record->n_credited;
    Tefter__CreditNoteLine **credited = tx_take(tx, count * sizeof *credited);
    uint64_t *notes = tx_take(tx, (tail->n_credit_notes + 1) * sizeof *notes);
    for (size_t i = 0; i < tail->n_credited; i++)
        credited[i] = tail->credited[i];
    for (size_t i = 0; i < record->n_credited; i++)
        credited[tail->n_credited + i] = record->credited[i];
    for (size_t i = 0; i < tail->n_credit_notes; i++)
        notes[i] = tail->credit_notes[i];
    notes[tail->n_credit_notes++] = record->document;
    tail->credited = credited;
    tail->n_credited = count;
    tail->credit_notes = notes;
    FIELD_SET(tail, credited_minor, tail->credited_minor + record->total_minor);
    if (record->has_counted_day)
        FIELD_SET(tail, unapproved_minor, tail->unapproved_minor + record->total_minor);
}

static int64_t beyond(int64_t amount_minor, int64_t most_minor)
{
    return amount_minor > most_minor ? amount_minor - most_minor : 0;
}

/* What was rounded off of a bill is credited last, and by giving nothing: nobody paid it. */
static void round_off(struct tx *tx, struct document_plan *plan,
                      const Tefter__DocumentRecord *invoice)
{
    Tefter__DocumentRecord *record = plan->record;
    const struct item *bill = invoice != NULL && tx_rule(tx, RULE_ROUNDED_OFF_GOES_WITH_ITS_BILL)
                                  ? account_item(tx, plan->account, invoice->document)
                                  : NULL;
    int64_t off = bill != NULL ? item_rounded_off(bill) : 0;
    if (off == 0)
        return;
    int64_t before = plan->about_tail->credited_minor;
    int64_t paid = invoice->total_minor - off;
    int64_t amount = beyond(before + record->total_minor, paid) - beyond(before, paid);
    if (amount == 0)
        return;
    struct postings postings = {.count = 0};
    for (size_t i = 0; i < record->n_postings; i++)
        postings.items[postings.count++] = record->postings[i];
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_RECEIVABLE, record->customer, amount,
                 record->branch);
    postings_add(tx, &postings, TEFTER__POSTING_ACCOUNT__GL_SETTLEMENT_DISCOUNT, 0, -amount,
                 record->branch);
    postings_set(tx, &postings, record);
    record->balance_minor += amount;
    FIELD_SET(record, discount_minor, amount);
}

static Tefter__Refusal *finish(struct tx *tx, const Tefter__IssueCreditNote *command,
                               const Tefter__DocumentRecord *invoice, struct document_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    bool said = command->opening;
    record->note = command->reason;
    record->source = command->source;
    FIELD_COPY(record, backfill, command);
    document_set_opening(tx, record, command->has_opening ? &said : NULL, invoice);
    Tefter__Refusal *refusal = document_total(tx, record, -1);
    if (refusal == NULL)
        refusal = check_amount_right(tx, plan, command->backfill);
    if (refusal == NULL && !account_fits(tx, plan->account, -record->total_minor))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    if (refusal != NULL)
        return refusal;
    round_off(tx, plan, invoice);
    if (record->balance_minor != 0)
        plan->item = account_add_item(tx, plan->account, record, false, true);
    if (plan->item != NULL && record->discount_minor > 0)
        account_resize_item(plan->item, -record->discount_minor);
    if (invoice == NULL)
        return NULL;
    plan->about = invoice->document;
    FIELD_SET(record, about, invoice->document);
    match_with_invoice(tx, plan, invoice);
    note_on_invoice(tx, plan);
    return NULL;
}

static Tefter__Refusal *plan_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                  struct document_plan *plan)
{
    struct line_rules rules = {.field = "lines", .backfill = command->backfill};
    Tefter__DocumentRecord *invoice;
    bool imported = command->backfill && command->source != NULL;
    Tefter__Refusal *refusal = check_form(tx, command, &rules);
    if (refusal == NULL)
        refusal = document_check_opening(tx, command->opening, imported);
    if (refusal == NULL)
        refusal = document_check_backfill(tx, command->backfill);
    if (refusal == NULL)
        refusal = document_check_number(tx, TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE,
                                        command->number, command->backfill);
    if (refusal == NULL)
        refusal = begin(tx, command, &invoice, plan);
    if (refusal != NULL)
        return refusal;
    if (invoice != NULL) {
        plan->about_tail = document_tail(tx, invoice->document);
        refusal = credit_invoice(tx, command, invoice, plan->about_tail, plan->record);
        if (refusal == NULL)
            refusal = check_room(tx, plan->about_tail, plan->record);
    } else {
        rules.prices = price_lists_for(tx, plan->customer->groups, plan->customer->n_groups,
                                       plan->branch->branch, plan->record->date);
        refusal = line_fill(tx, &rules, command->lines, command->n_lines, plan->record);
        if (refusal == NULL)
            refusal = line_fill_charges(tx, command->charges, command->n_charges, plan->record);
    }
    return refusal != NULL ? refusal : finish(tx, command, invoice, plan);
}

/* ---- changes ---- */

/* Refuses, in this order: number, source, date, reason, currency (as an invoice); FIELD_INVALID
 * lines (lines or charges beside an invoice), FIELD_MISSING invoice (`credit` without one),
 * FIELD_MISSING lines (nothing at all), QUANTITY_NOT_POSITIVE credit[i].quantity, each line's form,
 * each charge's form, opening (document_check_opening) · the right BACKFILL, number
 * (document_check_number) · NOT_FOUND, ALREADY_REVERSED, STAFF_OF_OTHER_BRANCH invoice
 * (staff_check_paper), customer, MATCH_OTHER_CUSTOMER invoice, BRANCH_BLOCKED, date, DATE_TOO_EARLY
 * date (before the invoice), NUMBER_TAKEN number · of each `credit` NOT_FOUND line, MORE_THAN_SOLD
 * quantity with `most`, UNIT_NOT_EXACT quantity; MORE_THAN_SOLD invoice (all is credited), TOO_MANY
 * invoice (notes), credit (lines of all notes) with the bound; or each line against the catalogue ·
 * AMOUNT_TOO_BIG or TOTAL_NEGATIVE lines, the right APPROVE for its amount and what was credited
 * before it, AMOUNT_TOO_BIG. */
Tefter__Refusal *apply_issue_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                         Tefter__Done *done)
{
    struct document_plan *plan = tx_take(tx, sizeof *plan);
    Tefter__Refusal *refusal = plan_note(tx, command, plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    document_write(tx, plan->record);
    count_alone(tx, plan->record);
    branch_save(tx, plan->branch);
    if (plan->about_tail != NULL)
        document_tail_save(tx, plan->about, plan->about_tail);
    struct event event = document_event(TEFTER__EVENT_KIND__CREDIT_NOTE_ISSUED, plan->record);
    event_emit(tx, &event);
    account_save(tx, plan->account, &event);
    document_done(tx, plan, done);
    FIELD_COPY(done, discount_minor, plan->record);
    return NULL;
}

/* ---- services ---- */

Tefter__DocumentTailRecord *credit_note_uncredit(struct tx *tx, const Tefter__DocumentRecord *note)
{
    if (!note->has_about)
        return NULL;
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
    if (note->has_counted_day)
        tail->unapproved_minor -= note->total_minor;
    return tail;
}

void credit_note_uncount(struct tx *tx, const Tefter__DocumentRecord *note)
{
    struct key key = credited_key(note->customer);
    if (note->has_counted_day)
        day_sum_take(tx, &key, note->counted_day, note->total_minor);
}
