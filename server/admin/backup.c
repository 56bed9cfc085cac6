#include "admin/backup.h"

#include "admin/audit_copy.h"
#include "admin/audited.h"
#include "admin/backup_key.h"
#include "admin/commands.h"
#include "admin/follow.h"
#include "admin/manifest.h"
#include "engine/clock.h"
#include "recovery/checkpoint.h"
#include "recovery/replay.h"
#include "recovery/shutdown_marker.h"

#include "base/date.h"
#include "base/plain_file.h"
#include "base/tell.h"
#include "datadir/backup_note.h"
#include "datadir/keys.h"
#include "datadir/web_identity.h"
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { BACKUPS_LIST_MAX = 1000, TIME_SIZE = 17, KEY_FILES_MAX = 16 };

struct backup {
    struct datadir folder;
    const struct settings *settings;
    char base[FILES_NAME_MAX / 2]; /* NAME */
    char fresh[FILES_PATH_MAX];    /* PLACE/NAME-TIME.tmp */
    char work[FILES_PATH_MAX];     /* where it is made: fresh, or, to be encrypted, in the ledger */
    char final[FILES_PATH_MAX];    /* PLACE/NAME-TIME */
    char before[FILES_PATH_MAX];   /* the backup before, "" when there is none */
    int lock;                      /* of the place, for this ledger; -1: not held */
    int64_t made_ms;
    struct manifest manifest;
    struct journal_head head;
    struct words words;
    struct seal_public key; /* with settings->to_key */
    struct failure audit;   /* why the seals of its audit log do not hold */
};

/* ---- names ---- */

/* "20261123T094107Z" */
static void time_write(int64_t ms, char out[TIME_SIZE])
{
    struct tm civil;
    time_t seconds = (time_t)(ms / 1000);
    gmtime_r(&seconds, &civil);
    strftime(out, TIME_SIZE, "%Y%m%dT%H%M%SZ", &civil);
}

static bool is_time(const char *text)
{
    return strlen(text) == TIME_SIZE - 1 && strspn(text, "0123456789TZ") == TIME_SIZE - 1 &&
           text[8] == 'T' && text[TIME_SIZE - 2] == 'Z';
}

static bool is_backup(const char *name)
{
    const char *dash = strrchr(name, '-');
    return dash && is_time(dash + 1);
}

/* Of this ledger; the name before the time is set for files_list. */
static _Thread_local const char *own_base;

static bool is_own(const char *name)
{
    size_t size = strlen(own_base);
    return strncmp(name, own_base, size) == 0 && name[size] == '-' && is_time(name + size + 1);
}

static bool is_own_broken(const char *name)
{
    size_t size = strlen(own_base);
    return strncmp(name, own_base, size) == 0 && name[size] == '-' &&
           strlen(name) == size + TIME_SIZE + 4 && strcmp(name + size + TIME_SIZE, ".tmp") == 0;
}

static void find_before(struct backup *backup)
{
    struct files_name last;
    own_base = backup->base;
    if (files_list(backup->settings->to, is_own, &last, 1) == 0 ||
        !files_join(backup->before, backup->settings->to, last.text, NULL))
        backup->before[0] = '\0';
}

static void name_base(struct backup *backup)
{
    const char *slash = strrchr(backup->folder.root, '/');
    const char *base = slash && slash[1] ? slash + 1 : backup->folder.root;
    snprintf(backup->base, sizeof backup->base, "%.60s", strcmp(base, ".") ? base : "ledger");
}

static bool name_it(struct backup *backup, struct failure *failure)
{
    char time_text[TIME_SIZE], name[2 * FILES_NAME_MAX];
    backup->made_ms = clock_read().wall_ms;
    time_write(backup->made_ms, time_text);
    find_before(backup);
    snprintf(name, sizeof name, "%s-%s", backup->base, time_text);
    if (!files_join(backup->final, backup->settings->to, name, failure))
        return false;
    if (files_exist(backup->final))
        return fail(failure, FAULT_BUSY, 0, "there is a backup of this second already: %s",
                    backup->final);
    snprintf(name, sizeof name, "%s-%s.tmp", backup->base, time_text);
    if (!files_join(backup->fresh, backup->settings->to, name, failure))
        return false;
    datadir_clear_work(backup->folder.root, "backup");
    snprintf(name, sizeof name, "backup-%d.tmp", (int)getpid());
    return backup->settings->to_key
               ? files_join(backup->work, backup->folder.root, name, failure)
               : snprintf(backup->work, sizeof backup->work, "%s", backup->fresh) > 0;
}

/* ---- the parts ---- */

/* A state that nobody serves is taken only if its marker says it may be. */
static const char *state_distrust(const struct backup *backup)
{
    struct marker marker;
    struct marker_place here;
    if (datadir_served_by(&backup->folder))
        return NULL;
    marker_read(backup->folder.marker, &marker);
    bool known = marker_place_of(backup->folder.root, &here, NULL);
    const char *why = marker_distrust(&marker, known ? &here : NULL);
    return why || marker_sum_fits(&marker, backup->folder.state) ? why : "it is damaged";
}

static bool leave_state_out(const char *why)
{
    tell(stderr,
         "tefterd: the state is left out (%s); a restore makes it from the "
         "journal.\n",
         why);
    return true;
}

static bool copy_state(struct backup *backup, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    struct ledger *ledger;
    struct failure found = {.fault = FAULT_NONE};
    const char *why = state_distrust(backup);
    if (why)
        return leave_state_out(why);
    struct ledger_options options = {
        .path = backup->folder.state, .map_bytes = backup->settings->map_bytes, .reading = true};
    if (!files_join(path, backup->work, "state", failure))
        return false;
    if (!ledger_open(&options, &ledger, &found))
        return found.fault == FAULT_STALE
                   ? leave_state_out(found.text)
                   : fail(failure, found.fault, found.os_error, "%s", found.text);
    backup->manifest.with_state = checkpoint_copy(ledger, path, failure);
    ledger_close(ledger);
    return backup->manifest.with_state;
}

static bool copy_journal(struct backup *backup, struct failure *failure)
{
    char to[FILES_PATH_MAX], earlier[FILES_PATH_MAX];
    struct journal_options journal = datadir_journal(&backup->folder);
    bool before = backup->before[0] && !backup->settings->to_key &&
                  files_join(earlier, backup->before, "journal", NULL);
    return files_join(to, backup->work, "journal", failure) &&
           journal_export(&journal, to, before ? earlier : NULL, failure);
}

static bool vault_to_file(struct vault *vault, const char *path, struct failure *failure)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make %s", path);
    bool good = vault_copy(vault, fd, failure) &&
                (fsync(fd) == 0 || fail(failure, FAULT_IO, errno, "cannot sync %s", path));
    close(fd);
    return good;
}

static bool copy_vault(struct backup *backup, struct failure *failure)
{
    char to[FILES_PATH_MAX], path[FILES_PATH_MAX];
    struct vault *vault;
    if (!files_join(to, backup->work, "vault", failure) ||
        !files_join(path, to, "data.mdb", failure) || !files_make_folder(to, failure) ||
        !vault_open_reading(backup->folder.vault, backup->settings->map_bytes, &vault, failure))
        return false;
    bool good = vault_to_file(vault, path, failure);
    vault_close(vault);
    return good && files_sync_folder(to, failure);
}

static bool is_key(const char *name)
{
    return strstr(name, ".new") == NULL;
}

/* The root key makes certificates for anybody: it can be kept elsewhere. */
/* Whole or not at all, and not again: the manifest of a place that follows speaks of it. */
static bool copy_key(const char *from, const char *to, struct failure *failure)
{
    char bytes[FILES_SMALL_MAX], there[FILES_SMALL_MAX];
    size_t size, size_there;
    if (!files_read(from, bytes, sizeof bytes, &size, failure))
        return false;
    bool same = files_exist(to) && files_read(to, there, sizeof there, &size_there, NULL) &&
                size_there == size && memcmp(bytes, there, size) == 0;
    bool good = same || files_write(to, slice_of(bytes, size), 0600, failure);
    secret_wipe(bytes, sizeof bytes);
    secret_wipe(there, sizeof there);
    return good;
}

bool backup_copy_keys(const struct datadir *folder, const struct settings *settings,
                      const char *keys, struct failure *failure)
{
    struct files_name names[KEY_FILES_MAX];
    char from[FILES_PATH_MAX], to[FILES_PATH_MAX];
    if (!files_make_folder(keys, failure))
        return false;
    size_t count = files_list(folder->keys, is_key, names, KEY_FILES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (settings->without_root_key && (strcmp(names[i].text, ROOT_KEY_NAME) == 0 ||
                                           strcmp(names[i].text, WEB_ISSUER_KEY_NAME) == 0))
            continue;
        if (!files_join(from, folder->keys, names[i].text, failure) ||
            !files_join(to, keys, names[i].text, failure) || !copy_key(from, to, failure))
            return false;
    }
    return files_sync_folder(keys, failure);
}

/* What was given up in the ledger is not missed in its copies. */
static bool copy_given_up(const struct backup *backup, struct failure *failure)
{
    uint64_t seq = words_given_up(backup->folder.root);
    return seq == 0 || words_give_up(backup->work, seq, failure);
}

static bool copy_rest(struct backup *backup, struct failure *failure)
{
    char keys[FILES_PATH_MAX], format[FILES_PATH_MAX];
    return files_join(keys, backup->work, "keys", failure) &&
           backup_copy_keys(&backup->folder, backup->settings, keys, failure) &&
           files_join(format, backup->work, "format", failure) &&
           files_copy(backup->folder.format, format, failure) && copy_given_up(backup, failure) &&
           audit_copy(backup->folder.audit, backup->work, failure);
}

/* A backup is made all the same: the log is as it is, and who changed it must not stop backups. */
static void look_at_audit(struct backup *backup)
{
    struct access_audit_report report;
    backup->audit = (struct failure){.fault = FAULT_NONE};
    (void)audit_copy_whole(backup->work, &report, &backup->audit);
}

/* ---- verifying ---- */

bool backup_journal_fits(const struct journal_options *journal_options,
                         const struct state_report *state, struct journal_head *ret_head,
                         struct failure *failure)
{
    struct journal *journal;
    struct hash chain, digest;
    struct journal_options options = *journal_options;
    options.known.seq = state->seq;
    options.reading = true;
    if (!journal_open(&options, &journal, failure))
        return false;
    journal_head(journal, ret_head);
    bool good = state->seq == 0 || (journal_chain_at(journal, state->seq, &chain) &&
                                    hash_equal(&chain, &state->chain));
    bool same = !replay_digest_at(journal, state->seq, &digest) ||
                hash_equal(&digest, &state->state_digest);
    journal_close(journal);
    if (!good)
        return fail(failure, FAULT_DAMAGED, 0,
                    "the state in it stands on another chain than its journal at seq %" PRIu64,
                    state->seq);
    return same || fail(failure, FAULT_DIFFERS, 0,
                        "the state in it comes to another digest at seq %" PRIu64
                        " than its journal says: the program that made it decides otherwise than "
                        "the one that wrote the journal",
                        state->seq);
}

bool backup_words(const char *path, const struct settings *settings, struct words *ret_words,
                  struct failure *failure)
{
    char vault_path[FILES_PATH_MAX], journal_path[FILES_PATH_MAX];
    struct journal *journal = NULL;
    struct vault *vault;
    struct journal_options options = {.path = journal_path, .reading = true};
    if (!files_join(vault_path, path, "vault", failure) ||
        !files_join(journal_path, path, "journal", failure) ||
        !subprocess_look_vault(vault_path, failure) ||
        !vault_open_reading(vault_path, settings->map_bytes, &vault, failure))
        return false;
    bool good = journal_open(&options, &journal, failure) &&
                words_check(journal, vault, words_given_up(path) + 1, ret_words, failure);
    journal_close(journal);
    vault_close(vault);
    return good;
}

static bool drop_lock(const char *folder, struct failure *failure)
{
    char lock[FILES_PATH_MAX];
    if (!files_join(lock, folder, "lock.mdb", failure))
        return false;
    unlink(lock);
    return true;
}

static bool check(struct backup *backup, struct failure *failure)
{
    char state[FILES_PATH_MAX], vault_path[FILES_PATH_MAX], journal[FILES_PATH_MAX];
    struct manifest *manifest = &backup->manifest;
    if (!files_join(state, backup->work, "state", failure) ||
        !files_join(vault_path, backup->work, "vault", failure) ||
        !files_join(journal, backup->work, "journal", failure))
        return false;
    if (manifest->with_state && !subprocess_look(state, true, &manifest->state, failure))
        return false;
    struct journal_options options = {.path = journal};
    return drop_lock(state, failure) &&
           backup_journal_fits(&options, &manifest->state, &backup->head, failure) &&
           backup_words(backup->work, backup->settings, &backup->words, failure) &&
           drop_lock(vault_path, failure);
}

static bool write_manifest(struct backup *backup, struct failure *failure)
{
    struct manifest *manifest = &backup->manifest;
    manifest->made_ms = backup->made_ms;
    snprintf(manifest->of, sizeof manifest->of, "%s", backup->folder.root);
    manifest->seq = backup->head.next_seq - 1;
    manifest->batch = backup->head.batch;
    manifest->incarnation = backup->head.incarnation;
    manifest->chain = backup->head.chain;
    if (!manifest_collect(backup->work, manifest, failure))
        return false;
    return (!backup->settings->to_key ||
            backup_seal(backup->work, backup->fresh, backup->before[0] ? backup->before : NULL,
                        &backup->key, manifest, failure)) &&
           manifest_write(backup->fresh, manifest, failure);
}

/* ---- all of it ---- */

static bool remove_listed(const struct backup *backup, bool (*wanted)(const char *), size_t kept,
                          struct failure *failure)
{
    static struct files_name names[BACKUPS_LIST_MAX];
    char path[FILES_PATH_MAX];
    own_base = backup->base;
    size_t count = files_list(backup->settings->to, wanted, names, BACKUPS_LIST_MAX);
    for (size_t i = 0; i + kept < count; i++)
        if (!files_join(path, backup->settings->to, names[i].text, failure) ||
            !files_remove_tree(path, failure))
            return false;
    return true;
}

static bool note_backup(const struct backup *backup, struct failure *failure)
{
    struct backup_note note = {.made_ms = backup->made_ms, .seq = backup->head.next_seq - 1};
    snprintf(note.place, sizeof note.place, "%s", backup->final);
    return backup_note_write(&backup->folder, &note, failure);
}

static bool finish(struct backup *backup, struct failure *failure)
{
    if (!files_sync_folder(backup->fresh, failure))
        return false;
    if (rename(backup->fresh, backup->final))
        return fail(failure, FAULT_IO, errno, "cannot rename %s", backup->fresh);
    if (!files_sync_folder(backup->settings->to, failure) || !note_backup(backup, failure))
        return false;
    /* An older one may have the words that this one lacks. */
    return backup->words.lost + backup->words.wrong > 0 ||
           remove_listed(backup, is_own, backup->settings->keep, failure);
}

static void remove_unfinished(const struct backup *backup)
{
    files_remove_tree(backup->fresh, NULL);
    files_remove_tree(backup->work, NULL);
}

static bool make(struct backup *backup, struct failure *failure)
{
    backup->manifest.with_state = false;
    return files_remove_tree(backup->work, failure) && files_make_folder(backup->work, failure) &&
           copy_state(backup, failure) && copy_journal(backup, failure) &&
           copy_vault(backup, failure) && copy_rest(backup, failure) && check(backup, failure);
}

/* A part that was linked may have been damaged since: then it is copied. */
static bool make_whole(struct backup *backup, struct failure *failure)
{
    struct failure why = {.fault = FAULT_NONE};
    if (make(backup, &why))
        return true;
    if (why.fault != FAULT_DAMAGED || !backup->before[0] || backup->settings->to_key)
        return fail(failure, why.fault, why.os_error, "%s", why.text);
    backup->before[0] = '\0';
    return make(backup, failure);
}

static bool whole_backup(const char *path)
{
    char manifest[FILES_PATH_MAX];
    return files_join(manifest, path, "manifest", NULL) && files_exist(manifest);
}

/* A backup in the ledger's own folder is lost with it, and would be copied into the next one. */
static bool check_place(const struct backup *backup, struct failure *failure)
{
    const char *to = backup->settings->to;
    if (whole_backup(to))
        return fail(failure, FAULT_USE, 0,
                    "%s is a backup, and is not written to; name the folder it lies in", to);
    return !files_inside(to, backup->folder.root) ||
           fail(failure, FAULT_USE, 0,
                "%s lies in the ledger's own folder; name a place outside of %s, best on another "
                "machine",
                to, backup->folder.root);
}

/* Each takes away what a broken one has left: so there is one at a time. */
static bool lock_place(struct backup *backup, struct failure *failure)
{
    char path[FILES_PATH_MAX], name[FILES_NAME_MAX];
    name_base(backup);
    snprintf(name, sizeof name, ".%s.lock", backup->base);
    if (!files_join(path, backup->settings->to, name, failure))
        return false;
    backup->lock = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600, failure);
    if (backup->lock < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", path);
    if (flock(backup->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    return errno == EWOULDBLOCK
               ? fail(failure, FAULT_BUSY, 0,
                      "another backup of this ledger to %s is running; that one goes on",
                      backup->settings->to)
               : fail(failure, FAULT_IO, errno, "cannot lock %s", path);
}

static void unlock_place(struct backup *backup)
{
    if (backup->lock >= 0)
        close(backup->lock);
    backup->lock = -1;
}

static bool prepare(struct backup *backup, struct failure *failure)
{
    const struct settings *settings = backup->settings;
    return datadir_init(&backup->folder, settings->ledger, failure) &&
           datadir_check(&backup->folder, failure) && check_place(backup, failure) &&
           (!settings->to_key || backup_key_public(settings->to_key, &backup->key, failure)) &&
           files_make_folder(settings->to, failure) && lock_place(backup, failure) &&
           name_it(backup, failure) && remove_listed(backup, is_own_broken, 0, failure);
}

static bool take(struct backup *backup, struct failure *failure)
{
    if (!prepare(backup, failure)) {
        unlock_place(backup);
        return false;
    }
    bool good = make_whole(backup, failure);
    if (good)
        look_at_audit(backup);
    good = good && write_manifest(backup, failure) && finish(backup, failure);
    remove_unfinished(backup);
    manifest_fini(&backup->manifest);
    unlock_place(backup);
    return good;
}

static int take_one(const struct settings *settings)
{
    static struct backup backup;
    struct failure failure = {.fault = FAULT_NONE};
    backup = (struct backup){.settings = settings, .lock = -1};
    bool taken = take(&backup, &failure);
    audited(&backup.folder, taken ? "backup" : "backup_failed", settings->to);
    if (!taken)
        return settings_report(&failure);
    tell(stdout, "backup %s up to seq %" PRIu64 ", verified%s%s%s\n", backup.final,
         backup.head.next_seq - 1, backup.audit.fault ? " but for the audit log" : "",
         settings->to_key ? ", encrypted" : ", not encrypted",
         settings->without_root_key ? ", without the root key"
         : settings->to_key         ? ""
                                    : ": it holds every name and the root key, so lock it away");
    fflush(stdout);
    if (backup.audit.fault)
        fail(&failure, FAULT_DAMAGED, 0,
             "the backup is there, but the ledger's audit log was changed: %s. Compare it with the "
             "one of an older backup",
             backup.audit.text);
    if (backup.words.lost + backup.words.wrong == 0)
        return failure.fault ? settings_report(&failure) : EXIT_DONE;
    fail(&failure, FAULT_DAMAGED, 0,
         "the ledger has lost words: of %" PRIu64 " texts %" PRIu64 " are not readable (%s). No "
         "older backup was removed: take them from one, tefterd restore --vault-only",
         backup.words.texts, backup.words.lost + backup.words.wrong, backup.words.first);
    return settings_report(&failure);
}

int backup_run(const struct settings *settings)
{
    if (settings->follow)
        return follow_run(settings);
    if (!settings->to) {
        tell(stderr, "tefterd: where to? --to PLACE is missing.\n");
        return EXIT_USE;
    }
    int code = take_one(settings);
    while (settings->every_s) {
        sleep((unsigned)(settings->every_s > 86400 * 365 ? 86400 * 365 : settings->every_s));
        code = take_one(settings);
    }
    return code;
}

/* ---- finding one ---- */

static int by_time(const void *a, const void *b)
{
    const char *first = ((const struct files_name *)a)->text;
    const char *second = ((const struct files_name *)b)->text;
    return strcmp(strrchr(first, '-'), strrchr(second, '-'));
}

/* The newest is not passed over in silence when it is no whole one. */
bool backup_find(const char *place, char out[FILES_PATH_MAX], struct failure *failure)
{
    static struct files_name names[BACKUPS_LIST_MAX];
    char journal[FILES_PATH_MAX];
    snprintf(out, FILES_PATH_MAX, "%s", place);
    if (whole_backup(place))
        return true;
    if (files_join(journal, place, "journal", NULL) && files_exist(journal))
        return fail(failure, FAULT_DAMAGED, 0, "%s has no manifest: it is no whole backup", place);
    size_t count = files_list(place, is_backup, names, BACKUPS_LIST_MAX);
    if (count == 0)
        return fail(failure, FAULT_USE, 0, "there is no backup in %s", place);
    qsort(names, count, sizeof names[0], by_time);
    return files_join(out, place, names[count - 1].text, failure) &&
           (whole_backup(out) ||
            fail(failure, FAULT_DAMAGED, 0,
                 "%s, the newest, has no manifest: it is no whole backup. Name another one", out));
}
