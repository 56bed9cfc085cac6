/*
 * Thresholds: what a role may up to so much. The company sets them; what was never set is as every
 * ledger begins with.
 *
 *   as a ledger begins with ──SetThresholds──▶ set ──SetThresholds usual──▶ as a ledger begins with
 *
 * 1. An owner may everything: their thresholds are not set.
 * 2. Only an owner sets a manager's.
 * 3. What is asked of thresholds is what a person does now: neither what the server does by itself,
 *    nor what was acknowledged before a restore.
 */
#include "domain/org/org.h"

#include "base/limits.h"
#include "base/money.h"

enum { THRESHOLDS_MAX = 128 };

/* ---- rules: what a threshold is ---- */

enum unit { UNIT_NONE, UNIT_BP, UNIT_DAYS, UNIT_MINOR, UNIT_YES };

/* No default: a new one wants its unit here. */
static enum unit unit_of(Tefter__Threshold threshold)
{
    switch (threshold) {
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:
        return UNIT_BP;
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:
        return UNIT_DAYS;
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:
        return UNIT_MINOR;
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:
        return UNIT_YES;
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return UNIT_NONE;
}

static int64_t highest(enum unit unit)
{
    switch (unit) {
    case UNIT_BP:
        return BASIS_POINTS;
    case UNIT_DAYS:
        return TERM_DAYS_MAX;
    case UNIT_MINOR:
        return MONEY_MAX;
    case UNIT_YES:
        return 1;
    case UNIT_NONE:
        break;
    }
    return -1;
}

/* The right without which a role has nothing to do with it. */
static Tefter__Right right_of(Tefter__Threshold threshold)
{
    switch (threshold) {
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT:
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:
        return TEFTER__RIGHT__RIGHT_SELL;
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT:
        return TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER;
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:
        return TEFTER__RIGHT__RIGHT_TAKE_MONEY;
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:
        return TEFTER__RIGHT__RIGHT_CONFIRM_MONEY;
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:
    case _TEFTER__THRESHOLD_IS_INT_SIZE:
        break;
    }
    return TEFTER__RIGHT__RIGHT_NONE;
}

bool threshold_applies(Tefter__Threshold threshold, Tefter__Role role)
{
    return rights_role_may(role, right_of(threshold));
}

/* ---- rules: as a ledger begins with ---- */

#define ANY THRESHOLD_ANY
#define UP_TO(sales, controller, accountant, manager)                                              \
    (struct usual)                                                                                 \
    {                                                                                              \
        sales, controller, accountant, manager                                                     \
    }

struct usual {
    int64_t sales;
    int64_t controller;
    int64_t accountant;
    int64_t manager;
};

/* Part of rules version 5: for ever as they are. */
int64_t threshold_usual(Tefter__Threshold threshold, Tefter__Role role)
{
    struct usual most = {0};
    switch (threshold) {
        /*                                             sales controller accountant manager */
        /* clang-format off */
    case TEFTER__THRESHOLD__THRESHOLD_DISCOUNT:      most = UP_TO( 500, 1000,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_LIST:    most = UP_TO(   0,  500,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_FLOOR:   most = UP_TO(   0,    0,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_BELOW_COST:    most = UP_TO(   0,    0,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_AMOUNT: most = UP_TO(   0,    0,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_CUSTOM_SHARE:  most = UP_TO(1000, 1000,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_OTHER_TAX:     most = UP_TO(   0,    0,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_LATER_DUE:     most = UP_TO(   0,   30,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_TERM_DAYS:     most = UP_TO(   0,   90,    0, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_OWN_NUMBER:    most = UP_TO(   0,    0,  ANY, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_REVERSAL:      most = UP_TO( ANY,  ANY,  ANY, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_OPENING_LIMIT: most = UP_TO(   0,  ANY,  ANY, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_CASH_OUT:      most = UP_TO(   0,    0,  ANY, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_CASH_IN:       most = UP_TO(   0,    0,  ANY, ANY); break;
    case TEFTER__THRESHOLD__THRESHOLD_MOVE_FEE:      most = UP_TO(   0,    0,  500, ANY); break;
    case _TEFTER__THRESHOLD_IS_INT_SIZE:             break;
        /* clang-format on */
    }
    switch (role) {
    case TEFTER__ROLE__ROLE_SALES:
        return most.sales;
    case TEFTER__ROLE__ROLE_CONTROLLER:
        return most.controller;
    case TEFTER__ROLE__ROLE_ACCOUNTANT:
        return most.accountant;
    case TEFTER__ROLE__ROLE_MANAGER:
        return most.manager;
    case TEFTER__ROLE__ROLE_OWNER:
        return ANY;
    case _TEFTER__ROLE_IS_INT_SIZE:
        break;
    }
    return 0;
}

/* ---- records ---- */

static const Tefter__RoleThreshold *set_one(const Tefter__CompanyRecord *company,
                                            Tefter__Threshold threshold, Tefter__Role role)
{
    for (size_t i = 0; i < company->n_thresholds; i++)
        if (company->thresholds[i]->threshold == threshold && company->thresholds[i]->role == role)
            return company->thresholds[i];
    return NULL;
}

static void drop(Tefter__CompanyRecord *company, const Tefter__RoleThreshold *gone)
{
    size_t kept = 0;
    for (size_t i = 0; i < company->n_thresholds; i++)
        if (company->thresholds[i] != gone)
            company->thresholds[kept++] = company->thresholds[i];
    company->n_thresholds = kept;
}

static void add(struct tx *tx, Tefter__CompanyRecord *company, const Tefter__RoleThreshold *said)
{
    Tefter__RoleThreshold *kept = tx_new(tx, &tefter__role_threshold__descriptor);
    kept->threshold = said->threshold;
    kept->role = said->role;
    FIELD_COPY(kept, most, said);
    Tefter__RoleThreshold **all = tx_take(tx, (company->n_thresholds + 1) * sizeof *all);
    for (size_t i = 0; i < company->n_thresholds; i++)
        all[i] = company->thresholds[i];
    all[company->n_thresholds++] = kept;
    company->thresholds = all;
}

/* ---- changes ---- */

static Tefter__Refusal *check_one(struct tx *tx, const Tefter__RoleThreshold *said, size_t i)
{
    int64_t most = highest(unit_of(said->threshold));
    if (said->role == TEFTER__ROLE__ROLE_OWNER)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "thresholds[%zu].owner", i);
    if (said->has_most && (said->most < 0 || said->most > most)) {
        Tefter__Refusal *refusal =
            refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "thresholds[%zu].most", i);
        FIELD_SET(refusal, most, most);
        return refusal;
    }
    if (said->has_most && said->has_usual && said->usual)
        return refuse_at(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "thresholds[%zu].usual", i);
    return said->role == TEFTER__ROLE__ROLE_MANAGER ? staff_needs_owner(tx) : NULL;
}

/* Does it differ now? */
static bool change_one(struct tx *tx, Tefter__CompanyRecord *company,
                       const Tefter__RoleThreshold *said)
{
    const Tefter__RoleThreshold *before = set_one(company, said->threshold, said->role);
    bool to_usual = said->has_usual && said->usual;
    if (to_usual
            ? before == NULL
            : before != NULL && before->has_most == said->has_most && before->most == said->most)
        return false;
    drop(company, before);
    if (!to_usual)
        add(tx, company, said);
    return true;
}

/* Refuses, in this order: RULES_TOO_OLD thresholds, FIELD_MISSING, TOO_MANY thresholds; of each in
 * turn FIELD_INVALID thresholds[i].owner (an owner may everything), thresholds[i].most (with
 * `most`), thresholds[i].usual (beside most), RIGHT_MISSING [OWNER] for a manager's;
 * BOUND_TO_BRANCH thresholds; NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_set_thresholds(struct tx *tx, const Tefter__SetThresholds *command,
                                      Tefter__Done *done)
{
    if (!tx_rule(tx, RULE_THRESHOLDS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "thresholds");
    if (command->n_thresholds == 0)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_MISSING, "thresholds");
    if (command->n_thresholds > THRESHOLDS_MAX)
        return refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "thresholds", THRESHOLDS_MAX);
    for (size_t i = 0; i < command->n_thresholds; i++) {
        Tefter__Refusal *refusal = check_one(tx, command->thresholds[i], i);
        if (refusal != NULL)
            return refusal;
    }
    Tefter__Refusal *refusal = staff_check_office(tx, "thresholds", 0);
    if (refusal != NULL)
        return refusal;
    Tefter__CompanyRecord *company = company_shared(tx);
    bool changed = false;
    for (size_t i = 0; i < command->n_thresholds; i++)
        changed |= change_one(tx, company, command->thresholds[i]);
    if (!changed)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    FIELD_SET(company, thresholds_version, company->thresholds_version + 1);

    tx_decided(tx);
    company_save(tx, company);
    event_done(tx, TEFTER__EVENT_KIND__THRESHOLDS_CHANGED, company->thresholds_version, done);
    return NULL;
}

/* ---- services ---- */

int64_t threshold_most_of(struct tx *tx, Tefter__Threshold threshold, Tefter__Role role)
{
    const Tefter__RoleThreshold *set = set_one(company_get(tx), threshold, role);
    if (set == NULL)
        return threshold_usual(threshold, role);
    return set->has_most ? set->most : ANY;
}

int64_t threshold_most(struct tx *tx, Tefter__Threshold threshold)
{
    Tefter__Role role;
    if (!tx_rule(tx, RULE_THRESHOLDS) || !staff_actor_role(tx, &role))
        return ANY;
    return threshold_most_of(tx, threshold, role);
}

Tefter__Refusal *threshold_refuse(struct tx *tx, Tefter__Threshold threshold, const char *field,
                                  int64_t wanted, int64_t most)
{
    Tefter__Refusal *refusal =
        refuse_most(tx, TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY, field, most);
    Tefter__Role roles[RIGHTS_ROLES_MAX];
    size_t count = rights_roles_with(right_of(threshold), roles);
    FIELD_SET(refusal, threshold, threshold);
    FIELD_SET(refusal, wanted, wanted);
    refusal->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *refusal->roles);
    for (size_t i = 0; i < count; i++)
        if (threshold_most_of(tx, threshold, roles[i]) >= wanted)
            refusal->roles[refusal->n_roles++] = roles[i];
    return refusal;
}

Tefter__Refusal *threshold_check(struct tx *tx, Tefter__Threshold threshold, const char *field,
                                 int64_t wanted)
{
    int64_t most = threshold_most(tx, threshold);
    return wanted <= most ? NULL : threshold_refuse(tx, threshold, field, wanted, most);
}

/* ---- views ---- */

static void list_rights(struct tx *tx, Tefter__RightsAnswer *answer)
{
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    answer->rights = tx_take(tx, rights->n_values * sizeof *answer->rights);
    for (unsigned i = 0; i < rights->n_values; i++) {
        Tefter__RightRow *row = tx_new(tx, &tefter__right_row__descriptor);
        row->right = (Tefter__Right)rights->values[i].value;
        row->roles = tx_take(tx, RIGHTS_ROLES_MAX * sizeof *row->roles);
        row->n_roles = rights_roles_with(row->right, row->roles);
        answer->rights[answer->n_rights++] = row;
    }
}

static Tefter__ThresholdRow *row_of(struct tx *tx, Tefter__Threshold threshold, Tefter__Role role)
{
    Tefter__ThresholdRow *row = tx_new(tx, &tefter__threshold_row__descriptor);
    int64_t most = threshold_most_of(tx, threshold, role);
    row->threshold = threshold;
    row->role = role;
    FIELD_SET_IF(row, most, most != ANY, most == ANY ? 0 : most);
    row->usual = set_one(company_get(tx), threshold, role) == NULL;
    row->applies = threshold_applies(threshold, role);
    return row;
}

Tefter__Refusal *view_rights(struct tx *tx, const Tefter__RightsView *query,
                             Tefter__RightsAnswer *answer)
{
    (void)query;
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    size_t count = (size_t)thresholds->n_values * roles->n_values;
    answer->version = company_get(tx)->thresholds_version;
    answer->held = tx_rule(tx, RULE_THRESHOLDS);
    list_rights(tx, answer);
    answer->thresholds = tx_take(tx, count * sizeof *answer->thresholds);
    for (unsigned i = 0; i < thresholds->n_values; i++)
        for (unsigned k = 0; k < roles->n_values; k++)
            answer->thresholds[answer->n_thresholds++] =
                row_of(tx, (Tefter__Threshold)thresholds->values[i].value,
                       (Tefter__Role)roles->values[k].value);
    return NULL;
}
