#pragma once
/*
 * Files that banks give their customers: camt.052, .053 and .054 of ISO 20022, MT940 and MT942 of
 * SWIFT, OFX 1 and 2, and tables (CSV, XLSX). Bytes in, statements out; needs no server.
 *
 * A bank's file is not to be trusted: it may be cut, damaged, enormous or hostile. What is read is
 * whole: an entry that cannot be read exactly is left out, and a finding says which one and why; a
 * file that passes a bound is refused as a whole. Nothing of it is corrected in silence.
 *
 *   struct bank_reader *reader = bank_reader_create(&options, &failure);
 *   while (more) good = bank_reader_put(reader, piece, &failure);
 *   const struct bank_file *file = bank_reader_end(reader, &failure);
 *   …
 *   bank_reader_destroy(reader);
 *
 * How the pieces are cut changes nothing of what is read. A table or ZIP is kept in a file without
 * a name until its end; a workbook is unpacked in a process of its own, as the import does it.
 */
#include "base/bytes.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/money.h"
#include "import/import.h"
#include "words/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every size that a file decides has a bound. */
enum {
    BANK_FILE_MAX = 256 * 1024 * 1024,   /* bytes of a file; of a ZIP, unpacked */
    BANK_MEMORY_MAX = 512 * 1024 * 1024, /* that what is read of it takes */
    BANK_STATEMENTS_MAX = 20000,
    BANK_ENTRIES_MAX = 500000,    /* of a file, all statements together */
    BANK_PARTS_MAX = 100000,      /* that one batch entry is made of */
    BANK_FINDINGS_MAX = 2000,     /* that are kept; `findings_more` counts the others */
    BANK_FIELD_MAX = 420,         /* bytes of a name, an account, a reference: 140 letters */
    BANK_TEXT_MAX = 2000,         /* bytes of a text that goes with a payment */
    BANK_DEPTH_MAX = 48,          /* elements within each other */
    BANK_ELEMENT_MAX = 8 * 1024,  /* bytes of an element or line: texts are cut, tags refused */
    BANK_DETAILS_MAX = 16 * 1024, /* bytes of one field of an MT940 */
    BANK_MEMBERS_MAX = 1000,      /* files in a ZIP */
    BANK_COLUMNS_MAX = 64,
    BANK_HEADER_ROWS_MAX = 60, /* rows in which a table's header is looked for */
    BANK_SAID_MAX = 1000,      /* bytes of a finding as a sentence */
};

/* ---- what a file holds ---- */

enum bank_form { BANK_UNKNOWN, BANK_CAMT, BANK_MT940, BANK_OFX, BANK_TABLE, BANK_FORMS };

/* Amounts are in minor units of their currency, exact: credits (money in) above 0, debits below. */
struct bank_money {
    char code[CURRENCY_CODE_SIZE]; /* ISO 4217; "": the file does not say */
    int exponent;                  /* decimals of the minor unit; 2 where code is not known here */
};

enum bank_balance_kind {
    BANK_BALANCE_NONE,    /* the file has none */
    BANK_BALANCE_BOOKED,  /* of the statement's whole time */
    BANK_BALANCE_INTERIM, /* of a page of it: another one goes on from here */
};

struct bank_balance {
    enum bank_balance_kind kind;
    int64_t minor;
    uint32_t day; /* DATE_NONE: not said */
};

/* One movement of an account. Texts are UTF-8 of one line without what nobody sees (sight.h),
 * "" where the file says nothing, never NULL. */
struct bank_entry {
    uint64_t line;   /* of the file, from 1, where it begins; of a table, its row */
    uint32_t number; /* of the statement's entries as the file counts them, from 1 */
    uint32_t part;   /* of a batch that was split, from 1; 0: the entry is whole. The parts have */
    uint32_t parts;  /* the batch's number and stand one behind the other; so many */
    uint32_t booked; /* day of booking, as in base/date.h; never DATE_NONE */
    uint32_t value;  /* day from which it counts for interest; never DATE_NONE */
    int64_t minor;
    struct bank_money money; /* nearly always the statement's */
    bool pending;            /* announced, not booked: counts in no balance */
    bool reversal;           /* takes back an earlier entry; `minor` has the sign that it has now */
    bool returned;           /* a payment that came back: `reason` says why */
    bool duplicate;          /* account, reference, amount and day are those of an earlier one */
    const char *code;        /* what the bank calls this kind of entry: "NTRF", "CHECK" */
    const char *reference;   /* the bank's own, one for each entry */
    const char *end_to_end;  /* of who gave the order, for who gets the money */
    const char *instruction; /* of who gave the order, for their bank */
    const char *mandate;     /* of a direct debit */
    const char *cheque;      /* its number */
    const char *creditor_reference; /* structured: ISO 11649 "RF…", or a national one */
    const char *text;               /* what who paid wrote; else what the bank adds */
    const char *name;               /* who paid, of a debit who was paid */
    const char *account;            /* theirs: IBAN or another number */
    const char *reason;             /* of a return: "AC06" */
};

struct bank_statement {
    uint64_t line;       /* where it begins */
    const char *account; /* IBAN or another number, as written but for blanks; "": not said */
    const char *id;      /* the bank's, of this statement */
    const char *number;  /* of its sequence: "17", "17/2" */
    struct bank_money money;
    struct bank_balance opening;
    struct bank_balance closing;
    uint32_t from; /* days that it is of; where it does not say so, those of what it holds */
    uint32_t until;
    const struct bank_entry *entries; /* in the file's order */
    size_t count;
    uint32_t numbered; /* entries that the file has, those that were left out too */
    /* Sums of what is booked, in the statement's currency; counts are of `entries`. */
    int64_t credits_minor;
    int64_t debits_minor; /* 0 or less */
    uint32_t pending;
    uint32_t left_out;
    bool complete;     /* its end was there; else nothing of it should be booked */
    bool checked;      /* there are two balances to check it by, */
    int64_t off_minor; /* and closing − (opening + booked entries): 0 when it balances */
};

enum bank_finding_kind {
    /* of the file */
    BANK_NO_BANK_FILE,    /* none that is read here; text: what it looks like */
    BANK_NO_STATEMENT,    /* nothing in it */
    BANK_DOCTYPE,         /* refused: declares entities, as no bank does */
    BANK_DAMAGED,         /* not well-formed from this line on; text: how */
    BANK_CUT,             /* ends in the middle */
    BANK_TOO_LARGE,       /* text: which bound it passes; nothing of it is kept */
    BANK_LETTERS,         /* is no UTF-8; text: the encoding it was read in */
    BANK_SAYS,            /* the bank's own message of a failure in `text` */
    BANK_COLUMN_WANTED,   /* of a table: which column is `text`? */
    BANK_COLUMN_UNKNOWN,  /* there is no column `text` */
    BANK_DATES_UNCLEAR,   /* day or month first? text: an example */
    BANK_NUMBERS_UNCLEAR, /* thousands or decimals? text: an example */
    BANK_NOT_SHOWN,       /* of a workbook: rows or columns that are hidden; text: which */
    /* of a statement */
    BANK_NO_ACCOUNT,
    BANK_OTHER_ACCOUNT,    /* not the one that was asked for */
    BANK_ACCOUNT_CHANGES,  /* within it; text: the second one */
    BANK_NO_CURRENCY,      /* read with two decimals */
    BANK_CURRENCY_UNKNOWN, /* likewise; text: the code */
    BANK_BALANCE_WRONG,    /* a balance that cannot be read; text */
    BANK_INCOMPLETE,       /* it ends without its closing */
    BANK_UNBALANCED,       /* by `minor` */
    BANK_UNCHECKED,        /* has not both balances */
    BANK_GAP,              /* opens `minor` away from where the account's statement before closed */
    BANK_DAYS_OUTSIDE,     /* `count` entries are not of its days; line: the first */
    BANK_SECURITIES,       /* movements of securities are not read; count */
    BANK_UNKNOWN_FIELD,    /* of MT940; text: its tag */
    /* of an entry that was left out */
    BANK_AMOUNT_MISSING,
    BANK_AMOUNT_WRONG,    /* no number, or of more decimals than the currency has; text */
    BANK_AMOUNT_NEGATIVE, /* where its sign stands apart from it; text */
    BANK_SIDE_MISSING,    /* credit or debit? */
    BANK_DAY_MISSING,
    BANK_DAY_WRONG,  /* there is no such day; text */
    BANK_LINE_WRONG, /* cannot be made out; text */
    /* of an entry that is there */
    BANK_OTHER_CURRENCY, /* than the statement's; text: the code. It is in no sum */
    BANK_PENDING,
    BANK_DUPLICATE,    /* of the one in line `count` */
    BANK_VALUE_MOVED,  /* 30 February, as banks count: read as that month's last day; text */
    BANK_BATCH_KEPT,   /* its parts come to `minor` and not to it: it stays one */
    BANK_TEXT_CUT,     /* something in it is longer than a bound */
    BANK_TEXT_UNSEEN,  /* characters that nobody sees were left out */
    BANK_BALANCE_RUNS, /* of a table: the balance beside it is off by `minor` */
    BANK_FINDINGS
};

struct bank_finding {
    enum bank_finding_kind kind;
    uint64_t line;      /* 0: none */
    uint32_t statement; /* index; BANK_NOWHERE: of the file as a whole */
    uint32_t number;    /* of the entry, as in bank_entry; 0: of none */
    uint64_t count;
    int64_t minor; /* in `money` */
    struct bank_money money;
    const char *text; /* "" or what stands there, of one line */
};
#define BANK_NOWHERE UINT32_MAX

/* Something is missing or contradicts itself: what it is of should not be booked as it stands. */
bool bank_finding_grave(enum bank_finding_kind kind);
const char *bank_finding_word(enum bank_finding_kind kind); /* "amount_wrong", for programs */
/* As a sentence that names the line; returns `out`. */
const char *bank_finding_say(const struct bank_finding *finding, enum language language,
                             char out[BANK_SAID_MAX]);

struct bank_file {
    enum bank_form form;
    const char *version; /* "camt.053.001.08", "MT942", "OFX 102", "XLSX" */
    const struct bank_statement *statements;
    size_t count;
    const struct bank_finding *findings; /* as they were met */
    size_t finding_count;
    size_t findings_more; /* beyond BANK_FINDINGS_MAX */
    bool grave;           /* some finding is, kept or not */
    bool refused;         /* nothing of it was read: the first finding says why */
};

const char *bank_form_word(enum bank_form form); /* "camt" */

/* ---- reading ---- */

/* Zeros: nothing is said. Texts are the caller's and outlive the reader. */
struct bank_options {
    const char *account;     /* whose file it should be: others are told */
    const char *currency;    /* of a file that does not say it */
    const char *columns;     /* of a table: "date=1,amount=Betrag": numbers from 1 or headings */
    enum import_dates dates; /* of a table */
    char decimal;            /* of a table: '.' or ','; 0: guessed */
    const char *sheet;       /* of a workbook; NULL: the first that is shown */
    const char *encoding;    /* of a text that is no UTF-8; NULL: guessed */
};

/* What --columns can name; NULL ends it. */
extern const char *const bank_columns[];

struct bank_reader;

/* NULL: no memory, or an option makes no sense (FAULT_USE). */
struct bank_reader *bank_reader_create(const struct bank_options *options, struct failure *failure);
/* False: the machine has no memory or disk left. What is wrong with the file is a finding. */
bool bank_reader_put(struct bank_reader *reader, struct slice bytes, struct failure *failure);
/* After the last piece, once. What it gives lives as long as the reader. NULL as above. */
const struct bank_file *bank_reader_end(struct bank_reader *reader, struct failure *failure);
void bank_reader_destroy(struct bank_reader *reader); /* NULL welcome */

/* Puts a whole file, "-" is standard input, and ends. NULL: it cannot be opened or read. */
const struct bank_file *bank_reader_file(struct bank_reader *reader, const char *path,
                                         struct failure *failure);
