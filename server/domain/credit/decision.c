/*
 * The decision over a sale, explained.
 *
 *   exposure  = bills + uncleared - unmatched          (receivables)
 *               - (waiting + uncleared) * (100 - slip weight) / 100, rounded down
 *   available = limit - exposure                       equality is allowed: 0 <= available - amount
 *
 * The walls, in this order: single-document maximum, overdue for too long, too much overdue, limit,
 * unpaid bills. What hitting one means is the policy's: block, warn, or approve.
 *
 * 1. A decision is made from the state it is committed with.
 * 2. A correction is judged on what it adds to the bill it replaces: the figures are those with the
 *    old bill, and what adds nothing meets no wall. One bill's largest total is of all of it.
 * 3. A refusal names every wall. A way out that it offers leads past all of them.
 * 4. Of who has a payer or sites the figures are the family's, and limit, rules and lock the
 * payer's. A site's own limit is a wall of its own, the last one, over what the site alone has
 * used.
 * 5. Matching moves money from waiting to uncleared and no exposure with it. What comes with a sale
 * itself and is not final counts whole in its decision, and by its weight from then on.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- rules: the walls ---- */

struct walls {
    Tefter__RefusalCode codes[8];
    size_t count;
    int64_t late_minor; /* of the oldest bills, paid before the overdue walls are passed */
    const Tefter__AccountRecord *standing; /* what the payer's limit is held against */
};

int64_t credit_freed(struct tx *tx, const struct credit_terms *terms,
                     const Tefter__AccountRecord *account)
{
    if (terms->slip_weight >= WEIGHT_WHOLE)
        return 0;
    int64_t awaited_minor = tx_sum(tx, account->waiting_minor, account->uncleared_minor);
    int64_t part = WEIGHT_WHOLE - terms->slip_weight;
    return awaited_minor / WEIGHT_WHOLE * part + awaited_minor % WEIGHT_WHOLE * part / WEIGHT_WHOLE;
}

int64_t credit_exposure(struct tx *tx, const struct credit_terms *terms,
                        const Tefter__AccountRecord *account)
{
    return tx_difference(tx, account_exposure(tx, account), credit_freed(tx, terms, account));
}

static void wall(struct walls *walls, bool hit, Tefter__RefusalCode code)
{
    if (hit)
        walls->codes[walls->count++] = code;
}

static void pay_late(struct walls *walls, int64_t amount_minor)
{
    if (amount_minor > walls->late_minor)
        walls->late_minor = amount_minor;
}

static int64_t overdue_by(struct tx *tx, const struct credit_request *request, uint32_t days,
                          uint32_t *ret_oldest_due)
{
    uint32_t day = request->today > days ? request->today - days : 0;
    return account_overdue(tx, request->account, ACCOUNT_FAMILY, day, OVERDUE_BILLS_MAX,
                           ret_oldest_due);
}

/* Debts overdue by more than the days allowed, beyond what is borne. */
static void overdue_wall(struct tx *tx, const struct credit_request *request,
                         const struct credit_terms *terms, Tefter__Decision *decision,
                         struct walls *walls)
{
    uint32_t oldest_due;
    int64_t overdue =
        overdue_by(tx, request, terms->has_overdue_days ? terms->overdue_days : 0, &oldest_due);
    if (overdue == 0)
        return;
    FIELD_SET(decision, overdue_minor, overdue);
    FIELD_SET(decision, oldest_overdue_days, request->today - oldest_due);
    wall(walls, overdue > terms->overdue_minor,
         terms->has_overdue_days ? TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD
                                 : TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH);
    pay_late(walls, overdue - terms->overdue_minor);
}

/* Two walls of their own: a bill that is overdue by more than the days, more than the amount
 * overdue in all. */
static void overdue_walls(struct tx *tx, const struct credit_request *request,
                          const struct credit_terms *terms, Tefter__Decision *decision,
                          struct walls *walls)
{
    if (!terms->has_overdue_days && !terms->has_overdue_minor)
        return;
    bool both = terms->has_overdue_days && terms->has_overdue_minor;
    if (!both || !tx_rule(tx, RULE_OVERDUE_WALLS_APART)) {
        overdue_wall(tx, request, terms, decision, walls);
        return;
    }
    uint32_t oldest_due;
    int64_t overdue = overdue_by(tx, request, 0, &oldest_due);
    if (overdue == 0)
        return;
    FIELD_SET(decision, overdue_minor, overdue);
    FIELD_SET(decision, oldest_overdue_days, request->today - oldest_due);
    int64_t old = overdue_by(tx, request, terms->overdue_days, &oldest_due);
    FIELD_SET(decision, too_old_minor, old);
    wall(walls, old > 0, TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD);
    wall(walls, overdue > terms->overdue_minor, TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH);
    pay_late(walls, old);
    pay_late(walls, overdue - terms->overdue_minor);
}

/* This bill would be one more of them than there may be; a correction makes none more. */
static void unpaid_wall(struct tx *tx, const struct credit_request *request,
                        const struct credit_terms *terms, Tefter__Decision *decision,
                        struct walls *walls)
{
    uint32_t unpaid = walls->standing->open_bills;
    if (terms->unpaid_max == 0 || request->corrects)
        return;
    FIELD_SET(decision, unpaid_bills, unpaid);
    FIELD_SET(decision, unpaid_max, terms->unpaid_max);
    if (unpaid < terms->unpaid_max)
        return;
    wall(walls, true, TEFTER__REFUSAL_CODE__UNPAID_TOO_MANY);
    pay_late(walls, account_oldest_open(tx, request->account, ACCOUNT_FAMILY,
                                        unpaid + 1 - terms->unpaid_max));
}

/* What the site alone has used, against its own limit. */
static void site_wall(const struct credit_terms *terms, const Tefter__Decision *decision,
                      struct walls *walls)
{
    if (terms->has_site_limit)
        wall(walls, decision->site_over_by_minor > 0, TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED);
}

static void family_figures(struct tx *tx, const struct credit_request *request,
                           const struct credit_terms *terms, Tefter__Decision *decision)
{
    FIELD_SET(decision, payer, terms->payer->customer);
    decision->payer_code = terms->payer->code;
    if (!terms->has_site_limit)
        return;
    int64_t exposure_minor =
        tx_sum(tx, credit_exposure(tx, terms, request->account->record), request->replaces_minor);
    int64_t over_minor = exposure_minor + request->amount_minor - terms->site_limit_minor;
    FIELD_SET(decision, site_limit_minor, terms->site_limit_minor);
    FIELD_SET(decision, site_exposure_minor, exposure_minor);
    FIELD_SET(decision, site_over_by_minor, over_minor > 0 ? over_minor : 0);
}

static Tefter__Decision *figures(struct tx *tx, const struct credit_request *request,
                                 const struct credit_terms *terms,
                                 const Tefter__AccountRecord *account)
{
    Tefter__Decision *decision = tx_new(tx, &tefter__decision__descriptor);
    decision->policy_version = terms->policy_version;
    decision->limit_source = terms->source;
    FIELD_SET_IF(decision, limit_group, terms->group != 0, terms->group);
    decision->unlimited = terms->unlimited;
    decision->limit_minor = terms->limit_minor;
    decision->bills_minor = tx_sum(tx, account->bills_minor, request->replaces_minor);
    decision->uncleared_minor = account->uncleared_minor;
    decision->unmatched_minor = account->unmatched_minor;
    decision->exposure_minor =
        tx_sum(tx, credit_exposure(tx, terms, account), request->replaces_minor);
    if (terms->slip_weight < WEIGHT_WHOLE) {
        FIELD_SET(decision, slip_weight, terms->slip_weight);
        FIELD_SET(decision, freed_minor, credit_freed(tx, terms, account));
    }
    decision->amount_minor = request->amount_minor;
    FIELD_SET_IF(decision, replaces_minor, request->corrects, request->replaces_minor);
    decision->currency = company_get(tx)->currency;
    if (!terms->unlimited) {
        int64_t over = decision->exposure_minor + request->amount_minor - terms->limit_minor;
        decision->over_by_minor = over > 0 ? over : 0;
    }
    if (terms->payer != NULL)
        family_figures(tx, request, terms, decision);
    return decision;
}

static void find_walls(struct tx *tx, const struct credit_request *request,
                       const struct credit_terms *terms, Tefter__Decision *decision,
                       struct walls *walls)
{
    if (request->amount_minor <= 0)
        return;
    int64_t document_minor = request->amount_minor + request->replaces_minor;
    wall(walls, terms->document_max_minor > 0 && document_minor > terms->document_max_minor,
         TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER);
    overdue_walls(tx, request, terms, decision, walls);
    wall(walls, decision->over_by_minor > 0, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    unpaid_wall(tx, request, terms, decision, walls);
    site_wall(terms, decision, walls);
    decision->n_walls = walls->count;
    decision->walls = tx_take(tx, sizeof walls->codes);
    memcpy(decision->walls, walls->codes, walls->count * sizeof walls->codes[0]);
}

/* ---- rules: ways out ---- */

/* What is to be paid can be paid in cash. */
static int64_t up_to_coins(struct tx *tx, int64_t amount_minor)
{
    int64_t unit = company_get(tx)->cash_unit_minor;
    bool coins = unit > 1 && tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED);
    int64_t beyond = coins ? amount_minor % unit : 0;
    return beyond > 0 ? tx_sum(tx, amount_minor, unit - beyond) : amount_minor;
}

static Tefter__WayOut *way(struct tx *tx, Tefter__Refusal *refusal, Tefter__WayOutKind kind,
                           int64_t amount_minor, Tefter__Right right)
{
    enum { WAYS_MAX = 8 };
    if (refusal->ways == NULL)
        refusal->ways = tx_take(tx, WAYS_MAX * sizeof(Tefter__WayOut *));
    Tefter__WayOut *out = tx_new(tx, &tefter__way_out__descriptor);
    if (kind == TEFTER__WAY_OUT_KIND__WAY_PAY_NOW || kind == TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE)
        amount_minor = up_to_coins(tx, amount_minor);
    out->kind = kind;
    FIELD_SET_IF(out, amount_minor, amount_minor != 0, amount_minor);
    if (right != TEFTER__RIGHT__RIGHT_NONE) {
        out->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *out->roles);
        out->n_roles = rights_roles_with(right, out->roles);
    }
    refusal->ways[refusal->n_ways++] = out;
    return out;
}

void credit_way(struct tx *tx, Tefter__Refusal *refusal, Tefter__WayOutKind kind,
                int64_t amount_minor)
{
    (void)way(tx, refusal, kind, amount_minor, TEFTER__RIGHT__RIGHT_NONE);
}

void credit_way_ask(struct tx *tx, Tefter__Refusal *refusal)
{
    (void)way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, 0, TEFTER__RIGHT__RIGHT_APPROVE);
}

static bool hit(const Tefter__Decision *decision, Tefter__RefusalCode code)
{
    for (size_t i = 0; i < decision->n_walls; i++)
        if (decision->walls[i] == code)
            return true;
    return false;
}

static bool is_limit(Tefter__RefusalCode code)
{
    return code == TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED ||
           code == TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED;
}

/* Nothing but the limit is in the way, or but that and the site's own. */
static bool of_limits_alone(const struct walls *walls)
{
    for (size_t i = 0; i < walls->count; i++)
        if (!is_limit(walls->codes[i]))
            return false;
    return walls->count > 0;
}

static bool at_site(const Tefter__Decision *decision)
{
    return hit(decision, TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED);
}

/* What of the sale would pass, up to `most`; 0: nothing. Of a correction it is the bill's new
 * total, and so much as it was for before passes always. */
static int64_t part_that_passes(const struct credit_terms *terms, const Tefter__Decision *decision,
                                const struct walls *walls, int64_t most_minor)
{
    int64_t part_minor = most_minor;
    int64_t available_minor = decision->limit_minor - decision->exposure_minor;
    bool by_size = true; /* the walls in the way are of its size alone */
    for (size_t i = 0; i < walls->count; i++)
        by_size =
            by_size && (is_limit(walls->codes[i]) ||
                        walls->codes[i] == TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER);
    int64_t largest_minor = terms->document_max_minor - decision->replaces_minor;
    if (!by_size)
        return decision->replaces_minor;
    if (!decision->unlimited && available_minor < part_minor)
        part_minor = available_minor;
    if (terms->has_site_limit &&
        terms->site_limit_minor - decision->site_exposure_minor < part_minor)
        part_minor = terms->site_limit_minor - decision->site_exposure_minor;
    if (terms->document_max_minor > 0 && largest_minor < part_minor)
        part_minor = largest_minor;
    return (part_minor > 0 ? part_minor : 0) + decision->replaces_minor;
}

/* Money that the payer brings meets the oldest bills of the family, and the site's own wall not
 * surely; the site's own money its own bills alone. So with bills that are late elsewhere and the
 * site's limit in the way there is no one payment that leads past both. */
static void pay_way(struct tx *tx, Tefter__Refusal *refusal, const Tefter__Decision *decision,
                    const struct walls *walls)
{
    if (hit(decision, TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER))
        return;
    int64_t over_minor = credit_over(decision);
    bool late = walls->late_minor > 0 && walls->late_minor >= over_minor;
    Tefter__WayOut *out = NULL;
    if (of_limits_alone(walls))
        out = way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, over_minor,
                  TEFTER__RIGHT__RIGHT_NONE);
    else if (!decision->has_replaces_minor && !at_site(decision)) /* else the money would go to the
                                                                     bill that is replaced */
        out = way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE,
                  late ? walls->late_minor : over_minor, TEFTER__RIGHT__RIGHT_NONE);
    if (out != NULL && !at_site(decision))
        out->customer_code = decision->payer_code;
}

/* Each by itself leads past every wall that the sale runs into; what leads past one of them and not
 * past the others is no way out. */
static void ways_out(struct tx *tx, Tefter__Refusal *refusal, const struct credit_request *request,
                     const struct credit_terms *terms, const Tefter__Decision *decision,
                     const struct walls *walls)
{
    const Tefter__AccountRecord *account = walls->standing;
    int64_t awaited_minor = account->waiting_minor + account->uncleared_minor;
    bool of_one_limit = walls->count == 1 && of_limits_alone(walls);
    int64_t part_minor = part_that_passes(terms, decision, walls, request->amount_minor);
    pay_way(tx, refusal, decision, walls);
    if (part_minor > 0)
        credit_way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, part_minor);
    if (of_one_limit && !at_site(decision) &&
        awaited_minor - decision->freed_minor >= decision->over_by_minor)
        (void)way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY, awaited_minor,
                  TEFTER__RIGHT__RIGHT_CONFIRM_MONEY);
    Tefter__WayOut *terms_way = way(tx, refusal,
                                    of_one_limit ? TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT
                                                 : TEFTER__WAY_OUT_KIND__WAY_CHANGE_TERMS,
                                    0, TEFTER__RIGHT__RIGHT_SET_LIMIT);
    if (!at_site(decision))
        terms_way->customer_code = decision->payer_code;
    if (refusal->code == TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        credit_way_ask(tx, refusal);
}

static void explain(Tefter__Refusal *refusal, const struct credit_terms *terms,
                    Tefter__Decision *decision)
{
    refusal->decision = decision;
    FIELD_SET_IF(refusal, over_by_minor, decision->over_by_minor > 0, decision->over_by_minor);
    FIELD_SET_IF(refusal, available_minor, !decision->unlimited,
                 decision->limit_minor - decision->exposure_minor);
    if (refusal->code == TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED) {
        FIELD_SET(refusal, over_by_minor, decision->site_over_by_minor);
        FIELD_SET(refusal, available_minor,
                  decision->site_limit_minor - decision->site_exposure_minor);
    }
    refusal->payer_code = decision->payer_code;
    FIELD_SET_IF(refusal, days, decision->has_oldest_overdue_days, decision->oldest_overdue_days);
    FIELD_SET_IF(refusal, most, hit(decision, TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER),
                 terms->document_max_minor);
}

static Tefter__Refusal *refuse_with(struct tx *tx, Tefter__RefusalCode code,
                                    const struct credit_request *request,
                                    const struct credit_terms *terms, const struct walls *walls,
                                    Tefter__Decision *decision)
{
    Tefter__Refusal *refusal = refuse(tx, code, "customer");
    explain(refusal, terms, decision);
    ways_out(tx, refusal, request, terms, decision, walls);
    return refusal;
}

/* Their own lock, or that of who pays for them. */
static bool is_locked(const struct credit_request *request, const struct credit_terms *terms)
{
    return customer_locked(request->customer, request->today) ||
           (terms->payer != NULL && customer_locked(terms->payer, request->today));
}

/* An approval would lead past the walls. */
static bool approved(struct tx *tx, const struct credit_request *request,
                     Tefter__Decision *decision)
{
    return request->approval != 0 && tx_rule(tx, RULE_ADVICE_CAN_BE_FOLLOWED) &&
           approval_check(tx, request, decision) == NULL;
}

/* Unlocked, they would meet the walls, which are told too; only without those unlocking is enough.
 */
static Tefter__Refusal *refuse_locked(struct tx *tx, const struct credit_request *request,
                                      const struct credit_terms *terms, const struct walls *walls,
                                      Tefter__Decision *decision)
{
    bool own = customer_locked(request->customer, request->today);
    const Tefter__CustomerRecord *locked = own ? request->customer : terms->payer;
    Tefter__Refusal *refusal =
        refuse(tx, own ? TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED : TEFTER__REFUSAL_CODE__PAYER_LOCKED,
               "customer");
    bool passes = walls->count == 0 || terms->policy == TEFTER__EXCESS_POLICY__EXCESS_WARN ||
                  approved(tx, request, decision);
    bool both = own && terms->payer != NULL && customer_locked(terms->payer, request->today);
    refusal->reason = locked->lock_reason;
    refusal->payer_code = decision->payer_code;
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_LOCK, refusal->roles);
    decision->verdict = TEFTER__VERDICT__VERDICT_BLOCKED;
    if (!passes)
        explain(refusal, terms, decision);
    else if (!both)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_UNLOCK, 0, TEFTER__RIGHT__RIGHT_LOCK)
            ->customer_code = own ? NULL : decision->payer_code;
    return refusal;
}

/* ---- rules: the verdict ---- */

/* What a recalled sale hits does not stop it: it was acknowledged, and is posted. */
static Tefter__Refusal *stop(struct tx *tx, Tefter__Verdict verdict, Tefter__RefusalCode code,
                             const struct credit_request *request, const struct credit_terms *terms,
                             const struct walls *walls, Tefter__Decision *decision)
{
    decision->verdict = tx_recalled(tx) ? TEFTER__VERDICT__VERDICT_POSTED : verdict;
    return tx_recalled(tx) ? NULL : refuse_with(tx, code, request, terms, walls, decision);
}

/* What hitting a wall means. */
static Tefter__Refusal *judge(struct tx *tx, const struct credit_request *request,
                              const struct credit_terms *terms, const struct walls *walls,
                              Tefter__Decision *decision)
{
    bool binds = request->approval != 0 && tx_rule(tx, RULE_APPROVALS_BIND);
    FIELD_SET_IF(decision, approval, binds, request->approval); /* it is used, needed or not */
    if (walls->count == 0) {
        decision->verdict = TEFTER__VERDICT__VERDICT_ALLOWED;
        return NULL;
    }
    if (request->backfill) {
        decision->verdict = TEFTER__VERDICT__VERDICT_POSTED;
        return NULL;
    }
    if (request->approval != 0) {
        decision->verdict = TEFTER__VERDICT__VERDICT_APPROVED;
        FIELD_SET(decision, approval, request->approval);
        return NULL;
    }
    switch (terms->policy) {
    case TEFTER__EXCESS_POLICY__EXCESS_WARN:
        decision->verdict = TEFTER__VERDICT__VERDICT_WARNED;
        return NULL;
    case TEFTER__EXCESS_POLICY__EXCESS_APPROVE:
        return stop(tx, TEFTER__VERDICT__VERDICT_NEEDS_APPROVAL,
                    TEFTER__REFUSAL_CODE__APPROVAL_NEEDED, request, terms, walls, decision);
    case TEFTER__EXCESS_POLICY__EXCESS_BLOCK:
    case _TEFTER__EXCESS_POLICY_IS_INT_SIZE:
        break;
    }
    return stop(tx, TEFTER__VERDICT__VERDICT_BLOCKED, walls->codes[0], request, terms, walls,
                decision);
}

/* An approval helps no more where a policy blocks meanwhile; where it warns, no approval is needed.
 * Else it is for what was seen. */
static Tefter__Refusal *judge_approved(struct tx *tx, struct credit_request *judged,
                                       const struct credit_terms *terms, const struct walls *walls,
                                       Tefter__Decision *decision)
{
    if (judged->approval == 0 || walls->count == 0 || judged->backfill || tx_recalled(tx) ||
        !tx_rule(tx, RULE_APPROVALS_ARE_FOR_WHAT_WAS_SEEN))
        return NULL;
    if (terms->policy == TEFTER__EXCESS_POLICY__EXCESS_APPROVE)
        return approval_check_seen_walls(tx, judged, decision);
    if (terms->policy == TEFTER__EXCESS_POLICY__EXCESS_BLOCK)
        judged->approval = 0;
    return NULL;
}

/* ---- services ---- */

Tefter__Refusal *credit_decide(struct tx *tx, const struct credit_request *request,
                               Tefter__Decision **ret_decision)
{
    struct credit_terms terms;
    struct walls walls = {.standing = account_standing(tx, request->account)};
    credit_terms_of(tx, request->customer, request->today, &terms);
    Tefter__Decision *decision = figures(tx, request, &terms, walls.standing);
    *ret_decision = decision;
    bool adds = !request->corrects || request->amount_minor > 0;
    bool happened = request->backfill || tx_recalled(tx) || request->paid || !adds;
    find_walls(tx, request, &terms, decision, &walls);
    decision->verdict = TEFTER__VERDICT__VERDICT_NEEDS_APPROVAL; /* until it is judged */
    if (is_locked(request, &terms) && !happened)
        return refuse_locked(tx, request, &terms, &walls, decision);
    struct credit_request judged = *request;
    Tefter__Refusal *refusal =
        request->approval != 0 ? approval_check(tx, request, decision) : NULL;
    if (refusal != NULL && tx_recalled(tx)) {
        judged.approval = 0; /* it is not back, or not as it was */
        refusal = NULL;
    }
    if (refusal == NULL)
        refusal = judge_approved(tx, &judged, &terms, &walls, decision);
    return refusal != NULL ? refusal : judge(tx, &judged, &terms, &walls, decision);
}

void credit_decided(struct tx *tx, const Tefter__DocumentRecord *document)
{
    const Tefter__Decision *decision = document->decision;
    if (decision->has_approval)
        approval_spend(tx, decision->approval, document);
    if (decision->verdict == TEFTER__VERDICT__VERDICT_POSTED)
        credit_alarm(tx, document, document->source, credit_over(decision));
}

int64_t credit_over(const Tefter__Decision *decision)
{
    return decision->site_over_by_minor > decision->over_by_minor ? decision->site_over_by_minor
                                                                  : decision->over_by_minor;
}

bool credit_left(const Tefter__Decision *decision, int64_t *ret_left_minor)
{
    int64_t of_site_minor = decision->site_limit_minor - decision->site_exposure_minor;
    *ret_left_minor = decision->limit_minor - decision->exposure_minor;
    if (decision->has_site_limit_minor && (decision->unlimited || of_site_minor < *ret_left_minor))
        *ret_left_minor = of_site_minor;
    return !decision->unlimited || decision->has_site_limit_minor;
}

void credit_explain_cap(struct tx *tx, const struct credit_request *request,
                        Tefter__Refusal *refusal)
{
    struct credit_terms terms;
    struct walls walls = {.standing = account_standing(tx, request->account)};
    credit_terms_of(tx, request->customer, request->today, &terms);
    Tefter__Decision *decision = figures(tx, request, &terms, walls.standing);
    find_walls(tx, request, &terms, decision, &walls);
    decision->verdict = TEFTER__VERDICT__VERDICT_BLOCKED;
    bool warns = terms.policy == TEFTER__EXCESS_POLICY__EXCESS_WARN;
    int64_t left_minor = refusal->has_available_minor ? refusal->available_minor : 0;
    int64_t part_minor =
        warns ? left_minor : part_that_passes(&terms, decision, &walls, left_minor);
    if (walls.count > 0 && !warns)
        refusal->decision = decision;
    if (part_minor > 0 && !is_locked(request, &terms))
        credit_way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, part_minor);
}

int64_t credit_over_by(struct tx *tx, const struct credit_request *request)
{
    struct credit_terms terms;
    credit_terms_of(tx, request->customer, request->today, &terms);
    return figures(tx, request, &terms, account_standing(tx, request->account))->over_by_minor;
}

/* Of a payer and of each site: what they owe together; and a site's own limit, which stands in the
 * payer's place when it leaves less. */
static void row_family(struct tx *tx, const Tefter__AccountRecord *account,
                       const Tefter__AccountRecord *standing, const struct credit_terms *terms,
                       uint32_t sites, Tefter__AccountRow *row)
{
    Tefter__FamilyFigures *family = tx_new(tx, &tefter__family_figures__descriptor);
    family->balance_minor = standing->balance_minor;
    family->bills_minor = standing->bills_minor;
    family->uncleared_minor = standing->uncleared_minor;
    family->unmatched_minor = standing->unmatched_minor;
    family->open_bills = standing->open_bills;
    family->sites = sites;
    row->family = family;
    FIELD_SET_IF(row, site_limit_minor, terms->has_site_limit, terms->site_limit_minor);
    if (!terms->has_site_limit)
        return;
    int64_t used_minor = credit_exposure(tx, terms, account);
    int64_t left_minor = tx_difference(tx, terms->site_limit_minor, used_minor);
    if (!row->unlimited && left_minor >= row->available_minor)
        return;
    FIELD_SET(row, site_binds, true);
    row->unlimited = false;
    row->limit_minor = terms->site_limit_minor;
    row->used_minor = used_minor;
    row->available_minor = left_minor;
    FIELD_SET_IF(row, freed_minor, row->has_freed_minor, credit_freed(tx, terms, account));
}

/* How many sites are no records of the same customer. Told to the payer alone: a sale tells the
 * rows of all sites, and each would have to look at all of them. */
static uint32_t other_sites(struct tx *tx, const Tefter__CustomerRecord *payer)
{
    size_t records;
    (void)customer_records(tx, payer, &records);
    return (uint32_t)(payer->n_sites + 1 - records);
}

/* What was due before today on one record more. */
static void row_overdue(struct tx *tx, uint32_t customer, uint32_t today, Tefter__AccountRow *row)
{
    struct overdue overdue;
    account_overdue_on(tx, customer, today, &overdue);
    if (overdue.minor <= 0)
        return;
    bool first = !row->has_oldest_due || overdue.oldest_due < row->oldest_due;
    FIELD_SET(row, overdue_minor, tx_sum(tx, row->overdue_minor, overdue.minor));
    FIELD_SET_IF(row, oldest_due, true, first ? overdue.oldest_due : row->oldest_due);
}

static const Tefter__LastChange *later_change(const Tefter__LastChange *a,
                                              const Tefter__LastChange *b)
{
    return a == NULL || (b != NULL && b->seq > a->seq) ? b : a;
}

/* What is of them stands in the row of whom they were merged into, so that whoever sums rows up
 * counts it once. */
static Tefter__AccountRow *merged_row(struct tx *tx, const Tefter__CustomerRecord *record,
                                      uint32_t today)
{
    Tefter__AccountRow *row = tx_new(tx, &tefter__account_row__descriptor);
    row->customer = record->customer;
    row->locked = customer_locked(record, today);
    FIELD_COPY(row, payer, record);
    FIELD_SET(row, seq, tx_seq(tx));
    return row;
}

Tefter__AccountRow *credit_account_row(struct tx *tx, uint32_t customer, uint32_t today)
{
    const Tefter__CustomerRecord *record = customer_get(tx, customer);
    if (record == NULL || record->merge != NULL)
        return record != NULL ? merged_row(tx, record, today) : NULL;
    Tefter__AccountRow *row = credit_record_row(tx, customer, today);
    size_t count;
    const uint32_t *records = customer_records(tx, record, &count);
    if (count == 1)
        return row;
    const Tefter__AccountRecord *together = account_together(tx, record);
    row->balance_minor = together->balance_minor;
    row->bills_minor = together->bills_minor;
    row->uncleared_minor = together->uncleared_minor;
    row->unmatched_minor = together->unmatched_minor;
    row->open_bills = together->open_bills;
    const Tefter__LastChange *last = row->last;
    for (size_t i = 1; i < count; i++) {
        row_overdue(tx, records[i], today, row);
        last = later_change(last, account_field(tx, records[i])->last);
    }
    row->last = (Tefter__LastChange *)last;
    if (other_sites(tx, record) == 0)
        row->family = NULL;
    return row;
}

Tefter__AccountRow *credit_record_row(struct tx *tx, uint32_t customer, uint32_t today)
{
    const Tefter__CustomerRecord *record = customer_get(tx, customer);
    if (record == NULL)
        return NULL;
    const Tefter__AccountRecord *account = account_field(tx, customer);
    struct credit_terms terms;
    credit_terms_of(tx, record, today, &terms);
    Tefter__AccountRow *row = tx_new(tx, &tefter__account_row__descriptor);
    row->customer = customer;
    row->balance_minor = account->balance_minor;
    const Tefter__AccountRecord *standing = account_standing_stored(tx, account);
    row->used_minor = credit_exposure(tx, &terms, standing);
    FIELD_SET_IF(row, freed_minor, terms.slip_weight < WEIGHT_WHOLE,
                 credit_freed(tx, &terms, standing));
    row->unlimited = terms.unlimited;
    row->limit_minor = terms.limit_minor;
    row->available_minor =
        terms.unlimited ? 0 : tx_difference(tx, terms.limit_minor, row->used_minor);
    row->locked = customer_locked(record, today);
    row->bills_minor = account->bills_minor;
    row->uncleared_minor = account->uncleared_minor;
    row->unmatched_minor = account->unmatched_minor;
    row->open_bills = account->open_bills;
    row->buyers = buyer_count(record, today);
    /* of the cash customer it would be every branch's cash sales, which are for that branch */
    row->last = customer != company_cash_customer(tx) ? account->last : NULL;
    row_overdue(tx, customer, today, row);
    FIELD_SET(row, seq, tx_seq(tx));
    if (terms.payer != NULL) {
        FIELD_SET(row, payer, terms.payer->customer);
        FIELD_SET(row, payer_locked, customer_locked(terms.payer, today));
    }
    if (standing != account)
        row_family(tx, account, standing, &terms,
                   terms.payer != NULL ? (uint32_t)terms.payer->n_sites : other_sites(tx, record),
                   row);
    return row;
}
