/*
 * The catalogue.
 *
 *   added ──▶ sold ──ChangeProduct retired──▶ retired ──▶ sold again
 *
 * 1. A word is the code or a barcode of one product only, for ever, retired or not.
 * 2. A product has at most BARCODES_MAX barcodes, and each of its units as many; none is taken
 * away.
 * 3. What was sold keeps its own copy of name and price: changing a product changes no document.
 * 4. What it costs is seen and set by right alone: no answer holds it for who has none
 *    (product_shown), and no refusal tells it.
 */
#include "domain/catalogue/inside.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "domain/org/org.h"

#include <string.h>

enum {
    BARCODES_MAX = REPEATED_MAX,
    PRODUCTS_LOOKED_AT_MAX = 20000, /* for one page */
    FOLDED_MAX = 1024,
};

/* ---- records ---- */

static struct key product_key(uint32_t product)
{
    struct key key = key_book(TABLE_PRODUCT);
    key_u32(&key, product);
    return key;
}

static struct key codes_key(void)
{
    return key_book(TABLE_PRODUCT_CODE);
}

const Tefter__ProductRecord *product_get(struct tx *tx, uint32_t product)
{
    struct key key = product_key(product);
    return tx_cached(tx, &key, &tefter__product_record__descriptor);
}

static Tefter__ProductRecord *product_shared(struct tx *tx, uint32_t product)
{
    struct key key = product_key(product);
    return tx_shared(tx, &key, &tefter__product_record__descriptor);
}

uint32_t product_word_owner(struct tx *tx, const char *code)
{
    struct key codes = codes_key();
    uint64_t product = 0;
    return word_taken(tx, &codes, code, &product) ? (uint32_t)product : 0;
}

/* 0: none. One that is longer than a key is nobody's. */
static uint32_t product_called(struct tx *tx, const char *code)
{
    struct key codes = codes_key();
    uint64_t product = 0;
    bool known = strlen(code) <= CODE_MAX_BYTES && word_find(tx, &codes, code, &product);
    return known ? (uint32_t)product : 0;
}

const Tefter__ProductRecord *product_by_code(struct tx *tx, const char *code)
{
    uint32_t product = product_called(tx, code);
    return product != 0 ? product_get(tx, product) : NULL;
}

static void save_code(struct tx *tx, const char *code, uint32_t product)
{
    struct key codes = codes_key();
    word_put(tx, &codes, code, product);
}

static void save_words(struct tx *tx, const struct unit_words *words, uint32_t product)
{
    for (size_t i = 0; i < words->count; i++)
        save_code(tx, words->words[i], product);
}

static void product_save(struct tx *tx, const Tefter__ProductRecord *product)
{
    struct key key = product_key(product->product);
    tx_put(tx, &key, &product->base);
}

/* ---- rules ---- */

static Tefter__Refusal *check_unit_price(struct tx *tx, const char *unit, bool has_price,
                                         int64_t price, bool has_tax, uint32_t tax_bp)
{
    Tefter__Refusal *refusal = field_line_or_none(tx, "unit", unit, CODE_MAX_BYTES);
    if (refusal == NULL && has_price)
        refusal = field_amount_or_zero(tx, "price", price);
    if (refusal == NULL && has_tax)
        refusal = field_rate(tx, "tax_bp", tax_bp, BASIS_POINTS);
    return refusal;
}

/* Under rules that know no thresholds it would hold nobody back. */
static Tefter__Refusal *check_floor(struct tx *tx, bool given, int64_t floor)
{
    if (!given)
        return NULL;
    if (!tx_rule(tx, RULE_THRESHOLDS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "floor");
    return field_amount_or_zero(tx, "floor", floor);
}

Tefter__Refusal *prices_check_rules(struct tx *tx, const char *field)
{
    return tx_rule(tx, RULE_PRICES) ? NULL : refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, field);
}

static Tefter__Refusal *check_cost(struct tx *tx, bool given, int64_t cost, bool taken)
{
    if (!given && !taken)
        return NULL;
    Tefter__Refusal *refusal = prices_check_rules(tx, "cost");
    if (refusal == NULL && given && taken)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "no_cost");
    if (refusal == NULL && given)
        refusal = field_amount_or_zero(tx, "cost", cost);
    return refusal != NULL ? refusal : staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_SEE_COST);
}

static Tefter__Refusal *check_looks(struct tx *tx, const char *brand, const char *colour,
                                    const char *model)
{
    Tefter__Refusal *refusal = field_line_or_none(tx, "brand", brand, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "colour", colour, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = field_line_or_none(tx, "model", model, NAME_MAX_BYTES);
    return refusal;
}

bool product_word_among(const struct tx *tx, const char *word, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (word_same(tx, words[i], word))
            return true;
    return false;
}

/* code: of the same command, NULL for none. */
static Tefter__Refusal *check_barcodes(struct tx *tx, const char *code, char *const *barcodes,
                                       size_t count)
{
    if (count > BARCODES_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "barcodes", BARCODES_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *field = tx_format(tx, "barcodes[%zu]", i);
        Tefter__Refusal *refusal = field_code(tx, field, barcodes[i]);
        if (refusal != NULL)
            return refusal;
        if (product_word_among(tx, barcodes[i], barcodes, i) ||
            (code != NULL && word_same(tx, code, barcodes[i])))
            return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
    }
    return NULL;
}

static Tefter__Refusal *look_barcodes(struct tx *tx, uint32_t product, char *const *barcodes,
                                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t owner = product_word_owner(tx, barcodes[i]);
        if (owner != 0 && owner != product)
            return refuse_existing(tx, tx_format(tx, "barcodes[%zu]", i), owner);
    }
    return NULL;
}

/* ---- changes ---- */

static Tefter__Refusal *look_add(struct tx *tx, const Tefter__AddProduct *command)
{
    Tefter__Refusal *refusal = field_code(tx, "code", command->code);
    if (refusal == NULL)
        refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_unit_price(tx, command->unit, command->has_price, command->price,
                                   command->has_tax_bp, command->tax_bp);
    if (refusal == NULL)
        refusal = check_looks(tx, command->brand, command->colour, command->model);
    if (refusal == NULL)
        refusal = check_barcodes(tx, command->code, command->barcodes, command->n_barcodes);
    if (refusal == NULL)
        refusal = check_floor(tx, command->has_floor, command->floor);
    if (refusal == NULL)
        refusal = check_cost(tx, command->has_cost, command->cost, false);
    if (refusal == NULL)
        refusal = units_check_form(tx, command->units, command->n_units);
    if (refusal != NULL)
        return refusal;
    uint32_t existing = product_word_owner(tx, command->code);
    uint64_t alike = 0;
    if (existing != 0)
        return refuse_existing(tx, "code", existing);
    if (look_taken(tx, TABLE_PRODUCT_CODE, command->code, &alike))
        return refuse_look(tx, "code", alike, product_get(tx, (uint32_t)alike)->code);
    Tefter__Refusal *taken = look_barcodes(tx, 0, command->barcodes, command->n_barcodes);
    if (taken != NULL)
        return taken;
    return company_check_room(tx, "product", COUNTS_PRODUCTS, COMPANY_PRODUCTS_MAX);
}

static Tefter__ProductRecord *product_of(struct tx *tx, const Tefter__AddProduct *command,
                                         uint32_t number)
{
    Tefter__ProductRecord *product = tx_new(tx, &tefter__product_record__descriptor);
    product->product = number;
    product->code = command->code;
    product->name = command->name;
    field_move_line(&product->unit, command->unit);
    field_move_i64(command->has_price, command->price, &product->has_price, &product->price);
    field_move_u32(command->has_tax_bp, command->tax_bp, &product->has_tax_bp, &product->tax_bp);
    field_move_line(&product->brand, command->brand);
    field_move_line(&product->colour, command->colour);
    field_move_line(&product->model, command->model);
    field_move_int(command->has_serials, command->serials, &product->has_serials,
                   &product->serials);
    product->n_barcodes = command->n_barcodes;
    product->barcodes = command->barcodes;
    FIELD_COPY(product, floor, command);
    FIELD_COPY(product, cost, command);
    return product;
}

/* Refuses, in this order: BOUND_TO_BRANCH product (since RULE_THE_BOUND_KEEP_TO_THEIRS); code
 * (field_code), name (field_line), unit (field_line_or_none,
 * CODE_MAX_BYTES), price (field_amount_or_zero), tax_bp (field_rate, 10000), brand, colour, model
 * (field_line_or_none), TOO_MANY barcodes, for each barcode in order: field_code, then
 * FIELD_INVALID barcodes[i] (stands twice, or is the code); floor (RULES_TOO_OLD,
 * field_amount_or_zero); cost (RULES_TOO_OLD, field_amount_or_zero, the right SEE_COST); units
 * (RULES_TOO_OLD, units_check_form); ALREADY_EXISTS code, LOOKS_LIKE code, then ALREADY_EXISTS
 * barcodes[i] (code or barcode of another); TOO_MANY product; units (units_merge). */
Tefter__Refusal *apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                   Tefter__Done *done)
{
    Tefter__Refusal *refusal = staff_check_home(tx, "product", 0);
    if (refusal == NULL)
        refusal = look_add(tx, command);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    uint32_t number = company_take(tx, company, COUNTS_PRODUCTS);
    Tefter__ProductRecord *product = product_of(tx, command, number);
    struct unit_words words;
    bool changed = false;
    refusal = units_merge(tx, command->units, command->n_units, product, &changed, &words);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    product_save(tx, product);
    save_code(tx, product->code, product->product);
    look_put(tx, TABLE_PRODUCT_CODE, product->code, product->product);
    for (size_t i = 0; i < product->n_barcodes; i++)
        save_code(tx, product->barcodes[i], product->product);
    save_words(tx, &words, product->product);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__PRODUCT_CHANGED, product->product, done);
    done->number = product->code;
    return NULL;
}

static Tefter__Refusal *look_change(struct tx *tx, const Tefter__ChangeProduct *command,
                                    Tefter__ProductRecord **ret_product)
{
    Tefter__Refusal *refusal = field_line(tx, "name", command->name, NAME_MAX_BYTES);
    if (refusal == NULL)
        refusal = check_unit_price(tx, command->unit, command->has_price, command->price,
                                   command->has_tax_bp, command->tax_bp);
    if (refusal == NULL)
        refusal = check_looks(tx, command->brand, command->colour, command->model);
    if (refusal == NULL)
        refusal = check_barcodes(tx, NULL, command->barcodes, command->n_barcodes);
    if (refusal == NULL)
        refusal = check_floor(tx, command->has_floor, command->floor);
    if (refusal == NULL && command->has_floor && command->has_no_floor && command->no_floor)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "no_floor");
    if (refusal == NULL)
        refusal = check_cost(tx, command->has_cost, command->cost,
                             command->has_no_cost && command->no_cost);
    if (refusal == NULL)
        refusal = units_check_form(tx, command->units, command->n_units);
    if (refusal != NULL)
        return refusal;
    *ret_product = product_shared(tx, command->product);
    return *ret_product != NULL ? NULL : refuse_not_found(tx, "product");
}

static bool change_product(Tefter__ProductRecord *product, const Tefter__ChangeProduct *command)
{
    bool changed = field_move_line(&product->name, command->name);
    changed |= field_move_line(&product->unit, command->unit);
    changed |=
        field_move_i64(command->has_price, command->price, &product->has_price, &product->price);
    changed |= field_move_u32(command->has_tax_bp, command->tax_bp, &product->has_tax_bp,
                              &product->tax_bp);
    changed |= field_move_line(&product->brand, command->brand);
    changed |= field_move_line(&product->colour, command->colour);
    changed |= field_move_line(&product->model, command->model);
    changed |=
        field_move_i64(command->has_floor, command->floor, &product->has_floor, &product->floor);
    if (command->has_no_floor && command->no_floor && product->has_floor) {
        FIELD_SET_IF(product, floor, false, 0);
        changed = true;
    }
    changed |= field_move_i64(command->has_cost, command->cost, &product->has_cost, &product->cost);
    if (command->has_no_cost && command->no_cost && product->has_cost) {
        FIELD_SET_IF(product, cost, false, 0);
        changed = true;
    }
    changed |= field_move_int(command->has_retired, command->retired, NULL, &product->retired);
    return changed;
}

/* Adds those it does not have yet, the code among them; says how many. */
static size_t add_barcodes(struct tx *tx, Tefter__ProductRecord *product, char *const *barcodes,
                           size_t count)
{
    size_t before = product->n_barcodes;
    char **all = tx_take(tx, (before + count) * sizeof *all);
    for (size_t i = 0; i < before; i++)
        all[i] = product->barcodes[i];
    for (size_t i = 0; i < count; i++)
        if (!word_same(tx, barcodes[i], product->code) &&
            !product_word_among(tx, barcodes[i], all, before))
            all[product->n_barcodes++] = barcodes[i];
    product->barcodes = all;
    return product->n_barcodes - before;
}

/* Its own unit is none of the others, and a barcode says one of them. */
static Tefter__Refusal *look_units(struct tx *tx, const Tefter__ProductRecord *product,
                                   const Tefter__ChangeProduct *command)
{
    if (product->unit != NULL && product_unit(tx, product, product->unit) != NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "unit");
    for (size_t i = 0; i < command->n_barcodes && product->n_units > 0; i++)
        if (product_unit_coded(tx, product, command->barcodes[i]) != NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "barcodes[%zu]", i);
    return NULL;
}

/* A product is of all branches. Refuses, in this order: BOUND_TO_BRANCH product; name (field_line),
 * unit (field_line_or_none, CODE_MAX_BYTES), price (field_amount_or_zero), tax_bp (field_rate,
 * 10000), brand, colour, model (field_line_or_none), TOO_MANY barcodes, for each barcode in order:
 * field_code, then FIELD_INVALID barcodes[i] (stands twice); floor (as a new one's), FIELD_INVALID
 * no_floor (beside it); cost (as a new one's, with FIELD_INVALID no_cost beside it), units
 * (RULES_TOO_OLD, units_check_form); NOT_FOUND product; units (units_merge); NOTHING_TO_CHANGE
 * (barcodes it has already count as nothing); TOO_MANY barcodes (with those it has); ALREADY_EXISTS
 * barcodes[i] (code or barcode of another); FIELD_INVALID unit (another unit is called so),
 * barcodes[i] (of a unit). */
Tefter__Refusal *apply_change_product(struct tx *tx, const Tefter__ChangeProduct *command,
                                      Tefter__Done *done)
{
    Tefter__ProductRecord *product = NULL;
    Tefter__Refusal *refusal = staff_check_office(tx, "product", 0);
    if (refusal == NULL)
        refusal = look_change(tx, command, &product);
    if (refusal != NULL)
        return refusal;
    bool changed = change_product(product, command);
    size_t added = add_barcodes(tx, product, command->barcodes, command->n_barcodes);
    struct unit_words words;
    refusal = units_merge(tx, command->units, command->n_units, product, &changed, &words);
    if (refusal != NULL)
        return refusal;
    if (!changed && added == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    if (product->n_barcodes > BARCODES_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "barcodes", BARCODES_MAX);
    refusal = look_barcodes(tx, product->product, command->barcodes, command->n_barcodes);
    if (refusal == NULL)
        refusal = look_units(tx, product, command);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    product_save(tx, product);
    for (size_t i = product->n_barcodes - added; i < product->n_barcodes; i++)
        save_code(tx, product->barcodes[i], product->product);
    save_words(tx, &words, product->product);
    event_done(tx, TEFTER__EVENT_KIND__PRODUCT_CHANGED, product->product, done);
    return NULL;
}

/* ---- services ---- */

Tefter__ProductRecord *product_shown(struct tx *tx, const Tefter__ProductRecord *product)
{
    Tefter__ProductRecord *shown = tx_copy(tx, &product->base);
    if (!staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_COST))
        FIELD_SET_IF(shown, cost, false, 0);
    return shown;
}

/* ---- views ---- */

static bool folded_holds(const char *text, struct slice wanted)
{
    char folded[FOLDED_MAX];
    if (text == NULL)
        return false;
    size_t size = text_fold(text, strlen(text), folded, sizeof folded);
    return memmem(folded, size, wanted.data, wanted.size) != NULL;
}

static const char *word_like(char *const *words, size_t count, const char *begin, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        char word[FOLD_KEY_MAX + 1];
        if (fold_key(words[i], word) >= size && memcmp(word, begin, size) == 0)
            return words[i];
    }
    return NULL;
}

const char *product_barcode_like(const Tefter__ProductRecord *product, const char *text)
{
    char begin[FOLD_KEY_MAX + 1];
    size_t size = fold_key_begin(text, begin);
    if (size == 0)
        return NULL;
    const char *found = word_like(product->barcodes, product->n_barcodes, begin, size);
    for (size_t i = 0; i < product->n_units && found == NULL; i++)
        found = word_like(product->units[i]->barcodes, product->units[i]->n_barcodes, begin, size);
    return found;
}

static bool wanted_product(const Tefter__ProductRecord *product, const Tefter__ProductList *query,
                           struct slice wanted)
{
    if (product->retired && !(query->has_retired && query->retired))
        return false;
    return wanted.size == 0 || folded_holds(product->name, wanted) ||
           folded_holds(product->code, wanted) || folded_holds(product->brand, wanted) ||
           folded_holds(product->model, wanted) ||
           product_barcode_like(product, query->text) != NULL;
}

/* From after `last` on, as many as fit and as may be looked at. */
static void list_products(struct tx *tx, const Tefter__ProductList *query, uint64_t last,
                          struct slice wanted, Tefter__ProductsAnswer *answer)
{
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    size_t looked_at = 0;
    struct key prefix = key_book(TABLE_PRODUCT);
    struct key from = product_key((uint32_t)last + 1);
    struct tx_walk walk;
    answer->products = tx_take(tx, page.rows_most * sizeof *answer->products);
    struct tx *scratch = tx_scratch_begin(tx);
    bool on = tx_walk_first(scratch, &prefix, &from, &walk);
    for (; on && page.rows < page.rows_most && looked_at < PRODUCTS_LOOKED_AT_MAX;
         on = tx_walk_next(&walk), looked_at++) {
        tx_scratch_next(scratch);
        const Tefter__ProductRecord *product =
            tx_walk_record(&walk, &tefter__product_record__descriptor);
        bool is_wanted = wanted_product(product, query, wanted);
        if (is_wanted && !page_takes(&page, &product->base))
            break;
        if (is_wanted)
            answer->products[answer->n_products++] = product_shown(tx, product);
        last = product->product;
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    if (on)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
}

/* Refuses FIELD_INVALID page. */
Tefter__Refusal *view_products(struct tx *tx, const Tefter__ProductList *query,
                               Tefter__ProductsAnswer *answer)
{
    uint64_t last = 0;
    if (!page_read(query->has_page, query->page, &last, 1) || last >= UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    char folded[FOLDED_MAX];
    size_t size = 0;
    if (query->text != NULL)
        size = text_fold(query->text, strlen(query->text), folded, sizeof folded);
    list_products(tx, query, last, slice_of(folded, size), answer);
    return NULL;
}
