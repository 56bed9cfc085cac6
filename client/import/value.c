#include "import/value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "base/fold.h"
#include "base/hash.h"
#include "base/jalali.h"
#include "base/limits.h"
#include "base/text.h"
#include "import/guess.h"
#include "lib/tefter.h"

enum { PRICE_DIGITS = 3, QUANTITY_DIGITS = 3, PERCENT_DIGITS = 2 };
enum { SAFE_DIGITS = 6 };
enum { YEAR_DIGITS = 4, YEAR_PIVOT = 70, MONTHS = 12, NUMBER_MAX_BYTES = 60 };
enum { SIGN_MAX_BYTES = 12, FOREIGN_MAX_BYTES = 3, DATE_MAX_BYTES = 100 };
/* As spreadsheets count: 1 is the first of January 1900, and 60 a day that never was. */
enum { SERIAL_DIGITS = 5, SERIAL_OF_1970 = 25569 };

/* ---- numbers ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static struct slice without(struct slice text, size_t front, size_t back)
{
    text = slice_of(text.data + front, text.size - front - back);
    while (text.size > 0 && is_space(text.data[0]))
        text = slice_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* "GBP": three letters we know. */
static bool is_currency_code(struct slice text)
{
    char code[CURRENCY_CODE_SIZE] = "";
    if (text.size != CURRENCY_CODE_SIZE - 1)
        return false;
    memcpy(code, text.data, text.size);
    return currency_find(code) != NULL;
}

static bool same_letters(struct slice text, const char *word)
{
    return text.size == strlen(word) && strncasecmp((const char *)text.data, word, text.size) == 0;
}

/* "A$" is written "$" where nobody thinks of another. */
static bool ends_with(const char *sign, struct slice text)
{
    size_t size = strlen(sign);
    return text.size > 0 && text.size <= size &&
           memcmp(sign + size - text.size, text.data, text.size) == 0;
}

/* $ £ ¥ ﷼ and the block of currency signs. */
static bool is_currency_sign(struct slice text)
{
    uint32_t point = 0;
    return text.size > 0 && text_decode(text.data, text.size, &point) == text.size &&
           (point == '$' || point == 0xA3 || point == 0xA5 || point == 0xFDFC ||
            (point >= 0x20A0 && point <= 0x20CF));
}

bool value_is_currency(struct slice text, const struct currency *currency)
{
    static const struct {
        const char *code;
        const char *words;
    } habits[] = {{"VND", "đ|vnđ|đồng|dong"}, {"IRR", "ریال|rial|rials"}, {"CNY", "元|￥|rmb"},
                  {"JPY", "円|￥|yen"},       {"EUR", "euro|euros"},      {"CHF", "fr|sfr"},
                  {"GBP", "gbp|pounds|stg"},  {"USD", "us$|dollars"}};
    if (same_letters(text, currency->code) || slice_equal(text, slice_text(currency->sign)) ||
        (is_currency_sign(text) && ends_with(currency->sign, text)))
        return true;
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
        if (strcmp(habits[i].code, currency->code) == 0 && word_among(text, habits[i].words) >= 0)
            return true;
    return false;
}

/* How many bytes of a currency stand at the front, or at the back; *ret_foreign when it is not
 * this one. */
static size_t currency_size(struct slice text, bool back, const struct currency *currency,
                            bool *ret_foreign)
{
    for (size_t size = SIGN_MAX_BYTES; size > 0; size--) {
        if (size >= text.size)
            continue;
        struct slice mark = slice_of(text.data + (back ? text.size - size : 0), size);
        bool digit = isdigit(mark.data[back ? 0 : size - 1]) != 0;
        bool whole = (text.data[back ? text.size - size : size] & 0xC0) != 0x80; /* characters */
        if (!digit && whole && currency != NULL && value_is_currency(mark, currency))
            return size;
    }
    for (size_t size = FOREIGN_MAX_BYTES; size > 0; size--) {
        if (size >= text.size)
            continue;
        struct slice mark = slice_of(text.data + (back ? text.size - size : 0), size);
        if (is_currency_code(mark) || is_currency_sign(mark)) {
            *ret_foreign = *ret_foreign || currency != NULL;
            return size;
        }
    }
    return 0;
}

/* Most cells are a plain number. */
static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!isdigit(text.data[i]) && text.data[i] != '.' && text.data[i] != ',' &&
            (text.data[i] != '-' || i > 0))
            return false;
    return true;
}

struct slice value_bare_number(struct slice cell, const struct currency *currency,
                               bool *ret_negative, bool *ret_foreign)
{
    struct slice text = without(cell, 0, 0);
    *ret_negative = false;
    *ret_foreign = false;
    if (is_plain(text))
        return text;
    if (text.size > 2 && text.data[0] == '(' && text.data[text.size - 1] == ')') {
        *ret_negative = true;
        text = without(text, 1, 1);
    }
    if (text.size > 1 && text.data[0] == '-' && !isdigit(text.data[1]) && text.data[1] != '-') {
        *ret_negative = !*ret_negative; /* -€5 */
        text = without(text, 1, 0);
    }
    text = without(text, currency_size(text, false, currency, ret_foreign), 0);
    text = without(text, 0, currency_size(text, true, currency, ret_foreign));
    if (text.size > 1 && text.data[text.size - 1] == '-') {
        *ret_negative = !*ret_negative;
        text = without(text, 0, 1);
    }
    return text;
}

static bool has_sign(struct slice text)
{
    return (text.size > 0) &&
           (memchr(text.data, '.', text.size) != NULL || memchr(text.data, ',', text.size) != NULL);
}

/* A letter: no digit of any script, no sign and no blank. */
static bool has_letter(struct slice text)
{
    for (size_t at = 0, step = 0; at < text.size; at += step) {
        uint32_t point = 0;
        step = text_decode(text.data + at, text.size - at, &point);
        bool sign = point < 0x80
                        ? !isalpha((int)point)
                        : fold_digit(point) >= 0 || fold_sign(point) != '\0' || fold_drops(point) ||
                              point == 0x066B || point == 0x066C || point == 0x060C;
        if (step == 0 || !sign)
            return step > 0;
    }
    return false;
}

static bool has_digit(struct slice text)
{
    for (size_t at = 0, step = 0; at < text.size; at += step) {
        uint32_t point = 0;
        step = text_decode(text.data + at, text.size - at, &point);
        if (fold_digit(point) >= 0)
            return true;
        step = step > 0 ? step : 1;
    }
    return false;
}

/* 1tr5, 3.5万: as people type it, in the habit that goes with the file's signs. */
static bool typed_number(struct slice text, int exponent, const struct style *style,
                         int64_t *ret_value)
{
    char typed[NUMBER_MAX_BYTES + 1];
    char why[AMOUNT_WHY_MAX];
    if (style->currency == NULL)
        return false;
    struct currency currency = *style->currency;
    memcpy(typed, text.data, text.size);
    typed[text.size] = '\0';
    if (!style->whole_only && currency.habit != HABIT_PERSIAN)
        currency.habit = style->number.decimal == ',' ? HABIT_VIETNAMESE : HABIT_ENGLISH;
    if (exponent == currency.exponent)
        return amount_read(typed, &currency, ret_value, why) == NULL;
    if (exponent == currency.exponent + PRICE_DIGITS)
        return price_read(typed, &currency, ret_value, why) == NULL;
    return exponent == QUANTITY_DIGITS && quantity_read(typed, &currency, ret_value, why) == NULL;
}

struct slice value_percent(struct slice cell, bool *ret_percent)
{
    static const char *const signs[] = {"%", "\u066A", "\uFF05", "\uFE6A"};
    *ret_percent = false;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0] && !*ret_percent; i++) {
        size_t size = strlen(signs[i]);
        if (cell.size < size)
            continue;
        bool front = memcmp(cell.data, signs[i], size) == 0;
        bool back = memcmp(cell.data + cell.size - size, signs[i], size) == 0;
        *ret_percent = front || back;
        if (front || back)
            cell = without(cell, front ? size : 0, front ? 0 : size);
    }
    return cell;
}

bool value_number(struct slice cell, int exponent, const struct style *style, int64_t *ret_value,
                  const char **ret_why)
{
    bool negative;
    bool foreign;
    struct slice text = value_bare_number(cell, style->currency, &negative, &foreign);
    if (foreign) {
        *ret_why = "has the sign of another currency than the ledger's";
        return false;
    }
    if (text.size == 0 || text.size > NUMBER_MAX_BYTES) {
        *ret_why = text.size == 0 ? "is empty" : "is too long for a number";
        return false;
    }
    int64_t typed = 0;
    if (has_letter(text) && has_digit(text)) {
        *ret_why = "is no number, or can be read in two ways: write it in digits";
        if (!typed_number(text, exponent, style, &typed))
            return false;
        *ret_value = negative ? -typed : typed;
        return true;
    }
    if (style->whole_only && has_sign(text)) {
        *ret_why = "has a sign that no number of the sample had: say --decimal";
        return false;
    }
    int64_t value;
    *ret_why = decimal_read((const char *)text.data, text.size, exponent, &style->number, &value);
    if (*ret_why != NULL)
        return false;
    *ret_value = negative ? -value : value;
    return true;
}

int value_exponent(enum import_field field, const struct currency *currency)
{
    if (field_is_price(field))
        return currency->exponent + PRICE_DIGITS;
    switch ((int)field) {
    case FIELD_QUANTITY:
    case FIELD_FROM_QUANTITY:
    case FIELD_FACTOR:
        return QUANTITY_DIGITS;
    case FIELD_DISCOUNT:
    case FIELD_TAX:
        return PERCENT_DIGITS;
    default:
        return currency->exponent;
    }
}

bool value_field(struct slice cell, enum import_field field, const struct style *style,
                 int64_t *ret_value, const char **ret_why)
{
    static const char two_ways[] = "is no number, or can be read in two ways: write it in digits";
    const struct currency *currency = style->currency;
    int exponent = value_exponent(field, currency);
    bool money = field_is_amount(field) || field_is_price(field);
    bool negative;
    bool foreign;
    *ret_why = two_ways;
    if (style->mixed && money && currency->exponent > 0 && number_is_unclear(cell))
        return false;
    if (!money || currency->exponent > 0)
        return value_number(cell, exponent, style, ret_value, ret_why);
    struct style own = *style;
    /* with words in it, it is read as its currency's people type it */
    struct slice bare = value_bare_number(cell, currency, &negative, &foreign);
    own.whole_only = has_letter(bare);
    return number_of_whole(bare, &own.number) &&
           value_number(cell, exponent, &own, ret_value, ret_why);
}

/* ---- discounts and taxes ---- */

/* Anything beside the number but its minus? */
static bool has_mark(struct slice cell, struct slice bare)
{
    const uint8_t *end = cell.data + cell.size;
    for (const uint8_t *at = cell.data; at < end; at++)
        if ((at < bare.data || at >= bare.data + bare.size) && strchr("()-+ \t", *at) == NULL)
            return true;
    return false;
}

bool value_is_plain_rate(struct slice cell, struct slice *ret_bare)
{
    bool percent;
    bool negative;
    bool foreign;
    struct slice rest = value_percent(cell, &percent);
    *ret_bare = value_bare_number(rest, NULL, &negative, &foreign);
    return !percent && ret_bare->size > 0 && !has_letter(*ret_bare) && !has_mark(rest, *ret_bare);
}

static bool has_money_sign(struct slice cell, const struct currency *currency)
{
    bool negative;
    bool foreign;
    struct slice bare = value_bare_number(cell, currency, &negative, &foreign);
    return foreign || has_mark(cell, bare) || (has_letter(bare) && has_digit(bare));
}

static bool read_rate(struct slice cell, const struct style *style, int64_t times,
                      int64_t *ret_value, const char **ret_why)
{
    enum { SHARE_DIGITS = 4 };
    if (!value_number(cell, times == 1 ? PERCENT_DIGITS : SHARE_DIGITS, style, ret_value, ret_why))
        return false;
    *ret_why = "is no percentage from 0 to 100";
    return *ret_value >= 0 && *ret_value <= BASIS_POINTS;
}

static bool read_money(struct slice cell, const struct style *style, int64_t *ret_value,
                       const char **ret_why)
{
    return value_field(cell, FIELD_AMOUNT, style, ret_value, ret_why);
}

/* What it may be, nobody said: only nothing is the same in each. */
static bool unsaid_rate(enum import_field field, int64_t value, const char **ret_why)
{
    *ret_why = field == FIELD_TAX
                   ? "may be a percentage or an amount: say --tax-is percent, share or amount"
                   : "may be a percentage or an amount: say --discount-is percent, share or amount";
    return value == 0;
}

bool value_rate(struct slice cell, enum import_field field, const struct style *style,
                struct value_rate *ret_rate, const char **ret_why)
{
    enum { ONE_PERCENT = 100 };
    bool percent;
    bool said = field == FIELD_TAX ? style->tax_said : style->discount_said;
    enum import_rates is = field == FIELD_TAX ? style->tax_is : style->discount_is;
    struct slice rest = value_percent(cell, &percent);
    *ret_rate = (struct value_rate){.is_amount = false};
    if (percent)
        return read_rate(rest, style, 1, &ret_rate->value, ret_why);
    if (has_money_sign(rest, style->currency)) {
        ret_rate->is_amount = true;
        return read_money(rest, style, &ret_rate->value, ret_why);
    }
    switch (is) {
    case RATES_PERCENT:
        if (!read_rate(rest, style, 1, &ret_rate->value, ret_why))
            return false;
        /* the others are percentages by what they are; this one may be a part of 1 */
        return said || ret_rate->value == 0 || ret_rate->value >= ONE_PERCENT ||
               unsaid_rate(field, ret_rate->value, ret_why);
    case RATES_SHARE:
        return read_rate(rest, style, ONE_PERCENT, &ret_rate->value, ret_why);
    case RATES_AMOUNT:
        ret_rate->is_amount = true;
        return read_money(rest, style, &ret_rate->value, ret_why);
    case RATES_UNSAID:
        break;
    }
    return read_money(rest, style, &ret_rate->value, ret_why) &&
           unsaid_rate(field, ret_rate->value, ret_why);
}

/* ---- dates ---- */

/* Each month's names by how they begin, folded: English, German, French, Spanish, Greek. */
static const char *const months[MONTHS] = {
    "jan|ene|jän|ιαν|gen", "feb|fev|fév|φεβ", "mar|mär|mrz|μαρ|μάρ", "apr|avr|abr|απρ",
    "may|mai|μαι|μάι|μάϊ", "jun|juin|ιουν",   "jul|juil|ιουλ|ιούλ",  "aug|aou|aoû|ago|αυγ|αύγ",
    "sep|set|σεπ",         "oct|okt|οκτ",     "nov|νοε|νοέ",         "dec|déc|dez|dic|δεκ"};

/* Of the Persian calendar, whole. */
static const char *const persian_months[MONTHS] = {"فروردین", "اردیبهشت", "خرداد", "تیر",
                                                   "مرداد",   "شهریور",   "مهر",   "آبان",
                                                   "آذر",     "دی",       "بهمن",  "اسفند"};

/* What stands in a date and says nothing: "28th of January", "28 tháng 1 năm 2021", weekdays. */
static const char fillers[] =
    "de|del|of|the|st|nd|rd|th|er|ngay|thang|nam|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|"
    "wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    "sonntag|le|den|am";

static size_t read_digits(struct slice text, size_t at, int *ret_value)
{
    size_t size = 0;
    *ret_value = 0;
    while (at + size < text.size && size < 8 && isdigit(text.data[at + size]))
        *ret_value = *ret_value * 10 + (text.data[at + size++] - '0');
    return size;
}

/* Does the word begin with one of these? */
static bool begins_with_any(struct slice word, const char *words)
{
    char folded[DATE_MAX_BYTES];
    while (*words != '\0') {
        size_t length = strcspn(words, "|");
        size_t size = text_fold(words, length, folded, sizeof folded);
        if (slice_starts(word, slice_of(folded, size)))
            return true;
        words += length + (words[length] == '|');
    }
    return false;
}

static bool is_word(struct slice word, const char *other)
{
    char folded[DATE_MAX_BYTES];
    return slice_equal(word,
                       slice_of(folded, text_fold(other, strlen(other), folded, sizeof folded)));
}

/* 1 to 12; 0 when it is no month. */
static int month_of(struct slice word)
{
    for (int i = 0; i < MONTHS; i++)
        if (begins_with_any(word, months[i]) || is_word(word, persian_months[i]))
            return i + 1;
    return 0;
}

static bool is_date_sign(uint8_t byte)
{
    return byte == '-' || byte == '/' || byte == '.' || byte == ' ' || byte == ',';
}

/* 年 月 日 */
static size_t cjk_sign(struct slice text, size_t at)
{
    static const char *const signs[] = {"年", "月", "日"};
    for (size_t i = 0; i < 3; i++)
        if (slice_starts(slice_of(text.data + at, text.size - at), slice_text(signs[i])))
            return strlen(signs[i]);
    return 0;
}

/* A word's bytes. */
static size_t word_size(struct slice text, size_t at)
{
    size_t size = 0;
    while (at + size < text.size &&
           (text.data[at + size] >= 0x80 || isalpha(text.data[at + size])) &&
           cjk_sign(text, at + size) == 0)
        size++;
    return size;
}

/* Signs and words that say nothing, up to the next part. False: a word that nobody knows. */
static bool skip_signs(struct slice text, size_t *at)
{
    for (;;) {
        size_t step = *at < text.size && is_date_sign(text.data[*at]) ? 1 : 0;
        if (step == 0 && *at < text.size)
            step = cjk_sign(text, *at);
        struct slice word = {text.data + *at, step == 0 ? word_size(text, *at) : 0};
        if (step == 0 && word.size > 0 && month_of(word) == 0) {
            if (word_among(word, fillers) < 0)
                return false;
            step = word.size;
        }
        if (step == 0)
            return true;
        *at += step;
    }
}

static bool read_part(struct slice text, size_t *at, int i, struct date_parts *parts)
{
    size_t size = read_digits(text, *at, &parts->part[i]);
    parts->digits[i] = (int)size;
    if (size == 0) {
        size = word_size(text, *at);
        parts->part[i] = month_of(slice_of(text.data + *at, size));
        if (parts->named >= 0 || parts->part[i] == 0)
            return false;
        parts->named = i;
    }
    *at += size;
    return true;
}

/* 20101201 */
static bool split_compact(struct date_parts *parts)
{
    int whole = parts->part[0];
    *parts = (struct date_parts){
        .part = {whole / 10000, whole / 100 % 100, whole % 100}, .digits = {4, 2, 2}, .named = -1};
    return true;
}

/* Nothing, or a time of day. */
static bool ends_well(struct slice text, size_t at)
{
    size_t sign = at < text.size ? cjk_sign(text, at) : 0;
    at += sign;
    if (at == text.size || (at + 1 == text.size && text.data[at] == '.'))
        return true;
    bool parted = sign > 0;
    while (at < text.size && (is_date_sign(text.data[at]) || strchr("Tt", text.data[at]) != NULL)) {
        parted = true;
        at++;
    }
    return parted && at + 1 < text.size && isdigit(text.data[at]) &&
           memchr(text.data + at, ':', text.size - at) != NULL;
}

/* "44224", or "44224.5" with a time of day. */
static bool is_serial(struct slice text, size_t size)
{
    bool digits = true;
    for (size_t i = size + 1; i < text.size; i++)
        digits = digits && isdigit(text.data[i]);
    return size == SERIAL_DIGITS &&
           (text.size == size || (text.data[size] == '.' && text.size > size + 1 && digits));
}

static bool is_simple(struct slice cell)
{
    for (size_t i = 0; i < cell.size; i++)
        if (cell.data[i] >= 0x80 || isupper(cell.data[i]))
            return false;
    return true;
}

static bool parts_of(struct slice text, struct date_parts *ret_parts)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t before = at;
        if (!skip_signs(text, &at) || (i == 0 && at > 0 && isdigit(text.data[at - 1])))
            return false;
        bool joined = i > 0 && at == before && at < text.size && isdigit(text.data[at]) &&
                      isdigit(text.data[at - 1]);
        if (joined || !read_part(text, &at, i, ret_parts))
            return false;
        if (i == 0 && ret_parts->digits[0] == 8 && ends_well(text, at))
            return split_compact(ret_parts);
        if (i == 0 && is_serial(text, at)) {
            ret_parts->serial = true;
            return true;
        }
        ret_parts->dots =
            (i == 0 || ret_parts->dots) && (i == 2 || (at < text.size && text.data[at] == '.'));
    }
    return ends_well(text, at);
}

bool value_date_parts(struct slice cell, struct date_parts *ret_parts)
{
    char folded[DATE_MAX_BYTES];
    *ret_parts = (struct date_parts){.named = -1};
    if (cell.size > DATE_MAX_BYTES)
        return false;
    if (!is_simple(cell))
        cell = slice_of(folded, text_fold(cell.data, cell.size, folded, sizeof folded));
    return parts_of(cell, ret_parts);
}

static int year_of(int value, int digits)
{
    if (digits > 2)
        return value;
    return value < YEAR_PIVOT ? 2000 + value : 1900 + value;
}

/* Which part is the year, the month and the day. */
static void places(const struct date_parts *parts, enum import_dates order, int ret_place[3])
{
    static const int by_order[][3] = {[DATES_GUESS] = {0, 1, 2},
                                      [DATES_YMD] = {0, 1, 2},
                                      [DATES_DMY] = {2, 1, 0},
                                      [DATES_MDY] = {2, 0, 1}};
    if (parts->digits[0] == YEAR_DIGITS)
        order = DATES_YMD;
    else if (parts->named >= 0)
        order = parts->named == 0 ? DATES_MDY : DATES_DMY;
    memcpy(ret_place, by_order[order], sizeof by_order[order]);
}

static bool date_of_serial(int serial, uint32_t *ret_date)
{
    if (serial < SERIAL_OF_1970 + DATE_MIN || serial > SERIAL_OF_1970 + DATE_MAX)
        return false;
    *ret_date = (uint32_t)(serial - SERIAL_OF_1970);
    return true;
}

bool value_date(struct slice cell, enum import_dates order, uint32_t *ret_date,
                const char **ret_why)
{
    struct date_parts parts;
    *ret_why = "is no date";
    if (!value_date_parts(cell, &parts))
        return false;
    if (parts.serial)
        return date_of_serial(parts.part[0], ret_date);
    int place[3];
    places(&parts, order, place);
    if (parts.digits[place[1]] > 2 || parts.digits[place[2]] > 2)
        return false;
    struct civil civil = {year_of(parts.part[place[0]], parts.digits[place[0]]),
                          parts.part[place[1]], parts.part[place[2]]};
    *ret_why = "is no day of the calendar, read as --dates says";
    if (jalali_meant(civil.year))
        return date_of_jalali(civil, ret_date);
    return date_of_civil(civil, ret_date);
}

/* ---- codes and text ---- */

static bool is_code_point(uint32_t point)
{
    if (point >= 0x80)
        return !(point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200B) ||
                 point == 0x202F || point == 0x205F || point == 0x3000 || point == 0xFEFF);
    return isalnum((int)point) || (point != 0 && strchr("-_./", (int)point) != NULL);
}

const char *value_unseen(struct slice cell, char said[SIGHT_SAID_MAX])
{
    struct sight_fault found;
    if (sight_clear(cell.data, cell.size, SIGHT_OF_A_KEY, &found) || found.flaw == SIGHT_EDGE ||
        found.flaw == SIGHT_BREAK)
        return NULL;
    return sight_say(&found, said);
}

bool value_is_code(struct slice cell)
{
    char said[SIGHT_SAID_MAX];
    if (cell.size == 0 || cell.size > CODE_MAX_BYTES || value_unseen(cell, said) != NULL)
        return false;
    for (size_t at = 0; at < cell.size;) {
        uint32_t point = 0;
        at += text_decode(cell.data + at, cell.size - at, &point);
        if (!is_code_point(point))
            return false;
    }
    return true;
}

/* Whole code points, at most `room` bytes. */
static size_t copy_code(struct slice cell, char *out, size_t room)
{
    size_t size = 0;
    for (size_t at = 0, step = 0; at < cell.size; at += step) {
        uint32_t point = 0;
        step = text_decode(cell.data + at, cell.size - at, &point);
        bool good = step > 0 && is_code_point(point) && text_line_valid(cell.data + at, step);
        step = step > 0 ? step : 1;
        size_t wanted = good ? step : 1;
        if (size + wanted > room)
            break;
        if (good)
            memcpy(out + size, cell.data + at, step);
        else if (size > 0 && out[size - 1] == '-')
            wanted = 0;
        else
            out[size] = '-';
        size += wanted;
    }
    return size;
}

struct slice value_safe_code(struct slice cell, char *out)
{
    char digest[HASH_TEXT_SIZE];
    struct hash hash;
    hash_of(cell.data, cell.size, &hash);
    hash_text(&hash, digest);
    size_t size = copy_code(cell, out, CODE_MAX_BYTES - 1 - SAFE_DIGITS);
    if (size > 0 && out[size - 1] != '-')
        out[size++] = '-';
    memcpy(out + size, digest, SAFE_DIGITS);
    return slice_of(out, size + SAFE_DIGITS);
}

struct slice value_before_mark(struct slice cell)
{
    size_t at = cell.size;
    while (at > 0 && isdigit(cell.data[at - 1]))
        at--;
    bool marked = at < cell.size && at > 2 && cell.data[at - 1] == '|' && cell.data[at - 2] == '|';
    return marked ? slice_of(cell.data, at - 2) : cell;
}

bool value_has_point_zero(struct slice cell)
{
    if (cell.size < 3 || memcmp(cell.data + cell.size - 2, ".0", 2) != 0)
        return false;
    for (size_t i = 0; i < cell.size - 2; i++)
        if (!isdigit(cell.data[i]))
            return false;
    return true;
}

struct slice value_code(struct slice cell, bool point_zero)
{
    if (point_zero && value_has_point_zero(cell))
        cell.size -= 2;
    return cell;
}

/* They stand for a letter of one direction and are nothing by themselves: spreadsheets put them
 * around names in Persian and Arabic. What turns other letters round is refused. */
static bool is_direction(uint32_t point)
{
    return point == 0x61C || point == 0x200E || point == 0x200F;
}

/* The bytes taken from the cell, *ret_size being those written. */
static size_t copy_line(struct slice cell, char *out, size_t capacity, size_t *ret_size)
{
    size_t size = 0;
    size_t at = 0;
    while (at < cell.size) {
        uint32_t point = 0;
        size_t step = text_decode(cell.data + at, cell.size - at, &point);
        bool is_break = point == '\r' || point == '\n' || point == '\t';
        bool is_joined = is_break && (size == 0 || out[size - 1] == ' ');
        bool is_left_out = is_joined || is_direction(point);
        if (step == 0 || (!is_left_out && size + step > capacity))
            break;
        if (is_break && !is_joined)
            out[size++] = ' ';
        else if (!is_break && !is_left_out)
            memcpy(out + size, cell.data + at, step);
        size += is_break || is_left_out ? 0 : step;
        at += step;
    }
    *ret_size = size;
    return at;
}

static size_t last_point(const char *line, size_t size, uint32_t *ret_point)
{
    size_t at = size;
    do
        at--;
    while (at > 0 && ((uint8_t)line[at] & 0xC0) == 0x80);
    return text_decode(line + at, size - at, ret_point);
}

/* Without blanks at its end and, where it was cut, without what joined it to the rest. */
static size_t line_end(const char *line, size_t size, bool cut)
{
    uint32_t point = 0;
    while (size > 0) {
        size_t step = last_point(line, size, &point);
        if (!sight_blank(point) && !(cut && sight_hides(point)))
            break;
        size -= step;
    }
    return size;
}

/* Blanks at the front of a cell. */
static size_t line_begin(struct slice cell)
{
    uint32_t point = 0;
    size_t at = 0;
    size_t step = 0;
    for (; at < cell.size; at += step) {
        step = text_decode(cell.data + at, cell.size - at, &point);
        if (step == 0 || (!sight_blank(point) && !is_direction(point)))
            break;
    }
    return at;
}

bool value_line(struct slice cell, enum sight_form form, char *out, size_t capacity,
                size_t *ret_size, bool *ret_cut, char said[SIGHT_SAID_MAX])
{
    struct sight_fault found;
    size_t begin = line_begin(cell);
    cell = slice_of(cell.data + begin, cell.size - begin);
    *ret_cut = copy_line(cell, out, capacity, ret_size) < cell.size;
    *ret_size = line_end(out, *ret_size, *ret_cut);
    if (sight_clear(out, *ret_size, form, &found))
        return true;
    (void)sight_say(&found, said);
    return false;
}
