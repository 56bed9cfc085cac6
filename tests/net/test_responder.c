/*
 * The responder against clients that mean it ill: a loop of its own on a thread, blocking sockets
 * on this one.
 */
#include "base/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "net/responder.h"

#define GOOD "GET /metrics HTTP/1.1\r\n"
enum { WAIT_S = 20, ANSWER_MAX = 400 * 1024 };

struct place {
    struct loop *loop;
    struct loop_wake *stop;
    struct responder *responder;
    pthread_t thread;
    char address[128];
    uint16_t port;
    size_t body_size;
    _Atomic int asked;
    _Atomic bool none;
};

static bool body(void *owner, struct buffer *out)
{
    struct place *place = owner;
    atomic_fetch_add(&place->asked, 1);
    for (size_t i = 0; i < place->body_size; i++)
        if (!buffer_put(out, &"0123456789abcdef"[i % 16], 1))
            return false;
    return !atomic_load(&place->none);
}

static void stop(void *context)
{
    struct place *place = context;
    responder_destroy(place->responder);
    loop_stop(place->loop);
}

static void *turn(void *context)
{
    loop_run(((struct place *)context)->loop);
    return NULL;
}

static void place_open(struct place *place, const char *address, size_t body_size)
{
    struct failure failure = {.fault = FAULT_NONE};
    *place = (struct place){.body_size = body_size};
    place->loop = loop_create(&failure);
    place->stop = loop_wake_create(place->loop, stop, place);
    struct responder_options options = {.loop = place->loop,
                                        .address = address,
                                        .path = "/metrics",
                                        .type = "text/plain",
                                        .body = body,
                                        .owner = place};
    place->responder = responder_create(&options, &failure);
    assert_non_null(place->responder);
    (void)snprintf(place->address, sizeof place->address, "%s",
                   responder_address(place->responder));
    const char *colon = strrchr(place->address, ':');
    place->port = colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
    assert_int_equal(pthread_create(&place->thread, NULL, turn, place), 0);
}

static void place_close(struct place *place)
{
    loop_wake(place->stop);
    pthread_join(place->thread, NULL);
    loop_destroy(place->loop);
}

static int dial(const struct place *place)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(place->port)};
    struct timeval patience = {.tv_sec = WAIT_S};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *bytes, size_t size)
{
    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

/* All until the other end closes; "" when it was cut. */
static const char *heard(int fd)
{
    static char text[ANSWER_MAX];
    size_t size = 0;
    for (ssize_t got; (got = recv(fd, text + size, sizeof text - 1 - size, 0)) > 0;)
        size += (size_t)got;
    text[size] = '\0';
    close(fd);
    return text;
}

static const char *answer_to(const struct place *place, const char *bytes)
{
    int fd = dial(place);
    say(fd, bytes, strlen(bytes));
    return heard(fd);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void assert_good(const char *answer)
{
    assert_string_equal(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                "Content-Length: 20\r\nConnection: close\r\n\r\n"
                                "0123456789abcdef0123");
}

static void only_this_machine_is_served(void **state)
{
    (void)state;
    static const char *const wrong[] = {"0.0.0.0:0",     "[::]:0",         ":0",
                                        "192.168.1.1:0", "localhost:0",    "127.0.0.1",
                                        "10.0.0.1:0",    "8.8.8.8:80",     "",
                                        "metrics.sock",  "127.0.0.1:http", "[fe80::1]:0",
                                        "127.1:0x",      "128.0.0.1:0",    "[::ffff:1.2.3.4]:0"};
    struct loop *loop = loop_create(NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct failure failure = {.fault = FAULT_NONE};
        struct responder_options options = {.loop = loop, .address = wrong[i], .path = "/"};
        assert_null(responder_create(&options, &failure));
        assert_int_equal(failure.fault, FAULT_USE);
    }
    loop_destroy(loop);
}

static void the_one_get_is_answered(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    assert_good(answer_to(&place, GOOD "\r\n"));
    assert_good(answer_to(&place, GOOD "Host: x\r\nAccept: */*\r\n\r\n"));
    assert_good(answer_to(&place, GOOD "\r\nGET /metrics HTTP/1.1\r\n\r\nand more"));
    int fd = dial(&place);
    for (const char *at = GOOD "Host: y\r\n\r\n"; *at; at++)
        say(fd, at, 1);
    assert_good(heard(fd));
    atomic_store(&place.none, true);
    assert_non_null(strstr(answer_to(&place, GOOD "\r\n"), "HTTP/1.1 503 "));
    place_close(&place);
}

static void collectors_of_every_kind_are_answered(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "GET /metrics HTTP/1.0\r\n\r\n", "GET /metrics?x=1 HTTP/1.1\r\n\r\n",
        "GET /metrics? HTTP/1.0\r\n\r\n", "GET http://h:9464/metrics HTTP/1.1\r\n\r\n",
        "GET http://[::1]:9464/metrics?a=b&c HTTP/1.1\r\n\r\n"};
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        assert_good(answer_to(&place, ways[i]));
    assert_string_equal(answer_to(&place, "HEAD /metrics HTTP/1.1\r\n\r\n"),
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        "Content-Length: 20\r\nConnection: close\r\n\r\n");
    place_close(&place);
}

static void all_else_is_not_found(void **state)
{
    (void)state;
    static const char *const wrong[] = {"GET / HTTP/1.1\r\n\r\n",
                                        "GET /metrics HTTP/2.0\r\n\r\n",
                                        "GET /metrics HTTP/1.10\r\n\r\n",
                                        "GET /metrics HTTP/1.1\n\r\n\r\n",
                                        "GET /metrics\r\n\r\n",
                                        "GET  /metrics HTTP/1.1\r\n\r\n",
                                        "get /metrics HTTP/1.1\r\n\r\n",
                                        "GET /metrics/ HTTP/1.1\r\n\r\n",
                                        "GET /metrics?x\r\n\r\n",
                                        "GET ?/metrics HTTP/1.1\r\n\r\n",
                                        "GET /metricsx HTTP/1.1\r\n\r\n",
                                        "GET https://h/metrics HTTP/1.1\r\n\r\n",
                                        "GET http://h/ HTTP/1.1\r\n\r\n",
                                        "GET http:///h/metrics HTTP/1.1\r\n\r\n",
                                        "HEAD / HTTP/1.1\r\n\r\n",
                                        "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
                                        " GET /metrics HTTP/1.1\r\n\r\n",
                                        "\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n",
                                        "\x16\x03\x01\x02\x01\r\n\r\n"};
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *answer = answer_to(&place, wrong[i]);
        assert_non_null(strstr(answer, "HTTP/1.1 404 Not Found\r\n"));
        assert_non_null(strstr(answer, "\r\nContent-Length: 0\r\n"));
    }
    assert_int_equal(atomic_load(&place.asked), 0);
    assert_good(answer_to(&place, GOOD "\r\n"));
    place_close(&place);
}

static void a_head_has_a_bound(void **state)
{
    (void)state;
    static char head[RESPONDER_HEAD_MAX + 1];
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    memset(head, 'x', sizeof head - 1);
    memcpy(head, GOOD, strlen(GOOD));
    memcpy(head + RESPONDER_HEAD_MAX - 4, "\r\n\r\n", 4);
    assert_good(answer_to(&place, head)); /* just fits */
    memset(head + RESPONDER_HEAD_MAX - 4, 'x', 4);
    assert_string_equal(answer_to(&place, head), "");
    place_close(&place);
}

/* Noise of every kind, from a generator that always says the same. */
static void noise_is_survived(void **state)
{
    (void)state;
    struct place place;
    uint64_t chance = 4711;
    place_open(&place, "127.0.0.1:0", 20);
    for (int i = 0; i < 300; i++) {
        char bytes[600];
        int fd = dial(&place);
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
        size_t size = 1 + (chance >> 33) % sizeof bytes;
        for (size_t j = 0; j < size; j++) {
            chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
            bytes[j] = "\r\nGET /metrics HTTP/1.1\0\xff"[(chance >> 33) % 25];
        }
        say(fd, bytes, size);
        if (i % 3 == 0) { /* gone, with a reset */
            struct linger none = {1, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
            close(fd);
        } else {
            shutdown(fd, SHUT_WR);
            const char *answer = heard(fd);
            assert_true(*answer == '\0' || strncmp(answer, "HTTP/1.1 ", 9) == 0);
        }
    }
    assert_good(answer_to(&place, GOOD "\r\n"));
    place_close(&place);
}

/* The first answer comes before the oldest of them would have lost its place by time. */
static void the_silent_do_not_delay_a_scrape(void **state)
{
    (void)state;
    int silent[3 * RESPONDER_CONNECTIONS_MAX];
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
            silent[i] = dial(&place);
            say(silent[i], "GET", i % 2 ? 3 : 0);
        }
        assert_good(answer_to(&place, GOOD "\r\n"));
        struct timeval at_once = {.tv_usec = 1};
        size_t still = 0; /* the newest keep their places until somebody wants them */
        for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
            char byte;
            setsockopt(silent[i], SOL_SOCKET, SO_RCVTIMEO, &at_once, sizeof at_once);
            still += recv(silent[i], &byte, 1, 0) < 0 && errno == EAGAIN;
            close(silent[i]);
        }
        assert_true(still <= RESPONDER_CONNECTIONS_MAX);
    }
    place_close(&place);
}

static void the_silent_lose_their_places(void **state)
{
    (void)state;
    struct place place;
    place_open(&place, "127.0.0.1:0", 20);
    uint64_t from = now_ms();
    int silent = dial(&place);
    say(silent, "GET", 3);
    assert_string_equal(heard(silent), "");
    assert_true(now_ms() - from >= RESPONDER_MS - 100);
    place_close(&place);
}

static void who_does_not_read_is_cut(void **state)
{
    (void)state;
    struct place place;
    int small = 2048;
    struct sockaddr_in address = {.sin_family = AF_INET};
    place_open(&place, "127.0.0.1:0", RESPONDER_BODY_MAX);
    assert_int_equal(strlen(strstr(answer_to(&place, GOOD "\r\n"), "\r\n\r\n")),
                     4 + RESPONDER_BODY_MAX);
    address.sin_port = htons(place.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    say(fd, GOOD "\r\n", strlen(GOOD) + 2);
    usleep((RESPONDER_MS + 500) * 1000);
    (void)heard(fd);
    assert_int_equal(strlen(strstr(answer_to(&place, GOOD "\r\n"), "\r\n\r\n")),
                     4 + RESPONDER_BODY_MAX);
    place_close(&place);
}

static void it_is_asked_over_both_ways(void **state)
{
    (void)state;
    char folder[] = "/tmp/tefter-responder-XXXXXX";
    char path[80];
    struct failure failure = {.fault = FAULT_NONE};
    struct stat facts;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/metrics.sock", folder);
    const char *const addresses[] = {"127.0.0.1:0", "[::1]:0", path};
    mode_t before = umask(077);
    for (size_t i = 0; i < 3; i++) {
        struct place place;
        struct buffer out;
        buffer_init(&out, 1 << 20);
        place_open(&place, addresses[i], 20);
        assert_true(responder_ask(place.address, "/metrics", &out, &failure));
        assert_int_equal(out.size, 20);
        assert_false(responder_ask(place.address, "/other", &out, NULL));
        place_close(&place);
        assert_false(responder_ask(place.address, "/metrics", &out, NULL));
        buffer_fini(&out);
    }
    assert_int_not_equal(stat(path, &facts), 0);
    umask(before);
    assert_int_equal(rmdir(folder), 0);
}

static void a_dead_ones_socket_is_replaced_and_a_live_ones_not(void **state)
{
    (void)state;
    char folder[] = "/tmp/tefter-responder-XXXXXX";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct failure failure = {.fault = FAULT_NONE};
    struct place place;
    struct stat facts;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    mode_t before = umask(077);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
    close(dead);
    place_open(&place, address.sun_path, 20);
    assert_int_equal(stat(address.sun_path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    struct loop *loop = loop_create(NULL);
    struct responder_options second = {.loop = loop, .address = address.sun_path, .path = "/"};
    assert_null(responder_create(&second, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    loop_destroy(loop);
    place_close(&place);
    umask(before);
    assert_int_equal(rmdir(folder), 0);
}

/* A key, a folder, a link: whatever lies at the path stays, at the start and at the end. */
static void what_is_no_socket_is_never_taken_away(void **state)
{
    (void)state;
    char folder[] = "/tmp/tefter-responder-XXXXXX";
    char file[80], linked[80], sub[80], socket_path[80];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/key.pem", folder);
    (void)snprintf(linked, sizeof linked, "%s/link", folder);
    (void)snprintf(sub, sizeof sub, "%s/folder", folder);
    (void)snprintf(socket_path, sizeof socket_path, "%s/s", folder);
    FILE *made = fopen(file, "w");
    assert_non_null(made);
    assert_int_equal(fputs("key", made) < 0 || fclose(made) != 0, 0);
    assert_int_equal(symlink(file, linked), 0);
    assert_int_equal(mkdir(sub, 0700), 0);
    const char *const paths[] = {file, linked, sub};
    struct stat before, after;
    struct loop *loop = loop_create(NULL);
    for (size_t i = 0; i < 3; i++) {
        struct failure failure = {.fault = FAULT_NONE};
        struct responder_options options = {.loop = loop, .address = paths[i], .path = "/"};
        assert_int_equal(lstat(paths[i], &before), 0);
        assert_null(responder_create(&options, &failure));
        assert_int_equal(failure.fault, FAULT_USE);
        assert_non_null(strstr(failure.text, paths[i]));
        assert_int_equal(lstat(paths[i], &after), 0);
        assert_int_equal(before.st_ino, after.st_ino);
    }
    loop_destroy(loop);
    struct place place;
    place_open(&place, socket_path, 20);
    assert_int_equal(rename(file, socket_path), 0); /* somebody puts a file in its place */
    place_close(&place);
    assert_int_equal(lstat(socket_path, &after), 0);
    assert_int_equal(unlink(socket_path) | unlink(linked) | rmdir(sub) | rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_is_served),
        cmocka_unit_test(the_one_get_is_answered),
        cmocka_unit_test(collectors_of_every_kind_are_answered),
        cmocka_unit_test(all_else_is_not_found),
        cmocka_unit_test(a_head_has_a_bound),
        cmocka_unit_test(noise_is_survived),
        cmocka_unit_test(the_silent_do_not_delay_a_scrape),
        cmocka_unit_test(the_silent_lose_their_places),
        cmocka_unit_test(who_does_not_read_is_cut),
        cmocka_unit_test(it_is_asked_over_both_ways),
        cmocka_unit_test(a_dead_ones_socket_is_replaced_and_a_live_ones_not),
        cmocka_unit_test(what_is_no_socket_is_never_taken_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
