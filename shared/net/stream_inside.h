#pragma once
/*
 * Inside net: one connection, shared by stream.c (its life and bytes), connect.c (how ours begin),
 * listener.c (how theirs begin) and local.c (the files of local listeners).
 *
 *   connect.c   CONNECT --+
 *                         +--> HANDSHAKE --> OPEN --> ENDING --> CLOSED --> (closed, freed)
 *   listener.c  WAIT -----+         |          |                   ^
 *                         +---------+----------+---- stream_abort--+
 *
 * CLOSED: the handles are being closed. The memory goes when nothing points to it any more
 * (`holds`): both handles; a write, a connect and a shutdown always end before their handle does,
 * and the look-up of an address keeps no stream alive.
 */
#include <sys/types.h>
#include <sys/un.h>

#include "base/tally.h"
#include "net/loop_inside.h"
#include "net/stream.h"
#include "net/transport.h"

enum stream_phase {
    PHASE_CONNECT,
    PHASE_WAIT, /* accepted; no byte has come yet, or too many handshakes are on their way */
    PHASE_HANDSHAKE,
    PHASE_OPEN,
    PHASE_ENDING, /* output goes out, close_notify, FIN; then the peer's FIN is waited for */
    PHASE_CLOSED,
};

struct stream_connecting;

struct stream {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe; /* of a local one */
    } socket;
    uv_timer_t timer; /* the one deadline of its phase */
    union {           /* never two at a time */
        uv_connect_t connect;
        uv_write_t write;
        uv_shutdown_t shutdown;
    } request;
    struct loop *loop;
    struct loop_part part;
    struct loop_link to_read;
    struct loop_link to_flush;
    struct loop_link
        to_start;         /* in one of the listener's lists: silent, waits, under way, stalled */
    uint64_t started_ms;  /* its silence, then its handshake */
    uint64_t address_key; /* of the peer; 0: this machine, or ours */
    struct stream_listener *listener;
    struct stream_connecting *connecting;
    struct tls_context *context; /* of a connect; accepted ones take the listener's of the moment */
    struct transport transport;  /* from the handshake on */
    struct stream_events events;
    void *events_context;
    char *reason;        /* of the end, once it is known */
    struct buffer plain; /* queued; the first plain_used bytes are encrypted */
    size_t plain_used;
    struct buffer sending; /* what request.write holds */
    uint64_t turn;         /* turn_size counts the bytes of this turn */
    size_t turn_size;
    enum stream_phase phase;
    unsigned holds;
    bool local;         /* a unix socket, without TLS: open from its first moment */
    bool reading;       /* the handle is */
    bool reader_paused; /* stream_pause */
    bool output_paused; /* too much waits to be written */
    bool writing;       /* request.write is with the kernel */
    bool owes_drained;  /* bytes were queued since `drained` was last called */
    bool shutting;      /* request.shutdown is on its way */
    bool shut;          /* FIN is sent */
    bool in_handshake;  /* counted by the listener as under way */
    bool stalled;       /* or as stalled */
    bool unproven;      /* counted by the listener as anybody's */
};

/* ---- stream.c ---- */

struct stream *stream_create(struct loop *loop, bool local);
/* A connected socket becomes its own; false: it does not. */
bool stream_adopt(struct stream *stream, int socket);
void stream_drop(struct stream *stream); /* frees with the last one */
void stream_tune(struct stream *stream); /* options of a connected socket */
void stream_deadline(struct stream *stream, uint64_t ms);
void stream_read_start(struct stream *stream);
void stream_read_stop(struct stream *stream);
/* The TLS connection begins, or without a context one that is open; false: aborted. From the
 * loop. */
bool stream_begin(struct stream *stream, struct tls_context *context);
const char *stream_words(int uv_error);

/* ---- local.c ---- */

bool local_address_make(const char *path, struct sockaddr_un *ret_address, struct failure *failure);
int local_socket(void);

/* The file a local listener has made, and which one it was: another one's stays. */
struct local_file {
    char *path;
    dev_t device;
    ino_t number;
};
/* Binds and listens; 0, or libuv's error. */
int local_listen(int socket, const struct sockaddr_un *address, int backlog,
                 struct local_file *ret_file);
void local_forget(struct local_file *file); /* before its socket is closed */

/* ---- connect.c ---- */

void stream_connecting_end(struct stream *stream);

/* "host:port" in two parts, brackets taken off; empty host: NULL. */
struct stream_endpoint {
    char host[256];
    char port[8];
};
bool stream_endpoint_read(const char *address, struct stream_endpoint *ret_place,
                          struct failure *failure);

/* ---- listener.c ---- */

/* An address as it is counted: stream_address_key. */
uint64_t stream_key_of(const struct sockaddr_storage *address);
/* May this one begin its handshake now, or go on with it? If not it is queued. */
bool listener_may_read(const struct stream *stream);
void listener_queue(struct stream *stream);
void listener_begin(struct stream *stream);
/* It is no longer waiting or in its handshake: the next one may begin. */
void listener_left(struct stream *stream);
void listener_forget(struct stream *stream); /* it is gone */
