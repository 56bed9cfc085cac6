#pragma once
/*
 * What the files of this folder share: the account as matching works on it.
 */
#include "domain/receivables/receivables.h"

bool document_exists(struct tx *tx, uint64_t document);

/* The first open debits by due date, the first open credits by date, as the store has them, that
 * are not yet in `account` as closed. Walks that see what this command has changed. */
struct item *account_oldest_debit(struct tx *tx, struct account *account, struct item *after);
struct item *account_oldest_credit(struct tx *tx, struct account *account, struct item *after);

/* The match of that number with that other document, unless it has been undone; else NULL. */
Tefter__Match *item_match(const struct item *item, uint64_t match, uint64_t other);
/* Undoes one match, on both sides. */
void account_unmatch(struct tx *tx, struct account *account, struct item *item,
                     Tefter__Match *match, uint32_t date);
