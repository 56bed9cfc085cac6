#pragma once
/*
 * Is what stands in the ledger under a number, or a code, the same as what the file says? Pure.
 */
#include "base/money.h"
#include "import/entry.h"
#include "view.pb-c.h"

/* A document of the same number. True: it is this one. False: `why` says what is different, both
 * values named. A reversed one is not this one. */
bool compare_document(const struct entry *entry, const Tefter__DocumentAnswer *there,
                      const struct currency *currency, char why[WHY_MAX]);

/* ---- what the file says and the ledger says otherwise ----
 * Each adds to entry->differs; what the file leaves empty is no difference. */

/* As the command that changes it: nothing of it set, nothing is different. Texts are the entry's.
 */
void compare_customer(struct entry *entry, const Tefter__CustomerRecord *there, struct arena *arena,
                      Tefter__ChangeCustomer *ret_change);
/* The limit: true when the file has none, or the one that is the customer's own. */
bool compare_limit(struct entry *entry, const Tefter__CustomerCardAnswer *there,
                   const struct currency *currency);
/* The groups that the file has them in and the ledger has not; their number. */
size_t compare_groups(struct entry *entry, const Tefter__CustomerRecord *there,
                      const struct groups *groups, uint32_t ret_missing[GROUPS_OF_ROW_MAX]);
/* Who pays for them: true when the file says nobody, or the same. */
bool compare_payer(struct entry *entry, const Tefter__CustomerRow *there);
/* A group's terms. */
void compare_terms(struct entry *entry, const struct group_known *there,
                   const struct currency *currency);
void compare_product(struct entry *entry, const Tefter__ProductRecord *there,
                     const struct currency *currency, struct arena *arena,
                     Tefter__ChangeProduct *ret_change);

/* "phone 111, the file has 333; area none, the file has South" */
void differences_text(const struct differences *differs, char out[WHY_MAX]);
/* "A: phone 111 -> 333, area none -> South" */
enum { CHANGES_TEXT_MAX = 600 };
void changes_text(const struct differences *differs, char out[CHANGES_TEXT_MAX]);
