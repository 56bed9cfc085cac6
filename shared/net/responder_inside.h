#pragma once
/*
 * Inside net: where a responder listens, for itself and for those who ask it.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fault.h"

enum { RESPONDER_ADDRESS_MAX = 128 };

struct responder_place {
    struct sockaddr_storage address;
    socklen_t size;
};

/* FAULT_USE: neither loopback nor a path. */
bool responder_place_read(const char *text, struct responder_place *ret_place,
                          struct failure *failure);
/* As text, with the port that the socket got. */
void responder_place_write(int fd, const struct responder_place *place,
                           char ret_text[RESPONDER_ADDRESS_MAX]);
