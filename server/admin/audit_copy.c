#include "admin/audit_copy.h"

#include "base/hash.h"
#include "base/plain_file.h"
#include "datadir/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024 };

static const char log_name[] = "audit.log";
static const char older_name[] = "audit.log.1";

/* ---- what there is, up to a whole line ---- */

struct found {
    int log;    /* -1: there is none */
    int older;  /* -1: there is none */
    ino_t file; /* of the log */
    int64_t size;
};

static bool is_named(int fd, const char *path)
{
    struct stat mine, named;
    return fstat(fd, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino &&
           mine.st_dev == named.st_dev;
}

static void leave(const struct found *found)
{
    if (found->log >= 0)
        close(found->log);
    if (found->older >= 0)
        close(found->older);
}

/* Locked, so that no line is half written and no new file is begun between the two; only as long as
 * it is looked at, for the server writes its lines on the loop. */
static bool look_locked(const char *path, struct found *found, bool *ret_moved,
                        struct failure *failure)
{
    char older[FILES_PATH_MAX + 4];
    struct stat facts;
    snprintf(older, sizeof older, "%s.1", path);
    if (flock(found->log, LOCK_SH) != 0)
        return fail(failure, FAULT_IO, errno, "cannot lock %s", path);
    *ret_moved = !is_named(found->log, path);
    found->older = *ret_moved ? -1 : plain_open(AT_FDCWD, older, O_RDONLY, 0, NULL);
    bool good = fstat(found->log, &facts) == 0;
    flock(found->log, LOCK_UN);
    found->file = facts.st_ino;
    found->size = facts.st_size;
    return good || fail(failure, FAULT_IO, errno, "cannot read %s", path);
}

static bool find(const char *path, struct found *ret_found, struct failure *failure)
{
    for (bool moved = true; moved;) {
        struct failure other = {.fault = FAULT_NONE};
        *ret_found =
            (struct found){.log = plain_open(AT_FDCWD, path, O_RDONLY, 0, &other), .older = -1};
        if (ret_found->log < 0 && other.fault != FAULT_NONE)
            return fail(failure, other.fault, other.os_error, "%s", other.text);
        if (ret_found->log < 0)
            return errno == ENOENT || fail(failure, FAULT_IO, errno, "cannot read %s", path);
        bool good = look_locked(path, ret_found, &moved, failure);
        if (!good || moved)
            leave(ret_found);
        if (!good)
            return false;
    }
    return true;
}

/* Bytes [from, size) to the same place of another file, synced. from 0: a new one. */
static bool copy_bytes(int log, int64_t from, int64_t size, const char *folder, const char *name,
                       struct failure *failure)
{
    char to[FILES_PATH_MAX], piece[PIECE_BYTES];
    if (!files_join(to, folder, name, failure))
        return false;
    int fd = open(to, O_WRONLY | O_CLOEXEC | (from == 0 ? O_CREAT | O_TRUNC : 0), 0600);
    bool good = fd >= 0;
    while (good && from < size) {
        size_t wanted = size - from < PIECE_BYTES ? (size_t)(size - from) : PIECE_BYTES;
        ssize_t got = pread(log, piece, wanted, from);
        good = got > 0 && pwrite(fd, piece, (size_t)got, from) == got;
        from += got;
    }
    good = (good && fsync(fd) == 0) || fail(failure, FAULT_IO, errno, "cannot write %s", to);
    if (fd >= 0)
        close(fd);
    return good;
}

static bool copy_found(const struct found *found, const char *folder, struct failure *failure)
{
    struct stat older;
    if (found->older >= 0 && fstat(found->older, &older) == 0 &&
        !copy_bytes(found->older, 0, older.st_size, folder, older_name, failure))
        return false;
    return copy_bytes(found->log, 0, found->size, folder, log_name, failure);
}

/* ---- copying ---- */

bool audit_copy(const char *path, const char *folder, struct failure *failure)
{
    struct found found;
    if (!find(path, &found, failure))
        return false;
    bool good = found.log < 0 || copy_found(&found, folder, failure);
    leave(&found);
    return good;
}

bool audit_follow(const char *path, const char *place, struct audit_copied *copied,
                  struct failure *failure)
{
    struct stat facts;
    struct found found;
    if (stat(path, &facts) == 0 && facts.st_ino == copied->file && facts.st_size == copied->size)
        return true;
    if (!find(path, &found, failure))
        return false;
    bool goes_on = found.file == copied->file && found.size >= copied->size && copied->size > 0;
    bool good = found.log < 0 ||
                (goes_on ? copy_bytes(found.log, copied->size, found.size, place, log_name, failure)
                         : copy_found(&found, place, failure));
    if (good)
        *copied = (struct audit_copied){.file = found.file, .size = found.size};
    leave(&found);
    return good;
}

/* ---- verifying ---- */

bool audit_copy_whole(const char *backup, struct access_audit_report *ret_report,
                      struct failure *failure)
{
    char path[FILES_PATH_MAX], keys[FILES_PATH_MAX], key_path[FILES_PATH_MAX];
    char key[TOKEN_KEY_SIZE + 2];
    size_t size = 0;
    *ret_report = (struct access_audit_report){.lines = 0};
    if (!files_join(path, backup, log_name, failure) ||
        !files_join(keys, backup, "keys", failure) ||
        !files_join(key_path, keys, "token-key", failure))
        return false;
    if (!files_exist(path))
        return true;
    if (!files_read(key_path, key, sizeof key, &size, failure))
        return false;
    bool good = size == TOKEN_KEY_SIZE
                    ? access_audit_verify(path, (const uint8_t *)key, ret_report, failure)
                    : fail(failure, FAULT_DAMAGED, 0, "%s does not hold %d bytes", key_path,
                           (int)TOKEN_KEY_SIZE);
    secret_wipe(key, sizeof key);
    return good;
}
