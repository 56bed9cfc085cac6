#include "wire/pack.h"

#include "wire/plan.h"
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
    if (value < 0x4000) {
        *--at = (uint8_t)(value >> 7);
        *--at = (uint8_t)(value | 0x80);
        return at;
    }
    at -= (63 - (unsigned)__builtin_clzll(value)) / 7 + 1;
    varint_write(at, value);
    return at;
}

/* All bytes that a tag can have: those before it are room. */
static inline uint8_t *put_tag(uint8_t *at, const struct plan_step *field)
{
    memcpy(at - PLAN_TAG_MAX, field->tag, PLAN_TAG_MAX);
    return at - field->tag_size;
}

/* Negative numbers of 32 bits are ten bytes long, as the format wants it. */
static inline uint64_t number_of(const struct plan_step *field, const void *value)
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

static uint8_t *put_message(const uint8_t *begin, uint8_t *at, const struct plan *plan,
                            const ProtobufCMessage *message);

static uint8_t *put_content(const uint8_t *begin, uint8_t *at, const struct plan_step *field,
                            const struct plan *plan, const void *value)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        const ProtobufCMessage *part = *(const ProtobufCMessage *const *)value;
        return part == NULL ? at : put_message(begin, at, plan, part);
    }
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(const char *const *)value;
        return text == NULL ? at : put_bytes(begin, at, text, strlen(text));
    }
    const ProtobufCBinaryData *bytes = value;
    return field->type != PROTOBUF_C_TYPE_BYTES ? NULL
                                                : put_bytes(begin, at, bytes->data, bytes->len);
}

static uint8_t *put_head(const uint8_t *begin, uint8_t *at, const struct plan_step *field,
                         const uint8_t *end)
{
    if (at == NULL || !has_room(begin, at, 0))
        return NULL;
    return put_tag(put_varint(at, (size_t)(end - at)), field);
}

/* Apart from numbers, which are most fields and want no call. */
__attribute__((noinline)) static uint8_t *put_long(const uint8_t *begin, uint8_t *at,
                                                   const struct plan_step *field,
                                                   const struct plan *plan, const void *value)
{
    return put_head(begin, put_content(begin, at, field, plan, value), field, at);
}

static inline uint8_t *put_field(const uint8_t *begin, uint8_t *at, const struct plan_step *field,
                                 const struct plan *plan, const void *value)
{
    if (!has_room(begin, at, 0))
        return NULL;
    if (plan_is_number(field))
        return put_tag(put_varint(at, number_of(field, value)), field);
    return put_long(begin, at, field, plan, value);
}

static uint8_t *put_packed(const uint8_t *begin, uint8_t *at, const struct plan_step *field,
                           const uint8_t *values, size_t count)
{
    size_t size = field->size;
    const uint8_t *end = at;
    if (!plan_is_number(field))
        return NULL;
    for (size_t i = count; i > 0; i--) {
        if (!has_room(begin, at, 0))
            return NULL;
        at = put_varint(at, number_of(field, values + (i - 1) * size));
    }
    return put_head(begin, at, field, end);
}

static uint8_t *put_repeated(const uint8_t *begin, uint8_t *at, const struct plan_step *field,
                             const struct plan *plan, const uint8_t *values, size_t count)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0)
        return put_packed(begin, at, field, values, count);
    for (size_t i = count; i > 0 && at != NULL; i--)
        at = put_field(begin, at, field, plan, values + (i - 1) * field->size);
    return at;
}

/* The one of a oneof's steps from `first` to `last` that its message has; NULL: none of these. */
static const struct plan_step *member_of(const struct plan_step *first,
                                         const struct plan_step *last, uint32_t id)
{
    while (first < last) {
        const struct plan_step *middle = first + (last - first) / 2;
        if (middle->id < id)
            first = middle + 1;
        else
            last = middle;
    }
    return first->id == id ? first : NULL;
}

static uint8_t *put_member(const uint8_t *begin, uint8_t *at, const struct plan *plan,
                           const struct plan_step *last, const uint8_t *base)
{
    const uint32_t *which = (const uint32_t *)(base + last->quantifier_offset);
    const struct plan_step *field = member_of(last - last->before, last, *which);
    if (field == NULL)
        return at;
    const uint8_t *value = base + field->offset;
    bool pointer = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
    if (pointer && *(const void *const *)value == NULL)
        return at;
    return put_field(begin, at, field, plan->parts[field - plan->steps], value);
}

static uint8_t *put_message(const uint8_t *begin, uint8_t *at, const struct plan *plan,
                            const ProtobufCMessage *message)
{
    const uint8_t *base = (const uint8_t *)message;
    if (message->n_unknown_fields > 0)
        return NULL;
    for (unsigned i = plan->count; i > 0 && at != NULL; i--) {
        const struct plan_step *field = &plan->steps[i - 1];
        if (!plan_is_there(field, base))
            continue; /* most of them, in most messages */
        const uint8_t *value = base + field->offset;
        const struct plan *part = plan->parts[i - 1];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            at = put_member(begin, at, plan, field, base);
            i -= field->before;
        } else if (field->label != PROTOBUF_C_LABEL_REPEATED)
            at = put_field(begin, at, field, part, value);
        else
            at = put_repeated(begin, at, field, part, *(const uint8_t *const *)value,
                              *(const size_t *)(base + field->quantifier_offset));
    }
    return at;
}

uint8_t *pack_before(const ProtobufCMessage *message, uint8_t *begin, uint8_t *end)
{
    const struct plan *plan = plan_of(message->descriptor);
    return plan == NULL ? NULL : put_message(begin, end, plan, message);
}
