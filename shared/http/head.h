#pragma once
/*
 * The head of an HTTP/1.1 request, of the kind a browser sends for a page or a WebSocket: GET and
 * HEAD without a body, and nothing else. A pure function over bytes.
 *
 * What two readers could understand in two ways is refused and never mended: a line that goes on in
 * the next, a line that ends in LF alone, a blank before the colon, a second Host, a length that is
 * not 0, any Transfer-Encoding, a target that is not a path. After a refusal the connection must
 * end: where the next request begins is not known any more.
 */
#include "base/bytes.h"

#include <stdbool.h>

enum {
    HTTP_HEAD_MAX = 8 * 1024,
    HTTP_HEADERS_MAX = 64,
    HTTP_TARGET_MAX = 1024,
};

/* What is answered; of a head that is not whole yet: HTTP_MORE. */
enum http_status {
    HTTP_MORE = 0,
    HTTP_SWITCHING = 101,
    HTTP_OK = 200,
    HTTP_NOT_MODIFIED = 304,
    HTTP_BAD_REQUEST = 400,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_BAD_METHOD = 405,
    HTTP_TOO_SLOW = 408,
    HTTP_TOO_BIG = 413,
    HTTP_TARGET_TOO_LONG = 414,
    HTTP_EXPECTATION = 417,
    HTTP_MISDIRECTED = 421,
    HTTP_UPGRADE = 426,
    HTTP_TOO_MANY = 429,
    HTTP_HEAD_TOO_BIG = 431,
    HTTP_UNAVAILABLE = 503,
    HTTP_BAD_VERSION = 505,
};
/* "Not Found" */
const char *http_status_words(enum http_status status);

struct http_header {
    struct slice name;  /* as it came: compare by http_header_is */
    struct slice value; /* without the blanks around it */
};

/* Points into the bytes it was read from. */
struct http_head {
    bool head_only;     /* HEAD */
    struct slice path;  /* "/app.js", not decoded */
    struct slice query; /* behind the question mark */
    struct slice host;
    size_t count;
    struct http_header headers[HTTP_HEADERS_MAX];
};

/* HTTP_OK: it is whole, in the first *ret_size bytes. HTTP_MORE: so far it is good. Any other: it
 * is refused with that, as soon as that is certain. */
enum http_status http_head_read(struct slice bytes, struct http_head *ret_head, size_t *ret_size);

/* The one header of this name; false: there is none, or more than one. */
bool http_header_one(const struct http_head *head, const char *name, struct slice *ret_value);
/* Is there one at all? */
bool http_header_any(const struct http_head *head, const char *name);
/* Is this one of the words between commas in the headers of this name? Whatever their case. */
bool http_header_lists(const struct http_head *head, const char *name, const char *word);
