#include "notice/setup.h"

#include "datadir/keys.h"
#include "net/web_push.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>

enum { HEADERS_MAX = 16, SECRET_MAX = 1024, CONTACT_MAX = 200, SETTING_MAX = 4096 };

bool notice_wanted(const struct settings *settings)
{
    return settings->notify_contact != NULL || settings->notify_url != NULL;
}

/* ---- what could never work ---- */

/* Whatever stands in braces like a fact is one; JSON's braces hold other things. */
static bool check_facts(const char *text, struct failure *failure)
{
    static const char *const facts[] = {"{to}", "{to_digits}", "{text}", "{secret}"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
        size_t size = strspn(at + 1, letters);
        bool known = size == 0 || at[size + 1] != '}';
        for (size_t i = 0; i < sizeof facts / sizeof facts[0] && !known; i++)
            known = strncmp(at, facts[i], strlen(facts[i])) == 0;
        if (!known)
            return fail(failure, FAULT_USE, 0,
                        "there is no %.*s; there are {to}, {to_digits}, {text} and {secret}",
                        (int)(size < 40 ? size + 2 : 40), at);
    }
    return true;
}

static bool check_text(const char *text, struct failure *failure)
{
    if (strlen(text) > SETTING_MAX)
        return fail(failure, FAULT_USE, 0, "it is longer than %d bytes", SETTING_MAX);
    return check_facts(text, failure);
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool check_contact(const struct settings *settings, struct failure *failure)
{
    const char *contact = settings->notify_contact;
    if (contact == NULL)
        return true;
    bool mail = starts(contact, "mailto:") && strchr(contact, '@') != NULL;
    bool clean = strpbrk(contact, " \"\\\t\r\n") == NULL && strlen(contact) <= CONTACT_MAX;
    return (clean && (mail || (starts(contact, "https://") && contact[8] != '\0'))) ||
           fail(failure, FAULT_USE, 0,
                "it is no address that push services could write to: mailto:owner@example.com, or "
                "a page with https://");
}

static bool check_url(const struct settings *settings, struct failure *failure)
{
    const char *url = settings->notify_url;
    if (url == NULL)
        return true;
    const char *host = starts(url, "https://") ? url + 8 : starts(url, "http://") ? url + 7 : "";
    if (*host == '\0' || *host == '/' || *host == '{' || strpbrk(url, " \t\r\n") != NULL)
        return fail(failure, FAULT_USE, 0, "it is no address of the form https://HOST/...");
    return check_text(url, failure);
}

static bool check_method(const struct settings *settings, struct failure *failure)
{
    static const char *const methods[] = {"POST", "PUT", "GET"};
    bool found = false;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        found = found || strcmp(settings->notify_method, methods[i]) == 0;
    if (!found)
        return fail(failure, FAULT_USE, 0, "a gateway is asked with POST, PUT or GET");
    return settings->notify_body == NULL || strcmp(settings->notify_method, "GET") != 0 ||
           fail(failure, FAULT_USE, 0, "a GET has no body: leave notify_body out, or take POST");
}

/* The next of them, without the blanks around it; size 0 at the end. */
static struct slice next_header(const char **at)
{
    const char *begin = *at + strspn(*at, " |");
    size_t size = strcspn(begin, "|");
    *at = begin + size;
    while (size > 0 && begin[size - 1] == ' ')
        size--;
    return slice_of(begin, size);
}

static bool header_good(struct slice header)
{
    const char *text = (const char *)header.data;
    const char *colon = memchr(text, ':', header.size);
    if (colon == NULL || colon == text)
        return false;
    for (size_t i = 0; i < header.size; i++)
        if (header.data[i] < 0x20 || header.data[i] == 0x7f)
            return false;
    size_t name = (size_t)(colon - text);
    return strcspn(text, " ()<>@,;\\\"/[]?={}") >= name;
}

static bool check_headers(const struct settings *settings, struct failure *failure)
{
    const char *at = settings->notify_headers;
    size_t count = 0;
    if (at == NULL)
        return true;
    for (struct slice header; (header = next_header(&at)).size > 0; count++) {
        if (count == HEADERS_MAX)
            return fail(failure, FAULT_USE, 0, "there are more than %d lines", HEADERS_MAX);
        if (!header_good(header))
            return fail(failure, FAULT_USE, 0, "'%.*s' is no line of the form Name: value",
                        (int)(header.size < 60 ? header.size : 60), (const char *)header.data);
    }
    return check_text(settings->notify_headers, failure);
}

static bool check_body(const struct settings *settings, struct failure *failure)
{
    const char *const all[] = {settings->notify_url, settings->notify_headers,
                               settings->notify_body};
    bool to = false, text = false;
    if (settings->notify_body != NULL && !check_text(settings->notify_body, failure))
        return false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        to = to || (all[i] != NULL && strstr(all[i], "{to") != NULL);
        text = text || (all[i] != NULL && strstr(all[i], "{text}") != NULL);
    }
    return settings->notify_url == NULL || (to && text) ||
           fail(failure, FAULT_USE, 0, "%s stands neither in notify_url nor in notify_body",
                to ? "{text}" : "{to}");
}

static bool wants_secret(const struct settings *settings)
{
    const char *const all[] = {settings->notify_url, settings->notify_headers,
                               settings->notify_body};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] != NULL && strstr(all[i], "{secret}") != NULL)
            return true;
    return false;
}

static bool read_secret(const struct settings *settings, char out[SECRET_MAX],
                        struct failure *failure)
{
    struct stat facts;
    size_t size;
    const char *path = settings->notify_secret;
    if (stat(path, &facts) != 0)
        return fail(failure, FAULT_USE, errno, "cannot read %s", path);
    if ((facts.st_mode & 077) != 0)
        return fail(failure, FAULT_USE, 0, "others may read %s: chmod 600 %s", path, path);
    if (!files_read(path, out, SECRET_MAX, &size, failure))
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] != '\0' || fail(failure, FAULT_USE, 0, "%s is empty", path);
}

static bool check_secret(const struct settings *settings, struct failure *failure)
{
    char secret[SECRET_MAX];
    if (settings->notify_secret == NULL)
        return !wants_secret(settings) ||
               fail(failure, FAULT_USE, 0, "{secret} is used, and no file holds it");
    bool good = read_secret(settings, secret, failure);
    secret_wipe(secret, sizeof secret);
    return good;
}

bool notice_check(const struct settings *settings, const char **ret_key, struct failure *failure)
{
    static const struct {
        const char *key;
        bool (*check)(const struct settings *settings, struct failure *failure);
    } checks[] = {
        {"notify_contact", check_contact}, {"notify_url", check_url},
        {"notify_method", check_method},   {"notify_headers", check_headers},
        {"notify_body", check_body},       {"notify_secret", check_secret},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        struct failure why = {.fault = FAULT_NONE};
        if (checks[i].check(settings, &why))
            continue;
        if (ret_key != NULL) {
            *ret_key = checks[i].key;
            return fail(failure, FAULT_USE, 0, "%s", why.text);
        }
        return fail(failure, FAULT_USE, 0, "%s: %s", checks[i].key, why.text);
    }
    return true;
}

/* ---- what it is told ---- */

static char *header_copy(struct slice header, struct arena *arena)
{
    return arena_text(arena, header.data, header.size);
}

static bool put_headers(const struct settings *settings, struct arena *arena,
                        Tefter__NotifierGateway *gateway)
{
    const char *at = settings->notify_headers;
    gateway->headers = arena_take(arena, HEADERS_MAX * sizeof *gateway->headers);
    if (gateway->headers == NULL)
        return false;
    if (at == NULL)
        return true;
    for (struct slice header; (header = next_header(&at)).size > 0;) {
        char *copy = header_copy(header, arena);
        if (copy == NULL)
            return false;
        gateway->headers[gateway->n_headers++] = copy;
    }
    return true;
}

static bool put_gateway(const struct settings *settings, struct arena *arena,
                        Tefter__NotifierSetup *setup, struct failure *failure)
{
    char secret[SECRET_MAX] = "";
    Tefter__NotifierGateway *gateway = arena_take(arena, sizeof *gateway);
    if (gateway == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for notices");
    tefter__notifier_gateway__init(gateway);
    gateway->url = (char *)(uintptr_t)settings->notify_url;
    gateway->method = (char *)(uintptr_t)settings->notify_method;
    gateway->body = (char *)(uintptr_t)settings->notify_body;
    gateway->success = (char *)(uintptr_t)settings->notify_success;
    if (settings->notify_secret != NULL && !read_secret(settings, secret, failure))
        return false;
    gateway->secret = secret[0] != '\0' ? arena_text(arena, secret, strlen(secret)) : NULL;
    secret_wipe(secret, sizeof secret);
    setup->gateway = gateway;
    return put_headers(settings, arena, gateway) ||
           fail(failure, FAULT_MEMORY, 0, "no memory for notices");
}

static bool put_push(const struct settings *settings, const struct datadir *folder,
                     struct arena *arena, Tefter__NotifierSetup *setup, struct failure *failure)
{
    struct push_key key;
    if (!keys_push(folder, &key, failure))
        return false;
    uint8_t *secret = arena_copy(arena, key.secret, PUSH_SECRET_SIZE);
    secret_wipe(&key, sizeof key);
    setup->has_push_secret = secret != NULL;
    setup->push_secret = (ProtobufCBinaryData){PUSH_SECRET_SIZE, secret};
    setup->contact = (char *)(uintptr_t)settings->notify_contact;
    return secret != NULL || fail(failure, FAULT_MEMORY, 0, "no memory for notices");
}

bool notice_setup(const struct settings *settings, const struct datadir *folder,
                  struct arena *arena, Tefter__NotifierSetup **ret_setup, struct failure *failure)
{
    Tefter__NotifierSetup *setup = arena_take(arena, sizeof *setup);
    if (setup == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for notices");
    tefter__notifier_setup__init(setup);
    setup->has_any_address = true;
    setup->any_address = settings->notify_private;
    *ret_setup = setup;
    return notice_check(settings, NULL, failure) &&
           (settings->notify_url == NULL || put_gateway(settings, arena, setup, failure)) &&
           (settings->notify_contact == NULL || folder == NULL ||
            put_push(settings, folder, arena, setup, failure));
}
