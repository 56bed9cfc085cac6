/* Sales that are paid at once: one command, nothing left open, change, rounding, rounding off. */
#include "domain/scenario.h"

#include <stdio.h>
#include <string.h>

enum { CASH = 1, BREAD = 250 };

struct counter {
    struct scenario *s;
    uint32_t till;
    uint32_t bank;
    uint32_t device;
    uint32_t clerk;
};

/* A shop that sells bread at 2.50, with a clerk at the counter. */
static struct counter counter_at(uint32_t rules)
{
    struct counter c = {.s = scenario_begin_at(rules)};
    c.till = scenario_till(c.s);
    c.bank = scenario_bank(c.s);
    c.device =
        (uint32_t)scenario_done(c.s, "add_pos_device",
                                json("{'branch': 1, 'name': 'POS 1', 'bank_account': %u}", c.bank))
            ->id;
    scenario_done(c.s, "add_product", "{'code': 'BREAD', 'name': 'Bread', 'price': 250000}");
    scenario_done(c.s, "add_product", "{'code': 'CENT', 'name': 'A cent', 'price': 1000}");
    c.clerk = scenario_staff(c.s, "ann", TEFTER__ROLE__ROLE_SALES);
    scenario_as(c.s, c.clerk);
    return c;
}

static struct counter counter(void)
{
    return counter_at(LEDGER_RULES);
}

static const char *loaves(uint32_t customer, int count)
{
    return json("{'customer': %u, 'lines': [{'product_code': 'BREAD', 'quantity': %d000}]}",
                customer, count);
}

static const char *cents(uint32_t customer, int count)
{
    return json("{'customer': %u, 'lines': [{'product_code': 'CENT', 'quantity': %d000}]}",
                customer, count);
}

static const char *cash(const struct counter *c, int64_t amount_minor)
{
    return json("{'kind': 'CASH', 'money_account': %u, 'amount_minor': %lld}", c->till,
                (long long)amount_minor);
}

static const char *paid(const char *invoice, const char *payments)
{
    return json("{'invoice': %s, 'payments': [%s]}", invoice, payments);
}

static int64_t gl(struct scenario *s, Tefter__PostingAccount account)
{
    const Tefter__TrialBalanceAnswer *books = scenario_ask(s, "trial_balance", "{}")->trial_balance;
    int64_t sum = 0;
    assert_true(books->balanced);
    for (size_t i = 0; i < books->n_totals; i++)
        if (books->totals[i]->account == account)
            sum += books->totals[i]->amount_minor;
    return sum;
}

static int64_t gl_seen_by_owner(struct counter *c, Tefter__PostingAccount account)
{
    uint32_t who = c->s->actor.staff;
    scenario_as(c->s, ROLE_STAFF_OWNER);
    int64_t sum = gl(c->s, account);
    scenario_as(c->s, who);
    return sum;
}

#define GL(name) TEFTER__POSTING_ACCOUNT__GL_##name
#define CODE(name) TEFTER__REFUSAL_CODE__##name

static const Tefter__DocumentAnswer *paper(struct scenario *s, const char *number)
{
    return scenario_ask(s, "document", json("{'number': '%s'}", number))->document;
}

/* ---- what it would come to ---- */

/* Who pays at once is nobody that a question could name, and hears the same of prices. */
static void a_cash_sale_that_is_only_typed_has_its_lines(void **state)
{
    (void)state;
    struct counter c = counter();
    const Tefter__WhatIfAnswer *answer =
        scenario_ask(
            c.s, "what_if",
            json("{'customer': %u, 'amount_minor': 0, 'draft': %s}", CASH, loaves(CASH, 4)))
            ->what_if;
    assert_int_equal(answer->total_minor, 1000);
    assert_int_equal(answer->n_lines, 1);
    assert_int_equal(answer->lines[0]->net_minor, 1000);
    assert_int_equal(answer->lines[0]->price, 250000);
    scenario_end(c.s);
}

/* ---- one command ---- */

static void a_cash_sale_is_a_bill_and_its_money_in_one(void **state)
{
    (void)state;
    struct counter c = counter();
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(loaves(CASH, 4), cash(&c, 2000)));
    assert_string_equal(done->number, "HQ-00001");
    assert_int_equal(done->total_minor, 1000);
    assert_int_equal(done->paid_minor, 1000);
    assert_int_equal(done->matched_minor, 1000);
    assert_int_equal(done->change_minor, 1000);
    assert_int_equal(done->n_payments, 1);
    assert_string_equal(done->payments[0]->number, "HQ-R-00001");
    assert_int_equal(done->payments[0]->amount_minor, 1000);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(done->account->open_bills, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 1000);
    assert_int_equal(paper(c.s, "HQ-R-00001")->document->change_minor, 1000);
    scenario_end(c.s);
}

static void it_is_paid_by_card_transfer_and_cash_together(void **state)
{
    (void)state;
    struct counter c = counter();
    const char *parts = json(
        "{'kind': 'POS', 'money_account': %u, 'amount_minor': 300, 'reference': 'A1'}, "
        "{'kind': 'TRANSFER', 'money_account': %u, 'amount_minor': 200, 'reference': 'A1'}, %s",
        c.device, c.bank, cash(&c, 500));
    const Tefter__Done *done = scenario_done(c.s, "sell_paid", paid(loaves(CASH, 4), parts));
    assert_int_equal(done->n_payments, 3);
    assert_int_equal(done->change_minor, 0);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(POS_CLEARING)), 300);
    assert_int_equal(gl_seen_by_owner(&c, GL(MONEY_ON_ITS_WAY)), 200); /* a clerk took it */
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 500);
    /* the rest on the card, whatever it is */
    parts = json("%s, {'kind': 'POS', 'money_account': %u, 'reference': 'A2'}", cash(&c, 100),
                 c.device);
    done = scenario_done(c.s, "sell_paid", paid(loaves(CASH, 1), parts));
    assert_int_equal(done->payments[1]->amount_minor, 150);
    assert_int_equal(done->change_minor, 0);
    scenario_end(c.s);
}

/* Whoever buys: their record and that of the branch, which numbers the receipts, may want one
 * place. */
static void each_part_has_a_number_of_its_own(void **state)
{
    (void)state;
    enum { CUSTOMERS = 100 };
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        const char *parts = json("{'kind': 'POS', 'money_account': %u, 'amount_minor': 100, "
                                 "'reference': 'P%u'}, {'kind': 'TRANSFER', 'money_account': %u, "
                                 "'amount_minor': 50, 'reference': 'T%u'}, %s",
                                 c.device, i, c.bank, i, cash(&c, 100));
        uint32_t customer = scenario_customer(c.s, "Anh", 0);
        const Tefter__Done *done =
            scenario_done(c.s, "sell_paid", paid(loaves(customer, 1), parts));
        for (uint32_t part = 0; part < 3; part++)
            assert_string_equal(done->payments[part]->number, json("HQ-R-%05u", 3 * i + part + 1));
    }
    scenario_end(c.s);
}

static void a_clerk_leaves_nothing_open_on_the_cash_customer(void **state)
{
    (void)state;
    struct counter c = counter();
    const Tefter__Refusal *refusal =
        scenario_refused(c.s, "issue_invoice", loaves(CASH, 4), CODE(CASH_SALE_UNPAID), "customer");
    assert_int_equal(refusal->over_by_minor, 1000);
    assert_true(refusal->n_roles > 0);
    refusal = scenario_refused(c.s, "sell_paid", paid(loaves(CASH, 4), cash(&c, 900)),
                               CODE(CASH_SALE_UNPAID), "customer");
    assert_int_equal(refusal->over_by_minor, 100);
    /* a slip is no money yet */
    scenario_refused(c.s, "sell_paid",
                     paid(loaves(CASH, 4), json("{'kind': 'SLIP', 'money_account': %u, "
                                                "'reference': '7', 'payer': 'H'}",
                                                c.bank)),
                     CODE(CASH_SALE_UNPAID), "customer");
    /* nor by making the sale larger afterwards */
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(loaves(CASH, 4), cash(&c, 1000)));
    scenario_refused(
        c.s, "correct_invoice",
        json("{'document': %llu, 'invoice': %s}", (unsigned long long)done->id, loaves(CASH, 5)),
        CODE(CASH_SALE_UNPAID), "customer");
    /* nor by taking the money out again */
    scenario_refused(c.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'x'}",
                     CODE(CASH_SALE_UNPAID), "customer");
    scenario_refused(c.s, "undo_match",
                     json("{'customer': 1, 'match': %llu}", (unsigned long long)done->match),
                     CODE(CASH_SALE_UNPAID), "customer");
    scenario_refused(c.s, "correct_payment",
                     json("{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', "
                          "'amount_minor': 5, 'money_account': %u}}",
                          (unsigned long long)done->payments[0]->payment, c.till),
                     CODE(CASH_SALE_UNPAID), "customer");
    assert_int_equal(scenario_account(c.s, CASH)->open_bills, 0);
    scenario_end(c.s);
}

static void who_may_approve_leaves_it_open_and_backfills_it(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_done(c.s, "issue_invoice", loaves(CASH, 4));
    scenario_done(c.s, "issue_invoice",
                  json("{'customer': 1, 'backfill': true, 'lines': "
                       "[{'product_code': 'BREAD', 'quantity': 1000}]}"));
    scenario_end(c.s);
}

static void an_old_ledger_lets_a_clerk_leave_it_open(void **state)
{
    (void)state;
    struct counter c = counter_at(4);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_as(c.s, c.clerk);
    scenario_done(c.s, "issue_invoice", loaves(CASH, 4));
    scenario_end(c.s);
}

static void a_cash_sale_is_taken_back_bill_first(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_done(c.s, "sell_paid", paid(loaves(CASH, 4), cash(&c, 1000)));
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'no sale'}");
    assert_int_equal(scenario_account(c.s, CASH)->balance_minor, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
    scenario_end(c.s);
}

/* ---- a customer by name ---- */

static void only_the_rest_meets_the_credit_decision(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 300);
    scenario_as(c.s, c.clerk);
    const Tefter__Refusal *refusal =
        scenario_refused(c.s, "sell_paid", paid(loaves(anh, 4), cash(&c, 600)),
                         CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->decision->amount_minor, 400);
    assert_int_equal(refusal->over_by_minor, 100);
    const Tefter__Done *done = scenario_done(c.s, "sell_paid", paid(loaves(anh, 4), cash(&c, 700)));
    assert_int_equal(done->account->balance_minor, 300);
    assert_int_equal(done->account->available_minor, 0);
    /* paid whole, it is no credit, though nothing is available any more */
    done = scenario_done(c.s, "sell_paid", paid(loaves(anh, 4), cash(&c, 1000)));
    assert_int_equal(done->account->balance_minor, 300);
    scenario_end(c.s);
}

static void a_locked_customer_buys_for_cash(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 5000);
    scenario_done(c.s, "lock_customer", json("{'customer': %u}", anh));
    scenario_as(c.s, c.clerk);
    scenario_done(c.s, "sell_paid", paid(loaves(anh, 4), cash(&c, 1000)));
    scenario_refused(c.s, "sell_paid", paid(loaves(anh, 4), cash(&c, 999)), CODE(CUSTOMER_LOCKED),
                     "customer");
    scenario_end(c.s);
}

static void a_slip_is_owed_until_it_is_confirmed(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 999);
    scenario_as(c.s, c.clerk);
    const char *slip =
        json("{'kind': 'SLIP', 'money_account': %u, 'reference': '7', 'payer': 'H'}", c.bank);
    scenario_refused(c.s, "sell_paid", paid(loaves(anh, 4), slip), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(loaves(anh, 4), json("%s, %s", slip, cash(&c, 1))));
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(done->account->used_minor, 999);
    scenario_end(c.s);
}

/* ---- what is wrong with it ---- */

static void what_is_wrong_is_said_of_its_part(void **state)
{
    (void)state;
    struct counter c = counter();
    static const struct {
        const char *payments;
        Tefter__RefusalCode code;
        const char *field;
    } cases[] = {
        {"", CODE(FIELD_MISSING), "payments"},
        {"{'kind': 'CASH', 'amount_minor': 0}", CODE(AMOUNT_NOT_POSITIVE),
         "payments[0].amount_minor"},
        {"{'kind': 'CASH', 'amount_minor': 1}, {'kind': 'CASH', 'amount_minor': 1}",
         CODE(FIELD_INVALID), "payments[1].kind"},
        {"{'kind': 'POS'}, {'kind': 'CASH'}", CODE(FIELD_MISSING), "payments[1].amount_minor"},
        {"{'kind': 'CASH'}", CODE(FIELD_MISSING), "payments[0].money_account"},
        {"{'kind': 'CASH', 'money_account': 2}", CODE(FIELD_INVALID), "payments[0].money_account"},
        {"{'kind': 'POS', 'money_account': 3, 'amount_minor': 1001}", CODE(PAID_TOO_MUCH),
         "payments"},
        {"{'kind': 'POS', 'money_account': 3, 'amount_minor': 1000}, {'kind': 'CASH', "
         "'money_account': 1, 'amount_minor': 5}",
         CODE(PAID_TOO_MUCH), "payments"},
        {"{'kind': 'POS', 'money_account': 3}, {'kind': 'CASH', 'money_account': 1, "
         "'amount_minor': 1001}",
         CODE(PAID_TOO_MUCH), "payments"},
        {"{'kind': 'POS', 'money_account': 3, 'amount_minor': 1, 'reference': 'x'}, {'kind': "
         "'POS', 'money_account': 3, 'reference': 'x'}",
         CODE(NUMBER_TAKEN), "payments[1].reference"},
        {"{'kind': 'POS', 'money_account': 3, 'amount_minor': 1, 'reference': 'x-1'}, {'kind': "
         "'POS', 'money_account': 3, 'reference': 'X–1'}", /* typed otherwise */
         CODE(NUMBER_TAKEN), "payments[1].reference"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        scenario_refused(c.s, "sell_paid", paid(loaves(CASH, 4), cases[i].payments), cases[i].code,
                         cases[i].field);
    char many[2000] = "";
    for (int i = 0; i < 11; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many),
                 "%s{'kind': 'POS', 'money_account': 3, 'amount_minor': 1}", i == 0 ? "" : ", ");
    scenario_refused(c.s, "sell_paid", paid(loaves(CASH, 4), many), CODE(TOO_MANY), "payments");
    scenario_end(c.s);
}

/* ---- rounding ---- */

static void cash_by_five(struct counter *c)
{
    scenario_as(c->s, ROLE_STAFF_OWNER);
    scenario_done(c->s, "set_cash_policy", "{'unit_minor': 5}");
    scenario_as(c->s, c->clerk);
}

static void cash_is_rounded_by_the_companys_unit(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    static const struct {
        int owed;
        int rounding; /* negative: up */
    } cases[] = {{1001, 1}, {1002, 2}, {1003, -2}, {1004, -1}, {1005, 0}, {3, -2}, {2, 2}};
    int64_t sum = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Tefter__Done *done =
            scenario_done(c.s, "sell_paid",
                          paid(cents(CASH, cases[i].owed),
                               json("{'kind': 'CASH', 'money_account': %u}", c.till)));
        assert_int_equal(done->rounding_minor, cases[i].rounding);
        assert_int_equal(done->paid_minor, cases[i].owed - cases[i].rounding);
        assert_int_equal(done->change_minor, 0);
        assert_int_equal(done->account->balance_minor, 0);
        sum += cases[i].rounding;
        assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), sum);
    }
    scenario_end(c.s);
}

static void change_is_counted_from_the_rounded_sum(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(cents(CASH, 1003), cash(&c, 2000)));
    assert_int_equal(done->change_minor, 995);
    assert_int_equal(done->paid_minor, 1005);
    /* who says the sum of the bill means all of it */
    done = scenario_done(c.s, "sell_paid", paid(cents(CASH, 1003), cash(&c, 1003)));
    assert_int_equal(done->change_minor, 0);
    assert_int_equal(done->rounding_minor, -2);
    assert_int_equal(done->paid_minor, 1005);
    /* change is in coins too, and a bill of less than half a coin costs none */
    done = scenario_done(c.s, "sell_paid", paid(cents(CASH, 2), cash(&c, 5)));
    assert_int_equal(done->change_minor, 5);
    assert_int_equal(done->paid_minor, 0);
    assert_int_equal(done->rounding_minor, 2);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)) % 5, 0);
    scenario_end(c.s);
}

/* ---- advice that can be followed ---- */

static void advice_can_be_followed(uint32_t rules)
{
    struct counter c = counter_at(rules);
    bool newer = rules >= 7;
    cash_by_five(&c);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 1000);
    /* money to pay now is a sum of coins */
    scenario_as(c.s, c.clerk);
    const Tefter__Refusal *refusal = scenario_refused(c.s, "issue_invoice", cents(anh, 1003),
                                                      CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->ways[0]->kind, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW);
    assert_int_equal(refusal->ways[0]->amount_minor, newer ? 5 : 3);
    /* the till's branch is named */
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_done(c.s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    uint32_t there =
        (uint32_t)scenario_done(c.s, "add_till", "{'branch': 2, 'name': 'alley till'}")->id;
    refusal = scenario_refused(
        c.s, "put_cash", json("{'money_account': %u, 'amount_minor': 5, 'reason': 'x'}", there),
        CODE(TILL_OTHER_BRANCH), "money_account");
    assert_int_equal(refusal->branch != NULL && strcmp(refusal->branch, "AL") == 0, newer);
    /* what is short is the money, not the bill */
    scenario_done(c.s, "issue_invoice", cents(anh, 900));
    const char *more = json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                            "50, 'bills': [{'bill_number': 'HQ-00001', 'amount_minor': 100}]}",
                            anh, c.till);
    scenario_refused(c.s, "take_payment", more, CODE(MATCH_TOO_MUCH),
                     newer ? "bills[0].money" : "bills[0].amount_minor");
    scenario_end(c.s);
}

static void advice_is_of_sums_and_places_that_are_right(void **state)
{
    (void)state;
    advice_can_be_followed(7);
    advice_can_be_followed(6);
}

/* Until version 7 what was handed over with a sale, and less than a coin, was noted as it was. */
static void before_version_7_sales_took_any_cash(void **state)
{
    (void)state;
    struct counter c = counter_at(6);
    cash_by_five(&c);
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(cents(CASH, 1003), cash(&c, 1003)));
    assert_int_equal(done->rounding_minor, 0);
    done = scenario_done(c.s, "sell_paid", paid(cents(CASH, 1003), cash(&c, 1004)));
    assert_int_equal(done->change_minor, 1);
    done = scenario_done(c.s, "sell_paid", paid(cents(CASH, 2), cash(&c, 5)));
    assert_int_equal(done->change_minor, 3);
    scenario_end(c.s);
}

/* ---- all cash is coins ---- */

static const char *pay_out(const struct counter *c, uint32_t customer, int amount_minor)
{
    return json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'back', "
                "'amount_minor': %d}",
                customer, c->till, amount_minor);
}

static const char *pay_in(const struct counter *c, uint32_t customer, int amount_minor)
{
    return json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': %d, "
                "'match': 'OLDEST_DUE'}",
                customer, c->till, amount_minor);
}

/* The sums next to it that there are coins for. */
static void between(const Tefter__Refusal *refusal, int64_t below_minor)
{
    assert_int_equal(refusal->most, 5);
    assert_int_equal(refusal->available_minor, below_minor);
    assert_int_equal(refusal->above_minor, below_minor + 5);
}

static void a_part_in_cash_is_in_coins(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 100000);
    scenario_as(c.s, c.clerk);
    between(scenario_refused(c.s, "sell_paid", paid(cents(anh, 2000), cash(&c, 1003)),
                             CODE(NOT_IN_COINS), "payments[0].amount_minor"),
            1000);
    between(
        scenario_refused(c.s, "sell_paid",
                         paid(cents(CASH, 2000),
                              json("{'kind': 'POS', 'money_account': %u, 'reference': 'A1'}, %s",
                                   c.device, cash(&c, 1003))),
                         CODE(NOT_IN_COINS), "payments[1].amount_minor"),
        1000);
    const Tefter__Done *done =
        scenario_done(c.s, "sell_paid", paid(cents(anh, 2001), cash(&c, 1000)));
    assert_int_equal(done->account->balance_minor, 1001);
    /* a receipt is put right to coins; and one that stays the same stays */
    const char *receipt = done->payments[0]->number;
    uint64_t payment = paper(c.s, receipt)->document->document;
    const char *put = json("{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', "
                           "'amount_minor': 993}}",
                           (unsigned long long)payment);
    between(scenario_refused(c.s, "correct_payment", put, CODE(NOT_IN_COINS), "amount_minor"), 990);
    scenario_end(c.s);
}

static void all_that_is_open_is_paid_in_coins(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 100000);
    scenario_as(c.s, c.clerk);
    scenario_done(c.s, "issue_invoice", cents(anh, 3817));
    between(scenario_refused(c.s, "take_payment", pay_in(&c, anh, 3816), CODE(NOT_IN_COINS),
                             "amount_minor"),
            3815);
    const Tefter__Done *done = scenario_done(c.s, "take_payment", pay_in(&c, anh, 3817));
    assert_int_equal(done->total_minor, 3817);
    assert_int_equal(done->rounding_minor, 2);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(done->account->open_bills, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 3815);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), 2);
    scenario_end(c.s);
}

static void cash_that_is_paid_out_is_in_coins(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(loaves(CASH, 40), cash(&c, 10000)));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 100000);
    scenario_done(c.s, "take_payment",
                  json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'reference': "
                       "'T1', 'amount_minor': 4241}",
                       anh, c.bank));
    between(scenario_refused(c.s, "refund_money", pay_out(&c, anh, 1002), CODE(NOT_IN_COINS),
                             "amount_minor"),
            1000);
    scenario_done(c.s, "refund_money", pay_out(&c, anh, 1000));
    const Tefter__Done *done = scenario_done(c.s, "refund_money", pay_out(&c, anh, 3241));
    assert_int_equal(done->rounding_minor, 1);
    assert_int_equal(gl(c.s, GL(CASH)), 5760);
    scenario_end(c.s);
}

static void cash_that_is_moved_and_counted_is_in_coins(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(loaves(CASH, 40), cash(&c, 10000)));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    between(scenario_refused(c.s, "put_cash",
                             json("{'money_account': %u, 'amount_minor': 1234, 'reason': 'milk', "
                                  "'out': true}",
                                  c.till),
                             CODE(NOT_IN_COINS), "amount_minor"),
            1230);
    between(scenario_refused(c.s, "move_money",
                             json("{'from': %u, 'to': %u, 'amount_minor': 1234}", c.till, c.bank),
                             CODE(NOT_IN_COINS), "amount_minor"),
            1230);
    between(
        scenario_refused(c.s, "open_till",
                         json("{'money_account': %u, 'float_minor': 10001, 'reason': 'x'}", c.till),
                         CODE(NOT_IN_COINS), "float_minor"),
        10000);
    scenario_done(c.s, "open_till", json("{'money_account': %u, 'float_minor': 10000}", c.till));
    between(scenario_refused(c.s, "count_till",
                             json("{'money_account': %u, 'counted_minor': 9999}", c.till),
                             CODE(NOT_IN_COINS), "counted_minor"),
            9995);
    scenario_end(c.s);
}

static void before_version_7_payments_alone_were_in_coins(void **state)
{
    (void)state;
    struct counter c = counter_at(6);
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(loaves(CASH, 40), cash(&c, 10000)));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_done(
        c.s, "put_cash",
        json("{'money_account': %u, 'amount_minor': 1234, 'reason': 'milk', 'out': true}", c.till));
    scenario_done(c.s, "move_money",
                  json("{'from': %u, 'to': %u, 'amount_minor': 1234}", c.till, c.bank));
    scenario_done(c.s, "open_till", json("{'money_account': %u, 'float_minor': 7532}", c.till));
    scenario_done(c.s, "count_till", json("{'money_account': %u, 'counted_minor': 1}", c.till));
    scenario_end(c.s);
}

static void a_free_item_is_sold_for_nothing(void **state)
{
    (void)state;
    const char *gift = "{'customer': 1, 'lines': [{'text': 'a gift', 'quantity': 1000, 'price': "
                       "0}]}";
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    const char *in_cash = json("{'kind': 'CASH', 'money_account': %u}", c.till);
    const Tefter__Done *done = scenario_done(c.s, "sell_paid", paid(gift, in_cash));
    assert_int_equal(done->total_minor, 0);
    assert_int_equal(done->n_payments, 0);
    assert_false(done->has_match);
    done = scenario_done(c.s, "sell_paid", paid(gift, cash(&c, 500)));
    assert_int_equal(done->change_minor, 500);
    /* a part that has nothing left to pay is none */
    const char *card = json("{'kind': 'POS', 'money_account': %u, 'reference': 'A1'}", c.device);
    done = scenario_done(c.s, "sell_paid",
                         paid(loaves(CASH, 4), json("%s, %s", card, cash(&c, 1000))));
    assert_int_equal(done->n_payments, 1);
    scenario_end(c.s);
    c = counter_at(6);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    in_cash = json("{'kind': 'CASH', 'money_account': %u}", c.till);
    scenario_refused(c.s, "sell_paid", paid(gift, in_cash), CODE(PAID_TOO_MUCH), "payments");
    scenario_end(c.s);
}

static void a_card_is_not_rounded(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    const char *card = json("{'kind': 'POS', 'money_account': %u, 'reference': 'A1'}", c.device);
    const Tefter__Done *done = scenario_done(c.s, "sell_paid", paid(cents(CASH, 1002), card));
    assert_int_equal(done->paid_minor, 1002);
    /* what is left for cash is */
    done = scenario_done(
        c.s, "sell_paid",
        paid(cents(CASH, 1002),
             json("{'kind': 'POS', 'money_account': %u, 'amount_minor': 901, 'reference': 'A2'}, "
                  "{'kind': 'CASH', 'money_account': %u}",
                  c.device, c.till)));
    assert_int_equal(done->payments[1]->amount_minor, 100);
    assert_int_equal(done->rounding_minor, 1);
    scenario_end(c.s);
}

static void a_rounded_receipt_is_reversed_whole(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(cents(CASH, 1002), cash(&c, 1000)));
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'x'}");
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
    scenario_end(c.s);
}

/* Paid out in cash, or by the bank, of that paper. */
static const Tefter__Done *refund_of(struct counter *c, const char *number, const char *kind,
                                     const char *more)
{
    uint64_t credit = paper(c->s, number)->document->document;
    bool cash_out = strcmp(kind, "CASH") == 0;
    scenario_as(c->s, ROLE_STAFF_OWNER);
    const Tefter__Done *done = scenario_done(
        c->s, "refund_money",
        json("{'customer': %u, 'kind': '%s', 'money_account': %u, 'reason': 'brought back', "
             "'credits': [%llu]%s}",
             paper(c->s, number)->document->customer, kind, cash_out ? c->till : c->bank,
             (unsigned long long)credit, more));
    scenario_as(c->s, c->clerk);
    return done;
}

static void a_rounded_sale_gives_back_what_was_taken(void **state)
{
    (void)state;
    static const struct {
        int sold;
        int tendered;
        int taken;
        const char *more;
    } cases[] = {
        {1061, 1060, 1060, ""},
        {1003, 1005, 1005, ""},
        {1003, 1005, 1005, ", 'amount_minor': 1005"}, /* who says what was taken means all */
        {1061, 1060, 1060, ", 'amount_minor': 1060"},
        {1003, 1003, 1005, ""}, /* who says the sum of the bill */
        {1005, 1005, 1005, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counter c = counter();
        cash_by_five(&c);
        scenario_done(c.s, "sell_paid",
                      paid(cents(CASH, cases[i].sold), cash(&c, cases[i].tendered)));
        assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), cases[i].taken);
        scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
        const Tefter__Done *done = refund_of(&c, "HQ-R-00001", "CASH", cases[i].more);
        assert_int_equal(done->total_minor, cases[i].sold);
        assert_int_equal(done->rounding_minor, cases[i].sold - cases[i].taken);
        assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
        assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), 0);
        assert_int_equal(scenario_account(c.s, CASH)->balance_minor, 0);
        /* and back */
        scenario_as(c.s, ROLE_STAFF_OWNER);
        scenario_done(c.s, "reverse_document", "{'number': 'HQ-RF-00001', 'reason': 'x'}");
        assert_int_equal(gl(c.s, GL(CASH)), cases[i].taken);
        assert_int_equal(gl(c.s, GL(CASH_ROUNDING)), cases[i].sold - cases[i].taken);
        scenario_end(c.s);
    }
}

static void goods_that_are_brought_back_are_paid_out_by_the_unit(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(cents(CASH, 1061), cash(&c, 1060)));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_done(c.s, "issue_credit_note", "{'invoice_number': 'HQ-00001', 'reason': 'broken'}");
    const Tefter__Done *done = refund_of(&c, "HQ-CN-00001", "CASH", "");
    assert_int_equal(done->rounding_minor, 1);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), 0);
    scenario_end(c.s);
}

/* What was paid out is taken back before what it was paid out for. */
static void a_paid_out_receipt_waits_for_its_refund(void **state)
{
    (void)state;
    for (uint32_t rules = 6; rules <= 7; rules++) {
        struct counter c = counter_at(rules);
        scenario_done(c.s, "sell_paid", paid(loaves(CASH, 4), cash(&c, 1000)));
        scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
        (void)refund_of(&c, "HQ-R-00001", "CASH", "");
        const char *back = "{'number': 'HQ-R-00001', 'reason': 'x'}";
        const Tefter__Refusal *refusal =
            rules < 7
                ? scenario_refused(c.s, "reverse_document", back, CODE(CASH_SALE_UNPAID),
                                   "customer")
                : scenario_refused(c.s, "reverse_document", back, CODE(NOT_REVERSIBLE), "refund");
        if (rules >= 7)
            assert_string_equal(refusal->existing_number, "HQ-RF-00001");
        scenario_end(c.s);
    }
}

static void a_card_is_given_back_in_coins_that_there_are(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(loaves(CASH, 8), cash(&c, 2000)));
    scenario_done(c.s, "sell_paid",
                  paid(cents(CASH, 1003),
                       json("{'kind': 'POS', 'money_account': %u, 'reference': 'A1'}", c.device)));
    scenario_done(c.s, "sell_paid",
                  paid(cents(CASH, 1003),
                       json("{'kind': 'POS', 'money_account': %u, 'reference': 'A2'}", c.device)));
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00002'}");
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00003'}");
    assert_int_equal(refund_of(&c, "HQ-R-00002", "CASH", "")->rounding_minor, -2);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 995);
    /* by the bank to the cent */
    assert_int_equal(refund_of(&c, "HQ-R-00003", "TRANSFER", "")->rounding_minor, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(BANK)), -1003);
    scenario_end(c.s);
}

/* ---- rounding off ---- */

/* Anh owes a bill of 1003, and the clerk may round off 10 at a time and 15 in a day. */
static uint32_t owes(struct counter *c)
{
    scenario_as(c->s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c->s, "Anh", 100000);
    scenario_done(c->s, "set_cash_policy", "{'round_off_minor': 10, 'round_off_day_minor': 15}");
    scenario_as(c->s, c->clerk);
    scenario_done(c->s, "issue_invoice", cents(anh, 1003));
    return anh;
}

static const char *settle(const struct counter *c, uint32_t customer, int64_t amount_minor)
{
    return json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': %lld, "
                "'match': 'OLDEST_DUE', 'round_off': true}",
                customer, c->till, (long long)amount_minor);
}

static void a_little_that_is_short_is_rounded_off(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    const Tefter__Refusal *refusal = scenario_refused(c.s, "take_payment", settle(&c, anh, 992),
                                                      CODE(ROUNDING_TOO_MUCH), "round_off");
    assert_int_equal(refusal->available_minor, 11);
    assert_int_equal(refusal->most, 10);
    assert_int_equal(refusal->over_by_minor, 1);
    const Tefter__Done *done = scenario_done(c.s, "take_payment", settle(&c, anh, 993));
    assert_int_equal(done->discount_minor, 10);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(done->account->open_bills, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 10);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 993);
    assert_int_equal(paper(c.s, "HQ-R-00001")->document->discount_minor, 10);
    /* all of it is one receipt, and goes back as one */
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'x'}");
    assert_int_equal(scenario_account(c.s, anh)->balance_minor, 1003);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 0);
    scenario_end(c.s);
}

static void no_more_in_a_day_than_the_company_lets_one_person(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 993));
    scenario_done(c.s, "issue_invoice", cents(anh, 1003));
    const Tefter__Refusal *refusal = scenario_refused(c.s, "take_payment", settle(&c, anh, 997),
                                                      CODE(ROUNDING_TOO_MUCH), "round_off");
    assert_int_equal(refusal->most, 5);
    scenario_done(c.s, "take_payment", settle(&c, anh, 998));
    /* somebody else has their own day */
    uint32_t bob;
    scenario_as(c.s, ROLE_STAFF_OWNER);
    bob = scenario_staff(c.s, "bob", TEFTER__ROLE__ROLE_SALES);
    scenario_as(c.s, bob);
    scenario_done(c.s, "issue_invoice", cents(anh, 1003));
    scenario_done(c.s, "take_payment", settle(&c, anh, 993));
    scenario_end(c.s);
}

static const char *put_right(const struct counter *c, const char *number, int64_t amount_minor,
                             const char *more)
{
    return json("{'document': %llu, 'reason': 'typed wrong', 'payment': {'kind': 'CASH', "
                "'money_account': %u, 'amount_minor': %lld%s}}",
                (unsigned long long)paper(c->s, number)->document->document, c->till,
                (long long)amount_minor, more);
}

static void a_receipt_that_is_put_right_stays_rounded(void **state)
{
    (void)state;
    struct counter c = counter();
    cash_by_five(&c);
    scenario_done(c.s, "sell_paid", paid(cents(CASH, 1003), cash(&c, 1005)));
    const Tefter__Done *done =
        scenario_done(c.s, "correct_payment", put_right(&c, "HQ-R-00001", 1005, ", 'note': 'Lan'"));
    assert_int_equal(done->rounding_minor, -2);
    assert_int_equal(done->matched_minor, 1003);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), -2);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 1005);
    scenario_end(c.s);
}

static void what_was_rounded_off_stays_so_and_counts_once(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 993));
    const Tefter__Done *done = scenario_done(
        c.s, "correct_payment", put_right(&c, "HQ-R-00001", 993, ", 'note': 'by Lan'"));
    assert_int_equal(done->discount_minor, 10);
    assert_int_equal(done->account->open_bills, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 10);
    scenario_done(c.s, "issue_invoice", cents(anh, 1003));
    scenario_done(c.s, "take_payment", settle(&c, anh, 998)); /* 5 of 15 were left */
    scenario_end(c.s);
}

/* Until version 7 it was in credit when the bill was gone, and went with a refund of all. */
static void before_version_7_rounded_off_was_in_credit(void **state)
{
    (void)state;
    struct counter c = counter_at(6);
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    assert_int_equal(scenario_account(c.s, anh)->balance_minor, -1003);
    const Tefter__Done *done = refund_of(&c, "HQ-R-00001", "CASH", "");
    assert_int_equal(done->discount_minor, 8);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 0);
    assert_int_equal(scenario_account(c.s, anh)->balance_minor, 0);
    scenario_end(c.s);
}

/* All that was taken is paid out, and no more; nothing is left behind. */
static void paid_out_in_parts(struct counter *c, uint32_t anh)
{
    assert_int_equal(scenario_account(c->s, anh)->balance_minor, -995);
    assert_int_equal(gl_seen_by_owner(c, GL(SETTLEMENT_DISCOUNT)), 0);
    scenario_as(c->s, ROLE_STAFF_OWNER);
    scenario_done(c->s, "refund_money", pay_out(c, anh, 500));
    scenario_done(c->s, "refund_money", pay_out(c, anh, 495));
    scenario_refused(c->s, "refund_money", pay_out(c, anh, 5), CODE(REFUND_TOO_MUCH),
                     "amount_minor");
    assert_int_equal(gl(c->s, GL(CASH)), 0);
    assert_int_equal(gl(c->s, GL(SALES)), 0);
    assert_int_equal(scenario_account(c->s, anh)->balance_minor, 0);
}

static void what_was_rounded_off_goes_with_the_bill(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    const Tefter__Done *done = scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    assert_int_equal(done->discount_minor, 8);
    assert_int_equal(done->freed_minor, 995);
    assert_int_equal(paper(c.s, "HQ-R-00001")->document->discount_minor, 8); /* as it was */
    paid_out_in_parts(&c, anh);
    scenario_end(c.s);
}

/* The money was taken in a branch that is two days ahead. Until version 8 the bill went at once,
 * and what was rounded off of it came two days later: on the days between, the ages were that much
 * short of the papers. */
static void what_was_rounded_off_keeps_its_day(void **state)
{
    (void)state;
    for (uint32_t rules = 7; rules <= 8; rules++) {
        struct counter c = counter_at(rules);
        uint32_t anh = owes(&c);
        scenario_as(c.s, ROLE_STAFF_OWNER);
        scenario_done(c.s, "add_branch", "{'code': 'TD', 'name': 'Thu Duc'}");
        uint32_t today = paper(c.s, "HQ-00001")->document->date;
        scenario_as(c.s, 0);
        scenario_done(c.s, "turn_day", json("{'branch': 2, 'date': %u}", today + 2));
        scenario_as(c.s, ROLE_STAFF_OWNER);
        scenario_at(c.s, 2);
        struct counter ahead = {.s = c.s, .till = scenario_till(c.s)};
        scenario_done(c.s, "take_payment", settle(&ahead, anh, 995));
        scenario_at(c.s, 1);
        const Tefter__Done *done =
            scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001', 'reason': 'x'}");
        assert_int_equal(done->discount_minor, 8);
        uint32_t gone = paper(c.s, done->reversal_number)->document->date;
        assert_int_equal(gone, rules == 7 ? today : today + 2);
        scenario_end(c.s);
    }
}

static void it_goes_when_the_match_was_taken_apart_before(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    const Tefter__Done *done = scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    done = scenario_done(
        c.s, "undo_match",
        json("{'customer': %u, 'match': %llu}", anh, (unsigned long long)done->match));
    assert_int_equal(done->matched_minor, -995); /* it stays rounded off */
    assert_int_equal(done->account->balance_minor, 0);
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    paid_out_in_parts(&c, anh);
    scenario_end(c.s);
}

static const char *brought_back(int count)
{
    return json("{'invoice_number': 'HQ-00001', 'reason': 'broken', 'credit': [{'line': 0, "
                "'quantity': %d000}]}",
                count);
}

static void it_goes_when_the_goods_are_credited(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    const Tefter__Done *done = scenario_done(c.s, "issue_credit_note", brought_back(500));
    assert_false(done->has_discount_minor);
    done = scenario_done(c.s, "issue_credit_note", brought_back(503));
    assert_int_equal(done->total_minor, 503);
    assert_int_equal(done->discount_minor, 8);
    /* the money stays as long as the credit notes stand that count it */
    const Tefter__Refusal *refusal =
        scenario_refused(c.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'x'}",
                         CODE(NOT_REVERSIBLE), "credit_notes");
    assert_string_equal(refusal->existing_number, "HQ-CN-00002");
    scenario_as(c.s, c.clerk);
    paid_out_in_parts(&c, anh);
    scenario_end(c.s);
}

static void a_reversed_credit_note_gives_it_back(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_done(c.s, "issue_credit_note", "{'invoice_number': 'HQ-00001', 'reason': 'broken'}");
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-CN-00001', 'reason': 'x'}");
    assert_int_equal(gl(c.s, GL(SETTLEMENT_DISCOUNT)), 8);
    assert_int_equal(scenario_account(c.s, anh)->balance_minor, 0);
    scenario_end(c.s);
}

static void a_corrected_bill_keeps_it_or_gives_it_up(void **state)
{
    (void)state;
    static const struct {
        int price;
        int owes;
        int discount;
    } cases[] = {{1003, 0, 8}, {1103, 100, 8}, {1002, 7, 0}, {500, -495, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct counter c = counter();
        uint32_t anh = owes(&c);
        scenario_done(c.s, "take_payment", settle(&c, anh, 995));
        scenario_as(c.s, ROLE_STAFF_OWNER);
        uint64_t bill = paper(c.s, "HQ-00001")->document->document;
        const Tefter__Done *done = scenario_done(
            c.s, "correct_invoice",
            json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': "
                 "[{'product_code': 'CENT', 'quantity': %d000}]}}",
                 (unsigned long long)bill, anh, cases[i].price));
        assert_int_equal(done->account->balance_minor, cases[i].owes);
        assert_int_equal(gl(c.s, GL(SETTLEMENT_DISCOUNT)), cases[i].discount);
        scenario_end(c.s);
    }
}

static void a_receipt_goes_back_without_what_went_with_the_bill(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-00001'}");
    const Tefter__Done *done =
        scenario_done(c.s, "correct_payment", put_right(&c, "HQ-R-00001", 995, ", 'note': 'Lan'"));
    assert_int_equal(done->account->balance_minor, -995);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 0);
    scenario_done(c.s, "reverse_document", "{'number': 'HQ-R-00002', 'reason': 'x'}");
    assert_int_equal(scenario_account(c.s, anh)->balance_minor, 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 0);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH)), 0);
    scenario_end(c.s);
}

static void another_sum_is_not_rounded_off_unasked(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 993));
    const Tefter__Done *done =
        scenario_done(c.s, "correct_payment", put_right(&c, "HQ-R-00001", 995, ""));
    assert_int_equal(done->discount_minor, 0);
    assert_int_equal(done->account->balance_minor, 8);
    assert_int_equal(gl_seen_by_owner(&c, GL(SETTLEMENT_DISCOUNT)), 0);
    done = scenario_done(
        c.s, "correct_payment",
        put_right(&c, "HQ-R-00002", 1000, ", 'match': 'OLDEST_DUE', 'round_off': true"));
    assert_int_equal(done->discount_minor, 3);
    assert_int_equal(done->account->balance_minor, 0);
    scenario_end(c.s);
}

static void nothing_is_rounded_off_unless_the_company_says_so(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_as(c.s, ROLE_STAFF_OWNER);
    uint32_t anh = scenario_customer(c.s, "Anh", 100000);
    scenario_as(c.s, c.clerk);
    scenario_done(c.s, "issue_invoice", cents(anh, 1003));
    scenario_refused(c.s, "take_payment", settle(&c, anh, 1002), CODE(ROUNDING_TOO_MUCH),
                     "round_off");
    /* and what is paid exactly needs none */
    const Tefter__Done *done = scenario_done(c.s, "take_payment", settle(&c, anh, 1003));
    assert_false(done->has_discount_minor);
    scenario_end(c.s);
}

static void cash_is_taken_in_what_there_are_coins_for(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    cash_by_five(&c);
    const Tefter__Refusal *refusal = scenario_refused(c.s, "take_payment", settle(&c, anh, 1001),
                                                      CODE(NOT_IN_COINS), "amount_minor");
    between(refusal, 1000);
    assert_int_equal(refusal->over_by_minor, 5);
    refusal = scenario_refused(
        c.s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 3}", anh,
             c.till),
        CODE(NOT_IN_COINS), "amount_minor");
    assert_false(refusal->has_available_minor);
    scenario_end(c.s);
}

/* What is short and more than may be rounded off is said in coins, with the bound of the day. */
static void what_is_short_of_the_days_bound_is_said_in_coins(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    cash_by_five(&c);
    scenario_done(c.s, "take_payment", settle(&c, anh, 995));
    scenario_done(c.s, "issue_invoice", cents(anh, 1000));
    const Tefter__Refusal *refusal = scenario_refused(c.s, "take_payment", settle(&c, anh, 990),
                                                      CODE(ROUNDING_TOO_MUCH), "round_off");
    assert_int_equal(refusal->most, 7);
    assert_int_equal(refusal->day_minor, 15);
    assert_int_equal(refusal->over_by_minor, 5);
    scenario_done(c.s, "take_payment", settle(&c, anh, 990 + refusal->over_by_minor));
    scenario_end(c.s);
}

static void a_bill_paid_later_in_cash_is_rounded_by_the_unit(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    cash_by_five(&c);
    const Tefter__Done *done = scenario_done(c.s, "take_payment", settle(&c, anh, 1005));
    assert_int_equal(done->rounding_minor, -2);
    assert_int_equal(done->account->balance_minor, 0);
    scenario_done(c.s, "issue_invoice", cents(anh, 1002));
    done = scenario_done(c.s, "take_payment", settle(&c, anh, 1000));
    assert_int_equal(done->rounding_minor, 2);
    assert_false(done->has_discount_minor);
    assert_int_equal(gl_seen_by_owner(&c, GL(CASH_ROUNDING)), 0);
    /* more than a rounding stays theirs */
    scenario_done(c.s, "issue_invoice", cents(anh, 1002));
    done = scenario_done(c.s, "take_payment", settle(&c, anh, 1010));
    assert_int_equal(done->account->balance_minor, -8);
    scenario_end(c.s);
}

static void a_slip_is_not_rounded_off(void **state)
{
    (void)state;
    struct counter c = counter();
    uint32_t anh = owes(&c);
    scenario_refused(c.s, "take_payment",
                     json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, 'amount_minor': "
                          "1000, 'reference': '1', 'payer': 'H', 'match': 'OLDEST_DUE', "
                          "'round_off': true}",
                          anh, c.bank),
                     CODE(FIELD_INVALID), "round_off");
    scenario_end(c.s);
}

static void the_rules_for_cash_are_the_managers(void **state)
{
    (void)state;
    struct counter c = counter();
    scenario_refused(c.s, "set_cash_policy", "{'unit_minor': 5}", CODE(RIGHT_MISSING), NULL);
    scenario_as(c.s, ROLE_STAFF_OWNER);
    scenario_refused(c.s, "set_cash_policy", "{'unit_minor': -5}", CODE(FIELD_INVALID),
                     "unit_minor");
    scenario_refused(c.s, "set_cash_policy", "{}", CODE(NOTHING_TO_CHANGE), NULL);
    scenario_done(c.s, "set_cash_policy", "{'unit_minor': 5, 'round_off_minor': 9}");
    scenario_refused(c.s, "set_cash_policy", "{'unit_minor': 5}", CODE(NOTHING_TO_CHANGE), NULL);
    const Tefter__CompanyAnswer *company = scenario_ask(c.s, "company", "{}")->company;
    assert_int_equal(company->cash_unit_minor, 5);
    assert_int_equal(company->round_off_minor, 9);
    assert_false(company->has_round_off_day_minor);
    scenario_end(c.s);
}

/* ---- after a restore ---- */

static void a_cash_sale_comes_back_as_it_was(void **state)
{
    (void)state;
    struct counter then = counter();
    struct counter now = counter();
    uint64_t backup = then.s->seq;
    cash_by_five(&then);
    struct offer policy = then.s->last;
    const char *parts = json("{'kind': 'POS', 'money_account': %u, 'amount_minor': 301, "
                             "'reference': 'A1'}, {'kind': 'TRANSFER', 'money_account': %u, "
                             "'amount_minor': 200, 'reference': 'A1'}, %s",
                             then.device, then.bank, cash(&then, 1000));
    scenario_done(then.s, "sell_paid", paid(cents(CASH, 1003), parts));
    struct offer sale = then.s->last;
    scenario_as(now.s, ROLE_STAFF_OWNER);
    scenario_restored(now.s, backup);
    scenario_offer(now.s, &policy);
    scenario_offer(now.s, &sale);
    scenario_recall(now.s);
    scenario_as(now.s, ROLE_STAFF_OWNER);
    static const char *const numbers[] = {"HQ-00001", "HQ-R-00001", "HQ-R-00002", "HQ-R-00003"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const Tefter__DocumentAnswer *old = paper(then.s, numbers[i]);
        const Tefter__DocumentAnswer *back = paper(now.s, numbers[i]);
        assert_int_equal(old->document->document, back->document->document);
        assert_int_equal(old->document->total_minor, back->document->total_minor);
        assert_int_equal(old->document->rounding_minor, back->document->rounding_minor);
        assert_int_equal(back->open_minor, 0);
    }
    scenario_end(then.s);
    scenario_end(now.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cash_sale_that_is_only_typed_has_its_lines),
        cmocka_unit_test(a_cash_sale_is_a_bill_and_its_money_in_one),
        cmocka_unit_test(it_is_paid_by_card_transfer_and_cash_together),
        cmocka_unit_test(each_part_has_a_number_of_its_own),
        cmocka_unit_test(a_clerk_leaves_nothing_open_on_the_cash_customer),
        cmocka_unit_test(who_may_approve_leaves_it_open_and_backfills_it),
        cmocka_unit_test(an_old_ledger_lets_a_clerk_leave_it_open),
        cmocka_unit_test(a_cash_sale_is_taken_back_bill_first),
        cmocka_unit_test(only_the_rest_meets_the_credit_decision),
        cmocka_unit_test(a_locked_customer_buys_for_cash),
        cmocka_unit_test(a_slip_is_owed_until_it_is_confirmed),
        cmocka_unit_test(what_is_wrong_is_said_of_its_part),
        cmocka_unit_test(cash_is_rounded_by_the_companys_unit),
        cmocka_unit_test(change_is_counted_from_the_rounded_sum),
        cmocka_unit_test(advice_is_of_sums_and_places_that_are_right),
        cmocka_unit_test(before_version_7_sales_took_any_cash),
        cmocka_unit_test(a_part_in_cash_is_in_coins),
        cmocka_unit_test(all_that_is_open_is_paid_in_coins),
        cmocka_unit_test(cash_that_is_paid_out_is_in_coins),
        cmocka_unit_test(cash_that_is_moved_and_counted_is_in_coins),
        cmocka_unit_test(before_version_7_payments_alone_were_in_coins),
        cmocka_unit_test(a_free_item_is_sold_for_nothing),
        cmocka_unit_test(a_card_is_not_rounded),
        cmocka_unit_test(a_rounded_receipt_is_reversed_whole),
        cmocka_unit_test(a_rounded_sale_gives_back_what_was_taken),
        cmocka_unit_test(goods_that_are_brought_back_are_paid_out_by_the_unit),
        cmocka_unit_test(a_paid_out_receipt_waits_for_its_refund),
        cmocka_unit_test(a_card_is_given_back_in_coins_that_there_are),
        cmocka_unit_test(a_little_that_is_short_is_rounded_off),
        cmocka_unit_test(no_more_in_a_day_than_the_company_lets_one_person),
        cmocka_unit_test(a_receipt_that_is_put_right_stays_rounded),
        cmocka_unit_test(what_was_rounded_off_stays_so_and_counts_once),
        cmocka_unit_test(before_version_7_rounded_off_was_in_credit),
        cmocka_unit_test(what_was_rounded_off_goes_with_the_bill),
        cmocka_unit_test(what_was_rounded_off_keeps_its_day),
        cmocka_unit_test(it_goes_when_the_match_was_taken_apart_before),
        cmocka_unit_test(it_goes_when_the_goods_are_credited),
        cmocka_unit_test(a_reversed_credit_note_gives_it_back),
        cmocka_unit_test(a_corrected_bill_keeps_it_or_gives_it_up),
        cmocka_unit_test(a_receipt_goes_back_without_what_went_with_the_bill),
        cmocka_unit_test(another_sum_is_not_rounded_off_unasked),
        cmocka_unit_test(nothing_is_rounded_off_unless_the_company_says_so),
        cmocka_unit_test(cash_is_taken_in_what_there_are_coins_for),
        cmocka_unit_test(what_is_short_of_the_days_bound_is_said_in_coins),
        cmocka_unit_test(a_bill_paid_later_in_cash_is_rounded_by_the_unit),
        cmocka_unit_test(a_slip_is_not_rounded_off),
        cmocka_unit_test(the_rules_for_cash_are_the_managers),
        cmocka_unit_test(a_cash_sale_comes_back_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
