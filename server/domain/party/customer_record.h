#pragma once
/*
 * The record of a customer, as the nouns around it share it: his story and his persons are written
 * with it, and his life (customer.h) stands on all three. Others read it through customer.h.
 */
#include "tx/tx.h"

/* The command's own, to change and save: the same message for all who ask in a command. NULL: there
 * is none of that number. */
Tefter__CustomerRecord *customer_get(struct tx *tx, uint32_t customer);
void customer_save(struct tx *tx, const Tefter__CustomerRecord *customer);

/* One who may be changed. Refuses, about field "customer": NOT_FOUND, FIELD_INVALID (cash). */
Tefter__Refusal *customer_look(struct tx *tx, uint32_t number,
                               Tefter__CustomerRecord **ret_customer);

/* After the decided line: emits what happened to him, and his row is told anew. about: number of
 * the group or person it is about; 0: none. */
void customer_tell(struct tx *tx, Tefter__EventKind kind, uint32_t customer, uint64_t about);
