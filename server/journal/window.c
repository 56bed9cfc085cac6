/*
 * Reading segments in large pieces, and positions in them.
 */
#include "base/grow.h"

#include "base/plain_file.h"
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

bool window_open(struct window *window, int folder, const struct segment *segment, size_t capacity,
                 struct failure *failure)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(segment->first_batch, name);
    *window = (struct window){.limit = segment->size, .capacity = capacity};
    window->file = plain_open(folder, name, O_RDONLY, 0, failure);
    if (window->file < 0)
        return fail(failure, FAULT_IO, errno, "cannot open segment %s", name);
    window->data = malloc(capacity);
    if (window->data)
        return true;
    close(window->file);
    return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read segment %s", name);
}

void window_close(struct window *window)
{
    close(window->file);
    free(window->data);
    window->data = NULL;
}

/* Fills what is free behind the bytes held. */
static void window_fill(struct window *window)
{
    uint64_t end = window->offset + window->size;
    while (window->size < window->capacity && end < window->limit && !window->error) {
        size_t want = window->capacity - window->size;
        if (want > window->limit - end)
            want = (size_t)(window->limit - end);
        ssize_t got = pread(window->file, window->data + window->size, want, (off_t)end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) /* shorter than it was: somebody cut it meanwhile */
            window->error = got < 0 ? errno : EIO;
        else
            window->size += (size_t)got;
        end = window->offset + window->size;
    }
}

static void window_move(struct window *window, uint64_t offset)
{
    uint64_t skip = offset - window->offset;
    if (offset < window->offset || skip > window->size)
        skip = window->size;
    window->size -= (size_t)skip;
    memmove(window->data, window->data + skip, window->size);
    window->offset = offset;
    window_fill(window);
}

static bool window_grow(struct window *window, size_t capacity)
{
    uint8_t *more = realloc(window->data, capacity);
    if (!more) {
        window->error = ENOMEM;
        return false;
    }
    window->data = more;
    window->capacity = capacity;
    return true;
}

struct slice window_at(struct window *window, uint64_t offset, size_t size)
{
    if (offset >= window->limit)
        return (struct slice){0};
    if (size > window->limit - offset)
        size = (size_t)(window->limit - offset);
    if (size > window->capacity && !window_grow(window, size))
        return (struct slice){0};
    if (offset < window->offset || offset + size > window->offset + window->size)
        window_move(window, offset);
    size_t skip = (size_t)(offset - window->offset);
    if (window->error || window->size < skip + size)
        return (struct slice){0};
    return slice_of(window->data + skip, size);
}

enum batch_state window_batch(struct window *window, const struct position *position,
                              struct batch_read *ret_read, const char **ret_why)
{
    struct slice bytes = window_at(window, position->offset, BATCH_HEADER_SIZE);
    size_t length = batch_length(bytes);
    if (length > bytes.size)
        bytes = window_at(window, position->offset, length);
    enum batch_state state = batch_read(bytes, &position->head.ledger, ret_read, ret_why);
    if (state != BATCH_WHOLE)
        return state;
    *ret_why = batch_misfit(ret_read, &position->head);
    return *ret_why ? BATCH_WRONG : BATCH_WHOLE;
}

void position_advance(struct position *position, const struct batch_read *read)
{
    batch_advance(&position->head, &read->batch);
    position->offset += read->size;
}

static bool mark_due(const struct marks *marks, const struct position *position)
{
    if (marks->count == 0)
        return true;
    const struct position *last = &marks->positions[marks->count - 1];
    return last->segment != position->segment || position->offset - last->offset >= MARK_BYTES;
}

void marks_note(struct marks *marks, const struct position *position)
{
    if (!mark_due(marks, position))
        return;
    if (!GROW(marks->positions, marks->capacity, marks->count + 1))
        return; /* reading will start further back */
    marks->positions[marks->count++] = *position;
}

bool position_fail(struct local *local, const struct position *position, enum fault fault,
                   int os_error, const char *why, struct failure *failure)
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(segment_at(local, position->segment).first_batch, name);
    return fail(failure, fault, os_error, "segment %s, offset %" PRIu64 ", batch %" PRIu64 ": %s",
                name, position->offset, position->head.batch + 1, why);
}
