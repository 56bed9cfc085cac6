#include "engine/receipt.h"

#include "wire/message.h"
#include "wire/varint.h"

#include <string.h>

enum { FIELD_RECEIPT = 20, TAG_RECEIPT = WIRE_TAG(FIELD_RECEIPT, WIRE_BYTES) };

void receipt_seal_init(struct receipt_seal *seal, const uint8_t key[RECEIPT_KEY_BYTES],
                       struct ledger *ledger, const struct incarnation *incarnation)
{
    memcpy(seal->key, key, RECEIPT_KEY_BYTES);
    seal->incarnation = *incarnation;
    seal->ended_count = ledger_ended(ledger, seal->ended, RECEIPT_ENDED_MAX);
}

static void mac_of(const struct receipt_seal *seal, const struct incarnation *incarnation,
                   const uint8_t id[COMMAND_ID_SIZE], const struct hash *request,
                   struct slice receipt, struct hash *ret_mac)
{
    struct hash_state state;
    hash_begin_keyed(&state, seal->key, sizeof seal->key);
    hash_add_u64(&state, incarnation->number);
    hash_add(&state, incarnation->nonce, sizeof incarnation->nonce);
    hash_add(&state, id, COMMAND_ID_SIZE);
    hash_add(&state, request->bytes, sizeof request->bytes);
    hash_add(&state, receipt.data, receipt.size);
    hash_end(&state, ret_mac);
}

/* In which life of the ledger this seq was given. */
static struct incarnation incarnation_at(const struct receipt_seal *seal, uint64_t seq)
{
    struct incarnation incarnation = seal->incarnation;
    for (size_t i = 0; i < seal->ended_count && seq <= seal->ended[i].last_seq; i++)
        incarnation = seal->ended[i].incarnation;
    return incarnation;
}

struct slice receipt_add(const struct receipt_seal *seal, struct slice reply, uint64_t seq,
                         struct slice receipt, const uint8_t id[COMMAND_ID_SIZE],
                         const struct hash *request, struct arena *arena)
{
    if (seal == NULL || receipt.size == 0)
        return reply;
    struct incarnation incarnation = incarnation_at(seal, seq);
    struct hash mac;
    mac_of(seal, &incarnation, id, request, receipt, &mac);
    Tefter__SealedReceipt sealed = TEFTER__SEALED_RECEIPT__INIT;
    sealed.incarnation = incarnation.number;
    sealed.incarnation_nonce = (ProtobufCBinaryData){sizeof incarnation.nonce, incarnation.nonce};
    sealed.receipt = (ProtobufCBinaryData){receipt.size, (uint8_t *)(uintptr_t)receipt.data};
    sealed.mac = (ProtobufCBinaryData){sizeof mac.bytes, mac.bytes};
    struct slice packed = message_pack(&sealed.base, arena);
    size_t size = reply.size + number_size(TAG_RECEIPT, packed.size) + packed.size;
    uint8_t *bytes = packed.size > 0 ? arena_take(arena, size) : NULL;
    if (bytes == NULL)
        return reply;
    memcpy(bytes, reply.data, reply.size);
    uint8_t *at = number_write(bytes + reply.size, TAG_RECEIPT, packed.size);
    memcpy(at, packed.data, packed.size);
    return slice_of(bytes, size);
}

struct slice receipt_left_out(struct slice reply)
{
    struct slice rest = reply;
    struct wire_field field;
    while (rest.size > 0) {
        const uint8_t *begin = rest.data;
        if (!wire_next(&rest, &field))
            break;
        if (field.number == FIELD_RECEIPT)
            return slice_of(reply.data, (size_t)(begin - reply.data));
    }
    return reply;
}

bool receipt_is_ours(const struct receipt_seal *seal, const Tefter__Offer *offer)
{
    const Tefter__SealedReceipt *sealed = offer->receipt;
    struct hash request, mac, given;
    if (offer->id.len != COMMAND_ID_SIZE || sealed->mac.len != sizeof given.bytes ||
        sealed->incarnation_nonce.len != INCARNATION_NONCE_SIZE)
        return false;
    struct incarnation incarnation =
        incarnation_of(sealed->incarnation,
                       slice_of(sealed->incarnation_nonce.data, sealed->incarnation_nonce.len));
    ledger_request_digest(slice_of(offer->command.data, offer->command.len), &request);
    mac_of(seal, &incarnation, offer->id.data, &request,
           slice_of(sealed->receipt.data, sealed->receipt.len), &mac);
    memcpy(given.bytes, sealed->mac.data, sizeof given.bytes);
    return hash_equal(&mac, &given);
}

bool receipt_is_here(const struct receipt_seal *seal, const Tefter__SealedReceipt *receipt,
                     uint64_t seq)
{
    struct incarnation of =
        incarnation_of(receipt->incarnation,
                       slice_of(receipt->incarnation_nonce.data, receipt->incarnation_nonce.len));
    if (incarnation_equal(&of, &seal->incarnation))
        return true;
    for (size_t i = 0; i < seal->ended_count; i++)
        if (incarnation_equal(&of, &seal->ended[i].incarnation))
            return seq <= seal->ended[i].last_seq;
    return false;
}
