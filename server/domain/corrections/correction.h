#pragma once
/*
 * What happens to a document afterwards: a slip is confirmed or never came; any document is
 * reversed; an invoice or payment is corrected, which is a reversal and a new one in one command,
 * so that the credit check sees the net and matching follows.
 *
 * Nothing is ever changed or deleted: a reversal is a document of its own with the opposite
 * postings, and both know each other's number.
 */
#include "tx/tx.h"

Tefter__Refusal *apply_confirm_payment(struct tx *tx, const Tefter__ConfirmPayment *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_reverse_document(struct tx *tx, const Tefter__ReverseDocument *command,
                                        Tefter__Done *done);
Tefter__Refusal *apply_correct_invoice(struct tx *tx, const Tefter__CorrectInvoice *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_correct_payment(struct tx *tx, const Tefter__CorrectPayment *command,
                                       Tefter__Done *done);
