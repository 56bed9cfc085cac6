/*
 * tefterd quarantine SEQ: passes over an entry that no program can apply. A quarantine record is
 * appended to the journal, and every replay obeys it; nothing is taken out. Only an entry that was
 * never applied can be passed over.
 */
#include "admin/commands.h"
#include "engine/instance.h"

#include "base/limits.h"
#include "base/text.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>

enum { QUARANTINE_ARENA_MAX = 1024 * 1024 };

static bool look(struct instance *instance, uint64_t seq, struct failure *failure)
{
    struct ledger_state state;
    struct journal_head head;
    if (!ledger_state(instance->ledger, &state, failure))
        return false;
    journal_head(instance->journal, &head);
    if (seq <= state.seq)
        return fail(failure, FAULT_USE, 0,
                    "entry %" PRIu64 " was applied (the ledger stands at %" PRIu64 "); only an "
                    "entry that could not be applied can be passed over",
                    seq, state.seq);
    return seq < head.next_seq ||
           fail(failure, FAULT_USE, 0, "there is no entry %" PRIu64 "; the last is %" PRIu64, seq,
                head.next_seq - 1);
}

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
    return (reason && strlen(reason) <= NAME_MAX_BYTES &&
            text_line_valid(reason, strlen(reason))) ||
           fail(failure, FAULT_USE, 0, "say why, in one line: --reason TEXT");
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
    arena_fini(&arena);
    instance_close(&instance);
    if (!good)
        return settings_report(&failure);
    datadir_forget_faulted(&instance.folder);
    printf("Entry %" PRIu64 " is passed over from now on. Whoever sent it never got a reply; tell "
           "them.\nStart the server: tefterd --ledger %s\n",
           seq, settings->ledger);
    return EXIT_DONE;
}
