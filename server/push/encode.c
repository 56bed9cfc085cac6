#include "push/encode.h"

#include "wire.pb-c.h"
#include "wire/varint.h"

/* Numbers of proto/wire.proto, each with its wire type. */
#define TAG(number, wire) WIRE_TAG(number, wire)
enum {
    TAG_TO_CHUNK = TAG(TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK, WIRE_BYTES),
    TAG_TO_DELTA = TAG(TEFTER__TO_TERMINAL__BODY_DELTA, WIRE_BYTES),
    TAG_CHUNK_SUBSCRIPTION = TAG(1, WIRE_VARINT),
    TAG_CHUNK_SEQ = TAG(2, WIRE_VARINT),
    TAG_CHUNK_ROWS = TAG(3, WIRE_BYTES),
    TAG_CHUNK_LAST = TAG(4, WIRE_VARINT),
    TAG_DELTA_SUBSCRIPTION = TAG(1, WIRE_VARINT),
    TAG_DELTA_PREV = TAG(2, WIRE_VARINT),
    TAG_DELTA_THIS = TAG(3, WIRE_VARINT),
    TAG_DELTA_ROWS = TAG(4, WIRE_BYTES),
    TAG_DELTA_COMMITTED = TAG(5, WIRE_VARINT),
};
enum { FRAME_HEAD = 4 };

/* ---- varints ---- */

static bool put_varint(struct buffer *out, uint64_t value)
{
    uint8_t bytes[VARINT_MAX];
    return buffer_put(out, bytes, (size_t)(varint_write(bytes, value) - bytes));
}

static bool put_number(struct buffer *out, uint32_t tag, uint64_t value)
{
    return put_varint(out, tag) && put_varint(out, value);
}

/* The frame's length, then ToTerminal with one body of body_size bytes. */
static bool put_envelope(struct buffer *out, uint32_t tag, size_t body_size)
{
    uint8_t head[FRAME_HEAD];
    be32_put(head, (uint32_t)(number_size(tag, body_size) + body_size));
    return buffer_put(out, head, sizeof head) && put_number(out, tag, body_size);
}

/* ---- rows ---- */

size_t encode_row_size(struct slice row)
{
    return number_size(TAG_DELTA_ROWS, row.size) + row.size;
}

static uint8_t *write_row(uint8_t *out, uint32_t tag, struct slice row)
{
    out = varint_write(out, tag);
    out = varint_write(out, row.size);
    if (row.size > 0)
        memcpy(out, row.data, row.size);
    return out + row.size;
}

void encode_row(uint8_t *out, struct slice row)
{
    (void)write_row(out, TAG_DELTA_ROWS, row);
}

/* ---- sets ---- */

static size_t set_tail_size(const struct encode_delta *set)
{
    return set->committed_ms == 0 ? 0
                                  : number_size(TAG_DELTA_COMMITTED, (uint64_t)set->committed_ms);
}

static size_t set_size(const struct encode_delta *set)
{
    return number_size(TAG_DELTA_SUBSCRIPTION, set->number) +
           number_size(TAG_DELTA_PREV, set->prev) + number_size(TAG_DELTA_THIS, set->this) +
           set->rows_size + set_tail_size(set);
}

bool encode_delta_head(struct buffer *out, const struct encode_delta *set)
{
    return put_envelope(out, TAG_TO_DELTA, set_size(set)) &&
           put_number(out, TAG_DELTA_SUBSCRIPTION, set->number) &&
           put_number(out, TAG_DELTA_PREV, set->prev) && put_number(out, TAG_DELTA_THIS, set->this);
}

bool encode_delta_tail(struct buffer *out, const struct encode_delta *set)
{
    return set->committed_ms == 0 ||
           put_number(out, TAG_DELTA_COMMITTED, (uint64_t)set->committed_ms);
}

/* ---- pages ---- */

static size_t page_rows_size(const struct hub_row *rows, size_t row_count)
{
    size_t size = 0;
    for (size_t i = 0; i < row_count; i++)
        size += number_size(TAG_CHUNK_ROWS, rows[i].row.size) + rows[i].row.size;
    return size;
}

bool hub_chunk_rows_put(struct buffer *out, const struct hub_row *rows, size_t row_count)
{
    if (!buffer_reserve(out, page_rows_size(rows, row_count)))
        return false;
    uint8_t *at = out->data + out->size;
    for (size_t i = 0; i < row_count; i++)
        at = write_row(at, TAG_CHUNK_ROWS, rows[i].row);
    out->size = row_count == 0 ? out->size : (size_t)(at - out->data);
    return true;
}

bool hub_chunk_put(struct buffer *out, const struct hub_subscription *subscription, uint64_t seq,
                   struct slice rows, bool last)
{
    uint32_t number = hub_number(subscription);
    size_t size = number_size(TAG_CHUNK_SUBSCRIPTION, number) + number_size(TAG_CHUNK_SEQ, seq) +
                  rows.size + number_size(TAG_CHUNK_LAST, last);
    return put_envelope(out, TAG_TO_CHUNK, size) &&
           put_number(out, TAG_CHUNK_SUBSCRIPTION, number) && put_number(out, TAG_CHUNK_SEQ, seq) &&
           buffer_put(out, rows.data, rows.size) && put_number(out, TAG_CHUNK_LAST, last);
}
