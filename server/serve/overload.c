#include "serve/overload.h"

#include "base/limits.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LOOK_MS = 1000, TELL_TICKS = 10 };

/* A count that was told, and how long ago. */
struct told {
    uint64_t count;
    uint32_t ticks;
};

struct crowd {
    const struct sessions *sessions;
    struct writer *writer;
    struct loop_timer *timer;
    struct told turned_away;
    struct told starved;
    struct told busy;
};

/* How many are new, when it is time to tell; else 0. */
static uint64_t news(struct told *told, uint64_t count)
{
    uint64_t more = count - told->count;
    told->ticks += told->ticks < TELL_TICKS;
    if (more == 0 || told->ticks < TELL_TICKS)
        return 0;
    *told = (struct told){.count = count};
    return more;
}

static void look(void *context)
{
    struct crowd *crowd = context;
    struct sessions_figures sessions;
    struct writer_figures writer;
    uint64_t more;
    sessions_figures(crowd->sessions, &sessions);
    writer_figures(crowd->writer, &writer);
    if ((more = news(&crowd->turned_away, sessions.turned_away)) > 0)
        log_line(LOG_WARNING, "turned_away", "connections", log_value("%" PRIu64, more), "open",
                 log_value("%" PRIu32, sessions.open), "places",
                 log_value("%" PRIu32, sessions.places), "advice",
                 sessions.places < SESSIONS_MAX ? "raise the limit of open files" : "none", NULL);
    if ((more = news(&crowd->starved, sessions.starved)) > 0)
        log_line(LOG_ERROR, "no_descriptors", "times", log_value("%" PRIu64, more), "open",
                 log_value("%" PRIu32, sessions.open), "advice",
                 "nobody gets in until there are some; see what else is open on this machine",
                 NULL);
    if ((more = news(&crowd->busy, writer.busy)) > 0)
        log_line(LOG_WARNING, "busy", "commands", log_value("%" PRIu64, more), "waiting",
                 log_value("%" PRIu32, writer.waiting), "room", log_value("%" PRIu32, writer.room),
                 NULL);
}

static void tell_places(const struct crowd *crowd)
{
    struct sessions_figures sessions;
    sessions_figures(crowd->sessions, &sessions);
    if (sessions.places < SESSIONS_MAX)
        log_line(LOG_WARNING, "few_descriptors", "places", log_value("%" PRIu32, sessions.places),
                 "advice",
                 "more terminals than that are turned away: raise the limit of open "
                 "files (ulimit -n, LimitNOFILE)",
                 NULL);
}

struct crowd *crowd_create(struct loop *loop, const struct sessions *sessions,
                           struct writer *writer, struct failure *failure)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (crowd)
        crowd->timer = loop_timer_create(loop, look, crowd);
    if (!crowd || !crowd->timer) {
        free(crowd);
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
        return NULL;
    }
    crowd->sessions = sessions;
    crowd->writer = writer;
    crowd->turned_away.ticks = crowd->starved.ticks = crowd->busy.ticks = TELL_TICKS;
    tell_places(crowd);
    loop_timer_start(crowd->timer, LOOK_MS, LOOK_MS);
    return crowd;
}

void crowd_destroy(struct crowd *crowd)
{
    if (!crowd)
        return;
    loop_timer_destroy(crowd->timer);
    free(crowd);
}
