#pragma once
/*
 * Inside wire: fields of a message by their descriptors. Values are reached by address; the
 * quantifier (has, count, or which member of a oneof) is kept right by reflect_add.
 */
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Bytes of one value of this type inside a message. */
size_t reflect_size(ProtobufCType type);

/* How many values a field has: 0 or 1, or the number of repetitions. */
size_t reflect_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The address of value `index`, which must be there. */
void *reflect_at(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                 size_t index);

/* Makes room for `more` values of a repeated field, so that they can be added in place. */
bool reflect_reserve(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, size_t more,
                     struct arena *arena);

/* One value more, zeroed: of a repeated field behind the others (reserved before), of any other the
 * one it has. The caller has looked at bounds and oneofs. */
void *reflect_add(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The member of this field's oneof that is set, NULL when none is (or it is in none). */
const ProtobufCFieldDescriptor *reflect_oneof(const ProtobufCMessage *message,
                                              const ProtobufCFieldDescriptor *field);

/* By the schema's name; '-' counts as '_' and case does not count. */
const ProtobufCFieldDescriptor *reflect_find(const ProtobufCMessageDescriptor *type,
                                             const char *name, size_t size);

/* The field of a tefter.Text that carries its words, NULL for any other type: where a text is
 * wanted, plain words are enough. */
const ProtobufCFieldDescriptor *reflect_text_value(const ProtobufCMessageDescriptor *type);

/* The length of the part that all value names of an enum begin with ("ROLE_"), 0 when none. */
size_t reflect_enum_prefix(const ProtobufCEnumDescriptor *type);

/* With or without the prefix, in any case, '-' as '_'. NULL when there is none. */
const ProtobufCEnumValue *reflect_enum_find(const ProtobufCEnumDescriptor *type, const char *name,
                                            size_t size);
