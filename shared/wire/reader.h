#pragma once
/*
 * Inside wire: protobuf's bytes, read from front to back. Each call moves on past what it read and
 * says false at what is cut off or badly written; nothing is allocated.
 */
#include "base/bytes.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

enum { VARINT_MAX_BYTES = 10 };

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static inline struct reader reader_of(struct slice bytes)
{
    if (bytes.size == 0)
        return (struct reader){NULL, NULL};
    return (struct reader){bytes.data, bytes.data + bytes.size};
}

/* A varint in its shortest form that fits 64 bits. */
static inline bool read_varint(struct reader *reader, uint64_t *ret_value)
{
    if (reader->at < reader->end && *reader->at < 0x80) {
        *ret_value = *reader->at++;
        return true;
    }
    const uint8_t *at = reader->at;
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 7 * VARINT_MAX_BYTES && at < reader->end; shift += 7) {
        uint8_t byte = *at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte >= 0x80)
            continue;
        reader->at = at;
        *ret_value = value;
        return byte != 0 && !(shift == 7 * (VARINT_MAX_BYTES - 1) && byte > 1);
    }
    reader->at = at;
    return false;
}

static inline bool read_part(struct reader *reader, struct reader *ret_part)
{
    uint64_t size = 0;
    if (!read_varint(reader, &size) || size > (uint64_t)(reader->end - reader->at))
        return false;
    *ret_part = (struct reader){reader->at, reader->at + size};
    reader->at += size;
    return true;
}

static inline bool skip_fixed(struct reader *reader, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size)
        return false;
    reader->at += size;
    return true;
}

/* What stands behind a tag; ret_part is empty unless it has a length. */
static inline bool skip_value(struct reader *reader, unsigned wire, struct reader *ret_part)
{
    uint64_t ignored = 0;
    *ret_part = (struct reader){NULL, NULL};
    switch (wire) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(reader, &ignored);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip_fixed(reader, 8);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip_fixed(reader, 4);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        return read_part(reader, ret_part);
    default:
        return false;
    }
}
