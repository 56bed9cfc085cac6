/*
 * EPC069-12: elements in a fixed order, one a line. Those behind the last one that is used are left
 * out, line feed and all.
 */
#include "base/money.h"
#include "base/reference.h"
#include "pay/inside.h"
#include "pay/pay.h"

#include <stdio.h>

enum {
    NAME_LENGTH = 70,
    PURPOSE_LENGTH = 4,
    REFERENCE_LENGTH = 35,
    TEXT_LENGTH = 140,
    INFORMATION_LENGTH = 70,
    EURO_DECIMALS = 2,
    IBAN_HEAD = 4, /* the country and two check digits */
    UTF8_BYTES = 4,
    /* of all elements at their longest, line feeds and the fixed ones */
    WHOLE_BYTES =
        UTF8_BYTES * (NAME_LENGTH + REFERENCE_LENGTH + TEXT_LENGTH + INFORMATION_LENGTH) + 200,
};
#define AMOUNT_MOST INT64_C(99999999999)

bool iban_read(const char *text, char out[IBAN_MAX + 1])
{
    char iban[IBAN_MAX + 1];
    char head[IBAN_HEAD + 1];
    size_t size = 0;
    for (; *text != '\0'; text++) {
        char letter = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
        if (letter == ' ')
            continue;
        bool fits = size < 2   ? is_large(letter)
                    : size < 4 ? is_digit(letter)
                               : is_large(letter) || is_digit(letter);
        if (!fits || size == IBAN_MAX)
            return false;
        iban[size++] = letter;
    }
    iban[size] = '\0';
    if (size <= IBAN_HEAD)
        return false;
    /* 98 less the remainder, which is 02 to 98: of 00, 01 and 99 the remainder is 1 too */
    (void)snprintf(head, sizeof head, "%.2s00", iban);
    unsigned check = 98 - mod97(mod97(0, iban + IBAN_HEAD), head);
    if (iban[2] != (char)('0' + check / 10) || iban[3] != (char)('0' + check % 10))
        return false;
    memcpy(out, iban, size + 1);
    return true;
}

/* ISO 9362: four of the institution, two of the country, two of the place, three of a branch. */
static bool is_bic(const char *bic)
{
    size_t size = strlen(bic);
    for (size_t i = 0; i < size; i++)
        if (!is_large(bic[i]) && (i == 4 || i == 5 || !is_digit(bic[i])))
            return false;
    return size == 8 || size == 11;
}

static bool is_purpose(const char *purpose)
{
    size_t size = strspn(purpose, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return purpose[size] == '\0' && size <= PURPOSE_LENGTH;
}

/* Of ISO 11649, or one that a country has of its own. */
static bool is_reference(const char *reference)
{
    char rf[RF_SIZE];
    if (strncmp(reference, "RF", 2) == 0)
        return rf_read(reference, strlen(reference), rf) && strcmp(reference, rf) == 0;
    return text_fits(reference, 0, REFERENCE_LENGTH);
}

enum pay_field epc_write(const struct epc_payment *payment, char out[EPC_SIZE])
{
    char iban[IBAN_MAX + 1];
    char amount[MONEY_TEXT_MAX] = "";
    char whole[WHOLE_BYTES];
    const char *bic = text_of(payment->bic);
    const char *purpose = text_of(payment->purpose);
    const char *reference = text_of(payment->reference);
    const char *text = text_of(payment->text);
    const char *information = text_of(payment->information);
    if (bic[0] != '\0' && !is_bic(bic))
        return PAY_BIC;
    if (!text_fits(text_of(payment->name), 1, NAME_LENGTH))
        return PAY_NAME;
    if (!iban_read(text_of(payment->iban), iban))
        return PAY_IBAN;
    if (payment->amount_minor < 0 || payment->amount_minor > AMOUNT_MOST)
        return PAY_AMOUNT;
    if (!is_purpose(purpose))
        return PAY_PURPOSE;
    if (!is_reference(reference))
        return PAY_REFERENCE;
    if (!text_fits(text, 0, TEXT_LENGTH) || (text[0] != '\0' && reference[0] != '\0'))
        return PAY_TEXT;
    if (!text_fits(information, 0, INFORMATION_LENGTH))
        return PAY_INFORMATION;
    if (payment->amount_minor > 0)
        (void)decimal_write(payment->amount_minor, EURO_DECIMALS, amount);
    /* Version 001 wants the BIC, and apps of any age read it; 002 may leave it out. 1 is UTF-8. */
    int written =
        snprintf(whole, sizeof whole, "BCD\n%s\n1\nSCT\n%s\n%s\n%s\n%s%s\n%s\n%s\n%s\n%s",
                 bic[0] != '\0' ? "001" : "002", bic, payment->name, iban,
                 amount[0] != '\0' ? "EUR" : "", amount, purpose, reference, text, information);
    size_t size = (size_t)written;
    while (whole[size - 1] == '\n')
        size--;
    if (size >= EPC_SIZE)
        return PAY_WHOLE;
    memcpy(out, whole, size);
    out[size] = '\0';
    return PAY_FINE;
}
