/*
 * A slow disk, for tools/bench: preloaded, it makes every fdatasync take at least SLOWDISK_US
 * microseconds (3,000), as a disk without a protected cache does.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long slow_us = 3000;

__attribute__((constructor)) static void read_settings(void)
{
    const char *text = getenv("SLOWDISK_US");
    if (text != NULL)
        slow_us = strtol(text, NULL, 10);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    const struct timespec delay = {slow_us / 1000000, slow_us % 1000000 * 1000};
    if (real == NULL)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    (void)nanosleep(&delay, NULL);
    return real(fd);
}
