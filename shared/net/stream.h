#pragma once
/*
 * A stream: one connection on the loop, with back-pressure and an orderly end: TCP with TLS (or
 * without, for addresses that only this machine reaches), or a local one, a unix socket without it,
 * where the kernel says who the other end is. Used by session and web (accepted) and client/lib
 * (connected). The stream owns itself between open and closed:
 * after stream_close nothing of it is called back but `closed`, once, and then it is gone.
 *
 * Back-pressure: while more than OUTPUT_PAUSE_BYTES wait to be written, nothing is read; above
 * OUTPUT_CUT_BYTES, or when a pause lasts OUTPUT_CUT_MS, the stream is closed with a reason.
 * Deadlines: handshake (HANDSHAKE_MS, HANDSHAKE_INPUT_MAX; the connecting side waits HANDSHAKE_MS
 * for the connection, then SILENCE_MS, for a busy server lets handshakes wait their turn). At most
 * 64 KiB are decrypted per turn of the loop, so one peer cannot hold the others up.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "net/loop.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sockaddr_storage;
struct stream;
struct stream_listener;

/* Called on the loop, never from within stream_write or another function of this page (but
 * loop_destroy, which closes what is still open). Each may be NULL; inside each every function may
 * be called, only in `closed` none. */
struct stream_events {
    void (*open)(void *context); /* the handshake is done */
    /* Plain bytes, up to 64 KiB, valid during the call. */
    void (*bytes)(void *context, struct slice bytes);
    /* All output is with the kernel again: after each turn that queued some, or when a slow line
     * has caught up. The place to queue the next page. */
    void (*drained)(void *context);
    /* The last call. The reason is the one given to stream_close or stream_abort ("" for NULL), or
     * says why the connection ended by itself. */
    void (*closed)(void *context, const char *reason);
};

/* An address: "127.0.0.1:7420", "[::1]:7420", "localhost:7420" (resolved on the pool; each of its
 * addresses is tried). NULL only for what is known at once (no such form of address, no memory);
 * everything else is told by `closed`. The context is kept while needed. */
struct stream *stream_connect(struct loop *loop, const char *address, struct tls_context *tls,
                              const struct stream_events *events, void *context,
                              struct failure *failure);

/* Has it the form of an address, to listen on or to call? Looks nobody up. */
bool stream_address_check(const char *address, struct failure *failure);

/* The same to a local listener's path, without TLS. */
struct stream *stream_connect_local(struct loop *loop, const char *path,
                                    const struct stream_events *events, void *context,
                                    struct failure *failure);

/* One end of a pair of connected unix sockets, which becomes the stream's; open at once, without
 * TLS. NULL: it stays the caller's. */
struct stream *stream_of_pair(struct loop *loop, int socket, const struct stream_events *events,
                              void *context, struct failure *failure);

struct stream_listener_metrics {
    uint32_t open;
    uint32_t handshakes;
    uint64_t accepted;
    uint64_t turned_away;      /* over a bound */
    char turned_away_last[64]; /* the address of the last one, */
    uint32_t turned_away_of;   /* which had so many that were not proven */
    uint32_t unproven;         /* of those open */
    uint64_t starved;          /* times that no descriptor was to be had */
    uint32_t places;           /* so many may be open, as far as descriptors go */
};

/* `accepted` is called for each new connection before its handshake: it sets events and context and
 * returns true, or returns false to turn it away (then nothing is called). A silent connection is
 * cut after HANDSHAKE_MS; at most HANDSHAKES_MAX handshakes are on their way, further ones wait
 * their turn un-read. tls NULL: without, and a connection is open with its first byte: for
 * addresses that only this machine reaches. */
typedef bool (*stream_accept_fn)(void *owner, struct stream *stream,
                                 struct stream_events *ret_events, void **ret_context);
struct stream_listener *stream_listen(struct loop *loop, const char *address,
                                      struct tls_context *tls, stream_accept_fn accepted,
                                      void *owner, struct failure *failure);
/* On a unix socket, without TLS: for programs of this machine that run as the same user (mode 600).
 * Its connections are open at once, and end with the socket. A file of that name at which nobody
 * listens any more is taken away; FAULT_IO when somebody does or when it is no socket. The file is
 * removed with the listener, unless it is another one's by then. The path has at most 107 bytes. */
struct stream_listener *stream_listen_local(struct loop *loop, const char *path,
                                            stream_accept_fn accepted, void *owner,
                                            struct failure *failure);
uint16_t stream_listener_port(const struct stream_listener *listener);
void stream_listener_swap_tls(struct stream_listener *listener, struct tls_context *tls);
void stream_listener_metrics(const struct stream_listener *listener,
                             struct stream_listener_metrics *ret_metrics);
/* So many connections of one address may be open that stream_proven was not said of; 0: a share of
 * all places. */
void stream_listener_bound(struct stream_listener *listener, uint32_t unproven_each);
/* It has shown who it is: from here on it counts no longer among those that are anybody's. */
void stream_proven(struct stream *stream);
/* The peer's address as it is counted: another number is another address. */
uint64_t stream_address_key(const struct stream *stream);
/* Takes no more; open streams live on. */
void stream_listener_close(struct stream_listener *listener);

/* Queues plain bytes; false when the stream is not open (not yet, or closing) or was cut for not
 * reading. Bytes queued in one turn of the loop leave in as few TLS records and writes as possible
 * (flushed at its end). On an empty queue one message may be over OUTPUT_CUT_BYTES. */
bool stream_write(struct stream *stream, struct slice bytes);
void stream_flush(struct stream *stream);           /* now, not at the end of the turn */
size_t stream_waiting(const struct stream *stream); /* bytes not yet with the kernel */
/* The reader's own back-pressure: no more `bytes` until it is lifted (not even what is here). */
void stream_pause(struct stream *stream, bool paused);

/* Orderly: what is queued goes out, close_notify, then the socket once the other end has closed
 * too; after 1 s anyway. */
void stream_close(struct stream *stream, const char *reason);
/* At once; `closed` still comes from the loop. */
void stream_abort(struct stream *stream, const char *reason);

/* Nobody that is known, of a local stream. */
void stream_peer(const struct stream *stream, struct tls_peer *ret_peer);

/* Who connected, as the kernel knows: of a local stream. */
struct stream_credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};
bool stream_credentials(const struct stream *stream, struct stream_credentials *ret_credentials);

/* Both ends of a TCP connection; false: they are not known (any more). */
bool stream_ends(const struct stream *stream, struct sockaddr_storage *ret_peer,
                 struct sockaddr_storage *ret_own);
/* So much may wait unsent in the kernel (TCP_NOTSENT_LOWAT; OUTPUT_PAUSE_BYTES before this is
 * called): what waits here instead is counted, and holds up who writes. From `open` on. */
void stream_unsent_bound(struct stream *stream, int bytes);

/* Of the peer: "192.0.2.7:40000", or "local:" and its user's number. */
void stream_address(const struct stream *stream, char *out, size_t capacity);
