/*
 * What takes a bill or a receipt back, by people who may not approve: since rules version 7 it is
 * bounded as credit notes are, counted, or an alarm.
 */
#include "domain/scenario.h"

#define CODE(name) TEFTER__REFUSAL_CODE__##name

typedef unsigned long long id;

enum { MINUTE_MS = 60 * 1000 };

/* Alone 50.00 may be credited a day. Minh and lan sell, yen keeps the books. */
struct shop {
    struct scenario *s;
    uint32_t anh, binh;
    uint32_t minh, lan, yen;
    uint32_t till;
};

static void shop_begin(struct shop *shop, uint32_t rules)
{
    struct scenario *s = scenario_begin_at(rules);
    *shop = (struct shop){.s = s};
    shop->anh = scenario_customer(s, "Anh", 10000000);
    shop->binh = scenario_customer(s, "Binh", 10000000);
    shop->minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    shop->lan = scenario_staff(s, "lan", TEFTER__ROLE__ROLE_SALES);
    shop->yen = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    shop->till = scenario_till(s);
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'piece', 'price': 10000}");
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'credit_note_approve_minor': 5000}");
    scenario_as(s, shop->minh);
}

static void shop_end(struct shop *shop)
{
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    scenario_end(shop->s);
}

static id sold(struct shop *shop, uint32_t customer, long long amount)
{
    return scenario_done(shop->s, "issue_invoice",
                         json("{'customer': %u, 'lines': [{'product_code': 'P', 'quantity': "
                              "%lld}]}",
                              customer, amount * 100))
        ->id;
}

/* Questions know the time of the newest command: so that one is some minutes later. */
static void minutes_pass(struct shop *shop, int minutes)
{
    scenario_wait(shop->s, minutes * MINUTE_MS);
    (void)sold(shop, shop->binh, 1);
}

static const char *back(id document)
{
    return json("{'document': %llu, 'reason': 'wrong'}", document);
}

static const char *less(id document, long long amount)
{
    return json("{'document': %llu, 'reason': 'wrong', 'invoice': {'lines': [{'line': 1, "
                "'quantity': %lld}]}}",
                document, amount * 100);
}

static void refused(struct shop *shop, const char *command, const char *fields, int64_t left_minor)
{
    const Tefter__Refusal *refusal =
        scenario_refused(shop->s, command, fields, CODE(RIGHT_MISSING), NULL);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_APPROVE);
    assert_int_equal(refusal->available_minor, left_minor);
}

static const Tefter__AlarmsAnswer *alarms(struct shop *shop)
{
    return scenario_ask(shop->s, "alarms", "{}")->alarms;
}

static void own_bills_of_today_are_bounded_too(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id large = sold(&shop, shop.anh, 100000);
    id small = sold(&shop, shop.anh, 3000);
    id of_binh = sold(&shop, shop.binh, 3000);
    id third = sold(&shop, shop.binh, 2000);
    id cent = sold(&shop, shop.binh, 1);
    minutes_pass(&shop, 11);
    refused(&shop, "reverse_document", back(large), 5000);
    refused(&shop, "correct_invoice", less(large, 94999), 5000);
    scenario_refused(shop.s, "reverse_document", json("{'document': %llu}", small),
                     CODE(FIELD_MISSING), "reason");
    scenario_refused(shop.s, "reverse_document", json("{'document': %llu, 'reason': ''}", small),
                     CODE(FIELD_MISSING), "reason");
    scenario_done(shop.s, "reverse_document", back(small));
    /* of the customer, and of the person whatever the customer */
    refused(&shop, "correct_invoice", less(large, 97999), 2000);
    refused(&shop, "reverse_document", back(of_binh), 2000);
    large = scenario_done(shop.s, "correct_invoice", less(large, 101000))->id; /* that is more */
    scenario_done(shop.s, "reverse_document", back(third));
    refused(&shop, "reverse_document", back(cent), 0);
    /* somebody else has a share of their own, but not of this customer's day */
    id most = sold(&shop, shop.anh, 2000);
    id more = sold(&shop, shop.anh, 2001);
    scenario_as(shop.s, shop.yen);
    refused(&shop, "reverse_document", back(more), 2000);
    refused(&shop, "issue_credit_note",
            json("{'invoice': %llu, 'credit': [{'line': 0, 'quantity': 200100}]}", large), 2000);
    scenario_done(shop.s, "reverse_document", back(most));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 0);
    scenario_done(shop.s, "reverse_document", back(of_binh)); /* who may approve may all of it */
    shop_end(&shop);
}

static void another_customers_bill_is_taken_from_the_first(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id bill = sold(&shop, shop.anh, 6000);
    refused(
        &shop, "correct_invoice",
        json("{'document': %llu, 'reason': 'wrong', 'invoice': {'customer': %u}}", bill, shop.binh),
        5000);
    shop_end(&shop);
}

static void what_is_undone_at_once_is_counted_and_alarms(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    scenario_done(shop.s, "reverse_document",
                  json("{'document': %llu}", sold(&shop, shop.anh, 4000)));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 0);
    scenario_as(shop.s, shop.minh);
    id second = sold(&shop, shop.binh, 100000);
    minutes_pass(&shop, 10);
    scenario_done(shop.s, "reverse_document", json("{'document': %llu}", second));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 1);
    const Tefter__AlarmRow *row = alarms(&shop)->rows[0];
    assert_int_equal(row->undone_minor, 99000);
    assert_int_equal(row->customer, shop.binh);
    assert_string_equal(row->login, "minh");
    /* what is bounded is counted apart */
    scenario_as(shop.s, shop.minh);
    id third = sold(&shop, shop.anh, 5000);
    minutes_pass(&shop, 11);
    scenario_done(shop.s, "reverse_document", back(third));
    shop_end(&shop);
}

static void undone_at_once_is_only_what_nothing_rests_on(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id paid = sold(&shop, shop.anh, 100000);
    scenario_done(shop.s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 100, "
                       "'bills': [{'bill': %llu}]}",
                       shop.anh, shop.till, paid));
    refused(&shop, "reverse_document", back(paid), 5000);
    /* one that took another's place a moment ago */
    id old = sold(&shop, shop.binh, 100000);
    minutes_pass(&shop, 11);
    id fresh = scenario_done(shop.s, "correct_invoice", less(old, 100001))->id;
    refused(&shop, "reverse_document", back(fresh), 5000);
    /* somebody else's */
    id theirs = sold(&shop, shop.binh, 100000);
    scenario_as(shop.s, shop.yen);
    refused(&shop, "reverse_document", back(theirs), 5000);
    shop_end(&shop);
}

static void a_cash_sale_is_undone_with_its_money(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    const Tefter__Done *done =
        scenario_done(shop.s, "sell_paid",
                      json("{'invoice': {'lines': [{'product_code': 'P', 'quantity': 600000}]}, "
                           "'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                           shop.till));
    scenario_done(shop.s, "reverse_document", json("{'document': %llu}", (id)done->id));
    scenario_done(shop.s, "reverse_document", back(done->payments[0]->payment));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__AlarmsAnswer *told = alarms(&shop);
    assert_int_equal(told->n_rows, 2); /* the newest first */
    assert_int_equal(told->rows[0]->own_back_minor, 6000);
    assert_int_equal(told->rows[1]->undone_minor, 1000);
    shop_end(&shop);
}

static const char *receipt(struct shop *shop, id payment, long long amount)
{
    return json("{'document': %llu, 'reason': 'typed wrong', 'payment': {'customer': %u, 'kind': "
                "'CASH', 'money_account': %u, 'amount_minor': %lld}}",
                payment, shop->anh, shop->till, amount);
}

static id taken(struct shop *shop, long long amount)
{
    return scenario_done(shop->s, "take_payment",
                         json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                              "'amount_minor': %lld}",
                              shop->anh, shop->till, amount))
        ->id;
}

static void own_receipts_that_become_less_alarm(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id money = taken(&shop, 34200);
    money = scenario_done(shop.s, "correct_payment", receipt(&shop, money, 34201))->id;
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 0); /* no less of it */
    scenario_as(shop.s, shop.minh);
    money = scenario_done(shop.s, "correct_payment", receipt(&shop, money, 1000))->id;
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 1);
    assert_int_equal(alarms(&shop)->rows[0]->own_back_minor, 33201);
    /* somebody else may, and where a bound is set that holds */
    scenario_done(shop.s, "reverse_document", back(money));
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_reversal_minor': 2000}");
    scenario_as(shop.s, shop.minh);
    money = taken(&shop, 34200);
    scenario_refused(shop.s, "correct_payment", receipt(&shop, money, 1000),
                     CODE(SECOND_PERSON_NEEDED), "document");
    scenario_done(shop.s, "correct_payment", receipt(&shop, money, 33000));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 1);
    shop_end(&shop);
}

static void an_old_ledger_takes_any_of_it_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, 6);
    id bill = sold(&shop, shop.anh, 100000);
    minutes_pass(&shop, 11);
    bill = scenario_done(shop.s, "correct_invoice", less(bill, 50000))->id;
    scenario_done(shop.s, "reverse_document", json("{'document': %llu}", bill));
    id money = taken(&shop, 34200);
    scenario_done(shop.s, "correct_payment", receipt(&shop, money, 1000));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 0);
    shop_end(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_bills_of_today_are_bounded_too),
        cmocka_unit_test(another_customers_bill_is_taken_from_the_first),
        cmocka_unit_test(what_is_undone_at_once_is_counted_and_alarms),
        cmocka_unit_test(undone_at_once_is_only_what_nothing_rests_on),
        cmocka_unit_test(a_cash_sale_is_undone_with_its_money),
        cmocka_unit_test(own_receipts_that_become_less_alarm),
        cmocka_unit_test(an_old_ledger_takes_any_of_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
