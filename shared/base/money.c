#include "base/money.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"

enum { EXPONENT_MAX = 18, GROUP_DIGITS = 3, LINE_SCALE = QUANTITY_UNIT * 1000 };

/* ---- currencies ---- */

/* ISO 4217, sorted by code; but rial, of which nobody writes a hundredth. Where no sign is in use
 * the code stands for it. */
#define MONEY(code_, exponent_, sign_)                                                             \
    {                                                                                              \
        .code = (code_), .exponent = (exponent_), .sign = (sign_)                                  \
    }
static const struct currency currencies[] = {
    MONEY("AED", 2, "د.إ"),   MONEY("AFN", 2, "؋"),    MONEY("ALL", 2, "L"),
    MONEY("AMD", 2, "֏"),     MONEY("AOA", 2, "Kz"),   MONEY("ARS", 2, "$"),
    MONEY("AUD", 2, "A$"),    MONEY("AWG", 2, "ƒ"),    MONEY("AZN", 2, "₼"),
    MONEY("BAM", 2, "KM"),    MONEY("BBD", 2, "Bds$"), MONEY("BDT", 2, "৳"),
    MONEY("BGN", 2, "лв."),   MONEY("BHD", 3, "د.ب"),  MONEY("BIF", 0, "FBu"),
    MONEY("BMD", 2, "BD$"),   MONEY("BND", 2, "B$"),   MONEY("BOB", 2, "Bs"),
    MONEY("BRL", 2, "R$"),    MONEY("BSD", 2, "B$"),   MONEY("BTN", 2, "Nu."),
    MONEY("BWP", 2, "P"),     MONEY("BYN", 2, "Br"),   MONEY("BZD", 2, "BZ$"),
    MONEY("CAD", 2, "C$"),    MONEY("CDF", 2, "FC"),   MONEY("CHF", 2, "CHF"),
    MONEY("CLF", 4, "UF"),    MONEY("CLP", 0, "$"),    MONEY("CNY", 2, "¥"),
    MONEY("COP", 2, "$"),     MONEY("CRC", 2, "₡"),    MONEY("CUP", 2, "$"),
    MONEY("CVE", 2, "Esc"),   MONEY("CZK", 2, "Kč"),   MONEY("DJF", 0, "Fdj"),
    MONEY("DKK", 2, "kr"),    MONEY("DOP", 2, "RD$"),  MONEY("DZD", 2, "د.ج"),
    MONEY("EGP", 2, "E£"),    MONEY("ERN", 2, "Nfk"),  MONEY("ETB", 2, "Br"),
    MONEY("EUR", 2, "€"),     MONEY("FJD", 2, "FJ$"),  MONEY("FKP", 2, "£"),
    MONEY("GBP", 2, "£"),     MONEY("GEL", 2, "₾"),  MONEY("GHS", 2, "GH₵"),
    MONEY("GIP", 2, "£"),     MONEY("GMD", 2, "D"),    MONEY("GNF", 0, "FG"),
    MONEY("GTQ", 2, "Q"),     MONEY("GYD", 2, "G$"),   MONEY("HKD", 2, "HK$"),
    MONEY("HNL", 2, "L"),     MONEY("HTG", 2, "G"),    MONEY("HUF", 2, "Ft"),
    MONEY("IDR", 2, "Rp"),    MONEY("ILS", 2, "₪"),    MONEY("INR", 2, "₹"),
    MONEY("IQD", 3, "ع.د"),   MONEY("IRR", 0, "﷼"),    MONEY("ISK", 0, "kr"),
    MONEY("JMD", 2, "J$"),    MONEY("JOD", 3, "د.أ"),  MONEY("JPY", 0, "¥"),
    MONEY("KES", 2, "KSh"),   MONEY("KGS", 2, "с"),    MONEY("KHR", 2, "៛"),
    MONEY("KMF", 0, "CF"),    MONEY("KPW", 2, "₩"),    MONEY("KRW", 0, "₩"),
    MONEY("KWD", 3, "د.ك"),   MONEY("KYD", 2, "CI$"),  MONEY("KZT", 2, "₸"),
    MONEY("LAK", 2, "₭"),     MONEY("LBP", 2, "ل.ل"),  MONEY("LKR", 2, "Rs"),
    MONEY("LRD", 2, "L$"),    MONEY("LSL", 2, "L"),    MONEY("LYD", 3, "ل.د"),
    MONEY("MAD", 2, "د.م."),  MONEY("MDL", 2, "L"),    MONEY("MGA", 2, "Ar"),
    MONEY("MKD", 2, "ден"),   MONEY("MMK", 2, "K"),    MONEY("MNT", 2, "₮"),
    MONEY("MOP", 2, "MOP$"),  MONEY("MRU", 2, "UM"),   MONEY("MUR", 2, "Rs"),
    MONEY("MVR", 2, "Rf"),    MONEY("MWK", 2, "MK"),   MONEY("MXN", 2, "$"),
    MONEY("MYR", 2, "RM"),    MONEY("MZN", 2, "MT"),   MONEY("NAD", 2, "N$"),
    MONEY("NGN", 2, "₦"),     MONEY("NIO", 2, "C$"),   MONEY("NOK", 2, "kr"),
    MONEY("NPR", 2, "Rs"),    MONEY("NZD", 2, "NZ$"),  MONEY("OMR", 3, "ر.ع."),
    MONEY("PAB", 2, "B/."),   MONEY("PEN", 2, "S/"),   MONEY("PGK", 2, "K"),
    MONEY("PHP", 2, "₱"),     MONEY("PKR", 2, "Rs"),   MONEY("PLN", 2, "zł"),
    MONEY("PYG", 0, "₲"),     MONEY("QAR", 2, "ر.ق"),  MONEY("RON", 2, "lei"),
    MONEY("RSD", 2, "дин."),  MONEY("RUB", 2, "₽"),  MONEY("RWF", 0, "FRw"),
    MONEY("SAR", 2, "ر.س"),   MONEY("SBD", 2, "SI$"),  MONEY("SCR", 2, "SR"),
    MONEY("SDG", 2, "ج.س."),  MONEY("SEK", 2, "kr"),   MONEY("SGD", 2, "S$"),
    MONEY("SHP", 2, "£"),     MONEY("SLE", 2, "Le"),   MONEY("SOS", 2, "Sh"),
    MONEY("SRD", 2, "Sr$"),   MONEY("SSP", 2, "SSP"),  MONEY("STN", 2, "Db"),
    MONEY("SVC", 2, "₡"),     MONEY("SYP", 2, "ل.س"),  MONEY("SZL", 2, "E"),
    MONEY("THB", 2, "฿"),     MONEY("TJS", 2, "SM"),   MONEY("TMT", 2, "m"),
    MONEY("TND", 3, "د.ت"),   MONEY("TOP", 2, "T$"),   MONEY("TRY", 2, "₺"),
    MONEY("TTD", 2, "TT$"),   MONEY("TWD", 2, "NT$"),  MONEY("TZS", 2, "TSh"),
    MONEY("UAH", 2, "₴"),     MONEY("UGX", 0, "USh"),  MONEY("USD", 2, "$"),
    MONEY("UYU", 2, "$U"),    MONEY("UZS", 2, "soʻm"), MONEY("VES", 2, "Bs."),
    MONEY("VND", 0, "₫"),     MONEY("VUV", 0, "VT"),   MONEY("WST", 2, "WS$"),
    MONEY("XAF", 0, "FCFA"),  MONEY("XCD", 2, "EC$"),  MONEY("XCG", 2, "Cg"),
    MONEY("XOF", 0, "F CFA"), MONEY("XPF", 0, "₣"),    MONEY("YER", 2, "ر.ي"),
    MONEY("ZAR", 2, "R"),     MONEY("ZMW", 2, "ZK"),   MONEY("ZWG", 2, "ZiG"),
};

static int compare_code(const void *code, const void *currency)
{
    return strcmp(code, ((const struct currency *)currency)->code);
}

const struct currency *currency_find(const char *code)
{
    if (code == NULL)
        return NULL;
    return bsearch(code, currencies, sizeof currencies / sizeof currencies[0], sizeof currencies[0],
                   compare_code);
}

/* ---- arithmetic ---- */

bool money_add(int64_t a, int64_t b, int64_t *ret_sum)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret_sum = sum;
    return true;
}

bool money_subtract(int64_t a, int64_t b, int64_t *ret_difference)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return false;
    *ret_difference = difference;
    return true;
}

/* value / by, half away from zero; by > 0. */
static __int128 divided(__int128 value, __int128 by)
{
    __int128 whole = value / by;
    __int128 rest = value % by;
    if (rest < 0)
        return -rest * 2 >= by ? whole - 1 : whole;
    return rest * 2 >= by ? whole + 1 : whole;
}

bool money_line(int64_t quantity, int64_t price, int64_t *ret_amount_minor)
{
    __int128 amount = divided((__int128)quantity * price, LINE_SCALE);
    if (amount > MONEY_MAX || amount < -MONEY_MAX)
        return false;
    *ret_amount_minor = (int64_t)amount;
    return true;
}

bool money_rate(int64_t amount_minor, int64_t rate_bp, int64_t *ret_part_minor)
{
    __int128 part = divided((__int128)amount_minor * rate_bp, BASIS_POINTS);
    if (part > INT64_MAX || part < INT64_MIN)
        return false;
    *ret_part_minor = (int64_t)part;
    return true;
}

/* ---- splitting ---- */

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static int64_t signed_of(uint64_t magnitude, bool negative)
{
    return (int64_t)(negative ? 0 - magnitude : magnitude);
}

static bool weights_total(const int64_t *weights, size_t count, int64_t *ret_total)
{
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (weights[i] < 0 || __builtin_add_overflow(total, weights[i], &total))
            return false;
    }
    *ret_total = total;
    return total > 0;
}

static size_t count_from(const int64_t *values, size_t count, int64_t least)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += values[i] >= least ? 1 : 0;
    return found;
}

/* The largest value that at least `wanted` of the values reach (all >= 0, all < top). */
static int64_t threshold_of(const int64_t *values, size_t count, size_t wanted, int64_t top)
{
    int64_t low = 0;
    while (top - low > 1) {
        int64_t middle = low + (top - low) / 2;
        if (count_from(values, count, middle) >= wanted)
            low = middle;
        else
            top = middle;
    }
    return low;
}

/* What is left of the magnitude when each part got its whole share; the remainders of the shares
 * go to ret_rests. */
static size_t split_rests(uint64_t magnitude, const int64_t *weights, size_t count, int64_t total,
                          int64_t *ret_rests)
{
    uint64_t given = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned __int128 share = (unsigned __int128)magnitude * (uint64_t)weights[i];
        given += (uint64_t)(share / (uint64_t)total);
        ret_rests[i] = (int64_t)(share % (uint64_t)total);
    }
    return (size_t)(magnitude - given);
}

/* The `left` largest remainders get one more: all above the threshold, then the earliest on it. */
bool money_split(int64_t amount_minor, const int64_t *weights, size_t count, int64_t *ret_parts)
{
    int64_t total;
    if (!weights_total(weights, count, &total))
        return false;
    uint64_t magnitude = magnitude_of(amount_minor);
    size_t left = split_rests(magnitude, weights, count, total, ret_parts);
    int64_t threshold = threshold_of(ret_parts, count, left, total);
    size_t ties = left == 0 ? 0 : left - count_from(ret_parts, count, threshold + 1);
    for (size_t i = 0; i < count; i++) {
        unsigned __int128 share = (unsigned __int128)magnitude * (uint64_t)weights[i];
        uint64_t part = (uint64_t)(share / (uint64_t)total);
        if (left > 0 && (ret_parts[i] > threshold || (ret_parts[i] == threshold && ties > 0))) {
            ties -= ret_parts[i] == threshold ? 1 : 0;
            part++;
        }
        ret_parts[i] = signed_of(part, amount_minor < 0);
    }
    return true;
}

/* ---- reading ---- */

static const char *const NOTHING = "There is no number here.";
static const char *const STRANGE = "There is a character that does not belong in a number.";
static const char *const GROUPING = "The digits are not grouped in threes.";
static const char *const NO_DECIMALS = "A digit is missing after the decimal sign.";
static const char *const DECIMALS = "There are more decimals than are possible here.";
static const char *const TOO_LARGE = "The number is too large.";

enum sign { SIGN_END, SIGN_DIGIT, SIGN_DECIMAL, SIGN_GROUP, SIGN_MINUS, SIGN_PLUS, SIGN_STRANGE };

/* One character of the text, as this style sees it. */
struct token {
    enum sign sign;
    int digit;
    uint32_t point; /* spaces are all ' ' */
    size_t size;
};

struct reading {
    struct slice rest;
    const struct number_style *style;
    struct token token;
    uint64_t magnitude;
    bool too_large;
};

static uint32_t point_plain(uint32_t point)
{
    switch (point) {
    case 0x00A0: /* no-break space */
    case 0x202F: /* narrow no-break space */
        return ' ';
    case 0x2019: /* right single quotation mark */
        return '\'';
    case 0x2212: /* minus sign */
        return '-';
    default:
        return point;
    }
}

static int digit_value(uint32_t point)
{
    static const uint32_t zeros[] = {'0', 0x0660, 0x06F0, 0xFF10};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        if (point >= zeros[i] && point <= zeros[i] + 9)
            return (int)(point - zeros[i]);
    }
    return -1;
}

static enum sign sign_of(uint32_t point, const struct number_style *style)
{
    if (digit_value(point) >= 0)
        return SIGN_DIGIT;
    if (point == 0x066B || (style->decimal != 0 && point == (uint8_t)style->decimal))
        return SIGN_DECIMAL;
    if (point == 0x066C || (style->group != 0 && point == (uint8_t)style->group))
        return SIGN_GROUP;
    if (point == '-')
        return SIGN_MINUS;
    return point == '+' ? SIGN_PLUS : SIGN_STRANGE;
}

/* The token at the front of the rest; it stays there. */
static void look(struct reading *reading)
{
    uint32_t point = 0;
    size_t size = text_decode(reading->rest.data, reading->rest.size, &point);
    point = point_plain(point);
    enum sign sign = size > 0 ? sign_of(point, reading->style) : SIGN_STRANGE;
    if (reading->rest.size == 0)
        sign = SIGN_END;
    reading->token = (struct token){sign, digit_value(point), point, size};
}

static void move_on(struct reading *reading)
{
    reading->rest.data += reading->token.size;
    reading->rest.size -= reading->token.size;
    look(reading);
}

static void add_digit(struct reading *reading, int digit)
{
    if (__builtin_mul_overflow(reading->magnitude, 10U, &reading->magnitude) ||
        __builtin_add_overflow(reading->magnitude, (uint64_t)digit, &reading->magnitude))
        reading->too_large = true;
}

static size_t space_at_start(struct slice text)
{
    uint32_t point = 0;
    size_t size = text_decode(text.data, text.size, &point);
    return size > 0 && (point_plain(point) == ' ' || point == '\t') ? size : 0;
}

static size_t space_at_end(struct slice text)
{
    for (size_t size = 1; size <= 3 && size <= text.size; size++) {
        if (space_at_start(slice_of(text.data + text.size - size, size)) == size)
            return size;
    }
    return 0;
}

static struct slice trimmed(struct slice text)
{
    for (size_t size; (size = space_at_start(text)) > 0;)
        text = slice_of(text.data + size, text.size - size);
    for (size_t size; (size = space_at_end(text)) > 0;)
        text.size -= size;
    return text;
}

static bool read_minus(struct reading *reading)
{
    bool negative = reading->token.sign == SIGN_MINUS;
    if (negative || reading->token.sign == SIGN_PLUS)
        move_on(reading);
    return negative;
}

/* Digits up to the next sign that is none; returns how many. */
static size_t read_run(struct reading *reading)
{
    size_t count = 0;
    for (; reading->token.sign == SIGN_DIGIT; move_on(reading)) {
        add_digit(reading, reading->token.digit);
        count++;
    }
    return count;
}

/* "1,234,567": one to three digits, the first not 0, then threes with one and the same sign. */
static const char *read_whole(struct reading *reading, size_t *ret_count)
{
    bool zero_first = reading->token.sign == SIGN_DIGIT && reading->token.digit == 0;
    size_t count = read_run(reading);
    *ret_count = count;
    if (reading->token.sign != SIGN_GROUP)
        return NULL;
    if (count == 0 || count > GROUP_DIGITS || zero_first)
        return GROUPING;
    uint32_t group = reading->token.point;
    while (reading->token.sign == SIGN_GROUP) {
        if (reading->token.point != group)
            return GROUPING;
        move_on(reading);
        if (read_run(reading) != GROUP_DIGITS)
            return GROUPING;
    }
    return NULL;
}

static const char *read_decimals(struct reading *reading, int exponent, int *ret_decimals)
{
    move_on(reading);
    if (reading->token.sign != SIGN_DIGIT)
        return NO_DECIMALS;
    for (; reading->token.sign == SIGN_DIGIT; move_on(reading)) {
        if (*ret_decimals < exponent) {
            add_digit(reading, reading->token.digit);
            ++*ret_decimals;
        } else if (reading->token.digit != 0) {
            return DECIMALS;
        }
    }
    return NULL;
}

/* The digits before and after the decimal sign, scaled to the exponent. */
static const char *read_digits(struct reading *reading, int exponent)
{
    size_t count = 0;
    int decimals = 0;
    const char *wrong = read_whole(reading, &count);
    if (wrong == NULL && reading->token.sign == SIGN_DECIMAL)
        wrong = read_decimals(reading, exponent, &decimals);
    else if (wrong == NULL && count == 0)
        wrong = reading->token.sign == SIGN_END ? NOTHING : STRANGE;
    for (; decimals < exponent; decimals++)
        add_digit(reading, 0);
    if (wrong == NULL && reading->token.sign != SIGN_END)
        wrong = STRANGE;
    return wrong;
}

const char *decimal_read(const char *text, size_t size, int exponent,
                         const struct number_style *style, int64_t *ret_value)
{
    static const struct number_style plain = {.decimal = '.'};
    need(exponent >= 0 && exponent <= EXPONENT_MAX);
    struct reading reading = {.rest = trimmed(slice_of(text, size)),
                              .style = style == NULL ? &plain : style};
    look(&reading);
    bool negative = read_minus(&reading);
    const char *wrong = read_digits(&reading, exponent);
    if (wrong != NULL)
        return wrong;
    if (reading.too_large || reading.magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return TOO_LARGE;
    *ret_value = signed_of(reading.magnitude, negative);
    return NULL;
}

/* ---- writing ---- */

/* The digits, last one first, as many as the decimals and one before them need. */
static int digits_of(uint64_t magnitude, int exponent, char *out)
{
    int count = 0;
    for (; magnitude > 0 || count <= exponent; magnitude /= 10)
        out[count++] = (char)('0' + magnitude % 10);
    return count;
}

static size_t number_write(int64_t value, int exponent, bool grouped, char *out)
{
    char digits[MONEY_TEXT_MAX];
    need(exponent >= 0 && exponent <= EXPONENT_MAX);
    int count = digits_of(magnitude_of(value), exponent, digits);
    char *at = out;
    if (value < 0)
        *at++ = '-';
    for (int i = count - 1; i >= 0; i--) {
        *at++ = digits[i];
        if (i == exponent && i > 0)
            *at++ = '.';
        else if (grouped && i > exponent && (i - exponent) % GROUP_DIGITS == 0)
            *at++ = ',';
    }
    *at = '\0';
    return (size_t)(at - out);
}

size_t decimal_write(int64_t value, int exponent, char *out)
{
    return number_write(value, exponent, false, out);
}

size_t money_write(int64_t amount_minor, int exponent, char *out)
{
    return number_write(amount_minor, exponent, true, out);
}
