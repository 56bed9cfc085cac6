/*
 * After a restore: what terminals were told before it comes back as what it was. Each scenario is
 * one shop twice: as it went on, and as its backup was restored.
 */
#include "domain/scenario.h"

#include "base/limits.h"

#include <stdio.h>

typedef unsigned long long id;

enum { OFFERS_MAX = 16, HQ = 1 };

/* What was done after the backup, in its order. */
struct shop {
    struct scenario *before;
    struct scenario *s; /* restored */
    uint32_t anh, till, paint;
    uint64_t backup;
    struct offer kept[OFFERS_MAX];
    const Tefter__Done *told[OFFERS_MAX];
    size_t count;
};

static void open_shop(struct scenario *s, struct shop *shop)
{
    shop->anh = scenario_customer(s, "Anh", 1000);
    shop->till = scenario_till(s);
    shop->paint = (uint32_t)scenario_done(s, "add_product",
                                          "{'code': 'PAINT', 'name': 'Paint', 'price': 100000}")
                      ->id;
    scenario_sell(s, shop->anh, 300);
    shop->backup = s->seq;
}

static void shop_begin(struct shop *shop)
{
    *shop = (struct shop){.before = scenario_begin(), .s = scenario_begin()};
    open_shop(shop->before, shop);
    open_shop(shop->s, shop);
}

static void shop_end(struct shop *shop)
{
    scenario_end(shop->before);
    scenario_end(shop->s);
}

/* Done after the backup, and kept at its terminal. */
static const Tefter__Done *later(struct shop *shop, const char *command, const char *fields)
{
    const Tefter__Done *done = scenario_done(shop->before, command, fields);
    assert_true(shop->count < OFFERS_MAX && shop->before->last.receipt.size > 0);
    shop->kept[shop->count] = shop->before->last;
    shop->told[shop->count++] = done;
    return done;
}

static const Tefter__Done *later_sale(struct shop *shop, uint32_t customer, int pieces)
{
    return later(shop, "issue_invoice",
                 json("{'customer': %u, 'lines': [{'product': %u, 'quantity': %d}]}", customer,
                      shop->paint, pieces * 1000));
}

static void restore(struct shop *shop)
{
    scenario_restored(shop->s, shop->backup);
}

static void offer(struct shop *shop, size_t which)
{
    assert_int_equal(scenario_offer(shop->s, &shop->kept[which])->result_case,
                     TEFTER__REPLY__RESULT_DONE);
    scenario_recall(shop->s);
}

static const Tefter__RecoveryAnswer *worklist(struct shop *shop)
{
    return scenario_ask(shop->s, "recovery", "{}")->recovery;
}

static const Tefter__DocumentAnswer *paper(struct scenario *s, const char *number)
{
    const Tefter__Answer *answer = scenario_ask(s, "document", json("{'number': '%s'}", number));
    return answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT ? answer->document : NULL;
}

static void same_paper(struct shop *shop, const char *number)
{
    const Tefter__DocumentAnswer *then = paper(shop->before, number);
    const Tefter__DocumentAnswer *now = paper(shop->s, number);
    const Tefter__RecoveryAnswer *list = worklist(shop);
    for (size_t i = 0; now == NULL && i < list->n_offers; i++)
        if (list->offers[i]->refusal != NULL)
            print_message("offer %zu: refused %d %s\n", i, (int)list->offers[i]->refusal->code,
                          list->offers[i]->refusal->field);
    assert_non_null(then);
    assert_non_null(now);
    assert_int_equal(then->document->document, now->document->document);
    assert_int_equal(then->document->customer, now->document->customer);
    assert_int_equal(then->document->date, now->document->date);
    assert_int_equal(then->document->due, now->document->due);
    assert_int_equal(then->document->total_minor, now->document->total_minor);
    assert_int_equal(then->document->recorded_ms, now->document->recorded_ms);
    assert_int_equal(then->document->actor->staff, now->document->actor->staff);
    assert_int_equal(then->open_minor, now->open_minor);
}

static void a_day_passes(struct scenario *s)
{
    scenario_wait(s, INT64_C(24) * 3600 * 1000);
    uint32_t staff = s->actor.staff;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': 1, 'date': %d}", 20001));
    scenario_as(s, staff);
}

/* ---- in order ---- */

static void all_is_back_with_its_date_number_and_price(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t binh = (uint32_t)later(&shop, "open_customer",
                                    "{'name': 'Bình', 'phone': '0902', 'area': 'Thủ Đức'}")
                        ->id;
    later(&shop, "set_credit_limit",
          json("{'customer': %u, 'terms': {'limit_minor': 100000}}", binh));
    later(&shop, "change_product", json("{'product': %u, 'price': 111000}", shop.paint));
    const Tefter__Done *sale = later_sale(&shop, binh, 3);
    const Tefter__Done *money =
        later(&shop, "take_payment",
              json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 100, 'money_account': %u, "
                   "'match': 'OLDEST_DUE'}",
                   binh, shop.till));
    scenario_refused(shop.before, "match_items",
                     json("{'customer': %u, 'order': 'OLDEST_DUE'}", shop.anh),
                     TEFTER__REFUSAL_CODE__MATCH_NOTHING, NULL); /* has a seq, and no receipt */
    later(&shop, "undo_match", json("{'customer': %u, 'match': %llu}", binh, (id)money->match));
    a_day_passes(shop.before);
    const Tefter__Done *next_day = later_sale(&shop, binh, 1);

    restore(&shop);
    a_day_passes(shop.s);
    for (size_t i = 0; i < shop.count; i++)
        offer(&shop, i);
    assert_int_equal(worklist(&shop)->back, shop.count); /* each at once: nothing was missing */
    same_paper(&shop, sale->number);
    same_paper(&shop, money->number);
    same_paper(&shop, next_day->number);
    assert_int_equal(scenario_account(shop.before, binh)->balance_minor,
                     scenario_account(shop.s, binh)->balance_minor);
    assert_int_equal(scenario_ask(shop.s, "company", "{}")->company->customers,
                     scenario_ask(shop.before, "company", "{}")->company->customers);
    shop_end(&shop);
}

static void what_has_a_gap_before_it_waits_until_nobody_is_waited_for(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later_sale(&shop, shop.anh, 1);
    later_sale(&shop, shop.anh, 2);
    const Tefter__Done *third = later_sale(&shop, shop.anh, 3);
    restore(&shop);
    offer(&shop, 2);
    assert_int_equal(worklist(&shop)->waiting, 1);
    assert_null(paper(shop.s, third->number));
    offer(&shop, 0);
    assert_int_equal(worklist(&shop)->back, 1);
    assert_int_equal(worklist(&shop)->waiting, 1);
    offer(&shop, 1); /* closes the gap */
    assert_int_equal(worklist(&shop)->back, 3);
    same_paper(&shop, third->number);
    offer(&shop, 1); /* once more: it counts once */
    assert_int_equal(worklist(&shop)->back, 3);
    shop_end(&shop);
}

static void the_office_need_not_wait(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later_sale(&shop, shop.anh, 1);
    const Tefter__Done *second = later_sale(&shop, shop.anh, 2);
    restore(&shop);
    offer(&shop, 1);
    scenario_refused(shop.s, "close_recovery", "{}", TEFTER__REFUSAL_CODE__RECOVERY_UNFINISHED,
                     NULL);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, second->number);
    offer(&shop, 0); /* later than the one after it */
    assert_int_equal(worklist(&shop)->back, 2);
    same_paper(&shop, shop.told[0]->number);
    shop_end(&shop);
}

/* ---- what was decided then is not decided anew ---- */

static void a_sale_over_the_limit_is_posted_and_stands_on_the_worklist(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later(&shop, "set_credit_limit",
          json("{'customer': %u, 'terms': {'limit_minor': 90000}}", shop.anh));
    const Tefter__Done *sale = later_sale(&shop, shop.anh, 50);
    restore(&shop);
    scenario_done(shop.s, "lock_customer", json("{'customer': %u, 'reason': 'x'}", shop.anh));
    offer(&shop, 1); /* the limit's terminal is still out */
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, sale->number);
    const Tefter__RecoveryAnswer *list = worklist(&shop);
    assert_int_equal(list->back, 1);
    assert_int_equal(list->n_offers, 1);
    assert_true(list->offers[0]->over_limit);
    shop_end(&shop);
}

/* It was acknowledged before the company wanted two people for it. */
static void own_money_that_was_taken_back_alone_is_taken_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *money =
        later(&shop, "take_payment",
              json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 900}",
                   shop.anh, shop.till));
    later(&shop, "reverse_document",
          json("{'document': %llu, 'reason': 'typed wrong'}", (id)money->id));
    restore(&shop);
    scenario_done(shop.s, "set_credit_policy",
                  "{'terms': {'limit_minor': 1000}, 'term_days': 30, 'own_reversal_minor': 500}");
    offer(&shop, 0);
    offer(&shop, 1);
    assert_int_equal(worklist(&shop)->back, 2);
    same_paper(&shop, money->number);
    shop_end(&shop);
}

/* A day's first document is the one with the lowest seq: the check at the end looks at it. */
static void the_first_paper_of_a_day_comes_back_behind_a_new_one(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    a_day_passes(shop.before);
    const Tefter__Done *sale = later_sale(&shop, shop.anh, 1);
    restore(&shop);
    a_day_passes(shop.s);
    scenario_sell(shop.s, shop.anh, 1);
    offer(&shop, 0);
    same_paper(&shop, sale->number);
    shop_end(&shop);
}

/* The branch is a day ahead of the office then, and two when it is brought back. */
static uint32_t far_branch(struct scenario *s, uint32_t date)
{
    uint32_t far =
        (uint32_t)scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thu Duc'}")->id;
    scenario_as(s, 0);
    scenario_done(s, "turn_day", json("{'branch': %u, 'date': %u}", far, date));
    scenario_as(s, ROLE_STAFF_OWNER);
    return far;
}

static id far_sale(struct scenario *s, uint32_t customer, uint32_t far)
{
    scenario_at(s, far);
    id bill = scenario_sell(s, customer, 200)->id;
    scenario_at(s, HQ);
    return bill;
}

static const char *fewer(id bill)
{
    return json("{'document': %llu, 'reason': 'count', 'invoice': {'lines': [{'line': 1, "
                "'quantity': 500}]}}",
                bill);
}

static void a_branchs_paper_that_the_office_corrected_is_back_in_the_branchs_series(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t far = far_branch(shop.before, 20001);
    assert_int_equal(far_branch(shop.s, 20002), far);
    id bill = far_sale(shop.before, shop.anh, far);
    shop.backup = shop.before->seq;
    scenario_at(shop.s, far);
    scenario_done(shop.s, "issue_invoice",
                  json("{'customer': %u, 'date': 20001, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 200000}]}",
                       shop.anh));
    scenario_at(shop.s, HQ);
    assert_string_equal(later(&shop, "correct_invoice", fewer(bill))->number, "TD-00002");
    restore(&shop);
    offer(&shop, 0);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    const Tefter__DocumentRecord *back = paper(shop.s, "TD-00002")->document;
    assert_int_equal(back->date, 20001);
    assert_int_equal(back->branch, far);
    assert_int_equal(back->total_minor, 100);
    assert_non_null(paper(shop.s, "TD-X-00001"));
    shop_end(&shop);
}

static void and_a_declined_one_keeps_its_number_there(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t far = far_branch(shop.before, 20001);
    far_branch(shop.s, 20001);
    id bill = far_sale(shop.before, shop.anh, far);
    far_sale(shop.s, shop.anh, far);
    shop.backup = shop.before->seq;
    later_sale(&shop, shop.anh, 1);
    later(&shop, "correct_invoice", fewer(bill));
    restore(&shop);
    offer(&shop, 1); /* which waits for the sale before it */
    scenario_done(
        shop.s, "decline_offer",
        json("{'seq': %llu, 'reason': 'a mistake'}", (id)worklist(&shop)->offers[0]->seq));
    scenario_done(shop.s, "close_recovery", "{}");
    scenario_at(shop.s, far);
    assert_string_equal(scenario_sell(shop.s, shop.anh, 5)->number, "TD-00003");
    assert_string_equal(
        scenario_done(shop.s, "reverse_document", "{'number': 'TD-00003'}")->reversal_number,
        "TD-X-00002");
    shop_end(&shop);
}

static void a_newer_limit_stays_in_force(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later(&shop, "set_credit_limit",
          json("{'customer': %u, 'terms': {'limit_minor': 90000}}", shop.anh));
    restore(&shop);
    scenario_done(shop.s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 7000}}", shop.anh));
    offer(&shop, 0);
    assert_int_equal(scenario_account(shop.s, shop.anh)->limit_minor, 7000);
    shop_end(&shop);
}

static void an_approved_sale_is_back_although_its_approval_is_not(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *policy =
        later(&shop, "set_credit_limit",
              json("{'customer': %u, 'terms': {'limit_minor': 1000, 'policy': 'EXCESS_APPROVE'}}",
                   shop.anh));
    assert_non_null(policy);
    scenario_done(shop.before, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_ANYBODY'}");
    const Tefter__Done *asked =
        later(&shop, "ask_approval", json("{'customer': %u, 'amount_minor': 2000}", shop.anh));
    later(&shop, "decide_approval", json("{'approval': %llu, 'approved': true}", (id)asked->id));
    const Tefter__Done *sale =
        later(&shop, "issue_invoice",
              json("{'customer': %u, 'approval': %llu, 'lines': [{'product': %u, 'quantity': "
                   "20000}]}",
                   shop.anh, (id)asked->id, shop.paint));
    restore(&shop);
    offer(&shop, 3);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, sale->number);
    offer(&shop, 1); /* the question of then: it is only put down */
    assert_int_equal(worklist(&shop)->refused, 0);
    shop_end(&shop);
}

/* Asked for with its goods, granted by somebody else, sold at a press: all of it comes back, also
 * when the sale comes before what it rests on. */
static void parked_sale(bool sale_first)
{
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.before, "set_credit_policy", "{'terms': {}, 'own_approval': 'OWN_ANYBODY'}");
    later(&shop, "set_credit_limit",
          json("{'customer': %u, 'terms': {'limit_minor': 1000, 'policy': 'EXCESS_APPROVE'}}",
               shop.anh));
    const Tefter__Done *asked =
        later(&shop, "ask_approval",
              json("{'customer': %u, 'amount_minor': 2000, 'draft': {'lines': [{'product': %u, "
                   "'quantity': 20000}]}}",
                   shop.anh, shop.paint));
    const Tefter__Done *small = later_sale(&shop, 1, 1); /* has the number that follows */
    later(&shop, "decide_approval", json("{'approval': %llu, 'approved': true}", (id)asked->id));
    const Tefter__Done *sale =
        later(&shop, "issue_invoice",
              json("{'customer': %u, 'approval': %llu, 'lines': [{'product': %u, 'quantity': "
                   "20000, 'price': 100000, 'tax_bp': 0}]}",
                   shop.anh, (id)asked->id, shop.paint));
    restore(&shop);
    scenario_done(shop.s, "change_product", json("{'product': %u, 'price': 1}", shop.paint));
    for (size_t i = 0; i < shop.count; i++)
        offer(&shop, sale_first ? shop.count - 1 - i : i);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, small->number);
    same_paper(&shop, sale->number);
    assert_int_equal(worklist(&shop)->refused, 0);
    const Tefter__ApprovalAnswer *approval =
        scenario_ask(shop.s, "approval", json("{'approval': %llu}", (id)asked->id))->approval;
    assert_int_equal(approval->row->amount_minor, 2000);
    if (!sale_first) {
        assert_int_equal(approval->row->state, TEFTER__APPROVAL_STATE__APPROVAL_SPENT);
        assert_string_equal(approval->row->number, sale->number);
        assert_null(approval->draft);
    }
    shop_end(&shop);
}

static void a_parked_sale_is_back_with_what_was_asked_for(void **state)
{
    (void)state;
    parked_sale(false);
}

static void a_parked_sale_is_back_whoever_comes_first(void **state)
{
    (void)state;
    parked_sale(true);
}

/* ---- what cannot come back ---- */

static void what_cannot_be_applied_says_why_and_is_tried_again(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t binh = (uint32_t)later(&shop, "open_customer",
                                    "{'name': 'Bình', 'phone': '0902', 'area': 'Thủ Đức'}")
                        ->id;
    later(&shop, "set_credit_limit",
          json("{'customer': %u, 'terms': {'limit_minor': 100000}}", binh));
    const Tefter__Done *sale = later_sale(&shop, binh, 3);
    restore(&shop);
    offer(&shop, 2);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    const Tefter__RecoveryAnswer *list = worklist(&shop);
    assert_int_equal(list->refused, 1);
    assert_int_equal(list->offers[0]->refusal->code, TEFTER__REFUSAL_CODE__NOT_FOUND);
    assert_string_equal(list->offers[0]->number, sale->number);
    offer(&shop, 0); /* the customer's terminal comes */
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    assert_int_equal(worklist(&shop)->refused, 0);
    same_paper(&shop, sale->number);
    shop_end(&shop);
}

static void what_the_office_declines_does_not_come_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *first = later_sale(&shop, shop.anh, 1);
    uint64_t first_seq = shop.before->seq;
    later_sale(&shop, shop.anh, 2);
    const Tefter__Done *third = later_sale(&shop, shop.anh, 3);
    uint64_t third_seq = shop.before->seq;
    restore(&shop);
    offer(&shop, 2);
    scenario_refused(shop.s, "decline_offer", json("{'seq': %llu, 'reason': ''}", (id)third_seq),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_done(shop.s, "decline_offer",
                  json("{'seq': %llu, 'reason': 'a mistake'}", (id)third_seq));
    offer(&shop, 0);
    offer(&shop, 1);
    offer(&shop, 2);
    assert_null(paper(shop.s, third->number));
    same_paper(&shop, first->number);
    assert_int_equal(worklist(&shop)->declined, 1);
    scenario_refused(shop.s, "decline_offer",
                     json("{'seq': %llu, 'reason': 'too late'}", (id)first_seq),
                     TEFTER__REFUSAL_CODE__OFFER_DECIDED, "seq");
    scenario_refused(shop.s, "decline_offer", "{'seq': 7, 'reason': 'nothing'}",
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "seq");
    shop_end(&shop);
}

/* The office's word of an earlier restore comes back behind the paper: it says which one. */
static void a_paper_that_was_declined_before_is_named_when_it_is_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *sale = later_sale(&shop, shop.anh, 1);
    uint64_t seq = shop.before->seq;
    later_sale(&shop, shop.anh, 1); /* whose receipt the office's word is given */
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__DeclineOffer decline = TEFTER__DECLINE_OFFER__INIT;
    Tefter__Text reason = TEFTER__TEXT__INIT;
    uint8_t packed[128];
    reason.value = "never happened";
    decline.seq = seq;
    decline.reason = &reason;
    command.kind_case = TEFTER__COMMAND__KIND_DECLINE_OFFER;
    command.decline_offer = &decline;
    assert_true(tefter__command__get_packed_size(&command) <= sizeof packed);
    shop.kept[1].command = slice_of(packed, tefter__command__pack(&command, packed));
    restore(&shop);
    offer(&shop, 0);
    offer(&shop, 1);
    same_paper(&shop, sale->number);
    const Tefter__RecoveryAnswer *list = worklist(&shop);
    assert_int_equal(list->refused, 1);
    const Tefter__Refusal *refusal = list->offers[1]->refusal;
    assert_int_equal(refusal->code, TEFTER__REFUSAL_CODE__OFFER_DECIDED);
    assert_string_equal(refusal->field, "declined_before");
    assert_string_equal(refusal->existing_number, sale->number);
    shop_end(&shop);
}

/* ---- nothing collides ---- */

static void new_papers_and_customers_leave_room_for_the_old_ones(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later(&shop, "open_customer", "{'name': 'Bình', 'phone': '0902', 'area': 'Thủ Đức'}");
    later_sale(&shop, shop.anh, 1);
    later_sale(&shop, shop.anh, 2);
    restore(&shop);
    uint32_t chi = scenario_customer(shop.s, "Chi", 1000);
    assert_true(chi > shop.told[0]->id);
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-R1-00001");
    assert_string_equal(scenario_sell(shop.s, chi, 1)->number, "HQ-R1-00002");
    for (size_t i = 0; i < shop.count; i++)
        offer(&shop, i);
    assert_int_equal(worklist(&shop)->back, 3);
    same_paper(&shop, shop.told[1]->number);
    same_paper(&shop, shop.told[2]->number);
    assert_int_equal(scenario_ask(shop.s, "customers", "{}")->customers->n_rows,
                     4); /* with the one who pays at once */
    shop_end(&shop);
}

static void a_series_goes_on_behind_a_gap_while_a_terminal_is_out(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *out = later_sale(&shop, shop.anh, 1);
    const Tefter__Done *back = later_sale(&shop, shop.anh, 1);
    restore(&shop);
    offer(&shop, 1);
    scenario_done(shop.s, "close_recovery", "{'unfinished': true}");
    scenario_refused(shop.s, "close_recovery", "{}", TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-10002");
    offer(&shop, 0); /* after all; it waits for the office now */
    assert_null(paper(shop.s, out->number));
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, out->number);
    same_paper(&shop, back->number);
    shop_end(&shop);
}

static void nobody_chooses_a_number_of_the_series_after_a_restore(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    static const char *const kept[] = {"HQ-R1-00001", "HQ-R2-R-00001", "HQ-R77-1", "HQ-R-00900"};
    static const char *const free[] = {"HQ-R-0900", "HQ-RX-00001", "ZZ-R1-00001", "HQR1-00001"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        scenario_refused(shop.s, "issue_invoice",
                         json("{'customer': %u, 'number': '%s', 'lines': [{'text': 'a', "
                              "'quantity': 1000, 'price': 1000}]}",
                              shop.anh, kept[i]),
                         TEFTER__REFUSAL_CODE__FIELD_INVALID, "number");
    for (size_t i = 0; i < sizeof free / sizeof free[0]; i++)
        scenario_done(shop.s, "issue_invoice",
                      json("{'customer': %u, 'number': '%s', 'lines': [{'text': 'a', 'quantity': "
                           "1000, 'price': 1000}]}",
                           shop.anh, free[i]));
    shop_end(&shop);
}

/* What came after it is back, so it was there; nobody who could bring it is waited for. */
static void a_paper_that_nobody_has_brought_leaves_a_gap(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Done *out = later_sale(&shop, shop.anh, 1);
    later_sale(&shop, shop.anh, 1);
    restore(&shop);
    offer(&shop, 1);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    scenario_done(shop.s, "close_recovery", "{}");
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-10002");
    offer(&shop, 0);
    scenario_done(shop.s, "apply_offers", "{}");
    scenario_recall(shop.s);
    same_paper(&shop, out->number);
    shop_end(&shop);
}

static void a_series_goes_on_without_a_gap_when_all_is_back(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later_sale(&shop, shop.anh, 1);
    restore(&shop);
    offer(&shop, 0);
    scenario_done(shop.s, "close_recovery", "{}");
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-00003");
    shop_end(&shop);
}

static void numbers_that_a_restore_leaves_out_are_nobodys_and_do_not_count(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    restore(&shop);
    assert_true(COMPANY_BRANCHES_MAX < 1000); /* as many as are left out */
    assert_int_equal(scenario_done(shop.s, "add_branch", "{'code': 'TD', 'name': 'TD'}")->id, 1002);
    scenario_done(shop.s, "add_branch", "{'code': 'ND', 'name': 'ND'}");
    scenario_done(shop.s, "add_group", "{'dimension': 'area', 'name': 'north'}");
    scenario_done(shop.s, "add_terminal", "{'branch': 1, 'name': 'counter'}");
    scenario_done(shop.s, "add_staff", "{'login': 'late', 'role': 'ROLE_SALES'}");
    shop_end(&shop);
}

static void begin(struct scenario *s, int number)
{
    scenario_as(s, 0);
    scenario_done(s, "begin_recovery",
                  json("{'incarnation': 1, 'incarnation_nonce': '0011223344556677', 'last_seq': 5, "
                       "'begins': %d}",
                       number));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static void each_restore_of_a_backup_gives_out_numbers_of_its_own(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    begin(shop.before, 2);
    begin(shop.s, 4);
    assert_int_equal(scenario_customer(shop.before, "Carol", 1), shop.anh + 1 + 20000);
    assert_int_equal(scenario_customer(shop.s, "Dora", 1), shop.anh + 1 + 3 * 20000);
    assert_string_equal(scenario_sell(shop.before, shop.anh, 1)->number, "HQ-R1-00001");
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-R3-00001");
    assert_int_equal(worklist(&shop)->recovery, 3);
    begin(shop.s, 5);
    assert_int_equal(worklist(&shop)->recovery, 4);
    scenario_as(shop.s, 0);
    scenario_refused(shop.s, "begin_recovery",
                     "{'incarnation': 1, 'incarnation_nonce': '0011223344556677', 'last_seq': 5, "
                     "'begins': 5}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "begins");
    shop_end(&shop);
}

static void the_number_of_a_declined_paper_is_not_given_out_again(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later_sale(&shop, shop.anh, 1);
    later_sale(&shop, shop.anh, 2);
    restore(&shop);
    offer(&shop, 1);
    scenario_done(
        shop.s, "decline_offer",
        json("{'seq': %llu, 'reason': 'never happened'}", (id)worklist(&shop)->offers[0]->seq));
    scenario_done(shop.s, "close_recovery", "{}");
    assert_string_equal(scenario_sell(shop.s, shop.anh, 1)->number, "HQ-00004");
    shop_end(&shop);
}

/* ---- who was heard ---- */

/* An offer of which a program ended does not hold up those behind it. */
static void an_offer_that_is_set_aside_stands_on_the_worklist_and_the_next_goes_on(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    later_sale(&shop, shop.anh, 1);
    const Tefter__Done *second = later_sale(&shop, shop.anh, 2);
    uint64_t first_seq = shop.backup + 1;
    restore(&shop);
    scenario_offer(shop.s, &shop.kept[0]);
    scenario_offer(shop.s, &shop.kept[1]);
    assert_int_equal(ledger_recall_next(shop.s->ledger), first_seq);
    scenario_as(shop.s, 0);
    const char *aside = json("{'offer': %llu, 'set_aside': true}", (unsigned long long)first_seq);
    scenario_done(shop.s, "recall_next", aside);
    scenario_done(shop.s, "recall_next", aside);          /* it is another one's turn by now, */
    scenario_done(shop.s, "recall_next", "{'offer': 0}"); /* and there is one: nothing is done */
    assert_int_equal(ledger_recall_next(shop.s->ledger), first_seq + 1);
    scenario_done(shop.s, "recall_next",
                  json("{'offer': %llu}", (unsigned long long)first_seq + 1));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    same_paper(&shop, second->number);
    const Tefter__RecoveryAnswer *left = worklist(&shop);
    assert_int_equal(left->offers[0]->seq, first_seq);
    assert_int_equal(left->offers[0]->state, TEFTER__OFFER_STATE__OFFER_REFUSED);
    assert_int_equal(left->offers[0]->refusal->code, TEFTER__REFUSAL_CODE__QUARANTINED);
    scenario_done(shop.s, "apply_offers", "{}"); /* once more, by a program that can */
    scenario_recall(shop.s);
    assert_int_equal(worklist(&shop)->offers[0]->state, TEFTER__OFFER_STATE__OFFER_BACK);
    shop_end(&shop);
}

static void a_ledger_that_was_never_restored_has_no_recovery(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    assert_int_equal(scenario_ask(s, "recovery", "{}")->recovery->recovery, 0);
    scenario_refused(s, "apply_offers", "{}", TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    scenario_refused(s, "close_recovery", "{}", TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    scenario_as(s, 0);
    scenario_refused(s, "report_offers", "{'terminal': 1}", TEFTER__REFUSAL_CODE__NO_RECOVERY,
                     NULL);
    scenario_refused(s, "recall_next", "{}", TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    scenario_refused(
        s, "stage_offer",
        "{'id': '00112233445566778899aabbccddeeff', 'command': '00', 'incarnation': 1, "
        "'incarnation_nonce': '0011223344556677', 'receipt': '08011801220010'}",
        TEFTER__REFUSAL_CODE__FIELD_INVALID, "receipt");
    scenario_refused(
        s, "stage_offer",
        "{'id': '00112233445566778899aabbccddeeff', 'command': '00', 'incarnation': 1, "
        "'incarnation_nonce': '0011223344556677', 'receipt': '080118012200'}",
        TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
    scenario_refused(s, "begin_recovery",
                     "{'incarnation': 1, 'incarnation_nonce': '00', 'last_seq': 1}",
                     TEFTER__REFUSAL_CODE__FIELD_INVALID, "incarnation_nonce");
    scenario_end(s);
}

/* With a certificate, or as a browser with a key. */
static void enrol(struct scenario *s, uint32_t terminal, bool browser)
{
    static const char digest[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    char key[2 * 91 + 1];
    for (int i = 0; i < 91; i++)
        (void)snprintf(key + 2 * i, 3, "%02x", (unsigned)i);
    scenario_as(s, 0);
    scenario_done(s, "set_enrolment_code",
                  json("{'terminal': %u, 'code_digest': '%s', 'expires_ms': 9000000000000}",
                       terminal, digest));
    scenario_done(s, "enrol_terminal",
                  json("{'terminal': %u, 'code_digest': '%s', 'serial': 7, 'fingerprint': '%s', "
                       "'not_after_ms': 9000000000000%s%s%s}",
                       terminal, digest, digest, browser ? ", 'key': '" : "", browser ? key : "",
                       browser ? "'" : ""));
    scenario_as(s, ROLE_STAFF_OWNER);
}

/* But for browsers: they keep nothing that could come back. */
static void all_is_applied_when_every_terminal_was_heard(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "add_terminal", "{'branch': 1, 'name': 'page'}");
    later_sale(&shop, shop.anh, 1);
    const Tefter__Done *second = later_sale(&shop, shop.anh, 1);
    enrol(shop.s, 1, false);
    enrol(shop.s, 2, true);
    scenario_wait(shop.s, 1000);
    restore(&shop);
    assert_int_equal(worklist(&shop)->n_unheard, 1);
    offer(&shop, 1);
    assert_null(paper(shop.s, second->number));
    scenario_as(shop.s, 0);
    scenario_done(shop.s, "report_offers", "{'terminal': 99}"); /* not known: nobody waits for it */
    scenario_recall(shop.s);
    assert_null(paper(shop.s, second->number));
    scenario_done(shop.s, "report_offers", "{'terminal': 1}");
    scenario_recall(shop.s);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    same_paper(&shop, second->number);
    assert_int_equal(worklist(&shop)->n_unheard, 0);
    shop_end(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_back_with_its_date_number_and_price),
        cmocka_unit_test(what_has_a_gap_before_it_waits_until_nobody_is_waited_for),
        cmocka_unit_test(the_office_need_not_wait),
        cmocka_unit_test(a_sale_over_the_limit_is_posted_and_stands_on_the_worklist),
        cmocka_unit_test(own_money_that_was_taken_back_alone_is_taken_back),
        cmocka_unit_test(the_first_paper_of_a_day_comes_back_behind_a_new_one),
        cmocka_unit_test(a_branchs_paper_that_the_office_corrected_is_back_in_the_branchs_series),
        cmocka_unit_test(and_a_declined_one_keeps_its_number_there),
        cmocka_unit_test(a_newer_limit_stays_in_force),
        cmocka_unit_test(an_approved_sale_is_back_although_its_approval_is_not),
        cmocka_unit_test(a_parked_sale_is_back_with_what_was_asked_for),
        cmocka_unit_test(a_parked_sale_is_back_whoever_comes_first),
        cmocka_unit_test(what_cannot_be_applied_says_why_and_is_tried_again),
        cmocka_unit_test(what_the_office_declines_does_not_come_back),
        cmocka_unit_test(a_paper_that_was_declined_before_is_named_when_it_is_back),
        cmocka_unit_test(new_papers_and_customers_leave_room_for_the_old_ones),
        cmocka_unit_test(a_series_goes_on_behind_a_gap_while_a_terminal_is_out),
        cmocka_unit_test(nobody_chooses_a_number_of_the_series_after_a_restore),
        cmocka_unit_test(a_paper_that_nobody_has_brought_leaves_a_gap),
        cmocka_unit_test(a_series_goes_on_without_a_gap_when_all_is_back),
        cmocka_unit_test(numbers_that_a_restore_leaves_out_are_nobodys_and_do_not_count),
        cmocka_unit_test(each_restore_of_a_backup_gives_out_numbers_of_its_own),
        cmocka_unit_test(the_number_of_a_declined_paper_is_not_given_out_again),
        cmocka_unit_test(an_offer_that_is_set_aside_stands_on_the_worklist_and_the_next_goes_on),
        cmocka_unit_test(a_ledger_that_was_never_restored_has_no_recovery),
        cmocka_unit_test(all_is_applied_when_every_terminal_was_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
