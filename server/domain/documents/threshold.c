/*
 * What a sale asks of the thresholds of who sells: discounts, prices, what rounding takes away,
 * custom lines and charges, tax, the due date, the number, the salesperson.
 *
 * 1. What already happened is entered by the right for it, and asks nothing here.
 * 2. What stood on the bill that is corrected may stay: each old line for a line of the same
 * product and no larger quantity, unless its price was of another customer or of a larger quantity
 * and is below the one that applies now; the old sum of custom lines and charges, the old due date,
 * the old salesperson.
 * 3. What was parked was asked then, of who parked it.
 */
#include "domain/documents/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/money.h"
#include "domain/catalogue/catalogue.h"
#include "domain/credit/credit.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- rules: lines ---- */

#define PARTS_OF_MINOR ((__int128)QUANTITY_UNIT * 1000)

/* The bill that is corrected, and how much of each of its lines no new one has stood for yet. */
struct before {
    const Tefter__DocumentRecord *bill; /* NULL: none */
    int64_t *left;
    bool other_customer; /* than who is sold to now */
};

/* Rounded up: what is over a threshold by less than a hundredth of a percent is over it. */
static int64_t share_bp(__int128 part_minor, __int128 whole_minor)
{
    if (part_minor <= 0 || whole_minor <= 0)
        return 0;
    return (int64_t)((part_minor * BASIS_POINTS + whole_minor - 1) / whole_minor);
}

/* No more than the rate makes of the whole, rounded as lines are. */
static bool within(int64_t part_minor, int64_t whole_minor, int64_t most_bp)
{
    int64_t most_minor = 0;
    return most_bp >= BASIS_POINTS ||
           (money_rate(whole_minor, most_bp, &most_minor) && part_minor <= most_minor);
}

static int64_t gross_of(const Tefter__DocumentLine *line)
{
    return line->net_minor + line->discount_minor;
}

/* Named only when it is refused. */
static Tefter__Refusal *of_line(struct tx *tx, size_t i, const char *field,
                                Tefter__Refusal *refusal)
{
    if (refusal != NULL)
        refusal->field = tx_format(tx, "lines[%zu].%s", i, field);
    return refusal;
}

static Tefter__Refusal *check_share(struct tx *tx, Tefter__Threshold threshold, int64_t part_minor,
                                    int64_t whole_minor)
{
    int64_t most_bp = threshold_most(tx, threshold);
    if (part_minor <= 0 || within(part_minor, whole_minor, most_bp))
        return NULL;
    int64_t wanted_bp = share_bp(part_minor, whole_minor);
    if (wanted_bp <= most_bp) /* a share of so little that it rounds to nothing */
        return NULL;
    return threshold_refuse(tx, threshold, NULL, wanted_bp, most_bp);
}

static Tefter__Refusal *check_discount(struct tx *tx, const Tefter__DocumentLine *line, size_t i)
{
    Tefter__Threshold threshold = TEFTER__THRESHOLD__THRESHOLD_DISCOUNT;
    if (line->has_discount_bp)
        return of_line(tx, i, "discount_bp",
                       threshold_check(tx, threshold, NULL, line->discount_bp));
    return of_line(tx, i, "discount_minor",
                   check_share(tx, threshold, line->discount_minor, gross_of(line)));
}

/* In the product's own unit. */
static int64_t base_of(const Tefter__DocumentLine *line)
{
    return line->has_base_quantity ? line->base_quantity : line->quantity;
}

/* The price that applies to who buys. */
static struct price_found list_price(struct tx *tx, const struct price_lists *prices,
                                     const Tefter__ProductRecord *product,
                                     const Tefter__DocumentLine *line)
{
    struct price_found found = {.has_price = product->has_price, .price = product->price};
    if (prices == NULL && !line->has_unit_factor)
        return found;
    const Tefter__ProductUnit *unit =
        line->has_unit_factor ? product_unit(tx, product, line->unit) : NULL;
    price_find(tx, prices, product, unit, line->quantity, &found);
    return found;
}

/* In parts of a minor unit: a quantity and a price have three decimals each. */
static __int128 line_parts(const Tefter__DocumentLine *line)
{
    return line->has_base_price ? (__int128)line->base_quantity * line->base_price
                                : (__int128)line->quantity * line->price;
}

/* What its goods come to at that price, in the same parts. */
static __int128 list_parts(const struct price_found *list, const Tefter__DocumentLine *line)
{
    return list->has_base_price ? (__int128)line->base_quantity * list->base_price
                                : (__int128)line->quantity * list->price;
}

static __int128 minor_of(__int128 parts)
{
    return (parts + PARTS_OF_MINOR / 2) / PARTS_OF_MINOR;
}

/* A price that is rounded is compared by what the line comes to. */
static int64_t below_list_bp(const struct price_found *list, const Tefter__DocumentLine *line)
{
    if (!list->has_base_price && !line->has_base_price)
        return share_bp(list->price - line->price, list->price);
    __int128 list_minor = minor_of(list_parts(list, line));
    return share_bp(list_minor - minor_of(line_parts(line)), list_minor);
}

/* By how much of what it costs the refusal does not say: who sells need not know. */
static Tefter__Refusal *check_cost(struct tx *tx, const Tefter__DocumentLine *line,
                                   const Tefter__ProductRecord *product, int64_t base)
{
    int64_t cost_minor = 0;
    if (!product->has_cost || !money_line(base, product->cost, &cost_minor) ||
        line->net_minor >= cost_minor)
        return NULL;
    return threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_COST, NULL, 1);
}

/* A product without a price is sold at what is asked for it; its floor and its cost hold. */
static Tefter__Refusal *check_price(struct tx *tx, const struct price_lists *prices,
                                    const Tefter__DocumentLine *line,
                                    const Tefter__ProductRecord *product, size_t i)
{
    int64_t floor_minor = 0;
    int64_t base = base_of(line);
    struct price_found list = list_price(tx, prices, product, line);
    Tefter__Refusal *refusal = NULL;
    int64_t below_bp = list.has_price ? below_list_bp(&list, line) : 0;
    if (below_bp > 0)
        refusal = threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST, NULL, below_bp);
    if (refusal == NULL && product->has_floor && money_line(base, product->floor, &floor_minor))
        refusal = check_share(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR,
                              floor_minor - line->net_minor, floor_minor);
    if (refusal == NULL)
        refusal = check_cost(tx, line, product, base);
    return of_line(tx, i, "price", refusal);
}

static Tefter__Refusal *check_tax(struct tx *tx, const Tefter__DocumentLine *line,
                                  const Tefter__ProductRecord *product, size_t i)
{
    uint32_t tax_bp = line->has_tax_bp ? line->tax_bp : 0;
    if (tax_bp == (product->has_tax_bp ? product->tax_bp : 0))
        return NULL;
    return of_line(tx, i, "tax_bp",
                   threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX, NULL, 1));
}

/* The price that stood there is below the one that applies now, and not for its age: it was another
 * customer's, or that of a larger quantity. */
static bool price_lapsed(struct tx *tx, const struct price_lists *prices,
                         const struct before *before, const Tefter__DocumentLine *old,
                         const Tefter__DocumentLine *line, const Tefter__ProductRecord *product)
{
    struct price_found now = list_price(tx, prices, product, line);
    if (!now.has_price || below_list_bp(&now, line) == 0)
        return false;
    if (before->other_customer || line->quantity >= old->quantity)
        return before->other_customer;
    Tefter__DocumentLine as_much = *line;
    as_much.quantity = old->quantity;
    struct price_found then = list_price(tx, prices, product, &as_much);
    return then.has_price && then.price < now.price;
}

/* The old line at least as favourable, of which enough is left; it is used up so far. */
static bool stood_before(struct tx *tx, const struct price_lists *prices, struct before *before,
                         const Tefter__DocumentLine *line, const Tefter__ProductRecord *product)
{
    for (size_t i = 0; before->bill != NULL && i < before->bill->n_lines; i++) {
        const Tefter__DocumentLine *old = before->bill->lines[i];
        __int128 discount = (__int128)line->discount_minor * gross_of(old);
        bool same = old->has_product && old->product == line->product &&
                    line->price >= old->price && line->base_price >= old->base_price &&
                    line->tax_bp == old->tax_bp && line->unit_factor == old->unit_factor;
        bool no_more = line->has_discount_bp && old->has_discount_bp
                           ? line->discount_bp <= old->discount_bp
                           : discount <= (__int128)old->discount_minor * gross_of(line);
        if (!same || !no_more || before->left[i] < line->quantity ||
            price_lapsed(tx, prices, before, old, line, product))
            continue;
        before->left[i] -= line->quantity;
        return true;
    }
    return false;
}

/* Goods with a price that come to nothing are as good as a discount of all of it; so are those
 * whose unit costs nothing while the product has a price. */
static Tefter__Refusal *check_free(struct tx *tx, const struct price_lists *prices,
                                   const Tefter__DocumentLine *line,
                                   const Tefter__ProductRecord *product, size_t i)
{
    if (line->net_minor != 0 || !tx_rule(tx, RULE_ROUNDING_IS_BOUNDED))
        return NULL;
    struct price_found list = list_price(tx, prices, product, line);
    bool has_price = list.has_price && list_parts(&list, line) > 0;
    if (line_parts(line) <= 0 && !has_price && (!product->has_price || product->price <= 0))
        return NULL;
    return of_line(tx, i, "quantity",
                   threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT, NULL, BASIS_POINTS));
}

static Tefter__Refusal *check_line(struct tx *tx, const struct price_lists *prices,
                                   const Tefter__DocumentLine *line, size_t i,
                                   struct before *before)
{
    const Tefter__ProductRecord *product =
        line->has_product ? product_get(tx, line->product) : NULL;
    if (product == NULL)
        return NULL; /* a custom line counts with the charges */
    Tefter__Refusal *refusal = check_discount(tx, line, i);
    if (refusal == NULL)
        refusal = check_price(tx, prices, line, product, i);
    if (refusal == NULL)
        refusal = check_tax(tx, line, product, i);
    if (refusal == NULL)
        refusal = check_free(tx, prices, line, product, i);
    return refusal != NULL && stood_before(tx, prices, before, line, product) ? NULL : refusal;
}

/* ---- rules: what rounding takes away ---- */

/* Each of a line's amounts is rounded by half a unit at most: so few lines lose no more than may be
 * lost in any bill. */
enum { FEW_LINES = 3, LOST_MINOR = 5, LOST_BP = 100 };

/* A rate has four decimals. */
#define PARTS_OF_TAXED (PARTS_OF_MINOR * BASIS_POINTS)

struct worth {
    __int128 list;  /* what its goods come to with tax, unrounded, at least at list prices */
    __int128 least; /* that, less what the role may take off */
    int64_t sold_minor;
};

static __int128 larger(__int128 a, __int128 b)
{
    return a > b ? a : b;
}

/* At the price that applies or, without one, at the floor, if the line's is lower. */
static __int128 list_worth(struct tx *tx, const struct price_lists *prices,
                           const Tefter__DocumentLine *line, const Tefter__ProductRecord *product)
{
    struct price_found list = list_price(tx, prices, product, line);
    __int128 worth = line_parts(line);
    if (list.has_price)
        worth = larger(worth, list_parts(&list, line));
    if (list.has_price || !product->has_floor)
        return worth;
    return larger(worth, (__int128)base_of(line) * product->floor);
}

static void add_worth(struct tx *tx, const struct price_lists *prices,
                      const Tefter__DocumentRecord *record, int64_t left_bp, struct worth *worth)
{
    for (size_t i = 0; i < record->n_lines; i++) {
        const Tefter__DocumentLine *line = record->lines[i];
        const Tefter__ProductRecord *product =
            line->has_product ? product_get(tx, line->product) : NULL;
        if (product == NULL || line->quantity < 0)
            continue;
        __int128 list = list_worth(tx, prices, line, product) * (BASIS_POINTS + line->tax_bp);
        worth->list += list;
        worth->least += list / BASIS_POINTS * left_bp;
        worth->sold_minor += line->net_minor + line->tax_minor;
    }
}

/* What is left of a price by one who takes off all they may; in basis points. */
static int64_t left_bp(struct tx *tx)
{
    int64_t discount_bp = threshold_most(tx, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT);
    int64_t below_bp = threshold_most(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST);
    if (discount_bp >= BASIS_POINTS || below_bp >= BASIS_POINTS)
        return 0;
    return (BASIS_POINTS - discount_bp) * (BASIS_POINTS - below_bp) / BASIS_POINTS;
}

static __int128 lost(const struct worth *worth)
{
    return worth->least - worth->sold_minor * PARTS_OF_TAXED;
}

/* The sum of many small lines against what their goods would have come to in one. A correction may
 * lose what the old bill lost. */
static Tefter__Refusal *check_lost(struct tx *tx, const struct document_plan *plan,
                                   const struct before *before)
{
    const Tefter__DocumentRecord *record = plan->record;
    struct worth worth = {0};
    struct worth old = {0};
    int64_t left = left_bp(tx);
    if (record->n_lines <= FEW_LINES || left == 0 || !tx_rule(tx, RULE_ROUNDING_IS_BOUNDED))
        return NULL;
    add_worth(tx, plan->prices, record, left, &worth);
    if (before->bill != NULL)
        add_worth(tx, plan->prices, before->bill, left, &old);
    __int128 may_be_lost = larger(
        larger(worth.list / BASIS_POINTS * LOST_BP, LOST_MINOR * PARTS_OF_TAXED), lost(&old));
    if (lost(&worth) <= may_be_lost)
        return NULL;
    __int128 sold = worth.sold_minor * PARTS_OF_TAXED;
    int64_t most_bp = threshold_most(tx, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT);
    __int128 whole = worth.list / BASIS_POINTS;
    int64_t wanted_bp = (int64_t)((worth.list - sold + whole - 1) / whole);
    return threshold_refuse(tx, TEFTER__THRESHOLD__THRESHOLD_DISCOUNT, "lines",
                            wanted_bp > most_bp ? wanted_bp : most_bp + 1, most_bp);
}

/* ---- rules: what is in no catalogue ---- */

/* One with a price is at least one minor unit: it is not sold for nothing. */
static int64_t custom_line(const Tefter__DocumentLine *line)
{
    bool free = line->net_minor == 0 && line->price > 0 && line->quantity > 0;
    return free ? 1 : line->net_minor;
}

/* Custom lines and charges, and in *ret_goods_minor the lines of the catalogue. */
static int64_t custom_of(const Tefter__DocumentRecord *bill, int64_t *ret_goods_minor)
{
    int64_t custom_minor = 0;
    *ret_goods_minor = 0;
    for (size_t i = 0; i < bill->n_lines; i++) {
        if (bill->lines[i]->has_product)
            *ret_goods_minor += bill->lines[i]->net_minor;
        else
            custom_minor += custom_line(bill->lines[i]);
    }
    for (size_t i = 0; i < bill->n_charges; i++)
        custom_minor += bill->charges[i]->amount_minor;
    return custom_minor;
}

static const char *custom_field(struct tx *tx, const Tefter__DocumentRecord *bill)
{
    for (size_t i = 0; i < bill->n_lines; i++)
        if (!bill->lines[i]->has_product)
            return tx_format(tx, "lines[%zu]", i);
    return "charges[0]";
}

/* The larger of the two that a role has for goods of so much. */
static int64_t custom_most(struct tx *tx, Tefter__Role role, int64_t goods_minor)
{
    int64_t most_minor = threshold_most_of(tx, TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT, role);
    int64_t share_bp = threshold_most_of(tx, TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE, role);
    int64_t of_goods_minor = THRESHOLD_ANY;
    if (share_bp != THRESHOLD_ANY)
        need(money_rate(goods_minor, share_bp, &of_goods_minor));
    return most_minor > of_goods_minor ? most_minor : of_goods_minor;
}

static Tefter__Refusal *check_custom(struct tx *tx, const Tefter__DocumentRecord *record,
                                     const struct before *before)
{
    Tefter__Role role;
    int64_t goods_minor;
    int64_t old_goods_minor;
    int64_t custom_minor = custom_of(record, &goods_minor);
    if (custom_minor <= 0 || !staff_actor_role(tx, &role) ||
        (before->bill != NULL && custom_minor <= custom_of(before->bill, &old_goods_minor)))
        return NULL;
    int64_t most_minor = custom_most(tx, role, goods_minor);
    if (custom_minor <= most_minor)
        return NULL;
    Tefter__Refusal *refusal = threshold_refuse(tx, TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT,
                                                custom_field(tx, record), custom_minor, most_minor);
    refusal->n_roles = 0;
    Tefter__Role roles[RIGHTS_ROLES_MAX];
    size_t count = rights_roles_with(TEFTER__RIGHT__RIGHT_SELL, roles);
    for (size_t i = 0; i < count; i++)
        if (custom_minor <= custom_most(tx, roles[i], goods_minor))
            refusal->roles[refusal->n_roles++] = roles[i];
    return refusal;
}

/* ---- rules: the bill ---- */

static Tefter__Refusal *check_due(struct tx *tx, const struct document_plan *plan,
                                  const struct before *before)
{
    const Tefter__DocumentRecord *record = plan->record;
    int64_t by_terms = (int64_t)record->date + customer_term_days(tx, plan->customer);
    bool as_before = before->bill != NULL && record->due <= before->bill->due;
    bool as_parked =
        plan->parked != NULL && plan->parked->has_due && record->due <= plan->parked->due;
    if (record->due <= by_terms || as_before || as_parked)
        return NULL;
    return threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_LATER_DUE, "due",
                           record->due - by_terms);
}

static Tefter__Refusal *check_salesperson(struct tx *tx, const char *login,
                                          const struct before *before)
{
    const char *old = before->bill != NULL ? before->bill->salesperson : NULL;
    if (login == NULL || (old != NULL && strcmp(login, old) == 0))
        return NULL;
    const Tefter__StaffRecord *staff = staff_by_login(tx, login);
    if (staff == NULL)
        return refuse_not_found(tx, "salesperson");
    return staff->blocked ? refuse(tx, TEFTER__REFUSAL_CODE__STAFF_BLOCKED, "salesperson") : NULL;
}

static struct before before_of(struct tx *tx, uint64_t corrects)
{
    struct before before = {.bill = corrects != 0 ? document_get(tx, corrects) : NULL};
    if (before.bill == NULL)
        return before;
    before.left = tx_take(tx, (before.bill->n_lines + 1) * sizeof *before.left);
    for (size_t i = 0; i < before.bill->n_lines; i++)
        before.left[i] = before.bill->lines[i]->quantity;
    return before;
}

/* ---- services ---- */

Tefter__Refusal *document_check_number(struct tx *tx, Tefter__DocumentKind kind, const char *number,
                                       bool backfill)
{
    Tefter__DocumentKind series = kind;
    if (number == NULL || tx_recalled(tx) || !tx_rule(tx, RULE_THRESHOLDS))
        return NULL;
    Tefter__Refusal *refusal =
        backfill ? NULL : threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER, "number", 1);
    if (refusal != NULL || !branch_counts(tx, number, &series))
        return refusal;
    if (!(backfill && branch_writes(number)))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "number");
    if (series != kind && tx_rule(tx, RULE_SERIES_KEEP_THEIR_KIND))
        return refuse(tx, TEFTER__REFUSAL_CODE__NUMBER_OF_OTHER_SERIES, "number");
    return NULL;
}

Tefter__Refusal *sale_check_thresholds(struct tx *tx, const struct document_plan *plan,
                                       uint64_t corrects, bool parked)
{
    const Tefter__DocumentRecord *record = plan->record;
    if (!tx_rule(tx, RULE_THRESHOLDS) || record->backfill || tx_recalled(tx))
        return NULL;
    struct before before = before_of(tx, corrects);
    before.other_customer = before.bill != NULL && before.bill->customer != record->customer;
    Tefter__Refusal *refusal = check_salesperson(tx, record->salesperson, &before);
    if (refusal == NULL)
        refusal = check_due(tx, plan, &before);
    if (refusal != NULL || parked)
        return refusal;
    for (size_t i = 0; i < record->n_lines && refusal == NULL; i++)
        refusal = check_line(tx, plan->prices, record->lines[i], i, &before);
    if (refusal == NULL)
        refusal = check_lost(tx, plan, &before);
    return refusal != NULL ? refusal : check_custom(tx, record, &before);
}
