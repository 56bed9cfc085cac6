#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* What is often given by mistake, by its first bytes. */
static const struct {
    const char *bytes;
    size_t size;
    const char *advice;
} not_text[] = {
    {"\x1F\x8B", 2, "is packed by gzip: zcat FILE | tefter import KIND -"},
    {"PK\x03\x04", 4, "is a spreadsheet or zip file: save it as CSV first"},
    {"\xD0\xCF\x11\xE0", 4, "is an old spreadsheet: save it as CSV first"},
    {"\xFF\xFE", 2, "is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | tefter import KIND -"},
    {"\xFE\xFF", 2, "is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | tefter import KIND -"},
};

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

static bool check_head(struct source *source, const char *path, struct failure *failure)
{
    struct slice head = slice_of(source->head, source->head_size);
    for (size_t i = 0; i < sizeof not_text / sizeof not_text[0]; i++)
        if (slice_starts(head, slice_of(not_text[i].bytes, not_text[i].size)))
            return fail(failure, FAULT_USE, 0, "%s %s", path, not_text[i].advice);
    if (slice_starts(head, slice_text(byte_order_mark)))
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

bool source_open(struct source *source, const char *path, struct failure *failure)
{
    *source = (struct source){.fd = -1};
    if (open_path(source, path, failure) && read_head(source, failure) &&
        check_head(source, path, failure))
        return true;
    source_close(source);
    return false;
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
    if (!source->file && (source->at > source->head_size || at > source->head_size))
        return fail(failure, FAULT_USE, 0, "a stream cannot be gone back or forward in");
    uint64_t behind_head = at > source->head_size ? at : source->head_size;
    if (source->file && lseek(source->fd, (off_t)behind_head, SEEK_SET) < 0)
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
    if (!source->file)
        return 0;
    ssize_t got = pread(source->fd, out, size, (off_t)at);
    return got > 0 ? (size_t)got : 0;
}
