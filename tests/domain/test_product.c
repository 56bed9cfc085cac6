/* The catalogue. */
#include "domain/scenario.h"

#include <stdio.h>

#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

static const Tefter__ProductRecord *product(struct scenario *s, const char *code)
{
    return scenario_ask(s, "product_card", json("{'code': '%s'}", code))->product_card->product;
}

static const Tefter__ProductsAnswer *list(struct scenario *s, const char *query)
{
    return scenario_ask(s, "products", query)->products;
}

static void goods_are_found_by_code_and_by_every_barcode(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    const Tefter__Done *done = scenario_done(
        s, "add_product",
        "{'code': 'STEEL-8', 'name': 'Thép 8 mm', 'unit': 'kg', 'price': 1, 'tax_bp': 1000, "
        "'brand': 'Hòa Phát', 'colour': 'grey', 'model': 'CB240', 'barcodes': ['893', '894'], "
        "'serials': true}");
    assert_string_equal(done->number, "STEEL-8");
    const Tefter__ProductRecord *steel = product(s, "894");
    assert_int_equal(steel->product, done->id);
    assert_int_equal(steel->price, 1);
    assert_string_equal(steel->brand, "Hòa Phát");
    assert_true(steel->serials);
    assert_int_equal(product(s, "STEEL-8")->product, done->id);
    assert_int_equal(
        scenario_ask(s, "product_card", "{'product': 1}")->product_card->product->n_barcodes, 2);
    scenario_ask_refused(s, "product_card", "{'code': '895'}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_ask_refused(s, "product_card", "{'product': 9}", TEFTER__REFUSAL_CODE__NOT_FOUND);
    scenario_ask_refused(s, "product_card", "{}", TEFTER__REFUSAL_CODE__FIELD_MISSING);
    scenario_end(s);
}

static void a_word_is_the_code_or_barcode_of_one_product_only(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'A', 'name': 'a', 'barcodes': ['1', '2']}");
#define ADD(code, barcodes) "{'code': '" code "', 'name': 'b', 'barcodes': [" barcodes "]}"
    REFUSED(s, "add_product", ADD("A", ""), ALREADY_EXISTS, "code");
    assert_int_equal(REFUSED(s, "add_product", ADD("1", ""), ALREADY_EXISTS, "code")->existing, 1);
    REFUSED(s, "add_product", ADD("B", "'3', 'A'"), ALREADY_EXISTS, "barcodes[1]");
    REFUSED(s, "add_product", ADD("B", "'3', '2'"), ALREADY_EXISTS, "barcodes[1]");
    REFUSED(s, "add_product", ADD("B", "'3', '3'"), FIELD_INVALID, "barcodes[1]");
    REFUSED(s, "add_product", ADD("B", "'3', 'B'"), FIELD_INVALID, "barcodes[1]");
    scenario_done(s, "add_product", ADD("B", "'3'"));
    scenario_end(s);
}

static void a_product_with_a_mistake_is_refused_at_the_first_one(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
#define PRODUCT(more) "{'code': 'A', 'name': 'a', " more "}"
    REFUSED(s, "add_product", "{'code': '', 'name': ''}", FIELD_MISSING, "code");
    REFUSED(s, "add_product", "{'code': 'a b', 'name': ''}", FIELD_INVALID, "code");
    REFUSED(s, "add_product", "{'code': 'a', 'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "add_product", PRODUCT("'unit': ' '"), FIELD_MISSING, "unit");
    REFUSED(s, "add_product", PRODUCT("'price': -1"), FIELD_INVALID, "price");
    REFUSED(s, "add_product", PRODUCT("'price': 9000000000001"), AMOUNT_TOO_BIG, "price");
    REFUSED(s, "add_product", PRODUCT("'tax_bp': 10001"), FIELD_INVALID, "tax_bp");
    REFUSED(s, "add_product", PRODUCT("'brand': ' '"), FIELD_MISSING, "brand");
    REFUSED(s, "add_product", PRODUCT("'colour': ' '"), FIELD_MISSING, "colour");
    REFUSED(s, "add_product", PRODUCT("'model': ' '"), FIELD_MISSING, "model");
    REFUSED(s, "add_product", PRODUCT("'barcodes': ['']"), FIELD_MISSING, "barcodes[0]");
    REFUSED(s, "add_product", PRODUCT("'barcodes': ['1', 'a b']"), FIELD_INVALID, "barcodes[1]");
    scenario_done(s, "add_product", PRODUCT("'price': 0, 'tax_bp': 10000, 'brand': ''"));
    assert_null(product(s, "A")->brand);
    scenario_end(s);
}

static void a_product_changes_and_gets_more_barcodes(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product",
                  "{'code': 'A', 'name': 'a', 'brand': 'x', 'price': 5, 'barcodes': ['1']}");
    scenario_done(s, "change_product",
                  "{'product': 1, 'name': 'b', 'unit': 'kg', 'price': 6, 'tax_bp': 800, "
                  "'brand': '', 'colour': 'red', 'model': 'm', 'barcodes': ['A', '2', '1']}");
    const Tefter__ProductRecord *a = product(s, "2");
    assert_string_equal(a->name, "b");
    assert_string_equal(a->unit, "kg");
    assert_null(a->brand);
    assert_int_equal(a->price, 6);
    assert_int_equal(a->n_barcodes, 2);
    scenario_end(s);
}

static void a_change_of_a_product_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'A', 'name': 'a', 'barcodes': ['1']}");
    scenario_done(s, "add_product", "{'code': 'B', 'name': 'b'}");
    REFUSED(s, "change_product", "{'product': 9, 'name': ''}", FIELD_MISSING, "name");
    REFUSED(s, "change_product", "{'product': 9, 'unit': ' '}", FIELD_MISSING, "unit");
    REFUSED(s, "change_product", "{'product': 9, 'price': -1}", FIELD_INVALID, "price");
    REFUSED(s, "change_product", "{'product': 9, 'tax_bp': 10001}", FIELD_INVALID, "tax_bp");
    REFUSED(s, "change_product", "{'product': 9, 'brand': ' '}", FIELD_MISSING, "brand");
    REFUSED(s, "change_product", "{'product': 9, 'barcodes': ['2', '2']}", FIELD_INVALID,
            "barcodes[1]");
    REFUSED(s, "change_product", "{'product': 9, 'price': 1}", NOT_FOUND, "product");
    REFUSED(s, "change_product", "{'product': 1}", NOTHING_TO_CHANGE, NULL);
    REFUSED(s, "change_product",
            "{'product': 1, 'name': 'a', 'unit': '', 'retired': false, 'barcodes': ['1', 'A']}",
            NOTHING_TO_CHANGE, NULL);
    assert_int_equal(REFUSED(s, "change_product", "{'product': 2, 'barcodes': ['2', '1']}",
                             ALREADY_EXISTS, "barcodes[1]")
                         ->existing,
                     1);
    scenario_end(s);
}

static void sixty_four_barcodes_are_enough(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product", "{'code': 'A', 'name': 'a'}");
    enum { MOST = 64 };
    for (int i = 0; i < MOST; i++)
        scenario_done(s, "change_product", json("{'product': 1, 'barcodes': ['%d']}", i));
    const Tefter__Refusal *refusal =
        REFUSED(s, "change_product", "{'product': 1, 'barcodes': ['one more']}", FIELD_INVALID,
                "barcodes[0]");
    refusal = REFUSED(s, "change_product", "{'product': 1, 'barcodes': ['one-more']}", TOO_MANY,
                      "barcodes");
    assert_int_equal(refusal->most, MOST);
    scenario_end(s);
}

static void a_retired_product_is_sold_no_more_and_out_of_sight(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    uint32_t anh = scenario_customer(s, "Anh", 1000);
    scenario_done(s, "add_product", "{'code': 'A', 'name': 'a', 'price': 1000}");
    const char *sale =
        json("{'customer': %u, 'lines': [{'product_code': 'A', 'quantity': 1000}]}", anh);
    scenario_done(s, "issue_invoice", sale);
    scenario_done(s, "change_product", "{'product': 1, 'retired': true}");
    REFUSED(s, "issue_invoice", sale, RETIRED, NULL);
    assert_int_equal(list(s, "{}")->n_products, 0);
    assert_int_equal(list(s, "{'retired': true}")->n_products, 1);
    scenario_done(s, "change_product", "{'product': 1, 'retired': false}");
    scenario_done(s, "issue_invoice", sale);
    scenario_end(s);
}

static void a_fragment_finds_goods_in_any_script(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    scenario_done(s, "add_product",
                  "{'code': 'S8', 'name': 'Thép 8 mm', 'brand': 'Hòa Phát', 'model': 'CB240'}");
    scenario_done(s, "add_product", "{'code': 'X9', 'name': 'Τσιμέντο', 'colour': 'grey'}");
    assert_int_equal(list(s, "{}")->n_products, 2);
    assert_int_equal(list(s, "{'text': 'thep'}")->products[0]->product, 1);
    assert_int_equal(list(s, "{'text': 'ΤΣΙΜΕΝΤΟ'}")->products[0]->product, 2);
    assert_int_equal(list(s, "{'text': 'hoa ph'}")->n_products, 1);
    assert_int_equal(list(s, "{'text': 'cb24'}")->n_products, 1);
    assert_int_equal(list(s, "{'text': 'x9'}")->n_products, 1);
    assert_int_equal(list(s, "{'text': 'brick'}")->n_products, 0);
    scenario_end(s);
}

static void the_list_comes_in_pages(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    for (int i = 1; i <= 5; i++)
        scenario_done(s, "add_product", json("{'code': 'P%d', 'name': 'p'}", i));
    const Tefter__ProductsAnswer *page = list(s, "{'rows': 2}");
    size_t seen = 0;
    for (;;) {
        for (size_t i = 0; i < page->n_products; i++)
            assert_int_equal(page->products[i]->product, ++seen);
        if (!page->has_next)
            break;
        char token[64] = "";
        for (size_t i = 0; i < page->next.len; i++)
            snprintf(token + 2 * i, sizeof token - 2 * i, "%02x", page->next.data[i]);
        page = list(s, json("{'rows': 2, 'page': '%s'}", token));
    }
    assert_int_equal(seen, 5);
    scenario_ask_refused(s, "products", "{'page': 'ff'}", TEFTER__REFUSAL_CODE__FIELD_INVALID);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goods_are_found_by_code_and_by_every_barcode),
        cmocka_unit_test(a_word_is_the_code_or_barcode_of_one_product_only),
        cmocka_unit_test(a_product_with_a_mistake_is_refused_at_the_first_one),
        cmocka_unit_test(a_product_changes_and_gets_more_barcodes),
        cmocka_unit_test(a_change_of_a_product_with_a_mistake_is_refused),
        cmocka_unit_test(sixty_four_barcodes_are_enough),
        cmocka_unit_test(a_retired_product_is_sold_no_more_and_out_of_sight),
        cmocka_unit_test(a_fragment_finds_goods_in_any_script),
        cmocka_unit_test(the_list_comes_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
