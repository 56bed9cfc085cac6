/*
 * Subscriptions. Registered at the hub first, so nothing is missed; then either what changed since
 * the terminal left goes out as one set, or the whole picture in pages, one a turn and only while
 * the terminal keeps up, each exact at its own seq. After the last page a set is promised whose
 * `this` is at least that page's seq: then the picture is exact.
 */
#include <stdlib.h>

#include "session/inside.h"

struct feed {
    struct feed *next;
    struct session *session;
    struct hub_subscription *subscription;
    uint64_t cursor;     /* pages: the last customer or approval that was told, or how many were */
    uint32_t *customers; /* only these; NULL: all */
    uint32_t customer_count;
    uint8_t topic;
    bool paging;
};

/* ---- what the hub calls ---- */

static void hub_sends(void *terminal, struct slice frame)
{
    struct feed *feed = terminal;
    if (feed->session->state != SESSION_CLOSING)
        (void)stream_write(feed->session->stream, frame);
}

static bool hub_asks_slow(void *terminal)
{
    struct feed *feed = terminal;
    return session_slow(feed->session);
}

static void send_subscribed(struct feed *feed, uint64_t request, bool resumed, uint64_t seq)
{
    struct sessions *home = feed->session->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Subscribed subscribed = TEFTER__SUBSCRIBED__INIT;
    subscribed.subscription = hub_number(feed->subscription);
    subscribed.resumed = resumed;
    subscribed.seq = seq;
    subscribed.ledger = (ProtobufCBinaryData){sizeof home->ledger_id, home->ledger_id};
    subscribed.incarnation = home->incarnation;
    message.body_case = TEFTER__TO_TERMINAL__BODY_SUBSCRIBED;
    message.subscribed = &subscribed;
    session_send(feed->session, request, &message);
}

static void begin_pages(struct feed *feed)
{
    feed->cursor = 0;
    feed->paging = true;
    session_want_turn(feed->session);
}

/* Unasked, so that the terminal knows: the picture comes anew. */
static void hub_resyncs(void *terminal, struct hub_subscription *subscription)
{
    struct feed *feed = terminal;
    hub_restart(subscription);
    send_subscribed(feed, 0, false, hub_prev(subscription));
    begin_pages(feed);
}

const struct hub_doors feed_doors = {hub_sends, hub_asks_slow, hub_resyncs};

/* ---- rows ---- */

/* Rows of one page or one resumed set, with their words. */
struct gathering {
    struct feed *feed;
    struct ledger_view *view;
    struct texts texts;
    struct hub_row *rows;
    size_t count;
    size_t room;
    size_t bytes;
};

static bool gather_begin(struct gathering *gathering, struct feed *feed, size_t room)
{
    struct sessions *home = feed->session->home;
    *gathering = (struct gathering){.feed = feed, .room = room};
    gathering->view = sessions_view(home, &home->arena);
    if (gathering->view == NULL)
        return false;
    gathering->rows = arena_take(&home->arena, room * sizeof *gathering->rows);
    texts_begin(&gathering->texts, home->options.vault, &home->arena);
    return gathering->rows != NULL;
}

static void gather_end(struct gathering *gathering)
{
    texts_end(&gathering->texts);
    sessions_view_end(gathering->view);
}

static bool gather_full(const struct gathering *gathering)
{
    return gathering->count + 2 > gathering->room || gathering->bytes > FEED_PAGE_BYTES;
}

/* The row as it is now, when it is there and the subscription is for it. */
static void gather(struct gathering *gathering, uint64_t key)
{
    uint32_t customer = 0;
    struct slice row = ledger_view_row(gathering->view, key, &customer);
    if (row.size == 0 || !hub_wants(gathering->feed->subscription, key, customer))
        return;
    row = texts_row(&gathering->texts, row);
    gathering->rows[gathering->count++] = (struct hub_row){key, customer, row};
    gathering->bytes += row.size;
}

/* ---- pages ---- */

static void gather_customer(struct gathering *gathering, uint32_t customer)
{
    gather(gathering, LEDGER_ROW_KEY(ROW_KIND_CUSTOMER, customer));
    gather(gathering, LEDGER_ROW_KEY(ROW_KIND_ACCOUNT, customer));
}

/* Each of these gathers from the cursor on and says whether there is more. */

static bool gather_all(struct gathering *gathering, struct feed *feed)
{
    while (!gather_full(gathering)) {
        uint32_t customer = ledger_view_next_customer(gathering->view, (uint32_t)feed->cursor);
        if (customer == 0)
            return false;
        gather_customer(gathering, customer);
        feed->cursor = customer;
    }
    return true;
}

static bool gather_chosen(struct gathering *gathering, struct feed *feed)
{
    while (feed->cursor < feed->customer_count && !gather_full(gathering))
        gather_customer(gathering, feed->customers[feed->cursor++]);
    return feed->cursor < feed->customer_count;
}

static bool gather_approvals(struct gathering *gathering, struct feed *feed)
{
    const uint64_t *keys = NULL;
    size_t count = ledger_view_approvals(gathering->view, &keys);
    for (size_t i = 0; i < count; i++) {
        if (keys[i] <= feed->cursor)
            continue;
        if (gather_full(gathering))
            return true;
        gather(gathering, keys[i]);
        feed->cursor = keys[i];
    }
    return false;
}

static bool gather_page(struct gathering *gathering, struct feed *feed)
{
    if (feed->topic == TEFTER__TOPIC__TOPIC_APPROVALS)
        return gather_approvals(gathering, feed);
    return feed->customers != NULL ? gather_chosen(gathering, feed) : gather_all(gathering, feed);
}

static void send_page(struct feed *feed, struct gathering *gathering, bool more)
{
    struct session *session = feed->session;
    struct buffer *out = &session->home->out;
    uint64_t seq = ledger_view_seq(gathering->view);
    buffer_clear(out);
    if (hub_page_put(out, feed->subscription, seq, gathering->rows, gathering->count, !more))
        (void)stream_write(session->stream, buffer_slice(out));
    feed->paging = more;
    if (!more)
        hub_tell(feed->subscription, seq);
}

static void feed_page(struct feed *feed)
{
    struct gathering gathering;
    arena_reset(&feed->session->home->arena);
    if (gather_begin(&gathering, feed, FEED_PAGE_ROWS))
        send_page(feed, &gathering, gather_page(&gathering, feed));
    gather_end(&gathering);
}

static struct feed *paging_feed(const struct session *session)
{
    struct feed *feed = session->feeds;
    while (feed != NULL && !feed->paging)
        feed = feed->next;
    return feed;
}

void feeds_turn(struct session *session)
{
    struct feed *feed = paging_feed(session);
    if (feed == NULL || session_slow(session))
        return;
    feed_page(feed);
    if (session->state != SESSION_CLOSING && paging_feed(session) != NULL)
        session_want_turn(session);
}

void feeds_drained(struct session *session)
{
    for (struct feed *feed = session->feeds; feed != NULL; feed = feed->next)
        hub_drained(feed->subscription);
    if (paging_feed(session) != NULL)
        session_want_turn(session);
}

void feeds_heartbeat(struct session *session)
{
    uint64_t seq = hub_seq(session->home->hub);
    for (struct feed *feed = session->feeds; feed != NULL; feed = feed->next) {
        if (!feed->paging && hub_prev(feed->subscription) < seq)
            hub_tell(feed->subscription, seq);
    }
}

/* ---- resuming ---- */

static bool same_ledger(const struct sessions *home, const Tefter__Resume *resume)
{
    return resume->ledger.len == sizeof home->ledger_id &&
           memcmp(resume->ledger.data, home->ledger_id, sizeof home->ledger_id) == 0 &&
           resume->incarnation == home->incarnation;
}

/* What changed since, as it is now; false: only a snapshot helps. */
static bool gather_changed(struct gathering *gathering, struct feed *feed, uint64_t from)
{
    const uint64_t *keys = NULL;
    size_t count = 0;
    if (!gather_begin(gathering, feed, 0) || from > ledger_view_seq(gathering->view) ||
        !ledger_view_changed(gathering->view, from, &keys, &count) || count > HUB_PENDING_ROWS_MAX)
        return false;
    gathering->room = count;
    gathering->rows = arena_take(&feed->session->home->arena, count * sizeof *gathering->rows);
    if (gathering->rows == NULL)
        return false;
    for (size_t i = 0; i < count && gathering->bytes <= HUB_SET_BYTES_MAX; i++)
        gather(gathering, keys[i]);
    return hub_fits(gathering->rows, gathering->count);
}

static bool resume(struct feed *feed, const Tefter__FromTerminal *request)
{
    const Tefter__Resume *wanted = request->subscribe->resume;
    struct gathering gathering;
    if (wanted == NULL || !same_ledger(feed->session->home, wanted))
        return false;
    bool resumed = gather_changed(&gathering, feed, wanted->seq);
    if (resumed) {
        send_subscribed(feed, request->request, true, wanted->seq);
        hub_resume(feed->subscription, wanted->seq, ledger_view_seq(gathering.view), gathering.rows,
                   gathering.count);
    }
    gather_end(&gathering);
    return resumed;
}

/* ---- subscribing ---- */

static struct feed **feed_at(struct session *session, uint32_t number)
{
    struct feed **at = &session->feeds;
    while (*at != NULL && hub_number((*at)->subscription) != number)
        at = &(*at)->next;
    return at;
}

/* What is wrong; 0: nothing. */
static Tefter__RefusalCode wish_wrong(struct session *session, const Tefter__Subscribe *wish,
                                      const char **ret_field)
{
    *ret_field = "subscription";
    if (*feed_at(session, wish->subscription) != NULL)
        return TEFTER__REFUSAL_CODE__ALREADY_SUBSCRIBED;
    if (session->feed_count >= SUBSCRIPTIONS_MAX)
        return TEFTER__REFUSAL_CODE__TOO_MANY;
    *ret_field = "customers";
    return wish->n_customers > SUBSCRIPTION_IDS_MAX ? TEFTER__REFUSAL_CODE__TOO_MANY : 0;
}

static uint32_t kinds_of(Tefter__Topic topic)
{
    if (topic == TEFTER__TOPIC__TOPIC_APPROVALS)
        return 1U << ROW_KIND_APPROVAL;
    return 1U << ROW_KIND_ACCOUNT | 1U << ROW_KIND_CUSTOMER;
}

static void feed_free(struct feed *feed)
{
    hub_drop(feed->subscription);
    free(feed->customers);
    free(feed);
}

static bool keep_customers(struct feed *feed, const Tefter__Subscribe *wish)
{
    if (wish->n_customers == 0)
        return true;
    feed->customers = malloc(wish->n_customers * sizeof *feed->customers);
    if (feed->customers == NULL)
        return false;
    memcpy(feed->customers, wish->customers, wish->n_customers * sizeof *feed->customers);
    feed->customer_count = (uint32_t)wish->n_customers;
    return true;
}

static struct feed *feed_create(struct session *session, const Tefter__Subscribe *wish)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return NULL;
    const struct hub_wish hub_wish = {
        .number = wish->subscription,
        .kinds = kinds_of(wish->topic),
        .chosen = wish->n_customers > 0,
        .customers = wish->customers,
        .customer_count = wish->n_customers,
    };
    feed->session = session;
    feed->topic = (uint8_t)wish->topic;
    if (keep_customers(feed, wish))
        feed->subscription = hub_subscribe(session->home->hub, feed, &hub_wish);
    if (feed->subscription != NULL)
        return feed;
    feed_free(feed);
    return NULL;
}

void feed_subscribe(struct session *session, const Tefter__FromTerminal *request)
{
    const char *field = NULL;
    Tefter__RefusalCode wrong = wish_wrong(session, request->subscribe, &field);
    if (wrong != 0) {
        session_refuse_code(session, request, wrong, field);
        return;
    }
    struct feed *feed = feed_create(session, request->subscribe);
    if (feed == NULL) {
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    feed->next = session->feeds;
    session->feeds = feed;
    session->feed_count++;
    if (resume(feed, request))
        return;
    send_subscribed(feed, request->request, false, hub_prev(feed->subscription));
    begin_pages(feed);
}

void feed_unsubscribe(struct session *session, const Tefter__FromTerminal *request)
{
    struct feed **at = feed_at(session, request->unsubscribe->subscription);
    struct feed *feed = *at;
    if (feed == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "subscription");
        return;
    }
    *at = feed->next;
    session->feed_count--;
    feed_free(feed);
    session_accept(session, request->request);
}

void feeds_drop(struct session *session)
{
    while (session->feeds != NULL) {
        struct feed *feed = session->feeds;
        session->feeds = feed->next;
        feed_free(feed);
    }
    session->feed_count = 0;
}
