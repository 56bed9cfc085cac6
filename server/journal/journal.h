#pragma once
/*
 * The journal: the truth of the ledger, as batches of entries that are durable before anyone hears
 * of them. Used by the writer (propose), by recovery (read) and by tefterd's verify, backup and
 * restore. Knows nothing of what an entry means.
 *
 * `local` keeps segments of 64 MiB in a folder; `fake` lives in memory and can be told to answer
 * anything, for tests. Both stand behind the same functions.
 *
 * A batch on disk (integers big-endian):
 *
 *   magic "TFTB" u32 | format u16 | flags u16 | length u32 (of everything, first byte to last)
 *   ledger 16 bytes | incarnation u32 + 8 bytes | batch u64 | first_seq u64 | count u32 | wall_ms
 * u64 previous hash 32 | digest version u16 | digest_seq u64 | digest 32 count x ( size u32 | bytes
 * ) hash 32 = BLAKE2b-256 of all bytes before it
 *
 * The chain: each batch carries the hash of the one before, so flipping, removing, reordering or
 * re-dating anything is seen. `first_seq` + count is the next batch's first_seq: without a gap. A
 * state digest says what the ledger had come to after digest_seq, at most one batch ago; its
 * version names how it was computed, and only who computes it the same way may compare.
 *
 * Format 1 had no version and no random bytes in its incarnation. No program reads it any more.
 *
 * One write and one fdatasync a batch; the next batch is not written before this sync returned 0.
 * After any failure the journal answers UNKNOWN and takes nothing more: the process must exit.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/incarnation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;

enum { LEDGER_ID_SIZE = 16, JOURNAL_FORMAT = 2 };

struct ledger_id {
    uint8_t bytes[LEDGER_ID_SIZE];
};

enum journal_answer {
    JOURNAL_OK,         /* durable */
    JOURNAL_NOT_WRITER, /* somebody else writes this ledger now; nothing was written */
    JOURNAL_UNKNOWN,    /* may or may not be durable: stop, recover, find out */
    JOURNAL_BUSY,       /* nothing was written; try again */
    JOURNAL_TOO_BIG,    /* nothing was written; never will be */
};

/* What the ledger came to after an entry; the journal keeps it and asks for nothing in it. */
struct journal_digest {
    uint16_t version;
    uint64_t seq; /* 0: none */
    struct hash hash;
};

/* Where the journal ends. */
struct journal_head {
    struct ledger_id ledger;
    struct incarnation incarnation;
    uint64_t batch;    /* number of the last batch, 0 when empty */
    uint64_t next_seq; /* seq of the next entry; the first of all is 1 */
    struct hash chain; /* hash of the last batch */
};

struct journal_batch {
    uint64_t batch;
    uint64_t first_seq;
    uint32_t count;
    struct incarnation incarnation;
    int64_t wall_ms;
    struct journal_digest digest;
    struct hash previous; /* chain before it */
    struct hash chain;    /* its own hash */
    const struct slice *entries;
};

/* What recovery knows besides the journal. A bad batch in the last segment is a torn tail only if
 * no valid header with a higher number follows and it lies behind all of these. */
struct journal_known {
    uint64_t seq; /* highest seq that LMDB, a checkpoint or an exported head has seen */
};

struct journal_local_options {
    const char *path; /* folder of the segments */
    struct journal_known known;
    bool reading;           /* verify, status: never cut, never write */
    uint64_t segment_bytes; /* 0: JOURNAL_SEGMENT_BYTES; tests take less */
};

/* Refuses (FAULT_USE) a folder on a file system whose syncs and locks are somebody else's word:
 * NFS, CIFS, FUSE, 9p and the like. */
bool journal_folder_supported(const char *path, struct failure *failure);

/* Makes the folder and the first segment of a new ledger; refuses when there is one. */
bool journal_local_create(const char *path, const struct ledger_id *ledger,
                          const struct incarnation *incarnation, struct failure *failure);

/* Parses every segment, cuts a torn tail, rewrites the last segment (copy, sync, rename, sync of
 * the folder) before it returns. FAULT_DAMAGED names segment, offset and batch; so does a journal
 * that ends before `known`. FAULT_NEWER: a newer program wrote it. FAULT_BUSY: another process has
 * it open for writing. */
bool journal_local_open(const struct journal_local_options *options, struct journal **ret_journal,
                        struct failure *failure);

/* A new incarnation after a restore: later batches carry it. Its number is higher. It is durable
 * with the first of them. */
void journal_set_incarnation(struct journal *journal, const struct incarnation *incarnation);

struct journal *journal_fake_create(const struct ledger_id *ledger);
/* The next propose answers this; `written` says whether the batch is kept (UNKNOWN both ways).
 * After UNKNOWN it takes nothing more until this is called again, as after a new start. */
void journal_fake_answer(struct journal *journal, enum journal_answer answer, bool written);

/* One thread proposes; every other function may be called from any thread beside it. */
void journal_close(struct journal *journal); /* NULL welcome */
void journal_head(const struct journal *journal, struct journal_head *ret_head);

/* Appends one batch: entries in order, their seqs follow on from next_seq. Blocks until durable.
 * The entries' bytes stay the caller's. `digest` may be NULL (none). At least one entry; more than
 * BATCH_ENTRIES_MAX or BATCH_BYTES_MAX is TOO_BIG. `failure` is set with every answer but OK. */
enum journal_answer journal_propose(struct journal *journal, const struct slice *entries,
                                    uint32_t count, int64_t wall_ms,
                                    const struct journal_digest *digest, struct failure *failure);

/* Calls `each` for every batch that holds an entry with seq >= from_seq, in order. `each` returns
 * false to stop (its failure is passed on). */
typedef bool (*journal_each_fn)(void *context, const struct journal_batch *batch,
                                struct failure *failure);
bool journal_read(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                  struct failure *failure);

/* The hash of the batch that holds seq as its last entry; false when no batch ends there. Seq 0 is
 * the beginning: all zero. */
bool journal_chain_at(struct journal *journal, uint64_t seq, struct hash *ret_chain);

struct journal_figures {
    uint64_t bytes;
    uint32_t segments;
    uint64_t batches;
    uint64_t syncs;
};
void journal_figures(const struct journal *journal, struct journal_figures *ret_figures);
