#pragma once
/*
 * The look at a file before it is read: how its rows, numbers and dates are written, and which
 * column is what. Looks at the head and, in a file, at pieces all through it. What is unclear is
 * asked at a terminal; where nobody is, the failure names the flag that answers it.
 */
#include "base/arena.h"
#include "import/console.h"
#include "import/guess.h"
#include "import/mapping.h"
#include "import/source.h"
#include "import/track.h"

/* What stands in the column of discounts, or of taxes. */
struct rate_evidence {
    uint64_t percents;         /* with a percent sign */
    uint64_t plain;            /* that are not nothing and have no sign, */
    uint64_t below;            /* of these, less than 1: 24 % may be written so */
    char percent[EXAMPLE_MAX]; /* the first of each */
    char example[EXAMPLE_MAX];
    char small[EXAMPLE_MAX];
    char largest[EXAMPLE_MAX]; /* with most digits before its decimals */
    size_t largest_digits;
};

struct look {
    struct arena arena; /* holds headers and constants */
    struct reader_style rows;
    struct mapping mapping;
    struct style style;
    struct track_place begin; /* behind the header row */
    uint64_t header_line;
    bool encoding_guessed;
    bool in_cells;                      /* of a workbook: nothing stands between columns */
    char made_of[FORMAT_SAID_MAX + 20]; /* "": it was text */
    uint64_t empty_customers;           /* rows of the sample without one */
    uint64_t sampled;                   /* rows looked at */
    uint64_t broken;                    /* of these */
    char broken_why[ROW_FAULT_MAX];
    char first[FIELD_COUNT][EXAMPLE_MAX]; /* what stands in the first row */
    uint64_t filled[ROW_FIELDS_MAX];      /* of columns that are not used: cells, */
    uint64_t grouped[ROW_FIELDS_MAX];     /* those with thousands, as money has, */
    uint64_t priced[ROW_FIELDS_MAX];      /* and those with a sign of money or its decimals */
    uint64_t rates[ROW_FIELDS_MAX];       /* of columns that may be one: cells */
    struct rate_evidence discounts;
    struct rate_evidence taxes;
    struct number_evidence amounts; /* of money, */
    struct number_evidence others;  /* of quantities and rates, */
    struct number_evidence numbers; /* and of what says how the file writes them: look_decide */
    struct date_evidence dates;
    uint64_t codes[FIELD_COUNT];      /* of each code column */
    uint64_t point_zero[FIELD_COUNT]; /* of these, like "17850.0" */
};

bool look_at(struct look *look, struct source *source, const struct import_settings *settings,
             struct failure *failure);
void look_fini(struct look *look);

/* Settles numbers and dates: by flags, by evidence, or by asking. */
bool look_decide(struct look *look, const struct import_settings *settings, struct console *console,
                 struct failure *failure);
/* Tells what was found. */
void look_tell(const struct look *look, const struct import_settings *settings,
               struct console *console);
enum { RATE_READINGS_MAX = 3, RATE_SHOWN_MAX = 40 };
struct rate_reading {
    enum import_rates is;
    const char *word;
    char shown[RATE_SHOWN_MAX]; /* "24.00 %", "0.24 EUR" */
};
/* The readings that a plain number of the column of discounts or taxes has; their number. */
size_t look_rate_readings(const struct look *look, enum import_field field,
                          const char **ret_example,
                          struct rate_reading ret_readings[RATE_READINGS_MAX]);
/* Does the column look like money, by its heading or by what stands in it? */
bool look_is_money(const struct look *look, size_t column);
/* Columns that were guessed, and those that are left out, are asked about before anything is sent.
 */
bool look_confirm(const struct look *look, const struct import_settings *settings,
                  struct console *console, struct failure *failure);
