/*
 * The story of a customer.
 *
 * 1. Every change of his fields, lock, groups and persons writes one ChangeRecord with old and new
 *    of each field.
 * 2. His record's `changes` counts them: they are numbered from 1 without a gap, and never changed.
 */
#include "domain/party/change_log.h"

#include "base/date.h"
#include "base/limits.h"
#include "domain/entity/field.h"
#include "domain/entity/page.h"
#include "domain/party/customer_record.h"

enum { STORY_FIELDS_MAX = 40 };

/* ---- 1 record ---- */

static struct key change_key(uint32_t customer, uint32_t number)
{
    struct key key = key_customer(customer, TABLE_CHANGE);
    key_u32(&key, number);
    return key;
}

/* ---- 4 services ---- */

Tefter__ChangeRecord *story_begin(struct tx *tx)
{
    Tefter__ChangeRecord *story = tx_new(tx, &tefter__change_record__descriptor);
    story->seq = tx_seq(tx);
    story->at_ms = tx_now_ms(tx);
    story->actor = tx_actor_copy(tx);
    story->fields = tx_take(tx, STORY_FIELDS_MAX * sizeof *story->fields);
    return story;
}

static Tefter__FieldChange *story_add(struct tx *tx, Tefter__ChangeRecord *story, const char *field)
{
    Tefter__FieldChange *change = tx_new(tx, &tefter__field_change__descriptor);
    need(story->n_fields < STORY_FIELDS_MAX);
    story->fields[story->n_fields++] = change;
    change->field = tx_text(tx, field);
    return change;
}

void story_value(struct tx *tx, Tefter__ChangeRecord *story, const char *field, const char *before,
                 const char *now)
{
    Tefter__FieldChange *change = story_add(tx, story, field);
    change->old_value = tx_text(tx, before);
    change->new_value = tx_text(tx, now);
}

void story_text(struct tx *tx, Tefter__ChangeRecord *story, const char *field, Tefter__Text *before,
                Tefter__Text *now)
{
    Tefter__FieldChange *change = story_add(tx, story, field);
    change->old_text = before;
    change->new_text = now;
}

const char *story_date(struct tx *tx, bool given, uint32_t date)
{
    char text[DATE_TEXT_SIZE];
    if (!given)
        return NULL;
    date_write(date, text);
    return tx_text(tx, text);
}

const char *story_number(struct tx *tx, bool given, int64_t number)
{
    return given ? tx_format(tx, "%lld", (long long)number) : NULL;
}

void story_move_text(struct tx *tx, Tefter__ChangeRecord *story, const char *field,
                     Tefter__Text **slot, Tefter__Text *given)
{
    Tefter__Text *before = *slot;
    if (field_move_text(slot, given))
        story_text(tx, story, field, before, *slot);
}

void story_move_line(struct tx *tx, Tefter__ChangeRecord *story, const char *field, char **slot,
                     char *given)
{
    char *before = *slot;
    if (field_move_line(slot, given))
        story_value(tx, story, field, before, *slot);
}

void story_end(struct tx *tx, Tefter__CustomerRecord *customer, const Tefter__ChangeRecord *story)
{
    struct key key = change_key(customer->customer, ++customer->changes);
    customer->changed_seq = tx_seq(tx);
    customer_save(tx, customer);
    tx_put(tx, &key, &story->base);
}

/* ---- 5 views ---- */

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
    answer->changes = tx_take(tx, PAGE_ROWS_MAX * sizeof *answer->changes);
    for (; number > 0 && answer->n_changes < PAGE_ROWS_MAX; number--) {
        struct key key = change_key(customer->customer, (uint32_t)number);
        answer->changes[answer->n_changes++] =
            tx_need(tx, &key, &tefter__change_record__descriptor);
    }
    shown = number + 1;
    if (number > 0)
        FIELD_SET(answer, next, page_write(tx, &shown, 1));
    return NULL;
}
