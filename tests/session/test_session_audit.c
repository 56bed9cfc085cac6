/*
 * The audit log as those see it who may: names beside numbers, newest first, in pages; and what is
 * in it after somebody tried to get in.
 */
#include "world.h"

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

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(an_owner_reads_who_tried_to_get_in),
        world_test(who_may_not_see_it_is_refused_by_name),
        world_test(it_is_read_in_pages_from_the_newest_line_back),
        world_test(status_tells_the_newest_lines_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
