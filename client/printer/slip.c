/*
 * What a slip says: the same rows as the page prints by the browser (client/web/counter/slip.ts),
 * in the same words, from what the ledger answered.
 */
#include "printer/printer.h"

#include "base/date.h"
#include "base/jalali.h"
#include "base/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 4096, TEXT_MAX = 600 };

struct writing {
    const Tefter__PrintJob *job;
    const struct slip_facts *facts;
    struct arena *arena;
    struct slip_row *rows;
    size_t count;
    bool spent;
};

/* ---- figures ---- */

static enum number_habit habit(const struct writing *writing)
{
    switch (writing->facts->language) {
    case LANGUAGE_VIETNAMESE:
        return HABIT_VIETNAMESE;
    case LANGUAGE_CHINESE:
        return HABIT_CHINESE;
    case LANGUAGE_PERSIAN:
        return HABIT_PERSIAN;
    case LANGUAGE_GREEK:
        return HABIT_GREEK;
    case LANGUAGE_ENGLISH:
    case LANGUAGES:
        break;
    }
    return HABIT_ENGLISH;
}

/* A minus as people write it. */
static const char *minus_of(const char *figure, char out[TEXT_MAX])
{
    (void)snprintf(out, TEXT_MAX, "%s%s", figure[0] == '-' ? "\u2212" : "",
                   figure + (figure[0] == '-'));
    return out;
}

static const char *amount(const struct writing *writing, int64_t minor, char out[TEXT_MAX])
{
    char figure[AMOUNT_TEXT_MAX];
    int exponent = writing->facts->currency->exponent;
    (void)habit_write(minor, exponent, exponent, habit(writing), figure);
    return minus_of(figure, out);
}

static const char *price(const struct writing *writing, int64_t thousandths, char out[TEXT_MAX])
{
    char figure[AMOUNT_TEXT_MAX];
    int exponent = writing->facts->currency->exponent;
    (void)habit_write(thousandths, exponent + 3, exponent, habit(writing), figure);
    return minus_of(figure, out);
}

/* Digits of the reader: numbers of papers, dates and times, as they are. */
static const char *digits(const struct writing *writing, const char *text, char out[TEXT_MAX])
{
    size_t used = 0;
    bool persian = writing->facts->language == LANGUAGE_PERSIAN;
    for (; *text != '\0' && used + 3 < TEXT_MAX; text++) {
        if (persian && *text >= '0' && *text <= '9') {
            out[used++] = (char)0xDB;
            out[used++] = (char)(0xB0 + (*text - '0'));
        } else {
            out[used++] = *text;
        }
    }
    out[used] = '\0';
    return out;
}

/* The number of a paper is never broken at its hyphens, and is read from the left. */
static const char *number_of(const struct writing *writing, const char *number, char out[TEXT_MAX])
{
    char shown[TEXT_MAX];
    bool isolate = writing->facts->language == LANGUAGE_PERSIAN;
    size_t used = (size_t)snprintf(out, TEXT_MAX, "%s", isolate ? "\u2066" : "");
    (void)digits(writing, number, shown);
    for (const char *at = shown; *at != '\0' && used + 8 < TEXT_MAX; at++) {
        char same[] = {*at, '\0'};
        const char *put = *at == '-' ? "\u2060-\u2060" : same;
        used += (size_t)snprintf(out + used, TEXT_MAX - used, "%s", put);
    }
    (void)snprintf(out + used, TEXT_MAX - used, "%s", isolate ? "\u2069" : "");
    return out;
}

static const char *day(const struct writing *writing, uint32_t date, char out[TEXT_MAX])
{
    char plain[48];
    bool persian = writing->facts->language == LANGUAGE_PERSIAN;
    struct civil civil = persian ? jalali_of_date(date) : civil_of_date(date);
    bool year_first = persian || writing->facts->language == LANGUAGE_CHINESE;
    (void)snprintf(plain, sizeof plain, year_first ? "%04d/%02d/%02d" : "%02d/%02d/%04d",
                   year_first ? civil.year : civil.day, civil.month,
                   year_first ? civil.day : civil.year);
    return digits(writing, plain, out);
}

static const char *clock_of(const struct writing *writing, int64_t at_ms, char out[TEXT_MAX])
{
    char instant[CLOCK_TEXT_SIZE];
    clock_write(at_ms, writing->job->utc_offset_minutes, instant);
    return digits(writing, strlen(instant) > 11 ? instant + 11 : "", out);
}

/* ---- words ---- */

/* What stands before "::" tells translators what is meant. */
static const char *word(const struct writing *writing, const char *message)
{
    const char *words = words_in(writing->facts->language, message);
    const char *context = strstr(words, "::");
    return context == NULL ? words : context + 2;
}

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
        return word(writing, N_("RECEIPT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return word(writing, N_("CREDIT NOTE"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return word(writing, N_("REVERSAL"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return word(writing, N_("PAID OUT"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    /* over the counter, to nobody who would owe it: the receipt of its money too */
    return writing->job->document->customer == NULL ? word(writing, N_("SALES RECEIPT"))
                                                    : word(writing, N_("INVOICE"));
}

static const char *kind_word(const struct writing *writing, bool known, Tefter__PaymentKind kind)
{
    if (!known)
        return word(writing, N_("Cash"));
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return word(writing, N_("Cash"));
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return word(writing, N_("POS"));
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
        return word(writing, N_("Transfer"));
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
        return word(writing, N_("Slip"));
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    return word(writing, N_("Other money"));
}

static const char *unit_word(const struct writing *writing)
{
    const struct currency *currency = writing->facts->currency;
    if (strcmp(currency->code, "IRR") == 0)
        return word(writing, N_("rial"));
    return currency->sign != NULL && currency->sign[0] != '\0' ? currency->sign : currency->code;
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
    char figure[TEXT_MAX];
    put(writing, kind, start, amount(writing, minor, figure));
}

static void put_rule(struct writing *writing)
{
    put(writing, SLIP_RULE, "", "");
}

static void put_head(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char line[3 * TEXT_MAX];
    char number[TEXT_MAX];
    char text[TEXT_MAX];
    const char *where = or_nothing(writing->job->branch_name);
    const char *till = or_nothing(writing->job->terminal_name);
    put(writing, SLIP_TITLE, writing->facts->company, "");
    (void)snprintf(line, sizeof line, "%s%s%s%s%s", where, where[0] == '\0' ? "" : " · ",
                   digits(writing, till, number), till[0] == '\0' ? "" : " · ",
                   day(writing, document->date, text));
    put(writing, SLIP_HEAD, line, "");
    put_rule(writing);
    (void)snprintf(line, sizeof line, "%s %s", title(writing),
                   number_of(writing, document->number, number));
    put(writing, SLIP_STRONG, line, clock_of(writing, document->recorded_ms, text));
    if (writing->facts->copy)
        put(writing, SLIP_STRONG, word(writing, N_("COPY")), "");
    if (writing->job->document->state == TEFTER__DOCUMENT_STATE__DOCUMENT_REVERSED)
        put(writing, SLIP_STRONG, word(writing, N_("REVERSED")), "");
}

static void put_line(struct writing *writing, const Tefter__DocumentLine *line)
{
    char text[4 * TEXT_MAX];
    char quantity[AMOUNT_TEXT_MAX];
    char each[TEXT_MAX];
    char off[TEXT_MAX];
    bool isolate = writing->facts->language == LANGUAGE_PERSIAN;
    const char *begin = isolate ? "\u2068" : "";
    const char *end = isolate ? "\u2069" : "";
    const char *code = line->text != NULL ? or_nothing(line->code) : "";
    put(writing, SLIP_PLAIN, line->text != NULL ? line->text : or_nothing(line->code), "");
    (void)habit_write(line->quantity, 3, 0, habit(writing), quantity);
    /* the text is whoever's who wrote the bill: the code says what was sold */
    (void)snprintf(text, sizeof text, "%s%s%s%s%s%s %s%s × %s%s%s", begin, code, end,
                   code[0] == '\0' ? "" : " · ", begin, quantity, or_nothing(line->unit), end,
                   price(writing, line->price, each), line->discount_minor == 0 ? "" : " \u2212",
                   line->discount_minor == 0 ? "" : amount(writing, line->discount_minor, off));
    put_amount(writing, SLIP_SMALL, text, line->net_minor);
}

struct vat {
    uint32_t bp;
    int64_t net_minor;
    int64_t tax_minor;
};

enum { RATES_MAX = 16 };

/* What one of them adds to its rate; beyond so many rates, to the last. */
static void add_vat(struct vat rates[RATES_MAX], size_t *count, struct vat part)
{
    size_t i = 0;
    while (i < *count && rates[i].bp != part.bp)
        i++;
    if (i == RATES_MAX)
        i = RATES_MAX - 1;
    if (i == *count)
        rates[(*count)++] = (struct vat){.bp = part.bp};
    rates[i].net_minor += part.net_minor;
    rates[i].tax_minor += part.tax_minor;
}

static int compare_rates(const void *a, const void *b)
{
    uint32_t left = ((const struct vat *)a)->bp;
    uint32_t right = ((const struct vat *)b)->bp;
    return (left > right) - (left < right);
}

/* What is taxed, and by how much, at each rate; the lowest first. */
static void put_vat(struct writing *writing, const Tefter__DocumentRecord *document)
{
    struct vat rates[RATES_MAX];
    size_t count = 0;
    char net[TEXT_MAX], figure[AMOUNT_TEXT_MAX], rate[AMOUNT_TEXT_MAX + 8], text[3 * TEXT_MAX];
    for (size_t i = 0; i < document->n_lines; i++)
        add_vat(rates, &count,
                (struct vat){document->lines[i]->tax_bp, document->lines[i]->net_minor,
                             document->lines[i]->tax_minor});
    for (size_t i = 0; i < document->n_charges; i++)
        add_vat(rates, &count,
                (struct vat){document->charges[i]->tax_bp, document->charges[i]->amount_minor,
                             document->charges[i]->tax_minor});
    qsort(rates, count, sizeof rates[0], compare_rates);
    for (size_t i = 0; i < count; i++) {
        (void)habit_write(rates[i].bp, 2, 0, habit(writing), figure);
        (void)snprintf(rate, sizeof rate, "%s%s", figure,
                       writing->facts->language == LANGUAGE_PERSIAN ? "\u066a" : "%");
        (void)words_say(text, sizeof text, writing->facts->language, N_("VAT {rate} on {amount}"),
                        "rate", rate, "amount", amount(writing, rates[i].net_minor, net), NULL);
        put_amount(writing, SLIP_SMALL, text, rates[i].tax_minor);
    }
}

static void put_goods(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char text[TEXT_MAX];
    for (size_t i = 0; i < document->n_lines; i++)
        put_line(writing, document->lines[i]);
    for (size_t i = 0; i < document->n_charges; i++)
        put_amount(writing, SLIP_PLAIN, document->charges[i]->title,
                   document->charges[i]->amount_minor);
    if (document->has_tax_minor && document->tax_minor != 0)
        put_vat(writing, document);
    (void)snprintf(text, sizeof text, "%s %s", word(writing, N_("TOTAL")), unit_word(writing));
    put_amount(writing, SLIP_STRONG, text, document->total_minor);
}

static void put_touch(struct writing *writing, const Tefter__Touch *touch)
{
    char text[2 * TEXT_MAX];
    char number[TEXT_MAX];
    if ((touch->has_undone && touch->undone) || touch->other_number == NULL)
        return;
    (void)number_of(writing, touch->other_number, number);
    if (touch->has_other_kind && touch->other_kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        (void)snprintf(text, sizeof text, "%s %s",
                       kind_word(writing, touch->has_payment_kind, touch->payment_kind), number);
    else
        (void)words_say(text, sizeof text, writing->facts->language, N_("for {number}"), "number",
                        number, NULL);
    put_amount(writing, SLIP_SMALL, text, touch->amount_minor);
}

/* Of a credit note. One of those that are ready to be picked is said in the slip's language. */
static void put_reason(struct writing *writing)
{
    const Tefter__DocumentRecord *document = writing->job->document->document;
    char line[2 * TEXT_MAX];
    const char *reason = text_of(document->note);
    if (document->kind != TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE || reason[0] == '\0')
        return;
    (void)snprintf(line, sizeof line, "%s: %s", word(writing, N_("Reason")), word(writing, reason));
    put(writing, SLIP_SMALL, line, "");
}

static void put_what(struct writing *writing)
{
    const Tefter__DocumentAnswer *answer = writing->job->document;
    const Tefter__DocumentRecord *document = answer->document;
    char text[TEXT_MAX];
    char line[2 * TEXT_MAX];
    if (answer->customer != NULL && text_of(answer->customer->name)[0] != '\0')
        put(writing, SLIP_PLAIN, text_of(answer->customer->name), "");
    if (answer->customer != NULL && text_of(writing->job->buyer_tax_code)[0] != '\0') {
        (void)snprintf(line, sizeof line, "%s: %s", word(writing, N_("Tax number")),
                       text_of(writing->job->buyer_tax_code));
        put(writing, SLIP_SMALL, line, "");
    }
    put_reason(writing);
    if (document->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT)
        put_amount(writing, SLIP_PLAIN,
                   kind_word(writing, document->has_payment_kind, document->payment_kind),
                   document->total_minor);
    else
        put_goods(writing);
    for (size_t i = 0; i < answer->n_touches; i++)
        put_touch(writing, answer->touches[i]);
    int64_t change_minor = writing->job->change_minor + document->change_minor;
    if (change_minor > 0)
        put_amount(writing, SLIP_SMALL, word(writing, N_("money back::Change")), change_minor);
    if (document->has_due && answer->open_minor > 0)
        put(writing, SLIP_SMALL, word(writing, N_("To be paid by")),
            day(writing, document->due, text));
}

static void put_debt(struct writing *writing)
{
    const Tefter__PrintJob *job = writing->job;
    if (!job->has_owed_minor || writing->facts->copy)
        return;
    put_rule(writing);
    if (job->has_owed_before_minor)
        put_amount(writing, SLIP_PLAIN, word(writing, N_("Owed before")), job->owed_before_minor);
    put_amount(writing, SLIP_STRONG, word(writing, N_("OWED NOW")), job->owed_minor);
}

bool slip_of(const Tefter__PrintJob *job, const struct slip_facts *facts, struct arena *arena,
             struct slip *ret_slip)
{
    struct writing writing = {.job = job, .facts = facts, .arena = arena};
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
