#include "lib/picture.h"

#include "wire/message.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void picture_init(struct picture *picture)
{
    *picture = (struct picture){0};
}

void picture_fini(struct picture *picture)
{
    for (size_t i = 0; i < picture->capacity; i++)
        free(picture->rows[i].bytes);
    free(picture->rows);
    *picture = (struct picture){0};
}

/* ---- rows by key ---- */

uint64_t picture_key(const Tefter__Row *row)
{
    switch (row->kind_case) {
    case TEFTER__ROW__KIND_ACCOUNT:
        return row_key_of(ROW_ACCOUNT, row->account->customer);
    case TEFTER__ROW__KIND_CUSTOMER:
        return row_key_of(ROW_CUSTOMER, row->customer->customer);
    case TEFTER__ROW__KIND_APPROVAL:
        return row_key_of(ROW_APPROVAL, row->approval->approval);
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
static struct picture_row *seek(struct picture_row *rows, size_t capacity, uint64_t key)
{
    size_t at = place_of(key, capacity);
    while (rows[at].key != 0 && rows[at].key != key)
        at = (at + 1) & (capacity - 1);
    return &rows[at];
}

const struct picture_row *picture_find(const struct picture *picture, uint64_t key)
{
    if (picture->capacity == 0 || key == 0)
        return NULL;
    const struct picture_row *row = seek(picture->rows, picture->capacity, key);
    return row->key == 0 ? NULL : row;
}

static void move_rows(struct picture *picture, struct picture_row *rows, size_t capacity)
{
    for (size_t i = 0; i < picture->capacity; i++) {
        if (picture->rows[i].key != 0)
            *seek(rows, capacity, picture->rows[i].key) = picture->rows[i];
    }
    free(picture->rows);
    picture->rows = rows;
    picture->capacity = capacity;
}

static bool make_room(struct picture *picture)
{
    if ((picture->count + 1) * 4 <= picture->capacity * 3)
        return true;
    size_t capacity = picture->capacity == 0 ? FIRST_CAPACITY : picture->capacity * 2;
    struct picture_row *rows = calloc(capacity, sizeof(*rows));
    if (rows == NULL)
        return false;
    move_rows(picture, rows, capacity);
    return true;
}

static bool row_replace(struct picture_row *row, const Tefter__Row *value)
{
    size_t size = protobuf_c_message_get_packed_size(&value->base);
    uint8_t *bytes = realloc(row->bytes, size == 0 ? 1 : size);
    if (bytes == NULL)
        return false;
    row->bytes = bytes;
    row->size = protobuf_c_message_pack(&value->base, bytes);
    return true;
}

/* Keeps the newer of what is here and `value`. */
static enum picture_verdict row_take(struct picture *picture, const Tefter__Row *value,
                                     uint64_t frame_seq, bool *ret_news)
{
    uint64_t key = picture_key(value);
    uint64_t version = own_seq(value) != 0 ? own_seq(value) : frame_seq;
    *ret_news = false;
    if (key == 0)
        return PICTURE_TAKEN; /* of a kind that a later server has */
    if (!make_room(picture))
        return PICTURE_MEMORY;
    struct picture_row *row = seek(picture->rows, picture->capacity, key);
    row->round = picture->round;
    if (row->key != 0 && version < row->version)
        return PICTURE_TAKEN;
    if (!row_replace(row, value))
        return PICTURE_MEMORY;
    picture->count += row->key == 0;
    row->key = key;
    row->version = version;
    *ret_news = true;
    return PICTURE_TAKEN;
}

/* ---- a snapshot replaces what it does not have ---- */

static bool rebuild_without_old(struct picture *picture)
{
    struct picture_row *rows = calloc(picture->capacity, sizeof(*rows));
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < picture->capacity; i++) {
        struct picture_row *row = &picture->rows[i];
        if (row->key != 0 && row->round == picture->round) {
            *seek(rows, picture->capacity, row->key) = *row;
        } else if (row->key != 0) {
            free(row->bytes);
            picture->count--;
        }
    }
    free(picture->rows);
    picture->rows = rows;
    return true;
}

static bool drop_old(struct picture *picture)
{
    for (size_t i = 0; i < picture->capacity; i++) {
        if (picture->rows[i].key != 0 && picture->rows[i].round != picture->round)
            return rebuild_without_old(picture);
    }
    return true;
}

/* ---- where it stands ---- */

bool picture_resume(const struct picture *picture, const uint8_t ledger[16],
                    const struct incarnation *incarnation, uint64_t *ret_seq)
{
    if (!picture->was_exact || picture->snapshot ||
        !incarnation_same(&picture->incarnation, incarnation) ||
        memcmp(picture->ledger, ledger, sizeof(picture->ledger)) != 0)
        return false;
    *ret_seq = picture->position;
    return true;
}

void picture_unsubscribed(struct picture *picture)
{
    picture->subscribed = false;
    picture->exact = false;
}

/* All that was asked for is here up to `wanted`: from now on every set leaves the picture exact. */
static enum picture_verdict settle(struct picture *picture, struct picture_news *news)
{
    if (picture->exact || picture->snapshot || picture->resumed ||
        picture->position < picture->wanted)
        return PICTURE_TAKEN;
    picture->exact = true;
    picture->was_exact = true;
    news->became_exact = true;
    news->renewed = picture->renewing;
    picture->renewing = false;
    return !news->renewed || drop_old(picture) ? PICTURE_TAKEN : PICTURE_MEMORY;
}

/* Another history: its numbers say nothing about the age of what is here. */
static void forget_versions(struct picture *picture)
{
    for (size_t i = 0; i < picture->capacity; i++)
        picture->rows[i].version = 0;
    picture->was_exact = false;
}

static void enter_history(struct picture *picture, const Tefter__Subscribed *subscribed)
{
    struct incarnation incarnation =
        incarnation_of(subscribed->incarnation, slice_of(subscribed->incarnation_nonce.data,
                                                         subscribed->incarnation_nonce.len));
    if (!incarnation_same(&picture->incarnation, &incarnation) ||
        memcmp(picture->ledger, subscribed->ledger.data, sizeof(picture->ledger)) != 0)
        forget_versions(picture);
    memcpy(picture->ledger, subscribed->ledger.data, sizeof(picture->ledger));
    picture->incarnation = incarnation;
}

enum picture_verdict picture_begin(struct picture *picture, const Tefter__Subscribed *subscribed,
                                   struct picture_news *ret_news)
{
    *ret_news = (struct picture_news){0};
    if (subscribed->ledger.len != sizeof(picture->ledger))
        return PICTURE_WRONG;
    enter_history(picture, subscribed);
    if (subscribed->resumed &&
        (!picture->was_exact || picture->snapshot || subscribed->seq != picture->position))
        return PICTURE_GAP;
    picture->subscribed = true;
    picture->exact = false;
    picture->snapshot = !subscribed->resumed;
    picture->resumed = subscribed->resumed;
    picture->wanted = subscribed->seq;
    picture->position = subscribed->seq;
    picture->renewing = picture->snapshot;
    picture->round += picture->snapshot;
    return settle(picture, ret_news);
}

static enum picture_verdict take_rows(struct picture *picture, Tefter__Row *const *rows,
                                      size_t count, uint64_t seq, struct arena *arena,
                                      struct picture_news *news)
{
    news->rows = arena_take(arena, (count + 1) * sizeof(*news->rows));
    if (news->rows == NULL)
        return PICTURE_MEMORY;
    for (size_t i = 0; i < count; i++) {
        bool is_news = false;
        enum picture_verdict verdict = row_take(picture, rows[i], seq, &is_news);
        if (verdict != PICTURE_TAKEN)
            return verdict;
        if (is_news)
            news->rows[news->row_count++] = rows[i];
    }
    return PICTURE_TAKEN;
}

enum picture_verdict picture_page(struct picture *picture, const Tefter__Page *page,
                                  struct arena *arena, struct picture_news *ret_news)
{
    *ret_news = (struct picture_news){0};
    if (!picture->snapshot)
        return PICTURE_WRONG;
    enum picture_verdict verdict =
        take_rows(picture, page->rows, page->n_rows, page->seq, arena, ret_news);
    if (verdict != PICTURE_TAKEN)
        return verdict;
    if (page->seq > picture->wanted)
        picture->wanted = page->seq;
    picture->snapshot = !page->last;
    return settle(picture, ret_news);
}

enum picture_verdict picture_set(struct picture *picture, const Tefter__FeedSet *set,
                                 struct arena *arena, struct picture_news *ret_news)
{
    *ret_news = (struct picture_news){0};
    if (!picture->subscribed || set->prev != picture->position)
        return PICTURE_GAP;
    if (set->this_ < set->prev)
        return PICTURE_WRONG;
    enum picture_verdict verdict =
        take_rows(picture, set->rows, set->n_rows, set->this_, arena, ret_news);
    if (verdict != PICTURE_TAKEN)
        return verdict;
    picture->position = set->this_;
    picture->resumed = false;
    return settle(picture, ret_news);
}
