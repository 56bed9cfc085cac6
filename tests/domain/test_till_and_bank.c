/* Money between sale and bank: refunds, moves, what lies where, and a till's day. */
#include "domain/scenario.h"

#include "base/limits.h"

enum { CASH_CUSTOMER = 1, TODAY = 20000 };

#define GL(name) TEFTER__POSTING_ACCOUNT__GL_##name
#define CODE(name) TEFTER__REFUSAL_CODE__##name

struct shop {
    struct scenario *s;
    uint32_t till;  /* of the head office */
    uint32_t other; /* a second one there */
    uint32_t alley; /* of branch 2 */
    uint32_t bank;
    uint32_t device;
    uint32_t clerk;
    uint32_t clerk_too;
    uint32_t controller;
    uint32_t accountant;
    uint32_t anh;
};

static uint32_t add(struct scenario *s, const char *command, const char *fields)
{
    return (uint32_t)scenario_done(s, command, fields)->id;
}

static struct shop shop_at(uint32_t rules)
{
    struct scenario *s = scenario_begin_at(rules);
    struct shop shop = {.s = s};
    scenario_done(s, "add_branch", "{'code': 'AL', 'name': 'Alley'}");
    shop.till = add(s, "add_till", "{'branch': 1, 'name': 'drawer 1'}");
    shop.other = add(s, "add_till", "{'branch': 1, 'name': 'drawer 2'}");
    shop.alley = add(s, "add_till", "{'branch': 2, 'name': 'drawer'}");
    shop.bank = scenario_bank(s);
    shop.device = add(s, "add_pos_device",
                      json("{'branch': 1, 'name': 'POS 1', 'bank_account': %u}", shop.bank));
    shop.clerk = scenario_staff(s, "ann", TEFTER__ROLE__ROLE_SALES);
    shop.clerk_too = scenario_staff(s, "bob", TEFTER__ROLE__ROLE_SALES);
    shop.controller = scenario_staff(s, "cy", TEFTER__ROLE__ROLE_CONTROLLER);
    shop.accountant = scenario_staff(s, "dee", TEFTER__ROLE__ROLE_ACCOUNTANT);
    shop.anh = scenario_customer(s, "Anh", 1000);
    return shop;
}

static uint64_t pay(struct shop *shop, uint32_t customer, const char *kind, uint32_t account,
                    int64_t amount_minor)
{
    return scenario_done(shop->s, "take_payment",
                         json("{'customer': %u, 'kind': '%s', 'money_account': %u, "
                              "'amount_minor': %lld, 'reference': 'E-%llu'}",
                              customer, kind, account, (long long)amount_minor,
                              (unsigned long long)shop->s->counter))
        ->id;
}

static void fill_till(struct shop *shop, uint32_t till, int64_t amount_minor)
{
    uint32_t who = shop->s->actor.staff;
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    scenario_done(shop->s, "put_cash",
                  json("{'money_account': %u, 'amount_minor': %lld, 'reason': 'float'}", till,
                       (long long)amount_minor));
    scenario_as(shop->s, who);
}

static const Tefter__MoneyAccountRecord *look(struct shop *shop, uint32_t account)
{
    const Tefter__MoneyAccountsAnswer *all =
        scenario_ask(shop->s, "money_accounts", "{}")->money_accounts;
    for (size_t i = 0; i < all->n_money_accounts; i++)
        if (all->money_accounts[i]->money_account == account)
            return all->money_accounts[i];
    fail_msg("there is no money account %u", account);
    return NULL;
}

static int64_t holds(struct shop *shop, uint32_t account)
{
    uint32_t who = shop->s->actor.staff;
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    int64_t amount = look(shop, account)->holds_minor;
    scenario_as(shop->s, who);
    return amount;
}

static int64_t gl(struct shop *shop, Tefter__PostingAccount account)
{
    uint32_t who = shop->s->actor.staff;
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    const Tefter__TrialBalanceAnswer *books =
        scenario_ask(shop->s, "trial_balance", "{}")->trial_balance;
    int64_t sum = 0;
    assert_true(books->balanced);
    for (size_t i = 0; i < books->n_totals; i++)
        if (books->totals[i]->account == account)
            sum += books->totals[i]->amount_minor;
    scenario_as(shop->s, who);
    return sum;
}

/* ---- refunds ---- */

static const char *refund(struct shop *shop, const char *more)
{
    return json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'reason': 'paid twice'%s}",
                shop->anh, shop->till, more);
}

static void a_refund_pays_out_what_is_free_and_no_more(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_sell(shop.s, shop.anh, 300);
    pay(&shop, shop.anh, "CASH", shop.till, 1000);
    /* 300 of it is needed for the bill */
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 701"),
                         CODE(REFUND_TOO_MUCH), "amount_minor");
    assert_int_equal(refusal->available_minor, 700);
    const Tefter__Done *done = scenario_done(shop.s, "refund_money", refund(&shop, ""));
    assert_string_equal(done->number, "HQ-RF-00001");
    assert_int_equal(done->total_minor, 700);
    assert_int_equal(done->matched_minor, 700);
    assert_int_equal(done->account->balance_minor, 0);
    assert_int_equal(holds(&shop, shop.till), 300);
    refusal = scenario_refused(shop.s, "refund_money", refund(&shop, ""), CODE(REFUND_TOO_MUCH),
                               "amount_minor");
    assert_int_equal(refusal->available_minor, 0);
    const Tefter__DocumentAnswer *paper =
        scenario_ask(shop.s, "document", "{'number': 'HQ-RF-00001'}")->document;
    assert_int_equal(paper->document->actor->staff, ROLE_STAFF_OWNER);
    assert_non_null(paper->document->note);
    /* and back */
    scenario_refused(shop.s, "reverse_document", "{'number': 'HQ-RF-00001'}", CODE(FIELD_MISSING),
                     "reason");
    scenario_done(shop.s, "reverse_document", "{'number': 'HQ-RF-00001', 'reason': 'x'}");
    assert_int_equal(scenario_account(shop.s, shop.anh)->balance_minor, -700);
    assert_int_equal(holds(&shop, shop.till), 1000);
    scenario_end(shop.s);
}

static void what_was_paid_out_is_owed_when_the_money_for_it_is_gone(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    uint64_t money = pay(&shop, shop.anh, "TRANSFER", shop.bank, 500);
    scenario_done(shop.s, "refund_money", refund(&shop, ""));
    scenario_done(shop.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'not theirs'}", (unsigned long long)money));
    assert_int_equal(scenario_account(shop.s, shop.anh)->balance_minor, 500);
    const Tefter__BillsAnswer *bills =
        scenario_ask(shop.s, "unpaid_bills", json("{'customer': %u}", shop.anh))->unpaid_bills;
    assert_int_equal(bills->n_bills, 1);
    assert_int_equal(bills->bills[0]->open_minor, 500);
    scenario_done(shop.s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': 500, "
                       "'bills': [{'bill': %llu}]}",
                       shop.anh, shop.till, (unsigned long long)bills->bills[0]->document));
    assert_int_equal(scenario_account(shop.s, shop.anh)->balance_minor, 0);
    scenario_end(shop.s);
}

static void a_refund_makes_nobody_owe_more_than_their_limit(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_sell(shop.s, shop.anh, 1000);
    pay(&shop, shop.anh, "CASH", shop.till, 400);
    scenario_sell(shop.s, shop.anh, 400);
    scenario_refused(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 1"),
                     CODE(REFUND_TOO_MUCH), "amount_minor");
    scenario_end(shop.s);
}

static void money_that_is_not_final_is_not_paid_out(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    uint64_t slip = scenario_done(shop.s, "take_payment",
                                  json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, "
                                       "'amount_minor': 500, 'reference': '1', 'payer': 'A'}",
                                       shop.anh, shop.bank))
                        ->id;
    scenario_refused(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 1"),
                     CODE(REFUND_TOO_MUCH), "amount_minor");
    scenario_refused(shop.s, "refund_money",
                     refund(&shop, json(", 'credits': [%llu]", (unsigned long long)slip)),
                     CODE(FIELD_INVALID), "credits[0]");
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip));
    scenario_done(shop.s, "refund_money", refund(&shop, ""));
    scenario_end(shop.s);
}

static void the_cash_customers_credit_is_said(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    const char *line = "'lines': [{'text': 'a drill', 'quantity': 1000, 'price': 500000}]";
    scenario_done(shop.s, "sell_paid",
                  json("{'invoice': {%s}, 'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                       line, shop.till));
    uint64_t note = scenario_done(shop.s, "issue_credit_note",
                                  "{'invoice_number': 'HQ-00001', 'reason': 'brought back'}")
                        ->id;
    const char *back = json("{'customer': 1, 'kind': 'CASH', 'money_account': %u, 'reason': "
                            "'brought back', 'credits': [%llu]",
                            shop.till, (unsigned long long)note);
    scenario_refused(
        shop.s, "refund_money",
        json("{'customer': 1, 'kind': 'CASH', 'money_account': %u, 'reason': 'x'}", shop.till),
        CODE(FIELD_MISSING), "credits");
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "refund_money", json("%s, 'amount_minor': 501}", back),
                         CODE(REFUND_TOO_MUCH), "amount_minor");
    assert_int_equal(refusal->available_minor, 500);
    scenario_done(shop.s, "refund_money", json("%s}", back));
    assert_int_equal(holds(&shop, shop.till), 0);
    assert_int_equal(scenario_account(shop.s, CASH_CUSTOMER)->balance_minor, 0);
    scenario_end(shop.s);
}

static void what_is_wrong_with_a_refund(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    pay(&shop, shop.anh, "TRANSFER", shop.bank, 500);
    static const struct {
        const char *fields;
        Tefter__RefusalCode code;
        const char *field;
    } cases[] = {
        {"'customer': 2, 'kind': 'CASH', 'money_account': 1, 'reason': ''", CODE(FIELD_MISSING),
         "reason"},
        {"'customer': 2, 'kind': 'CASH', 'money_account': 1, 'reason': 'x', 'amount_minor': 0",
         CODE(AMOUNT_NOT_POSITIVE), "amount_minor"},
        {"'kind': 'CASH', 'money_account': 1, 'reason': 'x'", CODE(FIELD_MISSING), "customer"},
        {"'customer': 2, 'kind': 'POS', 'money_account': 5, 'reason': 'x'", CODE(FIELD_INVALID),
         "kind"},
        {"'customer': 2, 'kind': 'CASH', 'money_account': 4, 'reason': 'x'", CODE(FIELD_INVALID),
         "money_account"},
        {"'customer': 2, 'kind': 'CASH', 'money_account': 3, 'reason': 'x'",
         CODE(TILL_OTHER_BRANCH), "money_account"},
        {"'customer': 2, 'kind': 'CASH', 'money_account': 1, 'reason': 'x'", CODE(MONEY_NOT_THERE),
         "money_account"},
    };
    assert_int_equal(shop.anh, 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        scenario_refused(shop.s, "refund_money", json("{%s}", cases[i].fields), cases[i].code,
                         cases[i].field);
    /* by bank it may be paid out though the books know little of that account */
    scenario_done(shop.s, "refund_money",
                  json("{'customer': %u, 'kind': 'TRANSFER', 'money_account': %u, 'reason': 'x', "
                       "'payee': 'Anh', 'reference': 'E2E'}",
                       shop.anh, shop.bank));
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "refund_money", refund(&shop, ""), CODE(RIGHT_MISSING), NULL);
    scenario_end(shop.s);
}

static void a_large_refund_takes_two_people(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100000);
    scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 100}");
    scenario_as(shop.s, shop.clerk);
    pay(&shop, shop.anh, "CASH", shop.till, 1000);
    /* who may not approve pays out a little, by the day */
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 60"));
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 41"),
                         CODE(SECOND_PERSON_NEEDED), "amount_minor");
    assert_int_equal(refusal->most, 40);
    assert_true(refusal->n_roles > 0);
    scenario_done(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 40"));
    /* who may, and has not booked it, any sum */
    scenario_as(shop.s, shop.controller);
    scenario_done(shop.s, "refund_money", refund(&shop, ""));
    /* but not what they booked themself */
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    scenario_refused(shop.s, "refund_money", refund(&shop, ""), CODE(SECOND_PERSON_NEEDED),
                     "amount_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "refund_money", refund(&shop, ""));
    scenario_end(shop.s);
}

/* ---- moves ---- */

static const char *move(uint32_t from, uint32_t to, int64_t amount_minor, const char *more)
{
    return json("{'from': %u, 'to': %u, 'amount_minor': %lld%s}", from, to, (long long)amount_minor,
                more);
}

static void cash_is_brought_to_the_bank(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "move_money", move(shop.till, shop.bank, 1001, ""), CODE(MONEY_NOT_THERE), "from");
    assert_string_equal(refusal->existing_number, "drawer 1");
    scenario_as(shop.s, shop.clerk);
    const Tefter__Done *done =
        scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 900, ""));
    assert_string_equal(done->number, "HQ-M-00002");
    assert_true(done->on_its_way);
    assert_int_equal(holds(&shop, shop.till), 100);
    assert_int_equal(gl(&shop, GL(MONEY_IN_TRANSIT)), 900);
    assert_int_equal(holds(&shop, shop.bank), 0);
    /* the clerk does not say what the bank has */
    scenario_refused(shop.s, "confirm_move", "{'number': 'HQ-M-00002'}", CODE(RIGHT_MISSING), NULL);
    scenario_refused(shop.s, "move_money", move(shop.till, shop.bank, 1, ", 'arrived': true"),
                     CODE(RIGHT_MISSING), NULL);
    scenario_as(shop.s, shop.accountant);
    assert_int_equal(look(&shop, shop.bank)->coming_minor, 900);
    scenario_done(shop.s, "confirm_move", "{'number': 'HQ-M-00002'}");
    assert_int_equal(gl(&shop, GL(MONEY_IN_TRANSIT)), 0);
    assert_int_equal(holds(&shop, shop.bank), 900);
    scenario_refused(shop.s, "confirm_move", "{'number': 'HQ-M-00002'}", CODE(NOT_CONFIRMABLE),
                     "move");
    /* there and back: as if it had not been */
    scenario_done(shop.s, "reverse_document", "{'number': 'HQ-M-00002', 'reason': 'x'}");
    assert_int_equal(holds(&shop, shop.bank), 0);
    assert_int_equal(holds(&shop, shop.till), 1000);
    scenario_end(shop.s);
}

static void money_that_never_came_goes_back(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 900, ""));
    scenario_done(shop.s, "reverse_document", "{'number': 'HQ-M-00002', 'reason': 'not paid in'}");
    assert_int_equal(gl(&shop, GL(MONEY_IN_TRANSIT)), 0);
    assert_int_equal(holds(&shop, shop.till), 1000);
    scenario_refused(shop.s, "confirm_move", "{'number': 'HQ-M-00002'}", CODE(NOT_CONFIRMABLE),
                     "move");
    scenario_refused(shop.s, "confirm_move", "{'number': 'HQ-M-00001'}", CODE(NOT_CONFIRMABLE),
                     "move");
    scenario_refused(shop.s, "confirm_move", "{'number': 'none'}", CODE(NOT_FOUND), "move");
    scenario_refused(shop.s, "confirm_move", "{}", CODE(FIELD_MISSING), "move");
    scenario_end(shop.s);
}

static void another_branch_says_that_it_has_it(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    scenario_as(shop.s, shop.clerk);
    /* within a branch it is there at once */
    assert_false(
        scenario_done(shop.s, "move_money", move(shop.till, shop.other, 100, ""))->on_its_way);
    assert_int_equal(holds(&shop, shop.other), 100);
    scenario_refused(shop.s, "move_money", move(shop.till, shop.alley, 300, ", 'arrived': true"),
                     CODE(FIELD_INVALID), "arrived");
    scenario_done(shop.s, "move_money", move(shop.till, shop.alley, 300, ""));
    scenario_refused(shop.s, "confirm_move", "{'number': 'HQ-M-00003'}", CODE(TILL_OTHER_BRANCH),
                     "move");
    scenario_refused(shop.s, "move_money", move(shop.alley, shop.till, 1, ""),
                     CODE(TILL_OTHER_BRANCH), "from");
    scenario_at(shop.s, 2);
    scenario_as(shop.s, shop.clerk_too);
    scenario_at(shop.s, 2);
    scenario_done(shop.s, "confirm_move", "{'number': 'HQ-M-00003'}");
    scenario_at(shop.s, 1);
    assert_int_equal(holds(&shop, shop.alley), 300);
    assert_int_equal(holds(&shop, shop.till), 600);
    scenario_end(shop.s);
}

static void the_bank_pays_out_a_card_device_less_its_fee(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    pay(&shop, shop.anh, "POS", shop.device, 1000);
    uint32_t other = add(shop.s, "add_bank_account", "{'name': 'Other', 'number': '77'}");
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "move_money", move(shop.device, shop.bank, 1000, ""),
                     CODE(RIGHT_MISSING), NULL);
    scenario_as(shop.s, shop.accountant);
    scenario_refused(shop.s, "move_money", move(shop.device, other, 1000, ""), CODE(FIELD_INVALID),
                     "to");
    scenario_refused(shop.s, "move_money", move(shop.device, shop.bank, 1001, ""),
                     CODE(MONEY_NOT_THERE), "from");
    scenario_refused(shop.s, "move_money",
                     move(shop.device, shop.bank, 1000, ", 'fee_minor': 1000"), CODE(FIELD_INVALID),
                     "fee_minor");
    scenario_done(shop.s, "move_money", move(shop.device, shop.bank, 1000, ", 'fee_minor': 12"));
    assert_int_equal(holds(&shop, shop.device), 0);
    assert_int_equal(holds(&shop, shop.bank), 988);
    assert_int_equal(gl(&shop, GL(BANK_FEES)), 12);
    scenario_end(shop.s);
}

static void no_way_leads_there(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    scenario_refused(shop.s, "move_money", move(shop.till, shop.till, 1, ""), CODE(FIELD_INVALID),
                     "to");
    scenario_refused(shop.s, "move_money", move(shop.till, shop.device, 1, ""), CODE(FIELD_INVALID),
                     "to");
    scenario_refused(shop.s, "move_money", move(shop.till, 99, 1, ""), CODE(NOT_FOUND), "to");
    scenario_refused(shop.s, "move_money", move(99, shop.till, 1, ""), CODE(NOT_FOUND), "from");
    scenario_refused(shop.s, "move_money", move(shop.till, shop.bank, 10, ", 'fee_minor': 1"),
                     CODE(FIELD_INVALID), "fee_minor");
    scenario_refused(shop.s, "move_money", move(shop.till, shop.bank, 0, ""),
                     CODE(AMOUNT_NOT_POSITIVE), "amount_minor");
    scenario_done(shop.s, "move_money", move(shop.bank, shop.till, 50, ""));
    assert_int_equal(holds(&shop, shop.bank), -50);
    scenario_end(shop.s);
}

static void nothing_is_retired_with_money_in_it(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    const char *retire = json("{'money_account': %u, 'retired': true}", shop.till);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "retire_money_account", retire, CODE(MONEY_LEFT), "money_account");
    assert_int_equal(refusal->available_minor, 1000);
    scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 1000, ""));
    scenario_done(shop.s, "retire_money_account", retire);
    /* nor while some is on its way there */
    scenario_refused(shop.s, "retire_money_account",
                     json("{'money_account': %u, 'retired': true}", shop.bank), CODE(MONEY_LEFT),
                     "money_account");
    pay(&shop, shop.anh, "POS", shop.device, 5);
    scenario_refused(shop.s, "retire_money_account",
                     json("{'money_account': %u, 'retired': true}", shop.device), CODE(MONEY_LEFT),
                     "money_account");
    scenario_end(shop.s);
}

static void an_old_ledger_retires_a_till_with_money_in_it(void **state)
{
    (void)state;
    struct shop shop = shop_at(4);
    pay(&shop, shop.anh, "CASH", shop.till, 5);
    scenario_done(shop.s, "retire_money_account",
                  json("{'money_account': %u, 'retired': true}", shop.till));
    scenario_end(shop.s);
}

/* ---- references ---- */

static const char *by(const char *kind, uint32_t account, const char *reference)
{
    return json("{'customer': 2, 'kind': '%s', 'money_account': %u, 'amount_minor': 5, "
                "'reference': '%s', 'payer': 'H'}",
                kind, account, reference);
}

static void a_providers_reference_counts_once_wherever_it_went(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    uint32_t device = add(shop.s, "add_pos_device",
                          json("{'branch': 1, 'name': 'POS 2', 'bank_account': %u}", shop.bank));
    uint32_t bank = add(shop.s, "add_bank_account", "{'name': 'Other', 'number': '77'}");
    const Tefter__Done *first = scenario_done(shop.s, "take_payment", by("POS", shop.device, "A1"));
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "take_payment", by("POS", device, "A1"), CODE(NUMBER_TAKEN), "reference");
    assert_int_equal(refusal->existing, first->id);
    scenario_done(shop.s, "take_payment", by("TRANSFER", shop.bank, "E2E"));
    scenario_refused(shop.s, "take_payment", by("TRANSFER", bank, "E2E"), CODE(NUMBER_TAKEN),
                     "reference");
    /* slips are numbered by each bank */
    scenario_done(shop.s, "take_payment", by("SLIP", shop.bank, "7"));
    scenario_done(shop.s, "take_payment", by("SLIP", bank, "7"));
    /* what is reversed never was */
    scenario_done(shop.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)first->id));
    scenario_done(shop.s, "take_payment", by("POS", device, "A1"));
    scenario_end(shop.s);
}

static void an_old_ledger_counts_references_by_account(void **state)
{
    (void)state;
    struct shop shop = shop_at(4);
    uint32_t device = add(shop.s, "add_pos_device",
                          json("{'branch': 1, 'name': 'POS 2', 'bank_account': %u}", shop.bank));
    scenario_done(shop.s, "take_payment", by("POS", shop.device, "A1"));
    scenario_done(shop.s, "take_payment", by("POS", device, "A1"));
    scenario_refused(shop.s, "take_payment", by("POS", device, "A1"), CODE(NUMBER_TAKEN),
                     "reference");
    scenario_end(shop.s);
}

/* ---- a till's day ---- */

static const char *of_till(uint32_t till, const char *more)
{
    return json("{'money_account': %u%s}", till, more);
}

static const Tefter__TillDayAnswer *slip(struct shop *shop, uint32_t till)
{
    return scenario_ask(shop->s, "till_day", of_till(till, ""))->till_day;
}

static void clerks_take_out(struct shop *shop, int64_t most_minor)
{
    scenario_done(shop->s, "set_thresholds",
                  json("{'thresholds': [{'threshold': 'CASH_OUT', 'role': 'SALES', 'most': %lld}]}",
                       (long long)most_minor));
}

static void a_till_is_opened_counted_and_closed(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 20);
    fill_till(&shop, shop.till, 100);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 100"));
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    pay(&shop, shop.anh, "CASH", shop.till, 30);
    pay(&shop, shop.anh, "POS", shop.device, 77);
    pay(&shop, shop.anh, "POS", shop.device, 3);
    scenario_done(shop.s, "put_cash",
                  of_till(shop.till, ", 'amount_minor': 20, 'out': true, 'reason': 'milk'"));
    scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 400, ""));
    const Tefter__Done *count =
        scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 205"));
    assert_int_equal(count->expected_minor, 210);
    assert_int_equal(count->difference_minor, -5);
    const Tefter__Refusal *refusal = scenario_refused(shop.s, "close_till", of_till(shop.till, ""),
                                                      CODE(FIELD_MISSING), "reason");
    assert_int_equal(refusal->available_minor, 5);
    scenario_done(shop.s, "close_till", of_till(shop.till, ", 'reason': 'wrong change'"));
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 5);
    assert_int_equal(gl(&shop, GL(CASH_IN_OUT)), -80);
    assert_int_equal(holds(&shop, shop.till), 205);
    const Tefter__TillDayAnswer *day = slip(&shop, shop.till);
    assert_int_equal(day->day->moved->taken_minor, 530);
    assert_int_equal(day->day->moved->taken, 2);
    assert_int_equal(day->day->moved->out_minor, 20);
    assert_int_equal(day->day->moved->sent_minor, 400);
    assert_int_equal(day->day->moved->in_minor, 0);
    assert_int_equal(day->day->difference_minor, -5);
    assert_int_equal(day->expected_minor, 210);
    assert_int_equal(day->n_devices, 1);
    assert_int_equal(day->devices[0]->taken_minor, 80);
    assert_int_equal(day->devices[0]->taken, 2);
    scenario_end(shop.s);
}

static void who_counts_does_not_see_what_should_be_there(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    const Tefter__TillDayAnswer *day = slip(&shop, shop.till);
    assert_false(day->has_expected_minor);
    assert_null(day->day->moved);
    assert_null(day->day->before);
    assert_false(look(&shop, shop.till)->has_holds_minor);
    const Tefter__MoneyDaysAnswer *days = scenario_ask(shop.s, "money_days", "{}")->money_days;
    for (size_t i = 0; i < days->n_days; i++)
        assert_int_equal(days->days[i]->money_account, shop.device);
    scenario_refused(shop.s, "close_till", of_till(shop.till, ""), CODE(TILL_NOT_COUNTED),
                     "money_account");
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 480"));
    day = slip(&shop, shop.till);
    assert_int_equal(day->expected_minor, 500);
    assert_int_equal(day->day->moved->taken_minor, 500);
    /* what was counted first stands beside what is counted then */
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 500, 'counts': 1"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    day = slip(&shop, shop.till);
    assert_int_equal(day->day->n_counts, 2);
    assert_int_equal(day->day->counts[0]->counted_minor, 480);
    assert_int_equal(day->day->difference_minor, 0);
    scenario_end(shop.s);
}

static void refused_until_counted_again(struct shop *shop)
{
    scenario_refused(shop->s, "close_till", of_till(shop->till, ""), CODE(TILL_NOT_COUNTED),
                     "counts");
}

static void money_that_went_through_a_till_since_it_was_counted_is_counted_too(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 20);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 500"));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "sell_paid",
                  json("{'invoice': {'lines': [{'text': 'a drill', 'quantity': 1000, 'price': "
                       "250000}]}, 'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                       shop.till));
    scenario_as(shop.s, shop.clerk);
    refused_until_counted_again(&shop);
    /* nor does a reason help, and the second count is blind too */
    scenario_refused(shop.s, "close_till", of_till(shop.till, ", 'reason': 'late sale'"),
                     CODE(TILL_NOT_COUNTED), "counts");
    const Tefter__TillDayAnswer *day = slip(&shop, shop.till);
    assert_null(day->day->moved);
    assert_int_equal(day->expected_minor, 500);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(slip(&shop, shop.till)->expected_minor, 750);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 750, 'counts': 1"));
    assert_int_equal(slip(&shop, shop.till)->expected_minor, 750);
    /* what leaves it is missed in the same way */
    scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 700, ""));
    refused_until_counted_again(&shop);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 50, 'counts': 2"));
    scenario_done(shop.s, "put_cash",
                  of_till(shop.till, ", 'amount_minor': 20, 'out': true, 'reason': 'milk'"));
    refused_until_counted_again(&shop);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 30, 'counts': 3"));
    /* another till's money, and a card, change nothing here */
    pay(&shop, shop.anh, "CASH", shop.other, 5);
    pay(&shop, shop.anh, "POS", shop.device, 5);
    const Tefter__Done *done = scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    assert_int_equal(done->total_minor, 30);
    assert_int_equal(done->difference_minor, 0);
    day = slip(&shop, shop.till);
    assert_int_equal(day->day->moved->taken_minor, 750);
    assert_int_equal(holds(&shop, shop.till), 30);
    scenario_end(shop.s);
}

static void of_two_who_count_a_till_one_wins(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 0"));
    scenario_as(shop.s, shop.clerk_too);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 3"),
                         CODE(TILL_COUNTED), "money_account");
    assert_int_equal(refusal->most, 1);
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "close_till", of_till(shop.till, ""), CODE(TILL_CLOSED),
                     "money_account");
    assert_int_equal(slip(&shop, shop.till)->day->closed_by->staff, shop.clerk_too);
    scenario_end(shop.s);
}

static void a_till_that_was_not_closed_shows_next_morning(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    scenario_as(shop.s, 0);
    scenario_done(shop.s, "turn_day", json("{'branch': 1, 'date': %d}", TODAY + 1));
    scenario_as(shop.s, shop.clerk);
    assert_int_equal(look(&shop, shop.till)->open_since, TODAY);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 500"),
                         CODE(TILL_OPEN), "money_account");
    assert_int_equal(refusal->date, TODAY);
    pay(&shop, shop.anh, "CASH", shop.till, 50);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 550"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    assert_false(look(&shop, shop.till)->has_open_since);
    assert_int_equal(slip(&shop, shop.till)->day->moved->taken_minor, 550);
    /* what went through it by days */
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__MoneyDaysAnswer *days =
        scenario_ask(shop.s, "money_days", json("{'date': %d, 'branch': 1}", TODAY))->money_days;
    assert_int_equal(days->days[0]->taken_minor, 500);
    scenario_end(shop.s);
}

static void a_closed_till_takes_no_cash(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    /* one that has never had a day takes it as ever */
    pay(&shop, shop.anh, "CASH", shop.other, 5);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 0"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    scenario_refused(shop.s, "take_payment",
                     json("{'customer': %u, 'kind': 'CASH', 'money_account': %u, 'amount_minor': "
                          "5}",
                          shop.anh, shop.till),
                     CODE(TILL_CLOSED), "money_account");
    scenario_refused(shop.s, "put_cash", of_till(shop.till, ", 'amount_minor': 5, 'reason': 'x'"),
                     CODE(TILL_CLOSED), "money_account");
    scenario_refused(shop.s, "move_money", move(shop.other, shop.till, 5, ""), CODE(TILL_CLOSED),
                     "to");
    /* a second day of the same date, with only what came in it */
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    pay(&shop, shop.anh, "CASH", shop.till, 7);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 7"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    assert_int_equal(slip(&shop, shop.till)->day->day, 2);
    assert_int_equal(slip(&shop, shop.till)->day->moved->taken_minor, 7);
    const Tefter__TillDaysAnswer *days =
        scenario_ask(shop.s, "till_days", of_till(shop.till, ""))->till_days;
    assert_int_equal(days->n_days, 2);
    assert_int_equal(days->days[0]->day, 2);
    scenario_end(shop.s);
}

static void may_not_try(struct shop *shop, const char *what)
{
    const Tefter__Answer *answer = scenario_ask(shop->s, "try_command", what);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_REFUSED);
    assert_int_equal(answer->refused->code, CODE(RIGHT_MISSING));
}

static void what_is_missing_in_the_morning_is_said(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100);
    scenario_as(shop.s, shop.clerk);
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 90"),
                         CODE(FIELD_MISSING), "opening_reason");
    assert_false(refusal->has_available_minor); /* nothing is counted yet */
    assert_false(refusal->has_over_by_minor);
    may_not_try(&shop,
                json("{'command': {'open_till': %s}}", of_till(shop.till, ", 'float_minor': 90")));
    may_not_try(&shop,
                json("{'command': {'move_money': %s}}", move(shop.till, shop.bank, 101, "")));
    const Tefter__Done *done = scenario_done(
        shop.s, "open_till", of_till(shop.till, ", 'float_minor': 90, 'reason': 'gone overnight'"));
    assert_int_equal(done->difference_minor, -10);
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 10);
    assert_int_equal(holds(&shop, shop.till), 90);
    /* what was found missing before does not stand on the new day's slip */
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 90"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    assert_int_equal(slip(&shop, shop.till)->day->moved->difference_minor, 0);
    scenario_end(shop.s);
}

static void what_is_wrong_with_a_tills_day(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_refused(shop.s, "open_till", of_till(shop.bank, ", 'float_minor': 0"),
                     CODE(FIELD_INVALID), "money_account");
    scenario_refused(shop.s, "open_till", of_till(shop.alley, ", 'float_minor': 0"),
                     CODE(TILL_OTHER_BRANCH), "money_account");
    scenario_refused(shop.s, "open_till", of_till(99, ", 'float_minor': 0"), CODE(NOT_FOUND),
                     "money_account");
    scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': -1"),
                     CODE(FIELD_INVALID), "float_minor");
    scenario_refused(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 0"),
                     CODE(TILL_CLOSED), "money_account");
    scenario_ask_refused(shop.s, "till_day", of_till(shop.till, ""), CODE(NOT_FOUND));
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    for (int i = 0; i < TILL_COUNTS_MAX; i++)
        scenario_done(shop.s, "count_till",
                      of_till(shop.till, json(", 'counted_minor': 0, 'counts': %d", i)));
    scenario_refused(
        shop.s, "count_till",
        of_till(shop.till, json(", 'counted_minor': 0, 'counts': %d", TILL_COUNTS_MAX)),
        CODE(TOO_MANY), "counts");
    scenario_refused(shop.s, "retire_money_account",
                     json("{'money_account': %u, 'retired': true}", shop.till), CODE(TILL_OPEN),
                     "money_account");
    scenario_end(shop.s);
}

/* ---- after a restore ---- */

static void a_tills_day_comes_back_as_it_was(void **state)
{
    (void)state;
    struct shop then = shop_at(LEDGER_RULES);
    struct shop now = shop_at(LEDGER_RULES);
    uint64_t backup = then.s->seq;
    struct offer offers[8];
    size_t count = 0;
    fill_till(&then, then.till, 100);
    offers[count++] = then.s->last;
    scenario_done(then.s, "open_till", of_till(then.till, ", 'float_minor': 100"));
    offers[count++] = then.s->last;
    pay(&then, then.anh, "CASH", then.till, 500);
    offers[count++] = then.s->last;
    scenario_done(then.s, "refund_money", refund(&then, ", 'amount_minor': 40"));
    offers[count++] = then.s->last;
    scenario_done(then.s, "move_money", move(then.till, then.bank, 300, ""));
    offers[count++] = then.s->last;
    scenario_as(then.s, then.accountant);
    scenario_done(then.s, "confirm_move", "{'number': 'HQ-M-00002'}");
    scenario_as(then.s, ROLE_STAFF_OWNER);
    offers[count++] = then.s->last;
    scenario_done(then.s, "count_till", of_till(then.till, ", 'counted_minor': 250"));
    offers[count++] = then.s->last;
    scenario_done(then.s, "close_till",
                  of_till(then.till, json(", 'reason': 'wrong change', 'to_bank_minor': 200, "
                                          "'bank_account': %u",
                                          then.bank)));
    offers[count++] = then.s->last;
    scenario_restored(now.s, backup);
    for (size_t i = 0; i < count; i++)
        scenario_offer(now.s, &offers[i]);
    scenario_recall(now.s);
    scenario_as(now.s, ROLE_STAFF_OWNER);
    assert_int_equal(holds(&now, now.till), 50);
    assert_int_equal(holds(&now, now.bank), 300);
    assert_int_equal(slip(&now, now.till)->day->difference_minor, -10);
    assert_int_equal(slip(&now, now.till)->day->banked_minor, 200);
    static const char *const numbers[] = {"HQ-M-00001", "HQ-RF-00001", "HQ-M-00002", "HQ-M-00003",
                                          "HQ-M-00004"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const Tefter__DocumentAnswer *old =
            scenario_ask(then.s, "document", json("{'number': '%s'}", numbers[i]))->document;
        const Tefter__DocumentAnswer *back =
            scenario_ask(now.s, "document", json("{'number': '%s'}", numbers[i]))->document;
        assert_int_equal(old->document->document, back->document->document);
        assert_int_equal(old->document->total_minor, back->document->total_minor);
    }
    /* what is new has numbers of a series of its own */
    scenario_done(now.s, "open_till", of_till(now.till, ", 'float_minor': 50"));
    const Tefter__Done *done = scenario_done(now.s, "move_money", move(now.till, now.other, 1, ""));
    assert_string_equal(done->number, "HQ-R1-M-00001");
    scenario_end(then.s);
    scenario_end(now.s);
}

/* ---- moves that are taken back ---- */

static void taken_back(struct shop *shop, uint64_t move, Tefter__RefusalCode code)
{
    const char *reverse = json("{'document': %llu, 'reason': 'x'}", (unsigned long long)move);
    if (code == 0)
        scenario_done(shop->s, "reverse_document", reverse);
    else
        scenario_refused(shop->s, "reverse_document", reverse, code,
                         code == CODE(RIGHT_MISSING) ? NULL : "document");
}

static uint64_t moved(struct shop *shop, uint32_t from, uint32_t to, int64_t amount_minor)
{
    return scenario_done(shop->s, "move_money", move(from, to, amount_minor, ""))->id;
}

static void a_move_is_taken_back_as_far_as_the_money_is_there(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    fill_till(&shop, shop.till, 100);
    uint64_t there = moved(&shop, shop.till, shop.other, 60);
    uint64_t on = moved(&shop, shop.other, shop.till, 20);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    taken_back(&shop, there, CODE(MONEY_NOT_THERE)); /* 40 are left of the 60 */
    scenario_as(shop.s, shop.clerk);
    taken_back(&shop, on, 0);
    taken_back(&shop, there, 0);
    assert_int_equal(holds(&shop, shop.till), 100);
    scenario_end(shop.s);
}

static void a_retired_till_gets_no_money_back(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100);
    uint64_t away = moved(&shop, shop.till, shop.other, 100);
    scenario_done(shop.s, "retire_money_account",
                  json("{'money_account': %u, 'retired': true}", shop.till));
    taken_back(&shop, away, CODE(RETIRED));
    scenario_end(shop.s);
}

static void what_another_branch_received_is_taken_back_by_right(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    fill_till(&shop, shop.till, 100);
    uint64_t sent = moved(&shop, shop.till, shop.alley, 100);
    scenario_as(shop.s, shop.clerk_too);
    scenario_at(shop.s, 2);
    scenario_done(shop.s, "confirm_move", json("{'move': %llu}", (unsigned long long)sent));
    scenario_as(shop.s, shop.clerk);
    taken_back(&shop, sent, CODE(RIGHT_MISSING));
    scenario_as(shop.s, shop.accountant);
    taken_back(&shop, sent, 0);
    scenario_end(shop.s);
}

static void a_closed_day_and_its_difference_stay(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    fill_till(&shop, shop.till, 200);
    uint64_t away = moved(&shop, shop.till, shop.other, 50);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 100"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ", 'reason': 'short'"));
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 50);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    taken_back(&shop, away, CODE(TILL_CLOSED));
    const Tefter__DocumentsAnswer *all = scenario_ask(shop.s, "documents", "{}")->documents;
    uint64_t difference = 0;
    for (size_t i = 0; i < all->n_rows; i++)
        if (all->rows[i]->total_minor == 50 && all->rows[i]->document != away)
            difference = all->rows[i]->document;
    taken_back(&shop, difference, CODE(NOT_REVERSIBLE));
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 50);
    scenario_end(shop.s);
}

/* ---- what one person does not do alone ---- */

static void take_out(struct shop *shop, int64_t amount_minor)
{
    scenario_done(shop->s, "put_cash",
                  of_till(shop->till, json(", 'amount_minor': %lld, 'out': true, 'reason': 'x'",
                                           (long long)amount_minor)));
}

/* Whatever the till holds: it is not felt for with sums that are refused in any case. */
static void who_may_not_take_so_much_hears_nothing_of_the_till(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 20);
    fill_till(&shop, shop.till, 100);
    scenario_as(shop.s, shop.clerk);
    for (int64_t amount = 21; amount < 1000; amount += 79)
        scenario_refused(shop.s, "put_cash",
                         of_till(shop.till, json(", 'amount_minor': %lld, 'out': true, "
                                                 "'reason': 'x'",
                                                 (long long)amount)),
                         CODE(MORE_THAN_YOU_MAY), "amount_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    clerks_take_out(&shop, 500);
    const char *more = of_till(shop.till, ", 'amount_minor': 101, 'out': true, 'reason': 'x'");
    scenario_refused(shop.s, "put_cash", more, CODE(MONEY_NOT_THERE), "money_account");
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "put_cash", more);
    scenario_end(shop.s);
}

static uint64_t document_of(struct shop *shop, const char *number)
{
    return scenario_ask(shop->s, "document", json("{'number': '%s'}", number))
        ->document->document->document;
}

/* The newest alarm, as the owner sees it, and how many there are. */
static const Tefter__AlarmRow *newest_alarm(struct shop *shop, size_t count)
{
    uint32_t who = shop->s->actor.staff;
    scenario_as(shop->s, ROLE_STAFF_OWNER);
    const Tefter__AlarmsAnswer *alarms = scenario_ask(shop->s, "alarms", "{}")->alarms;
    scenario_as(shop->s, who);
    assert_int_equal(alarms->n_rows, count);
    return alarms->rows[0];
}

/* Each way in which cash leaves a till, tried with more than it holds. */
static void who_does_not_see_a_till_does_not_feel_for_what_it_holds(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 5000);
    scenario_as(shop.s, shop.clerk);
    uint64_t paid = pay(&shop, shop.anh, "CASH", shop.till, 100);
    uint64_t twice = pay(&shop, shop.anh, "CASH", shop.till, 300);
    take_out(&shop, 401);
    assert_int_equal(newest_alarm(&shop, 1)->short_minor, 1);
    assert_string_equal(newest_alarm(&shop, 1)->login, "ann");
    uint64_t move_on = moved(&shop, shop.till, shop.other, 10);
    assert_int_equal(newest_alarm(&shop, 2)->short_minor, 11);
    assert_int_equal(newest_alarm(&shop, 2)->document, move_on);
    scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 20, ""));
    assert_int_equal(newest_alarm(&shop, 3)->short_minor, 31);
    taken_back(&shop, paid, 0);
    assert_int_equal(newest_alarm(&shop, 4)->short_minor, 131);
    scenario_done(shop.s, "correct_payment",
                  json("{'document': %llu, 'reason': 'typed wrong', 'payment': {'amount_minor': "
                       "290, 'kind': 'CASH', 'money_account': %u}}",
                       (unsigned long long)twice, shop.till));
    assert_int_equal(newest_alarm(&shop, 5)->short_minor, 141);
    /* more comes in, or as much: no alarm, though the till still stands below nothing */
    (void)pay(&shop, shop.anh, "CASH", shop.till, 100);
    assert_int_equal(holds(&shop, shop.till), -41);
    assert_int_equal(newest_alarm(&shop, 5)->short_minor, 141);
    /* who sees is told, and nothing moves */
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_refused(shop.s, "move_money", move(shop.till, shop.other, 1, ""),
                     CODE(MONEY_NOT_THERE), "from");
    assert_int_equal(newest_alarm(&shop, 5)->short_minor, 141);
    scenario_end(shop.s);
}

/* That a till is below nothing is an alarm; by how much would tell who counts it what lies there.
 */
static void by_how_much_a_till_is_below_nothing_is_told_after_the_count(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    uint32_t controller = shop.controller;
    clerks_take_out(&shop, 100000);
    scenario_done(shop.s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_as(shop.s, shop.clerk);
    (void)pay(&shop, shop.anh, "CASH", shop.till, 400);
    uint64_t gone = moved(&shop, shop.till, shop.other, 500);
    assert_int_equal(newest_alarm(&shop, 1)->short_minor, 100);
    scenario_as(shop.s, controller);
    const Tefter__AlarmRow *row = scenario_ask(shop.s, "alarms", "{}")->alarms->rows[0];
    assert_int_equal(row->document, gone);
    assert_string_equal(row->login, "ann");
    assert_false(row->has_short_minor);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "count_till",
                  json("{'money_account': %u, 'counted_minor': 0}", shop.till));
    scenario_as(shop.s, controller);
    row = scenario_ask(shop.s, "alarms", "{}")->alarms->rows[0];
    assert_int_equal(row->short_minor, 100);
    scenario_as(shop.s, shop.clerk);
    (void)pay(&shop, shop.anh, "CASH", shop.till, 1);
    scenario_as(shop.s, controller);
    row = scenario_ask(shop.s, "alarms", "{}")->alarms->rows[0];
    assert_false(row->has_short_minor);
    scenario_end(shop.s);
}

static void an_old_ledger_says_what_a_till_does_not_hold(void **state)
{
    (void)state;
    struct shop shop = shop_at(5);
    scenario_as(shop.s, shop.clerk);
    fill_till(&shop, shop.till, 100);
    scenario_refused(shop.s, "move_money", move(shop.till, shop.bank, 101, ""),
                     CODE(MONEY_NOT_THERE), "from");
    scenario_end(shop.s);
}

static void cash_is_taken_out_up_to_so_much_a_day(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 10000);
    scenario_as(shop.s, shop.clerk);
    const char *one = of_till(shop.till, ", 'amount_minor': 1, 'out': true, 'reason': 'milk'");
    scenario_refused(shop.s, "put_cash", one, CODE(MORE_THAN_YOU_MAY), "amount_minor");
    scenario_refused(shop.s, "put_cash", of_till(shop.till, ", 'amount_minor': 1, 'reason': 'x'"),
                     CODE(MORE_THAN_YOU_MAY), "amount_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    clerks_take_out(&shop, 20);
    scenario_as(shop.s, shop.clerk);
    take_out(&shop, 15);
    take_out(&shop, 5); /* in parts it is no more */
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "put_cash", one, CODE(MORE_THAN_YOU_MAY), "amount_minor");
    assert_int_equal(refusal->wanted, 21);
    assert_int_equal(refusal->most, 20);
    scenario_as(shop.s, shop.clerk_too); /* a day of their own */
    take_out(&shop, 20);
    scenario_as(shop.s, shop.accountant);
    take_out(&shop, 500);
    scenario_as(shop.s, 0);
    scenario_done(shop.s, "turn_day", json("{'branch': 1, 'date': %d}", TODAY + 1));
    scenario_as(shop.s, shop.clerk);
    take_out(&shop, 20);
    scenario_end(shop.s);
}

static void much_cash_that_is_taken_out_is_seen(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 10000);
    scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 100}");
    scenario_as(shop.s, shop.accountant);
    take_out(&shop, 100);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
    scenario_as(shop.s, shop.accountant);
    take_out(&shop, 7);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__AlarmsAnswer *alarms = scenario_ask(shop.s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 1);
    assert_int_equal(alarms->rows[0]->cash_minor, 7);
    assert_string_equal(alarms->rows[0]->login, "dee");
    assert_string_equal(alarms->rows[0]->number, "HQ-M-00003");
    scenario_end(shop.s);
}

/* A day of the clerk's till from one count to the other; 0: as the books say. */
static void day_off_by(struct shop *shop, int64_t opens_minor, int64_t closes_minor)
{
    int64_t lies = holds(shop, shop->till) + opens_minor;
    scenario_as(shop->s, shop->clerk);
    scenario_done(
        shop->s, "open_till",
        of_till(shop->till, json(", 'float_minor': %lld, 'reason': 'x'", (long long)lies)));
    scenario_done(
        shop->s, "count_till",
        of_till(shop->till, json(", 'counted_minor': %lld", (long long)(lies + closes_minor))));
    scenario_done(shop->s, "close_till", of_till(shop->till, ", 'reason': 'x'"));
    scenario_as(shop->s, ROLE_STAFF_OWNER);
}

static void what_a_till_is_off_by_is_seen_as_cash_taken_out_is(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 20);
    fill_till(&shop, shop.till, 10000);
    day_off_by(&shop, 15, -15);
    assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
    day_off_by(&shop, 0, -7); /* in parts it is no less */
    const Tefter__AlarmsAnswer *alarms = scenario_ask(shop.s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 1);
    assert_int_equal(alarms->rows[0]->cash_minor, 2);
    assert_int_equal(alarms->rows[0]->difference_minor, -7);
    day_off_by(&shop, 0, 21);
    alarms = scenario_ask(shop.s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 2);
    assert_int_equal(alarms->rows[0]->cash_minor, 1);
    assert_int_equal(alarms->rows[0]->difference_minor, 21);
    scenario_as(shop.s, shop.clerk); /* what is gone they cannot take out once more */
    scenario_done(
        shop.s, "open_till",
        of_till(shop.till, json(", 'float_minor': %lld", (long long)holds(&shop, shop.till))));
    scenario_refused(shop.s, "put_cash",
                     of_till(shop.till, ", 'amount_minor': 1, 'out': true, 'reason': 'milk'"),
                     CODE(MORE_THAN_YOU_MAY), "amount_minor");
    scenario_end(shop.s);
}

/* Also by who may take out whatever they want; an older ledger told nobody. */
static void a_till_that_is_opened_short_is_seen(void **state)
{
    (void)state;
    for (uint32_t rules = 6; rules <= LEDGER_RULES; rules++) {
        struct shop shop = shop_at(rules);
        fill_till(&shop, shop.till, 100);
        scenario_as(shop.s, shop.accountant);
        scenario_done(shop.s, "open_till",
                      of_till(shop.till, ", 'float_minor': 93, 'reason': 'it lacked'"));
        scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 91"));
        scenario_done(shop.s, "close_till", of_till(shop.till, ", 'reason': 'wrong change'"));
        if (rules < 7) {
            assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
        } else {
            const Tefter__AlarmRow *alarm = newest_alarm(&shop, 1);
            assert_int_equal(alarm->difference_minor, -7);
            assert_int_equal(alarm->cash_minor, 7);
            assert_string_equal(alarm->login, "dee");
        }
        scenario_end(shop.s);
    }
}

/* ---- what was there before these books ---- */

static void a_tills_first_float_is_no_difference(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, shop.clerk);
    const Tefter__Done *done =
        scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 500"));
    assert_int_equal(done->difference_minor, 0);
    assert_string_equal(done->number, "HQ-M-00001");
    assert_false(slip(&shop, shop.till)->day->has_opening_difference_minor);
    assert_int_equal(gl(&shop, GL(OPENING)), -500);
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 0);
    assert_int_equal(holds(&shop, shop.till), 500);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 500"));
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    assert_int_equal(slip(&shop, shop.till)->day->moved->in_minor, 0);
    /* it was opened before: what is found in it then is a difference */
    scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 510"),
                     CODE(FIELD_MISSING), "opening_reason");
    scenario_end(shop.s);
}

/* Somebody sold for cash before the first day of the till was begun. */
static void a_first_float_comes_after_the_first_sale(void **state)
{
    (void)state;
    for (uint32_t rules = 7; rules <= 8; rules++) {
        struct shop shop = shop_at(rules);
        scenario_as(shop.s, shop.clerk);
        fill_till(&shop, shop.till, 20);
        fill_till(&shop, shop.other, 20);
        if (rules == 7) {
            scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 510"),
                             CODE(FIELD_MISSING), "opening_reason");
        } else {
            assert_int_equal(
                scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 510"))
                    ->difference_minor,
                0);
            assert_int_equal(gl(&shop, GL(OPENING)), -490);
            assert_int_equal(holds(&shop, shop.till), 510);
        }
        /* less than was taken is short, the first day too */
        scenario_refused(shop.s, "open_till", of_till(shop.other, ", 'float_minor': 19"),
                         CODE(FIELD_MISSING), "opening_reason");
        scenario_done(shop.s, "open_till",
                      of_till(shop.other, ", 'float_minor': 19, 'reason': 'one is missing'"));
        assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 1);
        scenario_end(shop.s);
    }
}

static void an_old_ledger_finds_a_first_float(void **state)
{
    (void)state;
    struct shop shop = shop_at(6);
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 500"),
                     CODE(FIELD_MISSING), "opening_reason");
    scenario_done(shop.s, "open_till",
                  of_till(shop.till, ", 'float_minor': 500, 'reason': 'the first day'"));
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), -500);
    (void)newest_alarm(&shop, 1);
    scenario_end(shop.s);
}

static void a_first_float_that_was_typed_wrong_is_taken_back(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    uint64_t move = document_of(
        &shop,
        scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 500"))->number);
    scenario_done(shop.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'typed wrong'}", (unsigned long long)move));
    assert_int_equal(gl(&shop, GL(OPENING)), 0);
    assert_int_equal(holds(&shop, shop.till), 0);
    scenario_end(shop.s);
}

/* A float was opened with, proven by a count, and taken back: the till was even, and the money
 * gone. */
static void cash_that_was_put_in_is_taken_back_as_cash_is_taken_out(void **state)
{
    (void)state;
    for (uint32_t rules = 7; rules <= 8; rules++) {
        struct shop shop = shop_at(rules);
        clerks_take_out(&shop, 20);
        scenario_done(shop.s, "set_thresholds",
                      "{'thresholds': [{'threshold': 'CASH_IN', 'role': 'SALES', 'most': 5}]}");
        scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 15}");
        scenario_as(shop.s, shop.clerk);
        uint64_t opened = document_of(
            &shop,
            scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 20"))->number);
        uint64_t put = document_of(&shop, scenario_done(shop.s, "put_cash",
                                                        of_till(shop.till, ", 'amount_minor': 1, "
                                                                           "'reason': 'change'"))
                                              ->number);
        const char *back =
            json("{'document': %llu, 'reason': 'never was'}", (unsigned long long)opened);
        const char *also =
            json("{'document': %llu, 'reason': 'never was'}", (unsigned long long)put);
        if (rules == 8) {
            scenario_done(shop.s, "reverse_document", also); /* at the bound: 1, then 20 are 21 */
            scenario_refused(shop.s, "reverse_document", back, CODE(MORE_THAN_YOU_MAY), "document");
            scenario_as(shop.s, ROLE_STAFF_OWNER);
            assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
            clerks_take_out(&shop, 21);
            scenario_as(shop.s, shop.clerk);
        }
        scenario_done(shop.s, "reverse_document", back);
        scenario_as(shop.s, ROLE_STAFF_OWNER);
        if (rules == 8)
            assert_int_equal(newest_alarm(&shop, 1)->cash_minor, 6);
        else
            assert_int_equal(scenario_ask(shop.s, "alarms", "{}")->alarms->n_rows, 0);
        scenario_end(shop.s);
    }
}

/* It was typed wrong, and is known by who sees what the till holds. */
static void a_till_below_nothing_gets_back_what_never_left_it(void **state)
{
    (void)state;
    for (uint32_t rules = 7; rules <= 8; rules++) {
        struct shop shop = shop_at(rules);
        fill_till(&shop, shop.till, 100);
        scenario_as(shop.s, shop.clerk);
        uint64_t move = document_of(&shop, scenario_done(shop.s, "move_money",
                                                         json("{'from': %u, 'to': %u, "
                                                              "'amount_minor': 3000}",
                                                              shop.till, shop.bank))
                                               ->number);
        assert_int_equal(holds(&shop, shop.till), -2900);
        scenario_as(shop.s, ROLE_STAFF_OWNER);
        const char *back =
            json("{'document': %llu, 'reason': '30.00 was meant'}", (unsigned long long)move);
        if (rules == 7) {
            scenario_refused(shop.s, "reverse_document", back, CODE(MONEY_NOT_THERE), "document");
        } else {
            scenario_done(shop.s, "reverse_document", back);
            assert_int_equal(holds(&shop, shop.till), 100);
        }
        scenario_end(shop.s);
    }
}

/* ---- to the bank as it is closed ---- */

static void a_till_is_closed_and_its_money_is_on_its_way_to_the_bank(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    clerks_take_out(&shop, 20);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 100"));
    pay(&shop, shop.anh, "CASH", shop.till, 500);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 595"));
#define CLOSE(more) of_till(shop.till, json(", 'reason': 'wrong change'" more, shop.bank))
    scenario_refused(shop.s, "close_till", CLOSE(", 'to_bank_minor': 0, 'bank_account': %u"),
                     CODE(AMOUNT_NOT_POSITIVE), "to_bank_minor");
    scenario_refused(shop.s, "close_till",
                     of_till(shop.till, ", 'reason': 'x', 'to_bank_minor': 5"), CODE(FIELD_MISSING),
                     "bank_account");
    scenario_refused(shop.s, "close_till",
                     of_till(shop.till, json(", 'reason': 'x', 'to_bank_minor': 5, "
                                             "'bank_account': %u",
                                             shop.other)),
                     CODE(FIELD_INVALID), "bank_account");
    scenario_refused(shop.s, "close_till", CLOSE(", 'to_bank_minor': 596, 'bank_account': %u"),
                     CODE(MONEY_NOT_THERE), "to_bank_minor");
    scenario_refused(
        shop.s, "close_till",
        of_till(shop.till, json(", 'to_bank_minor': 495, 'bank_account': %u", shop.bank)),
        CODE(FIELD_MISSING), "reason");
    assert_int_equal(holds(&shop, shop.till), 600); /* nothing of all that was booked */
    const Tefter__Done *done =
        scenario_done(shop.s, "close_till", CLOSE(", 'to_bank_minor': 495, 'bank_account': %u"));
#undef CLOSE
    assert_string_equal(done->number, "HQ-M-00002");
    assert_string_equal(done->banked_number, "HQ-M-00003");
    assert_int_equal(holds(&shop, shop.till), 100);
    assert_int_equal(holds(&shop, shop.bank), 0);
    assert_int_equal(gl(&shop, GL(MONEY_IN_TRANSIT)), 495);
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 5);
    const Tefter__TillDayAnswer *day = slip(&shop, shop.till);
    assert_int_equal(day->day->banked_minor, 495);
    assert_int_equal(day->day->moved->sent_minor, 0); /* it was sent after the count */
    assert_int_equal(day->day->difference_minor, -5);
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "confirm_move", json("{'number': '%s'}", done->banked_number));
    assert_int_equal(holds(&shop, shop.bank), 495);
    /* the next day begins with what was left */
    scenario_as(shop.s, shop.clerk);
    done = scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 100"));
    assert_int_equal(done->difference_minor, 0);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 100"));
    scenario_done(
        shop.s, "close_till",
        of_till(shop.till, json(", 'to_bank_minor': 100, 'bank_account': %u", shop.bank)));
    assert_int_equal(holds(&shop, shop.till), 0);
    scenario_end(shop.s);
}

static void an_old_ledger_closes_a_till_and_no_more(void **state)
{
    (void)state;
    struct shop shop = shop_at(6);
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 0"));
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 0"));
    scenario_refused(
        shop.s, "close_till",
        of_till(shop.till, json(", 'to_bank_minor': 5, 'bank_account': %u", shop.bank)),
        CODE(RULES_TOO_OLD), "to_bank_minor");
    scenario_end(shop.s);
}

static uint64_t slip_of(struct shop *shop, int64_t amount_minor)
{
    return scenario_done(shop->s, "take_payment",
                         json("{'customer': %u, 'kind': 'SLIP', 'money_account': %u, "
                              "'amount_minor': %lld, 'reference': 'S-%llu', 'payer': 'A'}",
                              shop->anh, shop->bank, (long long)amount_minor,
                              (unsigned long long)shop->s->counter))
        ->id;
}

static const char *came(uint64_t slip)
{
    return json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip);
}

static void nobody_confirms_what_they_booked(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 1000);
    scenario_as(shop.s, shop.accountant);
    uint64_t slip = slip_of(&shop, 60);
    const Tefter__Refusal *refusal = scenario_refused(shop.s, "confirm_payment", came(slip),
                                                      CODE(SECOND_PERSON_NEEDED), "payment");
    assert_int_equal(refusal->most, 0);
    assert_true(refusal->n_roles > 0);
    uint64_t brought = scenario_done(shop.s, "move_money", move(shop.till, shop.bank, 50, ""))->id;
    const char *arrived = json("{'move': %llu}", (unsigned long long)brought);
    scenario_refused(shop.s, "confirm_move", arrived, CODE(SECOND_PERSON_NEEDED), "move");
    scenario_refused(shop.s, "move_money", move(shop.till, shop.bank, 50, ", 'arrived': true"),
                     CODE(SECOND_PERSON_NEEDED), "arrived");
    /* that it never came says anybody who may */
    uint64_t never = slip_of(&shop, 10);
    scenario_done(
        shop.s, "confirm_payment",
        json("{'payment': %llu, 'confirmed': false, 'reason': 'x'}", (unsigned long long)never));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "confirm_payment", came(slip));
    scenario_done(shop.s, "confirm_move", arrived);
    scenario_end(shop.s);
}

static void an_owner_says_how_much_of_their_own_one_confirms(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_as(shop.s, scenario_staff(shop.s, "max", TEFTER__ROLE__ROLE_MANAGER));
    scenario_refused(shop.s, "set_cash_policy", "{'own_confirm_minor': 100}", CODE(RIGHT_MISSING),
                     NULL);
    scenario_refused(shop.s, "set_cash_policy", "{'own_confirm_any': true}", CODE(RIGHT_MISSING),
                     NULL);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_refused(shop.s, "set_cash_policy",
                     "{'own_confirm_any': true, 'own_confirm_minor': 100}", CODE(FIELD_INVALID),
                     "own_confirm_any");
    scenario_done(shop.s, "set_cash_policy", "{'own_confirm_minor': 100}");
    scenario_refused(shop.s, "set_cash_policy", "{'own_confirm_minor': 100}",
                     CODE(NOTHING_TO_CHANGE), NULL);
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "confirm_payment", came(slip_of(&shop, 60)));
    uint64_t more = slip_of(&shop, 41);
    assert_int_equal(scenario_refused(shop.s, "confirm_payment", came(more),
                                      CODE(SECOND_PERSON_NEEDED), "payment")
                         ->most,
                     40);
    scenario_done(shop.s, "confirm_payment", came(slip_of(&shop, 40)));
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "set_cash_policy", "{'own_confirm_any': true}");
    const Tefter__CompanyAnswer *company = scenario_ask(shop.s, "company", "{}")->company;
    assert_true(company->own_confirm_any);
    assert_false(company->has_own_confirm_minor);
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "confirm_payment", came(more));
    scenario_end(shop.s);
}

static void large_refund_refused(struct shop *shop, const char *more, int64_t most)
{
    assert_int_equal(scenario_refused(shop->s, "refund_money", refund(shop, more),
                                      CODE(SECOND_PERSON_NEEDED), "amount_minor")
                         ->most,
                     most);
}

/* A credit note closes the bill, and the money that was to pay it is free: whose hand was it? */
static void money_that_one_set_free_another_pays_out(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100000);
    scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 100}");
    scenario_sell(shop.s, shop.anh, 700);
    scenario_as(shop.s, shop.clerk);
    pay(&shop, shop.anh, "CASH", shop.till, 700);
    scenario_as(shop.s, shop.controller);
    scenario_done(shop.s, "issue_credit_note", "{'invoice_number': 'HQ-00001', 'reason': 'x'}");
    large_refund_refused(&shop, "", 100);
    scenario_done(shop.s, "refund_money", refund(&shop, ", 'amount_minor': 100"));
    large_refund_refused(&shop, ", 'amount_minor': 1", 0);
    /* nor does it help to have another pay out the next part, who may not approve */
    scenario_as(shop.s, shop.accountant);
    large_refund_refused(&shop, ", 'amount_minor': 1", 0);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "refund_money", refund(&shop, ""));
    scenario_end(shop.s);
}

static void so_is_what_a_reversed_bill_of_the_cash_customer_set_free(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100000);
    scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 100}");
    scenario_done(shop.s, "add_product", "{'code': 'D', 'name': 'a drill', 'price': 500000}");
    uint32_t manager = scenario_staff(shop.s, "max", TEFTER__ROLE__ROLE_MANAGER);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "sell_paid",
                  json("{'invoice': {'lines': [{'product_code': 'D', 'quantity': 1000}]}, "
                       "'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                       shop.till));
    scenario_as(shop.s, manager);
    scenario_done(shop.s, "reverse_document", "{'number': 'HQ-00001', 'reason': 'x'}");
    const char *back =
        json("{'customer': 1, 'kind': 'CASH', 'money_account': %u, 'reason': 'x', 'credits': "
             "[%llu]}",
             shop.till,
             (unsigned long long)scenario_ask(shop.s, "document", "{'number': 'HQ-R-00001'}")
                 ->document->document->document);
    scenario_refused(shop.s, "refund_money", back, CODE(SECOND_PERSON_NEEDED), "amount_minor");
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    scenario_done(shop.s, "refund_money", back);
    scenario_end(shop.s);
}

static void card_and_transfer_say_their_reference(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    const struct {
        const char *kind;
        uint32_t account;
    } kinds[] = {{"POS", shop.device}, {"TRANSFER", shop.bank}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *money =
            json("'customer': %u, 'kind': '%s', 'money_account': %u, 'amount_minor': 5", shop.anh,
                 kinds[i].kind, kinds[i].account);
        scenario_refused(shop.s, "take_payment", json("{%s}", money), CODE(FIELD_MISSING),
                         "reference");
        uint64_t said =
            scenario_done(shop.s, "take_payment", json("{%s, 'reference': 'X-%zu'}", money, i))->id;
        /* nor is it taken away afterwards */
        scenario_refused(shop.s, "correct_payment",
                         json("{'document': %llu, 'reason': 'x', 'clear': ['PAPER_REFERENCE'], "
                              "'payment': {'kind': '%s', 'amount_minor': 5}}",
                              (unsigned long long)said, kinds[i].kind),
                         CODE(FIELD_MISSING), "reference");
        /* an import may not know it, and then a correction has none to say */
        uint64_t old =
            scenario_done(shop.s, "take_payment", json("{%s, 'backfill': true}", money))->id;
        scenario_done(shop.s, "correct_payment",
                      json("{'document': %llu, 'reason': 'x', 'payment': {'kind': '%s', "
                           "'amount_minor': 4}}",
                           (unsigned long long)old, kinds[i].kind));
    }
    scenario_end(shop.s);
}

static void what_lacked_when_a_till_was_opened_is_on_its_day(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 100);
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 80"),
                     CODE(FIELD_MISSING), "opening_reason");
    scenario_done(shop.s, "open_till",
                  of_till(shop.till, ", 'float_minor': 80, 'reason': 'it lacked'"));
    /* nobody who is to count it is told what the books say, nor said as it was opened */
    assert_false(slip(&shop, shop.till)->day->has_opening_difference_minor);
    assert_false(scenario_ask(shop.s, "till_days", of_till(shop.till, ""))
                     ->till_days->days[0]
                     ->has_opening_difference_minor);
    scenario_as(shop.s, ROLE_STAFF_OWNER);
    const Tefter__TillDayRecord *day = slip(&shop, shop.till)->day;
    assert_true(day->has_opening_difference_minor);
    assert_int_equal(day->opening_difference_minor, -20);
    assert_non_null(day->opening_reason);
    assert_int_equal(day->opened_by->staff, shop.clerk);
    assert_int_equal(gl(&shop, GL(CASH_DIFFERENCE)), 20);
    const Tefter__TillDaysAnswer *days =
        scenario_ask(shop.s, "till_days", of_till(shop.till, ""))->till_days;
    assert_int_equal(days->days[0]->opening_difference_minor, -20);
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "count_till", of_till(shop.till, ", 'counted_minor': 80"));
    assert_int_equal(slip(&shop, shop.till)->day->opening_difference_minor, -20);
    scenario_done(shop.s, "close_till", of_till(shop.till, ""));
    scenario_done(shop.s, "open_till", of_till(shop.till, ", 'float_minor': 80"));
    assert_false(slip(&shop, shop.till)->day->has_opening_difference_minor);
    scenario_end(shop.s);
}

static const char *back(uint64_t document)
{
    return json("{'document': %llu, 'reason': 'typed twice'}", (unsigned long long)document);
}

static const char *corrected(uint64_t payment, const char *fields)
{
    return json("{'document': %llu, 'reason': 'typed wrong', 'payment': {%s}}",
                (unsigned long long)payment, fields);
}

static void a_receipt_is_taken_back_out_of_an_open_till_that_holds_it(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    const char *less = json("'amount_minor': 150, 'kind': 'CASH', 'money_account': %u", shop.till);
    const char *more = json("'amount_minor': 201, 'kind': 'CASH', 'money_account': %u", shop.till);
    uint64_t paid = pay(&shop, shop.anh, "CASH", shop.till, 200);
    scenario_done(
        shop.s, "put_cash",
        json("{'money_account': %u, 'amount_minor': 100, 'out': true, 'reason': 'coffee'}",
             shop.till));
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "reverse_document", back(paid), CODE(MONEY_NOT_THERE), "document");
    assert_string_equal(refusal->existing_number, "drawer 1");
    scenario_refused(
        shop.s, "correct_payment",
        corrected(paid, json("'amount_minor': 200, 'kind': 'TRANSFER', 'money_account': %u, "
                             "'reference': 'T-1'",
                             shop.bank)),
        CODE(MONEY_NOT_THERE), "document");
    scenario_done(shop.s, "open_till",
                  json("{'money_account': %u, 'float_minor': 100}", shop.till));
    scenario_done(shop.s, "count_till",
                  json("{'money_account': %u, 'counted_minor': 100}", shop.till));
    scenario_done(shop.s, "close_till", json("{'money_account': %u}", shop.till));
    scenario_refused(shop.s, "correct_payment", corrected(paid, less), CODE(TILL_CLOSED),
                     "document");
    scenario_refused(shop.s, "correct_payment", corrected(paid, more), CODE(TILL_CLOSED),
                     "document");
    scenario_refused(shop.s, "reverse_document", back(paid), CODE(TILL_CLOSED), "document");
    /* what moves no cash is put right at any time */
    paid = scenario_done(shop.s, "correct_payment",
                         corrected(paid, json("'amount_minor': 200, 'kind': 'CASH', "
                                              "'money_account': %u, 'note': {'value': 'Anh'}",
                                              shop.till)))
               ->id;
    assert_int_equal(holds(&shop, shop.till), 100);
    scenario_done(shop.s, "open_till",
                  json("{'money_account': %u, 'float_minor': 100}", shop.till));
    scenario_done(shop.s, "correct_payment", corrected(paid, less));
    assert_int_equal(holds(&shop, shop.till), 50);
    scenario_end(shop.s);
}

static void cash_that_was_a_slip_is_cash_that_left(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_done(shop.s, "set_cash_policy", "{'refund_alone_minor': 100}");
    scenario_sell(shop.s, shop.anh, 900);
    uint64_t paid = pay(&shop, shop.anh, "CASH", shop.till, 500);
    scenario_sell(shop.s, shop.anh, 600);
    uint32_t binh = scenario_customer(shop.s, "Binh", 1000);
    scenario_as(shop.s, shop.clerk);
    uint64_t other = pay(&shop, binh, "CASH", shop.till, 300);
    const char *slip = corrected(paid, json("'amount_minor': 500, 'kind': 'SLIP', "
                                            "'money_account': %u, 'reference': 'S-1', 'payer': 'A'",
                                            shop.bank));
    const char *transfer =
        corrected(other, json("'amount_minor': 300, 'kind': 'TRANSFER', 'money_account': %u, "
                              "'reference': 'T-1'",
                              shop.bank));
    const Tefter__Refusal *refusal =
        scenario_refused(shop.s, "correct_payment", transfer, CODE(MORE_THAN_YOU_MAY), "document");
    assert_int_equal(refusal->wanted, 300);
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "correct_payment", slip);
    /* they owe 1500 of 1000 until it is confirmed */
    const Tefter__AlarmsAnswer *alarms = scenario_ask(shop.s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 1);
    assert_int_equal(alarms->rows[0]->over_by_minor, 500);
    scenario_done(shop.s, "correct_payment", transfer);
    alarms = scenario_ask(shop.s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 2);
    assert_int_equal(alarms->rows[0]->cash_minor, 700); /* 800 that day */
    scenario_end(shop.s);
}

static void a_bill_of_the_cash_customer_is_not_paid_by_a_slip(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    scenario_done(shop.s, "add_product", "{'code': 'D', 'name': 'a drill', 'price': 500000}");
    clerks_take_out(&shop, 1000);
    scenario_as(shop.s, shop.clerk);
    uint64_t paid =
        scenario_done(shop.s, "sell_paid",
                      json("{'invoice': {'lines': [{'product_code': 'D', 'quantity': 1000}]}, "
                           "'payments': [{'kind': 'CASH', 'money_account': %u}]}",
                           shop.till))
            ->payments[0]
            ->payment;
    const char *slip = json("'amount_minor': 500, 'kind': 'SLIP', 'money_account': %u, "
                            "'reference': 'S-1', 'payer': 'A'",
                            shop.bank);
    const Tefter__Refusal *refusal = scenario_refused(
        shop.s, "correct_payment", corrected(paid, slip), CODE(CASH_SALE_UNPAID), "customer");
    assert_int_equal(refusal->over_by_minor, 500);
    scenario_done(shop.s, "correct_payment",
                  corrected(paid, json("'amount_minor': 500, 'kind': 'TRANSFER', "
                                       "'money_account': %u, 'reference': 'T-1'",
                                       shop.bank)));
    scenario_end(shop.s);
}

static void a_refund_is_taken_back_into_an_open_till(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    pay(&shop, shop.anh, "CASH", shop.till, 200);
    uint64_t refunded = scenario_done(shop.s, "refund_money", refund(&shop, ""))->id;
    scenario_done(shop.s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_done(shop.s, "count_till",
                  json("{'money_account': %u, 'counted_minor': 0}", shop.till));
    scenario_done(shop.s, "close_till", json("{'money_account': %u}", shop.till));
    scenario_refused(shop.s, "reverse_document", back(refunded), CODE(TILL_CLOSED), "document");
    scenario_done(shop.s, "open_till", json("{'money_account': %u, 'float_minor': 0}", shop.till));
    scenario_done(shop.s, "reverse_document", back(refunded));
    assert_int_equal(holds(&shop, shop.till), 200);
    scenario_end(shop.s);
}

static void an_old_ledger_takes_a_receipt_back_out_of_an_empty_till(void **state)
{
    (void)state;
    struct shop shop = shop_at(4);
    uint64_t paid = pay(&shop, shop.anh, "CASH", shop.till, 200);
    scenario_done(shop.s, "put_cash",
                  json("{'money_account': %u, 'amount_minor': 200, 'out': true, 'reason': 'bank'}",
                       shop.till));
    scenario_done(shop.s, "reverse_document", back(paid));
    assert_int_equal(holds(&shop, shop.till), -200);
    scenario_end(shop.s);
}

static void what_the_bank_has_is_taken_back_by_right(void **state)
{
    (void)state;
    struct shop shop = shop_at(LEDGER_RULES);
    fill_till(&shop, shop.till, 500);
    scenario_as(shop.s, shop.clerk);
    const char *move = json("{'from': %u, 'to': %u, 'amount_minor': 500}", shop.till, shop.bank);
    uint64_t moved = scenario_done(shop.s, "move_money", move)->id;
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "confirm_move", json("{'move': %llu}", (unsigned long long)moved));
    scenario_as(shop.s, shop.clerk);
    scenario_refused(shop.s, "reverse_document", back(moved), CODE(RIGHT_MISSING), NULL);
    scenario_as(shop.s, shop.accountant);
    scenario_done(shop.s, "reverse_document", back(moved));
    assert_int_equal(holds(&shop, shop.till), 500);
    scenario_end(shop.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refund_pays_out_what_is_free_and_no_more),
        cmocka_unit_test(what_was_paid_out_is_owed_when_the_money_for_it_is_gone),
        cmocka_unit_test(a_refund_makes_nobody_owe_more_than_their_limit),
        cmocka_unit_test(money_that_is_not_final_is_not_paid_out),
        cmocka_unit_test(the_cash_customers_credit_is_said),
        cmocka_unit_test(what_is_wrong_with_a_refund),
        cmocka_unit_test(a_large_refund_takes_two_people),
        cmocka_unit_test(cash_is_brought_to_the_bank),
        cmocka_unit_test(money_that_never_came_goes_back),
        cmocka_unit_test(another_branch_says_that_it_has_it),
        cmocka_unit_test(the_bank_pays_out_a_card_device_less_its_fee),
        cmocka_unit_test(no_way_leads_there),
        cmocka_unit_test(nothing_is_retired_with_money_in_it),
        cmocka_unit_test(an_old_ledger_retires_a_till_with_money_in_it),
        cmocka_unit_test(a_providers_reference_counts_once_wherever_it_went),
        cmocka_unit_test(an_old_ledger_counts_references_by_account),
        cmocka_unit_test(a_till_is_opened_counted_and_closed),
        cmocka_unit_test(who_counts_does_not_see_what_should_be_there),
        cmocka_unit_test(money_that_went_through_a_till_since_it_was_counted_is_counted_too),
        cmocka_unit_test(of_two_who_count_a_till_one_wins),
        cmocka_unit_test(a_till_that_was_not_closed_shows_next_morning),
        cmocka_unit_test(a_closed_till_takes_no_cash),
        cmocka_unit_test(what_is_missing_in_the_morning_is_said),
        cmocka_unit_test(what_is_wrong_with_a_tills_day),
        cmocka_unit_test(a_tills_day_comes_back_as_it_was),
        cmocka_unit_test(a_move_is_taken_back_as_far_as_the_money_is_there),
        cmocka_unit_test(a_retired_till_gets_no_money_back),
        cmocka_unit_test(what_another_branch_received_is_taken_back_by_right),
        cmocka_unit_test(a_closed_day_and_its_difference_stay),
        cmocka_unit_test(who_may_not_take_so_much_hears_nothing_of_the_till),
        cmocka_unit_test(who_does_not_see_a_till_does_not_feel_for_what_it_holds),
        cmocka_unit_test(by_how_much_a_till_is_below_nothing_is_told_after_the_count),
        cmocka_unit_test(an_old_ledger_says_what_a_till_does_not_hold),
        cmocka_unit_test(cash_is_taken_out_up_to_so_much_a_day),
        cmocka_unit_test(much_cash_that_is_taken_out_is_seen),
        cmocka_unit_test(what_a_till_is_off_by_is_seen_as_cash_taken_out_is),
        cmocka_unit_test(a_till_that_is_opened_short_is_seen),
        cmocka_unit_test(a_tills_first_float_is_no_difference),
        cmocka_unit_test(a_first_float_comes_after_the_first_sale),
        cmocka_unit_test(cash_that_was_put_in_is_taken_back_as_cash_is_taken_out),
        cmocka_unit_test(a_till_below_nothing_gets_back_what_never_left_it),
        cmocka_unit_test(an_old_ledger_finds_a_first_float),
        cmocka_unit_test(a_first_float_that_was_typed_wrong_is_taken_back),
        cmocka_unit_test(a_till_is_closed_and_its_money_is_on_its_way_to_the_bank),
        cmocka_unit_test(an_old_ledger_closes_a_till_and_no_more),
        cmocka_unit_test(nobody_confirms_what_they_booked),
        cmocka_unit_test(an_owner_says_how_much_of_their_own_one_confirms),
        cmocka_unit_test(money_that_one_set_free_another_pays_out),
        cmocka_unit_test(so_is_what_a_reversed_bill_of_the_cash_customer_set_free),
        cmocka_unit_test(card_and_transfer_say_their_reference),
        cmocka_unit_test(what_lacked_when_a_till_was_opened_is_on_its_day),
        cmocka_unit_test(a_receipt_is_taken_back_out_of_an_open_till_that_holds_it),
        cmocka_unit_test(cash_that_was_a_slip_is_cash_that_left),
        cmocka_unit_test(a_bill_of_the_cash_customer_is_not_paid_by_a_slip),
        cmocka_unit_test(a_refund_is_taken_back_into_an_open_till),
        cmocka_unit_test(an_old_ledger_takes_a_receipt_back_out_of_an_empty_till),
        cmocka_unit_test(what_the_bank_has_is_taken_back_by_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
