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

/* A point with exactly three digits behind it: elsewhere that is how thousands are written. */
static bool is_unclear(const char *text, size_t size, int exponent)
{
    const char *point = memrchr(text, '.', size);
    if (point == NULL || exponent >= 3)
        return false;
    char digits[8];
    size_t behind = size - (size_t)(point - text) - 1;
    return text_digits(point + 1, behind, digits, sizeof(digits)) == 3;
}

const char *amount_read(const char *text, const struct currency *currency,
                        int64_t *ret_amount_minor)
{
    int64_t value = 0;
    size_t size = trimmed_size(text);
    int more = suffix_digits(text, &size);
    if (is_unclear(text, size, currency->exponent))
        return "three digits after a point are unclear: write 1500 or 1,500 or 1.5k";
    const char *wrong = decimal_read(text, size, currency->exponent + more, &typed_style, &value);
    if (wrong != NULL)
        return wrong;
    if (value > MONEY_MAX || value < -MONEY_MAX)
        return "this is more than any single amount may be";
    *ret_amount_minor = value;
    return NULL;
}
