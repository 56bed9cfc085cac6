#pragma once
/*
 * What a command moved of the figures that are summed up (totals.h): said by the entities as they
 * write, taken by the totals. Says nothing that the rows written do not say too, so the whole of
 * them can be said anew from the state (ledger_view_figures).
 */
#include <stdbool.h>
#include <stdint.h>

enum figure_kind {
    FIGURE_DAY,       /* branch stands on date */
    FIGURE_BILL,      /* what is open of a bill due on date: before, after */
    FIGURE_CREDIT,    /* of money or a credit note that was recorded at_ms, under seq: likewise */
    FIGURE_PAPER,     /* a paper of branch, dated so, came (sign 1) or was reversed (-1): after */
    FIGURE_ON_CREDIT, /* of such an invoice: what nothing paid as it was written */
    FIGURE_DISCOUNT,  /* a line of the invoice has so many basis points: after */
};

struct figure {
    enum figure_kind kind;
    uint32_t branch;
    uint32_t date;
    uint8_t paper; /* Tefter__DocumentKind */
    uint8_t money; /* Tefter__PaymentKind; 0: no payment */
    int8_t sign;
    uint64_t document;
    uint64_t seq;
    int64_t before;
    int64_t after;
    int64_t at_ms;
};

/* Of a customer's account, beside its row. */
struct figure_account {
    uint32_t customer;
    uint32_t branch; /* that opened it */
    int64_t balance_minor;
    int64_t over_minor; /* over the limit; 0: within */
    bool with_payer;    /* it is their payer's limit that is passed: that counts there */
};
