#pragma once
/*
 * Metrics of the running server as OpenMetrics text, for the machine's own collector: over HTTP on
 * a loopback address or a unix socket (--metrics), or by `tefterd metrics`, which asks there. They
 * hold counts, times and sizes; no name, no amount, no id, so that any user of this machine may see
 * them, and a web page that reaches the port through a browser learns nothing else.
 *
 * Used by serve. Everything is read when asked, on the loop's thread, from what the modules count.
 */
#include "engine/writer.h"
#include "serve/certificates.h"
#include "serve/monitor.h"
#include "settings/settings.h"

struct metrics;

struct metrics_options {
    struct loop *loop;
    const struct settings *settings;
    const struct datadir *folder;
    struct journal *journal;
    struct ledger *ledger;
    struct writer *writer;
    const struct monitor *monitor;
    const struct sessions *sessions;
    const struct certificates *certificates;
    const struct turns *loop_turns;
    const struct turns *writer_turns;
};

/* Listens, and writes its address into the ledger's folder, when the settings say so. What the
 * options name must live as long. */
struct metrics *metrics_create(const struct metrics_options *options, struct failure *failure);
void metrics_destroy(struct metrics *metrics); /* NULL welcome */

/* The whole text. */
bool metrics_put(const struct metrics *metrics, struct buffer *out);
