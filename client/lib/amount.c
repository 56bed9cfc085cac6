#include "base/text.h"
#include "lib/tefter.h"

static const struct number_style typed_style = {'.', ','};

static size_t trimmed_size(const char *text)
{
    size_t size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    return size;
}

/* k: 3, m: 6; the letter is taken off. */
static int suffix_digits(const char *text, size_t *size)
{
    char last = *size == 0 ? '\0' : text[*size - 1];
    int digits = last == 'k' || last == 'K' ? 3 : last == 'm' || last == 'M' ? 6 : 0;
    if (digits > 0)
        (*size)--;
    return digits;
}

/* A point with exactly three digits behind it: elsewhere that is how thousands are written. Behind
 * a lone zero it is plain. */
static bool is_unclear(const char *text, size_t size)
{
    const char *point = memrchr(text, '.', size);
    if (point == NULL)
        return false;
    char digits[8];
    size_t before = (size_t)(point - text);
    size_t behind = size - before - 1;
    bool zero = before > 0 && point[-1] == '0' && (before == 1 || point[-2] == '-');
    return !zero && text_digits(point + 1, behind, digits, sizeof(digits)) == 3;
}

/* "2,5": in many places that is two and a half. */
static const char comma_help[] =
    "A comma parts thousands, as in 1,500. Write a point before a part: 2.5.";

static const char *read_typed(const char *text, int exponent, bool point_is_clear, int64_t most,
                              int64_t *ret_value)
{
    int64_t value = 0;
    size_t size = trimmed_size(text);
    int more = suffix_digits(text, &size);
    if (!point_is_clear && is_unclear(text, size))
        return "Three digits after a point are unclear: write 1500 or 1,500 for thousands, 1.5 or "
               "1.5000 for a part.";
    const char *wrong = decimal_read(text, size, exponent + more, &typed_style, &value);
    if (wrong != NULL)
        return memchr(text, ',', size) == NULL ? wrong : comma_help;
    if (value > most || value < -most)
        return "This is more than any single amount may be.";
    *ret_value = value;
    return NULL;
}

const char *amount_read(const char *text, const struct currency *currency,
                        int64_t *ret_amount_minor)
{
    return read_typed(text, currency->exponent, currency->exponent >= 3, MONEY_MAX,
                      ret_amount_minor);
}

const char *price_read(const char *text, const struct currency *currency, int64_t *ret_price)
{
    return read_typed(text, currency->exponent + 3, currency->exponent >= 3, 1000 * MONEY_MAX,
                      ret_price);
}

const char *quantity_read(const char *text, int64_t *ret_quantity)
{
    return read_typed(text, 3, false, MONEY_MAX, ret_quantity);
}
