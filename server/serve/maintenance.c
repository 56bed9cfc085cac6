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

struct maintenance {
    struct maintenance_options options;
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

static bool checkpoint_due(const struct maintenance *maintenance)
{
    struct journal_metrics metrics;
    struct journal_head head;
    journal_metrics(maintenance->options.journal, &metrics);
    journal_head(maintenance->options.journal, &head);
    if (head.next_seq - 1 <= maintenance->checkpoint_seq)
        return false;
    if (head.next_seq - 1 - maintenance->checkpoint_seq >= REPLAY_COMMANDS)
        return true;
    return metrics.bytes - maintenance->checkpoint_bytes >=
               maintenance->options.settings->checkpoint_bytes ||
           clock_read().wall_ms - maintenance->checkpoint_ms >= DAY_MS;
}

static bool backup_due(const struct maintenance *maintenance)
{
    const struct settings *settings = maintenance->options.settings;
    int64_t every_ms = (int64_t)settings->every_s * 1000;
    return settings->to && every_ms > 0 &&
           clock_read().wall_ms - maintenance->backup_ms >= every_ms;
}

/* ---- on the pool ---- */

static void make_backup(struct maintenance *maintenance)
{
    const struct settings *settings = maintenance->options.settings;
    char keep[24], map[24];
    snprintf(keep, sizeof keep, "%" PRIu64, settings->keep);
    snprintf(map, sizeof map, "%" PRIu64, settings->map_bytes);
    const char *arguments[14] = {"backup", "--ledger",   maintenance->options.folder->root,
                                 "--to",   settings->to, "--keep",
                                 keep,     "--map",      map};
    size_t count = 9;
    if (settings->to_key) {
        arguments[count++] = "--to-key";
        arguments[count++] = settings->to_key;
    }
    if (settings->without_root_key)
        arguments[count++] = "--without-root-key";
    maintenance->done.good = subprocess_run(arguments, NULL, 0, &maintenance->done.failure);
}

static void work(void *context)
{
    struct maintenance *maintenance = context;
    if (maintenance->piece == PIECE_CHECKPOINT)
        maintenance->done.good =
            checkpoint_make(maintenance->options.folder, maintenance->options.ledger,
                            &maintenance->done.seq, &maintenance->done.failure);
    else
        make_backup(maintenance);
}

/* ---- on the loop ---- */

static void note_checkpoint(struct maintenance *maintenance)
{
    struct journal_metrics metrics;
    journal_metrics(maintenance->options.journal, &metrics);
    maintenance->checkpoint_bytes = metrics.bytes;
    maintenance->checkpoint_seq = maintenance->done.seq;
}

static void done(void *context)
{
    struct maintenance *maintenance = context;
    const char *what = maintenance->piece == PIECE_CHECKPOINT ? "checkpoint" : "backup";
    if (maintenance->done.good && maintenance->piece == PIECE_CHECKPOINT)
        note_checkpoint(maintenance);
    if (maintenance->done.good)
        log_line(LOG_INFO, what, "seq", log_value("%" PRIu64, maintenance->done.seq), NULL);
    else if (!maintenance->stopped)
        log_line(LOG_ERROR, "maintenance_failed", "what", what, "reason",
                 maintenance->done.failure.text, NULL);
    maintenance->piece = PIECE_NONE;
}

static void start(struct maintenance *maintenance, enum piece piece)
{
    maintenance->piece = piece;
    maintenance->done.good = false;
    maintenance->done.seq = 0;
    maintenance->done.failure = (struct failure){.fault = FAULT_NONE};
    if (piece == PIECE_CHECKPOINT)
        maintenance->checkpoint_ms = clock_read().wall_ms;
    else
        maintenance->backup_ms = clock_read().wall_ms;
    if (!loop_work(maintenance->options.loop, work, done, maintenance))
        maintenance->piece = PIECE_NONE;
}

static void look(void *context)
{
    struct maintenance *maintenance = context;
    if (maintenance->stopped || maintenance->piece != PIECE_NONE)
        return;
    if (checkpoint_due(maintenance))
        start(maintenance, PIECE_CHECKPOINT);
    else if (backup_due(maintenance))
        start(maintenance, PIECE_BACKUP);
}

/* ---- life ---- */

int64_t maintenance_last_backup_ms(const struct datadir *folder)
{
    struct backup_note note;
    return backup_note_read(folder, &note) ? note.made_ms : 0;
}

/* How much journal had come when the newest checkpoint was made is guessed by its seq. */
static void find_last(struct maintenance *maintenance)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    struct journal_metrics metrics;
    struct journal_head head;
    size_t count = checkpoint_list(maintenance->options.folder, seqs);
    maintenance->checkpoint_ms = clock_read().wall_ms;
    maintenance->backup_ms = maintenance_last_backup_ms(maintenance->options.folder);
    if (count == 0)
        return;
    journal_metrics(maintenance->options.journal, &metrics);
    journal_head(maintenance->options.journal, &head);
    maintenance->checkpoint_seq = seqs[count - 1];
    maintenance->checkpoint_bytes =
        (uint64_t)((unsigned __int128)metrics.bytes * seqs[count - 1] / head.next_seq);
    if (checkpoint_path(maintenance->options.folder, seqs[count - 1], path, NULL))
        maintenance->checkpoint_ms = files_changed_ms(path);
}

struct maintenance *maintenance_create(const struct maintenance_options *options,
                                       struct failure *failure)
{
    struct maintenance *maintenance = calloc(1, sizeof *maintenance);
    if (maintenance) {
        maintenance->options = *options;
        maintenance->timer = loop_timer_create(options->loop, look, maintenance);
    }
    if (!maintenance || !maintenance->timer) {
        free(maintenance);
        fail(failure, FAULT_MEMORY, 0, "no memory for the maintenance");
        return NULL;
    }
    find_last(maintenance);
    loop_timer_start(maintenance->timer, FIRST_MS, LOOK_MS);
    return maintenance;
}

void maintenance_stop(struct maintenance *maintenance)
{
    if (!maintenance || maintenance->stopped)
        return;
    maintenance->stopped = true;
    loop_timer_destroy(maintenance->timer);
    if (maintenance->piece != PIECE_NONE)
        subprocess_stop();
}

void maintenance_destroy(struct maintenance *maintenance)
{
    free(maintenance);
}
