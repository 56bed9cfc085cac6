#pragma once
/*
 * One thing to import: a customer, a product, a payment, or a document with its lines; and the
 * rows of the file it came from, kept until it is known to be in the ledger, for the rejects file.
 * Everything of it lives in its arena.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "import/field.h"
#include "import/groups.h"
#include "import/reader.h"
#include "import/track.h"
#include "import/value.h"

enum entry_kind {
    ENTRY_CUSTOMER,
    ENTRY_PRODUCT,
    ENTRY_INVOICE,
    ENTRY_CREDIT_NOTE,
    ENTRY_PAYMENT,
    ENTRY_PRICE,
    ENTRY_GROUP,
    ENTRY_KINDS,
};

/* What became of one, from best to worst. */
enum outcome {
    OUTCOME_SENT,     /* it is in the ledger now */
    OUTCOME_CHANGED,  /* it was there with other words, and has these now */
    OUTCOME_THERE,    /* it was there already */
    OUTCOME_CONFLICT, /* its number is there with other contents; `why` */
    OUTCOME_REFUSED,  /* `why` */
    OUTCOME_LOST,     /* nobody knows; the import ends, and will send it again */
};

enum { ENTRY_BYTES_MAX = 8 * 1024 * 1024, LINE_EXPONENT = 6 };

struct entry_line {
    uint64_t line;    /* of the file */
    const char *code; /* NULL: a free line */
    const char *text; /* NULL: none */
    int64_t quantity;
    int64_t price;
    uint32_t discount_bp;   /* of the line, either this */
    int64_t discount_minor; /* or this */
    uint32_t tax_bp;
    int64_t net_minor;   /* without tax, as signed as quantity and price */
    int64_t total_minor; /* with discount and tax, likewise */
    int64_t said_minor;  /* what the row says that it comes to */
    bool has_said;
    bool new_product; /* nobody has met its code yet */
    bool named;       /* the text is the product's name: not sent again */
};

/* A bill that a payment pays. */
struct entry_bill {
    const char *number;
    int64_t amount_minor; /* 0: as much as is open */
};

/* What a document's type column says. */
enum entry_type { TYPE_UNSAID, TYPE_INVOICE, TYPE_CREDIT_NOTE };

struct entry_row {
    struct entry_row *next;
    uint64_t line;
    uint64_t digest; /* of its cells */
    size_t count;
    struct slice cells[]; /* as in the file */
};

/* What a field is in the ledger and what the file has, as people read both; there "": nothing. */
struct difference {
    enum import_field field;
    const char *what; /* its name in a sentence */
    const char *there;
    const char *here;
};

enum { DIFFERENCES_MAX = 20 };

struct differences {
    const char *label; /* what is different: a code, a name, a price with its list and unit */
    size_t count;
    struct difference rows[DIFFERENCES_MAX];
};

enum { MORE_FAULTS_MAX = 4 };
struct cell_fault {
    enum import_field field;
    const char *why;
};

struct entry {
    struct arena arena;
    enum entry_kind kind;
    uint64_t place;         /* its turn in the file */
    struct track_place end; /* behind its last row */
    uint64_t line;          /* of its first row */

    const char *texts[FIELD_COUNT]; /* of codes and lines of text; NULL: none */
    int64_t numbers[FIELD_COUNT];   /* of numbers, whole numbers and dates */
    bool has_number[FIELD_COUNT];
    struct entry_line *lines;
    size_t line_count;
    size_t line_room;
    uint32_t groups[GROUPS_OF_ROW_MAX]; /* of a customer */
    size_t group_count;
    struct entry_bill *bills;
    size_t bill_count;
    size_t bill_room;
    struct entry_row *rows;
    struct entry_row *last_row;
    uint64_t row_count;
    struct slice head[FIELD_COUNT]; /* the first row's cells of what all its rows must agree on */
    enum entry_type type;
    bool apart;            /* its rows do not follow each other */
    uint64_t repeats;      /* rows that are just like another one of it */
    uint64_t repeat_line;  /* the first of them, */
    uint64_t repeat_of;    /* and the one that it is like */
    int64_t first_amount;  /* the amounts of its rows: */
    uint64_t amounts;      /* how many there are, */
    bool amounts_differ;   /* and whether one is another than the first */
    uint32_t usual_tax_bp; /* of a new product whose row says none; 0: none */
    bool nothing;          /* a balance of 0: there is nothing to send */
    bool opening;          /* owed before these books, and no sale of theirs */

    __int128 exact;      /* sum of quantity x price, 10^-6 minor units, before any rounding */
    int64_t total_minor; /* as the file has it: below 0 for credit notes */
    bool of_nobody;      /* a document of the cash customer, */
    const char *paid;    /* and how it was paid when it was made; NULL: it was not */
    bool new_customer;
    bool renamed;        /* the customer's code is none, another stands for it */
    uint32_t free_lines; /* lines whose code is none */
    uint32_t cut_texts;  /* longer than the ledger takes */

    char why[WHY_MAX];                       /* rejected when not empty */
    uint64_t why_line;                       /* the row that is wrong; 0: all of it */
    enum import_field why_field;             /* whose cell it is; FIELD_NONE: not one alone */
    struct cell_fault more[MORE_FAULTS_MAX]; /* of other cells of that row */
    size_t more_count;
    uint32_t waiting;           /* the sink's: answers outstanding */
    uint32_t tries;             /* the sink's: that found no customer or product */
    bool probed;                /* the sink's: the ledger would take it */
    bool made_parties;          /* the sink's: its customer and products were sent, */
    bool made_customer;         /* and the customer is there by that */
    enum outcome outcome;       /* the sink's: the worst answer so far */
    struct differences differs; /* the sink's: from what is there already */
};

/* NULL without memory. */
struct entry *entry_create(const struct row *row);
void entry_destroy(struct entry *entry); /* NULL welcome */

/* Keeps the row. False: past the bound. */
bool entry_keep_row(struct entry *entry, const struct row *row);

/* A zeroed line; NULL past DOCUMENT_LINES_MAX or without room. */
struct entry_line *entry_add_line(struct entry *entry);

/* False without room. */
bool entry_add_bill(struct entry *entry, struct entry_bill bill);

/* Past the bound, or without room, it is left out. Texts are copied. */
void entry_add_difference(struct entry *entry, struct difference one);

/* The first reason stays. */
__attribute__((format(printf, 3, 4))) void entry_reject(struct entry *entry, uint64_t line,
                                                        const char *format, ...);
static inline bool entry_rejected(const struct entry *entry)
{
    return entry->why[0] != '\0';
}

/* The same of one cell: what is wrong with other cells of its row is kept beside the first reason,
 * so that whoever mends the row does it once. */
__attribute__((format(printf, 4, 5))) void entry_reject_cell(struct entry *entry, uint64_t line,
                                                             enum import_field field,
                                                             const char *format, ...);

/* A text in the entry's arena; NULL for an empty one, and rejected without room. */
const char *entry_text(struct entry *entry, struct slice text);
