#include "lib/ids.h"

#include "lib/folder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLOCK_WRONG_MS = 3600 * 1000 };

static void put48(uint8_t *out, uint64_t value)
{
    be16_put(out, (uint16_t)(value >> 32));
    be32_put(out + 2, (uint32_t)value);
}

static uint64_t get48(const uint8_t *in)
{
    return (uint64_t)be16_get(in) << 32 | be32_get(in + 2);
}

int64_t id_ms(const uint8_t id[TEFTER_ID_SIZE])
{
    return (int64_t)get48(id);
}

void tefter_id_text(const uint8_t id[TEFTER_ID_SIZE], char out[TEFTER_ID_TEXT_SIZE])
{
    (void)snprintf(out, TEFTER_ID_TEXT_SIZE, "T%" PRIu32 "-%04" PRIu64 "-%" PRIx64,
                   be32_get(id + 6), get48(id + 10), get48(id));
}

void ids_init(struct ids *ids, const char *folder, uint32_t terminal)
{
    *ids = (struct ids){.terminal = terminal, .next = 1, .end = 1};
    (void)snprintf(ids->folder, sizeof(ids->folder), "%s", folder);
}

/* "next counter, newest milliseconds" in one line. */
static bool counter_read(const struct ids *ids, uint64_t *ret_next, int64_t *ret_ms,
                         struct failure *failure)
{
    struct arena arena;
    struct slice file;
    arena_init(&arena, 1024);
    bool good = folder_read(ids->folder, "counter", 128, &arena, &file, failure);
    *ret_next = 1;
    *ret_ms = 0;
    if (good && file.data != NULL &&
        sscanf((const char *)file.data, "%" SCNu64 " %" SCNd64, ret_next, ret_ms) != 2)
        good = fail(failure, FAULT_DAMAGED, 0,
                    "%s/counter is damaged; enrol this terminal anew so that its numbers cannot "
                    "meet old ones",
                    ids->folder);
    arena_fini(&arena);
    return good;
}

static bool counter_write(const struct ids *ids, uint64_t next, int64_t last_ms,
                          struct failure *failure)
{
    char text[64];
    int size = snprintf(text, sizeof(text), "%" PRIu64 " %" PRId64 "\n", next, last_ms);
    return folder_write(ids->folder, "counter", slice_of(text, (size_t)size), 0600, failure);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Rising, unless the clock that gave `last_ms` was plainly wrong: the server refuses ids of
 * tomorrow, and the counter alone keeps them apart. */
static int64_t newest(int64_t last_ms, int64_t now_ms)
{
    bool wrong = last_ms - now_ms > CLOCK_WRONG_MS;
    return wrong ? now_ms : later(last_ms, now_ms);
}

static bool take_block(struct ids *ids, int64_t now_ms, struct failure *failure)
{
    int lock = -1;
    uint64_t next = 0;
    int64_t last_ms = 0;
    if (!folder_lock(ids->folder, &lock, failure))
        return false;
    bool good =
        counter_read(ids, &next, &last_ms, failure) &&
        counter_write(ids, next + IDS_BLOCK, newest(later(ids->last_ms, last_ms), now_ms), failure);
    folder_unlock(lock);
    if (!good)
        return false;
    ids->next = next;
    ids->end = next + IDS_BLOCK;
    ids->last_ms = newest(later(ids->last_ms, last_ms), now_ms);
    return true;
}

void ids_init_lent(struct ids *ids, uint32_t terminal)
{
    uint64_t begin = 0;
    *ids = (struct ids){.terminal = terminal, .lent = true};
    random_bytes(&begin, sizeof begin);
    ids->next = begin >> 17; /* of 48 bits: half of what there is lies before it */
    ids->end = UINT64_MAX;
}

bool ids_make(struct ids *ids, int64_t now_ms, uint8_t ret_id[TEFTER_ID_SIZE],
              struct failure *failure)
{
    if (ids->next >= ids->end && !take_block(ids, now_ms, failure))
        return false;
    ids->last_ms = newest(ids->last_ms, now_ms);
    put48(ret_id, (uint64_t)ids->last_ms);
    be32_put(ret_id + 6, ids->terminal);
    put48(ret_id + 10, ids->next++);
    return true;
}

void ids_fini(struct ids *ids)
{
    int lock = -1;
    uint64_t next = 0;
    int64_t last_ms = 0;
    if (ids->lent || ids->end == 1 || !folder_lock(ids->folder, &lock, NULL))
        return;
    if (counter_read(ids, &next, &last_ms, NULL) && ids->last_ms > last_ms) {
        /* the rest of the newest block is not lost */
        uint64_t from = next == ids->end ? ids->next : next;
        (void)counter_write(ids, from, ids->last_ms, NULL);
    }
    folder_unlock(lock);
}
