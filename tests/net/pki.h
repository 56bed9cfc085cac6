#pragma once
/*
 * A company's certificates for the tests of net: made once by a test program, used by all its
 * tests, which own nothing of it.
 */
#include <assert.h>
#include <time.h>

#include "net/ca.h"
#include "net/tls.h"

#define PKI_DAY_MS (INT64_C(24) * 3600 * 1000)

struct pki {
    struct arena arena;
    struct ca_pair root;
    struct ca_pair server;
    struct ca_signed terminal;
    struct slice terminal_key;
    struct hash root_hash;
    int64_t root_ends_ms;
    int64_t now_ms;
};

static inline int64_t pki_now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* A terminal's identity as it would be had it been signed at another time. */
static inline struct tls_identity pki_terminal(struct pki *pki, uint32_t terminal, uint64_t serial,
                                               int64_t signed_ms)
{
    struct slice key;
    struct slice request;
    struct ca_signed made;
    struct failure failure = {.fault = FAULT_NONE};
    bool good = ca_request_create(&pki->arena, &key, &request, &failure) &&
                ca_terminal_sign(&pki->root, request, terminal, serial, signed_ms, &pki->arena,
                                 &made, &failure);
    need(good);
    return (struct tls_identity){made.certificate, key};
}

static inline void pki_init(struct pki *pki)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", NULL};
    struct failure failure = {.fault = FAULT_NONE};
    struct slice request;
    need(hash_setup());
    arena_init(&pki->arena, 1 << 20);
    pki->now_ms = pki_now_ms();
    bool good =
        ca_root_create("Trading", pki->now_ms, &pki->arena, &pki->root, &failure) &&
        ca_server_create(&pki->root, names, pki->now_ms, &pki->arena, &pki->server, &failure) &&
        ca_certificate_facts(pki->root.certificate, &pki->root_hash, &pki->root_ends_ms,
                             &failure) &&
        ca_request_create(&pki->arena, &pki->terminal_key, &request, &failure) &&
        ca_terminal_sign(&pki->root, request, 7, 77, pki->now_ms, &pki->arena, &pki->terminal,
                         &failure);
    need(good);
}

static inline void pki_fini(struct pki *pki)
{
    arena_fini(&pki->arena);
}

static inline struct tls_context *pki_server_context(struct pki *pki)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_identity identity = {pki->server.certificate, pki->server.key};
    struct tls_context *context = tls_context_server(&identity, pki->root.certificate, &failure);
    need(context != NULL);
    return context;
}

static inline struct tls_context *
pki_client_context(struct pki *pki, const struct tls_identity *identity, const char *alpn)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_context *context = tls_context_client(identity, &pki->root_hash, alpn, &failure);
    need(context != NULL);
    return context;
}

static inline struct tls_identity pki_own(const struct pki *pki)
{
    return (struct tls_identity){pki->terminal.certificate, pki->terminal_key};
}
