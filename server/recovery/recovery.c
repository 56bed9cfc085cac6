#include "recovery/recovery.h"

#include "recovery/checkpoint.h"
#include "recovery/replay.h"
#include "recovery/shutdown_marker.h"
#include "recovery/subprocess.h"

#include "base/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct recovery {
    const struct datadir *folder;
    const struct recovery_options *options;
    struct marker_place here;
    struct journal *journal;
    struct ledger *ledger;
    struct ledger_state state; /* of the opened ledger */
    const char *distrust;
    struct marker marker; /* as it was found */
    struct marker closed; /* CLEAN: of a state that cannot be read any more */
    uint64_t replayed;
    char behind[FAILURE_TEXT_MAX];
    bool reading;           /* nothing is written */
    struct text_id *erased; /* as recovered has it */
    size_t erased_count;
};

static const char DAMAGED[] = "it is damaged", OTHER_LAYOUT[] = "it is of another layout";

static void forget_state(struct recovery *recovery, const char *why)
{
    if (recovery->ledger)
        ledger_close(recovery->ledger);
    recovery->ledger = NULL;
    recovery->distrust = why;
}

static bool open_state(struct recovery *recovery, struct failure *failure)
{
    struct ledger_options options = {.path = recovery->folder->state,
                                     .map_bytes = recovery->options->map_bytes,
                                     .reading = recovery->reading};
    return ledger_open(&options, &recovery->ledger, failure) &&
           ledger_state(recovery->ledger, &recovery->state, failure);
}

/* ---- what the marker says ---- */

static const char *why_distrust(const struct recovery *recovery, const struct marker *marker)
{
    char data[FILES_PATH_MAX];
    if (recovery->options->distrust)
        return "it was asked for";
    if (!files_join(data, recovery->folder->state, "data.mdb", NULL) || !files_exist(data))
        return "it is not there";
    const char *why = marker_distrust(marker, &recovery->here);
    return why || marker_sum_fits(marker, recovery->folder->state) ? why : DAMAGED;
}

/* The marker knows nothing of what became of the file since, nor of what had been wrong before. */
static bool file_fits(struct recovery *recovery, struct failure *failure)
{
    struct failure found = {.fault = FAULT_NONE};
    if (ledger_check_file(recovery->folder->state, &found))
        return true;
    if (found.fault != FAULT_DAMAGED && found.fault != FAULT_STALE)
        return fail(failure, found.fault, found.os_error, "%s", found.text);
    recovery->distrust = found.fault == FAULT_STALE ? OTHER_LAYOUT : DAMAGED;
    if (found.fault == FAULT_DAMAGED)
        tell(stderr, "tefterd: the state is damaged: %s\n", found.text);
    return true;
}

/* Opens the state when the marker allows it. */
static bool try_state(struct recovery *recovery, struct failure *failure)
{
    struct failure why = {.fault = FAULT_NONE};
    const struct marker marker = recovery->marker;
    recovery->distrust = why_distrust(recovery, &marker);
    if (!recovery->distrust && !file_fits(recovery, failure))
        return false;
    if (recovery->distrust) {
        if (!recovery->options->distrust)
            recovery->closed = marker;
        return true;
    }
    if (!open_state(recovery, &why)) {
        if (why.fault != FAULT_DAMAGED && why.fault != FAULT_STALE)
            return fail(failure, why.fault, 0, "%s", why.text);
        recovery->closed = marker;
        forget_state(recovery, why.fault == FAULT_STALE ? OTHER_LAYOUT : DAMAGED);
    } else if (!marker_matches(&marker, recovery->state.seq, &recovery->state.state_digest)) {
        forget_state(recovery, "it is not the one that was closed last");
    }
    return true;
}

static bool mark_dirty(const struct recovery *recovery, struct failure *failure)
{
    struct marker marker = {.kind = MARKER_DIRTY, .place = recovery->here};
    return marker_write(recovery->folder->marker, &marker, failure);
}

/* ---- the journal ---- */

static bool open_journal(struct recovery *recovery, struct failure *failure)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    size_t count = checkpoint_list(recovery->folder, seqs);
    uint64_t known = recovery->ledger ? recovery->state.seq : 0;
    if (count > 0 && seqs[count - 1] > known)
        known = seqs[count - 1];
    struct journal_options options = datadir_journal(recovery->folder);
    options.known.seq = known;
    options.segment_bytes = recovery->options->segment_bytes;
    options.reading = recovery->reading;
    return journal_open(&options, &recovery->journal, failure);
}

static bool chain_fits(struct journal *journal, uint64_t seq, const struct hash *chain)
{
    struct hash wanted;
    return seq == 0 || (journal_chain_at(journal, seq, &wanted) && hash_equal(&wanted, chain));
}

/* What came to another state than the journal says is no ground to go on from. */
static bool digest_fits(struct journal *journal, uint64_t seq, const struct hash *digest)
{
    struct hash wanted;
    return !replay_digest_at(journal, seq, &wanted) || hash_equal(&wanted, digest);
}

static bool compare_state(struct recovery *recovery, struct failure *failure)
{
    struct journal_head head;
    journal_head(recovery->journal, &head);
    if (!recovery->ledger)
        return true;
    if (recovery->state.seq >= head.next_seq)
        return fail(failure, FAULT_DAMAGED, 0,
                    "the state knows seq %" PRIu64 ", the journal of %s ends at %" PRIu64
                    ": answered entries are gone. Put the rest of the journal back, or restore a "
                    "backup; nothing was changed",
                    recovery->state.seq, recovery->folder->root, head.next_seq - 1);
    if (recovery->state.seq > 0 &&
        memcmp(recovery->state.ledger, head.ledger.bytes, LEDGER_ID_SIZE) != 0)
        forget_state(recovery, "it belongs to another ledger");
    else if (!chain_fits(recovery->journal, recovery->state.seq, &recovery->state.chain))
        forget_state(recovery, "its chain is not the journal's");
    else if (!digest_fits(recovery->journal, recovery->state.seq, &recovery->state.state_digest))
        forget_state(recovery, "its digest is not the journal's");
    return true;
}

/* ---- rebuilding ---- */

/* The old state goes away before the marker changes: a state under a marker of this boot would be
 * trusted by the next start. */
static bool clear_state(const struct recovery *recovery, struct failure *failure)
{
    char gone[FILES_PATH_MAX];
    const struct datadir *folder = recovery->folder;
    if (!files_join(gone, folder->root, "state.gone", failure) || !files_remove_tree(gone, failure))
        return false;
    if (rename(folder->state, gone) && errno != ENOENT)
        return fail(failure, FAULT_IO, errno, "cannot move %s away", folder->state);
    return files_sync_folder(folder->root, failure) && mark_dirty(recovery, failure) &&
           files_remove_tree(gone, failure);
}

static bool checkpoint_fits(const struct recovery *recovery, uint64_t seq, const char *path)
{
    struct state_report report;
    struct failure why = {.fault = FAULT_NONE};
    struct journal_head head;
    journal_head(recovery->journal, &head);
    if (!checkpoint_look(path, &report, &why)) {
        if (why.fault != FAULT_STALE)
            tell(stderr, "tefterd: checkpoint %" PRIu64 " is passed over: %s\n", seq, why.text);
        return false;
    }
    return report.seq == seq && memcmp(report.ledger, head.ledger.bytes, LEDGER_ID_SIZE) == 0 &&
           chain_fits(recovery->journal, seq, &report.chain) &&
           digest_fits(recovery->journal, seq, &report.state_digest);
}

static bool take_checkpoint(const struct recovery *recovery, const char *path,
                            struct failure *failure)
{
    char fresh[FILES_PATH_MAX], from[FILES_PATH_MAX], to[FILES_PATH_MAX];
    const struct datadir *folder = recovery->folder;
    if (!files_join(fresh, folder->root, "state.new", failure) ||
        !files_join(from, path, "data.mdb", failure) ||
        !files_join(to, fresh, "data.mdb", failure) || !files_remove_tree(fresh, failure) ||
        !files_make_folder(fresh, failure) || !files_copy(from, to, failure) ||
        !files_sync_folder(fresh, failure))
        return false;
    if (rename(fresh, folder->state))
        return fail(failure, FAULT_IO, errno, "cannot rename %s", fresh);
    return files_sync_folder(folder->root, failure);
}

static bool rebuild(struct recovery *recovery, struct failure *failure)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    size_t count = checkpoint_list(recovery->folder, seqs);
    if (!clear_state(recovery, failure))
        return false;
    while (count > 0) {
        uint64_t seq = seqs[--count];
        if (!checkpoint_path(recovery->folder, seq, path, failure))
            return false;
        if (!checkpoint_fits(recovery, seq, path))
            continue;
        if (!take_checkpoint(recovery, path, failure))
            return false;
        break;
    }
    return open_state(recovery, failure);
}

/* ---- all of it ---- */

/* Up to the batch that has the entry which cannot be applied. */
static bool stand_before(struct recovery *recovery, struct replay_options *options, uint64_t seq,
                         struct failure *failure)
{
    struct replayed replayed = {.entries = 0};
    memcpy(recovery->behind, failure->text, sizeof recovery->behind);
    *failure = (struct failure){.fault = FAULT_NONE};
    options->before_seq = seq;
    bool good = replay_run(options, &replayed, failure);
    recovery->replayed += replayed.entries;
    free(replayed.erased); /* the first try met them too */
    return good;
}

/* A full disk has an error of the system. */
static bool map_is_full(const struct failure *failure)
{
    return failure->fault == FAULT_FULL && failure->os_error == 0;
}

/* As far as the map let it come; a start with a larger one goes on from there. */
static bool stand_here(struct recovery *recovery, struct failure *failure)
{
    memcpy(recovery->behind, failure->text, sizeof recovery->behind);
    *failure = (struct failure){.fault = FAULT_NONE};
    return true;
}

static bool catch_up(struct recovery *recovery, struct failure *failure)
{
    struct replayed replayed = {.entries = 0};
    struct replay_options options = {.journal = recovery->journal,
                                     .ledger = recovery->ledger,
                                     .inflight = recovery->folder->page,
                                     .progress = recovery->options->progress};
    if (recovery->options->distrust) /* it may have been the state's fault */
        inflight_forget_entry(recovery->folder->page, 0);
    if (recovery->closed.kind == MARKER_CLEAN) {
        options.compare_seq = recovery->closed.seq;
        options.compare_digest = recovery->closed.state_digest;
        options.compare_with = "the marker";
    }
    bool good = replay_run(&options, &replayed, failure);
    recovery->erased = replayed.erased;
    recovery->erased_count = replayed.erased_count;
    if (!good && map_is_full(failure))
        return recovery->options->may_lie_behind && stand_here(recovery, failure);
    if (!good)
        return recovery->options->may_lie_behind && replayed.faulted_seq != 0 &&
               stand_before(recovery, &options, replayed.faulted_seq, failure);
    recovery->replayed = replayed.entries;
    return true;
}

static bool run(struct recovery *recovery, struct failure *failure)
{
    marker_read(recovery->folder->marker, &recovery->marker);
    if (!marker_place_of(recovery->folder->root, &recovery->here, failure) ||
        !try_state(recovery, failure) || !open_journal(recovery, failure) ||
        !compare_state(recovery, failure))
        return false;
    bool ready = recovery->distrust ? rebuild(recovery, failure) : mark_dirty(recovery, failure);
    return ready && (recovery->options->stay || catch_up(recovery, failure));
}

/* The marker of the last orderly end stays what the next start compares with; what was rebuilt so
 * far is not its state. */
static void keep_closed(const struct recovery *recovery)
{
    if (recovery->closed.kind == MARKER_CLEAN && files_remove_tree(recovery->folder->state, NULL))
        marker_write(recovery->folder->marker, &recovery->closed, NULL);
}

static void hand_over(const struct recovery *recovery, struct recovered *ret_recovered)
{
    *ret_recovered = (struct recovered){.journal = recovery->journal,
                                        .ledger = recovery->ledger,
                                        .replayed = recovery->replayed,
                                        .from_seq = recovery->state.seq,
                                        .distrust = recovery->distrust,
                                        .marker = recovery->marker,
                                        .erased = recovery->erased,
                                        .erased_count = recovery->erased_count,
                                        .shown = recovery->reading};
    memcpy(ret_recovered->behind, recovery->behind, sizeof recovery->behind);
}

bool recovery_run(const struct datadir *folder, const struct recovery_options *options,
                  struct recovered *ret_recovered, struct failure *failure)
{
    struct recovery recovery = {.folder = folder, .options = options};
    if (!run(&recovery, failure)) {
        free(recovery.erased);
        if (recovery.ledger)
            ledger_close(recovery.ledger);
        keep_closed(&recovery);
        journal_close(recovery.journal);
        return false;
    }
    hand_over(&recovery, ret_recovered);
    return true;
}

/* ---- on a full disk ---- */

static bool no_room(const struct recovery *recovery, struct failure *failure)
{
    return fail(failure, FAULT_FULL, 0,
                "the disk of %s is full, and the state has to be made anew: %s. Make room on it",
                recovery->folder->root, recovery->distrust);
}

static void say_behind(struct recovery *recovery)
{
    struct journal_head head;
    journal_head(recovery->journal, &head);
    int size = snprintf(recovery->behind, sizeof recovery->behind,
                        "the disk is full: make room on it, and the server goes on by itself");
    if (recovery->state.seq + 1 < head.next_seq)
        snprintf(recovery->behind + size, sizeof recovery->behind - (size_t)size,
                 " (shown is what was there up to seq %" PRIu64 " of %" PRIu64 ")",
                 recovery->state.seq, head.next_seq - 1);
}

static bool show(struct recovery *recovery, struct failure *failure)
{
    marker_read(recovery->folder->marker, &recovery->marker);
    if (!marker_place_of(recovery->folder->root, &recovery->here, failure) ||
        !try_state(recovery, failure))
        return false;
    if (recovery->distrust)
        return no_room(recovery, failure);
    if (!open_journal(recovery, failure) || !compare_state(recovery, failure))
        return false;
    return !recovery->distrust || no_room(recovery, failure);
}

bool recovery_show(const struct datadir *folder, const struct recovery_options *options,
                   struct recovered *ret_recovered, struct failure *failure)
{
    struct recovery recovery = {.folder = folder, .options = options, .reading = true};
    if (!show(&recovery, failure)) {
        if (recovery.ledger)
            ledger_close(recovery.ledger);
        journal_close(recovery.journal);
        return false;
    }
    say_behind(&recovery);
    hand_over(&recovery, ret_recovered);
    return true;
}
