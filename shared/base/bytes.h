#pragma once
/*
 * Slices (bytes somebody else owns), growable buffers, and big-endian integers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *data;
    size_t size;
};

static inline struct slice slice_of(const void *data, size_t size)
{
    return (struct slice){(const uint8_t *)data, size};
}

static inline struct slice slice_text(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool slice_starts(struct slice whole, struct slice prefix)
{
    return whole.size >= prefix.size &&
           (prefix.size == 0 || memcmp(whole.data, prefix.data, prefix.size) == 0);
}

/* A buffer that grows up to `bound` bytes. Zeroed memory with a bound is an empty buffer. A put
 * that would pass the bound (or finds no memory) changes nothing, sets `overflow` and returns
 * false; the flag stays until buffer_clear. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t bound;
    bool overflow;
};

void buffer_init(struct buffer *buffer, size_t bound);
void buffer_fini(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the memory */
void buffer_wipe(struct buffer *buffer);  /* and overwrites it */
bool buffer_reserve(struct buffer *buffer, size_t more);
bool buffer_put(struct buffer *buffer, const void *data, size_t size);
void buffer_drop(struct buffer *buffer, size_t from_start); /* forgets the first bytes */

static inline struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->data, buffer->size};
}

static inline void be16_put(uint8_t *out, uint16_t v)
{
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
}

static inline void be32_put(uint8_t *out, uint32_t v)
{
    be16_put(out, (uint16_t)(v >> 16));
    be16_put(out + 2, (uint16_t)v);
}

static inline void be64_put(uint8_t *out, uint64_t v)
{
    be32_put(out, (uint32_t)(v >> 32));
    be32_put(out + 4, (uint32_t)v);
}

static inline uint16_t be16_get(const uint8_t *in)
{
    return (uint16_t)((uint32_t)in[0] << 8 | in[1]);
}

static inline uint32_t be32_get(const uint8_t *in)
{
    return (uint32_t)be16_get(in) << 16 | be16_get(in + 2);
}

static inline uint64_t be64_get(const uint8_t *in)
{
    return (uint64_t)be32_get(in) << 32 | be32_get(in + 4);
}
