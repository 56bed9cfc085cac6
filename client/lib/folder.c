#include "lib/folder.h"

#include "base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- paths ---- */

bool folder_path(const char *folder, const char *name, char out[TEFTER_PATH_MAX],
                 struct failure *failure)
{
    int size = snprintf(out, TEFTER_PATH_MAX, "%s/%s", folder, name);
    if (size < 0 || size >= TEFTER_PATH_MAX)
        return fail(failure, FAULT_USE, 0, "the name of the profile folder is too long: %s",
                    folder);
    return true;
}

static bool make_one(const char *path, struct failure *failure)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot make the folder %s", path);
}

bool folder_make(const char *path, struct failure *failure)
{
    char part[TEFTER_PATH_MAX];
    int size = snprintf(part, sizeof(part), "%s", path);
    if (size <= 0 || (size_t)size >= sizeof(part))
        return fail(failure, FAULT_USE, 0, "this is no name for a folder: \"%s\"", path);
    for (char *at = part + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (!make_one(part, failure))
            return false;
        *at = '/';
    }
    return make_one(part, failure);
}

/* ---- reading ---- */

static bool read_all(int fd, size_t bound, struct arena *arena, struct slice *ret_bytes)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return false;
    if (S_ISDIR(facts.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if ((size_t)facts.st_size > bound) {
        errno = EFBIG;
        return false;
    }
    uint8_t *data = arena_take(arena, (size_t)facts.st_size + 1);
    size_t size = 0;
    while (data != NULL && size < (size_t)facts.st_size) {
        ssize_t got = read(fd, data + size, (size_t)facts.st_size - size);
        if (got < 0 && errno != EINTR)
            return false;
        if (got == 0)
            break;
        size += got < 0 ? 0 : (size_t)got;
    }
    if (data == NULL) {
        errno = ENOMEM;
        return false;
    }
    data[size] = '\0';
    *ret_bytes = slice_of(data, size);
    return true;
}

bool folder_read(const char *folder, const char *name, size_t bound, struct arena *arena,
                 struct slice *ret_bytes, struct failure *failure)
{
    char path[TEFTER_PATH_MAX];
    *ret_bytes = (struct slice){NULL, 0};
    if (!folder_path(folder, name, path, failure))
        return false;
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, failure);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    bool good = fd >= 0 && read_all(fd, bound, arena, ret_bytes);
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    return good || (failure != NULL && failure->fault != FAULT_NONE) ||
           fail(failure, FAULT_IO, error, "cannot read %s", path);
}

/* ---- writing ---- */

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t put = write(fd, bytes.data, bytes.size);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            bytes.data += put;
            bytes.size -= (size_t)put;
        }
    }
    return true;
}

/* What is renamed is durable before, the renaming after. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return good;
}

static bool write_beside(const char *path, struct slice bytes, unsigned mode)
{
    (void)unlink(path); /* of a process that died */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    bool good = fd >= 0 && write_all(fd, bytes) && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = error;
    return good;
}

bool folder_write(const char *folder, const char *name, struct slice bytes, unsigned mode,
                  struct failure *failure)
{
    char path[TEFTER_PATH_MAX];
    char beside[TEFTER_PATH_MAX];
    char beside_name[64];
    (void)snprintf(beside_name, sizeof(beside_name), ".%s.%ld", name, (long)getpid());
    if (!folder_path(folder, name, path, failure) ||
        !folder_path(folder, beside_name, beside, failure))
        return false;
    if (write_beside(beside, bytes, mode) && rename(beside, path) == 0 && sync_folder(folder))
        return true;
    int error = errno;
    (void)unlink(beside);
    return fail(failure, FAULT_IO, error, "cannot write %s", path);
}

bool folder_remove(const char *folder, const char *name, struct failure *failure)
{
    char path[TEFTER_PATH_MAX];
    if (!folder_path(folder, name, path, failure))
        return false;
    if (unlink(path) == 0 || errno == ENOENT)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot remove %s", path);
}

/* ---- one process at a time ---- */

bool folder_lock(const char *folder, int *ret_lock, struct failure *failure)
{
    char path[TEFTER_PATH_MAX];
    if (!folder_path(folder, "lock", path, failure))
        return false;
    int fd = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, NULL);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot write in the profile folder %s", folder);
    while (flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        int error = errno;
        (void)close(fd);
        return fail(failure, FAULT_IO, error, "cannot lock %s", path);
    }
    *ret_lock = fd;
    return true;
}

void folder_unlock(int lock)
{
    (void)close(lock);
}
