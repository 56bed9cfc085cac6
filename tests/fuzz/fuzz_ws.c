/*
 * Frames of a browser from any bytes, cut anyhow: what comes out of them is what RFC 6455 says, the
 * same however they were cut; and once something is wrong nothing more comes out.
 */
#include "fuzz/frames.h"
#include "web/ws.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 2, ANSWERS_MAX = 1 << 20 };

struct seen {
    struct buffer data;
    struct buffer said;
    bool ended;
};

static void take_data(void *context, struct slice bytes)
{
    struct seen *seen = context;
    need(!seen->ended && bytes.size > 0);
    need(buffer_put(&seen->data, bytes.data, bytes.size));
}

static void take_output(void *context, struct slice bytes)
{
    struct seen *seen = context;
    need(!seen->ended && buffer_put(&seen->said, bytes.data, bytes.size));
}

/* In pieces: after the first byte of the input comes the size of each, again and again. */
static void run(struct slice bytes, uint8_t piece, uint8_t grows, struct seen *seen)
{
    static const struct ws_events events = {take_data, take_output};
    const uint8_t *at = bytes.data;
    size_t done = 0, next = piece;
    *seen = (struct seen){.ended = false};
    buffer_init(&seen->data, 1 << 24);
    buffer_init(&seen->said, ANSWERS_MAX);
    struct ws *ws = ws_create(&events, seen);
    need(ws != NULL);
    while (done < bytes.size && !seen->ended) {
        size_t size = piece == 0 || next > bytes.size - done ? bytes.size - done : next;
        bool good = ws_input(ws, slice_of(at + done, size));
        seen->ended = !good;
        done += size;
        next = 1 + (next * 3 + grows) % 251;
    }
    if (!seen->ended)
        ws_second(ws);
    ws_destroy(ws);
}

static void fini(struct seen *seen)
{
    buffer_fini(&seen->data);
    buffer_fini(&seen->said);
}

/* Pongs and closes, whole; nothing behind a close. */
static void look_at_answers(const struct seen *seen)
{
    struct frames frames;
    frames_init(&frames, false);
    frames_read(&frames, buffer_slice(&seen->said));
    need(!frames.wrong && frames.read == seen->said.size);
    need(frames.part == FRAME_FIRST && frames.data.size == 0);
    buffer_fini(&frames.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole, cut;
    struct frames frames;
    if (size < HEAD)
        return 0;
    struct slice bytes = slice_of(data + HEAD, size - HEAD);
    run(bytes, 0, 0, &whole);
    run(bytes, data[0], data[1], &cut);
    frames_init(&frames, true);
    frames_read(&frames, bytes);
    /* Of a close, wslay may find fault with what is there of its words, or wait for the rest. */
    bool closing = frames.opcode == 8 && frames.part == FRAME_PAYLOAD;
    need(whole.ended == cut.ended || closing);
    need(slice_equal(buffer_slice(&whole.data), buffer_slice(&cut.data)));
    if (!whole.ended && !cut.ended) /* a close may come before a pong that was not sent yet */
        need(slice_equal(buffer_slice(&whole.said), buffer_slice(&cut.said)));
    need(slice_starts(buffer_slice(&frames.data), buffer_slice(&whole.data)));
    if (!whole.ended)
        need(frames_good(&frames) && frames.data.size == whole.data.size);
    look_at_answers(&whole);
    buffer_fini(&frames.data);
    fini(&whole);
    fini(&cut);
    return 0;
}
