/*
 * Heads of requests, good and hostile: each row is a whole request and what it comes to, read in
 * one piece and byte by byte.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/head.h"

#define HOST "Host: shop.example\r\n"
#define GET "GET / HTTP/1.1\r\n"

static const struct row {
    const char *what;
    const char *bytes;
    enum http_status status;
} rows[] = {
    {"a page", GET HOST "\r\n", HTTP_OK},
    {"its head", "HEAD /a/b.js?v=1&w=2 HTTP/1.1\r\n" HOST "\r\n", HTTP_OK},
    {"names in any case", GET "hOsT:shop.example\r\n\r\n", HTTP_OK},
    {"blanks around a value", GET "Host: \t shop.example \t\r\n\r\n", HTTP_OK},
    {"an empty value", GET HOST "X-A:\r\n\r\n", HTTP_OK},
    {"letters beyond ASCII in a value", GET HOST "X-A: \xc3\xa9\r\n\r\n", HTTP_OK},
    {"a length of nothing", GET HOST "Content-Length: 0\r\n\r\n", HTTP_OK},
    {"an address with a port", GET "Host: [::1]:8080\r\n\r\n", HTTP_OK},
    {"the next request behind it", GET HOST "\r\n" GET HOST "\r\n", HTTP_OK},
    {"not whole yet", GET HOST "\r", HTTP_MORE},
    {"not whole in its first line", "GET /ap", HTTP_MORE},
    {"nothing yet", "", HTTP_MORE},

    {"a method with a body", "POST / HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_METHOD},
    {"another method", "CONNECT shop.example:443 HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_METHOD},
    {"another method, as soon as it is said", "OPTIONS ", HTTP_BAD_METHOD},
    {"a method in small letters", "get / HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_METHOD},
    {"HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_BAD_METHOD},
    {"a ClientHello of TLS", "\x16\x03\x01\x02", HTTP_BAD_REQUEST},
    {"a frame", "\x82\x05hello", HTTP_BAD_REQUEST},
    {"no method", " / HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a line before the first", "\r\n" GET HOST "\r\n", HTTP_BAD_REQUEST},
    {"two blanks in the first line", "GET  / HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a blank behind the version", "GET / HTTP/1.1 \r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a tab in the first line", "GET\t/ HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"no version", "GET /\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"HTTP/1.0", "GET / HTTP/1.0\r\n" HOST "\r\n", HTTP_BAD_VERSION},
    {"HTTP/1.10", "GET / HTTP/1.10\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"HTTP/2", "GET / HTTP/2.0\r\n" HOST "\r\n", HTTP_BAD_VERSION},
    {"another protocol", "GET / ICE/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a whole address", "GET http://shop.example/ HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a star", "GET * HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a fragment", "GET /#enrol=1 HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"bytes that are no path", "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a NUL in the path is the line's end", "GET /\x01 HTTP/1.1\r\n" HOST "\r\n", HTTP_BAD_REQUEST},

    {"a line that ends in LF alone", "GET / HTTP/1.1\n" HOST "\r\n", HTTP_BAD_REQUEST},
    {"a header that does", GET "Host: shop.example\n\r\n", HTTP_BAD_REQUEST},
    {"the end that does", GET HOST "\n", HTTP_BAD_REQUEST},
    {"a CR alone", GET "Host: shop.example\rX: 1\r\n\r\n", HTTP_BAD_REQUEST},
    {"two CR", GET "Host: shop.example\r\r\n\r\n", HTTP_BAD_REQUEST},
    {"a control character", GET HOST "X-A: a\x0b\r\n\r\n", HTTP_BAD_REQUEST},
    {"DEL", GET HOST "X-A: a\x7f\r\n\r\n", HTTP_BAD_REQUEST},
    {"a line that goes on", GET HOST "X-A: a\r\n b\r\n\r\n", HTTP_BAD_REQUEST},
    {"a line that goes on by a tab", GET HOST "X-A: a\r\n\tb\r\n\r\n", HTTP_BAD_REQUEST},
    {"the first header goes on from nothing", GET " " HOST "\r\n", HTTP_BAD_REQUEST},
    {"a blank before the colon", GET HOST "Content-Length : 0\r\n\r\n", HTTP_BAD_REQUEST},
    {"a tab before the colon", GET HOST "Content-Length\t: 5\r\n\r\n", HTTP_BAD_REQUEST},
    {"no colon", GET HOST "X-A\r\n\r\n", HTTP_BAD_REQUEST},
    {"no name", GET HOST ": 1\r\n\r\n", HTTP_BAD_REQUEST},
    {"a name that is none", GET HOST "X(A): 1\r\n\r\n", HTTP_BAD_REQUEST},

    {"no host", GET "\r\n", HTTP_BAD_REQUEST},
    {"an empty host", GET "Host:\r\n\r\n", HTTP_BAD_REQUEST},
    {"two hosts", GET HOST HOST "\r\n", HTTP_BAD_REQUEST},
    {"two hosts, one of them in small letters", GET HOST "host: evil.example\r\n\r\n",
     HTTP_BAD_REQUEST},
    {"a host with a path", GET "Host: shop.example/x\r\n\r\n", HTTP_BAD_REQUEST},
    {"a host with a user", GET "Host: a@shop.example\r\n\r\n", HTTP_BAD_REQUEST},
    {"hosts in a list", GET "Host: shop.example, evil.example\r\n\r\n", HTTP_BAD_REQUEST},

    {"a body", GET HOST "Content-Length: 5\r\n\r\nhello", HTTP_TOO_BIG},
    {"a length with a sign", GET HOST "Content-Length: +0\r\n\r\n", HTTP_TOO_BIG},
    {"a length of two noughts", GET HOST "Content-Length: 00\r\n\r\n", HTTP_TOO_BIG},
    {"lengths in a list", GET HOST "Content-Length: 0, 0\r\n\r\n", HTTP_TOO_BIG},
    {"an empty length", GET HOST "Content-Length:\r\n\r\n", HTTP_TOO_BIG},
    {"two lengths", GET HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", HTTP_BAD_REQUEST},
    {"chunks", GET HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HTTP_BAD_REQUEST},
    {"chunks by another name", GET HOST "transfer-encoding: identity\r\n\r\n", HTTP_BAD_REQUEST},
    {"both", GET HOST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_BAD_REQUEST},
    {"an expectation", GET HOST "Expect: 100-continue\r\n\r\n", HTTP_EXPECTATION},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Each byte on its own: what a part comes to must never be taken back by the whole. */
static enum http_status read_slowly(struct slice bytes)
{
    struct http_head head;
    size_t size;
    for (size_t i = 0; i <= bytes.size; i++) {
        uint8_t *part = malloc(i + 1); /* so that a look behind its end is seen */
        memcpy(part, bytes.data, i);
        uint8_t *exact = realloc(part, i > 0 ? i : 1);
        enum http_status status = http_head_read(slice_of(exact, i), &head, &size);
        free(exact);
        if (status != HTTP_MORE)
            return status;
    }
    return HTTP_MORE;
}

static void rows_come_to(void **unused)
{
    (void)unused;
    struct http_head head;
    size_t size;
    assert_true(ROWS >= 52);
    for (size_t i = 0; i < ROWS; i++) {
        struct slice bytes = slice_text(rows[i].bytes);
        enum http_status status = http_head_read(bytes, &head, &size);
        if (status != rows[i].status)
            fail_msg("%s: %d and not %d", rows[i].what, status, rows[i].status);
        if (read_slowly(bytes) != status)
            fail_msg("%s: otherwise when it comes byte by byte", rows[i].what);
    }
}

static void a_nul_ends_nothing(void **unused)
{
    (void)unused;
    static const char bytes[] = "GET /\0 HTTP/1.1\r\n" HOST "\r\n";
    struct http_head head;
    size_t size;
    assert_int_equal(http_head_read(slice_of(bytes, sizeof bytes - 1), &head, &size),
                     HTTP_BAD_REQUEST);
}

static void what_is_read(void **unused)
{
    (void)unused;
    static const char bytes[] = "HEAD /a.js?v=1?2 HTTP/1.1\r\n" HOST
                                "Connection: keep-alive, Upgrade\r\nUPGRADE: WebSocket\r\n"
                                "Connection: x\r\n\r\nmore";
    struct http_head head;
    struct slice value;
    size_t size;
    assert_int_equal(http_head_read(slice_text(bytes), &head, &size), HTTP_OK);
    assert_int_equal(size, strlen(bytes) - strlen("more"));
    assert_true(head.head_only);
    assert_true(slice_equal(head.path, slice_text("/a.js")));
    assert_true(slice_equal(head.query, slice_text("v=1?2")));
    assert_true(slice_equal(head.host, slice_text("shop.example")));
    assert_int_equal(head.count, 4);
    assert_true(http_header_one(&head, "upgrade", &value));
    assert_true(slice_equal(value, slice_text("WebSocket")));
    assert_false(http_header_one(&head, "connection", &value)); /* there are two */
    assert_true(http_header_any(&head, "connection"));
    assert_true(http_header_lists(&head, "connection", "upgrade"));
    assert_true(http_header_lists(&head, "connection", "x"));
    assert_false(http_header_lists(&head, "connection", "keep"));
    assert_false(http_header_any(&head, "origin"));
}

static enum http_status with(const char *first, size_t path, size_t headers, size_t value)
{
    struct buffer bytes;
    struct http_head head;
    size_t size;
    buffer_init(&bytes, 1 << 20);
    buffer_put(&bytes, first, strlen(first));
    for (size_t i = 0; i < path; i++)
        buffer_put(&bytes, "a", 1);
    buffer_put(&bytes, " HTTP/1.1\r\n" HOST, strlen(" HTTP/1.1\r\n" HOST));
    for (size_t i = 0; i < headers; i++)
        buffer_put(&bytes, "X: y\r\n", 6);
    buffer_put(&bytes, "V: ", 3);
    for (size_t i = 0; i < value; i++)
        buffer_put(&bytes, "v", 1);
    buffer_put(&bytes, "\r\n\r\n", 4);
    enum http_status status = http_head_read(buffer_slice(&bytes), &head, &size);
    buffer_fini(&bytes);
    return status;
}

static void bounds(void **unused)
{
    (void)unused;
    size_t rest = strlen("GET / HTTP/1.1\r\n" HOST "V: \r\n\r\n");
    assert_int_equal(with("GET /", HTTP_TARGET_MAX - 1, 0, 0), HTTP_OK);
    assert_int_equal(with("GET /", HTTP_TARGET_MAX, 0, 0), HTTP_TARGET_TOO_LONG);
    assert_int_equal(with("GET /", 0, HTTP_HEADERS_MAX - 2, 0), HTTP_OK);
    assert_int_equal(with("GET /", 0, HTTP_HEADERS_MAX - 1, 0), HTTP_HEAD_TOO_BIG);
    assert_int_equal(with("GET /", 0, 0, HTTP_HEAD_MAX - rest), HTTP_OK);
    assert_int_equal(with("GET /", 0, 0, HTTP_HEAD_MAX - rest + 1), HTTP_HEAD_TOO_BIG);
    assert_int_equal(with("GET /", 0, 0, 100000), HTTP_HEAD_TOO_BIG);
}

/* What never becomes whole is not waited for beyond the bound. */
static void endless(void **unused)
{
    (void)unused;
    struct http_head head;
    size_t size;
    char *bytes = malloc(HTTP_HEAD_MAX);
    memset(bytes, 'a', HTTP_HEAD_MAX);
    assert_int_equal(http_head_read(slice_of(bytes, HTTP_HEAD_MAX), &head, &size),
                     HTTP_TARGET_TOO_LONG);
    memcpy(bytes, GET, strlen(GET));
    assert_int_equal(http_head_read(slice_of(bytes, HTTP_HEAD_MAX - 1), &head, &size), HTTP_MORE);
    assert_int_equal(http_head_read(slice_of(bytes, HTTP_HEAD_MAX), &head, &size),
                     HTTP_HEAD_TOO_BIG);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_to), cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(what_is_read), cmocka_unit_test(bounds),
        cmocka_unit_test(endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
