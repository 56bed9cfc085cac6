/* Groups of customers, and the limit and term they bring. */
#include "domain/scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

/* Group 1 is tier A, 2 is tier B, 3 is area North. */
static struct scenario *with_groups(void)
{
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_group",
                  "{'dimension': 'tier', 'name': 'A', 'limit': {'limit_minor': 5000}}");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'B', 'term_days': 7}");
    scenario_done(s, "add_group", "{'dimension': 'area', 'name': 'North'}");
    return s;
}

static const Tefter__GroupRecord *group(struct scenario *s, uint32_t number)
{
    const Tefter__Answer *answer = scenario_ask(s, "groups", "{}");
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_GROUPS);
    return answer->groups->groups[number - 1];
}

static const Tefter__CustomerCardAnswer *card(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_card", json("{'customer': %u}", customer))->customer_card;
}

static uint32_t open_anh(struct scenario *s, const char *groups)
{
    return (uint32_t)scenario_done(
               s, "open_customer",
               json("{'name': 'Anh', 'phone': '1', 'area': 'x', 'groups': %s}", groups))
        ->id;
}

static void a_name_names_one_group_of_its_dimension(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    const Tefter__Refusal *refusal =
        REFUSED(s, "add_group", "{'dimension': 'tier', 'name': 'A'}", ALREADY_EXISTS, "name");
    assert_int_equal(refusal->existing, 1);
    assert_int_equal(scenario_done(s, "add_group", "{'dimension': 'area', 'name': 'A'}")->id, 4);
    const Tefter__GroupsAnswer *areas = scenario_ask(s, "groups", "{'dimension': 'area'}")->groups;
    assert_int_equal(areas->n_groups, 2);
    assert_string_equal(areas->groups[0]->name, "North");
    scenario_end(s);
}

static void a_group_with_a_mistake_is_refused_at_the_first_one(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
#define GROUP(more) "{'dimension': 'tier', 'name': 'A', " more "}"
    REFUSED(s, "add_group", "{'dimension': '', 'name': ''}", FIELD_MISSING, "dimension");
    REFUSED(s, "add_group", "{'dimension': 'a b', 'name': ''}", FIELD_INVALID, "dimension");
    REFUSED(s, "add_group", "{'dimension': 'tier', 'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "add_group", GROUP("'term_days': 3651"), FIELD_INVALID, "term_days");
    REFUSED(s, "add_group", GROUP("'limit': {'unlimited': true, 'limit_minor': 1}"), FIELD_INVALID,
            "limit.limit_minor");
    REFUSED(s, "add_group", GROUP("'limit': {'limit_minor': -1}"), FIELD_INVALID,
            "limit.limit_minor");
    REFUSED(s, "add_group", GROUP("'limit': {'limit_minor': 9000000000001}"), AMOUNT_TOO_BIG,
            "limit.limit_minor");
    REFUSED(s, "add_group", GROUP("'limit': {'valid_from': 0}"), DATE_INVALID, "limit.valid_from");
    REFUSED(s, "add_group", GROUP("'limit': {'valid_until': 65536}"), DATE_INVALID,
            "limit.valid_until");
    REFUSED(s, "add_group", GROUP("'limit': {'valid_from': 20001, 'valid_until': 20000}"),
            DATE_TOO_EARLY, "limit.valid_until");
    REFUSED(s, "add_group", GROUP("'limit': {'overdue_days': 3651}"), FIELD_INVALID,
            "limit.overdue_days");
    REFUSED(s, "add_group", GROUP("'limit': {'overdue_minor': -1}"), FIELD_INVALID,
            "limit.overdue_minor");
    REFUSED(s, "add_group", GROUP("'limit': {'document_max_minor': -1}"), FIELD_INVALID,
            "limit.document_max_minor");
    REFUSED(s, "add_group", GROUP("'limit': {'currency': 'VND'}"), WRONG_CURRENCY,
            "limit.currency");
    scenario_done(s, "add_group",
                  "{'dimension': 'tier', 'name': 'C', 'limit': {'unlimited': true, 'policy': "
                  "'WARN', 'valid_from': 20000, 'valid_until': 20000, 'currency': 'EUR'}}");
    scenario_end(s);
}

static void a_customer_is_in_one_group_of_each_dimension(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    uint32_t anh = open_anh(s, "[1, 3]");
    assert_int_equal(group(s, 1)->members, 1);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 5000);
    const Tefter__Done *done =
        scenario_done(s, "join_group", json("{'customer': %u, 'group': 2}", anh));
    assert_int_equal(done->account->limit_minor, 0);
    assert_int_equal(group(s, 1)->members, 0);
    assert_int_equal(group(s, 2)->members, 1);
    assert_int_equal(group(s, 3)->members, 1);
    const Tefter__CustomerRow *row = card(s, anh)->row;
    assert_int_equal(row->n_groups, 2);
    assert_int_equal(row->groups[0], 3);
    assert_int_equal(row->groups[1], 2);
    const Tefter__ChangeRecord *told =
        scenario_ask(s, "customer_changes", json("{'customer': %u}", anh))
            ->customer_changes->changes[0];
    assert_string_equal(told->fields[0]->field, "group.tier");
    assert_string_equal(told->fields[0]->old_value, "A");
    assert_string_equal(told->fields[0]->new_value, "B");
    scenario_end(s);
}

static void who_leaves_a_group_leaves_its_limit(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    uint32_t anh = open_anh(s, "[1]");
    const Tefter__Done *done =
        scenario_done(s, "leave_group", json("{'customer': %u, 'group': 1}", anh));
    assert_int_equal(done->account->limit_minor, 0);
    assert_int_equal(group(s, 1)->members, 0);
    assert_int_equal(card(s, anh)->row->n_groups, 0);
    scenario_end(s);
}

static void joining_and_leaving_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    uint32_t anh = open_anh(s, "[1]");
    REFUSED(s, "join_group", "{'customer': 99, 'group': 99}", NOT_FOUND, "customer");
    REFUSED(s, "join_group", json("{'customer': %u, 'group': 99}", anh), NOT_FOUND, "group");
    REFUSED(s, "join_group", json("{'customer': %u, 'group': 1}", anh), NOTHING_TO_CHANGE, NULL);
    REFUSED(s, "leave_group", "{'customer': 99, 'group': 99}", NOT_FOUND, "customer");
    REFUSED(s, "leave_group", json("{'customer': %u, 'group': 99}", anh), NOT_FOUND, "group");
    REFUSED(s, "leave_group", json("{'customer': %u, 'group': 2}", anh), NOTHING_TO_CHANGE, NULL);
    scenario_end(s);
}

static void sixteen_dimensions_are_enough(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    enum { MOST = 16 };
    uint32_t anh = open_anh(s, "[]");
    for (uint32_t i = 1; i <= MOST + 1; i++) {
        uint32_t made =
            (uint32_t)scenario_done(s, "add_group", json("{'dimension': 'd%u', 'name': 'one'}", i))
                ->id;
        if (i <= MOST)
            scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", anh, made));
    }
    const Tefter__Refusal *refusal =
        REFUSED(s, "join_group", json("{'customer': %u, 'group': 20}", anh), TOO_MANY, "group");
    assert_int_equal(refusal->most, MOST);
    scenario_done(s, "add_group", "{'dimension': 'd1', 'name': 'two'}");
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 21}", anh));
    assert_int_equal(card(s, anh)->row->n_groups, MOST);
    scenario_end(s);
}

static void a_group_changes_its_name_its_term_and_its_limit(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    uint32_t anh = open_anh(s, "[1]");
    scenario_done(s, "change_group", "{'group': 1, 'name': 'Gold', 'term_days': 60}");
    assert_string_equal(group(s, 1)->name, "Gold");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'A'}");
    REFUSED(s, "add_group", "{'dimension': 'tier', 'name': 'Gold'}", ALREADY_EXISTS, "name");
    assert_true(
        scenario_done(s, "change_group", "{'group': 1, 'limit': {'limit_minor': 100}}")->has_job);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 100);
    scenario_done(s, "change_group", "{'group': 1, 'clear': ['LIMIT']}");
    assert_null(group(s, 1)->limit);
    assert_int_equal(group(s, 1)->members, 1);
    assert_int_equal(group(s, 1)->term_days, 60);
    scenario_end(s);
}

static void every_member_hears_of_a_new_limit(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    uint32_t anh = open_anh(s, "[1]");
    open_anh(s, "[2]");
    uint32_t binh = open_anh(s, "[1, 3]");
    uint64_t job =
        scenario_done(s, "change_group", "{'group': 1, 'limit': {'limit_minor': 70}}")->job;
    scenario_as(s, 0);
    scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)job));
    REFUSED(s, "step_job", json("{'job': %llu}", (unsigned long long)job), NOT_FOUND, "job");
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 70);
    assert_int_equal(scenario_account(s, binh)->limit_minor, 70);
    scenario_end(s);
}

static void a_change_of_a_group_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = with_groups();
    REFUSED(s, "change_group", "{'group': 99, 'name': ' '}", FIELD_MISSING, "name");
    REFUSED(s, "change_group", "{'group': 99, 'term_days': 3651}", FIELD_INVALID, "term_days");
    REFUSED(s, "change_group", "{'group': 99, 'limit': {'limit_minor': -1}}", FIELD_INVALID,
            "limit.limit_minor");
    REFUSED(s, "change_group", "{'group': 99, 'name': 'x'}", NOT_FOUND, "group");
    REFUSED(s, "change_group", "{'group': 1}", NOTHING_TO_CHANGE, NULL);
    REFUSED(s, "change_group", "{'group': 1, 'name': 'A', 'limit': {'limit_minor': 5000}}",
            NOTHING_TO_CHANGE, NULL);
    REFUSED(s, "change_group", "{'group': 2, 'term_days': 7, 'limit': {}}", NOTHING_TO_CHANGE,
            NULL);
    assert_int_equal(
        REFUSED(s, "change_group", "{'group': 1, 'name': 'B'}", ALREADY_EXISTS, "name")->existing,
        2);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_names_one_group_of_its_dimension),
        cmocka_unit_test(a_group_with_a_mistake_is_refused_at_the_first_one),
        cmocka_unit_test(a_customer_is_in_one_group_of_each_dimension),
        cmocka_unit_test(who_leaves_a_group_leaves_its_limit),
        cmocka_unit_test(joining_and_leaving_with_a_mistake_is_refused),
        cmocka_unit_test(sixteen_dimensions_are_enough),
        cmocka_unit_test(a_group_changes_its_name_its_term_and_its_limit),
        cmocka_unit_test(every_member_hears_of_a_new_limit),
        cmocka_unit_test(a_change_of_a_group_with_a_mistake_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
