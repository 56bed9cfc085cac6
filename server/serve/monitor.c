#include "serve/monitor.h"

#include "engine/business_date.h"

#include "base/log.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    LOOK_MS = 1000,
    DAYS_MS = 10 * 1000,
    LAG_MS = 100,
    LAG_TOLD_MS = 250,
    LAG_MINUTE = 60 * 1000,
    MAP_PERCENT = 80,
    SLOW_TOLD_MS = 1000,
};

struct watch {
    struct watch_options options;
    struct loop_timer *look;
    struct loop_timer *days_timer;
    struct loop_timer *lag;
    struct days days;
    struct watch_figures figures;
    uint64_t lag_due_ms;
    uint64_t lag_minute_ms;
    uint32_t lag_before_ms; /* worst of the minute before */
    uint32_t lag_now_ms;
    uint64_t not_writer; /* of the writer, when the days were looked at last */
    bool slow;           /* the journal, and it was told */
    struct histogram lags;
};

/* ---- may be written? ---- */

static const char *why_read_only(struct watch *watch)
{
    const struct settings *settings = watch->options.settings;
    struct folder_space space;
    struct ledger_figures ledger;
    ledger_figures(watch->options.ledger, &ledger);
    watch->figures.state_bytes = ledger.used_bytes;
    watch->figures.reader_lag = ledger.reader_lag;
    if (!folder_space(watch->options.folder, &space))
        return "the disk cannot be looked at";
    watch->figures.disk_free_bytes = space.free_bytes;
    if (watch->options.behind)
        return watch->options.behind;
    if (space.free_bytes < folder_space_least(&space, settings->min_free_bytes))
        return "the disk is nearly full: make room on it";
    if (ledger.used_bytes / MAP_PERCENT > ledger.map_bytes / 100)
        return "the state fills 80 % of its map: start again with a larger --map";
    return NULL;
}

static void look_at_writing(struct watch *watch)
{
    const char *before = watch->figures.read_only;
    const char *now = why_read_only(watch);
    watch->figures.read_only = now;
    if (!before == !now)
        return;
    writer_read_only(watch->options.writer, now != NULL);
    if (now)
        log_line(LOG_ERROR, "read_only", "reason", now, "free_bytes",
                 log_value("%" PRIu64, watch->figures.disk_free_bytes), NULL);
    else
        log_line(LOG_NOTICE, "writing_again", NULL);
}

/* ---- the journal ---- */

static const char *journal_read_only(const struct watch *watch)
{
    switch (writer_state(watch->options.writer)) {
    case WRITER_NOT_WRITER:
        return "another server writes this ledger; it is asked again each second";
    case WRITER_UNKNOWN:
        return "whether the newest changes are durable is being found out";
    case WRITER_LOST:
        return "the server is about to start anew";
    case WRITER_WELL:
    case WRITER_BUSY:
        return NULL;
    }
    return NULL;
}

static uint32_t journal_slow_ms(const struct watch *watch)
{
    struct writer_figures writer;
    writer_figures(watch->options.writer, &writer);
    return writer.slow_ms >= SLOW_TOLD_MS ? writer.slow_ms : 0;
}

static void look_at_journal(struct watch *watch)
{
    uint32_t slow_ms = journal_slow_ms(watch);
    if (slow_ms > 0 && !watch->slow)
        log_line(LOG_WARNING, "journal_slow", "ms", log_value("%" PRIu32, slow_ms), NULL);
    watch->slow = slow_ms > 0;
}

/* ---- clock and days ---- */

static enum submit_answer submit_own(void *owner, const Tefter__Command *command)
{
    struct watch *watch = owner;
    struct arena arena;
    struct submission submission = {.ticket = WRITER_NO_TICKET};
    arena_init(&arena, FRAME_TO_SERVER_MAX);
    submission.command = message_pack(&command->base, &arena);
    clock_new_id(watch->options.clock, submission.id);
    enum submit_answer answer = writer_submit(watch->options.writer, &submission);
    arena_fini(&arena);
    return answer;
}

/* A turn that was taken and then not written has to be asked for again. */
static void forget_unwritten(struct watch *watch)
{
    struct writer_figures writer;
    writer_figures(watch->options.writer, &writer);
    if (writer.not_writer != watch->not_writer)
        days_fini(&watch->days);
    watch->not_writer = writer.not_writer;
}

static void look_at_days(void *context)
{
    struct watch *watch = context;
    forget_unwritten(watch);
    struct failure failure = {.fault = FAULT_NONE};
    if (watch->options.settings->date_frozen || !clock_believed(watch->options.clock))
        return;
    if (!days_turn(&watch->days, watch->options.ledger, clock_now_ms(watch->options.clock),
                   submit_own, watch, &failure))
        log_line(LOG_WARNING, "days_not_looked_at", "reason", failure.text, NULL);
}

static void look_at_clock(struct watch *watch)
{
    struct clock *clock = watch->options.clock;
    enum clock_news news = clock_look(clock, clock_read());
    watch->figures.clock_strayed_ms = atomic_load(&clock->strayed_ms);
    switch (news) {
    case CLOCK_SAME:
        return;
    case CLOCK_JUMPED:
        log_line(LOG_ERROR, "clock_jumped", "by_ms",
                 log_value("%" PRId64, watch->figures.clock_strayed_ms), "advice",
                 "no day turns until the clock is right, an hour has passed, or a HUP says it is "
                 "right",
                 NULL);
        return;
    case CLOCK_BACK:
        log_line(LOG_NOTICE, "clock_right_again", NULL);
        return;
    case CLOCK_ACCEPTED:
        log_line(LOG_WARNING, "clock_accepted", "after", "an hour", NULL);
        return;
    }
}

void watch_accept_clock(struct watch *watch)
{
    if (!clock_believed(watch->options.clock))
        log_line(LOG_NOTICE, "clock_accepted", "after", "HUP", NULL);
    clock_accept(watch->options.clock, clock_read());
    watch->figures.clock_strayed_ms = 0;
}

static void look(void *context)
{
    look_at_clock(context);
    look_at_writing(context);
    look_at_journal(context);
}

/* ---- how late the loop is ---- */

static void look_at_lag(void *context)
{
    struct watch *watch = context;
    uint64_t now = clock_loop_ms();
    uint32_t late = now > watch->lag_due_ms ? (uint32_t)(now - watch->lag_due_ms) : 0;
    watch->lag_due_ms = now + LAG_MS;
    histogram_add(&watch->lags, (uint64_t)late * 1000);
    if (late > LAG_TOLD_MS)
        log_line(LOG_WARNING, "loop_late", "ms", log_value("%" PRIu32, late), NULL);
    if (now - watch->lag_minute_ms > LAG_MINUTE) {
        watch->lag_minute_ms = now;
        watch->lag_before_ms = watch->lag_now_ms;
        watch->lag_now_ms = 0;
    }
    if (late > watch->lag_now_ms)
        watch->lag_now_ms = late;
}

void watch_figures(const struct watch *watch, struct watch_figures *ret_figures)
{
    *ret_figures = watch->figures;
    ret_figures->journal_slow_ms = journal_slow_ms(watch);
    if (!ret_figures->read_only)
        ret_figures->read_only = journal_read_only(watch);
    ret_figures->loop_lag_ms =
        watch->lag_now_ms > watch->lag_before_ms ? watch->lag_now_ms : watch->lag_before_ms;
}

const struct histogram *watch_lag(const struct watch *watch)
{
    return &watch->lags;
}

/* ---- life ---- */

struct watch *watch_create(const struct watch_options *options, struct failure *failure)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch) {
        watch->options = *options;
        watch->look = loop_timer_create(options->loop, look, watch);
        watch->days_timer = loop_timer_create(options->loop, look_at_days, watch);
        watch->lag = loop_timer_create(options->loop, look_at_lag, watch);
    }
    if (!watch || !watch->look || !watch->days_timer || !watch->lag) {
        fail(failure, FAULT_MEMORY, 0, "no memory for the watch");
        watch_destroy(watch);
        return NULL;
    }
    look_at_writing(watch);
    look_at_days(watch);
    watch->lag_due_ms = clock_loop_ms() + LAG_MS;
    watch->lag_minute_ms = clock_loop_ms();
    loop_timer_start(watch->look, LOOK_MS, LOOK_MS);
    loop_timer_start(watch->days_timer, DAYS_MS, DAYS_MS);
    loop_timer_start(watch->lag, LAG_MS, LAG_MS);
    return watch;
}

void watch_destroy(struct watch *watch)
{
    if (!watch)
        return;
    loop_timer_destroy(watch->look);
    loop_timer_destroy(watch->days_timer);
    loop_timer_destroy(watch->lag);
    days_fini(&watch->days);
    free(watch);
}
