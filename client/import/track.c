#include "import/track.h"

#include <stdlib.h>

#include "base/fault.h"

enum { TRACK_FIRST = 256 };

void track_fini(struct track *track)
{
    free(track->items);
    *track = (struct track){.items = NULL};
}

static struct track_item *item_at(const struct track *track, uint64_t i)
{
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
    *item_at(track, track->count++) = (struct track_item){first, 0, false};
    return true;
}

void track_done(struct track *track, uint64_t turn, uint64_t end)
{
    need(turn >= track->turn && turn - track->turn < track->count);
    struct track_item *item = item_at(track, turn - track->turn);
    item->end = end;
    item->done = true;
    while (track->count > 0 && item_at(track, 0)->done) {
        if (item_at(track, 0)->end > track->reach)
            track->reach = item_at(track, 0)->end;
        track->head = (track->head + 1) % track->capacity;
        track->turn++;
        track->count--;
    }
}

bool track_cut(const struct track *track, struct track_place here, struct track_place *ret_cut)
{
    if (track->count == 0) {
        *ret_cut = here;
        return true;
    }
    const struct track_item *head = item_at(track, 0);
    if (head->first.offset < track->reach)
        return false;
    *ret_cut = head->first;
    return true;
}
