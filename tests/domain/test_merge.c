/* Two records of one customer become one, and two again. */
#include "domain/scenario.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word

enum { TODAY = 20000 };

struct shop {
    struct scenario *s;
    uint32_t from;
    uint32_t into;
    uint32_t till;
};

static struct shop begin(int64_t limit_from, int64_t limit_into)
{
    struct shop shop = {.s = scenario_begin()};
    shop.from = scenario_customer(shop.s, "Anh twice", limit_from);
    shop.into = scenario_customer(shop.s, "Anh", limit_into);
    shop.till = scenario_till(shop.s);
    return shop;
}

static const char *pair(const struct shop *shop)
{
    return json("{'customer': %u, 'into': %u}", shop->from, shop->into);
}

static void merge(const struct shop *shop)
{
    scenario_done(shop->s, "merge_customers", pair(shop));
}

static const char *undoing(const struct shop *shop)
{
    return json("{'customer': %u}", shop->from);
}

static const char *sale(uint32_t customer, int64_t amount)
{
    return json("{'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, 'price': %lld}]}",
                customer, (long long)amount * 1000);
}

static const char *payment(const struct shop *shop, uint32_t customer, int64_t amount,
                           const char *more)
{
    return json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, 'money_account': %u%s}",
                customer, (long long)amount, shop->till, more);
}

static const Tefter__CustomerCardAnswer *card(const struct shop *shop, uint32_t customer)
{
    return scenario_ask(shop->s, "customer_card", json("{'customer': %u}", customer))
        ->customer_card;
}

static int64_t owed(const struct shop *shop)
{
    return scenario_ask(shop->s, "company", "{}")->company->owed_minor;
}

static void what_both_owe_is_bounded_by_the_limit_that_stays(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    scenario_sell(shop.s, shop.into, 300);
    const Tefter__MergeAnswer *preview =
        scenario_ask(shop.s, "merge_preview", pair(&shop))->merge_preview;
    assert_int_equal(preview->balance_minor, 700);
    assert_int_equal(preview->limit_minor, 1000);
    assert_int_equal(preview->available_minor, 300);
    assert_int_equal(preview->customer->account->balance_minor, 400);
    int64_t before = owed(&shop);
    merge(&shop);
    assert_int_equal(owed(&shop), before);
    const Tefter__AccountRow *row = scenario_account(shop.s, shop.into);
    assert_int_equal(row->available_minor, 300); /* as the preview said */
    assert_int_equal(row->limit_minor, 1000);
    assert_int_equal(row->family->balance_minor, 700);
    scenario_refused(shop.s, "issue_invoice", sale(shop.into, 301), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    scenario_done(shop.s, "issue_invoice", sale(shop.into, 300));
    scenario_end(shop.s);
}

static void the_old_number_leads_on_and_does_no_business(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    char code[64];
    (void)snprintf(code, sizeof code, "%s", card(&shop, shop.from)->row->code);
    merge(&shop);
    const Tefter__Refusal *refusal = scenario_refused(shop.s, "issue_invoice", sale(shop.from, 10),
                                                      CODE(CUSTOMER_MERGED), "customer");
    assert_int_equal(refusal->existing, shop.into);
    assert_string_equal(refusal->existing_number, card(&shop, shop.into)->row->code);
    scenario_refused(shop.s, "take_payment", payment(&shop, shop.from, 10, ""),
                     CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "lock_customer", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "set_credit_limit", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "set_payer", undoing(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "ask_approval", json("{'customer': %u, 'amount_minor': 5}", shop.from),
                     CODE(CUSTOMER_MERGED), "customer");
    scenario_done(shop.s, "issue_invoice",
                  json("{'customer_code': '%s', 'lines': [{'text': 'x', 'quantity': 1000, 'price': "
                       "7000}]}",
                       code));
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 7);
    assert_int_equal(scenario_ask(shop.s, "customer_card", json("{'code': '%s'}", code))
                         ->customer_card->row->customer,
                     shop.into);
    assert_int_equal(card(&shop, shop.from)->row->merged_into, shop.into);
    scenario_end(shop.s);
}

static void money_of_who_stays_pays_the_bills_of_both(void **state)
{
    (void)state;
    struct shop shop = begin(1000, 1000);
    uint64_t old = scenario_sell(shop.s, shop.from, 400)->id;
    scenario_sell(shop.s, shop.into, 300);
    merge(&shop);
    scenario_done(shop.s, "take_payment",
                  payment(&shop, shop.into, 700, ", 'match': 'OLDEST_DUE'"));
    assert_int_equal(
        scenario_ask(shop.s, "document", json("{'document': %llu}", (unsigned long long)old))
            ->document->open_minor,
        0);
    assert_int_equal(scenario_account(shop.s, shop.from)->balance_minor, 0);
    assert_int_equal(scenario_account(shop.s, shop.into)->balance_minor, 0);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "undo_merge", undoing(&shop), CODE(MERGE_IN_USE), "customer");
    assert_int_equal(refusal->over_by_minor, 400);
    scenario_end(shop.s);
}

static void undone_they_stand_as_before(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    scenario_done(shop.s, "authorise_buyer",
                  json("{'customer': %u, 'name': 'Hoa', 'cap_day_minor': 50}", shop.from));
    merge(&shop);
    assert_int_equal(card(&shop, shop.into)->row->n_buyers, 1);
    assert_int_equal(card(&shop, shop.into)->row->buyers[0]->cap_day_minor, 50);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    assert_int_equal(card(&shop, shop.into)->row->n_buyers, 0);
    assert_int_equal(card(&shop, shop.from)->row->n_buyers, 1);
    assert_false(card(&shop, shop.from)->row->has_merged_into);
    assert_null(scenario_account(shop.s, shop.from)->family);
    assert_int_equal(scenario_account(shop.s, shop.from)->available_minor, 100);
    assert_int_equal(scenario_account(shop.s, shop.into)->available_minor, 1000);
    scenario_done(shop.s, "issue_invoice", sale(shop.from, 100));
    scenario_refused(shop.s, "undo_merge", undoing(&shop), CODE(NOTHING_TO_CHANGE), "customer");
    merge(&shop); /* and once more */
    scenario_end(shop.s);
}

/* Whom a clerk opened may owe nothing until somebody sets a limit: a merge that is undone is no way
 * around that. */
static void what_they_were_opened_with_comes_back(void **state)
{
    (void)state;
    struct shop shop = begin(0, 1000);
    uint32_t clerk = scenario_staff(shop.s, "clerk", TEFTER__ROLE__ROLE_SALES);
    scenario_as(shop.s, clerk);
    shop.from = (uint32_t)scenario_done(shop.s, "open_customer",
                                        "{'name': 'Mai', 'phone': '5', 'area': 'Q1'}")
                    ->id;
    scenario_as(shop.s, 1);
    merge(&shop);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    scenario_refused(shop.s, "issue_invoice", sale(shop.from, 1), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    scenario_end(shop.s);
}

static void a_site_of_the_other_stays_one_when_it_is_undone(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_done(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", shop.from, shop.into));
    merge(&shop);
    scenario_done(shop.s, "undo_merge", undoing(&shop));
    assert_int_equal(card(&shop, shop.from)->row->payer, shop.into);
    scenario_end(shop.s);
}

static void families_are_taken_apart_first(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    uint32_t third = scenario_customer(shop.s, "Third", 10);
    scenario_done(shop.s, "set_payer", json("{'customer': %u, 'payer': %u}", third, shop.from));
    scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(PAYER_HAS_SITES), "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", third, shop.into), CODE(PAYER_HAS_PAYER),
                     "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", shop.into, third), CODE(PAYER_HAS_PAYER),
                     "into");
    scenario_done(shop.s, "set_payer", json("{'customer': %u}", third));
    merge(&shop);
    scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(CUSTOMER_MERGED), "customer");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", third, shop.from), CODE(CUSTOMER_MERGED),
                     "into");
    scenario_refused(shop.s, "merge_customers",
                     json("{'customer': %u, 'into': %u}", shop.into, third), CODE(PAYER_HAS_SITES),
                     "customer");
    scenario_refused(shop.s, "merge_customers", json("{'customer': %u, 'into': %u}", third, third),
                     CODE(FIELD_INVALID), "into");
    scenario_refused(shop.s, "merge_customers", json("{'customer': 1, 'into': %u}", third),
                     CODE(FIELD_INVALID), "customer");
    scenario_refused(shop.s, "merge_customers", json("{'customer': %u}", third),
                     CODE(FIELD_MISSING), "into");
    scenario_end(shop.s);
}

static void a_merged_record_is_in_lists_as_long_as_something_is_open(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    scenario_sell(shop.s, shop.from, 400);
    merge(&shop);
    const char *wish = "{'sort': 'SORT_BALANCE', 'count': true, 'owing': true}";
    const Tefter__CustomersAnswer *list = scenario_ask(shop.s, "customers", wish)->customers;
    assert_int_equal(list->n_rows, 1);
    assert_int_equal(list->counts->balance_minor, 400);
    scenario_done(shop.s, "take_payment",
                  payment(&shop, shop.into, 400, ", 'match': 'OLDEST_DUE'"));
    const Tefter__CustomersAnswer *after =
        scenario_ask(shop.s, "customers", "{'sort': 'SORT_BALANCE', 'count': true}")->customers;
    assert_int_equal(after->counts->all, 2); /* the cash customer, and who stays */
    scenario_end(shop.s);
}

static void who_both_know_is_not_more_than_one_may_have(void **state)
{
    (void)state;
    struct shop shop = begin(500, 1000);
    for (int i = 0; i < BUYERS_PER_CUSTOMER_MAX; i++)
        scenario_done(shop.s, "authorise_buyer",
                      json("{'customer': %u, 'name': 'n%d'}", shop.into, i));
    scenario_done(shop.s, "authorise_buyer", json("{'customer': %u, 'name': 'x'}", shop.from));
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "merge_customers", pair(&shop), CODE(TOO_MANY), "buyers");
    assert_int_equal(refusal->most, BUYERS_PER_CUSTOMER_MAX);
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_owe_is_bounded_by_the_limit_that_stays),
        cmocka_unit_test(the_old_number_leads_on_and_does_no_business),
        cmocka_unit_test(money_of_who_stays_pays_the_bills_of_both),
        cmocka_unit_test(undone_they_stand_as_before),
        cmocka_unit_test(what_they_were_opened_with_comes_back),
        cmocka_unit_test(a_site_of_the_other_stays_one_when_it_is_undone),
        cmocka_unit_test(families_are_taken_apart_first),
        cmocka_unit_test(a_merged_record_is_in_lists_as_long_as_something_is_open),
        cmocka_unit_test(who_both_know_is_not_more_than_one_may_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
