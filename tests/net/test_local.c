/*
 * Local streams: the file and whose it is, who connected, and peers that are no streams of ours.
 */
#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "net/world.h"
#include "wire/frame.h"

static int local_setup(void **state)
{
    (void)state;
    world_local = true;
    return 0;
}

static bool all_closed(struct world *world)
{
    for (unsigned i = 0; i < world->count; i++) {
        if (!world->sides[i].closed)
            return false;
    }
    return true;
}

static bool one_open(struct world *world)
{
    return world->count > 0 && world->sides[0].opened;
}

static bool nobody_left(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return metrics.open == 0;
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

/* A bare socket at the world's listener, without a stream of ours. */
static int bare(const char *path)
{
    struct sockaddr_un to = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* A file as a program leaves it that was killed. */
static void leave_stale(const char *path)
{
    struct sockaddr_un at = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 1), 0);
    close(fd);
}

/* ---- who is there ---- */

static void the_kernel_says_who_connected(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct stream_credentials peer;
    struct tls_peer nobody;
    char address[64];
    char wanted[64];
    world_connect(world);
    until(world, one_open, 5000);
    world_wait(world, 20);
    struct side *server = &world->sides[1];
    assert_true(server->opened);
    assert_true(stream_credentials(server->stream, &peer));
    assert_int_equal(peer.pid, getpid());
    assert_int_equal(peer.uid, getuid());
    assert_int_equal(peer.gid, getgid());
    stream_peer(server->stream, &nobody);
    assert_false(nobody.has_certificate);
    assert_string_equal(nobody.alpn, "");
    stream_address(server->stream, address, sizeof(address));
    snprintf(wanted, sizeof(wanted), "local:%u", getuid());
    assert_string_equal(address, wanted);
    world_destroy(world);
}

/* ---- frames ---- */

static struct buffer echoed;

static void answer_frames(struct side *side, struct slice bytes)
{
    static struct frame_reader reader;
    struct slice message;
    if (side->got_size == bytes.size)
        frame_reader_init(&reader, 1024 * 1024);
    assert_true(frame_reader_put(&reader, bytes));
    while (frame_reader_next(&reader, &message) == FRAME_WHOLE) {
        buffer_clear(&echoed);
        assert_true(frame_put(&echoed, message));
        assert_true(stream_write(side->stream, buffer_slice(&echoed)));
    }
    if (!frame_reader_partial(&reader) && reader.pending.size == reader.consumed)
        frame_reader_fini(&reader);
}

/* Frames in pieces of every size, from a peer that is no stream, come back whole. */
static void frames_go_both_ways(void **state)
{
    (void)state;
    enum { FRAMES = 60 };
    struct world *world = world_create();
    struct buffer sent;
    buffer_init(&sent, SIZE_MAX);
    buffer_init(&echoed, SIZE_MAX);
    world->on_bytes = answer_frames;
    for (size_t i = 0; i < FRAMES; i++) {
        uint8_t message[4000];
        random_bytes(message, sizeof(message));
        assert_true(frame_put(&sent, slice_of(message, 1 + i * i)));
    }
    int fd = bare(world->address);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    uint8_t *back = malloc(sent.size);
    size_t out = 0;
    size_t in = 0;
    for (size_t piece = 1; in < sent.size; piece = piece % 997 + 1) {
        size_t left = sent.size - out;
        ssize_t put = left == 0 ? 0 : write(fd, sent.data + out, left < piece ? left : piece);
        out += put > 0 ? (size_t)put : 0;
        uv_run(loop_uv(world->loop), UV_RUN_NOWAIT);
        ssize_t got = read(fd, back + in, sent.size - in);
        assert_true(got > 0 || (got < 0 && errno == EAGAIN));
        in += got > 0 ? (size_t)got : 0;
    }
    assert_memory_equal(back, sent.data, sent.size);
    close(fd);
    until(world, all_closed, 900);
    free(back);
    buffer_fini(&sent);
    buffer_fini(&echoed);
    world_destroy(world);
}

static void greet(struct side *side)
{
    assert_true(stream_write(side->stream, slice_text("challenge")));
}

/* A server may speak first: nothing is waited for. */
static void it_is_open_at_once(void **state)
{
    (void)state;
    struct world *world = world_create();
    char got[16] = "";
    world->on_open = greet;
    int fd = bare(world->address);
    until(world, one_open, 1000);
    world_wait(world, 10);
    assert_int_equal(read(fd, got, sizeof(got)), 9);
    assert_string_equal(got, "challenge");
    close(fd);
    until(world, nobody_left, 900);
    assert_string_equal(world->sides[0].reason, "the other end closed the connection");
    world_destroy(world);
}

/* ---- peers that mean no good ---- */

static void flood_it(struct side *side)
{
    static uint8_t page[300000];
    (void)stream_write(side->stream, slice_of(page, sizeof(page)));
}

/* Closes with much unread, both ways. */
static void who_goes_without_reading_is_gone(void **state)
{
    (void)state;
    static uint8_t garbage[100000];
    struct world *world = world_create();
    world->on_open = flood_it;
    int fd = bare(world->address);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    until(world, one_open, 1000);
    (void)!write(fd, garbage, sizeof(garbage));
    close(fd);
    until(world, nobody_left, 2000);
    assert_true(world->sides[0].closed);
    world_destroy(world);
}

/* Says that it has said all, and reads on: it gets what was under way. */
static void who_only_listens_hears_the_rest(void **state)
{
    (void)state;
    struct world *world = world_create();
    uint8_t got[4096];
    size_t size = 0;
    ssize_t more = 1;
    world->on_open = flood_it;
    int fd = bare(world->address);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    for (int idle = 0; more != 0 && idle < 1000; idle++) {
        uv_run(loop_uv(world->loop), UV_RUN_NOWAIT);
        more = read(fd, got, sizeof(got));
        size += more > 0 ? (size_t)more : 0;
        idle = more > 0 ? 0 : idle;
    }
    assert_int_equal(more, 0); /* the end, not an error */
    assert_int_equal(size, 300000);
    close(fd);
    until(world, nobody_left, 900);
    world_destroy(world);
}

static bool much_came(struct world *world)
{
    return world->count > 0 && world->sides[0].got_size >= 1000000;
}

static size_t largest;

static void look_at_size(struct side *side, struct slice bytes)
{
    (void)side;
    largest = bytes.size > largest ? bytes.size : largest;
}

/* One that pours in is read in bounded pieces, and stops where its reader does. */
static void a_flood_is_bounded(void **state)
{
    (void)state;
    static uint8_t garbage[64 * 1024];
    struct world *world = world_create();
    world->on_bytes = look_at_size;
    int fd = bare(world->address);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    largest = 0;
    while (!much_came(world)) {
        (void)!write(fd, garbage, sizeof(garbage));
        uv_run(loop_uv(world->loop), UV_RUN_NOWAIT);
    }
    assert_in_range(largest, 1, 64 * 1024);
    stream_pause(world->sides[0].stream, true);
    world_wait(world, 20);
    size_t came = world->sides[0].got_size;
    size_t taken = 0;
    for (ssize_t put = 1; put > 0; taken += put > 0 ? (size_t)put : 0) {
        put = write(fd, garbage, sizeof(garbage));
        world_wait(world, 2);
    }
    assert_true(taken < 1000000); /* the kernel's, not ours */
    assert_int_equal(world->sides[0].got_size, came);
    close(fd);
    stream_pause(world->sides[0].stream, false);
    until(world, nobody_left, 2000);
    assert_true(world->sides[0].got_size >= came + taken);
    world_destroy(world);
}

static unsigned open_sides(const struct world *world)
{
    unsigned open = 0;
    for (unsigned i = 0; i < world->count; i++)
        open += !world->sides[i].closed;
    return open;
}

static bool all_looked_at(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return metrics.accepted + metrics.turned_away == 10;
}

static void too_many_are_turned_away(void **state)
{
    (void)state;
    enum { KEPT = 64, MOST = 6, COME = 10 };
    int sockets[COME];
    struct rlimit before;
    struct world *world = world_create();
    struct stream_listener_metrics metrics;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit few = {KEPT + MOST, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int i = 0; i < COME; i++)
        sockets[i] = bare(world->address);
    until(world, all_looked_at, 2000);
    stream_listener_metrics(world->listener, &metrics);
    assert_int_equal(metrics.turned_away, COME - MOST);
    assert_int_equal(metrics.open, MOST);
    assert_int_equal(open_sides(world), MOST);
    for (int i = 0; i < COME; i++)
        close(sockets[i]);
    until(world, nobody_left, 2000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    world_destroy(world);
}

/* ---- the file ---- */

static struct stream_listener *listen_at(struct world *world, const char *path,
                                         struct failure *failure)
{
    *failure = (struct failure){.fault = FAULT_NONE};
    return stream_listen_local(world->loop, path, world_accept, world, failure);
}

static void the_file_is_its_owners_alone(void **state)
{
    (void)state;
    mode_t usual = umask(0); /* whatever the process thinks of others */
    struct world *world = world_create();
    struct stat found;
    umask(usual);
    assert_int_equal(lstat(world->address, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 07777, 0600);
    stream_listener_close(world->listener);
    assert_int_equal(lstat(world->address, &found), -1);
    world_destroy(world);
}

static void a_stale_file_gives_way(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct failure failure;
    char path[80];
    snprintf(path, sizeof(path), "%s/stale", world->folder);
    leave_stale(path);
    struct stream_listener *listener = listen_at(world, path, &failure);
    assert_non_null(listener);
    close(bare(path));
    stream_listener_close(listener);
    assert_int_equal(access(path, F_OK), -1);
    world_destroy(world);
}

static void one_that_answers_stays(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct failure failure;
    assert_null(listen_at(world, world->address, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    assert_non_null(strstr(failure.text, "in use"));
    close(bare(world->address)); /* it is there still */
    until(world, nobody_left, 2000);
    world_destroy(world);
}

/* Its queue is full and it takes nobody: it is alive all the same. */
static void one_that_is_busy_stays(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct failure failure;
    char path[80];
    snprintf(path, sizeof(path), "%s/busy", world->folder);
    struct sockaddr_un at = address_of(path);
    int busy = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(busy, (const struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(busy, 0), 0);
    int waits = bare(path);
    assert_null(listen_at(world, path, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    assert_int_equal(access(path, F_OK), 0);
    close(waits);
    close(busy);
    assert_int_equal(unlink(path), 0);
    world_destroy(world);
}

static void what_is_no_socket_stays(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct failure failure;
    char path[80];
    char target[80];
    snprintf(path, sizeof(path), "%s/file", world->folder);
    snprintf(target, sizeof(target), "%s/target", world->folder);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    assert_null(listen_at(world, path, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    assert_int_equal(unlink(path), 0);
    leave_stale(target); /* nor does it follow a link to somebody's */
    assert_int_equal(symlink(target, path), 0);
    assert_null(listen_at(world, path, &failure));
    assert_int_equal(access(target, F_OK), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(target), 0);
    world_destroy(world);
}

/* Somebody put another one in its place: that is not removed. */
static void another_ones_file_stays(void **state)
{
    (void)state;
    struct world *world = world_create();
    assert_int_equal(unlink(world->address), 0);
    leave_stale(world->address);
    stream_listener_close(world->listener);
    assert_int_equal(access(world->address, F_OK), 0);
    assert_int_equal(unlink(world->address), 0);
    world_destroy(world);
}

static void bad_paths_are_known_at_once(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct failure failure;
    char deep[200];
    memset(deep, 'x', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    assert_null(listen_at(world, deep, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_null(listen_at(world, "", &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_null(listen_at(world, "/nowhere/at/all/socket", &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    failure = (struct failure){.fault = FAULT_NONE};
    assert_null(stream_connect_local(world->loop, deep, &side_events, NULL, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    world_destroy(world);
}

static void nobody_there_is_told(void **state)
{
    (void)state;
    struct world *world = world_create();
    char says[120];
    stream_listener_close(world->listener);
    struct side *side = world_connect(world);
    until(world, all_closed, 2000);
    snprintf(says, sizeof(says), "cannot connect to %s: nobody listens there", world->address);
    assert_string_equal(side->reason, says);
    leave_stale(world->address);
    side = world_connect(world);
    until(world, all_closed, 2000);
    assert_string_equal(side->reason, says);
    assert_int_equal(unlink(world->address), 0);
    world_destroy(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_says_who_connected),
        cmocka_unit_test(frames_go_both_ways),
        cmocka_unit_test(it_is_open_at_once),
        cmocka_unit_test(who_goes_without_reading_is_gone),
        cmocka_unit_test(who_only_listens_hears_the_rest),
        cmocka_unit_test(a_flood_is_bounded),
        cmocka_unit_test(too_many_are_turned_away),
        cmocka_unit_test(the_file_is_its_owners_alone),
        cmocka_unit_test(a_stale_file_gives_way),
        cmocka_unit_test(one_that_answers_stays),
        cmocka_unit_test(one_that_is_busy_stays),
        cmocka_unit_test(what_is_no_socket_stays),
        cmocka_unit_test(another_ones_file_stays),
        cmocka_unit_test(bad_paths_are_known_at_once),
        cmocka_unit_test(nobody_there_is_told),
    };
    return cmocka_run_group_tests(tests, local_setup, NULL);
}
