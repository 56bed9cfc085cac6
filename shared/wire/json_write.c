/* message_to_json: any message as one line of JSON, by its descriptor. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/tell.h"
#include "wire/message.h"
#include "wire/reflect.h"

static void put_text(struct buffer *out, const char *text)
{
    buffer_put(out, text, strlen(text));
}

static void put_string(struct buffer *out, const char *text)
{
    char shown[TELL_JSON_MAX];
    put_text(out, "\"");
    for (size_t left = strlen(text); left > 0;) {
        size_t taken = tell_json(text, left, shown);
        put_text(out, shown);
        text += taken;
        left -= taken;
    }
    put_text(out, "\"");
}

static void put_hex(struct buffer *out, const ProtobufCBinaryData *bytes)
{
    static const char digits[] = "0123456789abcdef";
    put_text(out, "\"");
    for (size_t i = 0; i < bytes->len; i++) {
        char pair[2] = {digits[bytes->data[i] >> 4], digits[bytes->data[i] & 15]};
        buffer_put(out, pair, sizeof(pair));
    }
    put_text(out, "\"");
}

static void put_signed(struct buffer *out, int64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRId64, value);
    put_text(out, text);
}

static void put_unsigned(struct buffer *out, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    put_text(out, text);
}

/* A value this program does not know yet is written as its number. */
static void put_enum(struct buffer *out, const ProtobufCEnumDescriptor *type, int32_t value)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);
    if (known == NULL)
        put_signed(out, value);
    else
        put_string(out, known->name);
}

static void put_message(struct buffer *out, const ProtobufCMessage *message);

static void put_value(struct buffer *out, const ProtobufCFieldDescriptor *field, const void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        put_signed(out, *(const int32_t *)at);
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        put_signed(out, *(const int64_t *)at);
        break;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        put_unsigned(out, *(const uint32_t *)at);
        break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        put_unsigned(out, *(const uint64_t *)at);
        break;
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        put_text(out, "null"); /* no schema of ours has them */
        break;
    case PROTOBUF_C_TYPE_BOOL:
        put_text(out, *(const protobuf_c_boolean *)at ? "true" : "false");
        break;
    case PROTOBUF_C_TYPE_ENUM:
        put_enum(out, field->descriptor, *(const int32_t *)at);
        break;
    case PROTOBUF_C_TYPE_STRING:
        put_string(out, *(char *const *)at);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        put_hex(out, at);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        put_message(out, *(ProtobufCMessage *const *)at);
        break;
    }
}

static void put_field(struct buffer *out, const ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, size_t count)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    put_string(out, field->name);
    put_text(out, repeated ? ":[" : ":");
    for (size_t i = 0; i < count; i++) {
        put_text(out, i == 0 ? "" : ",");
        put_value(out, field, reflect_at(message, field, i));
    }
    put_text(out, repeated ? "]" : "");
}

static bool put_words(struct buffer *out, const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *value = reflect_text_value(message->descriptor);
    if (value == NULL || reflect_count(message, value) == 0)
        return false;
    put_value(out, value, reflect_at(message, value, 0));
    return true;
}

static void put_message(struct buffer *out, const ProtobufCMessage *message)
{
    if (put_words(out, message))
        return;
    const char *before = "{";
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        size_t count = reflect_count(message, field);
        if (count == 0)
            continue;
        put_text(out, before);
        put_field(out, message, field, count);
        before = ",";
    }
    put_text(out, before[0] == '{' ? "{}" : "}");
}

bool message_to_json(const ProtobufCMessage *message, struct buffer *out)
{
    put_message(out, message);
    return !out->overflow;
}
