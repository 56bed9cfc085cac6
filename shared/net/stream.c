#include "net/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/stream_inside.h"

enum {
    RECORD_SIZE = 16 * 1024,
    WRITE_SIZE = 16 * RECORD_SIZE, /* encrypted ahead of one write */
    TURN_SIZE_MAX = 64 * 1024,     /* read from one peer in one turn */
    END_MS = 1000,
};

/* ---- life ---- */

static void end_part(struct loop_part *part)
{
    struct stream *stream = CONTAINER(part, struct stream, part);
    stream_abort(stream, "the program ends");
}

struct stream *stream_create(struct loop *loop, bool local)
{
    struct stream *stream = calloc(1, sizeof(*stream));
    if (stream == NULL)
        return NULL;
    int bad = local ? uv_pipe_init(&loop->uv, &stream->socket.pipe, 0)
                    : uv_tcp_init(&loop->uv, &stream->socket.tcp);
    if (bad != 0) {
        free(stream);
        return NULL;
    }
    stream->local = local;
    uv_timer_init(&loop->uv, &stream->timer);
    stream->socket.handle.data = stream;
    stream->timer.data = stream;
    stream->loop = loop;
    stream->holds = 2;
    buffer_init(&stream->plain, 2 * OUTPUT_CUT_BYTES);
    loop_part_add(loop, &stream->part, end_part);
    return stream;
}

static void stream_free(struct stream *stream)
{
    transport_fini(&stream->transport);
    tls_context_release(stream->context);
    buffer_fini(&stream->plain);
    buffer_fini(&stream->sending);
    free(stream->reason);
    free(stream);
}

void stream_drop(struct stream *stream)
{
    if (--stream->holds > 0)
        return;
    need(stream->phase == PHASE_CLOSED);
    listener_forget(stream);
    if (stream->events.closed != NULL)
        stream->events.closed(stream->events_context, stream->reason == NULL ? "" : stream->reason);
    stream_free(stream);
}

static void handle_closed(uv_handle_t *handle)
{
    stream_drop(handle->data);
}

bool stream_adopt(struct stream *stream, int socket)
{
    if (stream->local)
        return uv_pipe_open(&stream->socket.pipe, socket) == 0;
    return uv_tcp_open(&stream->socket.tcp, socket) == 0;
}

void stream_tune(struct stream *stream)
{
    uv_os_fd_t fd = -1;
    /* What the line cannot take waits here, where it is counted and can be replaced by newer. */
    stream_unsent_bound(stream, OUTPUT_PAUSE_BYTES);
    if (stream->local)
        return;
    uv_tcp_nodelay(&stream->socket.tcp, 1);
    uv_tcp_keepalive(&stream->socket.tcp, 1, HEARTBEAT_MS / 1000);
    if (uv_fileno(&stream->socket.handle, &fd) != 0)
        return;
    unsigned dead_ms = OUTPUT_CUT_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead_ms, sizeof(dead_ms));
}

void stream_unsent_bound(struct stream *stream, int bytes)
{
    uv_os_fd_t fd = -1;
    if (uv_fileno(&stream->socket.handle, &fd) != 0)
        return;
    if (stream->local)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    else
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}

const char *stream_words(int uv_error)
{
    switch (uv_error) {
    case UV_ECONNREFUSED:
    case UV_ENOENT: /* of a local one */
        return "nobody listens there";
    case UV_ECONNRESET:
    case UV_EPIPE:
        return "the connection was cut";
    case UV_ETIMEDOUT:
        return "the other end does not answer";
    case UV_EAI_NONAME:
        return "no such host";
    default:
        return uv_strerror(uv_error);
    }
}

/* ---- the end ---- */

static void keep_reason(struct stream *stream, const char *reason)
{
    if (stream->reason == NULL && reason != NULL)
        stream->reason = strdup(reason);
}

/* Out of every queue of the loop and the listener. */
static void leave_queues(struct stream *stream)
{
    loop_link_remove(&stream->to_read);
    if (stream->phase == PHASE_CLOSED)
        loop_link_remove(&stream->to_flush);
    if (stream->listener != NULL)
        listener_left(stream);
}

void stream_abort(struct stream *stream, const char *reason)
{
    if (stream->phase == PHASE_CLOSED)
        return;
    keep_reason(stream, reason);
    stream->phase = PHASE_CLOSED;
    stream->reading = false;
    loop_part_remove(&stream->part);
    stream_connecting_end(stream);
    if (!uv_is_closing(&stream->socket.handle))
        uv_close(&stream->socket.handle, handle_closed);
    uv_close((uv_handle_t *)&stream->timer, handle_closed);
    leave_queues(stream);
}

void stream_close(struct stream *stream, const char *reason)
{
    if (stream->phase >= PHASE_ENDING)
        return;
    if (!transport_begun(&stream->transport)) {
        stream_abort(stream, reason);
        return;
    }
    keep_reason(stream, reason);
    stream->phase = PHASE_ENDING;
    stream_read_stop(stream);
    leave_queues(stream);
    stream_deadline(stream, END_MS);
    loop_link_push(&stream->loop->to_flush, &stream->to_flush);
}

static void peer_ended(struct stream *stream)
{
    if (stream->phase == PHASE_ENDING && stream->shut)
        stream_abort(stream, NULL);
    else if (stream->phase == PHASE_OPEN && transport_ends_with_socket(&stream->transport))
        stream_close(stream, "the other end closed the connection");
    else
        stream_abort(stream, "the connection was cut");
}

static void shut_done(uv_shutdown_t *request, int status)
{
    struct stream *stream = request->handle->data;
    if (stream->phase != PHASE_ENDING)
        return;
    stream->shut = true;
    if (status != 0)
        stream_abort(stream, NULL);
    else
        stream_read_start(stream); /* until its FIN: a close now could reset what it has not read */
}

static void shut(struct stream *stream)
{
    stream->shutting = true;
    if (uv_shutdown(&stream->request.shutdown, &stream->socket.stream, shut_done) != 0)
        stream_abort(stream, NULL);
}

static void deadline_passed(uv_timer_t *timer)
{
    struct stream *stream = timer->data;
    switch (stream->phase) {
    case PHASE_CONNECT:
        stream_abort(stream, "the address does not answer");
        break;
    case PHASE_WAIT:
    case PHASE_HANDSHAKE:
        stream_abort(stream, "the handshake took too long");
        break;
    case PHASE_OPEN:
        stream_abort(stream, "the other end reads too slowly");
        break;
    case PHASE_ENDING:
    case PHASE_CLOSED:
        stream_abort(stream, NULL);
        break;
    }
}

void stream_deadline(struct stream *stream, uint64_t ms)
{
    uv_timer_start(&stream->timer, deadline_passed, ms, 0);
}

/* ---- out ---- */

static size_t plain_left(const struct stream *stream)
{
    return stream->plain.size - stream->plain_used;
}

size_t stream_waiting(const struct stream *stream)
{
    bool begun = transport_begun(&stream->transport);
    size_t encrypted = begun ? transport_output(&stream->transport).size : 0;
    return plain_left(stream) + encrypted + uv_stream_get_write_queue_size(&stream->socket.stream);
}

static bool encrypt_piece(struct stream *stream)
{
    size_t left = plain_left(stream);
    size_t size = left < RECORD_SIZE ? left : RECORD_SIZE;
    if (!transport_write(&stream->transport,
                         slice_of(stream->plain.data + stream->plain_used, size)))
        return false;
    stream->plain_used += size;
    return true;
}

static void encrypt(struct stream *stream)
{
    if (stream->phase != PHASE_OPEN && stream->phase != PHASE_ENDING)
        return;
    while (plain_left(stream) > 0 && transport_output(&stream->transport).size < WRITE_SIZE) {
        if (!encrypt_piece(stream))
            break;
    }
    bool lost = transport_state(&stream->transport) == TLS_BROKEN;
    if (plain_left(stream) == 0 || lost) {
        buffer_fini(&stream->plain);
        stream->plain_used = 0;
    }
    if (stream->phase == PHASE_ENDING && plain_left(stream) == 0)
        transport_end(&stream->transport);
}

static void turn_flush(struct stream *stream);

static void written(uv_write_t *request, int status)
{
    struct stream *stream = request->handle->data;
    stream->writing = false;
    buffer_fini(&stream->sending);
    if (stream->phase == PHASE_CLOSED)
        return;
    if (status != 0)
        stream_abort(stream, stream_words(status));
    else
        turn_flush(stream);
}

/* What the kernel does not take at once is with libuv until it has. */
static void write_later(struct stream *stream)
{
    size_t from = 0;
    transport_output_move(&stream->transport, &stream->sending, &from);
    uv_buf_t rest =
        uv_buf_init((char *)stream->sending.data + from, (unsigned)(stream->sending.size - from));
    stream->writing = true;
    int bad = uv_write(&stream->request.write, &stream->socket.stream, &rest, 1, written);
    if (bad == 0)
        return;
    stream->writing = false;
    buffer_fini(&stream->sending);
    stream_abort(stream, stream_words(bad));
}

static void write_now(struct stream *stream, struct slice out)
{
    uv_buf_t all = uv_buf_init((char *)(uintptr_t)out.data, (unsigned)out.size);
    int size = uv_try_write(&stream->socket.stream, &all, 1);
    if (size < 0 && size != UV_EAGAIN) {
        stream_abort(stream, stream_words(size));
        return;
    }
    if (size > 0)
        transport_output_taken(&stream->transport, (size_t)size);
    if (transport_output(&stream->transport).size > 0)
        write_later(stream);
}

static void send_all(struct stream *stream)
{
    while (transport_begun(&stream->transport) && !stream->writing &&
           stream->phase != PHASE_CLOSED && !stream->shutting) {
        encrypt(stream);
        struct slice out = transport_output(&stream->transport);
        if (out.size == 0)
            break;
        write_now(stream, out);
    }
}

/* A handshake is not the reader's business, so their pause does not hold it up. */
static bool may_read(const struct stream *stream)
{
    if (stream->phase == PHASE_HANDSHAKE)
        return true;
    return stream->phase == PHASE_OPEN && !stream->reader_paused &&
           stream_waiting(stream) <= OUTPUT_PAUSE_BYTES;
}

static void judge_pause(struct stream *stream)
{
    bool pause = stream->phase == PHASE_OPEN && stream_waiting(stream) > OUTPUT_PAUSE_BYTES;
    if (stream->phase != PHASE_OPEN || pause == stream->output_paused)
        return;
    stream->output_paused = pause;
    if (pause)
        stream_deadline(stream, OUTPUT_CUT_MS);
    else
        uv_timer_stop(&stream->timer);
}

/* Reading goes on or rests as the pauses say. */
static void judge_reading(struct stream *stream)
{
    if (stream->phase != PHASE_OPEN)
        return;
    judge_pause(stream);
    if (!may_read(stream))
        stream_read_stop(stream);
    else if (!stream->reading)
        loop_link_push(&stream->loop->to_read, &stream->to_read);
}

static void turn_flush(struct stream *stream)
{
    send_all(stream);
    judge_reading(stream);
    if (stream->phase >= PHASE_CLOSED || stream_waiting(stream) > 0)
        return;
    if (stream->phase == PHASE_ENDING && !stream->shutting)
        shut(stream);
    else if (stream->phase == PHASE_OPEN && stream->owes_drained) {
        stream->owes_drained = false;
        if (stream->events.drained != NULL)
            stream->events.drained(stream->events_context);
    }
}

void stream_turn_flush(struct loop_link *link)
{
    turn_flush(CONTAINER(link, struct stream, to_flush));
}

void stream_flush(struct stream *stream)
{
    send_all(stream);
    judge_reading(stream);
}

/* Does it fit beside what waits already, after the kernel has had its chance? */
static bool has_room(struct stream *stream, size_t size)
{
    if (stream_waiting(stream) + size <= OUTPUT_CUT_BYTES)
        return true;
    send_all(stream);
    size_t waiting = stream_waiting(stream);
    return waiting == 0 || waiting + size <= OUTPUT_CUT_BYTES;
}

bool stream_write(struct stream *stream, struct slice bytes)
{
    if (stream->phase != PHASE_OPEN)
        return false;
    bool room = has_room(stream, bytes.size);
    if (stream->phase != PHASE_OPEN)
        return false;
    if (!room || !buffer_put(&stream->plain, bytes.data, bytes.size)) {
        stream_abort(stream, "the other end does not read");
        return false;
    }
    stream->owes_drained = true;
    loop_link_push(&stream->loop->to_flush, &stream->to_flush);
    return true;
}

/* ---- in ---- */

static void begin_open(struct stream *stream)
{
    stream->phase = PHASE_OPEN;
    uv_timer_stop(&stream->timer);
    if (stream->listener != NULL)
        listener_left(stream);
    if (stream->events.open != NULL)
        stream->events.open(stream->events_context);
}

/* As many records as fit in the loop's buffer; fewer calls for the reader. */
static size_t decrypt(struct stream *stream)
{
    char *out = stream->loop->plain;
    size_t size = 0;
    while (LOOP_BUFFER_SIZE - size >= RECORD_SIZE) {
        size_t more = transport_read(&stream->transport, out + size, LOOP_BUFFER_SIZE - size);
        if (more == 0)
            break;
        size += more;
    }
    return size;
}

/* What a pause leaves here is delivered when reading begins anew, so it must end: the peer may have
 * said all it had to say, and no byte of theirs would bring it up again. */
static void deliver(struct stream *stream)
{
    while (stream->phase == PHASE_OPEN && may_read(stream)) {
        size_t size = decrypt(stream);
        if (size == 0)
            return;
        if (stream->events.bytes != NULL)
            stream->events.bytes(stream->events_context, slice_of(stream->loop->plain, size));
    }
    if (stream->phase == PHASE_OPEN)
        stream_read_stop(stream);
}

/* After bytes came in, or a pause is over: on with the handshake, with the reading, or to the end.
 */
static void advance(struct stream *stream)
{
    if (stream->phase == PHASE_HANDSHAKE && transport_state(&stream->transport) == TLS_OPEN)
        begin_open(stream);
    deliver(stream);
    if (stream->phase == PHASE_CLOSED)
        return;
    if (transport_state(&stream->transport) == TLS_BROKEN)
        stream_close(stream, transport_reason(&stream->transport));
    else if (transport_state(&stream->transport) == TLS_ENDED)
        stream_close(stream, "the other end closed the connection");
    if (transport_output(&stream->transport).size > 0)
        loop_link_push(&stream->loop->to_flush, &stream->to_flush);
}

/* One peer may not keep the loop to itself. */
static void count_turn(struct stream *stream, size_t size)
{
    if (stream->turn != stream->loop->turn)
        stream->turn_size = 0;
    stream->turn = stream->loop->turn;
    stream->turn_size += size;
    if (stream->turn_size < TURN_SIZE_MAX || stream->phase == PHASE_CLOSED)
        return;
    stream_read_stop(stream);
    loop_link_push(&stream->loop->to_read, &stream->to_read);
}

static void came_in(struct stream *stream, struct slice bytes)
{
    if (stream->phase == PHASE_WAIT)
        listener_begin(stream);
    count_turn(stream, bytes.size);
    if (stream->phase != PHASE_HANDSHAKE && stream->phase != PHASE_OPEN)
        return; /* on its way out: nobody listens any more */
    transport_input(&stream->transport, bytes);
    advance(stream);
}

/* A connection that has something to say but may not begin yet gets no buffer: the bytes stay with
 * the kernel, and read_done hears UV_ENOBUFS. */
static void lend_buffer(uv_handle_t *handle, size_t wished, uv_buf_t *ret_buffer)
{
    (void)wished;
    struct stream *stream = handle->data;
    bool waits = !listener_may_read(stream);
    *ret_buffer =
        waits ? uv_buf_init(NULL, 0) : uv_buf_init(stream->loop->encrypted, LOOP_BUFFER_SIZE);
}

static void read_done(uv_stream_t *handle, ssize_t size, const uv_buf_t *buffer)
{
    struct stream *stream = handle->data;
    if (size > 0)
        came_in(stream, slice_of(buffer->base, (size_t)size));
    else if (size == UV_ENOBUFS)
        listener_queue(stream);
    else if (size == UV_EOF)
        peer_ended(stream);
    else if (size < 0)
        stream_abort(stream, stream_words((int)size));
}

void stream_read_start(struct stream *stream)
{
    if (stream->reading)
        return;
    int bad = uv_read_start(&stream->socket.stream, lend_buffer, read_done);
    if (bad != 0)
        stream_abort(stream, stream_words(bad));
    else
        stream->reading = true;
}

void stream_read_stop(struct stream *stream)
{
    if (stream->reading)
        uv_read_stop(&stream->socket.stream);
    stream->reading = false;
}

void stream_turn_read(struct loop_link *link)
{
    struct stream *stream = CONTAINER(link, struct stream, to_read);
    bool discards = stream->phase == PHASE_ENDING && stream->shut;
    if (stream->phase == PHASE_HANDSHAKE || stream->phase == PHASE_OPEN)
        advance(stream);
    if (discards || may_read(stream))
        stream_read_start(stream);
}

void stream_pause(struct stream *stream, bool paused)
{
    stream->reader_paused = paused;
    judge_reading(stream);
}

bool stream_begin(struct stream *stream, struct tls_context *context)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!transport_begin(&stream->transport, context, &failure)) {
        stream_abort(stream, failure.text);
        return false;
    }
    stream->phase = PHASE_HANDSHAKE;
    stream_deadline(stream, HANDSHAKE_MS);
    loop_link_push(&stream->loop->to_flush, &stream->to_flush);
    advance(stream); /* one without TLS is open */
    return stream->phase == PHASE_HANDSHAKE || stream->phase == PHASE_OPEN;
}

/* ---- asking ---- */

void stream_peer(const struct stream *stream, struct tls_peer *ret_peer)
{
    *ret_peer = (struct tls_peer){.alpn = ""};
    if (stream->transport.tls != NULL)
        tls_peer(stream->transport.tls, ret_peer);
}

bool stream_credentials(const struct stream *stream, struct stream_credentials *ret_credentials)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    uv_os_fd_t fd = -1;
    if (!stream->local || uv_fileno(&stream->socket.handle, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    *ret_credentials = (struct stream_credentials){peer.pid, peer.uid, peer.gid};
    return true;
}

bool stream_ends(const struct stream *stream, struct sockaddr_storage *ret_peer,
                 struct sockaddr_storage *ret_own)
{
    int peer_size = sizeof(*ret_peer);
    int own_size = sizeof(*ret_own);
    const uv_tcp_t *tcp = &stream->socket.tcp;
    return !stream->local &&
           uv_tcp_getpeername(tcp, (struct sockaddr *)ret_peer, &peer_size) == 0 &&
           uv_tcp_getsockname(tcp, (struct sockaddr *)ret_own, &own_size) == 0;
}

static void local_address(const struct stream *stream, char *out, size_t capacity)
{
    struct stream_credentials peer;
    if (stream_credentials(stream, &peer))
        snprintf(out, capacity, "local:%u", (unsigned)peer.uid);
}

void stream_address(const struct stream *stream, char *out, size_t capacity)
{
    struct sockaddr_storage address;
    int size = sizeof(address);
    char host[64] = "";
    out[0] = '\0';
    if (stream->local) {
        local_address(stream, out, capacity);
        return;
    }
    if (uv_tcp_getpeername(&stream->socket.tcp, (struct sockaddr *)&address, &size) != 0)
        return;
    bool six = address.ss_family == AF_INET6;
    const struct sockaddr_in *four_address = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *six_address = (const struct sockaddr_in6 *)&address;
    if (six)
        uv_ip6_name(six_address, host, sizeof(host));
    else
        uv_ip4_name(four_address, host, sizeof(host));
    snprintf(out, capacity, six ? "[%s]:%u" : "%s:%u", host,
             ntohs(six ? six_address->sin6_port : four_address->sin_port));
}
