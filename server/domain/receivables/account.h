#pragma once
/*
 * A customer's account: what he owes as open items, and the sums the credit decision reads.
 *
 * An item is what of a document is still open: a debit (a bill) or a credit (money, a credit note).
 *
 *   open ──matched in part──▶ open ──matched whole──▶ closed ──unmatched──▶ open
 *     └────────────── its document reversed ───────────▶ closed, reversed
 *
 * Invariants:
 *   1  bills      = sum of open debits
 *   2  unmatched  = sum of open credits that are final
 *   3  waiting    = sum of open credits that are not final (a slip awaiting confirmation)
 *   4  uncleared  = sum of the matched part of credits that are not final
 *   5  balance    = bills - unmatched - waiting  = sum of his documents
 *   6  exposure   = bills + uncleared - unmatched: money that is not final frees nothing, matched
 *                   or not
 *   7  each match stands in both items with the same amount, and 0 <= open <= amount
 *
 * A command works on a copy in memory (account_open, then changes), which it drops when it
 * refuses and saves after the decided line (account_save). So looking and planning are one code
 * path with doing and previewing.
 */
#include "tx/tx.h"

/* A document's id is its key: customer 28 bits, date 16, ordinal 20. */
uint64_t document_id(uint32_t customer, uint32_t date, uint32_t ordinal);
uint32_t document_customer(uint64_t document);
uint32_t document_date(uint64_t document);
enum { DOCUMENT_ORDINAL_MAX = (1 << 20) - 1 };
struct key document_key(uint64_t document);

struct item {
    Tefter__ItemRecord *record;
    bool fresh; /* not in the store yet */
    bool changed;
    size_t room;     /* for matches; 0: the record's own list is full */
    struct key home; /* where the store has it */
    struct item *next;
};

struct account {
    uint32_t customer;
    Tefter__AccountRecord *record;
    struct item *items; /* those this command has looked at, in that order */
    struct item **end;
    uint32_t given_date; /* newest document number given by this command */
    uint32_t given_ordinal;
    struct account *next_open;
};

struct account *account_open(struct tx *tx, uint32_t customer);
/* Only the sums. */
const Tefter__AccountRecord *account_peek(struct tx *tx, uint32_t customer);
int64_t account_exposure(const Tefter__AccountRecord *record);

/* An id for a new document of that date; false when a day has too many. */
bool account_new_document(struct tx *tx, struct account *account, uint32_t date,
                          uint64_t *ret_document);

/* NULL: no such item (the document does not exist, or moves no money). */
struct item *account_item(struct tx *tx, struct account *account, uint64_t document);
struct item *account_add_item(struct tx *tx, struct account *account,
                              const Tefter__DocumentRecord *document, bool debit, bool final);

/* Matches amount of a debit with a credit; both have as much open. Dated the later of `date` and
 * both documents. The match's number is the command's seq. */
void account_match(struct tx *tx, struct account *account, struct item *debit, struct item *credit,
                   int64_t amount_minor, uint32_t date);
/* Something open, and room for one more match: MATCHES_PER_ITEM_MAX that are not undone and
 * MATCHES_KEPT_PER_ITEM_MAX in all; before RULE_UNDONE_MATCHES_ARE_FREE undone ones count. */
bool account_matchable(const struct tx *tx, const struct item *item);
/* Undoes one match, on both sides. */
void account_unmatch(struct tx *tx, struct account *account, struct item *item,
                     Tefter__Match *match, uint32_t date);
/* Undoes all and closes the item: its document is reversed. */
void account_reverse_item(struct tx *tx, struct account *account, struct item *item, uint32_t date);
/* Money that was awaited is there. */
void account_finalise(struct account *account, struct item *credit);

/* The first open debits by due date, the first open credits by date, as the store has them, that
 * are not yet in `account` as closed. Walks that see what this command has changed. */
struct item *account_oldest_debit(struct tx *tx, struct account *account, struct item *after);
struct item *account_oldest_credit(struct tx *tx, struct account *account, struct item *after);

/* Open debits whose due date is before `day`, the oldest `most` of them: their sum, the first due
 * date; as they stand in memory, so that an invoice being corrected does not speak against itself.
 */
int64_t account_overdue(struct tx *tx, const struct account *account, uint32_t day, size_t most,
                        uint32_t *ret_oldest_due);

/* Writes record and items; sets the last change and touches the row. */
void account_save(struct tx *tx, struct account *account, const Tefter__Event *event);

/* Is this amount within what a balance may hold? */
bool account_fits(const struct account *account, int64_t amount_minor);
