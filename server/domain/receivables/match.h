#pragma once
/*
 * Matching: putting money and credit notes against bills. Works on open items only, so it stands
 * left of payments.
 *
 *   matched ──undone──▶ undone        (both sides are open again; the match is kept, marked)
 *
 * Invariants: 1 of no item more is matched than it holds. 2 both sides are of one customer. 3 a
 * match is dated no earlier than both documents.
 *
 * One act matches at most MATCH_PARTS_MAX pairs; what is left over stays open and is matched by
 * asking again.
 */
#include "domain/receivables/account.h"
#include "tx/tx.h"
#include "view.pb-c.h"

struct match_plan {
    struct account *account;
    Tefter__MatchRecord *record; /* its pairs */
    uint32_t date;
    int64_t matched_minor;
};

/* date: of the match. */
void match_begin(struct tx *tx, struct account *account, uint32_t date,
                 struct match_plan *ret_plan);
/* Matches one pair, amount as much as both have open when 0. Refuses, naming field: MATCH_TOO_MUCH
 * with available_minor (also when a side has nothing open), TOO_MANY. */
Tefter__Refusal *match_pair(struct tx *tx, struct match_plan *plan, struct item *debit,
                            struct item *credit, int64_t amount_minor, const char *field);
/* Spends a credit on open bills, oldest due first (tie: document). */
void match_oldest_due(struct tx *tx, struct match_plan *plan, struct item *credit);
/* The item of a bill (debit) or of money. Refuses, naming field: MATCH_OTHER_CUSTOMER (a document
 * of another), NOT_FOUND (none, or it moves no money), FIELD_INVALID (the other side). */
Tefter__Refusal *match_find(struct tx *tx, struct match_plan *plan, uint64_t document, bool debit,
                            const char *field, struct item **ret_item);
/* Writes the record when there is a pair, after the decided line; the account is saved by the
 * caller. */
void match_write(struct tx *tx, const struct match_plan *plan);

Tefter__Refusal *apply_match_items(struct tx *tx, const Tefter__MatchItems *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_undo_match(struct tx *tx, const Tefter__UndoMatch *command,
                                  Tefter__Done *done);

/* What MatchItems would do now, to the last unit: the same code without the writing. */
Tefter__Refusal *view_preview_match(struct tx *tx, const Tefter__PreviewMatch *query,
                                    Tefter__PreviewMatchAnswer *answer);
