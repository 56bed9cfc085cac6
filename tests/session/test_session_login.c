/*
 * Who gets in: passwords, tokens, PINs; guesses and what they cost; what ends a login.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "access/inside.h"
#include "base/limits.h"
#include "base/password.h"
#include "session/inside.h"
#include "wire/message.h"

static const char password[] = "password of anh";

static uint32_t anh(void)
{
    return world_staff("anh", TEFTER__ROLE__ROLE_SALES, password, "2468");
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool is_in(const Tefter__ToTerminal *answer)
{
    return answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_LOGGED_IN;
}

static void right_password(void **state)
{
    (void)state;
    struct client client;
    uint32_t staff = anh();
    client_greet(&client, &world.terminal);
    const Tefter__ToTerminal *answer = client_login(&client, "anh", password);
    assert_true(is_in(answer));
    assert_int_equal(answer->logged_in->staff, staff);
    assert_int_equal(answer->logged_in->role, TEFTER__ROLE__ROLE_SALES);
    assert_string_equal(answer->logged_in->name->value, "anh");
    bool sells = false;
    for (size_t i = 0; i < answer->logged_in->n_rights; i++) {
        sells = sells || answer->logged_in->rights[i] == TEFTER__RIGHT__RIGHT_SELL;
        assert_int_not_equal(answer->logged_in->rights[i], TEFTER__RIGHT__RIGHT_SERVER);
        assert_int_not_equal(answer->logged_in->rights[i], TEFTER__RIGHT__RIGHT_SET_LIMIT);
    }
    assert_true(sells);
    client_close(&client);
}

/* What one hash takes on this machine: the shortest of five. */
static double one_hash(void)
{
    double least = 0;
    for (int i = 0; i < 5; i++) {
        double start = seconds();
        assert_false(password_verify_nobody("a wrong one", 11));
        double took = seconds() - start;
        if (i == 0 || took < least)
            least = took;
    }
    return least;
}

/* Unknown, without a password, wrong: one answer, after one time. */
static void wrong_in_three_ways(void **state)
{
    (void)state;
    static const char *const logins[] = {"anh", "nobody", "mute"};
    double took[3];
    struct client client;
    double hash = one_hash();
    anh();
    world_staff("mute", TEFTER__ROLE__ROLE_SALES, NULL, NULL);
    client_greet(&client, &world.terminal);
    for (int i = 0; i < 3; i++) {
        double start = seconds();
        assert_int_equal(refusal_of(client_login(&client, logins[i], "a wrong one")),
                         TEFTER__REFUSAL_CODE__LOGIN_WRONG);
        took[i] = seconds() - start;
    }
    print_message("wrong %.1f ms, unknown %.1f ms, none %.1f ms; a hash is %.1f ms\n",
                  took[0] * 1e3, took[1] * 1e3, took[2] * 1e3, hash * 1e3);
    for (int i = 0; i < 3; i++) /* a hash each; without one an answer takes a hundredth */
        assert_true(took[i] > hash / 4);
    client_close(&client);
}

static void guess(struct client *client, const char *login, int times)
{
    for (int i = 0; i < times; i++)
        (void)client_login(client, login, "a wrong one");
}

static void guesses_are_throttled(void **state)
{
    (void)state;
    struct client client;
    anh();
    client_greet(&client, &world.terminal);
    guess(&client, "anh", 6);
    const Tefter__ToTerminal *answer = client_login(&client, "ANH", password);
    assert_int_equal(refusal_of(answer), TEFTER__REFUSAL_CODE__LOGIN_THROTTLED);
    assert_true(answer->refused->retry_ms > 500);
    assert_true(is_in(client_login(&client, "boss", "correct horse"))); /* others feel nothing */
    client_close(&client);
    world_restart(); /* counted across a kill */
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(client_login(&client, "anh", password)),
                     TEFTER__REFUSAL_CODE__LOGIN_THROTTLED);
    guess(&client, "stranger", 6); /* names that nobody has, too */
    assert_int_equal(refusal_of(client_login(&client, "stranger", "x")),
                     TEFTER__REFUSAL_CODE__LOGIN_THROTTLED);
    client_close(&client);
}

static void wrong_ones_at_one_terminal_keep_nobody_out_of_another(void **state)
{
    (void)state;
    struct client client;
    struct client elsewhere;
    struct tls_identity other;
    char code[ENROL_CODE_TEXT_SIZE];
    Tefter__RefusalCode refused = 0;
    anh();
    world_code(world_terminal("till 2"), CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &other, &refused));
    client_greet(&client, &world.terminal);
    guess(&client, "anh", 8);
    assert_int_equal(refusal_of(client_login(&client, "anh", password)),
                     TEFTER__REFUSAL_CODE__LOGIN_THROTTLED);
    client_greet(&elsewhere, &other);
    assert_true(is_in(client_login(&elsewhere, "anh", password)));
    client_close(&elsewhere);
    client_close(&client);
}

static void a_right_one_forgets_the_wrong_ones(void **state)
{
    (void)state;
    struct client client;
    anh();
    client_greet(&client, &world.terminal);
    for (int round = 0; round < 3; round++) {
        guess(&client, "anh", 3);
        assert_true(is_in(client_login(&client, "anh", password)));
    }
    client_close(&client);
}

static void too_many_at_once_are_told_to_wait(void **state)
{
    (void)state;
    enum { TERMINALS = 3, EACH = 15 };
    static struct client clients[TERMINALS];
    uint64_t requests[TERMINALS][EACH];
    int busy = 0;
    for (int t = 0; t < TERMINALS; t++) {
        char code[ENROL_CODE_TEXT_SIZE];
        struct tls_identity identity;
        Tefter__RefusalCode refused = 0;
        world_code(world_terminal("another till"), CODE_LIFE_MS, code);
        assert_true(client_enrol(code, &identity, &refused));
        client_greet(&clients[t], &identity);
        for (int i = 0; i < EACH; i++) {
            char login[20];
            Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
            Tefter__Login ask = TEFTER__LOGIN__INIT;
            (void)snprintf(login, sizeof login, "somebody %d %d", t, i);
            ask.login = login;
            ask.password = "x";
            frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
            frame.login = &ask;
            requests[t][i] = client_send(&clients[t], &frame);
        }
    }
    for (int t = 0; t < TERMINALS; t++) {
        for (int i = 0; i < EACH; i++) {
            Tefter__RefusalCode code = refusal_of(client_answer(&clients[t], requests[t][i]));
            busy += code == TEFTER__REFUSAL_CODE__BUSY ? 1 : 0;
            assert_true(code == TEFTER__REFUSAL_CODE__BUSY ||
                        code == TEFTER__REFUSAL_CODE__LOGIN_WRONG);
        }
        client_close(&clients[t]);
    }
    assert_true(busy > 0 && busy <= TERMINALS * EACH - HASHES_WAITING_MAX);
}

static void tokens(void **state)
{
    (void)state;
    struct client client;
    char code[ENROL_CODE_TEXT_SIZE];
    struct tls_identity other;
    Tefter__RefusalCode refused = 0;
    uint8_t bytes[TOKEN_SIZE];
    anh();
    client_greet(&client, &world.terminal);
    const Tefter__LoggedIn *in = client_login(&client, "anh", password)->logged_in;
    assert_int_equal(in->token.len, TOKEN_SIZE);
    memcpy(bytes, in->token.data, TOKEN_SIZE);
    client_close(&client);
    ProtobufCBinaryData token = {TOKEN_SIZE, bytes};
    client_greet(&client, &world.terminal);
    assert_true(is_in(client_token(&client, token)));
    for (size_t i = 0; i < TOKEN_SIZE; i += 5) {
        bytes[i] ^= 4;
        assert_int_equal(refusal_of(client_token(&client, token)),
                         TEFTER__REFUSAL_CODE__LOGIN_WRONG);
        bytes[i] ^= 4;
    }
    assert_int_equal(refusal_of(client_token(&client, (ProtobufCBinaryData){3, bytes})),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    client_close(&client);
    world_code(world_terminal("till 2"), CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &other, &refused));
    client_greet(&client, &other); /* for that terminal only */
    assert_int_equal(refusal_of(client_token(&client, token)), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    client_close(&client);
    world.clock_moved_ms += TOKEN_LIFE_MS + 1000;
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(client_token(&client, token)), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    client_close(&client);
}

static void change_staff(uint32_t staff, bool blocked)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__ChangeStaff change = TEFTER__CHANGE_STAFF__INIT;
    change.staff = staff;
    change.has_blocked = true;
    change.blocked = blocked;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_STAFF;
    command.change_staff = &change;
    (void)world_do(&command);
}

static void a_blocked_person_is_cut(void **state)
{
    (void)state;
    struct client client;
    struct client boss;
    uint32_t staff = anh();
    client_enter(&boss, "boss", "correct horse");
    client_enter(&client, "anh", password);
    change_staff(staff, true);
    client_wait_closed(&client);
    assert_int_equal(client_goodbye(&client)->refused->code, TEFTER__REFUSAL_CODE__STAFF_BLOCKED);
    client_close(&client);
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(client_login(&client, "anh", "a wrong one")),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(refusal_of(client_login(&client, "anh", password)),
                     TEFTER__REFUSAL_CODE__STAFF_BLOCKED);
    client_close(&client);
    assert_false(boss.closed);
    client_close(&boss);
}

static void signing_out_ends_tokens(void **state)
{
    (void)state;
    struct client client;
    uint8_t bytes[TOKEN_SIZE];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SignOut out = TEFTER__SIGN_OUT__INIT;
    out.staff = anh();
    command.kind_case = TEFTER__COMMAND__KIND_SIGN_OUT;
    command.sign_out = &out;
    client_greet(&client, &world.terminal);
    memcpy(bytes, client_login(&client, "anh", password)->logged_in->token.data, TOKEN_SIZE);
    (void)world_do(&command);
    client_wait_closed(&client);
    assert_non_null(client_goodbye(&client));
    client_close(&client);
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(client_token(&client, (ProtobufCBinaryData){TOKEN_SIZE, bytes})),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_true(is_in(client_login(&client, "anh", password)));
    client_close(&client);
}

static const Tefter__ToTerminal *switch_staff(struct client *client, const char *login,
                                              const char *pin)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SwitchStaff ask = TEFTER__SWITCH_STAFF__INIT;
    ask.login = (char *)(uintptr_t)login;
    ask.pin = (char *)(uintptr_t)pin;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SWITCH_STAFF;
    frame.switch_staff = &ask;
    return client_ask(client, &frame);
}

static void logout(struct client *client)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Logout ask = TEFTER__LOGOUT__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGOUT;
    frame.logout = &ask;
    assert_int_equal(client_ask(client, &frame)->body_case, TEFTER__TO_TERMINAL__BODY_ACCEPTED);
}

static void switching_by_pin(void **state)
{
    (void)state;
    struct client client;
    uint32_t staff = anh();
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(switch_staff(&client, "anh", "2468")),
                     TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    const Tefter__LoggedIn *boss = client_login(&client, "boss", "correct horse")->logged_in;
    assert_int_equal(refusal_of(switch_staff(&client, "anh", "1357")),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(refusal_of(switch_staff(&client, "boss", "")),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG); /* has no PIN */
    const Tefter__ToTerminal *answer = switch_staff(&client, "anh", "2468");
    assert_true(is_in(answer));
    assert_int_equal(answer->logged_in->staff, staff);
    assert_int_equal(answer->logged_in->role, TEFTER__ROLE__ROLE_SALES);
    assert_true(answer->logged_in->expires_ms == boss->expires_ms); /* a PIN prolongs nothing */
    logout(&client);
    assert_int_equal(refusal_of(switch_staff(&client, "anh", "2468")),
                     TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    assert_int_equal(refusal_of(client_login(&client, "anh", "2468")),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG); /* a PIN is no password */
    client_close(&client);
}

/* ---- what ends a token ---- */

struct kept {
    uint8_t bytes[TOKEN_SIZE];
};

static ProtobufCBinaryData token_of(struct kept *kept)
{
    return (ProtobufCBinaryData){TOKEN_SIZE, kept->bytes};
}

static struct kept keep_token(const Tefter__ToTerminal *answer)
{
    struct kept kept;
    assert_true(is_in(answer));
    memcpy(kept.bytes, answer->logged_in->token.data, TOKEN_SIZE);
    return kept;
}

/* What a token opens on a connection of its own. */
static Tefter__RefusalCode opens(struct kept *kept)
{
    struct client client;
    client_greet(&client, &world.terminal);
    const Tefter__ToTerminal *answer = client_token(&client, token_of(kept));
    Tefter__RefusalCode code = is_in(answer) ? 0 : refusal_of(answer);
    client_close(&client);
    return code;
}

static void a_token_opens_nothing_after_its_logout(void **state)
{
    (void)state;
    struct client client;
    struct client other;
    anh();
    client_greet(&other, &world.terminal);
    struct kept token = keep_token(client_login(&other, "anh", password));
    client_enter(&client, "anh", password); /* another login of the same person */
    assert_int_equal(opens(&token), 0);
    logout(&other);
    assert_int_equal(opens(&token), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_false(client.closed); /* which goes on */
    client_close(&client);
    client_close(&other);
    world_restart(); /* nor after the process was killed */
    assert_int_equal(opens(&token), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    world_restart();
    assert_int_equal(opens(&token), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
}

static void block_terminal(bool blocked)
{
    Tefter__ChangeTerminal change = TEFTER__CHANGE_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    change.terminal = 1;
    change.has_blocked = true;
    change.blocked = blocked;
    command.kind_case = TEFTER__COMMAND__KIND_CHANGE_TERMINAL;
    command.change_terminal = &change;
    (void)world_do(&command);
}

static void a_token_of_before_its_terminal_was_blocked_opens_nothing(void **state)
{
    (void)state;
    struct client client;
    anh();
    client_greet(&client, &world.terminal);
    struct kept token = keep_token(client_login(&client, "anh", password));
    client_close(&client);
    assert_int_equal(opens(&token), 0);
    block_terminal(true);
    block_terminal(false);
    assert_int_equal(opens(&token), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    client_greet(&client, &world.terminal);
    token = keep_token(client_login(&client, "anh", password));
    client_close(&client);
    assert_int_equal(opens(&token), 0);
}

/* A copy of the token that is at work elsewhere is turned out. */
static void a_logout_turns_out_whoever_else_uses_its_token(void **state)
{
    (void)state;
    struct client client;
    struct client copy;
    anh();
    client_greet(&client, &world.terminal);
    struct kept token = keep_token(client_login(&client, "anh", password));
    client_greet(&copy, &world.terminal);
    assert_true(is_in(client_token(&copy, token_of(&token))));
    logout(&client);
    client_wait_closed(&copy);
    assert_int_equal(client_goodbye(&copy)->refused->code, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    client_close(&copy);
    client_close(&client);
}

static void a_switch_ends_the_token_of_who_was_there(void **state)
{
    (void)state;
    struct client client;
    anh();
    client_greet(&client, &world.terminal);
    struct kept boss = keep_token(client_login(&client, "boss", "correct horse"));
    struct kept by_pin = keep_token(switch_staff(&client, "anh", "2468"));
    assert_int_equal(opens(&boss), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(opens(&by_pin), 0);
    struct kept again = keep_token(client_login(&client, "boss", "correct horse"));
    assert_int_equal(opens(&by_pin), TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(opens(&again), 0);
    client_close(&client);
}

/* However many log out: the oldest give way, and their tokens stay ended. */
static void no_ended_token_comes_back_when_there_are_many(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct ended *ended = NULL;
    char path[96];
    (void)snprintf(path, sizeof path, "%s/many", world.folder);
    const uint64_t all = ENDED_LOGINS_MAX + 500;
    assert_true(ended_open(path, 1000, &ended, &failure));
    for (uint64_t login = 1; login <= all; login++)
        ended_add(ended, login, 5000 + (int64_t)login, 1000);
    for (int restart = 0; restart < 2; restart++) {
        for (uint64_t login = 1; login <= all; login += 250)
            assert_true(ended_has(ended, login, 5000 + (int64_t)login));
        assert_false(ended_has(ended, all + 1, 5000 + (int64_t)all + 1)); /* and no other does */
        ended_close(ended);
        assert_true(ended_open(path, 1000, &ended, &failure));
    }
    ended_close(ended);
    assert_true(ended_open(path, 1000 * 1000, &ended, &failure)); /* all are over */
    assert_false(ended_has(ended, all, 2000 * 1000));
    ended_close(ended);
}

/* ---- only wrong guesses cost ---- */

static uint64_t send_login(struct client *client, const char *login, const char *given)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Login ask = TEFTER__LOGIN__INIT;
    ask.login = (char *)(uintptr_t)login;
    ask.password = (char *)(uintptr_t)given;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &ask;
    return client_send(client, &frame);
}

static void a_dozen_right_logins_of_one_name_at_once_all_get_in(void **state)
{
    (void)state;
    enum { TIMES = 12 };
    static struct client clients[TIMES];
    uint64_t requests[TIMES];
    anh();
    for (int i = 0; i < TIMES; i++)
        client_greet(&clients[i], &world.terminal);
    for (int i = 0; i < TIMES; i++)
        requests[i] = send_login(&clients[i], "anh", password);
    for (int i = 0; i < TIMES; i++)
        assert_true(is_in(client_answer(&clients[i], requests[i])));
    for (int i = 0; i < TIMES; i++)
        client_close(&clients[i]);
}

static void a_dozen_wrong_ones_at_once_count_like_a_dozen_in_turn(void **state)
{
    (void)state;
    enum { TIMES = 12 };
    struct client client;
    uint64_t requests[TIMES];
    int wrong = 0;
    int throttled = 0;
    anh();
    client_greet(&client, &world.terminal);
    for (int i = 0; i < TIMES; i++)
        requests[i] = send_login(&client, "anh", "a wrong one");
    for (int i = 0; i < TIMES; i++) {
        Tefter__RefusalCode code = refusal_of(client_answer(&client, requests[i]));
        wrong += code == TEFTER__REFUSAL_CODE__LOGIN_WRONG;
        throttled += code == TEFTER__REFUSAL_CODE__LOGIN_THROTTLED;
    }
    assert_int_equal(wrong + throttled, TIMES);
    assert_true(wrong <= 6);
    client_close(&client);
}

/* ---- new passwords ---- */

static Tefter__FromTerminal set_frame(Tefter__SetPassword *set)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SET_PASSWORD;
    frame.set_password = set;
    return frame;
}

static Tefter__RefusalCode set_refused(struct client *client, uint32_t staff, const char *new,
                                       const char *pin, const char *old)
{
    Tefter__SetPassword set = TEFTER__SET_PASSWORD__INIT;
    set.has_staff = staff != 0;
    set.staff = staff;
    set.password = (char *)(uintptr_t) new;
    set.pin = (char *)(uintptr_t)pin;
    set.old_password = (char *)(uintptr_t)old;
    Tefter__FromTerminal frame = set_frame(&set);
    const Tefter__ToTerminal *answer = client_ask(client, &frame);
    assert_non_null(answer);
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_ACCEPTED)
        return 0;
    return refusal_of(answer);
}

/* What a process is lent with its connection is worth nothing in another one, of its device or not:
 * it ends with that connection. */
static void a_lent_token_counts_in_its_own_connection_alone(void **state)
{
    (void)state;
    struct client client;
    struct client other;
    uint8_t token[ACCESS_TOKEN_MAX];
    anh();
    client_enter(&client, "anh", password);
    struct principal who = {0};
    for (uint32_t i = 0; i < world.sessions->slot_count; i++)
        if (world.sessions->slots[i].session != NULL &&
            world.sessions->slots[i].session->who.staff != 0)
            who = world.sessions->slots[i].session->who;
    assert_true(who.staff != 0);
    client_greet(&other, &world.terminal);
    size_t size = access_lend_token(world.sessions->access, &who, 77, token);
    assert_int_equal(refusal_of(client_token(&other, (ProtobufCBinaryData){size, token})),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    struct session *session = NULL;
    for (uint32_t i = 0; i < world.sessions->slot_count; i++)
        if (world.sessions->slots[i].session != NULL &&
            world.sessions->slots[i].session->who.staff == 0)
            session = world.sessions->slots[i].session;
    assert_non_null(session);
    session->who.lent = 78; /* another one that is lent */
    assert_int_equal(refusal_of(client_token(&other, (ProtobufCBinaryData){size, token})),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    session->who.lent = 77;
    struct kept own = keep_token(client_token(&other, (ProtobufCBinaryData){size, token}));
    client_close(&other);
    /* nor is what it is given for it */
    client_greet(&other, &world.terminal);
    assert_int_equal(refusal_of(client_token(&other, token_of(&own))),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    client_close(&other);
    client_close(&client);
}

static void a_new_password(void **state)
{
    (void)state;
    struct client client;
    struct client elsewhere;
    anh();
    client_enter(&client, "anh", password);
    client_enter(&elsewhere, "anh", password);
    assert_int_equal(set_refused(&client, 0, "a newer one", NULL, "a wrong one"),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(set_refused(&client, 0, "a newer one", NULL, NULL),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_int_equal(set_refused(&client, 0, NULL, NULL, password),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING);
    assert_int_equal(set_refused(&client, 0, "short", NULL, password),
                     TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_refused(&client, 0, "PassWord", NULL, password),
                     TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_refused(&client, 0, "12345678", NULL, password),
                     TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_refused(&client, 0, NULL, "12ab", password),
                     TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_refused(&client, 0, NULL, "123", password),
                     TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    static const char *const guessed[] = {"1234", "0000", "1111", "4321", "1212", "2580", "123123"};
    for (size_t i = 0; i < sizeof guessed / sizeof guessed[0]; i++)
        assert_int_equal(set_refused(&client, 0, NULL, guessed[i], password),
                         TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    static const char *const easy[] = {"anh123456", "Anh.2026", "iloveyou"};
    for (size_t i = 0; i < sizeof easy / sizeof easy[0]; i++)
        assert_int_equal(set_refused(&client, 0, easy[i], NULL, password),
                         TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_refused(&client, 0, "a newer one", "97531", password), 0);
    client_wait_closed(&elsewhere); /* every other session of his */
    assert_false(client.closed);
    assert_true(is_in(switch_staff(&client, "anh", "97531")));
    client_close(&elsewhere);
    client_close(&client);
    client_greet(&client, &world.terminal);
    assert_int_equal(refusal_of(client_login(&client, "anh", password)),
                     TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_true(is_in(client_login(&client, "anh", "a newer one")));
    client_close(&client);
}

static void passwords_of_others(void **state)
{
    (void)state;
    struct client client;
    uint32_t staff = anh();
    uint32_t manager =
        world_staff("manager", TEFTER__ROLE__ROLE_MANAGER, "password of manager", NULL);
    bool may = ledger_may(TEFTER__ROLE__ROLE_MANAGER, TEFTER__RIGHT__RIGHT_EDIT_STAFF);
    client_enter(&client, "anh", password);
    assert_int_equal(set_refused(&client, manager, "a newer one", NULL, NULL),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    client_close(&client);
    client_enter(&client, "manager", "password of manager");
    assert_int_equal(set_refused(&client, 1, "a newer one", NULL, NULL),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING); /* an owner's */
    assert_int_equal(set_refused(&client, staff, "a newer one", NULL, NULL),
                     may ? 0 : TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    client_close(&client);
    client_enter(&client, "boss", "correct horse");
    assert_int_equal(set_refused(&client, manager, "password set by boss", NULL, NULL), 0);
    assert_int_equal(set_refused(&client, 77, "password set by boss", NULL, NULL),
                     TEFTER__REFUSAL_CODE__NOT_FOUND);
    client_close(&client);
    client_enter(&client, "manager", "password set by boss");
    client_close(&client);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

/* ---- PINs of authorised buyers ---- */

/* A command with ' for ", and the PIN typed with it. */
static const Tefter__Reply *typed(struct client *client, const uint8_t id[16], const char *json,
                                  const char *pin)
{
    char text[300];
    struct message_fault fault = {.what = ""};
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    Tefter__BuyerPin body = TEFTER__BUYER_PIN__INIT;
    (void)snprintf(text, sizeof text, "%s", json);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    const ProtobufCMessage *command = message_of_json(
        &tefter__command__descriptor, slice_of(text, strlen(text)), &client->arena, &fault);
    assert_non_null(command);
    struct slice bytes = message_pack(command, &client->arena);
    submit.id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)id};
    submit.command = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    body.customer = 2;
    body.buyer = 1;
    body.pin = (char *)(uintptr_t)pin;
    submit.buyer_pin = pin == NULL ? NULL : &body;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    const Tefter__ToTerminal *answer = client_answer(client, client_send(client, &frame));
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_REPLY);
    return (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                 slice_of(answer->reply.data, answer->reply.len),
                                                 &client->arena);
}

static const Tefter__Done *typed_done(struct client *client, const char *json, const char *pin)
{
    uint8_t id[16];
    client_id(client, id);
    const Tefter__Reply *reply = typed(client, id, json, pin);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    return reply->done;
}

static const Tefter__Refusal *typed_refused(struct client *client, const char *json,
                                            const char *pin, Tefter__RefusalCode code)
{
    uint8_t id[16];
    client_id(client, id);
    const Tefter__Reply *reply = typed(client, id, json, pin);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, code);
    return reply->refused;
}

static Tefter__RefusalCode set_buyer_pin(struct client *client, const char *pin)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__BuyerPin set = TEFTER__BUYER_PIN__INIT;
    set.customer = 2;
    set.buyer = 1;
    set.pin = (char *)(uintptr_t)pin;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SET_BUYER_PIN;
    frame.set_buyer_pin = &set;
    const Tefter__ToTerminal *answer = client_ask(client, &frame);
    assert_non_null(answer);
    return answer->body_case == TEFTER__TO_TERMINAL__BODY_ACCEPTED ? 0 : refusal_of(answer);
}

static const char buyers_sale[] = "{'issue_invoice': {'customer': 2, 'buyer': 1, 'lines': "
                                  "[{'text': 'a', 'quantity': 1000, 'price': 1000}]}}";

static void a_customer_with_a_buyer(struct client *client)
{
    client_enter(client, "boss", "correct horse");
    (void)typed_done(client, "{'open_customer': {'name': 'Lan', 'phone': '09', 'area': 'a'}}",
                     NULL);
    (void)typed_done(client, "{'set_credit_limit': {'customer': 2, 'terms': {'unlimited': true}}}",
                     NULL);
    (void)typed_done(client, "{'authorise_buyer': {'customer': 2, 'name': 'Son'}}", NULL);
}

static void a_buyers_pin_is_looked_at_before_the_journal(void **state)
{
    (void)state;
    struct client client;
    uint8_t id[16];
    a_customer_with_a_buyer(&client);
    assert_false(typed_done(&client, buyers_sale, "1234")->with_pin); /* they have none yet */
    assert_int_equal(set_buyer_pin(&client, "12"), TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_buyer_pin(&client, "1111"), TEFTER__REFUSAL_CODE__PASSWORD_WEAK);
    assert_int_equal(set_buyer_pin(&client, "83920174"), 0);
    (void)typed_refused(&client, buyers_sale, NULL, TEFTER__REFUSAL_CODE__PIN_NEEDED);
    uint64_t seq = world.seq;
    assert_int_equal(
        typed_refused(&client, buyers_sale, "1234", TEFTER__REFUSAL_CODE__PIN_WRONG)->tries_left,
        2);
    assert_int_equal(world.seq, seq); /* it never got there */
    client_id(&client, id);
    const Tefter__Reply *sold = typed(&client, id, buyers_sale, "83920174");
    assert_true(sold->done->with_pin);
    /* who did not hear back asks again, and hears the same, whatever the PIN is by then */
    assert_int_equal(set_buyer_pin(&client, "4711"), 0);
    assert_int_equal(typed(&client, id, buyers_sale, "83920174")->seq, sold->seq);
    (void)typed_refused(&client, buyers_sale, "83920174", TEFTER__REFUSAL_CODE__PIN_WRONG);
    assert_int_equal(set_buyer_pin(&client, NULL), 0);
    assert_false(typed_done(&client, buyers_sale, NULL)->with_pin);
    client_close(&client);
}

static void wrong_pins_of_a_buyer_are_counted_over_a_restart(void **state)
{
    (void)state;
    struct client client;
    a_customer_with_a_buyer(&client);
    assert_int_equal(set_buyer_pin(&client, "4711"), 0);
    for (uint32_t left = 3; left-- > 0;)
        assert_int_equal(typed_refused(&client, buyers_sale, left == 1 ? "x" : "1234",
                                       TEFTER__REFUSAL_CODE__PIN_WRONG)
                             ->tries_left,
                         left);
    client_close(&client);
    world_restart();
    client_enter(&client, "boss", "correct horse");
    const Tefter__Refusal *refusal =
        typed_refused(&client, buyers_sale, "4711", TEFTER__REFUSAL_CODE__PIN_LOCKED);
    assert_in_range(refusal->retry_ms, 60 * 1000, 5 * 60 * 1000);
    assert_int_equal(set_buyer_pin(&client, "4712"), 0); /* which unlocks */
    assert_true(typed_done(&client, buyers_sale, "4712")->with_pin);
    client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(right_password),
        world_test(wrong_in_three_ways),
        world_test(guesses_are_throttled),
        world_test(wrong_ones_at_one_terminal_keep_nobody_out_of_another),
        world_test(a_right_one_forgets_the_wrong_ones),
        world_test(too_many_at_once_are_told_to_wait),
        world_test(tokens),
        world_test(a_blocked_person_is_cut),
        world_test(signing_out_ends_tokens),
        world_test(switching_by_pin),
        world_test(a_buyers_pin_is_looked_at_before_the_journal),
        world_test(wrong_pins_of_a_buyer_are_counted_over_a_restart),
        world_test(a_token_opens_nothing_after_its_logout),
        world_test(a_token_of_before_its_terminal_was_blocked_opens_nothing),
        world_test(a_logout_turns_out_whoever_else_uses_its_token),
        world_test(a_switch_ends_the_token_of_who_was_there),
        world_test(no_ended_token_comes_back_when_there_are_many),
        world_test(a_dozen_right_logins_of_one_name_at_once_all_get_in),
        world_test(a_dozen_wrong_ones_at_once_count_like_a_dozen_in_turn),
        world_test(a_lent_token_counts_in_its_own_connection_alone),
        world_test(a_new_password),
        world_test(passwords_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
