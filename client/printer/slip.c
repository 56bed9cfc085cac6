/*
 * What a slip says: the same rows as the page prints by the browser (client/web/counter/slip.ts),
 * in the same words, from what the ledger answered.
 */
#include "printer/printer.h"

#include "documents/writing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 4096 };

struct writing {
    const Tefter__PrintJob *job;
    const struct slip_facts *facts;
    struct reader reader;
    struct arena *arena;
    struct slip_row *rows;
    size_t count;
    bool spent;
};

/* ---- words ---- */

static const char *text_of(const Tefter__Text *text)
{
    return text == NULL || text->value == NULL ? "" : text->value;
}

static const char *or_nothing(const char *text)
{
    return text == NULL ? "" : text;
}

static const char *title(const struct writing *writing)
{
    switch (writing->job->document->document->kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return written_word(&writing->reader, N_("RECEIPT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return written_word(&writing->reader, N_("CREDIT NOTE"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return written_word(&writing->reader, N_("REVERSAL"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return written_word(&writing->reader, N_("PAID OUT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    /* over the counter, to nobody who would owe it: the receipt of its money too */
    return writing->job->document->customer == NULL
               ? written_word(&writing->reader, N_("SALES RECEIPT"))
               : written_word(&writing->reader, N_("INVOICE"));
}

/* ---- rows ---- */

static void put(struct writing *writing, enum slip_kind kind, const char *start, const char *end)
{
    struct slip_row *row = &writing->rows[writing->count];
    if (writing->count == ROWS_MAX) {
        writing->spent = true;
        return;
    }
    row->kind = kind;
    row->start = arena_text(writing->arena, start, strlen(start));
    row->end = arena_text(writing->arena, end, strlen(end));
    writing->spent = writing->spent || row->start == NULL || row->end == NULL;
    writing->count++;
}

static void put_amount(struct writing *writing, enum slip_kind kind, const char *start,
                       int64_t minor)
{
    char figure[WRITTEN_MAX];
    put(writing, kind, start, written_amount(&writing->reader, minor, figure));
}

static void put_rule(struct writing *writing)
{
    put(writing, SLIP_RULE, "", "");
}

static void put_head(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char line[3 * WRITTEN_MAX];
    char number[WRITTEN_MAX];
    char text[WRITTEN_MAX];
    const char *where = or_nothing(writing->job->branch_name);
    const char *till = or_nothing(writing->job->terminal_name);
    put(writing, SLIP_TITLE, writing->facts->company, "");
    (void)snprintf(line, sizeof line, "%s%s%s%s%s", where, where[0] == '\0' ? "" : " · ",
                   written_digits(&writing->reader, till, number), till[0] == '\0' ? "" : " · ",
                   written_day(&writing->reader, document->date, text));
    put(writing, SLIP_HEAD, line, "");
    put_rule(writing);
    (void)snprintf(line, sizeof line, "%s %s", title(writing),
                   written_number(&writing->reader, document->number, number));
    put(writing, SLIP_STRONG, line, written_clock(&writing->reader, document->recorded_ms, text));
    if (writing->facts->copy)
        put(writing, SLIP_STRONG, written_word(&writing->reader, N_("COPY")), "");
    if (writing->job->document->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED)
        put(writing, SLIP_STRONG, written_word(&writing->reader, N_("REVERSED")), "");
}

static void put_line(struct writing *writing, const Tefter__DocumentLine *line)
{
    char text[4 * WRITTEN_MAX];
    char quantity[WRITTEN_MAX];
    char each[WRITTEN_MAX];
    char off[WRITTEN_MAX];
    bool isolate = reader_from_right(&writing->reader);
    const char *begin = isolate ? "\u2068" : "";
    const char *end = isolate ? "\u2069" : "";
    const char *code = line->text != NULL ? or_nothing(line->code) : "";
    put(writing, SLIP_PLAIN, line->text != NULL ? line->text : or_nothing(line->code), "");
    /* the text is whoever's who wrote the bill: the code says what was sold */
    (void)snprintf(text, sizeof text, "%s%s%s%s%s%s %s%s × %s%s%s", begin, code, end,
                   code[0] == '\0' ? "" : " · ", begin,
                   written_quantity(&writing->reader, line->quantity, quantity),
                   or_nothing(line->unit), end, written_price(&writing->reader, line->price, each),
                   line->discount_minor == 0 ? "" : " \u2212",
                   line->discount_minor == 0
                       ? ""
                       : written_amount(&writing->reader, line->discount_minor, off));
    put_amount(writing, SLIP_SMALL, text, line->net_minor);
}

/* What is taxed, and by how much, at each rate; the lowest first. */
static void put_vat(struct writing *writing, const Tefter__DocumentRecord *document)
{
    struct vat rates[VAT_RATES_MAX];
    char text[WRITTEN_MAX];
    size_t count = vat_of(document, rates);
    for (size_t i = 0; i < count; i++)
        put_amount(writing, SLIP_SMALL, written_vat(&writing->reader, &rates[i], text),
                   rates[i].tax_minor);
}

static void put_goods(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char text[WRITTEN_MAX];
    for (size_t i = 0; i < document->n_lines; i++)
        put_line(writing, document->lines[i]);
    for (size_t i = 0; i < document->n_charges; i++)
        put_amount(writing, SLIP_PLAIN, document->charges[i]->title,
                   document->charges[i]->amount_minor);
    if (document->has_tax_minor && document->tax_minor != 0)
        put_vat(writing, document);
    (void)snprintf(text, sizeof text, "%s %s", written_word(&writing->reader, N_("TOTAL")),
                   written_unit(&writing->reader));
    put_amount(writing, SLIP_STRONG, text, document->total_minor);
}

static void put_touch(struct writing *writing, const Tefter__Touch *touch)
{
    char text[2 * WRITTEN_MAX];
    char number[WRITTEN_MAX];
    if ((touch->has_undone && touch->undone) || touch->other_number == NULL)
        return;
    (void)written_number(&writing->reader, touch->other_number, number);
    if (touch->has_other_kind && touch->other_kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        (void)snprintf(
            text, sizeof text, "%s %s",
            written_payment_kind(&writing->reader, touch->has_payment_kind, touch->payment_kind),
            number);
    else
        (void)words_say(text, sizeof text, writing->facts->language, N_("for {number}"), "number",
                        number, NULL);
    put_amount(writing, SLIP_SMALL, text, touch->amount_minor);
}

/* Of a credit note. One of those that are ready to be picked is said in the slip's language. */
static void put_reason(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char line[2 * WRITTEN_MAX];
    const char *reason = text_of(document->note);
    if (document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE || reason[0] == '\0')
        return;
    (void)snprintf(line, sizeof line, "%s: %s", written_word(&writing->reader, N_("Reason")),
                   written_word(&writing->reader, reason));
    put(writing, SLIP_SMALL, line, "");
}

static void put_what(struct writing *writing)
{
    const Tefter__DocumentAnswer *answer = writing->job->document;
    const Tefter__DocumentRecord *document = answer->document;
    char text[WRITTEN_MAX];
    char line[2 * WRITTEN_MAX];
    if (answer->customer != NULL && text_of(answer->customer->name)[0] != '\0')
        put(writing, SLIP_PLAIN, text_of(answer->customer->name), "");
    if (answer->customer != NULL && text_of(writing->job->buyer_tax_code)[0] != '\0') {
        (void)snprintf(line, sizeof line, "%s: %s",
                       written_word(&writing->reader, N_("Tax number")),
                       text_of(writing->job->buyer_tax_code));
        put(writing, SLIP_SMALL, line, "");
    }
    put_reason(writing);
    if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        put_amount(writing, SLIP_PLAIN,
                   written_payment_kind(&writing->reader, document->has_payment_kind,
                                        document->payment_kind),
                   document->total_minor);
    else
        put_goods(writing);
    for (size_t i = 0; i < answer->n_touches; i++)
        put_touch(writing, answer->touches[i]);
    int64_t change_minor = writing->job->change_minor + document->change_minor;
    if (change_minor > 0)
        put_amount(writing, SLIP_SMALL, written_word(&writing->reader, N_("money back::Change")),
                   change_minor);
    if (document->has_due && answer->open_minor > 0)
        put(writing, SLIP_SMALL, written_word(&writing->reader, N_("To be paid by")),
            written_day(&writing->reader, document->due, text));
}

static void put_debt(struct writing *writing)
{
    const Tefter__PrintJob *job = writing->job;
    if (!job->has_owed_minor || writing->facts->copy)
        return;
    put_rule(writing);
    if (job->has_owed_before_minor)
        put_amount(writing, SLIP_PLAIN, written_word(&writing->reader, N_("Owed before")),
                   job->owed_before_minor);
    put_amount(writing, SLIP_STRONG, written_word(&writing->reader, N_("OWED NOW")),
               job->owed_minor);
}

bool slip_of(const Tefter__PrintJob *job, const struct slip_facts *facts, struct arena *arena,
             struct slip *ret_slip)
{
    struct writing writing = {.job = job, .facts = facts, .arena = arena};
    writing.reader = (struct reader){.language = facts->language,
                                     .currency = facts->currency,
                                     .utc_offset_minutes = job->utc_offset_minutes};
    writing.rows = arena_zero(arena, ROWS_MAX * sizeof *writing.rows);
    if (writing.rows == NULL)
        return false;
    put_head(&writing);
    put_what(&writing);
    put_debt(&writing);
    put_rule(&writing);
    put(&writing, SLIP_SMALL, or_nothing(job->document->author), "");
    *ret_slip = (struct slip){.language = language_code(facts->language),
                              .right_to_left = facts->language == LANGUAGE_PERSIAN,
                              .rows = writing.rows,
                              .count = writing.count};
    return !writing.spent;
}
