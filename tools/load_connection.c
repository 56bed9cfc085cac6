#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "load.h"
#include "wire/frame.h"
#include "wire/message.h"

enum {
    REQUEST_HELLO = REQUEST_OWN,
    REQUEST_TOKEN,
    REQUEST_SUBSCRIBE,
    REQUEST_ASK,
    KEYS_MAX = 16 * 1024 * 1024,
    ARENA_MAX = 4 * 1024 * 1024,
    OUT_MAX = 1024 * 1024,
    REDIALS_MAX = 2000,
};

/* ---- messages by their tags ---- */

static bool varint(struct slice *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 10 && i < rest->size; i++) {
        value |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
        if ((rest->data[i] & 0x80) == 0) {
            *rest = slice_of(rest->data + i + 1, rest->size - i - 1);
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool field_next(struct slice *rest, struct field *ret_field)
{
    uint64_t tag;
    if (!varint(rest, &tag) || !varint(rest, &ret_field->value))
        return false;
    ret_field->number = (uint32_t)(tag >> 3);
    if ((tag & 7) == 0)
        return true;
    if ((tag & 7) != 2 || ret_field->value > rest->size)
        return false;
    ret_field->bytes = slice_of(rest->data, ret_field->value);
    *rest = slice_of(rest->data + ret_field->value, rest->size - ret_field->value);
    return true;
}

bool field_find(struct slice message, uint32_t number, struct field *ret_field)
{
    while (field_next(&message, ret_field))
        if (ret_field->number == number)
            return true;
    return false;
}

void refusal_tell(const char *what, const ProtobufCMessageDescriptor *type, struct slice packed)
{
    static bool told;
    struct arena arena;
    struct buffer text;
    if (told)
        return;
    told = true;
    arena_init(&arena, ARENA_MAX);
    buffer_init(&text, OUT_MAX);
    ProtobufCMessage *message = message_unpack(type, packed, &arena);
    if (message != NULL && message_to_json(message, &text))
        fprintf(stderr, "tefter-load: %s: %.*s\n", what, (int)text.size, (const char *)text.data);
    buffer_fini(&text);
    arena_fini(&arena);
}

/* ---- sending ---- */

void connection_send(struct connection *connection, uint64_t request, Tefter__FromTerminal *frame)
{
    static const uint8_t head[FRAME_HEAD_SIZE];
    struct buffer *out = &connection->fleet->out;
    frame->has_request = true;
    frame->request = request;
    buffer_clear(out);
    if (!buffer_put(out, head, sizeof head) || !message_put(&frame->base, out))
        return;
    be32_put(out->data, (uint32_t)(out->size - FRAME_HEAD_SIZE));
    if (request >= 1 && request <= SLOTS_MAX)
        connection->slots[request - 1].sent_ns = now_ns();
    (void)stream_write(connection->stream, buffer_slice(out));
}

void connection_command(struct connection *connection, uint64_t request,
                        const Tefter__Command *command)
{
    struct fleet *fleet = connection->fleet;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    uint8_t id[16];
    uint64_t ms = now_wall_ms();
    be16_put(id, (uint16_t)(ms >> 32));
    be32_put(id + 2, (uint32_t)ms);
    be32_put(id + 6, connection->identity->number);
    be16_put(id + 10, (uint16_t)(++fleet->counter >> 32));
    be32_put(id + 12, (uint32_t)fleet->counter);
    buffer_clear(&fleet->packed);
    if (!message_put(&command->base, &fleet->packed))
        return;
    submit.id = (ProtobufCBinaryData){sizeof id, id};
    submit.command = (ProtobufCBinaryData){fleet->packed.size, fleet->packed.data};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    connection_send(connection, request, &frame);
}

void connection_query(struct connection *connection, uint64_t request, const Tefter__Query *query)
{
    struct fleet *fleet = connection->fleet;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    buffer_clear(&fleet->packed);
    if (!message_put(&query->base, &fleet->packed))
        return;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_QUERY;
    frame.query = (ProtobufCBinaryData){fleet->packed.size, fleet->packed.data};
    connection_send(connection, request, &frame);
}

static void say_hello(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Hello hello = TEFTER__HELLO__INIT;
    hello.wire = 2; /* as terminals do: replies go as the ledger packed them */
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_HELLO;
    frame.hello = &hello;
    connection_send(connection, REQUEST_HELLO, &frame);
}

static void show_token(struct connection *connection)
{
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__UseToken use = TEFTER__USE_TOKEN__INIT;
    struct slice token = connection->identity->token;
    use.token = (ProtobufCBinaryData){token.size, (uint8_t *)(uintptr_t)token.data};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_USE_TOKEN;
    frame.use_token = &use;
    connection_send(connection, REQUEST_TOKEN, &frame);
}

void connection_subscribe(struct connection *connection, bool resume)
{
    struct fleet *fleet = connection->fleet;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__Resume from = TEFTER__RESUME__INIT;
    subscribe.subscription = 1;
    subscribe.topic = TEFTER__TOPIC__TOPIC_CUSTOMERS;
    if (resume) {
        from.ledger = (ProtobufCBinaryData){sizeof fleet->ledger, fleet->ledger};
        from.incarnation = fleet->incarnation;
        from.seq = connection->exact;
        subscribe.resume = &from;
    }
    connection->paged = false;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    connection_send(connection, REQUEST_SUBSCRIBE, &frame);
}

/* ---- receiving ---- */

static void lose(struct connection *connection, const char *why)
{
    struct fleet *fleet = connection->fleet;
    if (!fleet->ending)
        (void)fail(fleet->failure, FAULT_PEER, 0, "terminal %u: %s", connection->identity->number,
                   why);
    loop_stop(fleet->loop);
}

static void greeted(struct connection *connection, struct slice welcome)
{
    struct field field;
    struct fleet *fleet = connection->fleet;
    if (field_find(welcome, 5, &field) && field.bytes.size <= sizeof fleet->ledger)
        memcpy(fleet->ledger, field.bytes.data, field.bytes.size);
    if (field_find(welcome, 6, &field))
        fleet->incarnation = (uint32_t)field.value;
    if (connection->identity->token.size > 0)
        show_token(connection);
    else
        loop_stop(fleet->loop); /* login by password: load_setup.c */
}

static void logged_in(struct connection *connection)
{
    connection->in = true;
    connection->fleet->in++;
    if (connection->fleet->callbacks.in != NULL)
        connection->fleet->callbacks.in(connection);
    else if (connection->fleet->in == connection->fleet->connection_count)
        loop_stop(connection->fleet->loop);
}

static void be_exact(struct connection *connection)
{
    bool first = connection->exact == 0;
    if (!connection->paged || connection->fed < connection->last_page)
        return;
    connection->exact = connection->fed;
    if (first && connection->fleet->callbacks.exact != NULL)
        connection->fleet->callbacks.exact(connection);
}

static void take_subscribed(struct connection *connection, struct slice bytes)
{
    struct field resumed;
    if (!field_find(bytes, 2, &resumed))
        return;
    connection->fed = 0;
    connection->paged = resumed.value != 0;
    connection->last_page = resumed.value != 0 ? connection->exact : 0;
    connection->exact = 0;
}

static void take_page(struct connection *connection, struct slice bytes)
{
    struct field seq;
    struct field last;
    if (!field_find(bytes, 2, &seq) || !field_find(bytes, 4, &last) || last.value == 0)
        return;
    connection->last_page = seq.value;
    connection->paged = true;
}

static void take_set(struct connection *connection, struct slice bytes, size_t frame_size)
{
    struct field to;
    if (!field_find(bytes, 3, &to))
        return;
    connection->fed = to.value;
    be_exact(connection);
    if (connection->fleet->callbacks.fed != NULL)
        connection->fleet->callbacks.fed(connection, bytes, frame_size);
}

static void take_own(struct connection *connection, uint64_t request, uint32_t body,
                     struct slice bytes)
{
    if (body == TEFTER__TO_TERMINAL__BODY_WELCOME)
        greeted(connection, bytes);
    else if (body == TEFTER__TO_TERMINAL__BODY_LOGGED_IN)
        logged_in(connection);
    else if (body == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        take_subscribed(connection, bytes);
    else
        lose(connection, request == REQUEST_TOKEN ? "the token is not taken" : "refused");
}

static void take_frame(struct connection *connection, struct slice frame)
{
    struct slice rest = frame;
    struct field field;
    uint64_t request = 0;
    while (field_next(&rest, &field) && field.number == 1)
        request = field.value;
    if (field.number == TEFTER__TO_TERMINAL__BODY_DELTA)
        take_set(connection, field.bytes, frame.size);
    else if (field.number == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        take_page(connection, field.bytes);
    else if (field.number == TEFTER__TO_TERMINAL__BODY_GOODBYE)
        refusal_tell("goodbye", &tefter__goodbye__descriptor, field.bytes);
    else if (request >= REQUEST_HELLO && request <= REQUEST_SUBSCRIBE)
        take_own(connection, request, field.number, field.bytes);
    else if (field.number == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        take_subscribed(connection, field.bytes); /* unasked: we were slow */
    else if (connection->fleet->callbacks.answered != NULL)
        connection->fleet->callbacks.answered(connection, request, field.number,
                                              request == REQUEST_ASK ? frame : field.bytes);
}

/* Takes whole frames; what is left at the end is kept. */
static size_t take_frames(struct connection *connection, struct slice bytes)
{
    size_t at = 0;
    while (bytes.size - at >= FRAME_HEAD_SIZE) {
        size_t size = be32_get(bytes.data + at);
        if (bytes.size - at - FRAME_HEAD_SIZE < size)
            break;
        take_frame(connection, slice_of(bytes.data + at + FRAME_HEAD_SIZE, size));
        at += FRAME_HEAD_SIZE + size;
    }
    return at;
}

static void on_bytes(void *context, struct slice bytes)
{
    struct connection *connection = context;
    if (connection->partial.size == 0) {
        size_t taken = take_frames(connection, bytes);
        (void)buffer_put(&connection->partial, bytes.data + taken, bytes.size - taken);
        return;
    }
    if (buffer_put(&connection->partial, bytes.data, bytes.size))
        buffer_drop(&connection->partial,
                    take_frames(connection, buffer_slice(&connection->partial)));
}

static void on_open(void *context)
{
    say_hello(context);
}

static void on_closed(void *context, const char *reason)
{
    struct connection *connection = context;
    struct fleet *fleet = connection->fleet;
    connection->stream = NULL;
    bool was_in = connection->in;
    fleet->open--;
    fleet->in -= was_in;
    connection->in = false;
    buffer_clear(&connection->partial);
    if (!fleet->ending && !was_in && fleet->redials < REDIALS_MAX && connection_dial(connection))
        fleet->redials++; /* cut before its turn came: a terminal tries again */
    else if (!fleet->ending)
        lose(connection, reason);
    else if (fleet->open == 0)
        loop_stop(fleet->loop);
}

static const struct stream_events connection_events = {on_open, on_bytes, NULL, on_closed};

bool connection_dial(struct connection *connection)
{
    struct fleet *fleet = connection->fleet;
    struct identity *identity = connection->identity;
    struct tls_identity own = {identity->certificate, identity->key};
    if (identity->tls == NULL)
        identity->tls = tls_context_client(&own, &fleet->root, TLS_ALPN_TERMINAL, fleet->failure);
    if (identity->tls == NULL)
        return false;
    if (connection->begun_ns == 0)
        connection->begun_ns = now_ns();
    connection->stream = stream_connect(fleet->loop, fleet->settings->address, identity->tls,
                                        &connection_events, connection, fleet->failure);
    if (connection->stream != NULL)
        fleet->open++;
    return connection->stream != NULL;
}

/* ---- one question at a time ---- */

struct asking {
    struct slice answer;
    bool here;
};

static void hear(struct connection *connection, uint64_t request, uint32_t body, struct slice bytes)
{
    struct asking *asking = connection->fleet->owner;
    (void)body;
    if (request != REQUEST_ASK)
        return;
    asking->answer =
        slice_of(arena_copy(&connection->fleet->arena, bytes.data, bytes.size), bytes.size);
    asking->here = true;
    loop_stop(connection->fleet->loop);
}

const Tefter__ToTerminal *connection_ask(struct connection *connection, Tefter__FromTerminal *frame)
{
    struct fleet *fleet = connection->fleet;
    struct asking asking = {.here = false};
    struct fleet_callbacks callbacks = fleet->callbacks;
    void *owner = fleet->owner;
    fleet->callbacks = (struct fleet_callbacks){.answered = hear};
    fleet->owner = &asking;
    connection_send(connection, REQUEST_ASK, frame);
    bool whole = fleet_run(fleet);
    fleet->callbacks = callbacks;
    fleet->owner = owner;
    if (!whole || !asking.here)
        return NULL;
    const Tefter__ToTerminal *answer = (const Tefter__ToTerminal *)message_unpack(
        &tefter__to_terminal__descriptor, asking.answer, &fleet->arena);
    if (answer != NULL && answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED) {
        refusal_tell("refused", &tefter__to_terminal__descriptor, asking.answer);
        (void)fail(fleet->failure, FAULT_DENIED, 0, "a request was refused");
        return NULL;
    }
    return answer;
}

const Tefter__Done *connection_do(struct connection *connection, const Tefter__Command *command)
{
    struct fleet *fleet = connection->fleet;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    uint8_t id[16] = {0};
    uint64_t ms = now_wall_ms();
    be16_put(id, (uint16_t)(ms >> 32));
    be32_put(id + 2, (uint32_t)ms);
    be32_put(id + 6, connection->identity->number);
    be32_put(id + 12, (uint32_t)++fleet->counter);
    struct slice packed = message_pack(&command->base, &fleet->arena);
    submit.id = (ProtobufCBinaryData){sizeof id, id};
    submit.command = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    const Tefter__ToTerminal *answer = connection_ask(connection, &frame);
    if (answer == NULL || answer->body_case != TEFTER__TO_TERMINAL__BODY_REPLY)
        return NULL;
    struct slice bytes = slice_of(answer->reply.data, answer->reply.len);
    const Tefter__Reply *reply =
        (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor, bytes, &fleet->arena);
    if (reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE)
        return reply->done;
    refusal_tell("refused", &tefter__reply__descriptor, bytes);
    (void)fail(fleet->failure, FAULT_DENIED, 0, "a command was refused");
    return NULL;
}

/* ---- the fleet ---- */

/* The file: the root's hash; then, a terminal, number, branch, till and three sized pieces. */

static bool read_piece(FILE *file, struct arena *arena, struct slice *ret_piece)
{
    uint32_t size;
    if (fread(&size, sizeof size, 1, file) != 1)
        return false;
    char *data = arena_zero(arena, (size_t)size + 1);
    if (data == NULL || fread(data, 1, size, file) != size)
        return false;
    *ret_piece = slice_of(data, size);
    return true;
}

static bool read_identity(FILE *file, struct arena *arena, struct identity *identity)
{
    uint32_t numbers[3];
    if (fread(numbers, sizeof numbers, 1, file) != 1)
        return false;
    *identity = (struct identity){.number = numbers[0], .branch = numbers[1], .till = numbers[2]};
    return read_piece(file, arena, &identity->certificate) &&
           read_piece(file, arena, &identity->key) && read_piece(file, arena, &identity->token);
}

static FILE *open_keys(const struct settings *settings, const char *mode)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/terminals", settings->folder);
    return fopen(path, mode);
}

static bool read_keys(struct fleet *fleet, struct failure *failure)
{
    FILE *file = open_keys(fleet->settings, "rb");
    if (file == NULL)
        return fail(failure, FAULT_USE, 0, "there are no terminals in %s", fleet->settings->folder);
    bool good = fread(&fleet->root, sizeof fleet->root, 1, file) == 1 &&
                fread(&fleet->identity_count, sizeof(uint32_t), 1, file) == 1;
    if (good)
        fleet->identities = calloc(fleet->identity_count, sizeof *fleet->identities);
    for (uint32_t i = 0; good && i < fleet->identity_count; i++)
        good = read_identity(file, &fleet->keys, &fleet->identities[i]);
    fclose(file);
    return good || fail(failure, FAULT_DAMAGED, 0, "the terminals' file cannot be read");
}

static void write_piece(FILE *file, struct slice piece)
{
    uint32_t size = (uint32_t)piece.size;
    fwrite(&size, sizeof size, 1, file);
    fwrite(piece.data, 1, size, file);
}

bool fleet_keep(const struct fleet *fleet, struct failure *failure)
{
    mode_t before = umask(0077);
    FILE *file = open_keys(fleet->settings, "wb");
    umask(before);
    if (file == NULL)
        return fail(failure, FAULT_IO, 0, "cannot write into %s", fleet->settings->folder);
    fwrite(&fleet->root, sizeof fleet->root, 1, file);
    fwrite(&fleet->identity_count, sizeof(uint32_t), 1, file);
    for (uint32_t i = 0; i < fleet->identity_count; i++) {
        const struct identity *identity = &fleet->identities[i];
        uint32_t numbers[] = {identity->number, identity->branch, identity->till};
        fwrite(numbers, sizeof numbers, 1, file);
        write_piece(file, identity->certificate);
        write_piece(file, identity->key);
        write_piece(file, identity->token);
    }
    return fclose(file) == 0 || fail(failure, FAULT_IO, 0, "cannot write the terminals' file");
}

static bool make_lines(struct fleet *fleet, uint32_t count, struct failure *failure)
{
    fleet->connections = calloc(count == 0 ? 1 : count, sizeof *fleet->connections);
    if (fleet->connections == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory");
    fleet->connection_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct connection *connection = &fleet->connections[i];
        connection->fleet = fleet;
        connection->identity = &fleet->identities[i % fleet->identity_count];
        buffer_init(&connection->partial, FRAME_TO_CLIENT_MAX + FRAME_HEAD_SIZE + 64 * 1024);
    }
    return true;
}

bool fleet_init(struct fleet *fleet, const struct settings *settings, uint32_t count,
                struct failure *failure)
{
    *fleet = (struct fleet){.settings = settings, .failure = failure};
    arena_init(&fleet->keys, KEYS_MAX);
    arena_init(&fleet->arena, ARENA_MAX);
    buffer_init(&fleet->out, OUT_MAX);
    buffer_init(&fleet->packed, OUT_MAX);
    fleet->loop = loop_create(failure);
    if (fleet->loop == NULL)
        return false;
    return count == 0 || (read_keys(fleet, failure) && make_lines(fleet, count, failure));
}

void fleet_fini(struct fleet *fleet)
{
    fleet->ending = true;
    loop_destroy(fleet->loop);
    for (uint32_t i = 0; i < fleet->connection_count; i++)
        buffer_fini(&fleet->connections[i].partial);
    for (uint32_t i = 0; i < fleet->identity_count; i++)
        tls_context_release(fleet->identities[i].tls);
    free(fleet->connections);
    free(fleet->identities);
    buffer_fini(&fleet->out);
    buffer_fini(&fleet->packed);
    arena_fini(&fleet->arena);
    arena_fini(&fleet->keys);
}

bool fleet_run(struct fleet *fleet)
{
    if (fleet->failure->fault == FAULT_NONE)
        loop_run(fleet->loop);
    return fleet->failure->fault == FAULT_NONE;
}

void fleet_dial(struct fleet *fleet)
{
    for (uint32_t i = 0; i < fleet->connection_count; i++)
        if (fleet->connections[i].stream == NULL && !connection_dial(&fleet->connections[i]))
            loop_stop(fleet->loop);
}

bool fleet_connect(struct fleet *fleet, struct failure *failure)
{
    struct fleet_callbacks callbacks = fleet->callbacks;
    fleet->failure = failure;
    fleet->callbacks = (struct fleet_callbacks){.in = NULL};
    fleet_dial(fleet);
    bool whole = fleet_run(fleet);
    fleet->callbacks = callbacks;
    return whole;
}

void fleet_drop(struct fleet *fleet)
{
    fleet->ending = true;
    for (uint32_t i = 0; i < fleet->connection_count; i++)
        if (fleet->connections[i].stream != NULL)
            stream_abort(fleet->connections[i].stream, "");
    if (fleet->open > 0)
        loop_run(fleet->loop);
    fleet->ending = false;
}

int job_failed(const struct failure *failure)
{
    fprintf(stderr, "tefter-load: %s\n", failure->text);
    return 1;
}
