#pragma once
/*
 * A site: the names by which browsers reach the page. They are configured and never taken from what
 * a request says, so a name that somebody else has pointed at this machine is not one of them.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "http/head.h"

enum { SITE_ORIGINS_MAX = 8, SITE_ORIGIN_MAX = 280, SITE_LIST_MAX = 1024 };

/* As browsers write it: small letters, without the port that is usual. */
struct site_origin {
    char text[SITE_ORIGIN_MAX]; /* "https://tefter.example:8443" */
    bool secure;
    bool lasting; /* for a long time to come it is reached by TLS that browsers believe */
};

/* In it: "tefter.example:8443". */
const char *site_host(const struct site_origin *origin);

struct site {
    size_t count;
    struct site_origin origins[SITE_ORIGINS_MAX];
};

/* Is it an address that only this machine reaches: "127.0.0.1:8080", "[::1]:8080",
 * "localhost:8080"? */
bool site_address_local(const char *address);

/* "https://tefter.example", several with commas or blanks between them; added to those that are
 * there. FAULT_USE for what is none, and for http:// of another machine: there browsers make no
 * key. */
bool site_add(struct site *site, const char *origins, struct failure *failure);
/* What is reached by an address and a port, when nobody names an origin; FAULT_USE where that is
 * not known. */
bool site_add_usual(struct site *site, const char *address, uint16_t port, bool secure,
                    struct failure *failure);

/* The port of "host:port"; 0: there is none. */
uint16_t site_port(const char *address);

/* All that can be said before listening: without a certificate only this machine may reach it, and
 * where it listens on every address somebody must have named an origin. */
bool site_check(const char *address, bool secure, bool named, struct failure *failure);

/* The origin that a Host names; NULL: none of ours. */
const struct site_origin *site_of_host(const struct site *site, struct slice host);
bool site_has(const struct site *site, struct slice origin);

/* Where the WebSocket is. */
#define SITE_SOCKET_PATH "/"
#define SITE_SUBPROTOCOL "tefter.v1"
enum { SITE_KEY_SIZE = 24 }; /* 16 bytes in Base64 */

/* Does the head ask to become a WebSocket? Whatever else it says. */
bool site_upgrade_asked(const struct http_head *head);
/* HTTP_SWITCHING with the key that is to be answered, or why not. */
enum http_status site_upgrade(const struct site *site, const struct http_head *head,
                              struct slice *ret_key);
