/*
 * On which days a customer settles: their own cycle, else that of the first of their groups that
 * has one, else the company's.
 *
 *   none ──SetCycle──▶ a cycle ──SetCycle──▶ another ──SetCycle without one──▶ none
 *
 * 1. A cycle of a group or of the company counts from now on for all who have none nearer.
 * 2. A site and a merged record settle with who pays for them; the cash customer never does.
 */
#include "domain/party/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

/* ---- rules ---- */

static struct cycle days_of(const Tefter__Cycle *cycle)
{
    return (struct cycle){.kind = (enum cycle_kind)cycle->kind,
                          .weekdays = cycle->weekdays,
                          .days = cycle->days,
                          .every = cycle->every,
                          .from = cycle->from_date};
}

/* Fields of another kind say nothing and are not there. */
static bool is_plain(const Tefter__Cycle *cycle)
{
    bool weeks = cycle->kind == TEFTER__CYCLE_KIND__CYCLE_WEEK;
    bool months = cycle->kind == TEFTER__CYCLE_KIND__CYCLE_MONTH ||
                  cycle->kind == TEFTER__CYCLE_KIND__CYCLE_JALALI_MONTH;
    bool every = cycle->kind == TEFTER__CYCLE_KIND__CYCLE_EVERY;
    return cycle->has_weekdays == weeks && cycle->has_days == months && cycle->has_every == every &&
           cycle->has_from_date == every;
}

static Tefter__Refusal *check_cycle(struct tx *tx, const Tefter__Cycle *cycle)
{
    if (cycle == NULL)
        return NULL;
    if (cycle->has_ready_days && (cycle->ready_days < 1 || cycle->ready_days > READY_DAYS_MAX))
        return refuse_most(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "cycle.ready_days",
                           READY_DAYS_MAX);
    struct cycle days = days_of(cycle);
    bool none = cycle->kind == TEFTER__CYCLE_KIND__CYCLE_NONE;
    if (cycle->has_since_date || !is_plain(cycle) || (!none && !cycle_valid(&days)))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "cycle");
    return NULL;
}

static bool same(struct tx *tx, const Tefter__Cycle *a, const Tefter__Cycle *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    Tefter__Cycle before = *a;
    Tefter__Cycle now = *b;
    before.has_since_date = now.has_since_date = false;
    struct slice packed = tx_pack(tx, &before.base);
    return slice_equal(packed, tx_pack(tx, &now.base));
}

/* As a change log has it: "month 15 31; ready 2; next". */
static const char *cycle_text(struct tx *tx, const Tefter__Cycle *cycle)
{
    static const char *const kinds[] = {"", "week", "month", "jalali", "every", "none"};
    if (cycle == NULL)
        return NULL;
    const char *text = kinds[cycle->kind];
    uint32_t bits = cycle->weekdays | cycle->days;
    for (uint32_t i = 0; i < 31; i++)
        if (bits & UINT32_C(1) << i)
            text = tx_format(tx, "%s %u", text, i + 1);
    if (cycle->has_every)
        text = tx_format(tx, "%s %u %s", text, cycle->every,
                         change_log_date(tx, true, cycle->from_date));
    if (cycle->has_ready_days)
        text = tx_format(tx, "%s; ready %u", text, cycle->ready_days);
    if (cycle->has_move && cycle->move != TEFTER__DAY_MOVE__DAY_STAYS)
        text = tx_format(tx, "%s; %s", text,
                         cycle->move == TEFTER__DAY_MOVE__DAY_NEXT ? "next" : "previous");
    return text;
}

/* ---- changes ---- */

/* As a record has it. */
static Tefter__Cycle *begins(struct tx *tx, const Tefter__Cycle *cycle, uint32_t date)
{
    if (cycle == NULL)
        return NULL;
    Tefter__Cycle *begun = tx_copy(tx, &cycle->base);
    FIELD_SET(begun, since_date, date);
    return begun;
}

/* From now on turned days look who settles. */
static void settles(struct tx *tx)
{
    Tefter__CompanyRecord *company = company_shared(tx);
    if (company->settles)
        return;
    FIELD_SET(company, settles, true);
    company_save(tx, company);
}

static Tefter__Refusal *set_of_company(struct tx *tx, const Tefter__SetCycle *command)
{
    Tefter__Refusal *refusal = staff_check_home(tx, "cycle", 0);
    Tefter__CompanyRecord *company = company_shared(tx);
    if (refusal == NULL && same(tx, company->cycle, command->cycle))
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    company->cycle = begins(tx, command->cycle, branch_earliest_date(tx));
    FIELD_SET(company, settles, true);
    company_save(tx, company);
    return NULL;
}

static Tefter__Refusal *set_of_group(struct tx *tx, const Tefter__SetCycle *command,
                                     Tefter__Done *done)
{
    Tefter__Refusal *refusal = staff_check_home(tx, "group", 0);
    if (refusal != NULL)
        return refusal;
    Tefter__GroupRecord *group = group_shared(tx, command->group);
    if (group == NULL)
        return refuse_not_found(tx, "group");
    if (same(tx, group->cycle, command->cycle))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);

    tx_decided(tx);
    group->cycle = begins(tx, command->cycle, branch_earliest_date(tx));
    group_save(tx, group);
    settles(tx);
    event_done(tx, TEFTER__EVENT_KIND__GROUP_CHANGED, group->group, done);
    return NULL;
}

static Tefter__Refusal *look_customer(struct tx *tx, const Tefter__SetCycle *command,
                                      Tefter__CustomerRecord **ret_customer)
{
    Tefter__CustomerRecord *customer;
    Tefter__Refusal *refusal =
        customer_resolve(tx, command->customer, command->customer_code, false, &customer);
    if (refusal == NULL)
        refusal = customer_there(tx, customer->customer, ret_customer);
    if (refusal == NULL)
        refusal = customer_check_home(tx, *ret_customer);
    if (refusal != NULL)
        return refusal;
    if (same(tx, (*ret_customer)->cycle, command->cycle))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    return NULL;
}

static Tefter__Refusal *set_of_customer(struct tx *tx, const Tefter__SetCycle *command,
                                        Tefter__Done *done)
{
    Tefter__CustomerRecord *customer = NULL;
    Tefter__Refusal *refusal = look_customer(tx, command, &customer);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_value(tx, entry, "cycle", cycle_text(tx, customer->cycle),
                     cycle_text(tx, command->cycle));
    customer->cycle = begins(tx, command->cycle, branch_get(tx, customer_home(customer))->date);
    change_log_end(tx, customer, entry);
    settles(tx);
    customer_emit(tx, TEFTER__EVENT_KIND__CUSTOMER_CHANGED, customer->customer, 0);
    FIELD_SET(done, id, customer->customer);
    return NULL;
}

/* Refuses, in this order: RULES_TOO_OLD set_cycle; cycle.ready_days (FIELD_INVALID with `most`),
 * FIELD_INVALID cycle (no such days, or fields of another kind); FIELD_INVALID group (beside a
 * customer); of a customer: customer_resolve, FIELD_INVALID customer (cash), CUSTOMER_ERASED,
 * CUSTOMER_MERGED, BOUND_TO_BRANCH customer; of a group: BOUND_TO_BRANCH group, NOT_FOUND group; of
 * the company: BOUND_TO_BRANCH cycle; NOTHING_TO_CHANGE. */
Tefter__Refusal *apply_set_cycle(struct tx *tx, const Tefter__SetCycle *command, Tefter__Done *done)
{
    if (!tx_rule(tx, RULE_STATEMENTS))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "set_cycle");
    Tefter__Refusal *refusal = check_cycle(tx, command->cycle);
    if (refusal != NULL)
        return refusal;
    bool of_customer = command->has_customer || command->customer_code != NULL;
    if (of_customer && command->has_group)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "group");
    if (of_customer)
        return set_of_customer(tx, command, done);
    return command->has_group ? set_of_group(tx, command, done) : set_of_company(tx, command);
}

/* ---- services ---- */

const Tefter__Cycle *customer_cycle(struct tx *tx, const Tefter__CustomerRecord *customer,
                                    uint32_t *ret_group)
{
    *ret_group = 0;
    if (customer->cycle != NULL)
        return customer->cycle;
    for (size_t i = 0; i < customer->n_groups; i++) {
        const Tefter__GroupRecord *group = group_get(tx, customer->groups[i]);
        if (group == NULL || group->cycle == NULL)
            continue;
        *ret_group = group->group;
        return group->cycle;
    }
    return company_get(tx)->cycle;
}

uint32_t customer_home(const Tefter__CustomerRecord *customer)
{
    return customer->has_branch ? customer->branch : HEAD_OFFICE;
}

static struct key settled_key(uint32_t customer)
{
    return key_customer(customer, TABLE_SETTLED);
}

uint32_t customer_settled_until(struct tx *tx, uint32_t customer, const Tefter__Cycle *cycle)
{
    enum { FIELD_SEEN = 1 };
    struct key key = settled_key(customer);
    uint32_t seen = (uint32_t)tx_field(tx, &key, FIELD_SEEN);
    return seen > cycle->since_date ? seen : cycle->since_date;
}

void customer_settled(struct tx *tx, uint32_t customer, uint32_t seen)
{
    struct key key = settled_key(customer);
    Tefter__SettledRecord *settled = tx_new(tx, &tefter__settled_record__descriptor);
    settled->seen_date = seen;
    tx_put(tx, &key, &settled->base);
}

static enum workday_move move_of(const Tefter__Cycle *cycle)
{
    return cycle->has_move ? (enum workday_move)cycle->move : WORKDAY_STAY;
}

static uint32_t ready_days(const Tefter__Cycle *cycle)
{
    return cycle->has_ready_days ? cycle->ready_days : 1;
}

bool settlement_next(const Tefter__Cycle *cycle, const struct workdays *workdays, uint32_t after,
                     struct settlement *ret_settlement)
{
    struct cycle days = days_of(cycle);
    if (cycle->kind == TEFTER__CYCLE_KIND__CYCLE_NONE)
        return false;
    uint32_t ready = ready_days(cycle);
    uint32_t day = cycle_next(&days, after);
    if (day == DATE_NONE)
        return false;
    uint32_t moved = workdays_move(workdays, move_of(cycle), day);
    *ret_settlement = (struct settlement){
        .cycle_day = day, .day = moved, .made = moved > ready ? moved - ready : DATE_MIN};
    return true;
}

uint32_t settlement_before(const Tefter__Cycle *cycle, const struct workdays *workdays,
                           uint32_t cycle_day)
{
    struct cycle days = days_of(cycle);
    uint32_t ready = ready_days(cycle);
    uint32_t day = cycle_day > 1 ? cycle_last(&days, cycle_day - 1) : DATE_NONE;
    uint32_t moved = day != DATE_NONE ? workdays_move(workdays, move_of(cycle), day) : DATE_NONE;
    return moved > ready + 1 ? moved - ready - 1 : DATE_NONE;
}
