#pragma once
/*
 * Inside wire: what packing and unpacking need to know of a message type, in a third of the memory
 * that protobuf-c's descriptors take. A plan is made when its type is first met and stays.
 */
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PLAN_FIELDS_MAX = 256, PLAN_WORDS = PLAN_FIELDS_MAX / 64, PLAN_TAG_MAX = 4 };

struct plan_step { /* a field; as the descriptor's members of these names */
    uint32_t id;
    uint16_t offset;
    uint16_t quantifier_offset;
    uint8_t type;
    uint8_t label;
    uint8_t flags;
    uint8_t size;              /* bytes of one value */
    uint8_t tag[PLAN_TAG_MAX]; /* as it is packed, at the end of these bytes */
    uint16_t there[2];         /* offsets of two words; both 0: the message does not have it */
    uint16_t before; /* of a oneof: how many steps straight before this one are of the same */
    uint8_t tag_size;
};

enum {
    PLAN_NUMBERS = 1 << PROTOBUF_C_TYPE_INT32 | 1 << PROTOBUF_C_TYPE_ENUM |
                   1 << PROTOBUF_C_TYPE_UINT32 | 1 << PROTOBUF_C_TYPE_INT64 |
                   1 << PROTOBUF_C_TYPE_UINT64 | 1 << PROTOBUF_C_TYPE_BOOL,
    PLAN_LONG =
        1 << PROTOBUF_C_TYPE_BYTES | 1 << PROTOBUF_C_TYPE_STRING | 1 << PROTOBUF_C_TYPE_MESSAGE,
};

/* A varint; fixed and zigzag numbers, which this schema has nowhere, are left to protobuf-c. */
static inline bool plan_is_number(const struct plan_step *field)
{
    return (PLAN_NUMBERS >> field->type & 1) != 0;
}

/* With a length before it. */
static inline bool plan_is_long(const struct plan_step *field)
{
    return (PLAN_LONG >> field->type & 1) != 0;
}

/* Of a oneof: does the message have any of its members? */
static inline bool plan_is_there(const struct plan_step *field, const uint8_t *message)
{
    uint32_t first, second;
    memcpy(&first, message + field->there[0], sizeof first);
    memcpy(&second, message + field->there[1], sizeof second);
    return (first | second) != 0;
}

struct plan {
    const ProtobufCMessageDescriptor *type;
    unsigned count;
    unsigned words;                  /* of `required` that say anything */
    uint64_t required[PLAN_WORDS];   /* bits of the steps that must be there */
    const struct plan_step *steps;   /* by id */
    const struct plan *const *parts; /* of a step that is a message: its plan */
};

/* NULL: the type has what this schema has nowhere (a text with a default), or there was no memory.
 * Any thread may ask. */
const struct plan *plan_of(const ProtobufCMessageDescriptor *type);
