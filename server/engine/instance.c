#include "engine/instance.h"

#include "base/log.h"
#include "base/sd_notify.h"
#include "recovery/shutdown_marker.h"

#include <inttypes.h>
#include <stdio.h>

enum { PROGRESS_MS = 2000 };

void instance_progress(uint64_t seq, uint64_t last_seq)
{
    static uint64_t told_ms; /* one instance a process */
    uint64_t now_ms = clock_loop_ms();
    if (told_ms == 0)
        told_ms = now_ms;
    if (now_ms - told_ms < PROGRESS_MS)
        return;
    told_ms = now_ms;
    char text[120];
    snprintf(text, sizeof text, "replaying the journal: %" PRIu64 " of %" PRIu64 " commands", seq,
             last_seq);
    fprintf(stderr, "tefterd: %s\n", text);
    notify_starting(text);
}

static int64_t now_of(void *owner)
{
    return clock_now_ms(owner);
}

static void new_id_of(void *owner, uint8_t ret_id[COMMAND_ID_SIZE])
{
    clock_new_id(owner, ret_id);
}

static void tell_recovered(const struct recovered *recovered)
{
    if (recovered->distrust && recovered->replayed > 0)
        log_line(LOG_NOTICE, "state_rebuilt", "why", recovered->distrust, "from_seq",
                 log_value("%" PRIu64, recovered->from_seq), "replayed",
                 log_value("%" PRIu64, recovered->replayed), NULL);
    else if (recovered->replayed > 0)
        log_line(LOG_NOTICE, "journal_replayed", "replayed",
                 log_value("%" PRIu64, recovered->replayed), NULL);
}

static bool recover_rooms(struct rooms *rooms, const struct settings *settings, enum rooms_how how,
                          struct failure *failure)
{
    struct recovery_options options = {.map_bytes = settings->map_bytes,
                                       .segment_bytes = settings->segment_bytes,
                                       .distrust = settings->distrust,
                                       .stay = how == ROOMS_STAY,
                                       .may_lie_behind = how == ROOMS_SHOWN,
                                       .progress = instance_progress};
    if (!recovery_run(&rooms->folder, &options, &rooms->recovered, failure))
        return false;
    rooms->journal = rooms->recovered.journal;
    rooms->ledger = rooms->recovered.ledger;
    tell_recovered(&rooms->recovered);
    return true;
}

static bool open_commit(struct rooms *rooms, struct failure *failure)
{
    clock_init(&rooms->clock, clock_read());
    struct commit_options options = {.journal = rooms->journal,
                                     .ledger = rooms->ledger,
                                     .vault = rooms->vault,
                                     .folder = &rooms->folder,
                                     .now_ms = now_of,
                                     .new_id = new_id_of,
                                     .owner = &rooms->clock};
    return commit_create(&options, &rooms->commit, failure);
}

static void close_all(struct rooms *rooms)
{
    commit_destroy(rooms->commit);
    vault_close(rooms->vault);
    if (rooms->ledger)
        ledger_close(rooms->ledger);
    journal_close(rooms->journal);
    folder_leave(&rooms->folder);
}

bool rooms_open(struct rooms *rooms, const struct settings *settings, enum rooms_how how,
                struct failure *failure)
{
    *rooms = (struct rooms){.journal = NULL};
    if (folder_init(&rooms->folder, settings->ledger, failure) &&
        (how == ROOMS_FRESH || folder_check(&rooms->folder, failure)) &&
        folder_take(&rooms->folder, failure) && recover_rooms(rooms, settings, how, failure) &&
        vault_open(rooms->folder.vault, settings->map_bytes, &rooms->vault, failure) &&
        open_commit(rooms, failure))
        return true;
    close_all(rooms);
    return false;
}

static bool mark_clean(struct rooms *rooms, struct failure *failure)
{
    struct ledger_state state;
    if (!ledger_sync(rooms->ledger, failure) || !ledger_state(rooms->ledger, &state, failure))
        return false;
    struct mark mark = {.kind = MARK_CLEAN, .seq = state.seq, .outcome = state.outcome};
    return mark_write(rooms->folder.mark, &mark, failure);
}

void rooms_close(struct rooms *rooms)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!mark_clean(rooms, &failure))
        log_line(LOG_ERROR, "not_closed_cleanly", "reason", failure.text, NULL);
    close_all(rooms);
}
