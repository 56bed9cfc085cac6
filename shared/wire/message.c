#include "wire/message.h"

#include "base/fault.h"
#include "base/limits.h"
#include "wire/pack.h"
#include "wire/reflect.h"
#include "wire/unpack.h"

#include <string.h>

/* ---- unpacking into an arena ---- */

static void *allocator_take(void *arena, size_t size)
{
    return arena_take(arena, size);
}

static void allocator_free(void *arena, void *data)
{
    (void)arena;
    (void)data;
}

ProtobufCMessage *message_unpack(const ProtobufCMessageDescriptor *type, struct slice bytes,
                                 struct arena *arena)
{
    ProtobufCMessage *plain = unpack_plain(type, bytes, arena);
    if (plain != NULL)
        return plain;
    static const uint8_t nothing[1];
    ProtobufCAllocator allocator = {allocator_take, allocator_free, arena};
    const uint8_t *data = bytes.size == 0 ? nothing : bytes.data;
    return protobuf_c_message_unpack(type, &allocator, bytes.size, data);
}

ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *type, struct arena *arena)
{
    ProtobufCMessage *message = arena_take(arena, type->sizeof_message);
    if (message != NULL)
        protobuf_c_message_init(type, message); /* every byte of it */
    return message;
}

/* ---- packing ---- */

/* Most records and answers fit; what does not is packed by protobuf-c, to the same bytes. */
enum { PACKED_AT_ONCE_MAX = 4096 };

struct slice message_pack(const ProtobufCMessage *message, struct arena *arena)
{
    uint8_t room[PACKED_AT_ONCE_MAX];
    const uint8_t *packed = pack_before(message, room, room + sizeof room);
    size_t size = packed != NULL ? (size_t)(room + sizeof room - packed)
                                 : protobuf_c_message_get_packed_size(message);
    uint8_t *data = size == 0 ? NULL : arena_take(arena, size);
    if (data == NULL)
        return (struct slice){NULL, 0};
    if (packed == NULL)
        return slice_of(data, protobuf_c_message_pack(message, data));
    memcpy(data, packed, size);
    explicit_bzero(room + sizeof room - size, size); /* it may be somebody's name */
    return slice_of(data, size);
}

bool message_put(const ProtobufCMessage *message, struct buffer *out)
{
    uint8_t room[PACKED_AT_ONCE_MAX];
    const uint8_t *packed = pack_before(message, room, room + sizeof room);
    if (packed != NULL) {
        size_t size = (size_t)(room + sizeof room - packed);
        bool put = buffer_put(out, packed, size);
        explicit_bzero(room + sizeof room - size, size);
        return put;
    }
    size_t size = protobuf_c_message_get_packed_size(message);
    if (!buffer_reserve(out, size))
        return false;
    if (size > 0)
        out->size += protobuf_c_message_pack(message, out->data + out->size);
    return true;
}

/* ---- walking ---- */

static bool can_hold(const ProtobufCMessageDescriptor *type,
                     const ProtobufCMessageDescriptor *wanted, unsigned depth)
{
    if (depth > MESSAGE_DEPTH_MAX)
        return false;
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (type->fields[i].type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        const ProtobufCMessageDescriptor *part = type->fields[i].descriptor;
        if (part == wanted || can_hold(part, wanted, depth + 1))
            return true;
    }
    return false;
}

static void clear_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    char *at = (char *)message;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        *(size_t *)(at + field->quantifier_offset) = 0;
    else if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING)
        *(void **)(at + field->offset) = NULL;
    else
        *(protobuf_c_boolean *)(at + field->quantifier_offset) = 0;
}

void message_leave_out(ProtobufCMessage *message, uint32_t from_number)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        bool member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        size_t count = reflect_count(message, field);
        if (count > 0 && field->id >= from_number && !member &&
            field->label != PROTOBUF_C_LABEL_REQUIRED) {
            clear_field(message, field);
            continue;
        }
        for (size_t j = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && j < count; j++)
            message_leave_out(*(ProtobufCMessage **)reflect_at(message, field, j), from_number);
    }
}

bool message_can_hold(const ProtobufCMessageDescriptor *type,
                      const ProtobufCMessageDescriptor *wanted)
{
    return can_hold(type, wanted, 1);
}

static void each_of_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                          const ProtobufCMessageDescriptor *wanted, message_each_fn each,
                          void *context)
{
    size_t count = reflect_count(message, field);
    const ProtobufCMessageDescriptor *type = field->descriptor;
    /* A thousand lines that cannot hold one are not worth a look. */
    if (count > 1 && type != wanted && !message_can_hold(type, wanted))
        return;
    for (size_t i = 0; i < count; i++) {
        ProtobufCMessage **part = reflect_at(message, field, i);
        if (type == wanted)
            each(context, *part);
        message_each(*part, wanted, each, context);
    }
}

void message_each(ProtobufCMessage *message, const ProtobufCMessageDescriptor *wanted,
                  message_each_fn each, void *context)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            each_of_field(message, &type->fields[i], wanted, each, context);
    }
}
