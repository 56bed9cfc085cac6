/*
 * What goes wrong between a published group and a terminal. All of it is on the loop's thread.
 */
#include <stdlib.h>

#include "fault_injection/faulty.h"
#include "push/conflate.h"
#include "push/hub.h"

enum { ONE_IN = 23, LOST_ONE_IN = 5, SIZE_MAX_KEPT = 4096, ROWS_MAX = 4096 };

/* A row that was pushed, kept to be pushed again. */
struct kept {
    struct hub_row row;
    uint8_t bytes[SIZE_MAX_KEPT];
    bool replaced; /* a newer value went out since */
};

void __real_hub_publish(struct hub *hub, const struct hub_group *group);
void __wrap_hub_publish(struct hub *hub, const struct hub_group *group);
bool __real_hub_join(struct hub_subscription *subscription, const struct hub_subscription *base);
bool __wrap_hub_join(struct hub_subscription *subscription, const struct hub_subscription *base);
bool __real_conflate_put(struct conflate *table, struct shared_row *row, bool *ret_replaced);
bool __wrap_conflate_put(struct conflate *table, struct shared_row *row, bool *ret_replaced);

static struct kept kept;

static void keep(const struct hub_row *row)
{
    if (row->row.size == 0 || row->row.size > SIZE_MAX_KEPT)
        return;
    kept.row = *row;
    memcpy(kept.bytes, row->row.data, row->row.size);
    kept.row.row = slice_of(kept.bytes, row->row.size);
    kept.replaced = false;
}

static bool has(const struct hub_group *group, uint64_t key)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].key == key)
            return true;
    return false;
}

static void publish_with_kept(struct hub *hub, const struct hub_group *group)
{
    static struct hub_row rows[ROWS_MAX];
    struct hub_group more = *group;
    memcpy(rows, group->rows, group->row_count * sizeof *rows);
    rows[more.row_count++] = kept.row;
    more.rows = rows;
    kept.row.key = 0;
    __real_hub_publish(hub, &more);
}

static bool may_add_kept(const struct hub_group *group)
{
    return kept.row.key != 0 && !has(group, kept.row.key) && group->row_count < ROWS_MAX &&
           kept.replaced == (faulty == FAULTY_BACK);
}

void __wrap_hub_publish(struct hub *hub, const struct hub_group *group)
{
    static uint64_t groups;
    struct hub_group less = *group;
    bool again = faulty == FAULTY_BACK || faulty == FAULTY_TWICE;
    if (group->row_count == 0 || (!again && faulty != FAULTY_SKIP)) {
        __real_hub_publish(hub, group);
        return;
    }
    groups++;
    less.row_count -= faulty == FAULTY_SKIP && groups % ONE_IN == 0;
    if (again && may_add_kept(group))
        publish_with_kept(hub, group);
    else
        __real_hub_publish(hub, &less);
    kept.replaced = kept.replaced || has(group, kept.row.key);
    if (again && groups % ONE_IN == 0 && (kept.row.key == 0 || kept.replaced))
        keep(&group->rows[group->row_count - 1]);
}

bool __wrap_hub_join(struct hub_subscription *subscription, const struct hub_subscription *base)
{
    faulty_slow = false;
    if (faulty != FAULTY_PAGES)
        return __real_hub_join(subscription, base);
    hub_restart(subscription);
    return true;
}

static bool holds(const struct conflate *table, uint64_t key)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->rows[i]->key == key)
            return true;
    return false;
}

bool __wrap_conflate_put(struct conflate *table, struct shared_row *row, bool *ret_replaced)
{
    static uint64_t puts;
    *ret_replaced = false;
    if (!faulty_slow)
        return __real_conflate_put(table, row, ret_replaced);
    if (faulty == FAULTY_LOST && ++puts % LOST_ONE_IN == 0)
        return true;
    if (faulty == FAULTY_STUCK && holds(table, row->key))
        return true;
    return __real_conflate_put(table, row, ret_replaced);
}
