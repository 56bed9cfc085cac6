#include "wire/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool path_fault(struct message_fault *fault, const char *what)
{
    fault->path[0] = '\0';
    fault->what = what;
    fault->text.flaw = SIGHT_CLEAR;
    return false;
}

bool path_within(struct message_fault *fault, const char *name, int64_t index)
{
    char step[MESSAGE_PATH_MAX];
    const char *dot = fault->path[0] == '\0' || fault->path[0] == '[' ? "" : ".";
    if (index >= 0)
        snprintf(step, sizeof(step), "%s[%" PRId64 "]%s", name, index, dot);
    else
        snprintf(step, sizeof(step), "%s%s", name, dot);
    size_t step_size = strlen(step);
    size_t rest_size = strlen(fault->path);
    if (rest_size > sizeof(fault->path) - 1 - step_size)
        rest_size = sizeof(fault->path) - 1 - step_size;
    memmove(fault->path + step_size, fault->path, rest_size);
    memcpy(fault->path, step, step_size);
    fault->path[step_size + rest_size] = '\0';
    return false;
}
