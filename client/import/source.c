#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum { COPY_BYTES = 256 * 1024, FOLDER_MAX = 4096, LINE_BYTES_MAX = 4 << 20 };
static const uint64_t STREAM_BYTES_MAX = UINT64_C(16) << 30;

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

/* A process that was shut in may make no file. */
static int memory_file(struct failure *failure)
{
    int fd = memfd_create("import", MFD_CLOEXEC);
    if (fd < 0)
        (void)fail(failure, FAULT_IO, errno, "cannot keep the file in memory");
    return fd;
}

/* Gone when it is closed. */
int source_nameless(struct failure *failure)
{
    const char *folder = getenv("TMPDIR");
    char path[FOLDER_MAX];
    (void)snprintf(path, sizeof path, "%s/tefter-import-XXXXXX",
                   folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0 && (errno == EPERM || errno == EACCES))
        return memory_file(failure);
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

/* How much stands behind the last end of a line. */
static uint64_t since_line(const uint8_t *piece, size_t size, uint64_t before)
{
    for (size_t left = size; left > 0; left--)
        if (piece[left - 1] == '\n' || piece[left - 1] == '\r')
            return size - left;
    return before + size;
}

static bool copy_all(int from, int to, struct failure *failure)
{
    uint8_t *piece = malloc(COPY_BYTES);
    ssize_t got = 0;
    uint64_t line = 0;
    uint64_t all = 0;
    bool text = false;
    bool good = piece != NULL || fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
    while (good && (got = read_some(from, piece, COPY_BYTES, failure)) > 0) {
        text = text || (all == 0 && format_of(slice_of(piece, (size_t)got)) == NULL);
        line = since_line(piece, (size_t)got, line);
        all += (uint64_t)got;
        if (text && line > LINE_BYTES_MAX)
            good =
                fail(failure, FAULT_USE, 0, "a line of more than %d MB: this is no table of rows",
                     LINE_BYTES_MAX >> 20);
        else if (all > STREAM_BYTES_MAX)
            good = fail(failure, FAULT_USE, 0, "it is larger than %d GB",
                        (int)(STREAM_BYTES_MAX >> 30));
        for (ssize_t done = 0; good && done < got;) {
            ssize_t put = write(to, piece + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                good = fail(failure, FAULT_IO, errno, "cannot keep what comes in");
            done += put > 0 ? put : 0;
        }
    }
    free(piece);
    return good && got == 0;
}

static bool is_changed(const struct stat *before, const struct stat *after)
{
    return before->st_size != after->st_size || before->st_mtim.tv_sec != after->st_mtim.tv_sec ||
           before->st_mtim.tv_nsec != after->st_mtim.tv_nsec;
}

/* It is read more than once, and each time the same: whoever writes into the file meanwhile changes
 * nothing of what was looked at and agreed to. */
static bool keep_copy(struct source *source, struct failure *failure)
{
    struct stat before;
    struct stat after;
    int fd = source_nameless(failure);
    if (fd < 0)
        return false;
    bool good = fstat(source->fd, &before) == 0 && copy_all(source->fd, fd, failure) &&
                fstat(source->fd, &after) == 0;
    if (good && source->file && is_changed(&before, &after))
        good = fail(failure, FAULT_USE, 0, "the file changed while it was read: try again");
    if (!good) {
        (void)fail(failure, FAULT_IO, errno, "cannot read the file");
        (void)close(fd);
        return false;
    }
    take_fd(source, fd);
    return true;
}

static bool make_text(struct source *source, const struct format *format, const char *sheet,
                      bool read_hidden, struct failure *failure)
{
    int fd = source_nameless(failure);
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
    memcpy(source->sheets, job.sheets, sizeof source->sheets);
    memcpy(source->read_sheet, job.read_sheet, sizeof source->read_sheet);
    return true;
}

static bool read_as_text(struct source *source, const char *path, const char *sheet,
                         bool read_hidden, struct failure *failure)
{
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
    bool terminal = S_ISCHR(about.st_mode) && isatty(source->fd) != 0;
    if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode) && !S_ISSOCK(about.st_mode) &&
        !(standard_input && terminal))
        return fail(failure, FAULT_USE, 0, "%s is no file", path);
    source->file = !standard_input && S_ISREG(about.st_mode);
    source->size = source->file ? (uint64_t)about.st_size : 0;
    return true;
}

bool source_open_sheet(struct source *source, const char *path, const char *sheet, bool read_hidden,
                       struct failure *failure)
{
    *source = (struct source){.fd = -1};
    if (open_path(source, path, failure) && keep_copy(source, failure) &&
        read_as_text(source, path, sheet, read_hidden, failure))
        return true;
    source_close(source);
    return false;
}

bool source_open_file(struct source *source, int file, const char *name, const char *sheet,
                      bool read_hidden, struct failure *failure)
{
    struct stat about;
    *source = (struct source){.fd = fcntl(file, F_DUPFD_CLOEXEC, 0), .file = true};
    if (source->fd < 0 || fstat(file, &about) != 0 || lseek(source->fd, 0, SEEK_SET) != 0) {
        (void)fail(failure, FAULT_IO, errno, "cannot read %s", name);
    } else {
        source->size = (uint64_t)about.st_size;
        if (read_as_text(source, name, sheet, read_hidden, failure))
            return true;
    }
    source_close(source);
    return false;
}

/* The same bytes by a descriptor of its own; where one of them is read is where both are, and
 * whoever reads goes to its place first. */
static bool source_copy(struct source *to, const struct source *from, struct failure *failure)
{
    *to = *from;
    to->head = malloc(SOURCE_HEAD_MAX);
    to->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
    if (to->head == NULL || to->fd < 0) {
        source_close(to);
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for a sample of the file");
    }
    memcpy(to->head, from->head, from->head_size);
    return true;
}

bool source_open_kept(struct source *source, struct source_kept *kept, int file, const char *name,
                      const char *sheet, bool read_hidden, struct failure *failure)
{
    const char *asked = sheet != NULL ? sheet : "";
    if (kept->there && kept->read_hidden == read_hidden && strcmp(kept->sheet, asked) == 0)
        return source_copy(source, &kept->source, failure);
    if (!source_open_file(source, file, name, sheet, read_hidden, failure))
        return false;
    if (source->format == NULL || strlen(asked) >= sizeof kept->sheet)
        return true;
    source_kept_fini(kept);
    struct failure none = {FAULT_NONE, 0, ""}; /* then it is made anew the next time */
    kept->there = source_copy(&kept->source, source, &none);
    kept->read_hidden = read_hidden;
    (void)snprintf(kept->sheet, sizeof kept->sheet, "%s", asked);
    return true;
}

void source_kept_fini(struct source_kept *kept)
{
    if (kept->there)
        source_close(&kept->source);
    kept->there = false;
}

bool source_replace(struct source *source, int file, struct failure *failure)
{
    take_fd(source, file);
    return read_head(source, failure);
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
