#include "wire/features.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/grow.h"
#include "wire.pb-c.h"
#include "wire/path.h"
#include "wire/reader.h"
#include "wire/reflect.h"

enum {
    TYPES_MAX = 1024,                 /* messages and enums below one root */
    DESCRIPTION_MEMORY_MAX = 1 << 20, /* unpacked */
};

/* ---- the graph of types ---- */

/* A message type that a bytes field holds packed; NULL: it is just bytes. */
static const ProtobufCMessageDescriptor *packed_in(const ProtobufCMessageDescriptor *type,
                                                   const ProtobufCFieldDescriptor *field)
{
    if (type == &tefter__from_terminal__descriptor &&
        field->id == TEFTER__FROM_TERMINAL__BODY_QUERY)
        return &tefter__query__descriptor;
    bool command = type == &tefter__submit_command__descriptor &&
                   field->offset == offsetof(Tefter__SubmitCommand, command);
    return command ? &tefter__command__descriptor : NULL;
}

/* Each descriptor begins with its magic number, which tells messages from enums. */
static bool is_enum(const void *type)
{
    return *(const uint32_t *)type == PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC;
}

/* The message or enum that a field's values are of; NULL: they are plain. */
static const void *type_of(const ProtobufCMessageDescriptor *type,
                           const ProtobufCFieldDescriptor *field)
{
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return packed_in(type, field);
    bool made = field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_ENUM;
    return made ? field->descriptor : NULL;
}

/* ---- describing ---- */

struct types {
    const void *rows[TYPES_MAX];
    uint32_t count;
};

static uint32_t place_of(struct types *types, const void *type)
{
    for (uint32_t i = 0; i < types->count; i++) {
        if (types->rows[i] == type)
            return i;
    }
    need(types->count < TYPES_MAX);
    types->rows[types->count] = type;
    return types->count++;
}

static bool describe_enum(const ProtobufCEnumDescriptor *type, Tefter__FeatureType *row,
                          struct arena *arena)
{
    row->numbers = arena_take(arena, type->n_values * sizeof(*row->numbers));
    if (row->numbers == NULL)
        return false;
    for (unsigned i = 0; i < type->n_values; i++)
        row->numbers[row->n_numbers++] = (uint32_t)type->values[i].value;
    return true;
}

static bool describe_message(struct types *types, const ProtobufCMessageDescriptor *type,
                             Tefter__FeatureType *row, struct arena *arena)
{
    row->numbers = arena_take(arena, type->n_fields * sizeof(*row->numbers));
    row->types = arena_take(arena, type->n_fields * sizeof(*row->types));
    if (row->numbers == NULL || row->types == NULL)
        return false;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const void *part = type_of(type, &type->fields[i]);
        row->numbers[row->n_numbers++] = type->fields[i].id;
        row->types[row->n_types++] = part == NULL ? 0 : place_of(types, part);
    }
    return true;
}

/* A type is described when its turn comes; those it holds take their turns behind it. */
static bool describe(struct types *types, uint32_t place, Tefter__FeatureType *row,
                     struct arena *arena)
{
    const void *type = types->rows[place];
    tefter__feature_type__init(row);
    return is_enum(type) ? describe_enum(type, row, arena)
                         : describe_message(types, type, row, arena);
}

struct slice features_describe(const ProtobufCMessageDescriptor *root, struct arena *arena)
{
    struct types types = {.count = 0};
    Tefter__Features features = TEFTER__FEATURES__INIT;
    Tefter__FeatureType *rows = arena_take(arena, TYPES_MAX * sizeof(*rows));
    Tefter__FeatureType **places = arena_take(arena, TYPES_MAX * sizeof(*places));
    (void)place_of(&types, root);
    for (uint32_t i = 0; rows != NULL && places != NULL && i < types.count; i++) {
        if (!describe(&types, i, &rows[i], arena))
            return slice_of(NULL, 0);
        places[i] = &rows[i];
    }
    if (rows == NULL || places == NULL)
        return slice_of(NULL, 0);
    features.types = places;
    features.n_types = types.count;
    return message_pack(&features.base, arena);
}

/* ---- comparing ---- */

/* Ours and theirs, side by side: a type of ours is paired with the one of theirs that stands in the
 * same place, wherever it is met first. */
struct pairs {
    struct types ours;
    uint32_t theirs[TYPES_MAX];
};

static bool gap_add(struct features *features, const void *type, uint32_t number)
{
    if (!GROW(features->gaps, features->capacity, features->count + 1))
        return false;
    features->gaps[features->count++] = (struct feature_gap){type, number};
    return true;
}

static bool find_number(const Tefter__FeatureType *theirs, uint32_t number, size_t *ret_at)
{
    for (size_t i = 0; i < theirs->n_numbers; i++) {
        *ret_at = i;
        if (theirs->numbers[i] == number)
            return true;
    }
    return false;
}

static bool compare_enum(struct features *features, const ProtobufCEnumDescriptor *ours,
                         const Tefter__FeatureType *theirs)
{
    size_t at = 0;
    for (unsigned i = 0; i < ours->n_values; i++) {
        uint32_t value = (uint32_t)ours->values[i].value;
        if (!find_number(theirs, value, &at) && !gap_add(features, ours, value))
            return false;
    }
    return true;
}

/* What they hold in a field we both have is compared when its turn comes. */
static bool pair_part(struct pairs *pairs, const void *part, uint32_t theirs, size_t their_count)
{
    uint32_t known = pairs->ours.count;
    if (theirs >= their_count)
        return false;
    if (part != NULL && theirs != 0 && place_of(&pairs->ours, part) == known)
        pairs->theirs[known] = theirs;
    return true;
}

static bool compare_message(struct features *features, struct pairs *pairs,
                            const ProtobufCMessageDescriptor *ours,
                            const Tefter__FeatureType *theirs, size_t their_count)
{
    if (theirs->n_types != theirs->n_numbers)
        return false;
    for (unsigned i = 0; i < ours->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &ours->fields[i];
        size_t at = 0;
        bool good = find_number(theirs, field->id, &at)
                        ? pair_part(pairs, type_of(ours, field), theirs->types[at], their_count)
                        : gap_add(features, ours, field->id);
        if (!good)
            return false;
    }
    return true;
}

static bool compare(struct features *features, const ProtobufCMessageDescriptor *root,
                    const Tefter__Features *theirs)
{
    struct pairs pairs = {.ours = {.count = 0}};
    (void)place_of(&pairs.ours, root);
    pairs.theirs[0] = 0;
    for (uint32_t i = 0; i < pairs.ours.count; i++) {
        const void *ours = pairs.ours.rows[i];
        if (pairs.theirs[i] >= theirs->n_types)
            return false;
        const Tefter__FeatureType *row = theirs->types[pairs.theirs[i]];
        bool good = is_enum(ours) ? compare_enum(features, ours, row)
                                  : compare_message(features, &pairs, ours, row, theirs->n_types);
        if (!good)
            return false;
    }
    return true;
}

bool features_read(struct features *features, const ProtobufCMessageDescriptor *root,
                   struct slice description)
{
    struct arena arena;
    features_fini(features);
    arena_init(&arena, DESCRIPTION_MEMORY_MAX);
    const Tefter__Features *theirs = NULL;
    if (message_scan_as(&tefter__features__descriptor, description, MESSAGE_OF_SERVER, NULL))
        theirs = (const Tefter__Features *)message_unpack(&tefter__features__descriptor,
                                                          description, &arena);
    bool good = theirs != NULL && compare(features, root, theirs);
    if (!good)
        features_fini(features);
    arena_fini(&arena);
    return good;
}

void features_fini(struct features *features)
{
    free(features->gaps);
    *features = (struct features){.gaps = NULL};
}

/* ---- asking ---- */

bool features_have(const struct features *features, const void *type, uint32_t number)
{
    for (size_t i = 0; i < features->count; i++) {
        if (features->gaps[i].type == type && features->gaps[i].number == number)
            return false;
    }
    return true;
}

struct suit {
    const struct features *features;
    struct message_fault *fault;
    bool whole; /* the path is: steps that stand before a command or query are left out */
};

static bool step(struct suit *suit, const char *name)
{
    return !suit->whole && path_within(suit->fault, name, -1);
}

/* "PAYMENT_CASH" is "cash" to people. */
static bool value_lacks(struct suit *suit, const ProtobufCEnumDescriptor *type,
                        const ProtobufCEnumValue *value)
{
    char name[MESSAGE_PATH_MAX];
    (void)snprintf(name, sizeof(name), "%s", value->name + reflect_enum_prefix(type));
    for (char *at = name; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return step(suit, name);
}

/* One value, or those of a packed field. */
static bool values_suit(struct suit *suit, const ProtobufCEnumDescriptor *type,
                        struct reader reader)
{
    uint64_t number = 0;
    while (reader.at < reader.end && read_varint(&reader, &number)) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(type, (int32_t)(uint32_t)number);
        if (value != NULL && !features_have(suit->features, type, (uint32_t)number))
            return value_lacks(suit, type, value);
    }
    return true;
}

static bool message_suits(struct suit *suit, const ProtobufCMessageDescriptor *type,
                          struct reader reader);

/* `value` is what stands behind the tag, without the length it may have. */
static bool field_suits(struct suit *suit, const ProtobufCMessageDescriptor *type,
                        const ProtobufCFieldDescriptor *field, struct reader value)
{
    if (!features_have(suit->features, type, field->id))
        return false;
    const void *inner = type_of(type, field);
    if (inner == NULL)
        return true;
    if (is_enum(inner))
        return values_suit(suit, inner, value);
    bool suits = message_suits(suit, inner, value);
    suit->whole = suit->whole || (!suits && field->type == PROTOBUF_C_TYPE_BYTES);
    return suits;
}

static bool message_suits(struct suit *suit, const ProtobufCMessageDescriptor *type,
                          struct reader reader)
{
    uint64_t tag = 0;
    while (reader.at < reader.end && read_varint(&reader, &tag)) {
        struct reader part;
        const uint8_t *begin = reader.at;
        if (!skip_value(&reader, (unsigned)(tag & 7), &part))
            return true; /* not of our making */
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3));
        struct reader value = {begin, reader.at};
        if ((tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            value = part;
        if (field != NULL && !field_suits(suit, type, field, value))
            return step(suit, field->name);
    }
    return true;
}

bool features_suit(const struct features *features, const ProtobufCMessageDescriptor *root,
                   struct slice bytes, struct message_fault *ret_fault)
{
    struct message_fault ignored;
    struct suit suit = {features, ret_fault != NULL ? ret_fault : &ignored, false};
    if (features->count == 0)
        return true;
    path_fault(suit.fault, "the other side does not know it yet");
    return message_suits(&suit, root, reader_of(bytes));
}
