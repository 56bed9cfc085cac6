#pragma once
/*
 * Messages as a later version of the schema would write them: the same, with fields in between that
 * this version does not have, at every level. For tests of wire and of the client.
 */
#include "base/bytes.h"
#include "base/prng.h"
#include "wire/reader.h"

enum { LATER_WIRES = 4 };

struct later {
    struct prng *prng;
    unsigned one_in; /* how often a field is added before a field: 1 always */
    unsigned added;  /* so far */
    uint32_t first;  /* number of the first one in the bytes */
};

static inline void later_varint(struct buffer *out, uint64_t value)
{
    uint8_t bytes[VARINT_MAX_BYTES];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (uint8_t)(value | 0x80);
    bytes[size++] = (uint8_t)value;
    buffer_put(out, bytes, size);
}

static inline uint32_t later_number(const ProtobufCMessageDescriptor *type, struct prng *prng)
{
    for (;;) {
        static const uint32_t most[] = {20, 200, 20000, (1 << 29) - 1};
        uint32_t number = 1 + (uint32_t)prng_below(prng, most[prng_below(prng, 4)]);
        if (protobuf_c_message_descriptor_get_field(type, number) == NULL)
            return number;
    }
}

/* A field of any kind that the type does not have. */
static inline void later_add(struct later *later, const ProtobufCMessageDescriptor *type,
                             struct buffer *out)
{
    static const uint8_t wires[LATER_WIRES] = {
        PROTOBUF_C_WIRE_TYPE_VARINT, PROTOBUF_C_WIRE_TYPE_64BIT,
        PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, PROTOBUF_C_WIRE_TYPE_32BIT};
    uint8_t bytes[20];
    uint8_t wire = wires[prng_below(later->prng, LATER_WIRES)];
    uint32_t number = later_number(type, later->prng);
    size_t size = wire == PROTOBUF_C_WIRE_TYPE_64BIT   ? 8
                  : wire == PROTOBUF_C_WIRE_TYPE_32BIT ? 4
                                                       : prng_below(later->prng, sizeof(bytes));
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)prng_next(later->prng);
    later_varint(out, (uint64_t)number << 3 | wire);
    if (wire == PROTOBUF_C_WIRE_TYPE_VARINT) {
        later_varint(out, prng_next(later->prng));
    } else {
        if (wire == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            later_varint(out, size);
        buffer_put(out, bytes, size);
    }
    if (later->added++ == 0)
        later->first = number;
}

static inline void later_maybe(struct later *later, const ProtobufCMessageDescriptor *type,
                               struct buffer *out)
{
    if (prng_below(later->prng, later->one_in) == 0)
        later_add(later, type, out);
}

static inline void later_message(struct later *later, const ProtobufCMessageDescriptor *type,
                                 struct slice bytes, struct buffer *out)
{
    struct reader reader = reader_of(bytes);
    uint64_t tag = 0;
    while (reader.at < reader.end && read_varint(&reader, &tag)) {
        struct reader part;
        const uint8_t *value = reader.at;
        later_maybe(later, type, out);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        (void)skip_value(&reader, (unsigned)(tag & 7), &part);
        later_varint(out, tag);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            struct buffer inner;
            buffer_init(&inner, out->bound);
            later_message(later, field->descriptor, slice_of(part.at, (size_t)(part.end - part.at)),
                          &inner);
            later_varint(out, inner.size);
            buffer_put(out, inner.data, inner.size);
            buffer_fini(&inner);
        } else {
            buffer_put(out, value, (size_t)(reader.at - value));
        }
    }
    later_maybe(later, type, out);
}
