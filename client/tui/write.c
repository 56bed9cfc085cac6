/* How figures, days and people's words are written for who looks. */
#include "base/jalali.h"
#include "tui/inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *value_of(const Tefter__Text *text)
{
    return text == NULL || text->value == NULL ? "" : text->value;
}

const char *phone_of(const Tefter__Text *phone, char out[SHORT_MAX])
{
    char *seen = seen_text(value_of(phone));
    (void)join(out, SHORT_MAX, seen[0] == '\0' ? "" : "\u2066", seen,
               seen[0] == '\0' ? "" : "\u2069", NULL);
    free(seen);
    return out;
}

const char *join(char *out, size_t capacity, ...)
{
    va_list texts;
    size_t size = 0;
    va_start(texts, capacity);
    for (const char *text = va_arg(texts, const char *); text != NULL;
         text = va_arg(texts, const char *)) {
        size_t more = strlen(text);
        if (size + more >= capacity)
            break;
        memcpy(out + size, text, more);
        size += more;
    }
    va_end(texts);
    out[size] = '\0';
    return out;
}

const char *isolated(const struct tui *tui, const char *text, char out[TEXT_MAX_BYTES])
{
    bool rtl = tui->look.rtl;
    return join(out, TEXT_MAX_BYTES, rtl ? "\u2068" : "", text, rtl ? "\u2069" : "", NULL);
}

const char *number_of(const struct tui *tui, const Tefter__Done *done, char out[SHORT_MAX])
{
    char text[TEXT_MAX_BYTES];
    (void)snprintf(out, SHORT_MAX, "%.80s",
                   done->number == NULL ? "" : isolated(tui, done->number, text));
    return out;
}

const char *in_words(const struct tui *tui, const char *message)
{
    return words_in(tui->language, message);
}

/* The minus of a number is the one that is as wide as a digit. */
static void with_minus(const char *text, char out[SHORT_MAX])
{
    bool minus = text[0] == '-';
    (void)join(out, SHORT_MAX, minus ? "−" : "", minus ? text + 1 : text, NULL);
}

const char *money(const struct tui *tui, int64_t minor, char out[SHORT_MAX])
{
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(minor, &tui->currency, text);
    with_minus(text, out);
    return out;
}

const char *money_signed(const struct tui *tui, int64_t minor, char out[SHORT_MAX])
{
    char text[SHORT_MAX];
    return join(out, SHORT_MAX, minor > 0 ? "+" : "", money(tui, minor, text), NULL);
}

const char *unit_of(const struct tui *tui)
{
    const char *sign = tui->currency.sign;
    return sign == NULL || sign[0] == '\0' ? tui->currency.code : sign;
}

const char *money_unit(const struct tui *tui, int64_t minor, char out[SHORT_MAX])
{
    char text[SHORT_MAX];
    return join(out, SHORT_MAX, money(tui, minor, text), " ", unit_of(tui), NULL);
}

static const char *habitual(const struct tui *tui, int64_t value, int exponent, int least,
                            char out[SHORT_MAX])
{
    char text[AMOUNT_TEXT_MAX];
    (void)habit_write(value, exponent, least, tui->habits.habit, text);
    with_minus(text, out);
    return out;
}

const char *number(const struct tui *tui, uint64_t value, char out[SHORT_MAX])
{
    return habitual(tui, (int64_t)value, 0, 0, out);
}

const char *quantity(const struct tui *tui, int64_t thousandths, char out[SHORT_MAX])
{
    return habitual(tui, thousandths, 3, 0, out);
}

const char *price(const struct tui *tui, int64_t thousandths, char out[SHORT_MAX])
{
    int exponent = tui->currency.exponent;
    return habitual(tui, thousandths, exponent + 3, exponent, out);
}

const char *percent(const struct tui *tui, uint32_t bp, char out[SHORT_MAX])
{
    char text[SHORT_MAX];
    (void)habitual(tui, bp, 2, 0, text);
    return join(out, SHORT_MAX, text, tui->habits.habit == HABIT_PERSIAN ? "٪" : "%", NULL);
}

uint32_t today(const struct tui *tui)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    if (welcome == NULL)
        return DATE_NONE;
    /* The greeting may be of yesterday: a counter is left open over night. */
    uint32_t now = date_of_instant(tefter_now_ms(tui->client), welcome->utc_offset_minutes * 60);
    return now > welcome->date ? now : welcome->date;
}

static void persian_digits(char text[SHORT_MAX])
{
    char out[SHORT_MAX];
    size_t size = 0;
    for (const char *at = text; *at != '\0' && size + 3 < sizeof(out); at++) {
        if (*at >= '0' && *at <= '9') {
            out[size++] = (char)0xDB;
            out[size++] = (char)(0xB0 + (*at - '0'));
        } else {
            out[size++] = *at;
        }
    }
    out[size] = '\0';
    memcpy(text, out, size + 1);
}

const char *day(const struct tui *tui, uint32_t date, char out[SHORT_MAX])
{
    struct civil civil = civil_of_date(date);
    if (date == DATE_NONE) {
        out[0] = '\0';
        return out;
    }
    switch (tui->habits.habit) {
    case HABIT_VIETNAMESE:
    case HABIT_GREEK:
        (void)snprintf(out, SHORT_MAX, "%02d/%02d/%04d", civil.day, civil.month, civil.year);
        break;
    case HABIT_PERSIAN:
        civil = jalali_of_date(date);
        (void)snprintf(out, SHORT_MAX, "%04d/%02d/%02d", civil.year, civil.month, civil.day);
        persian_digits(out);
        break;
    case HABIT_ENGLISH:
    case HABIT_CHINESE:
        (void)snprintf(out, SHORT_MAX, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
        break;
    }
    return out;
}

const char *clock_of(const struct tui *tui, int64_t instant_ms, char out[SHORT_MAX])
{
    char text[CLOCK_TEXT_SIZE];
    clock_write(instant_ms, speech_of(tui).utc_offset_minutes, text);
    (void)snprintf(out, SHORT_MAX, "%s", text + 11);
    if (tui->habits.habit == HABIT_PERSIAN)
        persian_digits(out);
    return out;
}

const char *duration(const struct tui *tui, uint64_t ms, char out[SHORT_MAX])
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    uint64_t seconds = ms / 1000;
    out[0] = '\0';
    if (seconds < 60)
        (void)words_say(out, SHORT_MAX, tui->language, N_("{count} s"), "count",
                        number(tui, seconds, a), NULL);
    else if (seconds < 3600)
        (void)words_say(out, SHORT_MAX, tui->language, N_("{minutes} min {seconds} s"), "minutes",
                        number(tui, seconds / 60, a), "seconds", number(tui, seconds % 60, b),
                        NULL);
    else
        (void)words_say(out, SHORT_MAX, tui->language, N_("{hours} h {minutes} min"), "hours",
                        number(tui, seconds / 3600, a), "minutes",
                        number(tui, seconds / 60 % 60, b), NULL);
    return out;
}

static const char *counted(const struct tui *tui, const char *pattern, int64_t count,
                           char out[SHORT_MAX])
{
    char text[SHORT_MAX];
    (void)words_say(out, SHORT_MAX, tui->language, pattern, "count",
                    number(tui, (uint64_t)count, text), NULL);
    return out;
}

const char *lasting(const struct tui *tui, int64_t ms, char out[SHORT_MAX])
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t minutes = ms < 0 ? 0 : ms / 60000;
    if (minutes < 1)
        return counted(tui, N_("{count} s"), ms < 0 ? 0 : ms / 1000, out);
    if (minutes < 60)
        return counted(tui, N_("{count} min"), minutes, out);
    if (minutes >= 24 * 60)
        return counted(tui, N_("{count} d"), minutes / 60 / 24, out);
    if (minutes % 60 == 0)
        return counted(tui, N_("{count} h"), minutes / 60, out);
    (void)words_say(out, SHORT_MAX, tui->language, N_("{hours} h {minutes} min"), "hours",
                    number(tui, (uint64_t)minutes / 60, a), "minutes",
                    number(tui, (uint64_t)minutes % 60, b), NULL);
    return out;
}

const char *lasting_in(const struct tui *tui, int64_t ms, int columns, char out[SHORT_MAX])
{
    const int64_t hour = (int64_t)60 * 60 * 1000;
    (void)lasting(tui, ms, out);
    bool cut = ms >= hour && glyphs_columns(out, tui->look) > (size_t)columns;
    return cut ? lasting(tui, ms - ms % hour, out) : out;
}

struct speech speech_of(const struct tui *tui)
{
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    return (struct speech){.currency = &tui->currency,
                           .utc_offset_minutes = welcome == NULL ? 0 : welcome->utc_offset_minutes,
                           .language = tui->language,
                           .for_screen = true};
}

const char *kind_words(const struct tui *tui, Tefter__PaymentKind kind)
{
    switch (kind) {
    case TEFTER__PAYMENT_KIND__PAYMENT_CASH:
        return in_words(tui, N_("Cash"));
    case TEFTER__PAYMENT_KIND__PAYMENT_POS:
        return in_words(tui, N_("POS"));
    case TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER:
        return in_words(tui, N_("Transfer"));
    case TEFTER__PAYMENT_KIND__PAYMENT_SLIP:
        return in_words(tui, N_("Slip"));
    case _TEFTER__PAYMENT_KIND_IS_INT_SIZE:
        break;
    }
    return in_words(tui, N_("Other money"));
}

const char *paper_words(const struct tui *tui, Tefter__DocumentKind kind)
{
    switch (kind) {
    case TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE:
        return in_words(tui, N_("Bill"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE:
        return in_words(tui, N_("Credit note"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT:
        return in_words(tui, N_("Receipt"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL:
        return in_words(tui, N_("Reversal"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND:
        return in_words(tui, N_("Paid out"));
    case TEFTER__DOCUMENT_KIND__DOCUMENT_MONEY_MOVE:
        return in_words(tui, N_("Money moved"));
    case _TEFTER__DOCUMENT_KIND_IS_INT_SIZE:
        break;
    }
    return in_words(tui, N_("Paper"));
}

const char *standing(const struct tui *tui, const struct customer *customer, char out[SHORT_MAX],
                     unsigned *ret_look)
{
    char amount[SHORT_MAX];
    *ret_look = INK_BOLD;
    if (customer->merged_into != 0) {
        *ret_look = INK_DIM;
        (void)words_say(out, SHORT_MAX, tui->language, N_("merged into {code}"), "code",
                        customer->merged_code, NULL);
    } else if (customer->erased) {
        *ret_look = INK_DIM;
        (void)snprintf(out, SHORT_MAX, "%s", in_words(tui, N_("Person erased")));
    } else if (customer->locked) {
        *ret_look = INK_OVER;
        (void)join(out, SHORT_MAX, "⊘ ", in_words(tui, N_("locked")), NULL);
    } else if (customer->unlimited) {
        *ret_look = INK_PLAIN;
        (void)snprintf(out, SHORT_MAX, "%s", in_words(tui, N_("no limit")));
    } else if (customer->available < 0) {
        *ret_look = INK_OVER;
        (void)words_say(out, SHORT_MAX, tui->language, N_("{sign} over by {amount}"), "sign", "▲",
                        "amount", money(tui, -customer->available, amount), NULL);
    } else {
        if (customer->limit > 0 && customer->available < customer->limit / 20)
            *ret_look = INK_LATE;
        (void)words_say(out, SHORT_MAX, tui->language, N_("available {amount}"), "amount",
                        money(tui, customer->available, amount), NULL);
    }
    return out;
}

const char *standing_in(const struct tui *tui, const struct customer *customer, int columns,
                        char out[SHORT_MAX], unsigned *ret_look)
{
    char amount[SHORT_MAX];
    bool over = customer->available < 0;
    (void)standing(tui, customer, out, ret_look);
    if (customer->locked || customer->unlimited || customer->erased || customer->merged_into != 0 ||
        glyphs_columns(out, tui->look) <= (size_t)columns)
        return out;
    return join(out, SHORT_MAX, over ? "▲ " : "",
                money(tui, over ? -customer->available : customer->available, amount), NULL);
}

const char *with_key(char out[TEXT_MAX_BYTES], const char *words, const char *key)
{
    return join(out, TEXT_MAX_BYTES, words, " · \u2068", key, "\u2069", NULL);
}

/* ---- over several rows ---- */

/* How many bytes of it one row takes: up to a space where there is one, and whole characters. */
static size_t row_bytes(const char *text, int width, struct glyph_look look)
{
    char part[SAID_MAX];
    size_t at = 0;
    size_t space = 0;
    while (text[at] != '\0') {
        size_t next = at + 1;
        while (((unsigned char)text[next] & 0xC0) == 0x80)
            next++;
        if (next >= sizeof(part))
            break;
        memcpy(part, text, next);
        part[next] = '\0';
        bool blank = text[at] == ' ';
        if (at > 0 && !blank && (int)glyphs_columns(part, look) > width)
            return space > 0 ? space : at;
        at = next;
        if (blank)
            space = at;
    }
    return at;
}

static void cut(const char *text, size_t size, char out[SAID_MAX])
{
    while (size > 0 && text[size - 1] == ' ')
        size--;
    (void)snprintf(out, SAID_MAX, "%.*s", (int)size, text);
}

void put_missing(struct tui *tui, struct canvas *canvas, struct area area,
                 const struct asked *asked, const char *waits)
{
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    const Tefter__Refusal *refused = asked_refused(asked);
    if (refused != NULL)
        (void)refusal_sentence_for(refused, &speech, text, sizeof(text));
    else
        (void)snprintf(text, sizeof(text), "%s",
                       in_words(tui, connected(tui)
                                         ? waits
                                         : N_("Papers are shown again when the line is back.")));
    canvas_put(canvas, area.top + 1, 1, area.width - 2, SIDE_START,
               refused != NULL ? INK_OVER : INK_DIM, text);
}

int rows_for_words(const char *text, int width, struct glyph_look look)
{
    int rows = 0;
    for (; *text != '\0'; rows++)
        text += row_bytes(text, width, look);
    return rows;
}

int put_words(struct canvas *canvas, int row, int column, int width, int rows, unsigned look,
              const char *text)
{
    char part[SAID_MAX];
    int took = 0;
    for (; took < rows && *text != '\0'; took++) {
        bool last = took + 1 == rows;
        size_t size = last ? strlen(text) : row_bytes(text, width, canvas->look);
        cut(text, size, part);
        canvas_put(canvas, row + took, column, width, SIDE_START, look, part);
        text += size;
    }
    return took;
}

void put_typed(struct canvas *canvas, int row, int column, int width, int rows, const char *text,
               bool here)
{
    enum { ROWS_MAX = 64 };
    char part[SAID_MAX];
    const char *begins[ROWS_MAX];
    int count = 0;
    do {
        begins[count++] = text;
        text += row_bytes(text, width - 1, canvas->look);
    } while (*text != '\0' && count < ROWS_MAX);
    int top = count > rows ? count - rows : 0;
    for (int i = top; i + 1 < count; i++) {
        cut(begins[i], (size_t)(begins[i + 1] - begins[i]), part);
        canvas_put(canvas, row + i - top, column, width, SIDE_START, INK_PLAIN, part);
    }
    canvas_field(canvas, row + count - 1 - top, column, width, INK_PLAIN, begins[count - 1], here);
}

/* ---- the line that adds up ---- */

struct adds adds_of(const struct customer *customer)
{
    return (struct adds){.unlimited = customer->unlimited,
                         .limit = customer->limit,
                         .bills = customer->bills,
                         .uncleared = customer->uncleared,
                         .unmatched = customer->unmatched,
                         .available = customer->available};
}

/* The result stands behind what it comes from, in its own ink. */
static void put_result(struct tui *tui, struct canvas *canvas, int row, int all,
                       const struct adds *adds)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    bool over = adds->available < 0;
    SAY(tui, text, N_("− not yet matched {amount}"), "amount", money(tui, adds->unmatched, a));
    int width = (int)glyphs_columns(text, canvas->look);
    canvas_put(canvas, row, 2, width, SIDE_START, INK_PLAIN, text);
    (void)JOIN(text, over ? "− ▲ " : "+ ", in_words(tui, over ? N_("Over by") : N_("Available")),
               " ", money(tui, over ? -adds->available : adds->available, a));
    canvas_put(canvas, row, width + 3, all - width - 4, SIDE_START, over ? INK_OVER : INK_BOLD,
               text);
}

static void put_sale(struct tui *tui, struct canvas *canvas, int row, int all,
                     const struct adds *adds)
{
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    int64_t after = adds->available - adds->sale;
    bool over = after < 0;
    (void)JOIN(text, in_words(tui, N_("This sale")), " ", money(tui, adds->sale, a), " → ",
               over ? "▲ " : "",
               in_words(tui, over ? N_("After it: over by") : N_("After it: available")), " ",
               money(tui, over ? -after : after, b));
    canvas_put(canvas, row, 2, all - 3, SIDE_START, over ? INK_OVER : INK_BOLD, text);
}

int put_adds(struct tui *tui, struct canvas *canvas, struct area area, const struct adds *adds)
{
    int row = area.top;
    char text[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    char c[SHORT_MAX];
    if (adds->unlimited) {
        (void)JOIN(text, in_words(tui, N_("No limit is set")), " · ", in_words(tui, N_("Used")),
                   " ", money(tui, adds->bills + adds->uncleared - adds->unmatched, a));
        canvas_put(canvas, row, 1, area.width - 2, SIDE_START, INK_PLAIN, text);
        return 1;
    }
    SAY(tui, text, N_("limit {limit} = unpaid bills {bills} + not cleared {uncleared}"), "limit",
        money(tui, adds->limit, a), "bills", money(tui, adds->bills, b), "uncleared",
        money(tui, adds->uncleared, c));
    canvas_put(canvas, row, 1, area.width - 2, SIDE_START, INK_PLAIN, text);
    put_result(tui, canvas, row + 1, area.width, adds);
    if (!adds->has_sale)
        return 2;
    put_sale(tui, canvas, row + 2, area.width, adds);
    return 3;
}
