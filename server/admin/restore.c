/*
 * tefterd restore: a ledger from a backup, in a new folder, as a new incarnation: the next number
 * and random bytes of its own, made durable by one entry, which begins the recovery: the seqs that
 * terminals may bring back are left out, and ids and numbers go on beyond theirs. Every part is
 * compared with the manifest before anything is written, and what was written once more.
 *
 * --vault-only: the words that a ledger has lost, from a backup of it, into its vault.
 */
#include "admin/audit_copy.h"
#include "admin/audited.h"
#include "admin/backup.h"
#include "admin/backup_key.h"
#include "admin/bootstrap.h"
#include "admin/commands.h"
#include "admin/manifest.h"
#include "admin/restored_note.h"
#include "datadir/keys.h"
#include "engine/clock.h"
#include "recovery/shutdown_marker.h"

#include "base/tell.h"
#include "journal/journal.h"
#include "wire/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum {
    RESTORE_ARENA_MAX = 64 * 1024,
    NUMBERS_LEFT_OUT_MAX = 1000, /* of incarnations, at once: each takes ids and seqs */
};

struct restore {
    const struct settings *settings;
    char from[FILES_PATH_MAX];     /* the backup */
    char unsealed[FILES_PATH_MAX]; /* what of it is opened, in the folder; "" when it is plain */
    struct manifest manifest;
    struct words words;
    struct datadir folder;
    struct state_report state; /* seq 0: the backup has none */
    struct journal_head head;
    struct incarnation incarnation;
    bool noted; /* in the backup's place */
};

/* Where the parts lie as they were. */
static const char *source(const struct restore *restore)
{
    return restore->unsealed[0] ? restore->unsealed : restore->from;
}

static bool copy_part(const struct restore *restore, const char *name, const char *to,
                      struct failure *failure)
{
    char from[FILES_PATH_MAX], lock[FILES_PATH_MAX];
    if (!files_join(from, source(restore), name, failure) ||
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
    return files_join(from, source(restore), "journal", failure) &&
           journal_import(&journal, from, failure);
}

/* From where it is kept, when the backup was made without it. */
static bool copy_root_key(const struct restore *restore, struct failure *failure)
{
    char to[FILES_PATH_MAX];
    return !restore->settings->root_key ||
           (files_join(to, restore->folder.keys, ROOT_KEY_NAME, failure) &&
            files_copy(restore->settings->root_key, to, failure));
}

static bool copy_given_up(const struct restore *restore, struct failure *failure)
{
    uint64_t seq = words_given_up(source(restore));
    return seq == 0 || words_give_up(restore->folder.root, seq, failure);
}

/* A log whose seals were broken before the backup is taken as it is: it is evidence. */
static bool copy_audit(const struct restore *restore, struct failure *failure)
{
    char from[FILES_PATH_MAX];
    return files_join(from, source(restore), "audit.log", failure) &&
           audit_copy(from, restore->folder.root, failure);
}

static bool tell_audit(const struct restore *restore, struct failure *failure)
{
    struct access_audit_report report;
    struct failure found = {.fault = FAULT_NONE};
    if (audit_copy_whole(restore->folder.root, &report, &found))
        return true;
    if (found.fault != FAULT_DAMAGED)
        return fail(failure, found.fault, found.os_error, "%s", found.text);
    tell(stderr, "tefterd: the audit log of the backup was changed before it was made: %s\n",
         found.text);
    return true;
}

static bool copy_all(const struct restore *restore, struct failure *failure)
{
    const struct datadir *folder = &restore->folder;
    return copy_part(restore, "state", folder->state, failure) && copy_journal(restore, failure) &&
           copy_part(restore, "vault", folder->vault, failure) &&
           copy_part(restore, "keys", folder->keys, failure) && copy_root_key(restore, failure) &&
           copy_given_up(restore, failure) && copy_audit(restore, failure) &&
           tell_audit(restore, failure);
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

/* The journal is that of the manifest; one that is being followed may reach further. */
static bool head_fits(const struct restore *restore, struct failure *failure)
{
    const struct manifest *manifest = &restore->manifest;
    uint64_t seq = restore->head.next_seq - 1;
    bool follow = manifest->kind == MANIFEST_FOLLOW;
    if (follow ? seq < manifest->seq : seq != manifest->seq)
        return fail(failure, FAULT_DAMAGED, 0,
                    "the journal of %s ends at seq %" PRIu64 ", its manifest says %" PRIu64,
                    restore->from, seq, manifest->seq);
    return follow || hash_equal(&restore->head.chain, &manifest->chain) ||
           fail(failure, FAULT_DAMAGED, 0, "the journal of %s is not that of its manifest",
                restore->from);
}

static bool words_there(struct restore *restore, struct failure *failure)
{
    struct words *words = &restore->words;
    if (!backup_words(restore->folder.root, restore->settings, words, failure))
        return false;
    if (words->lost + words->wrong > 0 && restore->settings->accept_lost_words)
        return words_give_up(restore->folder.root, restore->head.next_seq - 1, failure);
    return words->lost + words->wrong == 0 ||
           fail(failure, FAULT_DAMAGED, 0,
                "in %s %" PRIu64 " of %" PRIu64 " texts are not readable: %s. Take another backup, "
                "or restore it without them: --accept-lost-words",
                restore->from, words->lost + words->wrong, words->texts, words->first);
}

/* The copy is looked at, not the backup: that may be on a disk we may not write to. */
static bool check(struct restore *restore, struct failure *failure)
{
    const struct datadir *folder = &restore->folder;
    struct journal_options journal = datadir_journal(folder);
    struct keys keys;
    if (!look_at_state(restore, failure) ||
        !backup_journal_fits(&journal, &restore->state, &restore->head, failure) ||
        !head_fits(restore, failure) || !words_there(restore, failure))
        return false;
    const char *root_key = restore->settings->root_key;
    struct failure why = {.fault = FAULT_NONE};
    if (!keys_read(folder, &keys, &why))
        return root_key ? fail(failure, FAULT_USE, 0,
                               "%s is not the key of the company's root certificate", root_key)
                        : fail(failure, why.fault, why.os_error, "%s", why.text);
    keys_fini(&keys);
    return !files_exist(folder->state) ||
           marker_close(folder, restore->state.seq, &restore->state.state_digest, failure);
}

/* ---- the new incarnation ---- */

/* Where the backup lies among others of its ledger. */
static bool place_of(const struct restore *restore, char out[FILES_PATH_MAX],
                     struct failure *failure)
{
    bool alone = restore->manifest.kind == MANIFEST_FOLLOW;
    return files_join(out, restore->from, alone ? "." : "..", failure);
}

/* Beyond the backup's own, and beyond every restore that is known of: what was done there may be
 * brought here, so none of its seqs, ids and numbers may be given out again. */
static bool take_number(struct restore *restore, struct failure *failure)
{
    char place[FILES_PATH_MAX];
    uint32_t own = restore->head.incarnation.number;
    uint64_t newest = restore->settings->after > own ? restore->settings->after : own;
    if (!place_of(restore, place, failure))
        return false;
    uint32_t noted = 0;
    if (!restored_note_read(place, &restore->head.ledger, &noted, failure) &&
        restore->settings->after == 0)
        return false;
    if (restore->settings->after != 0)
        failure->fault = FAULT_NONE;
    newest = noted > newest ? noted : newest;
    if (newest - own > NUMBERS_LEFT_OUT_MAX)
        return fail(failure, FAULT_USE, 0,
                    "the backup is of incarnation %" PRIu32 ", and %" PRIu64 " is too far from it",
                    own, newest);
    restore->incarnation = incarnation_new((uint32_t)newest + 1);
    restore->noted =
        restored_note_write(place, &restore->head.ledger, restore->incarnation.number, NULL);
    return true;
}

static uint64_t seqs_left_out(const struct restore *restore)
{
    uint32_t restores = restore->incarnation.number - restore->head.incarnation.number;
    return (uint64_t)RESTORE_SEQS_AHEAD * restores;
}

static struct slice begin_recovery(struct restore *restore, struct arena *arena)
{
    Tefter__BeginRecovery begin = TEFTER__BEGIN_RECOVERY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    struct incarnation *ended = &restore->head.incarnation;
    begin.incarnation = ended->number;
    begin.incarnation_nonce = (ProtobufCBinaryData){sizeof ended->nonce, ended->nonce};
    begin.last_seq = restore->head.next_seq - 1;
    begin.has_begins = 1;
    begin.begins = restore->incarnation.number;
    command.kind_case = TEFTER__COMMAND__KIND_BEGIN_RECOVERY;
    command.begin_recovery = &begin;
    return message_pack(&command.base, arena);
}

static bool write_entry(struct restore *restore, struct journal *journal, struct arena *arena,
                        struct failure *failure)
{
    struct clock clock;
    uint8_t id[COMMAND_ID_SIZE];
    Tefter__Actor actor = TEFTER__ACTOR__INIT;
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    struct slice command = begin_recovery(restore, arena);
    clock_init(&clock, clock_read());
    clock_new_id(&clock, id);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = clock_now_ms(&clock);
    entry.actor = &actor;
    entry.has_command = entry.has_after = 1;
    entry.command = (ProtobufCBinaryData){command.size, (uint8_t *)(uintptr_t)command.data};
    entry.after = restore->head.next_seq - 1 + seqs_left_out(restore);
    struct slice bytes = message_pack(&entry.base, arena);
    journal_leave_out(journal, entry.after);
    return journal_propose(journal, &bytes, 1, entry.now_ms, NULL, failure) == JOURNAL_OK;
}

static bool begin_incarnation(struct restore *restore, struct failure *failure)
{
    struct journal *journal;
    struct arena arena;
    struct journal_options options = datadir_journal(&restore->folder);
    options.known.seq = restore->state.seq;
    if (!take_number(restore, failure) || !journal_open(&options, &journal, failure))
        return false;
    journal_set_incarnation(journal, &restore->incarnation);
    arena_init(&arena, RESTORE_ARENA_MAX);
    bool good = write_entry(restore, journal, &arena, failure);
    arena_fini(&arena);
    journal_close(journal);
    return good;
}

/* ---- the backup, before anything is written ---- */

static bool root_key_there(const struct restore *restore, struct failure *failure)
{
    if (restore->settings->root_key)
        return files_exist(restore->settings->root_key) ||
               fail(failure, FAULT_USE, 0, "there is no %s", restore->settings->root_key);
    return manifest_part(&restore->manifest, "keys/" ROOT_KEY_NAME) ||
           fail(
               failure, FAULT_USE, 0,
               "%s was made without the company's root key: --root-key FILE names where it is kept",
               restore->from);
}

static bool look_at_backup(struct restore *restore, struct failure *failure)
{
    const struct settings *settings = restore->settings;
    return backup_find(settings->from, restore->from, failure) &&
           manifest_read(restore->from, &restore->manifest, failure) &&
           manifest_check(restore->from, &restore->manifest, failure) &&
           (settings->vault_only || root_key_there(restore, failure));
}

/* Opened to look first: a wrong key or part leaves nothing behind. */
static bool look_sealed(struct restore *restore, struct seal_pair *pair, struct failure *failure)
{
    return !restore->manifest.sealed ||
           (backup_key_secret(restore->settings, pair, failure) &&
            backup_unseal(restore->from, NULL, pair, &restore->manifest, failure));
}

static bool unseal(struct restore *restore, const struct seal_pair *pair, struct failure *failure)
{
    if (!restore->manifest.sealed)
        return true;
    return files_join(restore->unsealed, restore->folder.root, "unsealed.tmp", failure) &&
           files_remove_tree(restore->unsealed, failure) &&
           backup_unseal(restore->from, restore->unsealed, pair, &restore->manifest, failure);
}

static bool drop_unsealed(const struct restore *restore, struct failure *failure)
{
    return !restore->unsealed[0] || files_remove_tree(restore->unsealed, failure);
}

/* ---- all of it ---- */

static bool fill(struct restore *restore, const struct seal_pair *pair, struct failure *failure)
{
    return unseal(restore, pair, failure) && copy_all(restore, failure) &&
           drop_unsealed(restore, failure) && check(restore, failure) &&
           begin_incarnation(restore, failure) && datadir_finish(&restore->folder, failure);
}

static bool run(struct restore *restore, struct seal_pair *pair, struct failure *failure)
{
    if (!look_at_backup(restore, failure) || !look_sealed(restore, pair, failure) ||
        !datadir_init(&restore->folder, restore->settings->ledger, failure) ||
        !datadir_make(&restore->folder, failure))
        return false;
    bool good = fill(restore, pair, failure);
    if (!good)
        datadir_abandon(&restore->folder);
    return good;
}

/* ---- the words alone ---- */

static bool same_ledger(const struct restore *restore, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    struct journal_options ours = datadir_journal(&restore->folder), theirs = {.path = path};
    struct journal *own = NULL, *other = NULL;
    struct journal_head own_head, other_head;
    ours.reading = theirs.reading = true;
    bool good = files_join(path, source(restore), "journal", failure) &&
                journal_open(&ours, &own, failure) && journal_open(&theirs, &other, failure);
    if (good) {
        journal_head(own, &own_head);
        journal_head(other, &other_head);
        good = memcmp(&own_head.ledger, &other_head.ledger, sizeof own_head.ledger) == 0 ||
               fail(failure, FAULT_USE, 0, "%s is a backup of another ledger", restore->from);
    }
    journal_close(own);
    journal_close(other);
    return good;
}

/* What the ledger has beyond the backup, and what was erased since. */
static bool merge_present(const struct restore *restore, const char *fresh, struct failure *failure)
{
    struct vault *present = NULL, *vault = NULL;
    uint64_t map_bytes = restore->settings->map_bytes;
    struct failure why = {.fault = FAULT_NONE};
    if (!vault_check_file(restore->folder.vault, &why) ||
        !subprocess_look_vault(restore->folder.vault, &why)) {
        tell(stderr, "tefterd: nothing is taken from the present vault: %s\n", why.text);
        return true;
    }
    bool good = vault_open_reading(restore->folder.vault, map_bytes, &present, failure) &&
                vault_open(fresh, map_bytes, &vault, failure);
    struct vault_txn *from = good ? vault_read(present, failure) : NULL;
    struct vault_txn *to = from ? vault_begin(vault, failure) : NULL;
    if (to)
        vault_merge(to, from);
    vault_abort(from);
    good = to && vault_commit(to, failure);
    vault_close(vault);
    vault_close(present);
    return good;
}

/* The present vault is kept aside: nobody may need it. */
static bool exchange(const struct restore *restore, const char *fresh, struct failure *failure)
{
    char aside[FILES_PATH_MAX];
    const struct datadir *folder = &restore->folder;
    if (!files_join(aside, folder->root, "vault.before", failure) ||
        !files_remove_tree(aside, failure))
        return false;
    if (files_exist(folder->vault) && rename(folder->vault, aside))
        return fail(failure, FAULT_IO, errno, "cannot move %s away", folder->vault);
    if (rename(fresh, folder->vault))
        return fail(failure, FAULT_IO, errno, "cannot rename %s", fresh);
    unlink(folder->lost_words);
    return files_sync_folder(folder->root, failure);
}

static bool put_words(struct restore *restore, struct failure *failure)
{
    char fresh[FILES_PATH_MAX];
    return same_ledger(restore, failure) &&
           files_join(fresh, restore->folder.root, "vault.new", failure) &&
           files_remove_tree(fresh, failure) && copy_part(restore, "vault", fresh, failure) &&
           merge_present(restore, fresh, failure) && exchange(restore, fresh, failure) &&
           backup_words(restore->folder.root, restore->settings, &restore->words, failure);
}

static bool run_vault_only(struct restore *restore, struct seal_pair *pair, struct failure *failure)
{
    if (!look_at_backup(restore, failure) || !look_sealed(restore, pair, failure) ||
        !datadir_init(&restore->folder, restore->settings->ledger, failure) ||
        !datadir_check(&restore->folder, failure) || !datadir_take(&restore->folder, failure))
        return false;
    bool good = unseal(restore, pair, failure) && put_words(restore, failure);
    drop_unsealed(restore, NULL);
    datadir_leave(&restore->folder);
    return good;
}

static int tell_words(const struct restore *restore)
{
    const struct words *words = &restore->words;
    tell(stdout,
         "The words of %s are in %s again: of %" PRIu64 " texts %" PRIu64 " are not readable%s%s. "
         "The vault as it was is in %s/vault.before; remove it when all is well.\n",
         restore->from, restore->settings->ledger, words->texts, words->lost + words->wrong,
         words->first[0] ? ", first: " : "", words->first, restore->settings->ledger);
    return words->lost + words->wrong == 0 ? EXIT_DONE : EXIT_FAULT;
}

static int tell_restored(const struct restore *restore)
{
    char incarnation[INCARNATION_TEXT_SIZE];
    incarnation_write(&restore->incarnation, incarnation);
    tell(
        stdout,
        "The ledger in %s is that of %s up to seq %" PRIu64
        ", as incarnation %s. A recovery is on: each terminal that connects brings back what it "
        "was told after that backup, of the last 45 days, with its old numbers; new papers are "
        "numbered in a series of their own until the recovery is closed. 'tefter recovery' shows "
        "what came back and who was not heard.\n\n"
        "Everybody has to log in again. What was ended after that backup and lives again, until "
        "you look at it:\n"
        "  - passwords and PINs are those of the backup: whoever changed theirs since must do so "
        "again\n"
        "  - people and terminals that were blocked or signed out since, and roles that were taken "
        "away: the terminal where that was done brings it back; see to it yourself where that "
        "cannot wait\n"
        "  - terminals that were enrolled anew since are known by their certificate of before: get "
        "them a new code\n"
        "  - approvals that were used since can be used once more until their sale has come back\n"
        "Codes for enrolling that were made before the restore count no more.\n\n"
        "Start the server:\n\n",
        restore->settings->ledger, restore->from, restore->head.next_seq - 1, incarnation);
    bootstrap_tell_serve(restore->settings);
    if (!restore->noted)
        tell(stdout,
             "\nNothing could be noted beside the backup. Who restores it or an older one again "
             "says --after %" PRIu32 ".\n",
             restore->incarnation.number);
    return EXIT_DONE;
}

int restore_run(const struct settings *settings)
{
    static struct restore restore;
    struct seal_pair pair;
    struct failure failure = {.fault = FAULT_NONE};
    restore = (struct restore){.settings = settings};
    if (!settings->from)
        fail(&failure, FAULT_USE, 0, "from where? --from PLACE is missing");
    bool good =
        !failure.fault && (settings->vault_only ? run_vault_only : run)(&restore, &pair, &failure);
    secret_wipe(&pair, sizeof pair);
    manifest_fini(&restore.manifest);
    if (!good)
        return settings_report(&failure);
    if (!settings->vault_only)
        audited(&restore.folder, "restored", restore.from);
    return settings->vault_only ? tell_words(&restore) : tell_restored(&restore);
}
