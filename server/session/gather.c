#include "session/inside.h"

bool gather_begin(struct gathering *gathering, struct sessions *home,
                  const struct hub_filter *filter)
{
    *gathering = (struct gathering){.filter = filter, .home = home};
    texts_begin(&gathering->texts, home->options.vault, &home->arena);
    gathering->view = sessions_view(home, &home->arena);
    gathering->cached = gathering->view != NULL && rows_asker(home, 0, &gathering->asker) &&
                        gathering->asker.seq == ledger_view_seq(gathering->view);
    return gathering->view != NULL;
}

bool gather_begin_apart(struct gathering *gathering, struct sessions *home,
                        const struct hub_filter *filter, struct arena *arena)
{
    struct failure failure = {.fault = FAULT_NONE};
    *gathering = (struct gathering){.filter = filter, .home = home};
    texts_begin(&gathering->texts, home->options.vault, arena);
    gathering->view = ledger_view_begin(home->options.ledger, arena, &failure);
    return gathering->view != NULL;
}

bool gather_room(struct gathering *gathering, size_t room)
{
    gathering->rows = arena_take(gathering->texts.arena, room * sizeof *gathering->rows);
    gathering->room = gathering->rows == NULL ? 0 : room;
    return gathering->rows != NULL;
}

void gather_end(struct gathering *gathering)
{
    texts_end(&gathering->texts);
    sessions_view_end(gathering->view);
}

bool gather_full(const struct gathering *gathering)
{
    return gathering->count + 2 > gathering->room || gathering->bytes > FEED_CHUNK_BYTES;
}

static void put(struct gathering *gathering, uint64_t key, uint32_t customer, struct slice row)
{
    gathering->rows[gathering->count++] = (struct hub_row){key, customer, row};
    gathering->bytes += row.size;
}

/* As it is kept, or is from now on; false: it cannot be. */
static bool put_cached(struct gathering *gathering, uint64_t key)
{
    struct row_cache *cache = gathering->home->cache;
    uint32_t customer = (uint32_t)row_key_id(key);
    enum row_cache_kind kind =
        row_key_kind(key) == ROW_ACCOUNT ? ROW_CACHE_ACCOUNT : ROW_CACHE_CUSTOMER;
    size_t size = row_cache_row_size(cache, kind, customer, &gathering->asker);
    if (size == 0 && rows_fill(gathering->home, gathering->view, &gathering->texts, 0, key))
        size = row_cache_row_size(cache, kind, customer, &gathering->asker);
    uint8_t *bytes = size == 0 ? NULL : arena_take(gathering->texts.arena, size);
    if (bytes == NULL)
        return false;
    (void)row_cache_row_write(cache, kind, customer, &gathering->asker, bytes);
    put(gathering, key, customer, slice_of(bytes, size));
    return true;
}

static bool of_customer(uint64_t key)
{
    return row_key_kind(key) == ROW_ACCOUNT || row_key_kind(key) == ROW_CUSTOMER;
}

void gather(struct gathering *gathering, uint64_t key)
{
    uint32_t customer = 0;
    if (gathering->cached && of_customer(key) &&
        hub_passes(gathering->filter, key, (uint32_t)row_key_id(key)) && put_cached(gathering, key))
        return;
    struct slice row = ledger_view_row(gathering->view, key, &customer);
    if (row.size > 0 && hub_passes(gathering->filter, key, customer))
        put(gathering, key, customer, texts_row(&gathering->texts, row));
    gathering->failed = gathering->failed || gathering->texts.spent ||
                        ledger_view_met(gathering->view) == LEDGER_MET_FAULT;
}

void gather_customer(struct gathering *gathering, uint32_t customer)
{
    gather(gathering, row_key_of(ROW_CUSTOMER, customer));
    gather(gathering, row_key_of(ROW_ACCOUNT, customer));
}

bool gather_all(struct gathering *gathering, uint32_t *cursor)
{
    while (!gather_full(gathering)) {
        uint32_t customer = ledger_view_next_customer(gathering->view, *cursor);
        if (customer == 0) {
            gathering->failed =
                gathering->failed || ledger_view_met(gathering->view) != LEDGER_MET_NOTHING;
            return false;
        }
        gather_customer(gathering, customer);
        *cursor = customer;
    }
    return true;
}
