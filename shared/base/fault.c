#include "base/fault.h"

#include "base/death.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_MAX = 240 };

/* A text that was cut must not end in half a character. */
static void cut_whole(char *text, size_t size)
{
    while (size > 0 && ((unsigned char)text[size - 1] & 0xC0) == 0x80)
        size--;
    if (size > 0 && ((unsigned char)text[size - 1] & 0x80) != 0)
        size--;
    text[size] = '\0';
}

__attribute__((format(printf, 3, 0))) static void put_format(char *text, size_t capacity,
                                                             const char *format, va_list arguments)
{
    int length = vsnprintf(text, capacity, format, arguments);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= capacity)
        cut_whole(text, capacity - 1);
}

static void put_os_error(char *text, size_t capacity, int os_error)
{
    const char *words = os_error == 0 ? NULL : strerrordesc_np(os_error);
    size_t used = strlen(text);
    if (words == NULL || strstr(text, words) != NULL) /* a library may have said them already */
        return;
    if (used + strlen(words) + 3 <= capacity)
        (void)snprintf(text + used, capacity - used, ": %s", words);
}

bool fail(struct failure *failure, enum fault fault, int os_error, const char *format, ...)
{
    if (failure == NULL || failure->fault != FAULT_NONE)
        return false;
    failure->fault = fault;
    failure->os_error = os_error;
    va_list arguments;
    va_start(arguments, format);
    put_format(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    put_os_error(failure->text, sizeof failure->text, os_error);
    return false;
}

const char *fault_word(enum fault fault)
{
    switch (fault) {
    case FAULT_NONE:
        return "none";
    case FAULT_USE:
        return "use";
    case FAULT_IO:
        return "io";
    case FAULT_FULL:
        return "full";
    case FAULT_BUSY:
        return "busy";
    case FAULT_DAMAGED:
        return "damaged";
    case FAULT_NEWER:
        return "newer";
    case FAULT_OLDER:
        return "older";
    case FAULT_STALE:
        return "stale";
    case FAULT_DIFFERS:
        return "differs";
    case FAULT_PEER:
        return "peer";
    case FAULT_DENIED:
        return "denied";
    case FAULT_MEMORY:
        return "memory";
    case FAULT_BUG:
        return "bug";
    }
    return "unknown";
}

void fault_need(const char *file, int line, const char *condition)
{
    char where[WHERE_MAX];
    while (strncmp(file, "../", 3) == 0) /* from where it was built */
        file += 3;
    (void)snprintf(where, sizeof where, "%s:%d: %s", file, line, condition);
    death_here(where);
    (void)fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, condition);
    abort();
}
