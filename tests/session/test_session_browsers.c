/*
 * Browsers: what they show when they come, what becomes of one that waits, and of an enrolment when
 * the ledger does not answer at once. Over the real server, and for all else that is refused, see
 * tests/interop/test_browsers.py.
 */
#include "world.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/limits.h"
#include "net/browser_key.h"
#include "session/inside.h"

static char origin[] = "http://localhost:7421";

/* ---- a browser ---- */

struct browser {
    EVP_PKEY *key;
    uint8_t public[BROWSER_KEY_SIZE];
    uint32_t terminal;
};

static struct browser browser_make(void)
{
    struct browser browser = {.key = EVP_EC_gen("P-256")};
    unsigned char *out = browser.public;
    assert_int_equal(i2d_PUBKEY(browser.key, &out), BROWSER_KEY_SIZE);
    return browser;
}

static void put_part(struct buffer *text, const void *part, size_t size)
{
    uint8_t head[4];
    be32_put(head, (uint32_t)size);
    assert_true(buffer_put(text, head, sizeof head));
    assert_true(buffer_put(text, part, size));
}

/* `code` NULL: of a Hello. */
static void browser_sign(const struct browser *browser, const Tefter__Challenge *challenge,
                         const char *code, uint8_t out[BROWSER_SIGNATURE_SIZE])
{
    struct buffer text;
    uint8_t der[128];
    size_t size = sizeof der;
    buffer_init(&text, 4096);
    assert_true(
        buffer_put(&text, code == NULL ? "tefter browser hello 1" : "tefter browser enrol 1", 23));
    put_part(&text, challenge->nonce.data, challenge->nonce.len);
    put_part(&text, challenge->ledger.data, challenge->ledger.len);
    put_part(&text, origin, strlen(origin));
    if (code != NULL) {
        put_part(&text, browser->public, sizeof browser->public);
        put_part(&text, code, strlen(code));
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, browser->key), 1);
    assert_int_equal(EVP_DigestSign(context, der, &size, text.data, text.size), 1);
    EVP_MD_CTX_free(context);
    buffer_fini(&text);
    const unsigned char *at = der;
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)size);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), out, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), out + 32, 32), 32);
    ECDSA_SIG_free(numbers);
}

/* Its request's number. */
static uint64_t send_enrolment(struct client *client, struct browser *browser, char *code)
{
    uint8_t signature[BROWSER_SIGNATURE_SIZE];
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__EnrolBrowser enrol = TEFTER__ENROL_BROWSER__INIT;
    browser_sign(browser, client->inbox[0]->challenge, code, signature);
    enrol.code = code;
    enrol.key = (ProtobufCBinaryData){sizeof browser->public, browser->public};
    enrol.signature = (ProtobufCBinaryData){sizeof signature, signature};
    enrol.origin = origin;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL_BROWSER;
    frame.enrol_browser = &enrol;
    return client_send(client, &frame);
}

static const Tefter__ToTerminal *greet(struct client *client, const struct browser *browser)
{
    uint8_t signature[BROWSER_SIGNATURE_SIZE];
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    Tefter__BrowserProof proof = TEFTER__BROWSER_PROOF__INIT;
    client_open_browser(client);
    browser_sign(browser, client->inbox[0]->challenge, NULL, signature);
    proof.terminal = browser->terminal;
    proof.signature = (ProtobufCBinaryData){sizeof signature, signature};
    proof.origin = origin;
    hello.wire = 2;
    hello.browser = &proof;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    const Tefter__ToTerminal *answer = client_ask(client, &frame);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_WELCOME)
        client->terminal = answer->welcome->terminal;
    return answer;
}

static struct browser enrolled(const char *name)
{
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct browser browser = browser_make();
    browser.terminal = world_terminal(name);
    world_code(browser.terminal, CODE_LIFE_MS, code);
    client_open_browser(&client);
    const Tefter__ToTerminal *answer =
        client_answer(&client, send_enrolment(&client, &browser, code));
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED);
    assert_int_equal(answer->browser_enrolled->terminal, browser.terminal);
    client_wait_closed(&client);
    client_close(&client);
    return browser;
}

static struct session *newest_session(void)
{
    struct session *newest = NULL;
    for (uint32_t i = 0; i < world.sessions->slot_count; i++) {
        struct session *session = world.sessions->slots[i].session;
        if (session != NULL && session->state != SESSION_CLOSING)
            newest = session;
    }
    assert_non_null(newest);
    return newest;
}

/* So much later, and it was heard all the time. */
static void pass(struct session *session, uint64_t ms)
{
    uint64_t now_ms = loop_now_ms(world.loop) + ms;
    session->heard_ms = now_ms;
    session_tick(session, now_ms);
    session->heard_ms = loop_now_ms(world.loop);
}

/* ---- waiting ---- */

static void a_challenge_is_answered_soon_or_not_at_all(void **state)
{
    (void)state;
    struct client client;
    client_open_browser(&client);
    pass(newest_session(), HELLO_MS - 1000);
    assert_int_equal(newest_session()->state, SESSION_CHALLENGED);
    pass(newest_session(), HELLO_MS + 1000);
    client_wait_closed(&client);
    assert_string_equal(client_goodbye(&client)->reason, "the challenge was not answered");
    client_close(&client);
    assert_int_equal(world.sessions->browsers_open, 0);
    assert_int_equal(world.sessions->browsers_unproven, 0);
}

static void a_page_waits_for_somebody_as_long_as_it_is_heard(void **state)
{
    (void)state;
    struct client client;
    struct browser browser = enrolled("page");
    assert_int_equal(greet(&client, &browser)->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    struct session *session = newest_session();
    assert_false(session->unproven);
    assert_null(session->arriving);
    pass(session, 10 * LOGIN_MS);
    assert_int_equal(session->state, SESSION_GREETED);
    assert_int_equal(client_login(&client, "boss", "not the word")->body_case,
                     TEFTER__TO_TERMINAL__BODY_REFUSED);
    pass(session, 10 * LOGIN_MS);
    assert_int_equal(client_login(&client, "boss", "correct horse")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    Tefter__FromTerminal logout = TEFTER__FROM_TERMINAL__INIT;
    logout.body_case = TEFTER__FROM_TERMINAL__BODY_LOGOUT;
    logout.logout = &(Tefter__Logout)TEFTER__LOGOUT__INIT;
    assert_int_equal(client_ask(&client, &logout)->body_case, TEFTER__TO_TERMINAL__BODY_ACCEPTED);
    pass(session, 10 * LOGIN_MS);
    assert_int_equal(session->state, SESSION_GREETED);
    session_tick(session, session->heard_ms + SILENCE_MS + 1000); /* nobody is there any more */
    client_wait_closed(&client);
    client_close(&client);
    EVP_PKEY_free(browser.key);
}

/* ---- enrolment, and a ledger that is slow or does not write ---- */

static void an_enrolment_waits_for_the_ledger(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct browser browser = browser_make();
    browser.terminal = world_terminal("slow");
    world_code(browser.terminal, CODE_LIFE_MS, code);
    client_open_browser(&client);
    world.held = true;
    uint64_t request = send_enrolment(&client, &browser, code);
    world_run(50);
    assert_int_equal(newest_session()->state, SESSION_ENROLLING);
    assert_false(newest_session()->unproven); /* its place is nobody else's */
    pass(newest_session(), HELLO_MS + 1000);
    world.held = false;
    loop_timer_start(world.turn, 0, 0);
    const Tefter__ToTerminal *answer = client_answer(&client, request);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED);
    client_wait_closed(&client);
    client_close(&client);
    assert_int_equal(greet(&client, &browser)->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    client_close(&client);
    EVP_PKEY_free(browser.key);
}

/* Else a second key could be enrolled over one challenge, or one that was refused tried again. */
static void one_challenge_serves_one_enrolment(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct browser browser = browser_make();
    browser.terminal = world_terminal("twice");
    world_code(browser.terminal, CODE_LIFE_MS, code);
    client_open_browser(&client);
    world.held = true;
    (void)send_enrolment(&client, &browser, code);
    (void)send_enrolment(&client, &browser, code);
    client_wait_closed(&client);
    world.held = false;
    assert_string_equal(client_goodbye(&client)->reason, "a challenge is answered once");
    client_close(&client);
    EVP_PKEY_free(browser.key);
}

static void a_ledger_that_takes_nothing_leaves_the_code_as_it_was(void **state)
{
    (void)state;
    static const struct {
        enum submit_answer answer;
        Tefter__RefusalCode code;
    } rows[] = {{SUBMIT_BUSY, TEFTER__REFUSAL_CODE__BUSY},
                {SUBMIT_READ_ONLY, TEFTER__REFUSAL_CODE__READ_ONLY}};
    char code[ENROL_CODE_TEXT_SIZE];
    struct client client;
    struct browser browser = browser_make();
    browser.terminal = world_terminal("patient");
    world_code(browser.terminal, CODE_LIFE_MS, code);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        client_open_browser(&client);
        world.answer = rows[i].answer;
        const Tefter__ToTerminal *answer =
            client_answer(&client, send_enrolment(&client, &browser, code));
        world.answer = SUBMIT_TAKEN;
        assert_int_equal(refusal_of(answer), rows[i].code);
        assert_true(answer->refused->retry_ms > 0);
        client_wait_closed(&client);
        client_close(&client);
    }
    client_open_browser(&client);
    const Tefter__ToTerminal *answer =
        client_answer(&client, send_enrolment(&client, &browser, code));
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED);
    client_wait_closed(&client);
    client_close(&client);
    EVP_PKEY_free(browser.key);
}

/* ---- the pool ---- */

/* Tills' long questions come first, and browsers never take the last thread from them. */
static void browsers_wait_behind_tills(void **state)
{
    (void)state;
    struct client page;
    struct client till;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Aging aging = TEFTER__AGING__INIT;
    struct browser browser = enrolled("asking");
    query.kind_case = TEFTER__QUERY__KIND_AGING;
    query.aging = &aging;
    assert_int_equal(greet(&page, &browser)->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    assert_int_equal(client_login(&page, "boss", "correct horse")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    client_enter(&till, "boss", "correct horse");
    struct sessions *home = world.sessions;
    home->browser_queries_running = BROWSER_QUERIES_RUNNING_MAX; /* somebody's */
    uint64_t waits = client_question(&page, &query);
    world_run(50);
    assert_int_equal(home->browser_queries_waiting, 1);
    assert_non_null(client_query(&till, &query)->aging);
    assert_int_equal(home->browser_queries_waiting, 1); /* it came before, and waits still */
    assert_int_equal(home->queries_waiting, 1);
    home->browser_queries_running = 0;
    assert_non_null(client_query(&till, &query)->aging);
    assert_non_null(client_answer(&page, waits));
    assert_int_equal(home->browser_queries_waiting + home->browser_queries_running, 0);
    client_close(&page);
    client_close(&till);
    EVP_PKEY_free(browser.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_challenge_is_answered_soon_or_not_at_all, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_page_waits_for_somebody_as_long_as_it_is_heard,
                                        world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(an_enrolment_waits_for_the_ledger, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(one_challenge_serves_one_enrolment, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_ledger_that_takes_nothing_leaves_the_code_as_it_was,
                                        world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(browsers_wait_behind_tills, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
