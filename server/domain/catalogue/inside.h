#pragma once
/*
 * What the files of this folder share: words of products, and the units of one.
 */
#include "domain/catalogue/catalogue.h"

/* ---- product.c ---- */

/* Whose word nobody else may take; 0: nobody's. */
uint32_t product_word_owner(struct tx *tx, const char *word);
bool product_word_among(const struct tx *tx, const char *word, char *const *words, size_t count);
/* Under rules that know neither units, lists nor costs: RULES_TOO_OLD field. */
Tefter__Refusal *prices_check_rules(struct tx *tx, const char *field);

/* ---- unit.c ---- */

/* The form of each: code (field_code; FIELD_INVALID when it stands twice), factor (FIELD_INVALID),
 * price (field_amount_or_zero; FIELD_INVALID no_price beside it), barcodes as a product's. */
Tefter__Refusal *units_check_form(struct tx *tx, Tefter__ProductUnit *const *units, size_t count);
/* What is said of units, merged into the product, which is the command's own. *ret_changed: it
 * differs now. *ret_words: barcodes that it did not have. Refuses, of each in turn: FIELD_INVALID
 * units[i].code (the product's own unit), FIELD_MISSING units[i].factor (of a new one), TOO_MANY
 * units[i].barcodes, FIELD_INVALID units[i].barcodes[k] (the product's own already), ALREADY_EXISTS
 * units[i].barcodes[k] (another's); TOO_MANY units. */
struct unit_words {
    char **words;
    size_t count;
};
Tefter__Refusal *units_merge(struct tx *tx, Tefter__ProductUnit *const *units, size_t count,
                             Tefter__ProductRecord *product, bool *ret_changed,
                             struct unit_words *ret_words);

/* ---- price.c ---- */

/* Of this company, retired or not; NULL: none was ever added. */
const Tefter__PriceListsRecord *price_lists_get(struct tx *tx);
/* The command's own, to change and save; empty when there is none. */
Tefter__PriceListsRecord *price_lists_shared(struct tx *tx);
void price_lists_save(struct tx *tx, const Tefter__PriceListsRecord *lists);
/* NULL: there is none of that code. */
Tefter__PriceListRecord *
price_list_by_code(const struct tx *tx, const Tefter__PriceListsRecord *lists, const char *code);

/* Of a list, with a product or (0) all; its records are by product. */
struct key price_key(uint32_t list, uint32_t product);
/* Sorted by unit (the product's own first), from_quantity, valid_from. Below 0: a comes first. */
int price_compare(const Tefter__ListPrice *a, const Tefter__ListPrice *b);
/* Does another of the same unit and quantity take its place on that day? */
bool price_superseded(const Tefter__PriceRecord *prices, size_t i, uint32_t date);
/* The row that people see of the i-th. */
Tefter__PriceRow *price_row(struct tx *tx, const Tefter__PriceListRecord *list,
                            const Tefter__PriceRecord *prices, size_t i, uint32_t date);
