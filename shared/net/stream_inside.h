#pragma once
/*
 * Inside net: one connection, shared by stream.c (its life and bytes), connect.c (how ours begin)
 * and listener.c (how theirs begin).
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
#include "net/loop_inside.h"
#include "net/stream.h"

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
    uv_tcp_t tcp;
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
    struct loop_link to_start; /* in one of the listener's lists: waits, under way, stalled */
    uint64_t started_ms;       /* its handshake */
    struct stream_listener *listener;
    struct stream_connecting *connecting;
    struct tls_context *context; /* of a connect; accepted ones take the listener's of the moment */
    struct tls *tls;             /* from the handshake on */
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
    bool reading;       /* the handle is */
    bool reader_paused; /* stream_pause */
    bool output_paused; /* too much waits to be written */
    bool writing;       /* request.write is with the kernel */
    bool owes_drained;  /* bytes were queued since `drained` was last called */
    bool shutting;      /* request.shutdown is on its way */
    bool shut;          /* FIN is sent */
    bool in_handshake;  /* counted by the listener as under way */
    bool stalled;       /* or as stalled */
};

/* ---- stream.c ---- */

struct stream *stream_create(struct loop *loop);
void stream_drop(struct stream *stream); /* frees with the last one */
void stream_tune(struct stream *stream); /* options of a connected socket */
void stream_deadline(struct stream *stream, uint64_t ms);
void stream_read_start(struct stream *stream);
void stream_read_stop(struct stream *stream);
/* The TLS connection begins; false: aborted. */
bool stream_handshake(struct stream *stream, struct tls_context *context);
const char *stream_words(int uv_error);

/* ---- connect.c ---- */

void stream_connecting_end(struct stream *stream);

/* "host:port" in two parts, brackets taken off; empty host: NULL. */
struct stream_place {
    char host[256];
    char port[8];
};
bool stream_place_read(const char *address, struct stream_place *ret_place,
                       struct failure *failure);

/* ---- listener.c ---- */

/* May this one begin its handshake now, or go on with it? If not it is queued. */
bool listener_may_read(const struct stream *stream);
void listener_queue(struct stream *stream);
void listener_begin(struct stream *stream);
/* It is no longer waiting or in its handshake: the next one may begin. */
void listener_left(struct stream *stream);
void listener_forget(struct stream *stream); /* it is gone */
