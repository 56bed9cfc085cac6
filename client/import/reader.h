#pragma once
/*
 * The CSV reader: bytes to rows. libcsv splits them; this module feeds it line by line, so that
 * each row knows its place in the file and a broken line costs that line only: a quote that never
 * ends swallows nothing, the reader goes back and takes up at the next line.
 */
#include "base/bytes.h"
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    ROW_FIELDS_MAX = 256,
    ROW_BYTES_MAX = 128 * 1024,
    ROW_LINES_MAX = 200,     /* a row that takes more has a quote that never ends */
    ROW_BROKEN_SHOWN = 2000, /* bytes kept of a line that is no row */
    ROW_FAULT_MAX = 160,
};

/* One row. Slices live until the next one is read. */
struct row {
    uint64_t line; /* its first, from 1 */
    uint64_t next_line;
    uint64_t offset; /* its first byte in the file */
    uint64_t end;    /* the byte behind it */
    size_t count;
    const struct slice *raw;  /* as in the file, without quotes */
    const struct slice *text; /* as UTF-8; the same bytes when nothing is to be converted */
    const char *fault;        /* NULL, or why it cannot be used; then text is raw */
};

/* Puts up to size bytes; 0 at the end, -1 with a failure. */
typedef ssize_t (*reader_read_fn)(void *context, void *out, size_t size, struct failure *failure);

struct reader_style {
    char delimiter;
    char ending;          /* '\n', or '\r' for files that know no other */
    const char *encoding; /* NULL: UTF-8 */
};

struct reader;

/* Begins at this byte and line, which must be a row's first. NULL: no memory, or an encoding nobody
 * knows. */
struct reader *reader_create(const struct reader_style *style, reader_read_fn read, void *context,
                             uint64_t offset, uint64_t line, struct failure *failure);
void reader_destroy(struct reader *reader); /* NULL welcome */
/* Begins anew at another byte and line; what its read function gives next is that byte. */
bool reader_again(struct reader *reader, uint64_t offset, uint64_t line, struct failure *failure);

/* The next row; blank lines are passed over. False at the end, or with a failure. */
bool reader_next(struct reader *reader, struct row *ret_row, struct failure *failure);

/* For samples: a whole text in memory, as a reader_read_fn. */
struct memory {
    struct slice text;
};
ssize_t memory_read(void *memory, void *out, size_t size, struct failure *failure);
