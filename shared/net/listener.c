/*
 * The listener: connections are taken as they come, a few dozen a turn of the loop, up to a bound,
 * and turned away above it. The bound leaves descriptors for the files of the process. It accepts
 * by itself: libuv's own way hides that descriptors are used up, closes who waits untold, and spins
 * for good once another thread has taken the one it keeps for that. Here, when the system has no
 * descriptor after all, those who wait stay in the kernel's queue and are looked at again soon.
 *
 * Handshakes cost processor time and memory, so at most HANDSHAKES_MAX are under way:
 *
 *   silent --first byte--> waits (un-read) --> under way --> open
 *                                                 |
 *                                                 +--> stalled --> open | cut
 *
 * One that says nothing costs no place, only its five seconds. Of those that wait few begin in one
 * turn of the loop, and a turn that has lasted some milliseconds reads of none that is under way,
 * so that a morning's storm does not hold up those who are at work. And one that began and keeps
 * still gives its place to the next after a moment: it may go on, but of such at most STALLED_MAX
 * are kept, the newest; else a few dozen idle sockets could lock everybody out.
 *
 * Until its owner says that it is proven (stream_proven) a connection is anybody's. Of those only a
 * share of the places is given away, and of one address a smaller one: the rest is for the
 * enrolled. When that share is used up the newcomer takes the place of the one that has been silent
 * longest. Of IPv6 the first half counts as an address: whoever has one of those has all of the
 * other half.
 */
#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/stream_inside.h"

enum {
    DESCRIPTORS_KEPT = 64,
    BACKLOG = 4096,
    TAKEN_A_TURN_MAX = 64,
    REST_MS = 100, /* when no descriptor was to be had */
    BEGUN_A_TURN_MAX = 8,
    TURN_LONG_MS = 10,     /* a turn that has lasted so long does no more handshakes, */
    READ_A_TURN_LEAST = 4, /* but for these */
    STALL_MS = 250,
    STALLED_MAX = 8 * HANDSHAKES_MAX,
    CROWD = 256,
};

struct stream_listener {
    uv_poll_t comes;
    uv_os_sock_t socket;
    struct loop *loop;
    struct loop_part part;
    struct tls_context *tls; /* NULL: without */
    bool local;              /* a unix socket */
    struct local_file file;  /* of a local one */
    stream_accept_fn accepted;
    void *owner;
    uv_timer_t rest;           /* runs while no descriptor is to be had */
    uv_timer_t patience;       /* runs while streams wait and every place is taken */
    struct loop_link silent;   /* streams that have said nothing yet, the oldest first */
    struct loop_link to_start; /* streams that wait for a place */
    struct loop_link under_way;
    struct loop_link stalled;
    unsigned stalled_count;
    struct loop_link to_begin; /* in the loop's queue */
    uint64_t turn;             /* of the loop, of which the two below count */
    unsigned begun;            /* handshakes that began */
    unsigned read;             /* times that one was read of */
    struct stream_listener_metrics metrics;
    struct tally unproven;  /* by address */
    uint32_t unproven_each; /* of one address; 0: as usual */
    uint32_t crowd;         /* the most that were open since memory was last given back */
    bool closed;
    unsigned holds; /* its handles and every stream */
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
    tally_fini(&listener->unproven);
    free(listener);
}

/* ---- handshakes in their order ---- */

static void look_at_turn(struct stream_listener *listener)
{
    if (listener->turn != listener->loop->turn)
        listener->begun = listener->read = 0;
    listener->turn = listener->loop->turn;
}

static bool has_room(struct stream_listener *listener)
{
    look_at_turn(listener);
    return listener->metrics.handshakes < HANDSHAKES_MAX && listener->begun < BEGUN_A_TURN_MAX;
}

/* Since the loop began to see to what has come. */
static bool turn_is_long(struct stream_listener *listener)
{
    uint64_t now_ms = uv_hrtime() / 1000000;
    look_at_turn(listener);
    return listener->read >= READ_A_TURN_LEAST &&
           now_ms > uv_now(&listener->loop->uv) + TURN_LONG_MS;
}

bool listener_may_read(const struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    if (listener == NULL || (stream->phase != PHASE_WAIT && stream->phase != PHASE_HANDSHAKE))
        return true;
    if (turn_is_long(listener) || (stream->phase == PHASE_WAIT && !has_room(listener)))
        return false;
    listener->read++;
    return true;
}

static bool stands(const struct loop_link *list)
{
    return list->next != list;
}

static struct stream *stream_of(struct loop_link *link)
{
    return CONTAINER(link, struct stream, to_start);
}

static void patience_over(uv_timer_t *timer);

/* Those that wait for no more than the next turn get it, the others when somebody leaves or stalls.
 */
static void ask_for_turn(struct stream_listener *listener)
{
    bool waits = stands(&listener->to_start) && !listener->closed;
    bool full = listener->metrics.handshakes >= HANDSHAKES_MAX;
    if (waits && !full)
        loop_link_push(&listener->loop->to_begin, &listener->to_begin);
    if (!waits)
        uv_timer_stop(&listener->patience);
    else if (full && !uv_is_active((uv_handle_t *)&listener->patience))
        uv_timer_start(&listener->patience, patience_over, STALL_MS, STALL_MS);
}

void listener_queue(struct stream *stream)
{
    stream_read_stop(stream);
    if (stream->phase == PHASE_HANDSHAKE) {
        loop_link_push(&stream->loop->to_read, &stream->to_read);
        return;
    }
    if (stream->listener->closed) {
        stream_abort(stream, "the server is closing");
        return;
    }
    uv_timer_stop(&stream->timer);
    loop_link_remove(&stream->to_start); /* it is not silent any more */
    loop_link_push(&stream->listener->to_start, &stream->to_start);
    ask_for_turn(stream->listener);
}

void listener_begin(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    look_at_turn(listener);
    listener->begun++;
    listener->metrics.handshakes++;
    stream->in_handshake = true;
    stream->started_ms = loop_now_ms(listener->loop);
    loop_link_remove(&stream->to_start);
    loop_link_push(&listener->under_way, &stream->to_start);
    stream_begin(stream, listener->tls);
}

/* It goes on, but counts no longer; the one that has stalled longest may have to go for it. */
static void set_aside(struct stream_listener *listener, struct stream *stream)
{
    loop_link_remove(&stream->to_start);
    loop_link_push(&listener->stalled, &stream->to_start);
    stream->in_handshake = false;
    stream->stalled = true;
    listener->metrics.handshakes--;
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
    while (has_room(listener) && (link = loop_link_pop(&listener->to_start)) != NULL) {
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
    begin_next(CONTAINER(link, struct stream_listener, to_begin));
}

void listener_left(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    loop_link_remove(&stream->to_start);
    if (stream->phase == PHASE_CLOSED)
        stream_proven(stream); /* it takes no place of theirs any more */
    if (stream->stalled)
        listener->stalled_count--;
    stream->stalled = false;
    if (!stream->in_handshake)
        return;
    stream->in_handshake = false;
    listener->metrics.handshakes--;
    if (!listener->closed)
        begin_next(listener);
}

/* When half of a crowd has left, the holes it leaves in the heap go back to the system. */
static void give_back_memory(struct stream_listener *listener)
{
    if (listener->crowd < CROWD || listener->metrics.open > listener->crowd / 2)
        return;
    listener->crowd = listener->metrics.open;
    malloc_trim(0);
}

void listener_forget(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    if (listener == NULL)
        return;
    stream->listener = NULL;
    atomic_fetch_sub(&streams_of_process, 1);
    listener->metrics.open--;
    give_back_memory(listener);
    listener_drop(listener);
}

/* ---- those that are anybody's ---- */

static uint32_t places(void)
{
    unsigned most = streams_max();
    return most < SESSIONS_MAX ? most : SESSIONS_MAX;
}

static uint32_t share(uint32_t percent)
{
    uint32_t part = (uint32_t)((uint64_t)places() * percent / 100);
    return part > UNPROVEN_LEAST ? part : UNPROVEN_LEAST;
}

static uint32_t unproven_each(const struct stream_listener *listener)
{
    return listener->unproven_each > 0 ? listener->unproven_each
                                       : share(UNPROVEN_PER_ADDRESS_PERCENT);
}

static uint32_t unproven_most(const struct stream_listener *listener)
{
    uint32_t usual = share(UNPROVEN_PERCENT);
    uint32_t each = unproven_each(listener);
    return each > usual ? each : usual;
}

/* All of 127/8 is this machine, as ::1 is, whose first half is 0 too. */
static uint64_t key_of_four(uint32_t address)
{
    return address >> 24 == IN_LOOPBACKNET ? 0 : address;
}

uint64_t stream_key_of(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    if (address->ss_family == AF_INET)
        return key_of_four(ntohl(four->sin_addr.s_addr));
    if (address->ss_family != AF_INET6)
        return 0;
    return IN6_IS_ADDR_V4MAPPED(six) ? key_of_four(be32_get(six->s6_addr + 12))
                                     : be64_get(six->s6_addr);
}

static void note_away(struct stream_listener *listener, uint64_t key)
{
    listener->metrics.turned_away++;
    listener->metrics.turned_away_of = tally_count(&listener->unproven, key);
}

/* The one that has been silent longest goes, of this address or (NULL) of any; false: none is. */
static bool make_room(struct stream_listener *listener, const uint64_t *key)
{
    for (struct loop_link *at = listener->silent.next; at != &listener->silent; at = at->next) {
        struct stream *stream = stream_of(at);
        if (key != NULL && stream->address_key != *key)
            continue;
        note_away(listener, stream->address_key);
        stream_address(stream, listener->metrics.turned_away_last,
                       sizeof listener->metrics.turned_away_last);
        stream_abort(stream, "another connection needed the place");
        return true;
    }
    return false;
}

void stream_proven(struct stream *stream)
{
    struct stream_listener *listener = stream->listener;
    if (!stream->unproven || listener == NULL)
        return;
    stream->unproven = false;
    listener->metrics.unproven--;
    tally_take(&listener->unproven, stream->address_key);
}

static void count_unproven(struct stream_listener *listener, struct stream *stream)
{
    stream->unproven = true;
    listener->metrics.unproven++;
    tally_add(&listener->unproven, stream->address_key);
}

void stream_listener_bound(struct stream_listener *listener, uint32_t unproven_each)
{
    listener->unproven_each = unproven_each;
}

uint64_t stream_address_key(const struct stream *stream)
{
    return stream->address_key;
}

/* ---- taking connections ---- */

static bool has_place(const struct stream_listener *listener)
{
    return listener->metrics.open < SESSIONS_MAX &&
           atomic_load(&streams_of_process) < streams_max();
}

static bool long_silent(const struct stream_listener *listener)
{
    return stands(&listener->silent) &&
           loop_now_ms(listener->loop) - stream_of(listener->silent.next)->started_ms > STALL_MS;
}

/* May one more of this address come in? Somebody silent may have to go for it. */
static bool may_come(struct stream_listener *listener, uint64_t key)
{
    if (tally_count(&listener->unproven, key) >= unproven_each(listener) &&
        !make_room(listener, &key))
        return false;
    if (listener->metrics.unproven >= unproven_most(listener) && !make_room(listener, NULL))
        return false;
    if (has_place(listener))
        return true;
    if (long_silent(listener))
        (void)make_room(listener, NULL); /* for the next */
    return false;
}

static void turn_away(struct stream_listener *listener, int socket,
                      const struct sockaddr_storage *address)
{
    note_away(listener, stream_key_of(address));
    if (getnameinfo((const struct sockaddr *)address, sizeof *address,
                    listener->metrics.turned_away_last, sizeof listener->metrics.turned_away_last,
                    NULL, 0, NI_NUMERICHOST) != 0)
        listener->metrics.turned_away_last[0] = '\0';
    close(socket);
}

static struct stream *stream_for(struct stream_listener *listener, int socket)
{
    struct stream *stream = stream_create(listener->loop, listener->local);
    need(stream != NULL); /* without a thousand bytes nothing else would go well either */
    stream->phase = PHASE_WAIT;
    stream->listener = listener;
    listener->holds++;
    listener->metrics.open++;
    if (listener->metrics.open > listener->crowd)
        listener->crowd = listener->metrics.open;
    atomic_fetch_add(&streams_of_process, 1);
    if (stream_adopt(stream, socket))
        return stream;
    close(socket);
    stream_abort(stream, NULL);
    return NULL;
}

static void take(struct stream_listener *listener, int socket,
                 const struct sockaddr_storage *address)
{
    bool known = listener->local; /* a user of this machine */
    if (known ? !has_place(listener) : !may_come(listener, stream_key_of(address))) {
        turn_away(listener, socket, address);
        return;
    }
    struct stream *stream = stream_for(listener, socket);
    if (stream == NULL)
        return;
    stream->address_key = stream_key_of(address);
    if (!known)
        count_unproven(listener, stream);
    if (!listener->accepted(listener->owner, stream, &stream->events, &stream->events_context)) {
        listener->metrics.turned_away++;
        stream->events = (struct stream_events){NULL, NULL, NULL, NULL};
        stream_abort(stream, NULL);
        return;
    }
    listener->metrics.accepted++;
    stream_tune(stream);
    if (stream->local) {
        if (stream_begin(stream, NULL))
            loop_link_push(&listener->loop->to_read, &stream->to_read);
        return;
    }
    stream_deadline(stream, HANDSHAKE_MS);
    stream->started_ms = loop_now_ms(listener->loop);
    loop_link_push(&listener->silent, &stream->to_start);
    stream_read_start(stream);
}

static void came(uv_poll_t *handle, int status, int events);

static void rested(uv_timer_t *timer)
{
    struct stream_listener *listener = timer->data;
    (void)uv_poll_start(&listener->comes, UV_READABLE, came);
}

/* One that reset meanwhile, or a fault of its own network, is not our fault. */
static bool next_may_do(int error)
{
    return error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM;
}

/* The loop comes back while there are more. */
static void came(uv_poll_t *handle, int status, int events)
{
    struct stream_listener *listener = handle->data;
    (void)status;
    (void)events;
    for (int i = 0; i < TAKEN_A_TURN_MAX && !listener->closed; i++) {
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof address;
        int socket = accept4(listener->socket, (struct sockaddr *)&address, &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            take(listener, socket, &address);
        } else if (errno == EAGAIN) {
            return;
        } else if (!next_may_do(errno)) {
            listener->metrics.starved++;
            uv_poll_stop(&listener->comes);
            uv_timer_start(&listener->rest, rested, REST_MS, 0);
            return;
        }
    }
}

/* ---- life ---- */

static void end_part(struct loop_part *part)
{
    stream_listener_close(CONTAINER(part, struct stream_listener, part));
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
    local_forget(&listener->file);
    if (listener->socket >= 0) {
        uv_close((uv_handle_t *)&listener->comes, handle_closed);
        close(listener->socket);
    }
    uv_close((uv_handle_t *)&listener->rest, handle_closed);
    uv_close((uv_handle_t *)&listener->patience, handle_closed);
    struct loop_link *link = NULL;
    while ((link = loop_link_pop(&listener->to_start)) != NULL)
        stream_abort(stream_of(link), "the server is closing");
}

static int bind_socket(int socket, const struct addrinfo *to)
{
    int on = 1;
    int off = 0; /* [::] means every address, as elsewhere */
    if (setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (to->ai_family == AF_INET6 &&
         setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0) ||
        bind(socket, to->ai_addr, to->ai_addrlen) != 0 || listen(socket, BACKLOG) != 0)
        return uv_translate_sys_error(errno);
    return 0;
}

/* From here on the socket is the listener's. */
static int poll_socket(struct stream_listener *listener, int socket)
{
    int bad = uv_poll_init_socket(&listener->loop->uv, &listener->comes, socket);
    if (bad != 0)
        return bad;
    listener->comes.data = listener;
    listener->socket = socket;
    listener->holds++;
    return uv_poll_start(&listener->comes, UV_READABLE, came);
}

static int bind_to(struct stream_listener *listener, const struct stream_endpoint *place)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    const char *host = place->host[0] == '\0' ? NULL : place->host;
    if (getaddrinfo(host, place->port, &hints, &found) != 0)
        return UV_EAI_NONAME;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int bad = fd < 0 ? uv_translate_sys_error(errno) : bind_socket(fd, found);
    freeaddrinfo(found);
    if (bad == 0)
        bad = poll_socket(listener, fd);
    if (listener->socket < 0 && fd >= 0)
        close(fd);
    return bad;
}

static struct stream_listener *listener_create(struct loop *loop, struct tls_context *tls)
{
    struct stream_listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL || !tally_init(&listener->unproven, SESSIONS_MAX)) {
        free(listener);
        return NULL;
    }
    uv_timer_init(&loop->uv, &listener->rest);
    uv_timer_init(&loop->uv, &listener->patience);
    listener->rest.data = listener;
    listener->patience.data = listener;
    listener->loop = loop;
    listener->socket = -1;
    listener->holds = 2;
    listener->tls = tls;
    if (tls != NULL)
        tls_context_retain(tls);
    loop_link_init(&listener->silent);
    loop_link_init(&listener->to_start);
    loop_link_init(&listener->under_way);
    loop_link_init(&listener->stalled);
    loop_part_add(loop, &listener->part, end_part);
    return listener;
}

static int bind_local(struct stream_listener *listener, const struct sockaddr_un *address)
{
    int fd = local_socket();
    int bad = fd < 0 ? uv_translate_sys_error(errno)
                     : local_listen(fd, address, BACKLOG, &listener->file);
    if (bad == 0)
        bad = poll_socket(listener, fd);
    if (listener->socket < 0 && fd >= 0)
        close(fd);
    return bad;
}

static struct stream_listener *listener_for(struct loop *loop, struct tls_context *tls,
                                            stream_accept_fn accepted, void *owner,
                                            struct failure *failure)
{
    struct stream_listener *listener = listener_create(loop, tls);
    if (listener == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a listener");
        return NULL;
    }
    listener->accepted = accepted;
    listener->owner = owner;
    return listener;
}

static struct stream_listener *listening(struct stream_listener *listener, const char *address,
                                         int bad, struct failure *failure)
{
    if (bad == 0)
        return listener;
    stream_listener_close(listener);
    fail(failure, FAULT_IO, 0, "cannot listen on %s: %s", address, uv_strerror(bad));
    return NULL;
}

struct stream_listener *stream_listen(struct loop *loop, const char *address,
                                      struct tls_context *tls, stream_accept_fn accepted,
                                      void *owner, struct failure *failure)
{
    struct stream_endpoint place;
    if (!stream_endpoint_read(address, &place, failure))
        return NULL;
    struct stream_listener *listener = listener_for(loop, tls, accepted, owner, failure);
    return listener == NULL ? NULL
                            : listening(listener, address, bind_to(listener, &place), failure);
}

struct stream_listener *stream_listen_local(struct loop *loop, const char *path,
                                            stream_accept_fn accepted, void *owner,
                                            struct failure *failure)
{
    struct sockaddr_un address;
    if (!local_address_make(path, &address, failure))
        return NULL;
    struct stream_listener *listener = listener_for(loop, NULL, accepted, owner, failure);
    if (listener == NULL)
        return NULL;
    listener->local = true;
    return listening(listener, path, bind_local(listener, &address), failure);
}

uint16_t stream_listener_port(const struct stream_listener *listener)
{
    struct sockaddr_in6 address = {0}; /* the port of an IPv4 address stands in the same place */
    socklen_t size = sizeof(address);
    static_assert(
        offsetof(struct sockaddr_in6, sin6_port) == offsetof(struct sockaddr_in, sin_port), "port");
    if (listener->local || getsockname(listener->socket, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.sin6_port);
}

void stream_listener_swap_tls(struct stream_listener *listener, struct tls_context *tls)
{
    need(listener->tls != NULL);
    tls_context_retain(tls);
    tls_context_release(listener->tls);
    listener->tls = tls;
}

void stream_listener_metrics(const struct stream_listener *listener,
                             struct stream_listener_metrics *ret_metrics)
{
    *ret_metrics = listener->metrics;
    ret_metrics->places = places();
}
