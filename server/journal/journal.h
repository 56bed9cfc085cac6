#pragma once
/*
 * The journal: the truth of the ledger, as batches of entries that are durable before anyone hears
 * of them. Knows nothing of what an entry means.
 *
 * Several engines stand behind these functions, and callers know of none but by journal_options:
 * `local` keeps segments of 64 MiB in a folder; `fake` lives in memory and can be told to answer
 * anything, for tests. Another one is a file with a journal_kind (inside.h) and a line in
 * engines.c.
 *
 *            create ─▶ open ─▶ propose, read, follow ─▶ close
 *   export: a copy in a folder, whatever the engine ─▶ import: a journal again, of any engine
 *
 * A batch on disk (integers big-endian):
 *
 *   magic "TFTB" u32 | format u16 | flags u16 | length u32 (of everything, first byte to last)
 *   ledger 16 bytes | incarnation u32 and 8 bytes
 *   batch u64 | first_seq u64 | count u32 | wall_ms u64 | previous hash 32
 *   digest version u16 | digest_seq u64 | digest 32
 *   count x ( size u32 | bytes )
 *   hash 32 = BLAKE2b-256 of all bytes before it
 *
 * The chain: each batch carries the hash of the one before, so flipping, removing, reordering or
 * re-dating anything is seen. `first_seq` + count is the next batch's first_seq, without a gap but
 * where an incarnation with a higher number begins (journal_leave_out). A state digest says what
 * the ledger had come to after digest_seq, at most one batch ago; its version names how it was
 * computed, and only who computes it the same way may compare.
 *
 * Format 1 had no version and no random bytes in its incarnation. No program reads it any more.
 *
 * Local: one write and one fdatasync a batch; the next batch is not written before this sync
 * returned 0. After any failure it answers UNKNOWN and takes nothing more.
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

/* Which engine, and how it is opened. */
struct journal_options {
    const char *engine; /* NULL: "local" */
    const char *path;   /* local: a folder; fake: a name */
    struct journal_known known;
    bool reading;           /* verify, status: never cut, never write */
    uint64_t segment_bytes; /* local; 0: JOURNAL_SEGMENT_BYTES; tests take less */
};

/* Refuses (FAULT_USE) a folder on a file system whose syncs and locks are somebody else's word:
 * NFS, CIFS, FUSE, 9p and the like. */
bool journal_folder_supported(const char *path, struct failure *failure);

/* Makes the journal of a new ledger; refuses when there is one. */
bool journal_create(const struct journal_options *options, const struct ledger_id *ledger,
                    const struct incarnation *incarnation, struct failure *failure);

/* Finds where the journal ends; the local one parses every segment, cuts a torn tail and rewrites
 * the last segment (copy, sync, rename, sync of the folder) before it returns. FAULT_DAMAGED names
 * the position and the batch; so does a journal that ends before `known`. FAULT_NEWER: a newer
 * program wrote it. FAULT_OLDER: no program reads it any more. FAULT_BUSY: somebody else has it
 * open for writing. */
bool journal_open(const struct journal_options *options, struct journal **ret_journal,
                  struct failure *failure);

/* Copies a journal, which may be being written, to a folder that is then a local journal. What an
 * `earlier` export (a folder, NULL: none) holds already is linked if it can be. The copy is synced,
 * and its end may be torn: open it for reading to see what it holds. */
bool journal_export(const struct journal_options *from, const char *to, const char *earlier,
                    struct failure *failure);
/* Makes a journal from an export. */
bool journal_import(const struct journal_options *to, const char *from, struct failure *failure);

/* Appends a batch of another journal as it is, with its own incarnation, time and hash: durable
 * when true. FAULT_DAMAGED: it does not follow on. By the proposing thread, instead of proposing.
 */
bool journal_append(struct journal *journal, const struct journal_batch *batch,
                    struct failure *failure);

/* A new incarnation after a restore: later batches carry it. Its number is higher. It is durable
 * with the first of them. */
void journal_set_incarnation(struct journal *journal, const struct incarnation *incarnation);
/* After it, before the first of them: seqs up to this one are nobody's. What was written under them
 * elsewhere may come back, and stays apart from what is written now. */
void journal_leave_out(struct journal *journal, uint64_t last_seq);

/* One thread proposes; every other function may be called from any thread beside it. */
void journal_close(struct journal *journal); /* NULL welcome */
void journal_head(const struct journal *journal, struct journal_head *ret_head);

/* Appends one batch: entries in order, their seqs follow on from next_seq. Blocks until durable.
 * The entries' bytes stay the caller's. `digest` may be NULL (none). At least one entry; more than
 * BATCH_ENTRIES_MAX or BATCH_BYTES_MAX is TOO_BIG. `failure` is set with every answer but OK. */
enum journal_answer journal_propose(struct journal *journal, const struct slice *entries,
                                    uint32_t count, int64_t wall_ms,
                                    const struct journal_digest *digest, struct failure *failure);

/* Where the journal ends if the batch proposed last is durable. The proposing thread's. */
void journal_proposed(const struct journal *journal, struct journal_head *ret_head);

/* After NOT_WRITER or UNKNOWN, which propose goes on answering until this says OK. By the proposing
 * thread: may it write again?
 *   OK           it may; journal_head says what is durable, whoever wrote it: compare before going
 * on NOT_WRITER   somebody else still writes BUSY         it cannot be found out now; ask again
 *   UNKNOWN      this process cannot find out; a fresh start does
 * The local journal always says UNKNOWN: after a failed sync its pages may look clean and not be on
 * the disk, and only opening it, which writes the last segment anew, makes them so. */
enum journal_answer journal_resume(struct journal *journal, struct failure *failure);

/* Calls `each` for every batch that holds an entry with seq >= from_seq, in order. `each` returns
 * false to stop (its failure is passed on). */
typedef bool (*journal_each_fn)(void *context, const struct journal_batch *batch,
                                struct failure *failure);
bool journal_read(struct journal *journal, uint64_t from_seq, journal_each_fn each, void *context,
                  struct failure *failure);

/* The same for batches as they become durable: waits up to wait_ms for the first one, calls `each`
 * for all there are then, and returns true, also when none came. Beside the writer in its process,
 * or in another one that opened the journal for reading (whose head moves on by this). */
bool journal_follow(struct journal *journal, uint64_t from_seq, uint32_t wait_ms,
                    journal_each_fn each, void *context, struct failure *failure);

/* The hash of the batch that holds seq as its last entry; false when no batch ends there. Seq 0 is
 * the beginning: all zero. */
bool journal_chain_at(struct journal *journal, uint64_t seq, struct hash *ret_chain);

struct journal_metrics {
    uint64_t bytes;
    uint32_t segments; /* 0 where there are none */
    uint64_t batches;
    uint64_t syncs;
};
void journal_metrics(const struct journal *journal, struct journal_metrics *ret_metrics);
/* Bytes that it takes, without opening it. */
bool journal_size(const struct journal_options *options, uint64_t *ret_bytes,
                  struct failure *failure);

/* ---- the fake, for tests ---- */

/* One of its own, open for writing. By name (options.path) journal_create and journal_open give
 * journals that share what is written; the last one opened for writing is the writer, and the ones
 * before hear NOT_WRITER until it is closed and they resume. */
struct journal *journal_fake_create(const struct ledger_id *ledger);
/* The next propose answers this; `written` says whether the batch is kept (UNKNOWN both ways).
 * Any thread. */
void journal_fake_answer(struct journal *journal, enum journal_answer answer, bool written);
/* It answers this to all that it is asked (propose, resume) and keeps nothing; OK: no more. */
void journal_fake_stall(struct journal *journal, enum journal_answer answer);
/* Can it resume (as usual), or does only a fresh start find out? */
void journal_fake_resumes(struct journal *journal, bool resumes);
void journal_fake_forget(const char *name); /* nobody has it open */
