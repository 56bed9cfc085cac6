/* An invoice, a credit note: goods, sums, what is left to pay. A receipt: what the money paid. */
#include "documents/inside.h"

#include <stdlib.h>
#include <string.h>

/* Columns of the goods; one that no line has is left out. */
enum good {
    GOOD_NUMBER,
    GOOD_ITEM,
    GOOD_QUANTITY,
    GOOD_UNIT,
    GOOD_PRICE,
    GOOD_OFF,
    GOOD_NET,
    GOODS
};

struct bill {
    struct making *making;
    const Tefter__DocumentAnswer *answer;
    size_t at[GOODS]; /* place among the columns; SHEET_COLUMNS_MAX: left out */
    char cells[GOODS][WRITTEN_MAX];
    char under[SHEET_TEXT_MAX];
    char carried[WRITTEN_MAX];
};

/* ---- goods ---- */

static void add_column(struct bill *bill, enum good good, const char *title,
                       enum sheet_column_kind kind)
{
    struct sheet *sheet = &bill->making->sheet;
    bill->at[good] = sheet->column_count;
    sheet->columns[sheet->column_count++] = (struct sheet_column){title, kind};
}

static void add_goods_columns(struct bill *bill)
{
    const Tefter__DocumentRecord *document = bill->answer->document;
    struct making *making = bill->making;
    bool units = false;
    bool off = false;
    for (size_t i = 0; i < document->n_lines; i++) {
        units = units || if_any(document->lines[i]->unit) != NULL;
        off = off || document->lines[i]->discount_minor != 0;
    }
    for (size_t i = 0; i < GOODS; i++)
        bill->at[i] = SHEET_COLUMNS_MAX;
    add_column(bill, GOOD_NUMBER, word_kept(making, N_("No.")), SHEET_FIGURE);
    add_column(bill, GOOD_ITEM, word_kept(making, N_("Item")), SHEET_WORDS);
    add_column(bill, GOOD_QUANTITY, word_kept(making, N_("Quantity")), SHEET_FIGURE);
    if (units)
        add_column(bill, GOOD_UNIT, word_kept(making, N_("Unit")), SHEET_SHORT);
    add_column(bill, GOOD_PRICE, word_kept(making, N_("Price")), SHEET_FIGURE);
    if (off)
        add_column(bill, GOOD_OFF, word_kept(making, N_("Discount")), SHEET_FIGURE);
    add_column(bill, GOOD_NET, word_kept(making, N_("Amount")), SHEET_FIGURE);
}

static void set_cell(struct bill *bill, struct sheet_row *row, enum good good, const char *text)
{
    if (bill->at[good] < SHEET_COLUMNS_MAX)
        row->cells[bill->at[good]] = text;
}

/* Code and serial numbers stand below what was sold, its rate beside the discount. */
static void set_under(struct bill *bill, struct sheet_row *row, const Tefter__DocumentLine *line)
{
    size_t used = 0;
    const char *code = line->text != NULL && line->code != NULL ? line->code : "";
    used += (size_t)snprintf(bill->under, sizeof bill->under, "%s", code);
    for (size_t i = 0; i < line->n_serials && used + WRITTEN_MAX < sizeof bill->under; i++)
        used += (size_t)snprintf(bill->under + used, sizeof bill->under - used, "%s%.*s",
                                 used == 0 ? ""
                                 : i == 0  ? " · "
                                           : ", ",
                                 WRITTEN_MAX / 2, line->serials[i]);
    row->under = bill->under;
}

static void set_line(struct bill *bill, size_t index, struct sheet_row *row)
{
    const struct reader *reader = &bill->making->reader;
    const Tefter__DocumentLine *line = bill->answer->document->lines[index];
    set_cell(bill, row, GOOD_NUMBER, written_count(reader, index + 1, bill->cells[GOOD_NUMBER]));
    set_cell(bill, row, GOOD_ITEM,
             line->text != NULL   ? line->text
             : line->code != NULL ? line->code
                                  : "");
    set_cell(bill, row, GOOD_QUANTITY,
             written_quantity(reader, line->quantity, bill->cells[GOOD_QUANTITY]));
    set_cell(bill, row, GOOD_UNIT, line->unit == NULL ? "" : line->unit);
    set_cell(bill, row, GOOD_PRICE, written_price(reader, line->price, bill->cells[GOOD_PRICE]));
    if (line->discount_minor != 0)
        set_cell(bill, row, GOOD_OFF,
                 written_amount(reader, -line->discount_minor, bill->cells[GOOD_OFF]));
    set_cell(bill, row, GOOD_NET, written_amount(reader, line->net_minor, bill->cells[GOOD_NET]));
    set_under(bill, row, line);
}

static bool good_row(void *context, size_t index, struct sheet_row *ret_row,
                     struct failure *failure)
{
    struct bill *bill = context;
    const Tefter__DocumentRecord *document = bill->answer->document;
    (void)failure;
    if (index < document->n_lines) {
        set_line(bill, index, ret_row);
        return true;
    }
    const Tefter__DocumentCharge *charge = document->charges[index - document->n_lines];
    set_cell(bill, ret_row, GOOD_ITEM, charge->title);
    set_cell(bill, ret_row, GOOD_NET,
             written_amount(&bill->making->reader, charge->amount_minor, bill->cells[GOOD_NET]));
    return true;
}

static void good_carried(void *context, size_t behind, bool over, struct sheet_row *ret_row)
{
    struct bill *bill = context;
    const Tefter__DocumentRecord *document = bill->answer->document;
    int64_t sum_minor = 0;
    for (size_t i = 0; i < behind; i++)
        sum_minor += i < document->n_lines ? document->lines[i]->net_minor
                                           : document->charges[i - document->n_lines]->amount_minor;
    set_cell(
        bill, ret_row, GOOD_ITEM,
        written_word(&bill->making->reader, over ? N_("Carried forward") : N_("Brought forward")));
    set_cell(bill, ret_row, GOOD_NET,
             written_amount(&bill->making->reader, sum_minor, bill->carried));
}

/* ---- sums ---- */

static void add_total(struct making *making, const char *label, int64_t minor, bool strong)
{
    struct sheet *sheet = &making->sheet;
    if (sheet->total_count < SHEET_PAIRS_MAX)
        sheet->totals[sheet->total_count++] =
            (struct sheet_pair){label, amount_kept(making, minor), strong};
}

static void add_vat(struct making *making, const Tefter__DocumentRecord *document)
{
    struct vat rates[VAT_RATES_MAX];
    char text[WRITTEN_MAX];
    if (!document->has_tax_minor || document->tax_minor == 0)
        return;
    if (document->has_net_minor)
        add_total(making, word_kept(making, N_("Net")), document->net_minor, false);
    size_t count = vat_of(document, rates);
    for (size_t i = 0; i < count; i++)
        add_total(making, keep(making, written_vat(&making->reader, &rates[i], text)),
                  rates[i].tax_minor, false);
}

static int64_t touched(const Tefter__DocumentAnswer *answer)
{
    int64_t sum_minor = 0;
    for (size_t i = 0; i < answer->n_touches; i++)
        if (!(answer->touches[i]->has_undone && answer->touches[i]->undone))
            sum_minor += answer->touches[i]->amount_minor;
    return sum_minor;
}

static void add_sums(struct making *making, const Tefter__DocumentAnswer *answer)
{
    const Tefter__DocumentRecord *document = answer->document;
    bool invoice = document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    int64_t used_minor = touched(answer);
    add_vat(making, document);
    add_total(making, word_kept(making, N_("Total")), document->total_minor, true);
    if (used_minor == 0)
        return;
    add_total(making,
              invoice ? word_kept(making, N_("of a bill::Paid"))
                      : word_kept(making, N_("Set against bills")),
              -used_minor, false);
    add_total(making,
              invoice ? word_kept(making, N_("Left to pay")) : word_kept(making, N_("Left")),
              answer->open_minor, true);
}

static void put_goods(struct bill *bill)
{
    struct sheet *sheet = &bill->making->sheet;
    add_goods_columns(bill);
    sheet->row_count = bill->answer->document->n_lines + bill->answer->document->n_charges;
    sheet->row = good_row;
    sheet->carried = good_carried;
    sheet->context = bill;
    add_sums(bill->making, bill->answer);
}

/* ---- a receipt ---- */

static const Tefter__Touch *live_touch(const Tefter__DocumentAnswer *answer, size_t index)
{
    for (size_t i = 0; i < answer->n_touches; i++) {
        if (answer->touches[i]->has_undone && answer->touches[i]->undone)
            continue;
        if (index-- == 0)
            return answer->touches[i];
    }
    return NULL;
}

static bool touch_row(void *context, size_t index, struct sheet_row *ret_row,
                      struct failure *failure)
{
    struct bill *bill = context;
    const struct reader *reader = &bill->making->reader;
    const Tefter__Touch *touch = live_touch(bill->answer, index);
    char number[WRITTEN_MAX];
    if (touch == NULL)
        return fail(failure, FAULT_BUG, 0, "a match is not there");
    (void)words_say(
        bill->under, sizeof bill->under, reader->language, N_("for {number}"), "number",
        written_number(reader, touch->other_number == NULL ? "" : touch->other_number, number),
        NULL);
    ret_row->cells[0] = written_day(reader, touch->date, bill->cells[0]);
    ret_row->cells[1] = bill->under;
    ret_row->cells[2] = written_amount(reader, touch->amount_minor, bill->cells[2]);
    return true;
}

static void put_matches(struct bill *bill)
{
    struct making *making = bill->making;
    struct sheet *sheet = &making->sheet;
    const Tefter__DocumentAnswer *answer = bill->answer;
    int64_t used_minor = touched(answer);
    sheet->columns[0] = (struct sheet_column){word_kept(making, N_("Date")), SHEET_SHORT};
    sheet->columns[1] = (struct sheet_column){word_kept(making, N_("What it paid")), SHEET_WORDS};
    sheet->columns[2] = (struct sheet_column){word_kept(making, N_("Amount")), SHEET_FIGURE};
    sheet->column_count = 3;
    while (live_touch(answer, sheet->row_count) != NULL)
        sheet->row_count++;
    sheet->row = touch_row;
    sheet->context = bill;
    sheet->empty = word_kept(making, N_("No bill yet: it counts for what is owed."));
    if (used_minor != 0 && answer->open_minor != 0)
        add_total(making, word_kept(making, N_("Not yet matched")), answer->open_minor, false);
    add_total(making, word_kept(making, N_("Total")), answer->document->total_minor, true);
}

/* ---- all of it ---- */

/* The cash customer has no name: it is nobody who would owe it. */
static bool is_named(const Tefter__DocumentAnswer *answer)
{
    return answer->customer != NULL && text_of(answer->customer->name)[0] != '\0';
}

static const char *title_of(struct making *making, const Tefter__DocumentAnswer *answer)
{
    switch (answer->document->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return word_kept(making, N_("RECEIPT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return word_kept(making, N_("CREDIT NOTE"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return word_kept(making, N_("PAID OUT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return is_named(answer) ? word_kept(making, N_("INVOICE"))
                                : word_kept(making, N_("SALES RECEIPT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    return NULL;
}

static void put_title(struct making *making, const Tefter__DocumentAnswer *answer)
{
    struct sheet *sheet = &making->sheet;
    const Tefter__DocumentRecord *document = answer->document;
    bool reversed = answer->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED;
    bool copy = arg_flag(&making->run->args, "--copy");
    add_line(&sheet->title_lines, joined(making, number_kept(making, document->number),
                                         day_kept(making, document->date)));
    if (document->has_due && answer->open_minor > 0)
        add_line(&sheet->title_lines, joined(making,
                                             say_kept(making, N_("Pay by {date}"), "date",
                                                      day_kept(making, document->due), NULL),
                                             NULL));
    if (answer->about != NULL)
        add_line(&sheet->title_lines, say_kept(making, N_("for {number}"), "number",
                                               number_kept(making, answer->about->number), NULL));
    if (if_any(document->reference) != NULL)
        add_line(&sheet->title_lines,
                 say_kept(making, N_("Reference: {text}"), "text", document->reference, NULL));
    if (reversed || copy)
        sheet->mark = joined(making, reversed ? word_kept(making, N_("REVERSED")) : NULL,
                             copy ? word_kept(making, N_("COPY")) : NULL);
}

static void put_notes(struct making *making, const Tefter__DocumentAnswer *answer)
{
    struct sheet *sheet = &making->sheet;
    const Tefter__DocumentRecord *document = answer->document;
    const char *note = text_of(document->note);
    bool reason = document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE ||
                  document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND;
    if (note[0] != '\0' && reason)
        add_line(&sheet->notes,
                 say_kept(making, N_("Reason: {text}"), "text", word_kept(making, note), NULL));
    else if (note[0] != '\0')
        add_line(&sheet->notes, keep(making, note));
    if (answer->buyer_name != NULL && text_of(answer->buyer_name)[0] != '\0')
        add_line(&sheet->notes, say_kept(making, N_("The goods were taken by {name}."), "name",
                                         text_of(answer->buyer_name), NULL));
    if (text_of(document->payer)[0] != '\0')
        add_line(&sheet->notes,
                 say_kept(making, N_("Paid by {name}."), "name", text_of(document->payer), NULL));
}

static void put_kind(struct bill *bill)
{
    struct making *making = bill->making;
    const Tefter__DocumentRecord *document = bill->answer->document;
    if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT ||
        document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND) {
        bool out = document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND;
        put_box(making,
                out ? word_kept(making, N_("money::Paid out"))
                    : word_kept(making, N_("money::Received")),
                document->total_minor);
        add_line(&making->sheet.box_lines,
                 written_payment_kind(&making->reader, document->has_payment_kind,
                                      document->payment_kind));
        put_matches(bill);
        put_sign(making,
                 out ? word_kept(making, N_("Received by"))
                     : word_kept(making, N_("sign::Paid by")),
                 false);
        put_sign(making,
                 out ? word_kept(making, N_("sign::Paid by"))
                     : word_kept(making, N_("Received by")),
                 true);
        return;
    }
    put_box(making,
            document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE
                ? word_kept(making, N_("Total"))
                : word_kept(making, N_("Credited to you")),
            document->total_minor);
    put_goods(bill);
    if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE && bill->answer->open_minor > 0)
        put_ways_to_pay(making, document->number, NULL, bill->answer->open_minor);
    if (!is_named(bill->answer))
        return;
    /* what is credited comes back from the customer */
    bool back = document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    const char *taken = word_kept(making, N_("Goods taken by"));
    const char *given = word_kept(making, N_("Goods given by"));
    put_sign(making, back ? given : taken, false);
    put_sign(making, back ? taken : given, true);
}

bool bill_make(struct making *making, const Tefter__DocumentAnswer *answer)
{
    struct run *run = making->run;
    const Tefter__CustomerCardAnswer *card = NULL;
    struct bill *bill = arena_zero(&run->arena, sizeof *bill);
    if (is_named(answer) && title_of(making, answer) != NULL) {
        char id[NUMBER_MAX + 1];
        (void)snprintf(id, sizeof id, "#%u", answer->customer->customer);
        card = customer_find(run, id);
        if (card == NULL)
            return false;
    }
    (void)making_begin(making, run, card == NULL ? NULL : card->record);
    making->sheet.title = title_of(making, answer);
    if (bill == NULL || making->sheet.title == NULL) {
        (void)run_say(run, EXIT_USE,
                      N_("{number} is neither invoice nor receipt nor credit note: there is no "
                         "paper of it."),
                      "number", answer->document->number, NULL);
        return false;
    }
    *bill = (struct bill){.making = making, .answer = answer};
    put_shop(making, answer->document->branch);
    if (card != NULL)
        put_party(making,
                  answer->document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT
                      ? word_kept(making, N_("Received from"))
                      : word_kept(making, N_("paper::To")),
                  text_of(card->record->name), card->record);
    put_title(making, answer);
    put_kind(bill);
    put_notes(making, answer);
    making->sheet.made_ms = answer->document->recorded_ms;
    return true;
}
