/*
 * A company for measuring, through the real protocol: the first terminal by its one-time code, the
 * owner by password, then the catalogue, branches, tills, and all other terminals, each enrolled
 * and logged in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/enrolcode.h"
#include "base/limits.h"
#include "load.h"
#include "net/ca.h"
#include "wire/frame.h"
#include "wire/message.h"

enum { DEBT_MAX = 1000000000 };

/* ---- one enrolment: a connection, a message ---- */

struct enrolling {
    struct fleet *fleet;
    struct stream *stream;
    struct frame_reader reader;
    const char *code;
    const char *request;
    struct identity *identity;
    bool done;
};

static void enrol_open(void *context)
{
    struct enrolling *enrolling = context;
    struct buffer *out = &enrolling->fleet->out;
    struct tls_peer peer;
    uint8_t secret[ENROL_SECRET_SIZE];
    uint8_t root[ENROL_ROOT_SIZE];
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    stream_peer(enrolling->stream, &peer);
    if (!enrol_code_read(enrolling->code, strlen(enrolling->code), secret, root) ||
        !enrol_root_matches(root, &peer.root)) {
        stream_close(enrolling->stream, "this is not the server that made the code");
        return;
    }
    enrolling->fleet->root = peer.root;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Enrol enrol = TEFTER__ENROL__INIT;
    enrol.code = (char *)(uintptr_t)enrolling->code;
    enrol.request = (char *)(uintptr_t)enrolling->request;
    frame.has_request = true;
    frame.request = 1;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL;
    frame.enrol = &enrol;
    buffer_clear(out);
    if (!buffer_put(out, head, sizeof head) || !message_put(&frame.base, out))
        return;
    be32_put(out->data, (uint32_t)(out->size - FRAME_HEAD_SIZE));
    (void)stream_write(enrolling->stream, buffer_slice(out));
}

static void enrol_bytes(void *context, struct slice bytes)
{
    struct enrolling *enrolling = context;
    struct fleet *fleet = enrolling->fleet;
    struct slice frame;
    if (!frame_reader_put(&enrolling->reader, bytes) ||
        frame_reader_next(&enrolling->reader, &frame) != FRAME_WHOLE)
        return;
    Tefter__ToTerminal *answer = (Tefter__ToTerminal *)message_unpack(
        &tefter__to_terminal__descriptor, frame, &fleet->arena);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED) {
        const char *pem = answer->enrolled->certificate;
        enrolling->identity->certificate = slice_text(arena_text(&fleet->keys, pem, strlen(pem)));
        enrolling->identity->number = answer->enrolled->terminal;
        enrolling->done = true;
    } else {
        refusal_tell("enrolment", &tefter__to_terminal__descriptor, frame);
    }
    stream_close(enrolling->stream, "");
}

static void enrol_closed(void *context, const char *reason)
{
    struct enrolling *enrolling = context;
    if (!enrolling->done)
        (void)fail(enrolling->fleet->failure, FAULT_PEER, 0, "no enrolment: %s", reason);
    loop_stop(enrolling->fleet->loop);
}

static bool enrol(struct fleet *fleet, struct tls_context *tls, const char *code,
                  struct identity *identity)
{
    static const struct stream_events events = {enrol_open, enrol_bytes, NULL, enrol_closed};
    struct enrolling enrolling = {.fleet = fleet, .code = code, .identity = identity};
    struct slice request;
    arena_reset(&fleet->arena);
    if (!ca_request_create(&fleet->keys, &identity->key, &request, fleet->failure))
        return false;
    enrolling.request = arena_text(&fleet->keys, request.data, request.size);
    frame_reader_init(&enrolling.reader, FRAME_TO_CLIENT_MAX);
    enrolling.stream = stream_connect(fleet->loop, fleet->settings->address, tls, &events,
                                      &enrolling, fleet->failure);
    bool whole = enrolling.stream != NULL && fleet_run(fleet);
    frame_reader_fini(&enrolling.reader);
    return whole && enrolling.done;
}

/* ---- logging in ---- */

static bool log_in(struct connection *connection)
{
    struct fleet *fleet = connection->fleet;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Login login = TEFTER__LOGIN__INIT;
    arena_reset(&fleet->arena);
    connection->identity->token = slice_of(NULL, 0);
    if (!connection_dial(connection) || !fleet_run(fleet)) /* until it is greeted */
        return false;
    login.login = (char *)(uintptr_t)fleet->settings->login;
    login.password = (char *)(uintptr_t)fleet->settings->password;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &login;
    const Tefter__ToTerminal *answer = connection_ask(connection, &frame);
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        return fail(fleet->failure, FAULT_DENIED, 0, "the login is not taken");
    ProtobufCBinaryData token = answer->logged_in->token;
    connection->identity->token =
        slice_of(arena_copy(&fleet->keys, token.data, token.len), token.len);
    connection->in = true;
    fleet->in++;
    return true;
}

/* One after the other: the server hashes one password at a time. */
static bool log_in_all(struct fleet *fleet, uint32_t from)
{
    for (uint32_t i = from; i < fleet->connection_count; i++) {
        fleet_drop(fleet);
        if (!log_in(&fleet->connections[i]))
            return false;
    }
    return true;
}

/* ---- the company ---- */

static uint64_t made(struct connection *office, const Tefter__Command *command)
{
    arena_reset(&office->fleet->arena);
    const Tefter__Done *done = connection_do(office, command);
    return done == NULL ? 0 : done->id;
}

static uint64_t make_branch(struct connection *office, uint32_t number)
{
    char code[16];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddBranch add = TEFTER__ADD_BRANCH__INIT;
    (void)snprintf(code, sizeof code, "B%u", number);
    add.code = add.name = code;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_BRANCH;
    command.add_branch = &add;
    return made(office, &command);
}

static uint64_t make_till(struct connection *office, uint32_t branch)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTill add = TEFTER__ADD_TILL__INIT;
    add.branch = branch;
    add.name = "till";
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TILL;
    command.add_till = &add;
    return made(office, &command);
}

static uint64_t make_product(struct connection *office, uint32_t number)
{
    char code[16];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddProduct add = TEFTER__ADD_PRODUCT__INIT;
    (void)snprintf(code, sizeof code, "P%03u", number);
    add.code = add.name = code;
    add.unit = "piece";
    add.has_price = add.has_tax_bp = true;
    add.price = (int64_t)(number % 50 + 1) * 5000 * 1000;
    add.tax_bp = 1000;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_PRODUCT;
    command.add_product = &add;
    return made(office, &command);
}

static uint64_t make_policy(struct connection *office)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetCreditPolicy set = TEFTER__SET_CREDIT_POLICY__INIT;
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    terms.has_limit_minor = true;
    terms.limit_minor = DEBT_MAX;
    set.terms = &terms;
    set.has_term_days = true;
    set.term_days = 30;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_POLICY;
    command.set_credit_policy = &set;
    arena_reset(&office->fleet->arena);
    return connection_do(office, &command) != NULL;
}

static bool make_company(struct fleet *fleet, uint32_t branches[BRANCHES], uint32_t tills[BRANCHES])
{
    struct connection *office = &fleet->connections[0];
    for (uint32_t i = 0; i < BRANCHES; i++) {
        branches[i] = i == 0 ? 1 : (uint32_t)make_branch(office, i);
        tills[i] = (uint32_t)make_till(office, branches[i]);
        if (branches[i] == 0 || tills[i] == 0)
            return false;
    }
    for (uint32_t i = 1; i <= PRODUCTS; i++)
        if (make_product(office, i) != i)
            return fail(fleet->failure, FAULT_USE, 0, "this ledger is not new");
    return make_policy(office) != 0;
}

static bool make_code(struct connection *office, uint32_t branch, uint32_t number,
                      char code[CODE_TEXT_MAX])
{
    char name[24];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTerminal add = TEFTER__ADD_TERMINAL__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    (void)snprintf(name, sizeof name, "counter %u", number);
    add.branch = branch;
    add.name = name;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &add;
    make.terminal = (uint32_t)made(office, &command);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    frame.make_code = &make;
    const Tefter__ToTerminal *answer = make.terminal == 0 ? NULL : connection_ask(office, &frame);
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_CODE)
        return false;
    (void)snprintf(code, CODE_TEXT_MAX, "%s", answer->code->code);
    return true;
}

static bool make_terminals(struct fleet *fleet, struct tls_context *tls)
{
    uint32_t branches[BRANCHES];
    uint32_t tills[BRANCHES];
    char code[CODE_TEXT_MAX];
    if (!make_company(fleet, branches, tills))
        return false;
    for (uint32_t i = 0; i < fleet->identity_count; i++) {
        struct identity *identity = &fleet->identities[i];
        identity->branch = branches[i % BRANCHES];
        identity->till = tills[i % BRANCHES];
        if (i > 0 && (!make_code(&fleet->connections[0], identity->branch, i, code) ||
                      !enrol(fleet, tls, code, identity)))
            return false;
    }
    return true;
}

static bool set_up(struct fleet *fleet, struct tls_context *tls)
{
    uint32_t count = (uint32_t)fleet->settings->terminals;
    fleet->identities = calloc(count, sizeof *fleet->identities);
    fleet->connections = calloc(count, sizeof *fleet->connections);
    if (fleet->identities == NULL || fleet->connections == NULL)
        return fail(fleet->failure, FAULT_MEMORY, 0, "no memory");
    fleet->identity_count = fleet->connection_count = count;
    for (uint32_t i = 0; i < count; i++) {
        fleet->connections[i].fleet = fleet;
        fleet->connections[i].identity = &fleet->identities[i];
        buffer_init(&fleet->connections[i].partial, FRAME_TO_CLIENT_MAX + FRAME_HEAD_SIZE);
    }
    return enrol(fleet, tls, fleet->settings->code, &fleet->identities[0]) &&
           log_in(&fleet->connections[0]) && make_terminals(fleet, tls) && log_in_all(fleet, 1) &&
           fleet_keep(fleet, fleet->failure);
}

int job_setup(const struct settings *settings)
{
    struct failure failure = {0};
    struct fleet fleet;
    struct tls_context *tls = tls_context_client(NULL, NULL, TLS_ALPN_ENROL, &failure);
    bool good = tls != NULL && settings->code != NULL &&
                fleet_init(&fleet, settings, 0, &failure) && set_up(&fleet, tls);
    fleet_fini(&fleet);
    tls_context_release(tls);
    return good ? 0 : job_failed(&failure);
}

/* Tokens live for hours; certificates for months. */
int job_login(const struct settings *settings)
{
    struct failure failure = {0};
    struct fleet fleet;
    bool good = fleet_init(&fleet, settings, (uint32_t)settings->terminals, &failure) &&
                log_in_all(&fleet, 0) && fleet_keep(&fleet, &failure);
    fleet_fini(&fleet);
    return good ? 0 : job_failed(&failure);
}
