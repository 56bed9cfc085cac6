#pragma once
/*
 * For the stress tests: a tefterd of its own in a folder of its own on a free port, a small company
 * in it, and many terminals of that company on one loop of this process, each enrolled by the
 * protocol and each over TLS of its own.
 *
 *   server.c     the process: init, start, kill -9, stop, memory
 *   connection.c connections: greeting, login, frames out and in
 *   narrow.c     a connection that holds little
 *   company.c    what they trade with; enrolment
 *   commands.c   the commands and queries that every stress test sends
 *   sight.c      what a terminal sees through a subscription, and whether it may
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire.pb-c.h"
#include "wire/frame.h"

enum {
    TERMINALS_BRANCHES = 8,
    COMMAND_ID_SIZE = 16,
    PRICE_MINOR = 100, /* of the one product there is */
    CODE_TEXT_MAX = 64,
    PATH_TEXT_MAX = 300,
    FAULT_WORDS_MAX = 120,
};

/* ---- what every stress test is asked ---- */

struct options {
    const char *server; /* path of tefterd */
    uint64_t seed;
    uint64_t rounds;
    uint64_t terminals;
    uint64_t seconds;
    uint64_t rate;
    uint64_t changes;
    const char *record; /* a .tsv to add a line to, NULL: none */
    const char *commit;
    bool sites;        /* of who pays for others */
    bool self;         /* only show that the checker can fail */
    bool control;      /* the server is a faulty one: good when that is found out */
    const char *finds; /* in one of these words, "one|another"; NULL: in any */
};
/* --server PATH --seed N --rounds N --terminals N --seconds N --rate N --changes N --record FILE
 * --commit WORD --sites --self --control[=WORDS]; false: said what is wrong. Without --seed one is
 * drawn.
 */
bool options_read(int argc, char **argv, struct options *options);
/* Does this fault ("": none) say one of the words that --control expects? */
bool options_found(const struct options *options, const char *fault);
/* Adds "date commit seed ..." and `figures` to the file; `head` names the columns of a new one. */
void options_record(const struct options *options, const char *head, const char *figures);

/* ---- chance ---- */

uint64_t chance_next(uint64_t *state);
uint32_t chance_below(uint64_t *state, uint32_t below);

uint64_t now_us(void); /* monotonic */
int64_t now_wall_ms(void);

/* ---- the server ---- */

struct server {
    char program[PATH_TEXT_MAX];
    char folder[PATH_TEXT_MAX];
    char address[64];
    char code[CODE_TEXT_MAX]; /* of the first terminal */
    pid_t process;
    uint32_t starts;
};
bool server_found(struct server *server, const char *program, struct failure *failure);
bool server_start(struct server *server, struct failure *failure);
bool server_alive(const struct server *server);
void server_kill(struct server *server);
/* Asks it to end; its exit code, -1 by a signal. */
int server_stop(struct server *server);
/* `tefterd verify` on its folder; false: it found something. */
bool server_verify(const struct server *server);
/* Memory of its own: not the pages of its files. */
uint64_t server_rss_kib(const struct server *server);
uint64_t server_cpu_ms(const struct server *server);
/* How long the thread that waited longest has waited for a processor: other work had it. */
uint64_t server_robbed_us(const struct server *server);
/* Kills it; removes the folder unless it is to be looked at. */
void server_close(struct server *server, bool keep);

/* ---- terminals and their connections ---- */

struct terminal {
    uint32_t number;
    uint32_t branch;
    uint32_t till;
    struct slice certificate;
    struct slice key;
    struct slice token;
    struct tls_context *tls;
    uint64_t counter; /* of command ids */
};

struct terminals;

struct connection {
    struct terminals *all;
    struct terminal *terminal;
    struct stream *stream; /* NULL: closed */
    struct frame_reader reader;
    uint32_t index;
    bool greeted;
    bool in;          /* logged in */
    bool going;       /* cut here: what still comes is not heard */
    uint32_t filling; /* questions to be asked yet */
    void *owner;
};

/* Called on the loop; each may be NULL. What is handed over lives during the call. */
struct connection_events {
    void (*in)(struct connection *connection);
    void (*reply)(struct connection *connection, uint64_t request, const Tefter__Reply *reply,
                  struct slice packed);
    void (*answer)(struct connection *connection, uint64_t request, const Tefter__Answer *answer);
    void (*other)(struct connection *connection, const Tefter__ToTerminal *frame);
    /* The connection is over; connection->going: by connection_cut. Without it a loss is a trouble.
     */
    void (*lost)(struct connection *connection, const char *reason);
};

struct terminals {
    struct loop *loop;
    struct server *server;
    struct arena keys;  /* lives as long as this */
    struct arena arena; /* of blocking calls, reset by the caller */
    struct arena frame; /* reset with each frame */
    struct buffer out;
    struct buffer packed;
    struct hash root;
    struct terminal *terminals;
    uint32_t terminal_count;
    struct connection *connections; /* the first is the office */
    uint32_t connection_count;
    struct connection_events events;
    uint8_t ledger[16];
    uint32_t incarnation;
    uint8_t incarnation_nonce[8];
    uint32_t product;
    uint32_t branches[TERMINALS_BRANCHES];
    uint32_t tills[TERMINALS_BRANCHES];
    const char *login; /* of whoever logs in next */
    const char *password;
    uint32_t dialled;  /* terminals_connect */
    uint32_t arriving; /* of them not in yet */
    uint32_t open;     /* streams */
    bool connecting;
    bool ending;
    uint64_t asked; /* blocking calls */
    const Tefter__ToTerminal *told;
    struct loop_timer *patience; /* of terminals_run */
    struct failure trouble;
    void *owner;
};

/* The company, `terminals` of it enrolled, `connections` logged in (more of them than terminals
 * share them). connections[0] is the owner at the head office, over and above; the others a clerk.
 */
bool terminals_open(struct terminals *all, struct server *server, uint32_t terminals,
                    uint32_t connections, struct failure *failure);
void terminals_close(struct terminals *all);
/* Runs the loop until loop_stop; false after a trouble, or when it lasts a minute. */
bool terminals_run(struct terminals *all);
/* Tells the first trouble and ends terminals_run with false. */
void terminals_fail(struct terminals *all, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Connects and logs in all that are not connected; blocking. */
bool terminals_connect(struct terminals *all);
/* Cuts all connections without a word; blocking. */
void terminals_drop(struct terminals *all);

/* By token when the terminal has one, else by password. false: a failure is told. */
bool connection_dial(struct connection *connection);
void connection_cut(struct connection *connection); /* as when a cable is pulled */
/* The kernel is to hold a fixed and small part of what it does not read. */
void connection_narrow(struct connection *connection);
void connection_send(struct connection *connection, uint64_t request, Tefter__FromTerminal *frame);
void connection_new_id(struct connection *connection, uint8_t ret_id[COMMAND_ID_SIZE]);
void connection_submit(struct connection *connection, uint64_t request,
                       const uint8_t id[COMMAND_ID_SIZE], struct slice packed);
void connection_query(struct connection *connection, uint64_t request, const Tefter__Query *query);
void connection_subscribe(struct connection *connection, const uint32_t *customers, size_t count,
                          uint64_t resume);
/* It stops reading, and asks, little by little, until its connection is full: what comes from then
 * on waits in the server. connection_fill: some more questions, at each tick while it sleeps.
 * connection_wake: it reads on; the answers are heard by nobody. */
void connection_sleep(struct connection *connection);
void connection_fill(struct connection *connection, uint32_t questions);
void connection_wake(struct connection *connection);
/* Blocking; in all->arena. NULL: lost or refused, and told. */
const Tefter__ToTerminal *connection_ask(struct connection *connection,
                                         Tefter__FromTerminal *frame);
const Tefter__Done *connection_do(struct connection *connection, const Tefter__Command *command);
const Tefter__Answer *connection_find(struct connection *connection, const Tefter__Query *query);

/* company.c; connection.c uses it for nothing */
bool company_make(struct terminals *all);
bool company_enrol(struct terminals *all, const char *code, struct terminal *terminal);
bool company_terminal(struct terminals *all, uint32_t index);

/* ---- commands: packed, at the end of `out` ---- */

bool sale_pack(const struct terminals *all, uint32_t customer, uint32_t pieces, struct buffer *out);
bool payment_pack(const struct terminal *terminal, uint32_t customer, int64_t amount_minor,
                  struct buffer *out);
/* By the owner, blocking: 0 when it failed. */
/* A customer without a limit of their own for whom that one pays; 0: it was not done. */
uint32_t site_open(struct terminals *all, uint32_t number, uint32_t payer);
uint32_t customer_open(struct terminals *all, uint32_t number, int64_t limit_minor);
bool customer_limit(struct terminals *all, uint32_t customer, int64_t limit_minor);
/* His figures as they stand, in all->arena, with the seq they stand at. */
const Tefter__AccountRow *customer_account(struct terminals *all, uint32_t customer,
                                           uint64_t *ret_seq);
/* The server's own word; NULL: it did not answer. */
const Tefter__StatusAnswer *server_status(struct terminals *all);
/* How far the ledger is. */
uint64_t ledger_seq(struct terminals *all);

/* ---- sight: one subscription, checked as it comes ---- */

enum { SIGHT_CUSTOMERS_MAX = 4096, SIGHT_FAULT_MAX = 200 };

struct figures {
    uint64_t seq;
    int64_t balance_minor;
    int64_t used_minor;
    int64_t limit_minor;
    int64_t available_minor;
    bool of_page;
};

struct sight {
    struct figures *rows; /* by customer's number; seq 0: not seen */
    uint64_t seen;        /* `this` of the newest set */
    uint64_t exact;       /* the replica is whole and as of this, 0: not */
    uint64_t last_page;
    uint64_t sets;
    uint64_t resyncs;
    uint64_t resumes;
    uint64_t news; /* rows */
    bool begun;
    bool paging;
    char fault[SIGHT_FAULT_MAX]; /* the first one */
};

void sight_init(struct sight *sight);
void sight_fini(struct sight *sight);
/* Any frame that was not asked for, in the order they come. false: a fault is told. */
bool sight_take(struct sight *sight, const Tefter__ToTerminal *frame);
