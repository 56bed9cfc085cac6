/* Who belongs to a branch: each question of theirs is answered of that branch, or of a customer
 * whom they serve. And the totals of a group. */
#include "scenario.h"

#include <stdio.h>

struct bound_shop {
    struct scenario *s;
    uint32_t bound; /* a manager of branch 1 */
    uint32_t lan;
    uint32_t hoa;
    uint32_t till;
};

static struct bound_shop bound_begin(void)
{
    struct scenario *s = scenario_begin();
    struct bound_shop shop = {.s = s};
    scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    shop.till = scenario_till(s);
    shop.bound = scenario_staff(s, "bob", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", shop.bound));
    shop.lan = scenario_customer(s, "Lan", 100000);
    scenario_sell(s, shop.lan, 300);
    scenario_at(s, 2);
    shop.hoa = scenario_customer(s, "Hoa", 100000);
    scenario_sell(s, shop.hoa, 500);
    scenario_at(s, 1);
    return shop;
}

static void lists_are_of_ones_own_branch(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    assert_int_equal(scenario_ask(s, "documents", "{}")->documents->n_rows, 2);
    scenario_as(s, shop.bound);
    const Tefter__DocumentsAnswer *papers = scenario_ask(s, "documents", "{}")->documents;
    assert_int_equal(papers->n_rows, 1);
    assert_int_equal(papers->rows[0]->branch, 1);
    /* a customer's papers are for whoever serves them */
    assert_int_equal(
        scenario_ask(s, "documents", json("{'customer': %u}", shop.hoa))->documents->n_rows, 1);
    const Tefter__AgingAnswer *aging = scenario_ask(s, "aging", "{}")->aging;
    assert_int_equal(aging->balance_minor, 300);
    assert_int_equal(
        scenario_ask(s, "aging", json("{'customer': %u}", shop.hoa))->aging->balance_minor, 500);
    const Tefter__ProductSalesAnswer *sales = scenario_ask(s, "product_sales", "{}")->product_sales;
    assert_int_equal(sales->custom_minor, 300);
    assert_int_equal(scenario_ask(s, "totals", "{}")->totals->n_rows, 1);
    static const char *const by_branch[] = {"documents",    "aging",           "product_sales",
                                            "money_days",   "money_in_by_day", "due_by_week",
                                            "top_exposures"};
    for (size_t i = 0; i < sizeof by_branch / sizeof by_branch[0]; i++)
        scenario_ask_refused(s, by_branch[i], "{'branch': 2}",
                             TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_end(s);
}

static void money_and_alarms_of_others_are_not_listed(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    uint32_t tight = scenario_customer(s, "Tight", 10);
    for (uint32_t branch = 1; branch <= 2; branch++) {
        scenario_at(s, branch);
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'goods', "
                           "'quantity': 1000, 'price': 900000}]}",
                           tight));
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'CASH', 'backfill': true, 'amount_minor': 5}",
                           branch == 1 ? shop.lan : shop.hoa));
    }
    scenario_at(s, 1);
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 2);
    assert_int_equal(scenario_ask(s, "unmatched_money", "{}")->unmatched_money->n_rows, 2);
    assert_int_equal(scenario_ask(s, "match_suggestions", "{}")->match_suggestions->n_rows, 2);
    scenario_as(s, shop.bound);
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 1);
    assert_int_equal(scenario_ask(s, "unmatched_money", "{}")->unmatched_money->n_rows, 1);
    assert_int_equal(scenario_ask(s, "match_suggestions", "{}")->match_suggestions->n_rows, 1);
    scenario_end(s);
}

/* Both branches: a sale for cash, and money put into a till. */
static void papers_of_no_customer_are_of_ones_own_branch(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    uint64_t sold[2];
    uint64_t put[2];
    char *number = NULL;
    uint32_t tills[2] = {shop.till, 0};
    scenario_at(s, 2);
    tills[1] = scenario_till(s);
    for (uint32_t i = 0; i < 2; i++) {
        scenario_at(s, i + 1);
        const Tefter__Done *done = scenario_done(
            s, "sell_paid",
            json("{'invoice': {'lines': [{'text': 'nail', 'quantity': 1000, 'price': 70000}]}, "
                 "'payments': [{'kind': 'CASH', 'amount_minor': 70, 'money_account': %u}]}",
                 tills[i]));
        sold[i] = done->id;
        const Tefter__Done *moved = scenario_done(
            s, "put_cash",
            json("{'money_account': %u, 'amount_minor': 3, 'out': true, 'reason': 'stamps'}",
                 tills[i]));
        put[i] = moved->id;
        number = moved->number;
    }
    char far[64];
    (void)snprintf(far, sizeof far, "%s", number);
    uint32_t cash =
        scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)put[1]))
            ->document->document->customer;
    scenario_at(s, 1);
    size_t all = scenario_ask(s, "documents", json("{'customer': %u}", cash))->documents->n_rows;
    size_t told = scenario_ask(s, "history", json("{'customer': %u}", cash))->history->n_rows;
    assert_int_equal(scenario_ask(s, "search", json("{'text': '%s'}", far))->search->n_hits, 1);
    scenario_as(s, shop.bound);
    const uint64_t papers[][2] = {{sold[0], sold[1]}, {put[0], put[1]}};
    for (size_t i = 0; i < 2; i++) {
        scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)papers[i][0]));
        const Tefter__Refusal *refusal = scenario_ask_refused(
            s, "document", json("{'document': %llu}", (unsigned long long)papers[i][1]),
            TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
        assert_string_equal(refusal->field, "paper");
    }
    assert_int_equal(
        scenario_ask(s, "documents", json("{'customer': %u}", cash))->documents->n_rows, all / 2);
    assert_int_equal(scenario_ask(s, "history", json("{'customer': %u}", cash))->history->n_rows,
                     told / 2);
    assert_int_equal(scenario_ask(s, "search", json("{'text': '%s'}", far))->search->n_hits, 0);
    /* what a customer owes is for whoever serves them */
    const Tefter__DocumentsAnswer *theirs =
        scenario_ask(s, "documents", json("{'customer': %u}", shop.hoa))->documents;
    scenario_ask(s, "document",
                 json("{'document': %llu}", (unsigned long long)theirs->rows[0]->document));
    scenario_end(s);
}

static void approvals_of_others_are_not_shown(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    uint64_t approvals[2];
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'APPROVE'}}", shop.hoa));
    for (uint32_t i = 0; i < 2; i++) {
        scenario_at(s, i + 1);
        approvals[i] = scenario_done(s, "ask_approval",
                                     json("{'customer': %u, 'amount_minor': 500000}", shop.hoa))
                           ->id;
    }
    scenario_at(s, 1);
    scenario_as(s, shop.bound);
    scenario_ask(s, "approval", json("{'approval': %llu}", (unsigned long long)approvals[0]));
    const Tefter__Refusal *refusal = scenario_ask_refused(
        s, "approval", json("{'approval': %llu}", (unsigned long long)approvals[1]),
        TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    assert_string_equal(refusal->field, "approval");
    scenario_end(s);
}

static void changes_are_those_of_ones_customers_and_of_ones_branch(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    for (uint32_t branch = 1; branch <= 2; branch++) {
        scenario_at(s, branch);
        scenario_done(s, "change_customer",
                      json("{'customer': %u, 'area': 'route %u'}", shop.hoa, branch));
        scenario_done(s, "change_customer",
                      json("{'customer': %u, 'area': 'route %u'}", shop.lan, branch));
    }
    scenario_at(s, 1);
    size_t of_lan = scenario_ask(s, "customer_changes", json("{'customer': %u}", shop.lan))
                        ->customer_changes->n_changes;
    scenario_as(s, shop.bound);
    assert_int_equal(scenario_ask(s, "customer_changes", json("{'customer': %u}", shop.lan))
                         ->customer_changes->n_changes,
                     of_lan);
    const Tefter__CustomerChangesAnswer *of_hoa =
        scenario_ask(s, "customer_changes", json("{'customer': %u}", shop.hoa))->customer_changes;
    assert_int_equal(of_hoa->n_changes, 1);
    assert_int_equal(of_hoa->changes[0]->actor->branch, 1);
    scenario_end(s);
}

static void a_group_has_totals(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    uint64_t gold = scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'Gold'}")->id;
    scenario_done(s, "join_group",
                  json("{'customer': %u, 'group': %llu}", shop.hoa, (unsigned long long)gold));
    const Tefter__TotalsAnswer *totals =
        scenario_ask(s, "totals", json("{'group': %llu}", (unsigned long long)gold))->totals;
    assert_int_equal(totals->n_rows, 1);
    assert_int_equal(totals->rows[0]->group, gold);
    assert_int_equal(totals->rows[0]->owed_minor, 500);
    assert_int_equal(totals->rows[0]->sold_minor, 500);
    assert_int_equal(totals->rows[0]->bills, 1);
    scenario_ask_refused(s, "totals", "{'group': 99}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_as(s, shop.bound); /* whose branch has none of them */
    totals = scenario_ask(s, "totals", json("{'group': %llu}", (unsigned long long)gold))->totals;
    assert_int_equal(totals->rows[0]->owed_minor, 0);
    scenario_end(s);
}

static uint64_t asked_at(struct bound_shop *shop, uint32_t branch)
{
    scenario_at(shop->s, branch);
    uint64_t approval = scenario_done(shop->s, "ask_approval",
                                      json("{'customer': %u, 'amount_minor': 500000}", shop->hoa))
                            ->id;
    scenario_at(shop->s, 1);
    return approval;
}

#define APPROVAL(number) json("{'approval': %llu}", (unsigned long long)(number))

static void approvals_are_seen_and_decided_at_ones_own_branch(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'APPROVE'}}", shop.hoa));
    uint64_t here = asked_at(&shop, 1);
    uint64_t there = asked_at(&shop, 2);
    scenario_as(s, shop.bound);
    assert_int_equal(scenario_ask(s, "approvals", "{}")->approvals->n_approvals, 1);
    assert_int_equal(scenario_ask(s, "approval", APPROVAL(here))->approval->row->approval, here);
    const Tefter__Refusal *refusal = scenario_ask_refused(
        s, "approval", APPROVAL(there), TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    assert_string_equal(refusal->branch, "HQ"); /* theirs, and not where it was asked for */
    scenario_refused(s, "decide_approval",
                     json("{'approval': %llu, 'approved': true}", (unsigned long long)there),
                     TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH, "approval");
    scenario_done(s, "decide_approval",
                  json("{'approval': %llu, 'approved': true}", (unsigned long long)here));
    scenario_as(s, 0);
    assert_int_equal(scenario_ask(s, "approval", APPROVAL(there))->approval->row->approval, there);
    scenario_end(s);
}

#define DOCUMENT(number) json("{'document': %llu}", (unsigned long long)(number))

/* Customers are shared, and so are their papers; what only moves money is of its two ends. */
static void papers_of_customers_are_open_and_moves_are_not(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    uint32_t box = (uint32_t)scenario_done(s, "add_till", "{'branch': 2, 'name': 'box'}")->id;
    uint32_t safe = (uint32_t)scenario_done(s, "add_till", "{'branch': 2, 'name': 'safe'}")->id;
    scenario_at(s, 2);
    uint64_t bill =
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, "
                           "'price': 100}]}",
                           shop.hoa))
            ->id;
    uint64_t cash = scenario_done(s, "take_payment",
                                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 90, "
                                       "'money_account': %u}",
                                       shop.hoa, box))
                        ->id;
    uint64_t within = scenario_done(s, "move_money",
                                    json("{'from': %u, 'to': %u, 'amount_minor': 20}", box, safe))
                          ->id;
    uint64_t hither =
        scenario_done(s, "move_money",
                      json("{'from': %u, 'to': %u, 'amount_minor': 30}", box, shop.till))
            ->id;
    uint64_t undone =
        scenario_done(s, "reverse_document",
                      json("{'document': %llu, 'reason': 'x'}", (unsigned long long)within))
            ->id;
    scenario_at(s, 1);
    scenario_as(s, shop.bound);
    const uint64_t open[] = {bill, cash, hither};
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        assert_int_equal(
            scenario_ask(s, "document", DOCUMENT(open[i]))->document->document->document, open[i]);
    const uint64_t closed[] = {within, undone};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        scenario_ask_refused(s, "document", DOCUMENT(closed[i]),
                             TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_ask_refused(s, "document", "{'number': 'AL-M-00001'}",
                         TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_as(s, 0);
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        assert_int_equal(
            scenario_ask(s, "document", DOCUMENT(closed[i]))->document->document->document,
            closed[i]);
    scenario_end(s);
}

static int64_t company_owed(struct scenario *s, uint32_t staff)
{
    scenario_as(s, staff);
    return scenario_ask(s, "company", "{}")->company->owed_minor;
}

static void what_the_company_is_owed_is_for_who_sees_its_books(void **state)
{
    (void)state;
    struct bound_shop shop = bound_begin();
    struct scenario *s = shop.s;
    assert_int_equal(company_owed(s, 0), 800);
    assert_int_equal(company_owed(s, ROLE_STAFF_OWNER), 800);
    assert_int_equal(company_owed(s, shop.bound), 300); /* of their branch */
    scenario_as(s, 0);
    assert_int_equal(company_owed(s, scenario_staff(s, "con", TEFTER__ROLE__ROLE_CONTROLLER)), 800);
    scenario_as(s, 0);
    assert_int_equal(company_owed(s, scenario_staff(s, "sal", TEFTER__ROLE__ROLE_SALES)), 0);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_of_ones_own_branch),
        cmocka_unit_test(money_and_alarms_of_others_are_not_listed),
        cmocka_unit_test(papers_of_no_customer_are_of_ones_own_branch),
        cmocka_unit_test(approvals_of_others_are_not_shown),
        cmocka_unit_test(changes_are_those_of_ones_customers_and_of_ones_branch),
        cmocka_unit_test(a_group_has_totals),
        cmocka_unit_test(approvals_are_seen_and_decided_at_ones_own_branch),
        cmocka_unit_test(papers_of_customers_are_open_and_moves_are_not),
        cmocka_unit_test(what_the_company_is_owed_is_for_who_sees_its_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
