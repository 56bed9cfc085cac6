#include "serve/monitor.h"

#include "engine/business_date.h"

#include "base/date.h"
#include "base/log.h"
#include "vault/vault.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 1000,
    DAYS_MS = 10 * 1000,
    LAG_MS = 100,
    LAG_TOLD_MS = 250,
    LAG_MINUTE = 60 * 1000,
    SLOW_TOLD_MS = 1000,
    PATIENCE_LOOKS = 60,
    FULL_BYTES = 1 << 20, /* with less the disk is full, whatever --min-free says */
};

struct monitor {
    struct monitor_options options;
    struct loop_timer *look;
    struct loop_timer *days_timer;
    struct loop_timer *lag;
    struct business_dates days;
    char clock_alarm[300];
    char date_alarm[300];
    struct monitor_metrics metrics;
    bool was_full;  /* the disk, at a look */
    uint64_t looks; /* at the disk */
    uint64_t lag_due_ms;
    uint64_t lag_minute_ms;
    uint32_t lag_before_ms; /* worst of the minute before */
    uint32_t lag_now_ms;
    uint64_t not_writer; /* of the writer, when the days were looked at last */
    bool slow;           /* the journal, and it was told */
    uint64_t damaged;    /* records that were told */
    struct histogram lags;
};

/* ---- may be written? ---- */

/* Somebody has asked for a record that cannot be read. */
static void tell_damage(struct monitor *monitor, const struct ledger_metrics *ledger)
{
    if (ledger->damaged != monitor->damaged)
        log_line(LOG_ERROR, "record_damaged", "where", ledger->damage, "times",
                 log_value("%" PRIu64, ledger->damaged - monitor->damaged), "advice",
                 "run tefterd verify; the journal holds all that the state does", NULL);
    monitor->damaged = ledger->damaged;
}

/* What could not be written although there is room (a quota, say) is not tried in a circle. */
static void tell_room(struct monitor *monitor)
{
    if (!monitor->was_full && monitor->looks < PATIENCE_LOOKS)
        return;
    void (*room)(void *) = monitor->options.room;
    monitor->options.room = NULL;
    if (room)
        room(monitor->options.owner);
}

static const char *words_of(const struct monitor *monitor, Tefter__ReadOnlyCause cause)
{
    switch (cause) {
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_FULL:
        return "the disk is nearly full: make room on it";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_UNKNOWN:
        return "the disk cannot be looked at";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_STATE_FULL:
        return "the state has reached --map: start again with a larger one";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_VAULT_FULL:
        return "the vault has reached --map: start again with a larger one";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_ENTRY_WAITS:
        return monitor->options.behind;
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_OTHER_WRITER:
        return "another server writes this ledger; it is asked again each second";
    case TEFTER__READ_ONLY_CAUSE__READ_ONLY_UNKNOWN_YET:
        return "whether the newest changes are durable is being found out";
    case _TEFTER__READ_ONLY_CAUSE_IS_INT_SIZE:
        break;
    }
    return NULL;
}

/* 0: it is not. */
static Tefter__ReadOnlyCause why_read_only(struct monitor *monitor)
{
    const struct settings *settings = monitor->options.settings;
    struct datadir_space space;
    struct ledger_metrics ledger;
    ledger_metrics(monitor->options.ledger, &ledger);
    monitor->metrics.state_bytes = ledger.used_bytes;
    monitor->metrics.reader_lag = ledger.reader_lag;
    monitor->metrics.records_damaged = ledger.damaged;
    tell_damage(monitor, &ledger);
    if (!datadir_space(monitor->options.folder, &space))
        return TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_UNKNOWN;
    monitor->metrics.disk_free_bytes = space.free_bytes;
    uint64_t least = datadir_space_least(&space, settings->min_free_bytes);
    bool room = space.free_bytes >= least;
    bool full = space.free_bytes < (least > FULL_BYTES ? least : FULL_BYTES);
    monitor->was_full = monitor->was_full || full;
    monitor->looks++;
    if (!full)
        tell_room(monitor);
    if (monitor->options.behind && !monitor->options.behind_for_room)
        return TEFTER__READ_ONLY_CAUSE__READ_ONLY_ENTRY_WAITS;
    if (!room || monitor->options.behind)
        return TEFTER__READ_ONLY_CAUSE__READ_ONLY_DISK_FULL;
    if (!ledger_has_room(monitor->options.ledger))
        return TEFTER__READ_ONLY_CAUSE__READ_ONLY_STATE_FULL;
    if (!vault_has_room(monitor->options.vault))
        return TEFTER__READ_ONLY_CAUSE__READ_ONLY_VAULT_FULL;
    return 0;
}

static void look_at_writing(struct monitor *monitor)
{
    const char *before = monitor->metrics.read_only;
    monitor->metrics.read_only_cause = why_read_only(monitor);
    const char *now = words_of(monitor, monitor->metrics.read_only_cause);
    monitor->metrics.read_only = now;
    if (!before == !now)
        return;
    writer_read_only(monitor->options.writer, now != NULL);
    if (now)
        log_line(LOG_ERROR, "read_only", "reason", now, "free_bytes",
                 log_value("%" PRIu64, monitor->metrics.disk_free_bytes), NULL);
    else
        log_line(LOG_NOTICE, "writing_again", NULL);
}

/* ---- the journal ---- */

static const char *journal_read_only(const struct monitor *monitor,
                                     Tefter__ReadOnlyCause *ret_cause)
{
    switch (writer_state(monitor->options.writer)) {
    case WRITER_NOT_WRITER:
        *ret_cause = TEFTER__READ_ONLY_CAUSE__READ_ONLY_OTHER_WRITER;
        return words_of(monitor, *ret_cause);
    case WRITER_UNKNOWN:
        *ret_cause = TEFTER__READ_ONLY_CAUSE__READ_ONLY_UNKNOWN_YET;
        return words_of(monitor, *ret_cause);
    case WRITER_LOST:
        return "the server is about to start anew";
    case WRITER_WELL:
    case WRITER_BUSY:
        return NULL;
    }
    return NULL;
}

static uint32_t journal_slow_ms(const struct monitor *monitor)
{
    struct writer_metrics writer;
    writer_metrics(monitor->options.writer, &writer);
    return writer.slow_ms >= SLOW_TOLD_MS ? writer.slow_ms : 0;
}

static void look_at_journal(struct monitor *monitor)
{
    uint32_t slow_ms = journal_slow_ms(monitor);
    if (slow_ms > 0 && !monitor->slow)
        log_line(LOG_WARNING, "journal_slow", "ms", log_value("%" PRIu32, slow_ms), NULL);
    monitor->slow = slow_ms > 0;
}

/* ---- clock and days ---- */

/* The day's turn was passed over: this program does not make it anew. */
static bool avoided(const struct monitor *monitor, const Tefter__Command *command)
{
    const Tefter__TurnDay *day = command->turn_day;
    return command->kind_case == TEFTER__COMMAND__KIND_TURN_DAY &&
           inflight_avoids(monitor->options.folder->page, DEATH_DAY,
                           (uint64_t)day->branch << 32 | day->date);
}

static enum submit_answer submit_own(void *owner, const Tefter__Command *command)
{
    struct monitor *monitor = owner;
    if (avoided(monitor, command))
        return SUBMIT_READ_ONLY;
    struct arena arena;
    struct submission submission = {.reply_token = WRITER_NO_TOKEN};
    arena_init(&arena, FRAME_TO_SERVER_MAX);
    submission.command = message_pack(&command->base, &arena);
    clock_new_id(monitor->options.clock, submission.id);
    enum submit_answer answer = writer_submit(monitor->options.writer, &submission);
    arena_fini(&arena);
    return answer;
}

/* A turn that was taken and then not written has to be asked for again. */
static void forget_unwritten(struct monitor *monitor)
{
    struct writer_metrics writer;
    writer_metrics(monitor->options.writer, &writer);
    if (writer.not_writer != monitor->not_writer)
        business_dates_fini(&monitor->days);
    monitor->not_writer = writer.not_writer;
}

/* Said when it begins, and each time it is another one. */
static void alarm_is(const char **slot, char text[300], const char *event, const char *words)
{
    bool same = *slot != NULL && strcmp(text, words) == 0;
    snprintf(text, 300, "%s", words);
    *slot = words[0] == '\0' ? NULL : text;
    if (*slot != NULL && !same)
        log_line(LOG_ERROR, event, "reason", text, NULL);
}

static void look_at_dates_ahead(struct monitor *monitor)
{
    const struct business_dates *days = &monitor->days;
    char words[300] = "";
    char date[DATE_TEXT_SIZE];
    date_write(days->clock_date, date);
    if (days->ahead_days > 0)
        snprintf(words, sizeof words,
                 "the business date of branch %s is %" PRIu32 " day%s ahead of the clock; if the "
                 "clock is right: tefter branch turn-back %s %s",
                 days->ahead_branch, days->ahead_days, days->ahead_days == 1 ? "" : "s",
                 days->ahead_branch, date);
    monitor->metrics.date_ahead_days = days->ahead_days;
    alarm_is(&monitor->metrics.date_alarm, monitor->date_alarm, "date_ahead", words);
}

static void look_at_days(void *context)
{
    struct monitor *monitor = context;
    forget_unwritten(monitor);
    struct failure failure = {.fault = FAULT_NONE};
    if (monitor->options.settings->date_frozen || !clock_believed(monitor->options.clock))
        return;
    if (!business_dates_turn(&monitor->days, monitor->options.ledger,
                             clock_now_ms(monitor->options.clock), submit_own, monitor, &failure))
        log_line(LOG_WARNING, "days_not_looked_at", "reason", failure.text, NULL);
    look_at_dates_ahead(monitor);
}

/* By how much, so that people see what has happened: to the day, the hour, the minute. */
static void tell_strayed(int64_t strayed_ms, char words[300])
{
    uint64_t minutes = (uint64_t)(strayed_ms < 0 ? -strayed_ms : strayed_ms) / 60000;
    uint64_t count = minutes >= 2880 ? minutes / 1440 : minutes >= 120 ? minutes / 60 : minutes;
    snprintf(words, 300,
             "the clock of the server's machine is %" PRIu64 " %s %s what the ledger has seen: no "
             "business day turns until it is set right, a time server vouches for it, or somebody "
             "confirms it: tefterd clock --accept",
             count,
             minutes >= 2880  ? "days"
             : minutes >= 120 ? "hours"
                              : "minutes",
             strayed_ms < 0 ? "behind" : "ahead of");
}

static void look_at_alarm(struct monitor *monitor)
{
    char words[300] = "";
    if (!clock_believed(monitor->options.clock))
        tell_strayed(monitor->metrics.clock_strayed_ms, words);
    monitor->metrics.clock_alarm = words[0] == '\0' ? NULL : monitor->clock_alarm;
    snprintf(monitor->clock_alarm, sizeof monitor->clock_alarm, "%s", words);
}

static void tell_jumped(const struct monitor *monitor)
{
    log_line(
        LOG_ERROR, "clock_jumped", "by_ms",
        log_value("%" PRId64, monitor->metrics.clock_strayed_ms), "advice",
        "no day turns until the clock is right, a time server vouches for it, or somebody says "
        "it is right: tefterd clock --accept",
        NULL);
}

static void look_at_clock(struct monitor *monitor)
{
    struct clock *clock = monitor->options.clock;
    enum clock_news news = clock_look(clock, clock_read());
    monitor->metrics.clock_strayed_ms = atomic_load(&clock->strayed_ms);
    look_at_alarm(monitor);
    switch (news) {
    case CLOCK_SAME:
        return;
    case CLOCK_JUMPED:
        tell_jumped(monitor);
        return;
    case CLOCK_BACK:
        log_line(LOG_NOTICE, "clock_right_again", NULL);
        look_at_days(monitor);
        return;
    case CLOCK_ACCEPTED:
        log_line(LOG_WARNING, "clock_accepted", "because", "a time server vouches for it", NULL);
        look_at_days(monitor);
        return;
    }
}

void monitor_accept_clock(struct monitor *monitor)
{
    if (!clock_believed(monitor->options.clock))
        log_line(LOG_NOTICE, "clock_accepted", "because", "somebody said so (HUP)", NULL);
    clock_accept(monitor->options.clock, clock_read());
    monitor->metrics.clock_strayed_ms = 0;
    look_at_alarm(monitor);
    look_at_days(monitor);
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
    struct monitor *monitor = context;
    uint64_t now = clock_loop_ms();
    uint32_t late = now > monitor->lag_due_ms ? (uint32_t)(now - monitor->lag_due_ms) : 0;
    monitor->lag_due_ms = now + LAG_MS;
    histogram_add(&monitor->lags, (uint64_t)late * 1000);
    if (late > LAG_TOLD_MS)
        log_line(LOG_WARNING, "loop_late", "ms", log_value("%" PRIu32, late), NULL);
    if (now - monitor->lag_minute_ms > LAG_MINUTE) {
        monitor->lag_minute_ms = now;
        monitor->lag_before_ms = monitor->lag_now_ms;
        monitor->lag_now_ms = 0;
    }
    if (late > monitor->lag_now_ms)
        monitor->lag_now_ms = late;
}

void monitor_metrics(const struct monitor *monitor, struct monitor_metrics *ret_metrics)
{
    *ret_metrics = monitor->metrics;
    ret_metrics->journal_slow_ms = journal_slow_ms(monitor);
    if (!ret_metrics->read_only)
        ret_metrics->read_only = journal_read_only(monitor, &ret_metrics->read_only_cause);
    ret_metrics->loop_lag_ms =
        monitor->lag_now_ms > monitor->lag_before_ms ? monitor->lag_now_ms : monitor->lag_before_ms;
}

const struct histogram *watch_lag(const struct monitor *monitor)
{
    return &monitor->lags;
}

/* ---- life ---- */

struct monitor *monitor_create(const struct monitor_options *options, struct failure *failure)
{
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (monitor) {
        monitor->options = *options;
        monitor->look = loop_timer_create(options->loop, look, monitor);
        monitor->days_timer = loop_timer_create(options->loop, look_at_days, monitor);
        monitor->lag = loop_timer_create(options->loop, look_at_lag, monitor);
    }
    if (!monitor || !monitor->look || !monitor->days_timer || !monitor->lag) {
        fail(failure, FAULT_MEMORY, 0, "no memory for the monitor");
        monitor_destroy(monitor);
        return NULL;
    }
    look_at_writing(monitor);
    look_at_clock(monitor);
    if (!clock_believed(options->clock))
        tell_jumped(monitor);
    look_at_days(monitor);
    monitor->lag_due_ms = clock_loop_ms() + LAG_MS;
    monitor->lag_minute_ms = clock_loop_ms();
    loop_timer_start(monitor->look, LOOK_MS, LOOK_MS);
    loop_timer_start(monitor->days_timer, DAYS_MS, DAYS_MS);
    loop_timer_start(monitor->lag, LAG_MS, LAG_MS);
    return monitor;
}

void monitor_destroy(struct monitor *monitor)
{
    if (!monitor)
        return;
    loop_timer_destroy(monitor->look);
    loop_timer_destroy(monitor->days_timer);
    loop_timer_destroy(monitor->lag);
    business_dates_fini(&monitor->days);
    free(monitor);
}
