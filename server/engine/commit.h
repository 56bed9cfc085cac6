#pragma once
/*
 * One group of commands through vault, journal and ledger, in this order and no other:
 *
 *   texts to the vault (synced) ─▶ journal (synced) ─▶ applied ─▶ answers
 *
 * What is applied is durable: the journal has it, and a start applies it again. Others see it when
 * the state is committed: several groups share one transaction of LMDB, which costs as much for one
 * group as for ten.
 *
 * Used by the writer thread for the server, and directly by init, recover, code and upgrade. One
 * thread at a time.
 *
 *   commit_group ──▶ DONE
 *     ├──▶ BUSY: the same group once more, later
 *     ├──▶ NOT_WRITER: answered so ──▶ commit_resume, now and then, before the next group
 *     ├──▶ UNKNOWN: nobody is answered ──▶ commit_resume ──▶ DONE, or BUSY: nothing was written
 *     └──▶ FAULT                                └──▶ LOST: only a fresh start can go on
 */
#include "base/limits.h"
#include "datadir/datadir.h"
#include "engine/receipt.h"
#include "engine/submission.h"
#include "engine/turns.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "vault/vault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One place in a batch is kept for a job's step. */
enum { COMMIT_GROUP_MAX = BATCH_ENTRIES_MAX - 1, COMMIT_BYTES_MAX = 1024 * 1024 };

struct commit;

struct commit_options {
    struct journal *journal;
    struct ledger *ledger;
    struct vault *vault;       /* NULL: no command has texts (tests) */
    struct inflight *inflight; /* where what is applied is on record; may be NULL */
    int64_t (*now_ms)(void *owner);
    void (*new_id)(void *owner, uint8_t ret_id[COMMAND_ID_SIZE]);
    void *owner;
};

bool commit_create(const struct commit_options *options, struct commit **ret_commit,
                   struct failure *failure);
void commit_destroy(struct commit *commit);
/* From now on replies bear receipts; it outlives the commit. */
void commit_seal(struct commit *commit, const struct receipt_seal *seal);
/* From now on what commands and groups cost its thread is counted there. */
void commit_count_turns(struct commit *commit, struct turns *turns);

/* Either a packed Reply, or a refusal of the server's own (then the reply is empty and nothing was
 * journalled). */
struct commit_answer {
    struct slice reply;
    const Tefter__Refusal *refused;
    bool journalled;
    bool done; /* journalled, and not refused by the ledger */
};

enum commit_end {
    COMMIT_DONE,       /* answers and group hold what came of it; READ_ONLY: a map is full */
    COMMIT_BUSY,       /* nothing was written: the same once more, a little later */
    COMMIT_NOT_WRITER, /* nothing was written: somebody else writes; the answers say READ_ONLY */
    COMMIT_UNKNOWN,    /* may be durable or not: nobody may be answered, and the group is kept */
    COMMIT_LOST,       /* only a fresh start can go on */
    COMMIT_FAULT,      /* nobody is answered, and the process must end without touching anything */
};

/* At most COMMIT_GROUP_MAX submissions with COMMIT_BYTES_MAX of commands (one may be larger). All
 * results live in the arena. ret_group->seq is 0 when nothing was journalled. With count 0 only a
 * job is moved on. The failure is set with all but DONE. */
enum commit_end commit_group(struct commit *commit, const struct submission *submissions,
                             size_t count, struct arena *arena, struct commit_answer *ret_answers,
                             struct published_group *ret_group, struct failure *failure);

/* After NOT_WRITER or UNKNOWN, now and then: may it go on? After UNKNOWN with the arena and the
 * answers of the group that is kept.
 *   DONE        the group was durable, and is applied now
 *   BUSY        nothing of it was written: the same once more, or the next one
 *   NOT_WRITER, UNKNOWN   not yet
 *   LOST        the journal cannot tell in this process, or somebody else has written what it has
 *               not applied. It does not apply that itself: their texts lie in another vault, and a
 *               start checks what it replays. Nothing may be proposed any more
 *   FAULT       as above */
enum commit_end commit_resume(struct commit *commit, struct arena *arena,
                              struct commit_answer *ret_answers, struct published_group *ret_group,
                              struct failure *failure);

/* When the steps of the last group ended, by clock_us; one that was not needed ended at once. */
struct commit_times {
    uint64_t began_us;
    uint64_t prepared_us; /* looked at; texts in the vault */
    uint64_t synced_us;
    uint64_t applied_us;
};
void commit_times(const struct commit *commit, struct commit_times *ret_times);

/* Commands that are applied and not committed. */
uint32_t commit_behind(const struct commit *commit);
/* Commits what is applied: views that begin from now on see it. */
bool commit_state(struct commit *commit, struct failure *failure);

/* A job waits for its next step. */
bool commit_wants_step(const struct commit *commit);

/* One command of the server's own; ret_done->id and the like, or a failure that names the
 * refusal. */
bool commit_one(struct commit *commit, const Tefter__Command *command, struct arena *arena,
                const Tefter__Done **ret_done, struct failure *failure);
