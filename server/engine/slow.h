#pragma once
/*
 * The log of slow commands: one line for each that took longer than a threshold from its coming to
 * its reply, with where the time went. A few lines a second at most; how many were passed over
 * stands in the next line. Says nothing of what a command holds.
 *
 * Used by the writer, on the loop's thread.
 */
#include "engine/submission.h"

#include <stdbool.h>
#include <stdint.h>

enum { SLOW_LINES_A_SECOND = 5 };

/* Where the time of a command went. All but the wait is its group's: the commands of a group share
 * one sync. */
struct slow_times {
    uint64_t waited_us;  /* for its group to begin */
    uint64_t prepare_us; /* looked at; texts into the vault */
    uint64_t sync_us;    /* the journal */
    uint64_t apply_us;
    uint64_t commit_us;  /* of the state, when somebody reads */
    uint64_t publish_us; /* from there to the reply: the loop was busy, or has much to tell */
    uint64_t total_us;
};

struct slow_log {
    uint64_t threshold_us; /* 0: off */
    uint64_t second;       /* of the last line */
    uint32_t lines;        /* in it */
    uint64_t passed_over;  /* since the last line */
    uint64_t count;        /* slow ones in all */
};

static inline bool slow_is(const struct slow_log *log, uint64_t total_us)
{
    return log->threshold_us > 0 && total_us >= log->threshold_us;
}

/* For one that slow_is. `now_us` never goes back. */
void slow_tell(struct slow_log *log, const struct submission *submission, uint32_t commands,
               const struct slow_times *times, uint64_t now_us);
