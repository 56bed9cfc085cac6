#include "push/hub.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/grow.h"
#include "base/limits.h"
#include "push/conflate.h"
#include "push/encode.h"
#include "wire/row_key.h"

enum { SHARED_DELTAS = 8 };

struct hub_subscription {
    struct hub *hub;
    void *terminal;
    struct hub_filter filter;
    uint32_t number;
    uint32_t place; /* in hub->subscriptions */
    bool dropped;   /* while the hub walks: freed afterwards */
    bool stale;     /* passed a bound: to be snapshotted anew */
    bool asked;     /* resync was called */
    uint64_t prev;
    uint64_t owed; /* a set with `this` of at least this is awaited; 0: none */
    struct conflate pending;
};

/* A row of the group that is being published; `shared` is made when first wanted. */
struct fresh_row {
    struct hub_row row;
    struct shared_row *shared;
};

/* A set's frame that several subscriptions get. */
struct shared_delta {
    bool used;
    bool fits;
    uint32_t kinds;
    uint32_t number;
    uint64_t prev;
    size_t rows_size;
    struct buffer frame;
};

struct hub {
    struct hub_callbacks callbacks;
    uint64_t seq;
    int64_t committed_ms;
    struct hub_subscription **subscriptions;
    uint32_t count;
    size_t room;
    bool walking;
    bool swept_later;
    struct fresh_row *fresh;
    size_t fresh_count;
    size_t fresh_room;
    uint32_t *fresh_index; /* place + 1 by key; power of two */
    size_t fresh_slots;
    struct shared_delta sets[SHARED_DELTAS];
    uint32_t next_set;
    struct shared_delta own; /* of one with chosen customers */
    struct buffer scratch;
    struct hub_metrics metrics;
};

/* ---- making and ending ---- */

struct hub *hub_create(const struct hub_callbacks *callbacks, uint64_t seq)
{
    struct hub *hub = calloc(1, sizeof *hub);
    if (hub == NULL)
        return NULL;
    hub->callbacks = *callbacks;
    hub->seq = seq;
    buffer_init(&hub->scratch, FRAME_TO_CLIENT_MAX);
    buffer_init(&hub->own.frame, FRAME_TO_CLIENT_MAX);
    for (int i = 0; i < SHARED_DELTAS; i++)
        buffer_init(&hub->sets[i].frame, FRAME_TO_CLIENT_MAX);
    return hub;
}

static void subscription_free(struct hub_subscription *subscription)
{
    conflate_clear(&subscription->pending);
    free(subscription->filter.customers);
    free(subscription);
}

void hub_destroy(struct hub *hub)
{
    if (hub == NULL)
        return;
    for (uint32_t i = 0; i < hub->count; i++)
        subscription_free(hub->subscriptions[i]);
    for (int i = 0; i < SHARED_DELTAS; i++)
        buffer_fini(&hub->sets[i].frame);
    buffer_fini(&hub->scratch);
    buffer_fini(&hub->own.frame);
    free(hub->subscriptions);
    free(hub->fresh);
    free(hub->fresh_index);
    free(hub);
}

void hub_forget(struct hub *hub)
{
    buffer_wipe(&hub->scratch);
    buffer_wipe(&hub->own.frame);
    for (int i = 0; i < SHARED_DELTAS; i++) {
        hub->sets[i].used = false;
        buffer_wipe(&hub->sets[i].frame);
    }
}

uint64_t hub_seq(const struct hub *hub)
{
    return hub->seq;
}

uint32_t hub_count(const struct hub *hub)
{
    return hub->count;
}

void hub_metrics(const struct hub *hub, struct hub_metrics *ret_metrics)
{
    *ret_metrics = hub->metrics;
}

/* ---- subscriptions ---- */

static int compare_customers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static bool choose(struct hub_filter *filter, const struct hub_wish *wish)
{
    filter->kinds = wish->kinds;
    filter->chosen = wish->chosen;
    if (!wish->chosen || wish->customer_count == 0)
        return true;
    size_t size = wish->customer_count * sizeof *wish->customers;
    filter->customers = malloc(size);
    if (filter->customers == NULL)
        return false;
    memcpy(filter->customers, wish->customers, size);
    filter->customer_count = (uint32_t)wish->customer_count;
    qsort(filter->customers, wish->customer_count, sizeof(uint32_t), compare_customers);
    return true;
}

static bool enlist(struct hub *hub, struct hub_subscription *subscription)
{
    if (!GROW(hub->subscriptions, hub->room, (size_t)hub->count + 1))
        return false;
    subscription->place = hub->count;
    hub->subscriptions[hub->count++] = subscription;
    return true;
}

struct hub_subscription *hub_subscribe(struct hub *hub, void *terminal, const struct hub_wish *wish)
{
    struct hub_subscription *subscription = calloc(1, sizeof *subscription);
    if (subscription == NULL)
        return NULL;
    subscription->hub = hub;
    subscription->terminal = terminal;
    subscription->number = wish->number;
    subscription->prev = hub->seq;
    if (choose(&subscription->filter, wish) && enlist(hub, subscription))
        return subscription;
    subscription_free(subscription);
    return NULL;
}

static void delist(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    struct hub_subscription *last = hub->subscriptions[--hub->count];
    hub->subscriptions[subscription->place] = last;
    last->place = subscription->place;
    subscription_free(subscription);
}

void hub_drop(struct hub_subscription *subscription)
{
    if (subscription == NULL)
        return;
    if (!subscription->hub->walking) {
        delist(subscription);
        return;
    }
    subscription->dropped = true;
    subscription->hub->swept_later = true;
}

static void sweep(struct hub *hub)
{
    if (!hub->swept_later)
        return;
    hub->swept_later = false;
    for (uint32_t i = hub->count; i-- > 0;) {
        if (hub->subscriptions[i]->dropped)
            delist(hub->subscriptions[i]);
    }
}

uint32_t hub_number(const struct hub_subscription *subscription)
{
    return subscription->number;
}

uint64_t hub_prev(const struct hub_subscription *subscription)
{
    return subscription->prev;
}

bool hub_passes(const struct hub_filter *filter, uint64_t key, uint32_t customer)
{
    if ((filter->kinds >> (row_key_kind(key) & 31) & 1U) == 0)
        return false;
    return !filter->chosen || (filter->customer_count > 0 &&
                               bsearch(&customer, filter->customers, filter->customer_count,
                                       sizeof customer, compare_customers) != NULL);
}

const struct hub_filter *hub_filter(const struct hub_subscription *subscription)
{
    return &subscription->filter;
}

bool hub_wants(const struct hub_subscription *subscription, uint64_t key, uint32_t customer)
{
    return hub_passes(&subscription->filter, key, customer);
}

/* ---- one set to one subscription ---- */

static void deliver(struct hub_subscription *subscription, struct slice frame, uint64_t this)
{
    struct hub *hub = subscription->hub;
    subscription->prev = this;
    if (subscription->owed <= this)
        subscription->owed = 0;
    hub->metrics.sets++;
    hub->callbacks.send(subscription->terminal, frame);
}

static struct encode_delta set_of(const struct hub_subscription *subscription, uint64_t this,
                                  size_t rows_size)
{
    return (struct encode_delta){
        .number = subscription->number,
        .prev = subscription->prev,
        .this = this,
        .committed_ms = rows_size == 0 ? 0 : subscription->hub->committed_ms,
        .rows_size = rows_size,
    };
}

/* Too much to keep or to send: from here on only a snapshot helps. */
static void give_up(struct hub_subscription *subscription)
{
    conflate_clear(&subscription->pending);
    subscription->stale = true;
    subscription->hub->metrics.resyncs++;
}

static void ask_resync(struct hub_subscription *subscription)
{
    if (subscription->asked)
        return;
    subscription->asked = true;
    subscription->hub->callbacks.resync(subscription->terminal, subscription);
}

void hub_restart(struct hub_subscription *subscription)
{
    conflate_clear(&subscription->pending);
    subscription->stale = false;
    subscription->asked = false;
    subscription->owed = 0;
    subscription->prev = subscription->hub->seq;
}

bool hub_join(struct hub_subscription *subscription, const struct hub_subscription *base)
{
    need(subscription->filter.kinds == base->filter.kinds && !subscription->filter.chosen &&
         !base->filter.chosen);
    need(!base->hub->walking); /* base may not have been told of the group yet */
    hub_restart(subscription);
    bool joined = !base->stale;
    for (uint32_t i = 0; i < base->pending.count && joined; i++) {
        bool replaced = false;
        joined = conflate_put(&subscription->pending, base->pending.rows[i], &replaced);
    }
    if (!joined)
        conflate_clear(&subscription->pending);
    return joined;
}

size_t hub_pending(const struct hub_subscription *subscription)
{
    return subscription->stale ? SIZE_MAX : subscription->pending.count;
}

/* Everything pending, or nothing, as one set that ends in the hub's seq. */
static void flush(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    struct encode_delta set = set_of(subscription, hub->seq, subscription->pending.bytes);
    buffer_clear(&hub->scratch);
    if (!encode_delta_head(&hub->scratch, &set) ||
        !conflate_write(&subscription->pending, &hub->scratch) ||
        !encode_delta_tail(&hub->scratch, &set)) {
        give_up(subscription);
        return;
    }
    conflate_clear(&subscription->pending);
    hub->metrics.encoded++;
    deliver(subscription, buffer_slice(&hub->scratch), hub->seq);
}

/* Something is to be told. A resumed one may be ahead of the hub: it is never told to go back. */
static bool due(const struct hub_subscription *subscription)
{
    uint64_t seq = subscription->hub->seq;
    return subscription->pending.count > 0 ||
           (subscription->owed != 0 && subscription->owed <= seq && subscription->prev <= seq);
}

/* It can be told: what it waits for goes out. */
static void bring_up(struct hub_subscription *subscription)
{
    if (!subscription->stale && due(subscription))
        flush(subscription);
    if (subscription->stale)
        ask_resync(subscription);
}

void hub_drained(struct hub_subscription *subscription)
{
    if (!subscription->dropped && !subscription->hub->callbacks.slow(subscription->terminal))
        bring_up(subscription);
}

void hub_tell(struct hub_subscription *subscription, uint64_t seq)
{
    if (seq > subscription->owed)
        subscription->owed = seq;
    hub_drained(subscription);
}

/* ---- resuming ---- */

static size_t rows_size_of(const struct hub_row *rows, size_t row_count)
{
    size_t size = 0;
    for (size_t i = 0; i < row_count; i++)
        size += encode_row_size(rows[i].row);
    return size;
}

bool hub_fits(const struct hub_row *rows, size_t row_count)
{
    return row_count <= HUB_PENDING_ROWS_MAX &&
           rows_size_of(rows, row_count) <= HUB_DELTA_BYTES_MAX;
}

static bool put_row(struct buffer *out, struct slice row)
{
    size_t size = encode_row_size(row);
    if (!buffer_reserve(out, size))
        return false;
    encode_row(out->data + out->size, row);
    out->size += size;
    return true;
}

static bool put_rows(struct buffer *out, const struct hub_row *rows, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        if (!put_row(out, rows[i].row))
            return false;
    }
    return true;
}

void hub_resume(struct hub_subscription *subscription, uint64_t from, uint64_t seq,
                const struct hub_row *rows, size_t row_count)
{
    struct hub *hub = subscription->hub;
    subscription->prev = from;
    struct encode_delta set = set_of(subscription, seq, rows_size_of(rows, row_count));
    set.committed_ms = 0;
    buffer_clear(&hub->scratch);
    if (!encode_delta_head(&hub->scratch, &set) || !put_rows(&hub->scratch, rows, row_count)) {
        give_up(subscription);
        return;
    }
    hub->metrics.encoded++;
    conflate_forget(&subscription->pending, seq); /* what was published until then is in them */
    deliver(subscription, buffer_slice(&hub->scratch), seq);
}

/* ---- a group ---- */

static bool fresh_reserve(struct hub *hub, size_t count)
{
    return GROW(hub->fresh, hub->fresh_room, count) &&
           GROW(hub->fresh_index, hub->fresh_slots, count * 2 + 1); /* a power of two */
}

static uint32_t *fresh_slot(const struct hub *hub, uint64_t key)
{
    size_t mask = hub->fresh_slots - 1;
    for (size_t at = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;;
         at = (at + 1) & mask) {
        uint32_t place = hub->fresh_index[at];
        if (place == 0 || hub->fresh[place - 1].row.key == key)
            return &hub->fresh_index[at];
    }
}

/* The group's rows, each key once with its last value. */
static bool take_fresh(struct hub *hub, const struct hub_group *group)
{
    hub->fresh_count = 0;
    if (!fresh_reserve(hub, group->row_count))
        return false;
    memset(hub->fresh_index, 0, hub->fresh_slots * sizeof *hub->fresh_index);
    for (size_t i = 0; i < group->row_count; i++) {
        uint32_t *slot = fresh_slot(hub, group->rows[i].key);
        if (*slot == 0)
            *slot = (uint32_t)++hub->fresh_count;
        hub->fresh[*slot - 1] = (struct fresh_row){.row = group->rows[i]};
    }
    return true;
}

static void drop_fresh(struct hub *hub)
{
    for (size_t i = 0; i < hub->fresh_count; i++)
        shared_row_release(hub->fresh[i].shared);
    hub->fresh_count = 0;
}

static struct shared_row *shared_row_of(const struct hub *hub, const struct hub_row *row)
{
    struct shared_row *shared = shared_row_create(row->key, row->row);
    if (shared != NULL)
        shared->seq = hub->seq;
    return shared;
}

/* Its rows of the group join what is pending; false: a bound is passed, or no memory. */
static bool collect(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    for (size_t i = 0; i < hub->fresh_count; i++) {
        struct fresh_row *fresh = &hub->fresh[i];
        if (!hub_wants(subscription, fresh->row.key, fresh->row.customer))
            continue;
        if (fresh->shared == NULL)
            fresh->shared = shared_row_of(hub, &fresh->row);
        bool replaced = false;
        if (fresh->shared == NULL ||
            !conflate_put(&subscription->pending, fresh->shared, &replaced))
            return false;
        hub->metrics.conflated += replaced && subscription->terminal != NULL ? 1 : 0;
    }
    return subscription->pending.count <= HUB_PENDING_ROWS_MAX &&
           subscription->pending.bytes <= HUB_DELTA_BYTES_MAX;
}

/* How many of the group's rows are for this one, and their bytes when encoded. */
static size_t fresh_size(const struct hub_subscription *subscription, size_t *ret_count)
{
    const struct hub *hub = subscription->hub;
    size_t size = 0;
    *ret_count = 0;
    for (size_t i = 0; i < hub->fresh_count; i++) {
        const struct hub_row *row = &hub->fresh[i].row;
        if (!hub_wants(subscription, row->key, row->customer))
            continue;
        size += encode_row_size(row->row);
        ++*ret_count;
    }
    return size;
}

static bool put_fresh(const struct hub_subscription *subscription, struct buffer *out)
{
    const struct hub *hub = subscription->hub;
    for (size_t i = 0; i < hub->fresh_count; i++) {
        const struct hub_row *row = &hub->fresh[i].row;
        if (hub_wants(subscription, row->key, row->customer) && !put_row(out, row->row))
            return false;
    }
    return true;
}

/* The group's set for this subscription and all that stand like it. */
static void encode_fresh(const struct hub_subscription *subscription, struct shared_delta *ret_set)
{
    size_t count = 0;
    size_t rows_size = fresh_size(subscription, &count);
    struct encode_delta set = set_of(subscription, subscription->hub->seq, rows_size);
    buffer_clear(&ret_set->frame);
    ret_set->used = true;
    ret_set->kinds = subscription->filter.kinds;
    ret_set->number = subscription->number;
    ret_set->prev = subscription->prev;
    ret_set->rows_size = rows_size;
    ret_set->fits = count <= HUB_PENDING_ROWS_MAX && rows_size <= HUB_DELTA_BYTES_MAX &&
                    encode_delta_head(&ret_set->frame, &set) &&
                    put_fresh(subscription, &ret_set->frame) &&
                    encode_delta_tail(&ret_set->frame, &set);
    subscription->hub->metrics.encoded += rows_size > 0 ? 1 : 0;
}

static bool stands_like(const struct shared_delta *set, const struct hub_subscription *subscription)
{
    return set->used && set->prev == subscription->prev && set->number == subscription->number &&
           set->kinds == subscription->filter.kinds;
}

/* Most terminals stand alike: their set is encoded once. */
static struct shared_delta *shared_delta_of(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    for (uint32_t i = 0; i < SHARED_DELTAS; i++) {
        if (stands_like(&hub->sets[i], subscription))
            return &hub->sets[i];
    }
    struct shared_delta *set = &hub->sets[hub->next_set];
    hub->next_set = (hub->next_set + 1) % SHARED_DELTAS;
    encode_fresh(subscription, set);
    return set;
}

/* Nothing is pending: the group's rows go out as they are. */
static void tell_fresh(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    bool chosen = subscription->filter.chosen;
    struct shared_delta *set = chosen ? &hub->own : shared_delta_of(subscription);
    if (chosen)
        encode_fresh(subscription, set);
    if (!set->fits)
        give_up(subscription);
    else if (set->rows_size > 0 || due(subscription))
        deliver(subscription, buffer_slice(&set->frame), hub->seq);
    if (subscription->stale)
        ask_resync(subscription);
}

static void publish_to(struct hub_subscription *subscription)
{
    struct hub *hub = subscription->hub;
    if (subscription->dropped)
        return;
    if (subscription->prev >= hub->seq) {
        hub_drained(subscription);
        return;
    }
    bool slow = hub->callbacks.slow(subscription->terminal);
    if (!slow && !subscription->stale && subscription->pending.count == 0) {
        tell_fresh(subscription);
        return;
    }
    if (!subscription->stale && !collect(subscription))
        give_up(subscription);
    if (!slow)
        bring_up(subscription);
}

/* Without memory for the group's rows nobody can be told of them. */
static void publish_nothing(struct hub *hub)
{
    for (uint32_t i = 0; i < hub->count; i++)
        give_up(hub->subscriptions[i]);
}

void hub_publish(struct hub *hub, const struct hub_group *group)
{
    need(group->seq > hub->seq);
    hub->seq = group->seq;
    hub->committed_ms = group->committed_ms;
    for (int i = 0; i < SHARED_DELTAS; i++)
        hub->sets[i].used = false;
    hub->walking = true;
    if (!take_fresh(hub, group))
        publish_nothing(hub);
    uint32_t count = hub->count;
    for (uint32_t i = 0; i < count; i++)
        publish_to(hub->subscriptions[i]);
    drop_fresh(hub);
    hub->walking = false;
    sweep(hub);
}
