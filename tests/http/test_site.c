/*
 * By which names a page is reached, and who may open its WebSocket.
 */
#include "base/check.h"

#include <stdio.h>
#include <string.h>

#include "http/site.h"

static struct site site_of(const char *origins)
{
    struct site site = {.count = 0};
    struct failure failure = {.fault = FAULT_NONE};
    if (!site_add(&site, origins, &failure))
        fail_msg("%s: %s", origins, failure.text);
    return site;
}

static bool refused(const char *origins)
{
    struct site site = {.count = 0};
    struct failure failure = {.fault = FAULT_NONE};
    return !site_add(&site, origins, &failure) && failure.fault == FAULT_USE;
}

static void origins(void **unused)
{
    (void)unused;
    struct site site = site_of("https://Shop.Example:443, http://localhost:8080 http://[::1]:80");
    assert_int_equal(site.count, 3);
    assert_string_equal(site.origins[0].text, "https://shop.example");
    assert_string_equal(site_host(&site.origins[0]), "shop.example");
    assert_string_equal(site.origins[1].text, "http://localhost:8080");
    assert_string_equal(site.origins[2].text, "http://[::1]");
    assert_int_equal(site_of("https://a https://A:443 https://a").count, 1);
    assert_int_equal(site_of("https://192.0.2.7:8443").count, 1);
    static const char *const bad[] = {
        "shop.example",
        "https://",
        "https://a/",
        "https://a/x",
        "ftp://a",
        "https://a:b",
        "https://a:",
        "https://a:0",
        "https://a:65536",
        "https://u@a",
        "https://a?x",
        "https://*.a",
        "http://shop.example",
        "http://192.0.2.7",
        "http://127.0.0.1.evil.example",
        "http://127.evil.example",
        "https://[::1",
        "wss://a",
        "null",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!refused(bad[i]))
            fail_msg("%s was taken", bad[i]);
    assert_true(refused("https://a https://b https://c https://d https://e https://f https://g "
                        "https://h https://i"));
}

static void addresses(void **unused)
{
    (void)unused;
    assert_true(site_address_local("127.0.0.1:1"));
    assert_true(site_address_local("127.3.2.1:80"));
    assert_true(site_address_local("[::1]:80"));
    assert_true(site_address_local("localhost:80"));
    assert_false(site_address_local("0.0.0.0:80"));
    assert_false(site_address_local("[::]:80"));
    assert_false(site_address_local(":80"));
    assert_false(site_address_local("127.0.0.1.evil.example:80"));
    assert_false(site_address_local("192.168.1.5:80"));
    assert_int_equal(site_port("[::1]:8443"), 8443);
    assert_int_equal(site_port("localhost"), 0);
}

static bool check(const char *address, bool secure, bool named)
{
    struct failure failure = {.fault = FAULT_NONE};
    return site_check(address, secure, named, &failure) || failure.fault != FAULT_USE;
}

static void before_listening(void **unused)
{
    (void)unused;
    assert_true(check("127.0.0.1:0", false, false));
    assert_true(check("127.0.0.1:0", false, true)); /* behind a proxy */
    assert_false(check("0.0.0.0:8080", false, false));
    assert_false(check("0.0.0.0:8080", false, true)); /* no name makes it safe */
    assert_false(check("192.168.1.5:8080", false, true));
    assert_false(check("0.0.0.0:8443", true, false)); /* which name? */
    assert_false(check("[::]:8443", true, false));
    assert_true(check("0.0.0.0:8443", true, true));
    assert_true(check("shop.example:8443", true, false));
}

static void usual(void **unused)
{
    (void)unused;
    struct site site = {.count = 0};
    assert_true(site_add_usual(&site, "127.0.0.1:0", 8080, false, NULL));
    assert_int_equal(site.count, 2);
    assert_string_equal(site.origins[0].text, "http://127.0.0.1:8080");
    assert_string_equal(site.origins[1].text, "http://localhost:8080");
    struct site other = {.count = 0};
    assert_true(site_add_usual(&other, "shop.example:0", 443, true, NULL));
    assert_int_equal(other.count, 1);
    assert_string_equal(other.origins[0].text, "https://shop.example");
}

static void hosts(void **unused)
{
    (void)unused;
    struct site site = site_of("https://shop.example https://shop.example:8443 http://[::1]:80");
    const struct site_origin *one = site_of_host(&site, slice_text("SHOP.example"));
    assert_ptr_equal(one, &site.origins[0]);
    assert_ptr_equal(site_of_host(&site, slice_text("shop.example:443")), &site.origins[0]);
    assert_ptr_equal(site_of_host(&site, slice_text("shop.example:8443")), &site.origins[1]);
    assert_ptr_equal(site_of_host(&site, slice_text("[::1]:80")), &site.origins[2]);
    static const char *const others[] = {"shop.example:80",
                                         "shop.example:844",
                                         "shop.exampl",
                                         "shop.example.",
                                         "evil.example",
                                         "shop.example:8443:443",
                                         "127.0.0.1",
                                         "shop.example.evil.example",
                                         ":443"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (site_of_host(&site, slice_text(others[i])) != NULL)
            fail_msg("%s is one of ours", others[i]);
}

#define ORIGIN "Origin: https://shop.example\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: tefter.v1\r\n"
#define SWITCH "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"

static const struct row {
    const char *what;
    const char *headers;
    enum http_status status;
} rows[] = {
    {"as a browser asks", SWITCH ORIGIN VERSION KEY PROTOCOL, HTTP_SWITCHING},
    {"other protocols, too", SWITCH ORIGIN VERSION KEY "Sec-WebSocket-Protocol: a, tefter.v1\r\n",
     HTTP_SWITCHING},
    {"another origin", SWITCH "Origin: https://evil.example\r\n" VERSION KEY PROTOCOL,
     HTTP_FORBIDDEN},
    {"our name over HTTP", SWITCH "Origin: http://shop.example\r\n" VERSION KEY PROTOCOL,
     HTTP_FORBIDDEN},
    {"a port of ours that is another's",
     SWITCH "Origin: https://shop.example:444\r\n" VERSION KEY PROTOCOL, HTTP_FORBIDDEN},
    {"no origin", SWITCH VERSION KEY PROTOCOL, HTTP_FORBIDDEN},
    {"a page without one", SWITCH "Origin: null\r\n" VERSION KEY PROTOCOL, HTTP_FORBIDDEN},
    {"two origins", SWITCH ORIGIN "Origin: https://evil.example\r\n" VERSION KEY PROTOCOL,
     HTTP_FORBIDDEN},
    {"an older version", SWITCH ORIGIN "Sec-WebSocket-Version: 8\r\n" KEY PROTOCOL, HTTP_UPGRADE},
    {"no version", SWITCH ORIGIN KEY PROTOCOL, HTTP_UPGRADE},
    {"two versions", SWITCH ORIGIN VERSION VERSION KEY PROTOCOL, HTTP_UPGRADE},
    {"no key", SWITCH ORIGIN VERSION PROTOCOL, HTTP_BAD_REQUEST},
    {"two keys", SWITCH ORIGIN VERSION KEY KEY PROTOCOL, HTTP_BAD_REQUEST},
    {"a short key", SWITCH ORIGIN VERSION "Sec-WebSocket-Key: AAAA\r\n" PROTOCOL, HTTP_BAD_REQUEST},
    {"a key of 18 bytes",
     SWITCH ORIGIN VERSION "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n" PROTOCOL,
     HTTP_BAD_REQUEST},
    {"a key that is no Base64",
     SWITCH ORIGIN VERSION "Sec-WebSocket-Key: dGhlIHNhbXBs*SBub25jZQ==\r\n" PROTOCOL,
     HTTP_BAD_REQUEST},
    {"a key with bits to spare",
     SWITCH ORIGIN VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n" PROTOCOL,
     HTTP_BAD_REQUEST},
    {"no protocol", SWITCH ORIGIN VERSION KEY, HTTP_BAD_REQUEST},
    {"another protocol", SWITCH ORIGIN VERSION KEY "Sec-WebSocket-Protocol: tefter.v2\r\n",
     HTTP_BAD_REQUEST},
    {"no Connection", "Upgrade: websocket\r\n" ORIGIN VERSION KEY PROTOCOL, HTTP_BAD_REQUEST},
    {"no Upgrade", "Connection: upgrade\r\n" ORIGIN VERSION KEY PROTOCOL, HTTP_BAD_REQUEST},
    {"an upgrade to another", "Connection: upgrade\r\nUpgrade: h2c\r\n" ORIGIN VERSION KEY PROTOCOL,
     HTTP_BAD_REQUEST},
};

static void upgrades(void **unused)
{
    (void)unused;
    struct site site = site_of("https://shop.example");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char bytes[1024];
        struct http_head head;
        struct slice key;
        size_t size;
        snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\nHost: shop.example\r\n%s\r\n",
                 rows[i].headers);
        assert_int_equal(http_head_read(slice_text(bytes), &head, &size), HTTP_OK);
        assert_true(site_upgrade_asked(&head));
        enum http_status status = site_upgrade(&site, &head, &key);
        if (status != rows[i].status)
            fail_msg("%s: %d and not %d", rows[i].what, status, rows[i].status);
    }
}

static void not_by_head(void **unused)
{
    (void)unused;
    struct site site = site_of("https://shop.example");
    struct http_head head;
    struct slice key;
    size_t size;
    static const char bytes[] =
        "HEAD / HTTP/1.1\r\nHost: shop.example\r\n" SWITCH ORIGIN VERSION KEY PROTOCOL "\r\n";
    assert_int_equal(http_head_read(slice_text(bytes), &head, &size), HTTP_OK);
    assert_int_equal(site_upgrade(&site, &head, &key), HTTP_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins),
        cmocka_unit_test(addresses),
        cmocka_unit_test(before_listening),
        cmocka_unit_test(usual),
        cmocka_unit_test(hosts),
        cmocka_unit_test(upgrades),
        cmocka_unit_test(not_by_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
