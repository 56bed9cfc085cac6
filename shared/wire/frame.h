#pragma once
/*
 * Frames: a four-byte big-endian length, then that many bytes of one message. Used by session,
 * client/lib and their tests. Pure: bytes in, frames out; no sockets.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEAD_SIZE = 4 };

enum frame_verdict {
    FRAME_WHOLE,  /* a frame is ready */
    FRAME_MORE,   /* not all bytes are here yet */
    FRAME_EMPTY,  /* length zero: the peer is broken */
    FRAME_TOO_BIG /* longer than the bound: the peer is broken */
};

/* Collects bytes of a stream into frames. Memory grows as bytes come, never by the length alone. */
struct frame_reader {
    struct buffer pending;
    size_t consumed; /* bytes at the start of pending that were handed out */
    size_t bound;    /* largest message; may be raised between frames (after login) */
};

void frame_reader_init(struct frame_reader *reader, size_t bound);
void frame_reader_fini(struct frame_reader *reader);
/* false: no memory. */
bool frame_reader_put(struct frame_reader *reader, struct slice bytes);
/* The next whole message, valid until the next call on the reader. */
enum frame_verdict frame_reader_next(struct frame_reader *reader, struct slice *ret_message);
/* Some bytes of a frame are here but not all: the moment for the frame deadline. */
bool frame_reader_partial(const struct frame_reader *reader);

/* Appends length and message. false past the buffer's bound, and for an empty message. */
bool frame_put(struct buffer *out, struct slice message);
