/*
 * The local journal as files: copied, linked, weighed. Used beside a process that writes it.
 */
#include "local.h"

#include "base/plain_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024, FOLDERS = 3 };

struct copy {
    int from;
    int to;
    int earlier; /* -1: none */
};

static bool wanted(const char *name)
{
    return segment_named(name) || strcmp(name, "identity") == 0;
}

static int wanted_entry(const struct dirent *entry)
{
    return wanted(entry->d_name);
}

/* ---- one file ---- */

static bool same_file(int file, const struct copy *copy, const char *name)
{
    struct stat now, before;
    return copy->earlier >= 0 && fstat(file, &now) == 0 &&
           fstatat(copy->earlier, name, &before, 0) == 0 && S_ISREG(before.st_mode) &&
           now.st_size == before.st_size && now.st_mtim.tv_sec == before.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
}

static bool copy_bytes(int from, int to)
{
    static _Thread_local uint8_t block[COPY_BYTES];
    for (uint64_t offset = 0;;) {
        ssize_t got = read(from, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!file_write(to, slice_of(block, (size_t)got), offset))
            return false;
        offset += (uint64_t)got;
    }
}

/* Keeps the time of its last change: by it the next copy knows it again. */
static bool copy_file(int file, const struct copy *copy, const char *name, struct failure *failure)
{
    struct stat facts;
    int made = openat(copy->to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0)
        return fail(failure, fault_of_os(errno), errno, "cannot make the copy of %s", name);
    bool good = fstat(file, &facts) == 0 && copy_bytes(file, made) &&
                futimens(made, (struct timespec[2]){facts.st_mtim, facts.st_mtim}) == 0 &&
                fsync(made) == 0;
    if (!good)
        fail(failure, fault_of_os(errno), errno, "cannot write the copy of %s", name);
    close(made);
    return good;
}

static bool copy_one(const struct copy *copy, const char *name, struct failure *failure)
{
    int file = plain_open(copy->from, name, O_RDONLY, 0, failure);
    if (file < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", name);
    bool good =
        (same_file(file, copy, name) && linkat(copy->earlier, name, copy->to, name, 0) == 0) ||
        copy_file(file, copy, name, failure);
    close(file);
    return good;
}

/* ---- all of them ---- */

/* By name: segments in order, and the identity, which makes a journal of them, last. */
static bool copy_all(const char *path, const struct copy *copy, struct failure *failure)
{
    struct dirent **entries;
    int count = scandir(path, &entries, wanted_entry, alphasort);
    if (count < 0)
        return fail(failure, FAULT_IO, errno, "cannot list the folder %s", path);
    bool good = true;
    for (int i = 0; i < count; i++) {
        good = good && copy_one(copy, entries[i]->d_name, failure);
        free(entries[i]);
    }
    free(entries);
    return good && folder_sync(copy->to, failure);
}

static bool copy_folder(const char *from, const char *to, const char *earlier,
                        struct failure *failure)
{
    struct copy copy = {-1, -1, -1};
    if (mkdir(to, 0700) && errno != EEXIST)
        return fail(failure, fault_of_os(errno), errno, "cannot make the folder %s", to);
    if (earlier)
        copy.earlier = open(earlier, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* else it is copied */
    bool good = folder_open(from, &copy.from, failure) && folder_open(to, &copy.to, failure) &&
                copy_all(from, &copy, failure);
    int folders[FOLDERS] = {copy.from, copy.to, copy.earlier};
    for (int i = 0; i < FOLDERS; i++)
        if (folders[i] >= 0)
            close(folders[i]);
    return good;
}

bool local_export(const struct journal_options *from, const char *to, const char *earlier,
                  struct failure *failure)
{
    return copy_folder(from->path, to, earlier, failure);
}

/* Always a copy: what is written into a ledger must not change an export. */
bool local_import(const struct journal_options *to, const char *from, struct failure *failure)
{
    return copy_folder(from, to->path, NULL, failure);
}

bool local_size(const struct journal_options *options, uint64_t *ret_bytes, struct failure *failure)
{
    struct stat facts;
    DIR *folder = opendir(options->path);
    *ret_bytes = 0;
    if (!folder)
        return fail(failure, FAULT_IO, errno, "cannot open the folder %s", options->path);
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (wanted(entry->d_name) && fstatat(dirfd(folder), entry->d_name, &facts, 0) == 0)
            *ret_bytes += (uint64_t)facts.st_blocks * 512;
    closedir(folder);
    return true;
}
