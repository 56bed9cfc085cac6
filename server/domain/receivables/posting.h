#pragma once
/*
 * Postings: each document that moves money writes balanced postings, debit positive, credit
 * negative; the books are their running totals by account, sub-account and branch.
 *
 * Invariants: 1 the postings of a document sum to zero. 2 the sum of all totals is zero.
 */
#include "tx/tx.h"
#include "view.pb-c.h"

/* A list of postings being made, in the arena. */
struct postings {
    Tefter__Posting *items[8];
    size_t count;
};

void posting_add(struct tx *tx, struct postings *postings, Tefter__PostingAccount account,
                 uint32_t sub, int64_t amount_minor, uint32_t branch);
/* Hands them to a document. */
void posting_set(struct tx *tx, const struct postings *postings, Tefter__DocumentRecord *document);

/* Would these fit into the totals? Else AMOUNT_TOO_BIG. */
Tefter__Refusal *posting_check(struct tx *tx, const Tefter__DocumentRecord *document);
/* Adds a document's postings to the totals. sign -1 takes them back. */
void posting_book(struct tx *tx, const Tefter__DocumentRecord *document, int sign);
/* Moves an amount between two accounts of a branch. */
void posting_move(struct tx *tx, Tefter__PostingAccount from, Tefter__PostingAccount to,
                  uint32_t sub, uint32_t branch, int64_t amount_minor);

Tefter__Refusal *view_books(struct tx *tx, const Tefter__Books *query, Tefter__BooksAnswer *answer);
