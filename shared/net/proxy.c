#include "net/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/stream_inside.h"

/*
 *   0   signature
 *   12  version 2 (high half), command (low half)
 *   13  family (high half), transport (low half)
 *   14  length of the rest, big-endian
 *   16  IPv4: source 4, destination 4, ports 2 + 2; IPv6: 16, 16, 2 + 2; then what nobody reads
 */
enum {
    HEAD_SIZE = 16,
    COMMAND_AT = 12,
    FAMILY_AT = 13,
    LENGTH_AT = 14,
    COMMAND_LOCAL = 0x20,
    COMMAND_PROXY = 0x21,
    FAMILY_TCP4 = 0x11,
    FAMILY_TCP6 = 0x21,
    REST_TCP4 = 4 + 4 + 2 + 2,
    REST_TCP6 = 16 + 16 + 2 + 2,
};

static const uint8_t signature[COMMAND_AT] = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                              0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

static bool may_stand(const uint8_t *head, size_t size)
{
    size_t known = size < sizeof signature ? size : sizeof signature;
    if (memcmp(head, signature, known) != 0)
        return false;
    if (size <= COMMAND_AT)
        return true;
    if (head[COMMAND_AT] == COMMAND_LOCAL)
        return true;
    return head[COMMAND_AT] == COMMAND_PROXY &&
           (size <= FAMILY_AT || head[FAMILY_AT] == FAMILY_TCP4 || head[FAMILY_AT] == FAMILY_TCP6);
}

static void fill_four(const uint8_t *rest, struct proxy_peer *peer)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&address;
    char host[INET_ADDRSTRLEN] = "";
    four->sin_family = AF_INET;
    memcpy(&four->sin_addr, rest, 4);
    (void)inet_ntop(AF_INET, rest, host, sizeof host);
    (void)snprintf(peer->address, sizeof peer->address, "%s:%u", host, be16_get(rest + 8));
    peer->key = stream_key_of(&address);
}

static void fill_six(const uint8_t *rest, struct proxy_peer *peer)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
    char host[INET6_ADDRSTRLEN] = "";
    six->sin6_family = AF_INET6;
    memcpy(&six->sin6_addr, rest, 16);
    (void)inet_ntop(AF_INET6, rest, host, sizeof host);
    (void)snprintf(peer->address, sizeof peer->address, "[%s]:%u", host, be16_get(rest + 32));
    peer->key = stream_key_of(&address);
}

enum proxy_state proxy_read(struct slice bytes, struct proxy_peer *ret_peer, size_t *ret_size)
{
    const uint8_t *head = bytes.data;
    if (!may_stand(head, bytes.size))
        return PROXY_BAD;
    if (bytes.size < HEAD_SIZE)
        return PROXY_MORE;
    bool local = head[COMMAND_AT] == COMMAND_LOCAL;
    size_t rest = be16_get(head + LENGTH_AT);
    size_t least = local ? 0 : head[FAMILY_AT] == FAMILY_TCP4 ? REST_TCP4 : REST_TCP6;
    if (rest < least || HEAD_SIZE + rest > PROXY_HEAD_MAX)
        return PROXY_BAD;
    if (bytes.size < HEAD_SIZE + rest)
        return PROXY_MORE;
    *ret_peer = (struct proxy_peer){.local = local};
    *ret_size = HEAD_SIZE + rest;
    if (!local && head[FAMILY_AT] == FAMILY_TCP4)
        fill_four(head + HEAD_SIZE, ret_peer);
    else if (!local)
        fill_six(head + HEAD_SIZE, ret_peer);
    return PROXY_WHOLE;
}

/* ---- writing ---- */

/* The IPv4 address of an end, also where the socket is one of IPv6; NULL: it has none. */
static const void *four_of(const struct sockaddr_storage *end)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)end;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)end;
    if (end->ss_family == AF_INET)
        return &four->sin_addr;
    if (end->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        return six->sin6_addr.s6_addr + 12;
    return NULL;
}

static uint16_t port_of(const struct sockaddr_storage *end)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)end;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)end;
    return ntohs(end->ss_family == AF_INET6 ? six->sin6_port : four->sin_port);
}

/* Everything behind the command. */
static size_t put_ends(uint8_t *out, uint8_t family, const void *peer, const void *own, size_t size,
                       uint16_t peer_port, uint16_t own_port)
{
    out[FAMILY_AT] = family;
    be16_put(out + LENGTH_AT, (uint16_t)(2 * size + 4));
    memcpy(out + HEAD_SIZE, peer, size);
    memcpy(out + HEAD_SIZE + size, own, size);
    be16_put(out + HEAD_SIZE + 2 * size, peer_port);
    be16_put(out + HEAD_SIZE + 2 * size + 2, own_port);
    return HEAD_SIZE + 2 * size + 4;
}

size_t proxy_write(const struct sockaddr_storage *peer, const struct sockaddr_storage *own,
                   uint8_t out[PROXY_WRITTEN_MAX])
{
    const void *peer_four = four_of(peer);
    const void *own_four = four_of(own);
    memcpy(out, signature, sizeof signature);
    out[COMMAND_AT] = COMMAND_PROXY;
    if (peer_four != NULL && own_four != NULL)
        return put_ends(out, FAMILY_TCP4, peer_four, own_four, 4, port_of(peer), port_of(own));
    if (peer->ss_family == AF_INET6 && own->ss_family == AF_INET6)
        return put_ends(out, FAMILY_TCP6, &((const struct sockaddr_in6 *)peer)->sin6_addr,
                        &((const struct sockaddr_in6 *)own)->sin6_addr, 16, port_of(peer),
                        port_of(own));
    out[COMMAND_AT] = COMMAND_LOCAL;
    out[FAMILY_AT] = 0;
    be16_put(out + LENGTH_AT, 0);
    return HEAD_SIZE;
}
