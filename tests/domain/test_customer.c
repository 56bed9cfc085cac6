/* Customers: who they are, their lock, who may buy on their account, and the story of it all. */
#include "domain/scenario.h"

#include <stdio.h>

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

static const char *letters(int count)
{
    static char text[3000];
    memset(text, 'x', (size_t)count);
    text[count] = '\0';
    return text;
}

static const Tefter__CustomerCardAnswer *card(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_card", json("{'customer': %u}", customer))->customer_card;
}

/* The newest one; n_changes counts all. */
static const Tefter__CustomerChangesAnswer *changes(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_changes", json("{'customer': %u}", customer))
        ->customer_changes;
}

static const Tefter__FieldChange *change_of(const Tefter__ChangeRecord *change, const char *field)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i]->field, field) == 0)
            return change->fields[i];
    fail_msg("nothing is told of %s", field);
    return NULL;
}

static uint32_t open_anh(struct scenario *s)
{
    return (uint32_t)scenario_done(s, "open_customer",
                                   "{'name': 'Anh', 'phone': '0901', 'area': 'Thủ Đức'}")
        ->id;
}

static void turn_day(struct scenario *s, uint32_t date)
{
    Tefter__Actor actor = s->actor;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", date));
    s->actor = actor;
}

/* ---- opening ---- */

static void a_clerk_opens_a_customer_and_his_first_page_is_told(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, minh);
    const Tefter__Done *done = scenario_done(
        s, "open_customer",
        "{'code': 'AN/7', 'name': 'Anh', 'phone': '0901', 'area': 'Thủ Đức', 'nickname': 'Bé', "
        "'tax_code': '03', 'address': 'line 1\\nline 2', 'term_days': 15, 'language': 'vi', "
        "'note': 'pays on Fridays'}");
    assert_string_equal(done->number, "AN/7");
    assert_int_equal(done->account->limit_minor, 0);
    uint32_t anh = (uint32_t)done->id;
    const Tefter__CustomerRecord *record = card(s, anh)->record;
    assert_string_equal(record->name->value, "Anh");
    assert_int_equal(record->term_days, 15);
    assert_int_equal(record->branch, 1);
    const Tefter__CustomerChangesAnswer *told = changes(s, anh);
    assert_int_equal(told->n_changes, 1);
    assert_int_equal(told->changes[0]->actor->staff, minh);
    assert_string_equal(change_of(told->changes[0], "phone")->new_text->value, "0901");
    assert_null(change_of(told->changes[0], "area")->old_value);
    assert_string_equal(change_of(told->changes[0], "area")->new_value, "Thủ Đức");
    assert_string_equal(change_of(told->changes[0], "term_days")->new_value, "15");
    scenario_end(s);
}

static void who_brings_no_code_is_given_one_that_is_free(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "open_customer",
                  "{'code': 'C-000003', 'name': 'Anh', 'phone': '1', 'area': 'x'}");
    const char *nameless = "{'name': 'Binh', 'phone': '2', 'area': 'x'}";
    assert_string_equal(scenario_done(s, "open_customer", nameless)->number, "C-000003-2");
    assert_string_equal(scenario_done(s, "open_customer", nameless)->number, "C-000004");
    scenario_end(s);
}

static void a_code_names_one_customer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    const char *anh = "{'code': 'AN', 'name': 'Anh', 'phone': '1', 'area': 'x'}";
    uint64_t number = scenario_done(s, "open_customer", anh)->id;
    assert_int_equal(REFUSED(s, "open_customer", anh, ALREADY_EXISTS, "code")->existing, number);
    REFUSED(s, "open_customer", "{'code': 'CASH', 'name': 'x', 'phone': '1', 'area': 'x'}",
            ALREADY_EXISTS, "code");
    scenario_end(s);
}

static void a_code_may_be_of_any_script_but_has_no_spaces(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
#define CODED(code) "{'code': '" code "', 'name': 'Anh', 'phone': '1', 'area': 'x'}"
    scenario_done(s, "open_customer", CODED("Πελ-7"));
    scenario_done(s, "open_customer", CODED("客户/7"));
    REFUSED(s, "open_customer", CODED("客户\u3000 7"), FIELD_INVALID, "code");
    REFUSED(s, "open_customer", CODED("A\u00a07"), FIELD_INVALID, "code");
    REFUSED(s, "open_customer", CODED("A\t7"), FIELD_INVALID, "code");
    REFUSED(s, "open_customer", CODED("A+7"), FIELD_INVALID, "code");
    scenario_end(s);
}

static void people_must_say_name_phone_and_area(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "open_customer", "{'code': '', 'name': ''}", FIELD_MISSING, "code");
    REFUSED(s, "open_customer", "{'code': 'A N', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "open_customer", json("{'code': '%s', 'name': ''}", letters(41)), TEXT_INVALID,
            "code");
    REFUSED(s, "open_customer", "{'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "open_customer", "{'name': {}}", TEXT_INVALID, "name");
    REFUSED(s, "open_customer", "{'name': 'Anh'}", FIELD_MISSING, "phone");
    REFUSED(s, "open_customer", "{'name': 'Anh', 'phone': ''}", FIELD_MISSING, "phone");
    REFUSED(s, "open_customer", "{'name': 'Anh', 'phone': '1'}", FIELD_MISSING, "area");
    REFUSED(s, "open_customer", "{'name': 'Anh', 'phone': '1', 'area': ' \u3000 '}", FIELD_MISSING,
            "area");
    REFUSED(s, "open_customer", json("{'name': 'Anh', 'phone': '1', 'area': '%s'}", letters(201)),
            TEXT_INVALID, "area");
    scenario_end(s);
}

/* All that people must say, and then one thing more. */
#define ANH_WITH(more) "{'name': 'Anh', 'phone': '1', 'area': 'x', " more "}"

static void what_else_is_said_of_a_customer_is_looked_at_too(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    REFUSED(s, "open_customer", ANH_WITH("'nickname': {}"), TEXT_INVALID, "nickname");
    REFUSED(s, "open_customer", ANH_WITH("'tax_code': {}"), TEXT_INVALID, "tax_code");
    REFUSED(s, "open_customer", ANH_WITH("'address': {}"), TEXT_INVALID, "address");
    REFUSED(s, "open_customer", ANH_WITH("'term_days': 3651"), FIELD_INVALID, "term_days");
    REFUSED(s, "open_customer", ANH_WITH("'language': 'de'"), FIELD_INVALID, "language");
    REFUSED(s, "open_customer", ANH_WITH("'code': 'A', 'source': ''"), FIELD_MISSING, "source");
    REFUSED(s, "open_customer", ANH_WITH("'note': {}"), TEXT_INVALID, "note");
    REFUSED(s, "open_customer", ANH_WITH("'groups': [7]"), NOT_FOUND, "groups[0]");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'A'}");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'B'}");
    REFUSED(s, "open_customer", ANH_WITH("'groups': [1, 2]"), FIELD_INVALID, "groups[1]");
    REFUSED(s, "open_customer", ANH_WITH("'groups': [1, 1]"), FIELD_INVALID, "groups[1]");
    scenario_end(s);
}

static void an_import_may_know_less_and_counts_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    const char *row = "{'code': 'K1', 'name': 'Kim', 'source': 'old book'}";
    REFUSED(s, "open_customer", "{'name': 'Kim', 'source': 'old book'}", FIELD_MISSING, "code");
    uint64_t kim = scenario_done(s, "open_customer", row)->id;
    assert_int_equal(REFUSED(s, "open_customer", row, ALREADY_EXISTS, "source")->existing, kim);
    const char *other = "{'code': 'K1', 'name': 'Kim', 'source': 'other book'}";
    assert_int_equal(REFUSED(s, "open_customer", other, ALREADY_EXISTS, "code")->existing, kim);
    scenario_done(s, "open_customer",
                  "{'code': 'K2', 'name': 'Kim', 'phone': '', 'area': '', 'source': 'old book'}");
    scenario_end(s);
}

/* ---- changing ---- */

static void every_change_tells_who_when_old_and_new(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    uint32_t minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_wait(s, 5000);
    scenario_as(s, minh);
    scenario_done(s, "change_customer",
                  json("{'customer': %u, 'phone': '0902', 'area': 'Quận 1', 'note': 'new shop', "
                       "'term_days': 0}",
                       anh));
    const Tefter__ChangeRecord *change = changes(s, anh)->changes[0];
    assert_int_equal(change->n_fields, 4);
    assert_int_equal(change->actor->staff, minh);
    assert_int_equal(change->at_ms, s->now_ms);
    assert_string_equal(change_of(change, "phone")->old_text->value, "0901");
    assert_string_equal(change_of(change, "phone")->new_text->value, "0902");
    assert_string_equal(change_of(change, "area")->old_value, "Thủ Đức");
    assert_null(change_of(change, "term_days")->old_value);
    assert_string_equal(change_of(change, "term_days")->new_value, "0");
    scenario_done(s, "change_customer", json("{'customer': %u, 'note': ''}", anh));
    assert_null(card(s, anh)->record->note);
    assert_null(change_of(changes(s, anh)->changes[0], "note")->new_text);
    assert_int_equal(changes(s, anh)->n_changes, 3);
    scenario_end(s);
}

static void a_change_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
#define CHANGE(more) json("{'customer': %u, " more "}", anh)
    REFUSED(s, "change_customer", CHANGE("'name': ''"), FIELD_MISSING, "name");
    REFUSED(s, "change_customer", CHANGE("'phone': ''"), FIELD_MISSING, "phone");
    REFUSED(s, "change_customer", CHANGE("'area': ''"), FIELD_MISSING, "area");
    REFUSED(s, "change_customer", CHANGE("'area': 'a\\nb'"), TEXT_INVALID, "area");
    REFUSED(s, "change_customer", CHANGE("'nickname': {}"), TEXT_INVALID, "nickname");
    REFUSED(s, "change_customer", CHANGE("'tax_code': {}"), TEXT_INVALID, "tax_code");
    REFUSED(s, "change_customer", CHANGE("'address': {}"), TEXT_INVALID, "address");
    REFUSED(s, "change_customer", CHANGE("'term_days': 3651"), FIELD_INVALID, "term_days");
    REFUSED(s, "change_customer", CHANGE("'language': ''"), FIELD_INVALID, "language");
    REFUSED(s, "change_customer", CHANGE("'note': {}"), TEXT_INVALID, "note");
    REFUSED(s, "change_customer", "{'customer': 99, 'area': 'x'}", NOT_FOUND, "customer");
    REFUSED(s, "change_customer", CHANGE("'name': 'Anh', 'area': 'Thủ Đức'"), NOTHING_TO_CHANGE,
            NULL);
    REFUSED(s, "change_customer", CHANGE("'nickname': ''"), NOTHING_TO_CHANGE, NULL);
    scenario_end(s);
}

/* In the journal a text is a reference; the words are elsewhere. */
static void a_reference_stands_for_its_words(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    REFUSED(s, "change_customer", CHANGE("'name': {'id': 'aa'}"), TEXT_INVALID, "name");
    REFUSED(s, "change_customer", CHANGE("'name': {'size': 3}"), TEXT_INVALID, "name");
    REFUSED(s, "change_customer", CHANGE("'name': {'id': 'aa', 'size': 0}"), FIELD_MISSING, "name");
    const Tefter__Refusal *refusal = REFUSED(
        s, "change_customer", CHANGE("'name': {'id': 'aa', 'size': 2001}"), TEXT_INVALID, "name");
    assert_int_equal(refusal->most, 2000);
    scenario_done(s, "change_customer", CHANGE("'name': {'id': 'aa', 'size': 2000}"));
    REFUSED(s, "change_customer", CHANGE("'name': {'id': 'aa', 'size': 2000}"), NOTHING_TO_CHANGE,
            NULL);
    scenario_done(s, "change_customer", CHANGE("'note': {'id': 'ab', 'size': 4}"));
    scenario_done(s, "change_customer", CHANGE("'note': {'id': 'ac', 'size': 0}"));
    assert_null(card(s, anh)->record->note);
    scenario_end(s);
}

static void the_cash_customer_stays_as_he_is(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'A'}");
    REFUSED(s, "change_customer", "{'customer': 1, 'name': 'x'}", FIELD_INVALID, "customer");
    REFUSED(s, "lock_customer", "{'customer': 1}", FIELD_INVALID, "customer");
    REFUSED(s, "unlock_customer", "{'customer': 1}", FIELD_INVALID, "customer");
    REFUSED(s, "join_group", "{'customer': 1, 'group': 1}", FIELD_INVALID, "customer");
    REFUSED(s, "leave_group", "{'customer': 1, 'group': 1}", FIELD_INVALID, "customer");
    REFUSED(s, "authorise_buyer", "{'customer': 1, 'name': 'x'}", FIELD_INVALID, "customer");
    REFUSED(s, "revoke_buyer", "{'customer': 1, 'buyer': 1}", FIELD_INVALID, "customer");
    scenario_end(s);
}

static void a_long_story_comes_in_pages_newest_first(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    enum { CHANGES = 600, PAGE = 500 };
    for (int i = 1; i < CHANGES; i++)
        scenario_done(s, "change_customer", json("{'customer': %u, 'term_days': %d}", anh, i));
    const Tefter__CustomerChangesAnswer *first = changes(s, anh);
    assert_int_equal(first->n_changes, PAGE);
    assert_string_equal(change_of(first->changes[0], "term_days")->new_value, "599");
    char page[64] = "";
    for (size_t i = 0; i < first->next.len; i++)
        snprintf(page + 2 * i, sizeof page - 2 * i, "%02x", first->next.data[i]);
    const Tefter__CustomerChangesAnswer *second =
        scenario_ask(s, "customer_changes", json("{'customer': %u, 'page': '%s'}", anh, page))
            ->customer_changes;
    assert_int_equal(second->n_changes, CHANGES - PAGE);
    assert_string_equal(change_of(second->changes[0], "term_days")->new_value, "99");
    assert_false(second->has_next);
    scenario_ask_refused(s, "customer_changes", json("{'customer': %u, 'page': 'ff'}", anh),
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_ask_refused(s, "customer_changes", "{'customer': 99}",
                         TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_end(s);
}

/* ---- the lock ---- */

static void a_lock_is_set_once_and_lifted_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    const char *lock = json("{'customer': %u, 'reason': 'cheque bounced'}", anh);
    REFUSED(s, "unlock_customer", json("{'customer': %u}", anh), LOCK_STATE, "not_locked");
    assert_true(scenario_done(s, "lock_customer", lock)->account->locked);
    REFUSED(s, "lock_customer", lock, LOCK_STATE, "locked");
    const Tefter__CustomerCardAnswer *locked = card(s, anh);
    assert_true(locked->row->locked);
    assert_string_equal(locked->row->lock_reason->value, "cheque bounced");
    assert_int_equal(locked->record->locked_by->staff, ROLE_STAFF_OWNER);
    assert_int_equal(locked->record->locked_ms, s->now_ms);
    scenario_done(s, "unlock_customer", json("{'customer': %u, 'reason': 'has paid'}", anh));
    assert_false(card(s, anh)->row->locked);
    assert_null(card(s, anh)->record->lock_reason);
    const Tefter__ChangeRecord *told = changes(s, anh)->changes[0];
    assert_string_equal(change_of(told, "locked")->new_value, "false");
    assert_string_equal(change_of(told, "lock_reason")->old_text->value, "cheque bounced");
    assert_string_equal(change_of(told, "lock_reason")->new_text->value, "has paid");
    scenario_end(s);
}

static void a_lock_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    REFUSED(s, "lock_customer", "{'customer': 99, 'reason': {}, 'until': 0}", TEXT_INVALID,
            "reason");
    REFUSED(s, "lock_customer", "{'customer': 99, 'until': 0}", DATE_INVALID, "until");
    REFUSED(s, "lock_customer", "{'customer': 99, 'until': 19999}", NOT_FOUND, "customer");
    REFUSED(s, "lock_customer", json("{'customer': %u, 'until': 19999}", anh), DATE_TOO_EARLY,
            "until");
    REFUSED(s, "unlock_customer", "{'customer': 99, 'reason': {}}", TEXT_INVALID, "reason");
    REFUSED(s, "unlock_customer", "{'customer': 99}", NOT_FOUND, "customer");
    scenario_end(s);
}

static void a_lock_ends_by_itself_after_its_last_day(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    const char *sale =
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}", anh);
    scenario_done(s, "lock_customer", json("{'customer': %u, 'until': 20001}", anh));
    assert_string_equal(change_of(changes(s, anh)->changes[0], "locked_until")->new_value,
                        "2024-10-05");
    turn_day(s, 20001);
    REFUSED(s, "issue_invoice", sale, CUSTOMER_LOCKED, "customer");
    assert_true(card(s, anh)->row->locked);
    turn_day(s, 20002);
    scenario_done(s, "issue_invoice", sale);
    assert_false(card(s, anh)->row->locked);
    REFUSED(s, "unlock_customer", json("{'customer': %u}", anh), LOCK_STATE, "not_locked");
    scenario_done(s, "lock_customer", json("{'customer': %u}", anh));
    assert_false(card(s, anh)->record->has_locked_until);
    scenario_end(s);
}

/* ---- who may buy on his account ---- */

/* A sale of that many cents, the goods taken by this person. */
static const char *taken_by(uint32_t customer, uint32_t person, int amount)
{
    return json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                "'price': %d}]}",
                customer, person, amount * 1000);
}

static void a_driver_takes_goods_up_to_his_caps(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t hung = (uint32_t)scenario_done(s, "authorise_buyer",
                                            json("{'customer': %u, 'name': 'Hùng', 'phone': '09', "
                                                 "'identity': '079', 'cap_sale_minor': 500, "
                                                 "'cap_day_minor': 800}",
                                                 anh))
                        ->id;
    assert_int_equal(card(s, anh)->row->n_buyers, 1);
    assert_int_equal(scenario_account(s, anh)->buyers, 1);
    const Tefter__Refusal *refusal =
        REFUSED(s, "issue_invoice", taken_by(anh, hung, 501), BUYER_CAP_EXCEEDED, "buyer");
    assert_int_equal(refusal->over_by_minor, 1);
    assert_int_equal(refusal->available_minor, 500);
    scenario_done(s, "issue_invoice", taken_by(anh, hung, 500));
    refusal = REFUSED(s, "issue_invoice", taken_by(anh, hung, 400), BUYER_CAP_EXCEEDED, "buyer");
    assert_int_equal(refusal->over_by_minor, 100);
    assert_int_equal(refusal->available_minor, 300);
    refusal = REFUSED(s, "issue_invoice", taken_by(anh, hung, 600), BUYER_CAP_EXCEEDED, "buyer");
    assert_int_equal(refusal->over_by_minor, 300); /* of the day less is left than of a sale */
    assert_int_equal(refusal->available_minor, 300);
    assert_int_equal(refusal->ways[0]->amount_minor, 300);
    scenario_done(s, "issue_invoice", taken_by(anh, hung, 300));
    REFUSED(s, "issue_invoice", taken_by(anh, hung, 1), BUYER_CAP_EXCEEDED, "buyer");
    turn_day(s, 20001);
    scenario_done(s, "issue_invoice", taken_by(anh, hung, 500));
    scenario_end(s);
}

static void a_sale_that_is_reversed_gives_back_the_cap_of_its_day(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Hùng', 'cap_day_minor': 100}", anh));
    unsigned long long sold = scenario_done(s, "issue_invoice", taken_by(anh, 1, 80))->id;
    REFUSED(s, "issue_invoice", taken_by(anh, 1, 21), BUYER_CAP_EXCEEDED, "buyer");
    scenario_done(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", sold));
    sold = scenario_done(s, "issue_invoice", taken_by(anh, 1, 100))->id;
    turn_day(s, 20001);
    scenario_done(s, "issue_invoice", taken_by(anh, 1, 60));
    scenario_done(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", sold));
    REFUSED(s, "issue_invoice", taken_by(anh, 1, 41), BUYER_CAP_EXCEEDED,
            "buyer"); /* another day's */
    scenario_end(s);
}

static void two_branches_on_two_days_do_not_make_two_caps(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    scenario_done(s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Hùng', 'cap_day_minor': 100}", anh));
    turn_day(s, 20001);
    scenario_done(s, "issue_invoice", taken_by(anh, 1, 100));
    scenario_at(s, 2);
    REFUSED(s, "issue_invoice", taken_by(anh, 1, 1), BUYER_CAP_EXCEEDED, "buyer");
    scenario_at(s, 1);
    REFUSED(s, "issue_invoice", taken_by(anh, 1, 1), BUYER_CAP_EXCEEDED, "buyer");
    scenario_end(s);
}

static void who_is_revoked_past_his_day_or_unknown_takes_nothing(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Hùng'}", anh));
    scenario_done(s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Lan', 'valid_until': 20000}", anh));
    scenario_done(s, "issue_invoice", taken_by(anh, 1, 100));
    scenario_done(s, "issue_invoice", taken_by(anh, 2, 100));
    scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': 1}", anh));
    turn_day(s, 20001);
    REFUSED(s, "issue_invoice", taken_by(anh, 1, 100), BUYER_NOT_AUTHORISED, "buyer");
    REFUSED(s, "issue_invoice", taken_by(anh, 2, 100), BUYER_NOT_AUTHORISED, "buyer");
    REFUSED(s, "issue_invoice", taken_by(anh, 3, 100), BUYER_NOT_AUTHORISED, "buyer");
    assert_int_equal(card(s, anh)->row->n_buyers, 0);
    assert_int_equal(card(s, anh)->record->n_buyers, 2);
    const Tefter__FieldChange *told = change_of(changes(s, anh)->changes[0], "person.1");
    assert_string_equal(told->old_text->value, "Hùng");
    assert_null(told->new_text);
    scenario_end(s);
}

static void a_person_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
#define PERSON(more) json("{'customer': 99, 'name': 'Hùng', " more "}")
    REFUSED(s, "authorise_buyer", "{'customer': 99, 'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "authorise_buyer", "{'customer': 99, 'name': {}}", TEXT_INVALID, "name");
    REFUSED(s, "authorise_buyer", PERSON("'phone': {}"), TEXT_INVALID, "phone");
    REFUSED(s, "authorise_buyer", PERSON("'identity': {}"), TEXT_INVALID, "identity");
    REFUSED(s, "authorise_buyer", PERSON("'cap_sale_minor': 0"), AMOUNT_NOT_POSITIVE,
            "cap_sale_minor");
    REFUSED(s, "authorise_buyer", PERSON("'cap_day_minor': -1"), AMOUNT_NOT_POSITIVE,
            "cap_day_minor");
    REFUSED(s, "authorise_buyer", PERSON("'cap_day_minor': 9000000000001"), AMOUNT_TOO_BIG,
            "cap_day_minor");
    REFUSED(s, "authorise_buyer", PERSON("'valid_until': 0"), DATE_INVALID, "valid_until");
    REFUSED(s, "authorise_buyer", PERSON("'valid_until': 1"), NOT_FOUND, "customer");
    REFUSED(s, "authorise_buyer",
            json("{'customer': %u, 'name': 'Hùng', 'valid_until': 19999}", anh), DATE_TOO_EARLY,
            "valid_until");
    REFUSED(s, "revoke_buyer", "{'customer': 99, 'buyer': 1}", NOT_FOUND, "customer");
    REFUSED(s, "revoke_buyer", json("{'customer': %u, 'buyer': 1}", anh), NOT_FOUND, "buyer");
    scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Hùng'}", anh));
    scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': 1}", anh));
    REFUSED(s, "revoke_buyer", json("{'customer': %u, 'buyer': 1}", anh), NOTHING_TO_CHANGE, NULL);
    scenario_end(s);
}

static void thirty_two_may_buy_and_the_revoked_do_not_pile_up(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = open_anh(s);
    const char *one_more = json("{'customer': %u, 'name': 'Hùng'}", anh);
    enum { MOST = 32, KEPT = 64, HIRED = 80 };
    for (int i = 1; i <= MOST; i++)
        scenario_done(s, "authorise_buyer", one_more);
    assert_int_equal(REFUSED(s, "authorise_buyer", one_more, TOO_MANY, "buyers")->most, MOST);
    for (unsigned i = MOST + 1; i <= HIRED; i++) {
        one_more = json("{'customer': %u, 'name': 'Hùng'}", anh);
        scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': %u}", anh, i - MOST));
        assert_int_equal(scenario_done(s, "authorise_buyer", one_more)->id, i);
    }
    const Tefter__CustomerRecord *record = card(s, anh)->record;
    assert_int_equal(record->n_buyers, KEPT);
    assert_int_equal(record->buyers[0]->buyer, HIRED - KEPT + 1);
    assert_int_equal(card(s, anh)->row->n_buyers, MOST);
    scenario_end(s);
}

/* ---- finding him ---- */

static void number_and_code_name_the_same_man_or_nobody(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t binh = scenario_customer(s, "Binh", 1000);
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'customer_code': 'C-%06u', 'lines': [{'text': 'a', "
                       "'quantity': 1000, 'price': 1000}]}",
                       anh, anh));
    REFUSED(s, "issue_invoice",
            json("{'customer': %u, 'customer_code': 'C-%06u', 'lines': [{'text': 'a', "
                 "'quantity': 1000, 'price': 1000}]}",
                 anh, binh),
            NOT_FOUND, "customer");
    scenario_ask_refused(s, "customer_card", "{'code': 'nobody'}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_ask_refused(s, "customer_card", "{}", TEFTER__REFUSAL_CODE__FIELD_MISSING);
    scenario_end(s);
}

static void pin(struct scenario *s, uint32_t customer, uint32_t buyer, const char *hash)
{
    scenario_done(s, "set_buyer_pin",
                  json("{'customer': %u, 'buyer': %u%s}", customer, buyer,
                       hash == NULL ? "" : json(", 'pin_hash': '%s'", hash)));
}

static bool sold_with_pin(struct scenario *s, const char *number)
{
    return scenario_ask(s, "document", json("{'number': '%s'}", number))
        ->document->document->with_pin;
}

static const char *put_right(uint64_t document, const char *invoice)
{
    return json("{'document': %llu, 'reason': 'x', 'invoice': %s}", (unsigned long long)document,
                invoice);
}

static void a_buyers_pin_is_wanted_until_it_is_taken_away(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t hung =
        (uint32_t)scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Hùng'}", anh))
            ->id;
    assert_false(scenario_done(s, "issue_invoice", taken_by(anh, hung, 1))->with_pin);
    pin(s, anh, hung, "0102");
    uint64_t first = s->seq;
    assert_true(card(s, anh)->row->buyers[0]->with_pin);
    REFUSED(s, "issue_invoice", taken_by(anh, hung, 1), PIN_NEEDED, "buyer");
    s->buyer_pin = first - 1;
    REFUSED(s, "issue_invoice", taken_by(anh, hung, 1), PIN_WRONG, "buyer");
    s->buyer_pin = first;
    const Tefter__Done *sold = scenario_done(s, "issue_invoice", taken_by(anh, hung, 1));
    assert_true(sold->with_pin);
    assert_true(sold_with_pin(s, sold->number));

    pin(s, anh, hung, "0304"); /* the one before counts no more */
    uint64_t second = s->seq;
    REFUSED(s, "issue_invoice", taken_by(anh, hung, 1), PIN_WRONG, "buyer");
    s->buyer_pin = 0;
    /* what is put right and takes no more stays as it was typed; what takes more does not */
    REFUSED(s, "correct_invoice", put_right(sold->id, taken_by(anh, hung, 2)), PIN_NEEDED, "buyer");
    sold = scenario_done(s, "correct_invoice", put_right(sold->id, taken_by(anh, hung, 1)));
    assert_true(sold_with_pin(s, sold->number));
    /* what happened already needs none */
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'buyer': %u, 'backfill': true, 'lines': [{'text': 'a', "
                       "'quantity': 1000, 'price': 1}]}",
                       anh, hung));
    pin(s, anh, hung, NULL);
    assert_false(scenario_done(s, "issue_invoice", taken_by(anh, hung, 1))->with_pin);
    REFUSED(s, "set_buyer_pin", json("{'customer': %u, 'buyer': %u}", anh, hung), NOTHING_TO_CHANGE,
            NULL);
    /* a PIN that was taken away meanwhile is no reason to refuse */
    s->buyer_pin = second;
    assert_false(scenario_done(s, "issue_invoice", taken_by(anh, hung, 1))->with_pin);
    scenario_end(s);
}

static void refusals_of_set_buyer_pin(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Hùng'}", anh));
    REFUSED(s, "set_buyer_pin", "{'customer': 99, 'buyer': 1, 'pin_hash': ''}", FIELD_INVALID,
            "pin_hash");
    REFUSED(s, "set_buyer_pin", "{'customer': 99, 'buyer': 1}", NOT_FOUND, "customer");
    REFUSED(s, "set_buyer_pin", "{'customer': 1, 'buyer': 1}", FIELD_INVALID, "customer");
    REFUSED(s, "set_buyer_pin", json("{'customer': %u, 'buyer': 2}", anh), NOT_FOUND, "buyer");
    scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': 1}", anh));
    REFUSED(s, "set_buyer_pin", json("{'customer': %u, 'buyer': 1, 'pin_hash': '01'}", anh),
            NOT_FOUND, "buyer");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clerk_opens_a_customer_and_his_first_page_is_told),
        cmocka_unit_test(a_sale_that_is_reversed_gives_back_the_cap_of_its_day),
        cmocka_unit_test(who_brings_no_code_is_given_one_that_is_free),
        cmocka_unit_test(a_code_names_one_customer),
        cmocka_unit_test(a_code_may_be_of_any_script_but_has_no_spaces),
        cmocka_unit_test(people_must_say_name_phone_and_area),
        cmocka_unit_test(what_else_is_said_of_a_customer_is_looked_at_too),
        cmocka_unit_test(an_import_may_know_less_and_counts_once),
        cmocka_unit_test(every_change_tells_who_when_old_and_new),
        cmocka_unit_test(a_change_with_a_mistake_is_refused),
        cmocka_unit_test(a_reference_stands_for_its_words),
        cmocka_unit_test(the_cash_customer_stays_as_he_is),
        cmocka_unit_test(a_long_story_comes_in_pages_newest_first),
        cmocka_unit_test(a_lock_is_set_once_and_lifted_once),
        cmocka_unit_test(a_lock_with_a_mistake_is_refused),
        cmocka_unit_test(a_lock_ends_by_itself_after_its_last_day),
        cmocka_unit_test(a_driver_takes_goods_up_to_his_caps),
        cmocka_unit_test(two_branches_on_two_days_do_not_make_two_caps),
        cmocka_unit_test(who_is_revoked_past_his_day_or_unknown_takes_nothing),
        cmocka_unit_test(a_person_with_a_mistake_is_refused),
        cmocka_unit_test(thirty_two_may_buy_and_the_revoked_do_not_pile_up),
        cmocka_unit_test(a_buyers_pin_is_wanted_until_it_is_taken_away),
        cmocka_unit_test(refusals_of_set_buyer_pin),
        cmocka_unit_test(number_and_code_name_the_same_man_or_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
