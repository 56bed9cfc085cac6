/*
 * Any bytes as any message: what the scan takes must unpack within its bound, pack to something
 * that the scan takes again, and then stay as it is. What it refuses must not hurt an unpack
 * either.
 */
#include "base/fault.h"
#include "base/limits.h"
#include "fuzz/roots.h"
#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void packs_to_itself(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message,
                            struct arena *arena)
{
    struct slice once = message_pack(message, arena);
    if (once.data == NULL)
        return; /* nothing in it, or the arena is full */
    need(message_scan(type, once, NULL));
    ProtobufCMessage *back = message_unpack(type, once, arena);
    if (back == NULL)
        return;
    struct slice twice = message_pack(back, arena);
    need(twice.data == NULL || slice_equal(once, twice));
}

static void speaks_json(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message)
{
    struct arena arena;
    struct buffer json;
    struct message_fault fault;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    buffer_init(&json, FRAME_UNPACKED_MAX);
    if (message_to_json(message, &json))
        message_of_json(type, buffer_slice(&json), &arena, &fault);
    buffer_fini(&json);
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const ProtobufCMessageDescriptor *type = fuzz_roots[data[0] % FUZZ_ROOTS];
    struct slice bytes = slice_of(data + 1, size - 1);
    struct message_fault fault;
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    bool taken = message_scan(type, bytes, &fault);
    ProtobufCMessage *message = message_unpack(type, bytes, &arena);
    need(arena.taken <= FRAME_UNPACKED_MAX);
    if (taken) {
        need(message != NULL && message->n_unknown_fields == 0);
        packs_to_itself(type, message, &arena);
        speaks_json(type, message);
    } else if (message != NULL && message_scan_as(type, bytes, MESSAGE_OF_SERVER, &fault)) {
        speaks_json(type, message); /* a client shows what a later server says */
    }
    arena_fini(&arena);
    return 0;
}
