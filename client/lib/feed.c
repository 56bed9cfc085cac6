/*
 * Subscriptions: each has a replica. Asked for when the link opens; resumed from where the replica
 * stands when the server still can; begun anew after a gap. Each asking has a number of its own,
 * so frames of an earlier one are known and dropped.
 */
#include "lib/inside.h"
#include "wire/message.h"

#include <stdlib.h>

enum { RESUME_NONCE = 4 }; /* Resume.incarnation_nonce */

/* ---- asking ---- */

static bool feed_resume(struct tefter_feed *feed, Tefter__Resume *resume)
{
    struct tefter *client = feed->client;
    const Tefter__Welcome *welcome = client->welcome;
    if (!replica_resume(&feed->replica, welcome->ledger.data, &client->incarnation, &resume->seq))
        return false;
    resume->ledger = welcome->ledger;
    resume->incarnation = welcome->incarnation;
    resume->has_incarnation_nonce =
        welcome->has_incarnation_nonce &&
        tefter_knows_field(client, &tefter__resume__descriptor, RESUME_NONCE);
    resume->incarnation_nonce = welcome->incarnation_nonce;
    return true;
}

static void tell_set(struct tefter_feed *feed, struct tefter_delta *set);

/* The server does not know this topic yet; asked again at the next connection. */
static void feed_unsuited(struct tefter_feed *feed, const struct message_fault *fault)
{
    Tefter__Refusal refusal;
    refusal_older(&refusal, fault);
    feed->number = 0;
    struct tefter_delta set = {.refused = &refusal, .delay_ms = -1};
    tell_set(feed, &set);
}

static void feed_ask(struct tefter_feed *feed)
{
    struct tefter *client = feed->client;
    Tefter__Resume resume = TEFTER__RESUME__INIT;
    Tefter__Subscribe subscribe = TEFTER__SUBSCRIBE__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    feed->number = ++client->next_subscription;
    feed->resuming = feed_resume(feed, &resume);
    feed->fetching_again = !feed->resuming && feed->replica.count > 0;
    replica_unsubscribed(&feed->replica);
    subscribe.subscription = feed->number;
    subscribe.topic = feed->topic;
    subscribe.customers = feed->customers;
    subscribe.n_customers = feed->customer_count;
    subscribe.resume = feed->resuming ? &resume : NULL;
    frame.has_request = true;
    frame.request = SUBSCRIBE_REQUEST | feed->number;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    struct message_fault fault;
    if (link_suits(client, &frame, &fault))
        (void)link_send(client, &frame);
    else
        feed_unsuited(feed, &fault);
}

static void feed_leave(struct tefter_feed *feed)
{
    Tefter__Unsubscribe unsubscribe = TEFTER__UNSUBSCRIBE__INIT;
    Tefter__FromTerminal frame = TEFTER__FROM_TERMINAL__INIT;
    if (feed->number == 0 || !link_is_open(feed->client))
        return;
    unsubscribe.subscription = feed->number;
    frame.body_case = TEFTER__FROM_TERMINAL__BODY_UNSUBSCRIBE;
    frame.unsubscribe = &unsubscribe;
    (void)link_send(feed->client, &frame);
    feed->number = 0;
}

/* A set is missing. What is exact up to `position` can be resumed from there, once. */
static void feed_again(struct tefter_feed *feed)
{
    if (feed->resuming && !feed->replica.exact)
        feed->replica.was_exact = false;
    feed_leave(feed);
    feed_ask(feed);
}

void feeds_open(struct tefter *client)
{
    for (struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        if (feed->number == 0 && !feed->dead)
            feed_ask(feed);
    }
}

void feeds_lost(struct tefter *client)
{
    for (struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        feed->number = 0;
        replica_unsubscribed(&feed->replica);
    }
}

/* Who belongs to a branch is told those of it alone: the next one sees other rows. */
static bool is_by_branch(Tefter__Topic topic)
{
    return topic != TEFTER__TOPIC__TOPIC_CUSTOMERS;
}

void feeds_leave(struct tefter *client)
{
    for (struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        feed_leave(feed);
        if (is_by_branch(feed->topic))
            feed->replica.was_exact = false; /* it begins anew, and is no more resumed */
    }
    feeds_lost(client);
}

/* ---- life ---- */

static void feed_free(struct tefter_feed *feed)
{
    replica_fini(&feed->replica);
    free(feed->customers);
    free(feed);
}

static void forget_dead(struct tefter *client)
{
    struct tefter_feed **link = &client->feeds;
    while (*link != NULL) {
        struct tefter_feed *feed = *link;
        if (!feed->dead) {
            link = &feed->next;
            continue;
        }
        *link = feed->next;
        feed_free(feed);
    }
}

void feeds_fini(struct tefter *client)
{
    for (struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next)
        feed->dead = true;
    forget_dead(client);
}

static struct tefter_feed *feed_make(const uint32_t *customers, size_t customer_count)
{
    struct tefter_feed *feed = calloc(1, sizeof(*feed));
    if (feed == NULL)
        return NULL;
    replica_init(&feed->replica);
    feed->customers = calloc(customer_count + 1, sizeof(*feed->customers));
    if (feed->customers == NULL) {
        free(feed);
        return NULL;
    }
    if (customer_count > 0)
        memcpy(feed->customers, customers, customer_count * sizeof(*customers));
    feed->customer_count = customer_count;
    return feed;
}

struct tefter_feed *tefter_subscribe(struct tefter *client, Tefter__Topic topic,
                                     const uint32_t *customers, size_t customer_count,
                                     tefter_delta_fn changed, void *context)
{
    struct tefter_feed *feed = feed_make(customers, customer_count);
    if (feed == NULL)
        return NULL;
    feed->client = client;
    feed->topic = topic;
    feed->changed = changed;
    feed->context = context;
    feed->next = client->feeds;
    client->feeds = feed;
    if (link_is_open(client))
        feed_ask(feed);
    return feed;
}

void tefter_unsubscribe(struct tefter_feed *feed)
{
    struct tefter *client = feed->client;
    feed_leave(feed);
    feed->dead = true;
    if (!client->feeding)
        forget_dead(client);
}

/* ---- in ---- */

static struct tefter_feed *feed_by_number(struct tefter *client, uint32_t number)
{
    for (struct tefter_feed *feed = client->feeds; feed != NULL; feed = feed->next) {
        if (feed->number == number && number != 0 && !feed->dead)
            return feed;
    }
    return NULL;
}

static void tell_set(struct tefter_feed *feed, struct tefter_delta *set)
{
    struct tefter *client = feed->client;
    set->feed = feed;
    set->exact = feed->replica.exact;
    if (feed->changed == NULL)
        return;
    client->feeding = true;
    feed->changed(feed->context, set);
    client->feeding = false;
}

static int64_t delay_of(struct tefter *client, const Tefter__Delta *set)
{
    if (!set->has_committed_ms)
        return -1;
    int64_t delay = tefter_now_ms(client) - set->committed_ms;
    return delay < 0 ? 0 : delay; /* clocks are never quite the same */
}

/* What a frame did to the replica; true: there is something to tell. */
static bool judge(struct tefter_feed *feed, enum replica_verdict verdict)
{
    switch (verdict) {
    case REPLICA_TAKEN:
        return true;
    case REPLICA_GAP:
        feed_again(feed);
        return false;
    case REPLICA_WRONG:
        link_broken(feed->client, "its feed makes no sense");
        return false;
    case REPLICA_MEMORY:
        link_again(feed->client, "no memory for what the server feeds");
        return false;
    }
    return false;
}

static void became_exact(struct tefter_feed *feed, const struct replica_news *news)
{
    if (!news->became_exact)
        return;
    feed->resuming = false;
    feed->fetching_again = false;
}

static void take_subscribed(struct tefter_feed *feed, const Tefter__Subscribed *subscribed)
{
    struct replica_news news;
    if (!judge(feed, replica_begin(&feed->replica, subscribed, &news)))
        return;
    if (!subscribed->resumed)
        feed->fetching_again = feed->replica.count > 0;
    became_exact(feed, &news);
    struct tefter_delta set = {.seq = subscribed->seq, .delay_ms = -1};
    if (news.became_exact)
        tell_set(feed, &set);
}

static void take_page(struct tefter_feed *feed, const Tefter__SnapshotChunk *page)
{
    struct replica_news news;
    if (!judge(feed, replica_chunk(&feed->replica, page, &feed->client->frame_arena, &news)))
        return;
    became_exact(feed, &news);
    struct tefter_delta set = {.page = true,
                               .renewed = news.renewed,
                               .seq = page->seq,
                               .rows = news.rows,
                               .row_count = news.row_count,
                               .delay_ms = -1};
    tell_set(feed, &set);
}

static void take_set(struct tefter_feed *feed, const Tefter__Delta *fed)
{
    struct replica_news news;
    if (!judge(feed, replica_delta(&feed->replica, fed, &feed->client->frame_arena, &news)))
        return;
    became_exact(feed, &news);
    if (fed->this_ > feed->client->server_seq)
        feed->client->server_seq = fed->this_;
    struct tefter_delta set = {.renewed = news.renewed,
                               .seq = fed->this_,
                               .rows = news.rows,
                               .row_count = news.row_count,
                               .committed_ms = fed->has_committed_ms ? fed->committed_ms : 0,
                               .delay_ms = delay_of(feed->client, fed)};
    tell_set(feed, &set);
}

static uint32_t number_of(const Tefter__ToTerminal *frame)
{
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        return frame->subscribed->subscription;
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        return frame->snapshot_chunk->subscription;
    return frame->delta->subscription;
}

void feeds_take(struct tefter *client, const Tefter__ToTerminal *frame)
{
    struct tefter_feed *feed = feed_by_number(client, number_of(frame));
    if (feed == NULL)
        return; /* of an asking that was given up */
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        take_subscribed(feed, frame->subscribed);
    else if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        take_page(feed, frame->snapshot_chunk);
    else
        take_set(feed, frame->delta);
    forget_dead(client);
    client_changed(client);
    client_happened(client);
}

void feeds_refused(struct tefter *client, uint64_t request, const Tefter__Refusal *refusal)
{
    struct tefter_feed *feed =
        (request & SUBSCRIBE_REQUEST) == 0 ? NULL : feed_by_number(client, (uint32_t)request);
    if (feed == NULL)
        return;
    feed->number = 0;
    struct tefter_delta set = {.refused = refusal, .delay_ms = -1};
    tell_set(feed, &set);
    forget_dead(client);
    client_happened(client);
}

/* ---- reading ---- */

static const Tefter__Row *row_unpack(const struct replica_row *row, struct arena *arena)
{
    return (const Tefter__Row *)message_unpack(&tefter__row__descriptor,
                                               slice_of(row->bytes, row->size), arena);
}

const Tefter__Row *tefter_feed_row(const struct tefter_feed *feed, enum tefter_row kind,
                                   uint64_t id, struct arena *arena)
{
    const struct replica_row *row =
        replica_find(&feed->replica, row_key_of((enum row_kind)kind, id));
    return row == NULL ? NULL : row_unpack(row, arena);
}

size_t tefter_feed_size(const struct tefter_feed *feed)
{
    return feed->replica.count;
}

void tefter_feed_each(const struct tefter_feed *feed, struct arena *arena,
                      bool (*each)(void *context, const Tefter__Row *row), void *context)
{
    for (size_t i = 0; i < feed->replica.capacity; i++) {
        if (feed->replica.rows[i].key == 0)
            continue;
        arena_reset(arena);
        const Tefter__Row *row = row_unpack(&feed->replica.rows[i], arena);
        if (row == NULL || !each(context, row))
            return;
    }
}

uint64_t tefter_feed_exact(const struct tefter_feed *feed)
{
    return feed->replica.exact ? feed->replica.position : 0;
}
