/* Branches and the terminals that stand in them. */
#include "domain/scenario.h"

#include <stdio.h>

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

#define CODE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CODE_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const Tefter__BranchRecord *branch(struct scenario *s, uint32_t number)
{
    const Tefter__Answer *answer = scenario_ask(s, "branches", "{}");
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_BRANCHES);
    return answer->branches->branches[number - 1];
}

static const Tefter__TerminalMember *terminal(struct scenario *s, uint32_t number)
{
    const Tefter__Answer *answer = scenario_ask(s, "terminals", "{}");
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_TERMINALS);
    return answer->terminals->terminals[number - 1];
}

static void give_code(struct scenario *s, uint32_t number, const char *digest)
{
    scenario_done(s, "set_enrolment_code",
                  json("{'terminal': %u, 'code_digest': '%s', 'expires_ms': %lld}", number, digest,
                       (long long)s->now_ms + 1000));
}

static const char *enrolment(uint32_t number, const char *digest, int serial)
{
    return json("{'terminal': %u, 'code_digest': '%s', 'serial': %d, 'fingerprint': 'f1f2', "
                "'not_after_ms': 1800000000000}",
                number, digest, serial);
}

static const char *renewal(uint32_t number, int serial)
{
    return json("{'terminal': %u, 'serial': %d, 'fingerprint': 'f3f4', "
                "'not_after_ms': 1900000000000}",
                number, serial);
}

/* ---- branches ---- */

static void a_branch_has_a_code_of_its_own_and_the_day_of_the_head_office(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    const Tefter__Done *done = scenario_done(
        s, "add_branch",
        "{'code': 'TD', 'name': 'Thủ Đức', 'utc_offset_minutes': 420, 'phone': '028', "
        "'address': '1 Võ Văn Ngân'}");
    assert_int_equal(done->id, 2);
    assert_string_equal(done->number, "TD");
    assert_int_equal(branch(s, 2)->date, 20000);
    assert_int_equal(branch(s, 2)->utc_offset_minutes, 420);
    const Tefter__Refusal *refusal =
        REFUSED(s, "add_branch", "{'code': 'TD', 'name': 'x'}", ALREADY_EXISTS, "code");
    assert_int_equal(refusal->existing, 2);
    scenario_end(s);
}

static void a_branch_with_a_mistake_is_refused_at_the_first_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "add_branch", "{'code': '', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "add_branch", "{'code': 'td', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "add_branch", "{'code': 'T-D', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "add_branch", "{'code': 'LONGER789', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "add_branch", "{'code': 'TD', 'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "add_branch", "{'code': 'TD', 'name': 'x', 'utc_offset_minutes': 841}",
            FIELD_INVALID, "utc_offset_minutes");
    REFUSED(s, "add_branch", "{'code': 'TD', 'name': 'x', 'utc_offset_minutes': -721}",
            FIELD_INVALID, "utc_offset_minutes");
    REFUSED(s, "add_branch", "{'code': 'TD', 'name': 'x', 'phone': ' ', 'address': ' '}",
            FIELD_MISSING, "phone");
    REFUSED(s, "add_branch", "{'code': 'TD', 'name': 'x', 'address': ' '}", FIELD_MISSING,
            "address");
    scenario_end(s);
}

static void a_branch_changes_only_when_something_changes(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "change_branch", "{'branch': 9, 'name': 'x'}", NOT_FOUND, "branch");
    REFUSED(s, "change_branch", "{'branch': 9, 'name': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "change_branch", "{'branch': 1}", NOTHING_TO_CHANGE, NULL);
    REFUSED(s, "change_branch", "{'branch': 1, 'name': 'HQ', 'blocked': false, 'phone': ''}",
            NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "change_branch", "{'branch': 1, 'name': 'Head office', 'phone': '028'}");
    assert_string_equal(branch(s, 1)->phone, "028");
    scenario_done(s, "change_branch", "{'branch': 1, 'phone': ''}");
    assert_null(branch(s, 1)->phone);
    assert_string_equal(branch(s, 1)->name, "Head office");
    scenario_end(s);
}

static void the_day_turns_forward_only_and_not_by_years(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "turn_day", "{'branch': 9, 'date': 0}", DATE_INVALID, "date");
    REFUSED(s, "turn_day", "{'branch': 9, 'date': 20001}", NOT_FOUND, "branch");
    REFUSED(s, "turn_day", "{'branch': 1, 'date': 20000}", NOTHING_TO_CHANGE, "date");
    REFUSED(s, "turn_day", "{'branch': 1, 'date': 19999}", DATE_INVALID, "date");
    REFUSED(s, "turn_day", "{'branch': 1, 'date': 20401}", DATE_IN_FUTURE, "date");
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20400}");
    assert_int_equal(branch(s, 1)->date, 20400);
    scenario_end(s);
}

/* A clock was ahead. */
static void the_date_goes_back_as_long_as_nothing_is_dated_later(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    scenario_sell(s, anh, 1);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20030}");
    scenario_done(s, "turn_day", "{'branch': 2, 'date': 20030}");
    scenario_as(s, ROLE_STAFF_OWNER);
    REFUSED(s, "turn_back_day", "{'branch': 9, 'date': 0}", DATE_INVALID, "date");
    REFUSED(s, "turn_back_day", "{'branch': 9, 'date': 20001}", NOT_FOUND, "branch");
    REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20030}", NOTHING_TO_CHANGE, "date");
    REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20031}", DATE_IN_FUTURE, "date");
    scenario_done(s, "turn_back_day", "{'branch': 1, 'date': 20015}");
    assert_int_equal(branch(s, 1)->date, 20015);
    const char *number = scenario_sell(s, anh, 1)->number;
    scenario_sell(s, anh, 1);
    const Tefter__Refusal *refusal =
        REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20014}", DATED_LATER, "date");
    assert_string_equal(refusal->existing_number, number);
    assert_int_equal(refusal->date, 20015);
    scenario_done(s, "turn_back_day", "{'branch': 2, 'date': 20000}");
    uint32_t clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, clerk);
    REFUSED(s, "turn_back_day", "{'branch': 2, 'date': 19999}", RIGHT_MISSING, NULL);
    scenario_end(s);
}

/* A few papers that a wrong clock dated ahead keep nobody there; a date before the clock's does. */
static void a_few_papers_dated_ahead_may_stay_so(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    s->now_ms = INT64_C(20010) * 24 * 3600 * 1000;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20045}");
    scenario_as(s, ROLE_STAFF_OWNER);
    unsigned long long ahead = scenario_sell(s, anh, 100)->id;
    REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20010}", DATED_LATER, "date");
    REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20009, 'leave_papers': true}", DATED_LATER,
            "date");
    for (int i = 1; i < 20; i++)
        scenario_sell(s, anh, 1);
    scenario_done(s, "turn_back_day", "{'branch': 1, 'date': 20010, 'leave_papers': true}");
    assert_int_equal(branch(s, 1)->date, 20010);
    /* what is written now has the right date, and pays what was dated ahead from that day on */
    const Tefter__Done *now = scenario_sell(s, anh, 7);
    assert_int_equal(scenario_ask(s, "document", json("{'number': '%s'}", now->number))
                         ->document->document->date,
                     20010);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 40, "
                       "'bills': [{'bill': %llu}]}",
                       anh, scenario_till(s), ahead));
    assert_int_equal(scenario_account(s, anh)->balance_minor, 100 + 19 + 7 - 40);
    const Tefter__AgingAnswer *then = scenario_ask(s, "aging", "{'as_of': 20010}")->aging;
    assert_int_equal(then->balance_minor, 7 - 40);
    assert_int_equal(scenario_ask(s, "aging", "{'as_of': 20045}")->aging->balance_minor, 86);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20045}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_sell(s, anh, 1); /* one more than may stay */
    REFUSED(s, "turn_back_day", "{'branch': 1, 'date': 20010, 'leave_papers': true}", DATED_LATER,
            "date");
    scenario_end(s);
}

/* At 2024-10-04 00:00 UTC, when the head office (UTC) has just begun its day. */
static void a_new_branch_begins_with_the_date_of_its_zone(void **state)
{
    (void)state;
    static const struct {
        int32_t offset;
        uint32_t date;
    } zones[] = {{840, 20000}, {420, 20000}, {0, 20000}, {-1, 19999}, {-210, 19999}, {-720, 19999}};
    for (uint32_t rules = 2; rules <= LEDGER_RULES; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        for (uint32_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
            scenario_done(
                s, "add_branch",
                json("{'code': 'Z%u', 'name': 'z', 'utc_offset_minutes': %d}", i, zones[i].offset));
            assert_int_equal(branch(s, i + 2)->date, rules < 3 ? 20000 : zones[i].date);
        }
        scenario_end(s);
    }
}

static void each_branch_numbers_its_own_papers(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    assert_string_equal(scenario_sell(s, anh, 100)->number, "HQ-00001");
    scenario_at(s, 2);
    const Tefter__Done *bill = scenario_sell(s, anh, 100);
    assert_string_equal(bill->number, "TD-00001");
    assert_string_equal(scenario_sell(s, anh, 100)->number, "TD-00002");
    uint32_t till = scenario_till(s);
    const Tefter__Done *money = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 50, 'money_account': %u}", anh,
             till));
    assert_string_equal(money->number, "TD-R-00001");
    const Tefter__Done *note = scenario_done(
        s, "issue_credit_note", json("{'invoice': %llu}", (unsigned long long)bill->id));
    assert_string_equal(note->number, "TD-CN-00001");
    const Tefter__Done *reversal =
        scenario_done(s, "reverse_document",
                      json("{'document': %llu, 'reason': 'x'}", (unsigned long long)money->id));
    assert_string_equal(reversal->reversal_number, "TD-X-00001");
    scenario_end(s);
}

static void a_blocked_branch_sells_nothing(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_done(s, "change_branch", "{'branch': 1, 'blocked': true}");
    REFUSED(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}", anh),
        BRANCH_BLOCKED, NULL);
    scenario_done(s, "change_branch", "{'branch': 1, 'blocked': false}");
    scenario_sell(s, anh, 1);
    scenario_end(s);
}

/* ---- terminals ---- */

static void a_terminal_stands_in_a_branch(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "add_terminal", "{'branch': 9, 'name': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "add_terminal", "{'branch': 9, 'name': 'till 2'}", NOT_FOUND, "branch");
    assert_int_equal(scenario_done(s, "add_terminal", "{'branch': 1, 'name': 'till 2'}")->id, 2);
    REFUSED(s, "change_terminal", "{'terminal': 2, 'name': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "change_terminal", "{'terminal': 9, 'branch': 9}", NOT_FOUND, "terminal");
    REFUSED(s, "change_terminal", "{'terminal': 2, 'branch': 9}", NOT_FOUND, "branch");
    REFUSED(s, "change_terminal", "{'terminal': 2, 'branch': 1, 'name': 'till 2'}",
            NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    scenario_done(s, "change_terminal", "{'terminal': 2, 'branch': 2, 'name': 'tablet'}");
    const Tefter__TerminalsAnswer *there = scenario_ask(s, "terminals", "{'branch': 2}")->terminals;
    assert_int_equal(there->n_terminals, 1);
    assert_string_equal(there->terminals[0]->name, "tablet");
    assert_false(there->terminals[0]->enrolled);
    scenario_end(s);
}

static void a_code_enrols_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_A, 1), CODE_WRONG, "code_digest");
    give_code(s, 1, CODE_A);
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_B, 1), CODE_WRONG, "code_digest");
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_A, 1));
    assert_true(terminal(s, 1)->enrolled);
    assert_int_equal(terminal(s, 1)->not_after_ms, 1800000000000);
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_A, 2), CODE_USED, "code_digest");
    give_code(s, 1, CODE_B);
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_A, 2), CODE_WRONG, "code_digest");
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_B, 1), FIELD_INVALID, "serial");
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_B, 2));
    scenario_end(s);
}

static void a_code_does_not_wait_for_ever(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    give_code(s, 1, CODE_A);
    scenario_wait(s, 1001);
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_A, 1), CODE_EXPIRED, "code_digest");
    give_code(s, 1, CODE_B);
    scenario_wait(s, 1000);
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_B, 1));
    scenario_end(s);
}

static void an_enrolment_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "set_enrolment_code", "{'terminal': 1, 'code_digest': 'aa', 'expires_ms': 1}",
            RIGHT_MISSING, NULL);
    scenario_as(s, 0);
    REFUSED(s, "set_enrolment_code", "{'terminal': 9, 'code_digest': 'aa', 'expires_ms': 1}",
            FIELD_INVALID, "code_digest");
    REFUSED(s, "set_enrolment_code",
            "{'terminal': 9, 'code_digest': '" CODE_A "', 'expires_ms': 1}", NOT_FOUND, "terminal");
    REFUSED(s, "enrol_terminal", enrolment(9, "aa", 1), FIELD_INVALID, "code_digest");
    REFUSED(s, "enrol_terminal",
            "{'terminal': 9, 'code_digest': '" CODE_A "', 'serial': 1, 'fingerprint': '', "
            "'not_after_ms': 1}",
            FIELD_INVALID, "fingerprint");
    REFUSED(s, "enrol_terminal", enrolment(9, CODE_A, 1), NOT_FOUND, "terminal");
    scenario_end(s);
}

static void a_certificate_is_renewed_by_a_newer_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "renew_terminal",
            "{'terminal': 1, 'serial': 2, 'fingerprint': '', 'not_after_ms': 1}", FIELD_INVALID,
            "fingerprint");
    REFUSED(s, "renew_terminal", renewal(9, 2), NOT_FOUND, "terminal");
    REFUSED(s, "renew_terminal", renewal(1, 2), TERMINAL_UNKNOWN, "terminal");
    give_code(s, 1, CODE_A);
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_A, 1));
    REFUSED(s, "renew_terminal", renewal(1, 1), FIELD_INVALID, "serial");
    scenario_done(s, "renew_terminal", renewal(1, 2));
    assert_int_equal(terminal(s, 1)->not_after_ms, 1900000000000);
    scenario_end(s);
}

static const char *browser(uint32_t number, const char *digest, int serial, int key_size)
{
    static char key[2 * 100 + 1];
    for (int i = 0; i < key_size; i++)
        (void)snprintf(key + 2 * i, 3, "c%x", (unsigned)i % 16);
    return json("{'terminal': %u, 'code_digest': '%s', 'serial': %d, 'fingerprint': 'f5f6', "
                "'not_after_ms': 0, 'key': '%s'}",
                number, digest, serial, key);
}

static void a_browser_has_a_key_that_does_not_end_and_is_not_renewed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    REFUSED(s, "enrol_terminal", browser(9, CODE_A, 1, 90), FIELD_INVALID, "key");
    REFUSED(s, "enrol_terminal", browser(9, CODE_A, 1, 92), FIELD_INVALID, "key");
    REFUSED(s, "enrol_terminal", browser(9, CODE_A, 1, 91), NOT_FOUND, "terminal");
    give_code(s, 1, CODE_A);
    scenario_done(s, "enrol_terminal", browser(1, CODE_A, 1, 91));
    assert_true(terminal(s, 1)->enrolled);
    assert_true(terminal(s, 1)->browser);
    assert_false(terminal(s, 1)->has_not_after_ms);
    REFUSED(s, "renew_terminal", renewal(1, 2), TERMINAL_UNKNOWN, "terminal");
    scenario_end(s);
}

static void the_newest_enrolment_says_what_a_terminal_is(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_as(s, 0);
    give_code(s, 1, CODE_A);
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_A, 1));
    assert_false(terminal(s, 1)->browser);
    scenario_done(s, "renew_terminal", renewal(1, 2));
    give_code(s, 1, CODE_B);
    REFUSED(s, "enrol_terminal", browser(1, CODE_B, 2, 91), FIELD_INVALID, "serial");
    scenario_done(s, "enrol_terminal", browser(1, CODE_B, 3, 91));
    assert_true(terminal(s, 1)->browser);
    assert_false(terminal(s, 1)->has_not_after_ms); /* nor is the certificate of before kept */
    give_code(s, 1, CODE_A);
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_A, 4));
    assert_false(terminal(s, 1)->browser);
    assert_int_equal(terminal(s, 1)->not_after_ms, 1800000000000);
    scenario_done(s, "renew_terminal", renewal(1, 5));
    scenario_end(s);
}

static void a_blocked_terminal_stops_who_stands_at_it_and_enrols_nothing(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_as(s, 0);
    give_code(s, 1, CODE_A);
    scenario_done(s, "enrol_terminal", enrolment(1, CODE_A, 1));
    give_code(s, 1, CODE_B);
    scenario_done(s, "change_terminal", "{'terminal': 1, 'blocked': true}");
    REFUSED(s, "enrol_terminal", enrolment(1, CODE_B, 2), TERMINAL_BLOCKED, "terminal");
    REFUSED(s, "renew_terminal", renewal(1, 2), TERMINAL_BLOCKED, "terminal");
    scenario_as(s, ROLE_STAFF_OWNER);
    const char *sale =
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}", anh);
    REFUSED(s, "issue_invoice", sale, TERMINAL_BLOCKED, NULL);
    s->actor.terminal = 9;
    REFUSED(s, "issue_invoice", sale, TERMINAL_UNKNOWN, NULL);
    scenario_as(s, 0);
    scenario_done(s, "change_terminal", "{'terminal': 1, 'blocked': false}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_sell(s, anh, 1);
    scenario_end(s);
}

static void an_alarm_about_a_terminal_is_kept_and_named(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_terminal", "{'branch': 1, 'name': 'till 1'}");
    REFUSED(s, "alarm_terminal", "{'terminal': 1, 'what': 'TERMINAL_COPIED'}", RIGHT_MISSING, NULL);
    scenario_as(s, 0);
    REFUSED(s, "alarm_terminal", "{'terminal': 9, 'what': 'TERMINAL_COPIED'}", NOT_FOUND,
            "terminal");
    scenario_done(s, "alarm_terminal", "{'terminal': 1, 'what': 'TERMINAL_COPIED'}");
    scenario_done(s, "alarm_terminal",
                  "{'terminal': 1, 'what': 'TERMINAL_MET_NEWER', 'incarnation': 2}");
    scenario_as(s, ROLE_STAFF_OWNER);
    const Tefter__AlarmsAnswer *alarms = scenario_ask(s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 2);
    assert_int_equal(alarms->rows[0]->what, TEFTER__TERMINAL_ALARM__TERMINAL_MET_NEWER);
    assert_int_equal(alarms->rows[0]->incarnation, 2);
    assert_string_equal(alarms->rows[1]->terminal_name, "till 1");
    assert_false(alarms->rows[1]->has_customer);
    assert_int_equal(scenario_ask(s, "alarms", "{'customer': 1}")->alarms->n_rows, 0);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_has_a_code_of_its_own_and_the_day_of_the_head_office),
        cmocka_unit_test(a_branch_with_a_mistake_is_refused_at_the_first_one),
        cmocka_unit_test(a_branch_changes_only_when_something_changes),
        cmocka_unit_test(the_day_turns_forward_only_and_not_by_years),
        cmocka_unit_test(the_date_goes_back_as_long_as_nothing_is_dated_later),
        cmocka_unit_test(a_few_papers_dated_ahead_may_stay_so),
        cmocka_unit_test(a_new_branch_begins_with_the_date_of_its_zone),
        cmocka_unit_test(each_branch_numbers_its_own_papers),
        cmocka_unit_test(a_blocked_branch_sells_nothing),
        cmocka_unit_test(a_terminal_stands_in_a_branch),
        cmocka_unit_test(a_code_enrols_once),
        cmocka_unit_test(a_code_does_not_wait_for_ever),
        cmocka_unit_test(an_enrolment_with_a_mistake_is_refused),
        cmocka_unit_test(a_certificate_is_renewed_by_a_newer_one),
        cmocka_unit_test(a_browser_has_a_key_that_does_not_end_and_is_not_renewed),
        cmocka_unit_test(the_newest_enrolment_says_what_a_terminal_is),
        cmocka_unit_test(an_alarm_about_a_terminal_is_kept_and_named),
        cmocka_unit_test(a_blocked_terminal_stops_who_stands_at_it_and_enrols_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
