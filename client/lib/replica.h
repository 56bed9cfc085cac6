#pragma once
/*
 * Inside client/lib: a replica, the rows of one subscription by key. Pure: pages and sets go in,
 * what was news comes out. It knows when it is exact, and when a set is missing.
 *
 *   asked ──Subscribed──→ snapshot ──last page, sets up to its seq──→ exact at `position`
 *                     └─→ resumed ──its one set──────────────────────→ exact
 *   any ──set with another prev──→ gap: the owner subscribes anew
 *
 * Invariants: 1 a row never becomes older · 2 `exact` is never ahead of `position` · 3 after a
 * snapshot only its rows, and those of sets since, are left.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/incarnation.h"
#include "wire.pb-c.h"
#include "wire/row_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replica_row {
    uint64_t key;     /* as in wire/row_key.h; 0: a free place */
    uint64_t version; /* the row's own seq, else its frame's */
    uint64_t told;    /* its frame's: of two with one version the later one counts */
    uint64_t round;   /* of the snapshot that last told it */
    uint8_t *bytes;   /* a packed Row */
    size_t size;
};

struct replica {
    struct replica_row *rows; /* open addressing, `capacity` a power of two */
    size_t capacity;
    size_t count;
    uint8_t ledger[16]; /* of the position */
    struct incarnation incarnation;
    uint64_t position; /* `this` of the newest set, or where the subscription began */
    uint64_t wanted;   /* seq of the newest page: exact from there on */
    uint64_t round;
    bool subscribed; /* sets are expected */
    bool snapshot;   /* pages are expected */
    bool resumed;    /* the set of what changed meanwhile is expected */
    bool renewing;   /* rows of before the snapshot go when it is whole */
    bool exact;
    bool was_exact; /* ever, for this ledger */
};

enum replica_verdict {
    REPLICA_TAKEN,
    REPLICA_GAP,   /* a set is missing, or comes unasked */
    REPLICA_WRONG, /* the peer breaks the protocol */
    REPLICA_MEMORY,
};

/* What one frame changed; pointers into the frame. */
struct replica_news {
    const Tefter__Row **rows;
    size_t row_count;
    bool became_exact;
    bool renewed; /* a snapshot is whole: rows that it did not have are gone */
};

void replica_init(struct replica *replica);
void replica_fini(struct replica *replica);

uint64_t replica_key(const Tefter__Row *row); /* 0: a kind that is not known */

/* Can what is here be resumed, and from where. */
bool replica_resume(const struct replica *replica, const uint8_t ledger[16],
                    const struct incarnation *incarnation, uint64_t *ret_seq);
/* The line is lost or a new subscription was asked for: nothing is exact until it is told. */
void replica_unsubscribed(struct replica *replica);

enum replica_verdict replica_begin(struct replica *replica, const Tefter__Subscribed *subscribed,
                                   struct replica_news *ret_news);
/* The arena holds ret_news->rows. */
enum replica_verdict replica_chunk(struct replica *replica, const Tefter__SnapshotChunk *page,
                                   struct arena *arena, struct replica_news *ret_news);
enum replica_verdict replica_delta(struct replica *replica, const Tefter__Delta *set,
                                   struct arena *arena, struct replica_news *ret_news);

const struct replica_row *replica_find(const struct replica *replica, uint64_t key);
