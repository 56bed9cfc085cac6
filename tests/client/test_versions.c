/*
 * A client and a server of different versions. An older server is never told what it does not know,
 * and the person is told why; from a later one, what is not known is passed over.
 */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "lib/inside.h"

enum { SUBMIT = 16, COMMAND = 2, QUERY = 17, SUBSCRIBE = 18, TOPIC = 2 };

static struct {
    struct loop *loop;
    struct fake fake;
    struct tefter *client;
    struct arena arena;
    struct failure failure;
    struct prng prng;
    char folder[64];
    uint32_t sets;
    uint32_t resolved;
    Tefter__RefusalCode feed_refused;
    char feed_field[80];
} world;

static void on_resolved(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                        const Tefter__Reply *reply)
{
    (void)again;
    (void)context;
    (void)command;
    (void)made_ms;
    (void)reply;
    world.resolved++;
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    world.prng = (struct prng){31};
    (void)snprintf(world.folder, sizeof(world.folder), "/tmp/tefter-client-XXXXXX");
    arena_init(&world.arena, 16 << 20);
    world.loop = loop_create(&world.failure);
    fake_init(&world.fake, world.loop);
    if (mkdtemp(world.folder) == NULL)
        return 1;
    fake_profile(&world.fake, world.folder, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    tefter_close(world.client);
    fake_fini(&world.fake);
    loop_destroy(world.loop);
    arena_fini(&world.arena);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", world.folder);
    return system(command);
}

static void connect_now(void)
{
    struct tefter_options options = {.profile = world.folder,
                                     .program = "test",
                                     .loop = world.loop,
                                     .patience_ms = 5000,
                                     .outbox = true,
                                     .on_resolved = on_resolved};
    tefter_close(world.client);
    assert_true(tefter_open(&options, &world.client, &world.failure));
    if (!tefter_connect(world.client, 5000, &world.failure))
        fail_msg("%s", world.failure.text);
}

/* ---- an older server ---- */

static Tefter__Features *described(void)
{
    struct slice packed = features_describe(&tefter__from_terminal__descriptor, &world.arena);
    return (Tefter__Features *)message_unpack(&tefter__features__descriptor, packed, &world.arena);
}

static size_t place_in(const Tefter__FeatureType *type, uint32_t number)
{
    size_t at = 0;
    while (at < type->n_numbers && type->numbers[at] != number)
        at++;
    assert_true(at < type->n_numbers);
    return at;
}

static Tefter__FeatureType *below(const Tefter__Features *features, uint32_t first, uint32_t second)
{
    const Tefter__FeatureType *envelope = features->types[0];
    Tefter__FeatureType *type = features->types[envelope->types[place_in(envelope, first)]];
    return second == 0 ? type : features->types[type->types[place_in(type, second)]];
}

/* The server does not know it: its place has another number. */
static void forget(Tefter__FeatureType *type, uint32_t number)
{
    type->numbers[place_in(type, number)] = 9999;
}

static void server_is(const Tefter__Features *features)
{
    world.fake.features = message_pack(&features->base, &world.arena);
}

static const Tefter__Command *command_of(bool locks)
{
    static Tefter__LockCustomer lock;
    static Tefter__UnlockCustomer unlock;
    static Tefter__Command command;
    tefter__lock_customer__init(&lock);
    tefter__unlock_customer__init(&unlock);
    tefter__command__init(&command);
    command.kind_case =
        locks ? TEFTER__COMMAND__KIND_LOCK_CUSTOMER : TEFTER__COMMAND__KIND_UNLOCK_CUSTOMER;
    if (locks)
        command.lock_customer = &lock;
    else
        command.unlock_customer = &unlock;
    return &command;
}

static const Tefter__Reply *call(bool locks)
{
    const Tefter__Reply *reply =
        tefter_call(world.client, command_of(locks), &world.arena, &world.failure);
    assert_non_null(reply);
    return reply;
}

static const Tefter__Answer *ask(void)
{
    Tefter__CompanyView company = TEFTER__COMPANY_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &company;
    const Tefter__Answer *answer = tefter_ask(world.client, &query, &world.arena, &world.failure);
    assert_non_null(answer);
    return answer;
}

static const Tefter__ToTerminal *ping(void)
{
    Tefter__Ping body = TEFTER__PING__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &body;
    const Tefter__ToTerminal *answer =
        tefter_request(world.client, &frame, &world.arena, &world.failure);
    assert_non_null(answer);
    return answer;
}

static void is_older(const Tefter__Refusal *refused, const char *field)
{
    assert_non_null(refused);
    assert_int_equal(refused->code, TEFTER__REFUSAL_CODE__SERVER_OLDER);
    assert_string_equal(refused->field, field);
}

static void a_command_the_server_does_not_know_is_not_sent(void **state)
{
    (void)state;
    char sentence[256];
    Tefter__Features *features = described();
    forget(below(features, SUBMIT, COMMAND), 32);
    server_is(features);
    connect_now();
    assert_false(tefter_knows_field(world.client, &tefter__command__descriptor, 32));
    assert_true(tefter_knows_field(world.client, &tefter__command__descriptor, 33));
    const Tefter__Reply *reply = call(true);
    assert_true(reply->seq == 0);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    is_older(reply->refused, "lock_customer");
    (void)refusal_sentence(reply->refused, NULL, sentence, sizeof(sentence));
    assert_string_equal(sentence, "The server is older than this program and does not know 'lock "
                                  "customer' yet. Nothing was done. Upgrade the server first.");
    assert_int_equal(world.fake.command_count, 0);
    assert_int_equal(call(false)->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(world.fake.connections, 1);

    world.fake.features = (struct slice){NULL, 0}; /* upgraded: what was refused is not done now */
    connect_now();
    (void)tefter_turn(world.client, 100);
    assert_int_equal(world.fake.command_count, 1);
    assert_int_equal(world.resolved, 0);
    assert_int_equal(call(true)->result_case, TEFTER__REPLY__RESULT_DONE);
}

static void set_arrived(void *context, const struct tefter_delta *set)
{
    (void)context;
    world.sets++;
    if (set->refused == NULL)
        return;
    world.feed_refused = set->refused->code;
    (void)snprintf(world.feed_field, sizeof(world.feed_field), "%s", set->refused->field);
}

/* A query, a request of the envelope and a topic: a server that read them would cut the line. */
static void nothing_else_is_sent_either(void **state)
{
    (void)state;
    Tefter__Features *features = described();
    forget(below(features, QUERY, 0), TEFTER__QUERY__KIND_COMPANY);
    forget(features->types[0], TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS);
    forget(below(features, SUBSCRIBE, TOPIC), TEFTER__TOPIC__TOPIC_APPROVALS);
    server_is(features);
    connect_now();
    const Tefter__Answer *answer = ask();
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_REFUSED);
    is_older(answer->refused, "company");

    Tefter__ServerStatus status = TEFTER__SERVER_STATUS__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &status;
    const Tefter__ToTerminal *told =
        tefter_request(world.client, &frame, &world.arena, &world.failure);
    assert_non_null(told);
    is_older(told->refused, "server_status");

    struct tefter_feed *feed =
        tefter_subscribe(world.client, TEFTER__TOPIC__TOPIC_APPROVALS, NULL, 0, set_arrived, NULL);
    assert_int_equal(world.feed_refused, TEFTER__REFUSAL_CODE__SERVER_OLDER);
    assert_string_equal(world.feed_field, "subscribe.topic.approvals");
    assert_false(tefter_knows_value(world.client, &tefter__topic__descriptor,
                                    TEFTER__TOPIC__TOPIC_APPROVALS));
    assert_int_equal(ping()->body_case, TEFTER__TO_TERMINAL__BODY_PONG);
    assert_int_equal(world.fake.subscribes, 0);
    assert_int_equal(world.fake.connections, 1);
    tefter_unsubscribe(feed);
}

static void nonsense_is_no_greeting(void **state)
{
    (void)state;
    Tefter__Features *features = described();
    features->types[0]->n_types--;
    server_is(features);
    struct tefter_options options = {.profile = world.folder, .loop = world.loop};
    assert_true(tefter_open(&options, &world.client, &world.failure));
    assert_false(tefter_connect(world.client, 0, &world.failure));
    assert_non_null(strstr(world.failure.text, "greeting makes no sense"));
}

/* ---- the first servers ---- */

/* Every number of theirs is still ours: nothing that a terminal may say is ever taken away. */
static void is_kept(const Tefter__Features *theirs, const Tefter__Features *ours, uint32_t their_at,
                    uint32_t our_at, bool *seen)
{
    const Tefter__FeatureType *their = theirs->types[their_at];
    const Tefter__FeatureType *our = ours->types[our_at];
    if (seen[their_at])
        return;
    seen[their_at] = true;
    for (size_t i = 0; i < their->n_numbers; i++) {
        size_t at = place_in(our, their->numbers[i]);
        if (i < their->n_types && their->types[i] != 0)
            is_kept(theirs, ours, their->types[i], our->types[at], seen);
    }
}

static void what_the_first_servers_read_is_read_for_ever(void **state)
{
    (void)state;
    bool seen[256] = {false};
    size_t commands = 0;
    const Tefter__Features *first = (const Tefter__Features *)message_unpack(
        &tefter__features__descriptor, features_of_first(), &world.arena);
    assert_non_null(first);
    assert_true(first->n_types < 256);
    is_kept(first, described(), 0, 0, seen);
    for (size_t i = 0; i < first->n_types; i++) {
        assert_true(seen[i]);
        commands = first->types[i]->n_numbers > commands ? first->types[i]->n_numbers : commands;
    }
    assert_int_equal(commands, 44);
    world.fake.features = (struct slice){NULL, 0};
    connect_now(); /* to one of them */
    assert_false(tefter_knows_field(world.client, &tefter__resume__descriptor, 4));
    assert_true(tefter_knows_field(world.client, &tefter__resume__descriptor, 3));
    assert_int_equal(call(true)->result_case, TEFTER__REPLY__RESULT_DONE);
}

/* ---- a later server ---- */

static void feed(uint64_t prev, uint64_t this_seq, bool page)
{
    Tefter__AccountRow account = TEFTER__ACCOUNT_ROW__INIT;
    Tefter__LastChange last = TEFTER__LAST_CHANGE__INIT;
    Tefter__Row known = TEFTER__ROW__INIT;
    Tefter__Row other = TEFTER__ROW__INIT; /* of a kind that nobody here knows */
    Tefter__Row *rows[] = {&other, &known, &other};
    Tefter__Delta set = TEFTER__DELTA__INIT;
    Tefter__SnapshotChunk first = TEFTER__SNAPSHOT_CHUNK__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    account.customer = 3;
    account.balance_minor = (int64_t)this_seq * 10;
    account.last = &last;
    last.kind = (Tefter__EventKind)777;
    known.kind_case = TEFTER__ROW__KIND_ACCOUNT;
    known.account = &account;
    set.subscription = first.subscription = world.fake.subscription;
    set.rows = first.rows = rows;
    set.n_rows = first.n_rows = 3;
    set.prev = prev;
    set.this_ = first.seq = this_seq;
    first.last = true;
    message.body_case =
        page ? TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK : TEFTER__TO_TERMINAL__BODY_DELTA;
    if (page)
        message.snapshot_chunk = &first;
    else
        message.delta = &set;
    fake_send(&world.fake, 0, &message);
}

static void feed_begins(uint64_t seq)
{
    Tefter__Subscribed body = TEFTER__SUBSCRIBED__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    body.subscription = world.fake.subscription;
    body.seq = seq;
    body.ledger.data = (uint8_t *)(uintptr_t)fake_ledger;
    body.ledger.len = sizeof(fake_ledger);
    body.incarnation = world.fake.incarnation.number;
    message.body_case = TEFTER__TO_TERMINAL__BODY_SUBSCRIBED;
    message.subscribed = &body;
    fake_send(&world.fake, 0, &message);
}

static void a_replica_passes_over_what_it_does_not_know(void)
{
    struct tefter_feed *all =
        tefter_subscribe(world.client, TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, set_arrived, NULL);
    while (!world.fake.subscribed)
        (void)tefter_turn(world.client, 10);
    feed_begins(100);
    feed(0, 100, true);
    for (uint64_t seq = 100; seq < 140; seq++)
        feed(seq, seq + 1, false);
    while (world.sets < 41)
        assert_true(tefter_turn(world.client, 5000));
    const Tefter__Row *row = tefter_feed_row(all, TEFTER_ROW_ACCOUNT, 3, &world.arena);
    assert_non_null(row);
    assert_true(row->account->balance_minor == 1410 - 10);
    assert_int_equal(row->account->last->kind, 777);
    assert_int_equal(tefter_feed_size(all), 1);
    assert_true(tefter_feed_exact(all) == 140);
    tefter_unsubscribe(all);
}

static void what_a_later_server_says_more_is_passed_over(void **state)
{
    (void)state;
    const Tefter__Refusal *refused;
    world.fake.later = &world.prng;
    connect_now();
    assert_non_null(tefter_login(world.client, "minh", "right words here", &world.arena, &refused,
                                 &world.failure));
    for (int i = 0; i < 50; i++) {
        assert_int_equal(call(true)->result_case, TEFTER__REPLY__RESULT_DONE);
        assert_string_equal(ask()->company->name, "Minh Trading");
        assert_int_equal(ping()->body_case, TEFTER__TO_TERMINAL__BODY_PONG);
    }
    a_replica_passes_over_what_it_does_not_know();
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = (Tefter__RefusalCode)141;
    refusal.field = (char *)"voucher";
    refusal.has_right = true;
    refusal.right = (Tefter__Right)99;
    world.fake.refuse = &refusal;
    const Tefter__Reply *reply = call(true);
    assert_true(reply->seq != 0);
    assert_int_equal(reply->refused->code, 141);
    assert_string_equal(reply->refused->field, "voucher");
    assert_int_equal(world.fake.connections, 1);
}

/* Kinds of answers: nothing to pass over, but no reason to cut the line and ask again for ever. */
static void answers_of_other_kinds_are_told(void **state)
{
    (void)state;
    world.fake.other_kinds = true;
    connect_now();
    const Tefter__Reply *reply = call(true);
    assert_true(reply->seq == 101);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__CLIENT_OLDER);
    assert_int_equal(ask()->refused->code, TEFTER__REFUSAL_CODE__CLIENT_OLDER);
    assert_int_equal(ping()->refused->code, TEFTER__REFUSAL_CODE__CLIENT_OLDER);
    assert_int_equal(world.fake.connections, 1);
    assert_int_equal(world.fake.commands[0].times, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_command_the_server_does_not_know_is_not_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_else_is_sent_either, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_is_no_greeting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_first_servers_read_is_read_for_ever, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_a_later_server_says_more_is_passed_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(answers_of_other_kinds_are_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
