#include "recovery/replay.h"

#include "base/limits.h"
#include "base/log.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_ENTRIES = 4096, QUARANTINED_FIRST = 64 };
#define ENTRY_ARENA_MAX ((size_t)1024 * 1024 * 1024)

struct replay {
    const struct replay_options *options;
    struct journal_head head;
    struct arena arena;
    uint64_t *quarantined; /* seqs that are passed over */
    size_t quarantined_count;
    size_t quarantined_room;
    bool begun;
    bool stopped;     /* at before_seq */
    uint32_t waiting; /* entries applied and not committed */
    uint64_t agreed;  /* newest seq where the digest was the journal's, or where the replay began */
    struct {
        uint64_t seq; /* an entry that names a rules version this program does not know; 0: none */
        uint32_t version;
    } newer;
    struct replayed done;
    uint64_t seq;
    struct {
        uint64_t batch;
        struct incarnation incarnation;
        struct hash chain;
    } last;
};

/* ---- first pass: which entries are passed over ---- */

static bool quarantine_add(struct replay *replay, uint64_t seq, struct failure *failure)
{
    if (replay->quarantined_count == replay->quarantined_room) {
        size_t room = replay->quarantined_room ? 2 * replay->quarantined_room : QUARANTINED_FIRST;
        uint64_t *more = reallocarray(replay->quarantined, room, sizeof *more);
        if (!more)
            return fail(failure, FAULT_MEMORY, 0, "no memory for the quarantine records");
        replay->quarantined = more;
        replay->quarantined_room = room;
    }
    replay->quarantined[replay->quarantined_count++] = seq;
    return true;
}

static Tefter__Entry *entry_read(struct replay *replay, struct slice bytes)
{
    arena_reset(&replay->arena);
    return (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &replay->arena);
}

/* What is no entry is no quarantine record either; applying it will say so, unless it is
 * quarantined. */
static bool collect_quarantined(void *context, const struct journal_batch *batch,
                                struct failure *failure)
{
    struct replay *replay = context;
    for (uint32_t i = 0; i < batch->count; i++) {
        const Tefter__Entry *entry = entry_read(replay, batch->entries[i]);
        if (entry && entry->has_quarantine && !quarantine_add(replay, entry->quarantine, failure))
            return false;
    }
    return true;
}

static int by_seq(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static bool quarantined(const struct replay *replay, uint64_t seq)
{
    return replay->quarantined_count > 0 &&
           bsearch(&seq, replay->quarantined, replay->quarantined_count, sizeof seq, by_seq);
}

/* ---- second pass: apply ---- */

static void tell(struct replay *replay)
{
    if (replay->options->progress)
        replay->options->progress(replay->seq, replay->head.next_seq - 1);
}

static bool differs(const struct replay *replay, uint64_t seq, const char *whose,
                    struct failure *failure)
{
    char where[64];
    uint64_t first = replay->agreed + 1;
    if (first > seq)
        return fail(failure, FAULT_DAMAGED, 0,
                    "the state stands at seq %" PRIu64 " with another digest than %s: start with "
                    "--distrust, and it is made anew",
                    seq, whose);
    if (replay->newer.seq >= first)
        return fail(failure, FAULT_NEWER, 0,
                    "at seq %" PRIu64 " the ledger comes under rules version %" PRIu32
                    ", this program knows up to %d: use a newer tefterd",
                    replay->newer.seq, replay->newer.version, LEDGER_RULES);
    if (first == seq)
        snprintf(where, sizeof where, "at seq %" PRIu64, seq);
    else
        snprintf(where, sizeof where, "between seq %" PRIu64 " and %" PRIu64, first, seq);
    return fail(failure, FAULT_DIFFERS, 0,
                "this program decides otherwise than the one that wrote %s, %s; nothing was "
                "changed. Use the program that wrote it, or a newer one",
                whose, where);
}

static bool state_digest_fits(struct replay *replay, uint64_t seq, const struct hash *wanted,
                              const char *whose, struct failure *failure)
{
    uint64_t at;
    struct hash state_digest;
    ledger_state_digest(replay->options->ledger, &at, &state_digest);
    if (seq == 0 || at != seq)
        return true;
    if (!hash_equal(&state_digest, wanted))
        return differs(replay, seq, whose, failure);
    replay->agreed = seq;
    return true;
}

static bool digest_fits(struct replay *replay, const struct journal_digest *digest,
                        struct failure *failure)
{
    if (digest->seq == 0 || digest->version == STATE_DIGEST_VERSION)
        return state_digest_fits(replay, digest->seq, &digest->hash, "the journal", failure);
    if (replay->done.not_compared++ == 0)
        log_line(LOG_WARNING, "digests_not_compared", "from_seq",
                 log_value("%" PRIu64, digest->seq), "version",
                 log_value("%u", (unsigned)digest->version), "known",
                 log_value("%d", STATE_DIGEST_VERSION), "advice",
                 "another version of the program wrote them; it can compare them", NULL);
    return true;
}

struct digest_at {
    uint64_t seq;
    struct hash *digest;
    bool found;
};

/* The batch behind a seq says what the digest was there. */
static bool digest_of(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct digest_at *at = context;
    (void)failure;
    at->found = batch->digest.seq == at->seq && batch->digest.version == STATE_DIGEST_VERSION;
    if (at->found)
        *at->digest = batch->digest.hash;
    return false;
}

bool replay_digest_at(struct journal *journal, uint64_t seq, struct hash *ret_digest)
{
    struct digest_at at = {.seq = seq, .digest = ret_digest};
    if (seq > 0)
        journal_read(journal, seq + 1, digest_of, &at, NULL);
    return at.found;
}

/* Was it refused because its rules version is newer than what this program knows? */
static void look_for_newer(struct replay *replay, uint64_t seq, struct slice bytes)
{
    const Tefter__Entry *entry = entry_read(replay, bytes);
    const Tefter__Command *command =
        entry == NULL
            ? NULL
            : (Tefter__Command *)message_unpack(&tefter__command__descriptor,
                                                slice_of(entry->command.data, entry->command.len),
                                                &replay->arena);
    uint32_t version = 0;
    if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_ADOPT_RULES_VERSION)
        version = command->adopt_rules_version->rules_version;
    if (command != NULL && command->kind_case == TEFTER__COMMAND__KIND_CREATE_COMPANY)
        version = command->create_company->rules_version;
    if (version <= LEDGER_RULES)
        return;
    replay->newer.seq = seq;
    replay->newer.version = version;
}

static bool entry_failed(struct replay *replay, uint64_t seq, struct failure *failure)
{
    struct failure why = *failure;
    if (!inflight_blames(why.fault))
        return false;
    replay->done.faulted_seq = seq;
    *failure = (struct failure){.fault = FAULT_NONE};
    return fail(failure, why.fault, 0,
                "entry %" PRIu64 " cannot be applied: %.180s. If a newer tefterd does not help, "
                "pass over it: tefterd quarantine %" PRIu64 " --reason TEXT --ledger DIR",
                seq, why.text, seq);
}

/* A field that this program does not have would be passed over, and the entry do something else
 * than it did: a later version wrote it, and must apply it. */
static bool entry_known(struct replay *replay, struct slice bytes, struct failure *failure)
{
    struct message_fault fault;
    const Tefter__Entry *entry = entry_read(replay, bytes);
    if (!entry)
        return true; /* applying it will say so */
    struct slice command = slice_of(entry->command.data, entry->command.len);
    if (message_scan_as(&tefter__entry__descriptor, bytes, MESSAGE_OF_LEDGER, &fault) &&
        message_scan_as(&tefter__command__descriptor, command, MESSAGE_OF_LEDGER, &fault))
        return true;
    return fail(failure, FAULT_NEWER, 0,
                "this program does not know all of it (%.80s: %s): a newer one wrote it",
                fault.path, fault.what);
}

/* Every entry is tried, but for one that has ended this program before. */
static bool try_entry(struct replay *replay, uint64_t seq, struct slice bytes,
                      struct ledger_result *ret_result, struct failure *failure)
{
    struct ledger *ledger = replay->options->ledger;
    struct inflight *inflight = replay->options->inflight;
    bool passed_over = quarantined(replay, seq);
    if (!passed_over && inflight_fatal(inflight, seq, failure))
        return false;
    inflight_begin(inflight, seq);
    arena_reset(&replay->arena);
    bool good = passed_over
                    ? ledger_pass_over(ledger, seq, bytes, &replay->arena, ret_result, failure)
                    : entry_known(replay, bytes, failure) &&
                          ledger_apply(ledger, seq, bytes, &replay->arena, ret_result, failure);
    inflight_end(inflight, seq, good ? NULL : failure);
    return good;
}

/* Nobody knows whether the vault heard of it. */
static bool note_erased(struct replay *replay, const struct ledger_result *result,
                        struct failure *failure)
{
    struct replayed *done = &replay->done;
    if (result->erased_count == 0)
        return true;
    struct text_id *more =
        reallocarray(done->erased, done->erased_count + result->erased_count, sizeof *more);
    if (!more)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the words that were erased");
    memcpy(&more[done->erased_count], result->erased, result->erased_count * sizeof *more);
    done->erased = more;
    done->erased_count += result->erased_count;
    return true;
}

static bool apply_entry(struct replay *replay, uint64_t seq, struct slice bytes,
                        struct failure *failure)
{
    const struct replay_options *options = replay->options;
    struct ledger_result result = {.erased_count = 0};
    if (!try_entry(replay, seq, bytes, &result, failure))
        return entry_failed(replay, seq, failure);
    replay->seq = seq;
    replay->done.entries++;
    replay->waiting++;
    if (result.refused == TEFTER__REFUSAL_CODE__FIELD_INVALID)
        look_for_newer(replay, seq, bytes);
    if (!note_erased(replay, &result, failure))
        return false;
    return seq != options->compare_seq ||
           state_digest_fits(replay, seq, &options->compare_digest, options->compare_with, failure);
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
    if (!journal_read(journal, from_seq, collect_quarantined, replay, failure))
        return false;
    if (replay->quarantined_count > 0)
        qsort(replay->quarantined, replay->quarantined_count, sizeof(uint64_t), by_seq);
    if (journal_read(journal, from_seq, apply_batch, replay, failure) || replay->stopped)
        return commit(replay, failure);
    if (replay->begun)
        ledger_abort(replay->options->ledger);
    return false;
}

bool replay_run(const struct replay_options *options, struct replayed *ret_replayed,
                struct failure *failure)
{
    struct replay replay = {.options = options};
    struct ledger_state state;
    if (!ledger_state(options->ledger, &state, failure))
        return false;
    replay.agreed = state.seq;
    journal_head(options->journal, &replay.head);
    arena_init(&replay.arena, ENTRY_ARENA_MAX);
    bool good = state.seq + 1 >= replay.head.next_seq || run(&replay, state.seq + 1, failure);
    arena_fini(&replay.arena);
    free(replay.quarantined);
    if (ret_replayed)
        *ret_replayed = replay.done;
    else
        free(replay.done.erased);
    return good;
}
