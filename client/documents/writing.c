#include "documents/writing.h"

#include "base/jalali.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum number_habit habit(const struct reader *reader)
{
    switch (reader->language) {
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

bool reader_from_right(const struct reader *reader)
{
    return reader->language == LANGUAGE_PERSIAN;
}

/* ---- figures ---- */

/* A minus as people write it. */
static const char *figure(const struct reader *reader, int64_t value, int exponent, int least,
                          char out[WRITTEN_MAX])
{
    char text[AMOUNT_TEXT_MAX];
    (void)habit_write(value, exponent, least, habit(reader), text);
    (void)snprintf(out, WRITTEN_MAX, "%s%s", text[0] == '-' ? "\u2212" : "",
                   text + (text[0] == '-'));
    return out;
}

const char *written_amount(const struct reader *reader, int64_t minor, char out[WRITTEN_MAX])
{
    int exponent = reader->currency->exponent;
    return figure(reader, minor, exponent, exponent, out);
}

const char *written_price(const struct reader *reader, int64_t thousandths, char out[WRITTEN_MAX])
{
    int exponent = reader->currency->exponent;
    return figure(reader, thousandths, exponent + 3, exponent, out);
}

const char *written_quantity(const struct reader *reader, int64_t thousandths,
                             char out[WRITTEN_MAX])
{
    return figure(reader, thousandths, 3, 0, out);
}

const char *written_percent(const struct reader *reader, uint32_t bp, char out[WRITTEN_MAX])
{
    char rate[WRITTEN_MAX];
    (void)figure(reader, bp, 2, 0, rate);
    (void)snprintf(out, WRITTEN_MAX, "%.*s%s", AMOUNT_TEXT_MAX, rate,
                   reader_from_right(reader) ? "\u066a" : "%");
    return out;
}

/* ---- digits ---- */

const char *written_digits(const struct reader *reader, const char *text, char out[WRITTEN_MAX])
{
    size_t used = 0;
    bool persian = reader->language == LANGUAGE_PERSIAN;
    for (; *text != '\0' && used + 3 < WRITTEN_MAX; text++) {
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

const char *written_count(const struct reader *reader, uint64_t count, char out[WRITTEN_MAX])
{
    char plain[32];
    (void)snprintf(plain, sizeof plain, "%" PRIu64, count);
    return written_digits(reader, plain, out);
}

const char *written_number(const struct reader *reader, const char *number, char out[WRITTEN_MAX])
{
    char shown[WRITTEN_MAX];
    bool isolate = reader_from_right(reader);
    size_t used = (size_t)snprintf(out, WRITTEN_MAX, "%s", isolate ? "\u2066" : "");
    (void)written_digits(reader, number, shown);
    for (const char *at = shown; *at != '\0' && used + 16 < WRITTEN_MAX; at++) {
        char same[] = {*at, '\0'};
        const char *put = *at == '-' ? "\u2060-\u2060" : same;
        used += (size_t)snprintf(out + used, WRITTEN_MAX - used, "%s", put);
    }
    (void)snprintf(out + used, WRITTEN_MAX - used, "%s", isolate ? "\u2069" : "");
    return out;
}

const char *written_day(const struct reader *reader, uint32_t date, char out[WRITTEN_MAX])
{
    char plain[48];
    bool persian = reader->language == LANGUAGE_PERSIAN;
    struct civil civil = persian ? jalali_of_date(date) : civil_of_date(date);
    bool year_first = persian || reader->language == LANGUAGE_CHINESE;
    (void)snprintf(plain, sizeof plain, year_first ? "%04d/%02d/%02d" : "%02d/%02d/%04d",
                   year_first ? civil.year : civil.day, civil.month,
                   year_first ? civil.day : civil.year);
    return written_digits(reader, plain, out);
}

const char *written_clock(const struct reader *reader, int64_t at_ms, char out[WRITTEN_MAX])
{
    char instant[CLOCK_TEXT_SIZE];
    clock_write(at_ms, reader->utc_offset_minutes, instant);
    return written_digits(reader, strlen(instant) > 11 ? instant + 11 : "", out);
}

/* ---- words ---- */

const char *written_word(const struct reader *reader, const char *message)
{
    const char *words = words_in(reader->language, message);
    const char *context = strstr(words, "::");
    return context == NULL ? words : context + 2;
}

const char *written_unit(const struct reader *reader)
{
    const struct currency *currency = reader->currency;
    if (strcmp(currency->code, "IRR") == 0)
        return written_word(reader, N_("rial"));
    return currency->sign != NULL && currency->sign[0] != '\0' ? currency->sign : currency->code;
}

const char *written_unit_word(const struct reader *reader)
{
    if (strcmp(reader->currency->code, "VND") == 0)
        return written_word(reader, N_("money::dong"));
    if (strcmp(reader->currency->code, "CNY") == 0)
        return written_word(reader, N_("money::yuan"));
    if (strcmp(reader->currency->code, "EUR") == 0)
        return written_word(reader, N_("money::euros"));
    return written_unit(reader);
}

const char *written_payment_kind(const struct reader *reader, bool known, Tefter__PaymentKind kind)
{
    if (!known)
        return written_word(reader, N_("Cash"));
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return written_word(reader, N_("Cash"));
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return written_word(reader, N_("POS"));
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
        return written_word(reader, N_("Transfer"));
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
        return written_word(reader, N_("Slip"));
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    return written_word(reader, N_("Other money"));
}

/* ---- tax ---- */

static void add_vat(struct vat rates[VAT_RATES_MAX], size_t *count, struct vat part)
{
    size_t i = 0;
    while (i < *count && rates[i].bp != part.bp)
        i++;
    if (i == VAT_RATES_MAX)
        i = VAT_RATES_MAX - 1;
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

size_t vat_of(const Tefter__DocumentRecord *document, struct vat ret_rates[VAT_RATES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < document->n_lines; i++)
        add_vat(ret_rates, &count,
                (struct vat){document->lines[i]->tax_bp, document->lines[i]->net_minor,
                             document->lines[i]->tax_minor});
    for (size_t i = 0; i < document->n_charges; i++)
        add_vat(ret_rates, &count,
                (struct vat){document->charges[i]->tax_bp, document->charges[i]->amount_minor,
                             document->charges[i]->tax_minor});
    qsort(ret_rates, count, sizeof ret_rates[0], compare_rates);
    return count;
}

const char *written_vat(const struct reader *reader, const struct vat *vat, char out[WRITTEN_MAX])
{
    char net[WRITTEN_MAX];
    char rate[WRITTEN_MAX];
    (void)words_say(out, WRITTEN_MAX, reader->language, N_("VAT {rate} on {amount}"), "rate",
                    written_percent(reader, vat->bp, rate), "amount",
                    written_amount(reader, vat->net_minor, net), NULL);
    return out;
}
