#pragma once
/*
 * A server that does as it is told: one terminal, one person, real TLS on the loopback. It counts
 * how often each command id came and was done, loses connections when asked to, and feeds what the
 * test scripts. Lives on the client's loop.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../net/pki.h"
#include "base/incarnation.h"
#include "base/limits.h"
#include "lib/profile.h"
#include "lib/tefter.h"
#include "net/stream.h"
#include "wire/features.h"
#include "wire/frame.h"
#include "wire/later.h"
#include "wire/message.h"

enum { FAKE_COMMANDS_MAX = 4096, FAKE_TERMINAL = 7, FAKE_STAFF = 5 };

struct fake_command {
    uint8_t id[TEFTER_ID_SIZE];
    uint32_t times;
    struct hash digest;
    bool mixed; /* came with other bytes */
    uint64_t seq;
};

struct fake {
    struct pki pki;
    struct loop *loop;
    struct tls_context *tls;
    struct stream_listener *listener;
    struct stream *stream; /* the newest connection, NULL: none */
    struct frame_reader reader;
    struct arena arena;
    uint32_t connections;
    uint32_t logins;
    uint64_t seq;
    struct incarnation incarnation;
    bool token_is_bad;
    bool mute;    /* hears, and never answers */
    bool old;     /* the certificate is past half its life */
    bool expired; /* and quite over: nothing but a renewal */
    uint32_t renewals;
    struct fake_command commands[FAKE_COMMANDS_MAX];
    size_t command_count;
    uint32_t drop_after;     /* cuts the line instead of this many-th reply from now; 0: never */
    uint32_t busy;           /* so many submits are told BUSY first */
    uint32_t retry_ms;       /* and to come back then; 0: soon */
    Tefter__Refusal *refuse; /* every command */
    struct slice features;   /* all of ours; empty: the greeting says nothing of it */
    struct prng *later;      /* a later version: fields in between that the client does not know */
    bool other_kinds;        /* and answers of kinds that it does not know */
    uint32_t subscription;
    bool subscribed;
    Tefter__Subscribe *asked; /* newest Subscribe, in asked_arena */
    struct arena asked_arena;
    struct arena features_arena;
    uint32_t subscribes;
    uint32_t pings;
    /* Answers instead of the fake; false: it does not. */
    bool (*takes)(struct fake *fake, const Tefter__FromTerminal *frame);
};

static const uint8_t fake_ledger[16] = {4, 2};
static const uint8_t fake_token[24] = {1, 2, 3};

static inline struct slice fake_pack(struct fake *fake, const ProtobufCMessage *message)
{
    struct buffer out;
    struct slice packed = message_pack(message, &fake->arena);
    if (fake->later == NULL)
        return packed;
    struct later later = {.prng = fake->later, .one_in = 2};
    buffer_init(&out, FRAME_TO_CLIENT_MAX);
    later_message(&later, message->descriptor, packed, &out);
    packed = slice_of(arena_copy(&fake->arena, out.data, out.size), out.size);
    buffer_fini(&out);
    return packed;
}

static inline void fake_send(struct fake *fake, uint64_t request, Tefter__ToTerminal *message)
{
    struct buffer out;
    buffer_init(&out, FRAME_TO_CLIENT_MAX + FRAME_HEAD_SIZE);
    message->has_request = request != 0;
    message->request = request;
    struct slice packed = fake_pack(fake, &message->base);
    need(frame_put(&out, packed));
    if (fake->stream != NULL)
        (void)stream_write(fake->stream, buffer_slice(&out));
    buffer_fini(&out);
}

static inline void fake_cut(struct fake *fake)
{
    if (fake->stream != NULL)
        stream_abort(fake->stream, "as told");
    fake->stream = NULL;
}

static inline void fake_refuse(struct fake *fake, uint64_t request, Tefter__RefusalCode code)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    refusal.code = code;
    refusal.has_retry_ms = true;
    refusal.retry_ms = fake->retry_ms == 0 ? 20 : fake->retry_ms;
    message.body_case = TEFTER__TO_TERMINAL__BODY_REFUSED;
    message.refused = &refusal;
    fake_send(fake, request, &message);
}

static inline void fake_welcome(struct fake *fake, uint64_t request)
{
    Tefter__Welcome welcome = TEFTER__WELCOME__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    welcome.wire = 1;
    welcome.company = (char *)"Minh Trading";
    welcome.currency = (char *)"VND";
    welcome.ledger.data = (uint8_t *)(uintptr_t)fake_ledger;
    welcome.ledger.len = sizeof(fake_ledger);
    welcome.incarnation = fake->incarnation.number;
    welcome.has_incarnation_nonce = true;
    welcome.incarnation_nonce.data = fake->incarnation.nonce;
    welcome.incarnation_nonce.len = sizeof(fake->incarnation.nonce);
    welcome.seq = fake->seq;
    welcome.terminal = FAKE_TERMINAL;
    welcome.branch = 1;
    welcome.terminal_name = (char *)"till 2";
    welcome.branch_code = (char *)"HQ";
    welcome.now_ms = pki_now_ms();
    welcome.date = 20780;
    welcome.has_features = fake->features.size > 0;
    welcome.features.data = (uint8_t *)(uintptr_t)fake->features.data;
    welcome.features.len = fake->features.size;
    welcome.has_renew = true;
    welcome.renew = fake->old;
    message.body_case = TEFTER__TO_TERMINAL__BODY_WELCOME;
    message.welcome = &welcome;
    fake_send(fake, request, &message);
}

static inline void fake_logged_in(struct fake *fake, uint64_t request)
{
    Tefter__LoggedIn in = TEFTER__LOGGED_IN__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    in.staff = FAKE_STAFF;
    in.login = (char *)"minh";
    in.role = TEFTER__ROLE__ROLE_SALES;
    in.token.data = (uint8_t *)(uintptr_t)fake_token;
    in.token.len = sizeof(fake_token);
    in.expires_ms = pki_now_ms() + 3600 * 1000;
    message.body_case = TEFTER__TO_TERMINAL__BODY_LOGGED_IN;
    message.logged_in = &in;
    fake->logins++;
    fake_send(fake, request, &message);
}

static inline struct fake_command *fake_find(struct fake *fake, const uint8_t *id)
{
    for (size_t i = 0; i < fake->command_count; i++) {
        if (memcmp(fake->commands[i].id, id, TEFTER_ID_SIZE) == 0)
            return &fake->commands[i];
    }
    need(fake->command_count < FAKE_COMMANDS_MAX);
    struct fake_command *command = &fake->commands[fake->command_count++];
    *command = (struct fake_command){.times = 0};
    memcpy(command->id, id, TEFTER_ID_SIZE);
    return command;
}

static inline void fake_reply(struct fake *fake, uint64_t request, uint64_t seq)
{
    Tefter__Done done = TEFTER__DONE__INIT;
    Tefter__Reply reply = TEFTER__REPLY__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    done.has_id = true;
    done.id = seq;
    reply.seq = seq;
    reply.result_case =
        fake->refuse == NULL ? TEFTER__REPLY__RESULT_DONE : TEFTER__REPLY__RESULT_REFUSED;
    if (fake->refuse == NULL)
        reply.done = &done;
    else
        reply.refused = fake->refuse;
    if (fake->other_kinds)
        reply.result_case = TEFTER__REPLY__RESULT__NOT_SET;
    struct slice packed = fake_pack(fake, &reply.base);
    message.body_case = TEFTER__TO_TERMINAL__BODY_REPLY;
    message.reply.data = (uint8_t *)(uintptr_t)packed.data;
    message.reply.len = packed.size;
    fake_send(fake, request, &message);
}

static inline void fake_submit(struct fake *fake, const Tefter__FromTerminal *frame)
{
    const Tefter__SubmitCommand *submit = frame->submit;
    struct hash digest;
    need(submit->id.len == TEFTER_ID_SIZE);
    if (fake->busy > 0) {
        fake->busy--;
        fake_refuse(fake, frame->request, TEFTER__REFUSAL_CODE__BUSY);
        return;
    }
    struct fake_command *command = fake_find(fake, submit->id.data);
    hash_of(submit->command.data, submit->command.len, &digest);
    command->mixed =
        command->mixed || (command->times > 0 && !hash_equal(&digest, &command->digest));
    command->digest = digest;
    if (command->times++ == 0)
        command->seq = ++fake->seq;
    if (fake->drop_after > 0 && --fake->drop_after == 0)
        fake_cut(fake); /* done, but nobody hears of it */
    else
        fake_reply(fake, frame->request, command->seq);
}

static inline void fake_query(struct fake *fake, const Tefter__FromTerminal *frame)
{
    Tefter__CompanyAnswer company = TEFTER__COMPANY_ANSWER__INIT;
    Tefter__LimitTerms policy = TEFTER__LIMIT_TERMS__INIT;
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    company.name = (char *)"Minh Trading";
    company.currency = (char *)"VND";
    company.policy = &policy;
    answer.seq = fake->seq;
    answer.kind_case = TEFTER__ANSWER__KIND_COMPANY;
    answer.company = &company;
    if (fake->other_kinds)
        answer.kind_case = TEFTER__ANSWER__KIND__NOT_SET;
    struct slice packed = fake_pack(fake, &answer.base);
    message.body_case = TEFTER__TO_TERMINAL__BODY_ANSWER;
    message.answer.data = (uint8_t *)(uintptr_t)packed.data;
    message.answer.len = packed.size;
    fake_send(fake, frame->request, &message);
}

static inline void fake_pong(struct fake *fake, uint64_t request)
{
    Tefter__Pong pong = TEFTER__PONG__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    fake->pings++;
    pong.seq = fake->seq;
    pong.now_ms = pki_now_ms();
    message.body_case = fake->other_kinds && request >= 256 ? TEFTER__TO_TERMINAL__BODY__NOT_SET
                                                            : TEFTER__TO_TERMINAL__BODY_PONG;
    message.pong = &pong;
    fake_send(fake, request, &message);
}

static inline void fake_renew(struct fake *fake, const Tefter__FromTerminal *frame)
{
    struct ca_signed made;
    Tefter__Enrolled enrolled = TEFTER__ENROLLED__INIT;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    need(ca_terminal_sign(&fake->pki.root, slice_text(frame->renew->request), FAKE_TERMINAL, 78,
                          pki_now_ms(), &fake->arena, &made, NULL));
    enrolled.certificate = arena_text(&fake->arena, made.certificate.data, made.certificate.size);
    enrolled.terminal = FAKE_TERMINAL;
    enrolled.name = (char *)"till 2";
    enrolled.company = (char *)"Minh Trading";
    enrolled.not_after_ms = made.not_after_ms;
    enrolled.root_hash.data = fake->pki.root_hash.bytes;
    enrolled.root_hash.len = HASH_SIZE;
    fake->renewals++;
    fake->old = false;
    fake->expired = false;
    message.body_case = TEFTER__TO_TERMINAL__BODY_ENROLLED;
    message.enrolled = &enrolled;
    fake_send(fake, frame->request, &message);
}

static inline void fake_subscribe(struct fake *fake, const Tefter__FromTerminal *frame)
{
    arena_reset(&fake->asked_arena);
    struct slice packed = message_pack(&frame->subscribe->base, &fake->asked_arena);
    fake->asked = (Tefter__Subscribe *)message_unpack(&tefter__subscribe__descriptor, packed,
                                                      &fake->asked_arena);
    fake->subscription = frame->subscribe->subscription;
    fake->subscribed = true;
    fake->subscribes++;
}

static inline void fake_frame(struct fake *fake, struct slice bytes)
{
    arena_reset(&fake->arena);
    need(message_scan(&tefter__from_terminal__descriptor, bytes, NULL));
    const Tefter__FromTerminal *frame = (const Tefter__FromTerminal *)message_unpack(
        &tefter__from_terminal__descriptor, bytes, &fake->arena);
    if (fake->mute || (fake->takes != NULL && fake->takes(fake, frame)))
        return;
    if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_HELLO)
        fake_welcome(fake, frame->request);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_RENEW)
        fake_renew(fake, frame);
    else if (fake->expired)
        fake_refuse(fake, frame->request, TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_USE_TOKEN && fake->token_is_bad)
        fake_refuse(fake, frame->request, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_USE_TOKEN)
        fake_logged_in(fake, frame->request);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_LOGIN &&
             strcmp(frame->login->password, "right words here") != 0)
        fake_refuse(fake, frame->request, TEFTER__REFUSAL_CODE__LOGIN_WRONG);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_LOGIN)
        fake_logged_in(fake, frame->request);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_SUBMIT)
        fake_submit(fake, frame);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_QUERY)
        fake_query(fake, frame);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_PING)
        fake_pong(fake, frame->request);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE)
        fake_subscribe(fake, frame);
}

static inline void fake_bytes(void *context, struct slice bytes)
{
    struct fake *fake = context;
    struct slice message;
    struct stream *stream = fake->stream;
    need(frame_reader_put(&fake->reader, bytes));
    while (fake->stream == stream && stream != NULL &&
           frame_reader_next(&fake->reader, &message) == FRAME_WHOLE)
        fake_frame(fake, message);
}

static inline bool fake_accepted(void *owner, struct stream *stream,
                                 struct stream_events *ret_events, void **ret_context)
{
    struct fake *fake = owner;
    frame_reader_fini(&fake->reader);
    frame_reader_init(&fake->reader, FRAME_TO_SERVER_MAX);
    fake->stream = stream;
    fake->connections++;
    *ret_events = (struct stream_events){.bytes = fake_bytes};
    *ret_context = fake;
    return true;
}

static inline void fake_init(struct fake *fake, struct loop *loop)
{
    struct failure failure = {.fault = FAULT_NONE};
    *fake = (struct fake){.loop = loop, .incarnation = {1, "first"}, .seq = 100};
    pki_init(&fake->pki);
    arena_init(&fake->arena, 8 << 20);
    arena_init(&fake->asked_arena, 1 << 20);
    arena_init(&fake->features_arena, 1 << 20);
    fake->features = features_describe(&tefter__from_terminal__descriptor, &fake->features_arena);
    frame_reader_init(&fake->reader, FRAME_TO_SERVER_MAX);
    fake->tls = pki_server_context(&fake->pki);
    fake->listener = stream_listen(loop, "127.0.0.1:0", fake->tls, fake_accepted, fake, &failure);
    need(fake->listener != NULL);
}

static inline void fake_fini(struct fake *fake)
{
    stream_listener_close(fake->listener);
    tls_context_release(fake->tls);
    frame_reader_fini(&fake->reader);
    arena_fini(&fake->arena);
    arena_fini(&fake->asked_arena);
    arena_fini(&fake->features_arena);
    pki_fini(&fake->pki);
}

/* A profile as enrolment would leave it. */
static inline void fake_profile(struct fake *fake, const char *folder, bool with_token)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct tefter_enrolment enrolment = {.enrolled = true, .terminal = FAKE_TERMINAL};
    struct profile_token token = {.size = sizeof(fake_token)};
    token.expires_ms = pki_now_ms() + 3600 * 1000;
    memcpy(token.bytes, fake_token, sizeof(fake_token));
    (void)snprintf(enrolment.address, sizeof(enrolment.address), "127.0.0.1:%u",
                   stream_listener_port(fake->listener));
    enrolment.root = fake->pki.root_hash;
    need(profile_config_write(folder, &enrolment, &failure));
    need(profile_identity_write(folder, fake->pki.terminal.certificate, fake->pki.terminal_key,
                                &failure));
    if (with_token)
        need(profile_token_write(folder, &token, &failure));
}
