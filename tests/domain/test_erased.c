/* Whose person was erased: what is left of them, and that nobody does business with them. */
#include "domain/scenario.h"

#include "ledger/ledger.h"

#include <string.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word

struct shop {
    struct scenario *s;
    uint32_t gone;
    uint32_t other;
    uint32_t till;
};

/* Somebody in a group, with a limit and a buyer, who then is erased. */
static struct shop begin_at(uint32_t rules)
{
    struct shop shop = {.s = scenario_begin_at(rules)};
    shop.gone = (uint32_t)scenario_done(shop.s, "open_customer",
                                        "{'name': 'Mai', 'phone': '5', 'area': 'Q1'}")
                    ->id;
    shop.other = scenario_customer(shop.s, "Anh", 1000);
    shop.till = scenario_till(shop.s);
    uint32_t group =
        (uint32_t)scenario_done(shop.s, "add_group", "{'dimension': 'kind', 'name': 'Builder'}")
            ->id;
    scenario_done(shop.s, "join_group", json("{'customer': %u, 'group': %u}", shop.gone, group));
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 700}}", shop.gone));
    scenario_done(shop.s, "authorise_buyer", json("{'customer': %u, 'name': 'Hoa'}", shop.gone));
    scenario_done(shop.s, "erase_customer", json("{'customer': %u}", shop.gone));
    return shop;
}

static const Tefter__CustomerCardAnswer *card(const struct shop *shop)
{
    return scenario_ask(shop->s, "customer_card", json("{'customer': %u}", shop->gone))
        ->customer_card;
}

static uint32_t members(const struct shop *shop)
{
    return scenario_ask(shop->s, "groups", "{}")->groups->groups[0]->members;
}

static void area_groups_limit_and_buyers_go_with_their_words(void **state)
{
    (void)state;
    struct shop shop = begin_at(LEDGER_RULES);
    const Tefter__CustomerCardAnswer *answer = card(&shop);
    assert_true(answer->row->erased);
    assert_null(answer->row->area);
    assert_int_equal(answer->row->n_groups, 0);
    assert_int_equal(answer->row->n_buyers, 0);
    assert_int_equal(answer->account->limit_minor, 0);
    assert_false(answer->account->unlimited);
    assert_int_equal(members(&shop), 0);
    const Tefter__CustomerChangesAnswer *changes =
        scenario_ask(shop.s, "customer_changes", json("{'customer': %u}", shop.gone))
            ->customer_changes;
    for (size_t i = 0; i < changes->n_changes; i++)
        for (size_t k = 0; k < changes->changes[i]->n_fields; k++)
            if (strcmp(changes->changes[i]->fields[k]->field, "area") == 0)
                assert_null(changes->changes[i]->fields[k]->new_value);
    const Tefter__LimitsAnswer *limits =
        scenario_ask(shop.s, "limits", json("{'customer': %u}", shop.gone))->limits;
    assert_int_equal(limits->n_own_terms, 0);
    assert_true(limits->limits[0]->withdrawn);
    scenario_end(shop.s);
    shop = begin_at(6);
    answer = card(&shop);
    assert_string_equal(answer->row->area, "Q1");
    assert_int_equal(answer->row->n_groups, 1);
    assert_int_equal(answer->account->limit_minor, 700);
    assert_int_equal(members(&shop), 1);
    scenario_end(shop.s);
}

#define GONE(shop, name, ...)                                                                      \
    scenario_refused((shop).s, name, json(__VA_ARGS__), CODE(CUSTOMER_ERASED), "customer")

static void nothing_is_written_to_them(void **state)
{
    (void)state;
    struct shop shop = begin_at(LEDGER_RULES);
    const uint32_t gone = shop.gone;
    GONE(shop, "set_credit_limit", "{'customer': %u, 'terms': {'limit_minor': 5}}", gone);
    GONE(shop, "lock_customer", "{'customer': %u}", gone);
    GONE(shop, "unlock_customer", "{'customer': %u}", gone);
    GONE(shop, "join_group", "{'customer': %u, 'group': 1}", gone);
    GONE(shop, "leave_group", "{'customer': %u, 'group': 1}", gone);
    GONE(shop, "authorise_buyer", "{'customer': %u, 'name': 'x'}", gone);
    GONE(shop, "add_note", "{'customer': %u, 'text': 'x'}", gone);
    GONE(shop, "change_customer", "{'customer': %u, 'phone': '5'}", gone);
    GONE(shop, "set_payer", "{'customer': %u, 'payer': %u}", gone, shop.other);
    GONE(shop, "ask_approval", "{'customer': %u, 'amount_minor': 5}", gone);
    GONE(shop, "merge_customers", "{'customer': %u, 'into': %u}", gone, shop.other);
    GONE(shop, "erase_customer", "{'customer': %u}", gone);
    GONE(shop, "take_payment",
         "{'customer': %u, 'kind': 'CASH', 'amount_minor': 5, 'money_account': %u}", gone,
         shop.till);
    const Tefter__Refusal *sale =
        GONE(shop, "issue_invoice",
             "{'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, 'price': 7000}]}", gone);
    assert_int_equal(sale->n_ways, 0); /* and not: unlock them */
    GONE(shop, "issue_credit_note",
         "{'customer': %u, 'reason': 'x', 'lines': [{'text': 'x', 'quantity': 1000, 'price': "
         "7000}]}",
         gone);
    scenario_refused(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", shop.other, gone),
                     CODE(CUSTOMER_ERASED), "payer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", shop.other, gone), CODE(CUSTOMER_ERASED),
                     "into");
    const Tefter__WhatIfAnswer *what_if =
        scenario_ask(shop.s, "what_if", json("{'customer': %u, 'amount_minor': 5}", gone))->what_if;
    assert_int_equal(what_if->refusal->code, CODE(CUSTOMER_ERASED));
    assert_int_equal(what_if->decision->verdict, TEFTER__VERDICT__VERDICT_BLOCKED);
    scenario_end(shop.s);
}

static void before_rules_7_a_limit_was_set_for_nobody(void **state)
{
    (void)state;
    struct shop shop = begin_at(6);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 5}}", shop.gone));
    scenario_done(shop.s, "set_payer",
                  json("{'customer': %u, 'payer': %u}", shop.gone, shop.other));
    scenario_done(shop.s, "set_payer", json("{'customer': %u}", shop.gone));
    scenario_done(shop.s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 5, 'money_account': %u}",
                       shop.gone, shop.till));
    scenario_refused(shop.s, "issue_invoice",
                     json("{'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, 'price': "
                          "7000}]}",
                          shop.gone),
                     CODE(CUSTOMER_LOCKED), "customer");
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_groups_limit_and_buyers_go_with_their_words),
        cmocka_unit_test(nothing_is_written_to_them),
        cmocka_unit_test(before_rules_7_a_limit_was_set_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
