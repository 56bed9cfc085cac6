#include "base/money.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"

enum { EXPONENT_MAX = 18, GROUP_DIGITS = 3, LINE_SCALE = QUANTITY_UNIT * 1000 };

/* ---- currencies ---- */

/* ISO 4217, sorted by code. Where no sign is in use the code stands for it. */
static const struct currency currencies[] = {
    {"AED", 2, "د.إ"}, {"AFN", 2, "؋"},    {"ALL", 2, "L"},     {"AMD", 2, "֏"},
    {"AOA", 2, "Kz"},  {"ARS", 2, "$"},    {"AUD", 2, "A$"},    {"AWG", 2, "ƒ"},
    {"AZN", 2, "₼"}, {"BAM", 2, "KM"},   {"BBD", 2, "Bds$"},  {"BDT", 2, "৳"},
    {"BGN", 2, "лв."}, {"BHD", 3, "د.ب"},  {"BIF", 0, "FBu"},   {"BMD", 2, "BD$"},
    {"BND", 2, "B$"},  {"BOB", 2, "Bs"},   {"BRL", 2, "R$"},    {"BSD", 2, "B$"},
    {"BTN", 2, "Nu."}, {"BWP", 2, "P"},    {"BYN", 2, "Br"},    {"BZD", 2, "BZ$"},
    {"CAD", 2, "C$"},  {"CDF", 2, "FC"},   {"CHF", 2, "CHF"},   {"CLF", 4, "UF"},
    {"CLP", 0, "$"},   {"CNY", 2, "¥"},    {"COP", 2, "$"},     {"CRC", 2, "₡"},
    {"CUP", 2, "$"},   {"CVE", 2, "Esc"},  {"CZK", 2, "Kč"},    {"DJF", 0, "Fdj"},
    {"DKK", 2, "kr"},  {"DOP", 2, "RD$"},  {"DZD", 2, "د.ج"},   {"EGP", 2, "E£"},
    {"ERN", 2, "Nfk"}, {"ETB", 2, "Br"},   {"EUR", 2, "€"},     {"FJD", 2, "FJ$"},
    {"FKP", 2, "£"},   {"GBP", 2, "£"},    {"GEL", 2, "₾"},   {"GHS", 2, "GH₵"},
    {"GIP", 2, "£"},   {"GMD", 2, "D"},    {"GNF", 0, "FG"},    {"GTQ", 2, "Q"},
    {"GYD", 2, "G$"},  {"HKD", 2, "HK$"},  {"HNL", 2, "L"},     {"HTG", 2, "G"},
    {"HUF", 2, "Ft"},  {"IDR", 2, "Rp"},   {"ILS", 2, "₪"},     {"INR", 2, "₹"},
    {"IQD", 3, "ع.د"}, {"IRR", 2, "﷼"},    {"ISK", 0, "kr"},    {"JMD", 2, "J$"},
    {"JOD", 3, "د.أ"}, {"JPY", 0, "¥"},    {"KES", 2, "KSh"},   {"KGS", 2, "с"},
    {"KHR", 2, "៛"},   {"KMF", 0, "CF"},   {"KPW", 2, "₩"},     {"KRW", 0, "₩"},
    {"KWD", 3, "د.ك"}, {"KYD", 2, "CI$"},  {"KZT", 2, "₸"},     {"LAK", 2, "₭"},
    {"LBP", 2, "ل.ل"}, {"LKR", 2, "Rs"},   {"LRD", 2, "L$"},    {"LSL", 2, "L"},
    {"LYD", 3, "ل.د"}, {"MAD", 2, "د.م."}, {"MDL", 2, "L"},     {"MGA", 2, "Ar"},
    {"MKD", 2, "ден"}, {"MMK", 2, "K"},    {"MNT", 2, "₮"},     {"MOP", 2, "MOP$"},
    {"MRU", 2, "UM"},  {"MUR", 2, "Rs"},   {"MVR", 2, "Rf"},    {"MWK", 2, "MK"},
    {"MXN", 2, "$"},   {"MYR", 2, "RM"},   {"MZN", 2, "MT"},    {"NAD", 2, "N$"},
    {"NGN", 2, "₦"},   {"NIO", 2, "C$"},   {"NOK", 2, "kr"},    {"NPR", 2, "Rs"},
    {"NZD", 2, "NZ$"}, {"OMR", 3, "ر.ع."}, {"PAB", 2, "B/."},   {"PEN", 2, "S/"},
    {"PGK", 2, "K"},   {"PHP", 2, "₱"},    {"PKR", 2, "Rs"},    {"PLN", 2, "zł"},
    {"PYG", 0, "₲"},   {"QAR", 2, "ر.ق"},  {"RON", 2, "lei"},   {"RSD", 2, "дин."},
    {"RUB", 2, "₽"}, {"RWF", 0, "FRw"},  {"SAR", 2, "ر.س"},   {"SBD", 2, "SI$"},
    {"SCR", 2, "SR"},  {"SDG", 2, "ج.س."}, {"SEK", 2, "kr"},    {"SGD", 2, "S$"},
    {"SHP", 2, "£"},   {"SLE", 2, "Le"},   {"SOS", 2, "Sh"},    {"SRD", 2, "Sr$"},
    {"SSP", 2, "SSP"}, {"STN", 2, "Db"},   {"SVC", 2, "₡"},     {"SYP", 2, "ل.س"},
    {"SZL", 2, "E"},   {"THB", 2, "฿"},    {"TJS", 2, "SM"},    {"TMT", 2, "m"},
    {"TND", 3, "د.ت"}, {"TOP", 2, "T$"},   {"TRY", 2, "₺"},     {"TTD", 2, "TT$"},
    {"TWD", 2, "NT$"}, {"TZS", 2, "TSh"},  {"UAH", 2, "₴"},     {"UGX", 0, "USh"},
    {"USD", 2, "$"},   {"UYU", 2, "$U"},   {"UZS", 2, "soʻm"},  {"VES", 2, "Bs."},
    {"VND", 0, "₫"},   {"VUV", 0, "VT"},   {"WST", 2, "WS$"},   {"XAF", 0, "FCFA"},
    {"XCD", 2, "EC$"}, {"XCG", 2, "Cg"},   {"XOF", 0, "F CFA"}, {"XPF", 0, "₣"},
    {"YER", 2, "ر.ي"}, {"ZAR", 2, "R"},    {"ZMW", 2, "ZK"},    {"ZWG", 2, "ZiG"},
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
