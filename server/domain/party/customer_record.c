/*
 * The record of a customer: its place, and whether it may be changed. What is in it: customer.c.
 */
#include "domain/party/inside.h"

#include "domain/org/org.h"

/* ---- records ---- */

static struct key customer_key(uint32_t customer)
{
    return key_customer(customer, TABLE_PROFILE);
}

Tefter__CustomerRecord *customer_get(struct tx *tx, uint32_t customer)
{
    struct key key = customer_key(customer);
    return tx_shared(tx, &key, &tefter__customer_record__descriptor);
}

Tefter__CustomerRecord *customer_read(struct tx *tx, uint32_t customer)
{
    struct key key = customer_key(customer);
    return tx_need(tx, &key, &tefter__customer_record__descriptor);
}

void customer_save(struct tx *tx, const Tefter__CustomerRecord *customer)
{
    struct key key = customer_key(customer->customer);
    tx_put(tx, &key, &customer->base);
}

/* ---- rules ---- */

static bool is_cash(struct tx *tx, uint32_t customer)
{
    return customer == company_cash_customer(tx);
}

Tefter__Refusal *customer_check_stands(struct tx *tx, const Tefter__CustomerRecord *customer,
                                       const char *field)
{
    if (tx_recalled(tx))
        return NULL;
    if (customer->erased && tx_rule(tx, RULE_ERASED_ARE_GONE))
        return refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, field);
    if (customer->merge == NULL)
        return NULL;
    Tefter__Refusal *refusal = refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_MERGED, field);
    FIELD_SET(refusal, existing, customer->merge->into);
    refusal->existing_number = customer_read(tx, customer->merge->into)->code;
    return refusal;
}

Tefter__Refusal *customer_cached(struct tx *tx, uint32_t number,
                                 Tefter__CustomerRecord **ret_customer)
{
    Tefter__Refusal *refusal = customer_there(tx, number, ret_customer);
    return refusal != NULL ? refusal : customer_check_stands(tx, *ret_customer, "customer");
}

Tefter__Refusal *customer_there(struct tx *tx, uint32_t number,
                                Tefter__CustomerRecord **ret_customer)
{
    *ret_customer = customer_get(tx, number);
    if (*ret_customer == NULL)
        return refuse_not_found(tx, "customer");
    if (is_cash(tx, number))
        return refuse(tx, TEFTER__REFUSAL_CODE__FIELD_INVALID, "customer");
    if ((*ret_customer)->erased)
        return refuse(tx, TEFTER__REFUSAL_CODE__CUSTOMER_ERASED, "customer");
    return NULL;
}

/* ---- services ---- */

void customer_touch_family(struct tx *tx, uint32_t payer)
{
    const Tefter__CustomerRecord *customer = customer_read(tx, payer);
    tx_touch(tx, ROW_ACCOUNT, payer);
    for (size_t i = 0; i < customer->n_sites; i++)
        tx_touch(tx, ROW_ACCOUNT, customer->sites[i]);
}

void customer_emit(struct tx *tx, Tefter__EventKind kind, uint32_t customer, uint64_t about)
{
    event_emit(tx, &(struct event){.kind = kind, .customer = customer, .about = about});
    tx_touch(tx, ROW_CUSTOMER, customer);
}
