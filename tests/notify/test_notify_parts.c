/* What tefter-notify is made of: templates and their escaping, addresses, what answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const struct template_facts facts = {.to = "+84901234567",
                                            .text = "A \"sale\" & <more>\nTh\xe1\xbb\xa7 \\ 100%",
                                            .secret = "s3/cret+"};

static const char *filled(const char *pattern, enum template_place place)
{
    static char out[1024];
    struct buffer buffer;
    buffer_init(&buffer, sizeof out - 1);
    assert_true(template_fill(pattern, place, &facts, &buffer));
    memcpy(out, buffer.data, buffer.size);
    out[buffer.size] = '\0';
    buffer_fini(&buffer);
    return out;
}

static void facts_stand_as_their_place_wants(void **state)
{
    (void)state;
    assert_string_equal(filled("to={to}", TEMPLATE_URL), "to=%2B84901234567");
    assert_string_equal(filled("to={to_digits}&k={secret}", TEMPLATE_FORM),
                        "to=84901234567&k=s3%2Fcret%2B");
    assert_string_equal(filled("{text}", TEMPLATE_URL),
                        "A%20%22sale%22%20%26%20%3Cmore%3E%0ATh%E1%BB%A7%20%5C%20100%25");
    assert_string_equal(filled("{\"t\":\"{text}\"}", TEMPLATE_JSON),
                        "{\"t\":\"A \\\"sale\\\" & <more>\\u000aTh\xe1\xbb\xa7 \\\\ 100%\"}");
    assert_string_equal(filled("<t a='{text}'/>", TEMPLATE_XML),
                        "<t a='A &quot;sale&quot; &amp; &lt;more&gt;\nTh\xe1\xbb\xa7 \\ 100%'/>");
    assert_string_equal(filled("Authorization: Bearer {secret}", TEMPLATE_HEADER),
                        "Authorization: Bearer s3/cret+");
    assert_string_equal(filled("X-Text: {text}", TEMPLATE_HEADER),
                        "X-Text: A \"sale\" & <more>Th\xe1\xbb\xa7 \\ 100%");
    assert_string_equal(filled("{text}", TEMPLATE_PLAIN), facts.text);
}

static void a_fact_is_not_looked_at_for_facts(void **state)
{
    (void)state;
    const struct template_facts sly = {.to = "+1", .text = "{secret} {to}", .secret = "s"};
    struct buffer out;
    buffer_init(&out, 64);
    assert_true(template_fill("{text}", TEMPLATE_PLAIN, &sly, &out));
    assert_true(slice_equal(buffer_slice(&out), slice_text("{secret} {to}")));
    buffer_fini(&out);
}

static void other_braces_are_braces(void **state)
{
    (void)state;
    assert_string_equal(filled("{ \"a\": {} } {too} {", TEMPLATE_JSON), "{ \"a\": {} } {too} {");
}

static void what_is_too_long_is_not_sent_in_part(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 8);
    assert_false(template_fill("0123456789", TEMPLATE_PLAIN, &facts, &out));
    buffer_fini(&out);
}

static void the_type_says_how_a_body_is_escaped(void **state)
{
    (void)state;
    assert_int_equal(template_place_of("application/json"), TEMPLATE_JSON);
    assert_int_equal(template_place_of("application/vnd.x+JSON; charset=utf-8"), TEMPLATE_JSON);
    assert_int_equal(template_place_of("application/x-www-form-urlencoded"), TEMPLATE_FORM);
    assert_int_equal(template_place_of("text/xml;charset=utf-8"), TEMPLATE_XML);
    assert_int_equal(template_place_of("application/soap+xml"), TEMPLATE_XML);
    assert_int_equal(template_place_of("text/plain"), TEMPLATE_PLAIN);
    assert_int_equal(template_place_of(""), TEMPLATE_PLAIN);
}

/* ---- addresses ---- */

static bool v4_public(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return address_public((const struct sockaddr *)(const void *)&address);
}

static bool v6_public(const char *text)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return address_public((const struct sockaddr *)(const void *)&address);
}

static void only_public_addresses_are_called(void **state)
{
    (void)state;
    static const char *const others[] = {
        "0.0.0.0",     "10.0.0.1",        "100.64.0.1",  "100.127.255.255", "127.0.0.1",
        "127.255.0.9", "169.254.169.254", "172.16.0.1",  "172.31.255.255",  "192.0.0.8",
        "192.0.2.1",   "192.88.99.1",     "192.168.1.1", "198.18.0.1",      "198.51.100.7",
        "203.0.113.9", "224.0.0.1",       "239.1.2.3",   "240.0.0.1",       "255.255.255.255"};
    static const char *const good[] = {"1.1.1.1",     "8.8.8.8",        "100.63.255.255",
                                       "100.128.0.1", "172.15.255.255", "172.32.0.1",
                                       "192.167.1.1", "192.0.1.1",      "223.255.255.255"};
    static const char *const others6[] = {"::",
                                          "::1",
                                          "::ffff:127.0.0.1",
                                          "::ffff:192.168.0.1",
                                          "64:ff9b::10.0.0.1",
                                          "fc00::1",
                                          "fd12:3456::1",
                                          "fe80::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "2001::1",
                                          "2002:7f00:1::",
                                          "100::1",
                                          "::127.0.0.1"};
    static const char *const good6[] = {"2606:4700:4700::1111", "2a00:1450:4001::200e",
                                        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
                                        "2001:4860:4860::8888"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (v4_public(others[i]))
            fail_msg("%s would be called", others[i]);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!v4_public(good[i]))
            fail_msg("%s would not be called", good[i]);
    for (size_t i = 0; i < sizeof others6 / sizeof others6[0]; i++)
        if (v6_public(others6[i]))
            fail_msg("%s would be called", others6[i]);
    for (size_t i = 0; i < sizeof good6 / sizeof good6[0]; i++)
        if (!v6_public(good6[i]))
            fail_msg("%s would not be called", good6[i]);
}

static void an_endpoint_is_https_without_tricks(void **state)
{
    (void)state;
    static const char *const others[] = {"http://push.example/1",
                                         "https://push.example:8443/1",
                                         "https://u:p@push.example/1",
                                         "https://u@push.example/",
                                         "ftp://push.example/",
                                         "file:///etc/passwd",
                                         "push.example/1",
                                         "https://",
                                         "",
                                         "//push.example/1",
                                         "gopher://push.example/"};
    char origin[URL_MAX];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (endpoint_origin(others[i], false, origin))
            fail_msg("%s would be called", others[i]);
    assert_true(endpoint_origin("https://push.example/send/1?x=y", false, origin));
    assert_string_equal(origin, "https://push.example");
    assert_true(endpoint_origin("https://push.example:443/1", false, origin));
    assert_string_equal(origin, "https://push.example");
    assert_true(endpoint_origin("http://127.0.0.1:7620/1", true, origin));
    assert_string_equal(origin, "http://127.0.0.1:7620");
    assert_false(endpoint_origin("ftp://127.0.0.1/1", true, origin));
}

/* ---- answers ---- */

static void answers_mean_something(void **state)
{
    (void)state;
    static const struct {
        long status;
        int kind;
        Tefter__NoticeResult result;
    } rows[] = {
        {200, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_SENT},
        {201, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_SENT},
        {301, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_REFUSED},
        {400, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_REFUSED},
        {403, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_REFUSED},
        {404, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_GONE},
        {410, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_GONE},
        {413, VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_REFUSED},
        {429, VERDICT_AGAIN, TEFTER__NOTICE_RESULT__NOTICE_LATE},
        {500, VERDICT_AGAIN, TEFTER__NOTICE_RESULT__NOTICE_LATE},
        {503, VERDICT_AGAIN, TEFTER__NOTICE_RESULT__NOTICE_LATE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict verdict = delivery_judge_push(rows[i].status);
        assert_int_equal(verdict.kind, rows[i].kind);
        assert_int_equal(verdict.result, rows[i].result);
    }
    /* of a telephone what may have been taken is not sent again */
    assert_int_equal(delivery_judge_gateway(500, false).kind, VERDICT_DONE);
    assert_int_equal(delivery_judge_gateway(200, false).result,
                     TEFTER__NOTICE_RESULT__NOTICE_REFUSED);
    assert_int_equal(delivery_judge_gateway(429, false).kind, VERDICT_AGAIN);
    assert_int_equal(delivery_judge_gateway(202, true).result, TEFTER__NOTICE_RESULT__NOTICE_SENT);
}

static void retry_after_is_seconds_or_a_date_and_bounded(void **state)
{
    (void)state;
    assert_int_equal(retry_after_ms("2", 0), 2000);
    assert_int_equal(retry_after_ms("0", 0), 0);
    assert_int_equal(retry_after_ms("99999999", 0), 15 * 60 * 1000);
    assert_int_equal(retry_after_ms("soon", 0), 0);
    int64_t now_ms = INT64_C(1453523760) * 1000; /* Sat, 23 Jan 2016 04:36:00 GMT */
    assert_int_equal(retry_after_ms("Sat, 23 Jan 2016 04:36:08 GMT", now_ms), 8000);
    assert_int_equal(retry_after_ms("Sat, 23 Jan 2016 04:35:00 GMT", now_ms), 0);
}

static void tries_end(void **state)
{
    (void)state;
    Tefter__NoticeOrder order = TEFTER__NOTICE_ORDER__INIT;
    struct delivery delivery = {.order = &order, .tries = 1};
    order.until_ms = 100000;
    assert_int_equal(delivery_next_ms(&delivery, 1000), 2000);
    delivery.retry_after_ms = 30000;
    assert_int_equal(delivery_next_ms(&delivery, 1000), 31000);
    delivery.retry_after_ms = 200000;
    assert_int_equal(delivery_next_ms(&delivery, 1000), 0); /* it would be too late */
    delivery.retry_after_ms = 0;
    delivery.tries = TRIES_MAX;
    assert_int_equal(delivery_next_ms(&delivery, 1000), 0);
}

/* ---- sentences ---- */

static const char *sentence(Tefter__NoticeOrder *order, const char *language)
{
    static char out[SENTENCE_MAX];
    order->language = (char *)(uintptr_t)language;
    sentence_write(order, out);
    return out;
}

static void people_read_it_in_their_language(void **state)
{
    (void)state;
    Tefter__NoticeOrder order = TEFTER__NOTICE_ORDER__INIT;
    order.has_approval = true;
    order.approval = 7;
    order.branch = (char *)(uintptr_t) "Th\xe1\xbb\xa7 \xc4\x90\xe1\xbb\xa9"
                                       "c";
    assert_string_equal(sentence(&order, "en"),
                        "A sale waits for you at Th\xe1\xbb\xa7 \xc4\x90\xe1\xbb\xa9"
                        "c.");
    assert_non_null(strstr(sentence(&order, "vi"), order.branch));
    assert_null(strstr(sentence(&order, "vi"), "A sale"));
    order.has_count = true;
    order.count = 3;
    assert_string_equal(sentence(&order, "en"), "3 sales wait for you.");
    assert_non_null(strstr(sentence(&order, "vi"), "3"));
    assert_null(strstr(sentence(&order, "el"), "sales"));
    order.count = 1;
    assert_null(strstr(sentence(&order, "en"), "1 sale "));
    order.who = (char *)(uintptr_t) "ann";
    order.customer = (char *)(uintptr_t) "Minh Long";
    order.currency = (char *)(uintptr_t) "VND";
    order.has_amount_minor = order.has_exponent = true;
    order.amount_minor = 12500000;
    assert_non_null(strstr(sentence(&order, "en"), "12,500,000\xc2\xa0VND for Minh Long"));
    assert_non_null(strstr(sentence(&order, "vi"), "12.500.000\xc2\xa0VND"));
    assert_non_null(
        strstr(sentence(&order, "fa"), "\xdb\xb1\xdb\xb2\xd9\xac\xdb\xb5\xdb\xb0\xdb\xb0"));
    assert_non_null(strstr(sentence(&order, "xx"), "12,500,000")); /* none of ours: English */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_stand_as_their_place_wants),
        cmocka_unit_test(a_fact_is_not_looked_at_for_facts),
        cmocka_unit_test(other_braces_are_braces),
        cmocka_unit_test(what_is_too_long_is_not_sent_in_part),
        cmocka_unit_test(the_type_says_how_a_body_is_escaped),
        cmocka_unit_test(only_public_addresses_are_called),
        cmocka_unit_test(an_endpoint_is_https_without_tricks),
        cmocka_unit_test(answers_mean_something),
        cmocka_unit_test(retry_after_is_seconds_or_a_date_and_bounded),
        cmocka_unit_test(tries_end),
        cmocka_unit_test(people_read_it_in_their_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
