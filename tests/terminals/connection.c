#include "terminals/terminals.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "wire/message.h"

#define REQUEST_ASK (UINT64_C(1) << 40) /* blocking calls, and up */
#define REQUEST_HELLO (UINT64_C(1) << 50)
#define REQUEST_LOGIN (REQUEST_HELLO + 1)
#define REQUEST_SUBSCRIBE (REQUEST_HELLO + 2)
#define REQUEST_FILLING (REQUEST_HELLO + 3)

enum {
    FILLING = 400,
    FILLING_STEP = 16,
    PATIENCE_MS = 60 * 1000,
    ARRIVING_MAX = 16,
    TELL_MAX = 4096
};

static struct slice bytes_of(ProtobufCBinaryData data)
{
    return slice_of(data.data, data.len);
}

static ProtobufCBinaryData data_of(struct slice bytes)
{
    return (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
}

/* ---- the loop ---- */

void terminals_fail(struct terminals *all, const char *format, ...)
{
    char text[FAILURE_TEXT_MAX];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)fail(&all->trouble, FAULT_PEER, 0, "%s", text);
    loop_stop(all->loop);
}

bool terminals_run(struct terminals *all)
{
    if (all->trouble.fault == FAULT_NONE) {
        loop_timer_start(all->patience, PATIENCE_MS, 0);
        loop_run(all->loop);
        loop_timer_stop(all->patience);
    }
    return all->trouble.fault == FAULT_NONE;
}

/* ---- frames out ---- */

void connection_send(struct connection *connection, uint64_t request, Tefter__FromTerminal *frame)
{
    static const uint8_t head[FRAME_HEAD_SIZE];
    struct buffer *out = &connection->all->out;
    frame->has_request = true;
    frame->request = request;
    buffer_clear(out);
    if (connection->stream == NULL || connection->going || !buffer_put(out, head, sizeof head) ||
        !message_put(&frame->base, out))
        return;
    be32_put(out->data, (uint32_t)(out->size - FRAME_HEAD_SIZE));
    (void)stream_write(connection->stream, buffer_slice(out));
}

void connection_new_id(struct connection *connection, uint8_t ret_id[COMMAND_ID_SIZE])
{
    uint64_t ms = (uint64_t)now_wall_ms();
    uint64_t counter = ++connection->terminal->counter;
    be16_put(ret_id, (uint16_t)(ms >> 32));
    be32_put(ret_id + 2, (uint32_t)ms);
    be32_put(ret_id + 6, connection->terminal->number);
    be16_put(ret_id + 10, (uint16_t)(counter >> 32));
    be32_put(ret_id + 12, (uint32_t)counter);
}

void connection_submit(struct connection *connection, uint64_t request,
                       const uint8_t id[COMMAND_ID_SIZE], struct slice packed)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    submit.id = data_of(slice_of(id, COMMAND_ID_SIZE));
    submit.command = data_of(packed);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    connection_send(connection, request, &frame);
}

void connection_query(struct connection *connection, uint64_t request, const Tefter__Query *query)
{
    struct buffer *packed = &connection->all->packed;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_clear(packed);
    if (!message_put(&query->base, packed))
        return;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    frame.query = data_of(buffer_slice(packed));
    connection_send(connection, request, &frame);
}

void connection_subscribe(struct connection *connection, const uint32_t *customers, size_t count,
                          uint64_t resume)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__Resume from = TEFTER__RESUME__INIT;
    subscribe.subscription = 1;
    subscribe.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS;
    subscribe.n_customers = count;
    subscribe.customers = (uint32_t *)(uintptr_t)customers;
    if (resume != 0) {
        from.ledger = data_of(slice_of(connection->all->ledger, sizeof connection->all->ledger));
        from.incarnation = connection->all->incarnation;
        from.seq = resume;
        subscribe.resume = &from;
    }
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    connection_send(connection, REQUEST_SUBSCRIBE, &frame);
}

void connection_sleep(struct connection *connection)
{
    if (connection->stream == NULL)
        return;
    stream_pause(connection->stream, true);
    connection->filling = FILLING;
}

void connection_fill(struct connection *connection, uint32_t questions)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TerminalList list = TEFTER__TERMINAL_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TERMINALS;
    query.terminals = &list;
    for (uint32_t i = 0; i < questions && connection->filling > 0 && connection->in; i++) {
        connection->filling--;
        connection_query(connection, REQUEST_FILLING, &query);
    }
}

void connection_wake(struct connection *connection)
{
    connection->filling = 0;
    if (connection->stream != NULL)
        stream_pause(connection->stream, false);
}

static void say_hello(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 2;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    connection_send(connection, REQUEST_HELLO, &frame);
}

static void show_token(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__UseToken use = TEFTER__USE_TOKEN__INIT;
    use.token = data_of(connection->terminal->token);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_USE_TOKEN;
    frame.use_token = &use;
    connection_send(connection, REQUEST_LOGIN, &frame);
}

static void say_password(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Login login = TEFTER__LOGIN__INIT;
    login.login = (char *)(uintptr_t)connection->all->login;
    login.password = (char *)(uintptr_t)connection->all->password;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &login;
    connection_send(connection, REQUEST_LOGIN, &frame);
}

/* ---- frames in ---- */

/* Passwords one after the other: guesses at one name at once are slowed down. */
static void dial_more(struct terminals *all)
{
    for (; all->dialled < all->connection_count; all->dialled++) {
        struct connection *connection = &all->connections[all->dialled];
        if (connection->stream != NULL || connection->terminal == NULL)
            continue;
        if (all->arriving >= (connection->terminal->token.size > 0 ? ARRIVING_MAX : 1))
            break;
        if (!connection_dial(connection))
            return;
        all->arriving++;
    }
    if (all->arriving == 0)
        loop_stop(all->loop);
}

static void take_welcome(struct connection *connection, const Tefter__Welcome *welcome)
{
    struct terminals *all = connection->all;
    connection->greeted = true;
    if (welcome->ledger.len == sizeof all->ledger)
        memcpy(all->ledger, welcome->ledger.data, sizeof all->ledger);
    all->incarnation = welcome->incarnation;
    if (welcome->incarnation_nonce.len == sizeof all->incarnation_nonce)
        memcpy(all->incarnation_nonce, welcome->incarnation_nonce.data,
               sizeof all->incarnation_nonce);
    if (connection->terminal->token.size > 0)
        show_token(connection);
    else
        say_password(connection);
}

static void take_login(struct connection *connection, const Tefter__LoggedIn *person)
{
    struct terminals *all = connection->all;
    if (connection->terminal->token.size == 0) {
        const void *token = arena_copy(&all->keys, person->token.data, person->token.len);
        connection->terminal->token = slice_of(token, person->token.len);
    }
    connection->in = true;
    if (all->connecting) {
        all->arriving--;
        dial_more(all);
    } else if (all->events.in != NULL) {
        all->events.in(connection);
    }
}

static void take_reply(struct connection *connection, uint64_t request, struct slice packed)
{
    const Tefter__Reply *reply = (const Tefter__Reply *)message_unpack(
        &tefter__reply__descriptor, packed, &connection->all->frame);
    if (reply == NULL)
        terminals_fail(connection->all, "a reply cannot be read");
    else if (connection->all->events.reply != NULL)
        connection->all->events.reply(connection, request, reply, packed);
}

static void take_answer(struct connection *connection, uint64_t request, struct slice packed)
{
    const Tefter__Answer *answer = (const Tefter__Answer *)message_unpack(
        &tefter__answer__descriptor, packed, &connection->all->frame);
    if (answer == NULL)
        terminals_fail(connection->all, "an answer cannot be read");
    else if (connection->all->events.answer != NULL)
        connection->all->events.answer(connection, request, answer);
}

static void take_frame(struct connection *connection, const Tefter__ToTerminal *frame)
{
    struct terminals *all = connection->all;
    if (frame->has_request && frame->request == REQUEST_FILLING)
        return;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_WELCOME)
        take_welcome(connection, frame->welcome);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        take_login(connection, frame->logged_in);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REPLY)
        take_reply(connection, frame->request, bytes_of(frame->reply));
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_ANSWER)
        take_answer(connection, frame->request, bytes_of(frame->answer));
    else if (frame->request == REQUEST_LOGIN)
        terminals_fail(all, "terminal %u: the login is not taken", connection->terminal->number);
    else if (all->events.other != NULL)
        all->events.other(connection, frame);
}

static const Tefter__ToTerminal *unpack(struct slice bytes, struct arena *arena)
{
    return (const Tefter__ToTerminal *)message_unpack(&tefter__to_terminal__descriptor, bytes,
                                                      arena);
}

/* What a blocking call waits for is unpacked where it stays. */
static void hear(struct connection *connection, struct slice bytes)
{
    struct terminals *all = connection->all;
    arena_reset(&all->frame);
    const Tefter__ToTerminal *frame = unpack(bytes, &all->frame);
    if (frame == NULL) {
        terminals_fail(all, "terminal %u: a frame cannot be read", connection->terminal->number);
    } else if (frame->has_request && frame->request == all->asked && connection->index == 0) {
        all->told = unpack(bytes, &all->arena);
        loop_stop(all->loop);
    } else {
        take_frame(connection, frame);
    }
}

/* ---- a connection ---- */

static void on_open(void *context)
{
    say_hello(context);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct connection *connection = context;
    struct slice message;
    enum frame_verdict verdict = FRAME_WHOLE;
    if (connection->going)
        return;
    if (!frame_reader_put(&connection->reader, bytes))
        terminals_fail(connection->all, "no memory for a frame");
    while (!connection->going &&
           (verdict = frame_reader_next(&connection->reader, &message)) == FRAME_WHOLE)
        hear(connection, message);
    if (verdict == FRAME_EMPTY || verdict == FRAME_TOO_BIG)
        terminals_fail(connection->all, "terminal %u: a frame is empty or too big",
                       connection->terminal->number);
}

static void on_closed(void *context, const char *reason)
{
    struct connection *connection = context;
    struct terminals *all = connection->all;
    connection->stream = NULL;
    connection->greeted = connection->in = false;
    connection->filling = 0;
    frame_reader_fini(&connection->reader);
    all->open--;
    if (all->ending) {
        if (all->open == 0)
            loop_stop(all->loop);
    } else if (all->events.lost != NULL) {
        all->events.lost(connection, reason);
    } else if (!connection->going) {
        terminals_fail(all, "terminal %u lost: %s", connection->terminal->number, reason);
    }
}

static bool has_context(struct connection *connection)
{
    struct terminal *terminal = connection->terminal;
    struct tls_identity identity = {terminal->certificate, terminal->key};
    if (terminal->tls == NULL)
        terminal->tls = tls_context_client(&identity, &connection->all->root, TLS_ALPN_TERMINAL,
                                           &connection->all->trouble);
    return terminal->tls != NULL;
}

bool connection_dial(struct connection *connection)
{
    static const struct stream_events events = {on_open, on_bytes, NULL, on_closed};
    struct terminals *all = connection->all;
    connection->going = connection->greeted = connection->in = false;
    if (has_context(connection)) {
        connection->stream =
            stream_connect(all->loop, all->server->address, connection->terminal->tls, &events,
                           connection, &all->trouble);
        if (connection->stream != NULL) {
            frame_reader_init(&connection->reader, FRAME_TO_CLIENT_MAX);
            all->open++;
            return true;
        }
    }
    loop_stop(all->loop);
    return false;
}

void connection_cut(struct connection *connection)
{
    if (connection->stream == NULL || connection->going)
        return;
    connection->going = true;
    stream_abort(connection->stream, "cut");
}

bool terminals_connect(struct terminals *all)
{
    all->dialled = all->arriving = 0;
    all->connecting = true;
    dial_more(all);
    bool good = all->trouble.fault == FAULT_NONE;
    while (good && all->arriving > 0)
        good = terminals_run(all);
    all->connecting = false;
    return good;
}

void terminals_drop(struct terminals *all)
{
    all->ending = true;
    for (uint32_t i = 0; i < all->connection_count; i++)
        connection_cut(&all->connections[i]);
    while (all->open > 0)
        loop_run(all->loop);
    all->ending = false;
}

/* ---- blocking calls, of the office ---- */

const Tefter__ToTerminal *connection_ask(struct connection *connection, Tefter__FromTerminal *frame)
{
    struct terminals *all = connection->all;
    all->asked = all->asked < REQUEST_ASK ? REQUEST_ASK : all->asked + 1;
    all->told = NULL;
    connection_send(connection, all->asked, frame);
    while (all->told == NULL && connection->stream != NULL && terminals_run(all))
        continue;
    return all->told;
}

static void tell(struct terminals *all, const char *what, const ProtobufCMessage *message)
{
    struct buffer text;
    buffer_init(&text, TELL_MAX);
    bool read = message != NULL && message_to_json(message, &text);
    (void)fail(&all->trouble, FAULT_PEER, 0, "%s: %.*s", what, read ? (int)text.size : 0,
               read ? (const char *)text.data : "");
    buffer_fini(&text);
}

const Tefter__Done *connection_do(struct connection *connection, const Tefter__Command *command)
{
    struct terminals *all = connection->all;
    struct buffer packed;
    const Tefter__Reply *reply = NULL;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    uint8_t id[COMMAND_ID_SIZE];
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    connection_new_id(connection, id);
    submit.id = data_of(slice_of(id, sizeof id));
    if (message_put(&command->base, &packed)) {
        submit.command = data_of(buffer_slice(&packed));
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
        frame.submit = &submit;
        const Tefter__ToTerminal *told = connection_ask(connection, &frame);
        if (told != NULL && told->body_case == TEFTER__TO_TERMINAL__BODY_REPLY)
            reply = (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                          bytes_of(told->reply), &all->arena);
    }
    buffer_fini(&packed);
    if (reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE)
        return reply->done;
    tell(all, "the owner's command is not done", &reply->base);
    return NULL;
}

const Tefter__Answer *connection_find(struct connection *connection, const Tefter__Query *query)
{
    struct terminals *all = connection->all;
    struct buffer packed;
    const Tefter__Answer *answer = NULL;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (message_put(&query->base, &packed)) {
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
        frame.query = data_of(buffer_slice(&packed));
        const Tefter__ToTerminal *told = connection_ask(connection, &frame);
        if (told != NULL && told->body_case == TEFTER__TO_TERMINAL__BODY_ANSWER)
            answer = (const Tefter__Answer *)message_unpack(&tefter__answer__descriptor,
                                                            bytes_of(told->answer), &all->arena);
    }
    buffer_fini(&packed);
    if (answer != NULL && answer->kind_case != TEFTER__ANSWER__KIND_REFUSED)
        return answer;
    tell(all, "the owner's query is not answered", &answer->base);
    return NULL;
}
