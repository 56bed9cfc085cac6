/*
 * One browser's connection:
 *
 *   HEAD ──> FILE ──> HEAD …                 a file, piece by piece, then the next request
 *     └────> JOIN ──> SOCKET                 tefterd's socket is opened, then 101 is said
 *
 * The far stream is opened before the upgrade is answered: so there is no byte of theirs that has
 * to wait for the PROXY header, and where tefterd is away they hear 503 and no half-made WebSocket.
 * Back-pressure: each side is read only while little waits to be written to the other.
 */
#include "web/relay.h"

#include "net/proxy.h"
#include "net/websocket_key.h"

#include <stdlib.h>

enum phase { PHASE_HEAD, PHASE_FILE, PHASE_JOIN, PHASE_SOCKET, PHASE_LEAVES };

struct browser {
    struct browser *next;
    struct browser **link;
    struct relay *relay;
    struct stream *near; /* theirs; NULL: it is gone */
    struct stream *far;  /* tefterd's; NULL: not yet, or gone */
    struct ws *ws;       /* from JOIN on */
    struct buffer head;
    struct slice body; /* of a file, what is not with the stream yet */
    enum phase phase;
    bool ends;            /* after this answer */
    bool is_visit;        /* counted as one */
    bool counted;         /* as a WebSocket */
    uint64_t address_key; /* of the near end */
    uint64_t since_ms; /* the phase began; of HEAD: its first byte came, or the last answer went */
    uint64_t heard_ms; /* the last byte of theirs */
    uint64_t pinged_ms;
    uint64_t stuck_since_ms; /* something waits to be written; 0: nothing */
    char accept[WEBSOCKET_ANSWER_SIZE];
};

/* ---- life ---- */

static uint64_t now_of(const struct browser *browser)
{
    return loop_now_ms(browser->relay->loop);
}

static void visit_ends(struct browser *browser)
{
    if (!browser->is_visit)
        return;
    browser->is_visit = false;
    browser->relay->visits--;
    tally_take(&browser->relay->visits_of, browser->address_key);
}

static void enter(struct browser *browser, enum phase phase)
{
    browser->phase = phase;
    browser->since_ms = now_of(browser);
    if (phase == PHASE_SOCKET || phase == PHASE_LEAVES)
        visit_ends(browser);
}

static void free_when_alone(struct browser *browser)
{
    if (browser->near != NULL || browser->far != NULL)
        return;
    *browser->link = browser->next;
    if (browser->next != NULL)
        browser->next->link = browser->link;
    browser->relay->count--;
    if (browser->counted)
        relay_socket_ended(browser->relay, browser->address_key);
    ws_destroy(browser->ws);
    buffer_fini(&browser->head);
    free(browser);
}

/* Both ends, in good order: what is queued goes out. */
static void leave(struct browser *browser, const char *reason)
{
    enter(browser, PHASE_LEAVES);
    if (browser->near != NULL)
        stream_close(browser->near, reason);
    if (browser->far != NULL)
        stream_close(browser->far, reason);
}

static void cut(struct browser *browser, const char *reason)
{
    enter(browser, PHASE_LEAVES);
    if (browser->near != NULL)
        stream_abort(browser->near, reason);
    if (browser->far != NULL)
        stream_close(browser->far, reason);
}

static void leave_with(struct browser *browser, enum ws_code code, const char *reason)
{
    if (browser->phase == PHASE_SOCKET && browser->near != NULL)
        ws_close(browser->ws, code);
    leave(browser, reason);
}

/* ---- out ---- */

static void write_near(struct browser *browser, struct slice bytes)
{
    if (browser->near == NULL || bytes.size == 0)
        return;
    if (browser->stuck_since_ms == 0)
        browser->stuck_since_ms = now_of(browser);
    (void)stream_write(browser->near, bytes);
}

static void write_piece(struct browser *browser)
{
    size_t size = browser->body.size < PIECE_BYTES ? browser->body.size : PIECE_BYTES;
    struct slice piece = slice_of(browser->body.data, size);
    browser->body = slice_of(browser->body.data + size, browser->body.size - size);
    write_near(browser, piece);
}

static void answer(struct browser *browser, const struct answer *said)
{
    enter(browser, PHASE_FILE);
    stream_pause(browser->near, true);
    browser->body = said->body;
    write_near(browser, slice_of(said->head, said->size));
    if (browser->body.size > 0)
        write_piece(browser);
}

static void refuse(struct browser *browser, enum http_status status)
{
    struct answer said;
    pages_refuse(status, &said);
    browser->ends = true;
    answer(browser, &said);
}

/* ---- a WebSocket ---- */

static void far_bytes(void *context, struct slice bytes)
{
    struct browser *browser = context;
    uint8_t head[WS_HEAD_MAX];
    if (browser->phase != PHASE_SOCKET)
        return;
    write_near(browser, slice_of(head, ws_head(bytes.size, head)));
    write_near(browser, bytes);
    if (browser->near != NULL && stream_waiting(browser->near) > MARK_BYTES)
        stream_pause(browser->far, true);
}

static void far_drained(void *context)
{
    struct browser *browser = context;
    if (browser->phase == PHASE_SOCKET && browser->near != NULL)
        stream_pause(browser->near, false);
}

static void far_open(void *context)
{
    struct browser *browser = context;
    struct sockaddr_storage peer = {0}, own = {0};
    struct answer said;
    uint8_t header[PROXY_WRITTEN_MAX];
    if (browser->phase != PHASE_JOIN || browser->near == NULL)
        return;
    if (!stream_ends(browser->near, &peer, &own)) {
        leave(browser, "the connection was cut");
        return;
    }
    (void)stream_write(browser->far, slice_of(header, proxy_write(&peer, &own, header)));
    pages_switch(browser->accept, &said);
    write_near(browser, slice_of(said.head, said.size));
    enter(browser, PHASE_SOCKET);
    browser->heard_ms = browser->pinged_ms = now_of(browser);
    stream_pause(browser->near, false);
}

static void far_closed(void *context, const char *reason)
{
    struct browser *browser = context;
    browser->far = NULL;
    if (browser->phase == PHASE_JOIN && browser->near != NULL) {
        relay_refused(browser->relay, browser->near, reason);
        refuse(browser, HTTP_UNAVAILABLE);
    } else if (browser->phase == PHASE_SOCKET) {
        leave_with(browser, WS_GOING_AWAY, "the server closed the connection");
    }
    free_when_alone(browser);
}

static void ws_data(void *context, struct slice bytes)
{
    struct browser *browser = context;
    if (browser->far == NULL || browser->phase != PHASE_SOCKET)
        return;
    (void)stream_write(browser->far, bytes);
    if (stream_waiting(browser->far) > MARK_BYTES)
        stream_pause(browser->near, true);
}

static void ws_output(void *context, struct slice bytes)
{
    write_near(context, bytes);
}

static void join(struct browser *browser, struct slice key)
{
    static const struct stream_events events = {far_open, far_bytes, far_drained, far_closed};
    static const struct ws_events frames = {ws_data, ws_output};
    struct relay *relay = browser->relay;
    if (!relay_socket_begins(relay, browser->address_key)) {
        relay_refused(relay, browser->near, "too many WebSockets");
        refuse(browser, HTTP_TOO_MANY);
        return;
    }
    browser->counted = true;
    browser->ws = ws_create(&frames, browser);
    if (browser->ws != NULL && websocket_answer(key, browser->accept))
        browser->far =
            stream_connect_local(relay->loop, relay->options->socket, &events, browser, NULL);
    if (browser->far == NULL) {
        refuse(browser, HTTP_UNAVAILABLE);
        return;
    }
    stream_proven(browser->near);
    stream_pause(browser->near, true);
    buffer_fini(&browser->head);
    enter(browser, PHASE_JOIN);
}

/* ---- requests ---- */

static void upgrade(struct browser *browser, const struct http_head *head, bool more)
{
    struct slice key;
    enum http_status status = site_upgrade(&browser->relay->site, head, &key);
    if (!slice_equal(head->path, slice_text(SITE_SOCKET_PATH)))
        status = HTTP_NOT_FOUND;
    if (status == HTTP_FORBIDDEN)
        relay_refused(browser->relay, browser->near, "another origin");
    if (status == HTTP_SWITCHING && more) /* a browser waits for the answer, RFC 6455 4.1 */
        status = HTTP_BAD_REQUEST;
    if (status == HTTP_SWITCHING)
        join(browser, key);
    else
        refuse(browser, status);
}

/* Of what stands behind a request nothing is read: it ends with the answer. */
static void request(struct browser *browser, const struct http_head *head, size_t size)
{
    struct answer said;
    bool more = browser->head.size > size;
    const struct site_origin *origin = site_of_host(&browser->relay->site, head->host);
    if (origin == NULL) {
        relay_refused(browser->relay, browser->near, "another host");
        refuse(browser, HTTP_MISDIRECTED);
    } else if (site_upgrade_asked(head)) {
        upgrade(browser, head, more);
    } else {
        browser->ends = more || http_header_lists(head, "Connection", "close");
        if (!trust_answer(browser->relay->trust, origin, head, browser->ends, &said))
            pages_answer(browser->relay->pages, origin, head, browser->ends, &said);
        answer(browser, &said);
    }
    buffer_fini(&browser->head);
}

static void take_head(struct browser *browser, struct slice bytes)
{
    struct http_head head;
    size_t size;
    if (browser->head.size == 0)
        browser->since_ms = now_of(browser);
    size_t room = HTTP_HEAD_MAX + 1 - browser->head.size;
    if (!buffer_put(&browser->head, bytes.data, bytes.size < room ? bytes.size : room)) {
        leave(browser, "no memory");
        return;
    }
    enum http_status status = http_head_read(buffer_slice(&browser->head), &head, &size);
    if (status == HTTP_OK) {
        request(browser, &head, size);
    } else if (status != HTTP_MORE) {
        buffer_fini(&browser->head);
        refuse(browser, status);
    }
}

/* ---- the near end ---- */

static void near_open(void *context)
{
    struct browser *browser = context;
    stream_unsent_bound(browser->near, UNSENT_BYTES);
    enter(browser, PHASE_HEAD);
}

static void near_bytes(void *context, struct slice bytes)
{
    struct browser *browser = context;
    browser->heard_ms = now_of(browser);
    if (browser->phase == PHASE_HEAD)
        take_head(browser, bytes);
    else if (browser->phase == PHASE_SOCKET && !ws_input(browser->ws, bytes))
        leave(browser, "the browser closed the WebSocket");
}

static void near_drained(void *context)
{
    struct browser *browser = context;
    browser->stuck_since_ms = 0;
    if (browser->phase == PHASE_SOCKET && browser->far != NULL)
        stream_pause(browser->far, false);
    if (browser->phase != PHASE_FILE)
        return;
    if (browser->body.size > 0) {
        write_piece(browser);
    } else if (browser->ends) {
        leave(browser, "answered");
    } else {
        enter(browser, PHASE_HEAD);
        stream_pause(browser->near, false);
    }
}

static void near_closed(void *context, const char *reason)
{
    struct browser *browser = context;
    browser->near = NULL;
    if (browser->far != NULL)
        stream_close(browser->far, reason);
    enter(browser, PHASE_LEAVES);
    free_when_alone(browser);
}

/* The one that has asked nothing for longest goes, of this address or (NULL) of any. */
static bool make_room(struct relay *relay, const uint64_t *key)
{
    struct browser *oldest = NULL;
    for (struct browser *at = relay->browsers; at != NULL; at = at->next) {
        if (at->phase != PHASE_HEAD || (key != NULL && at->address_key != *key))
            continue;
        if (oldest == NULL || at->since_ms <= oldest->since_ms)
            oldest = at; /* of two of one time the one behind came first */
    }
    if (oldest != NULL) /* in good order it would keep its place for a while */
        cut(oldest, "another connection needed the place");
    return oldest != NULL;
}

static bool may_come(struct relay *relay, uint64_t key)
{
    if (tally_count(&relay->visits_of, key) >= relay_each(relay, key) && !make_room(relay, &key))
        return false;
    if (relay->visits >= relay->most * VISITS_PERCENT / 100 && !make_room(relay, NULL))
        return false;
    return !relay->ending && relay->count < relay->most;
}

bool browser_accept(struct relay *relay, struct stream *stream, struct stream_events *ret_events,
                    void **ret_context)
{
    if (!may_come(relay, stream_address_key(stream)))
        return false;
    struct browser *browser = calloc(1, sizeof *browser);
    if (browser == NULL)
        return false;
    *ret_events = (struct stream_events){near_open, near_bytes, near_drained, near_closed};
    *ret_context = browser;
    browser->relay = relay;
    browser->near = stream;
    browser->address_key = stream_address_key(stream);
    buffer_init(&browser->head, HTTP_HEAD_MAX + 1);
    browser->link = &relay->browsers;
    browser->next = relay->browsers;
    if (browser->next != NULL)
        browser->next->link = &browser->next;
    relay->browsers = browser;
    relay->count++;
    relay->visits++;
    browser->is_visit = true;
    tally_add(&relay->visits_of, browser->address_key);
    enter(browser, PHASE_HEAD);
    return true;
}

/* ---- time ---- */

static void tick_socket(struct browser *browser, uint64_t now_ms)
{
    ws_second(browser->ws);
    if (now_ms - browser->heard_ms >= DEAF_MS) {
        cut(browser, "the browser is silent");
    } else if (now_ms - browser->pinged_ms >= PING_MS) {
        browser->pinged_ms = now_ms;
        write_near(browser, slice_of(ws_ping, sizeof ws_ping));
    }
}

void browser_tick(struct browser *browser, uint64_t now_ms)
{
    uint64_t lasted = now_ms - browser->since_ms;
    if (browser->near == NULL || browser->phase == PHASE_LEAVES)
        return;
    if (browser->stuck_since_ms != 0 && now_ms - browser->stuck_since_ms >= STUCK_MS)
        cut(browser, "the browser reads too slowly");
    else if (browser->phase == PHASE_SOCKET)
        tick_socket(browser, now_ms);
    else if (browser->phase == PHASE_JOIN && lasted >= JOIN_MS)
        stream_abort(browser->far, "the server does not answer");
    else if (browser->phase == PHASE_HEAD && browser->head.size > 0 && lasted >= HEAD_MS)
        refuse(browser, HTTP_TOO_SLOW);
    else if (browser->phase == PHASE_HEAD && lasted >= IDLE_MS)
        leave(browser, "idle");
}

void browser_end(struct browser *browser)
{
    leave_with(browser, WS_GOING_AWAY, "the relay ends");
}

struct browser *browser_next(const struct browser *browser)
{
    return browser->next;
}
