#include "base/standard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void standard_open(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) >= 0)
            continue;
        if (open("/dev/null", O_RDWR) != file) /* the lowest that is free */
            _exit(EXIT_FAILURE);
    }
}
