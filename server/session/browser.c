/*
 * Connections of browsers. They come over a unix socket, from a relay of this machine that writes
 * whose bytes follow; then the browser is challenged, and shows its key with its first frame.
 *
 *   header of the relay ──▶ Challenge ──Hello with a proof──▶ greeted, as any terminal
 *                                 └─────EnrolBrowser────────▶ BrowserEnrolled, Goodbye
 *
 * Their places are apart from those of tills, and fewer. Until it has shown a key, one gives its
 * place to a newcomer when there are too many such, of its address or in all: the one that came
 * first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/version.h"
#include "net/proxy.h"
#include "session/inside.h"

enum { NONCE_SIZE = 32, PLACES_SHARE = 3 };

/* Until it is greeted. */
struct arriving {
    uint8_t nonce[NONCE_SIZE];
    bool challenged; /* the header is whole */
    size_t head_size;
    uint8_t head[PROXY_HEAD_MAX];
};

/* ---- places ---- */

/* However few descriptors there are, most are left to tills. */
static uint32_t places(const struct sessions *home)
{
    struct stream_listener_metrics listener;
    uint32_t set = home->options.browsers_most > 0 ? home->options.browsers_most : BROWSERS_MAX;
    if (home->browsers == NULL) /* it is closing */
        return set;
    stream_listener_metrics(home->browsers, &listener);
    uint32_t most = listener.places / PLACES_SHARE;
    return set < most ? set : most > 0 ? most : 1;
}

static uint32_t share(const struct sessions *home, uint32_t percent)
{
    uint32_t part = places(home) * percent / 100;
    return part > UNPROVEN_LEAST ? part : UNPROVEN_LEAST;
}

uint32_t browsers_of_address(const struct sessions *home)
{
    return home->options.per_address > 0 ? home->options.per_address
                                         : share(home, SESSIONS_PER_ADDRESS_PERCENT);
}

static void count_unproven(struct session *session)
{
    session->unproven = true;
    session->home->browsers_unproven++;
    tally_add(&session->home->unproven_of_address, session->address_key);
}

static void browser_proven(struct session *session)
{
    if (!session->unproven)
        return;
    session->unproven = false;
    session->home->browsers_unproven--;
    tally_take(&session->home->unproven_of_address, session->address_key);
}

/* The one that came first of those that have shown nothing yet, of this address or (NULL) of any;
 * false: there is none. */
static bool make_room(struct sessions *home, const uint64_t *key)
{
    struct session *oldest = NULL;
    for (uint32_t i = 0; i < home->slot_count; i++) {
        struct session *session = home->slots[i].session;
        if (session == NULL || !session->unproven || session->state == SESSION_CLOSING ||
            (key != NULL && session->address_key != *key))
            continue;
        if (oldest == NULL || session->login_by_ms < oldest->login_by_ms)
            oldest = session;
    }
    if (oldest == NULL)
        return false;
    browser_proven(oldest);
    home->browsers_turned_away++;
    memcpy(home->browsers_away_last, oldest->who.address, sizeof home->browsers_away_last);
    stream_abort(oldest->stream, "another connection needed the place");
    return true;
}

bool browsers_may_come(struct sessions *home)
{
    if (home->browsers_open < places(home) || make_room(home, NULL))
        return true;
    home->browsers_turned_away++;
    home->browsers_away_last[0] = '\0';
    return false;
}

static void take_unproven(struct session *session)
{
    struct sessions *home = session->home;
    uint32_t each = home->options.unproven_per_address > 0
                        ? home->options.unproven_per_address
                        : share(home, UNPROVEN_PER_ADDRESS_PERCENT);
    if (tally_count(&home->unproven_of_address, session->address_key) >= each)
        (void)make_room(home, &session->address_key);
    if (home->browsers_unproven >= share(home, UNPROVEN_PERCENT))
        (void)make_room(home, NULL);
    count_unproven(session);
}

void browser_left(struct session *session)
{
    browser_proven(session);
    free(session->arriving);
    session->arriving = NULL;
}

/* ---- the relay ---- */

/* Whoever may speak for others is the server's own user; or root, who may all. */
static bool is_relay(const struct session *session)
{
    struct stream_credentials peer;
    return stream_credentials(session->stream, &peer) && (peer.uid == geteuid() || peer.uid == 0);
}

void browser_arrived(struct session *session)
{
    struct sessions *home = session->home;
    session->who.carrier = CARRIER_RELAY;
    session->wire = WIRE_VERSION;
    stream_address(session->stream, session->who.address, sizeof session->who.address);
    session->heard_ms = loop_now_ms(home->options.loop);
    session->login_by_ms = session->heard_ms + HELLO_MS;
    session->arriving = is_relay(session) ? calloc(1, sizeof *session->arriving) : NULL;
    if (session->arriving == NULL)
        stream_abort(session->stream, "this socket is for the server's own relay");
}

static void challenge(struct session *session)
{
    struct sessions *home = session->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Challenge challenge = TEFTER__CHALLENGE__INIT;
    random_bytes(session->arriving->nonce, sizeof session->arriving->nonce);
    challenge.nonce =
        (ProtobufCBinaryData){sizeof session->arriving->nonce, session->arriving->nonce};
    challenge.ledger = (ProtobufCBinaryData){sizeof home->ledger_id, home->ledger_id};
    challenge.incarnation = home->incarnation.number;
    challenge.has_incarnation_nonce = true;
    challenge.incarnation_nonce =
        (ProtobufCBinaryData){sizeof home->incarnation.nonce, home->incarnation.nonce};
    challenge.program = (char *)(uintptr_t)version_tefterd;
    message.body_case = TEFTER__TO_TERMINAL__BODY_CHALLENGE;
    message.challenge = &challenge;
    session->arriving->challenged = true;
    session->state = SESSION_CHALLENGED;
    session_send(session, 0, &message);
}

static void take_address(struct session *session, const struct proxy_peer *peer)
{
    if (!peer->local)
        (void)snprintf(session->who.address, sizeof session->who.address, "%s", peer->address);
    session->address_key = peer->key;
    take_unproven(session);
}

bool browser_head(struct session *session, struct slice *bytes)
{
    struct arriving *arriving = session->arriving;
    if (arriving == NULL || arriving->challenged)
        return true;
    struct proxy_peer peer;
    size_t size = 0;
    size_t before = arriving->head_size;
    size_t room = sizeof arriving->head - before;
    size_t taken = bytes->size < room ? bytes->size : room;
    memcpy(arriving->head + before, bytes->data, taken);
    arriving->head_size += taken;
    enum proxy_state state =
        proxy_read(slice_of(arriving->head, arriving->head_size), &peer, &size);
    if (state == PROXY_WHOLE) {
        *bytes =
            slice_of((const uint8_t *)bytes->data + (size - before), bytes->size - (size - before));
        take_address(session, &peer);
        challenge(session);
        return bytes->size > 0;
    }
    if (state == PROXY_BAD)
        stream_abort(session->stream, "no header of a relay");
    return false;
}

/* ---- the browser ---- */

/* Refused, and this nonce is spent. */
static void turn_away(struct session *session, const Tefter__FromTerminal *request,
                      Tefter__Refusal *refusal)
{
    session_refuse(session, request, refusal);
    session_goodbye(session, "this browser is not let in", refusal);
}

static void turn_away_code(struct session *session, const Tefter__FromTerminal *request,
                           Tefter__RefusalCode code, uint32_t retry_ms)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.has_retry_ms = retry_ms > 0;
    refusal.retry_ms = retry_ms;
    turn_away(session, request, &refusal);
}

static struct access_challenge challenge_of(const struct session *session)
{
    return (struct access_challenge){
        .nonce = slice_of(session->arriving->nonce, sizeof session->arriving->nonce),
        .ledger = slice_of(session->home->ledger_id, sizeof session->home->ledger_id)};
}

void browser_hello(struct session *session, const Tefter__FromTerminal *request)
{
    uint32_t retry_ms = 0;
    const Tefter__BrowserProof *proof = request->hello->browser;
    if (proof == NULL) {
        turn_away_code(session, request, TEFTER__REFUSAL_CODE__PROOF_WRONG, 0);
        return;
    }
    const struct access_challenge challenge = challenge_of(session);
    Tefter__RefusalCode code =
        access_identify_browser(session->home->access, &session->who, &challenge, proof, &retry_ms);
    if (code != 0) {
        turn_away_code(session, request, code, retry_ms);
        return;
    }
    browser_left(session); /* of those that arrive */
    terminal_take_place(session);
    if (session->state == SESSION_CONNECTED)
        terminal_hello(session, request);
}

/* Answered by access; ask_enrol_browser. From here on this nonce is spent. */
void browser_enrol(struct session *session, const Tefter__FromTerminal *request)
{
    const struct access_challenge challenge = challenge_of(session);
    session->state = SESSION_ENROLLING;
    session->login_by_ms = loop_now_ms(session->home->options.loop) + LOGIN_MS;
    ask_enrol_browser(session, request, &challenge);
    if (session->state == SESSION_ENROLLING) /* the code was right, and waits for the ledger */
        browser_left(session);
}

void browser_enrolled(struct session *session, uint64_t request, Tefter__BrowserEnrolled *enrolled)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    enrolled->ledger =
        (ProtobufCBinaryData){sizeof session->home->ledger_id, session->home->ledger_id};
    message.body_case = TEFTER__TO_TERMINAL__BODY_BROWSER_ENROLLED;
    message.browser_enrolled = enrolled;
    session_send(session, request, &message);
    session_goodbye(session, "this browser is a terminal now", NULL);
}
