#include "terminals/terminals.h"

#include <stdlib.h>
#include <string.h>

#include "base/enrolcode.h"
#include "base/limits.h"
#include "net/ca.h"
#include "wire/message.h"

#define OWNER_LOGIN "owner"
#define OWNER_PASSWORD "a long enough word"
#define CLERK_LOGIN "clerk"
#define CLERK_PASSWORD "seven pears and a pot"

enum { KEYS_MAX = 64 * 1024 * 1024, ARENA_MAX = 16 * 1024 * 1024 };

/* ---- one enrolment: a connection, a message ---- */

struct enrolling {
    struct terminals *all;
    struct stream *stream;
    struct frame_reader reader;
    const char *code;
    const char *request;
    struct terminal *terminal;
    bool done;
};

static void enrol_open(void *context)
{
    struct enrolling *enrolling = context;
    struct terminals *all = enrolling->all;
    struct tls_peer peer;
    uint8_t secret[ENROL_SECRET_SIZE];
    uint8_t root[ENROL_ROOT_SIZE];
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Enrol enrol = TEFTER__ENROL__INIT;
    stream_peer(enrolling->stream, &peer);
    if (!enrol_code_read(enrolling->code, strlen(enrolling->code), secret, root) ||
        !enrol_root_matches(root, &peer.root)) {
        stream_close(enrolling->stream, "this is not the server that made the code");
        return;
    }
    all->root = peer.root;
    enrol.code = (char *)(uintptr_t)enrolling->code;
    enrol.request = (char *)(uintptr_t)enrolling->request;
    frame.has_request = true;
    frame.request = 1;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL;
    frame.enrol = &enrol;
    buffer_clear(&all->out);
    if (!buffer_put(&all->out, head, sizeof head) || !message_put(&frame.base, &all->out))
        return;
    be32_put(all->out.data, (uint32_t)(all->out.size - FRAME_HEAD_SIZE));
    (void)stream_write(enrolling->stream, buffer_slice(&all->out));
}

static void enrol_bytes(void *context, struct slice bytes)
{
    struct enrolling *enrolling = context;
    struct terminals *all = enrolling->all;
    struct slice frame;
    if (!frame_reader_put(&enrolling->reader, bytes) ||
        frame_reader_next(&enrolling->reader, &frame) != FRAME_WHOLE)
        return;
    const Tefter__ToTerminal *answer = (const Tefter__ToTerminal *)message_unpack(
        &tefter__to_terminal__descriptor, frame, &all->arena);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED) {
        const char *pem = answer->enrolled->certificate;
        enrolling->terminal->certificate = slice_text(arena_text(&all->keys, pem, strlen(pem)));
        enrolling->terminal->number = answer->enrolled->terminal;
        enrolling->done = true;
    }
    stream_close(enrolling->stream, "");
}

static void enrol_closed(void *context, const char *reason)
{
    struct enrolling *enrolling = context;
    if (!enrolling->done)
        terminals_fail(enrolling->all, "no enrolment: %s", reason);
    loop_stop(enrolling->all->loop);
}

bool company_enrol(struct terminals *all, const char *code, struct terminal *terminal)
{
    static const struct stream_events events = {enrol_open, enrol_bytes, NULL, enrol_closed};
    struct enrolling enrolling = {.all = all, .code = code, .terminal = terminal};
    struct slice request;
    struct tls_context *tls = tls_context_client(NULL, NULL, TLS_ALPN_ENROL, &all->trouble);
    if (tls == NULL || !ca_request_create(&all->keys, &terminal->key, &request, &all->trouble))
        return false;
    enrolling.request = arena_text(&all->keys, request.data, request.size);
    frame_reader_init(&enrolling.reader, FRAME_TO_CLIENT_MAX);
    enrolling.stream =
        stream_connect(all->loop, all->server->address, tls, &events, &enrolling, &all->trouble);
    bool good = enrolling.stream != NULL && terminals_run(all) && enrolling.done;
    frame_reader_fini(&enrolling.reader);
    tls_context_release(tls);
    return good;
}

/* ---- the company ---- */

static uint32_t made(struct terminals *all, const Tefter__Command *command)
{
    arena_reset(&all->arena);
    const Tefter__Done *done = connection_do(&all->connections[0], command);
    return done == NULL ? 0 : (uint32_t)done->id;
}

static uint32_t make_branch(struct terminals *all, uint32_t index)
{
    char code[16];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddBranch add = TEFTER__ADD_BRANCH__INIT;
    (void)snprintf(code, sizeof code, "B%u", index);
    add.code = add.name = code;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_BRANCH;
    command.add_branch = &add;
    return made(all, &command);
}

static uint32_t make_till(struct terminals *all, uint32_t branch)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTill add = TEFTER__ADD_TILL__INIT;
    add.branch = branch;
    add.name = (char *)(uintptr_t) "till";
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TILL;
    command.add_till = &add;
    return made(all, &command);
}

static uint32_t make_product(struct terminals *all)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddProduct add = TEFTER__ADD_PRODUCT__INIT;
    add.code = add.name = (char *)(uintptr_t) "P";
    add.unit = (char *)(uintptr_t) "piece";
    add.has_price = true;
    add.price = (int64_t)PRICE_MINOR * 1000;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_PRODUCT;
    command.add_product = &add;
    return made(all, &command);
}

static bool make_clerk(struct terminals *all)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddStaff add = TEFTER__ADD_STAFF__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SetPassword set = TEFTER__SET_PASSWORD__INIT;
    add.login = (char *)(uintptr_t)CLERK_LOGIN;
    add.role = TEFTER__ROLE__ROLE_SALES;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_STAFF;
    command.add_staff = &add;
    set.has_staff = true;
    set.staff = made(all, &command);
    set.password = (char *)(uintptr_t)CLERK_PASSWORD;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SET_PASSWORD;
    frame.set_password = &set;
    const Tefter__ToTerminal *answer =
        set.staff == 0 ? NULL : connection_ask(&all->connections[0], &frame);
    return answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_ACCEPTED;
}

bool company_make(struct terminals *all)
{
    for (uint32_t i = 0; i < TERMINALS_BRANCHES; i++) {
        all->branches[i] = i == 0 ? 1 : make_branch(all, i);
        all->tills[i] = all->branches[i] == 0 ? 0 : make_till(all, all->branches[i]);
        if (all->tills[i] == 0)
            return false;
    }
    all->product = make_product(all);
    return all->product != 0 && make_clerk(all);
}

static bool make_code(struct terminals *all, uint32_t branch, uint32_t index,
                      char code[CODE_TEXT_MAX])
{
    char name[24];
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTerminal add = TEFTER__ADD_TERMINAL__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__MakeCode make = TEFTER__MAKE_CODE__INIT;
    (void)snprintf(name, sizeof name, "counter %u", index);
    add.branch = branch;
    add.name = name;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &add;
    make.terminal = made(all, &command);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_MAKE_CODE;
    frame.make_code = &make;
    const Tefter__ToTerminal *answer =
        make.terminal == 0 ? NULL : connection_ask(&all->connections[0], &frame);
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_CODE)
        return false;
    (void)snprintf(code, CODE_TEXT_MAX, "%s", answer->code->code);
    return true;
}

bool company_terminal(struct terminals *all, uint32_t index)
{
    char code[CODE_TEXT_MAX];
    struct terminal *terminal = &all->terminals[index];
    terminal->branch = all->branches[index % TERMINALS_BRANCHES];
    terminal->till = all->tills[index % TERMINALS_BRANCHES];
    return make_code(all, terminal->branch, index, code) && company_enrol(all, code, terminal);
}

/* ---- all of them ---- */

static void out_of_patience(void *context)
{
    terminals_fail(context, "nothing comes any more");
}

static bool room(struct terminals *all, uint32_t terminals, uint32_t connections)
{
    all->terminal_count = terminals + 1;
    all->connection_count = connections + 1;
    all->terminals = calloc(all->terminal_count, sizeof *all->terminals);
    all->connections = calloc(all->connection_count, sizeof *all->connections);
    if (all->terminals == NULL || all->connections == NULL)
        return fail(&all->trouble, FAULT_MEMORY, 0, "no memory");
    for (uint32_t i = 0; i < all->connection_count; i++)
        all->connections[i] = (struct connection){.all = all, .index = i};
    all->connections[0].terminal = &all->terminals[0];
    all->loop = loop_create(&all->trouble);
    if (all->loop != NULL)
        all->patience = loop_timer_create(all->loop, out_of_patience, all);
    return all->patience != NULL;
}

static bool office(struct terminals *all)
{
    all->login = OWNER_LOGIN;
    all->password = OWNER_PASSWORD;
    if (!company_enrol(all, all->server->code, &all->terminals[0]) || !terminals_connect(all) ||
        !company_make(all))
        return false;
    all->terminals[0].branch = all->branches[0];
    all->terminals[0].till = all->tills[0];
    return true;
}

/* The first connection of each terminal has its password checked, the others come by its token. */
static bool everybody(struct terminals *all)
{
    for (uint32_t i = 1; i < all->terminal_count; i++) {
        if (!company_terminal(all, i))
            return false;
        if (i < all->connection_count)
            all->connections[i].terminal = &all->terminals[i];
    }
    all->login = CLERK_LOGIN;
    all->password = CLERK_PASSWORD;
    if (!terminals_connect(all))
        return false;
    for (uint32_t i = all->terminal_count; i < all->connection_count; i++)
        all->connections[i].terminal = &all->terminals[1 + (i - 1) % (all->terminal_count - 1)];
    return terminals_connect(all);
}

bool terminals_open(struct terminals *all, struct server *server, uint32_t terminals,
                    uint32_t connections, struct failure *failure)
{
    *all = (struct terminals){.server = server};
    arena_init(&all->keys, KEYS_MAX);
    arena_init(&all->arena, ARENA_MAX);
    arena_init(&all->frame, ARENA_MAX);
    buffer_init(&all->out, FRAME_TO_SERVER_MAX);
    buffer_init(&all->packed, FRAME_TO_SERVER_MAX);
    if (hash_setup() && room(all, terminals, connections) && office(all) && everybody(all))
        return true;
    *failure = all->trouble;
    return fail(failure, FAULT_PEER, 0, "the terminals are not there");
}

void terminals_close(struct terminals *all)
{
    if (all->loop != NULL) {
        terminals_drop(all);
        loop_timer_destroy(all->patience);
        loop_destroy(all->loop);
    }
    for (uint32_t i = 0; i < all->terminal_count && all->terminals != NULL; i++)
        tls_context_release(all->terminals[i].tls);
    free(all->terminals);
    free(all->connections);
    buffer_fini(&all->out);
    buffer_fini(&all->packed);
    arena_fini(&all->frame);
    arena_fini(&all->arena);
    arena_fini(&all->keys);
}
