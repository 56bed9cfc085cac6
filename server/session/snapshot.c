/*
 * One snapshot for many: when a company's terminals come back together, each page of all customers
 * is read from the ledger once, kept as it is sent, and given to all.
 *
 * Pages are as old as their reading. What changed since the first of them waits at a subscription
 * of the snapshot's own, which is never told anything; who joins takes that along and hears it in
 * their first delta. When too much has changed, the next one to come begins a new snapshot; those
 * who are being given the old one keep it until they have it all.
 */
#include <stdlib.h>

#include "base/grow.h"
#include "session/inside.h"

enum {
    BEHIND_MAX = 1000, /* rows that a newcomer is told on top of the pages */
    IDLE_TICKS = 60,   /* kept so long when nobody wants it */
};

struct page {
    uint32_t after; /* it begins behind this customer */
    uint32_t until; /* and ends with this one */
    uint64_t seq;
    bool last;
    uint8_t *rows; /* encoded */
    size_t size;
};

struct snapshot {
    struct sessions *home;
    struct snapshot *next; /* of the room's */
    struct hub_subscription *changes;
    uint32_t references;
    uint32_t idle_ticks;
    struct page *pages; /* rising */
    size_t count;
    size_t room;
    size_t bytes;
};

/* Rows hold words of people. */
static void drop_pages(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        secret_wipe(snapshot->pages[i].rows, snapshot->pages[i].size);
        free(snapshot->pages[i].rows);
    }
    snapshot->count = 0;
    snapshot->bytes = 0;
}

static void snapshot_free(struct snapshot *snapshot)
{
    struct snapshot **at = &snapshot->home->snapshots;
    while (*at != snapshot)
        at = &(*at)->next;
    *at = snapshot->next;
    hub_drop(snapshot->changes);
    drop_pages(snapshot);
    free(snapshot->pages);
    free(snapshot);
}

void snapshots_forget(struct sessions *home)
{
    for (struct snapshot *snapshot = home->snapshots; snapshot != NULL; snapshot = snapshot->next)
        drop_pages(snapshot);
}

void snapshot_release(struct snapshot *snapshot)
{
    if (snapshot != NULL && --snapshot->references == 0)
        snapshot_free(snapshot);
}

/* The hub takes it for a terminal that never reads: see feed.c's callbacks. */
static struct snapshot *snapshot_create(struct sessions *home)
{
    static const struct hub_wish all = {.kinds = 1U << ROW_ACCOUNT | 1U << ROW_CUSTOMER};
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        return NULL;
    snapshot->home = home;
    snapshot->next = home->snapshots;
    home->snapshots = snapshot;
    snapshot->references = 1;
    snapshot->changes = hub_subscribe(home->hub, NULL, &all);
    if (snapshot->changes != NULL)
        return snapshot;
    snapshot_free(snapshot);
    return NULL;
}

/* The room's, begun anew when it is too far behind. NULL without memory. */
static struct snapshot *current(struct sessions *home)
{
    if (home->snapshot != NULL && hub_pending(home->snapshot->changes) <= BEHIND_MAX)
        return home->snapshot;
    snapshot_release(home->snapshot);
    home->snapshot = snapshot_create(home);
    return home->snapshot;
}

struct snapshot *snapshot_join(struct sessions *home, struct hub_subscription *subscription)
{
    struct snapshot *snapshot = current(home);
    if (snapshot == NULL || !hub_join(subscription, snapshot->changes))
        return NULL;
    snapshot->references++;
    snapshot->idle_ticks = 0;
    return snapshot;
}

void snapshots_tick(struct sessions *home)
{
    struct snapshot *snapshot = home->snapshot;
    if (snapshot == NULL || snapshot->references > 1 || ++snapshot->idle_ticks < IDLE_TICKS)
        return;
    snapshots_fini(home);
}

void snapshots_fini(struct sessions *home)
{
    snapshot_release(home->snapshot);
    home->snapshot = NULL;
}

/* ---- pages ---- */

static int compare_after(const void *key, const void *member)
{
    uint32_t after = *(const uint32_t *)key;
    const struct page *page = member;
    return (after > page->after) - (after < page->after);
}

static const struct page *kept_page(const struct snapshot *snapshot, uint32_t after)
{
    if (snapshot->count == 0)
        return NULL;
    return bsearch(&after, snapshot->pages, snapshot->count, sizeof *snapshot->pages,
                   compare_after);
}

static bool room_for_page(struct snapshot *snapshot, const struct page *page)
{
    bool next = snapshot->count == 0 || snapshot->pages[snapshot->count - 1].until == page->after;
    if (!next || snapshot->bytes + page->size > SNAPSHOT_BYTES_MAX)
        return false;
    return GROW(snapshot->pages, snapshot->room, snapshot->count + 1);
}

/* Keeps a copy for the next one; without room it is read again. */
static void keep_page(struct snapshot *snapshot, struct page page)
{
    if (!room_for_page(snapshot, &page))
        return;
    uint8_t *copy = malloc(page.size + 1);
    if (copy == NULL)
        return;
    if (page.size > 0)
        memcpy(copy, page.rows, page.size);
    page.rows = copy;
    snapshot->pages[snapshot->count++] = page;
    snapshot->bytes += page.size;
}

static bool read_page(struct snapshot *snapshot, uint32_t after, struct page *ret_page)
{
    struct gathering gathering;
    struct buffer *rows = &snapshot->home->rows;
    uint32_t cursor = after;
    bool read = gather_begin(&gathering, snapshot->home, hub_filter(snapshot->changes)) &&
                gather_room(&gathering, FEED_CHUNK_ROWS);
    bool more = read && gather_all(&gathering, &cursor);
    buffer_clear(rows);
    read = read && !gathering.failed && hub_chunk_rows_put(rows, gathering.rows, gathering.count);
    if (read)
        *ret_page = (struct page){after, cursor,     ledger_view_seq(gathering.view),
                                  !more, rows->data, rows->size};
    gather_end(&gathering);
    return read;
}

bool snapshot_chunk(struct snapshot *snapshot, uint32_t after, struct snapshot_chunk *ret_page)
{
    const struct page *page = kept_page(snapshot, after);
    struct page fresh;
    if (page == NULL) {
        if (!read_page(snapshot, after, &fresh))
            return false;
        keep_page(snapshot, fresh);
        page = &fresh;
    }
    *ret_page = (struct snapshot_chunk){page->seq, slice_of(page->rows, page->size), page->until,
                                        page->last};
    return true;
}
