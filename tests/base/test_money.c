#include "base/check.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/prng.h"

/* ---- slow arithmetic on digits, as on paper, to compare with ---- */

enum { PAPER_DIGITS = 48 };

struct paper {
    bool negative;
    int digits[PAPER_DIGITS]; /* the ones first */
};

static struct paper paper_of(int64_t value)
{
    struct paper paper = {.negative = value < 0};
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    size_t length = strlen(text);
    for (size_t i = 0; i < length && text[length - 1 - i] != '-'; i++)
        paper.digits[i] = text[length - 1 - i] - '0';
    return paper;
}

static void paper_carry(struct paper *paper)
{
    for (int i = 0; i + 1 < PAPER_DIGITS; i++) {
        paper->digits[i + 1] += paper->digits[i] / 10;
        paper->digits[i] %= 10;
    }
}

static struct paper paper_times(struct paper a, struct paper b)
{
    struct paper product = {.negative = a.negative != b.negative};
    for (int i = 0; i < PAPER_DIGITS; i++)
        for (int k = 0; i + k < PAPER_DIGITS; k++)
            product.digits[i + k] += a.digits[i] * b.digits[k];
    paper_carry(&product);
    return product;
}

/* Away from zero at a half: add 5 to the first digit that goes, then drop them. */
static struct paper paper_rounded(struct paper paper, int places)
{
    paper.digits[places - 1] += 5;
    paper_carry(&paper);
    memmove(paper.digits, paper.digits + places,
            (size_t)(PAPER_DIGITS - places) * sizeof paper.digits[0]);
    memset(paper.digits + PAPER_DIGITS - places, 0, (size_t)places * sizeof paper.digits[0]);
    return paper;
}

/* false when it does not fit in an int64. */
static bool paper_value(const struct paper *paper, int64_t *ret_value)
{
    int64_t value = 0;
    for (int i = PAPER_DIGITS - 1; i >= 0; i--) {
        int64_t digit = paper->negative ? -paper->digits[i] : paper->digits[i];
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

/* ---- currencies ---- */

static void currencies_have_the_decimals_that_are_in_use(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        int exponent;
    } rows[] = {
        {"EUR", 2}, {"USD", 2}, {"GBP", 2}, {"VND", 0}, {"CNY", 2}, {"IRR", 0}, {"TRY", 2},
        {"JPY", 0}, {"KRW", 0}, {"KWD", 3}, {"BHD", 3}, {"OMR", 3}, {"TND", 3}, {"AED", 2},
        {"SAR", 2}, {"IQD", 3}, {"AFN", 2}, {"PKR", 2}, {"INR", 2}, {"CHF", 2}, {"SEK", 2},
        {"NOK", 2}, {"DKK", 2}, {"PLN", 2}, {"CZK", 2}, {"HUF", 2}, {"RON", 2}, {"BGN", 2},
        {"RUB", 2}, {"UAH", 2}, {"THB", 2}, {"IDR", 2}, {"MYR", 2}, {"SGD", 2}, {"HKD", 2},
        {"TWD", 2}, {"PHP", 2}, {"AUD", 2}, {"NZD", 2}, {"CAD", 2}, {"MXN", 2}, {"BRL", 2},
        {"ZAR", 2}, {"EGP", 2}, {"NGN", 2}, {"ILS", 2}, {"JOD", 3}, {"CLP", 0}, {"XOF", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct currency *currency = currency_find(rows[i].code);
        assert_non_null(currency);
        assert_string_equal(currency->code, rows[i].code);
        assert_int_equal(currency->exponent, rows[i].exponent);
        assert_true(strlen(currency->sign) > 0);
    }
}

static void unknown_codes_are_not_found(void **state)
{
    (void)state;
    static const char *const codes[] = {"", "E", "EU", "eur", "EURO", "EUR ", "AAA", "ZZZ", "€"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_null(currency_find(codes[i]));
    assert_null(currency_find(NULL));
}

/* Every code that is in the table is found by the search, so the table is in order. */
static void the_table_is_whole(void **state)
{
    (void)state;
    int found = 0;
    char code[CURRENCY_CODE_SIZE] = {0};
    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
            for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
                found += currency_find(code) != NULL ? 1 : 0;
    assert_int_equal(found, 156);
}

/* ---- arithmetic ---- */

static void sums_are_checked(void **state)
{
    (void)state;
    struct prng prng = {6};
    int64_t sum = 77;
    assert_true(money_add(2, 3, &sum));
    assert_int_equal(sum, 5);
    for (int i = 0; i < 200000; i++) {
        int64_t a = prng_int64(&prng);
        int64_t b = prng_int64(&prng);
        bool over = b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b;
        bool under = b > 0 ? a < INT64_MIN + b : a > INT64_MAX + b;
        sum = 77;
        assert_int_equal(money_add(a, b, &sum), !over);
        assert_true(sum == (over ? 77 : a + b));
        sum = 77;
        assert_int_equal(money_subtract(a, b, &sum), !under);
        assert_true(sum == (under ? 77 : a - b));
    }
    sum = 77;
    assert_false(money_subtract(0, INT64_MIN, &sum));
    assert_false(money_add(INT64_MAX, 1, &sum));
    assert_int_equal(sum, 77);
}

static void a_line_is_quantity_times_price(void **state)
{
    (void)state;
    static const struct {
        int64_t quantity;
        int64_t price;
        int64_t amount;
    } rows[] = {
        {1000, 25000000, 25000}, /* one piece at 25,000 dong */
        {2500, 1990, 5},         /* 2.5 x 1.99 = 4.975 */
        {1000, 1, 0},            /* one at 0.001: nothing */
        {500000, 1, 1},          /* 500 at 0.001: exactly a half, up */
        {499999, 1, 0},          /* a bit less */
        {-500000, 1, -1},        /* a return: away from zero as well */
        {500000, -1, -1},
        {-500000, -1, 1},
        {0, INT64_MAX, 0},
        {INT64_MIN, 0, 0},
        {1000, 9000000000000000, MONEY_MAX},
        {-1000, 9000000000000000, -MONEY_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t amount = 77;
        assert_true(money_line(rows[i].quantity, rows[i].price, &amount));
        assert_int_equal(amount, rows[i].amount);
    }
}

static void a_line_stays_below_the_largest_amount(void **state)
{
    (void)state;
    int64_t amount = 77;
    assert_false(money_line(1000, 9000000000000500, &amount)); /* rounds up past it */
    assert_false(money_line(-1000, 9000000000000500, &amount));
    assert_false(money_line(INT64_MAX, INT64_MAX, &amount));
    assert_false(money_line(INT64_MIN, INT64_MIN, &amount));
    assert_false(money_line(INT64_MIN, INT64_MAX, &amount));
    assert_int_equal(amount, 77);
    assert_true(money_line(1000, 9000000000000499, &amount));
    assert_true(amount == MONEY_MAX);
}

static void lines_agree_with_paper(void **state)
{
    (void)state;
    struct prng prng = {7};
    for (int i = 0; i < 50000; i++) {
        int64_t quantity = prng_int64(&prng) >> prng_below(&prng, 40);
        int64_t price = prng_int64(&prng) >> prng_below(&prng, 40);
        int64_t expected = 0;
        int64_t amount = 77;
        struct paper product = paper_times(paper_of(quantity), paper_of(price));
        product = paper_rounded(product, 6);
        bool fits = paper_value(&product, &expected) && llabs(expected) <= MONEY_MAX;
        assert_int_equal(money_line(quantity, price, &amount), fits);
        assert_true(amount == (fits ? expected : 77));
    }
}

static void rates_agree_with_paper(void **state)
{
    (void)state;
    struct prng prng = {8};
    int64_t part = 77;
    assert_true(money_rate(1050, 1000, &part) && part == 105);
    assert_true(money_rate(5, 1000, &part) && part == 1);
    assert_true(money_rate(-5, 1000, &part) && part == -1);
    assert_true(money_rate(4, 1000, &part) && part == 0);
    assert_true(money_rate(INT64_MIN, BASIS_POINTS, &part) && part == INT64_MIN);
    for (int i = 0; i < 50000; i++) {
        int64_t amount = prng_int64(&prng);
        int64_t rate = prng_int64(&prng) >> prng_below(&prng, 50);
        int64_t expected = 0;
        struct paper product = paper_times(paper_of(amount), paper_of(rate));
        product = paper_rounded(product, 4);
        bool fits = paper_value(&product, &expected);
        part = 77;
        assert_int_equal(money_rate(amount, rate, &part), fits);
        assert_true(part == (fits ? expected : 77));
    }
}

/* ---- splitting ---- */

enum { PARTS_MAX = 40 };

static void expect_split(int64_t amount, size_t count, const int64_t *weights,
                         const int64_t *expected)
{
    int64_t parts[PARTS_MAX];
    assert_true(money_split(amount, weights, count, parts));
    assert_memory_equal(parts, expected, count * sizeof parts[0]);
}

static void splits_give_the_largest_remainders_first(void **state)
{
    (void)state;
    expect_split(100, 3, (int64_t[]){1, 1, 1}, (int64_t[]){34, 33, 33});
    expect_split(101, 3, (int64_t[]){1, 1, 1}, (int64_t[]){34, 34, 33});
    expect_split(-100, 3, (int64_t[]){1, 1, 1}, (int64_t[]){-34, -33, -33});
    expect_split(10, 3, (int64_t[]){2, 3, 4}, (int64_t[]){2, 3, 5});
    expect_split(1, 3, (int64_t[]){0, 1, 1}, (int64_t[]){0, 1, 0});
    expect_split(0, 2, (int64_t[]){5, 7}, (int64_t[]){0, 0});
    expect_split(7, 1, (int64_t[]){3}, (int64_t[]){7});
    expect_split(INT64_MIN, 1, (int64_t[]){INT64_MAX}, (int64_t[]){INT64_MIN});
    expect_split(INT64_MAX, 2, (int64_t[]){0, INT64_MAX}, (int64_t[]){0, INT64_MAX});
}

static void bad_weights_are_refused(void **state)
{
    (void)state;
    int64_t parts[3] = {7, 7, 7};
    assert_false(money_split(100, (int64_t[]){0, 0, 0}, 3, parts));
    assert_false(money_split(100, (int64_t[]){1, -1, 5}, 3, parts));
    assert_false(money_split(100, (int64_t[]){INT64_MAX, 1, 0}, 3, parts));
    assert_false(money_split(100, NULL, 0, parts));
    assert_memory_equal(parts, ((int64_t[]){7, 7, 7}), sizeof parts);
}

/* Gives what is left one by one to whoever misses most, looking at all of them each time. */
static void slow_split(uint64_t amount, const int64_t *weights, size_t count, uint64_t *ret_parts)
{
    unsigned __int128 total = 0;
    unsigned __int128 rests[PARTS_MAX];
    uint64_t left = amount;
    for (size_t i = 0; i < count; i++)
        total += (uint64_t)weights[i];
    for (size_t i = 0; i < count; i++) {
        unsigned __int128 share = (unsigned __int128)amount * (uint64_t)weights[i];
        ret_parts[i] = (uint64_t)(share / total);
        rests[i] = share % total;
        left -= ret_parts[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;
        for (size_t i = 1; i < count; i++)
            best = rests[i] > rests[best] ? i : best;
        ret_parts[best]++;
        rests[best] = 0;
    }
}

static void splits_add_up_and_agree_with_the_slow_way(void **state)
{
    (void)state;
    struct prng prng = {9};
    for (int round = 0; round < 30000; round++) {
        int64_t weights[PARTS_MAX];
        int64_t parts[PARTS_MAX];
        uint64_t expected[PARTS_MAX];
        size_t count = 1 + prng_below(&prng, PARTS_MAX);
        uint64_t shift = 7 + prng_below(&prng, 56); /* 40 of them fit in an int64 */
        int64_t amount = prng_int64(&prng);
        for (size_t i = 0; i < count; i++)
            weights[i] = (int64_t)(prng_next(&prng) >> shift);
        weights[prng_below(&prng, count)] += 1;
        uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
        slow_split(size, weights, count, expected);
        assert_true(money_split(amount, weights, count, parts));
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t wanted = amount < 0 ? 0 - expected[i] : expected[i];
            assert_true((uint64_t)parts[i] == wanted);
            sum += (uint64_t)parts[i];
        }
        assert_true(sum == (uint64_t)amount);
    }
}

/* ---- reading ---- */

static const struct number_style english = {'.', ','};
static const struct number_style german = {',', '.'};
static const struct number_style french = {',', ' '};
static const struct number_style swiss = {'.', '\''};
static const struct number_style bare = {'.', 0};
static const struct number_style whole = {0, '.'};

static void numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct number_style *style;
        int exponent;
        int64_t value;
    } rows[] = {
        {"1,234.50", &english, 2, 123450},
        {"1234.5", &english, 2, 123450},
        {"-3", &english, 2, -300},
        {"+3", &english, 2, 300},
        {"−3", &english, 2, -300},
        {"0", &english, 0, 0},
        {"-0", &english, 0, 0},
        {"007", &english, 0, 7},
        {".5", &english, 2, 50},
        {"0.05", &english, 2, 5},
        {"12.5000", &english, 2, 1250},
        {"25.000", &english, 0, 25},
        {"1,234,567", &english, 0, 1234567},
        {"  12 ", &english, 0, 12},
        {"\t12\xC2\xA0\xE2\x80\xAF", &english, 0, 12},
        {"1.234,50", &german, 2, 123450},
        {"1234,5", &german, 2, 123450},
        {"25.000", &whole, 0, 25000},
        {"1 234,50", &french, 2, 123450},
        {"1\xC2\xA0"
         "234,50",
         &french, 2, 123450},
        {"1\xE2\x80\xAF"
         "234\xC2\xA0"
         "567",
         &french, 0, 1234567},
        {"1'234.50", &swiss, 2, 123450},
        {"1’234.50", &swiss, 2, 123450},
        {"۱۲۳۴٫۵", &english, 2, 123450},
        {"۱٬۲۳۴٬۵۶۷", &bare, 0, 1234567},
        {"-١٢٣٤٫٥٠", &german, 2, -123450},
        {"１２３.５", &bare, 1, 1235},
        {"9223372036854775807", &bare, 0, INT64_MAX},
        {"-9223372036854775808", &bare, 0, INT64_MIN},
        {"00000000000000000000000000000000000001", &bare, 0, 1},
        {"0.001", NULL, 3, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;
        assert_null(decimal_read(rows[i].text, strlen(rows[i].text), rows[i].exponent,
                                 rows[i].style, &value));
        assert_true(value == rows[i].value);
    }
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char nothing[] = "There is no number here.";
    static const char strange[] = "There is a character that does not belong in a number.";
    static const char grouping[] = "The digits are not grouped in threes.";
    static const char missing[] = "A digit is missing after the decimal sign.";
    static const char decimals[] = "There are more decimals than are possible here.";
    static const char large[] = "The number is too large.";
    static const struct {
        const char *text;
        const struct number_style *style;
        int exponent;
        const char *wrong;
    } rows[] = {
        {"", &english, 2, nothing},
        {"   ", &english, 2, nothing},
        {"-", &english, 2, nothing},
        {"abc", &english, 2, strange},
        {"12k", &english, 2, strange},
        {"1e3", &english, 2, strange},
        {"0x10", &english, 2, strange},
        {"- 3", &english, 2, strange},
        {"--3", &english, 2, strange},
        {"3-", &english, 2, strange},
        {"1 234", &english, 2, strange},
        {"1,234", &bare, 2, strange},
        {"1.2.3", &english, 2, strange},
        {"1.234,5", &english, 3, strange},
        {"１２３．５", &english, 2, strange}, /* a full-width stop is no decimal sign */
        {"1\xFF", &english, 2, strange},
        {"\xC2", &english, 2, strange},
        {"12\xE2\x80", &english, 2, strange},
        {"१२", &english, 2, strange}, /* other scripts are not numbers to count money by */
        {"12,34", &english, 2, grouping},
        {"1,2345", &english, 2, grouping},
        {"1234,567", &english, 2, grouping},
        {"12,34,567", &english, 2, grouping},
        {",123", &english, 2, grouping},
        {"1,,234", &english, 2, grouping},
        {"1,234,", &english, 2, grouping},
        {"1,234٬567", &english, 2, grouping},
        {"0,123", &english, 2, grouping}, /* somebody means a decimal comma */
        {".", &english, 2, missing},
        {"5.", &english, 2, missing},
        {"1,234.", &english, 2, missing},
        {"1.234", &english, 2, decimals},
        {"0.001", &english, 2, decimals},
        {"1.5", &english, 0, decimals},
        {"1,234", &german, 2, decimals},
        {"9223372036854775808", &english, 0, large},
        {"-9223372036854775809", &english, 0, large},
        {"92233720368547758.08", &english, 2, large},
        {"99999999999999999999999999999999", &english, 0, large},
        {"10", &english, 18, large},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;
        const char *wrong = decimal_read(rows[i].text, strlen(rows[i].text), rows[i].exponent,
                                         rows[i].style, &value);
        assert_non_null(wrong);
        assert_string_equal(wrong, rows[i].wrong);
        assert_int_equal(value, 77);
    }
    int64_t value = 77;
    assert_string_equal(decimal_read(NULL, 0, 2, &english, &value), nothing);
    assert_string_equal(decimal_read("1\0002", 3, 2, &english, &value), strange);
}

/* A second opinion from a regular expression. */
static bool looks_like_a_number(const regex_t *shape, const char *text, int64_t *ret_value)
{
    regmatch_t match[4];
    if (regexec(shape, text, 4, match, 0) != 0)
        return false;
    char digits[64] = {0};
    size_t count = 0;
    for (const char *at = text; *at != '\0' && *at != '.'; at++) {
        if (strchr("-0123456789", *at) != NULL)
            digits[count++] = *at;
    }
    const char *dot = strchr(text, '.');
    for (int place = 0; place < 2; place++) {
        bool given = dot != NULL && dot[1] >= '0' && dot[1] <= '9';
        digits[count++] = given ? *++dot : '0';
    }
    *ret_value = strtoll(digits, NULL, 10);
    return true;
}

static void reading_agrees_with_a_regular_expression(void **state)
{
    (void)state;
    static const char alphabet[] = "000123456789,,,..-+ x";
    struct prng prng = {10};
    regex_t shape;
    int numbers = 0;
    assert_int_equal(regcomp(&shape,
                             "^ *[-+]?(([0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+)(\\.[0-9]{1,2}0*)?"
                             "|\\.[0-9]{1,2}0*) *$",
                             REG_EXTENDED),
                     0);
    for (int i = 0; i < 300000; i++) {
        char text[16] = {0};
        size_t size = prng_below(&prng, 12);
        for (size_t k = 0; k < size; k++)
            text[k] = alphabet[prng_below(&prng, sizeof alphabet - 1)];
        int64_t expected = 0;
        int64_t value = 0;
        bool number = looks_like_a_number(&shape, text, &expected);
        assert_int_equal(decimal_read(text, size, 2, &english, &value) == NULL, number);
        assert_true(value == expected);
        numbers += number ? 1 : 0;
    }
    assert_true(numbers > 10000);
    regfree(&shape);
}

/* ---- writing ---- */

static void amounts_are_written_plain_and_grouped(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        int exponent;
        const char *plain;
        const char *grouped;
    } rows[] = {
        {0, 0, "0", "0"},
        {0, 2, "0.00", "0.00"},
        {5, 2, "0.05", "0.05"},
        {-5, 3, "-0.005", "-0.005"},
        {123450, 2, "1234.50", "1,234.50"},
        {-123450, 2, "-1234.50", "-1,234.50"},
        {999, 0, "999", "999"},
        {1000, 0, "1000", "1,000"},
        {100000, 2, "1000.00", "1,000.00"},
        {99999, 2, "999.99", "999.99"},
        {INT64_MAX, 0, "9223372036854775807", "9,223,372,036,854,775,807"},
        {INT64_MIN, 0, "-9223372036854775808", "-9,223,372,036,854,775,808"},
        {INT64_MIN, 18, "-9.223372036854775808", "-9.223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[MONEY_TEXT_MAX];
        assert_int_equal(decimal_write(rows[i].value, rows[i].exponent, text),
                         strlen(rows[i].plain));
        assert_string_equal(text, rows[i].plain);
        assert_int_equal(money_write(rows[i].value, rows[i].exponent, text),
                         strlen(rows[i].grouped));
        assert_string_equal(text, rows[i].grouped);
    }
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    struct prng prng = {11};
    for (int i = 0; i < 200000; i++) {
        int64_t value = prng_int64(&prng);
        int exponent = (int)prng_below(&prng, 19);
        char text[MONEY_TEXT_MAX];
        int64_t again = 0;
        size_t size = decimal_write(value, exponent, text);
        assert_null(decimal_read(text, size, exponent, NULL, &again));
        assert_true(again == value);
        size = money_write(value, exponent, text);
        assert_int_equal(size, strlen(text));
        again = 0;
        assert_null(decimal_read(text, size, exponent, &english, &again));
        assert_true(again == value);
    }
}

/* The same amount in another style and with the digits of other scripts. */
static size_t rewritten(const char *text, const struct number_style *style, struct prng *prng,
                        char *out)
{
    static const char *const digits[] = {"0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹",
                                         "０１２３４５６７８９"};
    static const size_t widths[] = {1, 2, 2, 3};
    size_t size = 0;
    for (; *text != '\0'; text++) {
        size_t script = prng_below(prng, 4);
        if (*text == ',' || *text == '.') {
            out[size++] = *text == ',' ? style->group : style->decimal;
        } else if (*text == '-') {
            memcpy(out + size, "−", 3);
            size += 3;
        } else {
            size_t width = widths[script];
            memcpy(out + size, digits[script] + (size_t)(*text - '0') * width, width);
            size += width;
        }
    }
    return size;
}

static void every_script_and_style_means_the_same(void **state)
{
    (void)state;
    static const struct number_style *const styles[] = {&english, &german, &french, &swiss};
    struct prng prng = {12};
    for (int i = 0; i < 50000; i++) {
        int64_t value = prng_int64(&prng);
        int64_t again = 0;
        int exponent = (int)prng_below(&prng, 4);
        const struct number_style *style = styles[prng_below(&prng, 4)];
        char text[MONEY_TEXT_MAX];
        char other[4 * MONEY_TEXT_MAX];
        money_write(value, exponent, text);
        size_t size = rewritten(text, style, &prng, other);
        assert_null(decimal_read(other, size, exponent, style, &again));
        assert_true(again == value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_have_the_decimals_that_are_in_use),
        cmocka_unit_test(unknown_codes_are_not_found),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(sums_are_checked),
        cmocka_unit_test(a_line_is_quantity_times_price),
        cmocka_unit_test(a_line_stays_below_the_largest_amount),
        cmocka_unit_test(lines_agree_with_paper),
        cmocka_unit_test(rates_agree_with_paper),
        cmocka_unit_test(splits_give_the_largest_remainders_first),
        cmocka_unit_test(bad_weights_are_refused),
        cmocka_unit_test(splits_add_up_and_agree_with_the_slow_way),
        cmocka_unit_test(numbers_are_read_as_people_write_them),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(reading_agrees_with_a_regular_expression),
        cmocka_unit_test(amounts_are_written_plain_and_grouped),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(every_script_and_style_means_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
