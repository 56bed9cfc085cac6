/* What people type to name something: however they type it, it is one. */
#include "domain/scenario.h"

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)
#define CUSTOMER(code) "{'code': '" code "', 'name': 'An', 'phone': '1', 'area': 'x'}"
#define PRODUCT(code, more) "{'code': '" code "', 'name': 'p', 'price': 100000" more "}"

static uint64_t customer_called(struct scenario *s, const char *code)
{
    return scenario_ask(s, "customer_card", json("{'code': '%s'}", code))
        ->customer_card->row->customer;
}

static uint64_t document_numbered(struct scenario *s, const char *number)
{
    return scenario_ask(s, "document", json("{'number': '%s'}", number))
        ->document->document->document;
}

static uint64_t product_called(struct scenario *s, const char *code)
{
    return scenario_ask(s, "product_card", json("{'code': '%s'}", code))
        ->product_card->product->product;
}

static void a_customer_code_in_two_spellings_is_one_customer(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint64_t an = scenario_done(s, "open_customer", CUSTOMER("caf\u00E9-1"))->id;
    assert_int_equal(
        REFUSED(s, "open_customer", CUSTOMER("cafe\u0301-1"), ALREADY_EXISTS, "code")->existing,
        an);
    REFUSED(s, "open_customer", CUSTOMER("CAF\u00C9-1"), ALREADY_EXISTS, "code");
    REFUSED(s, "open_customer", CUSTOMER("caf\u00E9–1"), ALREADY_EXISTS, "code");
    assert_int_equal(customer_called(s, "CAFE\u0301 1"), an);
    uint64_t other = scenario_done(s, "open_customer", CUSTOMER("cafe-1"))->id;
    assert_int_equal(customer_called(s, "CAFE-1"), other);
    uint64_t quoted = scenario_done(s, "open_customer", CUSTOMER("O’Brien"))->id;
    assert_int_equal(customer_called(s, "O\\u0027BRIEN"), quoted);
    scenario_end(s);
}

static void persian_and_arabic_letters_and_digits_are_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint64_t ali = scenario_done(s, "open_customer", CUSTOMER("علی-۱۲"))->id;
    REFUSED(s, "open_customer", CUSTOMER("علي-12"), ALREADY_EXISTS, "code");
    assert_int_equal(customer_called(s, "علي ١٢"), ali);
    scenario_end(s);
}

static void a_bill_is_found_however_its_number_is_typed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t an = scenario_customer(s, "An", 1000000);
    uint64_t bill = scenario_sell(s, an, 100)->id;
    assert_int_equal(document_numbered(s, "HQ-00001"), bill);
    assert_int_equal(document_numbered(s, "hq-00001"), bill);
    assert_int_equal(document_numbered(s, "ＨＱ 00001"), bill);
    assert_int_equal(document_numbered(s, "hq–۰۰۰۰۱"), bill);
    scenario_ask_refused(s, "document", "{'number': 'HQ-1'}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_done(s, "take_payment",
                  json("{'customer': %u, 'kind': 'PAYMENT_CASH', 'amount_minor': 40, "
                       "'money_account': %u, 'bills': [{'bill_number': 'hq 00001'}]}",
                       an, scenario_till(s)));
    assert_int_equal(scenario_account(s, an)->balance_minor, 60);
    scenario_end(s);
}

static void a_number_that_somebody_wrote_otherwise_is_taken(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t an = scenario_customer(s, "An", 1000000);
    scenario_done(s, "add_product", PRODUCT("A", ""));
#define BILL(number)                                                                               \
    json("{'customer': %u, 'number': '" number "', 'lines': [{'product': 1, 'quantity': 1000}]}",  \
         an)
    scenario_done(s, "issue_invoice", BILL("Old-7"));
    const Tefter__Refusal *taken =
        REFUSED(s, "issue_invoice", BILL("OLD–7"), NUMBER_TAKEN, "number");
    assert_string_equal(taken->existing_number, "Old-7");
    /* what folds like a number of a series is the branch's to give out */
    REFUSED(s, "issue_invoice", BILL("hq–00001"), FIELD_INVALID, "number");
    assert_string_equal(scenario_sell(s, an, 100)->number, "HQ-00001");
    scenario_end(s);
}

static void a_slip_counts_once_however_its_number_is_typed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t an = scenario_customer(s, "An", 1000000);
    uint32_t bank = scenario_bank(s);
#define SLIP(reference)                                                                            \
    json("{'customer': %u, 'kind': 'PAYMENT_SLIP', 'amount_minor': 40, 'money_account': %u, "      \
         "'reference': '" reference "', 'payer': 'An'}",                                           \
         an, bank)
    const Tefter__Done *first = scenario_done(s, "take_payment", SLIP("SL-77"));
    const char *number = first->number;
    uint64_t slip = first->id;
    static const char *const same[] = {"sl-77", "SL 77", "SL – 77", "ＳＬ-٧٧"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const Tefter__Refusal *taken =
            scenario_refused(s, "take_payment",
                             json("{'customer': %u, 'kind': 'PAYMENT_SLIP', 'amount_minor': 40, "
                                  "'money_account': %u, 'reference': '%s', 'payer': 'An'}",
                                  an, bank, same[i]),
                             TEFTER__REFUSAL_CODE__NUMBER_TAKEN, "reference");
        assert_string_equal(taken->existing_number, number);
    }
    scenario_done(s, "take_payment", SLIP("SL-7 7"));
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'no'}", (unsigned long long)slip));
    scenario_done(s, "take_payment", SLIP("sl 77"));
    scenario_end(s);
}

static void a_piece_is_sold_once_however_its_serial_is_typed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t an = scenario_customer(s, "An", 1000000);
    scenario_done(s, "add_product", PRODUCT("A", ", 'serials': true"));
    scenario_done(s, "add_product", PRODUCT("B", ", 'serials': true"));
#define PIECES(product, count, serials)                                                            \
    json("{'customer': %u, 'lines': [{'product': " product ", 'quantity': " count                  \
         "000, 'serials': [" serials "]}]}",                                                       \
         an)
    uint64_t bill = scenario_done(s, "issue_invoice", PIECES("1", "1", "'sn-1'"))->id;
    assert_int_equal(REFUSED(s, "issue_invoice", PIECES("1", "1", "'SN–1'"), ALREADY_EXISTS,
                             "lines[0].serials[0]")
                         ->existing,
                     bill);
    REFUSED(s, "issue_invoice", PIECES("1", "2", "'sn-2', 'Sn-2'"), ALREADY_EXISTS,
            "lines[0].serials[1]");
    scenario_done(s, "issue_invoice", PIECES("2", "1", "'SN-1'")); /* of another product */
    scenario_done(s, "reverse_document",
                  json("{'document': %llu, 'reason': 'no'}", (unsigned long long)bill));
    scenario_done(s, "issue_invoice", PIECES("1", "1", "'SN-1'"));
    scenario_end(s);
}

static void goods_are_found_however_code_and_barcode_are_typed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t an = scenario_customer(s, "An", 1000000);
    uint64_t cement =
        scenario_done(s, "add_product", PRODUCT("CEM40", ", 'barcodes': ['8-931', '۱۲۳']"))->id;
    assert_int_equal(product_called(s, "cem40"), cement);
    assert_int_equal(product_called(s, "8 931"), cement);
    assert_int_equal(product_called(s, "123"), cement);
    REFUSED(s, "add_product", PRODUCT("Cem40", ""), ALREADY_EXISTS, "code");
    REFUSED(s, "add_product", PRODUCT("B", ", 'barcodes': ['8–931']"), ALREADY_EXISTS,
            "barcodes[0]");
    REFUSED(s, "add_product", PRODUCT("B", ", 'barcodes': ['b']"), FIELD_INVALID, "barcodes[0]");
    REFUSED(s, "change_product", "{'product': 1, 'barcodes': ['cem40', '١٢٣']}", NOTHING_TO_CHANGE,
            NULL);
    scenario_done(
        s, "issue_invoice",
        json("{'customer': %u, 'lines': [{'product_code': 'cem40', 'quantity': 1000}]}", an));
    scenario_end(s);
}

static void tills_and_groups_are_one_however_their_names_are_typed(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_till", "{'branch': 1, 'name': 'Drawer 1'}");
    REFUSED(s, "add_till", "{'branch': 1, 'name': 'DRAWER-1'}", ALREADY_EXISTS, "name");
    scenario_done(s, "add_till", "{'branch': 1, 'name': 'Drawer 2'}");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'Đại lý'}");
    REFUSED(s, "add_group", "{'dimension': 'TIER', 'name': 'ĐẠI-LÝ'}", ALREADY_EXISTS, "name");
    scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'Dai ly'}");
    scenario_done(s, "change_group", "{'group': 1, 'name': 'ĐẠI LÝ'}"); /* its own name */
    scenario_end(s);
}

/* What an old ledger has is not touched: both stay, and each is found as it is typed exactly. */
static void an_old_ledger_keeps_two_that_are_one_now(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    uint32_t an = scenario_customer(s, "An", 1000000);
    uint64_t small = scenario_done(s, "open_customer", CUSTOMER("an-1"))->id;
    uint64_t large = scenario_done(s, "open_customer", CUSTOMER("AN-1"))->id;
    uint64_t alone = scenario_done(s, "open_customer", CUSTOMER("Binh"))->id;
    scenario_done(s, "add_product", PRODUCT("A", ""));
    scenario_done(s, "add_product", PRODUCT("a", ""));
    uint64_t one = scenario_done(s, "issue_invoice", BILL("X-1"))->id;
    uint64_t two = scenario_done(s, "issue_invoice", BILL("x-1"))->id;
    REFUSED(s, "issue_invoice",
            "{'customer_code': 'BINH', 'lines': [{'product': 1, 'quantity': 1000}]}", NOT_FOUND,
            "customer");
    assert_int_equal(customer_called(s, "BINH"), alone); /* who only reads */
    scenario_as(s, 0);
    scenario_done(s, "adopt_rules_version", "{'rules_version': 5}");
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(customer_called(s, "an-1"), small);
    assert_int_equal(customer_called(s, "AN-1"), large);
    assert_int_equal(customer_called(s, "BINH"), alone);
    scenario_ask_refused(s, "customer_card", "{'code': 'An-1'}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    assert_int_equal(document_numbered(s, "X-1"), one);
    assert_int_equal(document_numbered(s, "x-1"), two);
    assert_int_equal(product_called(s, "A"), 1);
    assert_int_equal(product_called(s, "a"), 2);
    REFUSED(s, "open_customer", CUSTOMER("An-1"), ALREADY_EXISTS, "code");
    REFUSED(s, "issue_invoice", BILL("X–1"), NUMBER_TAKEN, "number");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_customer_code_in_two_spellings_is_one_customer),
        cmocka_unit_test(persian_and_arabic_letters_and_digits_are_one),
        cmocka_unit_test(a_bill_is_found_however_its_number_is_typed),
        cmocka_unit_test(a_number_that_somebody_wrote_otherwise_is_taken),
        cmocka_unit_test(a_slip_counts_once_however_its_number_is_typed),
        cmocka_unit_test(a_piece_is_sold_once_however_its_serial_is_typed),
        cmocka_unit_test(goods_are_found_however_code_and_barcode_are_typed),
        cmocka_unit_test(tills_and_groups_are_one_however_their_names_are_typed),
        cmocka_unit_test(an_old_ledger_keeps_two_that_are_one_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
