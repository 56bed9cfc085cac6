/*
 * The connection of a client: dialled, greeted, logged in by token, kept alive, and begun again
 * when it is lost.
 */
#include "base/limits.h"
#include "lib/inside.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Numbers of the link's own requests, below REQUEST_NUMBER_FIRST. */
enum { NUMBER_HELLO = 1, NUMBER_TOKEN = 2, NUMBER_PING = 3, NUMBER_UNSUBSCRIBE = 4 };

enum { STEP_MS = 10 * 1000, SPEAK_MS = 10 * 1000, ASLEEP_MS = 3 * 1000 };

static void dial(struct tefter *client);
static void lost(struct tefter *client, const char *reason);

bool link_is_open(const struct tefter *client)
{
    return client->link.state == LINK_OPEN;
}

/* ---- out ---- */

bool link_send(struct tefter *client, const Tefter__FromTerminal *frame)
{
    struct buffer out;
    struct wire_end *end = client->link.end;
    if (end == NULL)
        return false;
    buffer_init(&out, FRAME_HEAD_SIZE + FRAME_TO_SERVER_MAX);
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    bool good = buffer_put(&out, head, sizeof(head)) && message_put(&frame->base, &out);
    if (good) {
        be32_put(out.data, (uint32_t)(out.size - FRAME_HEAD_SIZE));
        good = stream_write(end->stream, buffer_slice(&out));
    }
    buffer_fini(&out);
    return good;
}

static void send_own(struct tefter *client, uint64_t number, Tefter__FromTerminal *frame)
{
    frame->has_request = true;
    frame->request = number;
    (void)link_send(client, frame); /* a broken stream tells by itself */
}

/* As the handshake agreed. With the first version a server passes over nothing in the Hello. */
static uint32_t wire_version(const struct tefter *client)
{
    struct tls_peer peer;
    if (client->lent)
        return 2;
    stream_peer(client->link.end->stream, &peer);
    return strcmp(peer.alpn, TLS_ALPN_TERMINAL) == 0 ? 2 : 1;
}

static void send_hello(struct tefter *client)
{
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    struct profile_mark mark;
    struct incarnation met;
    hello.wire = wire_version(client);
    hello.program = client->program;
    if (hello.wire >= 2 && !client->lent) {
        profile_mark_read(client->folder, &mark);
        (void)profile_incarnation_read(client->folder, &met);
        hello.has_mark = true;
        hello.mark = (ProtobufCBinaryData){mark.size, mark.bytes};
        hello.has_met = hello.has_met_nonce = met.number != 0;
        hello.met = met.number;
        hello.met_nonce = (ProtobufCBinaryData){sizeof(met.nonce), met.nonce};
    }
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    client->link.ping_sent_ms = loop_now_ms(client->loop);
    send_own(client, NUMBER_HELLO, &frame);
}

static void send_token(struct tefter *client)
{
    Tefter__UseToken use = TEFTER__USE_TOKEN__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    use.token.data = client->token.bytes;
    use.token.len = client->token.size;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_USE_TOKEN;
    frame.use_token = &use;
    send_own(client, NUMBER_TOKEN, &frame);
}

static void send_ping(struct tefter *client, uint64_t now)
{
    Tefter__Ping ping = TEFTER__PING__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    struct profile_mark mark;
    if (client->shows_mark) {
        profile_mark_read(client->folder, &mark); /* another process may have a newer one */
        ping.has_mark = true;
        ping.mark = (ProtobufCBinaryData){mark.size, mark.bytes};
    }
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_PING;
    frame.ping = &ping;
    client->link.last_ping_ms = now;
    client->link.ping_sent_ms = now;
    send_own(client, NUMBER_PING, &frame);
}

/* ---- the end, and the next try ---- */

static void keep_reason(struct tefter *client, const char *reason)
{
    if (reason != client->link.reason) /* it may be told of itself again */
        (void)snprintf(client->link.reason, sizeof(client->link.reason), "%s", reason);
    client->link.reason_given = true;
}

static uint64_t retry_delay(struct tefter *client)
{
    uint32_t doublings = client->link.failures < 8 ? client->link.failures : 8;
    uint64_t most = (uint64_t)RETRY_FIRST_MS << doublings;
    uint32_t jitter = 0;
    if (most > RETRY_MOST_MS)
        most = RETRY_MOST_MS;
    random_bytes(&jitter, sizeof(jitter));
    uint64_t delay = most / 2 + jitter % (most / 2 + 1);
    uint64_t asked = client->link.goodbye_retry_ms;
    if (asked > RETRY_TOLD_MOST_MS)
        asked = RETRY_TOLD_MOST_MS;
    return asked > delay ? asked : delay;
}

static void retry(void *context)
{
    dial(context);
}

/* The stream is gone: what hung on it waits for the next one. */
static void lost(struct tefter *client, const char *reason)
{
    if (!client->link.reason_given)
        keep_reason(client, reason[0] == '\0' ? "the connection was closed" : reason);
    client->link.end = NULL;
    client->link.expired = false;
    client->link.state = LINK_WAITING;
    client->link.attempts++;
    frame_reader_fini(&client->link.reader);
    if (!client->lent)
        loop_timer_start(client->link.retry, retry_delay(client), 0);
    client->link.failures++;
    feeds_lost(client);
    requests_lost(client);
    client_changed(client);
    client_happened(client);
}

static void abort_link(struct tefter *client, const char *reason)
{
    if (client->link.end == NULL)
        return;
    if (!client->link.reason_given)
        keep_reason(client, reason);
    stream_abort(client->link.end->stream, reason);
    client->link.end->client = NULL; /* `lost` below stands for its `closed` */
    lost(client, reason);
}

void link_broken(struct tefter *client, const char *reason)
{
    client->breached = true;
    abort_link(client, reason);
}

void link_again(struct tefter *client, const char *reason)
{
    abort_link(client, reason);
}

/* ---- is this profile the one that goes on? ---- */

/* A mark counts for the server once it is shown: at once, so that no copy gets ahead unseen. */
static void take_mark(struct tefter *client, bool old, bool given, ProtobufCBinaryData mark)
{
    client->profile_old = client->profile_old || old;
    if (given && profile_mark_keep(client->folder, slice_of(mark.data, mark.len)))
        send_ping(client, loop_now_ms(client->loop));
}

/* ---- greeting and login ---- */

bool link_suits(const struct tefter *client, const Tefter__FromTerminal *frame,
                struct message_fault *ret_fault)
{
    struct buffer packed;
    if (client->features.count == 0)
        return true;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    bool suits = !message_put(&frame->base, &packed) ||
                 features_suit(&client->features, &tefter__from_terminal__descriptor,
                               buffer_slice(&packed), ret_fault);
    buffer_fini(&packed);
    return suits;
}

/* A server that says nothing of features is one of the first. */
static bool keep_features(struct tefter *client, const Tefter__Welcome *welcome)
{
    struct slice said = slice_of(welcome->features.data, welcome->features.len);
    return features_read(&client->features, &tefter__from_terminal__descriptor,
                         welcome->has_features ? said : features_of_first());
}

static void measure_clock(struct tefter *client, int64_t server_ms)
{
    uint64_t now = loop_now_ms(client->loop);
    uint64_t error = (now - client->link.ping_sent_ms) / 2;
    if (client->link.ping_sent_ms == 0)
        return;
    client->link.ping_sent_ms = 0;
    client->clock_error_ms++; /* clocks drift: an old good measure gives way in the end */
    if (error > client->clock_error_ms && client->clock_known)
        return;
    client->clock_known = true;
    client->clock_error_ms = error;
    client->clock_offset_ms = server_ms + (int64_t)error - steady_ms();
}

static void opened(struct tefter *client)
{
    client->link.state = LINK_OPEN;
    client->link.failures = 0;
    client->link.goodbye_retry_ms = 0;
    client->link.refused = false;
    client->link.reason[0] = '\0';
    feeds_open(client);
    requests_pump(client);
    outbox_offer(client);
    if (!client->lent) {
        offers_begin(client);
        renewal_begin(client);
    }
    client_changed(client);
    client_happened(client);
}

static void keep_currency(struct tefter *client)
{
    const struct currency *known = currency_find(client->welcome->currency);
    client->currency = (struct currency){.exponent = (int)client->welcome->exponent, .sign = ""};
    (void)snprintf(client->currency.code, sizeof(client->currency.code), "%.3s",
                   client->welcome->currency);
    client->currency.sign = known == NULL ? client->welcome->currency : known->sign;
}

static ProtobufCMessage *copy_of(const ProtobufCMessage *message, struct arena *arena)
{
    arena_reset(arena);
    struct slice packed = message_pack(message, arena);
    return message_unpack(message->descriptor, packed, arena);
}

static bool token_is_good(struct tefter *client)
{
    if (!client->lent)
        (void)profile_token_read(client->folder, &client->token,
                                 NULL); /* another process's login */
    return client->token.size > 0 && client->token.expires_ms > tefter_now_ms(client);
}

static bool is_another_restore(const struct incarnation *said, const struct incarnation *met)
{
    static const uint8_t untold[INCARNATION_NONCE_SIZE];
    return said->number == met->number && memcmp(said->nonce, untold, sizeof untold) != 0 &&
           memcmp(met->nonce, untold, sizeof untold) != 0 &&
           memcmp(said->nonce, met->nonce, sizeof met->nonce) != 0;
}

/* Two servers, two truths: after a restore the old one is not to be sold on. */
static bool is_outlived(struct tefter *client, const struct incarnation *said)
{
    struct incarnation met;
    char reason[REASON_MAX];
    bool known = profile_incarnation_read(client->folder, &met);
    bool another = known && is_another_restore(said, &met);
    client->link.outlived = !known || another || said->number < met.number;
    if (!known) {
        (void)snprintf(reason, sizeof(reason),
                       "this terminal's file %.120s/incarnation is damaged, so it does not know "
                       "which server it has met. If this is the right one, incarnation %" PRIu32
                       ", remove that file",
                       client->folder, said->number);
        abort_link(client, reason);
    } else if (another) {
        (void)snprintf(reason, sizeof(reason),
                       "it is another restore of the backup than the one this terminal has met, "
                       "both of incarnation %" PRIu32 ". Tell whoever runs the servers. If this "
                       "one counts, it is to be restored again, with --after %" PRIu32,
                       said->number, met.number);
        abort_link(client, reason);
    } else if (client->link.outlived) {
        (void)snprintf(reason, sizeof(reason),
                       "it is incarnation %" PRIu32 " of the ledger, and this terminal has met "
                       "incarnation %" PRIu32 ": an old server runs beside the one that was "
                       "restored. Tell whoever runs the servers. If this one counts, it is to be "
                       "restored again, with --after %" PRIu32,
                       said->number, met.number, met.number);
        abort_link(client, reason);
    } else if (!incarnation_equal(said, &met)) {
        (void)profile_incarnation_write(client->folder, said, NULL); /* else at the next greeting */
    }
    return client->link.outlived;
}

/* Over by the server's clock: nothing but a renewal is answered. A token that is refused says so
 * too, but who has slept for so long has none. */
static bool certificate_over(const struct tefter *client, const Tefter__Welcome *welcome)
{
    int64_t not_after_ms = client->enrolment.not_after_ms;
    return welcome->has_renew && welcome->renew && not_after_ms != 0 &&
           not_after_ms < welcome->now_ms;
}

static void greeted(struct tefter *client, const Tefter__Welcome *welcome)
{
    if (welcome->ledger.len != LEDGER_ID_SIZE || welcome->exponent > 4 ||
        strlen(welcome->currency) != 3 || !keep_features(client, welcome)) {
        link_broken(client, "its greeting makes no sense");
        return;
    }
    struct incarnation said =
        incarnation_of(welcome->incarnation,
                       slice_of(welcome->incarnation_nonce.data, welcome->incarnation_nonce.len));
    if (!client->lent && is_outlived(client, &said))
        return;
    client->welcome = (Tefter__Welcome *)copy_of(&welcome->base, &client->welcome_arena);
    if (client->welcome == NULL) {
        link_again(client, "no memory");
        return;
    }
    keep_currency(client);
    measure_clock(client, welcome->now_ms);
    client->link.expired = certificate_over(client, welcome);
    client->server_seq = welcome->seq;
    client->incarnation = said;
    client->person = NULL;
    client->shows_mark = welcome->has_mark_old;
    client->profile_old = false;
    take_mark(client, welcome->mark_old, welcome->has_mark, welcome->mark);
    if (client->welcome->recovery != NULL && !client->outbox.open &&
        !client->lent) /* who only asks offers too */
        (void)outbox_open(&client->outbox, client->folder, wall_ms(), NULL);
    outbox_reoffer(&client->outbox);
    bool offer_only = welcome->recovery != NULL && welcome->recovery->offer_only;
    if (offer_only || !token_is_good(client)) {
        opened(client);
        return;
    }
    client->link.state = LINK_LOGGING_IN;
    send_token(client);
}

static void keep_person(struct tefter *client, const Tefter__LoggedIn *person)
{
    struct profile_token token = {.size = person->token.len, .expires_ms = person->expires_ms};
    client->person = (Tefter__LoggedIn *)copy_of(&person->base, &client->person_arena);
    if (token.size == 0 || token.size > PROFILE_TOKEN_MAX)
        return;
    memcpy(token.bytes, person->token.data, token.size);
    bool same = token.size == client->token.size &&
                memcmp(token.bytes, client->token.bytes, token.size) == 0;
    client->token = token;
    if (!same && !client->lent)
        (void)profile_token_write(client->folder, &token, NULL); /* else a login more */
}

void link_logged_in(struct tefter *client, const Tefter__LoggedIn *person)
{
    /* What was asked for as somebody else, while this was under way, may be theirs alone. */
    bool other = client->person != NULL && client->person->staff != person->staff;
    keep_person(client, person);
    if (other)
        feeds_leave(client);
    feeds_open(client);
    outbox_offer(client);
    client_changed(client);
    client_happened(client);
}

void link_logged_out(struct tefter *client)
{
    client->token.size = 0;
    client->person = NULL;
    feeds_lost(client); /* the server has dropped them */
    if (!client->lent)
        (void)profile_token_write(client->folder, &client->token, NULL);
    client_changed(client);
}

/* ---- in ---- */

static void turned_away(struct tefter *client, const Tefter__Refusal *refusal)
{
    char sentence[REASON_MAX];
    (void)refusal_sentence(refusal, &client->currency, sentence, sizeof(sentence));
    /* these two pass by themselves */
    client->link.refused = refusal->code != TEFTER__REFUSAL_CODE__BUSY &&
                           refusal->code != TEFTER__REFUSAL_CODE__TOO_MANY_CONNECTIONS;
    if (refusal->has_retry_ms)
        client->link.goodbye_retry_ms = refusal->retry_ms;
    keep_reason(client, sentence);
}

static void said_goodbye(struct tefter *client, const Tefter__Goodbye *goodbye)
{
    keep_reason(client, goodbye->reason);
    if (goodbye->refused != NULL)
        turned_away(client, goodbye->refused);
    if (goodbye->has_retry_ms)
        client->link.goodbye_retry_ms = goodbye->retry_ms;
    abort_link(client, client->link.reason);
}

static void token_refused(struct tefter *client, const Tefter__Refusal *refusal)
{
    if (refusal->code == TEFTER__REFUSAL_CODE__BUSY) {
        turned_away(client, refusal);
        abort_link(client, client->link.reason);
        return;
    }
    client->link.expired = refusal->code == TEFTER__REFUSAL_CODE__CERTIFICATE_EXPIRED;
    if (!client->link.expired) {
        client->token.size = 0;
        if (!client->lent)
            (void)profile_token_write(client->folder, &client->token, NULL);
    }
    opened(client);
}

static void own_refused(struct tefter *client, const Tefter__ToTerminal *frame)
{
    if (client->link.state == LINK_GREETING) {
        turned_away(client, frame->refused);
        abort_link(client, client->link.reason);
    } else if (client->link.state == LINK_LOGGING_IN && frame->request == NUMBER_TOKEN) {
        token_refused(client, frame->refused);
    } else {
        feeds_refused(client, frame->request, frame->refused);
    }
}

static void token_taken(struct tefter *client, const Tefter__LoggedIn *person)
{
    keep_person(client, person);
    opened(client);
}

static void beat(struct tefter *client, const Tefter__Pong *pong)
{
    measure_clock(client, pong->now_ms);
    take_mark(client, pong->mark_old, pong->has_mark, pong->mark);
    if (pong->seq > client->server_seq)
        client->server_seq = pong->seq;
}

/* Frames that no request of ours asked for. */
static void take_own(struct tefter *client, const Tefter__ToTerminal *frame)
{
    switch (frame->body_case) {
    case TEFTER__TO_TERMINAL__BODY_WELCOME:
        greeted(client, frame->welcome);
        break;
    case TEFTER__TO_TERMINAL__BODY_LOGGED_IN:
        token_taken(client, frame->logged_in);
        break;
    case TEFTER__TO_TERMINAL__BODY_PONG:
        beat(client, frame->pong);
        break;
    case TEFTER__TO_TERMINAL__BODY_REFUSED:
        own_refused(client, frame);
        break;
    case TEFTER__TO_TERMINAL__BODY_GOODBYE:
        said_goodbye(client, frame->goodbye);
        break;
    case TEFTER__TO_TERMINAL__BODY_SUBSCRIBED:
    case TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK:
    case TEFTER__TO_TERMINAL__BODY_DELTA:
        feeds_take(client, frame);
        break;
    case TEFTER__TO_TERMINAL__BODY_REPLY:
    case TEFTER__TO_TERMINAL__BODY_ANSWER:
    case TEFTER__TO_TERMINAL__BODY_CODE:
    case TEFTER__TO_TERMINAL__BODY_ENROLLED:
    case TEFTER__TO_TERMINAL__BODY_STATUS:
    case TEFTER__TO_TERMINAL__BODY_AUDIT:
    case TEFTER__TO_TERMINAL__BODY_NOTICES:
    case TEFTER__TO_TERMINAL__BODY_NOTICE_TESTED:
    case TEFTER__TO_TERMINAL__BODY_PRINTED:
    case TEFTER__TO_TERMINAL__BODY_PRINT_JOB:
    case TEFTER__TO_TERMINAL__BODY_ACCEPTED:
    case TEFTER__TO_TERMINAL__BODY_CHALLENGE:
    case TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED:
    case TEFTER__TO_TERMINAL__BODY_FOUNDING_OPENED:
    case TEFTER__TO_TERMINAL__BODY_FOUNDED:
    case TEFTER__TO_TERMINAL__BODY_IMPORT_STATE:
    case TEFTER__TO_TERMINAL__BODY_IMPORT_REJECTED:
    case TEFTER__TO_TERMINAL__BODY__NOT_SET:
    case _TEFTER__TO_TERMINAL__BODY__CASE_IS_INT_SIZE:
        break; /* of a request that was given up, or of a later version */
    }
}

/* Numbers that we have given out for requests. */
static bool was_asked(const struct tefter *client, uint64_t number)
{
    return number >= REQUEST_NUMBER_FIRST && number / REQUESTS_MAX < client->request_round;
}

/* Does a frame that answers no request of ours stand where it may? */
static bool may_come(const struct tefter *client, const Tefter__ToTerminal *frame)
{
    uint64_t number = frame->has_request ? frame->request : 0;
    switch (frame->body_case) {
    case TEFTER__TO_TERMINAL__BODY_WELCOME:
        return client->link.state == LINK_GREETING && number == NUMBER_HELLO;
    case TEFTER__TO_TERMINAL__BODY_LOGGED_IN:
        return (client->link.state == LINK_LOGGING_IN && number == NUMBER_TOKEN) ||
               was_asked(client, number);
    case TEFTER__TO_TERMINAL__BODY_PONG:
        return number == NUMBER_PING || was_asked(client, number);
    case TEFTER__TO_TERMINAL__BODY_REPLY:
    case TEFTER__TO_TERMINAL__BODY_ANSWER:
    case TEFTER__TO_TERMINAL__BODY_CODE:
    case TEFTER__TO_TERMINAL__BODY_ENROLLED:
    case TEFTER__TO_TERMINAL__BODY_STATUS:
    case TEFTER__TO_TERMINAL__BODY_AUDIT:
    case TEFTER__TO_TERMINAL__BODY_NOTICES:
    case TEFTER__TO_TERMINAL__BODY_NOTICE_TESTED:
    case TEFTER__TO_TERMINAL__BODY_PRINTED:
    case TEFTER__TO_TERMINAL__BODY_PRINT_JOB:
    case TEFTER__TO_TERMINAL__BODY_IMPORT_STATE:
    case TEFTER__TO_TERMINAL__BODY_IMPORT_REJECTED:
        return was_asked(client, number); /* and given up since */
    case TEFTER__TO_TERMINAL__BODY_ACCEPTED:
        return number < REQUEST_NUMBER_FIRST || was_asked(client, number);
    case TEFTER__TO_TERMINAL__BODY_REFUSED:
        return number < REQUEST_NUMBER_FIRST || was_asked(client, number) ||
               (number & SUBSCRIBE_REQUEST) != 0;
    case TEFTER__TO_TERMINAL__BODY_GOODBYE:
    case TEFTER__TO_TERMINAL__BODY_SUBSCRIBED:
    case TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK:
    case TEFTER__TO_TERMINAL__BODY_DELTA:
    case TEFTER__TO_TERMINAL__BODY_CHALLENGE: /* these are a browser's: passed over */
    case TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED:
    case TEFTER__TO_TERMINAL__BODY_FOUNDING_OPENED:
    case TEFTER__TO_TERMINAL__BODY_FOUNDED:
    case TEFTER__TO_TERMINAL__BODY__NOT_SET:
    case _TEFTER__TO_TERMINAL__BODY__CASE_IS_INT_SIZE:
        break; /* they say themselves whom they are for, or nobody is waiting for them */
    }
    return true;
}

static void take_frame(struct tefter *client, struct slice bytes)
{
    struct message_fault fault;
    arena_reset(&client->frame_arena);
    if (!message_scan_as(&tefter__to_terminal__descriptor, bytes, MESSAGE_OF_SERVER, &fault)) {
        link_broken(client, "it sends what cannot be read");
        return;
    }
    const Tefter__ToTerminal *frame = (const Tefter__ToTerminal *)message_unpack(
        &tefter__to_terminal__descriptor, bytes, &client->frame_arena);
    if (frame == NULL) {
        link_broken(client, "a frame of it is too big");
        return;
    }
    if (!expect_money(&frame->base)) {
        link_broken(client, "it names amounts that nobody can owe");
        return;
    }
    client->link.last_beat_ms = loop_now_ms(client->loop);
    if (frame->has_request && requests_answer(client, frame))
        return;
    if (!may_come(client, frame))
        link_broken(client, "it answers what nobody asked");
    else if (!frame->has_request || !was_asked(client, frame->request))
        take_own(client, frame);
}

/* ---- what the stream says ---- */

static void end_open(void *context)
{
    struct wire_end *end = context;
    struct tefter *client = end->client;
    if (client == NULL)
        return;
    client->link.state = LINK_GREETING;
    client->link.step_ms = loop_now_ms(client->loop);
    client->link.last_beat_ms = client->link.step_ms;
    send_hello(client);
}

static void end_bytes(void *context, struct slice bytes)
{
    struct wire_end *end = context;
    struct slice message;
    if (end->client == NULL)
        return;
    if (!frame_reader_put(&end->client->link.reader, bytes)) {
        link_again(end->client, "no memory");
        return;
    }
    while (end->client != NULL) {
        enum frame_verdict verdict = frame_reader_next(&end->client->link.reader, &message);
        if (verdict == FRAME_MORE)
            return;
        if (verdict == FRAME_WHOLE)
            take_frame(end->client, message);
        else
            link_broken(end->client, "it sends what is no frame");
    }
}

static void end_drained(void *context)
{
    struct wire_end *end = context;
    if (end->client != NULL)
        requests_pump(end->client);
}

static void end_closed(void *context, const char *reason)
{
    struct wire_end *end = context;
    struct tefter *client = end->client;
    if (end->closed != NULL) {
        *end->closed = true;
        loop_stop(end->loop);
    }
    free(end);
    if (client != NULL)
        lost(client, reason);
}

/* ---- dialling ---- */

static const struct stream_events end_events = {end_open, end_bytes, end_drained, end_closed};

/* The one there is. */
static struct stream *take_lent(struct tefter *client, struct wire_end *end,
                                struct failure *failure)
{
    int socket = client->lent_socket;
    client->lent_socket = -1;
    if (socket < 0) {
        (void)fail(failure, FAULT_PEER, 0, "the connection that was lent is over");
        return NULL;
    }
    return stream_of_pair(client->loop, socket, &end_events, end, failure);
}

static void dial(struct tefter *client)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct wire_end *end = calloc(1, sizeof(*end));
    client->link.reason_given = false;
    client->link.state = LINK_DIALING;
    client->link.step_ms = loop_now_ms(client->loop);
    frame_reader_init(&client->link.reader, FRAME_TO_CLIENT_MAX);
    if (end != NULL) {
        end->client = client;
        end->loop = client->loop;
        end->stream = client->lent ? take_lent(client, end, &failure)
                                   : stream_connect(client->loop, client->address, client->tls,
                                                    &end_events, end, &failure);
    }
    if (end == NULL || end->stream == NULL) {
        free(end);
        lost(client, end == NULL ? "no memory" : failure.text);
        return;
    }
    client->link.end = end;
    client_changed(client);
}

void link_start(struct tefter *client)
{
    client->link.retry = loop_timer_create(client->loop, retry, client);
    if (client->link.retry != NULL)
        dial(client);
}

void link_stop(struct tefter *client)
{
    struct wire_end *end = client->link.end;
    loop_timer_destroy(client->link.retry);
    client->link.retry = NULL;
    client->link.end = NULL;
    if (client->link.state >= LINK_DIALING)
        frame_reader_fini(&client->link.reader);
    client->link.state = LINK_IDLE;
    if (end == NULL)
        return;
    end->client = NULL;
    stream_close(end->stream, "");
}

/* ---- heartbeat ---- */

static bool wants_ping(const struct tefter *client, uint64_t now)
{
    const struct link *link = &client->link;
    uint64_t pause = client->feeds != NULL ? PING_FEED_MS : PING_IDLE_MS;
    bool quiet = now - link->last_beat_ms + TICK_MS >= pause;
    return (quiet && now - link->last_ping_ms + TICK_MS >= pause) ||
           now - link->last_ping_ms >= SPEAK_MS;
}

/* A process that slept has not heard the beats that wait in its socket: it listens first. */
static bool is_dead(struct tefter *client, uint64_t now)
{
    struct link *link = &client->link;
    if (now - link->last_tick_ms > ASLEEP_MS)
        link->awake_ms = now;
    link->last_tick_ms = now;
    uint64_t since = link->last_beat_ms > link->awake_ms ? link->last_beat_ms : link->awake_ms;
    if (link->state == LINK_OPEN)
        return now - since >= TEFTER_LOST_MS;
    return (link->state == LINK_GREETING || link->state == LINK_LOGGING_IN) &&
           now - link->step_ms >= STEP_MS && now - since >= STEP_MS;
}

void link_tick(struct tefter *client)
{
    uint64_t now = loop_now_ms(client->loop);
    if (is_dead(client, now)) {
        abort_link(client, "the server does not answer any more");
        return;
    }
    if (link_is_open(client)) {
        if (wants_ping(client, now))
            send_ping(client, now);
        requests_wake(client);
    }
    client_changed(client);
}
