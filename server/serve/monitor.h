#pragma once
/*
 * The monitor: looks each second at the clock, the disk and the state's map, and at how late the
 * loop is; each ten seconds at the branches' days. Too little room makes the writer read only, and
 * says so once; room again lets it go on. A ledger that lies behind its journal stays read only.
 * What the journal is like the writer knows by itself: here it is shown.
 */
#include "common.pb-c.h"
#include "datadir/datadir.h"
#include "engine/clock.h"
#include "engine/histogram.h"
#include "engine/writer.h"
#include "settings/settings.h"

struct monitor;

struct monitor_options {
    struct loop *loop;
    const struct datadir *folder;
    const struct settings *settings;
    struct ledger *ledger;
    struct vault *vault;
    struct clock *clock;
    struct writer *writer;
    const char *behind;   /* why the ledger lies behind its journal for good; NULL: it does not */
    bool behind_for_room; /* because the disk was full when it was opened */
    void (*room)(void *owner); /* once, when the disk has room; NULL: nobody waits for it */
    void *owner;
};

struct monitor_metrics {
    uint64_t disk_free_bytes;
    uint64_t state_bytes;                  /* used of the map */
    uint64_t reader_lag;                   /* transactions */
    uint64_t records_damaged;              /* so often one was met since the start */
    const char *read_only;                 /* NULL, or why */
    Tefter__ReadOnlyCause read_only_cause; /* of that; 0: none */
    int64_t clock_strayed_ms;
    const char *clock_alarm;  /* NULL, or why the clock is not believed */
    const char *date_alarm;   /* NULL, or which business date is ahead of the clock */
    uint32_t date_ahead_days; /* of that branch */
    uint32_t loop_lag_ms;     /* the worst of the last minute */
    uint32_t journal_slow_ms; /* so long it has had a group; 0: not long */
};

struct monitor *monitor_create(const struct monitor_options *options, struct failure *failure);
void monitor_destroy(struct monitor *monitor);
void monitor_metrics(const struct monitor *monitor, struct monitor_metrics *ret_metrics);
/* How late the loop was, at each look. */
const struct histogram *watch_lag(const struct monitor *monitor);
/* Somebody says the clock is right (HUP). */
void monitor_accept_clock(struct monitor *monitor);
