/*
 * How our connections begin: an address is looked up on the pool, then each of what it means is
 * tried in turn
 * ("localhost" may be ::1 where nobody listens, and 127.0.0.1 where somebody does).
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "net/stream_inside.h"

enum { SENTENCE_MAX = 400 };

struct stream_connecting {
    uv_getaddrinfo_t request;
    struct stream *stream; /* NULL: it does not want the answer any more */
    struct addrinfo *found;
    struct addrinfo *next; /* to be tried */
    bool answered;
    char address[280];
};

/* ---- addresses ---- */

static bool place_bad(const char *address, struct failure *failure)
{
    return fail(failure, FAULT_USE, 0, "'%s' is not an address: write HOST:PORT or [IPv6]:PORT",
                address);
}

static bool port_good(const char *port)
{
    size_t digits = strspn(port, "0123456789");
    return digits > 0 && digits <= 5 && port[digits] == '\0' &&
           strtol(port, NULL, 10) <= UINT16_MAX;
}

bool stream_endpoint_read(const char *address, struct stream_endpoint *ret_place,
                          struct failure *failure)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || !port_good(colon + 1))
        return place_bad(address, failure);
    size_t size = (size_t)(colon - address);
    bool brackets = size >= 2 && address[0] == '[' && address[size - 1] == ']';
    const char *host = brackets ? address + 1 : address;
    size -= brackets ? 2 : 0;
    bool many = !brackets && memchr(host, ':', size) != NULL;
    if (many || size >= sizeof(ret_place->host))
        return place_bad(address, failure);
    memcpy(ret_place->host, host, size);
    ret_place->host[size] = '\0';
    snprintf(ret_place->port, sizeof(ret_place->port), "%s", colon + 1);
    return true;
}

bool stream_address_check(const char *address, struct failure *failure)
{
    struct stream_endpoint place;
    return stream_endpoint_read(address, &place, failure);
}

/* ---- trying ---- */

static void connecting_free(struct stream_connecting *connecting)
{
    uv_freeaddrinfo(connecting->found);
    free(connecting);
}

void stream_connecting_end(struct stream *stream)
{
    struct stream_connecting *connecting = stream->connecting;
    if (connecting == NULL)
        return;
    stream->connecting = NULL;
    if (connecting->answered) {
        connecting_free(connecting);
        return;
    }
    connecting->stream = NULL;
    uv_cancel((uv_req_t *)&connecting->request);
}

static void give_up(struct stream *stream, int error)
{
    char sentence[SENTENCE_MAX];
    snprintf(sentence, sizeof(sentence), "cannot connect to %s: %s", stream->connecting->address,
             stream_words(error));
    stream_abort(stream, sentence);
}

static void try_next(struct stream *stream, int error);

/* The handle of a failed try is gone; a new one for the next. */
static void handle_reset(uv_handle_t *handle)
{
    struct stream *stream = handle->data;
    if (stream->phase == PHASE_CLOSED) {
        stream_drop(stream);
        return;
    }
    uv_tcp_init(&stream->loop->uv, &stream->socket.tcp);
    stream->socket.handle.data = stream;
    try_next(stream, UV_ECONNREFUSED);
}

static void connected(struct stream *stream)
{
    stream_connecting_end(stream);
    stream_tune(stream);
    if (!stream_begin(stream, stream->context))
        return;
    if (stream->local) {
        loop_link_push(&stream->loop->to_read, &stream->to_read);
        return;
    }
    /* On a busy morning a server lets thousands wait their turn: who gives up early only comes
     * again and makes the queue longer. */
    stream_deadline(stream, SILENCE_MS);
    stream_read_start(stream);
}

static void try_done(uv_connect_t *request, int status)
{
    struct stream *stream = request->handle->data;
    if (stream->phase == PHASE_CLOSED)
        return;
    if (status == 0)
        connected(stream);
    else if (stream->connecting->next == NULL)
        give_up(stream, status);
    else
        uv_close(&stream->socket.handle, handle_reset);
}

static void try_next(struct stream *stream, int error)
{
    struct stream_connecting *connecting = stream->connecting;
    while (connecting->next != NULL) {
        const struct addrinfo *to = connecting->next;
        connecting->next = to->ai_next;
        error =
            uv_tcp_connect(&stream->request.connect, &stream->socket.tcp, to->ai_addr, try_done);
        if (error == 0)
            return;
    }
    give_up(stream, error);
}

static void looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct stream_connecting *connecting = (struct stream_connecting *)request;
    struct stream *stream = connecting->stream;
    connecting->found = found;
    connecting->next = found;
    connecting->answered = true;
    if (stream == NULL)
        connecting_free(connecting);
    else
        try_next(stream, status);
}

static bool look_up(struct stream *stream, const char *address, const struct stream_endpoint *place,
                    struct failure *failure)
{
    struct stream_connecting *connecting = calloc(1, sizeof(*connecting));
    if (connecting == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for a connection");
    snprintf(connecting->address, sizeof(connecting->address), "%s", address);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    const char *host = place->host[0] == '\0' ? "localhost" : place->host;
    int bad = uv_getaddrinfo(&stream->loop->uv, &connecting->request, looked_up, host, place->port,
                             &hints);
    if (bad != 0) {
        free(connecting);
        return fail(failure, FAULT_USE, 0, "cannot look up %s: %s", address, uv_strerror(bad));
    }
    connecting->stream = stream;
    stream->connecting = connecting;
    return true;
}

struct stream *stream_connect(struct loop *loop, const char *address, struct tls_context *tls,
                              const struct stream_events *events, void *context,
                              struct failure *failure)
{
    struct stream_endpoint place;
    if (!stream_endpoint_read(address, &place, failure))
        return NULL;
    struct stream *stream = stream_create(loop, false);
    if (stream == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a connection");
        return NULL;
    }
    stream->phase = PHASE_CONNECT;
    if (!look_up(stream, address, &place, failure)) {
        stream_abort(stream, NULL);
        return NULL;
    }
    tls_context_retain(tls);
    stream->context = tls;
    stream->events = *events;
    stream->events_context = context;
    stream_deadline(stream, HANDSHAKE_MS);
    return stream;
}

/* Its one try has begun; try_done hears of it. */
struct stream *stream_connect_local(struct loop *loop, const char *path,
                                    const struct stream_events *events, void *context,
                                    struct failure *failure)
{
    struct sockaddr_un address;
    if (!local_address_make(path, &address, failure))
        return NULL;
    struct stream_connecting *connecting = calloc(1, sizeof(*connecting));
    struct stream *stream = connecting == NULL ? NULL : stream_create(loop, true);
    if (stream == NULL) {
        free(connecting);
        fail(failure, FAULT_MEMORY, 0, "no memory for a connection");
        return NULL;
    }
    snprintf(connecting->address, sizeof(connecting->address), "%s", path);
    connecting->answered = true;
    stream->connecting = connecting;
    stream->phase = PHASE_CONNECT;
    stream->events = *events;
    stream->events_context = context;
    stream_deadline(stream, HANDSHAKE_MS);
    uv_pipe_connect(&stream->request.connect, &stream->socket.pipe, path, try_done);
    return stream;
}

/* It is open when the loop comes to it, so that nobody hears of it before they know it. */
struct stream *stream_of_pair(struct loop *loop, int socket, const struct stream_events *events,
                              void *context, struct failure *failure)
{
    struct stream *stream = stream_create(loop, true);
    if (stream == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a connection");
        return NULL;
    }
    stream->phase = PHASE_HANDSHAKE;
    if (!transport_begin(&stream->transport, NULL, failure)) {
        stream_abort(stream, NULL);
        return NULL;
    }
    if (!stream_adopt(stream, socket)) {
        fail(failure, FAULT_IO, 0, "this socket cannot be used");
        stream_abort(stream, NULL);
        return NULL;
    }
    stream->events = *events;
    stream->events_context = context;
    stream_tune(stream);
    loop_link_push(&loop->to_read, &stream->to_read);
    return stream;
}
