/*
 * One order:
 *
 *   waits ──its time──▶ under way ──2xx──▶ sent
 *     ▲                     │ └──404, 410──▶ gone        └──other──▶ refused
 *     └── 429, 5xx, no connection: later, until it is too late
 *
 * A telephone's message is tried again only when it is certain that it was not taken: no connection
 * came about, or the gateway said to come later. A push may come twice, and then shows once.
 */
#include "notify/inside.h"

#include "wire/message.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ORDER_MEMORY_MAX = 128 * 1024, RETRY_AFTER_MOST_MS = 15 * 60 * 1000 };

/* ---- what an answer means ---- */

static struct verdict done(Tefter__NoticeResult result)
{
    return (struct verdict){.kind = VERDICT_DONE, .result = result};
}

static struct verdict again(Tefter__NoticeResult result)
{
    return (struct verdict){.kind = VERDICT_AGAIN, .result = result};
}

struct verdict delivery_judge_push(long status)
{
    if (status >= 200 && status <= 299)
        return done(TEFTER__NOTICE_RESULT__NOTICE_SENT);
    if (status == 404 || status == 410)
        return done(TEFTER__NOTICE_RESULT__NOTICE_GONE);
    if (status == 429 || status >= 500)
        return again(TEFTER__NOTICE_RESULT__NOTICE_LATE);
    return done(TEFTER__NOTICE_RESULT__NOTICE_REFUSED);
}

struct verdict delivery_judge_gateway(long status, bool success)
{
    if (success)
        return done(TEFTER__NOTICE_RESULT__NOTICE_SENT);
    if (status == 429 || status == 503)
        return again(TEFTER__NOTICE_RESULT__NOTICE_LATE);
    return done(TEFTER__NOTICE_RESULT__NOTICE_REFUSED);
}

int64_t retry_after_ms(const char *value, int64_t now_ms)
{
    char *end;
    if (*value >= '0' && *value <= '9') {
        long seconds = strtol(value, &end, 10);
        return seconds > RETRY_AFTER_MOST_MS / 1000 ? RETRY_AFTER_MOST_MS : seconds * 1000L;
    }
    time_t at = curl_getdate(value, NULL);
    int64_t wait_ms = at < 0 ? 0 : (int64_t)at * 1000 - now_ms;
    if (wait_ms < 0)
        return 0;
    return wait_ms > RETRY_AFTER_MOST_MS ? RETRY_AFTER_MOST_MS : wait_ms;
}

int64_t delivery_next_ms(const struct delivery *delivery, int64_t now_ms)
{
    static const int64_t waits_ms[TRIES_MAX] = {0, 1000, 4000, 15000, 45000};
    if (delivery->tries >= TRIES_MAX)
        return 0;
    int64_t wait_ms = waits_ms[delivery->tries];
    if (delivery->retry_after_ms > wait_ms)
        wait_ms = delivery->retry_after_ms;
    return now_ms + wait_ms < delivery->order->until_ms ? now_ms + wait_ms : 0;
}

/* ---- what curl calls ---- */

static size_t on_answer(char *bytes, size_t one, size_t count, void *context)
{
    struct delivery *delivery = context;
    size_t room = ANSWER_MAX - delivery->answer.size;
    size_t size = one * count;
    (void)buffer_put(&delivery->answer, bytes, size < room ? size : room);
    return size <= room ? size : 0; /* 0: the rest is not read */
}

static size_t on_header(char *bytes, size_t one, size_t count, void *context)
{
    static const char name[] = "retry-after:";
    struct delivery *delivery = context;
    char line[128];
    size_t size = one * count;
    if (size > sizeof name && size < sizeof line &&
        strncasecmp(bytes, name, sizeof name - 1) == 0) {
        memcpy(line, bytes, size);
        line[size] = '\0';
        line[strcspn(line, "\r\n")] = '\0';
        const char *value = line + sizeof name - 1;
        delivery->retry_after_ms = retry_after_ms(value + strspn(value, " \t"), notify_now_ms());
    }
    return size;
}

/* The address that a name led to, in the moment before it is called. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct delivery *delivery = context;
    (void)purpose;
    bool any = delivery->order->way_case != TEFTER__NOTICE_ORDER__WAY_PUSH ||
               delivery->home->setup->any_address;
    if (!any && !address_public(&address->addr)) {
        delivery->blocked = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- a try ---- */

bool request_header(struct delivery *delivery, const char *line)
{
    struct curl_slist *longer = curl_slist_append(delivery->headers, line);
    if (longer == NULL)
        return false;
    delivery->headers = longer;
    return true;
}

static bool set_usual(struct delivery *delivery)
{
    CURL *easy = delivery->easy;
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, delivery) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "tefter-notify") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)REQUEST_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, delivery) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, delivery) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, delivery) == CURLE_OK;
}

static void end_try(struct delivery *delivery)
{
    curl_slist_free_all(delivery->headers);
    delivery->headers = NULL;
    if (delivery->easy != NULL)
        curl_easy_cleanup(delivery->easy);
    delivery->easy = NULL;
}

bool delivery_try(struct delivery *delivery, Tefter__NoticeResult *ret_result)
{
    end_try(delivery);
    buffer_clear(&delivery->answer);
    delivery->retry_after_ms = 0;
    delivery->tries++;
    delivery->easy = curl_easy_init();
    bool push = delivery->order->way_case == TEFTER__NOTICE_ORDER__WAY_PUSH;
    bool good = delivery->easy != NULL && set_usual(delivery) &&
                (push ? push_request(delivery) : gateway_request(delivery)) &&
                request_header(delivery, "Expect:") &&
                curl_easy_setopt(delivery->easy, CURLOPT_HTTPHEADER, delivery->headers) == CURLE_OK;
    if (good)
        return true;
    end_try(delivery);
    *ret_result = delivery->blocked ? TEFTER__NOTICE_RESULT__NOTICE_BLOCKED
                                    : TEFTER__NOTICE_RESULT__NOTICE_REFUSED;
    return false;
}

/* ---- life ---- */

struct delivery *delivery_create(struct notifier *notifier, struct slice order)
{
    struct delivery *delivery = calloc(1, sizeof *delivery);
    if (delivery == NULL)
        return NULL;
    delivery->home = notifier;
    arena_init(&delivery->arena, ORDER_MEMORY_MAX);
    buffer_init(&delivery->answer, ANSWER_MAX);
    const Tefter__ToNotifier *frame = (const Tefter__ToNotifier *)message_unpack(
        &tefter__to_notifier__descriptor, order, &delivery->arena);
    if (frame == NULL) {
        delivery_free(delivery);
        return NULL;
    }
    delivery->order = frame->order;
    return delivery;
}

void delivery_free(struct delivery *delivery)
{
    end_try(delivery);
    buffer_fini(&delivery->answer);
    arena_wipe(&delivery->arena);
    arena_fini(&delivery->arena);
    free(delivery);
}
