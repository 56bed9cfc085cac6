#pragma once
/*
 * Admission control by the writer's pace, kept by it: how many commands may be with it so that none
 * waits for long, and when those that are sent away are to come back. No lock and no clock of its
 * own.
 *
 * Measured is the time a command took lately, its share of the sync included; room is what is done
 * at that pace in ADMISSION_WAIT_MS. A queue that is only bounded by its places answers all that it
 * takes seconds late, and "busy" later still; this one says "busy" at once, and what it takes is
 * soon done. Who is sent away is given a turn of their own behind the others who were: they come
 * back at the pace of the writer and not in step.
 */
#include <stdbool.h>
#include <stdint.h>

enum {
    ADMISSION_WAIT_MS = 150,
    ADMISSION_ROOM_LEAST = 256, /* so many share a slow disk's sync in any case */
    ADMISSION_RETRY_LEAST_MS = 50,
    ADMISSION_RETRY_MOST_MS = 2000,
};

struct admission {
    uint64_t command_ns; /* of one lately; only where several came together */
    uint64_t turn_us;    /* of the last one that was sent away */
    uint32_t away;       /* counts them, and scatters those for whom there is no turn */
};

void admission_init(struct admission *admission);
/* A group of so many took so long, from when it could have begun to its end. */
void admission_took(struct admission *admission, uint32_t commands, uint64_t us);
/* May one more come in, when so many are waiting or being written? */
bool admission_admits(const struct admission *admission, uint32_t inside);
uint32_t admission_room(const struct admission *admission);
/* When the next one that is sent away is to come back. */
uint32_t admission_retry_ms(struct admission *admission, uint64_t now_us, uint32_t inside);
