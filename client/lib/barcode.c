/*
 * Codes as a scanner gives them. A label of a scale is an EAN-13 that begins with 2, or a UPC-A
 * that does, and holds a weight or a price: 21 12345 01234 C. In the catalogue its product has the
 * barcode with letters where those digits stand: 2112345WWWWWC for grams, 2112345PPPPPC for a
 * price, with V for a digit that checks the price.
 */
#include "base/fold.h"
#include "base/text.h"
#include "lib/tefter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GTIN_MIN = 8, GTIN_MAX = 14, EAN = 13, UPC = 12 };

/* The last digit makes threefold and single digits a multiple of ten. */
static bool checks(const char *digits, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += (unsigned)(digits[size - 1 - i] - '0') * (i % 2 == 0 ? 1 : 3);
    return sum % 10 == 0;
}

struct found {
    struct barcode_reading *readings;
    size_t count;
};

static void put(struct found *found, enum barcode_holds holds, int64_t value, const char *begin,
                size_t begin_size, const char *behind)
{
    struct barcode_reading *reading = &found->readings[found->count++];
    reading->holds = holds;
    reading->value = value;
    (void)snprintf(reading->code, sizeof reading->code, "%.*s%s", (int)begin_size, begin, behind);
}

/* `item` digits name the product, `value` digits before the last one are what it holds. */
static void put_label(struct found *found, const char *digits, size_t size, size_t item,
                      size_t value)
{
    char text[GTIN_MAX + 1];
    char behind[GTIN_MAX + 1];
    bool checked = item + value + 2 == size;
    (void)snprintf(text, sizeof text, "%.*s", (int)value, digits + size - 1 - value);
    for (int i = 0; i < 2; i++) {
        memset(behind, i == 0 ? 'W' : 'P', sizeof behind);
        if (checked)
            behind[0] = 'V';
        behind[value + (checked ? 1 : 0)] = 'C';
        behind[value + (checked ? 2 : 1)] = '\0';
        put(found, i == 0 ? BARCODE_WEIGHT : BARCODE_PRICE, strtoll(text, NULL, 10), digits, item,
            behind);
    }
}

size_t barcode_read(const char *text, struct barcode_reading ret_readings[BARCODE_READINGS_MAX])
{
    char digits[GTIN_MAX + 2];
    struct found found = {.readings = ret_readings};
    size_t size = text_digits(text, strlen(text), digits, sizeof digits);
    if (size != text_length(text, strlen(text)) || size < GTIN_MIN || size > GTIN_MAX ||
        !checks(digits, size))
        return 0;
    digits[size] = '\0';
    put(&found, BARCODE_ARTICLE, 0, digits, size, "");
    if (size == UPC) /* the same article as an EAN */
        put(&found, BARCODE_ARTICLE, 0, "0", 1, digits);
    if (size > UPC && digits[0] == '0')
        put(&found, BARCODE_ARTICLE, 0, digits + 1, size - 1, "");
    if (size == EAN && digits[0] == '2') {
        put_label(&found, digits, size, 7, 5);
        put_label(&found, digits, size, 7, 4);
        put_label(&found, digits, size, 6, 6);
    }
    if (size == UPC && digits[0] == '2') {
        put_label(&found, digits, size, 6, 5);
        put_label(&found, digits, size, 6, 4);
    }
    return found.count;
}

/* value x of / by, half up; all above 0. */
static int64_t share(int64_t value, int64_t of, int64_t by)
{
    return (int64_t)(((__int128)value * of + by / 2) / by);
}

/* Without its tax; what a label says is what the customer pays. */
static int64_t net_of(int64_t total_minor, uint32_t tax_bp)
{
    int64_t net = share(total_minor, BASIS_POINTS, BASIS_POINTS + (int64_t)tax_bp);
    for (int64_t try = net - 1; try <= net + 1; try++) {
        int64_t tax = 0;
        if (money_rate(try, tax_bp, &tax) && try + tax == total_minor)
            return try;
    }
    return net;
}

bool barcode_price_line(int64_t total_minor, int64_t price, uint32_t tax_bp, int64_t *ret_quantity,
                        int64_t *ret_price)
{
    const int64_t line_scale = (int64_t)QUANTITY_UNIT * 1000;
    int64_t amount = 0;
    int64_t net = net_of(total_minor, tax_bp);
    if (total_minor <= 0 || price <= 0)
        return false;
    *ret_quantity = share(net, line_scale, price);
    *ret_quantity += *ret_quantity == 0 ? 1 : 0; /* a gram at least */
    *ret_price = price;
    if (money_line(*ret_quantity, price, &amount) && amount == net)
        return true;
    *ret_price = share(net, line_scale, *ret_quantity);
    return money_line(*ret_quantity, *ret_price, &amount) && amount == net;
}
