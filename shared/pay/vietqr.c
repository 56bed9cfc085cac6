/*
 * EMVCo's merchant-presented text as NAPAS has it: each element is two digits that name it, two of
 * its length, and its value, which may be elements again.
 */
#include "base/money.h"
#include "pay/inside.h"
#include "pay/pay.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BANK_LENGTH = 6,
    ACCOUNT_LENGTH = 19,
    TEXT_LENGTH = 25,
    PAYEE_SIZE = 40,
    ELEMENT_SIZE = 100
};
#define AMOUNT_MOST INT64_C(9999999999999) /* of thirteen digits */

uint16_t emvco_crc(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint32_t crc = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        crc ^= (uint32_t)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    return (uint16_t)crc;
}

/* Puts an element at the end; the bounds of all values keep them within their room. */
static void put(char *out, size_t room, const char *tag, const char *value)
{
    size_t used = strlen(out);
    (void)snprintf(out + used, room - used, "%s%02zu%s", tag, strlen(value), value);
}

static bool is_bank(const char *bank)
{
    return strlen(bank) == BANK_LENGTH && strspn(bank, "0123456789") == BANK_LENGTH;
}

static bool is_account(const char *account)
{
    size_t size = 0;
    for (; account[size] != '\0'; size++) {
        char letter = account[size];
        if (!is_digit(letter) && !is_large(letter) && !(letter >= 'a' && letter <= 'z'))
            return false;
    }
    return size >= 1 && size <= ACCOUNT_LENGTH;
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

enum pay_field vietqr_write(const struct vietqr_payment *payment, char out[VIETQR_SIZE])
{
    char payee[PAYEE_SIZE] = "", account[ELEMENT_SIZE] = "", more[PAYEE_SIZE] = "";
    char amount[MONEY_TEXT_MAX];
    char whole[VIETQR_SIZE] = "";
    const char *text = text_of(payment->text);
    if (!is_bank(text_of(payment->bank)))
        return PAY_BANK;
    if (!is_account(text_of(payment->account)))
        return PAY_ACCOUNT;
    if (payment->amount < 0 || payment->amount > AMOUNT_MOST)
        return PAY_AMOUNT;
    if (!is_ascii(text) || !text_fits(text, 0, TEXT_LENGTH))
        return PAY_TEXT;
    put(payee, sizeof payee, "00", payment->bank);
    put(payee, sizeof payee, "01", payment->account);
    put(account, sizeof account, "00", "A000000727"); /* NAPAS */
    put(account, sizeof account, "01", payee);
    put(account, sizeof account, "02", payment->card ? "QRIBFTTC" : "QRIBFTTA");
    put(whole, sizeof whole, "00", "01");
    put(whole, sizeof whole, "01", payment->once ? "12" : "11");
    put(whole, sizeof whole, "38", account);
    put(whole, sizeof whole, "53", "704"); /* the dong in ISO 4217 */
    if (payment->amount > 0) {
        (void)decimal_write(payment->amount, 0, amount);
        put(whole, sizeof whole, "54", amount);
    }
    put(whole, sizeof whole, "58", "VN");
    if (text[0] != '\0') {
        put(more, sizeof more, "08", text);
        put(whole, sizeof whole, "62", more);
    }
    /* the digits are the last element, whose name and length they are of too */
    size_t used = strlen(whole);
    (void)snprintf(whole + used, sizeof whole - used, "6304");
    (void)snprintf(whole + used + 4, sizeof whole - used - 4, "%04" PRIX16,
                   emvco_crc(whole, used + 4));
    memcpy(out, whole, strlen(whole) + 1);
    return PAY_FINE;
}
