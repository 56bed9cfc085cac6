/*
 * Subscriptions. Registered at the hub first, so nothing is missed; then either what changed since
 * the terminal left goes out as one set (resume.c), or the whole replica in pages, one a turn and
 * only while the terminal keeps up, each exact at its own seq. After the last page a set is
 * promised whose `this` is at least that page's seq: then the replica is exact.
 */
#include <stdlib.h>

#include "session/inside.h"

struct feed {
    struct feed *next;
    struct session *session;
    struct hub_subscription *subscription;
    struct snapshot *snapshot; /* of all customers, while it is being given */
    struct resume *resume;     /* while what changed is gathered; until then it hears nothing */
    uint64_t cursor;           /* of pages: the last one that was told, or how many were */
    uint32_t *customers;       /* only these; NULL: all */
    uint32_t customer_count;
    struct totals_eyes eyes; /* of what is seen by branch */
    uint16_t topic;
    bool paging;
    bool stale; /* the hub gave up: to begin anew in its turn */
    bool held;  /* its turn came to nothing: tried again with the next heartbeat */
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
    struct feed *feed = terminal; /* NULL: a snapshot's own subscription */
    return feed == NULL || feed->resume != NULL || session_slow(feed->session);
}

void feed_send_subscribed(struct session *session, const struct hub_subscription *subscription,
                          uint64_t request, bool resumed, uint64_t seq)
{
    struct sessions *home = session->home;
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__Subscribed subscribed = TEFTER__SUBSCRIBED__INIT;
    subscribed.subscription = hub_number(subscription);
    subscribed.resumed = resumed;
    subscribed.seq = seq;
    subscribed.ledger = (ProtobufCBinaryData){sizeof home->ledger_id, home->ledger_id};
    subscribed.incarnation = home->incarnation.number;
    subscribed.has_incarnation_nonce = session_passes_over(session);
    subscribed.incarnation_nonce =
        (ProtobufCBinaryData){sizeof home->incarnation.nonce, home->incarnation.nonce};
    message.body_case = TEFTER__TO_TERMINAL__BODY_SUBSCRIBED;
    message.subscribed = &subscribed;
    session_send(session, request, &message);
}

/* Not at once: the hub is in the middle of telling everybody. */
static void hub_resyncs(void *terminal, struct hub_subscription *subscription)
{
    struct feed *feed = terminal;
    (void)subscription;
    feed->stale = true;
    session_want_turn(feed->session);
}

const struct hub_callbacks feed_doors = {hub_sends, hub_asks_slow, hub_resyncs};

/* ---- pages ---- */

static bool of_all(const struct feed *feed)
{
    return feed->topic == TEFTER__TOPIC__TOPIC_CUSTOMERS && feed->customers == NULL;
}

static void leave_snapshot(struct feed *feed)
{
    snapshot_release(feed->snapshot);
    feed->snapshot = NULL;
    feed->paging = false;
}

/* The whole replica, from its first page on. request 0: unasked, so that the terminal knows. */
static bool begin_anew(struct feed *feed, uint64_t request)
{
    leave_snapshot(feed);
    if (of_all(feed)) {
        feed->snapshot = snapshot_join(feed->session->home, feed->subscription);
        if (feed->snapshot == NULL)
            return false;
    } else {
        hub_restart(feed->subscription);
    }
    feed->stale = false;
    feed->paging = true;
    feed->cursor = 0;
    feed_send_subscribed(feed->session, feed->subscription, request, false,
                         hub_prev(feed->subscription));
    hub_drained(feed->subscription);
    session_want_turn(feed->session);
    return true;
}

/* Both gather from the cursor on and say whether there is more. */

static bool gather_chosen(struct gathering *gathering, struct feed *feed)
{
    while (feed->cursor < feed->customer_count && !gather_full(gathering))
        gather_customer(gathering, feed->customers[feed->cursor++]);
    return feed->cursor < feed->customer_count;
}

static bool gather_approvals(struct gathering *gathering, struct feed *feed)
{
    enum { AT_ONCE = 32 }; /* with notes and reasons about as much as a page of customers */
    uint64_t keys[AT_ONCE];
    uint64_t cursor = feed->cursor;
    bool more;
    size_t count = ledger_view_approvals(gathering->view, &cursor, keys, AT_ONCE, &more);
    gathering->failed = ledger_view_met(gathering->view) == LEDGER_MET_FAULT;
    for (size_t i = 0; i < count; i++)
        gather(gathering, keys[i]);
    if (!gathering->failed)
        feed->cursor = cursor;
    return more;
}

/* Alarms of before are asked for (AlarmList): their feed begins empty. */
static bool gather_topic(struct gathering *gathering, struct feed *feed)
{
    if (feed->topic == TEFTER__TOPIC__TOPIC_ALARMS)
        return false;
    return feed->topic == TEFTER__TOPIC__TOPIC_APPROVALS ? gather_approvals(gathering, feed)
                                                         : gather_chosen(gathering, feed);
}

/* A page for this feed alone. */
static bool own_page(struct feed *feed, struct snapshot_chunk *ret_page)
{
    struct sessions *home = feed->session->home;
    struct gathering gathering;
    bool read = gather_begin(&gathering, home, hub_filter(feed->subscription)) &&
                gather_room(&gathering, FEED_CHUNK_ROWS);
    bool more = read && gather_topic(&gathering, feed);
    buffer_clear(&home->rows);
    read = read && !gathering.failed &&
           hub_chunk_rows_put(&home->rows, gathering.rows, gathering.count);
    if (read)
        *ret_page = (struct snapshot_chunk){ledger_view_seq(gathering.view),
                                            buffer_slice(&home->rows), 0, !more};
    gather_end(&gathering);
    return read;
}

/* Of what is kept in memory. */
static bool totals_page(struct feed *feed, struct snapshot_chunk *ret_page)
{
    return totals_chunk(feed->session->home, feed->topic, &feed->eyes, &feed->cursor, ret_page);
}

static bool shared_page(struct feed *feed, struct snapshot_chunk *ret_page)
{
    if (!snapshot_chunk(feed->snapshot, (uint32_t)feed->cursor, ret_page))
        return false;
    feed->cursor = ret_page->until;
    return true;
}

/* false: not now */
static bool feed_chunk(struct feed *feed)
{
    struct session *session = feed->session;
    struct buffer *out = &session->home->out;
    struct snapshot_chunk page;
    arena_reset(&session->home->arena);
    if (!(feed->snapshot != NULL      ? shared_page(feed, &page)
          : totals_topic(feed->topic) ? totals_page(feed, &page)
                                      : own_page(feed, &page)))
        return false;
    buffer_clear(out);
    if (hub_chunk_put(out, feed->subscription, page.seq, page.rows, page.last))
        (void)stream_write(session->stream, buffer_slice(out));
    if (page.last) {
        leave_snapshot(feed);
        hub_tell(feed->subscription, page.seq);
    }
    return true;
}

/* Something is owed to it that comes in turns. */
static bool wants_turn(const struct feed *feed)
{
    return feed->resume == NULL && (feed->paging || feed->stale);
}

static struct feed *waiting_feed(const struct session *session)
{
    struct feed *feed = session->feeds;
    while (feed != NULL && (feed->held || !wants_turn(feed)))
        feed = feed->next;
    return feed;
}

void feeds_turn(struct session *session)
{
    struct feed *feed = waiting_feed(session);
    if (feed == NULL || session_slow(session))
        return;
    struct turns *turns = session->home->options.turns;
    struct turn turn = turn_begin(turns);
    uint16_t topic = feed->topic;
    death_doing(DEATH_TOPIC, topic);
    feed->held = !(feed->stale ? begin_anew(feed, 0) : feed_chunk(feed));
    death_idle();
    turn_end(turns, turn, TURN_TOPIC, topic);
    if (session->state != SESSION_CLOSING && waiting_feed(session) != NULL)
        session_want_turn(session);
}

void feeds_drained(struct session *session)
{
    for (struct feed *feed = session->feeds; feed != NULL; feed = feed->next)
        hub_drained(feed->subscription);
    if (waiting_feed(session) != NULL)
        session_want_turn(session);
}

void feeds_heartbeat(struct session *session)
{
    uint64_t seq = hub_seq(session->home->hub);
    for (struct feed *feed = session->feeds; feed != NULL; feed = feed->next) {
        feed->held = false;
        if (feed->resume == NULL && !wants_turn(feed) && hub_prev(feed->subscription) < seq)
            hub_tell(feed->subscription, seq);
    }
    if (waiting_feed(session) != NULL)
        session_want_turn(session);
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
    *ret_field = "topic";
    if (sessions_disabled(session->home, DEATH_TOPIC, wish->topic))
        return TEFTER__REFUSAL_CODE__QUERY_DISABLED;
    *ret_field = "subscription";
    if (*feed_at(session, wish->subscription) != NULL)
        return TEFTER__REFUSAL_CODE__ALREADY_SUBSCRIBED;
    if (session->feed_count >= SUBSCRIPTIONS_MAX)
        return TEFTER__REFUSAL_CODE__TOO_MANY;
    *ret_field = "customers";
    return wish->n_customers > SUBSCRIPTION_IDS_MAX ? TEFTER__REFUSAL_CODE__TOO_MANY : 0;
}

static uint32_t kinds_of(Tefter__Topic topic, bool blind)
{
    if (topic == TEFTER__TOPIC__TOPIC_TOTALS)
        return 1U << (blind ? ROW_TOTALS_BLIND : ROW_TOTALS);
    if (topic == TEFTER__TOPIC__TOPIC_DECISIONS)
        return 1U << ROW_DECISION;
    if (topic == TEFTER__TOPIC__TOPIC_APPROVALS)
        return 1U << ROW_APPROVAL;
    if (topic == TEFTER__TOPIC__TOPIC_ALARMS)
        return 1U << ROW_ALARM;
    return 1U << ROW_ACCOUNT | 1U << ROW_CUSTOMER;
}

static void feed_free(struct feed *feed)
{
    if (totals_topic(feed->topic))
        totals_watched(feed->session->home, feed->eyes.blind, -1);
    resume_drop(feed->resume);
    leave_snapshot(feed);
    hub_drop(feed->subscription);
    free(feed->customers);
    free(feed);
}

/* Seen by the branch that somebody belongs to, as the list of the same is; not by customers. */
static bool by_branch(uint32_t topic)
{
    return totals_topic(topic) || topic == TEFTER__TOPIC__TOPIC_APPROVALS ||
           topic == TEFTER__TOPIC__TOPIC_ALARMS;
}

static bool keep_customers(struct feed *feed, const Tefter__Subscribe *wish)
{
    if (wish->n_customers == 0 || by_branch(wish->topic))
        return true;
    feed->customers = malloc(wish->n_customers * sizeof *feed->customers);
    if (feed->customers == NULL)
        return false;
    memcpy(feed->customers, wish->customers, wish->n_customers * sizeof *feed->customers);
    feed->customer_count = (uint32_t)wish->n_customers;
    return true;
}

static bool choose(struct feed *feed, const Tefter__Subscribe *wish, struct hub_wish *hub_wish)
{
    if (!by_branch(wish->topic)) {
        hub_wish->chosen = wish->n_customers > 0;
        hub_wish->customers = wish->customers;
        hub_wish->customer_count = wish->n_customers;
        return true;
    }
    if (!totals_branch(feed->session, &feed->eyes.only))
        return false;
    hub_wish->chosen = feed->eyes.only != 0;
    hub_wish->customers = &feed->eyes.only;
    hub_wish->customer_count = feed->eyes.only != 0 ? 1 : 0;
    return true;
}

static struct feed *feed_create(struct session *session, const Tefter__Subscribe *wish)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return NULL;
    struct hub_wish hub_wish = {
        .number = wish->subscription,
        .kinds = kinds_of(wish->topic, totals_blind(session)),
    };
    feed->session = session;
    feed->eyes.blind = totals_blind(session);
    feed->topic = (uint16_t)wish->topic;
    if (totals_topic(feed->topic))
        totals_watched(session->home, feed->eyes.blind, 1);
    if (choose(feed, wish, &hub_wish) && keep_customers(feed, wish))
        feed->subscription = hub_subscribe(session->home->hub, feed, &hub_wish);
    if (feed->subscription != NULL)
        return feed;
    feed_free(feed);
    return NULL;
}

static Tefter__Right topic_right(Tefter__Topic topic)
{
    return topic == TEFTER__TOPIC__TOPIC_ALARMS || totals_topic(topic)
               ? TEFTER__RIGHT__RIGHT_SEE_ALARMS
               : TEFTER__RIGHT__RIGHT_SEE;
}

void feed_subscribe(struct session *session, const Tefter__FromTerminal *request)
{
    const char *field = NULL;
    if (!session_may(session, request, topic_right(request->subscribe->topic)))
        return;
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
    death_doing(DEATH_TOPIC, feed->topic);
    enum resumed resumed =
        resume_begin(session, feed, feed->topic, feed->subscription, request, &feed->resume);
    bool begun = resumed != RESUMED_NOT || begin_anew(feed, request->request);
    death_idle();
    if (!begun) {
        feed_free(feed);
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS);
        return;
    }
    feed->next = session->feeds;
    session->feeds = feed;
    session->feed_count++;
    if (resumed == RESUMED_LATER)
        resume_put(session, feed->resume);
}

/* Takes it out of its session, and frees it. */
static void drop(struct feed **at)
{
    struct feed *feed = *at;
    *at = feed->next;
    feed->session->feed_count--;
    feed_free(feed);
}

static void refuse_busy(struct session *session, uint64_t request)
{
    Tefter__Refusal busy = TEFTER__REFUSAL__INIT;
    busy.code = TEFTER__REFUSAL_CODE__BUSY;
    busy.has_retry_ms = true;
    busy.retry_ms = BUSY_RETRY_MS;
    session_refuse_number(session, request, &busy);
}

void feed_resumed(struct feed *feed, uint64_t request, const struct resume_set *set)
{
    struct session *session = feed->session;
    struct hub_subscription *subscription = feed->subscription;
    feed->resume = NULL;
    /* more was published meanwhile than is kept: pages */
    if (set != NULL && hub_pending(subscription) != SIZE_MAX) {
        sessions_answered(session->home, set->seq);
        feed_send_subscribed(session, subscription, request, true, set->from);
        hub_resume(subscription, set->from, set->seq, set->rows, set->count);
        hub_drained(subscription);
    } else if (!begin_anew(feed, request)) {
        drop(feed_at(session, hub_number(subscription)));
        refuse_busy(session, request);
    }
}

void feed_unsubscribe(struct session *session, const Tefter__FromTerminal *request)
{
    struct feed **at = feed_at(session, request->unsubscribe->subscription);
    if (*at == NULL) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "subscription");
        return;
    }
    drop(at);
    session_accept(session, request->request);
}

/* Does its person still see what it was begun with? */
static bool still_seen(struct feed *feed)
{
    uint32_t only;
    if (!access_may(&feed->session->who, topic_right(feed->topic)))
        return false;
    if (!by_branch(feed->topic))
        return true;
    return (!totals_topic(feed->topic) || feed->eyes.blind == totals_blind(feed->session)) &&
           totals_branch(feed->session, &only) && only == feed->eyes.only;
}

void feeds_drop_unseen(struct session *session)
{
    for (struct feed **at = &session->feeds; *at != NULL;) {
        struct feed *feed = *at;
        if (still_seen(feed))
            at = &feed->next;
        else
            drop(at);
    }
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
