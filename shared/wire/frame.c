#include "wire/frame.h"

void frame_reader_init(struct frame_reader *reader, size_t bound)
{
    *reader = (struct frame_reader){.bound = bound};
    buffer_init(&reader->pending, SIZE_MAX);
}

void frame_reader_fini(struct frame_reader *reader)
{
    buffer_fini(&reader->pending);
    reader->consumed = 0;
}

/* Forgets what was handed out; an idle reader holds no memory. */
static void forget_consumed(struct frame_reader *reader)
{
    if (reader->consumed == 0)
        return;
    if (reader->consumed == reader->pending.size)
        buffer_fini(&reader->pending);
    else
        buffer_drop(&reader->pending, reader->consumed);
    reader->consumed = 0;
}

bool frame_reader_put(struct frame_reader *reader, struct slice bytes)
{
    forget_consumed(reader);
    return buffer_put(&reader->pending, bytes.data, bytes.size);
}

static struct slice unread(const struct frame_reader *reader)
{
    if (reader->pending.size == reader->consumed)
        return (struct slice){NULL, 0};
    return slice_of(reader->pending.data + reader->consumed,
                    reader->pending.size - reader->consumed);
}

/* Looks at the length before anything else: a bad one is known from its four bytes alone. */
static enum frame_verdict frame_look(struct slice bytes, size_t bound, size_t *ret_size)
{
    if (bytes.size < FRAME_HEAD_SIZE)
        return FRAME_MORE;
    *ret_size = be32_get(bytes.data);
    if (*ret_size == 0)
        return FRAME_EMPTY;
    if (*ret_size > bound)
        return FRAME_TOO_BIG;
    return bytes.size - FRAME_HEAD_SIZE < *ret_size ? FRAME_MORE : FRAME_WHOLE;
}

enum frame_verdict frame_reader_next(struct frame_reader *reader, struct slice *ret_message)
{
    struct slice bytes = unread(reader);
    size_t size = 0;
    enum frame_verdict verdict = frame_look(bytes, reader->bound, &size);
    if (verdict == FRAME_WHOLE) {
        *ret_message = slice_of(bytes.data + FRAME_HEAD_SIZE, size);
        reader->consumed += FRAME_HEAD_SIZE + size;
    } else if (verdict == FRAME_MORE) {
        forget_consumed(reader);
    }
    return verdict;
}

bool frame_reader_partial(const struct frame_reader *reader)
{
    return reader->pending.size > reader->consumed;
}

bool frame_put(struct buffer *out, struct slice message)
{
    if (message.size == 0 || message.size > UINT32_MAX)
        return false;
    if (!buffer_reserve(out, FRAME_HEAD_SIZE + message.size))
        return false;
    uint8_t head[FRAME_HEAD_SIZE];
    be32_put(head, (uint32_t)message.size);
    return buffer_put(out, head, sizeof(head)) && buffer_put(out, message.data, message.size);
}
