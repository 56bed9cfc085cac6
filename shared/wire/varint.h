#pragma once
/*
 * Fields of protobuf messages written and stepped over by hand, where rows are copied as they are
 * and never unpacked.
 */
#include "base/bytes.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2, VARINT_MAX = 10 };
#define WIRE_TAG(number, wire) ((uint32_t)(number) << 3 | (uint32_t)(wire))

static inline size_t varint_size(uint64_t value)
{
    size_t size = 1;
    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}

/* Returns what is behind it. */
static inline uint8_t *varint_write(uint8_t *out, uint64_t value)
{
    while (value >= 0x80) {
        *out++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

static inline bool varint_read(struct slice *rest, uint64_t *ret_value)
{
    *ret_value = 0;
    for (unsigned shift = 0; shift < 64 && rest->size > 0; shift += 7) {
        uint8_t byte = *rest->data++;
        rest->size--;
        *ret_value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

/* A field with a number, and the head of one with so many bytes. */
static inline size_t number_size(uint32_t tag, uint64_t value)
{
    return varint_size(tag) + varint_size(value);
}

static inline uint8_t *number_write(uint8_t *out, uint32_t tag, uint64_t value)
{
    return varint_write(varint_write(out, tag), value);
}

/* One field of a message: its number, and its value or its bytes. */
struct wire_field {
    uint32_t number;
    uint64_t value;
    struct slice bytes;
};
/* false: the message ends, or is none of varints and bytes. */
static inline bool wire_next(struct slice *rest, struct wire_field *ret_field)
{
    uint64_t tag;
    if (!varint_read(rest, &tag) || !varint_read(rest, &ret_field->value))
        return false;
    ret_field->number = (uint32_t)(tag >> 3);
    ret_field->bytes = (struct slice){0};
    if ((tag & 7) == WIRE_VARINT)
        return true;
    if ((tag & 7) != WIRE_BYTES || ret_field->value > rest->size)
        return false;
    ret_field->bytes = slice_of(rest->data, (size_t)ret_field->value);
    rest->data += ret_field->bytes.size;
    rest->size -= ret_field->bytes.size;
    return true;
}
