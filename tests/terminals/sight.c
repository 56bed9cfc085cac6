#include "terminals/terminals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void sight_init(struct sight *sight)
{
    *sight = (struct sight){.rows = calloc(SIGHT_CUSTOMERS_MAX, sizeof(struct figures))};
}

void sight_fini(struct sight *sight)
{
    free(sight->rows);
    sight->rows = NULL;
}

static bool wrong(struct sight *sight, const char *what, uint64_t one, uint64_t other)
{
    if (sight->fault[0] == '\0')
        (void)snprintf(sight->fault, sizeof sight->fault, "%s: %" PRIu64 ", %" PRIu64, what, one,
                       other);
    return false;
}

/* The newest seq of a row wins. An older one is a step back, unless one of them came in a page: the
 * seq of such a row is the whole page's. */
static bool take_row(struct sight *sight, const Tefter__Row *row, uint64_t after, uint64_t at,
                     bool page)
{
    const Tefter__AccountRow *account = row->account;
    if (row->kind_case != TEFTER__ROW__KIND_ACCOUNT)
        return true;
    if (sight->rows == NULL || account->customer >= SIGHT_CUSTOMERS_MAX)
        return wrong(sight, "too many customers", account->customer, at);
    struct figures *own = &sight->rows[account->customer];
    uint64_t seq = account->has_seq ? account->seq : at;
    if (seq > at)
        return wrong(sight, "a row is newer than what it came in", seq, at);
    if (seq < own->seq)
        return page || own->of_page || wrong(sight, "a row goes back", seq, own->seq);
    if (account->has_seq && seq <= after)
        return wrong(sight, "a row comes again", seq, after);
    if (!account->unlimited &&
        account->available_minor != account->limit_minor - account->used_minor)
        return wrong(sight, "a row does not add up, customer", account->customer, seq);
    *own = (struct figures){seq,
                            account->balance_minor,
                            account->used_minor,
                            account->limit_minor,
                            account->available_minor,
                            page};
    sight->news++;
    return true;
}

static bool take_rows(struct sight *sight, Tefter__Row **rows, size_t count, uint64_t after,
                      uint64_t at, bool page)
{
    for (size_t i = 0; i < count; i++)
        if (!take_row(sight, rows[i], after, at, page))
            return false;
    return true;
}

static bool take_subscribed(struct sight *sight, const Tefter__Subscribed *subscribed)
{
    if (subscribed->resumed && sight->exact == 0)
        return wrong(sight, "resumed without a replica", subscribed->seq, 0);
    if (subscribed->resumed && subscribed->seq != sight->seen)
        return wrong(sight, "resumed at another seq", subscribed->seq, sight->seen);
    if (subscribed->seq < sight->exact)
        return wrong(sight, "a subscription begins in the past", subscribed->seq, sight->exact);
    sight->resumes += subscribed->resumed ? 1 : 0;
    sight->resyncs += sight->begun && !subscribed->resumed;
    sight->begun = true;
    sight->paging = !subscribed->resumed;
    sight->last_page = 0;
    sight->seen = subscribed->seq;
    if (!subscribed->resumed)
        sight->exact = 0;
    return true;
}

static bool take_page(struct sight *sight, const Tefter__SnapshotChunk *page)
{
    if (!sight->begun || !sight->paging)
        return wrong(sight, "a page without a beginning", page->seq, sight->seen);
    if (page->last) {
        sight->paging = false;
        sight->last_page = page->seq;
    }
    return take_rows(sight, page->rows, page->n_rows, 0, page->seq, true);
}

static bool take_set(struct sight *sight, const Tefter__Delta *set)
{
    if (!sight->begun)
        return wrong(sight, "a set without a subscription", set->prev, set->this_);
    if (set->prev != sight->seen)
        return wrong(sight, "a gap: prev is not the last this", set->prev, sight->seen);
    if (set->this_ < set->prev)
        return wrong(sight, "a set goes back", set->prev, set->this_);
    sight->seen = set->this_;
    sight->sets++;
    /* The set that completes a snapshot may have what was not in its pages, however old. */
    uint64_t after = sight->exact == 0 || sight->paging ? 0 : set->prev;
    if (!take_rows(sight, set->rows, set->n_rows, after, set->this_, false))
        return false;
    if (!sight->paging && set->this_ >= sight->last_page)
        sight->exact = set->this_;
    return true;
}

bool sight_take(struct sight *sight, const Tefter__ToTerminal *frame)
{
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SUBSCRIBED)
        return take_subscribed(sight, frame->subscribed);
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK)
        return take_page(sight, frame->snapshot_chunk);
    if (frame->body_case == TEFTER__TO_TERMINAL__BODY_DELTA)
        return take_set(sight, frame->delta);
    return true;
}
