/*
 * A Web Push (RFC 8030): sealed to the browser, signed by this server, and of no use after the
 * approval is over. Its topic lets a newer one of the same approval take its place on the way.
 */
#include "notify/inside.h"

#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = PUSH_TOKEN_MAX + 256, TOKEN_LIFE_S = 12 * 3600 };

/* What the page's service worker shows. */
static bool payload_put(const Tefter__NoticeOrder *order, struct buffer *out)
{
    char sentence[SENTENCE_MAX], head[64], tail[64];
    sentence_write(order, sentence);
    snprintf(head, sizeof head, "{\"v\":1,\"approval\":%" PRIu64 ",\"until\":%" PRId64,
             order->has_approval ? order->approval : 0, order->until_ms);
    snprintf(tail, sizeof tail, "\",\"lang\":\"%.8s\"}", order->language);
    return buffer_put(out, head, strlen(head)) && buffer_put(out, ",\"title\":\"", 10) &&
           template_escape(order->title, TEMPLATE_JSON, out) &&
           buffer_put(out, "\",\"text\":\"", 10) && template_escape(sentence, TEMPLATE_JSON, out) &&
           buffer_put(out, tail, strlen(tail));
}

static bool put_sealed(struct delivery *delivery)
{
    const Tefter__PushAddress *to = delivery->order->push;
    struct push_reader reader;
    uint8_t sealed[PUSH_SEALED_MAX];
    size_t size = 0;
    struct buffer plain;
    if (to->point.len != PUSH_POINT_SIZE || to->auth.len != PUSH_AUTH_SIZE)
        return false;
    memcpy(reader.point, to->point.data, PUSH_POINT_SIZE);
    memcpy(reader.auth, to->auth.data, PUSH_AUTH_SIZE);
    buffer_init(&plain, PUSH_PLAIN_MAX);
    bool good = payload_put(delivery->order, &plain) &&
                push_seal(&reader, buffer_slice(&plain), sealed, &size);
    buffer_fini(&plain);
    return good &&
           curl_easy_setopt(delivery->easy, CURLOPT_POSTFIELDSIZE, (long)size) == CURLE_OK &&
           curl_easy_setopt(delivery->easy, CURLOPT_COPYPOSTFIELDS, sealed) == CURLE_OK;
}

static bool put_token(struct delivery *delivery, const char *origin, int64_t now_ms)
{
    const struct notifier *home = delivery->home;
    char token[PUSH_TOKEN_MAX], point[2 * PUSH_POINT_SIZE], line[LINE_MAX_BYTES];
    if (!push_token(&home->key, origin, home->setup->contact, now_ms / 1000 + TOKEN_LIFE_S, token))
        return false;
    base64_url(slice_of(home->key.point, PUSH_POINT_SIZE), point);
    snprintf(line, sizeof line, "Authorization: vapid t=%s, k=%s", token, point);
    return request_header(delivery, line);
}

static bool put_terms(struct delivery *delivery, int64_t now_ms)
{
    const Tefter__NoticeOrder *order = delivery->order;
    char line[LINE_MAX_BYTES];
    int64_t left_s = (order->until_ms - now_ms) / 1000;
    snprintf(line, sizeof line, "TTL: %" PRId64, left_s > 0 ? left_s : 0);
    if (!request_header(delivery, line))
        return false;
    snprintf(line, sizeof line, "Topic: approval-%" PRIu64,
             order->has_approval ? order->approval : 0);
    return request_header(delivery, line) && request_header(delivery, "Urgency: high") &&
           request_header(delivery, "Content-Encoding: aes128gcm") &&
           request_header(delivery, "Content-Type: application/octet-stream");
}

bool push_request(struct delivery *delivery)
{
    const struct notifier *home = delivery->home;
    bool any_address = home->setup->any_address;
    const char *protocols = any_address ? "https,http" : "https";
    char origin[URL_MAX];
    int64_t now_ms = notify_now_ms();
    if (!home->push)
        return false;
    if (!endpoint_origin(delivery->order->push->endpoint, any_address, origin)) {
        delivery->blocked = true;
        return false;
    }
    return curl_easy_setopt(delivery->easy, CURLOPT_URL, delivery->order->push->endpoint) ==
               CURLE_OK &&
           curl_easy_setopt(delivery->easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           put_token(delivery, origin, now_ms) && put_terms(delivery, now_ms) &&
           put_sealed(delivery);
}
