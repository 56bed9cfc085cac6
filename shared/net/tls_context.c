/*
 * TLS contexts: what is offered, who is believed.
 *
 *   server  terminal's protocol: a certificate signed by our root, for clients; its dates are
 *           judged elsewhere. Enrolment's protocol: none is asked for (the ALPN callback runs
 *           before the CertificateRequest is written). No common protocol: no handshake.
 *   web     browsers: no certificate of theirs, no private protocol; any public certificate of
 *           ours; TLS 1.2 too.
 *   client  the server's chain must end in the root with the pinned hash. The name is not looked
 *           at: a private root that signs one server is the identity, whatever its address.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "base/fault.h"
#include "net/tls_inside.h"

enum { CHAIN_DEPTH_MAX = 2 };

/* ---- certificates ---- */

static BIO *pem_bio(struct slice pem)
{
    return pem.size == 0 || pem.size > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.size);
}

X509 *tls_certificate_read(struct slice pem)
{
    ERR_clear_error();
    BIO *bio = pem_bio(pem);
    X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return certificate;
}

EVP_PKEY *tls_key_read(struct slice pem)
{
    ERR_clear_error();
    BIO *bio = pem_bio(pem);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

bool tls_certificate_hash(X509 *certificate, struct hash *ret_hash)
{
    unsigned char *der = NULL;
    int size = i2d_X509(certificate, &der);
    if (size <= 0)
        return false;
    hash_of(der, (size_t)size, ret_hash);
    OPENSSL_free(der);
    return true;
}

static bool instant_of(const ASN1_TIME *when, int64_t *ret_ms)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(when, &parts) != 1)
        return false;
    *ret_ms = (int64_t)timegm(&parts) * 1000;
    return true;
}

bool tls_certificate_ends(X509 *certificate, int64_t *ret_not_after_ms)
{
    return instant_of(X509_get0_notAfter(certificate), ret_not_after_ms);
}

bool tls_certificate_begins(X509 *certificate, int64_t *ret_not_before_ms)
{
    return instant_of(X509_get0_notBefore(certificate), ret_not_before_ms);
}

/* A certificate that names no purpose has none here. */
static bool has_purpose(X509 *certificate, uint32_t purpose)
{
    uint32_t known = X509_get_extended_key_usage(certificate);
    return known != UINT32_MAX && (known & purpose) != 0;
}

/* ---- who is believed ---- */

static int verify_terminal(int good, X509_STORE_CTX *store)
{
    bool leaf = X509_STORE_CTX_get_error_depth(store) == 0;
    if (good && leaf && !has_purpose(X509_STORE_CTX_get_current_cert(store), XKU_SSL_CLIENT)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_PURPOSE);
        good = 0;
    }
    return good;
}

static X509 *find_pinned(STACK_OF(X509) * shown, const struct hash *wanted)
{
    for (int i = 0; i < sk_X509_num(shown); i++) {
        struct hash hash;
        X509 *certificate = sk_X509_value(shown, i);
        if (tls_certificate_hash(certificate, &hash) && hash_equal(&hash, wanted))
            return certificate;
    }
    return NULL;
}

/* A pinned root is trusted for what it is: one that was made while a clock was ahead is no other.
 * The certificate below it must be of this day. */
static int pass_root_dates(int good, X509_STORE_CTX *store)
{
    int error = X509_STORE_CTX_get_error(store);
    bool dates = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    if (good || X509_STORE_CTX_get_error_depth(store) == 0 || !dates)
        return good;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static int verify_against(X509_STORE_CTX *store, X509 *root)
{
    STACK_OF(X509) *trusted = sk_X509_new_null();
    if (trusted == NULL || sk_X509_push(trusted, root) == 0) {
        sk_X509_free(trusted);
        X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
        return 0;
    }
    X509_STORE_CTX_set0_trusted_stack(store, trusted);
    X509_STORE_CTX_set_verify_cb(store, pass_root_dates);
    int good = X509_verify_cert(store);
    X509_STORE_CTX_set0_trusted_stack(store, NULL);
    sk_X509_free(trusted);
    return good;
}

/* For enrolment, which compares the root with its code before it tells anything. */
static X509 *find_own_signed(STACK_OF(X509) * shown)
{
    for (int i = 0; i < sk_X509_num(shown); i++) {
        X509 *certificate = sk_X509_value(shown, i);
        if (X509_check_issued(certificate, certificate) == X509_V_OK)
            return certificate;
    }
    return NULL;
}

/* In place of OpenSSL's own: nothing is trusted but the pinned root, which the server sends along.
 */
static int verify_server(X509_STORE_CTX *store, void *context_pointer)
{
    const struct tls_context *context = context_pointer;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(store);
    X509 *root =
        context->any_root ? find_own_signed(shown) : find_pinned(shown, &context->root_hash);
    if (root == NULL || !tls_certificate_hash(root, &tls_of(ssl)->peer.root)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
    if (verify_against(store, root) != 1)
        return 0;
    if (!has_purpose(X509_STORE_CTX_get0_cert(store), XKU_SSL_SERVER)) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_PURPOSE);
        return 0;
    }
    return 1;
}

/* ---- which protocol ---- */

static const char *const protocols_of_server[] = {TLS_ALPN_TERMINAL, TLS_ALPN_TERMINAL_1,
                                                  TLS_ALPN_ENROL, NULL};
static const char *const protocols_of_terminal[] = {TLS_ALPN_TERMINAL, TLS_ALPN_TERMINAL_1, NULL};
static const char *const protocols_of_first_terminal[] = {TLS_ALPN_TERMINAL_1, NULL};
static const char *const protocols_of_enrolment[] = {TLS_ALPN_ENROL, NULL};
static const char *const protocols_of_web[] = {TLS_ALPN_WEB, NULL};

const char *tls_protocol_of(const struct tls_context *context, struct slice name)
{
    for (const char *const *known = context->protocols; *known != NULL; known++) {
        if (slice_equal(name, slice_text(*known)))
            return *known;
    }
    return NULL;
}

/* The first of the client's protocols that we know. */
static const char *first_known(const struct tls_context *context, const unsigned char *offered,
                               unsigned size)
{
    for (unsigned at = 0; at < size; at += 1U + offered[at]) {
        if (offered[at] > size - at - 1)
            return NULL;
        const char *known = tls_protocol_of(context, slice_of(offered + at + 1, offered[at]));
        if (known != NULL)
            return known;
    }
    return NULL;
}

static int select_alpn(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_size,
                       const unsigned char *offered, unsigned size, void *context)
{
    const char *chosen = first_known(context, offered, size);
    if (chosen == NULL)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret_name = (const unsigned char *)chosen;
    *ret_size = (unsigned char)strlen(chosen);
    if (strcmp(chosen, TLS_ALPN_ENROL) == 0)
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
    return SSL_TLSEXT_ERR_OK;
}

/* A client that names no protocol at all never gets as far as select_alpn. */
static int demand_alpn(SSL *ssl, int *ret_alert, void *unused)
{
    (void)unused;
    const unsigned char *data = NULL;
    size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &data,
                                  &size))
        return SSL_CLIENT_HELLO_SUCCESS;
    *ret_alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

/* All that the context speaks, the one it likes best first. */
static bool offer_alpn(const struct tls_context *context)
{
    unsigned char list[64];
    unsigned used = 0;
    for (const char *const *name = context->protocols; *name != NULL; name++) {
        size_t size = strlen(*name);
        need(used + 1 + size <= sizeof(list));
        list[used++] = (unsigned char)size;
        memcpy(list + used, *name, size);
        used += (unsigned)size;
    }
    return SSL_CTX_set_alpn_protos(context->ssl, list, used) == 0;
}

static const char *const *protocols_of_client(const char *alpn)
{
    if (strcmp(alpn, TLS_ALPN_ENROL) == 0)
        return protocols_of_enrolment;
    bool first = strcmp(alpn, TLS_ALPN_TERMINAL_1) == 0;
    return first ? protocols_of_first_terminal : protocols_of_terminal;
}

/* ---- building ---- */

static void watch_messages(int sent, int version, int type, const void *data, size_t size, SSL *ssl,
                           void *unused)
{
    (void)version;
    (void)unused;
    (void)data;
    if (!sent && type == SSL3_RT_HANDSHAKE && size > 0 && tls_of(ssl)->state == TLS_OPEN)
        tls_count_update(tls_of(ssl));
}

static bool set_strength(SSL_CTX *ssl)
{
    return SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                         "TLS_CHACHA20_POLY1305_SHA256") == 1 &&
           SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1;
}

static bool set_habits(SSL_CTX *ssl)
{
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(ssl, 0);
    SSL_CTX_set_verify_depth(ssl, CHAIN_DEPTH_MAX);
    SSL_CTX_set_msg_callback(ssl, watch_messages);
    return SSL_CTX_set_num_tickets(ssl, 0) == 1 && SSL_CTX_set_max_early_data(ssl, 0) == 1 &&
           SSL_CTX_set_recv_max_early_data(ssl, 0) == 1;
}

static struct tls_context *context_create(bool server, const char *const *protocols,
                                          struct failure *failure)
{
    ERR_clear_error();
    struct tls_context *context = calloc(1, sizeof(*context));
    if (context == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for TLS");
        return NULL;
    }
    atomic_init(&context->references, 1);
    context->server = server;
    context->protocols = protocols;
    context->protocol_needed = true;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    if (context->ssl != NULL && set_strength(context->ssl) && set_habits(context->ssl))
        return context;
    tls_context_release(context);
    fail(failure, FAULT_BUG, 0, "OpenSSL refuses our settings of TLS 1.3");
    return NULL;
}

static bool use_identity(SSL_CTX *ssl, const struct tls_identity *identity)
{
    X509 *certificate = tls_certificate_read(identity->certificate);
    EVP_PKEY *key = tls_key_read(identity->key);
    bool good = certificate != NULL && key != NULL &&
                SSL_CTX_use_certificate(ssl, certificate) == 1 &&
                SSL_CTX_use_PrivateKey(ssl, key) == 1 && SSL_CTX_check_private_key(ssl) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return good;
}

/* Among ourselves every key is P-256. */
static bool use_own_kind(SSL_CTX *ssl)
{
    return SSL_CTX_set1_sigalgs_list(ssl, "ECDSA+SHA256") == 1;
}

/* The root judges terminals, and is shown to them so that they can pin it. */
static bool use_root(SSL_CTX *ssl, struct slice pem)
{
    X509 *root = tls_certificate_read(pem);
    bool good = root != NULL && X509_STORE_add_cert(SSL_CTX_get_cert_store(ssl), root) == 1 &&
                SSL_CTX_add1_chain_cert(ssl, root) == 1;
    X509_free(root);
    return good;
}

struct tls_context *tls_context_server(const struct tls_identity *identity, struct slice root,
                                       struct failure *failure)
{
    struct tls_context *context = context_create(true, protocols_of_server, failure);
    if (context == NULL)
        return NULL;
    if (!use_own_kind(context->ssl) || !use_identity(context->ssl, identity) ||
        !use_root(context->ssl, root)) {
        tls_context_release(context);
        fail(failure, FAULT_USE, 0, "the server's certificate, its key and the root do not fit");
        return NULL;
    }
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       verify_terminal);
    /* Dates are judged by who knows which clock is believed, and what is on record. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->ssl), X509_V_FLAG_NO_CHECK_TIME);
    SSL_CTX_set_client_hello_cb(context->ssl, demand_alpn, NULL);
    SSL_CTX_set_alpn_select_cb(context->ssl, select_alpn, context);
    return context;
}

/* The certificates behind the first of a PEM: how a public one leads to its root. */
static bool use_chain(SSL_CTX *ssl, struct slice pem)
{
    BIO *bio = pem_bio(pem);
    X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    bool good = certificate != NULL;
    X509_free(certificate);
    while (good && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        good = SSL_CTX_add1_chain_cert(ssl, certificate) == 1;
        X509_free(certificate);
    }
    BIO_free(bio);
    ERR_clear_error(); /* the end of the PEM is one */
    return good;
}

/* Browsers of shops are not all new: 1.2 too, with what 1.3 would have used. */
static bool use_older_version(SSL_CTX *ssl)
{
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

struct tls_context *tls_context_web(const struct tls_identity *identity, struct failure *failure)
{
    struct tls_context *context = context_create(true, protocols_of_web, failure);
    if (context == NULL)
        return NULL;
    context->protocol_needed = false;
    SSL_CTX_set_alpn_select_cb(context->ssl, select_alpn, context);
    if (use_older_version(context->ssl) && use_identity(context->ssl, identity) &&
        use_chain(context->ssl, identity->certificate))
        return context;
    tls_context_release(context);
    fail(failure, FAULT_USE, 0, "the web certificate and its key do not fit");
    return NULL;
}

int64_t tls_context_ends_ms(const struct tls_context *context)
{
    int64_t ends_ms = 0;
    X509 *certificate = SSL_CTX_get0_certificate(context->ssl);
    need(certificate != NULL);
    return tls_certificate_ends(certificate, &ends_ms) ? ends_ms : 0;
}

bool tls_context_names(const struct tls_context *context, const char *host)
{
    char name[256];
    X509 *certificate = SSL_CTX_get0_certificate(context->ssl);
    bool brackets = host[0] == '[';
    size_t size = brackets ? strcspn(++host, "]") : strcspn(host, ":");
    if (certificate == NULL || size == 0 || size >= sizeof name)
        return false;
    memcpy(name, host, size);
    name[size] = '\0';
    bool named = X509_check_ip_asc(certificate, name, 0) == 1 ||
                 (!brackets && X509_check_host(certificate, name, size, 0, NULL) == 1);
    ERR_clear_error();
    return named;
}

struct tls_context *tls_context_client(const struct tls_identity *identity,
                                       const struct hash *root_hash, const char *alpn,
                                       struct failure *failure)
{
    struct tls_context *context = context_create(false, protocols_of_client(alpn), failure);
    if (context == NULL)
        return NULL;
    context->any_root = root_hash == NULL;
    if (root_hash != NULL)
        context->root_hash = *root_hash;
    bool known = tls_protocol_of(context, slice_text(alpn)) != NULL && use_own_kind(context->ssl) &&
                 offer_alpn(context);
    if (!known || (identity != NULL && !use_identity(context->ssl, identity))) {
        tls_context_release(context);
        fail(failure, FAULT_USE, 0, "the terminal's certificate and its key do not fit");
        return NULL;
    }
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context->ssl, verify_server, context);
    return context;
}

void tls_context_retain(struct tls_context *context)
{
    atomic_fetch_add(&context->references, 1);
}

void tls_context_release(struct tls_context *context)
{
    if (context == NULL || atomic_fetch_sub(&context->references, 1) > 1)
        return;
    SSL_CTX_free(context->ssl);
    free(context);
}
