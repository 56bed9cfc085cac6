/*
 * Commands: an id before anything else, then (for people) the outbox, then the line; again with
 * the same id until a reply is here.
 */
#include "base/limits.h"
#include "lib/inside.h"
#include "wire/message.h"

enum { WRITTEN_MEMORY_MAX = 8 * 1024 * 1024, RENEW_SURE_MS = 60 * 1000 };

/* ---- window ---- */

uint32_t tefter_under_way(const struct tefter *client)
{
    return client->command_count;
}

uint32_t tefter_room(const struct tefter *client)
{
    uint32_t free_slots = REQUESTS_MAX - client->request_count;
    uint32_t room =
        client->window > client->command_count ? client->window - client->command_count : 0;
    return room < free_slots ? room : free_slots;
}

bool tefter_new_id(struct tefter *client, uint8_t ret_id[TEFTER_ID_SIZE], struct failure *failure)
{
    return ids_make(&client->ids, tefter_now_ms(client), ret_id, failure);
}

/* ---- replies ---- */

static const Tefter__Reply *reply_of(struct tefter *client, struct slice bytes)
{
    if (!message_scan_as(&tefter__reply__descriptor, bytes, MESSAGE_OF_SERVER, NULL))
        return NULL;
    return (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor, bytes,
                                                 &client->frame_arena);
}

/* What came for a command, as a Reply; refusals that never reached the ledger have seq 0. NULL: it
 * makes no sense. */
static const Tefter__Reply *reply_in(struct tefter *client, const Tefter__ToTerminal *frame,
                                     Tefter__Reply *made, Tefter__Refusal *unknown)
{
    *made = (Tefter__Reply)TEFTER__REPLY__INIT;
    made->result_case = TEFTER__REPLY__RESULT_REFUSED;
    made->refused = frame->refused;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        return made;
    const Tefter__Reply *reply = reply_of(client, slice_of(frame->reply.data, frame->reply.len));
    bool done = reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE;
    if (reply == NULL || !expect_money(&reply->base) || (done && reply->seq == 0))
        return NULL;
    if (reply->result_case != TEFTER__REPLY__RESULT__NOT_SET)
        return reply;
    refusal_unknown(unknown);
    made->seq = reply->seq;
    made->refused = unknown;
    return made;
}

static const Tefter__Refusal *refused_in(const Tefter__Reply *reply)
{
    return reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? reply->refused : NULL;
}

static bool refused_as(const Tefter__Reply *reply, Tefter__RefusalCode code)
{
    return refused_in(reply) != NULL && refused_in(reply)->code == code;
}

/* A refusal before the ledger says nothing about an earlier sending of the same id. */
static bool is_final(const struct request *request, const Tefter__Reply *reply)
{
    bool here = refused_as(reply, TEFTER__REFUSAL_CODE__NOT_LOGGED_IN) ||
                refused_as(reply, TEFTER__REFUSAL_CODE__SERVER_OLDER);
    if (reply->seq == 0 && refused_as(reply, TEFTER__REFUSAL_CODE__CLIENT_OLDER))
        return false; /* a later version of this program will understand the answer */
    return reply->seq != 0 || request->times <= (here ? 0 : 1);
}

/* What is not understood counts as done: it is in the ledger, and may be needed after a restore. */
static bool counts_as_done(const Tefter__Reply *reply)
{
    return refused_in(reply) == NULL || refused_as(reply, TEFTER__REFUSAL_CODE__CLIENT_OLDER);
}

static void resolve(struct tefter *client, const struct request *request,
                    const Tefter__Reply *reply)
{
    if (request->written && is_final(request, reply))
        outbox_resolve(&client->outbox, request->id, counts_as_done(reply), &client->incarnation,
                       reply->receipt);
}

static void tell_caller(struct tefter *client, struct request *request, const Tefter__Reply *reply)
{
    uint8_t id[TEFTER_ID_SIZE];
    memcpy(id, request->id, sizeof(id));
    tefter_reply_fn replied = request->caller.reply;
    void *context = request->context;
    struct tefter_outcome outcome = {
        .id = id,
        .reply = reply,
        .refused = refused_in(reply),
        .done = reply->result_case == TEFTER__REPLY__RESULT_DONE ? reply->done : NULL,
        .took_ms = loop_now_ms(client->loop) - request->begun_ms,
    };
    request_end(client, request);
    if (replied != NULL)
        replied(context, &outcome);
}

static void command_answered(struct tefter *client, struct request *request,
                             const Tefter__ToTerminal *frame)
{
    Tefter__Reply made;
    Tefter__Refusal unknown;
    const Tefter__Reply *reply = reply_in(client, frame, &made, &unknown);
    if (reply == NULL) {
        link_broken(client, "it replies to a command with what makes no sense");
        return;
    }
    const Tefter__Refusal *refused = refused_in(reply);
    if (reply->seq == 0 && refused != NULL && refused->code == TEFTER__REFUSAL_CODE__BUSY) {
        request_defer(client, request, refused);
        return;
    }
    resolve(client, request, reply);
    tell_caller(client, request, reply);
}

/* ---- submitting ---- */

static bool write_down(struct tefter *client, const uint8_t id[TEFTER_ID_SIZE],
                       struct slice command, struct failure *failure)
{
    if (client->welcome == NULL || client->person == NULL)
        return fail(failure, FAULT_DENIED, 0, "nobody is logged in at this terminal: tefter login");
    return outbox_add(&client->outbox, id, id_ms(id), client->person->staff,
                      client->welcome->ledger.data, command, failure);
}

static struct request *command_begin(struct tefter *client, struct slice command,
                                     const uint8_t id[TEFTER_ID_SIZE], const Tefter__BuyerPin *pin,
                                     struct failure *failure)
{
    Tefter__SubmitCommand submit = TEFTER__SUBMIT_COMMAND__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    submit.id.data = (uint8_t *)(uintptr_t)id;
    submit.id.len = TEFTER_ID_SIZE;
    submit.command.data = (uint8_t *)(uintptr_t)command.data;
    submit.command.len = command.size;
    submit.buyer_pin = (Tefter__BuyerPin *)(uintptr_t)pin;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    frame.submit = &submit;
    struct request *request = request_begin(client, REQUEST_COMMAND, &frame, failure);
    if (request == NULL)
        return NULL;
    memcpy(request->id, id, TEFTER_ID_SIZE);
    request->answered = command_answered;
    return request;
}

/* What is written down to be sent again has no PIN: without one it is refused, and told. */
static struct request *submit_packed(struct tefter *client, struct slice command,
                                     const uint8_t *wanted_id, const Tefter__BuyerPin *pin,
                                     struct failure *failure)
{
    uint8_t id[TEFTER_ID_SIZE];
    if (tefter_room(client) == 0) {
        (void)fail(failure, FAULT_BUSY, 0, "the window is full: wait for a reply first");
        return NULL;
    }
    if (wanted_id != NULL)
        memcpy(id, wanted_id, sizeof(id));
    else if (!tefter_new_id(client, id, failure))
        return NULL;
    struct request *request = command_begin(client, command, id, pin, failure);
    if (request == NULL || !client->keeps_outbox)
        return request;
    request->written = write_down(client, id, command, failure);
    if (request->written)
        return request;
    request_end(client, request);
    return NULL;
}

static bool submit(struct tefter *client, struct slice command, const uint8_t *id,
                   const Tefter__BuyerPin *pin, tefter_reply_fn replied, void *context,
                   struct failure *failure)
{
    struct request *request = submit_packed(client, command, id, pin, failure);
    if (request == NULL)
        return false;
    request->caller.reply = replied;
    request->context = context;
    requests_pump(client);
    return true;
}

bool tefter_submit_packed(struct tefter *client, struct slice command,
                          const uint8_t id[TEFTER_ID_SIZE], tefter_reply_fn replied, void *context,
                          struct failure *failure)
{
    return submit(client, command, id, NULL, replied, context, failure);
}

bool tefter_submit_with_pin(struct tefter *client, const Tefter__Command *command,
                            const Tefter__BuyerPin *pin, tefter_reply_fn replied, void *context,
                            struct failure *failure)
{
    struct buffer packed;
    buffer_init(&packed, FRAME_TO_SERVER_MAX);
    bool good = message_put(&command->base, &packed);
    if (good)
        good = submit(client, buffer_slice(&packed), NULL, pin, replied, context, failure);
    else
        (void)fail(failure, FAULT_USE, 0, "this command is too big: at most %d bytes",
                   FRAME_TO_SERVER_MAX);
    buffer_fini(&packed);
    return good;
}

bool tefter_submit(struct tefter *client, const Tefter__Command *command, tefter_reply_fn replied,
                   void *context, struct failure *failure)
{
    return tefter_submit_with_pin(client, command, NULL, replied, context, failure);
}

/* ---- one command, waiting for it ---- */

struct call_wait {
    struct arena *arena;
    const Tefter__Reply *reply;
    bool over;
};

static void call_replied(void *context, const struct tefter_outcome *outcome)
{
    struct call_wait *wait = context;
    struct slice packed = message_pack(&outcome->reply->base, wait->arena);
    wait->over = true;
    wait->reply =
        (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor, packed, wait->arena);
}

static void outcome_unknown(struct tefter *client, struct request *request, struct failure *failure)
{
    char id[TEFTER_ID_TEXT_SIZE];
    const char *what = "the server did not answer";
    if (client->breached)
        what = "the server does not keep to the protocol, and what it says is not believed";
    tefter_id_text(request->id, id);
    if (request->times == 0)
        (void)fail(failure, FAULT_IO, 0, "%s is not connected, nothing was sent", client->address);
    else if (request->written)
        (void)fail(failure, FAULT_IO, 0,
                   "%s. It is not known yet whether this was taken; it is "
                   "asked again with the same number at the next connection and counts once (%s)",
                   what, id);
    else
        (void)fail(failure, FAULT_IO, 0,
                   "%s. It is not known whether this was taken: look "
                   "before you say it again (%s)",
                   what, id);
}

/* Nobody waits for it any more. What was never sent will not be: it did not happen. */
static void call_give_up(struct tefter *client, struct request *request, struct failure *failure)
{
    outcome_unknown(client, request, failure);
    if (request->times == 0 && request->written)
        outbox_resolve(&client->outbox, request->id, false, &client->incarnation, NULL);
    if (request->times == 0)
        request_end(client, request);
    else
        request->caller.reply = NULL;
}

static const Tefter__Reply *call_wait_for(struct tefter *client, struct request *request,
                                          struct arena *arena, struct failure *failure)
{
    struct call_wait wait = {.arena = arena};
    uint64_t until = client_until(client, client->patience_ms);
    request->caller.reply = call_replied;
    request->context = &wait;
    requests_pump(client);
    while (!wait.over && client_wait(client, until)) {
    }
    if (!wait.over)
        call_give_up(client, request, failure);
    else if (wait.reply == NULL)
        (void)fail(failure, FAULT_MEMORY, 0, "the reply is too big");
    return wait.reply;
}

const Tefter__Reply *tefter_call(struct tefter *client, const Tefter__Command *command,
                                 struct arena *arena, struct failure *failure)
{
    return tefter_call_with_pin(client, command, NULL, arena, failure);
}

const Tefter__Reply *tefter_call_with_pin(struct tefter *client, const Tefter__Command *command,
                                          const Tefter__BuyerPin *pin, struct arena *arena,
                                          struct failure *failure)
{
    struct slice packed = message_pack(&command->base, arena);
    if (packed.size == 0) {
        (void)fail(failure, FAULT_USE, 0, "this command is empty or too big");
        return NULL;
    }
    struct request *request = submit_packed(client, packed, NULL, pin, failure);
    return request == NULL ? NULL : call_wait_for(client, request, arena, failure);
}

/* ---- what is written down ---- */

bool tefter_written_newest(const struct tefter *client, uint8_t ret_id[TEFTER_ID_SIZE])
{
    const struct outbox *outbox = &client->outbox;
    memset(ret_id, 0, TEFTER_ID_SIZE);
    if (outbox->count > 0)
        memcpy(ret_id, outbox->entries[outbox->count - 1].id, TEFTER_ID_SIZE);
    return outbox->count > 0;
}

/* Behind it in the file; where it was forgotten, behind it by its number. */
static bool is_behind(const struct outbox *outbox, const struct outbox_entry *entry,
                      const uint8_t id[TEFTER_ID_SIZE])
{
    for (size_t i = 0; i < outbox->count; i++)
        if (memcmp(outbox->entries[i].id, id, TEFTER_ID_SIZE) == 0)
            return entry > &outbox->entries[i];
    return memcmp(entry->id, id, TEFTER_ID_SIZE) > 0;
}

void tefter_written_behind(struct tefter *client, const uint8_t id[TEFTER_ID_SIZE],
                           void (*each)(void *context, const Tefter__Command *command,
                                        int64_t made_ms),
                           void *context)
{
    struct arena arena;
    if (client->person == NULL || client->welcome == NULL)
        return;
    arena_init(&arena, WRITTEN_MEMORY_MAX);
    for (size_t i = 0; i < client->outbox.count; i++) {
        const struct outbox_entry *entry = &client->outbox.entries[i];
        bool refused = entry->resolved && !entry->done;
        if (refused || entry->staff != client->person->staff ||
            memcmp(entry->ledger, client->welcome->ledger.data, LEDGER_ID_SIZE) != 0 ||
            !is_behind(&client->outbox, entry, id))
            continue;
        arena_reset(&arena);
        const Tefter__Command *command = (const Tefter__Command *)message_unpack(
            &tefter__command__descriptor, slice_of(entry->command, entry->size), &arena);
        if (command != NULL)
            each(context, command, entry->made_ms);
    }
    arena_fini(&arena);
}

const Tefter__Receipt *tefter_written_done(const struct tefter *client, struct arena *arena,
                                           const Tefter__Command **ret_command)
{
    const struct outbox_entry *newest = NULL;
    if (client->person == NULL || client->welcome == NULL)
        return NULL;
    for (size_t i = 0; i < client->outbox.count; i++) {
        const struct outbox_entry *entry = &client->outbox.entries[i];
        if (entry->done && entry->staff == client->person->staff &&
            memcmp(entry->ledger, client->welcome->ledger.data, LEDGER_ID_SIZE) == 0)
            newest = entry;
    }
    if (newest == NULL || newest->receipt == NULL)
        return NULL;
    *ret_command = (const Tefter__Command *)message_unpack(
        &tefter__command__descriptor, slice_of(newest->command, newest->size), arena);
    const Tefter__SealedReceipt *sealed = (const Tefter__SealedReceipt *)message_unpack(
        &tefter__sealed_receipt__descriptor, slice_of(newest->receipt, newest->receipt_size),
        arena);
    if (*ret_command == NULL || sealed == NULL)
        return NULL;
    return (const Tefter__Receipt *)message_unpack(
        &tefter__receipt__descriptor, slice_of(sealed->receipt.data, sealed->receipt.len), arena);
}

/* ---- what an earlier process or an earlier state of the server left open ---- */

static void tell_settled(struct tefter *client, const struct outbox_entry *entry, bool again,
                         const Tefter__Reply *reply)
{
    if (client->on_resolved == NULL)
        return;
    const Tefter__Command *command = (const Tefter__Command *)message_unpack(
        &tefter__command__descriptor, slice_of(entry->command, entry->size), &client->frame_arena);
    if (command != NULL)
        client->on_resolved(client->context, command, entry->made_ms, again, reply);
}

/* The ledger looks first whether it knows an id, and then at its time: one that is too far ahead
 * was never taken. One that is nearly there may be, by what is still on its way; it waits. */
static bool renewed(struct tefter *client, const struct tefter_outcome *outcome)
{
    const Tefter__Refusal *refused = outcome->refused;
    uint8_t anew[TEFTER_ID_SIZE];
    if (refused == NULL || refused->code != TEFTER__REFUSAL_CODE__FIELD_INVALID ||
        refused->field == NULL || strcmp(refused->field, "id") != 0)
        return false;
    if (id_ms(outcome->id) > tefter_now_ms(client) + COMMAND_ID_AHEAD_MS + RENEW_SURE_MS &&
        tefter_new_id(client, anew, NULL))
        (void)outbox_renew(&client->outbox, outcome->id, anew);
    return true;
}

static void offer_answered(void *context, const struct tefter_outcome *outcome)
{
    struct tefter *client = context;
    client->offering = false;
    if (renewed(client, outcome)) {
        outbox_offer(client);
        return;
    }
    const struct outbox_entry *entry = outbox_find(&client->outbox, outcome->id);
    bool resolved = outcome->reply->seq != 0;
    bool again = entry != NULL && entry->resolved;
    if (resolved)
        outbox_resolve(&client->outbox, outcome->id, counts_as_done(outcome->reply),
                       &client->incarnation, outcome->reply->receipt);
    if (resolved && entry != NULL)
        tell_settled(client, entry, again, outcome->reply);
    outbox_offer(client);
}

void outbox_offer(struct tefter *client)
{
    if (!client->keeps_outbox || client->offering || client->person == NULL ||
        client->welcome == NULL || !link_is_open(client) || tefter_room(client) == 0)
        return;
    struct outbox_entry *entry =
        outbox_next(&client->outbox, client->person->staff, client->welcome->ledger.data,
                    &client->incarnation, client->welcome->recovery != NULL);
    if (entry == NULL)
        return;
    entry->offered = true;
    struct request *request =
        command_begin(client, slice_of(entry->command, entry->size), entry->id, NULL, NULL);
    if (request == NULL)
        return;
    client->offering = true;
    request->caller.reply = offer_answered;
    request->context = client;
    requests_pump(client);
}
