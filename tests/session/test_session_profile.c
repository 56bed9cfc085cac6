/*
 * A terminal's profile in two places, and servers of other incarnations: what is an alarm, what is
 * none, and who is told.
 */
#include "world.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "access/inside.h"
#include "session/inside.h"

#define MINUTE_MS ((int64_t)60 * 1000)

/* A profile's mark as its folder has it. */
struct profile {
    uint8_t mark[ACCESS_MARK_SIZE];
    size_t size;
};

static Tefter__Hello hello_of(struct profile *profile)
{
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 2;
    hello.has_mark = true;
    hello.mark = (ProtobufCBinaryData){profile->size, profile->mark};
    return hello;
}

static const Tefter__Welcome *say_hello(struct client *client, Tefter__Hello *hello)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    client_open(client, &world.terminal);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = hello;
    const Tefter__ToTerminal *answer = client_ask(client, &frame);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_WELCOME);
    client->terminal = answer->welcome->terminal;
    return answer->welcome;
}

static const Tefter__Pong *ping(struct client *client, struct profile *profile)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Ping body = TEFTER__PING__INIT;
    body.has_mark = true;
    body.mark = (ProtobufCBinaryData){profile->size, profile->mark};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &body;
    return client_ask(client, &frame)->pong;
}

static bool keep(struct profile *profile, bool given, ProtobufCBinaryData mark)
{
    if (!given)
        return false;
    assert_int_equal(mark.len, ACCESS_MARK_SIZE);
    memcpy(profile->mark, mark.data, mark.len);
    profile->size = mark.len;
    return true;
}

/* As a program does it: greeted, what it is given kept and shown. Is its mark told to be old? */
static bool visit(struct profile *profile)
{
    struct client client;
    Tefter__Hello hello = hello_of(profile);
    const Tefter__Welcome *welcome = say_hello(&client, &hello);
    assert_true(welcome->has_mark_old);
    bool old = welcome->mark_old;
    if (keep(profile, welcome->has_mark, welcome->mark))
        assert_false(ping(&client, profile)->mark_old);
    client_close(&client);
    return old;
}

/* It hears the answer and dies before it has kept or shown the mark. */
static bool visit_in_vain(struct profile *profile, bool kept)
{
    struct client client;
    Tefter__Hello hello = hello_of(profile);
    const Tefter__Welcome *welcome = say_hello(&client, &hello);
    bool old = welcome->mark_old;
    if (kept)
        keep(profile, welcome->has_mark, welcome->mark);
    client_close(&client);
    return old;
}

static void later(int64_t ms)
{
    world.clock_moved_ms += ms;
}

/* The owner looks: what the ledger has, and the status. */
struct told {
    size_t alarms; /* on the ledger, in all */
    Tefter__TerminalAlarm newest;
    size_t stand; /* in the status */
    char words[1024];
};

/* A terminal of the office's own, so that looking is no visit. */
static struct tls_identity office(void)
{
    char code[ENROL_CODE_TEXT_SIZE];
    struct tls_identity identity;
    Tefter__RefusalCode refused;
    world_code(world_terminal("office"), CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &identity, &refused));
    return identity;
}

static struct told look(void)
{
    struct tls_identity till = world.terminal;
    struct client client;
    struct told told = {.alarms = 0};
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__AlarmList list = TEFTER__ALARM_LIST__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__ServerStatus status = TEFTER__SERVER_STATUS__INIT;
    enum submit_answer answer_now = world.answer;
    world.answer = SUBMIT_TAKEN;
    world.terminal = office();
    client_enter(&client, "boss", "correct horse");
    world.terminal = till;
    world.answer = answer_now;
    query.kind_case = TEFTER__QUERY__KIND_ALARMS;
    query.alarms = &list;
    const Tefter__Answer *answer = client_query(&client, &query);
    told.alarms = answer->alarms->n_rows;
    if (told.alarms > 0)
        told.newest = answer->alarms->rows[0]->what;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &status;
    const Tefter__StatusAnswer *said = client_ask(&client, &frame)->status;
    told.stand = said->terminals_alarmed;
    assert_int_equal(said->n_terminal_alarms, told.stand);
    if (told.stand > 0)
        (void)snprintf(told.words, sizeof told.words, "%s", said->terminal_alarms[0]);
    client_close(&client);
    return told;
}

static void nobody_is_alarmed(void)
{
    struct told told = look();
    assert_int_equal(told.alarms, 0);
    assert_int_equal(told.stand, 0);
}

static void copy_is_told(void)
{
    struct told told = look();
    assert_int_equal(told.alarms, 1);
    assert_int_equal(told.newest, TEFTER__TERMINAL_ALARM__TERMINAL_COPIED);
    assert_int_equal(told.stand, 1);
    assert_non_null(strstr(told.words, "its profile was copied"));
}

/* ---- no copies ---- */

static void one_profile_alarms_nobody(void **state)
{
    (void)state;
    struct profile own = {.size = 0};
    uint8_t first[ACCESS_MARK_SIZE];
    assert_false(visit(&own));
    memcpy(first, own.mark, sizeof first);
    for (int i = 0; i < 5; i++) {
        later(2 * MINUTE_MS);
        assert_false(visit(&own));
    }
    assert_memory_not_equal(first, own.mark, sizeof first);
    nobody_is_alarmed();
}

/* Whatever is lost on the way, and whenever the terminal dies. */
static void a_lost_answer_alarms_nobody(void **state)
{
    (void)state;
    struct profile own = {.size = 0};
    for (int i = 0; i < 12; i++) {
        assert_false(visit_in_vain(&own, i % 3 == 0));
        later((i % 2) * 2 * MINUTE_MS);
        if (i % 4 == 3)
            assert_false(visit(&own));
    }
    nobody_is_alarmed();
}

/* A till, a watch and the command line: all have the folder, one is a moment behind. */
static void processes_of_one_profile_alarm_nobody(void **state)
{
    (void)state;
    struct client till;
    struct profile own = {.size = 0};
    visit(&own);
    later(2 * MINUTE_MS);
    struct profile read_before = own;
    Tefter__Hello hello = hello_of(&own);
    say_hello(&till, &hello);
    assert_false(visit(&own)); /* goes on */
    assert_false(visit(&read_before));
    assert_false(ping(&till, &read_before)->mark_old);
    assert_false(ping(&till, &own)->mark_old);
    later(2 * MINUTE_MS);
    assert_false(visit(&own));
    assert_false(ping(&till, &own)->mark_old);
    client_close(&till);
    nobody_is_alarmed();
}

static void a_server_that_was_killed_or_forgot_alarms_nobody(void **state)
{
    (void)state;
    char path[96];
    struct profile own = {.size = 0};
    visit(&own);
    later(2 * MINUTE_MS);
    visit(&own);
    world_restart();
    assert_false(visit(&own));
    (void)snprintf(path, sizeof path, "%s/marks", world.folder);
    assert_int_equal(unlink(path), 0);
    world_restart();
    assert_false(visit(&own));
    later(2 * MINUTE_MS);
    assert_false(visit(&own));
    nobody_is_alarmed();
}

static void an_older_program_alone_alarms_nobody(void **state)
{
    (void)state;
    struct client client;
    for (int i = 0; i < 3; i++) {
        client_greet(&client, &world.terminal);
        client_close(&client);
        later(2 * MINUTE_MS);
    }
    nobody_is_alarmed();
}

/* ---- copies ---- */

static void a_copy_is_told_when_both_are_used(void **state)
{
    (void)state;
    struct profile own = {.size = 0};
    visit(&own);
    struct profile copy = own;
    later(2 * MINUTE_MS);
    assert_false(visit(&copy)); /* it is the newest now */
    later(2 * MINUTE_MS);
    assert_true(visit(&own));
    copy_is_told();
    for (int i = 0; i < 5; i++)
        assert_true(visit(&own)); /* said each time, on the ledger once */
    assert_false(visit(&copy));
    copy_is_told();
    world_restart();
    copy_is_told();
}

static void an_old_backup_of_a_profile_is_told(void **state)
{
    (void)state;
    struct profile own = {.size = 0};
    visit(&own);
    struct profile backup = own;
    for (int i = 0; i < 3; i++) {
        later(2 * MINUTE_MS);
        visit(&own);
    }
    assert_true(visit(&backup));
    copy_is_told();
}

static void a_copy_is_told_while_both_are_connected(void **state)
{
    (void)state;
    struct client till, thief;
    struct profile own = {.size = 0};
    visit(&own);
    struct profile copy = own;
    Tefter__Hello hello = hello_of(&own);
    say_hello(&till, &hello);
    hello = hello_of(&copy);
    say_hello(&thief, &hello);
    later(61 * MINUTE_MS);
    const Tefter__Pong *pong = ping(&till, &own); /* an hour: a fresh one, on this connection */
    assert_true(keep(&own, pong->has_mark, pong->mark));
    assert_false(ping(&till, &own)->mark_old);
    later(2 * MINUTE_MS);
    assert_true(ping(&thief, &copy)->mark_old);
    copy_is_told();
    client_close(&till);
    client_close(&thief);
}

static void what_shows_no_mark_or_a_forged_one_is_told(void **state)
{
    (void)state;
    struct client client;
    struct profile own = {.size = 0};
    visit(&own);
    later(2 * MINUTE_MS);
    assert_false(visit(&own));
    later(2 * MINUTE_MS);
    struct profile forged = own;
    forged.mark[0] = 0xFF; /* a number that nobody gets past */
    assert_true(visit(&forged));
    copy_is_told();
    assert_false(visit(&own));
    client_greet(&client, &world.terminal); /* a program that knows no marks */
    client_close(&client);
    copy_is_told();
}

static void enrolling_anew_ends_it(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    Tefter__RefusalCode refused;
    struct tls_identity before = world.terminal;
    struct profile own = {.size = 0}, none = {.size = 0}, fresh = {.size = 0};
    visit(&own);
    later(2 * MINUTE_MS);
    assert_true(visit(&none));
    world_code(1, CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &world.terminal, &refused));
    assert_int_equal(look().stand, 0);
    assert_false(visit(&fresh));
    later(2 * MINUTE_MS);
    assert_false(visit(&fresh));
    assert_int_equal(look().stand, 0);
    assert_int_equal(look().alarms, 1); /* of before */
    world.terminal = before;
}

static void while_nothing_can_be_written_it_is_put_off(void **state)
{
    (void)state;
    struct profile own = {.size = 0}, none = {.size = 0};
    visit(&own);
    later(2 * MINUTE_MS);
    world.answer = SUBMIT_READ_ONLY;
    assert_true(visit(&none));
    assert_int_equal(look().stand, 1);
    assert_int_equal(look().alarms, 0);
    world.answer = SUBMIT_TAKEN;
    assert_true(visit(&none));
    copy_is_told();
}

/* ---- incarnations ---- */

static void visit_having_met(uint32_t number, uint8_t nonce)
{
    struct client client;
    uint8_t bytes[INCARNATION_NONCE_SIZE];
    struct profile none = {.size = 0};
    Tefter__Hello hello = hello_of(&none);
    memset(bytes, nonce, sizeof bytes);
    hello.has_mark = false;
    hello.has_met = hello.has_met_nonce = true;
    hello.met = number;
    hello.met_nonce = (ProtobufCBinaryData){sizeof bytes, bytes};
    say_hello(&client, &hello);
    client_close(&client);
}

static void a_newer_incarnation_that_a_terminal_met_is_told(void **state)
{
    (void)state;
    uint32_t ours = world.sessions->incarnation.number;
    visit_having_met(ours + 1, 9);
    struct told told = look();
    assert_int_equal(told.alarms, 1);
    assert_int_equal(told.newest, TEFTER__TERMINAL_ALARM__TERMINAL_MET_NEWER);
    assert_int_equal(told.stand, 1);
    assert_non_null(strstr(told.words, "newer than this server's"));
    world_restart();
    assert_int_equal(look().stand, 1);
    if (ours > 0)
        visit_having_met(ours - 1, 9); /* it has met this one since: nothing stands */
}

/* One backup was restored twice. */
static void another_one_of_the_same_number_is_told(void **state)
{
    (void)state;
    uint32_t ours = world.sessions->incarnation.number;
    visit_having_met(ours, 0xEE);
    struct told told = look();
    assert_int_equal(told.newest, TEFTER__TERMINAL_ALARM__TERMINAL_MET_OTHER);
    assert_non_null(strstr(told.words, "restored twice"));
}

/* A terminal that claims whatever it likes fills nothing and stops nobody. */
static void claims_are_bounded(void **state)
{
    (void)state;
    struct profile own = {.size = 0};
    uint32_t ours = world.sessions->incarnation.number;
    for (uint32_t i = 0; i < 40; i++)
        visit_having_met(ours + 1 + i % 7, (uint8_t)i);
    assert_int_equal(look().alarms, 1);
    assert_int_equal(look().stand, 1);
    later(25 * 60 * MINUTE_MS);
    visit_having_met(ours + 3, 1);
    assert_int_equal(look().alarms, 2);
    assert_false(visit(&own));
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(one_profile_alarms_nobody),
        IN_A_WORLD(a_lost_answer_alarms_nobody),
        IN_A_WORLD(processes_of_one_profile_alarm_nobody),
        IN_A_WORLD(a_server_that_was_killed_or_forgot_alarms_nobody),
        IN_A_WORLD(an_older_program_alone_alarms_nobody),
        IN_A_WORLD(a_copy_is_told_when_both_are_used),
        IN_A_WORLD(an_old_backup_of_a_profile_is_told),
        IN_A_WORLD(a_copy_is_told_while_both_are_connected),
        IN_A_WORLD(what_shows_no_mark_or_a_forged_one_is_told),
        IN_A_WORLD(enrolling_anew_ends_it),
        IN_A_WORLD(while_nothing_can_be_written_it_is_put_off),
        IN_A_WORLD(a_newer_incarnation_that_a_terminal_met_is_told),
        IN_A_WORLD(another_one_of_the_same_number_is_told),
        IN_A_WORLD(claims_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
