#include "serve/notifier.h"

#include "base/hash.h"
#include "base/log.h"
#include "net/stream.h"
#include "notice/setup.h"
#include "serve/child.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    ORDERS_MAX = 512,
    ORDER_BYTES_MAX = 16 * 1024,
    SETUP_BYTES_MAX = 64 * 1024,
    SENDS_MAX = 2,
    LOOK_MS = 1000,
    LATE_MS = 30 * 1000, /* behind its time an order is answered here, whatever the child does */
};

struct order {
    struct order *next;
    uint64_t number;
    int64_t until_ms;
    int sends;
    bool with_child;
    bool settled; /* its outcome is told in the next look */
    Tefter__NoticeResult result;
    size_t size;
    uint8_t frame[];
};

struct notifier {
    struct notifier_options options;
    struct child *child;
    struct stream_listener *listener;
    struct stream *stream; /* NULL: no child is there */
    struct frame_reader reader;
    struct loop_timer *look;
    struct arena kept; /* the setup */
    struct slice setup;
    struct order *orders;
    uint32_t count;
    bool destroyed; /* freed when its stream is closed */
    const char *words[4];
};

/* ---- orders ---- */

static void order_free(struct order *order)
{
    secret_wipe(order->frame, order->size);
    free(order);
}

static struct order **order_at(struct notifier *notifier, uint64_t number)
{
    struct order **at = &notifier->orders;
    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    return at;
}

static void tell(struct notifier *notifier, const Tefter__NoticeOutcome *outcome)
{
    struct order **at = order_at(notifier, outcome->number);
    struct order *order = *at;
    if (order == NULL)
        return;
    *at = order->next;
    notifier->count--;
    order_free(order);
    if (outcome->result != TEFTER__NOTICE_RESULT__NOTICE_SENT &&
        outcome->result != TEFTER__NOTICE_RESULT__NOTICE_CANCELLED)
        log_line(LOG_WARNING, "notice_not_sent", "result",
                 protobuf_c_enum_descriptor_get_value(&tefter__notice_result__descriptor,
                                                      (int)outcome->result)
                     ->name,
                 "status", log_value("%" PRIu32, outcome->has_status ? outcome->status : 0), "why",
                 outcome->why != NULL ? outcome->why : "", NULL);
    notifier->options.outcome(notifier->options.owner, outcome);
}

static void settle(struct notifier *notifier, struct order *order, Tefter__NoticeResult result)
{
    order->settled = true;
    order->result = result;
    loop_timer_start(notifier->look, 0, LOOK_MS);
}

static bool put_frame(struct notifier *notifier, const Tefter__ToNotifier *frame)
{
    struct arena arena;
    struct buffer out;
    arena_init(&arena, SETUP_BYTES_MAX);
    buffer_init(&out, SETUP_BYTES_MAX);
    bool good = frame_put(&out, message_pack(&frame->base, &arena)) &&
                stream_write(notifier->stream, buffer_slice(&out));
    arena_fini(&arena);
    buffer_fini(&out);
    return good;
}

static void give(struct notifier *notifier, struct order *order)
{
    if (order->sends == SENDS_MAX) {
        settle(notifier, order, TEFTER__NOTICE_RESULT__NOTICE_UNREACHABLE);
        return;
    }
    order->sends++;
    order->with_child = true;
    (void)stream_write(notifier->stream, slice_of(order->frame, order->size));
}

static struct order *order_make(const Tefter__NoticeOrder *what)
{
    struct arena arena;
    struct buffer out;
    Tefter__ToNotifier frame = TEFTER__TO_NOTIFIER__INIT;
    struct order *order = NULL;
    frame.body_case = TEFTER__TO_NOTIFIER__BODY_ORDER;
    frame.order = (Tefter__NoticeOrder *)(uintptr_t)what;
    arena_init(&arena, ORDER_BYTES_MAX);
    buffer_init(&out, ORDER_BYTES_MAX);
    if (frame_put(&out, message_pack(&frame.base, &arena)))
        order = calloc(1, sizeof *order + out.size);
    if (order != NULL) {
        order->number = what->number;
        order->until_ms = what->until_ms;
        order->size = out.size;
        memcpy(order->frame, out.data, out.size);
    }
    arena_wipe(&arena);
    arena_fini(&arena);
    buffer_wipe(&out);
    buffer_fini(&out);
    return order;
}

bool notifier_send(struct notifier *notifier, const Tefter__NoticeOrder *what)
{
    struct order *order = notifier->count < ORDERS_MAX ? order_make(what) : NULL;
    if (order == NULL)
        return false;
    struct order **last = &notifier->orders;
    while (*last != NULL)
        last = &(*last)->next;
    *last = order;
    notifier->count++;
    if (notifier->stream != NULL)
        give(notifier, order);
    return true;
}

void notifier_cancel(struct notifier *notifier, uint64_t number)
{
    Tefter__ToNotifier frame = TEFTER__TO_NOTIFIER__INIT;
    Tefter__NoticeCancel cancel = TEFTER__NOTICE_CANCEL__INIT;
    struct order *order = *order_at(notifier, number);
    if (order == NULL)
        return;
    if (notifier->stream == NULL) {
        settle(notifier, order, TEFTER__NOTICE_RESULT__NOTICE_CANCELLED);
        return;
    }
    cancel.number = number;
    frame.body_case = TEFTER__TO_NOTIFIER__BODY_CANCEL;
    frame.cancel = &cancel;
    (void)put_frame(notifier, &frame);
}

/* Those that nobody will answer any more. */
static void on_look(void *context)
{
    struct notifier *notifier = context;
    int64_t now_ms = notifier->options.now_ms(notifier->options.owner);
    for (struct order *next, *at = notifier->orders; at != NULL; at = next) {
        next = at->next;
        if (!at->settled && at->until_ms + LATE_MS > now_ms)
            continue;
        Tefter__NoticeOutcome outcome = TEFTER__NOTICE_OUTCOME__INIT;
        outcome.number = at->number;
        outcome.result = at->settled ? at->result : TEFTER__NOTICE_RESULT__NOTICE_LATE;
        tell(notifier, &outcome);
    }
}

/* ---- the child's connection ---- */

static void on_open(void *context)
{
    struct notifier *notifier = context;
    (void)stream_write(notifier->stream, notifier->setup);
    for (struct order *at = notifier->orders; at != NULL; at = at->next)
        if (!at->settled)
            give(notifier, at);
}

static bool take_frame(struct notifier *notifier, struct slice bytes)
{
    struct arena arena;
    arena_init(&arena, SETUP_BYTES_MAX);
    bool good = message_scan_as(&tefter__from_notifier__descriptor, bytes, 0, NULL);
    const Tefter__FromNotifier *frame =
        good ? (const Tefter__FromNotifier *)message_unpack(&tefter__from_notifier__descriptor,
                                                            bytes, &arena)
             : NULL;
    if (frame != NULL && frame->body_case == TEFTER__FROM_NOTIFIER__BODY_OUTCOME)
        tell(notifier, frame->outcome);
    arena_fini(&arena);
    return frame != NULL;
}

static void on_bytes(void *context, struct slice bytes)
{
    struct notifier *notifier = context;
    struct slice frame;
    enum frame_verdict verdict = FRAME_TOO_BIG;
    if (frame_reader_put(&notifier->reader, bytes))
        while ((verdict = frame_reader_next(&notifier->reader, &frame)) == FRAME_WHOLE)
            if (!take_frame(notifier, frame))
                break;
    if (verdict != FRAME_MORE)
        stream_abort(notifier->stream, "what it says cannot be read");
}

static void on_closed(void *context, const char *reason)
{
    struct notifier *notifier = context;
    (void)reason;
    notifier->stream = NULL;
    frame_reader_fini(&notifier->reader);
    if (notifier->destroyed)
        free(notifier);
}

/* Only our own child may ask what is to be sent: addresses of people's devices are in it. */
static bool on_accept(void *owner, struct stream *stream, struct stream_events *ret_events,
                      void **ret_context)
{
    struct notifier *notifier = owner;
    struct stream_credentials who;
    if (notifier->stream != NULL || !stream_credentials(stream, &who) || who.pid == 0 ||
        who.pid != child_pid(notifier->child))
        return false;
    notifier->stream = stream;
    frame_reader_init(&notifier->reader, ORDER_BYTES_MAX);
    *ret_events = (struct stream_events){.open = on_open, .bytes = on_bytes, .closed = on_closed};
    *ret_context = notifier;
    return true;
}

/* ---- life ---- */

static bool make_setup(struct notifier *notifier, struct failure *failure)
{
    struct buffer out;
    Tefter__ToNotifier frame = TEFTER__TO_NOTIFIER__INIT;
    frame.body_case = TEFTER__TO_NOTIFIER__BODY_SETUP;
    if (!notice_setup(notifier->options.settings, notifier->options.folder, &notifier->kept,
                      &frame.setup, failure))
        return false;
    buffer_init(&out, SETUP_BYTES_MAX);
    bool good = frame_put(&out, message_pack(&frame.base, &notifier->kept));
    void *copy = good ? arena_copy(&notifier->kept, out.data, out.size) : NULL;
    notifier->setup = slice_of(copy, copy != NULL ? out.size : 0);
    buffer_wipe(&out);
    buffer_fini(&out);
    return copy != NULL || fail(failure, FAULT_MEMORY, 0, "no memory for notices");
}

static bool make_child(struct notifier *notifier, struct failure *failure)
{
    notifier->words[0] = "tefter-notify";
    notifier->words[1] = "--socket";
    notifier->words[2] = notifier->options.folder->notify;
    const struct child_options options = {.loop = notifier->options.loop,
                                          .words = notifier->words,
                                          .what = "notices are sent by",
                                          .ended = "notify_ended"};
    notifier->child = child_create(&options, failure);
    return notifier->child != NULL;
}

struct notifier *notifier_create(const struct notifier_options *options, struct failure *failure)
{
    struct notifier *notifier = calloc(1, sizeof *notifier);
    if (notifier == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for notices");
        return NULL;
    }
    notifier->options = *options;
    arena_init(&notifier->kept, 4 * SETUP_BYTES_MAX);
    notifier->look = loop_timer_create(options->loop, on_look, notifier);
    if (notifier->look == NULL)
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    else if (make_setup(notifier, failure) &&
             (notifier->listener = stream_listen_local(options->loop, options->folder->notify,
                                                       on_accept, notifier, failure)) != NULL &&
             make_child(notifier, failure)) {
        loop_timer_start(notifier->look, LOOK_MS, LOOK_MS);
        return notifier;
    }
    notifier_destroy(notifier);
    return NULL;
}

void notifier_stop(struct notifier *notifier)
{
    if (notifier != NULL)
        child_stop(notifier->child);
}

void notifier_destroy(struct notifier *notifier)
{
    if (notifier == NULL)
        return;
    if (notifier->listener != NULL)
        stream_listener_close(notifier->listener);
    child_destroy(notifier->child);
    if (notifier->look != NULL)
        loop_timer_destroy(notifier->look);
    while (notifier->orders != NULL) {
        struct order *order = notifier->orders;
        notifier->orders = order->next;
        order_free(order);
    }
    arena_wipe(&notifier->kept);
    arena_fini(&notifier->kept);
    notifier->destroyed = true;
    if (notifier->stream != NULL)
        stream_abort(notifier->stream, "the server ends");
    else
        free(notifier);
}
