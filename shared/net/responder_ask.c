#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/responder.h"
#include "net/responder_inside.h"
#include "net/stream_inside.h"

enum { ASK_TIMEOUT_S = 5, READ_BYTES = 16 * 1024 };

/* ---- addresses ---- */

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static bool read_path(const char *text, struct responder_place *place, struct failure *failure)
{
    struct sockaddr_un *address = (struct sockaddr_un *)&place->address;
    if (strlen(text) >= sizeof address->sun_path)
        return fail(failure, FAULT_USE, 0, "the path of a socket has at most %zu bytes: %s",
                    sizeof address->sun_path - 1, text);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, text, strlen(text));
    place->size = sizeof *address;
    return true;
}

static bool read_numbers(const char *text, struct responder_place *place)
{
    struct stream_endpoint parts;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (!stream_endpoint_read(text, &parts, NULL) ||
        getaddrinfo(parts.host, parts.port, &hints, &found) != 0)
        return false;
    bool good = parts.host[0] != '\0' && is_loopback(found->ai_addr);
    if (good) {
        memcpy(&place->address, found->ai_addr, found->ai_addrlen);
        place->size = found->ai_addrlen;
    }
    freeaddrinfo(found);
    return good;
}

bool responder_place_read(const char *text, struct responder_place *ret_place,
                          struct failure *failure)
{
    *ret_place = (struct responder_place){.size = 0};
    if (text[0] == '/')
        return read_path(text, ret_place, failure);
    return read_numbers(text, ret_place) ||
           fail(failure, FAULT_USE, 0,
                "%s is no address that only this machine reaches; take 127.0.0.1:PORT, "
                "[::1]:PORT or the path of a unix socket",
                text);
}

bool responder_address_check(const char *address, struct failure *failure)
{
    struct responder_place place;
    return responder_place_read(address, &place, failure);
}

void responder_place_write(int fd, const struct responder_place *place,
                           char ret_text[RESPONDER_ADDRESS_MAX])
{
    struct sockaddr_storage address = place->address;
    socklen_t size = sizeof address;
    char host[INET6_ADDRSTRLEN] = "";
    if (address.ss_family == AF_UNIX) {
        const struct sockaddr_un *path = (const struct sockaddr_un *)&place->address;
        (void)snprintf(ret_text, RESPONDER_ADDRESS_MAX, "%s", path->sun_path);
        return;
    }
    (void)getsockname(fd, (struct sockaddr *)&address, &size);
    if (address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
        (void)inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        (void)snprintf(ret_text, RESPONDER_ADDRESS_MAX, "[%s]:%u", host, ntohs(six->sin6_port));
        return;
    }
    const struct sockaddr_in *four = (const struct sockaddr_in *)&address;
    (void)inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
    (void)snprintf(ret_text, RESPONDER_ADDRESS_MAX, "%s:%u", host, ntohs(four->sin_port));
}

/* ---- asking ---- */

static bool send_request(int fd, const char *path)
{
    char request[RESPONDER_ADDRESS_MAX];
    int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n\r\n", path);
    return send(fd, request, (size_t)size, MSG_NOSIGNAL) == size;
}

static bool read_all(int fd, struct buffer *out)
{
    uint8_t bytes[READ_BYTES];
    for (;;) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!buffer_put(out, bytes, (size_t)got))
            return false;
    }
}

/* Leaves the body. */
static bool drop_head(struct buffer *out)
{
    static const char good[] = "HTTP/1.1 200 ";
    const uint8_t *end = out->size == 0 ? NULL : memmem(out->data, out->size, "\r\n\r\n", 4);
    if (end == NULL || !slice_starts(buffer_slice(out), slice_of(good, sizeof good - 1)))
        return false;
    buffer_drop(out, (size_t)(end - out->data) + 4);
    return true;
}

static bool ask(int fd, const struct responder_place *place, const char *path, struct buffer *out)
{
    struct timeval patience = {.tv_sec = ASK_TIMEOUT_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return connect(fd, (const struct sockaddr *)&place->address, place->size) == 0 &&
           send_request(fd, path) && read_all(fd, out);
}

bool responder_ask(const char *address, const char *path, struct buffer *out,
                   struct failure *failure)
{
    struct responder_place place;
    if (!responder_place_read(address, &place, failure))
        return false;
    int fd = socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make a socket");
    bool asked = ask(fd, &place, path, out);
    int error = asked ? 0 : errno;
    close(fd);
    if (!asked)
        return fail(failure, FAULT_IO, error, "nobody answers at %s", address);
    return drop_head(out) || fail(failure, FAULT_PEER, 0, "%s does not answer %s", address, path);
}
