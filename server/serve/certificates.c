#include "serve/certificates.h"

#include "base/log.h"
#include "datadir/web_identity.h"

#include <stdlib.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum {
    LOOK_MS = 60 * 1000,
    RENEW_DAYS = CA_SERVER_DAYS / 4, /* so long before its end */
    ALARM_DAYS = 60,                 /* then it should have been renewed */
    ROOT_ALARM_DAYS = 2 * 365,       /* a new root means enrolling every device again */
};

struct days {
    int64_t begins_ms;
    int64_t ends_ms;
};

struct certificates {
    struct certificates_options options;
    struct loop_timer *timer;
    struct days server;
    struct days root;
    struct days page;
    const char *alarm;
    bool page_failed;
    bool renewal_failed; /* and it was told */
};

static struct days days_of(struct slice pem)
{
    struct days days = {0, 0};
    return ca_certificate_days(pem, &days.begins_ms, &days.ends_ms) ? days : (struct days){0, 0};
}

static void note_days(struct certificates *certificates, const struct keys *keys)
{
    certificates->server = days_of(keys->server.certificate);
    certificates->root = days_of(keys->root.certificate);
}

/* ---- reading again ---- */

static bool show(struct certificates *certificates, const struct keys *keys,
                 struct failure *failure)
{
    if (!sessions_reload(certificates->options.sessions, &keys->server, failure))
        return false;
    note_days(certificates, keys);
    return true;
}

static bool reload(struct certificates *certificates, struct failure *failure)
{
    struct keys keys;
    if (!keys_read(certificates->options.folder, &keys, failure))
        return false;
    bool good = show(certificates, &keys, failure);
    keys_fini(&keys);
    return good;
}

/* ---- renewing ---- */

/* It begins a day before it was made, so one that ends later was made by a clock that was ahead. */
static bool renewal_due(const struct days *server, int64_t now_ms)
{
    int64_t left_ms = server->ends_ms - now_ms;
    return now_ms < server->begins_ms || left_ms < RENEW_DAYS * DAY_MS ||
           left_ms > (CA_SERVER_DAYS + 1) * DAY_MS;
}

static bool renew(struct certificates *certificates, int64_t now_ms, struct failure *failure)
{
    struct keys keys;
    if (!keys_read(certificates->options.folder, &keys, failure))
        return false;
    bool good = keys_renew(certificates->options.folder, &keys, now_ms, failure) &&
                reload(certificates, failure);
    keys_fini(&keys);
    return good;
}

static void try_renewal(struct certificates *certificates, int64_t now_ms)
{
    struct failure failure = {.fault = FAULT_NONE};
    bool good = renew(certificates, now_ms, &failure);
    if (good)
        log_line(LOG_NOTICE, "certificate_renewed", NULL);
    else if (!certificates->renewal_failed)
        log_line(LOG_ERROR, "certificate_not_renewed", "reason", failure.text, NULL);
    certificates->renewal_failed = !good;
}

/* ---- the page's ---- */

static void note_page(struct certificates *certificates)
{
    struct days days = {0, 0};
    if (certificates->options.page == NULL ||
        !web_certificate_days(certificates->options.page, &days.begins_ms, &days.ends_ms))
        days = (struct days){0, 0};
    certificates->page = days;
}

/* What shows it to browsers sees that the file is another one. */
static void try_page(struct certificates *certificates, const struct web_identity *identity,
                     int64_t now_ms)
{
    struct failure failure = {.fault = FAULT_NONE};
    bool good = web_root_renew(certificates->options.folder, identity, now_ms, &failure);
    if (good)
        log_line(LOG_NOTICE, "page_certificate_renewed", NULL);
    else if (!certificates->page_failed)
        log_line(LOG_ERROR, "page_certificate_not_renewed", "reason", failure.text, NULL);
    certificates->page_failed = !good;
    note_page(certificates);
}

static void look_at_page(struct certificates *certificates, int64_t now_ms)
{
    struct web_identity identity;
    note_page(certificates);
    if (!certificates->options.page_kept ||
        !web_renewal_due(certificates->page.begins_ms, certificates->page.ends_ms, now_ms) ||
        !web_identity_read(certificates->options.folder, &identity, NULL) ||
        identity.kind != WEB_KIND_ROOT)
        return;
    try_page(certificates, &identity, now_ms);
}

static const char *page_alarm_of(const struct certificates *certificates, int64_t now_ms)
{
    const struct days *page = &certificates->page;
    bool kept = certificates->options.page_kept;
    if (certificates->options.page == NULL || page->ends_ms == 0)
        return NULL;
    if (page->ends_ms <= now_ms)
        return kept ? "the certificate of the page has ended and browsers believe it no more: "
                      "tefterd web-name --renew on the server says why it was not renewed"
                    : "the certificate of the page has ended and browsers believe it no more: "
                      "renew it and send HUP";
    if (!web_renewal_late(page->begins_ms, page->ends_ms, now_ms))
        return NULL;
    return kept ? "the certificate of the page ends soon and was not renewed: tefterd web-name "
                  "--renew on the server says why"
                : "the certificate of the page ends soon: renew it and send HUP";
}

/* ---- warning ---- */

static const char *alarm_of(const struct certificates *certificates, int64_t now_ms)
{
    if (certificates->server.ends_ms < now_ms + ALARM_DAYS * DAY_MS)
        return "the server's certificate ends soon and could not be renewed: the log says why";
    if (certificates->root.ends_ms < now_ms + ROOT_ALARM_DAYS * DAY_MS)
        return "the root certificate ends within two years: plan a new root, with which every "
               "device is enrolled again";
    return page_alarm_of(certificates, now_ms);
}

static void note_alarm(struct certificates *certificates, const char *alarm)
{
    if (alarm != NULL && alarm != certificates->alarm)
        log_line(LOG_WARNING, "certificate_ends", "advice", alarm, NULL);
    certificates->alarm = alarm;
}

static void look(void *context)
{
    struct certificates *certificates = context;
    if (!clock_believed(certificates->options.clock))
        return;
    int64_t now_ms = clock_now_ms(certificates->options.clock);
    if (renewal_due(&certificates->server, now_ms))
        try_renewal(certificates, now_ms);
    look_at_page(certificates, now_ms);
    note_alarm(certificates, alarm_of(certificates, now_ms));
}

void certificates_reload(struct certificates *certificates)
{
    struct failure failure = {.fault = FAULT_NONE};
    if (reload(certificates, &failure))
        log_line(LOG_NOTICE, "certificate_reloaded", NULL);
    else
        log_line(LOG_ERROR, "certificate_not_reloaded", "reason", failure.text, NULL);
    look(certificates);
}

void certificates_facts(const struct certificates *certificates,
                        struct certificates_facts *ret_facts)
{
    *ret_facts = (struct certificates_facts){.server_ends_ms = certificates->server.ends_ms,
                                             .root_ends_ms = certificates->root.ends_ms,
                                             .page_ends_ms = certificates->page.ends_ms,
                                             .alarm = certificates->alarm};
}

/* ---- life ---- */

struct certificates *certificates_create(const struct certificates_options *options,
                                         const struct keys *keys, struct failure *failure)
{
    struct certificates *certificates = calloc(1, sizeof *certificates);
    if (certificates) {
        certificates->options = *options;
        certificates->timer = loop_timer_create(options->loop, look, certificates);
    }
    if (!certificates || !certificates->timer) {
        fail(failure, FAULT_MEMORY, 0, "no memory for looking at certificates");
        certificates_destroy(certificates);
        return NULL;
    }
    note_days(certificates, keys);
    note_page(certificates);
    look(certificates);
    loop_timer_start(certificates->timer, LOOK_MS, LOOK_MS);
    return certificates;
}

void certificates_destroy(struct certificates *certificates)
{
    if (!certificates)
        return;
    loop_timer_destroy(certificates->timer);
    free(certificates);
}
