#include "http/site.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- addresses ---- */

/* The host of "host:port", brackets and all. */
static struct slice host_of(struct slice address)
{
    size_t size = address.size;
    while (size > 0 && address.data[size - 1] != ':' && address.data[size - 1] != ']')
        size--;
    if (size > 0 && address.data[size - 1] == ':')
        return slice_of(address.data, size - 1);
    return address;
}

/* 127.1.2.3, and no name that begins like it. */
static bool is_127(struct slice host)
{
    size_t dots = 0;
    for (size_t i = 0; i < host.size; i++) {
        if (host.data[i] == '.')
            dots++;
        else if (host.data[i] < '0' || host.data[i] > '9')
            return false;
    }
    return dots == 3 && slice_starts(host, slice_text("127."));
}

static bool is_local(struct slice host)
{
    return is_127(host) || slice_equal(host, slice_text("localhost")) ||
           slice_equal(host, slice_text("[::1]"));
}

bool site_address_local(const char *address)
{
    return is_local(host_of(slice_text(address)));
}

uint16_t site_port(const char *address)
{
    const char *colon = strrchr(address, ':');
    long port = colon == NULL ? 0 : strtol(colon + 1, NULL, 10);
    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* ---- origins ---- */

static bool name_good(struct slice host)
{
    bool brackets = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    for (size_t i = brackets; i + brackets < host.size; i++) {
        uint8_t c = host.data[i];
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        bool letter = (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
        if (!digit && !(brackets ? c == ':' || c == '.' : letter))
            return false;
    }
    return host.size > 0;
}

static bool port_good(struct slice port)
{
    char digits[8] = "";
    if (port.size == 0 || port.size > 5 || port.data[0] == '0')
        return false;
    memcpy(digits, port.data, port.size);
    return strspn(digits, "0123456789") == port.size && strtol(digits, NULL, 10) <= UINT16_MAX;
}

static bool bad_origin(struct slice text, struct failure *failure)
{
    return fail(failure, FAULT_USE, 0,
                "'%.*s' is no origin of a page: write https://NAME or https://NAME:PORT, without a "
                "path",
                (int)text.size, (const char *)text.data);
}

/* Small letters; the port that is usual is left out. */
static void origin_write(struct site_origin *origin, struct slice host, struct slice port)
{
    bool usual = slice_equal(port, slice_text(origin->secure ? "443" : "80"));
    const char *scheme = origin->secure ? "https://" : "http://";
    bool shown = port.size > 0 && !usual;
    snprintf(origin->text, sizeof origin->text, "%s%.*s%s%.*s", scheme, (int)host.size,
             (const char *)host.data, shown ? ":" : "", shown ? (int)port.size : 0,
             (const char *)port.data);
}

static bool origin_read(struct slice text, struct site_origin *ret_origin, struct failure *failure)
{
    char small[SITE_ORIGIN_MAX];
    size_t scheme = 0;
    if (text.size >= sizeof small)
        return bad_origin(text, failure);
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        small[i] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
    }
    small[text.size] = '\0';
    ret_origin->secure = strncmp(small, "https://", 8) == 0;
    scheme = ret_origin->secure ? 8 : strncmp(small, "http://", 7) == 0 ? 7 : 0;
    struct slice rest = slice_text(small + scheme);
    struct slice host = host_of(rest);
    struct slice port = slice_of(rest.data + host.size, rest.size - host.size);
    if (port.size > 0)
        port = slice_of(port.data + 1, port.size - 1);
    bool has_port = rest.size > host.size;
    if (scheme == 0 || !name_good(host) || (has_port && !port_good(port)))
        return bad_origin(text, failure);
    if (!ret_origin->secure && !is_local(host))
        return fail(failure, FAULT_USE, 0,
                    "%s cannot be an origin: over http:// browsers make a device's key only on the "
                    "machine itself; it needs https:// and a certificate",
                    small);
    origin_write(ret_origin, host, port);
    return true;
}

static bool add(struct site *site, struct slice text, struct failure *failure)
{
    struct site_origin *origin = &site->origins[site->count];
    if (site->count == SITE_ORIGINS_MAX)
        return fail(failure, FAULT_USE, 0, "a page has at most %d origins", SITE_ORIGINS_MAX);
    if (!origin_read(text, origin, failure))
        return false;
    if (site_has(site, slice_text(origin->text)))
        return true;
    site->count++;
    return true;
}

const char *site_host(const struct site_origin *origin)
{
    return strstr(origin->text, "//") + 2;
}

bool site_add(struct site *site, const char *origins, struct failure *failure)
{
    for (const char *at = origins + strspn(origins, ", "); *at != '\0'; at += strspn(at, ", ")) {
        size_t size = strcspn(at, ", ");
        if (!add(site, slice_of(at, size), failure))
            return false;
        at += size;
    }
    return true;
}

static bool add_usual(struct site *site, const char *scheme, struct slice host, uint16_t port,
                      struct failure *failure)
{
    char text[SITE_ORIGIN_MAX];
    snprintf(text, sizeof text, "%s://%.*s:%u", scheme, (int)host.size, (const char *)host.data,
             (unsigned)port);
    return site_add(site, text, failure);
}

static bool is_everywhere(struct slice host)
{
    return host.size == 0 || slice_equal(host, slice_text("0.0.0.0")) ||
           slice_equal(host, slice_text("[::]"));
}

bool site_add_usual(struct site *site, const char *address, uint16_t port, bool secure,
                    struct failure *failure)
{
    struct slice host = host_of(slice_text(address));
    const char *scheme = secure ? "https" : "http";
    if (is_everywhere(host))
        return fail(failure, FAULT_USE, 0,
                    "by which name do browsers reach %s? Say it: --web-origin https://NAME:PORT",
                    address);
    if (!add_usual(site, scheme, host, port, failure))
        return false;
    if (!is_local(host))
        return true;
    return add_usual(site, scheme, slice_text("127.0.0.1"), port, failure) &&
           add_usual(site, scheme, slice_text("localhost"), port, failure);
}

bool site_check(const char *address, bool secure, bool named, struct failure *failure)
{
    struct site site = {.count = 0};
    if (!secure && !site_address_local(address))
        return fail(failure, FAULT_USE, 0,
                    "without a certificate the page may be served on this machine alone, not on "
                    "%s: have one made (tefterd web-name, tefterd web-root), give --web-cert and "
                    "--web-key, or listen on 127.0.0.1 behind a proxy that speaks TLS",
                    address);
    return named || site_add_usual(&site, address, 1, secure, failure);
}

/* ---- requests ---- */

static bool same_host(const struct site_origin *origin, struct slice host)
{
    size_t size = strlen(site_host(origin));
    struct slice usual = slice_text(origin->secure ? ":443" : ":80");
    for (size_t i = 0; i < host.size && i < size; i++) {
        uint8_t c = host.data[i];
        c = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
        if (c != (uint8_t)site_host(origin)[i])
            return false;
    }
    if (host.size <= size)
        return host.size == size;
    /* it may name the port that is usual */
    return slice_equal(slice_of(host.data + size, host.size - size), usual) &&
           host_of(slice_text(site_host(origin))).size == size;
}

const struct site_origin *site_of_host(const struct site *site, struct slice host)
{
    for (size_t i = 0; i < site->count; i++)
        if (same_host(&site->origins[i], host))
            return &site->origins[i];
    return NULL;
}

bool site_has(const struct site *site, struct slice origin)
{
    for (size_t i = 0; i < site->count; i++)
        if (slice_equal(slice_text(site->origins[i].text), origin))
            return true;
    return false;
}

/* ---- WebSocket ---- */

bool site_upgrade_asked(const struct http_head *head)
{
    return http_header_lists(head, "Upgrade", "websocket") ||
           http_header_any(head, "Sec-WebSocket-Key") ||
           http_header_any(head, "Sec-WebSocket-Version");
}

static bool is_base64(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '/';
}

/* Sixteen bytes: 22 characters, the last of which holds two bits, and two of padding. */
static bool key_good(struct slice key)
{
    if (key.size != SITE_KEY_SIZE || key.data[22] != '=' || key.data[23] != '=')
        return false;
    for (size_t i = 0; i < 22; i++)
        if (!is_base64(key.data[i]))
            return false;
    return strchr("AQgw", key.data[21]) != NULL;
}

static bool is_one(const struct http_head *head, const char *name, const char *value)
{
    struct slice found;
    return http_header_one(head, name, &found) && slice_equal(found, slice_text(value));
}

enum http_status site_upgrade(const struct site *site, const struct http_head *head,
                              struct slice *ret_key)
{
    struct slice origin;
    if (head->head_only || !http_header_lists(head, "Connection", "upgrade") ||
        !http_header_lists(head, "Upgrade", "websocket"))
        return HTTP_BAD_REQUEST;
    if (!is_one(head, "Sec-WebSocket-Version", "13"))
        return HTTP_UPGRADE;
    if (!http_header_one(head, "Sec-WebSocket-Key", ret_key) || !key_good(*ret_key))
        return HTTP_BAD_REQUEST;
    if (!http_header_one(head, "Origin", &origin) || !site_has(site, origin))
        return HTTP_FORBIDDEN;
    return http_header_lists(head, "Sec-WebSocket-Protocol", SITE_SUBPROTOCOL) ? HTTP_SWITCHING
                                                                               : HTTP_BAD_REQUEST;
}
