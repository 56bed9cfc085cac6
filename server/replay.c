#include "replay.h"

#include "base/limits.h"
#include "base/log.h"
#include "clock.h"
#include "notify.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUP_ENTRIES = 4096, TELL_MS = 2000, SKIPS_MAX = 10000 };
#define ENTRY_ARENA_MAX ((size_t)1024 * 1024 * 1024)

struct replay {
    const struct replay_options *options;
    struct journal_head head;
    struct arena arena;
    uint64_t *skips; /* seqs that are passed over */
    size_t skip_count;
    bool begun;
    bool stopped;     /* at before_seq */
    uint32_t waiting; /* entries applied and not committed */
    struct replayed done;
    uint64_t seq;
    uint64_t told_ms;
    struct {
        uint64_t batch;
        struct incarnation incarnation;
        struct hash chain;
    } last;
};

/* ---- first pass: which entries are passed over ---- */

static bool skip_add(struct replay *replay, uint64_t seq, struct failure *failure)
{
    if (replay->skip_count == SKIPS_MAX)
        return fail(failure, FAULT_FULL, 0, "the journal has more than %d skip records", SKIPS_MAX);
    if (!replay->skips)
        replay->skips = calloc(SKIPS_MAX, sizeof *replay->skips);
    if (!replay->skips)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the skip records");
    replay->skips[replay->skip_count++] = seq;
    return true;
}

static Tefter__Entry *entry_read(struct replay *replay, struct slice bytes)
{
    arena_reset(&replay->arena);
    return (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &replay->arena);
}

/* What is no entry is no skip record either; applying it will say so, unless it is skipped. */
static bool collect_skips(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct replay *replay = context;
    for (uint32_t i = 0; i < batch->count; i++) {
        const Tefter__Entry *entry = entry_read(replay, batch->entries[i]);
        if (entry && entry->has_skip && !skip_add(replay, entry->skip, failure))
            return false;
    }
    return true;
}

static bool skipped(const struct replay *replay, uint64_t seq)
{
    for (size_t i = 0; i < replay->skip_count; i++)
        if (replay->skips[i] == seq)
            return true;
    return false;
}

/* ---- second pass: apply ---- */

void replay_tell(uint64_t seq, uint64_t last_seq)
{
    char text[120];
    snprintf(text, sizeof text, "replaying the journal: %" PRIu64 " of %" PRIu64 " commands", seq,
             last_seq);
    fprintf(stderr, "tefterd: %s\n", text);
    notify_starting(text);
}

static void tell(struct replay *replay)
{
    uint64_t now = clock_loop_ms();
    if (!replay->options->progress || now - replay->told_ms < TELL_MS)
        return;
    replay->told_ms = now;
    replay->options->progress(replay->seq, replay->head.next_seq - 1);
}

static bool outcome_fits(struct replay *replay, uint64_t seq, const struct hash *wanted,
                         const char *whose, struct failure *failure)
{
    uint64_t at;
    struct hash outcome;
    ledger_outcome(replay->options->ledger, &at, &outcome);
    if (seq == 0 || at != seq || hash_equal(&outcome, wanted))
        return true;
    return fail(failure, FAULT_DAMAGED, 0,
                "after seq %" PRIu64 " the replay comes to another outcome than %s: this program "
                "is not the one that wrote it, or something was damaged; nothing was changed",
                seq, whose);
}

static bool digest_fits(struct replay *replay, const struct journal_digest *digest,
                        struct failure *failure)
{
    if (digest->seq == 0 || digest->version == STATE_DIGEST_VERSION)
        return outcome_fits(replay, digest->seq, &digest->hash, "the journal says", failure);
    if (replay->done.not_compared++ == 0)
        log_line(LOG_WARNING, "digests_not_compared", "from_seq",
                 log_value("%" PRIu64, digest->seq), "version",
                 log_value("%u", (unsigned)digest->version), "known",
                 log_value("%d", STATE_DIGEST_VERSION), "advice",
                 "another version of the program wrote them; it can compare them", NULL);
    return true;
}

/* The same entry without its command: the ledger counts its seq and does nothing. */
static struct slice emptied(struct replay *replay, struct slice bytes)
{
    static uint8_t no_id[COMMAND_ID_SIZE];
    const Tefter__Entry *entry = entry_read(replay, bytes);
    Tefter__Entry empty = TEFTER__ENTRY__INIT;
    empty.id = (ProtobufCBinaryData){sizeof no_id, no_id};
    empty.now_ms = entry ? entry->now_ms : 0;
    return message_pack(&empty.base, &replay->arena);
}

static bool entry_failed(struct replay *replay, uint64_t seq, struct failure *failure)
{
    const struct folder *folder = replay->options->folder;
    struct failure why = *failure;
    unsigned times = 1;
    if (why.fault == FAULT_IO || why.fault == FAULT_FULL || why.fault == FAULT_MEMORY)
        return false;
    if (folder) {
        folder_note_faulted(folder, seq);
        folder_faulted(folder, &(uint64_t){0}, &times);
    }
    replay->done.faulted_seq = seq;
    replay->done.faulted = times;
    *failure = (struct failure){.fault = FAULT_NONE};
    return fail(failure, why.fault, 0,
                "entry %" PRIu64 " cannot be applied (met %u times): %.120s. If a newer tefterd "
                "does not help, pass over it: tefterd skip %" PRIu64 " --reason TEXT --ledger DIR",
                seq, times, why.text, seq);
}

static bool apply_entry(struct replay *replay, uint64_t seq, struct slice bytes,
                        struct failure *failure)
{
    const struct replay_options *options = replay->options;
    struct ledger_result result;
    arena_reset(&replay->arena);
    if (skipped(replay, seq))
        bytes = emptied(replay, bytes);
    if (!ledger_apply(options->ledger, seq, bytes, &replay->arena, &result, failure))
        return entry_failed(replay, seq, failure);
    replay->seq = seq;
    replay->done.entries++;
    replay->waiting++;
    return seq != options->compare_seq ||
           outcome_fits(replay, seq, &options->compare_outcome, "the live state has", failure);
}

static bool commit(struct replay *replay, struct failure *failure)
{
    if (!replay->begun)
        return true;
    replay->begun = false;
    replay->waiting = 0;
    return ledger_commit(replay->options->ledger, replay->head.ledger.bytes,
                         &replay->last.incarnation, replay->last.batch, &replay->last.chain,
                         failure);
}

static bool apply_batch(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct replay *replay = context;
    uint64_t before_seq = replay->options->before_seq;
    replay->stopped = before_seq != 0 && batch->first_seq + batch->count > before_seq;
    if (replay->stopped)
        return false;
    if (!replay->begun && !ledger_begin(replay->options->ledger, failure))
        return false;
    replay->begun = true;
    if (!digest_fits(replay, &batch->digest, failure))
        return false;
    for (uint32_t i = 0; i < batch->count; i++)
        if (!apply_entry(replay, batch->first_seq + i, batch->entries[i], failure))
            return false;
    replay->last.batch = batch->batch;
    replay->last.incarnation = batch->incarnation;
    replay->last.chain = batch->chain;
    tell(replay);
    return replay->waiting < GROUP_ENTRIES || commit(replay, failure);
}

static bool run(struct replay *replay, uint64_t from_seq, struct failure *failure)
{
    struct journal *journal = replay->options->journal;
    if (!journal_read(journal, from_seq, collect_skips, replay, failure))
        return false;
    if (journal_read(journal, from_seq, apply_batch, replay, failure) || replay->stopped)
        return commit(replay, failure);
    if (replay->begun)
        ledger_abort(replay->options->ledger);
    return false;
}

bool replay_run(const struct replay_options *options, struct replayed *ret_replayed,
                struct failure *failure)
{
    struct replay replay = {.options = options, .told_ms = clock_loop_ms()};
    struct ledger_state state;
    if (!ledger_state(options->ledger, &state, failure))
        return false;
    journal_head(options->journal, &replay.head);
    arena_init(&replay.arena, ENTRY_ARENA_MAX);
    bool good = state.seq + 1 >= replay.head.next_seq || run(&replay, state.seq + 1, failure);
    arena_fini(&replay.arena);
    free(replay.skips);
    if (ret_replayed)
        *ret_replayed = replay.done;
    return good;
}
