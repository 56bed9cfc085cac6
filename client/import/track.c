#include "import/track.h"

#include <stdlib.h>

#include "base/fault.h"

enum { TRACK_FIRST = 256 };

void track_init(struct track *track, struct track_place start)
{
    *track = (struct track){.reach = start, .cut = start};
}

void track_fini(struct track *track)
{
    free(track->items);
    *track = (struct track){.items = NULL};
}

static struct track_item *item_at(const struct track *track, uint64_t i)
{
    need(track->capacity > 0);
    return &track->items[(track->head + i) % track->capacity];
}

static bool grow(struct track *track)
{
    size_t capacity = track->capacity == 0 ? TRACK_FIRST : track->capacity * 2;
    struct track_item *items = calloc(capacity, sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < track->count; i++)
        items[i] = *item_at(track, i);
    free(track->items);
    track->items = items;
    track->capacity = capacity;
    track->head = 0;
    return true;
}

bool track_begin(struct track *track, struct track_place first, uint64_t *ret_turn)
{
    if (track->count == track->capacity && !grow(track))
        return false;
    *ret_turn = track->turn + track->count;
    *item_at(track, track->count++) = (struct track_item){first, first, false};
    return true;
}

static void pop(struct track *track)
{
    const struct track_item *head = item_at(track, 0);
    if (head->end.offset > track->reach.offset)
        track->reach = head->end;
    track->head = (track->head + 1) % track->capacity;
    track->turn++;
    track->count--;
}

void track_done(struct track *track, uint64_t turn, struct track_place end)
{
    need(turn >= track->turn && turn - track->turn < track->count);
    struct track_item *item = item_at(track, turn - track->turn);
    item->end = end;
    item->done = true;
    while (track->count > 0 && item_at(track, 0)->done)
        pop(track);
    if (track->count == 0)
        track->cut = track->reach;
    else if (item_at(track, 0)->first.offset >= track->reach.offset)
        track->cut = item_at(track, 0)->first;
}
