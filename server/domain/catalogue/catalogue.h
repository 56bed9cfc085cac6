#pragma once
/*
 * The catalogue: products by code and barcodes.
 */
#include "domain/entity/entity.h"
#include "view.pb-c.h"

const Tefter__ProductRecord *product_get(struct tx *tx, uint32_t product);
/* A barcode that begins as the text; NULL: there is none. */
const char *product_barcode_like(const Tefter__ProductRecord *product, const char *text);
/* By code or barcode. */
const Tefter__ProductRecord *product_by_code(struct tx *tx, const char *code);

Tefter__Refusal *apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                   Tefter__Done *done);
Tefter__Refusal *apply_change_product(struct tx *tx, const Tefter__ChangeProduct *command,
                                      Tefter__Done *done);

/* By number. A page looks at a bounded number of products, so one with a text may come with few
 * rows, or none, and still have a `next`. */
Tefter__Refusal *view_products(struct tx *tx, const Tefter__ProductList *query,
                               Tefter__ProductsAnswer *answer);
Tefter__Refusal *view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                   Tefter__ProductCardAnswer *answer);
