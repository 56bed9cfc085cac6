#pragma once
/*
 * Inside notify: what its files share.
 *
 *   notify.c    the socket, the loop, all deliveries
 *   delivery.c  one order: its tries, what its answers mean
 *   push.c      the request to a push service
 *   gateway.c   the request to a telephone's gateway
 *   template.c  what a setting says with the facts in their places
 *   address.c   where may it be sent to
 *   sentence.c  what people read
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "net/web_push.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct sockaddr;

enum {
    DELIVERIES_MAX = 512,
    RUNNING_MAX = 32,        /* requests under way */
    ANSWER_MAX = 16 * 1024,  /* of an answer; what is longer is not read */
    REQUEST_MAX = 16 * 1024, /* of what is sent to a gateway */
    URL_MAX = 4096,
    CONNECT_MS = 5 * 1000,
    REQUEST_MS = 10 * 1000,
    TRIES_MAX = 5,
    SENTENCE_MAX = 600,
    ORDER_BYTES_MAX = 16 * 1024,
};

struct notifier;

struct delivery {
    struct delivery *next;
    struct notifier *home;
    struct arena arena; /* of the order and the request */
    const Tefter__NoticeOrder *order;
    CURL *easy; /* NULL: it waits for its next try */
    struct curl_slist *headers;
    struct buffer answer;
    int64_t due_ms; /* of the next try */
    int64_t retry_after_ms;
    int tries;
    bool blocked; /* its address is none to send to */
};

struct notifier {
    int socket;
    CURLM *multi;
    struct delivery *deliveries;
    uint32_t count;
    uint32_t running;
    struct arena arena;                 /* of the setup */
    const Tefter__NotifierSetup *setup; /* NULL: it has not come */
    struct push_key key;
    bool push;
    struct buffer out;
};

int64_t notify_now_ms(void); /* wall clock */

/* ---- delivery.c ---- */

/* What came of a try. */
struct verdict {
    enum { VERDICT_DONE, VERDICT_AGAIN } kind;
    Tefter__NoticeResult result; /* also of the last try, when there is none again */
};
/* By the answer's status. */
struct verdict delivery_judge_push(long status);
struct verdict delivery_judge_gateway(long status, bool success);
/* When it is tried again; 0: not any more. */
int64_t delivery_next_ms(const struct delivery *delivery, int64_t now_ms);
/* "Retry-After: 120", or a date; 0: neither. */
int64_t retry_after_ms(const char *value, int64_t now_ms);

struct delivery *delivery_create(struct notifier *notifier, struct slice order);
void delivery_free(struct delivery *delivery);
/* Begins the next try. false: it cannot be made, and *ret_result says why. */
bool delivery_try(struct delivery *delivery, Tefter__NoticeResult *ret_result);

/* ---- push.c, gateway.c: the request; false: there can be none ---- */

bool push_request(struct delivery *delivery);
bool gateway_request(struct delivery *delivery);
bool gateway_took(const struct delivery *delivery, long status);
/* Adds a line to the request's head. */
bool request_header(struct delivery *delivery, const char *line);

/* ---- template.c ---- */

enum template_place {
    TEMPLATE_PLAIN,
    TEMPLATE_URL,
    TEMPLATE_HEADER,
    TEMPLATE_JSON,
    TEMPLATE_FORM,
    TEMPLATE_XML
};
struct template_facts {
    const char *to; /* "+84901234567" */
    const char *text;
    const char *secret; /* NULL: none */
};
/* Puts it with its facts behind what the buffer holds. false: it is longer than the bound. */
bool template_fill(const char *pattern, enum template_place place,
                   const struct template_facts *facts, struct buffer *out);
/* How facts stand in a body of this type: "application/json; charset=utf-8". */
enum template_place template_place_of(const char *content_type);
/* One fact as it stands there. */
bool template_escape(const char *text, enum template_place place, struct buffer *out);

/* ---- address.c ---- */

/* Of anybody's: not this machine, no private network, nothing that is kept for other uses. */
bool address_public(const struct sockaddr *address);
/* "https://push.example" of "https://push.example/send/1"; false: it is no address that may be
 * sent to. */
bool endpoint_origin(const char *endpoint, bool any_address, char out[URL_MAX]);

/* ---- sentence.c ---- */

void sentence_write(const Tefter__NoticeOrder *order, char out[SENTENCE_MAX]);
