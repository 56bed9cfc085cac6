#include "serve/maintenance.h"

#include "datadir/backup_note.h"
#include "engine/clock.h"
#include "recovery/checkpoint.h"
#include "recovery/subprocess.h"

#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_MS = 15 * 1000, FIRST_MS = 2000 };
/* A replay from nothing applies some ten thousand a second: this many are tens of seconds. */
enum { REPLAY_COMMANDS = 200000 };
#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum piece { PIECE_NONE, PIECE_CHECKPOINT, PIECE_BACKUP };

struct upkeep {
    struct upkeep_options options;
    struct loop_timer *timer;
    enum piece piece; /* on the pool now */
    bool stopped;
    uint64_t checkpoint_seq;
    uint64_t checkpoint_bytes; /* of the journal when it was made */
    int64_t checkpoint_ms;     /* tried last */
    int64_t backup_ms;         /* tried last */
    struct {
        bool good;
        uint64_t seq;
        struct failure failure;
    } done; /* what the piece on the pool came to */
};

/* ---- when ---- */

static bool checkpoint_due(const struct upkeep *upkeep)
{
    struct journal_figures figures;
    struct journal_head head;
    journal_figures(upkeep->options.journal, &figures);
    journal_head(upkeep->options.journal, &head);
    if (head.next_seq - 1 <= upkeep->checkpoint_seq)
        return false;
    if (head.next_seq - 1 - upkeep->checkpoint_seq >= REPLAY_COMMANDS)
        return true;
    return figures.bytes - upkeep->checkpoint_bytes >= upkeep->options.settings->checkpoint_bytes ||
           clock_read().wall_ms - upkeep->checkpoint_ms >= DAY_MS;
}

static bool backup_due(const struct upkeep *upkeep)
{
    const struct settings *settings = upkeep->options.settings;
    int64_t every_ms = (int64_t)settings->every_s * 1000;
    return settings->to && every_ms > 0 && clock_read().wall_ms - upkeep->backup_ms >= every_ms;
}

/* ---- on the pool ---- */

static void make_backup(struct upkeep *upkeep)
{
    const struct settings *settings = upkeep->options.settings;
    char keep[24], map[24];
    snprintf(keep, sizeof keep, "%" PRIu64, settings->keep);
    snprintf(map, sizeof map, "%" PRIu64, settings->map_bytes);
    const char *arguments[] = {"backup", "--ledger",   upkeep->options.folder->root,
                               "--to",   settings->to, "--keep",
                               keep,     "--map",      map,
                               NULL};
    upkeep->done.good = child_run(arguments, NULL, 0, &upkeep->done.failure);
}

static void work(void *context)
{
    struct upkeep *upkeep = context;
    if (upkeep->piece == PIECE_CHECKPOINT)
        upkeep->done.good = checkpoint_make(upkeep->options.folder, upkeep->options.ledger,
                                            &upkeep->done.seq, &upkeep->done.failure);
    else
        make_backup(upkeep);
}

/* ---- on the loop ---- */

static void note_checkpoint(struct upkeep *upkeep)
{
    struct journal_figures figures;
    journal_figures(upkeep->options.journal, &figures);
    upkeep->checkpoint_bytes = figures.bytes;
    upkeep->checkpoint_seq = upkeep->done.seq;
}

static void done(void *context)
{
    struct upkeep *upkeep = context;
    const char *what = upkeep->piece == PIECE_CHECKPOINT ? "checkpoint" : "backup";
    if (upkeep->done.good && upkeep->piece == PIECE_CHECKPOINT)
        note_checkpoint(upkeep);
    if (upkeep->done.good)
        log_line(LOG_INFO, what, "seq", log_value("%" PRIu64, upkeep->done.seq), NULL);
    else if (!upkeep->stopped)
        log_line(LOG_ERROR, "upkeep_failed", "what", what, "reason", upkeep->done.failure.text,
                 NULL);
    upkeep->piece = PIECE_NONE;
}

static void start(struct upkeep *upkeep, enum piece piece)
{
    upkeep->piece = piece;
    upkeep->done.good = false;
    upkeep->done.seq = 0;
    upkeep->done.failure = (struct failure){.fault = FAULT_NONE};
    if (piece == PIECE_CHECKPOINT)
        upkeep->checkpoint_ms = clock_read().wall_ms;
    else
        upkeep->backup_ms = clock_read().wall_ms;
    if (!loop_work(upkeep->options.loop, work, done, upkeep))
        upkeep->piece = PIECE_NONE;
}

static void look(void *context)
{
    struct upkeep *upkeep = context;
    if (upkeep->stopped || upkeep->piece != PIECE_NONE)
        return;
    if (checkpoint_due(upkeep))
        start(upkeep, PIECE_CHECKPOINT);
    else if (backup_due(upkeep))
        start(upkeep, PIECE_BACKUP);
}

/* ---- life ---- */

int64_t upkeep_last_backup_ms(const struct folder *folder)
{
    struct backup_note note;
    return backup_note_read(folder, &note) ? note.made_ms : 0;
}

/* How much journal had come when the newest checkpoint was made is guessed by its seq. */
static void find_last(struct upkeep *upkeep)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    struct journal_figures figures;
    struct journal_head head;
    size_t count = checkpoint_list(upkeep->options.folder, seqs);
    upkeep->checkpoint_ms = clock_read().wall_ms;
    upkeep->backup_ms = upkeep_last_backup_ms(upkeep->options.folder);
    if (count == 0)
        return;
    journal_figures(upkeep->options.journal, &figures);
    journal_head(upkeep->options.journal, &head);
    upkeep->checkpoint_seq = seqs[count - 1];
    upkeep->checkpoint_bytes =
        (uint64_t)((unsigned __int128)figures.bytes * seqs[count - 1] / head.next_seq);
    if (checkpoint_path(upkeep->options.folder, seqs[count - 1], path, NULL))
        upkeep->checkpoint_ms = files_changed_ms(path);
}

struct upkeep *upkeep_create(const struct upkeep_options *options, struct failure *failure)
{
    struct upkeep *upkeep = calloc(1, sizeof *upkeep);
    if (upkeep) {
        upkeep->options = *options;
        upkeep->timer = loop_timer_create(options->loop, look, upkeep);
    }
    if (!upkeep || !upkeep->timer) {
        free(upkeep);
        fail(failure, FAULT_MEMORY, 0, "no memory for the upkeep");
        return NULL;
    }
    find_last(upkeep);
    loop_timer_start(upkeep->timer, FIRST_MS, LOOK_MS);
    return upkeep;
}

void upkeep_stop(struct upkeep *upkeep)
{
    if (!upkeep || upkeep->stopped)
        return;
    upkeep->stopped = true;
    loop_timer_destroy(upkeep->timer);
    if (upkeep->piece != PIECE_NONE)
        child_stop();
}

void upkeep_destroy(struct upkeep *upkeep)
{
    free(upkeep);
}
