#pragma once
/*
 * A whole server without its assembly, on one loop in one thread: ledger and vault in a temporary
 * folder, sessions behind real TLS on loopback, a writer that commits what waits once a turn, and
 * terminals that are plain frames. The wall clock can be moved.
 */
#include "base/check.h"

#include "access/access.h"
#include "base/arena.h"
#include "net/stream.h"
#include "session/sessions.h"
#include "wire.pb-c.h"
#include "wire/frame.h"

enum { WORLD_INBOX = 8192, WORLD_QUEUE = 4096 };

struct world_submission {
    struct submission submission;
    uint8_t *command;
};

struct world {
    char folder[64];
    struct arena arena;
    struct loop *loop;
    struct ledger *ledger;
    struct vault *vault;
    struct sessions *sessions;
    struct ca_pair root;
    struct hash root_hash;
    struct ca_pair server;
    char address[32];
    char browsers[96];     /* the socket of their relay */
    uint32_t per_terminal; /* for world_restart; 0 in these three: as usual */
    uint32_t per_address;
    uint32_t unproven_per_address;
    int64_t clock_moved_ms;
    int64_t ledger_ms;
    uint64_t seq;
    uint64_t batch;
    uint32_t next_id;
    /* the writer */
    enum submit_answer answer; /* to every submission */
    bool held;                 /* it takes, and commits nothing */
    void (*between)(void);
    uint64_t groups;
    struct loop_timer *turn;
    struct loop_timer *patience;
    bool impatient;
    struct world_submission queue[WORLD_QUEUE];
    size_t queued;
    struct tls_identity terminal; /* of terminal 1, enrolled */
    bool drained;
};

/* A company with owner "boss" (staff 1), branch 1 and terminal 1, enrolled. */
int world_setup(void **state);
int world_teardown(void **state);
extern struct world world;
void world_restart(void); /* the sessions alone: as after a kill of the process */

/* Runs the loop until `done` says so; fails the test after ten seconds. */
void world_wait(bool (*done)(void *context), void *context);
void world_run(uint64_t ms);

/* As the server itself, committed and published at once. Fails the test when refused. */
Tefter__Done *world_do(Tefter__Command *command);
/* The same of a JSON command at a branch, 0: nowhere. Done, or refused? Between commit and
 * publishing `world.between` is called, if there is one. */
bool world_try(const char *json, uint32_t branch);
/* As a server of before took it under a terminal's id: nothing is looked at first. */
const Tefter__Reply *world_took(const Tefter__Command *command, const uint8_t id[COMMAND_ID_SIZE]);
uint32_t world_staff(const char *login, Tefter__Role role, const char *password, const char *pin);
uint32_t world_customer(const char *name, const char *phone);
uint32_t world_terminal(const char *name);
void world_limit(uint32_t customer, int64_t limit_minor);
void world_code(uint32_t terminal, int64_t life_ms, char code[ENROL_CODE_TEXT_SIZE]);

/* ---- a terminal ---- */

struct client {
    struct stream *stream;
    struct frame_reader reader;
    struct arena arena;
    bool open;
    bool closed;
    char reason[200];
    uint64_t request;
    uint32_t terminal;
    uint32_t counter;
    const Tefter__ToTerminal *inbox[WORLD_INBOX];
    size_t count;
};

/* identity NULL: the protocol of enrolment. Waits for the handshake, or its failure. */
void client_open(struct client *client, const struct tls_identity *identity);
/* As the relay of this machine brings a browser: the Challenge is inbox[0]. */
void client_open_browser(struct client *client);
void client_close(struct client *client);
void client_wait_closed(struct client *client);
/* Waits for an unasked frame of this kind, from inbox place *from on; *from moves behind it. */
const Tefter__ToTerminal *client_expect(struct client *client, Tefter__ToTerminal__BodyCase body,
                                        size_t *from);
void client_write(struct client *client, struct slice bytes);
/* Sends without waiting; the request's number. */
uint64_t client_send(struct client *client, Tefter__FromTerminal *frame);
/* The answer to a request; NULL: the line was closed. */
const Tefter__ToTerminal *client_answer(struct client *client, uint64_t request);
const Tefter__ToTerminal *client_ask(struct client *client, Tefter__FromTerminal *frame);
/* The Goodbye that was heard, NULL: none. */
const Tefter__Goodbye *client_goodbye(struct client *client);

/* Hello at terminal 1 (or whose identity it is). */
void client_greet(struct client *client, const struct tls_identity *identity);
const Tefter__ToTerminal *client_login(struct client *client, const char *login,
                                       const char *password);
const Tefter__ToTerminal *client_token(struct client *client, ProtobufCBinaryData token);
/* Greets and logs in; fails the test when that is refused. */
void client_enter(struct client *client, const char *login, const char *password);
const Tefter__Reply *client_command(struct client *client, const Tefter__Command *command);
uint64_t client_submit(struct client *client, const Tefter__Command *command, const uint8_t id[16]);
uint64_t client_question(struct client *client, const Tefter__Query *query); /* its request */
const Tefter__Answer *client_query(struct client *client, const Tefter__Query *query);
void client_id(struct client *client, uint8_t ret_id[16]);

/* Enrols with a code; NULL and *ret_refused when refused. The identity lives in world.arena. */
bool client_enrol(const char *code, struct tls_identity *ret_identity,
                  Tefter__RefusalCode *ret_refused);
Tefter__RefusalCode refusal_of(const Tefter__ToTerminal *answer);
