/*
 * Growth by doubling.
 */
#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_AT_FIRST = 64 };

bool grow(void **items, size_t *room, size_t count, size_t member)
{
    if (count <= *room)
        return true;
    size_t wanted = *room < ROOM_AT_FIRST ? ROOM_AT_FIRST : *room;
    while (wanted < count && wanted <= SIZE_MAX / 2)
        wanted *= 2;
    if (wanted < count || wanted > SIZE_MAX / member)
        return false;
    void *moved = realloc(*items, wanted * member);
    if (moved == NULL)
        return false;
    *items = moved;
    *room = wanted;
    return true;
}

bool grow_zeroed(void **items, size_t *room, size_t count, size_t member)
{
    size_t before = *room;
    if (!grow(items, room, count, member))
        return false;
    if (*room > before)
        memset((char *)*items + before * member, 0, (*room - before) * member);
    return true;
}
