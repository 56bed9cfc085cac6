#pragma once
/*
 * Derived rows against facts, both ways: what follows from each fact must stand in the state, and
 * what stands there must follow from a fact. Inside of ledger; check.c walks the facts of customers
 * and hands them in, so that each is read once. One row and one fact in memory at a time.
 */
#include "tx/tx.h"

enum { DERIVED_WHAT_MAX = 200, DERIVED_LATE_MAX = 256 };

/* A serial number that stands with no invoice although a live one has it. Right only if a later
 * sale of the same piece, one that had already happened, took its row and was reversed. */
struct derived_late {
    struct key key;
    uint64_t seq; /* of the live one */
    bool explained;
};

struct derived {
    struct tx *tx;               /* a scratch one */
    char what[DERIVED_WHAT_MAX]; /* the first row that differs, in words; empty: none so far */
    struct derived_late *late;   /* DERIVED_LATE_MAX of them */
    size_t late_count;
};

/* Each returns false once a row differs. */
bool derived_customer(struct derived *derived, const Tefter__CustomerRecord *customer);
bool derived_document(struct derived *derived, const Tefter__DocumentRecord *document,
                      const Tefter__DocumentTailRecord *tail);
bool derived_item(struct derived *derived, const Tefter__ItemRecord *item);
/* The rest, when all customers were handed in: facts that are no customer's, and the way back. */
bool derived_finish(struct derived *derived);

/* A total that is not what the postings sum to; missing: it is not there at all. */
bool derived_total(struct derived *derived, const struct key *key, bool missing, int64_t kept,
                   int64_t counted);
