#pragma once
/*
 * The hub: who hears of which rows, and what each has been told. Used by session, on the loop's
 * thread. Pure: it encodes frames and hands them to `send`; it knows no sockets, clocks or ledger.
 *
 *   published group ──▶ every subscription: nothing pending and not slow ──▶ one set, at once
 *                                           slow ──▶ pending: newest value of each row
 *   drained ──▶ the whole pending table leaves as one set
 *
 * Invariants, per subscription:
 *  1. `prev` of a set is the `this` of the set before it, or the seq it was subscribed at.
 *  2. After a set the replica equals the truth at its `this`: every row of the topic changed in
 *     (prev, this] is in it, with its newest value, or a newer one.
 *  3. `this` never goes back, and is a seq that was published (or that the caller read).
 *  4. One subscription's slowness costs it steps, never another one anything: its pending table is
 *     bounded by HUB_PENDING_ROWS_MAX and HUB_DELTA_BYTES_MAX; past that it is emptied and the
 *     subscription is to be snapshotted anew.
 *
 * A row's bytes are encoded once and shared by all pending tables. A set for subscriptions that
 * stand alike (same topic, number and prev; not a chosen set of customers) is encoded once.
 */
#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;
struct hub_subscription;

enum {
    /* Of one set, pending or sent; more is a snapshot. A client takes no more in a frame. */
    HUB_PENDING_ROWS_MAX = 5000,
    HUB_DELTA_BYTES_MAX = 512 * 1024,
};

/* What the hub calls; `terminal` is whatever hub_subscribe was given. hub_drop and hub_restart may
 * be called from inside, nothing else. */
struct hub_callbacks {
    /* Queues one frame. */
    void (*send)(void *terminal, struct slice frame);
    /* Does it read more slowly than we write? Then nothing is sent until hub_drained. */
    bool (*slow)(void *terminal);
    /* Its pending table passed a bound: snapshot it anew (see hub_restart). Called once, from
     * hub_drained or hub_publish, when it is not slow. */
    void (*resync)(void *terminal, struct hub_subscription *subscription);
};

/* NULL without memory. seq: what was published last. */
struct hub *hub_create(const struct hub_callbacks *callbacks, uint64_t seq);
void hub_destroy(struct hub *hub); /* and all its subscriptions */
uint64_t hub_seq(const struct hub *hub);
uint32_t hub_count(const struct hub *hub);

struct hub_row {
    uint64_t key;      /* as in wire/row_key.h */
    uint32_t customer; /* of what is seen by branch (all but customers) it is the branch */
    struct slice row;  /* a packed Row */
};

/* What a subscription is for. */
struct hub_wish {
    uint32_t number; /* the terminal's own */
    uint32_t kinds;  /* bit k: rows of kind k */
    bool chosen;     /* only rows of these customers; else of all */
    const uint32_t *customers;
    size_t customer_count;
};

/* Sets follow from the hub's seq on: that is the `prev` of the first. NULL without memory. */
struct hub_subscription *hub_subscribe(struct hub *hub, void *terminal,
                                       const struct hub_wish *wish);
void hub_drop(struct hub_subscription *subscription); /* NULL welcome */
uint32_t hub_number(const struct hub_subscription *subscription);
uint64_t hub_prev(const struct hub_subscription *subscription);
bool hub_wants(const struct hub_subscription *subscription, uint64_t key, uint32_t customer);

/* Which rows a subscription is for; the same as long as it lives. */
struct hub_filter {
    uint32_t kinds; /* bit k: rows of kind k */
    bool chosen;
    uint32_t *customers; /* sorted; only when chosen */
    uint32_t customer_count;
};
const struct hub_filter *hub_filter(const struct hub_subscription *subscription);
/* Any thread. */
bool hub_passes(const struct hub_filter *filter, uint64_t key, uint32_t customer);

/* Do these rows fit one set? */
bool hub_fits(const struct hub_row *rows, size_t row_count);
/* The rows that changed from `from` to `seq`, as the first set of a resumed subscription: prev is
 * `from`, this is `seq`, which may be ahead of what was published. Nothing was sent before, and
 * they fit. What is pending of later groups follows. */
void hub_resume(struct hub_subscription *subscription, uint64_t from, uint64_t seq,
                const struct hub_row *rows, size_t row_count);

/* Begins anew at the hub's seq, with nothing pending: after a resync. */
void hub_restart(struct hub_subscription *subscription);

/* All that is pending at `base` is pending here too. So many terminals can be given one snapshot,
 * read for the first of them: base is subscribed before the snapshot is read and is never told
 * anything (its callback always says slow), and who comes later hears by their first delta what
 * changed since. Same kinds, neither chosen. false: base passed a bound, or no memory. Either way
 * it then stands as after hub_restart. */
bool hub_join(struct hub_subscription *subscription, const struct hub_subscription *base);
/* Rows that wait; SIZE_MAX when a bound was passed. */
size_t hub_pending(const struct hub_subscription *subscription);

/* A set with `this` >= seq is sent from now on, as soon as that much was published: an empty one
 * when nothing else is to be told. After the last page of a snapshot, and as a heartbeat. */
void hub_tell(struct hub_subscription *subscription, uint64_t seq);

/* One group. Rows may name a key more than once: the last one counts. */
struct hub_group {
    uint64_t seq; /* newest of the group, above all before */
    int64_t committed_ms;
    const struct hub_row *rows;
    size_t row_count;
};
void hub_publish(struct hub *hub, const struct hub_group *group);

/* Frames of before are overwritten: they may hold words that are erased now. Not from inside. */
void hub_forget(struct hub *hub);

/* The terminal reads again. */
void hub_drained(struct hub_subscription *subscription);

/* Rows of a page, encoded as they stand in it, at the end of `out`: so that a page can be kept and
 * sent to many. false past the buffer's bound. */
bool hub_chunk_rows_put(struct buffer *out, const struct hub_row *rows, size_t row_count);
/* A page as a whole frame (with its length) at the end of `out`; rows as encoded above. */
bool hub_chunk_put(struct buffer *out, const struct hub_subscription *subscription, uint64_t seq,
                   struct slice rows, bool last);

struct hub_metrics {
    uint64_t sets;      /* sent */
    uint64_t encoded;   /* of them, not shared with another subscription */
    uint64_t conflated; /* row values no terminal was sent because a newer one came; terminal NULL
                           (the base of a snapshot) is not counted */
    uint64_t resyncs;
};
void hub_metrics(const struct hub *hub, struct hub_metrics *ret_metrics);
