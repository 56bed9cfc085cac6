#pragma once
/*
 * Inside web: the relay that all browsers share (relay.c) and one browser's connection (browser.c).
 */
#include "base/tally.h"
#include "net/stream.h"
#include "web/pages.h"
#include "web/trust.h"
#include "web/ws.h"

enum {
    BROWSERS_MAX = 2000,      /* connections of any kind, */
    VISITS_PERCENT = 50,      /* of these, that are no WebSockets (yet) */
    PER_ADDRESS_PERCENT = 25, /* of all, WebSockets of one address, and visits */
    PER_ADDRESS_LEAST = 32,
    SOCKETS_PER_SECOND = 100, /* that may begin, */
    SOCKETS_BURST = 400,      /* after a quiet time */
    MARK_BYTES = 32 * 1024,   /* above it the other side is not read */
    UNSENT_BYTES = 16 * 1024, /* in the kernel */
    PIECE_BYTES = 32 * 1024,  /* of a file, at a time */
    TICK_MS = 1000,
    HEAD_MS = 10 * 1000,
    IDLE_MS = 60 * 1000, /* between two requests */
    JOIN_MS = 10 * 1000, /* until tefterd's socket has answered */
    STUCK_MS = 30 * 1000,
    PING_MS = 20 * 1000,
    DEAF_MS = 50 * 1000, /* without a byte of theirs, a pong for one */
    LEAVE_MS = 500,      /* for the last words, when the relay ends */
    LOG_EACH_MS = 10 * 1000,
};

struct browser;

struct relay {
    const struct web_options *options;
    struct loop *loop;
    struct tls_context *tls;
    struct stream_listener *listener;
    struct loop_timer *tick;
    struct loop_timer *leave;
    struct pages *pages;
    struct trust *trust; /* NULL: no memory for it */
    bool
        named; /* the certificate is of a public name, and stands under no root of the page's own */
    struct site site;
    struct browser *browsers;
    uint32_t count;
    uint32_t most;
    uint32_t visits;
    struct tally visits_of;   /* by address */
    struct tally sockets_of;  /* by address */
    uint32_t sockets_allowed; /* that may begin at once, now */
    uint64_t logged_ms;       /* when a refusal was told last */
    uint64_t refused;         /* since then */
    uint64_t looked_ms;       /* when the certificate's end was looked at */
    bool ending;
};

/* ---- browser.c ---- */

/* False: turned away. */
bool browser_accept(struct relay *relay, struct stream *stream, struct stream_events *ret_events,
                    void **ret_context);
void browser_tick(struct browser *browser, uint64_t now_ms);
/* Says goodbye and ends. */
void browser_end(struct browser *browser);
struct browser *browser_next(const struct browser *browser);

/* ---- relay.c ---- */

/* So many of one kind may come from an address. This machine's own may have all: behind it may be
 * a proxy, and everybody. */
uint32_t relay_each(const struct relay *relay, uint64_t address_key);
/* May one more of this address become a WebSocket? Then it counts until relay_socket_ended. */
bool relay_socket_begins(struct relay *relay, uint64_t address_key);
void relay_socket_ended(struct relay *relay, uint64_t address_key);
/* Refusals are told now and then, with the last one's reason. */
void relay_refused(struct relay *relay, const struct stream *stream, const char *reason);
