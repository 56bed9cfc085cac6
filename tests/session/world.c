#include "world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/password.h"
#include "wire/message.h"

enum { PATIENCE_MS = 20000, LOOK_MS = 2, MAP_BYTES = 64 * 1024 * 1024 };

struct world world;

static void must(bool done, const struct failure *failure)
{
    if (!done)
        fail_msg("%s", failure->text);
}

/* ---- the clock ---- */

static int64_t now_ms(void *owner)
{
    struct timespec now;
    (void)owner;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + world.clock_moved_ms;
}

/* The ledger's clock never goes back, whatever a test does to the wall's. */
static int64_t ledger_now_ms(void)
{
    int64_t now = now_ms(NULL);
    world.ledger_ms = now > world.ledger_ms ? now : world.ledger_ms;
    return world.ledger_ms;
}

static void new_id(void *owner, uint8_t ret_id[COMMAND_ID_SIZE])
{
    (void)owner;
    memset(ret_id, 0, COMMAND_ID_SIZE);
    be64_put(ret_id, (uint64_t)now_ms(NULL) << 16);
    be32_put(ret_id + 6, 0);
    be32_put(ret_id + 12, ++world.next_id);
}

/* ---- the writer ---- */

struct mover {
    struct vault_txn *txn;
    const uint8_t *id;
    uint16_t place;
    struct arena *arena;
};

static void move_text(void *context, ProtobufCMessage *part)
{
    struct mover *mover = context;
    Tefter__Text *text = (Tefter__Text *)part;
    struct vault_id id;
    struct vault_ref ref;
    if (text->value == NULL)
        return;
    memcpy(id.bytes, mover->id, COMMAND_ID_SIZE);
    be16_put(id.bytes + COMMAND_ID_SIZE, mover->place++);
    vault_put(mover->txn, &id, slice_text(text->value), &ref);
    text->value = NULL;
    text->has_id = text->has_size = text->has_digest = true;
    text->id =
        (ProtobufCBinaryData){VAULT_ID_SIZE, arena_copy(mover->arena, id.bytes, VAULT_ID_SIZE)};
    text->digest =
        (ProtobufCBinaryData){HASH_SIZE, arena_copy(mover->arena, ref.digest.bytes, HASH_SIZE)};
    text->size = ref.size;
}

static struct slice move_texts(const struct submission *submission, struct arena *arena)
{
    struct failure failure = {0};
    ProtobufCMessage *command =
        message_unpack(&tefter__command__descriptor, submission->command, arena);
    assert_non_null(command);
    struct mover mover = {vault_begin(world.vault, &failure), submission->id, 0, arena};
    assert_non_null(mover.txn);
    message_each(command, &tefter__text__descriptor, move_text, &mover);
    must(vault_commit(mover.txn, &failure), &failure);
    return message_pack(command, arena);
}

static struct slice pack_entry(const struct submission *submission, struct arena *arena)
{
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    struct slice command = move_texts(submission, arena);
    actor.has_staff = submission->staff != 0;
    actor.staff = submission->staff;
    actor.has_terminal = submission->terminal != 0;
    actor.terminal = submission->terminal;
    actor.has_branch = submission->branch != 0;
    actor.branch = submission->branch;
    entry.id = (ProtobufCBinaryData){COMMAND_ID_SIZE, (uint8_t *)(uintptr_t)submission->id};
    entry.now_ms = ledger_now_ms();
    entry.actor = &actor;
    entry.has_buyer_pin = submission->buyer_pin != 0;
    entry.buyer_pin = submission->buyer_pin;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){command.size, (uint8_t *)(uintptr_t)command.data};
    return message_pack(&entry.base, arena);
}

/* What sessions hear of a group: its rows and events, one behind the other. */
struct gathered {
    struct ledger_row rows[20000];
    size_t row_count;
    Tefter__Event *events[20000];
    size_t event_count;
    const struct ledger_result *results;
    size_t result_count;
};
static struct gathered gathered;

static void gather(const struct ledger_result *result)
{
    for (size_t i = 0; i < result->row_count; i++)
        gathered.rows[gathered.row_count++] = result->rows[i];
    for (size_t i = 0; i < result->event_count; i++)
        gathered.events[gathered.event_count++] = result->events[i];
}

static void apply_group(struct world_submission *queue, size_t count, struct ledger_result *results,
                        struct arena *arena)
{
    static const uint8_t ledger_id[16] = {1, 2, 3};
    struct hash chain = {{0}};
    struct failure failure = {0};
    gathered.row_count = gathered.event_count = 0;
    gathered.results = results;
    gathered.result_count = count;
    must(ledger_begin(world.ledger, &failure), &failure);
    for (size_t i = 0; i < count; i++) {
        must(ledger_apply(world.ledger, ++world.seq, pack_entry(&queue[i].submission, arena), arena,
                          &results[i], &failure),
             &failure);
        gather(&results[i]);
    }
    must(ledger_commit(world.ledger, ledger_id, &(struct incarnation){1, "a life"}, ++world.batch,
                       &chain, &failure),
         &failure);
    world.groups++;
}

static void publish(void)
{
    struct published_group group = {
        .seq = world.seq,
        .committed_ms = now_ms(NULL),
        .rows = gathered.rows,
        .row_count = gathered.row_count,
        .events = gathered.events,
        .event_count = gathered.event_count,
        .results = gathered.results,
        .result_count = gathered.result_count,
    };
    if (world.sessions != NULL)
        sessions_published(world.sessions, &group);
}

static void write_queue(void *context)
{
    (void)context;
    static struct ledger_result results[WORLD_QUEUE];
    struct arena arena;
    size_t count = world.queued;
    if (world.held || count == 0)
        return;
    arena_init(&arena, 512 * 1024 * 1024);
    apply_group(world.queue, count, results, &arena);
    world.queued = 0;
    for (size_t i = 0; i < count; i++) {
        sessions_replied(world.sessions, world.queue[i].submission.reply_token, results[i].reply,
                         NULL);
        free(world.queue[i].command);
    }
    publish();
    arena_fini(&arena);
}

static enum submit_answer submit(void *owner, const struct submission *submission)
{
    (void)owner;
    if (world.answer != SUBMIT_TAKEN)
        return world.answer;
    assert_true(world.queued < WORLD_QUEUE);
    struct world_submission *place = &world.queue[world.queued++];
    place->submission = *submission;
    place->command = malloc(submission->command.size + 1);
    memcpy(place->command, submission->command.data, submission->command.size);
    place->submission.command.data = place->command;
    loop_timer_start(world.turn, 0, 0);
    return SUBMIT_TAKEN;
}

static Tefter__Reply *reply_to(const Tefter__Command *command, uint32_t branch,
                               const uint8_t id[COMMAND_ID_SIZE])
{
    struct arena arena;
    struct ledger_result result;
    struct world_submission one = {.submission = {.branch = branch}};
    one.submission.command = message_pack(&command->base, &world.arena);
    if (id != NULL)
        memcpy(one.submission.id, id, COMMAND_ID_SIZE);
    else
        new_id(NULL, one.submission.id);
    arena_init(&arena, 64 * 1024 * 1024);
    apply_group(&one, 1, &result, &arena);
    Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, result.reply, &world.arena);
    if (world.between != NULL)
        world.between();
    publish();
    arena_fini(&arena);
    return reply;
}

bool world_try(const char *json, uint32_t branch)
{
    struct message_fault fault = {.path = "", .what = ""};
    const Tefter__Command *command = (const Tefter__Command *)message_of_json(
        &tefter__command__descriptor, slice_text(json), &world.arena, &fault);
    if (command == NULL)
        fail_msg("%s: %s: %s", json, fault.path, fault.what);
    return reply_to(command, branch, NULL)->result_case == TEFTER__REPLY__RESULT_DONE;
}

Tefter__Done *world_do(Tefter__Command *command)
{
    Tefter__Reply *reply = reply_to(command, 0, NULL);
    if (reply->result_case != TEFTER__REPLY__RESULT_DONE)
        fail_msg("refused: %d %s", reply->refused->code,
                 reply->refused->field == NULL ? "" : reply->refused->field);
    return reply->done;
}

const Tefter__Reply *world_took(const Tefter__Command *command, const uint8_t id[COMMAND_ID_SIZE])
{
    return reply_to(command, 0, id);
}

/* ---- making things ---- */

static void create_company(void)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__CreateCompany found = TEFTER__CREATE_COMPANY__INIT;
    found.name = "Lotus";
    found.currency = "VND";
    found.admin_login = "boss";
    found.rules_version = LEDGER_RULES;
    found.date = 20000;
    command.kind_case = TEFTER__COMMAND__KIND_CREATE_COMPANY;
    command.create_company = &found;
    (void)world_do(&command);
}

static void set_secrets(uint32_t staff, const char *password, const char *pin)
{
    char password_text[PASSWORD_HASH_SIZE] = "";
    char pin_text[PASSWORD_HASH_SIZE] = "";
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetSecret set = TEFTER__SET_SECRET__INIT;
    if (password != NULL)
        assert_true(password_hash(password, strlen(password), password_text));
    if (pin != NULL)
        assert_true(password_hash(pin, strlen(pin), pin_text));
    set.staff = staff;
    set.has_password_hash = password != NULL;
    set.password_hash = (ProtobufCBinaryData){strlen(password_text), (uint8_t *)password_text};
    set.has_pin_hash = pin != NULL;
    set.pin_hash = (ProtobufCBinaryData){strlen(pin_text), (uint8_t *)pin_text};
    command.kind_case = TEFTER__COMMAND__KIND_SET_SECRET;
    command.set_secret = &set;
    (void)world_do(&command);
}

uint32_t world_staff(const char *login, Tefter__Role role, const char *password, const char *pin)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddStaff add = TEFTER__ADD_STAFF__INIT;
    Tefter__Text name = TEFTER__TEXT__INIT;
    name.value = (char *)(uintptr_t)login;
    add.login = (char *)(uintptr_t)login;
    add.name = &name;
    add.role = role;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_STAFF;
    command.add_staff = &add;
    uint32_t staff = (uint32_t)world_do(&command)->id;
    if (password != NULL || pin != NULL)
        set_secrets(staff, password, pin);
    return staff;
}

uint32_t world_customer(const char *name, const char *phone)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Text name_text = TEFTER__TEXT__INIT;
    Tefter__Text phone_text = TEFTER__TEXT__INIT;
    name_text.value = (char *)(uintptr_t)name;
    phone_text.value = (char *)(uintptr_t)phone;
    open.name = &name_text;
    open.phone = &phone_text;
    open.area = "town";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    return (uint32_t)world_do(&command)->id;
}

void world_limit(uint32_t customer, int64_t limit_minor)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetCreditLimit set = TEFTER__SET_CREDIT_LIMIT__INIT;
    Tefter__LimitTerms terms = TEFTER__LIMIT_TERMS__INIT;
    terms.has_limit_minor = true;
    terms.limit_minor = limit_minor;
    terms.has_policy = true;
    terms.policy = TEFTER__EXCESS_POLICY__EXCESS_APPROVE;
    set.customer = customer;
    set.terms = &terms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_CREDIT_LIMIT;
    command.set_credit_limit = &set;
    (void)world_do(&command);
}

uint32_t world_terminal(const char *name)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AddTerminal add = TEFTER__ADD_TERMINAL__INIT;
    add.branch = 1;
    add.name = (char *)(uintptr_t)name;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &add;
    return (uint32_t)world_do(&command)->id;
}

void world_code(uint32_t terminal, int64_t life_ms, char code[ENROL_CODE_TEXT_SIZE])
{
    struct enrolment_code made;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__SetEnrolmentCode set = TEFTER__SET_ENROLMENT_CODE__INIT;
    access_new_code(&world.root_hash, &made);
    set.terminal = terminal;
    set.code_digest = (ProtobufCBinaryData){HASH_SIZE, made.digest.bytes};
    set.expires_ms = now_ms(NULL) + life_ms;
    command.kind_case = TEFTER__COMMAND__KIND_SET_ENROLMENT_CODE;
    command.set_enrolment_code = &set;
    (void)world_do(&command);
    memcpy(code, made.text, ENROL_CODE_TEXT_SIZE);
}

/* ---- setting up ---- */

static void on_patience(void *context)
{
    (void)context;
    world.impatient = true;
    loop_stop(world.loop);
}

static Tefter__ReadOnlyCause read_only_cause(void *owner)
{
    (void)owner;
    return TEFTER__READ_ONLY_CAUSE__READ_ONLY_STATE_FULL;
}

static void start_sessions(void)
{
    struct failure failure = {0};
    char audit[96];
    char ended[96];
    char marks[96];
    (void)snprintf(marks, sizeof marks, "%s/marks", world.folder);
    (void)snprintf(ended, sizeof ended, "%s/ended", world.folder);
    (void)snprintf(audit, sizeof audit, "%s/audit", world.folder);
    (void)snprintf(world.browsers, sizeof world.browsers, "%s/web.socket", world.folder);
    struct sessions_options options = {
        .loop = world.loop,
        .ledger = world.ledger,
        .vault = world.vault,
        .listen = "127.0.0.1:0",
        .audit_path = audit,
        .ended_path = ended,
        .marks_path = marks,
        .browser_socket = world.browsers,
        .per_terminal = world.per_terminal,
        .per_address = world.per_address,
        .unproven_per_address = world.unproven_per_address,
        .row_cache_bytes = 64 * 1024 * 1024,
        .identity = {world.server.certificate, world.server.key},
        .root = world.root,
        .token_key = {7},
        .submit = submit,
        .read_only_cause = read_only_cause,
        .now_ms = now_ms,
        .new_id = new_id,
    };
    must(sessions_create(&options, &world.sessions, &failure), &failure);
    (void)snprintf(world.address, sizeof world.address, "127.0.0.1:%u",
                   sessions_port(world.sessions));
}

static void open_parts(void)
{
    struct failure failure = {0};
    char ledger[96];
    char vault[96];
    static const char *const names[] = {"localhost", "127.0.0.1", NULL};
    int64_t ends_ms = 0;
    (void)snprintf(ledger, sizeof ledger, "%s/ledger", world.folder);
    (void)snprintf(vault, sizeof vault, "%s/vault", world.folder);
    must(ledger_open(&(struct ledger_options){ledger, MAP_BYTES, false}, &world.ledger, &failure),
         &failure);
    must(vault_open(vault, MAP_BYTES, &world.vault, &failure), &failure);
    must(ca_root_create("Lotus", now_ms(NULL), &world.arena, &world.root, &failure), &failure);
    must(ca_server_create(&world.root, names, now_ms(NULL), &world.arena, &world.server, &failure),
         &failure);
    must(ca_certificate_facts(world.root.certificate, &world.root_hash, &ends_ms, &failure),
         &failure);
    world.loop = loop_create(&failure);
    must(world.loop != NULL, &failure);
    world.turn = loop_timer_create(world.loop, write_queue, NULL);
    world.patience = loop_timer_create(world.loop, on_patience, NULL);
}

int world_setup(void **state)
{
    (void)state;
    char code[ENROL_CODE_TEXT_SIZE];
    Tefter__RefusalCode refused = 0;
    assert_true(hash_setup());
    memset(&world, 0, sizeof world);
    (void)snprintf(world.folder, sizeof world.folder, "/tmp/tefter-session-XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    arena_init(&world.arena, 1024 * 1024 * 1024);
    open_parts();
    create_company();
    set_secrets(1, "correct horse", NULL);
    start_sessions();
    world_code(world_terminal("till 1"), CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &world.terminal, &refused));
    return 0;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *walk)
{
    (void)facts;
    (void)kind;
    (void)walk;
    return remove(path);
}

int world_teardown(void **state)
{
    (void)state;
    sessions_destroy(world.sessions);
    for (size_t i = 0; i < world.queued; i++)
        free(world.queue[i].command);
    loop_timer_destroy(world.turn);
    loop_timer_destroy(world.patience);
    loop_destroy(world.loop);
    ledger_close(world.ledger);
    vault_close(world.vault);
    arena_fini(&world.arena);
    (void)nftw(world.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}

void world_restart(void)
{
    sessions_destroy(world.sessions);
    start_sessions();
}

void world_wait(bool (*done)(void *context), void *context)
{
    uint64_t until_ms = loop_now_ms(world.loop) + PATIENCE_MS;
    loop_timer_start(world.patience, 0, LOOK_MS);
    while (!done(context) && loop_now_ms(world.loop) < until_ms)
        loop_run(world.loop);
    loop_timer_stop(world.patience);
    if (!done(context))
        fail_msg("nothing happened in %d ms", PATIENCE_MS);
}

void world_run(uint64_t ms)
{
    world.impatient = false;
    loop_timer_start(world.patience, ms, 0);
    while (!world.impatient)
        loop_run(world.loop);
}

/* ---- a terminal ---- */

static void on_open(void *context)
{
    ((struct client *)context)->open = true;
    loop_stop(world.loop);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct client *client = context;
    struct slice frame;
    struct message_fault fault = {.path = "", .what = ""};
    assert_true(frame_reader_put(&client->reader, bytes));
    while (frame_reader_next(&client->reader, &frame) == FRAME_WHOLE) {
        if (!message_scan(&tefter__to_terminal__descriptor, frame, &fault))
            fail_msg("%s: %s", fault.path, fault.what);
        assert_true(client->count < WORLD_INBOX);
        client->inbox[client->count++] =
            (const void *)message_unpack(&tefter__to_terminal__descriptor, frame, &client->arena);
    }
    loop_stop(world.loop);
}

static void on_closed(void *context, const char *reason)
{
    struct client *client = context;
    client->closed = true;
    client->stream = NULL;
    (void)snprintf(client->reason, sizeof client->reason, "%s", reason);
    loop_stop(world.loop);
}

static bool is_ready(void *context)
{
    const struct client *client = context;
    return client->open || client->closed;
}

static bool is_closed(void *context)
{
    return ((const struct client *)context)->closed;
}

static const struct stream_events events = {on_open, on_bytes, NULL, on_closed};

static void client_init(struct client *client)
{
    memset(client, 0, sizeof *client);
    arena_init(&client->arena, 512 * 1024 * 1024);
    frame_reader_init(&client->reader, FRAME_TO_CLIENT_MAX);
}

void client_open_browser(struct client *client)
{
    static const char of_itself[] = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    struct failure failure = {0};
    size_t from = 0;
    client_init(client);
    client->stream = stream_connect_local(world.loop, world.browsers, &events, client, &failure);
    must(client->stream != NULL, &failure);
    world_wait(is_ready, client);
    client_write(client, slice_of(of_itself, sizeof of_itself - 1));
    assert_non_null(client_expect(client, TEFTER__TO_TERMINAL__BODY_CHALLENGE, &from));
}

void client_open(struct client *client, const struct tls_identity *identity)
{
    struct failure failure = {0};
    client_init(client);
    struct tls_context *tls =
        tls_context_client(identity, &world.root_hash,
                           identity == NULL ? TLS_ALPN_ENROL : TLS_ALPN_TERMINAL, &failure);
    must(tls != NULL, &failure);
    client->stream = stream_connect(world.loop, world.address, tls, &events, client, &failure);
    must(client->stream != NULL, &failure);
    tls_context_release(tls);
    client->terminal = 1;
    world_wait(is_ready, client);
}

void client_wait_closed(struct client *client)
{
    world_wait(is_closed, client);
}

void client_close(struct client *client)
{
    if (client->stream != NULL)
        stream_abort(client->stream, "the test is over");
    client_wait_closed(client);
    frame_reader_fini(&client->reader);
    arena_fini(&client->arena);
}

void client_write(struct client *client, struct slice bytes)
{
    if (client->stream != NULL)
        (void)stream_write(client->stream, bytes);
}

uint64_t client_send(struct client *client, Tefter__FromTerminal *frame)
{
    struct buffer out;
    frame->has_request = true;
    frame->request = ++client->request;
    buffer_init(&out, FRAME_TO_SERVER_MAX * 2);
    assert_true(frame_put(&out, message_pack((const ProtobufCMessage *)frame, &client->arena)));
    client_write(client, buffer_slice(&out));
    buffer_fini(&out);
    return frame->request;
}

struct awaited {
    struct client *client;
    uint64_t request;
    Tefter__ToTerminal__BodyCase body;
    size_t from;
    const Tefter__ToTerminal *found;
};

static bool has_answer(void *context)
{
    struct awaited *awaited = context;
    for (; awaited->from < awaited->client->count && awaited->found == NULL; awaited->from++) {
        const Tefter__ToTerminal *message = awaited->client->inbox[awaited->from];
        bool right = awaited->request != 0 ? message->request == awaited->request
                                           : message->body_case == awaited->body;
        if (right)
            awaited->found = message;
    }
    return awaited->found != NULL || awaited->client->closed;
}

const Tefter__ToTerminal *client_answer(struct client *client, uint64_t request)
{
    struct awaited awaited = {.client = client, .request = request};
    world_wait(has_answer, &awaited);
    return awaited.found;
}

const Tefter__ToTerminal *client_expect(struct client *client, Tefter__ToTerminal__BodyCase body,
                                        size_t *from)
{
    struct awaited awaited = {.client = client, .body = body, .from = *from};
    world_wait(has_answer, &awaited);
    *from = awaited.from;
    return awaited.found;
}

const Tefter__ToTerminal *client_ask(struct client *client, Tefter__FromTerminal *frame)
{
    return client_answer(client, client_send(client, frame));
}

const Tefter__Goodbye *client_goodbye(struct client *client)
{
    for (size_t i = 0; i < client->count; i++) {
        if (client->inbox[i]->body_case == TEFTER__TO_TERMINAL__BODY_GOODBYE)
            return client->inbox[i]->goodbye;
    }
    return NULL;
}

void client_greet(struct client *client, const struct tls_identity *identity)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    client_open(client, identity);
    if (!client->open)
        fail_msg("not let in: %s", client->reason);
    hello.wire = 2;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    const Tefter__ToTerminal *answer = client_ask(client, &frame);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_WELCOME)
        client->terminal = answer->welcome->terminal;
}

const Tefter__ToTerminal *client_login(struct client *client, const char *login,
                                       const char *password)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Login ask = TEFTER__LOGIN__INIT;
    ask.login = (char *)(uintptr_t)login;
    ask.password = (char *)(uintptr_t)password;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &ask;
    return client_ask(client, &frame);
}

const Tefter__ToTerminal *client_token(struct client *client, ProtobufCBinaryData token)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__UseToken ask = TEFTER__USE_TOKEN__INIT;
    ask.token = token;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_USE_TOKEN;
    frame.use_token = &ask;
    return client_ask(client, &frame);
}

void client_enter(struct client *client, const char *login, const char *password)
{
    client_greet(client, &world.terminal);
    const Tefter__ToTerminal *answer = client_login(client, login, password);
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
}

void client_id(struct client *client, uint8_t ret_id[16])
{
    be64_put(ret_id, (uint64_t)now_ms(NULL) << 16);
    be32_put(ret_id + 6, client->terminal);
    be16_put(ret_id + 10, 0);
    be32_put(ret_id + 12, ++client->counter);
}

uint64_t client_submit(struct client *client, const Tefter__Command *command, const uint8_t id[16])
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit_message = TEFTER__SUBMIT_COMMAND__INIT;
    struct slice bytes = message_pack(&command->base, &client->arena);
    submit_message.id = (ProtobufCBinaryData){16, (uint8_t *)(uintptr_t)id};
    submit_message.command = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit_message;
    return client_send(client, &frame);
}

const Tefter__Reply *client_command(struct client *client, const Tefter__Command *command)
{
    uint8_t id[16];
    client_id(client, id);
    const Tefter__ToTerminal *answer = client_answer(client, client_submit(client, command, id));
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_REPLY);
    return (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                 slice_of(answer->reply.data, answer->reply.len),
                                                 &client->arena);
}

uint64_t client_question(struct client *client, const Tefter__Query *query)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    struct slice bytes = message_pack(&query->base, &client->arena);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    frame.query = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    return client_send(client, &frame);
}

const Tefter__Answer *client_query(struct client *client, const Tefter__Query *query)
{
    const Tefter__ToTerminal *answer = client_answer(client, client_question(client, query));
    assert_non_null(answer);
    assert_int_equal(answer->body_case, TEFTER__TO_TERMINAL__BODY_ANSWER);
    return (const Tefter__Answer *)message_unpack(&tefter__answer__descriptor,
                                                  slice_of(answer->answer.data, answer->answer.len),
                                                  &client->arena);
}

Tefter__RefusalCode refusal_of(const Tefter__ToTerminal *answer)
{
    if (answer == NULL)
        return 0;
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        return answer->refused->code;
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_GOODBYE && answer->goodbye->refused != NULL)
        return answer->goodbye->refused->code;
    return 0;
}

bool client_enrol(const char *code, struct tls_identity *ret_identity,
                  Tefter__RefusalCode *ret_refused)
{
    struct client client;
    struct failure failure = {0};
    struct slice request;
    struct slice key;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Enrol enrol = TEFTER__ENROL__INIT;
    must(ca_request_create(&world.arena, &key, &request, &failure), &failure);
    enrol.code = (char *)(uintptr_t)code;
    enrol.request = arena_text(&world.arena, request.data, request.size);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_ENROL;
    frame.enrol = &enrol;
    client_open(&client, NULL);
    assert_true(client.open);
    const Tefter__ToTerminal *answer = client_ask(&client, &frame);
    assert_non_null(answer);
    *ret_refused = refusal_of(answer);
    bool enrolled = answer->body_case == TEFTER__TO_TERMINAL__BODY_ENROLLED;
    if (enrolled) {
        const char *certificate = answer->enrolled->certificate;
        size_t size = strlen(certificate);
        ret_identity->certificate = slice_of(arena_text(&world.arena, certificate, size), size);
        ret_identity->key = key;
    }
    client_close(&client);
    return enrolled;
}
