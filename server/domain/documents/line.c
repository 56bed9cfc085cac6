/*
 * Lines and charges of a document: what was sold, for how much.
 *
 * 1. net = quantity x price - discount, rounded once; tax is of the rounded net. Where the price is
 * the product's by a unit's factor, the quantity and the price are those of the product's own unit.
 * 2. The total is the sum of rounded lines, so nothing is left over.
 * 3. A serial number of a product is sold once.
 */
#include "domain/documents/inside.h"

#include "base/limits.h"
#include "base/money.h"
#include "domain/catalogue/catalogue.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- records ---- */

/* The product stands last: a serial is looked for by who does not know of which product it is. */
static struct key serial_key(uint32_t product, const char *serial)
{
    struct key serials = key_book(TABLE_SERIAL);
    struct key key = key_word(&serials, serial);
    key_u32(&key, product);
    return key;
}

/* The invoice a piece was sold with, other than `corrects`; 0: none. */
static uint64_t serial_sold(struct tx *tx, uint32_t product, const char *serial, uint64_t corrects)
{
    uint64_t sold_with = 0;
    struct key key = serial_key(product, serial);
    if (tx_get_u64(tx, &key, &sold_with) && sold_with != corrects)
        return sold_with;
    if (!tx_rule(tx, RULE_KEYS_FOLD))
        return 0;
    struct key serials = key_book(TABLE_SERIAL);
    struct key prefix = key_folded(&serials, serial);
    struct tx_walk walk;
    sold_with = 0;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && sold_with == 0;
         on = tx_walk_next(&walk)) {
        struct slice found = tx_walk_key(&walk);
        bool other = tx_walk_number(&walk) != corrects;
        if (other && key_read_u32(found, found.size - sizeof(uint32_t)) == product)
            sold_with = tx_walk_number(&walk);
    }
    tx_walk_end(&walk);
    return sold_with;
}

/* ---- rules: form ---- */

static Tefter__Refusal *check_serial_form(struct tx *tx, const struct line_rules *rules,
                                          const Tefter__InvoiceLine *line, size_t i)
{
    Tefter__Refusal *refusal = NULL;
    for (size_t s = 0; s < line->n_serials && refusal == NULL; s++)
        refusal = field_code(tx, tx_format(tx, "%s[%zu].serials[%zu]", rules->field, i, s),
                             line->serials[s]);
    return refusal;
}

static Tefter__Refusal *check_unit_form(struct tx *tx, const struct line_rules *rules,
                                        const char *unit, size_t i)
{
    const char *field = tx_format(tx, "%s[%zu].unit", rules->field, i);
    return tx_rule(tx, RULE_PRICES) ? field_line(tx, field, unit, CODE_MAX_BYTES)
                                    : refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, field);
}

/* Refuses, of each line in turn: unit (RULES_TOO_OLD, field_line); FIELD_INVALID line (of no
 * correction); quantity
 * (QUANTITY_NOT_POSITIVE; AMOUNT_TOO_BIG), price (FIELD_INVALID below 0), both discounts
 * (FIELD_INVALID discount_minor), discount_bp (DISCOUNT_TOO_BIG over 10000), discount_minor
 * (FIELD_INVALID below 0), tax_bp (FIELD_INVALID over 10000), text (TEXT_INVALID too long),
 * serials[i] (field_code). */
static Tefter__Refusal *check_line(struct tx *tx, const struct line_rules *rules,
                                   const Tefter__InvoiceLine *line, size_t i)
{
    if (line->unit != NULL) {
        Tefter__Refusal *refusal = check_unit_form(tx, rules, line->unit, i);
        if (refusal != NULL)
            return refusal;
    }
    const char *f = rules->field;
    bool negative_ok = rules->backfill || (rules->replaced != NULL && rules->replaced->backfill);
    if (line->has_line)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].line", f, i);
    if (line->quantity == 0 || (line->quantity < 0 && !negative_ok))
        return refuse_at(tx, TEFTER__REFUSAL_CODE__QUANTITY_NOT_POSITIVE, "%s[%zu].quantity", f, i);
    if (line->quantity > QUANTITY_MAX || line->quantity < -QUANTITY_MAX)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "%s[%zu].quantity", f, i);
    if (line->has_price && line->price < 0)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].price", f, i);
    if (line->has_discount_bp && line->has_discount_minor)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].discount_minor", f, i);
    if (line->has_discount_bp && line->discount_bp > BASIS_POINTS)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__DISCOUNT_TOO_BIG, "%s[%zu].discount_bp", f, i);
    if (line->has_discount_minor && line->discount_minor < 0)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].discount_minor", f, i);
    if (line->has_tax_bp && line->tax_bp > BASIS_POINTS)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].tax_bp", f, i);
    if (line->text != NULL && strlen(line->text) > NAME_MAX_BYTES)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__TEXT_INVALID, "%s[%zu].text", f, i);
    return check_serial_form(tx, rules, line, i);
}

Tefter__Refusal *line_check_form(struct tx *tx, const struct line_rules *rules,
                                 Tefter__InvoiceLine *const *lines, size_t count)
{
    Tefter__Refusal *refusal = NULL;
    size_t serials = 0;
    for (size_t i = 0; i < count && refusal == NULL; i++) {
        serials += lines[i]->n_serials;
        refusal = check_line(tx, rules, lines[i], i);
    }
    if (refusal == NULL && serials > DOCUMENT_LINES_MAX)
        refusal = refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, rules->field, DOCUMENT_LINES_MAX);
    return refusal;
}

/* Refuses, of each charge in turn: title, amount, tax. */
Tefter__Refusal *line_check_charges(struct tx *tx, Tefter__Charge *const *charges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Tefter__Charge *charge = charges[i];
        Tefter__Refusal *refusal =
            field_line(tx, tx_format(tx, "charges[%zu].title", i), charge->title, NAME_MAX_BYTES);
        if (refusal == NULL)
            refusal = field_amount(tx, tx_format(tx, "charges[%zu].amount_minor", i),
                                   charge->amount_minor);
        if (refusal != NULL)
            return refusal;
        if (charge->has_tax_bp && charge->tax_bp > BASIS_POINTS)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "charges[%zu].tax_bp", i);
    }
    return NULL;
}

/* ---- rules: what a line is ---- */

static bool text_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The line of the document that this one replaces; NULL: it was not there. Of a product (0: none),
 * and without one with the same text. */
static const Tefter__DocumentLine *line_before(const struct line_rules *rules, uint32_t product,
                                               const char *text)
{
    for (size_t i = 0; rules->replaced != NULL && i < rules->replaced->n_lines; i++) {
        const Tefter__DocumentLine *was = rules->replaced->lines[i];
        if (was->product == product && (product != 0 || text_same(was->text, text)))
            return was;
    }
    return NULL;
}

/* As line_before, in this unit (NULL: the product's own). */
static const Tefter__DocumentLine *line_before_in(const struct line_rules *rules, uint32_t product,
                                                  const Tefter__ProductUnit *unit)
{
    for (size_t i = 0; rules->replaced != NULL && i < rules->replaced->n_lines; i++) {
        const Tefter__DocumentLine *was = rules->replaced->lines[i];
        bool same = unit == NULL ? !was->has_unit_factor
                                 : was->has_unit_factor && text_same(was->unit, unit->code);
        if (was->product == product && same)
            return was;
    }
    return NULL;
}

static Tefter__Refusal *find_product(struct tx *tx, const struct line_rules *rules,
                                     const Tefter__InvoiceLine *line, size_t i,
                                     const Tefter__ProductRecord **ret_product)
{
    const char *f = rules->field;
    *ret_product = NULL;
    if (line->has_product)
        *ret_product = product_get(tx, line->product);
    else if (line->product_code != NULL)
        *ret_product = product_by_code(tx, line->product_code);
    if (*ret_product != NULL) {
        bool as_it_was = rules->backfill || rules->parked || tx_recalled(tx);
        if ((*ret_product)->retired && !as_it_was &&
            line_before(rules, (*ret_product)->product, NULL) == NULL)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__RETIRED, "%s[%zu].product", f, i);
        return NULL;
    }
    if (line->has_product || line->product_code != NULL)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__NOT_IN_CATALOGUE, "%s[%zu].product", f, i);
    if (line->text == NULL || *line->text == '\0')
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "%s[%zu].product", f, i);
    if (rules->backfill || rules->parked || rules->thresholds ||
        line_before(rules, 0, line->text) != NULL)
        return NULL;
    return staff_actor_needs(tx, TEFTER__RIGHT__RIGHT_CUSTOM_LINE);
}

/* How often a serial number of a product stands in the lines of a document so far. */
static size_t serial_count(const struct tx *tx, const Tefter__DocumentRecord *record,
                           uint32_t product, const char *serial)
{
    size_t count = 0;
    for (size_t i = 0; i < record->n_lines; i++)
        for (size_t s = 0; s < record->lines[i]->n_serials; s++)
            count += record->lines[i]->product == product &&
                     word_same(tx, record->lines[i]->serials[s], serial);
    return count;
}

/* Sold without serial numbers, as imports may be, it stays so. */
static bool never_had_serials(const struct line_rules *rules, const Tefter__InvoiceLine *line,
                              uint32_t product)
{
    const Tefter__DocumentLine *was = line_before(rules, product, NULL);
    return line->n_serials == 0 && was != NULL && was->n_serials == 0 &&
           was->quantity == line->quantity;
}

/* A product with serial numbers wants one for each piece (FIELD_MISSING serials), none of them sold
 * before, none twice in the document (ALREADY_EXISTS serials[i] with the invoice it was sold with).
 */
static Tefter__Refusal *check_serials(struct tx *tx, const struct line_rules *rules,
                                      const Tefter__InvoiceLine *line,
                                      const Tefter__ProductRecord *product, int64_t pieces,
                                      const Tefter__DocumentRecord *record, size_t i)
{
    const char *f = rules->field;
    if (!product->serials || rules->backfill || never_had_serials(rules, line, product->product))
        return NULL;
    if ((int64_t)line->n_serials * QUANTITY_UNIT != pieces)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "%s[%zu].serials", f, i);
    for (size_t s = 0; s < line->n_serials; s++) {
        uint64_t sold_with = serial_sold(tx, product->product, line->serials[s], rules->corrects);
        bool twice =
            sold_with != 0 || serial_count(tx, record, product->product, line->serials[s]) > 0;
        for (size_t t = 0; t < s; t++)
            twice = twice || word_same(tx, line->serials[t], line->serials[s]);
        if (!twice)
            continue;
        Tefter__Refusal *refusal =
            refuse_at(tx, TEFTER__REFUSAL_CODE__ALREADY_EXISTS, "%s[%zu].serials[%zu]", f, i, s);
        bool other = sold_with != 0 && sold_with != rules->corrects;
        const Tefter__DocumentRecord *sold = other ? document_get(tx, sold_with) : NULL;
        FIELD_SET_IF(refusal, existing, other, sold_with);
        refusal->existing_number = sold != NULL ? sold->number : NULL;
        return refusal;
    }
    return NULL;
}

/* What a line is sold in: NULL for the product's own unit. A unit's barcode says it, too. */
static Tefter__Refusal *find_unit(struct tx *tx, const struct line_rules *rules,
                                  const Tefter__InvoiceLine *from, size_t i,
                                  const Tefter__ProductRecord *product,
                                  const Tefter__ProductUnit **ret_unit)
{
    const char *f = rules->field;
    *ret_unit = NULL;
    if (from->unit == NULL && product->n_units == 0)
        return NULL;
    if (from->unit == NULL && !from->has_product)
        *ret_unit = product_unit_coded(tx, product, from->product_code);
    else if (from->unit != NULL && !product_unit_is_own(tx, product, from->unit)) {
        *ret_unit = product_unit(tx, product, from->unit);
        if (*ret_unit == NULL)
            return product_refuse_unit(tx, TEFTER__REFUSAL_CODE__UNIT_UNKNOWN,
                                       tx_format(tx, "%s[%zu].unit", f, i), product);
    }
    bool as_it_was = rules->backfill || rules->parked || tx_recalled(tx);
    if (*ret_unit != NULL && (*ret_unit)->retired && !as_it_was &&
        line_before_in(rules, product->product, *ret_unit) == NULL)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__RETIRED, "%s[%zu].unit", f, i);
    return NULL;
}

/* How much it is in the product's own unit; a correction keeps the factor of its bill. */
static Tefter__Refusal *set_unit(struct tx *tx, const struct line_rules *rules,
                                 const Tefter__ProductRecord *product,
                                 const Tefter__ProductUnit *unit, int64_t quantity, size_t i,
                                 Tefter__DocumentLine *line)
{
    const Tefter__DocumentLine *was = line_before_in(rules, product->product, unit);
    int64_t factor = was != NULL ? was->unit_factor : unit->factor;
    factor = (int64_t)tx_settle(tx, SETTLED_FACTOR, (uint32_t)i, (uint64_t)factor);
    int64_t base;
    if (!unit_base_quantity(quantity, factor, &base))
        return product_refuse_unit(tx, TEFTER__REFUSAL_CODE__UNIT_NOT_EXACT,
                                   tx_format(tx, "%s[%zu].quantity", rules->field, i), product);
    if (base > QUANTITY_MAX || base < -QUANTITY_MAX)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "%s[%zu].quantity", rules->field,
                         i);
    line->unit = unit->code;
    FIELD_SET(line, unit_factor, factor);
    FIELD_SET(line, base_quantity, base);
    return NULL;
}

/* Of which list a price is: one that was taken from it, or is the same. */
static void name_list(struct tx *tx, const struct line_rules *rules,
                      const Tefter__InvoiceLine *from, uint32_t i, const struct price_found *found,
                      Tefter__DocumentLine *line)
{
    char *list = !from->has_price || from->price == found->price ? found->list : NULL;
    const Tefter__Settled *then = tx_was_settled(tx, SETTLED_PRICE_LIST, i);
    if (then != NULL)
        line->price_list = then->text;
    else if (list != NULL && !tx_recalled(tx))
        line->price_list = tx_settle_text(tx, SETTLED_PRICE_LIST, i, list);
    for (size_t k = 0; list == NULL && rules->replaced != NULL && k < rules->replaced->n_lines;
         k++) {
        const Tefter__DocumentLine *was = rules->replaced->lines[k];
        bool same = was->product == line->product && was->price == line->price &&
                    was->unit_factor == line->unit_factor;
        if (same && was->price_list != NULL)
            line->price_list = was->price_list;
    }
}

/* Gross, discount, net, tax: each rounded once, in this order. */
static Tefter__RefusalCode price_line(const Tefter__InvoiceLine *from, Tefter__DocumentLine *line,
                                      const char **ret_field)
{
    int64_t gross;
    int64_t discount = 0;
    *ret_field = "price";
    bool fits = line->has_base_price ? money_line(line->base_quantity, line->base_price, &gross)
                                     : money_line(line->quantity, line->price, &gross);
    if (!fits)
        return TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG;
    if (from->has_discount_bp)
        need(money_rate(gross, from->discount_bp, &discount));
    if (from->has_discount_minor)
        discount = gross < 0 ? -from->discount_minor : from->discount_minor;
    *ret_field = "discount_minor";
    if (gross >= 0 ? discount > gross : discount < gross)
        return TEFTER__REFUSAL_CODE__DISCOUNT_TOO_BIG;
    FIELD_COPY(line, discount_bp, from);
    FIELD_SET_IF(line, discount_minor, discount != 0, discount);
    line->net_minor = gross - discount;
    int64_t tax = 0;
    need(money_rate(line->net_minor, line->tax_bp, &tax));
    FIELD_SET_IF(line, tax_minor, tax != 0, tax);
    return 0;
}

/* What the price is rounded from, where it is: said with it, or of the catalogue as it is now or
 * was when the command was done first. Refuses FIELD_INVALID base_price (the price is not that by
 * the factor). */
static Tefter__Refusal *set_base_price(struct tx *tx, const struct line_rules *rules,
                                       const Tefter__InvoiceLine *from, size_t i,
                                       const struct price_found *found, Tefter__DocumentLine *line)
{
    if (from->has_base_price) {
        bool of_price = from->has_price && line->has_unit_factor && from->base_price >= 0 &&
                        from->price == unit_price(from->base_price, line->unit_factor);
        if (!of_price)
            return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "%s[%zu].base_price",
                             rules->field, i);
        FIELD_COPY(line, base_price, from);
    } else if (!from->has_price && tx_recalled(tx)) {
        const Tefter__Settled *then = tx_was_settled(tx, SETTLED_BASE_PRICE, (uint32_t)i);
        bool settled = tx_was_settled(tx, SETTLED_PRICE, (uint32_t)i) != NULL;
        bool has = settled ? then != NULL : found->has_base_price;
        int64_t price = then != NULL ? (int64_t)then->number : found->base_price;
        FIELD_SET_IF(line, base_price, has, has ? price : 0);
    } else if (!from->has_price && found->has_base_price) {
        FIELD_SET(line, base_price, found->base_price);
    }
    if (line->has_base_price && !from->has_base_price)
        (void)tx_settle(tx, SETTLED_BASE_PRICE, (uint32_t)i, (uint64_t)line->base_price);
    return NULL;
}

static void describe(struct tx *tx, const Tefter__InvoiceLine *from, uint32_t i,
                     const Tefter__ProductRecord *product, int64_t price,
                     Tefter__DocumentLine *line)
{
    line->quantity = from->quantity;
    line->text = from->text;
    line->n_serials = from->n_serials;
    line->serials = from->serials;
    FIELD_COPY(line, tax_bp, from);
    line->price = from->price;
    if (product == NULL) {
        line->unit = from->unit;
        return;
    }
    FIELD_SET(line, product, product->product);
    line->code = product->code;
    if (!line->has_unit_factor)
        line->unit = product->unit;
    if (line->text == NULL)
        line->text = product->name;
    if (!from->has_tax_bp) {
        uint64_t tax = tx_settle(tx, SETTLED_TAX, i, product->has_tax_bp ? product->tax_bp + 1 : 0);
        FIELD_SET_IF(line, tax_bp, tax != 0, (uint32_t)tax - (tax != 0));
    }
    if (!from->has_price)
        line->price = (int64_t)tx_settle(tx, SETTLED_PRICE, i, (uint64_t)price);
}

/* Refuses, of each line in turn: RETIRED or NOT_IN_CATALOGUE product; of a custom line
 * FIELD_MISSING product (no text), without thresholds the right CUSTOM_LINE; UNIT_UNKNOWN, RETIRED
 * unit, UNIT_NOT_EXACT, AMOUNT_TOO_BIG quantity (in the product's own unit); PRICE_MISSING price,
 * serial numbers (check_serials); AMOUNT_TOO_BIG price (gross), DISCOUNT_TOO_BIG discount_minor
 * (over gross). A backfill may be retired, custom and without serial numbers. What
 * was parked may be retired and custom. */
static Tefter__Refusal *fill_line(struct tx *tx, const struct line_rules *rules,
                                  const Tefter__InvoiceLine *from, size_t i,
                                  const Tefter__DocumentRecord *record, Tefter__DocumentLine *line)
{
    const Tefter__ProductRecord *product;
    Tefter__Refusal *refusal = find_product(tx, rules, from, i, &product);
    if (refusal != NULL)
        return refusal;
    const Tefter__ProductUnit *unit = NULL;
    if (product != NULL)
        refusal = find_unit(tx, rules, from, i, product, &unit);
    if (refusal == NULL && unit != NULL)
        refusal = set_unit(tx, rules, product, unit, from->quantity, i, line);
    if (refusal != NULL)
        return refusal;
    struct price_found found = {.has_price = false};
    if (product != NULL && (unit != NULL || rules->prices != NULL))
        price_find(tx, rules->prices, product, unit, from->quantity, &found);
    else if (product != NULL)
        found = (struct price_found){.has_price = product->has_price, .price = product->price};
    bool priced = tx_was_settled(tx, SETTLED_PRICE, (uint32_t)i) != NULL || found.has_price;
    if (!from->has_price && (product == NULL || !priced))
        return refuse_at(tx, TEFTER__REFUSAL_CODE__PRICE_MISSING, "%s[%zu].price", rules->field, i);
    int64_t pieces = line->has_base_quantity ? line->base_quantity : from->quantity;
    if (product != NULL)
        refusal = check_serials(tx, rules, from, product, pieces, record, i);
    if (refusal != NULL)
        return refusal;
    describe(tx, from, (uint32_t)i, product, found.price, line);
    if (product != NULL && (found.list != NULL || rules->replaced != NULL || tx_recalled(tx)))
        name_list(tx, rules, from, (uint32_t)i, &found, line);
    if (unit != NULL || from->has_base_price)
        refusal = set_base_price(tx, rules, from, i, &found, line);
    if (refusal != NULL)
        return refusal;
    const char *field;
    Tefter__RefusalCode code = price_line(from, line, &field);
    return code == 0 ? NULL : refuse_at(tx, code, "%s[%zu].%s", rules->field, i, field);
}

/* ---- services ---- */

Tefter__Refusal *line_fill(struct tx *tx, const struct line_rules *rules,
                           Tefter__InvoiceLine *const *lines, size_t count,
                           Tefter__DocumentRecord *record)
{
    record->lines = tx_take(tx, count * sizeof(Tefter__DocumentLine *));
    Tefter__Refusal *refusal = NULL;
    for (size_t i = 0; i < count && refusal == NULL; i++) {
        record->lines[i] = tx_new(tx, &tefter__document_line__descriptor);
        refusal = fill_line(tx, rules, lines[i], i, record, record->lines[i]);
        record->n_lines = i + 1;
    }
    return refusal;
}

Tefter__Refusal *line_fill_charges(struct tx *tx, Tefter__Charge *const *charges, size_t count,
                                   Tefter__DocumentRecord *record)
{
    record->charges = tx_take(tx, count * sizeof(Tefter__DocumentCharge *));
    for (size_t i = 0; i < count; i++) {
        Tefter__DocumentCharge *charge = tx_new(tx, &tefter__document_charge__descriptor);
        charge->title = charges[i]->title;
        charge->amount_minor = charges[i]->amount_minor;
        FIELD_COPY(charge, tax_bp, charges[i]);
        int64_t tax = 0;
        need(money_rate(charge->amount_minor, charge->tax_bp, &tax));
        FIELD_SET_IF(charge, tax_minor, tax != 0, tax);
        record->charges[record->n_charges++] = charge;
    }
    return NULL;
}

static bool is_amount(int64_t sum_minor)
{
    return sum_minor <= MONEY_MAX && sum_minor >= -MONEY_MAX;
}

bool line_sum(const struct tx *tx, const Tefter__DocumentRecord *record, struct line_sums *ret_sums)
{
    *ret_sums = (struct line_sums){0};
    for (size_t i = 0; i < record->n_lines; i++) {
        ret_sums->net_minor += record->lines[i]->net_minor;
        ret_sums->tax_minor += record->lines[i]->tax_minor;
    }
    for (size_t i = 0; i < record->n_charges; i++) {
        ret_sums->charges_minor += record->charges[i]->amount_minor;
        ret_sums->tax_minor += record->charges[i]->tax_minor;
    }
    /* at most 2,016 amounts of at most MONEY_MAX each: no overflow */
    ret_sums->total_minor = ret_sums->net_minor + ret_sums->tax_minor + ret_sums->charges_minor;
    bool each = is_amount(ret_sums->net_minor) && is_amount(ret_sums->tax_minor) &&
                is_amount(ret_sums->charges_minor) &&
                is_amount(ret_sums->net_minor + ret_sums->charges_minor);
    return is_amount(ret_sums->total_minor) && (each || !tx_rule(tx, RULE_BOUNDS_AGREE));
}

int64_t line_share(int64_t amount_minor, int64_t part, int64_t whole)
{
    __int128 product = (__int128)amount_minor * (whole < 0 ? -part : part);
    whole = whole < 0 ? -whole : whole;
    __int128 half = whole / 2;
    __int128 rounded = product >= 0 ? (product + half) / whole : (product - half) / whole;
    return (int64_t)rounded;
}

void line_serials(struct tx *tx, const Tefter__DocumentRecord *record, bool sold)
{
    for (size_t i = 0; i < record->n_lines; i++)
        for (size_t s = 0; s < record->lines[i]->n_serials; s++) {
            struct key key = serial_key(record->lines[i]->product, record->lines[i]->serials[s]);
            uint64_t sold_with = 0;
            if (sold)
                tx_put_u64(tx, &key, record->document);
            else if (tx_get_u64(tx, &key, &sold_with) && sold_with == record->document)
                tx_delete(tx, &key);
        }
}
