/*
 * tefterd backup-key: a key pair to encrypt backups with.
 */
#include "admin/backup_key.h"

#include "admin/commands.h"
#include "admin/password_input.h"
#include "base/hash.h"
#include "base/tell.h"
#include "datadir/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 2048, GROUP = 8 };

/* ---- the files ---- */

/* In groups, to be read from paper. */
static size_t put_grouped(char *out, const uint8_t *bytes, size_t size)
{
    char hex[2 * SEAL_LOCKED_SIZE + 1];
    size_t length = 0;
    hex_write(bytes, size, hex);
    for (size_t i = 0; i < 2 * size; i++) {
        out[length++] = hex[i];
        if (i % GROUP == GROUP - 1 && i + 1 < 2 * size)
            out[length++] = ' ';
    }
    out[length] = '\0';
    return length;
}

/* Behind "WORD " at the start of a line, with or without spaces between. */
static bool find_grouped(const char *text, const char *word, uint8_t *out, size_t size)
{
    char hex[2 * SEAL_LOCKED_SIZE + 1];
    size_t length = 0;
    const char *at = text;
    while (at && strncmp(at, word, strlen(word)) != 0)
        at = (at = strchr(at, '\n')) ? at + 1 : NULL;
    if (!at)
        return false;
    for (at += strlen(word); *at && *at != '\n' && length < 2 * size; at++)
        if (*at != ' ' && *at != '\r')
            hex[length++] = *at;
    hex[length] = '\0';
    return length == 2 * size && hex_read(hex, out, size);
}

static bool write_once(const char *path, const char *text, mode_t mode, struct failure *failure)
{
    if (files_exist(path))
        return fail(failure, FAULT_USE, 0, "%s is there already", path);
    return files_write(path, slice_text(text), mode, failure);
}

bool backup_key_public(const char *path, struct seal_public *ret_key, struct failure *failure)
{
    char text[KEY_FILE_MAX];
    size_t size;
    return files_read(path, text, sizeof text, &size, failure) &&
           (find_grouped(text, "public ", ret_key->bytes, SEAL_KEY_SIZE) ||
            fail(failure, FAULT_USE, 0, "%s holds no backup key; make one: tefterd backup-key",
                 path));
}

static bool unlock(const struct settings *settings, const uint8_t locked[SEAL_LOCKED_SIZE],
                   struct seal_pair *ret_pair, struct failure *failure)
{
    char typed[PASSPHRASE_SIZE] = "";
    bool good = passphrase_read(settings->passphrase_file, false, typed, failure);
    if (good && !seal_unlock(locked, typed, strlen(typed), ret_pair))
        good = fail(failure, FAULT_DENIED, 0,
                    "%s does not open: the passphrase is another, or a letter of the key is wrong",
                    settings->key);
    secret_wipe(typed, sizeof typed);
    return good;
}

bool backup_key_secret(const struct settings *settings, struct seal_pair *ret_pair,
                       struct failure *failure)
{
    char text[KEY_FILE_MAX];
    uint8_t locked[SEAL_LOCKED_SIZE];
    size_t size;
    if (!settings->key)
        return fail(failure, FAULT_USE, 0,
                    "the backup is encrypted: --key FILE names the secret half of its key");
    if (!files_read(settings->key, text, sizeof text, &size, failure))
        return false;
    if (!find_grouped(text, "locked ", locked, sizeof locked))
        return fail(failure, FAULT_USE, 0, "%s is not the secret half of a backup key",
                    settings->key);
    return unlock(settings, locked, ret_pair, failure);
}

/* ---- sealing a backup ---- */

/* What is sealed or opened, and where to; -1 for `to` NULL. */
static bool open_both(const char *from, const char *to, int ret_files[2], struct failure *failure)
{
    ret_files[0] = open(from, O_RDONLY | O_CLOEXEC);
    ret_files[1] = -1;
    if (ret_files[0] < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", from);
    if (!to)
        return true;
    ret_files[1] = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (ret_files[1] >= 0)
        return true;
    fail(failure, FAULT_IO, errno, "cannot make %s", to);
    close(ret_files[0]);
    return false;
}

static bool close_both(const int files[2], const char *to, bool good, struct failure *failure)
{
    if (good && files[1] >= 0 && fsync(files[1]))
        good = fail(failure, FAULT_IO, errno, "cannot sync %s", to);
    close(files[0]);
    if (files[1] >= 0)
        close(files[1]);
    return good;
}

/* The folders of the parts. */
static bool make_folders(const char *to, const struct manifest *manifest, struct failure *failure)
{
    char name[FILES_NAME_MAX], folder[FILES_PATH_MAX];
    if (!files_make_folder(to, failure))
        return false;
    for (size_t i = 0; i < manifest->part_count; i++) {
        const char *slash = strchr(manifest->parts[i].path, '/');
        if (!slash)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(slash - manifest->parts[i].path),
                 manifest->parts[i].path);
        if (!files_join(folder, to, name, failure) || !files_make_folder(folder, failure))
            return false;
    }
    return true;
}

static bool sync_folders(const char *to, struct failure *failure)
{
    static const char *const names[] = {"journal", "keys", "state", "vault"};
    char folder[FILES_PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!files_join(folder, to, names[i], failure) ||
            (files_exist(folder) && !files_sync_folder(folder, failure)))
            return false;
    return files_sync_folder(to, failure);
}

static bool seal_one(const char *from, const char *to, const struct seal_public *key,
                     struct manifest_part *part, struct failure *failure)
{
    int files[2];
    struct stat facts = {.st_size = 0};
    if (!open_both(from, to, files, failure))
        return false;
    bool good =
        seal_file(files[0], files[1], key, part->path, failure) &&
        (fstat(files[1], &facts) == 0 || fail(failure, FAULT_IO, errno, "cannot look at %s", to));
    part->size = (uint64_t)facts.st_size;
    return close_both(files, to, good, failure) && files_sum(to, &part->sum, failure);
}

/* The same bytes, sealed to the same key, and whole. */
static bool link_earlier(const char *earlier, const struct manifest *before,
                         const struct seal_public *key, const char *to, struct manifest_part *part)
{
    char from[FILES_PATH_MAX];
    struct hash sum;
    const struct manifest_part *old = manifest_part(before, part->path);
    if (!old || !before->sealed || memcmp(before->key, key->bytes, sizeof key->bytes) != 0 ||
        strncmp(part->path, "journal/", 8) != 0 || !hash_equal(&old->plain, &part->plain) ||
        !files_join(from, earlier, part->path, NULL) || !files_sum(from, &sum, NULL) ||
        !hash_equal(&sum, &old->sum) || link(from, to))
        return false;
    part->size = old->size;
    part->sum = old->sum;
    return true;
}

static bool seal_all(const char *from, const char *to, const char *earlier,
                     const struct manifest *before, const struct seal_public *key,
                     struct manifest *manifest, struct failure *failure)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX];
    for (size_t i = 0; i < manifest->part_count; i++) {
        struct manifest_part *part = &manifest->parts[i];
        part->plain = part->sum;
        if (!files_join(source, from, part->path, failure) ||
            !files_join(target, to, part->path, failure))
            return false;
        if (!link_earlier(earlier, before, key, target, part) &&
            !seal_one(source, target, key, part, failure))
            return false;
    }
    return sync_folders(to, failure);
}

bool backup_seal(const char *from, const char *to, const char *earlier,
                 const struct seal_public *key, struct manifest *manifest, struct failure *failure)
{
    struct manifest before = {.seq = 0};
    if (earlier)
        manifest_read(earlier, &before, NULL); /* else nothing is linked */
    bool good = make_folders(to, manifest, failure) &&
                seal_all(from, to, earlier ? earlier : "", &before, key, manifest, failure);
    manifest_fini(&before);
    manifest->sealed = true;
    memcpy(manifest->key, key->bytes, sizeof manifest->key);
    return good;
}

static bool unseal_one(const char *from, const char *to, const struct seal_pair *pair,
                       const struct manifest_part *part, struct failure *failure)
{
    int files[2];
    struct hash sum;
    struct failure why = {.fault = FAULT_NONE};
    if (!open_both(from, to, files, failure))
        return false;
    bool good = unseal_file(files[0], files[1], pair, part->path, &why) ||
                fail(failure, why.fault, why.os_error, "%s: %s", from, why.text);
    if (!close_both(files, to, good, failure))
        return false;
    return !to || (files_sum(to, &sum, failure) &&
                   (hash_equal(&sum, &part->plain) ||
                    fail(failure, FAULT_DAMAGED, 0, "%s is not what was encrypted", from)));
}

bool backup_unseal(const char *from, const char *to, const struct seal_pair *pair,
                   const struct manifest *manifest, struct failure *failure)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX];
    if (memcmp(pair->open.bytes, manifest->key, sizeof manifest->key) != 0)
        return fail(failure, FAULT_DENIED, 0, "%s is encrypted to another key", from);
    if (to && !make_folders(to, manifest, failure))
        return false;
    for (size_t i = 0; i < manifest->part_count; i++) {
        const struct manifest_part *part = &manifest->parts[i];
        if (!files_join(source, from, part->path, failure) ||
            (to && !files_join(target, to, part->path, failure)) ||
            !unseal_one(source, to ? target : NULL, pair, part, failure))
            return false;
    }
    return !to || sync_folders(to, failure);
}

/* ---- making one ---- */

static bool lock_it(const struct settings *settings, const struct seal_pair *pair,
                    uint8_t out[SEAL_LOCKED_SIZE], struct failure *failure)
{
    char typed[PASSPHRASE_SIZE] = "";
    bool good = passphrase_read(settings->passphrase_file, true, typed, failure) &&
                (seal_lock(pair, typed, strlen(typed), out) ||
                 fail(failure, FAULT_MEMORY, 0, "no memory to lock the key"));
    secret_wipe(typed, sizeof typed);
    return good;
}

static bool write_halves(const struct settings *settings, const struct seal_pair *pair,
                         const uint8_t locked[SEAL_LOCKED_SIZE], struct failure *failure)
{
    char open[3 * SEAL_KEY_SIZE], secret[3 * SEAL_LOCKED_SIZE], text[KEY_FILE_MAX];
    put_grouped(open, pair->open.bytes, sizeof pair->open.bytes);
    put_grouped(secret, locked, SEAL_LOCKED_SIZE);
    snprintf(
        text, sizeof text,
        "Backup key of Tefter, secret half, under its passphrase. Keep it away from the server "
        "and its backups: in a file, or on paper. Without it and the passphrase no backup "
        "opens.\npublic %s\nlocked %s\n",
        open, secret);
    if (!write_once(settings->key, text, 0600, failure))
        return false;
    snprintf(text, sizeof text,
             "Backup key of Tefter, public half: it encrypts, and opens nothing.\npublic %s\n",
             open);
    return write_once(settings->to_key, text, 0644, failure);
}

int backup_key_run(const struct settings *settings)
{
    struct seal_pair pair;
    uint8_t locked[SEAL_LOCKED_SIZE];
    struct failure failure = {.fault = FAULT_NONE};
    if (!settings->key || !settings->to_key)
        fail(&failure, FAULT_USE, 0,
             "--key FILE is where the secret half goes, --to-key FILE the public one");
    if (!failure.fault && (files_exist(settings->key) || files_exist(settings->to_key)))
        fail(&failure, FAULT_USE, 0, "one of the two files is there already");
    if (failure.fault)
        return settings_report(&failure);
    seal_pair_new(&pair);
    bool good = lock_it(settings, &pair, locked, &failure) &&
                write_halves(settings, &pair, locked, &failure);
    secret_wipe(&pair, sizeof pair);
    if (!good)
        return settings_report(&failure);
    tell(stdout,
         "The secret half is in %s: take it away from this machine, and try it with a restore.\n"
         "Encrypt backups with: tefterd backup --to-key %s --ledger DIR --to PLACE\n",
         settings->key, settings->to_key);
    return EXIT_DONE;
}
