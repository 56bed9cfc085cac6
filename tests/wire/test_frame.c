#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/prng.h"
#include "wire/frame.h"

static void put(struct frame_reader *reader, const void *data, size_t size)
{
    assert_true(frame_reader_put(reader, slice_of(data, size)));
}

static void expect_message(struct frame_reader *reader, const char *words)
{
    struct slice message;
    assert_int_equal(frame_reader_next(reader, &message), FRAME_WHOLE);
    assert_true(slice_equal(message, slice_text(words)));
}

static void expect(struct frame_reader *reader, enum frame_verdict verdict)
{
    struct slice message;
    assert_int_equal(frame_reader_next(reader, &message), verdict);
}

static struct buffer three_frames(void)
{
    struct buffer out;
    buffer_init(&out, SIZE_MAX);
    assert_true(frame_put(&out, slice_text("one")));
    assert_true(frame_put(&out, slice_text("the second")));
    assert_true(frame_put(&out, slice_text("3")));
    return out;
}

static void frames_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct frame_reader reader;
    struct buffer frames = three_frames();
    frame_reader_init(&reader, 100);
    expect(&reader, FRAME_MORE);
    put(&reader, frames.data, frames.size);
    expect_message(&reader, "one");
    expect_message(&reader, "the second");
    expect_message(&reader, "3");
    expect(&reader, FRAME_MORE);
    assert_false(frame_reader_partial(&reader));
    frame_reader_fini(&reader);
    buffer_fini(&frames);
}

/* Drains what is whole; how many frames that were. */
static int take(struct frame_reader *reader, const char *const *words, int from)
{
    struct slice message;
    while (frame_reader_next(reader, &message) == FRAME_WHOLE)
        assert_true(slice_equal(message, slice_text(words[from++])));
    return from;
}

static void any_two_cuts_change_nothing(void **state)
{
    (void)state;
    static const char *const words[] = {"one", "the second", "3"};
    struct buffer frames = three_frames();
    for (size_t a = 0; a <= frames.size; a++) {
        for (size_t b = a; b <= frames.size; b++) {
            struct frame_reader reader;
            frame_reader_init(&reader, 10);
            put(&reader, frames.data, a);
            int got = take(&reader, words, 0);
            put(&reader, frames.data + a, b - a);
            got = take(&reader, words, got);
            put(&reader, frames.data + b, frames.size - b);
            assert_int_equal(take(&reader, words, got), 3);
            frame_reader_fini(&reader);
        }
    }
    buffer_fini(&frames);
}

static void a_begun_frame_is_partial(void **state)
{
    (void)state;
    struct frame_reader reader;
    frame_reader_init(&reader, 10);
    assert_false(frame_reader_partial(&reader));
    put(&reader, "\0\0", 2);
    expect(&reader, FRAME_MORE);
    assert_true(frame_reader_partial(&reader));
    put(&reader, "\0\2ab\0", 5);
    assert_true(frame_reader_partial(&reader));
    expect_message(&reader, "ab");
    assert_true(frame_reader_partial(&reader)); /* the next one has begun */
    frame_reader_fini(&reader);
}

static void bad_lengths_are_known_by_their_four_bytes(void **state)
{
    (void)state;
    struct frame_reader reader;
    frame_reader_init(&reader, 10);
    put(&reader, "\0\0\0\0", 4);
    expect(&reader, FRAME_EMPTY);
    expect(&reader, FRAME_EMPTY); /* and stays so */
    frame_reader_fini(&reader);
    frame_reader_init(&reader, 10);
    put(&reader, "\0\0\0\x0b", 4);
    expect(&reader, FRAME_TOO_BIG);
    frame_reader_fini(&reader);
    frame_reader_init(&reader, FRAME_TO_SERVER_MAX);
    put(&reader, "\xff\xff\xff\xff", 4);
    expect(&reader, FRAME_TOO_BIG);
    assert_true(reader.pending.capacity < 1024); /* no memory by the length alone */
    frame_reader_fini(&reader);
}

static void the_bound_may_rise_between_frames(void **state)
{
    (void)state;
    struct frame_reader reader;
    frame_reader_init(&reader, 3);
    put(&reader, "\0\0\0\3abc\0\0\0\4defg", 15);
    expect_message(&reader, "abc");
    reader.bound = 4;
    expect_message(&reader, "defg");
    frame_reader_fini(&reader);
}

static void an_idle_reader_holds_nothing(void **state)
{
    (void)state;
    struct frame_reader reader;
    frame_reader_init(&reader, 100);
    put(&reader, "\0\0\0\3abc", 7);
    expect_message(&reader, "abc");
    expect(&reader, FRAME_MORE);
    assert_null(reader.pending.data);
    frame_reader_fini(&reader);
}

static void what_does_not_fit_is_not_put(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 10);
    assert_true(frame_put(&out, slice_text("abc")));
    assert_false(frame_put(&out, slice_text("d")));
    assert_int_equal(out.size, 7);
    buffer_clear(&out);
    assert_false(frame_put(&out, slice_of("", 0))); /* an empty frame is nobody's */
    assert_int_equal(out.size, 0);
    buffer_fini(&out);
}

static void random_streams_in_random_pieces(void **state)
{
    (void)state;
    struct prng prng = {20261122};
    for (int round = 0; round < 200; round++) {
        struct buffer sent;
        struct frame_reader reader;
        struct slice message;
        size_t sizes[50];
        buffer_init(&sent, SIZE_MAX);
        frame_reader_init(&reader, 5000);
        static uint8_t content[5000];
        for (int i = 0; i < 50; i++) {
            sizes[i] = 1 + prng_below(&prng, 5000) % (1 + prng_below(&prng, 5000));
            memset(content, i, sizes[i]);
            assert_true(frame_put(&sent, slice_of(content, sizes[i])));
        }
        int got = 0;
        for (size_t at = 0; at < sent.size;) {
            size_t piece = 1 + prng_below(&prng, 4000);
            piece = piece > sent.size - at ? sent.size - at : piece;
            put(&reader, sent.data + at, piece);
            at += piece;
            while (frame_reader_next(&reader, &message) == FRAME_WHOLE) {
                assert_int_equal(message.size, sizes[got]);
                assert_int_equal(message.data[0], got);
                assert_int_equal(message.data[message.size - 1], got++);
            }
        }
        assert_int_equal(got, 50);
        frame_reader_fini(&reader);
        buffer_fini(&sent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_as_they_went_in),
        cmocka_unit_test(any_two_cuts_change_nothing),
        cmocka_unit_test(a_begun_frame_is_partial),
        cmocka_unit_test(bad_lengths_are_known_by_their_four_bytes),
        cmocka_unit_test(the_bound_may_rise_between_frames),
        cmocka_unit_test(an_idle_reader_holds_nothing),
        cmocka_unit_test(what_does_not_fit_is_not_put),
        cmocka_unit_test(random_streams_in_random_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
