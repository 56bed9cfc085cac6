#include "session/inside.h"

bool gather_begin(struct gathering *gathering, struct sessions *home,
                  const struct hub_subscription *subscription)
{
    *gathering = (struct gathering){.subscription = subscription};
    texts_begin(&gathering->texts, home->options.vault, &home->arena);
    gathering->view = sessions_view(home, &home->arena);
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
    return gathering->count + 2 > gathering->room || gathering->bytes > FEED_PAGE_BYTES;
}

void gather(struct gathering *gathering, uint64_t key)
{
    uint32_t customer = 0;
    struct slice row = ledger_view_row(gathering->view, key, &customer);
    if (row.size == 0 || !hub_wants(gathering->subscription, key, customer))
        return;
    row = texts_row(&gathering->texts, row);
    gathering->rows[gathering->count++] = (struct hub_row){key, customer, row};
    gathering->bytes += row.size;
}

void gather_customer(struct gathering *gathering, uint32_t customer)
{
    gather(gathering, LEDGER_ROW_KEY(ROW_KIND_CUSTOMER, customer));
    gather(gathering, LEDGER_ROW_KEY(ROW_KIND_ACCOUNT, customer));
}

bool gather_all(struct gathering *gathering, uint32_t *cursor)
{
    while (!gather_full(gathering)) {
        uint32_t customer = ledger_view_next_customer(gathering->view, *cursor);
        if (customer == 0)
            return false;
        gather_customer(gathering, customer);
        *cursor = customer;
    }
    return true;
}
