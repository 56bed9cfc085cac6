/*
 * Enrolment: one connection, one message. The server shows its root; only when that is the one the
 * code names is the code told. Key and certificate are written before anything else believes in
 * them.
 */
#include "base/enrolcode.h"
#include "base/limits.h"
#include "lib/inside.h"
#include "net/ca.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

enum { ENROL_REQUEST = 1 };

struct enrolling {
    struct loop *loop;
    struct stream *stream; /* NULL: closed */
    struct frame_reader reader;
    struct arena *arena; /* the caller's */
    const char *code;
    const char *request_pem;
    const char *program;
    uint8_t root_wanted[ENROL_ROOT_SIZE];
    struct hash root;
    const Tefter__Enrolled *enrolled;
    const Tefter__Refusal *refused;
    struct failure *failure;
};

/* ---- the conversation ---- */

static void send_enrol(struct enrolling *enrolling)
{
    struct buffer out;
    Tefter__Enrol enrol = TEFTER__ENROL__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    enrol.code = (char *)(uintptr_t)enrolling->code;
    enrol.request = (char *)(uintptr_t)enrolling->request_pem;
    enrol.program = (char *)(uintptr_t)enrolling->program;
    frame.has_request = true;
    frame.request = ENROL_REQUEST;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL;
    frame.enrol = &enrol;
    buffer_init(&out, FRAME_BEFORE_LOGIN_MAX + FRAME_HEAD_SIZE);
    if (buffer_put(&out, head, sizeof(head)) && message_put(&frame.base, &out)) {
        be32_put(out.data, (uint32_t)(out.size - FRAME_HEAD_SIZE));
        (void)stream_write(enrolling->stream, buffer_slice(&out));
        secret_wipe(out.data, out.size);
    }
    buffer_fini(&out);
}

static void enrol_open(void *context)
{
    struct enrolling *enrolling = context;
    struct tls_peer peer;
    char hint[ENROL_HINT_SIZE];
    stream_peer(enrolling->stream, &peer);
    enrolling->root = peer.root;
    if (enrol_root_matches(enrolling->root_wanted, &peer.root)) {
        send_enrol(enrolling);
        return;
    }
    if (enrol_code_near_root(enrolling->code, strlen(enrolling->code), &peer.root, hint)) {
        (void)fail(enrolling->failure, FAULT_USE, 0,
                   "%s; look at the code as it was printed. Nothing was told to the server", hint);
        stream_close(enrolling->stream, "");
        return;
    }
    (void)fail(enrolling->failure, FAULT_PEER, 0,
               "this is not the server that made the code: its root certificate is another one. "
               "Nothing was told to it. Check the address, or ask for a new code");
    stream_close(enrolling->stream, "");
}

static void take_goodbye(struct enrolling *enrolling, const Tefter__Goodbye *goodbye)
{
    enrolling->refused = goodbye->refused;
    if (goodbye->refused == NULL)
        (void)fail(enrolling->failure, FAULT_PEER, 0, "the server said: %s", goodbye->reason);
}

static void enrol_frame(struct enrolling *enrolling, struct slice bytes)
{
    struct message_fault fault;
    const Tefter__ToTerminal *frame = NULL;
    if (message_scan_as(&tefter__to_terminal__descriptor, bytes, MESSAGE_OF_SERVER, &fault))
        frame = (const Tefter__ToTerminal *)message_unpack(&tefter__to_terminal__descriptor, bytes,
                                                           enrolling->arena);
    if (frame != NULL && frame->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED &&
        frame->request == ENROL_REQUEST && frame->enrolled->terminal != 0)
        enrolling->enrolled = frame->enrolled;
    else if (frame != NULL && frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        enrolling->refused = frame->refused;
    else if (frame != NULL && frame->body_case == TEFTER__TO_TERMINAL__BODY_GOODBYE)
        take_goodbye(enrolling, frame->goodbye);
    else
        (void)fail(enrolling->failure, FAULT_PEER, 0,
                   "the server does not keep to the protocol: it answers an enrolment with what "
                   "makes no sense. Nothing of it was believed");
    stream_close(enrolling->stream, "");
}

static void enrol_bytes(void *context, struct slice bytes)
{
    struct enrolling *enrolling = context;
    struct slice message;
    bool over = enrolling->enrolled != NULL || enrolling->refused != NULL;
    if (over || !frame_reader_put(&enrolling->reader, bytes))
        return;
    enum frame_verdict verdict = frame_reader_next(&enrolling->reader, &message);
    if (verdict == FRAME_WHOLE)
        enrol_frame(enrolling, message);
    else if (verdict != FRAME_MORE)
        stream_close(enrolling->stream, "the server breaks the protocol");
}

static void enrol_closed(void *context, const char *reason)
{
    struct enrolling *enrolling = context;
    enrolling->stream = NULL;
    if (enrolling->enrolled == NULL && enrolling->refused == NULL)
        (void)fail(enrolling->failure, FAULT_IO, 0, "no enrolment: %s",
                   reason[0] == '\0' ? "the server closed the connection" : reason);
    loop_stop(enrolling->loop);
}

static const struct stream_events enrol_events = {enrol_open, enrol_bytes, NULL, enrol_closed};

static void too_slow(void *context)
{
    struct enrolling *enrolling = context;
    if (enrolling->stream != NULL)
        stream_abort(enrolling->stream, "the server does not answer");
}

static void converse_on(struct enrolling *enrolling, struct tls_context *tls, const char *address)
{
    struct loop_timer *timer = loop_timer_create(enrolling->loop, too_slow, enrolling);
    frame_reader_init(&enrolling->reader, FRAME_TO_CLIENT_MAX);
    enrolling->stream =
        stream_connect(enrolling->loop, address, tls, &enrol_events, enrolling, enrolling->failure);
    if (timer != NULL)
        loop_timer_start(timer, TEFTER_PATIENCE_MS, 0);
    while (enrolling->stream != NULL)
        loop_run(enrolling->loop);
    loop_timer_destroy(timer);
    frame_reader_fini(&enrolling->reader);
}

static void converse(struct enrolling *enrolling, const char *address)
{
    struct tls_context *tls = tls_context_client(NULL, NULL, TLS_ALPN_ENROL, enrolling->failure);
    enrolling->loop = tls == NULL ? NULL : loop_create(enrolling->failure);
    if (enrolling->loop != NULL)
        converse_on(enrolling, tls, address);
    loop_destroy(enrolling->loop);
    tls_context_release(tls);
}

/* ---- what is kept ---- */

static bool hash_is(ProtobufCBinaryData bytes, const struct hash *hash)
{
    return bytes.len == HASH_SIZE && memcmp(bytes.data, hash->bytes, HASH_SIZE) == 0;
}

static bool keep(const char *folder, const struct enrolling *enrolling, struct slice key,
                 const struct tefter_enrolment *enrolment, struct failure *failure)
{
    struct slice certificate = slice_text(enrolling->enrolled->certificate);
    return folder_remove(folder, "token", failure) &&
           folder_remove(folder, "incarnation", failure) && /* what counts is this server's */
           folder_remove(folder, "mark", failure) &&
           profile_config_write(folder, enrolment, failure) &&
           profile_identity_write(folder, certificate, key, failure);
}

static void fill(const struct enrolling *enrolling, const char *address,
                 struct tefter_enrolment *enrolment)
{
    const Tefter__Enrolled *enrolled = enrolling->enrolled;
    *enrolment = (struct tefter_enrolment){.enrolled = true};
    (void)snprintf(enrolment->address, sizeof(enrolment->address), "%s", address);
    (void)snprintf(enrolment->name, sizeof(enrolment->name), "%s", enrolled->name);
    (void)snprintf(enrolment->company, sizeof(enrolment->company), "%s", enrolled->company);
    enrolment->terminal = enrolled->terminal;
    enrolment->not_after_ms = enrolled->not_after_ms;
    enrolment->root = enrolling->root;
}

static bool read_code(struct enrolling *enrolling, const char *code, struct failure *failure)
{
    uint8_t secret[ENROL_SECRET_SIZE];
    bool good = enrol_code_read(code, strlen(code), secret, enrolling->root_wanted);
    secret_wipe(secret, sizeof(secret));
    if (good)
        return true;
    char hint[ENROL_HINT_SIZE];
    enrol_code_explain(code, strlen(code), hint);
    return fail(failure, FAULT_USE, 0, "%s; look at it as it was printed", hint);
}

bool tefter_enrol(const char *folder, const char *address, const char *code, const char *program,
                  struct arena *arena, struct tefter_enrolment *ret_enrolment,
                  const Tefter__Refusal **ret_refused, struct failure *failure)
{
    struct enrolling enrolling = {
        .arena = arena, .code = code, .program = program, .failure = failure};
    struct slice key;
    struct slice pem;
    *ret_refused = NULL;
    if (!hash_setup() || !read_code(&enrolling, code, failure) || !folder_make(folder, failure) ||
        !ca_request_create(arena, &key, &pem, failure))
        return false;
    enrolling.request_pem = arena_text(arena, pem.data, pem.size);
    converse(&enrolling, address);
    *ret_refused = enrolling.refused;
    if (enrolling.enrolled == NULL)
        return false;
    if (!hash_is(enrolling.enrolled->root_hash, &enrolling.root))
        return fail(failure, FAULT_PEER, 0, "the server names another root than it showed");
    fill(&enrolling, address, ret_enrolment);
    return keep(folder, &enrolling, key, ret_enrolment, failure);
}
