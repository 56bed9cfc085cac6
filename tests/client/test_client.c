/* A client against a server that does as it is told. */
#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fake.h"
#include "lib/ids.h"
#include "lib/outbox.h"

/* The wall's clock as somebody sets it. */
static int64_t set_by_s;
int clock_gettime(clockid_t which, struct timespec *out)
{
    int failed = (int)syscall(SYS_clock_gettime, which, out);
    if (which == CLOCK_REALTIME)
        out->tv_sec += set_by_s;
    return failed;
}

static struct {
    struct loop *loop;
    struct fake fake;
    struct tefter *client;
    struct arena arena;
    struct failure failure;
    char folder[64];
    uint32_t replies;
    uint32_t refused;
    uint32_t resolved;
    uint64_t seqs[FAKE_COMMANDS_MAX];
    struct tefter_state state;
    struct tefter_delta set;
    uint32_t sets;
} world;

static void on_resolved(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                        const Tefter__Reply *reply)
{
    (void)again;
    (void)context;
    assert_int_equal(command->kind_case, TEFTER__COMMAND__KIND_LOCK_CUSTOMER);
    assert_true(made_ms > 0);
    assert_true(reply->seq > 0);
    world.resolved++;
}

static void on_state(void *context, const struct tefter_state *state)
{
    (void)context;
    world.state = *state;
}

static bool open_client(bool outbox, uint32_t window)
{
    struct tefter_options options = {.profile = world.folder,
                                     .program = "test",
                                     .loop = world.loop,
                                     .window = window,
                                     .patience_ms = 5000,
                                     .outbox = outbox,
                                     .on_state = on_state,
                                     .on_resolved = on_resolved};
    return tefter_open(&options, &world.client, &world.failure);
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    (void)snprintf(world.folder, sizeof(world.folder), "/tmp/tefter-client-XXXXXX");
    arena_init(&world.arena, 4 << 20);
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
    if (!tefter_connect(world.client, 5000, &world.failure))
        fail_msg("%s", world.failure.text);
}

static Tefter__LockCustomer lock;
static const Tefter__Command *lock_of(uint32_t customer)
{
    static Tefter__Command command;
    tefter__lock_customer__init(&lock);
    tefter__command__init(&command);
    lock.customer = customer;
    command.kind_case = TEFTER__COMMAND__KIND_LOCK_CUSTOMER;
    command.lock_customer = &lock;
    return &command;
}

static void replied(void *context, const struct tefter_outcome *outcome)
{
    uint64_t *seq = context;
    assert_true(*seq == 0); /* once only */
    *seq = outcome->reply->seq;
    world.replies++;
    world.refused += outcome->refused != NULL;
}

/* ---- people ---- */

static void a_token_opens_what_a_password_opened(void **state)
{
    (void)state;
    const Tefter__Refusal *refused;
    assert_true(open_client(false, 0));
    world.fake.token_is_bad = true;
    connect_now();
    assert_null(tefter_person(world.client));
    assert_null(
        tefter_login(world.client, "minh", "wrong", &world.arena, &refused, &world.failure));
    assert_int_equal(refused->code, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_non_null(tefter_login(world.client, "minh", "right words here", &world.arena, &refused,
                                 &world.failure));
    assert_int_equal(tefter_person(world.client)->staff, FAKE_STAFF);
    tefter_close(world.client);
    world.fake.token_is_bad = false;
    assert_true(open_client(false, 0));
    connect_now();
    assert_non_null(tefter_person(world.client));
    assert_string_equal(tefter_currency(world.client)->sign, "₫");
}

static void nobody_logged_in_is_refused_here(void **state)
{
    (void)state;
    world.fake.token_is_bad = true;
    assert_true(open_client(false, 0));
    connect_now();
    const Tefter__Reply *reply =
        tefter_call(world.client, lock_of(3), &world.arena, &world.failure);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    assert_int_equal(world.fake.command_count, 0);
}

static void a_server_that_is_not_there_is_told_at_once(void **state)
{
    (void)state;
    stream_listener_close(world.fake.listener);
    uint16_t port = 1; /* nobody listens there */
    char address[32];
    (void)snprintf(address, sizeof(address), "127.0.0.1:%u", port);
    struct tefter_options options = {
        .profile = world.folder, .loop = world.loop, .address = address};
    assert_true(tefter_open(&options, &world.client, &world.failure));
    assert_false(tefter_connect(world.client, 0, &world.failure));
    assert_int_equal(world.failure.fault, FAULT_IO);
    assert_non_null(strstr(world.failure.text, "nobody listens there"));
    world.fake.listener =
        stream_listen(world.loop, "127.0.0.1:0", world.fake.tls, fake_accepted, &world.fake, NULL);
}

/* ---- the certificate renews itself ---- */

static void connect_with_serial(uint64_t serial)
{
    struct tls_peer peer;
    assert_true(open_client(false, 0));
    connect_now();
    assert_non_null(tefter_person(world.client));
    stream_peer(world.fake.stream, &peer);
    assert_true(peer.serial == serial);
}

static void a_certificate_past_half_its_life_is_renewed(void **state)
{
    (void)state;
    struct tefter_enrolment enrolment;
    world.fake.old = true;
    connect_with_serial(77);
    for (int i = 0; i < 100 && world.fake.renewals == 0; i++)
        (void)tefter_turn(world.client, 50);
    (void)tefter_turn(world.client, 200);
    assert_int_equal(world.fake.renewals, 1);
    tefter_close(world.client);
    assert_true(tefter_profile_read(world.folder, &enrolment, &world.failure));
    assert_true(enrolment.not_after_ms > pki_now_ms());
    connect_with_serial(78);
}

static void an_expired_certificate_is_renewed_first(void **state)
{
    (void)state;
    world.fake.old = true;
    world.fake.expired = true;
    connect_with_serial(78);
    assert_int_equal(world.fake.renewals, 1);
}

/* A device that was in a drawer for longer than its certificate lasts: its login is long over. */
static void one_that_expired_while_nobody_was_logged_in_is_renewed_first(void **state)
{
    (void)state;
    char token[80];
    struct tls_peer peer;
    struct tefter_enrolment enrolment;
    assert_true(tefter_profile_read(world.folder, &enrolment, &world.failure));
    enrolment.not_after_ms = pki_now_ms() - 1000;
    assert_true(profile_config_write(world.folder, &enrolment, &world.failure));
    (void)snprintf(token, sizeof(token), "%s/token", world.folder);
    assert_int_equal(unlink(token), 0);
    world.fake.old = true;
    world.fake.expired = true;
    assert_true(open_client(false, 0));
    connect_now();
    stream_peer(world.fake.stream, &peer);
    assert_true(peer.serial == 78);
    assert_int_equal(world.fake.renewals, 1);
}

/* ---- commands ---- */

static void a_call_comes_back_done(void **state)
{
    (void)state;
    assert_true(open_client(true, 0));
    connect_now();
    const Tefter__Reply *reply =
        tefter_call(world.client, lock_of(3), &world.arena, &world.failure);
    assert_non_null(reply);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_true(reply->seq == 101);
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView company = TEFTER__COMPANY_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &company;
    const Tefter__Answer *answer = tefter_ask(world.client, &query, &world.arena, &world.failure);
    assert_non_null(answer);
    assert_string_equal(answer->company->name, "Minh Trading");
}

static void a_lost_reply_is_asked_for_again_and_counts_once(void **state)
{
    (void)state;
    assert_true(open_client(true, 0));
    connect_now();
    world.fake.drop_after = 1;
    const Tefter__Reply *reply =
        tefter_call(world.client, lock_of(3), &world.arena, &world.failure);
    assert_non_null(reply);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(world.fake.command_count, 1);
    assert_int_equal(world.fake.commands[0].times, 2);
    assert_false(world.fake.commands[0].mixed);
    assert_int_equal(world.fake.connections, 2);
}

static void whatever_breaks_each_counts_once(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    assert_true(open_client(false, 32));
    connect_now();
    uint32_t begun = 0;
    while (world.replies < COUNT) {
        while (begun < COUNT && tefter_room(world.client) > 0) {
            assert_true(tefter_submit(world.client, lock_of(begun + 1), replied, &world.seqs[begun],
                                      &world.failure));
            begun++;
            if (begun % 90 == 0)
                world.fake.drop_after = 7;
            if (begun % 70 == 0)
                world.fake.busy = 3;
        }
        assert_true(tefter_under_way(world.client) <= 32);
        assert_true(tefter_turn(world.client, 10000));
    }
    assert_int_equal(world.fake.command_count, COUNT);
    assert_true(world.fake.connections > 3);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_false(world.fake.commands[i].mixed);
        assert_true(world.seqs[i] > 100);
    }
    assert_true(world.fake.seq == 100 + COUNT);
}

static uint64_t soonest_ms, latest_ms;

static void replied_after(void *context, const struct tefter_outcome *outcome)
{
    replied(context, outcome);
    soonest_ms = outcome->took_ms < soonest_ms ? outcome->took_ms : soonest_ms;
    latest_ms = outcome->took_ms > latest_ms ? outcome->took_ms : latest_ms;
}

/* All are told the same time; they come no sooner, and not all at once. */
static void who_is_told_busy_comes_when_told(void **state)
{
    (void)state;
    enum { COUNT = 32, RETRY_MS = 1000 };
    assert_true(open_client(false, COUNT));
    connect_now();
    world.fake.busy = COUNT;
    world.fake.retry_ms = RETRY_MS;
    soonest_ms = UINT64_MAX;
    latest_ms = 0;
    for (uint32_t i = 0; i < COUNT; i++)
        assert_true(tefter_submit(world.client, lock_of(i + 1), replied_after, &world.seqs[i],
                                  &world.failure));
    assert_true(tefter_resolve(world.client, 5000, &world.failure));
    assert_int_equal(world.replies, COUNT);
    assert_int_equal(world.fake.command_count, COUNT);
    assert_true(soonest_ms >= RETRY_MS);
    assert_true(latest_ms >= soonest_ms + RETRY_MS / 20);
}

static void a_full_window_says_so(void **state)
{
    (void)state;
    assert_true(open_client(false, 2));
    connect_now();
    for (uint32_t i = 0; i < 2; i++)
        assert_true(
            tefter_submit(world.client, lock_of(i + 1), replied, &world.seqs[i], &world.failure));
    assert_false(tefter_submit(world.client, lock_of(9), replied, &world.seqs[9], &world.failure));
    assert_int_equal(world.failure.fault, FAULT_BUSY);
    world.failure.fault = FAULT_NONE;
    assert_true(tefter_resolve(world.client, 5000, &world.failure));
    assert_int_equal(world.replies, 2);
}

static void a_command_without_outcome_is_settled_by_the_next_process(void **state)
{
    (void)state;
    assert_true(open_client(true, 0));
    connect_now();
    world.fake.mute = true;
    assert_true(tefter_submit(world.client, lock_of(3), replied, &world.seqs[0], &world.failure));
    (void)tefter_turn(world.client, 200);
    tefter_close(world.client);
    world.fake.mute = false;
    assert_int_equal(world.fake.command_count, 0);
    assert_true(open_client(true, 0));
    connect_now();
    while (world.resolved == 0)
        assert_true(tefter_turn(world.client, 5000));
    assert_int_equal(world.fake.command_count, 1);
    tefter_close(world.client);
    assert_true(open_client(true, 0));
    connect_now();
    (void)tefter_turn(world.client, 100);
    assert_int_equal(world.fake.commands[0].times, 1);
}

static void ids_follow_no_clock_that_is_set(void **state)
{
    (void)state;
    uint8_t id[TEFTER_ID_SIZE];
    assert_true(open_client(true, 0));
    connect_now();
    for (int days = -3; days <= 3; days++) {
        set_by_s = days * INT64_C(86400);
        bool good = tefter_new_id(world.client, id, &world.failure);
        set_by_s = 0;
        assert_true(good);
        assert_true(llabs(id_ms(id) - pki_now_ms()) < 60000);
    }
}

static bool refuses_the_day_after_tomorrow(struct fake *fake, const Tefter__FromTerminal *frame)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    if (frame->body_case != TEFTER__FROM_TERMINAL__BODY_SUBMIT ||
        id_ms(frame->submit->id.data) <= pki_now_ms() + COMMAND_ID_AHEAD_MS)
        return false;
    refusal.code = TEFTER__REFUSAL_CODE__FIELD_INVALID;
    refusal.field = (char *)"id";
    fake->refuse = &refusal;
    fake_reply(fake, frame->request, ++fake->seq);
    fake->refuse = NULL;
    return true;
}

static void keep_one_of(int64_t made_ms)
{
    struct outbox outbox;
    struct ids ids;
    uint8_t id[TEFTER_ID_SIZE];
    ids_init(&ids, world.folder, FAKE_TERMINAL);
    assert_true(ids_make(&ids, made_ms, id, &world.failure));
    assert_true(outbox_open(&outbox, world.folder, pki_now_ms(), &world.failure));
    struct slice command = message_pack(&lock_of(3)->base, &world.arena);
    assert_true(outbox_add(&outbox, id, made_ms, FAKE_STAFF, fake_ledger, command, &world.failure));
    outbox_close(&outbox);
    ids_fini(&ids);
}

static void what_was_kept_by_a_clock_far_ahead_is_done_once(void **state)
{
    (void)state;
    keep_one_of(pki_now_ms() + 3 * COMMAND_ID_AHEAD_MS);
    world.fake.takes = refuses_the_day_after_tomorrow;
    assert_true(open_client(true, 0));
    connect_now();
    while (world.resolved == 0)
        assert_true(tefter_turn(world.client, 5000));
    tefter_close(world.client);
    assert_true(open_client(true, 0));
    connect_now();
    (void)tefter_turn(world.client, 100);
    assert_int_equal(world.resolved, 1);
    assert_int_equal(world.fake.command_count, 1);
    assert_int_equal(world.fake.commands[0].times, 1);
    assert_true(llabs(id_ms(world.fake.commands[0].id) - pki_now_ms()) < 60000);
}

static void a_restored_server_gets_back_what_it_acknowledged(void **state)
{
    (void)state;
    assert_true(open_client(true, 0));
    connect_now();
    for (int i = 0; i < 3; i++)
        assert_non_null(tefter_call(world.client, lock_of(3), &world.arena, &world.failure));
    /* restored to a state before them, then the same backup restored once more */
    static const struct incarnation restored[] = {{2, "one"}, {3, "two"}};
    for (int round = 0; round < 2; round++) {
        world.fake.incarnation = restored[round];
        world.fake.command_count = 0;
        world.fake.seq = 40;
        world.resolved = 0;
        fake_cut(&world.fake);
        while (world.resolved < 3)
            assert_true(tefter_turn(world.client, 5000));
        assert_int_equal(world.fake.command_count, 3);
        for (int i = 0; i < 3; i++)
            assert_int_equal(world.fake.commands[i].times, 1);
    }
}

static void an_outcome_that_stays_unknown_is_told_so(void **state)
{
    (void)state;
    struct tefter_options options = {
        .profile = world.folder, .loop = world.loop, .patience_ms = 300, .outbox = true};
    assert_true(tefter_open(&options, &world.client, &world.failure));
    connect_now();
    world.fake.mute = true;
    assert_null(tefter_call(world.client, lock_of(3), &world.arena, &world.failure));
    assert_non_null(strstr(world.failure.text, "counts once (T7-"));
}

/* ---- feeds ---- */

static void changed(void *context, const struct tefter_delta *set)
{
    (void)context;
    world.set = *set;
    world.sets++;
}

static void feed_subscribed(bool resumed, uint64_t seq)
{
    Tefter__Subscribed body = TEFTER__SUBSCRIBED__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    body.subscription = world.fake.subscription;
    body.resumed = resumed;
    body.seq = seq;
    body.ledger.data = (uint8_t *)(uintptr_t)fake_ledger;
    body.ledger.len = sizeof(fake_ledger);
    body.incarnation = world.fake.incarnation.number;
    body.has_incarnation_nonce = true;
    body.incarnation_nonce.data = world.fake.incarnation.nonce;
    body.incarnation_nonce.len = sizeof(world.fake.incarnation.nonce);
    message.body_case = TEFTER__TO_TERMINAL__BODY_SUBSCRIBED;
    message.subscribed = &body;
    fake_send(&world.fake, 0, &message);
}

static Tefter__Row *row_of(uint32_t customer, int64_t balance)
{
    Tefter__Row *row = arena_take(&world.arena, sizeof(*row));
    Tefter__AccountRow *account = arena_take(&world.arena, sizeof(*account));
    tefter__row__init(row);
    tefter__account_row__init(account);
    account->customer = customer;
    account->balance_minor = balance;
    row->kind_case = TEFTER__ROW__KIND_ACCOUNT;
    row->account = account;
    return row;
}

static void feed_chunk(uint64_t seq, uint32_t customer, int64_t balance, bool last)
{
    Tefter__SnapshotChunk body = TEFTER__SNAPSHOT_CHUNK__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Row *row = row_of(customer, balance);
    body.subscription = world.fake.subscription;
    body.seq = seq;
    body.rows = &row;
    body.n_rows = 1;
    body.last = last;
    message.body_case = TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK;
    message.snapshot_chunk = &body;
    fake_send(&world.fake, 0, &message);
}

static void feed_set(uint64_t prev, uint64_t this_seq, uint32_t customer, int64_t balance)
{
    Tefter__Delta body = TEFTER__DELTA__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Row *row = row_of(customer, balance);
    body.subscription = world.fake.subscription;
    body.prev = prev;
    body.this_ = this_seq;
    body.rows = &row;
    body.n_rows = 1;
    body.has_committed_ms = true;
    body.committed_ms = pki_now_ms() - 40;
    message.body_case = TEFTER__TO_TERMINAL__BODY_DELTA;
    message.delta = &body;
    fake_send(&world.fake, 0, &message);
}

static void wait_subscribed(void)
{
    for (int i = 0; i < 1000 && !world.fake.subscribed; i++)
        (void)tefter_turn(world.client, 10);
    assert_true(world.fake.subscribed);
    world.fake.subscribed = false;
}

static void wait_sets(uint32_t sets)
{
    while (world.sets < sets)
        assert_true(tefter_turn(world.client, 5000));
}

static int64_t balance_in(struct tefter_feed *feed, uint32_t customer)
{
    const Tefter__Row *row = tefter_feed_row(feed, TEFTER_ROW_ACCOUNT, customer, &world.arena);
    return row == NULL ? -1 : row->account->balance_minor;
}

static void a_replica_stays_fresh_over_gaps_and_losses(void **state)
{
    (void)state;
    assert_true(open_client(false, 0));
    connect_now();
    struct tefter_feed *feed =
        tefter_subscribe(world.client, TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, changed, NULL);
    assert_non_null(feed);
    wait_subscribed();
    assert_null(world.fake.asked->resume);
    feed_subscribed(false, 100);
    feed_chunk(100, 1, 1000, false);
    feed_chunk(100, 2, 2000, true);
    wait_sets(2);
    assert_true(world.set.exact && world.set.renewed);
    assert_int_equal(world.state.connection, TEFTER_LIVE);
    assert_true(world.state.exact == 100);

    feed_set(100, 103, 1, 1500);
    wait_sets(3);
    assert_true(world.set.seq == 103 && world.set.exact);
    assert_true(world.set.delay_ms >= 30 && world.set.delay_ms < 5000);
    assert_true(balance_in(feed, 1) == 1500);

    feed_set(105, 106, 1, 1); /* 104 and 105 are missing */
    wait_subscribed();
    assert_non_null(world.fake.asked->resume);
    assert_true(world.fake.asked->resume->seq == 103);
    assert_int_equal(world.state.connection, TEFTER_CATCHING_UP);
    assert_true(balance_in(feed, 1) == 1500); /* never half a set */
    feed_subscribed(true, 103);
    feed_set(103, 106, 2, 2500);
    wait_sets(4);
    assert_true(balance_in(feed, 2) == 2500);
    assert_int_equal(world.state.connection, TEFTER_LIVE);

    fake_cut(&world.fake); /* the line breaks: it is resumed from 106 */
    wait_subscribed();
    assert_true(world.fake.asked->resume->seq == 106);
    feed_subscribed(false, 110); /* but the server no longer can */
    (void)tefter_turn(world.client, 1000);
    assert_int_equal(world.state.connection, TEFTER_FETCHING);
    assert_true(balance_in(feed, 1) == 1500); /* old figures stay until the new are whole */
    feed_chunk(110, 2, 2600, true);
    wait_sets(5);
    assert_true(world.set.renewed);
    assert_true(balance_in(feed, 1) == -1);
    assert_true(balance_in(feed, 2) == 2600);
    tefter_unsubscribe(feed);
}

static void a_feed_survives_being_refused(void **state)
{
    (void)state;
    assert_true(open_client(false, 0));
    connect_now();
    uint32_t customers[] = {3, 4};
    struct tefter_feed *feed =
        tefter_subscribe(world.client, TEFTER__TOPIC__TOPIC_CUSTOMERS, customers, 2, changed, NULL);
    wait_subscribed();
    assert_int_equal(world.fake.asked->n_customers, 2);
    fake_refuse(&world.fake, (UINT64_C(1) << 62) | world.fake.subscription,
                TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    wait_sets(1);
    assert_non_null(world.set.refused);
    const Tefter__Refusal *refused;
    assert_non_null(tefter_login(world.client, "minh", "right words here", &world.arena, &refused,
                                 &world.failure));
    wait_subscribed();
    assert_int_equal(world.fake.subscribes, 2);
    tefter_unsubscribe(feed);
}

static void silence_is_seen(void **state)
{
    (void)state;
    assert_true(open_client(false, 0));
    connect_now();
    (void)tefter_subscribe(world.client, TEFTER__TOPIC__TOPIC_CUSTOMERS, NULL, 0, changed, NULL);
    wait_subscribed();
    feed_subscribed(false, 100);
    feed_chunk(100, 1, 1000, true);
    wait_sets(1);
    world.fake.mute = true;
    for (int i = 0; i < 70 && world.state.connection != TEFTER_STALE; i++)
        (void)tefter_turn(world.client, 100);
    assert_int_equal(world.state.connection, TEFTER_STALE);
    world.fake.mute = false;
    for (int i = 0; i < 50 && world.state.connection != TEFTER_LIVE; i++)
        (void)tefter_turn(world.client, 100);
    assert_int_equal(world.state.connection, TEFTER_LIVE);
    assert_true(world.fake.pings >= 1);
}

/* The old server that somebody started again beside the restored one, and another restore that took
 * the same number. */
static void a_server_older_than_one_that_was_met_is_not_taken(void **state)
{
    (void)state;
    struct tefter_options options = {.profile = world.folder, .loop = world.loop};
    static const struct incarnation lives[] = {{1, "first"}, {2, "one"}, {1, "first"},
                                               {2, "one"},   {2, "two"}, {3, "two"}};
    for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
        world.fake.incarnation = lives[i];
        world.failure = (struct failure){.fault = FAULT_NONE};
        assert_true(tefter_open(&options, &world.client, &world.failure));
        bool refused = i == 2 || i == 4;
        assert_int_equal(tefter_connect(world.client, 0, &world.failure), !refused);
        if (refused) {
            assert_int_equal(world.failure.fault, FAULT_STALE);
            assert_non_null(strstr(world.failure.text, i == 2 ? "has met incarnation 2"
                                                              : "another restore of the backup"));
            assert_null(tefter_person(world.client));
        }
        tefter_close(world.client);
        world.client = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_opens_what_a_password_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_older_than_one_that_was_met_is_not_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nobody_logged_in_is_refused_here, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_is_not_there_is_told_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_past_half_its_life_is_renewed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_expired_certificate_is_renewed_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            one_that_expired_while_nobody_was_logged_in_is_renewed_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_comes_back_done, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_reply_is_asked_for_again_and_counts_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whatever_breaks_each_counts_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_told_busy_comes_when_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_window_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_without_outcome_is_settled_by_the_next_process,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_follow_no_clock_that_is_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_kept_by_a_clock_far_ahead_is_done_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_restored_server_gets_back_what_it_acknowledged, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_outcome_that_stays_unknown_is_told_so, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_replica_stays_fresh_over_gaps_and_losses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_feed_survives_being_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_is_seen, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
