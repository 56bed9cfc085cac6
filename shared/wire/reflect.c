#include "wire/reflect.h"

#include <ctype.h>
#include <string.h>

#include "base/fault.h"

/* ---- values of a message ---- */

size_t reflect_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        break;
    }
    return sizeof(ProtobufCBinaryData);
}

static void *quantifier_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (uint8_t *)(uintptr_t)message + field->quantifier_offset;
}

static void *member_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (uint8_t *)(uintptr_t)message + field->offset;
}

static bool in_oneof(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

static bool is_pointer(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool points_somewhere(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    void *const *pointer = member_of(message, field);
    return *pointer != NULL && *pointer != field->default_value;
}

size_t reflect_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)quantifier_of(message, field);
    if (in_oneof(field) && *(const uint32_t *)quantifier_of(message, field) != field->id)
        return 0;
    if (is_pointer(field))
        return points_somewhere(message, field) ? 1 : 0;
    if (in_oneof(field) || field->label == PROTOBUF_C_LABEL_REQUIRED)
        return 1;
    return *(const protobuf_c_boolean *)quantifier_of(message, field) ? 1 : 0;
}

void *reflect_at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                 size_t index)
{
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return member_of(message, field);
    uint8_t *const *array = member_of(message, field);
    return *array + index * reflect_size(field->type);
}

bool reflect_reserve(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t more,
                     struct arena *arena)
{
    size_t count = reflect_count(message, field);
    void **array = member_of(message, field);
    void *wider = arena_zero(arena, (count + more) * reflect_size(field->type));
    if (wider == NULL)
        return false;
    if (count > 0)
        memcpy(wider, *array, count * reflect_size(field->type));
    *array = wider;
    return true;
}

void *reflect_add(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t *count = quantifier_of(message, field);
        return reflect_at(message, field, (*count)++);
    }
    if (in_oneof(field))
        *(uint32_t *)quantifier_of(message, field) = field->id;
    else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && !is_pointer(field))
        *(protobuf_c_boolean *)quantifier_of(message, field) = 1;
    return memset(member_of(message, field), 0, reflect_size(field->type));
}

const ProtobufCFieldDescriptor *reflect_oneof(const ProtobufCMessage *message,
                                              const ProtobufCFieldDescriptor *field)
{
    if (!in_oneof(field))
        return NULL;
    uint32_t id = *(const uint32_t *)quantifier_of(message, field);
    return id == 0 ? NULL : protobuf_c_message_descriptor_get_field(message->descriptor, id);
}

/* ---- names ---- */

static bool same_name(const char *name, const char *typed, size_t size)
{
    if (strlen(name) != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = typed[i] == '-' ? '_' : typed[i];
        if (tolower((unsigned char)c) != tolower((unsigned char)name[i]))
            return false;
    }
    return true;
}

const ProtobufCFieldDescriptor *reflect_find(const ProtobufCMessageDescriptor *type,
                                             const char *name, size_t size)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (same_name(type->fields[i].name, name, size))
            return &type->fields[i];
    }
    return NULL;
}

const ProtobufCFieldDescriptor *reflect_text_value(const ProtobufCMessageDescriptor *type)
{
    if (strcmp(type->name, "tefter.Text") != 0)
        return NULL;
    const ProtobufCFieldDescriptor *value = reflect_find(type, "value", strlen("value"));
    need(value != NULL && value->type == PROTOBUF_C_TYPE_STRING);
    return value;
}

static size_t common_length(const char *a, const char *b, size_t most)
{
    size_t length = 0;
    while (length < most && a[length] != '\0' && a[length] == b[length])
        length++;
    return length;
}

size_t reflect_enum_prefix(const ProtobufCEnumDescriptor *type)
{
    if (type->n_values < 2)
        return 0;
    size_t length = strlen(type->values[0].name);
    for (unsigned i = 1; i < type->n_values; i++)
        length = common_length(type->values[0].name, type->values[i].name, length);
    while (length > 0 && type->values[0].name[length - 1] != '_')
        length--;
    return length;
}

const ProtobufCEnumValue *reflect_enum_find(const ProtobufCEnumDescriptor *type, const char *name,
                                            size_t size)
{
    size_t prefix = reflect_enum_prefix(type);
    for (unsigned i = 0; i < type->n_values; i++) {
        const char *known = type->values[i].name;
        if (same_name(known, name, size) || same_name(known + prefix, name, size))
            return &type->values[i];
    }
    return NULL;
}
