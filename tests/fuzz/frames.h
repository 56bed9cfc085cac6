#pragma once
/*
 * The frames of a WebSocket as RFC 6455 has them, read a byte at a time: what fuzz_ws and
 * fuzz_relay hold the relay's own reader (wslay's) against.
 */
#include "base/bytes.h"
#include "base/fault.h"

enum frame_part { FRAME_FIRST, FRAME_SECOND, FRAME_LENGTH, FRAME_MASK, FRAME_PAYLOAD };

enum { FRAME_HEAD_MAX = 14 };

struct frames {
    bool of_client; /* masked */
    enum frame_part part;
    uint8_t opcode;
    bool last;
    bool in_message;
    bool masked;
    unsigned left; /* bytes of length or mask */
    uint64_t size; /* of the payload, what is still to come */
    uint64_t at;   /* of the payload */
    uint8_t mask[4];
    struct buffer data; /* of binary messages */
    unsigned closes;
    bool wrong;      /* nothing may be read any more */
    size_t read;     /* bytes until then */
    size_t of_frame; /* bytes that came of the last frame, wrong or not */
};

static inline void frames_init(struct frames *frames, bool of_client)
{
    *frames = (struct frames){.of_client = of_client};
    buffer_init(&frames->data, 1 << 24);
}

static inline bool frame_first(struct frames *frames, uint8_t byte)
{
    frames->opcode = byte & 15;
    frames->last = (byte & 0x80) != 0;
    bool control = frames->opcode >= 8;
    if ((byte & 0x70) != 0 || frames->opcode > 10 ||
        (frames->opcode > 1 && frames->opcode < 8 && frames->opcode != 2))
        return false;
    if (frames->opcode == 1) /* text */
        return false;
    if (control)
        return frames->last;
    if ((frames->opcode == 0) != frames->in_message)
        return false;
    frames->in_message = !frames->last;
    return true;
}

static inline void frame_ends(struct frames *frames)
{
    frames->part = FRAME_FIRST;
    frames->closes += frames->opcode == 8;
}

static inline void frame_length_known(struct frames *frames)
{
    frames->at = 0;
    frames->left = 4;
    frames->part = frames->masked ? FRAME_MASK : FRAME_PAYLOAD;
    if (!frames->masked && frames->size == 0)
        frame_ends(frames);
}

static inline bool frame_second(struct frames *frames, uint8_t byte)
{
    frames->masked = (byte & 0x80) != 0;
    frames->size = byte & 127;
    if (frames->masked != frames->of_client || (frames->opcode >= 8 && frames->size > 125))
        return false;
    if (frames->size < 126) {
        frame_length_known(frames);
        return true;
    }
    frames->left = frames->size == 126 ? 2 : 8;
    frames->size = 0;
    frames->part = FRAME_LENGTH;
    return true;
}

static inline void frame_byte(struct frames *frames, uint8_t byte)
{
    switch (frames->part) {
    case FRAME_FIRST:
        frames->wrong = !frame_first(frames, byte);
        frames->part = FRAME_SECOND;
        break;
    case FRAME_SECOND:
        frames->wrong = !frame_second(frames, byte);
        break;
    case FRAME_LENGTH:
        frames->size = frames->size << 8 | byte;
        if (--frames->left == 0)
            frame_length_known(frames);
        break;
    case FRAME_MASK:
        frames->mask[4 - frames->left] = byte;
        if (--frames->left > 0)
            break;
        frames->part = FRAME_PAYLOAD;
        if (frames->size == 0)
            frame_ends(frames);
        break;
    case FRAME_PAYLOAD: /* frame_run */
        break;
    }
}

/* Of a payload all that is here at once; its size. */
static inline size_t frame_run(struct frames *frames, struct slice bytes)
{
    size_t size = bytes.size < frames->size ? bytes.size : (size_t)frames->size;
    size_t before = frames->data.size;
    if (frames->opcode < 8) {
        need(buffer_put(&frames->data, bytes.data, size));
        for (size_t i = 0; frames->masked && i < size; i++)
            frames->data.data[before + i] ^= frames->mask[(frames->at + i) % 4];
    }
    frames->at += size;
    frames->size -= size;
    frames->of_frame += size;
    if (frames->size == 0)
        frame_ends(frames);
    return size;
}

/* What stands behind something wrong, or behind a close, means nothing. */
static inline void frames_read(struct frames *frames, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size && frames->closes == 0;) {
        if (frames->part == FRAME_FIRST && !frames->wrong)
            frames->of_frame = 0;
        if (frames->part == FRAME_PAYLOAD && !frames->wrong) {
            size_t size = frame_run(frames, slice_of(bytes.data + i, bytes.size - i));
            frames->read += size;
            i += size;
            continue;
        }
        frames->of_frame++;
        if (!frames->wrong) {
            frame_byte(frames, bytes.data[i]);
            frames->read++;
        }
        i++;
    }
}

/* May it be read on? A reader may judge a frame when its head is whole. */
static inline bool frames_good(const struct frames *frames)
{
    return frames->closes == 0 && (!frames->wrong || frames->of_frame <= FRAME_HEAD_MAX);
}
