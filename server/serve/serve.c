/*
 * tefterd serve: builds the modules in order, runs the loop, tears them down in reverse.
 *
 *   datadir ─ journal ─ ledger ─ vault ─ clock ─ commit  (instance.h)
 *     └─ keys ─ loop ─ writer ─ monitor ─ sessions ─ certificates ─ overload ─ maintenance ─
 * metrics ─ status file ─ notifier ─ page
 *
 * TERM: the writer finishes, every terminal hears Goodbye, the state is synced and marked CLEAN.
 * A second TERM leaves at once. HUP: the clock is believed, and the certificate is read again.
 */
#include "serve/serve.h"
#include "base/sd_notify.h"
#include "datadir/backup_note.h"
#include "datadir/follower_note.h"
#include "datadir/keys.h"
#include "engine/instance.h"
#include "engine/writer.h"
#include "net/web_push.h"
#include "notice/setup.h"
#include "recovery/subprocess.h"
#include "serve/certificates.h"
#include "serve/maintenance.h"
#include "serve/metrics.h"
#include "serve/monitor.h"
#include "serve/notifier.h"
#include "serve/overload.h"
#include "serve/page.h"
#include "serve/status_file.h"

#include "base/log.h"
#include "base/tell.h"
#include "base/version.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 200, DRAIN_MS = 10 * 1000, LOST_MS = 1000, LOST_RETRY_MS = 2000 };

struct server {
    const struct settings *settings;
    char listens[300];            /* for terminals: host and port */
    char ledger_folder[PATH_MAX]; /* whole */
    struct instance instance;
    struct keys keys;
    struct receipt_seal seal;
    struct loop *loop;
    struct turns loop_turns;
    struct turns writer_turns;
    struct writer *writer;
    struct monitor *monitor;
    struct sessions *sessions;
    struct overload *overload;
    struct maintenance *maintenance;
    struct loop_timer *bound; /* of draining */
    struct loop_timer *anew;
    struct loop_timer *leaving; /* of telling that it is lost */
    struct metrics *metrics;
    struct status_file *status_file;
    struct site site; /* the names of the page */
    struct web_adopted adopted;
    const char *origins[SITE_ORIGINS_MAX];
    struct page *page;
    struct notifier *notifier; /* NULL: no notices are sent */
    uint64_t started_ms;
    struct certificates *certificates;
    bool draining;
    bool again; /* after the end the program begins anew */
    bool lost;  /* the writer can go on only after a fresh start */
};

/* ---- between sessions and writer ---- */

static enum submit_answer submit(void *owner, const struct submission *submission)
{
    return writer_submit(((struct server *)owner)->writer, submission);
}

static bool busy(void *owner)
{
    return writer_busy(((struct server *)owner)->writer);
}

static uint32_t retry_ms(void *owner)
{
    return writer_retry_ms(((struct server *)owner)->writer);
}

static void make_visible(void *owner)
{
    writer_make_visible(((struct server *)owner)->writer);
}

static void replied(void *owner, uint64_t reply_token, struct slice reply,
                    const Tefter__Refusal *refused)
{
    struct server *server = owner;
    if (server->sessions)
        sessions_replied(server->sessions, reply_token, reply, refused);
}

static void published(void *owner, const struct published_group *group)
{
    struct server *server = owner;
    if (server->sessions)
        sessions_published(server->sessions, group);
}

static void lost(void *owner);

static bool send_notice(void *owner, const Tefter__NoticeOrder *order)
{
    struct server *server = owner;
    return server->notifier != NULL && notifier_send(server->notifier, order);
}

static void cancel_notice(void *owner, uint64_t number)
{
    struct server *server = owner;
    if (server->notifier != NULL)
        notifier_cancel(server->notifier, number);
}

static void noticed(void *owner, const Tefter__NoticeOutcome *outcome)
{
    struct server *server = owner;
    if (server->sessions)
        sessions_noticed(server->sessions, outcome);
}

static bool disabled(void *owner, enum death_task task, uint64_t number)
{
    return inflight_avoids(((struct server *)owner)->instance.folder.page, task, number);
}

static int64_t now_of(void *owner)
{
    return clock_now_ms(&((struct server *)owner)->instance.clock);
}

static void new_id(void *owner, uint8_t ret_id[COMMAND_ID_SIZE])
{
    clock_new_id(&((struct server *)owner)->instance.clock, ret_id);
}

/* ---- status ---- */

static uint32_t days_left(const struct server *server, const struct monitor_metrics *monitor,
                          uint64_t journal_bytes)
{
    const struct datadir *folder = &server->instance.folder;
    int64_t age_ms = clock_read().wall_ms - files_changed_ms(folder->format);
    uint64_t days = age_ms > 0 ? (uint64_t)age_ms / (24 * 3600 * 1000) : 0;
    uint64_t grown = journal_bytes + monitor->state_bytes;
    uint64_t left =
        grown ? (uint64_t)((unsigned __int128)monitor->disk_free_bytes * days / grown) : 0;
    return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}

static void fill_rules_version(const struct server *server, Tefter__StatusAnswer *answer)
{
    struct ledger_state state;
    struct failure failure = {.fault = FAULT_NONE};
    if (ledger_state(server->instance.ledger, &state, &failure))
        answer->rules_version = state.rules_version;
}

static void tell_monitor(const struct server *server, Tefter__StatusAnswer *answer)
{
    struct monitor_metrics monitor;
    monitor_metrics(server->monitor, &monitor);
    answer->disk_free_bytes = monitor.disk_free_bytes;
    answer->state_bytes = monitor.state_bytes;
    answer->state_map_bytes = server->settings->map_bytes;
    answer->has_reader_lag = 1;
    answer->reader_lag = monitor.reader_lag;
    answer->has_read_only = 1;
    answer->read_only = monitor.read_only != NULL;
    answer->read_only_reason = (char *)(uintptr_t)monitor.read_only;
    answer->has_clock_offset_ms = 1;
    answer->clock_offset_ms = monitor.clock_strayed_ms;
    answer->has_loop_lag_ms = 1;
    answer->loop_lag_ms = monitor.loop_lag_ms;
    answer->clock_alarm = (char *)(uintptr_t)monitor.clock_alarm;
    answer->date_alarm = (char *)(uintptr_t)monitor.date_alarm;
    answer->journal_slow_ms = monitor.journal_slow_ms;
    answer->has_journal_slow_ms = monitor.journal_slow_ms > 0;
    answer->disk_days_left = days_left(server, &monitor, answer->journal_bytes);
    answer->has_disk_days_left = answer->disk_days_left > 0;
}

static void tell_copies(const struct server *server, Tefter__StatusAnswer *answer)
{
    const struct datadir *folder = &server->instance.folder;
    static struct backup_note copy; /* until the answer is sent */
    static struct follower_note note;
    bool copied = backup_note_read(folder, &copy);
    answer->last_backup_ms = copied ? copy.made_ms : 0;
    answer->has_last_backup_ms = answer->last_backup_ms > 0;
    answer->copies_at = copied ? copy.place : NULL;
    answer->has_follower_seq = answer->has_follower_lag_ms = follower_note_read(folder, &note);
    if (!answer->has_follower_seq)
        return;
    int64_t lag_ms = clock_read().wall_ms - note.caught_up_ms;
    answer->follower_seq = note.seq;
    answer->copies_at = note.place;
    answer->follower_lag_ms = lag_ms > 0 ? (uint64_t)lag_ms : 0;
}

static void tell_certificates(const struct server *server, Tefter__StatusAnswer *answer)
{
    struct certificates_facts facts;
    certificates_facts(server->certificates, &facts);
    answer->has_server_certificate_ends_ms = answer->has_root_certificate_ends_ms = 1;
    answer->server_certificate_ends_ms = facts.server_ends_ms;
    answer->root_certificate_ends_ms = facts.root_ends_ms;
    answer->has_web_certificate_ends_ms = facts.page_ends_ms > 0;
    answer->web_certificate_ends_ms = facts.page_ends_ms;
    answer->certificate_alarm = (char *)(uintptr_t)facts.alarm;
}

static void tell_recovery(const struct server *server, Tefter__StatusAnswer *answer)
{
    struct ledger_recovery recovery;
    ledger_recovery(server->instance.ledger, &recovery);
    answer->has_recovery = recovery.recovery != 0;
    answer->has_offers_not_back = answer->has_terminals_unheard = recovery.recovery != 0;
    answer->recovery = recovery.recovery;
    answer->has_offers_waiting = answer->has_recovery || recovery.waiting + recovery.refused > 0;
    answer->offers_waiting = recovery.waiting + (answer->has_recovery ? 0 : recovery.refused);
    answer->offers_not_back = recovery.not_back;
    answer->terminals_unheard = recovery.unheard;
}

static void tell_overload(const struct server *server, uint64_t busy, Tefter__StatusAnswer *answer)
{
    struct sessions_metrics sessions;
    sessions_metrics(server->sessions, &sessions);
    answer->has_slots = answer->has_turned_away = answer->has_busy = 1;
    answer->has_not_reading = 1;
    answer->not_reading = sessions.not_reading;
    answer->slots = sessions.slots;
    answer->turned_away = sessions.turned_away;
    answer->busy = busy;
    answer->has_texts_unreadable = sessions.texts_unreadable > 0;
    answer->texts_unreadable = sessions.texts_unreadable;
}

static Tefter__ReadOnlyCause read_only_cause(void *owner)
{
    const struct server *server = owner;
    struct monitor_metrics monitor;
    monitor_metrics(server->monitor, &monitor);
    return monitor.read_only_cause;
}

static void status(void *owner, Tefter__StatusAnswer *answer)
{
    struct server *server = owner;
    struct writer_metrics writer;
    struct journal_metrics journal;
    writer_metrics(server->writer, &writer);
    journal_metrics(server->instance.journal, &journal);
    answer->version = (char *)(uintptr_t)version_text;
    answer->ledger_folder = server->ledger_folder;
    answer->listens = server->listens;
    answer->uptime_ms = clock_loop_ms() - server->started_ms;
    answer->commands = writer.commands;
    answer->batches = writer.batches;
    answer->journal_bytes = journal.bytes;
    tell_certificates(server, answer);
    if (instance_rebuilt(&server->instance))
        answer->state_rebuilt = (char *)(uintptr_t)server->instance.recovered.distrust;
    fill_rules_version(server, answer);
    tell_copies(server, answer);
    tell_monitor(server, answer);
    tell_overload(server, writer.busy, answer);
    tell_recovery(server, answer);
}

/* ---- signals ---- */

static void stop(void *context)
{
    loop_stop(((struct server *)context)->loop);
}

static void drain_sessions(void *context)
{
    struct server *server = context;
    if (!server->lost)
        sessions_drain(server->sessions, "the server stops", 0, stop, server);
}

/* Nothing is touched any more: the state stays marked DIRTY, and a start trusts it for what it is.
 */
static void leave(void *context)
{
    (void)context;
    log_line(LOG_ERROR, "stopped", "advice",
             "start again: what was answered is durable, and what is durable is kept", NULL);
    _exit(EXIT_FAULT);
}

/* Every terminal hears Goodbye and comes back to the fresh start, where it asks again by id for
 * what it was not answered. */
static void lost(void *owner)
{
    struct server *server = owner;
    server->lost = server->draining = true;
    if (!server->sessions)
        leave(server);
    notify_stopping();
    loop_timer_start(server->leaving, LOST_MS, 0);
    sessions_drain(server->sessions, "the server starts anew", LOST_RETRY_MS, leave, server);
}

static void on_term(void *context)
{
    struct server *server = context;
    if (server->draining) {
        log_line(LOG_WARNING, "left_at_once", NULL);
        _exit(EXIT_FAULT);
    }
    server->draining = true;
    log_line(LOG_NOTICE, "stopping", NULL);
    notify_stopping();
    page_stop(server->page);
    notifier_stop(server->notifier);
    maintenance_stop(server->maintenance);
    loop_timer_start(server->bound, DRAIN_MS, 0);
    writer_finish(server->writer, drain_sessions, server);
}

/* Everybody hears Goodbye and comes back to the fresh start. */
static void begin_anew(void *context)
{
    struct server *server = context;
    if (server->draining)
        return;
    server->draining = true;
    page_stop(server->page);
    notifier_stop(server->notifier);
    loop_timer_start(server->bound, DRAIN_MS, 0);
    sessions_drain(server->sessions, "the server starts anew", LOST_RETRY_MS, stop, server);
}

static void on_hup(void *context)
{
    struct server *server = context;
    monitor_accept_clock(server->monitor);
    certificates_reload(server->certificates);
    page_reload(server->page);
}

static bool catch_signals(struct server *server, struct failure *failure)
{
    return (loop_on_signal(server->loop, SIGTERM, on_term, server) &&
            loop_on_signal(server->loop, SIGINT, on_term, server) &&
            loop_on_signal(server->loop, SIGHUP, on_hup, server)) ||
           fail(failure, FAULT_IO, 0, "cannot watch for signals");
}

/* ---- building ---- */

/* What has stopped this program before and is not done again. */
static void tell_avoided(const struct server *server)
{
    struct inflight_notes notes;
    char what[INFLIGHT_TASK_MAX];
    inflight_notes(server->instance.folder.page, &notes);
    for (size_t i = 0; i < INFLIGHT_AVOIDED_MAX; i++) {
        if (notes.avoided[i].end == INFLIGHT_NONE)
            continue;
        inflight_task(&notes.avoided[i], what);
        log_line(LOG_ERROR, "not_done_again", "what", what, "where", notes.avoided[i].where,
                 "advice", "it would stop this program; a newer one tries it again", NULL);
    }
}

/* Every terminal is a descriptor. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool build_loop(struct server *server, struct failure *failure)
{
    server->loop = loop_create(failure);
    if (!server->loop)
        return false;
    server->bound = loop_timer_create(server->loop, stop, server);
    server->leaving = loop_timer_create(server->loop, leave, server);
    server->anew = loop_timer_create(server->loop, begin_anew, server);
    return (server->bound && server->leaving && server->anew) ||
           fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
}

/* Why nothing may be written as long as this process lives; NULL: it may. */
static const char *behind(const struct server *server)
{
    const char *why = server->instance.recovered.behind;
    return why[0] == '\0' ? NULL : why;
}

static bool build_writer(struct server *server, struct failure *failure)
{
    turns_init(&server->loop_turns, "loop", LOOP_TURN_MS);
    turns_init(&server->writer_turns, "writer", WRITER_TURN_MS);
    commit_count_turns(server->instance.commit, &server->writer_turns);
    struct writer_options options = {.loop = server->loop,
                                     .commit = server->instance.commit,
                                     .read_only = behind(server) != NULL,
                                     .slow_us = server->settings->slow_ms * 1000,
                                     .loop_turns = &server->loop_turns,
                                     .replied = replied,
                                     .published = published,
                                     .lost = lost,
                                     .owner = server};
    return writer_create(&options, &server->writer, failure);
}

/* The full disk on which nothing could be opened for writing has room. */
static void room(void *owner)
{
    struct server *server = owner;
    log_line(LOG_NOTICE, "room_again", NULL);
    server->again = true;
    loop_timer_start(server->anew, 0, 0);
}

static bool build_monitor(struct server *server, struct failure *failure)
{
    struct monitor_options options = {.loop = server->loop,
                                      .folder = &server->instance.folder,
                                      .settings = server->settings,
                                      .ledger = server->instance.ledger,
                                      .vault = server->instance.vault,
                                      .clock = &server->instance.clock,
                                      .writer = server->writer,
                                      .behind = behind(server),
                                      .behind_for_room = server->instance.recovered.shown,
                                      .room = server->instance.recovered.shown ? room : NULL,
                                      .owner = server};
    server->monitor = monitor_create(&options, failure);
    return server->monitor != NULL;
}

static bool serves_browsers(const struct server *server)
{
    return server->settings->web_socket || server->settings->web != NULL;
}

static bool fill_notices(const struct server *server, struct sessions_notices *ret_notices,
                         struct failure *failure)
{
    const struct settings *settings = server->settings;
    struct push_key key;
    *ret_notices = (struct sessions_notices){
        .push = settings->notify_contact != NULL,
        .phone = settings->notify_url != NULL,
        .details = settings->notify_details,
        .any_address = settings->notify_private,
        .after_s = (uint32_t)settings->notify_after_s,
        .most = (uint32_t)settings->notify_most,
        .send = send_notice,
        .cancel = cancel_notice,
    };
    if (!ret_notices->push)
        return true;
    if (!keys_push(&server->instance.folder, &key, failure))
        return false;
    memcpy(ret_notices->push_key, key.point, sizeof ret_notices->push_key);
    secret_wipe(&key, sizeof key);
    return true;
}

static bool build_sessions(struct server *server, struct failure *failure)
{
    struct sessions_notices notices;
    if (!fill_notices(server, &notices, failure))
        return false;
    struct sessions_options options = {
        .loop = server->loop,
        .ledger = server->instance.ledger,
        .vault = server->instance.vault,
        .listen = server->settings->listen,
        .row_cache_bytes = server->settings->row_cache_bytes,
        .per_terminal = (uint32_t)server->settings->per_terminal,
        .per_address = (uint32_t)server->settings->per_address,
        .unproven_per_address = (uint32_t)server->settings->unproven_per_address,
        .browser_socket = serves_browsers(server) ? server->instance.folder.web : NULL,
        .browsers_most = (uint32_t)server->settings->web_connections,
        .origins = server->origins,
        .origin_count = server->site.count,
        .found_link = server->settings->found_link,
        .audit_path = server->instance.folder.audit,
        .ended_path = server->instance.folder.ended,
        .marks_path = server->instance.folder.marks,
        .contacts_path = server->instance.folder.contacts,
        .notices = notice_wanted(server->settings) ? &notices : NULL,
        .identity = server->keys.server,
        .root = server->keys.root,
        .seal = &server->seal,
        .submit = submit,
        .busy = busy,
        .retry_ms = retry_ms,
        .make_visible = make_visible,
        .now_ms = now_of,
        .turns = &server->loop_turns,
        .status = status,
        .read_only_cause = read_only_cause,
        .disabled = disabled,
        .new_id = new_id,
        .owner = server};
    memcpy(options.token_key, server->keys.token, sizeof options.token_key);
    return sessions_create(&options, &server->sessions, failure);
}

static bool build_certificates(struct server *server, struct failure *failure)
{
    struct certificates_options options = {.loop = server->loop,
                                           .folder = &server->instance.folder,
                                           .clock = &server->instance.clock,
                                           .sessions = server->sessions,
                                           .page = server->settings->web_cert,
                                           .page_kept = server->adopted.page[0] != '\0'};
    server->certificates = certificates_create(&options, &server->keys, failure);
    return server->certificates != NULL;
}

static bool build_overload(struct server *server, struct failure *failure)
{
    server->overload = overload_create(server->loop, server->sessions, server->writer, failure);
    return server->overload != NULL;
}

/* Where nothing may be written there is nothing to maintain. */
static bool build_maintenance(struct server *server, struct failure *failure)
{
    if (server->instance.recovered.shown)
        return true;
    struct maintenance_options options = {.loop = server->loop,
                                          .folder = &server->instance.folder,
                                          .settings = server->settings,
                                          .journal = server->instance.journal,
                                          .ledger = server->instance.ledger};
    server->maintenance = maintenance_create(&options, failure);
    return server->maintenance != NULL;
}

static bool build_metrics(struct server *server, struct failure *failure)
{
    struct metrics_options options = {.loop = server->loop,
                                      .settings = server->settings,
                                      .folder = &server->instance.folder,
                                      .journal = server->instance.journal,
                                      .ledger = server->instance.ledger,
                                      .writer = server->writer,
                                      .monitor = server->monitor,
                                      .sessions = server->sessions,
                                      .certificates = server->certificates,
                                      .loop_turns = &server->loop_turns,
                                      .writer_turns = &server->writer_turns};
    server->metrics = metrics_create(&options, failure);
    return server->metrics != NULL;
}

static bool build_page(struct server *server, struct failure *failure)
{
    struct page_options options = {.loop = server->loop,
                                   .settings = server->settings,
                                   .folder = &server->instance.folder,
                                   .site = &server->site,
                                   .adopted = server->adopted.page[0] ? &server->adopted : NULL};
    if (server->settings->web == NULL)
        return true;
    server->page = page_create(&options, failure);
    return server->page != NULL;
}

static bool build_notifier(struct server *server, struct failure *failure)
{
    struct notifier_options options = {.loop = server->loop,
                                       .settings = server->settings,
                                       .folder = &server->instance.folder,
                                       .now_ms = now_of,
                                       .outcome = noticed,
                                       .owner = server};
    if (!notice_wanted(server->settings))
        return true;
    server->notifier = notifier_create(&options, failure);
    return server->notifier != NULL;
}

static bool build_status_file(struct server *server, struct failure *failure)
{
    struct status_file_options options = {
        .loop = server->loop, .folder = &server->instance.folder, .sessions = server->sessions};
    server->status_file = status_file_create(&options, failure);
    return server->status_file != NULL;
}

/* Where tools on this machine find it, and people read it. */
/* An upgraded program decides as before until somebody adopts what it knows. */
static void log_rules(const struct server *server)
{
    struct ledger_state state;
    if (ledger_state(server->instance.ledger, &state, NULL) && state.rules_version < LEDGER_RULES)
        log_line(LOG_NOTICE, "older_rules", "ledger", log_value("%" PRIu32, state.rules_version),
                 "program", log_value("%d", LEDGER_RULES), "advice",
                 "tefterd upgrade, while it is not served, adopts them", NULL);
}

static void tell_listening(struct server *server)
{
    struct failure failure = {.fault = FAULT_NONE};
    char *address = server->listens;
    const char *listen = server->settings->listen;
    const char *colon = strrchr(listen, ':');
    int host = colon ? (int)(colon - listen) : (int)strlen(listen);
    int size = snprintf(address, sizeof server->listens, "%.*s:%u\n", host, listen,
                        (unsigned)sessions_port(server->sessions));
    if (!files_write(server->instance.folder.address, slice_of(address, (size_t)size), 0600,
                     &failure)) {
        unlink(server->instance.folder.address); /* of a server that was killed */
        log_line(LOG_WARNING, "address_not_written", "reason", failure.text, NULL);
    }
    address[size - 1] = '\0';
    if (realpath(server->instance.folder.root, server->ledger_folder) == NULL)
        (void)snprintf(server->ledger_folder, sizeof server->ledger_folder, "%s",
                       server->instance.folder.root);
    tell(stdout, "listening on %s\n", address);
    fflush(stdout);
    log_rules(server);
    log_line(LOG_INFO, "listening", "address", address, "ledger", server->instance.folder.root,
             NULL);
    notify_ready();
}

/* Replies bear receipts from here on. */
static bool build_seal(struct server *server, struct failure *failure)
{
    struct instance *instance = &server->instance;
    struct journal_head head;
    if (!keys_read(&instance->folder, &server->keys, failure))
        return false;
    journal_head(instance->journal, &head);
    receipt_seal_init(&server->seal, server->keys.receipt, instance->ledger, &head.incarnation);
    commit_seal(instance->commit, &server->seal);
    return true;
}

static bool build(struct server *server, struct failure *failure)
{
    return build_seal(server, failure) && build_loop(server, failure) &&
           build_writer(server, failure) && build_monitor(server, failure) &&
           build_sessions(server, failure) && build_certificates(server, failure) &&
           build_overload(server, failure) && build_maintenance(server, failure) &&
           build_metrics(server, failure) && build_status_file(server, failure) &&
           build_notifier(server, failure) && build_page(server, failure) &&
           catch_signals(server, failure);
}

/* In reverse. Destroying the loop waits for what is on the pool; only then the ledger may go. */
static void tear_down(struct server *server)
{
    unlink(server->instance.folder.address);
    page_destroy(server->page);
    notifier_destroy(server->notifier);
    server->notifier = NULL;
    status_file_destroy(server->status_file);
    metrics_destroy(server->metrics);
    maintenance_stop(server->maintenance);
    overload_destroy(server->overload);
    certificates_destroy(server->certificates);
    if (server->sessions)
        sessions_destroy(server->sessions);
    server->sessions = NULL;
    monitor_destroy(server->monitor);
    writer_destroy(server->writer);
    loop_timer_destroy(server->bound);
    loop_timer_destroy(server->leaving);
    loop_timer_destroy(server->anew);
    if (server->loop)
        loop_destroy(server->loop);
    maintenance_destroy(server->maintenance);
    keys_fini(&server->keys);
}

/* This same process begins from its first line on, with the same words: what manages it sees one
 * server. Returns when that cannot be done. */
static void run_again(void)
{
    char words[FILES_SMALL_MAX];
    char *argv[ARGUMENTS_MAX + 1];
    size_t size, count = 0;
    if (!files_read("/proc/self/cmdline", words, sizeof words, &size, NULL))
        return;
    for (size_t at = 0; at < size && count < ARGUMENTS_MAX; at += strlen(words + at) + 1)
        argv[count++] = words + at;
    argv[count] = NULL;
    execv("/proc/self/exe", argv);
    log_line(LOG_ERROR, "not_begun_anew", "advice", "start the server again", NULL);
}

int serve_run(const struct settings *settings)
{
    static struct server server;
    struct failure failure = {.fault = FAULT_NONE};
    log_setup("tefterd", LOG_INFO);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    raise_descriptors();
    server = (struct server){.settings = settings, .started_ms = clock_loop_ms()};
    static struct settings taken; /* with what the ledger's folder has for the page */
    taken = *settings;
    if (!page_adopt(&taken, &server.adopted, &failure) ||
        !page_site(&taken, &server.site, &failure))
        return settings_report(&failure);
    server.settings = settings = &taken;
    for (size_t i = 0; i < server.site.count; i++)
        server.origins[i] = server.site.origins[i].text;
    if (!instance_open(&server.instance, settings, INSTANCE_SHOWN, &failure))
        return settings_report(&failure);
    tell_avoided(&server);
    bool built = build(&server, &failure);
    if (built) {
        tell_listening(&server);
        loop_run(server.loop);
    }
    tear_down(&server);
    instance_close(&server.instance);
    if (server.again)
        run_again();
    if (!built)
        return settings_report(&failure);
    log_line(LOG_NOTICE, "stopped", NULL);
    return EXIT_DONE;
}
