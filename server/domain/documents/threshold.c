/*
 * What a sale asks of the thresholds of who sells: discounts, prices, custom lines and charges,
 * tax, the due date, the number, the salesperson.
 *
 * 1. What already happened is entered by the right for it, and asks nothing here.
 * 2. What stood on the bill that is corrected may stay: each old line for a line of the same
 * product and no larger quantity; the old sum of custom lines and charges, the old due date, the
 * old salesperson.
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

/* The bill that is corrected, and how much of each of its lines no new one has stood for yet. */
struct before {
    const Tefter__DocumentRecord *bill; /* NULL: none */
    int64_t *left;
};

/* Rounded up: what is over a threshold by less than a hundredth of a percent is over it. */
static int64_t share_bp(int64_t part_minor, int64_t whole_minor)
{
    if (part_minor <= 0 || whole_minor <= 0)
        return 0;
    return (int64_t)(((__int128)part_minor * BASIS_POINTS + whole_minor - 1) / whole_minor);
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

/* A product without a price in the catalogue is sold at what is asked for it; its floor holds. */
static Tefter__Refusal *check_price(struct tx *tx, const Tefter__DocumentLine *line,
                                    const Tefter__ProductRecord *product, size_t i)
{
    int64_t floor_minor = 0;
    Tefter__Refusal *refusal = NULL;
    if (product->has_price && line->price < product->price)
        refusal = threshold_check(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST, NULL,
                                  share_bp(product->price - line->price, product->price));
    if (refusal == NULL && product->has_floor &&
        money_line(line->quantity, product->floor, &floor_minor))
        refusal = check_share(tx, TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR,
                              floor_minor - line->net_minor, floor_minor);
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

/* The old line at least as favourable, of which enough is left; it is used up so far. */
static bool stood_before(struct before *before, const Tefter__DocumentLine *line)
{
    for (size_t i = 0; before->bill != NULL && i < before->bill->n_lines; i++) {
        const Tefter__DocumentLine *old = before->bill->lines[i];
        __int128 discount = (__int128)line->discount_minor * gross_of(old);
        bool same = old->has_product && old->product == line->product &&
                    line->price >= old->price && line->tax_bp == old->tax_bp;
        bool no_more = line->has_discount_bp && old->has_discount_bp
                           ? line->discount_bp <= old->discount_bp
                           : discount <= (__int128)old->discount_minor * gross_of(line);
        if (!same || !no_more || before->left[i] < line->quantity)
            continue;
        before->left[i] -= line->quantity;
        return true;
    }
    return false;
}

static Tefter__Refusal *check_line(struct tx *tx, const Tefter__DocumentLine *line, size_t i,
                                   struct before *before)
{
    const Tefter__ProductRecord *product =
        line->has_product ? product_get(tx, line->product) : NULL;
    if (product == NULL)
        return NULL; /* a custom line counts with the charges */
    Tefter__Refusal *refusal = check_discount(tx, line, i);
    if (refusal == NULL)
        refusal = check_price(tx, line, product, i);
    if (refusal == NULL)
        refusal = check_tax(tx, line, product, i);
    return refusal != NULL && stood_before(before, line) ? NULL : refusal;
}

/* ---- rules: what is in no catalogue ---- */

/* Custom lines and charges, and in *ret_goods_minor the lines of the catalogue. */
static int64_t custom_of(const Tefter__DocumentRecord *bill, int64_t *ret_goods_minor)
{
    int64_t custom_minor = 0;
    *ret_goods_minor = 0;
    for (size_t i = 0; i < bill->n_lines; i++) {
        if (bill->lines[i]->has_product)
            *ret_goods_minor += bill->lines[i]->net_minor;
        else
            custom_minor += bill->lines[i]->net_minor;
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
    Tefter__Refusal *refusal = check_salesperson(tx, record->salesperson, &before);
    if (refusal == NULL)
        refusal = check_due(tx, plan, &before);
    if (refusal != NULL || parked)
        return refusal;
    for (size_t i = 0; i < record->n_lines && refusal == NULL; i++)
        refusal = check_line(tx, record->lines[i], i, &before);
    return refusal != NULL ? refusal : check_custom(tx, record, &before);
}
