#pragma once
/*
 * Growth by doubling, for lists on the heap: the list and its room are the caller's, who frees it.
 */
#include <stdbool.h>
#include <stddef.h>

/* Room for at least `count` members in a list (NULL with room 0 at first), whose members keep their
 * values. false: no memory, nothing changed.
 *
 *   if (!GROW(list->items, list->room, list->count + 1))
 *       return false;
 */
#define GROW(items, room, count) grow((void **)&(items), &(room), (count), sizeof *(items))
bool grow(void **items, size_t *room, size_t count, size_t member);

/* The same for a list that is indexed up to its room: members that are new are zero. */
#define GROW_ZEROED(items, room, count)                                                            \
    grow_zeroed((void **)&(items), &(room), (count), sizeof *(items))
bool grow_zeroed(void **items, size_t *room, size_t count, size_t member);
