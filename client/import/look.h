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
    uint64_t grouped[ROW_FIELDS_MAX];     /* and those with thousands, as money has */
    uint64_t rates[ROW_FIELDS_MAX];       /* of columns that may be one: cells, */
    uint64_t shares[ROW_FIELDS_MAX];      /* and those with a percent sign */
    struct number_evidence amounts;       /* of money, */
    struct number_evidence others;        /* of quantities and rates, */
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
/* Columns that were guessed, and those that are left out, are asked about before anything is sent.
 */
bool look_confirm(const struct look *look, const struct import_settings *settings,
                  struct console *console, struct failure *failure);
