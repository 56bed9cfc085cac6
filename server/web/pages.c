#include "web/pages.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ETAG_DIGITS = 32, ETAG_MAX = ETAG_DIGITS + 8, DATE_MAX = 40 };

struct page {
    const char *path;
    struct slice plain;
    struct slice gzip;
    struct slice brotli;
    char etag[ETAG_DIGITS + 1];
    bool lasting; /* its name changes with what it holds */
};

struct pages {
    size_t count;
    struct page list[];
};

/* What a page of ours may do: run and show what comes from here, and nothing else. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "font-src 'self'; connect-src 'self' %s%s; manifest-src 'self'; worker-src 'self'; "           \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define HABITS                                                                                     \
    "X-Content-Type-Options: nosniff\r\n"                                                          \
    "Referrer-Policy: no-referrer\r\n"                                                             \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"

/* ---- files ---- */

/* "/vazirmatn-3FQ7ZK2A.woff2": esbuild's eight characters before the ending. */
static bool name_lasts(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot == NULL || dot - path < 10 || dot[-9] != '-')
        return false;
    return strspn(dot - 8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 8;
}

static struct slice between(const uint8_t *begin, const uint8_t *end)
{
    return slice_of(begin, begin == NULL ? 0 : (size_t)(end - begin));
}

struct pages *pages_create(const struct web_file *files, size_t count)
{
    struct pages *pages = calloc(1, sizeof *pages + count * sizeof pages->list[0]);
    if (pages == NULL)
        return NULL;
    pages->count = count;
    for (size_t i = 0; i < count; i++) {
        struct hash hash;
        char text[HASH_TEXT_SIZE];
        struct page *page = &pages->list[i];
        page->path = files[i].path;
        page->plain = between(files[i].plain, files[i].plain_end);
        page->gzip = between(files[i].gzip, files[i].gzip_end);
        page->brotli = between(files[i].brotli, files[i].brotli_end);
        page->lasting = name_lasts(files[i].path);
        hash_of(page->plain.data, page->plain.size, &hash);
        hash_text(&hash, text);
        snprintf(page->etag, sizeof page->etag, "%.*s", ETAG_DIGITS, text);
    }
    return pages;
}

void pages_destroy(struct pages *pages)
{
    free(pages);
}

static const struct page *page_find(const struct pages *pages, struct slice path)
{
    if (slice_equal(path, slice_text("/")))
        path = slice_text("/index.html");
    for (size_t i = 0; i < pages->count; i++)
        if (slice_equal(path, slice_text(pages->list[i].path)))
            return &pages->list[i];
    return NULL;
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/vnd.microsoft.icon"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

/* ---- answers ---- */

__attribute__((format(printf, 2, 3))) static void put(struct answer *answer, const char *format,
                                                      ...)
{
    va_list arguments;
    size_t room = sizeof answer->head - answer->size;
    va_start(arguments, format);
    int size = vsnprintf(answer->head + answer->size, room, format, arguments);
    va_end(arguments);
    need(size >= 0 && (size_t)size < room);
    answer->size += (size_t)size;
}

static void begin(struct answer *answer, enum http_status status)
{
    char date[DATE_MAX];
    struct tm parts;
    time_t now = time(NULL);
    answer->size = 0;
    answer->body = slice_of("", 0);
    gmtime_r(&now, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    put(answer, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, http_status_words(status), date);
}

/* A month: with it no browser lets anybody pass over a warning, and no longer than needed. */
#define STRICT "Strict-Transport-Security: max-age=2592000\r\n"

static void put_policy(struct answer *answer, const struct site_origin *origin)
{
    put(answer, HABITS "%s", origin->lasting ? STRICT : "");
    put(answer, "Content-Security-Policy: " POLICY "\r\n", origin->secure ? "wss://" : "ws://",
        site_host(origin));
    put(answer, "Permissions-Policy: camera=(self), microphone=(), geolocation=(), payment=(), "
                "usb=(), serial=(), display-capture=()\r\n");
}

/* Which of its forms the browser takes. */
static const char *choose_form(const struct page *page, const struct http_head *head,
                               struct slice *ret_body)
{
    if (page->brotli.size > 0 && http_header_lists(head, "Accept-Encoding", "br")) {
        *ret_body = page->brotli;
        return "br";
    }
    if (page->gzip.size > 0 && http_header_lists(head, "Accept-Encoding", "gzip")) {
        *ret_body = page->gzip;
        return "gzip";
    }
    *ret_body = page->plain;
    return "";
}

/* If-None-Match compares weakly: W/ before it says nothing to us. */
static bool has_it(const struct http_head *head, const char *etag)
{
    char weak[ETAG_MAX + 4];
    snprintf(weak, sizeof weak, "W/%s", etag);
    return http_header_lists(head, "If-None-Match", etag) ||
           http_header_lists(head, "If-None-Match", weak) ||
           http_header_lists(head, "If-None-Match", "*");
}

static void answer_page(const struct page *page, const struct site_origin *origin,
                        const struct http_head *head, bool ends, struct answer *answer)
{
    struct slice body;
    char etag[ETAG_MAX];
    const char *form = choose_form(page, head, &body);
    snprintf(etag, sizeof etag, "\"%s%s%s\"", page->etag, *form ? "-" : "", form);
    bool known = has_it(head, etag);
    begin(answer, known ? HTTP_NOT_MODIFIED : HTTP_OK);
    put(answer, "ETag: %s\r\nVary: Accept-Encoding\r\nCache-Control: %s\r\n", etag,
        page->lasting ? "public, max-age=31536000, immutable" : "no-cache");
    if (!known) {
        put(answer, "Content-Type: %s\r\nContent-Length: %zu\r\n", type_of(page->path), body.size);
        if (*form)
            put(answer, "Content-Encoding: %s\r\n", form);
    }
    put_policy(answer, origin);
    put(answer, "%s\r\n", ends ? "Connection: close\r\n" : "");
    if (!known && !head->head_only)
        answer->body = body;
}

void pages_answer_made(const struct made_page *made, const struct site_origin *origin,
                       const struct http_head *head, bool ends, struct answer *ret_answer)
{
    need(made->body.size <= MADE_PAGE_MAX);
    begin(ret_answer, made->status);
    put(ret_answer,
        "Cache-Control: no-cache\r\nVary: Accept-Language\r\nContent-Type: %s\r\n"
        "Content-Length: %zu\r\n",
        made->type, made->body.size);
    if (made->name != NULL)
        put(ret_answer, "Content-Disposition: attachment; filename=\"%s\"\r\n", made->name);
    put_policy(ret_answer, origin);
    put(ret_answer, "%s\r\n", ends ? "Connection: close\r\n" : "");
    if (!head->head_only)
        ret_answer->body = made->body;
}

void pages_answer(const struct pages *pages, const struct site_origin *origin,
                  const struct http_head *head, bool ends, struct answer *ret_answer)
{
    const struct page *page = page_find(pages, head->path);
    if (page != NULL) {
        answer_page(page, origin, head, ends, ret_answer);
        return;
    }
    begin(ret_answer, HTTP_NOT_FOUND);
    put_policy(ret_answer, origin);
    put(ret_answer, "Content-Length: 0\r\n%s\r\n", ends ? "Connection: close\r\n" : "");
}

void pages_refuse(enum http_status status, struct answer *ret_answer)
{
    begin(ret_answer, status);
    if (status == HTTP_BAD_METHOD)
        put(ret_answer, "Allow: GET, HEAD\r\n");
    if (status == HTTP_UPGRADE)
        put(ret_answer, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    if (status == HTTP_UNAVAILABLE || status == HTTP_TOO_MANY)
        put(ret_answer, "Retry-After: 1\r\n");
    put(ret_answer, HABITS "Cache-Control: no-store\r\nContent-Length: 0\r\n"
                           "Connection: close\r\n\r\n");
}

void pages_switch(const char *accept, struct answer *ret_answer)
{
    begin(ret_answer, HTTP_SWITCHING);
    put(ret_answer,
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
        "Sec-WebSocket-Protocol: " SITE_SUBPROTOCOL "\r\n\r\n",
        accept);
}
