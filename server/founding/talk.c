/*
 * Connections of the page while there is no ledger. They come from the relay, as a server's do, and
 * say three things at most:
 *
 *   header of the relay ──▶ Challenge with Founding ──OpenFounding──▶ FoundingOpened
 *                                                   ──FoundCompany──▶ Founded, Goodbye
 *
 * Whatever else comes is refused, and the connection ends. One at a time is answered, so of two
 * pages that found at once one finds it done.
 */
#include "founding/inside.h"

#include "access/access.h"
#include "base/country.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/money.h"
#include "base/version.h"
#include "net/proxy.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NONCE_SIZE = 32,
    TALKS_MAX = 64,
    SILENT_MS = 60 * 1000,
    LAST_WORD_MS = 1000,
    REPLY_MAX = 64 * 1024,
};

struct talk {
    struct founding *founding;
    struct stream *stream;
    struct talk *next;
    uint64_t heard_ms;
    struct frame_reader frames;
    uint8_t nonce[NONCE_SIZE];
    bool challenged;  /* the header is whole */
    bool opened;      /* the link was right */
    uint64_t address; /* of the browser, as a key */
    char shown[PROXY_ADDRESS_SIZE];
    char recovery[FOUNDING_SECRET_SIZE]; /* told here alone; of who founds it is the password */
    bool closing;
    size_t head_size;
    uint8_t head[PROXY_HEAD_MAX];
};

/* ---- what is said ---- */

static ProtobufCBinaryData binary(const void *bytes, size_t size)
{
    return (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)bytes};
}

static void send_message(struct talk *talk, uint64_t request, Tefter__ToTerminal *message)
{
    struct buffer packed, out;
    buffer_init(&packed, REPLY_MAX);
    buffer_init(&out, REPLY_MAX + FRAME_HEAD_SIZE);
    message->has_request = request != 0;
    message->request = request;
    if (message_put(&message->base, &packed) && frame_put(&out, buffer_slice(&packed)))
        (void)stream_write(talk->stream, buffer_slice(&out));
    buffer_wipe(&packed);
    buffer_wipe(&out);
    buffer_fini(&packed);
    buffer_fini(&out);
}

static void say_goodbye(struct talk *talk, const char *reason, Tefter__Refusal *refused)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Goodbye goodbye = TEFTER__GOODBYE__INIT;
    goodbye.reason = (char *)(uintptr_t)reason;
    goodbye.refused = refused;
    message.body_case = TEFTER__TO_TERMINAL__BODY_GOODBYE;
    message.goodbye = &goodbye;
    send_message(talk, 0, &message);
    talk->closing = true;
    stream_close(talk->stream, reason);
}

static void refuse_founding(struct talk *talk, uint64_t request, Tefter__RefusalCode code,
                            const char *field, uint32_t retry_ms)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.field = (char *)(uintptr_t)field;
    refusal.has_retry_ms = retry_ms > 0;
    refusal.retry_ms = retry_ms;
    message.body_case = TEFTER__TO_TERMINAL__BODY_REFUSED;
    message.refused = &refusal;
    send_message(talk, request, &message);
}

/* The last of them, the PIN, has a sentence of its own: it may be one that is guessed first. */
static void refuse_wish(struct talk *talk, uint64_t request, const char *field)
{
    refuse_founding(talk, request,
                    strcmp(field, "pin") == 0 ? TEFTER__REFUSAL_CODE__PASSWORD_WEAK
                                              : TEFTER__REFUSAL_CODE__FIELD_INVALID,
                    field, 0);
}

static size_t country_count(void)
{
    size_t count = 0;
    while (country_at(count) != NULL)
        count++;
    return count;
}

static void fill_countries(struct arena *arena, Tefter__Founding *founding)
{
    size_t count = country_count();
    founding->countries = arena_take(arena, count * sizeof *founding->countries);
    for (size_t i = 0; founding->countries != NULL && i < count; i++) {
        const struct country *country = country_at(i);
        const struct currency *currency = currency_find(country->currency);
        Tefter__Country *row = arena_take(arena, sizeof *row);
        if (row == NULL || currency == NULL)
            continue;
        tefter__country__init(row);
        row->code = (char *)(uintptr_t)country->code;
        row->currency = (char *)(uintptr_t)country->currency;
        row->exponent = (uint32_t)currency->exponent;
        row->tax_bp = country->tax_bp;
        row->language = (char *)(uintptr_t)country->language;
        row->zone = (char *)(uintptr_t)country->zone;
        founding->countries[founding->n_countries++] = row;
    }
}

static void challenge(struct talk *talk)
{
    struct founding *founding = talk->founding;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Challenge challenge = TEFTER__CHALLENGE__INIT;
    Tefter__Founding said = TEFTER__FOUNDING__INIT;
    random_bytes(talk->nonce, sizeof talk->nonce);
    fill_countries(&founding->arena, &said);
    challenge.nonce = binary(talk->nonce, sizeof talk->nonce);
    challenge.ledger = binary(founding->id.bytes, sizeof founding->id.bytes);
    challenge.incarnation = 1;
    challenge.program = (char *)(uintptr_t)version_tefterd;
    challenge.founding = &said;
    message.body_case = TEFTER__TO_TERMINAL__BODY_CHALLENGE;
    message.challenge = &challenge;
    talk->challenged = true;
    send_message(talk, 0, &message);
}

/* ---- what is asked ---- */

/* A line a second, however many try. */
static void say_refused(struct talk *talk, const char *why)
{
    enum { SAY_MS = 1000 };
    struct founding *founding = talk->founding;
    int64_t now_ms = (int64_t)loop_now_ms(founding->loop);
    char unsaid[16];
    if (founding->refused_said_ms != 0 && now_ms - founding->refused_said_ms < SAY_MS) {
        founding->refused_unsaid++;
        return;
    }
    (void)snprintf(unsaid, sizeof unsaid, "%u", (unsigned)founding->refused_unsaid);
    log_line(LOG_WARNING, "founding_link_refused", "why", why, "peer", talk->shown, "others_before",
             unsaid, NULL);
    founding->refused_said_ms = now_ms;
    founding->refused_unsaid = 0;
}

/* False: it was refused. */
static bool link_right(struct talk *talk, uint64_t request, const char *secret, const char *origin)
{
    struct founding *founding = talk->founding;
    uint32_t wait_ms;
    if (!access_origin_ours(founding->origins, founding->site.count, origin)) {
        refuse_founding(talk, request, TEFTER__REFUSAL_CODE__ORIGIN_NOT_OURS, NULL, 0);
        return false;
    }
    enum founding_verdict verdict = founding_secret_try(
        &founding->secret, talk->address, secret, (int64_t)loop_now_ms(founding->loop), &wait_ms);
    if (verdict == FOUNDING_RIGHT)
        return true;
    say_refused(talk, verdict == FOUNDING_WAIT   ? "too many wrong ones"
                      : verdict == FOUNDING_USED ? "used"
                                                 : "wrong");
    if (verdict == FOUNDING_WAIT)
        refuse_founding(talk, request, TEFTER__REFUSAL_CODE__LOGIN_THROTTLED, NULL, wait_ms);
    else
        refuse_founding(talk, request,
                        verdict == FOUNDING_USED ? TEFTER__REFUSAL_CODE__CODE_USED
                                                 : TEFTER__REFUSAL_CODE__CODE_WRONG,
                        "secret", 0);
    return false;
}

/* A browser that says which it is counts once, however often it comes; who does not, each time.
 * False: it is known. */
static bool note_opener(struct talk *talk, const Tefter__OpenFounding *open)
{
    struct founding *founding = talk->founding;
    bool says = open->has_browser && open->browser.len == OPENER_SIZE;
    if (!says && talk->opened)
        return false;
    for (size_t i = 0; says && i < founding->opener_count; i++)
        if (memcmp(founding->openers[i], open->browser.data, OPENER_SIZE) == 0)
            return false;
    if (founding->opener_count == OPENERS_MAX)
        return true;
    uint8_t *place = founding->openers[founding->opener_count++];
    if (says)
        memcpy(place, open->browser.data, OPENER_SIZE);
    else
        random_bytes(place, OPENER_SIZE);
    return true;
}

static void open_founding(struct talk *talk, uint64_t request, const Tefter__OpenFounding *open)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__FoundingOpened opened = TEFTER__FOUNDING_OPENED__INIT;
    struct founding *founding = talk->founding;
    if (!link_right(talk, request, open->secret, open->origin)) {
        say_goodbye(talk, "this link founds nothing", NULL);
        return;
    }
    /* a code of its own: who opened the link before, and did not found, knows none that counts */
    if (!talk->opened)
        founding_letters(talk->recovery);
    if (note_opener(talk, open))
        log_line(LOG_NOTICE, "founding_opened", "peer", talk->shown, NULL);
    opened.has_others = true;
    opened.others = founding->opener_count - 1;
    opened.recovery = talk->recovery;
    opened.login = (char *)(uintptr_t)FOUNDING_LOGIN;
    message.body_case = TEFTER__TO_TERMINAL__BODY_FOUNDING_OPENED;
    message.founding_opened = &opened;
    talk->opened = true;
    send_message(talk, request, &message);
}

static void say_founded(struct talk *talk, uint64_t request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Founded founded = TEFTER__FOUNDED__INIT;
    founded.terminal = 1;
    founded.name = (char *)(uintptr_t)FOUNDING_TERMINAL;
    founded.branch = 1;
    message.body_case = TEFTER__TO_TERMINAL__BODY_FOUNDED;
    message.founded = &founded;
    send_message(talk, request, &message);
    say_goodbye(talk, "the ledger is founded", NULL);
    loop_timer_start(talk->founding->end, LAST_WORD_MS, 0);
}

static void found_company(struct talk *talk, uint64_t request, const Tefter__FoundCompany *found)
{
    struct founding *founding = talk->founding;
    struct failure failure = {.fault = FAULT_NONE};
    const struct access_challenge challenge = {
        .nonce = slice_of(talk->nonce, sizeof talk->nonce),
        .ledger = slice_of(founding->id.bytes, sizeof founding->id.bytes)};
    if (!link_right(talk, request, found->secret, found->origin))
        say_goodbye(talk, "this link founds nothing", NULL);
    else if (!talk->opened || !access_founder_signed(&challenge, found)) {
        refuse_founding(talk, request, TEFTER__REFUSAL_CODE__PROOF_WRONG, "signature", 0);
        say_goodbye(talk, "it was not signed by that key", NULL);
    } else if (wish_fault(found) != NULL)
        refuse_wish(talk, request, wish_fault(found));
    else if (founding_make(founding, found, talk->recovery, &failure))
        say_founded(talk, request);
    else {
        log_line(LOG_ERROR, "not_founded", "reason", failure.text, NULL);
        say_goodbye(talk, failure.text, NULL);
    }
}

static void take_frame(struct talk *talk, struct slice bytes)
{
    struct founding *founding = talk->founding;
    const ProtobufCMessageDescriptor *type = &tefter__from_terminal__descriptor;
    struct message_fault fault;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    arena_reset(&founding->arena);
    Tefter__FromTerminal *frame =
        message_scan_as(type, bytes, MESSAGE_UNKNOWN_PASSES, &fault)
            ? (Tefter__FromTerminal *)message_unpack(type, bytes, &founding->arena)
            : NULL;
    if (frame == NULL) {
        refusal.code = TEFTER__REFUSAL_CODE__UNREADABLE;
        say_goodbye(talk, "a frame cannot be read", &refusal);
    } else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_OPEN_FOUNDING)
        open_founding(talk, frame->request, frame->open_founding);
    else if (frame->body_case == TEFTER__FROM_TERMINAL__BODY_FOUND_COMPANY)
        found_company(talk, frame->request, frame->found_company);
    else {
        refusal.code = TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN;
        say_goodbye(talk, "there is no ledger here yet", &refusal);
    }
}

/* ---- connections ---- */

/* Whose bytes follow: counted by nobody, for all of them are this machine's or behind TLS. */
static bool take_head(struct talk *talk, struct slice *bytes)
{
    struct proxy_peer peer;
    size_t size = 0, before = talk->head_size, room = sizeof talk->head - before;
    size_t taken = bytes->size < room ? bytes->size : room;
    memcpy(talk->head + before, bytes->data, taken);
    talk->head_size += taken;
    enum proxy_state state = proxy_read(slice_of(talk->head, talk->head_size), &peer, &size);
    if (state == PROXY_BAD)
        stream_abort(talk->stream, "no header of a relay");
    if (state != PROXY_WHOLE)
        return false;
    talk->address = peer.key;
    memcpy(talk->shown, peer.local ? "" : peer.address, peer.local ? 1 : sizeof talk->shown);
    *bytes = slice_of(bytes->data + (size - before), bytes->size - (size - before));
    arena_reset(&talk->founding->arena);
    challenge(talk);
    return true;
}

static void on_bytes(void *context, struct slice bytes)
{
    struct talk *talk = context;
    struct slice frame;
    talk->heard_ms = loop_now_ms(talk->founding->loop);
    if (talk->closing || (!talk->challenged && !take_head(talk, &bytes)))
        return;
    if (!frame_reader_put(&talk->frames, bytes)) {
        stream_abort(talk->stream, "no memory for a frame");
        return;
    }
    while (!talk->closing) {
        enum frame_verdict verdict = frame_reader_next(&talk->frames, &frame);
        if (verdict == FRAME_MORE)
            return;
        if (verdict != FRAME_WHOLE) {
            say_goodbye(talk, "a frame's length cannot be", NULL);
            return;
        }
        take_frame(talk, frame);
    }
}

static void on_closed(void *context, const char *reason)
{
    struct talk *talk = context, **at = &talk->founding->talks;
    (void)reason;
    while (*at != talk)
        at = &(*at)->next;
    *at = talk->next;
    talk->founding->talk_count--;
    frame_reader_fini(&talk->frames);
    secret_wipe(talk, sizeof *talk);
    free(talk);
}

/* Whoever may speak for browsers is this server's own user; or root, who may all. */
static bool is_relay(const struct stream *stream)
{
    struct stream_credentials peer;
    return stream_credentials(stream, &peer) && (peer.uid == geteuid() || peer.uid == 0);
}

bool talk_accept(void *owner, struct stream *stream, struct stream_events *ret_events,
                 void **ret_context)
{
    struct founding *founding = owner;
    if (founding->talk_count >= TALKS_MAX || founding->founded || !is_relay(stream))
        return false;
    struct talk *talk = calloc(1, sizeof *talk);
    if (talk == NULL)
        return false;
    *talk = (struct talk){.founding = founding,
                          .stream = stream,
                          .next = founding->talks,
                          .heard_ms = loop_now_ms(founding->loop)};
    frame_reader_init(&talk->frames, FRAME_BEFORE_LOGIN_MAX);
    founding->talks = talk;
    founding->talk_count++;
    *ret_events = (struct stream_events){.bytes = on_bytes, .closed = on_closed};
    *ret_context = talk;
    return true;
}

void talk_cut_silent(struct founding *founding)
{
    uint64_t now_ms = loop_now_ms(founding->loop);
    for (struct talk *talk = founding->talks; talk != NULL; talk = talk->next)
        if (!talk->closing && now_ms - talk->heard_ms > SILENT_MS) {
            talk->closing = true;
            stream_abort(talk->stream, "it said nothing");
        }
}
