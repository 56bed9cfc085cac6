#pragma once
/*
 * Money: int64 in minor units of a currency, quantities in thousandths, unit prices in thousandths
 * of a minor unit (0.001 pound is a real price). Checked arithmetic, no floating point; rounding
 * is half away from zero. Every function that can overflow returns false and leaves its result
 * untouched.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MONEY_TEXT_MAX = 48,
    CURRENCY_CODE_SIZE = 4, /* three letters and a NUL */
    BASIS_POINTS = 10000,
    QUANTITY_UNIT = 1000, /* thousandths in one piece */
};

/* No single amount may pass this: sums of a million such amounts still fit in an int64. */
#define MONEY_MAX INT64_C(9000000000000)
/* Nor a quantity this. */
#define QUANTITY_MAX INT64_C(1000000000000)

/* By whose habit numbers are written. */
enum number_habit {
    HABIT_ENGLISH,    /* 1,234.50 */
    HABIT_VIETNAMESE, /* 1.234,50 */
    HABIT_CHINESE,    /* 1,234.50 */
    HABIT_PERSIAN,    /* ۱٬۲۳۴٫۵۰ */
    HABIT_GREEK,      /* 1.234,50 */
};

struct currency {
    char code[CURRENCY_CODE_SIZE];
    int exponent; /* decimals of the minor unit: VND 0, EUR 2, KWD 3 */
    const char *sign;
    enum number_habit habit; /* of who reads and types it */
    int language; /* of words.h: what is wrong with an amount is told in it; 0: English */
};

/* NULL when we do not know the code. ISO 4217 exponents (but for rial: none), our own table. */
const struct currency *currency_find(const char *code);

bool money_add(int64_t a, int64_t b, int64_t *ret_sum);
bool money_subtract(int64_t a, int64_t b, int64_t *ret_difference);

/* quantity (thousandths) x price (thousandths of a minor unit), rounded once; false past
 * MONEY_MAX. */
bool money_line(int64_t quantity, int64_t price, int64_t *ret_amount_minor);

/* amount x rate_bp / 10000, rounded. */
bool money_rate(int64_t amount_minor, int64_t rate_bp, int64_t *ret_part_minor);

/* Splits amount by weights (all >= 0, at least one > 0) with the largest remainder method, so that
 * the parts add up exactly. Ties go to the earlier part. false when a weight is negative, none is
 * above 0 or their sum does not fit in an int64. ret_parts may not be the weights. */
bool money_split(int64_t amount_minor, const int64_t *weights, size_t count, int64_t *ret_parts);

/* How a person writes numbers. Either may be 0: no grouping, no decimals. */
struct number_style {
    char decimal; /* '.' or ',' */
    char group;   /* ',' '.' ' ' '\'' or 0 */
};

/* Reads exact decimal text ("1,234.50", "-3") into an integer with `exponent` (0..18) decimals.
 * Digits may be ASCII, Arabic-Indic, Persian or full-width; a '-', U+2212 or '+' may stand before
 * them and spaces at the ends. U+066B and U+066C are always a decimal and a group sign; no-break
 * and narrow spaces count as ' ', U+2019 as '\''. A NULL style is '.' without groups.
 * Refuses extra decimals other than zeros, groups that are not threes, a grouped number that
 * begins with 0, empty text, overflow. No k/m suffixes. Returns NULL when read, else a sentence
 * that says what is wrong. */
const char *decimal_read(const char *text, size_t size, int exponent,
                         const struct number_style *style, int64_t *ret_value);

/* Plain text: "-1234.50". Returns its length; out needs MONEY_TEXT_MAX. */
size_t decimal_write(int64_t value, int exponent, char *out);

/* With grouping by ',' : "-1,234.50". */
size_t money_write(int64_t amount_minor, int exponent, char *out);
