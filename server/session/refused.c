/*
 * What the ledger refuses stands in the journal all the same. A person may have so much of it
 * refused at once, and as much as leaks away in time: so nobody fills the disk by asking for what
 * they may not.
 */
#include <stdlib.h>

#include "base/grow.h"
#include "base/limits.h"
#include "session/inside.h"

struct refused {
    uint64_t at_ms; /* `bytes` are of then */
    uint64_t bytes;
};

static uint64_t left_of(const struct refused *refused, uint64_t now_ms)
{
    uint64_t gone = (now_ms - refused->at_ms) * REFUSED_BYTES_A_MS;
    return gone < refused->bytes ? refused->bytes - gone : 0;
}

void refused_add(struct sessions *home, uint32_t staff, size_t bytes)
{
    if (!GROW_ZEROED(home->refused, home->refused_room, (size_t)staff + 1))
        return;
    struct refused *refused = &home->refused[staff];
    uint64_t now_ms = loop_now_ms(home->options.loop);
    refused->bytes = left_of(refused, now_ms) + bytes;
    refused->at_ms = now_ms;
}

uint32_t refused_wait_ms(const struct sessions *home, uint32_t staff)
{
    if (staff >= home->refused_room)
        return 0;
    uint64_t left = left_of(&home->refused[staff], loop_now_ms(home->options.loop));
    return left <= REFUSED_BYTES_MAX
               ? 0
               : (uint32_t)((left - REFUSED_BYTES_MAX) / REFUSED_BYTES_A_MS) + 1;
}

void refused_fini(struct sessions *home)
{
    free(home->refused);
    home->refused = NULL;
    home->refused_room = 0;
}
