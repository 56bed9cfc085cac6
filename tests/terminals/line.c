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

void line_send(struct line *line, uint64_t request, Tefter__FromTerminal *frame)
{
    static const uint8_t head[FRAME_HEAD_SIZE];
    struct buffer *out = &line->all->out;
    frame->has_request = true;
    frame->request = request;
    buffer_clear(out);
    if (line->stream == NULL || line->going || !buffer_put(out, head, sizeof head) ||
        !message_put(&frame->base, out))
        return;
    be32_put(out->data, (uint32_t)(out->size - FRAME_HEAD_SIZE));
    (void)stream_write(line->stream, buffer_slice(out));
}

void line_new_id(struct line *line, uint8_t ret_id[COMMAND_ID_SIZE])
{
    uint64_t ms = (uint64_t)now_wall_ms();
    uint64_t counter = ++line->terminal->counter;
    be16_put(ret_id, (uint16_t)(ms >> 32));
    be32_put(ret_id + 2, (uint32_t)ms);
    be32_put(ret_id + 6, line->terminal->number);
    be16_put(ret_id + 10, (uint16_t)(counter >> 32));
    be32_put(ret_id + 12, (uint32_t)counter);
}

void line_submit(struct line *line, uint64_t request, const uint8_t id[COMMAND_ID_SIZE],
                 struct slice packed)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    submit.id = data_of(slice_of(id, COMMAND_ID_SIZE));
    submit.command = data_of(packed);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    line_send(line, request, &frame);
}

void line_query(struct line *line, uint64_t request, const Tefter__Query *query)
{
    struct buffer *packed = &line->all->packed;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_clear(packed);
    if (!message_put(&query->base, packed))
        return;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    frame.query = data_of(buffer_slice(packed));
    line_send(line, request, &frame);
}

void line_subscribe(struct line *line, const uint32_t *customers, size_t count, uint64_t resume)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__Resume from = TEFTER__RESUME__INIT;
    subscribe.subscription = 1;
    subscribe.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS;
    subscribe.n_customers = count;
    subscribe.customers = (uint32_t *)(uintptr_t)customers;
    if (resume != 0) {
        from.ledger = data_of(slice_of(line->all->ledger, sizeof line->all->ledger));
        from.incarnation = line->all->incarnation;
        from.seq = resume;
        subscribe.resume = &from;
    }
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    line_send(line, REQUEST_SUBSCRIBE, &frame);
}

void line_sleep(struct line *line)
{
    if (line->stream == NULL)
        return;
    stream_pause(line->stream, true);
    line->filling = FILLING;
}

void line_fill(struct line *line, uint32_t questions)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__TerminalList list = TEFTER__TERMINAL_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_TERMINALS;
    query.terminals = &list;
    for (uint32_t i = 0; i < questions && line->filling > 0 && line->in; i++) {
        line->filling--;
        line_query(line, REQUEST_FILLING, &query);
    }
}

void line_wake(struct line *line)
{
    line->filling = 0;
    if (line->stream != NULL)
        stream_pause(line->stream, false);
}

static void say_hello(struct line *line)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 1;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    line_send(line, REQUEST_HELLO, &frame);
}

static void show_token(struct line *line)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__UseToken use = TEFTER__USE_TOKEN__INIT;
    use.token = data_of(line->terminal->token);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_USE_TOKEN;
    frame.use_token = &use;
    line_send(line, REQUEST_LOGIN, &frame);
}

static void say_password(struct line *line)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Login login = TEFTER__LOGIN__INIT;
    login.login = (char *)(uintptr_t)line->all->login;
    login.password = (char *)(uintptr_t)line->all->password;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_LOGIN;
    frame.login = &login;
    line_send(line, REQUEST_LOGIN, &frame);
}

/* ---- frames in ---- */

/* Passwords one after the other: guesses at one name at once are slowed down. */
static void dial_more(struct terminals *all)
{
    for (; all->dialled < all->line_count; all->dialled++) {
        struct line *line = &all->lines[all->dialled];
        if (line->stream != NULL || line->terminal == NULL)
            continue;
        if (all->arriving >= (line->terminal->token.size > 0 ? ARRIVING_MAX : 1))
            break;
        if (!line_dial(line))
            return;
        all->arriving++;
    }
    if (all->arriving == 0)
        loop_stop(all->loop);
}

static void take_welcome(struct line *line, const Tefter__Welcome *welcome)
{
    struct terminals *all = line->all;
    line->greeted = true;
    if (welcome->ledger.len == sizeof all->ledger)
        memcpy(all->ledger, welcome->ledger.data, sizeof all->ledger);
    all->incarnation = welcome->incarnation;
    if (line->terminal->token.size > 0)
        show_token(line);
    else
        say_password(line);
}

static void take_login(struct line *line, const Tefter__LoggedIn *person)
{
    struct terminals *all = line->all;
    if (line->terminal->token.size == 0) {
        const void *token = arena_copy(&all->keys, person->token.data, person->token.len);
        line->terminal->token = slice_of(token, person->token.len);
    }
    line->in = true;
    if (all->connecting) {
        all->arriving--;
        dial_more(all);
    } else if (all->events.in != NULL) {
        all->events.in(line);
    }
}

static void take_reply(struct line *line, uint64_t request, struct slice packed)
{
    const Tefter__Reply *reply = (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                                       packed, &line->all->frame);
    if (reply == NULL)
        terminals_fail(line->all, "a reply cannot be read");
    else if (line->all->events.reply != NULL)
        line->all->events.reply(line, request, reply, packed);
}

static void take_answer(struct line *line, uint64_t request, struct slice packed)
{
    const Tefter__Answer *answer = (const Tefter__Answer *)message_unpack(
        &tefter__answer__descriptor, packed, &line->all->frame);
    if (answer == NULL)
        terminals_fail(line->all, "an answer cannot be read");
    else if (line->all->events.answer != NULL)
        line->all->events.answer(line, request, answer);
}

static void take_frame(struct line *line, const Tefter__ToTerminal *frame)
{
    struct terminals *all = line->all;
    if (frame->has_request && frame->request == REQUEST_FILLING)
        return;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_WELCOME)
        take_welcome(line, frame->welcome);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        take_login(line, frame->logged_in);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REPLY)
        take_reply(line, frame->request, bytes_of(frame->reply));
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_ANSWER)
        take_answer(line, frame->request, bytes_of(frame->answer));
    else if (frame->request == REQUEST_LOGIN)
        terminals_fail(all, "terminal %u: the login is not taken", line->terminal->number);
    else if (all->events.other != NULL)
        all->events.other(line, frame);
}

static const Tefter__ToTerminal *unpack(struct slice bytes, struct arena *arena)
{
    return (const Tefter__ToTerminal *)message_unpack(&tefter__to_terminal__descriptor, bytes,
                                                      arena);
}

/* What a blocking call waits for is unpacked where it stays. */
static void hear(struct line *line, struct slice bytes)
{
    struct terminals *all = line->all;
    arena_reset(&all->frame);
    const Tefter__ToTerminal *frame = unpack(bytes, &all->frame);
    if (frame == NULL) {
        terminals_fail(all, "terminal %u: a frame cannot be read", line->terminal->number);
    } else if (frame->has_request && frame->request == all->asked && line->index == 0) {
        all->told = unpack(bytes, &all->arena);
        loop_stop(all->loop);
    } else {
        take_frame(line, frame);
    }
}

/* ---- a connection ---- */

static void on_open(void *context)
{
    say_hello(context);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct line *line = context;
    struct slice message;
    enum frame_verdict verdict = FRAME_WHOLE;
    if (line->going)
        return;
    if (!frame_reader_put(&line->reader, bytes))
        terminals_fail(line->all, "no memory for a frame");
    while (!line->going && (verdict = frame_reader_next(&line->reader, &message)) == FRAME_WHOLE)
        hear(line, message);
    if (verdict == FRAME_EMPTY || verdict == FRAME_TOO_BIG)
        terminals_fail(line->all, "terminal %u: a frame is empty or too big",
                       line->terminal->number);
}

static void on_closed(void *context, const char *reason)
{
    struct line *line = context;
    struct terminals *all = line->all;
    line->stream = NULL;
    line->greeted = line->in = false;
    line->filling = 0;
    frame_reader_fini(&line->reader);
    all->open--;
    if (all->ending) {
        if (all->open == 0)
            loop_stop(all->loop);
    } else if (all->events.lost != NULL) {
        all->events.lost(line, reason);
    } else if (!line->going) {
        terminals_fail(all, "terminal %u lost: %s", line->terminal->number, reason);
    }
}

static bool has_context(struct line *line)
{
    struct terminal *terminal = line->terminal;
    struct tls_identity identity = {terminal->certificate, terminal->key};
    if (terminal->tls == NULL)
        terminal->tls =
            tls_context_client(&identity, &line->all->root, TLS_ALPN_TERMINAL, &line->all->trouble);
    return terminal->tls != NULL;
}

bool line_dial(struct line *line)
{
    static const struct stream_events events = {on_open, on_bytes, NULL, on_closed};
    struct terminals *all = line->all;
    line->going = line->greeted = line->in = false;
    if (has_context(line)) {
        line->stream = stream_connect(all->loop, all->server->address, line->terminal->tls, &events,
                                      line, &all->trouble);
        if (line->stream != NULL) {
            frame_reader_init(&line->reader, FRAME_TO_CLIENT_MAX);
            all->open++;
            return true;
        }
    }
    loop_stop(all->loop);
    return false;
}

void line_cut(struct line *line)
{
    if (line->stream == NULL || line->going)
        return;
    line->going = true;
    stream_abort(line->stream, "cut");
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
    for (uint32_t i = 0; i < all->line_count; i++)
        line_cut(&all->lines[i]);
    while (all->open > 0)
        loop_run(all->loop);
    all->ending = false;
}

/* ---- blocking calls, of the office ---- */

const Tefter__ToTerminal *line_ask(struct line *line, Tefter__FromTerminal *frame)
{
    struct terminals *all = line->all;
    all->asked = all->asked < REQUEST_ASK ? REQUEST_ASK : all->asked + 1;
    all->told = NULL;
    line_send(line, all->asked, frame);
    while (all->told == NULL && line->stream != NULL && terminals_run(all))
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

const Tefter__Done *line_do(struct line *line, const Tefter__Command *command)
{
    struct terminals *all = line->all;
    struct buffer packed;
    const Tefter__Reply *reply = NULL;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    uint8_t id[COMMAND_ID_SIZE];
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    line_new_id(line, id);
    submit.id = data_of(slice_of(id, sizeof id));
    if (message_put(&command->base, &packed)) {
        submit.command = data_of(buffer_slice(&packed));
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
        frame.submit = &submit;
        const Tefter__ToTerminal *told = line_ask(line, &frame);
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

const Tefter__Answer *line_find(struct line *line, const Tefter__Query *query)
{
    struct terminals *all = line->all;
    struct buffer packed;
    const Tefter__Answer *answer = NULL;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    if (message_put(&query->base, &packed)) {
        frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
        frame.query = data_of(buffer_slice(&packed));
        const Tefter__ToTerminal *told = line_ask(line, &frame);
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
