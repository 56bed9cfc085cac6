/*
 * Which documents came out of this printer before: a file of their ids in the profile's folder,
 * newest last. An id is written before its slip is sent, so whatever a kill leaves open prints as a
 * copy later, and no slip comes out twice that does not say so.
 */
#include "printer/printer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_SIZE = 24, ID_SIZE = 8, KEPT = 4096, MOST = 2 * KEPT };

static const char magic[8] = "tefprt1";

struct printed {
    int fd;
    char path[TEFTER_PATH_MAX + 16];
    uint8_t ledger[16];
    size_t count;
    uint64_t ids[MOST];
};

static void make_head(const struct printed *printed, uint8_t head[HEAD_SIZE])
{
    memcpy(head, magic, sizeof magic);
    memcpy(head + sizeof magic, printed->ledger, sizeof printed->ledger);
}

/* All of it anew, with the newest ids. */
static bool write_all(struct printed *printed, struct failure *failure)
{
    uint8_t bytes[HEAD_SIZE + KEPT * ID_SIZE];
    size_t drop = printed->count > KEPT ? printed->count - KEPT : 0;
    memmove(printed->ids, printed->ids + drop, (printed->count - drop) * sizeof *printed->ids);
    printed->count -= drop;
    make_head(printed, bytes);
    for (size_t i = 0; i < printed->count; i++)
        be64_put(bytes + HEAD_SIZE + i * ID_SIZE, printed->ids[i]);
    size_t size = HEAD_SIZE + printed->count * ID_SIZE;
    if (pwrite(printed->fd, bytes, size, 0) != (ssize_t)size ||
        ftruncate(printed->fd, (off_t)size) != 0 || fdatasync(printed->fd) != 0)
        return fail(failure, FAULT_IO, errno, "cannot write %s", printed->path);
    return true;
}

/* Of another ledger, or no such file: it begins anew. What a power cut left half is dropped. */
static bool read_all(struct printed *printed, struct failure *failure)
{
    uint8_t head[HEAD_SIZE];
    uint8_t bytes[ID_SIZE];
    make_head(printed, head);
    uint8_t there[HEAD_SIZE];
    bool ours =
        pread(printed->fd, there, HEAD_SIZE, 0) == HEAD_SIZE && memcmp(there, head, HEAD_SIZE) == 0;
    while (ours && printed->count < MOST &&
           pread(printed->fd, bytes, ID_SIZE, (off_t)(HEAD_SIZE + printed->count * ID_SIZE)) ==
               ID_SIZE)
        printed->ids[printed->count++] = be64_get(bytes);
    return write_all(printed, failure);
}

static bool open_file(struct printed *printed, struct failure *failure)
{
    printed->fd = open(printed->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (printed->fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot open %s", printed->path);
    if (flock(printed->fd, LOCK_EX | LOCK_NB) != 0)
        return fail(failure, FAULT_BUSY, 0,
                    "another tefter printer runs with this profile: stop it first");
    return read_all(printed, failure);
}

bool printed_open(const char *folder, const uint8_t ledger[16], struct printed **ret_printed,
                  struct failure *failure)
{
    struct printed *printed = calloc(1, sizeof *printed);
    if (printed == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory");
    printed->fd = -1;
    memcpy(printed->ledger, ledger, sizeof printed->ledger);
    (void)snprintf(printed->path, sizeof printed->path, "%s/printed", folder);
    if (!open_file(printed, failure)) {
        printed_close(printed);
        return false;
    }
    *ret_printed = printed;
    return true;
}

void printed_close(struct printed *printed)
{
    if (printed == NULL)
        return;
    if (printed->fd >= 0)
        (void)close(printed->fd);
    free(printed);
}

bool printed_has(const struct printed *printed, uint64_t document)
{
    size_t i = printed->count;
    while (i > 0 && printed->ids[i - 1] != document)
        i--;
    return i > 0;
}

bool printed_add(struct printed *printed, uint64_t document, struct failure *failure)
{
    uint8_t bytes[ID_SIZE];
    if (printed->count == MOST && !write_all(printed, failure))
        return false;
    be64_put(bytes, document);
    off_t at = (off_t)(HEAD_SIZE + printed->count * ID_SIZE);
    if (pwrite(printed->fd, bytes, sizeof bytes, at) != (ssize_t)sizeof bytes ||
        fdatasync(printed->fd) != 0)
        return fail(failure, FAULT_IO, errno, "cannot write %s", printed->path);
    printed->ids[printed->count++] = document;
    return true;
}

void printed_take_back(struct printed *printed)
{
    if (printed->count == 0)
        return;
    off_t size = (off_t)(HEAD_SIZE + (printed->count - 1) * ID_SIZE);
    if (ftruncate(printed->fd, size) == 0) /* else the next slip says COPY for nothing */
        printed->count--;
}
