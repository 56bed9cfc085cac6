/*
 * hoard: the hub is told that everybody reads, so that what is not read piles up.
 * wait: whoever does not read is waited for, on the thread of all.
 * uncut: neither the stream's clock nor the kernel's cuts those who do not read. (When nothing of
 * theirs is read either, their silence still does.)
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <uv.h>

#include "base/limits.h"
#include "fault_injection/faulty.h"

enum { WAIT_US = 100000 };

struct session;
bool __real_session_slow(struct session *session);
bool __wrap_session_slow(struct session *session);
int __real_uv_timer_start(uv_timer_t *timer, uv_timer_cb call, uint64_t timeout, uint64_t repeat);
int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb call, uint64_t timeout, uint64_t repeat);

int __real_setsockopt(int socket, int level, int option, const void *value, socklen_t size);
int __wrap_setsockopt(int socket, int level, int option, const void *value, socklen_t size);

bool __wrap_session_slow(struct session *session)
{
    const struct timespec while_it_reads = {.tv_nsec = WAIT_US * 1000L};
    bool slow = __real_session_slow(session);
    if (slow && faulty == FAULTY_WAIT)
        (void)nanosleep(&while_it_reads, NULL);
    faulty_slow = slow;
    return slow && faulty != FAULTY_HOARD;
}

int __wrap_uv_timer_start(uv_timer_t *timer, uv_timer_cb call, uint64_t timeout, uint64_t repeat)
{
    if (faulty == FAULTY_UNCUT && timeout == OUTPUT_CUT_MS)
        return 0;
    return __real_uv_timer_start(timer, call, timeout, repeat);
}

int __wrap_setsockopt(int socket, int level, int option, const void *value, socklen_t size)
{
    if (faulty == FAULTY_UNCUT && level == IPPROTO_TCP && option == TCP_USER_TIMEOUT)
        return 0;
    return __real_setsockopt(socket, level, option, value, size);
}
