/*
 * The listener: connections are taken as they come, up to a bound, and turned away above it; never
 * left in the kernel's queue, for libuv stops listening when one is not taken.
 *
 * Handshakes cost processor time and memory, so at most HANDSHAKES_MAX are under way:
 *
 *   silent --first byte--> waits (un-read) --> under way --> open
 *                                                 |
 *                                                 +--> stalled --> open | cut
 *
 * One that says nothing costs no place, only its five seconds. Of those that wait few begin in one
 * turn of the loop, so that a morning's storm does not hold up those who are at work. And one that
 * began and keeps still gives its place to the next after a moment: it may go on, but of such at
 * most STALLED_MAX are kept, the newest; else a few dozen idle sockets could lock everybody out.
 */
#include <malloc.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "net/stream_inside.h"

enum {
    DESCRIPTORS_KEPT = 64,
    BACKLOG = 1024,
    BEGUN_A_TURN_MAX = 8,
    STALL_MS = 250,
    STALLED_MAX = 8 * HANDSHAKES_MAX,
    CROWD = 256,
};

struct stream_listener {
    uv_tcp_t tcp;
    struct loop *loop;
    struct loop_part part;
    struct tls_context *tls;
    stream_accept_fn accepted;
    void *owner;
    uv_timer_t patience;       /* runs while streams wait and every place is taken */
    struct loop_link to_start; /* streams that wait for a place */
    struct loop_link under_way;
    struct loop_link stalled;
    unsigned stalled_count;
    struct loop_link to_begin; /* in the loop's queue */
    uint64_t turn;             /* begun counts the handshakes of this turn */
    unsigned begun;
    struct stream_listener_figures figures;
    uint32_t crowd; /* the most that were open since memory was last given back */
    bool closed;
    unsigned holds; /* both handles and every stream */
};

/* Of the whole process: descriptors are the process's. */
static atomic_uint streams_of_process;

static unsigned streams_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > SESSIONS_MAX + DESCRIPTORS_KEPT)
        return SESSIONS_MAX;
    return limit.rlim_cur > DESCRIPTORS_KEPT ? (unsigned)(limit.rlim_cur - DESCRIPTORS_KEPT) : 1;
}

static void listener_drop(struct stream_listener *listener)
{
    if (--listener->holds > 0)
        return;
    tls_context_release(listener->tls);
    free(listener);
}

/* ---- handshakes in their order ---- */

bool listener_has_room(const struct stream_listener *listener)
{
    bool paced = listener->turn == listener->loop->turn && listener->begun >= BEGUN_A_TURN_MAX;
    return listener->figures.handshakes < HANDSHAKES_MAX && !paced;
}

static bool stands(const struct loop_link *list)
{
    return list->next != list;
}

static struct stream *stream_of(struct loop_link *link)
{
    return (struct stream *)((char *)link - offsetof(struct stream, to_start));
}

static void patience_over(uv_timer_t *timer);

/* Those that wait for no more than the next turn get it, the others when somebody leaves or stalls.
 */
static void ask_for_turn(struct stream_listener *listener)
{
    bool waits = stands(&listener->to_start) && !listener->closed;
    bool full = listener->figures.handshakes >= HANDSHAKES_MAX;
    if (waits && !full)
        loop_link_push(&listener->loop->to_begin, &listener->to_begin);
    if (!waits)
        uv_timer_stop(&listener->patience);
    else if (full && !uv_is_active((uv_handle_t *)&listener->patience))
        uv_timer_start(&listener->patience, patience_over, STALL_MS, STALL_MS);
}

void listener_queue(struct stream *stream)
{
    if (stream->listener->closed) {
        stream_abort(stream, "the server is closing");
        return;
    }
    stream_read_stop(stream);
    uv_timer_stop(&stream->timer);
    loop_link_push(&stream->listener->to_start, &stream->to_start);
    ask_for_turn(stream->listener);
}

void listener_begin(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    if (listener->turn != listener->loop->turn)
        listener->begun = 0;
    listener->turn = listener->loop->turn;
    listener->begun++;
    listener->figures.handshakes++;
    stream->in_handshake = true;
    stream->started_ms = loop_now_ms(listener->loop);
    loop_link_push(&listener->under_way, &stream->to_start);
    stream_handshake(stream, listener->tls);
}

/* It goes on, but counts no longer; the one that has stalled longest may have to go for it. */
static void set_aside(struct stream_listener *listener, struct stream *stream)
{
    loop_link_remove(&stream->to_start);
    loop_link_push(&listener->stalled, &stream->to_start);
    stream->in_handshake = false;
    stream->stalled = true;
    listener->figures.handshakes--;
    if (++listener->stalled_count > STALLED_MAX)
        stream_abort(stream_of(listener->stalled.next), "the handshake took too long");
}

static void set_stalled_aside(struct stream_listener *listener)
{
    uint64_t now = loop_now_ms(listener->loop);
    while (stands(&listener->to_start) && stands(&listener->under_way)) {
        struct stream *oldest = stream_of(listener->under_way.next);
        if (now - oldest->started_ms < STALL_MS)
            break;
        set_aside(listener, oldest);
    }
}

static void begin_next(struct stream_listener *listener)
{
    struct loop_link *link = NULL;
    while (listener_has_room(listener) && (link = loop_link_pop(&listener->to_start)) != NULL) {
        struct stream *stream = stream_of(link);
        listener_begin(stream);
        if (stream->phase == PHASE_HANDSHAKE)
            stream_read_start(stream);
    }
    ask_for_turn(listener);
}

static void patience_over(uv_timer_t *timer)
{
    struct stream_listener *listener = timer->data;
    set_stalled_aside(listener);
    begin_next(listener);
}

void listener_turn(struct loop_link *link)
{
    begin_next(
        (struct stream_listener *)((char *)link - offsetof(struct stream_listener, to_begin)));
}

void listener_left(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    loop_link_remove(&stream->to_start);
    if (stream->stalled)
        listener->stalled_count--;
    stream->stalled = false;
    if (!stream->in_handshake)
        return;
    stream->in_handshake = false;
    listener->figures.handshakes--;
    if (!listener->closed)
        begin_next(listener);
}

/* When half of a crowd has left, the holes it leaves in the heap go back to the system. */
static void give_back_memory(struct stream_listener *listener)
{
    if (listener->crowd < CROWD || listener->figures.open > listener->crowd / 2)
        return;
    listener->crowd = listener->figures.open;
    malloc_trim(0);
}

void listener_forget(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    if (listener == NULL)
        return;
    stream->listener = NULL;
    atomic_fetch_sub(&streams_of_process, 1);
    listener->figures.open--;
    give_back_memory(listener);
    listener_drop(listener);
}

/* ---- taking connections ---- */

static bool welcome(struct stream_listener *listener, struct stream *stream)
{
    return listener->figures.open <= SESSIONS_MAX &&
           atomic_load(&streams_of_process) <= streams_max() &&
           listener->accepted(listener->owner, stream, &stream->events, &stream->events_context);
}

static struct stream *take(struct stream_listener *listener)
{
    struct stream *stream = stream_create(listener->loop);
    need(stream != NULL); /* without a thousand bytes nothing else would go well either */
    stream->phase = PHASE_WAIT;
    stream->listener = listener;
    listener->holds++;
    listener->figures.open++;
    if (listener->figures.open > listener->crowd)
        listener->crowd = listener->figures.open;
    atomic_fetch_add(&streams_of_process, 1);
    if (uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&stream->tcp) == 0)
        return stream;
    stream_abort(stream, NULL);
    return NULL;
}

static void came(uv_stream_t *handle, int status)
{
    struct stream_listener *listener = handle->data;
    struct stream *stream = status == 0 ? take(listener) : NULL;
    if (stream == NULL)
        return;
    if (!welcome(listener, stream)) {
        listener->figures.turned_away++;
        stream->events = (struct stream_events){NULL, NULL, NULL, NULL};
        stream_abort(stream, NULL);
        return;
    }
    listener->figures.accepted++;
    stream_tune(stream);
    stream_deadline(stream, HANDSHAKE_MS);
    stream_read_start(stream);
}

/* ---- life ---- */

static void end_part(struct loop_part *part)
{
    stream_listener_close(
        (struct stream_listener *)((char *)part - offsetof(struct stream_listener, part)));
}

static void handle_closed(uv_handle_t *handle)
{
    listener_drop(handle->data);
}

void stream_listener_close(struct stream_listener *listener)
{
    if (listener == NULL || listener->closed)
        return;
    listener->closed = true;
    loop_part_remove(&listener->part);
    loop_link_remove(&listener->to_begin);
    uv_close((uv_handle_t *)&listener->tcp, handle_closed);
    uv_close((uv_handle_t *)&listener->patience, handle_closed);
    struct loop_link *link = NULL;
    while ((link = loop_link_pop(&listener->to_start)) != NULL)
        stream_abort(stream_of(link), "the server is closing");
}

static int bind_to(struct stream_listener *listener, const struct stream_place *place)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    const char *host = place->host[0] == '\0' ? NULL : place->host;
    if (getaddrinfo(host, place->port, &hints, &found) != 0)
        return UV_EAI_NONAME;
    int bad = uv_tcp_bind(&listener->tcp, found->ai_addr, 0);
    freeaddrinfo(found);
    return bad != 0 ? bad : uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, came);
}

static struct stream_listener *listener_create(struct loop *loop, struct tls_context *tls)
{
    struct stream_listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL || uv_tcp_init(&loop->uv, &listener->tcp) != 0) {
        free(listener);
        return NULL;
    }
    uv_timer_init(&loop->uv, &listener->patience);
    listener->tcp.data = listener;
    listener->patience.data = listener;
    listener->loop = loop;
    listener->holds = 2;
    listener->tls = tls;
    tls_context_retain(tls);
    loop_link_init(&listener->to_start);
    loop_link_init(&listener->under_way);
    loop_link_init(&listener->stalled);
    loop_part_add(loop, &listener->part, end_part);
    return listener;
}

struct stream_listener *stream_listen(struct loop *loop, const char *address,
                                      struct tls_context *tls, stream_accept_fn accepted,
                                      void *owner, struct failure *failure)
{
    struct stream_place place;
    if (!stream_place_read(address, &place, failure))
        return NULL;
    struct stream_listener *listener = listener_create(loop, tls);
    if (listener == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a listener");
        return NULL;
    }
    listener->accepted = accepted;
    listener->owner = owner;
    int bad = bind_to(listener, &place);
    if (bad == 0)
        return listener;
    stream_listener_close(listener);
    fail(failure, FAULT_IO, 0, "cannot listen on %s: %s", address, uv_strerror(bad));
    return NULL;
}

uint16_t stream_listener_port(const struct stream_listener *listener)
{
    struct sockaddr_storage address;
    int size = sizeof(address);
    if (uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return address.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&address)->sin6_port)
                                         : ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

void stream_listener_swap_tls(struct stream_listener *listener, struct tls_context *tls)
{
    tls_context_retain(tls);
    tls_context_release(listener->tls);
    listener->tls = tls;
}

void stream_listener_figures(const struct stream_listener *listener,
                             struct stream_listener_figures *ret_figures)
{
    *ret_figures = listener->figures;
}
