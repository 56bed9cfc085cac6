/*
 * A change of policy, of thresholds or of a role, rehearsed: whom it would stop or free, who could
 * do less or more. Nothing is changed: the command runs as far as it decides, and what it changed
 * by then is looked at by what judges sales and rights (tx_rehearse).
 *
 * 1. Customers are judged twice, as it is and as it would be, with a sale of the same amount.
 * 2. Who may not give the command is told so and nothing else.
 * 3. A page looks at CUSTOMERS_LOOKED_MAX customers; counts are of the page.
 * 4. A limit counts once, with whom it is for: a site has its payer's.
 */
#include "base/limits.h"
#include "base/money.h"
#include "domain/domain.h"
#include "ledger/inside.h"

enum {
    CUSTOMERS_LOOKED_MAX = 5000,
    PEOPLE_MAX = 100,
    THRESHOLDS_MAX = 32,
    ROLES_MAX = 8,
};

#define UNLIMITED INT64_MAX /* credit, in `limits` */

struct found {
    uint32_t customer;
    bool stopped;
    Tefter__RefusalCode code;
    Tefter__Decision *before;
    Tefter__Decision *after;
};

struct rehearsal {
    const Tefter__Command *command;
    Tefter__Refusal *refusal;
    Tefter__RehearseAnswer *answer;
    int64_t amount_minor;
    uint32_t group; /* its members alone; 0: all customers */
    uint32_t after; /* the walk begins behind that customer */
    uint32_t *customers;
    Tefter__RefusalCode *heard; /* of each, as it is; 0: nothing */
    int64_t *limits;            /* likewise, UNLIMITED; of a site 0, before and then */
    int64_t *then_limits;
    size_t looked;
    size_t judged; /* of them, up to where the page ends */
    struct found *found;
    size_t count;
    size_t most;
    bool more;
    /* by threshold, then role, as the enums count */
    int64_t mosts[THRESHOLDS_MAX][ROLES_MAX];
    int64_t then_mosts[THRESHOLDS_MAX][ROLES_MAX];
};

/* ---- customers ---- */

static Tefter__RefusalCode judge(struct tx *tx, uint32_t customer, int64_t amount_minor,
                                 Tefter__Decision **ret_decision)
{
    struct credit_request request = {
        .customer = customer_get(tx, customer),
        .account = account_open(tx, customer),
        .amount_minor = amount_minor,
        .today = branch_of_actor(tx)->date,
    };
    const Tefter__Refusal *refusal = credit_decide(tx, &request, ret_decision);
    return refusal != NULL ? refusal->code : 0;
}

static int64_t limit_of(const Tefter__Decision *decision)
{
    if (decision->has_payer)
        return 0;
    return decision->unlimited ? UNLIMITED : decision->limit_minor;
}

static uint32_t next_customer(struct tx *tx, const struct rehearsal *rehearsal, uint32_t after)
{
    return rehearsal->group != 0 ? group_next_member(tx, rehearsal->group, after)
                                 : customer_next(tx, after);
}

/* As it is. */
static void judge_before(struct tx *tx, struct rehearsal *rehearsal)
{
    Tefter__Decision *decision;
    struct tx *scratch = tx_scratch_begin(tx);
    uint32_t customer = next_customer(scratch, rehearsal, rehearsal->after);
    rehearsal->customers = tx_take(tx, CUSTOMERS_LOOKED_MAX * sizeof *rehearsal->customers);
    rehearsal->heard = tx_take(tx, CUSTOMERS_LOOKED_MAX * sizeof *rehearsal->heard);
    rehearsal->limits = tx_take(tx, CUSTOMERS_LOOKED_MAX * sizeof *rehearsal->limits);
    rehearsal->then_limits = tx_take(tx, CUSTOMERS_LOOKED_MAX * sizeof *rehearsal->then_limits);
    while (customer != 0 && rehearsal->looked < CUSTOMERS_LOOKED_MAX) {
        size_t i = rehearsal->looked++;
        tx_scratch_next(scratch);
        rehearsal->customers[i] = customer;
        rehearsal->heard[i] = judge(scratch, customer, rehearsal->amount_minor, &decision);
        rehearsal->limits[i] = limit_of(decision);
        customer = next_customer(scratch, rehearsal, customer);
    }
    tx_scratch_end(scratch);
    rehearsal->more = customer != 0;
}

/* As it would be. The page ends where there is no room for another one. */
static void judge_after(struct tx *tx, struct rehearsal *rehearsal)
{
    struct tx *scratch = tx_scratch_begin(tx);
    for (size_t i = 0; i < rehearsal->looked; i++, rehearsal->judged++) {
        Tefter__Decision *decision;
        tx_scratch_next(scratch);
        Tefter__RefusalCode before = rehearsal->heard[i];
        Tefter__RefusalCode code =
            judge(scratch, rehearsal->customers[i], rehearsal->amount_minor, &decision);
        rehearsal->then_limits[i] = limit_of(decision);
        if ((before != 0) == (code != 0))
            continue;
        if (rehearsal->count == rehearsal->most) {
            rehearsal->more = true;
            break;
        }
        rehearsal->found[rehearsal->count++] = (struct found){
            .customer = rehearsal->customers[i],
            .stopped = code != 0,
            .code = code != 0 ? code : before,
            .after = tx_copy(tx, &decision->base),
        };
    }
    tx_scratch_end(scratch);
}

/* How much credit it gives and takes. A sum that no account could hold stays at the most. */
static void sum_limits(const struct rehearsal *rehearsal)
{
    Tefter__RehearseAnswer *answer = rehearsal->answer;
    answer->has_raised = answer->has_lowered = answer->has_unbounded = true;
    answer->has_raised_minor = answer->has_lowered_minor = true;
    for (size_t i = 0; i < rehearsal->judged; i++) {
        int64_t before = rehearsal->limits[i];
        int64_t then = rehearsal->then_limits[i];
        int64_t *sum = then > before ? &answer->raised_minor : &answer->lowered_minor;
        if (then == before)
            continue;
        *(then > before ? &answer->raised : &answer->lowered) += 1;
        answer->unbounded += then == UNLIMITED ? 1 : 0;
        if (then != UNLIMITED && before != UNLIMITED &&
            !money_add(*sum, then > before ? then - before : before - then, sum))
            *sum = INT64_MAX;
    }
}

static void list_customers(struct tx *tx, struct rehearsal *rehearsal)
{
    Tefter__RehearseAnswer *answer = rehearsal->answer;
    struct page page = {.rows_most = (uint32_t)rehearsal->most};
    answer->rows = tx_take(tx, (rehearsal->most + 1) * sizeof *answer->rows);
    for (size_t i = 0; i < rehearsal->count; i++) {
        struct found *found = &rehearsal->found[i];
        Tefter__RehearsedCustomer *row = tx_new(tx, &tefter__rehearsed_customer__descriptor);
        (void)judge(tx, found->customer, rehearsal->amount_minor, &row->before);
        row->who = customer_row(tx, customer_read(tx, found->customer));
        row->stopped = found->stopped;
        row->after = found->after;
        FIELD_SET(row, code, found->code);
        if (!page_takes(&page, &row->base)) {
            /* those behind it come with the next page */
            while (rehearsal->judged > 0 &&
                   rehearsal->customers[rehearsal->judged - 1] >= found->customer)
                rehearsal->judged--;
            rehearsal->more = true;
            break;
        }
        answer->stopped += found->stopped ? 1 : 0;
        answer->freed += found->stopped ? 0 : 1;
        answer->rows[answer->n_rows++] = row;
    }
    answer->customers = (uint32_t)rehearsal->judged;
    sum_limits(rehearsal);
    if (!rehearsal->more)
        return;
    uint64_t last =
        rehearsal->judged > 0 ? rehearsal->customers[rehearsal->judged - 1] : rehearsal->after;
    FIELD_SET(answer, next, page_write(tx, &last, 1));
}

/* ---- people ---- */

static void note_mosts(struct tx *tx, int64_t mosts[THRESHOLDS_MAX][ROLES_MAX])
{
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    need(thresholds->n_values <= THRESHOLDS_MAX && roles->n_values <= ROLES_MAX);
    for (unsigned i = 0; i < thresholds->n_values; i++)
        for (unsigned k = 0; k < roles->n_values; k++) {
            Tefter__Threshold threshold = (Tefter__Threshold)thresholds->values[i].value;
            Tefter__Role role = (Tefter__Role)roles->values[k].value;
            mosts[i][k] =
                threshold_applies(threshold, role) ? threshold_most_of(tx, threshold, role) : 0;
        }
}

static unsigned place_of(Tefter__Role role)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    unsigned k = 0;
    while (k + 1 < roles->n_values && roles->values[k].value != (int)role)
        k++;
    return k;
}

struct person {
    const Tefter__StaffRecord *staff;
    Tefter__Role role; /* as it would be */
    bool blocked;
};

static bool may(Tefter__Role role, bool blocked, Tefter__Right right)
{
    return !blocked && rights_role_may(role, right);
}

/* Who is not blocked and has the right, beside them. All staff: they are few. */
static uint32_t others_with(struct tx *tx, uint32_t except, Tefter__Right right)
{
    struct tx *scratch = tx_scratch_begin(tx);
    struct key prefix = key_book(TABLE_STAFF);
    struct tx_walk walk;
    uint32_t count = 0;
    for (bool on = tx_walk_first(scratch, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__StaffRecord *staff = tx_walk_record(&walk, &tefter__staff_record__descriptor);
        count += staff->staff != except && may(staff->role, staff->blocked, right) ? 1 : 0;
        tx_scratch_next(scratch);
    }
    tx_walk_end(&walk);
    tx_scratch_end(scratch);
    return count;
}

static void say_rights(struct tx *tx, const struct person *person, Tefter__RehearsedPerson *row,
                       bool *ret_less, bool *ret_more)
{
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    row->rights = tx_take(tx, rights->n_values * sizeof *row->rights);
    for (unsigned i = 0; i < rights->n_values; i++) {
        Tefter__Right right = (Tefter__Right)rights->values[i].value;
        bool before = may(person->staff->role, person->staff->blocked, right);
        bool after = may(person->role, person->blocked, right);
        if (before == after || right == TEFTER__RIGHT__RIGHT_NONE)
            continue;
        Tefter__RehearsedRight *one = tx_new(tx, &tefter__rehearsed_right__descriptor);
        one->right = right;
        one->lost = before;
        one->others = others_with(tx, person->staff->staff, right);
        *(before ? ret_less : ret_more) = true;
        row->rights[row->n_rights++] = one;
    }
}

static void say_thresholds(struct tx *tx, const struct rehearsal *rehearsal,
                           const struct person *person, Tefter__RehearsedPerson *row,
                           bool *ret_less, bool *ret_more)
{
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    row->thresholds = tx_take(tx, thresholds->n_values * sizeof *row->thresholds);
    for (unsigned i = 0; i < thresholds->n_values; i++) {
        int64_t before =
            person->staff->blocked ? 0 : rehearsal->mosts[i][place_of(person->staff->role)];
        int64_t after = person->blocked ? 0 : rehearsal->then_mosts[i][place_of(person->role)];
        if (before == after)
            continue;
        Tefter__RehearsedThreshold *one = tx_new(tx, &tefter__rehearsed_threshold__descriptor);
        one->threshold = (Tefter__Threshold)thresholds->values[i].value;
        FIELD_SET_IF(one, before, before != THRESHOLD_ANY, before);
        FIELD_SET_IF(one, after, after != THRESHOLD_ANY, after);
        one->less = after < before;
        *(one->less ? ret_less : ret_more) = true;
        row->thresholds[row->n_thresholds++] = one;
    }
}

static bool concerned(const struct rehearsal *rehearsal, const struct person *person)
{
    unsigned before = place_of(person->staff->role);
    unsigned after = place_of(person->role);
    bool same = before == after && person->blocked == person->staff->blocked;
    for (unsigned i = 0; i < tefter__threshold__descriptor.n_values && same; i++)
        same = rehearsal->mosts[i][before] == rehearsal->then_mosts[i][after];
    return !same;
}

static void say_person(struct tx *tx, struct rehearsal *rehearsal, const struct person *person)
{
    Tefter__RehearseAnswer *answer = rehearsal->answer;
    Tefter__RehearsedPerson *row = tx_new(tx, &tefter__rehearsed_person__descriptor);
    bool less = false;
    bool more = false;
    row->staff = person->staff->staff;
    row->login = person->staff->login;
    row->name = person->staff->name;
    row->role = person->staff->role;
    say_rights(tx, person, row, &less, &more);
    say_thresholds(tx, rehearsal, person, row, &less, &more);
    answer->people_less += less ? 1 : 0;
    answer->people_more += more ? 1 : 0;
    if ((less || more) && answer->n_people < PEOPLE_MAX)
        answer->people[answer->n_people++] = row;
}

/* Those whom it could concern: the one of whom it speaks, or all. */
static void list_people(struct tx *tx, struct rehearsal *rehearsal)
{
    const Tefter__Command *command = rehearsal->command;
    Tefter__RehearseAnswer *answer = rehearsal->answer;
    answer->people = tx_take(tx, PEOPLE_MAX * sizeof *answer->people);
    answer->has_people_less = answer->has_people_more = true;
    if (command->kind_case == TEFTER__COMMAND__KIND_CHANGE_STAFF) {
        const Tefter__ChangeStaff *change = command->change_staff;
        const Tefter__StaffRecord *staff = staff_get(tx, change->staff);
        struct person person = {staff, change->has_role ? change->role : staff->role,
                                change->has_blocked ? change->blocked : staff->blocked};
        say_person(tx, rehearsal, &person);
        return;
    }
    struct key prefix = key_book(TABLE_STAFF);
    struct tx_walk walk;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on; on = tx_walk_next(&walk)) {
        const Tefter__StaffRecord *staff = tx_walk_record(&walk, &tefter__staff_record__descriptor);
        struct person person = {staff, staff->role, staff->blocked};
        if (!staff->blocked && concerned(rehearsal, &person))
            say_person(tx, rehearsal, &person);
    }
    tx_walk_end(&walk);
}

/* ---- the view ---- */

static bool is_of_customers(const Tefter__Command *command)
{
    return command->kind_case == TEFTER__COMMAND__KIND_SET_CREDIT_POLICY ||
           command->kind_case == TEFTER__COMMAND__KIND_CHANGE_GROUP;
}

static bool is_of_people(const Tefter__Command *command)
{
    return command->kind_case == TEFTER__COMMAND__KIND_SET_THRESHOLDS ||
           command->kind_case == TEFTER__COMMAND__KIND_CHANGE_STAFF;
}

static void run_command(struct tx *tx, void *context)
{
    struct rehearsal *rehearsal = context;
    Tefter__Done *done = tx_new(tx, &tefter__done__descriptor);
    rehearsal->refusal = machine_dispatch(tx, rehearsal->command, done);
}

static void look_then(struct tx *tx, void *context)
{
    struct rehearsal *rehearsal = context;
    if (is_of_customers(rehearsal->command))
        judge_after(tx, rehearsal);
    else
        note_mosts(tx, rehearsal->then_mosts);
}

/* Refuses, in this order: FIELD_INVALID page; FIELD_INVALID command (none that can be rehearsed);
 * AMOUNT_NOT_POSITIVE, AMOUNT_TOO_BIG amount_minor. What refuses the command is answered. */
Tefter__Refusal *view_rehearse(struct tx *tx, const Tefter__Rehearse *query,
                               Tefter__RehearseAnswer *answer)
{
    uint64_t after;
    const Tefter__Command *command = query->command;
    if (!page_read(query->has_page, query->page, &after, 1) || after > UINT32_MAX)
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    if (!is_of_customers(command) && !is_of_people(command))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "command");
    Tefter__Refusal *refusal =
        query->has_amount_minor ? field_amount(tx, "amount_minor", query->amount_minor) : NULL;
    if (refusal != NULL)
        return refusal;
    FIELD_SET(answer, at_ms, tx_now_ms(tx));
    answer->refusal = machine_check_actor(tx, command->kind_case);
    if (answer->refusal != NULL)
        return NULL;
    struct rehearsal *rehearsal = tx_take(tx, sizeof *rehearsal);
    rehearsal->command = command;
    rehearsal->answer = answer;
    rehearsal->after = (uint32_t)after;
    rehearsal->amount_minor = query->has_amount_minor ? query->amount_minor : 1;
    rehearsal->most = page_rows(query->has_rows, query->rows);
    rehearsal->found = tx_take(tx, rehearsal->most * sizeof *rehearsal->found);
    if (command->kind_case == TEFTER__COMMAND__KIND_CHANGE_GROUP)
        rehearsal->group = command->change_group->group;
    if (is_of_customers(command))
        judge_before(tx, rehearsal);
    else
        note_mosts(tx, rehearsal->mosts);
    if (!tx_rehearse(tx, run_command, rehearsal, look_then, rehearsal)) {
        answer->refusal = rehearsal->refusal;
        return NULL;
    }
    if (is_of_customers(command))
        list_customers(tx, rehearsal);
    else
        list_people(tx, rehearsal);
    return NULL;
}
