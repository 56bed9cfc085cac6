#include "admin/follow.h"

#include "admin/audit_copy.h"
#include "admin/backup.h"
#include "admin/manifest.h"
#include "datadir/follower_note.h"
#include "datadir/keys.h"
#include "engine/clock.h"
#include "engine/words.h"

#include "base/log.h"
#include "base/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { WAIT_MS = 250, NOTE_MS = 1000 };

struct follow {
    const struct settings *settings;
    struct datadir folder;
    char place[FILES_PATH_MAX];
    char journal_path[FILES_PATH_MAX];
    char vault_path[FILES_PATH_MAX];
    char keys_path[FILES_PATH_MAX];
    struct journal *from;
    struct journal *to;
    struct vault *words;      /* of the ledger */
    struct vault *words_copy; /* of the place */
    struct manifest manifest;
    int64_t noted_ms;
    int64_t keys_ms; /* last change of the keys that were copied */
    struct audit_copied audit;
};

static volatile sig_atomic_t stopped;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* ---- the place ---- */

static bool name_place(struct follow *follow, struct failure *failure)
{
    size_t size = strlen(follow->settings->follow);
    while (size > 1 && follow->settings->follow[size - 1] == '/')
        size--;
    if (size + sizeof ".tmp" > sizeof follow->place)
        return fail(failure, FAULT_USE, 0, "the path %.200s... is too long",
                    follow->settings->follow);
    snprintf(follow->place, sizeof follow->place, "%.*s", (int)size, follow->settings->follow);
    return files_join(follow->journal_path, follow->place, "journal", failure) &&
           files_join(follow->vault_path, follow->place, "vault", failure) &&
           files_join(follow->keys_path, follow->place, "keys", failure);
}

static int64_t keys_changed_ms(const struct follow *follow)
{
    static const char *const names[] = {"root.pem",       ROOT_KEY_NAME, "server.pem",
                                        "server-key.pem", "token-key",   "receipt-key"};
    char path[FILES_PATH_MAX];
    int64_t last_ms = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (files_join(path, follow->folder.keys, names[i], NULL) &&
            files_changed_ms(path) > last_ms)
            last_ms = files_changed_ms(path);
    return last_ms;
}

static bool vault_to_place(const struct follow *follow, const char *place, struct failure *failure)
{
    char folder[FILES_PATH_MAX], path[FILES_PATH_MAX];
    if (!files_join(folder, place, "vault", failure) ||
        !files_join(path, folder, "data.mdb", failure) || !files_make_folder(folder, failure))
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make %s", path);
    bool good = vault_copy(follow->words, fd, failure) &&
                (fsync(fd) == 0 || fail(failure, FAULT_IO, errno, "cannot sync %s", path));
    close(fd);
    return good && files_sync_folder(folder, failure);
}

static bool write_manifest(struct follow *follow, const char *place, struct failure *failure)
{
    follow->manifest.kind = MANIFEST_FOLLOW;
    follow->manifest.made_ms = clock_read().wall_ms;
    snprintf(follow->manifest.of, sizeof follow->manifest.of, "%s", follow->folder.root);
    return manifest_collect(place, &follow->manifest, failure) &&
           manifest_write(place, &follow->manifest, failure);
}

/* All there is by now, as one copy; the words after the journal, so that they are ahead of it. It
 * has its name when it is whole. */
static bool copy_all(struct follow *follow, const char *fresh, struct failure *failure)
{
    char journal[FILES_PATH_MAX], keys[FILES_PATH_MAX], format[FILES_PATH_MAX];
    struct journal_options from = datadir_journal(&follow->folder);
    uint64_t given_up = words_given_up(follow->folder.root);
    return files_remove_tree(fresh, failure) && files_make_folder(fresh, failure) &&
           files_join(journal, fresh, "journal", failure) &&
           files_join(keys, fresh, "keys", failure) &&
           files_join(format, fresh, "format", failure) &&
           journal_export(&from, journal, NULL, failure) &&
           vault_to_place(follow, fresh, failure) &&
           backup_copy_keys(&follow->folder, follow->settings, keys, failure) &&
           files_copy(follow->folder.format, format, failure) &&
           (given_up == 0 || words_give_up(fresh, given_up, failure)) &&
           write_manifest(follow, fresh, failure);
}

static bool begin_place(struct follow *follow, struct failure *failure)
{
    char fresh[FILES_PATH_MAX + 8];
    snprintf(fresh, sizeof fresh, "%s.tmp", follow->place);
    bool good = copy_all(follow, fresh, failure) &&
                (rename(fresh, follow->place) == 0 ||
                 fail(failure, FAULT_IO, errno, "cannot rename %s", fresh));
    if (!good)
        files_remove_tree(fresh, NULL);
    return good;
}

static bool find_place(struct follow *follow, struct failure *failure)
{
    char manifest[FILES_PATH_MAX];
    if (!files_join(manifest, follow->place, "manifest", failure))
        return false;
    if (!files_exist(manifest))
        return files_empty_folder(follow->place)
                   ? begin_place(follow, failure)
                   : fail(failure, FAULT_USE, 0,
                          "%s is not empty and no place that follows a ledger; name a folder that "
                          "does not exist yet",
                          follow->place);
    return manifest_read(follow->place, &follow->manifest, failure) &&
           (follow->manifest.kind == MANIFEST_FOLLOW ||
            fail(failure, FAULT_USE, 0, "%s is a backup, and is not written to", follow->place));
}

/* ---- is it of this ledger? ---- */

static bool same_history(const struct follow *follow, struct failure *failure)
{
    struct journal_head from, to;
    struct hash chain;
    journal_head(follow->from, &from);
    journal_head(follow->to, &to);
    if (memcmp(&from.ledger, &to.ledger, sizeof from.ledger) != 0)
        return fail(failure, FAULT_USE, 0, "%s follows another ledger (%s)", follow->place,
                    follow->manifest.of);
    if (to.next_seq > from.next_seq)
        return fail(
            failure, FAULT_USE, 0,
            "%s is ahead: it has seq %" PRIu64 ", this ledger %" PRIu64
            ". It follows another incarnation, or is what this ledger has lost: restore it, "
            "or name another folder",
            follow->place, to.next_seq - 1, from.next_seq - 1);
    if (!journal_chain_at(follow->from, to.next_seq - 1, &chain) || !hash_equal(&chain, &to.chain))
        return fail(failure, FAULT_USE, 0,
                    "%s follows another incarnation of this ledger: up to seq %" PRIu64
                    " it has other commands. Name another folder",
                    follow->place, to.next_seq - 1);
    return true;
}

/* Whatever was written or erased while nobody followed. */
static bool merge_words(const struct follow *follow, struct failure *failure)
{
    struct vault_txn *from = vault_read(follow->words, failure);
    struct vault_txn *to = from ? vault_begin(follow->words_copy, failure) : NULL;
    if (to)
        vault_merge(to, from);
    vault_abort(from);
    return to && vault_commit(to, failure);
}

static bool open_all(struct follow *follow, struct failure *failure)
{
    const struct settings *settings = follow->settings;
    struct journal_options from = datadir_journal(&follow->folder);
    struct journal_options to = {.path = follow->journal_path};
    from.reading = true;
    return datadir_init(&follow->folder, settings->ledger, failure) &&
           datadir_check(&follow->folder, failure) && name_place(follow, failure) &&
           vault_open_reading(follow->folder.vault, settings->map_bytes, &follow->words, failure) &&
           find_place(follow, failure) && (to.known.seq = follow->manifest.seq, true) &&
           journal_open(&from, &follow->from, failure) && journal_open(&to, &follow->to, failure) &&
           same_history(follow, failure) &&
           vault_open(follow->vault_path, settings->map_bytes, &follow->words_copy, failure) &&
           merge_words(follow, failure);
}

static void close_all(struct follow *follow)
{
    vault_close(follow->words_copy);
    vault_close(follow->words);
    journal_close(follow->to);
    journal_close(follow->from);
    manifest_fini(&follow->manifest);
}

/* ---- shipping ---- */

/* The words first: a journal never speaks of what the vault beside it does not have. */
static bool ship(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct follow *follow = context;
    return !stopped && words_copy(batch, follow->words_copy, follow->words, failure) &&
           journal_append(follow->to, batch, failure);
}

static bool copy_keys(struct follow *follow, struct failure *failure)
{
    int64_t changed_ms = keys_changed_ms(follow);
    if (changed_ms == follow->keys_ms)
        return true;
    follow->keys_ms = changed_ms;
    return backup_copy_keys(&follow->folder, follow->settings, follow->keys_path, failure);
}

/* Once a second: the manifest, without which nobody can tell a place that was cut; and the note in
 * the ledger's folder, for who looks there. */
static bool note(struct follow *follow, bool at_once, struct failure *failure)
{
    struct journal_head head;
    int64_t now_ms = clock_read().wall_ms;
    if (!at_once && now_ms >= follow->noted_ms && now_ms - follow->noted_ms < NOTE_MS)
        return true;
    follow->noted_ms = now_ms;
    if (!audit_follow(follow->folder.audit, follow->place, &follow->audit, failure))
        return false;
    journal_head(follow->to, &head);
    struct follower_note said = {.seq = head.next_seq - 1, .caught_up_ms = now_ms};
    snprintf(said.place, sizeof said.place, "%s", follow->place);
    follower_note_write(&follow->folder, &said, NULL); /* a full disk there stops nothing here */
    bool same = follow->manifest.seq == said.seq && follow->keys_ms == keys_changed_ms(follow);
    follow->manifest.seq = said.seq;
    follow->manifest.batch = head.batch;
    follow->manifest.incarnation = head.incarnation;
    follow->manifest.chain = head.chain;
    return same || (copy_keys(follow, failure) && write_manifest(follow, follow->place, failure));
}

static bool ship_all(struct follow *follow, struct failure *failure)
{
    struct journal_head head;
    bool good = true;
    while (good && !stopped) {
        journal_head(follow->to, &head);
        good = journal_follow(follow->from, head.next_seq, WAIT_MS, ship, follow, failure);
        good = (good || (stopped && !failure->fault)) && note(follow, false, failure);
    }
    return good && note(follow, true, failure);
}

int follow_run(const struct settings *settings)
{
    static struct follow follow;
    struct journal_head head;
    struct failure failure = {.fault = FAULT_NONE};
    struct sigaction stop = {.sa_handler = on_stop};
    follow = (struct follow){.settings = settings};
    if (settings->to_key)
        fail(&failure, FAULT_USE, 0,
             "a place that follows is written batch by batch and not encrypted; --to-key is for "
             "backups");
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    bool good = !failure.fault && open_all(&follow, &failure);
    if (good) {
        journal_head(follow.to, &head);
        tell(stdout, "following %s in %s from seq %" PRIu64 "\n", follow.folder.root, follow.place,
             head.next_seq - 1);
        fflush(stdout);
        good = ship_all(&follow, &failure);
    }
    close_all(&follow);
    return good ? EXIT_DONE : settings_report(&failure);
}
