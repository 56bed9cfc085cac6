#pragma once
/*
 * Who reads in bursts is given more and more room by the kernel, up to megabytes. A narrow stream
 * is not, so that its other end soon feels when it does not read.
 */
#include <sys/socket.h>

#include "net/stream_inside.h"

enum { NARROW_BYTES = 64 * 1024 };

static inline void narrow(struct stream *stream)
{
    uv_os_fd_t fd = -1;
    int bytes = NARROW_BYTES;
    if (uv_fileno(&stream->socket.handle, &fd) == 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}
