#pragma once
/*
 * The import: groups, customers, products, price lists, invoices, credit notes, opening balances
 * and payments from a file (text in columns, or a spreadsheet) into the ledger, by way of any
 * server a client is connected to. `tefter import KIND FILE …` is import_main.
 *
 * What it does, in order: looks at a sample of the file and finds out how it is written; shows
 * that, and asks what is unclear; reads all of it once and sends nothing, to see which rows make
 * one document and what they come to; then gathers, checks and sends document by document, and
 * writes what is rejected beside the file. Of the file it keeps some bytes for each document.
 * An import can be run again: a document that is there already changes nothing.
 */
#include "base/fault.h"
#include "base/usage.h"
#include "words/words.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct tefter;

enum import_kind {
    IMPORT_CUSTOMERS,
    IMPORT_PRODUCTS,
    IMPORT_INVOICES,
    IMPORT_PAYMENTS,
    IMPORT_CREDIT_NOTES,
    IMPORT_BALANCES, /* what each customer owed on a day */
    IMPORT_PRICES,   /* of price lists */
    IMPORT_GROUPS,   /* of customers, with their terms */
    IMPORT_KINDS_COUNT,
};

/* How the days of a date stand: which comes first. */
enum import_dates { DATES_GUESS, DATES_YMD, DATES_DMY, DATES_MDY };

/* What an amount that stands in each row of a document is. */
enum import_amounts { AMOUNTS_GUESS, AMOUNTS_LINE, AMOUNTS_DOCUMENT };

/* Tax of lines and of new products, when the file has no column for it. */
enum import_tax { TAX_UNSAID, TAX_NONE, TAX_PRODUCT, TAX_RATE };

/* What a plain number in a column of discounts or taxes is: 0.24 %, 24 % written as a part of 1, or
 * 0.24 in money. */
enum import_rates { RATES_UNSAID, RATES_PERCENT, RATES_SHARE, RATES_AMOUNT };

/* Rows and columns of a workbook that are not shown. */
enum import_hidden { HIDDEN_ASK, HIDDEN_READ, HIDDEN_SKIP };

enum { IMPORT_SETS_MAX = 32, IMPORT_TERM_NONE = -1 };

/* As the command line gives it. Texts are the caller's and live as long as the import. NULL, 0 and
 * false: not said; `import_settings_init` makes that, import_settings_read fills it from flags. */
struct import_settings {
    enum import_kind kind;
    const char *file;                  /* "-": standard input; of an undo, the source */
    const char *map;                   /* "number=InvoiceNo,date=InvoiceDate" */
    const char *map_file;              /* lines `field = Column name`, # comments */
    const char *sets[IMPORT_SETS_MAX]; /* "source=online-retail": the same in every row */
    uint32_t set_count;
    const char *const *columns; /* NULL, or for each column its field as --map names it, */
    size_t column_count;        /* "" for none; then nothing is guessed */
    const char *ignore;         /* columns that shall not be used: "Page,Printed by" */
    const char *source;         /* as "source=…" among the sets; NULL: "import" */
    int32_t term_days;          /* due = date + this; IMPORT_TERM_NONE: the customer's terms */
    const char *encoding;       /* NULL: utf-8; else any name iconv knows */
    const char *sheet;          /* of a workbook; NULL: the first that is shown */
    enum import_hidden hidden;
    char delimiter;          /* 0: guessed */
    char decimal;            /* 0: guessed */
    char group;              /* 0: guessed, 'n': none */
    enum import_dates dates; /* how dates are written */
    enum import_amounts amounts;
    enum import_tax tax;
    uint32_t tax_bp; /* TAX_RATE: of new products, or of lines */
    enum import_rates discount_is;
    enum import_rates tax_is;
    uint32_t skip; /* lines above the header; what is not said is found */
    bool skip_said;
    const char *total;         /* what all of it must come to, as people type it */
    const char *as_of;         /* the day of rows without a date, as people type it */
    bool as_of_assumed;        /* nobody said it: of balances whose file has no column for it */
    bool cash;                 /* rows without a customer are the cash customer's, */
    const char *paid;          /* and paid so, as a word for a payment's kind; NULL: not said */
    bool free;                 /* prices of 0 are meant: it is given away */
    bool twice;                /* a customer's second debt without a number is one of its own */
    bool update;               /* what is there with other names, phones, prices is changed */
    const char *currency;      /* NULL: the company's */
    const char *number_prefix; /* put before every document number */
    const char *rejects;       /* NULL: FILE.rejects.csv */
    const char *state;         /* NULL: FILE.tefter-import */
    bool match_oldest;         /* payments without a bill pay the oldest due first */
    bool no_create;            /* unknown customers and products reject the document */
    bool by_letters;           /* whoever asks sees the encoding: it may be told by letters alone */
    bool loose;                /* only to look at it: columns may be missing */
    bool undo;                 /* take back what came with a source */
    bool dry_run;              /* nothing is sent; the client may be NULL when currency is said */
    bool restart;              /* from the first row, whatever the state file says */
    bool yes;                  /* a guessed mapping is not asked about */
    bool quiet;                /* no progress */
    enum language language;    /* of the summary */
    bool json;                 /* the summary as one JSON object */
};

/* What import_main returns. */
enum {
    IMPORT_DONE = 0,
    IMPORT_REJECTED = 1, /* some rows were; see the rejects file */
    IMPORT_BAD_USE = 2,  /* flags, mapping, or a question nobody was there to answer */
    IMPORT_NO_SERVER = 3,
    IMPORT_NOT_ALLOWED = 4,
    IMPORT_CONFLICT = 5,  /* a number is there already with another total */
    IMPORT_PART = 6,      /* --total was agreed to, and the ledger then took only a part of it */
    IMPORT_STOPPED = 130, /* by Ctrl-C */
};

void import_settings_init(struct import_settings *settings);

/* The words of `tefter import`: argv[0] is "import", KIND FILE (or undo SOURCE) and flags follow in
 * any order. Uses
 * getopt_long, so argv is put in another order. What it takes from argv it points to. False: the
 * failure says which word is wrong. */
bool import_settings_read(int argc, char **argv, struct import_settings *ret_settings,
                          struct failure *failure);

/* What it takes, for --help, the manual page and the completion; a row without a name ends it. */
extern const struct usage_option import_options[];
#define IMPORT_KINDS "groups customers products prices invoices credit-notes balances payments undo"

/* As Ctrl-C: what is under way ends well. */
void import_stop(void);
/* The flag that it sets, for handlers of signals: they may write it, and call nothing. */
volatile sig_atomic_t *import_stopped(void);

/* Runs one import to its end: the mapping, questions and progress on standard error, the summary on
 * standard output. The client is connected and logged in. Ctrl-C ends it after what is under way;
 * the same command goes on from there. Returns IMPORT_…. */
int import_main(struct tefter *client, const struct import_settings *settings);
