#include "net/responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/responder_inside.h"
#include "net/stream_inside.h"

enum { TICK_MS = 100, BACKLOG = 64, HEAD_OUT_MAX = 256 };

enum phase { READS, WRITES, LINGERS };

struct connection {
    uv_poll_t poll;
    struct responder *responder;
    int fd; /* -1: the place is free */
    enum phase phase;
    uint64_t ends_ms;
    uint64_t number; /* the oldest has the least */
    size_t size;
    char head[RESPONDER_HEAD_MAX];
    struct buffer out;
    size_t sent;
};

struct responder {
    struct loop_part part;
    struct responder_options options;
    uv_poll_t comes;
    uv_timer_t tick; /* runs while there is a connection, or no descriptor was to be had */
    int fd;
    struct local_file file; /* of a unix socket */
    uint64_t accepted;
    unsigned holds; /* handles that are not closed */
    bool ending;
    char address[RESPONDER_ADDRESS_MAX];
    struct buffer body;
    struct connection connections[RESPONDER_CONNECTIONS_MAX];
};

static void let_go(struct responder *responder)
{
    if (--responder->holds > 0)
        return;
    buffer_fini(&responder->body);
    free(responder);
}

static void came(uv_poll_t *poll, int status, int events);

static void listen_on(struct responder *responder)
{
    if (!responder->ending)
        uv_poll_start(&responder->comes, UV_READABLE, came);
}

/* ---- one connection ---- */

static void connection_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    close(connection->fd);
    connection->fd = -1;
    buffer_fini(&connection->out);
    listen_on(connection->responder);
    let_go(connection->responder);
}

static void connection_end(struct connection *connection)
{
    if (!uv_is_closing((uv_handle_t *)&connection->poll))
        uv_close((uv_handle_t *)&connection->poll, connection_closed);
}

static void ready(uv_poll_t *poll, int status, int events);

/* When all is with the kernel, it waits for the other end to close: to close with bytes un-read
 * would take back what was sent. */
static void write_on(struct connection *connection)
{
    struct buffer *out = &connection->out;
    while (connection->sent < out->size) {
        ssize_t sent = send(connection->fd, out->data + connection->sent,
                            out->size - connection->sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            uv_poll_start(&connection->poll, UV_WRITABLE, ready);
            return;
        }
        if (sent < 0) {
            connection_end(connection);
            return;
        }
        connection->sent += (size_t)sent;
    }
    shutdown(connection->fd, SHUT_WR);
    connection->phase = LINGERS;
    uv_poll_start(&connection->poll, UV_READABLE, ready);
}

enum method { METHOD_NONE, METHOD_GET, METHOD_HEAD };

/* Takes `word` off the front of the request's first line. */
static bool took(struct slice *line, const char *word)
{
    struct slice wanted = slice_text(word);
    if (!slice_starts(*line, wanted))
        return false;
    *line = slice_of(line->data + wanted.size, line->size - wanted.size);
    return true;
}

/* "http://HOST" before the path, as proxies send it. */
static void drop_host(struct slice *line)
{
    if (!took(line, "http://"))
        return;
    while (line->size > 0 && *line->data > ' ' && *line->data != '/')
        *line = slice_of(line->data + 1, line->size - 1);
}

/* A query behind the path asks for nothing else. */
static void drop_query(struct slice *line)
{
    if (line->size == 0 || *line->data != '?')
        return;
    while (line->size > 0 && *line->data > ' ')
        *line = slice_of(line->data + 1, line->size - 1);
}

static enum method asks_for(const struct connection *connection, const char *path)
{
    struct slice line = slice_of(connection->head, connection->size);
    enum method method = took(&line, "GET ")    ? METHOD_GET
                         : took(&line, "HEAD ") ? METHOD_HEAD
                                                : METHOD_NONE;
    drop_host(&line);
    if (!took(&line, path))
        return METHOD_NONE;
    drop_query(&line);
    return took(&line, " HTTP/1.1\r\n") || took(&line, " HTTP/1.0\r\n") ? method : METHOD_NONE;
}

static void answer(struct connection *connection)
{
    const struct responder_options *options = &connection->responder->options;
    struct buffer *body = &connection->responder->body;
    const char *status = "404 Not Found";
    char head[HEAD_OUT_MAX];
    enum method method = asks_for(connection, options->path);
    buffer_clear(body);
    if (method != METHOD_NONE) {
        bool whole = options->body(options->owner, body) && !body->overflow;
        status = whole ? "200 OK" : "503 Service Unavailable";
        if (!whole)
            buffer_clear(body);
    }
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        status, options->type, body->size);
    connection->phase = WRITES;
    if (buffer_put(&connection->out, head, (size_t)size) &&
        buffer_put(&connection->out, body->data, method == METHOD_HEAD ? 0 : body->size))
        write_on(connection);
    else
        connection_end(connection);
}

static void read_on(struct connection *connection)
{
    size_t at = connection->phase == READS ? connection->size : 0;
    ssize_t got = recv(connection->fd, connection->head + at, sizeof connection->head - at, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        connection_end(connection);
        return;
    }
    if (connection->phase == LINGERS)
        return;
    connection->size += (size_t)got;
    if (memmem(connection->head, connection->size, "\r\n\r\n", 4) != NULL)
        answer(connection);
    else if (connection->size == sizeof connection->head)
        connection_end(connection);
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct connection *connection = poll->data;
    (void)events;
    if (status < 0)
        connection_end(connection);
    else if (connection->phase == WRITES)
        write_on(connection);
    else
        read_on(connection);
}

/* ---- all of them ---- */

static void tick(uv_timer_t *timer)
{
    struct responder *responder = timer->data;
    unsigned open = 0;
    for (size_t i = 0; i < RESPONDER_CONNECTIONS_MAX; i++) {
        struct connection *connection = &responder->connections[i];
        if (connection->fd < 0)
            continue;
        open++;
        if (loop_now_ms(responder->options.loop) >= connection->ends_ms)
            connection_end(connection);
    }
    if (open == 0)
        uv_timer_stop(timer);
    if (open < RESPONDER_CONNECTIONS_MAX)
        listen_on(responder);
}

static struct connection *free_place(struct responder *responder)
{
    for (size_t i = 0; i < RESPONDER_CONNECTIONS_MAX; i++)
        if (responder->connections[i].fd < 0)
            return &responder->connections[i];
    return NULL;
}

/* Who has been silent longest makes room for who comes: they may hold places, not delay others. */
static void cut_silent(struct responder *responder)
{
    struct connection *oldest = NULL;
    for (size_t i = 0; i < RESPONDER_CONNECTIONS_MAX; i++) {
        struct connection *connection = &responder->connections[i];
        if (uv_is_closing((uv_handle_t *)&connection->poll))
            return;
        if (connection->phase == READS && (!oldest || connection->number < oldest->number))
            oldest = connection;
    }
    if (oldest)
        connection_end(oldest);
}

static void connection_begin(struct connection *connection, struct responder *responder, int fd)
{
    if (uv_poll_init(&responder->options.loop->uv, &connection->poll, fd) != 0) {
        close(fd);
        return;
    }
    connection->poll.data = connection;
    connection->responder = responder;
    connection->fd = fd;
    connection->phase = READS;
    connection->number = ++responder->accepted;
    connection->ends_ms = loop_now_ms(responder->options.loop) + RESPONDER_MS;
    connection->size = connection->sent = 0;
    buffer_init(&connection->out, RESPONDER_BODY_MAX + HEAD_OUT_MAX);
    responder->holds++;
    uv_poll_start(&connection->poll, UV_READABLE, ready);
}

/* It rests while all places are taken, or when the system has no descriptor. */
static void came(uv_poll_t *poll, int status, int events)
{
    struct responder *responder = poll->data;
    struct connection *connection;
    (void)status;
    (void)events;
    if (free_place(responder) == NULL) { /* and somebody waits */
        uv_poll_stop(poll);
        cut_silent(responder);
    }
    while ((connection = free_place(responder)) != NULL) {
        int fd = accept4(responder->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && errno == EAGAIN)
            break;
        if (fd < 0 && errno != ECONNABORTED && errno != EINTR) {
            uv_poll_stop(poll);
            break;
        }
        if (fd >= 0)
            connection_begin(connection, responder, fd);
    }
    if (!uv_is_active((uv_handle_t *)&responder->tick))
        uv_timer_start(&responder->tick, tick, TICK_MS, TICK_MS);
}

/* ---- life ---- */

/* 0, or what is wrong. */
static int listen_at(struct responder *responder, const struct responder_place *place)
{
    const struct sockaddr *address = (const struct sockaddr *)&place->address;
    int on = 1;
    if (address->sa_family == AF_UNIX)
        return -local_listen(responder->fd, (const struct sockaddr_un *)address, BACKLOG,
                             &responder->file);
    setsockopt(responder->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(responder->fd, address, place->size) == 0 && listen(responder->fd, BACKLOG) == 0
               ? 0
               : errno;
}

static bool open_socket(struct responder *responder, struct failure *failure)
{
    struct responder_place place;
    const char *address = responder->options.address;
    struct stat found;
    if (!responder_place_read(address, &place, failure))
        return false;
    responder->fd = socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (responder->fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make a socket");
    int bad = listen_at(responder, &place);
    if (bad == EADDRINUSE && address[0] == '/' && lstat(address, &found) == 0 &&
        !S_ISSOCK(found.st_mode))
        return fail(failure, FAULT_USE, 0,
                    "%s is there and is no socket; it is left as it is: name a path that is free",
                    address);
    if (bad != 0)
        return fail(failure, FAULT_IO, bad, "cannot listen on %s", address);
    responder_place_write(responder->fd, &place, responder->address);
    return true;
}

static void handle_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

static void socket_closed(uv_handle_t *handle)
{
    struct responder *responder = handle->data;
    close(responder->fd);
    let_go(responder);
}

void responder_destroy(struct responder *responder)
{
    if (responder == NULL || responder->ending)
        return;
    responder->ending = true;
    loop_part_remove(&responder->part);
    local_forget(&responder->file);
    uv_close((uv_handle_t *)&responder->comes, socket_closed);
    uv_close((uv_handle_t *)&responder->tick, handle_closed);
    for (size_t i = 0; i < RESPONDER_CONNECTIONS_MAX; i++)
        if (responder->connections[i].fd >= 0)
            connection_end(&responder->connections[i]);
}

static void end_part(struct loop_part *part)
{
    responder_destroy((struct responder *)part);
}

static bool begin(struct responder *responder, struct failure *failure)
{
    uv_loop_t *uv = &responder->options.loop->uv;
    int bad = uv_poll_init(uv, &responder->comes, responder->fd);
    if (bad != 0)
        return fail(failure, FAULT_IO, -bad, "cannot watch a socket");
    uv_timer_init(uv, &responder->tick);
    responder->comes.data = responder->tick.data = responder;
    responder->holds = 2;
    loop_part_add(responder->options.loop, &responder->part, end_part);
    listen_on(responder);
    return true;
}

struct responder *responder_create(const struct responder_options *options, struct failure *failure)
{
    struct responder *responder = calloc(1, sizeof *responder);
    if (responder == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a responder");
        return NULL;
    }
    responder->options = *options;
    responder->fd = -1;
    for (size_t i = 0; i < RESPONDER_CONNECTIONS_MAX; i++)
        responder->connections[i].fd = -1;
    buffer_init(&responder->body, RESPONDER_BODY_MAX);
    if (open_socket(responder, failure) && begin(responder, failure))
        return responder;
    local_forget(&responder->file);
    if (responder->fd >= 0)
        close(responder->fd);
    free(responder);
    return NULL;
}

const char *responder_address(const struct responder *responder)
{
    return responder->address;
}
