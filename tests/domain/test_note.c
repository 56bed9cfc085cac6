/* Notes on customers, when somebody comes back to them, and the list of whom to call. */
#include "domain/scenario.h"

#include "base/limits.h"

#include <string.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word

enum { TODAY = 20000 };

static uint64_t note(struct scenario *s, uint32_t customer, const char *text, const char *more)
{
    return scenario_done(s, "add_note",
                         json("{'customer': %u, 'text': '%s'%s}", customer, text, more))
        ->id;
}

static const Tefter__NotesAnswer *notes(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "notes", json("{'customer': %u}", customer))->notes;
}

static const Tefter__CustomerRow *row(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_card", json("{'customer': %u}", customer))->customer_card->row;
}

static const Tefter__CustomersAnswer *list(struct scenario *s, const char *wish)
{
    return scenario_ask(s, "customers", wish)->customers;
}

static void a_note_comes_back_on_its_day_until_it_is_done(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
    uint64_t plain = note(s, anh, "new yard", "");
    assert_false(row(s, anh)->has_again);
    uint64_t later = note(s, anh, "asks for more", ", 'again': 20005");
    uint64_t first = note(s, anh, "crane",
                          json(", 'again': 20002, 'owner': %u, 'kind': 'NOTE_DIFFICULTY', 'help': "
                               "'HELP_INSTALMENTS'",
                               clerk));
    assert_int_equal(row(s, anh)->again, 20002);
    assert_int_equal(row(s, anh)->again_owner, clerk);
    const Tefter__NotesAnswer *all = notes(s, anh);
    assert_int_equal(all->n_notes, 3);
    assert_int_equal(all->notes[0]->note, first);
    assert_int_equal(all->notes[0]->help, TEFTER__NOTE_HELP__HELP_INSTALMENTS);
    assert_int_equal(all->notes[2]->note, plain);
    scenario_done(
        s, "change_note",
        json("{'customer': %u, 'note': %llu, 'again': 20009}", anh, (unsigned long long)first));
    assert_int_equal(row(s, anh)->again, 20005);
    scenario_done(
        s, "change_note",
        json("{'customer': %u, 'note': %llu, 'done': true}", anh, (unsigned long long)later));
    assert_int_equal(row(s, anh)->again, 20009);
    assert_int_equal(row(s, anh)->again_owner, clerk);
    assert_true(notes(s, anh)->notes[1]->has_done_ms);
    scenario_refused(
        s, "change_note",
        json("{'customer': %u, 'note': %llu, 'done': true}", anh, (unsigned long long)later),
        CODE(NOTHING_TO_CHANGE), "done");
    scenario_refused(s, "change_note", json("{'customer': %u, 'note': 1, 'done': true}", anh),
                     CODE(NOT_FOUND), "note");
    scenario_end(s);
}

static void a_call_closes_what_was_due_and_is_the_last_contact(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    note(s, anh, "today", ", 'again': 20000");
    note(s, anh, "next week", ", 'again': 20007");
    note(s, anh, "will pay", ", 'kind': 'NOTE_CALL', 'result': 'CALL_REACHED', 'closes': true");
    const Tefter__CustomerRow *now = row(s, anh);
    assert_int_equal(now->again, 20007);
    assert_true(now->has_contact_ms);
    assert_int_equal(now->contact_result, TEFTER__CALL_RESULT__CALL_REACHED);
    assert_true(notes(s, anh)->notes[2]->has_done_ms);
    assert_false(notes(s, anh)->notes[1]->has_done_ms);
    scenario_end(s);
}

static void what_a_note_says_is_looked_at(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
#define REFUSED(more, code, field)                                                                 \
    scenario_refused(s, "add_note", json("{'customer': %u, 'text': 'x'%s}", anh, more),            \
                     CODE(code), field)
    scenario_refused(s, "add_note", json("{'customer': %u, 'text': ''}", anh), CODE(FIELD_MISSING),
                     "text");
    REFUSED(", 'again': 0", DATE_INVALID, "again");
    REFUSED(", 'owner': 1", FIELD_MISSING, "again");
    REFUSED(", 'result': 'CALL_REACHED'", FIELD_INVALID, "result");
    REFUSED(", 'help': 'HELP_EXTENSION'", FIELD_INVALID, "help");
    REFUSED(", 'again': 19999", DATE_TOO_EARLY, "again");
    REFUSED(", 'again': 20001, 'owner': 99", NOT_FOUND, "owner");
    scenario_refused(s, "add_note", "{'customer': 99, 'text': 'x'}", CODE(NOT_FOUND), "customer");
    scenario_refused(s, "add_note", "{'customer': 1, 'text': 'x'}", CODE(FIELD_INVALID),
                     "customer");
    for (int i = 0; i < NOTES_AGAIN_MAX; i++)
        note(s, anh, "x", json(", 'again': %d", TODAY + i));
    const Tefter__Refusal *full = REFUSED(", 'again': 20001", TOO_MANY, "again");
    assert_int_equal(full->most, NOTES_AGAIN_MAX);
    note(s, anh, "x", ", 'again': 20001, 'closes': true"); /* one of them was due */
#undef REFUSED
    scenario_end(s);
}

static void whom_to_call_is_whose_day_has_come_then_what_is_overdue_by_its_days(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t small_old = scenario_customer(s, "Small and old", 100000);
    uint32_t large_new = scenario_customer(s, "Large and new", 100000);
    uint32_t asked = scenario_customer(s, "Asked us to call", 100000);
    uint32_t promised = scenario_customer(s, "Overdue, called", 100000);
    uint32_t paid = scenario_customer(s, "Owes nothing", 100000);
    const struct {
        uint32_t customer;
        int amount;
        int due;
    } bills[] = {
        {small_old, 100, TODAY - 90}, {large_new, 2000, TODAY - 5}, {promised, 900, TODAY - 50}};
    for (size_t i = 0; i < 3; i++)
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'date': %d, 'due': %d, 'backfill': true, 'lines': "
                           "[{'text': 'x', 'quantity': 1000, 'price': %d}]}",
                           bills[i].customer, bills[i].due, bills[i].due, bills[i].amount * 1000));
    note(s, asked, "call", ", 'again': 20000");
    note(s, promised, "pays on Friday", ", 'again': 20004");
    const Tefter__CustomersAnswer *now =
        list(s, "{'calls': 'CALLS_NOW', 'sort': 'SORT_CALLS', 'count': true}");
    assert_int_equal(now->n_rows, 3);
    assert_int_equal(now->rows[0]->who->customer, asked);
    assert_int_equal(now->rows[1]->who->customer, large_new); /* 2000 x 5 */
    assert_int_equal(now->rows[2]->who->customer, small_old); /* 100 x 90 */
    assert_int_equal(now->counts->calls_now, 3);
    assert_int_equal(now->counts->calls_all, 4);
    assert_int_equal(now->counts->overdue, 3);
    assert_int_equal(now->counts->listed, 3);
    assert_int_equal(now->counts->overdue_minor, 2100);
    const Tefter__CustomersAnswer *all =
        list(s, "{'calls': 'CALLS_ALL', 'sort': 'SORT_CALLS', 'skip': 1, 'rows': 2}");
    assert_int_equal(all->n_rows, 2);
    assert_int_equal(all->rows[0]->who->customer, promised); /* 900 x 50 */
    assert_true(all->has_next);
    assert_int_equal(list(s, "{'owner': 1}")->n_rows, 2);
    assert_int_equal(list(s, "{'in_credit': true}")->n_rows, 0);
    const Tefter__CustomersAnswer *back =
        list(s, "{'sort': 'SORT_CODE', 'reverse': true, 'rows': 1}");
    assert_int_equal(back->rows[0]->who->customer, paid);
    const Tefter__CustomersAnswer *oldest = list(s, "{'sort': 'SORT_OLDEST', 'rows': 1}");
    assert_int_equal(oldest->rows[0]->who->customer, small_old);
    scenario_ask_refused(s, "customers", "{'skip': 1000001}", CODE(FIELD_INVALID));
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_comes_back_on_its_day_until_it_is_done),
        cmocka_unit_test(a_call_closes_what_was_due_and_is_the_last_contact),
        cmocka_unit_test(what_a_note_says_is_looked_at),
        cmocka_unit_test(whom_to_call_is_whose_day_has_come_then_what_is_overdue_by_its_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
