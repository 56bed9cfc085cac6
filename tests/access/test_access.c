/*
 * Access asked by somebody who is no session: a principal of this machine, answers kept in a list.
 * What the protocol's terminals see of it is in tests/session.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/inside.h"
#include "session/inside.h"
#include "session/world.h"

enum { ANSWERS = 64, PERSON_OWNER = 1 };

struct heard {
    uint64_t request;
    enum access_answer_kind kind;
    bool guessed;
    Tefter__RefusalCode code;
    size_t role_count;
    uint8_t token[TOKEN_SIZE];
    char text[ENROL_CODE_TEXT_SIZE];
};

/* The transport of this test: one principal with a name, or nobody. */
static struct {
    struct principal who;
    uint64_t name; /* 0: gone */
    struct heard heard[ANSWERS];
    size_t count;
} here;

static struct principal *find(void *owner, uint64_t name)
{
    assert_ptr_equal(owner, &here);
    return here.name != 0 && name == here.name ? &here.who : NULL;
}

static void hear(void *owner, uint64_t name, uint64_t request, const struct access_answer *answer)
{
    assert_ptr_equal(owner, &here);
    assert_int_equal(name, here.name);
    assert_true(here.count < ANSWERS);
    struct heard *heard = &here.heard[here.count++];
    *heard = (struct heard){.request = request, .kind = answer->kind, .guessed = answer->guessed};
    if (answer->kind == ACCESS_REFUSED) {
        heard->code = answer->refused->code;
        heard->role_count = answer->refused->n_roles;
    }
    if (answer->kind == ACCESS_LOGGED_IN) {
        assert_int_equal(answer->logged_in->token.len, TOKEN_SIZE);
        memcpy(heard->token, answer->logged_in->token.data, TOKEN_SIZE);
    }
    if (answer->kind == ACCESS_CODE)
        (void)snprintf(heard->text, sizeof heard->text, "%s", answer->code->code);
}

static struct access *access_here(void)
{
    return world.sessions->access;
}

static struct access_asker asker(uint64_t request)
{
    return (struct access_asker){find, hear, &here, here.name, request};
}

static bool heard_so_many(void *context)
{
    return here.count >= *(size_t *)context;
}

/* The next answer. */
static const struct heard *next(void)
{
    size_t wanted = here.count + 1;
    world_wait(heard_so_many, &wanted);
    return &here.heard[here.count - 1];
}

static bool idle(void *context)
{
    (void)context;
    return !access_hashing(access_here());
}

static void begin(void)
{
    here = (typeof(here)){.name = 7};
    here.who = (struct principal){.carrier = CARRIER_LOCAL, .address = "local:1000", .device = 1};
}

static const struct heard *log_in(uint64_t request, const char *login, const char *password)
{
    const struct access_asker who = asker(request);
    size_t wanted = here.count + 1;
    access_login(access_here(), &who, login, password);
    world_wait(heard_so_many, &wanted);
    return &here.heard[here.count - 1];
}

static const struct heard *show_token(uint64_t request, const uint8_t token[TOKEN_SIZE])
{
    const struct access_asker who = asker(request);
    size_t before = here.count;
    access_use_token(access_here(), &who, slice_of(token, TOKEN_SIZE));
    assert_int_equal(here.count, before + 1); /* it is answered at once */
    return &here.heard[before];
}

static bool audit_has(const char *what)
{
    char path[96];
    char line[512];
    bool found = false;
    (void)snprintf(path, sizeof path, "%s/audit", world.folder);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        found = found || strstr(line, what) != NULL;
    (void)fclose(file);
    return found;
}

static void anybody_may_carry_it(void **state)
{
    (void)state;
    begin();
    const struct heard *heard = log_in(11, "boss", "correct horse");
    assert_int_equal(heard->request, 11);
    assert_int_equal(heard->kind, ACCESS_LOGGED_IN);
    assert_int_equal(here.who.staff, PERSON_OWNER);
    assert_int_equal(here.who.role, TEFTER__ROLE__ROLE_OWNER);
    assert_true(here.who.login != 0);
    assert_true(access_may(&here.who, TEFTER__RIGHT__RIGHT_EDIT_STAFF));
    assert_true(audit_has("event=login_ok"));
    assert_true(audit_has("carrier=local address=local:1000"));
    access_logout(access_here(), &here.who);
    assert_int_equal(here.who.staff, 0);
    assert_int_equal(here.who.login, 0);
    assert_false(access_may(&here.who, TEFTER__RIGHT__RIGHT_SEE));
    assert_int_equal(here.who.device, 1); /* the device stays who it is */
}

static void wrong_is_told_as_wrong(void **state)
{
    (void)state;
    begin();
    const struct heard *heard = log_in(1, "boss", "wrong horse");
    assert_int_equal(heard->kind, ACCESS_REFUSED);
    assert_int_equal(heard->code, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    assert_true(heard->guessed);
    assert_int_equal(here.who.staff, 0);
}

/* Whoever asked is gone when the password has been hashed: nobody is answered, nobody is logged in,
 * and a wrong guess costs all the same. */
static void who_is_gone_hears_nothing(void **state)
{
    (void)state;
    begin();
    const struct access_asker who = asker(1);
    access_login(access_here(), &who, "boss", "wrong");
    here.name = 0;
    world_wait(idle, NULL);
    assert_int_equal(here.count, 0);
    assert_int_equal(here.who.staff, 0);
    here.name = 8; /* another one in the same place */
    for (int i = 0; i < 4; i++)
        (void)log_in(2, "boss", "wrong");
    assert_int_equal(log_in(3, "boss", "wrong")->code, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED);
}

static void tokens_belong_to_a_device_and_a_login(void **state)
{
    (void)state;
    uint8_t token[TOKEN_SIZE];
    begin();
    memcpy(token, log_in(1, "boss", "correct horse")->token, TOKEN_SIZE);
    uint64_t login = here.who.login;
    int64_t until_ms = here.who.proven_until_ms;
    begin();
    assert_int_equal(show_token(2, token)->kind, ACCESS_LOGGED_IN);
    assert_true(here.who.login == login); /* the same login, on another connection */
    assert_true(here.who.proven_until_ms == until_ms);
    begin();
    here.who.device = 2;
    assert_int_equal(show_token(3, token)->code, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    begin();
    for (size_t i = 0; i < TOKEN_SIZE; i++) {
        token[i] ^= 1;
        assert_int_equal(show_token(4, token)->code, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
        token[i] ^= 1;
        here.count = 0;
    }
    (void)log_in(5, "boss", "correct horse");
    assert_true(here.who.login != login); /* a password begins another one */
}

static void a_pin_needs_one_who_is_there(void **state)
{
    (void)state;
    (void)world_staff("anh", TEFTER__ROLE__ROLE_SALES, "battery staple", "4711");
    begin();
    const struct access_asker who = asker(1);
    access_switch(access_here(), &who, "anh", "4711");
    assert_int_equal(here.heard[0].code, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    (void)log_in(2, "boss", "correct horse");
    uint64_t login = here.who.login;
    int64_t until_ms = here.who.proven_until_ms;
    access_switch(access_here(), &who, "anh", "4711");
    assert_int_equal(next()->kind, ACCESS_LOGGED_IN);
    assert_int_equal(here.who.role, TEFTER__ROLE__ROLE_SALES);
    assert_true(here.who.login != login); /* another one, for as long as the password counts */
    assert_true(here.who.proven_until_ms == until_ms);
    access_switch(access_here(), &who, "anh", "4711");
    access_logout(access_here(), &here.who); /* while it is hashed */
    assert_int_equal(next()->code, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN);
    assert_int_equal(here.who.staff, 0);
}

static void rights_are_asked_here_too(void **state)
{
    (void)state;
    (void)world_staff("anh", TEFTER__ROLE__ROLE_SALES, "battery staple", NULL);
    begin();
    (void)log_in(1, "anh", "battery staple");
    const struct access_asker who = asker(2);
    size_t before = here.count;
    access_make_code(access_here(), &who, 1);
    assert_int_equal(here.count, before + 1);
    assert_int_equal(here.heard[before].code, TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    assert_int_equal(here.heard[before].role_count, 2);
    const Tefter__Refusal *refusal =
        access_needs(access_here(), &here.who, TEFTER__RIGHT__RIGHT_LOCK);
    assert_non_null(refusal);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_LOCK);
    assert_int_equal(refusal->n_roles, 3);
    assert_null(access_needs(access_here(), &here.who, TEFTER__RIGHT__RIGHT_SELL));
    assert_true(audit_has("event=right_missing"));
}

static void a_new_password_keeps_who_gave_it(void **state)
{
    (void)state;
    uint8_t token[TOKEN_SIZE];
    Tefter__SetPassword set = TEFTER__SET_PASSWORD__INIT;
    set.password = (char *)(uintptr_t) "another horse";
    set.old_password = (char *)(uintptr_t) "correct horse";
    begin();
    memcpy(token, log_in(1, "boss", "correct horse")->token, TOKEN_SIZE);
    const struct access_asker who = asker(2);
    access_set_password(access_here(), &who, &set);
    assert_int_equal(next()->kind, ACCESS_ACCEPTED);
    assert_int_equal(here.who.staff, PERSON_OWNER);
    assert_int_equal(show_token(3, token)->code, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    begin();
    assert_int_equal(log_in(4, "boss", "another horse")->kind, ACCESS_LOGGED_IN);
}

static void a_code_is_told_when_it_is_durable(void **state)
{
    (void)state;
    begin();
    (void)log_in(1, "boss", "correct horse");
    const struct access_asker who = asker(2);
    size_t before = here.count;
    access_make_code(access_here(), &who, 1);
    assert_int_equal(here.count, before); /* the ledger has not said yes yet */
    assert_int_equal(next()->kind, ACCESS_CODE);
    assert_true(strlen(here.heard[here.count - 1].text) > 0);
    access_make_code(access_here(), &who, 99);
    assert_int_equal(next()->code, TEFTER__REFUSAL_CODE__NOT_FOUND);
    world.answer = SUBMIT_READ_ONLY;
    before = here.count;
    access_make_code(access_here(), &who, 1);
    assert_int_equal(here.heard[before].code, TEFTER__REFUSAL_CODE__READ_ONLY);
}

/* The server ends while a password is hashed and a code waits for the ledger. */
static void it_ends_under_way(void **state)
{
    (void)state;
    begin();
    (void)log_in(1, "boss", "correct horse");
    const struct access_asker who = asker(2);
    world.held = true;
    access_make_code(access_here(), &who, 1);
    access_login(access_here(), &who, "boss", "correct horse");
    access_login(access_here(), &who, "boss", "correct horse");
    size_t before = here.count;
    sessions_destroy(world.sessions);
    world.sessions = NULL;
    world_run(300);
    assert_int_equal(here.count, before);
}

#define world_test(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(anybody_may_carry_it),
        world_test(wrong_is_told_as_wrong),
        world_test(who_is_gone_hears_nothing),
        world_test(tokens_belong_to_a_device_and_a_login),
        world_test(a_pin_needs_one_who_is_there),
        world_test(rights_are_asked_here_too),
        world_test(a_new_password_keeps_who_gave_it),
        world_test(a_code_is_told_when_it_is_durable),
        world_test(it_ends_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
