#include "wire/unpack.h"

#include "base/limits.h"
#include "wire/plan.h"
#include "wire/reader.h"
#include "wire/varint.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static ProtobufCMessage *take_message(const struct plan *plan, struct reader reader, unsigned depth,
                                      struct arena *arena);

/* One message of the walk. */
struct walk {
    const struct plan *plan;
    uint8_t *base; /* the message */
    struct reader reader;
    unsigned depth;
    struct arena *arena;
    unsigned next; /* the step that is expected */
    uint64_t seen[PLAN_WORDS];
};

/* ---- values ---- */

static void take_number(const struct plan_step *field, uint64_t number, void *to)
{
    if (field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64)
        *(uint64_t *)to = number;
    else if (field->type == PROTOBUF_C_TYPE_BOOL)
        *(protobuf_c_boolean *)to = number != 0;
    else
        *(uint32_t *)to = (uint32_t)number;
}

static bool take_bytes(struct reader part, struct arena *arena, ProtobufCBinaryData *to)
{
    size_t size = (size_t)(part.end - part.at);
    *to = (ProtobufCBinaryData){.len = size, .data = NULL};
    if (size == 0)
        return true;
    to->data = arena_copy(arena, part.at, size);
    return to->data != NULL;
}

/* Apart from numbers, which are most fields and want no call. */
__attribute__((noinline)) static bool take_long(struct walk *walk, const struct plan_step *field,
                                                void *to)
{
    struct reader part;
    if (!read_part(&walk->reader, &part))
        return false;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return take_bytes(part, walk->arena, to);
    void *made = NULL;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        made = arena_text(walk->arena, part.at, (size_t)(part.end - part.at));
    else
        made = take_message(walk->plan->parts[field - walk->plan->steps], part, walk->depth + 1,
                            walk->arena);
    *(void **)to = made;
    return made != NULL;
}

static inline bool take_value(struct walk *walk, const struct plan_step *field, void *to)
{
    if (plan_is_long(field))
        return take_long(walk, field, to);
    uint64_t number = 0;
    if (!read_varint(&walk->reader, &number))
        return false;
    take_number(field, number, to);
    return true;
}

/* ---- fields ---- */

static bool take_single(struct walk *walk, const struct plan_step *field)
{
    uint8_t *quantifier = walk->base + field->quantifier_offset;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        if (*(uint32_t *)quantifier != 0)
            return false;
        *(uint32_t *)quantifier = field->id;
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL &&
               (!plan_is_long(field) || field->type == PROTOBUF_C_TYPE_BYTES))
        *(protobuf_c_boolean *)quantifier = 1;
    return take_value(walk, field, walk->base + field->offset);
}

/* The run of values that begins here; the reader stands behind the first one's tag. */
static size_t count_run(struct reader reader, uint64_t tag)
{
    struct reader ignored;
    uint64_t next = tag;
    size_t count = 0;
    for (; next == tag; count++) {
        if (!skip_value(&reader, (unsigned)(tag & 7), &ignored))
            return 0;
        next = 0;
        if (reader.at < reader.end && !read_varint(&reader, &next))
            return 0;
    }
    return count;
}

static bool take_repeated(struct walk *walk, const struct plan_step *field, uint64_t tag)
{
    size_t count = count_run(walk->reader, tag);
    uint8_t *values = count == 0 ? NULL : arena_take(walk->arena, count * field->size);
    if (values == NULL)
        return false;
    *(size_t *)(walk->base + field->quantifier_offset) = count;
    *(void **)(walk->base + field->offset) = values;
    for (size_t i = 0; i < count; i++) {
        uint64_t ignored;
        if ((i > 0 && !read_varint(&walk->reader, &ignored)) ||
            !take_value(walk, field, values + i * field->size))
            return false;
    }
    return true;
}

/* All values behind one tag. */
static bool take_packed(struct walk *walk, const struct plan_step *field)
{
    struct reader part;
    size_t count = 0;
    if (!read_part(&walk->reader, &part))
        return false;
    for (const uint8_t *at = part.at; at < part.end; at++)
        count += *at < 0x80; /* the last byte of each */
    uint8_t *values = count == 0 ? NULL : arena_take(walk->arena, count * field->size);
    if (values == NULL)
        return false;
    *(size_t *)(walk->base + field->quantifier_offset) = count;
    *(void **)(walk->base + field->offset) = values;
    for (size_t i = 0; i < count; i++) {
        uint64_t number = 0;
        if (!read_varint(&part, &number))
            return false;
        take_number(field, number, values + i * field->size);
    }
    return part.at == part.end;
}

/* Fields mostly come in the order of their numbers, with few that are absent between them. */
static const struct plan_step *step_of(struct walk *walk, uint64_t number)
{
    enum { PASSED_MAX = 8 };
    const struct plan_step *steps = walk->plan->steps;
    unsigned low = walk->next, high = walk->plan->count;
    for (unsigned passed = 0; passed < PASSED_MAX && low < high && steps[low].id < number; passed++)
        low++;
    if (low < high && steps[low].id == number)
        return &steps[low];
    if (low == high || steps[low].id > number)
        low = 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (steps[middle].id < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < walk->plan->count && steps[low].id == number ? &steps[low] : NULL;
}

/* false: what stands behind the tag is of another type than the field, or of one this leaves alone.
 */
static bool take_behind(struct walk *walk, const struct plan_step *field, uint64_t tag)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool number = plan_is_number(field);
    if ((tag & 7) == WIRE_BYTES && number)
        return repeated && take_packed(walk, field);
    if ((tag & 7) != (number ? WIRE_VARINT : WIRE_BYTES) || !(number || plan_is_long(field)))
        return false;
    return repeated ? take_repeated(walk, field, tag) : take_single(walk, field);
}

static bool take_field(struct walk *walk)
{
    uint64_t tag = 0;
    if (!read_varint(&walk->reader, &tag))
        return false;
    const struct plan_step *field = step_of(walk, tag >> 3);
    if (field == NULL)
        return false;
    unsigned i = (unsigned)(field - walk->plan->steps);
    uint64_t bit = UINT64_C(1) << (i % 64);
    if ((walk->seen[i / 64] & bit) != 0)
        return false;
    walk->seen[i / 64] |= bit;
    walk->next = i + 1;
    return take_behind(walk, field, tag);
}

static ProtobufCMessage *take_message(const struct plan *plan, struct reader reader, unsigned depth,
                                      struct arena *arena)
{
    ProtobufCMessage *message =
        depth > MESSAGE_DEPTH_MAX ? NULL : arena_take(arena, plan->type->sizeof_message);
    if (message == NULL)
        return NULL;
    plan->type->message_init(message); /* every byte of it */
    struct walk walk = {
        .plan = plan, .base = (uint8_t *)message, .reader = reader, .depth = depth, .arena = arena};
    while (walk.reader.at < walk.reader.end) {
        if (!take_field(&walk))
            return NULL;
    }
    for (unsigned i = 0; i < plan->words; i++) {
        if ((plan->required[i] & ~walk.seen[i]) != 0)
            return NULL;
    }
    return message;
}

ProtobufCMessage *unpack_plain(const ProtobufCMessageDescriptor *type, struct slice bytes,
                               struct arena *arena)
{
    const struct plan *plan = plan_of(type);
    return plan == NULL ? NULL : take_message(plan, reader_of(bytes), 1, arena);
}
