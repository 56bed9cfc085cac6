#pragma once
/*
 * The texts of payment QR codes, which a bank's app reads into a filled-in transfer: the EPC's of
 * euro countries (EPC069-12) and VietQR, Vietnam's form of EMVCo's. Used by papers, screens and
 * pages; drawing the code is theirs.
 *
 * Each standard bounds each element. What is out of its bounds is refused by name and never cut: a
 * payment with half a reference finds no bill. Texts are UTF-8 with a NUL, the caller's; NULL and
 * "" are the same: nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is refused. */
enum pay_field {
    PAY_FINE,
    PAY_BIC,
    PAY_NAME,
    PAY_IBAN,
    PAY_AMOUNT,
    PAY_PURPOSE,
    PAY_REFERENCE,
    PAY_TEXT,
    PAY_INFORMATION,
    PAY_BANK,
    PAY_ACCOUNT,
    PAY_WHOLE, /* each is fine, all together are too long */
};

/* ---- EPC069-12: SEPA credit transfer in euro ---- */

/* The code is drawn with error correction level M, at most version 13: so much fits. */
enum { EPC_SIZE = 331 + 1 };

/* Lengths in characters, not bytes. */
struct epc_payment {
    const char *bic;         /* of the payee's bank, 8 or 11; needed only where one of the two banks
                                is outside the European Economic Area */
    const char *name;        /* the payee, 1..70 */
    const char *iban;        /* theirs; blanks and small letters welcome */
    int64_t amount_minor;    /* cents, 1 .. 99999999999; 0: the payer fills it in */
    const char *purpose;     /* a code of ISO 20022 as "GDDS", 1..4 large letters and digits */
    const char *reference;   /* 1..35; one that begins with RF is of ISO 11649 and right */
    const char *text;        /* 1..140, instead of a reference */
    const char *information; /* from payee to payer, 1..70; it does not travel with the payment */
};
/* Writes the text of the code; anything but PAY_FINE leaves out as it was. */
enum pay_field epc_write(const struct epc_payment *payment, char out[EPC_SIZE]);

/* Letters and digits of an IBAN without blanks, in large letters, its check digits right. */
enum { IBAN_MAX = 34 };
bool iban_read(const char *text, char out[IBAN_MAX + 1]);

/* ---- VietQR: EMVCo, merchant-presented, over NAPAS ---- */

enum { VIETQR_SIZE = 256 };

struct vietqr_payment {
    const char *bank;    /* its BIN with NAPAS, six digits */
    const char *account; /* 1..19 letters and digits: an account, or the number of a card */
    bool card;
    bool once;        /* made for this payment ("dynamic"); else it may be paid again ("static"),
                         as one on a wall */
    int64_t amount;   /* dong, 1 .. 9999999999999; 0: the payer fills it in */
    const char *text; /* what it is for, 1..25 of ASCII: banks carry no other letters */
};
/* As epc_write. */
enum pay_field vietqr_write(const struct vietqr_payment *payment, char out[VIETQR_SIZE]);

/* CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF; of "123456789" it is 0x29B1. The four
 * hexadecimal digits at the end of an EMVCo text are that of all before them. */
uint16_t emvco_crc(const void *data, size_t size);
