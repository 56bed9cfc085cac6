#include "datadir/datadir.h"

#include "base/plain_file.h"

#include "datadir/owner.h"

#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* Someone who only asks whether it is served holds the lock for a moment: so taking is tried a few
 * times. */
enum { TAKE_TRIES = 10, TAKE_PAUSE_MS = 20, LEAST_PART = 20, WORKS_MAX = 64 };
#define LEAST_BYTES (UINT64_C(256) * 1024 * 1024)

bool datadir_init(struct datadir *folder, const char *path, struct failure *failure)
{
    *folder = (struct datadir){.lock_fd = -1};
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    if (size == 0 || size > DATADIR_NAME_MAX)
        return fail(failure, FAULT_USE, 0, "the ledger's folder wants a name of 1 to %d bytes",
                    DATADIR_NAME_MAX);
    memcpy(folder->root, path, size);
    const struct {
        char *out;
        const char *name;
    } parts[] = {
        {folder->journal, "journal"},
        {folder->state, "state"},
        {folder->vault, "vault"},
        {folder->checkpoints, "checkpoints"},
        {folder->keys, "keys"},
        {folder->marker, "shutdown-marker"},
        {folder->inflight, "inflight"},
        {folder->lost_words, "lost-words"},
        {folder->follower, "follower"},
        {folder->backup, "backup"},
        {folder->audit, "audit.log"},
        {folder->ended, "ended-logins"},
        {folder->marks, "profile-marks"},
        {folder->contacts, "contacts"},
        {folder->status, "status"},
        {folder->address, "server.address"},
        {folder->format, "format"},
        {folder->lock, "lock"},
        {folder->metrics, "metrics.address"},
        {folder->web, "web.socket"},
        {folder->notify, "notify.socket"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!files_join(parts[i].out, folder->root, parts[i].name, failure))
            return false;
    return owner_act(folder->root, failure);
}

struct journal_options datadir_journal(const struct datadir *folder)
{
    return (struct journal_options){.path = folder->journal};
}

/* ---- making one ---- */

static bool is_foreign(const char *name)
{
    static const char *const ours[] = {"keys",       "journal",      "state",
                                       "vault",      "lock",         "inflight",
                                       "audit.log",  "checkpoints",  "shutdown-marker",
                                       "lost-words", "ended-logins", "unsealed.tmp"};
    size_t size = strlen(name);
    if (size > 4 && strcmp(name + size - 4, ".new") == 0)
        size -= 4;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strlen(ours[i]) == size && strncmp(name, ours[i], size) == 0)
            return false;
    return true;
}

/* What an init or a restore that was killed has left: no `format`, and nothing that is not ours. */
static bool unfinished(const struct datadir *folder)
{
    struct files_name foreign;
    return files_exist(folder->checkpoints) && !files_exist(folder->format) &&
           files_list(folder->root, is_foreign, &foreign, 1) == 0;
}

static bool fail_unfinished(const struct datadir *folder, struct failure *failure)
{
    return fail(failure, FAULT_USE, 0,
                "%s holds what an interrupted init or restore left, and is no ledger; remove it "
                "(rm -r %s) and do that again",
                folder->root, folder->root);
}

static bool check_free(const struct datadir *folder, struct failure *failure)
{
    errno = 0;
    if (files_empty_folder(folder->root))
        return true;
    int error = errno;
    if (unfinished(folder))
        return fail_unfinished(folder, failure);
    if (error == EACCES || error == ENOTDIR)
        return fail(failure, FAULT_USE, error, "cannot look into %s", folder->root);
    return fail(failure, FAULT_USE, 0,
                "%s is there and not empty; name a folder that does not exist yet", folder->root);
}

static bool make_parts(const struct datadir *folder, struct failure *failure)
{
    return (chmod(folder->root, 0700) == 0 ||
            fail(failure, FAULT_IO, errno, "cannot set the rights of %s", folder->root)) &&
           journal_folder_supported(folder->root, failure) &&
           files_make_folder(folder->checkpoints, failure) &&
           files_make_folder(folder->keys, failure);
}

bool datadir_make(struct datadir *folder, struct failure *failure)
{
    if (!check_free(folder, failure))
        return false;
    folder->made = mkdir(folder->root, 0700) == 0;
    if (!folder->made && !files_make_folder(folder->root, failure))
        return false;
    if (make_parts(folder, failure))
        return true;
    datadir_abandon(folder);
    return false;
}

static bool is_any(const char *name)
{
    (void)name;
    return true;
}

/* A folder that was there before stays, empty as it was. */
void datadir_abandon(struct datadir *folder)
{
    struct files_name name;
    char path[FILES_PATH_MAX];
    if (folder->made) {
        files_remove_tree(folder->root, NULL);
        return;
    }
    while (files_list(folder->root, is_any, &name, 1) > 0)
        if (!files_join(path, folder->root, name.text, NULL) || !files_remove_tree(path, NULL))
            return;
}

bool datadir_finish(struct datadir *folder, struct failure *failure)
{
    char text[16];
    int size = snprintf(text, sizeof text, "%d\n", LEDGER_FORMAT);
    return files_write(folder->format, slice_of(text, (size_t)size), 0600, failure);
}

static bool fail_open(const struct datadir *folder, struct failure *failure)
{
    char *whole = realpath(folder->root, NULL); /* a command that is right wherever it is typed */
    const char *path = whole != NULL ? whole : folder->root;
    (void)fail(failure, FAULT_DENIED, 0, "others may look into %s; close it with: chmod 700 %s",
               path, path);
    free(whole);
    return false;
}

static bool check_rights(const struct datadir *folder, struct failure *failure)
{
    struct stat facts;
    if (stat(folder->root, &facts) != 0)
        return fail(failure, FAULT_USE, errno, "cannot look at the ledger's folder %s",
                    folder->root);
    if (!S_ISDIR(facts.st_mode))
        return fail(failure, FAULT_USE, 0, "%s is not a folder", folder->root);
    if ((facts.st_mode & 077) && files_exist(folder->format))
        return fail_open(folder, failure);
    return true;
}

static bool check_format(const struct datadir *folder, struct failure *failure)
{
    char text[32];
    size_t size;
    struct stat facts;
    if (stat(folder->format, &facts) != 0 && errno != ENOENT)
        return fail(failure, FAULT_DENIED, errno, "cannot look into the ledger's folder %s",
                    folder->root);
    if (unfinished(folder))
        return fail_unfinished(folder, failure);
    if (!files_exist(folder->format))
        return fail(failure, FAULT_USE, 0,
                    "%s is not a ledger (it has no file 'format'); make one with: tefterd init "
                    "--ledger %s --company NAME --currency VND --admin LOGIN",
                    folder->root, folder->root);
    if (!files_read(folder->format, text, sizeof text, &size, failure))
        return false;
    char *end;
    long format = strtol(text, &end, 10);
    if (end == text || (*end != '\n' && *end != '\0') || format < 1)
        return fail(failure, FAULT_DAMAGED, 0, "%s does not hold a number", folder->format);
    if (format < LEDGER_FORMAT)
        return fail(failure, FAULT_OLDER, 0,
                    "this ledger was written in journal format %ld, which this program no longer "
                    "reads (%s); this one reads format %d",
                    format, folder->root, LEDGER_FORMAT);
    if (format > LEDGER_FORMAT)
        return fail(failure, FAULT_NEWER, 0,
                    "%s has format %ld, this program knows %d; use a newer tefterd", folder->root,
                    format, LEDGER_FORMAT);
    return true;
}

bool datadir_check(const struct datadir *folder, struct failure *failure)
{
    return check_rights(folder, failure) && check_format(folder, failure) &&
           journal_folder_supported(folder->root, failure);
}

/* ---- who serves it ---- */

static int pid_in(int fd)
{
    char text[32] = {0};
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    return size > 0 ? (int)strtol(text, NULL, 10) : 0;
}

static bool take_lock(int fd)
{
    for (int i = 0; i < TAKE_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = TAKE_PAUSE_MS * 1000000L}, NULL);
    }
    return false;
}

/* In place, over an older one: a full disk has no room for a new block. Without one the lock says
 * the same, only not by whom. */
static void write_pid(int fd)
{
    char text[32];
    int size = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (pwrite(fd, text, (size_t)size, 0) == size)
        (void)!ftruncate(fd, size);
}

bool datadir_take(struct datadir *folder, struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, folder->lock, O_RDWR | O_CREAT, 0600, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", folder->lock);
    if (!take_lock(fd)) {
        fail(failure, FAULT_BUSY, 0, "%s is already served by pid %d: stop that server first",
             folder->root, pid_in(fd));
        close(fd);
        return false;
    }
    write_pid(fd);
    folder->lock_fd = fd;
    return true;
}

/* The pid in it is then old; nobody believes it without the lock. */
void datadir_leave(struct datadir *folder)
{
    inflight_close(folder->page);
    folder->page = NULL;
    if (folder->lock_fd >= 0)
        close(folder->lock_fd);
    folder->lock_fd = -1;
}

int datadir_served_by(const struct datadir *folder)
{
    int fd = plain_open(AT_FDCWD, folder->lock, O_RDONLY, 0, NULL);
    if (fd < 0)
        return 0;
    bool served = flock(fd, LOCK_SH | LOCK_NB) != 0;
    int pid = served ? pid_in(fd) : 0;
    close(fd);
    return served && pid == 0 ? -1 : pid;
}

/* ---- what tools work in ---- */

static bool is_work(const char *name)
{
    return strstr(name, ".tmp") != NULL;
}

void datadir_clear_work(const char *place, const char *prefix)
{
    struct files_name names[WORKS_MAX];
    char path[FILES_PATH_MAX];
    size_t size = strlen(prefix), count = files_list(place, is_work, names, WORKS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i].text;
        if (strncmp(name, prefix, size) != 0 || name[size] != '-')
            continue;
        pid_t pid = (pid_t)strtol(name + size + 1, NULL, 10);
        if (pid > 0 && kill(pid, 0) && errno == ESRCH && files_join(path, place, name, NULL))
            files_remove_tree(path, NULL);
    }
}

/* ---- room left ---- */

bool datadir_space(const struct datadir *folder, struct datadir_space *ret_space)
{
    struct statvfs facts;
    if (statvfs(folder->root, &facts) != 0)
        return false;
    ret_space->free_bytes = (uint64_t)facts.f_bavail * facts.f_frsize;
    ret_space->total_bytes = (uint64_t)facts.f_blocks * facts.f_frsize;
    return true;
}

uint64_t datadir_space_least(const struct datadir_space *space, uint64_t set_bytes)
{
    if (set_bytes != DATADIR_SPACE_USUAL)
        return set_bytes;
    uint64_t part = space->total_bytes / LEAST_PART;
    return part > LEAST_BYTES ? part : LEAST_BYTES;
}
