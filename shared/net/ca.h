#pragma once
/*
 * The company's own certificate authority: ECDSA P-256, one root. Used by `tefterd init` (root and
 * server certificate), by enrolment and renewal (terminals), by the client (key and request).
 * All PEM unless said; memory comes from the arena.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum { CA_TERMINAL_DAYS = 400, CA_SERVER_DAYS = 800, CA_ROOT_DAYS = 20 * 365 };

struct ca_pair {
    struct slice certificate;
    struct slice key;
};

/* now_ms: the clock is the caller's. Certificates start a day before it (clocks differ). Of a long
 * company name the first 64 characters are kept. Failures: FAULT_USE, FAULT_PEER (a bad request),
 * FAULT_DAMAGED (the root's PEM), FAULT_MEMORY. */
bool ca_root_create(const char *company, int64_t now_ms, struct arena *arena,
                    struct ca_pair *ret_root, struct failure *failure);
/* names: NULL-terminated DNS names and IP addresses of the server. */
bool ca_server_create(const struct ca_pair *root, const char *const *names, int64_t now_ms,
                      struct arena *arena, struct ca_pair *ret_server, struct failure *failure);

/* The server's certificate again, with the same key and names and new days: so one file changes. */
bool ca_server_renew(const struct ca_pair *root, const struct ca_pair *server, int64_t now_ms,
                     struct arena *arena, struct slice *ret_certificate, struct failure *failure);

/* Terminal side: a new key and a signing request (PEM). */
bool ca_request_create(struct arena *arena, struct slice *ret_key, struct slice *ret_request,
                       struct failure *failure);

/* Is it the key of that certificate? FAULT_DAMAGED: no, or one of them cannot be read. */
bool ca_pair_check(const struct ca_pair *pair, struct failure *failure);

struct ca_signed {
    struct slice certificate;
    struct hash fingerprint;
    int64_t not_after_ms;
};
/* Signs a terminal's request: common name "terminal N", clientAuth, the given serial (0: a random
 * one, which tls_peer cannot tell). Of the request only the key counts. Refuses requests that are
 * not P-256 or not signed by their key. */
bool ca_terminal_sign(const struct ca_pair *root, struct slice request, uint32_t terminal,
                      uint64_t serial, int64_t now_ms, struct arena *arena,
                      struct ca_signed *ret_signed, struct failure *failure);

/* Is the key that of the certificate? FAULT_DAMAGED: not. */
bool ca_pair_fits(const struct ca_pair *pair, struct failure *failure);

/* BLAKE2b-256 of a certificate's DER, and when it ends. */
bool ca_certificate_facts(struct slice certificate, struct hash *ret_fingerprint,
                          int64_t *ret_not_after_ms, struct failure *failure);
/* From when to when it counts; false: not a certificate. */
bool ca_certificate_days(struct slice certificate, int64_t *ret_not_before_ms,
                         int64_t *ret_not_after_ms);
