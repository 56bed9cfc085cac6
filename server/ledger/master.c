/*
 * Who changed what of master data: branches, staff, devices, places of money, groups, the
 * catalogue, policy and thresholds. Of the state, and no fact of it: each row says what a command
 * did, so no digest covers it, and a replay makes it again.
 *
 *   tree `master`:  kind, id, seq     a packed MasterChange, but for the login
 *
 * 1. `before` and `after` are commands of the kind that changes it, and hold no more than differs.
 * 2. Secrets, and what only counts (next numbers, members), never get here.
 * 3. What a product costs leaves only for who may see it.
 */
#include "base/limits.h"
#include "domain/domain.h"
#include "ledger/inside.h"

#include <string.h>

enum {
    MASTER_KEY_SIZE = 1 + 8 + 8,
    MASTER_SEQ_AT = 1 + 8,
    PRICES_KEPT_MAX = 100,
};

/* ---- what a command is about ---- */

struct subject {
    Tefter__MasterKind kind;
    uint64_t id;
    bool makes; /* its number is told when it is done */
};

static uint64_t list_number(struct tx *tx, const char *code)
{
    const Tefter__PriceListRecord *list = price_list_called(tx, code);
    return list != NULL ? list->list : 0;
}

/* false: it is not about master data. */
static bool subject_of(struct tx *tx, const Tefter__Command *command, struct subject *ret)
{
    *ret = (struct subject){.makes = true};
    switch ((int)command->kind_case) {
    case TEFTER__COMMAND__KIND_ADD_BRANCH:
        ret->kind = TEFTER__MASTER_KIND__MASTER_BRANCH;
        return true;
    case TEFTER__COMMAND__KIND_ADD_STAFF:
        ret->kind = TEFTER__MASTER_KIND__MASTER_STAFF;
        return true;
    case TEFTER__COMMAND__KIND_ADD_TERMINAL:
        ret->kind = TEFTER__MASTER_KIND__MASTER_TERMINAL;
        return true;
    case TEFTER__COMMAND__KIND_ADD_TILL:
    case TEFTER__COMMAND__KIND_ADD_BANK_ACCOUNT:
    case TEFTER__COMMAND__KIND_ADD_POS_DEVICE:
        ret->kind = TEFTER__MASTER_KIND__MASTER_MONEY_ACCOUNT;
        return true;
    case TEFTER__COMMAND__KIND_ADD_GROUP:
        ret->kind = TEFTER__MASTER_KIND__MASTER_GROUP;
        return true;
    case TEFTER__COMMAND__KIND_ADD_PRODUCT:
        ret->kind = TEFTER__MASTER_KIND__MASTER_PRODUCT;
        return true;
    case TEFTER__COMMAND__KIND_ADD_PRICE_LIST:
        ret->kind = TEFTER__MASTER_KIND__MASTER_PRICE_LIST;
        return true;
    }
    ret->makes = false;
    switch ((int)command->kind_case) {
    case TEFTER__COMMAND__KIND_SET_CREDIT_POLICY:
    case TEFTER__COMMAND__KIND_SET_CASH_POLICY:
        ret->kind = TEFTER__MASTER_KIND__MASTER_POLICY;
        return true;
    case TEFTER__COMMAND__KIND_SET_THRESHOLDS:
        ret->kind = TEFTER__MASTER_KIND__MASTER_RIGHTS;
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_BRANCH:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_BRANCH, command->change_branch->branch,
                                false};
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_STAFF:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_STAFF, command->change_staff->staff,
                                false};
        return true;
    case TEFTER__COMMAND__KIND_SET_SECRET:
        *ret =
            (struct subject){TEFTER__MASTER_KIND__MASTER_STAFF, command->set_secret->staff, false};
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_TERMINAL:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_TERMINAL,
                                command->change_terminal->terminal, false};
        return true;
    case TEFTER__COMMAND__KIND_RETIRE_MONEY_ACCOUNT:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_MONEY_ACCOUNT,
                                command->retire_money_account->money_account, false};
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_GROUP:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_GROUP, command->change_group->group,
                                false};
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_PRODUCT:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_PRODUCT,
                                command->change_product->product, false};
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_PRICE_LIST:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_PRICE_LIST,
                                list_number(tx, command->change_price_list->list), false};
        return true;
    case TEFTER__COMMAND__KIND_SET_PRICES:
        *ret = (struct subject){TEFTER__MASTER_KIND__MASTER_PRICE_LIST,
                                list_number(tx, command->set_prices->list), false};
        return true;
    }
    return false;
}

/* ---- how it stands, as a command would say it ---- */

static void stand_credit_policy(struct tx *tx, Tefter__Command *state)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    Tefter__SetCreditPolicy *policy = tx_new(tx, &tefter__set_credit_policy__descriptor);
    policy->terms = company->policy;
    policy->title = company->policy_title;
    FIELD_COPY(policy, term_days, company);
    FIELD_COPY(policy, credit_note_approve_minor, company);
    FIELD_COPY(policy, own_reversal_minor, company);
    FIELD_COPY(policy, own_approval, company);
    state->set_credit_policy = policy;
}

static void stand_cash_policy(struct tx *tx, Tefter__Command *state)
{
    const Tefter__CompanyRecord *company = company_get(tx);
    Tefter__SetCashPolicy *policy = tx_new(tx, &tefter__set_cash_policy__descriptor);
    policy->has_unit_minor = company->has_cash_unit_minor;
    policy->unit_minor = company->cash_unit_minor;
    FIELD_COPY(policy, round_off_minor, company);
    FIELD_COPY(policy, round_off_day_minor, company);
    FIELD_COPY(policy, refund_alone_minor, company);
    FIELD_COPY(policy, own_confirm_minor, company);
    FIELD_COPY(policy, own_confirm_any, company);
    state->set_cash_policy = policy;
}

/* Of those alone that the command speaks of. */
static void stand_thresholds(struct tx *tx, const Tefter__SetThresholds *said,
                             Tefter__Command *state)
{
    Tefter__SetThresholds *thresholds = tx_new(tx, &tefter__set_thresholds__descriptor);
    thresholds->thresholds = tx_take(tx, (said->n_thresholds + 1) * sizeof(void *));
    for (size_t i = 0; i < said->n_thresholds; i++) {
        const Tefter__RoleThreshold *each = said->thresholds[i];
        Tefter__RoleThreshold *one = tx_new(tx, &tefter__role_threshold__descriptor);
        int64_t most = threshold_most_of(tx, each->threshold, each->role);
        one->threshold = each->threshold;
        one->role = each->role;
        FIELD_SET_IF(one, most, most != THRESHOLD_ANY, most == THRESHOLD_ANY ? 0 : most);
        thresholds->thresholds[thresholds->n_thresholds++] = one;
    }
    state->set_thresholds = thresholds;
}

static bool stand_branch(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__BranchRecord *record = branch_get(tx, number);
    Tefter__ChangeBranch *branch = tx_new(tx, &tefter__change_branch__descriptor);
    if (record == NULL)
        return false;
    branch->branch = number;
    branch->name = record->name;
    FIELD_SET(branch, blocked, record->blocked);
    FIELD_SET(branch, utc_offset_minutes, record->utc_offset_minutes);
    branch->phone = record->phone;
    branch->address = record->address;
    state->change_branch = branch;
    return true;
}

static bool stand_staff(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__StaffRecord *record = staff_get(tx, number);
    Tefter__ChangeStaff *staff = tx_new(tx, &tefter__change_staff__descriptor);
    if (record == NULL)
        return false;
    staff->staff = number;
    staff->name = record->name;
    FIELD_SET(staff, role, record->role);
    FIELD_COPY(staff, branch, record);
    FIELD_SET(staff, blocked, record->blocked);
    state->change_staff = staff;
    return true;
}

static bool stand_terminal(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__TerminalRecord *record = terminal_get(tx, number);
    Tefter__ChangeTerminal *terminal = tx_new(tx, &tefter__change_terminal__descriptor);
    if (record == NULL)
        return false;
    terminal->terminal = number;
    terminal->name = record->name;
    FIELD_SET(terminal, branch, record->branch);
    FIELD_SET(terminal, blocked, record->blocked);
    FIELD_SET(terminal, printer, record->has_printer && record->printer);
    state->change_terminal = terminal;
    return true;
}

static bool stand_money_account(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__MoneyAccountRecord *record = money_account_get(tx, number);
    Tefter__RetireMoneyAccount *account = tx_new(tx, &tefter__retire_money_account__descriptor);
    if (record == NULL)
        return false;
    account->money_account = number;
    account->retired = record->retired;
    state->retire_money_account = account;
    return true;
}

static bool stand_group(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__GroupRecord *record = group_get(tx, number);
    Tefter__ChangeGroup *group = tx_new(tx, &tefter__change_group__descriptor);
    if (record == NULL)
        return false;
    group->group = number;
    group->name = record->name;
    FIELD_COPY(group, term_days, record);
    group->limit = record->limit;
    state->change_group = group;
    return true;
}

static bool stand_product(struct tx *tx, uint32_t number, Tefter__Command *state)
{
    const Tefter__ProductRecord *record = product_get(tx, number);
    Tefter__ChangeProduct *product = tx_new(tx, &tefter__change_product__descriptor);
    if (record == NULL)
        return false;
    product->product = number;
    product->name = record->name;
    product->unit = record->unit;
    FIELD_COPY(product, price, record);
    FIELD_COPY(product, tax_bp, record);
    product->brand = record->brand;
    product->colour = record->colour;
    product->model = record->model;
    product->barcodes = record->barcodes;
    product->n_barcodes = record->n_barcodes;
    FIELD_SET(product, retired, record->retired);
    FIELD_COPY(product, floor, record);
    FIELD_COPY(product, cost, record);
    product->units = record->units;
    product->n_units = record->n_units;
    state->change_product = product;
    return true;
}

static bool stand_price_list(struct tx *tx, char *code, Tefter__Command *state)
{
    const Tefter__PriceListRecord *record = price_list_called(tx, code);
    Tefter__ChangePriceList *list = tx_new(tx, &tefter__change_price_list__descriptor);
    if (record == NULL)
        return false;
    list->list = record->code;
    list->name = record->name;
    list->groups = record->groups;
    list->n_groups = record->n_groups;
    list->branches = record->branches;
    list->n_branches = record->n_branches;
    FIELD_SET(list, retired, record->retired);
    state->change_price_list = list;
    return true;
}

/* false: there is no such thing, or nothing that could have been before. */
static bool stands(struct tx *tx, const Tefter__Command *command, const struct subject *subject,
                   Tefter__Command *state)
{
    uint32_t id = (uint32_t)subject->id;
    state->kind_case = command->kind_case;
    switch ((int)command->kind_case) {
    case TEFTER__COMMAND__KIND_SET_CREDIT_POLICY:
        stand_credit_policy(tx, state);
        return true;
    case TEFTER__COMMAND__KIND_SET_CASH_POLICY:
        stand_cash_policy(tx, state);
        return true;
    case TEFTER__COMMAND__KIND_SET_THRESHOLDS:
        stand_thresholds(tx, command->set_thresholds, state);
        return true;
    case TEFTER__COMMAND__KIND_CHANGE_BRANCH:
        return stand_branch(tx, id, state);
    case TEFTER__COMMAND__KIND_CHANGE_STAFF:
        return stand_staff(tx, id, state);
    case TEFTER__COMMAND__KIND_CHANGE_TERMINAL:
        return stand_terminal(tx, id, state);
    case TEFTER__COMMAND__KIND_RETIRE_MONEY_ACCOUNT:
        return stand_money_account(tx, id, state);
    case TEFTER__COMMAND__KIND_CHANGE_GROUP:
        return stand_group(tx, id, state);
    case TEFTER__COMMAND__KIND_CHANGE_PRODUCT:
        return stand_product(tx, id, state);
    case TEFTER__COMMAND__KIND_CHANGE_PRICE_LIST:
        return stand_price_list(tx, command->change_price_list->list, state);
    }
    return false;
}

/* ---- what differs ---- */

static bool same_message(struct tx *tx, const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return slice_equal(tx_pack(tx, a), tx_pack(tx, b));
}

static size_t width_of(const ProtobufCFieldDescriptor *field)
{
    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof(int64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    }
    return sizeof(int32_t);
}

static bool same_value(struct tx *tx, const ProtobufCFieldDescriptor *field, const void *a,
                       const void *b)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return same_message(tx, *(ProtobufCMessage *const *)a, *(ProtobufCMessage *const *)b);
    if (field->type != PROTOBUF_C_TYPE_STRING)
        return memcmp(a, b, width_of(field)) == 0;
    const char *one = *(char *const *)a;
    const char *other = *(char *const *)b;
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static size_t step_of(const ProtobufCFieldDescriptor *field)
{
    bool pointer = field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING;
    return pointer ? sizeof(void *) : width_of(field);
}

static bool same_list(struct tx *tx, const ProtobufCFieldDescriptor *field, const uint8_t *a,
                      const uint8_t *b)
{
    size_t count = *(const size_t *)(a + field->quantifier_offset);
    if (count != *(const size_t *)(b + field->quantifier_offset))
        return false;
    const uint8_t *ones = *(uint8_t *const *)(a + field->offset);
    const uint8_t *others = *(uint8_t *const *)(b + field->offset);
    for (size_t i = 0; i < count; i++)
        if (!same_value(tx, field, ones + i * step_of(field), others + i * step_of(field)))
            return false;
    return true;
}

static void clear_field(const ProtobufCFieldDescriptor *field, uint8_t *message)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        *(size_t *)(message + field->quantifier_offset) = 0;
    else if (step_of(field) == sizeof(void *) &&
             (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING))
        *(void **)(message + field->offset) = NULL;
    else
        *(protobuf_c_boolean *)(message + field->quantifier_offset) = 0;
}

static bool has_field(const ProtobufCFieldDescriptor *field, const uint8_t *message)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_STRING)
        return *(void *const *)(message + field->offset) != NULL;
    return *(const protobuf_c_boolean *)(message + field->quantifier_offset) != 0;
}

static bool same_field(struct tx *tx, const ProtobufCFieldDescriptor *field, const uint8_t *a,
                       const uint8_t *b)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return same_list(tx, field, a, b);
    if (has_field(field, a) != has_field(field, b))
        return false;
    return !has_field(field, a) || same_value(tx, field, a + field->offset, b + field->offset);
}

/* Of two messages of one type what is the same is taken away; true: something is left. Terms are
 * looked into, one field of them is a change. */
static bool keep_difference(struct tx *tx, ProtobufCMessage *a, ProtobufCMessage *b)
{
    uint8_t *one = (uint8_t *)a;
    uint8_t *other = (uint8_t *)b;
    bool left = false;
    for (unsigned i = 0; i < a->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &a->descriptor->fields[i];
        bool terms = field->type == PROTOBUF_C_TYPE_MESSAGE &&
                     field->descriptor == &tefter__limit_terms__descriptor;
        if (terms && has_field(field, one) && has_field(field, other)) {
            left |= keep_difference(tx, *(ProtobufCMessage **)(one + field->offset),
                                    *(ProtobufCMessage **)(other + field->offset));
            continue;
        }
        if (field->label == PROTOBUF_C_LABEL_REQUIRED)
            continue;
        if (!same_field(tx, field, one, other)) {
            left = true;
            continue;
        }
        clear_field(field, one);
        clear_field(field, other);
    }
    return left;
}

/* Both have the same of them, in the same order. */
static bool keep_thresholds(struct tx *tx, Tefter__SetThresholds *a, Tefter__SetThresholds *b)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->n_thresholds; i++) {
        if (same_message(tx, &a->thresholds[i]->base, &b->thresholds[i]->base))
            continue;
        a->thresholds[kept] = a->thresholds[i];
        b->thresholds[kept++] = b->thresholds[i];
    }
    a->n_thresholds = b->n_thresholds = kept;
    return kept > 0;
}

static bool differ(struct tx *tx, Tefter__Command *before, Tefter__Command *after)
{
    if (before->kind_case == TEFTER__COMMAND__KIND_SET_THRESHOLDS)
        return keep_thresholds(tx, before->set_thresholds, after->set_thresholds);
    if (before->kind_case == TEFTER__COMMAND__KIND_RETIRE_MONEY_ACCOUNT)
        return before->retire_money_account->retired != after->retire_money_account->retired;
    /* any member of the oneof lies where the first one does */
    return keep_difference(tx, &before->create_company->base, &after->create_company->base);
}

/* ---- keeping ---- */

static void key_of(Tefter__MasterKind kind, uint64_t id, uint64_t seq, uint8_t key[MASTER_KEY_SIZE])
{
    key[0] = (uint8_t)kind;
    be64_put(key + 1, id);
    be64_put(key + MASTER_SEQ_AT, seq);
}

void master_begin(struct tx *tx, const Tefter__Command *command, struct master_note *ret_note)
{
    Tefter__Command state = TEFTER__COMMAND__INIT;
    struct subject subject = {.id = 0};
    *ret_note = (struct master_note){.about = !tx->reading && subject_of(tx, command, &subject)};
    if (!ret_note->about)
        return;
    ret_note->kind = (int)subject.kind;
    ret_note->id = subject.id;
    ret_note->makes = subject.makes;
    if (!subject.makes && stands(tx, command, &subject, &state))
        ret_note->before = tx_pack(tx, &state.base);
    tx_forget_shared(tx); /* the command asks as if nobody had asked before it */
}

/* The first of them, which say most of what a person set; how many there were is told. */
static void say_prices(struct tx *tx, const Tefter__SetPrices *said, Tefter__MasterChange *change)
{
    Tefter__SetPrices *prices = tx_new(tx, &tefter__set_prices__descriptor);
    *prices = *said;
    if (prices->n_prices > PRICES_KEPT_MAX)
        prices->n_prices = PRICES_KEPT_MAX;
    change->after = tx_new(tx, &tefter__command__descriptor);
    change->after->kind_case = TEFTER__COMMAND__KIND_SET_PRICES;
    change->after->set_prices = prices;
    FIELD_SET(change, prices, (uint32_t)said->n_prices);
}

static void say_secret(struct tx *tx, const Tefter__SetSecret *said, Tefter__MasterChange *change)
{
    Tefter__SetSecret *secret = tx_new(tx, &tefter__set_secret__descriptor);
    secret->staff = said->staff;
    change->after = tx_new(tx, &tefter__command__descriptor);
    change->after->kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    change->after->set_secret = secret;
    if (said->has_by)
        FIELD_SET(change->actor, staff, said->by);
}

static bool say_difference(struct tx *tx, const Tefter__Command *command,
                           const struct master_note *note, Tefter__MasterChange *change)
{
    struct subject subject = {(Tefter__MasterKind)note->kind, note->id, false};
    Tefter__Command *after = tx_new(tx, &tefter__command__descriptor);
    if (note->before.size == 0 || !stands(tx, command, &subject, after))
        return false;
    change->before = tx_unpack(tx, &tefter__command__descriptor, note->before);
    /* not the records themselves: what is the same is taken out of it */
    change->after = tx_unpack(tx, &tefter__command__descriptor, tx_pack(tx, &after->base));
    return differ(tx, change->before, change->after);
}

void master_keep(struct tx *tx, const Tefter__Command *command, const Tefter__Done *done,
                 const struct master_note *note)
{
    if (!note->about)
        return;
    uint64_t id = note->makes ? done->id : note->id;
    Tefter__MasterChange *change = tx_new(tx, &tefter__master_change__descriptor);
    change->seq = tx->seq;
    change->at_ms = tx->now_ms;
    change->actor = tx_actor_copy(tx);
    if (command->kind_case == TEFTER__COMMAND__KIND_SET_PRICES)
        say_prices(tx, command->set_prices, change);
    else if (command->kind_case == TEFTER__COMMAND__KIND_SET_SECRET)
        say_secret(tx, command->set_secret, change);
    else if (!note->makes && !say_difference(tx, command, note, change))
        return;
    uint8_t key[MASTER_KEY_SIZE];
    key_of((Tefter__MasterKind)note->kind, id, tx->seq, key);
    store_put(tx->txn, TREE_MASTER, slice_of(key, sizeof key), tx_pack(tx, &change->base));
}

/* ---- the view ---- */

/* What is of a branch is told there alone; of no branch is what all share. */
static uint32_t branch_of_subject(struct tx *tx, const Tefter__MasterChanges *query)
{
    uint32_t id = (uint32_t)query->id;
    const Tefter__StaffRecord *staff = NULL;
    const Tefter__TerminalRecord *terminal = NULL;
    switch ((int)query->kind) {
    case TEFTER__MASTER_KIND__MASTER_BRANCH:
        return id;
    case TEFTER__MASTER_KIND__MASTER_STAFF:
        staff = staff_get(tx, id);
        return staff != NULL && staff->has_branch ? staff->branch : 0;
    case TEFTER__MASTER_KIND__MASTER_TERMINAL:
        terminal = terminal_get(tx, id);
        return terminal != NULL ? terminal->branch : 0;
    case TEFTER__MASTER_KIND__MASTER_MONEY_ACCOUNT:
        return money_branch(tx, id);
    }
    return 0;
}

/* false: nothing else was changed. */
static bool hide_cost(Tefter__Command *command)
{
    Tefter__ChangeProduct *product = command->change_product;
    bool had = product->has_cost;
    product->has_cost = false;
    bool rest = product->name != NULL || product->unit != NULL || product->has_price ||
                product->has_tax_bp || product->brand != NULL || product->colour != NULL ||
                product->model != NULL || product->n_barcodes > 0 || product->has_retired ||
                product->has_floor || product->n_units > 0;
    return rest || !had;
}

static bool shown(Tefter__MasterChange *change, bool sees_cost)
{
    if (sees_cost || change->after == NULL || change->before == NULL ||
        change->after->kind_case != TEFTER__COMMAND__KIND_CHANGE_PRODUCT)
        return true;
    bool before = hide_cost(change->before);
    bool after = hide_cost(change->after);
    return before && after;
}

static void list_changes(struct tx *tx, const Tefter__MasterChanges *query, uint64_t before,
                         Tefter__MasterChangesAnswer *answer)
{
    struct page page = {.rows_most = page_rows(query->has_rows, query->rows)};
    bool sees_cost = staff_actor_may(tx, TEFTER__RIGHT__RIGHT_SEE_COST);
    uint8_t end[MASTER_KEY_SIZE];
    uint64_t last = 0;
    struct store_cursor cursor;
    key_of(query->kind, query->id, before, end);
    answer->changes = tx_take(tx, page.rows_most * sizeof *answer->changes);
    bool on = store_seek_before(tx->txn, TREE_MASTER, slice_of(end, sizeof end), &cursor);
    for (; on && cursor.key.size == MASTER_KEY_SIZE &&
           memcmp(cursor.key.data, end, MASTER_SEQ_AT) == 0;
         on = store_previous(&cursor)) {
        Tefter__MasterChange *change =
            tx_unpack(tx, &tefter__master_change__descriptor, cursor.value);
        const Tefter__StaffRecord *author =
            change->actor->has_staff ? staff_get(tx, change->actor->staff) : NULL;
        change->login = author != NULL ? author->login : NULL;
        if (!page_looks(&page))
            break;
        if (shown(change, sees_cost)) {
            if (page.rows >= page.rows_most || !page_takes(&page, &change->base))
                break;
            answer->changes[answer->n_changes++] = change;
        }
        last = change->seq;
    }
    bool more = on && cursor.key.size == MASTER_KEY_SIZE &&
                memcmp(cursor.key.data, end, MASTER_SEQ_AT) == 0;
    store_leave(&cursor);
    if (more)
        FIELD_SET(answer, next, page_write(tx, &last, 1));
}

/* Refuses, in this order: FIELD_INVALID page; STAFF_OF_OTHER_BRANCH id (of what is another
 * branch's). */
Tefter__Refusal *view_master_changes(struct tx *tx, const Tefter__MasterChanges *query,
                                     Tefter__MasterChangesAnswer *answer)
{
    uint64_t before;
    if (!page_read(query->has_page, query->page, &before, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    uint32_t branch = branch_of_subject(tx, query);
    Tefter__Refusal *refusal = branch != 0 ? staff_check_paper(tx, "id", branch) : NULL;
    if (refusal != NULL)
        return refusal;
    list_changes(tx, query, query->has_page ? before : UINT64_MAX, answer);
    return NULL;
}
