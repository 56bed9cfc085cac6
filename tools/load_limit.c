/*
 * How fast TLS records can be written to many sockets at all: a process that does nothing else, and
 * another that opens them. A round is one message to each; the next begins when all have opened it,
 * as in a push of one change at a time. Same TLS, same kind of certificates as the server's, no
 * loop library, no protocol.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"
#include "net/ca.h"
#include "net/tls.h"

enum { READ_SIZE = 16 * 1024, EVENTS = 256 };

struct peer {
    int fd;
    struct tls *tls;
};

/* What one process has. */
struct side {
    struct peer *peers;
    uint32_t count;
    struct tls_context *tls;
    uint64_t bytes;
};

static bool write_all(int fd, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written <= 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static bool peer_flush(struct peer *peer)
{
    struct slice out = tls_output(peer->tls);
    bool good = out.size == 0 || write_all(peer->fd, out.data, out.size);
    tls_output_taken(peer->tls, out.size);
    return good;
}

/* Plain bytes that came with one read; -1: broken. */
static ssize_t peer_read(struct peer *peer)
{
    uint8_t bytes[READ_SIZE];
    ssize_t plain = 0;
    ssize_t size = read(peer->fd, bytes, sizeof bytes);
    if (size <= 0)
        return -1;
    tls_input(peer->tls, slice_of(bytes, (size_t)size));
    for (size_t got; (got = tls_read(peer->tls, bytes, sizeof bytes)) > 0;)
        plain += (ssize_t)got;
    return plain;
}

static bool peer_open(struct peer *peer, struct tls_context *context)
{
    int yes = 1;
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    peer->tls = tls_create(context, NULL);
    while (peer->tls != NULL && tls_state(peer->tls) == TLS_HANDSHAKE) {
        if (!peer_flush(peer) || peer_read(peer) < 0)
            return false;
    }
    return peer->tls != NULL && peer_flush(peer) && tls_state(peer->tls) == TLS_OPEN;
}

/* ---- those who open ---- */

int load_dial(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static bool dial_all(struct side *side, uint16_t port)
{
    for (uint32_t i = 0; i < side->count; i++) {
        struct peer *peer = &side->peers[i];
        peer->fd = load_dial(port);
        if (peer->fd < 0 || !peer_open(peer, side->tls))
            return false;
    }
    return true;
}

/* Reads what is there for all; one byte to `told` for each round that is whole. */
static void open_all(struct side *side, int told)
{
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS];
    uint64_t wanted = side->bytes * side->count;
    uint64_t plain = 0;
    for (uint32_t i = 0; i < side->count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, side->peers[i].fd, &event);
    }
    for (;;) {
        int count = epoll_wait(poll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            ssize_t got = peer_read(&side->peers[events[i].data.u32]);
            if (got < 0)
                _exit(0);
            plain += (uint64_t)got;
        }
        if (plain >= wanted) {
            plain -= wanted;
            (void)!write(told, "", 1);
        }
    }
}

/* ---- the one who writes ---- */

static bool accept_all(struct side *side, int listener)
{
    for (uint32_t i = 0; i < side->count; i++) {
        side->peers[i].fd = accept(listener, NULL, NULL);
        if (side->peers[i].fd < 0 || !peer_open(&side->peers[i], side->tls))
            return false;
    }
    return true;
}

static bool write_round(struct side *side, const uint8_t *message)
{
    for (uint32_t i = 0; i < side->count; i++)
        if (!tls_write(side->peers[i].tls, slice_of(message, side->bytes)) ||
            !peer_flush(&side->peers[i]))
            return false;
    return true;
}

static bool write_rounds(struct side *side, int told, uint64_t ms, struct figures *figures)
{
    uint8_t *message = calloc(1, side->bytes);
    char heard;
    bool good = message != NULL;
    figures_begin(figures);
    uint64_t until_ns = now_ns() + ms * 1000000;
    while (good && now_ns() < until_ns) {
        uint64_t sent_ns = now_ns();
        good = write_round(side, message) && read(told, &heard, 1) == 1;
        figures_latency(figures, now_ns() - sent_ns);
        figures->count += side->count;
    }
    figures_end(figures);
    figures->server_began_ns = figures->own_began_ns; /* it is the server here */
    figures->server_ended_ns = figures->own_ended_ns;
    free(message);
    return good;
}

/* ---- both ---- */

struct papers {
    struct tls_context *server;
    struct tls_context *client;
};

static bool make_papers(struct arena *arena, struct papers *papers, struct failure *failure)
{
    static const char *const names[] = {"localhost", NULL};
    struct ca_pair root, server;
    struct ca_signed terminal;
    struct slice key, request;
    struct hash hash;
    int64_t ends_ms;
    int64_t now_ms = (int64_t)time(NULL) * 1000;
    if (!ca_root_create("limit", now_ms, arena, &root, failure) ||
        !ca_server_create(&root, names, now_ms, arena, &server, failure) ||
        !ca_request_create(arena, &key, &request, failure) ||
        !ca_terminal_sign(&root, request, 1, 1, now_ms, arena, &terminal, failure) ||
        !ca_certificate_facts(root.certificate, &hash, &ends_ms, failure))
        return false;
    struct tls_identity own = {server.certificate, server.key};
    struct tls_identity theirs = {terminal.certificate, key};
    papers->server = tls_context_server(&own, root.certificate, failure);
    papers->client = tls_context_client(&theirs, &hash, TLS_ALPN_TERMINAL, failure);
    return papers->server != NULL && papers->client != NULL;
}

int load_listen(uint16_t *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return -1;
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static bool measure(struct side *side, const struct papers *papers, uint64_t ms,
                    struct figures *figures)
{
    int told[2];
    uint16_t port;
    int listener = load_listen(&port);
    if (listener < 0 || pipe(told) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        close(told[0]);
        side->tls = papers->client;
        if (dial_all(side, port))
            open_all(side, told[1]);
        _exit(1);
    }
    close(told[1]);
    side->tls = papers->server;
    bool good = child > 0 && accept_all(side, listener) && write_rounds(side, told[0], ms, figures);
    for (uint32_t i = 0; i < side->count; i++)
        shutdown(side->peers[i].fd, SHUT_RDWR);
    return waitpid(child, NULL, 0) == child && good;
}

int job_limit(const struct settings *settings)
{
    static struct figures figures;
    struct failure failure = {0};
    struct arena arena;
    struct papers papers = {NULL, NULL};
    struct side side = {.count = (uint32_t)settings->terminals, .bytes = settings->bytes};
    arena_init(&arena, 1024 * 1024);
    side.peers = calloc(side.count, sizeof *side.peers);
    bool good = side.peers != NULL && make_papers(&arena, &papers, &failure) &&
                (measure(&side, &papers, settings->ms, &figures) ||
                 fail(&failure, FAULT_IO, errno, "the limit cannot be measured"));
    free(side.peers);
    if (!good)
        return job_failed(&failure);
    figures_print(&figures, "");
    return 0;
}
