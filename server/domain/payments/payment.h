#pragma once
/*
 * Payments: cash at a till, card at a device, bank transfer, bank slip.
 *
 *   taken ──▶ open ──matched──▶ part ──▶ closed          final: cash, card, transfer
 *   slip:  taken, not final ──confirmed──▶ final          (correction.h: confirmed, or reversed)
 *
 * Money frees credit when it is final, matched or not. A slip lowers the balance, not the exposure,
 * until it is confirmed.
 */
#include "domain/org/branch.h"
#include "domain/party/customer.h"
#include "domain/receivables/account.h"
#include "domain/receivables/match.h"
#include "tx/tx.h"

struct payment_plan {
    Tefter__DocumentRecord *record;
    struct account *account;
    Tefter__CustomerRecord *customer;
    Tefter__BranchRecord *branch;
    struct item *item;
    struct match_plan match;
};

/* account: an open account to go on with, or NULL. corrects: the payment it replaces, or 0. */
Tefter__Refusal *payment_plan(struct tx *tx, const Tefter__TakePayment *command,
                              struct account *account, uint64_t corrects,
                              struct payment_plan **ret_plan);
void payment_post(struct tx *tx, struct payment_plan *plan, Tefter__Event *ret_event);
void payment_done(const struct payment_plan *plan, Tefter__Done *done);

/* A slip's or provider's reference, free again when the payment is reversed. */
void payment_forget_reference(struct tx *tx, const Tefter__DocumentRecord *record);

Tefter__Refusal *apply_take_payment(struct tx *tx, const Tefter__TakePayment *command,
                                    Tefter__Done *done);
