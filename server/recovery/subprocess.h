#pragma once
/*
 * Other runs of this same program. A damaged LMDB can kill the process that opens it: so copies
 * and suspect states are opened in a child, and its death means "damaged". Never forks: the LMDB
 * may be open here.
 */
#include "base/fault.h"
#include "base/hash.h"
#include "base/incarnation.h"
#include "datadir/files.h"

#include <stdbool.h>
#include <stdint.h>

/* What `tefterd verify-state PATH` found. */
struct state_report {
    uint64_t seq;
    uint64_t batch;
    struct incarnation incarnation;
    uint32_t rules_version;
    int64_t now_ms;
    uint8_t ledger[16];
    struct hash chain;
    struct hash state_digest;
    uint64_t customers; /* from here on 0 when only looked at */
    uint64_t documents;
    int64_t balances_minor;
    int64_t postings_minor;
    struct hash rows; /* see ledger_rows */
};

/* Opens the LMDB in `path` read-only in a child; `whole`: every figure is computed anew. false: it
 * is damaged, or a figure is wrong, or the child could not be started; FAULT_STALE: it is of
 * another layout. */
bool subprocess_look(const char *path, bool whole, struct state_report *ret_report,
                     struct failure *failure);
/* Reads every row of the vault in `path` in a child. */
bool subprocess_look_vault(const char *path, struct failure *failure);
/* Runs `tefterd arguments…` and waits; standard error is ours. *ret_line (may be NULL) is the first
 * line of its output. false unless it exits 0. */
bool subprocess_run(const char *const *arguments, char *ret_line, size_t capacity,
                    struct failure *failure);
/* Ends a child that runs now: it then counts as failed. Any thread. */
void subprocess_stop(void);
/* The map a child opens states with; usual when it is not set. */
void subprocess_set_map(uint64_t map_bytes);
/* Tests are another program: the tefterd to run. */
void subprocess_set_program(const char *path);

/* The line by which the child tells. */
enum { STATE_LINE_MAX = 600 };
void state_report_write(const struct state_report *report, char out[STATE_LINE_MAX]);
bool state_report_read(const char *line, struct state_report *ret_report);
