#include "base/plain_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int not_plain(const char *name, int error, struct failure *failure)
{
    fail(failure, FAULT_IO, error, "%s is no plain file", name);
    errno = error;
    return -1;
}

int plain_open(int folder, const char *name, int flags, mode_t mode, struct failure *failure)
{
    struct stat facts;
    int fd = openat(folder, name, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode);
    if (fd < 0) /* what nobody reads from, and sockets */
        return errno == ENXIO || errno == EISDIR ? not_plain(name, errno, failure) : -1;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode))
        return fd;
    close(fd);
    return not_plain(name, S_ISDIR(facts.st_mode) ? EISDIR : ENXIO, failure);
}

bool plain_or_absent(const char *path, struct failure *failure)
{
    struct stat facts;
    if (stat(path, &facts) != 0 || S_ISREG(facts.st_mode))
        return true;
    not_plain(path, S_ISDIR(facts.st_mode) ? EISDIR : ENXIO, failure);
    return false;
}
