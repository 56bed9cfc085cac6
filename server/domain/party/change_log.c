/*
 * The change log of a customer. It is only added to.
 *
 * 1. Every change of their fields, lock, groups and authorised buyers writes one ChangeRecord with
 * old and new of each field.
 * 2. Their record's `changes` counts them: they are numbered from 1 without a gap, and never
 * changed.
 */
#include "domain/party/inside.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/org/org.h"

#include <string.h>

enum { CHANGE_FIELDS_MAX = 40 };

/* ---- records ---- */

static struct key change_key(uint32_t customer, uint32_t number)
{
    struct key key = key_customer(customer, TABLE_CHANGE);
    key_u32(&key, number);
    return key;
}

/* ---- services ---- */

Tefter__ChangeRecord *change_log_begin(struct tx *tx)
{
    Tefter__ChangeRecord *entry = tx_new(tx, &tefter__change_record__descriptor);
    entry->seq = tx_seq(tx);
    entry->at_ms = tx_now_ms(tx);
    entry->actor = tx_actor_copy(tx);
    entry->fields = tx_take(tx, CHANGE_FIELDS_MAX * sizeof *entry->fields);
    return entry;
}

static Tefter__FieldChange *change_log_add(struct tx *tx, Tefter__ChangeRecord *entry,
                                           const char *field)
{
    Tefter__FieldChange *change = tx_new(tx, &tefter__field_change__descriptor);
    need(entry->n_fields < CHANGE_FIELDS_MAX);
    entry->fields[entry->n_fields++] = change;
    change->field = tx_text(tx, field);
    return change;
}

void change_log_value(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                      const char *before, const char *now)
{
    Tefter__FieldChange *change = change_log_add(tx, entry, field);
    change->old_value = tx_text(tx, before);
    change->new_value = tx_text(tx, now);
}

void change_log_text(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                     Tefter__Text *before, Tefter__Text *now)
{
    Tefter__FieldChange *change = change_log_add(tx, entry, field);
    change->old_text = before;
    change->new_text = now;
}

const char *change_log_date(struct tx *tx, bool given, uint32_t date)
{
    char text[DATE_TEXT_SIZE];
    if (!given)
        return NULL;
    date_write(date, text);
    return tx_text(tx, text);
}

const char *change_log_number(struct tx *tx, bool given, int64_t number)
{
    return given ? tx_format(tx, "%lld", (long long)number) : NULL;
}

void change_log_move_text(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                          Tefter__Text **slot, Tefter__Text *given)
{
    Tefter__Text *before = *slot;
    if (field_move_text(slot, given))
        change_log_text(tx, entry, field, before, *slot);
}

void change_log_move_line(struct tx *tx, Tefter__ChangeRecord *entry, const char *field,
                          char **slot, char *given)
{
    char *before = *slot;
    if (field_move_line(slot, given))
        change_log_value(tx, entry, field, before, *slot);
}

void change_log_end(struct tx *tx, Tefter__CustomerRecord *customer,
                    const Tefter__ChangeRecord *entry)
{
    struct key key = change_key(customer->customer, ++customer->changes);
    customer->changed_seq = tx_seq(tx);
    customer_save(tx, customer);
    tx_put(tx, &key, &entry->base);
}

/* ---- views ---- */

/* Who belongs to a branch reads all of its customers, and of others what was changed there. */
static bool is_shown(const Tefter__CustomerRecord *customer, const Tefter__ChangeRecord *change,
                     uint32_t only)
{
    return only == 0 || (customer->has_branch && customer->branch == only) ||
           change->actor->branch == only;
}

/* Where somebody lived is no word of the vault: of a person who was erased it is not told. */
static void hide_area(Tefter__ChangeRecord *change)
{
    for (size_t i = 0; i < change->n_fields; i++)
        if (strcmp(change->fields[i]->field, "area") == 0)
            change->fields[i]->old_value = change->fields[i]->new_value = NULL;
}

/* Refuses, in this order: FIELD_INVALID page; NOT_FOUND customer. */
Tefter__Refusal *view_customer_changes(struct tx *tx, const Tefter__CustomerChanges *query,
                                       Tefter__CustomerChangesAnswer *answer)
{
    uint64_t shown = 0; /* the last one of the page before */
    if (!page_read(query->has_page, query->page, &shown, 1))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "page");
    const Tefter__CustomerRecord *customer = customer_get(tx, query->customer);
    if (customer == NULL)
        return refuse_not_found(tx, "customer");
    uint64_t number = shown != 0 && shown <= customer->changes ? shown - 1 : customer->changes;
    struct page page = {.rows_most = PAGE_ROWS_MAX};
    uint32_t only = staff_branch(tx);
    answer->changes = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->changes);
    for (; number > 0 && page_looks(&page); number--) {
        struct key key = change_key(customer->customer, (uint32_t)number);
        Tefter__ChangeRecord *change = tx_need(tx, &key, &tefter__change_record__descriptor);
        if (!is_shown(customer, change, only))
            continue;
        if (customer->erased)
            hide_area(change);
        if (!page_takes(&page, &change->base))
            break;
        answer->changes[answer->n_changes++] = change;
    }
    shown = number + 1;
    if (number > 0)
        FIELD_SET(answer, next, page_write(tx, &shown, 1));
    return NULL;
}
