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

/* What the file says of a customer and the ledger says otherwise, as the command that changes it
 * (nothing of it set: nothing is different); `why` says it to people. What the file leaves empty
 * is no difference. Texts are the entry's. */
void compare_customer(const struct entry *entry, const Tefter__CustomerRecord *there,
                      struct arena *arena, Tefter__ChangeCustomer *ret_change, char why[WHY_MAX]);
/* The limit: true when the file has none, or the one that is the customer's own. */
bool compare_limit(const struct entry *entry, const Tefter__CustomerCardAnswer *there,
                   const struct currency *currency, char why[WHY_MAX]);
/* The groups that the file has them in and the ledger has not; their number, the names in `why`. */
size_t compare_groups(const struct entry *entry, const Tefter__CustomerRecord *there,
                      const struct groups *groups, uint32_t ret_missing[GROUPS_OF_ROW_MAX],
                      char why[WHY_MAX]);
/* Who pays for them: true when the file says nobody, or the same. */
bool compare_payer(const struct entry *entry, const Tefter__CustomerRow *there, char why[WHY_MAX]);
/* A group's terms. */
void compare_terms(const struct entry *entry, const struct group_known *there,
                   const struct currency *currency, char why[WHY_MAX]);
void compare_product(const struct entry *entry, const Tefter__ProductRecord *there,
                     const struct currency *currency, struct arena *arena,
                     Tefter__ChangeProduct *ret_change, char why[WHY_MAX]);
