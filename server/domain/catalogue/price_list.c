/*
 * Price lists: for which customers and branches they are, and what they hold.
 *
 *   added ──SetPrices──▶ holds prices ──ChangePriceList retired──▶ retired ──▶ in use again
 *
 * 1. A code is one list's, for ever. A list is known by its code.
 * 2. Of a product, unit, from-quantity and day a list has one price. Later days take its place and
 *    leave it; what can count no more goes when its room is wanted.
 * 3. What was sold keeps its price: a list changes no document.
 */
#include "domain/catalogue/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/org/org.h"
#include "domain/party/party.h"

#include <string.h>

/* ---- rules ---- */

/* Fields are names[i]. FIELD_INVALID: it stands there twice. */
static bool said_before(const uint32_t *numbers, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (numbers[k] == numbers[i])
            return true;
    return false;
}

static Tefter__Refusal *check_groups(struct tx *tx, const uint32_t *groups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (group_get(tx, groups[i]) == NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "groups[%zu]", i);
        if (said_before(groups, i))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "groups[%zu]", i);
    }
    return NULL;
}

static Tefter__Refusal *check_branches(struct tx *tx, const uint32_t *branches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (branch_get(tx, branches[i]) == NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_FOUND, "branches[%zu]", i);
        if (said_before(branches, i))
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "branches[%zu]", i);
    }
    return NULL;
}

/* A list that holds in one branch alone is that branch's. */
static Tefter__Refusal *check_office(struct tx *tx, const uint32_t *branches, size_t count)
{
    return staff_check_office(tx, "branches", count == 1 ? branches[0] : 0);
}

/* ---- changes: lists ---- */

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddPriceList *command,
                                 const Tefter__PriceListsRecord *lists)
{
    Tefter__Refusal *refusal = prices_check_rules(tx, "code");
    if (refusal == NULL)
        refusal = field_code(tx, "code", command->code);
    if (refusal == NULL)
        refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_groups(tx, command->groups, command->n_groups);
    if (refusal == NULL)
        refusal = check_branches(tx, command->branches, command->n_branches);
    if (refusal == NULL)
        refusal = check_office(tx, command->branches, command->n_branches);
    if (refusal != NULL)
        return refusal;
    const Tefter__PriceListRecord *existing = price_list_by_code(tx, lists, command->code);
    if (existing != NULL)
        return refuse_existing(tx, "code", existing->list);
    if (lists->n_lists >= PRICE_LISTS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "price_lists", PRICE_LISTS_MAX);
    return NULL;
}

static Tefter__PriceListRecord *append_list(struct tx *tx, Tefter__PriceListsRecord *lists)
{
    Tefter__PriceListRecord **all = tx_take(tx, (lists->n_lists + 1) * sizeof *all);
    for (size_t i = 0; i < lists->n_lists; i++)
        all[i] = lists->lists[i];
    Tefter__PriceListRecord *list = tx_new(tx, &tefter__price_list_record__descriptor);
    all[lists->n_lists++] = list;
    lists->lists = all;
    list->list = (uint32_t)lists->n_lists;
    return list;
}

/* Refuses, in this order: RULES_TOO_OLD code, code (field_code), name (field_line), NOT_FOUND
 * groups[i], branches[i] (FIELD_INVALID: said twice); BOUND_TO_BRANCH branches; ALREADY_EXISTS
 * code, TOO_MANY price_lists. */
Tefter__Refusal *apply_add_price_list(struct tx *tx, const Tefter__AddPriceList *command,
                                      Tefter__Done *done)
{
    Tefter__PriceListsRecord *lists = price_lists_shared(tx);
    Tefter__Refusal *refusal = look_add(tx, command, lists);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    Tefter__PriceListRecord *list = append_list(tx, lists);
    list->code = command->code;
    list->name = command->name;
    list->n_groups = command->n_groups;
    list->groups = command->groups;
    list->n_branches = command->n_branches;
    list->branches = command->branches;
    FIELD_SET(company, price_lists, (uint32_t)lists->n_lists);

    tx_decided(tx);
    price_lists_save(tx, lists);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__PRICES_CHANGED, list->list, done);
    done->number = list->code;
    return NULL;
}

static bool move_numbers(uint32_t **slot, size_t *slot_count, uint32_t *given, size_t count,
                         bool none)
{
    if (count == 0 && !none)
        return false;
    bool same =
        *slot_count == count && (count == 0 || memcmp(*slot, given, count * sizeof *given) == 0);
    *slot = given;
    *slot_count = count;
    return !same;
}

static bool change_list(Tefter__PriceListRecord *list, const Tefter__ChangePriceList *command)
{
    bool changed = field_move_line(&list->name, command->name);
    changed |= move_numbers(&list->groups, &list->n_groups, command->groups, command->n_groups,
                            command->has_all_customers && command->all_customers);
    changed |=
        move_numbers(&list->branches, &list->n_branches, command->branches, command->n_branches,
                     command->has_all_branches && command->all_branches);
    changed |= field_move_int(command->has_retired, command->retired, NULL, &list->retired);
    return changed;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangePriceList *command)
{
    Tefter__Refusal *refusal = prices_check_rules(tx, "list");
    if (refusal == NULL)
        refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL && command->n_groups > 0 && command->has_all_customers &&
        command->all_customers)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "all_customers");
    if (refusal == NULL && command->n_branches > 0 && command->has_all_branches &&
        command->all_branches)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "all_branches");
    if (refusal == NULL)
        refusal = check_groups(tx, command->groups, command->n_groups);
    if (refusal == NULL)
        refusal = check_branches(tx, command->branches, command->n_branches);
    return refusal;
}

/* Refuses, in this order: RULES_TOO_OLD list, name (field_line), FIELD_INVALID all_customers,
 * all_branches (beside others), NOT_FOUND groups[i], branches[i], list; BOUND_TO_BRANCH branches
 * (as they are); NOTHING_TO_CHANGE; BOUND_TO_BRANCH branches (as they would be). */
Tefter__Refusal *apply_change_price_list(struct tx *tx, const Tefter__ChangePriceList *command,
                                         Tefter__Done *done)
{
    Tefter__Refusal *refusal = look_change(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__PriceListsRecord *lists = price_lists_shared(tx);
    Tefter__PriceListRecord *list = price_list_by_code(tx, lists, command->list);
    if (list == NULL)
        return refuse_not_found(tx, "list");
    refusal = check_office(tx, list->branches, list->n_branches);
    if (refusal != NULL)
        return refusal;
    if (!change_list(list, command))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    refusal = check_office(tx, list->branches, list->n_branches);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    price_lists_save(tx, lists);
    event_done(tx, TEFTER__EVENT_KIND__PRICES_CHANGED, list->list, done);
    done->number = list->code;
    return NULL;
}

/* ---- changes: prices ---- */

/* Records that a command writes, each once. */
struct price_set {
    Tefter__PriceListRecord *list;
    uint32_t today;
    Tefter__PriceRecord **records;
    size_t count;
    bool changed;
    Tefter__ListPrice **said; /* by the command */
    size_t said_count;
};

static Tefter__PriceRecord *record_of(struct tx *tx, struct price_set *set, uint32_t product)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->records[i]->product == product)
            return set->records[i];
    struct key key = price_key(set->list->list, product);
    Tefter__PriceRecord *record = tx_get(tx, &key, &tefter__price_record__descriptor);
    if (record == NULL) {
        record = tx_new(tx, &tefter__price_record__descriptor);
        record->list = set->list->list;
        record->product = product;
    }
    set->records[set->count++] = record;
    return record;
}

/* What can count no more makes room: another of the same unit and quantity took its place. */
static void prune(struct price_set *set, Tefter__PriceRecord *record)
{
    size_t kept = 0;
    for (size_t i = 0; i < record->n_prices; i++) {
        bool gone = price_superseded(record, i, set->today);
        if (!gone)
            record->prices[kept++] = record->prices[i];
    }
    set->list->prices -= (uint32_t)(record->n_prices - kept);
    record->n_prices = kept;
}

static void insert(struct tx *tx, Tefter__PriceRecord *record, size_t at, Tefter__ListPrice *price)
{
    Tefter__ListPrice **all = tx_take(tx, (record->n_prices + 1) * sizeof *all);
    for (size_t i = 0; i < at; i++)
        all[i] = record->prices[i];
    all[at] = price;
    for (size_t i = at; i < record->n_prices; i++)
        all[i + 1] = record->prices[i];
    record->prices = all;
    record->n_prices++;
}

/* Where it stands or would stand; *ret_there: one of the same name does. */
static size_t place_of(const Tefter__PriceRecord *record, const Tefter__ListPrice *price,
                       bool *ret_there)
{
    size_t at = 0;
    while (at < record->n_prices && price_compare(record->prices[at], price) < 0)
        at++;
    *ret_there = at < record->n_prices && price_compare(record->prices[at], price) == 0;
    return at;
}

static bool was_said(const struct price_set *set, const Tefter__ListPrice *price)
{
    for (size_t i = 0; i < set->said_count; i++)
        if (set->said[i] == price)
            return true;
    return false;
}

static Tefter__Refusal *put_price(struct tx *tx, struct price_set *set, Tefter__PriceRecord *record,
                                  Tefter__ListPrice *price, size_t i)
{
    bool there;
    size_t at = place_of(record, price, &there);
    if (there && was_said(set, record->prices[at]) && tx_rule(tx, RULE_PRICES_ARE_SAID_ONCE))
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "prices[%zu]", i);
    if (there) {
        set->said[set->said_count++] = record->prices[at];
        Tefter__ListPrice *old = record->prices[at];
        set->changed |= old->has_price != price->has_price || old->price != price->price;
        FIELD_COPY(old, price, price);
        return NULL;
    }
    set->changed = true;
    if (record->n_prices >= PRICES_EACH_MAX) {
        prune(set, record);
        at = place_of(record, price, &there);
    }
    if (record->n_prices >= PRICES_EACH_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, tx_format(tx, "prices[%zu]", i),
                           PRICES_EACH_MAX);
    insert(tx, record, at, price);
    set->said[set->said_count++] = price;
    set->list->prices++;
    return NULL;
}

static Tefter__Refusal *check_entry(struct tx *tx, const Tefter__PriceEntry *entry, size_t i)
{
    if (!entry->has_product && entry->product_code == NULL)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "prices[%zu].product", i);
    if (entry->has_from_quantity && entry->from_quantity < 0)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "prices[%zu].from_quantity", i);
    if (entry->has_from_quantity && entry->from_quantity > QUANTITY_MAX)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "prices[%zu].from_quantity", i);
    Tefter__Refusal *refusal = NULL;
    if (entry->has_valid_from)
        refusal = field_date(tx, tx_format(tx, "prices[%zu].valid_from", i), entry->valid_from);
    if (refusal == NULL && entry->has_price)
        refusal = field_amount(tx, tx_format(tx, "prices[%zu].price", i), entry->price);
    return refusal;
}

/* As the catalogue writes it; NULL: the product's own. */
static Tefter__Refusal *find_unit(struct tx *tx, const Tefter__PriceEntry *entry, size_t i,
                                  const Tefter__ProductRecord *product, char **ret_unit)
{
    *ret_unit = NULL;
    const Tefter__ProductUnit *unit = NULL;
    if (entry->unit != NULL && product_unit_is_own(tx, product, entry->unit))
        return NULL;
    if (entry->unit != NULL)
        unit = product_unit(tx, product, entry->unit);
    else if (!entry->has_product)
        unit = product_unit_coded(tx, product, entry->product_code);
    if (unit == NULL && entry->unit != NULL)
        return product_refuse_unit(tx, TEFTER__REFUSAL_CODE__UNIT_UNKNOWN,
                                   tx_format(tx, "prices[%zu].unit", i), product);
    *ret_unit = unit != NULL ? unit->code : NULL;
    return NULL;
}

static Tefter__Refusal *set_one(struct tx *tx, struct price_set *set,
                                const Tefter__PriceEntry *entry, size_t i)
{
    const Tefter__ProductRecord *product = entry->has_product
                                               ? product_get(tx, entry->product)
                                               : product_by_code(tx, entry->product_code);
    if (product == NULL)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE, "prices[%zu].product", i);
    Tefter__ListPrice *price = tx_new(tx, &tefter__list_price__descriptor);
    Tefter__Refusal *refusal = find_unit(tx, entry, i, product, &price->unit);
    if (refusal != NULL)
        return refusal;
    price->from_quantity = entry->has_from_quantity ? entry->from_quantity : 0;
    price->valid_from = entry->has_valid_from ? entry->valid_from : set->today;
    FIELD_COPY(price, price, entry);
    return put_price(tx, set, record_of(tx, set, product->product), price, i);
}

static Tefter__Refusal *look_prices(struct tx *tx, const Tefter__SetPrices *command)
{
    Tefter__Refusal *refusal = prices_check_rules(tx, "prices");
    if (refusal == NULL && command->n_prices == 0)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "prices");
    if (refusal == NULL && command->n_prices > PRICES_AT_ONCE_MAX)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "prices", PRICES_AT_ONCE_MAX);
    for (size_t i = 0; i < command->n_prices && refusal == NULL; i++)
        refusal = check_entry(tx, command->prices[i], i);
    return refusal;
}

/* All of them or none. Refuses, in this order: RULES_TOO_OLD, FIELD_MISSING, TOO_MANY prices; the
 * form of each: FIELD_MISSING prices[i].product, from_quantity (FIELD_INVALID, AMOUNT_TOO_BIG),
 * valid_from (field_date), price (field_amount: what costs nothing is given by a discount);
 * NOT_FOUND list; BOUND_TO_BRANCH branches; of each in turn NOT_IN_CATALOGUE prices[i].product,
 * UNIT_UNKNOWN prices[i].unit, FIELD_INVALID prices[i] (said twice), TOO_MANY prices[i]
 * (PRICES_EACH_MAX); TOO_MANY list (PRICES_MAX); NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_set_prices(struct tx *tx, const Tefter__SetPrices *command,
                                  Tefter__Done *done)
{
    Tefter__Refusal *refusal = look_prices(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__PriceListsRecord *lists = price_lists_shared(tx);
    struct price_set set = {.list = price_list_by_code(tx, lists, command->list),
                            .today = branch_of_actor(tx)->date,
                            .records = tx_take(tx, command->n_prices * sizeof *set.records),
                            .said = tx_take(tx, command->n_prices * sizeof *set.said)};
    if (set.list == NULL)
        return refuse_not_found(tx, "list");
    refusal = check_office(tx, set.list->branches, set.list->n_branches);
    if (refusal != NULL)
        return refusal;
    for (size_t i = 0; i < command->n_prices; i++) {
        refusal = set_one(tx, &set, command->prices[i], i);
        if (refusal != NULL)
            return refusal;
    }
    if (set.list->prices > PRICES_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "list", PRICES_MAX);
    if (!set.changed)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    for (size_t i = 0; i < set.count; i++) {
        struct key key = price_key(set.list->list, set.records[i]->product);
        tx_put(tx, &key, &set.records[i]->base);
    }
    price_lists_save(tx, lists);
    event_done(tx, TEFTER__EVENT_KIND__PRICES_CHANGED, set.list->list, done);
    done->number = set.list->code;
    return NULL;
}

/* ---- views: lists ---- */

Tefter__Refusal *view_price_lists(struct tx *tx, const Tefter__PriceListList *query,
                                  Tefter__PriceListsAnswer *answer)
{
    const Tefter__PriceListsRecord *all = price_lists_get(tx);
    size_t count = all != NULL ? all->n_lists : 0;
    answer->lists = tx_take(tx, (count + 1) * sizeof *answer->lists);
    for (size_t i = 0; i < count; i++)
        if (!all->lists[i]->retired || (query->has_retired && query->retired))
            answer->lists[answer->n_lists++] = all->lists[i];
    return NULL;
}

static Tefter__PriceRow *list_row(struct tx *tx, const Tefter__PriceListRecord *list,
                                  const Tefter__PriceRecord *prices, size_t i, uint32_t date)
{
    Tefter__PriceRow *row = price_row(tx, list, prices, i, date);
    const Tefter__ProductRecord *product = product_get(tx, prices->product);
    row->code = product != NULL ? product->code : NULL;
    row->product_name = product != NULL ? product->name : NULL;
    if (row->unit == NULL && product != NULL)
        row->unit = product->unit;
    return row;
}

/* A product's prices stand on one page or, where they do not fit it, on the next. */
static void list_prices(struct tx *tx, struct page *page, uint64_t last, uint32_t date,
                        Tefter__PricesAnswer *answer)
{
    struct key prefix = price_key(answer->list->list, 0);
    struct key from = page_after(&prefix, last);
    struct tx_walk walk;
    answer->prices = tx_take(tx, (page->rows_most + PRICES_EACH_MAX) * sizeof *answer->prices);
    bool on = tx_walk_first(tx, &prefix, &from, &walk);
    for (; on && page->rows < page->rows_most; on = tx_walk_next(&walk)) {
        const Tefter__PriceRecord *prices =
            tx_walk_record(&walk, &tefter__price_record__descriptor);
        size_t before = answer->n_prices;
        bool fits = true;
        for (size_t i = 0; i < prices->n_prices && fits; i++) {
            Tefter__PriceRow *row = list_row(tx, answer->list, prices, i, date);
            fits = page_takes(page, &row->base);
            answer->prices[answer->n_prices++] = row;
        }
        if (!fits) {
            answer->n_prices = before;
            break;
        }
        last = prices->product;
    }
    tx_walk_end(&walk);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
}

/* Refuses NOT_FOUND list, FIELD_INVALID page. */
Tefter__Refusal *view_prices(struct tx *tx, const Tefter__PriceListView *query,
                             Tefter__PricesAnswer *answer)
{
    uint64_t last = 0;
    answer->list = price_list_by_code(tx, price_lists_get(tx), query->list);
    if (answer->list == NULL)
        return refuse_not_found(tx, "list");
    if (!page_read(query->has_page, query->page, &last, 1) || last >= UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    list_prices(tx, &page, last, branch_of_actor(tx)->date, answer);
    return NULL;
}

/* ---- views: a product ---- */

/* One list's; false: there is no room for more. */
static bool card_list(struct tx *tx, const Tefter__PriceListRecord *list, uint32_t date,
                      struct page *page, Tefter__ProductCardAnswer *answer)
{
    struct key key = price_key(list->list, answer->product->product);
    const Tefter__PriceRecord *prices =
        list->retired ? NULL : tx_get(tx, &key, &tefter__price_record__descriptor);
    for (size_t i = 0; prices != NULL && i < prices->n_prices; i++) {
        if (price_superseded(prices, i, date))
            continue;
        Tefter__PriceRow *row = price_row(tx, list, prices, i, date);
        if (page->rows >= page->rows_most || !page_takes(page, &row->base))
            return false;
        answer->prices[answer->n_prices++] = row;
    }
    return true;
}

/* The first so many: a list shows all of its own. */
static void card_prices(struct tx *tx, uint32_t date, Tefter__ProductCardAnswer *answer)
{
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    const Tefter__PriceListsRecord *all = price_lists_get(tx);
    size_t count = all != NULL ? all->n_lists : 0;
    answer->prices = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->prices);
    for (size_t i = 0; i < count && card_list(tx, all->lists[i], date, &page, answer); i++)
        ;
}

static void card_applies(struct tx *tx, const Tefter__ProductCard *query,
                         const Tefter__CustomerRecord *customer, const Tefter__ProductUnit *unit,
                         uint32_t date, Tefter__ProductCardAnswer *answer)
{
    const Tefter__ProductRecord *product = answer->product;
    int64_t quantity = query->has_quantity ? query->quantity : QUANTITY_UNIT;
    struct price_found found;
    price_find(tx,
               price_lists_for(tx, customer->groups, customer->n_groups,
                               branch_of_actor(tx)->branch, date),
               product, unit, quantity, &found);
    if (!found.has_price)
        return;
    answer->applies = tx_new(tx, &tefter__price_row__descriptor);
    answer->applies->product = product->product;
    answer->applies->list = found.list;
    answer->applies->unit = unit != NULL ? unit->code : product->unit;
    FIELD_SET(answer->applies, price, found.price);
}

static Tefter__Refusal *card_unit(struct tx *tx, const Tefter__ProductCard *query,
                                  const Tefter__ProductRecord *product,
                                  const Tefter__ProductUnit **ret_unit)
{
    *ret_unit = NULL;
    if (query->unit == NULL && query->code != NULL)
        *ret_unit = product_unit_coded(tx, product, query->code);
    if (query->unit == NULL || product_unit_is_own(tx, product, query->unit))
        return NULL;
    *ret_unit = product_unit(tx, product, query->unit);
    return *ret_unit != NULL
               ? NULL
               : product_refuse_unit(tx, TEFTER__REFUSAL_CODE__UNIT_UNKNOWN, "unit", product);
}

/* Refuses, in this order: FIELD_MISSING product (neither is given); NOT_FOUND product; UNIT_UNKNOWN
 * unit; NOT_FOUND customer; quantity (FIELD_INVALID); date (field_date). */
Tefter__Refusal *view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                   Tefter__ProductCardAnswer *answer)
{
    if (!query->has_product && query->code == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "product");
    const Tefter__ProductRecord *product =
        query->has_product ? product_get(tx, query->product) : product_by_code(tx, query->code);
    if (product == NULL)
        return refuse_not_found(tx, "product");
    const Tefter__ProductUnit *unit;
    Tefter__Refusal *refusal = card_unit(tx, query, product, &unit);
    if (refusal != NULL)
        return refusal;
    const Tefter__CustomerRecord *customer =
        customer_get(tx, query->has_customer ? query->customer : company_cash_customer(tx));
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    if (query->has_quantity && (query->quantity <= 0 || query->quantity > QUANTITY_MAX))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "quantity");
    uint32_t date = query->has_date ? query->date : branch_of_actor(tx)->date;
    refusal = field_date(tx, "date", date);
    if (refusal != NULL)
        return refusal;
    answer->product = product_shown(tx, product);
    card_prices(tx, date, answer);
    card_applies(tx, query, customer, unit, date, answer);
    return NULL;
}
