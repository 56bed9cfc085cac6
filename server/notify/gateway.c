/*
 * A message to a telephone, through whatever takes HTTP and is set up (template.c). Its address is
 * the owner's own setting: it may be in the shop's network, and without TLS.
 */
#include "notify/inside.h"

#include <stdio.h>
#include <strings.h>

static struct slice filled(struct delivery *delivery, const char *pattern,
                           enum template_place place, const struct template_facts *facts)
{
    struct buffer out;
    struct slice made = {NULL, 0};
    buffer_init(&out, REQUEST_MAX);
    if (template_fill(pattern, place, facts, &out) && buffer_put(&out, "", 1)) {
        const void *copy = arena_copy(&delivery->arena, out.data, out.size);
        made = slice_of(copy, copy == NULL ? 0 : out.size - 1);
    }
    buffer_wipe(&out); /* a secret may have been in it */
    buffer_fini(&out);
    return made;
}

/* *ret_place: how facts stand in the body. */
static bool put_headers(struct delivery *delivery, const struct template_facts *facts,
                        enum template_place *ret_place)
{
    static const char type[] = "content-type:";
    const Tefter__NotifierGateway *gateway = delivery->home->setup->gateway;
    *ret_place = TEMPLATE_PLAIN;
    for (size_t i = 0; i < gateway->n_headers; i++) {
        struct slice line = filled(delivery, gateway->headers[i], TEMPLATE_HEADER, facts);
        const char *text = (const char *)line.data;
        if (text == NULL || !request_header(delivery, text))
            return false;
        if (strncasecmp(text, type, sizeof type - 1) == 0)
            *ret_place =
                template_place_of(text + sizeof type - 1 + strspn(text + sizeof type - 1, " "));
    }
    return true;
}

static bool put_body(struct delivery *delivery, const struct template_facts *facts,
                     enum template_place place)
{
    const Tefter__NotifierGateway *gateway = delivery->home->setup->gateway;
    if (gateway->body == NULL)
        return curl_easy_setopt(delivery->easy, CURLOPT_CUSTOMREQUEST, gateway->method) == CURLE_OK;
    struct slice body = filled(delivery, gateway->body, place, facts);
    return body.data != NULL &&
           curl_easy_setopt(delivery->easy, CURLOPT_POSTFIELDSIZE, (long)body.size) == CURLE_OK &&
           curl_easy_setopt(delivery->easy, CURLOPT_POSTFIELDS, (const char *)body.data) ==
               CURLE_OK &&
           curl_easy_setopt(delivery->easy, CURLOPT_CUSTOMREQUEST, gateway->method) == CURLE_OK;
}

bool gateway_request(struct delivery *delivery)
{
    const Tefter__NotifierGateway *gateway = delivery->home->setup->gateway;
    const Tefter__NoticeOrder *order = delivery->order;
    char sentence[SENTENCE_MAX], text[2 * SENTENCE_MAX];
    enum template_place place;
    if (gateway == NULL)
        return false;
    sentence_write(order, sentence);
    snprintf(text, sizeof text, "%s: %s", order->title, sentence);
    const struct template_facts facts = {
        .to = order->phone, .text = text, .secret = gateway->secret};
    struct slice url = filled(delivery, gateway->url, TEMPLATE_URL, &facts);
    return url.data != NULL &&
           curl_easy_setopt(delivery->easy, CURLOPT_URL, (const char *)url.data) == CURLE_OK &&
           curl_easy_setopt(delivery->easy, CURLOPT_PROTOCOLS_STR, "https,http") == CURLE_OK &&
           put_headers(delivery, &facts, &place) && put_body(delivery, &facts, place);
}

bool gateway_took(const struct delivery *delivery, long status)
{
    const char *success = delivery->home->setup->gateway->success;
    if (status < 200 || status > 299)
        return false;
    return success == NULL ||
           memmem(delivery->answer.data, delivery->answer.size, success, strlen(success)) != NULL;
}
