/*
 * tefterd quarantine SEQ: passes over an entry that no program can apply. A quarantine record is
 * appended to the journal, and every replay obeys it; nothing is taken out. Only an entry that was
 * never applied can be passed over. It is not applied here either: it may have ended the server.
 */
#include "admin/audited.h"
#include "admin/commands.h"
#include "engine/instance.h"

#include "base/limits.h"
#include "base/sight.h"
#include "base/tell.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUARANTINE_ARENA_MAX = 1024 * 1024 };

/* ---- may it be passed over? ---- */

struct applied {
    uint64_t seq;
    bool is;
};

/* A batch says how far the ledger was applied when it was written. */
static bool look_for_applied(void *context, const struct journal_batch *batch,
                             struct failure *failure)
{
    struct applied *applied = context;
    (void)failure;
    applied->is = batch->digest.seq >= applied->seq;
    return !applied->is;
}

/* The state may have been made anew from a checkpoint, and know less than the journal. */
static bool applied_once(struct instance *instance, uint64_t state_seq, uint64_t seq)
{
    struct applied applied = {.seq = seq, .is = seq <= state_seq};
    if (!applied.is)
        journal_read(instance->journal, seq, look_for_applied, &applied, NULL);
    return applied.is;
}

static bool look(struct instance *instance, uint64_t seq, struct failure *failure)
{
    struct ledger_state state;
    struct journal_head head;
    if (!ledger_state(instance->ledger, &state, failure))
        return false;
    journal_head(instance->journal, &head);
    if (applied_once(instance, state.seq, seq))
        return fail(failure, FAULT_USE, 0,
                    "entry %" PRIu64 " was applied; only an entry that could not be applied can "
                    "be passed over",
                    seq);
    return seq < head.next_seq ||
           fail(failure, FAULT_USE, 0, "there is no entry %" PRIu64 "; the last is %" PRIu64, seq,
                head.next_seq - 1);
}

/* ---- what the server would make anew ---- */

struct passed_over {
    struct inflight *inflight;
    struct arena *arena;
    uint64_t seq;
};

static void avoid(struct inflight *inflight, const Tefter__Command *command)
{
    const char *why = "an entry of it was passed over";
    if (command->kind_case == TEFTER__COMMAND__KIND_STEP_JOB)
        inflight_avoid(inflight, DEATH_JOB, command->step_job->job, why);
    if (command->kind_case == TEFTER__COMMAND__KIND_RECALL_NEXT)
        inflight_avoid(inflight, DEATH_RECALL, command->recall_next->offer, why);
    if (command->kind_case == TEFTER__COMMAND__KIND_TURN_DAY)
        inflight_avoid(inflight, DEATH_DAY,
                       (uint64_t)command->turn_day->branch << 32 | command->turn_day->date, why);
}

static bool look_for_own(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct passed_over *over = context;
    struct slice bytes = batch->entries[over->seq - batch->first_seq];
    (void)failure;
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, over->arena);
    const Tefter__Command *command =
        entry == NULL
            ? NULL
            : (Tefter__Command *)message_unpack(&tefter__command__descriptor,
                                                slice_of(entry->command.data, entry->command.len),
                                                over->arena);
    if (command != NULL)
        avoid(over->inflight, command);
    return false;
}

/* ---- passing over ---- */

static bool append(struct instance *instance, uint64_t seq, const char *reason, struct arena *arena,
                   struct failure *failure)
{
    uint8_t id[COMMAND_ID_SIZE];
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    clock_new_id(&instance->clock, id);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = clock_now_ms(&instance->clock);
    entry.actor = &actor;
    entry.has_quarantine = 1;
    entry.quarantine = seq;
    entry.quarantine_reason = (char *)(uintptr_t)reason;
    struct slice bytes = message_pack(&entry.base, arena);
    return journal_propose(instance->journal, &bytes, 1, entry.now_ms, NULL, failure) == JOURNAL_OK;
}

static bool reason_fits(const char *reason, struct failure *failure)
{
    struct sight_fault found;
    char said[SIGHT_SAID_MAX];
    if (!reason || strlen(reason) == 0 || strlen(reason) > NAME_MAX_BYTES)
        return fail(failure, FAULT_USE, 0, "say why, in one line: --reason TEXT");
    return sight_clear(reason, strlen(reason), SIGHT_OF_A_LINE, &found) ||
           fail(failure, FAULT_USE, 0, "--reason %s", sight_say(&found, said));
}

int quarantine_run(const struct settings *settings)
{
    static struct instance instance;
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    uint64_t seq;
    if (!settings_number(settings->word, &seq))
        fail(&failure, FAULT_USE, 0, "SEQ is a number, not '%s'", settings->word);
    if (failure.fault || !reason_fits(settings->reason, &failure) ||
        !instance_open(&instance, settings, INSTANCE_STAY, &failure))
        return settings_report(&failure);
    arena_init(&arena, QUARANTINE_ARENA_MAX);
    bool good = look(&instance, seq, &failure) &&
                append(&instance, seq, settings->reason, &arena, &failure);
    if (good) {
        struct passed_over over = {instance.folder.page, &arena, seq};
        journal_read(instance.journal, seq, look_for_own, &over, NULL);
        inflight_forget_entry(instance.folder.page, seq);
    }
    arena_fini(&arena);
    instance_close(&instance);
    audited(&instance.folder, good ? "quarantine" : "quarantine_failed", settings->word);
    if (!good)
        return settings_report(&failure);
    tell(stdout,
         "Entry %" PRIu64 " is passed over from now on. Whoever sent it is told so when their "
         "terminal asks again.\nStart the server: tefterd --ledger %s\n",
         seq, settings->ledger);
    return EXIT_DONE;
}
