/*
 * The second person: since rules version 7 a clerk's transfer waits for one, a bank's reference
 * counts once, and who was made by the first person is seen.
 */
#include "domain/scenario.h"

#define CODE(name) TEFTER__REFUSAL_CODE__##name

typedef unsigned long long id;

/* Minh sells, yen keeps the books, mai manages; anh may owe 1,000.00. */
struct shop {
    struct scenario *s;
    uint32_t anh, minh, yen, mai;
    uint32_t till, bank;
};

static void shop_begin(struct shop *shop, uint32_t rules)
{
    struct scenario *s = scenario_begin_at(rules);
    *shop = (struct shop){.s = s};
    shop->minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    shop->yen = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    shop->mai = scenario_staff(s, "mai", TEFTER__ROLE__ROLE_MANAGER);
    shop->anh = scenario_customer(s, "Anh", 100000);
    shop->till = scenario_till(s);
    shop->bank = scenario_bank(s);
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'piece', 'price': 10000}");
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'APPROVE'}}", shop->anh));
    (void)scenario_sell(s, shop->anh, 60000);
    scenario_as(s, shop->minh);
}

static void shop_end(struct shop *shop)
{
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    scenario_end(shop->s);
}

static const Tefter__AlarmsAnswer *alarms(struct shop *shop)
{
    return scenario_ask(shop->s, "alarms", "{}")->alarms;
}

/* ---- transfers ---- */

static const char *transfer(struct shop *shop, const char *kind, const char *reference,
                            const char *more)
{
    return json("{'customer': %u, 'kind': '%s', 'money_account': %u, 'amount_minor': 50000, "
                "'reference': '%s', 'payer': 'Anh'%s}",
                shop->anh, kind, shop->bank, reference, more);
}

static int64_t available(struct shop *shop)
{
    return scenario_account(shop->s, shop->anh)->available_minor;
}

static void a_clerks_transfer_waits_for_who_may_confirm(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    const Tefter__Done *done = scenario_done(
        shop.s, "take_payment", transfer(&shop, "TRANSFER", "E2E-1", ", 'match': 'OLDEST_DUE'"));
    assert_true(done->on_its_way);
    assert_int_equal(done->matched_minor, 50000);
    assert_int_equal(available(&shop), 40000); /* as with a slip: it frees nothing yet */
    const Tefter__DocumentRow *row =
        scenario_ask(shop.s, "documents", "{'kind': 'DOCUMENT_PAYMENT'}")->documents->rows[0];
    assert_true(row->on_its_way);
    scenario_refused(shop.s, "confirm_payment",
                     json("{'payment': %llu, 'confirmed': true}", (id)done->id),
                     CODE(RIGHT_MISSING), NULL);
    scenario_as(shop.s, shop.yen);
    scenario_done(shop.s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (id)done->id));
    assert_int_equal(available(&shop), 90000);
    scenario_refused(shop.s, "confirm_payment",
                     json("{'payment': %llu, 'confirmed': true}", (id)done->id),
                     CODE(NOT_CONFIRMABLE), "payment");
    /* who may confirm enters it as money; an import is of the office */
    done = scenario_done(shop.s, "take_payment", transfer(&shop, "TRANSFER", "E2E-2", ""));
    assert_false(done->on_its_way);
    assert_int_equal(available(&shop), 140000);
    scenario_done(shop.s, "take_payment",
                  transfer(&shop, "TRANSFER", "E2E-3", ", 'backfill': true"));
    assert_int_equal(available(&shop), 190000);
    shop_end(&shop);
}

static void one_that_never_came_is_taken_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id money = scenario_done(shop.s, "take_payment", transfer(&shop, "TRANSFER", "E2E-1", ""))->id;
    scenario_as(shop.s, shop.yen);
    scenario_done(shop.s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': false, 'reason': 'nothing there'}", money));
    assert_int_equal(scenario_account(shop.s, shop.anh)->balance_minor, 60000);
    scenario_as(shop.s, shop.minh);
    scenario_done(shop.s, "take_payment", transfer(&shop, "TRANSFER", "E2E-1", ""));
    shop_end(&shop);
}

static void what_was_rounded_off_with_it_is_no_money(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_cash_policy", "{'round_off_minor': 100}");
    scenario_as(shop.s, shop.minh);
    id money = scenario_done(shop.s, "take_payment",
                             json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, "
                                  "'amount_minor': 59950, 'reference': 'R', 'match': "
                                  "'OLDEST_DUE', 'round_off': true}",
                                  shop.anh, shop.bank))
                   ->id;
    scenario_as(shop.s, shop.yen);
    scenario_done(shop.s, "confirm_payment", json("{'payment': %llu, 'confirmed': true}", money));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__TrialBalanceAnswer *books =
        scenario_ask(shop.s, "trial_balance", "{}")->trial_balance;
    for (size_t i = 0; i < books->n_totals; i++) {
        if (books->totals[i]->account == TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY)
            assert_int_equal(books->totals[i]->amount_minor, 0);
        if (books->totals[i]->account == TEFTER__POSTING_ACCOUNT__GL_BANK)
            assert_int_equal(books->totals[i]->amount_minor, 59950);
    }
    shop_end(&shop);
}

#define PAID                                                                                       \
    "{'invoice': {'customer': %u, 'lines': [{'product_code': 'P', 'quantity': 5000000}]}, "        \
    "'payments': [{'kind': 'TRANSFER', 'money_account': %u, 'reference': '%s'}]}"

static void a_sale_that_it_pays_is_owed_until_then(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    scenario_refused(shop.s, "sell_paid", json(PAID, shop.anh, shop.bank, "X-1"),
                     CODE(APPROVAL_NEEDED), "customer");
    /* of nobody in particular it is sold: who confirms money sees that it waits */
    const Tefter__Done *done = scenario_done(shop.s, "sell_paid", json(PAID, 1, shop.bank, "X-2"));
    assert_true(done->payments[0]->on_its_way);
    scenario_as(shop.s, shop.mai);
    done = scenario_done(shop.s, "sell_paid", json(PAID, shop.anh, shop.bank, "X-1"));
    assert_false(done->payments[0]->on_its_way);
    shop_end(&shop);
}

static void a_reference_counts_once_as_slip_or_transfer(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    id slip = scenario_done(shop.s, "take_payment", transfer(&shop, "SLIP", "SL-77", ""))->id;
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "take_payment", transfer(&shop, "TRANSFER", "sl 77", ""),
                         CODE(NUMBER_TAKEN), "reference");
    assert_int_equal(refusal->existing, slip);
    scenario_done(shop.s, "take_payment", transfer(&shop, "TRANSFER", "T-1", ""));
    scenario_refused(shop.s, "take_payment", transfer(&shop, "SLIP", "t 1", ""), CODE(NUMBER_TAKEN),
                     "reference");
    scenario_refused(shop.s, "sell_paid",
                     json("{'invoice': {'lines': [{'product_code': 'P', 'quantity': 100000}]}, "
                          "'payments': [{'kind': 'TRANSFER', 'money_account': %u, 'reference': "
                          "'Z', 'amount_minor': 500}, {'kind': 'SLIP', 'money_account': %u, "
                          "'reference': 'z', 'payer': 'x'}]}",
                          shop.bank, shop.bank),
                     CODE(NUMBER_TAKEN), "payments[1].reference");
    /* the same paper put right is no second one */
    scenario_done(shop.s, "correct_payment",
                  json("{'document': %llu, 'reason': 'no slip', 'payment': %s}", slip,
                       transfer(&shop, "TRANSFER", "SL-77", "")));
    shop_end(&shop);
}

static void an_old_ledger_takes_any_reference_as_money(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, 6);
    const Tefter__Done *done =
        scenario_done(shop.s, "take_payment", transfer(&shop, "TRANSFER", "E2E-1", ""));
    assert_false(done->on_its_way);
    assert_int_equal(available(&shop), 90000);
    scenario_done(shop.s, "take_payment", transfer(&shop, "SLIP", "E2E-1", ""));
    shop_end(&shop);
}

/* ---- who made them ---- */

static void secret(struct shop *shop, uint32_t staff, uint32_t by)
{
    scenario_as(shop->s, 0);
    scenario_done(shop->s, "set_secret",
                  json("{'staff': %u, 'password_hash': '01', 'by': %u}", staff, by));
}

static uint32_t made(struct shop *shop, uint32_t by, const char *login, const char *role)
{
    scenario_as(shop->s, by);
    uint32_t staff = (uint32_t)scenario_done(shop->s, "add_staff",
                                             json("{'login': '%s', 'role': '%s'}", login, role))
                         ->id;
    secret(shop, staff, by);
    return staff;
}

static id asked(struct shop *shop, uint32_t by)
{
    scenario_as(shop->s, by);
    return scenario_done(shop->s, "ask_approval",
                         json("{'customer': %u, 'amount_minor': 500000}", shop->anh))
        ->id;
}

static void granted(struct shop *shop, uint32_t by, id approval)
{
    scenario_as(shop->s, by);
    scenario_done(shop->s, "decide_approval",
                  json("{'approval': %llu, 'approved': true}", approval));
    scenario_as(shop->s, ROLE_STAFF_OWNER);
}

static void two_logins_of_one_person_are_seen(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    uint32_t far = scenario_staff(shop.s, "far", TEFTER__ROLE__ROLE_CONTROLLER);
    uint32_t near = made(&shop, shop.mai, "near", "ROLE_CONTROLLER");
    id approval = asked(&shop, shop.mai);
    granted(&shop, near, approval);
    assert_int_equal(alarms(&shop)->n_rows, 1);
    const Tefter__AlarmRow *row = alarms(&shop)->rows[0];
    assert_string_equal(row->login, "near");
    assert_string_equal(row->maker_login, "mai");
    assert_int_equal(row->approval, approval);
    assert_int_equal(row->customer, shop.anh);
    granted(&shop, far, asked(&shop, shop.mai)); /* the owner made that one */
    granted(&shop, near, asked(&shop, shop.minh));
    assert_int_equal(alarms(&shop)->n_rows, 1);
    /* a password that they set themselves since changes nothing; nor does one more in between */
    secret(&shop, near, near);
    granted(&shop, near, asked(&shop, shop.mai));
    assert_int_equal(alarms(&shop)->n_rows, 2);
    uint32_t helper = made(&shop, shop.mai, "helper", "ROLE_MANAGER");
    uint32_t third = made(&shop, helper, "third", "ROLE_CONTROLLER");
    granted(&shop, third, asked(&shop, shop.mai));
    assert_int_equal(alarms(&shop)->n_rows, 3);
    /* a role counts as a password does */
    scenario_as(shop.s, shop.mai);
    scenario_done(shop.s, "change_staff",
                  json("{'staff': %u, 'role': 'ROLE_CONTROLLER'}", shop.minh));
    granted(&shop, shop.minh, asked(&shop, shop.mai));
    assert_int_equal(alarms(&shop)->n_rows, 4);
    scenario_wait(shop.s, (int64_t)30 * 24 * 60 * 60 * 1000);
    granted(&shop, near, asked(&shop, shop.mai));
    assert_int_equal(alarms(&shop)->n_rows, 4);
    shop_end(&shop);
}

static void it_is_refused_where_an_owner_alone_grants_their_own(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_OWNER'}");
    uint32_t near = made(&shop, shop.mai, "near", "ROLE_CONTROLLER");
    id approval = asked(&shop, shop.mai);
    scenario_as(shop.s, near);
    scenario_refused(shop.s, "decide_approval",
                     json("{'approval': %llu, 'approved': true}", approval), CODE(OWN_APPROVAL),
                     "approval");
    granted(&shop, ROLE_STAFF_OWNER, approval);
    assert_int_equal(alarms(&shop)->n_rows, 0);
    shop_end(&shop);
}

static void money_that_they_confirm_or_take_back_is_seen_too(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, LEDGER_RULES);
    uint32_t near = made(&shop, shop.mai, "near", "ROLE_ACCOUNTANT");
    scenario_as(shop.s, shop.mai);
    id slip = scenario_done(shop.s, "take_payment", transfer(&shop, "SLIP", "S-1", ""))->id;
    id cash = scenario_done(shop.s, "take_payment",
                            json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                 "'amount_minor': 500}",
                                 shop.anh, shop.till))
                  ->id;
    scenario_as(shop.s, near);
    scenario_done(shop.s, "confirm_payment", json("{'payment': %llu, 'confirmed': true}", slip));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 1);
    assert_int_equal(alarms(&shop)->rows[0]->document, slip);
    assert_int_equal(alarms(&shop)->rows[0]->maker, shop.mai);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_reversal_minor': 0}");
    scenario_as(shop.s, near);
    scenario_done(shop.s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", cash));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(alarms(&shop)->n_rows, 2);
    assert_int_equal(alarms(&shop)->rows[0]->maker, shop.mai);
    shop_end(&shop);
}

static void an_old_ledger_does_not_look(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop, 6);
    uint32_t near = made(&shop, shop.mai, "near", "ROLE_CONTROLLER");
    granted(&shop, near, asked(&shop, shop.mai));
    assert_int_equal(alarms(&shop)->n_rows, 0);
    shop_end(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clerks_transfer_waits_for_who_may_confirm),
        cmocka_unit_test(one_that_never_came_is_taken_back),
        cmocka_unit_test(what_was_rounded_off_with_it_is_no_money),
        cmocka_unit_test(a_sale_that_it_pays_is_owed_until_then),
        cmocka_unit_test(a_reference_counts_once_as_slip_or_transfer),
        cmocka_unit_test(an_old_ledger_takes_any_reference_as_money),
        cmocka_unit_test(two_logins_of_one_person_are_seen),
        cmocka_unit_test(it_is_refused_where_an_owner_alone_grants_their_own),
        cmocka_unit_test(money_that_they_confirm_or_take_back_is_seen_too),
        cmocka_unit_test(an_old_ledger_does_not_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
