#pragma once
/*
 * TLS 1.3 over memory BIOs: no sockets here. Used by stream, and by tests that want a peer in
 * memory. Contexts are built whole, checked, then swapped; live connections keep theirs.
 *
 * No tickets, no resumption, no early data: a resumed session would not check the certificate
 * again, and early data replays.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

struct tls_context;
struct tls;

/* ALPN names. A terminal speaks "tefter/2", or with a server that does not know it "tefter/1":
 * agreeing on it in the handshake costs no frame (proto/README.md says what differs). Enrolment,
 * where no certificate exists yet, is a protocol of its own that knows one message. */
#define TLS_ALPN_TERMINAL "tefter/2"
#define TLS_ALPN_TERMINAL_1 "tefter/1"
#define TLS_ALPN_ENROL "tefter-enrol/1"
#define TLS_ALPN_WEB "http/1.1"

struct tls_identity { /* PEM */
    struct slice certificate;
    struct slice key;
};

/* Server: its identity and the root that signs terminals. A client certificate is asked for; for
 * the terminal's ALPN its absence, a wrong root or a wrong purpose fails the handshake. Its dates
 * do not: tls_peer tells when it ends, and who knows the time judges that (an ended one may still
 * be renewed). For the enrolment ALPN no certificate is wanted. */
struct tls_context *tls_context_server(const struct tls_identity *identity, struct slice root,
                                       struct failure *failure);
/* Server for browsers, TLS 1.3 and 1.2 (with authenticated ciphers): the certificate may be a
 * public one, with its chain behind it in the PEM. No client certificate is asked for; TLS_ALPN_WEB
 * is agreed when the browser names it and may be left out. */
struct tls_context *tls_context_web(const struct tls_identity *identity, struct failure *failure);
/* When the certificate that a server shows ends. */
int64_t tls_context_ends_ms(const struct tls_context *context);
/* Does it name this host ("shop.example", "192.0.2.7", "[2001:db8::7]", with a port or without)? */
bool tls_context_names(const struct tls_context *context, const char *host);
/* Client: identity NULL for enrolment. With TLS_ALPN_TERMINAL the older name is offered too;
 * tls_peer tells which was agreed. root_hash: BLAKE2b-256 of the root certificate's DER; the
 * chain the server shows must end in that root (it sends the root along), and it must be a server
 * certificate. The server's name is not checked: a private root is the identity, so a server may
 * move to another address without new certificates. root_hash NULL, for enrolment: any chain that
 * holds together; tls_peer.root tells its root, which the caller compares before it says anything.
 */
struct tls_context *tls_context_client(const struct tls_identity *identity,
                                       const struct hash *root_hash, const char *alpn,
                                       struct failure *failure);
void tls_context_release(struct tls_context *context);
void tls_context_retain(struct tls_context *context);

/* A client's first bytes are there at once. Keeps the context while it lives. */
struct tls *tls_create(struct tls_context *context, struct failure *failure);
void tls_destroy(struct tls *tls);

enum tls_state { TLS_HANDSHAKE, TLS_OPEN, TLS_ENDED, TLS_BROKEN };
enum tls_state tls_state(const struct tls *tls);
/* Why it broke, in words that are static; "" when it did not. TLS_ENDED: the peer said
 * close_notify, or we did. */
const char *tls_reason(const struct tls *tls);

/* Bytes from the socket go in; plain bytes come out by tls_read (0: none now). Bytes for the socket
 * come out by tls_output after every call of any function here; tls_output_taken drops them. */
void tls_input(struct tls *tls, struct slice bytes);
size_t tls_read(struct tls *tls, void *out, size_t capacity);
/* One record a call when <= 16 KiB (more is cut into such pieces). false: broken, ended, or still
 * TLS_OPEN and nothing of a piece of at most 16 KiB was taken: offer it again later. */
bool tls_write(struct tls *tls, struct slice plain);
struct slice tls_output(struct tls *tls);
void tls_output_taken(struct tls *tls, size_t size);
/* Hands all output over with its memory, for a write that ends later: the bytes are those from
 * *ret_from on. buffer_fini when done. */
void tls_output_move(struct tls *tls, struct buffer *ret_buffer, size_t *ret_from);
void tls_end(struct tls *tls); /* queues close_notify; nothing is read or written after it */

/* Of the peer, once open. */
struct tls_peer {
    const char *alpn; /* "" when none was agreed */
    bool has_certificate;
    int64_t not_after_ms;    /* when its certificate ends */
    uint64_t serial;         /* the terminal's certificate serial; 0 when it is over 64 bits */
    char name[80];           /* common name: "terminal 7" */
    struct hash fingerprint; /* BLAKE2b-256 of the certificate's DER */
    struct hash root;        /* client side: hash of the root the server showed */
};
void tls_peer(const struct tls *tls, struct tls_peer *ret_peer);
