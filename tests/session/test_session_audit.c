/*
 * The audit log as those see it who may: names beside numbers, newest first, in pages; and what is
 * in it after somebody tried to get in.
 */
#include "world.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "access/inside.h"
#include "base/limits.h"
#include "session/inside.h"

static const Tefter__ToTerminal *list(struct client *client, uint32_t rows, uint64_t before)
{
    Tefter__AuditList ask = TEFTER__AUDIT_LIST__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    ask.has_rows = true;
    ask.rows = rows;
    ask.has_before = before > 0;
    ask.before = before;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_AUDIT_LIST;
    frame.audit_list = &ask;
    return client_ask(client, &frame);
}

/* The newest line of that event. */
static const Tefter__AuditLine *line_of(struct client *client, const char *event)
{
    const Tefter__AuditAnswer *answer = list(client, 100, 0)->audit;
    for (size_t i = 0; i < answer->n_lines; i++) {
        if (strcmp(answer->lines[i]->event, event) == 0)
            return answer->lines[i];
    }
    fail_msg("the audit log has no line %s", event);
    return NULL;
}

static void an_owner_reads_who_tried_to_get_in(void **state)
{
    (void)state;
    struct client client;
    struct client boss;
    uint32_t staff = world_staff("anh", TEFTER__ROLE__ROLE_SALES, "password of anh", NULL);
    client_greet(&client, &world.terminal);
    (void)client_login(&client, "anh", "a wrong one");
    (void)client_login(&client, "hunter2", "a wrong one"); /* a password typed as a name */
    (void)client_login(&client, "anh", "password of anh");
    (void)list(&client, 10, 0); /* they may not */
    client_enter(&boss, "boss", "correct horse");
    const Tefter__AuditLine *line = line_of(&boss, "login_ok");
    assert_string_equal(line->login, "boss");
    line = line_of(&boss, "right_missing");
    assert_int_equal(line->staff, staff);
    assert_string_equal(line->login, "anh");
    assert_int_equal(line->terminal, 1);
    assert_string_equal(line->terminal_name, "till_1");
    assert_string_equal(line->about, "RIGHT_SEE_AUDIT");
    assert_non_null(strstr(line->address, "127.0.0.1:"));
    const Tefter__AuditAnswer *all = list(&boss, 100, 0)->audit;
    int wrong = 0;
    for (size_t i = 0; i < all->n_lines; i++) {
        wrong += strcmp(all->lines[i]->event, "login_wrong") == 0;
        assert_true(all->lines[i]->login == NULL || strcmp(all->lines[i]->login, "hunter2") != 0);
        assert_false(all->lines[i]->has_changed && all->lines[i]->changed);
    }
    assert_int_equal(wrong, 2);
    client_close(&boss);
    client_close(&client);
}

static void who_may_not_see_it_is_refused_by_name(void **state)
{
    (void)state;
    static const Tefter__Role roles[] = {TEFTER__ROLE__ROLE_SALES, TEFTER__ROLE__ROLE_CONTROLLER,
                                         TEFTER__ROLE__ROLE_ACCOUNTANT};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        struct client client;
        char login[20];
        (void)snprintf(login, sizeof login, "somebody-%zu", i);
        (void)world_staff(login, roles[i], "their password", NULL);
        client_enter(&client, login, "their password");
        assert_int_equal(refusal_of(list(&client, 10, 0)), TEFTER__REFUSAL_CODE__RIGHT_MISSING);
        client_close(&client);
    }
}

static void it_is_read_in_pages_from_the_newest_line_back(void **state)
{
    (void)state;
    enum { LINES = 250, PAGE = 40 };
    struct client boss;
    client_enter(&boss, "boss", "correct horse");
    for (int i = 0; i < LINES; i++)
        access_note(world.sessions->access, &world.sessions->slots[0].session->who,
                    &(struct note){.event = "of_the_test"});
    uint64_t before = 0;
    uint64_t newest = 0;
    uint64_t expected = 0;
    uint64_t told = 0;
    do {
        const Tefter__AuditAnswer *page = list(&boss, PAGE, before)->audit;
        for (size_t i = 0; i < page->n_lines; i++) {
            newest = newest == 0 ? page->lines[i]->line : newest;
            expected = expected == 0 ? newest : expected;
            assert_int_equal(page->lines[i]->line, expected);
            expected--;
            told++;
        }
        before = page->has_next ? page->next : 0;
    } while (before != 0);
    assert_int_equal(expected, 0); /* down to the first */
    assert_int_equal(told, newest);
    assert_true(told > LINES);
    client_close(&boss);
}

static void status_tells_the_newest_lines_seal(void **state)
{
    (void)state;
    struct client boss;
    Tefter__ServerStatus body = TEFTER__SERVER_STATUS__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS;
    frame.server_status = &body;
    client_enter(&boss, "boss", "correct horse");
    const Tefter__StatusAnswer *status = client_ask(&boss, &frame)->status;
    assert_int_equal(status->audit_line, list(&boss, 1, 0)->audit->lines[0]->line);
    assert_int_equal(strlen(status->audit_seal), HASH_TEXT_SIZE - 1);
    client_close(&boss);
}

/* ---- who belongs to a branch ---- */

/* A second branch with a till and a manager of its own; at that till, logged in as they. */
static uint32_t enter_second_branch(struct client *client)
{
    char code[ENROL_CODE_TEXT_SIZE];
    static struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    char change[64];
    assert_true(world_try("{\"add_branch\":{\"code\":\"TWO\",\"name\":\"second\"}}", 0));
    assert_true(world_try("{\"add_terminal\":{\"branch\":2,\"name\":\"till 2\"}}", 0));
    uint32_t mai = world_staff("mai", TEFTER__ROLE__ROLE_MANAGER, "password of mai", NULL);
    (void)snprintf(change, sizeof change, "{\"change_staff\":{\"staff\":%u,\"branch\":2}}", mai);
    assert_true(world_try(change, 0));
    world_code(2, CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &identity, &refused));
    client_greet(client, &identity);
    assert_int_equal(client_login(client, "mai", "password of mai")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    return mai;
}

static const Tefter__ToTerminal *asks(struct client *client, Tefter__FromTerminal__BodyCase what)
{
    static Tefter__ServerStatus status = TEFTER__SERVER_STATUS__INIT;
    static Tefter__AuditList list = TEFTER__AUDIT_LIST__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    frame.body_case = what;
    if (what == TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS)
        frame.server_status = &status;
    else
        frame.audit_list = &list;
    return client_ask(client, &frame);
}

/* Lines of a terminal, or of nobody's. */
static size_t lines_of(struct client *client, uint32_t terminal)
{
    const Tefter__AuditAnswer *all = asks(client, TEFTER__FROM_TERMINAL__BODY_AUDIT_LIST)->audit;
    size_t count = 0;
    for (size_t i = 0; i < all->n_lines; i++)
        count += all->lines[i]->terminal == terminal;
    return count;
}

static void audit_is_cut(struct client *boss, struct client *mai)
{
    assert_true(lines_of(boss, 1) > 0);
    assert_true(lines_of(boss, 0) > 0);
    assert_int_equal(lines_of(mai, 1), 0);
    assert_int_equal(lines_of(mai, 0), 0);
    assert_true(lines_of(mai, 2) > 0);
    assert_int_equal(lines_of(boss, 2), lines_of(mai, 2));
}

static void status_is_cut(struct client *boss, struct client *mai)
{
    const Tefter__StatusAnswer *whole =
        asks(boss, TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS)->status;
    assert_int_equal(whole->sessions, 2);
    assert_true(whole->has_audit_line);
    const Tefter__StatusAnswer *own = asks(mai, TEFTER__FROM_TERMINAL__BODY_SERVER_STATUS)->status;
    assert_int_equal(own->sessions, 1);
    assert_false(own->has_audit_line);
    assert_null(own->audit_seal);
    assert_int_equal(own->commands + own->batches + own->journal_bytes + own->state_bytes, 0);
    assert_false(own->has_busy || own->has_turned_away || own->has_not_reading ||
                 own->has_offers_waiting || own->has_terminals_unheard);
    assert_int_equal(own->rules_version, whole->rules_version);
}

/* Is it told who is at that terminal? */
static bool told_of(struct client *client, uint32_t terminal)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TerminalList list = TEFTER__TERMINAL_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TERMINALS;
    query.terminals = &list;
    const Tefter__TerminalsAnswer *answer = client_query(client, &query)->terminals;
    for (size_t i = 0; i < answer->n_terminals; i++)
        if (answer->terminals[i]->terminal == terminal)
            return answer->terminals[i]->has_connected && answer->terminals[i]->has_staff;
    return false;
}

static void terminals_are_cut(struct client *boss, struct client *mai)
{
    assert_true(told_of(boss, 1) && told_of(boss, 2));
    assert_true(told_of(mai, 2));
    assert_false(told_of(mai, 1));
}

/* Whatever a request says about the whole company. NULL: it says nothing of others (it does
 * something, or is answered for who asks); "ledger": its queries have tests of their own. */
static const struct {
    const char *body;
    void (*check)(struct client *boss, struct client *mai);
    const char *why;
} of_company[] = {
    {"audit_list", audit_is_cut, NULL},
    {"server_status", status_is_cut, NULL},
    {"query", terminals_are_cut, "the others: tests/domain/test_staff, test_session_totals"},
    {"subscribe", NULL, "test_session_feed, test_session_totals"},
    {"hello", NULL, "own device"},
    {"login", NULL, "own login"},
    {"use_token", NULL, "own login"},
    {"switch_staff", NULL, "own login"},
    {"logout", NULL, "own login"},
    {"ping", NULL, "own branch's printer"},
    {"submit", NULL, "the ledger's rules"},
    {"unsubscribe", NULL, "own connection"},
    {"set_password", NULL, "accepted"},
    {"set_buyer_pin", NULL, "accepted"},
    {"make_code", NULL, "own branch's devices: test_session_enrol"},
    {"renew", NULL, "own device"},
    {"print", NULL, "own branch's documents"},
    {"take_print_job", NULL, "own branch's documents"},
    {"left_undone", NULL, "accepted"},
    {"enrol", NULL, "own device"},
    {"enrol_browser", NULL, "own device"},
    {"offer", NULL, "own device"},
    {"offers_done", NULL, "own device"},
    {"open_founding", NULL, "there is a ledger"},
    {"found_company", NULL, "there is a ledger"},
    {"import_open", NULL, "own import"},
    {"import_piece", NULL, "own import"},
    {"import_do", NULL, "own import"},
    {"import_look", NULL, "own import"},
    {"import_rejects", NULL, "own import"},
    {"watching", NULL, "own page"},
    {"notice_settings", NULL, "own devices"},
    {"put_push", NULL, "own devices"},
    {"remove_push", NULL, "own devices"},
    {"set_notices", NULL, "own settings"},
    {"test_notice", NULL, "own devices"},
};

static void who_belongs_to_a_branch_is_told_of_it_alone(void **state)
{
    (void)state;
    struct client boss;
    struct client mai;
    client_enter(&boss, "boss", "correct horse");
    (void)enter_second_branch(&mai);
    access_note(world.sessions->access, &(struct principal){0},
                &(struct note){.event = "of_nobody"});
    const ProtobufCMessageDescriptor *all = &tefter__from_terminal__descriptor;
    for (unsigned i = 0; i < all->n_fields; i++) {
        if (all->fields[i].quantifier_offset != offsetof(Tefter__FromTerminal, body_case))
            continue;
        size_t at = 0;
        while (at < sizeof of_company / sizeof of_company[0] &&
               strcmp(of_company[at].body, all->fields[i].name) != 0)
            at++;
        if (at == sizeof of_company / sizeof of_company[0])
            fail_msg("%s: what does it say of other branches?", all->fields[i].name);
        if (of_company[at].check != NULL)
            of_company[at].check(&boss, &mai);
        else
            assert_non_null(of_company[at].why);
    }
    client_close(&boss);
    client_close(&mai);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(an_owner_reads_who_tried_to_get_in),
        world_test(who_may_not_see_it_is_refused_by_name),
        world_test(it_is_read_in_pages_from_the_newest_line_back),
        world_test(who_belongs_to_a_branch_is_told_of_it_alone),
        world_test(status_tells_the_newest_lines_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
