#pragma once
/*
 * Papers of A4 from what the ledger answers: invoices, receipts and credit notes by their number,
 * statements and confirmations of balance by customer; written as PDF or PNG (client/paper) in the
 * customer's language. The program tefter-paper, which `tefter paper` starts.
 *
 *   writing.c     amounts, days and words for a reader
 *   shop.c        whose paper it is, for whom, how to pay
 *   bill.c        an invoice, a credit note, a receipt
 *   statement.c   movements of a customer; what they owe, to be confirmed
 *   documents.c   what was asked for → a file
 *
 * Blocking; one thread.
 */
#include "cli/cli.h"

/* `tefter paper` at work: a verb's function. */
int documents_paper(struct run *run);
