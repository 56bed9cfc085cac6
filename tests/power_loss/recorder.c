/*
 * The recorder: a library loaded before a program, see trace.h.
 *
 * Each call is done and noted under one lock, so that a sync is noted behind just those writes
 * that it covered. Files are known by device and inode: descriptors may be copied and passed on.
 * Nothing here calls a function it hooks: the system is called directly.
 */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES_MAX = 4096, IOV_TAKEN_MAX = 1024 };

struct known_file {
    dev_t device;
    ino_t inode;
    uint64_t number; /* 0: not one of ours */
    bool acks;
};

static struct known_file files[FILES_MAX];
static size_t file_count;
static uint64_t file_numbers;
static int trace = -1;
static char root[PATH_MAX], ack_path[PATH_MAX];
static size_t root_length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noreturn)) static void give_up(const char *what)
{
    dprintf(2, "power recorder: %s: %s\n", what, strerror(errno));
    abort();
}

static void setting(const char *name, char out[PATH_MAX])
{
    const char *value = getenv(name);
    if (value && !realpath(value, out))
        snprintf(out, PATH_MAX, "%s", value);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("POWER_TRACE");
    setting("POWER_ROOT", root);
    setting("POWER_ACK", ack_path);
    root_length = strlen(root);
    if (!path)
        return;
    trace =
        (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (trace < 0)
        give_up(path);
    int high = (int)syscall(SYS_fcntl, trace, F_DUPFD_CLOEXEC, 900);
    if (high >= 0) { /* out of the way of programs that count their descriptors */
        syscall(SYS_close, trace);
        trace = high;
    }
}

/* One record goes out in one write: several programs may share the trace. */
static void note(enum trace_kind kind, uint64_t file, uint64_t at, const struct iovec *parts,
                 int count, size_t size)
{
    struct iovec all[IOV_TAKEN_MAX + 1];
    struct trace_record record = {TRACE_MAGIC, kind, file, at, size};
    size_t left = size;
    int used = 1;
    all[0] = (struct iovec){&record, sizeof record};
    for (int i = 0; i < count && left > 0; i++) {
        size_t part = parts[i].iov_len < left ? parts[i].iov_len : left;
        all[used++] = (struct iovec){parts[i].iov_base, part};
        left -= part;
    }
    if (syscall(SYS_writev, trace, all, used) != (long)(sizeof record + size))
        give_up("cannot write the trace");
}

static void note_text(enum trace_kind kind, uint64_t file, uint64_t at, const char *text,
                      size_t size)
{
    struct iovec part = {(void *)(uintptr_t)text, size};
    note(kind, file, at, &part, 1, size);
}

/* The path under the root ("" is the root itself), or NULL. */
static const char *under_root(const char *path)
{
    if (root_length == 0 || strncmp(path, root, root_length) != 0)
        return NULL;
    if (path[root_length] == 0)
        return "";
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static bool path_of_descriptor(int fd, char out[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long size = syscall(SYS_readlinkat, AT_FDCWD, link, out, (size_t)PATH_MAX - 1);
    out[size > 0 ? size : 0] = 0;
    return size > 0;
}

/* Absolute, all folders resolved, the last name as it is. */
static bool path_of_name(int folder, const char *path, char out[PATH_MAX])
{
    char whole[PATH_MAX * 2], base[PATH_MAX];
    if (path[0] == '/')
        snprintf(whole, sizeof whole, "%s", path);
    else if (path_of_descriptor(folder, base))
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    else if (folder == AT_FDCWD && getcwd(base, sizeof base))
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    else
        return false;
    for (size_t end = strlen(whole); end > 1 && whole[end - 1] == '/'; end--)
        whole[end - 1] = 0;
    char *name = strrchr(whole, '/');
    if (!name)
        return false;
    *name++ = 0;
    if (!realpath(*whole ? whole : "/", base))
        return false;
    return snprintf(out, PATH_MAX, "%s/%s", base, name) < PATH_MAX;
}

static struct known_file *file_find(const struct stat *stat)
{
    for (size_t i = file_count; i-- > 0;)
        if (files[i].inode == stat->st_ino && files[i].device == stat->st_dev)
            return &files[i];
    return NULL;
}

static struct known_file *file_add(const struct stat *stat, const char *path, bool made)
{
    struct known_file *file = file_find(stat);
    if (!file) {
        if (file_count == FILES_MAX)
            give_up("too many files");
        file = &files[file_count++];
    }
    const char *name = under_root(path);
    *file = (struct known_file){.device = stat->st_dev, .inode = stat->st_ino};
    file->acks = ack_path[0] && strcmp(path, ack_path) == 0;
    if (name) {
        file->number = (uint64_t)getpid() << 32 | ++file_numbers;
        note_text(TRACE_FILE, file->number, made, name, strlen(name));
    }
    return file;
}

/* The file behind a descriptor when it is one of ours. */
static struct known_file *file_of(int fd, struct stat *ret_stat)
{
    char path[PATH_MAX];
    if (trace < 0 || syscall(SYS_fstat, fd, ret_stat) || !S_ISREG(ret_stat->st_mode))
        return NULL;
    struct known_file *file = file_find(ret_stat);
    if (!file && path_of_descriptor(fd, path))
        file = file_add(ret_stat, path, false);
    return file && (file->number || file->acks) ? file : NULL;
}

static bool is_durable(int fd)
{
    long flags = syscall(SYS_fcntl, fd, F_GETFL);
    return flags >= 0 && (flags & (O_DSYNC | O_SYNC)) != 0;
}

/* Where a write without an offset will go. */
static uint64_t position(int fd, const struct stat *stat)
{
    long flags = syscall(SYS_fcntl, fd, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND))
        return (uint64_t)stat->st_size;
    return (uint64_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

static void note_write(int fd, const struct known_file *file, uint64_t at,
                       const struct iovec *parts, int count, long wrote)
{
    if (wrote <= 0)
        return;
    if (file->acks)
        note(TRACE_ACK, 0, 0, parts, count, (size_t)wrote);
    else
        note(is_durable(fd) ? TRACE_DURABLE : TRACE_WRITE, file->number, at, parts, count,
             (size_t)wrote);
}

static long system_write(int fd, const struct iovec *parts, int count, off_t at)
{
    if (at >= 0)
        return syscall(SYS_pwritev, fd, parts, count, at, 0);
    return syscall(SYS_writev, fd, parts, count);
}

/* All writes end here; at < 0: where the descriptor stands. The lock is not held while a pipe or
 * a socket keeps the caller waiting. */
static long do_write(int fd, const struct iovec *parts, int count, off_t at)
{
    struct stat stat;
    if (trace < 0)
        return system_write(fd, parts, count, at);
    if (count > IOV_TAKEN_MAX)
        give_up("too many parts in one write");
    pthread_mutex_lock(&lock);
    const struct known_file *file = file_of(fd, &stat);
    if (!file) {
        pthread_mutex_unlock(&lock);
        return system_write(fd, parts, count, at);
    }
    uint64_t place = at >= 0 ? (uint64_t)at : position(fd, &stat);
    long wrote = system_write(fd, parts, count, at);
    int error = errno;
    note_write(fd, file, place, parts, count, wrote);
    pthread_mutex_unlock(&lock);
    errno = error;
    return wrote;
}

#define EXPORT __attribute__((visibility("default")))

EXPORT ssize_t write(int fd, const void *data, size_t size)
{
    struct iovec part = {(void *)(uintptr_t)data, size};
    return do_write(fd, &part, 1, -1);
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    struct iovec part = {(void *)(uintptr_t)data, size};
    return do_write(fd, &part, 1, at);
}

EXPORT ssize_t pwrite64(int fd, const void *data, size_t size, off_t at)
{
    return pwrite(fd, data, size, at);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return do_write(fd, parts, count, -1);
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return do_write(fd, parts, count, at);
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at)
{
    return do_write(fd, parts, count, at);
}

static void note_sync(int fd)
{
    struct stat stat;
    char path[PATH_MAX];
    const char *name;
    const struct known_file *file = file_of(fd, &stat);
    if (file && file->number)
        note(TRACE_SYNC, file->number, 0, NULL, 0, 0);
    else if (!file && trace >= 0 && syscall(SYS_fstat, fd, &stat) == 0 && S_ISDIR(stat.st_mode) &&
             path_of_descriptor(fd, path) && (name = under_root(path)) != NULL)
        note_text(TRACE_FOLDER_SYNC, 0, 0, name, strlen(name));
}

static int do_sync(int fd, long call)
{
    pthread_mutex_lock(&lock);
    int rc = (int)syscall(call, fd);
    int error = errno;
    if (rc == 0)
        note_sync(fd);
    pthread_mutex_unlock(&lock);
    errno = error;
    return rc;
}

EXPORT int fsync(int fd)
{
    return do_sync(fd, SYS_fsync);
}

EXPORT int fdatasync(int fd)
{
    return do_sync(fd, SYS_fdatasync);
}

EXPORT int ftruncate(int fd, off_t size)
{
    struct stat stat;
    pthread_mutex_lock(&lock);
    const struct known_file *file = file_of(fd, &stat);
    int rc = (int)syscall(SYS_ftruncate, fd, size);
    int error = errno;
    if (rc == 0 && file && file->number)
        note(TRACE_SIZE, file->number, (uint64_t)size, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return rc;
}

EXPORT int ftruncate64(int fd, off_t size)
{
    return ftruncate(fd, size);
}

EXPORT int fallocate(int fd, int mode, off_t at, off_t size)
{
    struct stat stat;
    pthread_mutex_lock(&lock);
    const struct known_file *file = file_of(fd, &stat);
    int rc = (int)syscall(SYS_fallocate, fd, mode, at, size);
    int error = errno;
    if (rc == 0 && file && file->number && mode == 0 && at + size > stat.st_size)
        note(TRACE_SIZE, file->number, (uint64_t)(at + size), NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return rc;
}

EXPORT int fallocate64(int fd, int mode, off_t at, off_t size)
{
    return fallocate(fd, mode, at, size);
}

EXPORT int posix_fallocate(int fd, off_t at, off_t size)
{
    return fallocate(fd, 0, at, size) ? errno : 0;
}

/* Notes a file that an open made, or emptied. */
static void note_open(int fd, int flags, bool was_there, size_t size_before)
{
    struct stat stat;
    char path[PATH_MAX];
    if (syscall(SYS_fstat, fd, &stat) || !S_ISREG(stat.st_mode) || !path_of_descriptor(fd, path))
        return;
    if (!was_there) {
        file_add(&stat, path, true);
        return;
    }
    const struct known_file *file = file_of(fd, &stat);
    if (file && file->number && (flags & O_TRUNC) && size_before > 0)
        note(TRACE_SIZE, file->number, 0, NULL, 0, 0);
}

static int do_open(int folder, const char *path, int flags, mode_t mode)
{
    struct stat before;
    if (trace < 0 || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE)
        return (int)syscall(SYS_openat, folder, path, flags, mode);
    pthread_mutex_lock(&lock);
    bool was_there = syscall(SYS_newfstatat, folder, path, &before, 0) == 0;
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    int error = errno;
    if (fd >= 0)
        note_open(fd, flags, was_there, was_there ? (size_t)before.st_size : 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

/* An open takes its mode only when it may make a file. */
#define OPEN_MODE(flags)                                                                           \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

EXPORT int open(const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return do_open(AT_FDCWD, path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return do_open(AT_FDCWD, path, flags, mode);
}

EXPORT int openat(int folder, const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return do_open(folder, path, flags, mode);
}

EXPORT int openat64(int folder, const char *path, int flags, ...)
{
    OPEN_MODE(flags)
    return do_open(folder, path, flags, mode);
}

EXPORT int creat(const char *path, mode_t mode)
{
    return do_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* A call on one name, noted by its path when it worked. */
static int do_named(enum trace_kind kind, int folder, const char *path, long call, long last)
{
    char whole[PATH_MAX];
    if (trace < 0)
        return (int)syscall(call, folder, path, last);
    pthread_mutex_lock(&lock);
    const char *name = path_of_name(folder, path, whole) ? under_root(whole) : NULL;
    int rc = (int)syscall(call, folder, path, last);
    int error = errno;
    if (rc == 0 && name)
        note_text(kind, 0, 0, name, strlen(name));
    pthread_mutex_unlock(&lock);
    errno = error;
    return rc;
}

EXPORT int unlink(const char *path)
{
    return do_named(TRACE_UNLINK, AT_FDCWD, path, SYS_unlinkat, 0);
}

EXPORT int unlinkat(int folder, const char *path, int flags)
{
    return do_named(flags & AT_REMOVEDIR ? TRACE_RMDIR : TRACE_UNLINK, folder, path, SYS_unlinkat,
                    flags);
}

EXPORT int rmdir(const char *path)
{
    return do_named(TRACE_RMDIR, AT_FDCWD, path, SYS_unlinkat, AT_REMOVEDIR);
}

EXPORT int remove(const char *path)
{
    int rc = unlink(path);
    return rc && errno == EISDIR ? rmdir(path) : rc;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
    return do_named(TRACE_MKDIR, AT_FDCWD, path, SYS_mkdirat, (long)mode);
}

EXPORT int mkdirat(int folder, const char *path, mode_t mode)
{
    return do_named(TRACE_MKDIR, folder, path, SYS_mkdirat, (long)mode);
}

static int do_rename(int from, const char *old, int to, const char *new, unsigned flags)
{
    char old_whole[PATH_MAX], new_whole[PATH_MAX], both[2 * PATH_MAX];
    if (trace < 0)
        return (int)syscall(SYS_renameat2, from, old, to, new, flags);
    pthread_mutex_lock(&lock);
    const char *old_name = path_of_name(from, old, old_whole) ? under_root(old_whole) : NULL;
    const char *new_name = path_of_name(to, new, new_whole) ? under_root(new_whole) : NULL;
    int rc = (int)syscall(SYS_renameat2, from, old, to, new, flags);
    int error = errno;
    if (rc == 0 && !old_name != !new_name)
        give_up("a file moves into or out of the root");
    if (rc == 0 && old_name) {
        int size = snprintf(both, sizeof both, "%s%c%s", old_name, 0, new_name);
        note_text(TRACE_RENAME, 0, 0, both, (size_t)size);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return rc;
}

EXPORT int rename(const char *old, const char *new)
{
    return do_rename(AT_FDCWD, old, AT_FDCWD, new, 0);
}

EXPORT int renameat(int from, const char *old, int to, const char *new)
{
    return do_rename(from, old, to, new, 0);
}

EXPORT int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    return do_rename(from, old, to, new, flags);
}

/* What would slip past the trace stops the program: better no test than one that sees half. */
EXPORT ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t size,
                               unsigned flags)
{
    struct stat stat;
    if (trace >= 0 && file_of(out, &stat)) {
        errno = ENOSYS; /* callers fall back to read and write */
        return -1;
    }
    return syscall(SYS_copy_file_range, in, in_at, out, out_at, size, flags);
}
