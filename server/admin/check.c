/*
 * tefterd check: a settings file, looked at before a server is started with it. What cannot be
 * understood was told by whoever read it, and ends with 2, as here what could never work; what only
 * should be thought of is a note, and stops nobody from selling.
 */
#include "admin/backup_key.h"
#include "admin/commands.h"
#include "datadir/keys.h"
#include "datadir/status_note.h"
#include "datadir/web_identity.h"
#include "http/site.h"
#include "ledger/ledger.h"
#include "net/responder.h"
#include "net/stream.h"
#include "notice/setup.h"

#include "base/hash.h"
#include "base/tell.h"
#include "wire.pb-c.h"
#include "wire/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHECK_MEMORY_MAX = 1024 * 1024, CERTIFICATE_SOON_DAYS = 14 };

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

/* What the server would take by itself (serve/page.c says when). */
static bool take_kept(struct settings *settings, struct web_adopted *ret_adopted)
{
    struct failure failure = {.fault = FAULT_NONE};
    ret_adopted->page[0] = '\0';
    if (!settings->ledger || !settings->web || settings->web_cert || settings->web_key ||
        site_address_local(settings->web))
        return true;
    if (!web_adopt(settings->ledger, settings->web, ret_adopted, &failure))
        return is_good(settings, "web", false, &failure);
    if (ret_adopted->page[0] == '\0')
        return true;
    settings->web_cert = settings->web_key = ret_adopted->page;
    if (settings->origin_count == 0)
        settings->origins[settings->origin_count++] = ret_adopted->origins;
    return true;
}

/* The page's certificate as it would be used; NULL: told. */
static struct tls_context *look_at_certificate(const struct settings *settings)
{
    static char certificate[FILES_SMALL_MAX], key[FILES_SMALL_MAX];
    size_t certificate_size = 0, key_size = 0;
    struct failure failure = {.fault = FAULT_NONE};
    const char *wrong = "web_cert";
    struct tls_context *tls = NULL;
    bool good = files_read(settings->web_cert, certificate, sizeof certificate, &certificate_size,
                           &failure);
    if (good && !files_read(settings->web_key, key, sizeof key, &key_size, &failure)) {
        good = false;
        wrong = "web_key";
    }
    struct tls_identity identity = {slice_of(certificate, certificate_size),
                                    slice_of(key, key_size)};
    if (good)
        tls = tls_context_web(&identity, &failure);
    secret_wipe(key, sizeof key);
    (void)is_good(settings, wrong, tls != NULL, &failure);
    return tls;
}

/* The names by which browsers reach the page. */
static bool look_at_names(const struct settings *settings, struct site *ret_site)
{
    struct failure failure = {.fault = FAULT_NONE};
    bool secure = settings->web_cert != NULL;
    *ret_site = (struct site){.count = 0};
    for (size_t i = 0; i < settings->origin_count; i++)
        if (!site_add(ret_site, settings->origins[i], &failure))
            return is_good(settings, "web_origin", false, &failure);
    if (settings->web == NULL || (stream_address_check(settings->web, &failure) &&
                                  site_check(settings->web, secure, ret_site->count > 0, &failure)))
        return true;
    return is_good(settings, "web", false, &failure);
}

static bool look_at_page(const struct settings *settings)
{
    struct site site;
    struct failure failure = {.fault = FAULT_NONE};
    bool secure = settings->web_cert != NULL;
    if (!look_at_names(settings, &site))
        return false;
    if (settings->web == NULL)
        return true;
    if (secure != (settings->web_key != NULL)) {
        (void)fail(&failure, FAULT_USE, 0, "web_cert and web_key come together");
        return is_good(settings, secure ? "web_cert" : "web_key", false, &failure);
    }
    if (!secure)
        return true;
    struct tls_context *tls = look_at_certificate(settings);
    tls_context_release(tls);
    return tls != NULL;
}

static bool look_at_key(const struct settings *settings)
{
    struct seal_public key;
    struct failure failure = {.fault = FAULT_NONE};
    return !settings->to_key ||
           is_good(settings, "backup_to_key", backup_key_public(settings->to_key, &key, &failure),
                   &failure);
}

static bool look_at_notices(const struct settings *settings)
{
    const char *key = "notify_url";
    struct failure failure = {.fault = FAULT_NONE};
    bool good = notice_check(settings, &key, &failure);
    return is_good(settings, key, good, &failure);
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

/* Browsers believe no certificate that is another name's, or that has ended. */
static void tell_certificate(const struct tls_context *tls, const struct site *site)
{
    int64_t left_ms = tls_context_ends_ms(tls) - (int64_t)time(NULL) * 1000;
    int64_t days = left_ms / (INT64_C(24) * 3600 * 1000);
    for (size_t i = 0; i < site->count; i++)
        if (!tls_context_names(tls, site_host(&site->origins[i])))
            tell(stdout,
                 "note          the certificate of the page does not name %s: browsers that go "
                 "there will not believe it\n",
                 site->origins[i].text);
    if (left_ms <= 0)
        tell_note("the certificate of the page has ended: browsers will not believe it");
    else if (days < CERTIFICATE_SOON_DAYS)
        tell(stdout, "note          the certificate of the page ends in %" PRId64 " days\n", days);
}

static void tell_page(const struct settings *settings)
{
    struct site site;
    const char *how = settings->web_cert ? "with a certificate" : "for browsers of this machine";
    if (settings->web_cert && settings->web_cert == settings->web_key)
        how = "with the certificate that is kept in the ledger's folder";
    tell(stdout, "page          %s, %s\n", settings->web, how);
    struct tls_context *tls = settings->web_cert ? look_at_certificate(settings) : NULL;
    if (tls && look_at_names(settings, &site)) {
        if (site.count == 0)
            (void)site_add_usual(&site, settings->web, site_port(settings->web), true, NULL);
        tell_certificate(tls, &site);
    }
    tls_context_release(tls);
}

static void tell_addresses(const struct settings *settings)
{
    tell(stdout, "listen        %s\n", settings->listen);
    if (strncmp(settings->listen, "127.", 4) == 0 ||
        strncmp(settings->listen, "localhost:", 10) == 0)
        tell_note("only this machine reaches it. listen = \"0.0.0.0:7420\" lets other devices in");
    if (settings->metrics)
        tell(stdout, "metrics       %s\n", settings->metrics);
    if (settings->web)
        tell_page(settings);
    if (settings->web_socket)
        tell(stdout, "page          by a tefter-web that others start, through web.socket\n");
    if (!settings->web && !settings->web_socket)
        tell_note("no browser is served: web names no address. web = \"127.0.0.1:8420\" serves the "
                  "page to this machine");
}

/* Who is told of an approval while no page is open. */
static void tell_notices(const struct settings *settings)
{
    if (!notice_wanted(settings)) {
        tell_note("approvals are shown on open pages alone. notify_contact tells browsers that "
                  "are closed, notify_url telephones");
        return;
    }
    tell(stdout, "notices       %s%s%s, of %s; after %" PRIu64 " s to the next who may decide\n",
         settings->notify_contact ? "to browsers" : "",
         settings->notify_contact && settings->notify_url ? ", " : "",
         settings->notify_url ? "to telephones" : "",
         settings->notify_details ? "customer and amount" : "the branch alone",
         settings->notify_after_s);
    if (settings->notify_url && strncmp(settings->notify_url, "http://", 7) == 0)
        tell_note("the gateway of notify_url is spoken to without TLS: whoever is on the way reads "
                  "along");
    if (settings->notify_contact && settings->web && !settings->web_cert)
        tell_note("browsers take notices only of pages with a certificate, or of this machine's");
    if (settings->notify_private)
        tell_note("notify_private: whoever may approve can have this server call addresses of its "
                  "own network");
}

int check_run(const struct settings *said)
{
    static struct datadir folder;
    static struct web_adopted adopted;
    static struct settings with_kept;
    with_kept = *said;
    const struct settings *settings = &with_kept;
    if (!settings->config) {
        tell(stderr, "tefterd: which file? tefterd check -c /etc/tefter/tefterd.conf\n");
        return EXIT_USE;
    }
    /* All of them, and not only the first. */
    bool addresses = look_at_addresses(settings);
    bool key = look_at_key(settings);
    bool page = take_kept(&with_kept, &adopted) && look_at_page(settings);
    bool notices = look_at_notices(settings);
    if (!look_at_ledger(settings, &folder) || !addresses || !key || !page || !notices)
        return EXIT_USE;
    tell(stdout, "%s is good.\n", settings->config);
    tell_addresses(settings);
    if (!tell_ledger(settings, &folder))
        return EXIT_USE;
    tell_backups(settings, &folder);
    tell_notices(settings);
    return EXIT_DONE;
}
