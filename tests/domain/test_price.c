/* Units with factors, price lists, costs. */
#include "domain/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE(word) TEFTER__REFUSAL_CODE__##word
#define REFUSED(s, command, fields, code, field)                                                   \
    scenario_refused(s, command, fields, TEFTER__REFUSAL_CODE__##code, field)

enum { TODAY = 20000 };

/* ---- a shop ---- */

struct shop {
    struct scenario *s;
    uint32_t gold; /* groups */
    uint32_t north;
    uint32_t anh;    /* in both */
    uint32_t binh;   /* in none */
    uint32_t market; /* a second branch */
    uint32_t clerk;
};

/* CEM, 4.00 a kg; a bag of 25 kg by the factor, a tonne at 3,900.00 with a barcode. */
static void shop_begin(struct shop *shop)
{
    struct scenario *s = scenario_begin();
    *shop = (struct shop){.s = s};
    scenario_done(s, "add_product",
                  "{'code': 'CEM', 'name': 'cement', 'unit': 'kg', 'price': 400000, 'barcodes': "
                  "['100'], 'units': [{'code': 'bag', 'factor': 25000, 'barcodes': ['200']}, "
                  "{'code': 't', 'factor': 1000000, 'price': 390000000, 'barcodes': ['300']}]}");
    shop->gold =
        (uint32_t)scenario_done(s, "add_group", "{'dimension': 'tier', 'name': 'gold'}")->id;
    shop->north =
        (uint32_t)scenario_done(s, "add_group", "{'dimension': 'area', 'name': 'north'}")->id;
    shop->anh = scenario_customer(s, "Anh", 100000000);
    shop->binh = scenario_customer(s, "Binh", 100000000);
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", shop->anh, shop->gold));
    scenario_done(s, "join_group", json("{'customer': %u, 'group': %u}", shop->anh, shop->north));
    shop->market = (uint32_t)scenario_done(s, "add_branch", "{'code': 'MK', 'name': 'Market'}")->id;
    shop->clerk = scenario_staff(s, "clerk", TEFTER__ROLE__ROLE_SALES);
}

static const char *sale(uint32_t customer, const char *lines)
{
    return json("{'customer': %u, 'lines': [%s]}", customer, lines);
}

static const Tefter__DocumentLine *sold(const struct shop *shop, uint32_t customer,
                                        const char *line)
{
    unsigned long long id = scenario_done(shop->s, "issue_invoice", sale(customer, line))->id;
    return scenario_ask(shop->s, "document", json("{'document': '%llu'}", id))
        ->document->document->lines[0];
}

static const Tefter__Refusal *sells_not(const struct shop *shop, uint32_t customer,
                                        const char *line, Tefter__RefusalCode code,
                                        const char *field)
{
    return scenario_refused(shop->s, "issue_invoice", sale(customer, line), code, field);
}

static void list(const struct shop *shop, const char *code, const char *more)
{
    scenario_done(shop->s, "add_price_list",
                  json("{'code': '%s', 'name': 'of %s'%s}", code, code, more));
}

static void set(const struct shop *shop, const char *code, const char *entry)
{
    scenario_done(shop->s, "set_prices",
                  json("{'list': '%s', 'prices': [{'product_code': 'CEM', %s}]}", code, entry));
}

static const Tefter__ProductCardAnswer *card(const struct shop *shop, const char *more)
{
    return scenario_ask(shop->s, "product_card", json("{'code': 'CEM'%s}", more))->product_card;
}

/* ---- units ---- */

static void a_line_is_sold_in_any_unit_and_known_in_the_products_own(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__DocumentLine *line =
        sold(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 5000, 'unit': 'BAG'}");
    assert_string_equal(line->unit, "bag");
    assert_int_equal(line->quantity, 5000);
    assert_int_equal(line->unit_factor, 25000);
    assert_int_equal(line->base_quantity, 125000);
    assert_int_equal(line->price, 10000000); /* 25 x 4.00 */
    assert_int_equal(line->net_minor, 50000);
    line = sold(&shop, shop.anh, "{'product_code': '300', 'quantity': 1500}");
    assert_string_equal(line->unit, "t");
    assert_int_equal(line->base_quantity, 1500000);
    assert_int_equal(line->net_minor, 585000); /* its own price */
    line = sold(&shop, shop.anh, "{'product_code': '300', 'quantity': 1500, 'unit': 'kg'}");
    assert_string_equal(line->unit, "kg");
    assert_false(line->has_unit_factor);
    assert_int_equal(line->net_minor, 600);
    scenario_end(shop.s);
}

static void a_unit_that_is_unknown_or_does_not_divide_is_refused_with_what_to_do(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const Tefter__Refusal *refusal =
        sells_not(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1000, 'unit': 'box'}",
                  CODE(UNIT_UNKNOWN), "lines[0].unit");
    assert_string_equal(refusal->units, "kg, bag, t");
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'pinch', 'factor': 1}]}");
    refusal =
        sells_not(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1500, 'unit': 'pinch'}",
                  CODE(UNIT_NOT_EXACT), "lines[0].quantity");
    assert_string_equal(refusal->units, "kg");
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'ship', 'factor': 1000000000}]}");
    sells_not(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1000001, 'unit': 'ship'}",
              CODE(AMOUNT_TOO_BIG), "lines[0].quantity");
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'bag', 'retired': true}]}");
    sells_not(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1000, 'unit': 'bag'}",
              CODE(RETIRED), "lines[0].unit");
    scenario_end(shop.s);
}

static void a_unit_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
#define UNIT(fields) "{'product': 1, 'units': [{" fields "}]}"
    REFUSED(shop.s, "change_product", UNIT("'code': 'a b'"), FIELD_INVALID, "units[0].code");
    REFUSED(shop.s, "change_product", UNIT("'code': 'box'"), FIELD_MISSING, "units[0].factor");
    REFUSED(shop.s, "change_product", UNIT("'code': 'box', 'factor': 0"), FIELD_INVALID,
            "units[0].factor");
    REFUSED(shop.s, "change_product", UNIT("'code': 'box', 'factor': 1000000001"), FIELD_INVALID,
            "units[0].factor");
    REFUSED(shop.s, "change_product", UNIT("'code': 'KG', 'factor': 1000"), FIELD_INVALID,
            "units[0].code");
    REFUSED(shop.s, "change_product", UNIT("'code': 'bag', 'price': -1"), FIELD_INVALID,
            "units[0].price");
    REFUSED(shop.s, "change_product", UNIT("'code': 't', 'price': 1, 'no_price': true"),
            FIELD_INVALID, "units[0].no_price");
    REFUSED(shop.s, "change_product", UNIT("'code': 'bag', 'barcodes': ['100']"), FIELD_INVALID,
            "units[0].barcodes[0]");
    REFUSED(shop.s, "change_product", UNIT("'code': 'bag', 'barcodes': ['300']"), FIELD_INVALID,
            "units[0].barcodes[0]");
    REFUSED(shop.s, "change_product", UNIT("'code': 'bag', 'barcodes': ['200']"), NOTHING_TO_CHANGE,
            NULL);
    REFUSED(shop.s, "change_product", "{'product': 1, 'barcodes': ['200'], 'name': 'x'}",
            FIELD_INVALID, "barcodes[0]");
    REFUSED(shop.s, "change_product", "{'product': 1, 'unit': 'Bag'}", FIELD_INVALID, "unit");
    REFUSED(shop.s, "add_product",
            "{'code': 'X', 'name': 'x', 'units': [{'code': 'bag', 'factor': 1, 'barcodes': "
            "['200']}]}",
            ALREADY_EXISTS, "units[0].barcodes[0]");
    char many[2048] = "";
    for (int i = 0; i < 15; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many),
                       "%s{'code': 'u%d', 'factor': 2}", i == 0 ? "" : ", ", i);
    REFUSED(shop.s, "change_product", json("{'product': 1, 'units': [%s]}", many), TOO_MANY,
            "units");
    scenario_end(shop.s);
}

static void a_unit_is_found_by_its_barcode(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    assert_int_equal(scenario_ask(shop.s, "products", "{'text': '300'}")->products->n_products, 1);
    const Tefter__SearchAnswer *hits = scenario_ask(shop.s, "search", "{'text': '200'}")->search;
    bool found = false;
    for (size_t i = 0; i < hits->n_hits; i++)
        found |= hits->hits[i]->product != NULL && strcmp(hits->hits[i]->matched, "200") == 0;
    assert_true(found);
    scenario_end(shop.s);
}

/* Rounded before it is multiplied, the price of a small unit gave goods away. */
static void a_price_by_factor_is_rounded_once_with_its_line(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "add_product",
                  "{'code': 'SAND', 'name': 'sand', 'unit': 'kg', 'price': 400, 'units': [{'code': "
                  "'g', 'factor': 1}]}");
    const char much[] = "{'product_code': 'SAND', 'quantity': 1000000000, 'unit': 'g'%s}";
    const Tefter__DocumentLine *line = sold(&shop, shop.anh, json(much, ""));
    assert_int_equal(line->price, 0);
    assert_int_equal(line->base_price, 400);
    assert_int_equal(line->net_minor, 400);
    scenario_done(shop.s, "change_product", "{'product': 2, 'price': 1400}");
    unsigned long long bill =
        scenario_done(shop.s, "issue_invoice", sale(shop.anh, json(much, "")))->id;
    line = scenario_ask(shop.s, "document", json("{'document': '%llu'}", bill))
               ->document->document->lines[0];
    assert_int_equal(line->price, 1);
    assert_int_equal(line->net_minor, 1400);
    /* a correction keeps the price, not what it was rounded to */
    scenario_done(shop.s, "change_product", "{'product': 2, 'price': 2000}");
    bill = scenario_done(shop.s, "correct_invoice",
                         json("{'document': '%llu', 'reason': {'value': 'r'}, 'invoice': {'lines': "
                              "[{'line': 1, 'quantity': 500000000}]}}",
                              bill))
               ->id;
    line = scenario_ask(shop.s, "document", json("{'document': '%llu'}", bill))
               ->document->document->lines[0];
    assert_int_equal(line->base_price, 1400);
    assert_int_equal(line->net_minor, 700);
    /* said by hand, it is what was said; and below the list if it comes to less */
    scenario_done(shop.s, "change_product", "{'product': 2, 'price': 1400}");
    assert_int_equal(sold(&shop, shop.anh, json(much, ", 'price': 2"))->net_minor, 2000);
    scenario_as(shop.s, shop.clerk);
    sells_not(&shop, shop.anh, json(much, ", 'price': 1"), CODE(MORE_THAN_YOU_MAY),
              "lines[0].price");
    sells_not(&shop, shop.anh, json(much, ", 'price': 0, 'base_price': 400"),
              CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    sells_not(&shop, shop.anh, json(much, ", 'price': 2, 'base_price': 1400"), CODE(FIELD_INVALID),
              "lines[0].base_price");
    assert_int_equal(
        sold(&shop, shop.anh, json(much, ", 'price': 1, 'base_price': 1400"))->net_minor, 1400);
    scenario_end(shop.s);
}

static void a_correction_keeps_unit_factor_and_price(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "G", json(", 'groups': [%u]", shop.gold));
    set(&shop, "G", "'unit': 'bag', 'price': 9000000");
    unsigned long long bill =
        scenario_done(shop.s, "issue_invoice",
                      sale(shop.anh, "{'product_code': 'CEM', 'quantity': 4000, 'unit': 'bag'}"))
            ->id;
    set(&shop, "G", "'unit': 'bag', 'price': 9900000");
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'bag', 'factor': 40000}]}");
    unsigned long long next =
        scenario_done(shop.s, "correct_invoice",
                      json("{'document': '%llu', 'reason': {'value': 'r'}, 'invoice': {'lines': "
                           "[{'product_code': 'CEM', 'quantity': 3000}]}}",
                           bill))
            ->id;
    const Tefter__DocumentLine *line =
        scenario_ask(shop.s, "document", json("{'document': '%llu'}", next))
            ->document->document->lines[0];
    assert_string_equal(line->unit, "bag");
    assert_int_equal(line->base_quantity, 75000);
    assert_int_equal(line->price, 9000000);
    assert_string_equal(line->price_list, "G");
    /* in another unit, the price that applies */
    next = scenario_done(shop.s, "correct_invoice",
                         json("{'document': '%llu', 'reason': {'value': 'r'}, 'invoice': {'lines': "
                              "[{'line': 1, 'quantity': 3000, 'unit': 'kg'}]}}",
                              next))
               ->id;
    line = scenario_ask(shop.s, "document", json("{'document': '%llu'}", next))
               ->document->document->lines[0];
    assert_int_equal(line->price, 400000);
    scenario_end(shop.s);
}

static void what_is_credited_is_whole_in_the_products_own_unit_too(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'half', 'factor': 500}]}");
    unsigned long long bill =
        scenario_done(shop.s, "issue_invoice",
                      sale(shop.anh, "{'product_code': 'CEM', 'quantity': 4000, 'unit': 'half'}"))
            ->id;
    REFUSED(shop.s, "issue_credit_note",
            json("{'invoice': '%llu', 'credit': [{'line': 0, 'quantity': 1001}]}", bill),
            UNIT_NOT_EXACT, "credit[0].quantity");
    unsigned long long note =
        scenario_done(shop.s, "issue_credit_note",
                      json("{'invoice': '%llu', 'credit': [{'line': 0, 'quantity': 1000}]}", bill))
            ->id;
    const Tefter__DocumentLine *line =
        scenario_ask(shop.s, "document", json("{'document': '%llu'}", note))
            ->document->document->lines[0];
    assert_int_equal(line->base_quantity, 500);
    scenario_done(shop.s, "issue_credit_note", json("{'invoice': '%llu'}", bill));
    scenario_end(shop.s);
}

/* ---- lists ---- */

static void whoever_opens_a_customer_into_a_priced_group_may_change_groups(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    const char who[] = "{'name': 'Chi', 'phone': '1', 'area': 'x', 'groups': [%u]}";
    scenario_as(shop.s, shop.clerk);
    scenario_done(shop.s, "open_customer", json(who, shop.gold)); /* there are no prices */
    scenario_as(shop.s, 1);
    list(&shop, "G", json(", 'groups': [%u]", shop.gold));
    scenario_as(shop.s, shop.clerk);
    const Tefter__Refusal *refusal =
        REFUSED(shop.s, "open_customer", json(who, shop.gold), RIGHT_MISSING, NULL);
    assert_true(refusal->n_roles > 0);
    scenario_as(shop.s, 1);
    scenario_done(shop.s, "open_customer", json(who, shop.gold));
    scenario_end(shop.s);
}

static void a_kept_price_of_another_customer_or_quantity_is_compared(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "G", json(", 'groups': [%u]", shop.gold));
    list(&shop, "ALL", "");
    set(&shop, "G", "'price': 80000");
    set(&shop, "ALL", "'from_quantity': 10000, 'price': 100000");
    const char correct[] = "{'document': '%llu', 'reason': {'value': 'r'}, 'invoice': {%s}}";
    const char *line = "{'product_code': 'CEM', 'quantity': 100000}";
    scenario_as(shop.s, shop.clerk);
    unsigned long long gold = scenario_done(shop.s, "issue_invoice", sale(shop.anh, line))->id;
    REFUSED(shop.s, "correct_invoice", json(correct, gold, json("'customer': %u", shop.binh)),
            MORE_THAN_YOU_MAY, "lines[0].price");
    scenario_done(shop.s, "correct_invoice",
                  json(correct, gold, "'lines': [{'line': 1, 'quantity': 1000}]"));
    unsigned long long many = scenario_done(shop.s, "issue_invoice", sale(shop.binh, line))->id;
    REFUSED(shop.s, "correct_invoice",
            json(correct, many, "'lines': [{'line': 1, 'quantity': 1000}]"), MORE_THAN_YOU_MAY,
            "lines[0].price");
    scenario_done(shop.s, "correct_invoice",
                  json(correct, many, "'lines': [{'line': 1, 'quantity': 10000}]"));
    scenario_end(shop.s);
}

static void a_custom_line_with_a_price_is_not_sold_for_nothing(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "set_thresholds",
                  json("{'thresholds': [{'threshold': %d, 'role': %d, 'most': 0}, {'threshold': "
                       "%d, 'role': %d, 'most': 0}]}",
                       TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT, TEFTER__ROLE__ROLE_SALES,
                       TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE, TEFTER__ROLE__ROLE_SALES));
    scenario_as(shop.s, shop.clerk);
    sells_not(&shop, shop.binh, "{'text': 'gold bars', 'quantity': 5000, 'price': 90}",
              CODE(MORE_THAN_YOU_MAY), "lines[0]");
    scenario_end(shop.s);
}

static void the_nearest_list_with_a_price_decides(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
#define LINE "{'product_code': 'CEM', 'quantity': 1000}"
    assert_null(sold(&shop, shop.anh, LINE)->price_list);
    list(&shop, "ALL", "");
    list(&shop, "MK", json(", 'branches': [%u]", shop.market));
    list(&shop, "HQ", ", 'branches': [1]");
    list(&shop, "NORTH", json(", 'groups': [%u]", shop.north));
    list(&shop, "GOLD", json(", 'groups': [%u]", shop.gold));
    list(&shop, "GOLDHQ", json(", 'groups': [%u], 'branches': [1]", shop.gold));
    static const char *const nearer[] = {"ALL", "HQ", "GOLD", "NORTH", "GOLDHQ"};
    for (int i = 0; i < 5; i++) {
        set(&shop, nearer[i], json("'price': %d", 390000 - i));
        const Tefter__DocumentLine *line = sold(&shop, shop.anh, LINE);
        assert_string_equal(line->price_list, nearer[i]);
        assert_int_equal(line->price, 390000 - i);
    }
    set(&shop, "MK", "'price': 1");
    assert_string_equal(sold(&shop, shop.anh, LINE)->price_list, "GOLDHQ");
    assert_string_equal(sold(&shop, shop.binh, LINE)->price_list, "HQ");
    scenario_at(shop.s, shop.market);
    assert_string_equal(sold(&shop, shop.anh, LINE)->price_list, "NORTH");
    assert_string_equal(sold(&shop, shop.binh, LINE)->price_list, "MK");
    scenario_at(shop.s, 1);
    scenario_done(shop.s, "change_price_list", "{'list': 'GOLDHQ', 'retired': true}");
    assert_string_equal(sold(&shop, shop.anh, LINE)->price_list, "NORTH");
    scenario_done(shop.s, "change_price_list",
                  json("{'list': 'north', 'branches': [%u]}", shop.market));
    assert_string_equal(sold(&shop, shop.anh, LINE)->price_list, "GOLD");
    /* a price that is said, and is the list's, is of the list */
    assert_string_equal(
        sold(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1000, 'price': 389998}")
            ->price_list,
        "GOLD");
    assert_null(sold(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 1000, 'price': 500000}")
                    ->price_list);
    scenario_end(shop.s);
}

static void prices_begin_on_their_day_and_from_their_quantity(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "ALL", "");
    set(&shop, "ALL", "'price': 300000");
    set(&shop, "ALL", json("'price': 310000, 'valid_from': %d", TODAY + 5));
    set(&shop, "ALL", "'price': 290000, 'from_quantity': 10000");
    set(&shop, "ALL", json("'from_quantity': 10000, 'valid_from': %d", TODAY + 7));
    set(&shop, "ALL", "'unit': 'bag', 'price': 7000000");
#define APPLIES(more) card(&shop, more)->applies->price
    assert_int_equal(APPLIES(""), 300000);
    assert_int_equal(APPLIES(", 'quantity': 9999"), 300000);
    assert_int_equal(APPLIES(", 'quantity': 10000"), 290000);
    assert_int_equal(APPLIES(json(", 'date': %d", TODAY + 4)), 300000);
    assert_int_equal(APPLIES(json(", 'date': %d", TODAY + 5)), 310000);
    assert_int_equal(APPLIES(json(", 'date': %d, 'quantity': 20000", TODAY + 6)), 290000);
    assert_int_equal(APPLIES(json(", 'date': %d, 'quantity': 20000", TODAY + 7)), 310000);
    assert_int_equal(APPLIES(json(", 'date': %d", TODAY - 1)), 400000);
    assert_int_equal(APPLIES(", 'unit': 'bag'"), 7000000);
    /* of the kg's price, as so many kg */
    assert_int_equal(APPLIES(", 'unit': 't'"), 290000000);
    const Tefter__ProductCardAnswer *all = card(&shop, "");
    assert_int_equal(all->n_prices, 5);
    size_t coming = 0;
    for (size_t i = 0; i < all->n_prices; i++)
        coming += all->prices[i]->coming ? 1 : 0;
    assert_int_equal(coming, 2);
    const Tefter__PricesAnswer *prices =
        scenario_ask(shop.s, "prices", "{'list': 'all', 'rows': 1}")->prices;
    assert_int_equal(prices->n_prices, 5); /* a product's prices stand together */
    assert_false(prices->has_next);
    scenario_end(shop.s);
}

static void a_list_with_a_mistake_is_refused(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "A", "");
#define ADD(code, more) "{'code': '" code "', 'name': 'n'" more "}"
#define PRICE(fields) "{'list': 'A', 'prices': [{" fields "}]}"
    REFUSED(shop.s, "add_price_list", ADD("a b", ""), FIELD_INVALID, "code");
    REFUSED(shop.s, "add_price_list", "{'code': 'B', 'name': ''}", FIELD_MISSING, "name");
    REFUSED(shop.s, "add_price_list", ADD("B", ", 'groups': [9]"), NOT_FOUND, "groups[0]");
    REFUSED(shop.s, "add_price_list", ADD("B", ", 'branches': [1, 9]"), NOT_FOUND, "branches[1]");
    REFUSED(shop.s, "add_price_list", ADD("B", ", 'branches': [1, 1]"), FIELD_INVALID,
            "branches[1]");
    REFUSED(shop.s, "add_price_list", ADD("B", ", 'groups': [1, 2, 1]"), FIELD_INVALID,
            "groups[2]");
    assert_int_equal(
        REFUSED(shop.s, "add_price_list", ADD("a", ""), ALREADY_EXISTS, "code")->existing, 1);
    REFUSED(shop.s, "change_price_list", "{'list': 'X', 'name': 'n'}", NOT_FOUND, "list");
    REFUSED(shop.s, "change_price_list", "{'list': 'A', 'name': 'of A'}", NOTHING_TO_CHANGE, NULL);
    REFUSED(shop.s, "change_price_list", "{'list': 'A', 'branches': [1], 'all_branches': true}",
            FIELD_INVALID, "all_branches");
    REFUSED(shop.s, "change_price_list", "{'list': 'A', 'groups': [1], 'all_customers': true}",
            FIELD_INVALID, "all_customers");
    REFUSED(shop.s, "set_prices", "{'list': 'A'}", FIELD_MISSING, "prices");
    REFUSED(shop.s, "set_prices", "{'list': 'X', 'prices': [{'product': 1}]}", NOT_FOUND, "list");
    REFUSED(shop.s, "set_prices", PRICE("'price': 1"), FIELD_MISSING, "prices[0].product");
    REFUSED(shop.s, "set_prices", PRICE("'product': 9"), NOT_IN_CATALOGUE, "prices[0].product");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'unit': 'box'"), UNIT_UNKNOWN,
            "prices[0].unit");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'from_quantity': -1"), FIELD_INVALID,
            "prices[0].from_quantity");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'from_quantity': '1000000000001'"),
            AMOUNT_TOO_BIG, "prices[0].from_quantity");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'valid_from': 0"), DATE_INVALID,
            "prices[0].valid_from");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'price': -1"), AMOUNT_NOT_POSITIVE,
            "prices[0].price");
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'price': 0"), AMOUNT_NOT_POSITIVE,
            "prices[0].price");
    set(&shop, "A", "'price': 1");
    REFUSED(shop.s, "set_prices", PRICE("'product_code': '100', 'unit': 'KG', 'price': 1"),
            NOTHING_TO_CHANGE, NULL);
    scenario_ask_refused(shop.s, "prices", "{'list': 'X'}", CODE(NOT_FOUND));
    scenario_ask_refused(shop.s, "product_card", "{'code': 'CEM', 'unit': 'box'}",
                         CODE(UNIT_UNKNOWN));
    scenario_as(shop.s, shop.clerk);
    REFUSED(shop.s, "set_prices", PRICE("'product': 1, 'price': 2"), RIGHT_MISSING, NULL);
    scenario_end(shop.s);
}

/* A unit that costs nothing, by its own price or by rounding, gives no goods of the product away.
 */
static void goods_with_a_price_are_not_sold_for_nothing_by_another_unit(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "change_product",
                  "{'product': 1, 'units': [{'code': 'scoop', 'factor': 1000, 'price': 0}]}");
    scenario_as(shop.s, shop.clerk);
    const Tefter__Refusal *refusal =
        sells_not(&shop, shop.binh, "{'product': 1, 'unit': 'scoop', 'quantity': 1000}",
                  CODE(MORE_THAN_YOU_MAY), "lines[0].quantity");
    assert_int_equal(refusal->threshold, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT);
    scenario_end(shop.s);
}

static void a_list_makes_room_by_what_can_count_no_more(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "A", "");
    for (int i = 0; i < 64; i++) /* yesterday's and older */
        set(&shop, "A", json("'price': %d, 'valid_from': %d", i + 1, TODAY - 64 + i));
    set(&shop, "A", json("'price': 64, 'valid_from': %d", TODAY));
    assert_int_equal(scenario_ask(shop.s, "price_lists", "{}")->price_lists->lists[0]->prices, 2);
    for (int i = 0; i < 62; i++)
        set(&shop, "A", json("'price': %d, 'valid_from': %d", i + 1, TODAY + 1 + i));
    REFUSED(shop.s, "set_prices",
            json("{'list': 'A', 'prices': [{'product': 1, 'price': 1, 'valid_from': %d}, "
                 "{'product': 1, 'price': 1, 'valid_from': %d}]}",
                 TODAY + 70, TODAY + 71),
            TOO_MANY, "prices[1]");
    scenario_end(shop.s);
}

static void no_more_than_so_many_lists(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    for (int i = 0; i < 64; i++)
        list(&shop, json("L%d", i), "");
    assert_int_equal(
        REFUSED(shop.s, "add_price_list", ADD("one-more", ""), TOO_MANY, "price_lists")->most, 64);
    scenario_end(shop.s);
}

static void thresholds_judge_by_the_price_that_applies(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "GOLD", json(", 'groups': [%u]", shop.gold));
    set(&shop, "GOLD", "'price': 300000");
    scenario_as(shop.s, shop.clerk);
#define AT(price) "{'product_code': 'CEM', 'quantity': 1000, 'price': " price "}"
    (void)sold(&shop, shop.anh, AT("300000"));
    sells_not(&shop, shop.anh, AT("299999"), CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    sells_not(&shop, shop.binh, AT("399999"), CODE(MORE_THAN_YOU_MAY), "lines[0].price");
#define BAG(price) "{'product_code': 'CEM', 'quantity': 1000, 'unit': 'bag', 'price': " price "}"
    (void)sold(&shop, shop.anh, BAG("7500000"));
    sells_not(&shop, shop.anh, BAG("7499999"), CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    scenario_end(shop.s);
}

/* ---- cost ---- */

static void a_cost_is_seen_and_set_by_right_alone(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t manager = scenario_staff(shop.s, "manager", TEFTER__ROLE__ROLE_MANAGER);
    uint32_t accountant = scenario_staff(shop.s, "accountant", TEFTER__ROLE__ROLE_ACCOUNTANT);
    scenario_as(shop.s, accountant);
    scenario_done(shop.s, "change_product", "{'product': 1, 'cost': 350000}");
    assert_int_equal(card(&shop, "")->product->cost, 350000);
    REFUSED(shop.s, "change_product", "{'product': 1, 'cost': -1}", FIELD_INVALID, "cost");
    REFUSED(shop.s, "change_product", "{'product': 1, 'cost': 1, 'no_cost': true}", FIELD_INVALID,
            "no_cost");
    uint32_t without[] = {shop.clerk, manager};
    for (size_t i = 0; i < 2; i++) {
        scenario_as(shop.s, without[i]);
        assert_false(card(&shop, "")->product->has_cost);
        assert_false(scenario_ask(shop.s, "products", "{}")->products->products[0]->has_cost);
        const Tefter__SearchAnswer *hits =
            scenario_ask(shop.s, "search", "{'text': 'CEM'}")->search;
        for (size_t k = 0; k < hits->n_hits; k++)
            assert_true(hits->hits[k]->product == NULL || !hits->hits[k]->product->has_cost);
    }
    const Tefter__Refusal *refusal =
        REFUSED(shop.s, "change_product", "{'product': 1, 'cost': 1}", RIGHT_MISSING, NULL);
    assert_int_equal(refusal->right, TEFTER__RIGHT__RIGHT_SEE_COST);
    scenario_end(shop.s);
}

static void who_sells_below_cost_is_told_no_figure_of_it(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    uint32_t manager = scenario_staff(shop.s, "manager", TEFTER__ROLE__ROLE_MANAGER);
    scenario_done(shop.s, "change_product", "{'product': 1, 'cost': 390000}");
    scenario_done(shop.s, "set_thresholds",
                  "{'thresholds': [{'threshold': 'BELOW_LIST', 'role': 'SALES'}]}");
    scenario_as(shop.s, shop.clerk);
    (void)sold(&shop, shop.anh, AT("390000"));
    const Tefter__Refusal *refusal =
        sells_not(&shop, shop.anh, AT("380000"), CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    assert_int_equal(refusal->threshold, TEFTER__THRESHOLD__THRESHOLD_BELOW_COST);
    assert_int_equal(refusal->wanted, 1);
    assert_int_equal(refusal->most, 0);
    sells_not(&shop, shop.anh, BAG("9749000"), CODE(MORE_THAN_YOU_MAY), "lines[0].price");
    scenario_as(shop.s, manager);
    (void)sold(&shop, shop.anh, AT("380000"));
    scenario_end(shop.s);
}

static void what_was_sold_adds_up_in_the_products_own_unit(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    scenario_done(shop.s, "change_product", "{'product': 1, 'cost': 300000}");
    (void)sold(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 5000, 'unit': 'bag'}");
    (void)sold(&shop, shop.anh, "{'product_code': 'CEM', 'quantity': 2000}");
    unsigned long long bill =
        scenario_done(shop.s, "issue_invoice",
                      sale(shop.anh, "{'product_code': '300', 'quantity': 2000}"))
            ->id;
    scenario_done(shop.s, "issue_credit_note",
                  json("{'invoice': '%llu', 'credit': [{'line': 0, 'quantity': 1000}]}", bill));
    unsigned long long gone =
        scenario_done(shop.s, "issue_invoice",
                      sale(shop.anh, "{'product_code': 'CEM', 'quantity': 9000}"))
            ->id;
    scenario_done(shop.s, "reverse_document",
                  json("{'document': '%llu', 'reason': {'value': 'r'}}", gone));
    const Tefter__ProductSalesAnswer *sales =
        scenario_ask(shop.s, "product_sales", json("{'from': %d, 'until': %d}", TODAY, TODAY))
            ->product_sales;
    assert_int_equal(sales->n_rows, 1);
    assert_int_equal(sales->rows[0]->quantity, 125000 + 2000 + 1000000);
    assert_int_equal(sales->rows[0]->net_minor, 50000 + 800 + 390000);
    assert_int_equal(sales->rows[0]->cost_minor, 338100);
    assert_int_equal(sales->rows[0]->margin_minor, 102700);
    scenario_as(shop.s, shop.clerk);
    sales = scenario_ask(shop.s, "product_sales", "{'branch': 1}")->product_sales;
    assert_false(sales->rows[0]->has_cost_minor);
    assert_false(sales->rows[0]->has_margin_minor);
    assert_int_equal(scenario_ask(shop.s, "product_sales", json("{'until': %d}", TODAY - 1))
                         ->product_sales->n_rows,
                     0);
    scenario_ask_refused(shop.s, "product_sales", json("{'from': %d, 'until': 1}", TODAY),
                         CODE(DATE_TOO_EARLY));
    scenario_ask_refused(shop.s, "product_sales", "{'branch': 9}", CODE(NOT_FOUND));
    scenario_end(shop.s);
}

/* ---- which price applies, once more ---- */

struct entry {
    int list;
    int unit; /* 0: kg, 1: bag */
    int64_t from;
    int day;
    bool none;
    int64_t price;
};

/* Written from the manual: each list as it is near, each entry looked at. */
static int64_t applies(const struct entry *entries, size_t count, const int *order, size_t lists,
                       int unit, int64_t quantity, int day)
{
    for (size_t l = 0; l < lists; l++)
        for (int as = unit; as >= 0; as--) {
            int64_t much = as == unit ? quantity : quantity * 25;
            const struct entry *best = NULL;
            for (size_t i = 0; i < count; i++) {
                const struct entry *e = &entries[i];
                if (e->list != order[l] || e->unit != as || e->from > much || e->day > day)
                    continue;
                bool replaced = false;
                for (size_t k = 0; k < count; k++)
                    replaced |= entries[k].list == e->list && entries[k].unit == as &&
                                entries[k].from == e->from && entries[k].day > e->day &&
                                entries[k].day <= day;
                if (!replaced && !e->none && (best == NULL || e->from > best->from))
                    best = e;
            }
            if (best != NULL)
                return as == unit ? best->price : best->price * 25;
        }
    return unit == 0 ? 400000 : 10000000;
}

static void which_price_applies_is_what_the_manual_says(void **state)
{
    (void)state;
    struct shop shop;
    shop_begin(&shop);
    list(&shop, "L0", "");
    list(&shop, "L1", json(", 'groups': [%u]", shop.gold));
    list(&shop, "L2", json(", 'groups': [%u], 'branches': [1]", shop.north));
    static const int order[] = {2, 1, 0};
    struct entry entries[40];
    size_t count = 0;
    unsigned seed = 7;
    for (int i = 0; i < 36; i++) {
        struct entry e = {.list = rand_r(&seed) % 3,
                          .unit = rand_r(&seed) % 2,
                          .from = rand_r(&seed) % 3 * 10000,
                          .day = TODAY - 2 + rand_r(&seed) % 5,
                          .none = rand_r(&seed) % 5 == 0,
                          .price = 1 + rand_r(&seed) % 900000};
        bool there = false;
        for (size_t k = 0; k < count; k++)
            there |= entries[k].list == e.list && entries[k].unit == e.unit &&
                     entries[k].from == e.from && entries[k].day == e.day;
        if (there)
            continue;
        entries[count++] = e;
        const char *price = e.none ? "" : json(", 'price': %lld", (long long)e.price);
        set(&shop, json("L%d", e.list),
            json("'unit': '%s', 'from_quantity': %lld, 'valid_from': %d%s",
                 e.unit == 0 ? "kg" : "bag", (long long)e.from, e.day, price));
        for (int day = TODAY - 3; day < TODAY + 4; day++)
            for (int64_t quantity = 1000; quantity <= 31000; quantity += 10000)
                for (int unit = 0; unit < 2; unit++)
                    assert_int_equal(
                        APPLIES(json(", 'customer': %u, 'date': %d, 'quantity': %lld, 'unit': '%s'",
                                     shop.anh, day, (long long)quantity, unit == 0 ? "kg" : "bag")),
                        applies(entries, count, order, 3, unit, quantity, day));
    }
    scenario_end(shop.s);
}

static void older_rules_know_none_of_it(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin_at(4);
    scenario_done(s, "add_product", "{'code': 'P', 'name': 'paint', 'price': 1}");
    REFUSED(s, "change_product", "{'product': 1, 'cost': 1}", RULES_TOO_OLD, "cost");
    REFUSED(s, "change_product", "{'product': 1, 'units': [{'code': 'x', 'factor': 1}]}",
            RULES_TOO_OLD, "units");
    REFUSED(s, "add_price_list", ADD("A", ""), RULES_TOO_OLD, "code");
    REFUSED(s, "change_price_list", "{'list': 'A'}", RULES_TOO_OLD, "list");
    REFUSED(s, "set_prices", "{'list': 'A'}", RULES_TOO_OLD, "prices");
    REFUSED(s, "issue_invoice", "{'lines': [{'product': 1, 'quantity': 1, 'unit': 'x'}]}",
            RULES_TOO_OLD, "lines[0].unit");
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_sold_in_any_unit_and_known_in_the_products_own),
        cmocka_unit_test(a_unit_that_is_unknown_or_does_not_divide_is_refused_with_what_to_do),
        cmocka_unit_test(a_unit_with_a_mistake_is_refused),
        cmocka_unit_test(a_unit_is_found_by_its_barcode),
        cmocka_unit_test(a_price_by_factor_is_rounded_once_with_its_line),
        cmocka_unit_test(whoever_opens_a_customer_into_a_priced_group_may_change_groups),
        cmocka_unit_test(a_kept_price_of_another_customer_or_quantity_is_compared),
        cmocka_unit_test(a_custom_line_with_a_price_is_not_sold_for_nothing),
        cmocka_unit_test(a_correction_keeps_unit_factor_and_price),
        cmocka_unit_test(what_is_credited_is_whole_in_the_products_own_unit_too),
        cmocka_unit_test(the_nearest_list_with_a_price_decides),
        cmocka_unit_test(prices_begin_on_their_day_and_from_their_quantity),
        cmocka_unit_test(a_list_with_a_mistake_is_refused),
        cmocka_unit_test(goods_with_a_price_are_not_sold_for_nothing_by_another_unit),
        cmocka_unit_test(a_list_makes_room_by_what_can_count_no_more),
        cmocka_unit_test(no_more_than_so_many_lists),
        cmocka_unit_test(thresholds_judge_by_the_price_that_applies),
        cmocka_unit_test(a_cost_is_seen_and_set_by_right_alone),
        cmocka_unit_test(who_sells_below_cost_is_told_no_figure_of_it),
        cmocka_unit_test(what_was_sold_adds_up_in_the_products_own_unit),
        cmocka_unit_test(which_price_applies_is_what_the_manual_says),
        cmocka_unit_test(older_rules_know_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
