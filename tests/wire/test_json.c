#include "base/check.h"

#include <stdlib.h>

#include "base/limits.h"
#include "proto/command.pb-c.h"
#include "proto/view.pb-c.h"
#include "sample.pb-c.h"
#include "wire/random_message.h"

static struct arena arena;
static struct message_fault fault;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char *json_of(const ProtobufCMessage *message)
{
    struct buffer out;
    buffer_init(&out, 1 << 20);
    assert_true(message_to_json(message, &out));
    const char *text = arena_text(&arena, out.data, out.size);
    buffer_fini(&out);
    return text;
}

static ProtobufCMessage *read(const ProtobufCMessageDescriptor *type, const char *json)
{
    /* exactly as long as it is: no NUL behind it */
    char *exact = malloc(strlen(json) + 1);
    memcpy(exact, json, strlen(json));
    char *tight = realloc(exact, strlen(json) == 0 ? 1 : strlen(json));
    ProtobufCMessage *message =
        message_of_json(type, slice_of(tight, strlen(json)), &arena, &fault);
    free(tight);
    return message;
}

static void becomes(const ProtobufCMessageDescriptor *type, const char *json, const char *wanted)
{
    ProtobufCMessage *message = read(type, json);
    if (message == NULL)
        fail_msg("%s: %s: %s", json, fault.path, fault.what);
    assert_string_equal(json_of(message), wanted);
}

static void refused(const ProtobufCMessageDescriptor *type, const char *json, const char *path,
                    const char *what)
{
    if (read(type, json) != NULL)
        fail_msg("taken: %s", json);
    if (strcmp(fault.path, path) != 0 || strstr(fault.what, what) == NULL)
        fail_msg("%s: '%s': %s", json, fault.path, fault.what);
}

#define leaf (&sample__leaf__descriptor)
#define tree (&sample__tree__descriptor)

static void values_are_read_and_written(void **state)
{
    (void)state;
    becomes(leaf, "{}", "{}");
    becomes(leaf, " { \"int32\" : -5 } ", "{\"int32\":-5}");
    becomes(leaf, "{\"int64\":9223372036854775807}", "{\"int64\":9223372036854775807}");
    becomes(leaf, "{\"int64\":-9223372036854775808}", "{\"int64\":-9223372036854775808}");
    becomes(leaf, "{\"int64\":\"9007199254740993\"}", "{\"int64\":9007199254740993}");
    becomes(leaf, "{\"uint64\":18446744073709551615}", "{\"uint64\":18446744073709551615}");
    becomes(leaf, "{\"uint32\":4294967295,\"int32\":-2147483648}",
            "{\"int32\":-2147483648,\"uint32\":4294967295}");
    becomes(leaf, "{\"truth\":true}", "{\"truth\":true}");
    becomes(leaf, "{\"truth\":false,\"int32\":null}", "{\"truth\":false}");
    becomes(leaf, "{\"raw\":\"00FFab\"}", "{\"raw\":\"00ffab\"}");
    becomes(leaf, "{\"raw\":\"\"}", "{\"raw\":\"\"}");
    becomes(leaf, "{\"words\":\"\"}", "{\"words\":\"\"}");
    becomes(leaf, "{\"words\":\"Nguyễn \\\"Anh\\\" \\u0111\\n\\/\\ud83d\\ude00\"}",
            "{\"words\":\"Nguyễn \\\"Anh\\\" đ\\n/😀\"}");
}

static void enums_have_short_names(void **state)
{
    (void)state;
    static const char wanted[] = "{\"colour\":\"COLOUR_DARK_BLUE\"}";
    becomes(leaf, "{\"colour\":\"COLOUR_DARK_BLUE\"}", wanted);
    becomes(leaf, "{\"colour\":\"colour_dark_blue\"}", wanted);
    becomes(leaf, "{\"colour\":\"dark_blue\"}", wanted);
    becomes(leaf, "{\"colour\":\"Dark-Blue\"}", wanted);
    becomes(leaf, "{\"COLOUR\":7}", wanted);
    refused(leaf, "{\"colour\":\"pink\"}", "colour", "must be one of: RED, GREEN, DARK_BLUE");
    refused(leaf, "{\"colour\":3}", "colour", "must be one of");
}

static void trees_are_read_and_written(void **state)
{
    (void)state;
    becomes(tree, "{\"leaves\":[{\"int32\":1},{}],\"packed\":[1,-2,\"3\"],\"words\":[]}",
            "{\"leaves\":[{\"int32\":1},{}],\"packed\":[1,-2,3]}");
    becomes(tree, "{\"pair\":{\"left\":1,\"right\":\"[,]}\\\"\"},\"number\":0}",
            "{\"number\":0,\"pair\":{\"left\":1,\"right\":\"[,]}\\\"\"}}");
    becomes(tree, "{\"colours\":[\"red\",\"green\"],\"truths\":[true,false]}",
            "{\"colours\":[\"COLOUR_RED\",\"COLOUR_GREEN\"],\"truths\":[true,false]}");
    becomes(tree, "{\"deep\":{\"down\":{\"down\":{}}}}", "{\"deep\":{\"down\":{\"down\":{}}}}");
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    refused(leaf, "", "", "must be an object");
    refused(leaf, "[]", "", "must be an object");
    refused(leaf, "{", "", "a name in quotes");
    refused(leaf, "{\"int32\"}", "int32", "colon");
    refused(leaf, "{\"int32\":}", "int32", "a value is missing");
    refused(leaf, "{\"int32\":1", "", "a comma or }");
    refused(leaf, "{\"int32\":1,}", "", "a name in quotes");
    refused(leaf, "{\"int32\":1}x", "", "stands behind");
    refused(leaf, "{int32:1}", "", "a name in quotes");
    refused(leaf, "{\"int32\":1,\"int32\":2}", "int32", "there twice");
    refused(leaf, "{\"height\":1}", "height", "Leaf has no such field; it has: int32, sint32,");
    refused(leaf, "{\"int32\":2147483648}", "int32", "too big");
    refused(leaf, "{\"int32\":-2147483649}", "int32", "too big");
    refused(leaf, "{\"uint32\":4294967296}", "uint32", "too big");
    refused(leaf, "{\"int64\":9223372036854775808}", "int64", "too big");
    refused(leaf, "{\"int64\":99999999999999999999}", "int64", "whole number");
    refused(leaf, "{\"uint64\":-1}", "uint64", "must not be negative");
    refused(leaf, "{\"int32\":1.5}", "int32", "whole number");
    refused(leaf, "{\"int32\":1e3}", "int32", "whole number");
    refused(leaf, "{\"int32\":\"\"}", "int32", "whole number");
    refused(leaf, "{\"int32\":[1]}", "int32", "is not a list");
    refused(leaf, "{\"int32\":{}}", "int32", "is not an object");
    refused(leaf, "{\"truth\":\"maybe\"}", "truth", "true or false");
    refused(leaf, "{\"words\":hi}", "words", "must be in quotes");
    refused(leaf, "{\"words\":\"hi", "words", "not closed");
    refused(leaf, "{\"words\":\"hi\\", "words", "not closed");
    refused(leaf, "{\"words\":\"\\x\"}", "words", "escape");
    refused(leaf, "{\"words\":\"\\u12\"}", "words", "escape");
    refused(leaf, "{\"words\":\"\\ud800\"}", "words", "escape");
    refused(leaf, "{\"words\":\"\\udc00\\ud800\"}", "words", "escape");
    refused(leaf, "{\"words\":\"\\u0000\"}", "words",
            "has U+0000 (control character) as character 1");
    refused(leaf, "{\"words\":\"\\u0007\"}", "words",
            "has U+0007 (control character) as character 1");
    refused(leaf, "{\"words\":\"\xff\"}", "words", "not valid text");
    refused(leaf, "{\"raw\":\"abc\"}", "raw", "hex");
    refused(leaf, "{\"raw\":\"xy\"}", "raw", "hex");
    refused(leaf, "{\"raw\":12}", "raw", "in quotes");
    refused(tree, "{\"leaves\":{}}", "leaves", "must be a list");
    refused(tree, "{\"leaves\":[1]}", "leaves[0]", "is a Leaf: name one of its fields");
    refused(tree, "{\"leaves\":[{},{\"truth\":7}]}", "leaves[1].truth", "true or false");
    refused(tree, "{\"packed\":[1,2", "packed", "a comma or ]");
    refused(tree, "{\"packed\":[1 2]}", "packed", "a comma or ]");
    refused(tree, "{\"packed\":[1,]}", "packed[1]", "a value is missing");
    refused(tree, "{\"packed\":[1,null]}", "packed[1]", "whole number");
    refused(tree, "{\"word\":\"a\",\"number\":1}", "number", "cannot stand beside word");
    refused(tree, "{\"pair\":{\"left\":1}}", "pair.right", "missing");
    refused(tree, "{\"pair\":{\"right\":\"x\",\"left\":null}}", "pair.left", "missing");
}

static void lists_have_their_bounds(void **state)
{
    (void)state;
    char json[1000] = "{\"packed\":[0";
    for (int i = 1; i < REPEATED_MAX; i++)
        strncat(json, ",0", 3);
    size_t size = strlen(json);
    strncat(json, "]}", 3);
    assert_non_null(read(tree, json));
    memcpy(json + size, ",0]}", 5);
    refused(tree, json, "packed", "has too many elements: 65, at most 64");
}

static void a_text_is_plain_words(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *open = &tefter__open_customer__descriptor;
    becomes(open, "{\"code\":\"C1\",\"name\":\"Anh\"}", "{\"code\":\"C1\",\"name\":\"Anh\"}");
    becomes(open, "{\"name\":{\"value\":\"Anh\"},\"code\":\"1\"}",
            "{\"code\":\"1\",\"name\":\"Anh\"}");
    becomes(open, "{\"name\":{\"id\":\"0a\",\"size\":3},\"code\":\"1\"}",
            "{\"code\":\"1\",\"name\":{\"id\":\"0a\",\"size\":3}}");
    refused(open, "{\"name\":\"\\u0000\",\"code\":\"1\"}", "name", "has U+0000");
}

/* ---- one field by its path ---- */

static void set(ProtobufCMessage *message, const char *path, const char *value)
{
    if (!message_set(message, path, value, &arena, &fault))
        fail_msg("%s=%s: %s: %s", path, value, fault.path, fault.what);
}

static void set_refused(ProtobufCMessage *message, const char *path, const char *value,
                        const char *where, const char *what)
{
    const char *before = json_of(message);
    if (message_set(message, path, value, &arena, &fault))
        fail_msg("taken: %s=%s", path, value);
    if (strcmp(fault.path, where) != 0 || strstr(fault.what, what) == NULL)
        fail_msg("%s=%s: '%s': %s", path, value, fault.path, fault.what);
    assert_string_equal(json_of(message), before);
}

static void fields_are_set_by_their_paths(void **state)
{
    (void)state;
    ProtobufCMessage *message = message_new(tree, &arena);
    set(message, "id", "17");
    set(message, "leaves[0].colour", "dark-blue");
    set(message, "leaves[0].int64", "-5");
    set(message, "leaves[1].truth", "yes");
    set(message, "packed", "1");
    set(message, "packed", "2");
    set(message, "packed[0]", "7");
    set(message, "words[0]", "plain = words");
    set(message, "pair", "{\"left\":1,\"right\":\"r\"}");
    set(message, "pair.left", "2");
    set(message, "leaf.raw", "00ff");
    set(message, "deep.down.down.down", "{}");
    set(message, "id", "18");
    assert_string_equal(
        json_of(message),
        "{\"id\":18,\"leaves\":[{\"int64\":-5,\"colour\":\"COLOUR_DARK_BLUE\"},{\"truth\":true}],"
        "\"packed\":[7,2],\"words\":[\"plain = words\"],\"leaf\":{\"raw\":\"00ff\"},"
        "\"pair\":{\"left\":2,\"right\":\"r\"},\"deep\":{\"down\":{\"down\":{\"down\":{}}}}}");
}

static void wrong_paths_change_nothing(void **state)
{
    (void)state;
    ProtobufCMessage *message = message_new(tree, &arena);
    set(message, "id", "1");
    set(message, "word", "w");
    set_refused(message, "size", "1", "size", "Tree has no such field; it has: id, leaves");
    set_refused(message, "", "1", "", "no such field");
    set_refused(message, "id.x", "1", "id", "has no fields of its own");
    set_refused(message, "id", "x", "id", "whole number");
    set_refused(message, "id[1]", "1", "id[1]", "is not a list");
    set_refused(message, "leaves[1].int32", "1", "leaves[1]", "the next index is 0");
    set_refused(message, "leaves[x].int32", "1", "leaves", "an index looks like [0]");
    set_refused(message, "leaves[0", "1", "leaves", "an index looks like [0]");
    set_refused(message, "leaves[]", "1", "leaves", "an index looks like [0]");
    set_refused(message, "leaves[0].int32", "x", "leaves[0].int32", "whole number");
    set_refused(message, "leaves", "1", "leaves", "is a Leaf");
    set_refused(message, "number", "1", "number", "cannot stand beside word");
    set_refused(message, "pair", "{\"left\":1}", "pair.right", "missing");
    set_refused(message, "pair", "{", "pair", "a name in quotes");
    set_refused(message, "deep.down.down.down.down.down.down.down.end", "1",
                "deep.down.down.down.down.down.down.down", "too deep");
}

static void names_of_people_are_set_directly(void **state)
{
    (void)state;
    ProtobufCMessage *message = message_new(&tefter__open_customer__descriptor, &arena);
    set(message, "code", "C7");
    set(message, "name", "Nguyễn Anh");
    set(message, "phone.value", "0912");
    set(message, "name", "Anh");
    assert_string_equal(json_of(message), "{\"code\":\"C7\",\"name\":\"Anh\",\"phone\":\"0912\"}");
}

static void appending_stops_at_the_bound(void **state)
{
    (void)state;
    ProtobufCMessage *message = message_new(tree, &arena);
    for (int i = 0; i < REPEATED_MAX; i++)
        set(message, "single", "1");
    set_refused(message, "single", "1", "single", "too many");
}

/* ---- any message ---- */

static void random_messages_come_back(void **state)
{
    (void)state;
    static const ProtobufCMessageDescriptor *const roots[] = {
        &sample__tree__descriptor, &tefter__command__descriptor, &tefter__query__descriptor,
        &tefter__answer__descriptor, &tefter__reply__descriptor};
    struct prng prng = {20};
    for (int i = 0; i < 5000; i++) {
        const ProtobufCMessageDescriptor *type = roots[i % 5];
        arena_reset(&arena);
        struct slice packed = message_pack(random_message(type, &prng, &arena), &arena);
        const char *json = json_of(message_unpack(type, packed, &arena));
        ProtobufCMessage *back = read(type, json);
        if (back == NULL)
            fail_msg("%s: %s: %s", json, fault.path, fault.what);
        assert_true(slice_equal(message_pack(back, &arena), packed));
    }
}

static void random_noise_is_survived(void **state)
{
    (void)state;
    static const char letters[] = "{}[]\":,\\ud0123456789-tfnl .eint32leavswordpk\n";
    struct prng prng = {21};
    for (int i = 0; i < 50000; i++) {
        char json[60];
        size_t size = prng_below(&prng, sizeof(json) - 12);
        memcpy(json, "{\"leaves\":[", 11);
        for (size_t k = 0; k < size; k++)
            json[11 + k] = letters[prng_below(&prng, sizeof(letters) - 1)];
        json[11 + size] = '\0';
        arena_reset(&arena);
        read(tree, json);
    }
}

static void no_memory_is_told(void **state)
{
    (void)state;
    static const char json[] = "{\"leaves\":[{\"words\":\"abc\"},{\"raw\":\"00ff\"}]}";
    for (size_t bound = 0; bound < 2000; bound += 16) {
        struct arena small;
        arena_init(&small, bound);
        ProtobufCMessage *message = message_of_json(tree, slice_text(json), &small, &fault);
        assert_true(message != NULL || fault.what[0] != '\0');
        arena_fini(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_read_and_written, setup, teardown),
        cmocka_unit_test_setup_teardown(enums_have_short_names, setup, teardown),
        cmocka_unit_test_setup_teardown(trees_are_read_and_written, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_have_their_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(a_text_is_plain_words, setup, teardown),
        cmocka_unit_test_setup_teardown(fields_are_set_by_their_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_paths_change_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_people_are_set_directly, setup, teardown),
        cmocka_unit_test_setup_teardown(appending_stops_at_the_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(random_messages_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(random_noise_is_survived, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
