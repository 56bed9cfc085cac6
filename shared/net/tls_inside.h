#pragma once
/*
 * Inside net: what tls_context.c and tls.c share. A context is a checked SSL_CTX and what it wants
 * of its peers; a connection is an SSL whose BIO is two buffers.
 */
#include <openssl/ssl.h>
#include <stdatomic.h>

#include "base/bytes.h"
#include "net/tls.h"

struct tls_context {
    atomic_int references;
    SSL_CTX *ssl;
    bool server;
    const char *const *protocols; /* ALPN names it speaks, ended by NULL; static */
    bool protocol_needed;         /* no connection without an agreed one */
    struct hash root_hash;        /* client: the root it pins */
    bool any_root;                /* client: none is pinned, its hash is told */
};

struct tls {
    SSL *ssl;
    struct tls_context *context;
    enum tls_state state;
    const char *reason; /* static */
    struct buffer in;   /* from the socket; the first in_used bytes are read */
    size_t in_used;
    size_t record_left; /* of the record that is being read; only once open */
    struct buffer out;  /* for the socket; the first out_used bytes are taken */
    size_t out_used;
    size_t handshake_size;    /* bytes that came before the handshake was done */
    uint64_t updates_from_ms; /* the minute in which key updates are counted */
    uint32_t updates;
    bool flooded;
    struct tls_peer peer;
};

/* Of a connection's SSL; for the callbacks of its context. */
static inline struct tls *tls_of(const SSL *ssl)
{
    return SSL_get_app_data(ssl);
}

/* The protocol of the context that these bytes name, NULL when none. */
const char *tls_protocol_of(const struct tls_context *context, struct slice name);

/* BLAKE2b-256 of the DER. */
bool tls_certificate_hash(X509 *certificate, struct hash *ret_hash);
bool tls_certificate_begins(X509 *certificate, int64_t *ret_not_before_ms);
bool tls_certificate_ends(X509 *certificate, int64_t *ret_not_after_ms);

/* The first certificate of a PEM, NULL when there is none. */
X509 *tls_certificate_read(struct slice pem);
EVP_PKEY *tls_key_read(struct slice pem);

/* A post-handshake message has come from the peer. */
void tls_count_update(struct tls *tls);
