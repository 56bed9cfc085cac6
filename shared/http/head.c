#include "http/head.h"

/* ---- words ---- */

const char *http_status_words(enum http_status status)
{
    switch (status) {
    case HTTP_MORE:
        return "Continue";
    case HTTP_SWITCHING:
        return "Switching Protocols";
    case HTTP_OK:
        return "OK";
    case HTTP_NOT_MODIFIED:
        return "Not Modified";
    case HTTP_BAD_REQUEST:
        return "Bad Request";
    case HTTP_FORBIDDEN:
        return "Forbidden";
    case HTTP_NOT_FOUND:
        return "Not Found";
    case HTTP_BAD_METHOD:
        return "Method Not Allowed";
    case HTTP_TOO_SLOW:
        return "Request Timeout";
    case HTTP_TOO_BIG:
        return "Content Too Large";
    case HTTP_TARGET_TOO_LONG:
        return "URI Too Long";
    case HTTP_EXPECTATION:
        return "Expectation Failed";
    case HTTP_MISDIRECTED:
        return "Misdirected Request";
    case HTTP_UPGRADE:
        return "Upgrade Required";
    case HTTP_TOO_MANY:
        return "Too Many Requests";
    case HTTP_HEAD_TOO_BIG:
        return "Request Header Fields Too Large";
    case HTTP_UNAVAILABLE:
        return "Service Unavailable";
    case HTTP_BAD_VERSION:
        return "HTTP Version Not Supported";
    }
    return "";
}

/* ---- characters ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_digit_or_letter(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Of a name or a method. */
static bool is_token(uint8_t c)
{
    return is_digit_or_letter(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool same(struct slice a, struct slice b)
{
    for (size_t i = 0; a.size == b.size && i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return a.size == b.size;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct slice trimmed(struct slice text)
{
    while (text.size > 0 && is_blank(text.data[0]))
        text = slice_of(text.data + 1, text.size - 1);
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* ---- lines ---- */

/* The next line without its CRLF. HTTP_OK, HTTP_MORE, or what is wrong with it. */
static enum http_status line_next(struct slice *rest, struct slice *ret_line)
{
    for (size_t i = 0; i < rest->size; i++) {
        uint8_t c = rest->data[i];
        *ret_line = slice_of(rest->data, i);
        if (c == '\r' && i + 1 == rest->size)
            return HTTP_MORE;
        if (c == '\r' && rest->data[i + 1] == '\n') {
            *rest = slice_of(rest->data + i + 2, rest->size - i - 2);
            return HTTP_OK;
        }
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return HTTP_BAD_REQUEST;
    }
    *ret_line = *rest;
    return HTTP_MORE;
}

/* Takes what stands before the first `end`; false: there is none. */
static bool take_until(struct slice *rest, uint8_t end, struct slice *ret_taken)
{
    const uint8_t *at = rest->size > 0 ? memchr(rest->data, end, rest->size) : NULL;
    if (at == NULL)
        return false;
    size_t size = (size_t)(at - rest->data);
    *ret_taken = slice_of(rest->data, size);
    *rest = slice_of(at + 1, rest->size - size - 1);
    return true;
}

static enum http_status read_method(struct slice method, struct http_head *head)
{
    for (size_t i = 0; i < method.size; i++)
        if (!is_token(method.data[i]))
            return HTTP_BAD_REQUEST;
    head->head_only = slice_equal(method, slice_text("HEAD"));
    if (head->head_only || slice_equal(method, slice_text("GET")))
        return HTTP_OK;
    return method.size > 0 ? HTTP_BAD_METHOD : HTTP_BAD_REQUEST;
}

/* A path and nothing else: no scheme and host before it, no fragment. */
static enum http_status read_target(struct slice target, struct http_head *head)
{
    if (target.size > HTTP_TARGET_MAX)
        return HTTP_TARGET_TOO_LONG;
    if (target.size == 0 || target.data[0] != '/')
        return HTTP_BAD_REQUEST;
    for (size_t i = 0; i < target.size; i++)
        if (target.data[i] <= ' ' || target.data[i] >= 0x7f || target.data[i] == '#')
            return HTTP_BAD_REQUEST;
    head->query = target;
    if (take_until(&head->query, '?', &head->path))
        return HTTP_OK;
    head->path = target;
    head->query = slice_of(target.data, 0);
    return HTTP_OK;
}

/* "HTTP/2.0" */
static bool is_version(struct slice text)
{
    return text.size == 8 && slice_starts(text, slice_text("HTTP/")) && is_digit(text.data[5]) &&
           text.data[6] == '.' && is_digit(text.data[7]);
}

static enum http_status read_first(struct slice line, struct http_head *head)
{
    struct slice method, target;
    if (!take_until(&line, ' ', &method))
        return HTTP_BAD_REQUEST;
    enum http_status status = read_method(method, head);
    if (status != HTTP_OK)
        return status;
    if (!take_until(&line, ' ', &target))
        return HTTP_BAD_REQUEST;
    status = read_target(target, head);
    if (status != HTTP_OK)
        return status;
    if (slice_equal(line, slice_text("HTTP/1.1")))
        return HTTP_OK;
    return is_version(line) ? HTTP_BAD_VERSION : HTTP_BAD_REQUEST;
}

/* A first line that will not become good is not waited for. */
static enum http_status judge_first(struct slice part)
{
    struct http_head head;
    struct slice method;
    if (part.size > HTTP_TARGET_MAX + sizeof "HEAD  HTTP/1.1")
        return HTTP_TARGET_TOO_LONG;
    if (take_until(&part, ' ', &method)) {
        enum http_status status = read_method(method, &head);
        return status == HTTP_OK ? HTTP_MORE : status;
    }
    for (size_t i = 0; i < part.size; i++)
        if (!is_token(part.data[i]))
            return HTTP_BAD_REQUEST;
    return part.size <= HTTP_HEADERS_MAX ? HTTP_MORE : HTTP_BAD_REQUEST;
}

static enum http_status read_header(struct slice line, struct http_head *head)
{
    struct slice name;
    if (head->count == HTTP_HEADERS_MAX)
        return HTTP_HEAD_TOO_BIG;
    if (!take_until(&line, ':', &name) || name.size == 0)
        return HTTP_BAD_REQUEST;
    for (size_t i = 0; i < name.size; i++) /* a blank among them too: the line before goes on, */
        if (!is_token(name.data[i]))       /* or "Content-Length :" */
            return HTTP_BAD_REQUEST;
    head->headers[head->count++] = (struct http_header){name, trimmed(line)};
    return HTTP_OK;
}

/* ---- the whole ---- */

static size_t count_of(const struct http_head *head, const char *name, struct slice *ret_value)
{
    size_t count = 0;
    *ret_value = slice_of("", 0);
    for (size_t i = 0; i < head->count; i++) {
        if (!same(head->headers[i].name, slice_text(name)))
            continue;
        *ret_value = head->headers[i].value;
        count++;
    }
    return count;
}

/* Of a name and a port, or an address and a port; which is right is another's to say. */
static bool host_good(struct slice host)
{
    for (size_t i = 0; i < host.size; i++) {
        uint8_t c = host.data[i];
        if (!is_digit_or_letter(c) && (c == '\0' || strchr(".-_:[]", c) == NULL))
            return false;
    }
    return host.size > 0;
}

static enum http_status judge(struct http_head *head)
{
    struct slice value;
    if (count_of(head, "Host", &head->host) != 1 || !host_good(head->host))
        return HTTP_BAD_REQUEST;
    if (http_header_any(head, "Transfer-Encoding"))
        return HTTP_BAD_REQUEST;
    if (http_header_any(head, "Expect"))
        return HTTP_EXPECTATION;
    size_t lengths = count_of(head, "Content-Length", &value);
    if (lengths > 1)
        return HTTP_BAD_REQUEST;
    return lengths == 0 || slice_equal(value, slice_text("0")) ? HTTP_OK : HTTP_TOO_BIG;
}

static enum http_status read_lines(struct slice bytes, struct http_head *head, size_t *ret_size)
{
    struct slice rest = bytes, line;
    enum http_status status = line_next(&rest, &line);
    if (status != HTTP_OK)
        return status == HTTP_MORE ? judge_first(line) : status;
    status = read_first(line, head);
    while (status == HTTP_OK) {
        status = line_next(&rest, &line);
        if (status == HTTP_OK && line.size == 0) {
            *ret_size = bytes.size - rest.size;
            return *ret_size > HTTP_HEAD_MAX ? HTTP_HEAD_TOO_BIG : judge(head);
        }
        if (status == HTTP_OK)
            status = read_header(line, head);
    }
    return status;
}

enum http_status http_head_read(struct slice bytes, struct http_head *ret_head, size_t *ret_size)
{
    *ret_size = 0;
    ret_head->count = 0;
    enum http_status status = read_lines(bytes, ret_head, ret_size);
    return status == HTTP_MORE && bytes.size >= HTTP_HEAD_MAX ? HTTP_HEAD_TOO_BIG : status;
}

/* ---- asking ---- */

bool http_header_one(const struct http_head *head, const char *name, struct slice *ret_value)
{
    return count_of(head, name, ret_value) == 1;
}

bool http_header_any(const struct http_head *head, const char *name)
{
    struct slice value;
    return count_of(head, name, &value) > 0;
}

static bool lists(struct slice value, const char *word)
{
    struct slice part;
    while (take_until(&value, ',', &part))
        if (same(trimmed(part), slice_text(word)))
            return true;
    return same(trimmed(value), slice_text(word));
}

bool http_header_lists(const struct http_head *head, const char *name, const char *word)
{
    for (size_t i = 0; i < head->count; i++)
        if (same(head->headers[i].name, slice_text(name)) && lists(head->headers[i].value, word))
            return true;
    return false;
}
