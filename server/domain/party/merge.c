/*
 * Two records of one customer, as far as they are records: who was merged says into whom, and what
 * is to be taken back should that be undone. What both owe is credit/merge.c.
 *
 *   alone ──MergeCustomers──▶ merged ──UndoMerge──▶ alone
 *
 * 1. Who was merged makes no new business: whatever names their record is refused with the other
 *    one's, and their code leads there.
 * 2. Who was merged is among the sites of whom they were merged into, and nobody is merged into
 *    them.
 * 3. Groups, terms and lock are those of whom they were merged into, in reports too; the merged
 * one's stay as they were, should that be undone.
 */
#include "domain/party/inside.h"

#include "base/limits.h"
#include "domain/org/org.h"

/* ---- records ---- */

/* Without the rest of the record: a payer may have a hundred sites. */
static const Tefter__MergeRecord *merge_of(struct tx *tx, uint32_t customer)
{
    enum { FIELD_MERGE = 665 };
    struct key key = key_customer(customer, TABLE_PROFILE);
    return tx_part(tx, &key, FIELD_MERGE, &tefter__merge_record__descriptor);
}

uint32_t customer_leads_to(struct tx *tx, uint32_t customer)
{
    const Tefter__MergeRecord *merge = merge_of(tx, customer);
    return merge != NULL ? merge->into : customer;
}

const uint32_t *customer_records(struct tx *tx, const Tefter__CustomerRecord *customer,
                                 size_t *ret_count)
{
    if (customer == NULL)
        tx_fault(tx, "CustomerRecord"); /* an account, a group or a merge names who is not there */
    uint32_t *records = tx_take(tx, (customer->n_sites + 1) * sizeof *records);
    size_t count = 0;
    records[count++] = customer->customer;
    for (size_t i = 0; i < customer->n_sites; i++)
        if (merge_of(tx, customer->sites[i]) != NULL)
            records[count++] = customer->sites[i];
    *ret_count = count;
    return records;
}

/* ---- rules ---- */

Tefter__Refusal *customer_check_merge(struct tx *tx, const Tefter__CustomerRecord *from,
                                      const Tefter__CustomerRecord *into)
{
    return buyers_fit(from, into, branch_of_actor(tx)->date)
               ? NULL
               : refuse_most(tx, TEFTER__REFUSAL_CODE__TOO_MANY, "buyers", BUYERS_PER_CUSTOMER_MAX);
}

uint32_t customer_merge_buyers(struct tx *tx, const Tefter__CustomerRecord *from)
{
    return buyer_count(from, branch_of_actor(tx)->date);
}

/* ---- changes ---- */

/* One of the two, as its log tells it: the code of the other one, before and now. */
static void tell(struct tx *tx, Tefter__EventKind kind, Tefter__CustomerRecord *customer,
                 const Tefter__ChangeRecord *entry, uint32_t other)
{
    change_log_end(tx, customer, entry);
    customer_emit(tx, kind, customer->customer, other);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
}

static void log_reason(struct tx *tx, Tefter__ChangeRecord *entry, Tefter__Text *reason)
{
    if (reason != NULL && !field_text_empty(reason))
        change_log_text(tx, entry, "merge_reason", NULL, reason);
}

Tefter__MergeRecord *customer_note_merge(struct tx *tx, const Tefter__CustomerRecord *from,
                                         const Tefter__CustomerRecord *into, int64_t moved_minor)
{
    Tefter__MergeRecord *merge = tx_new(tx, &tefter__merge_record__descriptor);
    bool was_site = from->has_payer && from->payer == into->customer;
    merge->into = into->customer;
    merge->at_ms = tx_now_ms(tx);
    merge->actor = tx_actor_copy(tx);
    merge->moved_minor = moved_minor;
    FIELD_SET_IF(merge, was_site, was_site, was_site);
    FIELD_COPY(merge, opening_limit_minor, from);
    return merge;
}

void customer_merge(struct tx *tx, Tefter__CustomerRecord *from, Tefter__CustomerRecord *into,
                    Tefter__MergeRecord *merge, Tefter__Text *reason)
{
    Tefter__ChangeRecord *of_from = change_log_begin(tx);
    Tefter__ChangeRecord *of_into = change_log_begin(tx);
    change_log_value(tx, of_from, "merged_into", NULL, into->code);
    log_reason(tx, of_from, reason);
    change_log_value(tx, of_into, "merged", NULL, from->code);
    buyers_take_over(tx, from, into, branch_of_actor(tx)->date, of_into, merge);
    from->merge = merge;
    tell(tx, TEFTER__EVENT_KIND__CUSTOMER_MERGED_EVENT, from, of_from, into->customer);
    tell(tx, TEFTER__EVENT_KIND__CUSTOMER_MERGED_EVENT, into, of_into, from->customer);
}

void customer_unmerge(struct tx *tx, Tefter__CustomerRecord *from, Tefter__Text *reason)
{
    const Tefter__MergeRecord *merge = from->merge;
    Tefter__CustomerRecord *into = customer_get(tx, merge->into);
    Tefter__ChangeRecord *of_from = change_log_begin(tx);
    Tefter__ChangeRecord *of_into = change_log_begin(tx);
    change_log_value(tx, of_from, "merged_into", into->code, NULL);
    log_reason(tx, of_from, reason);
    change_log_value(tx, of_into, "merged", from->code, NULL);
    buyers_give_back(tx, into, merge, of_into);
    FIELD_COPY(from, opening_limit_minor, merge);
    from->merge = NULL;
    tell(tx, TEFTER__EVENT_KIND__CUSTOMER_UNMERGED, from, of_from, into->customer);
    tell(tx, TEFTER__EVENT_KIND__CUSTOMER_UNMERGED, into, of_into, from->customer);
}
