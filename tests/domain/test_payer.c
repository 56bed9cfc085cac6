/* Who pays for a customer: a family's sums, whose limit it is, and whose money pays what. */
#include "domain/scenario.h"

#include "base/limits.h"

#define CODE(word) TEFTER__REFUSAL_CODE__##word
#define WAY(kind) TEFTER__WAY_OUT_KIND__WAY_##kind

enum { TODAY = 20000 };

/* ---- what scenarios are made of ---- */

static void set_payer(struct scenario *s, uint32_t site, uint32_t payer)
{
    scenario_done(s, "set_payer", json("{'customer': %u, 'payer': %u}", site, payer));
}

static uint32_t site_of(struct scenario *s, const char *name, uint32_t payer)
{
    uint32_t site = scenario_customer(s, name, 0);
    scenario_done(s, "set_credit_limit", json("{'customer': %u}", site));
    set_payer(s, site, payer);
    return site;
}

static const char *sale(uint32_t customer, int64_t amount_minor, int due)
{
    return json("{'customer': %u, 'date': %d, 'due': %d, 'lines': [{'text': 'goods', 'quantity': "
                "1000, 'price': %lld}]}",
                customer, due < TODAY ? due : TODAY, due, (long long)amount_minor * 1000);
}

static uint64_t sell(struct scenario *s, uint32_t customer, int64_t amount_minor, int due)
{
    return scenario_done(s, "issue_invoice", sale(customer, amount_minor, due))->id;
}

static const Tefter__Done *pay(struct scenario *s, uint32_t customer, uint32_t till,
                               int64_t amount_minor, const char *more)
{
    return scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, 'money_account': %u%s}",
             customer, (long long)amount_minor, till, more));
}

static int64_t open_of(struct scenario *s, uint64_t document)
{
    return scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)document))
        ->document->open_minor;
}

static int64_t balance(struct scenario *s, uint32_t customer)
{
    return scenario_account(s, customer)->balance_minor;
}

static int64_t family_balance(struct scenario *s, uint32_t customer)
{
    return scenario_account(s, customer)->family->balance_minor;
}

static const Tefter__WayOut *way_of(const Tefter__Refusal *refusal, Tefter__WayOutKind kind)
{
    for (size_t i = 0; i < refusal->n_ways; i++)
        if (refusal->ways[i]->kind == kind)
            return refusal->ways[i];
    return NULL;
}

/* ---- the limit ---- */

static void the_limit_of_who_pays_holds_for_all_sites_together(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t south = site_of(s, "South", payer);
    sell(s, north, 400, TODAY + 10);
    sell(s, south, 500, TODAY + 10);
    sell(s, payer, 100, TODAY + 10);
    const Tefter__Refusal *refusal = scenario_refused(s, "issue_invoice", sale(south, 1, TODAY),
                                                      CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->over_by_minor, 1);
    assert_int_equal(refusal->decision->limit_minor, 1000);
    assert_int_equal(refusal->decision->bills_minor, 1000);
    assert_int_equal(refusal->decision->payer, payer);
    assert_non_null(refusal->payer_code);
    assert_string_equal(way_of(refusal, WAY(PAY_NOW))->customer_code, refusal->payer_code);
    assert_string_equal(way_of(refusal, WAY(RAISE_LIMIT))->customer_code, refusal->payer_code);
    scenario_refused(s, "issue_invoice", sale(payer, 1, TODAY), CODE(CREDIT_LIMIT_EXCEEDED),
                     "customer");
    const uint32_t all[] = {payer, north, south};
    for (size_t i = 0; i < 3; i++) {
        const Tefter__AccountRow *row = scenario_account(s, all[i]);
        assert_int_equal(row->available_minor, 0);
        assert_int_equal(row->used_minor, 1000);
        assert_int_equal(row->family->balance_minor, 1000);
        assert_int_equal(row->family->sites, 2);
    }
    assert_int_equal(balance(s, north), 400);
    assert_int_equal(balance(s, payer), 100);
    assert_int_equal(scenario_ask(s, "company", "{}")->company->owed_minor, 1000);
    scenario_end(s);
}

static void a_sites_own_limit_is_one_wall_more(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 300}}", north));
    sell(s, north, 250, TODAY + 10);
    assert_int_equal(scenario_account(s, north)->available_minor, 50);
    assert_int_equal(scenario_account(s, north)->limit_minor, 300);
    assert_int_equal(scenario_account(s, north)->used_minor, 250);
    assert_true(scenario_account(s, north)->site_binds);
    assert_int_equal(scenario_account(s, north)->site_limit_minor, 300);
    assert_int_equal(scenario_account(s, payer)->available_minor, 750);
    const Tefter__Refusal *refusal = scenario_refused(s, "issue_invoice", sale(north, 60, TODAY),
                                                      CODE(SITE_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->over_by_minor, 10);
    assert_int_equal(refusal->available_minor, 50);
    assert_int_equal(refusal->decision->site_limit_minor, 300);
    assert_int_equal(refusal->decision->site_exposure_minor, 250);
    assert_null(way_of(refusal, WAY(RAISE_LIMIT))->customer_code);
    assert_int_equal(way_of(refusal, WAY(PART_NOW))->amount_minor, 50);
    assert_null(way_of(refusal, WAY(PAY_NOW))->customer_code);
    pay(s, north, till, way_of(refusal, WAY(PAY_NOW))->amount_minor, "");
    sell(s, north, 60, TODAY + 10);
    scenario_end(s);
}

static const Tefter__ApprovalRow *asked(struct scenario *s)
{
    return scenario_ask(s, "approvals", "{}")->approvals->approvals[0];
}

static void what_is_approved_past_a_sites_own_limit_says_so(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 300}}", north));
    scenario_done(s, "set_credit_policy",
                  "{'terms': {'policy': 'APPROVE'}, 'own_approval': 'OWN_ANYBODY'}");
    sell(s, north, 250, TODAY + 10);
    uint64_t approval =
        scenario_done(s, "ask_approval", json("{'customer': %u, 'amount_minor': 60}", north))->id;
    assert_int_equal(asked(s)->over_by_minor, 10);
    assert_int_equal(asked(s)->available_minor, 50);
    scenario_done(s, "decide_approval",
                  json("{'approval': %llu, 'approved': true}", (unsigned long long)approval));
    const Tefter__Done *done =
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'approval': %llu, 'charges': [{'title': 'x', "
                           "'amount_minor': 60}]}",
                           north, (unsigned long long)approval));
    assert_int_equal(done->warnings[0]->kind, TEFTER__WARNING_KIND__WARNING_OVER_LIMIT);
    assert_int_equal(done->warnings[0]->amount_minor, 10);
    scenario_end(s);
}

static void the_payers_lock_and_rules_hold_and_the_sites_own_lock(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t payer = scenario_customer(s, "Builder", 10000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t south = site_of(s, "South", payer);
    scenario_done(s, "lock_customer", json("{'customer': %u}", payer));
    assert_true(scenario_account(s, north)->payer_locked);
    assert_false(scenario_account(s, north)->locked);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_invoice", sale(north, 1, TODAY), CODE(PAYER_LOCKED), "customer");
    assert_string_equal(way_of(refusal, WAY(UNLOCK))->customer_code, refusal->payer_code);
    scenario_done(s, "lock_customer", json("{'customer': %u}", north));
    refusal = scenario_refused(s, "issue_invoice", sale(north, 1, TODAY), CODE(CUSTOMER_LOCKED),
                               "customer");
    assert_null(way_of(refusal, WAY(UNLOCK))); /* one of the two locks would stay */
    scenario_done(s, "unlock_customer", json("{'customer': %u}", payer));
    sell(s, payer, 1, TODAY + 1);
    scenario_done(s, "unlock_customer", json("{'customer': %u}", north));
    /* what is late at one site stops the other */
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'overdue_days': 5}}", payer));
    uint64_t late = sell(s, north, 200, TODAY - 30);
    refusal = scenario_refused(s, "issue_invoice", sale(south, 1, TODAY), CODE(OVERDUE_TOO_OLD),
                               "customer");
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 200);
    assert_string_equal(way_of(refusal, WAY(PAY_OVERDUE))->customer_code, refusal->payer_code);
    pay(s, payer, till, 200, ", 'match': 'OLDEST_DUE'");
    assert_int_equal(open_of(s, late), 0);
    sell(s, south, 1, TODAY + 2);
    /* three unpaid bills of the family */
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'unpaid_max': 2}}", payer));
    refusal = scenario_refused(s, "issue_invoice", sale(north, 1, TODAY), CODE(UNPAID_TOO_MANY),
                               "customer");
    assert_int_equal(refusal->decision->unpaid_bills, 2);
    assert_int_equal(way_of(refusal, WAY(PAY_OVERDUE))->amount_minor, 1);
    scenario_end(s);
}

/* ---- money ---- */

static void money_of_who_pays_meets_the_oldest_bills_of_all(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t payer = scenario_customer(s, "Builder", 100000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t south = site_of(s, "South", payer);
    uint64_t third = sell(s, north, 300, TODAY + 30);
    uint64_t first = sell(s, south, 100, TODAY + 10);
    uint64_t second = sell(s, payer, 200, TODAY + 20);
    uint64_t fourth = sell(s, south, 400, TODAY + 40);
    const Tefter__Done *done = pay(s, payer, till, 350, ", 'match': 'OLDEST_DUE'");
    assert_int_equal(done->matched_minor, 350);
    assert_int_equal(open_of(s, first), 0);
    assert_int_equal(open_of(s, second), 0);
    assert_int_equal(open_of(s, third), 250);
    assert_int_equal(open_of(s, fourth), 400);
    assert_int_equal(balance(s, north), 250);
    assert_int_equal(balance(s, south), 400);
    assert_int_equal(balance(s, payer), 0);
    assert_int_equal(family_balance(s, south), 650);
    /* the documents of the site come to what it owes with what was moved */
    const Tefter__HistoryAnswer *history =
        scenario_ask(s, "history", json("{'customer': %u, 'oldest_first': true}", north))->history;
    assert_int_equal(history->moved_minor, -50);
    assert_int_equal(history->rows[history->n_rows - 1]->running_minor, 300);
    /* a site's own money pays its own bills alone */
    done = pay(s, north, till, 1000, ", 'match': 'OLDEST_DUE'");
    assert_int_equal(done->matched_minor, 250);
    assert_int_equal(open_of(s, fourth), 400);
    /* undone by who paid; and then by name */
    uint64_t match =
        pay(s, payer, till, 400, json(", 'bills': [{'bill': %llu}]", (unsigned long long)fourth))
            ->match;
    assert_int_equal(balance(s, south), 0);
    scenario_done(s, "undo_match",
                  json("{'customer': %u, 'match': %llu}", payer, (unsigned long long)match));
    assert_int_equal(balance(s, south), 400);
    assert_int_equal(open_of(s, fourth), 400);
    assert_int_equal(balance(s, payer), -400);
    scenario_done(s, "match_items", json("{'customer': %u, 'order': 'OLDEST_DUE'}", payer));
    assert_int_equal(open_of(s, fourth), 0);
    scenario_end(s);
}

static void money_is_not_put_against_a_strangers_bill(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t payer = scenario_customer(s, "Builder", 100000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t south = site_of(s, "South", payer);
    uint32_t other = scenario_customer(s, "Other", 1000);
    unsigned long long theirs = sell(s, other, 100, TODAY);
    unsigned long long of_payer = sell(s, payer, 100, TODAY);
    unsigned long long of_south = sell(s, south, 100, TODAY);
    const struct {
        uint32_t who;
        unsigned long long bill;
    } wrong[] = {{payer, theirs}, {north, of_payer}, {north, of_south}};
    for (size_t i = 0; i < 3; i++)
        scenario_refused(s, "take_payment",
                         json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 10, "
                              "'money_account': %u, 'bills': [{'bill': %llu}]}",
                              wrong[i].who, till, wrong[i].bill),
                         CODE(MATCH_OTHER_CUSTOMER), "bills[0].bill");
    scenario_end(s);
}

static void a_payment_that_is_reversed_opens_the_sites_bills_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t bank = scenario_bank(s);
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    uint64_t bill = sell(s, north, 300, TODAY + 10);
    unsigned long long money = pay(s, payer, till, 500, ", 'match': 'OLDEST_DUE'")->id;
    const Tefter__Done *done = scenario_done(
        s, "correct_payment",
        json("{'document': %llu, 'reason': 'x', 'payment': {'kind': 'CASH', 'amount_minor': 200, "
             "'money_account': %u}}",
             money, till));
    assert_int_equal(open_of(s, bill), 100);
    assert_int_equal(done->freed_minor, 100);
    assert_int_equal(balance(s, north), 100);
    money = done->id;
    /* the same money was the site's: the match with its bill is undone and made again */
    done = scenario_done(s, "correct_payment",
                         json("{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, "
                              "'kind': 'CASH', 'amount_minor': 200, 'money_account': %u, 'match': "
                              "'OLDEST_DUE'}}",
                              money, north, till));
    assert_int_equal(open_of(s, bill), 100);
    assert_int_equal(balance(s, payer), 0);
    money = done->id;
    done = scenario_done(s, "correct_payment",
                         json("{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, "
                              "'kind': 'CASH', 'amount_minor': 250, 'money_account': %u, 'match': "
                              "'OLDEST_DUE'}}",
                              money, payer, till));
    assert_int_equal(open_of(s, bill), 50);
    assert_int_equal(family_balance(s, payer), 50);
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)done->id));
    assert_int_equal(open_of(s, bill), 300);
    assert_int_equal(balance(s, north), 300);
    assert_int_equal(balance(s, payer), 0);
    /* a slip frees nothing before it is confirmed, whoever's bill it pays */
    done = scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 300, "
                              "'money_account': %u, 'reference': 'S1', 'payer': 'x', 'match': "
                              "'OLDEST_DUE'}",
                              payer, bank));
    assert_int_equal(scenario_account(s, north)->available_minor, 700);
    scenario_as(s, scenario_staff(s, "office", TEFTER__ROLE__ROLE_OWNER));
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)done->id));
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_account(s, north)->available_minor, 1000);
    /* the bill is reversed: the payer's money is free again */
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)bill));
    assert_int_equal(balance(s, north), 0);
    assert_int_equal(balance(s, payer), -300);
    /* and is paid out, as far as the family owes nothing */
    sell(s, north, 200, TODAY + 10);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "refund_money",
        json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 300, 'reason': "
             "'x'}",
             payer, till),
        CODE(REFUND_TOO_MUCH), "amount_minor");
    assert_int_equal(refusal->available_minor, 100);
    scenario_end(s);
}

static void a_correction_of_a_sites_bill_keeps_the_payers_money(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t payer = scenario_customer(s, "Builder", 300);
    uint32_t north = site_of(s, "North", payer);
    unsigned long long bill = sell(s, north, 300, TODAY + 10);
    pay(s, payer, till, 100, ", 'match': 'OLDEST_DUE'");
    const Tefter__Refusal *refusal = scenario_refused(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'x', 'invoice': {'lines': [{'text': 'goods', "
             "'quantity': 1000, 'price': 401000}]}}",
             bill),
        CODE(CREDIT_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->over_by_minor, 1);
    const Tefter__Done *done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'x', 'invoice': {'lines': [{'text': 'goods', "
             "'quantity': 1000, 'price': 400000}]}}",
             bill));
    assert_int_equal(open_of(s, done->id), 300);
    assert_int_equal(balance(s, north), 300);
    /* it was another site's all the time */
    uint32_t south = site_of(s, "South", payer);
    done = scenario_done(
        s, "correct_invoice",
        json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': [{'text': "
             "'goods', 'quantity': 1000, 'price': 400000}]}}",
             (unsigned long long)done->id, south));
    assert_int_equal(balance(s, north), 0);
    assert_int_equal(balance(s, south), 400);
    assert_int_equal(balance(s, payer), -100);
    assert_int_equal(family_balance(s, payer), 300);
    scenario_end(s);
}

/* ---- who pays ---- */

static void the_sums_of_a_family_move_with_a_site(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t till = scenario_till(s);
    uint32_t old = scenario_customer(s, "Old", 1000);
    uint32_t new = scenario_customer(s, "New", 500);
    uint32_t north = scenario_customer(s, "North", 400);
    sell(s, north, 300, TODAY + 10);
    set_payer(s, north, old);
    assert_int_equal(family_balance(s, old), 300);
    pay(s, old, till, 100, ", 'match': 'OLDEST_DUE'");
    assert_int_equal(scenario_account(s, old)->available_minor, 800);
    set_payer(s, north, new);
    assert_null(scenario_account(s, old)->family);
    assert_int_equal(scenario_account(s, old)->available_minor, 1000);
    assert_int_equal(balance(s, old), 0); /* what they paid stays paid */
    assert_int_equal(family_balance(s, new), 200);
    assert_int_equal(scenario_account(s, new)->available_minor, 300);
    scenario_done(s, "set_payer", json("{'customer': %u}", north));
    assert_null(scenario_account(s, new)->family);
    assert_int_equal(scenario_account(s, north)->available_minor, 200); /* their own limit again */
    scenario_refused(s, "set_payer", json("{'customer': %u}", north), CODE(NOTHING_TO_CHANGE),
                     "payer");
    const Tefter__CustomerChangesAnswer *changes =
        scenario_ask(s, "customer_changes", json("{'customer': %u}", north))->customer_changes;
    assert_string_equal(changes->changes[0]->fields[0]->field, "payer");
    assert_null(changes->changes[0]->fields[0]->new_value);
    scenario_end(s);
}

static void a_payer_has_no_payer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t other = scenario_customer(s, "Other", 1000);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", other, north),
                         CODE(PAYER_HAS_PAYER), "payer");
    assert_non_null(refusal->payer_code);
    refusal = scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", payer, other),
                               CODE(PAYER_HAS_SITES), "customer");
    assert_int_equal(refusal->most, 1);
    scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", other, other),
                     CODE(FIELD_INVALID), "payer");
    scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': 1}", other),
                     CODE(FIELD_INVALID), "payer");
    scenario_refused(s, "set_payer", json("{'customer': 1, 'payer': %u}", other),
                     CODE(FIELD_INVALID), "customer");
    scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': 77}", other), CODE(NOT_FOUND),
                     "payer");
    scenario_as(s, scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES));
    refusal = scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", other, payer),
                               CODE(RIGHT_MISSING), NULL);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_SET_LIMIT);
    scenario_end(s);
}

static void a_payer_has_so_many_sites_and_no_more(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000000);
    uint32_t till = scenario_till(s);
    for (int i = 0; i < SITES_PER_PAYER_MAX; i++)
        sell(s, site_of(s, "Site", payer), 10 + i, TODAY + SITES_PER_PAYER_MAX - i);
    uint32_t more = scenario_customer(s, "More", 0);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", more, payer),
                         CODE(TOO_MANY), "payer");
    assert_int_equal(refusal->most, SITES_PER_PAYER_MAX);
    const Tefter__CustomersAnswer *list =
        scenario_ask(s, "customers", json("{'payer': %u, 'rows': 500}", payer))->customers;
    assert_int_equal(list->n_rows, SITES_PER_PAYER_MAX + 1);
    assert_int_equal(list->rows[0]->who->customer, payer);
    assert_int_equal(list->rows[0]->who->sites, SITES_PER_PAYER_MAX);
    assert_int_equal(list->rows[1]->who->payer, payer);
    int64_t owed = family_balance(s, payer);
    pay(s, payer, till, owed - 9, ", 'match': 'OLDEST_DUE'");
    assert_int_equal(family_balance(s, payer), 9);
    assert_int_equal(scenario_account(s, payer)->family->open_bills, 1);
    scenario_end(s);
}

static void slips_free_for_the_family_and_a_sites_own_for_its_limit(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = site_of(s, "North", payer);
    uint32_t bank = scenario_bank(s);
    scenario_done(s, "set_credit_policy", "{'terms': {'slip_weight': 50}}");
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 300}}", north));
    sell(s, north, 300, TODAY + 10);
    for (int i = 0; i < 2; i++)
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 100, 'money_account': "
                           "%u, 'reference': '%d', 'payer': 'N'}",
                           i == 0 ? north : payer, bank, i));
    const Tefter__AccountRow *row = scenario_account(s, payer);
    assert_int_equal(row->freed_minor, 100);
    assert_int_equal(row->available_minor, 800);
    row = scenario_account(s, north);
    assert_true(row->site_binds);
    assert_int_equal(row->freed_minor, 50);
    assert_int_equal(row->used_minor, 250);
    assert_int_equal(row->available_minor, 50);
    const Tefter__Refusal *refusal = scenario_refused(s, "issue_invoice", sale(north, 51, TODAY),
                                                      CODE(SITE_LIMIT_EXCEEDED), "customer");
    assert_int_equal(refusal->decision->site_exposure_minor, 250);
    sell(s, north, 50, TODAY + 10);
    scenario_end(s);
}

static const char *opened_with(const char *payer)
{
    return json("{'name': 'North', 'phone': '1', 'area': 'Q', %s}", payer);
}

static void a_site_is_opened_with_its_payer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    const char *north = opened_with(json("'payer': %u", payer));
    scenario_as(s, scenario_staff(s, "cora", TEFTER__ROLE__ROLE_SALES));
    scenario_refused(s, "open_customer", north, CODE(RIGHT_MISSING), NULL);
    scenario_as(s, ROLE_STAFF_OWNER);
    uint32_t site = (uint32_t)scenario_done(s, "open_customer", north)->id;
    const Tefter__AccountRow *row = scenario_account(s, site);
    assert_int_equal(row->payer, payer);
    assert_int_equal(row->limit_minor, 1000);
    assert_int_equal(row->family->sites, 1);
    sell(s, site, 1000, TODAY + 10);
    assert_int_equal(scenario_account(s, payer)->available_minor, 0);
    uint32_t south =
        (uint32_t)scenario_done(s, "open_customer", opened_with("'payer_code': 'c-000002'"))->id;
    assert_int_equal(scenario_account(s, south)->payer, payer);
    scenario_refused(s, "open_customer", opened_with(json("'payer': %u", site)),
                     CODE(PAYER_HAS_PAYER), "payer");
    scenario_refused(s, "open_customer", opened_with("'payer': 999"), CODE(NOT_FOUND), "payer");
    scenario_refused(s, "open_customer", opened_with("'payer': 0"), CODE(NOT_FOUND), "payer");
    scenario_refused(s, "open_customer", opened_with("'payer': 1"), CODE(FIELD_INVALID), "payer");
    scenario_refused(s, "open_customer", opened_with("'payer_code': 'nobody'"), CODE(NOT_FOUND),
                     "payer");
    scenario_end(s);
}

static void a_payer_who_is_over_their_limit_with_a_site_alarms(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = scenario_customer(s, "North", 5000);
    uint32_t south = scenario_customer(s, "South", 5000);
    sell(s, north, 1000, TODAY + 10);
    sell(s, south, 1, TODAY + 10);
    set_payer(s, north, payer);
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 0);
    set_payer(s, south, payer);
    const Tefter__AlarmsAnswer *alarms = scenario_ask(s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 1);
    assert_int_equal(alarms->rows[0]->customer, payer);
    assert_int_equal(alarms->rows[0]->site, south);
    assert_non_null(alarms->rows[0]->site_code);
    assert_int_equal(alarms->rows[0]->over_by_minor, 1);
    scenario_end(s);
}

static void older_rules_know_no_payer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t payer = scenario_customer(s, "Builder", 1000);
    uint32_t north = scenario_customer(s, "North", 1000);
    scenario_refused(s, "set_payer", json("{'customer': %u, 'payer': %u}", north, payer),
                     CODE(RULES_TOO_OLD), "set_payer");
    scenario_refused(s, "open_customer", opened_with(json("'payer': %u", payer)),
                     CODE(RULES_TOO_OLD), "payer");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_of_who_pays_holds_for_all_sites_together),
        cmocka_unit_test(a_sites_own_limit_is_one_wall_more),
        cmocka_unit_test(what_is_approved_past_a_sites_own_limit_says_so),
        cmocka_unit_test(the_payers_lock_and_rules_hold_and_the_sites_own_lock),
        cmocka_unit_test(money_of_who_pays_meets_the_oldest_bills_of_all),
        cmocka_unit_test(money_is_not_put_against_a_strangers_bill),
        cmocka_unit_test(a_payment_that_is_reversed_opens_the_sites_bills_again),
        cmocka_unit_test(a_correction_of_a_sites_bill_keeps_the_payers_money),
        cmocka_unit_test(the_sums_of_a_family_move_with_a_site),
        cmocka_unit_test(a_payer_has_no_payer),
        cmocka_unit_test(a_payer_has_so_many_sites_and_no_more),
        cmocka_unit_test(slips_free_for_the_family_and_a_sites_own_for_its_limit),
        cmocka_unit_test(a_site_is_opened_with_its_payer),
        cmocka_unit_test(a_payer_who_is_over_their_limit_with_a_site_alarms),
        cmocka_unit_test(older_rules_know_no_payer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
