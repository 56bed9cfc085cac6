#include "import/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "import/command.h"

enum {
    PERCENT_EXPONENT = 2,
    PRICE_DIGITS = 3,
    CODE_ROOM = 1024,
    SHOWN_MAX = 40,
    WHOLE_MAX = 100000
};

/* ---- saying what is wrong ---- */

static void reject_cell(const struct form *form, const struct row *row, struct entry *entry,
                        enum import_field field, const char *why)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    int shown = (int)(cell.size < SHOWN_MAX ? cell.size : SHOWN_MAX);
    entry_reject(entry, row->line, "%s \"%.*s\": %s", field_about(field)->name, shown,
                 (const char *)cell.data, why);
}

/* ---- cells ---- */

static struct slice cell_of(const struct form *form, const struct row *row, enum import_field field)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    return value_code(cell, form->style->point_zero[field]);
}

struct slice form_number(const struct form *form, const struct row *row, char *out, size_t capacity)
{
    struct slice number = cell_of(form, row, FIELD_NUMBER);
    const char *prefix = form->settings->number_prefix;
    if (number.size == 0 || prefix == NULL)
        return number;
    int size =
        snprintf(out, capacity, "%s%.*s", prefix, (int)number.size, (const char *)number.data);
    return slice_of(out, size > 0 && (size_t)size < capacity ? (size_t)size : capacity - 1);
}

/* What tells one thing from another is never cut. */
static bool may_be_cut(enum import_field field)
{
    return field != FIELD_REFERENCE && field != FIELD_UNIT && field != FIELD_PHONE &&
           field != FIELD_TAX_CODE;
}

static enum sight_form sight_form_of(enum import_field field)
{
    return may_be_cut(field) || field == FIELD_UNIT ? SIGHT_OF_A_LINE : SIGHT_OF_A_KEY;
}

/* Rejects the row of a code in which something is not seen: it looks like another code. */
static bool reject_unseen(const struct form *form, const struct row *row, struct entry *entry,
                          enum import_field field, struct slice code)
{
    char said[SIGHT_SAID_MAX];
    const char *why = value_unseen(code, said);
    if (why != NULL)
        reject_cell(form, row, entry, field, why);
    return why != NULL;
}

static const char *read_text(const struct form *form, const struct row *row, struct entry *entry,
                             enum import_field field, size_t capacity)
{
    char line[TEXT_MAX];
    char why[SIGHT_SAID_MAX] = "is too long";
    size_t size = 0;
    bool cut;
    bool good = value_line(cell_of(form, row, field), sight_form_of(field), line, capacity, &size,
                           &cut, why);
    if (!good || (cut && !may_be_cut(field))) {
        reject_cell(form, row, entry, field, why);
        return NULL;
    }
    entry->cut_texts += cut;
    return entry_text(entry, slice_of(line, size));
}

static void read_code(const struct form *form, const struct row *row, struct entry *entry,
                      enum import_field field)
{
    struct slice code = cell_of(form, row, field);
    if (code.size == 0 || reject_unseen(form, row, entry, field, code))
        return;
    if (!value_is_code(code))
        reject_cell(form, row, entry, field, "a code has letters, digits and - _ . / only");
    else
        entry->texts[field] = entry_text(entry, code);
}

/* A customer's code with signs no code has gets others for them, and a mark of what it was, so that
 * two codes never become one: "ACME Ltd" is ACME-Ltd-5f2c81. */
static void read_customer_code(const struct form *form, const struct row *row, struct entry *entry,
                               enum import_field field)
{
    struct slice code = cell_of(form, row, field);
    if (reject_unseen(form, row, entry, field, code))
        return;
    if (code.size == 0 || value_is_code(code)) {
        entry->texts[field] = entry_text(entry, code);
        return;
    }
    entry->texts[field] = entry_text(entry, value_safe_code(code, (char[CODE_MAX_BYTES + 1]){0}));
    entry->renamed = true;
    if (entry->texts[FIELD_NAME] == NULL)
        entry->texts[FIELD_NAME] = read_text(form, row, entry, field, NAME_MAX_BYTES);
}

static int exponent_of(const struct form *form, enum import_field field)
{
    switch ((int)field) {
    case FIELD_QUANTITY:
        return 3;
    case FIELD_PRICE:
        return form->currency->exponent + PRICE_DIGITS;
    case FIELD_DISCOUNT:
    case FIELD_TAX:
        return PERCENT_EXPONENT;
    default:
        return form->currency->exponent;
    }
}

/* False when there is none, or the entry was rejected for it. */
static bool read_number(const struct form *form, const struct row *row, struct entry *entry,
                        enum import_field field, int64_t *ret_value)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    const char *why = NULL;
    if (cell.size == 0)
        return false;
    if (value_number(cell, exponent_of(form, field), form->style, ret_value, &why))
        return true;
    reject_cell(form, row, entry, field, why);
    return false;
}

static bool read_whole(const struct form *form, const struct row *row, struct entry *entry,
                       enum import_field field, int64_t *ret_value)
{
    struct slice cell = cell_of(form, row, field);
    if (cell.size == 0)
        return false;
    const char *why = decimal_read((const char *)cell.data, cell.size, 0, NULL, ret_value);
    if (why == NULL && *ret_value >= 0 && *ret_value <= WHOLE_MAX)
        return true;
    reject_cell(form, row, entry, field, "is no such whole number");
    return false;
}

static bool read_date(const struct form *form, const struct row *row, struct entry *entry,
                      enum import_field field, int64_t *ret_value)
{
    struct slice cell = mapping_text(form->mapping, row, field);
    uint32_t date = DATE_NONE;
    const char *why;
    if (cell.size == 0)
        return false;
    if (!value_date(cell, form->style->dates, &date, &why)) {
        reject_cell(form, row, entry, field, why);
        return false;
    }
    *ret_value = date;
    return true;
}

/* ---- the head ---- */

/* Of lines, not of the head, in invoices. */
static bool is_of_line(enum import_field field, enum import_kind kind)
{
    return kind == IMPORT_INVOICES &&
           (field == FIELD_CODE || field == FIELD_TEXT || field == FIELD_QUANTITY ||
            field == FIELD_PRICE || field == FIELD_AMOUNT || field == FIELD_DISCOUNT ||
            field == FIELD_TAX);
}

static bool is_customer_code(enum import_field field, enum import_kind kind)
{
    return field == FIELD_CUSTOMER || (field == FIELD_CODE && kind == IMPORT_CUSTOMERS);
}

static size_t text_room(enum import_field field)
{
    if (field == FIELD_NOTE || field == FIELD_ADDRESS)
        return TEXT_MAX;
    return field == FIELD_REFERENCE || field == FIELD_UNIT ? CODE_MAX_BYTES : NAME_MAX_BYTES;
}

static void read_field(const struct form *form, const struct row *row, struct entry *entry,
                       enum import_field field)
{
    int64_t *number = &entry->numbers[field];
    switch (field_about(field)->form) {
    case FORM_CODE:
        if (is_customer_code(field, form->mapping->kind))
            read_customer_code(form, row, entry, field);
        else
            read_code(form, row, entry, field);
        break;
    case FORM_LINE:
        if (mapping_text(form->mapping, row, field).size > 0)
            entry->texts[field] = read_text(form, row, entry, field, text_room(field));
        break;
    case FORM_NUMBER:
        entry->has_number[field] = read_number(form, row, entry, field, number);
        break;
    case FORM_WHOLE:
        entry->has_number[field] = read_whole(form, row, entry, field, number);
        break;
    case FORM_DATE:
        entry->has_number[field] = read_date(form, row, entry, field, number);
        break;
    }
}

static void check_required(const struct form *form, struct entry *entry)
{
    for (enum import_field i = 0; i < FIELD_COUNT && !entry_rejected(entry); i++)
        if (field_required(i, form->mapping->kind) && !entry->has_number[i] &&
            entry->texts[i] == NULL)
            entry_reject(entry, entry->line, "%s is empty", field_about(i)->name);
}

static void check_currency(const struct form *form, struct entry *entry)
{
    const char *currency = entry->texts[FIELD_CURRENCY];
    if (currency != NULL && strcmp(currency, form->currency->code) != 0)
        entry_reject(entry, entry->line, "currency %s: the company's is %s", currency,
                     form->currency->code);
}

static enum entry_kind kind_of(enum import_kind kind)
{
    switch (kind) {
    case IMPORT_CUSTOMERS:
        return ENTRY_CUSTOMER;
    case IMPORT_PRODUCTS:
        return ENTRY_PRODUCT;
    case IMPORT_INVOICES:
        return ENTRY_INVOICE;
    case IMPORT_PAYMENTS:
        return ENTRY_PAYMENT;
    }
    return ENTRY_KINDS;
}

void form_read_head(const struct form *form, const struct row *row, struct entry *entry)
{
    enum import_kind kind = form->mapping->kind;
    entry->kind = kind_of(kind);
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, kind) && !is_of_line(i, kind) && i != FIELD_NUMBER &&
            mapping_has(form->mapping, i))
            read_field(form, row, entry, i);
    char room[CODE_ROOM];
    struct slice number = form_number(form, row, room, sizeof room);
    if (number.size > 0 && reject_unseen(form, row, entry, FIELD_NUMBER, number))
        ; /* that says it */
    else if (number.size > 0 && !value_is_code(number))
        reject_cell(form, row, entry, FIELD_NUMBER,
                    "a number has letters, digits and - _ . / only, and at most 40 bytes");
    else if (number.size > 0)
        entry->texts[FIELD_NUMBER] = entry_text(entry, number);
    if (entry->texts[FIELD_SOURCE] == NULL)
        entry->texts[FIELD_SOURCE] = form->source;
    check_required(form, entry);
    check_currency(form, entry);
}

/* ---- a line ---- */

/* A code that is none becomes text: "BANK CHARGES: Bank Charges". */
static void free_line(struct entry *entry, struct entry_line *line, struct slice code)
{
    char text[NAME_MAX_BYTES];
    char code_line[NAME_MAX_BYTES];
    char why[SIGHT_SAID_MAX];
    size_t size = 0;
    if (code.size == 0)
        return;
    bool cut;
    if (!value_line(code, SIGHT_OF_A_LINE, code_line, sizeof code_line, &size, &cut, why)) {
        entry_reject(entry, line->line, "code: %s", why);
        return;
    }
    entry->free_lines++;
    char both[2 * NAME_MAX_BYTES + 4];
    int length = snprintf(both, sizeof both, "%.*s%s%s", (int)size, code_line,
                          line->text != NULL ? ": " : "", line->text != NULL ? line->text : "");
    (void)value_line(slice_of(both, (size_t)length), SIGHT_OF_A_LINE, text, sizeof text, &size,
                     &cut, why);
    line->text = entry_text(entry, slice_of(text, size));
}

static void read_what(const struct form *form, const struct row *row, struct entry *entry,
                      struct entry_line *line)
{
    struct slice code = cell_of(form, row, FIELD_CODE);
    line->text = read_text(form, row, entry, FIELD_TEXT, NAME_MAX_BYTES);
    if (value_is_code(code))
        line->code = entry_text(entry, code);
    else
        free_line(entry, line, code);
    if (line->code == NULL && line->text == NULL)
        line->text = entry->texts[FIELD_NUMBER];
}

/* The price, or the amount as the price of one. Only its rounding to minor units is ours to see. */
static bool read_price(const struct form *form, const struct row *row, struct entry *entry,
                       struct entry_line *line)
{
    if (mapping_has(form->mapping, FIELD_PRICE)) {
        if (read_number(form, row, entry, FIELD_PRICE, &line->price))
            return true;
        entry_reject(entry, row->line, "price is empty");
        return false;
    }
    int64_t amount;
    if (!read_number(form, row, entry, FIELD_AMOUNT, &amount)) {
        entry_reject(entry, row->line, "amount is empty");
        return false;
    }
    line->quantity = QUANTITY_UNIT;
    if (!__builtin_mul_overflow(amount, INT64_C(1000), &line->price))
        return true;
    reject_cell(form, row, entry, FIELD_AMOUNT, "is too large");
    return false;
}

static uint32_t read_rate(const struct form *form, const struct row *row, struct entry *entry,
                          enum import_field field)
{
    int64_t rate = 0;
    if (!read_number(form, row, entry, field, &rate))
        return 0;
    if (rate >= 0 && rate <= BASIS_POINTS)
        return (uint32_t)rate;
    reject_cell(form, row, entry, field, "is no percentage from 0 to 100");
    return 0;
}

/* As the server rounds: gross, discount, net, tax, each once. */
static bool line_total(struct entry_line *line)
{
    int64_t gross;
    int64_t discount;
    int64_t tax;
    if (!money_line(line->quantity, line->price, &gross) ||
        !money_rate(gross, line->discount_bp, &discount) ||
        !money_rate(gross - discount, line->tax_bp, &tax))
        return false;
    line->total_minor = gross - discount + tax;
    return true;
}

/* Prices are never below 0 in the ledger: the quantity carries the sign. */
static void turn_sign(struct entry_line *line)
{
    if (line->price >= 0)
        return;
    line->price = -line->price;
    line->quantity = -line->quantity;
}

void form_read_line(const struct form *form, const struct row *row, struct entry *entry)
{
    struct entry_line *line = entry_add_line(entry);
    if (line == NULL) {
        entry_reject(entry, row->line, "a document may have %d lines", DOCUMENT_LINES_MAX);
        return;
    }
    line->line = row->line;
    line->quantity = QUANTITY_UNIT;
    (void)read_number(form, row, entry, FIELD_QUANTITY, &line->quantity);
    if (!read_price(form, row, entry, line))
        return;
    line->discount_bp = read_rate(form, row, entry, FIELD_DISCOUNT);
    line->tax_bp = read_rate(form, row, entry, FIELD_TAX);
    read_what(form, row, entry, line);
    turn_sign(line);
    if (line->quantity == 0)
        entry_reject(entry, row->line, "quantity is 0");
    else if (!line_total(line))
        entry_reject(entry, row->line, "the line's amount is too large");
    entry->exact += (__int128)line->quantity * line->price;
}

/* ---- the whole ---- */

static void sum_lines(struct entry *entry)
{
    entry->total_minor = 0;
    for (size_t i = 0; i < entry->line_count && !entry_rejected(entry); i++)
        if (!money_add(entry->total_minor, entry->lines[i].total_minor, &entry->total_minor))
            entry_reject(entry, entry->lines[i].line, "the document's total is too large");
}

/* What comes to less than nothing is a credit note, its lines turned round. */
static void turn_document(struct entry *entry)
{
    if (entry->total_minor >= 0)
        return;
    entry->kind = ENTRY_CREDIT_NOTE;
    for (size_t i = 0; i < entry->line_count; i++)
        entry->lines[i].quantity = -entry->lines[i].quantity;
}

static void finish_invoice(const struct form *form, struct entry *entry)
{
    int32_t term = form->settings->term_days;
    sum_lines(entry);
    turn_document(entry);
    if (entry->has_number[FIELD_DUE] || term == IMPORT_TERM_NONE)
        return;
    entry->has_number[FIELD_DUE] = true;
    entry->numbers[FIELD_DUE] = entry->numbers[FIELD_DATE] + term;
    if (entry->numbers[FIELD_DUE] > DATE_MAX)
        entry->numbers[FIELD_DUE] = DATE_MAX;
}

void form_finish(const struct form *form, struct entry *entry)
{
    if (entry_rejected(entry))
        return;
    if (entry->kind == ENTRY_INVOICE)
        finish_invoice(form, entry);
    if (entry->kind != ENTRY_PAYMENT)
        return;
    entry->total_minor = entry->numbers[FIELD_AMOUNT];
    entry->exact = (__int128)entry->total_minor * QUANTITY_UNIT * 1000;
    Tefter__PaymentKind kind;
    if (!command_payment_kind(entry->texts[FIELD_KIND], &kind))
        entry_reject(entry, entry->line, "kind \"%.40s\": cash, card, transfer or slip",
                     entry->texts[FIELD_KIND]);
    if (entry->total_minor <= 0)
        entry_reject(entry, entry->line, "amount: a payment is more than 0");
}
