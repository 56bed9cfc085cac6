#pragma once
/*
 * The header in front of what a relay passes on: PROXY protocol, version 2. It says whose bytes
 * follow. Only a relay that may speak for others is to be asked for it: whoever writes it chooses
 * the address.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { PROXY_HEAD_MAX = 536, PROXY_ADDRESS_SIZE = 64 };

struct proxy_peer {
    bool local;                       /* the relay speaks for itself: no address */
    char address[PROXY_ADDRESS_SIZE]; /* "192.0.2.7:40000", "[2001:db8::7]:40000"; "" when local */
    uint64_t key;                     /* as stream_address_key has it */
};

enum proxy_state { PROXY_MORE, PROXY_WHOLE, PROXY_BAD };

/* Looks at the first bytes of a connection. WHOLE: the header is the first *ret_size of them. BAD,
 * with the first byte that cannot stand in one: version 1, another family than TCP over IPv4 or
 * IPv6, too few bytes for its addresses or more than PROXY_HEAD_MAX in all. */
enum proxy_state proxy_read(struct slice bytes, struct proxy_peer *ret_peer, size_t *ret_size);

/* The other end: the header for a connection between these two; its size. Addresses that are
 * neither IPv4 nor IPv6: the relay speaks for itself. */
enum { PROXY_WRITTEN_MAX = 16 + 36 };
size_t proxy_write(const struct sockaddr_storage *peer, const struct sockaddr_storage *own,
                   uint8_t out[PROXY_WRITTEN_MAX]);
