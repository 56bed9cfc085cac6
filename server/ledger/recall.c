/*
 * Recalling: a command of before a restore, which a terminal brought back, is applied as what it
 * was: by the ordinary code, with its old actor, at its old time, with what it settled then. Which
 * one is due, and what becomes of it, is the domain's (domain/recall).
 */
#include "domain/domain.h"
#include "ledger/inside.h"

static bool was_done(struct tx *tx, struct slice packed)
{
    const Tefter__Reply *reply = tx_try_unpack(tx, &tefter__reply__descriptor, packed);
    return reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE;
}

/* Was it sent as a new command meanwhile, and done? One that was refused so is applied all the
 * same: it was acknowledged before. */
static Tefter__Refusal *look_kept(struct tx *tx, const Tefter__OfferRecord *offer, bool *ret_kept)
{
    struct hash digest;
    struct ledger_answered before;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = offer->id;
    ledger_request_digest(slice_of(offer->command.data, offer->command.len), &digest);
    enum seen seen = machine_seen(tx, &entry, &digest, &before);
    *ret_kept = seen == SEEN_SAME && was_done(tx, before.reply);
    return seen == SEEN_OTHER ? refuse(tx, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED, "id") : NULL;
}

/* What the office said of a recovery, it said of that one. */
static bool is_of_recovery(const Tefter__OfferRecord *offer)
{
    return offer->kind == TEFTER__COMMAND__KIND_APPLY_OFFERS ||
           offer->kind == TEFTER__COMMAND__KIND_CLOSE_RECOVERY;
}

/* By its old actor, at its old time, with what it settled then. */
static Tefter__Refusal *recall_apply(struct tx *tx, const struct recall *recall, Tefter__Done *done)
{
    const Tefter__Command *command =
        tx_try_unpack(tx, &tefter__command__descriptor,
                      slice_of(recall->offer->command.data, recall->offer->command.len));
    if (command == NULL || !machine_knows(command->kind_case))
        return refuse(tx, TEFTER__REFUSAL_CODE__UNREADABLE, "command");
    const Tefter__Actor *actor = tx->actor;
    int64_t now_ms = tx->now_ms;
    tx->actor = recall->receipt->actor;
    tx->now_ms = recall->receipt->at_ms;
    tx->recalled = recall->receipt;
    tx_forget_shared(tx);
    Tefter__Refusal *refusal = recall_check(tx, recall->receipt);
    if (refusal == NULL)
        refusal = machine_dispatch(tx, command, done);
    tx->actor = actor;
    tx->now_ms = now_ms;
    tx->recalled = NULL;
    tx_forget_shared(tx);
    return refusal;
}

static bool has_alarmed(const struct tx *tx)
{
    for (size_t i = 0; i < tx->event_count; i++)
        if (tx->events[i]->kind == TEFTER__EVENT_KIND__POSTED_OVER_LIMIT)
            return true;
    return false;
}

/* Who sends the old command once more gets this reply. */
static void keep_recalled(struct tx *tx, const Tefter__OfferRecord *offer, Tefter__Done *done)
{
    Tefter__CommandRecord record = TEFTER__COMMAND_RECORD__INIT;
    struct hash digest;
    ledger_request_digest(slice_of(offer->command.data, offer->command.len), &digest);
    struct slice reply = machine_reply(tx, done, NULL);
    record.seq = tx->seq;
    record.digest = (ProtobufCBinaryData){HASH_SIZE, digest.bytes};
    record.reply = (ProtobufCBinaryData){reply.size, (uint8_t *)reply.data};
    store_put(tx->txn, TREE_COMMAND, slice_of(offer->id.data, offer->id.len),
              tx_pack(tx, &record.base));
    tx->recalled_id = offer->id.data;
}

/* Another one's turn may have come since the server named it: commands of its own group. */
static bool is_named(const Tefter__RecallNext *command, const Tefter__OfferRecord *offer)
{
    return command->has_offer && command->offer == (offer != NULL ? offer->seq : 0);
}

/* Refuses: NOTHING_TO_CHANGE (none is due). */
Tefter__Refusal *apply_recall_next(struct tx *tx, const Tefter__RecallNext *command,
                                   Tefter__Done *done)
{
    if (!recall_due(tx))
        return refuse(tx, TEFTER__REFUSAL_CODE__NOTHING_TO_CHANGE, NULL);
    struct recall recall;
    recall_find(tx, &recall);
    bool named = is_named(command, recall.offer);
    if (tx_rule(tx, RULE_OFFERS_ARE_NAMED) && command->has_offer && !named) {
        tx_decided(tx);
        return NULL;
    }
    Tefter__Done *then = tx_new(tx, &tefter__done__descriptor);
    bool kept = false;
    Tefter__Refusal *refusal = recall.offer != NULL ? look_kept(tx, recall.offer, &kept) : NULL;
    kept = kept || (recall.offer != NULL && is_of_recovery(recall.offer));
    if (command->set_aside && named && recall.offer != NULL)
        refusal = refuse(tx, TEFTER__REFUSAL_CODE__QUARANTINED, NULL);
    if (recall.offer != NULL && refusal == NULL && !kept)
        refusal = recall_apply(tx, &recall, then);

    if (!tx->decided)
        tx_decided(tx);
    if (recall.offer == NULL) {
        recall_nothing(tx, &recall);
    } else if (refusal != NULL) {
        recall_refused(tx, &recall, refusal);
    } else {
        if (!kept)
            keep_recalled(tx, recall.offer, then);
        recall_back(tx, &recall, kept ? NULL : then, has_alarmed(tx));
    }
    FIELD_SET_IF(done, id, recall.offer != NULL, recall.offer != NULL ? recall.offer->seq : 0);
    return NULL;
}
