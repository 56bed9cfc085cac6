#pragma once
/*
 * Inside net: what stands between the socket of a stream and its reader, TLS or nothing. One of the
 * two, chosen when the connection begins; the calls are those of tls.h.
 */
#include "net/plain.h"
#include "net/tls.h"

struct transport {
    struct tls *tls;
    struct plain *plain; /* when tls is NULL; both NULL: it has not begun */
};

/* context NULL: without TLS. */
static inline bool transport_begin(struct transport *transport, struct tls_context *context,
                                   struct failure *failure)
{
    if (context != NULL) {
        transport->tls = tls_create(context, failure);
        return transport->tls != NULL;
    }
    transport->plain = plain_create();
    return transport->plain != NULL || fail(failure, FAULT_MEMORY, 0, "no memory for a connection");
}

static inline void transport_fini(struct transport *transport)
{
    tls_destroy(transport->tls);
    plain_destroy(transport->plain);
}

static inline bool transport_begun(const struct transport *transport)
{
    return transport->tls != NULL || transport->plain != NULL;
}

/* Nothing but the socket tells that the other end has closed. */
static inline bool transport_ends_with_socket(const struct transport *transport)
{
    return transport->tls == NULL;
}

static inline enum tls_state transport_state(const struct transport *transport)
{
    return transport->tls != NULL ? tls_state(transport->tls) : plain_state(transport->plain);
}

static inline const char *transport_reason(const struct transport *transport)
{
    return transport->tls != NULL ? tls_reason(transport->tls) : plain_reason(transport->plain);
}

static inline void transport_input(struct transport *transport, struct slice bytes)
{
    if (transport->tls != NULL)
        tls_input(transport->tls, bytes);
    else
        plain_input(transport->plain, bytes);
}

static inline size_t transport_read(struct transport *transport, void *out, size_t capacity)
{
    return transport->tls != NULL ? tls_read(transport->tls, out, capacity)
                                  : plain_read(transport->plain, out, capacity);
}

static inline bool transport_write(struct transport *transport, struct slice bytes)
{
    return transport->tls != NULL ? tls_write(transport->tls, bytes)
                                  : plain_write(transport->plain, bytes);
}

static inline void transport_end(struct transport *transport)
{
    if (transport->tls != NULL)
        tls_end(transport->tls);
    else
        plain_end(transport->plain);
}

static inline struct slice transport_output(const struct transport *transport)
{
    return transport->tls != NULL ? tls_output(transport->tls) : plain_output(transport->plain);
}

static inline void transport_output_taken(struct transport *transport, size_t size)
{
    if (transport->tls != NULL)
        tls_output_taken(transport->tls, size);
    else
        plain_output_taken(transport->plain, size);
}

static inline void transport_output_move(struct transport *transport, struct buffer *ret_buffer,
                                         size_t *ret_from)
{
    if (transport->tls != NULL)
        tls_output_move(transport->tls, ret_buffer, ret_from);
    else
        plain_output_move(transport->plain, ret_buffer, ret_from);
}
