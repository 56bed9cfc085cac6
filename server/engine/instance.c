#include "engine/instance.h"

#include "base/log.h"
#include "base/sd_notify.h"
#include "base/tell.h"
#include "engine/words.h"
#include "recovery/shutdown_marker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_MS = 2000, FULL_BYTES = 1024 * 1024 };

void instance_progress(uint64_t seq, uint64_t last_seq)
{
    static uint64_t shown_ms; /* one instance a process */
    uint64_t now_ms = clock_loop_ms();
    if (shown_ms == 0)
        shown_ms = now_ms;
    if (now_ms - shown_ms < PROGRESS_MS)
        return;
    shown_ms = now_ms;
    char text[120];
    snprintf(text, sizeof text, "replaying the journal: %" PRIu64 " of %" PRIu64 " commands", seq,
             last_seq);
    tell(stderr, "tefterd: %s\n", text);
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

bool instance_rebuilt(const struct instance *instance)
{
    const struct recovered *recovered = &instance->recovered;
    return recovered->distrust && (recovered->replayed > 0 || recovered->from_seq > 0);
}

static void tell_recovered(const struct instance *instance)
{
    const struct recovered *recovered = &instance->recovered;
    if (instance_rebuilt(instance))
        log_line(LOG_NOTICE, "state_rebuilt", "why", recovered->distrust, "from_seq",
                 log_value("%" PRIu64, recovered->from_seq), "replayed",
                 log_value("%" PRIu64, recovered->replayed), NULL);
    else if (recovered->replayed > 0)
        log_line(LOG_NOTICE, "journal_replayed", "replayed",
                 log_value("%" PRIu64, recovered->replayed), NULL);
}

/* LMDB calls a full disk an I/O error when a write comes up short. */
static bool disk_full(const struct datadir *folder, const struct failure *failure)
{
    struct datadir_space space;
    return failure->os_error == ENOSPC || failure->os_error == EDQUOT ||
           (failure->os_error == EIO && datadir_space(folder, &space) &&
            space.free_bytes < FULL_BYTES);
}

static bool show_full(struct instance *instance, const struct recovery_options *options,
                      struct failure *failure)
{
    if (!disk_full(&instance->folder, failure))
        return false;
    log_line(LOG_ERROR, "disk_full", "reason", failure->text, NULL);
    *failure = (struct failure){.fault = FAULT_NONE};
    return recovery_show(&instance->folder, options, &instance->recovered, failure);
}

static bool recover_instance(struct instance *instance, const struct settings *settings,
                             enum instance_how how, struct failure *failure)
{
    struct recovery_options options = {.map_bytes = settings->map_bytes,
                                       .segment_bytes = settings->segment_bytes,
                                       .distrust = settings->distrust,
                                       .stay = how == INSTANCE_STAY,
                                       .may_lie_behind = how == INSTANCE_SHOWN,
                                       .progress = instance_progress};
    if (!recovery_run(&instance->folder, &options, &instance->recovered, failure) &&
        !(how == INSTANCE_SHOWN && show_full(instance, &options, failure)))
        return false;
    instance->journal = instance->recovered.journal;
    instance->ledger = instance->recovered.ledger;
    tell_recovered(instance);
    return true;
}

/* Without a page (a full disk) the ledger is served all the same. */
static bool open_page(struct instance *instance)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!inflight_open(instance->folder.inflight, &instance->folder.page, &failure))
        log_line(LOG_WARNING, "inflight_not_kept", "reason", failure.text, NULL);
    return true;
}

/* A new ledger knows no time yet. */
static bool start_clock(struct instance *instance, struct failure *failure)
{
    struct ledger_state state;
    if (!ledger_state(instance->ledger, &state, failure))
        return false;
    if (state.now_ms == 0)
        clock_init(&instance->clock, clock_read());
    else
        clock_follow(&instance->clock, clock_read(), state.now_ms);
    return true;
}

/* A process that died between journal and vault left words that are to be erased. */
static bool erase_words(struct instance *instance, struct failure *failure)
{
    const struct recovered *recovered = &instance->recovered;
    if (recovered->erased_count == 0 || recovered->shown)
        return true;
    struct vault_txn *txn = vault_begin(instance->vault, failure);
    if (txn == NULL)
        return false;
    for (size_t i = 0; i < recovered->erased_count; i++) {
        struct vault_id id;
        memcpy(id.bytes, recovered->erased[i].bytes, sizeof id.bytes);
        vault_erase(txn, &id);
    }
    return vault_commit(txn, failure);
}

static bool open_commit(struct instance *instance, struct failure *failure)
{
    if (!start_clock(instance, failure))
        return false;
    struct commit_options options = {.journal = instance->journal,
                                     .ledger = instance->ledger,
                                     .vault = instance->vault,
                                     .inflight = instance->folder.page,
                                     .now_ms = now_of,
                                     .new_id = new_id_of,
                                     .owner = &instance->clock};
    return commit_create(&options, &instance->commit, failure);
}

static void close_all(struct instance *instance)
{
    commit_destroy(instance->commit);
    free(instance->recovered.erased);
    vault_close(instance->vault);
    if (instance->ledger)
        ledger_close(instance->ledger);
    journal_close(instance->journal);
    datadir_leave(&instance->folder);
}

bool instance_open(struct instance *instance, const struct settings *settings,
                   enum instance_how how, struct failure *failure)
{
    *instance = (struct instance){.journal = NULL};
    if (datadir_init(&instance->folder, settings->ledger, failure) &&
        (how == INSTANCE_FRESH || datadir_check(&instance->folder, failure)) &&
        datadir_take(&instance->folder, failure) && open_page(instance) &&
        recover_instance(instance, settings, how, failure) &&
        words_open(&instance->folder, settings, &instance->recovered.marker, instance->journal,
                   instance->recovered.shown, &instance->vault, failure) &&
        erase_words(instance, failure) && open_commit(instance, failure))
        return true;
    close_all(instance);
    return false;
}

static bool mark_clean(struct instance *instance, struct failure *failure)
{
    struct ledger_state state;
    if (!ledger_sync(instance->ledger, failure) || !ledger_state(instance->ledger, &state, failure))
        return false;
    return marker_close(&instance->folder, state.seq, &state.state_digest, failure);
}

void instance_close(struct instance *instance)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!instance->recovered.shown && !mark_clean(instance, &failure))
        log_line(LOG_ERROR, "not_closed_cleanly", "reason", failure.text, NULL);
    close_all(instance);
}
