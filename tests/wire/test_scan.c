#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proto/command.pb-c.h"
#include "proto/view.pb-c.h"
#include "proto/wire.pb-c.h"
#include "sample.pb-c.h"
#include "wire/message.h"

/* ---- tables of bytes; "0a 02 ff" ---- */

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

struct row {
    const char *hex;
    const char *path; /* NULL: good */
    const char *what;
};

static void check_row(const ProtobufCMessageDescriptor *type, const struct row *row)
{
    uint8_t bytes[300];
    struct message_fault fault;
    /* on the heap, so that a sanitizer sees a read past the end */
    size_t size = bytes_of_hex(row->hex, bytes);
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    memcpy(exact, bytes, size);
    bool good = message_scan(type, slice_of(exact, size), &fault);
    free(exact);
    if (good != (row->path == NULL))
        fail_msg("%s: %s %s", row->hex, good ? "taken" : fault.path, good ? "" : fault.what);
    if (good)
        return;
    if (strcmp(fault.path, row->path) != 0 || strstr(fault.what, row->what) == NULL)
        fail_msg("%s: '%s': %s", row->hex, fault.path, fault.what);
}

#define check_rows(type, rows)                                                                     \
    do {                                                                                           \
        for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                              \
            check_row(type, &(rows)[i]);                                                           \
    } while (0)

static void scalars(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", NULL, NULL},
        {"08 00", NULL, NULL},
        {"08 ff ff ff ff 07", NULL, NULL},
        {"08 80 80 80 80 08", "int32", "32 bits"},                /* 2^31 */
        {"08 80 80 80 80 f8 ff ff ff ff 01", NULL, NULL},         /* -2^31 */
        {"08 ff ff ff ff f7 ff ff ff ff 01", "int32", "32 bits"}, /* -2^31 - 1 */
        {"08 ff ff ff ff 0f", "int32", "32 bits"},                /* -1 in 32 bits */
        {"08 ff ff ff ff ff ff ff ff ff 01", NULL, NULL},         /* -1 */
        {"10 ff ff ff ff 0f", NULL, NULL},
        {"10 80 80 80 80 10", "sint32", "32 bits"},
        {"1d 01 02 03 04", NULL, NULL},
        {"1d 01 02 03", "sfixed32", "cut off"},
        {"20 ff ff ff ff ff ff ff ff ff 01", NULL, NULL},
        {"20 ff ff ff ff ff ff ff ff ff 02", "int64", "shortest form"}, /* over 64 bits */
        {"20 ff ff ff ff ff ff ff ff ff ff 01", "int64", "shortest form"},
        {"20 80 00", "int64", "shortest form"},
        {"20 80", "int64", "cut off"},
        {"20", "int64", "cut off"},
        {"31 01 02 03 04 05 06 07 08", NULL, NULL},
        {"31 01 02 03 04 05 06 07", "sfixed64", "cut off"},
        {"38 ff ff ff ff 0f", NULL, NULL},
        {"38 80 80 80 80 10", "uint32", "32 bits"},
        {"45 00 00 00 00", NULL, NULL},
        {"51 00 00 00 00 00 00 00 00", NULL, NULL},
        {"58 01", NULL, NULL},
        {"58 02", "truth", "true nor false"},
        {"60 07", NULL, NULL},
        {"60 03", "colour", "not one of the values"},
        {"60 00", "colour", "not one of the values"},
        {"60 81 80 80 80 10", "colour", "not one of the values"}, /* 1 + 2^32 */
        {"60 ff ff ff ff ff ff ff ff ff 01", "colour", "not one of the values"},
        {"6a 02 68 69", NULL, NULL},
        {"6a 00", NULL, NULL},
        {"6a 03 68 69", "words", "longer than the bytes"},
        {"6a ff ff ff ff 0f 68", "words", "longer than the bytes"},
        {"6a ff ff ff ff ff ff ff ff ff 01 68", "words", "longer than the bytes"},
        {"6a 02 68 00", "words", "not valid text"},
        {"6a 01 ff", "words", "not valid text"},
        {"6a 02 c0 80", "words", "not valid text"},
        {"6a 03 ed a0 80", "words", "not valid text"},
        {"6a 02 c4 91", NULL, NULL}, /* d with a stroke */
        {"72 02 ff 00", NULL, NULL},
    };
    check_rows(&sample__leaf__descriptor, rows);
}

static void tags(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"08 01 08 01", "int32", "there twice"},
        {"20 01 08 01", NULL, NULL}, /* any order */
        {"00 01", "#0", "no such field"},
        {"02 00", "#0", "no such field"},
        {"78 01", "#15", "no such field"},
        {"f8 ff ff ff 0f 01", "#536870911", "no such field"},
        {"88 80 80 80 80 80 80 80 80 01 01", "#1152921504606846977", "no such field"},
        {"88 00 01", "", "tag"}, /* 1, not in its shortest form */
        {"80", "", "tag"},
        {"0d 00 00 00 00", "int32", "another type"},
        {"0a 01 00", "int32", "another type"},
        {"09 00 00 00 00 00 00 00 00", "int32", "another type"},
        {"0b 0c", "int32", "another type"}, /* a group */
        {"0e", "int32", "another type"},
        {"0f", "int32", "another type"},
        {"68 01", "words", "another type"},
    };
    check_rows(&sample__leaf__descriptor, rows);
}

static void trees(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"12 02 08 01 12 02 08 02", NULL, NULL},
        {"12 02 08 01 12 01 58", "leaves[1].truth", "cut off"},
        {"12 02 08 01 12 01 d8", "leaves[1]", "tag"},
        {"12 02 08 01 12 02 58 09", "leaves[1].truth", "true nor false"},
        {"12 02 08", "leaves[0]", "longer than the bytes"},
        {"1a 03 00 01 02", NULL, NULL},
        {"1a 00", NULL, NULL},
        {"18 01 18 02", NULL, NULL},             /* packed, but one by one */
        {"18 01 1a 02 02 03 18 04", NULL, NULL}, /* mixed */
        {"1a 02 00 80", "packed[1]", "cut off"},
        {"1a 05 00", "packed", "longer than the bytes"},
        {"20 01 20 02", NULL, NULL},
        {"22 01 01", "single", "another type"}, /* not packed, but comes packed */
        {"2a 02 01 07", NULL, NULL},
        {"2a 02 01 06", "colours[1]", "not one of the values"},
        {"28 02", NULL, NULL},
        {"42 02 00 01", NULL, NULL},
        {"42 03 00 01 02", "truths[2]", "true nor false"},
        {"32 01 61 32 00 32 02 62 63", NULL, NULL},
        {"32 01 61 32 01 ff", "words[1]", "not valid text"},
        {"3a 01 ff 3a 00", NULL, NULL},
        {"52 02 08 01", NULL, NULL},
        {"5a 01 61", NULL, NULL},
        {"5a 01 61 68 01", "number", "only one of"},
        {"5a 01 61 5a 01 61", "word", "there twice"},
        {"5a 01 61 a8 01 01", NULL, NULL}, /* two oneofs */
        {"5a 01 61 a8 01 01 a2 01 05 08 01 12 01 61", "pair", "only one of"},
        {"a2 01 05 08 01 12 01 61", NULL, NULL},
        {"a2 01 02 08 01", "pair.right", "missing"},
        {"a2 01 03 12 01 61", "pair.left", "missing"},
        {"a2 01 00", "pair.left", "missing"},
        {"c5 b8 02 01 02 03 04", NULL, NULL}, /* a field far away */
    };
    check_rows(&sample__tree__descriptor, rows);
}

static void deep(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"f2 01 0c 0a 0a 0a 08 0a 06 0a 04 0a 02 0a 00", NULL, NULL}, /* Deep7: eighth level */
        {"f2 01 0e 0a 0c 0a 0a 0a 08 0a 06 0a 04 0a 02 0a 00",
         "deep.down.down.down.down.down.down.down", "too deep"},
    };
    check_rows(&sample__tree__descriptor, rows);
}

static void a_long_path_loses_its_end(void **state)
{
    (void)state;
    struct message_fault fault;
    static const uint8_t bytes[] = {0xf2, 0x01, 4, 0x0a, 2, 0x0a, 7};
    assert_false(message_scan(&sample__tree__descriptor, slice_of(bytes, sizeof(bytes)), &fault));
    assert_string_equal(fault.path, "deep.down.down");
    assert_false(message_scan(&sample__tree__descriptor, slice_of(bytes, sizeof(bytes)), NULL));
}

/* ---- bounds ---- */

static const ProtobufCFieldDescriptor *field_of(const ProtobufCMessageDescriptor *type,
                                                const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(type, name);
    assert_non_null(field);
    return field;
}

static uint32_t bound_of(const ProtobufCMessageDescriptor *type, const char *name)
{
    return message_bound(type, field_of(type, name));
}

static void bounds_are_those_of_the_trade(void **state)
{
    (void)state;
    assert_int_equal(bound_of(&sample__tree__descriptor, "leaves"), REPEATED_MAX);
    assert_int_equal(bound_of(&tefter__issue_invoice__descriptor, "lines"), DOCUMENT_LINES_MAX);
    assert_int_equal(bound_of(&tefter__issue_invoice__descriptor, "charges"), DOCUMENT_CHARGES_MAX);
    assert_int_equal(bound_of(&tefter__match_items__descriptor, "parts"), MATCH_PARTS_MAX);
    assert_int_equal(bound_of(&tefter__subscribe__descriptor, "customers"), SUBSCRIPTION_IDS_MAX);
    assert_true(bound_of(&tefter__snapshot_chunk__descriptor, "rows") >= PAGE_ROWS_MAX);
    assert_true(bound_of(&tefter__document_record__descriptor, "lines") >= DOCUMENT_LINES_MAX);
    assert_true(bound_of(&tefter__customers_answer__descriptor, "rows") >= PAGE_ROWS_MAX);
}

/* `count` empty elements of a field, as many as a bound allows and one more. */
static void bound_is_kept(const ProtobufCMessageDescriptor *type, uint8_t tag, uint32_t most)
{
    struct message_fault fault;
    uint8_t *bytes = malloc(2 * (size_t)(most + 1));
    for (uint32_t i = 0; i <= most; i++) {
        bytes[2 * i] = tag;
        bytes[2 * i + 1] = 0;
    }
    bool many = message_scan(type, slice_of(bytes, 2 * (size_t)(most + 1)), &fault);
    assert_false(many);
    assert_string_equal(fault.what, "too many");
    assert_true(message_scan(type, slice_of(bytes, 2 * (size_t)most), &fault));
    free(bytes);
}

static void bounds_are_kept(void **state)
{
    (void)state;
    bound_is_kept(&sample__tree__descriptor, 0x12, REPEATED_MAX);
    bound_is_kept(&sample__tree__descriptor, 0x32, REPEATED_MAX);
    bound_is_kept(&sample__tree__descriptor, 0x20, REPEATED_MAX);
    uint8_t packed[3 + REPEATED_MAX] = {0x1a, REPEATED_MAX};
    struct message_fault fault;
    assert_true(
        message_scan(&sample__tree__descriptor, slice_of(packed, 2 + REPEATED_MAX), &fault));
    packed[1] = REPEATED_MAX + 1;
    assert_false(
        message_scan(&sample__tree__descriptor, slice_of(packed, 3 + REPEATED_MAX), &fault));
    assert_string_equal(fault.path, "packed[63]");
}

static void texts_have_a_length(void **state)
{
    (void)state;
    struct message_fault fault;
    uint8_t bytes[3 + TEXT_MAX + 1] = {0x6a, (TEXT_MAX & 0x7f) | 0x80, TEXT_MAX >> 7};
    memset(bytes + 3, 'a', TEXT_MAX + 1);
    assert_true(message_scan(&sample__leaf__descriptor, slice_of(bytes, 3 + TEXT_MAX), &fault));
    bytes[1]++;
    assert_false(message_scan(&sample__leaf__descriptor, slice_of(bytes, 4 + TEXT_MAX), &fault));
    assert_string_equal(fault.what, "the text is too long");
}

/* ---- the whole schema ---- */

static void look_at(const ProtobufCMessageDescriptor *type, unsigned depth)
{
    assert_true(depth <= MESSAGE_DEPTH_MAX); /* also: no message holds itself */
    assert_true(type->n_fields <= 256);
    unsigned oneofs = 0;
    unsigned last = 0;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        assert_true(field->type != PROTOBUF_C_TYPE_FLOAT && field->type != PROTOBUF_C_TYPE_DOUBLE);
        assert_true(field->label != PROTOBUF_C_LABEL_NONE);
        bool member = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        if (member && field->quantifier_offset != last)
            oneofs++; /* members stand side by side */
        last = member ? field->quantifier_offset : 0;
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            look_at(field->descriptor, depth + 1);
    }
    assert_true(oneofs <= 8);
}

static void the_schema_can_be_scanned(void **state)
{
    (void)state;
    look_at(&tefter__from_terminal__descriptor, 1);
    look_at(&tefter__to_terminal__descriptor, 1);
    look_at(&tefter__command__descriptor, 1);
    look_at(&tefter__query__descriptor, 1);
    look_at(&tefter__answer__descriptor, 1);
}

static void the_first_field_is_the_kind(void **state)
{
    (void)state;
    assert_int_equal(message_kind(slice_of("\x82\x05\x00", 3)), 80);
    assert_int_equal(message_kind(slice_of("\x0a\x00", 2)), 1);
    assert_int_equal(message_kind(slice_of("", 0)), 0);
    assert_int_equal(message_kind((struct slice){NULL, 0}), 0);
    assert_int_equal(message_kind(slice_of("\x80", 1)), 0);
    assert_int_equal(message_kind(slice_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars),
        cmocka_unit_test(tags),
        cmocka_unit_test(trees),
        cmocka_unit_test(deep),
        cmocka_unit_test(a_long_path_loses_its_end),
        cmocka_unit_test(bounds_are_those_of_the_trade),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(texts_have_a_length),
        cmocka_unit_test(the_schema_can_be_scanned),
        cmocka_unit_test(the_first_field_is_the_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
