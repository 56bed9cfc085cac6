#pragma once
/*
 * One import, from the file to a sink: rows are read, documents gathered and checked, handed over,
 * and what comes back is counted. Knows no server.
 */
#include "base/money.h"
#include "import/console.h"
#include "import/index.h"
#include "import/look.h"
#include "import/rejects.h"
#include "import/sink.h"
#include "import/state.h"

#include <signal.h>

struct run_result {
    uint64_t rows;
    uint64_t rejected_rows;
    uint64_t sent[ENTRY_KINDS];
    uint64_t sent_documents;
    uint64_t changed; /* were there with other words */
    uint64_t there;
    uint64_t conflicts;
    uint64_t rejected;    /* documents; single rows are in rejected_rows only */
    __int128 exact;       /* of what was sent, 10^-6 minor units */
    __int128 total_minor; /* of what was sent, lines rounded */
    __int128 there_minor; /* of what was there already */
    uint32_t first_date;
    uint32_t last_date;
    uint64_t free_lines;
    char free_example[EXAMPLE_MAX];
    uint64_t renamed;
    char renamed_example[2 * EXAMPLE_MAX];
    uint64_t cut_texts;
    uint64_t without_customer;
    uint64_t unpaid; /* sales of the cash customer that nobody said to be paid */
    int64_t unpaid_minor;
    uint64_t zero_documents;
    uint64_t free_prices; /* of 0 */
    uint64_t free_line;   /* the first of them */
    char free_price_of[EXAMPLE_MAX];
    uint64_t nothing_owed; /* balances of 0 */
    uint64_t totals;       /* rows that sum up others: left out */
    uint64_t total_line;
    uint64_t said_totals;   /* of these, whose amount can be read: */
    int64_t said_minor;     /* the last one's, */
    __int128 said_sum;      /* and what they come to together */
    __int128 column_minor;  /* what the other rows say in that column, */
    uint64_t column_unread; /* and how many of them cannot be read */
    char total_example[EXAMPLE_MAX];
    char left_out[MAPPING_NAMES_MAX]; /* columns that hold something and are not used */
    uint64_t repeats;                 /* rows just like another one of their document; they count */
    uint64_t repeat_line;
    uint64_t repeat_of;
    uint64_t many_amounts; /* documents with an amount in several rows and nothing else to go by; */
    uint64_t same_amounts; /* those where it is the same in each */
    char same_example[EXAMPLE_MAX];
    uint64_t taxed_lines; /* without a tax column, of products that have a tax */
    char taxed_example[EXAMPLE_MAX];
    uint32_t taxed_bp;
    uint64_t resumed_line; /* 0: from the beginning */
    uint64_t ms;
    bool unsent;  /* it was only weighed, and nothing was begun */
    bool stopped; /* by a signal or a failure: the same import goes on from here */
};

/* Does the file's own total, of its last such row or of all of them, say something else than its
 * rows? False where not all of them can be read. */
bool run_totals_differ(const struct run_result *result);

/* Told of what is there and becomes otherwise, or would: entry->differs. */
struct change_taker {
    void (*take)(void *context, const struct entry *entry);
    void *context;
};

struct run_options {
    const struct import_settings *settings;
    const struct currency *currency;
    struct console *console;
    struct sink *sink;
    struct known *known;
    struct index *index;
    bool weigh;         /* only to see what it comes to: no file is written */
    bool asking;        /* only to see what the server would take: likewise, and customers and */
                        /* products are marked as they are while it is sent */
    bool all_of_it;     /* the first row that is refused ends it */
    bool whole_amounts; /* see form.h, as the next one */
    bool tax_of_product;
    uint32_t usual_tax_bp;
    const struct reject_taker *taker;   /* told of rejected rows; may be NULL */
    const struct change_taker *changes; /* may be NULL */
    int rejects;        /* 0: a file beside the other one; else this one gets them, */
                        /* and no state is kept */
    bool unwritten;     /* they are told to the taker alone */
    struct hash ledger; /* of the ledger, for the state file */
    const volatile sig_atomic_t *stop; /* may be NULL */
};

/* Which rows make one document: one reading, before anything else. */
bool run_index(const struct run_options *options, struct look *look, struct source *source,
               struct failure *failure);

/* False: it ended early, and the failure says why; the result is of what was done. */
bool run_import(const struct run_options *options, struct look *look, struct source *source,
                struct run_result *ret_result, struct rejects *ret_rejects,
                struct failure *failure);
