/*
 * Who may take how many connections: a terminal, an address, and those that never show who they
 * are. Whatever one of them takes, a till still connects and sells.
 */
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "session/inside.h"

/* ---- a till at work ---- */

static struct tls_identity enrolled(const char *name)
{
    char code[ENROL_CODE_TEXT_SIZE];
    struct tls_identity identity;
    Tefter__RefusalCode refused = 0;
    world_code(world_terminal(name), CODE_LIFE_MS, code);
    assert_true(client_enrol(code, &identity, &refused));
    return identity;
}

/* Connects, logs in, opens an account. */
static void sells(const struct tls_identity *identity)
{
    struct client client;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__OpenCustomer open = TEFTER__OPEN_CUSTOMER__INIT;
    Tefter__Text name = TEFTER__TEXT__INIT;
    Tefter__Text phone = TEFTER__TEXT__INIT;
    client_greet(&client, identity);
    client.terminal = client.inbox[0]->welcome->terminal;
    assert_int_equal(client_login(&client, "boss", "correct horse")->body_case,
                     TEFTER__TO_TERMINAL__BODY_LOGGED_IN);
    name.value = "Chi";
    phone.value = "0909";
    open.name = &name;
    open.phone = &phone;
    open.area = "Q7";
    command.kind_case = TEFTER__COMMAND__KIND_OPEN_CUSTOMER;
    command.open_customer = &open;
    assert_int_equal(client_command(&client, &command)->result_case, TEFTER__REPLY__RESULT_DONE);
    client_close(&client);
}

/* Goodbye, because of this. */
static void told_too_many(struct client *client, const char *field, int64_t most)
{
    client_wait_closed(client);
    const Tefter__Goodbye *goodbye = client_goodbye(client);
    assert_non_null(goodbye);
    assert_int_equal(goodbye->refused->code, TEFTER__REFUSAL_CODE__TOO_MANY_CONNECTIONS);
    assert_string_equal(goodbye->refused->field, field);
    assert_int_equal(goodbye->refused->most, most);
}

static void one_terminal_takes_sixteen_places_and_no_more(void **state)
{
    (void)state;
    static struct client clients[SESSIONS_PER_DEVICE_MAX];
    struct tls_identity till = enrolled("till 2");
    struct client more;
    struct sessions_metrics metrics;
    for (int i = 0; i < SESSIONS_PER_DEVICE_MAX; i++)
        client_greet(&clients[i], &world.terminal);
    client_open(&more, &world.terminal);
    told_too_many(&more, "terminal", SESSIONS_PER_DEVICE_MAX);
    client_close(&more);
    sells(&till);
    sessions_metrics(world.sessions, &metrics); /* who it is comes into the log */
    assert_int_equal(metrics.too_many, 1);
    assert_non_null(strstr(metrics.too_many_last, "terminal 1"));
    client_close(&clients[0]);
    client_greet(&clients[0], &world.terminal); /* the place is free again */
    for (int i = 0; i < SESSIONS_PER_DEVICE_MAX; i++)
        client_close(&clients[i]);
}

static void a_company_sets_how_many(void **state)
{
    (void)state;
    static struct client clients[3];
    struct tls_identity till = enrolled("till 2");
    struct client more;
    world.per_terminal = 2;
    world.per_address = 3;
    world_restart();
    client_greet(&clients[0], &world.terminal);
    client_greet(&clients[1], &world.terminal);
    client_open(&more, &world.terminal);
    told_too_many(&more, "terminal", 2);
    client_close(&more);
    client_greet(&clients[2], &till);
    client_open(&more, &till);
    told_too_many(&more, "address", 3);
    client_close(&more);
    client_close(&clients[0]);
    client_greet(&clients[0], &till);
    for (int i = 0; i < 3; i++)
        client_close(&clients[i]);
}

/* ---- those that say nothing ---- */

static int connect_silently(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(sessions_port(world.sessions)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static bool is_shut(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void silent_connections_give_way_to_a_till_the_oldest_first(void **state)
{
    (void)state;
    enum { BOUND = 20, SILENT = 60 };
    int silent[SILENT];
    struct tls_identity till = enrolled("till 2");
    struct stream_listener_metrics metrics;
    world.unproven_per_address = BOUND;
    world_restart();
    for (int i = 0; i < SILENT; i++) {
        silent[i] = connect_silently();
        world_run(2);
        stream_listener_metrics(world.sessions->listener, &metrics);
        assert_true(metrics.unproven <= BOUND);
    }
    assert_true(is_shut(silent[0]));
    assert_false(is_shut(silent[SILENT - 1]));
    for (int i = 0; i < 5; i++)
        sells(&till); /* and what is proven does not count among them */
    stream_listener_metrics(world.sessions->listener, &metrics);
    assert_true(metrics.turned_away >= SILENT - BOUND);
    for (int i = 0; i < SILENT; i++)
        close(silent[i]);
}

/* Half a ClientHello each: none of them is silent, and still not all places are theirs. */
static void those_that_begin_and_stop_are_bounded_too(void **state)
{
    (void)state;
    enum { BOUND = 20, STUCK = 60 };
    static const uint8_t begun[] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01};
    int stuck[STUCK];
    struct stream_listener_metrics metrics;
    struct tls_identity till = enrolled("till 2");
    world.unproven_per_address = BOUND;
    world_restart();
    for (int i = 0; i < STUCK; i++) {
        stuck[i] = connect_silently();
        (void)send(stuck[i], begun, sizeof begun, MSG_NOSIGNAL);
        world_run(2);
        stream_listener_metrics(world.sessions->listener, &metrics);
        assert_true(metrics.unproven <= BOUND);
    }
    stream_listener_metrics(world.sessions->listener, &metrics);
    assert_int_equal(metrics.unproven, BOUND);
    assert_non_null(strstr(metrics.turned_away_last, "127.0.0.1"));
    world_run(HANDSHAKE_MS + 500); /* none of them stays longer than that */
    stream_listener_metrics(world.sessions->listener, &metrics);
    assert_int_equal(metrics.unproven, 0);
    sells(&till);
    for (int i = 0; i < STUCK; i++)
        close(stuck[i]);
}

/* Shown a certificate, it may not be of ours; enrolling shows none at all. */
static void who_is_not_enrolled_counts_among_those_that_are_anybodys(void **state)
{
    (void)state;
    struct client strangers[3];
    struct stream_listener_metrics metrics;
    struct client till;
    for (int i = 0; i < 3; i++)
        client_open(&strangers[i], NULL);
    client_greet(&till, &world.terminal);
    stream_listener_metrics(world.sessions->listener, &metrics);
    assert_int_equal(metrics.unproven, 3);
    for (int i = 0; i < 3; i++)
        client_close(&strangers[i]);
    world_run(20);
    stream_listener_metrics(world.sessions->listener, &metrics);
    assert_int_equal(metrics.unproven, 0);
    client_close(&till);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(one_terminal_takes_sixteen_places_and_no_more),
        world_test(a_company_sets_how_many),
        world_test(silent_connections_give_way_to_a_till_the_oldest_first),
        world_test(those_that_begin_and_stop_are_bounded_too),
        world_test(who_is_not_enrolled_counts_among_those_that_are_anybodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
