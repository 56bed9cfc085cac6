#pragma once
/*
 * The rejects file: what was not imported, with its line and the reason, and the cells as they
 * were, so that the file can be mended and imported with the same flags. What a spreadsheet or a
 * terminal would run is made harmless in it. Made with the first reject.
 */
#include "base/fault.h"
#include "import/entry.h"
#include "import/mapping.h"

#include <stdio.h>

enum { REJECTS_PATH_MAX = 4096, REJECTS_REASONS = 24 };

/* One reason, without the facts that differ from row to row, and how often it was. */
struct reject {
    uint64_t line; /* the first */
    uint64_t count;
    char why[WHY_MAX]; /* of the first */
};

/* Who else is told of each row that is rejected. entry NULL: it was never one. */
struct reject_taker {
    void (*take)(void *context, uint64_t line, const char *why, const struct entry *entry,
                 const struct slice *cells, size_t count);
    /* Was this row rejected by what came before? It is passed over then, and told by nobody else;
     * NULL: there was nothing before. */
    bool (*passed)(void *context, uint64_t line, const struct slice *cells, size_t count);
    void *context;
};

struct rejects {
    const struct reject_taker *taker; /* NULL: nobody */
    char path[REJECTS_PATH_MAX];      /* "": none is written */
    char delimiter;
    const struct mapping *mapping; /* for the header */
    FILE *file;                    /* NULL: none yet */
    bool failed;                   /* it cannot be written: told once, at the end */
    uint64_t rows;
    struct reject reasons[REJECTS_REASONS]; /* to be told; one of a document */
    uint32_t reason_count;
    uint64_t other; /* reasons that found no place */
};

/* A cell of such a file as it was: without the sign before what a spreadsheet would run. */
struct slice rejects_unmarked(struct slice cell);

/* Counts only. */
void rejects_none(struct rejects *rejects);
/* from_line 0: a file of an earlier import is removed (a file that is none is a failure). Else what
 * it says of lines before from_line is kept, and new rejects are added. */
bool rejects_open(struct rejects *rejects, const char *path, char delimiter,
                  const struct mapping *mapping, uint64_t from_line, struct failure *failure);
/* Into a file that is open, where it stands, with a header at its beginning; it becomes the
 * rejects'. */
bool rejects_open_file(struct rejects *rejects, int file, char delimiter,
                       const struct mapping *mapping, struct failure *failure);
bool rejects_close(struct rejects *rejects, struct failure *failure);
bool rejects_flush(struct rejects *rejects);

void rejects_row(struct rejects *rejects, uint64_t line, const char *why, const struct slice *cells,
                 size_t count);
/* To be told at the end, with those of the same reason. */
void rejects_note(struct rejects *rejects, uint64_t line, const char *why);

/* All rows of an entry: the one that is wrong with its reason, the others with where it is. */
void rejects_entry(struct rejects *rejects, const struct entry *entry, const char *why);
