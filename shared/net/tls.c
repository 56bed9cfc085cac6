/*
 * One TLS connection in memory:
 *
 *   socket bytes -> tls_input -> in  -> SSL_do_handshake | SSL_read -> plain bytes
 *   socket bytes <- tls_output <- out <- SSL_do_handshake | SSL_read | SSL_write | SSL_shutdown
 *
 * The BIO is our own, over two buffers that give their memory back when empty (an idle terminal
 * holds none), and says "retry" when there is nothing to read. Every call begins with an empty
 * error queue: otherwise one peer's error is taken for another's. Once open, OpenSSL is asked to
 * read only when a whole record is there: a call that ends in "retry" costs as much as one that
 * reads.
 */
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "net/tls_inside.h"

enum {
    RECORD_SIZE = 16 * 1024,
    RECORD_HEAD_SIZE = 5, /* type, version (2), length (2) */
    RECORD_BODY_MAX = RECORD_SIZE + 256,
    UNREAD_MAX = 2 * OUTPUT_CUT_BYTES, /* in memory of one connection, either way */
    MINUTE_MS = 60 * 1000,
};

/* ---- the BIO ---- */

/* Bytes of the record that comes next; 0: not all are here. One that is too long is OpenSSL's to
 * refuse. */
static size_t record_size(const struct tls *tls)
{
    size_t here = tls->in.size - tls->in_used;
    if (here < RECORD_HEAD_SIZE)
        return 0;
    const uint8_t *head = tls->in.data + tls->in_used;
    size_t size = RECORD_HEAD_SIZE + be16_get(head + RECORD_HEAD_SIZE - 2);
    return here < size && size <= RECORD_HEAD_SIZE + RECORD_BODY_MAX ? 0 : size;
}

/* How much may be read now. Once open, records are handed over whole: so none is ever half read,
 * and what comes next begins with its head. */
static size_t readable(struct tls *tls)
{
    size_t here = tls->in.size - tls->in_used;
    if (tls->state == TLS_HANDSHAKE)
        return here;
    if (tls->record_left == 0)
        tls->record_left = record_size(tls);
    return tls->record_left < here ? tls->record_left : here;
}

static int bio_read(BIO *bio, char *out, size_t capacity, size_t *ret_size)
{
    struct tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *ret_size = 0;
    if (tls->flooded)
        return 0;
    size_t most = readable(tls);
    if (most == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    *ret_size = capacity < most ? capacity : most;
    memcpy(out, tls->in.data + tls->in_used, *ret_size);
    tls->in_used += *ret_size;
    if (tls->record_left > 0)
        tls->record_left -= *ret_size;
    return 1;
}

static int bio_write(BIO *bio, const char *data, size_t size, size_t *ret_size)
{
    struct tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *ret_size = size;
    return buffer_put(&tls->out, data, size) ? 1 : 0;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    struct tls *tls = BIO_get_data(bio);
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_FLUSH)
        return 1;
    if (command == BIO_CTRL_PENDING)
        return (long)(tls->in.size - tls->in_used);
    return command == BIO_CTRL_WPENDING ? (long)(tls->out.size - tls->out_used) : 0;
}

/* One for the process; OpenSSL has few numbers to give to BIO kinds. */
static BIO_METHOD *bio_method;

static void bio_method_create(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "buffers");
    if (method != NULL && BIO_meth_set_read_ex(method, bio_read) == 1 &&
        BIO_meth_set_write_ex(method, bio_write) == 1 &&
        BIO_meth_set_ctrl(method, bio_control) == 1)
        bio_method = method;
    else
        BIO_meth_free(method);
}

static BIO *bio_create(struct tls *tls)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, bio_method_create);
    BIO *bio = bio_method == NULL ? NULL : BIO_new(bio_method);
    if (bio == NULL)
        return NULL;
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- the error queue ---- */

/* Looking is cheap, clearing is not. */
static void forget_errors(void)
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
}

/* ---- life ---- */

static bool tls_init(struct tls *tls, struct tls_context *context)
{
    ERR_clear_error();
    buffer_init(&tls->in, UNREAD_MAX);
    buffer_init(&tls->out, UNREAD_MAX);
    tls->reason = "";
    tls->peer.alpn = "";
    tls->context = context;
    tls_context_retain(context);
    tls->ssl = SSL_new(context->ssl);
    BIO *bio = tls->ssl == NULL ? NULL : bio_create(tls);
    if (bio == NULL)
        return false;
    SSL_set_bio(tls->ssl, bio, bio);
    SSL_set_app_data(tls->ssl, tls);
    return true;
}

static void tls_handshake(struct tls *tls);

struct tls *tls_create(struct tls_context *context, struct failure *failure)
{
    struct tls *tls = calloc(1, sizeof(*tls));
    if (tls == NULL || !tls_init(tls, context)) {
        tls_destroy(tls);
        fail(failure, FAULT_MEMORY, 0, "no memory for a TLS connection");
        return NULL;
    }
    if (context->server)
        SSL_set_accept_state(tls->ssl);
    else
        SSL_set_connect_state(tls->ssl);
    tls_handshake(tls); /* a client speaks first */
    return tls;
}

void tls_destroy(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_free(tls->ssl);
    buffer_fini(&tls->in);
    buffer_fini(&tls->out);
    tls_context_release(tls->context);
    free(tls);
}

/* ---- why it broke ---- */

static const char *reason_of_verify(long result)
{
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the certificate of the other end has expired (or this machine's clock is wrong)";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the certificate of the other end is not valid yet: one of the two clocks is wrong";
    case X509_V_ERR_INVALID_PURPOSE:
        return "the certificate of the other end is for another purpose";
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return "this is not the server that the code or the enrolment named: its root is another";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "the certificate of the other end is not from this company";
    default:
        return X509_verify_cert_error_string(result);
    }
}

static const char *reason_of_error(unsigned long error)
{
    switch (ERR_GET_REASON(error)) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return "the other end has no certificate: it is not enrolled";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return "the server wants a certificate: enrol this terminal first";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        return "the other end does not accept our certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        return "the other end says our certificate is out of date (or a clock is wrong)";
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
        return "the other end does not speak our protocol";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return "the other end does not speak TLS 1.3";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
        return "the other end does not speak TLS";
    default:
        break;
    }
    const char *words = error == 0 ? NULL : ERR_reason_error_string(error);
    return words == NULL ? "TLS broke" : words;
}

static void break_for(struct tls *tls, const char *reason)
{
    if (tls->state == TLS_BROKEN)
        return;
    tls->state = TLS_BROKEN;
    tls->reason = reason;
}

static void break_by_openssl(struct tls *tls)
{
    unsigned long error = ERR_peek_error();
    long verified = SSL_get_verify_result(tls->ssl);
    if (tls->flooded)
        break_for(tls, "the other end renews its keys too often");
    else if (tls->out.overflow)
        break_for(tls, "too much waits to be sent");
    else if (verified != X509_V_OK && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
        break_for(tls, reason_of_verify(verified));
    else
        break_for(tls, reason_of_error(error));
    ERR_clear_error();
}

/* ---- the peer ---- */

static void name_of(X509 *certificate, char *out, size_t capacity)
{
    out[0] = '\0';
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, out,
                              (int)capacity);
}

static void learn_certificate(struct tls *tls)
{
    X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
    if (certificate == NULL)
        return;
    struct tls_peer *peer = &tls->peer;
    peer->has_certificate = tls_certificate_hash(certificate, &peer->fingerprint);
    name_of(certificate, peer->name, sizeof(peer->name));
    if (ASN1_INTEGER_get_uint64(&peer->serial, X509_get0_serialNumber(certificate)) != 1)
        peer->serial = 0;
    (void)tls_certificate_ends(certificate, &peer->not_after_ms);
    ERR_clear_error();
}

static void learn_alpn(struct tls *tls)
{
    const unsigned char *name = NULL;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls->ssl, &name, &size);
    const char *known = name == NULL ? NULL : tls_protocol_of(tls->context, slice_of(name, size));
    tls->peer.alpn = known == NULL ? "" : known;
}

static void handshake_done(struct tls *tls)
{
    tls->state = TLS_OPEN;
    learn_alpn(tls);
    learn_certificate(tls);
    if (tls->peer.alpn[0] == '\0' && tls->context->protocol_needed)
        break_for(tls, "the other end does not speak our protocol");
}

/* ---- moving bytes ---- */

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void tls_count_update(struct tls *tls)
{
    uint64_t now = monotonic_ms();
    if (now - tls->updates_from_ms >= MINUTE_MS) {
        tls->updates_from_ms = now;
        tls->updates = 0;
    }
    tls->flooded = ++tls->updates > KEY_UPDATES_PER_MINUTE_MAX;
}

static void forget_read(struct tls *tls)
{
    if (tls->in_used < tls->in.size)
        return;
    buffer_fini(&tls->in);
    tls->in_used = 0;
}

static void tls_handshake(struct tls *tls)
{
    forget_errors();
    int done = SSL_do_handshake(tls->ssl);
    if (done == 1)
        handshake_done(tls);
    else if (SSL_get_error(tls->ssl, done) != SSL_ERROR_WANT_READ)
        break_by_openssl(tls);
    forget_read(tls);
}

void tls_input(struct tls *tls, struct slice bytes)
{
    if (tls->state == TLS_BROKEN || tls->state == TLS_ENDED)
        return;
    if (tls->in_used > 0) {
        buffer_drop(&tls->in, tls->in_used);
        tls->in_used = 0;
    }
    if (!buffer_put(&tls->in, bytes.data, bytes.size)) {
        break_for(tls, "more came than can be read");
        return;
    }
    if (tls->state != TLS_HANDSHAKE)
        return;
    tls->handshake_size += bytes.size;
    tls_handshake(tls);
    if (tls->state == TLS_HANDSHAKE && tls->handshake_size > HANDSHAKE_INPUT_MAX)
        break_for(tls, "the handshake is too long");
}

size_t tls_read(struct tls *tls, void *out, size_t capacity)
{
    if (tls->state != TLS_OPEN || (record_size(tls) == 0 && SSL_pending(tls->ssl) == 0))
        return 0;
    size_t size = 0;
    forget_errors();
    int done = SSL_read_ex(tls->ssl, out, capacity, &size);
    int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(tls->ssl, done);
    if (error == SSL_ERROR_ZERO_RETURN)
        tls->state = TLS_ENDED;
    else if (tls->flooded || (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ))
        break_by_openssl(tls);
    forget_read(tls);
    return done == 1 ? size : 0;
}

static bool write_record(struct tls *tls, struct slice plain)
{
    size_t written = 0;
    forget_errors();
    int done = SSL_write_ex(tls->ssl, plain.data, plain.size, &written);
    if (done == 1)
        return true;
    if (SSL_get_error(tls->ssl, done) != SSL_ERROR_WANT_READ)
        break_by_openssl(tls);
    return false;
}

/* A peer that will say no more may still listen. */
static bool may_write(const struct tls *tls)
{
    return tls->state == TLS_OPEN ||
           (tls->state == TLS_ENDED && (SSL_get_shutdown(tls->ssl) & SSL_SENT_SHUTDOWN) == 0);
}

bool tls_write(struct tls *tls, struct slice plain)
{
    while (plain.size > 0) {
        size_t size = plain.size < RECORD_SIZE ? plain.size : RECORD_SIZE;
        if (!may_write(tls) || !write_record(tls, slice_of(plain.data, size)))
            return false;
        plain = slice_of(plain.data + size, plain.size - size);
    }
    return may_write(tls);
}

void tls_end(struct tls *tls)
{
    if (tls->state != TLS_OPEN && tls->state != TLS_ENDED)
        return;
    forget_errors();
    if ((SSL_get_shutdown(tls->ssl) & SSL_SENT_SHUTDOWN) == 0 && SSL_shutdown(tls->ssl) < 0)
        break_by_openssl(tls);
    else
        tls->state = TLS_ENDED;
}

struct slice tls_output(struct tls *tls)
{
    if (tls->out.size == tls->out_used)
        return (struct slice){NULL, 0};
    return slice_of(tls->out.data + tls->out_used, tls->out.size - tls->out_used);
}

void tls_output_taken(struct tls *tls, size_t size)
{
    tls->out_used += size;
    if (tls->out_used < tls->out.size)
        return;
    buffer_fini(&tls->out);
    tls->out_used = 0;
}

void tls_output_move(struct tls *tls, struct buffer *ret_buffer, size_t *ret_from)
{
    *ret_buffer = tls->out;
    *ret_from = tls->out_used;
    buffer_init(&tls->out, UNREAD_MAX);
    tls->out_used = 0;
}

/* ---- asking ---- */

enum tls_state tls_state(const struct tls *tls)
{
    return tls->state;
}

const char *tls_reason(const struct tls *tls)
{
    return tls->reason;
}

void tls_peer(const struct tls *tls, struct tls_peer *ret_peer)
{
    *ret_peer = tls->peer;
}
