#include "datadir/files.h"

#include "base/plain_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger writes make page cache in such pieces, and each later write of a page into one looks at
 * all of it: a state that was copied so would be the slower for it. */
enum { COPY_BYTES = 4096, TREE_DESCRIPTORS = 16, SUM_BYTES = 256 * 1024 };

bool files_join(char out[FILES_PATH_MAX], const char *folder, const char *name,
                struct failure *failure)
{
    int size = snprintf(out, FILES_PATH_MAX, "%s/%s", folder, name);
    if (size > 0 && size < FILES_PATH_MAX)
        return true;
    return fail(failure, FAULT_USE, 0, "the path %.200s/... is too long", folder);
}

/* ---- small files ---- */

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return true;
}

static bool folder_of(const char *path, char out[FILES_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t size = slash ? (size_t)(slash - path) : 0;
    if (size >= FILES_PATH_MAX)
        return false;
    memcpy(out, path, size);
    out[size] = '\0';
    if (size == 0)
        snprintf(out, FILES_PATH_MAX, "%s", slash ? "/" : ".");
    return true;
}

static bool write_new(const char *path, struct slice bytes, mode_t mode, struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make %s", path);
    bool good = fchmod(fd, mode) == 0 && write_all(fd, bytes) && fsync(fd) == 0;
    if (!good)
        fail(failure, errno == ENOSPC ? FAULT_FULL : FAULT_IO, errno, "cannot write %s", path);
    close(fd);
    return good;
}

bool files_write(const char *path, struct slice bytes, mode_t mode, struct failure *failure)
{
    char fresh[FILES_PATH_MAX + 8];
    char folder[FILES_PATH_MAX];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    if (!folder_of(path, folder))
        return fail(failure, FAULT_USE, 0, "the path %.200s... is too long", path);
    if (!write_new(fresh, bytes, mode, failure))
        return false;
    if (rename(fresh, path) != 0)
        return fail(failure, FAULT_IO, errno, "cannot rename %s", fresh);
    return files_sync_folder(folder, failure);
}

bool files_read(const char *path, char *out, size_t capacity, size_t *ret_size,
                struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", path);
    size_t size = 0;
    ssize_t got = 1;
    while (size < capacity && (got = read(fd, out + size, capacity - size)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        size += (size_t)got;
    }
    int error = errno;
    close(fd);
    if (got < 0)
        return fail(failure, FAULT_IO, error, "cannot read %s", path);
    if (size == capacity)
        return fail(failure, FAULT_USE, 0, "%s is too long: %zu bytes are the most", path,
                    capacity - 1);
    out[size] = '\0';
    *ret_size = size;
    return true;
}

static bool sum_of(int fd, struct hash *ret_sum)
{
    static _Thread_local uint8_t block[SUM_BYTES];
    struct hash_state state;
    hash_begin(&state);
    for (;;) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            hash_end(&state, ret_sum);
            return got == 0;
        }
        hash_add(&state, block, (size_t)got);
    }
}

bool files_sum(const char *path, struct hash *ret_sum, struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", path);
    bool good = sum_of(fd, ret_sum) || fail(failure, FAULT_IO, errno, "cannot read %s", path);
    close(fd);
    return good;
}

bool files_exist(const char *path)
{
    return access(path, F_OK) == 0;
}

int64_t files_changed_ms(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return 0;
    return (int64_t)facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1000000;
}

/* ---- folders ---- */

bool files_make_folder(const char *path, struct failure *failure)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot make the folder %s", path);
}

bool files_sync_folder(const char *path, struct failure *failure)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open the folder %s", path);
    bool synced = fsync(fd) == 0;
    if (!synced)
        fail(failure, FAULT_IO, errno, "cannot sync the folder %s", path);
    close(fd);
    return synced;
}

static bool dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool files_empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT;
    bool empty = true;
    for (struct dirent *entry; empty && (entry = readdir(folder));)
        empty = dots(entry->d_name);
    closedir(folder);
    return empty;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct files_name *)a)->text, ((const struct files_name *)b)->text);
}

/* Keeps the greatest `most` names: a full list loses its smallest. */
static void keep_name(struct files_name *names, size_t *count, size_t most, const char *name)
{
    size_t place = *count;
    size_t size = strlen(name) + 1;
    if (size > FILES_NAME_MAX)
        return;
    if (*count == most) {
        qsort(names, *count, sizeof *names, by_name);
        if (strcmp(name, names[0].text) <= 0)
            return;
        place = 0;
    } else {
        (*count)++;
    }
    memcpy(names[place].text, name, size);
}

size_t files_list(const char *folder, bool (*wanted)(const char *name),
                  struct files_name *ret_names, size_t most)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    if (!entries || most == 0) {
        if (entries)
            closedir(entries);
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(entries));)
        if (!dots(entry->d_name) && wanted(entry->d_name))
            keep_name(ret_names, &count, most, entry->d_name);
    closedir(entries);
    qsort(ret_names, count, sizeof *ret_names, by_name);
    return count;
}

/* ---- copies ---- */

static bool copy_bytes(int from, int to)
{
    static _Thread_local uint8_t block[COPY_BYTES];
    for (;;) {
        ssize_t got = read(from, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!write_all(to, slice_of(block, (size_t)got)))
            return false;
    }
}

static bool copy_open(int from, const char *to, struct failure *failure)
{
    struct stat facts;
    if (fstat(from, &facts) != 0)
        return fail(failure, FAULT_IO, errno, "cannot look at the source of %s", to);
    int fd = plain_open(AT_FDCWD, to, O_WRONLY | O_CREAT | O_TRUNC, 0600, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make %s", to);
    struct timespec times[2] = {facts.st_mtim, facts.st_mtim};
    bool good = copy_bytes(from, fd) && futimens(fd, times) == 0 && fsync(fd) == 0;
    if (!good)
        fail(failure, errno == ENOSPC ? FAULT_FULL : FAULT_IO, errno, "cannot write %s", to);
    close(fd);
    return good;
}

bool files_copy(const char *from, const char *to, struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, from, O_RDONLY, 0, failure);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", from);
    bool good = copy_open(fd, to, failure);
    close(fd);
    return good;
}

static bool plain_file(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

static bool copy_one(const char *from, const char *to, const char *name, struct failure *failure)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX];
    if (!files_join(source, from, name, failure) || !files_join(target, to, name, failure))
        return false;
    return !plain_file(source) || files_copy(source, target, failure);
}

bool files_copy_folder(const char *from, const char *to, struct failure *failure)
{
    struct dirent **entries;
    int count = scandir(from, &entries, NULL, alphasort);
    if (count < 0)
        return fail(failure, FAULT_IO, errno, "cannot read the folder %s", from);
    bool good = files_make_folder(to, failure);
    for (int i = 0; i < count; i++) {
        good =
            good && (dots(entries[i]->d_name) || copy_one(from, to, entries[i]->d_name, failure));
        free(entries[i]);
    }
    free(entries);
    return good && files_sync_folder(to, failure);
}

/* ---- trees ---- */

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *walk)
{
    (void)facts, (void)kind, (void)walk;
    return remove(path);
}

bool files_remove_tree(const char *path, struct failure *failure)
{
    if (!files_exist(path) || nftw(path, remove_one, TREE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) == 0)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot remove %s", path);
}

/* By the folders above it, each looked at as what it is: a link or a .. changes nothing. */
bool files_inside(const char *path, const char *folder)
{
    char real[PATH_MAX], above[FILES_PATH_MAX];
    struct stat wanted, found;
    if (stat(folder, &wanted) != 0 || !folder_of(path, above))
        return false;
    if (!realpath(path, real))
        return errno == ENOENT && strcmp(above, path) != 0 && files_inside(above, folder);
    for (char *end = real + strlen(real); end > real; *end = '\0') {
        if (stat(real, &found) == 0 && found.st_dev == wanted.st_dev &&
            found.st_ino == wanted.st_ino)
            return true;
        end = strrchr(real, '/');
    }
    return false;
}

static _Thread_local uint64_t tree_bytes;

static int weigh_one(const char *path, const struct stat *facts, int kind, struct FTW *walk)
{
    (void)path, (void)walk;
    if (kind == FTW_F)
        tree_bytes += (uint64_t)facts->st_blocks * 512;
    return 0;
}

uint64_t files_tree_bytes(const char *path)
{
    tree_bytes = 0;
    nftw(path, weigh_one, TREE_DESCRIPTORS, FTW_PHYS);
    return tree_bytes;
}
