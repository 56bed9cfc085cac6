#pragma once
/*
 * Places money lies in: tills of a branch, the company's bank accounts, card devices tied to an
 * account.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

const Tefter__MoneyPlaceRecord *place_get(struct tx *tx, uint32_t place);

Tefter__Refusal *apply_add_till(struct tx *tx, const Tefter__AddTill *command, Tefter__Done *done);
Tefter__Refusal *apply_add_bank_account(struct tx *tx, const Tefter__AddBankAccount *command,
                                        Tefter__Done *done);
Tefter__Refusal *apply_add_pos_device(struct tx *tx, const Tefter__AddPosDevice *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_retire_money_place(struct tx *tx, const Tefter__RetireMoneyPlace *command,
                                          Tefter__Done *done);

Tefter__Refusal *view_money_places(struct tx *tx, const Tefter__MoneyPlaceList *query,
                                   Tefter__MoneyPlacesAnswer *answer);
