#include "import/price.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/fold.h"
#include "lib/tefter.h"

enum { KEY_TEXT_MAX = 200 };

/* The commands only point to texts; protobuf-c wants them without const. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- prices ---- */

static void fill_price(const struct entry *entry, Tefter__PriceEntry *price)
{
    tefter__price_entry__init(price);
    price->product_code = text_of(entry->texts[FIELD_CODE]);
    price->unit = text_of(entry->texts[FIELD_UNIT]);
    price->has_from_quantity = entry->has_number[FIELD_FROM_QUANTITY];
    price->from_quantity = entry->numbers[FIELD_FROM_QUANTITY];
    price->has_valid_from = entry->has_number[FIELD_VALID_FROM];
    price->valid_from = (uint32_t)entry->numbers[FIELD_VALID_FROM];
    price->has_price = entry->has_number[FIELD_PRICE];
    price->price = entry->numbers[FIELD_PRICE];
}

const Tefter__Command *price_command(const struct entry *entry, struct arena *arena)
{
    Tefter__Command *command = arena_take(arena, sizeof *command);
    Tefter__SetPrices *set = arena_take(arena, sizeof *set);
    Tefter__PriceEntry **prices = arena_take(arena, sizeof *prices);
    Tefter__PriceEntry *price = arena_take(arena, sizeof *price);
    if (command == NULL || set == NULL || prices == NULL || price == NULL)
        return NULL;
    tefter__command__init(command);
    tefter__set_prices__init(set);
    fill_price(entry, price);
    prices[0] = price;
    set->list = text_of(entry->texts[FIELD_LIST]);
    set->prices = prices;
    set->n_prices = 1;
    command->kind_case = TEFTER__COMMAND__KIND_SET_PRICES;
    command->set_prices = set;
    return command;
}

/* The unit that a row means, as the card has it; NULL: the product's own. False: the product has no
 * such unit. */
static bool unit_meant(const struct entry *entry, const Tefter__ProductRecord *product,
                       const char **ret_unit)
{
    const char *said = entry->texts[FIELD_UNIT];
    *ret_unit = NULL;
    for (size_t i = 0; i < product->n_units; i++) {
        const Tefter__ProductUnit *unit = product->units[i];
        bool is = said != NULL && fold_same(unit->code, said);
        for (size_t k = 0; k < unit->n_barcodes && said == NULL; k++)
            is = is || fold_same(unit->barcodes[k], entry->texts[FIELD_CODE]);
        if (is) {
            *ret_unit = unit->code;
            return true;
        }
    }
    return said == NULL || (product->unit != NULL && fold_same(product->unit, said));
}

/* The price of the list that holds for so much of that unit, on the day the card was asked for;
 * NULL: none does. */
static const Tefter__PriceRow *in_force(const struct entry *entry, const char *unit,
                                        const Tefter__ProductCardAnswer *there)
{
    int64_t from = entry->has_number[FIELD_FROM_QUANTITY] ? entry->numbers[FIELD_FROM_QUANTITY] : 0;
    for (size_t i = 0; i < there->n_prices; i++) {
        const Tefter__PriceRow *row = there->prices[i];
        bool same_unit =
            unit == NULL ? row->unit == NULL : row->unit != NULL && strcmp(row->unit, unit) == 0;
        if (row->in_force && same_unit && row->list != NULL &&
            fold_same(row->list, entry->texts[FIELD_LIST]) && row->from_quantity == from)
            return row;
    }
    return NULL;
}

static const char *price_text(bool has, int64_t price, const struct currency *currency,
                              char out[AMOUNT_TEXT_MAX])
{
    if (has)
        (void)habit_write(price, currency->exponent + 3, currency->exponent, currency->habit, out);
    else
        (void)snprintf(out, AMOUNT_TEXT_MAX, "none");
    return out;
}

/* "GOLD CEM40 bag from 10" */
static void key_text(const struct entry *entry, const char *unit,
                     const Tefter__ProductCardAnswer *there, const struct currency *currency,
                     char out[KEY_TEXT_MAX])
{
    char from[AMOUNT_TEXT_MAX + 8] = "";
    if (entry->has_number[FIELD_FROM_QUANTITY] && entry->numbers[FIELD_FROM_QUANTITY] > 0) {
        (void)snprintf(from, sizeof from, " from ");
        (void)habit_write(entry->numbers[FIELD_FROM_QUANTITY], 3, 0, currency->habit,
                          from + strlen(from));
    }
    (void)snprintf(out, KEY_TEXT_MAX, "%.40s %.40s%s%.40s%s", entry->texts[FIELD_LIST],
                   there->product->code, unit == NULL ? "" : " ", unit == NULL ? "" : unit, from);
}

void price_card(const struct entry *entry, Tefter__ProductCard *ret_card)
{
    tefter__product_card__init(ret_card);
    ret_card->code = text_of(entry->texts[FIELD_CODE]);
    ret_card->has_date = entry->has_number[FIELD_VALID_FROM];
    ret_card->date = (uint32_t)entry->numbers[FIELD_VALID_FROM];
}

enum price_there price_compare(const struct entry *entry, const Tefter__ProductCardAnswer *there,
                               const struct currency *currency, char why[WHY_MAX])
{
    char before[AMOUNT_TEXT_MAX];
    char after[AMOUNT_TEXT_MAX];
    char key[KEY_TEXT_MAX];
    char day[DATE_TEXT_SIZE];
    const char *unit;
    const Tefter__PriceRow *row =
        unit_meant(entry, there->product, &unit) ? in_force(entry, unit, there) : NULL;
    bool dated = entry->has_number[FIELD_VALID_FROM];
    if (row == NULL || (dated && row->valid_from != (uint32_t)entry->numbers[FIELD_VALID_FROM]))
        return PRICE_NEW; /* one of another day stays as it is */
    if (row->has_price && row->price == entry->numbers[FIELD_PRICE])
        return PRICE_SAME;
    key_text(entry, unit, there, currency, key);
    date_write(row->valid_from, day);
    (void)snprintf(
        why, WHY_MAX,
        "%.90s is there with price %.30s, from %s, the file has %.30s: --update changes it", key,
        price_text(row->has_price, row->price, currency, before), day,
        price_text(true, entry->numbers[FIELD_PRICE], currency, after));
    return PRICE_OTHER;
}

void price_differs(struct entry *entry, const Tefter__ProductCardAnswer *there,
                   const struct currency *currency)
{
    char before[AMOUNT_TEXT_MAX] = "";
    char after[AMOUNT_TEXT_MAX];
    char key[KEY_TEXT_MAX];
    char day[DATE_TEXT_SIZE];
    char label[KEY_TEXT_MAX + DATE_TEXT_SIZE + 8];
    const char *unit;
    (void)unit_meant(entry, there->product, &unit);
    const Tefter__PriceRow *row = in_force(entry, unit, there);
    key_text(entry, unit, there, currency, key);
    bool dated = entry->has_number[FIELD_VALID_FROM];
    if (dated)
        date_write((uint32_t)entry->numbers[FIELD_VALID_FROM], day);
    (void)snprintf(label, sizeof label, "%s%s%s", key, dated ? ", from " : "", dated ? day : "");
    entry->differs.label = arena_text(&entry->arena, label, strlen(label));
    if (row != NULL && row->has_price)
        (void)price_text(true, row->price, currency, before);
    entry_add_difference(
        entry, (struct difference){FIELD_PRICE, "price", before,
                                   price_text(entry->has_number[FIELD_PRICE],
                                              entry->numbers[FIELD_PRICE], currency, after)});
}

/* ---- units ---- */

Tefter__ProductUnit *price_unit(const struct entry *entry, struct arena *arena, bool *ret_room)
{
    *ret_room = true;
    if (entry->texts[FIELD_PACK] == NULL)
        return NULL;
    Tefter__ProductUnit *unit = arena_take(arena, sizeof *unit);
    char **barcodes = arena_take(arena, sizeof *barcodes);
    *ret_room = unit != NULL && barcodes != NULL;
    if (!*ret_room)
        return NULL;
    tefter__product_unit__init(unit);
    unit->code = text_of(entry->texts[FIELD_PACK]);
    unit->has_factor = entry->has_number[FIELD_FACTOR];
    unit->factor = entry->numbers[FIELD_FACTOR];
    unit->has_price = entry->has_number[FIELD_PACK_PRICE];
    unit->price = entry->numbers[FIELD_PACK_PRICE];
    barcodes[0] = text_of(entry->texts[FIELD_PACK_BARCODE]);
    unit->barcodes = barcodes;
    unit->n_barcodes = barcodes[0] != NULL;
    return unit;
}

static bool has_barcode(const Tefter__ProductUnit *unit, const char *barcode)
{
    for (size_t i = 0; i < unit->n_barcodes; i++)
        if (fold_same(unit->barcodes[i], barcode))
            return true;
    return false;
}

Tefter__ProductUnit *price_unit_change(Tefter__ProductUnit *unit,
                                       const Tefter__ProductRecord *there)
{
    const Tefter__ProductUnit *is = NULL;
    for (size_t i = 0; unit != NULL && i < there->n_units; i++)
        if (fold_same(there->units[i]->code, unit->code))
            is = there->units[i];
    if (unit == NULL || is == NULL)
        return unit;
    bool same = (!unit->has_factor || unit->factor == is->factor) &&
                (!unit->has_price || (is->has_price && unit->price == is->price)) &&
                (unit->n_barcodes == 0 || has_barcode(is, unit->barcodes[0]));
    return same ? NULL : unit;
}
