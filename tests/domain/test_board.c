/* What the board asks beside the totals, and what a clerk sees of their day. */
#include "scenario.h"

#include "base/limits.h"

enum { DAY = 20000 };

struct board_shop {
    struct scenario *s;
    uint32_t till, bank, clerk, bound, lan, hoa;
};

static struct board_shop board_begin(void)
{
    struct scenario *s = scenario_begin();
    struct board_shop shop = {.s = s};
    scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    shop.till = scenario_till(s);
    shop.bank = scenario_bank(s);
    shop.clerk = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_SALES);
    shop.bound = scenario_staff(s, "bob", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", shop.bound));
    shop.lan = scenario_customer(s, "Lan", 1000);
    shop.hoa = scenario_customer(s, "Hoa", 10000);
    return shop;
}

static const Tefter__Done *board_pay(const struct board_shop *shop, uint32_t customer,
                                     const char *kind, uint32_t account, int64_t amount_minor)
{
    return scenario_done(shop->s, "take_payment",
                         json("{'customer': %u, 'kind': '%s', 'money_account': %u, 'amount_minor': "
                              "%lld, 'reference': 'R-%llu'}",
                              customer, kind, account, (long long)amount_minor,
                              (unsigned long long)shop->s->counter));
}

static void money_is_told_by_day_branch_and_kind(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    board_pay(&shop, shop.lan, "TRANSFER", shop.bank, 200);
    uint64_t wrong = board_pay(&shop, shop.lan, "TRANSFER", shop.bank, 50)->id;
    scenario_done(
        s, "reverse_document",
        json("{'document': '%llu', 'reason': {'value': 'wrong'}}", (unsigned long long)wrong));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", DAY + 1));
    scenario_as(s, ROLE_STAFF_OWNER);
    board_pay(&shop, shop.hoa, "CASH", shop.till, 70);
    const Tefter__MoneyInByDayAnswer *money =
        scenario_ask(s, "money_in_by_day", "{'days': 2}")->money_in_by_day;
    assert_int_equal(money->from, DAY);
    assert_int_equal(money->until, DAY + 1);
    assert_int_equal(money->n_days, 2);
    assert_int_equal(money->days[0]->date, DAY);
    assert_int_equal(money->days[0]->branch, 1);
    assert_int_equal(money->days[0]->n_kinds, 2);
    assert_int_equal(money->days[0]->kinds[0]->amount_minor, 300);
    assert_int_equal(money->days[0]->kinds[1]->amount_minor, 200);
    assert_int_equal(money->days[0]->kinds[1]->count, 1);
    assert_int_equal(money->days[1]->kinds[0]->amount_minor, 70);
    assert_int_equal(scenario_ask(s, "money_in_by_day", "{'days': 1}")->money_in_by_day->n_days, 1);
    assert_int_equal(scenario_ask(s, "money_in_by_day", "{'branch': 2}")->money_in_by_day->n_days,
                     0);
    scenario_ask_refused(s, "money_in_by_day", "{'days': 367}", TEFTER__REFUSAL_CODE__TOO_MANY);
    scenario_as(s, shop.bound);
    scenario_ask_refused(s, "money_in_by_day", "{'branch': 2}",
                         TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    scenario_end(s);
}

static void bill(const struct board_shop *shop, uint32_t customer, int64_t amount, uint32_t due)
{
    scenario_done(shop->s, "issue_invoice",
                  json("{'customer': %u, 'due': %u, 'lines': [{'text': 'goods', 'quantity': 1000, "
                       "'price': %lld}]}",
                       customer, due, (long long)amount * 1000));
}

static void what_is_due_falls_into_weeks(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    bill(&shop, shop.hoa, 10, DAY);
    bill(&shop, shop.hoa, 20, DAY + 6);
    bill(&shop, shop.hoa, 40, DAY + 7);
    bill(&shop, shop.lan, 80, DAY + 14);
    const Tefter__DueByWeekAnswer *due =
        scenario_ask(s, "due_by_week", "{'weeks': 2}")->due_by_week;
    assert_int_equal(due->n_weeks, 2);
    assert_int_equal(due->weeks[0]->amount_minor, 30);
    assert_int_equal(due->weeks[0]->bills, 2);
    assert_int_equal(due->weeks[1]->amount_minor, 40);
    assert_int_equal(due->later_minor, 80);
    assert_int_equal(due->overdue_minor, 0);
    due = scenario_ask(s, "due_by_week", json("{'from': %u, 'weeks': 1}", DAY + 7))->due_by_week;
    assert_int_equal(due->overdue_minor, 30);
    assert_int_equal(due->overdue_bills, 2);
    assert_int_equal(due->weeks[0]->amount_minor, 40);
    scenario_end(s);
}

static void who_used_most_of_their_limit_comes_first(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_sell(s, shop.lan, 900);
    scenario_sell(s, shop.hoa, 5000);
    const Tefter__TopExposuresAnswer *top = scenario_ask(s, "top_exposures", "{}")->top_exposures;
    assert_int_equal(top->n_rows, 2);
    assert_int_equal(top->rows[0]->who->customer, shop.lan);
    assert_int_equal(top->rows[0]->share_bp, 9000);
    assert_int_equal(top->rows[1]->share_bp, 5000);
    top = scenario_ask(s, "top_exposures", "{'rows': 1}")->top_exposures;
    assert_int_equal(top->n_rows, 1);
    assert_int_equal(top->rows[0]->who->customer, shop.lan);
    scenario_end(s);
}

static const Tefter__MoneyOfKind *cash_of(const Tefter__StaffDayAnswer *day)
{
    for (size_t i = 0; i < day->n_collected; i++)
        if (day->collected[i]->kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH)
            return day->collected[i];
    fail_msg("no cash was collected");
    return NULL;
}

/* Nobody counts what they have seen. */
static void cash_of_my_day_is_told_when_the_till_was_counted(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'piece', 'price': 500000}");
    scenario_as(s, shop.clerk);
    scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': 'P', 'quantity': 1000}]}", shop.lan));
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    const Tefter__StaffDayAnswer *day = scenario_ask(s, "staff_day", "{}")->staff_day;
    assert_int_equal(day->staff, shop.clerk);
    assert_int_equal(day->sold_minor, 500); /* on credit */
    assert_true(day->sold_hidden);
    assert_int_equal(cash_of(day)->count, 1);
    assert_false(cash_of(day)->has_amount_minor);
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 300}", shop.till));
    day = scenario_ask(s, "staff_day", "{}")->staff_day;
    assert_true(cash_of(day)->has_amount_minor);
    assert_int_equal(cash_of(day)->amount_minor, 300);
    scenario_ask_refused(s, "staff_day", json("{'staff': %d}", ROLE_STAFF_OWNER),
                         TEFTER__REFUSAL_CODE__RIGHT_MISSING);
    scenario_as(s, ROLE_STAFF_OWNER);
    day = scenario_ask(s, "staff_day", json("{'staff': %u}", shop.clerk))->staff_day;
    assert_int_equal(cash_of(day)->amount_minor, 300);
    assert_int_equal(scenario_ask(s, "staff_day", "{}")->staff_day->sold, 0);
    scenario_end(s);
}

static const Tefter__DocumentTotal *payments_of(struct scenario *s, const char *more)
{
    const Tefter__DocumentsAnswer *sums =
        scenario_ask(s, "documents", json("{'kind': 'DOCUMENT_PAYMENT', 'totals': true%s}", more))
            ->documents;
    assert_int_equal(sums->n_totals, 1);
    return sums->totals[0];
}

static bool tells_cash(struct scenario *s, bool controls)
{
    const Tefter__DocumentTotal *all = payments_of(s, "");
    const Tefter__DocumentTotal *cash = payments_of(s, ", 'payment_kind': 'CASH'");
    assert_true(payments_of(s, ", 'payment_kind': 'TRANSFER'")->has_total_minor);
    assert_int_equal(cash->count, 1);
    assert_int_equal(all->has_total_minor, cash->has_total_minor);
    if (!controls)
        return cash->has_total_minor;
    const Tefter__MoneyInDay *day =
        scenario_ask(s, "money_in_by_day", "{}")->money_in_by_day->days[0];
    bool by_day = day->kinds[0]->has_amount_minor;
    assert_int_equal(day->kinds[0]->kind, TEFTER__PAYMENT_KIND__PAYMENT_CASH);
    assert_int_equal(by_day, cash->has_total_minor);
    const Tefter__TotalsAnswer *totals = scenario_ask(s, "totals", "{}")->totals;
    for (size_t i = 0; i < 2; i++) { /* the company, and the branch */
        assert_int_equal(totals->rows[i]->collected_by_kind[0]->has_amount_minor, by_day);
        assert_int_equal(totals->rows[i]->collected_minor, by_day ? 500 : 200);
    }
    return by_day;
}

/* A bill that was paid at once, less what came by card, is cash. */
static void bills_that_were_paid_do_not_tell_cash(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    const char *paid = json("{'invoice': {'lines': [{'text': 'x', 'quantity': 1000, 'price': "
                            "7000}]}, 'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                            shop.till);
    scenario_as(s, shop.clerk);
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "sell_paid", paid);
    for (int hidden = 1; hidden >= 0; hidden--) {
        const Tefter__StaffDayAnswer *owner = scenario_ask(s, "staff_day", "{}")->staff_day;
        assert_int_equal(owner->open_minor, 0);
        assert_false(owner->paid_hidden);
        scenario_as(s, shop.clerk);
        const Tefter__DocumentsAnswer *bills =
            scenario_ask(s, "documents", "{'totals': true, 'kind': 'DOCUMENT_INVOICE'}")->documents;
        assert_int_equal(bills->n_totals, 1);
        assert_int_equal(bills->totals[0]->count, 1);
        assert_int_equal(bills->totals[0]->has_total_minor, !hidden);
        assert_int_equal(bills->totals[0]->has_open_minor, !hidden);
        const Tefter__DocumentsAnswer *rows =
            scenario_ask(s, "documents", "{'kind': 'DOCUMENT_INVOICE'}")->documents;
        assert_int_equal(rows->rows[0]->total_minor, 7); /* one by one they are seen */
        const Tefter__StaffDayAnswer *mine = scenario_ask(s, "staff_day", "{}")->staff_day;
        assert_int_equal(mine->paid_hidden, hidden);
        scenario_done(
            s, "count_till",
            json("{'money_account': %u, 'counted_minor': 7, 'counts': %d}", shop.till, 1 - hidden));
        scenario_as(s, ROLE_STAFF_OWNER);
    }
    /* what is owed tells nothing of a till */
    bill(&shop, shop.hoa, 5, DAY + 30);
    scenario_done(s, "close_till", json("{'money_account': %u}", shop.till));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", DAY + 1));
    scenario_as(s, shop.clerk);
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 7}", shop.till));
    scenario_as(s, ROLE_STAFF_OWNER);
    bill(&shop, shop.hoa, 5, DAY + 30);
    scenario_as(s, shop.clerk);
    assert_true(
        scenario_ask(s, "documents",
                     json("{'totals': true, 'kind': 'DOCUMENT_INVOICE', 'from': %u}", DAY + 1))
            ->documents->totals[0]
            ->has_total_minor);
    scenario_end(s);
}

static const Tefter__ReportRow *reported(struct scenario *s, const char *source)
{
    const Tefter__ReportAnswer *report =
        scenario_ask(s, "report", json("{'what': {'source': '%s'}}", source))->report;
    assert_int_equal(report->n_rows, 1);
    return report->rows[0];
}

static void check_sold(struct scenario *s, uint32_t clerk, uint32_t controller, bool told)
{
    scenario_as(s, clerk);
    const Tefter__StaffDayAnswer *day = scenario_ask(s, "staff_day", "{}")->staff_day;
    assert_int_equal(day->sold, 2);
    assert_int_equal(day->sold_minor, told ? 540 : 0);
    assert_int_equal(day->open_minor, 0);
    assert_int_equal(day->sold_hidden, !told);
    const Tefter__ProductSalesAnswer *sales = scenario_ask(s, "product_sales", "{}")->product_sales;
    assert_int_equal(sales->n_rows, told);
    assert_int_equal(sales->custom_minor, told ? 40 : 0);
    assert_int_equal(sales->without_cash, !told);
    const Tefter__DocumentTotal *bills =
        scenario_ask(s, "documents", "{'totals': true, 'kind': 'DOCUMENT_INVOICE'}")
            ->documents->totals[0];
    assert_int_equal(bills->has_total_minor, told);
    assert_int_equal(bills->has_open_minor, told);
    scenario_as(s, controller);
    const Tefter__TotalsRow *company = scenario_ask(s, "totals", "{}")->totals->rows[0];
    assert_int_equal(company->sold, 2);
    assert_int_equal(company->on_credit_minor, 40);
    assert_int_equal(company->sold_minor, told ? 540 : 40);
    assert_int_equal(company->sold_hidden, !told);
    assert_int_equal(company->reversed, 1);
    assert_int_equal(company->reversed_minor, told ? 7 : 0);
    const Tefter__ReportRow *papers = reported(s, "REPORT_DOCUMENTS");
    assert_int_equal(papers->has_sold_minor, told);
    assert_int_equal(papers->has_net_minor, told);
    assert_int_equal(papers->has_open_minor, told);
    assert_int_equal(papers->sold_hidden, !told);
    assert_int_equal(papers->money_hidden, !told);
    assert_int_equal(papers->on_credit_minor, 40);
    assert_int_equal(reported(s, "REPORT_LINES")->has_net_minor, told);
}

/* What was sold is what lies in the till, where all was paid in cash: at once, or the same day. */
static void no_sum_of_sales_tells_cash_before_the_count(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    uint32_t controller = scenario_staff(s, "kim", TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'piece', 'price': 500000}");
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_done(s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'THRESHOLD_CUSTOM_AMOUNT', 'role': 'ROLE_SALES', "
                  "'most': 100}]}");
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'wrong'}",
                       (unsigned long long)scenario_sell(s, shop.lan, 7)->id));
    scenario_as(s, shop.clerk);
    scenario_done(s, "sell_paid",
                  json("{'invoice': {'lines': [{'product_code': 'P', 'quantity': 1000}]}, "
                       "'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                       shop.till));
    scenario_sell(s, shop.lan, 40);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 40, "
                       "'match': 'OLDEST_DUE'}",
                       shop.lan, shop.till));
    check_sold(s, shop.clerk, controller, false);
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 540}", shop.till));
    check_sold(s, shop.clerk, controller, true);
    scenario_end(s);
}

/* Nor from a device of another branch, where no till waits. */
static void my_day_is_as_blind_from_another_branch(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_as(s, shop.clerk);
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    s->actor.branch = 2;
    const Tefter__StaffDayAnswer *day =
        scenario_ask(s, "staff_day", json("{'date': %u}", DAY))->staff_day;
    assert_false(cash_of(day)->has_amount_minor);
    assert_true(day->sold_hidden);
    s->actor.branch = 1;
    scenario_end(s);
}

/* The clock was a day ahead once: the oldest that is not matched bears a later time than the next.
 */
static void what_is_not_matched_for_longest_is_the_first_that_came(void **state)
{
    (void)state;
    enum { DAY_MS = 86400000 };
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    uint32_t alley = (uint32_t)scenario_done(s, "add_till", "{'branch': 2, 'name': 'alley'}")->id;
    s->actor.branch = 2;
    uint32_t nga = scenario_customer(s, "Nga", 1000);
    s->actor.branch = 1;
    scenario_wait(s, DAY_MS);
    int64_t ahead_ms = s->now_ms;
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    scenario_wait(s, -DAY_MS);
    s->actor.branch = 2;
    board_pay(&shop, nga, "CASH", alley, 200);
    s->actor.branch = 1;
    const Tefter__TotalsAnswer *totals = scenario_ask(s, "totals", "{}")->totals;
    assert_int_equal(totals->rows[0]->unmatched_since_ms, totals->rows[1]->unmatched_since_ms);
    assert_true(totals->rows[0]->unmatched_since_ms >= ahead_ms);
    assert_true(totals->rows[2]->unmatched_since_ms < ahead_ms);
    scenario_end(s); /* the figures that are kept say the same */
}

static bool tells_moves(struct scenario *s)
{
    const Tefter__DocumentsAnswer *moves =
        scenario_ask(s, "documents", "{'totals': true, 'kind': 'DOCUMENT_MONEY_MOVE'}")->documents;
    assert_int_equal(moves->n_totals, 1);
    return moves->totals[0]->has_total_minor;
}

static void what_another_branch_sent_is_told_after_the_count(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    uint32_t alley = (uint32_t)scenario_done(s, "add_till", "{'branch': 2, 'name': 'alley'}")->id;
    s->actor.branch = 2;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 50}", alley));
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 50}", alley));
    scenario_done(s, "close_till", json("{'money_account': %u}", alley));
    s->actor.branch = 1;
    scenario_as(s, shop.clerk);
    assert_true(tells_moves(s)); /* a till's first float */
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_as(s, ROLE_STAFF_OWNER);
    s->actor.branch = 2;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 50}", alley));
    scenario_done(s, "move_money",
                  json("{'from': %u, 'to': %u, 'amount_minor': 20}", alley, shop.till));
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 30}", alley));
    scenario_done(s, "close_till", json("{'money_account': %u}", alley));
    s->actor.branch = 1;
    assert_true(tells_moves(s));
    scenario_as(s, shop.clerk);
    assert_false(tells_moves(s));
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 0}", shop.till));
    assert_true(tells_moves(s));
    scenario_end(s);
}

/* Nor what tells it by the rest. */
static void no_sum_tells_cash_before_the_count(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    uint32_t controller = scenario_staff(s, "kim", TEFTER__ROLE__ROLE_CONTROLLER);
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    board_pay(&shop, shop.lan, "TRANSFER", shop.bank, 200);
    assert_true(tells_cash(s, true)); /* the owner */
    scenario_as(s, shop.clerk);
    assert_false(tells_cash(s, false));
    scenario_as(s, controller);
    assert_false(tells_cash(s, true));
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 300}", shop.till));
    assert_true(tells_cash(s, true));
    scenario_as(s, shop.clerk);
    assert_true(tells_cash(s, false));
    scenario_end(s);
}

/* Each question that sums up a branch, asked by somebody of another one. */
static void figures_of_another_branch_are_not_told(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    board_pay(&shop, shop.lan, "CASH", shop.till, 300);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 1}", shop.clerk));
    uint32_t other = scenario_staff(s, "eve", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "change_staff", json("{'staff': %u, 'branch': 2}", other));
    scenario_as(s, other);
    const struct {
        const char *query;
        const char *fields;
    } rows[] = {
        {"money_in_by_day", "{'branch': 1}"},
        {"due_by_week", "{'branch': 1}"},
        {"top_exposures", "{'branch': 1}"},
        {"money_days", "{'branch': 1}"},
        {"documents", "{'branch': 1, 'totals': true}"},
        {"staff_day", json("{'staff': %u}", shop.clerk)},
        {"till_day", json("{'money_account': %u}", shop.till)},
        {"till_days", json("{'money_account': %u}", shop.till)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        scenario_ask_refused(s, rows[i].query, rows[i].fields,
                             TEFTER__REFUSAL_CODE__STAFF_OF_OTHER_BRANCH);
    assert_int_equal(scenario_ask(s, "money_days", "{}")->money_days->n_days, 0);
    assert_int_equal(scenario_ask(s, "documents", "{'totals': true}")->documents->n_totals, 0);
    const Tefter__StaffDayAnswer *owner =
        scenario_ask(s, "staff_day", json("{'staff': %d}", ROLE_STAFF_OWNER))->staff_day;
    assert_int_equal(owner->n_collected, 0); /* what they did at this branch */
    const Tefter__TrialBalanceAnswer *books = scenario_ask(s, "trial_balance", "{}")->trial_balance;
    assert_int_equal(books->n_totals, 0);
    assert_int_equal(books->balances_minor, 0);
    assert_true(books->balanced);
    const Tefter__MoneyAccountsAnswer *places =
        scenario_ask(s, "money_accounts", "{}")->money_accounts;
    for (size_t i = 0; i < places->n_money_accounts; i++)
        assert_false(places->money_accounts[i]->has_branch &&
                     places->money_accounts[i]->has_holds_minor);
    scenario_as(s, shop.bound);
    assert_int_equal(scenario_ask(s, "money_days", "{}")->money_days->n_days, 1);
    assert_true(scenario_ask(s, "trial_balance", "{}")->trial_balance->n_totals > 0);
    scenario_end(s);
}

static void branches_tell_their_tills(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    const Tefter__BranchesNowAnswer *now = scenario_ask(s, "branches_now", "{}")->branches_now;
    assert_int_equal(now->n_branches, 2);
    assert_int_equal(now->branches[0]->tills, 1);
    assert_int_equal(now->branches[0]->tills_open, 1);
    assert_int_equal(now->branches[0]->tills_counted, 0);
    assert_int_equal(now->branches[1]->tills, 0);
    scenario_done(s, "count_till", json("{'money_account': %u, 'counted_minor': 0}", shop.till));
    now = scenario_ask(s, "branches_now", "{}")->branches_now;
    assert_int_equal(now->branches[0]->tills_counted, 1);
    scenario_as(s, shop.bound);
    assert_int_equal(scenario_ask(s, "branches_now", "{}")->branches_now->n_branches, 1);
    scenario_end(s);
}

/* The totals say what other questions say of the same. */
static void totals_agree_with_books_aging_and_lists(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    bill(&shop, shop.hoa, 100, DAY);
    bill(&shop, shop.lan, 40, DAY + 30);
    board_pay(&shop, shop.lan, "CASH", shop.till, 70);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", DAY + 5));
    scenario_done(s, "turn_day", json("{'branch': 2, 'date': %u}", DAY + 5));
    scenario_as(s, ROLE_STAFF_OWNER);
    bill(&shop, shop.hoa, 7, DAY + 30);
    const Tefter__TotalsRow *company = scenario_ask(s, "totals", "{}")->totals->rows[0];
    const Tefter__AgingAnswer *aging = scenario_ask(s, "aging", "{}")->aging;
    int64_t overdue_minor = 0;
    for (size_t i = 1; i < aging->n_buckets; i++)
        overdue_minor += aging->buckets[i]->amount_minor;
    assert_int_equal(company->branch, 0);
    assert_int_equal(company->overdue_minor, overdue_minor);
    assert_int_equal(company->overdue_minor, 100);
    assert_int_equal(company->unmatched_minor, aging->unmatched_minor);
    assert_int_equal(company->owed_minor - company->in_credit_minor, aging->balance_minor);
    assert_int_equal(company->owed_minor - company->in_credit_minor,
                     scenario_ask(s, "company", "{}")->company->owed_minor);
    const Tefter__DocumentsAnswer *sold =
        scenario_ask(s, "documents",
                     json("{'from': %u, 'to': %u, 'kind': 'DOCUMENT_INVOICE', 'totals': true}",
                          DAY + 5, DAY + 5))
            ->documents;
    assert_int_equal(company->sold_minor, sold->totals[0]->total_minor);
    assert_int_equal(company->sold, 1);
    assert_int_equal(company->collected, 0);
    scenario_end(s);
}

static int64_t books(struct scenario *s, Tefter__PostingAccount account)
{
    const Tefter__TrialBalanceAnswer *answer =
        scenario_ask(s, "trial_balance", "{}")->trial_balance;
    int64_t sum = 0;
    assert_true(answer->balanced);
    for (size_t i = 0; i < answer->n_totals; i++)
        sum += answer->totals[i]->account == account ? answer->totals[i]->amount_minor : 0;
    return sum;
}

#define GL(name) books(s, TEFTER__POSTING_ACCOUNT__GL_##name)

static const Tefter__Done *opens(const struct board_shop *shop, const char *number,
                                 const char *more, const char *line)
{
    return scenario_done(shop->s, "issue_invoice",
                         json("{'customer': %u, 'number': '%s', 'source': 'old', 'backfill': "
                              "true%s, 'lines': [{%s, 'quantity': 1000, 'price': 90000}]}",
                              shop->hoa, number, more, line));
}

static int64_t sold_by_product(struct scenario *s)
{
    const Tefter__ProductSalesAnswer *answer =
        scenario_ask(s, "product_sales", "{}")->product_sales;
    int64_t sum = answer->custom_minor;
    for (size_t i = 0; i < answer->n_rows; i++)
        sum += answer->rows[i]->net_minor;
    return sum;
}

static void opening_balances_have_an_account_of_their_own(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "add_product",
                  "{'code': 'P', 'name': 'piece', 'price': 500000, 'tax_bp': 1000}");
    /* by its lines; as it says; and goods that were sold and are not paid */
    uint64_t text = opens(&shop, "O1", "", "'text': 'old debt'")->id;
    uint64_t goods = opens(&shop, "O2", ", 'opening': true", "'product_code': 'P'")->id;
    opens(&shop, "S1", ", 'opening': false", "'text': 'a service'");
    opens(&shop, "S2", "", "'product_code': 'P'");
    assert_int_equal(GL(OPENING), -(90 + 99));
    assert_int_equal(GL(SALES), -(90 + 90));
    assert_int_equal(GL(TAX), -9);
    assert_int_equal(GL(RECEIVABLE), 90 + 99 + 90 + 99);
    assert_int_equal(sold_by_product(s), 180);
    assert_int_equal(scenario_ask(s, "totals", "{}")->totals->rows[0]->sold_minor, 90 + 99);
    assert_int_equal(scenario_ask(s, "staff_day", "{}")->staff_day->sold_minor, 0); /* imported */
    /* what corrects or credits such a bill goes back to where that stands */
    uint64_t again = scenario_done(s, "correct_invoice",
                                   json("{'document': '%llu', 'reason': 'less', 'invoice': "
                                        "{'lines': [{'text': 'old debt', 'quantity': 1000, "
                                        "'price': 80000}]}}",
                                        (unsigned long long)text))
                         ->id;
    assert_int_equal(GL(OPENING), -(80 + 99));
    scenario_done(s, "issue_credit_note", json("{'invoice': '%llu'}", (unsigned long long)goods));
    assert_int_equal(GL(OPENING), -80);
    assert_int_equal(scenario_ask(s, "totals", "{}")->totals->rows[0]->credited, 0);
    scenario_done(s, "reverse_document",
                  json("{'document': '%llu', 'reason': 'wrong'}", (unsigned long long)again));
    assert_int_equal(GL(OPENING), 0);
    assert_int_equal(GL(SALES), -180);
    assert_int_equal(sold_by_product(s), 180);
    scenario_done(s, "issue_credit_note",
                  json("{'customer': %u, 'source': 'old', 'backfill': true, 'opening': true, "
                       "'lines': [{'product_code': 'P', 'quantity': 1000, 'price': 10000}]}",
                       shop.hoa));
    assert_int_equal(GL(OPENING), 11);
    /* only an import says so; what is paid at once was not owed */
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'opening': true, 'lines': [{'text': 'x', 'quantity': "
                          "1000, 'price': 1000}]}",
                          shop.lan),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "opening");
    scenario_refused(s, "issue_credit_note",
                     json("{'customer': %u, 'backfill': true, 'opening': true, 'lines': [{'text': "
                          "'x', 'quantity': 1000, 'price': 1000}]}",
                          shop.lan),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "opening");
    scenario_done(s, "sell_paid",
                  json("{'invoice': {'source': 'old', 'number': 'S3', 'backfill': true, 'lines': "
                       "[{'text': 'x', 'quantity': 1000, 'price': 7000}]}, 'payments': [{'kind': "
                       "'CASH', 'money_account': %u}]}",
                       shop.till));
    assert_int_equal(GL(SALES), -187);
    scenario_end(s);
}

/* What it booked stays there, and is taken back from there, once it has newer rules. */
static void an_old_ledger_books_what_was_owed_as_sold(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(6);
    struct board_shop shop = {.s = s, .hoa = scenario_customer(s, "Hoa", 10000)};
    uint64_t first = opens(&shop, "O1", "", "'text': 'old debt'")->id;
    uint64_t second = opens(&shop, "O2", ", 'opening': true", "'text': 'old debt'")->id;
    assert_int_equal(GL(SALES), -180);
    assert_int_equal(GL(OPENING), 0);
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", json("{'rules_version': %d}", LEDGER_RULES));
    scenario_as(s, ROLE_STAFF_OWNER);
    opens(&shop, "O3", "", "'text': 'old debt'");
    assert_int_equal(GL(SALES), -180);
    assert_int_equal(GL(OPENING), -90);
    scenario_done(s, "issue_credit_note", json("{'invoice': '%llu'}", (unsigned long long)second));
    scenario_done(s, "reverse_document",
                  json("{'document': '%llu', 'reason': 'wrong'}", (unsigned long long)first));
    assert_int_equal(GL(SALES), 0);
    assert_int_equal(GL(OPENING), -90);
    assert_int_equal(sold_by_product(s), -90); /* of before, the credit note alone */
    scenario_end(s);
}

/* An import brings what was owed before: owed is more, sold today is not. Goods that it brings are
 * a sale. */
static void opening_balances_are_no_sale(void **state)
{
    (void)state;
    struct board_shop shop = board_begin();
    struct scenario *s = shop.s;
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'piece', 'price': 500000}");
    uint64_t owed =
        scenario_done(
            s, "issue_invoice",
            json("{'customer': %u, 'number': 'O1', 'source': 'old', 'backfill': true, "
                 "'lines': [{'text': 'Opening balance', 'quantity': 1000, 'price': 90000}]}",
                 shop.lan))
            ->id;
    scenario_done(s, "issue_credit_note",
                  json("{'customer': %u, 'number': 'O2', 'source': 'old', 'backfill': true, "
                       "'lines': [{'text': 'Opening balance', 'quantity': 1000, 'price': 40000}]}",
                       shop.hoa));
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'number': 'S1', 'source': 'old', 'backfill': true, "
                       "'lines': [{'product_code': 'P', 'quantity': 1000}]}",
                       shop.lan));
    bill(&shop, shop.hoa, 7, DAY + 30);
    const Tefter__TotalsRow *company = scenario_ask(s, "totals", "{}")->totals->rows[0];
    assert_int_equal(company->owed_minor - company->in_credit_minor, 90 - 40 + 500 + 7);
    assert_int_equal(company->sold, 2);
    assert_int_equal(company->sold_minor, 500 + 7);
    assert_int_equal(company->on_credit_minor, 500 + 7);
    assert_int_equal(company->credited, 0);
    /* what an import brought is nobody's work */
    assert_int_equal(scenario_ask(s, "staff_day", "{}")->staff_day->sold_minor, 7);
    scenario_done(
        s, "reverse_document",
        json("{'document': '%llu', 'reason': {'value': 'wrong'}}", (unsigned long long)owed));
    company = scenario_ask(s, "totals", "{}")->totals->rows[0];
    assert_int_equal(company->sold_minor, 500 + 7);
    assert_int_equal(company->on_credit_minor, 500 + 7);
    assert_int_equal(scenario_ask(s, "staff_day", "{}")->staff_day->sold_minor, 7);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_told_by_day_branch_and_kind),
        cmocka_unit_test(opening_balances_are_no_sale),
        cmocka_unit_test(opening_balances_have_an_account_of_their_own),
        cmocka_unit_test(an_old_ledger_books_what_was_owed_as_sold),
        cmocka_unit_test(what_is_due_falls_into_weeks),
        cmocka_unit_test(who_used_most_of_their_limit_comes_first),
        cmocka_unit_test(cash_of_my_day_is_told_when_the_till_was_counted),
        cmocka_unit_test(bills_that_were_paid_do_not_tell_cash),
        cmocka_unit_test(what_another_branch_sent_is_told_after_the_count),
        cmocka_unit_test(no_sum_tells_cash_before_the_count),
        cmocka_unit_test(no_sum_of_sales_tells_cash_before_the_count),
        cmocka_unit_test(my_day_is_as_blind_from_another_branch),
        cmocka_unit_test(what_is_not_matched_for_longest_is_the_first_that_came),
        cmocka_unit_test(figures_of_another_branch_are_not_told),
        cmocka_unit_test(branches_tell_their_tills),
        cmocka_unit_test(totals_agree_with_books_aging_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
