#include "net/plain.h"

#include <stdlib.h>

#include "base/limits.h"

enum { UNREAD_MAX = 2 * OUTPUT_CUT_BYTES }; /* in memory of one connection, either way */

/* Bytes that wait; the first `used` are taken. Memory is given back when nothing waits. */
struct queue {
    struct buffer bytes;
    size_t used;
};

struct plain {
    struct queue in;
    struct queue out;
    enum tls_state state;
};

static struct slice waiting(const struct queue *queue)
{
    return slice_of(queue->bytes.data + queue->used, queue->bytes.size - queue->used);
}

static bool put(struct queue *queue, struct slice bytes)
{
    if (queue->used > 0)
        buffer_drop(&queue->bytes, queue->used);
    queue->used = 0;
    return buffer_put(&queue->bytes, bytes.data, bytes.size);
}

static void taken(struct queue *queue, size_t size)
{
    queue->used += size;
    if (queue->used < queue->bytes.size)
        return;
    buffer_fini(&queue->bytes);
    queue->used = 0;
}

struct plain *plain_create(void)
{
    struct plain *plain = calloc(1, sizeof(*plain));
    if (plain == NULL)
        return NULL;
    buffer_init(&plain->in.bytes, UNREAD_MAX);
    buffer_init(&plain->out.bytes, UNREAD_MAX);
    plain->state = TLS_OPEN;
    return plain;
}

void plain_destroy(struct plain *plain)
{
    if (plain == NULL)
        return;
    buffer_fini(&plain->in.bytes);
    buffer_fini(&plain->out.bytes);
    free(plain);
}

enum tls_state plain_state(const struct plain *plain)
{
    return plain->state;
}

const char *plain_reason(const struct plain *plain)
{
    return plain->state == TLS_BROKEN ? "more came than can be read" : "";
}

void plain_input(struct plain *plain, struct slice bytes)
{
    if (plain->state == TLS_OPEN && !put(&plain->in, bytes))
        plain->state = TLS_BROKEN;
}

size_t plain_read(struct plain *plain, void *out, size_t capacity)
{
    struct slice here = waiting(&plain->in);
    size_t size = here.size < capacity ? here.size : capacity;
    if (plain->state != TLS_OPEN || size == 0)
        return 0;
    memcpy(out, here.data, size);
    taken(&plain->in, size);
    return size;
}

bool plain_write(struct plain *plain, struct slice bytes)
{
    return plain->state == TLS_OPEN && put(&plain->out, bytes);
}

struct slice plain_output(const struct plain *plain)
{
    return waiting(&plain->out);
}

void plain_output_taken(struct plain *plain, size_t size)
{
    taken(&plain->out, size);
}

void plain_output_move(struct plain *plain, struct buffer *ret_buffer, size_t *ret_from)
{
    *ret_buffer = plain->out.bytes;
    *ret_from = plain->out.used;
    buffer_init(&plain->out.bytes, UNREAD_MAX);
    plain->out.used = 0;
}

void plain_end(struct plain *plain)
{
    if (plain->state == TLS_OPEN)
        plain->state = TLS_ENDED;
}
