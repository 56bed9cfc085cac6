/*
 * tefterd restore: a ledger from a backup, in a new folder, as a new incarnation: the next number
 * and random bytes of its own, made durable by one entry that does nothing.
 */
#include "admin/audited.h"
#include "admin/backup.h"
#include "admin/commands.h"
#include "engine/clock.h"
#include "recovery/shutdown_marker.h"

#include "journal/journal.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { RESTORE_ARENA_MAX = 64 * 1024 };

struct restore {
    char from[FILES_PATH_MAX];
    struct datadir folder;
    struct state_report state; /* seq 0: the backup has none */
    struct journal_head head;
    struct incarnation incarnation;
};

static bool copy_part(const struct restore *restore, const char *name, const char *to,
                      struct failure *failure)
{
    char from[FILES_PATH_MAX], lock[FILES_PATH_MAX];
    if (!files_join(from, restore->from, name, failure) ||
        !files_join(lock, to, "lock.mdb", failure))
        return false;
    if (!files_exist(from))
        return true;
    bool good = files_copy_folder(from, to, failure);
    unlink(lock);
    return good;
}

static bool copy_journal(const struct restore *restore, struct failure *failure)
{
    char from[FILES_PATH_MAX];
    struct journal_options journal = datadir_journal(&restore->folder);
    return files_join(from, restore->from, "journal", failure) &&
           journal_import(&journal, from, failure);
}

static bool copy_all(const struct restore *restore, struct failure *failure)
{
    const struct datadir *folder = &restore->folder;
    return copy_part(restore, "state", folder->state, failure) && copy_journal(restore, failure) &&
           copy_part(restore, "vault", folder->vault, failure) &&
           copy_part(restore, "keys", folder->keys, failure);
}

/* A state of another layout is left out: the first start makes it from the journal. */
static bool look_at_state(struct restore *restore, struct failure *failure)
{
    struct failure found = {.fault = FAULT_NONE};
    const char *state = restore->folder.state;
    if (!files_exist(state) || subprocess_look(state, true, &restore->state, &found))
        return true;
    if (found.fault == FAULT_STALE)
        return files_remove_tree(state, failure);
    return fail(failure, found.fault, found.os_error, "%s", found.text);
}

/* The copy is looked at, not the backup: that may be on a disk we may not write to. */
static bool check(struct restore *restore, struct failure *failure)
{
    const struct datadir *folder = &restore->folder;
    struct journal_options journal = datadir_journal(folder);
    if (!look_at_state(restore, failure) ||
        !backup_journal_fits(&journal, &restore->state, &restore->head, failure))
        return false;
    struct marker marker = {.kind = MARKER_CLEAN,
                            .seq = restore->state.seq,
                            .state_digest = restore->state.state_digest};
    return !files_exist(folder->state) || marker_write(folder->marker, &marker, failure);
}

/* An entry without a command: it is counted and does nothing. */
static bool write_entry(struct journal *journal, struct arena *arena, struct failure *failure)
{
    struct clock clock;
    uint8_t id[COMMAND_ID_SIZE];
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    clock_init(&clock, clock_read());
    clock_new_id(&clock, id);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = clock_now_ms(&clock);
    entry.actor = &actor;
    struct slice bytes = message_pack(&entry.base, arena);
    return journal_propose(journal, &bytes, 1, entry.now_ms, NULL, failure) == JOURNAL_OK;
}

static bool begin_incarnation(struct restore *restore, struct failure *failure)
{
    struct journal *journal;
    struct arena arena;
    struct journal_options options = datadir_journal(&restore->folder);
    options.known.seq = restore->state.seq;
    if (!journal_open(&options, &journal, failure))
        return false;
    restore->incarnation = incarnation_new(restore->head.incarnation.number + 1);
    journal_set_incarnation(journal, &restore->incarnation);
    arena_init(&arena, RESTORE_ARENA_MAX);
    bool good = write_entry(journal, &arena, failure);
    arena_fini(&arena);
    journal_close(journal);
    return good;
}

static bool run(struct restore *restore, const struct settings *settings, struct failure *failure)
{
    return backup_find(settings->from, restore->from, failure) &&
           datadir_init(&restore->folder, settings->ledger, failure) &&
           datadir_make(&restore->folder, failure) && copy_all(restore, failure) &&
           check(restore, failure) && begin_incarnation(restore, failure) &&
           datadir_finish(&restore->folder, failure);
}

int restore_run(const struct settings *settings)
{
    static struct restore restore;
    struct failure failure = {.fault = FAULT_NONE};
    char incarnation[INCARNATION_TEXT_SIZE];
    restore = (struct restore){.incarnation.number = 0};
    if (!settings->from)
        fail(&failure, FAULT_USE, 0, "from where? --from PLACE is missing");
    if (failure.fault || !run(&restore, settings, &failure))
        return settings_report(&failure);
    incarnation_write(&restore.incarnation, incarnation);
    audited(&restore.folder, "restored", restore.from);
    printf("The ledger in %s is that of %s up to seq %" PRIu64
           ", as incarnation %s. What came after that backup is not in it; terminals offer again "
           "what they were told "
           "of the last seven days.\n\nStart the server:\n\n  tefterd --ledger %s\n",
           settings->ledger, restore.from, restore.head.next_seq - 1, incarnation,
           settings->ledger);
    return EXIT_DONE;
}
