#include "wire/pack.h"

#include "wire/reflect.h"
#include "wire/varint.h"

#include <stdbool.h>
#include <string.h>

/* Every function puts something before `at` and returns where it begins; NULL when there is no room
 * behind `begin`. Numbers, lengths and tags are put without a look: there is room for two of them
 * before each value. */
enum { VARINTS_MAX = 2 * VARINT_MAX };

static inline bool has_room(const uint8_t *begin, const uint8_t *at, size_t size)
{
    return (size_t)(at - begin) >= size + VARINTS_MAX;
}

static inline uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    if (value < 0x80) {
        *--at = (uint8_t)value;
        return at;
    }
    if (value < 0x4000) { /* most tags */
        *--at = (uint8_t)(value >> 7);
        *--at = (uint8_t)(value | 0x80);
        return at;
    }
    at -= (size_t)(63 - __builtin_clzll(value)) / 7 + 1;
    varint_write(at, value);
    return at;
}

static inline uint8_t *put_tag(uint8_t *at, const ProtobufCFieldDescriptor *field, uint32_t wire)
{
    return put_varint(at, WIRE_TAG(field->id, wire));
}

static inline bool is_number(const ProtobufCFieldDescriptor *field)
{
    enum {
        NUMBERS = 1 << PROTOBUF_C_TYPE_INT32 | 1 << PROTOBUF_C_TYPE_ENUM |
                  1 << PROTOBUF_C_TYPE_UINT32 | 1 << PROTOBUF_C_TYPE_INT64 |
                  1 << PROTOBUF_C_TYPE_UINT64 | 1 << PROTOBUF_C_TYPE_BOOL
    };
    return (NUMBERS >> field->type & 1) != 0;
}

/* Negative numbers of 32 bits are ten bytes long, as the format wants it. */
static inline uint64_t number_of(const ProtobufCFieldDescriptor *field, const void *value)
{
    if (field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64)
        return *(const uint64_t *)value;
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return *(const protobuf_c_boolean *)value != 0;
    if (field->type == PROTOBUF_C_TYPE_UINT32)
        return *(const uint32_t *)value;
    return (uint64_t)(int64_t) * (const int32_t *)value;
}

static uint8_t *put_bytes(const uint8_t *begin, uint8_t *at, const void *data, size_t size)
{
    if (size == 0)
        return at;
    return has_room(begin, at, size) ? memcpy(at - size, data, size) : NULL;
}

static uint8_t *put_message(const uint8_t *begin, uint8_t *at, const ProtobufCMessage *message);

static uint8_t *put_content(const uint8_t *begin, uint8_t *at,
                            const ProtobufCFieldDescriptor *field, const void *value)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const ProtobufCMessage *part = *(const ProtobufCMessage *const *)value;
        return part == NULL ? at : put_message(begin, at, part);
    }
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(const char *const *)value;
        return text == NULL ? at : put_bytes(begin, at, text, strlen(text));
    }
    const ProtobufCBinaryData *bytes = value;
    return field->type != PROTOBUF_C_TYPE_BYTES ? NULL
                                                : put_bytes(begin, at, bytes->data, bytes->len);
}

static uint8_t *put_head(const uint8_t *begin, uint8_t *at, const ProtobufCFieldDescriptor *field,
                         const uint8_t *end)
{
    if (at == NULL || !has_room(begin, at, 0))
        return NULL;
    return put_tag(put_varint(at, (size_t)(end - at)), field, WIRE_BYTES);
}

static inline uint8_t *put_field(const uint8_t *begin, uint8_t *at,
                                 const ProtobufCFieldDescriptor *field, const void *value)
{
    if (!has_room(begin, at, 0))
        return NULL;
    if (is_number(field))
        return put_tag(put_varint(at, number_of(field, value)), field, WIRE_VARINT);
    return put_head(begin, put_content(begin, at, field, value), field, at);
}

static uint8_t *put_packed(const uint8_t *begin, uint8_t *at, const ProtobufCFieldDescriptor *field,
                           const uint8_t *values, size_t count)
{
    size_t size = reflect_size(field->type);
    const uint8_t *end = at;
    if (!is_number(field))
        return NULL;
    for (size_t i = count; i > 0; i--) {
        if (!has_room(begin, at, 0))
            return NULL;
        at = put_varint(at, number_of(field, values + (i - 1) * size));
    }
    return put_head(begin, at, field, end);
}

static uint8_t *put_repeated(const uint8_t *begin, uint8_t *at,
                             const ProtobufCFieldDescriptor *field, const uint8_t *values,
                             size_t count)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0)
        return put_packed(begin, at, field, values, count);
    size_t size = reflect_size(field->type);
    for (size_t i = count; i > 0 && at != NULL; i--)
        at = put_field(begin, at, field, values + (i - 1) * size);
    return at;
}

/* A text or a message is there when it is not its default; of a oneof also only when it is the
 * one. */
static inline bool is_there(const ProtobufCFieldDescriptor *field, const uint8_t *quantifier,
                            const void *value)
{
    bool oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (oneof && *(const uint32_t *)quantifier != field->id)
        return false;
    if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const void *pointer = *(const void *const *)value;
        return pointer != NULL && pointer != field->default_value;
    }
    return oneof || *(const protobuf_c_boolean *)quantifier != 0;
}

static uint8_t *put_message(const uint8_t *begin, uint8_t *at, const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *fields = message->descriptor->fields;
    const uint8_t *base = (const uint8_t *)message;
    if (message->n_unknown_fields > 0)
        return NULL;
    for (unsigned i = message->descriptor->n_fields; i > 0 && at != NULL; i--) {
        const ProtobufCFieldDescriptor *field = &fields[i - 1];
        const uint8_t *value = base + field->offset;
        const uint8_t *quantifier = base + field->quantifier_offset;
        if (field->label == PROTOBUF_C_LABEL_OPTIONAL && !is_there(field, quantifier, value))
            continue; /* most of them, in most messages */
        if (field->label != PROTOBUF_C_LABEL_REPEATED)
            at = put_field(begin, at, field, value);
        else if (*(const size_t *)quantifier > 0)
            at = put_repeated(begin, at, field, *(const uint8_t *const *)value,
                              *(const size_t *)quantifier);
    }
    return at;
}

uint8_t *pack_before(const ProtobufCMessage *message, uint8_t *begin, uint8_t *end)
{
    return put_message(begin, end, message);
}
