/*
 * The relay: one listener, all its browsers, one tick a second for what they owe. Built in order,
 * then closed in (sandbox.h); HUP reads the certificate again, TERM says goodbye to all.
 */
#include "web/relay.h"

#include "base/log.h"
#include "base/plain_file.h"
#include "base/tell.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PEM_MAX = 128 * 1024, DESCRIPTORS_KEPT = 64, CERTIFICATE_SOON_DAYS = 14 };
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* ---- the certificate ---- */

static bool read_pem(const char *path, struct buffer *out, struct failure *failure)
{
    char block[4096];
    ssize_t size = 0;
    buffer_init(out, PEM_MAX);
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, NULL);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot read %s", path);
    while ((size = read(fd, block, sizeof block)) > 0)
        if (!buffer_put(out, block, (size_t)size))
            break;
    int error = errno;
    close(fd);
    secret_wipe(block, sizeof block);
    if (size < 0)
        return fail(failure, FAULT_IO, error, "cannot read %s", path);
    return size == 0 || fail(failure, FAULT_USE, 0, "%s is too long for a certificate", path);
}

static struct tls_context *read_identity(const struct web_options *options, struct failure *failure)
{
    struct tls_context *tls = NULL;
    struct buffer certificate, key = {.data = NULL};
    if (read_pem(options->certificate, &certificate, failure) &&
        read_pem(options->key, &key, failure)) {
        struct tls_identity identity = {buffer_slice(&certificate), buffer_slice(&key)};
        tls = tls_context_web(&identity, failure);
    }
    buffer_fini(&certificate);
    buffer_wipe(&key);
    buffer_fini(&key);
    return tls;
}

static struct trust *trust_of(const char *path, struct failure *failure)
{
    struct buffer pem;
    struct trust *trust = NULL;
    if (read_pem(path, &pem, failure))
        trust = trust_create(buffer_slice(&pem), failure);
    buffer_fini(&pem);
    return trust;
}

/* What /trust gives to devices. It comes and goes with the file: where tefterd looks after a
 * certificate and there is none, the certificate is of a public name. */
static void read_root(struct relay *relay)
{
    struct failure failure = {.fault = FAULT_NONE};
    const char *path = relay->options->root;
    struct stat facts; /* of the calls that the sandbox leaves */
    bool rooted = path != NULL && stat(path, &facts) == 0;
    trust_destroy(relay->trust);
    relay->trust = rooted ? trust_of(path, &failure) : NULL;
    relay->named = relay->tls != NULL && path != NULL && !rooted && errno == ENOENT;
    if (rooted && relay->trust == NULL)
        log_line(LOG_ERROR, "root_not_shown", "reason", failure.text, NULL);
    if (relay->trust == NULL)
        relay->trust = trust_create(slice_of(NULL, 0), NULL);
    for (size_t i = 0; i < relay->site.count; i++)
        relay->site.origins[i].lasting = relay->named && relay->site.origins[i].secure;
}

/* When browsers stop to believe it, told in time. */
static void look_at_certificate(struct relay *relay)
{
    int64_t left_ms = tls_context_ends_ms(relay->tls) - (int64_t)time(NULL) * 1000;
    int64_t days = left_ms / DAY_MS;
    relay->looked_ms = loop_now_ms(relay->loop);
    if (days < CERTIFICATE_SOON_DAYS)
        log_line(left_ms > 0 ? LOG_WARNING : LOG_ERROR,
                 left_ms > 0 ? "certificate_ends_soon" : "certificate_ended", "file",
                 relay->options->certificate, "days", log_value("%" PRId64, days), "advice",
                 "renew it and send HUP; browsers believe none that has ended", NULL);
}

/* A new one that is no good changes nothing. */
static void on_hup(void *context)
{
    struct relay *relay = context;
    struct failure failure = {.fault = FAULT_NONE};
    if (relay->tls == NULL)
        return;
    struct tls_context *tls = read_identity(relay->options, &failure);
    if (tls == NULL) {
        log_line(LOG_ERROR, "certificate_kept", "reason", failure.text, "advice",
                 "the one before goes on; mend the files and send HUP again", NULL);
        return;
    }
    stream_listener_swap_tls(relay->listener, tls);
    tls_context_release(relay->tls);
    relay->tls = tls;
    read_root(relay);
    log_line(LOG_NOTICE, "certificate_read", "file", relay->options->certificate, NULL);
    look_at_certificate(relay);
}

/* ---- bounds ---- */

uint32_t relay_each(const struct relay *relay, uint64_t address_key)
{
    uint32_t each = relay->most * PER_ADDRESS_PERCENT / 100;
    if (address_key == 0)
        return relay->most;
    return each > PER_ADDRESS_LEAST ? each : PER_ADDRESS_LEAST;
}

bool relay_socket_begins(struct relay *relay, uint64_t address_key)
{
    if (relay->sockets_allowed == 0 ||
        tally_count(&relay->sockets_of, address_key) >= relay_each(relay, address_key))
        return false;
    relay->sockets_allowed--;
    tally_add(&relay->sockets_of, address_key);
    return true;
}

void relay_socket_ended(struct relay *relay, uint64_t address_key)
{
    tally_take(&relay->sockets_of, address_key);
}

void relay_refused(struct relay *relay, const struct stream *stream, const char *reason)
{
    char address[64];
    uint64_t now_ms = loop_now_ms(relay->loop);
    relay->refused++;
    if (relay->logged_ms != 0 && now_ms - relay->logged_ms < LOG_EACH_MS)
        return;
    stream_address(stream, address, sizeof address);
    log_line(LOG_WARNING, "refused", "address", address, "reason", reason, "count",
             log_value("%" PRIu64, relay->refused), NULL);
    relay->logged_ms = now_ms;
    relay->refused = 0;
}

/* ---- time ---- */

static void tick(void *context)
{
    struct relay *relay = context;
    uint64_t now_ms = loop_now_ms(relay->loop);
    if (relay->tls != NULL && now_ms - relay->looked_ms >= DAY_MS)
        look_at_certificate(relay);
    uint32_t allowed = relay->sockets_allowed + SOCKETS_PER_SECOND;
    relay->sockets_allowed = allowed < SOCKETS_BURST ? allowed : SOCKETS_BURST;
    for (struct browser *browser = relay->browsers, *next = NULL; browser != NULL; browser = next) {
        next = browser_next(browser);
        browser_tick(browser, now_ms);
    }
    if (relay->ending && relay->browsers == NULL)
        loop_stop(relay->loop);
}

static void left(void *context)
{
    loop_stop(((struct relay *)context)->loop);
}

static void on_term(void *context)
{
    struct relay *relay = context;
    if (relay->ending)
        return;
    relay->ending = true;
    stream_listener_close(relay->listener);
    relay->listener = NULL;
    for (struct browser *browser = relay->browsers, *next = NULL; browser != NULL; browser = next) {
        next = browser_next(browser);
        browser_end(browser);
    }
    loop_timer_start(relay->leave, relay->browsers == NULL ? 0 : LEAVE_MS, 0);
}

/* ---- building ---- */

/* Each browser is two descriptors. */
static uint32_t places(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return BROWSERS_MAX;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    uint64_t most = limit.rlim_cur > 2 * DESCRIPTORS_KEPT ? (limit.rlim_cur - DESCRIPTORS_KEPT) / 2
                                                          : DESCRIPTORS_KEPT / 2;
    return most < BROWSERS_MAX ? (uint32_t)most : BROWSERS_MAX;
}

static bool accepted(void *owner, struct stream *stream, struct stream_events *ret_events,
                     void **ret_context)
{
    return browser_accept(owner, stream, ret_events, ret_context);
}

static bool build_site(struct relay *relay, struct failure *failure)
{
    const struct web_options *options = relay->options;
    if (options->origins != NULL && !site_add(&relay->site, options->origins, failure))
        return false;
    return relay->site.count > 0 ||
           site_add_usual(&relay->site, options->listen, stream_listener_port(relay->listener),
                          relay->tls != NULL, failure);
}

static bool build_listener(struct relay *relay, struct failure *failure)
{
    const struct web_options *options = relay->options;
    if ((options->certificate == NULL) != (options->key == NULL))
        return fail(failure, FAULT_USE, 0, "a certificate and its key come together");
    if (!stream_address_check(options->listen, failure) ||
        !site_check(options->listen, options->certificate != NULL, options->origins != NULL,
                    failure))
        return false;
    if (options->certificate != NULL) {
        relay->tls = read_identity(options, failure);
        if (relay->tls == NULL)
            return false;
    }
    relay->listener =
        stream_listen(relay->loop, options->listen, relay->tls, accepted, relay, failure);
    if (relay->listener == NULL)
        return false;
    stream_listener_bound(relay->listener, relay->most); /* visits are counted here */
    return true;
}

static bool build_loop(struct relay *relay, struct failure *failure)
{
    relay->loop = loop_create(failure);
    if (relay->loop == NULL)
        return false;
    relay->tick = loop_timer_create(relay->loop, tick, relay);
    relay->leave = loop_timer_create(relay->loop, left, relay);
    relay->pages = pages_create(relay->options->files, relay->options->file_count);
    if (relay->tick == NULL || relay->leave == NULL || relay->pages == NULL ||
        !tally_init(&relay->sockets_of, BROWSERS_MAX) ||
        !tally_init(&relay->visits_of, BROWSERS_MAX))
        return fail(failure, FAULT_MEMORY, 0, "no memory for the relay");
    return (loop_on_signal(relay->loop, SIGTERM, on_term, relay) &&
            loop_on_signal(relay->loop, SIGINT, on_term, relay) &&
            loop_on_signal(relay->loop, SIGHUP, on_hup, relay)) ||
           fail(failure, FAULT_IO, 0, "cannot watch for signals");
}

static bool build(struct relay *relay, struct failure *failure)
{
    relay->most = places();
    relay->sockets_allowed = SOCKETS_BURST;
    if (!build_loop(relay, failure) || !build_listener(relay, failure) ||
        !build_site(relay, failure))
        return false;
    read_root(relay);
    return true;
}

static void tear_down(struct relay *relay)
{
    stream_listener_close(relay->listener);
    loop_timer_destroy(relay->tick);
    loop_timer_destroy(relay->leave);
    if (relay->loop != NULL)
        loop_destroy(relay->loop);
    tls_context_release(relay->tls);
    tally_fini(&relay->sockets_of);
    tally_fini(&relay->visits_of);
    pages_destroy(relay->pages);
    trust_destroy(relay->trust);
}

/* Where the page is, for whoever started it. */
static void tell_listening(const struct relay *relay, const char *sandbox)
{
    tell(stdout, "page at %s/\n", relay->site.origins[0].text);
    fflush(stdout);
    log_line(LOG_INFO, "web_listening", "page", relay->site.origins[0].text, "sandbox", sandbox,
             NULL);
}

static int report(const struct failure *failure)
{
    tell(stderr, "tefter-web: %s.\n", failure->text);
    return failure->fault == FAULT_USE ? 2 : 1;
}

/* It has nothing to do without its server. False: that is gone already. */
static bool follow_parent(pid_t parent)
{
    return parent == 0 || (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent);
}

int web_run(const struct web_options *options)
{
    static struct relay relay;
    struct failure failure = {.fault = FAULT_NONE};
    relay = (struct relay){.options = options};
    if (!follow_parent(options->parent))
        return 1;
    bool built = build(&relay, &failure);
    if (built) {
        const struct sandbox_options rights = {.files = {options->certificate, options->key},
                                               .local_sockets = true};
        tell_listening(&relay, sandbox_enter(&rights));
        if (relay.tls != NULL)
            look_at_certificate(&relay);
        loop_timer_start(relay.tick, TICK_MS, TICK_MS);
        loop_run(relay.loop);
    }
    tear_down(&relay);
    return built ? 0 : report(&failure);
}
