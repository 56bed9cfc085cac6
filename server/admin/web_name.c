/*
 * tefterd web-name, tefterd web-root: a certificate of the page that phones believe, from a public
 * authority or under a root of the page's own. A server that runs finds it by itself.
 */
#include "admin/acme.h"
#include "admin/audited.h"
#include "admin/commands.h"
#include "admin/public_suffix.h"
#include "datadir/web_identity.h"
#include "engine/clock.h"
#include "http/site.h"
#include "net/ca.h"
#include "net/stream.h"

#include "base/date.h"
#include "base/tell.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct work {
    const struct settings *settings;
    struct datadir folder;
    struct web_identity identity;
    struct loop *loop;
    struct challenge *challenge;
};

/* ---- what was said ---- */

static bool take(char *out, size_t capacity, const char *text, struct failure *failure)
{
    if (text == NULL)
        return true;
    if (strlen(text) >= capacity || strpbrk(text, "\n\r") != NULL)
        return fail(failure, FAULT_USE, 0, "'%.100s...' is too long, or of more than one line",
                    text);
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool take_path(char out[FILES_PATH_MAX], const char *path, struct failure *failure)
{
    char whole[FILES_PATH_MAX];
    if (path == NULL || *path == '/')
        return take(out, FILES_PATH_MAX, path, failure);
    /* The timer runs elsewhere. */
    return (getcwd(whole, sizeof whole) != NULL && files_join(out, whole, path, failure)) ||
           fail(failure, FAULT_USE, 0, "write the whole path of %.200s", path);
}

static bool take_names(const struct settings *settings, struct web_identity *identity,
                       struct failure *failure)
{
    size_t count = settings->host_count + 1;
    if (count > WEB_NAMES_MAX)
        return fail(failure, FAULT_USE, 0, "a page has at most %d names", WEB_NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!take(identity->names[i], WEB_NAME_SIZE,
                  i == 0 ? settings->word : settings->hosts[i - 1], failure))
            return false;
    identity->name_count = count;
    return true;
}

static bool take_words(const struct settings *settings, struct web_identity *identity,
                       struct failure *failure)
{
    const char *directory = settings->staging ? ACME_STAGING : settings->directory;
    if (settings->staging && settings->directory)
        return fail(failure, FAULT_USE, 0, "--staging and --directory are two ACME servers");
    if (settings->dns_hook && settings->http)
        return fail(failure, FAULT_USE, 0, "--dns-hook asks no port: leave out --http");
    if (directory && strncmp(directory, "https://", 8) != 0)
        return fail(failure, FAULT_USE, 0, "--directory wants a URL that begins with https://");
    if (settings->http && !stream_address_check(settings->http, failure))
        return false;
    if (settings->email && strchr(settings->email, '@') == NULL)
        return fail(failure, FAULT_USE, 0, "--email wants an address, as owner@shop.example");
    if (!take_names(settings, identity, failure))
        return false;
    for (size_t i = 0; i < identity->name_count; i++)
        if (!acme_name_check(identity->names[i], failure))
            return false;
    return take(identity->directory, sizeof identity->directory, directory, failure) &&
           take(identity->listen, sizeof identity->listen, settings->http, failure) &&
           take(identity->email, sizeof identity->email, settings->email, failure) &&
           take_path(identity->hook, settings->dns_hook, failure) &&
           take_path(identity->ca_file, settings->ca_file, failure);
}

/* Said anew with --renew is nothing: what was made is renewed as it was made. */
static bool renew_alone(const struct settings *settings, struct failure *failure)
{
    bool more = settings->word || settings->host_count || settings->dns_hook || settings->http ||
                settings->directory || settings->ca_file || settings->email || settings->staging ||
                settings->new_root;
    return !more || fail(failure, FAULT_USE, 0,
                         "--renew renews what is there, as it was made: leave out the rest");
}

/* ---- telling ---- */

static void tell_site(const struct settings *settings, const struct web_identity *identity)
{
    unsigned port = settings->web ? site_port(settings->web) : 0;
    if (settings->web && !site_address_local(settings->web) && !settings->web_cert) {
        bool usual = port == 443;
        char shown[8] = "";
        if (!usual)
            snprintf(shown, sizeof shown, ":%u", port);
        tell(stdout,
             "The page is at https://%s%s/. A server that runs shows it within seconds; one that "
             "does not takes it at its next start.\n",
             identity->names[0], shown);
        return;
    }
    if (settings->web_cert)
        tell(stdout, "But web_cert names another one: take web_cert and web_key out of the "
                     "settings, and start the server again.\n");
    else
        tell(stdout, "tefterd --web 0.0.0.0:8443 (or web = \"0.0.0.0:8443\" in its settings) shows "
                     "it to the network.\n");
}

static void tell_kept(const struct work *work)
{
    struct web_paths paths;
    int64_t begins_ms, ends_ms;
    char until[INSTANT_TEXT_SIZE] = "";
    if (web_paths(&work->folder, &paths, NULL) &&
        web_certificate_days(paths.page, &begins_ms, &ends_ms))
        instant_write(ends_ms, until);
    tell(stdout, "A certificate for %s is kept in %s, good until %s.\n", work->identity.names[0],
         paths.page, until);
    tell_site(work->settings, &work->identity);
}

static void tell_fingerprint(const struct datadir *folder)
{
    char text[FILES_SMALL_MAX];
    uint8_t print[CA_FINGERPRINT_SIZE];
    size_t size;
    struct web_paths paths;
    struct arena arena;
    struct slice der;
    arena_init(&arena, sizeof text);
    if (web_paths(folder, &paths, NULL) && files_read(paths.root, text, sizeof text, &size, NULL) &&
        ca_certificate_der(slice_of(text, size), &arena, &der, print, NULL)) {
        char hex[3 * CA_FINGERPRINT_SIZE + 1] = "";
        for (size_t i = 0; i < sizeof print; i++)
            snprintf(hex + 3 * i, sizeof hex - 3 * i, "%02X%s", print[i],
                     i + 1 < sizeof print ? ":" : "");
        tell(stdout, "Its fingerprint (SHA-256): %s\n", hex);
    }
    arena_fini(&arena);
}

/* ---- web-name ---- */

/* As whoever called: from the port on it is the folder's owner. */
static bool begin(struct work *work, struct failure *failure)
{
    work->loop = loop_create(failure);
    if (work->loop == NULL)
        return false;
    if (work->identity.hook[0] == '\0') {
        const char *listen = work->identity.listen[0] ? work->identity.listen : NULL;
        work->challenge = challenge_open(work->loop, listen, failure);
        if (work->challenge == NULL)
            return false;
    }
    return datadir_init(&work->folder, work->settings->ledger, failure) &&
           datadir_check(&work->folder, failure);
}

static bool obtain(struct work *work, struct failure *failure)
{
    struct web_paths paths;
    work->identity.kind = WEB_KIND_ACME;
    if (!acme_obtain(work->loop, work->challenge, &work->folder, &work->identity, failure) ||
        !web_identity_write(&work->folder, &work->identity, failure) ||
        !web_paths(&work->folder, &paths, failure))
        return false;
    /* Nobody is told to trust a root that is not in use. */
    (void)unlink(paths.root);
    audited(&work->folder, "web-name", work->identity.names[0]);
    return true;
}

static void end(struct work *work)
{
    challenge_close(work->challenge);
    if (work->loop != NULL)
        loop_destroy(work->loop);
}

static int get(struct work *work)
{
    struct failure failure = {.fault = FAULT_NONE};
    bool good = begin(work, &failure) && obtain(work, &failure);
    end(work);
    if (!good)
        return settings_report(&failure);
    tell_kept(work);
    return EXIT_DONE;
}

/* ---- renewing ---- */

/* Is there one, and is it time? Read before anything is opened, so as whoever called. */
static bool look(struct work *work, bool *ret_due, struct failure *failure)
{
    struct web_paths paths;
    int64_t begins_ms, ends_ms;
    *ret_due = false;
    if (strlen(work->settings->ledger) >= sizeof work->folder.root)
        return fail(failure, FAULT_USE, 0, "the path of the ledger is too long");
    snprintf(work->folder.root, sizeof work->folder.root, "%s", work->settings->ledger);
    if (!web_paths(&work->folder, &paths, failure) ||
        !web_identity_read(&work->folder, &work->identity, failure))
        return false;
    if (work->identity.kind != WEB_KIND_NONE)
        *ret_due = !web_certificate_days(paths.page, &begins_ms, &ends_ms) ||
                   web_renewal_due(begins_ms, ends_ms, clock_read().wall_ms);
    return true;
}

static int renew_root(struct work *work)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (!datadir_init(&work->folder, work->settings->ledger, &failure) ||
        !datadir_check(&work->folder, &failure) ||
        !web_root_renew(&work->folder, &work->identity, clock_read().wall_ms, &failure))
        return settings_report(&failure);
    audited(&work->folder, "web-root", work->identity.names[0]);
    tell_kept(work);
    return EXIT_DONE;
}

static int renew(struct work *work)
{
    struct failure failure = {.fault = FAULT_NONE};
    bool due;
    if (!renew_alone(work->settings, &failure) || !look(work, &due, &failure))
        return settings_report(&failure);
    if (work->identity.kind == WEB_KIND_NONE) {
        tell(stdout, "Nothing is to be renewed: no certificate of a name is kept here.\n");
        return EXIT_DONE;
    }
    if (!due) {
        tell(stdout, "The certificate for %s is not due yet.\n", work->identity.names[0]);
        return EXIT_DONE;
    }
    return work->identity.kind == WEB_KIND_ROOT ? renew_root(work) : get(work);
}

int web_name_run(const struct settings *settings)
{
    static struct work work;
    struct failure failure = {.fault = FAULT_NONE};
    work = (struct work){.settings = settings};
    if (settings->renew)
        return renew(&work);
    if (!take_words(settings, &work.identity, &failure))
        return settings_report(&failure);
    return get(&work);
}

/* ---- web-root ---- */

/* Parts of letters, digits and inner dashes, as a resolver takes them. */
static bool is_host_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    enum { PART_MAX = 63 };
    while (*name != '\0') {
        size_t size = strspn(name, letters);
        if (size == 0 || size > PART_MAX || name[0] == '-' || name[size - 1] == '-' ||
            (name[size] != '.' && name[size] != '\0'))
            return false;
        name += size;
        if (*name == '.' && *++name == '\0')
            return false;
    }
    return true;
}

/* A name that others could have outside this network too is none of a root of one's own: it would
 * count for all that lies below it. */
static bool root_name_check(const char *name, struct failure *failure)
{
    struct in6_addr address;
    if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1)
        return true;
    size_t size = strlen(name);
    bool whole = size > 0 && name[0] != '.' && name[size - 1] != '.' && strstr(name, "..") == NULL;
    if (!whole)
        return fail(failure, FAULT_USE, 0,
                    "'%.100s' has an empty part between its dots: write it as shop.lan", name);
    if (!is_host_name(name))
        return fail(failure, FAULT_USE, 0,
                    "'%.100s' is not a host name: small letters, digits and dashes between dots, "
                    "as shop.lan",
                    name);
    if (strchr(name, '.') == NULL && strcmp(name, "localhost") != 0)
        return fail(failure, FAULT_USE, 0,
                    "'%.100s' is one word, and the root would count for every name that ends in "
                    "it: name the machine whole, as %.100s.lan",
                    name, name);
    return !public_suffix(name) ||
           fail(failure, FAULT_USE, 0,
                "'%.100s' is nobody's own: others have names below it, and the root would "
                "count for them too. Name the machine whole, as shop.%.100s",
                name, name);
}

static bool root_names_check(const struct web_identity *identity, struct failure *failure)
{
    for (size_t i = 0; i < identity->name_count; i++)
        if (!root_name_check(identity->names[i], failure))
            return false;
    return true;
}

static bool make_root(struct work *work, bool *ret_made, struct failure *failure)
{
    return take_names(work->settings, &work->identity, failure) &&
           root_names_check(&work->identity, failure) &&
           datadir_init(&work->folder, work->settings->ledger, failure) &&
           datadir_check(&work->folder, failure) &&
           web_root_make(&work->folder, &work->identity, work->settings->new_root,
                         clock_read().wall_ms, ret_made, failure);
}

int web_root_run(const struct settings *settings)
{
    static struct work work;
    struct failure failure = {.fault = FAULT_NONE};
    bool made;
    work = (struct work){.settings = settings, .identity = {.kind = WEB_KIND_ROOT}};
    if (settings->renew)
        return renew(&work);
    if (!make_root(&work, &made, &failure))
        return settings_report(&failure);
    audited(&work.folder, "web-root", work.identity.names[0]);
    tell_kept(&work);
    if (made)
        tell(stdout, "Each device has to be given the root once: open /trust of the page on it, "
                     "and follow the steps there. It counts for this page alone.\n");
    tell_fingerprint(&work.folder);
    return EXIT_DONE;
}
