#pragma once
/* Inside client/documents: a paper in the making. Its texts are in the arena of the run, or the
 * answers that the run got. */
#include "documents/documents.h"
#include "documents/writing.h"
#include "paper/sheet.h"

struct making {
    struct run *run;
    struct reader reader;
    struct sheet sheet;
    bool spent; /* no memory */
};

/* ---- shop.c ---- */

const char *keep(struct making *making, const char *text); /* in the arena */
__attribute__((sentinel)) const char *say_kept(struct making *making, const char *message, ...);
const char *word_kept(struct making *making, const char *message);
const char *amount_kept(struct making *making, int64_t minor);
const char *day_kept(struct making *making, uint32_t date);
const char *number_kept(struct making *making, const char *number);
void add_line(struct sheet_lines *lines, const char *text); /* "" and NULL are none */
/* "a · b", of those that are there. */
const char *joined(struct making *making, const char *a, const char *b);

/* Language, direction, currency, shop and foot; record: whose language; NULL: the company's. */
bool making_begin(struct making *making, struct run *run, const Tefter__CustomerRecord *record);
void put_shop(struct making *making, uint32_t branch);
void put_party(struct making *making, const char *label, const char *name,
               const Tefter__CustomerRecord *record);
/* What is owed or was paid, large and in words. */
void put_box(struct making *making, const char *label, int64_t minor);
/* Accounts of the company, what --qr says or else a transfer of so much, and by which words the
 * money is known; shown: as that stands on paper, NULL: by the reader's digits. */
void put_ways_to_pay(struct making *making, const char *reference, const char *shown,
                     int64_t minor);
void put_sign(struct making *making, const char *label, bool ours);

/* ---- bill.c, statement.c: false: told already ---- */

bool bill_make(struct making *making, const Tefter__DocumentAnswer *answer);
struct span {
    uint32_t from;
    uint32_t to;
    bool ends; /* `to` was said */
};
bool statement_make(struct making *making, const char *customer, const struct span *span);
bool confirmation_make(struct making *making, const char *customer);
/* "ST-00017": a statement that the ledger made, and not one of its papers? */
bool is_told(const char *number);
/* ... as it was told. */
bool told_make(struct making *making, const char *number);
