#include "wire/plan.h"

#include "base/fault.h"
#include "wire/reflect.h"
#include "wire/varint.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* Types are found by their address. The schema has a few hundred; a table that is half full takes
 * no more, and what is not in it is packed by protobuf-c. */
enum { SLOTS = 2048, PLANS_MAX = SLOTS / 2 };

static _Atomic(const struct plan *) slots[SLOTS];
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static size_t made; /* under `making` */

static size_t slot_of_type(const ProtobufCMessageDescriptor *type)
{
    return (size_t)((uint64_t)(uintptr_t)type * UINT64_C(0x9E3779B97F4A7C15) >> 40);
}

static const struct plan *find(const ProtobufCMessageDescriptor *type)
{
    for (size_t i = slot_of_type(type);; i++) {
        const struct plan *plan = atomic_load_explicit(&slots[i % SLOTS], memory_order_acquire);
        if (plan == NULL || plan->type == type)
            return plan;
    }
}

static void publish(const struct plan *plan)
{
    size_t i = slot_of_type(plan->type);
    while (atomic_load_explicit(&slots[i % SLOTS], memory_order_relaxed) != NULL)
        i++;
    atomic_store_explicit(&slots[i % SLOTS], plan, memory_order_release);
    made++;
}

/* ---- making ---- */

/* A plan and those of its parts, and theirs, become known together. */
struct draft {
    struct draft *before;
    struct plan plan;
    const struct plan **parts; /* both behind the draft */
    struct plan_step *steps;
};

static struct draft *draft_new(const ProtobufCMessageDescriptor *type)
{
    size_t field = sizeof(struct plan *) + sizeof(struct plan_step);
    struct draft *draft = malloc(sizeof *draft + type->n_fields * field);
    if (draft == NULL)
        return NULL;
    draft->parts = (const struct plan **)(draft + 1);
    draft->steps = (struct plan_step *)(draft->parts + type->n_fields);
    draft->plan = (struct plan){.type = type, .count = type->n_fields};
    draft->plan.words = (type->n_fields + 63) / 64;
    draft->plan.steps = draft->steps;
    draft->plan.parts = draft->parts;
    return draft;
}

enum {
    THERE_MAX = UINT16_MAX - sizeof(uint32_t),
    TAGGED_ID_MAX = (1 << (7 * PLAN_TAG_MAX - 3)) - 1,
};

static bool can_be_planned(const ProtobufCFieldDescriptor *field)
{
    bool text = field->type == PROTOBUF_C_TYPE_STRING;
    return field->offset <= THERE_MAX && field->quantifier_offset <= THERE_MAX &&
           field->flags <= UINT8_MAX && field->id <= TAGGED_ID_MAX &&
           !(text && field->default_value != NULL);
}

static uint16_t members_before(const ProtobufCMessageDescriptor *type, unsigned i)
{
    const ProtobufCFieldDescriptor *field = &type->fields[i];
    unsigned first = i;
    while (first > 0 && (type->fields[first - 1].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
           type->fields[first - 1].quantifier_offset == field->quantifier_offset)
        first--;
    return (uint16_t)(i - first);
}

static void step_tag(struct plan_step *step)
{
    bool packed = (step->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0;
    uint32_t wire = plan_is_number(step) && !packed ? WIRE_VARINT : WIRE_BYTES;
    uint32_t tag = WIRE_TAG(step->id, wire);
    step->tag_size = (uint8_t)varint_size(tag);
    varint_write(step->tag + PLAN_TAG_MAX - step->tag_size, tag);
}

static_assert(sizeof(protobuf_c_boolean) == sizeof(uint32_t), "a has is one word");
static_assert(sizeof(void *) <= 2 * sizeof(uint32_t), "a pointer is at most two");

/* What says that it is there: the has of a number, the case of a oneof, the count of what repeats,
 * the pointer of a text or part. What is required always is, as the message's own head. */
static void step_there(struct plan_step *step)
{
    bool pointer = step->type == PROTOBUF_C_TYPE_STRING || step->type == PROTOBUF_C_TYPE_MESSAGE;
    size_t at = step->quantifier_offset;
    size_t size = sizeof(protobuf_c_boolean);
    if (step->label == PROTOBUF_C_LABEL_REPEATED)
        size = sizeof(size_t);
    else if ((step->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        size = sizeof(uint32_t);
    else if (step->label != PROTOBUF_C_LABEL_OPTIONAL || pointer) {
        bool required = step->label != PROTOBUF_C_LABEL_OPTIONAL;
        at = required ? offsetof(ProtobufCMessage, descriptor) : step->offset;
        size = sizeof(void *);
    }
    step->there[0] = (uint16_t)at;
    step->there[1] = (uint16_t)(at + size - sizeof(uint32_t));
}

static const struct plan *draft_of(struct draft **drafts, const ProtobufCMessageDescriptor *type);

static bool draft_step(struct draft **drafts, struct draft *draft, unsigned i)
{
    const ProtobufCFieldDescriptor *field = &draft->plan.type->fields[i];
    if (!can_be_planned(field))
        return false;
    draft->steps[i] = (struct plan_step){.id = field->id,
                                         .offset = (uint16_t)field->offset,
                                         .quantifier_offset = (uint16_t)field->quantifier_offset,
                                         .type = (uint8_t)field->type,
                                         .label = (uint8_t)field->label,
                                         .flags = (uint8_t)field->flags,
                                         .size = (uint8_t)reflect_size(field->type)};
    step_tag(&draft->steps[i]);
    step_there(&draft->steps[i]);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        draft->steps[i].before = members_before(draft->plan.type, i);
    if (field->label == PROTOBUF_C_LABEL_REQUIRED)
        draft->plan.required[i / 64] |= UINT64_C(1) << (i % 64);
    draft->parts[i] = NULL;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        draft->parts[i] = draft_of(drafts, field->descriptor);
    return field->type != PROTOBUF_C_TYPE_MESSAGE || draft->parts[i] != NULL;
}

static const struct plan *draft_of(struct draft **drafts, const ProtobufCMessageDescriptor *type)
{
    const struct plan *known = find(type);
    if (known != NULL)
        return known;
    size_t waiting = 0;
    for (struct draft *draft = *drafts; draft != NULL; draft = draft->before, waiting++) {
        if (draft->plan.type == type)
            return &draft->plan; /* a part that holds what holds it */
    }
    if (type->n_fields > PLAN_FIELDS_MAX || type->message_init == NULL ||
        made + waiting >= PLANS_MAX)
        return NULL;
    struct draft *draft = draft_new(type);
    if (draft == NULL)
        return NULL;
    draft->before = *drafts;
    *drafts = draft;
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (!draft_step(drafts, draft, i))
            return NULL;
    }
    return &draft->plan;
}

static const struct plan *make(const ProtobufCMessageDescriptor *type)
{
    struct draft *drafts = NULL;
    need(pthread_mutex_lock(&making) == 0);
    const struct plan *plan = draft_of(&drafts, type);
    while (drafts != NULL) {
        struct draft *draft = drafts;
        drafts = draft->before;
        if (plan != NULL)
            publish(&draft->plan);
        else
            free(draft);
    }
    need(pthread_mutex_unlock(&making) == 0);
    return plan;
}

const struct plan *plan_of(const ProtobufCMessageDescriptor *type)
{
    const struct plan *plan = find(type);
    return plan != NULL ? plan : make(type);
}
