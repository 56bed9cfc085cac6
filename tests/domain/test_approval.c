/*
 * Approvals: a sale over the limit is parked, somebody decides it, and a till sells it as it was.
 */
#include "domain/scenario.h"

#include "base/limits.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

#define CODE(name) TEFTER__REFUSAL_CODE__##name

typedef unsigned long long id;

enum { HEAD_OFFICE = 1 };

/* Anh may owe 1,000 and wants more; minh sells, hoa decides. */
struct shop {
    struct scenario *s;
    uint32_t anh, binh;
    uint32_t minh, hoa;
    uint32_t steel, sand; /* 150.00 and 10.00 */
};

static uint32_t may_ask(struct scenario *s, const char *name)
{
    uint32_t customer = scenario_customer(s, name, 100000);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'APPROVE'}}", customer));
    return customer;
}

static void shop_begin_at(struct shop *shop, uint32_t rules)
{
    struct scenario *s = scenario_begin_at(rules);
    *shop = (struct shop){.s = s};
    shop->minh = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    shop->hoa = scenario_staff(s, "hoa", TEFTER__ROLE__ROLE_CONTROLLER);
    shop->steel = (uint32_t)scenario_done(s, "add_product",
                                          "{'code': 'STEEL', 'name': 'Steel bar', 'price': "
                                          "15000000}")
                      ->id;
    shop->sand = (uint32_t)scenario_done(s, "add_product",
                                         "{'code': 'SAND', 'name': 'Sand', 'price': 1000000, "
                                         "'tax_bp': 1000}")
                     ->id;
    shop->anh = may_ask(s, "Anh");
    shop->binh = may_ask(s, "Binh");
    scenario_as(s, shop->minh);
}

static void shop_begin(struct shop *shop)
{
    shop_begin_at(shop, LEDGER_RULES);
}

/* 10 bars of steel, 1,500.00, and 4 of sand, 44.00 with tax. */
#define GOODS                                                                                      \
    "'lines': [{'product_code': 'STEEL', 'quantity': 10000}, {'product_code': 'SAND', "            \
    "'quantity': 4000}]"
enum { TOTAL = 154400 };

static const char *sale(const struct shop *shop, const char *lines, id approval)
{
    return json("{'customer': %u, 'approval': %llu, %s}", shop->anh, approval, lines);
}

static const char *asking(const struct shop *shop, const char *lines, long long amount)
{
    return json("{'customer': %u, 'amount_minor': %lld, 'draft': {%s}}", shop->anh, amount, lines);
}

static id park(struct shop *shop)
{
    return scenario_done(shop->s, "ask_approval", asking(shop, GOODS, TOTAL))->id;
}

static void decide(struct shop *shop, id approval, const char *how)
{
    scenario_as(shop->s, shop->hoa);
    scenario_done(shop->s, "decide_approval", json("{'approval': %llu, %s}", approval, how));
    scenario_as(shop->s, shop->minh);
}

static void grant(struct shop *shop, id approval)
{
    decide(shop, approval, "'approved': true");
}

static const Tefter__Refusal *not_sold(struct shop *shop, const char *lines, id approval,
                                       Tefter__RefusalCode code)
{
    const Tefter__Refusal *refusal =
        scenario_refused(shop->s, "issue_invoice", sale(shop, lines, approval), code, "approval");
    assert_int_equal(refusal->approval, approval);
    return refusal;
}

static const Tefter__ApprovalAnswer *look(struct shop *shop, id approval)
{
    return scenario_ask(shop->s, "approval", json("{'approval': %llu}", approval))->approval;
}

/* As a till does it with one press: the draft, as it is. */
static const Tefter__Reply *press(struct shop *shop, id approval)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    const Tefter__ApprovalAnswer *answer = look(shop, approval);
    assert_non_null(answer->draft);
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = answer->draft;
    return scenario_apply(shop->s, &command);
}

static void shop_end(struct shop *shop)
{
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    scenario_end(shop->s);
}

/* ---- a grant is for what was asked ---- */

static void a_grant_is_for_the_goods_that_were_parked_and_no_others(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    grant(&shop, approval);
    static const char *const others[] = {
        "'lines': [{'product_code': 'SAND', 'quantity': 140364}]", /* other goods */
        "'lines': [{'product_code': 'STEEL', 'quantity': 10001}]", /* more of them */
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'price': 14999000}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'discount_bp': 1}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'discount_minor': 1}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'tax_bp': 1}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 6000}, {'product_code': 'STEEL', "
        "'quantity': 6000}]", /* one line twice */
        GOODS ", 'charges': [{'title': 'shipping', 'amount_minor': 1}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000}, {'product_code': 'SAND', "
        "'quantity': 4000}, {'product_code': 'SAND', 'quantity': 1000}]",
    };
    scenario_as(shop.s, ROLE_STAFF_OWNER); /* who may give any price */
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const Tefter__Refusal *refusal =
            not_sold(&shop, others[i], approval, CODE(APPROVAL_OTHER_GOODS));
        assert_string_equal(refusal->goods, "10 × Steel bar; 4 × Sand");
    }
    scenario_as(shop.s, shop.minh);
    const Tefter__Done *done = scenario_done(
        shop.s, "issue_invoice",
        sale(&shop,
             "'lines': [{'product_code': 'SAND', 'quantity': 4000}, {'product_code': 'STEEL', "
             "'quantity': 10000}]",
             approval)); /* the same, in another order */
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_APPROVED);
    assert_int_equal(done->total_minor, TOTAL);
    shop_end(&shop);
}

static void a_line_that_is_not_in_the_catalogue_is_its_words(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    id approval =
        scenario_done(shop.s, "ask_approval",
                      asking(&shop,
                             "'lines': [{'text': 'delivery', 'quantity': 1000, 'price': "
                             "150000000}], 'charges': [{'title': 'crane', 'amount_minor': 1000}]",
                             151000))
            ->id;
    grant(&shop, approval);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    not_sold(&shop,
             "'lines': [{'text': 'a stove', 'quantity': 1000, 'price': 150000000}], 'charges': "
             "[{'title': 'crane', 'amount_minor': 1000}]",
             approval, CODE(APPROVAL_OTHER_GOODS));
    not_sold(&shop,
             "'lines': [{'text': 'delivery', 'quantity': 1000, 'price': 150000000}], 'charges': "
             "[{'title': 'crane', 'amount_minor': 900}]",
             approval, CODE(APPROVAL_OTHER_GOODS));
    assert_string_equal(look(&shop, approval)->row->goods, "1 × delivery; crane");
    /* who sells may not write such lines, but may sell what was parked */
    scenario_as(shop.s, shop.minh);
    const Tefter__Reply *reply = press(&shop, approval);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(reply->done->total_minor, 151000);
    shop_end(&shop);
}

static void it_serves_neither_another_customer_nor_another_branch(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    uint32_t branch =
        (uint32_t)scenario_done(shop.s, "add_branch", "{'code': 'TD', 'name': 'Town'}")->id;
    grant(&shop, approval);
    scenario_refused(shop.s, "issue_invoice",
                     json("{'customer': %u, 'approval': %llu, " GOODS "}", shop.binh, approval),
                     CODE(APPROVAL_OTHER_CUSTOMER), "approval");
    scenario_at(shop.s, branch);
    assert_string_equal(not_sold(&shop, GOODS, approval, CODE(APPROVAL_OTHER_BRANCH))->branch,
                        "HQ");
    assert_int_equal(look(&shop, approval)->refusal->code, CODE(APPROVAL_OTHER_BRANCH));
    scenario_at(shop.s, HEAD_OFFICE);
    /* without goods it is for the customer, the branch and the amount */
    id amount = scenario_done(shop.s, "ask_approval",
                              json("{'customer': %u, 'amount_minor': 150000}", shop.anh))
                    ->id;
    grant(&shop, amount);
    scenario_at(shop.s, branch);
    not_sold(&shop, GOODS, amount, CODE(APPROVAL_OTHER_BRANCH));
    scenario_at(shop.s, HEAD_OFFICE);
    not_sold(&shop, GOODS, amount, CODE(APPROVAL_FOR_LESS));
    scenario_done(shop.s, "issue_invoice",
                  sale(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 10000}]", amount));
    shop_end(&shop);
}

static void refused_used_lapsed_and_undecided_are_told_apart(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id one = park(&shop);
    const Tefter__Refusal *refusal = not_sold(&shop, GOODS, one, CODE(APPROVAL_UNDECIDED));
    assert_int_equal(refusal->from_ms, shop.s->now_ms + 15 * 60000);
    decide(&shop, one, "'approved': false, 'reason': 'the cheque bounced'");
    refusal = not_sold(&shop, GOODS, one, CODE(APPROVAL_DENIED));
    assert_string_equal(refusal->reason->value, "the cheque bounced");
    assert_string_equal(refusal->by, "hoa");
    assert_null(look(&shop, one)->draft);

    id two = park(&shop);
    grant(&shop, two);
    const Tefter__Done *done = scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, two));
    refusal = not_sold(&shop, GOODS, two, CODE(APPROVAL_USED_ALREADY));
    assert_int_equal(refusal->existing, done->id);
    assert_string_equal(refusal->existing_number, done->number);
    assert_string_equal(refusal->by, "minh");
    const Tefter__ApprovalRow *row = look(&shop, two)->row;
    assert_string_equal(row->number, done->number);
    assert_int_equal(row->state, TEFTER__APPROVAL_STATE__APPROVAL_SPENT);

    id three = park(&shop);
    grant(&shop, three);
    scenario_wait(shop.s, 15 * 60 * 1000);
    not_sold(&shop, GOODS, three, CODE(APPROVAL_LAPSED));
    scenario_refused(shop.s, "issue_invoice", sale(&shop, GOODS, 99), CODE(NOT_FOUND), "approval");
    scenario_ask_refused(shop.s, "approval", "{'approval': 99}", CODE(NOT_FOUND));
    shop_end(&shop);
}

static void an_approval_that_was_not_needed_any_more_is_used_all_the_same(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    grant(&shop, approval);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 900000}}", shop.anh));
    scenario_as(shop.s, shop.minh);
    const Tefter__Done *done = scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_ALLOWED);
    not_sold(&shop, GOODS, approval, CODE(APPROVAL_USED_ALREADY));
    shop_end(&shop);
}

/* ---- prices and goods stay as they were parked ---- */

static const char *corrected(id bill, const char *lines)
{
    return json("{'document': %llu, 'reason': 'x', 'invoice': {%s}}", bill, lines);
}

/* What was approved is what was sold: other goods of the same sum are another sale. */
static void an_approved_sale_is_not_corrected_to_other_goods(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    grant(&shop, approval);
    id bill = scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval))->id;
    static const char *const others[] = {
        "'lines': [{'product_code': 'SAND', 'quantity': 120000}]",
        "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'price': 14900000}]",
        ("'lines': [{'product_code': 'STEEL', 'quantity': 10000}, {'product_code': 'SAND', "
         "'quantity': 4000}, {'product_code': 'SAND', 'quantity': 1}]"),
    };
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'BELOW_LIST', 'role': 'SALES'}]}");
    scenario_as(shop.s, shop.minh);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        scenario_refused(shop.s, "correct_invoice", corrected(bill, others[i]),
                         CODE(APPROVAL_NEEDED), "customer");
    /* less of the same asks nobody, and stays bound */
    bill = scenario_done(shop.s, "correct_invoice",
                         corrected(bill, "'lines': [{'product_code': 'STEEL', 'quantity': 9000}]"))
               ->id;
    scenario_refused(shop.s, "correct_invoice",
                     corrected(bill, "'lines': [{'product_code': 'SAND', 'quantity': 110000}]"),
                     CODE(APPROVAL_NEEDED), "customer");
    /* within the limit it needs no approval, as a new sale needs none */
    bill = scenario_done(shop.s, "correct_invoice",
                         corrected(bill, "'lines': [{'product_code': 'SAND', 'quantity': 80000}]"))
               ->id;
    scenario_done(shop.s, "correct_invoice",
                  corrected(bill, "'lines': [{'product_code': 'STEEL', 'quantity': 5000}]"));
    shop_end(&shop);
}

/* What a limit let pass binds nobody. */
static void a_sale_that_needed_no_approval_is_corrected_freely(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id bill = scenario_done(shop.s, "issue_invoice",
                            json("{'customer': %u, 'lines': [{'product_code': 'STEEL', "
                                 "'quantity': 6000}]}",
                                 shop.anh))
                  ->id;
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 1}}", shop.anh));
    scenario_as(shop.s, shop.minh);
    scenario_done(shop.s, "correct_invoice",
                  corrected(bill, "'lines': [{'product_code': 'SAND', 'quantity': 1000}]"));
    scenario_end(shop.s);
}

static void the_prices_are_those_of_when_it_was_parked(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "change_product",
                  json("{'product': %u, 'price': 18000000, 'tax_bp': 2000}", shop.steel));
    scenario_done(shop.s, "change_product", json("{'product': %u, 'retired': true}", shop.sand));
    grant(&shop, approval);
    const Tefter__ApprovalAnswer *answer = look(&shop, approval);
    assert_int_equal(answer->n_lines, 2);
    assert_int_equal(answer->lines[0]->net_minor, 150000);
    assert_int_equal(answer->lines[1]->tax_minor, 400);
    not_sold(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 10000}]", approval,
             CODE(APPROVAL_OTHER_GOODS)); /* at today's price it is another sale */
    const Tefter__Reply *reply = press(&shop, approval);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(reply->done->total_minor, TOTAL);
    shop_end(&shop);
}

static void a_unit_that_holds_more_since_it_was_parked_is_other_goods(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char unit[] =
        "{'product': %u, 'units': [{'code': 'six', 'factor': %d, 'price': 90000000}]}";
    const char six[] =
        "'lines': [{'product': %u, 'quantity': 1000, 'unit': 'six', 'price': 150000000, "
        "'tax_bp': 0}]";
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "change_product", json(unit, shop.steel, 6000));
    scenario_as(shop.s, shop.minh);
    id approval =
        scenario_done(shop.s, "ask_approval", asking(&shop, json(six, shop.steel), 150000))->id;
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "change_product", json(unit, shop.steel, 60000));
    grant(&shop, approval);
    assert_string_equal(look(&shop, approval)->row->goods, "1 six × Steel bar");
    assert_int_equal(look(&shop, approval)->draft->lines[0]->unit_factor, 6000);
    not_sold(&shop, json(six, shop.steel), approval, CODE(APPROVAL_OTHER_GOODS));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "change_product", json(unit, shop.steel, 6000));
    assert_int_equal(press(&shop, approval)->result_case, TEFTER__REPLY__RESULT_DONE);
    shop_end(&shop);
}

static void a_part_of_what_is_parked_may_be_sold_and_no_more(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *drilled = "'lines': [{'product_code': 'STEEL', 'quantity': 10000, "
                          "'discount_minor': 1000}, {'product_code': 'STEEL', 'quantity': 4000}]";
    id approval = scenario_done(shop.s, "ask_approval", asking(&shop, drilled, 209000))->id;
    grant(&shop, approval);
    /* an amount that is taken off goes with the quantity */
    not_sold(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 5000, 'discount_minor': 501}]",
             approval, CODE(APPROVAL_OTHER_GOODS));
    /* the small line first: both are found */
    const Tefter__Done *done = scenario_done(
        shop.s, "issue_invoice",
        sale(&shop,
             "'lines': [{'product_code': 'STEEL', 'quantity': 4000}, {'product_code': 'STEEL', "
             "'quantity': 5000, 'discount_minor': 500}]",
             approval));
    assert_int_equal(done->total_minor, 60000 + 74500);
    not_sold(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 1000}]", approval,
             CODE(APPROVAL_USED_ALREADY));
    shop_end(&shop);
}

#define DRILLS(first, second)                                                                      \
    "'lines': [{'product_code': 'DRILL', 'quantity': 2000, 'serials': ['" first "', '" second "']" \
    "}]"

static void a_piece_is_the_parked_one_however_its_serial_is_typed(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "add_product",
                  "{'code': 'DRILL', 'name': 'Drill', 'price': 100000000, 'serials': true}");
    scenario_done(shop.s, "issue_invoice",
                  json("{'customer': %u, 'number': 'Old-7', 'lines': [{'product_code': 'SAND', "
                       "'quantity': 1000}]}",
                       shop.binh));
    scenario_refused(shop.s, "ask_approval",
                     asking(&shop, "'number': 'OLD–7', " DRILLS("a-1", "a-2"), 200000),
                     CODE(NUMBER_TAKEN), "number");
    scenario_as(shop.s, shop.minh);
    id approval =
        scenario_done(shop.s, "ask_approval", asking(&shop, DRILLS("a-1", "a-2"), 200000))->id;
    grant(&shop, approval);
    not_sold(&shop, DRILLS("A–2", "A-3"), approval, CODE(APPROVAL_OTHER_GOODS));
    scenario_done(shop.s, "issue_invoice", sale(&shop, DRILLS("A–2", "A–1"), approval));
    shop_end(&shop);
}

/* ---- a grant for less ---- */

static const Tefter__WayOut *way(const Tefter__Refusal *refusal, Tefter__WayOutKind kind)
{
    for (size_t i = 0; i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == kind)
            return refusal->ways[i];
    return NULL;
}

static void pay(struct shop *shop, uint32_t till, long long amount)
{
    scenario_done(
        shop->s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': %lld}",
             shop->anh, till, amount));
}

/* When it was decided is told as long as it is there: once it was sold, too. */
static void it_says_when_it_was_decided(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    assert_false(look(&shop, approval)->row->has_decided_ms);
    scenario_wait(shop.s, 60000);
    grant(&shop, approval);
    int64_t decided_ms = look(&shop, approval)->row->decided_ms;
    assert_true(decided_ms > look(&shop, approval)->row->asked_ms);
    scenario_wait(shop.s, 60000);
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    assert_int_equal(look(&shop, approval)->row->decided_ms, decided_ms);
    const Tefter__ApprovalRow *row =
        scenario_ask(shop.s, "approvals", "{}")->approvals->approvals[0];
    assert_int_equal(row->decided_ms, decided_ms);
    shop_end(&shop);
}

static void granted_for_less_says_how_much_must_be_paid_first(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    uint32_t till = scenario_till(shop.s);
    scenario_as(shop.s, shop.minh);
    id approval = park(&shop);
    decide(&shop, approval, "'approved': true, 'amount_minor': 120000, 'reason': 'only so much'");
    const Tefter__Refusal *refusal = not_sold(&shop, GOODS, approval, CODE(APPROVAL_FOR_LESS));
    assert_int_equal(refusal->available_minor, 120000);
    assert_int_equal(refusal->over_by_minor, 34400);
    assert_int_equal(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW)->amount_minor, 34400);
    assert_int_equal(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW)->amount_minor, 120000);
    assert_string_equal(refusal->reason->value, "only so much");
    const Tefter__ApprovalRow *row =
        scenario_ask(shop.s, "approvals", "{}")->approvals->approvals[0];
    assert_int_equal(row->amount_minor, TOTAL);
    assert_int_equal(row->approved_minor, 120000);
    pay(&shop, till, 34399);
    refusal = not_sold(&shop, GOODS, approval, CODE(APPROVAL_FOR_LESS));
    assert_int_equal(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW)->amount_minor, 1);
    pay(&shop, till, 1);
    const Tefter__Done *done = scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    assert_int_equal(done->decision->over_by_minor,
                     20000); /* as hoa agreed: 1,200 of a limit of 1,000 */
    shop_end(&shop);
}

static void granted_for_less_lets_a_part_pass_up_to_the_last_cent(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    decide(&shop, approval, "'approved': true, 'amount_minor': 150000");
    not_sold(&shop,
             "'lines': [{'product_code': 'STEEL', 'quantity': 10000}, {'product_code': 'SAND', "
             "'quantity': 1}]",
             approval, CODE(APPROVAL_FOR_LESS));
    scenario_done(shop.s, "issue_invoice",
                  sale(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 10000}]", approval));
    shop_end(&shop);
}

static void no_payment_is_named_where_it_would_not_help(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'document_max_minor': 100000}}", shop.anh));
    scenario_as(shop.s, shop.minh);
    id approval = park(&shop);
    decide(&shop, approval, "'approved': true, 'amount_minor': 120000");
    const Tefter__Refusal *refusal = not_sold(&shop, GOODS, approval, CODE(APPROVAL_FOR_LESS));
    assert_null(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW));
    assert_non_null(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW));
    shop_end(&shop);
}

/* ---- what was seen ---- */

static void sold_meanwhile(struct shop *shop, long long amount)
{
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    (void)scenario_sell(shop->s, shop->anh, amount);
    scenario_as(shop->s, shop->minh);
}

static const Tefter__Refusal *outgrown(struct shop *shop, id approval)
{
    const Tefter__Refusal *refusal = not_sold(shop, GOODS, approval, CODE(APPROVAL_OUTGROWN));
    assert_non_null(way(refusal, TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL));
    return refusal;
}

static void what_is_sold_after_the_ask_is_not_approved_with_it(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    uint32_t till = scenario_till(shop.s);
    scenario_as(shop.s, shop.minh);
    id approval = park(&shop);
    grant(&shop, approval);
    sold_meanwhile(&shop, 90000);
    const Tefter__Refusal *refusal = outgrown(&shop, approval);
    assert_int_equal(refusal->most, 54400);
    assert_int_equal(refusal->over_by_minor, 144400);
    assert_int_equal(refusal->decision->over_by_minor, 144400);
    assert_int_equal(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW)->amount_minor, 90000);
    assert_non_null(look(&shop, approval)->draft); /* it stays */
    pay(&shop, till, 89999);
    assert_int_equal(outgrown(&shop, approval)->over_by_minor, 54401); /* not by a cent more */
    pay(&shop, till, 1);
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    const Tefter__ApprovalRow *row = look(&shop, approval)->row;
    assert_int_equal(row->over_by_minor, 54400); /* what was seen, and what it came to */
    assert_int_equal(row->used_over_minor, 54400);
    shop_end(&shop);
}

static void money_that_is_taken_back_after_the_grant_makes_no_room(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    uint32_t till = scenario_till(shop.s);
    (void)scenario_sell(shop.s, shop.anh, 90000);
    scenario_as(shop.s, shop.minh);
    pay(&shop, till, 90000);
    id approval = park(&shop);
    grant(&shop, approval);
    scenario_done(shop.s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'not theirs'}");
    assert_int_equal(outgrown(&shop, approval)->over_by_minor, 144400);
    shop_end(&shop);
}

static void of_several_that_saw_the_same_one_is_sold(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id first = park(&shop);
    id second = park(&shop);
    grant(&shop, first);
    grant(&shop, second);
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, first));
    (void)outgrown(&shop, second);
    /* asked for again, it says what it is now */
    id anew = park(&shop);
    assert_int_equal(look(&shop, anew)->row->over_by_minor, 54400 + TOTAL);
    grant(&shop, anew);
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, anew));
    shop_end(&shop);
}

static void terms(struct shop *shop, const char *what)
{
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    scenario_done(shop->s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {%s}}", shop->anh, what));
    scenario_as(shop->s, shop->minh);
}

static void another_wall_and_other_terms_are_asked_about_anew(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    grant(&shop, approval);
    terms(&shop, "'limit_minor': 99999");
    (void)outgrown(&shop, approval);
    terms(&shop, "'limit_minor': 100000, 'document_max_minor': 1000");
    const Tefter__Refusal *refusal = outgrown(&shop, approval);
    assert_int_equal(refusal->decision->n_walls, 2);
    assert_null(way(refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW)); /* money does not help there */
    /* nobody grants what a policy blocks: an approval of before does not help either */
    terms(&shop, "'limit_minor': 100000, 'document_max_minor': 0, 'policy': 'BLOCK'");
    scenario_refused(shop.s, "issue_invoice", sale(&shop, GOODS, approval),
                     CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    /* a policy that warns needs no approval */
    terms(&shop, "'limit_minor': 0, 'policy': 'WARN'");
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    shop_end(&shop);
}

static void more_bills_and_more_overdue_are_asked_about_anew(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    terms(&shop, "'limit_minor': 1000000, 'unpaid_max': 1");
    sold_meanwhile(&shop, 100);
    id approval = park(&shop);
    id other = park(&shop);
    grant(&shop, approval);
    grant(&shop, other);
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    (void)outgrown(&shop, other);
    terms(&shop, "'unpaid_max': 0, 'overdue_days': 10");
    const char *late = json("{'customer': %u, 'date': 19900, 'due': 19900, 'backfill': true, "
                            "'lines': [{'text': 'old', 'quantity': 1000, 'price': 10000}]}",
                            shop.anh);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "issue_invoice", late);
    scenario_as(shop.s, shop.minh);
    id third = park(&shop);
    grant(&shop, third);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "issue_invoice", late);
    scenario_as(shop.s, shop.minh);
    (void)outgrown(&shop, third);
    shop_end(&shop);
}

static void granted_for_less_is_so_much_less_over(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    sold_meanwhile(&shop, 90000);
    decide(&shop, approval, "'approved': true, 'amount_minor': 150000");
    assert_int_equal(look(&shop, approval)->row->over_minor, 50000); /* as it was shown */
    not_sold(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 10000}]", approval,
             CODE(APPROVAL_OUTGROWN));
    shop_end(&shop);
}

static void an_old_ledger_sells_whatever_came_between(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin_at(&shop, 6);
    id approval = park(&shop);
    grant(&shop, approval);
    sold_meanwhile(&shop, 90000);
    terms(&shop, "'limit_minor': 0, 'policy': 'BLOCK'");
    scenario_done(shop.s, "issue_invoice", sale(&shop, GOODS, approval));
    assert_false(look(&shop, approval)->row->has_used_over_minor);
    shop_end(&shop);
}

/* ---- who decides ---- */

static void who_asked_does_not_grant_it_unless_the_company_says_so(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, shop.hoa);
    id approval = park(&shop);
    const char *yes = json("{'approval': %llu, 'approved': true}", approval);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "decide_approval", yes, CODE(OWN_APPROVAL), "approval");
    assert_int_equal(refusal->n_roles, 3);
    scenario_refused(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_ANYBODY'}",
                     CODE(RIGHT_MISSING), NULL); /* nor frees themselves */
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    id own = park(&shop);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_OWNER'}");
    assert_int_equal(scenario_ask(shop.s, "company", "{}")->company->own_approval,
                     TEFTER__OWN_APPROVAL__OWN_OWNER);
    scenario_done(shop.s, "decide_approval", json("{'approval': %llu, 'approved': true}", own));
    scenario_as(shop.s, shop.hoa);
    scenario_refused(shop.s, "decide_approval", yes, CODE(OWN_APPROVAL), "approval");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_ANYBODY'}");
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'title': 'more'}"); /* it stays */
    scenario_as(shop.s, shop.hoa);
    scenario_done(shop.s, "decide_approval", yes);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_NOBODY'}");
    own = park(&shop);
    scenario_refused(shop.s, "decide_approval", json("{'approval': %llu, 'approved': true}", own),
                     CODE(OWN_APPROVAL), "approval");
    scenario_done(shop.s, "decide_approval", /* taking one's request back is nobody's matter */
                  json("{'approval': %llu, 'approved': false, 'reason': 'they left'}", own));
    shop_end(&shop);
}

static void of_two_who_decide_one_wins_and_the_other_hears_it(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    decide(&shop, approval, "'approved': true, 'amount_minor': 120000");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "decide_approval",
                         json("{'approval': %llu, 'approved': false, 'reason': 'no'}", approval),
                         CODE(APPROVAL_NOT_OPEN), "approval");
    assert_string_equal(refusal->by, "hoa");
    assert_int_equal(refusal->available_minor, 120000);
    id other = park(&shop);
    decide(&shop, other, "'approved': false, 'reason': 'no'");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_refused(shop.s, "decide_approval", json("{'approval': %llu, 'approved': true}", other),
                     CODE(APPROVAL_DENIED), "approval");
    id late = park(&shop);
    scenario_wait(shop.s, 15 * 60 * 1000);
    scenario_as(shop.s, shop.hoa);
    scenario_refused(shop.s, "decide_approval", json("{'approval': %llu, 'approved': true}", late),
                     CODE(APPROVAL_LAPSED), "approval");
    shop_end(&shop);
}

static void of_two_tills_one_sells_and_the_other_hears_the_invoice(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id approval = park(&shop);
    grant(&shop, approval);
    Tefter__Command command = TEFTER__COMMAND__INIT;
    command.kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command.issue_invoice = look(&shop, approval)->draft; /* both had it on their screens */
    const Tefter__Reply *first = scenario_apply(shop.s, &command);
    const Tefter__Reply *second = scenario_apply(shop.s, &command);
    assert_int_equal(first->result_case, TEFTER__REPLY__RESULT_DONE);
    assert_int_equal(second->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(second->refused->code, CODE(APPROVAL_USED_ALREADY));
    assert_string_equal(second->refused->existing_number, first->done->number);
    assert_int_equal(scenario_account(shop.s, shop.anh)->balance_minor, TOTAL);
    shop_end(&shop);
}

/* ---- what is not parked ---- */

static void a_sale_that_would_pass_is_not_parked(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *small = "'lines': [{'product_code': 'STEEL', 'quantity': 1000}]";
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "ask_approval", asking(&shop, small, 15000), CODE(WITHIN_LIMIT), "amount_minor");
    assert_int_equal(refusal->decision->over_by_minor, 0);
    scenario_refused(shop.s, "ask_approval",
                     json("{'customer': %u, 'amount_minor': 100000}", shop.anh), CODE(WITHIN_LIMIT),
                     "amount_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'WARN'}}", shop.anh));
    scenario_as(shop.s, shop.minh);
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL), CODE(WITHIN_LIMIT),
                     "policy");
    assert_int_equal(scenario_ask(shop.s, "approvals", "{}")->approvals->n_approvals, 0);
    shop_end(&shop);
}

static void a_wall_that_no_approval_lifts_is_said_instead(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char *request = asking(&shop, GOODS, TOTAL);
    scenario_refused(shop.s, "ask_approval",
                     asking(&shop, "'lines': [{'product_code': 'NONE', 'quantity': 1000}]", 1),
                     CODE(NOT_IN_CATALOGUE), "lines[0].product");
    scenario_refused(
        shop.s, "ask_approval",
        asking(&shop, "'lines': [{'text': 'x', 'quantity': 1000, 'price': 99000000}]", 99000),
        CODE(MORE_THAN_YOU_MAY), "lines[0]");
    scenario_refused(
        shop.s, "ask_approval",
        asking(&shop,
               "'lines': [{'product_code': 'STEEL', 'quantity': 10000, 'discount_bp': 9000}]", 1),
        CODE(MORE_THAN_YOU_MAY), "lines[0].discount_bp");
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS ", 'buyer': 7", TOTAL),
                     CODE(BUYER_NOT_AUTHORISED), "buyer");
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS ", 'approval': 1", TOTAL),
                     CODE(FIELD_INVALID), "draft.approval");
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS ", 'backfill': true", TOTAL),
                     CODE(FIELD_INVALID), "draft.backfill");
    scenario_refused(shop.s, "ask_approval",
                     asking(&shop, json(GOODS ", 'customer': %u", shop.binh), TOTAL),
                     CODE(FIELD_INVALID), "draft.customer");
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL - 1), CODE(FIELD_INVALID),
                     "draft.total_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "lock_customer", json("{'customer': %u, 'reason': 'stop'}", shop.anh));
    scenario_as(shop.s, shop.minh);
    scenario_refused(shop.s, "ask_approval", request, CODE(CUSTOMER_LOCKED), "customer");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "unlock_customer", json("{'customer': %u}", shop.anh));
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'BLOCK'}}", shop.anh));
    scenario_as(shop.s, shop.minh);
    scenario_refused(shop.s, "ask_approval", request, CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'policy': 'APPROVE'}}", shop.anh));
    scenario_done(shop.s, "change_branch", "{'branch': 1, 'blocked': true}");
    scenario_as(shop.s, shop.minh);
    scenario_refused(shop.s, "ask_approval", request, CODE(BRANCH_BLOCKED), NULL);
    assert_int_equal(scenario_ask(shop.s, "approvals", "{}")->approvals->n_approvals, 0);
    shop_end(&shop);
}

static void asking_takes_no_number_of_the_branch(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    for (int i = 0; i < 3; i++)
        park(&shop);
    const Tefter__Done *done = scenario_done(
        shop.s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': 'STEEL', 'quantity': 1000}]}", shop.anh));
    assert_string_equal(done->number, "HQ-00001");
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS ", 'number': 'HQ-00001'", TOTAL),
                     CODE(MORE_THAN_YOU_MAY), "number");
    shop_end(&shop);
}

/* ---- bounds ---- */

static const char *bare(uint32_t customer)
{
    return json("{'customer': %u, 'amount_minor': 200000}", customer);
}

/* Without goods it takes a place all the same, and gives it back when it is decided or spent. */
static void an_ask_without_goods_has_a_place_too(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id first = scenario_done(shop.s, "ask_approval", bare(shop.anh))->id;
    id second = scenario_done(shop.s, "ask_approval", bare(shop.anh))->id;
    for (int i = 2; i < PARKED_EACH_MAX; i++)
        scenario_done(shop.s, "ask_approval", bare(i % 2 == 0 ? shop.anh : shop.binh));
    scenario_refused(shop.s, "ask_approval", bare(shop.binh), CODE(TOO_MANY), "draft");
    assert_null(look(&shop, first)->draft);
    decide(&shop, first, "'approved': false, 'reason': 'no'");
    scenario_done(shop.s, "ask_approval", bare(shop.binh));
    scenario_refused(shop.s, "ask_approval", bare(shop.binh), CODE(TOO_MANY), "draft");
    grant(&shop, second);
    scenario_refused(shop.s, "ask_approval", bare(shop.binh), CODE(TOO_MANY), "draft");
    scenario_done(shop.s, "issue_invoice",
                  json("{'customer': %u, 'approval': %llu, 'lines': [{'product_code': 'STEEL', "
                       "'quantity': 1000}]}",
                       shop.anh, second));
    scenario_done(shop.s, "ask_approval", bare(shop.binh));
    shop_end(&shop);
}

static void a_customer_has_forty_whoever_asks(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t who[] = {shop.minh, shop.hoa, ROLE_STAFF_OWNER};
    for (int i = 0; i < PARKED_CUSTOMER_MAX; i++) {
        scenario_as(shop.s, who[i / PARKED_EACH_MAX]);
        scenario_done(shop.s, "ask_approval",
                      i % 2 == 0 ? bare(shop.anh) : asking(&shop, GOODS, TOTAL));
    }
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "ask_approval", bare(shop.anh), CODE(TOO_MANY), "customer");
    assert_int_equal(refusal->most, PARKED_CUSTOMER_MAX);
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL), CODE(TOO_MANY),
                     "customer");
    scenario_done(shop.s, "ask_approval", bare(shop.binh));
    scenario_wait(shop.s, 15 * 60 * 1000);
    scenario_done(shop.s, "ask_approval", bare(shop.anh));
    shop_end(&shop);
}

static void an_old_ledger_has_no_places_for_asks_without_goods(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin_at(&shop, 5);
    for (int i = 0; i < PARKED_CUSTOMER_MAX + 1; i++)
        scenario_done(shop.s, "ask_approval", bare(shop.anh));
    shop_end(&shop);
}

static void a_person_parks_twenty_and_what_lapsed_makes_room(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    id first = park(&shop);
    for (int i = 1; i < PARKED_EACH_MAX; i++)
        park(&shop);
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "ask_approval", asking(&shop, GOODS, TOTAL), CODE(TOO_MANY), "draft");
    assert_int_equal(refusal->most, PARKED_EACH_MAX);
    refusal = scenario_refused(shop.s, "ask_approval", bare(shop.anh), CODE(TOO_MANY), "draft");
    assert_int_equal(refusal->most, PARKED_EACH_MAX);
    scenario_as(shop.s, shop.hoa);
    id other = park(&shop); /* somebody else has their own twenty */
    scenario_as(shop.s, shop.minh);
    decide(&shop, first, "'approved': false, 'reason': 'no'");
    id more = park(&shop); /* decided: its place is free */
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL), CODE(TOO_MANY), "draft");
    assert_non_null(look(&shop, more)->draft);
    scenario_wait(shop.s, 15 * 60 * 1000);
    assert_non_null(look(&shop, more)->draft); /* it lapsed, and its place is not wanted yet */
    for (int i = 0; i < PARKED_EACH_MAX; i++)
        park(&shop);
    assert_null(look(&shop, more)->draft);
    assert_non_null(look(&shop, other)->draft);
    scenario_refused(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL), CODE(TOO_MANY), "draft");
    shop_end(&shop);
}

static void a_company_parks_a_thousand_and_what_lapsed_makes_room(void **state)
{
    (void)state;
    struct shop shop;
    uint32_t clerks[PARKED_MAX / PARKED_EACH_MAX];
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    for (size_t i = 0; i < sizeof clerks / sizeof clerks[0]; i++)
        clerks[i] = scenario_staff(shop.s, json("clerk%zu", i), TEFTER__ROLE__ROLE_SALES);
    char kept[1024];
    snprintf(kept, sizeof kept, "%s", asking(&shop, GOODS, TOTAL));
    for (size_t i = 0; i < PARKED_MAX; i++) {
        scenario_as(shop.s, ROLE_STAFF_OWNER);
        if (i % PARKED_CUSTOMER_MAX == 0)
            shop.anh = may_ask(shop.s, json("Anh%zu", i));
        scenario_as(shop.s, clerks[i / PARKED_EACH_MAX]);
        scenario_done(shop.s, "ask_approval", asking(&shop, GOODS, TOTAL));
    }
    scenario_as(shop.s, shop.minh);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "ask_approval", kept, CODE(TOO_MANY), "draft");
    assert_int_equal(refusal->most, PARKED_MAX);
    scenario_wait(shop.s, 15 * 60 * 1000);
    for (int i = 0; i < PARKED_EACH_MAX; i++)
        scenario_done(shop.s, "ask_approval", kept);
    shop_end(&shop);
}

static void a_sale_that_is_too_long_is_not_parked(void **state)
{
    (void)state;
    enum { LINES = 400, WORDS = 190 };
    struct shop shop;
    shop_begin(&shop);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    static Tefter__InvoiceLine lines[LINES];
    static Tefter__InvoiceLine *list[LINES];
    static char words[WORDS + 1];
    memset(words, 'w', WORDS);
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval ask = TEFTER__ASK_APPROVAL__INIT;
    Tefter__IssueInvoice draft = TEFTER__ISSUE_INVOICE__INIT;
    for (size_t i = 0; i < LINES; i++) {
        lines[i] = (Tefter__InvoiceLine)TEFTER__INVOICE_LINE__INIT;
        lines[i].text = words;
        lines[i].quantity = 1000;
        lines[i].has_price = true;
        lines[i].price = 1000000;
        list[i] = &lines[i];
    }
    draft.lines = list;
    draft.n_lines = LINES;
    ask.customer = shop.anh;
    ask.amount_minor = 1000 * LINES;
    ask.draft = &draft;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &ask;
    const Tefter__Reply *reply = scenario_apply(shop.s, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_REFUSED);
    assert_int_equal(reply->refused->code, CODE(FIELD_INVALID));
    assert_string_equal(reply->refused->field, "draft");
    draft.n_lines = LINES / 2;
    ask.amount_minor = 1000 * LINES / 2;
    reply = scenario_apply(shop.s, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
    const char *goods = look(&shop, reply->done->id)->row->goods;
    assert_in_range(strlen(goods), PARKED_GOODS_BYTES - 4, PARKED_GOODS_BYTES);
    assert_string_equal(goods + strlen(goods) - strlen("…"), "…");
    shop_end(&shop);
}

/* ---- who decides sees it ---- */

static void who_decides_sees_who_wants_what_and_how_the_customer_stands(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(
        shop.s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': 'STEEL', 'quantity': 2000}]}", shop.anh));
    id approval = park(&shop);
    scenario_as(shop.s, shop.hoa);
    const Tefter__ApprovalRow *row =
        scenario_ask(shop.s, "approvals", "{'waiting_only': true}")->approvals->approvals[0];
    assert_int_equal(row->approval, approval);
    assert_string_equal(row->customer_name->value, "Anh");
    assert_string_equal(row->customer_code, "C-000002");
    assert_string_equal(row->goods, "10 × Steel bar; 4 × Sand");
    assert_int_equal(row->lines, 2);
    assert_int_equal(row->amount_minor, TOTAL);
    assert_int_equal(row->balance_minor, 30000);
    assert_int_equal(row->available_minor, 70000);
    assert_int_equal(row->decision->over_by_minor, TOTAL - 70000);
    assert_string_equal(row->asked_login, "minh");
    assert_string_equal(row->branch_code, "HQ");
    assert_int_equal(row->expires_ms, shop.s->now_ms + 15 * 60000);
    const Tefter__ApprovalAnswer *answer = look(&shop, approval);
    assert_int_equal(answer->account->balance_minor, 30000);
    assert_string_equal(answer->lines[0]->code, "STEEL");
    assert_int_equal(answer->refusal->code, CODE(APPROVAL_UNDECIDED));
    shop_end(&shop);
}

/* ---- older rules ---- */

static void under_older_rules_an_approval_is_for_the_amount_alone(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin_at(&shop, 4);
    scenario_as(shop.s, shop.hoa);
    id approval = park(&shop);
    scenario_done(shop.s, "decide_approval",
                  json("{'approval': %llu, 'approved': true}", approval));
    scenario_as(shop.s, shop.minh);
    scenario_refused(shop.s, "ask_approval", json("{'customer': %u, 'amount_minor': 1}", shop.anh),
                     CODE(NOTHING_TO_CHANGE), "amount_minor");
    scenario_refused(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_OWNER'}",
                     CODE(RIGHT_MISSING), NULL);
    id paper = scenario_done(
                   shop.s, "issue_invoice",
                   sale(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 9000}]", approval))
                   ->id;
    scenario_refused(shop.s, "issue_invoice", sale(&shop, GOODS, approval), CODE(APPROVAL_NOT_OPEN),
                     "approval");
    id other = park(&shop);
    grant(&shop, other);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_refused(shop.s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_OWNER'}",
                     CODE(FIELD_INVALID), "own_approval");
    scenario_as(shop.s, 0);
    scenario_done(shop.s, "adopt_rules_version", "{'rules_version': 5}");
    scenario_as(shop.s, shop.minh);
    /* asked for before: it has no goods that it is bound to */
    scenario_done(shop.s, "issue_invoice",
                  sale(&shop, "'lines': [{'product_code': 'STEEL', 'quantity': 9500}]", other));
    not_sold(&shop, GOODS, other, CODE(APPROVAL_USED_ALREADY));
    assert_int_equal(not_sold(&shop, GOODS, approval, CODE(APPROVAL_USED_ALREADY))->existing,
                     paper);
    shop_end(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grant_is_for_the_goods_that_were_parked_and_no_others),
        cmocka_unit_test(a_line_that_is_not_in_the_catalogue_is_its_words),
        cmocka_unit_test(it_serves_neither_another_customer_nor_another_branch),
        cmocka_unit_test(refused_used_lapsed_and_undecided_are_told_apart),
        cmocka_unit_test(an_approval_that_was_not_needed_any_more_is_used_all_the_same),
        cmocka_unit_test(an_approved_sale_is_not_corrected_to_other_goods),
        cmocka_unit_test(a_sale_that_needed_no_approval_is_corrected_freely),
        cmocka_unit_test(the_prices_are_those_of_when_it_was_parked),
        cmocka_unit_test(a_unit_that_holds_more_since_it_was_parked_is_other_goods),
        cmocka_unit_test(a_part_of_what_is_parked_may_be_sold_and_no_more),
        cmocka_unit_test(a_piece_is_the_parked_one_however_its_serial_is_typed),
        cmocka_unit_test(it_says_when_it_was_decided),
        cmocka_unit_test(granted_for_less_says_how_much_must_be_paid_first),
        cmocka_unit_test(granted_for_less_lets_a_part_pass_up_to_the_last_cent),
        cmocka_unit_test(no_payment_is_named_where_it_would_not_help),
        cmocka_unit_test(what_is_sold_after_the_ask_is_not_approved_with_it),
        cmocka_unit_test(money_that_is_taken_back_after_the_grant_makes_no_room),
        cmocka_unit_test(of_several_that_saw_the_same_one_is_sold),
        cmocka_unit_test(another_wall_and_other_terms_are_asked_about_anew),
        cmocka_unit_test(more_bills_and_more_overdue_are_asked_about_anew),
        cmocka_unit_test(granted_for_less_is_so_much_less_over),
        cmocka_unit_test(an_old_ledger_sells_whatever_came_between),
        cmocka_unit_test(who_asked_does_not_grant_it_unless_the_company_says_so),
        cmocka_unit_test(of_two_who_decide_one_wins_and_the_other_hears_it),
        cmocka_unit_test(of_two_tills_one_sells_and_the_other_hears_the_invoice),
        cmocka_unit_test(a_sale_that_would_pass_is_not_parked),
        cmocka_unit_test(a_wall_that_no_approval_lifts_is_said_instead),
        cmocka_unit_test(asking_takes_no_number_of_the_branch),
        cmocka_unit_test(an_ask_without_goods_has_a_place_too),
        cmocka_unit_test(a_customer_has_forty_whoever_asks),
        cmocka_unit_test(an_old_ledger_has_no_places_for_asks_without_goods),
        cmocka_unit_test(a_person_parks_twenty_and_what_lapsed_makes_room),
        cmocka_unit_test(a_company_parks_a_thousand_and_what_lapsed_makes_room),
        cmocka_unit_test(a_sale_that_is_too_long_is_not_parked),
        cmocka_unit_test(who_decides_sees_who_wants_what_and_how_the_customer_stands),
        cmocka_unit_test(under_older_rules_an_approval_is_for_the_amount_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
