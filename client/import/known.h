#pragma once
/*
 * Which customers and products the ledger is known to have, so that each is made once and a line
 * need not repeat its product's name. A memory only: what it forgets is made again, and the
 * server answers that it is there.
 */
#include "import/entry.h"
#include "import/names.h"

struct known {
    struct names customers;
    struct names products; /* the value: digest of the name */
    struct names taxes;    /* of products; the value: the rate */
    struct groups groups;
    struct names branches; /* by code and by name; the value: its number */
    uint64_t branch;       /* where this device writes */
    bool branches_learned; /* else nobody was asked, and any will do */
};

void known_fini(struct known *known); /* zeroed memory knows nobody */

void known_product(struct known *known, struct slice code, struct slice name);
void known_set_tax(struct known *known, struct slice code, uint32_t rate_bp);
/* 0: none. */
uint32_t known_tax(const struct known *known, struct slice code);

/* Marks what of an invoice has to be made first (`make`), and which lines bear their product's own
 * name. */
void known_mark(struct known *known, struct entry *entry, bool make);
