/*
 * How a device becomes a terminal, and what keeps it out: codes used, expired, guessed, of another
 * server; blocked, replaced and expired certificates; renewal.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "access/inside.h"
#include "base/limits.h"
#include "session/inside.h"

static void block(uint32_t terminal, bool blocked)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeTerminal change = TEFTER__CHANGE_TERMINAL__INIT;
    change.terminal = terminal;
    change.has_blocked = true;
    change.blocked = blocked;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_TERMINAL;
    command.change_terminal = &change;
    (void)world_do(&command);
}

static void refused_code(const char *code, Tefter__RefusalCode expected)
{
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    assert_false(client_enrol(code, &identity, &refused));
    assert_int_equal(refused, expected);
}

/* Goodbye at the handshake. */
static void kept_out(const struct tls_identity *identity, Tefter__RefusalCode expected)
{
    struct client client;
    client_open(&client, identity);
    client_wait_closed(&client);
    const Tefter__Goodbye *goodbye = client_goodbye(&client);
    assert_non_null(goodbye);
    assert_int_equal(goodbye->refused->code, expected);
    client_close(&client);
}

static void welcomed(void **state)
{
    (void)state;
    struct client client;
    client_greet(&client, &world.terminal);
    assert_int_equal(client.count, 1);
    const Tefter__Welcome *welcome = client.inbox[0]->welcome;
    assert_string_equal(welcome->company, "Lotus");
    assert_string_equal(welcome->currency, "VND");
    assert_int_equal(welcome->terminal, 1);
    assert_string_equal(welcome->terminal_name, "till 1");
    assert_int_equal(welcome->branch, 1);
    assert_int_equal(welcome->date, 20000);
    assert_int_equal(welcome->seq, world.seq);
    assert_false(welcome->renew);
    client_close(&client);
}

static void a_code_counts_once(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    uint32_t terminal = world_terminal("till 2");
    world_code(terminal, CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &identity, &refused));
    refused_code(code, TEFTER__REFUSAL_CODE__CODE_USED);
    struct client client;
    client_greet(&client, &identity);
    assert_int_equal(client.terminal, terminal);
    client_close(&client);
}

static void codes_that_do_not_count(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct enrolment_code other;
    struct hash elsewhere = world.root_hash;
    uint32_t terminal = world_terminal("till 2");
    refused_code("nonsense", TEFTER__REFUSAL_CODE__CODE_WRONG);
    access_new_code(&world.root_hash, &other); /* nobody's */
    refused_code(other.text, TEFTER__REFUSAL_CODE__CODE_WRONG);
    elsewhere.bytes[3] ^= 1;
    access_new_code(&elsewhere, &other);
    refused_code(other.text, TEFTER__REFUSAL_CODE__CODE_WRONG);
    world_code(terminal, 60 * 1000, code);
    world.clock_moved_ms += 61 * 1000;
    refused_code(code, TEFTER__REFUSAL_CODE__CODE_EXPIRED);
    world_code(terminal, CODE_LIFE_MS, code);
    block(terminal, true);
    refused_code(code, TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED);
}

static void guessing_codes_is_throttled(void **state)
{
    (void)state;
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    int throttled = 0;
    for (int i = 0; i < 14; i++) {
        struct enrolment_code code;
        access_new_code(&world.root_hash, &code);
        assert_false(client_enrol(code.text, &identity, &refused));
        throttled += refused == TEFTER__REFUSAL_CODE__LOGIN_THROTTLED ? 1 : 0;
    }
    assert_true(throttled >= 3);
}

static void bad_request_leaves_the_code_open(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Enrol enrol = TEFTER__ENROL__INIT;
    world_code(world_terminal("till 2"), CODE_LIFE_MS, code);
    enrol.code = code;
    enrol.request = "-----BEGIN CERTIFICATE REQUEST-----";
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL;
    frame.enrol = &enrol;
    client_open(&client, NULL);
    assert_int_equal(refusal_of(client_ask(&client, &frame)), TEFTER__REFUSAL_CODE__FIELD_INVALID);
    client_close(&client);
    assert_true(client_enrol(code, &identity, &refused));
}

static void enrolment_speaks_of_nothing_else(void **state)
{
    (void)state;
    struct client client;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 1;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    client_open(&client, NULL);
    client_send(&client, &frame);
    client_wait_closed(&client);
    assert_non_null(client_goodbye(&client));
    client_close(&client);
}

static void a_blocked_terminal_is_cut_at_once(void **state)
{
    (void)state;
    struct client client;
    client_enter(&client, "boss", "correct horse");
    block(1, true);
    client_wait_closed(&client);
    assert_int_equal(client_goodbye(&client)->refused->code,
                     TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED);
    client_close(&client);
    kept_out(&world.terminal, TEFTER__REFUSAL_CODE__TERMINAL_BLOCKED);
    block(1, false);
    client_greet(&client, &world.terminal);
    assert_int_equal(client.inbox[0]->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    client_close(&client);
}

static void a_replaced_device_is_cut(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct tls_identity fresh;
    Tefter__RefusalCode refused = 0;
    client_enter(&client, "boss", "correct horse");
    world_code(1, CODE_LIFE_MS, code);
    assert_false(client.closed); /* a code alone changes nothing */
    assert_true(client_enrol(code, &fresh, &refused));
    client_wait_closed(&client);
    assert_int_equal(client_goodbye(&client)->refused->code,
                     TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN);
    client_close(&client);
    kept_out(&world.terminal, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN);
    client_greet(&client, &fresh);
    assert_int_equal(client.inbox[0]->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    client_close(&client);
}

/* Signed by our root, but for a terminal that never was, or that has another certificate. */
static void certificates_nobody_knows(void **state)
{
    (void)state;
    struct failure failure = {0};
    for (uint32_t terminal = 1; terminal <= 9; terminal += 8) {
        struct slice key;
        struct slice request;
        struct ca_signed made;
        assert_true(ca_request_create(&world.arena, &key, &request, &failure));
        assert_true(ca_terminal_sign(&world.root, request, terminal, 5, 1700000000000, &world.arena,
                                     &made, &failure));
        struct tls_identity identity = {made.certificate, key};
        kept_out(&identity, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN);
    }
}

static const Tefter__ToTerminal *renew(struct client *client, struct slice *ret_key)
{
    struct failure failure = {0};
    struct slice request;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Renew ask = TEFTER__RENEW__INIT;
    assert_true(ca_request_create(&world.arena, ret_key, &request, &failure));
    ask.request = arena_text(&world.arena, request.data, request.size);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_RENEW;
    frame.renew = &ask;
    return client_ask(client, &frame);
}

static struct tls_identity identity_of(const Tefter__ToTerminal *answer, struct slice key)
{
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_ENROLLED);
    const char *certificate = answer->enrolled->certificate;
    size_t size = strlen(certificate);
    return (struct tls_identity){slice_of(arena_text(&world.arena, certificate, size), size), key};
}

/* The ledger's record of terminal 1's certificate. */
static void know_certificate(struct slice certificate, uint64_t serial, int64_t not_after_ms)
{
    struct failure failure = {0};
    struct hash fingerprint;
    int64_t ends_ms = 0;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__RenewTerminal set = TEFTER__RENEW_TERMINAL__INIT;
    assert_true(ca_certificate_facts(certificate, &fingerprint, &ends_ms, &failure));
    set.terminal = 1;
    set.serial = serial;
    set.fingerprint = (ProtobufCBinaryData){HASH_SIZE, fingerprint.bytes};
    set.not_after_ms = not_after_ms;
    command.kind_case = TEFTER__COMMAND__KIND_RENEW_TERMINAL;
    command.renew_terminal = &set;
    (void)world_do(&command);
    world.sessions->access->last_serial = serial;
}

static int64_t days_from_now(int days)
{
    return world.sessions->options.now_ms(NULL) + (int64_t)days * 24 * 3600 * 1000;
}

static void renewed(void **state)
{
    (void)state;
    struct client client;
    struct client other;
    struct slice key;
    know_certificate(world.terminal.certificate, UINT64_C(1) << 60, days_from_now(199));
    client_greet(&other, &world.terminal);
    client_greet(&client, &world.terminal);
    assert_true(client.inbox[0]->welcome->renew);
    struct tls_identity fresh = identity_of(renew(&client, &key), key);
    client_close(&client);
    assert_false(other.closed); /* the same device, on another connection */
    client_close(&other);
    client_greet(&client, &fresh);
    assert_false(client.inbox[0]->welcome->renew);
    client_close(&client);
}

/* It never got what it asked for, twice; the certificate it has still lets it in, for thirty days.
 */
static void a_lost_renewal_is_asked_for_again(void **state)
{
    (void)state;
    struct client client;
    struct slice key;
    know_certificate(world.terminal.certificate, UINT64_C(1) << 60, days_from_now(199));
    for (int lost = 0; lost < 2; lost++) {
        client_greet(&client, &world.terminal);
        assert_true(client.inbox[0]->welcome->renew);
        (void)renew(&client, &key);
        client_close(&client);
        world.clock_moved_ms += RENEWAL_AGAIN_MS;
    }
    client_greet(&client, &world.terminal);
    assert_true(client.inbox[0]->welcome->renew);
    assert_int_equal(client_login(&client, "boss", "correct horse")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    struct tls_identity fresh = identity_of(renew(&client, &key), key);
    client_close(&client);
    client_greet(&client, &fresh);
    assert_false(client.inbox[0]->welcome->renew);
    client_close(&client);
    world.clock_moved_ms += (int64_t)29 * 24 * 3600 * 1000;
    client_greet(&client, &world.terminal);
    client_close(&client);
    world.clock_moved_ms += (int64_t)2 * 24 * 3600 * 1000;
    kept_out(&world.terminal, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN);
    client_greet(&client, &fresh);
    client_close(&client);
}

/* Made a moment after the present one. */
static uint64_t serial_now(void)
{
    return ((uint64_t)days_from_now(0) << SERIAL_TIME_SHIFT) + 1000;
}

static const Tefter__ToTerminal *ask_renew_once(struct client *client, const char *request)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Renew ask = TEFTER__RENEW__INIT;
    ask.request = (char *)(uintptr_t)request;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_RENEW;
    frame.renew = &ask;
    return client_ask(client, &frame);
}

/* Three hundred requests for certificates: nothing is signed and nothing journalled, and each is
 * told from when on. */
static void a_certificate_is_not_renewed_before_it_is_half_over(void **state)
{
    (void)state;
    struct client client;
    struct slice key;
    struct slice request;
    struct failure failure = {0};
    int64_t ends_ms = days_from_now(300);
    know_certificate(world.terminal.certificate, serial_now(), ends_ms);
    assert_true(ca_request_create(&world.arena, &key, &request, &failure));
    char *pem = arena_text(&world.arena, (const char *)request.data, request.size);
    client_greet(&client, &world.terminal);
    uint64_t seq = world.seq;
    for (int i = 0; i < 300; i++) {
        const Tefter__ToTerminal *answer = ask_renew_once(&client, pem);
        assert_int_equal(refusal_of(answer), TEFTER__REFUSAL_CODE__RENEWAL_TOO_EARLY);
        assert_true(answer->refused->has_from_ms);
        assert_int_equal(answer->refused->from_ms,
                         ends_ms - (int64_t)CA_TERMINAL_DAYS * 24 * 3600 * 1000 / 2);
    }
    assert_int_equal(world.seq, seq);
    client_close(&client);
}

/* Once it is time: one, and within the hour no other, asked for together or in turn. */
static void a_certificate_is_renewed_once_an_hour(void **state)
{
    (void)state;
    enum { TOGETHER = 20 };
    struct client client;
    struct slice key;
    struct slice request;
    struct failure failure = {0};
    uint64_t requests[TOGETHER];
    int done = 0;
    know_certificate(world.terminal.certificate, serial_now(), days_from_now(100));
    world.clock_moved_ms += RENEWAL_AGAIN_MS + 1000;
    assert_true(ca_request_create(&world.arena, &key, &request, &failure));
    Tefter__Renew ask = TEFTER__RENEW__INIT;
    ask.request = arena_text(&world.arena, (const char *)request.data, request.size);
    client_greet(&client, &world.terminal);
    uint64_t seq = world.seq;
    for (int i = 0; i < TOGETHER; i++) {
        Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_RENEW;
        frame.renew = &ask;
        requests[i] = client_send(&client, &frame);
    }
    for (int i = 0; i < TOGETHER; i++)
        done +=
            client_answer(&client, requests[i])->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED;
    assert_int_equal(done, 1);
    assert_int_equal(world.seq, seq + 1);
    client_close(&client);
    world_restart(); /* the ledger remembers it */
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(ask_renew_once(&client, ask.request)),
                     TEFTER__REFUSAL_CODE__RENEWAL_TOO_EARLY);
    world.clock_moved_ms += RENEWAL_AGAIN_MS + 1000;
    assert_int_equal(ask_renew_once(&client, ask.request)->body_case,
                     TEFTER__TO_TERMINAL__BODY_ENROLLED);
    client_close(&client);
}

/* A dozen tills of a new shop, behind one address, with a right code each. */
static void right_codes_are_never_throttled(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        char code[ENROL_CODE_TEXT_SIZE];
        struct tls_identity identity;
        Tefter__RefusalCode refused = 0;
        world_code(world_terminal("a new till"), CODE_LIFE_MS, code);
        assert_true(client_enrol(code, &identity, &refused));
    }
}

/* Enrolled anew it is another device: what was renewed before counts no more. */
static void a_new_code_ends_what_was_renewed(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct slice key;
    struct tls_identity fresh;
    Tefter__RefusalCode refused = 0;
    know_certificate(world.terminal.certificate, UINT64_C(1) << 60, days_from_now(199));
    client_greet(&client, &world.terminal);
    (void)renew(&client, &key);
    client_close(&client);
    world_code(1, 60000, code);
    assert_true(client_enrol(code, &fresh, &refused));
    kept_out(&world.terminal, TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN);
    client_greet(&client, &fresh);
    client_close(&client);
}

/* A certificate that ended ten days ago, known to the ledger. */
static struct tls_identity enrol_expired(void)
{
    struct failure failure = {0};
    struct slice key;
    struct slice request;
    struct ca_signed made;
    assert_true(ca_request_create(&world.arena, &key, &request, &failure));
    assert_true(ca_terminal_sign(&world.root, request, 1, UINT64_C(1) << 60, days_from_now(-410),
                                 &world.arena, &made, &failure));
    know_certificate(made.certificate, UINT64_C(1) << 60, made.not_after_ms);
    return (struct tls_identity){made.certificate, key};
}

static void an_expired_one_may_only_renew(void **state)
{
    (void)state;
    struct client client;
    struct slice key;
    struct tls_identity expired = enrol_expired();
    client_greet(&client, &expired);
    assert_int_equal(client.inbox[0]->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    assert_true(client.inbox[0]->welcome->renew);
    assert_int_equal(refusal_of(client_login(&client, "boss", "correct horse")),
                     TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED);
    struct tls_identity fresh = identity_of(renew(&client, &key), key);
    client_close(&client);
    client_greet(&client, &fresh);
    assert_int_equal(client_login(&client, "boss", "correct horse")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    client_close(&client);
}

static void codes_are_made_by_who_may(void **state)
{
    (void)state;
    struct client client;
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    make.terminal = world_terminal("till 2");
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    frame.make_code = &make;
    world_staff("anh", TEFTER__ROLE__ROLE_SALES, "password of anh", NULL);
    client_enter(&client, "anh", "password of anh");
    assert_int_equal(refusal_of(client_ask(&client, &frame)), TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    client_close(&client);
    client_enter(&client, "boss", "correct horse");
    const Tefter__ToTerminal *answer = client_ask(&client, &frame);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_CODE);
    assert_true(client_enrol(answer->code->code, &identity, &refused));
    make.terminal = 99;
    assert_int_equal(refusal_of(client_ask(&client, &frame)), TEFTER__REFUSAL_CODE__NOT_FOUND);
    client_close(&client);
}

/* Of another branch's devices and people they have neither codes nor passwords. */
static void who_belongs_to_a_branch_makes_its_codes_and_secrets_alone(void **state)
{
    (void)state;
    struct client client;
    char json[80];
    Tefter__FromTerminal code = TEFTER__FROM_TERMINAL__INIT;
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    Tefter__FromTerminal secret = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SetPassword set = TEFTER__SET_PASSWORD__INIT;
    make.terminal = world_terminal("till 2"); /* of branch 1 */
    code.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    code.make_code = &make;
    assert_true(world_try("{\"add_branch\":{\"code\":\"FAR\",\"name\":\"Far\"}}", 0));
    uint32_t far = world_staff("far", TEFTER__ROLE__ROLE_MANAGER, "password of far", NULL);
    set.has_staff = true;
    set.staff = world_staff("anh", TEFTER__ROLE__ROLE_SALES, "password of anh", NULL);
    set.pin = (char *)(uintptr_t) "482915";
    secret.body_case = TEFTER__FROM_TERMINAL__BODY_SET_PASSWORD;
    secret.set_password = &set;
    client_enter(&client, "far", "password of far");
    assert_int_equal(client_ask(&client, &code)->body_case, TEFTER__TO_TERMINAL__BODY_CODE);
    assert_int_equal(client_ask(&client, &secret)->body_case, TEFTER__TO_TERMINAL__BODY_ACCEPTED);
    (void)snprintf(json, sizeof json, "{\"change_staff\":{\"staff\":%u,\"branch\":2}}", far);
    assert_true(world_try(json, 0));
    assert_int_equal(refusal_of(client_ask(&client, &code)), TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH);
    assert_int_equal(refusal_of(client_ask(&client, &secret)),
                     TEFTER__REFUSAL_CODE__BOUND_TO_BRANCH);
    client_close(&client);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(welcomed),
        world_test(a_code_counts_once),
        world_test(codes_that_do_not_count),
        world_test(guessing_codes_is_throttled),
        world_test(bad_request_leaves_the_code_open),
        world_test(enrolment_speaks_of_nothing_else),
        world_test(a_blocked_terminal_is_cut_at_once),
        world_test(a_replaced_device_is_cut),
        world_test(certificates_nobody_knows),
        world_test(renewed),
        world_test(a_lost_renewal_is_asked_for_again),
        world_test(a_certificate_is_not_renewed_before_it_is_half_over),
        world_test(a_certificate_is_renewed_once_an_hour),
        world_test(right_codes_are_never_throttled),
        world_test(a_new_code_ends_what_was_renewed),
        world_test(an_expired_one_may_only_renew),
        world_test(codes_are_made_by_who_may),
        world_test(who_belongs_to_a_branch_makes_its_codes_and_secrets_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
