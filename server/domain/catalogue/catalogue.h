#pragma once
/*
 * The catalogue: products by code and barcodes, the units they are sold in, and price lists: which
 * price applies to whom.
 */
#include "domain/entity/entity.h"
#include "view.pb-c.h"

/* ---- products ---- */

const Tefter__ProductRecord *product_get(struct tx *tx, uint32_t product);
/* A barcode, of one of its units too, that begins as the text; NULL: there is none. */
const char *product_barcode_like(const Tefter__ProductRecord *product, const char *text);
/* By code or barcode. */
const Tefter__ProductRecord *product_by_code(struct tx *tx, const char *code);
/* A copy for who asks: what it costs only with the right to see that. */
Tefter__ProductRecord *product_shown(struct tx *tx, const Tefter__ProductRecord *product);

/* ---- units ---- */

bool product_unit_is_own(const struct tx *tx, const Tefter__ProductRecord *product,
                         const char *unit);
/* Another one, retired or not; NULL: it has none of that code. */
const Tefter__ProductUnit *product_unit(const struct tx *tx, const Tefter__ProductRecord *product,
                                        const char *unit);
/* The one that has this barcode; NULL: none of them has. */
const Tefter__ProductUnit *
product_unit_coded(const struct tx *tx, const Tefter__ProductRecord *product, const char *barcode);
/* The code with the units that it is sold in, or its own. */
Tefter__Refusal *product_refuse_unit(struct tx *tx, Tefter__RefusalCode code, const char *field,
                                     const Tefter__ProductRecord *product);
/* Of one such unit, where one of the product's own has this price: rounded once. */
int64_t unit_price(int64_t price, int64_t factor);
/* So much of it in the product's own unit. false: that is no whole thousandth. Quantities are at
 * most QUANTITY_MAX either way. */
bool unit_base_quantity(int64_t quantity, int64_t factor, int64_t *ret_base);

/* ---- prices ---- */

/* The lists that may have a price for somebody, in the order in which they are looked at. NULL
 * stands for none. */
struct price_lists;
const struct price_lists *price_lists_for(struct tx *tx, const uint32_t *groups, size_t group_count,
                                          uint32_t branch, uint32_t date);

struct price_found {
    bool has_price;
    int64_t price;       /* thousandths of a minor unit, of one of the unit */
    bool has_base_price; /* `price` is this by the factor, and had to be rounded */
    int64_t base_price;  /* of the product's own unit */
    char *list;          /* code of the list that has it; NULL: the catalogue */
};
/* Of so much of a unit (NULL: the product's own). The order stands at the head of price.c. */
void price_find(struct tx *tx, const struct price_lists *lists,
                const Tefter__ProductRecord *product, const Tefter__ProductUnit *unit,
                int64_t quantity, struct price_found *ret_found);

/* ---- commands ---- */

Tefter__Refusal *apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_change_product(struct tx *tx, const Tefter__ChangeProduct *command,
                                      Tefter__Done *done);
/* NULL: there is none of that code. */
const Tefter__PriceListRecord *price_list_called(struct tx *tx, const char *code);

Tefter__Refusal *apply_add_price_list(struct tx *tx, const Tefter__AddPriceList *command,
                                      Tefter__Done *done);
Tefter__Refusal *apply_change_price_list(struct tx *tx, const Tefter__ChangePriceList *command,
                                         Tefter__Done *done);
Tefter__Refusal *apply_set_prices(struct tx *tx, const Tefter__SetPrices *command,
                                  Tefter__Done *done);

/* ---- views ---- */

/* By number. A page looks at a bounded number of products, so one with a text may come with few
 * rows, or none, and still have a `next`. */
Tefter__Refusal *view_products(struct tx *tx, const Tefter__ProductList *query,
                               Tefter__ProductsAnswer *answer);
Tefter__Refusal *view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                   Tefter__ProductCardAnswer *answer);
Tefter__Refusal *view_price_lists(struct tx *tx, const Tefter__PriceListList *query,
                                  Tefter__PriceListsAnswer *answer);
Tefter__Refusal *view_prices(struct tx *tx, const Tefter__PriceListView *query,
                             Tefter__PricesAnswer *answer);
