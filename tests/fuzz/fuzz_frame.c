/*
 * Frames from any bytes, cut in any way: the first bytes of the input say how. The same stream in
 * one piece must give the same frames.
 */
#include "base/fault.h"
#include "base/hash.h"
#include "base/limits.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum frame_verdict drain(struct frame_reader *reader, struct hash_state *frames)
{
    struct slice message;
    enum frame_verdict verdict = frame_reader_next(reader, &message);
    for (; verdict == FRAME_WHOLE; verdict = frame_reader_next(reader, &message)) {
        need(message.size > 0 && message.size <= reader->bound);
        hash_add_u64(frames, message.size);
        hash_add(frames, message.data, message.size);
    }
    return verdict;
}

/* The frames of a stream that comes in pieces of at most `piece` bytes, as one hash. */
static struct hash frames_of(struct slice stream, size_t piece)
{
    struct hash_state state;
    struct hash hash;
    struct frame_reader reader;
    enum frame_verdict verdict = FRAME_MORE;
    hash_begin(&state);
    frame_reader_init(&reader, FRAME_BEFORE_LOGIN_MAX);
    while (stream.size > 0 && verdict == FRAME_MORE) {
        size_t size = stream.size < piece ? stream.size : piece;
        need(frame_reader_put(&reader, slice_of(stream.data, size)));
        need(reader.pending.size <= FRAME_BEFORE_LOGIN_MAX + FRAME_HEAD_SIZE + size);
        stream = slice_of(stream.data + size, stream.size - size);
        verdict = drain(&reader, &state);
    }
    hash_add_u64(&state, verdict);
    hash_end(&state, &hash);
    frame_reader_fini(&reader);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct slice stream = slice_of(data + 1, size - 1);
    struct hash whole = frames_of(stream, SIZE_MAX);
    struct hash cut = frames_of(stream, 1 + data[0] % 64U);
    need(hash_equal(&whole, &cut));
    return 0;
}
