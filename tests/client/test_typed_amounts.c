/* What people type for an amount, a price, a quantity, and what it must mean. */
#include "base/check.h"

#include <string.h>

#include "base/prng.h"
#include "lib/tefter.h"

#define MONEY(code_, exponent_, sign_, habit_)                                                     \
    {                                                                                              \
        .code = (code_), .exponent = (exponent_), .sign = (sign_), .habit = (habit_)               \
    }
static const struct currency vnd = MONEY("VND", 0, "₫", HABIT_VIETNAMESE);
static const struct currency vnd_en = MONEY("VND", 0, "₫", HABIT_ENGLISH);
static const struct currency eur = MONEY("EUR", 2, "€", HABIT_ENGLISH);
static const struct currency eur_el = MONEY("EUR", 2, "€", HABIT_GREEK);
static const struct currency cny = MONEY("CNY", 2, "¥", HABIT_CHINESE);
static const struct currency irr = MONEY("IRR", 0, "﷼", HABIT_PERSIAN);
static const struct currency irr_old = MONEY("IRR", 2, "﷼", HABIT_ENGLISH);
static const struct currency irt = MONEY("IRT", 1, "تومان", HABIT_PERSIAN);
static const struct currency kwd = MONEY("KWD", 3, "د.ك", HABIT_ENGLISH);
static const struct currency jpy = MONEY("JPY", 0, "¥", HABIT_ENGLISH);

static const struct {
    const char *text;
    const struct currency *currency;
    int64_t minor;
} good[] = {
    /* Vietnamese */
    {"500.000", &vnd, 500000},
    {"500.000", &vnd_en, 500000},
    {"1.500.000", &vnd, 1500000},
    {"1,500,000", &vnd, 1500000},
    {"500.000đ", &vnd, 500000},
    {"500.000 ₫", &vnd, 500000},
    {"500k", &vnd, 500000},
    {"1500K", &vnd, 1500000},
    {"1.500k", &vnd, 1500000},
    {"1tr", &vnd, 1000000},
    {"1tr5", &vnd, 1500000},
    {"1tr250", &vnd, 1250000},
    {"1tr05", &vnd, 1050000},
    {"1,5tr", &vnd, 1500000},
    {"1.5tr", &vnd, 1500000},
    {"1.5 triệu", &vnd, 1500000},
    {"3 TRIỆU 200 nghìn", &vnd, 3200000},
    {"2 tỷ 3", &vnd, 2300000000},
    {"2 tỉ", &vnd, 2000000000},
    {"2 tỷ 300 triệu", &vnd, 2300000000},
    {"2ty3", &vnd, 2300000000},
    {"50 ngàn", &vnd, 50000},
    {"100 000", &vnd, 100000},
    {"100\u00A0000 VND", &vnd, 100000},
    /* Chinese */
    {"3.5万", &cny, 3500000},
    {"3万5", &cny, 3500000},
    {"3万5千", &cny, 3500000},
    {"1.2亿", &cny, 12000000000},
    {"2千", &cny, 200000},
    {"1,234.56元", &cny, 123456},
    {"￥１２０", &cny, 12000},
    {"80块", &cny, 8000},
    {"3萬", &cny, 3000000},
    /* Persian */
    {"۵۰۰ هزار", &irr, 500000},
    {"۱۲٬۵۰۰٬۰۰۰", &irr, 12500000},
    {"۱۲/۵ میلیون", &irr, 12500000},
    {"۱۲٫۵ میلیون", &irr, 12500000},
    {"۵ میلیون و ۲۰۰ هزار", &irr, 5200000},
    {"۲ میلیارد ریال", &irr, 2000000000},
    {"٥٠٠ هزار", &irr, 500000},
    {"۵۰۰ هزار تومان", &irr, 5000000},
    {"500 هزار ريال", &irr, 500000},
    {"1.5 toman", &irr, 15},
    {"150000 toman", &irr_old, 150000000},
    {"۵۰۰ هزار", &irt, 5000000}, /* who counts in toman */
    {"۵۰۰ هزار تومان", &irt, 5000000},
    {"۵۰۰ هزار ریال", &irt, 500000},
    {"۱۵ ریال", &irt, 15},
    {"۱٫۵", &irt, 15},
    /* Greek */
    {"1.234,50", &eur_el, 123450},
    {"1.234", &eur_el, 123400},
    {"1.234.567", &eur_el, 123456700},
    {"1234,5", &eur_el, 123450},
    {"2 χιλ.", &eur_el, 200000},
    {"2,5 χιλιάδες ευρώ", &eur_el, 250000},
    {"1,2 εκ.", &eur_el, 120000000},
    {"50 €", &eur_el, 5000},
    /* English, and all */
    {"1,234.50", &eur, 123450},
    {"1.234,50", &eur, 123450},
    {"1,234", &eur, 123400},
    {"12,50", &eur, 1250},
    {"12.5", &eur, 1250},
    {"12.500,00", &eur, 1250000},
    {"€50", &eur, 5000},
    {"EUR 50", &eur, 5000},
    {"50 euro", &eur, 5000},
    {"2m", &eur, 200000000},
    {"2m5", &eur, 250000000},
    {"1m 200k", &eur, 120000000},
    {"2.5k", &eur, 250000},
    {"1 thousand", &eur, 100000},
    {"1'234.50", &eur, 123450},
    {"1’234.50", &eur, 123450},
    {"100 000.5", &eur, 10000050},
    {"0.50", &eur, 50},
    {".5", &eur, 50},
    {"0", &eur, 0},
    {" 7 ", &eur, 700},
    {"-4", &eur, -400},
    {"−4", &eur, -400},
    {"+4", &eur, 400},
    {"１２.５", &eur, 1250},
    {"1.234", &kwd, 1234},
    {"1,234", &kwd, 1234000},
    {"1.234", &jpy, 1234},
    {"90000000000.00", &irr_old, 9000000000000},
    {"9000000000000", &irr, 9000000000000},
};

static void amounts_mean_what_people_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        int64_t minor = -99;
        const char *wrong = amount_read(good[i].text, good[i].currency, &minor, why);
        if (wrong != NULL || minor != good[i].minor)
            fail_msg("%s %s: %lld, %s", good[i].text, good[i].currency->code, (long long)minor,
                     wrong == NULL ? "read" : wrong);
    }
}

static const struct {
    const char *text;
    const struct currency *currency;
    const char *says;
} unclear[] = {
    {"1.234", &eur,
     "This can be 1,234, or 1.234 with more decimals than are possible here: write 1234 for the "
     "first."},
    {"1.500", &eur, "This can be 1,500 or 1.500: write 1500 for the first, 1.50 for the other."},
    {"12.500", &eur, "12,500 or 12.500: write 12500"},
    {"1,234", &eur_el, "1,234, or 1.234 with more decimals than are possible here: write 1234"},
    {"1.500k", &eur,
     "This can be 1,500k or 1.500k: write 1500k for the first, 1.5k for the other."},
    {"2.000m", &eur, "write 2000m for the first, 2m for the other."},
    {"1.234k", &eur, "write 1234k for the first, 1.2340k for the other."},
    {"12.340 tr", &vnd_en, "write 12340 tr for the first, 12.34 tr for the other."},
    {"1,500 tr", &vnd, "write 1500 tr for the first, 1.5 tr for the other."},
    {"3万500", &cny, "unclear what follows \"万\""},
    {"1m500", &eur, "unclear what follows \"m\""},
    {"0.5", &vnd, "no part of one"},
    {"12,50", &vnd, "no part of one"},
    {"12.505", &jpy, ""}, /* twelve thousand and more: there is no part of a yen */
    {"12.505,001", &eur, "more decimals"},
    {"12.5055", &eur, "more decimals"},
    {"1,23,456", &eur, "grouped in threes"},
    {"1.23.456", &vnd, "grouped in threes"},
    {"1.5.0", &eur, "grouped in threes"},
    {"0.123.456", &eur, "grouped in threes"},
    {"1,234.567.890", &eur, "grouped in threes"},
    {"100 00", &eur, "does not belong"},
    {"", &eur, "no number"},
    {" ", &eur, "no number"},
    {"k", &eur, "does not belong"},
    {"12x", &eur, "does not belong"},
    {"1e6", &eur, "does not belong"},
    {"5 USD", &eur, "does not belong"},
    {"5 toman", &eur, "does not belong"},
    {"1 500 kk", &eur, "does not belong"},
    {"5k 2m", &eur, "\"m\" does not stand behind \"k\"."},
    {"5k 5k", &eur, "does not stand behind"},
    {"--5", &eur, "does not belong"},
    {"5-", &eur, "does not belong"},
    {"99999999999m", &eur, "more than any"},
    {"9000000000001", &irr, "more than any"},
    {"99999999999999999999", &irr, "too large"},
    {"1,5 ریال", &irr, "no part of one"},
};

static void what_is_unclear_is_asked_with_both_readings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof unclear / sizeof unclear[0]; i++) {
        char why[AMOUNT_WHY_MAX] = "";
        int64_t minor = -99;
        const char *wrong = amount_read(unclear[i].text, unclear[i].currency, &minor, why);
        bool clear = unclear[i].says[0] == '\0';
        if ((wrong == NULL) != clear || (!clear && strstr(wrong, unclear[i].says) == NULL))
            fail_msg("%s %s: %lld, %s", unclear[i].text, unclear[i].currency->code,
                     (long long)minor, wrong == NULL ? "read" : wrong);
        assert_true(clear || minor == -99);
    }
}

/* Both of what is advised, typed. */
static void what_is_advised_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *other;
        const struct currency *currency;
        int64_t first_minor, other_minor;
    } advised[] = {
        {"1500k", "1.5k", &eur, 150000000, 150000},
        {"2000m", "2m", &eur, 200000000000, 200000000},
        {"1234k", "1.2340k", &eur, 123400000, 123400},
        {"12340 tr", "12.34 tr", &vnd_en, 12340000000, 12340000},
        {"1500 tr", "1.5 tr", &vnd, 1500000000, 1500000},
        {"1500", "1.50", &eur, 150000, 150},
    };
    for (size_t i = 0; i < sizeof advised / sizeof advised[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        int64_t minor = 0;
        assert_null(amount_read(advised[i].first, advised[i].currency, &minor, why));
        assert_int_equal(minor, advised[i].first_minor);
        assert_null(amount_read(advised[i].other, advised[i].currency, &minor, why));
        assert_int_equal(minor, advised[i].other_minor);
    }
}

static void a_finer_price_is_advised_with_all_its_decimals(void **state)
{
    (void)state;
    char why[AMOUNT_WHY_MAX];
    int64_t price = 0;
    assert_non_null(price_read("1.234", &eur, &price, why));
    assert_non_null(strstr(why, "write 1234 for the first, 1.2340 for the other."));
    assert_null(price_read("1.2340", &eur, &price, why));
    assert_int_equal(price, 123400);
}

static void quantities_are_read_as_a_scale_writes_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct currency *currency;
        int64_t quantity; /* 0: unclear */
    } typed[] = {
        {"1.250", &eur, 1250},      {"1.500", &eur, 0},    {"1.5000", &eur, 1500},
        {"1.333", &eur, 1333},      {"1.333", &eur_el, 0}, {"1,333", &eur_el, 1333},
        {"1,333", &eur, 1333000},   {"2.5", &eur, 2500},   {"2,5", &eur, 2500},
        {"2,5", &vnd, 2500},        {"0.333", &vnd, 333},  {"100", &vnd, 100000},
        {"1.500", &vnd, 0},         {"۲٫۵", &irr, 2500},   {"۲/۵", &irr, 2500},
        {"1.3333", &eur, 0},        {"12k", &eur, 0},      {"1 000", &eur, 1000000},
        {"1,000.5", &eur, 1000500}, {"5 €", &eur, 0},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        int64_t quantity = 0;
        const char *wrong = quantity_read(typed[i].text, typed[i].currency, &quantity, why);
        if ((wrong != NULL) != (typed[i].quantity == 0) || quantity != typed[i].quantity)
            fail_msg("%s: %lld, %s", typed[i].text, (long long)quantity,
                     wrong == NULL ? "read" : wrong);
    }
}

static void prices_have_finer_parts_than_amounts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const struct currency *currency;
        int64_t price; /* 0: unclear */
    } typed[] = {
        {"180.000", &vnd, 180000000}, {"92k", &vnd, 92000000},       {"8.50", &eur, 850000},
        {"8,5", &eur, 850000},        {"0.125", &eur, 12500},        {"1.2345", &eur, 123450},
        {"1.234", &eur, 0},           {"1.234", &eur_el, 123400000}, {"8.5", &vnd, 8500},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        char why[AMOUNT_WHY_MAX];
        int64_t price = 0;
        const char *wrong = price_read(typed[i].text, typed[i].currency, &price, why);
        if ((wrong != NULL) != (typed[i].price == 0) || price != typed[i].price)
            fail_msg("%s: %lld, %s", typed[i].text, (long long)price,
                     wrong == NULL ? "read" : wrong);
    }
}

/* Whatever is shown can be typed again, in every habit and with any number of decimals. */
static void what_is_written_is_read_as_the_same(void **state)
{
    (void)state;
    struct prng prng = {11};
    static const struct currency *const rows[] = {&vnd, &eur, &cny, &irr,
                                                  &irt, &kwd, &jpy, &irr_old};
    for (int round = 0; round < 200000; round++) {
        struct currency currency = *rows[prng_below(&prng, sizeof rows / sizeof rows[0])];
        currency.habit = (enum number_habit)prng_below(&prng, 5);
        char text[AMOUNT_TEXT_MAX];
        char said[128];
        char why[AMOUNT_WHY_MAX];
        int64_t amount = prng_int64(&prng) % (MONEY_MAX + 1);
        int64_t again = -1;
        size_t size = amount_write(amount, &currency, text);
        assert_int_equal(size, strlen(text));
        const char *wrong = amount_read(text, &currency, &again, why);
        if (wrong != NULL || again != amount)
            fail_msg("%s %s: %lld, then %lld, %s", text, currency.code, (long long)amount,
                     (long long)again, wrong == NULL ? "" : wrong);
        (void)money_sentence(amount, &currency, said, sizeof said);
        wrong = amount_read(said, &currency, &again, why);
        if (wrong != NULL || again != amount)
            fail_msg("%s: %s", said, wrong == NULL ? "" : wrong);
    }
}

static void amounts_are_shown_by_habit_and_unit(void **state)
{
    (void)state;
    char text[AMOUNT_TEXT_MAX];
    (void)amount_write(-123450, &eur_el, text);
    assert_string_equal(text, "-1.234,50");
    (void)amount_write(123450, &eur, text);
    assert_string_equal(text, "1,234.50");
    (void)amount_write(1500000, &vnd, text);
    assert_string_equal(text, "1.500.000");
    (void)amount_write(12345678, &irr, text);
    assert_string_equal(text, "۱۲٬۳۴۵٬۶۷۸");
    struct currency toman = currency_toman(&irr);
    (void)amount_write(12345670, &toman, text);
    assert_string_equal(text, "۱٬۲۳۴٬۵۶۷");
    (void)amount_write(12345678, &toman, text);
    assert_string_equal(text, "۱٬۲۳۴٬۵۶۷٫۸");
    assert_string_equal(toman.sign, "تومان");
}

static void percentages_are_read_in_every_script(void **state)
{
    static const struct {
        const char *text;
        uint32_t bp;
    } right[] = {{"5", 500},   {"5%", 500},   {"5.25%", 525},   {"7,5 %", 750},
                 {"%5", 500},  {"۱۰٪", 1000}, {"٪۱۰", 1000},    {"۵٫۲۵٪", 525},
                 {"5％", 500}, {"0%", 0},     {"1000%", 100000}};
    static const char *const wrong[] = {"", "%", "-1%", "5%%", "1000.01%", "1,234%", "five", "٪"};
    uint32_t bp;
    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        assert_null(percent_read(right[i].text, &bp));
        assert_int_equal(bp, right[i].bp);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_non_null(percent_read(wrong[i], &bp));
    assert_true(percent_is("۱۰٪") && percent_is("5％") && percent_is("%5"));
    assert_false(percent_is("5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_mean_what_people_mean),
        cmocka_unit_test(percentages_are_read_in_every_script),
        cmocka_unit_test(what_is_unclear_is_asked_with_both_readings),
        cmocka_unit_test(what_is_advised_is_taken),
        cmocka_unit_test(a_finer_price_is_advised_with_all_its_decimals),
        cmocka_unit_test(quantities_are_read_as_a_scale_writes_them),
        cmocka_unit_test(prices_have_finer_parts_than_amounts),
        cmocka_unit_test(what_is_written_is_read_as_the_same),
        cmocka_unit_test(amounts_are_shown_by_habit_and_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
