#pragma once
/*
 * Random messages of any type, in an arena: what a careful client could send. For tests of wire.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/prng.h"
#include "wire/message.h"
#include "wire/reflect.h"

static inline char *random_text(struct prng *prng, struct arena *arena)
{
    static const char *const pieces[] = {"a", "Z", "7", " ", "\"", "\\", "\n", "ễ", "đ", "王",
                                         "ی", "α", "/", "{", "}",  ",",  "😀",  "'", "=", "."};
    char text[64] = "";
    size_t used = 0;
    size_t count = prng_below(prng, 10);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
                                 pieces[prng_below(prng, sizeof(pieces) / sizeof(pieces[0]))]);
    return arena_text(arena, text, strlen(text));
}

static inline void random_fill(ProtobufCMessage *message, unsigned depth, struct prng *prng,
                               struct arena *arena);

static inline void random_value(const ProtobufCFieldDescriptor *field, void *at, unsigned depth,
                                struct prng *prng, struct arena *arena)
{
    const ProtobufCEnumDescriptor *kinds = field->descriptor;
    int64_t number = prng_int64(prng);
    ProtobufCBinaryData *bytes = at;
    ProtobufCMessage **part = at;
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = (protobuf_c_boolean)prng_below(prng, 2);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int32_t *)at = kinds->values[prng_below(prng, kinds->n_values)].value;
        break;
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = random_text(prng, arena);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        bytes->len = prng_below(prng, 20);
        bytes->data = arena_take(arena, 20);
        for (size_t i = 0; i < bytes->len; i++)
            bytes->data[i] = (uint8_t)prng_next(prng);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *part = message_new(field->descriptor, arena);
        random_fill(*part, depth + 1, prng, arena);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        memcpy(at, &number, reflect_size(field->type));
        break;
    }
}

static inline void random_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                                unsigned depth, struct prng *prng, struct arena *arena)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    size_t count = 1;
    if (repeated)
        count = prng_below(prng, 4);
    else if (field->label != PROTOBUF_C_LABEL_REQUIRED)
        count = prng_below(prng, 2);
    bool deep = field->type == PROTOBUF_C_TYPE_MESSAGE && depth == MESSAGE_DEPTH_MAX;
    if (deep || count == 0 || reflect_oneof(message, field) != NULL)
        return;
    if (repeated)
        reflect_reserve(message, field, count, arena);
    for (size_t i = 0; i < count; i++)
        random_value(field, reflect_add(message, field), depth, prng, arena);
}

/* A text has either its words or where they are. */
static inline bool random_words(ProtobufCMessage *message, struct prng *prng, struct arena *arena)
{
    const ProtobufCFieldDescriptor *value = reflect_text_value(message->descriptor);
    if (value == NULL || prng_below(prng, 4) == 0)
        return false;
    random_value(value, reflect_add(message, value), 1, prng, arena);
    return true;
}

static inline void random_fill(ProtobufCMessage *message, unsigned depth, struct prng *prng,
                               struct arena *arena)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    if (random_words(message, prng, arena))
        return;
    bool text = reflect_text_value(type) != NULL;
    size_t from =
        prng_below(prng, type->n_fields == 0 ? 1 : type->n_fields); /* each oneof member */
    for (size_t i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[(from + i) % type->n_fields];
        if (!text || field->type != PROTOBUF_C_TYPE_STRING)
            random_field(message, field, depth, prng, arena);
    }
}

static inline ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *type,
                                               struct prng *prng, struct arena *arena)
{
    ProtobufCMessage *message = message_new(type, arena);
    random_fill(message, 1, prng, arena);
    return message;
}
