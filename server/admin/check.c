/*
 * tefterd check: a settings file, looked at before a server is started with it. What cannot be
 * understood was told by whoever read it, and ends with 2, as here what could never work; what only
 * should be thought of is a note, and stops nobody from selling.
 */
#include "admin/backup_key.h"
#include "admin/commands.h"
#include "datadir/keys.h"
#include "datadir/status_note.h"
#include "ledger/ledger.h"
#include "net/responder.h"
#include "net/stream.h"

#include "base/tell.h"
#include "wire.pb-c.h"
#include "wire/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECK_MEMORY_MAX = 1024 * 1024 };

/* ---- what is told ---- */

/* Of one key of the file, with its line. */
static void tell_wrong(const struct settings *settings, const char *key,
                       const struct failure *failure)
{
    int line = settings_line(key);
    tell(stderr, "tefterd: %s", settings->config);
    if (line > 0)
        tell(stderr, ", line %d", line);
    tell(stderr, ": %s: %s.\n", key, failure->text);
}

static void tell_note(const char *text)
{
    tell(stdout, "note          %s\n", text);
}

/* ---- what could never work ---- */

static bool is_good(const struct settings *settings, const char *key, bool good,
                    const struct failure *failure)
{
    if (!good)
        tell_wrong(settings, key, failure);
    return good;
}

static bool look_at_addresses(const struct settings *settings)
{
    struct failure listen = {.fault = FAULT_NONE}, metrics = {.fault = FAULT_NONE};
    bool good =
        is_good(settings, "listen", stream_address_check(settings->listen, &listen), &listen);
    if (settings->metrics)
        good = is_good(settings, "metrics", responder_address_check(settings->metrics, &metrics),
                       &metrics) &&
               good;
    return good;
}

static bool look_at_key(const struct settings *settings)
{
    struct seal_public key;
    struct failure failure = {.fault = FAULT_NONE};
    return !settings->to_key ||
           is_good(settings, "backup_to_key", backup_key_public(settings->to_key, &key, &failure),
                   &failure);
}

static bool look_at_ledger(const struct settings *settings, struct datadir *folder)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!settings->ledger) {
        (void)fail(&failure, FAULT_USE, 0,
                   "it is missing; say where the ledger lies, as ledger = "
                   "\"/var/lib/tefter/ledger\"");
        tell_wrong(settings, "ledger", &failure);
        return false;
    }
    return is_good(settings, "ledger", datadir_init(folder, settings->ledger, &failure), &failure);
}

/* ---- what it comes to ---- */

static void tell_rules(const struct datadir *folder)
{
    struct arena arena;
    struct message_fault fault;
    int64_t written_ms;
    arena_init(&arena, CHECK_MEMORY_MAX);
    struct slice note = status_note_read(folder, &arena, &written_ms);
    const Tefter__StatusAnswer *said = NULL;
    if (note.size > 0 &&
        message_scan_as(&tefter__status_answer__descriptor, note, MESSAGE_OF_SERVER, &fault))
        said = (const Tefter__StatusAnswer *)message_unpack(&tefter__status_answer__descriptor,
                                                            note, &arena);
    if (said && said->rules_version < LEDGER_RULES)
        tell(stdout,
             "note          the ledger goes on under rules version %" PRIu32
             "; this program knows %d. Adopt them when you like, while it is not served: tefterd "
             "upgrade -c FILE\n",
             said->rules_version, LEDGER_RULES);
    arena_fini(&arena);
}

static bool tell_ledger(const struct settings *settings, const struct datadir *folder)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (files_empty_folder(folder->root)) {
        tell(stdout, "ledger        none is in %s yet. Make one: tefterd init -c %s\n",
             folder->root, settings->config);
        return true;
    }
    if (!is_good(settings, "ledger", datadir_check(folder, &failure), &failure))
        return false;
    tell(stdout, "ledger        %s\n", folder->root);
    tell_rules(folder);
    return true;
}

static bool same_disk(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev;
}

static void tell_backups(const struct settings *settings, const struct datadir *folder)
{
    if (!settings->to) {
        tell_note("no backups are made: backup_to names no folder. Choose one on another disk");
        return;
    }
    tell(stdout, "backups       to %s, %" PRIu64 " kept, %s\n", settings->to, settings->keep,
         settings->to_key ? "encrypted to a key of the owner's" : "not encrypted");
    /* The unit of the server may not write it, that of backups may. */
    if (access(settings->to, W_OK | X_OK) != 0 && errno != EROFS)
        tell(
            stdout,
            "note          %s is not there, or %s may not write it: install -d -o tefter -g tefter "
            "-m 700 %s\n",
            settings->to, datadir_acts_as() ? datadir_acts_as() : "this user", settings->to);
    else if (same_disk(settings->to, folder->root))
        tell_note("backups lie on the disk of the ledger, and are lost with it. Take another disk");
    if (settings->every_s > 0)
        tell_note("backup_every is for a server that runs without the unit, which may write only "
                  "below /var/lib/tefter; tefterd-backup.timer makes backups hourly");
    if (!settings->to_key)
        tell(stdout,
             "note          whoever reads a backup gets every name and figure%s; backup_to_key "
             "encrypts them (tefterd backup-key --help)\n",
             settings->without_root_key ? ""
                                        : ", and the company's root key, which lets any device in");
}

static void tell_addresses(const struct settings *settings)
{
    tell(stdout, "listen        %s\n", settings->listen);
    if (strncmp(settings->listen, "127.", 4) == 0 ||
        strncmp(settings->listen, "localhost:", 10) == 0)
        tell_note("only this machine reaches it. listen = \"0.0.0.0:7420\" lets other devices in");
    if (settings->metrics)
        tell(stdout, "metrics       %s\n", settings->metrics);
}

int check_run(const struct settings *settings)
{
    static struct datadir folder;
    if (!settings->config) {
        tell(stderr, "tefterd: which file? tefterd check -c /etc/tefter/tefterd.conf\n");
        return EXIT_USE;
    }
    /* All of them, and not only the first. */
    bool addresses = look_at_addresses(settings);
    bool key = look_at_key(settings);
    if (!look_at_ledger(settings, &folder) || !addresses || !key)
        return EXIT_USE;
    tell(stdout, "%s is good.\n", settings->config);
    tell_addresses(settings);
    if (!tell_ledger(settings, &folder))
        return EXIT_USE;
    tell_backups(settings, &folder);
    return EXIT_DONE;
}
