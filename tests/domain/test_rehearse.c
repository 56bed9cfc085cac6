/* A change is rehearsed as it then comes; and who changed what of master data is told. */
#include "scenario.h"

#include "base/limits.h"

#include <stdio.h>

enum { CUSTOMERS = 12 };

static const Tefter__RehearseAnswer *rehearse(struct scenario *s, const char *command,
                                              const char *more)
{
    return scenario_ask(s, "rehearse", json("{'command': %s%s}", command, more))->rehearse;
}

static Tefter__RefusalCode heard(struct scenario *s, uint32_t customer)
{
    const Tefter__WhatIfAnswer *answer =
        scenario_ask(s, "what_if", json("{'customer': %u, 'amount_minor': 1}", customer))->what_if;
    return answer->refusal != NULL ? answer->refusal->code : 0;
}

/* Customers with the company's limit, of whom each owes a hundred more than the one before. Two
 * have their own limit; one is locked. */
static uint32_t crowd(struct scenario *s, uint32_t customers[CUSTOMERS])
{
    scenario_done(s, "set_credit_policy", "{'terms': {'limit_minor': 100000}}");
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        customers[i] = (uint32_t)scenario_done(s, "open_customer",
                                               json("{'name': {'value': 'C%u'}, 'phone': {'value': "
                                                    "'0%u'}, 'area': 'town'}",
                                                    i, 5000 + i))
                           ->id;
        if (i < 2)
            scenario_done(s, "set_credit_limit",
                          json("{'customer': %u, 'terms': {'limit_minor': 5000}}", customers[i]));
        scenario_sell(s, customers[i], 100 * (i + 1));
    }
    scenario_done(s, "lock_customer",
                  json("{'customer': %u, 'reason': {'value': 'x'}}", customers[CUSTOMERS - 1]));
    return customers[0];
}

static void note_all(struct scenario *s, const uint32_t customers[CUSTOMERS],
                     Tefter__RefusalCode codes[CUSTOMERS])
{
    for (uint32_t i = 0; i < CUSTOMERS; i++)
        codes[i] = heard(s, customers[i]);
}

static bool is_told(const Tefter__RehearseAnswer *told, uint32_t customer, bool stopped)
{
    for (size_t i = 0; i < told->n_rows; i++)
        if (told->rows[i]->who->customer == customer)
            return told->rows[i]->stopped == stopped;
    return false;
}

/* Rehearsed, then done: whoever was told is stopped or freed, and nobody else. */
static void comes_as_rehearsed(struct scenario *s, const uint32_t customers[CUSTOMERS],
                               const char *command, const char *name, const char *fields)
{
    Tefter__RefusalCode before[CUSTOMERS];
    Tefter__RefusalCode after[CUSTOMERS];
    note_all(s, customers, before);
    const Tefter__RehearseAnswer *told = rehearse(s, command, "");
    assert_null(told->refusal);
    assert_true(told->has_at_ms);
    assert_true(told->at_ms <= s->now_ms && told->at_ms > s->now_ms - 60000);
    Tefter__RefusalCode still[CUSTOMERS];
    note_all(s, customers, still);
    assert_memory_equal(before, still, sizeof before); /* nothing was changed */
    scenario_done(s, name, fields);
    note_all(s, customers, after);
    uint32_t stopped = 0;
    uint32_t freed = 0;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        bool stops = before[i] == 0 && after[i] != 0;
        bool frees = before[i] != 0 && after[i] == 0;
        stopped += stops;
        freed += frees;
        assert_int_equal(is_told(told, customers[i], true), stops);
        assert_int_equal(is_told(told, customers[i], false), frees);
    }
    assert_int_equal(told->stopped, stopped);
    assert_int_equal(told->freed, freed);
    assert_int_equal(told->n_rows, stopped + freed);
}

static void comes(struct scenario *s, const uint32_t customers[CUSTOMERS], const char *name,
                  const char *fields)
{
    comes_as_rehearsed(s, customers, json("{'%s': %s}", name, fields), name, fields);
}

static void a_policy_comes_as_it_was_rehearsed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t customers[CUSTOMERS];
    crowd(s, customers);
    const Tefter__RehearseAnswer *told =
        rehearse(s, "{'set_credit_policy': {'terms': {'limit_minor': 650}}}", "");
    assert_int_equal(told->stopped, 5); /* 700 to 1100; the last one is locked anyway */
    assert_int_equal(told->rows[0]->after->over_by_minor, 51);
    assert_int_equal(told->rows[0]->before->limit_minor, 100000);
    assert_int_equal(told->rows[0]->after->limit_minor, 650);
    assert_int_equal(told->rows[0]->code, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    /* ten of the twelve have the company's limit */
    assert_int_equal(told->lowered, CUSTOMERS - 2);
    assert_int_equal(told->lowered_minor, (CUSTOMERS - 2) * (100000 - 650));
    assert_int_equal(told->raised, 0);
    comes(s, customers, "set_credit_policy", "{'terms': {'limit_minor': 650}}");
    told = rehearse(s, "{'set_credit_policy': {'terms': {'limit_minor': 900}}}", "");
    assert_int_equal(told->raised, CUSTOMERS - 2);
    assert_int_equal(told->raised_minor, (CUSTOMERS - 2) * (900 - 650));
    assert_int_equal(told->unbounded, 0);
    assert_int_equal(told->lowered, 0);
    told = rehearse(s, "{'set_credit_policy': {'terms': {'unlimited': true}}}", "");
    assert_int_equal(told->raised, CUSTOMERS - 2);
    assert_int_equal(told->unbounded, CUSTOMERS - 2);
    assert_int_equal(told->raised_minor, 0);
    comes(s, customers, "set_credit_policy", "{'terms': {'limit_minor': 900}}");
    comes(s, customers, "set_credit_policy", "{'terms': {'policy': 'EXCESS_APPROVE'}}");
    comes(s, customers, "set_credit_policy", "{'terms': {'policy': 'EXCESS_WARN'}}");
    comes(s, customers, "set_credit_policy", "{'terms': {'unpaid_max': 1}}");
    comes(s, customers, "set_credit_policy",
          "{'terms': {'unlimited': true, 'policy': 'EXCESS_BLOCK'}}");
    comes(s, customers, "set_credit_policy", "{'terms': {}, 'clear': ['TERM_UNPAID_MAX']}");
    comes(s, customers, "set_credit_policy", "{'terms': {'limit_minor': 0}}");
    scenario_end(s);
}

static void a_groups_limit_comes_as_it_was_rehearsed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t customers[CUSTOMERS];
    crowd(s, customers);
    uint64_t group = scenario_done(s, "add_group", "{'dimension': 'trade', 'name': 'roofers'}")->id;
    for (uint32_t i = 0; i < CUSTOMERS; i += 2)
        scenario_done(s, "join_group",
                      json("{'customer': %u, 'group': %u}", customers[i], (unsigned)group));
    const char *fields = json("{'group': %u, 'limit': {'limit_minor': 450}}", (unsigned)group);
    const Tefter__RehearseAnswer *told = rehearse(s, json("{'change_group': %s}", fields), "");
    assert_int_equal(told->customers, CUSTOMERS / 2); /* its members alone */
    assert_int_equal(told->stopped, 4);               /* 500, 700, 900, 1100 */
    comes(s, customers, "change_group", fields);
    comes(s, customers, "change_group",
          json("{'group': %u, 'clear': ['TERM_LIMIT']}", (unsigned)group));
    scenario_end(s);
}

/* So many rows a page, and the sum of all pages is the whole. */
static void pages_add_up(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t customers[CUSTOMERS];
    crowd(s, customers);
    const char *command = "{'set_credit_policy': {'terms': {'limit_minor': 250}}}";
    const Tefter__RehearseAnswer *whole = rehearse(s, command, "");
    assert_int_equal(whole->customers, CUSTOMERS + 1); /* the one who pays at once, too */
    uint32_t all = whole->customers;
    uint32_t stopped = whole->stopped;
    uint32_t pages = 0;
    uint32_t looked = 0;
    uint32_t found = 0;
    const Tefter__RehearseAnswer *page = rehearse(s, command, ", 'rows': 2");
    for (;; pages++) {
        char token[64] = "";
        looked += page->customers;
        found += page->stopped;
        assert_in_range(page->n_rows, 0, 2);
        if (!page->has_next)
            break;
        for (size_t i = 0; i < page->next.len; i++)
            snprintf(token + 2 * i, 3, "%02x", page->next.data[i]);
        page = rehearse(s, command, json(", 'rows': 2, 'page': '%s'", token));
    }
    assert_true(pages >= 3);
    assert_int_equal(looked, all);
    assert_int_equal(found, stopped);
    scenario_end(s);
}

static const Tefter__RehearsedThreshold *bound_of(const Tefter__RehearsedPerson *person,
                                                  Tefter__Threshold threshold)
{
    for (size_t i = 0; i < person->n_thresholds; i++)
        if (person->thresholds[i]->threshold == threshold)
            return person->thresholds[i];
    return NULL;
}

static void a_bound_of_a_role_concerns_its_people(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t ann = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_SALES);
    uint32_t bob = scenario_staff(s, "bob", TEFTER__ROLE__ROLE_SALES);
    uint32_t eve = scenario_staff(s, "eve", TEFTER__ROLE__ROLE_SALES);
    scenario_staff(s, "kim", TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'blocked': true}", eve));
    const char *command =
        "{'set_thresholds': {'thresholds': [{'threshold': 'THRESHOLD_DISCOUNT', 'role': "
        "'ROLE_SALES', 'most': 0}, {'threshold': 'THRESHOLD_LATER_DUE', 'role': 'ROLE_SALES', "
        "'most': 7}]}}";
    const Tefter__RehearseAnswer *told = rehearse(s, command, "");
    assert_null(told->refusal);
    const Tefter__StaffAnswer *all = scenario_ask(s, "staff", "{}")->staff;
    size_t clerks = 0;
    for (size_t i = 0; i < all->n_staff; i++)
        clerks += all->staff[i]->role == TEFTER__ROLE__ROLE_SALES && !all->staff[i]->blocked;
    told = rehearse(s, command, "");
    assert_int_equal(told->n_people, clerks);
    assert_int_equal(told->people_less, clerks);
    assert_int_equal(told->people_more, clerks);
    bool seen_ann = false;
    for (size_t i = 0; i < told->n_people; i++) {
        const Tefter__RehearsedPerson *person = told->people[i];
        const Tefter__RehearsedThreshold *discount =
            bound_of(person, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT);
        seen_ann |= person->staff == ann;
        assert_int_not_equal(person->staff, eve);
        assert_non_null(discount);
        assert_int_equal(discount->before, 500);
        assert_int_equal(discount->after, 0);
        assert_true(discount->less);
        assert_false(bound_of(person, TEFTER__THRESHOLD__THRESHOLD_LATER_DUE)->less);
    }
    assert_true(seen_ann);
    (void)bob;
    scenario_end(s);
}

static const Tefter__RehearsedRight *right_of(const Tefter__RehearsedPerson *person,
                                              Tefter__Right right)
{
    for (size_t i = 0; i < person->n_rights; i++)
        if (person->rights[i]->right == right)
            return person->rights[i];
    return NULL;
}

static void another_role_says_what_goes_and_who_is_left(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t kim = scenario_staff(s, "kim2", TEFTER__ROLE__ROLE_ACCOUNTANT);
    const Tefter__RehearseAnswer *told =
        rehearse(s, json("{'change_staff': {'staff': %u, 'role': 'ROLE_SALES'}}", kim), "");
    assert_int_equal(told->n_people, 1);
    const Tefter__RehearsedPerson *person = told->people[0];
    assert_true(right_of(person, TEFTER__RIGHT__RIGHT_CONFIRM_MONEY)->lost);
    assert_true(right_of(person, TEFTER__RIGHT__RIGHT_CONFIRM_MONEY)->others >= 1);
    assert_false(right_of(person, TEFTER__RIGHT__RIGHT_SELL)->lost);
    assert_null(right_of(person, TEFTER__RIGHT__RIGHT_SEE)); /* both have it */
    scenario_done(s, "change_staff", json("{'staff': %u, 'role': 'ROLE_SALES'}", kim));
    scenario_as(s, kim);
    scenario_refused(s, "confirm_payment", "{'payment': '1', 'confirmed': true}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    told = rehearse(s, json("{'change_staff': {'staff': %u, 'blocked': true}}", kim), "");
    assert_true(right_of(told->people[0], TEFTER__RIGHT__RIGHT_SELL)->lost);
    scenario_end(s);
}

static void who_may_not_is_told_so_and_nothing_else(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t customers[CUSTOMERS];
    crowd(s, customers);
    uint32_t ann = scenario_staff(s, "ann3", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, ann);
    const char *command = "{'set_credit_policy': {'terms': {'limit_minor': 1}}}";
    const Tefter__RehearseAnswer *told = rehearse(s, command, "");
    assert_int_equal(told->refusal->code, TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    assert_int_equal(told->n_rows + told->customers + told->stopped, 0);
    scenario_as(s, ROLE_STAFF_OWNER);
    told = rehearse(s, "{'set_credit_policy': {'terms': {'limit_minor': -1}}}", "");
    assert_non_null(told->refusal);
    assert_int_equal(told->customers, 0);
    scenario_ask_refused(s, "rehearse", "{'command': {'add_branch': {'code': 'X', 'name': 'x'}}}",
                         TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_ask_refused(s, "rehearse", json("{'command': %s, 'amount_minor': 0}", command),
                         TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE);
    scenario_end(s);
}

/* ---- who changed what ---- */

static const Tefter__MasterChangesAnswer *changes(struct scenario *s, const char *kind, uint64_t id)
{
    return scenario_ask(s, "master_changes",
                        json("{'kind': '%s', 'id': '%llu'}", kind, (unsigned long long)id))
        ->master_changes;
}

static void a_product_tells_what_was_changed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint64_t product =
        scenario_done(s, "add_product",
                      "{'code': 'NAIL', 'name': 'Nails', 'price': 1000, 'cost': 700}")
            ->id;
    scenario_done(s, "change_product",
                  json("{'product': %u, 'price': 1200, 'barcodes': ['40001'], 'units': [{'code': "
                       "'box', 'factor': 100000}]}",
                       (unsigned)product));
    scenario_done(s, "change_product", json("{'product': %u, 'cost': 800}", (unsigned)product));
    scenario_done(s, "change_product", json("{'product': %u, 'retired': true}", (unsigned)product));
    const Tefter__MasterChangesAnswer *told = changes(s, "MASTER_PRODUCT", product);
    assert_int_equal(told->n_changes, 4);
    assert_true(told->changes[0]->after->change_product->retired);
    assert_false(told->changes[0]->before->change_product->retired);
    assert_int_equal(told->changes[1]->before->change_product->cost, 700);
    const Tefter__ChangeProduct *before = told->changes[2]->before->change_product;
    const Tefter__ChangeProduct *after = told->changes[2]->after->change_product;
    assert_int_equal(before->price, 1000);
    assert_int_equal(after->price, 1200);
    assert_null(after->name); /* it is the same */
    assert_false(after->has_retired);
    assert_int_equal(before->n_barcodes, 0);
    assert_string_equal(after->barcodes[0], "40001");
    assert_int_equal(after->units[0]->factor, 100000);
    assert_null(told->changes[3]->after); /* made */
    assert_string_equal(told->changes[0]->login, "owner");
    /* A manager does not see what it costs, nor that it changed. */
    uint32_t manager = scenario_staff(s, "boss", TEFTER__ROLE__ROLE_MANAGER);
    scenario_as(s, manager);
    told = changes(s, "MASTER_PRODUCT", product);
    assert_int_equal(told->n_changes, 3);
    for (size_t i = 0; i < told->n_changes; i++)
        assert_true(told->changes[i]->after == NULL ||
                    !told->changes[i]->after->change_product->has_cost);
    /* A refused change is none. */
    scenario_refused(s, "change_product", json("{'product': %u, 'name': ''}", (unsigned)product),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "name");
    assert_int_equal(changes(s, "MASTER_PRODUCT", product)->n_changes, 3);
    scenario_end(s);
}

static void policy_and_bounds_tell_their_versions(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "set_credit_policy",
                  "{'terms': {'limit_minor': 500}, 'term_days': 20, 'title': 'house'}");
    scenario_done(s, "set_credit_policy", "{'terms': {'limit_minor': 400}}");
    scenario_done(s, "set_cash_policy", "{'unit_minor': 5}");
    const Tefter__MasterChangesAnswer *told = changes(s, "MASTER_POLICY", 0);
    assert_int_equal(told->n_changes, 3);
    assert_int_equal(told->changes[0]->after->set_cash_policy->unit_minor, 5);
    const Tefter__SetCreditPolicy *before = told->changes[1]->before->set_credit_policy;
    const Tefter__SetCreditPolicy *after = told->changes[1]->after->set_credit_policy;
    assert_int_equal(before->terms->limit_minor, 500);
    assert_int_equal(after->terms->limit_minor, 400);
    assert_false(after->has_term_days);
    assert_null(after->title);
    assert_string_equal(told->changes[2]->after->set_credit_policy->title, "house");
    assert_string_equal(scenario_ask(s, "company", "{}")->company->policy_title, "house");
    scenario_done(s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'THRESHOLD_DISCOUNT', 'role': 'ROLE_SALES', "
                  "'most': 100}, {'threshold': 'THRESHOLD_LATER_DUE', 'role': 'ROLE_CONTROLLER', "
                  "'most': 30}]}");
    told = changes(s, "MASTER_RIGHTS", 0);
    assert_int_equal(told->n_changes, 1);
    assert_int_equal(told->changes[0]->after->set_thresholds->n_thresholds, 1); /* 30 it was */
    assert_int_equal(told->changes[0]->before->set_thresholds->thresholds[0]->most, 500);
    assert_int_equal(told->changes[0]->after->set_thresholds->thresholds[0]->most, 100);
    scenario_end(s);
}

static void what_is_of_a_branch_is_told_there(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint64_t other = scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}")->id;
    uint32_t ann = scenario_staff(s, "ann4", TEFTER__ROLE__ROLE_SALES);
    uint32_t boss = scenario_staff(s, "boss4", TEFTER__ROLE__ROLE_MANAGER);
    uint32_t till = scenario_till(s);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': %u}", ann, (unsigned)other));
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", boss));
    scenario_done(s, "change_branch", json("{'branch': %u, 'phone': '0123'}", (unsigned)other));
    scenario_done(s, "retire_money_account", json("{'money_account': %u, 'retired': true}", till));
    assert_int_equal(changes(s, "MASTER_STAFF", ann)->n_changes, 2);
    scenario_as(s, boss);
    scenario_ask_refused(s, "master_changes", json("{'kind': 'MASTER_STAFF', 'id': '%u'}", ann),
                         TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_ask_refused(s, "master_changes",
                         json("{'kind': 'MASTER_BRANCH', 'id': '%u'}", (unsigned)other),
                         TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    const Tefter__MasterChangesAnswer *told = changes(s, "MASTER_MONEY_ACCOUNT", till);
    assert_int_equal(told->n_changes, 2);
    assert_true(told->changes[0]->after->retire_money_account->retired);
    assert_int_equal(changes(s, "MASTER_POLICY", 0)->n_changes, 0);
    scenario_end(s);
}

static void a_price_list_tells_what_it_was_given(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'NAIL', 'name': 'Nails', 'price': 1000}");
    uint64_t list = scenario_done(s, "add_price_list", "{'code': 'GOLD', 'name': 'Gold'}")->id;
    scenario_done(s, "set_prices",
                  "{'list': 'GOLD', 'prices': [{'product_code': 'NAIL', 'price': 900}]}");
    scenario_done(s, "change_price_list", "{'list': 'GOLD', 'name': 'Golden'}");
    const Tefter__MasterChangesAnswer *told = changes(s, "MASTER_PRICE_LIST", list);
    assert_int_equal(told->n_changes, 3);
    assert_string_equal(told->changes[0]->before->change_price_list->name, "Gold");
    assert_int_equal(told->changes[1]->after->set_prices->prices[0]->price, 900);
    assert_int_equal(told->changes[1]->prices, 1);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_comes_as_it_was_rehearsed),
        cmocka_unit_test(a_groups_limit_comes_as_it_was_rehearsed),
        cmocka_unit_test(pages_add_up),
        cmocka_unit_test(a_bound_of_a_role_concerns_its_people),
        cmocka_unit_test(another_role_says_what_goes_and_who_is_left),
        cmocka_unit_test(who_may_not_is_told_so_and_nothing_else),
        cmocka_unit_test(a_product_tells_what_was_changed),
        cmocka_unit_test(policy_and_bounds_tell_their_versions),
        cmocka_unit_test(what_is_of_a_branch_is_told_there),
        cmocka_unit_test(a_price_list_tells_what_it_was_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
