/* message_to_json: any message as one line of JSON, by its descriptor. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
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

/* How people's programs want it. */
struct style {
    bool plain;
};

static void put_message(struct buffer *out, const ProtobufCMessage *message, struct style style);

/* Days since 1970 in the schema: by the names that such fields have. */
static bool is_day(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"date",        "due",          "until",       "as_of",
                                        "began",       "today",        "oldest_due",  "valid_from",
                                        "valid_until", "locked_until", "counted_day", "again"};
    size_t size = strlen(field->name);
    if (field->type != PROTOBUF_C_TYPE_UINT32)
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return size > 5 && strcmp(field->name + size - 5, "_date") == 0;
}

static void put_day(struct buffer *out, uint32_t day)
{
    char text[DATE_TEXT_SIZE];
    date_write(day, text);
    put_string(out, text);
}

static void put_value(struct buffer *out, const ProtobufCFieldDescriptor *field, const void *at,
                      struct style style)
{
    if (style.plain && is_day(field)) {
        put_day(out, *(const uint32_t *)at);
        return;
    }
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
        put_message(out, *(ProtobufCMessage *const *)at, style);
        break;
    }
}

static void put_field(struct buffer *out, const ProtobufCMessage *message,
                      const ProtobufCFieldDescriptor *field, size_t count, struct style style)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    put_string(out, field->name);
    put_text(out, repeated ? ":[" : ":");
    for (size_t i = 0; i < count; i++) {
        put_text(out, i == 0 ? "" : ",");
        put_value(out, field, reflect_at(message, field, i), style);
    }
    put_text(out, repeated ? "]" : "");
}

static bool put_words(struct buffer *out, const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *value = reflect_text_value(message->descriptor);
    if (value == NULL || reflect_count(message, value) == 0)
        return false;
    put_value(out, value, reflect_at(message, value, 0), (struct style){0});
    return true;
}

static bool says_nothing(const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        if (reflect_count(message, &message->descriptor->fields[i]) > 0)
            return false;
    return true;
}

/* A name that nobody has given. */
static bool is_empty_text(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED ||
        reflect_text_value(field->descriptor) == NULL)
        return false;
    const ProtobufCMessage *text = *(ProtobufCMessage *const *)reflect_at(message, field, 0);
    const ProtobufCFieldDescriptor *value = reflect_text_value(field->descriptor);
    bool blank =
        reflect_count(text, value) > 0 && **(char *const *)reflect_at(text, value, 0) == '\0';
    return blank || says_nothing(text);
}

static void put_message(struct buffer *out, const ProtobufCMessage *message, struct style style)
{
    if (put_words(out, message))
        return;
    const char *before = "{";
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        size_t count = reflect_count(message, field);
        if (count == 0 || (style.plain && is_empty_text(message, field)))
            continue;
        put_text(out, before);
        put_field(out, message, field, count, style);
        before = ",";
    }
    put_text(out, before[0] == '{' ? "{}" : "}");
}

bool message_to_json(const ProtobufCMessage *message, struct buffer *out)
{
    put_message(out, message, (struct style){.plain = false});
    return !out->overflow;
}

bool message_to_plain_json(const ProtobufCMessage *message, struct buffer *out)
{
    put_message(out, message, (struct style){.plain = true});
    return !out->overflow;
}
