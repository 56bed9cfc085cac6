/* Forged frames for `sight`: each must be refused. */
#include "feed/judge.h"
#include "terminals/terminals.h"

static bool take_subscribed(struct sight *sight, uint64_t seq, bool resumed)
{
    Tefter__ToTerminal frame = TEFTER__TO_TERMINAL__INIT;
    Tefter__Subscribed subscribed = TEFTER__SUBSCRIBED__INIT;
    subscribed.seq = seq;
    subscribed.resumed = resumed;
    frame.body_case = TEFTER__TO_TERMINAL__BODY_SUBSCRIBED;
    frame.subscribed = &subscribed;
    return sight_take(sight, &frame);
}

static bool take_page(struct sight *sight, uint64_t seq, bool last)
{
    Tefter__ToTerminal frame = TEFTER__TO_TERMINAL__INIT;
    Tefter__SnapshotChunk page = TEFTER__SNAPSHOT_CHUNK__INIT;
    page.seq = seq;
    page.last = last;
    frame.body_case = TEFTER__TO_TERMINAL__BODY_SNAPSHOT_CHUNK;
    frame.snapshot_chunk = &page;
    return sight_take(sight, &frame);
}

static bool take_set(struct sight *sight, uint64_t prev, uint64_t this, uint64_t row_seq)
{
    Tefter__ToTerminal frame = TEFTER__TO_TERMINAL__INIT;
    Tefter__Delta set = TEFTER__DELTA__INIT;
    Tefter__AccountRow account = TEFTER__ACCOUNT_ROW__INIT;
    Tefter__Row row = TEFTER__ROW__INIT;
    Tefter__Row *rows[] = {&row};
    account.customer = 2;
    account.has_seq = true;
    account.seq = row_seq;
    row.kind_case = TEFTER__ROW__KIND_ACCOUNT;
    row.account = &account;
    set.prev = prev;
    set.this_ = this;
    set.rows = rows;
    set.n_rows = row_seq != 0;
    frame.body_case = TEFTER__TO_TERMINAL__BODY_DELTA;
    frame.delta = &set;
    return sight_take(sight, &frame);
}

static bool whole(struct sight *sight)
{
    return take_subscribed(sight, 10, false) && take_page(sight, 12, true) &&
           take_set(sight, 10, 13, 13) && sight->exact == 13;
}

static bool gap(struct sight *sight)
{
    return take_set(sight, 14, 15, 0);
}

static bool again(struct sight *sight)
{
    return take_set(sight, 10, 13, 0);
}

static bool back(struct sight *sight)
{
    return take_set(sight, 13, 12, 0);
}

static bool old_row(struct sight *sight)
{
    return take_set(sight, 13, 14, 11);
}

static bool row_again(struct sight *sight)
{
    return take_set(sight, 13, 14, 13);
}

static bool row_of_the_future(struct sight *sight)
{
    return take_set(sight, 13, 14, 15);
}

static bool lone_page(struct sight *sight)
{
    return take_page(sight, 14, true);
}

static bool resumed_elsewhere(struct sight *sight)
{
    return take_subscribed(sight, 11, true);
}

static bool begun_in_the_past(struct sight *sight)
{
    return take_subscribed(sight, 12, false);
}

bool sight_fails(void)
{
    static bool (*const forge[])(struct sight *) = {gap,
                                                    again,
                                                    back,
                                                    old_row,
                                                    row_again,
                                                    row_of_the_future,
                                                    lone_page,
                                                    resumed_elsewhere,
                                                    begun_in_the_past};
    struct sight sight;
    bool good = true;
    for (size_t i = 0; i < sizeof forge / sizeof forge[0]; i++) {
        sight_init(&sight);
        if (!whole(&sight) || forge[i](&sight)) {
            printf("forged feed %zu is not found out\n", i);
            good = false;
        }
        sight_fini(&sight);
    }
    return good;
}
