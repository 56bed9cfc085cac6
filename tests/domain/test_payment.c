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
                  json("{'customer': %u, 'kind': 'POS', 'amount_minor': 7, 'money_account': %u, "
                       "'reference': 'A-7'}",
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
    const Tefter__Done *done =
        scenario_done(s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'twice'}");
    assert_string_equal(done->reversal_number, "HQ-X-00001");
    assert_int_equal(scenario_account(s, anh)->balance_minor, 160);
    assert_int_equal(scenario_account(s, anh)->available_minor, -60);
    scenario_refused(s, "reverse_document", "{'number': 'HQ-R-00001', 'reason': 'twice'}",
                     TEFTER__REFUSAL_CODE__ALREADY_REVERSED, "document");
    scenario_refused(s, "reverse_document", "{'number': 'HQ-X-00001'}",
                     TEFTER__REFUSAL_CODE__NOT_REVERSIBLE, "document");
    scenario_refused(s, "reverse_document", "{'number': 'none'}", TEFTER__REFUSAL_CODE__NOT_FOUND,
                     "document");
    scenario_end(s);
}

/* ---- one's own money ---- */

static uint64_t take(struct scenario *s, uint32_t customer, uint32_t till, int64_t amount_minor)
{
    return scenario_done(s, "take_payment",
                         json("{'customer': %u, 'kind': 'CASH', 'amount_minor': %lld, "
                              "'money_account': %u}",
                              customer, (long long)amount_minor, till))
        ->id;
}

static const char *back(uint64_t payment)
{
    return json("{'document': %llu, 'reason': 'typed wrong'}", (unsigned long long)payment);
}

static void own_alone(struct scenario *s, int64_t most_minor)
{
    const Tefter__Done *done = scenario_done(
        s, "set_credit_policy",
        json("{'terms': {'limit_minor': 0}, 'own_reversal_minor': %lld}", (long long)most_minor));
    scenario_as(s, 0);
    scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)done->job));
    scenario_as(s, ROLE_STAFF_OWNER);
}

static void who_takes_money_and_reverses_it_says_why(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t till = scenario_till(s);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_as(s, clerk);
    unsigned long long money = take(s, anh, till, 50);
    scenario_refused(s, "reverse_document", json("{'document': %llu}", money),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_refused(s, "reverse_document", json("{'document': %llu, 'reason': ''}", money),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_refused(s, "correct_payment",
                     json("{'document': %llu, 'payment': {'customer': %u, 'kind': 'CASH', "
                          "'amount_minor': 5, 'money_account': %u}}",
                          money, anh, till),
                     TEFTER__REFUSAL_CODE__FIELD_MISSING, "reason");
    scenario_done(s, "reverse_document", back(money));
    /* goods are another thing: the bill of a moment ago is taken back as before */
    scenario_as(s, ROLE_STAFF_OWNER);
    uint64_t bill = scenario_sell(s, anh, 10)->id;
    scenario_done(s, "reverse_document", json("{'document': %llu}", (unsigned long long)bill));
    scenario_end(s);
}

static void an_old_ledger_lets_them_reverse_it_without_a_word(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(2);
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t till = scenario_till(s);
    own_alone(s, 10);
    unsigned long long money = take(s, anh, till, 50);
    scenario_done(s, "reverse_document", json("{'document': %llu}", money));
    scenario_end(s);
}

static void more_money_than_the_company_says_is_taken_back_by_somebody_else(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t binh = scenario_customer(s, "Binh", 100);
    uint32_t till = scenario_till(s);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    uint32_t accountant = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    own_alone(s, 100);
    scenario_as(s, clerk);
    uint64_t large = take(s, anh, till, 101);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "reverse_document", back(large), TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document");
    assert_int_equal(refusal->most, 100);
    assert_true(refusal->n_roles > 0);
    /* in parts, of several customers, up to the sum of the day and no further */
    scenario_done(s, "reverse_document", back(take(s, anh, till, 60)));
    scenario_done(s, "reverse_document", back(take(s, binh, till, 40)));
    uint64_t one = take(s, binh, till, 1);
    refusal = scenario_refused(s, "reverse_document", back(one),
                               TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document");
    assert_int_equal(refusal->most, 0);
    /* nor as a correction, which is a reversal too */
    scenario_refused(s, "correct_payment",
                     json("{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, 'kind': "
                          "'CASH', 'amount_minor': 1, 'money_account': %u}}",
                          (unsigned long long)one, anh, till),
                     TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED, "document");
    scenario_as(s, accountant);
    scenario_done(s, "reverse_document", back(large));
    scenario_done(s, "reverse_document", back(one));
    scenario_end(s);
}

static void another_day_is_another_sum_and_another_branch_is_not(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t till = scenario_till(s);
    own_alone(s, 100);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thu Duc'}");
    scenario_at(s, 2);
    uint32_t far = scenario_till(s);
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 2, 'date': 20001}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 2); /* which is a day ahead */
    scenario_done(s, "reverse_document", back(take(s, anh, far, 70)));
    scenario_at(s, 1);
    uint64_t more = take(s, anh, till, 70);
    scenario_refused(s, "reverse_document", back(more), TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED,
                     "document");
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20002}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "reverse_document", back(take(s, anh, till, 70)));
    scenario_end(s);
}

static void a_slip_that_never_came_is_said_so_by_somebody_else(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t bank = scenario_bank(s);
    uint32_t accountant = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    own_alone(s, 100);
    scenario_as(s, accountant);
    unsigned long long slip =
        scenario_done(s, "take_payment",
                      json("{'customer': %u, 'kind': 'SLIP', 'amount_minor': 500, "
                           "'money_account': %u, 'reference': '7', 'payer': 'Anh'}",
                           anh, bank))
            ->id;
    const char *never = json("{'payment': %llu, 'confirmed': false, 'reason': 'no'}", slip);
    scenario_refused(s, "confirm_payment", never, TEFTER__REFUSAL_CODE__SECOND_PERSON_NEEDED,
                     "document");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_done(s, "confirm_payment", never);
    scenario_end(s);
}

/* A receipt makes room under the limit, goods are sold, the receipt is taken back by who wrote
 * it. */
static void a_limit_that_is_passed_by_taking_money_back_is_an_alarm_with_names(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 100);
    uint32_t binh = scenario_customer(s, "Binh", 100);
    uint32_t till = scenario_till(s);
    uint64_t money = take(s, anh, till, 300);
    scenario_sell(s, anh, 390);
    assert_int_equal(scenario_ask(s, "alarms", "{}")->alarms->n_rows, 0);
    scenario_done(s, "reverse_document", back(money));
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', 'quantity': "
                       "1000, 'price': 107000}]}",
                       binh));
    const Tefter__AlarmsAnswer *alarms = scenario_ask(s, "alarms", "{}")->alarms;
    assert_int_equal(alarms->n_rows, 2);
    assert_int_equal(alarms->rows[0]->customer, binh); /* the newest first */
    assert_int_equal(alarms->rows[0]->over_by_minor, 7);
    assert_int_equal(alarms->rows[0]->kind, TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE);
    assert_int_equal(alarms->rows[1]->customer, anh);
    assert_int_equal(alarms->rows[1]->over_by_minor, 290);
    assert_int_equal(alarms->rows[1]->kind, TEFTER__DOCUMENT_KIND__DOCUMENT_REVERSAL);
    assert_string_equal(alarms->rows[1]->number, "HQ-X-00001");
    assert_non_null(alarms->rows[1]->customer_name);
    assert_non_null(alarms->rows[1]->customer_code);
    assert_non_null(alarms->rows[1]->login);
    /* in pages, and of one customer */
    const Tefter__AlarmsAnswer *first = scenario_ask(s, "alarms", "{'rows': 1}")->alarms;
    assert_int_equal(first->n_rows, 1);
    assert_true(first->has_next);
    alarms = scenario_ask(s, "alarms", json("{'customer': %u}", anh))->alarms;
    assert_int_equal(alarms->n_rows, 1);
    assert_int_equal(alarms->rows[0]->customer, anh);
    scenario_ask_refused(s, "alarms", "{'page': '0102'}", TEFTER__REFUSAL_CODE__FIELD_INVALID);
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
    scenario_done(
        s, "correct_payment",
        json("{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, 'kind': 'CASH', "
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
    scenario_as(s, scenario_staff(s, "dee", TEFTER__ROLE__ROLE_ACCOUNTANT));
    scenario_done(s, "confirm_payment",
                  json("{'payment': %llu, 'confirmed': true}", (unsigned long long)slip));
    scenario_as(s, ROLE_STAFF_OWNER);
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
    scenario_done(
        s, "correct_payment",
        json(
            "{'document': %llu, 'reason': 'x', 'payment': {'customer': %u, 'kind': 'PAYMENT_CASH', "
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
        cmocka_unit_test(who_takes_money_and_reverses_it_says_why),
        cmocka_unit_test(an_old_ledger_lets_them_reverse_it_without_a_word),
        cmocka_unit_test(more_money_than_the_company_says_is_taken_back_by_somebody_else),
        cmocka_unit_test(another_day_is_another_sum_and_another_branch_is_not),
        cmocka_unit_test(a_slip_that_never_came_is_said_so_by_somebody_else),
        cmocka_unit_test(a_limit_that_is_passed_by_taking_money_back_is_an_alarm_with_names),
        cmocka_unit_test(someone_elses_document_wants_the_right_and_a_reason),
        cmocka_unit_test(a_corrected_invoice_takes_its_payments_along),
        cmocka_unit_test(a_payment_on_the_wrong_customer_is_moved),
        cmocka_unit_test(a_confirmed_slip_is_reversed_out_of_the_bank),
        cmocka_unit_test(a_corrected_payment_pays_the_oldest_bills_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
