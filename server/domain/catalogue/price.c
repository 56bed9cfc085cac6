/*
 * Which price applies. Lists are looked at in this order, and the first that has a price for the
 * product decides:
 *
 *   for a group of the customer's, at this branch ─▶ for a group of theirs, at all branches
 *     ─▶ for all customers, at this branch ─▶ for all, everywhere ─▶ the catalogue
 *
 * Of two lists of one kind the one that was added first. Retired ones do not count.
 *
 * In a list, a price of the line's unit goes before one of the product's own unit, which counts by
 * the factor. Of each from-quantity the newest price that is valid counts, or none if it says so;
 * of those the one with the largest from-quantity that the line reaches.
 *
 * In the catalogue, a unit's own price goes before the product's by the factor.
 *
 * A line whose price is by the factor comes to what so much of the product's own unit costs,
 * rounded once.
 *
 * 1. A company without lists pays one comparison for them.
 * 2. Lists are one record and a product's prices in a list another: no price is walked to.
 */
#include "domain/catalogue/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"

#include <string.h>

struct price_lists {
    uint32_t date;
    size_t count;
    const Tefter__PriceListRecord *lists[PRICE_LISTS_MAX];
};

/* ---- records ---- */

static struct key lists_key(void)
{
    return key_book(TABLE_PRICE_LISTS);
}

struct key price_key(uint32_t list, uint32_t product)
{
    struct key key = key_book(TABLE_PRICE);
    key_u32(&key, list);
    if (product != 0)
        key_u32(&key, product);
    return key;
}

const Tefter__PriceListsRecord *price_lists_get(struct tx *tx)
{
    struct key key = lists_key();
    return tx_cached(tx, &key, &tefter__price_lists_record__descriptor);
}

Tefter__PriceListsRecord *price_lists_shared(struct tx *tx)
{
    struct key key = lists_key();
    Tefter__PriceListsRecord *lists = tx_shared(tx, &key, &tefter__price_lists_record__descriptor);
    return lists != NULL ? lists : tx_new(tx, &tefter__price_lists_record__descriptor);
}

void price_lists_save(struct tx *tx, const Tefter__PriceListsRecord *lists)
{
    struct key key = lists_key();
    tx_put(tx, &key, &lists->base);
}

Tefter__PriceListRecord *price_list_by_code(const struct tx *tx,
                                            const Tefter__PriceListsRecord *lists, const char *code)
{
    for (size_t i = 0; lists != NULL && i < lists->n_lists; i++)
        if (word_same(tx, lists->lists[i]->code, code))
            return lists->lists[i];
    return NULL;
}

const Tefter__PriceListRecord *price_list_called(struct tx *tx, const char *code)
{
    return price_list_by_code(tx, price_lists_get(tx), code);
}

/* ---- rules: which lists ---- */

static bool is_among(uint32_t wanted, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == wanted)
            return true;
    return false;
}

enum { OF_GROUP_AND_BRANCH, OF_GROUP, OF_BRANCH, OF_ALL, KINDS };

/* How near the list is to who asks; KINDS: it is not for them. */
static int kind_of(const Tefter__PriceListRecord *list, const uint32_t *groups, size_t group_count,
                   uint32_t branch)
{
    bool of_group = false;
    for (size_t i = 0; i < group_count && !of_group; i++)
        of_group = is_among(groups[i], list->groups, list->n_groups);
    bool here = list->n_branches == 0 || is_among(branch, list->branches, list->n_branches);
    if (list->retired || !here || (list->n_groups > 0 && !of_group))
        return KINDS;
    if (list->n_groups > 0)
        return list->n_branches > 0 ? OF_GROUP_AND_BRANCH : OF_GROUP;
    return list->n_branches > 0 ? OF_BRANCH : OF_ALL;
}

const struct price_lists *price_lists_for(struct tx *tx, const uint32_t *groups, size_t group_count,
                                          uint32_t branch, uint32_t date)
{
    if (company_get(tx)->price_lists == 0)
        return NULL;
    const Tefter__PriceListsRecord *all = price_lists_get(tx);
    if (all == NULL || all->n_lists > PRICE_LISTS_MAX)
        tx_fault(tx, "price lists");
    uint8_t kinds[PRICE_LISTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < all->n_lists; i++) {
        kinds[i] = (uint8_t)kind_of(all->lists[i], groups, group_count, branch);
        count += kinds[i] != KINDS;
    }
    if (count == 0)
        return NULL;
    struct price_lists *found = tx_take(tx, sizeof *found);
    found->date = date;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < all->n_lists; i++)
            if (kinds[i] == kind)
                found->lists[found->count++] = all->lists[i];
    return found;
}

/* ---- rules: which price of a list ---- */

static int unit_compare(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int number_compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int price_compare(const Tefter__ListPrice *a, const Tefter__ListPrice *b)
{
    int order = unit_compare(a->unit, b->unit);
    if (order == 0)
        order = number_compare(a->from_quantity, b->from_quantity);
    return order != 0 ? order : number_compare(a->valid_from, b->valid_from);
}

bool price_superseded(const Tefter__PriceRecord *prices, size_t i, uint32_t date)
{
    if (i + 1 >= prices->n_prices)
        return false;
    const Tefter__ListPrice *price = prices->prices[i];
    const Tefter__ListPrice *next = prices->prices[i + 1];
    return unit_compare(price->unit, next->unit) == 0 &&
           price->from_quantity == next->from_quantity && next->valid_from <= date;
}

/* NULL: it has none for so much of this unit. */
static const Tefter__ListPrice *pick(const Tefter__PriceRecord *prices, const char *unit,
                                     int64_t quantity, uint32_t date)
{
    const Tefter__ListPrice *best = NULL;
    for (size_t i = 0; i < prices->n_prices; i++) {
        const Tefter__ListPrice *price = prices->prices[i];
        bool counts = unit_compare(price->unit, unit) == 0 && price->from_quantity <= quantity &&
                      price->valid_from <= date && !price_superseded(prices, i, date);
        if (counts && price->has_price)
            best = price; /* they are sorted: it has the largest from-quantity so far */
    }
    return best;
}

/* A price of the product's own unit, for another one. What is sold is counted by the first: rounded
 * before it is multiplied, a small unit's would come to nothing. */
static void by_factor(int64_t price, int64_t factor, struct price_found *found)
{
    found->price = unit_price(price, factor);
    found->has_base_price = (__int128)found->price * QUANTITY_UNIT != (__int128)price * factor;
    found->base_price = found->has_base_price ? price : 0;
}

static bool find_in_list(struct tx *tx, const Tefter__PriceListRecord *list, uint32_t date,
                         const Tefter__ProductRecord *product, const Tefter__ProductUnit *unit,
                         int64_t quantity, struct price_found *found)
{
    struct key key = price_key(list->list, product->product);
    const Tefter__PriceRecord *prices = tx_cached(tx, &key, &tefter__price_record__descriptor);
    if (prices == NULL)
        return false;
    int64_t base = quantity;
    int64_t factor = unit != NULL ? unit->factor : QUANTITY_UNIT;
    const Tefter__ListPrice *price = unit != NULL ? pick(prices, unit->code, quantity, date) : NULL;
    bool of_base = price == NULL;
    if (of_base && (unit == NULL || unit_base_quantity(quantity, factor, &base)))
        price = pick(prices, NULL, base, date);
    if (price == NULL)
        return false;
    *found = (struct price_found){.has_price = true, .price = price->price, .list = list->code};
    if (of_base && unit != NULL)
        by_factor(price->price, factor, found);
    return true;
}

static void find_in_catalogue(const Tefter__ProductRecord *product, const Tefter__ProductUnit *unit,
                              struct price_found *found)
{
    *found = (struct price_found){.has_price = product->has_price, .price = product->price};
    if (unit != NULL && unit->has_price)
        *found = (struct price_found){.has_price = true, .price = unit->price};
    else if (unit != NULL)
        by_factor(product->price, unit->factor, found);
}

/* ---- services ---- */

void price_find(struct tx *tx, const struct price_lists *lists,
                const Tefter__ProductRecord *product, const Tefter__ProductUnit *unit,
                int64_t quantity, struct price_found *ret_found)
{
    int64_t much = quantity < 0 ? -quantity : quantity; /* old bills have lines that take back */
    for (size_t i = 0; lists != NULL && i < lists->count; i++)
        if (find_in_list(tx, lists->lists[i], lists->date, product, unit, much, ret_found))
            return;
    find_in_catalogue(product, unit, ret_found);
}

Tefter__PriceRow *price_row(struct tx *tx, const Tefter__PriceListRecord *list,
                            const Tefter__PriceRecord *prices, size_t i, uint32_t date)
{
    const Tefter__ListPrice *price = prices->prices[i];
    Tefter__PriceRow *row = tx_new(tx, &tefter__price_row__descriptor);
    row->list = list->code;
    row->list_name = list->name;
    row->product = prices->product;
    row->unit = tx_text(tx, price->unit);
    FIELD_SET_IF(row, from_quantity, price->from_quantity > 0, price->from_quantity);
    FIELD_SET(row, valid_from, price->valid_from);
    FIELD_COPY(row, price, price);
    bool coming = price->valid_from > date;
    bool in_force = !coming && !price_superseded(prices, i, date);
    FIELD_SET_IF(row, in_force, in_force, in_force);
    FIELD_SET_IF(row, coming, coming, coming);
    return row;
}
