#include "lib/replica.h"

#include "wire/message.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void replica_init(struct replica *replica)
{
    *replica = (struct replica){0};
}

void replica_fini(struct replica *replica)
{
    for (size_t i = 0; i < replica->capacity; i++)
        free(replica->rows[i].bytes);
    free(replica->rows);
    *replica = (struct replica){0};
}

/* ---- rows by key ---- */

uint64_t replica_key(const Tefter__Row *row)
{
    switch (row->kind_case) {
    case TEFTER__ROW__KIND_ACCOUNT:
        return row_key_of(ROW_ACCOUNT, row->account->customer);
    case TEFTER__ROW__KIND_CUSTOMER:
        return row_key_of(ROW_CUSTOMER, row->customer->customer);
    case TEFTER__ROW__KIND_APPROVAL:
        return row_key_of(ROW_APPROVAL, row->approval->approval);
    case TEFTER__ROW__KIND_ALARM:
        return row_key_of(ROW_ALARM, row->alarm->alarm);
    case TEFTER__ROW__KIND_TOTALS:
        return row_key_of(ROW_TOTALS, row->totals->branch);
    case TEFTER__ROW__KIND_DECISION:
        return row_key_of(ROW_DECISION, row->decision->decision);
    case TEFTER__ROW__KIND__NOT_SET:
    case _TEFTER__ROW__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return 0;
}

static uint64_t own_seq(const Tefter__Row *row)
{
    switch (row->kind_case) {
    case TEFTER__ROW__KIND_ACCOUNT:
        return row->account->has_seq ? row->account->seq : 0;
    case TEFTER__ROW__KIND_CUSTOMER:
        return row->customer->has_seq ? row->customer->seq : 0;
    case TEFTER__ROW__KIND_APPROVAL:
        return row->approval->has_seq ? row->approval->seq : 0;
    case TEFTER__ROW__KIND_ALARM:
        return row->alarm->alarm;
    case TEFTER__ROW__KIND_TOTALS:
        return row->totals->has_seq ? row->totals->seq : 0;
    case TEFTER__ROW__KIND_DECISION:
        return row->decision->seq;
    case TEFTER__ROW__KIND__NOT_SET:
    case _TEFTER__ROW__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return 0;
}

static size_t place_of(uint64_t key, size_t capacity)
{
    uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed ^ (mixed >> 32)) & (capacity - 1);
}

/* The row with this key, or the free place where it belongs. */
static struct replica_row *seek(struct replica_row *rows, size_t capacity, uint64_t key)
{
    size_t at = place_of(key, capacity);
    while (rows[at].key != 0 && rows[at].key != key)
        at = (at + 1) & (capacity - 1);
    return &rows[at];
}

const struct replica_row *replica_find(const struct replica *replica, uint64_t key)
{
    if (replica->capacity == 0 || key == 0)
        return NULL;
    const struct replica_row *row = seek(replica->rows, replica->capacity, key);
    return row->key == 0 ? NULL : row;
}

static void move_rows(struct replica *replica, struct replica_row *rows, size_t capacity)
{
    for (size_t i = 0; i < replica->capacity; i++) {
        if (replica->rows[i].key != 0)
            *seek(rows, capacity, replica->rows[i].key) = replica->rows[i];
    }
    free(replica->rows);
    replica->rows = rows;
    replica->capacity = capacity;
}

static bool make_room(struct replica *replica)
{
    if ((replica->count + 1) * 4 <= replica->capacity * 3)
        return true;
    size_t capacity = replica->capacity == 0 ? FIRST_CAPACITY : replica->capacity * 2;
    struct replica_row *rows = calloc(capacity, sizeof(*rows));
    if (rows == NULL)
        return false;
    move_rows(replica, rows, capacity);
    return true;
}

static bool row_replace(struct replica_row *row, const Tefter__Row *value)
{
    size_t size = protobuf_c_message_get_packed_size(&value->base);
    uint8_t *bytes = realloc(row->bytes, size == 0 ? 1 : size);
    if (bytes == NULL)
        return false;
    row->bytes = bytes;
    row->size = protobuf_c_message_pack(&value->base, bytes);
    return true;
}

/* A day that turns changes what a row says and leaves its own seq: then the frame's decides. Pages
 * of a snapshot that many share come behind sets that are newer. */
static bool is_older(uint64_t version, uint64_t told, const struct replica_row *row)
{
    return row->key != 0 &&
           (version < row->version || (version == row->version && told < row->told));
}

/* Keeps the newer of what is here and `value`. */
static enum replica_verdict row_take(struct replica *replica, const Tefter__Row *value,
                                     uint64_t frame_seq, bool *ret_news)
{
    uint64_t key = replica_key(value);
    uint64_t version = own_seq(value) != 0 ? own_seq(value) : frame_seq;
    *ret_news = false;
    if (key == 0)
        return REPLICA_TAKEN; /* of a kind that a later server has */
    if (!make_room(replica))
        return REPLICA_MEMORY;
    struct replica_row *row = seek(replica->rows, replica->capacity, key);
    row->round = replica->round;
    if (is_older(version, frame_seq, row))
        return REPLICA_TAKEN;
    if (!row_replace(row, value))
        return REPLICA_MEMORY;
    replica->count += row->key == 0;
    row->key = key;
    row->version = version;
    row->told = frame_seq;
    *ret_news = true;
    return REPLICA_TAKEN;
}

/* ---- a snapshot replaces what it does not have ---- */

static bool rebuild_without_old(struct replica *replica)
{
    struct replica_row *rows = calloc(replica->capacity, sizeof(*rows));
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < replica->capacity; i++) {
        struct replica_row *row = &replica->rows[i];
        if (row->key != 0 && row->round == replica->round) {
            *seek(rows, replica->capacity, row->key) = *row;
        } else if (row->key != 0) {
            free(row->bytes);
            replica->count--;
        }
    }
    free(replica->rows);
    replica->rows = rows;
    return true;
}

static bool drop_old(struct replica *replica)
{
    for (size_t i = 0; i < replica->capacity; i++) {
        if (replica->rows[i].key != 0 && replica->rows[i].round != replica->round)
            return rebuild_without_old(replica);
    }
    return true;
}

/* ---- where it stands ---- */

bool replica_resume(const struct replica *replica, const uint8_t ledger[16],
                    const struct incarnation *incarnation, uint64_t *ret_seq)
{
    if (!replica->was_exact || replica->snapshot ||
        !incarnation_same(&replica->incarnation, incarnation) ||
        memcmp(replica->ledger, ledger, sizeof(replica->ledger)) != 0)
        return false;
    *ret_seq = replica->position;
    return true;
}

void replica_unsubscribed(struct replica *replica)
{
    replica->subscribed = false;
    replica->exact = false;
}

/* All that was asked for is here up to `wanted`: from now on every set leaves the replica exact. */
static enum replica_verdict resolve(struct replica *replica, struct replica_news *news)
{
    if (replica->exact || replica->snapshot || replica->resumed ||
        replica->position < replica->wanted)
        return REPLICA_TAKEN;
    replica->exact = true;
    replica->was_exact = true;
    news->became_exact = true;
    news->renewed = replica->renewing;
    replica->renewing = false;
    return !news->renewed || drop_old(replica) ? REPLICA_TAKEN : REPLICA_MEMORY;
}

/* Another history: its numbers say nothing about the age of what is here. */
static void forget_versions(struct replica *replica)
{
    for (size_t i = 0; i < replica->capacity; i++)
        replica->rows[i].version = replica->rows[i].told = 0;
    replica->was_exact = false;
}

static void enter_history(struct replica *replica, const Tefter__Subscribed *subscribed)
{
    struct incarnation incarnation =
        incarnation_of(subscribed->incarnation, slice_of(subscribed->incarnation_nonce.data,
                                                         subscribed->incarnation_nonce.len));
    if (!incarnation_same(&replica->incarnation, &incarnation) ||
        memcmp(replica->ledger, subscribed->ledger.data, sizeof(replica->ledger)) != 0)
        forget_versions(replica);
    memcpy(replica->ledger, subscribed->ledger.data, sizeof(replica->ledger));
    replica->incarnation = incarnation;
}

enum replica_verdict replica_begin(struct replica *replica, const Tefter__Subscribed *subscribed,
                                   struct replica_news *ret_news)
{
    *ret_news = (struct replica_news){0};
    if (subscribed->ledger.len != sizeof(replica->ledger))
        return REPLICA_WRONG;
    enter_history(replica, subscribed);
    if (subscribed->resumed &&
        (!replica->was_exact || replica->snapshot || subscribed->seq != replica->position))
        return REPLICA_GAP;
    replica->subscribed = true;
    replica->exact = false;
    replica->snapshot = !subscribed->resumed;
    replica->resumed = subscribed->resumed;
    replica->wanted = subscribed->seq;
    replica->position = subscribed->seq;
    replica->renewing = replica->snapshot;
    replica->round += replica->snapshot;
    return resolve(replica, ret_news);
}

static enum replica_verdict take_rows(struct replica *replica, Tefter__Row *const *rows,
                                      size_t count, uint64_t seq, struct arena *arena,
                                      struct replica_news *news)
{
    news->rows = arena_take(arena, (count + 1) * sizeof(*news->rows));
    if (news->rows == NULL)
        return REPLICA_MEMORY;
    for (size_t i = 0; i < count; i++) {
        bool is_news = false;
        enum replica_verdict verdict = row_take(replica, rows[i], seq, &is_news);
        if (verdict != REPLICA_TAKEN)
            return verdict;
        if (is_news)
            news->rows[news->row_count++] = rows[i];
    }
    return REPLICA_TAKEN;
}

enum replica_verdict replica_chunk(struct replica *replica, const Tefter__SnapshotChunk *page,
                                   struct arena *arena, struct replica_news *ret_news)
{
    *ret_news = (struct replica_news){0};
    if (!replica->snapshot)
        return REPLICA_WRONG;
    enum replica_verdict verdict =
        take_rows(replica, page->rows, page->n_rows, page->seq, arena, ret_news);
    if (verdict != REPLICA_TAKEN)
        return verdict;
    if (page->seq > replica->wanted)
        replica->wanted = page->seq;
    replica->snapshot = !page->last;
    return resolve(replica, ret_news);
}

enum replica_verdict replica_delta(struct replica *replica, const Tefter__Delta *set,
                                   struct arena *arena, struct replica_news *ret_news)
{
    *ret_news = (struct replica_news){0};
    if (!replica->subscribed || set->prev != replica->position)
        return REPLICA_GAP;
    if (set->this_ < set->prev)
        return REPLICA_WRONG;
    enum replica_verdict verdict =
        take_rows(replica, set->rows, set->n_rows, set->this_, arena, ret_news);
    if (verdict != REPLICA_TAKEN)
        return verdict;
    replica->position = set->this_;
    replica->resumed = false;
    return resolve(replica, ret_news);
}
