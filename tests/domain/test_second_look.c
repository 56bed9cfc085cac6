/* What was a way round: since rules version 6 it is seen, asked about or refused. */
#include "scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

static void goods_go_to_buyers_alone_where_that_is_said(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t lan = scenario_customer(s, "Lan", 1000);
    uint64_t before = scenario_sell(s, lan, 10)->id;
    uint64_t son =
        scenario_done(s, "authorise_buyer", json("{'customer': %u, 'name': 'Son'}", lan))->id;
    scenario_sell(s, lan, 10);
    scenario_done(s, "change_customer", json("{'customer': %u, 'buyers_only': true}", lan));
#define SALE(more)                                                                                 \
    json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, 'price': 9000}]" more     \
         "}",                                                                                      \
         lan)
    REFUSED(s, "issue_invoice", SALE(""), BUYER_NEEDED, "buyer");
    scenario_done(s, "issue_invoice", SALE(", 'backfill': true")); /* it has gone already */
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'buyer': %llu, 'lines': [{'text': 'goods', 'quantity': "
                       "1000, 'price': 9000}]}",
                       lan, (unsigned long long)son));
    /* who took what was sold before that is not asked again */
    scenario_done(
        s, "correct_invoice",
        json("{'document': '%llu', 'reason': {'value': 'x'}, 'invoice': {'lines': [{'line': "
             "1, 'quantity': 2000}]}}",
             (unsigned long long)before));
    const Tefter__CustomerEntry *row = scenario_ask(s, "customers", "{}")->customers->rows[1];
    assert_true(row->who->buyers_only);
    REFUSED(s, "change_customer", json("{'customer': %u, 'buyers_only': true}", lan),
            NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "change_customer", json("{'customer': %u, 'buyers_only': false}", lan));
    scenario_done(s, "issue_invoice", SALE(""));
    scenario_end(s);
    s = scenario_begin_at(5);
    lan = scenario_customer(s, "Lan", 1000);
    REFUSED(s, "change_customer", json("{'customer': %u, 'buyers_only': true}", lan), RULES_TOO_OLD,
            "buyers_only");
    scenario_end(s);
}

static size_t alarms(struct scenario *s)
{
    return scenario_ask(s, "alarms", "{}")->alarms->n_rows;
}

static void another_password_by_somebody_else_alarms(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t ann = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, 0);
    scenario_done(s, "set_secret", json("{'staff': %u, 'password_hash': '01', 'by': 1}", ann));
    scenario_done(s, "set_secret",
                  json("{'staff': %u, 'password_hash': '02', 'by': %u}", ann, ann));
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(s), 0); /* the first one, and their own */
    scenario_as(s, 0);
    scenario_done(s, "set_secret", json("{'staff': %u, 'password_hash': '03', 'by': 1}", ann));
    scenario_as(s, ROLE_STAFF_OWNER);
    const Tefter__AlarmsAnswer *told = scenario_ask(s, "alarms", "{}")->alarms;
    assert_int_equal(told->n_rows, 1);
    assert_int_equal(told->rows[0]->staff, ann);
    assert_string_equal(told->rows[0]->staff_login, "ann");
    assert_int_equal(told->rows[0]->actor->staff, 1);
    scenario_end(s);
}

static void one_price_is_said_once(void **state)
{
    (void)state;
    for (uint32_t rules = 5; rules <= 6; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        scenario_done(s, "add_product", "{'code': 'SAND', 'name': 'Sand', 'price': 5000}");
        scenario_done(s, "add_price_list", "{'code': 'GOLD', 'name': 'Gold'}");
        const char *twice = "{'list': 'GOLD', 'prices': [{'product_code': 'SAND', 'price': 4000}, "
                            "{'product': 1, 'price': 3000}]}";
        if (rules == 5)
            scenario_done(s, "set_prices", twice);
        else
            REFUSED(s, "set_prices", twice, FIELD_INVALID, "prices[1]");
        scenario_end(s);
    }
}

static void what_an_import_alarmed_of_is_counted_out(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t lan = scenario_customer(s, "Lan", 10);
    uint64_t first = 0;
    for (int i = 0; i < 2; i++)
        first =
            scenario_done(s, "issue_invoice",
                          json("{'customer': %u, 'backfill': true, 'source': 'old', 'number': "
                               "'OB-%d', 'lines': [{'text': 'goods', 'quantity': 1000, 'price': "
                               "90000}]}",
                               lan, i))
                ->id;
    scenario_done(s, "reverse_document",
                  json("{'document': '%llu', 'undo_import': true, 'reason': {'value': 'x'}}",
                       (unsigned long long)first));
    const Tefter__AlarmRow *alarm = scenario_ask(s, "alarms", "{}")->alarms->rows[0];
    assert_int_equal(alarm->documents, 2);
    assert_int_equal(alarm->undone, 1);
    scenario_end(s);
}

/* A manager takes a match apart: the money that is free by that they do not pay out alone. */
static void who_took_a_match_apart_set_it_free(void **state)
{
    (void)state;
    for (uint32_t rules = 5; rules <= 6; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        uint32_t lan = scenario_customer(s, "Lan", 1000);
        uint32_t till = scenario_till(s);
        uint32_t ann = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_MANAGER);
        scenario_done(s, "set_cash_policy", "{'refund_alone_minor': 0}");
        scenario_sell(s, lan, 100);
        const Tefter__Done *paid =
            scenario_done(s, "take_payment",
                          json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                               "'amount_minor': 100, 'match': 'MATCH_OLDEST_DUE'}",
                               lan, till));
        uint64_t match = paid->match;
        uint64_t money = paid->id;
        scenario_as(s, ann);
        scenario_done(s, "undo_match",
                      json("{'customer': %u, 'match': %llu}", lan, (unsigned long long)match));
        scenario_as(s, ROLE_STAFF_OWNER);
        scenario_done(s, "issue_credit_note",
                      json("{'customer': %u, 'reason': {'value': 'x'}, 'lines': [{'text': 'goods', "
                           "'quantity': 1000, 'price': 100000}]}",
                           lan));
        scenario_as(s, ann);
        const char *refund =
            json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'credits': "
                 "['%llu'], 'amount_minor': 100, 'reason': {'value': 'x'}}",
                 lan, till, (unsigned long long)money);
        if (rules == 5)
            scenario_done(s, "refund_money", refund);
        else
            REFUSED(s, "refund_money", refund, SECOND_PERSON_NEEDED, "amount_minor");
        scenario_end(s);
    }
}

/* The same where the match is a site's, for its bill was corrected, and the money its payer's. */
static void who_took_a_sites_match_apart_set_its_payers_money_free(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t builder = scenario_customer(s, "Builder", 1000);
    uint32_t site = scenario_customer(s, "Site", 1000);
    uint32_t till = scenario_till(s);
    uint32_t ann = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "set_cash_policy", "{'refund_alone_minor': 0}");
    scenario_done(s, "set_payer", json("{'customer': %u, 'payer': %u}", site, builder));
    uint64_t bill = scenario_sell(s, site, 100)->id;
    uint64_t money = scenario_done(s, "take_payment",
                                   json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                        "'amount_minor': 100, 'match': 'MATCH_OLDEST_DUE'}",
                                        builder, till))
                         ->id;
    scenario_done(s, "correct_invoice",
                  json("{'document': %llu, 'reason': 'price', 'invoice': {'lines': [{'line': 1, "
                       "'quantity': 1000, 'price': 200000}]}}",
                       (unsigned long long)bill));
    uint64_t match = s->seq;
    scenario_as(s, ann);
    scenario_done(s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", site, (unsigned long long)match));
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "issue_credit_note",
                  json("{'customer': %u, 'reason': {'value': 'x'}, 'lines': [{'text': 'goods', "
                       "'quantity': 1000, 'price': 300000}]}",
                       builder));
    scenario_as(s, ann);
    const char *refund =
        json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'credits': ['%llu'], "
             "'amount_minor': 100, 'reason': {'value': 'x'}}",
             builder, till, (unsigned long long)money);
    REFUSED(s, "refund_money", refund, SECOND_PERSON_NEEDED, "amount_minor");
    scenario_as(s, scenario_staff(s, "bo", TEFTER__ROLE__ROLE_MANAGER));
    scenario_done(s, "refund_money", refund);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goods_go_to_buyers_alone_where_that_is_said),
        cmocka_unit_test(another_password_by_somebody_else_alarms),
        cmocka_unit_test(one_price_is_said_once),
        cmocka_unit_test(what_an_import_alarmed_of_is_counted_out),
        cmocka_unit_test(who_took_a_match_apart_set_it_free),
        cmocka_unit_test(who_took_a_sites_match_apart_set_its_payers_money_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
