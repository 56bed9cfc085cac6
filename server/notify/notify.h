#pragma once
/*
 * tefter-notify: sends what tefterd tells it to over HTTP, in a process of its own: Web Push to
 * browsers that have no page open, and messages to telephones through a gateway. It has no file of
 * the ledger and no right there; it knows what it was told over its one local socket, and answers
 * each order once with what came of it.
 *
 *   tefterd ─ local socket ─ order ─┬─ sealed (RFC 8291), VAPID ─ HTTPS ─ push service
 *                                   └─ template ─ HTTP(S) ─ gateway
 */
#include <stdint.h>

struct notify_options {
    const char *socket; /* of tefterd; NULL: the descriptor is used */
    int descriptor;     /* connected already */
};

/* Until the other end is gone. An exit code: 0 done, 1 a fault; a sentence is told. */
int notify_run(const struct notify_options *options);
