/* The credit decision, as a shop meets it. */
#include "base/limits.h"
#include "domain/scenario.h"

#include <stdio.h>

static void a_sale_within_the_limit_passes_to_the_last_cent(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_sell(s, anh, 9999);
    assert_int_equal(scenario_account(s, anh)->available_minor, 1);
    scenario_sell(s, anh, 1);
    assert_int_equal(scenario_account(s, anh)->available_minor, 0);
    scenario_end(s);
}

static void a_refusal_says_by_how_much_and_what_would_free_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_sell(s, anh, 8000);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, 'price': 2500000}]}",
             anh),
        TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
    assert_int_equal(refusal->over_by_minor, 500);
    assert_int_equal(refusal->available_minor, 2000);
    assert_int_equal(refusal->decision->exposure_minor, 8000);
    assert_int_equal(refusal->ways[0]->kind, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW);
    assert_int_equal(refusal->ways[0]->amount_minor, 500);
    assert_int_equal(refusal->ways[1]->kind, TEFTER__WAY_OUT_KIND__WAY_PART_NOW);
    assert_int_equal(refusal->ways[1]->amount_minor, 2000);
    assert_int_equal(scenario_account(s, anh)->balance_minor, 8000);
    scenario_end(s);
}

/* A lock until the head office's today, and a branch in the east that has begun the next day: it
 * sells, and the row that all terminals get says that the lock holds. */
static void a_row_reads_the_same_whoever_changed_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_done(s, "add_branch", "{'code': 'KI', 'name': 'East', 'utc_offset_minutes': 840}");
    scenario_done(s, "lock_customer", json("{'customer': %u, 'until': 20000}", anh));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 2, 'date': 20001}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 2);
    const Tefter__Done *done = scenario_sell(s, anh, 1);
    assert_int_equal(done->account->balance_minor, 1);
    assert_true(done->account->locked);
    assert_false(scenario_account(s, anh)->locked);
    scenario_at(s, 1);
    assert_true(scenario_account(s, anh)->locked);
    scenario_end(s);
}

static void a_new_customer_has_limit_zero_and_zero_is_not_unlimited(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh =
        (uint32_t)scenario_done(s, "open_customer", "{'name': 'Anh', 'phone': '1', 'area': 'x'}")
            ->id;
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                          "'price': 1000}]}",
                          anh),
                     TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'unlimited': true}}", anh));
    scenario_sell(s, anh, 123456789);
    assert_true(scenario_account(s, anh)->unlimited);
    scenario_end(s);
}

static void money_that_is_not_matched_frees_credit_at_once(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 10000);
    scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 4000, 'money_account': %u}", anh,
             till));
    const Tefter__AccountRow *account = scenario_account(s, anh);
    assert_int_equal(account->available_minor, 4000);
    assert_int_equal(account->unmatched_minor, 4000);
    scenario_sell(s, anh, 4000);
    scenario_end(s);
}

static void a_slip_frees_nothing_until_it_is_confirmed_matched_or_not(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    uint32_t bank = scenario_bank(s);
    scenario_sell(s, anh, 10000);
    const Tefter__Done *slip = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 4000, 'money_account': %u, "
             "'reference': '88120', 'payer': 'Nguyen Van H', 'match': 'OLDEST_DUE'}",
             anh, bank));
    assert_int_equal(slip->matched_minor, 4000);
    const Tefter__AccountRow *account = scenario_account(s, anh);
    assert_int_equal(account->balance_minor, 6000);
    assert_int_equal(account->uncleared_minor, 4000);
    assert_int_equal(account->available_minor, 0);
    scenario_as(s, scenario_staff(s, "dee", TEFTER__ROLE__ROLE_ACCOUNTANT));
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip->id));
    scenario_as(s, ROLE_STAFF_OWNER);
    account = scenario_account(s, anh);
    assert_int_equal(account->uncleared_minor, 0);
    assert_int_equal(account->available_minor, 4000);
    scenario_refused(s, "confirm_payment",
                     json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip->id),
                     TEFTER__REFUSAL_CODE__NOT_CONFIRMABLE, "payment");
    scenario_end(s);
}

static void weight(struct scenario *s, const char *percent)
{
    scenario_done(s, "set_credit_policy", json("{'terms': {'slip_weight': %s}}", percent));
}

static const char *sale_of(uint32_t customer, int64_t amount_minor)
{
    return json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, 'price': %lld}]}",
                customer, (long long)amount_minor * 1000);
}

static uint64_t slip_of(struct scenario *s, uint32_t customer, uint32_t bank, int64_t amount_minor,
                        const char *reference, const char *more)
{
    return scenario_done(
               s, "take_payment",
               json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': %lld, 'money_account': %u, "
                    "'reference': '%s', 'payer': 'N'%s}",
                    customer, (long long)amount_minor, bank, reference, more))
        ->id;
}

static void a_slip_frees_by_its_weight_matched_or_not_rounded_against_the_customer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t bank = scenario_bank(s);
    weight(s, "67");
    scenario_sell(s, anh, 1000);
    slip_of(s, anh, bank, 100, "1", ", 'match': 'OLDEST_DUE'");
    const Tefter__AccountRow *row = scenario_account(s, anh);
    assert_int_equal(row->freed_minor, 33);
    assert_int_equal(row->used_minor, 967);
    assert_int_equal(row->available_minor, 33);
    uint64_t open = slip_of(s, anh, bank, 1, "2", "");
    slip_of(s, anh, bank, 1, "3", "");
    assert_int_equal(scenario_account(s, anh)->available_minor, 33); /* of 33.66 */
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_invoice", sale_of(anh, 34),
                         TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
    assert_int_equal(refusal->decision->slip_weight, 67);
    assert_int_equal(refusal->decision->freed_minor, 33);
    assert_int_equal(refusal->decision->exposure_minor, 967);
    assert_int_equal(refusal->over_by_minor, 1);
    scenario_done(s, "issue_invoice", sale_of(anh, 33));
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)open));
    assert_int_equal(scenario_account(s, anh)->available_minor, 0); /* of 33.33 */
    weight(s, "0");
    assert_int_equal(scenario_account(s, anh)->available_minor, 68);
    weight(s, "100");
    assert_int_equal(scenario_account(s, anh)->available_minor, -33);
    assert_false(scenario_account(s, anh)->has_freed_minor);
    scenario_end(s);
}

/* What slips free already, their confirmation does not free again. */
static void confirming_slips_is_a_way_out_when_the_rest_of_them_is_enough(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t bank = scenario_bank(s);
    weight(s, "50");
    scenario_sell(s, anh, 1000);
    slip_of(s, anh, bank, 400, "1", ", 'match': 'OLDEST_DUE'");
    for (int64_t amount = 400; amount <= 401; amount++) {
        const Tefter__Refusal *refusal =
            scenario_refused(s, "issue_invoice", sale_of(anh, amount),
                             TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, "customer");
        bool confirms = false;
        for (size_t i = 0; i < refusal->n_ways; i++)
            confirms |= refusal->ways[i]->kind == TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY;
        assert_int_equal(confirms, amount == 400);
    }
    scenario_end(s);
}

/* What frees credit is not paid out before it is there. */
static void a_slip_that_counts_as_money_is_not_paid_back(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t till = scenario_till(s);
    uint32_t bank = scenario_bank(s);
    weight(s, "0");
    scenario_sell(s, anh, 100);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, 'money_account': %u}",
                       anh, till));
    slip_of(s, anh, bank, 100, "1", "");
    assert_int_equal(scenario_account(s, anh)->available_minor, 1100);
    scenario_refused(s, "refund_money",
                     json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, 'money_account': "
                          "%u, 'reason': 'x'}",
                          anh, till),
                     TEFTER__REFUSAL_CODE__REFUND_TOO_MUCH, "amount_minor");
    scenario_end(s);
}

static void a_weight_is_a_term_like_others_and_bounded(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t bank = scenario_bank(s);
    scenario_sell(s, anh, 100);
    slip_of(s, anh, bank, 100, "1", "");
    weight(s, "50");
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'slip_weight': 20}}", anh));
    assert_int_equal(scenario_account(s, anh)->used_minor, 20);
    scenario_done(s, "set_credit_limit", json("{'customer': %u, 'clear': ['SLIP_WEIGHT']}", anh));
    assert_int_equal(scenario_account(s, anh)->used_minor, 50);
    scenario_refused(s, "set_credit_policy", "{'terms': {'slip_weight': 101}}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "terms.slip_weight");
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'clear': ['SLIP_WEIGHT']}");
    assert_int_equal(scenario_account(s, anh)->used_minor, 100);
    scenario_end(s);
    s = scenario_begin_at(4);
    scenario_refused(s, "set_credit_policy", "{'terms': {'slip_weight': 50}}",
                     TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "terms.slip_weight");
    scenario_end(s);
}

static void a_policy_that_warns_lets_the_sale_pass_and_says_so(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 1000, 'policy': 'WARN'}}", anh));
    const Tefter__Done *done = scenario_sell(s, anh, 1500);
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_WARNED);
    assert_int_equal(done->n_warnings, 1);
    assert_int_equal(done->warnings[0]->amount_minor, 500);
    scenario_end(s);
}

static void an_approval_is_for_one_sale_of_one_amount(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 1000, 'policy': 'APPROVE'}}", anh));
    scenario_done(s, "add_product", "{'code': 'P1', 'name': 'steel', 'price': 1500000}");
    scenario_as(s, clerk);
    const char *sale =
        json("{'customer': %u, 'lines': [{'product_code': 'P1', 'quantity': 1000}]}", anh);
    scenario_refused(s, "issue_invoice", sale, TEFTER__REFUSAL_CODE__APPROVAL_NEEDED, "customer");
    uint64_t approval =
        scenario_done(s, "ask_approval", json("{'customer': %u, 'amount_minor': 1500}", anh))->id;
    scenario_refused(s, "decide_approval",
                     json("{'approval': %llu, 'approved': true}", (unsigned long long)approval),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    const char *with = json("{'customer': %u, 'approval': %llu, 'lines': [{'product_code': 'P1', "
                            "'quantity': 1000}]}",
                            anh, (unsigned long long)approval);
    scenario_refused(s, "issue_invoice", with, TEFTER__REFUSAL_CODE__APPROVAL_UNDECIDED,
                     "approval");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "decide_approval",
                  json("{'approval': %llu, 'approved': true}", (unsigned long long)approval));
    scenario_as(s, clerk);
    const char *more = json("{'customer': %u, 'approval': %llu, 'lines': [{'product_code': 'P1', "
                            "'quantity': 1001}]}",
                            anh, (unsigned long long)approval);
    scenario_refused(s, "issue_invoice", more, TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS, "approval");
    const Tefter__Done *done = scenario_done(s, "issue_invoice", with);
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_APPROVED);
    scenario_refused(s, "issue_invoice", with, TEFTER__REFUSAL_CODE__APPROVAL_USED_ALREADY,
                     "approval");
    scenario_end(s);
}

static void an_approval_expires(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 1000, 'policy': 'APPROVE'}}", anh));
    uint64_t approval =
        scenario_done(s, "ask_approval", json("{'customer': %u, 'amount_minor': 1500}", anh))->id;
    scenario_wait(s, 15 * 60 * 1000);
    scenario_refused(s, "decide_approval",
                     json("{'approval': %llu, 'approved': true}", (unsigned long long)approval),
                     TEFTER__REFUSAL_CODE__APPROVAL_LAPSED, "approval");
    scenario_end(s);
}

/* Under rules before version 5; since then the two are walls of their own (test_advice.c). */
static void in_an_old_ledger_old_debt_blocks_but_small_rests_are_borne(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 100000, 'overdue_days': 10, "
                       "'overdue_minor': 50}}",
                       anh));
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'due': 20000, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 51000}]}",
                       anh));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20010}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_sell(s, anh, 100); /* ten days late is not more than ten */
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20011}");
    scenario_as(s, ROLE_STAFF_OWNER);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_invoice",
                         json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                              "'price': 1000}]}",
                              anh),
                         TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD, "customer");
    assert_int_equal(refusal->days, 11);
    uint32_t till = scenario_till(s);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 1, 'money_account': %u, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    scenario_sell(s, anh, 1); /* the rest of 50 is borne */
    scenario_end(s);
}

static void a_locked_customer_buys_nothing_and_pays_all_the_same(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 1000);
    scenario_done(s, "lock_customer", json("{'customer': %u, 'reason': 'cheque'}", anh));
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                          "'price': 1000}]}",
                          anh),
                     TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, "customer");
    scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 1000, 'money_account': %u}", anh,
             till));
    assert_true(scenario_account(s, anh)->locked);
    scenario_done(s, "unlock_customer", json("{'customer': %u}", anh));
    scenario_sell(s, anh, 1);
    scenario_end(s);
}

static void the_strictest_group_limit_holds_and_an_own_one_goes_before(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh =
        (uint32_t)scenario_done(s, "open_customer", "{'name': 'A', 'phone': '1', 'area': 'x'}")->id;
    scenario_done(s, "add_group",
                  "{'dimension': 'tier', 'name': 'A', 'limit': {'limit_minor': 5000}}");
    scenario_done(s, "add_group",
                  "{'dimension': 'area', 'name': 'N', 'limit': {'limit_minor': 3000}}");
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 1}", anh));
    assert_int_equal(scenario_account(s, anh)->limit_minor, 5000);
    scenario_done(s, "join_group", json("{'customer': %u, 'group': 2}", anh));
    assert_int_equal(scenario_account(s, anh)->limit_minor, 3000);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 9000}}", anh));
    assert_int_equal(scenario_account(s, anh)->limit_minor, 9000);
    scenario_done(s, "set_credit_limit", json("{'customer': %u}", anh));
    assert_int_equal(scenario_account(s, anh)->limit_minor, 3000);
    const Tefter__Done *changed =
        scenario_done(s, "change_group", "{'group': 2, 'limit': {'limit_minor': 4000}}");
    scenario_as(s, 0);
    scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)changed->job));
    scenario_refused(s, "step_job", json("{'job': %llu}", (unsigned long long)changed->job),
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "job");
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 4000);
    scenario_end(s);
}

static void what_already_happened_is_posted_and_alarms(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    const Tefter__Done *done =
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'backfill': true, 'date': 19990, 'lines': "
                           "[{'text': 'a', 'quantity': 1000, 'price': 500000}]}",
                           anh));
    assert_int_equal(done->decision->verdict, TEFTER__VERDICT__VERDICT_POSTED);
    assert_int_equal(scenario_account(s, anh)->available_minor, -400);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, clerk);
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', "
                          "'quantity': 1000, 'price': 1000}]}",
                          anh),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_end(s);
}

static void an_expired_limit_falls_back(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 0);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 700, 'valid_until': 20001}}", anh));
    assert_int_equal(scenario_account(s, anh)->limit_minor, 700);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20002}");
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 0);
    assert_int_equal(scenario_ask(s, "limits", json("{'customer': %u}", anh))->limits->n_limits, 2);
    scenario_end(s);
}

static void a_limit_that_ended_already_is_not_set(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 500);
    const char *ended =
        json("{'customer': %u, 'terms': {'limit_minor': 700, 'valid_until': 19999}}", anh);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "set_credit_limit", ended, TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "terms.valid_until");
    assert_int_equal(refusal->date, 20000);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 500);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 700, 'valid_until': 20000}}", anh));
    scenario_end(s);
    s = scenario_begin_at(2);
    anh = scenario_customer(s, "Anh", 500);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 700, 'valid_until': 19999}}", anh));
    scenario_end(s);
}

static void an_overdue_invoice_does_not_stand_against_its_own_correction(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 0);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 100000, 'overdue_days': 10}}", anh));
    uint64_t bill = scenario_sell(s, anh, 500)->id;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20100}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "correct_invoice",
                  json("{'document': %llu, 'reason': 'price', 'invoice': {'customer': %u, 'lines': "
                       "[{'text': 'a', 'quantity': 1000, 'price': 400000}]}}",
                       (unsigned long long)bill, anh));
    scenario_end(s);
}

static void all_of_what_is_overdue_is_told_and_paying_it_frees(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 0);
    scenario_done(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 100000, 'overdue_minor': 50}}", anh));
    scenario_sell(s, anh, 500);
    scenario_sell(s, anh, 700);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20100}");
    scenario_as(s, ROLE_STAFF_OWNER);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]}", anh),
        TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH, NULL);
    assert_int_equal(refusal->decision->overdue_minor, 1200);
    assert_int_equal(refusal->ways[0]->kind, TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE);
    assert_int_equal(refusal->ways[0]->amount_minor, 1150);
    scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'PAYMENT_CASH', 'money_account': %u, 'amount_minor': "
             "1150, 'match': 'MATCH_OLDEST_DUE'}",
             anh, scenario_till(s)));
    scenario_sell(s, anh, 1);
    scenario_end(s);
}

static void the_cash_customer_has_no_limit_and_terms_are_bounded(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "set_credit_policy", "{'terms': {'limit_minor': 700}}");
    const Tefter__AccountRow *cash = scenario_account(s, 1);
    assert_true(cash->unlimited);
    assert_int_equal(cash->limit_minor, 0);
    scenario_refused(s, "set_credit_policy",
                     "{'terms': {'limit_minor': 700}, 'term_days': 4294967295}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "term_days");
    scenario_end(s);
}

/* ---- terms that join ---- */

static void set_terms(struct scenario *s, uint32_t customer, const char *terms)
{
    scenario_done(s, "set_credit_limit", json("{'customer': %u, 'terms': {%s}}", customer, terms));
}

static const Tefter__LimitTerms *terms_of(struct scenario *s, uint32_t customer)
{
    return scenario_ask(s, "customer_card", json("{'customer': %u}", customer))
        ->customer_card->terms;
}

static void on_day(struct scenario *s, uint32_t date)
{
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %u}", date));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static void changing_one_of_a_customers_terms_leaves_the_others(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    set_terms(s, anh, "'policy': 'APPROVE'");
    set_terms(s, anh, "'overdue_days': 10, 'overdue_minor': 5");
    set_terms(s, anh, "'document_max_minor': 700");
    set_terms(s, anh, "'limit_minor': 2000");
    const Tefter__LimitTerms *terms = terms_of(s, anh);
    assert_int_equal(terms->limit_minor, 2000);
    assert_int_equal(terms->policy, TEFTER__EXCESS_POLICY__EXCESS_APPROVE);
    assert_int_equal(terms->overdue_days, 10);
    assert_int_equal(terms->overdue_minor, 5);
    assert_int_equal(terms->document_max_minor, 700);
    set_terms(s, anh, "'overdue_days': 20");
    assert_int_equal(terms_of(s, anh)->overdue_minor, 5);
    set_terms(s, anh, "'unlimited': true");
    assert_true(terms_of(s, anh)->unlimited);
    set_terms(s, anh, "'limit_minor': 0");
    assert_false(terms_of(s, anh)->unlimited);
    assert_int_equal(terms_of(s, anh)->limit_minor, 0);
    scenario_end(s);
}

static void a_term_is_taken_away_only_when_it_is_said(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    set_terms(s, anh, "'policy': 'WARN', 'overdue_days': 3");
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'clear': ['POLICY', 'OVERDUE']}", anh));
    const Tefter__LimitTerms *terms = terms_of(s, anh);
    assert_int_equal(terms->limit_minor, 1000);
    assert_int_equal(terms->policy, TEFTER__EXCESS_POLICY__EXCESS_BLOCK);
    assert_false(terms->has_overdue_days);
    scenario_refused(s, "set_credit_limit",
                     json("{'customer': %u, 'terms': {'limit_minor': 1}, 'clear': ['LIMIT']}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_refused(s, "set_credit_limit", json("{'customer': %u, 'clear': ['DAYS']}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_refused(s, "set_credit_limit",
                     json("{'customer': %u, 'terms': {'valid_until': 20010}}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "terms.limit_minor");
    scenario_done(s, "set_credit_limit", json("{'customer': %u}", anh));
    scenario_refused(s, "set_credit_limit", json("{'customer': %u}", anh),
                     TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");
    scenario_end(s);
}

static void changing_a_groups_or_the_companys_policy_leaves_its_limit(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t group = (uint32_t)scenario_done(s, "add_group",
                                             "{'dimension': 'tier', 'name': 'gold', 'limit': "
                                             "{'limit_minor': 500, 'policy': 'APPROVE'}, "
                                             "'term_days': 14}")
                         ->id;
    uint32_t anh = (uint32_t)scenario_done(
                       s, "open_customer",
                       json("{'name': 'Anh', 'phone': '1', 'area': 'x', 'groups': [%u]}", group))
                       ->id;
    scenario_done(s, "change_group", json("{'group': %u, 'limit': {'limit_minor': 800}}", group));
    assert_int_equal(terms_of(s, anh)->policy, TEFTER__EXCESS_POLICY__EXCESS_APPROVE);
    scenario_done(s, "change_group", json("{'group': %u, 'limit': {'policy': 'WARN'}}", group));
    assert_int_equal(terms_of(s, anh)->limit_minor, 800);
    scenario_refused(s, "change_group", json("{'group': %u, 'limit': {}}", group),
                     TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    scenario_done(s, "change_group", json("{'group': %u, 'clear': ['LIMIT', 'DAYS']}", group));
    assert_int_equal(terms_of(s, anh)->limit_minor, 0);
    assert_int_equal(terms_of(s, anh)->policy, TEFTER__EXCESS_POLICY__EXCESS_WARN);
    scenario_refused(
        s, "change_group",
        json("{'group': %u, 'limit': {'valid_from': 20010, 'valid_until': 20009}}", group),
        TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "limit.valid_until");
    scenario_done(s, "change_group", json("{'group': %u, 'limit': {'valid_from': 20010}}", group));
    scenario_refused(s, "change_group",
                     json("{'group': %u, 'limit': {'valid_until': 20009}}", group),
                     TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "limit.valid_until");

    scenario_done(s, "set_credit_policy",
                  "{'terms': {'limit_minor': 700, 'policy': 'APPROVE'}, 'term_days': 7, "
                  "'credit_note_approve_minor': 50, 'own_reversal_minor': 60, 'title': 'autumn'}");
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'term_days': 30}");
    const Tefter__CompanyAnswer *company = scenario_ask(s, "company", "{}")->company;
    assert_int_equal(company->policy->limit_minor, 700);
    assert_int_equal(company->policy->policy, TEFTER__EXCESS_POLICY__EXCESS_APPROVE);
    assert_int_equal(company->term_days, 30);
    assert_int_equal(company->credit_note_approve_minor, 50);
    assert_int_equal(company->own_reversal_minor, 60);
    scenario_refused(s, "set_credit_policy", "{'terms': {}}",
                     TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "terms");
    scenario_refused(s, "set_credit_policy", "{'terms': {}, 'clear': ['LIMIT']}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'clear': ['OWN_REVERSAL', 'DAYS']}");
    company = scenario_ask(s, "company", "{}")->company;
    assert_false(company->has_own_reversal_minor);
    assert_false(company->has_term_days);
    scenario_end(s);
}

static void a_limit_for_some_days_gives_way_to_the_standing_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    set_terms(s, anh, "'policy': 'APPROVE'");
    set_terms(s, anh, "'limit_minor': 5000, 'valid_from': 20010, 'valid_until': 20012");
    assert_int_equal(terms_of(s, anh)->limit_minor, 1000);
    on_day(s, 20010);
    assert_int_equal(terms_of(s, anh)->limit_minor, 5000);
    assert_int_equal(terms_of(s, anh)->policy, TEFTER__EXCESS_POLICY__EXCESS_APPROVE);
    on_day(s, 20012);
    assert_int_equal(terms_of(s, anh)->limit_minor, 5000);
    on_day(s, 20013);
    assert_int_equal(terms_of(s, anh)->limit_minor, 1000);
    assert_int_equal(scenario_account(s, anh)->limit_minor, 1000);
    scenario_end(s);
}

static void what_is_said_later_holds_also_while_another_limit_runs(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    set_terms(s, anh, "'limit_minor': 5000, 'valid_until': 20020");
    set_terms(s, anh, "'limit_minor': 9000, 'valid_from': 20015");
    set_terms(s, anh,
              "'limit_minor': 300"); /* at once: of the others only the coming one is left */
    assert_int_equal(terms_of(s, anh)->limit_minor, 300);
    const Tefter__LimitsAnswer *limits =
        scenario_ask(s, "limits", json("{'customer': %u}", anh))->limits;
    assert_int_equal(limits->n_own_terms, 2);
    assert_int_equal(limits->own_terms[0]->terms->limit_minor, 9000);
    on_day(s, 20015);
    assert_int_equal(terms_of(s, anh)->limit_minor, 9000);
    set_terms(s, anh, "'limit_minor': 50, 'valid_until': 20016");
    uint64_t entry =
        scenario_ask(s, "limits", json("{'customer': %u}", anh))->limits->own_terms[0]->seq;
    assert_int_equal(terms_of(s, anh)->limit_minor, 50);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'ended': %llu}", anh, (unsigned long long)entry));
    assert_int_equal(terms_of(s, anh)->limit_minor, 9000);
    scenario_refused(s, "set_credit_limit",
                     json("{'customer': %u, 'ended': %llu}", anh, (unsigned long long)entry),
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "ended");
    scenario_refused(
        s, "set_credit_limit",
        json("{'customer': %u, 'terms': {'limit_minor': 1, 'valid_until': 20014}}", anh),
        TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "terms.valid_until");
    scenario_end(s);
}

static void a_schedule_is_bounded_and_what_ended_makes_room(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1);
    for (int i = 1; i < LIMIT_ENTRIES_MAX - 1; i++)
        set_terms(s, anh,
                  json("'limit_minor': %d, 'valid_from': %d, 'valid_until': %d", i, 20000 + 2 * i,
                       20001 + 2 * i));
    for (int i = 0; i < 100; i++) /* standing ones take each other's place */
        set_terms(s, anh, i % 2 == 0 ? "'policy': 'WARN'" : "'policy': 'BLOCK'");
    char one_more[200];
    snprintf(one_more, sizeof one_more,
             "{'customer': %u, 'terms': {'limit_minor': 7, 'valid_from': 20500, 'valid_until': "
             "20501}}",
             anh);
    scenario_refused(s, "set_credit_limit", one_more, TEFTER__REFUSAL_CODE__TOO_MANY, "terms");
    on_day(s, 20004);
    scenario_done(s, "set_credit_limit", one_more);
    on_day(s, 20300); /* a day turns by 366 at the most */
    on_day(s, 20500);
    assert_int_equal(terms_of(s, anh)->limit_minor, 7);
    scenario_end(s);
}

static void older_rules_replace_what_was_there(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(3);
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    set_terms(s, anh, "'policy': 'APPROVE', 'valid_until': 20005");
    assert_int_equal(terms_of(s, anh)->limit_minor, 0);
    scenario_refused(s, "set_credit_limit", json("{'customer': %u, 'clear': ['POLICY']}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "clear");
    scenario_refused(s, "set_credit_limit", json("{'customer': %u, 'ended': 1}", anh),
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "ended");
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 4}");
    scenario_as(s, ROLE_STAFF_OWNER);
    set_terms(s, anh, "'limit_minor': 60"); /* the old entry stands as the schedule's first */
    assert_int_equal(terms_of(s, anh)->limit_minor, 60);
    assert_int_equal(terms_of(s, anh)->policy, TEFTER__EXCESS_POLICY__EXCESS_APPROVE);
    on_day(s, 20006);
    assert_int_equal(terms_of(s, anh)->policy, TEFTER__EXCESS_POLICY__EXCESS_BLOCK);
    scenario_end(s);
}

/* Controllers set limits; what makes them ask somebody is set by who hires them. */
static void who_is_bound_by_a_policy_does_not_lift_it(void **state)
{
    (void)state;
    static const char *const frees[] = {
        "{'terms': {}, 'own_reversal_minor': 1000000}",
        "{'terms': {}, 'credit_note_approve_minor': 1000000}",
        "{'terms': {}, 'clear': ['OWN_REVERSAL']}",
        "{'terms': {}, 'clear': ['CREDIT_NOTE_APPROVE']}",
    };
    struct scenario *s = scenario_begin();
    uint32_t controller = scenario_staff(s, "carl", TEFTER__ROLE__ROLE_CONTROLLER);
    uint32_t manager = scenario_staff(s, "mia", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(s, "set_credit_policy",
                  "{'terms': {}, 'own_reversal_minor': 20, 'credit_note_approve_minor': 30}");
    for (size_t i = 0; i < sizeof frees / sizeof frees[0]; i++) {
        scenario_as(s, controller);
        scenario_refused(s, "set_credit_policy", frees[i], TEFTER__REFUSAL_CODE__RIGHT_MISSING,
                         NULL);
        scenario_as(s, manager); /* is bound by it too */
        const Tefter__Refusal *refusal = scenario_refused(
            s, "set_credit_policy", frees[i], TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
        assert_int_equal(refusal->n_roles, 1);
        assert_int_equal(refusal->roles[0], TEFTER__ROLE__ROLE_OWNER);
    }
    scenario_refused(s, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_ANYBODY'}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_done(s, "set_credit_policy",
                  "{'terms': {}, 'own_reversal_minor': 10, 'credit_note_approve_minor': 10}");
    scenario_as(s, ROLE_STAFF_OWNER);
    for (size_t i = 0; i < sizeof frees / sizeof frees[0]; i++)
        scenario_done(s, "set_credit_policy", frees[i]);
    scenario_as(s, manager);
    scenario_done(s, "set_credit_policy", "{'terms': {}, 'own_reversal_minor': 10}");
    scenario_as(s, controller);
    scenario_done(s, "set_credit_policy", "{'terms': {'limit_minor': 500}, 'term_days': 14}");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_bound_by_a_policy_does_not_lift_it),
        cmocka_unit_test(a_sale_within_the_limit_passes_to_the_last_cent),
        cmocka_unit_test(a_refusal_says_by_how_much_and_what_would_free_it),
        cmocka_unit_test(a_row_reads_the_same_whoever_changed_it),
        cmocka_unit_test(a_new_customer_has_limit_zero_and_zero_is_not_unlimited),
        cmocka_unit_test(money_that_is_not_matched_frees_credit_at_once),
        cmocka_unit_test(a_slip_frees_nothing_until_it_is_confirmed_matched_or_not),
        cmocka_unit_test(a_slip_frees_by_its_weight_matched_or_not_rounded_against_the_customer),
        cmocka_unit_test(confirming_slips_is_a_way_out_when_the_rest_of_them_is_enough),
        cmocka_unit_test(a_slip_that_counts_as_money_is_not_paid_back),
        cmocka_unit_test(a_weight_is_a_term_like_others_and_bounded),
        cmocka_unit_test(a_policy_that_warns_lets_the_sale_pass_and_says_so),
        cmocka_unit_test(an_approval_is_for_one_sale_of_one_amount),
        cmocka_unit_test(an_approval_expires),
        cmocka_unit_test(in_an_old_ledger_old_debt_blocks_but_small_rests_are_borne),
        cmocka_unit_test(a_locked_customer_buys_nothing_and_pays_all_the_same),
        cmocka_unit_test(the_strictest_group_limit_holds_and_an_own_one_goes_before),
        cmocka_unit_test(what_already_happened_is_posted_and_alarms),
        cmocka_unit_test(a_limit_that_ended_already_is_not_set),
        cmocka_unit_test(an_expired_limit_falls_back),
        cmocka_unit_test(an_overdue_invoice_does_not_stand_against_its_own_correction),
        cmocka_unit_test(all_of_what_is_overdue_is_told_and_paying_it_frees),
        cmocka_unit_test(the_cash_customer_has_no_limit_and_terms_are_bounded),
        cmocka_unit_test(changing_one_of_a_customers_terms_leaves_the_others),
        cmocka_unit_test(a_term_is_taken_away_only_when_it_is_said),
        cmocka_unit_test(changing_a_groups_or_the_companys_policy_leaves_its_limit),
        cmocka_unit_test(a_limit_for_some_days_gives_way_to_the_standing_one),
        cmocka_unit_test(what_is_said_later_holds_also_while_another_limit_runs),
        cmocka_unit_test(a_schedule_is_bounded_and_what_ended_makes_room),
        cmocka_unit_test(older_rules_replace_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
