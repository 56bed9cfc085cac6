#pragma once
/*
 * Customers of a file who may be somebody else of it, or of the ledger: another code, and the same
 * folded name or the same telephone. Only named here; what becomes of them, people say.
 */
#include "import/look.h"

#include <stdbool.h>
#include <stdint.h>

struct tefter;

enum { DOUBLES_ASKED_MAX = 5000 }; /* customers that the ledger is asked about */

struct double_found {
    uint64_t line;
    uint64_t other_line; /* 0: of the ledger */
    struct slice label;  /* the name, as it stands in the row */
    struct slice name;   /* the other one's, with code and telephone */
    struct slice code;
    struct slice phone;
    bool by_phone; /* else by name */
};

/* False: nobody need be told of more. */
typedef bool doubles_fn(void *context, const struct double_found *found);

/* A debt that may be booked a second time: the customer stands there before, with no number that
 * tells the two apart, and of the same day or of none. */
struct debt_found {
    uint64_t line;
    uint64_t other_line;
    struct slice customer; /* their code */
    struct slice amount;   /* as it stands there */
    struct slice other;    /* likewise, of the line before */
};
typedef bool debts_fn(void *context, const struct debt_found *found);
/* Among the rows of a file of balances, which it reads once more. */
bool debts_find(const struct look *look, struct source *source, debts_fn *each, void *context,
                struct failure *failure);

/* Reads the rows once more. Client NULL: only among themselves. */
bool doubles_find(struct tefter *client, const struct look *look, struct source *source,
                  doubles_fn *each, void *context, struct failure *failure);
