#pragma once
/*
 * What the files of this folder share: the record of a money account.
 */
#include "domain/payments/payments.h"

const Tefter__MoneyAccountRecord *money_account_get(struct tx *tx, uint32_t account);
