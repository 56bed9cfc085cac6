#include "engine/admission.h"

#include "base/limits.h"

enum {
    FIRST_NS = 50 * 1000,
    TOGETHER = 16, /* fewer in a group tell of the disk, not of the commands */
    WEIGHT = 4,    /* of what was before, against the newest: 3 to 1 */
    NS_MOST = 1000 * 1000 * 1000,
};

void admission_init(struct admission *admission)
{
    *admission = (struct admission){.command_ns = FIRST_NS};
}

void admission_took(struct admission *admission, uint32_t commands, uint64_t us)
{
    if (commands < TOGETHER)
        return;
    uint64_t newest = us * 1000 / commands;
    if (newest > NS_MOST)
        newest = NS_MOST;
    admission->command_ns = (admission->command_ns * (WEIGHT - 1) + newest) / WEIGHT;
    if (admission->command_ns == 0)
        admission->command_ns = 1;
}

uint32_t admission_room(const struct admission *admission)
{
    uint64_t room = (uint64_t)ADMISSION_WAIT_MS * 1000000 / admission->command_ns;
    if (room < ADMISSION_ROOM_LEAST)
        return ADMISSION_ROOM_LEAST;
    return room > WRITER_QUEUE_MAX ? WRITER_QUEUE_MAX : (uint32_t)room;
}

bool admission_admits(const struct admission *admission, uint32_t inside)
{
    return inside < admission_room(admission);
}

static uint32_t scattered_ms(struct admission *admission)
{
    uint32_t scattered = ++admission->away * UINT32_C(2654435761) >> 8;
    return ADMISSION_RETRY_MOST_MS / 2 + scattered % (ADMISSION_RETRY_MOST_MS / 2);
}

uint32_t admission_retry_ms(struct admission *admission, uint64_t now_us, uint32_t inside)
{
    uint64_t wait_us = inside * admission->command_ns / 1000;
    uint64_t turn_us = admission->turn_us + admission->command_ns / 1000 + 1;
    if (wait_us < ADMISSION_RETRY_LEAST_MS * 1000)
        wait_us = ADMISSION_RETRY_LEAST_MS * 1000;
    if (turn_us < now_us + wait_us)
        turn_us = now_us + wait_us;
    if (turn_us - now_us > (uint64_t)ADMISSION_RETRY_MOST_MS * 1000) /* so many are away already */
        return scattered_ms(admission);
    admission->turn_us = turn_us;
    return (uint32_t)((turn_us - now_us) / 1000);
}
