#pragma once
/*
 * Inside client/lib: the outbox, a file of commands whose outcome may be unknown, and of those that
 * were done, with their receipts.
 *
 * Entries are appended under the profile's lock and synced before a command is sent; what became of
 * it is appended later. What has no answer is sent again with its id, only for the person who gave
 * it, and counts once. What was done is kept 45 days: when the server has been restored to an older
 * state it is offered with its receipt, whoever is logged in or nobody. Past OUTBOX_DONE_MAX bytes
 * the oldest of these go.
 *
 * An id that the ledger refused for its time, and so never took, is renewed: by one process,
 * whichever is first.
 *
 * What a process has under way it holds a lock on in outbox.live, which ends with it: so another
 * one sees what is no business of its own.
 *
 * File: records {size 4, body, first 8 bytes of the body's hash}; a torn last record is cut at the
 * next opening. Several processes may append; each offers what it read when it was opened.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "base/incarnation.h"
#include "lib/tefter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OUTBOX_BYTES_MAX = 24 * 1024 * 1024,
    OUTBOX_DONE_MAX = 16 * 1024 * 1024,
    OUTBOX_KEPT_DAYS = 45,
    LEDGER_ID_SIZE = 16,
};

struct outbox_entry {
    uint8_t id[TEFTER_ID_SIZE];
    int64_t made_ms;
    uint32_t staff;
    bool resolved;                  /* a reply is known ... */
    bool done;                      /* ... and it was done, not refused */
    struct incarnation incarnation; /* of the reply */
    uint8_t ledger[LEDGER_ID_SIZE];
    bool offered;     /* by this process; nothing more is to be done with it here */
    bool elsewhere;   /* another process had it under way when this one began: it is theirs */
    uint8_t *receipt; /* a packed SealedReceipt; NULL: none came */
    size_t receipt_size;
    struct incarnation given; /* the receipt's */
    uint64_t seq;
    bool handed; /* to a restored ledger ... */
    struct incarnation handed_to;
    uint8_t *command;
    size_t size;
};

struct outbox {
    char folder[TEFTER_PATH_MAX];
    struct outbox_entry *entries;
    size_t count;
    size_t capacity;
    size_t bytes; /* of the file, about */
    bool damaged; /* some records could not be read; the file as it was is outbox.damaged */
    bool open;
    int live; /* outbox.live, where what is under way is locked; -1: not opened */
};

/* Reads the file, cuts a torn end, leaves out what was refused, or is done and 45 days old. */
bool outbox_open(struct outbox *outbox, const char *folder, int64_t now_ms,
                 struct failure *failure);
void outbox_close(struct outbox *outbox);

/* Synced when it returns. */
bool outbox_add(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE], int64_t made_ms,
                uint32_t staff, const uint8_t ledger[LEDGER_ID_SIZE], struct slice command,
                struct failure *failure);
/* A reply is here; receipt NULL: it brought none. An entry that is not known is ignored. */
void outbox_resolve(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE], bool done,
                    const struct incarnation *incarnation, const Tefter__SealedReceipt *receipt);
/* The restored ledger has it, or will not take it. */
void outbox_handed(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE],
                   const struct incarnation *incarnation);

/* The oldest entry that this person should send to this ledger now, NULL when there is none. What
 * has a receipt is offered with it, if the server speaks of its recovery. */
struct outbox_entry *outbox_next(struct outbox *outbox, uint32_t staff,
                                 const uint8_t ledger[LEDGER_ID_SIZE],
                                 const struct incarnation *incarnation, bool recovery);
/* The oldest that was done and that this restored ledger may not have, NULL when there is none. */
struct outbox_entry *outbox_next_done(struct outbox *outbox, const uint8_t ledger[LEDGER_ID_SIZE],
                                      const struct incarnation *incarnation,
                                      const Tefter__RecoveryNotice *notice);
struct outbox_entry *outbox_find(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE]);
/* How many wait for an outcome. */
size_t outbox_unknown(const struct outbox *outbox);
/* Another incarnation may be here: what was acknowledged may be offered once more. */
void outbox_reoffer(struct outbox *outbox);
/* It is known by another id from now on, and may be offered with it. false: another process has
 * renewed or settled it, or it cannot be written down; it is not sent from here any more. */
bool outbox_renew(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE],
                  const uint8_t anew[TEFTER_ID_SIZE]);
