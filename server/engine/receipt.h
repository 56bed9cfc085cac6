#pragma once
/*
 * Receipts: what a terminal keeps of its command that was done, and offers with it to a ledger that
 * was restored to a state before it. The ledger says what was done; here the incarnation is added
 * and all is sealed, when a reply is sent, under a key of the ledger's folder that backups hold
 * too.
 *
 *   mac = BLAKE2b-256(key, incarnation and nonce, id, digest of the command, receipt)
 *
 * Made where replies are sent, so no digest of the ledger covers any of it.
 */
#include "engine/submission.h"
#include "wire.pb-c.h"

enum { RECEIPT_KEY_BYTES = 32, RECEIPT_ENDED_MAX = 256 };

/* Filled at the start; the same for all threads as long as the process lives. */
struct receipt_seal {
    uint8_t key[RECEIPT_KEY_BYTES];
    struct incarnation incarnation;
    struct ledger_ended ended[RECEIPT_ENDED_MAX]; /* newest first */
    size_t ended_count;                           /* 0: the ledger was never restored */
};
void receipt_seal_init(struct receipt_seal *seal, const uint8_t key[RECEIPT_KEY_BYTES],
                       struct ledger *ledger, const struct incarnation *incarnation);

/* The reply with its sealed receipt behind it, in the arena. Without a receipt, or memory, the
 * reply as it is. `request`: the digest of the command as the terminal sent it. */
struct slice receipt_add(const struct receipt_seal *seal, struct slice reply, uint64_t seq,
                         struct slice receipt, const uint8_t id[COMMAND_ID_SIZE],
                         const struct hash *request, struct arena *arena);
/* The same reply without it, for terminals that pass over nothing. */
struct slice receipt_left_out(struct slice reply);

/* Did this ledger give it, for just this command? */
bool receipt_is_ours(const struct receipt_seal *seal, const Tefter__Offer *offer);
/* Is what it speaks of part of this ledger anyway? For one that is ours. */
bool receipt_is_here(const struct receipt_seal *seal, const Tefter__SealedReceipt *receipt,
                     uint64_t seq);
