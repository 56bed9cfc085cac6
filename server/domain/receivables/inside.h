#pragma once
/*
 * What the files of this folder share: the account as matching works on it.
 */
#include "domain/receivables/receivables.h"

bool document_exists(struct tx *tx, uint64_t document);
uint32_t account_payer(struct tx *tx, uint32_t customer); /* 0: they have none */

/* The first open debits by due date, the first open credits by date, as the store has them, that
 * are not yet in `account` as closed. Walks that see what this command has changed. */
struct item *account_oldest_debit(struct tx *tx, struct account *account, struct item *after);
struct item *account_oldest_credit(struct tx *tx, struct account *account, struct item *after);

/* The records that are one customer, theirs first; only they, before RULE_MERGED_ARE_ONE. */
const uint32_t *account_records(struct tx *tx, const struct account *account, size_t *ret_count);
/* The first open credit behind `after` of all of them; those of others are saved with these. */
struct item *account_oldest_of_all(struct tx *tx, struct account *account, struct item *after);

/* The open bills of a payer and of all their sites, merged in that order: the first that is still
 * open, until it is passed over. */
struct family_bills;
struct family_bills *account_family_bills(struct tx *tx, struct account *payer);
struct item *account_first_bill(struct tx *tx, struct family_bills *bills);
void account_pass_bill(struct tx *tx, struct family_bills *bills, const struct item *bill);

/* The record alone. */
void account_put(struct tx *tx, const struct account *account);

/* What of an account is overdue follows its bills: known as it is opened, moved by each whose open
 * amount was `before`, and kept with its record. */
bool overdue_known(const Tefter__AccountRecord *record);
void overdue_move(struct tx *tx, struct account *account, const Tefter__ItemRecord *bill,
                  int64_t before);
void overdue_keep(struct tx *tx, struct account *account);

/* The match of that number with that other document, unless it has been undone; else NULL. */
Tefter__Match *item_match(const struct item *item, uint64_t match, uint64_t other);
/* Undoes one match, on both sides. */
void account_unmatch(struct tx *tx, struct item *item, Tefter__Match *match, uint32_t date);
