/*
 * Features: what a server describes, what an older one lacks, and that nothing it lacks gets by.
 */
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proto/command.pb-c.h"
#include "proto/view.pb-c.h"
#include "proto/wire.pb-c.h"
#include "sample.pb-c.h"
#include "wire/features.h"
#include "wire/random_message.h"

static struct {
    struct arena arena;
    struct features features;
} world;

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    arena_init(&world.arena, 64 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    features_fini(&world.features);
    arena_fini(&world.arena);
    return 0;
}

/* ---- older servers ---- */

static Tefter__Features *described(const ProtobufCMessageDescriptor *root)
{
    struct slice packed = features_describe(root, &world.arena);
    assert_true(packed.size > 0);
    return (Tefter__Features *)message_unpack(&tefter__features__descriptor, packed, &world.arena);
}

static void forget(Tefter__FeatureType *type, size_t at)
{
    size_t rest = --type->n_numbers - at;
    memmove(type->numbers + at, type->numbers + at + 1, rest * sizeof(*type->numbers));
    if (type->n_types == 0)
        return;
    type->n_types--;
    memmove(type->types + at, type->types + at + 1, rest * sizeof(*type->types));
}

/* The type that field `number` of one is of, by the description. */
static Tefter__FeatureType *below(Tefter__Features *features, const Tefter__FeatureType *type,
                                  uint32_t number, size_t *ret_at)
{
    for (size_t i = 0; i < type->n_numbers; i++) {
        if (ret_at != NULL)
            *ret_at = i;
        if (type->numbers[i] == number)
            return features->types[i < type->n_types ? type->types[i] : 0];
    }
    fail_msg("there is no %u", number);
    return NULL;
}

static void server_is(const ProtobufCMessageDescriptor *root, const Tefter__Features *features)
{
    assert_true(features_read(&world.features, root, message_pack(&features->base, &world.arena)));
}

static void the_same_version_lacks_nothing(void **state)
{
    (void)state;
    server_is(&tefter__from_terminal__descriptor, described(&tefter__from_terminal__descriptor));
    assert_int_equal(world.features.count, 0);
    assert_true(features_have(&world.features, &tefter__command__descriptor, 80));
    struct slice packed = features_describe(&tefter__from_terminal__descriptor, &world.arena);
    assert_true(packed.size < 4096); /* of every greeting */
}

/* A later server knows all of ours, and more. */
static void a_later_server_lacks_nothing(void **state)
{
    (void)state;
    struct arena arena;
    Tefter__Features *features = described(&tefter__from_terminal__descriptor);
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < features->n_types; i++) {
        Tefter__FeatureType *type = features->types[i];
        size_t count = type->n_numbers;
        uint32_t *numbers = arena_zero(&arena, (count + 1) * sizeof(*numbers));
        uint32_t *types = arena_zero(&arena, (count + 1) * sizeof(*types));
        if (count > 0)
            memcpy(numbers + 1, type->numbers, count * sizeof(*numbers));
        numbers[0] = 9999;
        type->numbers = numbers;
        type->n_numbers++;
        if (type->n_types == 0 && count > 0)
            continue;
        if (count > 0)
            memcpy(types + 1, type->types, count * sizeof(*types));
        types[0] = 1;
        type->types = types;
        type->n_types++;
    }
    server_is(&tefter__from_terminal__descriptor, features);
    assert_int_equal(world.features.count, 0);
    arena_fini(&arena);
}

/* ---- a frame, as a terminal sends it ---- */

static struct slice frame_of(const Tefter__Command *command)
{
    static uint8_t id[16];
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    struct slice packed = message_pack(&command->base, &world.arena);
    submit.id = (ProtobufCBinaryData){sizeof(id), id};
    submit.command = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    return message_pack(&frame.base, &world.arena);
}

static void does_not_suit(struct slice frame, const char *path)
{
    struct message_fault fault;
    assert_false(features_suit(&world.features, &tefter__from_terminal__descriptor, frame, &fault));
    assert_string_equal(fault.path, path);
}

static void suits(struct slice frame)
{
    struct message_fault fault;
    if (!features_suit(&world.features, &tefter__from_terminal__descriptor, frame, &fault))
        fail_msg("%s: %s", fault.path, fault.what);
}

enum { SUBMIT = 16, COMMAND = 2, QUERY = 17, SUBSCRIBE = 18 };

static const Tefter__Command *payment(Tefter__PaymentKind kind)
{
    static Tefter__TakePayment take;
    static Tefter__Command command;
    tefter__take_payment__init(&take);
    tefter__command__init(&command);
    take.kind = kind;
    command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    command.take_payment = &take;
    return &command;
}

static const Tefter__Command *invoice(bool with_serials)
{
    static char *serials[] = {"A1"};
    static Tefter__InvoiceLine line;
    static Tefter__InvoiceLine *lines[] = {&line};
    static Tefter__IssueInvoice issue;
    static Tefter__Command command;
    tefter__invoice_line__init(&line);
    tefter__issue_invoice__init(&issue);
    tefter__command__init(&command);
    line.serials = serials;
    line.n_serials = with_serials;
    issue.lines = lines;
    issue.n_lines = 1;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &issue;
    return &command;
}

static void what_an_older_server_lacks_is_named(void **state)
{
    (void)state;
    size_t at = 0;
    Tefter__TrialBalance books = TEFTER__TRIAL_BALANCE__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__FromTerminal asks = TEFTER__FROM_TERMINAL__INIT;
    Tefter__FromTerminal wants = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Features *features = described(&tefter__from_terminal__descriptor);
    Tefter__FeatureType *envelope = features->types[0];
    Tefter__FeatureType *submit = below(features, envelope, SUBMIT, NULL);
    Tefter__FeatureType *command = below(features, submit, COMMAND, NULL);
    Tefter__FeatureType *take = below(features, command, 100, NULL);
    Tefter__FeatureType *issue = below(features, command, 80, NULL);
    (void)below(features, command, 32, &at); /* a command */
    forget(command, at);
    (void)below(features, below(features, take, 3, NULL), 4, &at); /* a value: slip */
    forget(below(features, take, 3, NULL), at);
    (void)below(features, below(features, issue, 7, NULL), 9, &at); /* a field: serials */
    forget(below(features, issue, 7, NULL), at);
    (void)below(features, below(features, envelope, QUERY, NULL), 71, &at); /* a query */
    forget(below(features, envelope, QUERY, NULL), at);
    Tefter__FeatureType *topics =
        below(features, below(features, envelope, SUBSCRIBE, NULL), 2, NULL);
    (void)below(features, topics, 2, &at); /* a topic: approvals */
    forget(topics, at);
    server_is(&tefter__from_terminal__descriptor, features);

    assert_int_equal(world.features.count, 5);
    assert_false(features_have(&world.features, &tefter__command__descriptor, 32));
    assert_true(features_have(&world.features, &tefter__command__descriptor, 33));
    assert_false(features_have(&world.features, &tefter__payment_kind__descriptor, 4));
    assert_false(features_have(&world.features, &tefter__query__descriptor, 71));

    Tefter__LockCustomer lock = TEFTER__LOCK_CUSTOMER__INIT;
    Tefter__Command locks = TEFTER__COMMAND__INIT;
    locks.kind_case = TEFTER__COMMAND__KIND_LOCK_CUSTOMER;
    locks.lock_customer = &lock;
    does_not_suit(frame_of(&locks), "lock_customer");
    does_not_suit(frame_of(payment(TEFTER__PAYMENT_KIND__PAYMENT_SLIP)), "take_payment.kind.slip");
    suits(frame_of(payment(TEFTER__PAYMENT_KIND__PAYMENT_CASH)));
    does_not_suit(frame_of(invoice(true)), "issue_invoice.lines.serials");
    suits(frame_of(invoice(false)));
    query.kind_case = TEFTER__QUERY__KIND_TRIAL_BALANCE;
    query.trial_balance = &books;
    struct slice packed = message_pack(&query.base, &world.arena);
    asks.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    asks.query = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    does_not_suit(message_pack(&asks.base, &world.arena), "trial_balance");
    wants.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    wants.subscribe = &subscribe;
    subscribe.topic = TEFTER__TOPIC__TOPIC_APPROVALS;
    does_not_suit(message_pack(&wants.base, &world.arena), "subscribe.topic.approvals");
    subscribe.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS;
    suits(message_pack(&wants.base, &world.arena));
}

/* ---- any message, any older server ---- */

static bool model_suits(const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        size_t count = reflect_count(message, field);
        if (count > 0 && !features_have(&world.features, type, field->id))
            return false;
        for (size_t at = 0; at < count; at++) {
            void *value = reflect_at(message, field, at);
            if (field->type == PROTOBUF_C_TYPE_MESSAGE && !model_suits(*(ProtobufCMessage **)value))
                return false;
            if (field->type == PROTOBUF_C_TYPE_ENUM &&
                !features_have(&world.features, field->descriptor, *(uint32_t *)value))
                return false;
        }
    }
    return true;
}

static void nothing_lacking_gets_by(void **state)
{
    (void)state;
    static const ProtobufCMessageDescriptor *const roots[] = {
        &tefter__command__descriptor, &tefter__query__descriptor, &sample__tree__descriptor};
    struct prng prng = {21};
    unsigned suited = 0;
    unsigned kept = 0;
    for (int i = 0; i < 6000; i++) {
        const ProtobufCMessageDescriptor *root = roots[i % 3];
        Tefter__Features *features = described(root);
        for (uint64_t gone = prng_below(&prng, 12); gone > 0; gone--) {
            Tefter__FeatureType *type = features->types[prng_below(&prng, features->n_types)];
            if (type->n_numbers > 0)
                forget(type, prng_below(&prng, type->n_numbers));
        }
        server_is(root, features);
        ProtobufCMessage *message = random_message(root, &prng, &world.arena);
        bool good = features_suit(&world.features, root, message_pack(message, &world.arena), NULL);
        assert_int_equal(good, model_suits(message));
        suited += good;
        kept += !good;
        arena_reset(&world.arena);
    }
    assert_true(suited > 1000);
    assert_true(kept > 300);
}

/* ---- nonsense ---- */

static void nonsense_is_refused(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *root = &tefter__from_terminal__descriptor;
    Tefter__Features *features = described(root);
    assert_false(features_read(&world.features, root, slice_of(NULL, 0)));
    features->types[0]->types[2] = (uint32_t)features->n_types;
    assert_false(features_read(&world.features, root, message_pack(&features->base, &world.arena)));
    features = described(root);
    features->types[0]->n_types--;
    assert_false(features_read(&world.features, root, message_pack(&features->base, &world.arena)));
    assert_int_equal(world.features.count, 0);
}

static void damaged_descriptions_do_no_harm(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *root = &tefter__from_terminal__descriptor;
    struct slice good = features_describe(root, &world.arena);
    struct prng prng = {22};
    unsigned taken = 0;
    for (int i = 0; i < 5000; i++) {
        size_t size = prng_below(&prng, 2) == 0 ? good.size : prng_below(&prng, good.size);
        uint8_t *bytes = malloc(size == 0 ? 1 : size);
        memcpy(bytes, good.data, size);
        for (uint64_t n = prng_below(&prng, 4); n > 0 && size > 0; n--)
            bytes[prng_below(&prng, size)] = (uint8_t)prng_next(&prng);
        bool read = features_read(&world.features, root, slice_of(bytes, size));
        taken += read;
        assert_true(read || world.features.count == 0);
        (void)features_suit(&world.features, root, frame_of(invoice(true)), NULL);
        free(bytes);
    }
    assert_true(taken > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_version_lacks_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_server_lacks_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_older_server_lacks_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_lacking_gets_by, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_descriptions_do_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
