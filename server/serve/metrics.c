#include "serve/metrics.h"

#include "datadir/follower_note.h"
#include "serve/maintenance.h"
#include "serve/openmetrics.h"
#include "serve/serve.h"

#include "base/log.h"
#include "base/tell.h"
#include "base/version.h"
#include "net/responder.h"
#include "session/sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define METRICS_PATH "/metrics"
enum { FRESH_MS = 100, MS_US = 1000 };

struct metrics {
    struct metrics_options options;
    struct responder *responder;
    int64_t started_ms;
    struct buffer text; /* who asks again at once gets the same */
    uint64_t made_ms;   /* by the loop's clock */
};

/* ---- what there is to say ---- */

static void put_commands(struct buffer *out, const struct writer_metrics *writer)
{
    static const char commands[] = "tefter_commands", away[] = "tefter_commands_turned_away";
    openmetrics_counters(out, commands, "Commands journalled since the start.");
    openmetrics_counter_of(out, commands, "result", "done", writer->commands - writer->refused);
    openmetrics_counter_of(out, commands, "result", "refused", writer->refused);
    openmetrics_counters(out, away,
                         "Commands not taken: sent away for a while, no writing, too late.");
    openmetrics_counter_of(out, away, "reason", "busy", writer->busy);
    openmetrics_counter_of(out, away, "reason", "read_only", writer->read_only);
    openmetrics_counter_of(out, away, "reason", "deadline", writer->too_late);
    openmetrics_counter(out, "tefter_slow_commands", "Commands slower than --slow-ms.",
                        writer->slow);
    openmetrics_counter(out, "tefter_groups", "Groups of commands, each one batch of the journal.",
                        writer->batches);
    openmetrics_gauge(out, "tefter_queue_commands", "", "Commands that wait or are being written.",
                      writer->inside);
    openmetrics_gauge(out, "tefter_queue_groups", "", "Groups that wait.", writer->waiting);
    openmetrics_gauge(out, "tefter_admission_commands", "",
                      "Commands that may wait or be written; more are sent away as busy.",
                      writer->room);
}

static void put_times(struct buffer *out, const struct writer_times *times,
                      const struct histogram *lag)
{
    openmetrics_histogram(out, "tefter_command_seconds", "A command from its coming to its reply.",
                          &times->whole);
    openmetrics_histogram(out, "tefter_command_queue_seconds",
                          "A command's wait until its group is begun.", &times->queue);
    openmetrics_histogram(out, "tefter_group_prepare_seconds",
                          "A group is looked at and its texts go to the vault.", &times->prepare);
    openmetrics_histogram(out, "tefter_group_sync_seconds",
                          "A group is written to the journal and synced.", &times->sync);
    openmetrics_histogram(out, "tefter_group_apply_seconds", "A group is applied to the state.",
                          &times->apply);
    openmetrics_histogram(out, "tefter_group_publish_seconds",
                          "From then until all its replies and pushes are queued.",
                          &times->publish);
    openmetrics_histogram(out, "tefter_state_commit_seconds",
                          "Commits of the state, each of one or several groups.", &times->commit);
    openmetrics_histogram(out, "tefter_loop_lag_seconds",
                          "How late the loop is, looked at ten times a second.", lag);
}

/* Only kinds that were met: a family without one is left out. */
static void put_turns(struct buffer *out, const char *name, const char *help,
                      const struct turns *turns)
{
    struct turn_longest longest;
    size_t place = 0;
    bool any = false;
    while (turns_next(turns, &place, &longest)) {
        if (!any)
            openmetrics_seconds_each(out, name, help);
        any = true;
        openmetrics_seconds_of(out, name, "of", longest.name, longest.us);
    }
}

static void put_longest_turns(const struct metrics *metrics, struct buffer *out)
{
    const struct turns *loop = metrics->options.loop_turns, *writer = metrics->options.writer_turns;
    put_turns(out, "tefter_loop_longest_turn_seconds",
              "The most processor time that one such thing cost the loop since the start.", loop);
    put_turns(out, "tefter_writer_longest_turn_seconds",
              "The most processor time that one such thing cost the writer since the start.",
              writer);
    openmetrics_counters(out, "tefter_slow_turns",
                         "Times the loop was held longer than 10 ms, the writer than 100 ms.");
    openmetrics_counter_of(out, "tefter_slow_turns", "thread", "loop",
                           atomic_load_explicit(&loop->slow, memory_order_relaxed));
    openmetrics_counter_of(out, "tefter_slow_turns", "thread", "writer",
                           atomic_load_explicit(&writer->slow, memory_order_relaxed));
}

static void put_ledger(const struct metrics *metrics, struct buffer *out)
{
    struct journal_metrics journal;
    struct ledger_state state;
    journal_metrics(metrics->options.journal, &journal);
    openmetrics_gauge(out, "tefter_journal_bytes", "bytes", "Size of the journal.", journal.bytes);
    openmetrics_gauge(out, "tefter_journal_segments", "", "Files of the journal.",
                      journal.segments);
    openmetrics_counter(out, "tefter_journal_syncs", "Syncs of the journal since the start.",
                        journal.syncs);
    if (!ledger_state(metrics->options.ledger, &state, NULL))
        return;
    openmetrics_gauge(out, "tefter_ledger_seq", "", "The newest command in the committed state.",
                      state.seq);
    openmetrics_gauge(out, "tefter_rules_version", "", "Rules version of the ledger.",
                      state.rules_version);
    struct ledger_recovery recovery;
    ledger_recovery(metrics->options.ledger, &recovery);
    openmetrics_gauge(out, "tefter_recovery", "",
                      "Number of the recovery that is on after a restore; 0: none.",
                      recovery.recovery);
    openmetrics_gauge(out, "tefter_recovery_offers_waiting", "",
                      "What terminals brought back and is not applied.", recovery.waiting);
    openmetrics_gauge(out, "tefter_recovery_offers_not_back", "",
                      "What came back otherwise than it was, or could not.", recovery.not_back);
    openmetrics_gauge(out, "tefter_recovery_terminals_unheard", "",
                      "Terminals that have not yet offered all they hold.", recovery.unheard);
}

static void put_follower(const struct metrics *metrics, struct buffer *out)
{
    struct follower_note note;
    if (!follower_note_read(metrics->options.folder, &note))
        return;
    openmetrics_gauge(out, "tefter_follower_seq", "",
                      "The second place (backup --follow) has commands up to this one.", note.seq);
    openmetrics_seconds(out, "tefter_follower_lag_seconds",
                        "Since the second place last had all there was.",
                        (clock_read().wall_ms - note.caught_up_ms) * MS_US);
}

static void put_watch(const struct metrics *metrics, struct buffer *out)
{
    struct monitor_metrics monitor;
    monitor_metrics(metrics->options.monitor, &monitor);
    openmetrics_gauge(out, "tefter_state_bytes", "bytes", "Used of the state's map.",
                      monitor.state_bytes);
    openmetrics_gauge(out, "tefter_state_map_bytes", "bytes", "Size of the state's map.",
                      metrics->options.settings->map_bytes);
    openmetrics_gauge(out, "tefter_state_reader_lag", "",
                      "Transactions that the oldest reader of the state is behind.",
                      monitor.reader_lag);
    openmetrics_counter(out, "tefter_records_damaged",
                        "Times a record was asked for that cannot be read; see the log.",
                        monitor.records_damaged);
    openmetrics_gauge(out, "tefter_disk_free_bytes", "bytes", "Free on the ledger's disk.",
                      monitor.disk_free_bytes);
    openmetrics_gauge(out, "tefter_read_only", "", "1 while nothing may be written; see the log.",
                      monitor.read_only != NULL);
    openmetrics_seconds(out, "tefter_clock_strayed_seconds",
                        "How far the machine's clock is from the one that is believed.",
                        monitor.clock_strayed_ms * MS_US);
    openmetrics_gauge(out, "tefter_clock_believed", "",
                      "0 while the machine's clock waits for a person: no business day turns.",
                      monitor.clock_alarm == NULL);
    openmetrics_gauge(out, "tefter_business_date_ahead_days", "",
                      "Days that a branch's business date is ahead of the clock.",
                      monitor.date_ahead_days);
    openmetrics_seconds(out, "tefter_last_backup_timestamp_seconds",
                        "When the last good backup was made, 0: never.",
                        maintenance_last_backup_ms(metrics->options.folder) * MS_US);
    put_follower(metrics, out);
}

static void put_certificates(const struct metrics *metrics, struct buffer *out)
{
    struct certificates_facts facts;
    certificates_facts(metrics->options.certificates, &facts);
    openmetrics_seconds(out, "tefter_certificate_expiry_timestamp_seconds",
                        "When the server's certificate ends.", facts.server_ends_ms * MS_US);
    openmetrics_seconds(out, "tefter_root_certificate_expiry_timestamp_seconds",
                        "When the root certificate ends.", facts.root_ends_ms * MS_US);
    if (facts.page_ends_ms > 0)
        openmetrics_seconds(out, "tefter_page_certificate_expiry_timestamp_seconds",
                            "When the page's certificate ends.", facts.page_ends_ms * MS_US);
}

static void put_connections(const struct metrics *metrics, struct buffer *out)
{
    struct sessions_metrics sessions;
    sessions_metrics(metrics->options.sessions, &sessions);
    openmetrics_gauge(out, "tefter_connections", "", "Open connections of terminals.",
                      sessions.open);
    openmetrics_gauge(out, "tefter_connection_places", "", "Connections that descriptors allow.",
                      sessions.slots);
    openmetrics_gauge(out, "tefter_sessions", "", "Terminals at which somebody is logged in.",
                      sessions.logged_in);
    openmetrics_gauge(out, "tefter_subscriptions", "", "Subscriptions of terminals.",
                      sessions.subscriptions);
    openmetrics_gauge(out, "tefter_connections_not_reading", "",
                      "Connections whose pushes wait because they do not read.",
                      sessions.not_reading);
    openmetrics_counter(out, "tefter_connections_accepted", "Connections since the start.",
                        sessions.accepted);
    openmetrics_counter(out, "tefter_connections_turned_away", "Connections without a place.",
                        sessions.turned_away);
    openmetrics_gauge(out, "tefter_browsers_open", "", "Connections of browsers, of those open.",
                      sessions.browsers);
    openmetrics_counter(
        out, "tefter_browsers_turned_away",
        "Browsers that gave their place up before they had shown a key, or had none.",
        sessions.browsers_turned_away);
    openmetrics_counter(out, "tefter_connections_too_many",
                        "Connections of a terminal or an address that had enough.",
                        sessions.too_many);
    openmetrics_counter(out, "tefter_connections_cut", "Connections cut for not reading.",
                        sessions.cut_slow);
    openmetrics_counter(out, "tefter_descriptors_missing", "Times no descriptor was to be had.",
                        sessions.starved);
    openmetrics_counter(out, "tefter_bad_frames", "Frames that could not be read.",
                        sessions.bad_frames);
    openmetrics_counter(out, "tefter_texts_unreadable",
                        "Times the vault could not give words as they were written.",
                        sessions.texts_unreadable);
}

static uint64_t resident_bytes(void)
{
    unsigned long all, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int64_t us_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static void put_process(const struct metrics *metrics, struct buffer *out)
{
    struct rusage used = {.ru_nivcsw = 0};
    getrusage(RUSAGE_SELF, &used);
    openmetrics_seconds_counter(out, "process_cpu_seconds", "Processor time, user and system.",
                                us_of(used.ru_utime) + us_of(used.ru_stime));
    openmetrics_gauge(out, "process_resident_memory_bytes", "bytes", "Resident memory.",
                      resident_bytes());
    openmetrics_seconds(out, "process_start_time_seconds", "When the server was started.",
                        metrics->started_ms * MS_US);
    openmetrics_fact(out, "tefter_build_info", "The program that serves.", "version", version_text);
}

bool metrics_put(const struct metrics *metrics, struct buffer *out)
{
    struct writer_metrics writer;
    writer_metrics(metrics->options.writer, &writer);
    put_commands(out, &writer);
    put_times(out, writer_times(metrics->options.writer), watch_lag(metrics->options.monitor));
    put_longest_turns(metrics, out);
    put_ledger(metrics, out);
    put_certificates(metrics, out);
    put_watch(metrics, out);
    put_connections(metrics, out);
    put_process(metrics, out);
    openmetrics_end(out);
    return !out->overflow;
}

/* ---- who asks ---- */

static bool answer(void *owner, struct buffer *out)
{
    struct metrics *metrics = owner;
    uint64_t now_ms = loop_now_ms(metrics->options.loop);
    if (metrics->text.size == 0 || now_ms >= metrics->made_ms + FRESH_MS) {
        buffer_clear(&metrics->text);
        metrics->made_ms = now_ms;
        if (!metrics_put(metrics, &metrics->text)) {
            buffer_clear(&metrics->text);
            return false;
        }
    }
    return buffer_put(out, metrics->text.data, metrics->text.size);
}

static bool listen_there(struct metrics *metrics, struct failure *failure)
{
    const struct metrics_options *options = &metrics->options;
    struct responder_options responder = {.loop = options->loop,
                                          .address = options->settings->metrics,
                                          .path = METRICS_PATH,
                                          .type = OPENMETRICS_TYPE,
                                          .body = answer,
                                          .owner = metrics};
    unlink(options->folder->metrics); /* of a server that was killed */
    if (!options->settings->metrics)
        return true;
    metrics->responder = responder_create(&responder, failure);
    if (!metrics->responder)
        return false;
    const char *address = responder_address(metrics->responder);
    log_line(LOG_INFO, "metrics", "address", address, NULL);
    struct failure why = {.fault = FAULT_NONE};
    if (!files_write(options->folder->metrics, slice_text(address), 0600, &why))
        log_line(LOG_WARNING, "address_not_written", "reason", why.text, NULL);
    return true;
}

struct metrics *metrics_create(const struct metrics_options *options, struct failure *failure)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics) {
        fail(failure, FAULT_MEMORY, 0, "no memory for metrics");
        return NULL;
    }
    metrics->options = *options;
    metrics->started_ms = clock_read().wall_ms;
    buffer_init(&metrics->text, RESPONDER_BODY_MAX);
    if (listen_there(metrics, failure))
        return metrics;
    metrics_destroy(metrics);
    return NULL;
}

void metrics_destroy(struct metrics *metrics)
{
    if (!metrics)
        return;
    if (metrics->responder)
        unlink(metrics->options.folder->metrics);
    responder_destroy(metrics->responder);
    buffer_fini(&metrics->text);
    free(metrics);
}

/* ---- tefterd metrics ---- */

static bool tell_lines(struct slice text)
{
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end != NULL ? (size_t)(end - text.data) : text.size;
        tell(stdout, "%.*s\n", (int)size, (const char *)text.data);
        size += end != NULL;
        text = slice_of(text.data + size, text.size - size);
    }
    return fflush(stdout) == 0 && !ferror(stdout);
}

int metrics_run(const struct settings *settings)
{
    static struct datadir folder;
    struct failure failure = {.fault = FAULT_NONE};
    struct buffer text;
    char address[FILES_PATH_MAX];
    size_t size;
    if (!datadir_init(&folder, settings->ledger, &failure) || !datadir_check(&folder, &failure))
        return settings_report(&failure);
    if (!files_exist(folder.metrics)) {
        fail(&failure, FAULT_USE, 0,
             "no server shows metrics of %s; start it with: --metrics 127.0.0.1:PORT", folder.root);
        return settings_report(&failure);
    }
    buffer_init(&text, RESPONDER_BODY_MAX + 4096);
    bool good = files_read(folder.metrics, address, sizeof address, &size, &failure) &&
                responder_ask(address, METRICS_PATH, &text, &failure);
    if (good)
        good = tell_lines(slice_of(text.data, text.size));
    buffer_fini(&text);
    return good ? EXIT_DONE : settings_report(&failure);
}
