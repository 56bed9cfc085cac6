#include "base/check.h"

#include <stdlib.h>

#include "base/limits.h"
#include "proto/command.pb-c.h"
#include "proto/record.pb-c.h"
#include "proto/view.pb-c.h"
#include "proto/wire.pb-c.h"
#include "sample.pb-c.h"
#include "wire/pack.h"
#include "wire/random_message.h"
#include "wire/unpack.h"

static const ProtobufCMessageDescriptor *const roots[] = {
    &sample__tree__descriptor,
    &tefter__from_terminal__descriptor,
    &tefter__to_terminal__descriptor,
    &tefter__command__descriptor,
    &tefter__query__descriptor,
    &tefter__answer__descriptor,
    &tefter__reply__descriptor,
    &tefter__entry__descriptor,
    &tefter__document_record__descriptor,
    &tefter__customer_record__descriptor,
};
enum { ROOTS = sizeof(roots) / sizeof(roots[0]) };

/* ---- round trips ---- */

static void a_random_message_survives(const ProtobufCMessageDescriptor *type, struct prng *prng)
{
    struct arena arena;
    struct message_fault fault;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    struct slice packed = message_pack(random_message(type, prng, &arena), &arena);
    if (!message_scan(type, packed, &fault))
        fail_msg("%s: %s: %s", type->name, fault.path, fault.what);
    ProtobufCMessage *back = message_unpack(type, packed, &arena);
    assert_non_null(back);
    assert_true(slice_equal(message_pack(back, &arena), packed));
    struct buffer out;
    buffer_init(&out, FRAME_TO_SERVER_MAX);
    assert_true(message_put(back, &out));
    assert_true(slice_equal(buffer_slice(&out), packed));
    buffer_fini(&out);
    arena_fini(&arena);
}

static void count_one(void *context, ProtobufCMessage *part)
{
    (void)part;
    ++*(int *)context;
}

/* Looking at the bytes and walking the message say the same of whether there is a Text. */
static void a_text_is_seen_without_unpacking(void **state)
{
    (void)state;
    struct prng prng = {2};
    int with = 0;
    for (int i = 0; i < 4000; i++) {
        struct arena arena;
        int found = 0;
        const ProtobufCMessageDescriptor *type = roots[i % ROOTS];
        arena_init(&arena, FRAME_UNPACKED_MAX);
        ProtobufCMessage *message = random_message(type, &prng, &arena);
        message_each(message, &tefter__text__descriptor, count_one, &found);
        bool seen = message_holds(type, message_pack(message, &arena), &tefter__text__descriptor);
        assert_int_equal(seen, found > 0);
        with += seen;
        arena_fini(&arena);
    }
    assert_true(with > 100);
}

static void what_is_packed_is_scanned_and_unpacked(void **state)
{
    (void)state;
    struct prng prng = {1};
    for (int i = 0; i < 20000; i++)
        a_random_message_survives(roots[i % ROOTS], &prng);
}

/* A changed frame is refused, or it is a good one: it unpacks, and what is packed again is good. */
/* The same message as protobuf-c makes of these bytes, or none as it makes none. */
static void unpacks_as_the_library(const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                                   size_t size)
{
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    ProtobufCMessage *wanted = protobuf_c_message_unpack(type, NULL, size, bytes);
    ProtobufCMessage *made = message_unpack(type, slice_of(bytes, size), &arena);
    assert_int_equal(made != NULL, wanted != NULL);
    if (made != NULL) {
        size_t packed = protobuf_c_message_get_packed_size(wanted);
        uint8_t *theirs = arena_take(&arena, packed + 1);
        uint8_t *ours = arena_take(&arena, packed + 1);
        assert_int_equal(protobuf_c_message_get_packed_size(made), packed);
        protobuf_c_message_pack(wanted, theirs);
        protobuf_c_message_pack(made, ours);
        assert_memory_equal(ours, theirs, packed);
        protobuf_c_message_free_unpacked(wanted, NULL);
    }
    arena_fini(&arena);
}

static void a_changed_message_is_safe(const ProtobufCMessageDescriptor *type, struct prng *prng,
                                      unsigned *ret_taken)
{
    struct arena arena;
    struct message_fault fault;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    struct slice packed = message_pack(random_message(type, prng, &arena), &arena);
    size_t size = packed.size == 0           ? 0
                  : prng_below(prng, 4) == 0 ? prng_below(prng, packed.size)
                                             : packed.size;
    uint8_t *bytes = malloc(size == 0 ? 1 : size); /* exactly: a sanitizer sees reads past it */
    if (size > 0)
        memcpy(bytes, packed.data, size);
    for (uint64_t i = 1 + prng_below(prng, 4); i > 0 && size > 0; i--)
        bytes[prng_below(prng, size)] = (uint8_t)prng_next(prng);
    unpacks_as_the_library(type, bytes, size);
    if (message_scan(type, slice_of(bytes, size), &fault)) {
        (*ret_taken)++;
        ProtobufCMessage *message = message_unpack(type, slice_of(bytes, size), &arena);
        assert_non_null(message);
        assert_int_equal(message->n_unknown_fields, 0);
        assert_true(message_scan(type, message_pack(message, &arena), &fault));
    } else {
        assert_true(strlen(fault.path) < MESSAGE_PATH_MAX);
        assert_true(fault.what[0] != '\0');
        message_unpack(type, slice_of(bytes, size), &arena); /* whatever comes of it */
    }
    free(bytes);
    arena_fini(&arena);
}

static void changed_bytes_are_refused_or_good(void **state)
{
    (void)state;
    struct prng prng = {2};
    unsigned taken = 0;
    for (int i = 0; i < 40000; i++)
        a_changed_message_is_safe(roots[i % ROOTS], &prng, &taken);
    assert_in_range(taken, 100, 39000);
}

/* ---- memory ---- */

static struct slice invoice_of(uint32_t lines, struct arena *arena)
{
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__InvoiceLine line = TEFTER__INVOICE_LINE__INIT;
    char text[60];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    line.product_code = text;
    line.quantity = 1000;
    line.has_price = 1;
    line.price = 25900000;
    invoice.n_lines = lines;
    invoice.lines = arena_take(arena, lines * sizeof(void *));
    for (uint32_t i = 0; i < lines; i++)
        invoice.lines[i] = &line;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    return message_pack(&command.base, arena);
}

static void the_largest_invoice_fits(void **state)
{
    (void)state;
    struct arena arena;
    struct arena into;
    struct message_fault fault;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    arena_init(&into, FRAME_UNPACKED_MAX);
    struct slice packed = invoice_of(DOCUMENT_LINES_MAX, &arena);
    assert_in_range(packed.size, FRAME_TO_SERVER_MAX / 2, FRAME_TO_SERVER_MAX);
    assert_true(message_scan(&tefter__command__descriptor, packed, &fault));
    assert_int_equal(message_kind(packed), TEFTER__COMMAND__KIND_ISSUE_INVOICE);
    assert_non_null(message_unpack(&tefter__command__descriptor, packed, &into));
    assert_true(into.taken < FRAME_UNPACKED_MAX / 2);
    packed = invoice_of(DOCUMENT_LINES_MAX + 1, &arena);
    assert_false(message_scan(&tefter__command__descriptor, packed, &fault));
    assert_string_equal(fault.path, "issue_invoice.lines[1999]");
    arena_fini(&into);
    arena_fini(&arena);
}

/* The worst that 1 MiB can ask for: empty messages, empty texts, unknown fields. */
static void amplification_stops_at_the_arenas_bound(void **state)
{
    (void)state;
    static const uint8_t worst[][2] = {{0x12, 0}, {0x32, 0}, {0x3a, 0}, {0x78, 1}, {0x20, 1}};
    for (size_t k = 0; k < sizeof(worst) / sizeof(worst[0]); k++) {
        struct arena arena;
        arena_init(&arena, FRAME_UNPACKED_MAX);
        uint8_t *bytes = malloc(FRAME_TO_CLIENT_MAX);
        for (size_t i = 0; i < FRAME_TO_CLIENT_MAX; i += 2)
            memcpy(bytes + i, worst[k], 2);
        struct slice frame = slice_of(bytes, FRAME_TO_CLIENT_MAX);
        assert_false(message_scan(&sample__tree__descriptor, frame, NULL));
        assert_null(message_unpack(&sample__tree__descriptor, frame, &arena));
        assert_true(arena.taken <= FRAME_UNPACKED_MAX);
        free(bytes);
        arena_fini(&arena);
    }
}

static void every_bound_of_the_arena_is_survived(void **state)
{
    (void)state;
    struct arena arena;
    struct prng prng = {5};
    arena_init(&arena, FRAME_UNPACKED_MAX);
    struct slice packed = message_pack(random_message(roots[3], &prng, &arena), &arena);
    for (size_t bound = 0; bound < 20000; bound += 16) {
        struct arena small;
        arena_init(&small, bound);
        ProtobufCMessage *message = message_unpack(roots[3], packed, &small);
        bool done = message != NULL;
        arena_fini(&small);
        if (done)
            break;
        assert_true(bound < 19000);
    }
    arena_fini(&arena);
}

static void nothing_packs_to_nothing(void **state)
{
    (void)state;
    struct arena arena;
    struct buffer out;
    arena_init(&arena, 1000);
    buffer_init(&out, 4);
    ProtobufCMessage *message = message_new(&sample__leaf__descriptor, &arena);
    assert_int_equal(message_pack(message, &arena).size, 0);
    assert_true(message_put(message, &out));
    assert_non_null(message_unpack(&sample__leaf__descriptor, (struct slice){NULL, 0}, &arena));
    assert_true(
        message_set(message, "words", "too long", &arena, &(struct message_fault){.path = ""}));
    assert_false(message_put(message, &out));
    assert_int_equal(out.size, 0);
    buffer_fini(&out);
    arena_fini(&arena);
}

/* ---- walking ---- */

struct walk {
    char words[200];
};

static void note(void *context, ProtobufCMessage *part)
{
    struct walk *walk = context;
    const Tefter__Text *text = (const Tefter__Text *)part;
    strncat(walk->words, text->value, 20);
}

static Tefter__Text text_of(const char *words)
{
    Tefter__Text text = TEFTER__TEXT__INIT;
    text.value = (char *)(uintptr_t)words;
    return text;
}

static void each_text_is_found_in_order(void **state)
{
    (void)state;
    struct walk walk = {""};
    Tefter__Text name = text_of("name ");
    Tefter__Text phone = text_of("phone ");
    Tefter__Text first = text_of("first ");
    Tefter__Text second = text_of("second");
    Tefter__BuyerRow a = TEFTER__BUYER_ROW__INIT;
    Tefter__BuyerRow b = TEFTER__BUYER_ROW__INIT;
    a.name = &first;
    b.name = &second;
    Tefter__BuyerRow *persons[] = {&a, &b};
    Tefter__CustomerRow customer = TEFTER__CUSTOMER_ROW__INIT;
    customer.code = (char *)(uintptr_t) "C1";
    customer.phone = &phone;
    customer.name = &name;
    customer.buyers = persons;
    customer.n_buyers = 2;
    Tefter__Row row = TEFTER__ROW__INIT;
    row.kind_case = TEFTER__ROW__KIND_CUSTOMER;
    row.customer = &customer;
    message_each(&row.base, &tefter__text__descriptor, note, &walk);
    assert_string_equal(walk.words, "name phone first second");
}

static void who_can_hold_a_text(void **state)
{
    (void)state;
    assert_true(message_can_hold(&tefter__command__descriptor, &tefter__text__descriptor));
    assert_true(message_can_hold(&tefter__row__descriptor, &tefter__text__descriptor));
    assert_false(message_can_hold(&tefter__invoice_line__descriptor, &tefter__text__descriptor));
    assert_false(message_can_hold(&tefter__text__descriptor, &tefter__text__descriptor));
}

/* ---- packing from the end ---- */

/* Into rooms of every size around the one it needs, with a guard before them. */
static bool packs_as_the_library(const ProtobufCMessage *message, struct arena *arena)
{
    enum { GUARD = 8, SPARE = 40 };
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *wanted = arena_take(arena, size + 1);
    uint8_t *room = arena_take(arena, GUARD + size + SPARE);
    protobuf_c_message_pack(message, wanted);
    bool packed = false;
    for (size_t spare = 0; spare <= SPARE; spare++) {
        memset(room, 0xa5, GUARD + size + SPARE);
        const uint8_t *end = room + GUARD + size + spare;
        const uint8_t *at = pack_before(message, room + GUARD, room + GUARD + size + spare);
        for (size_t i = 0; i < GUARD; i++)
            assert_int_equal(room[i], 0xa5);
        if (at == NULL)
            continue;
        assert_int_equal(end - at, size);
        assert_memory_equal(at, wanted, size);
        packed = true;
    }
    return packed;
}

static void packed_from_the_end_it_is_the_same(void **state)
{
    (void)state;
    struct prng prng = {22};
    for (int i = 0; i < 20000; i++) {
        const ProtobufCMessageDescriptor *type = roots[i % ROOTS];
        struct arena arena;
        arena_init(&arena, FRAME_UNPACKED_MAX);
        bool packed = packs_as_the_library(random_message(type, &prng, &arena), &arena);
        if (!packed && type != &sample__tree__descriptor)
            fail_msg("%s is left to the library", type->name);
        arena_fini(&arena);
    }
}

static void unpacked_in_one_walk_it_is_the_same(void **state)
{
    (void)state;
    struct prng prng = {23};
    for (int i = 0; i < 20000; i++) {
        const ProtobufCMessageDescriptor *type = roots[i % ROOTS];
        struct arena arena;
        arena_init(&arena, FRAME_UNPACKED_MAX);
        struct slice packed = message_pack(random_message(type, &prng, &arena), &arena);
        unpacks_as_the_library(type, packed.data, packed.size);
        if (strncmp(type->name, "tefter.", 7) == 0 && unpack_plain(type, packed, &arena) == NULL)
            fail_msg("%s is left to the library", type->name);
        arena_fini(&arena);
    }
}

/* Twice there, in another order, apart from one another, of a later schema: protobuf-c says what it
 * means. */
static void odd_bytes_are_unpacked_as_by_the_library(void **state)
{
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *type;
        size_t size;
        uint8_t bytes[16];
    } odd[] = {
        {&tefter__text__descriptor, 6, {0x0a, 1, 'a', 0x0a, 1, 'b'}},
        {&tefter__ping__descriptor, 2, {0x08, 1}},
        {&tefter__goodbye__descriptor, 4, {0x18, 7, 0x08, 1}},
        {&tefter__goodbye__descriptor, 4, {0x08, 1, 0x08, 2}},
        {&tefter__goodbye__descriptor, 3, {0x08, 0x81, 0x00}},
        {&tefter__goodbye__descriptor, 2, {0x18, 7}},
        {&tefter__subscribe__descriptor, 8, {0x08, 1, 0x18, 5, 0x10, 1, 0x18, 6}},
        {&tefter__subscribe__descriptor, 8, {0x08, 1, 0x10, 1, 0x1a, 2, 5, 6}},
        {&tefter__to_terminal__descriptor, 4, {0x8a, 0x01, 0, 0x82}},
        {&tefter__to_terminal__descriptor, 6, {0x8a, 0x01, 0, 0x82, 0x01, 0}},
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        unpacks_as_the_library(odd[i].type, odd[i].bytes, odd[i].size);
}

static void edges_are_packed_as_by_the_library(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, FRAME_UNPACKED_MAX);
    static const int64_t numbers[] = {0,     1,         127,       128,       16383,
                                      16384, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN,
                                      -1,    -128,      1LL << 56, 1LL << 49, 1LL << 63 >> 1};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        Sample__Leaf leaf = SAMPLE__LEAF__INIT;
        leaf.has_int32 = leaf.has_int64 = leaf.has_uint32 = leaf.has_uint64 = true;
        leaf.int32 = (int32_t)numbers[i];
        leaf.int64 = numbers[i];
        leaf.uint32 = (uint32_t)numbers[i];
        leaf.uint64 = (uint64_t)numbers[i];
        assert_true(packs_as_the_library(&leaf.base, &arena));
    }
    Sample__Pair pair = SAMPLE__PAIR__INIT; /* a required text that nobody set */
    assert_true(packs_as_the_library(&pair.base, &arena));
    pair.right = "";
    assert_true(packs_as_the_library(&pair.base, &arena));
    Sample__Tree tree = SAMPLE__TREE__INIT; /* the case of a oneof without its message */
    tree.other_case = SAMPLE__TREE__OTHER_PAIR;
    assert_true(packs_as_the_library(&tree.base, &arena));
    tree.other_case = SAMPLE__TREE__OTHER_NOTHING;
    assert_true(packs_as_the_library(&tree.base, &arena));
    Sample__Leaf zigzag = SAMPLE__LEAF__INIT; /* left to the library */
    zigzag.has_sint32 = true;
    assert_false(packs_as_the_library(&zigzag.base, &arena));
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_scanned_and_unpacked),
        cmocka_unit_test(packed_from_the_end_it_is_the_same),
        cmocka_unit_test(unpacked_in_one_walk_it_is_the_same),
        cmocka_unit_test(odd_bytes_are_unpacked_as_by_the_library),
        cmocka_unit_test(edges_are_packed_as_by_the_library),
        cmocka_unit_test(a_text_is_seen_without_unpacking),
        cmocka_unit_test(changed_bytes_are_refused_or_good),
        cmocka_unit_test(the_largest_invoice_fits),
        cmocka_unit_test(amplification_stops_at_the_arenas_bound),
        cmocka_unit_test(every_bound_of_the_arena_is_survived),
        cmocka_unit_test(nothing_packs_to_nothing),
        cmocka_unit_test(each_text_is_found_in_order),
        cmocka_unit_test(who_can_hold_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
