/* What a scanner gives, and how much a label stands for. */
#include "base/check.h"

#include <string.h>

#include "base/prng.h"
#include "lib/tefter.h"

static bool reads(const char *scanned, const char *code, enum barcode_holds holds, int64_t value)
{
    struct barcode_reading readings[BARCODE_READINGS_MAX];
    size_t count = barcode_read(scanned, readings);
    assert_true(count <= BARCODE_READINGS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(readings[i].code, code) == 0)
            return readings[i].holds == holds && readings[i].value == value;
    }
    return false;
}

static void an_article_is_found_by_each_form_of_its_number(void **state)
{
    (void)state;
    struct barcode_reading readings[BARCODE_READINGS_MAX];
    assert_true(reads("4006381333931", "4006381333931", BARCODE_ARTICLE, 0));
    assert_true(reads("036000291452", "0036000291452", BARCODE_ARTICLE, 0)); /* UPC as EAN */
    assert_true(reads("0036000291452", "036000291452", BARCODE_ARTICLE, 0));
    assert_true(reads("04006381333931", "4006381333931", BARCODE_ARTICLE, 0));
    assert_true(reads("96385074", "96385074", BARCODE_ARTICLE, 0)); /* EAN-8 */
    assert_true(reads("۴۰۰۶۳۸۱۳۳۳۹۳۱", "4006381333931", BARCODE_ARTICLE, 0));
    assert_int_equal(barcode_read("4006381333932", readings), 0); /* a wrong check digit */
    assert_int_equal(barcode_read("CEM40", readings), 0);
    assert_int_equal(barcode_read("1234567", readings), 0);
    assert_int_equal(barcode_read("", readings), 0);
    assert_int_equal(barcode_read("400638133393100000000", readings), 0);
}

static void a_label_holds_a_weight_or_a_price(void **state)
{
    (void)state;
    assert_true(reads("2112345012346", "2112345WWWWWC", BARCODE_WEIGHT, 1234));
    assert_true(reads("2112345012346", "2112345PPPPPC", BARCODE_PRICE, 1234));
    assert_true(reads("2112345012346", "2112345VWWWWC", BARCODE_WEIGHT, 1234));
    assert_true(reads("2112345012346", "211234WWWWWWC", BARCODE_WEIGHT, 501234));
    assert_true(reads("212345012345", "212345WWWWWC", BARCODE_WEIGHT, 1234));
    assert_false(reads("4006381333931", "4006381WWWWWC", BARCODE_WEIGHT, 33393));
}

static void a_price_becomes_a_quantity_that_comes_out(void **state)
{
    (void)state;
    int64_t quantity = 0;
    int64_t price = 0;
    assert_true(barcode_price_line(500, 1000000, 0, &quantity, &price)); /* 5.00 at 10.00 a kilo */
    assert_int_equal(quantity, 500);
    assert_int_equal(price, 1000000);
    assert_false(barcode_price_line(500, 0, 0, &quantity, &price));
    assert_false(barcode_price_line(0, 1000, 0, &quantity, &price));
    struct prng prng = {3};
    for (int i = 0; i < 100000; i++) {
        int64_t total = (int64_t)prng_below(&prng, 99999) + 1;
        int64_t of_kilo = ((int64_t)prng_below(&prng, 20000) + 100) * 1000;
        int64_t amount = 0;
        if (!barcode_price_line(total, of_kilo, 0, &quantity, &price))
            fail_msg("%lld at %lld", (long long)total, (long long)of_kilo);
        assert_true(money_line(quantity, price, &amount));
        assert_int_equal(amount, total);
    }
}

static void a_label_says_what_the_customer_pays_with_tax(void **state)
{
    (void)state;
    int64_t quantity = 0;
    int64_t price = 0;
    int64_t net = 0;
    int64_t tax = 0;
    assert_true(barcode_price_line(1200, 1000000, 2000, &quantity, &price));
    assert_true(money_line(quantity, price, &net) && money_rate(net, 2000, &tax));
    assert_int_equal(net, 1000);
    assert_int_equal(net + tax, 1200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_article_is_found_by_each_form_of_its_number),
        cmocka_unit_test(a_label_holds_a_weight_or_a_price),
        cmocka_unit_test(a_price_becomes_a_quantity_that_comes_out),
        cmocka_unit_test(a_label_says_what_the_customer_pays_with_tax),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
