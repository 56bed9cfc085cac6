#include "engine/admission.h"

#include "base/limits.h"

enum {
    FIRST_NS = 50 * 1000,
    TOGETHER = 16, /* fewer in a group tell of the disk, not of the commands */
    WEIGHT = 4,    /* of what was before, against the newest: 3 to 1 */
    NS_MOST = 1000 * 1000 * 1000,
};

void pace_init(struct pace *pace)
{
    *pace = (struct pace){.command_ns = FIRST_NS};
}

void pace_took(struct pace *pace, uint32_t commands, uint64_t us)
{
    if (commands < TOGETHER)
        return;
    uint64_t newest = us * 1000 / commands;
    if (newest > NS_MOST)
        newest = NS_MOST;
    pace->command_ns = (pace->command_ns * (WEIGHT - 1) + newest) / WEIGHT;
    if (pace->command_ns == 0)
        pace->command_ns = 1;
}

uint32_t pace_room(const struct pace *pace)
{
    uint64_t room = (uint64_t)PACE_WAIT_MS * 1000000 / pace->command_ns;
    if (room < PACE_ROOM_LEAST)
        return PACE_ROOM_LEAST;
    return room > WRITER_QUEUE_MAX ? WRITER_QUEUE_MAX : (uint32_t)room;
}

bool pace_admits(const struct pace *pace, uint32_t inside)
{
    return inside < pace_room(pace);
}

static uint32_t scattered_ms(struct pace *pace)
{
    uint32_t scattered = ++pace->away * UINT32_C(2654435761) >> 8;
    return PACE_RETRY_MOST_MS / 2 + scattered % (PACE_RETRY_MOST_MS / 2);
}

uint32_t pace_retry_ms(struct pace *pace, uint64_t now_us, uint32_t inside)
{
    uint64_t wait_us = inside * pace->command_ns / 1000;
    uint64_t turn_us = pace->turn_us + pace->command_ns / 1000 + 1;
    if (wait_us < PACE_RETRY_LEAST_MS * 1000)
        wait_us = PACE_RETRY_LEAST_MS * 1000;
    if (turn_us < now_us + wait_us)
        turn_us = now_us + wait_us;
    if (turn_us - now_us > (uint64_t)PACE_RETRY_MOST_MS * 1000) /* so many are away already */
        return scattered_ms(pace);
    pace->turn_us = turn_us;
    return (uint32_t)((turn_us - now_us) / 1000);
}
