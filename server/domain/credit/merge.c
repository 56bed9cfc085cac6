/*
 * Two records of one customer become one. Nothing is booked: bills, money and matches stay on the
 * record they were written on, so every paper, balance and aging of before stands. The record that
 * goes becomes a site of the other one, whose limit then bounds what both owe together, and whose
 * money pays the bills of both. So limits are not added up, and the books balance as they did.
 *
 * 1. Who pays for others, or is paid for by somebody else, is not merged before that is ended.
 * 2. Until it is undone they are one customer: money of each record pays bills of both and is paid
 *    out for both.
 * 3. Undone, what was matched stays matched, as it does when a payer changes: who knows which of it
 *    was wrong undoes that by hand. Before RULE_MERGED_ARE_ONE it was not undone while money of the
 *    one had paid bills of the other since then.
 */
#include "domain/credit/inside.h"

#include "domain/org/org.h"

#include <string.h>

struct merge {
    Tefter__CustomerRecord *from;
    Tefter__CustomerRecord *into;
    struct account *account; /* of from */
    bool was_site;           /* `into` pays for them already */
};

/* ---- rules ---- */

static bool of_one_family(const struct merge *merge)
{
    return merge->from->has_payer && merge->from->payer == merge->into->customer;
}

static Tefter__Refusal *refuse_other_payer(struct tx *tx, const Tefter__CustomerRecord *from)
{
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__PAYER_HAS_PAYER, "customer");
    refusal->payer_code = customer_read(tx, from->payer)->code;
    return refusal;
}

static Tefter__Refusal *check_payers(struct tx *tx, const struct merge *merge)
{
    if (merge->was_site)
        return NULL;
    if (merge->from->has_payer)
        return refuse_other_payer(tx, merge->from);
    Tefter__Refusal *refusal = customer_check_payer(tx, merge->from, merge->into);
    if (refusal != NULL && strcmp(refusal->field, "payer") == 0)
        refusal->field = tx_text(tx, "into");
    if (refusal != NULL)
        return refusal;
    return account_fits_payer(tx, merge->account, merge->into->customer)
               ? NULL
               : refuse(tx, TEFTER__REFUSAL_CODE__AMOUNT_TOO_BIG, "into");
}

struct merge_names {
    uint32_t customer;
    const char *customer_code;
    uint32_t into;
    const char *into_code;
};

static Tefter__Refusal *check_homes(struct tx *tx, const struct merge *merge)
{
    Tefter__Refusal *refusal = customer_check_home(tx, merge->from);
    return refusal != NULL ? refusal : staff_check_home(tx, "into", merge->into->branch);
}

static Tefter__Refusal *look_merge(struct tx *tx, const struct merge_names *names,
                                   struct merge *ret_merge)
{
    if (!tx_rule(tx, RULE_PAYERS_FROM_THE_START))
        return refuse(tx, TEFTER__REFUSAL_CODE__RULES_TOO_OLD, "merge_customers");
    Tefter__Refusal *refusal = customer_resolve_record(tx, names->customer, names->customer_code,
                                                       "customer", &ret_merge->from);
    if (refusal == NULL)
        refusal =
            customer_resolve_record(tx, names->into, names->into_code, "into", &ret_merge->into);
    if (refusal == NULL)
        refusal = customer_check_stands(tx, ret_merge->from, "customer");
    if (refusal == NULL)
        refusal = customer_check_stands(tx, ret_merge->into, "into");
    if (refusal == NULL)
        refusal = check_homes(tx, ret_merge);
    if (refusal != NULL)
        return refusal;
    if (ret_merge->from == ret_merge->into && tx_rule(tx, RULE_MERGED_ARE_ONE))
        return refuse(tx, TEFTER__REFUSAL_CODE__SAME_CUSTOMER, "into");
    ret_merge->account = account_open(tx, ret_merge->from->customer);
    ret_merge->was_site = of_one_family(ret_merge);
    refusal = check_payers(tx, ret_merge);
    return refusal != NULL ? refusal : customer_check_merge(tx, ret_merge->from, ret_merge->into);
}

/* ---- changes ---- */

static void change_payer(struct tx *tx, const struct merge *merge, Tefter__CustomerRecord *payer,
                         Tefter__EventKind kind)
{
    struct event event = {
        .kind = kind, .customer = merge->from->customer, .about = merge->into->customer};
    customer_set_payer(tx, merge->from, payer, NULL);
    account_change_payer(tx, merge->account, payer != NULL ? payer->customer : 0);
    account_save(tx, merge->account, &event);
}

/* With both together they may be over their limit. */
static void alarm_if_over(struct tx *tx, const struct merge *merge)
{
    const Tefter__AccountRow *row =
        credit_account_row(tx, merge->into->customer, branch_of_actor(tx)->date);
    if (!row->unlimited && row->available_minor < 0)
        credit_alarm_site(tx, merge->into, merge->from->customer, -row->available_minor);
}

/* Refuses, in this order: reason (field_text); RULES_TOO_OLD merge_customers (rules before
 * RULE_PAYERS_FROM_THE_START); FIELD_MISSING customer, NOT_FOUND customer, both of into;
 * CUSTOMER_ERASED and CUSTOMER_MERGED customer, into; BOUND_TO_BRANCH customer, into;
 * SAME_CUSTOMER into; PAYER_HAS_PAYER customer (somebody else pays for them); as
 * customer_check_payer does, of who is paid for naming into; AMOUNT_TOO_BIG into (more than an
 * account may hold together); TOO_MANY buyers. */
Tefter__Refusal *apply_merge_customers(struct tx *tx, const Tefter__MergeCustomers *command,
                                       Tefter__Done *done)
{
    struct merge merge = {.from = NULL};
    struct merge_names names = {command->customer, command->customer_code, command->into,
                                command->into_code};
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = look_merge(tx, &names, &merge);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    Tefter__MergeRecord *record =
        customer_note_merge(tx, merge.from, merge.into, merge.account->record->moved_minor);
    if (!merge.was_site)
        change_payer(tx, &merge, merge.into, TEFTER__EVENT_KIND__CUSTOMER_MERGED_EVENT);
    customer_merge(tx, merge.from, merge.into, record, command->reason);
    customer_touch_family(tx, merge.into->customer);
    alarm_if_over(tx, &merge);
    FIELD_SET(done, id, merge.into->customer);
    done->number = merge.into->code;
    return NULL;
}

static Tefter__Refusal *look_undo(struct tx *tx, const Tefter__UndoMerge *command,
                                  struct merge *ret_merge)
{
    Tefter__Refusal *refusal = customer_resolve_record(
        tx, command->customer, command->customer_code, "customer", &ret_merge->from);
    if (refusal != NULL)
        return refusal;
    if (ret_merge->from->erased && tx_rule(tx, RULE_ERASED_ARE_GONE) && !tx_recalled(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    const Tefter__MergeRecord *record = ret_merge->from->merge;
    if (record == NULL)
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, "customer");
    ret_merge->into = customer_get(tx, record->into);
    refusal = check_homes(tx, ret_merge);
    if (refusal != NULL)
        return refusal;
    ret_merge->was_site = record->was_site;
    ret_merge->account = account_open(tx, ret_merge->from->customer);
    int64_t paid_minor = record->moved_minor - ret_merge->account->record->moved_minor;
    if (paid_minor == 0 || tx_rule(tx, RULE_MERGED_ARE_ONE))
        return NULL;
    refusal = refuse(tx, TEFTER__REFUSAL_CODE__MERGE_IN_USE, "customer");
    FIELD_SET(refusal, existing, ret_merge->into->customer);
    refusal->existing_number = ret_merge->into->code;
    FIELD_SET(refusal, over_by_minor, paid_minor > 0 ? paid_minor : -paid_minor);
    return refusal;
}

/* Refuses, in this order: reason (field_text); FIELD_MISSING customer, NOT_FOUND customer,
 * CUSTOMER_ERASED customer, NOTHING_TO_CHANGE customer (they are not merged), BOUND_TO_BRANCH
 * customer, into; before RULE_MERGED_ARE_ONE MERGE_IN_USE customer with over_by_minor. */
Tefter__Refusal *apply_undo_merge(struct tx *tx, const Tefter__UndoMerge *command,
                                  Tefter__Done *done)
{
    struct merge merge = {.from = NULL};
    Tefter__Refusal *refusal = field_text(tx, "reason", command->reason);
    if (refusal == NULL)
        refusal = look_undo(tx, command, &merge);
    if (refusal != NULL)
        return refusal;

    tx_decided(tx);
    customer_unmerge(tx, merge.from, command->reason);
    if (!merge.was_site)
        change_payer(tx, &merge, NULL, TEFTER__EVENT_KIND__CUSTOMER_UNMERGED);
    customer_touch_family(tx, merge.into->customer);
    FIELD_SET(done, id, merge.from->customer);
    done->number = merge.from->code;
    return NULL;
}

/* ---- views ---- */

static Tefter__CustomerEntry *entry_of(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    Tefter__CustomerEntry *entry = tx_new(tx, &tefter__customer_entry__descriptor);
    entry->who = customer_row(tx, customer);
    entry->account = credit_account_row(tx, customer->customer, branch_of_actor(tx)->date);
    return entry;
}

/* Refuses as MergeCustomers does, but for the reason. */
Tefter__Refusal *view_merge_preview(struct tx *tx, const Tefter__MergePreview *query,
                                    Tefter__MergeAnswer *answer)
{
    struct merge merge = {.from = NULL};
    struct merge_names names = {query->customer, query->customer_code, query->into,
                                query->into_code};
    Tefter__Refusal *refusal = look_merge(tx, &names, &merge);
    if (refusal != NULL)
        return refusal;
    struct credit_terms terms;
    credit_terms_of(tx, merge.into, branch_of_actor(tx)->date, &terms);
    const Tefter__AccountRecord *standing =
        merge.was_site ? account_standing_stored(tx, account_field(tx, merge.into->customer))
                       : account_standing_with(tx, merge.account, merge.into->customer);
    answer->customer = entry_of(tx, merge.from);
    answer->into = entry_of(tx, merge.into);
    answer->buyers = customer_merge_buyers(tx, merge.from);
    answer->balance_minor = standing->balance_minor;
    answer->unlimited = terms.unlimited;
    answer->limit_minor = terms.unlimited ? 0 : terms.limit_minor;
    answer->available_minor =
        terms.unlimited
            ? 0
            : tx_difference(tx, terms.limit_minor, credit_exposure(tx, &terms, standing));
    return NULL;
}
