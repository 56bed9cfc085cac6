/*
 * What a command tells beside its result: its events, and the warnings of its reply. The one place
 * that fills their messages.
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

void done_warn(struct tx *tx, Tefter__Done *done, Tefter__WarningKind kind, int64_t amount_minor)
{
    enum { WARNINGS_MAX = 4 }; /* no command gives one kind twice */
    if (done->warnings == NULL)
        done->warnings = tx_take(tx, WARNINGS_MAX * sizeof *done->warnings);
    need(done->n_warnings < WARNINGS_MAX);
    Tefter__Warning *warning = tx_new(tx, &tefter__warning__descriptor);
    warning->kind = kind;
    FIELD_SET_IF(warning, amount_minor, amount_minor != 0, amount_minor);
    done->warnings[done->n_warnings++] = warning;
}
