/*
 * Invoices and credit notes. Life cycle: document.h.
 *
 * Invariants: 1 a document's postings sum to zero, and its receivable posting is its
 * balance_minor. 2 a number stands once within its kind. 3 of no line more is credited than was
 * sold. 4 the stored decision is the one the document was posted with.
 */
#include "domain/documents/document.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/documents/line.h"
#include "domain/entity/field.h"
#include "domain/org/branch.h"
#include "domain/org/company.h"
#include "domain/org/staff.h"
#include "domain/party/authorised_buyer.h"

/* ---- record ---- */

static struct key tail_key(uint64_t document)
{
    struct key key = key_customer(document_customer(document), TABLE_DOCUMENT_TAIL);
    key_u64(&key, document);
    return key;
}

static struct key number_key(Tefter__DocumentKind kind, const char *number)
{
    struct key key = key_book(TABLE_NUMBER);
    key_u8(&key, (uint8_t)kind);
    key_text(&key, number);
    return key;
}

static struct key serial_key(uint32_t product, const char *serial)
{
    struct key key = key_book(TABLE_SERIAL);
    key_u32(&key, product);
    key_text(&key, serial);
    return key;
}

Tefter__DocumentRecord *document_get(struct tx *tx, uint64_t document)
{
    struct key key = document_key(document);
    return tx_get(tx, &key, &tefter__document_record__descriptor);
}

uint64_t document_by_number(struct tx *tx, Tefter__DocumentKind kind, const char *number)
{
    uint64_t document = 0;
    struct key key = number_key(kind, number);
    if (strlen(number) <= CODE_MAX_BYTES)
        tx_get_u64(tx, &key, &document);
    return document;
}

Tefter__DocumentTailRecord *document_tail(struct tx *tx, uint64_t document)
{
    struct key key = tail_key(document);
    Tefter__DocumentTailRecord *tail = tx_get(tx, &key, &tefter__document_tail_record__descriptor);
    return tail != NULL ? tail : tx_new(tx, &tefter__document_tail_record__descriptor);
}

void document_tail_save(struct tx *tx, uint64_t document, const Tefter__DocumentTailRecord *tail)
{
    struct key key = tail_key(document);
    tx_put(tx, &key, &tail->base);
}

/* ---- services: what every document does ---- */

Tefter__Refusal *document_date_of(struct tx *tx, const Tefter__BranchRecord *branch, bool has_date,
                                  uint32_t date, bool already_happened, uint32_t *ret_date)
{
    *ret_date = has_date ? date : branch->date;
    if (*ret_date > branch->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date");
    if (*ret_date == branch->date || already_happened)
        return NULL;
    if (staff_actor_may(tx, TEFTER__RIGHT__RIGHT_BACKDATE))
        return NULL;
    Tefter__Refusal *refusal = staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_BACKDATE);
    refusal->code = TEFTER__REFUSAL_CODE__DATE_BEFORE_TODAY;
    refusal->field = tx_text(tx, "date");
    return refusal;
}

static Tefter__Refusal *number_taken(struct tx *tx, const char *number, uint64_t existing)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "number");
    refusal->has_existing = true;
    refusal->existing = existing;
    refusal->existing_number = tx_text(tx, number);
    return refusal;
}

/* Numbers that imports took are passed over. */
static char *next_number(struct tx *tx, Tefter__BranchRecord *branch, Tefter__DocumentKind kind)
{
    char *number = branch_number(tx, branch, kind);
    while (document_by_number(tx, kind, number) != 0)
        number = branch_number(tx, branch, kind);
    return number;
}

Tefter__Refusal *document_begin(struct tx *tx, Tefter__BranchRecord *branch,
                                struct account *account, Tefter__DocumentKind kind,
                                const char *number, uint32_t date,
                                Tefter__DocumentRecord **ret_record)
{
    uint64_t existing = number != NULL ? document_by_number(tx, kind, number) : 0;
    if (existing != 0)
        return number_taken(tx, number, existing);
    Tefter__DocumentRecord *record = tx_new(tx, &tefter__document_record__descriptor);
    if (!account_new_document(tx, account, date, &record->document))
        return refuse(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "date");
    record->kind = kind;
    record->number = number != NULL ? tx_text(tx, number) : next_number(tx, branch, kind);
    record->customer = account->customer;
    record->branch = branch->branch;
    record->date = date;
    record->seq = tx_seq(tx);
    record->recorded_ms = tx_now_ms(tx);
    record->actor = tx_actor_copy(tx);
    record->currency = company_get(tx)->currency;
    *ret_record = record;
    return NULL;
}

void document_write(struct tx *tx, const Tefter__DocumentRecord *record)
{
    struct key key = document_key(record->document);
    tx_put(tx, &key, &record->base);
    struct key number = number_key(record->kind, record->number);
    tx_put_u64(tx, &number, record->document);
    posting_book(tx, record, 1);
}

void document_serials(struct tx *tx, const Tefter__DocumentRecord *record, bool sold)
{
    for (size_t i = 0; i < record->n_lines; i++)
        for (size_t s = 0; s < record->lines[i]->n_serials; s++) {
            struct key key = serial_key(record->lines[i]->product, record->lines[i]->serials[s]);
            uint64_t sold_with = 0;
            if (sold)
                tx_put_u64(tx, &key, record->document);
            else if (tx_get_u64(tx, &key, &sold_with) && sold_with == record->document)
                tx_delete(tx, &key);
        }
}

Tefter__DocumentState document_state(const Tefter__DocumentRecord *record,
                                     const Tefter__DocumentTailRecord *tail,
                                     const Tefter__ItemRecord *item)
{
    if (tail->has_reversed_by)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED;
    if (item == NULL || record->total_minor == 0)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_CLOSED;
    if (item->open_minor == item->amount_minor)
        return TEFTER__DOCUMENT_STATE__DOCUMENT_OPEN;
    return item->open_minor == 0 ? TEFTER__DOCUMENT_STATE__DOCUMENT_CLOSED
                                 : TEFTER__DOCUMENT_STATE__DOCUMENT_PART;
}

/* ---- rules: common to invoices and credit notes ---- */

/* What may be said of any document, in this order: number, source, date, note, currency. */
struct header {
    const char *number;
    const char *source;
    bool has_date;
    uint32_t date;
    const Tefter__Text *note;
    const char *note_field;
    const char *currency;
};

static Tefter__Refusal *check_header(struct tx *tx, const struct header *header)
{
    Tefter__Refusal *refusal = NULL;
    if (header->number != NULL)
        refusal = field_code(tx, "number", header->number);
    if (refusal == NULL && header->source != NULL)
        refusal = field_code(tx, "source", header->source);
    if (refusal == NULL && header->has_date)
        refusal = field_date(tx, "date", header->date);
    if (refusal == NULL)
        refusal = field_text(tx, header->note_field, header->note);
    if (refusal == NULL)
        refusal = field_currency(tx, "currency", header->currency);
    return refusal;
}

static Tefter__Refusal *check_happened(struct tx *tx, bool already_happened)
{
    return already_happened ? staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_ALREADY_HAPPENED) : NULL;
}

static Tefter__Refusal *find_branch(struct tx *tx, Tefter__BranchRecord **ret_branch)
{
    *ret_branch = branch_of_actor(tx);
    return (*ret_branch)->blocked ? refuse(tx, TEFTER__REFUSAL_CODE__BRANCH_BLOCKED, NULL) : NULL;
}

/* Sums of lines and charges into the record, and its postings. sign 1: owed, -1: credited. */
static Tefter__Refusal *total_up(struct tx *tx, Tefter__DocumentRecord *record, int sign)
{
    struct line_sums sums;
    if (!line_sum(record, &sums))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    if (sums.total_minor < 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__TOTAL_NEGATIVE, "lines");
    record->total_minor = sums.total_minor;
    record->balance_minor = sign * sums.total_minor;
    record->has_net_minor = true;
    record->net_minor = sums.net_minor + sums.charges_minor;
    record->has_tax_minor = true;
    record->tax_minor = sums.tax_minor;
    struct postings postings = {.count = 0};
    posting_add(tx, &postings, TEFTER__POSTING_ACCOUNT__BOOK_RECEIVABLE, record->customer,
                sign * sums.total_minor, record->branch);
    posting_add(tx, &postings, TEFTER__POSTING_ACCOUNT__BOOK_SALES, 0, -sign * sums.net_minor,
                record->branch);
    posting_add(tx, &postings, TEFTER__POSTING_ACCOUNT__BOOK_TAX, 0, -sign * sums.tax_minor,
                record->branch);
    posting_add(tx, &postings, TEFTER__POSTING_ACCOUNT__BOOK_CHARGES, 0, -sign * sums.charges_minor,
                record->branch);
    posting_set(tx, &postings, record);
    return posting_check(tx, record);
}

/* ---- rules: an invoice ---- */

static Tefter__Refusal *check_invoice_form(struct tx *tx, const Tefter__IssueInvoice *command,
                                           const struct line_rules *rules)
{
    struct header header = {command->number, command->source, command->has_date, command->date,
                            command->note,   "note",          command->currency};
    Tefter__Refusal *refusal = check_header(tx, &header);
    if (refusal == NULL && command->has_due)
        refusal = field_date(tx, "due", command->due);
    if (refusal == NULL && command->marketer != NULL)
        refusal = field_login(tx, "marketer", command->marketer);
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
    uint32_t due = date + credit_term_days(tx, customer);
    return due < DATE_MAX ? due : DATE_MAX;
}

/* What the document says, beside what it sums to. */
static void fill_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                         const Tefter__CustomerRecord *customer, Tefter__DocumentRecord *record)
{
    record->has_due = true;
    record->due = command->has_due ? command->due : due_by_terms(tx, customer, record->date);
    record->note = command->note;
    record->marketer = command->marketer;
    record->has_person = command->has_person;
    record->person = command->person;
    record->source = command->source;
    record->reference = command->reference;
    record->has_already_happened = command->has_already_happened;
    record->already_happened = command->already_happened;
}

static Tefter__Refusal *check_credit(struct tx *tx, const Tefter__IssueInvoice *command,
                                     struct document_plan *plan)
{
    struct credit_request request = {
        .customer = plan->customer,
        .account = plan->account,
        .amount_minor = plan->record->total_minor,
        .today = plan->branch->date,
        .approval = command->has_approval ? command->approval : 0,
        .already_happened = command->already_happened,
    };
    return credit_decide(tx, &request, &plan->record->decision);
}

/* The part of planning that may know today's state but not its own total yet. */
static Tefter__Refusal *begin_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                      struct account *account, struct document_plan *plan)
{
    Tefter__Refusal *refusal = find_customer(tx, command, &plan->customer);
    if (refusal == NULL)
        refusal = find_branch(tx, &plan->branch);
    uint32_t date;
    if (refusal == NULL)
        refusal = document_date_of(tx, plan->branch, command->has_date, command->date,
                                   command->already_happened, &date);
    if (refusal != NULL)
        return refusal;
    if (command->has_due && command->due < date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "due");
    bool same = account != NULL && account->customer == plan->customer->customer;
    plan->account = same ? account : account_open(tx, plan->customer->customer);
    return document_begin(tx, plan->branch, plan->account, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE,
                          command->number, date, &plan->record);
}

static Tefter__Refusal *finish_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                       struct document_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    Tefter__Refusal *refusal = total_up(tx, record, 1);
    if (refusal != NULL)
        return refusal;
    if (command->has_total_minor && command->total_minor != record->total_minor)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "total_minor");
    if (!account_fits(plan->account, record->total_minor))
        return refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    if (command->has_person)
        refusal = person_check(tx, plan->customer, command->person, record->total_minor,
                               plan->branch->date);
    if (refusal == NULL)
        refusal = check_credit(tx, command, plan);
    if (refusal == NULL && record->total_minor > 0)
        plan->item = account_add_item(tx, plan->account, record, true, true);
    return refusal;
}

/* Refuses, in this order: number, source (field_code), date (field_date), note (field_text),
 * currency, due (field_date), marketer (field_login), reference (field_line), FIELD_MISSING lines
 * (neither lines nor charges), each line's form, each charge's form · the right ALREADY_HAPPENED ·
 * customer (customer_resolve), BRANCH_BLOCKED, date (document_date_of), DATE_INVALID due (before
 * the date), NUMBER_TAKEN number · each line against the catalogue (fill_line) · AMOUNT_TOO_BIG or
 * TOTAL_NEGATIVE lines, FIELD_INVALID total_minor (not what was shown), AMOUNT_TOO_BIG · person
 * (person_check, by the branch's business date) · credit (credit_decide). */
Tefter__Refusal *document_plan_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                       struct account *account, uint64_t corrects,
                                       struct document_plan **ret_plan)
{
    struct line_rules rules = {
        .field = "lines", .already_happened = command->already_happened, .corrects = corrects};
    struct document_plan *plan = tx_take(tx, sizeof *plan);
    *ret_plan = plan;
    Tefter__Refusal *refusal = check_invoice_form(tx, command, &rules);
    if (refusal == NULL)
        refusal = check_happened(tx, command->already_happened);
    if (refusal == NULL)
        refusal = begin_invoice(tx, command, account, plan);
    if (refusal != NULL)
        return refusal;
    fill_invoice(tx, command, plan->customer, plan->record);
    plan->record->has_corrects = corrects != 0;
    plan->record->corrects = corrects;
    refusal = line_fill(tx, &rules, command->lines, command->n_lines, plan->record);
    if (refusal == NULL)
        refusal = line_fill_charges(tx, command->charges, command->n_charges, plan->record);
    return refusal != NULL ? refusal : finish_invoice(tx, command, plan);
}

/* ---- rules: a credit note ---- */

enum {
    CHARGES_LINE = 0xffffffff
}; /* stands for an invoice's charges in lists of what is credited */

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

static void note_credited(struct tx *tx, Tefter__DocumentRecord *record, uint32_t line,
                          int64_t quantity)
{
    Tefter__CreditNoteLine *credited = tx_new(tx, &tefter__credit_note_line__descriptor);
    credited->line = line;
    credited->quantity = quantity;
    record->credited[record->n_credited++] = credited;
}

/* Its share of what is left of the line, so that parts add up to the line exactly, whatever was
 * credited and taken back before. Counts it. */
static void credit_line(struct tx *tx, const Tefter__DocumentRecord *invoice, uint32_t i,
                        struct credited *before, int64_t quantity, Tefter__DocumentRecord *record)
{
    const Tefter__DocumentLine *sold = invoice->lines[i];
    int64_t left = sold->quantity - before->quantity;
    Tefter__DocumentLine *line = tx_copy(tx, &sold->base);
    line->quantity = quantity;
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
            refusal->has_most = true;
            refusal->most = left;
            return refusal;
        }
        credit_line(tx, invoice, line, &before[line], quantity, record);
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
        if (left != 0)
            credit_line(tx, invoice, i, &before[i], left, record);
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

static Tefter__Refusal *check_credit_note_form(struct tx *tx,
                                               const Tefter__IssueCreditNote *command,
                                               const struct line_rules *rules)
{
    struct header header = {command->number, command->source, command->has_date, command->date,
                            command->reason, "reason",        command->currency};
    Tefter__Refusal *refusal = check_header(tx, &header);
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
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "invoice");
    if (document_tail(tx, invoice)->has_reversed_by)
        return refuse(tx, TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "invoice");
    return NULL;
}

static Tefter__Refusal *find_credited_customer(struct tx *tx,
                                               const Tefter__IssueCreditNote *command,
                                               const Tefter__DocumentRecord *invoice,
                                               Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, true, ret_customer);
    if (refusal != NULL)
        return refusal;
    if (invoice != NULL && *ret_customer != NULL && (*ret_customer)->customer != invoice->customer)
        return refuse(tx, TEFTER__REFUSAL_CODE__MATCH_OTHER_CUSTOMER, "invoice");
    if (invoice != NULL)
        *ret_customer = customer_get(tx, invoice->customer);
    if (*ret_customer == NULL)
        *ret_customer = customer_get(tx, company_get(tx)->cash_customer);
    return NULL;
}

static Tefter__Refusal *begin_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                          Tefter__DocumentRecord **ret_invoice,
                                          struct document_plan *plan)
{
    Tefter__Refusal *refusal = find_invoice(tx, command, ret_invoice);
    if (refusal == NULL)
        refusal = find_credited_customer(tx, command, *ret_invoice, &plan->customer);
    if (refusal == NULL)
        refusal = find_branch(tx, &plan->branch);
    uint32_t date;
    if (refusal == NULL)
        refusal = document_date_of(tx, plan->branch, command->has_date, command->date,
                                   command->already_happened, &date);
    if (refusal != NULL)
        return refusal;
    if (*ret_invoice != NULL && date < (*ret_invoice)->date)
        return refuse(tx, TEFTER__REFUSAL_CODE__DATE_INVALID, "date");
    plan->account = account_open(tx, plan->customer->customer);
    return document_begin(tx, plan->branch, plan->account,
                          TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE, command->number, date,
                          &plan->record);
}

/* Larger ones want who may approve. */
static Tefter__Refusal *check_amount_right(struct tx *tx, int64_t total_minor,
                                           bool already_happened)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    if (!company->has_credit_note_approve_minor || already_happened ||
        total_minor <= company->credit_note_approve_minor)
        return NULL;
    return staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_APPROVE);
}

/* With its own invoice it is matched at once, as far as that is still open. */
static void match_with_invoice(struct tx *tx, struct document_plan *plan,
                               const Tefter__DocumentRecord *invoice)
{
    struct item *bill = account_item(tx, plan->account, invoice->document);
    if (bill == NULL || plan->item == NULL || !account_matchable(tx, bill))
        return;
    int64_t open = bill->record->open_minor;
    int64_t amount = open < plan->record->total_minor ? open : plan->record->total_minor;
    account_match(tx, plan->account, bill, plan->item, amount, plan->record->date);
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
    tail->has_credited_minor = true;
    tail->credited_minor += record->total_minor;
}

static Tefter__Refusal *finish_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                           const Tefter__DocumentRecord *invoice,
                                           struct document_plan *plan)
{
    Tefter__DocumentRecord *record = plan->record;
    record->note = command->reason;
    record->source = command->source;
    record->has_already_happened = command->has_already_happened;
    record->already_happened = command->already_happened;
    Tefter__Refusal *refusal = total_up(tx, record, -1);
    if (refusal == NULL)
        refusal = check_amount_right(tx, record->total_minor, command->already_happened);
    if (refusal == NULL && !account_fits(plan->account, -record->total_minor))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines");
    if (refusal != NULL)
        return refusal;
    if (record->total_minor > 0)
        plan->item = account_add_item(tx, plan->account, record, false, true);
    if (invoice == NULL)
        return NULL;
    plan->about = invoice->document;
    record->has_about = true;
    record->about = invoice->document;
    match_with_invoice(tx, plan, invoice);
    note_on_invoice(tx, plan);
    return NULL;
}

static Tefter__Refusal *plan_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                         struct document_plan *plan)
{
    struct line_rules rules = {.field = "lines", .already_happened = command->already_happened};
    Tefter__DocumentRecord *invoice;
    Tefter__Refusal *refusal = check_credit_note_form(tx, command, &rules);
    if (refusal == NULL)
        refusal = check_happened(tx, command->already_happened);
    if (refusal == NULL)
        refusal = begin_credit_note(tx, command, &invoice, plan);
    if (refusal != NULL)
        return refusal;
    if (invoice != NULL) {
        plan->about_tail = document_tail(tx, invoice->document);
        refusal = credit_invoice(tx, command, invoice, plan->about_tail, plan->record);
    } else {
        refusal = line_fill(tx, &rules, command->lines, command->n_lines, plan->record);
        if (refusal == NULL)
            refusal = line_fill_charges(tx, command->charges, command->n_charges, plan->record);
    }
    return refusal != NULL ? refusal : finish_credit_note(tx, command, invoice, plan);
}

/* ---- changes ---- */

static void emit_document(struct tx *tx, Tefter__EventKind kind,
                          const Tefter__DocumentRecord *record, Tefter__Event *ret_event)
{
    *ret_event = (Tefter__Event)TEFTER__EVENT__INIT;
    ret_event->kind = kind;
    ret_event->has_customer = true;
    ret_event->customer = record->customer;
    ret_event->has_document = true;
    ret_event->document = record->document;
    ret_event->number = record->number;
    ret_event->has_amount_minor = true;
    ret_event->amount_minor = record->balance_minor;
    tx_emit(tx, ret_event);
}

void document_post_invoice(struct tx *tx, struct document_plan *plan, Tefter__Event *ret_event)
{
    Tefter__DocumentRecord *record = plan->record;
    document_write(tx, record);
    document_serials(tx, record, true);
    branch_save(tx, plan->branch);
    if (record->has_person)
        person_spend(tx, plan->customer, record->person, record->total_minor, plan->branch->date);
    emit_document(tx, TEFTER__EVENT_KIND__INVOICE_ISSUED, record, ret_event);
    credit_decided(tx, record->decision, record->document, record->customer);
}

static void warn(struct tx *tx, Tefter__Done *done, Tefter__WarningKind kind, int64_t amount_minor)
{
    enum { WARNINGS_MAX = 4 };
    if (done->warnings == NULL)
        done->warnings = tx_take(tx, WARNINGS_MAX * sizeof *done->warnings);
    Tefter__Warning *warning = tx_new(tx, &tefter__warning__descriptor);
    warning->kind = kind;
    warning->has_amount_minor = amount_minor != 0;
    warning->amount_minor = amount_minor;
    done->warnings[done->n_warnings++] = warning;
}

void document_done(struct tx *tx, const struct document_plan *plan, Tefter__Done *done)
{
    const Tefter__DocumentRecord *record = plan->record;
    done->has_id = true;
    done->id = record->document;
    done->number = record->number;
    done->has_total_minor = true;
    done->total_minor = record->total_minor;
    done->has_due = record->has_due;
    done->due = record->due;
    done->decision = record->decision;
    if (record->decision != NULL && record->decision->n_walls > 0)
        warn(tx, done, TEFTER__WARNING_KIND__WARNING_OVER_LIMIT, record->decision->over_by_minor);
    if (record->date < plan->branch->date && !record->already_happened)
        warn(tx, done, TEFTER__WARNING_KIND__WARNING_BACKDATED, 0);
}

Tefter__Refusal *apply_issue_invoice(struct tx *tx, const Tefter__IssueInvoice *command,
                                     Tefter__Done *done)
{
    struct document_plan *plan;
    Tefter__Refusal *refusal = document_plan_invoice(tx, command, NULL, 0, &plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__Event event;
    document_post_invoice(tx, plan, &event);
    account_save(tx, plan->account, &event);
    document_done(tx, plan, done);
    return NULL;
}

/* Refuses, in this order: number, source, date, reason, currency (as an invoice); FIELD_INVALID
 * lines (lines or charges beside an invoice), FIELD_MISSING invoice (`credit` without one),
 * FIELD_MISSING lines (nothing at all), QUANTITY_NOT_POSITIVE credit[i].quantity, each line's form,
 * each charge's form · the right ALREADY_HAPPENED · NOT_FOUND, ALREADY_REVERSED invoice, customer,
 * MATCH_OTHER_CUSTOMER invoice, BRANCH_BLOCKED, date, DATE_INVALID date (before the invoice),
 * NUMBER_TAKEN number · of each `credit` NOT_FOUND line, MORE_THAN_SOLD quantity with `most`;
 * MORE_THAN_SOLD invoice (all is credited); or each line against the catalogue · AMOUNT_TOO_BIG or
 * TOTAL_NEGATIVE lines, the right APPROVE for its amount, AMOUNT_TOO_BIG. */
Tefter__Refusal *apply_issue_credit_note(struct tx *tx, const Tefter__IssueCreditNote *command,
                                         Tefter__Done *done)
{
    struct document_plan *plan = tx_take(tx, sizeof *plan);
    Tefter__Refusal *refusal = plan_credit_note(tx, command, plan);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__Event event;
    document_write(tx, plan->record);
    branch_save(tx, plan->branch);
    if (plan->about_tail != NULL)
        document_tail_save(tx, plan->about, plan->about_tail);
    emit_document(tx, TEFTER__EVENT_KIND__CREDIT_NOTE_ISSUED, plan->record, &event);
    account_save(tx, plan->account, &event);
    document_done(tx, plan, done);
    return NULL;
}

/* ---- views ---- */

static Tefter__Refusal *what_if_amount(struct tx *tx, const Tefter__WhatIf *query,
                                       Tefter__CustomerRecord *customer,
                                       Tefter__WhatIfAnswer *answer)
{
    struct credit_request request = {
        .customer = customer,
        .account = account_open(tx, customer->customer),
        .amount_minor = query->amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    answer->refusal = credit_decide(tx, &request, &answer->decision);
    if (answer->refusal != NULL && answer->refusal->code == TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED)
        answer->decision->verdict = TEFTER__VERDICT__VERDICT_BLOCKED;
    return NULL;
}

Tefter__Refusal *view_what_if(struct tx *tx, const Tefter__WhatIf *query,
                              Tefter__WhatIfAnswer *answer)
{
    Tefter__CustomerRecord *customer = customer_get(tx, query->customer);
    if (customer == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    if (query->draft == NULL)
        return what_if_amount(tx, query, customer, answer);
    struct document_plan *plan;
    Tefter__IssueInvoice *draft = query->draft;
    draft->has_customer = true;
    draft->customer = query->customer;
    answer->refusal = document_plan_invoice(tx, draft, NULL, 0, &plan);
    if (plan->record == NULL || plan->record->decision == NULL)
        return answer->refusal; /* the draft itself is wrong */
    answer->decision = plan->record->decision;
    answer->has_total_minor = true;
    answer->total_minor = plan->record->total_minor;
    return NULL;
}
