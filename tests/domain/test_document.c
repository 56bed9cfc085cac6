/* Invoices and credit notes: lines, rounding, numbers, what is refused. */
#include "domain/scenario.h"

static void lines_are_rounded_once_and_the_total_is_their_sum(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    /* 3 x 0.335 = 1.005 -> 1.01; 10 % off 9.99 is 1.00 -> 8.99; 19 % of 8.99 is 1.71 */
    const Tefter__Done *done = scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': ["
             "{'text': 'nails', 'quantity': 3000, 'price': 33500},"
             "{'text': 'paint', 'quantity': 1000, 'price': 999000, 'discount_bp': 1000, "
             "'tax_bp': 1900},"
             "{'text': 'brush', 'quantity': 1500, 'price': 200000, 'discount_minor': 50}],"
             "'charges': [{'title': 'shipping', 'amount_minor': 500, 'tax_bp': 1900}]}",
             anh));
    assert_int_equal(done->total_minor, 101 + 899 + 171 + 250 + 500 + 95);
    const Tefter__DocumentAnswer *document =
        scenario_ask(s, "document", json("{'number': '%s'}", done->number))->document;
    assert_int_equal(document->document->lines[0]->net_minor, 101);
    assert_int_equal(document->document->lines[1]->discount_minor, 100);
    assert_true(document->document->lines[1]->has_discount_bp);
    assert_false(document->document->lines[2]->has_discount_bp);
    assert_int_equal(document->document->lines[2]->net_minor, 250);
    assert_int_equal(document->document->tax_minor, 266);
    scenario_end(s);
}

static void a_product_brings_its_price_tax_and_name(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_product",
                  "{'code': 'XM', 'name': 'Xi măng', 'unit': 'bag', 'price': 8900000, "
                  "'tax_bp': 1000, 'barcodes': ['8935001']}");
    const Tefter__Done *done = scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': '8935001', 'quantity': 2000}]}", anh));
    assert_int_equal(done->total_minor, 2 * 8900 + 1780);
    assert_string_equal(done->number, "HQ-00001");
    const Tefter__DocumentRecord *record =
        scenario_ask(s, "document", "{'number': 'HQ-00001'}")->document->document;
    assert_string_equal(record->lines[0]->text, "Xi măng");
    assert_string_equal(record->lines[0]->code, "XM");
    assert_int_equal(record->due, 20000 + 30);
    scenario_end(s);
}

static void wrong_lines_are_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        Tefter__RefusalCode code;
        const char *field;
    } cases[] = {
        {"", TEFTER__REFUSAL_CODE__FIELD_MISSING, "lines"},
        {"'lines': [{'text': 'a', 'quantity': 0, 'price': 1}]",
         TEFTER__REFUSAL_CODE__QUANTITY_NOT_POSITIVE, "lines[0].quantity"},
        {"'lines': [{'text': 'a', 'quantity': 1, 'price': 1}, "
         "{'text': 'a', 'quantity': -1, 'price': 1}]",
         TEFTER__REFUSAL_CODE__QUANTITY_NOT_POSITIVE, "lines[1].quantity"},
        {"'lines': [{'text': 'a', 'quantity': 1, 'price': -1}]",
         TEFTER__REFUSAL_CODE__FIELD_INVALID, "lines[0].price"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1, 'discount_bp': 10001}]",
         TEFTER__REFUSAL_CODE__DISCOUNT_TOO_BIG, "lines[0].discount_bp"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000, 'discount_minor': 2}]",
         TEFTER__REFUSAL_CODE__DISCOUNT_TOO_BIG, "lines[0].discount_minor"},
        {"'lines': [{'text': 'a', 'quantity': 1, 'price': 1, 'discount_bp': 1, "
         "'discount_minor': 1}]",
         TEFTER__REFUSAL_CODE__FIELD_INVALID, "lines[0].discount_minor"},
        {"'lines': [{'text': 'a', 'quantity': 1000}]", TEFTER__REFUSAL_CODE__PRICE_MISSING,
         "lines[0].price"},
        {"'lines': [{'quantity': 1000, 'price': 1}]", TEFTER__REFUSAL_CODE__FIELD_MISSING,
         "lines[0].product"},
        {"'lines': [{'product_code': 'NO', 'quantity': 1000, 'price': 1}]",
         TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE, "lines[0].product"},
        {"'lines': [{'text': 'a', 'quantity': 1000000000000, 'price': 9000000000000000}]",
         TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "lines[0].price"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'due': 19999",
         TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "due"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'date': 20001",
         TEFTER__REFUSAL_CODE__DATE_IN_FUTURE, "date"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'date': 0",
         TEFTER__REFUSAL_CODE__DATE_INVALID, "date"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'total_minor': 2",
         TEFTER__REFUSAL_CODE__FIELD_INVALID, "total_minor"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'currency': 'USD'",
         TEFTER__REFUSAL_CODE__WRONG_CURRENCY, "currency"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'number': 'a b'",
         TEFTER__REFUSAL_CODE__FIELD_INVALID, "number"},
        {"'charges': [{'title': 'x', 'amount_minor': 0}]",
         TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE, "charges[0].amount_minor"},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'buyer': 9",
         TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED, NULL},
        {"'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}], 'approval': 9",
         TEFTER__REFUSAL_CODE__NOT_FOUND, "approval"},
    };
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", INT64_C(9000000000000));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *comma = *cases[i].fields != '\0' ? ", " : "";
        const char *fields = json("{'customer': %u%s%s}", anh, comma, cases[i].fields);
        const Tefter__Reply *reply = scenario_do(s, "issue_invoice", fields);
        if (reply->result_case != TEFTER__REPLY__RESULT_REFUSED)
            fail_msg("done: %s", fields);
        if (reply->refused->code != cases[i].code)
            fail_msg("refused with %d: %s", (int)reply->refused->code, fields);
        if (cases[i].field != NULL)
            assert_string_equal(reply->refused->field, cases[i].field);
    }
    scenario_refused(s, "issue_invoice",
                     "{'customer': 77, 'lines': [{'text': 'a', 'quantity': 1, 'price': 1}]}",
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    assert_int_equal(scenario_account(s, anh)->balance_minor, 0);
    scenario_end(s);
}

static void a_number_stands_once_and_imports_are_passed_over(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    const char *imported = json("{'customer': %u, 'number': 'HQ-00001', 'source': 'old', "
                                "'backfill': true, 'date': 19000, 'lines': "
                                "[{'text': 'a', 'quantity': 1000, 'price': 1000}]}",
                                anh);
    uint64_t first = scenario_done(s, "issue_invoice", imported)->id;
    const Tefter__Refusal *again = scenario_refused(s, "issue_invoice", imported,
                                                    TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "number");
    assert_int_equal(again->existing, first);
    assert_string_equal(scenario_sell(s, anh, 5)->number, "HQ-00002");
    scenario_end(s);
}

static void a_sales_clerk_may_not_backdate_nor_sell_what_is_not_in_the_catalogue(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t clerk = scenario_staff(s, "minh", TEFTER__ROLE__ROLE_SALES);
    scenario_done(s, "add_product", "{'code': 'P1', 'name': 'steel', 'price': 1000}");
    scenario_as(s, clerk);
    const Tefter__Refusal *refusal = scenario_refused(
        s, "issue_invoice",
        json("{'customer': %u, 'date': 19999, 'lines': [{'product_code': 'P1', 'quantity': 1000}]}",
             anh),
        TEFTER__REFUSAL_CODE__DATE_BEFORE_TODAY, "date");
    assert_true(refusal->n_roles > 0);
    scenario_refused(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, 'price': 1000}]}", anh),
        TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY, "lines[0]");
    scenario_end(s);
}

static void a_date_by_hand_lies_two_years_back_at_most(void **state)
{
    (void)state;
    enum { FIRST = 20000 - 731 };
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t bank = scenario_bank(s);
    const char *lines = "'lines': [{'text': 'a', 'quantity': 1000, 'price': 1000}]";
    const Tefter__Refusal *refusal = scenario_refused(
        s, "issue_invoice", json("{'customer': %u, 'date': %d, %s}", anh, FIRST - 1, lines),
        TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "date");
    assert_int_equal(refusal->date, FIRST);
    scenario_done(s, "issue_invoice", json("{'customer': %u, 'date': %d, %s}", anh, FIRST, lines));
    const char *money = json("'customer': %u, 'kind': 'SLIP', 'amount_minor': 5, 'reference': 'a', "
                             "'payer': 'x', 'money_account': %u",
                             anh, bank);
    scenario_refused(s, "take_payment", json("{%s, 'date': 7305}", money),
                     TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "date");
    /* what is brought from elsewhere is as old as it is, and stays so when it is corrected */
    uint64_t old = scenario_done(s, "issue_invoice",
                                 json("{'customer': %u, 'backfill': true, 'source': 'old', "
                                      "'date': 15000, %s}",
                                      anh, lines))
                       ->id;
    scenario_done(s, "correct_invoice",
                  json("{'document': %llu, 'reason': 'x', 'invoice': {'customer': %u, 'lines': "
                       "[{'text': 'a', 'quantity': 1000, 'price': 900}]}}",
                       (unsigned long long)old, anh));
    /* a slip of old came on its own day, or on a day of these two years */
    uint64_t slip =
        scenario_done(s, "take_payment",
                      json("{%s, 'backfill': true, 'source': 'old', 'date': 15000}", money))
            ->id;
    scenario_as(s, scenario_staff(s, "mai", TEFTER__ROLE__ROLE_ACCOUNTANT));
    scenario_refused(
        s, "confirm_payment",
        json("{'payment': %llu, 'confirmed': true, 'date': 14999}", (unsigned long long)slip),
        TEFTER__REFUSAL_CODE__DATE_TOO_EARLY, "date");
    scenario_done(
        s, "confirm_payment",
        json("{'payment': %llu, 'confirmed': true, 'date': 15000}", (unsigned long long)slip));
    scenario_end(s);
    s = scenario_begin_at(6);
    anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "issue_invoice", json("{'customer': %u, 'date': 7305, %s}", anh, lines));
    scenario_end(s);
}

static void a_credit_note_in_parts_adds_up_to_the_line_exactly(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    const Tefter__Done *bill = scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 3000, 'price': 33333, "
             "'tax_bp': 1900}], 'charges': [{'title': 'shipping', 'amount_minor': 70}]}",
             anh));
    int64_t credited = 0;
    for (int i = 0; i < 3; i++)
        credited += scenario_done(s, "issue_credit_note",
                                  json("{'invoice_number': '%s', 'credit': [{'line': 0, "
                                       "'quantity': 1000}], 'reason': 'broken'}",
                                       bill->number))
                        ->total_minor;
    assert_int_equal(credited, bill->total_minor - 70);
    const Tefter__Refusal *refusal =
        scenario_refused(s, "issue_credit_note",
                         json("{'invoice': %llu, 'credit': [{'line': 0, 'quantity': 1}]}",
                              (unsigned long long)bill->id),
                         TEFTER__REFUSAL_CODE__MORE_THAN_SOLD, "credit[0].quantity");
    assert_int_equal(refusal->most, 0);
    scenario_done(s, "issue_credit_note", json("{'invoice_number': '%s'}", bill->number));
    assert_int_equal(scenario_account(s, anh)->balance_minor, 0);
    const Tefter__DocumentAnswer *answer =
        scenario_ask(s, "document", json("{'number': '%s'}", bill->number))->document;
    assert_int_equal(answer->state, TEFTER__DOCUMENT_STATE__DOCUMENT_CLOSED);
    assert_int_equal(answer->n_touches, 4);
    assert_int_equal(answer->document->lines[0]->credited_quantity, 3000);
    scenario_refused(s, "issue_credit_note", json("{'invoice_number': '%s'}", bill->number),
                     TEFTER__REFUSAL_CODE__MORE_THAN_SOLD, "invoice");
    scenario_end(s);
}

static void a_large_credit_note_wants_who_may_approve(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t accountant = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    const Tefter__Done *done = scenario_done(
        s, "set_credit_policy", "{'terms': {'limit_minor': 0}, 'credit_note_approve_minor': 100}");
    scenario_as(s, 0);
    scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)done->job));
    scenario_as(s, ROLE_STAFF_OWNER);
    const char *number = scenario_sell(s, anh, 500)->number;
    scenario_done(s, "add_product", "{'code': 'P1', 'name': 'steel', 'price': 100000}");
    scenario_as(s, accountant);
    scenario_refused(s, "issue_credit_note", json("{'invoice_number': '%s'}", number),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_done(
        s, "issue_credit_note",
        json("{'customer': %u, 'lines': [{'product_code': 'P1', 'quantity': 1000}]}", anh));
    scenario_end(s);
}

static const char *credit_part(uint64_t bill, int64_t amount_minor, const char *more)
{
    return json("{'invoice': %llu, 'credit': [{'line': 0, 'quantity': %lld}]%s}",
                (unsigned long long)bill, (long long)amount_minor, more);
}

/* A bill of one line of 1,000: a thousandth of the piece is 1. */
static uint64_t thousand(struct scenario *s, uint32_t customer)
{
    return scenario_done(s, "issue_invoice",
                         json("{'customer': %u, 'lines': [{'text': 'goods', 'quantity': 1000, "
                              "'price': 1000000}]}",
                              customer))
        ->id;
}

struct accountant {
    struct scenario *s;
    uint32_t anh, binh, staff;
    uint64_t bill, other, of_binh;
};

/* May credit 100 alone. */
static struct accountant accountant_at(uint32_t rules)
{
    struct accountant a = {.s = scenario_begin_at(rules)};
    struct scenario *s = a.s;
    a.anh = scenario_customer(s, "Anh", 1000000);
    a.binh = scenario_customer(s, "Binh", 1000000);
    a.staff = scenario_staff(s, "yen", TEFTER__ROLE__ROLE_ACCOUNTANT);
    const Tefter__Done *done = scenario_done(
        s, "set_credit_policy", "{'terms': {'limit_minor': 0}, 'credit_note_approve_minor': 100}");
    scenario_as(s, 0);
    scenario_done(s, "step_job", json("{'job': %llu}", (unsigned long long)done->job));
    scenario_as(s, ROLE_STAFF_OWNER);
    a.bill = thousand(s, a.anh);
    a.other = thousand(s, a.anh);
    a.of_binh = thousand(s, a.binh);
    scenario_as(s, a.staff);
    return a;
}

static void refused_alone(struct accountant *a, const char *note, int64_t left_minor)
{
    const Tefter__Refusal *refusal = scenario_refused(a->s, "issue_credit_note", note,
                                                      TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    assert_true(refusal->has_available_minor);
    assert_int_equal(refusal->available_minor, left_minor);
}

static void a_large_credit_note_is_not_passed_by_splitting_it(void **state)
{
    (void)state;
    struct accountant a = accountant_at(LEDGER_RULES);
    refused_alone(&a, credit_part(a.bill, 101, ""), 100);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 60, ""));
    refused_alone(&a, credit_part(a.bill, 41, ""), 40);
    refused_alone(&a, credit_part(a.other, 41, ""), 40); /* nor by another bill of theirs */
    scenario_done(a.s, "issue_credit_note", credit_part(a.other, 40, ""));
    refused_alone(&a, credit_part(a.other, 1, ""), 0);
    scenario_done(a.s, "issue_credit_note", credit_part(a.of_binh, 100, ""));
    scenario_end(a.s);
}

static void nor_by_reversing_the_whole_bill(void **state)
{
    (void)state;
    struct accountant a = accountant_at(LEDGER_RULES);
    const char *bill = json("{'document': %llu, 'reason': 'x'}", (unsigned long long)a.bill);
    const Tefter__Refusal *refusal =
        scenario_refused(a.s, "reverse_document", bill, TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    assert_int_equal(refusal->available_minor, 100);
    scenario_as(a.s, ROLE_STAFF_OWNER);
    uint64_t small = scenario_sell(a.s, a.anh, 60)->id;
    uint64_t too = scenario_sell(a.s, a.anh, 41)->id;
    scenario_as(a.s, a.staff);
    scenario_done(a.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)small));
    scenario_refused(a.s, "reverse_document",
                     json("{'document': %llu, 'reason': 'x'}", (unsigned long long)too),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    refused_alone(&a, credit_part(a.other, 41, ""), 40);
    scenario_done(a.s, "issue_credit_note", credit_part(a.other, 40, ""));
    scenario_as(a.s, ROLE_STAFF_OWNER);
    scenario_done(a.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)a.bill));
    scenario_end(a.s);
    a = accountant_at(3);
    scenario_done(a.s, "reverse_document",
                  json("{'document': %llu, 'reason': 'x'}", (unsigned long long)a.bill));
    scenario_end(a.s);
}

static void nor_by_saying_that_it_already_happened(void **state)
{
    (void)state;
    struct accountant a = accountant_at(LEDGER_RULES);
    refused_alone(&a, credit_part(a.bill, 101, ", 'backfill': true"), 100);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 100, ", 'backfill': true"));
    refused_alone(&a, credit_part(a.bill, 1, ", 'backfill': true"), 0);
    scenario_as(a.s, ROLE_STAFF_OWNER);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 500, ", 'backfill': true"));
    scenario_end(a.s);
}

static void nor_on_several_days_of_one_bill(void **state)
{
    (void)state;
    struct accountant a = accountant_at(LEDGER_RULES);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 60, ""));
    scenario_as(a.s, 0);
    scenario_done(a.s, "turn_day", "{'branch': 1, 'date': 20001}");
    scenario_as(a.s, a.staff);
    refused_alone(&a, credit_part(a.bill, 41, ""), 40);
    scenario_done(a.s, "issue_credit_note", credit_part(a.other, 100, ""));
    scenario_end(a.s);
}

static void what_was_approved_or_taken_back_does_not_count(void **state)
{
    (void)state;
    struct accountant a = accountant_at(LEDGER_RULES);
    scenario_as(a.s, ROLE_STAFF_OWNER);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 500, ""));
    scenario_as(a.s, a.staff);
    unsigned long long wrong =
        scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 100, ""))->id;
    refused_alone(&a, credit_part(a.bill, 1, ""), 0);
    scenario_done(a.s, "reverse_document", json("{'document': %llu, 'reason': 'x'}", wrong));
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 100, ""));
    scenario_end(a.s);
}

static void in_an_old_ledger_each_credit_note_counts_alone(void **state)
{
    (void)state;
    struct accountant a = accountant_at(2);
    scenario_refused(a.s, "issue_credit_note", credit_part(a.bill, 101, ""),
                     TEFTER__REFUSAL_CODE__RIGHT_MISSING, NULL);
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 100, ""));
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 100, ""));
    scenario_done(a.s, "issue_credit_note", credit_part(a.bill, 300, ", 'backfill': true"));
    scenario_end(a.s);
}

static void serial_numbers_are_sold_once_and_free_again_after_a_reversal(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_product", "{'code': 'TV', 'name': 'TV', 'price': 1000, 'serials': true}");
    const char *sale = json("{'customer': %u, 'lines': [{'product_code': 'TV', 'quantity': 1000, "
                            "'serials': ['SN1']}]}",
                            anh);
    scenario_refused(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': 'TV', 'quantity': 1000}]}", anh),
        TEFTER__REFUSAL_CODE__FIELD_MISSING, "lines[0].serials");
    const Tefter__Done *bill = scenario_done(s, "issue_invoice", sale);
    scenario_refused(s, "issue_invoice", sale, TEFTER__REFUSAL_CODE__ALREADY_EXISTS,
                     "lines[0].serials[0]");
    scenario_done(s, "correct_invoice",
                  json("{'document': %llu, 'invoice': %s}", (unsigned long long)bill->id, sale));
    scenario_done(s, "reverse_document", "{'number': 'HQ-00002'}");
    scenario_done(s, "issue_invoice", sale);
    scenario_end(s);
}

static void who_takes_the_goods_must_be_allowed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    uint32_t person = (uint32_t)scenario_done(s, "authorise_buyer",
                                              json("{'customer': %u, 'name': 'Driver', "
                                                   "'cap_sale_minor': 500, 'cap_day_minor': 800}",
                                                   anh))
                          ->id;
    scenario_done(s, "issue_invoice",
                  json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': 1000, "
                       "'price': 500000}]}",
                       anh, person));
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': "
                          "1000, 'price': 301000}]}",
                          anh, person),
                     TEFTER__REFUSAL_CODE__BUYER_CAP_EXCEEDED, NULL);
    scenario_done(s, "revoke_buyer", json("{'customer': %u, 'buyer': %u}", anh, person));
    scenario_refused(s, "issue_invoice",
                     json("{'customer': %u, 'buyer': %u, 'lines': [{'text': 'a', 'quantity': "
                          "1000, 'price': 1000}]}",
                          anh, person),
                     TEFTER__REFUSAL_CODE__BUYER_NOT_AUTHORISED, NULL);
    scenario_end(s);
}

static void what_if_says_what_the_sale_would_get(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    const Tefter__WhatIfAnswer *answer =
        scenario_ask(s, "what_if", json("{'customer': %u, 'amount_minor': 1001}", anh))->what_if;
    assert_int_equal(answer->refusal->code, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    answer = scenario_ask(s, "what_if",
                          json("{'customer': %u, 'amount_minor': 0, 'draft': {'lines': "
                               "[{'text': 'a', 'quantity': 1000, 'price': 1000000}]}}",
                               anh))
                 ->what_if;
    assert_null(answer->refusal);
    assert_int_equal(answer->total_minor, 1000);
    scenario_ask_refused(s, "what_if", "{'customer': 99, 'amount_minor': 1}",
                         TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_end(s);
}

#define LONG "1234567890123456789012345678901234567890123456789012345678901234567890"
#define VERY_LONG LONG LONG LONG LONG LONG /* longer than a key of the store */

static void a_code_longer_than_any_names_nothing_and_stops_nothing(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'P1', 'name': 'steel', 'price': 1000}");
    scenario_refused(s, "issue_invoice",
                     "{'customer_code': '" VERY_LONG "', 'lines': [{'product_code': 'P1', "
                     "'quantity': 1000}]}",
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    scenario_refused(s, "issue_invoice",
                     "{'lines': [{'product_code': '" VERY_LONG "', 'quantity': 1000}]}",
                     TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE, "lines[0].product");
    scenario_refused(s, "issue_invoice",
                     "{'lines': [{'product_code': 'P1', 'quantity': 1000, 'serials': ['" VERY_LONG
                     "']}]}",
                     TEFTER__REFUSAL_CODE__TEXT_INVALID, "lines[0].serials[0]");
    scenario_refused(s, "issue_invoice",
                     "{'backfill': true, 'lines': [{'text': 'a', 'quantity': 1000, "
                     "'price': 1000, 'serials': ['" VERY_LONG "']}]}",
                     TEFTER__REFUSAL_CODE__TEXT_INVALID, "lines[0].serials[0]");
    scenario_refused(s, "take_payment",
                     "{'customer_code': '" VERY_LONG
                     "', 'kind': 'PAYMENT_CASH', 'amount_minor': 1}",
                     TEFTER__REFUSAL_CODE__NOT_FOUND, "customer");
    scenario_end(s);
}

static void a_serial_number_stands_once_in_an_invoice(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'TV', 'name': 'TV', 'price': 1000, 'serials': true}");
    scenario_refused(s, "issue_invoice",
                     "{'lines': [{'product_code': 'TV', 'quantity': 1000, 'serials': ['S1']}, "
                     "{'product_code': 'TV', 'quantity': 1000, 'serials': ['S1']}]}",
                     TEFTER__REFUSAL_CODE__ALREADY_EXISTS, "lines[1].serials[0]");
    scenario_end(s);
}

static void a_reversal_frees_only_the_serial_numbers_it_sold(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_product", "{'code': 'TV', 'name': 'TV', 'price': 1000, 'serials': true}");
    const char *line = json("{'customer': %u, 'lines': [{'product_code': 'TV', 'quantity': 1000, "
                            "'serials': ['SN1']}]}",
                            anh);
    const Tefter__Done *note = scenario_done(s, "issue_credit_note", line);
    scenario_done(s, "issue_invoice", line);
    scenario_done(s, "reverse_document", json("{'document': %llu}", (unsigned long long)note->id));
    scenario_refused(s, "issue_invoice", line, TEFTER__REFUSAL_CODE__ALREADY_EXISTS,
                     "lines[0].serials[0]");
    scenario_end(s);
}

static uint64_t credit_one(struct scenario *s, const Tefter__Done *bill, int64_t *total)
{
    const Tefter__Done *note =
        scenario_done(s, "issue_credit_note",
                      json("{'invoice': %llu, 'credit': [{'line': 0, 'quantity': 1000}]}",
                           (unsigned long long)bill->id));
    *total += note->total_minor;
    return note->id;
}

static void credit_notes_add_up_after_one_was_taken_back(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    const Tefter__Done *bill = scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'text': 'a', 'quantity': 3000, 'price': 33333}]}", anh));
    int64_t taken_back = 0;
    int64_t credited = 0;
    uint64_t first = credit_one(s, bill, &taken_back);
    credit_one(s, bill, &credited);
    scenario_done(s, "reverse_document", json("{'document': %llu}", (unsigned long long)first));
    credit_one(s, bill, &credited);
    credit_one(s, bill, &credited);
    assert_int_equal(credited, bill->total_minor);
    scenario_end(s);
}

static void a_line_that_came_back_is_credited_to_the_last_unit(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    const Tefter__Done *bill = scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'backfill': true, 'lines': [{'text': 'a', 'quantity': "
             "3000, 'price': 1000000}, {'text': 'b', 'quantity': -1000, 'price': 1000000}]}",
             anh));
    const Tefter__Done *note = scenario_done(
        s, "issue_credit_note", json("{'invoice': %llu}", (unsigned long long)bill->id));
    assert_int_equal(note->total_minor, bill->total_minor);
    scenario_end(s);
}

static void a_reversal_is_never_dated_before_what_it_reverses(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    scenario_done(s, "add_branch", "{'code': 'TD', 'name': 'Thu Duc'}");
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 2, 'date': 20005}");
    scenario_as(s, ROLE_STAFF_OWNER);
    scenario_at(s, 2);
    uint64_t bill = scenario_sell(s, anh, 100)->id;
    scenario_at(s, 1);
    uint64_t reversal =
        scenario_done(s, "reverse_document",
                      json("{'document': %llu, 'reason': 'wrong'}", (unsigned long long)bill))
            ->reversal;
    const Tefter__DocumentAnswer *answer =
        scenario_ask(s, "document", json("{'document': %llu}", (unsigned long long)reversal))
            ->document;
    assert_int_equal(answer->document->date, 20005);
    scenario_end(s);
}

static void a_bill_of_old_may_be_due_before_its_date(void **state)
{
    (void)state;
    static const char *const bill =
        "{'customer': %u, 'backfill': true, 'date': 19990, 'due': 19980, 'lines': "
        "[{'text': 'a', 'quantity': 1000, 'price': 5000}]}";
    for (uint32_t rules = 2; rules <= LEDGER_RULES; rules++) {
        struct scenario *s = scenario_begin_at(rules);
        uint32_t anh = scenario_customer(s, "Anh", 100);
        const char *fields = json(bill, anh);
        if (rules < 3)
            scenario_refused(s, "issue_invoice", fields, TEFTER__REFUSAL_CODE__DATE_INVALID, "due");
        else
            assert_int_equal(scenario_done(s, "issue_invoice", fields)->due, 19980);
        scenario_end(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_rounded_once_and_the_total_is_their_sum),
        cmocka_unit_test(a_product_brings_its_price_tax_and_name),
        cmocka_unit_test(wrong_lines_are_refused_by_name),
        cmocka_unit_test(a_number_stands_once_and_imports_are_passed_over),
        cmocka_unit_test(a_sales_clerk_may_not_backdate_nor_sell_what_is_not_in_the_catalogue),
        cmocka_unit_test(a_date_by_hand_lies_two_years_back_at_most),
        cmocka_unit_test(a_credit_note_in_parts_adds_up_to_the_line_exactly),
        cmocka_unit_test(a_large_credit_note_wants_who_may_approve),
        cmocka_unit_test(a_large_credit_note_is_not_passed_by_splitting_it),
        cmocka_unit_test(nor_by_reversing_the_whole_bill),
        cmocka_unit_test(nor_by_saying_that_it_already_happened),
        cmocka_unit_test(nor_on_several_days_of_one_bill),
        cmocka_unit_test(what_was_approved_or_taken_back_does_not_count),
        cmocka_unit_test(in_an_old_ledger_each_credit_note_counts_alone),
        cmocka_unit_test(serial_numbers_are_sold_once_and_free_again_after_a_reversal),
        cmocka_unit_test(who_takes_the_goods_must_be_allowed),
        cmocka_unit_test(what_if_says_what_the_sale_would_get),
        cmocka_unit_test(a_code_longer_than_any_names_nothing_and_stops_nothing),
        cmocka_unit_test(a_serial_number_stands_once_in_an_invoice),
        cmocka_unit_test(a_reversal_frees_only_the_serial_numbers_it_sold),
        cmocka_unit_test(credit_notes_add_up_after_one_was_taken_back),
        cmocka_unit_test(a_line_that_came_back_is_credited_to_the_last_unit),
        cmocka_unit_test(a_reversal_is_never_dated_before_what_it_reverses),
        cmocka_unit_test(a_bill_of_old_may_be_due_before_its_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
