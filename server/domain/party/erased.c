/*
 * A customer whose person is erased: the record stays, its words go.
 *
 * 1. Code, branch and sums stay; the record refers to no words but the name, whose reference must
 * be there and is empty. Area, groups and own terms go too; before RULE_ERASED_ARE_GONE they
 * stayed.
 * 2. They are locked for ever, and nobody changes them any more (customer_cached).
 */
#include "domain/party/inside.h"

/* ---- records ---- */

static void drop_pins(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    for (size_t i = 0; i < customer->n_buyers; i++) {
        struct key key = key_customer(customer->customer, TABLE_BUYER_PIN);
        key_u32(&key, customer->buyers[i]->buyer);
        if (tx_has(tx, &key))
            tx_delete(tx, &key);
    }
}

/* They are in no group, and have no more than nothing. */
static void drop_places(struct tx *tx, Tefter__CustomerRecord *customer,
                        Tefter__ChangeRecord *entry)
{
    customer_leave_groups(tx, customer, entry);
    customer->area = NULL; /* not logged: a log keeps what stood there */
    FIELD_SET(customer, opening_limit_minor, 0);
}

/* ---- services ---- */

void customer_erase(struct tx *tx, Tefter__CustomerRecord *customer)
{
    Tefter__ChangeRecord *entry = change_log_begin(tx);
    change_log_value(tx, entry, "erased", NULL, "yes");
    tx_erase_words(tx, &customer->base);
    drop_pins(tx, customer);
    if (tx_rule(tx, RULE_ERASED_ARE_GONE))
        drop_places(tx, customer, entry);
    customer->phone = customer->nickname = customer->tax_code = customer->address = NULL;
    customer->note = customer->lock_reason = NULL;
    customer->n_buyers = 0;
    customer->n_again = 0;
    customer->locked = true;
    customer->has_locked_until = false;
    FIELD_SET(customer, erased, true);
    change_log_end(tx, customer, entry);
    customer_emit(tx, TEFTER__EVENT_KIND__CUSTOMER_ERASED_EVENT, customer->customer, 0);
    tx_touch(tx, ROW_ACCOUNT, customer->customer);
}
