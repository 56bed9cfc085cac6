/*
 * What a correction does not say of an invoice stays as the invoice has it.
 *
 * 1. A line is one that was there before if it names it (`line`), or else if it is of the same
 *    product, or without one has the same text: the first that no line before it was.
 * 2. A sum that was taken off a line stays that sum, a percentage that percentage, whatever the
 *    quantity is now. Serial numbers stay if there are as many as pieces.
 */
#include "domain/documents/inside.h"

#include "base/money.h"
#include "domain/catalogue/catalogue.h"
#include "domain/party/party.h"

#include <stdlib.h>
#include <string.h>

struct kept {
    const Tefter__DocumentRecord *was;
    bool *taken; /* of each of its lines: one of the correction is it */
};

/* ---- rules: which line it was ---- */

static const Tefter__DocumentLine *take(struct kept *kept, size_t i)
{
    kept->taken[i] = true;
    return kept->was->lines[i];
}

/* unit NULL: in any. */
static bool is_same(const struct tx *tx, const Tefter__DocumentLine *was, uint32_t product,
                    const char *text, const char *unit)
{
    if (was->product != product)
        return false;
    if (unit != NULL && (was->unit == NULL || !word_same(tx, was->unit, unit)))
        return false;
    return product != 0 || (was->text != NULL && text != NULL && strcmp(was->text, text) == 0);
}

/* Of a line that names none; NULL: it was not there before. */
static const Tefter__DocumentLine *find_line(struct tx *tx, struct kept *kept,
                                             Tefter__InvoiceLine *line)
{
    uint32_t number = line->has_product ? line->product : 0;
    if (!line->has_product && line->product_code != NULL) {
        const Tefter__ProductRecord *product = product_by_code(tx, line->product_code);
        if (product == NULL)
            return NULL;
        number = product->product;
        const Tefter__ProductUnit *unit =
            line->unit == NULL ? product_unit_coded(tx, product, line->product_code) : NULL;
        if (unit != NULL)
            line->unit = unit->code;
    }
    const Tefter__DocumentLine *again = NULL;
    for (size_t i = 0; i < kept->was->n_lines; i++) {
        if (!is_same(tx, kept->was->lines[i], number, line->text, line->unit))
            continue;
        if (!kept->taken[i])
            return take(kept, i);
        again = again == NULL ? kept->was->lines[i] : again;
    }
    return again;
}

/* ---- rules: what stays of it ---- */

static void keep_discount(const Tefter__DocumentLine *was, Tefter__InvoiceLine *line)
{
    if (line->has_discount_bp || line->has_discount_minor)
        return;
    FIELD_COPY(line, discount_bp, was);
    if (!was->has_discount_bp && was->has_discount_minor)
        FIELD_SET(line, discount_minor, llabs(was->discount_minor));
}

static void keep_serials(const Tefter__DocumentLine *was, Tefter__InvoiceLine *line)
{
    if (line->n_serials > 0 || (int64_t)was->n_serials * QUANTITY_UNIT != line->quantity)
        return;
    line->n_serials = was->n_serials;
    line->serials = was->serials;
}

static void keep_price(const Tefter__DocumentLine *was, Tefter__InvoiceLine *line)
{
    FIELD_SET(line, price, was->price);
    FIELD_COPY(line, base_price, was);
}

/* A price is of its unit: in another one the line has the price that applies. */
static void keep_line(const struct tx *tx, const Tefter__DocumentLine *was,
                      Tefter__InvoiceLine *line)
{
    if (!line->has_product && line->product_code == NULL)
        FIELD_COPY(line, product, was);
    if (line->text == NULL)
        line->text = was->text;
    bool other_unit =
        line->unit != NULL && (was->unit == NULL || !word_same(tx, was->unit, line->unit));
    if (line->unit == NULL && (was->has_unit_factor || !was->has_product))
        line->unit = was->unit;
    if (!line->has_price && !other_unit)
        keep_price(was, line);
    keep_discount(was, line);
    if (!line->has_tax_bp)
        FIELD_SET(line, tax_bp, was->tax_bp);
    keep_serials(was, line);
}

/* A line of which nothing is said. */
static Tefter__InvoiceLine *line_again(struct tx *tx, const Tefter__DocumentLine *was)
{
    Tefter__InvoiceLine *line = tx_new(tx, &tefter__invoice_line__descriptor);
    line->quantity = was->quantity;
    keep_line(tx, was, line);
    return line;
}

static Tefter__Charge *charge_again(struct tx *tx, const Tefter__DocumentCharge *was)
{
    Tefter__Charge *charge = tx_new(tx, &tefter__charge__descriptor);
    charge->title = was->title;
    charge->amount_minor = was->amount_minor;
    FIELD_COPY(charge, tax_bp, was);
    return charge;
}

static void keep_all_lines(struct tx *tx, const Tefter__DocumentRecord *was,
                           Tefter__IssueInvoice *invoice)
{
    invoice->lines = tx_take(tx, was->n_lines * sizeof *invoice->lines);
    for (size_t i = 0; i < was->n_lines; i++)
        invoice->lines[invoice->n_lines++] = line_again(tx, was->lines[i]);
}

static void keep_all_charges(struct tx *tx, const Tefter__DocumentRecord *was,
                             Tefter__IssueInvoice *invoice)
{
    invoice->charges = tx_take(tx, was->n_charges * sizeof *invoice->charges);
    for (size_t i = 0; i < was->n_charges; i++)
        invoice->charges[invoice->n_charges++] = charge_again(tx, was->charges[i]);
}

static Tefter__Refusal *keep_lines(struct tx *tx, const Tefter__DocumentRecord *was,
                                   Tefter__IssueInvoice *invoice)
{
    struct kept kept = {.was = was, .taken = tx_take(tx, was->n_lines + 1)};
    for (size_t i = 0; i < invoice->n_lines; i++) {
        Tefter__InvoiceLine *line = invoice->lines[i];
        if (line->has_line && (line->line == 0 || line->line > was->n_lines))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "lines[%zu].line", i);
        if (line->has_line)
            keep_line(tx, take(&kept, line->line - 1), line);
    }
    for (size_t i = 0; i < invoice->n_lines; i++) {
        Tefter__InvoiceLine *line = invoice->lines[i];
        const Tefter__DocumentLine *before = line->has_line ? NULL : find_line(tx, &kept, line);
        if (before != NULL)
            keep_line(tx, before, line);
        line->has_line = false;
    }
    return NULL;
}

/* ---- rules: what is cleared ---- */

static bool cleared(const Tefter__PaperField *clear, size_t count, Tefter__PaperField field)
{
    for (size_t i = 0; i < count; i++)
        if (clear[i] == field)
            return true;
    return false;
}

/* Is what is to be cleared said beside it, or not an invoice's? No default: a new field says. */
static bool clears_wrongly(const Tefter__IssueInvoice *invoice, Tefter__PaperField field)
{
    switch (field) {
    case TEFTER__PAPER_FIELD__PAPER_CHARGES:
        return invoice->n_charges > 0;
    case TEFTER__PAPER_FIELD__PAPER_NOTE:
        return invoice->note != NULL;
    case TEFTER__PAPER_FIELD__PAPER_SALESPERSON:
        return invoice->salesperson != NULL;
    case TEFTER__PAPER_FIELD__PAPER_BUYER:
        return invoice->has_buyer;
    case TEFTER__PAPER_FIELD__PAPER_REFERENCE:
        return invoice->reference != NULL;
    case TEFTER__PAPER_FIELD__PAPER_PAYER:
    case _TEFTER__PAPER_FIELD_IS_INT_SIZE:
        break;
    }
    return true;
}

/* Buyers are a customer's. */
static bool is_theirs(struct tx *tx, const Tefter__IssueInvoice *invoice,
                      const Tefter__DocumentRecord *was)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal =
        customer_resolve(tx, invoice->customer, invoice->customer_code, true, &customer);
    return refusal == NULL && customer != NULL && customer->customer == was->customer;
}

/* ---- services ---- */

Tefter__Refusal *invoice_keep(struct tx *tx, const Tefter__IssueInvoice *command,
                              const Tefter__DocumentRecord *was, const Tefter__PaperField *clear,
                              size_t clear_count, Tefter__IssueInvoice **ret_whole)
{
    Tefter__IssueInvoice *invoice = tx_copy(tx, &command->base);
    *ret_whole = invoice;
    for (size_t i = 0; i < clear_count; i++)
        if (clears_wrongly(invoice, clear[i]))
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    if (!invoice->has_customer && invoice->customer_code == NULL)
        FIELD_SET(invoice, customer, was->customer);
    if (!invoice->has_date)
        FIELD_SET(invoice, date, was->date);
    if (!invoice->has_due)
        FIELD_COPY(invoice, due, was);
    if (invoice->note == NULL && !cleared(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_NOTE))
        invoice->note = was->note;
    if (invoice->salesperson == NULL &&
        !cleared(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_SALESPERSON))
        invoice->salesperson = was->salesperson;
    if (!invoice->has_buyer && is_theirs(tx, invoice, was) &&
        !cleared(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_BUYER))
        FIELD_COPY(invoice, buyer, was);
    if (invoice->reference == NULL &&
        !cleared(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_REFERENCE))
        invoice->reference = was->reference;
    if (invoice->n_charges == 0 && !cleared(clear, clear_count, TEFTER__PAPER_FIELD__PAPER_CHARGES))
        keep_all_charges(tx, was, invoice);
    if (invoice->n_lines > 0)
        return keep_lines(tx, was, invoice);
    keep_all_lines(tx, was, invoice);
    return NULL;
}
