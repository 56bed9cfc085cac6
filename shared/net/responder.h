#pragma once
/*
 * A responder: answers one fixed GET or HEAD over HTTP/1.1 or 1.0 on a socket that only this
 * machine reaches, a loopback address ("127.0.0.1:9464", "[::1]:9464") or a unix socket
 * ("/run/tefter/metrics.sock", open to its owner alone). For the machine's own collector of
 * metrics; used by serve.
 *
 * It is no HTTP server: of the first line it reads the method and the path (with or without
 * "http://HOST" before it and a query behind it), the rest of the head is read up to its blank line
 * and not looked at, and after the answer the connection ends. Bounded: RESPONDER_HEAD_MAX bytes of
 * head, RESPONDER_CONNECTIONS_MAX connections (the one that has been silent longest makes room for
 * the next), RESPONDER_MS for all of one.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "net/loop.h"

#include <sys/socket.h>

enum {
    RESPONDER_HEAD_MAX = 4096,
    RESPONDER_BODY_MAX = 256 * 1024,
    RESPONDER_CONNECTIONS_MAX = 8,
    RESPONDER_MS = 2000,
};

struct responder;

struct responder_options {
    struct loop *loop;
    const char *address;
    const char *path; /* "/metrics" */
    const char *type; /* of the content */
    /* On the loop: puts the body; false: there is none now (503). */
    bool (*body)(void *owner, struct buffer *out);
    void *owner;
};

/* FAULT_USE for an address that others could reach. A unix socket that a dead process left is
 * replaced; whatever else lies at its path is left as it is. */
bool responder_address_check(const char *address, struct failure *failure);
struct responder *responder_create(const struct responder_options *options,
                                   struct failure *failure);
/* "127.0.0.1:9464", with the port that was given when 0 was asked for. */
const char *responder_address(const struct responder *responder);
/* NULL welcome. Cuts what is open; the memory goes with the loop's next turns. */
void responder_destroy(struct responder *responder);

/* The other end, blocking: one request to the address of a responder, the body into `out`. */
bool responder_ask(const char *address, const char *path, struct buffer *out,
                   struct failure *failure);
