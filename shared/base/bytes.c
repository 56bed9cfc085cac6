#include "base/bytes.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/hash.h"

enum { BUFFER_FIRST_SIZE = 256 };

void buffer_init(struct buffer *buffer, size_t bound)
{
    *buffer = (struct buffer){.bound = bound};
}

void buffer_fini(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){.bound = buffer->bound};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->overflow = false;
}

void buffer_wipe(struct buffer *buffer)
{
    if (buffer->capacity > 0)
        secret_wipe(buffer->data, buffer->capacity);
    buffer_clear(buffer);
}

/* Twice what it was, at least `wanted`, never past the bound. */
static size_t grown_capacity(const struct buffer *buffer, size_t wanted)
{
    size_t grown = buffer->capacity < BUFFER_FIRST_SIZE ? BUFFER_FIRST_SIZE : buffer->capacity;
    while (grown < wanted)
        grown = grown > buffer->bound / 2 ? buffer->bound : grown * 2;
    return grown < buffer->bound ? grown : buffer->bound;
}

bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->size > buffer->bound || more > buffer->bound - buffer->size) {
        buffer->overflow = true;
        return false;
    }
    size_t wanted = buffer->size + more;
    if (wanted <= buffer->capacity)
        return true;
    size_t capacity = grown_capacity(buffer, wanted);
    uint8_t *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->overflow = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

bool buffer_put(struct buffer *buffer, const void *data, size_t size)
{
    if (!buffer_reserve(buffer, size))
        return false;
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return true;
}

void buffer_drop(struct buffer *buffer, size_t from_start)
{
    need(from_start <= buffer->size);
    buffer->size -= from_start;
    if (from_start > 0 && buffer->size > 0)
        memmove(buffer->data, buffer->data + from_start, buffer->size);
}
