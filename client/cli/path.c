/*
 * Fields of a message by path, by the descriptors of protobuf-c.
 */
#include "cli/cli.h"
#include "wire/message.h"

#include <ctype.h>
#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>
#include <string.h>

enum { TYPED_MOST = 80 }; /* longer texts are not repeated */

static const void *member_at(const ProtobufCMessage *message, unsigned offset)
{
    return (const uint8_t *)message + offset;
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const void *value = member_at(message, field->offset);
    const void *quantifier = member_at(message, field->quantifier_offset);
    bool pointer = field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        return *(const uint32_t *)quantifier == field->id;
    if (pointer)
        return *(const void *const *)value != NULL &&
               *(const void *const *)value != field->default_value;
    return field->label == PROTOBUF_C_LABEL_REQUIRED || *(const protobuf_c_boolean *)quantifier;
}

const ProtobufCFieldDescriptor *member_find(const ProtobufCMessageDescriptor *type,
                                            const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(type, name);
}

ProtobufCMessage *member_make(ProtobufCMessage *message, const char *name, struct arena *arena)
{
    const ProtobufCFieldDescriptor *field = member_find(message->descriptor, name);
    if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return NULL;
    ProtobufCMessage *member = message_new(field->descriptor, arena);
    uint8_t *base = (uint8_t *)message;
    *(ProtobufCMessage **)(void *)(base + field->offset) = member;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        *(uint32_t *)(void *)(base + field->quantifier_offset) = field->id;
    return member;
}

bool path_find(const ProtobufCMessage *message, const char *path, struct path_at *ret_at)
{
    char name[64];
    for (;;) {
        size_t size = strcspn(path, ".");
        (void)snprintf(name, sizeof(name), "%.*s", (int)size, path);
        const ProtobufCFieldDescriptor *field = member_find(message->descriptor, name);
        if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED || !is_set(message, field))
            return false;
        *ret_at = (struct path_at){field, member_at(message, field->offset)};
        if (path[size] == '\0')
            return true;
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            return false;
        message = *(const ProtobufCMessage *const *)ret_at->value;
        path += size + 1;
    }
}

ProtobufCMessage *const *path_rows(const ProtobufCMessage *message, const char *path,
                                   size_t *ret_count)
{
    const ProtobufCFieldDescriptor *field = member_find(message->descriptor, path);
    *ret_count = 0;
    if (field == NULL || field->label != PROTOBUF_C_LABEL_REPEATED ||
        field->type != PROTOBUF_C_TYPE_MESSAGE)
        return NULL;
    *ret_count = *(const size_t *)member_at(message, field->quantifier_offset);
    return *(ProtobufCMessage *const *const *)member_at(message, field->offset);
}

/* The member of a list that "lines[3]" names, or the message itself of a plain name. */
static const ProtobufCMessage *step_into(const ProtobufCMessage *message, const char *part)
{
    char name[64];
    size_t count = 0;
    struct path_at at;
    (void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(part, ".["), part);
    if (part[strlen(name)] != '[')
        return path_find(message, name, &at) && at.field->type == PROTOBUF_C_TYPE_MESSAGE
                   ? *(const ProtobufCMessage *const *)at.value
                   : NULL;
    ProtobufCMessage *const *rows = path_rows(message, name, &count);
    size_t index = strtoul(part + strlen(name) + 1, NULL, 10);
    return index < count ? rows[index] : NULL;
}

static const char *string_of(const ProtobufCMessage *message, const char *name)
{
    struct path_at at;
    bool found = path_find(message, name, &at) && at.field->type == PROTOBUF_C_TYPE_STRING;
    const char *text = found ? *(const char *const *)at.value : NULL;
    return text == NULL || strlen(text) > TYPED_MOST ? NULL : text;
}

const char *path_typed(const ProtobufCMessage *message, const char *path)
{
    char by_code[96];
    while (message != NULL && path != NULL && path[strcspn(path, ".")] == '.') {
        message = step_into(message, path);
        path += strcspn(path, ".") + 1;
    }
    if (message == NULL || path == NULL || path[0] == '\0')
        return NULL;
    (void)snprintf(by_code, sizeof(by_code), "%.80s_code", path);
    const char *text = string_of(message, path);
    return text != NULL ? text : string_of(message, by_code);
}

int64_t path_integer(const struct path_at *at)
{
    switch (at->field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_ENUM:
        return *(const int32_t *)at->value;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return *(const uint32_t *)at->value;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return *(const int64_t *)at->value;
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *)at->value != 0;
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return 0;
}

/* What all names of the enum begin with, up to its last '_'. */
static size_t common_prefix(const ProtobufCEnumDescriptor *type)
{
    const char *first = type->values[0].name;
    size_t size = strlen(first);
    for (unsigned i = 1; i < type->n_values; i++) {
        size_t same = 0;
        while (same < size && type->values[i].name[same] == first[same])
            same++;
        size = same;
    }
    while (size > 0 && first[size - 1] != '_')
        size--;
    return type->n_values < 2 ? 0 : size;
}

const char *enum_word(const ProtobufCEnumDescriptor *type, int value, char *out, size_t capacity)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);
    if (found == NULL) {
        (void)snprintf(out, capacity, "other (%d)", value); /* that a later version has */
        return out;
    }
    (void)snprintf(out, capacity, "%s", found->name + common_prefix(type));
    for (char *at = out; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : (char)tolower((unsigned char)*at);
    return out;
}

const ProtobufCMessage *message_member(const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        bool member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        if (member && field->type == PROTOBUF_C_TYPE_MESSAGE && is_set(message, field))
            return *(const ProtobufCMessage *const *)member_at(message, field->offset);
    }
    return NULL;
}

const char *text_of(const Tefter__Text *text)
{
    if (text != NULL && text->unreadable)
        return "(not readable)";
    return text == NULL || text->value == NULL ? "" : text->value;
}
