/* Taking money, confirming slips, and correcting what was typed wrong. */
#include "domain/scenario.h"

static void money_lies_in_a_place_of_its_kind(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint32_t bank = scenario_bank(s);
    uint32_t device = (uint32_t)scenario_done(s, "add_pos_device",
                                              json("{'branch': 1, 'name': 'POS 1', "
                                                   "'bank_account': %u}",
                                                   bank))
                          ->id;
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thủ Đức'}");
    static const struct {
        const char *fields;
        Tefter__RefusalCode code;
        const char *field;
    } cases[] = {
        {"'kind': 'CASH', 'amount_minor': 0, 'money_account': 1",
         TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE, "amount_minor"},
        {"'kind': 'CASH', 'amount_minor': -5, 'money_account': 1",
         TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE, "amount_minor"},
        {"'kind': 'CASH', 'amount_minor': 9000000000001, 'money_account': 1",
         TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "amount_minor"},
        {"'kind': 'CASH', 'amount_minor': 5", TEFTER__REFUSAL_CODE__FIELD_MISSING, "money_account"},
        {"'kind': 'CASH', 'amount_minor': 5, 'money_account': 99", TEFTER__REFUSAL_CODE__NOT_FOUND,
         "money_account"},
        {"'kind': 'CASH', 'amount_minor': 5, 'money_account': 2",
         TEFTER__REFUSAL_CODE__FIELD_INVALID, "money_account"},
        {"'kind': 'SLIP', 'amount_minor': 5, 'money_account': 2",
         TEFTER__REFUSAL_CODE__FIELD_MISSING, "reference"},
        {"'kind': 'SLIP', 'amount_minor': 5, 'money_account': 2, 'reference': '1'",
         TEFTER__REFUSAL_CODE__FIELD_MISSING, "payer"},
        {"'kind': 'CASH', 'amount_minor': 5, 'money_account': 1, 'date': 20001",
         TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date"},
        {"'kind': 'CASH', 'amount_minor': 5, 'money_account': 1, 'bills': [{'amount_minor': 1}]",
         TEFTER__REFUSAL_CODE__FIELD_MISSING, "bills[0].bill"},
        {"'kind': 'CASH', 'amount_minor': 5, 'money_account': 1, 'bills': [{'bill_number': 'no'}]",
         TEFTER__REFUSAL_CODE__NOT_FOUND, "bills[0].bill"},
    };
    assert_int_equal(till, 1);
    assert_int_equal(bank, 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        scenario_refused(s, "take_payment", json("{'customer': %u, %s}", anh, cases[i].fields),
                         cases[i].code, cases[i].field);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'POS', 'amount_minor': 7, 'money_account': %u}",
                       anh, device));
    scenario_at(s, 2);
    scenario_refused(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 5, 'money_account': %u}", anh, till),
        TEFTER__REFUSAL_CODE__TILL_OTHER_BRANCH, "money_account");
    scenario_at(s, 1);
    scenario_done(s, "retire_money_account", json("{'money_account': %u, 'retired': true}", till));
    scenario_refused(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 5, 'money_account': %u}", anh, till),
        TEFTER__REFUSAL_CODE__RETIRED, "money_account");
    scenario_end(s);
}

static void a_slip_number_counts_once_per_account(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t first = scenario_bank(s);
    uint32_t second = scenario_bank(s);
    const Tefter__Done *done = scenario_done(
        s, "take_payment",
        json(
            "{'customer': %u, 'kind': 'SLIP', 'amount_minor': 5, 'money_account': %u, 'reference': "
            "'88120', 'payer': 'H'}",
            anh, first));
    const char *again =
        json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 9, 'money_account': %u, "
             "'reference': '88120', 'payer': 'H'}",
             anh, first);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "take_payment", again, TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "reference");
    assert_int_equal(refusal->existing, done->id);
    assert_string_equal(refusal->existing_number, "HQ-R-00001");
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 9, 'money_account': %u, "
                       "'reference': '88120', 'payer': 'H'}",
                       anh, second));
    /* It never came: reversed, and its number is free again. */
    scenario_refused(s, "confirm_payment",
                     json("{'payment': %llu, 'confirmed': false}", (unsigned long long)done->id),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': false, 'reason': 'never came'}",
                       (unsigned long long)done->id));
    scenario_done(s, "take_payment", again);
    scenario_end(s);
}

static void specific_bills_are_paid_as_told(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 100);
    scenario_sell(s, anh, 200);
    const Tefter__Done *done = scenario_done(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 250, 'money_account': %u, 'bills': "
             "[{'bill_number': 'HQ-00002'}, {'bill_number': 'HQ-00001', 'amount_minor': 30}]}",
             anh, till));
    assert_int_equal(done->matched_minor, 230);
    const Tefter__BillsAnswer *bills =
        scenario_ask(s, "unpaid_bills", json("{'customer': %u}", anh))->unpaid_bills;
    assert_int_equal(bills->n_bills, 1);
    assert_int_equal(bills->bills[0]->open_minor, 70);
    assert_int_equal(bills->bills[0]->payments, 1);
    assert_int_equal(bills->n_credits, 1);
    assert_int_equal(bills->credits[0]->open_minor, 20);
    scenario_refused(
        s, "take_payment",
        json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 250, 'money_account': %u, 'bills': "
             "[{'bill_number': 'HQ-00001', 'amount_minor': 71}]}",
             anh, till),
        TEFTER__REFUSAL_CODE__MATCH_TOO_MUCH, "bills[0].amount_minor");
    scenario_end(s);
}

static void a_reversed_payment_opens_its_bills_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 100);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 60, 'money_account': %u, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    scenario_sell(s, anh, 60);
    const Tefter__Done *done = scenario_done(s, "reverse_document", "{'number': 'HQ-R-00001'}");
    assert_string_equal(done->reversal_number, "HQ-X-00001");
    assert_int_equal(scenario_account(s, anh)->balance_minor, 160);
    assert_int_equal(scenario_account(s, anh)->available_minor, -60);
    scenario_refused(s, "reverse_document", "{'number': 'HQ-R-00001'}",
                     TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "document");
    scenario_refused(s, "reverse_document", "{'number': 'HQ-X-00001'}",
                     TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    scenario_refused(s, "reverse_document", "{'number': 'none'}", TEFTER__REFUSAL_CODE__NOT_FOUND,
                     "document");
    scenario_end(s);
}

static void someone_elses_document_wants_the_right_and_a_reason(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t accountant = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    scenario_sell(s, anh, 100);
    scenario_as(s, clerk);
    scenario_refused(s, "reverse_document", "{'number': 'HQ-00001'}",
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_as(s, accountant);
    scenario_refused(s, "reverse_document", "{'number': 'HQ-00001'}",
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_done(s, "reverse_document", "{'number': 'HQ-00001', 'reason': 'twice'}");
    scenario_end(s);
}

static void a_corrected_invoice_takes_its_payments_along(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t till = scenario_till(s);
    uint64_t bill = scenario_sell(s, anh, 100)->id;
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 60, 'money_account': %u, "
                       "'match': 'OLDEST_DUE'}",
                       anh, till));
    /* 140 less the 60 paid is within the limit of 100: the net is looked at. */
    const Tefter__Done *done =
        scenario_done(s, "correct_invoice",
                      json("{'document': %llu, 'invoice': {'customer': %u, 'lines': [{'text': 'a', "
                           "'quantity': 1000, 'price': 140000}]}}",
                           (unsigned long long)bill, anh));
    assert_string_equal(done->number, "HQ-00002");
    assert_string_equal(done->reversal_number, "HQ-X-00001");
    const Tefter__DocumentAnswer *document =
        scenario_ask(s, "document", "{'number': 'HQ-00002'}")->document;
    assert_int_equal(document->open_minor, 80);
    assert_int_equal(document->document->corrects, bill);
    assert_int_equal(scenario_account(s, anh)->available_minor, 20);
    scenario_end(s);
}

static void a_payment_on_the_wrong_customer_is_moved(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t binh = scenario_customer(s, "Binh", 1000);
    uint32_t till = scenario_till(s);
    scenario_sell(s, anh, 100);
    scenario_sell(s, binh, 100);
    uint64_t wrong = scenario_done(s, "take_payment",
                                   json("{'customer': %u, 'kind': 'CASH', 'amount_minor': 60, "
                                        "'money_account': %u, 'match': 'OLDEST_DUE'}",
                                        anh, till))
                         ->id;
    scenario_done(s, "correct_payment",
                  json("{'document': %llu, 'payment': {'customer': %u, 'kind': 'CASH', "
                       "'amount_minor': 60, 'money_account': %u, 'match': 'OLDEST_DUE'}}",
                       (unsigned long long)wrong, binh, till));
    assert_int_equal(scenario_account(s, anh)->balance_minor, 100);
    assert_int_equal(scenario_account(s, binh)->balance_minor, 40);
    scenario_end(s);
}

static void a_confirmed_slip_is_reversed_out_of_the_bank(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    uint32_t bank = scenario_bank(s);
    scenario_sell(s, anh, 100);
    uint64_t slip = scenario_done(s, "take_payment",
                                  json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 60, "
                                       "'money_account': %u, 'reference': '1', 'payer': 'H'}",
                                       anh, bank))
                        ->id;
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip));
    scenario_done(
        s, "reverse_document",
        json("{'document': %llu, 'reason': 'bank took it back'}", (unsigned long long)slip));
    const Tefter__TrialBalanceAnswer *books = scenario_ask(s, "trial-balance", "{}")->trial_balance;
    assert_true(books->balanced);
    for (size_t i = 0; i < books->n_totals; i++)
        if (books->totals[i]->account == TEFTER__POSTING_ACCOUNT__GL_BANK ||
            books->totals[i]->account == TEFTER__POSTING_ACCOUNT__GL_MONEY_ON_ITS_WAY)
            assert_int_equal(books->totals[i]->amount_minor, 0);
    scenario_end(s);
}

static void a_corrected_payment_pays_the_oldest_bills_again(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100000);
    uint32_t till = scenario_till(s);
    uint64_t oldest = scenario_sell(s, anh, 300)->id;
    scenario_sell(s, anh, 400);
    uint64_t payment =
        scenario_done(
            s, "take_payment",
            json("{'customer': %u, 'kind': 'PAYMENT_CASH', 'money_account': %u, 'amount_minor': "
                 "300, 'match': 'MATCH_OLDEST_DUE'}",
                 anh, till))
            ->id;
    scenario_done(s, "correct_payment",
                  json("{'document': %llu, 'payment': {'customer': %u, 'kind': 'PAYMENT_CASH', "
                       "'money_account': %u, 'amount_minor': 350, 'match': 'MATCH_OLDEST_DUE'}}",
                       (unsigned long long)payment, anh, till));
    const Tefter__BillsAnswer *bills =
        scenario_ask(s, "unpaid_bills", json("{'customer': %u}", anh))->unpaid_bills;
    assert_int_equal(bills->n_bills, 1);
    assert_int_equal(bills->bills[0]->open_minor, 350);
    assert_true(bills->bills[0]->document != oldest);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_lies_in_a_place_of_its_kind),
        cmocka_unit_test(a_slip_number_counts_once_per_account),
        cmocka_unit_test(specific_bills_are_paid_as_told),
        cmocka_unit_test(a_reversed_payment_opens_its_bills_again),
        cmocka_unit_test(someone_elses_document_wants_the_right_and_a_reason),
        cmocka_unit_test(a_corrected_invoice_takes_its_payments_along),
        cmocka_unit_test(a_payment_on_the_wrong_customer_is_moved),
        cmocka_unit_test(a_confirmed_slip_is_reversed_out_of_the_bank),
        cmocka_unit_test(a_corrected_payment_pays_the_oldest_bills_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
