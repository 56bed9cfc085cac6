/* Putting right what was typed wrong: a bill or a receipt is reversed and written anew in one. */
#include "domain/scenario.h"

typedef unsigned long long id;

static uint32_t product(struct scenario *s, const char *code, int64_t price_minor)
{
    return (uint32_t)scenario_done(s, "add_product",
                                   json("{'code': '%s', 'name': '%s', 'price': %lld, 'tax_bp': "
                                        "2000}",
                                        code, code, (long long)price_minor * 1000))
        ->id;
}

static void lock(struct scenario *s, uint32_t customer)
{
    scenario_done(s, "lock_customer",
                  json("{'customer': %u, 'reason': 'cheque bounced'}", customer));
}

static const char *price_of(id bill, int64_t price_minor)
{
    return json("{'document': %llu, 'reason': 'price', 'invoice': {'lines': [{'line': 1, "
                "'quantity': 1000, 'price': %lld}]}}",
                bill, (long long)price_minor * 1000);
}

static const Tefter__DocumentAnswer *look(struct scenario *s, const char *number)
{
    return scenario_ask(s, "document", json("{'number': '%s'}", number))->document;
}

/* ---- the net ---- */

static void a_lower_price_passes_a_lock_and_a_lowered_limit(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    id bill = scenario_sell(s, anh, 900)->id;
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 100}}", anh));
    lock(s, anh);
    const Tefter__Done *done = scenario_done(s, "correct_invoice", price_of(bill, 800));
    assert_int_equal(done->account->balance_minor, 800);
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_ALLOWED);
    assert_int_equal(done->decision->amount_minor, -100);
    assert_int_equal(done->decision->replaces_minor, 900);
    assert_int_equal(done->n_warnings, 0);
    scenario_end(s);
}

static void a_reference_put_right_passes_too_and_so_does_one_of_a_blocked_branch(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    id bill = scenario_sell(s, anh, 900)->id;
    lock(s, anh);
    scenario_done(s, "change_branch", "{'branch': 1, 'blocked': true}");
    scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'order', 'invoice': {'reference': 'PO-7'}}", bill));
    assert_string_equal(look(s, "HQ-00002")->document->reference, "PO-7");
    scenario_done(s, "unlock_customer", json("{'customer': %u}", anh));
    scenario_refused(s, "correct_invoice", price_of(look(s, "HQ-00002")->document->document, 901),
                     TEFTER__REFUSAL_CODE__BRANCH_BLOCKED, NULL);
    scenario_end(s);
}

static void what_a_correction_adds_is_judged_and_nothing_else(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_sell(s, anh, 500);
    id bill = scenario_sell(s, anh, 300)->id;
    const Tefter__Refusal *refusal =
        scenario_refused(s, "correct_invoice", price_of(bill, 501),
                         TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
    assert_int_equal(refusal->over_by_minor, 1);
    assert_int_equal(refusal->available_minor, 200);
    assert_int_equal(refusal->decision->amount_minor, 201);
    assert_int_equal(refusal->decision->exposure_minor, 800);
    /* the way out holds: up to so much it may be */
    int64_t most = 0;
    for (size_t i = 0; i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == TEFTER__WAY_OUT_KIND__WAY_PART_NOW)
            most = refusal->ways[i]->amount_minor;
    assert_int_equal(most, 500);
    id fresh = scenario_done(s, "correct_invoice", price_of(bill, most))->id;
    lock(s, anh);
    scenario_refused(s, "correct_invoice", price_of(fresh, most + 1),
                     TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, "customer");
    scenario_end(s);
}

static void old_debt_stops_more_but_not_less(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'overdue_days': 10, 'document_max_minor': 400}}", anh));
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'date': 19900, 'backfill': true, 'due': 19900, 'lines': "
                       "[{'text': 'old', 'quantity': 1000, 'price': 50000}]}",
                       anh));
    id bill = scenario_done(s, "issue_invoice",
                            json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', "
                                 "'quantity': 1000, 'price': 500000}]}",
                                 anh))
                  ->id;
    /* 500 was too big for one bill; 450 still is, and adds nothing */
    bill = scenario_done(s, "correct_invoice", price_of(bill, 450))->id;
    bill = scenario_done(s, "correct_invoice", price_of(bill, 300))->id;
    const Tefter__Refusal *refusal =
        scenario_refused(s, "correct_invoice", price_of(bill, 401),
                         TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER, "customer");
    assert_int_equal(refusal->decision->n_walls, 2); /* the whole bill, though it adds 101 */
    scenario_refused(s, "correct_invoice", price_of(bill, 301),
                     TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD, "customer");
    scenario_end(s);
}

static void for_another_customer_it_is_a_sale_like_any_other(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t binh = scenario_customer(s, "Binh", 100);
    id bill = scenario_sell(s, anh, 101)->id;
    scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'whose', 'invoice': {'customer': %u}}", bill, binh),
        TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
    lock(s, anh); /* which does not keep the bill with them */
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 101}}", binh));
    scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'whose', 'invoice': {'customer': %u}}", bill, binh));
    assert_int_equal(scenario_account(s, anh)->balance_minor, 0);
    assert_int_equal(scenario_account(s, binh)->balance_minor, 101);
    scenario_end(s);
}

static void an_old_ledger_judges_the_whole_bill_anew(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    id bill = scenario_sell(s, anh, 900)->id;
    lock(s, anh);
    scenario_refused(s, "correct_invoice",
                     json("{'document': %llu, 'reason': 'price', 'invoice': {'customer': %u, "
                          "'lines': [{'text': 'a', 'quantity': 1000, 'price': 800000}]}}",
                          bill, anh),
                     TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, "customer");
    scenario_refused(s, "correct_invoice", price_of(bill, 800), TEFTER__REFUSAL_CODE__FIELD_INVALID,
                     "lines[0].line");
    scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'x', 'clear': ['NOTE'], 'invoice': {}}", bill),
        TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_end(s);
}

/* ---- what is not said stays ---- */

static id full_bill(struct scenario *s, uint32_t customer, uint32_t buyer)
{
    return scenario_done(
               s, "issue_invoice",
               json("{'customer': %u, 'due': 20044, 'note': 'to the yard', 'salesperson': 'owner', "
                    "'reference': 'PO-1', 'buyer': %u, 'charges': [{'title': 'shipping', "
                    "'amount_minor': 70, 'tax_bp': 500}], 'lines': [{'product_code': 'CEM', "
                    "'quantity': 2000, 'price': 90000, 'discount_bp': 1000, 'tax_bp': 800}, "
                    "{'text': 'cutting', 'quantity': 1000, 'price': 50000, 'discount_minor': 5}]}",
                    customer, buyer))
        ->id;
}

static void the_price_discount_and_tax_of_the_bill_stay_and_not_todays(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t cement = product(s, "CEM", 100);
    uint32_t driver = (uint32_t)scenario_done(s, "authorise_buyer",
                                              json("{'customer': %u, 'name': 'Driver'}", anh))
                          ->id;
    id bill = full_bill(s, anh, driver);
    scenario_done(s, "change_product",
                  json("{'product': %u, 'price': 300000, 'tax_bp': 100}", cement));
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'count', 'invoice': {'lines': [{'product_code': 'CEM', "
             "'quantity': 3000}, {'text': 'cutting', 'quantity': 1000}]}}",
             bill));
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_int_equal(fresh->lines[0]->price, 90000);
    assert_int_equal(fresh->lines[0]->discount_bp, 1000);
    assert_int_equal(fresh->lines[0]->tax_bp, 800);
    assert_int_equal(fresh->lines[0]->net_minor, 243);
    assert_int_equal(fresh->lines[1]->net_minor, 45);
    assert_false(fresh->lines[1]->has_tax_minor);
    assert_int_equal(fresh->due, 20044);
    assert_string_equal(fresh->salesperson, "owner");
    assert_string_equal(fresh->reference, "PO-1");
    assert_int_equal(fresh->buyer, driver);
    assert_string_equal(fresh->note->value, "to the yard");
    assert_int_equal(fresh->n_charges, 1);
    assert_int_equal(fresh->charges[0]->tax_minor, 4);
    scenario_end(s);
}

static void one_line_is_put_right_and_the_others_are_as_they_were(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    product(s, "CEM", 100);
    uint32_t driver = (uint32_t)scenario_done(s, "authorise_buyer",
                                              json("{'customer': %u, 'name': 'Driver'}", anh))
                          ->id;
    id bill = full_bill(s, anh, driver);
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'count', 'invoice': {'lines': [{'line': 1, "
             "'quantity': 2000}, {'line': 2, 'quantity': 3000}]}}",
             bill));
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_int_equal(fresh->lines[0]->net_minor, 162);
    assert_int_equal(fresh->lines[1]->net_minor, 145);
    /* nothing said of lines: all of them as they were */
    done = scenario_done(s, "correct_invoice",
                         json("{'document': %llu, 'reason': 'x', 'clear': ['CHARGES', 'BUYER', "
                              "'SALESPERSON', 'REFERENCE', 'NOTE'], 'invoice': {}}",
                              (id)fresh->document));
    fresh = look(s, done->number)->document;
    assert_int_equal(fresh->n_lines, 2);
    assert_int_equal(fresh->n_charges, 0);
    assert_false(fresh->has_buyer);
    assert_null(fresh->salesperson);
    assert_null(fresh->reference);
    assert_null(fresh->note);
    scenario_refused(s, "correct_invoice",
                     json("{'document': %llu, 'reason': 'x', 'invoice': {'lines': [{'line': 3, "
                          "'quantity': 1000}]}}",
                          (id)fresh->document),
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "lines[0].line");
    scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'x', 'clear': ['NOTE'], 'invoice': {'note': "
             "'n'}}",
             (id)fresh->document),
        TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_refused(s, "correct_invoice",
                     json("{'document': %llu, 'reason': 'x', 'clear': ['PAYER'], 'invoice': {}}",
                          (id)fresh->document),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'lines': [{'line': 1, 'quantity': 1000}]}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "lines[0].line");
    scenario_end(s);
}

static void what_was_there_may_stay_though_nobody_would_sell_it_now(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
    uint32_t cement = product(s, "CEM", 100);
    uint32_t driver = (uint32_t)scenario_done(s, "authorise_buyer",
                                              json("{'customer': %u, 'name': 'Driver'}", anh))
                          ->id;
    scenario_as(s, clerk);
    id bill = scenario_done(s, "issue_invoice",
                            json("{'customer': %u, 'buyer': %u, 'lines': [{'product': %u, "
                                 "'quantity': 5000}]}",
                                 anh, driver, cement))
                  ->id;
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "change_product", json("{'product': %u, 'retired': true}", cement));
    scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': %u}", anh, driver));
    scenario_as(s, clerk);
    static const char fewer[] =
        "{'document': %llu, 'invoice': {'lines': [{'line': 1, 'quantity': 4000}]}}";
    bill = scenario_done(s, "correct_invoice", json(fewer, bill))->id;
    scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'invoice': {'lines': [{'line': 1, 'quantity': 9000}]}}", bill),
        TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED, "buyer");
    scenario_end(s);
}

static void serial_numbers_stay_with_their_pieces(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_product",
                  "{'code': 'DRILL', 'name': 'Drill', 'price': 50000, 'serials': true}");
    id bill = scenario_done(s, "issue_invoice",
                            json("{'customer': %u, 'lines': [{'product_code': 'DRILL', 'quantity': "
                                 "2000, 'serials': ['A1', 'A2']}]}",
                                 anh))
                  ->id;
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'invoice': {'lines': [{'product_code': 'DRILL', 'quantity': 2000, "
             "'price': 40000}]}}",
             bill));
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_int_equal(fresh->lines[0]->n_serials, 2);
    assert_string_equal(fresh->lines[0]->serials[1], "A2");
    /* of one that goes back it must be said which stays */
    scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'invoice': {'lines': [{'line': 1, 'quantity': 1000}]}}",
             (id)fresh->document),
        TEFTER__REFUSAL_CODE__FIELD_MISSING, "lines[0].serials");
    scenario_done(s, "correct_invoice",
                  json("{'document': %llu, 'invoice': {'lines': [{'line': 1, 'quantity': 1000, "
                       "'serials': ['A2']}]}}",
                       (id)fresh->document));
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_invoice",
                         json("{'customer': %u, 'lines': [{'product_code': 'DRILL', 'quantity': "
                              "2000, 'serials': ['A1', 'A2']}]}",
                              anh),
                         TEFTER__REFUSAL_CODE__ALREADY_EXISTS, "lines[0].serials[1]");
    assert_string_equal(refusal->existing_number, "HQ-00003");
    scenario_end(s);
}

static void an_imported_bill_is_put_right_with_its_strange_dates_and_lines(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "add_product",
                  "{'code': 'DRILL', 'name': 'Drill', 'price': 50000, 'serials': true}");
    id bill =
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'number': 'OLD-1', 'date': 19900, 'due': 19890, "
                           "'backfill': true, 'lines': [{'product_code': 'DRILL', 'quantity': "
                           "1000}, {'text': 'rebate', 'quantity': -1000, 'price': 1000}]}",
                           anh))
            ->id;
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'order', 'invoice': {'reference': 'PO-9'}}", bill));
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_int_equal(fresh->date, 19900);
    assert_int_equal(fresh->due, 19890);
    assert_int_equal(fresh->total_minor, 49);
    assert_int_equal(done->n_warnings, 0); /* it was dated so before */
    scenario_end(s);
}

static void of_a_receipt_too(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t bank = scenario_bank(s);
    uint32_t till = scenario_till(s);
    id slip =
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, "
                           "'amount_minor': 500, 'reference': 'SL-1', 'payer': 'Hoa', 'note': "
                           "'by Hoa', 'date': 19999}",
                           anh, bank))
            ->id;
    const Tefter__Done *done =
        scenario_done(s, "correct_payment",
                      json("{'document': %llu, 'reason': 'amount', 'payment': {'kind': 'SLIP', "
                           "'amount_minor': 510}}",
                           slip));
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_string_equal(fresh->reference, "SL-1");
    assert_string_equal(fresh->payer->value, "Hoa");
    assert_string_equal(fresh->note->value, "by Hoa");
    assert_int_equal(fresh->money_account, bank);
    assert_int_equal(fresh->date, 19999);
    /* another kind of money lies elsewhere, and the bank's number is not the till's */
    scenario_refused(s, "correct_payment",
                     json("{'document': %llu, 'reason': 'cash', 'payment': {'kind': 'CASH', "
                          "'amount_minor': 510}}",
                          (id)fresh->document),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "money_account");
    done = scenario_done(s, "correct_payment",
                         json("{'document': %llu, 'reason': 'cash', 'clear': ['PAYER'], 'payment': "
                              "{'kind': 'CASH', 'amount_minor': 510, 'money_account': %u}}",
                              (id)fresh->document, till));
    fresh = look(s, done->number)->document;
    assert_null(fresh->reference);
    assert_null(fresh->payer);
    scenario_end(s);
}

/* ---- across branches ---- */

static uint32_t second_branch(struct scenario *s, uint32_t date)
{
    uint32_t branch =
        (uint32_t)scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thu Duc'}")->id;
    scenario_as(s, 0);
    if (date > 20000)
        scenario_done(s, "turn_day", json("{'branch': %u, 'date': %u}", branch, date));
    scenario_as(s, ROLE_STAFF_OWNER);
    return branch;
}

static void owner_at_the_office(struct scenario *s)
{
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 1);
}

static void the_owner_at_the_head_office_corrects_a_branchs_receipt(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t far = second_branch(s, 20001);
    uint32_t till =
        (uint32_t)scenario_done(s, "add_till", json("{'branch': %u, 'name': 'd'}", far))->id;
    uint32_t clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, clerk);
    scenario_at(s, far);
    id money = scenario_done(s, "take_payment",
                             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                  "'amount_minor': 50}",
                                  anh, till))
                   ->id;
    owner_at_the_office(s); /* at the office, whose day is the one before */
    const Tefter__Done *done =
        scenario_done(s, "correct_payment",
                      json("{'document': %llu, 'reason': 'typed', 'payment': {'kind': 'CASH', "
                           "'amount_minor': 60}}",
                           money));
    assert_string_equal(done->number, "TD-R-00002");
    assert_string_equal(done->reversal_number, "TD-X-00001");
    const Tefter__DocumentRecord *fresh = look(s, done->number)->document;
    assert_int_equal(fresh->branch, far);
    assert_int_equal(fresh->date, 20001);
    assert_int_equal(fresh->money_account, till);
    assert_int_equal(fresh->actor->branch, 1); /* but who did it stood here */
    assert_int_equal(look(s, "TD-X-00001")->document->branch, far);
    scenario_as(s, clerk);
    scenario_at(s, far);
    assert_string_equal(scenario_done(s, "take_payment",
                                      json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                           "'amount_minor': 5}",
                                           anh, till))
                            ->number,
                        "TD-R-00003");
    scenario_end(s);
}

static void and_a_branchs_bill_in_the_branchs_series_and_day(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t far = second_branch(s, 20001);
    scenario_at(s, far);
    id bill = scenario_sell(s, anh, 500)->id;
    owner_at_the_office(s);
    const Tefter__Done *done = scenario_done(s, "correct_invoice", price_of(bill, 400));
    assert_string_equal(done->number, "TD-00002");
    assert_int_equal(look(s, "TD-00002")->document->date, 20001);
    /* its own tills, and none of another branch */
    uint32_t here = scenario_till(s);
    scenario_at(s, far);
    uint32_t theirs =
        (uint32_t)scenario_done(s, "add_till", json("{'branch': %u, 'name': 'd'}", far))->id;
    id money = scenario_done(s, "take_payment",
                             json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, "
                                  "'amount_minor': 50}",
                                  anh, theirs))
                   ->id;
    owner_at_the_office(s);
    scenario_refused(s, "correct_payment",
                     json("{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', "
                          "'amount_minor': 50, 'money_account': %u}}",
                          money, here),
                     TEFTER__REFUSAL_CODE__TILL_OTHER_BRANCH, "money_account");
    scenario_end(s);
}

static void who_may_not_reverse_corrects_only_their_own_of_today_where_they_stand(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t far = second_branch(s, 20000);
    uint32_t clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
    uint32_t other = scenario_staff(s, "other", TEFTER__ROLE__ROLE_SALES);
    product(s, "CEM", 100);
    scenario_as(s, clerk);
    scenario_at(s, far);
    const char *sale =
        json("{'customer': %u, 'lines': [{'product_code': 'CEM', 'quantity': 2000}]}", anh);
    id bill = scenario_done(s, "issue_invoice", sale)->id;
    static const char one[] = "{'document': %llu, 'reason': 'x', 'invoice': {'lines': [{'line': 1, "
                              "'quantity': 1000}]}}";
    scenario_as(s, other);
    scenario_at(s, far);
    scenario_refused(s, "correct_invoice", json(one, bill), TEFTER__REFUSAL_CODE__RIGHT_MISSING,
                     NULL);
    scenario_as(s, clerk);
    scenario_at(s, 1); /* at the head office now */
    scenario_refused(s, "correct_invoice", json(one, bill), TEFTER__REFUSAL_CODE__RIGHT_MISSING,
                     NULL);
    scenario_at(s, far);
    bill =
        scenario_done(
            s, "correct_invoice",
            json("{'document': %llu, 'invoice': {'lines': [{'line': 1, 'quantity': 1000}]}}", bill))
            ->id; /* freely: without a reason */
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': %u, 'date': 20001}", far));
    scenario_as(s, clerk);
    scenario_at(s, far);
    scenario_refused(s, "correct_invoice", json(one, bill), TEFTER__REFUSAL_CODE__RIGHT_MISSING,
                     NULL);
    owner_at_the_office(s);
    scenario_refused(s, "correct_invoice", json("{'document': %llu, 'invoice': {}}", bill),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_done(s, "correct_invoice", json(one, bill));
    scenario_end(s);
}

static void an_old_ledger_takes_it_as_the_offices(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t far = second_branch(s, 20000);
    scenario_at(s, far);
    id bill = scenario_sell(s, anh, 500)->id;
    owner_at_the_office(s);
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json(
            "{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': [{'text': 'a', "
            "'quantity': 1000, 'price': 400000}]}}",
            bill, anh));
    assert_string_equal(done->number, "HQ-00001");
    scenario_end(s);
}

static void what_the_office_takes_back_is_of_the_branchs_day(void **state)
{
    (void)state;
    for (uint32_t rules = 6; rules <= 7; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        uint32_t anh = scenario_customer(s, "Anh", 1000);
        uint32_t far = second_branch(s, 20001);
        scenario_at(s, far);
        id bill = scenario_sell(s, anh, 500)->id;
        owner_at_the_office(s);
        const Tefter__Done *done =
            scenario_done(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", bill));
        assert_string_equal(done->reversal_number, rules < 7 ? "HQ-X-00001" : "TD-X-00001");
        const Tefter__DocumentRecord *reversal = look(s, done->reversal_number)->document;
        assert_int_equal(reversal->branch, rules < 7 ? 1 : far);
        assert_int_equal(reversal->date, 20001);
        assert_int_equal(reversal->actor->branch, 1); /* but who did it stood here */
        const Tefter__TotalsAnswer *totals = scenario_ask(s, "totals", "{}")->totals;
        for (size_t i = 0; i < totals->n_rows; i++)
            assert_int_equal(totals->rows[i]->reversed,
                             rules == 7 &&
                                 (totals->rows[i]->branch == far || totals->rows[i]->branch == 0));
        scenario_end(s);
    }
}

/* ---- what became of the money ---- */

static id paid(struct scenario *s, uint32_t customer, uint32_t till, int64_t amount_minor)
{
    return scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, "
                              "'money_account': %u, 'match': 'OLDEST_DUE'}",
                              customer, (long long)amount_minor, till))
        ->id;
}

static void money_that_a_smaller_bill_does_not_take_is_named(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    id bill = scenario_sell(s, anh, 500)->id;
    paid(s, anh, till, 200);
    id second = paid(s, anh, till, 250);
    const Tefter__Done *done = scenario_done(s, "correct_invoice", price_of(bill, 300));
    assert_int_equal(done->freed_minor, 150);
    assert_int_equal(done->freed_count, 1);
    assert_int_equal(done->n_freed, 1);
    assert_int_equal(done->freed[0]->document, second);
    assert_string_equal(done->freed[0]->number, "HQ-R-00002");
    assert_int_equal(done->freed[0]->kind, TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT);
    assert_int_equal(done->freed[0]->amount_minor, 150);
    assert_int_equal(done->freed[0]->open_minor, 150);
    /* a larger one takes all along, and nothing is said */
    done = scenario_done(s, "correct_invoice",
                         price_of(look(s, done->number)->document->document, 400));
    assert_false(done->has_freed_minor);
    scenario_end(s);
}

static void a_bill_moved_to_another_customer_leaves_its_money_where_it_was_paid(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t binh = scenario_customer(s, "Binh", 1000);
    uint32_t till = scenario_till(s);
    id bill = scenario_sell(s, anh, 500)->id;
    paid(s, anh, till, 200);
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'whose', 'invoice': {'customer': %u}}", bill, binh));
    assert_int_equal(done->freed_minor, 200);
    assert_string_equal(done->freed[0]->number, "HQ-R-00001");
    assert_int_equal(scenario_account(s, anh)->balance_minor, -200);
    scenario_end(s);
}

static void a_receipt_taken_back_names_the_bills_that_are_open_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 100);
    scenario_sell(s, anh, 300);
    id money = paid(s, anh, till, 250);
    const Tefter__Done *done =
        scenario_done(s, "correct_payment",
                      json("{'document': %llu, 'reason': 'typed', 'payment': {'kind': 'CASH', "
                           "'amount_minor': 120}}",
                           money));
    assert_int_equal(done->freed_minor, 130);
    assert_string_equal(done->freed[0]->number, "HQ-00002");
    assert_int_equal(done->freed[0]->kind, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE);
    assert_int_equal(done->freed[0]->open_minor, 280);
    done = scenario_done(s, "reverse_document", "{'number': 'HQ-R-00002', 'reason': 'again'}");
    assert_int_equal(done->freed_count, 2);
    assert_int_equal(done->freed_minor, 120);
    scenario_end(s);
}

/* Thirty receipts: the sum of all, and twenty of them by name. */
static void of_many_the_first_are_named_and_all_are_counted(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    id bill = scenario_sell(s, anh, 300)->id;
    for (int i = 0; i < 30; i++)
        paid(s, anh, till, 10);
    const Tefter__Done *done =
        scenario_done(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", bill));
    assert_int_equal(done->freed_minor, 300);
    assert_int_equal(done->freed_count, 30);
    assert_int_equal(done->n_freed, 20);
    scenario_end(s);
}

static void nobody_is_alarmed_by_a_receipt_whose_slip_number_was_wrong(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 1000);
    id money = paid(s, anh, till, 100);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 10}}", anh));
    static const char same[] =
        "{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', 'amount_minor': "
        "%d, 'reference': 'C-%d'}}";
    money = scenario_done(s, "correct_payment", json(same, money, 100, 1))->id;
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 0);
    scenario_done(s, "correct_payment", json(same, money, 99, 2));
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 1);
    scenario_end(s);
}

static void of_own_money_only_what_gets_less_counts_as_taken_back(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t binh = scenario_customer(s, "Binh", 1000);
    uint32_t till = scenario_till(s);
    scenario_done(s, "set_credit_policy",
                  "{'terms': {'limit_minor': 0}, 'own_reversal_minor': 20}");
    id money = paid(s, anh, till, 500);
    static const char anew[] =
        "{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', 'amount_minor': %d%s}}";
    money = scenario_done(s, "correct_payment", json(anew, money, 500, ", 'note': 'n'"))->id;
    money = scenario_done(s, "correct_payment", json(anew, money, 485, ""))->id;
    const Tefter__Refusal *refusal =
        scenario_refused(s, "correct_payment", json(anew, money, 479, ""),
                         TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document");
    assert_int_equal(refusal->most, 5);
    scenario_refused(s, "correct_payment", json(anew, money, 485, json(", 'customer': %u", binh)),
                     TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document");
    scenario_end(s);
}

/* ---- twice ---- */

static void what_is_reversed_already_says_by_which_paper_when_and_by_whom(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    id bill = scenario_sell(s, anh, 500)->id;
    scenario_done(s, "correct_invoice", price_of(bill, 400));
    const Tefter__Refusal *refusal =
        scenario_refused(s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", bill),
                         TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "document");
    assert_string_equal(refusal->existing_number, "HQ-X-00001");
    assert_int_equal(refusal->date, 20000);
    assert_string_equal(refusal->by, "owner");
    assert_string_equal(refusal->replaced_by, "HQ-00002");
    refusal = scenario_refused(s, "correct_invoice", price_of(bill, 300),
                               TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "document");
    assert_string_equal(refusal->replaced_by, "HQ-00002");
    /* and what has a credit note names it */
    scenario_done(s, "issue_credit_note",
                  "{'invoice_number': 'HQ-00002', 'credit': [{'line': 0, 'quantity': 500}]}");
    refusal = scenario_refused(s, "reverse_document", "{'number': 'HQ-00002', 'reason': 'x'}",
                               TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "credit_notes");
    assert_string_equal(refusal->existing_number, "HQ-CN-00001");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lower_price_passes_a_lock_and_a_lowered_limit),
        cmocka_unit_test(a_reference_put_right_passes_too_and_so_does_one_of_a_blocked_branch),
        cmocka_unit_test(what_a_correction_adds_is_judged_and_nothing_else),
        cmocka_unit_test(old_debt_stops_more_but_not_less),
        cmocka_unit_test(for_another_customer_it_is_a_sale_like_any_other),
        cmocka_unit_test(an_old_ledger_judges_the_whole_bill_anew),
        cmocka_unit_test(the_price_discount_and_tax_of_the_bill_stay_and_not_todays),
        cmocka_unit_test(one_line_is_put_right_and_the_others_are_as_they_were),
        cmocka_unit_test(what_was_there_may_stay_though_nobody_would_sell_it_now),
        cmocka_unit_test(serial_numbers_stay_with_their_pieces),
        cmocka_unit_test(an_imported_bill_is_put_right_with_its_strange_dates_and_lines),
        cmocka_unit_test(of_a_receipt_too),
        cmocka_unit_test(the_owner_at_the_head_office_corrects_a_branchs_receipt),
        cmocka_unit_test(and_a_branchs_bill_in_the_branchs_series_and_day),
        cmocka_unit_test(who_may_not_reverse_corrects_only_their_own_of_today_where_they_stand),
        cmocka_unit_test(an_old_ledger_takes_it_as_the_offices),
        cmocka_unit_test(what_the_office_takes_back_is_of_the_branchs_day),
        cmocka_unit_test(money_that_a_smaller_bill_does_not_take_is_named),
        cmocka_unit_test(a_bill_moved_to_another_customer_leaves_its_money_where_it_was_paid),
        cmocka_unit_test(a_receipt_taken_back_names_the_bills_that_are_open_again),
        cmocka_unit_test(of_many_the_first_are_named_and_all_are_counted),
        cmocka_unit_test(nobody_is_alarmed_by_a_receipt_whose_slip_number_was_wrong),
        cmocka_unit_test(of_own_money_only_what_gets_less_counts_as_taken_back),
        cmocka_unit_test(what_is_reversed_already_says_by_which_paper_when_and_by_whom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
