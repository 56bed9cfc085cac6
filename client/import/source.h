#pragma once
/*
 * Where the bytes come from: a file of text, with the first megabyte kept, so that a sample can be
 * looked at before the reading begins. It is copied into a file without a name first, and what is
 * no text is made into it (format.h). Used by the run alone.
 */
#include "base/fault.h"
#include "import/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SOURCE_HEAD_MAX = 1 << 20 };

struct source {
    int fd;
    bool file; /* it is there the next time too; else it was a stream */
    uint64_t size;
    uint64_t at;   /* of the byte that source_read gives next */
    uint8_t *head; /* the first bytes */
    size_t head_size;
    size_t text_at;                     /* where the text begins: behind a byte order mark */
    const char *format;                 /* what it was made of; NULL: it was text */
    bool cells;                         /* and that had cells */
    char said[FORMAT_SAID_MAX];         /* of that: "sheet Bills, of 3" */
    char hidden[FORMAT_HIDDEN_MAX];     /* what of it is not shown, read or not */
    char sheets[FORMAT_SHEETS_MAX];     /* of a workbook: their names, a line each, */
    char read_sheet[FORMAT_HIDDEN_MAX]; /* and the one that is read */
};

/* "-" is standard input. Refuses what nobody reads here. sheet NULL: the first of a workbook. */
bool source_open(struct source *source, const char *path, struct failure *failure);
bool source_open_sheet(struct source *source, const char *path, const char *sheet, bool read_hidden,
                       struct failure *failure);
/* The same of a descriptor, which stays the caller's; name for what people are told. */
bool source_open_file(struct source *source, int file, const char *name, const char *sheet,
                      bool read_hidden, struct failure *failure);
/* What was made of a workbook, kept: its parts are taken apart once, however often it is read. */
struct source_kept {
    struct source source;
    char sheet[FORMAT_HIDDEN_MAX]; /* that was asked for, "": none */
    bool read_hidden;
    bool there;
};
/* As source_open_file. */
bool source_open_kept(struct source *source, struct source_kept *kept, int file, const char *name,
                      const char *sheet, bool read_hidden, struct failure *failure);
void source_kept_fini(struct source_kept *kept); /* zeroed memory is welcome */

/* What is read from here on is this file, which becomes the source's: the same with other cells. */
bool source_replace(struct source *source, int file, struct failure *failure);
/* A file without a name: below the folder for such, or in memory where no file may be made. -1 with
 * a failure. */
int source_nameless(struct failure *failure);
void source_close(struct source *source);

/* Goes to a byte. */
bool source_seek(struct source *source, uint64_t at, struct failure *failure);

/* How many bytes were put, 0 at the end, -1 with a failure. */
ssize_t source_read(void *source, void *out, size_t size, struct failure *failure);

/* Bytes from anywhere without moving. */
size_t source_peek(const struct source *source, uint64_t at, void *out, size_t size);
