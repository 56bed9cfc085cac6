#pragma once
/*
 * Inside push: frames of the feed, written by hand so that the rows of a set are copied as they
 * are and never unpacked. Field numbers are those of proto/wire.proto; a test reads every frame
 * back through the schema.
 */
#include "push/hub.h"

/* Bytes of a packed Row as one member of Delta.rows: tag, length, row. */
size_t encode_row_size(struct slice row);
void encode_row(uint8_t *out, struct slice row);

struct encode_delta {
    uint32_t number;
    uint64_t prev;
    uint64_t this;
    int64_t committed_ms; /* 0: not told */
    size_t rows_size;     /* of all rows, encoded as above */
};
/* Everything of a set's frame before its rows and after them. */
bool encode_delta_head(struct buffer *out, const struct encode_delta *set);
bool encode_delta_tail(struct buffer *out, const struct encode_delta *set);
