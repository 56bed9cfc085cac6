/*
 * Events of a command: the one place that fills their message.
 */
#include "domain/entity/entity.h"

void event_emit(struct tx *tx, const struct event *event)
{
    Tefter__Event message = TEFTER__EVENT__INIT;
    message.kind = event->kind;
    FIELD_SET_IF(&message, customer, event->customer != 0, event->customer);
    FIELD_SET_IF(&message, about, event->about != 0, event->about);
    FIELD_SET_IF(&message, document, event->document != 0, event->document);
    message.number = event->number;
    FIELD_SET_IF(&message, amount_minor, event->has_amount, event->amount_minor);
    tx_emit(tx, &message);
}

void event_done(struct tx *tx, Tefter__EventKind kind, uint64_t number, Tefter__Done *done)
{
    event_emit(tx, &(struct event){.kind = kind, .about = number});
    FIELD_SET(done, id, number);
}
