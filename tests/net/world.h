#pragma once
/*
 * A server and its clients on one loop, for the tests of streams. A world owns loop, listener and
 * contexts, or the folder of its local listener; a side is one end of a connection and what
 * happened to it, and lives as long as its world.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/limits.h"
#include "net/pki.h"
#include "net/stream.h"

enum { SIDES_MAX = 1024 };

/* Worlds made from now on are of local streams. */
static bool world_local;

struct world;

struct side {
    struct world *world;
    struct stream *stream; /* NULL when closed */
    struct buffer got;
    size_t got_size; /* also when nothing is kept */
    unsigned calls;  /* of bytes */
    unsigned drained;
    bool opened;
    bool closed;
    char reason[256];
    void (*on_bytes)(struct side *side, struct slice bytes); /* instead of keeping them */
    void (*on_open)(struct side *side);
    void (*on_drained)(struct side *side);
};

struct world {
    struct pki pki;
    struct loop *loop;
    struct stream_listener *listener;
    struct tls_context *server;
    struct tls_context *client;
    struct side sides[SIDES_MAX];
    unsigned count;
    unsigned accepted; /* sides that are the server's */
    bool welcome;
    void (*on_bytes)(struct side *side, struct slice bytes); /* of the server's sides */
    void (*on_open)(struct side *side);
    void (*on_drained)(struct side *side);
    char address[64];
    char folder[32]; /* of a local one */
    bool late;
};

static inline void side_open(void *context)
{
    struct side *side = context;
    assert_false(side->opened || side->closed);
    side->opened = true;
    if (side->on_open != NULL)
        side->on_open(side);
}

static inline void side_bytes(void *context, struct slice bytes)
{
    struct side *side = context;
    assert_true(side->opened && !side->closed && bytes.size > 0);
    side->calls++;
    side->got_size += bytes.size;
    if (side->on_bytes != NULL)
        side->on_bytes(side, bytes);
    else
        assert_true(buffer_put(&side->got, bytes.data, bytes.size));
}

static inline void side_drained(void *context)
{
    struct side *side = context;
    assert_true(side->opened && !side->closed);
    side->drained++;
    if (side->on_drained != NULL)
        side->on_drained(side);
}

static inline void side_closed(void *context, const char *reason)
{
    struct side *side = context;
    assert_false(side->closed);
    side->closed = true;
    side->stream = NULL;
    snprintf(side->reason, sizeof(side->reason), "%s", reason);
}

static const struct stream_events side_events = {side_open, side_bytes, side_drained, side_closed};

static inline struct side *side_new(struct world *world)
{
    assert_true(world->count < SIDES_MAX);
    struct side *side = &world->sides[world->count++];
    side->world = world;
    buffer_init(&side->got, SIZE_MAX);
    return side;
}

static inline bool world_accept(void *owner, struct stream *stream,
                                struct stream_events *ret_events, void **ret_context)
{
    struct world *world = owner;
    if (!world->welcome)
        return false;
    struct side *side = side_new(world);
    side->stream = stream;
    side->on_bytes = world->on_bytes;
    side->on_open = world->on_open;
    side->on_drained = world->on_drained;
    world->accepted++;
    *ret_events = side_events;
    *ret_context = side;
    return true;
}

static inline void world_listen(struct world *world)
{
    struct failure failure = {.fault = FAULT_NONE};
    pki_init(&world->pki);
    struct tls_identity own = pki_own(&world->pki);
    world->server = pki_server_context(&world->pki);
    world->client = pki_client_context(&world->pki, &own, TLS_ALPN_TERMINAL);
    world->listener =
        stream_listen(world->loop, "127.0.0.1:0", world->server, world_accept, world, &failure);
    assert_non_null(world->listener);
    stream_listener_bound(world->listener, SESSIONS_MAX); /* nobody proves anything here */
    snprintf(world->address, sizeof(world->address), "127.0.0.1:%u",
             stream_listener_port(world->listener));
}

static inline void world_listen_local(struct world *world)
{
    struct failure failure = {.fault = FAULT_NONE};
    snprintf(world->folder, sizeof(world->folder), "/tmp/tefter-net-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->address, sizeof(world->address), "%s/socket", world->folder);
    world->listener =
        stream_listen_local(world->loop, world->address, world_accept, world, &failure);
    assert_non_null(world->listener);
}

static inline struct world *world_create(void)
{
    struct world *world = calloc(1, sizeof(*world));
    struct failure failure = {.fault = FAULT_NONE};
    assert_non_null(world);
    world->loop = loop_create(&failure);
    if (world_local)
        world_listen_local(world);
    else
        world_listen(world);
    world->welcome = true;
    return world;
}

static inline void world_destroy(struct world *world)
{
    loop_destroy(world->loop);
    for (unsigned i = 0; i < world->count; i++) {
        assert_true(world->sides[i].closed);
        buffer_fini(&world->sides[i].got);
    }
    if (world->folder[0] != '\0') {
        assert_int_equal(rmdir(world->folder), 0); /* no socket was left behind */
    } else {
        tls_context_release(world->server);
        tls_context_release(world->client);
        pki_fini(&world->pki);
    }
    free(world);
}

static inline struct side *world_connect(struct world *world)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct side *side = side_new(world);
    if (world->folder[0] != '\0')
        side->stream =
            stream_connect_local(world->loop, world->address, &side_events, side, &failure);
    else
        side->stream = stream_connect(world->loop, world->address, world->client, &side_events,
                                      side, &failure);
    assert_non_null(side->stream);
    return side;
}

/* The server's side number n, in the order they were accepted; NULL when there is none yet. */
static inline struct side *world_peer(struct world *world, unsigned n, const struct side *client)
{
    for (unsigned i = 0; i < world->count; i++) {
        struct side *side = &world->sides[i];
        if (side != client && n-- == 0)
            return side;
    }
    return NULL;
}

static inline void world_late(void *context)
{
    struct world *world = context;
    world->late = true;
}

static inline void world_tick(void *context)
{
    (void)context;
}

typedef bool (*world_fn)(struct world *world);

/* Turns the loop until it is so, or fails after some time. */
static inline void world_until(struct world *world, world_fn so, unsigned most_ms, const char *what)
{
    struct loop_timer *late = loop_timer_create(world->loop, world_late, world);
    struct loop_timer *tick = loop_timer_create(world->loop, world_tick, world);
    world->late = false;
    loop_timer_start(late, most_ms, 0);
    loop_timer_start(tick, 2, 2);
    while (!so(world) && !world->late)
        uv_run(loop_uv(world->loop), UV_RUN_ONCE);
    loop_timer_destroy(late);
    loop_timer_destroy(tick);
    if (!so(world))
        fail_msg("not within %u ms: %s", most_ms, what);
}
#define until(world, so, most_ms) world_until(world, so, most_ms, #so)

static inline bool never(struct world *world)
{
    return world->late;
}

static inline void world_wait(struct world *world, unsigned ms)
{
    world_until(world, never, ms, "");
}

/* A bare socket that has connected to the server. */
static inline int world_socket(struct world *world)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(stream_listener_port(world->listener)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}
