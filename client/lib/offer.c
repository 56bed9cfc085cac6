/*
 * After a restore: what this terminal was told before it, offered with its receipt. It needs nobody
 * to be logged in; when all is handed over the server is told, so that it does not wait for more.
 */
#include "base/limits.h"
#include "lib/inside.h"
#include "wire/message.h"

enum { OFFERS_OUT_MAX = 32 };

static const Tefter__RecoveryNotice *notice_of(const struct tefter *client)
{
    bool speaks = client->outbox.open && client->welcome != NULL && link_is_open(client);
    return speaks ? client->welcome->recovery : NULL;
}

/* Why it was not taken; NULL: it was. */
static const Tefter__Refusal *refusal_in(struct tefter *client, const Tefter__ToTerminal *answer)
{
    if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED)
        return answer->refused;
    if (answer->body_case != TEFTER__TO_TERMINAL__BODY_REPLY)
        return NULL;
    struct slice bytes = slice_of(answer->reply.data, answer->reply.len);
    if (!message_scan_as(&tefter__reply__descriptor, bytes, MESSAGE_OF_SERVER, NULL))
        return NULL;
    const Tefter__Reply *reply = (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor,
                                                                       bytes, &client->frame_arena);
    bool refused = reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_REFUSED;
    return refused ? reply->refused : NULL;
}

/* It may be taken another time. */
static bool is_for_now(const Tefter__Refusal *refusal)
{
    return refusal->code == TEFTER__REFUSAL_CODE__BUSY ||
           refusal->code == TEFTER__REFUSAL_CODE__READ_ONLY ||
           refusal->code == TEFTER__REFUSAL_CODE__DEADLINE_PASSED ||
           refusal->code == TEFTER__REFUSAL_CODE__TOO_MANY;
}

static void offer_answered(struct tefter *client, struct request *request,
                           const Tefter__ToTerminal *answer)
{
    const Tefter__Refusal *refused = answer != NULL ? refusal_in(client, answer) : NULL;
    if (refused != NULL && refused->code == TEFTER__REFUSAL_CODE__BUSY) {
        request_defer(client, request, refused);
        return;
    }
    uint8_t id[TEFTER_ID_SIZE];
    memcpy(id, request->id, sizeof(id));
    request_end(client, request);
    client->offers_out--;
    if (answer == NULL)
        return; /* the line is lost: the next connection offers it again */
    bool decided = refused == NULL || !is_for_now(refused);
    if (decided)
        outbox_handed(&client->outbox, id, &client->incarnation);
    client->offers_handed += refused == NULL;
    client->offers_refused += refused != NULL && decided;
    client->offers_held = client->offers_held || !decided;
    offers_go_on(client);
}

static void done_answered(struct tefter *client, struct request *request,
                          const Tefter__ToTerminal *answer)
{
    (void)answer; /* if it was not heard, the next connection says it again */
    request_end(client, request);
    client->offers_out--;
}

static struct request *begin(struct tefter *client, Tefter__FromTerminal *frame)
{
    struct message_fault fault;
    if (!link_suits(client, frame, &fault))
        return NULL;
    struct request *request = request_begin(client, REQUEST_OTHER, frame, NULL);
    client->offers_out += request != NULL;
    return request;
}

static bool offer_one(struct tefter *client, struct outbox_entry *entry)
{
    Tefter__Offer offer = TEFTER__OFFER__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    offer.id = (ProtobufCBinaryData){TEFTER_ID_SIZE, entry->id};
    offer.command = (ProtobufCBinaryData){entry->size, entry->command};
    struct arena arena;
    arena_init(&arena, 2 * FRAME_TO_SERVER_MAX);
    offer.receipt = (Tefter__SealedReceipt *)message_unpack(
        &tefter__sealed_receipt__descriptor, slice_of(entry->receipt, entry->receipt_size), &arena);
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_OFFER;
    frame.offer = &offer;
    struct request *request = offer.receipt != NULL ? begin(client, &frame) : NULL;
    arena_fini(&arena);
    entry->offered = true;
    if (request == NULL)
        return false;
    memcpy(request->id, entry->id, TEFTER_ID_SIZE);
    request->answered = offer_answered;
    return true;
}

static void say_done(struct tefter *client)
{
    Tefter__OffersDone done = TEFTER__OFFERS_DONE__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    if (client->offers_told || client->offers_held || client->offers_out > 0)
        return;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_OFFERS_DONE;
    frame.offers_done = &done;
    struct request *request = begin(client, &frame);
    client->offers_told = true;
    if (request != NULL)
        request->answered = done_answered;
}

void offers_go_on(struct tefter *client)
{
    const Tefter__RecoveryNotice *notice = notice_of(client);
    struct outbox_entry *entry = NULL;
    if (notice == NULL)
        return;
    while (client->offers_out < OFFERS_OUT_MAX && !client->offers_held &&
           (entry = outbox_next_done(&client->outbox, client->welcome->ledger.data,
                                     &client->incarnation, notice)) != NULL)
        (void)offer_one(client, entry);
    if (entry == NULL)
        say_done(client);
    requests_pump(client);
}

void offers_begin(struct tefter *client)
{
    client->offers_told = client->offers_held = false;
    offers_go_on(client);
}

bool tefter_offer(struct tefter *client, uint64_t wait_ms, struct tefter_offers *ret_offers)
{
    uint64_t until = client_until(client, wait_ms);
    while (notice_of(client) != NULL && client->offers_out > 0 && client_wait(client, until)) {
    }
    *ret_offers =
        (struct tefter_offers){.handed = client->offers_handed, .refused = client->offers_refused};
    client->offers_handed = client->offers_refused = 0;
    return client->offers_out == 0 && !client->offers_held;
}
