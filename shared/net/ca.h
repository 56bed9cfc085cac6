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

enum {
    CA_TERMINAL_DAYS = 400,
    CA_SERVER_DAYS = 800,
    CA_ROOT_DAYS = 20 * 365,
    CA_WEB_DAYS = 397, /* phones believe none that lasts much longer */
    CA_WEB_ROOT_DAYS = 10 * 365,
};

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

/*
 * An authority for the page alone, which devices of the shop are given to trust: apart from the
 * root of terminals, and of no use for any other name. It is a root whose key is gone when this
 * returns, and the issuer that it has signed; both say by X.509 name constraints that they count
 * for these names and addresses, and names below these names, alone. The issuer says it too because
 * not every device minds what a root says of itself.
 */
struct ca_web_authority {
    struct slice root; /* what devices are given */
    struct ca_pair issuer;
};
bool ca_web_authority_create(const char *const *names, int64_t now_ms, struct arena *arena,
                             struct ca_web_authority *ret_authority, struct failure *failure);
/* The page's certificate, with the issuer's behind it, and a new key; for names that the authority
 * was made for. */
bool ca_web_create(const struct ca_pair *issuer, const char *const *names, int64_t now_ms,
                   struct arena *arena, struct ca_pair *ret_page, struct failure *failure);

/* Is it what a device would believe that was given this root? FAULT_DENIED: not, for a name that
 * the root does not count for. */
bool ca_web_verify(struct slice root, struct slice chain, int64_t now_ms, struct failure *failure);

/* DER, and its SHA-256: as a device shows the fingerprint of a certificate. FAULT_DAMAGED. */
enum { CA_FINGERPRINT_SIZE = 32 };
bool ca_certificate_der(struct slice certificate, struct arena *arena, struct slice *ret_der,
                        uint8_t ret_fingerprint[CA_FINGERPRINT_SIZE], struct failure *failure);

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
