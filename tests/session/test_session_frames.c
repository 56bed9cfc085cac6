/*
 * Bad frames, slow frames, many frames; commands that are foreign, doubled, too many, or come when
 * nothing can be written; words in refusals. A terminal that breaks the protocol hears why and is
 * cut; others feel nothing.
 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/prng.h"
#include "session/inside.h"
#include "terminals/narrow.h"
#include "wire/features.h"

static struct client witness;

static Tefter__FromTerminal ping_frame(void)
{
    static Tefter__Ping ping;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    tefter__ping__init(&ping);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    return frame;
}

static void witness_is_served(void)
{
    Tefter__FromTerminal frame = ping_frame();
    const Tefter__ToTerminal *answer = client_ask(&witness, &frame);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_PONG);
}

static int setup(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    client_enter(&witness, "boss", "correct horse");
    return 0;
}

static int teardown(void **state)
{
    client_close(&witness);
    return world_teardown(state);
}

/* ---- bad frames ---- */

static void expect_cut(const void *bytes, size_t size, const char *field)
{
    struct client client;
    client_greet(&client, &world.terminal);
    client_write(&client, slice_of(bytes, size));
    client_wait_closed(&client);
    const Tefter__Goodbye *goodbye = client_goodbye(&client);
    assert_non_null(goodbye);
    assert_int_equal(goodbye->refused->code, TEFTER__REFUSAL_CODE__UNREADABLE);
    if (field != NULL)
        assert_string_equal(goodbye->refused->field, field);
    client_close(&client);
    witness_is_served();
}

#define cut(literal, field) expect_cut(literal, sizeof literal - 1, field)

static void bad_frames(void **state)
{
    (void)state;
    struct sessions_metrics before;
    struct sessions_metrics after;
    sessions_metrics(world.sessions, &before);
    cut("\0\0\0\0", "length");
    cut("\0\0\x10\x01", "length"); /* one over what may come before a login */
    cut("\xff\xff\xff\xff", "length");
    cut("\0\0\0\x02\x08\x01", "body"); /* a number, and no request */
    cut("\0\0\0\x01\x08", NULL);       /* cut short inside */
    cut("\0\0\0\x03\x7a\x00\xff", NULL);
    cut("\0\0\0\x04\x7a\x00\x7a\x00", NULL);     /* twice */
    cut("\0\0\0\x05\x7a\x00\x98\x06\x01", NULL); /* a field nobody knows */
    cut("\0\0\0\x05\x08\x80\x00\x7a\x00", NULL); /* a number longer than it must be */
    cut("\0\0\0\x04\x7a\x02\x08\x01", NULL);     /* a field Ping does not have */
    cut("\0\0\0\x07\x5a\x05\x0a\x03"
        "a\xff\x62",
        NULL); /* no text */
    sessions_metrics(world.sessions, &after);
    assert_int_equal(after.bad_frames - before.bad_frames, 11);
    assert_int_equal(after.open, 1);
}

static void too_big_after_login(void **state)
{
    (void)state;
    struct client client;
    uint8_t head[4];
    client_enter(&client, "boss", "correct horse");
    be32_put(head, FRAME_TO_SERVER_MAX + 1);
    client_write(&client, slice_of(head, 4));
    client_wait_closed(&client);
    assert_non_null(client_goodbye(&client));
    client_close(&client);
    witness_is_served();
}

static void byte_by_byte(void **state)
{
    (void)state;
    struct client client;
    static const uint8_t hello[] = {0, 0, 0, 6, 0x08, 0x05, 0x52, 0x02, 0x08, 0x01};
    client_open(&client, &world.terminal);
    for (size_t i = 0; i < sizeof hello; i++) {
        client_write(&client, slice_of(hello + i, 1));
        stream_flush(client.stream);
        world_run(2);
    }
    const Tefter__ToTerminal *answer = client_answer(&client, 5);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    client_close(&client);
}

/* Who greets cannot know yet what is read here, so a later terminal may say more; then it is told.
 */
static void a_later_terminal_greets(void **state)
{
    (void)state;
    struct client client;
    struct features lacking = {.gaps = NULL};
    static const uint8_t hello[] = {0,    0,    0,    14,   0x08, 0x05, 0x52, 7,    0x08,
                                    0x02, 0xa2, 0x06, 0x02, 0xff, 0x00, 0xf0, 0x03, 0x01};
    client_open(&client, &world.terminal);
    client_write(&client, slice_of(hello, sizeof hello));
    const Tefter__ToTerminal *answer = client_answer(&client, 5);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    const Tefter__Welcome *welcome = answer->welcome;
    assert_true(welcome->has_features);
    assert_true(features_read(&lacking, &tefter__from_terminal__descriptor,
                              slice_of(welcome->features.data, welcome->features.len)));
    assert_int_equal(lacking.count, 0);
    features_fini(&lacking);
    assert_int_equal(welcome->wire, 2);
    static const uint8_t ping[] = {0, 0, 0, 5, 0x7a, 0x03, 0xa0, 0x06, 0x07};
    client_write(&client, slice_of(ping, sizeof ping)); /* but now it knows */
    client_wait_closed(&client);
    assert_string_equal(client_goodbye(&client)->refused->field, "ping.#100");
    client_close(&client);
    cut("\0\0\0\x06\x08\x05\xa2\x06\x01\x00", "#100");
}

/* One of the first version would cut the line at a field that it does not know. */
static void the_first_terminals_hear_what_they_know(void **state)
{
    (void)state;
    struct client client;
    static const uint8_t hello[] = {0, 0, 0, 6, 0x08, 0x05, 0x52, 0x02, 0x08, 0x01};
    client_open(&client, &world.terminal);
    client_write(&client, slice_of(hello, sizeof hello));
    const Tefter__Welcome *welcome = client_answer(&client, 5)->welcome;
    assert_int_equal(welcome->wire, 1);
    assert_false(welcome->has_features);
    client_close(&client);
}

static bool only_one_is_there(void *context)
{
    struct sessions_metrics metrics;
    (void)context;
    sessions_metrics(world.sessions, &metrics);
    return metrics.open == 1;
}

/* Random damage to good frames: whatever comes of it, the server goes on. */
static void damaged_frames(void **state)
{
    (void)state;
    struct prng prng = {42};
    const char *rounds = getenv("TEFTER_ROUNDS");
    long count = rounds == NULL ? 150 : strtol(rounds, NULL, 10);
    for (long i = 0; i < count; i++) {
        struct client client;
        uint8_t bytes[] = {0,    0,  0,    6, 0x08, 0x05, 0x52, 0x02, 0x08, 0x01, 0,   0,
                           0,    4,  8,    9, 0x7a, 0,    0,    0,    0,    14,   8,   7,
                           0x5a, 10, 0x0a, 4, 'b',  'o',  's',  's',  0x12, 2,    'x', 'y'};
        client_open(&client, &world.terminal);
        for (uint64_t n = 1 + prng_below(&prng, 4); n > 0; n--)
            bytes[prng_below(&prng, sizeof bytes)] = (uint8_t)prng_next(&prng);
        client_write(&client, slice_of(bytes, 1 + prng_below(&prng, sizeof bytes)));
        if (i % 2 == 0)
            world_run(1);
        client_close(&client);
        if (i % 100 == 0)
            witness_is_served();
    }
    witness_is_served();
    world_wait(only_one_is_there, NULL);
}

static void another_version(void **state)
{
    (void)state;
    struct client client;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 3;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    client_open(&client, &world.terminal);
    client_send(&client, &frame);
    client_wait_closed(&client);
    assert_int_equal(client_goodbye(&client)->refused->code, TEFTER__REFUSAL_CODE__VERSION_UNKNOWN);
    assert_int_equal(client_goodbye(&client)->refused->most, 2);
    client_close(&client);
}

/* ---- deadlines ---- */

static struct session *newest_session(void)
{
    struct session *newest = NULL;
    for (uint32_t i = 0; i < world.sessions->slot_count; i++) {
        struct session *session = world.sessions->slots[i].session;
        if (session != NULL && session->state != SESSION_LOGGED_IN)
            newest = session;
    }
    assert_non_null(newest);
    return newest;
}

static void expect_ended(struct client *client, const char *words)
{
    client_wait_closed(client);
    const Tefter__Goodbye *goodbye = client_goodbye(client);
    assert_non_null(goodbye);
    assert_non_null(strstr(goodbye->reason, words));
    client_close(client);
}

static bool has_begun_a_frame(void *context)
{
    return ((const struct session *)context)->frame_by_ms != 0;
}

static void deadlines(void **state)
{
    (void)state;
    struct client client;
    uint64_t now_ms = loop_now_ms(world.loop);
    client_greet(&client, &world.terminal);
    session_tick(newest_session(), now_ms + LOGIN_MS / 2);
    assert_false(client.closed);
    newest_session()->heard_ms += LOGIN_MS;
    session_tick(newest_session(), now_ms + LOGIN_MS + 2000);
    expect_ended(&client, "nobody logged in");

    client_greet(&client, &world.terminal);
    session_tick(newest_session(), loop_now_ms(world.loop) + SILENCE_MS + 2000);
    expect_ended(&client, "nothing was heard");

    client_greet(&client, &world.terminal);
    client_write(&client, slice_of("\0\0\0", 3));
    world_wait(has_begun_a_frame, newest_session());
    session_tick(newest_session(), loop_now_ms(world.loop) + FRAME_MS + 100);
    expect_ended(&client, "a frame took too long");
}

/* ---- many frames ---- */

static void many_in_one_write(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct buffer out;
    buffer_init(&out, 1024 * 1024);
    Tefter__FromTerminal frame = ping_frame();
    frame.has_request = true;
    for (int i = 0; i < MANY; i++) {
        frame.request = 10000 + (uint64_t)i;
        assert_true(
            frame_put(&out, message_pack((const ProtobufCMessage *)&frame, &witness.arena)));
    }
    client_write(&witness, buffer_slice(&out));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(client_answer(&witness, 10000 + (uint64_t)i)->body_case,
                         TEFTER__TO_TERMINAL__BODY_PONG);
    buffer_fini(&out);
}

static uint64_t list_asked(struct client *client)
{
    Tefter__TerminalList list = TEFTER__TERMINAL_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TERMINALS;
    query.terminals = &list;
    return client_question(client, &query);
}

static uint64_t long_list_asked(struct client *client)
{
    Tefter__CustomerList list = TEFTER__CUSTOMER_LIST__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    list.has_rows = 1;
    list.rows = PAGE_ROWS_MAX;
    query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
    query.customers = &list;
    return client_question(client, &query);
}

/* What the server still has for it. */
static size_t waiting_for(struct session_ref ref)
{
    const struct session *session = session_find(world.sessions, ref);
    if (session == NULL)
        fail_msg("it was cut");
    return stream_waiting(session->stream);
}

static size_t most_waiting(struct session_ref session, uint64_t ms)
{
    size_t most = 0;
    for (uint64_t i = 0; i < ms; i += 2) {
        world_run(2);
        most = waiting_for(session) > most ? waiting_for(session) : most;
    }
    return most;
}

/* One that asks and asks and does not read: it is not answered on and on into memory, and gets all
 * its answers when it reads again. */
static void who_does_not_read_waits_with_what_he_asks(void **state)
{
    (void)state;
    enum { TERMINALS = 60, QUESTIONS = 900, ANSWER_MAX = 32 * 1024 };
    char name[100];
    struct client client;
    for (int i = 0; i < TERMINALS; i++) {
        (void)snprintf(name, sizeof name, "%090d", i);
        world_terminal(name);
    }
    client_greet(&client, &world.terminal);
    struct session_ref session = session_ref_of(newest_session());
    client_login(&client, "boss", "correct horse");
    narrow(client.stream);
    stream_pause(client.stream, true);
    uint64_t first = list_asked(&client), last = first;
    for (int i = 1; i < QUESTIONS; i++)
        last = list_asked(&client);
    size_t most = 0;
    for (int i = 0; i < 5000 && most <= OUTPUT_PAUSE_BYTES; i++)
        most = most_waiting(session, 2);
    size_t more = most_waiting(session, 100);
    assert_in_range(more > most ? more : most, OUTPUT_PAUSE_BYTES, OUTPUT_PAUSE_BYTES + ANSWER_MAX);
    stream_pause(client.stream, false);
    for (uint64_t request = first; request <= last; request++)
        assert_int_equal(client_answer(&client, request)->body_case,
                         TEFTER__TO_TERMINAL__BODY_ANSWER);
    client_close(&client);
}

static void make_long_list(void)
{
    enum { CUSTOMERS = 400 };
    char name[160], phone[20];
    for (int i = 0; i < CUSTOMERS; i++) {
        (void)snprintf(name, sizeof name, "%0150d", i);
        (void)snprintf(phone, sizeof phone, "09%08d", i);
        (void)world_customer(name, phone);
    }
}

static struct session_ref enter_narrow(struct client *client)
{
    client_greet(client, &world.terminal);
    struct session_ref session = session_ref_of(newest_session());
    client_login(client, "boss", "correct horse");
    narrow(client->stream);
    return session;
}

static size_t fill_with_long_lists(struct client *client, struct session_ref session, int questions,
                                   uint64_t *ret_last)
{
    size_t most = 0;
    stream_pause(client->stream, true);
    for (int i = 0; i < questions; i++)
        *ret_last = long_list_asked(client);
    for (int i = 0; i < 5000 && most <= OUTPUT_PAUSE_BYTES; i++)
        most = most_waiting(session, 2);
    size_t more = most_waiting(session, 300);
    return more > most ? more : most;
}

/* The long ones too, though they are answered beside the loop: of one session one at a time, and
 * none while what it was told waits. Others are answered meanwhile. */
static void long_answers_wait_for_who_does_not_read(void **state)
{
    (void)state;
    struct client client;
    make_long_list();
    struct session_ref session = enter_narrow(&client);
    uint64_t first = long_list_asked(&client), last = first;
    const Tefter__ToTerminal *told = client_answer(&client, first);
    assert_int_equal(told->body_case, TEFTER__TO_TERMINAL__BODY_ANSWER);
    size_t answer = told->answer.len + 1000;
    assert_true(answer > OUTPUT_PAUSE_BYTES);
    size_t most = fill_with_long_lists(&client, session, 60, &last);
    assert_in_range(most, OUTPUT_PAUSE_BYTES, OUTPUT_PAUSE_BYTES + answer);
    assert_int_equal(client_answer(&witness, long_list_asked(&witness))->body_case,
                     TEFTER__TO_TERMINAL__BODY_ANSWER);
    stream_pause(client.stream, false);
    for (uint64_t request = first + 1; request <= last; request++)
        assert_int_equal(client_answer(&client, request)->body_case,
                         TEFTER__TO_TERMINAL__BODY_ANSWER);
    client_close(&client);
}

static bool no_query_waits(void *context)
{
    (void)context;
    return world.sessions->queries_waiting == 0;
}

/* Their places are for others again. */
static void long_questions_go_with_who_asked(void **state)
{
    (void)state;
    struct client client;
    uint64_t last;
    make_long_list();
    struct session_ref session = enter_narrow(&client);
    (void)fill_with_long_lists(&client, session, 60, &last);
    assert_in_range(world.sessions->queries_waiting, 1, QUERIES_EACH_MAX);
    assert_int_equal(world.sessions->queries_running, 0);
    client_close(&client);
    world_wait(no_query_waits, NULL);
    witness_is_served();
}

/* ---- commands ---- */

static Tefter__Command *till_command(struct arena *arena, const char *name)
{
    Tefter__Command *command = (void *)message_new(&tefter__command__descriptor, arena);
    Tefter__AddTill *add = (void *)message_new(&tefter__add_till__descriptor, arena);
    add->branch = 1;
    add->name = arena_text(arena, name, strlen(name));
    command->kind_case = TEFTER__COMMAND__KIND_ADD_TILL;
    command->add_till = add;
    return command;
}

static const Tefter__Reply *reply_to(struct client *client, uint64_t request)
{
    const Tefter__ToTerminal *answer = client_answer(client, request);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_REPLY);
    return (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                 slice_of(answer->reply.data, answer->reply.len),
                                                 &client->arena);
}

static bool is_full(void *context)
{
    (void)context;
    return world.queued >= REQUESTS_IN_FLIGHT_MAX;
}

static void at_most_so_many_under_way(void **state)
{
    (void)state;
    enum { MANY = REQUESTS_IN_FLIGHT_MAX + 150 };
    uint64_t requests[MANY];
    world.held = true;
    for (int i = 0; i < MANY; i++) {
        char name[20];
        uint8_t id[16];
        (void)snprintf(name, sizeof name, "drawer %d", i);
        client_id(&witness, id);
        requests[i] = client_submit(&witness, till_command(&witness.arena, name), id);
    }
    world_wait(is_full, NULL);
    world_run(50);
    assert_int_equal(world.queued, REQUESTS_IN_FLIGHT_MAX);
    world.held = false;
    loop_timer_start(world.turn, 0, 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(reply_to(&witness, requests[i])->result_case, TEFTER__REPLY__RESULT_DONE);
}

static void ids(void **state)
{
    (void)state;
    uint8_t id[16];
    const Tefter__Command *command = till_command(&witness.arena, "drawer");
    client_id(&witness, id);
    id[9] ^= 2; /* another terminal's */
    const Tefter__Reply *reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__COMMAND_ID_FOREIGN);
    assert_int_equal(reply->seq, 0);
    client_id(&witness, id);
    const Tefter__Reply *first = reply_to(&witness, client_submit(&witness, command, id));
    const Tefter__Reply *again = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(first->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(again->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(again->seq, first->seq);
    assert_int_equal(again->done->id, first->done->id);
    const Tefter__Command *other = till_command(&witness.arena, "another drawer");
    reply = reply_to(&witness, client_submit(&witness, other, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED);
}

static void unreadable_commands_are_refused_only(void **state)
{
    (void)state;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    uint8_t id[16];
    client_id(&witness, id);
    submit.id = (ProtobufCBinaryData){16, id};
    submit.command = (ProtobufCBinaryData){3, (uint8_t *)(uintptr_t) "\xff\xff\xff"};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    const Tefter__Reply *reply = reply_to(&witness, client_send(&witness, &frame));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__UNREADABLE);
    submit.command.len = 0;
    reply = reply_to(&witness, client_send(&witness, &frame));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__FIELD_MISSING);
    submit.id.len = 15;
    reply = reply_to(&witness, client_send(&witness, &frame));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__FIELD_INVALID);
    witness_is_served();
}

static void busy_and_read_only(void **state)
{
    (void)state;
    uint8_t id[16];
    const Tefter__Command *command = till_command(&witness.arena, "drawer");
    client_id(&witness, id);
    const Tefter__Reply *first = reply_to(&witness, client_submit(&witness, command, id));
    world.answer = SUBMIT_READ_ONLY;
    const Tefter__Reply *again = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(again->seq, first->seq); /* what was done can still be told */
    client_id(&witness, id);
    const Tefter__Reply *reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__READ_ONLY);
    assert_true(reply->refused->retry_ms > 0);
    assert_int_equal(reply->refused->cause, TEFTER__READ_ONLY_CAUSE__READ_ONLY_STATE_FULL);
    world.answer = SUBMIT_BUSY;
    reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__BUSY);
    assert_false(reply->refused->has_cause);
    assert_true(reply->refused->retry_ms > 0);
    world.answer = SUBMIT_TAKEN;
    reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__ALREADY_EXISTS);
}

/* It stands in the journal all the same: nobody fills the disk with what they may not. */
static void what_one_person_has_refused_is_bounded(void **state)
{
    (void)state;
    enum { OWNER = 1, SOMEBODY_ELSE = 2 };
    uint8_t done[16];
    uint8_t id[16];
    struct sessions *home = world.sessions;
    const Tefter__Command *command = till_command(&witness.arena, "of refused");
    client_id(&witness, done);
    const Tefter__Reply *first = reply_to(&witness, client_submit(&witness, command, done));
    assert_int_equal(refused_wait_ms(home, OWNER), 0);
    client_id(&witness, id);
    const Tefter__Reply *reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__ALREADY_EXISTS);
    assert_int_equal(refused_wait_ms(home, OWNER), 0);
    refused_add(home, OWNER, REFUSED_BYTES_MAX + 1000 * REFUSED_BYTES_A_MS);
    client_id(&witness, id);
    reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__BUSY);
    assert_in_range(reply->refused->retry_ms, 1, 1100);
    const Tefter__Reply *again = reply_to(&witness, client_submit(&witness, command, done));
    assert_int_equal(again->seq, first->seq); /* what was done can still be told */
    assert_int_equal(refused_wait_ms(home, SOMEBODY_ELSE), 0);
    refused_fini(home);
    reply = reply_to(&witness, client_submit(&witness, command, id));
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__ALREADY_EXISTS);
}

static bool one_is_queued(void *context)
{
    (void)context;
    return world.queued == 1;
}

static bool none_is_queued(void *context)
{
    (void)context;
    return world.queued == 0;
}

/* A terminal that leaves: its reply is dropped, nothing else. */
static void gone_before_the_reply(void **state)
{
    (void)state;
    struct client client;
    uint8_t id[16];
    client_enter(&client, "boss", "correct horse");
    world.held = true;
    client_id(&client, id);
    client.counter = 500;
    (void)client_submit(&client, till_command(&client.arena, "drawer"), id);
    world_wait(one_is_queued, NULL);
    client_close(&client);
    world_wait(only_one_is_there, NULL);
    world.held = false;
    loop_timer_start(world.turn, 0, 0);
    world_wait(none_is_queued, NULL);
    witness_is_served();
}

static void a_locks_reason_has_its_words(void **state)
{
    (void)state;
    uint32_t customer = world_customer("Nguyễn Văn Đức", "0912345678");
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__LockCustomer lock = TEFTER__LOCK_CUSTOMER__INIT;
    Tefter__IssueInvoice invoice = TEFTER__ISSUE_INVOICE__INIT;
    Tefter__InvoiceLine line = TEFTER__INVOICE_LINE__INIT;
    Tefter__InvoiceLine *lines[] = {&line};
    Tefter__Text reason = TEFTER__TEXT__INIT;
    reason.value = "three cheques came back";
    lock.customer = customer;
    lock.reason = &reason;
    command.kind_case = TEFTER__COMMAND__KIND_LOCK_CUSTOMER;
    command.lock_customer = &lock;
    assert_int_equal(client_command(&witness, &command)->result_case, TEFTER__REPLY__RESULT_DONE);
    line.text = "goods";
    line.quantity = 1000;
    line.has_price = true;
    line.price = 5000000;
    invoice.has_customer = true;
    invoice.customer = customer;
    invoice.n_lines = 1;
    invoice.lines = lines;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = &invoice;
    const Tefter__Reply *reply = client_command(&witness, &command);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED);
    assert_string_equal(reply->refused->reason->value, "three cheques came back");
    assert_false(reply->refused->reason->has_id);
}

/* ---- searching ---- */

static const Tefter__SearchAnswer *search(const char *text)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Search search_message = TEFTER__SEARCH__INIT;
    search_message.text = (char *)(uintptr_t)text;
    query.kind_case = TEFTER__QUERY__KIND_SEARCH;
    query.search = &search_message;
    const Tefter__Answer *answer = client_query(&witness, &query);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_SEARCH);
    return answer->search;
}

static void too_long(const Tefter__Query *query, const char *field)
{
    const Tefter__Answer *answer = client_query(&witness, query);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_REFUSED);
    assert_int_equal(answer->refused->code, TEFTER__REFUSAL_CODE__TEXT_INVALID);
    assert_string_equal(answer->refused->field, field);
}

/* More than can be looked for is found neither in nothing nor in everything. */
static void what_is_looked_for_is_bounded(void **state)
{
    (void)state;
    enum { MOST = 256, FAR_TOO_MUCH = 5000 };
    char words[FAR_TOO_MUCH + 1];
    memset(words, 'x', sizeof words - 1);
    words[FAR_TOO_MUCH] = '\0';
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CustomerList customers = TEFTER__CUSTOMER_LIST__INIT;
    Tefter__DocumentList documents = TEFTER__DOCUMENT_LIST__INIT;
    for (int round = 0; round < 2; round++) {
        customers.text = documents.text = words;
        query.kind_case = TEFTER__QUERY__KIND_CUSTOMERS;
        query.customers = &customers;
        too_long(&query, round == 0 ? "customers.text" : "text");
        query.kind_case = TEFTER__QUERY__KIND_DOCUMENTS;
        query.documents = &documents;
        too_long(&query, round == 0 ? "documents.text" : "text");
        words[MOST + 1] = '\0';
    }
    words[MOST] = '\0';
    const Tefter__Answer *answer = client_query(&witness, &query);
    assert_int_equal(answer->documents->n_rows, 0);
}

/* Where they live, and what is written down of them. */
static void look_for_what_is_noted(uint32_t customer)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeCustomer change = TEFTER__CHANGE_CUSTOMER__INIT;
    Tefter__AddNote note = TEFTER__ADD_NOTE__INIT;
    Tefter__Text text = TEFTER__TEXT__INIT;
    assert_int_equal(search("quay dong")->n_hits, 0);
    change.customer = customer;
    change.area = (char *)(uintptr_t) "Quầy Đông";
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_CUSTOMER;
    command.change_customer = &change;
    (void)world_do(&command);
    assert_int_equal(search("quay dong")->n_hits, 1);
    assert_int_equal(search("quay dong")->hits[0]->customer->who->customer, customer);
    note.customer = customer;
    text.value = (char *)(uintptr_t) "comes back after the harvest";
    note.text = &text;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_NOTE;
    command.add_note = &note;
    (void)world_do(&command);
    assert_int_equal(search("harvest")->n_hits, 1);
    assert_int_equal(search("harvest")->hits[0]->customer->who->customer, customer);
}

static void searching(void **state)
{
    (void)state;
    uint32_t duc = world_customer("Nguyễn Văn Đức", "0912 345 678");
    uint32_t athena = world_customer("Αθήνα", "+30 210 1234567");
    const Tefter__SearchAnswer *answer = search("duc nguyen");
    assert_int_equal(answer->n_hits, 1);
    assert_int_equal(answer->hits[0]->customer->who->customer, duc);
    assert_string_equal(answer->hits[0]->customer->who->name->value, "Nguyễn Văn Đức");
    answer = search("αθηνα");
    assert_int_equal(answer->hits[0]->customer->who->customer, athena);
    answer = search("0912345");
    assert_int_equal(answer->hits[0]->customer->who->customer, duc);
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeCustomer change = TEFTER__CHANGE_CUSTOMER__INIT;
    Tefter__Text name = TEFTER__TEXT__INIT;
    name.value = "Somebody Else";
    change.customer = duc;
    change.name = &name;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_CUSTOMER;
    command.change_customer = &change;
    (void)world_do(&command);
    assert_int_equal(search("nguyen")->n_hits, 0);
    look_for_what_is_noted(duc);
    assert_int_equal(search("somebody")->n_hits, 1);
    client_close(&witness);
    world_restart(); /* filled anew from the ledger */
    client_enter(&witness, "boss", "correct horse");
    assert_int_equal(search("somebody")->n_hits, 1);
}

static void terminals_and_status(void **state)
{
    (void)state;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TerminalList list = TEFTER__TERMINAL_LIST__INIT;
    world_terminal("till 2");
    query.kind_case = TEFTER__QUERY__KIND_TERMINALS;
    query.terminals = &list;
    const Tefter__Answer *answer = client_query(&witness, &query);
    assert_int_equal(answer->terminals->n_terminals, 2);
    assert_true(answer->terminals->terminals[0]->connected);
    assert_int_equal(answer->terminals->terminals[0]->staff, 1);
    assert_false(answer->terminals->terminals[1]->connected);
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__ServerStatus ask = TEFTER__SERVER_STATUS__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &ask;
    const Tefter__StatusAnswer *status = client_ask(&witness, &frame)->status;
    assert_int_equal(status->sessions, 1);
    assert_int_equal(status->seq, world.seq);
}

static void on_drained(void *context)
{
    (void)context;
    world.drained = true;
    loop_stop(world.loop);
}

static bool is_drained(void *context)
{
    (void)context;
    return world.drained;
}

static void draining(void **state)
{
    (void)state;
    struct client client;
    client_greet(&client, &world.terminal);
    sessions_drain(world.sessions, "the server stops", 1500, on_drained, NULL);
    world_wait(is_drained, NULL);
    client_wait_closed(&client);
    assert_string_equal(client_goodbye(&client)->reason, "the server stops");
    assert_int_equal(client_goodbye(&client)->retry_ms, 1500);
    client_close(&client);
    client_wait_closed(&witness);
    assert_string_equal(client_goodbye(&witness)->reason, "the server stops");
}

#define frames_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- texts ---- */

static Tefter__Command open_customer(Tefter__OpenCustomer *open, Tefter__Text *name, char *value)
{
    static Tefter__Text phone;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    tefter__text__init(&phone);
    phone.value = (char *)(uintptr_t) "1";
    tefter__open_customer__init(open);
    tefter__text__init(name);
    name->value = value;
    open->name = name;
    open->phone = &phone;
    open->area = (char *)(uintptr_t) "town";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = open;
    return command;
}

static void a_text_nobody_sees_never_reaches_the_journal(void **state)
{
    (void)state;
    static char unseen[] = "An\u200BBinh";
    Tefter__OpenCustomer open;
    Tefter__Text name;
    Tefter__Command command = open_customer(&open, &name, unseen);
    uint64_t before = world.seq;
    const Tefter__Reply *reply = client_command(&witness, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, TEFTER__REFUSAL_CODE__TEXT_UNSEEN);
    assert_string_equal(reply->refused->field, "name");
    assert_int_equal(reply->refused->at, 3);
    assert_int_equal(reply->refused->point, 0x200B);
    assert_int_equal(reply->seq, 0);
    assert_int_equal(world.seq, before);
}

/* The reply of a server of before was lost, and its next version looks at texts. */
static void a_text_that_was_taken_before_keeps_its_reply(void **state)
{
    (void)state;
    static char unseen[] = "Bi\u200Bnh";
    Tefter__OpenCustomer open;
    Tefter__Text name;
    uint8_t id[COMMAND_ID_SIZE];
    Tefter__Command command = open_customer(&open, &name, unseen);
    client_id(&witness, id);
    const Tefter__Reply *first = world_took(&command, id);
    assert_int_equal(first->result_case, TEFTER__REPLY__RESULT_DONE);
    const Tefter__ToTerminal *answer =
        client_answer(&witness, client_submit(&witness, &command, id));
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_REPLY);
    const Tefter__Reply *again = (const Tefter__Reply *)message_unpack(
        &tefter__reply__descriptor, slice_of(answer->reply.data, answer->reply.len), &world.arena);
    assert_int_equal(again->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(again->done->id, first->done->id);
}

/* Names that were taken before more was asked of a text are there as they were. */
static void a_name_that_is_there_already_is_shown(void **state)
{
    (void)state;
    static const char *const names[] = {"\u200B",     "\u3164", "\u0301",
                                        "\U000E0041", " ",      "A\u00ADB"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        Tefter__Query query = TEFTER__QUERY__INIT;
        Tefter__CustomerCard card = TEFTER__CUSTOMER_CARD__INIT;
        card.has_customer = true;
        card.customer = world_customer(names[i], "2");
        query.kind_case = TEFTER__QUERY__KIND_CUSTOMER_CARD;
        query.customer_card = &card;
        const Tefter__Answer *answer = client_query(&witness, &query);
        assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_CUSTOMER_CARD);
        assert_string_equal(answer->customer_card->record->name->value, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        frames_test(a_text_nobody_sees_never_reaches_the_journal),
        frames_test(a_text_that_was_taken_before_keeps_its_reply),
        frames_test(a_name_that_is_there_already_is_shown),
        frames_test(bad_frames),
        frames_test(too_big_after_login),
        frames_test(a_later_terminal_greets),
        frames_test(the_first_terminals_hear_what_they_know),
        frames_test(byte_by_byte),
        frames_test(damaged_frames),
        frames_test(another_version),
        frames_test(deadlines),
        frames_test(many_in_one_write),
        frames_test(who_does_not_read_waits_with_what_he_asks),
        frames_test(long_answers_wait_for_who_does_not_read),
        frames_test(long_questions_go_with_who_asked),
        frames_test(at_most_so_many_under_way),
        frames_test(ids),
        frames_test(unreadable_commands_are_refused_only),
        frames_test(busy_and_read_only),
        frames_test(what_one_person_has_refused_is_bounded),
        frames_test(gone_before_the_reply),
        frames_test(a_locks_reason_has_its_words),
        frames_test(what_is_looked_for_is_bounded),
        frames_test(searching),
        frames_test(terminals_and_status),
        frames_test(draining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
