#pragma once
/* What selling and taking money share: places that are not said, and sales that are paid at once.
 */
#include "cli/cli.h"

#define PAID_HELP                                                                                  \
    N_("KIND[:AMOUNT][@ACCOUNT][#REFERENCE], paid now: cash:500k, pos:120@\"POS 1\"#8841, cash "   \
       "(the rest)")

/* A till, device or bank account by what people call it; NULL: the only one there is for this kind
 * of money. False: told. */
bool cash_place(struct run *run, Tefter__PaymentKind kind, const char *said, uint64_t *ret_place);

/* Is the sale paid at once? By --paid; and a sale to the cash customer, in cash, unless --unpaid,
 * --approval or --backfill says otherwise. */
bool cash_sale_is_paid(struct run *run, const Tefter__IssueInvoice *invoice);
/* The payments of a sale, by --paid. False: told. */
bool cash_parts(struct run *run, Tefter__SellPaid *sale);
/* Sells it so, and tells what was paid and the change. */
int cash_sell(struct run *run, Tefter__IssueInvoice *invoice);
