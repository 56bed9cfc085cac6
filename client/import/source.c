#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum { COPY_BYTES = 256 * 1024, FOLDER_MAX = 4096 };

static ssize_t read_some(int fd, void *out, size_t size, struct failure *failure)
{
    ssize_t got;
    do {
        got = read(fd, out, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        (void)fail(failure, FAULT_IO, errno, "cannot read the file");
    return got;
}

static bool read_head(struct source *source, struct failure *failure)
{
    if (source->head == NULL)
        source->head = malloc(SOURCE_HEAD_MAX);
    if (source->head == NULL)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for a sample of the file");
    while (source->head_size < SOURCE_HEAD_MAX) {
        ssize_t got = read_some(source->fd, source->head + source->head_size,
                                SOURCE_HEAD_MAX - source->head_size, failure);
        if (got <= 0)
            return got == 0;
        source->head_size += (size_t)got;
    }
    return true;
}

/* A file without a name, gone when it is closed. */
static int nameless(struct failure *failure)
{
    const char *folder = getenv("TMPDIR");
    char path[FOLDER_MAX];
    (void)snprintf(path, sizeof path, "%s/tefter-import-XXXXXX",
                   folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        (void)fail(failure, FAULT_IO, errno, "cannot make a file in %s", path);
    else
        (void)unlink(path);
    return fd;
}

static void take_fd(struct source *source, int fd)
{
    struct stat about;
    (void)close(source->fd);
    source->fd = fd;
    source->size = fstat(fd, &about) == 0 ? (uint64_t)about.st_size : 0;
    source->head_size = 0;
    (void)lseek(fd, 0, SEEK_SET);
}

static bool copy_all(int from, int to, struct failure *failure)
{
    uint8_t *piece = malloc(COPY_BYTES);
    ssize_t got = 0;
    bool good = piece != NULL || fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
    while (good && (got = read_some(from, piece, COPY_BYTES, failure)) > 0)
        for (ssize_t done = 0; good && done < got;) {
            ssize_t put = write(to, piece + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                good = fail(failure, FAULT_IO, errno, "cannot keep what comes in");
            done += put > 0 ? put : 0;
        }
    free(piece);
    return good && got == 0;
}

/* It is read more than once. */
static bool keep_stream(struct source *source, struct failure *failure)
{
    int fd = nameless(failure);
    if (fd < 0)
        return false;
    if (!copy_all(source->fd, fd, failure)) {
        (void)close(fd);
        return false;
    }
    take_fd(source, fd);
    return true;
}

static bool make_text(struct source *source, const struct format *format, const char *sheet,
                      bool read_hidden, struct failure *failure)
{
    int fd = nameless(failure);
    struct format_job job = {
        .from = source->fd, .to = fd, .sheet = sheet, .read_hidden = read_hidden};
    if (fd < 0)
        return false;
    if (!format_make(format, &job, failure)) {
        (void)close(fd);
        return false;
    }
    take_fd(source, fd);
    source->format = format->word;
    source->cells = format->cells;
    memcpy(source->said, job.said, sizeof source->said);
    memcpy(source->hidden, job.hidden, sizeof source->hidden);
    return true;
}

static bool read_as_text(struct source *source, const char *path, const char *sheet,
                         bool read_hidden, struct failure *failure)
{
    if (!source->file && !keep_stream(source, failure))
        return false;
    if (!read_head(source, failure))
        return false;
    const struct format *format = format_of(slice_of(source->head, source->head_size));
    if (format != NULL && format->make == NULL)
        return fail(failure, FAULT_USE, 0, "%s %s", path, format->advice);
    if (format != NULL &&
        !(make_text(source, format, sheet, read_hidden, failure) && read_head(source, failure)))
        return false;
    if (slice_starts(slice_of(source->head, source->head_size), slice_text(byte_order_mark)))
        source->text_at = sizeof byte_order_mark - 1;
    return true;
}

static bool open_path(struct source *source, const char *path, struct failure *failure)
{
    bool standard_input = strcmp(path, "-") == 0;
    source->fd = standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0)
        return fail(failure, FAULT_USE, errno, "cannot open %s", path);
    struct stat about;
    if (fstat(source->fd, &about) != 0)
        return fail(failure, FAULT_IO, errno, "cannot look at %s", path);
    if (S_ISDIR(about.st_mode))
        return fail(failure, FAULT_USE, EISDIR, "cannot read %s", path);
    source->file = !standard_input && S_ISREG(about.st_mode);
    source->size = source->file ? (uint64_t)about.st_size : 0;
    return true;
}

bool source_open_sheet(struct source *source, const char *path, const char *sheet, bool read_hidden,
                       struct failure *failure)
{
    *source = (struct source){.fd = -1};
    if (open_path(source, path, failure) && read_as_text(source, path, sheet, read_hidden, failure))
        return true;
    source_close(source);
    return false;
}

bool source_open(struct source *source, const char *path, struct failure *failure)
{
    return source_open_sheet(source, path, NULL, false, failure);
}

void source_close(struct source *source)
{
    if (source->fd >= 0)
        (void)close(source->fd);
    free(source->head);
    *source = (struct source){.fd = -1};
}

bool source_seek(struct source *source, uint64_t at, struct failure *failure)
{
    uint64_t behind_head = at > source->head_size ? at : source->head_size;
    if (lseek(source->fd, (off_t)behind_head, SEEK_SET) < 0)
        return fail(failure, FAULT_IO, errno, "cannot go to byte %llu", (unsigned long long)at);
    source->at = at;
    return true;
}

ssize_t source_read(void *self, void *out, size_t size, struct failure *failure)
{
    struct source *source = self;
    ssize_t got;
    if (source->at < source->head_size) {
        size_t left = source->head_size - (size_t)source->at;
        got = (ssize_t)(left < size ? left : size);
        memcpy(out, source->head + source->at, (size_t)got);
    } else {
        got = read_some(source->fd, out, size, failure);
    }
    if (got > 0)
        source->at += (uint64_t)got;
    return got;
}

size_t source_peek(const struct source *source, uint64_t at, void *out, size_t size)
{
    ssize_t got = pread(source->fd, out, size, (off_t)at);
    return got > 0 ? (size_t)got : 0;
}
