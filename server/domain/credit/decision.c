/*
 * The decision over a sale, explained.
 *
 *   exposure  = bills + uncleared - unmatched          (receivables)
 *   available = limit - exposure                       equality is allowed: 0 <= available - amount
 *
 * The walls, in this order: single-document maximum, old overdue debt, limit. What hitting one
 * means is the policy's: block, warn, or approve.
 *
 * 1. A decision is made from the state it is committed with.
 * 2. A correction is judged on what it adds to the bill it replaces: the figures are those with the
 *    old bill, and what adds nothing meets no wall. One bill's largest total is of all of it.
 */
#include "domain/credit/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- rules: the walls ---- */

struct walls {
    Tefter__RefusalCode codes[4];
    size_t count;
};

static void wall(struct walls *walls, bool hit, Tefter__RefusalCode code)
{
    if (hit)
        walls->codes[walls->count++] = code;
}

/* Debts overdue by more than the days allowed, beyond what is borne. */
static void overdue_walls(struct tx *tx, const struct credit_request *request,
                          const struct credit_terms *terms, Tefter__Decision *decision,
                          struct walls *walls)
{
    if (!terms->has_overdue_days && !terms->has_overdue_minor)
        return;
    uint32_t days = terms->has_overdue_days ? terms->overdue_days : 0;
    uint32_t day = request->today > days ? request->today - days : 0;
    uint32_t oldest_due;
    int64_t overdue = account_overdue(tx, request->account, day, OVERDUE_BILLS_MAX, &oldest_due);
    if (overdue == 0)
        return;
    FIELD_SET(decision, overdue_minor, overdue);
    FIELD_SET(decision, oldest_overdue_days, request->today - oldest_due);
    wall(walls, overdue > terms->overdue_minor,
         terms->has_overdue_days ? TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD
                                 : TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH);
}

static Tefter__Decision *figures(struct tx *tx, const struct credit_request *request,
                                 const struct credit_terms *terms)
{
    const Tefter__AccountRecord *account = request->account->record;
    Tefter__Decision *decision = tx_new(tx, &tefter__decision__descriptor);
    decision->policy_version = terms->policy_version;
    decision->limit_source = terms->source;
    FIELD_SET_IF(decision, limit_group, terms->group != 0, terms->group);
    decision->unlimited = terms->unlimited;
    decision->limit_minor = terms->limit_minor;
    decision->bills_minor = tx_sum(tx, account->bills_minor, request->replaces_minor);
    decision->uncleared_minor = account->uncleared_minor;
    decision->unmatched_minor = account->unmatched_minor;
    decision->exposure_minor = tx_sum(tx, account_exposure(tx, account), request->replaces_minor);
    decision->amount_minor = request->amount_minor;
    FIELD_SET_IF(decision, replaces_minor, request->corrects, request->replaces_minor);
    decision->currency = company_get(tx)->currency;
    if (!terms->unlimited) {
        int64_t over = decision->exposure_minor + request->amount_minor - terms->limit_minor;
        decision->over_by_minor = over > 0 ? over : 0;
    }
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
    if (!terms->unlimited || terms->has_overdue_days || terms->has_overdue_minor)
        overdue_walls(tx, request, terms, decision, walls);
    wall(walls, decision->over_by_minor > 0, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
    decision->n_walls = walls->count;
    decision->walls = tx_take(tx, sizeof walls->codes);
    memcpy(decision->walls, walls->codes, walls->count * sizeof walls->codes[0]);
}

/* ---- rules: ways out ---- */

static void way(struct tx *tx, Tefter__Refusal *refusal, Tefter__WayOutKind kind,
                int64_t amount_minor, Tefter__Right right)
{
    enum { WAYS_MAX = 8 };
    if (refusal->ways == NULL)
        refusal->ways = tx_take(tx, WAYS_MAX * sizeof(Tefter__WayOut *));
    Tefter__WayOut *out = tx_new(tx, &tefter__way_out__descriptor);
    out->kind = kind;
    FIELD_SET_IF(out, amount_minor, amount_minor != 0, amount_minor);
    if (right != TEFTER__RIGHT__RIGHT_NONE) {
        out->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *out->roles);
        out->n_roles = rights_roles_with(right, out->roles);
    }
    refusal->ways[refusal->n_ways++] = out;
}

static bool hit(const Tefter__Decision *decision, Tefter__RefusalCode code)
{
    for (size_t i = 0; i < decision->n_walls; i++)
        if (decision->walls[i] == code)
            return true;
    return false;
}

static void limit_ways(struct tx *tx, Tefter__Refusal *refusal, const Tefter__Decision *decision,
                       const Tefter__AccountRecord *account)
{
    int64_t available_minor = decision->limit_minor - decision->exposure_minor;
    int64_t awaited = account->waiting_minor + account->uncleared_minor;
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_NOW, decision->over_by_minor,
        TEFTER__RIGHT__RIGHT_NONE);
    int64_t part_minor = (available_minor > 0 ? available_minor : 0) + decision->replaces_minor;
    if (part_minor > 0)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, part_minor, TEFTER__RIGHT__RIGHT_NONE);
    if (awaited > 0)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_CONFIRM_MONEY, awaited,
            TEFTER__RIGHT__RIGHT_CONFIRM_MONEY);
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_RAISE_LIMIT, 0, TEFTER__RIGHT__RIGHT_SET_LIMIT);
}

static Tefter__Refusal *refuse_with(struct tx *tx, Tefter__RefusalCode code,
                                    const struct credit_request *request,
                                    const struct credit_terms *terms, Tefter__Decision *decision)
{
    Tefter__Refusal *refusal = refuse(tx, code, "customer");
    refusal->decision = decision;
    FIELD_SET_IF(refusal, over_by_minor, decision->over_by_minor > 0, decision->over_by_minor);
    FIELD_SET_IF(refusal, available_minor, !decision->unlimited,
                 decision->limit_minor - decision->exposure_minor);
    FIELD_SET_IF(refusal, days, decision->has_oldest_overdue_days, decision->oldest_overdue_days);
    if (hit(decision, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED))
        limit_ways(tx, refusal, decision, request->account->record);
    if (decision->has_overdue_minor && decision->overdue_minor > terms->overdue_minor)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PAY_OVERDUE,
            decision->overdue_minor - terms->overdue_minor, TEFTER__RIGHT__RIGHT_NONE);
    if (hit(decision, TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER))
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_PART_NOW, terms->document_max_minor,
            TEFTER__RIGHT__RIGHT_NONE);
    if (code == TEFTER__REFUSAL_CODE__APPROVAL_NEEDED)
        way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_ASK_APPROVAL, 0, TEFTER__RIGHT__RIGHT_APPROVE);
    return refusal;
}

static Tefter__Refusal *refuse_locked(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, "customer");
    refusal->reason = customer->lock_reason;
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    refusal->n_roles = rights_roles_with(TEFTER__RIGHT__RIGHT_LOCK, refusal->roles);
    way(tx, refusal, TEFTER__WAY_OUT_KIND__WAY_UNLOCK, 0, TEFTER__RIGHT__RIGHT_LOCK);
    return refusal;
}

/* ---- rules: the verdict ---- */

/* What a recalled sale hits does not stop it: it was acknowledged, and is posted. */
static Tefter__Refusal *stop(struct tx *tx, Tefter__Verdict verdict, Tefter__RefusalCode code,
                             const struct credit_request *request, const struct credit_terms *terms,
                             Tefter__Decision *decision)
{
    decision->verdict = tx_recalled(tx) ? TEFTER__VERDICT__VERDICT_POSTED : verdict;
    return tx_recalled(tx) ? NULL : refuse_with(tx, code, request, terms, decision);
}

/* What hitting a wall means. */
static Tefter__Refusal *judge(struct tx *tx, const struct credit_request *request,
                              const struct credit_terms *terms, const struct walls *walls,
                              Tefter__Decision *decision)
{
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
                    TEFTER__REFUSAL_CODE__APPROVAL_NEEDED, request, terms, decision);
    case TEFTER__EXCESS_POLICY__EXCESS_BLOCK:
    case _TEFTER__EXCESS_POLICY_IS_INT_SIZE:
        break;
    }
    return stop(tx, TEFTER__VERDICT__VERDICT_BLOCKED, walls->codes[0], request, terms, decision);
}

/* ---- services ---- */

Tefter__Refusal *credit_decide(struct tx *tx, const struct credit_request *request,
                               Tefter__Decision **ret_decision)
{
    struct credit_terms terms;
    struct walls walls = {.count = 0};
    credit_terms_of(tx, request->customer, request->today, &terms);
    Tefter__Decision *decision = figures(tx, request, &terms);
    *ret_decision = decision;
    bool adds = !request->corrects || request->amount_minor > 0;
    bool happened = request->backfill || tx_recalled(tx) || !adds;
    if (customer_locked(request->customer, request->today) && !happened)
        return refuse_locked(tx, request->customer);
    find_walls(tx, request, &terms, decision, &walls);
    struct credit_request judged = *request;
    Tefter__Refusal *refusal = request->approval != 0 ? approval_check(tx, request) : NULL;
    if (refusal != NULL && tx_recalled(tx)) {
        judged.approval = 0; /* it is not back, or not as it was */
        refusal = NULL;
    }
    return refusal != NULL ? refusal : judge(tx, &judged, &terms, &walls, decision);
}

void credit_decided(struct tx *tx, const Tefter__DocumentRecord *document)
{
    const Tefter__Decision *decision = document->decision;
    if (decision->verdict == TEFTER__VERDICT__VERDICT_APPROVED)
        approval_spend(tx, decision->approval, document->document);
    if (decision->verdict == TEFTER__VERDICT__VERDICT_POSTED)
        credit_alarm(tx, document, decision->over_by_minor);
}

Tefter__AccountRow *credit_account_row(struct tx *tx, uint32_t customer, uint32_t today)
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
    row->used_minor = account_exposure(tx, account);
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
    row->last = account->last;
    FIELD_SET(row, seq, tx_seq(tx));
    return row;
}
