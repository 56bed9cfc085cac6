#pragma once
/*
 * Where the bytes come from: a file or a stream, with the first megabyte kept, so that a sample
 * can be looked at before the reading begins. Used by the run alone.
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SOURCE_HEAD_MAX = 1 << 20 };

struct source {
    int fd;
    bool file;     /* can be sought and has a size; else a stream */
    uint64_t size; /* 0 for a stream */
    uint64_t at;   /* of the byte that source_read gives next */
    uint8_t *head; /* the first bytes */
    size_t head_size;
    size_t text_at; /* where the text begins: behind a byte order mark */
};

/* "-" is standard input. Refuses what is no text: gzip, spreadsheets, UTF-16. */
bool source_open(struct source *source, const char *path, struct failure *failure);
void source_close(struct source *source);

/* Goes to a byte; of a stream only one within the head. */
bool source_seek(struct source *source, uint64_t at, struct failure *failure);

/* How many bytes were put, 0 at the end, -1 with a failure. */
ssize_t source_read(void *source, void *out, size_t size, struct failure *failure);

/* Bytes from anywhere in a file without moving; 0 for a stream. */
size_t source_peek(const struct source *source, uint64_t at, void *out, size_t size);
