/*
 * Segments as files.
 */
#include "base/grow.h"

#include "base/plain_file.h"
#include "local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char suffix[] = ".segment";

enum { NAME_DIGITS = 20 };

enum fault fault_of_os(int os_error)
{
    return os_error == ENOSPC || os_error == EDQUOT ? FAULT_FULL : FAULT_IO;
}

void segment_name(uint64_t first_batch, char out[SEGMENT_NAME_SIZE])
{
    snprintf(out, SEGMENT_NAME_SIZE, "%0*" PRIu64 "%s", NAME_DIGITS, first_batch, suffix);
}

static bool name_read(const char *name, uint64_t *ret_first_batch)
{
    char again[SEGMENT_NAME_SIZE];
    *ret_first_batch = strtoull(name, NULL, 10);
    segment_name(*ret_first_batch, again);
    return strcmp(name, again) == 0;
}

bool segment_named(const char *name)
{
    return name_read(name, &(uint64_t){0});
}

bool folder_open(const char *path, int *ret_folder, struct failure *failure)
{
    *ret_folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_folder >= 0)
        return true;
    return fail(failure, FAULT_IO, errno, "cannot open the folder %s", path);
}

bool folder_sync(int folder, struct failure *failure)
{
    if (fsync(folder) == 0)
        return true;
    return fail(failure, fault_of_os(errno), errno, "cannot sync the journal's folder");
}

bool segment_note(struct local *local, struct segment segment)
{
    if (!GROW(local->segments, local->segment_capacity, local->segment_count + 1))
        return false;
    local->segments[local->segment_count++] = segment;
    return true;
}

struct segment segment_at(struct local *local, size_t number)
{
    pthread_mutex_lock(&local->journal.lock);
    struct segment segment = local->segments[number];
    pthread_mutex_unlock(&local->journal.lock);
    return segment;
}

static int segment_order(const void *a, const void *b)
{
    const struct segment *left = a, *right = b;
    return (left->first_batch > right->first_batch) - (left->first_batch < right->first_batch);
}

static bool entries_note(struct local *local, DIR *folder, struct failure *failure)
{
    const struct dirent *entry;
    struct segment segment = {0};
    struct stat stat;
    while ((errno = 0, entry = readdir(folder)) != NULL)
        if (name_read(entry->d_name, &segment.first_batch) && !segment_note(local, segment))
            return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for the list of segments");
    if (errno)
        return fail(failure, FAULT_IO, errno, "cannot list the folder %s", local->path);
    for (size_t i = 0; i < local->segment_count; i++) {
        char name[SEGMENT_NAME_SIZE];
        segment_name(local->segments[i].first_batch, name);
        if (fstatat(local->folder, name, &stat, 0))
            return fail(failure, FAULT_IO, errno, "cannot look at segment %s", name);
        local->segments[i].size = (uint64_t)stat.st_size;
    }
    return true;
}

/* Sizes are taken after the names: a segment that has one behind it does not grow any more. */
bool segment_list(struct local *local, struct failure *failure)
{
    DIR *folder = opendir(local->path);
    if (!folder)
        return fail(failure, FAULT_IO, errno, "cannot open the folder %s", local->path);
    bool listed = entries_note(local, folder, failure);
    closedir(folder);
    if (local->segment_count)
        qsort(local->segments, local->segment_count, sizeof *local->segments, segment_order);
    return listed;
}

bool file_write(int file, struct slice bytes, uint64_t offset)
{
    while (bytes.size > 0) {
        ssize_t wrote = pwrite(file, bytes.data, bytes.size, (off_t)offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote == 0)
            errno = ENOSPC;
        if (wrote <= 0)
            return false;
        offset += (uint64_t)wrote;
        bytes = slice_of(bytes.data + wrote, bytes.size - (size_t)wrote);
    }
    return true;
}

static bool file_new(int folder, const char *name, int flags, int *ret_file,
                     struct failure *failure)
{
    *ret_file = plain_open(folder, name, O_RDWR | O_CREAT | flags, 0600, failure);
    if (*ret_file >= 0)
        return true;
    return fail(failure, fault_of_os(errno), errno, "cannot make %s", name);
}

bool segment_create(int folder, uint64_t first_batch, int *ret_file, struct failure *failure)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(first_batch, name);
    if (!file_new(folder, name, O_EXCL, ret_file, failure))
        return false;
    if (fsync(*ret_file) == 0 && folder_sync(folder, failure))
        return true;
    fail(failure, fault_of_os(errno), errno, "cannot sync segment %s", name);
    close(*ret_file);
    return false;
}

bool segment_rewrite(int folder, uint64_t first_batch, struct slice bytes, int *ret_file,
                     struct failure *failure)
{
    char name[SEGMENT_NAME_SIZE], new_name[SEGMENT_NAME_SIZE + 8];
    segment_name(first_batch, name);
    snprintf(new_name, sizeof new_name, "%s.new", name);
    if (!file_new(folder, new_name, O_TRUNC, ret_file, failure))
        return false;
    if (file_write(*ret_file, bytes, 0) && fsync(*ret_file) == 0 &&
        renameat(folder, new_name, folder, name) == 0 && folder_sync(folder, failure))
        return true;
    fail(failure, fault_of_os(errno), errno, "cannot rewrite segment %s", name);
    close(*ret_file);
    unlinkat(folder, new_name, 0);
    return false;
}
