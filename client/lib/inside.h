#pragma once
/*
 * Inside client/lib: the client, shared by its parts.
 *
 *   client.c    life, state of the line, blocking calls
 *   link.c      the connection: IDLE → DIALING → GREETING → LOGGING_IN → OPEN, and again
 *   request.c   what was asked and has no answer yet; sent, and sent again
 *   command.c   commands: ids, window, outbox
 *   offer.c     after a restore: what was done before it, with its receipt
 *   renew.c     a new certificate at half-life
 *   feed.c      subscriptions and their replicas
 *   enrol.c     the one message of the enrolment protocol
 *   expect.c    what each request may be answered with
 *   first.c     what the first servers read, which do not say it themselves
 */
#include "base/arena.h"
#include "lib/ids.h"
#include "lib/outbox.h"
#include "lib/profile.h"
#include "lib/replica.h"
#include "lib/tefter.h"
#include "net/stream.h"
#include "wire/features.h"
#include "wire/frame.h"

enum {
    REQUESTS_MAX = 256,            /* under way at once, of any kind */
    COMMANDS_MAX = 240,            /* the rest is for queries and logins */
    REQUEST_NUMBER_FIRST = 256,    /* lower ones are the link's own */
    SENT_AHEAD_BYTES = 128 * 1024, /* queued for the line; more waits for `drained` */
    TICK_MS = 500,
    PING_FEED_MS = 2000,
    PING_IDLE_MS = 4000,
    RETRY_FIRST_MS = 200,
    RETRY_MOST_MS = 15 * 1000,
    RETRY_TOLD_MOST_MS = 60 * 1000, /* a server may ask for a longer pause than ours */
    REASON_MAX = 320,
};

/* In the number of a Subscribe. */
#define SUBSCRIBE_REQUEST (UINT64_C(1) << 62)

/* ---- requests ---- */

enum request_kind { REQUEST_COMMAND, REQUEST_QUERY, REQUEST_OTHER };

/* `answer` NULL: the line was lost and it is not asked again. */
struct request;
typedef void (*request_fn)(struct tefter *client, struct request *request,
                           const Tefter__ToTerminal *answer);

struct request {
    uint64_t number; /* 0: free */
    uint64_t order;  /* rises with every new one */
    enum request_kind kind;
    Tefter__FromTerminal__BodyCase asked;
    uint32_t wants_answer;  /* of a query: member of Answer; or a refusal */
    struct buffer frame;    /* ready for the line */
    bool sent;              /* on this connection */
    uint32_t times;         /* sent in all */
    uint64_t not_before_ms; /* the server was busy */
    uint64_t begun_ms;
    uint8_t id[TEFTER_ID_SIZE]; /* of a command */
    bool written;               /* it stands in the outbox */
    request_fn answered;
    union {
        tefter_reply_fn reply;
        tefter_answer_fn answer;
    } caller; /* NULL: nobody listens any more */
    void *context;
};

/* ---- link ---- */

enum link_state {
    LINK_IDLE,
    LINK_WAITING,
    LINK_DIALING,
    LINK_GREETING,
    LINK_LOGGING_IN,
    LINK_OPEN
};

/* What a stream calls back; outlives the client until the stream is closed. */
struct wire_end {
    struct tefter *client; /* NULL: the client does not want it any more */
    struct stream *stream;
    struct loop *loop;
    bool *closed; /* set when the stream is; the loop is stopped then */
};

struct link {
    enum link_state state;
    struct wire_end *end; /* NULL: no stream */
    struct frame_reader reader;
    struct loop_timer *retry;
    uint32_t failures; /* in a row */
    uint32_t attempts; /* in all, that have ended badly */
    uint64_t step_ms;  /* dialled or greeting since */
    uint64_t last_tick_ms;
    uint64_t awake_ms; /* a tick came late: the process had slept until then */
    uint64_t last_beat_ms;
    uint64_t last_ping_ms;
    uint64_t ping_sent_ms;     /* 0: none is out */
    uint64_t goodbye_retry_ms; /* by a Goodbye */
    bool refused;              /* the Goodbye was a refusal */
    bool outlived;             /* the server is of an older incarnation than one we have met */
    bool expired;              /* only a renewal helps; then the line is begun anew */
    bool reason_given;         /* `reason` is that of this connection, not of the one before */
    char reason[REASON_MAX];
};

/* ---- feeds ---- */

struct tefter_feed {
    struct tefter *client;
    struct tefter_feed *next;
    uint32_t number; /* on the wire; 0: not asked for yet */
    Tefter__Topic topic;
    uint32_t *customers;
    size_t customer_count;
    bool dead; /* unsubscribed from inside its own callback */
    bool resuming;
    bool fetching_again;
    struct replica replica;
    tefter_delta_fn changed;
    void *context;
};

/* ---- the client ---- */

struct tefter {
    bool lent;       /* the server lent its connection: there is no profile */
    int lent_socket; /* -1: it was taken */
    struct loop *loop;
    bool own_loop;
    char folder[TEFTER_PATH_MAX];
    char address[TEFTER_ADDRESS_MAX];
    char program[80];
    uint32_t window;
    uint64_t patience_ms;
    bool keeps_outbox;
    tefter_state_fn on_state;
    void *state_context;
    void (*on_resolved)(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                        const Tefter__Reply *reply);
    void *context;

    struct tefter_enrolment enrolment;
    struct tls_context *tls;
    struct profile_token token;
    struct ids ids;
    struct outbox outbox;
    bool offering;          /* an outbox entry is under way */
    uint32_t offers_out;    /* to a restored ledger, without an answer yet */
    uint64_t offers_handed; /* by this process */
    uint64_t offers_refused;
    bool offers_held; /* the server does not take them now: until the next connection */
    bool offers_told; /* on this connection, that there are no more */

    struct link link;
    struct loop_timer *tick;
    struct loop_timer *deferred; /* for the soonest that waits */
    uint64_t started_ms;
    struct arena frame_arena;   /* one incoming frame */
    struct arena welcome_arena; /* of the newest greeting */
    struct arena person_arena;
    Tefter__Welcome *welcome;
    struct incarnation incarnation; /* of the welcome */
    bool shows_mark;                /* the server of that reads marks */
    bool profile_old;               /* it says that another place has a newer one */
    Tefter__LoggedIn *person;
    struct features features; /* what the server lacks of this program's schema */
    struct currency currency;
    int64_t clock_offset_ms; /* the server's wall clock minus our steady one */
    uint64_t clock_error_ms; /* half the round trip it was measured with */
    bool clock_known;
    uint64_t server_seq;

    struct request requests[REQUESTS_MAX];
    uint16_t free_requests[REQUESTS_MAX]; /* the first REQUESTS_MAX - request_count are free */
    uint16_t to_send[REQUESTS_MAX];       /* a ring: those that are not sent */
    uint32_t to_send_first;
    uint32_t to_send_count;
    uint64_t request_order;
    uint32_t request_count;
    uint32_t command_count;
    uint64_t request_round;

    struct buffer renewal_key; /* of the certificate that was asked for; empty: none was */
    int renewal_lock;
    bool renewing;
    bool renewed; /* in this process */

    struct tefter_feed *feeds;
    uint32_t next_subscription;
    bool feeding; /* inside a feed's callback */

    struct tefter_state notified; /* the last on_state */
    bool notified_once;
    bool waiting; /* a blocking call wants to know that something happened */
    bool happened;
    struct loop_timer *patience;
    bool impatient; /* the timer fired */
    bool breached;  /* since the blocking call began the server broke the protocol */
};

/* client.c */
void client_changed(struct tefter *client);  /* tells on_state when there is news */
void client_happened(struct tefter *client); /* ends a blocking call's turn */
int64_t wall_ms(void);
int64_t steady_ms(void);
/* A blocking call begins: when it is to give up. */
uint64_t client_until(struct tefter *client, uint64_t wait_ms);
/* Runs the loop for one happening; false when `until_ms` is over or the server is not to be
 * believed. */
bool client_wait(struct tefter *client, uint64_t until_ms);
bool client_may_wait(const struct tefter *client, uint64_t until_ms); /* there is time left */
/* Fails as a blocking call does that got no answer. Returns false. */
bool client_no_answer(const struct tefter *client, struct failure *failure);

/* link.c */
void link_start(struct tefter *client);
void link_stop(struct tefter *client);
void link_tick(struct tefter *client);
bool link_send(struct tefter *client, const Tefter__FromTerminal *frame);
/* The peer breaks the protocol: nothing of it is believed, blocking calls end. */
void link_broken(struct tefter *client, const char *reason);
/* Begun anew for a reason of our own. */
void link_again(struct tefter *client, const char *reason);
/* Does the server read all of this? Else ret_fault names what it does not know. */
bool link_suits(const struct tefter *client, const Tefter__FromTerminal *frame,
                struct message_fault *ret_fault);
bool link_is_open(const struct tefter *client);
void link_logged_in(struct tefter *client, const Tefter__LoggedIn *person);
void link_logged_out(struct tefter *client);

/* request.c */
void requests_init(struct tefter *client);
struct request *request_begin(struct tefter *client, enum request_kind kind,
                              Tefter__FromTerminal *frame, struct failure *failure);
void requests_pump(struct tefter *client);
void requests_wake(struct tefter *client); /* those the server was too busy for */
/* By a BUSY, as it asks. */
void request_defer(struct tefter *client, struct request *request, const Tefter__Refusal *busy);
void requests_lost(struct tefter *client); /* the connection is gone */
void request_end(struct tefter *client, struct request *request);
/* false: no request of ours waits for this number. */
bool requests_answer(struct tefter *client, const Tefter__ToTerminal *frame);
void requests_fini(struct tefter *client);

/* What the client itself refuses: an answer of a kind that this version does not know, and what the
 * server does not know; the refusal points into the fault. */
void refusal_unknown(Tefter__Refusal *ret_refusal);
void refusal_older(Tefter__Refusal *ret_refusal, const struct message_fault *fault);

/* expect.c. 0: nothing but a refusal */
uint32_t
expect_body(Tefter__FromTerminal__BodyCase asked); /* member of ToTerminal, the usual one */
uint32_t expect_answer(struct slice query);        /* member of Answer */
/* May it be answered so, other than with a refusal? */
bool expect_answers(Tefter__FromTerminal__BodyCase asked, Tefter__ToTerminal__BodyCase answered);
/* Is all money in the message, to any depth, so small that two amounts can be added? */
bool expect_money(const ProtobufCMessage *message);

/* first.c: what a server reads that does not say what it reads; a packed Features */
struct slice features_of_first(void);

/* command.c */
void outbox_offer(struct tefter *client); /* after each login, and after each resolved entry */

/* offer.c: what a restored ledger may not have; with each connection */
void offers_begin(struct tefter *client);
void offers_go_on(struct tefter *client);

/* renew.c: a new certificate when the server says that this one is past half its life */
void renewal_begin(struct tefter *client);
void renewal_fini(struct tefter *client);

/* feed.c */
void feeds_open(struct tefter *client); /* the link is open: ask for what is wanted */
void feeds_lost(struct tefter *client);
void feeds_leave(struct tefter *client); /* the link stays; feeds_open asks anew */
void feeds_take(struct tefter *client, const Tefter__ToTerminal *frame);
void feeds_refused(struct tefter *client, uint64_t request, const Tefter__Refusal *refusal);
void feeds_fini(struct tefter *client);
