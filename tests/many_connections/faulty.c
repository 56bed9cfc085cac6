/*
 * Faults that the crowd must find, linked into tefterds of their own: one passes over some
 * terminals when it pushes; one hears nobody any more once there was no descriptor, and turns
 * round and round over it.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "net/stream.h"
#include "wire.pb-c.h"
#include "wire/frame.h"

#if defined(FAULT_DEAF)

int __real_accept4(int socket, struct sockaddr *address, socklen_t *size, int flags);
int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *size, int flags);

int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *size, int flags)
{
    static bool deaf;
    int taken = deaf ? -1 : __real_accept4(socket, address, size, flags);
    deaf = deaf || (taken < 0 && errno == EMFILE);
    if (deaf)
        errno = EAGAIN;
    return taken;
}

#else

enum { ONE_IN = 50, FEED_TAG_SIZE = 2 };

bool __real_stream_write(struct stream *stream, struct slice bytes);
bool __wrap_stream_write(struct stream *stream, struct slice bytes);

/* The first field of a frame is its request, or else its body. */
static bool is_feed(struct slice frame)
{
    const uint32_t tag = TEFTER__TO_TERMINAL__BODY_DELTA << 3 | 2;
    return frame.size > FRAME_HEAD_SIZE + FEED_TAG_SIZE &&
           frame.data[FRAME_HEAD_SIZE] == (tag < 0x80 ? tag : ((tag & 0x7f) | 0x80)) &&
           (tag < 0x80 || frame.data[FRAME_HEAD_SIZE + 1] == tag >> 7);
}

bool __wrap_stream_write(struct stream *stream, struct slice bytes)
{
    static unsigned count;
    if (is_feed(bytes) && ++count % ONE_IN == 0)
        return true;
    return __real_stream_write(stream, bytes);
}

#endif
