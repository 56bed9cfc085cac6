/*
 * Units that a product is sold in beside its own: a bag of 25 kg, a carton of 24.
 *
 *   added ──▶ sold in ──ChangeProduct retired──▶ retired ──▶ sold in again
 *
 * 1. A unit's factor is exact, in thousandths of the product's own unit. What was sold keeps the
 *    factor it was sold with.
 * 2. So much of a unit is a whole number of thousandths of the product's own, or it is not sold.
 * 3. A barcode of a unit is a word of its product, and says the unit.
 */
#include "domain/catalogue/inside.h"

#include "base/limits.h"
#include "base/money.h"

#include <string.h>

enum { UNITS_TEXT_MAX = 512 };

/* A million of the product's own. */
#define FACTOR_MAX INT64_C(1000000000)

/* ---- rules: what a unit comes to ---- */

int64_t unit_price(int64_t price, int64_t factor)
{
    return (int64_t)(((__int128)price * factor + QUANTITY_UNIT / 2) / QUANTITY_UNIT);
}

bool unit_base_quantity(int64_t quantity, int64_t factor, int64_t *ret_base)
{
    __int128 base = (__int128)quantity * factor;
    if (base % QUANTITY_UNIT != 0)
        return false;
    *ret_base = (int64_t)(base / QUANTITY_UNIT);
    return true;
}

/* ---- rules: which unit ---- */

bool product_unit_is_own(const struct tx *tx, const Tefter__ProductRecord *product,
                         const char *unit)
{
    return product->unit != NULL && word_same(tx, product->unit, unit);
}

const Tefter__ProductUnit *product_unit(const struct tx *tx, const Tefter__ProductRecord *product,
                                        const char *unit)
{
    for (size_t i = 0; i < product->n_units; i++)
        if (word_same(tx, product->units[i]->code, unit))
            return product->units[i];
    return NULL;
}

const Tefter__ProductUnit *
product_unit_coded(const struct tx *tx, const Tefter__ProductRecord *product, const char *barcode)
{
    for (size_t i = 0; i < product->n_units; i++)
        if (product_word_among(tx, barcode, product->units[i]->barcodes,
                               product->units[i]->n_barcodes))
            return product->units[i];
    return NULL;
}

/* What does not fit is left out. */
static void add_word(char text[UNITS_TEXT_MAX], const char *word)
{
    size_t size = strlen(text);
    size_t comma = size > 0 ? 2 : 0;
    size_t word_size = strlen(word);
    if (size + comma + word_size >= UNITS_TEXT_MAX)
        return;
    memcpy(text + size, ", ", comma);
    memcpy(text + size + comma, word, word_size + 1);
}

Tefter__Refusal *product_refuse_unit(struct tx *tx, Tefter__RefusalCode code, const char *field,
                                     const Tefter__ProductRecord *product)
{
    Tefter__Refusal *refusal = refuse(tx, code, field);
    char *text = tx_take(tx, UNITS_TEXT_MAX);
    if (product->unit != NULL)
        add_word(text, product->unit);
    for (size_t i = 0; i < product->n_units && code == TEFTER__REFUSAL_CODE__UNIT_UNKNOWN; i++)
        if (!product->units[i]->retired)
            add_word(text, product->units[i]->code);
    refusal->units = text[0] != '\0' ? text : NULL;
    return refusal;
}

/* ---- rules: form ---- */

static Tefter__Refusal *check_unit(struct tx *tx, const Tefter__ProductUnit *unit, size_t i)
{
    if (unit->has_factor && (unit->factor <= 0 || unit->factor > FACTOR_MAX))
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "units[%zu].factor", i);
    if (unit->has_price && unit->has_no_price && unit->no_price)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "units[%zu].no_price", i);
    if (unit->has_price)
        return field_amount_or_zero(tx, tx_format(tx, "units[%zu].price", i), unit->price);
    return NULL;
}

/* None twice among all that the command says. */
static Tefter__Refusal *check_words(struct tx *tx, Tefter__ProductUnit *const *units, size_t i)
{
    for (size_t k = 0; k < units[i]->n_barcodes; k++) {
        const char *word = units[i]->barcodes[k];
        const char *field = tx_format(tx, "units[%zu].barcodes[%zu]", i, k);
        Tefter__Refusal *refusal = field_code(tx, field, word);
        if (refusal != NULL)
            return refusal;
        bool twice = product_word_among(tx, word, units[i]->barcodes, k);
        for (size_t j = 0; j < i; j++)
            twice |= product_word_among(tx, word, units[j]->barcodes, units[j]->n_barcodes);
        if (twice)
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
    }
    return NULL;
}

Tefter__Refusal *units_check_form(struct tx *tx, Tefter__ProductUnit *const *units, size_t count)
{
    Tefter__Refusal *refusal = count > 0 ? prices_check_rules(tx, "units") : NULL;
    for (size_t i = 0; i < count && refusal == NULL; i++) {
        refusal = field_code(tx, tx_format(tx, "units[%zu].code", i), units[i]->code);
        for (size_t j = 0; j < i && refusal == NULL; j++)
            if (word_same(tx, units[j]->code, units[i]->code))
                refusal = refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "units[%zu].code", i);
        if (refusal == NULL)
            refusal = check_unit(tx, units[i], i);
        if (refusal == NULL)
            refusal = check_words(tx, units, i);
    }
    return refusal;
}

/* ---- changes ---- */

/* The product's unit of that code, added when there is none. */
static Tefter__ProductUnit *take_unit(struct tx *tx, Tefter__ProductRecord *product, char *code,
                                      bool *ret_added)
{
    Tefter__ProductUnit *unit = (Tefter__ProductUnit *)(uintptr_t)product_unit(tx, product, code);
    *ret_added = unit == NULL;
    if (unit != NULL)
        return unit;
    Tefter__ProductUnit **all = tx_take(tx, (product->n_units + 1) * sizeof *all);
    for (size_t i = 0; i < product->n_units; i++)
        all[i] = product->units[i];
    unit = tx_new(tx, &tefter__product_unit__descriptor);
    unit->code = code;
    all[product->n_units++] = unit;
    product->units = all;
    return unit;
}

/* A barcode that this unit has already is passed over. */
static Tefter__Refusal *look_word(struct tx *tx, const Tefter__ProductRecord *product, char *word,
                                  const char *field, const Tefter__ProductUnit *unit)
{
    uint32_t owner = product_word_owner(tx, word);
    if (owner != 0 && owner != product->product)
        return refuse_existing(tx, field, owner);
    const Tefter__ProductUnit *has = product_unit_coded(tx, product, word);
    bool own = word_same(tx, product->code, word) ||
               product_word_among(tx, word, product->barcodes, product->n_barcodes) ||
               (has != NULL && has != unit);
    return own ? refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field) : NULL;
}

static Tefter__Refusal *merge_words(struct tx *tx, const Tefter__ProductUnit *said, size_t i,
                                    const Tefter__ProductRecord *product, Tefter__ProductUnit *unit,
                                    struct unit_words *added)
{
    size_t before = unit->n_barcodes;
    char **all = tx_take(tx, (before + said->n_barcodes) * sizeof *all);
    for (size_t k = 0; k < before; k++)
        all[k] = unit->barcodes[k];
    unit->barcodes = all; /* the next look goes over those added so far */
    for (size_t k = 0; k < said->n_barcodes; k++) {
        const char *field = tx_format(tx, "units[%zu].barcodes[%zu]", i, k);
        Tefter__Refusal *refusal = look_word(tx, product, said->barcodes[k], field, unit);
        if (refusal != NULL)
            return refusal;
        if (product_word_among(tx, said->barcodes[k], all, before))
            continue;
        all[unit->n_barcodes++] = said->barcodes[k];
        added->words[added->count++] = said->barcodes[k];
    }
    if (unit->n_barcodes <= REPEATED_MAX)
        return NULL;
    return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, tx_format(tx, "units[%zu].barcodes", i),
                       REPEATED_MAX);
}

static bool change_unit(Tefter__ProductUnit *unit, const Tefter__ProductUnit *said)
{
    bool changed = field_move_i64(said->has_factor, said->factor, &unit->has_factor, &unit->factor);
    changed |= field_move_i64(said->has_price, said->price, &unit->has_price, &unit->price);
    if (said->has_no_price && said->no_price && unit->has_price) {
        FIELD_SET_IF(unit, price, false, 0);
        changed = true;
    }
    bool retired = said->has_retired && said->retired;
    if (said->has_retired && retired != (unit->has_retired && unit->retired)) {
        FIELD_SET_IF(unit, retired, retired, retired);
        changed = true;
    }
    return changed;
}

static Tefter__Refusal *merge_unit(struct tx *tx, const Tefter__ProductUnit *said, size_t i,
                                   Tefter__ProductRecord *product, bool *changed,
                                   struct unit_words *words)
{
    if (product_unit_is_own(tx, product, said->code))
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "units[%zu].code", i);
    bool added;
    Tefter__ProductUnit *unit = take_unit(tx, product, said->code, &added);
    if (added && !said->has_factor)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "units[%zu].factor", i);
    size_t before = words->count;
    Tefter__Refusal *refusal = merge_words(tx, said, i, product, unit, words);
    *changed |= change_unit(unit, said) || added || words->count > before;
    return refusal;
}

Tefter__Refusal *units_merge(struct tx *tx, Tefter__ProductUnit *const *units, size_t count,
                             Tefter__ProductRecord *product, bool *ret_changed,
                             struct unit_words *ret_words)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += units[i]->n_barcodes;
    *ret_words =
        (struct unit_words){.words = count > 0 ? tx_take(tx, (most + 1) * sizeof(char *)) : NULL};
    for (size_t i = 0; i < count; i++) {
        Tefter__Refusal *refusal = merge_unit(tx, units[i], i, product, ret_changed, ret_words);
        if (refusal != NULL)
            return refusal;
    }
    if (product->n_units > PRODUCT_UNITS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "units", PRODUCT_UNITS_MAX);
    return NULL;
}
