/*
 * Logins that were ended before their tokens are over. In memory, and in a file that a restart
 * reads: one record of 16 bytes each, the login and until when its tokens would have counted.
 *
 * Bounded: when ENDED_LOGINS_MAX are kept, those that end first give way, and no token that ends
 * with them or before counts any more. So some have to give their password again; none comes back.
 * That floor is a record too, of login 0. The file is not synced: it survives the end of the
 * process, and after a power cut the last half minute's may be missing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/inside.h"
#include "base/grow.h"
#include "base/plain_file.h"

enum { RECORD_BYTES = 16, RECORDS_A_BLOCK = 1024 };

struct ended_login {
    uint64_t login;
    int64_t until_ms;
};

struct ended {
    char *path; /* NULL: none */
    char *fresh;
    int fd;
    struct ended_login *logins;
    size_t count;
    size_t room;
    size_t written; /* records in the file */
    int64_t floor_ms;
};

/* ---- in memory ---- */

static void drop_over(struct ended *ended, int64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < ended->count; i++) {
        if (ended->logins[i].until_ms > now_ms)
            ended->logins[kept++] = ended->logins[i];
    }
    ended->count = kept;
}

static int by_end(const void *a, const void *b)
{
    int64_t first = ((const struct ended_login *)a)->until_ms;
    int64_t second = ((const struct ended_login *)b)->until_ms;
    return first < second ? -1 : first > second;
}

/* Those that are over first; some at once, so that it is seldom. */
static void give_way(struct ended *ended)
{
    size_t going = ended->count / 8;
    qsort(ended->logins, ended->count, sizeof *ended->logins, by_end);
    if (ended->logins[going - 1].until_ms > ended->floor_ms)
        ended->floor_ms = ended->logins[going - 1].until_ms;
    ended->count -= going;
    memmove(ended->logins, ended->logins + going, ended->count * sizeof *ended->logins);
}

static void keep(struct ended *ended, uint64_t login, int64_t until_ms)
{
    if (login == 0) {
        ended->floor_ms = until_ms > ended->floor_ms ? until_ms : ended->floor_ms;
        return;
    }
    if (ended->count == ENDED_LOGINS_MAX)
        give_way(ended);
    if (GROW(ended->logins, ended->room, ended->count + 1))
        ended->logins[ended->count++] = (struct ended_login){login, until_ms};
    else if (until_ms > ended->floor_ms)
        ended->floor_ms = until_ms; /* no memory: all end with it */
}

bool ended_has(const struct ended *ended, uint64_t login, int64_t until_ms)
{
    bool found = until_ms <= ended->floor_ms;
    for (size_t i = 0; i < ended->count && !found; i++)
        found = ended->logins[i].login == login;
    return found;
}

/* ---- in the file ---- */

static void record_put(uint8_t record[RECORD_BYTES], uint64_t login, int64_t until_ms)
{
    be64_put(record, login);
    be64_put(record + 8, (uint64_t)until_ms);
}

static bool write_records(int fd, const uint8_t *records, size_t count)
{
    size_t size = count * RECORD_BYTES;
    return write(fd, records, size) == (ssize_t)size;
}

/* The floor first. */
static bool write_all(const struct ended *ended, int fd)
{
    uint8_t block[RECORDS_A_BLOCK * RECORD_BYTES];
    size_t filled = 1;
    bool good = true;
    record_put(block, 0, ended->floor_ms);
    for (size_t i = 0; i < ended->count && good; i++) {
        if (filled == RECORDS_A_BLOCK) {
            good = write_records(fd, block, filled);
            filled = 0;
        }
        record_put(block + filled++ * RECORD_BYTES, ended->logins[i].login,
                   ended->logins[i].until_ms);
    }
    return good && write_records(fd, block, filled);
}

/* A new file with what still counts; the old one stays when that cannot be written. */
static bool rewrite(struct ended *ended)
{
    int fd =
        plain_open(AT_FDCWD, ended->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600, NULL);
    if (fd < 0)
        return false;
    if (!write_all(ended, fd) || rename(ended->fresh, ended->path) != 0) {
        (void)close(fd);
        (void)unlink(ended->fresh);
        return false;
    }
    if (ended->fd >= 0)
        (void)close(ended->fd);
    ended->fd = fd;
    ended->written = ended->count + 1;
    return true;
}

/* A record that was torn at the end was never answered to anybody. */
static bool read_all(struct ended *ended, int fd)
{
    uint8_t block[RECORDS_A_BLOCK * RECORD_BYTES];
    ssize_t size = 0;
    off_t at = 0;
    while ((size = pread(fd, block, sizeof block, at)) >= RECORD_BYTES) {
        ssize_t whole = size - size % RECORD_BYTES;
        for (ssize_t i = 0; i < whole; i += RECORD_BYTES)
            keep(ended, be64_get(block + i), (int64_t)be64_get(block + i + 8));
        at += whole;
    }
    return size >= 0;
}

static bool read_file(struct ended *ended)
{
    int fd = plain_open(AT_FDCWD, ended->path, O_RDONLY, 0, NULL);
    if (fd < 0)
        return errno == ENOENT;
    bool good = read_all(ended, fd);
    (void)close(fd);
    return good;
}

static bool name_files(struct ended *ended, const char *path)
{
    ended->path = strdup(path);
    return ended->path != NULL && asprintf(&ended->fresh, "%s.new", path) > 0;
}

/* ---- life ---- */

bool ended_open(const char *path, int64_t now_ms, struct ended **ret_ended, struct failure *failure)
{
    struct ended *ended = calloc(1, sizeof *ended);
    *ret_ended = ended;
    if (ended == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    ended->fd = -1;
    if (path == NULL)
        return true;
    if (!name_files(ended, path))
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    if (!read_file(ended))
        return fail(failure, FAULT_IO, errno, "cannot read %s", path);
    drop_over(ended, now_ms);
    (void)rewrite(ended); /* on a full disk: with the first one that ends */
    return true;
}

void ended_close(struct ended *ended)
{
    if (ended == NULL)
        return;
    if (ended->fd >= 0)
        (void)close(ended->fd);
    free(ended->path);
    free(ended->fresh);
    free(ended->logins);
    free(ended);
}

void ended_add(struct ended *ended, uint64_t login, int64_t until_ms, int64_t now_ms)
{
    if (login == 0 || until_ms <= now_ms)
        return;
    if (ended->count == ENDED_LOGINS_MAX)
        drop_over(ended, now_ms);
    int64_t floor_ms = ended->floor_ms;
    keep(ended, login, until_ms);
    if (ended->path == NULL)
        return;
    bool anew = ended->fd < 0 || floor_ms != ended->floor_ms ||
                ended->written >= 2 * (size_t)ENDED_LOGINS_MAX;
    uint8_t record[RECORD_BYTES];
    record_put(record, login, until_ms);
    if (!anew && write_records(ended->fd, record, 1)) {
        ended->written++;
    } else if (!rewrite(ended) && ended->fd >= 0) {
        (void)close(ended->fd); /* what is torn there is written over with the next one */
        ended->fd = -1;
    }
}
