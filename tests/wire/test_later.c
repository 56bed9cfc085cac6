/*
 * A later version speaks: fields and enum values that this one does not have, more repetitions and
 * longer texts. Towards a client they are passed over and what is known reads the same; towards a
 * server they are refused by name.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proto/command.pb-c.h"
#include "proto/view.pb-c.h"
#include "proto/wire.pb-c.h"
#include "sample.pb-c.h"
#include "wire/later.h"
#include "wire/random_message.h"

static const ProtobufCMessageDescriptor *const to_terminals[] = {
    &sample__tree__descriptor,   &tefter__to_terminal__descriptor, &tefter__reply__descriptor,
    &tefter__answer__descriptor, &tefter__features__descriptor,
};
static const ProtobufCMessageDescriptor *const to_servers[] = {
    &sample__tree__descriptor,
    &tefter__from_terminal__descriptor,
    &tefter__command__descriptor,
    &tefter__query__descriptor,
};

/* ---- fields ---- */

static char *json_of(const ProtobufCMessage *message)
{
    struct buffer out;
    buffer_init(&out, 16 << 20);
    assert_true(message_to_json(message, &out));
    char *text = strndup((const char *)out.data, out.size);
    buffer_fini(&out);
    return text;
}

/* A copy of exactly its size, so that a sanitizer sees reads past it. */
static uint8_t *exact_copy(const struct buffer *buffer)
{
    uint8_t *copy = malloc(buffer->size == 0 ? 1 : buffer->size);
    if (buffer->size > 0)
        memcpy(copy, buffer->data, buffer->size);
    return copy;
}

static void reads_the_same(const ProtobufCMessageDescriptor *type, const ProtobufCMessage *message,
                           struct slice later, struct arena *arena)
{
    struct message_fault fault;
    if (!message_scan_as(type, later, MESSAGE_OF_SERVER, &fault))
        fail_msg("%s: %s: %s", type->name, fault.path, fault.what);
    ProtobufCMessage *read = message_unpack(type, later, arena);
    assert_non_null(read);
    char *wanted = json_of(message);
    char *found = json_of(read);
    assert_string_equal(found, wanted);
    free(wanted);
    free(found);
    /* as a picture keeps it: packed again, and read again */
    struct slice again = message_pack(read, arena);
    assert_true(message_scan_as(type, again, MESSAGE_OF_SERVER, NULL));
    assert_non_null(message_unpack(type, again, arena));
}

static unsigned added_in_all;

static void later_fields_pass(const ProtobufCMessageDescriptor *type, struct prng *prng)
{
    struct arena arena;
    struct buffer out;
    struct later later = {.prng = prng, .one_in = 1 + (unsigned)prng_below(prng, 12)};
    arena_init(&arena, 64 << 20);
    buffer_init(&out, 16 << 20);
    ProtobufCMessage *message = random_message(type, prng, &arena);
    later_message(&later, type, message_pack(message, &arena), &out);
    uint8_t *bytes = exact_copy(&out);
    reads_the_same(type, message, slice_of(bytes, out.size), &arena);
    added_in_all += later.added;
    free(bytes);
    buffer_fini(&out);
    arena_fini(&arena);
}

static void a_client_passes_over_later_fields(void **state)
{
    (void)state;
    struct prng prng = {11};
    for (int i = 0; i < 10000; i++)
        later_fields_pass(to_terminals[i % 5], &prng);
    assert_true(added_in_all > 50000);
}

static void is_named(const ProtobufCMessageDescriptor *type, struct slice bytes,
                     const struct later *later)
{
    char step[24];
    struct message_fault fault;
    bool taken = message_scan(type, bytes, &fault);
    assert_int_equal(taken, later->added == 0);
    if (taken)
        return;
    (void)snprintf(step, sizeof(step), "#%u", later->first);
    assert_string_equal(fault.what, "no such field");
    const char *hash = strchr(fault.path, '#');
    if (hash == NULL)
        assert_int_equal(strlen(fault.path), MESSAGE_PATH_MAX - 1); /* it lost its end */
    else if (strlen(fault.path) < MESSAGE_PATH_MAX - 1)
        assert_string_equal(hash, step);
}

static void a_server_names_later_fields(void **state)
{
    (void)state;
    struct prng prng = {12};
    unsigned refused = 0;
    for (int i = 0; i < 10000; i++) {
        struct arena arena;
        struct buffer out;
        const ProtobufCMessageDescriptor *type = to_servers[i % 4];
        struct later later = {.prng = &prng, .one_in = 1 + (unsigned)prng_below(&prng, 40)};
        arena_init(&arena, 64 << 20);
        buffer_init(&out, 16 << 20);
        later_message(&later, type, message_pack(random_message(type, &prng, &arena), &arena),
                      &out);
        uint8_t *bytes = exact_copy(&out);
        is_named(type, slice_of(bytes, out.size), &later);
        refused += later.added > 0;
        free(bytes);
        buffer_fini(&out);
        arena_fini(&arena);
    }
    assert_true(refused > 2000);
}

/* ---- one by one ---- */

static size_t bytes_of_hex(const char *hex, uint8_t *out)
{
    size_t size = 0;
    for (const char *at = hex; *at != '\0';) {
        char *end = NULL;
        out[size++] = (uint8_t)strtoul(at, &end, 16);
        at = *end == ' ' ? end + 1 : end;
    }
    return size;
}

static bool leaf_taken(const char *hex, unsigned leave, struct message_fault *fault)
{
    uint8_t bytes[80];
    size_t size = bytes_of_hex(hex, bytes);
    uint8_t *exact = malloc(size);
    memcpy(exact, bytes, size);
    bool taken = message_scan_as(&sample__leaf__descriptor, slice_of(exact, size), leave, fault);
    free(exact);
    return taken;
}

/* What is passed over is well formed all the same, and what is known is looked at as ever. */
static void only_whole_fields_pass(void **state)
{
    (void)state;
    struct message_fault fault;
    static const char *const good[] = {"78 01", "7a 02 ff 00", "7d 01 02 03 04", "98 06 00"};
    static const char *const bad[] = {"78",
                                      "78 80 00",
                                      "7a 03 00 00",
                                      "7d 01 02 03",
                                      "7b 7c",
                                      "7e",
                                      "7f",
                                      "00 01",
                                      "02 00",
                                      "80 80 80 80 10 01",
                                      "78 01 58 02",
                                      "78 01 6a 01 ff",
                                      "78 01 08 01 08 01",
                                      "78 01 0d 00 00 00 00"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(leaf_taken(good[i], MESSAGE_UNKNOWN_PASSES, &fault));
        assert_false(leaf_taken(good[i], MESSAGE_UNBOUNDED, &fault));
        assert_int_equal(fault.path[0], '#');
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (leaf_taken(bad[i], MESSAGE_OF_SERVER, &fault))
            fail_msg("%s was taken", bad[i]);
    }
}

static void later_enum_values_are_numbers(void **state)
{
    (void)state;
    struct arena arena;
    struct message_fault fault;
    static const uint8_t bytes[] = {0x60, 99};
    assert_false(leaf_taken("60 63", 0, &fault));
    assert_string_equal(fault.path, "colour");
    assert_false(leaf_taken("60 63", MESSAGE_UNBOUNDED, &fault));
    assert_true(leaf_taken("60 63", MESSAGE_OF_SERVER, &fault));
    assert_false(leaf_taken("60 80 80 80 80 10", MESSAGE_OF_SERVER, &fault)); /* over 32 bits */
    arena_init(&arena, 1 << 16);
    ProtobufCMessage *leaf =
        message_unpack(&sample__leaf__descriptor, slice_of(bytes, sizeof(bytes)), &arena);
    assert_int_equal(((Sample__Leaf *)leaf)->colour, 99);
    char *json = json_of(leaf);
    assert_string_equal(json, "{\"colour\":99}");
    free(json);
    arena_fini(&arena);
}

/* A later server may have raised a bound; a terminal may not have. */
static void bounds_are_the_readers_own(void **state)
{
    (void)state;
    struct message_fault fault;
    static uint8_t many[2 * (REPEATED_MAX + 1)];
    static uint8_t text[3 + TEXT_MAX + 1] = {0x6a, 0xd1, 0x0f};
    for (size_t i = 0; i < sizeof(many); i += 2)
        many[i] = 0x32; /* words, empty */
    memset(text + 3, 'a', TEXT_MAX + 1);
    struct slice texts = slice_of(many, sizeof(many));
    struct slice words = slice_of(text, sizeof(text));
    assert_false(message_scan_as(&sample__tree__descriptor, texts, MESSAGE_UNKNOWN_PASSES, &fault));
    assert_string_equal(fault.what, "too many");
    assert_true(message_scan_as(&sample__tree__descriptor, texts, MESSAGE_OF_SERVER, &fault));
    assert_false(message_scan_as(&sample__leaf__descriptor, words, MESSAGE_UNKNOWN_PASSES, &fault));
    assert_string_equal(fault.what, "the text is too long");
    assert_true(message_scan_as(&sample__leaf__descriptor, words, MESSAGE_OF_SERVER, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_passes_over_later_fields),
        cmocka_unit_test(a_server_names_later_fields),
        cmocka_unit_test(only_whole_fields_pass),
        cmocka_unit_test(later_enum_values_are_numbers),
        cmocka_unit_test(bounds_are_the_readers_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
