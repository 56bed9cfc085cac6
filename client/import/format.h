#pragma once
/*
 * Files that are not the text the reader reads: each form has a reader of its own, which makes that
 * text of it. It runs in a process of its own, which may take so much time and memory and no more,
 * for such files come from anywhere. Used by source.c; mapping.c knows its mark of
 * cells without a value.
 *
 * To add one: a row in format.c, its reader, samples in tests/import/test_forms.py, and a line in
 * tests/fuzz/fuzz_forms.c.
 */
#include "base/bytes.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    FORMAT_SAID_MAX = 500,
    FORMAT_HIDDEN_MAX = 80,
    FORMAT_SHEETS_MAX = 2000,
    FORMAT_OUT_MAX = 1 << 30
};

/* A cell that begins with it is no value: behind it stands which cell that is and why. */
#define FORMAT_NO_VALUE '\x1A'

struct format_job {
    int from; /* read from its beginning */
    int to;   /* gets the text: UTF-8, comma, cells quoted, a row of the file in each line */
    const char *sheet;              /* NULL: the first that is shown */
    bool read_hidden;               /* rows and columns that are not shown, too */
    char said[FORMAT_SAID_MAX];     /* what people must know of it */
    char hidden[FORMAT_HIDDEN_MAX]; /* which of it is not shown: "2 rows (first: 7)"; "": nothing */
    char
        sheets[FORMAT_SHEETS_MAX]; /* names of those that are shown, a line each; the read one is */
    char read_sheet[FORMAT_HIDDEN_MAX];
};

struct format {
    const char *word;
    bool (*is)(struct slice head);
    /* Runs in its own process. */
    bool (*make)(struct format_job *job, struct failure *failure);
    const char *advice; /* instead of that: what to do with such a file */
    bool cells;         /* nothing stands between its columns */
};

/* NULL: text as it is. */
const struct format *format_of(struct slice head);
/* False: the failure says in words what is wrong with the file. */
bool format_make(const struct format *format, struct format_job *job, struct failure *failure);

/* The readers. */
bool utf16_make(struct format_job *job, struct failure *failure);
bool xlsx_make(struct format_job *job, struct failure *failure);

/* ---- for readers: text on its way out ---- */

struct format_out {
    int fd;
    struct buffer text;
    uint64_t written;
    bool failed; /* the disk is full, or it is more than it may be */
};
void format_out_begin(struct format_out *out, int fd);
void format_out_put(struct format_out *out, const void *bytes, size_t size);
/* A cell in quotes, a line break in it as a blank. */
void format_out_cell(struct format_out *out, struct slice cell, bool first);
bool format_out_end(struct format_out *out, struct failure *failure);
