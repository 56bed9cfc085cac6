#include "base/check.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/limits.h"
#include "net/pki.h"
#include "net/tls_inside.h"

static struct pki pki;

static int setup(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pki_fini(&pki);
    return 0;
}

/* ---- two ends in memory ---- */

struct ends {
    struct tls *client;
    struct tls *server;
};

/* Moves what one has for the other, `piece` bytes at a time; true when there was any. */
static bool carry(struct tls *from, struct tls *to, size_t piece)
{
    struct slice out = tls_output(from);
    if (out.size == 0)
        return false;
    size_t size = out.size < piece ? out.size : piece;
    tls_input(to, slice_of(out.data, size));
    tls_output_taken(from, size);
    return true;
}

static void settle(struct ends *ends, size_t piece)
{
    bool moved = true;
    while (moved) {
        moved = carry(ends->client, ends->server, piece);
        moved = carry(ends->server, ends->client, piece) || moved;
    }
}

static struct ends ends_of(struct tls_context *server, struct tls_context *client)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ends ends = {tls_create(client, &failure), tls_create(server, &failure)};
    assert_non_null(ends.client);
    assert_non_null(ends.server);
    tls_context_release(client);
    tls_context_release(server);
    return ends;
}

static void ends_destroy(struct ends *ends)
{
    tls_destroy(ends->client);
    tls_destroy(ends->server);
}

static struct ends open_ends(void)
{
    struct tls_identity own = pki_own(&pki);
    struct ends ends =
        ends_of(pki_server_context(&pki), pki_client_context(&pki, &own, TLS_ALPN_TERMINAL));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_state(ends.client), TLS_OPEN);
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    return ends;
}

/* A terminal of the first version offers one name, a later one both: the newest common one is it.
 */
static void the_newest_common_protocol_is_agreed(void **state)
{
    (void)state;
    static const char *const names[] = {TLS_ALPN_TERMINAL_1, TLS_ALPN_TERMINAL};
    for (size_t i = 0; i < 2; i++) {
        struct tls_peer peer;
        struct tls_identity own = pki_own(&pki);
        struct ends ends =
            ends_of(pki_server_context(&pki), pki_client_context(&pki, &own, names[i]));
        settle(&ends, SIZE_MAX);
        tls_peer(ends.server, &peer);
        assert_string_equal(peer.alpn, names[i]);
        assert_true(peer.has_certificate);
        tls_peer(ends.client, &peer);
        assert_string_equal(peer.alpn, names[i]);
        ends_destroy(&ends);
    }
}

/* ---- who gets in ---- */

static void a_terminal_and_its_server_know_each_other(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    struct tls_peer peer;
    tls_peer(ends.server, &peer);
    assert_string_equal(peer.alpn, TLS_ALPN_TERMINAL);
    assert_true(peer.has_certificate);
    assert_true(peer.not_after_ms > pki.now_ms);
    assert_int_equal(peer.serial, 77);
    assert_string_equal(peer.name, "terminal 7");
    assert_memory_equal(&peer.fingerprint, &pki.terminal.fingerprint, HASH_SIZE);
    tls_peer(ends.client, &peer);
    assert_string_equal(peer.name, "tefter server");
    assert_memory_equal(&peer.root, &pki.root_hash, HASH_SIZE);
    assert_string_equal(SSL_get_version(ends.client->ssl), "TLSv1.3");
    assert_string_equal(SSL_get_cipher(ends.client->ssl), "TLS_AES_128_GCM_SHA256");
    ends_destroy(&ends);
}

static void a_handshake_survives_any_cutting(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 40; piece += 6) {
        struct tls_identity own = pki_own(&pki);
        struct ends ends =
            ends_of(pki_server_context(&pki), pki_client_context(&pki, &own, TLS_ALPN_TERMINAL));
        settle(&ends, piece);
        assert_int_equal(tls_state(ends.server), TLS_OPEN);
        ends_destroy(&ends);
    }
}

static void enrolment_needs_no_certificate(void **state)
{
    (void)state;
    struct ends ends =
        ends_of(pki_server_context(&pki), pki_client_context(&pki, NULL, TLS_ALPN_ENROL));
    settle(&ends, SIZE_MAX);
    struct tls_peer peer;
    tls_peer(ends.server, &peer);
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    assert_string_equal(peer.alpn, TLS_ALPN_ENROL);
    assert_false(peer.has_certificate);
    ends_destroy(&ends);
}

/* Both ends end broken, each with a reason that says this much. */
static void refused(struct ends *ends, const char *server_says, const char *client_says)
{
    settle(ends, SIZE_MAX);
    char byte;
    tls_read(ends->client, &byte, 1); /* a client hears of its refusal with its first read */
    assert_int_equal(tls_state(ends->server), TLS_BROKEN);
    assert_int_equal(tls_state(ends->client), TLS_BROKEN);
    if (strstr(tls_reason(ends->server), server_says) == NULL)
        fail_msg("the server says: %s", tls_reason(ends->server));
    if (strstr(tls_reason(ends->client), client_says) == NULL)
        fail_msg("the client says: %s", tls_reason(ends->client));
    ends_destroy(ends);
}

static void refused_identity(const struct tls_identity *identity, const char *server_says,
                             const char *client_says)
{
    struct ends ends =
        ends_of(pki_server_context(&pki), pki_client_context(&pki, identity, TLS_ALPN_TERMINAL));
    refused(&ends, server_says, client_says);
}

static void no_certificate_no_entry(void **state)
{
    (void)state;
    refused_identity(NULL, "not enrolled", "enrol this terminal first");
}

static void another_companys_terminal_is_refused(void **state)
{
    (void)state;
    struct pki other;
    pki_init(&other);
    struct tls_identity foreign = pki_own(&other);
    refused_identity(&foreign, "not from this company", "does not accept our certificate");
    pki_fini(&other);
}

static void another_purpose_is_refused(void **state)
{
    (void)state;
    struct tls_identity server = {pki.server.certificate, pki.server.key};
    refused_identity(&server, "another purpose", "does not accept our certificate");
    struct tls_identity root = {pki.root.certificate, pki.root.key};
    refused_identity(&root, "another purpose", "does not accept our certificate");
}

/* It was enrolled while the server's clock was ahead, which has been put right since. */
static void a_terminal_from_the_future_gets_in(void **state)
{
    (void)state;
    struct tls_identity early = pki_terminal(&pki, 8, 88, pki.now_ms + 3000 * PKI_DAY_MS);
    struct ends ends =
        ends_of(pki_server_context(&pki), pki_client_context(&pki, &early, TLS_ALPN_TERMINAL));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    ends_destroy(&ends);
}

/* Made by a clock that was ahead: the pinned root is still the company's, whatever its dates. */
static void a_root_from_the_future_is_the_root(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", NULL};
    struct failure failure = {.fault = FAULT_NONE};
    struct ca_pair root, server;
    struct hash hash;
    int64_t ends_ms;
    assert_true(ca_root_create("x", pki.now_ms + 900 * PKI_DAY_MS, &pki.arena, &root, &failure));
    assert_true(ca_server_create(&root, names, pki.now_ms + 900 * PKI_DAY_MS, &pki.arena, &server,
                                 &failure));
    struct slice renewed;
    assert_true(ca_server_renew(&root, &server, pki.now_ms, &pki.arena, &renewed, &failure));
    assert_true(ca_certificate_facts(root.certificate, &hash, &ends_ms, &failure));
    for (int right = 0; right < 2; right++) {
        struct tls_identity identity = {right ? renewed : server.certificate, server.key};
        struct ends ends = ends_of(tls_context_server(&identity, root.certificate, &failure),
                                   tls_context_client(NULL, &hash, TLS_ALPN_ENROL, &failure));
        settle(&ends, SIZE_MAX);
        assert_int_equal(tls_state(ends.client), right ? TLS_OPEN : TLS_BROKEN);
        ends_destroy(&ends);
    }
}

static void an_expired_terminal_gets_in_and_is_marked(void **state)
{
    (void)state;
    struct tls_identity old = pki_terminal(&pki, 8, 88, pki.now_ms - 500 * PKI_DAY_MS);
    struct ends ends =
        ends_of(pki_server_context(&pki), pki_client_context(&pki, &old, TLS_ALPN_TERMINAL));
    settle(&ends, SIZE_MAX);
    struct tls_peer peer;
    tls_peer(ends.server, &peer);
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    assert_true(peer.not_after_ms < pki.now_ms);
    assert_int_equal(peer.serial, 88);
    ends_destroy(&ends);
}

static void an_expired_foreigner_stays_out(void **state)
{
    (void)state;
    struct pki other;
    pki_init(&other);
    struct tls_identity foreign = pki_terminal(&other, 8, 88, pki.now_ms - 500 * PKI_DAY_MS);
    refused_identity(&foreign, "not from this company", "does not accept our certificate");
    pki_fini(&other);
}

static void another_server_is_refused_by_its_root(void **state)
{
    (void)state;
    struct pki other;
    pki_init(&other);
    struct tls_identity own = pki_own(&pki);
    struct ends ends =
        ends_of(pki_server_context(&other), pki_client_context(&pki, &own, TLS_ALPN_TERMINAL));
    refused(&ends, "", "its root is another");
    pki_fini(&other);
}

/* A liar shows the right root beside a certificate that this root never signed. */
static void showing_the_root_is_not_being_signed_by_it(void **state)
{
    (void)state;
    struct pki liar;
    pki_init(&liar);
    struct tls_context *context = pki_server_context(&liar);
    X509 *stolen = tls_certificate_read(pki.root.certificate);
    assert_int_equal(SSL_CTX_add1_chain_cert(context->ssl, stolen), 1);
    X509_free(stolen);
    struct tls_identity own = pki_own(&pki);
    struct ends ends = ends_of(context, pki_client_context(&pki, &own, TLS_ALPN_TERMINAL));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_state(ends.client), TLS_BROKEN);
    assert_string_not_equal(tls_reason(ends.client), "");
    ends_destroy(&ends);
    pki_fini(&liar);
}

static void an_expired_server_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", NULL};
    struct failure failure = {.fault = FAULT_NONE};
    struct ca_pair old;
    assert_true(ca_server_create(&pki.root, names, pki.now_ms - 900 * PKI_DAY_MS, &pki.arena, &old,
                                 &failure));
    struct tls_identity identity = {old.certificate, old.key};
    struct tls_context *context = tls_context_server(&identity, pki.root.certificate, &failure);
    struct ends ends = ends_of(context, pki_client_context(&pki, NULL, TLS_ALPN_ENROL));
    refused(&ends, "out of date", "has expired");
}

static void a_terminal_is_no_server(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_identity own = pki_own(&pki);
    struct tls_context *context = tls_context_server(&own, pki.root.certificate, &failure);
    struct ends ends = ends_of(context, pki_client_context(&pki, NULL, TLS_ALPN_ENROL));
    refused(&ends, "does not accept our certificate", "another purpose");
}

/* ---- strangers of OpenSSL's own making ---- */

struct stranger {
    SSL_CTX *context;
    SSL *ssl;
    struct tls *server;
};

static struct stranger stranger_to(struct tls_context *context, int version)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct stranger stranger = {SSL_CTX_new(TLS_client_method()), NULL, NULL};
    assert_int_equal(SSL_CTX_set_max_proto_version(stranger.context, version), 1);
    stranger.ssl = SSL_new(stranger.context);
    SSL_set_bio(stranger.ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(stranger.ssl);
    stranger.server = tls_create(context, &failure);
    tls_context_release(context);
    return stranger;
}

static struct stranger stranger_of(int version)
{
    return stranger_to(pki_server_context(&pki), version);
}

static void stranger_speaks(struct stranger *stranger)
{
    SSL_do_handshake(stranger->ssl);
    char *data = NULL;
    long size = BIO_get_mem_data(SSL_get_wbio(stranger->ssl), &data);
    tls_input(stranger->server, slice_of(data, (size_t)size));
    (void)BIO_reset(SSL_get_wbio(stranger->ssl));
    struct slice out = tls_output(stranger->server);
    BIO_write(SSL_get_rbio(stranger->ssl), out.data, (int)out.size);
    tls_output_taken(stranger->server, out.size);
}

static void stranger_fini(struct stranger *stranger)
{
    SSL_free(stranger->ssl);
    SSL_CTX_free(stranger->context);
    tls_destroy(stranger->server);
}

static void stranger_refused(struct stranger *stranger, const char *says)
{
    stranger_speaks(stranger);
    assert_int_equal(tls_state(stranger->server), TLS_BROKEN);
    if (strstr(tls_reason(stranger->server), says) == NULL)
        fail_msg("the server says: %s", tls_reason(stranger->server));
    stranger_fini(stranger);
}

static void tls_1_2_is_refused(void **state)
{
    (void)state;
    struct stranger stranger = stranger_of(TLS1_2_VERSION);
    static const unsigned char alpn[] = "\x08tefter/1";
    SSL_set_alpn_protos(stranger.ssl, alpn, sizeof(alpn) - 1);
    stranger_refused(&stranger, "TLS 1.3");
}

static void no_protocol_and_another_protocol_are_refused(void **state)
{
    (void)state;
    struct stranger silent = stranger_of(TLS1_3_VERSION);
    stranger_speaks(&silent);
    assert_int_equal(tls_state(silent.server), TLS_BROKEN);
    stranger_fini(&silent);
    struct stranger other = stranger_of(TLS1_3_VERSION);
    static const unsigned char alpn[] = "\x08http/1.1";
    SSL_set_alpn_protos(other.ssl, alpn, sizeof(alpn) - 1);
    stranger_refused(&other, "does not speak our protocol");
}

/* A browser: with its protocol named or not, without a certificate. */
static void browsers_are_served(void **state)
{
    (void)state;
    static const unsigned char http[] = "\x02h2\x08http/1.1";
    struct tls_identity identity = {pki.server.certificate, pki.server.key};
    for (int named = 0; named < 2; named++) {
        struct tls_peer peer;
        struct stranger browser = stranger_to(tls_context_web(&identity, NULL), TLS1_3_VERSION);
        if (named)
            SSL_set_alpn_protos(browser.ssl, http, sizeof(http) - 1);
        stranger_speaks(&browser);
        stranger_speaks(&browser);
        tls_peer(browser.server, &peer);
        assert_int_equal(tls_state(browser.server), TLS_OPEN);
        assert_string_equal(peer.alpn, named ? TLS_ALPN_WEB : "");
        assert_false(peer.has_certificate);
        stranger_fini(&browser);
    }
    static const unsigned char own[] = "\x08tefter/1";
    struct stranger lost = stranger_to(tls_context_web(&identity, NULL), TLS1_3_VERSION);
    SSL_set_alpn_protos(lost.ssl, own, sizeof(own) - 1);
    stranger_refused(&lost, "does not speak our protocol");
}

static void no_ticket_is_given(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    char byte;
    assert_int_equal(tls_output(ends.server).size, 0);
    assert_int_equal(tls_read(ends.client, &byte, 1), 0);
    assert_int_equal(SSL_SESSION_is_resumable(SSL_get_session(ends.client->ssl)), 0);
    assert_int_equal(SSL_SESSION_get_max_early_data(SSL_get_session(ends.client->ssl)), 0);
    ends_destroy(&ends);
}

/* ---- noise ---- */

static void http_is_refused(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_context *context = pki_server_context(&pki);
    struct tls *server = tls_create(context, &failure);
    tls_input(server, slice_text("GET / HTTP/1.1\r\n\r\n"));
    assert_int_equal(tls_state(server), TLS_BROKEN);
    assert_string_equal(tls_reason(server), "the other end does not speak TLS");
    tls_destroy(server);
    tls_context_release(context);
}

/* A ClientHello that never ends: one handshake message of 16 MiB in records of 1 KiB. */
static void a_handshake_may_not_go_on_for_ever(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_context *context = pki_server_context(&pki);
    struct tls *server = tls_create(context, &failure);
    uint8_t record[5 + 1024] = {22, 3, 1, 4, 0, 1, 0, 0xff, 0xff};
    size_t given = 0;
    while (tls_state(server) == TLS_HANDSHAKE && given < 4 * HANDSHAKE_INPUT_MAX) {
        tls_input(server, slice_of(record, sizeof(record)));
        given += sizeof(record);
        memset(record + 5, 0, 4);
    }
    assert_int_equal(tls_state(server), TLS_BROKEN);
    assert_true(given <= HANDSHAKE_INPUT_MAX + sizeof(record));
    tls_destroy(server);
    tls_context_release(context);
}

static void one_peers_error_is_not_anothers(void **state)
{
    (void)state;
    struct ends good = open_ends();
    http_is_refused(NULL);
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH); /* somebody left an error behind */
    uint8_t out[8];
    assert_true(tls_write(good.client, slice_text("hello")));
    settle(&good, SIZE_MAX);
    assert_int_equal(tls_read(good.server, out, sizeof(out)), 5);
    assert_int_equal(tls_read(good.server, out, sizeof(out)), 0);
    assert_int_equal(tls_state(good.server), TLS_OPEN);
    ends_destroy(&good);
}

static void a_changed_byte_breaks_it(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    uint8_t out[64];
    assert_true(tls_write(ends.client, slice_text("pay 100")));
    struct slice record = tls_output(ends.client);
    memcpy(out, record.data, record.size);
    out[record.size - 1] ^= 1;
    tls_input(ends.server, slice_of(out, record.size));
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 0);
    assert_int_equal(tls_state(ends.server), TLS_BROKEN);
    assert_true(tls_output(ends.server).size > 0); /* an alert tells the other end */
    assert_false(tls_write(ends.server, slice_text("x")));
    ends_destroy(&ends);
}

/* ---- bytes ---- */

static void take_all(struct tls *tls, struct buffer *into)
{
    uint8_t piece[5000];
    size_t size = 0;
    while ((size = tls_read(tls, piece, sizeof(piece))) > 0)
        assert_true(buffer_put(into, piece, size));
}

static void bytes_of_any_size_arrive(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 1000, 16383, 16384, 16385, 100000, 700000};
    struct ends ends = open_ends();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint8_t *sent = malloc(sizes[i]);
        random_bytes(sent, sizes[i]);
        assert_true(tls_write(ends.server, slice_of(sent, sizes[i])));
        settle(&ends, i % 2 == 0 ? SIZE_MAX : 1400);
        struct buffer got;
        buffer_init(&got, SIZE_MAX);
        take_all(ends.client, &got);
        assert_true(slice_equal(buffer_slice(&got), slice_of(sent, sizes[i])));
        buffer_fini(&got);
        free(sent);
    }
    ends_destroy(&ends);
}

static void a_full_record_is_one_record(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    static uint8_t plain[16 * 1024];
    assert_true(tls_write(ends.server, slice_of(plain, sizeof(plain))));
    assert_int_equal(tls_output(ends.server).size, sizeof(plain) + 5 + 1 + 16);
    ends_destroy(&ends);
}

static void an_idle_connection_holds_no_buffers(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    uint8_t out[16];
    assert_true(tls_write(ends.client, slice_text("hello")));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 5);
    assert_null(ends.server->in.data);
    assert_null(ends.server->out.data);
    assert_null(ends.client->out.data);
    ends_destroy(&ends);
}

static void moved_output_is_the_callers(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    struct buffer moved;
    size_t from = 0;
    uint8_t out[16];
    assert_true(tls_write(ends.client, slice_text("one")));
    tls_input(ends.server, slice_of(tls_output(ends.client).data, 4));
    tls_output_taken(ends.client, 4);
    tls_output_move(ends.client, &moved, &from);
    assert_int_equal(from, 4);
    assert_int_equal(tls_output(ends.client).size, 0);
    tls_input(ends.server, slice_of(moved.data + from, moved.size - from));
    buffer_fini(&moved);
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 3);
    ends_destroy(&ends);
}

static void the_end_is_told(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    uint8_t out[16];
    assert_true(tls_write(ends.client, slice_text("last")));
    tls_end(ends.client);
    assert_false(tls_write(ends.client, slice_text("more")));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 4);
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 0);
    assert_int_equal(tls_state(ends.server), TLS_ENDED);
    assert_true(tls_write(ends.server, slice_text("bye"))); /* it may still listen */
    tls_end(ends.server);
    tls_end(ends.server);
    assert_false(tls_write(ends.server, slice_text("more")));
    ends_destroy(&ends);
}

/* ---- key updates ---- */

static void update_keys(struct ends *ends)
{
    uint8_t out[16];
    assert_int_equal(SSL_key_update(ends->client->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
    assert_true(tls_write(ends->client, slice_text("x")));
    carry(ends->client, ends->server, SIZE_MAX);
    tls_read(ends->server, out, sizeof(out));
    carry(ends->server, ends->client, SIZE_MAX);
    tls_read(ends->client, out, sizeof(out));
}

static void some_key_updates_are_fine_and_a_flood_is_not(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    for (int i = 0; i < KEY_UPDATES_PER_MINUTE_MAX; i++)
        update_keys(&ends);
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    assert_int_equal(tls_state(ends.client), TLS_OPEN);
    update_keys(&ends);
    assert_int_equal(tls_state(ends.server), TLS_BROKEN);
    assert_string_equal(tls_reason(ends.server), "the other end renews its keys too often");
    ends_destroy(&ends);
}

/* Whatever of the record behind it has come with it. */
static void half_a_record_may_follow_a_key_update(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    uint8_t out[16];
    for (size_t cut = 1; cut < 40; cut++) {
        assert_int_equal(SSL_key_update(ends.client->ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        assert_true(tls_write(ends.client, slice_text("hello")));
        carry(ends.client, ends.server, cut);
        assert_int_equal(tls_read(ends.server, out, sizeof(out)), 0);
        settle(&ends, SIZE_MAX);
        assert_int_equal(tls_read(ends.server, out, sizeof(out)), 5);
        ends.server->updates = 0;
    }
    assert_int_equal(tls_state(ends.server), TLS_OPEN);
    ends_destroy(&ends);
}

static void a_record_is_read_in_pieces(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    uint8_t out[2];
    assert_true(tls_write(ends.client, slice_text("hello")));
    settle(&ends, 1);
    assert_int_equal(tls_read(ends.server, out, 2), 2);
    assert_int_equal(tls_read(ends.server, out, 2), 2);
    assert_int_equal(tls_read(ends.server, out, 2), 1);
    assert_int_equal(tls_read(ends.server, out, 2), 0);
    ends_destroy(&ends);
}

static void a_record_too_long_is_refused_by_its_head(void **state)
{
    (void)state;
    static const uint8_t head[] = {23, 3, 3, 0x41, 0x01}; /* 16 KiB, 256 and 1 */
    struct ends ends = open_ends();
    uint8_t out[2];
    tls_input(ends.server, slice_of(head, sizeof(head)));
    assert_int_equal(tls_read(ends.server, out, sizeof(out)), 0);
    assert_int_equal(tls_state(ends.server), TLS_BROKEN);
    ends_destroy(&ends);
}

static void a_flood_in_one_piece_queues_little(void **state)
{
    (void)state;
    struct ends ends = open_ends();
    for (int i = 0; i < 2000; i++) {
        SSL_key_update(ends.client->ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
        SSL_do_handshake(ends.client->ssl);
    }
    carry(ends.client, ends.server, SIZE_MAX);
    char byte;
    assert_int_equal(tls_read(ends.server, &byte, 1), 0);
    assert_int_equal(tls_state(ends.server), TLS_BROKEN);
    assert_true(tls_output(ends.server).size < 4096);
    ends_destroy(&ends);
}

/* ---- contexts ---- */

static void contexts_are_checked_when_built(void **state)
{
    (void)state;
    struct failure failure = {.fault = FAULT_NONE};
    struct tls_identity mixed = {pki.server.certificate, pki.terminal_key};
    assert_null(tls_context_server(&mixed, pki.root.certificate, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    struct tls_identity own = pki_own(&pki);
    assert_null(tls_context_client(&own, &pki.root_hash, "http/1.1", NULL));
    struct tls_identity noise = {slice_text("not PEM"), slice_text("")};
    assert_null(tls_context_client(&noise, &pki.root_hash, TLS_ALPN_TERMINAL, NULL));
    struct tls_identity server = {pki.server.certificate, pki.server.key};
    assert_null(tls_context_server(&server, slice_text(""), NULL));
}

static void live_connections_keep_their_context(void **state)
{
    (void)state;
    struct ends ends = open_ends(); /* which has released both contexts already */
    uint8_t out[8];
    assert_true(tls_write(ends.server, slice_text("on")));
    settle(&ends, SIZE_MAX);
    assert_int_equal(tls_read(ends.client, out, sizeof(out)), 2);
    ends_destroy(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_common_protocol_is_agreed),
        cmocka_unit_test(a_terminal_and_its_server_know_each_other),
        cmocka_unit_test(a_handshake_survives_any_cutting),
        cmocka_unit_test(enrolment_needs_no_certificate),
        cmocka_unit_test(no_certificate_no_entry),
        cmocka_unit_test(another_companys_terminal_is_refused),
        cmocka_unit_test(another_purpose_is_refused),
        cmocka_unit_test(a_terminal_from_the_future_gets_in),
        cmocka_unit_test(a_root_from_the_future_is_the_root),
        cmocka_unit_test(an_expired_terminal_gets_in_and_is_marked),
        cmocka_unit_test(an_expired_foreigner_stays_out),
        cmocka_unit_test(another_server_is_refused_by_its_root),
        cmocka_unit_test(showing_the_root_is_not_being_signed_by_it),
        cmocka_unit_test(an_expired_server_is_refused),
        cmocka_unit_test(a_terminal_is_no_server),
        cmocka_unit_test(tls_1_2_is_refused),
        cmocka_unit_test(no_protocol_and_another_protocol_are_refused),
        cmocka_unit_test(browsers_are_served),
        cmocka_unit_test(no_ticket_is_given),
        cmocka_unit_test(http_is_refused),
        cmocka_unit_test(a_handshake_may_not_go_on_for_ever),
        cmocka_unit_test(one_peers_error_is_not_anothers),
        cmocka_unit_test(a_changed_byte_breaks_it),
        cmocka_unit_test(bytes_of_any_size_arrive),
        cmocka_unit_test(a_full_record_is_one_record),
        cmocka_unit_test(an_idle_connection_holds_no_buffers),
        cmocka_unit_test(moved_output_is_the_callers),
        cmocka_unit_test(the_end_is_told),
        cmocka_unit_test(some_key_updates_are_fine_and_a_flood_is_not),
        cmocka_unit_test(half_a_record_may_follow_a_key_update),
        cmocka_unit_test(a_record_is_read_in_pieces),
        cmocka_unit_test(a_record_too_long_is_refused_by_its_head),
        cmocka_unit_test(a_flood_in_one_piece_queues_little),
        cmocka_unit_test(contexts_are_checked_when_built),
        cmocka_unit_test(live_connections_keep_their_context),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
