/*
 * The header in front of what a relay passes on: whose bytes follow, and that nothing else is taken
 * for one, however it is cut.
 */
#include "base/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "net/proxy.h"

#define SIGNATURE "\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a"

struct head {
    uint8_t bytes[1024];
    size_t size;
};

static struct head head_of(uint8_t command, uint8_t family, size_t rest)
{
    struct head head = {.size = 16 + rest};
    memcpy(head.bytes, SIGNATURE, 12);
    head.bytes[12] = command;
    head.bytes[13] = family;
    head.bytes[14] = (uint8_t)(rest >> 8);
    head.bytes[15] = (uint8_t)rest;
    return head;
}

static enum proxy_state look(const struct head *head, struct proxy_peer *peer, size_t *size)
{
    return proxy_read(slice_of(head->bytes, head->size), peer, size);
}

static void is(const struct head *head, enum proxy_state state)
{
    struct proxy_peer peer;
    size_t size;
    assert_int_equal(look(head, &peer, &size), state);
}

static struct head four(const char *address, uint16_t port)
{
    struct head head = head_of(0x21, 0x11, 12);
    memcpy(head.bytes + 16, address, 4);
    head.bytes[24] = (uint8_t)(port >> 8);
    head.bytes[25] = (uint8_t)port;
    return head;
}

static struct head six(const char *address, uint16_t port)
{
    struct head head = head_of(0x21, 0x21, 36);
    memcpy(head.bytes + 16, address, 16);
    head.bytes[48] = (uint8_t)(port >> 8);
    head.bytes[49] = (uint8_t)port;
    return head;
}

static void an_address_is_read(void **state)
{
    (void)state;
    struct proxy_peer peer;
    size_t size = 0;
    struct head head = four("\xc0\x00\x02\x07", 40000);
    head.size += 5; /* what follows is no part of it */
    assert_int_equal(look(&head, &peer, &size), PROXY_WHOLE);
    assert_int_equal(size, 28);
    assert_string_equal(peer.address, "192.0.2.7:40000");
    assert_false(peer.local);
    head = six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 443);
    assert_int_equal(look(&head, &peer, &size), PROXY_WHOLE);
    assert_int_equal(size, 52);
    assert_string_equal(peer.address, "[2001:db8::7]:443");
    head = head_of(0x20, 0, 0);
    assert_int_equal(look(&head, &peer, &size), PROXY_WHOLE);
    assert_true(peer.local);
    assert_string_equal(peer.address, "");
}

static uint64_t key_of(struct head head)
{
    struct proxy_peer peer = {.key = 0};
    size_t size;
    assert_int_equal(look(&head, &peer, &size), PROXY_WHOLE);
    return peer.key;
}

/* Ports make no other address, nor does the half of an IPv6 that everybody has to themselves. */
static void addresses_are_counted_as_those_of_tills(void **state)
{
    (void)state;
    assert_int_equal(key_of(four("\xc0\x00\x02\x07", 1)), key_of(four("\xc0\x00\x02\x07", 2)));
    assert_int_not_equal(key_of(four("\xc0\x00\x02\x07", 1)), key_of(four("\xc0\x00\x02\x08", 1)));
    assert_int_equal(key_of(four("\xc0\x00\x02\x07", 1)),
                     key_of(six("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x07", 1)));
    assert_int_equal(key_of(six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 1)),
                     key_of(six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x08", 1)));
    assert_int_not_equal(key_of(six("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 1)),
                         key_of(six("\x20\x01\x0d\xb8\0\0\0\1\0\0\0\0\0\0\0\x07", 1)));
    assert_int_equal(key_of(four("\x7f\x00\x00\x01", 1)), 0);
}

static void cut_anywhere_it_is_not_whole(void **state)
{
    (void)state;
    struct head heads[] = {four("\xc0\x00\x02\x07", 1), six("0123456789abcdef", 1),
                           head_of(0x20, 0, 0), head_of(0x20, 0x31, 216), head_of(0x21, 0x11, 520)};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct head head = heads[i];
        size_t whole = head.size;
        for (head.size = 1; head.size < whole; head.size++)
            is(&head, PROXY_MORE);
        is(&head, PROXY_WHOLE);
    }
}

static void nothing_else_is_one(void **state)
{
    (void)state;
    struct head head = four("\xc0\x00\x02\x07", 1);
    for (size_t i = 0; i < 12; i++) { /* with the first byte that is wrong, not later */
        head.bytes[i] ^= 1;
        head.size = i + 1;
        is(&head, PROXY_BAD);
        head.bytes[i] ^= 1;
    }
    head = (struct head){.size = 36};
    memcpy(head.bytes, "PROXY TCP4 192.0.2.7 192.0.2.1 1 443", 36); /* version 1 */
    is(&head, PROXY_BAD);
    for (unsigned command = 0; command < 256; command++) {
        head = head_of((uint8_t)command, 0x11, 12);
        is(&head, command == 0x20 || command == 0x21 ? PROXY_WHOLE : PROXY_BAD);
    }
    for (unsigned family = 0; family < 256; family++) { /* unspecified, UDP and unix, too */
        head = head_of(0x21, (uint8_t)family, 36);
        is(&head, family == 0x11 || family == 0x21 ? PROXY_WHOLE : PROXY_BAD);
    }
}

static void it_has_its_size(void **state)
{
    (void)state;
    struct head head = head_of(0x21, 0x11, 11);
    is(&head, PROXY_BAD);
    head = head_of(0x21, 0x21, 35);
    is(&head, PROXY_BAD);
    head = head_of(0x21, 0x11, 521);
    is(&head, PROXY_BAD);
    head = head_of(0x20, 0, 0xffff);
    head.size = 16; /* before the rest has come */
    is(&head, PROXY_BAD);
}

static struct sockaddr_storage end_of(int family, const char *text, uint16_t port)
{
    struct sockaddr_storage end = {.ss_family = (sa_family_t)family};
    struct sockaddr_in *four_end = (struct sockaddr_in *)&end;
    struct sockaddr_in6 *six_end = (struct sockaddr_in6 *)&end;
    void *address = family == AF_INET ? (void *)&four_end->sin_addr : (void *)&six_end->sin6_addr;
    if (family == AF_UNIX)
        return end;
    assert_int_equal(inet_pton(family, text, address), 1);
    *(family == AF_INET ? &four_end->sin_port : &six_end->sin6_port) = htons(port);
    return end;
}

/* What is written is read again; `address` NULL: as of the relay itself. */
static void written_is(const struct sockaddr_storage *peer, const struct sockaddr_storage *own,
                       const char *address)
{
    uint8_t bytes[PROXY_WRITTEN_MAX];
    struct proxy_peer found;
    size_t used;
    size_t size = proxy_write(peer, own, bytes);
    assert_int_equal(proxy_read(slice_of(bytes, size), &found, &used), PROXY_WHOLE);
    assert_int_equal(used, size);
    assert_int_equal(found.local, address == NULL);
    if (address != NULL)
        assert_string_equal(found.address, address);
    assert_int_equal(proxy_read(slice_of(bytes, size - 1), &found, &used), PROXY_MORE);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct sockaddr_storage own_four = end_of(AF_INET, "192.0.2.1", 443);
    struct sockaddr_storage own_six = end_of(AF_INET6, "2001:db8::1", 443);
    struct sockaddr_storage four_end = end_of(AF_INET, "198.51.100.7", 40000);
    struct sockaddr_storage six_end = end_of(AF_INET6, "2001:db8::7", 40001);
    struct sockaddr_storage mapped = end_of(AF_INET6, "::ffff:198.51.100.8", 40002);
    struct sockaddr_storage own_mapped = end_of(AF_INET6, "::ffff:192.0.2.1", 443);
    struct sockaddr_storage local = end_of(AF_UNIX, NULL, 0);
    written_is(&four_end, &own_four, "198.51.100.7:40000");
    written_is(&six_end, &own_six, "[2001:db8::7]:40001");
    written_is(&mapped, &own_mapped, "198.51.100.8:40002"); /* a socket of [::] */
    written_is(&local, &local, NULL);
    written_is(&four_end, &own_six, NULL); /* no header has both */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(an_address_is_read),
        cmocka_unit_test(addresses_are_counted_as_those_of_tills),
        cmocka_unit_test(cut_anywhere_it_is_not_whole),
        cmocka_unit_test(nothing_else_is_one),
        cmocka_unit_test(it_has_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
