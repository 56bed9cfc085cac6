/*
 * A sync that is done every second time only, by the fall of a coin: the answers to the other
 * batches go out before their sync. In turn it would keep step with the terminals, whose batches
 * come large and small in turn. For a server that the power-cut test has to catch; its journal
 * calls this for fdatasync.
 */
#undef fdatasync

#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

int forgetful_fdatasync(int file);

int forgetful_fdatasync(int file)
{
    static atomic_uint calls;
    uint32_t coin = (atomic_fetch_add(&calls, 1) + 1) * UINT32_C(2654435761);
    coin = (coin ^ coin >> 15) * UINT32_C(2246822519);
    return coin >> 31 ? fdatasync(file) : 0;
}
