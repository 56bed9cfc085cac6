#pragma once
/*
 * tefter-load: many terminals in one process on one loop, for tools/bench. Each is a connection of
 * its own with its own certificate; requests are packed from structs on the stack, answers are read
 * by their tags alone, so that the generator stays far from being what is measured.
 *
 *   load.c          options, the table of jobs
 *   load_connection.c     connections: greeting, login, subscription, frames
 *   load_setup.c    a company for measuring: enrolment and login of all terminals, catalogue
 *   load_work.c     closed loops of one kind of request
 *   load_crowd.c    what many terminals do together: push, connect, idle
 *   load_limit.c    TLS records written to many sockets by nothing but a loop
 *   load_floor.c    what a lone charge cannot do without: a sync, a round trip
 *   load_figures.c  time, processor time, quantiles, one line of JSON
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wire.pb-c.h"

enum {
    SLOTS_MAX = 240,    /* requests under way of one terminal; their numbers are 1 and up */
    REQUEST_OWN = 1000, /* numbers of what a connection asks for itself */
    BRANCHES = 8,
    PRODUCTS = 500,
    FIRST_CUSTOMER = 2, /* the cash customer is 1 */
    CODE_TEXT_MAX = 64,
};

struct settings {
    const char *address;
    const char *folder; /* of the terminals' keys */
    const char *code;   /* one-time code of the first terminal */
    const char *login;
    const char *password;
    uint64_t server; /* process to measure, 0: none */
    uint64_t terminals;
    uint64_t window;    /* requests under way a terminal */
    uint64_t customers; /* there are so many */
    uint64_t from;      /* number of the first document or customer */
    uint64_t count;     /* stop after so many; 0: after `ms` */
    uint64_t ms;
    uint64_t warm_ms;
    uint64_t writers; /* push */
    uint64_t bytes;   /* limit */
    bool hot;         /* one customer */
    bool resume;      /* connect: with pictures that are there already */
};

/* ---- figures ---- */

enum { BUCKETS = 64 * 40 };

struct figures {
    uint64_t server;
    uint64_t buckets[BUCKETS]; /* of latencies */
    uint64_t latencies;
    uint64_t max_us;
    uint64_t count; /* what is counted, usually answers */
    uint64_t refused;
    uint64_t busy; /* asked again later */
    uint64_t began_ns;
    uint64_t ended_ns;
    uint64_t server_began_ns; /* processor time */
    uint64_t server_ended_ns;
    uint64_t own_began_ns;
    uint64_t own_ended_ns;
    bool open; /* only then is anything counted */
};

uint64_t now_ns(void);
uint64_t now_wall_ms(void);
uint64_t process_cpu_ns(uint64_t process); /* 0: this one */
uint64_t process_rss_kib(uint64_t process);
void figures_begin(struct figures *figures);
void figures_end(struct figures *figures);
void figures_latency(struct figures *figures, uint64_t ns);
double figures_quantile_ms(const struct figures *figures, double part);
/* One object on a connection; `more` is put in: ", \"rows\": 5" or "". */
void figures_print(const struct figures *figures, const char *more);

/* ---- reading messages by their tags ---- */

struct field {
    uint32_t number;
    uint64_t value;
    struct slice bytes;
};
/* The next field of *rest, which is moved on; false: none, or unreadable. */
bool field_next(struct slice *rest, struct field *ret_field);
/* The first field of that number. */
bool field_find(struct slice message, uint32_t number, struct field *ret_field);

/* ---- connections ---- */

struct identity {
    uint32_t number; /* of the terminal */
    uint32_t branch;
    uint32_t till;
    struct slice certificate;
    struct slice key;
    struct slice token;
    struct tls_context *tls;
};

struct fleet;

struct slot {
    uint64_t sent_ns;
    uint64_t number;   /* what was asked for, for when the server is busy */
    uint64_t again_ns; /* when to ask again, 0: it is under way */
    uint32_t pages;    /* of a request that comes in several */
};

struct connection {
    struct fleet *fleet;
    struct identity *identity;
    struct stream *stream;
    struct buffer partial; /* a frame that is not whole yet */
    struct slot slots[SLOTS_MAX];
    uint64_t begun_ns;
    uint64_t fed; /* `this` of the newest set */
    uint64_t last_page;
    uint64_t exact; /* what a picture would be resumed at */
    bool paged;     /* the last page is here */
    bool in;        /* logged in */
};

struct fleet_callbacks {
    void (*in)(struct connection *connection); /* logged in */
    void (*answered)(struct connection *connection, uint64_t request, uint32_t body,
                     struct slice bytes);
    void (*fed)(struct connection *connection, struct slice set, size_t frame_size);
    void (*exact)(struct connection *connection); /* the picture is whole, once a connection */
};

struct fleet {
    const struct settings *settings;
    struct loop *loop;
    struct arena keys;
    struct arena arena;
    struct buffer out;
    struct buffer packed;
    struct identity *identities;
    uint32_t identity_count;
    struct hash root;
    struct connection *connections;
    uint32_t connection_count;
    uint32_t in;
    uint32_t open;
    uint32_t redials; /* of those that were cut before they were logged in */
    struct fleet_callbacks callbacks;
    void *owner;
    uint64_t counter; /* of command ids */
    uint8_t ledger[16];
    uint32_t incarnation;
    bool ending;
    struct failure *failure;
};

/* Reads who there is, makes a loop and `count` connections (more than there are identities share
 * them). */
bool fleet_init(struct fleet *fleet, const struct settings *settings, uint32_t count,
                struct failure *failure);
void fleet_fini(struct fleet *fleet);
bool fleet_keep(const struct fleet *fleet, struct failure *failure);
/* Connects all and runs the loop until all are logged in. */
bool fleet_connect(struct fleet *fleet, struct failure *failure);
void fleet_dial(struct fleet *fleet);
/* Runs the loop until it is stopped; false when a connection was lost meanwhile. */
bool fleet_run(struct fleet *fleet);
void fleet_drop(struct fleet *fleet);

bool connection_dial(struct connection *connection);
void connection_subscribe(struct connection *connection, bool resume);
void connection_send(struct connection *connection, uint64_t request, Tefter__FromTerminal *frame);
void connection_command(struct connection *connection, uint64_t request,
                        const Tefter__Command *command);
void connection_query(struct connection *connection, uint64_t request, const Tefter__Query *query);
/* Waits for its answer, unpacked into the fleet's arena; NULL: refused or lost. */
const Tefter__ToTerminal *connection_ask(struct connection *connection,
                                         Tefter__FromTerminal *frame);
const Tefter__Done *connection_do(struct connection *connection, const Tefter__Command *command);
/* Tells what a refusal was, on standard error. */
void refusal_tell(const char *what, const ProtobufCMessageDescriptor *type, struct slice packed);

/* ---- jobs: 0 or 1, as main ---- */

int job_setup(const struct settings *settings);
int job_login(const struct settings *settings);
int job_limit(const struct settings *settings);
int job_sync(const struct settings *settings);
int job_trip(const struct settings *settings);
int job_push(const struct settings *settings);
int job_pack(const struct settings *settings);
int job_connect(const struct settings *settings);
int job_idle(const struct settings *settings);
int job_first(const struct settings *settings);
int job_customers(const struct settings *settings);
int job_limits(const struct settings *settings);
int job_import(const struct settings *settings);
int job_charge(const struct settings *settings);
int job_pay(const struct settings *settings);
int job_card(const struct settings *settings);
int job_list(const struct settings *settings);
int job_list_all(const struct settings *settings);
int job_aging(const struct settings *settings);
int job_aging_rows(const struct settings *settings);

/* TCP on loopback, by blocking descriptors; -1 with errno. */
int load_listen(uint16_t *ret_port);
int load_dial(uint16_t port);

int job_failed(const struct failure *failure);
/* A sale like those at a counter: three products of the catalogue. */
void charge_send(struct connection *connection, uint64_t request, uint32_t customer,
                 uint64_t chance);
uint64_t chance_of(uint64_t number);
