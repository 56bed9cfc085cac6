#pragma once
/*
 * What the recorded drivers share: saying an acknowledgement, and bytes that follow from a number.
 */
#include "base/fault.h"
#include "base/prng.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The verdicts of a verify command. */
enum { SOUND = 0, CANNOT_OPEN = 3, NOT_WHAT_WAS_WRITTEN = 4 };

static inline void acknowledge(uint64_t number)
{
    static int fd = -1;
    const char *path = getenv("POWER_ACK");
    char text[32];
    if (!path)
        return;
    if (fd < 0)
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int size = snprintf(text, sizeof text, "%" PRIu64 "\n", number);
    if (write(fd, text, (size_t)size) != size)
        abort();
}

enum { CONTENT_MAX = 900 };

static inline size_t content_of(uint64_t number, uint8_t out[CONTENT_MAX])
{
    struct prng prng = {number * 7919};
    size_t size = (size_t)prng_below(&prng, CONTENT_MAX);
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)prng_next(&prng);
    return size;
}

static inline int complain(int verdict, const struct failure *failure)
{
    printf("%s: %s\n", fault_word(failure->fault), failure->text);
    return verdict;
}
