/* What of an account is overdue: rows say it as bills come, are paid, and days turn either way. */
#include "scenario.h"

enum { DAY = 20000, CUSTOMERS = 12, ROUNDS = 400 };

struct due_shop {
    struct scenario *s;
    uint32_t till;
    uint32_t lan;
    uint32_t day;
};

static struct due_shop due_begin(uint32_t rules)
{
    struct scenario *s = rules == 0 ? scenario_begin() : scenario_begin_at(rules);
    struct due_shop shop = {.s = s, .day = DAY};
    shop.till = scenario_till(s);
    shop.lan = scenario_customer(s, "Lan", 1000000);
    return shop;
}

static uint64_t bill(const struct due_shop *shop, uint32_t customer, int64_t amount, uint32_t due)
{
    return scenario_done(shop->s, "issue_invoice",
                         json("{'customer': %u, 'due': %u, 'lines': [{'text': 'goods', 'quantity': "
                              "1000, 'price': %lld}]}",
                              customer, due, (long long)amount * 1000))
        ->id;
}

static const Tefter__Done *pay(const struct due_shop *shop, uint32_t customer, int64_t amount)
{
    return scenario_done(
        shop->s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
             "%lld, 'match': 'MATCH_OLDEST_DUE'}",
             customer, shop->till, (long long)amount));
}

static void turn(struct due_shop *shop, uint32_t day)
{
    scenario_as(shop->s, 0);
    scenario_done(shop->s, "turn_day", json("{'branch': 1, 'date': %u}", day));
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    shop->day = day;
}

static void is_overdue(const struct due_shop *shop, uint32_t customer, int64_t minor,
                       uint32_t oldest)
{
    const Tefter__AccountRow *row = scenario_account(shop->s, customer);
    assert_int_equal(row->has_overdue_minor, minor > 0);
    assert_int_equal(row->overdue_minor, minor);
    assert_int_equal(row->has_oldest_due, minor > 0);
    assert_int_equal(row->oldest_due, oldest);
}

static void goes_its_way(uint32_t rules)
{
    struct due_shop shop = due_begin(rules);
    bill(&shop, shop.lan, 100, DAY + 2);
    uint64_t second = bill(&shop, shop.lan, 40, DAY + 4);
    is_overdue(&shop, shop.lan, 0, 0);
    turn(&shop, DAY + 2); /* on its day it is not late */
    is_overdue(&shop, shop.lan, 0, 0);
    turn(&shop, DAY + 3);
    is_overdue(&shop, shop.lan, 100, DAY + 2);
    bill(&shop, shop.lan, 7, DAY + 9);
    is_overdue(&shop, shop.lan, 100, DAY + 2);
    turn(&shop, DAY + 6);
    is_overdue(&shop, shop.lan, 140, DAY + 2);
    pay(&shop, shop.lan, 60);
    is_overdue(&shop, shop.lan, 80, DAY + 2);
    uint64_t last = pay(&shop, shop.lan, 50)->id; /* the oldest is gone */
    is_overdue(&shop, shop.lan, 30, DAY + 4);
    scenario_done(shop.s, "reverse_document",
                  json("{'document': '%llu', 'reason': {'value': 'x'}}", (unsigned long long)last));
    is_overdue(&shop, shop.lan, 80, DAY + 2); /* and is there again */
    scenario_done(
        shop.s, "reverse_document",
        json("{'document': '%llu', 'reason': {'value': 'x'}}", (unsigned long long)second));
    is_overdue(&shop, shop.lan, 40, DAY + 2);
    pay(&shop, shop.lan, 47);
    is_overdue(&shop, shop.lan, 0, 0);
    scenario_end(shop.s);
}

static void it_follows_bills_and_days(void **state)
{
    (void)state;
    goes_its_way(0);
    goes_its_way(5); /* counted, under older rules */
}

/* The card and the aging count the bills; the row must say the same, whatever came before. */
static void it_is_what_the_bills_come_to(void **state)
{
    (void)state;
    struct due_shop shop = due_begin(0);
    uint32_t customers[CUSTOMERS];
    uint64_t chance = 620;
    for (int i = 0; i < CUSTOMERS; i++)
        customers[i] = scenario_customer(shop.s, "Some", 10000000);
    for (int round = 0; round < ROUNDS; round++) {
        chance = chance * 6364136223846793005U + 1442695040888963407U;
        uint32_t draw = (uint32_t)(chance >> 33);
        uint32_t customer = customers[draw % CUSTOMERS];
        if (draw / 16 % 8 == 0)
            turn(&shop, shop.day + 1 + draw / 128 % 4);
        else if (draw / 16 % 3 == 0)
            pay(&shop, customer, 1 + draw / 128 % 90);
        else
            bill(&shop, customer, 1 + draw / 128 % 60, shop.day + draw / 4096 % 9);
        const Tefter__AgingAnswer *aging =
            scenario_ask(shop.s, "aging", json("{'customer': %u}", customer))->aging;
        int64_t late = 0;
        for (size_t i = 1; i < aging->n_buckets; i++)
            late += aging->buckets[i]->amount_minor;
        assert_int_equal(scenario_account(shop.s, customer)->overdue_minor, late);
    }
    scenario_end(shop.s); /* which looks at all of it: what is kept, what is counted, the totals */
}

static void a_list_names_those_who_are_late(void **state)
{
    (void)state;
    struct due_shop shop = due_begin(0);
    uint32_t hoa = scenario_customer(shop.s, "Hoa", 10000);
    bill(&shop, shop.lan, 100, DAY + 1);
    bill(&shop, hoa, 100, DAY + 5);
    turn(&shop, DAY + 2);
    const Tefter__CustomersAnswer *late =
        scenario_ask(shop.s, "customers", "{'overdue': true}")->customers;
    assert_int_equal(late->n_rows, 1);
    assert_int_equal(late->rows[0]->account->overdue_minor, 100);
    assert_int_equal(late->rows[0]->account->oldest_due, DAY + 1);
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_bills_and_days),
        cmocka_unit_test(it_is_what_the_bills_come_to),
        cmocka_unit_test(a_list_names_those_who_are_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
