/*
 * A sync that is done every second time only: the answer to every other batch goes out before its
 * sync. For a server that the power-cut test has to catch; its journal calls this for fdatasync.
 */
#undef fdatasync

#include <stdatomic.h>
#include <unistd.h>

int forgetful_fdatasync(int file);

int forgetful_fdatasync(int file)
{
    static atomic_uint calls;
    return atomic_fetch_add(&calls, 1) % 2 ? fdatasync(file) : 0;
}
