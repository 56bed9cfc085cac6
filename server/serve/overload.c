#include "serve/overload.h"

#include "base/limits.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LOOK_MS = 1000, TELL_TICKS = 10 };

/* A count that was reported, and how long ago. */
struct reported {
    uint64_t count;
    uint32_t ticks;
};

struct overload {
    const struct sessions *sessions;
    struct writer *writer;
    struct loop_timer *timer;
    struct reported turned_away;
    struct reported too_many;
    struct reported browsers;
    struct reported starved;
    struct reported busy;
};

/* How many are new, when it is time to tell; else 0. */
static uint64_t news(struct reported *reported, uint64_t count)
{
    uint64_t more = count - reported->count;
    reported->ticks += reported->ticks < TELL_TICKS;
    if (more == 0 || reported->ticks < TELL_TICKS)
        return 0;
    *reported = (struct reported){.count = count};
    return more;
}

static void look(void *context)
{
    struct overload *overload = context;
    struct sessions_metrics sessions;
    struct writer_metrics writer;
    uint64_t more;
    sessions_metrics(overload->sessions, &sessions);
    writer_metrics(overload->writer, &writer);
    if ((more = news(&overload->turned_away, sessions.turned_away)) > 0)
        log_line(LOG_WARNING, "turned_away", "connections", log_value("%" PRIu64, more), "last",
                 sessions.turned_away_last, "unproven_of_it",
                 log_value("%" PRIu32, sessions.turned_away_of), "open",
                 log_value("%" PRIu32, sessions.open), "slots",
                 log_value("%" PRIu32, sessions.slots), "advice",
                 sessions.slots < SESSIONS_MAX ? "raise the limit of open files" : "none", NULL);
    if ((more = news(&overload->browsers, sessions.browsers_turned_away)) > 0)
        log_line(
            LOG_WARNING, "browsers_turned_away", "connections", log_value("%" PRIu64, more), "last",
            sessions.browsers_away_last, "open", log_value("%" PRIu32, sessions.browsers), "advice",
            "many that show no key come from there; a larger shop wants --web-connections", NULL);
    if ((more = news(&overload->too_many, sessions.too_many)) > 0)
        log_line(LOG_WARNING, "too_many_connections", "refused", log_value("%" PRIu64, more),
                 "last", sessions.too_many_last, "advice",
                 "see what runs there; a chain behind one address wants --sessions-per-address",
                 NULL);
    if ((more = news(&overload->starved, sessions.starved)) > 0)
        log_line(LOG_ERROR, "no_descriptors", "times", log_value("%" PRIu64, more), "open",
                 log_value("%" PRIu32, sessions.open), "advice",
                 "nobody gets in until there are some; see what else is open on this machine",
                 NULL);
    if ((more = news(&overload->busy, writer.busy)) > 0)
        log_line(LOG_WARNING, "busy", "commands", log_value("%" PRIu64, more), "waiting",
                 log_value("%" PRIu32, writer.waiting), "room", log_value("%" PRIu32, writer.room),
                 NULL);
}

static void tell_places(const struct overload *overload)
{
    struct sessions_metrics sessions;
    sessions_metrics(overload->sessions, &sessions);
    if (sessions.slots < SESSIONS_MAX)
        log_line(LOG_WARNING, "few_descriptors", "slots", log_value("%" PRIu32, sessions.slots),
                 "advice",
                 "more terminals than that are turned away: raise the limit of open "
                 "files (ulimit -n, LimitNOFILE)",
                 NULL);
}

struct overload *overload_create(struct loop *loop, const struct sessions *sessions,
                                 struct writer *writer, struct failure *failure)
{
    struct overload *overload = calloc(1, sizeof *overload);
    if (overload)
        overload->timer = loop_timer_create(loop, look, overload);
    if (!overload || !overload->timer) {
        free(overload);
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
        return NULL;
    }
    overload->sessions = sessions;
    overload->writer = writer;
    overload->turned_away.ticks = overload->too_many.ticks = overload->starved.ticks =
        overload->browsers.ticks = overload->busy.ticks = TELL_TICKS;
    tell_places(overload);
    loop_timer_start(overload->timer, LOOK_MS, LOOK_MS);
    return overload;
}

void overload_destroy(struct overload *overload)
{
    if (!overload)
        return;
    loop_timer_destroy(overload->timer);
    free(overload);
}
