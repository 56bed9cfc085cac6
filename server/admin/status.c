/*
 * tefterd status: what can be seen of a ledger from its folder, served or not; and what the server
 * says of itself, or said last, as `tefter status` shows it too.
 */
#include "admin/audited.h"
#include "admin/commands.h"
#include "datadir/backup_note.h"
#include "datadir/follower_note.h"
#include "datadir/keys.h"
#include "datadir/status_note.h"
#include "datadir/web_identity.h"
#include "engine/clock.h"
#include "recovery/checkpoint.h"
#include "recovery/shutdown_marker.h"

#include "base/date.h"
#include "base/tell.h"
#include "wire.pb-c.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdio.h>

enum { STATUS_MEMORY_MAX = 1024 * 1024 };

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MIB (UINT64_C(1024) * 1024)

static void tell_served(const struct datadir *folder)
{
    char address[256];
    size_t size;
    int pid = datadir_served_by(folder);
    if (!pid) {
        tell(stdout, "served        no\n");
        return;
    }
    if (!files_read(folder->address, address, sizeof address, &size, NULL))
        address[0] = '\0';
    address[strcspn(address, "\n")] = '\0';
    tell(stdout, "served        by pid %d%s%s\n", pid, address[0] ? " at " : "", address);
}

static void tell_mark(const struct datadir *folder)
{
    struct marker marker;
    struct marker_place here;
    marker_read(folder->marker, &marker);
    bool known = marker_place_of(folder->root, &here, NULL);
    const char *why = marker_distrust(&marker, known ? &here : NULL);
    if (why)
        tell(stdout, "state         to be rebuilt at the next start: %s\n", why);
    else if (marker.kind == MARKER_CLEAN)
        tell(stdout,
             "state         closed cleanly at seq %" PRIu64
             "; whether all of it is whole, tefterd verify says\n",
             marker.seq);
    else
        tell(stdout, "state         open, or left open in this boot: trusted\n");
}

static void tell_sizes(const struct datadir *folder)
{
    uint64_t journal = 0;
    struct journal_options options = datadir_journal(folder);
    uint64_t state = files_tree_bytes(folder->state);
    uint64_t rest = files_tree_bytes(folder->vault) + files_tree_bytes(folder->checkpoints);
    int64_t age_ms = clock_read().wall_ms - files_changed_ms(folder->format);
    struct datadir_space space;
    journal_size(&options, &journal, NULL);
    tell(stdout,
         "size          journal %" PRIu64 " MiB, state %" PRIu64 " MiB, the rest %" PRIu64 " MiB\n",
         journal / MIB, state / MIB, rest / MIB);
    if (!datadir_space(folder, &space))
        return;
    tell(stdout, "disk          %" PRIu64 " MiB free", space.free_bytes / MIB);
    uint64_t least = datadir_space_least(&space, DATADIR_SPACE_USUAL);
    uint64_t usable = space.free_bytes > least ? space.free_bytes - least : 0;
    if (age_ms > DAY_MS && journal + state > 0)
        tell(stdout, ", enough for %" PRIu64 " days at the pace so far",
             (uint64_t)((unsigned __int128)usable * (uint64_t)(age_ms / DAY_MS) /
                        (journal + state)));
    tell(stdout, "%s\n", usable ? "" : ": READ ONLY, make room");
}

static void tell_instant(const char *what, int64_t ms, const char *none)
{
    char text[INSTANT_TEXT_SIZE];
    instant_write(ms, text);
    if (!ms) {
        tell(stdout, "%-13s %s\n", what, none);
        return;
    }
    int64_t days = (clock_read().wall_ms - ms) / DAY_MS;
    tell(stdout, "%-13s %s (%s%" PRId64 " days%s)\n", what, text, days < 0 ? "in " : "",
         days < 0 ? -days : days, days < 0 ? "" : " ago");
}

static void tell_follower(const struct datadir *folder)
{
    struct follower_note note;
    if (!follower_note_read(folder, &note))
        return;
    int64_t lag_ms = clock_read().wall_ms - note.caught_up_ms;
    tell_instant("follower", note.caught_up_ms, "has never had all there was");
    tell(stdout, "              seq %" PRIu64 " in %s, %" PRId64 " s behind\n", note.seq,
         note.place, lag_ms > 0 ? lag_ms / 1000 : 0);
}

static void tell_copies(const struct datadir *folder)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    struct backup_note note = {.made_ms = 0};
    size_t count = checkpoint_list(folder, seqs);
    if (count)
        tell(stdout, "checkpoint    seq %" PRIu64 "\n", seqs[count - 1]);
    else
        tell(stdout, "checkpoint    none yet\n");
    bool made = backup_note_read(folder, &note);
    tell_instant("last backup", made ? note.made_ms : 0,
                 "NEVER. Make one: tefterd backup --ledger DIR --to PLACE");
    if (made)
        tell(stdout, "              seq %" PRIu64 " in %s\n", note.seq, note.place);
    tell_follower(folder);
}

static bool tell_keys(const struct datadir *folder, struct failure *failure)
{
    struct keys keys;
    struct hash print;
    int64_t root_ms, server_ms;
    if (!keys_read(folder, &keys, failure))
        return false;
    bool good = ca_certificate_facts(keys.root.certificate, &print, &root_ms, failure) &&
                ca_certificate_facts(keys.server.certificate, &print, &server_ms, failure);
    keys_fini(&keys);
    if (!good)
        return false;
    tell_instant("certificate", server_ms, "");
    tell_instant("root", root_ms, "");
    return true;
}

/* Why the last try to renew it came to nothing. */
static void tell_page_failure(const struct web_paths *paths)
{
    char text[FAILURE_TEXT_MAX];
    size_t size;
    if (files_exist(paths->failed) && files_read(paths->failed, text, sizeof text, &size, NULL))
        tell_instant("not renewed", files_changed_ms(paths->failed), "");
    else
        return;
    tell(stdout, "              %s\n", text);
}

static void tell_page(const struct datadir *folder)
{
    struct web_identity identity;
    struct web_paths paths;
    int64_t begins_ms, ends_ms;
    if (!web_paths(folder, &paths, NULL))
        return;
    if (web_identity_read(folder, &identity, NULL) && identity.kind != WEB_KIND_NONE &&
        web_certificate_days(paths.page, &begins_ms, &ends_ms)) {
        tell_instant("page", ends_ms, "");
        tell(stdout, "              the certificate for %s, %s\n", identity.names[0],
             identity.kind == WEB_KIND_ROOT ? "under a root of the page's own"
                                            : "from a public authority");
    }
    tell_page_failure(&paths);
}

static void tell_entry(const struct inflight_note *note)
{
    char words[INFLIGHT_WHERE_MAX + 80];
    if (note->end == INFLIGHT_NONE)
        return;
    inflight_words(note, words, sizeof words);
    tell(stdout,
         "FAULT         entry %" PRIu64 " cannot be applied: %s. A newer tefterd may be able to; "
         "else see: tefterd quarantine --help\n",
         note->number, words);
}

static void tell_avoided(const struct inflight_note *note)
{
    char what[INFLIGHT_TASK_MAX], words[INFLIGHT_WHERE_MAX + 80];
    if (note->end == INFLIGHT_NONE)
        return;
    inflight_task(note, what);
    inflight_words(note, words, sizeof words);
    tell(stdout, "FAULT         %s is left out until another tefterd serves: %s\n", what, words);
}

static void tell_inflight(const struct datadir *folder)
{
    struct inflight_notes notes;
    if (!inflight_read(folder->inflight, &notes))
        return;
    tell_entry(&notes.entry);
    if (notes.applying && notes.entry.end == INFLIGHT_NONE && !datadir_served_by(folder))
        tell(stdout,
             "FAULT         the server ended in the middle of entry %" PRIu64
             "; the next start tries it again\n",
             notes.applying);
    for (size_t i = 0; i < INFLIGHT_AVOIDED_MAX; i++)
        tell_avoided(&notes.avoided[i]);
}

/* ---- what the server says of itself, or said last ---- */

static void tell_alarm(const char *label, const char *words)
{
    if (words)
        tell(stdout, "%-13s %s\n", label, words);
}

static void tell_figures(const Tefter__StatusAnswer *said)
{
    tell(stdout,
         "server        tefterd %s, seq %" PRIu64 ", %" PRIu32 " connections, up %" PRIu64
         " minutes\n",
         said->version, said->seq, said->sessions, said->uptime_ms / 60000);
    if (said->turned_away > 0 || said->busy > 0 || said->not_reading > 0)
        tell(stdout,
             "overload      %" PRIu64 " connections had no place, %" PRIu64
             " commands were told busy, %" PRIu32 " terminals do not read\n",
             said->turned_away, said->busy, said->not_reading);
    if (said->journal_slow_ms > 0)
        tell(stdout, "journal       has had the group being written for %" PRIu32 " ms\n",
             said->journal_slow_ms);
    if (said->texts_unreadable > 0)
        tell(stdout, "texts         %" PRIu64 " times not readable\n", said->texts_unreadable);
    if (said->has_audit_line)
        tell(stdout, "audit line    %" PRIu64 " %s\n", said->audit_line,
             said->audit_seal ? said->audit_seal : "");
}

static void tell_alarms(const Tefter__StatusAnswer *said)
{
    if (said->has_recovery)
        tell(stdout,
             "RECOVERY      %" PRIu32 " is on: %" PRIu64 " papers wait, %" PRIu64
             " are not back as they were, %" PRIu32 " terminals were not heard: tefter recovery\n",
             said->recovery, said->offers_waiting, said->offers_not_back, said->terminals_unheard);
    else if (said->offers_waiting > 0)
        tell(stdout,
             "RECOVERY      is closed, and %" PRIu64 " papers of it still wait to be decided: "
             "tefter recovery\n",
             said->offers_waiting);
    if (said->read_only)
        tell_alarm("READ ONLY", said->read_only_reason ? said->read_only_reason : "");
    tell_alarm("CLOCK", said->clock_alarm);
    tell_alarm("DATE", said->date_alarm);
    tell_alarm("CERTIFICATE", said->certificate_alarm);
    tell_alarm("STATE", said->state_rebuilt);
    for (size_t i = 0; i < said->n_terminal_alarms; i++)
        tell_alarm("TERMINAL", said->terminal_alarms[i]);
    if (said->terminals_alarmed > said->n_terminal_alarms)
        tell(stdout, "TERMINAL      and %zu more: tefter alarms\n",
             said->terminals_alarmed - said->n_terminal_alarms);
}

static void tell_said(const struct datadir *folder, struct arena *arena)
{
    int64_t written_ms = 0;
    struct message_fault fault;
    struct slice note = status_note_read(folder, arena, &written_ms);
    const Tefter__StatusAnswer *said = NULL;
    if (note.size > 0 &&
        message_scan_as(&tefter__status_answer__descriptor, note, MESSAGE_OF_SERVER, &fault))
        said = (const Tefter__StatusAnswer *)message_unpack(&tefter__status_answer__descriptor,
                                                            note, arena);
    if (!said)
        return;
    if (!datadir_served_by(folder))
        tell_instant("last served", written_ms, "");
    tell_figures(said);
    tell_alarms(said);
}

int status_run(const struct settings *settings)
{
    static struct datadir folder;
    struct failure failure = {.fault = FAULT_NONE};
    if (!datadir_init(&folder, settings->ledger, &failure) || !datadir_check(&folder, &failure))
        return settings_report(&failure);
    tell(stdout, "ledger        %s\n", folder.root);
    tell_served(&folder);
    tell_mark(&folder);
    tell_sizes(&folder);
    tell_copies(&folder);
    tell_inflight(&folder);
    struct arena arena;
    arena_init(&arena, STATUS_MEMORY_MAX);
    tell_said(&folder, &arena);
    arena_fini(&arena);
    tell_page(&folder);
    audited(&folder, "status", NULL);
    return tell_keys(&folder, &failure) ? EXIT_DONE : settings_report(&failure);
}
