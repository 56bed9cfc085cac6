#include "notify/inside.h"

#include "base/fault.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/tell.h"
#include "sandbox/sandbox.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SETUP_MEMORY_MAX = 256 * 1024, IDLE_MS = 60 * 1000, READ_SIZE = 16 * 1024 };

int64_t notify_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- what is told ---- */

/* The other end reads all the time; while it does not, there is nothing to do here either. */
static bool write_all(int fd, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t size = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return false;
        bytes = slice_of(bytes.data + size, bytes.size - (size_t)size);
    }
    return true;
}

static void tell_frame(struct notifier *notifier, const Tefter__FromNotifier *frame)
{
    struct arena arena;
    arena_init(&arena, SETUP_MEMORY_MAX);
    buffer_clear(&notifier->out);
    if (frame_put(&notifier->out, message_pack(&frame->base, &arena)))
        (void)write_all(notifier->socket, buffer_slice(&notifier->out));
    arena_fini(&arena);
}

static void tell_outcome(struct notifier *notifier, uint64_t number, Tefter__NoticeResult result,
                         long status, const char *why)
{
    Tefter__FromNotifier frame = TEFTER__FROM_NOTIFIER__INIT;
    Tefter__NoticeOutcome outcome = TEFTER__NOTICE_OUTCOME__INIT;
    outcome.number = number;
    outcome.result = result;
    outcome.has_status = status > 0;
    outcome.status = (uint32_t)status;
    outcome.why = (char *)(uintptr_t)why;
    frame.body_case = TEFTER__FROM_NOTIFIER__BODY_OUTCOME;
    frame.outcome = &outcome;
    tell_frame(notifier, &frame);
}

/* ---- deliveries ---- */

static void drop(struct notifier *notifier, struct delivery *delivery)
{
    struct delivery **at = &notifier->deliveries;
    while (*at != delivery)
        at = &(*at)->next;
    *at = delivery->next;
    if (delivery->easy != NULL) {
        curl_multi_remove_handle(notifier->multi, delivery->easy);
        notifier->running--;
    }
    notifier->count--;
    delivery_free(delivery);
}

static void finish(struct notifier *notifier, struct delivery *delivery,
                   Tefter__NoticeResult result, long status, const char *why)
{
    tell_outcome(notifier, delivery->order->number, result, status, why);
    drop(notifier, delivery);
}

static void begin_try(struct notifier *notifier, struct delivery *delivery)
{
    Tefter__NoticeResult result;
    if (!delivery_try(delivery, &result)) {
        finish(notifier, delivery, result, 0, "no request can be made of it");
        return;
    }
    curl_multi_add_handle(notifier->multi, delivery->easy);
    notifier->running++;
}

static void end_request(struct notifier *notifier, struct delivery *delivery)
{
    curl_multi_remove_handle(notifier->multi, delivery->easy);
    notifier->running--;
    curl_easy_cleanup(delivery->easy);
    delivery->easy = NULL;
}

/* It was not sent: only then a telephone's message may be tried again. */
static bool never_left(CURLcode code)
{
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
           code == CURLE_SSL_CONNECT_ERROR;
}

static struct verdict judge(const struct delivery *delivery, CURLcode code, long status)
{
    bool push = delivery->order->way_case == TEFTER__NOTICE_ORDER__WAY_PUSH;
    if (delivery->blocked)
        return (struct verdict){VERDICT_DONE, TEFTER__NOTICE_RESULT__NOTICE_BLOCKED};
    if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
        bool again = push || never_left(code);
        return (struct verdict){again ? VERDICT_AGAIN : VERDICT_DONE,
                                TEFTER__NOTICE_RESULT__NOTICE_UNREACHABLE};
    }
    return push ? delivery_judge_push(status)
                : delivery_judge_gateway(status, gateway_took(delivery, status));
}

static void on_done(struct notifier *notifier, struct delivery *delivery, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(delivery->easy, CURLINFO_RESPONSE_CODE, &status);
    struct verdict verdict = judge(delivery, code, status);
    end_request(notifier, delivery);
    const char *why = code == CURLE_OK ? NULL : curl_easy_strerror(code);
    delivery->due_ms =
        verdict.kind == VERDICT_AGAIN ? delivery_next_ms(delivery, notify_now_ms()) : 0;
    if (delivery->due_ms == 0)
        finish(notifier, delivery, verdict.result, status, why);
}

static void reap(struct notifier *notifier)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(notifier->multi, &left)) != NULL) {
        char *delivery = NULL;
        CURLcode code = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &delivery) == CURLE_OK)
            on_done(notifier, (struct delivery *)(void *)delivery, code);
    }
}

/* What is due begins, as far as there are places; returns how long to wait at most. */
static int begin_due(struct notifier *notifier)
{
    int64_t now_ms = notify_now_ms(), wait_ms = IDLE_MS;
    for (struct delivery *next, *at = notifier->deliveries; at != NULL; at = next) {
        next = at->next;
        if (at->easy != NULL)
            continue;
        if (at->order->until_ms <= now_ms)
            finish(notifier, at, TEFTER__NOTICE_RESULT__NOTICE_LATE, 0, "it is too late");
        else if (at->due_ms <= now_ms && notifier->running < RUNNING_MAX)
            begin_try(notifier, at);
        else if (at->due_ms > now_ms && at->due_ms - now_ms < wait_ms)
            wait_ms = at->due_ms - now_ms;
    }
    return (int)wait_ms;
}

/* ---- orders ---- */

static void take_order(struct notifier *notifier, struct slice bytes,
                       const Tefter__NoticeOrder *order)
{
    struct delivery *delivery =
        notifier->count < DELIVERIES_MAX ? delivery_create(notifier, bytes) : NULL;
    if (delivery == NULL) {
        tell_outcome(notifier, order->number, TEFTER__NOTICE_RESULT__NOTICE_LATE, 0,
                     "too many wait");
        return;
    }
    struct delivery **last = &notifier->deliveries;
    while (*last != NULL)
        last = &(*last)->next;
    *last = delivery;
    notifier->count++;
}

static void cancel(struct notifier *notifier, uint64_t number)
{
    for (struct delivery *at = notifier->deliveries; at != NULL; at = at->next) {
        if (at->order->number == number) {
            finish(notifier, at, TEFTER__NOTICE_RESULT__NOTICE_CANCELLED, 0, NULL);
            return;
        }
    }
}

static bool take_setup(struct notifier *notifier, struct slice bytes)
{
    const Tefter__ToNotifier *frame = (const Tefter__ToNotifier *)message_unpack(
        &tefter__to_notifier__descriptor, bytes, &notifier->arena);
    if (frame == NULL || notifier->setup != NULL)
        return false;
    notifier->setup = frame->setup;
    notifier->push = frame->setup->has_push_secret && frame->setup->contact != NULL &&
                     frame->setup->push_secret.len == PUSH_SECRET_SIZE &&
                     push_key_of(frame->setup->push_secret.data, &notifier->key);
    return true;
}

static bool take_frame(struct notifier *notifier, struct slice bytes)
{
    struct arena arena;
    bool good = message_scan_as(&tefter__to_notifier__descriptor, bytes, MESSAGE_UNBOUNDED, NULL);
    arena_init(&arena, SETUP_MEMORY_MAX);
    const Tefter__ToNotifier *frame = !good ? NULL
                                            : (const Tefter__ToNotifier *)message_unpack(
                                                  &tefter__to_notifier__descriptor, bytes, &arena);
    good = frame != NULL;
    if (good && frame->body_case == TEFTER__TO_NOTIFIER__BODY_SETUP)
        good = take_setup(notifier, bytes);
    else if (good && frame->body_case == TEFTER__TO_NOTIFIER__BODY_ORDER && notifier->setup != NULL)
        take_order(notifier, bytes, frame->order);
    else if (good && frame->body_case == TEFTER__TO_NOTIFIER__BODY_CANCEL)
        cancel(notifier, frame->cancel->number);
    arena_wipe(&arena);
    arena_fini(&arena);
    return good;
}

/* false: the other end is gone, or does not speak as it should. */
static bool read_frames(struct notifier *notifier, struct frame_reader *reader)
{
    uint8_t bytes[READ_SIZE];
    struct slice frame;
    ssize_t size = recv(notifier->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (size <= 0 || !frame_reader_put(reader, slice_of(bytes, (size_t)size)))
        return false;
    enum frame_verdict verdict;
    while ((verdict = frame_reader_next(reader, &frame)) == FRAME_WHOLE)
        if (!take_frame(notifier, frame))
            return false;
    return verdict == FRAME_MORE;
}

/* ---- the loop ---- */

static void loop(struct notifier *notifier)
{
    struct frame_reader reader;
    frame_reader_init(&reader, ORDER_BYTES_MAX);
    do {
        int running;
        struct curl_waitfd other = {.fd = notifier->socket, .events = CURL_WAIT_POLLIN};
        int wait_ms = begin_due(notifier);
        curl_multi_perform(notifier->multi, &running);
        reap(notifier);
        curl_multi_poll(notifier->multi, &other, 1, notifier->running > 0 ? 1000 : wait_ms, NULL);
        curl_multi_perform(notifier->multi, &running);
        reap(notifier);
    } while (read_frames(notifier, &reader));
    frame_reader_fini(&reader);
}

static void tell_ready(struct notifier *notifier, const char *sandbox)
{
    Tefter__FromNotifier frame = TEFTER__FROM_NOTIFIER__INIT;
    Tefter__NotifierReady ready = TEFTER__NOTIFIER_READY__INIT;
    ready.sandbox = (char *)(uintptr_t)sandbox;
    frame.body_case = TEFTER__FROM_NOTIFIER__BODY_READY;
    frame.ready = &ready;
    tell_frame(notifier, &frame);
    log_line(LOG_INFO, "notify_ready", "sandbox", sandbox, NULL);
}

static int call(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* What the C library loads to look a name up is loaded before nothing can be any more. */
static void warm_up(void)
{
    struct addrinfo *found = NULL;
    if (getaddrinfo("localhost", "443", NULL, &found) == 0)
        freeaddrinfo(found);
}

static int tell_fault(const char *what)
{
    tell(stderr, "tefter-notify: %s.\n", what);
    return EXIT_FAILURE;
}

int notify_run(const struct notify_options *options)
{
    static struct notifier notifier;
    static const struct sandbox_options rights = {.files = {"/etc/resolv.conf",
                                                            "/etc/ssl/certs/ca-certificates.crt",
                                                            "/usr/lib/ssl/openssl.cnf"},
                                                  .local_sockets = true,
                                                  .calls_out = true};
    notifier.socket = options->socket != NULL ? call(options->socket) : options->descriptor;
    if (notifier.socket < 0)
        return tell_fault("nobody listens at that socket");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (notifier.multi = curl_multi_init()) == NULL)
        return tell_fault("libcurl cannot be used");
    arena_init(&notifier.arena, SETUP_MEMORY_MAX);
    buffer_init(&notifier.out, ORDER_BYTES_MAX);
    warm_up();
    tell_ready(&notifier, sandbox_enter(&rights));
    loop(&notifier);
    while (notifier.deliveries != NULL)
        drop(&notifier, notifier.deliveries);
    curl_multi_cleanup(notifier.multi);
    curl_global_cleanup();
    secret_wipe(&notifier.key, sizeof notifier.key);
    buffer_fini(&notifier.out);
    arena_wipe(&notifier.arena);
    arena_fini(&notifier.arena);
    return EXIT_SUCCESS;
}
