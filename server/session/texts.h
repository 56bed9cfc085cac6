#pragma once
/*
 * Words from the vault: a Text that is a reference becomes its value. One reading transaction for
 * many, begun with the first reference that is met.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "vault/vault.h"

#include <protobuf-c/protobuf-c.h>

struct texts {
    struct vault *vault;
    struct vault_txn *txn;
    struct arena *arena;
    bool failed; /* the vault cannot be read: no text is readable */
    bool spent;  /* the arena is: what was filled is not whole */
};

/* Texts that were not readable, since the start. Any thread. */
uint64_t texts_unreadable(void);

void texts_begin(struct texts *texts, struct vault *vault, struct arena *arena);
void texts_end(struct texts *texts);

/* Every Text in the message; those that were erased stay without a value, those that the vault does
 * not have as they were written are unreadable. */
void texts_fill(struct texts *texts, ProtobufCMessage *message);
/* A packed Row with its words; an AccountRow has none and comes back as it is. */
struct slice texts_row(struct texts *texts, struct slice row);
