#pragma once
/*
 * What happens to a document afterwards: any is reversed; an invoice or payment is corrected, which
 * is a reversal and a new one in one command; a slip is confirmed or never came. Nothing is ever
 * changed or deleted, but for words about a person who is to be forgotten. Life cycles and
 * invariants stand at the head of each file.
 */
#include "domain/entity/entity.h"

Tefter__Refusal *apply_reverse_document(struct tx *tx, const Tefter__ReverseDocument *command,
                                        Tefter__Done *done);
/* Would it put cash into a till, or take it out? */
bool reversal_moves_cash(struct tx *tx, const Tefter__ReverseDocument *command);
Tefter__Refusal *apply_confirm_payment(struct tx *tx, const Tefter__ConfirmPayment *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_correct_invoice(struct tx *tx, const Tefter__CorrectInvoice *command,
                                       Tefter__Done *done);
Tefter__Refusal *apply_erase_customer(struct tx *tx, const Tefter__EraseCustomer *command,
                                      Tefter__Done *done);
bool erase_words_step(struct tx *tx, Tefter__JobRecord *job); /* a job */
Tefter__Refusal *apply_correct_payment(struct tx *tx, const Tefter__CorrectPayment *command,
                                       Tefter__Done *done);
