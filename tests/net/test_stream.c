#include "base/check.h"

#include <netdb.h>
#include <sys/resource.h>

#include "net/stream_inside.h"
#include "net/world.h"

/* ---- what is waited for ---- */

static bool all_open(struct world *world)
{
    for (unsigned i = 0; i < world->count; i++) {
        if (!world->sides[i].opened)
            return false;
    }
    return world->count == 2 * world->accepted;
}

static bool all_closed(struct world *world)
{
    for (unsigned i = 0; i < world->count; i++) {
        if (!world->sides[i].closed)
            return false;
    }
    return true;
}

static bool first_closed(struct world *world)
{
    return world->sides[0].closed;
}

static bool nobody_left(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return metrics.open == 0;
}

static void echo(struct side *side, struct slice bytes)
{
    assert_true(stream_write(side->stream, bytes));
}

/* A client at sides[0] and its server's side at sides[1], both open. */
static struct world *world_of_two(void)
{
    struct world *world = world_create();
    world_connect(world);
    until(world, all_open, 5000);
    return world;
}

/* ---- bytes ---- */

static bool echoed(struct world *world)
{
    return world->sides[0].got.size == 300000;
}

static void what_is_sent_comes_back(void **state)
{
    (void)state;
    struct world *world = world_create();
    world->on_bytes = echo;
    struct side *client = world_connect(world);
    until(world, all_open, 5000);
    uint8_t *sent = malloc(300000);
    random_bytes(sent, 300000);
    for (size_t at = 0; at < 300000; at += 50000)
        assert_true(stream_write(client->stream, slice_of(sent + at, 50000)));
    until(world, echoed, 5000);
    assert_memory_equal(client->got.data, sent, 300000);
    assert_true(client->drained >= 1);
    stream_close(client->stream, "enough");
    assert_false(stream_write(client->stream, slice_text("more")));
    until(world, all_closed, 900); /* and not only after the second that an end may take */
    assert_string_equal(client->reason, "enough");
    assert_string_equal(world->sides[1].reason, "the other end closed the connection");
    free(sent);
    world_destroy(world);
}

static void both_ends_know_who_is_there(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    struct tls_peer peer;
    char address[64];
    stream_peer(world->sides[1].stream, &peer);
    assert_string_equal(peer.name, "terminal 7");
    assert_int_equal(peer.serial, 77);
    stream_peer(world->sides[0].stream, &peer);
    assert_string_equal(peer.name, "tefter server");
    stream_address(world->sides[0].stream, address, sizeof(address));
    assert_string_equal(address, world->address);
    world_destroy(world);
}

static bool thousand_came(struct world *world)
{
    return world->sides[0].got_size == 1000;
}

static void one_turn_is_one_record(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    for (int i = 0; i < 100; i++)
        assert_true(stream_write(world->sides[1].stream, slice_text("0123456789")));
    assert_int_equal(stream_waiting(world->sides[1].stream), 1000);
    until(world, thousand_came, 5000);
    assert_int_equal(world->sides[0].calls, 1);
    assert_int_equal(world->sides[1].drained, 1);
    assert_int_equal(stream_waiting(world->sides[1].stream), 0);
    world_destroy(world);
}

static void a_flush_sends_now_and_drained_comes_later(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    assert_true(stream_write(world->sides[1].stream, slice_of("0123456789", 10)));
    stream_flush(world->sides[1].stream);
    assert_int_equal(stream_waiting(world->sides[1].stream), 0);
    assert_int_equal(world->sides[1].drained, 0);
    for (int i = 0; i < 99; i++)
        assert_true(stream_write(world->sides[1].stream, slice_text("0123456789")));
    until(world, thousand_came, 5000);
    assert_int_equal(world->sides[1].drained, 1);
    world_destroy(world);
}

/* A reader of pages: each one is asked for when the one before has left. */
static void next_page(struct side *side)
{
    static uint8_t page[100000];
    if (side->drained < 50)
        assert_true(stream_write(side->stream, slice_of(page, sizeof(page))));
}

static bool pages_came(struct world *world)
{
    return world->sides[0].got_size == 50 * 100000;
}

static void pages_follow_each_other(void **state)
{
    (void)state;
    struct world *world = world_create();
    world->on_open = next_page;
    world->on_drained = next_page;
    world_connect(world);
    until(world, pages_came, 10000);
    world_destroy(world);
}

/* ---- back-pressure ---- */

static bool server_waits(struct world *world)
{
    return stream_waiting(world->sides[1].stream) > OUTPUT_PAUSE_BYTES;
}

/* The client reads nothing, the server writes until more waits than it likes. */
static size_t fill(struct world *world)
{
    static uint8_t piece[32 * 1024];
    size_t sent = 0;
    stream_pause(world->sides[0].stream, true);
    for (int settled = 0; settled < 10; settled++) {
        while (!server_waits(world)) {
            assert_true(stream_write(world->sides[1].stream, slice_of(piece, sizeof(piece))));
            stream_flush(world->sides[1].stream);
            sent += sizeof(piece);
            settled = 0;
        }
        world_wait(world, 30); /* the kernel may find more room */
    }
    return sent;
}

static size_t filled;

static bool filling_came(struct world *world)
{
    return world->sides[0].got_size == filled;
}

static bool ping_came(struct world *world)
{
    return world->sides[1].got_size == 4;
}

static void who_does_not_read_is_not_read(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    filled = fill(world);
    assert_true(stream_write(world->sides[0].stream, slice_text("ping")));
    world_wait(world, 100);
    assert_int_equal(world->sides[1].got_size, 0);
    stream_pause(world->sides[0].stream, false);
    until(world, ping_came, 5000);
    until(world, filling_came, 5000);
    assert_false(world->sides[1].closed);
    world_destroy(world);
}

static void what_does_not_fit_cuts(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    static uint8_t piece[60000];
    size_t most = 0;
    stream_pause(world->sides[0].stream, true);
    while (stream_write(world->sides[1].stream, slice_of(piece, sizeof(piece)))) {
        size_t waiting = stream_waiting(world->sides[1].stream);
        most = waiting > most ? waiting : most;
    }
    assert_true(most <= OUTPUT_CUT_BYTES + 64 * 1024);
    assert_false(world->sides[1].closed); /* the call itself calls nothing back */
    stream_pause(world->sides[0].stream, false);
    until(world, all_closed, 5000);
    assert_string_equal(world->sides[1].reason, "the other end does not read");
    world_destroy(world);
}

static bool server_side_gone(struct world *world)
{
    return world->sides[1].closed;
}

static void a_long_pause_cuts(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    fill(world);
    struct stream *slow = world->sides[1].stream;
    assert_true(uv_timer_get_due_in(&slow->timer) > OUTPUT_CUT_MS - 5000);
    stream_deadline(slow, 20); /* not thirty seconds of a test */
    until(world, server_side_gone, 5000);
    assert_string_equal(world->sides[1].reason, "the other end reads too slowly");
    stream_pause(world->sides[0].stream, false); /* only now it hears of it */
    until(world, all_closed, 5000);
    world_destroy(world);
}

static void one_large_message_is_no_slow_reader(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    size_t size = FRAME_TO_CLIENT_MAX + 4;
    uint8_t *page = calloc(1, size);
    assert_true(stream_write(world->sides[1].stream, slice_of(page, size)));
    filled = size;
    until(world, filling_came, 5000);
    free(page);
    world_destroy(world);
}

static void a_paused_reader_loses_nothing(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    stream_pause(world->sides[0].stream, true);
    for (int i = 0; i < 100; i++)
        assert_true(stream_write(world->sides[1].stream, slice_text("0123456789")));
    world_wait(world, 50);
    assert_int_equal(world->sides[0].got_size, 0);
    stream_pause(world->sides[0].stream, false);
    until(world, thousand_came, 5000);
    world_destroy(world);
}

static void pause_after_first(struct side *side, struct slice bytes)
{
    (void)bytes;
    stream_pause(side->stream, true);
}

static bool some_came(struct world *world)
{
    return world->sides[0].got_size > 0;
}

static bool two_hundred_thousand_came(struct world *world)
{
    stream_pause(world->sides[0].stream, false);
    return world->sides[0].got_size == 200000;
}

static void a_pause_counts_within_a_call(void **state)
{
    (void)state;
    static uint8_t page[200000];
    struct world *world = world_of_two();
    world->sides[0].on_bytes = pause_after_first;
    assert_true(stream_write(world->sides[1].stream, slice_of(page, sizeof(page))));
    until(world, some_came, 5000);
    size_t came = world->sides[0].got_size;
    assert_true(came <= LOOP_BUFFER_SIZE);
    world_wait(world, 30);
    assert_int_equal(world->sides[0].got_size, came);
    until(world, two_hundred_thousand_came, 5000);
    world_destroy(world);
}

/* ---- one peer and the others ---- */

static void keep_flooding(struct side *side)
{
    static uint8_t piece[512 * 1024];
    stream_write(side->stream, slice_of(piece, sizeof(piece)));
}

static uint64_t longest_ms;
static uint64_t asked_ms;
static unsigned answers;

static void pong(struct side *side, struct slice bytes)
{
    (void)bytes;
    uint64_t now = uv_hrtime() / 1000000;
    if (answers++ > 0 && now - asked_ms > longest_ms)
        longest_ms = now - asked_ms;
    asked_ms = now;
    stream_write(side->stream, slice_text("ping"));
}

static void answer_pings(struct side *side, struct slice bytes)
{
    if (bytes.size == 4)
        stream_write(side->stream, bytes);
}

static bool many_answers(struct world *world)
{
    (void)world;
    return answers >= 300;
}

static void a_flood_does_not_hold_up_a_ping(void **state)
{
    (void)state;
    struct world *world = world_create();
    world->on_bytes = answer_pings;
    struct side *flooder = world_connect(world);
    struct side *pinger = world_connect(world);
    until(world, all_open, 5000);
    flooder->on_drained = keep_flooding;
    pinger->on_bytes = pong;
    answers = 0;
    longest_ms = 0;
    keep_flooding(flooder);
    stream_write(pinger->stream, slice_text("ping"));
    until(world, many_answers, 30000);
    assert_true(longest_ms < 2000); /* on a busy machine; a few ms are usual */
    world_destroy(world);
}

/* ---- who is refused ---- */

static void connect_with(struct world *world, struct tls_context *context, const char *says)
{
    struct tls_context *usual = world->client;
    world->client = context;
    struct side *side = world_connect(world);
    world->client = usual;
    tls_context_release(context);
    until(world, all_closed, 5000);
    if (strstr(side->reason, says) == NULL)
        fail_msg("the reason is: %s", side->reason);
}

static void refusals_are_told(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct pki other;
    pki_init(&other);
    struct tls_identity foreign = pki_own(&other);
    connect_with(world, pki_client_context(&world->pki, NULL, TLS_ALPN_TERMINAL),
                 "enrol this terminal first");
    connect_with(world, pki_client_context(&world->pki, &foreign, TLS_ALPN_TERMINAL),
                 "does not accept our certificate");
    connect_with(world, pki_client_context(&other, &foreign, TLS_ALPN_TERMINAL),
                 "its root is another");
    until(world, nobody_left, 5000);
    pki_fini(&other);
    world_destroy(world);
}

/* A machine without /etc/hosts knows no localhost: nothing of ours. */
static void skip_without_localhost(void)
{
    struct addrinfo *found = NULL;
    if (getaddrinfo("localhost", NULL, NULL, &found) != 0) {
        print_message("this machine does not know localhost\n");
        skip();
    }
    freeaddrinfo(found);
}

static void nobody_listens_is_told(void **state)
{
    (void)state;
    skip_without_localhost();
    struct world *world = world_create();
    stream_listener_close(world->listener);
    world_wait(world, 5);
    world_connect(world);
    snprintf(world->address, sizeof(world->address), "localhost:1");
    world_connect(world);
    until(world, all_closed, 5000);
    assert_non_null(strstr(world->sides[0].reason, "nobody listens there"));
    assert_string_equal(world->sides[1].reason,
                        "cannot connect to localhost:1: nobody listens there");
    world_destroy(world);
}

static void localhost_is_found_wherever_it_listens(void **state)
{
    (void)state;
    skip_without_localhost();
    struct world *world = world_create();
    snprintf(world->address, sizeof(world->address), "localhost:%u",
             stream_listener_port(world->listener));
    world_connect(world);
    until(world, all_open, 5000);
    world_destroy(world);
}

static void bad_addresses_are_known_at_once(void **state)
{
    (void)state;
    static const char *const bad[] = {"localhost", "1.2.3.4:", ":x",    "::1:7420", "a:99999",
                                      "a:-1",      "",         "[::1]", NULL};
    struct world *world = world_create();
    for (size_t i = 0; bad[i] != NULL; i++) {
        struct failure failure = {.fault = FAULT_NONE};
        assert_null(
            stream_connect(world->loop, bad[i], world->client, &side_events, NULL, &failure));
        assert_int_equal(failure.fault, FAULT_USE);
    }
    struct failure failure = {.fault = FAULT_NONE};
    assert_null(
        stream_listen(world->loop, world->address, world->server, world_accept, world, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    world_destroy(world);
}

static void some_are_turned_away(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct stream_listener_metrics metrics;
    world->welcome = false;
    world_connect(world);
    until(world, all_closed, 5000);
    stream_listener_metrics(world->listener, &metrics);
    assert_int_equal(metrics.turned_away, 1);
    assert_int_equal(metrics.accepted, 0);
    world->welcome = true;
    world_connect(world);
    until(world, nobody_left, 5000);
    world_destroy(world);
}

static bool four_closed(struct world *world)
{
    unsigned closed = 0;
    for (unsigned i = 0; i < world->count; i++)
        closed += world->sides[i].closed;
    return closed == 4;
}

static bool ten_open(struct world *world)
{
    unsigned open = 0;
    for (unsigned i = 0; i < world->count; i++)
        open += world->sides[i].opened && !world->sides[i].closed;
    return open == 12;
}

/* 70 descriptors: 6 of them for streams, the rest kept. Too many come, go away, and one comes
 * again: the listener still listens. */
static struct side *late;

static bool late_is_in(struct world *world)
{
    (void)world;
    return late->opened;
}

static void descriptors_are_kept_back(void **state)
{
    (void)state;
    struct rlimit before;
    struct world *world = world_create();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit few = {70, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int i = 0; i < 10; i++)
        world_connect(world);
    until(world, four_closed, 5000);
    until(world, ten_open, 5000);
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    assert_int_equal(metrics.turned_away, 4);
    assert_int_equal(metrics.open, 6);
    for (unsigned i = 0; i < world->count; i++) {
        if (!world->sides[i].closed)
            stream_close(world->sides[i].stream, "");
    }
    until(world, nobody_left, 5000);
    late = world_connect(world);
    until(world, late_is_in, 5000);
    assert_false(late->closed);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    world_destroy(world);
}

static bool one_taken(struct world *world)
{
    return world->accepted == 1;
}

/* Not one descriptor is left, though there would be places: who has connected stays in the kernel's
 * queue, the loop does not spin, and goes on once there is one. */
static void without_descriptors_it_rests(void **state)
{
    (void)state;
    enum { FILES = 200, KEPT = 64 };
    int files[FILES];
    int count = 0;
    struct rlimit before;
    struct stream_listener_metrics metrics;
    struct world *world = world_create();
    int waits = world_socket(world);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit few = {FILES, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (count < FILES && (files[count] = dup(waits)) >= 0)
        count++;
    assert_in_range(count, KEPT, FILES - 1);
    world_wait(world, 450);
    stream_listener_metrics(world->listener, &metrics);
    assert_in_range(metrics.starved, 1, 6);
    assert_int_equal(metrics.places, FILES - KEPT);
    assert_int_equal(metrics.turned_away, 0);
    assert_int_equal(world->accepted, 0);
    for (int i = 0; i < count; i++)
        close(files[i]);
    until(world, one_taken, 1000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(waits);
    until(world, nobody_left, 6000);
    world_destroy(world);
}

/* ---- many, and the slow among them ---- */

static void take_long(struct side *side, struct slice bytes)
{
    uint64_t until = uv_hrtime() + 15 * UINT64_C(1000000);
    while (uv_hrtime() < until)
        continue;
    if (side->stream != NULL)
        (void)stream_write(side->stream, bytes);
}

static void say_more(struct side *side, struct slice bytes)
{
    if (side->stream != NULL)
        (void)stream_write(side->stream, bytes);
}

static bool forty_open(struct world *world)
{
    unsigned open = 0;
    for (unsigned i = 0; i < world->count; i++)
        open += world->sides[i].opened;
    return open == 2 * 41;
}

/* Every turn of the loop is long, so it does few handshakes; but a few it does. */
static void long_turns_let_some_in(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct side *busy = world_connect(world);
    busy->on_bytes = say_more;
    world->on_bytes = take_long;
    until(world, all_open, 5000);
    assert_true(stream_write(busy->stream, slice_of("on", 2)));
    for (int i = 0; i < 40; i++)
        world_connect(world);
    until(world, forty_open, 30000);
    world_destroy(world);
}

static bool all_echoed(struct world *world)
{
    for (unsigned i = 0; i < world->count; i++) {
        if (world->sides[i].got_size != 5)
            return false;
    }
    return true;
}

static void hello(struct side *side)
{
    assert_true(stream_write(side->stream, slice_text("hello")));
}

static void two_hundred_come_speak_and_go(void **state)
{
    (void)state;
    struct world *world = world_create();
    struct stream_listener_metrics metrics;
    world->on_bytes = echo;
    for (int i = 0; i < 200; i++)
        world_connect(world)->on_open = hello;
    until(world, all_open, 90000);
    until(world, all_echoed, 5000);
    stream_listener_metrics(world->listener, &metrics);
    assert_int_equal(metrics.open, 200);
    assert_int_equal(metrics.accepted, 200);
    assert_int_equal(metrics.handshakes, 0);
    for (unsigned i = 0; i < world->count; i += 3)
        stream_close(world->sides[i].stream, "by turns");
    for (unsigned i = 1; i < world->count; i += 3)
        stream_abort(world->sides[i].stream, "at once");
    world_wait(world, 200);
    for (unsigned i = 0; i < world->count; i++) {
        if (!world->sides[i].closed)
            stream_close(world->sides[i].stream, "the rest");
    }
    until(world, nobody_left, 5000);
    until(world, all_closed, 5000);
    world_destroy(world);
}

static struct side *awaited;

static bool awaited_opens(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    assert_true(metrics.handshakes <= HANDSHAKES_MAX);
    return awaited->opened;
}

static bool all_places_held(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return metrics.handshakes == HANDSHAKES_MAX && metrics.open == 221;
}

static bool stalled_gone(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return metrics.open == 2;
}

static void stall(struct world *world, int *sockets, int count, bool begins)
{
    for (int i = 0; i < count; i++) {
        sockets[i] = world_socket(world);
        if (begins)
            assert_int_equal(send(sockets[i], "\x16\x03\x01\x02", 4, 0), 4);
    }
}

/* Twenty that say nothing cost no place; two hundred that begin and stop hold all places for a
 * moment, and who comes after them gets in soon; the stalled are cut after five seconds. */
static void who_stalls_is_set_aside_and_cut(void **state)
{
    (void)state;
    struct world *world = world_create();
    int sockets[220];
    stall(world, sockets, 20, false);
    awaited = world_connect(world);
    until(world, awaited_opens, 2000);
    uint64_t began = uv_hrtime();
    stall(world, sockets + 20, 200, true);
    until(world, all_places_held, 5000);
    awaited = world_connect(world);
    world_wait(world, 50);
    if (uv_hrtime() - began < 500 * UINT64_C(1000000)) /* else they were set aside already */
        assert_false(awaited->opened);
    until(world, awaited_opens, 10000);
    world_until(world, stalled_gone, 12000, "the stalled are cut");
    for (int i = 0; i < 220; i++)
        close(sockets[i]);
    world_destroy(world);
}

/* More than are kept: the first to stall go first, at once. */
static void too_many_stalled_are_cut(void **state)
{
    (void)state;
    enum { STALLED = 700 };
    struct world *world = world_create();
    static int sockets[STALLED];
    stall(world, sockets, STALLED, true);
    world_wait(world, 4500);
    unsigned cut = 0;
    for (unsigned i = 0; i < world->count; i++)
        cut += world->sides[i].closed;
    assert_in_range(cut, STALLED - 8 * HANDSHAKES_MAX - HANDSHAKES_MAX, STALLED);
    awaited = world_connect(world);
    until(world, awaited_opens, 5000);
    for (int i = 0; i < STALLED; i++)
        close(sockets[i]);
    world_destroy(world);
}

static bool hundred_taken(struct world *world)
{
    struct stream_listener_metrics metrics;
    stream_listener_metrics(world->listener, &metrics);
    return world->accepted == 100 && metrics.handshakes == HANDSHAKES_MAX;
}

static bool those_in_the_row_told(struct world *world)
{
    unsigned closing = 0;
    for (unsigned i = 0; i < world->count; i++)
        closing += strcmp(world->sides[i].reason, "the server is closing") == 0;
    return closing == 100 - HANDSHAKES_MAX;
}

static void a_listener_may_close_while_they_queue(void **state)
{
    (void)state;
    struct world *world = world_create();
    int sockets[100];
    for (int i = 0; i < 100; i++) {
        sockets[i] = world_socket(world);
        assert_int_equal(send(sockets[i], "\x16\x03\x01\x02", 4, 0), 4);
    }
    until(world, hundred_taken, 5000);
    stream_listener_close(world->listener);
    until(world, those_in_the_row_told, 5000);
    for (int i = 0; i < 100; i++)
        close(sockets[i]);
    until(world, all_closed, 5000);
    world_destroy(world);
}

static void contexts_are_swapped_under_way(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    struct tls_context *newer = pki_server_context(&world->pki);
    stream_listener_swap_tls(world->listener, newer);
    tls_context_release(newer);
    world_connect(world);
    until(world, all_open, 5000);
    world_destroy(world);
}

/* ---- ends ---- */

static void a_cut_line_is_told(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    uv_os_fd_t fd = -1;
    uv_fileno(&world->sides[0].stream->socket.handle, &fd);
    shutdown(fd, SHUT_WR); /* a FIN without a close_notify */
    until(world, all_closed, 5000);
    assert_string_equal(world->sides[1].reason, "the connection was cut");
    world_destroy(world);
}

static void a_reset_is_told(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    struct linger hard = {1, 0};
    uv_os_fd_t fd = -1;
    uv_fileno(&world->sides[0].stream->socket.handle, &fd);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    stream_abort(world->sides[0].stream, "");
    until(world, all_closed, 5000);
    assert_string_equal(world->sides[1].reason, "the connection was cut");
    world_destroy(world);
}

static void the_last_words_arrive(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    static uint8_t words[200000];
    assert_true(stream_write(world->sides[1].stream, slice_of(words, sizeof(words))));
    stream_close(world->sides[1].stream, "blocked");
    stream_close(world->sides[1].stream, "twice");
    until(world, all_closed, 900);
    assert_int_equal(world->sides[0].got_size, sizeof(words));
    assert_string_equal(world->sides[0].reason, "the other end closed the connection");
    assert_string_equal(world->sides[1].reason, "blocked");
    world_destroy(world);
}

static void who_will_not_end_is_ended(void **state)
{
    (void)state;
    struct world *world = world_of_two();
    fill(world);
    uint64_t from = loop_now_ms(world->loop);
    stream_close(world->sides[1].stream, "too slow");
    until(world, nobody_left, 5000);
    assert_in_range(loop_now_ms(world->loop) - from, 900, 3000);
    stream_pause(world->sides[0].stream, false);
    until(world, all_closed, 5000);
    world_destroy(world);
}

static void close_in_call(struct side *side, struct slice bytes)
{
    (void)bytes;
    stream_close(side->stream, "heard enough");
    stream_flush(side->stream);
}

static void abort_in_call(struct side *side, struct slice bytes)
{
    (void)bytes;
    stream_abort(side->stream, "heard enough");
    stream_abort(side->stream, "twice");
    stream_close(side->stream, "thrice");
    assert_false(stream_write(side->stream, slice_text("more")));
    stream_pause(side->stream, true);
    stream_pause(side->stream, false);
    stream_flush(side->stream);
}

static void close_at_open(struct side *side)
{
    close_in_call(side, slice_text(""));
}

static void abort_at_open(struct side *side)
{
    abort_in_call(side, slice_text(""));
}

static void ends_within_calls(void **state)
{
    (void)state;
    static const struct {
        void (*open)(struct side *side);
        void (*bytes)(struct side *side, struct slice bytes);
        void (*drained)(struct side *side);
    } cases[] = {
        {hello, close_in_call, NULL}, {hello, abort_in_call, NULL}, {close_at_open, NULL, NULL},
        {abort_at_open, NULL, NULL},  {hello, NULL, close_at_open}, {hello, NULL, abort_at_open},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *world = world_create();
        world->on_open = cases[i].open;
        world->on_bytes = cases[i].bytes;
        world->on_drained = cases[i].drained;
        struct side *client = world_connect(world);
        client->on_open = hello;
        until(world, all_closed, 5000);
        until(world, nobody_left, 5000);
        assert_string_equal(world->sides[1].reason, "heard enough");
        world_destroy(world);
    }
}

/* A client that is given up after so many turns of the loop, whatever it is doing by then. */
static void ends_at_every_moment(void **state)
{
    (void)state;
    for (int turns = 0; turns < 14; turns++) {
        for (int orderly = 0; orderly < 2; orderly++) {
            struct world *world = world_create();
            struct side *client = world_connect(world);
            for (int i = 0; i < turns; i++)
                uv_run(loop_uv(world->loop), UV_RUN_NOWAIT);
            if (client->stream != NULL && orderly)
                stream_close(client->stream, "changed my mind");
            else if (client->stream != NULL)
                stream_abort(client->stream, "changed my mind");
            until(world, first_closed, 5000);
            assert_string_equal(client->reason, "changed my mind");
            until(world, all_closed, 5000);
            world_destroy(world);
        }
    }
}

/* The whole world ends after so many turns. */
static void loops_end_at_every_moment(void **state)
{
    (void)state;
    for (int turns = 0; turns < 14; turns++) {
        struct world *world = world_create();
        world->on_open = hello;
        struct side *clients[3];
        for (int i = 0; i < 3; i++) {
            clients[i] = world_connect(world);
            clients[i]->on_open = hello;
        }
        for (int i = 0; i < turns; i++)
            uv_run(loop_uv(world->loop), UV_RUN_NOWAIT);
        world_destroy(world); /* looks that each `closed` was called */
    }
}

/* The same of local streams: back-pressure, deadlines, bounds and ends do not know what carries
 * them. */
static int be_local(void **state)
{
    (void)state;
    world_local = true;
    return 0;
}

static int be_usual(void **state)
{
    (void)state;
    world_local = false;
    return 0;
}

#define local_test(function)                                                                       \
    {                                                                                              \
#function " (local)", function, be_local, be_usual, NULL                                   \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_back),
        cmocka_unit_test(both_ends_know_who_is_there),
        cmocka_unit_test(one_turn_is_one_record),
        cmocka_unit_test(a_flush_sends_now_and_drained_comes_later),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(who_does_not_read_is_not_read),
        cmocka_unit_test(what_does_not_fit_cuts),
        cmocka_unit_test(a_long_pause_cuts),
        cmocka_unit_test(one_large_message_is_no_slow_reader),
        cmocka_unit_test(a_paused_reader_loses_nothing),
        cmocka_unit_test(a_pause_counts_within_a_call),
        cmocka_unit_test(a_flood_does_not_hold_up_a_ping),
        cmocka_unit_test(refusals_are_told),
        cmocka_unit_test(nobody_listens_is_told),
        cmocka_unit_test(localhost_is_found_wherever_it_listens),
        cmocka_unit_test(bad_addresses_are_known_at_once),
        cmocka_unit_test(some_are_turned_away),
        cmocka_unit_test(descriptors_are_kept_back),
        cmocka_unit_test(without_descriptors_it_rests),
        cmocka_unit_test(long_turns_let_some_in),
        cmocka_unit_test(two_hundred_come_speak_and_go),
        cmocka_unit_test(who_stalls_is_set_aside_and_cut),
        cmocka_unit_test(too_many_stalled_are_cut),
        cmocka_unit_test(a_listener_may_close_while_they_queue),
        cmocka_unit_test(contexts_are_swapped_under_way),
        cmocka_unit_test(a_cut_line_is_told),
        cmocka_unit_test(a_reset_is_told),
        cmocka_unit_test(the_last_words_arrive),
        cmocka_unit_test(who_will_not_end_is_ended),
        cmocka_unit_test(ends_within_calls),
        cmocka_unit_test(ends_at_every_moment),
        cmocka_unit_test(loops_end_at_every_moment),
        local_test(what_is_sent_comes_back),
        local_test(one_turn_is_one_record),
        local_test(a_flush_sends_now_and_drained_comes_later),
        local_test(pages_follow_each_other),
        local_test(who_does_not_read_is_not_read),
        local_test(what_does_not_fit_cuts),
        local_test(a_long_pause_cuts),
        local_test(one_large_message_is_no_slow_reader),
        local_test(a_paused_reader_loses_nothing),
        local_test(a_pause_counts_within_a_call),
        local_test(a_flood_does_not_hold_up_a_ping),
        local_test(some_are_turned_away),
        local_test(two_hundred_come_speak_and_go),
        local_test(the_last_words_arrive),
        local_test(who_will_not_end_is_ended),
        local_test(ends_within_calls),
        local_test(ends_at_every_moment),
        local_test(loops_end_at_every_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
