#include <sys/socket.h>

#include "net/stream_inside.h"
#include "terminals/terminals.h"

/* A line that reads in bursts is given more and more by the kernel, up to megabytes; not this one.
 */
enum { NARROW_BYTES = 64 * 1024 };

void line_narrow(struct line *line)
{
    uv_os_fd_t fd = -1;
    int bytes = NARROW_BYTES;
    if (line->stream != NULL && uv_fileno((uv_handle_t *)&line->stream->tcp, &fd) == 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}
