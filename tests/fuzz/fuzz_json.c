/*
 * Any text as JSON of any message, and as path and value for message_set. What is read packs to
 * bytes that the scan takes.
 */
#include <stdlib.h>

#include "base/fault.h"
#include "base/limits.h"
#include "fuzz/roots.h"
#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message,
                  struct arena *arena)
{
    struct slice packed = message_pack(message, arena);
    need(packed.data == NULL || message_scan(type, packed, NULL));
}

static struct slice json_of(const ProtobufCMessage *message, struct arena *arena)
{
    struct buffer json;
    buffer_init(&json, FRAME_UNPACKED_MAX);
    need(message_to_json(message, &json));
    struct slice kept = slice_of(arena_copy(arena, json.data, json.size), json.size);
    buffer_fini(&json);
    return kept;
}

/* What could not be set has changed no value that is there. */
static void set_by_path(const ProtobufCMessageDescriptor *type, struct slice text,
                        struct arena *arena)
{
    struct message_fault fault;
    char *path = arena_text(arena, text.data, text.size);
    ProtobufCMessage *message = message_new(type, arena);
    char *equals = path == NULL ? NULL : strchr(path, '=');
    if (equals == NULL || message == NULL)
        return;
    *equals = '\0';
    struct slice before = json_of(message, arena);
    if (!message_set(message, path, equals + 1, arena, &fault) && before.data != NULL)
        need(slice_equal(json_of(message, arena), before));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const ProtobufCMessageDescriptor *type = fuzz_roots[data[0] % FUZZ_ROOTS];
    struct slice text = slice_of(data + 1, size - 1);
    struct message_fault fault;
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    ProtobufCMessage *message = message_of_json(type, text, &arena, &fault);
    if (message != NULL)
        check(type, message, &arena);
    arena_reset(&arena);
    set_by_path(type, text, &arena);
    arena_fini(&arena);
    return 0;
}
