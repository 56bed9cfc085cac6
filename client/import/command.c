#include "import/command.h"

#include "base/fold.h"
#include "import/price.h"
#include "import/words.h"

/* The commands only point to texts; protobuf-c wants them without const. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static Tefter__Text *person_text(const char *value, struct arena *arena)
{
    Tefter__Text *text = value != NULL ? arena_take(arena, sizeof *text) : NULL;
    if (text == NULL)
        return NULL;
    tefter__text__init(text);
    text->value = text_of(value);
    return text;
}

static Tefter__Command *command_new(struct arena *arena, Tefter__Command__KindCase kind)
{
    Tefter__Command *command = arena_take(arena, sizeof *command);
    if (command == NULL)
        return NULL;
    tefter__command__init(command);
    command->kind_case = kind;
    return command;
}

/* ---- customers and products ---- */

static Tefter__OpenCustomer *customer_new(struct arena *arena)
{
    Tefter__OpenCustomer *customer = arena_take(arena, sizeof *customer);
    if (customer != NULL)
        tefter__open_customer__init(customer);
    return customer;
}

static const Tefter__Command *open_customer(Tefter__OpenCustomer *customer, struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_OPEN_CUSTOMER);
    if (command == NULL || customer->name == NULL)
        return NULL;
    command->open_customer = customer;
    return command;
}

const char *payer_of_entry(const struct entry *entry)
{
    const char *payer = entry->texts[FIELD_WHO_PAYS];
    const char *code = entry->texts[FIELD_CODE];
    return payer != NULL && code != NULL && fold_same(payer, code) ? NULL : payer;
}

static const Tefter__Command *customer_command(const struct entry *entry, struct arena *arena)
{
    const char *const *texts = entry->texts;
    Tefter__OpenCustomer *customer = customer_new(arena);
    if (customer == NULL)
        return NULL;
    customer->code = text_of(texts[FIELD_CODE]);
    customer->name = person_text(texts[FIELD_NAME], arena);
    customer->phone = person_text(texts[FIELD_PHONE], arena);
    customer->area = text_of(texts[FIELD_AREA]);
    customer->nickname = person_text(texts[FIELD_NICKNAME], arena);
    customer->tax_code = person_text(texts[FIELD_TAX_CODE], arena);
    customer->address = person_text(texts[FIELD_ADDRESS], arena);
    customer->has_term_days = entry->has_number[FIELD_TERM_DAYS];
    customer->term_days = (uint32_t)entry->numbers[FIELD_TERM_DAYS];
    customer->language = text_of(texts[FIELD_LANGUAGE]);
    customer->source = text_of(texts[FIELD_SOURCE]);
    customer->note = person_text(texts[FIELD_NOTE], arena);
    customer->groups = (uint32_t *)(uintptr_t)entry->groups;
    customer->n_groups = entry->group_count;
    customer->payer_code = text_of(payer_of_entry(entry));
    return open_customer(customer, arena);
}

const Tefter__Command *command_of_customer(const struct entry *entry, struct arena *arena)
{
    const char *const *texts = entry->texts;
    const char *name = texts[FIELD_NAME] != NULL ? texts[FIELD_NAME] : texts[FIELD_CUSTOMER];
    Tefter__OpenCustomer *customer = customer_new(arena);
    if (customer == NULL)
        return NULL;
    customer->code = text_of(texts[FIELD_CUSTOMER]);
    customer->name = person_text(name, arena);
    customer->area = text_of(texts[FIELD_AREA]);
    customer->source = text_of(texts[FIELD_SOURCE]);
    return open_customer(customer, arena);
}

/* ---- terms and groups ---- */

/* NULL: the row says none. */
static Tefter__LimitTerms *terms_of(const struct entry *entry, struct arena *arena)
{
    Tefter__LimitTerms *terms =
        entry->has_number[FIELD_LIMIT] ? arena_take(arena, sizeof *terms) : NULL;
    if (terms == NULL)
        return NULL;
    tefter__limit_terms__init(terms);
    terms->has_limit_minor = true;
    terms->limit_minor = entry->numbers[FIELD_LIMIT];
    return terms;
}

const Tefter__Command *command_of_payer(const struct entry *entry, uint32_t customer,
                                        struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_SET_PAYER);
    Tefter__SetPayer *payer = arena_take(arena, sizeof *payer);
    if (command == NULL || payer == NULL)
        return NULL;
    tefter__set_payer__init(payer);
    payer->customer = customer;
    payer->payer_code = text_of(payer_of_entry(entry));
    command->set_payer = payer;
    return command;
}

const Tefter__Command *command_of_limit(const struct entry *entry, uint32_t customer,
                                        struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_SET_CREDIT_LIMIT);
    Tefter__SetCreditLimit *limit = arena_take(arena, sizeof *limit);
    Tefter__LimitTerms *terms = terms_of(entry, arena);
    if (command == NULL || limit == NULL || terms == NULL)
        return NULL;
    tefter__set_credit_limit__init(limit);
    limit->customer = customer;
    limit->terms = terms;
    command->set_credit_limit = limit;
    return command;
}

static const Tefter__Command *group_command(const struct entry *entry, struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_ADD_GROUP);
    Tefter__AddGroup *group = arena_take(arena, sizeof *group);
    if (command == NULL || group == NULL)
        return NULL;
    tefter__add_group__init(group);
    group->dimension = text_of(entry->texts[FIELD_DIMENSION]);
    group->name = text_of(entry->texts[FIELD_NAME]);
    group->has_term_days = entry->has_number[FIELD_TERM_DAYS];
    group->term_days = (uint32_t)entry->numbers[FIELD_TERM_DAYS];
    group->limit = terms_of(entry, arena);
    command->add_group = group;
    return command;
}

const Tefter__Command *command_of_terms(const struct entry *entry, uint32_t number,
                                        struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_CHANGE_GROUP);
    Tefter__ChangeGroup *change = arena_take(arena, sizeof *change);
    if (command == NULL || change == NULL)
        return NULL;
    tefter__change_group__init(change);
    change->group = number;
    change->has_term_days = entry->has_number[FIELD_TERM_DAYS];
    change->term_days = (uint32_t)entry->numbers[FIELD_TERM_DAYS];
    change->limit = terms_of(entry, arena);
    command->change_group = change;
    return command;
}

const Tefter__Command *command_of_joining(uint32_t customer, uint32_t group, struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_JOIN_GROUP);
    Tefter__JoinGroup *join = arena_take(arena, sizeof *join);
    if (command == NULL || join == NULL)
        return NULL;
    tefter__join_group__init(join);
    join->customer = customer;
    join->group = group;
    command->join_group = join;
    return command;
}

static Tefter__AddProduct *product_new(struct arena *arena, const char *code, const char *name)
{
    Tefter__AddProduct *product = arena_take(arena, sizeof *product);
    if (product == NULL)
        return NULL;
    tefter__add_product__init(product);
    product->code = text_of(code);
    product->name = text_of(name != NULL ? name : code);
    return product;
}

static const Tefter__Command *add_product(Tefter__AddProduct *product, struct arena *arena)
{
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_ADD_PRODUCT);
    if (command == NULL || product == NULL)
        return NULL;
    command->add_product = product;
    return command;
}

static bool set_barcode(Tefter__AddProduct *product, const char *barcode, struct arena *arena)
{
    if (barcode == NULL)
        return true;
    product->barcodes = arena_take(arena, sizeof *product->barcodes);
    if (product->barcodes == NULL)
        return false;
    product->barcodes[0] = text_of(barcode);
    product->n_barcodes = 1;
    return true;
}

static bool set_unit(Tefter__AddProduct *product, const struct entry *entry, struct arena *arena)
{
    bool room;
    Tefter__ProductUnit *unit = price_unit(entry, arena, &room);
    product->units = unit != NULL ? arena_take(arena, sizeof *product->units) : NULL;
    if (product->units != NULL)
        product->units[product->n_units++] = unit;
    return room && (unit == NULL || product->units != NULL);
}

static const Tefter__Command *product_command(const struct entry *entry, struct arena *arena)
{
    const char *const *texts = entry->texts;
    Tefter__AddProduct *product = product_new(arena, texts[FIELD_CODE], texts[FIELD_NAME]);
    if (product == NULL || !set_barcode(product, texts[FIELD_BARCODE], arena))
        return NULL;
    product->unit = text_of(texts[FIELD_UNIT]);
    product->has_price = entry->has_number[FIELD_PRICE];
    product->price = entry->numbers[FIELD_PRICE];
    product->has_tax_bp = entry->has_number[FIELD_TAX] || entry->usual_tax_bp > 0;
    product->tax_bp =
        entry->has_number[FIELD_TAX] ? (uint32_t)entry->numbers[FIELD_TAX] : entry->usual_tax_bp;
    product->brand = text_of(texts[FIELD_BRAND]);
    product->colour = text_of(texts[FIELD_COLOUR]);
    product->model = text_of(texts[FIELD_MODEL]);
    product->has_cost = entry->has_number[FIELD_COST];
    product->cost = entry->numbers[FIELD_COST];
    product->has_floor = entry->has_number[FIELD_FLOOR];
    product->floor = entry->numbers[FIELD_FLOOR];
    if (!set_unit(product, entry, arena))
        return NULL;
    return add_product(product, arena);
}

const Tefter__Command *command_of_product(const struct entry_line *line, struct arena *arena)
{
    return add_product(product_new(arena, line->code, line->text), arena);
}

/* ---- documents ---- */

static void fill_line(const struct entry_line *from, Tefter__InvoiceLine *line)
{
    tefter__invoice_line__init(line);
    line->product_code = text_of(from->code);
    line->text = from->named ? NULL : text_of(from->text);
    line->quantity = from->quantity;
    line->has_price = true;
    line->price = from->price;
    line->has_discount_bp = from->discount_bp > 0;
    line->discount_bp = from->discount_bp;
    line->has_discount_minor = from->discount_minor > 0;
    line->discount_minor = from->discount_minor;
    line->has_tax_bp = true; /* what the file says, not what the catalogue says today */
    line->tax_bp = from->tax_bp;
}

static Tefter__InvoiceLine **lines_of(const struct entry *entry, struct arena *arena)
{
    Tefter__InvoiceLine **lines = arena_take(arena, entry->line_count * sizeof *lines);
    Tefter__InvoiceLine *each = arena_take(arena, entry->line_count * sizeof *each);
    if (lines == NULL || each == NULL)
        return NULL;
    for (size_t i = 0; i < entry->line_count; i++) {
        lines[i] = &each[i];
        fill_line(&entry->lines[i], lines[i]);
    }
    return lines;
}

static const Tefter__Command *invoice_command(const struct entry *entry, struct arena *arena)
{
    const char *const *texts = entry->texts;
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_ISSUE_INVOICE);
    Tefter__IssueInvoice *invoice = arena_take(arena, sizeof *invoice);
    Tefter__InvoiceLine **lines = lines_of(entry, arena);
    if (command == NULL || invoice == NULL || lines == NULL)
        return NULL;
    tefter__issue_invoice__init(invoice);
    invoice->customer_code = text_of(texts[FIELD_CUSTOMER]);
    invoice->number = text_of(texts[FIELD_NUMBER]);
    invoice->source = text_of(texts[FIELD_SOURCE]);
    invoice->has_date = true;
    invoice->date = (uint32_t)entry->numbers[FIELD_DATE];
    invoice->has_due = entry->has_number[FIELD_DUE];
    invoice->due = (uint32_t)entry->numbers[FIELD_DUE];
    invoice->lines = lines;
    invoice->n_lines = entry->line_count;
    invoice->note = person_text(texts[FIELD_NOTE], arena);
    invoice->salesperson = text_of(texts[FIELD_SALESPERSON]);
    invoice->has_backfill = invoice->backfill = true;
    invoice->has_opening = true;
    invoice->opening = entry->opening;
    invoice->has_total_minor = true;
    invoice->total_minor = entry->total_minor;
    invoice->currency = text_of(texts[FIELD_CURRENCY]);
    invoice->reference = text_of(texts[FIELD_REFERENCE]);
    command->issue_invoice = invoice;
    return command;
}

/* The sale and its money in one: nothing of it is open at any time. */
static const Tefter__Command *paid_command(const struct entry *entry, struct arena *arena)
{
    Tefter__PaymentKind kind;
    const Tefter__Command *invoice = invoice_command(entry, arena);
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_SELL_PAID);
    Tefter__SellPaid *sale = arena_take(arena, sizeof *sale);
    Tefter__PaidPart *part = arena_take(arena, sizeof *part);
    Tefter__PaidPart **parts = arena_take(arena, sizeof(void *));
    if (invoice == NULL || command == NULL || sale == NULL || part == NULL || parts == NULL ||
        !words_payment(entry->paid, &kind))
        return NULL;
    tefter__sell_paid__init(sale);
    tefter__paid_part__init(part);
    part->kind = kind;
    parts[0] = part;
    sale->invoice = invoice->issue_invoice;
    sale->payments = parts;
    sale->n_payments = 1;
    command->sell_paid = sale;
    return command;
}

static const Tefter__Command *credit_note_command(const struct entry *entry, struct arena *arena)
{
    const char *const *texts = entry->texts;
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_ISSUE_CREDIT_NOTE);
    Tefter__IssueCreditNote *note = arena_take(arena, sizeof *note);
    Tefter__InvoiceLine **lines = lines_of(entry, arena);
    if (command == NULL || note == NULL || lines == NULL)
        return NULL;
    tefter__issue_credit_note__init(note);
    note->customer_code = text_of(texts[FIELD_CUSTOMER]);
    note->number = text_of(texts[FIELD_NUMBER]);
    note->source = text_of(texts[FIELD_SOURCE]);
    note->has_date = true;
    note->date = (uint32_t)entry->numbers[FIELD_DATE];
    note->lines = lines;
    note->n_lines = entry->line_count;
    note->reason = person_text(texts[FIELD_NOTE], arena);
    note->has_backfill = note->backfill = true;
    note->has_opening = true;
    note->opening = entry->opening;
    note->currency = text_of(texts[FIELD_CURRENCY]);
    command->issue_credit_note = note;
    return command;
}

/* ---- payments ---- */

static bool set_bills(Tefter__TakePayment *payment, const struct entry *entry, struct arena *arena)
{
    size_t count = entry->bill_count;
    Tefter__BillAmount **bills = arena_take(arena, count * sizeof *bills);
    Tefter__BillAmount *each = arena_take(arena, count * sizeof *each);
    if (bills == NULL || each == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        tefter__bill_amount__init(&each[i]);
        each[i].bill_number = text_of(entry->bills[i].number);
        each[i].has_amount_minor = entry->bills[i].amount_minor > 0;
        each[i].amount_minor = entry->bills[i].amount_minor;
        bills[i] = &each[i];
    }
    payment->bills = bills;
    payment->n_bills = count;
    return true;
}

static const Tefter__Command *payment_command(const struct entry *entry, bool match_oldest,
                                              struct arena *arena)
{
    const char *const *texts = entry->texts;
    Tefter__PaymentKind kind;
    Tefter__Command *command = command_new(arena, TEFTER__COMMAND__KIND_TAKE_PAYMENT);
    Tefter__TakePayment *payment = arena_take(arena, sizeof *payment);
    if (command == NULL || payment == NULL || !words_payment(texts[FIELD_KIND], &kind))
        return NULL;
    tefter__take_payment__init(payment);
    payment->customer_code = text_of(texts[FIELD_CUSTOMER]);
    payment->kind = kind;
    payment->amount_minor = entry->total_minor;
    payment->has_money_account = entry->has_number[FIELD_PLACE];
    payment->money_account = (uint32_t)entry->numbers[FIELD_PLACE];
    payment->has_date = true;
    payment->date = (uint32_t)entry->numbers[FIELD_DATE];
    payment->number = text_of(texts[FIELD_NUMBER]);
    payment->source = text_of(texts[FIELD_SOURCE]);
    payment->reference = text_of(texts[FIELD_REFERENCE]);
    payment->payer = person_text(texts[FIELD_PAYER], arena);
    payment->note = person_text(texts[FIELD_NOTE], arena);
    payment->has_backfill = payment->backfill = true;
    payment->currency = text_of(texts[FIELD_CURRENCY]);
    if (entry->bill_count > 0 && !set_bills(payment, entry, arena))
        return NULL;
    payment->has_match = match_oldest && entry->bill_count == 0;
    payment->match = TEFTER__MATCH_ORDER__MATCH_OLDEST_DUE;
    command->take_payment = payment;
    return command;
}

const Tefter__Command *command_of_entry(const struct entry *entry, bool match_oldest,
                                        struct arena *arena)
{
    switch (entry->kind) {
    case ENTRY_CUSTOMER:
        return customer_command(entry, arena);
    case ENTRY_PRODUCT:
        return product_command(entry, arena);
    case ENTRY_GROUP:
        return group_command(entry, arena);
    case ENTRY_INVOICE:
        return entry->paid != NULL ? paid_command(entry, arena) : invoice_command(entry, arena);
    case ENTRY_CREDIT_NOTE:
        return credit_note_command(entry, arena);
    case ENTRY_PAYMENT:
        return payment_command(entry, match_oldest, arena);
    case ENTRY_PRICE:
        return price_command(entry, arena);
    case ENTRY_KINDS:
        break;
    }
    return NULL;
}
